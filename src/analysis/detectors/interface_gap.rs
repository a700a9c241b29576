//! `interface-gap`: a class lacks methods that its interface or most of its siblings have.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use petgraph::Direction;
use petgraph::visit::EdgeRef;
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
    orders: RefCell<FxHashMap<Place, Vec<Place>>>,
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
        Self {
            ground,
            members: members.collect(),
            known: RefCell::default(),
            orders: RefCell::default(),
        }
    }

    fn project(&self) -> &'g Project {
        self.ground.project
    }

    fn own(&self, (file, row): Place) -> &[(&'g str, Option<Row>)] {
        self.members[file.index()].get(&row).map_or(&[], Vec::as_slice)
    }

    /// In the order in which they are written.
    fn bases(&self, class: Place) -> Vec<Place> {
        let graph = &self.ground.survey.graph;
        let edges = graph.find(Node::Definition(class.0, class.1)).into_iter();
        let edges = edges.flat_map(|node| graph.graph.edges(node));
        let mut bases: Vec<(Pos, Place)> = edges
            .filter(|edge| edge.weight().kind == EdgeKind::Inherit)
            .filter_map(|edge| match graph.graph[edge.target()] {
                Node::Definition(file, row) => Some((edge.weight().at, (file, row))),
                Node::Package(_) | Node::Module(_) => None,
            })
            .collect();
        bases.sort_unstable();
        bases.into_iter().map(|(_, base)| base).collect()
    }

    /// The class and its bases in the order in which Python asks them.
    fn order(&self, class: Place, depth: usize) -> Vec<Place> {
        if let Some(known) = self.orders.borrow().get(&class) {
            return known.clone();
        }
        let order = self.linear(class, depth);
        self.orders.borrow_mut().insert(class, order.clone());
        order
    }

    fn linear(&self, class: Place, depth: usize) -> Vec<Place> {
        let bases = self.bases(class);
        let mut rest: Vec<Vec<Place>> = Vec::new();
        if depth < DEEPEST {
            rest.extend(bases.iter().map(|base| self.order(*base, depth + 1)));
        }
        rest.push(bases);
        let mut order = vec![class];
        loop {
            rest.retain(|line| !line.is_empty());
            // The first that no other line has further back; where there is none Python refuses, and any will do.
            let is_free = |place: Place| rest.iter().all(|line| !line[1..].contains(&place));
            let next = rest.iter().map(|line| line[0]).find(|place| is_free(*place));
            let Some(next) = next.or_else(|| rest.first().map(|line| line[0])) else {
                return order;
            };
            if !order.contains(&next) {
                order.push(next);
            }
            for line in &mut rest {
                line.retain(|place| *place != next);
            }
        }
    }

    /// With what it inherits.
    fn has(&self, class: Place) -> Has<'g> {
        if let Some(known) = self.known.borrow().get(&class) {
            return known.clone();
        }
        let mut has = Has::default();
        for place in self.order(class, 0) {
            let mut own: BTreeMap<&'g str, Option<Method>> = BTreeMap::new();
            for (name, method) in self.own(place) {
                let method = method.map(|row| (place.0, row));
                let slot = own.entry(name).or_default();
                *slot = method.or(*slot);
            }
            for (name, method) in own {
                has.names.entry(name).or_insert(method);
            }
            has.is_open |= self.is_open(place);
        }
        self.known.borrow_mut().insert(class, has.clone());
        has
    }

    /// Whether it has bases that are made as code runs, or stand outside.
    fn is_open(&self, class: Place) -> bool {
        let facts = &self.project().file(class.0).facts;
        let Some(definition) = facts.definition(class.1) else { return true };
        let written = facts.exprs(definition.bases);
        let named = written.iter().filter(|base| !is_bare(facts.text(base.dotted))).count();
        named > self.bases(class).len()
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
        let clusters = ground.concepts.iter();
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
    let model = concept.canonical.first().map(|model| classes.has(*model)).unwrap_or_default();
    let asked = concept.interface.iter().map(String::as_str);
    let asked: Vec<Asked> =
        asked.map(|name| (name, model.names.get(name).copied().flatten())).collect();
    for class in &members {
        let why = format!("the interface of the concept `{}`", concept.name);
        found.extend(gap(classes, *class, &asked, &members, &why));
    }
}

/// The name of a method, and the one whose signature counts, if one does.
type Asked<'p> = (&'p str, Option<Method>);

/// Compares a class with what is asked for.
fn gap(
    classes: &Classes,
    class: Place,
    asked: &[Asked],
    siblings: &[Place],
    why: &str,
) -> Option<Finding> {
    let has = classes.has(class);
    let mut lacks: Vec<&str> = Vec::new();
    let mut differs: Vec<String> = Vec::new();
    for (name, wanted) in asked {
        match has.names.get(name) {
            None if has.is_open => {}
            None => lacks.push(name),
            Some(Some(own)) => {
                if let Some(wanted) = wanted
                    && !is_like(classes, *wanted, *own)
                {
                    differs.push(format!(
                        "`{}` is not `{}`",
                        classes.signature(*own),
                        classes.signature(*wanted)
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
    // The matrix, its own row first.
    let others = siblings.iter().filter(|other| **other != class).take(MOST_SIBLINGS);
    for row in std::iter::once(&class).chain(others) {
        finding = finding.related(row.0, classes.at(*row), row_of(classes, *row, asked));
    }
    Some(finding)
}

/// One row of the matrix: which of the methods a class has.
fn row_of(classes: &Classes, class: Place, asked: &[Asked]) -> String {
    let has = classes.has(class);
    let cells = asked.iter().map(|(name, _)| match has.names.get(name) {
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
            let has = classes.has(place);
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

/// Classes of one name and one make: what most of them have, all should have.
fn siblings(ground: &Ground, classes: &Classes, found: &mut Vec<Finding>) {
    for concept in ground.concepts {
        let held = concept.definitions();
        if concept.kind != Some(ClusterKind::SameName) || held.len() < LEAST_SIBLINGS {
            continue;
        }
        // The base that others of the name derive from has what all have, and need not have more.
        let bases: BTreeSet<Place> =
            held.iter().flat_map(|held| classes.bases(held.member.place)).collect();
        let places = held.iter().map(|held| held.member.place);
        let mut makes: BTreeMap<Vec<String>, Vec<Place>> = BTreeMap::new();
        for place in places.filter(|place| !bases.contains(place)) {
            makes.entry(make(classes, place)).or_default().push(place);
        }
        for (make, places) in makes {
            of_one_make(classes, concept.name(), !make.is_empty(), &places, found);
        }
    }
}

/// The bases of a class: those that have others are another thing, or have other ways to get a method.
fn make(classes: &Classes, class: Place) -> Vec<String> {
    let project = classes.project();
    let mut names: Vec<String> =
        classes.bases(class).iter().map(|base| project.definition_name(base.0, base.1)).collect();
    let facts = &project.file(class.0).facts;
    if classes.is_open(class)
        && let Some(definition) = facts.definition(class.1)
    {
        let written = facts.exprs(definition.bases).iter();
        names.extend(written.map(|base| facts.text(base.dotted).to_owned()));
    }
    names.sort_unstable();
    names
}

/// Of three classes two are a majority only when a base of theirs ties them, or so many methods do.
const TIE: usize = 4;

fn of_one_make(
    classes: &Classes,
    name: &str,
    has_base: bool,
    places: &[Place],
    found: &mut Vec<Finding>,
) {
    if places.len() < LEAST_SIBLINGS {
        return;
    }
    // What a class writes itself: that it inherits what all inherit says nothing.
    let mut own: BTreeMap<&str, Vec<Method>> = BTreeMap::new();
    for place in places {
        let names: BTreeMap<&str, Row> =
            classes.own(*place).iter().filter_map(|(name, row)| Some((*name, (*row)?))).collect();
        for (name, row) in names.into_iter().filter(|(name, _)| !name.starts_with('_')) {
            own.entry(name).or_default().push((place.0, row));
        }
    }
    // All but one of three or four, three quarters of more.
    let enough = (places.len() * 3).div_ceil(4).min(places.len() - 1);
    own.retain(|_, methods| methods.len() >= enough);
    if own.len() < 2 || (places.len() == LEAST_SIBLINGS && !has_base && own.len() < TIE) {
        return;
    }
    let asked: Vec<Asked> =
        own.iter().map(|(name, methods)| (*name, usual(classes, methods))).collect();
    let why = format!("what most of {} classes `{name}` have", places.len());
    for place in places {
        let has = classes.has(*place);
        let share = asked.iter().filter(|(name, _)| has.names.contains_key(name)).count();
        // What shares little is another thing of the same name.
        if share * 3 >= asked.len() * 2 {
            let gap = gap(classes, *place, &asked, places, &why);
            found.extend(gap.map(|finding| finding.severity(Severity::Info)));
        }
    }
}

/// The signature that a clear majority shares: three or more, and all but a quarter.
fn usual(classes: &Classes, methods: &[Method]) -> Option<Method> {
    let agree =
        |one: &Method| methods.iter().filter(|other| is_like(classes, *one, **other)).count();
    let best = methods.iter().max_by_key(|method| (agree(method), std::cmp::Reverse(**method)))?;
    let count = agree(best);
    (count >= LEAST_SIBLINGS && count * 4 >= methods.len() * 3).then_some(*best)
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
    fn a_mixin_has_what_the_base_asks_for() {
        check(
            &RULE,
            "# file: a.py\nfrom abc import ABC, abstractmethod\nclass Base(ABC):\n    @abstractmethod\n    def get(self): pass\n\
             class Zone(Base):\n    def get(self): return 1\nclass Climate(Base):\n    def heat(self): pass\n\
             class ZoneClimate(Climate, Zone): pass\nclass Bare(Climate): pass\nZoneClimate(); Bare()\n",
            &["a.py:10 a.Bare"],
        );
    }

    #[test]
    fn classes_of_another_make_are_no_siblings() {
        let class = |base: &str, methods: &[&str]| {
            let lines = methods.iter().map(|name| format!("    def {name}(self): pass\n"));
            format!("class Loader({base}):\n{}", lines.collect::<Vec<_>>().concat())
        };
        let text = format!(
            "# file: base.py\nclass Base:\n    def read(self): pass\nclass Files(Base):\n    def dirs(self): pass\n    def list(self): pass\n\
             # file: a.py\nfrom base import Files\n{}# file: b.py\nfrom base import Base\n{}# file: c.py\nfrom base import Base\n{}",
            class("Files", &["dirs", "list"]),
            class("Base", &["dirs", "list"]),
            class("Base", &["list"])
        );
        check(&RULE, &text, &[]);
    }

    #[test]
    fn a_signature_that_most_share() {
        let class = |line: &str| {
            format!("class Store:\n    {line}\n    def put(self): pass\n    def drop(self): pass\n")
        };
        let text = format!(
            "# file: a.py\n{}# file: b.py\n{}# file: c.py\n{}# file: d.py\n{}",
            class("def get(self, key): pass"),
            class("def get(self, key, default=None): pass"),
            class("def get(self, key): pass"),
            class("def get(self, key, user, run): pass")
        );
        check(&RULE, &text, &["d.py:1 d.Store"]);
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
