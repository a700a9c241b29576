//! Which argument is the symbol and which the folder.

use std::path::{Path, PathBuf, is_separator};

use anyhow::{bail, ensure};
use clap::CommandFactory;

use super::args::Arguments;

/// The folder to scan; none for the built-in sample.
pub fn existing_folder(path: Option<&Path>, demo: bool) -> anyhow::Result<Option<PathBuf>> {
    if demo {
        ensure!(
            path.is_none(),
            "`--demo` reads the built-in tree and takes no PATH; leave one of them out"
        );
        return Ok(None);
    }
    let path = path.unwrap_or(Path::new("."));
    if path.is_dir() {
        return Ok(Some(path.to_owned()));
    }
    let shown = path.display();
    ensure!(
        !path.exists(),
        "`{shown}` is no folder; name the folder of the tree; commands choose files with `--in GLOB`"
    );
    match nearest_command(path) {
        Some(command) => {
            bail!(
                "there is no command and no folder `{shown}`; did you mean `fragscope {command}`?"
            )
        }
        None => bail!(
            "there is no folder `{shown}`; name an existing one, or none for the current folder"
        ),
    }
}

/// `variants [SYMBOL] [PATH]`: a single argument that is a folder, or written like one, is PATH.
pub fn symbol_or_folder(
    symbol: Option<&str>,
    path: Option<&Path>,
    demo: bool,
) -> (Option<String>, Option<PathBuf>) {
    match symbol {
        Some(only) if path.is_none() && !demo && looks_like_a_folder(only) => {
            (None, Some(PathBuf::from(only)))
        }
        _ => (symbol.map(str::to_owned), path.map(Path::to_owned)),
    }
}

/// `users SYMBOL [PATH]`: a single argument that is a folder leaves open which symbol is meant.
pub fn refuse_a_folder_as_symbol(
    command: &str,
    symbol: &str,
    path: Option<&Path>,
    demo: bool,
) -> anyhow::Result<()> {
    let ambiguous = path.is_none() && !demo && looks_like_a_folder(symbol);
    ensure!(
        !ambiguous,
        "`{symbol}` is a folder, and `{command}` needs a symbol or module; write `fragscope {command} SYMBOL {symbol}`, \
         or `fragscope {command} {symbol} .` if `{symbol}` is the module you mean"
    );
    Ok(())
}

/// `fragscope PATH COMMAND` would silently scan another folder than the one named.
pub fn refuse_a_path_before_the_command(arguments: &Arguments) -> anyhow::Result<()> {
    if let Some(path) = &arguments.path {
        bail!(
            "`{}` stands before the command; PATH comes last: `fragscope COMMAND [SYMBOL] [PATH]`",
            path.display()
        );
    }
    Ok(())
}

fn looks_like_a_folder(argument: &str) -> bool {
    argument.contains(is_separator)
        || matches!(argument, "." | "..")
        || Path::new(argument).is_dir()
}

/// The command that was meant, if one is near enough to what was typed.
fn nearest_command(path: &Path) -> Option<String> {
    let typed = path.to_str()?;
    let command = Arguments::command();
    let names = command.get_subcommands().map(|command| command.get_name().to_owned());
    names
        .map(|name| (distance(typed, &name), name))
        .filter(|(distance, name)| *distance * 3 <= name.len())
        .min()
        .map(|(_, name)| name)
}

/// Levenshtein distance, with a swap of neighbours as one step.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![(0..=b.len()).collect::<Vec<usize>>()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let change = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = change.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistyped_command_is_recognised() {
        assert_eq!(nearest_command(Path::new("sacn")).as_deref(), Some("scan"));
        assert_eq!(nearest_command(Path::new("user")).as_deref(), Some("users"));
        assert_eq!(nearest_command(Path::new("backend")), None);
    }

    #[test]
    fn a_single_folder_is_the_path() {
        let (symbol, path) = symbol_or_folder(Some("."), None, false);
        assert_eq!((symbol, path), (None, Some(PathBuf::from("."))));
        let (symbol, path) = symbol_or_folder(Some("Manager"), None, false);
        assert_eq!((symbol.as_deref(), path), (Some("Manager"), None));
        let (symbol, _) = symbol_or_folder(Some("."), Some(Path::new("src")), false);
        assert_eq!(symbol.as_deref(), Some("."));
    }

    #[test]
    fn a_folder_is_no_symbol() {
        let error = refuse_a_folder_as_symbol("users", "./src", None, false).unwrap_err();
        assert!(error.to_string().starts_with("`./src` is a folder"));
        assert!(refuse_a_folder_as_symbol("users", "Manager", None, false).is_ok());
    }
}
