//! The list to choose from, over the screen.

use ratatui::layout::Rect;

use crate::report::explain::is_heading;
use crate::report::paint::grouped;
use crate::tui::app::App;
use crate::tui::canvas::{Canvas, piece, width};
use crate::tui::input::{Page, picker_area};
use crate::tui::picker::{Act, Picker};
use crate::tui::theme::Role;

pub fn picker(app: &App, canvas: &mut Canvas, picker: &Picker) {
    let area = picker_area(app.area);
    canvas.clear(area);
    let title = [piece(picker.kind.title(), Role::Heading)];
    let sign = if picker.is_behind() { canvas.glyphs.ellipsis } else { "" };
    let badge =
        format!("{sign}{} of {}", grouped(picker.matches.len()), grouped(picker.items.len()));
    canvas.frame(area, &title, &badge, true);
    let inner = Rect {
        x: area.x + 1,
        y: area.y + 1,
        width: area.width.saturating_sub(2),
        height: area.height.saturating_sub(2),
    };
    if inner.is_empty() {
        return;
    }
    input_line(canvas, inner, "> ", picker.input.value(), picker.input.visual_cursor());
    for x in inner.left()..inner.right() {
        canvas.text(x, inner.y + 1, 1, canvas.glyphs.horizontal, Role::Border);
    }
    let first = inner.y + 2;
    if picker.matches.is_empty() {
        let room = inner.width.saturating_sub(2);
        canvas.clipped(inner.x + 1, first, room, "nothing fits; ctrl-u clears", Role::Dim);
    }
    for (y, at) in (first..inner.bottom()).zip(picker.offset..picker.matches.len()) {
        let item = &picker.items[picker.matches[at] as usize];
        let role = if item.disabled { Role::Dim } else { Role::Text };
        let hint = width(&item.hint).min(inner.width / 2);
        let room = inner.width.saturating_sub(hint + 3);
        if matches!(item.act, Act::Open(_) | Act::WayTo(_)) {
            canvas.shortened(inner.x + 1, y, room, &item.label, role);
        } else {
            canvas.clipped(inner.x + 1, y, room, &item.label, role);
        }
        canvas.text(inner.right().saturating_sub(hint + 1), y, hint, &item.hint, Role::Key);
        if at == picker.cursor {
            canvas.overlay(Rect { y, height: 1, ..inner }, Role::Cursor);
        }
    }
}

/// A text to read, over the screen.
pub fn page(app: &App, canvas: &mut Canvas, page: &Page) {
    let area = picker_area(app.area);
    canvas.clear(area);
    let lines = page.lines(area);
    let is_longer = Page::rows(area) < lines.len();
    let badge = if is_longer { "j and k scroll, esc closes" } else { "esc closes" };
    canvas.frame(area, &[piece(page.title(), Role::Heading)], badge, true);
    let rows = (area.y + 1..area.bottom().saturating_sub(1)).zip(lines.iter().skip(page.offset));
    for (y, line) in rows {
        let role = if is_heading(line) { Role::Heading } else { Role::Text };
        canvas.clipped(area.x + 2, y, area.width.saturating_sub(4), line, role);
    }
}

/// A line that is being typed, with its cursor.
pub fn input_line(canvas: &mut Canvas, area: Rect, prompt: &str, value: &str, cursor: usize) {
    let used = canvas.text(area.x, area.y, area.width, prompt, Role::Key);
    let room = area.width.saturating_sub(used);
    if room == 0 {
        return;
    }
    // The end is what one types at.
    let skip = cursor.saturating_sub(usize::from(room) - 1);
    let shown: String = value.chars().skip(skip).collect();
    canvas.text(area.x + used, area.y, room, &shown, Role::Text);
    let at = (cursor - skip) as u16;
    canvas.overlay(
        Rect { x: area.x + used + at.min(room - 1), width: 1, height: 1, ..area },
        Role::Cursor,
    );
}
