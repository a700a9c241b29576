//! Other programs: the user's editor, and tools that reach the clipboard. No shell is ever involved.

use std::ffi::OsString;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use anyhow::{Context, ensure};

/// Opens a file at a line and waits for the editor to end.
pub fn edit(path: &Path, line: u32) -> anyhow::Result<()> {
    let set = |name| std::env::var(name).ok().filter(|value| !value.trim().is_empty());
    let editor = set("VISUAL").or_else(|| set("EDITOR")).unwrap_or_else(|| "vi".to_owned());
    let mut words = editor.split_whitespace();
    let program = words.next().context("$EDITOR is empty")?;
    let status = Command::new(program)
        .args(words)
        .args(place_arguments(program, path, line))
        .status()
        .with_context(|| format!("cannot start the editor `{program}`"))?;
    ensure!(status.success(), "the editor `{program}` ended with {status}");
    Ok(())
}

/// How editors want to be told the line; most take `+12 FILE`.
fn place_arguments(program: &str, path: &Path, line: u32) -> Vec<OsString> {
    let name = Path::new(program).file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let with_colon = || {
        let mut place = path.as_os_str().to_owned();
        place.push(format!(":{line}"));
        place
    };
    match name.as_str() {
        "code" | "code-insiders" | "codium" | "cursor" => {
            vec!["--wait".into(), "--goto".into(), with_colon()]
        }
        "hx" | "helix" | "subl" | "zed" => vec![with_colon()],
        _ => vec![format!("+{line}").into(), path.as_os_str().to_owned()],
    }
}

/// Hands the text to a tool of this machine's desktop, and says which; nothing if there is none, as over SSH.
pub fn copy(text: &str) -> Option<&'static str> {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    if is_set("SSH_TTY") || is_set("SSH_CONNECTION") {
        return None;
    }
    let tools: &[(&str, &[&str])] = if cfg!(target_os = "macos") {
        &[("pbcopy", &[])]
    } else if is_set("WAYLAND_DISPLAY") {
        &[("wl-copy", &[])]
    } else if is_set("DISPLAY") {
        &[("xclip", &["-selection", "clipboard"]), ("xsel", &["--clipboard", "--input"])]
    } else {
        &[]
    };
    tools.iter().find(|(tool, arguments)| give(tool, arguments, text)).map(|(tool, _)| *tool)
}

fn give(tool: &str, arguments: &[&str], text: &str) -> bool {
    let child = Command::new(tool)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut child) = child else { return false };
    let Some(mut input) = child.stdin.take() else { return false };
    let text = text.to_owned();
    // Some of these tools stay to serve the clipboard; nobody waits for them but this thread.
    thread::spawn(move || {
        let _ = input.write_all(text.as_bytes());
        drop(input);
        let _ = child.wait();
    });
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn editors_are_told_the_line_in_their_way() {
        let of = |program: &str| {
            let arguments = place_arguments(program, Path::new("a b.py"), 7);
            arguments.iter().map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>()
        };
        assert_eq!(of("/usr/bin/vim"), ["+7", "a b.py"]);
        assert_eq!(of("code"), ["--wait", "--goto", "a b.py:7"]);
        assert_eq!(of("hx"), ["a b.py:7"]);
    }
}
