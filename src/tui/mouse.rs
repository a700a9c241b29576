//! The mouse: a click goes there, a second one opens, the wheel scrolls what is under it.

use std::time::{Duration, Instant};

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};

use super::app::App;
use super::draw::chrome::tab_at;
use super::input::{self, Mode, picker_area};
use super::msg::Effect;
use super::pane::Content;
use super::verbs;

/// Two clicks on one row within this are one double click.
const DOUBLE: Duration = Duration::from_millis(400);

/// Rows that one notch of the wheel scrolls.
const NOTCH: isize = 3;

#[derive(Clone, Copy, Debug)]
pub struct Click {
    at: Instant,
    pane: usize,
    row: usize,
}

pub fn event(app: &mut App, mouse: MouseEvent) -> Vec<Effect> {
    let (x, y) = (mouse.column, mouse.row);
    match mouse.kind {
        MouseEventKind::Down(MouseButton::Left) => click(app, x, y),
        MouseEventKind::ScrollDown => wheel(app, x, y, NOTCH),
        MouseEventKind::ScrollUp => wheel(app, x, y, -NOTCH),
        _ => Vec::new(),
    }
}

fn wheel(app: &mut App, x: u16, y: u16, rows: isize) -> Vec<Effect> {
    if let Mode::Picker(picker) = &mut app.mode {
        picker.move_by(rows);
    } else if let Some(pane) = app.layout().pane_at(x, y)
        && let Some(state) = app.nav.view_mut().panes.get_mut(pane)
    {
        state.move_by(rows);
    }
    Vec::new()
}

fn click(app: &mut App, x: u16, y: u16) -> Vec<Effect> {
    if let Mode::Picker(picker) = &mut app.mode {
        let area = picker_area(app.area);
        let row = usize::from(y.saturating_sub(area.y + 3)) + picker.offset;
        if y >= area.y + 3 && row < picker.matches.len() && y + 1 < area.bottom() {
            picker.cursor = row;
            return input::choose(app);
        }
        return Vec::new();
    }
    let layout = app.layout();
    if y == layout.tabs.y {
        if let Some(screen) = tab_at(app, x) {
            app.nav.go(screen, None);
        }
        return Vec::new();
    }
    let Some(pane) = layout.pane_at(x, y) else { return Vec::new() };
    app.nav.view_mut().focus = pane;
    let rows = match app.pane().content {
        Content::Table(_) => layout.rows(pane),
        _ => layout.inner(pane),
    };
    if !(rows.top()..rows.bottom()).contains(&y) {
        return Vec::new();
    }
    let Some(state) = app.state_mut() else { return Vec::new() };
    let row = state.offset + usize::from(y - rows.top());
    if row >= state.len {
        return Vec::new();
    }
    state.cursor = row;
    let before = app.click.replace(Click { at: Instant::now(), pane, row });
    let is_second = before.is_some_and(|before| {
        (before.pane, before.row) == (pane, row) && before.at.elapsed() < DOUBLE
    });
    if is_second { verbs::open(app, None) } else { Vec::new() }
}
