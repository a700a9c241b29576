//! `dead-patch`: a mock takes the place of a name that no code looks up afterwards.

use std::collections::BTreeMap;

use rustc_hash::FxHashSet;

use super::mock_targets::{Slot, Target, is_named_binding, looked_up, targets};
use super::record;
use crate::analysis::finding::{Finding, Ground};
use crate::facts::rows::{BindingKind, DynamicKind, Pos};
use crate::model::{End, FileId, Project};

record!(
    "dead-patch",
    Warning,
    "a mock replaces a name that no code looks up: it changes nothing",
    in_tests: true,
    find
);

fn find(ground: &Ground) -> Vec<Finding> {
    let project = ground.project;
    let targets = targets(project);
    let slots: FxHashSet<Slot> = targets
        .iter()
        .filter_map(Target::in_module)
        .filter(|slot| is_judged(project, *slot))
        .collect();
    let alive = looked_up(project, &slots);
    // One finding for each file and target.
    let mut told: BTreeMap<(FileId, &str), &Target> = BTreeMap::new();
    for target in &targets {
        let is_dead = target.in_module().is_some_and(|slot| {
            slots.contains(&slot) && !alive.contains(&slot) && target.file != slot.0
        });
        if is_dead {
            told.entry((target.file, target.text)).or_insert(target);
        }
    }
    told.into_values().filter_map(|target| finding(ground, target)).collect()
}

/// Names that the module binds by import, class, function or alias, in a module that does not read its names as it runs.
fn is_judged(project: &Project, slot: Slot) -> bool {
    let facts = &project.file(slot.0).facts;
    let is_open = facts.dynamics().iter().any(|dynamic| {
        matches!(dynamic.kind(), DynamicKind::Globals | DynamicKind::Exec | DynamicKind::GetAttr)
    });
    is_named_binding(project, slot) && !is_open && facts.errors().is_empty()
}

fn finding(ground: &Ground, target: &Target) -> Option<Finding> {
    let project = ground.project;
    let (module, name) = target.in_module()?;
    let file = project.file(module);
    let bound = file.facts.bindings_of(name).last()?;
    let symbol = format!("{}.{name}", file.module);
    let home = target.ends().find_map(|end| match end {
        End::Definition(home, _) if home != module => project.end_name(end),
        _ => None,
    });
    let kept = match (&home, bound.kind()) {
        (Some(home), _) => format!("; who uses `{home}` has it from elsewhere"),
        (None, BindingKind::Definition) => {
            "; who uses it imported it before, and keeps what it was".to_owned()
        }
        (None, _) => String::new(),
    };
    let at = Pos { line: bound.at.line, column: bound.at.column };
    Some(
        Finding::new(&RULE, target.file, target.at, symbol.clone())
            .message(format!(
                "no code asks `{}` for `{name}` when it runs, so this mock changes nothing{kept}",
                file.module
            ))
            .remedy("patch the name in the module whose functions look it up, or remove the patch")
            .related(module, at, "what is replaced")
            .key([symbol, target.text.to_owned()]),
    )
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::analysis::detectors::testing::check;

    const LIB: &str = "# file: app/__init__.py\n# file: app/core.py\nclass S: pass\n\
                       # file: app/shim.py\nfrom app.core import S\n";

    fn check_with(consumer: &str, target: &str, expected: &[&str]) {
        let text = format!(
            "{LIB}# file: app/user.py\n{consumer}\n\
             # file: tests/test_a.py\nfrom unittest.mock import patch\n\
             @patch('{target}')\ndef test_a(): pass\n"
        );
        check(&RULE, &text, expected);
    }

    #[test]
    fn who_imported_at_the_top_keeps_what_was_there() {
        let consumer = "from app.shim import S\ndef f(): S()";
        check_with(consumer, "app.shim.S", &["tests/test_a.py:2 app.shim.S"]);
        check_with(consumer, "app.core.S", &["tests/test_a.py:2 app.core.S"]);
        check_with(consumer, "app.user.S", &[]);
    }

    #[test]
    fn lazy_imports_and_chains_ask_again() {
        for consumer in [
            "def f():\n    from app.shim import S\n    S()",
            "import app.shim\ndef f(): app.shim.S()",
            "from app import shim as m\ndef f(): return m.S",
            "from app import shim\nx = getattr(shim, 'S')",
            "TARGET = 'app.shim:S'",
        ] {
            check_with(consumer, "app.shim.S", &[]);
            check_with(consumer, "app.core.S", &["tests/test_a.py:2 app.core.S"]);
        }
    }

    #[test]
    fn attributes_of_classes_and_plain_values_are_not_judged() {
        check(
            &RULE,
            "# file: app.py\nclass S:\n    def run(self): pass\nLIMIT = 3\n\
             # file: tests/test_a.py\nfrom unittest.mock import patch\n\
             @patch('app.S.run')\n@patch('app.LIMIT', 4)\n@patch('app.gone')\ndef test_a(): pass\n",
            &[],
        );
    }
}
