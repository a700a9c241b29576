//! Everything the explorer can do, in one table. Keys, palette, help, key bar and the README's table are read from it.

use super::app::App;
use super::msg::Effect;
use super::nav::Screen;
use super::screens::rules;
use super::verbs::{self, can};

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
    /// Other words for it, by which help and palette find it, too.
    pub words: &'static str,
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
    let (scope, unavailable) = (Scope::Everywhere, can::always);
    Command { id, title, keys, scope, bar: "", words: "", unavailable, run }
}

impl Command {
    const fn bar(self, bar: &'static str) -> Self {
        Self { bar, ..self }
    }

    const fn words(self, words: &'static str) -> Self {
        Self { words, ..self }
    }

    const fn on(self, screen: Screen) -> Self {
        Self { scope: Scope::On(screen), ..self }
    }

    const fn unless(self, unavailable: fn(&App) -> Option<&'static str>) -> Self {
        Self { unavailable, ..self }
    }
}

pub static TABLE: &[Command] = &[
    command("open", "open what the cursor is on", &["enter"], verbs::open)
        .bar("open")
        .unless(can::open),
    command("back", "go back", &["[", "backspace", "alt-left"], verbs::back)
        .bar("back")
        .unless(can::back),
    command("forward", "go forward", &["]", "alt-right"], verbs::forward).unless(can::forward),
    command("pane.next", "next pane", &["tab"], verbs::next_pane).bar("pane").words("focus panel"),
    command("pane.previous", "previous pane", &["backtab"], verbs::previous_pane)
        .words("focus panel"),
    command("go.hotspots", "Hotspots", &["1"], |app, _| verbs::go(app, Screen::Hotspots))
        .words("screen tab worst ranking score list"),
    command("go.concepts", "Concepts: the one at the cursor of Hotspots", &["2"], |app, _| {
        verbs::go(app, Screen::Concepts)
    })
    .words("screen tab definitions diff compare"),
    command("go.imports", "Imports", &["3"], |app, _| verbs::go(app, Screen::Imports))
        .words("screen tab paths names sites ghosts shims re-exports"),
    command("go.graph", "Graph", &["4"], |app, _| verbs::go(app, Screen::Graph))
        .words("screen tab modules dependencies cycles"),
    command("go.rules", "Rules", &["5"], |app, _| verbs::go(app, Screen::Rules))
        .words("screen tab findings lint errors warnings"),
    command("definitions", "definitions of this concept, compared", &["d"], verbs::definitions)
        .bar("definitions")
        .words("diff difference classes duplicates")
        .unless(can::definitions),
    command("imports", "import paths of this concept", &["i"], verbs::imports)
        .bar("imports")
        .words("who uses it variants")
        .unless(can::imports),
    command("graph", "the graph around this module", &["r"], verbs::graph)
        .bar("graph")
        .words("relations importers dependencies")
        .unless(can::graph),
    command("source", "source in full", &["s"], verbs::source).words("code").unless(can::source),
    command("why", "why it ranks here", &["w"], verbs::why)
        .on(Screen::Hotspots)
        .bar("why")
        .words("score reasons evidence"),
    command("explain", "what the numbers here mean", &["E"], verbs::explain)
        .bar("explain")
        .words("help score parts measures documentation manual rule")
        .unless(can::explain),
    command("pick", "pick this definition to compare", &["space"], verbs::pick)
        .on(Screen::Concepts)
        .bar("pick")
        .words("diff select left right")
        .unless(can::pick),
    command("unified", "the diff in one column or two", &["|"], verbs::other)
        .on(Screen::Concepts)
        .words("unified split side by side")
        .unless(can::diff),
    command("graph.packages", "neighbours as modules or as packages", &["|"], verbs::other)
        .on(Screen::Graph)
        .bar("packages")
        .words("group"),
    command("group", "by rule, by module, by concept", &["|"], rules::regroup)
        .on(Screen::Rules)
        .bar("group"),
    command("unfold", "unfold all groups", &["+"], rules::unfold_all).on(Screen::Rules),
    command("fold", "fold all groups", &["-"], rules::fold_all).on(Screen::Rules),
    command("graph.way", "the shortest way to another module", &["p"], verbs::way)
        .on(Screen::Graph)
        .bar("way to")
        .words("path chain between")
        .unless(can::needs_data),
    command("next", "next change, cycle or finding", &["n"], |app, _| verbs::step(app, 1))
        .bar("next")
        .words("diff hunk")
        .unless(can::step),
    command("previous", "previous change, cycle or finding", &["N"], |app, _| verbs::step(app, -1))
        .words("diff hunk")
        .unless(can::step),
    command(
        "filter",
        "filter: words, !not, kind:shim, paths:>5, severity:error",
        &["/"],
        verbs::filter,
    )
    .bar("filter")
    .words("search narrow grep"),
    command("clear", "undo one level: zoom, picks, filter and order", &["esc"], verbs::clear),
    command("order", "order by the next column", &["o"], verbs::order)
        .bar("order")
        .words("sort")
        .unless(can::order),
    command("order.reverse", "turn the order round", &["O"], verbs::reverse_order)
        .words("sort ascending descending")
        .unless(can::order),
    command("scope", "which code counts: production, tests, all", &["t"], verbs::scope)
        .bar("scope")
        .unless(can::needs_data),
    command("find", "find a concept, module, class or file", &["ctrl-p", "f"], verbs::find)
        .bar("find")
        .words("search go to open jump shim")
        .unless(can::needs_data),
    command("mark.set", "mark this under a letter", &["m any"], verbs::set_mark)
        .words("bookmark")
        .unless(can::object),
    command("mark.go", "go to a mark", &["' any"], verbs::go_to_mark).words("bookmark"),
    command("marks", "marks, and the way here", &["M"], verbs::marks).words("bookmarks trail"),
    command("note", "write a note on this", &["a"], verbs::note)
        .bar("note")
        .words("comment annotate")
        .unless(can::object),
    command("notes", "all notes", &["A"], verbs::notes).words("comments"),
    command("notes.share", "keep notes in the tree from now on, in .fragscope", &[], verbs::share)
        .unless(can::needs_disk),
    command("edit", "open in $EDITOR at the line", &["e"], verbs::edit)
        .bar("edit")
        .unless(can::edit),
    command("yank.place", "copy path:line", &["y y"], verbs::yank_place)
        .words("clipboard yank")
        .unless(can::place),
    command("yank.name", "copy the dotted name", &["y n"], verbs::yank_name)
        .words("clipboard yank")
        .unless(can::object),
    command("yank.import", "copy an import line for it", &["y i"], verbs::yank_import)
        .words("clipboard yank")
        .unless(can::object),
    command(
        "yank.allowance",
        "copy a comment that allows this finding",
        &["y a"],
        verbs::yank_allowance,
    )
    .words("clipboard yank suppress ignore")
    .unless(can::finding),
    command("yank.finding", "copy this finding as Markdown", &["y f"], verbs::yank_finding)
        .words("clipboard yank")
        .unless(can::finding),
    command("yank.pane", "copy this screen as Markdown", &["y m"], verbs::yank_pane)
        .words("clipboard yank"),
    command("export", "export what is shown", &["x"], verbs::export)
        .bar("export")
        .words("save write file markdown json csv svg picture"),
    command("zoom", "this pane alone", &["z"], verbs::zoom).words("full screen maximise"),
    command("wrap", "long lines of a text broken, or running on", &["W"], verbs::wrap)
        .words("wrap")
        .unless(can::wrap),
    command("narrower", "first part smaller", &["<"], |app, _| verbs::resize(app, -5))
        .words("resize divide shrink"),
    command("wider", "first part larger", &[">"], |app, _| verbs::resize(app, 5))
        .words("resize divide grow"),
    command("help", "keys for this screen; enter runs one", &["?"], verbs::help).bar("keys"),
    command("palette", "every command by name", &[":"], verbs::palette).bar("command"),
    command("jobs", "what runs, and what went wrong", &["J"], verbs::jobs)
        .words("errors unread progress time"),
    command("rescan", "scan again", &["f5"], |app, _| app.rescan()).words("refresh reload"),
    command("app.cancel", "cancel the scan; twice: quit", &["ctrl-c"], verbs::cancel),
    command("theme", "choose a theme", &["T"], verbs::themes).words("colours dark light"),
    command("present", "presenting: high contrast, keys shown", &["P"], verbs::present),
    command("mouse", "mouse on or off (off: the terminal selects text)", &["%"], verbs::mouse),
    command("redraw", "draw everything anew", &["ctrl-l"], |_, _| vec![Effect::Redraw]),
    command("suspend", "suspend", &["ctrl-z"], |_, _| vec![Effect::Suspend]),
    command("app.quit", "back, or quit where there is no way back", &["q"], verbs::quit)
        .bar("back, quit")
        .words("exit leave"),
    command("app.leave", "quit at once", &["Q"], |app, _| verbs::leave(app)).words("exit leave"),
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
    use crate::tui::headless::Headless;
    use crate::tui::input::Mode;
    use crate::tui::keymap::is_sequence;
    use crate::tui::nav::Nav;
    use crate::tui::theme::Role;

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

    /// Whatever the key bar offers, on every screen and in every pane, does something.
    #[test]
    fn what_is_offered_does_not_refuse() {
        let mut explorer = Headless::demo(ratatui::layout::Rect::new(0, 0, 120, 40));
        let mut there = |keys: &str, run: Option<&Command>| {
            explorer.app.nav = Nav::new(Screen::Hotspots);
            explorer.app.mode = Mode::Normal;
            explorer.app.scope = crate::analysis::Scope::Production;
            explorer.keys(keys).unwrap();
            explorer.app.message = None;
            if let Some(command) = run {
                (command.run)(&mut explorer.app, None);
                return (Vec::new(), explorer.app.message.take());
            }
            let is_here = crate::tui::input::in_scope(&explorer.app);
            let is_offered = |command: &&Command| {
                !command.bar.is_empty()
                    && is_here(command.scope)
                    && (command.unavailable)(&explorer.app).is_none()
            };
            (TABLE.iter().filter(is_offered).collect(), None)
        };
        for start in ["1", "2", "3", "4", "1jjj", "1jjj2", "3GG", "<enter>j<space>"] {
            for tabs in 0..5 {
                let keys = format!("{start}{}", "<tab>".repeat(tabs));
                for command in there(&keys, None).0 {
                    let message = there(&keys, Some(command)).1;
                    let refused = message.filter(|message| message.role == Role::Warn);
                    let why = refused.map(|message| message.text);
                    assert_eq!(why, None, "{} after {keys}", command.id);
                }
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
