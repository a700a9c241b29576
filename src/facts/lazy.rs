//! What a module's `__getattr__` serves, and what the tables of lazy loaders hold.
//!
//! The function is run in thought, once for each name that it or its tables mention, and once for a name that nobody
//! mentions: what that one gets, everybody gets, and then no table says it all.

use std::borrow::Cow;

use ruff_python_ast::visitor::{Visitor as Walk, walk_expr};
use ruff_python_ast::{
    BoolOp, CmpOp, Comprehension, ExceptHandler, Expr, ExprCall, ExprCompare, ExprName,
    ExprSubscript, InterpolatedStringElement, Number, Operator, Pattern, Stmt, StmtFunctionDef,
    StmtImport, StmtImportFrom, StmtMatch, StmtTry, UnaryOp,
};
use ruff_text_size::{Ranged, TextRange, TextSize};
use rustc_hash::{FxHashMap, FxHashSet};

use super::expressions::last_name;
use super::page::Page;
use super::rows::{Dynamic, DynamicKind, ImportForm, Lazy, NO_ROW, Pos, Sym, file_flag};

/// Expressions and statements looked at in one file; beyond that it is no table but a program.
const MAX_STEPS: u32 = 500_000;

/// Variables and tables that are defined by one another, in a row.
const MAX_DEPTH: u32 = 100;

/// No name or module is longer.
const MAX_TEXT: usize = 4096;

/// A name that no module mentions.
const ANY_OTHER_NAME: &str = "\0";

/// Reads the lazy attributes of a module whose `__getattr__` or whose entry in `sys.modules` is its own making.
pub fn module_getattr(page: &mut Page<'_>, body: &[Stmt]) {
    let own = page.draft.flags & file_flag::GETATTR != 0;
    let replaced = page.draft.dynamics.iter().any(|row| row.kind() == DynamicKind::Globals);
    if !own && !replaced {
        return;
    }
    let mut module = Module::default();
    module.collect(body);
    if module.functions.is_empty() && module.loaders.is_empty() {
        return;
    }
    let Module { sources, functions, loaders } = module;
    let mut reader = Reader::new(page, sources);
    let (mut understood, mut unclear) = (Vec::new(), Vec::new());
    for function in functions {
        match reader.serve(function) {
            // What it imports and stores in `globals()` is what it serves.
            None => understood.push(function.range()),
            Some(range) => unclear.push(range),
        }
    }
    for Loader { target, call, is_getattr } in loaders {
        if reader.load(call) {
            understood.push(TextRange::new(target, call.end()));
        } else if is_getattr {
            unclear.push(call.range());
        }
    }
    let served = reader.served;
    let understood: Vec<(Pos, Pos)> =
        understood.iter().map(|range| (page.at(range.start()), page.at(range.end()))).collect();
    page.draft.dynamics.retain(|row| {
        let opens = match row.kind() {
            DynamicKind::Globals
            | DynamicKind::GetAttr
            | DynamicKind::ImportModule
            | DynamicKind::DunderImport => true,
            DynamicKind::Exec | DynamicKind::Patch | DynamicKind::All | DynamicKind::SysPath => {
                false
            }
        };
        !opens || !understood.iter().any(|(start, end)| (*start..*end).contains(&row.at))
    });
    for entry in served {
        write(page, entry);
    }
    for range in unclear {
        let (text, at) = (page.excerpt(range), page.at(range.start()));
        let known = page.draft.dynamics.iter().any(|row| row.at == at);
        if !known {
            let kind = DynamicKind::GetAttr.code();
            page.draft.dynamics.push(Dynamic { kind, text, scope: 0, at });
        }
    }
}

fn write(page: &mut Page<'_>, entry: Served) {
    let Served { name, place, at } = entry;
    let at: Pos = page.at(at);
    let name = page.sym(&name);
    let module = page.sym(&place.module);
    let attribute = place.attribute.map_or(Sym::NONE, |attribute| page.sym(&attribute));
    page.draft.lazies.push(Lazy { name, module, attribute, at });
}

/// A name that the module serves.
#[derive(PartialEq, Eq)]
struct Served {
    name: String,
    place: Place,
    at: TextSize,
}

/// Where a value is found, and which code says so.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Place {
    /// As in [`Lazy::module`].
    module: String,
    attribute: Option<String>,
    told_at: Option<TextSize>,
}

impl Place {
    fn module(module: &str) -> Self {
        Self { module: module.to_string(), attribute: None, told_at: None }
    }

    fn own(name: &str) -> Self {
        Self::module("").attribute(name).expect("a module has attributes")
    }

    fn is_own(&self, name: &str) -> bool {
        self.module.is_empty() && self.attribute.as_deref() == Some(name)
    }

    /// What `name` is in it; none for attributes of what stands in this very module.
    fn attribute(self, name: &str) -> Option<Self> {
        let module = match self.attribute {
            None => self.module,
            Some(_) if self.module.is_empty() || self.module.len() > MAX_TEXT => return None,
            Some(attribute) => joined(&self.module, &attribute),
        };
        Some(Self { module, attribute: Some(name.to_string()), told_at: self.told_at })
    }
}

fn joined(module: &str, name: &str) -> String {
    let dot = if module.is_empty() || module.ends_with('.') { "" } else { "." };
    format!("{module}{dot}{name}")
}

/// One step in which a variable of the module gets its value.
#[derive(Clone, Copy)]
enum Source<'t> {
    /// `X = value`, `X |= value`, `X.update(value)`, `X.extend(value)`
    Value(&'t Expr),
    /// `X[key] = value`
    Item(&'t Expr, &'t Expr),
    /// `X[key].extend(value)`
    ItemExtend(&'t Expr, &'t Expr),
    /// `X.append(value)`, `X.add(value)`
    Element(&'t Expr),
}

/// `__getattr__, … = attach(…)` or `sys.modules[__name__] = Lazy(…)`
struct Loader<'t> {
    target: TextSize,
    call: &'t ExprCall,
    is_getattr: bool,
}

/// The statements of a module that may have to do with it.
#[derive(Default)]
struct Module<'t> {
    sources: FxHashMap<&'t str, Vec<Source<'t>>>,
    functions: Vec<&'t StmtFunctionDef>,
    loaders: Vec<Loader<'t>>,
}

impl<'t> Module<'t> {
    fn collect(&mut self, body: &'t [Stmt]) {
        for statement in body {
            match statement {
                Stmt::FunctionDef(function) if function.name.as_str() == "__getattr__" => {
                    self.functions.push(function);
                }
                Stmt::Assign(assign) => {
                    for target in &assign.targets {
                        self.assign(target, &assign.value);
                    }
                }
                Stmt::AnnAssign(assign) => {
                    if let Some(value) = &assign.value {
                        self.assign(&assign.target, value);
                    }
                }
                Stmt::AugAssign(assign) => self.assign(&assign.target, &assign.value),
                Stmt::Expr(statement) => {
                    if let Expr::Call(call) = &*statement.value {
                        self.change(call);
                    }
                }
                Stmt::If(choice) => {
                    self.collect(&choice.body);
                    choice.elif_else_clauses.iter().for_each(|clause| self.collect(&clause.body));
                }
                Stmt::Try(attempt) => {
                    self.collect(&attempt.body);
                    for ExceptHandler::ExceptHandler(handler) in &attempt.handlers {
                        self.collect(&handler.body);
                    }
                    self.collect(&attempt.orelse);
                    self.collect(&attempt.finalbody);
                }
                Stmt::With(with) => self.collect(&with.body),
                Stmt::For(each) => self.collect(&each.body),
                _ => {}
            }
        }
    }

    fn assign(&mut self, target: &'t Expr, value: &'t Expr) {
        match target {
            Expr::Name(name) if name.id == *"__getattr__" => self.loader(target, value, true),
            Expr::Name(name) => self.source(&name.id, Source::Value(value)),
            Expr::Tuple(tuple) => {
                let binds = |part: &Expr| last_name(part) == "__getattr__";
                if tuple.elts.iter().any(binds) {
                    self.loader(target, value, true);
                }
            }
            Expr::Subscript(subscript) => match &*subscript.value {
                Expr::Name(name) => self.source(&name.id, Source::Item(&subscript.slice, value)),
                Expr::Attribute(modules) if modules.attr == *"modules" => {
                    self.loader(target, value, false);
                }
                _ => {}
            },
            _ => {}
        }
    }

    fn loader(&mut self, target: &'t Expr, value: &'t Expr, is_getattr: bool) {
        if let Expr::Call(call) = value {
            self.loaders.push(Loader { target: target.start(), call, is_getattr });
        }
    }

    /// `X.update({…})`, `X["key"].append("A")`
    fn change(&mut self, call: &'t ExprCall) {
        let Expr::Attribute(method) = &*call.func else { return };
        let [argument] = &*call.arguments.args else { return };
        match (&*method.value, method.attr.as_str()) {
            (Expr::Name(name), "update" | "extend") => {
                self.source(&name.id, Source::Value(argument));
            }
            (Expr::Name(name), "append" | "add") => {
                self.source(&name.id, Source::Element(argument));
            }
            (Expr::Subscript(item), "extend" | "append") => {
                if let Expr::Name(name) = &*item.value {
                    self.source(&name.id, Source::ItemExtend(&item.slice, argument));
                }
            }
            _ => {}
        }
    }

    fn source(&mut self, name: &'t str, source: Source<'t>) {
        self.sources.entry(name).or_default().push(source);
    }
}

/// What an expression gives, as far as it matters here.
#[derive(Clone, Debug)]
enum Value<'t> {
    Unknown,
    /// `None`
    Nothing,
    Truth(bool),
    Text(Cow<'t, str>, Option<TextSize>),
    /// Not evaluated yet, or a display that is taken apart as it stands.
    Written(&'t Expr),
    /// A row of [`Reader::tables`].
    Table(usize),
    Parts(Vec<Self>),
    Place(Place),
    /// A key that is not there.
    Raises,
}

impl<'t> Value<'t> {
    fn text(text: impl Into<Cow<'t, str>>) -> Self {
        Self::Text(text.into(), None)
    }

    fn place(place: Option<Place>) -> Self {
        place.map_or(Self::Unknown, Self::Place)
    }
}

/// A dict, or a list or set as a dict of its elements.
#[derive(Clone, Debug, Default)]
struct Table<'t> {
    items: Vec<Item<'t>>,
    by_key: FxHashMap<Cow<'t, str>, usize>,
    /// Has keys that could not be evaluated.
    open: bool,
}

#[derive(Clone, Debug)]
struct Item<'t> {
    key: Cow<'t, str>,
    at: Option<TextSize>,
    value: Value<'t>,
}

impl<'t> Table<'t> {
    fn insert(&mut self, key: Value<'t>, value: Value<'t>) {
        let Value::Text(key, at) = key else {
            self.open = true;
            return;
        };
        if let Some(&row) = self.by_key.get(&key) {
            self.items[row].value = value;
        } else {
            self.by_key.insert(key.clone(), self.items.len());
            self.items.push(Item { key, at, value });
        }
    }

    fn get(&self, key: &str) -> Option<&Item<'t>> {
        self.by_key.get(key).map(|&row| &self.items[row])
    }
}

/// How a block of statements ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Falls,
    Returns,
    Raises,
}

struct Reader<'t> {
    sources: FxHashMap<&'t str, Vec<Source<'t>>>,
    /// What the module's imports bind.
    imports: FxHashMap<String, Place>,
    /// Everything that the module binds.
    bound: FxHashSet<String>,
    variables: FxHashMap<&'t str, Value<'t>>,
    tables: Vec<Table<'t>>,
    /// Tables of displays, by where they stand.
    displays: FxHashMap<TextRange, usize>,
    /// The function's parameter and the name that it is run for.
    parameter: &'t str,
    asked: Cow<'t, str>,
    locals: FxHashMap<&'t str, Value<'t>>,
    /// `globals()[name] = value`
    stored: Option<Value<'t>>,
    results: Vec<(Value<'t>, TextRange)>,
    served: Vec<Served>,
    steps: u32,
    depth: u32,
}

impl<'t> Reader<'t> {
    fn new(page: &Page<'_>, sources: FxHashMap<&'t str, Vec<Source<'t>>>) -> Self {
        let draft = &page.draft;
        let mut imports = FxHashMap::default();
        let of_module = |scope: u32| {
            draft.scopes.get(scope as usize).is_some_and(|scope| scope.definition == NO_ROW)
        };
        for import in draft.imports.iter().filter(|import| of_module(import.scope)) {
            let dots = ".".repeat(import.level as usize);
            let module = format!("{dots}{}", draft.text(import.module));
            let place = match import.form() {
                ImportForm::Import if import.aliased == 1 => Place::module(&module),
                ImportForm::Import => Place::module(draft.text(import.bound)),
                ImportForm::From => Place {
                    attribute: Some(draft.text(import.name).to_string()),
                    ..Place::module(&module)
                },
                ImportForm::Star => continue,
            };
            imports.insert(draft.text(import.bound).to_string(), place);
        }
        let of_module = draft.bindings.iter().filter(|binding| binding.class == NO_ROW);
        let bound = of_module.map(|binding| draft.text(binding.name).to_string()).collect();
        Self {
            sources,
            imports,
            bound,
            variables: FxHashMap::default(),
            tables: Vec::new(),
            displays: FxHashMap::default(),
            parameter: "",
            asked: Cow::Borrowed(ANY_OTHER_NAME),
            locals: FxHashMap::default(),
            stored: None,
            results: Vec::new(),
            served: Vec::new(),
            steps: MAX_STEPS,
            depth: 0,
        }
    }

    /// Finds out what a `__getattr__` serves; gives what is not understood of it.
    fn serve(&mut self, function: &'t StmtFunctionDef) -> Option<TextRange> {
        let Some(parameter) = function.parameters.iter_non_variadic_params().next() else {
            return Some(function.name.range());
        };
        self.parameter = parameter.name();
        let mut first_unclear = None;
        for (name, at) in self.candidates(function) {
            for (value, range) in self.run(name.clone(), &function.body) {
                match value {
                    // A variable of the module that is set on first use.
                    Value::Place(place) if place.is_own(&name) => {}
                    Value::Place(place) => {
                        let at = place.told_at.unwrap_or(at);
                        let entry = Served { name: name.to_string(), place, at };
                        if self.served.last() != Some(&entry) {
                            self.served.push(entry);
                        }
                    }
                    _ => first_unclear = first_unclear.or(Some(range)),
                }
            }
        }
        let for_others = self.run(Cow::Borrowed(ANY_OTHER_NAME), &function.body);
        let open = for_others.into_iter().next().map(|(_, range)| range);
        let spent = (self.steps == 0).then_some(function.name.range());
        // `...` or `pass`: a stub that leaves its names open.
        let silent = function.body.iter().all(|statement| match statement {
            Stmt::Pass(_) => true,
            Stmt::Expr(statement) => statement.value.is_literal_expr(),
            _ => false,
        });
        let silent = silent.then_some(function.name.range());
        self.parameter = "";
        open.or(first_unclear).or(spent).or(silent)
    }

    /// The names worth asking for: strings of the function, and of the module's variables that it uses.
    fn candidates(&mut self, function: &'t StmtFunctionDef) -> Vec<(Cow<'t, str>, TextSize)> {
        let mut mentioned = Mentioned::default();
        mentioned.visit_body(&function.body);
        let mut found = mentioned.strings;
        for name in mentioned.names {
            let Value::Table(table) = self.variable(name) else { continue };
            for item in self.tables[table].items.clone() {
                let elements = self.elements(item.value);
                for (name, at) in texts(elements.unwrap_or_default()) {
                    found.extend(at.map(|at| (name, at)));
                }
                found.extend(item.at.map(|at| (item.key, at)));
            }
        }
        found.retain(|(name, _)| is_identifier(name));
        let mut seen = FxHashSet::default();
        found.retain(|(name, _)| seen.insert(name.clone()));
        found.sort_by_key(|(_, at)| *at);
        found
    }

    fn run(&mut self, name: Cow<'t, str>, body: &'t [Stmt]) -> Vec<(Value<'t>, TextRange)> {
        self.asked = name;
        self.locals.clear();
        self.stored = None;
        self.results.clear();
        self.block(body);
        std::mem::take(&mut self.results)
    }

    fn spend(&mut self) -> bool {
        let left = self.steps > 0;
        self.steps = self.steps.saturating_sub(1);
        left
    }

    fn block(&mut self, body: &'t [Stmt]) -> End {
        for statement in body {
            let end = self.statement(statement);
            if end != End::Falls {
                return end;
            }
        }
        End::Falls
    }

    fn statement(&mut self, statement: &'t Stmt) -> End {
        if !self.spend() {
            return End::Raises;
        }
        match statement {
            Stmt::Return(statement) => {
                let Some(value) = &statement.value else { return End::Returns };
                let result = self.eval(value);
                let result = self.settled(result);
                match result {
                    Value::Raises => return End::Raises,
                    result => self.results.push((result, value.range())),
                }
                End::Returns
            }
            Stmt::Raise(_) => End::Raises,
            Stmt::If(choice) => {
                let rest = choice.elif_else_clauses.iter();
                let rest = rest.map(|clause| (clause.test.as_ref(), &*clause.body));
                self.branches(std::iter::once((Some(&*choice.test), &*choice.body)).chain(rest))
            }
            Stmt::Match(choice) => self.cases(choice),
            Stmt::Try(attempt) => self.attempt(attempt),
            Stmt::With(with) => self.block(&with.body),
            Stmt::While(repeat) => self.block(&repeat.body),
            Stmt::For(each) => {
                let rounds = self.iterated(&each.iter).unwrap_or_else(|| vec![Value::Unknown]);
                for value in rounds {
                    self.bind(&each.target, value);
                    let end = self.block(&each.body);
                    if end != End::Falls {
                        return end;
                    }
                }
                self.block(&each.orelse)
            }
            Stmt::Assign(assign) => {
                let value = self.eval(&assign.value);
                if matches!(value, Value::Raises) {
                    return End::Raises;
                }
                for target in &assign.targets {
                    self.bind(target, value.clone());
                }
                End::Falls
            }
            Stmt::AnnAssign(assign) => {
                let Some(value) = &assign.value else { return End::Falls };
                let value = self.eval(value);
                if matches!(value, Value::Raises) {
                    return End::Raises;
                }
                self.bind(&assign.target, value);
                End::Falls
            }
            Stmt::AugAssign(assign) => {
                self.bind(&assign.target, Value::Unknown);
                End::Falls
            }
            Stmt::Import(import) => {
                self.import(import);
                End::Falls
            }
            Stmt::ImportFrom(import) => {
                self.import_from(import);
                End::Falls
            }
            _ => End::Falls,
        }
    }

    /// Runs the first branch that is taken, and all before it that might be.
    fn branches(&mut self, branches: impl Iterator<Item = (Option<&'t Expr>, &'t [Stmt])>) -> End {
        let mut falls = false;
        for (test, body) in branches {
            match test.map_or(Some(true), |test| self.truth(test)) {
                Some(false) => {}
                Some(true) => {
                    let end = self.block(body);
                    return if falls { End::Falls } else { end };
                }
                None => falls |= self.block(body) == End::Falls,
            }
        }
        End::Falls
    }

    fn attempt(&mut self, attempt: &'t StmtTry) -> End {
        let mut end = self.block(&attempt.body);
        match end {
            End::Raises => {
                for ExceptHandler::ExceptHandler(handler) in &attempt.handlers {
                    end = self.block(&handler.body);
                    if end != End::Raises {
                        break;
                    }
                }
            }
            End::Falls => end = self.block(&attempt.orelse),
            End::Returns => {}
        }
        end
    }

    fn cases(&mut self, choice: &'t StmtMatch) -> End {
        let subject = self.eval(&choice.subject);
        for case in &choice.cases {
            let fits = match &case.guard {
                Some(guard) if fits(&subject, &case.pattern) == Some(true) => self.truth(guard),
                _ => fits(&subject, &case.pattern),
            };
            if fits == Some(false) {
                continue;
            }
            if let Pattern::MatchAs(capture) = &case.pattern
                && let Some(name) = &capture.name
            {
                self.locals.insert(name.as_str(), subject.clone());
            }
            let end = self.block(&case.body);
            if fits == Some(true) {
                return end;
            }
        }
        End::Falls
    }

    fn import(&mut self, import: &'t StmtImport) {
        for alias in &import.names {
            let dotted = alias.name.as_str();
            let first = dotted.split('.').next().unwrap_or(dotted);
            let (bound, module) =
                alias.asname.as_ref().map_or((first, first), |asname| (asname.as_str(), dotted));
            let told_at = Some(alias.name.start());
            self.locals.insert(bound, Value::Place(Place { told_at, ..Place::module(module) }));
        }
    }

    fn import_from(&mut self, import: &'t StmtImportFrom) {
        let module = import.module.as_ref().map_or("", |module| module.as_str());
        let module = format!("{}{module}", ".".repeat(import.level as usize));
        for alias in &import.names {
            let bound = alias.asname.as_ref().unwrap_or(&alias.name).as_str();
            let attribute = Some(alias.name.to_string());
            let place =
                Place { module: module.clone(), attribute, told_at: Some(alias.name.start()) };
            self.locals.insert(bound, Value::Place(place));
        }
    }

    fn bind(&mut self, target: &'t Expr, value: Value<'t>) {
        match target {
            Expr::Name(name) => {
                self.locals.insert(&name.id, value);
            }
            Expr::Tuple(tuple) => self.unpack(&tuple.elts, &value),
            Expr::List(list) => self.unpack(&list.elts, &value),
            Expr::Subscript(subscript) if is_globals(&subscript.value) => {
                self.stored = Some(value);
            }
            _ => {}
        }
    }

    fn unpack(&mut self, targets: &'t [Expr], value: &Value<'t>) {
        for (index, target) in targets.iter().enumerate() {
            let part = self.part(value, index as i64);
            self.bind(target, part);
        }
    }

    fn eval(&mut self, expr: &'t Expr) -> Value<'t> {
        if !self.spend() {
            return Value::Unknown;
        }
        match expr {
            Expr::StringLiteral(text) => {
                Value::Text(Cow::Borrowed(text.value.to_str()), Some(text.start()))
            }
            Expr::NoneLiteral(_) => Value::Nothing,
            Expr::BooleanLiteral(truth) => Value::Truth(truth.value),
            Expr::Name(name) => self.name(name),
            Expr::FString(_) | Expr::BinOp(_) => match self.written_text(expr) {
                Some(text) if text.len() > MAX_TEXT => Value::Unknown,
                Some(text) => Value::text(text),
                None => Value::Written(expr),
            },
            Expr::Dict(_)
            | Expr::List(_)
            | Expr::Tuple(_)
            | Expr::Set(_)
            | Expr::DictComp(_)
            | Expr::ListComp(_)
            | Expr::SetComp(_)
            | Expr::Generator(_) => Value::Written(expr),
            Expr::Subscript(subscript) => self.subscript(subscript),
            Expr::Call(call) => self.call(call, expr),
            Expr::Attribute(attribute) => {
                let owner = self.eval(&attribute.value);
                match owner {
                    Value::Place(place) => told(place.attribute(&attribute.attr), expr.start()),
                    _ => Value::Unknown,
                }
            }
            Expr::Named(named) => {
                let value = self.eval(&named.value);
                self.bind(&named.target, value.clone());
                value
            }
            Expr::If(choice) => match self.truth(&choice.test) {
                Some(false) => self.eval(&choice.orelse),
                Some(true) | None => self.eval(&choice.body),
            },
            Expr::BoolOp(operation) if operation.op == BoolOp::Or => {
                let mut value = Value::Unknown;
                for part in &operation.values {
                    value = self.eval(part);
                    if !matches!(value, Value::Nothing | Value::Truth(false)) {
                        break;
                    }
                }
                value
            }
            Expr::Compare(_) | Expr::UnaryOp(_) | Expr::BoolOp(_) => {
                self.truth(expr).map_or(Value::Unknown, Value::Truth)
            }
            _ => Value::Unknown,
        }
    }

    fn settled(&mut self, value: Value<'t>) -> Value<'t> {
        match value {
            Value::Written(expr) => self.eval(expr),
            other => other,
        }
    }

    fn name(&mut self, name: &'t ExprName) -> Value<'t> {
        let id = name.id.as_str();
        if id == self.parameter {
            return Value::Text(self.asked.clone(), None);
        }
        if let Some(value) = self.locals.get(id) {
            return value.clone();
        }
        match id {
            // So that `__name__ + ".core"` is `.core`.
            "__name__" | "__package__" => Value::text(""),
            _ => match self.variable(id) {
                Value::Place(place) if place.module.is_empty() => told(Some(place), name.start()),
                value => value,
            },
        }
    }

    /// What a variable of the module holds.
    fn variable(&mut self, name: &'t str) -> Value<'t> {
        if let Some(value) = self.variables.get(name) {
            return value.clone();
        }
        if self.depth >= MAX_DEPTH {
            return Value::Unknown;
        }
        // A variable that is defined by itself is not known.
        self.variables.insert(name, Value::Unknown);
        self.depth += 1;
        let parameter = std::mem::take(&mut self.parameter);
        let locals = std::mem::take(&mut self.locals);
        let value = self.variable_value(name);
        self.locals = locals;
        self.parameter = parameter;
        self.depth -= 1;
        self.variables.insert(name, value.clone());
        value
    }

    fn variable_value(&mut self, name: &'t str) -> Value<'t> {
        let of_code = match self.imports.get(name) {
            Some(place) => Value::Place(place.clone()),
            None if self.bound.contains(name) => Value::Place(Place::own(name)),
            None => Value::Unknown,
        };
        let Some(sources) = self.sources.remove(name) else { return of_code };
        if let [Source::Value(value)] = &*sources
            && !holds_names(value)
        {
            return match self.eval(value) {
                value @ (Value::Text(..) | Value::Table(_) | Value::Truth(_)) => value,
                Value::Place(place) if !place.module.is_empty() => Value::Place(place),
                _ => of_code,
            };
        }
        let mut table = Table::default();
        for source in sources {
            match source {
                Source::Value(value) => self.fill(&mut table, value),
                Source::Item(key, value) => {
                    let key = self.eval(key);
                    table.insert(key, Value::Written(value));
                }
                Source::Element(value) => {
                    let value = self.eval(value);
                    table.insert(value.clone(), value);
                }
                Source::ItemExtend(key, more) => self.extend_item(&mut table, key, more),
            }
        }
        self.add_table(table)
    }

    fn extend_item(&mut self, table: &mut Table<'t>, key: &'t Expr, more: &'t Expr) {
        let key = self.eval(key);
        let Value::Text(text, _) = &key else {
            table.open = true;
            return;
        };
        let before = table.get(text).map(|item| item.value.clone());
        let mut parts = before.and_then(|value| self.elements(value)).unwrap_or_default();
        match self.elements(Value::Written(more)) {
            Some(elements) => parts.extend(elements),
            None => parts.push(Value::Written(more)),
        }
        table.insert(key, Value::Parts(parts));
    }

    fn add_table(&mut self, table: Table<'t>) -> Value<'t> {
        self.tables.push(table);
        Value::Table(self.tables.len() - 1)
    }

    /// Puts the keys of a dict, or the elements of anything else, into a table.
    fn fill(&mut self, table: &mut Table<'t>, expr: &'t Expr) {
        if self.depth >= MAX_DEPTH || !self.spend() {
            table.open = true;
            return;
        }
        self.depth += 1;
        self.fill_from(table, expr);
        self.depth -= 1;
    }

    fn fill_from(&mut self, table: &mut Table<'t>, expr: &'t Expr) {
        match expr {
            Expr::Dict(dict) => {
                for item in &dict.items {
                    match &item.key {
                        Some(key) => {
                            let key = self.eval(key);
                            table.insert(key, Value::Written(&item.value));
                        }
                        None => self.fill(table, &item.value),
                    }
                }
            }
            Expr::List(list) => self.fill_elements(table, &list.elts),
            Expr::Tuple(tuple) => self.fill_elements(table, &tuple.elts),
            Expr::Set(set) => self.fill_elements(table, &set.elts),
            Expr::DictComp(comp) => match &comp.key {
                Some(key) => self.comprehend(table, &comp.generators, key, &comp.value),
                None => table.open = true,
            },
            Expr::ListComp(comp) => self.comprehend(table, &comp.generators, &comp.elt, &comp.elt),
            Expr::SetComp(comp) => self.comprehend(table, &comp.generators, &comp.elt, &comp.elt),
            Expr::Generator(comp) => self.comprehend(table, &comp.generators, &comp.elt, &comp.elt),
            Expr::BinOp(sum) if matches!(sum.op, Operator::Add | Operator::BitOr) => {
                self.fill(table, &sum.left);
                self.fill(table, &sum.right);
            }
            Expr::Call(call) => self.fill_by_call(table, call),
            _ => match self.eval(expr) {
                Value::Table(other) => {
                    let other = self.tables[other].clone();
                    table.open |= other.open;
                    for Item { key, at, value } in other.items {
                        table.insert(Value::Text(key, at), value);
                    }
                }
                Value::Written(written) if holds_names(written) => self.fill(table, written),
                _ => table.open = true,
            },
        }
    }

    fn fill_elements(&mut self, table: &mut Table<'t>, elements: &'t [Expr]) {
        for element in elements {
            match element {
                Expr::Starred(starred) => self.fill(table, &starred.value),
                element => {
                    let value = self.eval(element);
                    table.insert(value.clone(), value);
                }
            }
        }
    }

    /// `dict(A=…)`, `set(X)`, `dict.fromkeys(X, value)`, `X.keys()`, `X.copy()`
    fn fill_by_call(&mut self, table: &mut Table<'t>, call: &'t ExprCall) {
        let arguments = &*call.arguments.args;
        match (last_name(&call.func), &*call.func, arguments) {
            ("fromkeys", Expr::Attribute(_), [keys, value]) => {
                let mut filled = Table::default();
                self.fill(&mut filled, keys);
                table.open |= filled.open;
                for item in filled.items {
                    table.insert(Value::Text(item.key, item.at), Value::Written(value));
                }
            }
            ("keys" | "copy", Expr::Attribute(method), []) => self.fill(table, &method.value),
            (name, _, arguments) if is_container(name) => {
                for argument in arguments {
                    self.fill(table, argument);
                }
                for keyword in &call.arguments.keywords {
                    match &keyword.arg {
                        Some(arg) => {
                            let key = Value::Text(Cow::Borrowed(arg.as_str()), Some(arg.start()));
                            table.insert(key, Value::Written(&keyword.value));
                        }
                        None => self.fill(table, &keyword.value),
                    }
                }
            }
            _ => table.open = true,
        }
    }

    fn comprehend(
        &mut self,
        table: &mut Table<'t>,
        generators: &'t [Comprehension],
        key: &'t Expr,
        value: &'t Expr,
    ) {
        let Some((generator, inner)) = generators.split_first() else {
            let key = self.eval(key);
            // The value may depend on the loop's names, so it is evaluated now.
            let value = self.eval(value);
            table.insert(key, value);
            return;
        };
        let Some(rounds) = self.iterated(&generator.iter) else {
            table.open = true;
            return;
        };
        for round in rounds {
            self.bind(&generator.target, round);
            let mut kept = true;
            for test in &generator.ifs {
                kept &= self.truth(test) != Some(false);
            }
            if kept {
                self.comprehend(table, inner, key, value);
            }
        }
    }

    /// What a loop over the expression gives, one by one.
    fn iterated(&mut self, expr: &'t Expr) -> Option<Vec<Value<'t>>> {
        if let Expr::Call(call) = expr
            && let Expr::Attribute(method) = &*call.func
            && matches!(method.attr.as_str(), "items" | "values")
        {
            let table = self.eval(&method.value);
            let table = self.table_of(&table)?;
            let pairs = method.attr == *"items";
            let items = self.tables[table].items.iter().cloned();
            self.steps = self.steps.saturating_sub(items.len() as u32);
            let round = |Item { key, at, value }| {
                if pairs { Value::Parts(vec![Value::Text(key, at), value]) } else { value }
            };
            return Some(items.map(round).collect());
        }
        let value = self.eval(expr);
        self.elements(value)
    }

    fn elements(&mut self, value: Value<'t>) -> Option<Vec<Value<'t>>> {
        let displayed = |elements: &'t [Expr]| {
            let starred = elements.iter().any(Expr::is_starred_expr);
            (!starred).then(|| elements.iter().map(Value::Written).collect())
        };
        let elements = match value {
            Value::Parts(parts) => Some(parts),
            Value::Written(Expr::Tuple(tuple)) => displayed(&tuple.elts),
            Value::Written(Expr::List(list)) => displayed(&list.elts),
            Value::Written(Expr::Set(set)) => displayed(&set.elts),
            other => {
                let table = self.table_of(&other)?;
                let items = self.tables[table].items.iter();
                Some(items.map(|item| Value::Text(item.key.clone(), item.at)).collect())
            }
        };
        let elements: Vec<_> = elements?;
        self.steps = self.steps.saturating_sub(elements.len() as u32);
        Some(elements.into_iter().map(|value| self.settled(value)).collect())
    }

    fn table_of(&mut self, value: &Value<'t>) -> Option<usize> {
        match *value {
            Value::Table(table) => Some(table),
            Value::Written(expr) if holds_names(expr) => {
                if let Some(table) = self.displays.get(&expr.range()) {
                    return Some(*table);
                }
                let mut table = Table::default();
                self.fill(&mut table, expr);
                self.tables.push(table);
                self.displays.insert(expr.range(), self.tables.len() - 1);
                Some(self.tables.len() - 1)
            }
            _ => None,
        }
    }

    fn part(&mut self, value: &Value<'t>, index: i64) -> Value<'t> {
        let of = |length: usize| match index {
            0.. => usize::try_from(index).ok(),
            _ => usize::try_from(length as i64 + index).ok(),
        };
        let written = match value {
            Value::Parts(parts) => {
                return match of(parts.len()).and_then(|index| parts.get(index)).cloned() {
                    Some(part) => self.settled(part),
                    None => Value::Unknown,
                };
            }
            Value::Written(Expr::Tuple(tuple)) => &tuple.elts,
            Value::Written(Expr::List(list)) => &list.elts,
            _ => return Value::Unknown,
        };
        match of(written.len()).and_then(|index| written.get(index)) {
            Some(part) => self.eval(part),
            None => Value::Unknown,
        }
    }

    fn subscript(&mut self, subscript: &'t ExprSubscript) -> Value<'t> {
        if is_globals(&subscript.value) {
            let key = self.eval(&subscript.slice);
            return match (&self.stored, key) {
                (Some(stored), Value::Text(key, _)) if key == self.asked => stored.clone(),
                (_, Value::Text(key, _)) if self.bound.contains(&*key) => {
                    Value::Place(Place::own(&key))
                }
                (_, Value::Raises) => Value::Raises,
                _ => Value::Unknown,
            };
        }
        // `sys.modules[__name__]`
        if last_name(&subscript.value) == "modules" {
            let key = self.eval(&subscript.slice);
            return match key {
                Value::Text(module, _) => Value::Place(Place::module(&module)),
                _ => Value::Unknown,
            };
        }
        let object = self.eval(&subscript.value);
        if let Some(index) = constant_index(&subscript.slice) {
            return self.part(&object, index);
        }
        let key = self.eval(&subscript.slice);
        self.item(&object, key, Value::Raises)
    }

    fn item(&mut self, object: &Value<'t>, key: Value<'t>, missing: Value<'t>) -> Value<'t> {
        let Value::Text(key, _) = key else { return Value::Unknown };
        let Some(table) = self.table_of(object) else { return Value::Unknown };
        let table = &self.tables[table];
        match table.get(&key) {
            Some(item) => {
                let value = item.value.clone();
                self.settled(value)
            }
            None if table.open => Value::Unknown,
            None => missing,
        }
    }

    fn call(&mut self, call: &'t ExprCall, whole: &'t Expr) -> Value<'t> {
        let arguments = &*call.arguments.args;
        match (last_name(&call.func), arguments) {
            ("import_module" | "__import__", [module, ..]) => {
                let package = call.arguments.find_argument_value("package", 1);
                self.imported(module, package)
            }
            // Django's, and that of many others.
            ("import_string" | "locate", [path]) => match self.eval(path) {
                Value::Text(path, _) => {
                    let split = path.rsplit_once([':', '.']);
                    Value::place(
                        split.and_then(|(module, name)| Place::module(module).attribute(name)),
                    )
                }
                Value::Raises => Value::Raises,
                _ => Value::Unknown,
            },
            ("getattr", [object, name, ..]) => {
                let (object, name) = (self.eval(object), self.eval(name));
                match (object, name) {
                    (Value::Raises, _) | (_, Value::Raises) => Value::Raises,
                    (Value::Place(place), Value::Text(name, _)) => {
                        // The string is what names it, not the import of the module.
                        let place = place.attribute(&name);
                        Value::place(place.map(|place| Place { told_at: None, ..place }))
                    }
                    _ => Value::Unknown,
                }
            }
            (name, _) if is_container(name) || name == "fromkeys" => Value::Written(whole),
            _ => match &*call.func {
                Expr::Attribute(method) => {
                    let object = self.eval(&method.value);
                    self.method(&object, &method.attr, call, whole)
                }
                _ => self.helper(arguments),
            },
        }
    }

    fn imported(&mut self, module: &'t Expr, package: Option<&'t Expr>) -> Value<'t> {
        let module = self.eval(module);
        let package = package.map(|package| self.eval(package));
        match (module, package) {
            (Value::Text(module, _), Some(Value::Text(package, _)))
                if module.starts_with('.') && !package.is_empty() =>
            {
                Value::Place(Place::module(&format!("{package}{module}")))
            }
            (Value::Text(module, _), _) => Value::Place(Place::module(&module)),
            (Value::Raises, _) => Value::Raises,
            _ => Value::Unknown,
        }
    }

    fn method(
        &mut self,
        object: &Value<'t>,
        name: &str,
        call: &'t ExprCall,
        whole: &'t Expr,
    ) -> Value<'t> {
        let arguments = &*call.arguments.args;
        match (object, name, arguments) {
            (_, "keys" | "copy", []) => Value::Written(whole),
            (Value::Table(_) | Value::Written(_), "get", [key, rest @ ..]) => {
                let key = self.eval(key);
                let missing = rest.first().map_or(Value::Nothing, |value| self.eval(value));
                self.item(object, key, missing)
            }
            (Value::Text(text, _), "lower", []) => Value::text(text.to_lowercase()),
            (Value::Text(text, _), _, [separator, ..]) => {
                let separator = self.eval(separator);
                let Value::Text(separator, _) = separator else { return Value::Unknown };
                text_method(text, name, &separator)
            }
            (Value::Raises, ..) => Value::Raises,
            _ => self.helper(arguments),
        }
    }

    /// A function of the project's own that is given the name and the module that has it.
    fn helper(&mut self, arguments: &'t [Expr]) -> Value<'t> {
        let mut module = None;
        let mut with_name = false;
        for argument in arguments {
            match self.eval(argument) {
                Value::Raises => return Value::Raises,
                Value::Text(text, _) if text == self.asked => with_name = true,
                Value::Text(text, _) if module.is_none() && is_module_path(&text) => {
                    module = Some(text);
                }
                _ => {}
            }
        }
        match module {
            Some(module) if with_name => {
                Value::place(Place::module(&module).attribute(&self.asked))
            }
            _ => Value::Unknown,
        }
    }

    /// `"." + name`, `f".{name}"`, `"%s.x" % name` with texts alone.
    fn written_text(&mut self, expr: &'t Expr) -> Option<String> {
        match expr {
            Expr::BinOp(sum) if sum.op == Operator::Add => {
                let (left, right) = (self.eval(&sum.left), self.eval(&sum.right));
                match (left, right) {
                    (Value::Text(left, _), Value::Text(right, _)) => Some(format!("{left}{right}")),
                    _ => None,
                }
            }
            Expr::BinOp(format) if format.op == Operator::Mod => {
                let (pattern, text) = (self.eval(&format.left), self.eval(&format.right));
                match (pattern, text) {
                    (Value::Text(pattern, _), Value::Text(text, _)) => {
                        Some(pattern.replacen("%s", &text, 1))
                    }
                    _ => None,
                }
            }
            Expr::FString(text) => {
                let mut written = String::new();
                for element in text.value.elements() {
                    match element {
                        InterpolatedStringElement::Literal(literal) => written += &literal.value,
                        InterpolatedStringElement::Interpolation(field) => {
                            match self.eval(&field.expression) {
                                Value::Text(text, _) => written += &text,
                                _ => return None,
                            }
                        }
                    }
                }
                // `f"{a.__name__}.x"` has only literals between its texts, those of implicit concatenation too.
                text.value.iter().all(|part| part.as_f_string().is_some()).then_some(written)
            }
            _ => None,
        }
    }

    /// Whether a condition holds for the name that is asked for; none when that cannot be said.
    fn truth(&mut self, test: &'t Expr) -> Option<bool> {
        match test {
            Expr::Compare(compare) => self.compared(compare),
            Expr::UnaryOp(not) if not.op == UnaryOp::Not => {
                self.truth(&not.operand).map(|truth| !truth)
            }
            Expr::BoolOp(operation) => {
                let deciding = operation.op == BoolOp::Or;
                let mut known = true;
                for part in &operation.values {
                    match self.truth(part) {
                        Some(truth) if truth == deciding => return Some(deciding),
                        Some(_) => {}
                        None => known = false,
                    }
                }
                known.then_some(!deciding)
            }
            _ => match self.eval(test) {
                Value::Truth(truth) => Some(truth),
                Value::Nothing => Some(false),
                Value::Text(text, _) => Some(!text.is_empty()),
                Value::Unknown
                | Value::Written(_)
                | Value::Table(_)
                | Value::Parts(_)
                | Value::Place(_)
                | Value::Raises => None,
            },
        }
    }

    fn compared(&mut self, compare: &'t ExprCompare) -> Option<bool> {
        let ([op], [right]) = (&*compare.ops, &*compare.comparators) else { return None };
        let (left, right) = (self.eval(&compare.left), self.eval(right));
        let truth = match (op, &left, &right) {
            (CmpOp::Eq | CmpOp::NotEq, Value::Text(left, _), Value::Text(right, _)) => {
                left == right
            }
            (CmpOp::Is | CmpOp::IsNot | CmpOp::Eq | CmpOp::NotEq, left, Value::Nothing) => {
                match left {
                    Value::Nothing => true,
                    Value::Unknown | Value::Raises => return None,
                    _ => false,
                }
            }
            (CmpOp::In | CmpOp::NotIn, Value::Text(left, _), _) => self.contains(right, left)?,
            _ => return None,
        };
        Some(truth != matches!(op, CmpOp::NotEq | CmpOp::IsNot | CmpOp::NotIn))
    }

    fn contains(&mut self, container: Value<'t>, key: &str) -> Option<bool> {
        match container {
            Value::Text(text, _) => Some(text.contains(key)),
            Value::Parts(parts) => {
                let mut known = true;
                for part in parts {
                    match self.settled(part) {
                        Value::Text(text, _) if text == key => return Some(true),
                        Value::Text(..) => {}
                        _ => known = false,
                    }
                }
                known.then_some(false)
            }
            other => {
                let table = self.table_of(&other)?;
                let table = &self.tables[table];
                match table.by_key.contains_key(key) {
                    true => Some(true),
                    false if table.open => None,
                    false => Some(false),
                }
            }
        }
    }

    /// `lazy_loader.attach(__name__, submodules, submod_attrs)`, `_LazyModule(__name__, file, structure, …)`
    fn load(&mut self, call: &'t ExprCall) -> bool {
        let name = last_name(&call.func);
        if name == "attach" {
            let submodules = call.arguments.find_argument_value("submodules", 1);
            let attributes = call.arguments.find_argument_value("submod_attrs", 2);
            if submodules.is_none() && attributes.is_none() {
                return false;
            }
            let known = submodules.is_none_or(|names| self.serve_submodules(names));
            return attributes.is_none_or(|table| self.serve_structure(table, false)) && known;
        }
        if !name.contains("Lazy") {
            return false;
        }
        match call.arguments.find_argument_value("import_structure", 2) {
            Some(structure) => self.serve_structure(structure, true),
            None => false,
        }
    }

    fn serve_submodules(&mut self, names: &'t Expr) -> bool {
        if names.is_none_literal_expr() {
            return true;
        }
        let value = self.eval(names);
        let Some(elements) = self.elements(value) else { return false };
        let n_elements = elements.len();
        let names = texts(elements);
        let known = names.len() == n_elements;
        for (name, at) in names {
            self.serve_submodule(&name, at);
        }
        known
    }

    fn serve_submodule(&mut self, name: &str, at: Option<TextSize>) {
        let place = Place::module(&format!(".{}", name.trim_start_matches('.')));
        let Some(at) = at else { return };
        self.served.push(Served { name: name.to_string(), place, at });
    }

    /// A dict of modules and the names that each of them has.
    fn serve_structure(&mut self, structure: &'t Expr, with_modules: bool) -> bool {
        if structure.is_none_literal_expr() {
            return true;
        }
        let value = self.eval(structure);
        let Some(table) = self.table_of(&value) else { return false };
        let mut known = !self.tables[table].open;
        for item in self.tables[table].items.clone() {
            if with_modules && !item.key.contains('.') {
                self.serve_submodule(&item.key, item.at);
            }
            let Some(elements) = self.elements(item.value) else {
                known = false;
                continue;
            };
            let n_elements = elements.len();
            let names = texts(elements);
            known &= names.len() == n_elements;
            let module = Place::module(&format!(".{}", item.key.trim_start_matches('.')));
            for (name, at) in names {
                if let (Some(place), Some(at)) = (module.clone().attribute(&name), at) {
                    self.served.push(Served { name: name.to_string(), place, at });
                }
            }
        }
        known
    }
}

/// The strings and names in the body of a function.
#[derive(Default)]
struct Mentioned<'t> {
    strings: Vec<(Cow<'t, str>, TextSize)>,
    names: Vec<&'t str>,
}

impl<'t> Walk<'t> for Mentioned<'t> {
    fn visit_expr(&mut self, expr: &'t Expr) {
        match expr {
            Expr::StringLiteral(text) => {
                self.strings.push((Cow::Borrowed(text.value.to_str()), text.start()));
            }
            Expr::Name(name) => self.names.push(&name.id),
            // `dict(A=".core")`
            Expr::Call(call) if is_container(last_name(&call.func)) => {
                let names =
                    call.arguments.keywords.iter().filter_map(|keyword| keyword.arg.as_ref());
                self.strings.extend(names.map(|name| (Cow::Borrowed(name.as_str()), name.start())));
                walk_expr(self, expr);
            }
            _ => walk_expr(self, expr),
        }
    }
}

/// The place with the code that names it.
fn told<'t>(place: Option<Place>, at: TextSize) -> Value<'t> {
    Value::place(place.map(|place| Place { told_at: Some(at), ..place }))
}

fn texts(values: Vec<Value<'_>>) -> Vec<(Cow<'_, str>, Option<TextSize>)> {
    let text = |value| match value {
        Value::Text(text, at) => Some((text, at)),
        _ => None,
    };
    values.into_iter().filter_map(text).collect()
}

fn text_method<'t>(text: &str, name: &str, argument: &str) -> Value<'t> {
    let owned = |parts: Vec<&str>| {
        Value::Parts(parts.into_iter().map(|part| Value::text(part.to_string())).collect())
    };
    if argument.is_empty() {
        return Value::Unknown;
    }
    match name {
        "startswith" => Value::Truth(text.starts_with(argument)),
        "endswith" => Value::Truth(text.ends_with(argument)),
        "rpartition" => match text.rsplit_once(argument) {
            Some((before, after)) => owned(vec![before, argument, after]),
            None => owned(vec!["", "", text]),
        },
        "partition" => match text.split_once(argument) {
            Some((before, after)) => owned(vec![before, argument, after]),
            None => owned(vec![text, "", ""]),
        },
        // With a limit of one, which is what a split into module and attribute has.
        "rsplit" => match text.rsplit_once(argument) {
            Some((before, after)) => owned(vec![before, after]),
            None => owned(vec![text]),
        },
        "split" => owned(text.split(argument).collect()),
        "removeprefix" => Value::text(text.strip_prefix(argument).unwrap_or(text).to_string()),
        "removesuffix" => Value::text(text.strip_suffix(argument).unwrap_or(text).to_string()),
        _ => Value::Unknown,
    }
}

fn fits(subject: &Value<'_>, pattern: &Pattern) -> Option<bool> {
    match pattern {
        Pattern::MatchValue(value) => match (subject, &*value.value) {
            (Value::Text(subject, _), Expr::StringLiteral(text)) => Some(text.value == **subject),
            _ => None,
        },
        Pattern::MatchOr(choice) => {
            let mut known = true;
            for pattern in &choice.patterns {
                match fits(subject, pattern) {
                    Some(true) => return Some(true),
                    Some(false) => {}
                    None => known = false,
                }
            }
            known.then_some(false)
        }
        Pattern::MatchAs(capture) => match &capture.pattern {
            Some(pattern) => fits(subject, pattern),
            None => Some(true),
        },
        _ => None,
    }
}

/// A display, or what makes a container out of another.
fn holds_names(expr: &Expr) -> bool {
    match expr {
        Expr::Dict(_)
        | Expr::List(_)
        | Expr::Tuple(_)
        | Expr::Set(_)
        | Expr::DictComp(_)
        | Expr::ListComp(_)
        | Expr::SetComp(_)
        | Expr::Generator(_) => true,
        Expr::BinOp(sum) => {
            matches!(sum.op, Operator::Add | Operator::BitOr)
                && (holds_names(&sum.left) || holds_names(&sum.right))
        }
        Expr::Call(call) => {
            let name = last_name(&call.func);
            is_container(name) || matches!(name, "fromkeys" | "keys" | "copy")
        }
        _ => false,
    }
}

fn is_container(callee: &str) -> bool {
    matches!(
        callee,
        "dict"
            | "OrderedDict"
            | "defaultdict"
            | "set"
            | "frozenset"
            | "list"
            | "tuple"
            | "sorted"
            | "MappingProxyType"
    )
}

/// `globals()`
fn is_globals(expr: &Expr) -> bool {
    matches!(expr, Expr::Call(call) if call.arguments.is_empty() && last_name(&call.func) == "globals")
}

fn constant_index(expr: &Expr) -> Option<i64> {
    match expr {
        Expr::NumberLiteral(number) => match &number.value {
            Number::Int(index) => index.as_i64(),
            Number::Float(_) | Number::Complex { .. } => None,
        },
        Expr::UnaryOp(minus) if minus.op == UnaryOp::USub => {
            constant_index(&minus.operand).map(|index| -index)
        }
        _ => None,
    }
}

fn is_identifier(text: &str) -> bool {
    text.starts_with(|c: char| c == '_' || c.is_alphabetic())
        && text.chars().all(|c| c == '_' || c.is_alphanumeric())
}

/// `.core`, `app.core`
fn is_module_path(text: &str) -> bool {
    text.trim_start_matches('.').split('.').all(is_identifier)
}

#[cfg(test)]
mod tests {
    use crate::facts::testing::{check, dynamics, lazies};

    /// A file with the function's body, after what stands before it.
    fn with_getattr(before: &str, body: &str) -> String {
        let body = body.lines().map(|line| format!("    {line}\n")).collect::<Vec<_>>().concat();
        format!("{before}\ndef __getattr__(name):\n{body}")
    }

    #[track_caller]
    fn check_served(before: &str, body: &str, expected: &[&str]) {
        let source = with_getattr(before, body);
        check(lazies, &source, expected);
        check(dynamics, &source, &[]);
    }

    #[track_caller]
    fn check_open(before: &str, body: &str, expected: &[&str], open: &[&str]) {
        let source = with_getattr(before, body);
        check(lazies, &source, expected);
        check(dynamics, &source, open);
    }

    const RAISE: &str = "raise AttributeError(f'module {__name__!r} has no attribute {name!r}')";

    #[test]
    fn a_table_of_modules() {
        check_served(
            "X = {'A': 'app.core',\n 'B': '.other'}",
            &format!(
                "if name in X:\n    return getattr(importlib.import_module(X[name], __name__), name)\n{RAISE}"
            ),
            &["1 A = app.core A", "2 B = .other B"],
        );
        check_served(
            "X: dict[str, str] = {'core': '.core'}",
            "if name not in X:\n    raise AttributeError(name)\nreturn import_module(X[name], package=__package__)",
            &["1 core = .core"],
        );
        check_served(
            "X = {'A': 'core'}",
            &format!(
                "module = X.get(name)\nif module is None:\n    {RAISE}\nvalue = getattr(import_module(f'.{{module}}', __name__), name)\nglobals()[name] = value\nreturn value"
            ),
            &["1 A = .core A"],
        );
        check_served(
            "",
            &format!(
                "table = dict(A='.core')\nif (module := table.get(name)):\n    return getattr(__import__(module), name)\n{RAISE}"
            ),
            &["3 A = .core A"],
        );
    }

    #[test]
    fn a_table_of_modules_and_attributes() {
        check_served(
            "X = {'Boss': ('.core', 'Manager'), 'B': ['.other', 'C']}",
            "try:\n    module, attribute = X[name]\nexcept KeyError:\n    raise AttributeError(name) from None\nreturn getattr(import_module(module, __name__), attribute)",
            &["1 Boss = .core Manager", "1 B = .other C"],
        );
        check_served(
            "X = {'A': 'pkg.mod.A', 'B': 'pkg.mod.sub.C'}",
            "if name in X:\n    path, _, attr = X[name].rpartition('.')\n    return getattr(import_module(path), attr)\nraise AttributeError",
            &["1 A = pkg.mod A", "1 B = pkg.mod.sub C"],
        );
        check_served(
            "X = {'A': 'pkg.mod:A'}",
            "if name in X:\n    module, attr = X[name].split(':')\n    return getattr(import_module(module), attr)\nraise AttributeError",
            &["1 A = pkg.mod A"],
        );
        check_served(
            "X = {'A': ('mod', 'B')}",
            "if name in X.keys():\n    entry = X[name]\n    return getattr(import_module('.' + entry[0], __name__), entry[-1])\nraise AttributeError",
            &["1 A = .mod B"],
        );
    }

    #[test]
    fn a_table_of_modules_and_their_names() {
        check_served(
            "_import_structure = {'core': ['A', 'B']}\n_import_structure['more'] = ['C']\n_import_structure['more'].append('D')",
            &format!(
                "for module, names in _import_structure.items():\n    if name in names:\n        return getattr(import_module(f'.{{module}}', __name__), name)\n{RAISE}"
            ),
            &["1 A = .core A", "1 B = .core B", "2 C = .more C", "3 D = .more D"],
        );
        check_served(
            "S = {'core': ['A', 'B']}\nM = {n: '.' + m for m, ns in S.items() for n in ns}\nNAMES = list(M)",
            "if name in NAMES:\n    return getattr(import_module(M[name], __name__), name)\nraise AttributeError",
            &["1 A = .core A", "1 B = .core B"],
        );
    }

    #[test]
    fn tables_are_built_in_steps() {
        check_served(
            "A = {'A': '.a'}\nif X:\n    A.update({'B': '.b'})\nT = {**A, 'C': '.c'}\nT['D'] = '.d'\nT |= dict.fromkeys(['E'], '.e')",
            "if name in T:\n    return getattr(import_module(T[name], __name__), name)\nraise AttributeError",
            &["1 A = .a A", "3 B = .b B", "4 C = .c C", "5 D = .d D", "6 E = .e E"],
        );
        check_open(
            "T = {'A': '.a', **other()}",
            "if name in T:\n    return getattr(import_module(T[name], __name__), name)\nraise AttributeError",
            &["1 A = .a A"],
            &["4 __getattr__ getattr(import_module(T[name], __name__), name)"],
        );
    }

    #[test]
    fn a_chain_of_ifs() {
        check_served(
            "from . import core\nfrom app.new import New",
            "if name == 'A':\n    from .core import A\n    return A\nelif 'B' == name:\n    return core.B\n\
             if name in ('C', 'D'):\n    from . import other\n    return getattr(other, name)\n\
             if name == 'Old':\n    warnings.warn('x')\n    return New\nraise AttributeError(name)",
            &[
                "5 A = .core A",
                "8 B = .core B",
                "9 C = .other C",
                "9 D = .other D",
                "12 Old = app.new New",
            ],
        );
        check_served(
            "class New: pass",
            "match name:\n    case 'Old':\n        return New\n    case 'a' | 'b':\n        import app.x.y as y\n        return y\n    case _:\n        raise AttributeError",
            &["5 Old =  New", "7 a = app.x.y", "7 b = app.x.y"],
        );
    }

    #[test]
    fn submodules_by_their_names() {
        check_served(
            "__all__ = ['core', 'other']",
            "if name not in __all__:\n    raise AttributeError(name)\nreturn importlib.import_module('.' + name, __name__)",
            &["1 core = .core", "1 other = .other"],
        );
        check_served(
            "SUB = {'core'}",
            &format!(
                "if name in SUB:\n    return import_module(f'{{__name__}}.{{name}}')\n{RAISE}"
            ),
            &["1 core = .core"],
        );
    }

    #[test]
    fn a_helper_that_is_given_name_and_module() {
        check_served(
            "_dynamic_imports = {'A': 'core'}",
            "module_name = _dynamic_imports[name]\nresult = import_attr(name, module_name, __spec__.parent)\nglobals()[name] = result\nreturn result",
            &["1 A = core A"],
        );
    }

    #[test]
    fn a_whole_path_in_one_string() {
        check_served(
            "X = {'A': 'app.core'}",
            "path = X.get(name)\nif not path:\n    raise AttributeError(name)\nval = import_string(f'{path}.{name}')\nglobals()[name] = val\nreturn val",
            &["1 A = app.core A"],
        );
    }

    #[test]
    fn a_variable_that_is_set_on_first_use() {
        check_served(
            "settings = None",
            "global settings\nif name == 'settings':\n    return settings\nraise AttributeError(name)",
            &[],
        );
    }

    #[test]
    fn what_no_table_says() {
        check_open(
            "",
            "if name.startswith('__'):\n    raise AttributeError(name)\nreturn type(name, (), {})",
            &[],
            &["5 __getattr__ type(name, (), {})"],
        );
        check_open(
            "from . import impl",
            "if name == 'A':\n    return impl.B\nreturn getattr(impl, name)",
            &["4 A = .impl B"],
            &["5 __getattr__ getattr(impl, name)"],
        );
        check_open(
            "",
            "if name == 'version':\n    return compute()\nraise AttributeError",
            &[],
            &["4 __getattr__ compute()"],
        );
        check(dynamics, "def __getattr__(name): ...\n", &["1 __getattr__ __getattr__"]);
        check(lazies, "X = {'A': '.core'}\n", &[]);
        check(
            lazies,
            "X = {'A': '.core'}\nclass K:\n    def __getattr__(self, n):\n        return X[n]\n",
            &[],
        );
        check_open("", "X = X\nwhile True:\n    return X[name]", &[], &["5 __getattr__ X[name]"]);
    }

    #[test]
    fn lazy_loaders() {
        let source = "__getattr__, __dir__, __all__ = lazy.attach(\n    __name__,\n    submodules=['util'],\n    submod_attrs={'core': ['A', 'B']},\n)\n";
        check(lazies, source, &["3 util = .util", "4 A = .core A", "4 B = .core B"]);
        check(dynamics, source, &[]);
        let source = "_import_structure = {'core': ['A']}\nif TYPE_CHECKING:\n    from .core import A\nelse:\n    import sys\n\
                      \x20   sys.modules[__name__] = _LazyModule(__name__, globals()['__file__'], _import_structure)\n";
        check(lazies, source, &["1 core = .core", "1 A = .core A"]);
        check(dynamics, source, &[]);
        let source = "__getattr__, _, _ = lazy.attach_stub(__name__, __file__)\n";
        check(dynamics, source, &["1 __getattr__ lazy.attach_stub(__name__, __file__)"]);
    }
}
