//! Which names a piece of code can see: frames of functions, classes and comprehensions, and the uses that wait in them.
//!
//! Whether a name in a function is local is known only where the function ends, and whether it is the module's only where
//! the module ends. So a use waits in its frame, and on the frame's end either finds its binding there or moves up.

use std::cell::Cell;

use ruff_python_ast::name::Name;
use ruff_text_size::{TextRange, TextSize};

use super::rows::{NO_ROW, Row, Sym, UseKind};
use super::store::Draft;
use super::texts::Texts;

const NONE: u32 = u32::MAX;

const MOST_NAMES_LEFT: usize = 20_000;
const MOST_USES_LEFT: usize = 100_000;

thread_local! {
    static LEFT: Cell<Option<Box<Frames>>> = const { Cell::new(None) };
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameKind {
    Module,
    Class,
    /// A function or a lambda.
    Function,
    /// Its targets are bound before anything in it is read.
    Comprehension,
    /// PEP 695: sees the class around it, and is bound before anything in it is read.
    TypeParams,
}

/// What a name is bound to in one frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    Local,
    Import(Row),
    /// `global name`
    Global,
    /// `nonlocal name`
    Nonlocal,
}

/// Where a name went that was just bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Home {
    Module,
    /// The class's definition.
    Class(Row),
    Function,
    /// A function that declares the name `global`.
    Global,
}

/// What a name means at the place where it is read, as far as it is known there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    Local,
    Import(Row),
    /// The module's, a builtin, or bound further down.
    Free,
}

/// How a module-level name is bound, which decides whether its uses are worth a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// Import, definition, alias.
    Named,
    /// A value, a target of a loop, …
    Plain,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NameId(u32);

struct NameState {
    /// The text as a symbol of the facts, when something asked for that.
    sym: Sym,
    /// Its innermost binding in the open frames.
    entry: u32,
    /// The last module-level import of it.
    import: Row,
    named: bool,
    plain: bool,
    /// An alias of `TYPE_CHECKING`.
    type_checking: bool,
}

struct Entry {
    name: NameId,
    frame: u32,
    bound: Bound,
    /// The binding of the same name that this one hides.
    hidden: u32,
}

pub struct Frame {
    pub kind: FrameKind,
    /// The definition whose body it is; none for lambdas, comprehensions and the module.
    pub definition: Row,
    /// The class, for the body of a class and of its methods.
    pub class: Row,
    /// `self` or `cls` in a method.
    pub receiver: Option<Name>,
    /// Returns and yields of values.
    pub results: u32,
    pub generator: bool,
    /// Outermost frame whose names are all known and visible here.
    floor: u32,
    entries_from: usize,
    waiting_from: usize,
}

/// The text of a chain: a piece of the source, or a symbol when the source writes it differently.
#[derive(Clone, Copy, Debug)]
pub enum ChainText {
    Source(TextRange),
    Symbol(Sym),
}

/// A use that waits for the end of its frame.
#[derive(Clone, Copy)]
pub struct Waiting {
    pub root: NameId,
    pub text: ChainText,
    pub at: TextSize,
    pub kind: UseKind,
    /// The block it stands in.
    pub block: u32,
    /// The import behind the root, when it is one of a function or class.
    pub import: Row,
    /// The flow that depends on it.
    pub flow: u32,
    pub bare: bool,
    state: WaitState,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum WaitState {
    Open,
    /// Open, and the class around it may still bind the root: annotations are evaluated late.
    OpenInClass,
    /// The root is declared `global`: only the module can bind it.
    Global,
    /// The root is an import of a function or class.
    Found,
}

/// What a use needs to be known by.
pub struct Mention {
    pub text: ChainText,
    pub at: TextSize,
    pub kind: UseKind,
    pub block: u32,
    pub flow: u32,
    pub bare: bool,
    /// Names bound later in the class body count too.
    pub late: bool,
}

#[derive(Default)]
pub struct Frames {
    ids: Texts,
    names: Vec<NameState>,
    open: Vec<Frame>,
    entries: Vec<Entry>,
    waiting: Vec<Waiting>,
    /// Bound by `:=` in a comprehension for a frame around it, until that frame is on top again.
    deferred: Vec<(u32, NameId, Bound)>,
    /// A star import stands somewhere in the file.
    pub star: bool,
}

impl Frames {
    /// Frames for a text of so many bytes: what the last ones on this thread left, so that they need not grow anew for every
    /// file.
    pub fn new(n_bytes: usize) -> Self {
        let mut frames = LEFT.take().map_or_else(Self::default, |left| *left);
        frames.ids.renew(n_bytes / 64);
        frames.open(FrameKind::Module, NO_ROW);
        frames
    }

    /// Leaves its tables to the next frames of this thread, unless they are those of a giant.
    pub fn leave(mut self) {
        if self.names.len() > MOST_NAMES_LEFT || self.waiting.capacity() > MOST_USES_LEFT {
            return;
        }
        let Self { ids: _, names, open, entries, waiting, deferred, star } = &mut self;
        names.clear();
        open.clear();
        entries.clear();
        waiting.clear();
        deferred.clear();
        *star = false;
        LEFT.set(Some(Box::new(self)));
    }

    pub fn id(&mut self, name: &Name) -> NameId {
        let id = self.ids.number(name);
        if id as usize == self.names.len() {
            self.names.push(NameState {
                sym: Sym::NONE,
                entry: NONE,
                import: NO_ROW,
                named: false,
                plain: false,
                type_checking: matches!(name.as_str(), "TYPE_CHECKING" | "MYPY"),
            });
        }
        NameId(id)
    }

    /// The name as a symbol of the facts.
    pub fn sym(&mut self, id: NameId, draft: &mut Draft) -> Sym {
        let name = &mut self.names[id.0 as usize];
        if name.sym.is_none() {
            name.sym = draft.sym(self.ids.get(id.0).unwrap_or(""));
        }
        name.sym
    }

    fn name(&self, id: NameId) -> &NameState {
        &self.names[id.0 as usize]
    }

    fn name_mut(&mut self, id: NameId) -> &mut NameState {
        &mut self.names[id.0 as usize]
    }

    pub fn is_type_checking(&self, id: NameId) -> bool {
        self.name(id).type_checking
    }

    pub fn mark_type_checking(&mut self, id: NameId) {
        self.name_mut(id).type_checking = true;
    }

    pub fn open(&mut self, kind: FrameKind, definition: Row) {
        let own = self.open.len() as u32;
        let floor = match (kind, self.open.last()) {
            (FrameKind::Comprehension, Some(outer)) => match outer.kind {
                FrameKind::Module | FrameKind::Class => own,
                FrameKind::Function | FrameKind::Comprehension => outer.floor,
                // The class around it is out of sight here.
                FrameKind::TypeParams => own,
            },
            (FrameKind::TypeParams, Some(outer)) => match outer.kind {
                FrameKind::Module => own,
                FrameKind::Class
                | FrameKind::Function
                | FrameKind::Comprehension
                | FrameKind::TypeParams => outer.floor,
            },
            _ => own,
        };
        self.open.push(Frame {
            kind,
            definition,
            class: if kind == FrameKind::Class { definition } else { NO_ROW },
            receiver: None,
            results: 0,
            generator: false,
            floor,
            entries_from: self.entries.len(),
            waiting_from: self.waiting.len(),
        });
    }

    /// Ends the innermost frame: its uses find their bindings in it or move up.
    pub fn close(&mut self) -> Frame {
        let frame = self.open.pop().expect("only opened frames are closed");
        let depth = self.open.len() as u32;
        match frame.kind {
            // A class's names are looked up where they are used.
            FrameKind::Class => self.settle(frame.waiting_from, depth, WaitState::OpenInClass),
            _ if self.entries.len() == frame.entries_from => {}
            _ => self.settle(frame.waiting_from, depth, WaitState::Open),
        }
        while self.entries.len() > frame.entries_from {
            let entry = self.entries.pop().expect("counted above");
            self.name_mut(entry.name).entry = entry.hidden;
        }
        if !self.deferred.is_empty() {
            for (at, id, bound) in std::mem::take(&mut self.deferred) {
                self.bind_in(at, id, bound);
            }
        }
        frame
    }

    /// Drops the uses from `from` on whose roots the frame at `depth` binds; uses that are not in `state` only wait on.
    fn settle(&mut self, from: usize, depth: u32, state: WaitState) {
        let mut kept = from;
        for at in from..self.waiting.len() {
            let mut waiting = self.waiting[at];
            let sees_frame = waiting.state == state
                || (state == WaitState::Open && waiting.state == WaitState::OpenInClass);
            if sees_frame {
                let entry = self.name(waiting.root).entry;
                let found = self.entries.get(entry as usize).filter(|entry| entry.frame == depth);
                match found.map(|entry| entry.bound) {
                    Some(Bound::Local) => continue,
                    Some(Bound::Import(row)) => {
                        waiting.import = row;
                        waiting.state = WaitState::Found;
                    }
                    Some(Bound::Global) => waiting.state = WaitState::Global,
                    Some(Bound::Nonlocal) | None => {}
                }
            }
            if state == WaitState::OpenInClass && waiting.state == WaitState::OpenInClass {
                waiting.state = WaitState::Open;
            }
            self.waiting[kept] = waiting;
            kept += 1;
        }
        self.waiting.truncate(kept);
    }

    pub fn top(&self) -> &Frame {
        self.open.last().expect("the module's frame stays open")
    }

    /// The frame that an assignment here binds in: comprehensions and type parameters are stepped over.
    pub fn binding_frame(&self) -> &Frame {
        &self.open[self.binding_depth() as usize]
    }

    pub fn binding_frame_mut(&mut self) -> &mut Frame {
        let depth = self.binding_depth();
        &mut self.open[depth as usize]
    }

    fn binding_depth(&self) -> u32 {
        let steps_over =
            |frame: &Frame| matches!(frame.kind, FrameKind::Comprehension | FrameKind::TypeParams);
        let depth = self.open.iter().rposition(|frame| !steps_over(frame));
        depth.expect("the module's frame binds") as u32
    }

    pub fn in_function(&self) -> bool {
        self.binding_frame().kind == FrameKind::Function
    }

    /// At module level: neither in a function nor in a class.
    pub fn at_module(&self) -> bool {
        self.binding_depth() == 0
    }

    /// Binds a name where an assignment here binds it.
    pub fn bind(&mut self, id: NameId, bound: Bound, weight: Weight) -> Home {
        let depth = self.binding_depth();
        let Frame { kind, definition, .. } = self.open[depth as usize];
        let home = match kind {
            FrameKind::Module => Home::Module,
            _ if self.bind_in(depth, id, bound) => Home::Global,
            FrameKind::Class => Home::Class(definition),
            FrameKind::Function | FrameKind::Comprehension | FrameKind::TypeParams => {
                Home::Function
            }
        };
        if matches!(home, Home::Module | Home::Global) {
            let name = self.name_mut(id);
            match weight {
                Weight::Named => name.named = true,
                Weight::Plain => name.plain = true,
            }
            if let Bound::Import(row) = bound {
                name.import = row;
            }
        }
        home
    }

    /// Binds a name in the innermost frame: parameters, targets of comprehensions, type parameters.
    pub fn bind_here(&mut self, id: NameId, bound: Bound) {
        self.bind_in(self.open.len() as u32 - 1, id, bound);
    }

    /// Says whether the frame declares the name `global`.
    fn bind_in(&mut self, depth: u32, id: NameId, bound: Bound) -> bool {
        let mut at = self.name(id).entry;
        while let Some(entry) = self.entries.get_mut(at as usize) {
            if entry.frame < depth {
                break;
            }
            if entry.frame > depth {
                at = entry.hidden;
                continue;
            }
            match (entry.bound, bound) {
                (Bound::Global, _) => return true,
                (Bound::Local, Bound::Import(_) | Bound::Global | Bound::Nonlocal)
                | (Bound::Import(_), Bound::Import(_)) => entry.bound = bound,
                // What was imported in one branch and assigned in another is still the import.
                (Bound::Import(_) | Bound::Nonlocal, _) | (Bound::Local, Bound::Local) => {}
            }
            return false;
        }
        if depth + 1 == self.open.len() as u32 {
            let hidden = self.name(id).entry;
            self.name_mut(id).entry = self.entries.len() as u32;
            self.entries.push(Entry { name: id, frame: depth, bound, hidden });
        } else {
            self.deferred.push((depth, id, bound));
        }
        false
    }

    /// Notes a use, unless its root is already known to be local.
    pub fn mention(&mut self, root: NameId, mention: &Mention) {
        let mut import = NO_ROW;
        let mut state = WaitState::Open;
        match self.known_here(root) {
            Some(Bound::Local) => return,
            Some(Bound::Import(row)) => {
                import = row;
                state = WaitState::Found;
            }
            Some(Bound::Global) => state = WaitState::Global,
            Some(Bound::Nonlocal) => {}
            None if mention.late && self.sees_class() => state = WaitState::OpenInClass,
            None => {}
        }
        let Mention { text, at, kind, block, flow, bare, late: _ } = *mention;
        self.waiting.push(Waiting { root, text, at, kind, block, import, flow, bare, state });
    }

    /// `self` in the body of a method.
    pub fn is_receiver(&self, name: &Name) -> bool {
        self.top().receiver.as_ref() == Some(name)
    }

    pub fn is_local_here(&self, root: NameId) -> bool {
        self.known_here(root) == Some(Bound::Local)
    }

    fn known_here(&self, root: NameId) -> Option<Bound> {
        let entry = self.entries.get(self.name(root).entry as usize)?;
        (entry.frame >= self.top().floor).then_some(entry.bound)
    }

    fn sees_class(&self) -> bool {
        let floor = self.top().floor as usize;
        self.open[floor].kind == FrameKind::Class
    }

    /// What a name means here by the bindings read so far, functions around this one included.
    pub fn meaning(&self, root: NameId) -> Meaning {
        let floor = self.top().floor;
        let mut at = self.name(root).entry;
        while let Some(entry) = self.entries.get(at as usize) {
            let in_class = self.open[entry.frame as usize].kind == FrameKind::Class;
            let visible = entry.frame >= floor || !in_class;
            match entry.bound {
                Bound::Local if visible => return Meaning::Local,
                Bound::Import(row) if visible => return Meaning::Import(row),
                Bound::Global if visible => break,
                _ => at = entry.hidden,
            }
        }
        match self.name(root).import {
            NO_ROW => Meaning::Free,
            row => Meaning::Import(row),
        }
    }

    /// How many uses the module's end leaves over. Those are all that wait then, in the order of the file.
    pub fn end_module(&mut self) -> usize {
        let mut builtin = vec![false; if self.star { self.names.len() } else { 0 }];
        if self.star {
            for id in BUILTINS.split_whitespace().filter_map(|name| self.ids.find(name)) {
                builtin[id as usize] = true;
            }
        }
        let Self { names, waiting, star, .. } = self;
        waiting.retain(|waiting| {
            if waiting.state == WaitState::Found {
                return true;
            }
            let name = &names[waiting.root.0 as usize];
            if name.named {
                return true;
            }
            if name.plain {
                return is_worth_a_row(waiting);
            }
            *star && !builtin[waiting.root.0 as usize]
        });
        waiting.len()
    }

    pub fn waiting(&self, index: usize) -> Waiting {
        self.waiting[index]
    }
}

/// Uses of plain module-level values: reading `TIMEOUT` or `logger.info` says nothing about roads to definitions.
fn is_worth_a_row(waiting: &Waiting) -> bool {
    match waiting.kind {
        UseKind::Load | UseKind::Call => !waiting.bare,
        UseKind::Base
        | UseKind::Decorator
        | UseKind::Annotation
        | UseKind::Store
        | UseKind::Delete
        | UseKind::Check => true,
    }
}

/// Names that are there without any binding; a star import does not bring them.
const BUILTINS: &str = "\
    ArithmeticError AssertionError AttributeError BaseException BaseExceptionGroup BlockingIOError BrokenPipeError \
    BufferError BytesWarning ChildProcessError ConnectionAbortedError ConnectionError ConnectionRefusedError \
    ConnectionResetError DeprecationWarning EOFError Ellipsis EncodingWarning EnvironmentError Exception \
    ExceptionGroup False FileExistsError FileNotFoundError FloatingPointError FutureWarning GeneratorExit IOError \
    ImportError ImportWarning IndentationError IndexError InterruptedError IsADirectoryError KeyError \
    KeyboardInterrupt LookupError MemoryError ModuleNotFoundError NameError None NotADirectoryError NotImplemented \
    NotImplementedError OSError OverflowError PendingDeprecationWarning PermissionError ProcessLookupError \
    PythonFinalizationError RecursionError ReferenceError ResourceWarning RuntimeError RuntimeWarning \
    StopAsyncIteration StopIteration SyntaxError SyntaxWarning SystemError SystemExit TabError TimeoutError True \
    TypeError UnboundLocalError UnicodeDecodeError UnicodeEncodeError UnicodeError UnicodeTranslateError \
    UnicodeWarning UserWarning ValueError Warning WindowsError ZeroDivisionError __annotations__ __build_class__ \
    __builtins__ __cached__ __class__ __debug__ __dict__ __doc__ __file__ __import__ __loader__ __module__ \
    __name__ __package__ __path__ __qualname__ __spec__ abs aiter all anext any ascii bin bool breakpoint \
    bytearray bytes callable chr classmethod compile complex copyright credits delattr dict dir divmod enumerate \
    eval exec exit filter float format frozenset getattr globals hasattr hash help hex id input int isinstance \
    issubclass iter len license list locals map max memoryview min next object oct open ord pow print property \
    quit range repr reversed round set setattr slice sorted staticmethod str sum super tuple type vars zip";

#[cfg(test)]
mod tests {
    use crate::facts::extract_text;
    use crate::facts::testing::{check, uses};

    #[test]
    fn chains_are_recorded_as_far_as_they_are_plain() {
        check(
            uses,
            "import a\na.b.c\na.b().c\na.b[0].c\na.b(a)\n(a\n . b) . c()\na.x = a.y\ndel a.z\na['k'] = a.f\n",
            &[
                "2:1 a.b.c name",
                "3:1 a.b call",
                "4:1 a.b name",
                "5:1 a.b call",
                "5:5 a name",
                "6:2 a.b.c call",
                "8:7 a.y name",
                "8:1 a.x store",
                "9:5 a.z delete",
                "10:10 a.f name",
                "10:1 a name",
            ],
        );
    }

    #[test]
    fn how_a_name_is_used() {
        check(
            uses,
            "from a import A, b\n@b\n@b.c(A)\nclass K(A, b.Base[A], metaclass=b.Meta): pass\n\
             @b\ndef f(x: A, y: 'b.T' = b.d, *z: 'list[A]') -> 'A | None':\n    v: A = 1\n\
             try: pass\nexcept (A, b.E): pass\nisinstance(b.x, (A, b.C))\nisinstance(b.x, A | b.D)\n\
             match b:\n    case A(x=b.Y): pass\nraise A from b.z\n",
            &[
                "2:2 b decorator",
                "3:2 b.c decorator",
                "3:6 A name",
                "4:9 A base",
                "4:12 b.Base base",
                "4:19 A annotation",
                "4:33 b.Meta name",
                "5:2 b decorator",
                "6:24 b.d name",
                "6:10 A annotation",
                "6:17 b.T annotation",
                "6:39 A annotation",
                "6:48 A annotation",
                "7:8 A annotation in f",
                "9:9 A check",
                "9:12 b.E check",
                "10:12 b.x name",
                "10:18 A check",
                "10:21 b.C check",
                "11:12 b.x name",
                "11:17 A check",
                "11:21 b.D check",
                "12:7 b name",
                "13:10 A check in match",
                "13:14 b.Y name in match",
                "14:7 A name",
                "14:14 b.z name",
            ],
        );
    }

    #[test]
    fn locals_are_no_uses_wherever_they_are_bound() {
        check(
            uses,
            "import a\n\
             def f(a): a.x\n\
             def g():\n    a.x\n    a = 1\n\
             def h(*a): lambda: a.x\n\
             def i():\n    for a in y: pass\n    def j(): return a.x\n\
             def k():\n    try: pass\n    except E as a: pass\n    a.x\n\
             def l():\n    with y as (b, [a]): a.x\n\
             def m():\n    def a(): pass\n    a.x\n\
             def n():\n    match y:\n        case [*a]: a.x\n\
             def o():\n    a: int\n    a.x\n\
             def p():\n    del a\n    a.x\n\
             lambda a: a.x\nlambda b=a.used: a.used\n",
            &["29:10 a.used name", "29:18 a.used name"],
        );
    }

    #[test]
    fn comprehensions_have_their_own_names() {
        check(
            uses,
            "import a\n\
             [a.x for a in a.used]\n\
             {b: a.x for b in y if a.x for a in a.no}\n\
             def f():\n    [a.x for c in y if (a := c)]\n    a.x\n\
             def g():\n    [a.used for c in y]\n    [(a for a in c) for c in y]\n\
             def h():\n    a = 1\n    [[a.x for c in d] for d in y]\n\
             class K:\n    a = 1\n    b = [a for c in a]\n    c = [d for d in y for e in a]\n",
            &["2:15 a.used name", "8:6 a.used name in g", "15:10 a name in K", "16:32 a name in K"],
        );
    }

    #[test]
    fn names_of_a_class_body_are_not_seen_in_its_methods() {
        check(
            uses,
            "import a, b\n\
             class K:\n    b.before\n    b = a.B()\n    b.x\n    def m(self, p=b.x) -> b.T:\n        b.used\n    lambda: b.used\n    class L:\n        b.used\n\
             class M:\n    def f(self) -> 'a': pass\n    def g(self) -> a.b: pass\n    a = 1\n",
            &[
                "3:5 b.before name in K",
                "4:9 a.B call in K",
                "7:9 b.used name in K > m",
                "8:13 b.used name in K",
                "10:9 b.used name in K > L",
            ],
        );
    }

    #[test]
    fn a_name_that_is_used_before_the_class_binds_it_is_the_modules() {
        check(uses, "from a import B\nclass K:\n    B = B\n    b = B\n", &["3:9 B name in K"]);
    }

    #[test]
    fn a_stub_uses_names_before_they_are_bound() {
        let stub = "import a\nclass K:\n    b = a\n    a = 1\n";
        assert_eq!(uses(&extract_text(stub, true, 0)), [""; 0]);
        check(uses, stub, &["3:9 a name in K"]);
    }

    #[test]
    fn imports_of_functions_and_classes_stand_behind_their_uses() {
        check(
            uses,
            "import a\n\
             def f():\n    from x import a\n    a()\n    def g(): a.b\n    from y import a\n    a()\n\
             def h():\n    a()\n\
             def i():\n    q.r\n    try: import q\n    except E: q = None\n    q.s\n\
             class K:\n    from z import t\n    u = t.v\n    def m(self): t.w\n",
            &[
                "4:5 a call by import 1 in f",
                "5:14 a.b name by import 2 in f > g",
                "7:5 a call by import 2 in f",
                "9:5 a call in h",
                "11:5 q.r name by import 3 in i",
                "14:5 q.s name by import 3 in i",
                "17:9 t.v name by import 4 in K",
            ],
        );
    }

    #[test]
    fn global_and_nonlocal_go_past_the_functions_around() {
        check(
            uses,
            "import a\n\
             def f():\n    a = 1\n    def g():\n        global a\n        a.used\n        def h(): a.used\n    def i():\n        nonlocal a\n        a = 2\n        a.x\n",
            &["6:9 a.used name in f > g", "7:18 a.used name in f > g > h"],
        );
    }

    #[test]
    fn type_parameters_hide_names() {
        check(
            uses,
            "import T, B\n\
             def f[T: B](x: T) -> T:\n    T.x\n    T\n\
             class K[T](B[T]):\n    y: T\n    def m[U: B.C = T](self, z: U): T.x\n\
             type A[*T, **P] = B[T, P]\n\
             class L:\n    B = 1\n    def m[U](self, x: B): B.used\n\
             T.used\n",
            &[
                "2:10 B annotation",
                "5:12 B base",
                "7:14 B.C annotation in K",
                "8:19 B annotation",
                "11:27 B.used name in L > m",
                "12:1 T.used name",
            ],
        );
    }

    #[test]
    fn plain_values_are_used_quietly_and_definitions_are_not() {
        check(
            uses,
            "LIMIT = 3\nlog = getLogger()\ndef f(): pass\nA = f\n\
             def g():\n    print(LIMIT, log, f, A)\n    log.info(f())\n    undefined.x\n    log.level = 3\n",
            &[
                "4:5 f name",
                "6:23 f name in g",
                "6:26 A name in g",
                "7:5 log.info call in g",
                "7:14 f call in g",
                "9:5 log.level store in g",
            ],
        );
    }

    #[test]
    fn a_star_may_bring_what_nothing_else_binds() {
        check(
            uses,
            "from a import *\nX = 1\n\
             def f(p):\n    print(p, X, Y.z, __name__, len)\n    W()\n",
            &["4:17 Y.z name in f", "5:5 W call in f"],
        );
    }

    #[test]
    fn annotations_in_quotes_are_code_and_literals_are_not() {
        check(
            uses,
            "from a import A, Literal, Annotated\nx: 'A.b'\ny: Literal['A']\nz: Annotated['A', 'A']\n\
             w: \"dict[str, 'A']\"\nv: 'A or so, not a type!'\nu: '''\n  A |\n  None'''\nt = 'A'\ns: r'A'\nr: 'A' 'A'\nq: '\\x41'\n",
            &[
                "2:5 A.b annotation",
                "3:4 Literal annotation",
                "4:4 Annotated annotation",
                "4:15 A annotation",
                "5:16 A annotation",
                "8:3 A annotation",
                "11:6 A annotation",
            ],
        );
    }

    #[test]
    fn every_kind_of_expression_is_looked_into() {
        let wrapped = [
            "f(a.x)",
            "f(k=a.x)",
            "f(*a.x, **a.x)",
            "[a.x, *a.x]",
            "{a.x}",
            "{a.x: a.x, **a.x}",
            "(a.x,)",
            "a.x + a.x",
            "a.x and a.x",
            "not a.x",
            "a.x < a.x",
            "a.x if a.x else a.x",
            "q[a.x:a.x:a.x, a.x]",
            "f'{a.x!r:>{a.x}}'",
            "t'{a.x:{a.x}}'",
            "f'' f'{a.x}' 'b'",
            "lambda q=a.x: a.x",
            "[a.x for q in a.x if a.x for r in a.x]",
            "{a.x: a.x for q in a.x}",
            "{a.x for q in a.x}",
            "f(a.x for q in a.x)",
            "(q := a.x)",
            "f()(a.x)",
            "f().g(a.x)",
            "q[0](a.x)",
            "{'k': a.x}",
            "f(a.x).b",
            "os.getenv('k', a.x)",
            "os.getenv(key=a.x)",
            "isinstance(a.x, a.x)",
            "f''.g(a.x)",
        ];
        for source in wrapped {
            let uses = uses(&extract_text(&format!("import a\n{source}\n"), false, 0));
            assert_eq!(uses.len(), source.matches("a.x").count(), "{source}: {uses:?}");
        }
        let statements = [
            "async def g():\n    await a.x\n    yield a.x\n    yield from a.x\n    return a.x\n",
            "assert a.x, a.x\n",
            "raise a.x from a.x\n",
            "while a.x: a.x\nelse: a.x\n",
            "for q in a.x: a.x\nelse: a.x\n",
            "with a.x as q, a.x: a.x\n",
            "try: a.x\nexcept a.x: a.x\nelse: a.x\nfinally: a.x\n",
            "try: a.x\nexcept* a.x: a.x\n",
            "match a.x:\n    case {a.x: a.x, **r} if a.x: a.x\n    case [a.x, *_] | a.x(a.x, k=a.x) as q: a.x\n    case None: a.x\n",
            "if a.x: a.x\nelif a.x: a.x\nelse: a.x\n",
            "q = r = a.x\n",
            "q += a.x\n",
            "q: a.x = a.x\n",
            "q[a.x] = a.x\n",
            "a.x, q = a.x\n",
            "for a.x in q: pass\n",
            "with q as a.x: pass\n",
            "del a.x, q[a.x]\n",
            "type Q = a.x\n",
            "def g(p: a.x = a.x, /, q=a.x, *r: a.x, s: a.x = a.x, **t: a.x) -> a.x: a.x\n",
            "@a.x\n@a.x()\ndef g(): pass\n",
            "class Q(a.x, k=a.x): a.x\n",
            "class Q[T: a.x = a.x, *U = a.x, **P = a.x]: pass\n",
            "a.x += a.x\n",
        ];
        for source in statements {
            let uses = uses(&extract_text(&format!("import a\n{source}"), false, 0));
            assert_eq!(uses.len(), source.matches("a.x").count(), "{source}: {uses:#?}");
        }
    }
}
