//! `duplicate-class`: one class name at module level in two or more modules.

use std::collections::BTreeSet;

use super::record;
use crate::analysis::Place;
use crate::analysis::canonical::Confidence;
use crate::analysis::clusters::{ClusterKind, name_of};
use crate::analysis::concepts::{Concept, Held, api};
use crate::analysis::finding::{Finding, Ground};
use crate::facts::rows::Pos;
use crate::model::Project;

record!(
    "duplicate-class",
    Warning,
    "one class is defined in several modules",
    in_tests: false,
    find
);

/// One finding for each definition that is not the canonical one.
fn find(ground: &Ground) -> Vec<Finding> {
    let clusters = ground.concepts.iter();
    let wanted = clusters.filter(|concept| {
        matches!(concept.kind, Some(ClusterKind::SameName | ClusterKind::Declared))
            && concept.definitions().len() > allowed(ground, concept)
    });
    wanted
        .flat_map(|concept| {
            let is_declared = concept.kind == Some(ClusterKind::Declared)
                || concept.canonical.confidence == Confidence::Declared;
            let others = concept.definitions().iter();
            let others =
                others.filter(move |held| is_declared || !is_homonym(ground, concept, held));
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

/// Sharing fewer of the names of the smaller than this, two classes have little more than their own name in common,
const HOMONYM: f64 = 0.5;
/// unless their bodies are so much alike, in percent.
const LIKE_BODIES: u8 = 40;

/// Two things that happen to have one name, or the name that two families give to their members.
fn is_homonym(ground: &Ground, concept: &Concept, held: &Held) -> bool {
    let project = ground.project;
    let place = held.member.place;
    held.likeness <= 0.0
        || (held.likeness < HOMONYM && held.similarity < LIKE_BODIES)
        || are_parallel(ground, concept.canonical.place, place)
        || (held.similarity < HALF
            && (share_one_name(project, concept.canonical.place, place)
                || are_of_two_makes(ground, concept.canonical.place, place)))
}

const HALF: u8 = 50;

/// Whether both derive from classes that have one name themselves: then those are the duplicates, if any are.
fn are_parallel(ground: &Ground, home: Place, other: Place) -> bool {
    let of_home = ground.survey.ancestors(home);
    let name = |place: &Place| name_of(ground.project, *place);
    ground
        .survey
        .ancestors(other)
        .iter()
        .any(|base| of_home.iter().any(|known| known != base && name(known) == name(base)))
}

/// Whether both have bases, and none in common: a model of the database and one of an interface are two things.
fn are_of_two_makes(ground: &Ground, home: Place, other: Place) -> bool {
    let (of_home, of_other) = (bases_of(ground, home), bases_of(ground, other));
    !of_home.is_empty() && !of_other.is_empty() && of_home.is_disjoint(&of_other)
}

/// The names of all that a class derives from, as far as is known.
fn bases_of<'g>(ground: &Ground<'g>, class: Place) -> BTreeSet<&'g str> {
    const BARE: [&str; 5] = ["object", "ABC", "Generic", "Protocol", "Exception"];
    let mut names = BTreeSet::new();
    for (file, row) in std::iter::once(&class).chain(ground.survey.ancestors(class)) {
        let facts = &ground.project.file(*file).facts;
        let bases = facts.definition(*row).map_or(&[][..], |class| facts.exprs(class.bases));
        let last = |text: &'g str| text.rsplit('.').next().unwrap_or(text);
        names.extend(bases.iter().map(|base| last(facts.text(base.dotted))));
    }
    names.retain(|name| !name.is_empty() && !BARE.contains(name));
    names
}

/// Whether all that the smaller has is one name, which many classes have.
fn share_one_name(project: &Project, home: Place, other: Place) -> bool {
    let (of_home, of_other) = (api(project, home), api(project, other));
    of_home.len().min(of_other.len()) == 1 && of_home.len().max(of_other.len()) > 2
}

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
    if let Some(at) = at(home, home_row) {
        finding = finding.related(home, at, "the canonical definition");
    }
    finding
}
