//! Strings that name modules and attributes: what is imported by name, what a mock replaces, which plugins are loaded.

use ruff_python_ast::{Arguments, Expr, ExprCall, InterpolatedStringElement, Operator};
use ruff_text_size::{Ranged, TextSize};

use super::literals::looks_dotted;
use super::names::Meaning;
use super::rows::{DynamicKind, StringAct, StringForm, StringRef, Sym};
use super::visitor::{Callee, Visitor, root_of};

/// Constants longer than this are no names.
const LONGEST: usize = 300;
/// Nested constant expressions deeper than this are not evaluated.
const DEEPEST: usize = 8;

impl Visitor<'_> {
    /// Whatever a call's strings name.
    pub(super) fn string_call(&mut self, call: &ExprCall, callee: Callee<'_>) {
        let dot = callee.resolved.bytes().rposition(|byte| byte == b'.');
        let last = &callee.resolved[dot.map_or(0, |dot| dot + 1)..];
        match last {
            "import_module" | "find_spec" | "__import__" | "resolve_name" | "importorskip" => {
                self.import_call(call, callee);
            }
            "patch" | "object" | "dict" | "multiple" | "spy" => self.patch_call(call, callee),
            "setattr" | "delattr" | "getattr" | "hasattr" => self.attribute_call(call, callee),
            "exec" | "eval" if callee.meaning == Meaning::Free && callee.chain == last => {
                let code = call.arguments.args.first();
                if let Some(code) =
                    code.filter(|code| self.constant(code).is_none() && last == "exec")
                {
                    self.note_dynamic(DynamicKind::Exec, code);
                }
            }
            _ => {}
        }
    }

    fn import_call(&mut self, call: &ExprCall, callee: Callee<'_>) {
        let form = match callee.resolved {
            "importlib.import_module"
            | "importlib.util.find_spec"
            | "pkgutil.resolve_name"
            | "pytest.importorskip" => StringForm::ImportModule,
            "importlib.__import__" | "__import__" | "builtins.__import__" => {
                StringForm::DunderImport
            }
            _ => return,
        };
        let Some(name) = call.arguments.find_argument_value("name", 0) else { return };
        let Some(target) = self.constant(name) else {
            let kind = match form {
                StringForm::DunderImport => DynamicKind::DunderImport,
                _ => DynamicKind::ImportModule,
            };
            self.note_dynamic(kind, name);
            return;
        };
        let package = call.arguments.find_argument_value("package", 1);
        let package =
            package.filter(|_| form == StringForm::ImportModule && target.starts_with('.'));
        let package = match package.map(|package| self.constant(package)) {
            Some(Some(package)) => self.page.sym(&package),
            Some(None) => {
                self.note_dynamic(DynamicKind::ImportModule, name);
                return;
            }
            None => Sym::NONE,
        };
        self.named(form, &target, package, name.start());
    }

    fn patch_call(&mut self, call: &ExprCall, callee: Callee<'_>) {
        let Some(first) = call.arguments.args.first().or_else(|| {
            let keyword = call
                .arguments
                .find_keyword("target")
                .or_else(|| call.arguments.find_keyword("in_dict"));
            keyword.map(|keyword| &keyword.value)
        }) else {
            return;
        };
        let (resolved, chain) = (callee.resolved, callee.chain);
        let is_mock = resolved.starts_with("unittest.mock.") || resolved.starts_with("mock.");
        let root = chain.split('.').next().unwrap_or(chain);
        let by_name = root == "mocker" || root == "patch" || chain.contains("mocker.");
        if resolved.ends_with("patch") || resolved.ends_with("patch.dict") {
            match self.constant(first) {
                Some(target) if looks_dotted(&target) => {
                    // `patch.dict` changes what the name holds, and leaves the name.
                    let act = if resolved.ends_with("patch.dict") {
                        StringAct::Reads
                    } else {
                        act_of(&call.arguments)
                    };
                    self.named_to(StringForm::Patch, act, &target, Sym::NONE, first.start());
                }
                Some(_) => {}
                None if (is_mock || by_name) && first.is_string_literal_expr() => {}
                None if (is_mock || by_name)
                    && root_of(first).is_none_or(|_| resolved.ends_with("patch")) =>
                {
                    self.note_dynamic(DynamicKind::Patch, first);
                }
                None => {}
            }
            return;
        }
        let of_object =
            ["patch.object", "patch.multiple"].iter().any(|end| resolved.ends_with(end));
        let is_spy = by_name && resolved.rsplit('.').next() == Some("spy");
        if !of_object && !is_spy {
            return;
        }
        if let Some(target) = self.constant(first) {
            if looks_dotted(&target) {
                self.named(StringForm::Patch, &target, Sym::NONE, first.start());
            }
            return;
        }
        let name = call.arguments.find_argument_value("attribute", 1);
        self.attribute_of(first, name, act_of(&call.arguments));
    }

    /// `monkeypatch.setattr("a.b.C", …)`, `monkeypatch.setattr(mod, "C", …)`, `setattr(mod, "C", …)`, `getattr(mod, "C")`.
    fn attribute_call(&mut self, call: &ExprCall, callee: Callee<'_>) {
        let Some(first) = call.arguments.args.first() else { return };
        if callee.chain.contains('.') {
            if let Some(target) = self.constant(first) {
                if looks_dotted(&target) {
                    let act = act_of(&call.arguments);
                    self.named_to(StringForm::Setattr, act, &target, Sym::NONE, first.start());
                }
                return;
            }
        } else if callee.meaning != Meaning::Free {
            return;
        }
        let act = match callee.resolved.rsplit('.').next() {
            Some("getattr" | "hasattr") => StringAct::Reads,
            _ if callee.chain.contains('.') => act_of(&call.arguments),
            _ => StringAct::Creates,
        };
        self.attribute_of(first, call.arguments.args.get(1), act);
    }

    /// An attribute by name of what an import brought.
    fn attribute_of(&mut self, object: &Expr, name: Option<&Expr>, act: StringAct) {
        let Some(root) = root_of(object) else { return };
        let id = self.frames.id(&root.id);
        if self.frames.meaning(id) == Meaning::Local {
            return;
        }
        let Some(name) = name.filter(|name| name.is_string_literal_expr()) else { return };
        let Some(attribute) = self.constant(name) else { return };
        let target = format!("{}.{attribute}", self.page.slice(object.range()));
        if looks_dotted(&target) {
            self.named_to(StringForm::PatchObject, act, &target, Sym::NONE, name.start());
        }
    }

    /// `pytest_plugins = ["a.b"]`, and constants that later strings are made of.
    pub(super) fn module_constant(&mut self, name: &str, value: &Expr) {
        if name == "pytest_plugins" {
            let one = std::slice::from_ref(value);
            let plugins = match value {
                Expr::List(list) => &list.elts,
                Expr::Tuple(tuple) => &tuple.elts,
                _ => one,
            };
            for plugin in plugins {
                if let Some(target) = self.constant(plugin) {
                    self.named(StringForm::PytestPlugins, &target, Sym::NONE, plugin.start());
                }
            }
        }
        let may_be_text = matches!(
            value,
            Expr::StringLiteral(_) | Expr::FString(_) | Expr::BinOp(_) | Expr::Name(_)
        );
        if let Some(text) = may_be_text.then(|| self.constant(value)).flatten() {
            self.constants.insert(name.to_owned(), text);
        } else if !self.constants.is_empty() {
            self.constants.remove(name);
        }
    }

    /// The text of a constant expression; `__name__` and `__package__` stand as such.
    pub(super) fn constant(&mut self, expr: &Expr) -> Option<String> {
        let mut text = String::new();
        (self.evaluate(expr, &mut text, 0) && text.len() <= LONGEST).then_some(text)
    }

    fn evaluate(&mut self, expr: &Expr, text: &mut String, depth: usize) -> bool {
        if depth > DEEPEST || text.len() > LONGEST {
            return false;
        }
        match expr {
            Expr::StringLiteral(literal) => text.push_str(literal.value.to_str()),
            Expr::Name(name) => {
                let id = self.frames.id(&name.id);
                if matches!(&*name.id, "__name__" | "__package__") {
                    text.push_str(&name.id);
                } else if self.frames.meaning(id) != Meaning::Local
                    && let Some(constant) = self.constants.get(name.id.as_str())
                {
                    text.push_str(constant);
                } else {
                    return false;
                }
            }
            Expr::BinOp(sum) if sum.op == Operator::Add => {
                return self.evaluate(&sum.left, text, depth + 1)
                    && self.evaluate(&sum.right, text, depth + 1);
            }
            Expr::FString(parts) => {
                for part in parts.value.elements() {
                    let is_constant = match part {
                        InterpolatedStringElement::Literal(literal) => {
                            text.push_str(&literal.value);
                            true
                        }
                        InterpolatedStringElement::Interpolation(field) => {
                            field.format_spec.is_none()
                                && self.evaluate(&field.expression, text, depth + 1)
                        }
                    };
                    if !is_constant {
                        return false;
                    }
                }
            }
            Expr::Attribute(attribute)
                if matches!(attribute.attr.as_str(), "__name__" | "__package__") =>
            {
                return false;
            }
            _ => return false,
        }
        true
    }

    fn named(&mut self, form: StringForm, target: &str, package: Sym, start: TextSize) {
        self.named_to(form, StringAct::Reads, target, package, start);
    }

    fn named_to(
        &mut self,
        form: StringForm,
        act: StringAct,
        target: &str,
        package: Sym,
        start: TextSize,
    ) {
        let (target, scope, at) = (self.page.sym(target), self.scope(), self.pos(start));
        let (form, act) = (form.code(), act.code());
        self.page.draft.strings.push(StringRef { form, target, package, act, scope, at });
    }

    /// A string that a call has read in its own way is no mere dotted string besides.
    pub(super) fn drop_repeated_strings(&mut self) {
        let strings = &mut self.page.draft.strings;
        let is_plain = |string: &StringRef| string.form() == StringForm::Dotted;
        let mut known: Vec<_> =
            strings.iter().filter(|string| !is_plain(string)).map(|string| string.at).collect();
        if !known.is_empty() {
            known.sort_unstable();
            strings.retain(|string| !is_plain(string) || known.binary_search(&string.at).is_err());
        }
    }
}

/// What a mock does to the name it is for: `create=True` and `raising=False` say that the name need not be there.
fn act_of(arguments: &Arguments) -> StringAct {
    let says = |name: &str, wanted: bool| {
        let value = arguments.find_keyword(name).map(|keyword| &keyword.value);
        matches!(value, Some(Expr::BooleanLiteral(literal)) if literal.value == wanted)
    };
    if says("create", true) || says("raising", false) {
        StringAct::Creates
    } else {
        StringAct::Replaces
    }
}

#[cfg(test)]
mod tests {
    use crate::facts::extract_text;

    fn check(source: &str, expected: &[&str]) {
        let facts = extract_text(source, false, 0);
        let print = |row: &crate::facts::rows::StringRef| {
            format!(
                "{} {} {} {}",
                row.at.line,
                row.form().word(),
                facts.text(row.target),
                facts.text(row.package)
            )
        };
        let rows: Vec<String> =
            facts.strings().iter().map(|row| print(row).trim_end().to_owned()).collect();
        assert_eq!(rows, expected, "{source}");
    }

    #[test]
    fn imports_by_name() {
        check("import importlib\nimportlib.import_module('a.b')\n", &["2 import_module a.b"]);
        check(
            "from importlib import import_module as im\nim('.x', package='a')\n",
            &["2 import_module .x a"],
        );
        check(
            "import importlib\nP = 'a'\nimportlib.import_module(f'{P}.b')\n",
            &["3 import_module a.b"],
        );
        check("import importlib\nimportlib.import_module('a' + '.b')\n", &["2 import_module a.b"]);
        check(
            "import importlib\nimportlib.import_module('.x', __package__)\n",
            &["2 import_module .x __package__"],
        );
        check("__import__('a.b')\n", &["1 __import__ a.b"]);
        check("import importlib\ndef f(n):\n    importlib.import_module(n)\n", &[]);
    }

    #[test]
    fn mock_targets() {
        check(
            "from unittest.mock import patch\n@patch('a.b.C')\ndef f(): pass\n",
            &["2 patch a.b.C"],
        );
        check("from unittest import mock\nwith mock.patch('a.b.C'): pass\n", &["2 patch a.b.C"]);
        check("def f(mocker):\n    mocker.patch('a.b.C')\n", &["2 patch a.b.C"]);
        check("def f(monkeypatch):\n    monkeypatch.setattr('a.b.C', 1)\n", &["2 setattr a.b.C"]);
        check(
            "import a\nfrom unittest.mock import patch\npatch.object(a, 'C')\n",
            &["3 patch.object a.C"],
        );
        check("def f(client, a):\n    client.patch('/url')\n    setattr(a, 'x', 1)\n", &[]);
    }

    #[test]
    fn what_is_done_with_a_target() {
        let source = "import a\nfrom unittest.mock import patch\npatch('a.b.C')\npatch('a.b.C', create=True)\n\
                      patch.dict('a.b.C')\npatch.object(a, 'C')\ngetattr(a, 'C')\nsetattr(a, 'C', 1)\n\
                      def f(monkeypatch):\n    monkeypatch.setattr('a.b.C', 1, raising=False)\n";
        let facts = extract_text(source, false, 0);
        let acts: Vec<&str> = facts.strings().iter().map(|row| row.act().word()).collect();
        let expected = ["replaces", "creates", "reads", "replaces", "reads", "creates", "creates"];
        assert_eq!(acts, expected);
    }

    #[test]
    fn other_strings() {
        check("pytest_plugins = ['a.b', 'c']\n", &["1 pytest_plugins a.b", "1 pytest_plugins c"]);
        check("x = 'a.b.C'\n'''a.b'''\n", &["1 string a.b.C"]);
    }
}
