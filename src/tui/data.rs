//! What the screens show of one snapshot: each lens computed once, off the screen's task, and then only read.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::Path;
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::judgement::Judgement;
use super::object::Object;
use super::picker::Item;
use crate::analysis::classes::classes;
use crate::analysis::clusters::ClusterKind;
use crate::analysis::concepts::Concept;
use crate::analysis::cycles::{Cycle, Link, module_links};
use crate::analysis::hotspots::Hotspots;
use crate::analysis::suppress::Sifted;
use crate::analysis::variants::{Spread, Variant, spread_by_name};
use crate::analysis::{Scope, Survey};
use crate::config::Config;
use crate::engine::{Look, OF_CONTRACTS, Ranking, Snapshot, found, read_baseline};
use crate::gate::baseline;
use crate::model::{FileId, Project};

/// A snapshot and the lenses on it; those that are still being computed are absent.
#[derive(Clone)]
pub struct Data {
    /// Which scan it is of, from 1.
    pub generation: u64,
    pub scope: Scope,
    pub snapshot: Arc<Snapshot>,
    /// Everything that can be gone to by name.
    pub targets: Arc<Vec<Item>>,
    pub roads: Option<Arc<Roads>>,
    pub heat: Option<Arc<Heat>>,
    pub judgement: Option<Arc<Judgement>>,
    /// What is wrong with the configuration or the baseline, which then does not count.
    pub complaint: Option<String>,
}

/// Who reaches what, and by which paths.
pub struct Roads {
    pub survey: Survey,
    /// Names by more than one path or with ghosts: those with the most paths first.
    pub names: Vec<ImportedName>,
    /// How many names have more than one path.
    pub n_spread: usize,
    /// How many have paths that lead nowhere.
    pub n_lost: usize,
    by_name: BTreeMap<String, usize>,
    pub graph: Graph,
}

pub struct ImportedName {
    pub name: String,
    pub spread: Spread,
    pub ghosts: usize,
    /// Its part of the variants.
    from: usize,
    to: usize,
}

/// Which module imports which, and the rings among them.
pub struct Graph {
    /// By importing module.
    links: Vec<Link>,
    /// By imported module.
    back: Vec<Link>,
    pub cycles: Vec<Cycle>,
    in_cycle: FxHashMap<FileId, usize>,
}

/// Concepts by score, and the packages and modules they burden.
pub struct Heat {
    pub concepts: Vec<Concept>,
    /// How many of them have a score; the rest stand behind, as no other code has to choose between their definitions.
    pub n_ranked: usize,
    pub areas: Hotspots,
    index: OnceLock<Index>,
}

/// The concepts in the order of their ids, and in that of their names; of equals the worst first.
struct Index {
    by_id: Vec<u32>,
    by_name: Vec<u32>,
}

impl Data {
    pub fn project(&self) -> &Project {
        &self.snapshot.project
    }

    pub fn is_complete(&self) -> bool {
        self.roads.is_some() && self.heat.is_some() && self.judgement.is_some()
    }
}

/// Computes the lenses one after the other, and gives the data each time there is more of it, until nobody wants it.
pub fn compute(
    (generation, scope): (u64, Scope),
    snapshot: Arc<Snapshot>,
    config: &Config,
    root: Option<&Path>,
    give: &mut dyn FnMut(Data) -> bool,
) {
    let held = Arc::clone(&snapshot);
    let look = Look::at(&held, config, root, scope);
    // What an earlier run has found comes first: it is what the screen begins with.
    let heat = look.kept().map(|ranking| Arc::new(Heat::of(ranking)));
    let mut data = Data {
        generation,
        scope,
        snapshot,
        targets: Arc::default(),
        roads: None,
        heat,
        judgement: None,
        complaint: None,
    };
    if data.heat.is_some() && !give(data.clone()) {
        return;
    }
    data.find_targets();
    if !give(data.clone()) {
        return;
    }
    // What is wrong with the configuration is told below, with the concepts.
    let survey = look.survey().unwrap_or_else(|_| Survey::of(data.project(), scope));
    let roads = Arc::new(Roads::of(data.project(), survey));
    data.roads = Some(Arc::clone(&roads));
    if data.heat.is_none() {
        if !give(data.clone()) {
            return;
        }
        let ranking = look.judge(&roads.survey).or_else(|error| {
            data.complaint = Some(format!("{error:#}"));
            Look::at(&held, &Config::default(), root, scope).judge(&roads.survey)
        });
        data.heat = ranking.ok().map(|ranking| Arc::new(Heat::of(ranking)));
        data.find_targets();
    }
    if !give(data.clone()) {
        return;
    }
    // What the rules find comes last.
    let Some(heat) = data.heat.clone() else { return };
    let mut complain = |error: anyhow::Error| data.complaint = Some(format!("{error:#}"));
    let lenses = (&roads.survey, &*heat.concepts);
    let sifted = found(&held, config, lenses, |_| true).or_else(|error| {
        complain(error);
        let of_this = |id: &str| !OF_CONTRACTS.contains(&id);
        found(&held, &Config::default(), lenses, of_this)
    });
    let baseline = root.and_then(|root| {
        read_baseline(&root.join(baseline::FILE)).unwrap_or_else(|error| {
            complain(error);
            None
        })
    });
    let nothing = Sifted { findings: Vec::new(), allowed: Vec::new() };
    let sifted = sifted.unwrap_or(nothing);
    let judgement = {
        let known = (baseline.as_ref(), config.moves());
        Judgement::of(&held.project, &heat.concepts, sifted, known, scope)
    };
    data.judgement = Some(Arc::new(judgement));
    give(data);
}

impl Data {
    /// Every concept, every module by name and by file, and every class. Indexes come along, before anybody needs them.
    fn find_targets(&mut self) {
        let project = &self.snapshot.project;
        let heat = self.heat.as_ref();
        let concepts = heat.map_or(&[][..], |heat| &heat.concepts);
        let mut items = Vec::with_capacity(concepts.len() + project.files.len() * 4);
        for concept in concepts {
            let kind = concept.kind.map_or("by several paths", ClusterKind::word);
            let object = Object::Concept(concept.id.clone());
            items.push(Item::object(concept.id.clone(), kind, object));
        }
        for file in &project.files {
            let module = Object::Module(file.module.to_string());
            let item = Item::object(file.module.to_string(), "module", module.clone());
            items.push(if file.is_shim() { item.kind_of("shim") } else { item });
            items.push(Item::object(file.path.to_string(), "file", module));
        }
        for (file, row) in classes(project) {
            let dotted = project.definition_name(file, row);
            items.push(Item::object(dotted.clone(), "class", Object::Definition(dotted)));
        }
        self.targets = Arc::new(items);
        if let Some(heat) = heat {
            heat.index();
        }
    }
}

impl Roads {
    pub fn of(project: &Project, survey: Survey) -> Self {
        let graph = Graph::of(project, &survey);
        let variants = &survey.variants;
        // Variants are sorted by name, ghosts of a name behind its definitions.
        let mut parts: BTreeMap<&str, (usize, usize, usize)> = BTreeMap::new();
        for (at, variant) in variants.iter().enumerate() {
            let part = parts.entry(&variant.name).or_insert((at, at, 0));
            part.1 = at + 1;
            part.2 += usize::from(variant.definition.is_none());
        }
        let spreads = spread_by_name(variants);
        let known: BTreeSet<&str> = spreads.iter().map(|(name, _)| *name).collect();
        let nothing = Spread::of(&[]);
        let ghosts_only = parts.keys().filter(|name| !known.contains(*name));
        let all = spreads.iter().copied().chain(ghosts_only.map(|name| (*name, nothing)));
        let names: Vec<ImportedName> = all
            .filter_map(|(name, spread)| {
                let (from, to, ghosts) = parts[name];
                let is_worth_a_row = spread.paths > 1 || ghosts > 0;
                let row = || ImportedName { name: name.to_owned(), spread, ghosts, from, to };
                is_worth_a_row.then(row)
            })
            .collect();
        let n_spread = names.iter().filter(|name| name.spread.paths > 1).count();
        let n_lost = names.iter().filter(|name| name.ghosts > 0).count();
        let by_name = names.iter().enumerate().map(|(at, name)| (name.name.clone(), at)).collect();
        Self { survey, names, n_spread, n_lost, by_name, graph }
    }

    pub fn find(&self, name: &str) -> Option<&ImportedName> {
        self.by_name.get(name).map(|at| &self.names[*at])
    }

    pub fn variants_of(&self, name: &ImportedName) -> &[Variant] {
        &self.survey.variants[name.from..name.to]
    }
}

impl Heat {
    fn of(ranking: Ranking) -> Self {
        let concepts = ranking.concepts.all;
        // As the command does: what has no score is no hotspot. By score, so those are the last.
        let n_ranked = concepts.partition_point(|concept| concept.score() > 0.0);
        Self { concepts, n_ranked, areas: ranking.areas, index: OnceLock::new() }
    }

    fn index(&self) -> &Index {
        self.index.get_or_init(|| {
            let by = |key: fn(&Concept) -> &str| {
                let mut order: Vec<u32> = (0..self.concepts.len() as u32).collect();
                let key = |at: &u32| key(&self.concepts[*at as usize]);
                order.par_sort_unstable_by(|a, b| key(a).cmp(key(b)).then(a.cmp(b)));
                order
            };
            Index { by_id: by(|concept| &concept.id), by_name: by(Concept::name) }
        })
    }

    fn at(&self, order: &[u32], key: fn(&Concept) -> &str, wanted: &str) -> Option<usize> {
        let key = |at: &u32| key(&self.concepts[*at as usize]);
        let first = order.partition_point(|at| key(at) < wanted);
        order.get(first).filter(|at| key(at) == wanted).map(|at| *at as usize)
    }

    /// The concept of this id; else the worst that goes by this name.
    pub fn find(&self, name: &str) -> Option<&Concept> {
        let last = name.rsplit('.').next().unwrap_or(name);
        let by_name = || self.at(&self.index().by_name, Concept::name, last);
        self.concepts.get(self.at_id(name).or_else(by_name)?)
    }

    fn at_id(&self, id: &str) -> Option<usize> {
        self.at(&self.index().by_id, |concept| &concept.id, id)
    }

    /// From 1; nothing for what has no score.
    pub fn rank(&self, id: &str) -> Option<usize> {
        self.at_id(id).filter(|at| *at < self.n_ranked).map(|at| at + 1)
    }
}

impl Graph {
    fn of(project: &Project, survey: &Survey) -> Self {
        let in_scope = |file: FileId| survey.scope.holds(project.file(file).kind);
        let mut links = module_links(&survey.graph);
        links.retain(|link| in_scope(link.from));
        let mut back = links.clone();
        back.sort_by_key(|link| (link.to, link.from, link.at));
        let is_wanted = |cycle: &&Cycle| cycle.modules.iter().any(|file| in_scope(*file));
        let cycles: Vec<Cycle> = survey.cycles.iter().filter(is_wanted).cloned().collect();
        let mut in_cycle = FxHashMap::default();
        for (at, cycle) in cycles.iter().enumerate() {
            for file in &cycle.modules {
                in_cycle.entry(*file).or_insert(at);
            }
        }
        Self { links, back, cycles, in_cycle }
    }

    /// The imports that stand in a module.
    pub fn imports_of(&self, module: FileId) -> &[Link] {
        let start = self.links.partition_point(|link| link.from < module);
        let end = self.links.partition_point(|link| link.from <= module);
        &self.links[start..end]
    }

    /// The imports that lead to a module.
    pub fn importers_of(&self, module: FileId) -> &[Link] {
        let start = self.back.partition_point(|link| link.to < module);
        let end = self.back.partition_point(|link| link.to <= module);
        &self.back[start..end]
    }

    pub fn cycle_of(&self, module: FileId) -> Option<usize> {
        self.in_cycle.get(&module).copied()
    }

    /// The module with the most importing modules; of equals the first.
    pub fn most_imported(&self) -> Option<FileId> {
        let by_target = self.back.chunk_by(|a, b| a.to == b.to);
        let counted = by_target.map(|links| {
            let importers = links.chunk_by(|a, b| a.from == b.from).count();
            (importers, std::cmp::Reverse(links[0].to))
        });
        counted.max().map(|(_, module)| module.0)
    }

    /// The shortest way from one module to another by imports of any kind.
    pub fn path(&self, from: FileId, to: FileId) -> Option<Vec<Link>> {
        let mut came_by: BTreeMap<FileId, Link> = BTreeMap::new();
        let mut open = VecDeque::from([from]);
        while let Some(at) = open.pop_front() {
            for link in self.imports_of(at) {
                if link.to == to {
                    let mut way = vec![*link];
                    let mut step = at;
                    while step != from {
                        way.push(came_by[&step]);
                        step = came_by[&step].from;
                    }
                    way.reverse();
                    return Some(way);
                }
                if link.to != from && !came_by.contains_key(&link.to) {
                    came_by.insert(link.to, *link);
                    open.push_back(link.to);
                }
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Options, Progress, scan_tree};
    use crate::source::Tree;

    fn snapshot(text: &str) -> Snapshot {
        scan_tree(Tree::from_text(text), &Options::default(), &Progress::default()).unwrap()
    }

    #[test]
    fn the_way_from_module_to_module_is_the_shortest() {
        let snapshot = snapshot(
            "# file: a.py\nimport b\nimport d\n# file: b.py\nimport c\n# file: c.py\nimport e\n\
             # file: d.py\nimport e\n# file: e.py\nimport a\n",
        );
        let graph = Roads::of(&snapshot.project, Survey::of(&snapshot.project, Scope::All)).graph;
        let file = |name: &str| snapshot.project.modules_named(name)[0];
        let way = |from, to| {
            let links = graph.path(file(from), file(to)).unwrap();
            let names = links.iter().map(|link| snapshot.project.file(link.to).module.to_string());
            names.collect::<Vec<_>>()
        };
        assert_eq!(way("a", "e"), ["d", "e"]);
        assert_eq!(way("e", "c"), ["a", "b", "c"]);
        assert_eq!(way("a", "a"), ["d", "e", "a"]);
        assert_eq!(graph.imports_of(file("a")).len(), 2);
        assert_eq!(graph.importers_of(file("e")).len(), 2);
        assert_eq!(graph.most_imported(), Some(file("e")));
    }

    #[test]
    fn names_worth_a_row_have_several_paths_or_lead_nowhere() {
        let snapshot = snapshot(
            "# file: app/__init__.py\nfrom .core import A\n# file: app/core.py\nclass A: ...\nclass B: ...\n\
             # file: u.py\nfrom app import A\nfrom app.core import A, B\nfrom app.core import Gone\n",
        );
        let roads = Roads::of(&snapshot.project, Survey::of(&snapshot.project, Scope::All));
        let names: Vec<_> =
            roads.names.iter().map(|n| (n.name.as_str(), n.spread.paths, n.ghosts)).collect();
        assert_eq!(names, [("A", 2, 0), ("Gone", 0, 1)]);
        assert_eq!(roads.n_spread, 1);
    }
}
