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
            Self::Finder => "Find a concept, module, class or file",
            Self::WayTo => "The way to which module?",
            Self::Themes => "Theme",
            Self::Export => "Export what is shown",
            Self::Marks => "Marks and the way here",
            Self::Notes => "Notes",
            Self::Jobs => "Jobs",
        }
    }
}

/// More items than this are matched where nobody waits for it.
const AT_ONCE: usize = 1_000;

/// What to look for, and where.
#[derive(Clone, Debug)]
pub struct Search {
    items: Arc<Vec<Item>>,
    typed: String,
}

impl Search {
    /// The items that match, the best first; without anything typed all in their own order.
    pub fn run(&self) -> Vec<u32> {
        let typed = self.typed.as_str();
        if typed.is_empty() {
            return (0..self.items.len() as u32).collect();
        }
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
    }
}

pub struct Picker {
    pub kind: Kind,
    pub input: Input,
    pub items: Arc<Vec<Item>>,
    /// Items that match, the best first.
    pub matches: Vec<u32>,
    /// What they match.
    matched: String,
    /// Whether a worker is looking; then what is typed meanwhile waits, and only the last of it is looked for.
    is_searching: bool,
    pub cursor: usize,
    pub offset: usize,
}

impl Picker {
    pub fn new(kind: Kind, items: Arc<Vec<Item>>) -> Self {
        Self {
            kind,
            input: Input::default(),
            matches: (0..items.len() as u32).collect(),
            items,
            matched: String::new(),
            is_searching: false,
            cursor: 0,
            offset: 0,
        }
    }

    fn search(&self) -> Search {
        let typed = self.input.value().trim().to_owned();
        Search { items: Arc::clone(&self.items), typed }
    }

    /// Whether the matches are not yet those of what has been typed.
    pub fn is_behind(&self) -> bool {
        self.matched != self.input.value().trim()
    }

    /// Something has been typed; gives the search for it if others should do that.
    pub fn follow(&mut self) -> Option<Search> {
        if !self.is_behind() || self.is_searching {
            return None;
        }
        if self.items.len() <= AT_ONCE || self.input.value().trim().is_empty() {
            self.catch_up();
            return None;
        }
        self.is_searching = true;
        Some(self.search())
    }

    /// Takes what was found, and gives the next search if more has been typed since.
    pub fn take(&mut self, search: Search, matches: Vec<u32>) -> Option<Search> {
        if !Arc::ptr_eq(&search.items, &self.items) {
            return None;
        }
        self.is_searching = false;
        if self.is_behind() && search.typed == self.input.value().trim() {
            self.show(search.typed, matches);
        }
        self.follow()
    }

    /// Matches what has been typed here and now: somebody chooses, and means that.
    pub fn catch_up(&mut self) {
        if self.is_behind() {
            let search = self.search();
            let matches = search.run();
            self.show(search.typed, matches);
        }
    }

    fn show(&mut self, typed: String, matches: Vec<u32>) {
        (self.matched, self.matches) = (typed, matches);
        self.drop_far_fetched();
        (self.cursor, self.offset) = (0, 0);
    }

    /// Of commands, which have many words each, nearly anything has the letters somewhere: where some have the words that
    /// were typed, only those are meant.
    fn drop_far_fetched(&mut self) {
        if !matches!(self.kind, Kind::Palette | Kind::Help) {
            return;
        }
        let words: Vec<String> = self.matched.split_whitespace().map(str::to_lowercase).collect();
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
        self.catch_up();
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
        assert!(picker.follow().is_none());
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

    fn finder(items: usize) -> Picker {
        let items = (0..items).map(|n| Item::new(format!("app.m{n}"), "", Act::Nothing));
        Picker::new(Kind::Finder, Arc::new(items.collect()))
    }

    #[test]
    fn a_long_list_is_searched_elsewhere_and_the_last_wish_wins() {
        let mut picker = finder(2 * AT_ONCE);
        picker.input = "m".into();
        let first = picker.follow().unwrap();
        for typed in ["m1", "m19", "m199"] {
            picker.input = typed.into();
            assert!(picker.follow().is_none());
        }
        assert!(picker.is_behind());
        let found = first.run();
        let second = picker.take(first, found).unwrap();
        assert_eq!(picker.matches.len(), 2 * AT_ONCE, "what is outdated is not shown");
        assert_eq!(second.typed, "m199");
        let found = second.run();
        assert!(picker.take(second, found).is_none());
        assert_eq!(picker.chosen().unwrap().label, "app.m199");
        assert!(!picker.is_behind());
    }

    #[test]
    fn who_chooses_gets_what_was_typed() {
        let mut picker = finder(2 * AT_ONCE);
        picker.input = "m12".into();
        let search = picker.follow().unwrap();
        picker.catch_up();
        assert_eq!(picker.chosen().unwrap().label, "app.m12");
        picker.move_by(1);
        let found = search.run();
        assert!(picker.take(search, found).is_none());
        assert_eq!(picker.cursor, 1, "an answer that comes late moves nothing");
        let other = finder(2 * AT_ONCE).search();
        picker.input = "m7".into();
        assert!(picker.follow().is_some());
        assert!(picker.take(other, Vec::new()).is_none());
        assert!(picker.is_behind());
    }
}
