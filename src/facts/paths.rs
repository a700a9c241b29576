//! Edits of `sys.path`: the folders that a file adds to where modules are looked for.
//!
//! The walk only remembers where the edits stand. Names in them are looked up afterwards, in a second walk that no file
//! without such an edit takes.

use ruff_python_ast::visitor::{Visitor as Walk, walk_expr, walk_stmt};
use ruff_python_ast::{
    Expr, ExprAttribute, ExprCall, ExprSubscript, InterpolatedStringElement, Number, Operator, Stmt,
};
use ruff_text_size::{Ranged, TextRange, TextSize};
use rustc_hash::FxHashMap;

use super::expressions::last_name;
use super::page::Page;
use super::rows::{Dynamic, DynamicKind, ImportForm, PathEdit};
use super::scopes::BlockId;
use super::visitor::Visitor;

/// Expressions looked at for one edit: names defined by one another may come in circles.
const MAX_STEPS: u32 = 500;

/// Names within names: `A = B`, `B = C`, …
const MAX_NAMES: u32 = 50;

/// No folder's path is longer.
const MAX_PATH: usize = 4096;

/// An edit that the walk came by: the call, or the target of the assignment.
pub struct PathSite {
    at: TextRange,
    block: BlockId,
}

impl Visitor<'_> {
    pub(super) fn note_path_call(&mut self, call: &ExprCall, resolved: &str) {
        let edits = matches!(
            resolved,
            "sys.path.insert" | "sys.path.append" | "sys.path.extend" | "site.addsitedir"
        );
        if edits {
            self.path_sites.push(PathSite { at: call.range(), block: self.blocks.current() });
        }
    }

    /// `sys.path = …`, `sys.path += …`, `sys.path[0:0] = …`
    pub(super) fn note_path_store(&mut self, owner: &Expr, target: TextRange) {
        if matches!(owner, Expr::Attribute(owner) if owner.attr == *"path") {
            self.path_sites.push(PathSite { at: target, block: self.blocks.current() });
        }
    }

    pub(super) fn path_edits(&mut self, body: &[Stmt]) {
        if self.path_sites.is_empty() {
            return;
        }
        let sites = std::mem::take(&mut self.path_sites);
        let mut found = Found::new(&sites);
        found.visit_body(body);
        let Found { assignments, edits, .. } = found;
        let mut reader = Reader {
            imports: imports(&self.page),
            assignments,
            edits: Vec::new(),
            steps: 0,
            depth: 0,
        };
        for edit in edits {
            reader.read(&edit);
        }
        for Folder { node, block, path } in reader.edits {
            let at = self.page.at(node.start());
            let Some(path) = path else {
                let scope = self.blocks.row(block, &mut self.page);
                let text = self.page.excerpt(node);
                let kind = DynamicKind::SysPath.code();
                self.page.draft.dynamics.push(Dynamic { kind, text, scope, at });
                continue;
            };
            let folder = self.page.sym(&path);
            self.page.draft.path_edits.push(PathEdit { folder, at });
        }
    }
}

/// The modules that paths are made with, by the names they have here.
fn imports(page: &Page<'_>) -> FxHashMap<String, String> {
    let draft = &page.draft;
    let mut imports = FxHashMap::default();
    for import in &draft.imports {
        let module = draft.text(import.module);
        let first = module.split('.').next().unwrap_or(module);
        if !matches!(first, "os" | "sys" | "pathlib" | "inspect" | "site") {
            continue;
        }
        let target = match import.form() {
            ImportForm::Import if import.aliased == 1 => module.to_string(),
            ImportForm::Import => first.to_string(),
            ImportForm::From => format!("{module}.{}", draft.text(import.name)),
            ImportForm::Star => continue,
        };
        imports.insert(draft.text(import.bound).to_string(), target);
    }
    imports
}

/// An edit with what stands in it.
struct Edit<'t> {
    what: What<'t>,
    block: BlockId,
}

enum What<'t> {
    Call(&'t ExprCall),
    /// The target and the value; `sys.path[0] = X` has one folder, all others a list of them.
    Store(&'t Expr, &'t Expr),
}

/// `name = value`
struct Assignment<'t> {
    /// Where the value ends: what it reads itself is older.
    at: TextSize,
    function: Option<TextRange>,
    /// In a branch of an `if` or `try`, so that another one may count.
    maybe: bool,
    value: &'t Expr,
}

/// The second walk: the edits again, and all plain assignments.
struct Found<'t> {
    sites: FxHashMap<TextRange, BlockId>,
    assignments: FxHashMap<&'t str, Vec<Assignment<'t>>>,
    edits: Vec<Edit<'t>>,
    function: Option<TextRange>,
    branches: u32,
}

impl<'t> Found<'t> {
    fn new(sites: &[PathSite]) -> Self {
        Self {
            sites: sites.iter().map(|site| (site.at, site.block)).collect(),
            assignments: FxHashMap::default(),
            edits: Vec::new(),
            function: None,
            branches: 0,
        }
    }

    fn assign(&mut self, target: &'t Expr, value: &'t Expr) {
        if let Expr::Name(name) = target {
            let (function, maybe) = (self.function, self.branches > 0);
            let assignment = Assignment { at: value.end(), function, maybe, value };
            self.assignments.entry(&name.id).or_default().push(assignment);
        } else if let Some(&block) = self.sites.get(&target.range()) {
            self.edits.push(Edit { what: What::Store(target, value), block });
        }
    }
}

impl<'t> Walk<'t> for Found<'t> {
    fn visit_stmt(&mut self, statement: &'t Stmt) {
        match statement {
            Stmt::Assign(assign) => {
                assign.targets.iter().for_each(|target| self.assign(target, &assign.value));
                walk_stmt(self, statement);
            }
            Stmt::AnnAssign(assign) => {
                if let Some(value) = &assign.value {
                    self.assign(&assign.target, value);
                }
                walk_stmt(self, statement);
            }
            Stmt::AugAssign(assign) => {
                // A name that grows is no plain assignment.
                if !assign.target.is_name_expr() {
                    self.assign(&assign.target, &assign.value);
                }
                walk_stmt(self, statement);
            }
            Stmt::FunctionDef(function) => {
                let outer = (self.function, self.branches);
                (self.function, self.branches) = (Some(function.range()), 0);
                walk_stmt(self, statement);
                (self.function, self.branches) = outer;
            }
            Stmt::If(_) | Stmt::Try(_) | Stmt::Match(_) | Stmt::For(_) | Stmt::While(_) => {
                self.branches += 1;
                walk_stmt(self, statement);
                self.branches -= 1;
            }
            _ => walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expr: &'t Expr) {
        match expr {
            Expr::Call(call) => {
                if let Some(&block) = self.sites.get(&call.range()) {
                    self.edits.push(Edit { what: What::Call(call), block });
                }
            }
            Expr::Named(named) => self.assign(&named.target, &named.value),
            _ => {}
        }
        walk_expr(self, expr);
    }
}

/// A folder that is added, if it can be evaluated.
struct Folder {
    node: TextRange,
    block: BlockId,
    path: Option<String>,
}

/// A path as text, which may start at a folder that is known only by the file it is in.
#[derive(Clone, Debug)]
struct Value {
    /// Folders above the file's own one; none for a text that starts anywhere.
    above: Option<u32>,
    text: String,
}

impl Value {
    fn text(text: &str) -> Self {
        Self { above: None, text: text.to_string() }
    }

    /// The path of the file itself.
    fn file() -> Self {
        Self { above: Some(0), text: "/__file__".to_string() }
    }

    fn parent(mut self) -> Self {
        let text = self.text.trim_end_matches('/');
        match (text.rfind('/'), &mut self.above) {
            (Some(slash), _) => self.text.truncate(slash),
            (None, Some(above)) => {
                *above += 1;
                self.text.clear();
            }
            (None, None) => self.text.clear(),
        }
        self
    }

    fn join(mut self, other: Self) -> Self {
        if other.above.is_some() || other.text.starts_with('/') {
            return other;
        }
        if self.above.is_some() || !self.text.is_empty() {
            self.text.push('/');
        }
        self.text += &other.text;
        self
    }

    fn concat(mut self, other: &Self) -> Option<Self> {
        self.text += &other.text;
        (other.above.is_none() && self.text.len() <= MAX_PATH).then_some(self)
    }

    /// Without `.` and `..`, as far as they can be undone.
    fn normal(self) -> Self {
        let Self { mut above, text } = self;
        let absolute = above.is_none() && text.starts_with('/');
        let mut parts: Vec<&str> = Vec::new();
        for part in text.split('/') {
            match part {
                "" | "." => {}
                ".." if parts.last().is_some_and(|part| *part != "..") => {
                    parts.pop();
                }
                ".." if absolute => {}
                ".." => match &mut above {
                    Some(above) => *above += 1,
                    None => parts.push(".."),
                },
                part => parts.push(part),
            }
        }
        let text = parts.join("/");
        let slash = absolute || (above.is_some() && !text.is_empty());
        Self { above, text: if slash { format!("/{text}") } else { text } }
    }

    /// As [`PathEdit::folder`] has it; none for the file itself, which is no folder.
    fn folder(self) -> Option<String> {
        if self.text.len() > MAX_PATH {
            return None;
        }
        let Self { above, text } = self.normal();
        // `C:\src`
        if above.is_none() && text.as_bytes().get(1) == Some(&b':') {
            return Some(format!("/{}", text.replace('\\', "/")));
        }
        let Some(above) = above else {
            return Some(if text.starts_with('/') { text } else { format!("//{text}") });
        };
        if text.split('/').any(|part| part == "__file__") {
            return None;
        }
        let ups = vec![".."; above as usize].join("/");
        let folder =
            if above == 0 { text.trim_start_matches('/').to_string() } else { ups + &text };
        Some(if folder.is_empty() { ".".to_string() } else { folder })
    }
}

struct Reader<'t> {
    imports: FxHashMap<String, String>,
    assignments: FxHashMap<&'t str, Vec<Assignment<'t>>>,
    edits: Vec<Folder>,
    steps: u32,
    depth: u32,
}

impl<'t> Reader<'t> {
    fn read(&mut self, edit: &Edit<'t>) {
        self.steps = MAX_STEPS;
        let block = edit.block;
        match edit.what {
            What::Call(call) => {
                let arguments = &call.arguments;
                match (last_name(&call.func), &*arguments.args) {
                    ("extend", [folders]) => self.folders(folders, block),
                    ("insert", [_, folder]) | ("append", [folder]) => {
                        self.folder(folder, call.range(), block);
                    }
                    // `site.addsitedir`, whatever it is called here
                    _ => match arguments.find_argument_value("sitedir", 0) {
                        Some(folder) => self.folder(folder, call.range(), block),
                        None => self.edits.push(Folder { node: call.range(), block, path: None }),
                    },
                }
            }
            What::Store(target, value) => {
                let (path, slice) = match target {
                    Expr::Subscript(subscript) => (&*subscript.value, Some(&*subscript.slice)),
                    _ => (target, None),
                };
                if self.resolved(path).as_deref() != Some("sys.path") {
                    return;
                }
                if slice.is_some_and(|slice| !slice.is_slice_expr()) {
                    self.folder(value, value.range(), block);
                } else {
                    self.folders(value, block);
                }
            }
        }
    }

    fn folder(&mut self, expr: &'t Expr, node: TextRange, block: BlockId) {
        let path = self.eval(expr).and_then(Value::folder);
        self.edits.push(Folder { node, block, path });
    }

    /// The folders of a list; what `sys.path` itself gives is no news.
    fn folders(&mut self, expr: &'t Expr, block: BlockId) {
        let spent = self.steps == 0;
        self.steps = self.steps.saturating_sub(1);
        let expr = copied(expr);
        match expr {
            _ if spent => self.edits.push(Folder { node: expr.range(), block, path: None }),
            _ if self.is_sys_path(expr) => {}
            Expr::List(list) => list.elts.iter().for_each(|folder| self.element(folder, block)),
            Expr::Tuple(tuple) => tuple.elts.iter().for_each(|folder| self.element(folder, block)),
            Expr::BinOp(sum) if sum.op == Operator::Add => {
                self.folders(&sum.left, block);
                self.folders(&sum.right, block);
            }
            // `[p for p in sys.path if …]`
            Expr::ListComp(comp)
                if comp.elt.is_name_expr()
                    && comp
                        .generators
                        .iter()
                        .all(|round| self.is_sys_path(copied(&round.iter))) => {}
            Expr::Name(name) => match self.assigned(&name.id, name.start()).first() {
                Some(&value) if self.depth < MAX_NAMES => {
                    self.depth += 1;
                    self.folders(value, block);
                    self.depth -= 1;
                }
                _ => self.edits.push(Folder { node: expr.range(), block, path: None }),
            },
            _ => self.edits.push(Folder { node: expr.range(), block, path: None }),
        }
    }

    fn element(&mut self, element: &'t Expr, block: BlockId) {
        if let Expr::Starred(starred) = element {
            self.folders(&starred.value, block);
            return;
        }
        self.steps = MAX_STEPS;
        self.folder(element, element.range(), block);
    }

    fn is_sys_path(&self, expr: &Expr) -> bool {
        self.resolved(expr).as_deref() == Some("sys.path")
    }

    /// A chain with the import behind its first name: `os.path.join` of `join`.
    fn resolved(&self, expr: &Expr) -> Option<String> {
        match expr {
            Expr::Name(name) => {
                let target = self.imports.get(name.id.as_str());
                Some(target.map_or_else(|| name.id.to_string(), Clone::clone))
            }
            Expr::Attribute(attribute) => {
                let owner = self.resolved(&attribute.value)?;
                (owner.len() < MAX_PATH).then(|| format!("{owner}.{}", attribute.attr))
            }
            _ => None,
        }
    }

    /// What a name may hold where it is read, the likeliest first.
    fn assigned(&self, name: &str, at: TextSize) -> Vec<&'t Expr> {
        let Some(all) = self.assignments.get(name) else { return Vec::new() };
        let visible =
            |one: &&Assignment<'_>| one.function.is_none_or(|function| function.contains(at));
        let before = all.partition_point(|one| one.at < at);
        let mut values = Vec::new();
        for one in all[..before].iter().rev().take(MAX_STEPS as usize).filter(visible) {
            values.push(one.value);
            if !one.maybe {
                return values;
            }
        }
        // A function may read what the module assigns further down.
        if values.is_empty() {
            let later = all[before..].iter().take(MAX_STEPS as usize);
            values.extend(later.filter(visible).map(|one| one.value).next_back());
        }
        values
    }

    fn eval(&mut self, expr: &'t Expr) -> Option<Value> {
        self.steps = self.steps.checked_sub(1)?;
        match expr {
            Expr::StringLiteral(text) if text.value.len() > MAX_PATH => None,
            Expr::StringLiteral(text) => Some(Value::text(text.value.to_str())),
            Expr::FString(_) => self.interpolated(expr),
            Expr::Name(name) if name.id == *"__file__" => Some(Value::file()),
            Expr::Name(name) => {
                let values = self.assigned(&name.id, name.start());
                if values.is_empty() {
                    return self.constant(expr);
                }
                if self.depth >= MAX_NAMES {
                    return None;
                }
                self.depth += 1;
                let value = values.into_iter().find_map(|value| self.eval(value));
                self.depth -= 1;
                value
            }
            Expr::BinOp(operation) => {
                let left = self.eval(&operation.left)?;
                let right = self.eval(&operation.right)?;
                match operation.op {
                    Operator::Div => Some(left.join(right)),
                    Operator::Add => left.concat(&right),
                    _ => None,
                }
            }
            Expr::Attribute(attribute) => self.attribute(attribute, expr),
            Expr::Subscript(subscript) => self.subscript(subscript),
            Expr::Call(call) => self.call(call),
            // `os.path.dirname(__file__) or "."`
            Expr::BoolOp(choice) if choice.op.is_or() => self.eval(choice.values.first()?),
            Expr::Named(named) => self.eval(&named.value),
            _ => None,
        }
    }

    fn constant(&self, expr: &Expr) -> Option<Value> {
        let text = match self.resolved(expr)?.as_str() {
            "os.pardir" | "os.path.pardir" => "..",
            "os.curdir" | "os.path.curdir" => ".",
            "os.sep" | "os.path.sep" => "/",
            _ => return None,
        };
        Some(Value::text(text))
    }

    fn attribute(&mut self, attribute: &'t ExprAttribute, whole: &Expr) -> Option<Value> {
        match attribute.attr.as_str() {
            "parent" => self.eval(&attribute.value).map(Value::parent),
            _ => self.constant(whole),
        }
    }

    /// `path.parents[1]`, `os.path.split(path)[0]`, `sys.argv[0]`
    fn subscript(&mut self, subscript: &'t ExprSubscript) -> Option<Value> {
        let Expr::NumberLiteral(number) = &*subscript.slice else { return None };
        let Number::Int(index) = &number.value else { return None };
        let index = index.as_u8()?;
        match &*subscript.value {
            Expr::Attribute(parents) if parents.attr == *"parents" => {
                let mut path = self.eval(&parents.value)?;
                for _ in 0..=index {
                    path = path.parent();
                }
                Some(path)
            }
            Expr::Call(split) if index == 0 => {
                let callee = self.resolved(&split.func)?;
                let [path] = &*split.arguments.args else { return None };
                (callee == "os.path.split").then(|| self.eval(path))?.map(Value::parent)
            }
            argv if index == 0 && self.resolved(argv).as_deref() == Some("sys.argv") => {
                Some(Value::file())
            }
            _ => None,
        }
    }

    fn call(&mut self, call: &'t ExprCall) -> Option<Value> {
        let arguments = &*call.arguments.args;
        if let Some(callee) = self.resolved(&call.func)
            && let Some(value) = self.function(&callee, arguments)
        {
            return Some(value);
        }
        let Expr::Attribute(method) = &*call.func else { return None };
        match method.attr.as_str() {
            "resolve" | "absolute" => self.eval(&method.value).map(Value::normal),
            "expanduser" | "as_posix" | "__str__" | "__fspath__" => self.eval(&method.value),
            "joinpath" => {
                let path = self.eval(&method.value)?;
                self.joined(path, arguments)
            }
            "with_name" => {
                let path = self.eval(&method.value)?.parent();
                self.joined(path, arguments)
            }
            // `os.sep.join([…])`
            "join" => {
                let separator = self.eval(&method.value)?;
                let [Expr::List(parts)] = arguments else { return None };
                let (first, rest) = parts.elts.split_first()?;
                let mut path = self.eval(first)?;
                for part in rest {
                    let part = self.eval(part)?;
                    path = path.concat(&separator)?.concat(&part)?;
                }
                Some(path)
            }
            _ => None,
        }
    }

    fn function(&mut self, callee: &str, arguments: &'t [Expr]) -> Option<Value> {
        match callee {
            "os.path.dirname" => self.eval(arguments.first()?).map(Value::parent),
            "os.path.abspath" | "os.path.realpath" | "os.path.normpath" => {
                self.eval(arguments.first()?).map(Value::normal)
            }
            "str" | "os.fspath" | "os.path.expanduser" | "os.path.normcase" | "os.path.relpath" => {
                self.eval(arguments.first()?)
            }
            "os.path.join" | "pathlib.Path" | "pathlib.PurePath" | "pathlib.PosixPath" => {
                let Some((first, rest)) = arguments.split_first() else {
                    return Some(Value::text(""));
                };
                let path = self.eval(first)?;
                self.joined(path, rest)
            }
            "os.getcwd" | "pathlib.Path.cwd" => Some(Value::text("")),
            // Of the frame that runs: `inspect.getfile(inspect.currentframe())`
            "inspect.getfile" | "inspect.getsourcefile" | "inspect.getabsfile" => {
                let Expr::Call(frame) = arguments.first()? else { return None };
                (self.resolved(&frame.func)? == "inspect.currentframe").then(Value::file)
            }
            _ => None,
        }
    }

    fn joined(&mut self, mut path: Value, parts: &'t [Expr]) -> Option<Value> {
        for part in parts {
            let part = self.eval(part)?;
            path = path.join(part);
            if path.text.len() > MAX_PATH {
                return None;
            }
        }
        Some(path)
    }

    fn interpolated(&mut self, expr: &'t Expr) -> Option<Value> {
        let Expr::FString(text) = expr else { return None };
        let mut path: Option<Value> = None;
        for element in text.value.elements() {
            let part = match element {
                InterpolatedStringElement::Literal(literal) => Value::text(&literal.value),
                InterpolatedStringElement::Interpolation(field) => self.eval(&field.expression)?,
            };
            path = match path {
                Some(path) => Some(path.concat(&part)?),
                None => Some(part),
            };
        }
        path
    }
}

/// The list behind `list(x)`, `x.copy()` and `x[1:]`.
fn copied(mut expr: &Expr) -> &Expr {
    loop {
        expr = match expr {
            Expr::Subscript(part) if part.slice.is_slice_expr() => &part.value,
            Expr::Call(call) => match (&*call.func, &*call.arguments.args) {
                (Expr::Name(name), [list]) if name.id == *"list" => list,
                (Expr::Attribute(method), []) if method.attr == *"copy" => &method.value,
                _ => return expr,
            },
            _ => return expr,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::facts::testing::{check, dynamics, path_edits};

    const IMPORTS: &str = "import os, sys, site; from pathlib import Path; import os.path as op; from os.path import join, dirname";

    /// Statements, and the folders that they add.
    #[track_caller]
    fn check_edits(statements: &str, expected: &[&str]) {
        let source = format!("{IMPORTS}\n{statements}\n");
        check(path_edits, &source, expected);
        check(dynamics, &source, &[]);
    }

    /// One folder, added in the second line.
    #[track_caller]
    fn check_folder(folder: &str, expected: &str) {
        check_edits(&format!("sys.path.insert(0, {folder})"), &[&format!("2 {expected}")]);
    }

    #[test]
    fn folders_by_pathlib() {
        check_folder("str(Path(__file__).parent)", ".");
        check_folder("Path(__file__).resolve().parent.parent", "..");
        check_folder("str(Path(__file__).resolve().parents[2] / 'src')", "../../src");
        check_folder(
            "str(Path(__file__).absolute().parent.joinpath('..', 'lib', 'x'))",
            "../lib/x",
        );
        check_folder("os.fspath((Path(__file__) / '..' / 'lib').resolve())", "lib");
        check_folder("Path(__file__).with_name('lib').as_posix()", "lib");
        check_folder("f'{Path(__file__).parent}/lib'", "lib");
        check_folder("str(Path.cwd() / 'src')", "//src");
    }

    #[test]
    fn folders_by_os_path() {
        check_folder("os.path.dirname(__file__)", ".");
        check_folder("os.path.dirname(os.path.dirname(os.path.abspath(__file__)))", "..");
        check_folder("os.path.join(os.path.dirname(__file__), '..', 'lib')", "../lib");
        check_folder("op.normpath(join(dirname(__file__), os.pardir, os.pardir))", "../..");
        check_folder("os.path.abspath(os.path.join(__file__, '../..'))", "..");
        check_folder("os.path.dirname(__file__) + '/../lib'", "../lib");
        check_folder("os.path.dirname(__file__) + os.sep + 'lib'", "lib");
        check_folder("os.sep.join([dirname(__file__), 'a', 'b'])", "a/b");
        check_folder("os.path.split(os.path.realpath(__file__))[0]", ".");
        check_folder("os.path.dirname(__file__) or '.'", ".");
    }

    #[test]
    fn constant_folders() {
        check_folder("'/opt/lib/../x'", "/opt/x");
        check_folder("'src'", "//src");
        check_folder("'./a/../src/'", "//src");
        check_folder("'..'", "//..");
        check_folder("'.'", "//");
        check_folder("''", "//");
        check_folder("os.getcwd()", "//");
        check_folder(r"r'C:\src\x'", "/C:/src/x");
        check_folder("os.path.abspath('src')", "//src");
    }

    #[test]
    fn every_way_to_edit() {
        check_edits(
            "sys.path.append('a')\nsys.path.extend(['b', *('c',)])\nsite.addsitedir('d')\n\
             sys.path[0:0] = ['e']\nsys.path = ['f'] + sys.path\nsys.path += ['g']\nsys.path[0] = 'h'\nsys.path[:] = [*sys.path, 'i']\n\
             sys.path = [p for p in sys.path if p]",
            &["2 //a", "3 //b", "3 //c", "4 //d", "5 //e", "6 //f", "7 //g", "8 //h", "9 //i"],
        );
        check(path_edits, "from sys import path as p\np.append('a')\n", &["2 //a"]);
        check_edits(
            "saved = sys.path[:]\nsys.path = saved.copy()\nconfig.path = ['x']\nconfig.path.append('y')",
            &[],
        );
    }

    #[test]
    fn names_hold_folders() {
        check_edits(
            "HERE = Path(__file__).parent\nROOT = HERE.parent\nsys.path.append(str(ROOT / 'lib'))",
            &["4 ../lib"],
        );
        check_edits(
            "ROOT = dirname(__file__)\nROOT = dirname(ROOT)\nsys.path.append(ROOT)\nROOT = '/x'",
            &["4 .."],
        );
        check_edits(
            "def add():\n    here = dirname(__file__)\n    if here not in sys.path:\n        sys.path.insert(0, join(here, LIB))\nLIB = 'lib'\ndef f():\n    LIB = 'other'",
            &["5 lib"],
        );
        check_edits(
            "try:\n    HERE = dirname(__file__)\nexcept NameError:\n    HERE = fallback()\nsys.path.append(HERE)",
            &["6 ."],
        );
        check_edits("DIRS = ['a', 'b']\nsys.path.extend(DIRS)", &["2 //a", "2 //b"]);
    }

    #[test]
    fn what_cannot_be_evaluated() {
        check(
            dynamics,
            "import sys\nsys.path.append(where)\nsys.path.insert(0, os.environ['X'])\nsys.path += find()\nsys.path.append(__file__)\n\
             A = B\nB = A\ndef f(x):\n    sys.path.append(A)\n    sys.path.append(f'{x}/y')\n    sys.path.extend(['a', x])\n",
            &[
                "2 sys.path sys.path.append(where)",
                "3 sys.path sys.path.insert(0, os.environ['X'])",
                "4 sys.path find()",
                "5 sys.path sys.path.append(__file__)",
                "9 sys.path sys.path.append(A) in f",
                "10 sys.path sys.path.append(f'{x}/y') in f",
                "11 sys.path x in f",
            ],
        );
        check(
            path_edits,
            "import sys\nsys.path.remove('a')\nsys.path.pop()\ndel sys.path[0]\nsys.path\n",
            &[],
        );
    }
}
