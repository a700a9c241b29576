//! Variants: by how many dotted paths a definition is reached, and which paths reach nothing.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::effective_number;
use crate::facts::rows::{DefinitionKind, NO_ROW};
use crate::model::{End, FileId, Form, How, Project, Reached, Site, Trail, Wanted};

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
    let sites: Vec<Site> =
        files.into_par_iter().flat_map_iter(|file| project.sites(file, &wanted)).collect();
    let mut groups: BTreeMap<(Option<End>, String), Vec<Site>> = BTreeMap::new();
    for site in sites {
        let definition = site.end.is_ours().then_some(site.end);
        // A bare alias in the module's body is a hop of other sites' trails, and writes no path of its own.
        if definition.is_some() || ghost(&site.path) {
            groups.entry((definition, site.path.clone())).or_default().push(site);
        }
    }
    let mut variants: Vec<Variant> =
        groups.into_iter().map(|((end, path), sites)| variant(project, end, path, sites)).collect();
    let definition = |v: &Variant| v.definition.and_then(|end| project.end_name(end));
    variants.sort_by_cached_key(|v| {
        (v.name.clone(), v.definition.is_none(), definition(v), v.path.clone())
    });
    variants
}

/// Effective number of paths by the files that use each.
pub fn effective_paths<'a>(variants: impl IntoIterator<Item = &'a Variant>) -> f64 {
    effective_number(variants.into_iter().map(|variant| variant.files))
}

fn is_class_or_function(project: &Project, end: End) -> bool {
    let End::Definition(file, row) = end else { return false };
    let definition = project.file(file).facts.definition(row);
    definition.is_some_and(|row| row.parent == NO_ROW || row.kind() == DefinitionKind::Class)
}

fn variant(project: &Project, definition: Option<End>, path: String, sites: Vec<Site>) -> Variant {
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
    let files: BTreeSet<FileId> = sites.iter().map(|site| site.file).collect();
    let statements = sites.iter().filter(|site| site.form.is_statement()).count();
    Variant {
        canonical: own_name.as_ref() == Some(&path),
        name,
        definition,
        path,
        kind,
        statements,
        uses: sites.iter().filter(|site| is_use(site.form)).count(),
        files: files.len(),
        trail,
        sites,
    }
}

fn is_use(form: Form) -> bool {
    !form.is_statement()
}
