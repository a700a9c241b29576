//! `dual-pattern`: one file goes the old way and the new way at once.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::{deprecation, record};
use crate::analysis::Place;
use crate::analysis::clusters::{ClusterKind, is_related, name_of};
use crate::analysis::concepts::{Concept, Held};
use crate::analysis::finding::{Finding, Ground, enclosing};
use crate::facts::rows::StringForm;
use crate::model::{End, FileId, Form, Place as Module, Project, Reached, Site, Wanted};

record!(
    "dual-pattern",
    Warning,
    "one file uses both the old and the new way",
    in_tests: false,
    find
);

/// Two definitions that nobody declared are an old and a new way when their APIs have so much in common,
const LEAST_LIKENESS: f64 = 0.5;
/// so many files use the new one,
const LEAST_USERS: usize = 3;
/// and so many times more than the old one.
const MAJORITY: usize = 2;
/// A finding names no more functions than this.
const MOST_FUNCTIONS: usize = 4;

/// What is left, what takes its place, and why that is thought.
struct Pair {
    old: Ways,
    new: Ways,
    why: String,
}

struct Ways {
    name: String,
    definitions: BTreeSet<Place>,
    modules: BTreeSet<FileId>,
}

impl Ways {
    fn of(project: &Project, place: Place) -> Self {
        let name = project.definition_name(place.0, place.1);
        Self { name, definitions: BTreeSet::from([place]), modules: BTreeSet::new() }
    }

    fn named(project: &Project, names: &[String]) -> Self {
        let (mut definitions, mut modules) = (BTreeSet::new(), BTreeSet::new());
        for end in names.iter().flat_map(|name| project.find(name)) {
            match end {
                End::Definition(file, row) => {
                    definitions.insert((file, row));
                }
                End::Place(Module::Module(file)) => {
                    modules.insert(file);
                }
                _ => {}
            }
        }
        Self { name: names.join("`, `"), definitions, modules }
    }

    fn holds(&self, end: End) -> bool {
        match end {
            End::Definition(file, row) => {
                self.definitions.contains(&(file, row)) || self.modules.contains(&file)
            }
            End::Value(file, _) | End::Place(Module::Module(file)) => self.modules.contains(&file),
            _ => false,
        }
    }

    fn is_home(&self, file: FileId) -> bool {
        self.modules.contains(&file) || self.definitions.iter().any(|(home, _)| *home == file)
    }
}

fn find(ground: &Ground) -> Vec<Finding> {
    let project = ground.project;
    let mut work: Vec<(FileId, &Pair)> = Vec::new();
    let (declared, evident) = (declared(ground), evident(ground));
    for pair in &declared {
        work.extend(ground.files().into_iter().map(|file| (file, pair)));
    }
    for (pair, files) in &evident {
        work.extend(files.iter().map(|file| (*file, pair)));
    }
    work.retain(|(file, pair)| {
        let held = project.file(*file);
        // Who passes on, wraps or defines one of them has to know both.
        !(held.is_package() || held.is_shim() || pair.old.is_home(*file) || pair.new.is_home(*file))
    });
    work.into_par_iter().filter_map(|(file, pair)| in_file(ground, file, pair)).collect()
}

fn declared(ground: &Ground) -> Vec<Pair> {
    let project = ground.project;
    let concepts = ground.declared.concepts.iter();
    let concepts =
        concepts.filter(|concept| !concept.instead_of.is_empty() && !concept.canonical.is_empty());
    concepts
        .map(|concept| {
            let (file, row) = concept.canonical[0];
            let new = Ways {
                name: project.definition_name(file, row),
                definitions: concept.canonical.iter().copied().collect(),
                modules: BTreeSet::new(),
            };
            let old = Ways::named(project, &concept.instead_of);
            Pair { old, new, why: format!("as the concept `{}` declares", concept.name) }
        })
        .collect()
}

/// Pairs within a cluster with the files that use both.
fn evident(ground: &Ground) -> Vec<(Pair, BTreeSet<FileId>)> {
    let mut pairs = Vec::new();
    for concept in ground.concepts {
        if !matches!(concept.kind, Some(ClusterKind::SameName | ClusterKind::Family)) {
            continue;
        }
        let home = concept.canonical.place;
        let new_users = ground.survey.importers(home);
        for held in concept.counted().iter().filter(|held| held.member.place != home) {
            let both: BTreeSet<FileId> = held.importers.intersection(&new_users).copied().collect();
            if both.is_empty() {
                continue;
            }
            if let Some(why) = why_old(ground, concept, held, new_users.len()) {
                let old = Ways::of(ground.project, held.member.place);
                pairs.push((Pair { old, new: Ways::of(ground.project, home), why }, both));
            }
        }
    }
    pairs
}

/// Why one definition of a cluster is the old way and the canonical one the new.
fn why_old(ground: &Ground, concept: &Concept, held: &Held, new_users: usize) -> Option<String> {
    let project = ground.project;
    let (home, place) = (concept.canonical.place, held.member.place);
    let says_so = |place: Place| {
        deprecation::of_definition(project, place)
            .or_else(|| deprecation::of_module(project, place.0))
    };
    if says_so(home).is_some() || is_related(project, ground.survey, home, place) {
        return None;
    }
    if let Some(evidence) = says_so(place) {
        return Some(format!("of the old one, {evidence}"));
    }
    let old_users = held.importers.len();
    // Without a word from anybody only classes of one name and one make are ways to do the same: a model of the database
    // and one of the interface are two things.
    let is_clear = concept.name() == name_of(project, place)
        && name_of(project, home) == name_of(project, place)
        && bases_of(project, home) == bases_of(project, place)
        && held.likeness >= LEAST_LIKENESS
        && !held.is_sibling
        && new_users >= LEAST_USERS
        && new_users >= MAJORITY * old_users;
    is_clear.then(|| {
        let files = if old_users == 1 { "1 file".into() } else { format!("{old_users} files") };
        format!("{new_users} files use the new one, {files} the old one")
    })
}

/// The last names of a class's bases, sorted.
fn bases_of(project: &Project, (file, row): Place) -> Vec<&str> {
    let facts = &project.file(file).facts;
    let bases = facts.definition(row).map_or(&[][..], |class| facts.exprs(class.bases));
    let last = |text: &'_ str| text.rfind('.').map_or(0, |at| at + 1);
    let names = bases.iter().map(|base| facts.text(base.dotted));
    let mut names: Vec<&str> = names.map(|name| &name[last(name)..]).collect();
    names.sort_unstable();
    names
}

fn in_file(ground: &Ground, file: FileId, pair: &Pair) -> Option<Finding> {
    let project = ground.project;
    let leads_there =
        |reached: &Reached| pair.old.holds(reached.end) || pair.new.holds(reached.end);
    let wanted = Wanted { reached: &leads_there, stars: false, references: true };
    let sites: Vec<Site> = project.sites(file, &wanted);
    let counts = |site: &&Site| match site.form {
        Form::String(form) => form == StringForm::ImportModule,
        Form::Lazy | Form::Star => false,
        _ => true,
    };
    let of = |ways: &Ways| -> Vec<&Site> {
        sites.iter().filter(counts).filter(|site| ways.holds(site.end)).collect()
    };
    let (old, new) = (of(&pair.old), of(&pair.new));
    let (first_old, first_new) = (first(&old)?, first(&new)?);
    let functions = by_function(project, file, &old, &new);
    Some(
        Finding::new(&RULE, file, first_old.at, pair.old.name.clone())
            .message(format!(
                "both `{}` (line {}) and `{}` (line {}) are used here; {}{functions}",
                pair.old.name, first_old.at.line, pair.new.name, first_new.at.line, pair.why
            ))
            .remedy(format!("use `{}` everywhere in this file", pair.new.name))
            .related(file, first_new.at, format!("the new way, `{}`", first_new.path))
            .key([pair.old.name.clone(), pair.new.name.clone()]),
    )
}

/// The import rather than the first use.
fn first<'s>(sites: &[&'s Site]) -> Option<&'s Site> {
    let import = sites.iter().find(|site| site.form.is_statement());
    import.or(sites.first()).copied()
}

/// `; f goes both ways, g the old one`
fn by_function(project: &Project, file: FileId, old: &[&Site], new: &[&Site]) -> String {
    let mut ways: BTreeMap<String, (bool, bool)> = BTreeMap::new();
    let module = format!("{}.", project.file(file).module);
    let mut note = |site: &Site, is_old: bool| {
        let name = enclosing(project, file, site.scope);
        let Some(name) = name.strip_prefix(&module) else { return };
        let way = ways.entry(name.to_owned()).or_default();
        *(if is_old { &mut way.0 } else { &mut way.1 }) = true;
    };
    for site in old {
        note(site, true);
    }
    for site in new {
        note(site, false);
    }
    let mut parts: Vec<String> = Vec::new();
    for (word, wanted) in [
        ("both ways", (true, true)),
        ("the old way", (true, false)),
        ("the new way", (false, true)),
    ] {
        let names: Vec<&str> =
            ways.iter().filter(|(_, way)| **way == wanted).map(|(name, _)| &**name).collect();
        if names.is_empty() {
            continue;
        }
        let shown = names.iter().take(MOST_FUNCTIONS).map(|name| format!("`{name}`"));
        let shown = shown.collect::<Vec<_>>().join(", ");
        let rest = names.len().saturating_sub(MOST_FUNCTIONS);
        let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
        parts.push(format!("; {word}: {shown}{more}"));
    }
    parts.concat()
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::analysis::detectors::testing::{check, check_declared};

    #[test]
    fn declared_ways_in_every_scope() {
        check_declared(
            &RULE,
            "# file: app/new.py\nclass Manager: pass\n\
             # file: app/old.py\nclass Bridge: pass\n\
             # file: both.py\nfrom app.new import Manager\ndef f():\n    from app import old\n    old.Bridge(); Manager()\n\
             # file: one.py\nfrom app.new import Manager\n\
             # file: other.py\nfrom app.old import Bridge\n# Manager\n",
            |concept| concept.instead_of = vec!["app.old.Bridge".into()],
            "app.new.Manager",
            &["both.py:4 app.old.Bridge"],
        );
    }

    #[test]
    fn a_deprecated_twin() {
        check(
            &RULE,
            "# file: app/new.py\nclass Manager:\n    def run(self): pass\n\
             # file: app/old.py\nclass Manager:\n    '''Deprecated.'''\n    def run(self): pass\n\
             # file: both.py\nfrom app.new import Manager\nfrom app.old import Manager as Old\nX = 1\n",
            &["both.py:2 app.old.Manager"],
        );
    }

    #[test]
    fn two_things_of_one_name_are_no_old_and_new() {
        check(
            &RULE,
            "# file: app/models.py\nclass Field:\n    def save(self): pass\n    def load(self): pass\n\
             # file: app/forms.py\nclass Field:\n    def widget(self): pass\n    def clean(self): pass\n\
             # file: both.py\nfrom app import models, forms\nmodels.Field(); forms.Field()\n",
            &[],
        );
    }
}
