//! Hotspots: concepts, modules and packages by how fragmented they are and how much code that touches.
//!
//! A concept's parts are handed on to the modules that make them, so that modules add up to the concepts, and packages to
//! their modules: definition spread, divergence and reach go to the modules that define, import spread to the modules that
//! the paths name, dual use to the files that use two paths. Cycles count for the modules in them, findings for the module
//! in which they stand.

use std::collections::BTreeMap;

use super::burden::{Burden, Tally};
use super::concepts::{Concept, Parts, counted_findings};
use super::{Survey, cycles::Cycle};
use crate::model::{FileId, Moment, Project};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum HotspotKind {
    Concept,
    Module,
    Package,
}

impl HotspotKind {
    pub const ALL: &[Self] = &[Self::Concept, Self::Module, Self::Package];

    pub fn word(self) -> &'static str {
        match self {
            Self::Concept => "concept",
            Self::Module => "module",
            Self::Package => "package",
        }
    }
}

/// A module or a package.
#[derive(Clone, Debug)]
pub struct Area {
    /// Dotted name.
    pub id: String,
    /// Its file, of a module.
    pub file: Option<FileId>,
    /// Modules in it, itself counted.
    pub modules: usize,
    /// Concepts that it has a part in, by their numbers; those it has the largest part in first.
    pub concepts: Vec<usize>,
    /// What the rules found in it, of what counts.
    pub findings: Tally,
    pub parts: Parts,
}

impl Area {
    /// Why it is a hotspot: the concepts it has most part in; without one, its cycle and what was found in it.
    pub fn why(&self, concepts: &[Concept]) -> String {
        const NAMED: usize = 3;
        let names: Vec<&str> =
            self.concepts.iter().take(NAMED).map(|at| concepts[*at].id.as_str()).collect();
        match self.concepts.len().saturating_sub(NAMED) {
            0 if names.is_empty() => {
                let in_cycle =
                    (self.parts.cycles > 0.0).then(|| "in a run-time import cycle".to_owned());
                let found = (self.findings.total() > 0).then(|| counted_findings(self.findings));
                in_cycle.into_iter().chain(found).collect::<Vec<_>>().join(", ")
            }
            0 => names.join(", "),
            more => format!("{} and {more} more", names.join(", ")),
        }
    }
}

pub struct Hotspots {
    /// By score, the worst first; only those with one.
    pub modules: Vec<Area>,
    /// Each with all modules below it.
    pub packages: Vec<Area>,
}

/// What one module answers for.
#[derive(Clone, Default)]
struct Load {
    parts: Parts,
    findings: Tally,
    /// Its part in each concept, by number.
    concepts: BTreeMap<usize, f64>,
}

impl Load {
    fn add(&mut self, other: &Self) {
        self.parts.add(&other.parts);
        self.findings += other.findings;
        for (concept, part) in &other.concepts {
            *self.concepts.entry(*concept).or_default() += part;
        }
    }

    fn into_area(self, id: &str, file: Option<FileId>, modules: usize) -> Area {
        let mut concepts: Vec<(usize, f64)> = self.concepts.into_iter().collect();
        concepts.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let concepts = concepts.into_iter().map(|(concept, _)| concept).collect();
        let (parts, findings) = (self.parts, self.findings);
        Area { id: id.to_owned(), file, modules, concepts, findings, parts }
    }
}

pub fn hotspots(
    project: &Project,
    survey: &Survey,
    concepts: &[Concept],
    burden: &Burden,
) -> Hotspots {
    let mut loads: BTreeMap<FileId, Load> = BTreeMap::new();
    for (number, concept) in concepts.iter().enumerate() {
        let mut own: BTreeMap<FileId, Parts> = BTreeMap::new();
        hand_on(survey, concept, &mut own);
        for (file, parts) in own {
            let load = loads.entry(file).or_default();
            load.parts.add(&parts);
            load.concepts.insert(number, parts.total());
        }
    }
    for cycle in survey.cycles.iter().filter(|cycle| cycle.moment == Moment::RunTime) {
        for file in &cycle.modules {
            loads.entry(*file).or_default().parts.cycles += weight_in(cycle);
        }
    }
    for (file, findings) in burden {
        let load = loads.entry(*file).or_default();
        load.findings = *findings;
        load.parts.findings += findings.bits();
    }
    let mut modules: Vec<Area> = loads
        .iter()
        .map(|(file, load)| load.clone().into_area(&project.file(*file).module, Some(*file), 1))
        .collect();
    let mut packages = packages(project, &loads);
    for areas in [&mut modules, &mut packages] {
        areas.retain(|area| area.parts.total() > 0.0);
        areas.sort_by(|a, b| b.parts.weigh(&a.parts).then_with(|| a.id.cmp(&b.id)));
    }
    Hotspots { modules, packages }
}

/// Each module of a cycle has an equal share of the imports that must go to break it.
fn weight_in(cycle: &Cycle) -> f64 {
    let cut = 1.0 + cycle.cut.len() as f64;
    (1.0 + cycle.modules.len() as f64).log2() * cut.log2() / cycle.modules.len() as f64
}

fn hand_on(survey: &Survey, concept: &Concept, own: &mut BTreeMap<FileId, Parts>) {
    let parts = &concept.parts;
    let places = || concept.counted().iter().map(|held| held.member.place);
    let each = 1.0 / concept.n_counted as f64;
    let of_definitions =
        Parts { import_spread: 0.0, dual_use: 0.0, cycles: 0.0, findings: 0.0, ..*parts };
    for (file, _) in places() {
        own.entry(file).or_default().add(&of_definitions.share(each));
    }
    let doors: Vec<FileId> = places()
        .flat_map(|place| survey.variants_of(place))
        .map(|road| road.trail.first().map_or(concept.canonical.place.0, |hop| hop.file))
        .collect();
    let of_paths = Parts { import_spread: parts.import_spread, ..Parts::default() };
    for door in &doors {
        own.entry(*door).or_default().add(&of_paths.share(1.0 / doors.len() as f64));
    }
    let of_users = Parts { dual_use: parts.dual_use, ..Parts::default() };
    for file in &concept.dual {
        own.entry(*file).or_default().add(&of_users.share(1.0 / concept.dual.len() as f64));
    }
}

fn packages(project: &Project, loads: &BTreeMap<FileId, Load>) -> Vec<Area> {
    let mut packages: BTreeMap<&str, (Load, usize)> = BTreeMap::new();
    for file in project.ids().filter(|file| project.file(*file).source.is_none()) {
        let module = &*project.file(file).module;
        for package in packages_of(module, project.file(file).is_package()) {
            let (load, modules) = packages.entry(package).or_default();
            *modules += 1;
            if let Some(own) = loads.get(&file) {
                load.add(own);
            }
        }
    }
    let area = |(id, (load, modules)): (&str, (Load, usize))| load.into_area(id, None, modules);
    packages.into_iter().map(area).collect()
}

/// The packages that a module is in, from the outermost.
pub fn packages_of(module: &str, is_package: bool) -> impl Iterator<Item = &str> {
    let dots = module.match_indices('.').map(|(at, _)| &module[..at]);
    dots.chain(is_package.then_some(module))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_is_in_all_packages_above_it() {
        let names = |module, is_package| packages_of(module, is_package).collect::<Vec<_>>();
        assert_eq!(names("a.b.c", false), ["a", "a.b"]);
        assert_eq!(names("a.b", true), ["a", "a.b"]);
        assert!(names("a", false).is_empty());
    }
}
