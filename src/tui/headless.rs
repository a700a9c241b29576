//! The explorer without a terminal: every effect is done at once. Scripts, pictures, tests and benchmarks drive it so.

use std::collections::VecDeque;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Color;

use super::app::{App, Start};
use super::draw;
use super::glyphs;
use super::input;
use super::keymap::Keymap;
use super::keys::{Key, macro_keys};
use super::msg::{Effect, Msg};
use super::notes::Notes;
use super::session::Session;
use super::theme::{Depth, Theme, Themes};
use super::work::{Tree, perform};
use crate::config::user;

pub struct Headless {
    pub app: App,
    tree: Tree,
    /// What was asked of the world outside, and not done.
    pub asked: Vec<Effect>,
}

impl Headless {
    /// What a script begins with.
    pub const SIZE: Rect = Rect::new(0, 0, 120, 40);

    pub fn new(tree: Tree, start: Start, area: Rect) -> Self {
        let mut own = Self { app: App::new(start, area), tree, asked: Vec::new() };
        let effects = own.app.begin();
        own.perform(effects);
        own
    }

    /// For pictures: nothing of the user's but what they ask for.
    pub fn pictured(
        tree: Tree,
        name: &str,
        theme: Option<&str>,
        ascii: bool,
    ) -> anyhow::Result<Self> {
        let mut start = plain_start(name);
        if let Some(theme) = theme {
            start.themes.own = user::themes();
            start.theme = start.themes.load(theme, start.depth)?;
        }
        if ascii {
            start.glyphs = &glyphs::ASCII;
        }
        Ok(Self::new(tree, start, Self::SIZE))
    }

    /// On the built-in sample, as a terminal of true colours would show it.
    pub fn demo(area: Rect) -> Self {
        let options = crate::engine::Options::default();
        Self::new(Tree { folder: None, options }, plain_start("demo"), area)
    }

    fn perform(&mut self, effects: Vec<Effect>) {
        let mut open = VecDeque::from(effects);
        while let Some(effect) = open.pop_front() {
            let Effect::Work(work) = effect else {
                if let Effect::Note(entry) = &effect {
                    let log = entry.line();
                    let mut notes = Notes::parse(&log);
                    self.app.notes.notes.append(&mut notes.notes);
                    self.app.notes.marks.append(&mut notes.marks);
                }
                self.asked.push(effect);
                continue;
            };
            let mut answers = Vec::new();
            perform(work, &self.tree, &mut |answer| {
                answers.push(answer);
                true
            });
            for answer in answers {
                open.extend(self.app.update(Msg::Work(answer)));
            }
        }
    }

    /// The same without signs beyond ASCII.
    pub fn in_ascii(mut self) -> Self {
        self.app.glyphs = &glyphs::ASCII;
        self
    }

    /// The roles of the screen, a letter for each cell: `A` for the first role.
    pub fn roles(&mut self) -> Vec<String> {
        let theme = std::mem::replace(&mut self.app.theme, Theme::of_roles());
        let buffer = self.frame();
        self.app.theme = theme;
        let letter = |cell: &ratatui::buffer::Cell| match cell.fg {
            Color::Indexed(at) => char::from(b'A' + at),
            _ => ' ',
        };
        let width = usize::from(buffer.area.width).max(1);
        buffer.content.chunks(width).map(|line| line.iter().map(letter).collect()).collect()
    }

    /// Whether the cursor of every pane is one of its rows, and in sight.
    pub fn cursors_are_in_sight(&self) -> bool {
        self.app.nav.view().panes.iter().all(|pane| {
            let is_row = pane.cursor < pane.len.max(1) || pane.len == 0;
            let is_seen = pane.height == 0
                || (pane.offset..pane.offset + pane.height).contains(&pane.cursor)
                || pane.len == 0;
            is_row && is_seen
        })
    }

    /// What was asked to be copied.
    pub fn copied(&self) -> impl Iterator<Item = &str> {
        self.asked.iter().filter_map(|effect| match effect {
            Effect::Copy { text, .. } => Some(text.as_str()),
            _ => None,
        })
    }

    pub fn send(&mut self, msg: Msg) {
        let effects = self.app.update(msg);
        self.perform(effects);
    }

    /// Types a macro: characters, and names such as `<enter>`.
    pub fn keys(&mut self, text: &str) -> Result<(), String> {
        macro_keys(text)?.into_iter().for_each(|key| self.key(key));
        Ok(())
    }

    pub fn key(&mut self, key: Key) {
        let mut effects = input::key(&mut self.app, key);
        effects.extend(self.app.settle());
        self.perform(effects);
    }

    pub fn resize(&mut self, width: u16, height: u16) {
        self.send(Msg::Event(crossterm::event::Event::Resize(width, height)));
    }

    pub fn frame(&self) -> Buffer {
        let mut buffer = Buffer::empty(self.app.area);
        draw::view(&self.app, &mut buffer);
        buffer
    }
}

/// A start without anything of the user's.
pub fn plain_start(name: &str) -> Start {
    let themes = Themes::default();
    let depth = Depth::True;
    // A built-in theme can always be read: its own test says so.
    let theme = themes.load("ansi-dark", depth).unwrap_or_else(|_| Theme::of_roles());
    Start {
        tree: name.to_owned(),
        on_disk: false,
        links: false,
        glyphs: &glyphs::UNICODE,
        depth,
        themes,
        theme,
        keymap: Keymap::new(None),
        session: Session::fresh(),
        notes: Notes::default(),
        author: "P1".to_owned(),
    }
}
