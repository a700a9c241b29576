//! Patterns of names, as people type them.

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
}
