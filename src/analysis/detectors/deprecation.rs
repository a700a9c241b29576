//! What in the tree says of itself that it should no longer be used.

use crate::analysis::Place;
use crate::facts::rows::{file_flag, flag};
use crate::facts::says_deprecated;
use crate::model::{FileId, Project};

/// Words of a module's dotted name that say so.
const WORDS: [&str; 2] = ["deprecated", "legacy"];

/// How a class or function says that it is deprecated; nothing if it does not.
pub fn of_definition(project: &Project, (file, row): Place) -> Option<String> {
    let facts = &project.file(file).facts;
    let definition = facts.definition(row).filter(|row| row.is(flag::DEPRECATED))?;
    let mut decorators = facts.exprs(definition.decorators).iter();
    let is_decorated = decorators.any(|decorator| says_so(facts.text(decorator.text)));
    let doc = facts.text(definition.doc);
    Some(if is_decorated {
        "a decorator says so".to_owned()
    } else if says_deprecated(doc) {
        quoted(doc)
    } else if warns_of_others(facts.text(definition.name)) {
        return None;
    } else {
        "it warns with a `DeprecationWarning`".to_owned()
    })
}

/// `deprecated`, `warn_until`, `_deprecation_warning`: what it warns of is not itself.
fn warns_of_others(name: &str) -> bool {
    let name = name.trim_start_matches('_');
    name.starts_with("warn") || name.starts_with("deprecat")
}

/// How a module says that it is deprecated.
pub fn of_module(project: &Project, file: FileId) -> Option<String> {
    let facts = &project.file(file).facts;
    if !facts.is(file_flag::DEPRECATED) {
        return None;
    }
    let doc = facts.doc();
    Some(if says_deprecated(doc) {
        quoted(doc)
    } else {
        "it warns with a `DeprecationWarning` when it is imported".to_owned()
    })
}

/// The part of a dotted name, from its first segment, whose last segment says that all below it is old.
pub fn old_part(module: &str) -> Option<&str> {
    let mut end = 0;
    for segment in module.split('.') {
        end += segment.len();
        if is_old_name(segment) {
            return Some(&module[..end]);
        }
        end += 1;
    }
    None
}

fn is_old_name(segment: &str) -> bool {
    let segment = segment.trim_start_matches('_');
    WORDS.iter().any(|word| {
        let begins = segment.strip_prefix(word);
        let ends = segment.strip_suffix(word);
        // `legacy_commands` is about what is old, `legacy_manager` is one.
        begins
            .is_some_and(|rest| rest.is_empty() || (rest.starts_with('_') && !rest.ends_with('s')))
            || ends.is_some_and(|rest| rest.ends_with('_'))
    })
}

fn says_so(text: &str) -> bool {
    text.to_ascii_lowercase().contains("deprecat")
}

fn quoted(doc: &str) -> String {
    const LONGEST: usize = 100;
    let line = doc.split_whitespace().collect::<Vec<_>>().join(" ");
    let short: String = line.chars().take(LONGEST).collect();
    let dots = if short.len() < line.len() { "…" } else { "" };
    format!("its docstring says “{short}{dots}”")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_warns_for_others_is_not_old() {
        assert!(warns_of_others("_deprecation_warning"));
        assert!(warns_of_others("warn_until"));
        assert!(!warns_of_others("get_manager"));
    }

    #[test]
    fn old_modules_are_known_by_whole_words() {
        assert_eq!(old_part("app.legacy.core"), Some("app.legacy"));
        assert_eq!(old_part("app._deprecated"), Some("app._deprecated"));
        assert_eq!(old_part("app.manager_legacy"), Some("app.manager_legacy"));
        assert_eq!(old_part("app.legacy_manager.x"), Some("app.legacy_manager"));
        assert_eq!(old_part("app.delegacy.core"), None);
        assert_eq!(old_part("app.legacy_commands"), None);
        assert_eq!(old_part("app.deprecation"), None);
    }
}
