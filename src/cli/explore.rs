//! `fragscope [PATH]` at a terminal: the explorer. Also its scripts, which need none.

use std::fs;
use std::path::Path;

use anyhow::{Context, bail, ensure};

use super::Verdict;
use super::args::{Arguments, Format};
use super::target::existing_folder;
use super::terminal::Surroundings;
use crate::source::read::{SMALL, read_regular};
use crate::tui::headless::Headless;
use crate::tui::{self, Ending, Request, Tree, script};

/// Whether the explorer is meant: by a script, or by somebody at a terminal who has not asked for text.
pub fn is_meant(arguments: &Arguments, surroundings: &Surroundings) -> bool {
    let wants_text = arguments.output.format != Format::Text || arguments.explorer.overview;
    arguments.explorer.script.is_some() || is_at_terminal(surroundings) && !wants_text
}

/// Why a page is printed where the explorer was to be expected.
pub fn why_not(arguments: &Arguments, surroundings: &Surroundings) -> Option<&'static str> {
    let screen = Surroundings { is_dumb: false, ..*surroundings };
    let is_missed = is_meant(arguments, &screen) && !is_meant(arguments, surroundings);
    is_missed.then_some("`TERM=dumb` cannot show the explorer: here is the overview instead")
}

fn is_at_terminal(surroundings: &Surroundings) -> bool {
    surroundings.in_is_terminal && surroundings.out_is_terminal && !surroundings.is_dumb
}

pub fn run(arguments: &Arguments, surroundings: &Surroundings) -> anyhow::Result<Verdict> {
    let folder = existing_folder(arguments.path.as_deref(), arguments.reading.demo)?;
    let name = folder.as_ref().map_or("demo".to_owned(), |folder| folder.display().to_string());
    let options = arguments.reading.options(folder.as_deref())?;
    let explorer = &arguments.explorer;
    let tree = Tree { folder, options };
    let script = explorer.script.as_deref().map(read_script).transpose()?;
    if let (Some(script), Some(stills)) = (&script, &explorer.stills) {
        let drawn = Headless::pictured(tree, &name, explorer.theme.as_deref(), explorer.ascii)?;
        return take_pictures(drawn, script, stills);
    }
    ensure!(
        is_at_terminal(surroundings),
        "a script is replayed at a terminal; `--stills FOLDER` takes its pictures without one"
    );
    let request = Request {
        name,
        tree,
        watch: explorer.watch,
        theme: explorer.theme.clone(),
        ascii: explorer.ascii,
        script,
    };
    Ok(match tui::run(&request)? {
        Ending::Quit => Verdict::Fine,
        Ending::Signal(number) => Verdict::Ended(number),
    })
}

fn read_script(path: &Path) -> anyhow::Result<String> {
    match read_regular(path, SMALL) {
        Ok(bytes) => String::from_utf8(bytes)
            .with_context(|| format!("the script {} is no UTF-8", path.display())),
        Err(reason) => bail!("cannot read the script {}: {reason}", path.display()),
    }
}

fn take_pictures(mut explorer: Headless, script: &str, folder: &Path) -> anyhow::Result<Verdict> {
    let title = format!("fragscope on {}", explorer.app.tree);
    let stills = script::play(&mut explorer, script)?;
    fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    for (file, picture) in script::pictures(&stills, &title) {
        let path = folder.join(file);
        fs::write(&path, picture).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(Verdict::Fine)
}
