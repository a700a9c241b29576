//! Handing out: to the editor, the clipboard, a file, the notes.

use std::path::PathBuf;

use tui_input::Input;

use super::choose::pick_from;
use crate::analysis::finding::Finding;
use crate::model::Project;
use crate::tui::app::App;
use crate::tui::export::{self, Form};
use crate::tui::input::Mode;
use crate::tui::judgement::Found;
use crate::tui::msg::Effect;
use crate::tui::notes::Entry;
use crate::tui::object::{Object, Spot};
use crate::tui::pane::Content;
use crate::tui::picker::{Act, Destination, Item, Kind};

pub fn export(app: &mut App, _: Option<char>) -> Vec<Effect> {
    let mut items = Vec::new();
    for form in Form::ALL {
        let to_file = Act::Export(form, Destination::File);
        items.push(Item::new(form.title(), "to a file here", to_file));
    }
    for form in Form::ALL.into_iter().filter(|form| *form != Form::Svg) {
        let to_clipboard = Act::Export(form, Destination::Clipboard);
        items.push(Item::new(form.title(), "to the clipboard", to_clipboard));
    }
    pick_from(app, Kind::Export, items)
}

pub fn give(app: &mut App, form: Form, destination: Destination) -> Vec<Effect> {
    let text = export::export(app, form);
    match destination {
        Destination::File => {
            let name = format!("fragscope-{}.{}", export::slug(app), form.extension());
            vec![Effect::Save { name, bytes: text.into_bytes() }]
        }
        Destination::Clipboard => {
            vec![Effect::Copy { text, what: form.title().to_owned() }]
        }
    }
}

pub fn set_mark(app: &mut App, key: Option<char>) -> Vec<Effect> {
    let (Some(key), (Some(object), _)) = (key, app.at_cursor()) else {
        app.warn("there is nothing to mark at the cursor");
        return Vec::new();
    };
    app.notes.marks.insert(key, object.clone());
    app.tell(format!("'{key} comes back to {}", app.label(&object)));
    let entry = Entry::Mark { at: 0, author: app.author.clone(), key, object: object.id() };
    vec![Effect::Note(entry)]
}

pub fn note(app: &mut App, _: Option<char>) -> Vec<Effect> {
    let (Some(object), _) = app.at_cursor() else {
        app.warn("there is nothing to note on at the cursor");
        return Vec::new();
    };
    let own = app.notes.by(&app.author, &object).map(|note| note.text.clone());
    app.mode = Mode::Note(Input::new(own.unwrap_or_default()), object);
    Vec::new()
}

pub fn write_note(app: &mut App, object: &Object, text: String) -> Vec<Effect> {
    app.tell(if text.is_empty() { "the note is gone" } else { "noted" });
    let (author, object) = (app.author.clone(), object.id());
    vec![Effect::Note(Entry::Note { at: 0, author, object, text })]
}

pub fn share(_: &mut App, _: Option<char>) -> Vec<Effect> {
    vec![Effect::ShareNotes]
}

pub fn edit(app: &mut App, _: Option<char>) -> Vec<Effect> {
    let (_, Some(spot)) = app.at_cursor() else {
        app.warn("there is no line of code at the cursor");
        return Vec::new();
    };
    let Some(data) = &app.data else { return Vec::new() };
    let odd = data.snapshot.odd_paths.get(&spot.file).map(|path| path.as_path().to_owned());
    let path = odd.unwrap_or_else(|| PathBuf::from(&*data.project().file(spot.file).path));
    vec![Effect::Edit { path: data.snapshot.tree.root.join(path), line: spot.line }]
}

fn copy(app: &mut App, text: Option<String>) -> Vec<Effect> {
    if let Some(text) = text {
        vec![Effect::Copy { what: text.clone(), text }]
    } else {
        app.warn("there is nothing to copy at the cursor");
        Vec::new()
    }
}

pub fn yank_place(app: &mut App, _: Option<char>) -> Vec<Effect> {
    let (_, spot) = app.at_cursor();
    let text = spot
        .zip(app.data.as_ref())
        .map(|(spot, data)| format!("{}:{}", data.project().file(spot.file).path, spot.line));
    copy(app, text)
}

/// The dotted name: of a concept that of its likely canonical definition, of a line of code what it stands in.
pub fn yank_name(app: &mut App, _: Option<char>) -> Vec<Effect> {
    let (object, spot) = app.at_cursor();
    let is_code = matches!(app.pane().content, Content::Source(_) | Content::Diff(_));
    let enclosing = || Some(name_at(app.data.as_ref()?.project(), spot?));
    let name = match object {
        Some(Object::Concept(id)) => {
            let heat = app.data.as_ref().and_then(|data| data.heat.as_ref());
            let canonical =
                heat.and_then(|heat| heat.find(&id)).map(|it| it.canonical.path.clone());
            Some(canonical.unwrap_or(id))
        }
        Some(Object::Module(_)) if is_code => enclosing(),
        Some(Object::Site(_)) => enclosing(),
        Some(Object::Finding(_)) => finding(app).map(|found| found.finding.symbol.clone()),
        Some(object) => Some(object.name().to_owned()),
        None => enclosing(),
    };
    copy(app, name)
}

/// The innermost class or function around a line, else its module.
fn name_at(project: &Project, spot: Spot) -> String {
    let file = project.file(spot.file);
    let rows = file.facts.definitions().iter().zip(0..);
    let around = rows.filter(|(own, _)| (own.first_line..=own.end_line).contains(&spot.line));
    let innermost = around.max_by_key(|(own, _)| own.first_line);
    let module = || file.module.to_string();
    innermost.map_or_else(module, |(_, row)| project.definition_name(spot.file, row))
}

/// The finding at the cursor: in a list of them, or on the line of a source.
pub fn finding(app: &App) -> Option<&Found> {
    let judgement = app.data.as_ref()?.judgement.as_ref()?;
    match app.at_cursor() {
        (Some(Object::Finding(fingerprint)), _) => judgement.find(&fingerprint),
        (_, spot) => judgement.at(spot?),
    }
}

/// The comment that allows the finding; its reason is for a person to write.
pub fn yank_allowance(app: &mut App, _: Option<char>) -> Vec<Effect> {
    let text = finding(app).map(|found| format!("# fragscope: allow[{}] ", found.finding.rule));
    let effects = copy(app, text);
    if !effects.is_empty() {
        app.tell("put it over the line, with the reason behind it: without one it allows nothing");
    }
    effects
}

/// The finding as an item of a Markdown list.
pub fn yank_finding(app: &mut App, _: Option<char>) -> Vec<Effect> {
    let Some((found, data)) = finding(app).zip(app.data.as_ref()) else {
        return copy(app, None);
    };
    let Finding { rule, severity, file, at, message, remedy, .. } = &found.finding;
    let path = export::cell_text(&data.project().file(*file).path);
    let text = format!(
        "- **{}** {rule}, {path}:{}: {}  \n  {} ({}, {})\n",
        severity.word(),
        at.line,
        export::cell_text(message),
        export::cell_text(remedy),
        found.state.word(),
        found.fingerprint
    );
    vec![Effect::Copy { text, what: app.label(&Object::Finding(found.fingerprint.clone())) }]
}

/// `from app.core import Manager`: of a concept its likely canonical path.
pub fn yank_import(app: &mut App, _: Option<char>) -> Vec<Effect> {
    let (object, _) = app.at_cursor();
    let heat = app.data.as_ref().and_then(|data| data.heat.as_ref());
    let line = object.and_then(|object| match object {
        Object::Concept(id) => import_line(&heat.and_then(|heat| heat.find(&id))?.canonical.path),
        Object::Definition(dotted) | Object::Path(dotted) => import_line(&dotted),
        Object::Module(name) => Some(format!("import {name}")),
        Object::Cycle(_) | Object::Site(_) | Object::Finding(_) | Object::Rule(_) => None,
    });
    copy(app, line)
}

fn import_line(dotted: &str) -> Option<String> {
    let (module, name) = dotted.rsplit_once('.')?;
    Some(format!("from {module} import {name}"))
}

pub fn yank_pane(app: &mut App, _: Option<char>) -> Vec<Effect> {
    give(app, Form::Markdown, Destination::Clipboard)
}

#[cfg(test)]
mod tests {
    use ratatui::layout::Rect;

    use super::*;
    use crate::tui::headless::Headless;

    fn copied(keys: &str) -> String {
        let mut explorer = Headless::demo(Rect::new(0, 0, 120, 40));
        explorer.keys(keys).unwrap();
        let copies = explorer.asked.into_iter().filter_map(|effect| match effect {
            Effect::Copy { text, .. } => Some(text),
            _ => None,
        });
        copies.last().unwrap_or_default()
    }

    #[test]
    fn the_name_that_is_copied_is_that_of_what_one_looks_at() {
        let home = "backend.app.payments.core.processor.PaymentProcessor";
        assert_eq!(copied("yn"), home);
        assert_eq!(copied("<enter>yn"), home);
        // In the source that of the class and method that the line stands in, not that of the module.
        assert_eq!(copied("<tab><tab>yn"), home);
        assert_eq!(copied("<tab><tab>jjjyn"), format!("{home}.__init__"));
        assert_eq!(copied("4yn"), "backend.app.payments.core");
        // Of a site what stands around it, not its file and line.
        assert!(!copied("3<enter><enter>yn").contains(':'));
    }
}
