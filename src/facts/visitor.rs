//! The walk over the tree of one file, which fills its facts on the way.

use ruff_python_ast::{
    ElifElseClause, ExceptHandler, Expr, ExprCall, ExprDict, ExprName, ExprStringLiteral,
    ExprSubscript, Identifier, ModModule, Pattern, PythonVersion, Stmt, StmtGlobal, StmtIf,
    StmtMatch, StmtTry, StmtWith,
};
use ruff_python_parser::{Mode, ParseOptions, Parsed, parse_unchecked};
use ruff_text_size::{Ranged, TextRange, TextSize};
use rustc_hash::FxHashMap;

use super::bindings::What;
use super::definitions::{docstring, first_paragraph, says_deprecated};
use super::expressions::{Context, Place};
use super::lazy;
use super::names::{Bound, ChainText, Frames, Meaning};
use super::page::Page;
use super::paths::PathSite;
use super::rows::{
    Flow, Global, NO_ROW, Pos, Row, ScopeKind, Status, SyntaxError, Use, UseKind, file_flag, flag,
};
use super::scopes::{Blocks, Condition};
use super::store::Facts;
use super::{guard, prints};
use crate::memory::Region;
use crate::source::text::Lines;

/// A file with more errors than this is hardly Python; the first ones say it.
const MAX_ERRORS: usize = 20;

/// The facts of a text; `stub` says that it is a `.pyi` file, where names may be used before they are bound; `flags` are
/// what is known of the bytes it came from.
pub fn extract_text(text: &str, stub: bool, flags: u32) -> Facts {
    let comes_first = guard::can_be_parsed_first(text);
    if !comes_first && guard::too_deep(text) {
        return Facts::none(Status::TooDeep);
    }
    let region = Region::lease();
    let parsed = region.fill(|| parse(text));
    let has_errors = !parsed.errors().is_empty();
    let is_flat = !has_errors && guard::is_flat(parsed.tokens());
    let is_deep = comes_first && !is_flat && guard::too_deep(text);
    if is_deep || has_errors && guard::is_too_tall(parsed.syntax()) {
        if text.len() > guard::HARMLESS {
            // Dropping it would overflow the stack.
            std::mem::forget(parsed);
        }
        return Facts::none(Status::TooDeep);
    }
    let buffers = region.fill(|| Buffers::for_text(text));
    let mut visitor = Visitor::new(text, buffers, stub);
    visitor.page.draft.flags |= flags;
    visitor.module(parsed.syntax());
    if visitor.on_end(&parsed) > guard::INDENTS {
        return Facts::none(Status::TooDeep);
    }
    visitor.finish(&parsed)
}

pub fn parse(text: &str) -> Parsed<ModModule> {
    // Newest, so that no valid syntax of any version counts as an error.
    let options = ParseOptions::from(Mode::Module).with_target_version(PythonVersion::PY315);
    parse_unchecked(text, options).try_into_module().expect("parsed as a module")
}

/// The function part of a call, or what a subscript is taken of.
#[derive(Clone, Copy, Debug)]
pub struct Callee<'c> {
    /// As written, `im.import_module`; `().name` for a method of what is no name.
    pub chain: &'c str,
    /// The chain with this file's import aliases undone: `importlib.import_module`. Relative modules keep their dots.
    pub resolved: &'c str,
    pub meaning: Meaning,
}

/// A value kept under a name in a function; it counts when the use of its chain does.
pub struct PendingFlow {
    pub target: TextRange,
    pub call: bool,
    /// The next one is of the same value.
    pub more: bool,
}

pub struct Visitor<'a> {
    pub(super) page: Page<'a>,
    pub(super) frames: Frames,
    pub(super) blocks: Blocks,
    pub(super) flows: Vec<PendingFlow>,
    /// The flow that waits for the chain visited next.
    pub(super) flow: u32,
    /// Body of each definition row.
    pub(super) bodies: Vec<TextRange>,
    pub(super) statements: u32,
    /// Buffer for [`Callee::resolved`].
    pub(super) resolved: String,
    pub(super) path_sites: Vec<PathSite>,
    pub(super) stub: bool,
    /// Module-level names of constant strings.
    pub(super) constants: FxHashMap<String, String>,
    /// Set while a constant of `exec` is read: all its rows stand there.
    pub(super) exec_site: Option<TextSize>,
}

/// What a visit fills and throws away. It is made with room for what a text usually needs, and so stays in the region that
/// it is made in.
struct Buffers<'a> {
    lines: Lines<'a>,
    blocks: Blocks,
    flows: Vec<PendingFlow>,
    bodies: Vec<TextRange>,
    resolved: String,
}

impl<'a> Buffers<'a> {
    fn for_text(text: &'a str) -> Self {
        Self {
            lines: Lines::new(text),
            blocks: Blocks::with_room_for(text.len() / 128),
            flows: Vec::with_capacity(text.len() / 128),
            bodies: Vec::with_capacity(text.len() / 256),
            resolved: String::with_capacity(256),
        }
    }
}

impl<'a> Visitor<'a> {
    fn new(text: &'a str, buffers: Buffers<'a>, stub: bool) -> Self {
        let Buffers { lines, mut blocks, flows, bodies, resolved } = buffers;
        let mut page = Page::new(text, lines);
        blocks.row(0, &mut page);
        Self {
            page,
            frames: Frames::new(text.len()),
            blocks,
            flows,
            flow: NO_ROW,
            bodies,
            statements: 0,
            resolved,
            path_sites: Vec::new(),
            stub,
            constants: FxHashMap::default(),
            exec_site: None,
        }
    }

    fn module(&mut self, module: &ModModule) {
        let doc = docstring(&module.body);
        self.page.draft.flags |= flags_of_head(&self.page, doc.unwrap_or(""));
        if let Some(doc) = doc {
            let doc = self.page.sym(&first_paragraph(doc));
            self.page.draft.doc = Some(doc);
        }
        self.body(&module.body);
    }

    fn finish(mut self, parsed: &Parsed<ModModule>) -> Facts {
        for error in parsed.errors().iter().take(MAX_ERRORS) {
            let message = self.page.sym(&error.error.to_string());
            let at = self.page.at(error.location.start());
            self.page.draft.errors.push(SyntaxError { message, at });
        }
        for index in 0..self.frames.end_module() {
            let waiting = self.frames.waiting(index);
            let chain = match waiting.text {
                ChainText::Source(_) if waiting.bare => {
                    self.frames.sym(waiting.root, &mut self.page.draft)
                }
                ChainText::Source(range) => {
                    let text = self.page.slice(range);
                    self.page.sym(text)
                }
                ChainText::Symbol(sym) => sym,
            };
            let scope = self.blocks.row(waiting.block, &mut self.page);
            let at = self.page.at(waiting.at);
            let import = waiting.import;
            self.page.draft.uses.push(Use::new(chain, import, waiting.kind, scope, at));
            let flows = self.flows.get(waiting.flow as usize..).unwrap_or(&[]);
            let n_flows = flows.iter().position(|flow| !flow.more).map_or(0, |last| last + 1);
            for flow in &flows[..n_flows] {
                let target = self.page.slice(flow.target);
                let target = self.page.sym(target);
                let (call, at) = (u32::from(flow.call), self.page.at(flow.target.start()));
                self.page.draft.flows.push(Flow { target, chain, import, call, scope, at });
            }
        }
        let valid = parsed.has_valid_syntax();
        let facts = self.page.draft.finish(if valid { Status::Parsed } else { Status::Recovered });
        self.page.draft.leave();
        self.frames.leave();
        facts
    }

    /// The row of the scope that is being read.
    pub(super) fn scope(&mut self) -> Row {
        let block = self.blocks.current();
        self.blocks.row(block, &mut self.page)
    }

    pub(super) fn pos(&self, offset: TextSize) -> Pos {
        self.page.at(self.exec_site.unwrap_or(offset))
    }

    pub(super) fn body(&mut self, body: &[Stmt]) {
        for statement in body {
            self.statement(statement);
        }
    }

    fn block(&mut self, kind: ScopeKind, at: TextSize, group: u32, body: &[Stmt]) {
        if body.is_empty() {
            return;
        }
        self.blocks.enter(kind, at, group);
        self.body(body);
        self.blocks.leave();
    }

    fn statement(&mut self, statement: &Stmt) {
        match statement {
            Stmt::Expr(statement) => {
                // Docstrings, and texts that stand for comments.
                if !statement.value.is_string_literal_expr() {
                    self.note_deprecation(&statement.value);
                    self.expr(&statement.value, Context::LOAD);
                }
            }
            Stmt::Assign(statement) => self.assign(statement),
            Stmt::AnnAssign(statement) => self.annotated_assign(statement),
            Stmt::AugAssign(statement) => self.augmented_assign(statement),
            Stmt::TypeAlias(statement) => self.type_alias(statement),
            Stmt::FunctionDef(function) => self.function(function),
            Stmt::ClassDef(class) => self.class(class),
            Stmt::Import(import) => self.import(import),
            Stmt::ImportFrom(import) => self.import_from(import),
            Stmt::If(choice) => self.choice(choice),
            Stmt::Try(attempt) => self.attempt(attempt),
            Stmt::With(with) => self.with(with),
            Stmt::Match(choice) => self.match_cases(choice),
            Stmt::For(each) => {
                self.expr(&each.iter, Context::LOAD);
                self.target(&each.target, What::Target);
                self.block(ScopeKind::Loop, each.start(), 0, &each.body);
                self.body(&each.orelse);
            }
            Stmt::While(repeat) => {
                self.expr(&repeat.test, Context::LOAD);
                self.block(ScopeKind::Loop, repeat.start(), 0, &repeat.body);
                self.body(&repeat.orelse);
            }
            Stmt::Return(statement) => {
                if let Some(value) = &statement.value {
                    self.count_result(value);
                    self.expr(value, Context::LOAD);
                }
            }
            Stmt::Raise(raise) => {
                for part in [&raise.exc, &raise.cause].into_iter().flatten() {
                    self.expr(part, Context::LOAD);
                }
            }
            Stmt::Assert(assert) => {
                self.expr(&assert.test, Context::LOAD);
                if let Some(message) = &assert.msg {
                    self.expr(message, Context::LOAD);
                }
            }
            Stmt::Delete(delete) => self.targets(&delete.targets, What::Delete),
            Stmt::Global(global) => self.global(global),
            Stmt::Nonlocal(statement) => self.declare(&statement.names, Bound::Nonlocal),
            Stmt::Pass(_) | Stmt::Break(_) | Stmt::Continue(_) | Stmt::IpyEscapeCommand(_) => {}
        }
    }

    fn choice(&mut self, choice: &StmtIf) {
        self.branches(choice.start(), &choice.test, &choice.body, &choice.elif_else_clauses);
    }

    fn branches(&mut self, at: TextSize, test: &Expr, body: &[Stmt], rest: &[ElifElseClause]) {
        let group = self.blocks.new_group();
        let mut condition = Condition::of(test, &mut self.frames);
        self.expr(test, Context::LOAD);
        self.branch(condition.body, at, group, body);
        for (index, clause) in rest.iter().enumerate() {
            let Some(test) = &clause.test else {
                self.branch(condition.otherwise, clause.start(), group, &clause.body);
                return;
            };
            if condition.otherwise != ScopeKind::Else {
                // All further branches are of the kind that the `else` would be.
                self.blocks.enter(condition.otherwise, clause.start(), group);
                self.branches(clause.start(), test, &clause.body, &rest[index + 1..]);
                self.blocks.leave();
                return;
            }
            condition = Condition::of(test, &mut self.frames);
            self.expr(test, Context::LOAD);
            self.branch(condition.body, clause.start(), group, &clause.body);
        }
    }

    fn branch(&mut self, kind: ScopeKind, at: TextSize, group: u32, body: &[Stmt]) {
        if kind == ScopeKind::Main && self.frames.at_module() {
            self.page.draft.flags |= file_flag::MAIN;
        }
        self.block(kind, at, group, body);
    }

    fn attempt(&mut self, attempt: &StmtTry) {
        let group = self.blocks.new_group();
        self.block(ScopeKind::Try, attempt.start(), group, &attempt.body);
        for ExceptHandler::ExceptHandler(handler) in &attempt.handlers {
            if let Some(exception) = &handler.type_ {
                self.expr(exception, Context::of(UseKind::Check));
            }
            self.blocks.enter(ScopeKind::Except, handler.start(), group);
            if let Some(name) = &handler.name {
                self.bind(&name.id, name.start(), What::Target);
            }
            self.body(&handler.body);
            self.blocks.leave();
        }
        let start_of = |body: &[Stmt]| body.first().map_or(attempt.end(), Ranged::start);
        self.block(ScopeKind::TryElse, start_of(&attempt.orelse), group, &attempt.orelse);
        self.block(ScopeKind::Finally, start_of(&attempt.finalbody), 0, &attempt.finalbody);
    }

    fn with(&mut self, with: &StmtWith) {
        for item in &with.items {
            match &item.optional_vars {
                Some(target) => {
                    self.note_flow(std::slice::from_ref(&**target), &item.context_expr);
                    self.expr(&item.context_expr, Context::LOAD);
                    self.target(target, What::Target);
                }
                None => self.expr(&item.context_expr, Context::LOAD),
            }
        }
        self.block(ScopeKind::With, with.start(), 0, &with.body);
    }

    fn match_cases(&mut self, choice: &StmtMatch) {
        self.expr(&choice.subject, Context::LOAD);
        let group = self.blocks.new_group();
        for case in &choice.cases {
            self.blocks.enter(ScopeKind::MatchCase, case.start(), group);
            self.pattern(&case.pattern);
            if let Some(guard) = &case.guard {
                self.expr(guard, Context::LOAD);
            }
            self.body(&case.body);
            self.blocks.leave();
        }
    }

    fn pattern(&mut self, pattern: &Pattern) {
        match pattern {
            Pattern::MatchValue(value) => self.expr(&value.value, Context::LOAD),
            Pattern::MatchSingleton(_) => {}
            Pattern::MatchSequence(sequence) => self.patterns(&sequence.patterns),
            Pattern::MatchMapping(mapping) => {
                self.exprs(&mapping.keys, Context::LOAD);
                self.patterns(&mapping.patterns);
                self.capture(mapping.rest.as_ref());
            }
            Pattern::MatchClass(class) => {
                self.expr(&class.cls, Context::of(UseKind::Check));
                self.patterns(&class.arguments.patterns);
                for keyword in &class.arguments.keywords {
                    self.pattern(&keyword.pattern);
                }
            }
            Pattern::MatchStar(star) => self.capture(star.name.as_ref()),
            Pattern::MatchAs(capture) => {
                if let Some(pattern) = &capture.pattern {
                    self.pattern(pattern);
                }
                self.capture(capture.name.as_ref());
            }
            Pattern::MatchOr(choice) => self.patterns(&choice.patterns),
        }
    }

    fn patterns(&mut self, patterns: &[Pattern]) {
        for pattern in patterns {
            self.pattern(pattern);
        }
    }

    fn capture(&mut self, name: Option<&Identifier>) {
        if let Some(name) = name {
            self.bind(&name.id, name.start(), What::Target);
        }
    }

    fn global(&mut self, global: &StmtGlobal) {
        for name in &global.names {
            let (scope, at) = (self.scope(), self.pos(name.start()));
            let name = self.page.sym(name);
            self.page.draft.globals.push(Global { name, scope, at });
        }
        self.declare(&global.names, Bound::Global);
    }

    fn declare(&mut self, names: &[Identifier], bound: Bound) {
        if self.frames.at_module() {
            return;
        }
        for name in names {
            let id = self.frames.id(&name.id);
            self.frames.bind_here(id, bound);
        }
    }

    /// A warning that every run of a body gives marks its function, or the module, as deprecated.
    fn note_deprecation(&mut self, statement: &Expr) {
        let kind = self.blocks.kind();
        if !matches!(kind, ScopeKind::Module | ScopeKind::Function)
            || !self.warns_of_deprecation(statement)
        {
            return;
        }
        match self.page.draft.definitions.get_mut(self.blocks.definition() as usize) {
            Some(definition) => definition.flags |= flag::DEPRECATED,
            None => self.page.draft.flags |= file_flag::DEPRECATED,
        }
    }
}

/// The name that a chain of plain attributes starts with.
pub fn root_of(mut expr: &Expr) -> Option<&ExprName> {
    loop {
        match expr {
            Expr::Attribute(attribute) => expr = &attribute.value,
            Expr::Name(name) => return Some(name),
            _ => return None,
        }
    }
}

/// A name, or attributes of a name.
pub fn is_chain(expr: &Expr) -> bool {
    root_of(expr).is_some_and(|root| !root.id.is_empty())
}

/// What the first lines and the docstring say about the file.
fn flags_of_head(page: &Page, doc: &str) -> u32 {
    let mut flags = 0;
    if page.source.starts_with("#!") {
        flags |= file_flag::SHEBANG;
    }
    if says_deprecated(doc) {
        flags |= file_flag::DEPRECATED;
    }
    let lines = (1..=HEAD_LINES).filter_map(|line| page.line(line));
    let mut comments = lines.filter(|line| line.starts_with('#'));
    if comments.any(says_generated)
        || speaks_of_generating(doc) && doc.lines().take(HEAD_LINES as usize).any(says_generated)
    {
        flags |= file_flag::GENERATED;
    }
    flags
}

const HEAD_LINES: u32 = 20;

/// `# Generated by Django 3.2`, `@generated`, `This file is auto-generated, do not edit`
fn says_generated(line: &str) -> bool {
    let line = line.trim_matches(|c: char| c == '#' || c == '*' || c == '-' || c.is_whitespace());
    if !speaks_of_generating(line) {
        return false;
    }
    let starts = line.get(..12).is_some_and(|start| start.eq_ignore_ascii_case("generated by"));
    starts
        || line.starts_with("@generated")
        || [
            "auto-generated",
            "autogenerated",
            "automatically generated",
            "do not edit",
            "file is generated",
            "file was generated",
        ]
        .iter()
        .any(|phrase| contains(line, phrase))
}

fn speaks_of_generating(text: &str) -> bool {
    text.contains("enerated") || text.contains("ENERATED")
}

fn contains(line: &str, phrase: &str) -> bool {
    line.as_bytes().windows(phrase.len()).any(|part| part.eq_ignore_ascii_case(phrase.as_bytes()))
}

/// Where the readers of single subjects are called, each with what the walk knows at that place. Those that write rows
/// ask [`Visitor::scope`] for the scope, which makes a scope row, so only when there is something to write.
impl Visitor<'_> {
    /// A call with arguments.
    pub(super) fn on_call(&mut self, call: &ExprCall, callee: Callee<'_>) {
        self.string_call(call, callee);
        self.environment_call(call, callee);
        self.note_path_call(call, callee.resolved);
    }

    /// `chain["key"]` that is read.
    pub(super) fn on_subscript_load(&mut self, subscript: &ExprSubscript, object: Callee<'_>) {
        self.environment_subscript(subscript, object);
    }

    /// `object[key] = value`, and `del object[key]` without a value.
    pub(super) fn on_subscript_store(&mut self, subscript: &ExprSubscript, value: Option<&Expr>) {
        if value.is_some() {
            self.key_store(subscript);
        }
        self.note_path_store(&subscript.value, subscript.range());
    }

    /// A string that is neither docstring nor annotation; parts of f-strings come by [`Self::on_interpolated`].
    pub(super) fn on_string_literal(&mut self, literal: &ExprStringLiteral, place: Place<'_>) {
        self.string_literal(literal, place);
    }

    /// An f-string or t-string.
    pub(super) fn on_interpolated(&mut self, text: &Expr, place: Place<'_>) {
        self.interpolated_literal(text, place);
    }

    /// A dict display; gives its row, so that dicts among its values know their parent.
    pub(super) fn on_dict(&mut self, dict: &ExprDict, context: Context<'_>) -> Row {
        self.dict_display(dict, context)
    }

    /// `dict(…)`
    pub(super) fn on_dict_call(&mut self, call: &ExprCall, context: Context<'_>) -> Row {
        self.dict_call(call, context)
    }

    /// `name = value` at module level, in any of its blocks.
    pub(super) fn on_module_assign(&mut self, name: &str, value: &Expr) {
        self.module_constant(name, value);
    }

    /// After the walk, before waiting uses become rows; [`Visitor::bodies`] has the body of each definition row. Gives how
    /// many blocks lie in each other.
    fn on_end(&mut self, parsed: &Parsed<ModModule>) -> usize {
        self.drop_repeated_strings();
        let n_indents = prints::print(&mut self.page, parsed.tokens(), &self.bodies);
        lazy::module_getattr(&mut self.page, parsed.suite());
        self.path_edits(parsed.suite());
        n_indents
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::testing::{bindings, check, definitions, file, imports, uses};

    #[test]
    fn facts_before_and_after_an_error_are_kept() {
        for error in [
            "x = = 1",
            "f(1",
            "y = [1, 2",
            "class :",
            "def (",
            "if x",
            "import",
            "<<<<<<< HEAD",
            "print 'x'",
            "{% if x %}",
            "x = 'open",
            "raise E, 'text'",
            "  indented = 1",
            "exec 'a' in b",
            "@",
            "✅ = 1",
        ] {
            let source = format!(
                "import a\nclass K(a.B): pass\n\n{error}\n\nimport c\nclass L(c.D): pass\n"
            );
            let facts = extract_text(&source, false, 0);
            assert_eq!(facts.status(), Status::Recovered, "{error}");
            assert!((1..=MAX_ERRORS).contains(&facts.errors().len()), "{error}");
            let (imports, definitions) =
                (imports(&facts).join(", "), definitions(&facts).join(", "));
            assert!(
                imports.contains("import a") && imports.contains("import c"),
                "{error}: {imports}"
            );
            assert!(
                definitions.contains("K(a.B)") && definitions.contains("L(c.D)"),
                "{error}: {definitions}"
            );
        }
    }

    #[test]
    fn an_open_brace_costs_the_statement_after_it() {
        // The parser reads on in the set that it takes the brace for.
        let facts = extract_text("import a\nx = {\nimport b\nimport c\n", false, 0);
        assert_eq!(imports(&facts), ["1:8 #0 import a - as a", "4:8 #1 import c - as c"]);
    }

    #[test]
    fn errors_are_capped() {
        let facts = extract_text(&"x = = 1\n".repeat(100), false, 0);
        assert_eq!(facts.errors().len(), MAX_ERRORS);
        assert_eq!(facts.errors()[1].at.line, 2);
    }

    #[test]
    fn python_2_gives_facts() {
        let source = "import os, urllib2\nfrom string import *\nclass K:\n    def m(self, (a, b)):\n        print 'x', os.path\n        raise ValueError, 'no'\n\
                      def f():\n    try:\n        urllib2.urlopen(`x`)\n    except (os.error, E), e:\n        print >>f, e\n        exec 'import z'\n    return 0777, u'a', ur'b', 1L\n\
                      g = f\n";
        let facts = extract_text(source, false, 0);
        assert_eq!(facts.status(), Status::Recovered);
        assert_eq!(imports(&facts).len(), 3);
        let definitions = definitions(&facts).join("\n");
        for name in ["K(", "K.m(", "f("] {
            assert!(definitions.contains(name), "{definitions}");
        }
        assert!(uses(&facts).iter().any(|used| used.contains("urllib2.urlopen call in f > try")));
        assert!(bindings(&facts).contains(&"14 g alias f".to_string()));
    }

    #[test]
    fn newest_syntax_is_no_error() {
        let source = "type A[T = int, *Ts = *tuple[int], **P = []] = dict[T, P]\n\
                      def f[T: (int, str)](x: T) -> T: ...\nclass K[T]: ...\n\
                      x = f'{f'{'a'}'} {\n  x  # why\n}'\ny = t'{x!r}'\ntry: pass\nexcept A, B: pass\n\
                      def g[**P](*args: *tuple[int]): pass\nz = [*a for a in b]\nw = c[*d]\n";
        let facts = extract_text(source, false, 0);
        assert_eq!(facts.status(), Status::Parsed);
        assert_eq!(facts.definitions().len(), 3);
    }

    #[test]
    fn what_the_head_of_a_file_says() {
        check(
            file,
            "#!/usr/bin/env python\n\"\"\"\n  What it is\n  for.\n\nMore.\"\"\"\n",
            &["shebang", "What it is for."],
        );
        check(
            file,
            "# -*- coding: utf-8 -*-\n# Generated by the protocol buffer compiler.  DO NOT EDIT!\n",
            &["generated"],
        );
        check(file, "# Generated by Django 3.2 on 2021-01-01\n", &["generated"]);
        check(file, "# @generated\n", &["generated"]);
        check(
            file,
            "'''This file is auto-generated.'''\n",
            &["generated", "This file is auto-generated."],
        );
        check(file, "# Reports that are generated by the server\n", &[]);
        check(file, "", &[]);
    }
}
