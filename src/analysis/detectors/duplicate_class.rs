//! `duplicate-class`: one class name at module level in two or more modules.

use super::record;
use crate::analysis::clusters::{ClusterKind, name_of};
use crate::analysis::concepts::{Concept, Held};
use crate::analysis::finding::{Finding, Ground, Severity};
use crate::facts::rows::Pos;

record!(
    "duplicate-class",
    Warning,
    "one class is defined in several modules",
    in_tests: false,
    find
);

/// One finding for each definition that is not the canonical one.
fn find(ground: &Ground) -> Vec<Finding> {
    let clusters = ground.concepts.all.iter();
    let wanted = clusters.filter(|concept| {
        matches!(concept.kind, Some(ClusterKind::SameName | ClusterKind::Declared))
            && concept.definitions().len() > allowed(ground, concept)
    });
    wanted
        .flat_map(|concept| {
            let others = concept.definitions().iter();
            // What derives from one class of the project has the name that its design gives it.
            let others = others.filter(|held| {
                held.member.place != concept.canonical.place
                    && !held.is_sibling
                    && held.relation.is_none()
            });
            others.map(|held| finding(ground, concept, held))
        })
        .collect()
}

/// Sharing fewer of their names than this, two classes have little more than their own name in common.
const HOMONYM: f64 = 0.25;

/// How many definitions a declared concept may have.
fn allowed(ground: &Ground, concept: &Concept) -> usize {
    let declared = ground.declared.concepts.iter().find(|declared| {
        declared.canonical.iter().any(|place| concept.places().any(|held| held == *place))
    });
    declared.and_then(|declared| declared.definitions).unwrap_or(1)
}

fn finding(ground: &Ground, concept: &Concept, held: &Held) -> Finding {
    let project = ground.project;
    let (file, row) = held.member.place;
    let (home, home_row) = concept.canonical.place;
    let at = |file, row| project.file(file).facts.definition(row).map(|row| row.at);
    let symbol = project.definition_name(file, row);
    let canonical = project.definition_name(home, home_row);
    let others = concept.definitions().len() - 1;
    let message = match others {
        1 => format!("`{}` is also defined as `{canonical}`", name_of(project, held.member.place)),
        _ => format!(
            "`{}` is also defined in {others} other modules, canonically as `{canonical}`",
            name_of(project, held.member.place)
        ),
    };
    let mut finding = Finding::new(&RULE, file, at(file, row).unwrap_or(Pos::TOP), symbol.clone())
        .message(message)
        .remedy(format!(
            "use `{}` instead, or give this one a name of its own",
            concept.canonical.path
        ))
        .key([name_of(project, held.member.place).to_owned(), symbol]);
    if held.likeness < HOMONYM && held.similarity < 20 {
        finding = finding.severity(Severity::Info).remedy(format!(
            "it has little but its name in common with `{canonical}`: give it a name of its own"
        ));
    }
    if let Some(at) = at(home, home_row) {
        finding = finding.related(home, at, "the canonical definition");
    }
    finding
}
