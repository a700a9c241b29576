//! What was probably meant by a name that is not there. Indexed once, since a tree can miss thousands.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use crate::facts::rows::NO_ROW;
use crate::model::{Project, nearest};

pub struct Hints<'p> {
    project: &'p Project,
    /// For every dotted name of a module or package, the names directly below it.
    below: FxHashMap<&'p str, BTreeSet<&'p str>>,
    /// Modules by their last segment.
    by_last: FxHashMap<&'p str, BTreeSet<&'p str>>,
    /// Modules with a top-level class or function of a name.
    homes: FxHashMap<&'p str, BTreeSet<&'p str>>,
}

impl<'p> Hints<'p> {
    pub fn new(project: &'p Project) -> Self {
        let mut hints = Self {
            project,
            below: FxHashMap::default(),
            by_last: FxHashMap::default(),
            homes: FxHashMap::default(),
        };
        for file in &project.files {
            let module = &*file.module;
            hints.by_last.entry(last(module)).or_default().insert(module);
            for name in std::iter::once(&file.module).chain(&file.other_names) {
                hints.add_module(name);
            }
            let top_level = file.facts.definitions().iter().filter(|row| row.parent == NO_ROW);
            for definition in top_level {
                let name = file.facts.text(definition.name);
                hints.homes.entry(name).or_default().insert(module);
            }
        }
        hints
    }

    fn add_module(&mut self, module: &'p str) {
        self.below.entry(module).or_default();
        for (dot, _) in module.match_indices('.') {
            let (package, rest) = (&module[..dot], &module[dot + 1..]);
            let child = rest.split('.').next().unwrap_or(rest);
            self.below.entry(package).or_default().insert(child);
        }
    }

    /// A like name in the module, else the one place elsewhere that defines the very name.
    pub fn name(&self, module: &str, name: &str) -> Option<String> {
        let own = self.project.modules_named(module).iter().flat_map(|file| {
            let facts = &self.project.file(*file).facts;
            facts.module_bindings().map(|binding| facts.text(binding.name))
        });
        if let Some(near) = nearest(name, own) {
            return Some(near.to_owned());
        }
        let home = only(self.homes.get(name)?.iter())?;
        Some(format!("{home}.{name}"))
    }

    /// The nearest sibling of the first part of the path that is not there, else the one module elsewhere of its last name.
    pub fn module(&self, module: &str) -> Option<String> {
        let dots = module.rmatch_indices('.').map(|(dot, _)| dot);
        let (parent, siblings, rest) = dots
            .map(|dot| (&module[..dot], &module[dot + 1..]))
            .find_map(|(parent, rest)| Some((parent, self.below.get(parent)?, rest)))?;
        let lost = rest.split('.').next().unwrap_or(rest);
        if let Some(near) = nearest(lost, siblings.iter().copied()) {
            return Some(format!("{parent}.{near}"));
        }
        let elsewhere = self.by_last.get(last(module))?;
        only(elsewhere.iter().filter(|other| **other != module)).map(|other| (*other).to_owned())
    }
}

fn last(dotted: &str) -> &str {
    dotted.rsplit('.').next().unwrap_or(dotted)
}

fn only<T>(mut items: impl Iterator<Item = T>) -> Option<T> {
    let first = items.next()?;
    items.next().is_none().then_some(first)
}
