//! Calls: what is called, by its name in this file and by its own, and where the arguments go.

use ruff_python_ast::{Arguments, Expr, ExprCall, ExprName, ExprStringLiteral, Keyword};
use ruff_text_size::Ranged;

use super::expressions::{Context, last_name};
use super::names::{Meaning, NameId};
use super::rows::{NO_ROW, Row, UseKind, place};
use super::visitor::{Callee, Visitor, root_of};

impl Visitor<'_> {
    pub(super) fn call<'e>(&mut self, call: &'e ExprCall, context: Context<'e>) {
        let kind = match context.kind {
            UseKind::Decorator => UseKind::Decorator,
            _ => UseKind::Call,
        };
        let Some(root) = root_of(&call.func).filter(|root| !root.id.is_empty()) else {
            self.unnamed_call(call, context);
            return;
        };
        if call.arguments.is_empty() {
            self.use_chain(root, &call.func, kind);
            return;
        }
        let id = self.frames.id(&root.id);
        let chain = self.chain_text(&call.func);
        self.mention(id, root, &call.func, chain.clone(), kind);
        self.known_call(call, &chain);

        let mut resolved = std::mem::take(&mut self.resolved);
        let meaning = self.resolve(id, root, &chain, &mut resolved);
        self.on_call(call, Callee { chain: &chain, resolved: &resolved, meaning });
        let reads_environment = is_environment_read(&resolved);
        let makes_dict = resolved == "dict";
        self.resolved = resolved;

        if reads_environment {
            self.environment_arguments(&call.arguments, context);
        } else if matches!(&*chain, "isinstance" | "issubclass") {
            let check = Context::of(UseKind::Check);
            for (index, argument) in call.arguments.args.iter().enumerate() {
                self.expr(argument, if index == 1 { check } else { Context::LOAD });
            }
            self.keywords(&call.arguments.keywords, context, NO_ROW);
        } else if let (true, [key, default]) = (is_get(&chain), &*call.arguments.args) {
            self.expr(key, Context::LOAD);
            self.expr(default, context.value_part().with(place::GET_DEFAULT));
            self.keywords(&call.arguments.keywords, context, NO_ROW);
        } else {
            let dict = if makes_dict { self.on_dict_call(call, context) } else { NO_ROW };
            self.arguments(&call.arguments, context, dict);
        }
    }

    /// A call of what is no plain chain: `a().b(…)`, `a[0](…)`, `(lambda: …)(…)`.
    fn unnamed_call<'e>(&mut self, call: &'e ExprCall, context: Context<'e>) {
        self.globals_by_call(call);
        match &*call.func {
            Expr::Attribute(method) => {
                self.expr(&method.value, context.value_part());
                if !call.arguments.is_empty() {
                    let mut chain = std::mem::take(&mut self.resolved);
                    chain.clear();
                    chain.push_str("().");
                    chain.push_str(&method.attr);
                    let callee =
                        Callee { chain: &chain, resolved: &chain, meaning: Meaning::Local };
                    self.on_call(call, callee);
                    self.resolved = chain;
                }
            }
            other => self.expr(other, Context::LOAD),
        }
        // `table["config.get"]("key", default)`
        if let (Expr::Subscript(table), [key, default]) = (&*call.func, &*call.arguments.args)
            && let Expr::StringLiteral(name) = &*table.slice
            && is_get(name.value.to_str())
        {
            self.expr(key, Context::LOAD);
            self.expr(default, context.value_part().with(place::GET_DEFAULT));
            self.keywords(&call.arguments.keywords, context, NO_ROW);
            return;
        }
        self.arguments(&call.arguments, context, NO_ROW);
    }

    pub(super) fn arguments<'e>(
        &mut self,
        arguments: &'e Arguments,
        context: Context<'e>,
        dict: Row,
    ) {
        let mut inside = context.unkeyed();
        inside.place.flags &= !place::COMPARED;
        self.exprs(&arguments.args, inside);
        self.keywords(&arguments.keywords, context, dict);
    }

    pub(super) fn keywords<'e>(
        &mut self,
        keywords: &'e [Keyword],
        context: Context<'e>,
        dict: Row,
    ) {
        let flags = place::KEYWORD | if dict == NO_ROW { 0 } else { place::DICT_VALUE };
        for keyword in keywords {
            let context = match &keyword.arg {
                Some(name) => context.under(flags, name, dict),
                None => context.unkeyed(),
            };
            self.expr(&keyword.value, context);
        }
    }

    /// The default of `os.getenv("KEY", default)` goes where the whole call goes.
    fn environment_arguments<'e>(&mut self, arguments: &'e Arguments, context: Context<'e>) {
        let default = context.value_part().with(place::ENV_DEFAULT);
        for (index, argument) in arguments.args.iter().enumerate() {
            self.expr(argument, if index == 1 { default } else { Context::LOAD });
        }
        for keyword in &arguments.keywords {
            self.expr(&keyword.value, default);
        }
    }

    /// Writes the chain with this file's import aliases undone.
    pub(super) fn resolve(
        &self,
        id: NameId,
        root: &ExprName,
        chain: &str,
        resolved: &mut String,
    ) -> Meaning {
        let meaning = self.frames.meaning(id);
        resolved.clear();
        match meaning {
            Meaning::Import(import) => {
                self.write_target(import, resolved);
                resolved.push_str(&chain[root.id.len()..]);
            }
            Meaning::Local | Meaning::Free => resolved.push_str(chain),
        }
        meaning
    }

    fn resolved_chain(&mut self, chain: &Expr) -> Option<String> {
        let root = root_of(chain)?;
        let id = self.frames.id(&root.id);
        let text = self.chain_text(chain);
        let mut resolved = String::new();
        self.resolve(id, root, &text, &mut resolved);
        Some(resolved)
    }

    pub(super) fn reads_environment(&mut self, value: &Expr) -> bool {
        let chain = match value {
            Expr::Call(call) => &call.func,
            Expr::Subscript(subscript) => &subscript.value,
            _ => return false,
        };
        let resolved = self.resolved_chain(chain);
        resolved.is_some_and(|chain| is_environment_read(&chain) || chain == "os.environ")
    }

    /// Calls that mean something to the whole file.
    fn known_call(&mut self, call: &ExprCall, chain: &str) {
        match chain {
            "setattr" | "delattr" => self.globals_by_call(call),
            "exec" | "builtins.exec" => {
                if let Some(literal) = constant_text(call.arguments.args.first()) {
                    self.absorb_exec(literal.value.to_str(), literal.start());
                }
            }
            _ => {
                if let Some(method) = chain.strip_prefix("__all__.") {
                    self.all_method(method, call);
                }
            }
        }
    }
}

fn is_environment_read(resolved: &str) -> bool {
    matches!(
        resolved,
        "os.getenv"
            | "os.getenvb"
            | "os.environ.get"
            | "os.environ.setdefault"
            | "os.environ.pop"
            | "os.environb.get"
    )
}

/// A constant text, also in `textwrap.dedent(…)`.
fn constant_text(argument: Option<&Expr>) -> Option<&ExprStringLiteral> {
    match argument? {
        Expr::StringLiteral(literal) => Some(literal),
        Expr::Call(call) if matches!(last_name(&call.func), "dedent" | "compile") => {
            constant_text(call.arguments.args.first())
        }
        _ => None,
    }
}
/// `settings.get`, or `get` itself.
fn is_get(chain: &str) -> bool {
    chain.strip_suffix("get").is_some_and(|before| before.is_empty() || before.ends_with('.'))
}
