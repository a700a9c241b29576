//! Notes and marks on objects: a log of lines, appended to and never rewritten, so that two programs on one tree cannot
//! lose each other's. Of one author's notes on one object the last counts; an empty one takes it back.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::object::Object;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Entry {
    Note { at: u64, author: String, object: String, text: String },
    Mark { at: u64, author: String, key: char, object: String },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    pub at: u64,
    pub author: String,
    pub object: Object,
    pub text: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notes {
    /// In the order in which they were last written.
    pub notes: Vec<Note>,
    pub marks: BTreeMap<char, Object>,
}

impl Notes {
    /// Lines that cannot be understood are passed over: a later version may have written them.
    pub fn parse(log: &str) -> Self {
        let mut notes = Self::default();
        for entry in log.lines().filter_map(|line| serde_json::from_str(line).ok()) {
            notes.add(entry);
        }
        notes
    }

    fn add(&mut self, entry: Entry) {
        match entry {
            Entry::Note { at, author, object, text } => {
                let Some(object) = Object::of_id(&object) else { return };
                self.notes.retain(|note| (&note.author, &note.object) != (&author, &object));
                if !text.is_empty() {
                    self.notes.push(Note { at, author, object, text });
                }
            }
            Entry::Mark { key, object, .. } => {
                if let Some(object) = Object::of_id(&object) {
                    self.marks.insert(key, object);
                }
            }
        }
    }

    pub fn of(&self, object: &Object) -> impl Iterator<Item = &Note> {
        self.notes.iter().filter(move |note| note.object == *object)
    }

    pub fn by(&self, author: &str, object: &Object) -> Option<&Note> {
        self.of(object).find(|note| note.author == author)
    }
}

impl Entry {
    pub fn line(&self) -> String {
        serde_json::to_string(self).expect("an entry has no keys that are no text")
    }
}

/// `10:02`, in UTC: the terminal does not tell where its user sits.
pub fn clock(at: u64) -> String {
    format!("{:02}:{:02}", at / 3600 % 24, at / 60 % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(author: &str, text: &str) -> String {
        let object = Object::Concept("A".to_owned()).id();
        let (author, text) = (author.to_owned(), text.to_owned());
        Entry::Note { at: 36_120, author, object, text }.line()
    }

    #[test]
    fn the_last_note_of_an_author_counts() {
        let log = [note("one", "x"), note("two", "y"), "what is this".into(), note("one", "z")];
        let notes = Notes::parse(&log.join("\n"));
        let texts: Vec<&str> = notes.notes.iter().map(|note| note.text.as_str()).collect();
        assert_eq!(texts, ["y", "z"]);
        let gone = Notes::parse(&[note("one", "x"), note("one", "")].join("\n"));
        assert!(gone.notes.is_empty());
        assert_eq!(clock(36_120), "10:02");
    }

    #[test]
    fn a_mark_is_where_it_was_last_put() {
        let mark = |name: &str| {
            let object = Object::Module(name.to_owned()).id();
            Entry::Mark { at: 0, author: "one".to_owned(), key: 'a', object }.line()
        };
        let notes = Notes::parse(&[mark("m"), mark("n")].join("\n"));
        assert_eq!(notes.marks[&'a'], Object::Module("n".to_owned()));
    }
}
