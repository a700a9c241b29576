//! The mouse: a click goes there, a second one opens, the wheel scrolls what is under it, and the line between the first
//! part of the screen and the rest can be dragged.

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
        MouseEventKind::Down(MouseButton::Left) => {
            let divider = app.layout().divider().filter(|divider| divider.is_at(x, y));
            app.dragged = divider.filter(|_| matches!(app.mode, Mode::Normal));
            click(app, x, y)
        }
        MouseEventKind::Drag(MouseButton::Left) => {
            if let Some(divider) = app.dragged {
                let at = if divider.is_upright { x } else { y };
                app.nav.view_mut().ratio = divider.percent_at(at);
            }
            Vec::new()
        }
        MouseEventKind::Up(_) => {
            app.dragged = None;
            Vec::new()
        }
        MouseEventKind::ScrollDown => wheel(app, x, y, NOTCH),
        MouseEventKind::ScrollUp => wheel(app, x, y, -NOTCH),
        _ => Vec::new(),
    }
}

fn wheel(app: &mut App, x: u16, y: u16, rows: isize) -> Vec<Effect> {
    if let Mode::Picker(picker) = &mut app.mode {
        picker.move_by(rows);
    } else if matches!(app.mode, Mode::Page(_)) {
        input::scroll_page(app, rows);
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
    if matches!(app.mode, Mode::Page(_)) {
        app.mode = Mode::Normal;
        return Vec::new();
    }
    let layout = app.layout();
    if y == layout.tabs.y {
        return tab_at(app, x).map(|screen| verbs::go(app, screen)).unwrap_or_default();
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

#[cfg(test)]
mod tests {
    use crossterm::event::{Event, KeyModifiers};
    use ratatui::layout::Rect;

    use super::*;
    use crate::tui::headless::Headless;
    use crate::tui::msg::Msg;

    fn mouse(kind: MouseEventKind, column: u16, row: u16) -> Msg {
        Msg::Event(Event::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE }))
    }

    #[test]
    fn the_line_between_the_parts_follows_the_mouse() {
        let mut explorer = Headless::demo(Rect::new(0, 0, 120, 40));
        for (keys, to, is_upright) in [("", (40, 20), true), ("2", (60, 20), false)] {
            explorer.keys(keys).unwrap();
            let divider = explorer.app.layout().divider().unwrap();
            assert_eq!(divider.is_upright, is_upright);
            let from = if is_upright { (divider.at, 10) } else { (10, divider.at) };
            explorer.send(mouse(MouseEventKind::Down(MouseButton::Left), from.0, from.1));
            explorer.send(mouse(MouseEventKind::Drag(MouseButton::Left), to.0, to.1));
            explorer.send(mouse(MouseEventKind::Up(MouseButton::Left), to.0, to.1));
            let moved = explorer.app.layout().divider().unwrap();
            let wanted = if is_upright { to.0 } else { to.1 };
            assert!(moved.at.abs_diff(wanted) <= 1, "{moved:?}");
            // Let go of, it stays.
            explorer.send(mouse(MouseEventKind::Drag(MouseButton::Left), from.0, from.1));
            assert_eq!(explorer.app.layout().divider(), Some(moved));
        }
    }

    #[test]
    fn a_wish_for_more_room_begins_where_the_line_is() {
        let mut explorer = Headless::demo(Rect::new(0, 0, 120, 40));
        let before = explorer.app.layout().divider().unwrap().at;
        explorer.keys(">").unwrap();
        let after = explorer.app.layout().divider().unwrap().at;
        assert!(after > before && after - before < 10, "{before} {after}");
    }
}
