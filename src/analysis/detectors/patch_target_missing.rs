//! `patch-target-missing`: a mock is to take the place of what does not exist.

use std::collections::{BTreeMap, BTreeSet};

use super::mock_targets::{Target, targets};
use super::record;
use crate::analysis::Place;
use crate::analysis::finding::{Finding, Ground};
use crate::analysis::hints::Hints;
use crate::facts::rows::{DefinitionKind, DynamicKind, NO_ROW, StringAct};
use crate::model::graph::Node;
use crate::model::{End, FileId, Why, nearest};

record!(
    "patch-target-missing",
    Error,
    "a mock is to replace what does not exist",
    in_tests: true,
    find
);

fn find(ground: &Ground) -> Vec<Finding> {
    let targets = targets(ground.project);
    let hints = Hints::new(ground.project);
    let mut told: BTreeMap<(FileId, &str), Finding> = BTreeMap::new();
    for target in targets.iter().filter(|target| target.act == StringAct::Replaces) {
        let key = (target.file, target.text);
        if !told.contains_key(&key)
            && let Some((what, hint)) = missing(ground, &hints, target)
        {
            told.insert(key, finding(target, &what, hint));
        }
    }
    told.into_values().collect()
}

/// What is not there, in words, and what was probably meant.
fn missing(ground: &Ground, hints: &Hints, target: &Target) -> Option<(String, Option<String>)> {
    let project = ground.project;
    let parts: Vec<&str> = target.text.split(['.', ':']).collect();
    let deepest = target.steps.iter().map(|step| step.segments).max()?;
    let mut last = target.steps.iter().filter(|step| step.segments == deepest);
    let step = last.next()?;
    // Several answers: one of them may be right.
    if last.next().is_some() {
        return None;
    }
    let before = parts[..deepest - 1].join(".");
    match step.reached.end {
        End::Unresolved(Why::NoName) => {
            let name = parts.get(deepest - 1)?;
            // A mock makes the builtin a name of the module; names like `__opts__` are put there by who loads it.
            let is_made = is_builtin(name) || (name.starts_with("__") && name.ends_with("__"));
            if is_made && deepest == parts.len() {
                return None;
            }
            Some((format!("`{before}` has no `{name}`"), hints.name(&before, name)))
        }
        End::Unresolved(Why::NoModule) => {
            let module = parts[..deepest].join(".");
            let hint = hints.module(&module);
            Some((format!("there is no module `{module}`"), hint))
        }
        End::Definition(file, row) if deepest < parts.len() => {
            let name = parts[deepest];
            let definition = project.file(file).facts.definition(row)?;
            if definition.kind() != DefinitionKind::Class {
                return None;
            }
            let mut names = BTreeSet::new();
            let is_whole = class_names(ground, (file, row), &mut names, 0);
            if !is_whole || names.contains(unmangled(name)) || name.starts_with("__") {
                return None;
            }
            let own = project.definition_name(file, row);
            let hint = nearest(name, names.iter().map(String::as_str));
            Some((format!("the class `{own}` has no `{name}`"), hint.map(ToOwned::to_owned)))
        }
        _ => None,
    }
}

/// Collects what can be asked of a class; false if that cannot be known.
fn class_names(ground: &Ground, place: Place, names: &mut BTreeSet<String>, depth: usize) -> bool {
    const DEEPEST: usize = 20;
    let facts = &ground.project.file(place.0).facts;
    let Some(class) = facts.definition(place.1).filter(|_| depth < DEEPEST) else { return false };
    if !class.decorators.is_empty() || !class.keywords.is_empty() || !facts.errors().is_empty() {
        return false;
    }
    // Names that come as the module runs may be of this class.
    if facts.dynamics().iter().any(|dynamic| dynamic.kind() == DynamicKind::Globals) {
        return false;
    }
    for definition in facts.definitions().iter().filter(|row| row.parent == place.1) {
        names.insert(facts.text(definition.name).to_owned());
    }
    for binding in facts.bindings().iter().filter(|binding| binding.class == place.1) {
        // `self.x` is an attribute of instances: a mock of the class finds none, but that is another mistake.
        names.insert(facts.text(binding.name).to_owned());
    }
    // `Class.name = …` elsewhere in the module.
    let own = facts.qualname(class);
    for used in facts.uses().iter().filter(|used| used.import == NO_ROW) {
        if let Some(attribute) = facts.text(used.chain).strip_prefix(&*own)
            && let Some(attribute) = attribute.strip_prefix('.')
        {
            names.insert(attribute.split('.').next().unwrap_or(attribute).to_owned());
        }
    }
    let bases: Vec<Place> = ground.survey.graph.bases(Node::Definition(place.0, place.1)).collect();
    let written = facts.exprs(class.bases);
    let outside = written.iter().filter(|base| !is_bare(facts.text(base.dotted)));
    outside.count() == bases.len()
        && bases.into_iter().all(|base| class_names(ground, base, names, depth + 1))
}

/// `__x` of `_Class__x`, as Python writes private names.
fn unmangled(name: &str) -> &str {
    let private = name.strip_prefix('_').and_then(|rest| rest.find("__"));
    private.map_or(name, |at| &name[at + 1..])
}

/// Bases that bring no public name.
fn is_bare(base: &str) -> bool {
    let last = base.rsplit('.').next().unwrap_or(base);
    matches!(last, "object" | "ABC" | "Protocol" | "Generic")
}

fn is_builtin(name: &str) -> bool {
    const BUILTINS: &str = " abs all any bin bool breakpoint bytes callable chr compile dict dir eval exec exit filter \
        float format frozenset getattr globals hasattr hash help hex id input int isinstance issubclass iter len list \
        locals map max min next object oct open ord pow print property quit range repr reversed round set setattr slice \
        sorted str sum super tuple type vars zip __import__ __name__ __file__ ";
    BUILTINS.contains(&format!(" {name} "))
}

fn finding(target: &Target, what: &str, hint: Option<String>) -> Finding {
    let remedy = match hint {
        Some(hint) => format!("did you mean `{hint}`?"),
        None => {
            "patch the name where it is looked up now, or remove what tests the past".to_owned()
        }
    };
    Finding::new(&RULE, target.file, target.at, target.text)
        .message(format!("{what}: the mock fails with an error before the test begins"))
        .remedy(remedy)
        .key([target.text.to_owned()])
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::analysis::detectors::testing::check;

    #[test]
    fn names_modules_and_methods_that_are_not_there() {
        check(
            &RULE,
            "# file: app/__init__.py\n\
             # file: app/core.py\nimport os\nclass Base:\n    def stop(self): pass\n\
             class S(Base):\n    size = 1\n    def run(self): self.own = 1\n\
             class Out(os.PathLike): pass\n\
             # file: tests/test_a.py\nfrom unittest.mock import patch\n\
             @patch('app.core.gone')\n@patch('app.gone.S')\n@patch('app.core.S.walk')\n\
             @patch('app.core.S.run')\n@patch('app.core.S.stop')\n@patch('app.core.S.size')\n@patch('app.core.S.own')\n\
             @patch('app.core.open')\n@patch('app.core.os.getcwd')\n@patch('app.core.Out.x')\n\
             @patch('app.core.new', create=True)\n@patch('elsewhere.x')\ndef test_a(): pass\n",
            &[
                "tests/test_a.py:2 app.core.gone",
                "tests/test_a.py:3 app.gone.S",
                "tests/test_a.py:4 app.core.S.walk",
            ],
        );
    }

    #[test]
    fn a_module_that_makes_names_may_have_it() {
        check(
            &RULE,
            "# file: app.py\ndef __getattr__(name): return make(name)\n\
             # file: tests/test_a.py\nfrom unittest.mock import patch\n@patch('app.gone')\ndef test_a(): pass\n",
            &[],
        );
    }
}
