//! `near-duplicate-class`: a class with a body like another's, under another name.

use std::collections::BTreeMap;

use super::record;
use crate::analysis::Place;
use crate::analysis::clusters::ClusterKind;
use crate::analysis::copies::similarity;
use crate::analysis::finding::{Finding, Ground};
use crate::facts::rows::Pos;

record!(
    "near-duplicate-class",
    Warning,
    "a class has nearly the same body as another under another name",
    in_tests: false,
    find
);

/// In percent. The clusters show what is less alike too; there siblings, made alike on purpose, are many.
const NEARLY_SAME: u8 = 80;

fn find(ground: &Ground) -> Vec<Finding> {
    let project = ground.project;
    // A class may be kin of several clusters: told once, beside the one it is most like.
    let mut nearest: BTreeMap<Place, (u8, Place)> = BTreeMap::new();
    for concept in ground.concepts {
        let home = concept.canonical.place;
        for held in concept.held.iter().filter(|held| held.member.by == ClusterKind::NearCopy) {
            let place = held.member.place;
            if place == home {
                continue;
            }
            let others = concept.places().filter(|other| *other != place);
            let best = others.map(|other| (similarity(project, place, other), other)).max();
            if let Some(best) = best.filter(|(alike, _)| *alike >= NEARLY_SAME) {
                let known = nearest.entry(place).or_insert(best);
                *known = best.max(*known);
            }
        }
    }
    // Of two that are each other's nearest one is told.
    let is_told = |place: Place, other: Place| {
        place > other || nearest.get(&other).is_none_or(|(_, back)| *back != place)
    };
    let pairs: Vec<(Place, (u8, Place))> = nearest
        .iter()
        .filter(|(place, (_, other))| is_told(**place, *other))
        .map(|(place, near)| (*place, *near))
        .collect();
    pairs.into_iter().map(|(place, (alike, other))| finding(ground, place, alike, other)).collect()
}

fn finding(ground: &Ground, (file, row): Place, alike: u8, other: Place) -> Finding {
    let project = ground.project;
    let at = |(file, row): Place| {
        project.file(file).facts.definition(row).map_or(Pos::TOP, |row| row.at)
    };
    let symbol = project.definition_name(file, row);
    let twin = project.definition_name(other.0, other.1);
    Finding::new(&RULE, file, at((file, row)), symbol.clone())
        .message(format!("{alike}% of its body is that of `{twin}`"))
        .remedy("keep one of the two, or move what they share to one place that both use")
        .related(other.0, at(other), "the class it is like")
        .key([symbol, twin])
}
