//! Lists to choose from: commands, targets, themes, marks, notes, jobs.

use std::sync::Arc;

use super::give::{finding, give};
use super::open_object;
use crate::analysis::detectors::RULES;
use crate::engine::Stage;
use crate::report::explain::MEASURES;
use crate::report::paint::{counted, grouped};
use crate::tui::app::App;
use crate::tui::command::{Command, TABLE};
use crate::tui::input::{Mode, Page, in_scope};
use crate::tui::msg::Effect;
use crate::tui::nav::Screen;
use crate::tui::notes::{Note, clock};
use crate::tui::object::Object;
use crate::tui::picker::{Act, Item, Kind, Picker};

pub fn pick_from(app: &mut App, kind: Kind, items: Vec<Item>) -> Vec<Effect> {
    app.mode = Mode::Picker(Picker::new(kind, Arc::new(items)));
    Vec::new()
}

pub fn find(app: &mut App, _: Option<char>) -> Vec<Effect> {
    if let Some(data) = &app.data {
        app.mode = Mode::Picker(Picker::new(Kind::Finder, Arc::clone(&data.targets)));
    }
    Vec::new()
}

pub fn way(app: &mut App, _: Option<char>) -> Vec<Effect> {
    let Some(data) = &app.data else { return Vec::new() };
    let modules = data.project().files.iter().map(|file| {
        let name = file.module.to_string();
        Item::new(name.clone(), "", Act::WayTo(Object::Module(name)))
    });
    let items = modules.collect();
    pick_from(app, Kind::WayTo, items)
}

pub fn palette(app: &mut App, _: Option<char>) -> Vec<Effect> {
    let items = commands(app, |_| true);
    pick_from(app, Kind::Palette, items)
}

pub fn help(app: &mut App, _: Option<char>) -> Vec<Effect> {
    let is_here = in_scope(app);
    let items = commands(app, |command| is_here(command.scope));
    pick_from(app, Kind::Help, items)
}

fn commands(app: &App, wanted: impl Fn(&Command) -> bool) -> Vec<Item> {
    let item = |command: &'static Command| {
        let keys = app.keymap.keys_of(command.id).join(", ");
        let disabled = (command.unavailable)(app);
        let why = disabled.map(|why| format!("  ({why})")).unwrap_or_default();
        let words = format!("{} {} {keys}", command.title, command.words);
        let label = format!("{}{why}", command.title);
        let mut item = Item::new(label, keys, Act::Run(command)).found_by(words);
        item.disabled = disabled.is_some();
        item
    };
    TABLE.iter().filter(|command| wanted(command)).map(item).collect()
}

/// What the numbers of the screen mean, or the rule at the cursor, as `fragscope explain` has it.
pub fn explain(app: &mut App, _: Option<char>) -> Vec<Effect> {
    let topic = match app.nav.screen {
        Screen::Hotspots => "hotspots",
        Screen::Concepts => "clusters",
        Screen::Imports => "variants",
        Screen::Graph => "import-cycle",
        Screen::Rules => rule(app).unwrap_or_default(),
    };
    let rules = RULES.iter().map(|rule| (rule.id, rule.explanation));
    match MEASURES.into_iter().chain(rules).find(|(own, _)| *own == topic) {
        Some((_, text)) => app.mode = Mode::Page(Page::new(text)),
        None => app.warn("there is no rule at the cursor"),
    }
    Vec::new()
}

/// The rule at the cursor, by itself or of a finding.
pub fn rule(app: &App) -> Option<&'static str> {
    match &app.here.object {
        Some(Object::Rule(id)) => RULES.iter().map(|rule| rule.id).find(|own| own == id),
        _ => finding(app).map(|found| found.finding.rule),
    }
}

pub fn themes(app: &mut App, _: Option<char>) -> Vec<Effect> {
    let current = app.theme.name.clone();
    let mut names = app.themes.names();
    names.sort_by_key(|name| *name != current);
    let hint = |name: &String| if *name == current { "in use; esc keeps it" } else { "" };
    let items = names.into_iter().map(|name| {
        let hint = hint(&name);
        Item::new(name.clone(), hint, Act::Theme(name))
    });
    let items = items.collect();
    pick_from(app, Kind::Themes, items)
}

pub fn set_theme(app: &mut App, name: &str) {
    match app.themes.load(name, app.depth) {
        Ok(theme) => app.theme = theme,
        Err(error) => app.warn(format!("{error:#}")),
    }
}

pub fn act(app: &mut App, act: Act) -> Vec<Effect> {
    match act {
        Act::Open(object) => return open_object(app, object),
        Act::WayTo(object) => app.nav.view_mut().goal = Some(object),
        Act::Theme(name) => set_theme(app, &name),
        Act::Export(form, destination) => return give(app, form, destination),
        Act::Mark(key) => return go_to_mark(app, Some(key)),
        Act::Run(command) => return (command.run)(app, None),
        Act::Nothing => {}
    }
    Vec::new()
}

pub fn go_to_mark(app: &mut App, key: Option<char>) -> Vec<Effect> {
    if let Some(object) = key.and_then(|key| app.notes.marks.get(&key).cloned()) {
        open_object(app, object)
    } else {
        app.warn("there is no such mark; m and a letter set one");
        Vec::new()
    }
}

pub fn marks(app: &mut App, _: Option<char>) -> Vec<Effect> {
    let mark = |(key, object): (&char, &Object)| {
        Item::new(format!("'{key}  {}", app.label(object)), object.kind(), Act::Mark(*key))
    };
    let mut items: Vec<Item> = app.notes.marks.iter().map(mark).collect();
    for (screen, subject) in app.nav.trail() {
        let label = format!("{} {subject}", screen.title());
        items.push(Item::new(label, "on the way here", Act::Nothing));
    }
    pick_from(app, Kind::Marks, items)
}

pub fn notes(app: &mut App, _: Option<char>) -> Vec<Effect> {
    let item = |note: &Note| {
        let label = format!("{}: {}", app.label(&note.object), note.text);
        let hint = format!("{} {}", note.author, clock(note.at));
        Item::new(label, hint, Act::Open(note.object.clone()))
    };
    let mut items: Vec<Item> = app.notes.notes.iter().map(item).collect();
    if items.is_empty() {
        items.push(Item::new(
            "no notes yet; `a` writes one on what the cursor is on",
            "",
            Act::Nothing,
        ));
    }
    pick_from(app, Kind::Notes, items)
}

pub fn jobs(app: &mut App, _: Option<char>) -> Vec<Effect> {
    let line = |text: String, hint: &str| Item::new(text, hint, Act::Nothing);
    let mut items = Vec::new();
    if let Some((stage, done, total)) = app.scan.now() {
        let text = scan_text(stage, done, total);
        items.push(line(text, "running; ctrl-c cancels"));
    } else if app.scan.computing {
        items.push(line("computing what the screens show".to_owned(), "running"));
    }
    if let Some(why) = &app.scan.failed {
        items.push(line(why.clone(), "failed"));
    }
    if let Some(data) = &app.data {
        for (stage, took) in &data.snapshot.stages {
            let text = format!("{} in {:.0} ms", stage.word(), took.as_secs_f64() * 1e3);
            items.push(line(text, "last scan"));
        }
        for unread in data.snapshot.unread.iter().filter(|unread| unread.is_unreadable) {
            items.push(line(format!("{}: {}", unread.path.as_str(), unread.reason), "not read"));
        }
        for error in &data.snapshot.tree.errors {
            items.push(line(error.clone(), "note"));
        }
    }
    for complaint in &app.keymap.complaints {
        items.push(line(complaint.clone(), "keys"));
    }
    pick_from(app, Kind::Jobs, items)
}

pub fn scan_text(stage: Stage, done: usize, total: usize) -> String {
    match (stage, total) {
        (Stage::Walk, _) | (_, 0) => format!("{}ing the tree", stage.word()),
        _ => format!("{} {} of {}", stage.word(), grouped(done), counted(total, "file")),
    }
}
