//! Drawing on the buffer by role. All text of the screen goes through here, and so through the one escape.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

use super::glyphs::Glyphs;
use super::theme::{Role, Theme};
use crate::report::escape::visible;
use crate::report::table::shorten;

pub struct Canvas<'a> {
    pub buffer: &'a mut Buffer,
    pub theme: &'a Theme,
    pub glyphs: &'static Glyphs,
}

/// A piece of a line in its role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    pub text: Cow<'static, str>,
    pub role: Role,
}

pub fn piece(text: impl Into<Cow<'static, str>>, role: Role) -> Piece {
    Piece { text: text.into(), role }
}

impl Canvas<'_> {
    /// Writes the text in at most `width` columns and gives the columns it took. What lies outside the buffer is lost.
    pub fn text(&mut self, x: u16, y: u16, width: u16, text: &str, role: Role) -> u16 {
        let area = self.buffer.area;
        if width == 0 || y >= area.bottom() || y < area.top() || x >= area.right() {
            return 0;
        }
        let text = self.fitting(text);
        let style = self.theme.style(role);
        let (end, _) = self.buffer.set_stringn(x, y, text, usize::from(width), style);
        end - x
    }

    /// The text made visible; in ASCII also without our own signs from elsewhere.
    fn fitting<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let shown = visible(text);
        let is_ascii = self.glyphs.ellipsis == "~";
        if !is_ascii || shown.is_ascii() {
            return shown;
        }
        let plain = shown.replace('…', "~").replace('→', "->").replace('·', "-").replace('×', "x");
        Cow::Owned(plain)
    }

    /// As [`Self::text`], but a path that does not fit keeps its last parts, and what has no parts loses its middle.
    pub fn shortened(&mut self, x: u16, y: u16, width: u16, text: &str, role: Role) -> u16 {
        let shown = self.fitting(text);
        self.text(x, y, width, &fitted(&shown, width), role)
    }

    /// As [`Self::text`], but what does not fit loses its end, with a sign for it.
    pub fn clipped(&mut self, x: u16, y: u16, width: u16, text: &str, role: Role) -> u16 {
        let shown = self.fitting(text);
        if shown.width() <= usize::from(width) || width == 0 {
            return self.text(x, y, width, &shown, role);
        }
        let used = self.text(x, y, width - 1, &shown, role);
        used + self.text(x + used, y, 1, self.glyphs.ellipsis, role)
    }

    pub fn pieces(&mut self, x: u16, y: u16, width: u16, pieces: &[Piece]) -> u16 {
        let mut used = 0;
        for piece in pieces {
            used += self.text(x + used, y, width.saturating_sub(used), &piece.text, piece.role);
        }
        used
    }

    /// Lays the look of a role over what is drawn.
    pub fn overlay(&mut self, area: Rect, role: Role) {
        let area = area.intersection(self.buffer.area);
        self.buffer.set_style(area, self.theme.style(role));
    }

    pub fn clear(&mut self, area: Rect) {
        let area = area.intersection(self.buffer.area);
        for y in area.top()..area.bottom() {
            for x in area.left()..area.right() {
                self.buffer[(x, y)].reset();
            }
        }
        self.overlay(area, Role::Text);
    }

    /// A frame around an area, with a title in its upper and a badge at the end of it; heavy when it has the focus.
    pub fn frame(&mut self, area: Rect, title: &[Piece], badge: &str, focused: bool) {
        if area.width < 2 || area.height < 2 {
            return;
        }
        let glyphs = self.glyphs;
        let (role, corners, horizontal, vertical) = if focused {
            (Role::Focus, glyphs.heavy_corners, glyphs.heavy_horizontal, glyphs.heavy_vertical)
        } else {
            (Role::Border, glyphs.corners, glyphs.horizontal, glyphs.vertical)
        };
        let (left, right) = (area.left(), area.right() - 1);
        let (top, bottom) = (area.top(), area.bottom() - 1);
        for x in left + 1..right {
            self.text(x, top, 1, horizontal, role);
            self.text(x, bottom, 1, horizontal, role);
        }
        for y in top + 1..bottom {
            self.text(left, y, 1, vertical, role);
            self.text(right, y, 1, vertical, role);
        }
        let places = [(left, top), (right, top), (left, bottom), (right, bottom)];
        for ((x, y), corner) in places.into_iter().zip(corners) {
            self.text(x, y, 1, corner, role);
        }
        let room = area.width.saturating_sub(4);
        let badge_width = if badge.is_empty() { 0 } else { width(badge) + 2 };
        let badge_fits = badge_width > 0 && badge_width + 6 <= room;
        let title_room = room.saturating_sub(if badge_fits { badge_width } else { 0 });
        if title_room > 2 && !title.is_empty() {
            let mut used = self.text(left + 1, top, 1, " ", role);
            for part in title {
                let rest = title_room.saturating_sub(used + 1);
                let x = left + 1 + used;
                used += if part.role == Role::Dim {
                    self.shortened(x, top, rest, &part.text, part.role)
                } else {
                    self.clipped(x, top, rest, &part.text, part.role)
                };
            }
            self.text(left + 1 + used, top, 1, " ", role);
        }
        if badge_fits {
            let x = right - badge_width;
            self.text(x, top, badge_width, &format!(" {badge} "), Role::Dim);
        }
    }
}

/// A path in so many columns: its last parts where it has any, else without its middle.
pub fn fitted(text: &str, width: u16) -> String {
    if text.width() <= usize::from(width) {
        return text.to_owned();
    }
    let last = text.rsplit(separator_of(text)).next().unwrap_or(text);
    let is_whole = last.len() == text.len() || last.starts_with("py") || width < 8;
    tail(text, width).unwrap_or_else(|| {
        if is_whole {
            return shorten(text, usize::from(width));
        }
        // A last part that is too long by itself has all the room, and its end tells most.
        let end = |at: &usize| last[*at..].width() < usize::from(width);
        let mut starts = last.char_indices().map(|(at, _)| at);
        format!("…{}", starts.find(end).map_or("", |at| &last[at..]))
    })
}

fn separator_of(path: &str) -> char {
    if path.contains('/') { '/' } else { '.' }
}

/// As many of the last parts of a path as fit: `…core.manager`, `…core/manager.py:12`. Rows of one list mostly begin
/// alike, so the end tells them apart.
fn tail(text: &str, width: u16) -> Option<String> {
    let separator = separator_of(text);
    let tails = text.match_indices(separator).map(|(at, _)| &text[at + separator.len_utf8()..]);
    let fits = |tail: &&str| tail.width() < usize::from(width);
    let found =
        tails.clone().find(fits).filter(|tail| !tail.is_empty() && !tail.starts_with("py"))?;
    Some(format!("…{found}"))
}

/// Paths of one list in so many columns: those that would look alike keep the parts in which they differ.
pub fn apart<T: AsRef<str>>(texts: &[T], width: u16) -> Vec<String> {
    let mut shown: Vec<String> = texts.iter().map(|text| fitted(text.as_ref(), width)).collect();
    let mut alike: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, text) in shown.iter().enumerate() {
        alike.entry(text).or_default().push(at);
    }
    let groups: Vec<Vec<usize>> = alike.into_values().filter(|group| group.len() > 1).collect();
    for group in groups {
        let all: BTreeSet<&str> = group.iter().map(|at| texts[*at].as_ref()).collect();
        if all.len() > 1 {
            for at in group {
                shown[at] = distinct(texts[at].as_ref(), &all, width);
            }
        }
    }
    shown
}

/// Columns in which a name can still be known.
const LEAST_NAME: usize = 8;

/// A path with its last part and those that tell it from the others: `app…models.Order`.
fn distinct(text: &str, all: &BTreeSet<&str>, width: u16) -> String {
    let separator = separator_of(text);
    let parts: Vec<&str> = text.split(separator).collect();
    let last = parts.len() - 1;
    let mut kept = BTreeSet::from([last]);
    for other in all.iter().filter(|other| **other != text) {
        let theirs = other.split(separator).rev();
        let common = parts.iter().rev().zip(theirs).take_while(|(a, b)| **a == *b).count();
        kept.insert(last.saturating_sub(common));
    }
    // What telling them apart leaves of the room goes to the parts at the end.
    for at in (0..last).rev() {
        let more: BTreeSet<usize> = kept.iter().copied().chain([at]).collect();
        if joined(&parts, &more, separator, usize::MAX).width() <= usize::from(width) {
            kept = more;
        }
    }
    let whole = joined(&parts, &kept, separator, usize::MAX);
    if whole.width() <= usize::from(width) {
        return whole;
    }
    // What tells them apart is worth more room than a last part that they mostly share.
    let room = usize::from(width).saturating_sub(kept.len() + 1);
    let telling: usize = kept.iter().filter(|at| **at != last).map(|at| parts[*at].width()).sum();
    let each = room / kept.len();
    let (each, of_last) = match room.checked_sub(telling) {
        Some(rest) if rest >= LEAST_NAME => (usize::MAX, rest),
        _ => (each.max(1), each.max(1)),
    };
    let end = shorten(parts[last], of_last);
    let parts: Vec<&str> = parts[..last].iter().copied().chain([&*end]).collect();
    joined(&parts, &kept, separator, each)
}

/// The kept parts, each in at most so many columns, with a sign for what is missing between them.
fn joined(parts: &[&str], kept: &BTreeSet<usize>, separator: char, each: usize) -> String {
    let mut text = String::new();
    let mut next = 0;
    for at in kept {
        match (*at == next, at) {
            (true, 0) => {}
            (true, _) => text.push(separator),
            (false, _) => text.push('…'),
        }
        text.push_str(&shorten(parts[*at], each));
        next = at + 1;
    }
    text
}

/// Columns that a text takes once it is visible.
pub fn width(text: &str) -> u16 {
    visible(text).width().min(usize::from(u16::MAX)) as u16
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::report::escape::must_escape;
    use crate::tui::glyphs::{ASCII, UNICODE};

    fn drawn(text: &str, columns: u16, glyphs: &'static Glyphs) -> (Buffer, u16) {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 24, 1));
        let theme = Theme::of_roles();
        let mut canvas = Canvas { buffer: &mut buffer, theme: &theme, glyphs };
        let used = canvas.shortened(2, 0, columns, text, Role::Text);
        canvas.clipped(2, 0, columns, text, Role::Text);
        (buffer, used)
    }

    #[test]
    fn what_would_look_alike_keeps_what_tells_it_apart() {
        let texts = ["app.orders.models.Order", "lib.orders.models.Order", "app.bus.Bus"];
        assert_eq!(apart(&texts, 24), texts);
        assert_eq!(apart(&texts, 20), ["app…models.Order", "lib…models.Order", "app.bus.Bus"]);
        assert_eq!(apart(&texts, 10), ["app…Order", "lib…Order", "…bus.Bus"]);
        let files = ["a/core/manager.py:7", "b/core/manager.py:7"];
        assert_eq!(apart(&files, 16), ["a…manager.py:7", "b…manager.py:7"]);
        let inside = ["pay.core.Manager", "app.pay.core.Manager"];
        assert_eq!(apart(&inside, 15), ["pay…Manager", "app.pay…Manager"]);
        assert_eq!(fitted("app.execution_engine_unified_factory", 16), "…unified_factory");
        assert_eq!(apart(&["same.thing", "same.thing"], 6), ["…thing"; 2]);
    }

    proptest! {
        #[test]
        fn paths_stay_in_their_columns(
            texts in prop::collection::vec("[a-c]{1,4}([./][a-c]{1,9}){0,4}", 0..5), columns in 8u16..40,
        ) {
            for text in apart(&texts, columns) {
                prop_assert!(text.width() <= usize::from(columns), "{}", text);
            }
        }

        #[test]
        fn no_text_leaves_its_columns_or_steers_the_terminal(
            text in any::<String>(), columns in 0u16..22,
        ) {
            for glyphs in [&UNICODE, &ASCII] {
                let (buffer, used) = drawn(&text, columns, glyphs);
                prop_assert!(used <= columns);
                for (x, cell) in buffer.content.iter().enumerate() {
                    prop_assert!(!cell.symbol().chars().any(must_escape));
                    let outside = x < 2 || x >= usize::from(2 + columns);
                    prop_assert!(!outside || cell.symbol() == " ");
                }
            }
        }
    }
}
