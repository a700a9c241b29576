//! `import-path-variant`: a definition is imported by another path than the canonical one.

use std::collections::BTreeMap;

use super::record;
use crate::analysis::concepts::Concept;
use crate::analysis::finding::{Finding, Ground};
use crate::analysis::variants::{Variant, VariantKind};
use crate::model::{FileId, Form, Project, Site};

record!(
    "import-path-variant",
    Info,
    "a definition is imported by another path than the canonical one",
    in_tests: false,
    find
);

fn find(ground: &Ground) -> Vec<Finding> {
    let mut found = Vec::new();
    for concept in ground.concepts {
        let declared = ground
            .declared
            .concepts
            .iter()
            .any(|declared| declared.canonical.contains(&concept.canonical.place));
        // Of what nobody declared only definitions with a choice that is one: others are what packages are for.
        if !declared && concept.parts.import_spread <= 0.0 {
            continue;
        }
        let inside = folder_inside(ground, concept);
        for road in ground.survey.variants_of(concept.canonical.place) {
            let is_other = road.path != concept.canonical.path && road.kind != VariantKind::Ghost;
            if is_other && (declared || !is_offered(ground.project, concept, road)) {
                let sites = road.sites.iter().filter(|site| is_wanted(ground, inside, site));
                let mut files: BTreeMap<FileId, Vec<&Site>> = BTreeMap::new();
                for site in sites {
                    files.entry(site.file).or_default().push(site);
                }
                found.extend(files.into_values().map(|sites| finding(concept, road, &sites)));
            }
        }
    }
    found
}

/// The folder of the package that passes it on by the canonical path, or of the module that defines it: who lives there
/// knows its insides.
fn folder_inside<'g>(ground: &Ground<'g>, concept: &Concept) -> &'g str {
    let place = concept.canonical.place;
    let road = ground.survey.variants_of(place).find(|road| road.path == concept.canonical.path);
    let door = road.and_then(|road| road.trail.first()).map(|hop| ground.project.file(hop.file));
    let home = door.filter(|door| door.is_package()).unwrap_or(ground.project.file(place.0));
    home.path.rfind('/').map_or("", |at| &home.path[..=at])
}

/// Import statements; a package's own files, which its modules are passed on by, are none.
fn is_wanted(ground: &Ground, inside: &str, site: &Site) -> bool {
    let file = ground.project.file(site.file);
    let passes_on = file.is_package() || file.is_shim();
    let is_inside = !inside.is_empty() && file.path.starts_with(inside);
    // Who imports a star has not written the path.
    site.form.is_statement() && site.form != Form::Star && !passes_on && !is_inside
}

/// Whether the path is what somebody offers on purpose: a package its modules' names, a module a second name of its own or
/// what its `__all__` lists. Nobody declared that they should not.
fn is_offered(project: &Project, concept: &Concept, road: &Variant) -> bool {
    let home = concept.canonical.place.0;
    let Some((module, name)) = road.path.rsplit_once('.') else { return true };
    let last = project.modules_named(module).first().copied();
    // The trail's first hop is the module that the path names.
    let Some(last) = last.or(road.trail.first().map(|hop| hop.file)) else { return true };
    let file = project.file(last);
    let is_listed =
        file.facts.all_entries().iter().any(|entry| file.facts.text(entry.name) == name);
    let around = file.path.strip_suffix("__init__.py");
    last == home
        || is_listed
        || around.is_some_and(|folder| project.file(home).path.starts_with(folder))
}

/// One finding for each file and path.
fn finding(concept: &Concept, road: &Variant, sites: &[&Site]) -> Finding {
    let first = sites[0];
    let canonical = &concept.canonical.path;
    let kind = road.kind.word();
    let article = if kind.starts_with('a') { "an" } else { "a" };
    let mut finding = Finding::new(&RULE, first.file, first.at, canonical.clone())
        .message(format!("`{}` is {article} {kind} of `{canonical}`", road.path))
        .remedy(format!("import `{canonical}`"))
        .key([canonical.clone(), road.path.clone()]);
    for hop in &first.trail {
        let at = crate::facts::rows::Pos { line: hop.line, column: 1 };
        finding = finding.related(hop.file, at, format!("passed on here by {}", hop.how.word()));
    }
    for site in &sites[1..] {
        finding = finding.related(site.file, site.at, "imported by this path here too");
    }
    finding
}
