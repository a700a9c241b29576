//! `interface-gap`: a class lacks methods that its interface or most of its siblings have.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use petgraph::Direction;
use rustc_hash::FxHashMap;

use super::record;
use crate::analysis::clusters::ClusterKind;
use crate::analysis::finding::{DeclaredConcept, Finding, Ground, Severity};
use crate::analysis::{Place, Standing};
use crate::facts::rows::{Definition, DefinitionKind, NO_ROW, ParamKind, Pos, Row, flag};
use crate::model::Project;
use crate::model::graph::{EdgeKind, Node};

record!(
    "interface-gap",
    Warning,
    "a class lacks methods that its interface or its siblings have",
    in_tests: false,
    find
);

/// Definitions of one name from which a majority can be taken.
const LEAST_SIBLINGS: usize = 3;
/// A matrix names no more siblings than this.
const MOST_SIBLINGS: usize = 8;
const DEEPEST: usize = 20;

fn find(ground: &Ground) -> Vec<Finding> {
    let classes = Classes::of(ground);
    let mut found = Vec::new();
    for concept in &ground.declared.concepts {
        declared(ground, &classes, concept, &mut found);
    }
    abstract_methods(ground, &classes, &mut found);
    siblings(ground, &classes, &mut found);
    // A class with a declared interface is told once.
    found.sort_by_key(|finding| (finding.file, finding.at));
    found.dedup_by(|later, first| later.file == first.file && later.symbol == first.symbol);
    found
}

/// A method, where it is defined.
type Method = Place;

/// A name that a class binds, and its row if it is a method.
type Member<'p> = (&'p str, Option<Row>);

/// What a class has: by name the method that counts, or none for what is bound otherwise.
#[derive(Clone, Default)]
struct Has<'p> {
    names: BTreeMap<&'p str, Option<Method>>,
    /// A base is not of the project: it may have anything.
    is_open: bool,
}

struct Classes<'g> {
    ground: &'g Ground<'g>,
    /// Members of each class by file: methods and other names.
    members: Vec<FxHashMap<Row, Vec<Member<'g>>>>,
    known: RefCell<FxHashMap<Place, Has<'g>>>,
}

impl<'g> Classes<'g> {
    fn of(ground: &'g Ground) -> Self {
        let project = ground.project;
        let members = project.files.iter().map(|file| {
            let facts = &file.facts;
            let mut members: FxHashMap<Row, Vec<Member>> = FxHashMap::default();
            for binding in facts.bindings().iter().filter(|binding| binding.class != NO_ROW) {
                members.entry(binding.class).or_default().push((facts.text(binding.name), None));
            }
            for (row, definition) in facts.definitions().iter().enumerate() {
                let is_member = facts
                    .definition(definition.parent)
                    .is_some_and(|parent| parent.kind() == DefinitionKind::Class);
                if is_member && definition.kind() == DefinitionKind::Function {
                    let name = facts.text(definition.name);
                    let own = members.entry(definition.parent).or_default();
                    own.push((name, Some(row as Row)));
                }
            }
            members
        });
        Self { ground, members: members.collect(), known: RefCell::default() }
    }

    fn project(&self) -> &'g Project {
        self.ground.project
    }

    fn own(&self, (file, row): Place) -> &[(&'g str, Option<Row>)] {
        self.members[file.index()].get(&row).map_or(&[], Vec::as_slice)
    }

    fn bases(&self, class: Place) -> Vec<Place> {
        self.ground.survey.graph.bases(Node::Definition(class.0, class.1)).collect()
    }

    /// With what it inherits; a name of the class itself comes before those of its bases, in their order.
    fn has(&self, class: Place, depth: usize) -> Has<'g> {
        if let Some(known) = self.known.borrow().get(&class) {
            return known.clone();
        }
        let mut has = Has::default();
        if depth > DEEPEST {
            return Has { is_open: true, ..has };
        }
        for (name, method) in self.own(class) {
            let method = method.map(|row| (class.0, row));
            let slot = has.names.entry(name).or_default();
            *slot = method.or(*slot);
        }
        let facts = &self.project().file(class.0).facts;
        if let Some(definition) = facts.definition(class.1) {
            let bases = self.bases(class);
            let written = facts.exprs(definition.bases);
            let named = written.iter().filter(|base| !is_bare(facts.text(base.dotted))).count();
            // Bases that are made as code runs, or stand outside.
            has.is_open |= named > bases.len();
            for base in bases {
                let inherited = self.has(base, depth + 1);
                has.is_open |= inherited.is_open;
                for (name, method) in inherited.names {
                    has.names.entry(name).or_insert(method);
                }
            }
        }
        self.known.borrow_mut().insert(class, has.clone());
        has
    }

    fn definition(&self, (file, row): Place) -> Option<&'g Definition> {
        self.project().file(file).facts.definition(row)
    }

    fn at(&self, place: Place) -> Pos {
        self.definition(place).map_or(Pos::TOP, |row| row.at)
    }

    fn signature(&self, (file, row): Place) -> String {
        let facts = &self.project().file(file).facts;
        let Some(method) = facts.definition(row) else { return String::new() };
        let params = facts.params(method.params).iter().map(|param| {
            let name = facts.text(param.name);
            let default = if param.default.is_none() { "" } else { "=…" };
            match param.kind() {
                ParamKind::VarArgs => format!("*{name}"),
                ParamKind::KwArgs => format!("**{name}"),
                ParamKind::PositionalOnly | ParamKind::Normal | ParamKind::KeywordOnly => {
                    format!("{name}{default}")
                }
            }
        });
        let word = if method.is(flag::ASYNC) { "async " } else { "" };
        let name = facts.text(method.name);
        format!("{word}{name}({})", params.collect::<Vec<_>>().join(", "))
    }
}

/// Bases that bring nothing that is asked for.
fn is_bare(base: &str) -> bool {
    let last = base.rsplit('.').next().unwrap_or(base);
    matches!(last, "object" | "ABC" | "Protocol" | "Generic")
}

/// Every member of a declared concept has the declared methods.
fn declared(
    ground: &Ground,
    classes: &Classes,
    concept: &DeclaredConcept,
    found: &mut Vec<Finding>,
) {
    if concept.interface.is_empty() {
        return;
    }
    let project = ground.project;
    let mut members: BTreeSet<Place> = concept.canonical.iter().copied().collect();
    for file in ground.files() {
        let facts = &project.file(file).facts;
        for (row, definition) in facts.definitions().iter().enumerate() {
            let row = row as Row;
            let name = facts.text(definition.name);
            let is_member = definition.kind() == DefinitionKind::Class
                && definition.parent == NO_ROW
                && concept
                    .members
                    .iter()
                    .any(|member| member.matches(name, &project.definition_name(file, row)));
            if is_member && ground.scope.holds_standing(Standing::of(project, file, row)) {
                members.insert((file, row));
            }
        }
    }
    if concept.members.is_empty() {
        let clusters = ground.concepts.all.iter();
        let own = clusters.filter(|cluster| {
            matches!(cluster.kind, Some(ClusterKind::Declared | ClusterKind::SameName))
                && cluster.definitions().iter().any(|held| members.contains(&held.member.place))
        });
        let more: Vec<Place> = own
            .flat_map(|cluster| cluster.definitions().iter().map(|held| held.member.place))
            .collect();
        members.extend(more);
    }
    let members: Vec<Place> = members.into_iter().collect();
    let asked: Vec<&str> = concept.interface.iter().map(String::as_str).collect();
    let model = concept.canonical.first().copied();
    for class in &members {
        let why = format!("the interface of the concept `{}`", concept.name);
        found.extend(gap(classes, *class, &asked, model, &members, &why));
    }
}

/// Compares a class with what is asked for; the model gives the signatures.
fn gap(
    classes: &Classes,
    class: Place,
    asked: &[&str],
    model: Option<Place>,
    siblings: &[Place],
    why: &str,
) -> Option<Finding> {
    let has = classes.has(class, 0);
    let wanted = model.map(|model| classes.has(model, 0)).unwrap_or_default();
    let mut lacks: Vec<&str> = Vec::new();
    let mut differs: Vec<String> = Vec::new();
    for name in asked {
        match has.names.get(name) {
            None if has.is_open => {}
            None => lacks.push(name),
            Some(Some(own)) => {
                if let Some(Some(asked)) = wanted.names.get(name)
                    && model != Some(class)
                    && !is_like(classes, *asked, *own)
                {
                    differs.push(format!(
                        "`{}` is not `{}`",
                        classes.signature(*own),
                        classes.signature(*asked)
                    ));
                }
            }
            Some(None) => {}
        }
    }
    if lacks.is_empty() && differs.is_empty() {
        return None;
    }
    let mut parts = Vec::new();
    if !lacks.is_empty() {
        parts.push(format!("lacks `{}`", lacks.join("`, `")));
    }
    parts.extend(differs.iter().cloned());
    let project = classes.project();
    let symbol = project.definition_name(class.0, class.1);
    let mut finding = Finding::new(&RULE, class.0, classes.at(class), symbol.clone())
        .message(format!("of {why}, `{symbol}` {}", parts.join("; ")))
        .remedy("give it the same methods, or take it out of this family")
        .key([symbol]);
    for other in siblings.iter().filter(|other| **other != class).take(MOST_SIBLINGS) {
        finding = finding.related(other.0, classes.at(*other), row_of(classes, *other, asked));
    }
    Some(finding)
}

/// One row of the matrix: which of the methods a class has.
fn row_of(classes: &Classes, class: Place, asked: &[&str]) -> String {
    let has = classes.has(class, 0);
    let cells = asked.iter().map(|name| match has.names.get(name) {
        Some(Some(method)) => classes.signature(*method),
        Some(None) => (*name).to_owned(),
        None if has.is_open => format!("{name}?"),
        None => format!("no {name}"),
    });
    let name = classes.project().definition_name(class.0, class.1);
    format!("{name}: {}", cells.collect::<Vec<_>>().join(", "))
}

/// Whether what calls the one can call the other the same way.
fn is_like(classes: &Classes, asked: Method, own: Method) -> bool {
    let (Some(first), Some(second)) = (classes.definition(asked), classes.definition(own)) else {
        return true;
    };
    // A decorator may change what can be called.
    let is_plain = |method: &Definition| method.decorators.is_empty() || method.is(flag::ABSTRACT);
    if !is_plain(first) || !is_plain(second) {
        return true;
    }
    if first.is(flag::ASYNC) != second.is(flag::ASYNC) && !first.is(flag::GENERATOR) {
        return false;
    }
    let params = |(file, _): Method, method: &Definition| {
        let facts = &classes.project().file(file).facts;
        let mut positional: Vec<(&str, bool)> = Vec::new();
        let mut keywords: Vec<(&str, bool)> = Vec::new();
        let (mut rest, mut rest_keywords) = (false, false);
        for param in facts.params(method.params) {
            let entry = (facts.text(param.name), param.default.is_none());
            match param.kind() {
                ParamKind::PositionalOnly | ParamKind::Normal => positional.push(entry),
                ParamKind::KeywordOnly => keywords.push(entry),
                ParamKind::VarArgs => rest = true,
                ParamKind::KwArgs => rest_keywords = true,
            }
        }
        (positional, keywords, rest, rest_keywords)
    };
    let (asked_positional, asked_keywords, asked_rest, asked_rest_keywords) = params(asked, first);
    let (own_positional, own_keywords, own_rest, own_rest_keywords) = params(own, second);
    if asked_rest || asked_rest_keywords {
        return true;
    }
    let required = |params: &[(&str, bool)]| params.iter().filter(|(_, needed)| *needed).count();
    let takes_all = own_rest || own_positional.len() >= asked_positional.len();
    let asks_no_more = required(&own_positional) <= asked_positional.len();
    let knows_keywords = own_rest_keywords
        || asked_keywords.iter().all(|(name, _)| {
            own_keywords.iter().chain(&own_positional).any(|(own, _)| own == name)
        });
    takes_all && asks_no_more && knows_keywords
}

/// Classes that are constructed though a method of an abstract base is still missing.
fn abstract_methods(ground: &Ground, classes: &Classes, found: &mut Vec<Finding>) {
    let project = ground.project;
    for file in ground.files() {
        let facts = &project.file(file).facts;
        for (row, class) in facts.definitions().iter().enumerate() {
            let place = (file, row as Row);
            if class.kind() != DefinitionKind::Class || class.bases.is_empty() {
                continue;
            }
            if classes.bases(place).is_empty() || !is_concrete(ground, classes, place) {
                continue;
            }
            let has = classes.has(place, 0);
            if has.is_open {
                continue;
            }
            let open: Vec<(&str, Method)> = has
                .names
                .iter()
                .filter_map(|(name, method)| Some((*name, (*method)?)))
                .filter(|(_, method)| {
                    classes.definition(*method).is_some_and(|row| row.is(flag::ABSTRACT))
                })
                .collect();
            let Some((_, first)) = open.first() else { continue };
            let owner = classes.definition(*first).map_or(NO_ROW, |method| method.parent);
            let interface = project.definition_name(first.0, owner);
            let names: Vec<String> = open.iter().map(|(name, _)| format!("`{name}`")).collect();
            let symbol = project.definition_name(file, row as Row);
            let mut finding = Finding::new(&RULE, file, class.at, symbol.clone())
                .message(format!(
                    "`{symbol}` is constructed, but lacks {} of the abstract `{interface}`",
                    names.join(", ")
                ))
                .remedy("write what is missing, or do not construct it")
                .key([symbol]);
            for (name, method) in open.iter().take(MOST_SIBLINGS) {
                let at = classes.at(*method);
                finding = finding.related(method.0, at, format!("`{name}` is asked for here"));
            }
            found.push(finding);
        }
    }
}

/// Whether a class is there to be constructed: somebody does, and it asks for nothing itself.
fn is_concrete(ground: &Ground, classes: &Classes, place: Place) -> bool {
    let is_abstract = |method: Row| {
        classes.definition((place.0, method)).is_some_and(|row| row.is(flag::ABSTRACT))
    };
    let asks = classes.own(place).iter().any(|(_, method)| method.is_some_and(is_abstract));
    let graph = &ground.survey.graph;
    let mut edges = graph
        .find(Node::Definition(place.0, place.1))
        .into_iter()
        .flat_map(|node| graph.graph.edges_directed(node, Direction::Incoming));
    !asks
        && edges.any(|edge| {
            edge.weight().kind == EdgeKind::Instantiate && ground.holds(edge.weight().file)
        })
}

/// Definitions of one name: what most of them have, all should have.
fn siblings(ground: &Ground, classes: &Classes, found: &mut Vec<Finding>) {
    for concept in &ground.concepts.all {
        let held = concept.definitions();
        if concept.kind != Some(ClusterKind::SameName) || held.len() < LEAST_SIBLINGS {
            continue;
        }
        let mut places: Vec<Place> = held.iter().map(|held| held.member.place).collect();
        // The base that others of the name derive from has what all have, and need not have more.
        let is_base = |place: &Place| {
            held.iter().any(|other| {
                let mut related = classes.bases(other.member.place).into_iter();
                other.member.place != *place && related.any(|base| base == *place)
            })
        };
        places.retain(|place| !is_base(place));
        if places.len() < LEAST_SIBLINGS {
            continue;
        }
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for place in &places {
            for (name, _) in classes.has(*place, 0).names.iter().filter(|(_, m)| m.is_some()) {
                *counts.entry(name).or_default() += 1;
            }
        }
        // All but one of three or four, three quarters of more.
        let enough = (places.len() * 3).div_ceil(4).min(places.len() - 1).max(2);
        let common: Vec<&str> = counts
            .iter()
            .filter(|(name, count)| **count >= enough && !name.starts_with('_'))
            .map(|(name, _)| *name)
            .collect();
        if common.len() < 2 {
            continue;
        }
        let why = format!("what most of {} classes `{}` have", places.len(), concept.name());
        for place in &places {
            let has = classes.has(*place, 0);
            let share = common.iter().filter(|name| has.names.contains_key(**name)).count();
            // What shares next to nothing is another thing of the same name.
            if share * 2 >= common.len() && share < common.len() {
                let gap = gap(classes, *place, &common, None, &places, &why);
                found.extend(gap.map(|finding| finding.severity(Severity::Info)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::analysis::detectors::testing::{check, check_declared};

    #[test]
    fn a_declared_interface() {
        check_declared(
            &RULE,
            "# file: a.py\nclass Manager:\n    def send(self, event): pass\n    async def stop(self): pass\n\
             # file: b.py\nclass OldManager:\n    def send(self, event, user): pass\n    async def stop(self): pass\n\
             # file: c.py\nclass NewManager:\n    def send(self, event, more=None): pass\n\
             # file: d.py\nfrom a import Manager\nclass SubManager(Manager): pass\n\
             # file: e.py\nfrom out import Base\nclass OutManager(Base): pass\n",
            |concept| {
                concept.interface = vec!["send".into(), "stop".into()];
                concept.members = vec!["*Manager".parse().unwrap()];
            },
            "a.Manager",
            &["b.py:1 b.OldManager", "c.py:1 c.NewManager"],
        );
    }

    #[test]
    fn an_abstract_method_that_is_missing() {
        check(
            &RULE,
            "# file: a.py\nfrom abc import ABC, abstractmethod\nclass Base(ABC):\n    @abstractmethod\n    def run(self): pass\n\
             class Bad(Base): pass\nclass Good(Base):\n    def run(self): pass\nclass Middle(Base): pass\n\
             class Leaf(Middle):\n    run = print\n\
             Bad(); Good(); Leaf()\n",
            &["a.py:5 a.Bad"],
        );
    }

    #[test]
    fn most_classes_of_the_name_have_it() {
        let class = |methods: &[&str]| {
            let lines = methods.iter().map(|name| format!("    def {name}(self): pass\n"));
            format!("class Store:\n{}", lines.collect::<Vec<_>>().concat())
        };
        let text = format!(
            "# file: a.py\n{}# file: b.py\n{}# file: c.py\n{}# file: d.py\n{}",
            class(&["get", "put", "drop"]),
            class(&["get", "put", "drop"]),
            class(&["get", "put", "drop"]),
            class(&["get", "put"])
        );
        check(&RULE, &text, &["d.py:1 d.Store"]);
    }
}
