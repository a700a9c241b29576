//! Variants: by how many dotted paths a definition is reached, and which paths reach nothing.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::effective_number;
use crate::facts::rows::{DefinitionKind, NO_ROW};
use crate::model::{End, FileId, How, Project, Reached, Site, Trail, Wanted};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum VariantKind {
    /// The path goes to the module that defines it.
    Definition,
    /// A module that imports it passes it on under its own name.
    ReExport,
    /// It has another name there.
    Alias,
    /// The module on the way does nothing but pass on.
    Shim,
    /// The path resolves to nothing.
    Ghost,
}

impl VariantKind {
    pub fn word(self) -> &'static str {
        match self {
            Self::Definition => "definition",
            Self::ReExport => "re-export",
            Self::Alias => "alias",
            Self::Shim => "shim",
            Self::Ghost => "ghost",
        }
    }
}

/// One path of a definition with all its sites.
#[derive(Clone, Debug)]
pub struct Variant {
    /// The definition's name; of a ghost, the last segment of its path.
    pub name: String,
    /// None for a ghost.
    pub definition: Option<End>,
    pub path: String,
    pub kind: VariantKind,
    pub canonical: bool,
    /// Imported names that write this path.
    pub statements: usize,
    /// Dotted and string uses that write it.
    pub uses: usize,
    pub files: usize,
    pub trail: Trail,
    pub sites: Vec<Site>,
}

impl Variant {
    /// Keeps only some of the sites, and counts anew.
    pub fn retain_sites(&mut self, keep: impl Fn(&Site) -> bool) {
        self.sites.retain(keep);
        self.count();
    }

    fn count(&mut self) {
        let files: BTreeSet<FileId> = self.sites.iter().map(|site| site.file).collect();
        self.files = files.len();
        self.statements = self.sites.iter().filter(|site| site.form.is_statement()).count();
        self.uses = self.sites.len() - self.statements;
    }
}

/// The variants of the given definitions; without any, of all classes and functions of the project. Ghosts come along
/// whose name `ghost` accepts. Sorted by name, definition and path; ghosts come last.
pub fn variants(
    project: &Project,
    targets: Option<&[End]>,
    ghost: &(dyn Fn(&str) -> bool + Sync),
) -> Vec<Variant> {
    let leads_there = |reached: &Reached| match (reached.end, targets) {
        (End::Unresolved(_), _) => true,
        (end, Some(targets)) => targets.contains(&end),
        (end, None) => is_class_or_function(project, end),
    };
    let wanted = Wanted { reached: &leads_there, stars: true, references: false };
    let files: Vec<FileId> = project.ids().collect();
    let definition = |site: &Site| site.end.is_ours().then_some(site.end);
    let mut sites: Vec<Site> = files
        .into_par_iter()
        .flat_map_iter(|file| project.sites(file, &wanted))
        // A bare alias in the module's body is a hop of other sites' trails, and writes no path of its own.
        .filter(|site| definition(site).is_some() || ghost(&site.path))
        .collect();
    // Sites of one path stay in the order of files and lines.
    sites.par_sort_by(|a, b| (definition(a), &a.path).cmp(&(definition(b), &b.path)));
    let groups = grouped(sites, |a, b| definition(a) == definition(b) && a.path == b.path);
    let (mut variants, names): (Vec<Variant>, Vec<Option<String>>) =
        groups.into_par_iter().map(|sites| variant(project, definition(&sites[0]), sites)).unzip();
    mark_canonical(project, &mut variants);
    let mut named: Vec<(Variant, Option<String>)> = variants.into_iter().zip(names).collect();
    named.par_sort_by(|a, b| {
        let by_name = a.0.name.cmp(&b.0.name);
        let by_end = || (a.0.definition.is_none(), &a.1).cmp(&(b.0.definition.is_none(), &b.1));
        by_name.then_with(by_end).then_with(|| a.0.path.cmp(&b.0.path))
    });
    named.into_iter().map(|(variant, _)| variant).collect()
}

/// What stands together and is the same, each in a list of its own.
fn grouped<T>(items: Vec<T>, same: impl Fn(&T, &T) -> bool) -> Vec<Vec<T>> {
    let mut groups: Vec<Vec<T>> = Vec::new();
    for item in items {
        match groups.last_mut() {
            Some(group) if same(&group[0], &item) => group.push(item),
            _ => groups.push(vec![item]),
        }
    }
    groups
}

/// Files that go by a package's front door before it is taken for the way that is meant.
const FEW_FILES: usize = 3;

/// Marks for each definition the path to prefer: the one of its module; of a private module the public path that most files
/// use; and that of a package around it whose `__init__` passes it on, if outside the package three files or more go that way,
/// and twice as many as go by its module. The variants of one definition stand together.
fn mark_canonical(project: &Project, variants: &mut [Variant]) {
    for roads in variants.chunk_by_mut(|a, b| a.definition == b.definition) {
        let Some(End::Definition(file, _) | End::Value(file, _)) = roads[0].definition else {
            continue;
        };
        let home = &project.file(file).module;
        let is_hidden = is_private(home);
        let own = roads.iter().find(|road| road.canonical);
        let is_better = |road: &Variant| {
            if is_private(&road.path) {
                return false;
            }
            if is_hidden {
                return matches!(road.kind, VariantKind::ReExport | VariantKind::Shim);
            }
            front_door(project, road, home).is_some_and(|package| {
                let by_its_module = own.map_or(0, |own| files_outside(project, own, package));
                files_outside(project, road, package) >= FEW_FILES.max(2 * by_its_module)
            })
        };
        let better = (0..roads.len()).filter(|at| is_better(&roads[*at]));
        if let Some(best) = better.max_by_key(|at| (roads[*at].files, std::cmp::Reverse(*at))) {
            for (at, road) in roads.iter_mut().enumerate() {
                road.canonical = at == best;
            }
        }
    }
}

/// The folder of the package around the module that passes the definition on under its own name by this path.
fn front_door<'p>(project: &'p Project, road: &Variant, home: &str) -> Option<&'p str> {
    let (package, _) = road.path.rsplit_once('.')?;
    let is_around = home.strip_prefix(package).is_some_and(|inside| inside.starts_with('.'));
    let door = project.file(road.trail.first()?.file);
    (road.kind == VariantKind::ReExport && is_around && door.is_package())
        .then(|| &door.path[..door.path.rfind('/').map_or(0, |at| at + 1)])
}

fn files_outside(project: &Project, road: &Variant, folder: &str) -> usize {
    let files = road.sites.iter().map(|site| site.file);
    let outside = files.filter(|file| !project.file(*file).path.starts_with(folder));
    outside.collect::<BTreeSet<FileId>>().len()
}

/// `pkg._impl.core` is, `pkg.__main__` is not.
pub fn is_private(dotted: &str) -> bool {
    dotted.split('.').any(|segment| segment.starts_with('_') && !segment.starts_with("__"))
}

/// How widely a set of variants is spread; a path that leads to several definitions counts once.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    pub paths: usize,
    /// Effective number of paths, by the files that use each.
    pub effective: f64,
    pub definitions: usize,
    pub files: usize,
}

impl Spread {
    pub fn of(variants: &[&Variant]) -> Self {
        let mut by_path: BTreeMap<&str, BTreeSet<FileId>> = BTreeMap::new();
        for variant in variants {
            let files = variant.sites.iter().map(|site| site.file);
            by_path.entry(&variant.path).or_default().extend(files);
        }
        let definitions: BTreeSet<End> =
            variants.iter().filter_map(|variant| variant.definition).collect();
        let files: BTreeSet<&FileId> = by_path.values().flatten().collect();
        Self {
            paths: by_path.len(),
            effective: effective_number(by_path.values().map(BTreeSet::len)),
            definitions: definitions.len(),
            files: files.len(),
        }
    }
}

/// The names of definitions, each with its spread over all of them; those with the most paths first.
pub fn spread_by_name(variants: &[Variant]) -> Vec<(&str, Spread)> {
    let mut by_name: BTreeMap<&str, Vec<&Variant>> = BTreeMap::new();
    for variant in variants.iter().filter(|variant| variant.definition.is_some()) {
        by_name.entry(&variant.name).or_default().push(variant);
    }
    let mut names: Vec<(&str, Spread)> =
        by_name.into_iter().map(|(name, variants)| (name, Spread::of(&variants))).collect();
    names.sort_by(|(_, a), (_, b)| {
        let counts = |spread: &Spread| (spread.paths, spread.files);
        counts(b).cmp(&counts(a)).then(b.effective.total_cmp(&a.effective))
    });
    names
}

fn is_class_or_function(project: &Project, end: End) -> bool {
    let End::Definition(file, row) = end else { return false };
    let definition = project.file(file).facts.definition(row);
    definition.is_some_and(|row| row.parent == NO_ROW || row.kind() == DefinitionKind::Class)
}

/// The variant that sites of one path make, with the dotted name of its definition.
fn variant(
    project: &Project,
    definition: Option<End>,
    sites: Vec<Site>,
) -> (Variant, Option<String>) {
    let path = sites[0].path.clone();
    let own_name = definition.and_then(|end| project.end_name(end));
    let last_of_path = path.rsplit('.').next().unwrap_or(&path);
    let name = own_name
        .as_deref()
        .and_then(|name| name.rsplit('.').next())
        .unwrap_or(last_of_path)
        .to_owned();
    let trail = sites
        .iter()
        .map(|site| &site.trail)
        .min_by_key(|trail| trail.len())
        .cloned()
        .unwrap_or_default();
    let kind = match (definition, trail.first()) {
        (None, _) => VariantKind::Ghost,
        (Some(_), None) => VariantKind::Definition,
        (Some(_), Some(hop)) if project.file(hop.file).is_shim() => VariantKind::Shim,
        (Some(_), Some(hop)) if hop.how == How::Alias || last_of_path != name => VariantKind::Alias,
        (Some(_), Some(_)) => VariantKind::ReExport,
    };
    let mut variant = Variant {
        canonical: own_name.as_ref() == Some(&path),
        name,
        definition,
        path,
        kind,
        statements: 0,
        uses: 0,
        files: 0,
        trail,
        sites,
    };
    variant.count();
    (variant, own_name)
}

#[cfg(test)]
mod checks {
    use super::*;

    #[test]
    fn private_modules_have_a_segment_with_one_underscore() {
        assert!(is_private("pkg._impl.core"));
        assert!(!is_private("pkg.__main__"));
        assert!(!is_private("pkg.core"));
    }
}
