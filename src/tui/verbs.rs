//! What the commands do to the state, and which effects they ask for.

use std::path::PathBuf;
use std::sync::Arc;

use tui_input::Input;

use super::app::App;
use super::command::{Command, TABLE};
use super::export::{self, Form};
use super::input::{Mode, in_scope};
use super::list::Order;
use super::msg::Effect;
use super::nav::Screen;
use super::notes::{Entry, clock};
use super::object::{Object, Spot};
use super::pane::Content;
use super::picker::{Act, Destination, Item, Kind, Picker};
use super::screens::{concept, n_panes, spot_of_object};
use super::theme::Depth;
use crate::engine::Stage;
use crate::report::paint::{counted, grouped};

pub fn always(_: &App) -> Option<&'static str> {
    None
}

pub fn needs_data(app: &App) -> Option<&'static str> {
    app.data.is_none().then_some("the tree is still being read")
}

pub fn needs_disk(app: &App) -> Option<&'static str> {
    (!app.on_disk).then_some("the built-in sample has no files on the disk")
}

pub fn go(app: &mut App, screen: Screen) -> Vec<Effect> {
    app.nav.go(screen, None);
    Vec::new()
}

/// Enter: from a list into its detail, from a detail to what it names.
pub fn open(app: &mut App, _: Option<char>) -> Vec<Effect> {
    let (object, spot) = app.at_cursor();
    let focus = app.focus();
    match (app.nav.screen, focus, object) {
        (Screen::Hotspots, 0, Some(Object::Concept(id))) => {
            app.nav.go(Screen::Concepts, Some(&id));
        }
        (Screen::Imports, 0..=2, Some(_)) => app.nav.view_mut().focus = focus + 1,
        (Screen::Concepts, 0, _) => app.nav.view_mut().focus = 1,
        (Screen::Graph, 3, _) => app.nav.view_mut().focus = 4,
        (_, _, Some(object)) if !is_source(app) => return open_object(app, object),
        (_, _, _) if spot.is_some() && is_source(app) => app.nav.view_mut().zoomed ^= true,
        _ => {}
    }
    Vec::new()
}

fn is_source(app: &App) -> bool {
    matches!(app.pane().content, Content::Source(_) | Content::Diff(_))
}

/// Goes to where an object is shown best.
pub fn open_object(app: &mut App, object: Object) -> Vec<Effect> {
    match object {
        Object::Concept(id) => app.nav.go(Screen::Concepts, Some(&id)),
        Object::Definition(dotted) => {
            app.nav.go(Screen::Concepts, Some(&dotted));
            seek(app, 0, Object::Definition(dotted));
        }
        Object::Path(path) => show_paths(app, &path),
        Object::Module(name) => app.nav.go(Screen::Graph, Some(&name)),
        Object::Cycle(_) => {
            app.nav.go(Screen::Graph, None);
            seek(app, 3, object);
            app.nav.view_mut().focus = 3;
        }
        Object::Site(ref place) => match spot_of_object(app, &object) {
            Some(spot) => open_module_of(app, spot),
            None => app.warn(format!("{place} is not there any more")),
        },
    }
    Vec::new()
}

fn open_module_of(app: &mut App, spot: Spot) {
    if let Some(data) = &app.data {
        let name = data.project().file(spot.file).module.to_string();
        app.nav.go(Screen::Graph, Some(&name));
    }
}

fn seek(app: &mut App, pane: usize, object: Object) {
    let view = app.nav.view_mut();
    view.panes.resize_with(view.panes.len().max(pane + 1), Default::default);
    view.panes[pane].seek(object);
}

/// The paths of the name that a dotted path ends in.
fn show_paths(app: &mut App, path: &str) {
    let name = path.rsplit('.').next().unwrap_or(path).to_owned();
    let known = app.data.as_ref().and_then(|data| data.roads.as_ref());
    if known.is_some_and(|roads| roads.find(&name).is_none()) {
        app.warn(format!("{name} is reached by one path only"));
        return;
    }
    app.nav.go(Screen::Imports, None);
    seek(app, 0, Object::Concept(name));
    app.nav.view_mut().focus = 1;
}

pub fn back(app: &mut App, _: Option<char>) -> Vec<Effect> {
    if !app.nav.go_back() {
        app.warn("this is where you began");
    }
    Vec::new()
}

pub fn forward(app: &mut App, _: Option<char>) -> Vec<Effect> {
    if !app.nav.go_forward() {
        app.warn("there is nothing ahead");
    }
    Vec::new()
}

pub fn next_pane(app: &mut App, _: Option<char>) -> Vec<Effect> {
    turn(app, 1)
}

pub fn previous_pane(app: &mut App, _: Option<char>) -> Vec<Effect> {
    turn(app, n_panes(app.nav.screen) - 1)
}

fn turn(app: &mut App, by: usize) -> Vec<Effect> {
    let panes = n_panes(app.nav.screen);
    app.nav.view_mut().focus = (app.focus() + by) % panes;
    Vec::new()
}

/// The concept that is meant: the screen's own, or the one that what the cursor stands on belongs to.
fn meant(app: &App) -> Option<String> {
    let own = concept(app, app.nav.screen).map(|concept| concept.id.clone());
    let (object, _) = app.at_cursor();
    let named = object.and_then(|object| match object {
        Object::Concept(name) | Object::Definition(name) | Object::Path(name) => Some(name),
        Object::Module(_) | Object::Cycle(_) | Object::Site(_) => None,
    });
    let of_names = || {
        let roads = app.data.as_ref()?.roads.as_ref()?;
        let row = app.nav.view().panes.first()?.selected()?;
        (app.nav.screen == Screen::Imports).then(|| roads.names.get(row).map(|n| n.name.clone()))?
    };
    own.or(named).or_else(of_names)
}

pub fn definitions(app: &mut App, _: Option<char>) -> Vec<Effect> {
    match meant(app) {
        Some(name) if app.nav.screen == Screen::Concepts && app.nav.view().subject == name => {
            app.nav.view_mut().focus = 1;
        }
        Some(name) => app.nav.go(Screen::Concepts, Some(&name)),
        None => app.warn("there is no concept at the cursor"),
    }
    Vec::new()
}

pub fn imports(app: &mut App, _: Option<char>) -> Vec<Effect> {
    match meant(app) {
        Some(name) => show_paths(app, &name),
        None => app.warn("there is no concept at the cursor"),
    }
    Vec::new()
}

pub fn graph(app: &mut App, _: Option<char>) -> Vec<Effect> {
    match app.at_cursor() {
        (Some(Object::Module(name)), _) => app.nav.go(Screen::Graph, Some(&name)),
        (_, Some(spot)) => open_module_of(app, spot),
        _ => app.warn("there is no module at the cursor"),
    }
    Vec::new()
}

/// The source pane for itself; once more brings the others back.
pub fn source(app: &mut App, _: Option<char>) -> Vec<Effect> {
    let screen = app.nav.screen;
    let is_source =
        |at: &usize| matches!(super::screens::pane(app, screen, *at).content, Content::Source(_));
    match (0..n_panes(screen)).find(is_source) {
        Some(at) => {
            let view = app.nav.view_mut();
            (view.zoomed, view.focus) = (!(view.zoomed && view.focus == at), at);
        }
        None => app.warn("no source is shown here"),
    }
    Vec::new()
}

pub fn why(app: &mut App, _: Option<char>) -> Vec<Effect> {
    let view = app.nav.view_mut();
    view.focus = usize::from(view.focus != 1);
    Vec::new()
}

/// The first pick is the left side, the second the right; a third begins anew.
pub fn pick(app: &mut App, _: Option<char>) -> Vec<Effect> {
    let (Some(object @ Object::Definition(_)), _) = app.at_cursor() else {
        app.warn("pick in the list of definitions");
        return Vec::new();
    };
    let picks = &mut app.nav.view_mut().picks;
    *picks = match std::mem::take(picks) {
        [Some(left), right] if left == object => [right, None],
        [left, Some(right)] if right == object => [left, None],
        [Some(left), None] => [Some(left), Some(object)],
        _ => [Some(object), None],
    };
    Vec::new()
}

pub fn other(app: &mut App, _: Option<char>) -> Vec<Effect> {
    app.nav.view_mut().other ^= true;
    Vec::new()
}

/// To the next change of a diff, or the next cycle.
pub fn step(app: &mut App, by: isize) -> Vec<Effect> {
    let focus = app.focus();
    let unified = !app.splits(1);
    if app.nav.screen == Screen::Graph {
        if let Some(cycles) = app.nav.view_mut().panes.get_mut(3) {
            cycles.move_by(by);
        }
        return Vec::new();
    }
    let pane = if app.nav.screen == Screen::Concepts { 1 } else { focus };
    let Content::Diff(pair) = super::screens::pane(app, app.nav.screen, pane).content else {
        app.warn("there is no diff here");
        return Vec::new();
    };
    let changes = app.diff_of(pair).map(|diff| diff.changes(unified)).unwrap_or_default();
    let Some(state) = app.nav.view_mut().panes.get_mut(pane) else { return Vec::new() };
    let here = state.cursor;
    let next = if by > 0 {
        changes.iter().find(|at| **at > here)
    } else {
        changes.iter().rev().find(|at| **at < here)
    };
    if let Some(next) = next {
        state.cursor = *next;
        state.offset = next.saturating_sub(state.height / 3);
    }
    Vec::new()
}

pub fn filter(app: &mut App, _: Option<char>) -> Vec<Effect> {
    if !matches!(app.pane().content, Content::Table(_)) {
        app.nav.view_mut().focus = 0;
    }
    let filter = app.state().map(|state| state.filter.clone()).unwrap_or_default();
    app.mode = Mode::Filter(Input::new(filter));
    Vec::new()
}

pub fn clear(app: &mut App, _: Option<char>) -> Vec<Effect> {
    let view = app.nav.view_mut();
    if view.zoomed {
        view.zoomed = false;
    } else if view.goal.take().is_some() {
    } else if let Some(state) = app.state_mut() {
        state.filter.clear();
        state.order = None;
    }
    Vec::new()
}

pub fn order(app: &mut App, _: Option<char>) -> Vec<Effect> {
    let Content::Table(rows) = app.pane().content else { return Vec::new() };
    let columns = rows.columns();
    drop(rows);
    let named: Vec<usize> =
        (0..columns.len()).filter(|at| !columns[*at].title.is_empty()).collect();
    let Some(state) = app.state_mut() else { return Vec::new() };
    let next = match state.order {
        None => named.first(),
        Some(order) => named.iter().find(|at| **at > order.column),
    };
    state.order = next.map(|at| Order { column: *at, descending: columns[*at].right });
    let told = match next {
        Some(at) => format!("by {}; O turns it round", columns[*at].title),
        None => "in their own order".to_owned(),
    };
    app.tell(told);
    Vec::new()
}

pub fn reverse_order(app: &mut App, _: Option<char>) -> Vec<Effect> {
    if let Some(order) = app.state_mut().and_then(|state| state.order.as_mut()) {
        order.descending ^= true;
    }
    Vec::new()
}

pub fn scope(app: &mut App, _: Option<char>) -> Vec<Effect> {
    use crate::analysis::Scope;
    app.scope = match app.scope {
        Scope::Production => Scope::Tests,
        Scope::Tests => Scope::All,
        Scope::All => Scope::Production,
    };
    app.tell(app.scope.phrase());
    app.recompute()
}

fn pick_from(app: &mut App, kind: Kind, items: Vec<Item>) -> Vec<Effect> {
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
        let hint = disabled.map_or(keys, str::to_owned);
        let mut item = Item::new(command.title, hint, Act::Run(command));
        item.disabled = disabled.is_some();
        item
    };
    TABLE.iter().filter(|command| wanted(command)).map(item).collect()
}

pub fn themes(app: &mut App, _: Option<char>) -> Vec<Effect> {
    let current = app.theme.name.clone();
    let mut names = app.themes.names();
    names.sort_by_key(|name| *name != current);
    let items = names.into_iter().map(|name| Item::new(name.clone(), "", Act::Theme(name)));
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

fn give(app: &mut App, form: Form, destination: Destination) -> Vec<Effect> {
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
    app.tell(format!("'{key} comes back to {}", object.name()));
    let entry = Entry::Mark { at: 0, author: app.author.clone(), key, object: object.id() };
    vec![Effect::Note(entry)]
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
        Item::new(format!("'{key}  {}", object.name()), object.kind(), Act::Mark(*key))
    };
    let mut items: Vec<Item> = app.notes.marks.iter().map(mark).collect();
    for (screen, subject) in app.nav.trail() {
        let label = format!("{} {subject}", screen.title());
        items.push(Item::new(label, "on the way here", Act::Nothing));
    }
    pick_from(app, Kind::Marks, items)
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

pub fn notes(app: &mut App, _: Option<char>) -> Vec<Effect> {
    let item = |note: &super::notes::Note| {
        let label = format!("{}: {}", note.object.name(), note.text);
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

pub fn yank_name(app: &mut App, _: Option<char>) -> Vec<Effect> {
    let (object, _) = app.at_cursor();
    copy(app, object.map(|object| object.name().to_owned()))
}

/// `from app.core import Manager`: of a concept its likely canonical path.
pub fn yank_import(app: &mut App, _: Option<char>) -> Vec<Effect> {
    let (object, _) = app.at_cursor();
    let heat = app.data.as_ref().and_then(|data| data.heat.as_ref());
    let line = object.and_then(|object| match object {
        Object::Concept(id) => import_line(&heat.and_then(|heat| heat.find(&id))?.canonical.path),
        Object::Definition(dotted) | Object::Path(dotted) => import_line(&dotted),
        Object::Module(name) => Some(format!("import {name}")),
        Object::Cycle(_) | Object::Site(_) => None,
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

pub fn zoom(app: &mut App, _: Option<char>) -> Vec<Effect> {
    app.nav.view_mut().zoomed ^= true;
    Vec::new()
}

pub fn resize(app: &mut App, by: i16) -> Vec<Effect> {
    let view = app.nav.view_mut();
    let now = if view.ratio == 0 { 50 } else { view.ratio };
    view.ratio = now.saturating_add_signed(by).clamp(20, 80);
    Vec::new()
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

pub fn cancel(app: &mut App, _: Option<char>) -> Vec<Effect> {
    if let Some(progress) = &app.scan.progress {
        progress.cancel();
        app.warn("cancelling the scan; F5 scans again");
        return Vec::new();
    }
    if app.is_leaving {
        return leave(app);
    }
    app.is_leaving = true;
    app.warn("ctrl-c once more quits");
    Vec::new()
}

pub fn present(app: &mut App, _: Option<char>) -> Vec<Effect> {
    app.presenting ^= true;
    app.echo.clear();
    let contrast = if app.depth == Depth::None { "mono" } else { "high-contrast" };
    let theme = if app.presenting { contrast } else { super::term::default_theme(app.depth) };
    set_theme(app, theme);
    Vec::new()
}

pub fn mouse(app: &mut App, _: Option<char>) -> Vec<Effect> {
    app.mouse ^= true;
    app.tell(if app.mouse { "the mouse is here" } else { "the terminal has the mouse back" });
    vec![Effect::Mouse(app.mouse)]
}

pub fn quit(app: &mut App, _: Option<char>) -> Vec<Effect> {
    if app.nav.go_back() { Vec::new() } else { leave(app) }
}

pub fn leave(app: &mut App) -> Vec<Effect> {
    if let Some(progress) = &app.scan.progress {
        progress.cancel();
    }
    vec![Effect::Remember(app.session().text()), Effect::Quit]
}

pub fn move_rows(app: &mut App, rows: isize) -> Vec<Effect> {
    if let Some(state) = app.state_mut() {
        state.move_by(rows);
    }
    Vec::new()
}

pub fn move_pages(app: &mut App, pages: isize, parts: isize) -> Vec<Effect> {
    let height = app.state().map_or(1, |state| state.height as isize);
    move_rows(app, pages * (height / parts).max(1))
}

/// Between the columns of the graph; elsewhere along the lines of a text.
pub fn sideways(app: &mut App, by: isize) -> Vec<Effect> {
    let focus = app.focus();
    if app.nav.screen == Screen::Graph && focus < 3 {
        app.nav.view_mut().focus = focus.saturating_add_signed(by).min(2);
    } else if let Some(state) = app.state_mut() {
        state.across = state.across.saturating_add_signed(by * 4).min(2_000);
    }
    Vec::new()
}
