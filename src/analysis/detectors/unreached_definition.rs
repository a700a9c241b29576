//! `unreached-definition`: one of several definitions that no other file uses and no test reaches.

use super::record;
use crate::analysis::clusters::ClusterKind;
use crate::analysis::finding::{Finding, Ground};
use crate::analysis::reach::Reach;
use crate::facts::rows::Pos;
use crate::model::Outcome;

record!(
    "unreached-definition",
    Info,
    "one of several definitions of a class is used by no file and reached by no test",
    in_tests: false,
    find
);

fn find(ground: &Ground) -> Vec<Finding> {
    let project = ground.project;
    let reach = Reach::of(project, ground.survey);
    let clusters = ground.concepts.all.iter();
    let clusters = clusters.filter(|concept| {
        matches!(
            concept.kind,
            Some(ClusterKind::SameName | ClusterKind::Family | ClusterKind::Declared)
        )
    });
    let held =
        clusters.flat_map(|concept| concept.definitions().iter().map(move |held| (concept, held)));
    held.filter(|(concept, held)| {
        let place = held.member.place;
        place != concept.canonical.place
            && ground.survey.users(place).iter().all(|(file, _)| *file == place.0)
            && reach.own_use(place).is_none()
            && !reach.is_tested(ground.survey, place)
            // A module that makes names as it runs may hand it on.
            && !project.links(place.0).iter().any(|link| link.outcome == Outcome::Dynamic)
    })
    .map(|(concept, held)| {
        let (file, row) = held.member.place;
        let symbol = project.definition_name(file, row);
        let at = project.file(file).facts.definition(row).map_or(Pos::TOP, |row| row.at);
        Finding::new(&RULE, file, at, symbol.clone())
            .message(format!("no file uses `{symbol}`, and no test reaches it"))
            .remedy(format!("remove it; `{}` is what is used", concept.canonical.path))
            .key([symbol])
    })
    .collect()
}
