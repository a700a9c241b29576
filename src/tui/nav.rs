//! Where the user is: the screens, what each of them shows, and the way back.

use std::collections::{BTreeMap, BTreeSet};

use super::list::PaneState;
use super::object::Object;
pub use super::screens::Screen;

/// How the user left a screen.
#[derive(Clone, Debug, Default)]
pub struct View {
    /// What it is about, by name; empty for what the screen itself begins with.
    pub subject: String,
    pub focus: usize,
    pub panes: Vec<PaneState>,
    /// Whether the pane in focus has the screen for itself.
    pub zoomed: bool,
    /// Which of the screen's presentations: the diff in one column, findings by module.
    pub presentation: u8,
    /// Groups that are unfolded.
    pub unfolded: BTreeSet<String>,
    /// Long lines of texts run on to the right instead of being broken.
    pub unbroken: bool,
    /// Definitions to compare, left and right.
    pub picks: [Option<Object>; 2],
    /// The end of a way through the graph that was asked for.
    pub goal: Option<Object>,
    /// How the room is divided, in percent of the first part; 0 for the screen's own.
    pub ratio: u16,
}

#[derive(Clone, Debug)]
pub struct Location {
    pub screen: Screen,
    pub view: View,
}

/// The way back is not kept for ever.
const MAX_TRAIL: usize = 200;

pub struct Nav {
    pub screen: Screen,
    views: BTreeMap<Screen, View>,
    back: Vec<Location>,
    forward: Vec<Location>,
}

impl Nav {
    pub fn new(screen: Screen) -> Self {
        Self { screen, views: BTreeMap::new(), back: Vec::new(), forward: Vec::new() }
    }

    pub fn view(&self) -> &View {
        self.of(self.screen)
    }

    pub fn of(&self, screen: Screen) -> &View {
        static NONE: std::sync::LazyLock<View> = std::sync::LazyLock::new(View::default);
        self.views.get(&screen).unwrap_or(&NONE)
    }

    pub fn view_mut(&mut self) -> &mut View {
        self.views.entry(self.screen).or_default()
    }

    fn here(&self) -> Location {
        Location { screen: self.screen, view: self.view().clone() }
    }

    /// Goes to a screen, remembering where this was; with a subject the screen begins anew unless it shows that already.
    pub fn go(&mut self, screen: Screen, subject: Option<&str>) {
        let is_there = self.of(screen).subject == subject.unwrap_or(&self.of(screen).subject);
        if screen == self.screen && is_there {
            return;
        }
        self.back.push(self.here());
        if self.back.len() > MAX_TRAIL {
            self.back.remove(0);
        }
        self.forward.clear();
        self.screen = screen;
        if let (Some(subject), false) = (subject, is_there) {
            let view = self.view_mut();
            let (ratio, presentation, unbroken) = (view.ratio, view.presentation, view.unbroken);
            let subject = subject.to_owned();
            *view = View { subject, presentation, unbroken, ratio, ..View::default() };
        }
    }

    pub fn has_back(&self) -> bool {
        !self.back.is_empty()
    }

    pub fn has_forward(&self) -> bool {
        !self.forward.is_empty()
    }

    pub fn go_back(&mut self) -> bool {
        let Some(location) = self.back.pop() else { return false };
        self.forward.push(self.here());
        self.arrive(location);
        true
    }

    pub fn go_forward(&mut self) -> bool {
        let Some(location) = self.forward.pop() else { return false };
        self.back.push(self.here());
        self.arrive(location);
        true
    }

    fn arrive(&mut self, location: Location) {
        self.screen = location.screen;
        self.views.insert(location.screen, location.view);
    }

    /// The last few steps of the way, oldest first, for the breadcrumb.
    pub fn crumbs(&self) -> Vec<(Screen, &str)> {
        let last = self.back.iter().rev().take(2).rev();
        last.map(|location| (location.screen, location.view.subject.as_str())).collect()
    }

    pub fn trail(&self) -> impl Iterator<Item = (Screen, &str)> {
        let here = (self.screen, self.view().subject.as_str());
        let back = self.back.iter().map(|place| (place.screen, place.view.subject.as_str()));
        back.chain(std::iter::once(here))
    }

    /// All views forget which file ids they saw: after a rescan those mean other files.
    pub fn views_mut(&mut self) -> impl Iterator<Item = &mut View> {
        self.views.values_mut()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn back_and_forward_come_to_where_one_was() {
        let mut nav = Nav::new(Screen::Hotspots);
        nav.go(Screen::Concepts, Some("A"));
        nav.view_mut().focus = 1;
        nav.go(Screen::Concepts, Some("B"));
        assert_eq!(nav.view().focus, 0);
        assert!(nav.go_back());
        assert_eq!((nav.view().subject.as_str(), nav.view().focus), ("A", 1));
        assert!(nav.go_back());
        assert_eq!(nav.screen, Screen::Hotspots);
        assert!(!nav.go_back());
        assert!(nav.go_forward() && nav.go_forward() && !nav.go_forward());
        assert_eq!(nav.view().subject, "B");
        nav.go(Screen::Concepts, Some("B"));
        assert_eq!(nav.crumbs().len(), 2);
    }
}
