//! Concepts: what exists more than once or is reached by more than one path, how far it is spread, and its home.
//!
//! The score is a sum of parts. Each is 0 for what has one definition and one path, and falls as code comes back to one:
//!
//! - *import spread*: bits of choice between the paths of one definition, times the reach in bits;
//! - *definition spread*: bits of choice between definitions, half over all files and half within the folders that use
//!   them, times the reach, less when the definitions have little but their name in common or derive from one class;
//! - *divergence*: the share of common methods whose bodies differ, times definition spread in bits and the reach;
//! - *dual use*: files that use two paths at once; *cycles*: modules of the concept in run-time cycles;
//! - *findings*: what the rules found about it that is none of the above, laid on it by `burden`;
//! - *reach*: log2 of one more than the files that use it, in full from one bit of choice on.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::burden::Tally;
use super::canonical::{Proposal, propose};
use super::clusters::{
    Apart, Cluster, ClusterKind, Found, Member, Relation, Rules, name_of, own_methods, relation,
};
use super::copies;
use super::variants::{Spread, Variant};
use super::{Place, Standing, Survey, effective_number, entropy};
use crate::model::{End, FileId, FolderId, Project};

/// One class or function of a concept.
#[derive(Clone, Debug)]
pub struct Held {
    pub member: Member,
    pub standing: Standing,
    /// Files of the scope, other than its own, that reach it.
    pub importers: BTreeSet<FileId>,
    /// Test files that name it.
    pub tests: usize,
    /// Share of its and the canonical one's names of methods and attributes that both have; 1 for the canonical one.
    pub likeness: f64,
    /// Share of the methods it has in common with the canonical one whose bodies differ.
    pub changed: f64,
    /// Whether it and the canonical one derive from one class of the project: that they differ is what they are for.
    pub is_sibling: bool,
    /// What it is to the canonical one: a base, an implementation, …; then it is no duplicate of it.
    pub relation: Option<Relation>,
    /// How alike its body is to the canonical one's, in percent.
    pub similarity: u8,
}

#[derive(Clone, Debug)]
pub struct Concept {
    /// Its name; dotted where the name alone would mean several.
    pub id: String,
    /// None: one definition with several paths.
    pub kind: Option<ClusterKind>,
    /// Definitions first, then kin; each in the order of paths.
    pub held: Vec<Held>,
    /// How many of them are definitions by the cluster's own rule; the rest are kin.
    pub n_definitions: usize,
    /// How many of them claim to be the same thing: the definitions and their family. Behind them come copies under other
    /// names, which are shown and not counted.
    pub n_counted: usize,
    /// Classes of the name that the scope leaves out, by what they are.
    pub beside: BTreeMap<&'static str, usize>,
    pub canonical: Proposal,
    pub spread: Spread,
    /// Effective number of definitions, by the files that use each and the one that has it.
    pub effective: f64,
    /// Files that use two paths or more.
    pub dual: Vec<FileId>,
    /// Its modules that are part of a run-time cycle.
    pub in_cycles: Vec<FileId>,
    /// What the rules found about it, of what counts.
    pub findings: Tally,
    pub parts: Parts,
}

impl Concept {
    pub fn name(&self) -> &str {
        self.id.rsplit('.').next().unwrap_or(&self.id)
    }

    pub fn places(&self) -> impl Iterator<Item = Place> {
        self.held.iter().map(|held| held.member.place)
    }

    pub fn definitions(&self) -> &[Held] {
        &self.held[..self.n_definitions]
    }

    /// The definitions and their family.
    pub fn counted(&self) -> &[Held] {
        &self.held[..self.n_counted]
    }

    pub fn kin(&self) -> &[Held] {
        &self.held[self.n_definitions..]
    }

    pub fn score(&self) -> f64 {
        self.parts.total()
    }

    /// How far there is a choice: 1 from one bit of it on, 0 without one and where no file uses it.
    pub fn choice(&self) -> f64 {
        let files: BTreeSet<FileId> =
            self.counted().iter().flat_map(|held| held.importers.iter().copied()).collect();
        if files.is_empty() { 0.0 } else { self.parts.reach / bits(files.len() as f64) }
    }

    /// Why it is a hotspot, in a few words with their numbers.
    pub fn why(&self) -> String {
        let mut words = Vec::new();
        match self.n_counted {
            1 => {}
            all => words.push(format!("{all} definitions (effectively {:.1})", self.effective)),
        }
        if self.spread.paths > 1 {
            let effective = self.spread.effective;
            words.push(format!("{} paths (effectively {effective:.1})", self.spread.paths));
        }
        words.push(match self.spread.files {
            1 => "1 file".to_owned(),
            files => format!("{files} files"),
        });
        if !self.dual.is_empty() {
            words.push(format!("{} of them by two paths", self.dual.len()));
        }
        match self.in_cycles.len() {
            0 => {}
            1 => words.push("1 module in a cycle".to_owned()),
            modules => words.push(format!("{modules} modules in cycles")),
        }
        if self.parts.findings > 0.0 {
            words.push(counted_findings(self.findings));
        }
        words.join(", ")
    }
}

pub fn counted_findings(findings: Tally) -> String {
    match findings.total() {
        1 => "1 finding".to_owned(),
        all => format!("{all} findings"),
    }
}

/// Named numbers that sum to the score.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Parts {
    pub import_spread: f64,
    pub definition_spread: f64,
    pub divergence: f64,
    pub dual_use: f64,
    pub cycles: f64,
    pub findings: f64,
    pub reach: f64,
}

impl Parts {
    /// With their names, in the order in which they are shown; each with one digit, as it is printed everywhere.
    pub fn named(&self) -> [(&'static str, f64); 7] {
        let parts = [
            ("import_spread", self.import_spread),
            ("definition_spread", self.definition_spread),
            ("divergence", self.divergence),
            ("dual_use", self.dual_use),
            ("cycles", self.cycles),
            ("findings", self.findings),
            ("reach", self.reach),
        ];
        parts.map(|(name, part)| (name, (part * 10.0).round() / 10.0 + 0.0))
    }

    /// The sum of the rounded parts, so that what is printed adds up.
    pub fn total(&self) -> f64 {
        rounded(self.named().iter().map(|(_, part)| part).sum())
    }

    /// Compares by the score as it is shown, and equals by what was rounded off.
    pub(super) fn weigh(&self, other: &Self) -> Ordering {
        let by_score = self.total().total_cmp(&other.total());
        by_score.then_with(|| self.exact().total_cmp(&other.exact()))
    }

    /// The sum before rounding, to rank by.
    pub fn exact(&self) -> f64 {
        self.import_spread
            + self.definition_spread
            + self.divergence
            + self.dual_use
            + self.cycles
            + self.findings
            + self.reach
    }

    pub fn add(&mut self, other: &Self) {
        self.import_spread += other.import_spread;
        self.definition_spread += other.definition_spread;
        self.divergence += other.divergence;
        self.dual_use += other.dual_use;
        self.cycles += other.cycles;
        self.findings += other.findings;
        self.reach += other.reach;
    }

    /// The same parts, each a fraction of what it was.
    pub fn share(&self, fraction: f64) -> Self {
        Self {
            import_spread: self.import_spread * fraction,
            definition_spread: self.definition_spread * fraction,
            divergence: self.divergence * fraction,
            dual_use: self.dual_use * fraction,
            cycles: self.cycles * fraction,
            findings: self.findings * fraction,
            reach: self.reach * fraction,
        }
    }
}

/// Two digits: more would differ from machine to machine and mean nothing.
pub fn rounded(number: f64) -> f64 {
    // Adding zero turns -0.0 into 0.0.
    (number * 100.0).round() / 100.0 + 0.0
}

/// All concepts of a tree, and the names that only look like one.
pub struct Concepts {
    /// By score; the worst first.
    pub all: Vec<Concept>,
    pub apart: Vec<Apart>,
}

impl Concepts {
    /// Puts the worst first.
    pub(super) fn rank(&mut self) {
        self.all.sort_by(|a, b| b.parts.weigh(&a.parts).then_with(|| a.id.cmp(&b.id)));
    }

    /// The concept that a definition belongs to; as one of its own rather than as kin of another.
    pub fn of(&self, place: Place) -> Option<&Concept> {
        let own = self
            .all
            .iter()
            .find(|concept| concept.definitions().iter().any(|held| held.member.place == place));
        own.or_else(|| self.all.iter().find(|concept| concept.places().any(|held| held == place)))
    }
}

/// The concepts that the clusters and the definitions with several paths make.
pub fn concepts(project: &Project, survey: &Survey, rules: &Rules, found: Found) -> Concepts {
    let mut clusters: Vec<(Option<ClusterKind>, Cluster)> =
        found.clusters.into_iter().map(|cluster| (Some(cluster.kind), cluster)).collect();
    let singles = single_definitions(project, survey, &clusters);
    clusters.extend(singles.into_iter().map(|cluster| (None, cluster)));
    let mut all: Vec<Concept> = clusters
        .into_par_iter()
        .map(|(kind, cluster)| concept(project, survey, rules, kind, cluster))
        .collect();
    name_apart(project, &mut all);
    let mut concepts = Concepts { all, apart: found.apart };
    concepts.rank();
    concepts
}

/// Classes and functions of no cluster that more than one path reaches.
fn single_definitions(
    project: &Project,
    survey: &Survey,
    clusters: &[(Option<ClusterKind>, Cluster)],
) -> Vec<Cluster> {
    let taken: BTreeSet<Place> = clusters
        .iter()
        .flat_map(|(_, cluster)| {
            let family = cluster.kin.iter().filter(|member| member.by != ClusterKind::NearCopy);
            cluster.definitions.iter().chain(family)
        })
        .map(|member| member.place)
        .collect();
    let counts = |place: &Place| {
        let standing = Standing::of(project, place.0, place.1);
        !taken.contains(place)
            && survey.scope.holds_standing(standing)
            && survey.variants_of(*place).nth(1).is_some()
    };
    let single = |place: Place| Cluster {
        name: name_of(project, place).to_owned(),
        kind: ClusterKind::SameName,
        definitions: vec![Member { place, by: ClusterKind::SameName, affixes: Vec::new() }],
        kin: Vec::new(),
        beside: BTreeMap::new(),
    };
    survey.reached().into_iter().filter(counts).map(single).collect()
}

fn concept(
    project: &Project,
    survey: &Survey,
    rules: &Rules,
    kind: Option<ClusterKind>,
    cluster: Cluster,
) -> Concept {
    let n_definitions = cluster.definitions.len();
    let (family, copies): (Vec<Member>, Vec<Member>) =
        cluster.kin.into_iter().partition(|member| member.by != ClusterKind::NearCopy);
    let n_counted = n_definitions + family.len();
    let members = cluster.definitions.into_iter().chain(family).chain(copies);
    let mut held: Vec<Held> = members.map(|member| hold(project, survey, member)).collect();
    let canonical = propose(project, survey, rules, &held[..n_counted]);
    let home = canonical.place;
    let api = api(project, home);
    for held in held.iter_mut().filter(|held| held.member.place != home) {
        (held.likeness, held.changed) = compare(project, home, &api, held.member.place);
        held.is_sibling = survey.are_siblings(home, held.member.place);
        held.relation = relation(project, survey, held.member.place, home);
        held.similarity = alike(project, home, held.member.place);
    }
    let counted = &held[..n_counted];
    let roads: Vec<&Variant> =
        counted.iter().flat_map(|held| survey.variants_of(held.member.place)).collect();
    let mut modules: Vec<FileId> = counted.iter().map(|held| held.member.place.0).collect();
    modules.sort_unstable();
    modules.dedup();
    modules.retain(|file| survey.in_cycle(*file));
    let mut concept = Concept {
        id: cluster.name,
        kind,
        n_definitions,
        n_counted,
        beside: cluster.beside,
        canonical,
        spread: Spread::of(&roads),
        effective: effective_number(counted.iter().map(weight)),
        dual: dual_users(&roads, kind == Some(ClusterKind::NearCopy)),
        in_cycles: modules,
        findings: Tally::default(),
        parts: Parts::default(),
        held,
    };
    concept.parts = parts(project, survey, &concept);
    concept
}

fn hold(project: &Project, survey: &Survey, member: Member) -> Held {
    let place = member.place;
    let is_test = |file: FileId| super::Scope::Tests.holds(project.file(file).kind);
    Held {
        standing: Standing::of(project, place.0, place.1),
        importers: survey.importers(place),
        tests: survey.users(place).iter().filter(|(file, _)| is_test(*file)).count(),
        likeness: 1.0,
        changed: 0.0,
        is_sibling: false,
        relation: None,
        similarity: 100,
        member,
    }
}

/// A definition counts by the files that use it and the one that has it.
fn weight(held: &Held) -> usize {
    held.importers.len() + 1
}

/// Files that use two paths. Of copies under several names only two paths to one of them are meant: who uses two classes of
/// different names uses two classes.
fn dual_users(roads: &[&Variant], of_one_definition: bool) -> Vec<FileId> {
    let mut paths: BTreeMap<(FileId, Option<End>), BTreeSet<&str>> = BTreeMap::new();
    for road in roads {
        let whose = if of_one_definition { road.definition } else { None };
        for site in &road.sites {
            paths.entry((site.file, whose)).or_default().insert(&road.path);
        }
    }
    let mut files: Vec<FileId> =
        paths.into_iter().filter(|(_, paths)| paths.len() > 1).map(|((file, _), _)| file).collect();
    files.dedup();
    files
}

const BIT: f64 = std::f64::consts::LN_2;

fn parts(project: &Project, survey: &Survey, concept: &Concept) -> Parts {
    let held = concept.counted();
    let files: BTreeSet<FileId> =
        held.iter().flat_map(|held| held.importers.iter().copied()).collect();
    let reach = bits(files.len() as f64);
    let of_paths = choice_of_paths(project, survey, held);
    let of_definitions = entropy(held.iter().map(weight)) / BIT;
    let in_folders = choice_in_folders(project, held);
    let others = || held.iter().filter(|held| held.member.place != concept.canonical.place);
    let weighed = |number: &dyn Fn(&Held) -> f64| {
        let all: usize = others().map(weight).sum();
        let sum: f64 = others().map(|held| number(held) * weight(held) as f64).sum();
        if all == 0 { 0.0 } else { sum / all as f64 }
    };
    let by_design = |held: &Held| held.is_sibling || held.relation.is_some();
    let likeness = weighed(&|held| held.likeness * if by_design(held) { SIBLING } else { 1.0 });
    let changed = weighed(&|held| if by_design(held) { 0.0 } else { held.likeness * held.changed });
    let in_full = (of_paths + of_definitions).min(1.0);
    Parts {
        import_spread: reach * of_paths,
        definition_spread: reach
            * (UNLIKE + (1.0 - UNLIKE) * likeness)
            * f64::midpoint(of_definitions, in_folders),
        divergence: reach * of_definitions * changed,
        dual_use: DUAL * bits(concept.dual.len() as f64),
        cycles: CYCLE * in_full * bits(concept.in_cycles.len() as f64),
        findings: 0.0,
        reach: reach * in_full,
    }
}

/// What definitions that share nothing but a name still count.
const UNLIKE: f64 = 0.3;
/// What counts of definitions that derive from one class.
const SIBLING: f64 = 0.5;
const DUAL: f64 = 2.0;
const CYCLE: f64 = 2.0;

pub(super) fn bits(count: f64) -> f64 {
    (1.0 + count).log2()
}

/// Bits of choice that a file has among the paths of the definition it uses. A package's own files are apart: that they
/// import from its modules, and all others from the package, is one way each.
fn choice_of_paths(project: &Project, survey: &Survey, held: &[Held]) -> f64 {
    let mut all = 0;
    let mut sum = 0.0;
    for held in held {
        let home = home_folder(project, held.member.place.0);
        let is_inside = |file: FileId| project.file(file).path.starts_with(home);
        let mut files: [BTreeMap<&str, BTreeSet<FileId>>; 2] = Default::default();
        for road in survey.variants_of(held.member.place) {
            for site in road.sites.iter().filter(|site| site.file != held.member.place.0) {
                let group = &mut files[usize::from(is_inside(site.file))];
                group.entry(&road.path).or_default().insert(site.file);
            }
        }
        for group in files {
            let users: BTreeSet<&FileId> = group.values().flatten().collect();
            sum += entropy(group.values().map(BTreeSet::len)) / BIT * users.len() as f64;
            all += users.len();
        }
    }
    if all == 0 { 0.0 } else { sum / all as f64 }
}

/// The folder in which a module or package lies, with a slash behind it; nothing for the top.
fn home_folder(project: &Project, file: FileId) -> &str {
    let file = project.file(file);
    let up = |path: &'_ str| path.trim_end_matches('/').rfind('/').map_or(0, |at| at + 1);
    let own = up(&file.path);
    let end = if file.is_package() { up(&file.path[..own]) } else { own };
    &file.path[..end]
}

/// Bits of choice among the definitions that the files of one folder have, over all folders.
fn choice_in_folders(project: &Project, held: &[Held]) -> f64 {
    let mut folders: BTreeMap<FolderId, Vec<usize>> = BTreeMap::new();
    for (at, held_one) in held.iter().enumerate() {
        for file in &held_one.importers {
            let folder = project.folders.folder_of(*file);
            folders.entry(folder).or_insert_with(|| vec![0; held.len()])[at] += 1;
        }
    }
    let all: usize = folders.values().flatten().sum();
    let of_folder =
        |uses: &Vec<usize>| entropy(uses.iter().copied()) / BIT * uses.iter().sum::<usize>() as f64;
    let sum: f64 = folders.values().map(of_folder).sum();
    if all == 0 { 0.0 } else { sum / all as f64 }
}

/// Names of methods and attributes of a class, methods with the fingerprints of their bodies.
type Api<'p> = BTreeMap<&'p str, Option<[u32; 2]>>;

pub(super) fn api(project: &Project, (file, row): Place) -> Api<'_> {
    let facts = &project.file(file).facts;
    let mut api = Api::new();
    for binding in facts.bindings().iter().filter(|binding| binding.class == row) {
        api.entry(facts.text(binding.name)).or_default();
    }
    for method in own_methods(facts, row) {
        api.insert(facts.text(method.name), Some(method.normal));
    }
    api
}

/// How much of two classes' API both have, and which share of the common methods differs.
fn compare(project: &Project, home: Place, api_of_home: &Api, other: Place) -> (f64, f64) {
    let own = api(project, other);
    if own.is_empty() && api_of_home.is_empty() {
        return (1.0, f64::from(u8::from(prints(project, home) != prints(project, other))));
    }
    let common: Vec<&str> =
        own.keys().filter(|name| api_of_home.contains_key(*name)).copied().collect();
    // Of a class that grew, the smaller one's share is what tells.
    let smaller = own.len().min(api_of_home.len()).max(1);
    let methods: Vec<&&str> = common.iter().filter(|name| own[**name].is_some()).collect();
    let differ = methods.iter().filter(|name| own[**name] != api_of_home[**name]).count();
    let changed = if methods.is_empty() { 0.0 } else { differ as f64 / methods.len() as f64 };
    (common.len() as f64 / smaller as f64, changed)
}

/// In percent. The measure leaves names and constants out of account; 100 is kept for bodies that are the same.
fn alike(project: &Project, home: Place, other: Place) -> u8 {
    let exact = |(file, row): Place| project.file(file).facts.definition(row).map(|row| row.exact);
    let most = if exact(home) == exact(other) { 100 } else { 99 };
    copies::similarity(project, home, other).min(most)
}

fn prints(project: &Project, (file, row): Place) -> Option<[u32; 2]> {
    project.file(file).facts.definition(row).map(|class| class.normal)
}

/// Gives concepts of one name their dotted names.
fn name_apart(project: &Project, concepts: &mut [Concept]) {
    let mut counts: FxHashMap<String, usize> = FxHashMap::default();
    for concept in concepts.iter() {
        *counts.entry(concept.id.clone()).or_default() += 1;
    }
    for concept in concepts.iter_mut().filter(|concept| counts[&concept.id] > 1) {
        // The cluster of one name keeps it.
        if concept.kind != Some(ClusterKind::SameName) {
            let (file, row) = concept.canonical.place;
            concept.id = project.definition_name(file, row);
        }
    }
}
