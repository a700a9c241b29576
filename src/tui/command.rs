//! Everything the explorer can do, in one table. Keys, palette, help, key bar and the README's table are read from it.

use super::app::App;
use super::msg::Effect;
use super::nav::Screen;
use super::verbs;

/// Where a command means something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    Everywhere,
    On(Screen),
}

pub struct Command {
    /// What `keys.toml` calls it.
    pub id: &'static str,
    pub title: &'static str,
    /// Its default keys; a space stands between the keys of a sequence, and `any` for a letter.
    pub keys: &'static [&'static str],
    pub scope: Scope,
    /// The word for it in the key bar; empty: not there.
    pub bar: &'static str,
    /// Why it cannot be done now, if it cannot.
    pub unavailable: fn(&App) -> Option<&'static str>,
    pub run: fn(&mut App, Option<char>) -> Vec<Effect>,
}

impl std::fmt::Debug for Command {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(self.id)
    }
}

type Run = fn(&mut App, Option<char>) -> Vec<Effect>;

const fn command(
    id: &'static str,
    title: &'static str,
    keys: &'static [&'static str],
    run: Run,
) -> Command {
    Command { id, title, keys, scope: Scope::Everywhere, bar: "", unavailable: verbs::always, run }
}

impl Command {
    const fn bar(self, bar: &'static str) -> Self {
        Self { bar, ..self }
    }

    const fn on(self, screen: Screen) -> Self {
        Self { scope: Scope::On(screen), ..self }
    }

    const fn unless(self, unavailable: fn(&App) -> Option<&'static str>) -> Self {
        Self { unavailable, ..self }
    }
}

pub static TABLE: &[Command] = &[
    command("open", "open what the cursor is on", &["enter"], verbs::open).bar("open"),
    command("back", "go back", &["[", "backspace", "alt-left"], verbs::back).bar("back"),
    command("forward", "go forward", &["]", "alt-right"], verbs::forward),
    command("pane.next", "next pane", &["tab"], verbs::next_pane).bar("pane"),
    command("pane.previous", "previous pane", &["backtab"], verbs::previous_pane),
    command("go.hotspots", "Hotspots", &["1"], |app, _| verbs::go(app, Screen::Hotspots)),
    command("go.concepts", "Concepts", &["2"], |app, _| verbs::go(app, Screen::Concepts)),
    command("go.imports", "Imports", &["3"], |app, _| verbs::go(app, Screen::Imports)),
    command("go.graph", "Graph", &["4"], |app, _| verbs::go(app, Screen::Graph)),
    command("definitions", "definitions of this concept, compared", &["d"], verbs::definitions)
        .bar("definitions"),
    command("imports", "import paths of this concept", &["i"], verbs::imports).bar("imports"),
    command("graph", "the graph around this module", &["r"], verbs::graph).bar("graph"),
    command("source", "source in full", &["s"], verbs::source),
    command("why", "why it ranks here", &["w"], verbs::why).on(Screen::Hotspots).bar("why"),
    command("pick", "pick this definition to compare", &["space"], verbs::pick)
        .on(Screen::Concepts)
        .bar("pick"),
    command("unified", "one column or two", &["|"], verbs::other).on(Screen::Concepts),
    command("graph.way", "the shortest way to another module", &["p"], verbs::way)
        .on(Screen::Graph)
        .bar("way to"),
    command("next", "next change or cycle", &["n"], |app, _| verbs::step(app, 1)),
    command("previous", "previous change or cycle", &["N"], |app, _| verbs::step(app, -1)),
    command("filter", "filter: words, !not, kind:shim, paths:>5", &["/"], verbs::filter)
        .bar("filter"),
    command("clear", "undo one level: zoom, then filter", &["esc"], verbs::clear),
    command("order", "order by the next column", &["o"], verbs::order).bar("order"),
    command("order.reverse", "turn the order round", &["O"], verbs::reverse_order),
    command("scope", "which code counts: production, tests, all", &["t"], verbs::scope)
        .bar("scope")
        .unless(verbs::needs_data),
    command("find", "find a concept, module, class or file", &["ctrl-p", "f"], verbs::find)
        .bar("find")
        .unless(verbs::needs_data),
    command("mark.set", "mark this under a letter", &["m any"], verbs::set_mark),
    command("mark.go", "go to a mark", &["' any"], verbs::go_to_mark),
    command("marks", "marks, and the way here", &["M"], verbs::marks),
    command("note", "write a note on this", &["a"], verbs::note).bar("note"),
    command("notes", "all notes", &["A"], verbs::notes),
    command("notes.share", "keep notes in the tree from now on, in .fragscope", &[], verbs::share)
        .unless(verbs::needs_disk),
    command("edit", "open in $EDITOR at the line", &["e"], verbs::edit)
        .bar("edit")
        .unless(verbs::needs_disk),
    command("yank.place", "copy path:line", &["y y"], verbs::yank_place),
    command("yank.name", "copy the dotted name", &["y n"], verbs::yank_name),
    command("yank.import", "copy an import line for it", &["y i"], verbs::yank_import),
    command("yank.pane", "copy this pane as Markdown", &["y m"], verbs::yank_pane),
    command("export", "export what is shown", &["x"], verbs::export).bar("export"),
    command("zoom", "this pane alone", &["z"], verbs::zoom),
    command("narrower", "first part smaller", &["<"], |app, _| verbs::resize(app, -5)),
    command("wider", "first part larger", &[">"], |app, _| verbs::resize(app, 5)),
    command("help", "keys for this screen; enter runs one", &["?"], verbs::help).bar("keys"),
    command("palette", "every command by name", &[":"], verbs::palette).bar("command"),
    command("jobs", "what runs, and what went wrong", &["J"], verbs::jobs),
    command("rescan", "scan again", &["f5"], |app, _| app.rescan()),
    command("app.cancel", "cancel the scan; twice: quit", &["ctrl-c"], verbs::cancel),
    command("theme", "choose a theme", &["T"], verbs::themes),
    command("present", "presenting: high contrast, keys shown", &["P"], verbs::present),
    command("mouse", "mouse on or off (off: the terminal selects text)", &["%"], verbs::mouse),
    command("redraw", "draw everything anew", &["ctrl-l"], |_, _| vec![Effect::Redraw]),
    command("suspend", "suspend", &["ctrl-z"], |_, _| vec![Effect::Suspend]),
    command("app.quit", "back, or quit where there is no way back", &["q"], verbs::quit)
        .bar("back, quit"),
    command("app.leave", "quit at once", &["Q"], |app, _| verbs::leave(app)),
    command("move.down", "down", &["j", "down"], |app, _| verbs::move_rows(app, 1)),
    command("move.up", "up", &["k", "up"], |app, _| verbs::move_rows(app, -1)),
    command("move.first", "first row", &["g g", "home"], |app, _| {
        verbs::move_rows(app, isize::MIN)
    }),
    command("move.last", "last row", &["G", "end"], |app, _| verbs::move_rows(app, isize::MAX)),
    command("move.half-down", "half a page down", &["ctrl-d"], |app, _| {
        verbs::move_pages(app, 1, 2)
    }),
    command("move.half-up", "half a page up", &["ctrl-u"], |app, _| verbs::move_pages(app, -1, 2)),
    command("move.page-down", "a page down", &["pgdn", "ctrl-f"], |app, _| {
        verbs::move_pages(app, 1, 1)
    }),
    command("move.page-up", "a page up", &["pgup", "ctrl-b"], |app, _| {
        verbs::move_pages(app, -1, 1)
    }),
    command("move.left", "left: the pane beside, or scroll", &["h", "left"], |app, _| {
        verbs::sideways(app, -1)
    }),
    command("move.right", "right: the pane beside, or scroll", &["l", "right"], |app, _| {
        verbs::sideways(app, 1)
    }),
];

/// Whether two commands can both be meant by one key.
pub fn scopes_meet(a: Scope, b: Scope) -> bool {
    a == Scope::Everywhere || b == Scope::Everywhere || a == b
}

/// The table of keys as the README has it.
#[cfg(test)]
fn markdown() -> String {
    let mut lines = vec!["| keys | what they do |".to_owned(), "| --- | --- |".to_owned()];
    for command in TABLE.iter().filter(|command| !command.keys.is_empty()) {
        let keys: Vec<String> = command
            .keys
            .iter()
            .map(|keys| format!("`{}`", keys.replace("any", "a-z").replace('|', "\\|")))
            .collect();
        let place = match command.scope {
            Scope::Everywhere => String::new(),
            Scope::On(screen) => format!(" ({})", screen.title()),
        };
        lines.push(format!("| {} | {}{place} |", keys.join(" "), command.title));
    }
    lines.join(
        "
",
    ) + "
"
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::tui::keymap::is_sequence;

    #[test]
    fn every_command_has_a_name_a_title_and_keys_that_exist() {
        let mut ids = BTreeSet::new();
        for command in TABLE {
            assert!(ids.insert(command.id), "{} stands twice", command.id);
            assert!(!command.title.is_empty(), "{} has no title", command.id);
            for keys in command.keys {
                assert!(is_sequence(keys), "{}: {keys}", command.id);
            }
        }
    }

    #[test]
    fn the_readme_has_the_table() {
        let readme = include_str!("../../README.md");
        assert!(
            readme.contains(&markdown()),
            "the README's table of keys must be:\n{}",
            markdown()
        );
    }
}
