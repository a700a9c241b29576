//! Tables: only the rows that are seen are made.

use ratatui::layout::Rect;

use crate::report::escape::visible;
use crate::tui::app::App;
use crate::tui::canvas::{Canvas, apart, piece};
use crate::tui::layout::{Layout, titles_height};
use crate::tui::list::{Order, PaneState, nothing_fits};
use crate::tui::pane::{Cell, Column, Rows, TextLine, Width};
use crate::tui::theme::Role;

/// Columns for the cursor's sign and the note's.
const SIGNS: u16 = 2;

pub fn draw(
    app: &App,
    canvas: &mut Canvas,
    layout: &Layout,
    at: usize,
    rows: &dyn Rows,
    state: &PaneState,
    is_focused: bool,
) {
    let inner = layout.inner(at);
    if state.len == 0 {
        let text = if state.filter.is_empty() {
            rows.empty().to_owned()
        } else {
            nothing_fits(rows, &state.filter)
        };
        let room = inner.width.saturating_sub(1);
        let lines = TextLine::of([piece(text, Role::Dim)]).broken(usize::from(room));
        for (y, line) in (inner.top()..inner.bottom()).zip(lines) {
            canvas.pieces(inner.x + 1, y, room, &line.pieces);
        }
        return;
    }
    let order = state.order.or(rows.own_order());
    let sorted = order.map(|order| order.column);
    let places = places(rows.columns(), inner.width.saturating_sub(SIGNS), sorted);
    if titles_height(inner) > 0 {
        titles(canvas, inner, rows.columns(), &places, order);
    }
    let body = layout.rows(at);
    let end = state.len.min(state.offset + usize::from(body.height));
    let seen: Vec<usize> = (state.offset..end).filter_map(|at| state.row(at)).collect();
    let mut seen: Vec<(usize, Vec<Cell>)> =
        seen.into_iter().map(|row| (row, rows.cells(row))).collect();
    tell_apart(rows.columns(), &places, &mut seen);
    for ((y, shown), (row, cells)) in (body.top()..body.bottom()).zip(state.offset..).zip(seen) {
        for (place, cell) in places.iter().zip(&cells) {
            if let Some(place) = place {
                let column = &rows.columns()[place.column];
                draw_cell(canvas, inner.x + SIGNS + place.x, y, place.width, column, cell);
            }
        }
        let is_noted =
            rows.object(row).is_some_and(|object| app.notes.of(&object).next().is_some());
        if is_noted {
            canvas.text(inner.x + 1, y, 1, canvas.glyphs.note, Role::Mark);
        }
        if shown == state.cursor {
            canvas.text(inner.x, y, 1, canvas.glyphs.cursor, Role::Focus);
            let line = Rect { y, height: 1, ..body };
            canvas.overlay(line, if is_focused { Role::Cursor } else { Role::Shade });
            // A bar in reverse would be a hole.
            for (place, cell) in places.iter().zip(&cells) {
                if let (Some(place), Some(_)) = (place, cell.bar) {
                    let x = inner.x + SIGNS + place.x;
                    canvas.clear(Rect { x, y, width: place.width, height: 1 });
                    draw_cell(canvas, x, y, place.width, &rows.columns()[place.column], cell);
                }
            }
        }
    }
}

struct ColumnPlace {
    column: usize,
    x: u16,
    width: u16,
}

/// Shortens the paths that are seen so that no two of a column look alike.
fn tell_apart(
    columns: &[Column],
    places: &[Option<ColumnPlace>],
    seen: &mut [(usize, Vec<Cell<'_>>)],
) {
    for place in places.iter().flatten().filter(|place| columns[place.column].is_path) {
        let texts: Vec<String> =
            seen.iter().map(|(_, cells)| visible(&cells[place.column].text).into_owned()).collect();
        for ((_, cells), text) in seen.iter_mut().zip(apart(&texts, place.width)) {
            cells[place.column].text = text.into();
        }
    }
}

/// Where each column stands; those of the highest rank have no place when there is no room, but for the one that the rows
/// are sorted by.
fn places(columns: &[Column], width: u16, sorted: Option<usize>) -> Vec<Option<ColumnPlace>> {
    let least = |column: &Column| match column.width {
        Width::Fixed(width) | Width::Share(width) => width,
    };
    let mut kept: Vec<usize> = (0..columns.len()).collect();
    loop {
        let wanted: u16 = kept.iter().map(|at| least(&columns[*at]) + 1).sum();
        let droppable =
            kept.iter().copied().filter(|at| columns[*at].rank > 0 && Some(*at) != sorted);
        match droppable.max_by_key(|at| columns[*at].rank) {
            Some(at) if wanted > width + 1 => kept.retain(|other| *other != at),
            _ => break,
        }
    }
    let fixed: u16 = kept
        .iter()
        .map(|at| match columns[*at].width {
            Width::Fixed(width) => width + 1,
            Width::Share(_) => 1,
        })
        .sum();
    let shares =
        kept.iter().filter(|at| matches!(columns[**at].width, Width::Share(_))).count() as u16;
    let share = (width + 1).saturating_sub(fixed) / shares.max(1);
    let mut x = 0;
    let mut places: Vec<Option<ColumnPlace>> = columns.iter().map(|_| None).collect();
    for at in kept {
        let own = match columns[at].width {
            Width::Fixed(width) => width,
            // Names far from their numbers are hard to follow.
            Width::Share(least) => share.min(least * 2 + 16),
        };
        let own = own.min(width.saturating_sub(x));
        places[at] = Some(ColumnPlace { column: at, x, width: own });
        x += own + 1;
    }
    places
}

fn titles(
    canvas: &mut Canvas,
    inner: Rect,
    columns: &[Column],
    places: &[Option<ColumnPlace>],
    order: Option<Order>,
) {
    for place in places.iter().flatten() {
        let column = &columns[place.column];
        let left = inner.x + SIGNS + place.x;
        let Some(order) = order.filter(|order| order.column == place.column) else {
            let width = crate::tui::canvas::width(column.title).min(place.width);
            let shift = if column.right { place.width - width } else { 0 };
            canvas.text(left + shift, inner.y, width, column.title, Role::Dim);
            continue;
        };
        let sign = if order.descending { canvas.glyphs.down } else { canvas.glyphs.up };
        // The sign may stand in the gap between the columns, so that the title is whole.
        let right = left + place.width;
        let end = if column.right { right } else { (right + 1).min(inner.right()) };
        let start = if column.right { left - 1 } else { left };
        let width = crate::tui::canvas::width(column.title).min((end - start).saturating_sub(1));
        let x = if column.right { end - width - 1 } else { start };
        canvas.text(x, inner.y, width, column.title, Role::Accent);
        canvas.text(x + width, inner.y, 1, sign, Role::Accent);
    }
}

fn draw_cell(canvas: &mut Canvas, x: u16, y: u16, width: u16, column: &Column, cell: &Cell) {
    if let Some(share) = cell.bar {
        let bar = canvas.glyphs.bar(share, usize::from(width));
        canvas.text(x, y, width, &bar, cell.role);
    } else if column.is_path {
        canvas.shortened(x, y, width, &cell.text, cell.role);
    } else if column.right {
        let own = crate::tui::canvas::width(&cell.text).min(width);
        canvas.text(x + width - own, y, own, &cell.text, cell.role);
    } else {
        canvas.clipped(x, y, width, &cell.text, cell.role);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_of_the_highest_rank_go_first() {
        let columns = [
            Column::name("name", 8),
            Column::number("files", 5),
            Column::text("kind", 6).rank(1),
            Column::text("more", 6).rank(2),
        ];
        let kept = |width: u16| -> Vec<usize> {
            places(&columns, width, None).iter().flatten().map(|place| place.column).collect()
        };
        let by_more: Vec<_> =
            places(&columns, 24, Some(3)).iter().flatten().map(|p| p.column).collect();
        assert_eq!(by_more, [0, 1, 3], "what is sorted by stays");
        assert_eq!(kept(40), [0, 1, 2, 3]);
        assert_eq!(kept(24), [0, 1, 2]);
        assert_eq!(kept(15), [0, 1]);
        for width in 0..60 {
            for place in places(&columns, width, None).iter().flatten() {
                assert!(place.x + place.width <= width || place.width == 0, "{width}");
            }
        }
    }
}
