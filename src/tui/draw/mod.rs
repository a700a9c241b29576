//! From the state to cells. Nothing here changes the state; everything it needs was settled before.

pub mod chrome;
mod code;
mod overlay;
mod table;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::app::App;
use super::canvas::{self, Canvas, Piece};
use super::input::Mode;
use super::layout::{Layout, Size, size};
use super::links::link;
use super::list::PaneState;
use super::pane::{Content, Pane, TextLine};
use super::screens::{SOURCE_TITLE, pane};
use super::theme::Role;
use crate::report::paint::grouped;

/// Columns between the frame and a text.
pub const TEXT_MARGIN: u16 = 1;

/// Draws the whole screen.
pub fn view(app: &App, buffer: &mut Buffer) {
    let area = buffer.area;
    let mut canvas = Canvas { buffer, theme: &app.theme, glyphs: app.glyphs };
    canvas.clear(area);
    if size(area) == Size::Xs {
        return smallest(app, &mut canvas);
    }
    let layout = app.layout();
    chrome::tabs(app, &mut canvas, &layout);
    chrome::head(app, &mut canvas, &layout);
    for at in 0..layout.panes.len() {
        if !layout.panes[at].is_empty() {
            draw_pane(app, &mut canvas, &layout, at);
        }
    }
    chrome::keys(app, &mut canvas, &layout);
    chrome::status(app, &mut canvas, &layout);
    match &app.mode {
        Mode::Picker(picker) => overlay::picker(app, &mut canvas, picker),
        Mode::Page(page) => overlay::page(app, &mut canvas, page),
        Mode::Normal | Mode::Filter(_) | Mode::Note(..) => {}
    }
}

/// No room for a pane: what the cursor is on, and that there is more.
fn smallest(app: &App, canvas: &mut Canvas) {
    let area = canvas.buffer.area;
    if area.is_empty() {
        return;
    }
    let name = app.at_cursor().0.map(|object| app.label(&object)).unwrap_or_default();
    canvas.text(area.x, area.y, area.width, app.nav.screen.title(), Role::Heading);
    if area.height > 1 {
        canvas.shortened(area.x, area.y + 1, area.width, &name, Role::Cursor);
    }
    if area.height > 2 {
        canvas.text(area.x, area.y + 2, area.width, "enlarge to see more", Role::Dim);
    }
}

fn draw_pane(app: &App, canvas: &mut Canvas, layout: &Layout, at: usize) {
    let fallback = PaneState::default();
    let state = app.nav.view().panes.get(at).unwrap_or(&fallback);
    let pane = pane(app, app.nav.screen, at);
    let is_focused = at == app.focus();
    let outer = layout.panes[at];
    let badge = badge(&pane, state);
    if layout.framed {
        canvas.frame(outer, &pane.title, &badge, is_focused);
    } else {
        title_line(canvas, outer, &pane.title, &badge);
    }
    let inner = layout.inner(at);
    match &pane.content {
        Content::Table(rows) => table::draw(app, canvas, layout, at, &**rows, state, is_focused),
        Content::Text(lines) => text(canvas, inner, lines, state, is_focused),
        Content::Source(source) => code::source(app, canvas, inner, *source, state, is_focused),
        Content::Diff(pair) => code::diff(app, canvas, inner, at, *pair, state, is_focused),
    }
}

/// Makes the file's name in the title of each source a link, on a screen that is drawn already. Only for terminals:
/// pictures and tests take the screen without.
pub fn links(app: &App, buffer: &mut Buffer) {
    let Some(data) = app.data.as_ref().filter(|_| app.links) else { return };
    let layout = app.layout();
    if matches!(app.mode, Mode::Picker(_) | Mode::Page(_)) || !layout.framed {
        return;
    }
    for (at, outer) in layout.panes.iter().enumerate().filter(|(_, outer)| !outer.is_empty()) {
        let Content::Source(source) = pane(app, app.nav.screen, at).content else { continue };
        let path = &data.project().file(source.file).path;
        let name = path.rsplit('/').next().unwrap_or(path);
        let line = format!(":{}", source.line);
        // As the frame draws it: behind the title, and without its first parts where there is no room.
        let start = outer.x + 2 + canvas::width(SOURCE_TITLE);
        let room = outer.width.saturating_sub(6 + canvas::width(SOURCE_TITLE));
        let shown = canvas::fitted(&format!("{path}{line}"), room);
        let end = (start + canvas::width(&shown)).saturating_sub(canvas::width(&line));
        let x = end.saturating_sub(canvas::width(name)).max(start);
        let area = Rect { x, width: end.saturating_sub(x), height: 1, ..*outer };
        link(buffer, area, &data.snapshot.tree.root.join(&**path));
    }
}

/// `12 of 143`, the filter, or what the pane itself says.
fn badge(pane: &Pane, state: &PaneState) -> String {
    let is_table = matches!(pane.content, Content::Table(_));
    if let (Content::Table(rows), false) = (&pane.content, state.filter.is_empty()) {
        // Of what stands under heads the heads themselves are none.
        let is_counted = |row: &usize| !rows.is_tree() || rows.head(*row).is_some();
        let all =
            if rows.is_tree() { (0..rows.len()).filter(is_counted).count() } else { state.total };
        let left = state.shown_rows().iter().filter(|row| is_counted(row)).count();
        return format!("/{}  {} of {}", state.filter, grouped(left), grouped(all));
    }
    if !pane.badge.is_empty() {
        return pane.badge.clone();
    }
    if is_table && state.len > 0 {
        format!("{} of {}", grouped(state.cursor + 1), grouped(state.len))
    } else {
        String::new()
    }
}

fn title_line(canvas: &mut Canvas, outer: Rect, title: &[Piece], badge: &str) {
    let used = canvas.pieces(outer.x, outer.y, outer.width, title);
    let width = canvas::width(badge);
    if used + width + 2 <= outer.width {
        canvas.text(outer.right() - width, outer.y, width, badge, Role::Dim);
    }
    canvas.overlay(Rect { height: 1, ..outer }, Role::Shade);
}

fn text(canvas: &mut Canvas, inner: Rect, lines: &[TextLine], state: &PaneState, is_focused: bool) {
    for (y, line) in (inner.top()..inner.bottom()).zip(lines.iter().skip(state.offset)) {
        let pieces = scrolled(&line.pieces, state.across);
        let mut used = TEXT_MARGIN.min(inner.width);
        for piece in &pieces {
            used += canvas.clipped(inner.x + used, y, inner.width - used, &piece.text, piece.role);
        }
    }
    if is_focused && !lines.is_empty() {
        cursor(canvas, inner, state, Role::Cursor);
    }
}

/// The pieces without so many characters at the start.
fn scrolled(pieces: &[Piece], across: usize) -> Vec<Piece> {
    let mut left = across;
    let mut kept = Vec::new();
    for piece in pieces {
        let n = piece.text.chars().count();
        if n <= left {
            left -= n;
            continue;
        }
        let text: String = piece.text.chars().skip(left).collect();
        left = 0;
        kept.push(Piece { text: text.into(), role: piece.role });
    }
    kept
}

/// Lays the cursor over its row.
fn cursor(canvas: &mut Canvas, inner: Rect, state: &PaneState, role: Role) {
    let row = state.cursor.saturating_sub(state.offset);
    if row < usize::from(inner.height) {
        canvas.overlay(Rect { y: inner.y + row as u16, height: 1, ..inner }, role);
    }
}
