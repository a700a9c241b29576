//! `import-path-variant`: a definition is imported by another path than the canonical one.

use super::record;
use crate::analysis::concepts::Concept;
use crate::analysis::finding::{Finding, Ground};
use crate::analysis::variants::{Variant, VariantKind};
use crate::model::Site;

record!(
    "import-path-variant",
    Info,
    "a definition is imported by another path than the canonical one",
    in_tests: false,
    find
);

fn find(ground: &Ground) -> Vec<Finding> {
    let mut found = Vec::new();
    for concept in &ground.concepts.all {
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
            if is_other {
                let sites = road.sites.iter().filter(|site| is_wanted(ground, inside, site));
                found.extend(sites.map(|site| finding(ground, concept, road, site)));
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
    site.form.is_statement() && !passes_on && !is_inside
}

fn finding(ground: &Ground, concept: &Concept, road: &Variant, site: &Site) -> Finding {
    let canonical = &concept.canonical.path;
    let kind = road.kind.word();
    let mut finding = Finding::new(&RULE, site.file, site.at, canonical.clone())
        .message(format!("`{}` is a {kind} of `{canonical}`", road.path))
        .remedy(format!("import `{canonical}`"))
        .key([canonical.clone(), road.path.clone()]);
    for hop in &site.trail {
        let at = crate::facts::rows::Pos { line: hop.line, column: 1 };
        finding = finding.related(hop.file, at, format!("passed on here by {}", hop.how.word()));
    }
    debug_assert!(ground.holds(site.file), "roads keep the sites of the scope");
    finding
}
