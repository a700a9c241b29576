//! What the commands do to the state, and which effects they ask for.

pub mod can;
mod choose;
mod give;
mod go;

use tui_input::Input;

pub use self::choose::{
    act, explain, find, go_to_mark, help, jobs, marks, notes, palette, rule, scan_text, set_theme,
    themes, way,
};
pub use self::give::{
    edit, export, finding, note, set_mark, share, write_note, yank_allowance, yank_finding,
    yank_import, yank_name, yank_pane, yank_place,
};
pub use self::go::{
    back, definitions, forward, go, graph, imports, meant, move_pages, move_rows, next_pane, open,
    open_object, previous_pane, seek, sideways, source, step, why,
};
use super::app::App;
use super::input::Mode;
use super::layout::Divider;
use super::list::Order;
use super::msg::Effect;
use super::nav::View;
use super::object::Object;
use super::pane::{Column, Content};
use super::theme::Depth;

/// The first pick is the left side, the second the right; a third takes the right side's place, and says so.
pub fn pick(app: &mut App, _: Option<char>) -> Vec<Effect> {
    let (Some(object @ Object::Definition(_)), _) = app.at_cursor() else {
        app.warn("pick in the list of definitions");
        return Vec::new();
    };
    let name = last_two(object.name()).to_owned();
    let picks = std::mem::take(&mut app.nav.view_mut().picks);
    let (picks, told) = match picks {
        [Some(left), right] if left == object => ([right, None], format!("{name} is let go")),
        [left, Some(right)] if right == object => ([left, None], format!("{name} is let go")),
        [Some(left), None] => ([Some(left), Some(object)], format!("{name} is the right side")),
        [Some(left), Some(right)] => {
            let told =
                format!("{name} is the right side now, {} is let go", last_two(right.name()));
            ([Some(left), Some(object)], told)
        }
        [None, _] => {
            let told = format!("{name} is the left side; space on another compares the two");
            ([Some(object), None], told)
        }
    };
    app.nav.view_mut().picks = picks;
    app.tell(told);
    Vec::new()
}

pub fn other(app: &mut App, _: Option<char>) -> Vec<Effect> {
    let presentations = app.nav.screen.spec().presentations;
    let view = app.nav.view_mut();
    view.presentation = (view.presentation + 1) % presentations;
    Vec::new()
}

pub fn wrap(app: &mut App, _: Option<char>) -> Vec<Effect> {
    let view = app.nav.view_mut();
    view.unbroken ^= true;
    let is_unbroken = view.unbroken;
    if let Some(state) = app.state_mut() {
        state.across = 0;
    }
    app.tell(if is_unbroken {
        "long lines run on: h and l scroll"
    } else {
        "long lines are broken"
    });
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
    } else if view.goal.take().is_some() || take_picks(view) {
    } else if let Some(state) = app.state_mut() {
        state.filter.clear();
        state.order = None;
    }
    Vec::new()
}

/// `core.Manager`: module and name tell definitions of one concept apart.
fn last_two(dotted: &str) -> &str {
    dotted.rmatch_indices('.').nth(1).map_or(dotted, |(at, _)| &dotted[at + 1..])
}

fn take_picks(view: &mut View) -> bool {
    std::mem::take(&mut view.picks).iter().any(Option::is_some)
}

/// To the next column that the rows do not stand in already, and at last back to their own order.
pub fn order(app: &mut App, _: Option<char>) -> Vec<Effect> {
    let Content::Table(rows) = app.pane().content else { return Vec::new() };
    let (columns, own) = (rows.columns(), rows.own_order());
    drop(rows);
    let first = |at: usize| Order { column: at, descending: columns[at].right };
    let is_worth_it = |at: &usize| !columns[*at].title.is_empty() && own != Some(first(*at));
    let named: Vec<usize> = (0..columns.len()).filter(is_worth_it).collect();
    let Some(state) = app.state_mut() else { return Vec::new() };
    let next = match state.order {
        None => named.first(),
        Some(order) => named.iter().find(|at| **at > order.column),
    };
    state.order = next.map(|at| first(*at));
    tell_order(app, columns, own);
    Vec::new()
}

pub fn reverse_order(app: &mut App, _: Option<char>) -> Vec<Effect> {
    let Content::Table(rows) = app.pane().content else { return Vec::new() };
    let (columns, own) = (rows.columns(), rows.own_order());
    drop(rows);
    let Some(state) = app.state_mut() else { return Vec::new() };
    state.order = state.order.or(own).map(|order| Order { descending: !order.descending, ..order });
    tell_order(app, columns, own);
    Vec::new()
}

fn tell_order(app: &mut App, columns: &[Column], own: Option<Order>) {
    let order = app.state().and_then(|state| state.order);
    let which = |order: Order| {
        let sign = if order.descending { app.glyphs.down } else { app.glyphs.up };
        format!("{} {sign}", columns[order.column].title)
    };
    let told = match (order, own) {
        (Some(order), _) => {
            format!("ordered by {}; o the next column, O turns it round", which(order))
        }
        (None, Some(own)) => format!("in their own order, by {}", which(own)),
        (None, None) => "in their own order".to_owned(),
    };
    app.tell(told);
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
    match app.layout().divider() {
        Some(divider) => {
            let now = divider.percent_at(divider.at);
            app.nav.view_mut().ratio = Divider::clamped(now.saturating_add_signed(by));
        }
        None => app.warn("one pane has the screen to itself"),
    }
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
