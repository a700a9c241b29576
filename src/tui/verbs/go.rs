//! Going: to screens and objects, back, between panes, along rows.

use super::can::NO_FINDING;
use crate::tui::app::App;
use crate::tui::layout::{Size, size};
use crate::tui::list::PaneState;
use crate::tui::msg::Effect;
use crate::tui::nav::Screen;
use crate::tui::object::{Object, Spot};
use crate::tui::pane::Content;
use crate::tui::screens::{concept, n_panes, pane, rules, spot_of_object};

/// To a screen as it was left. Hotspots is the list of what Concepts shows: from there, and the first time, its cursor
/// says which concept is meant.
pub fn go(app: &mut App, screen: Screen) -> Vec<Effect> {
    let follows_list =
        app.nav.screen == Screen::Hotspots || app.nav.of(Screen::Concepts).subject.is_empty();
    let listed = concept(app, Screen::Hotspots).map(|concept| concept.id.clone());
    match (screen, listed) {
        (Screen::Concepts, Some(id)) if follows_list => app.nav.go(screen, Some(&id)),
        _ => app.nav.go(screen, None),
    }
    if screen == Screen::Graph && app.nav.view().panes.is_empty() {
        begin_at_module(app);
    }
    Vec::new()
}

/// The graph around a module, at its own cycle.
fn go_to_module(app: &mut App, name: &str) {
    app.nav.go(Screen::Graph, Some(name));
    let view = app.nav.view_mut();
    // Whatever cycle was looked at before, the module's own is meant now.
    if let Some(cycles) = view.panes.get_mut(3) {
        *cycles = PaneState::default();
    }
    view.focus = 0;
    begin_at_module(app);
}

/// Where one pane has the screen to itself, the module rather than its importers, of which there may be none.
fn begin_at_module(app: &mut App) {
    if size(app.area) <= Size::S {
        app.nav.view_mut().focus = 1;
    }
}

/// Enter: from a list into its detail, from a detail to what it names.
pub fn open(app: &mut App, _: Option<char>) -> Vec<Effect> {
    let (object, spot) = app.at_cursor();
    let focus = app.focus();
    if (app.nav.screen.spec().open)(app, focus, object.as_ref()) {
        return Vec::new();
    }
    match object {
        Some(object) if !is_source(app) => return open_object(app, object),
        _ if spot.is_some() && is_source(app) => app.nav.view_mut().zoomed ^= true,
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
        Object::Module(name) => go_to_module(app, &name),
        Object::Cycle(_) => {
            app.nav.go(Screen::Graph, None);
            seek(app, 3, object);
            app.nav.view_mut().focus = 3;
        }
        Object::Site(ref place) => match spot_of_object(app, &object) {
            Some(spot) => open_module_of(app, spot),
            None => app.warn(format!("{place} is not there any more")),
        },
        Object::Finding(_) | Object::Rule(_) => rules::show(app, object),
    }
    Vec::new()
}

fn open_module_of(app: &mut App, spot: Spot) {
    if let Some(data) = &app.data {
        let name = data.project().file(spot.file).module.to_string();
        go_to_module(app, &name);
    }
}

pub fn seek(app: &mut App, pane: usize, object: Object) {
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
pub fn meant(app: &App) -> Option<String> {
    let own = concept(app, app.nav.screen).map(|concept| concept.id.clone());
    let (object, _) = app.at_cursor();
    let named = object.and_then(|object| match object {
        Object::Concept(name) | Object::Definition(name) => Some(name),
        // A path may have another name for it, but mostly ends in its own.
        Object::Path(path) => path.rsplit('.').next().map(str::to_owned),
        _ => None,
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
        Some(name) => {
            app.nav.go(Screen::Concepts, Some(&name));
            // However the screen was left: asked for are the definitions.
            let view = app.nav.view_mut();
            (view.focus, view.zoomed) = (0, false);
        }
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
        (Some(Object::Module(name)), _) => go_to_module(app, &name),
        (_, Some(spot)) => open_module_of(app, spot),
        _ => app.warn("there is no module at the cursor"),
    }
    Vec::new()
}

/// The source pane for itself; once more brings the others back.
pub fn source(app: &mut App, _: Option<char>) -> Vec<Effect> {
    let screen = app.nav.screen;
    let is_source = |at: &usize| matches!(pane(app, screen, *at).content, Content::Source(_));
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

/// To the next of what the screen has, or the next change of a diff.
pub fn step(app: &mut App, by: isize) -> Vec<Effect> {
    if step_in_source(app, by) || (app.nav.screen.spec().step)(app, by) {
        return Vec::new();
    }
    let focus = app.focus();
    let unified = !app.splits(1);
    let at = if app.nav.screen == Screen::Concepts { 1 } else { focus };
    let Content::Diff(pair) = pane(app, app.nav.screen, at).content else {
        app.warn("there is no diff here");
        return Vec::new();
    };
    let changes = app.diff_of(pair).map(|diff| diff.changes(unified)).unwrap_or_default();
    let Some(state) = app.nav.view_mut().panes.get_mut(at) else { return Vec::new() };
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

/// To the next line of a source on which a rule found something; behind the last comes the first.
fn step_in_source(app: &mut App, by: isize) -> bool {
    let Content::Source(source) = app.pane().content else { return false };
    let judgement = app.data.as_ref().and_then(|data| data.judgement.as_ref());
    let Some(judgement) = judgement else { return false };
    let lines = judgement.in_file(source.file).iter().map(|found| found.finding.at.line as usize);
    let rows: Vec<usize> = lines.map(|line| line.saturating_sub(1)).collect();
    let Some(state) = app.state_mut() else { return false };
    let here = state.cursor;
    let next = if by > 0 {
        rows.iter().find(|row| **row > here).or(rows.first())
    } else {
        rows.iter().rev().find(|row| **row < here).or(rows.last())
    };
    match next {
        Some(row) => {
            state.cursor = *row;
            if !(state.offset..state.offset + state.height).contains(row) {
                state.offset = row.saturating_sub(state.height / 3);
            }
        }
        None => app.warn(NO_FINDING),
    }
    true
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

/// Where the screen has a meaning for it; elsewhere along the lines of a text.
pub fn sideways(app: &mut App, by: isize) -> Vec<Effect> {
    if (app.nav.screen.spec().sideways)(app, by) {
        return Vec::new();
    }
    if let Some(state) = app.state_mut() {
        state.across = state.across.saturating_add_signed(by * 4).min(2_000);
    }
    Vec::new()
}
