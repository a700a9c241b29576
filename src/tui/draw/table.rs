//! Tables: only the rows that are seen are made.

use ratatui::layout::Rect;

use crate::tui::app::App;
use crate::tui::canvas::Canvas;
use crate::tui::layout::{Layout, titles_height};
use crate::tui::list::PaneState;
use crate::tui::pane::{Cell, Column, Rows, Width};
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
            rows.empty()
        } else {
            "no row fits the filter; esc clears it"
        };
        canvas.clipped(inner.x + 1, inner.y, inner.width.saturating_sub(1), text, Role::Dim);
        return;
    }
    let places = places(rows.columns(), inner.width.saturating_sub(SIGNS));
    if titles_height(inner) > 0 {
        titles(canvas, inner, rows.columns(), &places, state);
    }
    let body = layout.rows(at);
    for (y, shown) in (body.top()..body.bottom()).zip(state.offset..state.len) {
        let Some(row) = state.row(shown) else { break };
        let cells = rows.cells(row);
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

/// Where each column stands; those of the highest rank have no place when there is no room.
fn places(columns: &[Column], width: u16) -> Vec<Option<ColumnPlace>> {
    let least = |column: &Column| match column.width {
        Width::Fixed(width) | Width::Share(width) => width,
    };
    let mut kept: Vec<usize> = (0..columns.len()).collect();
    loop {
        let wanted: u16 = kept.iter().map(|at| least(&columns[*at]) + 1).sum();
        let droppable = kept.iter().copied().filter(|at| columns[*at].rank > 0);
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
            Width::Share(_) => share,
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
    state: &PaneState,
) {
    for place in places.iter().flatten() {
        let column = &columns[place.column];
        let order = state.order.filter(|order| order.column == place.column);
        let title = match order {
            Some(order) if order.descending => format!("{}v", column.title),
            Some(_) => format!("{}^", column.title),
            None => column.title.to_owned(),
        };
        let role = if order.is_some() { Role::Accent } else { Role::Dim };
        let width = crate::tui::canvas::width(&title).min(place.width);
        let shift = if column.right { place.width - width } else { 0 };
        canvas.text(inner.x + SIGNS + place.x + shift, inner.y, width, &title, role);
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
            places(&columns, width).iter().flatten().map(|place| place.column).collect()
        };
        assert_eq!(kept(40), [0, 1, 2, 3]);
        assert_eq!(kept(24), [0, 1, 2]);
        assert_eq!(kept(15), [0, 1]);
        for width in 0..60 {
            for place in places(&columns, width).iter().flatten() {
                assert!(place.x + place.width <= width || place.width == 0, "{width}");
            }
        }
    }
}
