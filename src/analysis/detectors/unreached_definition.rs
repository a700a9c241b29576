//! `unreached-definition`: one of several definitions that no other file uses and no test reaches.

use rustc_hash::FxHashSet;

use super::record;
use crate::analysis::clusters::ClusterKind;
use crate::analysis::concepts::Held;
use crate::analysis::finding::{Finding, Ground};
use crate::analysis::reach::Reach;
use crate::facts::rows::Pos;
use crate::model::{FileId, Outcome, Project};

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
    let clusters = ground.concepts.iter();
    let clusters = clusters.filter(|concept| {
        matches!(
            concept.kind,
            Some(ClusterKind::SameName | ClusterKind::Family | ClusterKind::Declared)
        )
    });
    let held =
        clusters.flat_map(|concept| concept.definitions().iter().map(move |held| (concept, held)));
    let named = named_in_strings(project);
    held.filter(|(concept, held)| {
        let place = held.member.place;
        place != concept.canonical.place
            && !named.contains(&*project.file(place.0).module)
            && !is_registered(ground, held)
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

/// Dotted names of modules that strings spell: settings and tables by which modules are loaded.
fn named_in_strings(project: &Project) -> FxHashSet<&str> {
    let texts = |file: &'_ FileId| {
        let facts = &project.file(*file).facts;
        facts.strings().iter().map(|string| facts.text(string.target)).collect::<Vec<_>>()
    };
    project.ids().collect::<Vec<_>>().iter().flat_map(texts).collect()
}

/// Whether whoever made its base or its decorator may keep a list of such classes, or finds them by their name.
fn is_registered(ground: &Ground, held: &Held) -> bool {
    let (file, row) = held.member.place;
    let facts = &ground.project.file(file).facts;
    let Some(class) = facts.definition(row) else { return true };
    let mut decorators = facts.exprs(class.decorators).iter();
    held.is_sibling
        || !ground.survey.ancestors((file, row)).is_empty()
        || facts.exprs(class.keywords).iter().any(|keyword| {
            !matches!(facts.text(keyword.keyword), "metaclass" | "total" | "frozen" | "kw_only")
        })
        || decorators.any(|decorator| {
            let text = facts.text(decorator.text);
            !["dataclass", "define", "attr", "final", "total_ordering", "unique"]
                .iter()
                .any(|harmless| text.contains(harmless))
        })
}
