//! `__all__` and other ways by which a module says which names it has: `globals()`, `vars()`, `sys.modules[__name__]`.

use ruff_python_ast::name::Name;
use ruff_python_ast::{Expr, ExprCall, ExprSubscript, Operator};
use ruff_text_size::Ranged;

use super::bindings::What;
use super::rows::{AllEntry, AllOp, Dynamic, DynamicKind, Sym, file_flag};
use super::visitor::{Visitor, is_chain};

impl Visitor<'_> {
    /// `__all__ = value`, `__all__ += value`
    pub(super) fn all_assignment(&mut self, value: &Expr, augmented: bool, target: &Expr) {
        self.page.draft.flags |= file_flag::HAS_ALL;
        let from = self.page.draft.all.len();
        // `__all__ = __all__ + […]` adds.
        let adds = augmented || mentions_all(value);
        let known = self.all_entries(value);
        if !known {
            self.note_dynamic(DynamicKind::All, value);
        }
        if adds {
            return;
        }
        if self.page.draft.all.len() == from {
            self.push_all(AllOp::Nothing, Sym::NONE, target);
        }
        self.page.draft.all[from].resets = 1;
    }

    /// `__all__.extend(…)` and its like at module level.
    pub(super) fn all_method(&mut self, method: &str, call: &ExprCall) {
        self.page.draft.flags |= file_flag::HAS_ALL;
        let known = match (method, &*call.arguments.args) {
            _ if !self.frames.at_module() => false,
            ("extend" | "update", [value]) => self.all_entries(value),
            ("append" | "add", [name]) | ("insert", [_, name]) => self.all_element(name),
            ("remove" | "discard", [Expr::StringLiteral(name)]) => {
                let text = self.page.sym(name.value.to_str());
                self.push_all(AllOp::Remove, text, &call.arguments.args[0]);
                true
            }
            ("sort" | "copy" | "index" | "count" | "reverse", _) => true,
            _ => false,
        };
        if !known {
            let (text, scope) = (self.page.excerpt(call), self.scope());
            let at = self.pos(call.start());
            let kind = DynamicKind::All.code();
            self.page.draft.dynamics.push(Dynamic { kind, text, scope, at });
        }
    }

    /// Notes the entries of an expression; false when some of it cannot be known.
    fn all_entries(&mut self, value: &Expr) -> bool {
        match value {
            Expr::List(list) => self.all_elements(&list.elts),
            Expr::Tuple(tuple) => self.all_elements(&tuple.elts),
            Expr::Set(set) => self.all_elements(&set.elts),
            Expr::BinOp(sum) if matches!(sum.op, Operator::Add | Operator::BitOr) => {
                let left = self.all_entries(&sum.left);
                self.all_entries(&sum.right) && left
            }
            Expr::Name(name) => name.id == *"__all__",
            Expr::Attribute(attribute) => {
                if attribute.attr != *"__all__" || !is_chain(&attribute.value) {
                    return false;
                }
                let module = self.chain_sym(&attribute.value);
                self.push_all(AllOp::Module, module, value);
                true
            }
            Expr::Call(call) => match (&*call.func, &*call.arguments.args) {
                (Expr::Name(name), []) => {
                    matches!(name.id.as_str(), "list" | "tuple" | "set" | "frozenset")
                }
                (Expr::Name(name), [inner]) => {
                    let keeps = matches!(
                        name.id.as_str(),
                        "list" | "tuple" | "set" | "frozenset" | "sorted"
                    );
                    keeps && self.all_entries(inner)
                }
                (Expr::Attribute(split), []) if split.attr == *"split" => {
                    let Expr::StringLiteral(text) = &*split.value else { return false };
                    for word in text.value.to_str().split_whitespace() {
                        let word = self.page.sym(word);
                        self.push_all(AllOp::Name, word, value);
                    }
                    true
                }
                _ => false,
            },
            _ => false,
        }
    }

    fn all_elements(&mut self, elements: &[Expr]) -> bool {
        let mut known = true;
        for element in elements {
            known &= self.all_element(element);
        }
        known
    }

    fn all_element(&mut self, element: &Expr) -> bool {
        match element {
            Expr::StringLiteral(text) => {
                let name = self.page.sym(text.value.to_str());
                self.push_all(AllOp::Name, name, element);
                true
            }
            Expr::Starred(starred) => self.all_entries(&starred.value),
            // `Name.__name__`
            Expr::Attribute(attribute) if attribute.attr == *"__name__" => {
                let Expr::Name(name) = &*attribute.value else { return false };
                let name = self.page.sym(&name.id);
                self.push_all(AllOp::Name, name, element);
                true
            }
            _ => false,
        }
    }

    fn push_all(&mut self, op: AllOp, name: Sym, node: &Expr) {
        let at = self.pos(node.start());
        self.page.draft.all.push(AllEntry { op: op.code(), resets: 0, name, at });
    }

    /// `globals()[…] = …`, `vars()[…] = …` at module level, `sys.modules[__name__] = …`
    pub(super) fn globals_by_subscript(&mut self, subscript: &ExprSubscript) {
        if self.is_module_namespace(&subscript.value) {
            self.note_globals(subscript);
            if let Expr::StringLiteral(key) = &*subscript.slice
                && self.frames.at_module()
            {
                let name = Name::new(key.value.to_str());
                self.bind(&name, key.start(), What::Target);
            }
        } else if is_this_module(subscript) {
            self.note_globals(subscript);
        }
    }

    /// `globals().update(…)`, `vars().update(…)`, `setattr(sys.modules[__name__], …)`
    pub(super) fn globals_by_call(&mut self, call: &ExprCall) {
        let dynamic = match &*call.func {
            Expr::Attribute(method) => {
                matches!(method.attr.as_str(), "update" | "setdefault" | "__setitem__")
                    && self.is_module_namespace(&method.value)
            }
            Expr::Name(name) if matches!(name.id.as_str(), "setattr" | "delattr") => {
                matches!(call.arguments.args.first(), Some(Expr::Subscript(module)) if is_this_module(module))
            }
            _ => false,
        };
        if dynamic {
            self.note_globals(call);
        }
    }

    fn note_globals(&mut self, node: impl Ranged) {
        let (text, scope) = (self.page.excerpt(&node), self.scope());
        let at = self.pos(node.start());
        let kind = DynamicKind::Globals.code();
        self.page.draft.dynamics.push(Dynamic { kind, text, scope, at });
    }

    /// `globals()`; at module level also `vars()` and `locals()`; `sys.modules[__name__].__dict__`
    fn is_module_namespace(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Call(call) if call.arguments.args.is_empty() => match &*call.func {
                Expr::Name(name) => match name.id.as_str() {
                    "globals" => true,
                    "vars" | "locals" => self.frames.at_module(),
                    _ => false,
                },
                _ => false,
            },
            Expr::Attribute(dict) if dict.attr == *"__dict__" => {
                matches!(&*dict.value, Expr::Subscript(module) if is_this_module(module))
            }
            _ => false,
        }
    }
}

/// `__all__` itself takes part in the value.
fn mentions_all(value: &Expr) -> bool {
    match value {
        Expr::Name(name) => name.id == *"__all__",
        Expr::BinOp(sum) => mentions_all(&sum.left) || mentions_all(&sum.right),
        Expr::Starred(starred) => mentions_all(&starred.value),
        Expr::List(list) => list.elts.iter().any(mentions_all),
        Expr::Tuple(tuple) => tuple.elts.iter().any(mentions_all),
        Expr::Call(call) => call.arguments.args.iter().any(mentions_all),
        _ => false,
    }
}

/// `sys.modules[__name__]`
fn is_this_module(subscript: &ExprSubscript) -> bool {
    let by_name = matches!(&*subscript.slice, Expr::Name(name) if name.id == *"__name__");
    by_name
        && match &*subscript.value {
            Expr::Attribute(modules) => modules.attr == *"modules",
            Expr::Name(modules) => modules.id == *"modules",
            _ => false,
        }
}

#[cfg(test)]
mod tests {
    use crate::facts::testing::{all, bindings, check, dynamics};

    #[test]
    fn all_is_built_in_steps() {
        check(
            all,
            "__all__ = ['a', 'b']\n__all__ += ('c',)\n__all__ += mod.sub.__all__\n__all__.extend(['d'])\n__all__.append('e')\n\
             __all__.remove('a')\n",
            &["name a anew", "name b", "name c", "module mod.sub", "name d", "name e", "remove a"],
        );
    }

    #[test]
    fn all_in_one_expression() {
        check(
            all,
            "__all__: list[str] = sorted(['a'] + list(m.__all__) + [*n.__all__, K.__name__]) + 'x y'.split()\n",
            &["name a anew", "module m", "module n", "name K", "name x", "name y"],
        );
        check(all, "__all__ = __all__ + ['a']\n", &["name a"]);
        check(all, "__all__ = []\n", &["nothing - anew"]);
        check(
            all,
            "__all__ = x = ('a')\n__all__ = names()\n",
            &["nothing - anew", "nothing - anew"],
        );
    }

    #[test]
    fn what_cannot_be_known_of_all() {
        check(
            dynamics,
            "__all__ = [n for n in dir() if n]\n__all__ = ['a', name]\n__all__ += names\n\
             def export(f):\n    __all__.append(f.__name__)\n\
             class K:\n    __all__ = x\n",
            &[
                "1 __all__ [n for n in dir() if n]",
                "2 __all__ ['a', name]",
                "3 __all__ names",
                "5 __all__ __all__.append(f.__name__) in export",
            ],
        );
    }

    #[test]
    fn names_from_nowhere() {
        check(
            dynamics,
            "globals()[n] = 1\nglobals().update(x)\nvars()[n] = 1\nsetattr(sys.modules[__name__], n, 1)\nsys.modules[__name__] = Lazy()\n\
             sys.modules[__name__].__dict__.update(x)\n\
             def f():\n    vars()[n] = 1\n    print(globals()[n])\n",
            &[
                "1 globals globals()[n]",
                "2 globals globals().update(x)",
                "3 globals vars()[n]",
                "4 globals setattr(sys.modules[__name__], n, 1)",
                "5 globals sys.modules[__name__]",
                "6 globals sys.modules[__name__].__dict__.update(x)",
            ],
        );
        check(bindings, "globals()['Name'] = 1\n", &["1 Name target -"]);
    }
}
