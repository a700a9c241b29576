//! `direct-instantiation`: a class that has a factory is constructed elsewhere.

use std::collections::{BTreeMap, BTreeSet};

use petgraph::visit::EdgeRef;

use super::record;
use crate::analysis::Place;
use crate::analysis::finding::{Finding, Ground, enclosing};
use crate::facts::rows::{DefinitionKind, NO_ROW, Pos, flag};
use crate::model::graph::{EdgeKind, Node};
use crate::model::{End, FileId, Place as Module, Project};

record!(
    "direct-instantiation",
    Warning,
    "a class that has a factory is constructed without it",
    in_tests: false,
    find
);

/// A factory that nobody declared counts as one when so many files use it,
const LEAST_USERS: usize = 3;
/// and so many times more than construct the class themselves.
const MAJORITY: usize = 2;

fn find(ground: &Ground) -> Vec<Finding> {
    let constructions = constructions(ground);
    let mut found = Vec::new();
    let mut declared: BTreeSet<Place> = BTreeSet::new();
    for concept in ground.declared.concepts.iter().filter(|concept| !concept.factory.is_empty()) {
        let makers = Makers::named(ground.project, &concept.factory);
        for class in &concept.canonical {
            declared.insert(*class);
            let why = format!("the concept `{}` declares it as its factory", concept.name);
            let sites = constructions.get(class).map_or(&[][..], Vec::as_slice);
            let others = sites.iter().filter(|site| !makers.may_make(*class, site));
            let name = concept.factory.join("`, `");
            found.extend(others.map(|site| finding(ground, *class, site, &name, &why)));
        }
    }
    for (class, sites) in &constructions {
        if !declared.contains(class) {
            evident(ground, *class, sites, &mut found);
        }
    }
    once(found)
}

/// One finding for each class and function that constructs it.
fn once(mut found: Vec<Finding>) -> Vec<Finding> {
    found.sort_by(|a, b| (a.file, &a.key, a.at).cmp(&(b.file, &b.key, b.at)));
    found.dedup_by(|later, first| later.file == first.file && later.key == first.key);
    found
}

/// One place where a class is called.
struct Construction {
    by: Node,
    file: FileId,
    at: Pos,
}

/// Who constructs each class.
fn constructions(ground: &Ground) -> BTreeMap<Place, Vec<Construction>> {
    let graph = &ground.survey.graph.graph;
    let mut found: BTreeMap<Place, Vec<Construction>> = BTreeMap::new();
    for edge in graph.edge_references() {
        let made = edge.weight();
        if let (EdgeKind::Instantiate, Node::Definition(file, row)) =
            (made.kind, graph[edge.target()])
            && ground.holds(made.file)
        {
            let by = graph[edge.source()];
            found.entry((file, row)).or_default().push(Construction {
                by,
                file: made.file,
                at: made.at,
            });
        }
    }
    for sites in found.values_mut() {
        sites.sort_by_key(|site| (site.file, site.at));
    }
    found
}

/// Functions, classes and modules that may construct.
#[derive(Default)]
struct Makers {
    definitions: BTreeSet<Place>,
    modules: BTreeSet<FileId>,
}

impl Makers {
    fn named(project: &Project, names: &[String]) -> Self {
        let mut makers = Self::default();
        for end in names.iter().flat_map(|name| project.find(name)) {
            match end {
                End::Definition(file, mut row) => {
                    // Of a method its class: only those are nodes.
                    let definitions = project.file(file).facts.definitions();
                    while let Some(parent) = definitions
                        .get(row as usize)
                        .map(|definition| definition.parent)
                        .filter(|parent| *parent != NO_ROW)
                    {
                        row = parent;
                    }
                    makers.definitions.insert((file, row));
                }
                End::Place(Module::Module(file)) => {
                    makers.modules.insert(file);
                }
                _ => {}
            }
        }
        makers
    }

    /// The factory, and the class itself.
    fn may_make(&self, class: Place, site: &Construction) -> bool {
        let by_definition = match site.by {
            Node::Definition(file, row) => {
                (file, row) == class || self.definitions.contains(&(file, row))
            }
            Node::Module(_) | Node::Package(_) => false,
        };
        by_definition || self.modules.contains(&site.file)
    }
}

/// A function `create_x` or class `XFactory` that makes `X`, and that most files use.
fn evident(ground: &Ground, class: Place, sites: &[Construction], found: &mut Vec<Finding>) {
    let project = ground.project;
    let facts = &project.file(class.0).facts;
    let Some(definition) = facts.definition(class.1) else { return };
    let name = facts.text(definition.name);
    if definition.is(flag::DATACLASS) || is_plain_value(name) {
        return;
    }
    let mut makers = Makers::default();
    for site in sites {
        if let Node::Definition(file, row) = site.by
            && is_factory_of(project, (file, row), name)
        {
            makers.definitions.insert((file, row));
        }
    }
    let users: BTreeSet<FileId> =
        makers.definitions.iter().flat_map(|maker| ground.survey.importers(*maker)).collect();
    let homes: BTreeSet<FileId> =
        makers.definitions.iter().map(|(file, _)| *file).chain([class.0]).collect();
    let others: Vec<&Construction> =
        sites.iter().filter(|site| !homes.contains(&site.file)).collect();
    let other_files: BTreeSet<FileId> = others.iter().map(|site| site.file).collect();
    if users.len() < LEAST_USERS || users.len() < MAJORITY * other_files.len() {
        return;
    }
    let names: Vec<String> =
        makers.definitions.iter().map(|(file, row)| project.definition_name(*file, *row)).collect();
    let why = format!(
        "{} files go through it, {} {} not",
        users.len(),
        other_files.len(),
        if other_files.len() == 1 { "does" } else { "do" }
    );
    let name = names.join("`, `");
    found.extend(others.into_iter().map(|site| finding(ground, class, site, &name, &why)));
}

/// Errors are raised where they happen.
fn is_plain_value(name: &str) -> bool {
    name.ends_with("Error") || name.ends_with("Exception") || name.ends_with("Warning")
}

fn is_factory_of(project: &Project, (file, row): Place, class: &str) -> bool {
    const VERBS: [&str; 6] = ["get_or_create_", "create_", "make_", "build_", "new_", "get_"];
    let facts = &project.file(file).facts;
    let Some(maker) = facts.definition(row) else { return false };
    let name = facts.text(maker.name);
    if name.starts_with('_') {
        return false;
    }
    let is_class = maker.kind() == DefinitionKind::Class;
    let stem = if is_class {
        name.strip_suffix("Factory")
    } else {
        let verb = VERBS.iter().find_map(|verb| name.strip_prefix(verb));
        verb.or_else(|| name.strip_suffix("_factory"))
    };
    let folded = |text: &str| text.replace('_', "").to_lowercase();
    stem.is_some_and(|stem| folded(stem) == folded(class))
}

fn finding(
    ground: &Ground,
    class: Place,
    site: &Construction,
    factory: &str,
    why: &str,
) -> Finding {
    let project = ground.project;
    let symbol = project.definition_name(class.0, class.1);
    let by = match site.by {
        Node::Definition(file, row) => project.definition_name(file, row),
        Node::Module(_) | Node::Package(_) => enclosing(project, site.file, 0),
    };
    let at = project.file(class.0).facts.definition(class.1).map_or(Pos::TOP, |row| row.at);
    Finding::new(&RULE, site.file, site.at, symbol.clone())
        .message(format!("`{symbol}` is constructed here, not by `{factory}`: {why}"))
        .remedy(format!("call `{factory}`"))
        .related(class.0, at, "the class")
        .key([symbol, by])
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::analysis::detectors::testing::{check, check_declared};

    const TREE: &str = "# file: app/core.py\nclass Store:\n    @classmethod\n    def copy(cls): return Store()\n\
        def create_store(): return Store()\n\
        # file: a.py\nfrom app.core import create_store\n\
        # file: b.py\nfrom app.core import create_store\n\
        # file: c.py\nfrom app import core\ncore.create_store()\n\
        # file: d.py\nfrom app.core import Store as S\ndef f():\n    return S(), S()\n\
        # file: e.py\nfrom app.core import Store\nclass Sub(Store): pass\nisinstance(1, Store)\n";

    #[test]
    fn most_files_use_the_factory() {
        check(&RULE, TREE, &["d.py:3 app.core.Store"]);
    }

    #[test]
    fn no_majority_no_finding() {
        let text = TREE.replace("# file: b.py\nfrom app.core import create_store\n", "");
        check(&RULE, &text, &[]);
    }

    #[test]
    fn a_declared_factory_needs_no_majority() {
        check_declared(
            &RULE,
            "# file: app.py\nclass Store: pass\ndef other(): return Store()\n\
             class Maker:\n    def make(self): return Store()\n",
            |concept| concept.factory = vec!["app.Maker.make".into()],
            "app.Store",
            &["app.py:2 app.Store"],
        );
    }
}
