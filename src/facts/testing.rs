//! Rows as short lines, for the tests of this room.

use super::rows::{Binding, BindingKind, NO_ROW, ParamKind, Row, Sym, file_flag, flag};
use super::{Facts, extract_text};

/// Reads a text and compares one of its tables, printed by one of the functions below.
#[track_caller]
pub fn check(print: fn(&Facts) -> Vec<String>, source: &str, expected: &[&str]) {
    let printed = print(&extract_text(source, false, 0));
    assert_eq!(printed, expected, "\n{}", printed.join("\n"));
}

/// `module > class A > try`, innermost last, without the module.
pub fn scope(facts: &Facts, row: Row) -> String {
    let mut names: Vec<String> = facts
        .scope_chain(row)
        .map(|scope| match facts.definition(scope.definition) {
            Some(definition) if matches!(scope.kind().word(), "class" | "function") => {
                facts.text(definition.name).to_string()
            }
            _ => scope.kind().word().to_string(),
        })
        .collect();
    names.pop();
    names.reverse();
    names.join(" > ")
}

fn place(facts: &Facts, row: Row) -> String {
    let scope = scope(facts, row);
    if scope.is_empty() { scope } else { format!(" in {scope}") }
}

fn text(facts: &Facts, sym: Sym) -> String {
    if sym.is_none() { "-".to_string() } else { facts.text(sym).to_string() }
}

/// `line:column #statement form level.module name as bound`
pub fn imports(facts: &Facts) -> Vec<String> {
    let print = |import: &super::rows::Import| {
        let dots = ".".repeat(import.level as usize);
        format!(
            "{}:{} #{} {} {dots}{} {} as {}{}{}",
            import.at.line,
            import.at.column,
            import.statement,
            import.form().word(),
            facts.text(import.module),
            text(facts, import.name),
            text(facts, import.bound),
            if import.in_exec == 1 { " exec" } else { "" },
            place(facts, import.scope),
        )
    };
    facts.imports().iter().map(print).collect()
}

fn binding(facts: &Facts, binding: &Binding) -> String {
    let owner = facts.definition(binding.class).map(|class| facts.qualname(class));
    let owner = owner.map_or(String::new(), |name| format!("{name}."));
    let what = match (binding.kind(), binding.row) {
        (_, NO_ROW) => text(facts, binding.text),
        (BindingKind::Alias | BindingKind::Call, row) => {
            format!("{} by import {row}", facts.text(binding.text))
        }
        (_, row) => format!("{row}"),
    };
    let annotation = match binding.annotation {
        Sym::NONE => String::new(),
        annotation => format!(": {}", facts.text(annotation)),
    };
    format!(
        "{} {owner}{}{annotation} {} {what}{}{}",
        binding.at.line,
        facts.text(binding.name),
        binding.kind().word(),
        if binding.on_self == 1 { " on self" } else { "" },
        place(facts, binding.scope),
    )
}

/// `line owner.name kind text`
pub fn bindings(facts: &Facts) -> Vec<String> {
    facts.bindings().iter().map(|row| binding(facts, row)).collect()
}

/// `line:column chain kind`, with the import's row when it is a function's or a class's.
pub fn uses(facts: &Facts) -> Vec<String> {
    let print = |used: &super::rows::Use| {
        let import = match used.import {
            NO_ROW => String::new(),
            row => format!(" by import {row}"),
        };
        let chain = facts.text(used.chain);
        let (line, column, kind) = (used.at.line, used.at.column, used.kind().word());
        format!("{line}:{column} {chain} {kind}{import}{}", place(facts, used.scope()))
    };
    facts.uses().iter().map(print).collect()
}

/// `line target = chain()`
pub fn flows(facts: &Facts) -> Vec<String> {
    let print = |flow: &super::rows::Flow| {
        let call = if flow.call == 1 { "()" } else { "" };
        let import = match flow.import {
            NO_ROW => String::new(),
            row => format!(" by import {row}"),
        };
        let (target, chain) = (facts.text(flow.target), facts.text(flow.chain));
        format!("{} {target} = {chain}{call}{import}", flow.at.line)
    };
    facts.flows().iter().map(print).collect()
}

pub fn all(facts: &Facts) -> Vec<String> {
    let print = |entry: &super::rows::AllEntry| {
        let resets = if entry.resets == 1 { " anew" } else { "" };
        format!("{} {}{resets}", entry.op().word(), text(facts, entry.name))
    };
    facts.all_entries().iter().map(print).collect()
}

/// `line kind text`
pub fn dynamics(facts: &Facts) -> Vec<String> {
    let print = |row: &super::rows::Dynamic| {
        let place = place(facts, row.scope);
        format!("{} {} {}{place}", row.at.line, row.kind().word(), facts.text(row.text))
    };
    facts.dynamics().iter().map(print).collect()
}

/// `line name = module attribute`
pub fn lazies(facts: &Facts) -> Vec<String> {
    let print = |row: &super::rows::Lazy| {
        let (name, module) = (facts.text(row.name), facts.text(row.module));
        let attribute = match row.attribute {
            Sym::NONE => String::new(),
            attribute => format!(" {}", facts.text(attribute)),
        };
        format!("{} {name} = {module}{attribute}", row.at.line)
    };
    facts.lazies().iter().map(print).collect()
}

/// `line folder`
pub fn path_edits(facts: &Facts) -> Vec<String> {
    let print =
        |edit: &super::rows::PathEdit| format!("{} {}", edit.at.line, facts.text(edit.folder));
    facts.path_edits().iter().map(print).collect()
}

const FLAGS: [(u32, &str); 12] = [
    (flag::ASYNC, "async"),
    (flag::STATIC, "static"),
    (flag::CLASS_METHOD, "class-method"),
    (flag::PROPERTY, "property"),
    (flag::OVERLOAD, "overload"),
    (flag::ABSTRACT, "abstract"),
    (flag::PROTOCOL, "protocol"),
    (flag::DEPRECATED, "deprecated"),
    (flag::CACHED, "cached"),
    (flag::DATACLASS, "dataclass"),
    (flag::STUB_BODY, "stub"),
    (flag::GENERATOR, "generator"),
];

/// `first-end qualname(params) -> returns (bases) @decorators flags results "doc"`
pub fn definitions(facts: &Facts) -> Vec<String> {
    let print = |definition: &super::rows::Definition| {
        let exprs = |rows| {
            facts.exprs(rows).iter().map(|expr| match expr.keyword {
                Sym::NONE => facts.text(expr.text).to_string(),
                keyword => format!("{}={}", facts.text(keyword), facts.text(expr.text)),
            })
        };
        let params = facts.params(definition.params).iter().map(|param| {
            let part = |before: &str, sym: Sym| match sym {
                Sym::NONE => String::new(),
                sym => format!("{before}{}", facts.text(sym)),
            };
            let (name, annotation) = (facts.text(param.name), part(": ", param.annotation));
            let default = part(" = ", param.default);
            match param.kind() {
                ParamKind::Normal => format!("{name}{annotation}{default}"),
                kind => format!("{name}{annotation}{default} [{}]", kind.word()),
            }
        });
        let inside: Vec<String> =
            exprs(definition.bases).chain(exprs(definition.keywords)).chain(params).collect();
        let mut words = vec![format!(
            "{}-{} {}({})",
            definition.first_line,
            definition.end_line,
            facts.qualname(definition),
            inside.join(", ")
        )];
        if !definition.returns.is_none() {
            words.push(format!("-> {}", facts.text(definition.returns)));
        }
        words.extend(exprs(definition.decorators).map(|decorator| format!("@{decorator}")));
        let flags = FLAGS.iter().filter(|(flag, _)| definition.is(*flag));
        words.extend(flags.map(|(_, word)| (*word).to_string()));
        if definition.results > 0 {
            words.push(format!("results={}", definition.results));
        }
        if !definition.doc.is_none() {
            words.push(format!("{:?}", facts.text(definition.doc)));
        }
        words.join(" ")
    };
    facts.definitions().iter().map(print).collect()
}

/// `line parent > kind group`
pub fn scopes(facts: &Facts) -> Vec<String> {
    let mut scopes: Vec<(u32, String)> = Vec::new();
    for (row, row_scope) in facts.scopes().iter().enumerate().skip(1) {
        let group = match row_scope.group() {
            0 => String::new(),
            group => format!(" group {group}"),
        };
        let line = row_scope.line;
        scopes.push((line, format!("{line} {}{group}", scope(facts, row as Row))));
    }
    scopes.sort();
    scopes.into_iter().map(|(_, text)| text).collect()
}

/// The file's flags by name, then its docstring.
pub fn file(facts: &Facts) -> Vec<String> {
    let flags = [
        (file_flag::MAIN, "main"),
        (file_flag::GETATTR, "getattr"),
        (file_flag::GENERATED, "generated"),
        (file_flag::DEPRECATED, "deprecated"),
        (file_flag::SHEBANG, "shebang"),
        (file_flag::HAS_ALL, "all"),
    ];
    let mut lines: Vec<String> = flags
        .iter()
        .filter(|(flag, _)| facts.is(*flag))
        .map(|(_, word)| (*word).to_string())
        .collect();
    if !facts.doc().is_empty() {
        lines.push(facts.doc().to_string());
    }
    lines
}
