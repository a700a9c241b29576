//! Which code counts, and as what each class stands there.

use crate::facts::rows::Row;
use crate::model::{FileId, Project};
use crate::source::FileKind;

/// Which code counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    All,
    Production,
    Tests,
}

impl Scope {
    /// For the foot of a page.
    pub fn phrase(self) -> &'static str {
        match self {
            Self::All => "all code counts, also tests, vendored and generated code and copies",
            Self::Production => "only production code and scripts count",
            Self::Tests => "only tests count",
        }
    }

    pub fn holds(self, kind: FileKind) -> bool {
        match self {
            Self::All => true,
            Self::Production => matches!(kind, FileKind::Production | FileKind::Script),
            Self::Tests => kind == FileKind::Test,
        }
    }

    pub fn holds_standing(self, standing: Standing) -> bool {
        match standing {
            Standing::Mock => self != Self::Production,
            Standing::Of(kind) => self.holds(kind),
        }
    }
}

/// What a definition is there for: what its file is, or a stand-in for another definition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    Of(FileKind),
    /// A class that its name, or its module's, calls a mock or a fake.
    Mock,
}

impl Standing {
    pub fn of(project: &Project, file: FileId, row: Row) -> Self {
        let file = project.file(file);
        let name = file.facts.definition(row).map_or("", |class| file.facts.text(class.name));
        let is_own = matches!(file.kind, FileKind::Production | FileKind::Script | FileKind::Test);
        if is_own && (has_mock_word(name) || file.path.split(['/', '.']).any(is_mock_module)) {
            Self::Mock
        } else {
            Self::Of(file.kind)
        }
    }

    pub fn word(self) -> &'static str {
        match self {
            Self::Of(kind) => kind.word(),
            Self::Mock => "mock",
        }
    }
}

fn has_mock_word(name: &str) -> bool {
    const WORDS: [&str; 3] = ["Mock", "Fake", "Dummy"];
    let name = name.trim_start_matches('_');
    let is_word = |word: &&str| {
        let begins = name.strip_prefix(*word).is_some_and(|rest| {
            rest.is_empty() || rest.starts_with(|first: char| !first.is_lowercase())
        });
        begins || name.strip_suffix(*word).is_some_and(|rest| !rest.is_empty())
    };
    WORDS.iter().any(is_word)
}

fn is_mock_module(segment: &str) -> bool {
    let mut words = segment.split('_');
    words.any(|word| matches!(word, "mock" | "mocks" | "fake" | "fakes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mocks_are_known_by_whole_words() {
        for name in ["MockStore", "FakeClock", "_DummyGate", "StoreMock", "Mock"] {
            assert!(has_mock_word(name), "{name}");
        }
        for name in ["Mockingbird", "Fakery", "Store", "Dummyfy"] {
            assert!(!has_mock_word(name), "{name}");
        }
        assert!(is_mock_module("websocket_mocks"));
        assert!(!is_mock_module("hammock"));
    }
}
