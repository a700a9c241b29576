//! Source text and diffs.

use ratatui::layout::Rect;

use super::cursor;
use crate::tui::app::App;
use crate::tui::canvas::Canvas;
use crate::tui::diff::{Line, Side};
use crate::tui::judgement::Found;
use crate::tui::list::PaneState;
use crate::tui::object::Spot;
use crate::tui::pane::{Pair, Source};
use crate::tui::text::{Mark, Text};
use crate::tui::theme::Role;

pub fn source(
    app: &App,
    canvas: &mut Canvas,
    inner: Rect,
    source: Source,
    state: &PaneState,
    is_focused: bool,
) {
    let Some(text) = app.text_of(source.file) else {
        canvas.text(inner.x + 1, inner.y, inner.width.saturating_sub(1), "reading…", Role::Dim);
        return;
    };
    if let Some(note) = &text.note {
        canvas.clipped(inner.x + 1, inner.y, inner.width.saturating_sub(1), note, Role::Warn);
        return;
    }
    let digits = text.len().to_string().len().max(3) as u16;
    let judgement = app.data.as_ref().and_then(|data| data.judgement.as_deref());
    for (y, number) in (inner.top()..inner.bottom()).zip(state.offset as u32 + 1..) {
        if number as usize > text.len() {
            break;
        }
        let is_asked = number == source.line;
        let role = if is_asked { Role::Focus } else { Role::Dim };
        canvas.text(inner.x, y, digits, &format!("{number:>0$}", usize::from(digits)), role);
        let spot = Spot { file: source.file, line: number };
        let found = judgement.and_then(|judgement| judgement.at(spot));
        gutter(canvas, inner.x + digits, y, text.marks.get(&number), found);
        if is_asked {
            canvas.text(inner.x + digits + 1, y, 1, canvas.glyphs.cursor, Role::Focus);
        }
        let left = digits + 2;
        let room = inner.width.saturating_sub(left);
        code_line(canvas, inner.x + left, y, room, text, number, state.across);
        if let Some(Mark::SyntaxError(message)) = text.marks.get(&number) {
            let width = crate::tui::canvas::width(message).min(room / 2);
            let x = (inner.right()).saturating_sub(width);
            canvas.clipped(x, y, width, message, Role::Bad);
        }
    }
    if is_focused {
        cursor(canvas, inner, state, Role::Shade);
    }
}

/// What a rule found says more than that a line imports something.
fn gutter(canvas: &mut Canvas, x: u16, y: u16, mark: Option<&Mark>, found: Option<&Found>) {
    let (sign, role) = match (mark, found) {
        (Some(Mark::SyntaxError(_)), _) => ("!", Role::Bad),
        (_, Some(found)) => found.sign(),
        (Some(Mark::Lost), None) => ("?", Role::Bad),
        (Some(Mark::Import), None) => ("+", Role::Mark),
        (None, None) => return,
    };
    canvas.text(x, y, 1, sign, role);
}

fn code_line(
    canvas: &mut Canvas,
    x: u16,
    y: u16,
    width: u16,
    text: &Text,
    number: u32,
    across: usize,
) {
    let mut left = across;
    let mut used = 0;
    for (piece, role) in text.pieces(number) {
        let n = piece.chars().count();
        if n <= left {
            left -= n;
            continue;
        }
        let shown: String = piece.chars().skip(left).collect();
        left = 0;
        used += canvas.text(x + used, y, width.saturating_sub(used), &shown, role);
    }
}

pub fn diff(
    app: &App,
    canvas: &mut Canvas,
    inner: Rect,
    at: usize,
    pair: Pair,
    state: &PaneState,
    is_focused: bool,
) {
    let texts = (app.text_of(pair.left.0), app.text_of(pair.right.0));
    let (Some(diff), (Some(left), Some(right))) = (app.diff_of(pair), texts) else {
        canvas.text(inner.x + 1, inner.y, inner.width.saturating_sub(1), "comparing…", Role::Dim);
        return;
    };
    // A side that cannot be read has nothing to compare.
    for (y, (text, file)) in (inner.top()..).zip([(left, pair.left.0), (right, pair.right.0)]) {
        if let Some(note) = &text.note {
            let path = app.data.as_ref().map_or("", |data| &data.project().file(file).path);
            let why = format!("{path}: {note}; F5 scans again");
            canvas.clipped(inner.x + 1, y, inner.width.saturating_sub(1), &why, Role::Warn);
        }
    }
    if left.note.is_some() || right.note.is_some() {
        return;
    }
    let splits = app.splits(at);
    let half = if splits { inner.width / 2 } else { inner.width };
    let lines = diff.rows(!splits).iter().skip(state.offset);
    for (y, line) in (inner.top()..inner.bottom()).zip(lines) {
        if splits {
            let beside = Rect { x: inner.x + half, width: inner.width - half, ..inner };
            side(
                canvas,
                Rect { width: half - 1, ..inner },
                y,
                left,
                line.left,
                *line,
                state.across,
            );
            canvas.text(beside.x - 1, y, 1, canvas.glyphs.vertical, Role::Border);
            side(canvas, beside, y, right, line.right, *line, state.across);
        } else {
            let (text, number) =
                if line.right.is_some() { (right, line.right) } else { (left, line.left) };
            side(canvas, inner, y, text, number, *line, state.across);
        }
    }
    if is_focused {
        cursor(canvas, inner, state, Role::Shade);
    }
}

/// One side of a row: its sign, its number and its code.
fn side(
    canvas: &mut Canvas,
    area: Rect,
    y: u16,
    text: &Text,
    number: Option<u32>,
    line: Line,
    across: usize,
) {
    let Some(number) = number else { return };
    let (sign, role) = match line.side {
        Side::Same => ("=", Role::Dim),
        Side::Changed => ("~", Role::Changed),
        Side::Left => ("-", Role::Removed),
        Side::Right => ("+", Role::Added),
        Side::Gap => (" ", Role::Dim),
    };
    canvas.text(area.x, y, 1, sign, role);
    canvas.text(area.x + 1, y, 5, &format!("{number:>4} "), role);
    code_line(canvas, area.x + 6, y, area.width.saturating_sub(6), text, number, across);
}
