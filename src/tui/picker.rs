//! Choosing from a list by typing: the command palette, the finder, help, themes, marks and the menus.

use std::sync::Arc;

use frizbee::{Config, Matcher};
use tui_input::Input;

use super::command::Command;
use super::export::Form;
use super::object::Object;

/// What choosing an item does.
#[derive(Clone, Debug)]
pub enum Act {
    Run(&'static Command),
    Open(Object),
    /// The end of a way through the graph.
    WayTo(Object),
    Theme(String),
    Export(Form, Destination),
    Mark(char),
    /// A line that only tells.
    Nothing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Destination {
    File,
    Clipboard,
}

#[derive(Clone, Debug)]
pub struct Item {
    pub label: String,
    /// By what it is found where that is more than the label.
    words: String,
    /// Stands to the right: keys, a kind, why it cannot be done now.
    pub hint: String,
    pub act: Act,
    pub disabled: bool,
}

impl Item {
    pub fn new(label: impl Into<String>, hint: impl Into<String>, act: Act) -> Self {
        let (label, words) = (label.into(), String::new());
        Self { label, words, hint: hint.into(), act, disabled: false }
    }

    pub fn found_by(self, words: String) -> Self {
        Self { words, ..self }
    }

    /// A kind of its own, by which it is found as well.
    pub fn kind_of(self, kind: &str) -> Self {
        Self { words: format!("{kind} {}", self.label), hint: kind.to_owned(), ..self }
    }

    pub fn object(label: String, kind: &str, object: Object) -> Self {
        Self::new(label, kind, Act::Open(object))
    }
}

impl AsRef<str> for Item {
    fn as_ref(&self) -> &str {
        if self.words.is_empty() { &self.label } else { &self.words }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Palette,
    Help,
    Finder,
    WayTo,
    Themes,
    Export,
    Marks,
    Notes,
    Jobs,
}

impl Kind {
    pub fn title(self) -> &'static str {
        match self {
            Self::Palette => "Commands",
            Self::Help => "Keys here: type to filter, enter runs",
            Self::Finder => "Find a module, class or file",
            Self::WayTo => "The way to which module?",
            Self::Themes => "Theme",
            Self::Export => "Export what is shown",
            Self::Marks => "Marks and the way here",
            Self::Notes => "Notes",
            Self::Jobs => "Jobs",
        }
    }
}

pub struct Picker {
    pub kind: Kind,
    pub input: Input,
    pub items: Arc<Vec<Item>>,
    /// Items that match, the best first.
    pub matches: Vec<u32>,
    pub cursor: usize,
    pub offset: usize,
}

impl Picker {
    pub fn new(kind: Kind, items: Arc<Vec<Item>>) -> Self {
        let mut picker = Self {
            kind,
            input: Input::default(),
            items,
            matches: Vec::new(),
            cursor: 0,
            offset: 0,
        };
        picker.search();
        picker
    }

    /// Matches what has been typed so far; without anything typed all items stand in their own order.
    pub fn search(&mut self) {
        let typed = &*self.input.value().trim().to_owned();
        self.matches = if typed.is_empty() {
            (0..self.items.len() as u32).collect()
        } else {
            let typos = u16::from(typed.len() > 5);
            let config = Config::default().max_typos(Some(typos));
            let mut found = Matcher::new(typed, &config).match_list(&self.items);
            // What is called just that comes first, whatever its case; of equal scores the shorter label, which has less
            // beside what was typed.
            found.sort_by_cached_key(|found| {
                let label = &self.items[found.index as usize].label;
                let last = label.rsplit(['.', '/']).next().unwrap_or(label);
                let is_it = label.eq_ignore_ascii_case(typed) || last.eq_ignore_ascii_case(typed);
                (!is_it, std::cmp::Reverse(found.score), label.len(), found.index)
            });
            found.into_iter().map(|found| found.index).collect()
        };
        self.drop_far_fetched(typed);
        (self.cursor, self.offset) = (0, 0);
    }

    /// Of commands, which have many words each, nearly anything has the letters somewhere: where some have the words that
    /// were typed, only those are meant.
    fn drop_far_fetched(&mut self, typed: &str) {
        if !matches!(self.kind, Kind::Palette | Kind::Help) {
            return;
        }
        let words: Vec<String> = typed.split_whitespace().map(str::to_lowercase).collect();
        let has_all = |at: &u32| {
            let text = self.items[*at as usize].as_ref().to_lowercase();
            words.iter().all(|word| text.contains(word))
        };
        let meant: Vec<u32> = self.matches.iter().copied().filter(has_all).collect();
        if !meant.is_empty() {
            self.matches = meant;
        }
    }

    pub fn move_by(&mut self, rows: isize) {
        self.cursor =
            self.cursor.saturating_add_signed(rows).min(self.matches.len().saturating_sub(1));
    }

    /// Keeps the cursor within so many visible rows.
    pub fn keep_in_view(&mut self, height: usize) {
        let height = height.max(1);
        self.offset = self.offset.min(self.cursor).max((self.cursor + 1).saturating_sub(height));
    }

    pub fn chosen(&self) -> Option<&Item> {
        self.matches.get(self.cursor).map(|at| &self.items[*at as usize])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn best(typed: &str) -> Vec<String> {
        let labels = ["app.core.manager", "app.core.Manager", "tests.test_manager", "app.bus"];
        let items: Vec<Item> =
            labels.iter().map(|label| Item::new(*label, "", Act::Nothing)).collect();
        let mut picker = Picker::new(Kind::Finder, Arc::new(items));
        picker.input = typed.into();
        picker.search();
        picker.matches.iter().map(|at| picker.items[*at as usize].label.clone()).collect()
    }

    #[test]
    fn typing_narrows_and_ranks() {
        assert_eq!(best("").len(), 4);
        assert_eq!(best("bus"), ["app.bus"]);
        assert_eq!(best("Manager")[0], "app.core.Manager");
        assert_eq!(best("manager")[2], "tests.test_manager");
        assert!(best("zzz").is_empty());
    }
}
