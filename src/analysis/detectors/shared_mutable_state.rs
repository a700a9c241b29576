//! `shared-mutable-state`: a container or a variable of a module or class that functions change.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::record;
use crate::analysis::finding::{Finding, Ground};
use crate::facts::Facts;
use crate::facts::rows::{
    Binding, BindingKind, Definition, DefinitionKind, NO_ROW, Pos, Row, ScopeKind, UseKind,
};
use crate::model::{FileId, Moment};

record!(
    "shared-mutable-state",
    Info,
    "functions change a container or a variable that all share",
    in_tests: false,
    find
);

fn find(ground: &Ground) -> Vec<Finding> {
    let files = ground.files().into_par_iter();
    files.flat_map_iter(|file| in_file(ground, file)).collect()
}

fn in_file(ground: &Ground, file: FileId) -> Vec<Finding> {
    let mut found = of_module(ground, file);
    found.extend(of_classes(ground, file));
    found
}

/// Module-level names with the functions that change them.
fn of_module(ground: &Ground, file: FileId) -> Vec<Finding> {
    let held = ground.project.file(file);
    let facts = &held.facts;
    let mut containers: BTreeMap<&str, &Binding> = BTreeMap::new();
    let mut variables: BTreeMap<&str, &Binding> = BTreeMap::new();
    for binding in facts.module_bindings() {
        let name = facts.text(binding.name);
        if is_dunder(name) {
            continue;
        }
        let value = facts.text(binding.text);
        match binding.kind() {
            BindingKind::Value | BindingKind::Call if is_container(binding.kind(), value) => {
                containers.entry(name).or_insert(binding);
            }
            BindingKind::Value if is_counter(value) => {
                variables.entry(name).or_insert(binding);
            }
            _ => {}
        }
    }
    let mut changes: BTreeMap<&str, BTreeSet<Cow<str>>> = BTreeMap::new();
    note_calls(facts, &containers, &mut changes);
    note_stores(facts, &containers, &mut changes);
    note_rebinding(facts, &containers, &variables, &mut changes);
    changes
        .into_iter()
        .filter_map(|(name, functions)| {
            let functions: Vec<&str> = functions
                .iter()
                .map(AsRef::as_ref)
                .filter(|function| !registers(function))
                .collect();
            let binding = containers.get(name).or_else(|| variables.get(name))?;
            if functions.is_empty() || is_latch(facts, binding) {
                return None;
            }
            let symbol = format!("{}.{name}", held.module);
            Some(finding(file, binding.at, symbol, &functions))
        })
        .collect()
}

/// A flag that is set to one other value only, and never back: it says that something was done.
fn is_latch(facts: &Facts, flag: &Binding) -> bool {
    let first = facts.text(flag.text);
    let mut later = facts
        .module_bindings()
        .filter(|other| other.kind() == BindingKind::Global && other.name == flag.name)
        .map(|other| facts.text(other.text))
        .peekable();
    matches!(first, "True" | "False")
        && later.peek().is_some()
        && later.all(|text| text != first && matches!(text, "True" | "False"))
}

fn is_dunder(name: &str) -> bool {
    name.starts_with("__") && name.ends_with("__")
}

/// What can be changed in place.
fn is_container(kind: BindingKind, text: &str) -> bool {
    if kind == BindingKind::Call {
        let last = text.rsplit('.').next().unwrap_or(text);
        return matches!(
            last,
            "dict"
                | "list"
                | "set"
                | "defaultdict"
                | "deque"
                | "OrderedDict"
                | "Counter"
                | "bytearray"
        );
    }
    text.starts_with(['[', '{'])
        && (text.len() < 3 || !text.contains(" for ") || text.starts_with('{'))
}

/// Plain values that functions may bind anew: flags, counters, what is not there yet.
fn is_counter(text: &str) -> bool {
    matches!(text, "True" | "False" | "0" | "1" | "0.0" | "''" | "\"\"")
}

/// Names of functions that fill a table as modules are loaded; what they make for it does so too.
fn registers(function: &str) -> bool {
    const BEGINS: [&str; 12] = [
        "register",
        "unregister",
        "add_",
        "connect",
        "install",
        "setup",
        "init",
        "configure",
        "load",
        "set_",
        "reset",
        "clear",
    ];
    let mut names = function.split('.').map(|name| name.trim_start_matches('_'));
    names.any(|name| BEGINS.iter().any(|begin| name.starts_with(begin)))
        || function.ends_with("<module>")
}

/// `NAME.append(…)` in a function.
fn note_calls<'f>(
    facts: &'f Facts,
    containers: &BTreeMap<&'f str, &Binding>,
    changes: &mut BTreeMap<&'f str, BTreeSet<Cow<'f, str>>>,
) {
    const METHODS: [&str; 16] = [
        "append",
        "appendleft",
        "extend",
        "insert",
        "add",
        "update",
        "setdefault",
        "pop",
        "popitem",
        "popleft",
        "remove",
        "discard",
        "clear",
        "subtract",
        "__setitem__",
        "rotate",
    ];
    let calls = facts.uses().iter();
    for used in calls.filter(|used| used.import == NO_ROW && used.kind() == UseKind::Call) {
        let Some((root, method)) = facts.text(used.chain).split_once('.') else { continue };
        if METHODS.contains(&method)
            && let Some((name, _)) = containers.get_key_value(root)
            && let Some(function) = function_of(facts, used.scope())
        {
            changes.entry(name).or_default().insert(function);
        }
    }
}

/// `NAME[key] = …` in a function.
fn note_stores<'f>(
    facts: &'f Facts,
    containers: &BTreeMap<&'f str, &Binding>,
    changes: &mut BTreeMap<&'f str, BTreeSet<Cow<'f, str>>>,
) {
    for store in facts.key_stores().iter().filter(|store| store.local == 0) {
        if let Some((name, _)) = containers.get_key_value(facts.text(store.name))
            && let Some(function) = function_of(facts, store.scope)
        {
            changes.entry(name).or_default().insert(function);
        }
    }
}

/// `global NAME` with a new value.
fn note_rebinding<'f>(
    facts: &'f Facts,
    containers: &BTreeMap<&'f str, &Binding>,
    variables: &BTreeMap<&'f str, &Binding>,
    changes: &mut BTreeMap<&'f str, BTreeSet<Cow<'f, str>>>,
) {
    let rebound = facts.module_bindings();
    for binding in rebound.filter(|binding| binding.kind() == BindingKind::Global) {
        let name = facts.text(binding.name);
        let known = containers.get_key_value(name).or_else(|| variables.get_key_value(name));
        if let Some((name, _)) = known
            && let Some(function) = function_of(facts, binding.scope)
        {
            changes.entry(name).or_default().insert(function);
        }
    }
}

/// The function in which a scope runs; nothing for what runs as the module is loaded.
fn function_of(facts: &Facts, scope: Row) -> Option<Cow<'_, str>> {
    if Moment::of(facts, scope) != Moment::Deferred {
        return None;
    }
    let mut around = facts.scope_chain(scope);
    let function = around.find(|scope| scope.kind() == ScopeKind::Function)?;
    facts.definition(function.definition).map(|row| facts.qualname(row))
}

/// Empty containers in a class that its instances share: private ones, since public ones are for subclasses to fill.
fn of_classes(ground: &Ground, file: FileId) -> Vec<Finding> {
    let held = ground.project.file(file);
    let facts = &held.facts;
    let mut found = Vec::new();
    for binding in facts.bindings().iter().filter(|b| b.class != NO_ROW && b.on_self == 0) {
        let name = facts.text(binding.name);
        let value = facts.text(binding.text);
        let is_empty = match binding.kind() {
            BindingKind::Value => matches!(value, "{}" | "[]"),
            // `dict(Base.x, more=1)` is written for what is not empty.
            BindingKind::Call => {
                !matches!(value, "dict" | "list") && is_container(BindingKind::Call, value)
            }
            _ => false,
        };
        let Some(class) = facts.definition(binding.class) else { continue };
        let is_said = facts.text(binding.annotation).contains("ClassVar");
        if is_said
            || !is_empty
            || !name.starts_with('_')
            || is_dunder(name)
            || is_described(facts, class)
        {
            continue;
        }
        // The class hands each instance its own.
        let is_rebound = facts.bindings().iter().any(|other| {
            other.class == binding.class && other.on_self == 1 && other.name == binding.name
        });
        if is_rebound || class.parent != NO_ROW && is_config(facts, class) {
            continue;
        }
        let symbol = format!("{}.{}.{name}", held.module, facts.qualname(class));
        let instances = format!("the instances of `{}`", facts.text(class.name));
        found.push(class_finding(file, binding.at, symbol, &instances));
    }
    found
}

/// Classes whose bodies describe fields.
fn is_described(facts: &Facts, class: &Definition) -> bool {
    const BASES: [&str; 9] = [
        "BaseModel",
        "BaseSettings",
        "Enum",
        "IntEnum",
        "StrEnum",
        "NamedTuple",
        "TypedDict",
        "Structure",
        "Schema",
    ];
    class.is(crate::facts::rows::flag::DATACLASS)
        || class.kind() != DefinitionKind::Class
        || facts.exprs(class.decorators).iter().any(|decorator| {
            let text = facts.text(decorator.text);
            text.contains("define") || text.contains("attr") || text.contains("dataclass")
        })
        || facts.exprs(class.bases).iter().any(|base| {
            let dotted = facts.text(base.dotted);
            BASES.contains(&dotted.rsplit('.').next().unwrap_or(dotted))
        })
}

fn is_config(facts: &Facts, class: &Definition) -> bool {
    matches!(facts.text(class.name), "Meta" | "Config")
}

fn finding(file: FileId, at: Pos, symbol: String, functions: &[&str]) -> Finding {
    const SHOWN: usize = 3;
    let shown: Vec<String> =
        functions.iter().take(SHOWN).map(|function| format!("`{function}`")).collect();
    let rest = functions.len().saturating_sub(SHOWN);
    let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
    Finding::new(&RULE, file, at, symbol.clone())
        .message(format!("`{symbol}` is shared by the whole process, and changed by {}{more}", shown.join(", ")))
        .remedy("keep it in an object that its users are given, or in a `ContextVar` if it is about one request")
        .key([symbol])
}

fn class_finding(file: FileId, at: Pos, symbol: String, by: &str) -> Finding {
    Finding::new(&RULE, file, at, symbol.clone())
        .message(format!("`{symbol}` is one container for all {}", by.trim_start_matches("the ")))
        .remedy("make it in `__init__`; if all are to share it, say so with `ClassVar`")
        .key([symbol])
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::analysis::detectors::testing::check;

    #[test]
    fn what_functions_change() {
        check(
            &RULE,
            "# file: a.py\nCACHE = {}\nQUEUE = []\nSEEN = set()\nready = False\nTABLE = {'a': 1}\n\
             def f(k):\n    global ready\n    CACHE[k] = 1\n    QUEUE.append(k)\n    ready = not ready\n    TABLE['b'] = 2\n\
             def g(k): return SEEN.add(k)\n\
             class K:\n    _all = {}\n    def put(self, k): self._all[k] = 1\n",
            &[
                "a.py:1 a.CACHE",
                "a.py:2 a.QUEUE",
                "a.py:3 a.SEEN",
                "a.py:4 a.ready",
                "a.py:5 a.TABLE",
                "a.py:14 a.K._all",
            ],
        );
    }

    #[test]
    fn what_nobody_changes() {
        check(
            &RULE,
            "# file: a.py\nimport logging, re, typing\nlogger = logging.getLogger()\nP = re.compile('x')\nT = typing.Union[int, str]\n\
             NAMES = ['a']\nSIZES = {'a': 1}\nSIZES['b'] = 2\nREGISTRY = {}\n\
             def register(k): REGISTRY[k] = 1\n\
             def f(k):\n    local = {}\n    local[k] = 1\n    SIZES = {}\n    SIZES['c'] = 1\n    return NAMES[0], logger.info('x')\n\
             def once():\n    global done\n    done = True\ndone = False\n\
             class K:\n    names = []\n    _own = {}\n    _shared: typing.ClassVar[dict] = {}\n    def __init__(self): self._own = {}\n",
            &[],
        );
    }
}
