//! `singleton`: a class or function that makes sure there is one instance for the whole process.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::record;
use crate::analysis::finding::{Finding, Ground};
use crate::facts::Facts;
use crate::facts::rows::{
    Binding, BindingKind, Definition, DefinitionKind, NO_ROW, Pos, Row, flag,
};
use crate::model::graph::{EdgeKind, Node};
use crate::model::{End, FileId, Resolver};

record!(
    "singleton",
    Info,
    "one instance for the whole process",
    in_tests: false,
    find
);

const INSTANCE_NAMES: [&str; 8] = [
    "instance",
    "instances",
    "singleton",
    "singletons",
    "shared_instance",
    "the_instance",
    "default_instance",
    "shared_state",
];

fn find(ground: &Ground) -> Vec<Finding> {
    let files = ground.files().into_par_iter();
    files.flat_map_iter(|file| in_file(ground, file)).collect()
}

fn in_file(ground: &Ground, file: FileId) -> Vec<Finding> {
    let facts = &ground.project.file(file).facts;
    let mut found = Vec::new();
    for (row, definition) in facts.definitions().iter().enumerate() {
        let row = row as Row;
        let how = match definition.kind() {
            DefinitionKind::Class => {
                class_singleton(facts, row, definition).filter(|_| holds_state(facts, row))
            }
            DefinitionKind::Function => cached_getter(ground, file, row, definition),
        };
        if let Some(how) = how {
            let symbol = ground.project.definition_name(file, row);
            found.push(finding(file, definition.at, symbol, &how));
        }
    }
    found.extend(by_global(ground, file));
    found
}

fn finding(file: FileId, at: Pos, symbol: String, how: &str) -> Finding {
    Finding::new(&RULE, file, at, symbol.clone())
        .message(format!("`{symbol}` is one for the whole process: {how}"))
        .remedy("make it where the program starts and hand it to those that need it; tests then get their own")
        .key([symbol])
}

/// `_instance` with somebody that fills it, a metaclass, a base or a decorator of that name.
fn class_singleton(facts: &Facts, row: Row, class: &Definition) -> Option<String> {
    let name = facts.text(class.name);
    let is_one = |text: &str| text.to_ascii_lowercase().contains("singleton");
    // The tool itself is none, nor is an exception about it.
    if is_one(name) && facts.exprs(class.bases).iter().any(|base| facts.text(base.text) == "type") {
        return None;
    }
    let decorator = facts.exprs(class.decorators).iter().find(|expr| is_one(facts.text(expr.text)));
    if let Some(decorator) = decorator {
        return Some(format!("the decorator `{}`", facts.text(decorator.text)));
    }
    let is_meta = |keyword: &&crate::facts::rows::Expr| facts.text(keyword.keyword) == "metaclass";
    let meta = facts.exprs(class.keywords).iter().find(is_meta);
    if let Some(meta) = meta.filter(|meta| is_one(facts.text(meta.text))) {
        return Some(format!("the metaclass `{}`", facts.text(meta.text)));
    }
    let base = facts.exprs(class.bases).iter().find(|base| is_one(facts.text(base.text)));
    if let Some(base) = base {
        return Some(format!("the base `{}`", facts.text(base.text)));
    }
    let is_slot = |binding: &&Binding| {
        binding.class == row
            && binding.on_self == 0
            && binding.kind() == BindingKind::Value
            && INSTANCE_NAMES.contains(&facts.text(binding.name).trim_start_matches('_'))
            && facts.text(binding.name).starts_with('_')
            && matches!(facts.text(binding.text), "None" | "{}" | "dict()")
    };
    let slot = facts.bindings().iter().find(is_slot)?;
    let slot_name = facts.text(slot.name);
    let methods = facts.definitions().iter().skip(row as usize + 1);
    let mut methods = methods
        .take_while(|method| method.first_line <= class.end_line)
        .filter(|method| method.parent == row && method.kind() == DefinitionKind::Function);
    let filler = methods.find(|method| {
        let name = facts.text(method.name);
        name == "__new__" || method.is(flag::CLASS_METHOD) || method.is(flag::STATIC)
    })?;
    Some(format!("`{slot_name}`, which `{}` fills", facts.text(filler.name)))
}

/// Whether an instance can hold anything: of what cannot be changed one is as good as many.
fn holds_state(facts: &Facts, class: Row) -> bool {
    facts.bindings().iter().filter(|binding| binding.class == class).any(|binding| {
        let text = facts.text(binding.text);
        let is_container = text.starts_with(['{', '[']) || matches!(text, "dict" | "list" | "set");
        let is_slots = facts.text(binding.name).starts_with("__");
        let is_instance =
            INSTANCE_NAMES.contains(&facts.text(binding.name).trim_start_matches('_'));
        binding.on_self == 1 || is_instance || (is_container && !is_slots)
    })
}

/// `@lru_cache def get_x(): return X()`
fn cached_getter(ground: &Ground, file: FileId, row: Row, maker: &Definition) -> Option<String> {
    // What is counted, listed or spelled is no instance.
    const PLAIN: [&str; 14] = [
        "list",
        "dict",
        "tuple",
        "set",
        "frozenset",
        "str",
        "int",
        "float",
        "bool",
        "bytes",
        "List",
        "Dict",
        "Tuple",
        "None",
    ];
    if !maker.is(flag::CACHED) || maker.parent != NO_ROW || !maker.params.is_empty() {
        return None;
    }
    let graph = &ground.survey.graph;
    let node = graph.find(Node::Definition(file, row))?;
    let mut made: Vec<String> = graph
        .graph
        .edges(node)
        .filter(|edge| edge.weight().kind == EdgeKind::Instantiate)
        .filter_map(|edge| match graph.graph[petgraph::visit::EdgeRef::target(&edge)] {
            Node::Definition(file, row) if !is_error(ground, file, row) => {
                Some(ground.project.definition_name(file, row))
            }
            Node::Definition(..) | Node::Module(_) | Node::Package(_) => None,
        })
        .collect();
    made.sort_unstable();
    let facts = &ground.project.file(file).facts;
    let returns = facts.text(maker.returns).trim_matches(['"', '\'']);
    if PLAIN.contains(&returns.split('[').next().unwrap_or(returns)) {
        return None;
    }
    // Of what it makes, that which it says it returns; else the only thing.
    let is_returned = |class: &&String| class.rsplit('.').next() == Some(returns);
    let class = made.iter().find(is_returned).or(made.first().filter(|_| made.len() == 1))?;
    Some(format!("a cached getter of `{class}`"))
}

/// What a getter raises is not what it returns.
fn is_error(ground: &Ground, file: FileId, row: Row) -> bool {
    let facts = &ground.project.file(file).facts;
    let bases = facts.definition(row).map_or(&[][..], |class| facts.exprs(class.bases));
    bases.iter().any(|base| {
        let base = facts.text(base.dotted);
        base.ends_with("Exception") || base.ends_with("Error") || base.ends_with("Warning")
    })
}

/// `_x = None`, and a function that says `global _x` and makes one.
fn by_global(ground: &Ground, file: FileId) -> Vec<Finding> {
    let project = ground.project;
    let facts = &project.file(file).facts;
    let mut slots: BTreeMap<&str, &Binding> = BTreeMap::new();
    for binding in facts.module_bindings() {
        let is_empty = matches!(
            (binding.kind(), facts.text(binding.text)),
            (BindingKind::Value, "None") | (BindingKind::Annotation, _)
        );
        if is_empty {
            slots.entry(facts.text(binding.name)).or_insert(binding);
        }
    }
    if slots.is_empty() || facts.globals().is_empty() {
        return Vec::new();
    }
    let mut resolver = Resolver::new(project);
    let mut found: BTreeMap<&str, Finding> = BTreeMap::new();
    for flow in facts.flows().iter().filter(|flow| flow.call == 1) {
        let name = facts.text(flow.target);
        let Some(slot) = slots.get(name) else { continue };
        let owner =
            facts.scopes().get(flow.scope as usize).map_or(NO_ROW, |scope| scope.definition);
        let is_global = facts.globals().iter().any(|global| {
            facts.text(global.name) == name
                && facts
                    .scopes()
                    .get(global.scope as usize)
                    .is_some_and(|scope| scope.definition == owner)
        });
        if !is_global || found.contains_key(name) {
            continue;
        }
        let chain = facts.text(flow.chain);
        let last = chain.rsplit('.').next().unwrap_or(chain);
        let mut class = None;
        resolver.chain(file, flow.import, chain, &mut |step| match step.reached.end {
            End::Definition(home, row) if step.segments == chain.split('.').count() => {
                let made = project.file(home).facts.definition(row);
                if made.is_some_and(|made| made.kind() == DefinitionKind::Class) {
                    class = Some(project.definition_name(home, row));
                }
            }
            // A class of a library, by the look of its name.
            End::External if last.starts_with(|c: char| c.is_ascii_uppercase()) => {
                class = Some(chain.to_owned());
            }
            _ => {}
        });
        // What is current comes and goes.
        let is_passing = name.trim_start_matches('_').starts_with("current");
        let Some(class) = class.filter(|_| !is_harmless(last) && !is_passing) else { continue };
        let maker = facts.definition(owner).map_or("", |maker| facts.text(maker.name));
        let symbol = format!("{}.{name}", project.file(file).module);
        let how = format!("`{maker}` makes the `{class}` that it holds, by `global {name}`");
        found.insert(name, finding(file, slot.at, symbol, &how));
    }
    found.into_values().collect()
}

/// Locks and logs are what a process has one of.
fn is_harmless(class: &str) -> bool {
    matches!(
        class,
        "Lock"
            | "RLock"
            | "Event"
            | "Condition"
            | "Semaphore"
            | "Logger"
            | "ContextVar"
            | "Path"
            | "Thread"
    )
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::analysis::detectors::testing::check;

    #[test]
    fn forms_of_a_singleton() {
        check(
            &RULE,
            "# file: a.py\nfrom functools import lru_cache\nclass Meta(type): pass\n\
             class A:\n    _instance = None\n    def __new__(cls):\n        pass\n\
             class B(metaclass=SingletonMeta):\n    def put(self, x): self.x = x\n\
             @singleton\nclass C:\n    items = []\n\
             class D: pass\n\
             @lru_cache\ndef get_d() -> D: return D()\n\
             _d = None\ndef other():\n    global _d\n    _d = D()\n",
            &["a.py:3 a.A", "a.py:7 a.B", "a.py:10 a.C", "a.py:14 a.get_d", "a.py:15 a._d"],
        );
    }

    #[test]
    fn what_is_none() {
        check(
            &RULE,
            "# file: a.py\nimport logging, threading\nfrom functools import lru_cache\nlogger = logging.getLogger()\n\
             class SingletonMeta(type):\n    _instances = {}\n    def __call__(cls): pass\n\
             class A:\n    instance = None\n    def run(self): pass\n\
             manager = A()\n_lock = None\n\
             @lru_cache\ndef get(name): return A()\n\
             @lru_cache\ndef numbers(): return [1]\n@lru_cache\ndef names() -> list[str]: return list(A().run())\n\
             class Zero(metaclass=Singleton):\n    __slots__ = []\n    def add(self, other): return other\n\
             def make():\n    global _lock\n    _lock = threading.Lock()\n",
            &[],
        );
    }
}
