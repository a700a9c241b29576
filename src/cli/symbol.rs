//! From what was typed to the definitions, modules or ghosts it means.

use anyhow::bail;

use crate::analysis::variants::{Variant, variants};
use crate::model::{End, Project, nearest};

/// What a symbol means: things of the tree, or, when there are none, paths that are written and lead nowhere.
pub struct Meant {
    pub ends: Vec<End>,
    pub ghosts: Vec<Variant>,
}

/// An error when nothing has the name and nothing names it.
pub fn meant(project: &Project, symbol: &str) -> anyhow::Result<Meant> {
    let ends = project.find(symbol);
    let ghosts = variants(project, Some(&[]), &|path| is_named(path, symbol));
    if ends.is_empty() && ghosts.is_empty() {
        match nearest(symbol, names(project)) {
            Some(near) => bail!(
                "there is no `{symbol}` in the tree, and nothing names it; did you mean `{near}`?"
            ),
            None => bail!(
                "there is no `{symbol}` in the tree, and nothing names it; `fragscope classes --match '*{symbol}*'` looks \
                 for names like it"
            ),
        }
    }
    Ok(Meant { ends, ghosts })
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
