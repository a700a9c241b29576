//! The tables of one file's facts: plain rows of numbers, text by symbol.
//!
//! A row is its own bytes, so that the cache stores tables and reads them back without decoding. What a number means is
//! an enum with a code; an unknown code reads as the enum's first variant and never fails.

use bytemuck::{Pod, Zeroable};

/// Declares an enum whose variants are stored as small numbers.
macro_rules! codes {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$doc])* $variant),+ }

        impl $name {
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            pub fn code(self) -> u32 {
                self as u32
            }

            pub fn of(code: u32) -> Self {
                Self::ALL.get(code as usize).copied().unwrap_or(Self::ALL[0])
            }

            /// The word for it in output.
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }
    };
}

/// A text of the file; equal texts of one file have equal symbols.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Pod, Zeroable)]
#[repr(transparent)]
pub struct Sym(pub u32);

impl Sym {
    pub const NONE: Self = Self(u32::MAX);

    pub fn is_none(self) -> bool {
        self == Self::NONE
    }
}

/// A row number of another table of the same file, or [`NO_ROW`].
pub type Row = u32;
pub const NO_ROW: Row = u32::MAX;

/// Line and column, both from 1; columns count characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Pod, Zeroable)]
#[repr(C)]
pub struct Pos {
    pub line: u32,
    pub column: u32,
}

impl Pos {
    pub const TOP: Self = Self { line: 1, column: 1 };
}

/// Rows `start..end` of another table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct Rows {
    pub start: Row,
    pub end: Row,
}

impl Rows {
    pub const EMPTY: Self = Self { start: 0, end: 0 };

    pub fn len(self) -> usize {
        self.end.saturating_sub(self.start) as usize
    }

    pub fn is_empty(self) -> bool {
        self.len() == 0
    }
}

codes! {
    /// What kind of block a statement stands in; scope rows nest, the innermost counts first.
    ScopeKind {
        Module = "module",
        Function = "function",
        Class = "class",
        Try = "try",
        /// An `except ImportError`-like handler: its imports are the fallback of the `try` body's.
        Except = "except",
        TryElse = "try-else",
        Finally = "finally",
        If = "if",
        Else = "else",
        MatchCase = "match",
        /// The body of `if TYPE_CHECKING:` in any spelling.
        TypeChecking = "type-checking",
        /// `else` of `if TYPE_CHECKING`, body of `if not TYPE_CHECKING`: run-time code.
        RunTime = "run-time",
        /// `if __name__ == "__main__":`
        Main = "main",
        Loop = "loop",
        With = "with",
    }
}

#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
pub struct Scope {
    /// The enclosing scope; [`NO_ROW`] for row 0, the module.
    pub parent: Row,
    /// Low byte: the kind. Above: the group.
    kind_group: u32,
    /// The function or class whose body this is or stands in; [`NO_ROW`] at module level.
    pub definition: Row,
    pub line: u32,
}

impl Scope {
    pub fn new(parent: Row, kind: ScopeKind, group: u32, definition: Row, line: u32) -> Self {
        Self { parent, kind_group: kind.code() | group << 8, definition, line }
    }

    pub fn kind(&self) -> ScopeKind {
        ScopeKind::of(self.kind_group & 0xff)
    }

    /// Scopes that exclude each other (`if`/`else`, `try`/`except`, cases of one `match`) share a group; 0 for none.
    /// The `else` of a `try` shares it too, though it excludes only the handlers.
    pub fn group(&self) -> u32 {
        self.kind_group >> 8
    }
}

codes! {
    /// The statement or text that a name came in by.
    ImportForm {
        /// `import a.b`, `import a.b as c`
        Import = "import",
        /// `from a import b`
        From = "from",
        /// `from a import *`
        Star = "star",
    }
}

/// One imported name: one row per name per import statement.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
pub struct Import {
    /// Number of the statement in the file, from 0.
    pub statement: u32,
    pub form: u16,
    /// 1 when written with `as`.
    pub aliased: u8,
    /// 1 when it stands in the constant text of an `exec`.
    pub in_exec: u8,
    /// Leading dots of a relative import.
    pub level: u32,
    /// `a.b` in `from a.b import c` and in `import a.b`; empty text in `from . import c`.
    pub module: Sym,
    /// `c` in `from a.b import c`, `*` for a star, none for `import a.b`.
    pub name: Sym,
    /// The name it binds here: the alias, or `c`, or `a` of `import a.b`; none for a star.
    pub bound: Sym,
    pub scope: Row,
    /// Where the imported name stands.
    pub at: Pos,
    /// Line of the statement.
    pub line: u32,
}

impl Import {
    pub fn form(&self) -> ImportForm {
        ImportForm::of(self.form.into())
    }
}

codes! {
    /// How a string names a module or an attribute.
    StringForm {
        /// `importlib.import_module("a.b")`; relative with `package=`.
        ImportModule = "import_module",
        /// `__import__("a.b")`
        DunderImport = "__import__",
        /// `patch("a.b.C")`, `mocker.patch("a.b.C")`
        Patch = "patch",
        /// `monkeypatch.setattr("a.b.C", …)`, and `delattr`.
        Setattr = "setattr",
        /// An entry of `pytest_plugins`.
        PytestPlugins = "pytest_plugins",
        /// An entry of a table behind a module's `__getattr__`.
        Lazy = "lazy",
        /// `patch.object(target, "name")`, `setattr(target, "name", …)`: the target's dotted name, a dot and the name.
        PatchObject = "patch.object",
        /// Any other dotted string: counts only when it resolves to a name of this project, and then as weaker.
        Dotted = "string",
    }
}

codes! {
    /// What is done with what a string names.
    StringAct {
        /// Imported, looked up, or only written down.
        Reads = "reads",
        /// A mock or another value is put in its place; it must be there.
        Replaces = "replaces",
        /// The same, with `create=True` or `raising=False`: it need not be there.
        Creates = "creates",
    }
}

/// A constant string that names something.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
pub struct StringRef {
    pub form: u32,
    /// As written: `a.b.C`, `.sub`, `a.b:C` (entry-point style).
    pub target: Sym,
    /// `import_module(".sub", package="a.b")`: `a.b`; `__package__` and `__name__` stand as such. None otherwise.
    pub package: Sym,
    pub act: u32,
    pub scope: Row,
    pub at: Pos,
}

impl StringRef {
    pub fn act(&self) -> StringAct {
        StringAct::of(self.act)
    }

    pub fn form(&self) -> StringForm {
        StringForm::of(self.form)
    }
}

codes! {
    /// What could not be evaluated.
    DynamicKind {
        /// `import_module(name)`
        ImportModule = "import_module",
        DunderImport = "__import__",
        /// `exec(code)`, `eval(code)`
        Exec = "exec",
        Patch = "patch",
        /// A module `__getattr__` that is no table and no chain of `if`s.
        GetAttr = "__getattr__",
        /// `globals()[…] = …`, `globals().update(…)`, `setattr(sys.modules[__name__], …)`: names may come from here.
        Globals = "globals",
        /// `__all__` built from what is not constant.
        All = "__all__",
        SysPath = "sys.path",
    }
}

/// A place where code reaches a name in a way no static reading can follow.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
pub struct Dynamic {
    pub kind: u32,
    /// The expression, shortened.
    pub text: Sym,
    pub scope: Row,
    pub at: Pos,
}

impl Dynamic {
    pub fn kind(&self) -> DynamicKind {
        DynamicKind::of(self.kind)
    }
}

codes! {
    DefinitionKind { Class = "class", Function = "function" }
}

/// Facts about a definition that are either so or not; bits of [`Definition::flags`].
pub mod flag {
    pub const ASYNC: u32 = 1;
    pub const STATIC: u32 = 1 << 1;
    pub const CLASS_METHOD: u32 = 1 << 2;
    pub const PROPERTY: u32 = 1 << 3;
    pub const OVERLOAD: u32 = 1 << 4;
    pub const ABSTRACT: u32 = 1 << 5;
    /// A base is `Protocol`.
    pub const PROTOCOL: u32 = 1 << 6;
    /// Decorated with `deprecated`, the docstring says so of it, or the body warns with a `DeprecationWarning`.
    pub const DEPRECATED: u32 = 1 << 7;
    /// `functools.cache`, `lru_cache`, `cached_property`.
    pub const CACHED: u32 = 1 << 8;
    pub const DATACLASS: u32 = 1 << 9;
    /// Only docstring, `pass`, `...` or `raise NotImplementedError`.
    pub const STUB_BODY: u32 = 1 << 10;
    pub const GENERATOR: u32 = 1 << 11;
}

/// A class or function, at any depth.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
pub struct Definition {
    pub kind: u32,
    pub flags: u32,
    pub name: Sym,
    /// The enclosing class or function, whose names come before this one in [`super::Facts::qualname`].
    pub parent: Row,
    /// The scope the statement stands in.
    pub scope: Row,
    /// Where the name stands.
    pub at: Pos,
    /// First line with decorators.
    pub first_line: u32,
    pub end_line: u32,
    /// First paragraph of the docstring, shortened; none without one.
    pub doc: Sym,
    /// Bases, class keywords and decorators, in this order, in [`Expr`].
    pub bases: Rows,
    pub keywords: Rows,
    pub decorators: Rows,
    /// In [`Param`].
    pub params: Rows,
    /// Return annotation.
    pub returns: Sym,
    /// Logical lines of the body in the file's line-print table.
    pub prints: Rows,
    /// Token-level fingerprints of the body: exact, and of the shapes of its lines; low and high words.
    pub exact: [u32; 2],
    pub normal: [u32; 2],
    /// Tokens of the body.
    pub tokens: u32,
    /// Explicit padding-free word for later: number of `return`/`yield` of values.
    pub results: u32,
}

impl Definition {
    pub fn kind(&self) -> DefinitionKind {
        DefinitionKind::of(self.kind)
    }

    pub fn is(&self, flag: u32) -> bool {
        self.flags & flag != 0
    }
}

/// What is kept of one logical line of a body: a hash of its shape, its length, and a trace of its names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[repr(transparent)]
pub struct LinePrint(pub u32);

impl LinePrint {
    const SHAPE_BITS: u32 = 20;
    const NAME_BITS: u32 = 6;
    const MAX_TOKENS: u32 = (1 << (32 - Self::SHAPE_BITS - Self::NAME_BITS)) - 1;

    pub fn new(shape: u64, names: u64, tokens: u32) -> Self {
        let shape = (shape >> (64 - Self::SHAPE_BITS)) as u32;
        let names = (names >> (64 - Self::NAME_BITS)) as u32;
        let tokens = tokens.min(Self::MAX_TOKENS);
        Self(shape | names << Self::SHAPE_BITS | tokens << (Self::SHAPE_BITS + Self::NAME_BITS))
    }

    /// Its tokens with all constants alike, and names known only by where in the line they stood before. One line in a
    /// million is taken for another.
    pub fn shape(self) -> u32 {
        self.0 & ((1 << Self::SHAPE_BITS) - 1)
    }

    /// Also tells apart most lines of one shape that have other names.
    pub fn shape_and_names(self) -> u32 {
        self.0 & ((1 << (Self::SHAPE_BITS + Self::NAME_BITS)) - 1)
    }

    /// How many tokens it has, 63 at most; a text with fields in it is one.
    pub fn tokens(self) -> u32 {
        self.0 >> (Self::SHAPE_BITS + Self::NAME_BITS)
    }
}

/// A base, class keyword or decorator.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
pub struct Expr {
    /// The keyword's name; none for bases and decorators.
    pub keyword: Sym,
    /// The source, shortened.
    pub text: Sym,
    /// The dotted chain at its root: `a.Base` of `a.Base[T]` and of `a.Base(x)`; none when there is no such chain.
    pub dotted: Sym,
    pub at: Pos,
}

codes! {
    ParamKind {
        PositionalOnly = "positional-only",
        Normal = "normal",
        VarArgs = "*args",
        KeywordOnly = "keyword-only",
        KwArgs = "**kwargs",
    }
}

#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
pub struct Param {
    pub name: Sym,
    pub kind: u32,
    /// The default's source, shortened; none without one.
    pub default: Sym,
    pub annotation: Sym,
}

impl Param {
    pub fn kind(&self) -> ParamKind {
        ParamKind::of(self.kind)
    }
}

codes! {
    /// What a binding binds its name to.
    BindingKind {
        /// Any other value: [`Binding::text`] has it, shortened, unless it is one of `self`.
        Value = "value",
        /// [`Binding::row`] is the [`Import`].
        Import = "import",
        /// [`Binding::row`] is the [`Definition`].
        Definition = "definition",
        /// `Name = Other`, `Name = mod.Other`, also `type X = Other`, `Name: TypeAlias = Other`: [`Binding::text`] is the chain.
        Alias = "alias",
        /// `name = call(…)`: [`Binding::text`] is the called chain.
        Call = "call",
        /// `name: Type` without a value.
        Annotation = "annotation",
        /// `for`, `with … as`, `except … as`, walrus, match capture, tuple target.
        Target = "target",
        /// `global name` in a function, then assigned there.
        Global = "global",
        Delete = "delete",
        /// `name += …`
        Augmented = "augmented",
        /// A star import: binds what the module exports; [`Binding::row`] is the [`Import`]; the name is `*`.
        Star = "star",
    }
}

/// A name bound at module level or in a class body (and `self.name`, as class level, with `on_self`).
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
pub struct Binding {
    pub name: Sym,
    pub kind: u16,
    /// 1 for `self.name = …` or `cls.name = …` in a method.
    pub on_self: u16,
    /// Besides imports and definitions: for an alias or call on `self` the function-level import behind the chain's root.
    pub row: Row,
    pub text: Sym,
    pub annotation: Sym,
    pub scope: Row,
    /// The class it belongs to; [`NO_ROW`] at module level.
    pub class: Row,
    pub at: Pos,
}

impl Binding {
    /// Whether it binds a name of the module, not of a class or of `self`.
    pub fn is_of_module(&self) -> bool {
        self.class == NO_ROW && self.on_self == 0
    }

    pub fn kind(&self) -> BindingKind {
        BindingKind::of(self.kind.into())
    }
}

codes! {
    AllOp {
        /// `__all__ = ["x"]`: the first entry after an assignment starts anew with [`AllEntry::resets`].
        Name = "name",
        /// `__all__ += mod.__all__`: the chain without `.__all__`.
        Module = "module",
        Remove = "remove",
        /// An empty assignment.
        Nothing = "nothing",
    }
}

/// One step in building `__all__`, in order.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
pub struct AllEntry {
    pub op: u32,
    /// 1 on the first entry of a plain assignment.
    pub resets: u32,
    pub name: Sym,
    pub at: Pos,
}

impl AllEntry {
    pub fn op(&self) -> AllOp {
        AllOp::of(self.op)
    }
}

/// An attribute that a module's `__getattr__` serves: name → module and attribute.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
pub struct Lazy {
    pub name: Sym,
    /// As written; a leading dot is relative to the package, and so is a bare name that only resolves there. Empty
    /// text when the attribute is found in this very module.
    pub module: Sym,
    /// None: the module itself.
    pub attribute: Sym,
    pub at: Pos,
}

codes! {
    UseKind {
        Load = "name",
        Call = "call",
        Base = "base",
        Decorator = "decorator",
        Annotation = "annotation",
        Store = "store",
        Delete = "delete",
        /// `isinstance(x, C)`, `except C:`
        Check = "check",
    }
}

/// A name or attribute chain whose root is imported, defined at module level, or came by a star.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
pub struct Use {
    /// The whole chain, `a.b.C.method`, as far as it is plain attributes.
    pub chain: Sym,
    /// The function-level or class-level import that binds the root; [`NO_ROW`]: the root is a module-level name (or by star).
    pub import: Row,
    /// Lowest four bits: the kind. Above: the scope's row.
    pub kind_scope: u32,
    pub at: Pos,
}

impl Use {
    pub fn new(chain: Sym, import: Row, kind: UseKind, scope: Row, at: Pos) -> Self {
        Self { chain, import, kind_scope: kind.code() | (scope << 4), at }
    }

    pub fn kind(&self) -> UseKind {
        UseKind::of(self.kind_scope & 0xf)
    }

    pub fn scope(&self) -> Row {
        self.kind_scope >> 4
    }
}

codes! {
    LiteralKind {
        Url = "url",
        HostPort = "host:port",
        Ip = "ip",
        Dsn = "dsn",
    }
}

/// Facts about where a literal stands; bits of [`Literal::flags`].
pub mod place {
    /// In the `default` of an environment read (`os.getenv("X", "…")`, `environ.get`).
    pub const ENV_DEFAULT: u32 = 1;
    pub const F_STRING: u32 = 1 << 1;
    /// Default of a parameter.
    pub const PARAM_DEFAULT: u32 = 1 << 2;
    /// Value of a keyword argument; [`super::Literal::key`] is its name.
    pub const KEYWORD: u32 = 1 << 3;
    /// Value of a dict key; [`super::Literal::key`] is it.
    pub const DICT_VALUE: u32 = 1 << 4;
    /// Assigned to a name; [`super::Literal::key`] is it.
    pub const ASSIGNED: u32 = 1 << 5;
    /// Compared, or tested with `in`.
    pub const COMPARED: u32 = 1 << 6;
    /// In the second argument of `settings.get("KEY", "…")`, whatever is asked.
    pub const GET_DEFAULT: u32 = 1 << 7;
}

#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
pub struct Literal {
    pub kind: u32,
    pub flags: u32,
    /// Shortened to 200 characters.
    pub text: Sym,
    pub key: Sym,
    pub scope: Row,
    pub at: Pos,
}

impl Literal {
    pub fn kind(&self) -> LiteralKind {
        LiteralKind::of(self.kind)
    }
}

/// A dict display or `dict(…)` call with at least one constant string key.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
pub struct Dict {
    /// In [`DictKey`].
    pub keys: Rows,
    /// The name it is assigned to, for keys added by subscript.
    pub target: Sym,
    /// The dict it is a value of; [`NO_ROW`] at the top.
    pub parent: Row,
    /// The key of the parent it is the value of.
    pub parent_key: Sym,
    /// 1: holds `**other` or a key that is not constant.
    pub open: u16,
    /// 1 for `dict(…)`.
    pub call: u16,
    pub scope: Row,
    pub at: Pos,
}

#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
pub struct DictKey {
    pub key: Sym,
    /// A short constant string value; none otherwise.
    pub value: Sym,
    pub line: u32,
}

/// `name["key"] = …` in a function or module body.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
pub struct KeyStore {
    pub name: Sym,
    /// None for a key that is not constant; such rows are kept only of names that are not the function's own.
    pub key: Sym,
    /// 1 when the function around it binds the name itself.
    pub local: u32,
    pub scope: Row,
    pub at: Pos,
}

/// `name = call(…)` or `self.name = call(…)` or `name = chain` in a function: where instances flow.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
pub struct Flow {
    /// `name` or `self.name`.
    pub target: Sym,
    /// The chain assigned or called.
    pub chain: Sym,
    /// The function-level or class-level import that binds the chain's root; [`NO_ROW`] as in [`Use::import`].
    pub import: Row,
    /// 1 when called.
    pub call: u32,
    pub scope: Row,
    pub at: Pos,
}

/// `global name` in a function.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
pub struct Global {
    pub name: Sym,
    pub scope: Row,
    pub at: Pos,
}

/// A read of an environment variable with a constant key.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
pub struct EnvRead {
    pub key: Sym,
    /// The default's source, shortened; none without one.
    pub default: Sym,
    /// The chain it is read by: `os.environ`, `os.getenv`, `os.environ.get`, …
    pub how: Sym,
    pub scope: Row,
    pub at: Pos,
}

/// A constant edit of `sys.path`: the folder, relative to the file's own folder (`../..`, `../src`) or absolute.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
pub struct PathEdit {
    pub folder: Sym,
    pub at: Pos,
}

codes! {
    /// Which program a comment is addressed to.
    DirectiveKind {
        Fragscope = "fragscope",
        Tach = "tach",
    }
}

/// A comment addressed to us: `# fragscope: allow[rule] reason`.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
pub struct Directive {
    pub kind: u32,
    /// What follows `fragscope:`; of a `tach-ignore` the names that it is for.
    pub text: Sym,
    /// 1 when it stands alone on its line.
    pub own_line: u32,
    pub at: Pos,
}

impl Directive {
    pub fn kind(&self) -> DirectiveKind {
        DirectiveKind::of(self.kind)
    }
}

#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
pub struct SyntaxError {
    pub message: Sym,
    pub at: Pos,
}

/// Bits of [`super::Facts::flags`].
pub mod file_flag {
    /// `if __name__ == "__main__":`
    pub const MAIN: u32 = 1;
    /// Defines a module-level `__getattr__`.
    pub const GETATTR: u32 = 1 << 1;
    /// A comment or docstring near the top says that it is generated.
    pub const GENERATED: u32 = 1 << 2;
    /// The docstring says so of it, or module level warns with a `DeprecationWarning`.
    pub const DEPRECATED: u32 = 1 << 3;
    pub const BOM: u32 = 1 << 4;
    /// Starts with `#!`.
    pub const SHEBANG: u32 = 1 << 5;
    /// Assigns `__all__`.
    pub const HAS_ALL: u32 = 1 << 6;
    /// Bytes that the encoding could not decode were replaced.
    pub const LOSSY: u32 = 1 << 7;
}

codes! {
    /// How far a file could be read; everything but the first two leaves no tables.
    Status {
        Parsed = "parsed",
        /// With syntax errors: the facts before and after them are there.
        Recovered = "recovered",
        TooDeep = "nested too deep to parse",
        Binary = "holds NUL bytes, no text",
        BadEncoding = "declares an unknown or wrong encoding",
        BadNotebook = "is no notebook that could be read",
        /// A bug of ours; the file is left out, the scan goes on.
        Failed = "could not be read for an internal error",
    }
}

impl Status {
    pub fn has_facts(self) -> bool {
        matches!(self, Self::Parsed | Self::Recovered)
    }
}
