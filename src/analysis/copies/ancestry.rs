//! Which classes inherit from which.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::ClassRef;
use crate::facts::rows::NO_ROW;
use crate::model::{End, Project, Resolver};

/// More ancestors of a class than this are not looked through; only trees made on purpose have them.
const MAX_ANCESTORS: usize = 100;

/// For each class all that it inherits from, sorted.
pub struct Ancestry(FxHashMap<ClassRef, Vec<ClassRef>>);

impl Ancestry {
    /// Of some classes; sorted, each once.
    pub fn of(project: &Project, classes: &[ClassRef]) -> Self {
        let bases = bases_up_from(project, classes);
        let ancestors = classes.par_iter().map(|class| (*class, ancestors(&bases, *class)));
        Self(ancestors.collect())
    }

    pub fn inherits(&self, class: ClassRef, from: ClassRef) -> bool {
        self.0.get(&class).is_some_and(|ancestors| ancestors.binary_search(&from).is_ok())
    }
}

/// The direct bases of the classes, of these bases, and so on.
fn bases_up_from(project: &Project, classes: &[ClassRef]) -> FxHashMap<ClassRef, Vec<ClassRef>> {
    let mut known = FxHashMap::default();
    let mut open = classes.to_vec();
    while !open.is_empty() {
        let found: Vec<Vec<ClassRef>> = open
            .par_iter()
            .map_init(|| Resolver::new(project), |resolver, class| bases(project, resolver, *class))
            .collect();
        let mut next: Vec<ClassRef> = found.iter().flatten().copied().collect();
        known.extend(open.into_iter().zip(found));
        next.sort_unstable();
        next.dedup();
        next.retain(|class| !known.contains_key(class));
        open = next;
    }
    known
}

fn bases<'p>(
    project: &'p Project,
    resolver: &mut Resolver<'p>,
    (file, row): ClassRef,
) -> Vec<ClassRef> {
    let facts = &project.file(file).facts;
    let written = facts.definition(row).map_or(&[][..], |class| facts.exprs(class.bases));
    let mut found = Vec::new();
    for base in written.iter().filter(|base| !base.dotted.is_none()) {
        let chain = facts.text(base.dotted);
        let segments = chain.split('.').count();
        resolver.chain(file, NO_ROW, chain, &mut |step| {
            if let End::Definition(file, row) = step.reached.end
                && step.segments == segments
            {
                found.push((file, row));
            }
        });
    }
    found
}

fn ancestors(bases: &FxHashMap<ClassRef, Vec<ClassRef>>, class: ClassRef) -> Vec<ClassRef> {
    let mut found: Vec<ClassRef> = Vec::new();
    let mut next = Some(class);
    let mut looked_at = 0;
    while let Some(class) = next.filter(|_| found.len() < MAX_ANCESTORS) {
        for base in bases.get(&class).into_iter().flatten() {
            if !found.contains(base) {
                found.push(*base);
            }
        }
        next = found.get(looked_at).copied();
        looked_at += 1;
    }
    found.sort_unstable();
    found
}
