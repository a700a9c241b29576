//! Import statements: one row per imported name.

use std::borrow::Cow;

use ruff_python_ast::name::Name;
use ruff_python_ast::{Alias, ExceptHandler, Stmt, StmtImport, StmtImportFrom};
use ruff_text_size::{Ranged, TextSize};

use super::bindings::{What, plain_binding};
use super::names::{FrameKind, Meaning, NameId};
use super::rows::{Binding, BindingKind, Import, ImportForm, NO_ROW, Row, ScopeKind, Sym};
use super::visitor::{Visitor, parse};

/// Constants handed to `exec` longer than this are not parsed: the guard against deep nesting saw them as one string.
const LONGEST_EXEC: usize = 20_000;

impl Visitor<'_> {
    pub(super) fn import(&mut self, statement: &StmtImport) {
        let number = self.next_statement();
        for alias in &statement.names {
            let dotted = alias.name.id.as_str();
            if !is_dotted_name(dotted) {
                continue;
            }
            let bound = match &alias.asname {
                Some(asname) => asname.id.clone(),
                None => Name::new(dotted.split('.').next().unwrap_or(dotted)),
            };
            let import = Import {
                statement: number,
                form: ImportForm::Import.code() as u16,
                level: 0,
                module: self.page.sym(dotted),
                name: Sym::NONE,
                bound: self.page.sym(&bound),
                aliased: u8::from(alias.asname.is_some()),
                scope: self.scope(),
                at: self.pos(alias.name.start()),
                line: self.pos(statement.start()).line,
                in_exec: u8::from(self.exec_site.is_some()),
            };
            self.add_import(import, &bound, alias);
        }
    }

    pub(super) fn import_from(&mut self, statement: &StmtImportFrom) {
        let number = self.next_statement();
        let module = statement.module.as_ref().map_or("", |module| module.id.as_str());
        if !module.is_empty() && !is_dotted_name(module)
            || module.is_empty() && statement.level == 0
        {
            return;
        }
        let (mut module_sym, mut line) = (Sym::NONE, 0);
        for alias in &statement.names {
            let name = alias.name.id.as_str();
            if name.is_empty() {
                continue;
            }
            if module_sym.is_none() {
                module_sym = self.page.sym(module);
                line = self.pos(statement.start()).line;
            }
            let star = name == "*";
            let bound = alias.asname.as_ref().map_or(&alias.name.id, |asname| &asname.id);
            let form = if star { ImportForm::Star } else { ImportForm::From };
            let name = self.page.sym(name);
            let import = Import {
                statement: number,
                form: form.code() as u16,
                level: statement.level,
                module: module_sym,
                name,
                bound: match &alias.asname {
                    _ if star => Sym::NONE,
                    Some(asname) => self.page.sym(asname),
                    None => name,
                },
                aliased: u8::from(alias.asname.is_some()),
                scope: self.scope(),
                at: self.pos(alias.name.start()),
                line,
                in_exec: u8::from(self.exec_site.is_some()),
            };
            match form {
                ImportForm::Star => self.add_star(import),
                ImportForm::Import | ImportForm::From => self.add_import(import, bound, alias),
            }
        }
    }

    fn next_statement(&mut self) -> u32 {
        self.statements += 1;
        self.statements - 1
    }

    fn add_import(&mut self, import: Import, bound: &Name, alias: &Alias) {
        let row = self.page.draft.imports.len() as Row;
        let id = self.frames.id(bound);
        if matches!(alias.name.id.as_str(), "TYPE_CHECKING" | "MYPY") {
            self.frames.mark_type_checking(id);
        }
        self.page.draft.imports.push(import);
        let at = alias.asname.as_ref().unwrap_or(&alias.name).start();
        self.bind(bound, at, What::Import(row));
    }

    fn add_star(&mut self, import: Import) {
        let row = self.page.draft.imports.len() as Row;
        let at = import.at;
        self.page.draft.imports.push(import);
        self.frames.star = true;
        if self.frames.at_module() {
            let name = self.page.sym("*");
            let scope = self.scope();
            let star = Binding {
                kind: BindingKind::Star.code() as u16,
                row,
                ..plain_binding(name, scope, at)
            };
            self.page.draft.bindings.push(star);
        }
    }

    /// The dotted text behind an imported name: `importlib.import_module` of `from importlib import import_module as im`.
    pub(super) fn write_target(&self, import: Row, text: &mut String) {
        let Some(import) = self.page.draft.imports.get(import as usize) else { return };
        let draft = &self.page.draft;
        match import.form() {
            ImportForm::Import if import.aliased == 1 => text.push_str(draft.text(import.module)),
            ImportForm::Import => text.push_str(draft.text(import.bound)),
            ImportForm::From | ImportForm::Star => {
                text.extend(std::iter::repeat_n('.', import.level as usize));
                let module = draft.text(import.module);
                text.push_str(module);
                if !module.is_empty() {
                    text.push('.');
                }
                text.push_str(draft.text(import.name));
            }
        }
    }

    /// The name that an import brings, whatever it is called here.
    pub(super) fn imported_name(&self, id: NameId) -> Option<&str> {
        let Meaning::Import(row) = self.frames.meaning(id) else { return None };
        let import = self.page.draft.imports.get(row as usize)?;
        (import.form() == ImportForm::From).then(|| self.page.draft.text(import.name))
    }

    /// Takes in the imports of a constant text that is executed at `at`; an `exec` within it is not followed.
    pub(super) fn absorb_exec(&mut self, text: &str, at: TextSize) {
        if text.len() > LONGEST_EXEC || self.exec_site.is_some() || !text.contains("import") {
            return;
        }
        let parsed = parse(&dedent(text));
        self.exec_site = Some(at);
        self.exec_statements(parsed.suite(), at);
        self.exec_site = None;
    }

    fn exec_statements(&mut self, body: &[Stmt], at: TextSize) {
        for statement in body {
            match statement {
                Stmt::Import(import) => self.import(import),
                Stmt::ImportFrom(import) => self.import_from(import),
                Stmt::FunctionDef(function) => {
                    self.frames.open(FrameKind::Function, NO_ROW);
                    self.exec_block(ScopeKind::Function, 0, &function.body, at);
                    self.frames.close();
                }
                Stmt::ClassDef(class) => {
                    self.frames.open(FrameKind::Function, NO_ROW);
                    self.exec_block(ScopeKind::Class, 0, &class.body, at);
                    self.frames.close();
                }
                Stmt::If(branch) => {
                    let group = self.blocks.new_group();
                    self.exec_block(ScopeKind::If, group, &branch.body, at);
                    for clause in &branch.elif_else_clauses {
                        self.exec_block(ScopeKind::Else, group, &clause.body, at);
                    }
                }
                Stmt::Try(attempt) => {
                    let group = self.blocks.new_group();
                    self.exec_block(ScopeKind::Try, group, &attempt.body, at);
                    for ExceptHandler::ExceptHandler(handler) in &attempt.handlers {
                        self.exec_block(ScopeKind::Except, group, &handler.body, at);
                    }
                    self.exec_block(ScopeKind::TryElse, group, &attempt.orelse, at);
                    self.exec_block(ScopeKind::Finally, 0, &attempt.finalbody, at);
                }
                Stmt::With(with) => self.exec_block(ScopeKind::With, 0, &with.body, at),
                Stmt::For(each) => self.exec_block(ScopeKind::Loop, 0, &each.body, at),
                Stmt::While(repeat) => self.exec_block(ScopeKind::Loop, 0, &repeat.body, at),
                _ => {}
            }
        }
    }

    fn exec_block(&mut self, kind: ScopeKind, group: u32, body: &[Stmt], at: TextSize) {
        self.blocks.enter(kind, at, group);
        self.exec_statements(body, at);
        self.blocks.leave();
    }
}

/// False for what is left of `import a.` and the like.
fn is_dotted_name(text: &str) -> bool {
    text.as_bytes().split(|byte| *byte == b'.').all(|part| !part.is_empty())
}

/// The text without the white space that all its lines start with, as `textwrap.dedent` does it for tidy texts.
fn dedent(text: &str) -> Cow<'_, str> {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or("");
    let indent = &first[..first.len() - first.trim_start().len()];
    if indent.is_empty() {
        return Cow::Borrowed(text);
    }
    let lines = text.lines().map(|line| line.strip_prefix(indent).unwrap_or(line));
    Cow::Owned(lines.flat_map(|line| [line, "\n"]).collect())
}

#[cfg(test)]
mod tests {
    use crate::facts::testing::{bindings, check, imports, uses};

    #[test]
    fn one_row_for_each_name_at_its_own_place() {
        check(
            imports,
            "import os, a.b.c as d\nfrom x import (\n    y,\n    z as w,  # why\n)\nfrom . import q\nfrom ..p.r import *\nimport a . b\n",
            &[
                "1:8 #0 import os - as os",
                "1:12 #0 import a.b.c - as d",
                "3:5 #1 from x y as y",
                "4:5 #1 from x z as w",
                "6:15 #2 from . q as q",
                "7:19 #3 star ..p.r * as -",
                "8:8 #4 import a.b - as a",
            ],
        );
    }

    #[test]
    fn half_an_import_is_none() {
        check(
            imports,
            "import a.\nfrom x import\nfrom import y\nfrom ok import\nimport good\n",
            &["5:8 #4 import good - as good"],
        );
    }

    #[test]
    fn an_import_knows_the_block_it_stands_in() {
        check(
            imports,
            "try:\n    import a\nexcept ImportError:\n    import b as a\nelse:\n    import c\nfinally:\n    import d\n\
             class K:\n    import e\n    def m(self):\n        with x:\n            import f\n",
            &[
                "2:12 #0 import a - as a in try",
                "4:12 #1 import b - as a in except",
                "6:12 #2 import c - as c in try-else",
                "8:12 #3 import d - as d in finally",
                "10:12 #4 import e - as e in K",
                "13:20 #5 import f - as f in K > m > with",
            ],
        );
    }

    #[test]
    fn a_constant_that_is_executed_imports() {
        check(
            imports,
            "exec('import a')\ndef f():\n    exec(\"\"\"\n        try:\n            from b import c\n        except E: pass\n    \"\"\")\n",
            &["1:6 #0 import a - as a exec", "3:10 #1 from b c as c exec in f > try"],
        );
        check(bindings, "exec('from b import c')\n", &["1 c import 0"]);
        check(imports, "exec('exec(\"import a\")')\nexec(code)\n", &[]);
    }

    #[test]
    fn lazy_imports_are_imports() {
        check(
            imports,
            "lazy import a\nlazy from b import c\n",
            &["1:13 #0 import a - as a", "2:20 #1 from b c as c"],
        );
        check(uses, "lazy import a\na.b()\n", &["2:1 a.b call"]);
    }
}
