//! What can be done where the cursor is. The key bar offers only that; help and palette say why the rest cannot.

use crate::tui::app::{App, Shape};
use crate::tui::nav::Screen;
use crate::tui::object::Object;
use crate::tui::pane::Content;
use crate::tui::verbs;

type Reason = Option<&'static str>;

pub fn always(_: &App) -> Reason {
    None
}

pub fn needs_data(app: &App) -> Reason {
    app.data.is_none().then_some("the tree is still being read")
}

/// Something to edit needs a line of code, in a file on the disk.
pub fn edit(app: &App) -> Reason {
    needs_disk(app).or_else(|| place(app))
}

pub fn needs_disk(app: &App) -> Reason {
    (!app.on_disk).then_some("the built-in sample has no files on the disk")
}

pub fn open(app: &App) -> Reason {
    let here = &app.here;
    let is_code = matches!(here.shape, Shape::Source | Shape::Diff);
    let opens = match (app.nav.screen, app.focus()) {
        (Screen::Concepts, 0) | (Screen::Graph, 3) => here.rows > 0,
        _ if is_code => here.spot.is_some(),
        _ => here.object.is_some(),
    };
    (!opens).then_some("there is nothing to open at the cursor")
}

pub fn back(app: &App) -> Reason {
    (!app.nav.has_back()).then_some("this is where you began")
}

pub fn forward(app: &App) -> Reason {
    (!app.nav.has_forward()).then_some("there is nothing ahead")
}

pub fn definitions(app: &App) -> Reason {
    let is_compared = app.nav.screen == Screen::Concepts && app.focus() == 1;
    match &app.here.concept {
        None => Some("there is no concept at the cursor"),
        Some(_) if is_compared => Some("they are compared here"),
        Some(_) => None,
    }
}

pub fn imports(app: &App) -> Reason {
    let Some(concept) = &app.here.concept else { return Some("there is no concept at the cursor") };
    let Some(roads) = app.data.as_ref().and_then(|data| data.roads.as_ref()) else {
        return Some("the imports are still being followed");
    };
    let name = concept.rsplit('.').next().unwrap_or(concept);
    match roads.find(name) {
        Some(_) if app.nav.screen == Screen::Imports && app.focus() > 0 => Some("they are here"),
        Some(_) => None,
        None => Some("it is reached by one path only"),
    }
}

pub fn graph(app: &App) -> Reason {
    let here = &app.here;
    let is_module = matches!(here.object, Some(Object::Module(_)));
    (!is_module && here.spot.is_none()).then_some("there is no module at the cursor")
}

pub fn source(app: &App) -> Reason {
    (app.nav.screen == Screen::Graph).then_some("no source is shown here; e opens the editor")
}

pub fn pick(app: &App) -> Reason {
    let is_list = app.focus() == 0 && matches!(app.here.object, Some(Object::Definition(_)));
    match (is_list, app.here.rows) {
        (false, _) => Some("definitions are picked in their list"),
        (true, 1) => Some("there is no other one to compare it with"),
        (true, _) => None,
    }
}

pub fn diff(app: &App) -> Reason {
    (!app.here.has_diff).then_some("no two definitions are compared here")
}

pub fn step(app: &App) -> Reason {
    match (app.nav.screen, app.here.shape) {
        (Screen::Graph | Screen::Rules, _) => None,
        (_, Shape::Source) => needs_judgement(app).or_else(|| has_findings(app)),
        _ => diff(app),
    }
}

fn needs_judgement(app: &App) -> Reason {
    let is_judged = app.data.as_ref().is_some_and(|data| data.judgement.is_some());
    (!is_judged).then_some("the rules are still at work")
}

fn has_findings(app: &App) -> Reason {
    let judgement = app.data.as_ref()?.judgement.as_ref()?;
    let Content::Source(source) = app.pane().content else { return None };
    judgement.in_file(source.file).is_empty().then_some(NO_FINDING)
}

/// Why there is no next finding in a source.
pub const NO_FINDING: &str = "no rule found anything in this file";

pub fn explain(app: &App) -> Reason {
    let is_lost = app.nav.screen == Screen::Rules && verbs::rule(app).is_none();
    is_lost.then_some("there is no rule at the cursor")
}

pub fn finding(app: &App) -> Reason {
    verbs::finding(app).is_none().then_some("there is no finding at the cursor")
}

pub fn order(app: &App) -> Reason {
    match (app.here.shape, app.here.rows) {
        (Shape::Table, 2..) => None,
        (Shape::Table, _) => Some("there is nothing to order"),
        _ => Some("only lists have an order"),
    }
}

pub fn wrap(app: &App) -> Reason {
    (app.here.shape != Shape::Text).then_some("code and lists scroll sideways: h and l")
}

pub fn object(app: &App) -> Reason {
    app.here.object.is_none().then_some("there is nothing at the cursor")
}

pub fn place(app: &App) -> Reason {
    app.here.spot.is_none().then_some("there is no line of code at the cursor")
}
