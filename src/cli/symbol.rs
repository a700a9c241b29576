//! From what was typed to the definitions, modules or ghosts it means.

use anyhow::anyhow;

use crate::analysis::variants::{Variant, variants};
use crate::model::{Project, nearest};

/// Paths that are written, end in the symbol and lead nowhere.
pub fn ghosts(project: &Project, symbol: &str) -> Vec<Variant> {
    variants(project, Some(&[]), &|path| is_named(path, symbol))
}

/// The error for a symbol that nothing has and nothing names.
pub fn unknown(project: &Project, symbol: &str) -> anyhow::Error {
    let what = format!("there is no `{symbol}` in the tree, and nothing names it");
    match nearest(symbol, names(project)) {
        Some(near) => anyhow!("{what}; did you mean `{near}`?"),
        None => anyhow!("{what}; `fragscope classes --match '*{symbol}*'` looks for names like it"),
    }
}

/// Whether a dotted path is, or ends in, the symbol.
pub fn is_named(path: &str, symbol: &str) -> bool {
    let before = path.strip_suffix(symbol);
    before.is_some_and(|before| before.is_empty() || before.ends_with('.'))
}

fn names(project: &Project) -> impl Iterator<Item = &str> {
    project.files.iter().flat_map(|file| {
        let definitions = file.facts.definitions().iter();
        let names = definitions.map(|definition| file.facts.text(definition.name));
        names.chain([&*file.module])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_symbol_is_the_end_of_a_path() {
        assert!(is_named("app.core.Manager", "Manager"));
        assert!(is_named("app.core.Manager", "core.Manager"));
        assert!(is_named("Manager", "Manager"));
        assert!(!is_named("app.core.WebManager", "Manager"));
        assert!(!is_named("app.core.Manager.start", "Manager"));
    }
}
