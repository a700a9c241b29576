//! What the commands do to the state, and which effects they ask for.

mod choose;
mod give;
mod go;

use tui_input::Input;

pub use self::choose::{
    act, find, go_to_mark, help, jobs, marks, notes, palette, scan_text, set_theme, themes, way,
};
pub use self::give::{
    edit, export, note, set_mark, share, write_note, yank_allowance, yank_finding, yank_import,
    yank_name, yank_pane, yank_place,
};
pub use self::go::{
    back, definitions, forward, go, graph, imports, move_pages, move_rows, next_pane, open,
    open_object, previous_pane, seek, sideways, source, step, why,
};
use super::app::App;
use super::input::Mode;
use super::list::Order;
use super::msg::Effect;
use super::object::Object;
use super::pane::Content;
use super::theme::Depth;

pub fn always(_: &App) -> Option<&'static str> {
    None
}

pub fn needs_data(app: &App) -> Option<&'static str> {
    app.data.is_none().then_some("the tree is still being read")
}

pub fn needs_disk(app: &App) -> Option<&'static str> {
    (!app.on_disk).then_some("the built-in sample has no files on the disk")
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
    let presentations = app.nav.screen.spec().presentations;
    let view = app.nav.view_mut();
    view.presentation = (view.presentation + 1) % presentations;
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
    app.echo.clear();
    if let Some(before) = app.presenting.take() {
        set_theme(app, &before);
    } else {
        app.presenting = Some(app.theme.name.clone());
        set_theme(app, if app.depth == Depth::None { "mono" } else { "high-contrast" });
    }
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
