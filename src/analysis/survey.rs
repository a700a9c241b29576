//! What the lenses look through, worked out once: the code graph, its cycles, and every road to every definition.

use std::collections::BTreeSet;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::Scope;
use super::cycles::{Cycle, cycles};
use super::variants::{Variant, variants};
use crate::facts::rows::Row;
use crate::model::graph::{CodeGraph, Node};
use crate::model::{End, FileId, Moment, Project};

/// A class or function statement.
pub type Place = (FileId, Row);

pub struct Survey {
    pub scope: Scope,
    pub graph: CodeGraph,
    pub cycles: Vec<Cycle>,
    /// Of all classes and functions, with the sites that the scope holds; ghosts come last.
    pub variants: Vec<Variant>,
    by_definition: FxHashMap<Place, Vec<usize>>,
    /// Files that name a definition, whatever the scope, each with the line of its first site; in order.
    users: Users,
    in_cycle: FxHashSet<FileId>,
    /// Of every class that derives from one of the project: all it derives from.
    ancestors: FxHashMap<Place, FxHashSet<Place>>,
}

/// More ancestors of a class than this are not looked through; only trees made on purpose have them.
const MOST_ANCESTORS: usize = 100;

impl Survey {
    pub fn of(project: &Project, scope: Scope) -> Self {
        let linked = || {
            let graph = CodeGraph::build(project);
            let (cycles, ancestors) = rayon::join(|| cycles(project, &graph), || ancestors(&graph));
            (graph, cycles, ancestors)
        };
        let ((graph, cycles, ancestors), (variants, users)) =
            rayon::join(linked, || roads(project, scope));
        let run_time = cycles.iter().filter(|cycle| cycle.moment == Moment::RunTime);
        let in_cycle = run_time.flat_map(|cycle| cycle.modules.iter().copied()).collect();
        let mut by_definition: FxHashMap<Place, Vec<usize>> = FxHashMap::default();
        for (at, variant) in variants.iter().enumerate() {
            if let Some(End::Definition(file, row)) = variant.definition {
                by_definition.entry((file, row)).or_default().push(at);
            }
        }
        Self { scope, graph, cycles, variants, by_definition, users, in_cycle, ancestors }
    }

    /// The roads to a definition.
    pub fn variants_of(&self, definition: Place) -> impl Iterator<Item = &Variant> {
        let found = self.by_definition.get(&definition).map_or(&[][..], Vec::as_slice);
        found.iter().map(|at| &self.variants[*at])
    }

    /// Every definition that is reached at all, in the order of files and lines.
    pub fn reached(&self) -> Vec<Place> {
        let mut places: Vec<Place> = self.by_definition.keys().copied().collect();
        places.sort_unstable();
        places
    }

    /// Files other than its own that reach a definition, in order.
    pub fn importers(&self, definition: Place) -> BTreeSet<FileId> {
        let sites = self.variants_of(definition).flat_map(|variant| &variant.sites);
        sites.map(|site| site.file).filter(|file| *file != definition.0).collect()
    }

    /// Files that name a definition by any path, whatever the scope, each with the line of its first site.
    pub fn users(&self, definition: Place) -> &[(FileId, u32)] {
        self.users.get(&definition).map_or(&[], Vec::as_slice)
    }

    /// Whether a module is part of a cycle that closes while modules are imported.
    pub fn in_cycle(&self, file: FileId) -> bool {
        self.in_cycle.contains(&file)
    }

    /// Whether a class derives from another, over any number of classes.
    pub fn derives(&self, class: Place, from: Place) -> bool {
        self.ancestors(class).contains(&from)
    }

    /// Whether two classes derive from one class of the project.
    pub fn are_siblings(&self, a: Place, b: Place) -> bool {
        let of_a = self.ancestors(a);
        self.ancestors(b).iter().any(|ancestor| of_a.contains(ancestor))
    }

    /// All classes of the project that a class derives from.
    pub fn ancestors(&self, class: Place) -> &FxHashSet<Place> {
        static NONE: std::sync::LazyLock<FxHashSet<Place>> =
            std::sync::LazyLock::new(FxHashSet::default);
        self.ancestors.get(&class).unwrap_or(&NONE)
    }
}

/// Files that name each definition, and the line of the first site in each.
type Users = FxHashMap<Place, Vec<(FileId, u32)>>;

/// The variants that the scope holds, and the users of definitions whatever the scope.
fn roads(project: &Project, scope: Scope) -> (Vec<Variant>, Users) {
    let mut variants = variants(project, None, &|_| true);
    let mut users = Users::default();
    for variant in &variants {
        let Some(End::Definition(file, row)) = variant.definition else { continue };
        let sites = variant.sites.iter().map(|site| (site.file, site.at.line));
        users.entry((file, row)).or_default().extend(sites);
    }
    #[expect(clippy::iter_over_hash_type, reason = "each list is put in order by itself")]
    for users in users.values_mut() {
        users.sort_unstable();
        users.dedup_by_key(|(file, _)| *file);
    }
    variants.par_iter_mut().for_each(|variant| {
        variant.retain_sites(|site| scope.holds(project.file(site.file).kind));
    });
    variants.retain(|variant| !variant.sites.is_empty());
    (variants, users)
}

fn ancestors(graph: &CodeGraph) -> FxHashMap<Place, FxHashSet<Place>> {
    let mut bases: FxHashMap<Place, Vec<Place>> = FxHashMap::default();
    for node in graph.graph.node_weights() {
        if let Node::Definition(file, row) = node {
            let own: Vec<Place> = graph.bases(*node).collect();
            if !own.is_empty() {
                bases.insert((*file, *row), own);
            }
        }
    }
    let all = |class: &Place| {
        let mut found = FxHashSet::default();
        let mut open = vec![*class];
        while let Some(class) = open.pop().filter(|_| found.len() < MOST_ANCESTORS) {
            let next = bases.get(&class).map_or(&[][..], Vec::as_slice);
            open.extend(next.iter().copied().filter(|base| found.insert(*base)));
        }
        (*class, found)
    };
    bases.keys().map(all).collect()
}
