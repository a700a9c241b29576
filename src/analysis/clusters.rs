//! Clusters: classes that claim to be the same thing, by their name, by a family of names, or by bodies alike.
//!
//! Three counting rules, each on classes at module level. *same-name*: one name in two or more modules. *family*: names
//! that are equal without their affixes. *near-copy*: bodies alike whatever the name. What overlaps is folded: a class
//! that a family or a copied body ties to a cluster of one name is listed there as kin.
//!
//! No duplicates are a class and one that derives from it, an interface and its implementation, a stub and its source,
//! and twins in the branches of one file. A name all of whose classes stand in such relations is told apart.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;

use super::affixes::Affixes;
use super::classes::classes;
use super::concepts::api;
use super::copies::{DEFAULT_FLOOR, NearCopy, near_copies};
use super::variants::Variant;
use super::{NamePattern, Place, Standing, Survey};
use crate::facts::Facts;
use crate::facts::rows::{Definition, DefinitionKind, NO_ROW, Row, flag};
use crate::model::{End, FileId, Project};
use crate::source::Language;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ClusterKind {
    /// Somebody said in the configuration what belongs together.
    Declared,
    SameName,
    Family,
    NearCopy,
}

impl ClusterKind {
    pub const ALL: &[Self] = &[Self::Declared, Self::SameName, Self::Family, Self::NearCopy];

    pub fn word(self) -> &'static str {
        match self {
            Self::Declared => "declared",
            Self::SameName => "same-name",
            Self::Family => "family",
            Self::NearCopy => "near-copy",
        }
    }
}

/// A class and what ties it to its cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    pub place: Place,
    pub by: ClusterKind,
    /// Affixes that its name has beyond the stem.
    pub affixes: Vec<String>,
}

#[derive(Clone, Debug)]
pub struct Cluster {
    /// The name they share; of a family its stem, of copies the name of the one that most files use.
    pub name: String,
    pub kind: ClusterKind,
    /// In the order of paths and lines.
    pub definitions: Vec<Member>,
    /// Classes of the same family, or with a body like one of the definitions, under another name.
    pub kin: Vec<Member>,
    /// Classes of the same name that the scope leaves out, by what they are; nested ones by the word `nested`.
    pub beside: BTreeMap<&'static str, usize>,
}

/// A name that meets the counting rule and is no duplicate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Apart {
    pub name: String,
    pub definitions: Vec<Place>,
}

/// What is found, and what only looks like it.
pub struct Found {
    /// By kind; those with the most definitions first.
    pub clusters: Vec<Cluster>,
    pub apart: Vec<Apart>,
}

/// How clusters are looked for.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    pub affixes: Affixes,
    pub concepts: Vec<Declared>,
    /// When each file was first committed, in seconds; empty when history is not known.
    pub ages: BTreeMap<FileId, i64>,
}

/// A concept of the configuration.
#[derive(Clone, Debug)]
pub struct Declared {
    pub name: String,
    /// Several where its path leads to twins.
    pub canonical: Vec<Place>,
    /// The path that was declared, where it is a whole one.
    pub path: Option<String>,
    /// Names that mean the same thing.
    pub members: Vec<NamePattern>,
}

impl Rules {
    pub fn is_canonical(&self, place: Place) -> bool {
        self.concepts.iter().any(|concept| concept.canonical.contains(&place))
    }

    /// The path by which a declared definition should be imported.
    pub fn declared_path(&self, place: Place) -> Option<&str> {
        let own = self.concepts.iter().find(|concept| concept.canonical.contains(&place));
        own.and_then(|concept| concept.path.as_deref())
    }

    /// Marks the paths to prefer as they are declared: no other definition of that name has one.
    pub fn honour(&self, project: &Project, roads: &mut [Variant]) {
        let names: BTreeSet<&str> = self
            .concepts
            .iter()
            .flat_map(|concept| &concept.canonical)
            .map(|place| name_of(project, *place))
            .collect();
        for road in roads.iter_mut().filter(|road| names.contains(road.name.as_str())) {
            let Some(End::Definition(file, row)) = road.definition else { continue };
            if !self.is_canonical((file, row)) {
                road.canonical = false;
            } else if let Some(path) = self.declared_path((file, row)) {
                road.canonical = road.path == path;
            }
        }
    }
}

/// The clusters among the classes that the survey's scope holds.
pub fn clusters(project: &Project, survey: &Survey, rules: &Rules) -> Found {
    let census = Census::of(project, survey);
    let (same, apart) = same_names(project, survey, &census);
    // Of enumerations that list the same words each is a list of its own.
    let bodies: Vec<Place> =
        census.places().into_iter().filter(|place| !is_enumeration(project, *place)).collect();
    let copies: Vec<NearCopy> = near_copies(project, &bodies, DEFAULT_FLOOR)
        .into_iter()
        .filter(|copy| !is_related(project, survey, copy.left, copy.right))
        .collect();
    let mut clusters = fold_families(project, survey, rules, &census, same);
    fold_copies(project, survey, &copies, &mut clusters);
    fold_declared(project, rules, &census, &mut clusters);
    for cluster in &mut clusters {
        cluster.beside = census.beside(cluster);
    }
    let size = |cluster: &Cluster| cluster.definitions.len() + cluster.kin.len();
    clusters.sort_by(|a, b| (a.kind, size(b), &a.name).cmp(&(b.kind, size(a), &b.name)));
    Found { clusters, apart }
}

/// What a class inside of another is beside a cluster.
pub const NESTED: &str = "nested";

/// The classes of a tree by name.
struct Census<'p> {
    /// Those that count: one a module and name.
    by_name: BTreeMap<&'p str, Vec<Place>>,
    /// The others, by what they are.
    others: FxHashMap<&'p str, BTreeMap<&'static str, usize>>,
}

impl<'p> Census<'p> {
    fn of(project: &'p Project, survey: &Survey) -> Self {
        let mut census = Self { by_name: BTreeMap::new(), others: FxHashMap::default() };
        for (file, row) in classes(project) {
            let facts = &project.file(file).facts;
            let Some(class) = facts.definition(row) else { continue };
            let name = facts.text(class.name);
            let standing = Standing::of(project, file, row);
            let counts = survey.scope.holds_standing(standing) && class.parent == NO_ROW;
            if !counts {
                let word = if class.parent == NO_ROW { standing.word() } else { NESTED };
                *census.others.entry(name).or_default().entry(word).or_default() += 1;
                continue;
            }
            let found = census.by_name.entry(name).or_default();
            match found.last_mut() {
                // Twins in the branches of one file, and a class defined anew: the last one is what importers get.
                Some(last) if last.0 == file => last.1 = row,
                _ => found.push((file, row)),
            }
        }
        for found in census.by_name.values_mut() {
            drop_stubs(project, found);
        }
        census
    }

    fn places(&self) -> Vec<Place> {
        let mut places: Vec<Place> = self.by_name.values().flatten().copied().collect();
        places.sort_unstable();
        places
    }

    fn beside(&self, cluster: &Cluster) -> BTreeMap<&'static str, usize> {
        self.others.get(cluster.name.as_str()).cloned().unwrap_or_default()
    }
}

/// A stub that stands in a folder of stubs is its source's, not another class.
fn drop_stubs(project: &Project, found: &mut Vec<Place>) {
    let is_stub = |place: &Place| project.file(place.0).language == Language::Stub;
    if !found.iter().any(is_stub) {
        return;
    }
    let sources: BTreeSet<&str> = found
        .iter()
        .filter(|place| !is_stub(place))
        .map(|place| &*project.file(place.0).module)
        .collect();
    let below_folder = |module: &'_ str| -> Option<String> {
        let (first, rest) = module.split_once('.').unwrap_or((module, ""));
        match (first.strip_suffix("-stubs"), rest) {
            (Some(package), "") => Some(package.to_owned()),
            (Some(package), rest) => Some(format!("{package}.{rest}")),
            (None, "") => None,
            (None, rest) => Some(rest.to_owned()),
        }
    };
    found.retain(|place| {
        let module = &*project.file(place.0).module;
        let of_source = sources.contains(module)
            || below_folder(module).is_some_and(|module| sources.contains(module.as_str()));
        !(is_stub(place) && of_source)
    });
}

fn same_names(project: &Project, survey: &Survey, census: &Census) -> (Vec<Cluster>, Vec<Apart>) {
    let (mut clusters, mut apart) = (Vec::new(), Vec::new());
    for (name, found) in census.by_name.iter().filter(|(_, found)| found.len() > 1) {
        if stand_side_by_side(project, survey, found) {
            let member = |place: &Place| Member {
                place: *place,
                by: ClusterKind::SameName,
                affixes: Vec::new(),
            };
            clusters.push(Cluster {
                name: (*name).to_owned(),
                kind: ClusterKind::SameName,
                definitions: found.iter().map(member).collect(),
                kin: Vec::new(),
                beside: BTreeMap::new(),
            });
        } else {
            apart.push(Apart { name: (*name).to_owned(), definitions: found.clone() });
        }
    }
    (clusters, apart)
}

/// Whether two of the classes are neither base and subclass nor interface and implementation.
fn stand_side_by_side(project: &Project, survey: &Survey, found: &[Place]) -> bool {
    found
        .iter()
        .enumerate()
        .any(|(at, a)| found[at + 1..].iter().any(|b| !is_related(project, survey, *a, *b)))
}

/// Whether one of two classes is there for the other: its base, its interface.
pub fn is_related(project: &Project, survey: &Survey, a: Place, b: Place) -> bool {
    relation(project, survey, a, b).is_some()
}

/// What the first of two classes is to the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    Base,
    Subclass,
    Interface,
    Implementation,
    Metaclass,
    Instance,
}

impl Relation {
    pub const ALL: &[Self] = &[
        Self::Base,
        Self::Subclass,
        Self::Interface,
        Self::Implementation,
        Self::Metaclass,
        Self::Instance,
    ];

    pub fn word(self) -> &'static str {
        match self {
            Self::Base => "base of it",
            Self::Subclass => "derives from it",
            Self::Interface => "its interface",
            Self::Implementation => "implements it",
            Self::Metaclass => "its metaclass",
            Self::Instance => "made by it",
        }
    }
}

pub fn relation(project: &Project, survey: &Survey, a: Place, b: Place) -> Option<Relation> {
    if survey.derives(a, b) {
        Some(Relation::Subclass)
    } else if survey.derives(b, a) {
        Some(Relation::Base)
    } else if implements(project, survey, a, b) {
        Some(Relation::Interface)
    } else if implements(project, survey, b, a) {
        Some(Relation::Implementation)
    } else if is_metaclass(project, a, b) {
        Some(Relation::Metaclass)
    } else if is_metaclass(project, b, a) {
        Some(Relation::Instance)
    } else {
        None
    }
}

/// Whether the first is an interface, and the second has all that it asks for, be it by inheritance.
fn implements(project: &Project, survey: &Survey, interface: Place, class: Place) -> bool {
    if !is_interface(project, interface) || is_interface(project, class) {
        return false;
    }
    let asked = api(project, interface);
    let has = |name: &str| {
        let own = std::iter::once(&class).chain(survey.ancestors(class));
        own.into_iter().any(|class| api(project, *class).contains_key(name))
    };
    !asked.is_empty() && asked.keys().all(|name| has(name))
}

fn is_metaclass(project: &Project, meta: Place, class: Place) -> bool {
    let facts = &project.file(class.0).facts;
    let name = name_of(project, meta);
    let keywords = facts.definition(class.1).map_or(&[][..], |class| facts.exprs(class.keywords));
    keywords.iter().any(|keyword| {
        let value = facts.text(keyword.dotted);
        facts.text(keyword.keyword) == "metaclass" && value.rsplit('.').next() == Some(name)
    })
}

fn is_enumeration(project: &Project, (file, row): Place) -> bool {
    let facts = &project.file(file).facts;
    let bases = facts.definition(row).map_or(&[][..], |class| facts.exprs(class.bases));
    bases.iter().any(|base| {
        let name = facts.text(base.dotted).rsplit('.').next().unwrap_or_default();
        name.ends_with("Enum")
            || matches!(name, "Flag" | "IntFlag" | "Choices" | "TextChoices" | "IntegerChoices")
    })
}

/// A protocol, or a class of which no method does anything.
pub fn is_interface(project: &Project, (file, row): Place) -> bool {
    let facts = &project.file(file).facts;
    let Some(class) = facts.definition(row) else { return false };
    let mut methods = own_methods(facts, row).peekable();
    let has_methods = methods.peek().is_some();
    class.is(flag::PROTOCOL)
        || has_methods
            && methods.all(|method| method.is(flag::ABSTRACT) || method.is(flag::STUB_BODY))
}

/// The methods of a class; what stands in it comes right behind it.
pub fn own_methods(facts: &Facts, class: Row) -> impl Iterator<Item = &Definition> {
    let behind = facts.definitions().iter().skip(class as usize + 1);
    let inside = behind.take_while(move |row| row.parent != NO_ROW && row.parent >= class);
    inside.filter(move |row| row.parent == class && row.kind() == DefinitionKind::Function)
}

/// Adds the families: to the cluster of one name that most of its classes have, else as clusters of their own.
fn fold_families(
    project: &Project,
    survey: &Survey,
    rules: &Rules,
    census: &Census,
    same: Vec<Cluster>,
) -> Vec<Cluster> {
    let mut families: BTreeMap<String, Vec<Member>> = BTreeMap::new();
    for (name, places) in &census.by_name {
        let parts = rules.affixes.stem(name);
        let affixes: Vec<String> = parts.dropped.iter().map(|word| (*word).to_owned()).collect();
        let member = |place: &Place| Member {
            place: *place,
            by: ClusterKind::Family,
            affixes: affixes.clone(),
        };
        families.entry(parts.stem).or_default().extend(places.iter().map(member));
    }
    let mut clusters = same;
    let mut by_name: FxHashMap<String, usize> = FxHashMap::default();
    for (at, cluster) in clusters.iter().enumerate() {
        by_name.insert(cluster.name.clone(), at);
    }
    for (stem, mut members) in families {
        members.sort_by_key(|member| member.place);
        let name = |member: &Member| name_of(project, member.place).to_owned();
        let names: BTreeSet<String> = members.iter().map(name).collect();
        let places: Vec<Place> = members.iter().map(|member| member.place).collect();
        if names.len() < 2 || !stand_side_by_side(project, survey, &places) {
            continue;
        }
        let largest = names
            .iter()
            .filter_map(|name| by_name.get(name))
            .max_by_key(|at| (clusters[**at].definitions.len(), std::cmp::Reverse(**at)));
        if let Some(at) = largest {
            let cluster = &mut clusters[*at];
            members.retain(|member| {
                name_of(project, member.place) != cluster.name
                    && cluster
                        .definitions
                        .iter()
                        .any(|own| !is_related(project, survey, own.place, member.place))
            });
            cluster.kin.extend(members);
        } else {
            clusters.push(Cluster {
                name: stem,
                kind: ClusterKind::Family,
                definitions: members,
                kin: Vec::new(),
                beside: BTreeMap::new(),
            });
        }
    }
    clusters
}

pub fn name_of(project: &Project, (file, row): Place) -> &str {
    let facts = &project.file(file).facts;
    facts.definition(row).map_or("", |class| facts.text(class.name))
}

/// Adds the near copies: to the cluster that one of the two classes is in, else as clusters of their own.
fn fold_copies(
    project: &Project,
    survey: &Survey,
    copies: &[NearCopy],
    clusters: &mut Vec<Cluster>,
) {
    let mut home: FxHashMap<Place, usize> = FxHashMap::default();
    for (at, cluster) in clusters.iter().enumerate() {
        for member in &cluster.definitions {
            home.insert(member.place, at);
        }
    }
    let mut loose = Vec::new();
    for copy in copies {
        match (home.get(&copy.left), home.get(&copy.right)) {
            (Some(left), Some(right)) if left == right => {}
            // Two names, each of several classes: the smaller one's class is kin of the larger cluster.
            (Some(left), Some(right)) => {
                let size = |at: usize| (clusters[at].definitions.len(), std::cmp::Reverse(at));
                if size(*left) >= size(*right) {
                    add_kin(&mut clusters[*left], copy.right);
                } else {
                    add_kin(&mut clusters[*right], copy.left);
                }
            }
            (Some(at), None) => add_kin(&mut clusters[*at], copy.right),
            (None, Some(at)) => add_kin(&mut clusters[*at], copy.left),
            (None, None) => loose.push(copy),
        }
    }
    clusters.extend(groups(&loose).into_iter().map(|places| {
        let most_used = places
            .iter()
            .max_by_key(|place| (survey.importers(**place).len(), std::cmp::Reverse(**place)));
        let member = |place: &Place| Member {
            place: *place,
            by: ClusterKind::NearCopy,
            affixes: Vec::new(),
        };
        Cluster {
            name: most_used.map_or("", |place| name_of(project, *place)).to_owned(),
            kind: ClusterKind::NearCopy,
            definitions: places.iter().map(member).collect(),
            kin: Vec::new(),
            beside: BTreeMap::new(),
        }
    }));
}

/// Makes a cluster of each declared concept that names its members, and takes them out of the others.
fn fold_declared(project: &Project, rules: &Rules, census: &Census, clusters: &mut Vec<Cluster>) {
    for concept in rules.concepts.iter().filter(|concept| !concept.members.is_empty()) {
        let is_member = |place: &Place| {
            let dotted = project.definition_name(place.0, place.1);
            let name = name_of(project, *place);
            concept.canonical.contains(place)
                || concept.members.iter().any(|pattern| pattern.matches(name, &dotted))
        };
        let members: Vec<Place> = census.places().into_iter().filter(is_member).collect();
        for cluster in clusters.iter_mut() {
            cluster.definitions.retain(|member| !members.contains(&member.place));
            cluster.kin.retain(|member| !members.contains(&member.place));
        }
        clusters.retain(|cluster| {
            cluster.kind == ClusterKind::Declared
                || cluster.definitions.len() + cluster.kin.len() > 1
        });
        let member =
            |place: Place| Member { place, by: ClusterKind::Declared, affixes: Vec::new() };
        clusters.push(Cluster {
            name: concept.name.clone(),
            kind: ClusterKind::Declared,
            definitions: members.into_iter().map(member).collect(),
            kin: Vec::new(),
            beside: BTreeMap::new(),
        });
    }
    clusters.retain(|cluster| !cluster.definitions.is_empty());
}

fn add_kin(cluster: &mut Cluster, place: Place) {
    if !cluster.kin.iter().any(|member| member.place == place) {
        cluster.kin.push(Member { place, by: ClusterKind::NearCopy, affixes: Vec::new() });
    }
}

/// Sets of classes that copies tie together.
fn groups(copies: &[&NearCopy]) -> Vec<Vec<Place>> {
    let mut places: Vec<Place> = copies.iter().flat_map(|copy| [copy.left, copy.right]).collect();
    places.sort_unstable();
    places.dedup();
    let at = |place: &Place| places.binary_search(place).expect("places come from these copies");
    let mut sets = petgraph::unionfind::UnionFind::new(places.len());
    for copy in copies {
        sets.union(at(&copy.left), at(&copy.right));
    }
    let mut groups: BTreeMap<usize, Vec<Place>> = BTreeMap::new();
    for (at, place) in places.iter().enumerate() {
        groups.entry(sets.find(at)).or_default().push(*place);
    }
    groups.into_values().collect()
}
