//! Classes and functions: their rows, and what their decorators, bases and bodies say about them.

use std::borrow::Cow;

use memchr::memchr2_iter;
use ruff_python_ast::{
    Decorator, Expr, Identifier, Parameter, Parameters, Stmt, StmtClassDef, StmtFunctionDef,
    TypeParam, TypeParams,
};
use ruff_text_size::{Ranged, TextRange};

use super::bindings::What;
use super::expressions::{Context, last_name};
use super::names::{Bound, FrameKind};
use super::rows::{
    self, Definition, DefinitionKind, NO_ROW, Param, ParamKind, Row, Rows, ScopeKind, Sym, UseKind,
    flag,
};
use super::visitor::{Visitor, root_of};

/// First paragraphs of docstrings are cut after this many characters.
const DOC: usize = 160;

impl Visitor<'_> {
    pub(super) fn class(&mut self, class: &StmtClassDef) {
        self.decorators(&class.decorator_list);
        let type_params = class.type_params.as_deref();
        if class.name.is_empty() {
            self.class_arguments(class);
            self.nameless_body(&class.body);
            return;
        }
        let row = self.define_class(class);
        // With type parameters a frame of their own is on top of the one that the name belongs to.
        if type_params.is_some() {
            self.bind(&class.name.id, class.name.start(), What::Definition(row));
            self.type_params(type_params);
            self.class_arguments(class);
        } else {
            self.class_arguments(class);
            self.bind(&class.name.id, class.name.start(), What::Definition(row));
        }

        self.frames.open(FrameKind::Class, row);
        self.blocks.enter_definition(ScopeKind::Class, class.name.start(), row);
        self.body(&class.body);
        self.blocks.leave();
        self.frames.close();
        self.end_type_params(type_params);
    }

    fn class_arguments(&mut self, class: &StmtClassDef) {
        let Some(arguments) = &class.arguments else { return };
        self.exprs(&arguments.args, Context::of(UseKind::Base));
        self.keywords(&arguments.keywords, Context::LOAD, NO_ROW);
    }

    fn define_class(&mut self, class: &StmtClassDef) -> Row {
        let mut flags = 0;
        for base in class.bases() {
            flags |= match self.own_name(base) {
                "Protocol" => flag::PROTOCOL,
                "ABC" => flag::ABSTRACT,
                _ => 0,
            };
        }
        for keyword in class.keywords() {
            if self.own_name(&keyword.value) == "ABCMeta" {
                flags |= flag::ABSTRACT;
            }
        }
        for decorator in &class.decorator_list {
            flags |= match self.own_name(&decorator.expression) {
                "dataclass" => flag::DATACLASS,
                name if is_deprecation(name) => flag::DEPRECATED,
                _ => 0,
            };
        }
        let bases = self.expr_rows(class.bases().iter().map(|base| (None, base)));
        let keywords =
            class.keywords().iter().map(|keyword| (keyword.arg.as_ref(), &keyword.value));
        let keywords = self.expr_rows(keywords);
        let row = self.define(DefinitionKind::Class, &class.name, class.range, &class.body, flags);
        let decorators = self.decorator_rows(&class.decorator_list);
        let definition = &mut self.page.draft.definitions[row as usize];
        definition.bases = bases;
        definition.keywords = keywords;
        definition.decorators = decorators;
        row
    }

    pub(super) fn function(&mut self, function: &StmtFunctionDef) {
        self.decorators(&function.decorator_list);
        let type_params = function.type_params.as_deref();
        // What the parser makes of decorators without a definition.
        if function.name.is_empty() {
            self.signature(function);
            self.nameless_body(&function.body);
            return;
        }
        let row = self.define_function(function);
        if type_params.is_some() {
            self.bind(&function.name.id, function.name.start(), What::Definition(row));
            self.type_params(type_params);
            self.signature(function);
        } else {
            self.signature(function);
            self.bind(&function.name.id, function.name.start(), What::Definition(row));
        }

        let class = self.class_of_method();
        self.frames.open(FrameKind::Function, row);
        self.bind_parameters(&function.parameters);
        if class != NO_ROW {
            let is_static = self.page.draft.definitions[row as usize].is(flag::STATIC);
            let receiver = function.parameters.iter_non_variadic_params().next();
            let frame = self.frames.binding_frame_mut();
            frame.class = class;
            frame.receiver =
                receiver.filter(|_| !is_static).map(|first| first.parameter.name.id.clone());
        }
        self.blocks.enter_definition(ScopeKind::Function, function.name.start(), row);
        self.body(&function.body);
        self.blocks.leave();
        let frame = self.frames.close();
        self.end_type_params(type_params);

        let definition = &mut self.page.draft.definitions[row as usize];
        definition.results = frame.results;
        definition.flags |= if frame.generator { flag::GENERATOR } else { 0 };
        let constructs = matches!(function.name.as_str(), "__init__" | "__new__");
        if constructs && class != NO_ROW && definition.is(flag::DEPRECATED) {
            self.page.draft.definitions[class as usize].flags |= flag::DEPRECATED;
        }
    }

    /// The class whose body the function stands in directly.
    fn class_of_method(&self) -> Row {
        let frame = self.frames.binding_frame();
        if frame.kind == FrameKind::Class { frame.definition } else { NO_ROW }
    }

    fn define_function(&mut self, function: &StmtFunctionDef) -> Row {
        let mut flags = if function.is_async { flag::ASYNC } else { 0 };
        for decorator in &function.decorator_list {
            flags |= match self.own_name(&decorator.expression) {
                "staticmethod" => flag::STATIC,
                "classmethod" => flag::CLASS_METHOD,
                "property" | "setter" | "getter" | "deleter" => flag::PROPERTY,
                "overload" => flag::OVERLOAD,
                "abstractmethod" => flag::ABSTRACT,
                "abstractproperty" => flag::ABSTRACT | flag::PROPERTY,
                "abstractclassmethod" => flag::ABSTRACT | flag::CLASS_METHOD,
                "abstractstaticmethod" => flag::ABSTRACT | flag::STATIC,
                "cache" | "lru_cache" => flag::CACHED,
                "cached_property" => flag::CACHED | flag::PROPERTY,
                name if is_deprecation(name) => flag::DEPRECATED,
                _ => 0,
            };
        }
        let params = self.param_rows(&function.parameters);
        let returns = match &function.returns {
            Some(returns) => self.page.excerpt(&**returns),
            None => Sym::NONE,
        };
        let (name, range) = (&function.name, function.range);
        let row = self.define(DefinitionKind::Function, name, range, &function.body, flags);
        let decorators = self.decorator_rows(&function.decorator_list);
        let definition = &mut self.page.draft.definitions[row as usize];
        definition.params = params;
        definition.returns = returns;
        definition.decorators = decorators;
        row
    }

    fn define(
        &mut self,
        kind: DefinitionKind,
        name: &Identifier,
        range: TextRange,
        body: &[Stmt],
        mut flags: u32,
    ) -> Row {
        let doc = docstring(body).map(|text| {
            flags |= if says_deprecated(text) { flag::DEPRECATED } else { 0 };
            self.page.sym(&first_paragraph(text))
        });
        if is_stub(body) {
            flags |= flag::STUB_BODY;
        }
        let definition = Definition {
            kind: kind.code(),
            flags,
            name: self.page.sym(name),
            parent: self.blocks.definition(),
            scope: self.scope(),
            at: self.pos(name.start()),
            first_line: self.page.line_of(range.start()),
            end_line: self.page.line_of(range.end()),
            doc: doc.unwrap_or(Sym::NONE),
            bases: Rows::EMPTY,
            keywords: Rows::EMPTY,
            decorators: Rows::EMPTY,
            params: Rows::EMPTY,
            returns: Sym::NONE,
            prints: Rows::EMPTY,
            exact: [0; 2],
            normal: [0; 2],
            tokens: 0,
            results: 0,
        };
        let row = self.page.draft.definitions.len() as Row;
        self.page.draft.definitions.push(definition);
        self.bodies.push(body_range(body, range));
        row
    }

    fn decorators(&mut self, decorators: &[Decorator]) {
        for decorator in decorators {
            self.expr(&decorator.expression, Context::of(UseKind::Decorator));
        }
    }

    /// The body of what has no name of its own: its names stay in it.
    fn nameless_body(&mut self, body: &[Stmt]) {
        self.frames.open(FrameKind::Function, NO_ROW);
        self.body(body);
        self.frames.close();
    }

    fn signature(&mut self, function: &StmtFunctionDef) {
        self.parameter_values(&function.parameters);
        for parameter in &*function.parameters {
            if let Some(annotation) = parameter.annotation() {
                self.expr(annotation, Context::ANNOTATION);
            }
        }
        if let Some(returns) = &function.returns {
            self.expr(returns, Context::ANNOTATION);
        }
    }

    pub(super) fn bind_parameters(&mut self, parameters: &Parameters) {
        for parameter in parameters {
            self.bind_parameter(&parameter.name().id);
        }
    }

    pub(super) fn bind_parameter(&mut self, name: &ruff_python_ast::name::Name) {
        let id = self.frames.id(name);
        self.frames.bind_here(id, Bound::Local);
    }

    /// Opens the frame of `[T: Bound = Default]`.
    pub(super) fn type_params(&mut self, params: Option<&TypeParams>) {
        let Some(params) = params else { return };
        self.frames.open(FrameKind::TypeParams, NO_ROW);
        for param in params {
            self.bind_parameter(&param.name().id);
        }
        for param in params {
            if let TypeParam::TypeVar(variable) = param
                && let Some(bound) = &variable.bound
            {
                self.expr(bound, Context::ANNOTATION);
            }
            if let Some(default) = param.default() {
                self.expr(default, Context::ANNOTATION);
            }
        }
    }

    pub(super) fn end_type_params(&mut self, params: Option<&TypeParams>) {
        if params.is_some() {
            self.frames.close();
        }
    }

    fn decorator_rows(&mut self, decorators: &[Decorator]) -> Rows {
        self.expr_rows(decorators.iter().map(|decorator| (None, &decorator.expression)))
    }

    fn expr_rows<'e>(
        &mut self,
        exprs: impl Iterator<Item = (Option<&'e Identifier>, &'e Expr)>,
    ) -> Rows {
        let start = self.page.draft.exprs.len() as Row;
        for (keyword, expr) in exprs {
            let chain = undressed(expr);
            let dotted = match root_of(chain) {
                Some(_) => self.chain_sym(chain),
                None => Sym::NONE,
            };
            let row = rows::Expr {
                keyword: keyword.map_or(Sym::NONE, |name| self.page.sym(name)),
                text: self.page.excerpt(expr),
                dotted,
                at: self.pos(expr.start()),
            };
            self.page.draft.exprs.push(row);
        }
        Rows { start, end: self.page.draft.exprs.len() as Row }
    }

    fn param_rows(&mut self, parameters: &Parameters) -> Rows {
        let start = self.page.draft.params.len() as Row;
        let plain = [
            (&parameters.posonlyargs, ParamKind::PositionalOnly),
            (&parameters.args, ParamKind::Normal),
        ];
        for (params, kind) in plain {
            for param in params {
                self.param_row(&param.parameter, param.default.as_deref(), kind);
            }
        }
        if let Some(rest) = &parameters.vararg {
            self.param_row(rest, None, ParamKind::VarArgs);
        }
        for param in &parameters.kwonlyargs {
            self.param_row(&param.parameter, param.default.as_deref(), ParamKind::KeywordOnly);
        }
        if let Some(rest) = &parameters.kwarg {
            self.param_row(rest, None, ParamKind::KwArgs);
        }
        Rows { start, end: self.page.draft.params.len() as Row }
    }

    fn param_row(&mut self, parameter: &Parameter, default: Option<&Expr>, kind: ParamKind) {
        let row = Param {
            name: self.page.sym(&parameter.name),
            kind: kind.code(),
            default: default.map_or(Sym::NONE, |default| self.page.excerpt(default)),
            annotation: match &parameter.annotation {
                Some(annotation) => self.page.excerpt(&**annotation),
                None => Sym::NONE,
            },
        };
        self.page.draft.params.push(row);
    }

    /// The name that a decorator or base has where it comes from: `lru_cache` of `@memo(maxsize=None)`.
    fn own_name<'s>(&'s mut self, expr: &'s Expr) -> &'s str {
        let expr = undressed(expr);
        if let Expr::Name(name) = expr {
            let id = self.frames.id(&name.id);
            return self.imported_name(id).unwrap_or(&name.id);
        }
        last_name(expr)
    }

    /// `warnings.warn(…, DeprecationWarning)` straight in a body says that all of it is deprecated.
    pub(super) fn warns_of_deprecation(&mut self, statement: &Expr) -> bool {
        let Expr::Call(call) = statement else { return false };
        let values = call.arguments.args.iter();
        let mut values = values.chain(call.arguments.keywords.iter().map(|keyword| &keyword.value));
        let has_category = values.any(|value| {
            let category = last_name(undressed(value));
            matches!(category, "DeprecationWarning" | "PendingDeprecationWarning")
        });
        has_category && matches!(self.own_name(&call.func), "warn" | "warn_explicit")
    }
}

/// `a.B` of `a.B[T]`, `a.B(x)`, `a.B[T](x)`.
fn undressed(mut expr: &Expr) -> &Expr {
    loop {
        expr = match expr {
            Expr::Call(call) => &call.func,
            Expr::Subscript(subscript) => &subscript.value,
            _ => return expr,
        };
    }
}

fn is_deprecation(decorator: &str) -> bool {
    matches!(
        decorator,
        "deprecated"
            | "deprecate"
            | "deprecated_class"
            | "deprecated_function"
            | "deprecated_method"
            | "deprecated_property"
    )
}

/// Only docstring, `pass`, `...` or `raise NotImplementedError`.
fn is_stub(body: &[Stmt]) -> bool {
    body.iter().all(|statement| match statement {
        Stmt::Pass(_) => true,
        Stmt::Expr(expr) => {
            matches!(&*expr.value, Expr::StringLiteral(_) | Expr::EllipsisLiteral(_))
        }
        Stmt::Raise(raise) => {
            let raised = raise.exc.as_deref().map_or("", |exc| last_name(undressed(exc)));
            raised == "NotImplementedError"
        }
        _ => false,
    })
}

fn body_range(body: &[Stmt], whole: TextRange) -> TextRange {
    match (body.first(), body.last()) {
        (Some(first), Some(last)) => TextRange::new(first.start(), last.end()),
        _ => TextRange::empty(whole.end()),
    }
}

pub fn docstring(body: &[Stmt]) -> Option<&str> {
    let Some(Stmt::Expr(first)) = body.first() else { return None };
    first.value.as_string_literal_expr().map(|literal| literal.value.to_str())
}

/// The first paragraph on one line, shortened.
pub fn first_paragraph(text: &str) -> Cow<'_, str> {
    let text = text.trim_start();
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let rest_of_paragraph = rest.split('\n').take_while(|line| !line.trim_ascii().is_empty());
    let first = first.trim_end();
    if first.len() <= DOC && rest_of_paragraph.clone().next().is_none() {
        return Cow::Borrowed(first);
    }
    let mut paragraph = String::with_capacity(DOC + 80);
    let lines = std::iter::once(first).chain(rest_of_paragraph);
    for word in lines.flat_map(str::split_whitespace) {
        if !paragraph.is_empty() {
            paragraph.push(' ');
        }
        paragraph.push_str(word);
        if paragraph.len() > DOC
            && let Some((cut, _)) = paragraph.char_indices().nth(DOC)
        {
            paragraph.truncate(cut);
            paragraph.push('…');
            break;
        }
    }
    Cow::Owned(paragraph)
}

/// What a docstring may call deprecated so that all of it is meant.
const WHOLES: [&str; 28] = [
    "module",
    "package",
    "class",
    "function",
    "method",
    "file",
    "script",
    "interface",
    "api",
    "wrapper",
    "alias",
    "shim",
    "factory",
    "helper",
    "implementation",
    "version",
    "compatibility",
    "decorator",
    "manager",
    "service",
    "adapter",
    "facade",
    "stub",
    "getter",
    "command",
    "endpoint",
    "property",
    "exception",
];

/// `Deprecated: …`, `.. deprecated:: 1.2`, `[DEPRECATED] …`, `This module is deprecated.`, `Makes a manager (deprecated).`
///
/// Not `Deprecated constants.`, `Deprecated parameters are ignored.` or `The old flag is deprecated.`: there something else is.
pub fn says_deprecated(doc: &str) -> bool {
    const HEAD: usize = 240;
    // The first sentence is among the first words, or none is short enough to be about the whole.
    const MOST_WORDS: usize = 16;
    let head = &doc.as_bytes()[..doc.len().min(HEAD)];
    let is_word = |p: usize| {
        let word = p.checked_sub(2).and_then(|start| head.get(start..start + 10));
        word.is_some_and(|word| word.eq_ignore_ascii_case(b"deprecated"))
    };
    if !memchr2_iter(b'p', b'P', head).any(is_word) {
        return false;
    }
    let doc = first_paragraph(doc);
    let doc = doc.trim_start_matches(|c: char| !c.is_alphanumeric());
    let is_end = |word: &str| word.ends_with(['.', '!', ';']) && word.len() > 2;
    let mut words: Vec<String> = Vec::new();
    for word in doc.split_whitespace().take(MOST_WORDS) {
        words.push(word.to_ascii_lowercase());
        if is_end(word) {
            break;
        }
    }
    let Some(at) = words.iter().position(|word| bare(word) == "deprecated") else { return false };
    let word = words[at].as_str();
    if at == 0 {
        return !word.ends_with('d') || is_of_all(&words[1..]);
    }
    if word.trim_end_matches(['.', ':', '!', '*']).ends_with([')', ']']) {
        return at + 1 == words.len() && word.starts_with(['(', '[', '*']);
    }
    // `This module is now deprecated`
    let Some(verb) = words[..at].iter().rposition(|word| is_verb(word)) else { return false };
    let between = &words[verb + 1..at];
    let is_said =
        between.iter().all(|word| matches!(word.as_str(), "now" | "been" | "officially" | "also"));
    let subject = &words[..verb];
    let is_this = subject.first().is_some_and(|first| matches!(first.as_str(), "this" | "the"));
    let is_whole = match subject {
        [first] => first == "this",
        [.., last] => subject.len() <= 4 && WHOLES.contains(&bare(last)),
        [] => false,
    };
    is_said && is_this && is_whole
}

fn is_verb(word: &str) -> bool {
    matches!(word, "is" | "has" | "was")
}

fn bare(word: &str) -> &str {
    word.trim_matches(|c: char| !c.is_ascii_alphanumeric())
}

/// Of what follows the word: whether it says since when, why or what instead, or names the whole thing.
fn is_of_all(rest: &[String]) -> bool {
    const NEXT: [&str; 12] = [
        "since", "in", "as", "by", "use", "please", "for", "from", "because", "and", "due", "will",
    ];
    const NEAR: usize = 4;
    let Some(first) = rest.first() else { return true };
    let begins = first.starts_with(|c: char| !c.is_alphanumeric());
    begins
        || NEXT.contains(&first.as_str())
        || rest.iter().take(NEAR).any(|word| WHOLES.contains(&bare(word)))
}

#[cfg(test)]
mod tests {
    use super::says_deprecated;
    use crate::facts::testing::{bindings, check, definitions, file, uses};

    #[test]
    fn names_lines_bases_and_signatures() {
        check(
            definitions,
            "@d\nclass K(a.Base[T], B, metaclass=M, **kw):\n    \"\"\"First\n    line.\n\n    Second.\"\"\"\n\
             \x20   async def m(self, /, a: int, b=1, *c: str, d: 'T' = None, **e) -> list[int]:\n\
             \x20       def inner():\n            class L: x = 1\n        return 1\n\
             \x20   class N:\n        def o(self): return\n",
            &[
                "1-12 K(a.Base[T], B, metaclass=M, kw) @d \"First line.\"",
                "7-10 K.m(self [positional-only], a: int, b = 1, c: str [*args], d: 'T' = None [keyword-only], e [**kwargs]) -> list[int] async results=1",
                "8-9 K.m.<locals>.inner()",
                "9-9 K.m.<locals>.inner.<locals>.L()",
                "11-12 K.N()",
                "12-12 K.N.o(self)",
            ],
        );
    }

    #[test]
    fn decorators_say_what_a_function_is() {
        check(
            definitions,
            "from functools import lru_cache as memo\nimport functools, abc\n\
             class K(abc.ABC):\n\
             \x20   @staticmethod\n    def a(): return 1\n    @classmethod\n    def b(cls): return 1\n\
             \x20   @property\n    @abc.abstractmethod\n    def c(self): ...\n    @c.setter\n    def c(self, v): return 1\n\
             \x20   @functools.cached_property\n    def d(self): return 1\n    @typing.overload\n    def e(self): ...\n\
             @memo(maxsize=None)\ndef f(): yield\n\
             @warnings.deprecated('no')\ndef g(): raise NotImplementedError()\n\
             @dataclasses.dataclass(frozen=True)\nclass L(typing.Protocol[T]): pass\n\
             class M(metaclass=abc.ABCMeta): x = 1\n",
            &[
                "3-16 K(abc.ABC) abstract",
                "4-5 K.a() @staticmethod static results=1",
                "6-7 K.b(cls) @classmethod class-method results=1",
                "8-10 K.c(self) @property @abc.abstractmethod property abstract stub",
                "11-12 K.c(self, v) @c.setter property results=1",
                "13-14 K.d(self) @functools.cached_property property cached results=1",
                "15-16 K.e(self) @typing.overload overload stub",
                "17-18 f() @memo(maxsize=None) cached generator",
                "19-20 g() @warnings.deprecated('no') deprecated stub",
                "21-22 L(typing.Protocol[T]) @dataclasses.dataclass(frozen=True) protocol dataclass stub",
                "23-23 M(metaclass=abc.ABCMeta) abstract",
            ],
        );
    }

    #[test]
    fn what_docstrings_say_of_the_whole() {
        for doc in [
            "Deprecated: use b.",
            "DEPRECATED - backward compatibility wrapper",
            "[deprecated] x",
            ".. deprecated:: 1.2",
            "Deprecated since 1.2",
            "Deprecated wrapper for B -> C migration.",
            "Deprecated AST node class.  Unused in Python 3.",
            "This module is deprecated.",
            "This is now deprecated, use b.",
            "THIS FILE HAS BEEN DEPRECATED",
            "The legacy interface is deprecated.",
            "Makes a dispatcher (DEPRECATED).\n\n    Args: none",
        ] {
            assert!(says_deprecated(doc), "{doc}");
        }
        for doc in [
            "",
            "Deprecated constant.",
            "Deprecated pattern exceptions of phase 1.",
            "Deprecated parameters are ignored.",
            "The parameter `x` is deprecated.",
            "Reads a file. The old format is deprecated.",
            "Takes (deprecated) names.",
            "Warns of deprecated things.",
            "A table of what this module has deprecated.",
        ] {
            assert!(!says_deprecated(doc), "{doc}");
        }
    }

    #[test]
    fn deprecated_in_words_and_by_warning() {
        check(
            definitions,
            "def a():\n    '''.. deprecated:: 1.2'''\n\
             class B:\n    def __init__(self):\n        warnings.warn('no', DeprecationWarning, stacklevel=2)\n\
             def c(x):\n    if x: warnings.warn('x', DeprecationWarning)\n\
             def d(): warn(DeprecationWarning('no'))\n\
             def e(): warn('no', category=UserWarning)\n",
            &[
                "1-2 a() deprecated stub \".. deprecated:: 1.2\"",
                "3-5 B() deprecated",
                "4-5 B.__init__(self) deprecated",
                "6-7 c(x)",
                "8-8 d() deprecated",
                "9-9 e()",
            ],
        );
        check(
            file,
            "import warnings\nwarnings.warn('gone', DeprecationWarning)\n",
            &["deprecated"],
        );
        check(file, "'''Deprecated: use b.'''\n", &["deprecated", "Deprecated: use b."]);
    }

    #[test]
    fn results_are_returned_or_yielded_values() {
        check(
            definitions,
            "def f():\n    yield 1\n    yield\n    yield from x\n    return None\n    return\n    (lambda: (yield 2))\n    return [a for a in b]\n",
            &["1-8 f() generator results=3"],
        );
    }

    #[test]
    fn a_decorator_without_a_definition_defines_nothing() {
        check(definitions, "import a\n@a.b\n\nx = 1\n", &[]);
        check(uses, "import a\n@a.b\n\nx = 1\n", &["2:2 a.b decorator"]);
        check(bindings, "@a.b\n\nx = 1\n", &["3 x value 1"]);
        check(definitions, "class (A):\n    x = 1\n", &[]);
        check(bindings, "class (A):\n    x = 1\n", &[]);
    }

    #[test]
    fn long_docstrings_are_cut() {
        let source = format!("def f():\n    '''{}'''\n", "ab ".repeat(100));
        let facts = crate::facts::extract_text(&source, false, 0);
        assert_eq!(facts.text(facts.definitions()[0].doc).chars().count(), 161);
    }
}
