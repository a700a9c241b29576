//! Patterns of names and paths, as people type them.

use std::str::FromStr;

use globset::{GlobBuilder, GlobMatcher};

/// A glob over names, whatever their case.
#[derive(Clone, Debug)]
pub struct NamePattern {
    glob: GlobMatcher,
    /// With a dot in it, it speaks of whole dotted names.
    dotted: bool,
}

impl NamePattern {
    /// `name` is the last part of `dotted`.
    pub fn matches(&self, name: &str, dotted: &str) -> bool {
        self.glob.is_match(if self.dotted { dotted } else { name })
    }
}

impl FromStr for NamePattern {
    type Err = String;

    fn from_str(pattern: &str) -> Result<Self, String> {
        let glob = GlobBuilder::new(pattern).case_insensitive(true).build();
        let glob = glob.map_err(|error| error.kind().to_string())?.compile_matcher();
        Ok(Self { glob, dotted: pattern.contains('.') })
    }
}

/// A glob over paths, relative to the top of the tree. A folder stands for all that is in it.
#[derive(Clone, Debug)]
pub struct PathPattern {
    itself: GlobMatcher,
    below: GlobMatcher,
}

impl PathPattern {
    pub fn matches(&self, path: &str) -> bool {
        self.itself.is_match(path) || self.below.is_match(path)
    }
}

impl FromStr for PathPattern {
    type Err = String;

    fn from_str(pattern: &str) -> Result<Self, String> {
        let pattern = pattern.strip_prefix("./").unwrap_or(pattern).trim_end_matches('/');
        let glob = |pattern: &str| {
            let glob = GlobBuilder::new(pattern).literal_separator(true).build();
            glob.map(|glob| glob.compile_matcher()).map_err(|error| error.kind().to_string())
        };
        let below = if pattern == "." { "**".to_owned() } else { format!("{pattern}/**") };
        Ok(Self { itself: glob(pattern)?, below: glob(&below)? })
    }
}

/// Files that are wanted: those of `within`, or all without any, but none of `not_within`.
pub fn wants_path(within: &[PathPattern], not_within: &[PathPattern], path: &str) -> bool {
    let matches = |patterns: &[PathPattern]| patterns.iter().any(|pattern| pattern.matches(path));
    (within.is_empty() || matches(within)) && !matches(not_within)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_match_in_any_case() {
        let pattern: NamePattern = "*websocket*".parse().unwrap();
        assert!(pattern.matches("WebSocketManager", "app.core.WebSocketManager"));
        assert!(!pattern.matches("Manager", "app.websocket.Manager"));
        let dotted: NamePattern = "app.*Manager".parse().unwrap();
        assert!(dotted.matches("Manager", "app.websocket.Manager"));
        assert!(!dotted.matches("Manager", "lib.Manager"));
    }

    #[test]
    fn a_broken_pattern_is_named() {
        assert!("{a".parse::<NamePattern>().is_err());
    }

    fn path(pattern: &str) -> PathPattern {
        pattern.parse().unwrap()
    }

    #[test]
    fn a_folder_stands_for_what_is_in_it() {
        for pattern in ["tests", "tests/", "./tests", "tests/**"] {
            assert!(path(pattern).matches("tests/unit/test_a.py"), "{pattern}");
            assert!(!path(pattern).matches("src/tests/a.py"), "{pattern}");
        }
        assert!(path("**/*_pb2.py").matches("x_pb2.py"));
        assert!(!path("*.py").matches("src/a.py"));
        assert!(path(".").matches("src/a.py"));
    }

    #[test]
    fn what_is_excluded_stays_out() {
        assert!(wants_path(&[], &[], "a.py"));
        assert!(wants_path(&[path("src")], &[path("**/test_*.py")], "src/a.py"));
        assert!(!wants_path(&[path("src")], &[path("**/test_*.py")], "src/test_a.py"));
        assert!(!wants_path(&[path("src")], &[], "lib/a.py"));
    }

    #[test]
    fn a_broken_glob_is_named() {
        assert!("[".parse::<PathPattern>().is_err());
    }
}
