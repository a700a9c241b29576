//! Facts compared with those of an independent parser: over every fixture always, over any tree named in
//! `FRAGSCOPE_ORACLE_TREE` when asked; and with CPython's own `ast`, by hand.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use fragscope::facts::rows::{DefinitionKind, ImportForm, Status};
use fragscope::facts::{self, Facts};
use fragscope::source::Language;
use rustpython_parser::{Parse, ast};

/// What both sides must agree on, as lines of text: imports with their statement's line, classes with bases and methods,
/// functions, each with the line of its name.
type Lines = Vec<String>;

fn ours(facts: &Facts) -> Lines {
    let mut lines = Lines::new();
    for import in facts.imports().iter().filter(|import| import.in_exec == 0) {
        let alias = if import.aliased == 1 { facts.text(import.bound) } else { "" };
        let module = facts.text(import.module);
        lines.push(match import.form() {
            ImportForm::Import => format!("{:06} import {module} as {alias}", import.line),
            ImportForm::From | ImportForm::Star => {
                let dots = ".".repeat(import.level as usize);
                format!(
                    "{:06} from {dots}{module} import {} as {alias}",
                    import.line,
                    facts.text(import.name)
                )
            }
        });
    }
    for definition in facts.definitions() {
        let kind = match definition.kind() {
            DefinitionKind::Class => "class",
            DefinitionKind::Function => "def",
        };
        let bases = facts.exprs(definition.bases).len();
        let params: Vec<&str> =
            facts.params(definition.params).iter().map(|param| facts.text(param.name)).collect();
        lines.push(format!(
            "{:06} {kind} {} bases={bases} decorators={} ({})",
            definition.at.line,
            facts.qualname(definition),
            facts.exprs(definition.decorators).len(),
            params.join(" ")
        ));
    }
    lines.sort();
    lines
}

/// Walks statements by hand: the parser's generated visitor leaves out parts.
struct Oracle<'a> {
    text: &'a str,
    lines: Lines,
}

impl Oracle<'_> {
    fn line(&self, offset: u32) -> usize {
        let before = &self.text.as_bytes()[..offset as usize];
        let mut count = 1;
        for (index, byte) in before.iter().enumerate() {
            let is_crlf = *byte == b'\r' && self.text.as_bytes().get(index + 1) == Some(&b'\n');
            count += usize::from(*byte == b'\n' || (*byte == b'\r' && !is_crlf));
        }
        count
    }

    /// The line of the name after its keyword.
    fn name_line(&self, start: u32, end: u32, keyword: &str, name: &str) -> usize {
        let head = &self.text[start as usize..end as usize];
        let from = head.find(keyword).map_or(0, |at| at + keyword.len());
        let at = head[from..].find(name).map_or(0, |at| from + at);
        self.line(start + at as u32)
    }

    fn body(&mut self, body: &[ast::Stmt], scope: &str) {
        for statement in body {
            self.statement(statement, scope);
        }
    }

    fn statement(&mut self, statement: &ast::Stmt, scope: &str) {
        use ast::Stmt as S;
        match statement {
            S::Import(import) => {
                let line = self.line(import.range.start().to_u32());
                for name in &import.names {
                    let alias = name.asname.as_ref().map_or("", |alias| alias.as_str());
                    self.lines.push(format!("{line:06} import {} as {alias}", name.name));
                }
            }
            S::ImportFrom(import) => {
                let line = self.line(import.range.start().to_u32());
                let dots = ".".repeat(import.level.map_or(0, |level| level.to_usize()));
                let module = import.module.as_ref().map_or("", |module| module.as_str());
                for name in &import.names {
                    let alias = name.asname.as_ref().map_or("", |alias| alias.as_str());
                    self.lines.push(format!(
                        "{line:06} from {dots}{module} import {} as {alias}",
                        name.name
                    ));
                }
            }
            S::ClassDef(class) => {
                let (start, end) = (class.range.start().to_u32(), class.range.end().to_u32());
                let start = class
                    .decorator_list
                    .iter()
                    .map(|d| ast::Ranged::end(d).to_u32())
                    .max()
                    .map_or(start, |e| e.max(start));
                let line = self.name_line(start, end, "class", &class.name);
                let qualname = format!("{scope}{}", class.name);
                let (bases, decorators) = (class.bases.len(), class.decorator_list.len());
                self.lines.push(format!(
                    "{line:06} class {qualname} bases={bases} decorators={decorators} ()"
                ));
                self.body(&class.body, &format!("{qualname}."));
            }
            S::FunctionDef(f) => {
                self.function(f.range, &f.name, &f.args, &f.decorator_list, &f.body, scope);
            }
            S::AsyncFunctionDef(f) => {
                self.function(f.range, &f.name, &f.args, &f.decorator_list, &f.body, scope);
            }
            S::If(s) => {
                self.body(&s.body, scope);
                self.body(&s.orelse, scope);
            }
            S::For(s) => {
                self.body(&s.body, scope);
                self.body(&s.orelse, scope);
            }
            S::AsyncFor(s) => {
                self.body(&s.body, scope);
                self.body(&s.orelse, scope);
            }
            S::While(s) => {
                self.body(&s.body, scope);
                self.body(&s.orelse, scope);
            }
            S::With(s) => self.body(&s.body, scope),
            S::AsyncWith(s) => self.body(&s.body, scope),
            S::Match(s) => s.cases.iter().for_each(|case| self.body(&case.body, scope)),
            S::Try(s) => self.attempt(&s.body, &s.handlers, &s.orelse, &s.finalbody, scope),
            S::TryStar(s) => self.attempt(&s.body, &s.handlers, &s.orelse, &s.finalbody, scope),
            _ => {}
        }
    }

    fn attempt(
        &mut self,
        body: &[ast::Stmt],
        handlers: &[ast::ExceptHandler],
        orelse: &[ast::Stmt],
        finalbody: &[ast::Stmt],
        scope: &str,
    ) {
        self.body(body, scope);
        for ast::ExceptHandler::ExceptHandler(handler) in handlers {
            self.body(&handler.body, scope);
        }
        self.body(orelse, scope);
        self.body(finalbody, scope);
    }

    fn function(
        &mut self,
        range: rustpython_parser::text_size::TextRange,
        name: &str,
        args: &ast::Arguments,
        decorators: &[ast::Expr],
        body: &[ast::Stmt],
        scope: &str,
    ) {
        let (start, end) = (range.start().to_u32(), range.end().to_u32());
        let start = decorators
            .iter()
            .map(|d| ast::Ranged::end(d).to_u32())
            .max()
            .map_or(start, |e| e.max(start));
        let line = self.name_line(start, end, "def", name);
        let qualname = format!("{scope}{name}");
        let mut params: Vec<&str> = Vec::new();
        params.extend(args.posonlyargs.iter().chain(&args.args).map(|arg| arg.def.arg.as_str()));
        params.extend(args.vararg.iter().map(|arg| arg.arg.as_str()));
        params.extend(args.kwonlyargs.iter().map(|arg| arg.def.arg.as_str()));
        params.extend(args.kwarg.iter().map(|arg| arg.arg.as_str()));
        self.lines.push(format!(
            "{line:06} def {qualname} bases=0 decorators={} ({})",
            decorators.len(),
            params.join(" ")
        ));
        self.body(body, &format!("{qualname}.<locals>."));
    }
}

fn theirs(text: &str) -> Option<Lines> {
    let body = ast::Suite::parse(text, "file.py").ok()?;
    let mut oracle = Oracle { text, lines: Lines::new() };
    oracle.body(&body, "");
    oracle.lines.sort();
    Some(oracle.lines)
}

fn python_files(top: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![top.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let Ok(kind) = entry.file_type() else { continue };
            if kind.is_dir() {
                folders.push(path);
            } else if kind.is_file() && path.extension().is_some_and(|extension| extension == "py")
            {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

/// Compares every file of a tree; returns how many agreed, how many the oracle refused, and the differences.
fn compare(top: &Path) -> (usize, usize, String) {
    let (mut agreed, mut refused, mut different) = (0, 0, String::new());
    for path in python_files(top) {
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        let facts = facts::extract(text.as_bytes(), Language::Python);
        if facts.status() != Status::Parsed {
            continue;
        }
        match theirs(&text) {
            None => refused += 1,
            Some(theirs) if theirs == ours(&facts) => agreed += 1,
            Some(theirs) => {
                let ours = ours(&facts);
                let only = |a: &Lines, b: &Lines| {
                    a.iter().find(|line| !b.contains(line)).cloned().unwrap_or_default()
                };
                let _ = writeln!(
                    different,
                    "{}\n  only ours:   {}\n  only theirs: {}",
                    path.display(),
                    only(&ours, &theirs),
                    only(&theirs, &ours)
                );
            }
        }
    }
    (agreed, refused, different)
}

#[test]
fn facts_agree_with_rustpython_on_fixtures_and_demo() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    for tree in ["tests/fixtures", "assets/demo"] {
        let (agreed, _, different) = compare(&top.join(tree));
        assert!(different.is_empty(), "{different}");
        assert!(agreed > 30, "only {agreed} files of {tree} were compared");
    }
}

#[test]
fn facts_agree_with_rustpython_on_a_named_tree() {
    let Some(tree) = std::env::var_os("FRAGSCOPE_ORACLE_TREE") else { return };
    // The oracle walks deep trees on its own stack.
    let work = move || compare(Path::new(&tree));
    let thread = std::thread::Builder::new().stack_size(64 << 20).spawn(work).unwrap();
    let (agreed, refused, different) = thread.join().unwrap();
    println!("{agreed} files agree, the oracle refused {refused}");
    assert!(different.is_empty(), "{different}");
}

/// Prints, for each path read from standard input, a line `# path` and then the same lines as [`ours`].
const CPYTHON: &str = r##"
import ast, sys, warnings
warnings.simplefilter("ignore")
sys.setrecursionlimit(20000)
def walk(body, scope, src, out):
    for n in body:
        if isinstance(n, ast.Import):
            for a in n.names: out.append(f"{n.lineno:06} import {a.name} as {a.asname or ''}")
        elif isinstance(n, ast.ImportFrom):
            for a in n.names: out.append(f"{n.lineno:06} from {'.' * n.level}{n.module or ''} import {a.name} as {a.asname or ''}")
        elif isinstance(n, ast.ClassDef):
            q = scope + n.name
            out.append(f"{n.lineno:06} class {q} bases={len(n.bases)} decorators={len(n.decorator_list)} ()")
            walk(n.body, q + ".", src, out)
        elif isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef)):
            q = scope + n.name
            a = n.args
            ps = [x.arg for x in a.posonlyargs + a.args] + ([a.vararg.arg] if a.vararg else []) + [x.arg for x in a.kwonlyargs] + ([a.kwarg.arg] if a.kwarg else [])
            out.append(f"{n.lineno:06} def {q} bases=0 decorators={len(n.decorator_list)} ({' '.join(ps)})")
            walk(n.body, q + ".<locals>.", src, out)
        else:
            for f in ("body", "orelse", "finalbody"): walk(getattr(n, f, []) or [], scope, src, out)
            for h in getattr(n, "handlers", []): walk(h.body, scope, src, out)
            for c in getattr(n, "cases", []): walk(c.body, scope, src, out)
for path in sys.stdin.read().split("\0"):
    if not path: continue
    try:
        out = []
        walk(ast.parse(open(path, "rb").read()).body, "", None, out)
    except Exception as e:
        print("# " + path + "\0refused")
        continue
    print("# " + path + "\0" + "\0".join(sorted(out)))
"##;

/// By hand, over a real tree: `FRAGSCOPE_ORACLE_TREE=… cargo test cpython -- --ignored --nocapture`.
#[test]
#[ignore = "needs python3 and a tree named in FRAGSCOPE_ORACLE_TREE"]
fn facts_agree_with_cpython_on_a_named_tree() {
    let tree =
        std::env::var_os("FRAGSCOPE_ORACLE_TREE").expect("FRAGSCOPE_ORACLE_TREE names a tree");
    let files = python_files(Path::new(&tree));
    let mut python = Command::new("python3")
        .args(["-X", "utf8", "-c", CPYTHON])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 runs");
    let mut input = python.stdin.take().unwrap();
    let names: Vec<String> = files.iter().map(|path| path.display().to_string()).collect();
    let writer = std::thread::spawn(move || input.write_all(names.join("\0").as_bytes()));
    let output = python.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    let output = String::from_utf8(output.stdout).unwrap();
    let theirs: BTreeMap<&str, &str> = output
        .lines()
        .filter_map(|line| line.strip_prefix("# ")?.split_once('\0').or(Some((&line[2..], ""))))
        .collect();
    let (mut agreed, mut refused, mut different) = (0, 0, 0);
    for path in &files {
        let facts = facts::extract(&std::fs::read(path).unwrap(), Language::Python);
        let name = path.display().to_string();
        match theirs.get(name.as_str()) {
            None | Some(&"refused") => refused += 1,
            Some(theirs) => {
                // CPython gives the line of the keyword; the name may stand a line below, which no file does.
                let ours = ours(&facts);
                let theirs: Lines =
                    theirs.split('\0').filter(|line| !line.is_empty()).map(str::to_owned).collect();
                if ours == theirs {
                    agreed += 1;
                } else {
                    different += 1;
                    let only =
                        |a: &Lines, b: &Lines| a.iter().find(|line| !b.contains(line)).cloned();
                    println!(
                        "{name}\n  only ours:   {:?}\n  only theirs: {:?}",
                        only(&ours, &theirs),
                        only(&theirs, &ours)
                    );
                }
            }
        }
    }
    println!("{agreed} files agree, {different} differ, python3 refused {refused}");
    assert_eq!(different, 0);
}
