//! The `tree` of every document: what was read.

use crate::engine::Snapshot;
use crate::report::wire::{Outcomes, Tree};

pub fn tree(snapshot: &Snapshot) -> Tree {
    let read = snapshot.coverage();
    let [definition, module, external, missing, unresolved, outside_roots, dynamic] = read.outcomes;
    Tree {
        files: read.files,
        parsed: read.parsed,
        recovered: read.recovered,
        unreadable: read.unreadable,
        skipped: read.skipped,
        lines: read.lines,
        modules: read.modules,
        packages: read.packages,
        classes: read.classes,
        functions: read.functions,
        imports: read.import_statements,
        roots: snapshot.roots.iter().map(|root| folder_name(&root.folder)).collect(),
        outcomes: Outcomes {
            definition,
            module,
            external,
            missing,
            unresolved,
            outside_roots,
            dynamic,
        },
    }
}

/// A folder relative to the tree; its top is `.`.
pub fn folder_name(folder: &str) -> String {
    if folder.is_empty() { ".".to_owned() } else { folder.to_owned() }
}
