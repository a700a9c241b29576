//! What names are bound to: in the module, in classes, and as attributes of `self`.

use ruff_python_ast::name::Name;
use ruff_python_ast::{Expr, StmtAnnAssign, StmtAssign, StmtAugAssign, StmtTypeAlias};
use ruff_text_size::{Ranged, TextSize};

use super::expressions::Context;
use super::names::{Bound, Home, Meaning, Weight};
use super::rows::{
    Binding, BindingKind, Dynamic, DynamicKind, NO_ROW, Pos, Row, Sym, UseKind, file_flag,
};
use super::scopes::is_type_checking;
use super::visitor::{Visitor, is_chain, root_of};

/// What a name is being bound to.
#[derive(Clone, Copy)]
pub enum What<'e> {
    Import(Row),
    Definition(Row),
    Value(&'e Expr),
    /// `name: annotation = value`
    Annotated(&'e Expr, Option<&'e Expr>),
    Target,
    Delete,
    Augmented(&'e Expr),
}

impl<'e> What<'e> {
    fn kind(self) -> BindingKind {
        match self {
            Self::Import(_) => BindingKind::Import,
            Self::Definition(_) => BindingKind::Definition,
            Self::Value(value) | Self::Annotated(_, Some(value)) => kind_of_value(value),
            Self::Annotated(_, None) => BindingKind::Annotation,
            Self::Target => BindingKind::Target,
            Self::Delete => BindingKind::Delete,
            Self::Augmented(_) => BindingKind::Augmented,
        }
    }

    fn value(self) -> Option<&'e Expr> {
        match self {
            Self::Value(value) | Self::Augmented(value) | Self::Annotated(_, Some(value)) => {
                Some(value)
            }
            Self::Import(_)
            | Self::Definition(_)
            | Self::Annotated(_, None)
            | Self::Target
            | Self::Delete => None,
        }
    }

    fn annotation(self) -> Option<&'e Expr> {
        match self {
            Self::Annotated(annotation, _) => Some(annotation),
            Self::Import(_)
            | Self::Definition(_)
            | Self::Value(_)
            | Self::Target
            | Self::Delete
            | Self::Augmented(_) => None,
        }
    }
}

fn kind_of_value(value: &Expr) -> BindingKind {
    match value {
        Expr::Call(call) if is_chain(&call.func) => BindingKind::Call,
        _ if is_chain(value) => BindingKind::Alias,
        _ => BindingKind::Value,
    }
}

pub fn plain_binding(name: Sym, scope: Row, at: Pos) -> Binding {
    Binding {
        name,
        kind: BindingKind::Value.code() as u16,
        row: NO_ROW,
        text: Sym::NONE,
        annotation: Sym::NONE,
        scope,
        class: NO_ROW,
        on_self: 0,
        at,
    }
}

impl Visitor<'_> {
    /// Binds a name; in a function that is all, elsewhere it makes a row.
    pub(super) fn bind(&mut self, name: &Name, at: TextSize, what: What<'_>) {
        if name.is_empty() {
            return;
        }
        let kind = what.kind();
        let id = self.frames.id(name);
        let (bound, row) = match what {
            What::Import(row) => (Bound::Import(row), row),
            What::Definition(row) => (Bound::Local, row),
            _ => (Bound::Local, NO_ROW),
        };
        let weight = match kind {
            BindingKind::Import | BindingKind::Definition | BindingKind::Alias => Weight::Named,
            _ => Weight::Plain,
        };
        let (class, kind) = match self.frames.bind(id, bound, weight) {
            Home::Function => return,
            Home::Module => (NO_ROW, kind),
            Home::Class(class) => (class, kind),
            Home::Global if weight == Weight::Named && kind != BindingKind::Alias => (NO_ROW, kind),
            Home::Global => (NO_ROW, BindingKind::Global),
        };
        let at = self.pos(at);
        let name_sym = self.frames.sym(id, &mut self.page.draft);
        let scope = self.scope();
        let text = self.bound_text(what);
        let annotation = what.annotation().map_or(Sym::NONE, |node| self.page.excerpt(node));
        let kind = kind.code() as u16;
        let binding =
            Binding { kind, row, text, annotation, class, ..plain_binding(name_sym, scope, at) };
        self.page.draft.bindings.push(binding);
        if class == NO_ROW && name.as_str() == "__getattr__" {
            self.page.draft.flags |= file_flag::GETATTR;
        }
    }

    fn bound_text(&mut self, what: What<'_>) -> Sym {
        match what.value() {
            Some(Expr::Call(call)) if is_chain(&call.func) => self.chain_sym(&call.func),
            Some(value) if is_chain(value) => self.chain_sym(value),
            Some(value) => self.page.excerpt(value),
            None => Sym::NONE,
        }
    }

    /// `self.name = …` or `cls.name = …` in a method.
    fn bind_attribute(&mut self, name: &Name, at: TextSize, what: What<'_>) {
        let frame = self.frames.binding_frame();
        let class = frame.class;
        let mut kind = what.kind();
        let mut row = NO_ROW;
        if let Some(root) = what.value().and_then(|value| root_of(callee_or_self(value))) {
            let id = self.frames.id(&root.id);
            match self.frames.meaning(id) {
                // A parameter or local says nothing beyond this function.
                Meaning::Local if matches!(kind, BindingKind::Alias | BindingKind::Call) => {
                    kind = BindingKind::Value;
                }
                Meaning::Import(import) if self.is_inner_import(import) => row = import,
                Meaning::Local | Meaning::Import(_) | Meaning::Free => {}
            }
        }
        let at = self.pos(at);
        let name = self.page.sym(name);
        let scope = self.scope();
        let text = match kind {
            BindingKind::Alias | BindingKind::Call => self.bound_text(what),
            // Most of these are a parameter that is kept; nobody asks how.
            _ => Sym::NONE,
        };
        let annotation = what.annotation().map_or(Sym::NONE, |node| self.page.excerpt(node));
        self.page.draft.bindings.push(Binding {
            kind: kind.code() as u16,
            row,
            text,
            annotation,
            class,
            on_self: 1,
            ..plain_binding(name, scope, at)
        });
    }

    /// An import of a function or class, which module-level lookup would miss.
    fn is_inner_import(&self, import: Row) -> bool {
        let draft = &self.page.draft;
        let scope = draft.imports.get(import as usize).map(|import| import.scope as usize);
        scope.and_then(|scope| draft.scopes.get(scope)).is_some_and(|s| s.definition != NO_ROW)
    }

    pub(super) fn assign(&mut self, statement: &StmtAssign) {
        let value = &*statement.value;
        if let [target] = &*statement.targets {
            if let Some(pairs) = pairs(target, value) {
                for (target, value) in pairs.clone() {
                    self.value_into(target, value);
                }
                for (target, value) in pairs {
                    self.target(target, What::Value(value));
                }
                return;
            }
            self.value_into(target, value);
            self.target(target, What::Value(value));
            return;
        }
        self.note_flow(&statement.targets, value);
        if let Some(first) = statement.targets.first() {
            self.expr(value, Context::assigned_to(first));
        }
        for target in &statement.targets {
            self.target(target, What::Value(value));
        }
    }

    pub(super) fn annotated_assign(&mut self, statement: &StmtAnnAssign) {
        let (annotation, value) = (&*statement.annotation, statement.value.as_deref());
        self.expr(annotation, Context::ANNOTATION);
        if let Some(value) = value {
            if is_type_alias_annotation(annotation) {
                self.expr(value, Context::ANNOTATION);
            } else {
                self.value_into(&statement.target, value);
            }
        }
        self.target(&statement.target, What::Annotated(annotation, value));
    }

    pub(super) fn augmented_assign(&mut self, statement: &StmtAugAssign) {
        self.expr(&statement.value, Context::assigned_to(&statement.target));
        self.target(&statement.target, What::Augmented(&statement.value));
    }

    pub(super) fn type_alias(&mut self, statement: &StmtTypeAlias) {
        let params = statement.type_params.as_deref();
        self.type_params(params);
        self.expr(&statement.value, Context::ANNOTATION);
        self.end_type_params(params);
        self.target(&statement.name, What::Value(&statement.value));
    }

    /// Reads the value of an assignment, knowing where it goes.
    pub(super) fn value_into(&mut self, target: &Expr, value: &Expr) {
        self.note_flow(std::slice::from_ref(target), value);
        self.expr(value, Context::assigned_to(target));
    }

    /// The targets of an assignment, a loop, a `with`, a `del`: binds names, notes stores.
    pub(super) fn target(&mut self, target: &Expr, what: What<'_>) {
        match target {
            Expr::Name(name) => {
                if self.frames.at_module() {
                    self.module_assignment(&name.id, target, what);
                }
                self.bind(&name.id, name.start(), what);
            }
            Expr::Attribute(attribute) => {
                if let Some(name) = self.receiver_attribute(target) {
                    if !matches!(what, What::Delete) {
                        self.bind_attribute(name, attribute.attr.start(), what);
                    }
                    return;
                }
                let kind = match what {
                    What::Delete => UseKind::Delete,
                    _ => UseKind::Store,
                };
                self.expr(target, Context { kind, ..Context::LOAD });
                self.note_path_store(target, target.range());
            }
            Expr::Subscript(subscript) => {
                self.expr(&subscript.value, Context::LOAD);
                self.expr(&subscript.slice, Context::LOAD);
                self.globals_by_subscript(subscript);
                self.on_subscript_store(subscript, what.value());
            }
            Expr::Starred(starred) => self.target(&starred.value, in_parts(what)),
            Expr::Tuple(tuple) => self.targets(&tuple.elts, in_parts(what)),
            Expr::List(list) => self.targets(&list.elts, in_parts(what)),
            _ => self.expr(target, Context::LOAD),
        }
    }

    pub(super) fn targets(&mut self, targets: &[Expr], what: What<'_>) {
        for target in targets {
            self.target(target, what);
        }
    }

    /// `name` of `self.name`, when `self` is what this method calls its first parameter.
    pub(super) fn receiver_attribute<'e>(&self, target: &'e Expr) -> Option<&'e Name> {
        let Expr::Attribute(attribute) = target else { return None };
        let Expr::Name(root) = &*attribute.value else { return None };
        let receiver = self.frames.binding_frame().receiver.as_ref()?;
        (*receiver == root.id && !attribute.attr.is_empty()).then_some(&attribute.attr.id)
    }

    /// Assignments that mean more than a value: `__all__`, `__getattr__`, an alias of `TYPE_CHECKING`, plugin lists.
    fn module_assignment(&mut self, name: &Name, target: &Expr, what: What<'_>) {
        let Some(value) = what.value() else { return };
        match name.as_str() {
            "__all__" => self.all_assignment(value, matches!(what, What::Augmented(_)), target),
            "__getattr__" => self.note_dynamic(DynamicKind::GetAttr, value),
            _ => {
                if is_type_checking(value, &mut self.frames) {
                    let id = self.frames.id(name);
                    self.frames.mark_type_checking(id);
                }
                self.on_module_assign(name, value);
            }
        }
    }

    pub(super) fn note_dynamic(&mut self, kind: DynamicKind, node: &Expr) {
        let (text, scope) = (self.page.excerpt(node), self.scope());
        let at = self.pos(node.start());
        self.page.draft.dynamics.push(Dynamic { kind: kind.code(), text, scope, at });
    }
}

fn callee_or_self(value: &Expr) -> &Expr {
    match value {
        Expr::Call(call) => &call.func,
        _ => value,
    }
}

/// What a part of the target of an unpacking is bound to.
fn in_parts(what: What<'_>) -> What<'_> {
    match what {
        What::Delete => What::Delete,
        _ => What::Target,
    }
}

type Pairs<'e> = std::iter::Zip<std::slice::Iter<'e, Expr>, std::slice::Iter<'e, Expr>>;

/// `A, B = x, y`: the pairs, if both sides have as many parts and none is starred.
fn pairs<'e>(target: &'e Expr, value: &'e Expr) -> Option<Pairs<'e>> {
    let (targets, values) = (parts(target)?, parts(value)?);
    let starred = targets.iter().chain(values).any(Expr::is_starred_expr);
    (targets.len() == values.len() && !starred).then(|| targets.iter().zip(values))
}

fn parts(expr: &Expr) -> Option<&[Expr]> {
    match expr {
        Expr::Tuple(tuple) => Some(&tuple.elts),
        Expr::List(list) => Some(&list.elts),
        _ => None,
    }
}

/// `TypeAlias`, `typing.TypeAlias`
fn is_type_alias_annotation(annotation: &Expr) -> bool {
    match annotation {
        Expr::Name(name) => name.id == *"TypeAlias",
        Expr::Attribute(attribute) => attribute.attr == *"TypeAlias",
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::facts::testing::{bindings, check, dynamics, file, flows};

    #[test]
    fn what_a_module_binds() {
        check(
            bindings,
            "import a.b\nfrom c import d as e\nfrom f import *\nclass K: pass\ndef g(): pass\nA = K\nB = a.b.C\nC = g()\n\
             D = 1 +  2\nE: int\nF: int = 3\nD += 4\ndel D\nG = a.b[0]\nH = I = a\n",
            &[
                "1 a import 0",
                "2 e import 1",
                "3 * star 2",
                "4 K definition 0",
                "5 g definition 1",
                "6 A alias K",
                "7 B alias a.b.C",
                "8 C call g",
                "9 D value 1 + 2",
                "10 E: int annotation -",
                "11 F: int value 3",
                "12 D augmented 4",
                "13 D delete -",
                "14 G value a.b[0]",
                "15 H alias a",
                "15 I alias a",
            ],
        );
    }

    #[test]
    fn type_aliases() {
        check(
            bindings,
            "type A = B\ntype C[T] = list[T]\nD: TypeAlias = m.E\nF: t.TypeAlias = 'G'\n",
            &[
                "1 A alias B",
                "2 C value list[T]",
                "3 D: TypeAlias alias m.E",
                "4 F: t.TypeAlias value 'G'",
            ],
        );
    }

    #[test]
    fn unpacking_of_equal_length_pairs_up() {
        check(
            bindings,
            "A, B = x, y.z\n(C, [D, E]) = (f(), (g, 1))\nF, *G = p, q\nH, J = r\nK, L = *s, t\n",
            &[
                "1 A alias x",
                "1 B alias y.z",
                "2 C call f",
                "2 D target -",
                "2 E target -",
                "3 F target -",
                "3 G target -",
                "4 H target -",
                "4 J target -",
                "5 K target -",
                "5 L target -",
            ],
        );
    }

    #[test]
    fn targets_of_every_kind() {
        check(
            bindings,
            "for i, (j, *k) in x: pass\nwith a as b, c as (d, e): pass\ntry: pass\nexcept E as f: pass\n\
             print(g := 1, [h := y for z in x])\n\
             match x:\n    case {'a': l, **m} | [n, *o] | K(p, q=r) | s: pass\n",
            &[
                "1 i target -",
                "1 j target -",
                "1 k target -",
                "2 b target -",
                "2 d target -",
                "2 e target -",
                "4 f target - in except",
                "5 g value 1",
                "5 h alias y",
                "7 l target - in match",
                "7 m target - in match",
                "7 n target - in match",
                "7 o target - in match",
                "7 p target - in match",
                "7 r target - in match",
                "7 s target - in match",
            ],
        );
    }

    #[test]
    fn functions_bind_what_they_declare_global() {
        check(
            bindings,
            "def f(x):\n    global A, B, K\n    A = M()\n    B = C = x\n    import K\n    del A\n    def g():\n        A = 1\n",
            &[
                "1 f definition 0",
                "3 A global M in f",
                "4 B global x in f",
                "5 K import 0 in f",
                "6 A global - in f",
            ],
        );
    }

    #[test]
    fn classes_bind_and_methods_bind_on_self() {
        check(
            bindings,
            "class K:\n    a = 1\n    b: int\n    def m(self, p):\n        from q import Q\n        self.c = Q()\n        self.d: int = p\n\
             \x20       self.e, self.f = R(), p()\n        self.g.h = 1\n        p.x = 1\n        self.i += 1\n\
             \x20       for self.j in p: pass\n        def inner(): self.k = 1\n\
             \x20   @classmethod\n    def n(klass):\n        klass.l = None\n\
             \x20   @staticmethod\n    def o(self):\n        self.m = 1\n",
            &[
                "1 K definition 0",
                "2 K.a value 1 in K",
                "3 K.b: int annotation - in K",
                "4 K.m definition 1 in K",
                "6 K.c call Q by import 0 on self in K > m",
                "7 K.d: int value - on self in K > m",
                "8 K.e call R on self in K > m",
                "8 K.f value - on self in K > m",
                "11 K.i augmented - on self in K > m",
                "12 K.j target - on self in K > m",
                "15 K.n definition 3 in K",
                "16 K.l value - on self in K > n",
                "18 K.o definition 4 in K",
            ],
        );
    }

    #[test]
    fn values_flow_where_their_chain_is_used() {
        check(
            flows,
            "from a import K, make\nimport b\nLIMIT = 3\nclass L: pass\n\
             async def f(p, self):\n    x = K()\n    y: int = await make(1)\n    z = b.c\n    self.q = K()\n    u = p()\n    v = LIMIT\n\
             \x20   w = len(p)\n    from d import M\n    m = n = M()\n    with L() as o, b.open() as (r, s): pass\n    g, h = K(), K\n\
             \x20   t = K().x\n    if (e := K()): pass\n\
             class O:\n    def __init__(self):\n        self.k = K()\n        self.a.b = K()\n\
             top = K()\n",
            &[
                "6 x = K()",
                "7 y = make()",
                "8 z = b.c",
                "14 m = M() by import 3",
                "14 n = M() by import 3",
                "15 o = L()",
                "16 g = K()",
                "16 h = K",
                "18 e = K()",
                "21 self.k = K()",
            ],
        );
    }

    #[test]
    fn a_getattr_by_assignment_cannot_be_followed() {
        check(file, "__getattr__ = attach(__name__)\n", &["getattr"]);
        check(dynamics, "__getattr__ = attach(__name__)\n", &["1 __getattr__ attach(__name__)"]);
        check(file, "def __getattr__(name): ...\n", &["getattr"]);
        check(file, "class A:\n    def __getattr__(self, name): ...\n", &[]);
    }
}
