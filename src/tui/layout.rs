//! Where everything stands: from the size of the terminal to rectangles. Pure, and shared by drawing and the mouse.

use ratatui::layout::Rect;

use super::nav::Screen;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Size {
    /// No room for a pane: the row at the cursor, and a word that more room would show more.
    Xs,
    /// One pane at a time.
    S,
    /// Panes above each other.
    M,
    /// Panes beside and above each other.
    L,
}

pub fn size(area: Rect) -> Size {
    match (area.width, area.height) {
        (width, height) if width < 30 || height < 8 => Size::Xs,
        (width, height) if width < 60 || height < 20 => Size::S,
        (width, height) if width < 100 || height < 30 => Size::M,
        _ => Size::L,
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    pub area: Rect,
    pub tabs: Rect,
    pub head: Rect,
    /// The whole of a pane with its frame; those that are not seen are empty.
    pub panes: Vec<Rect>,
    pub keys: Rect,
    pub status: Rect,
    /// Whether panes have a frame around them or only a line above.
    pub framed: bool,
}

/// What of the user's wishes the layout depends on.
#[derive(Clone, Copy, Debug)]
pub struct Wishes {
    pub screen: Screen,
    pub panes: usize,
    pub focus: usize,
    pub zoomed: bool,
    /// Percent of the first part; 0 for the screen's own.
    pub ratio: u16,
}

impl Wishes {
    /// Percent of the first part, `own` unless the user moved it.
    pub fn ratio(self, own: u16) -> u16 {
        if self.ratio == 0 { own } else { self.ratio }
    }
}

pub fn layout(area: Rect, wishes: Wishes) -> Layout {
    let size = size(area);
    let mut rest = area;
    let mut top = |height: u16| {
        let height = height.min(rest.height);
        let taken = Rect { height, ..rest };
        rest.y += height;
        rest.height -= height;
        taken
    };
    let tabs = top(1);
    let head = top(u16::from(matches!(size, Size::M | Size::L)));
    let mut bottom = |height: u16| {
        let height = height.min(rest.height);
        rest.height -= height;
        Rect { y: rest.bottom(), height, ..rest }
    };
    let status = bottom(u16::from(size != Size::Xs));
    let keys = bottom(u16::from(matches!(size, Size::M | Size::L) && area.height >= 24));
    let framed = matches!(size, Size::M | Size::L);
    let panes = if wishes.zoomed || matches!(size, Size::S | Size::Xs) {
        only(wishes.focus, wishes.panes, rest)
    } else {
        (wishes.screen.spec().arrange)(size, rest, wishes)
    };
    Layout { area, tabs, head, panes, keys, status, framed }
}

fn only(focus: usize, panes: usize, area: Rect) -> Vec<Rect> {
    (0..panes).map(|at| if at == focus { area } else { Rect::default() }).collect()
}

/// The first pane above; below it the one in focus, or the second.
pub fn behind(first: Rect, below: Rect, wishes: Wishes) -> Vec<Rect> {
    let seen = if wishes.focus == 0 { 1 } else { wishes.focus };
    let place = |at: usize| match at {
        0 => first,
        at if at == seen => below,
        _ => Rect::default(),
    };
    (0..wishes.panes).map(place).collect()
}

pub fn across(area: Rect, percent: u16) -> (Rect, Rect) {
    let width = (u32::from(area.width) * u32::from(percent) / 100) as u16;
    let left = Rect { width, ..area };
    (left, Rect { x: area.x + width, width: area.width - width, ..area })
}

pub fn down(area: Rect, percent: u16) -> (Rect, Rect) {
    let height = (u32::from(area.height) * u32::from(percent) / 100) as u16;
    let top = Rect { height, ..area };
    (top, Rect { y: area.y + height, height: area.height - height, ..area })
}

/// Between the first part of the screen and the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Divider {
    pub is_upright: bool,
    /// Where the second part begins.
    pub at: u16,
    from: u16,
    length: u16,
}

impl Divider {
    /// Where it would stand at this column or row, in percent.
    pub fn percent_at(self, at: u16) -> u16 {
        let share = u32::from(at.saturating_sub(self.from)) * 100 / u32::from(self.length.max(1));
        Self::clamped(share.min(100) as u16)
    }

    /// Neither part goes.
    pub fn clamped(percent: u16) -> u16 {
        percent.clamp(20, 80)
    }

    /// Whether a press there takes hold of it: on either of the two frames that meet.
    pub fn is_at(self, x: u16, y: u16) -> bool {
        let here = if self.is_upright { x } else { y };
        here == self.at || here + 1 == self.at
    }
}

impl Layout {
    /// The line that all panes lie on one side of: upright if there is one, else level.
    pub fn divider(&self) -> Option<Divider> {
        let seen: Vec<Rect> = self.panes.iter().copied().filter(|pane| !pane.is_empty()).collect();
        let whole = seen.iter().copied().reduce(Rect::union)?;
        let first = seen[0];
        let is_apart = |end: u16, ends: fn(&Rect) -> (u16, u16)| {
            seen.iter().map(ends).all(|(start, own_end)| own_end <= end || start >= end)
        };
        let right = first.right();
        if right < whole.right() && is_apart(right, |pane| (pane.left(), pane.right())) {
            let (from, length) = (whole.x, whole.width);
            return Some(Divider { is_upright: true, at: right, from, length });
        }
        let bottom = first.bottom();
        let is_level =
            bottom < whole.bottom() && is_apart(bottom, |pane| (pane.top(), pane.bottom()));
        let (from, length) = (whole.y, whole.height);
        is_level.then_some(Divider { is_upright: false, at: bottom, from, length })
    }

    /// The room inside a pane's frame.
    pub fn inner(&self, pane: usize) -> Rect {
        let outer = self.panes.get(pane).copied().unwrap_or_default();
        if outer.is_empty() {
            return Rect::default();
        }
        if !self.framed {
            let height = outer.height.saturating_sub(1);
            return Rect { y: outer.y + 1.min(outer.height), height, ..outer };
        }
        Rect {
            x: outer.x + 1,
            y: outer.y + 1,
            width: outer.width.saturating_sub(2),
            height: outer.height.saturating_sub(2),
        }
    }

    /// Rows of a table under its titles; titles stand only where they do not take half of it.
    pub fn rows(&self, pane: usize) -> Rect {
        let inner = self.inner(pane);
        let titles = titles_height(inner);
        Rect { y: inner.y + titles, height: inner.height - titles, ..inner }
    }

    pub fn pane_at(&self, x: u16, y: u16) -> Option<usize> {
        self.panes.iter().position(|pane| {
            (pane.left()..pane.right()).contains(&x) && (pane.top()..pane.bottom()).contains(&y)
        })
    }
}

pub fn titles_height(inner: Rect) -> u16 {
    u16::from(inner.height >= 4)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn panes_stay_on_the_screen_and_apart(
            width in 0u16..300, height in 0u16..120, focus in 0usize..5, zoomed in any::<bool>(),
            ratio in 0u16..90, screen in 0..Screen::ALL.len(),
        ) {
            let area = Rect::new(0, 0, width, height);
            let screen = Screen::ALL[screen];
            let panes = screen.spec().panes;
            let focus = focus.min(panes - 1);
            let layout = layout(area, Wishes { screen, panes, focus, zoomed, ratio });
            prop_assert_eq!(layout.panes.len(), panes);
            for (at, pane) in layout.panes.iter().enumerate() {
                prop_assert_eq!(pane.intersection(area), *pane);
                for other in &layout.panes[at + 1..] {
                    prop_assert!(!pane.intersects(*other) || pane.is_empty() || other.is_empty());
                }
                let inner = layout.rows(at);
                prop_assert!(inner.is_empty() || inner.intersection(*pane) == inner);
            }
        }
    }
}
