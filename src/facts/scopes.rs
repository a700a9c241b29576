//! Blocks that statements stand in, and the scope rows of those that something refers to.

use ruff_python_ast::{CmpOp, Expr, UnaryOp};
use ruff_text_size::TextSize;

use super::names::Frames;
use super::page::Page;
use super::rows::{NO_ROW, Row, Scope, ScopeKind};

/// A block of the file; numbered in the order of the file, the module is 0.
pub type BlockId = u32;

#[derive(Clone, Copy)]
struct Block {
    parent: BlockId,
    kind: ScopeKind,
    definition: Row,
    at: TextSize,
    group: u32,
    row: Row,
}

/// All blocks entered so far. Most of them hold nothing worth a fact, so a block gets its row when one needs it.
pub struct Blocks {
    all: Vec<Block>,
    current: BlockId,
    groups: u32,
}

impl Blocks {
    pub fn with_room_for(n_blocks: usize) -> Self {
        let module = Block {
            parent: NO_ROW,
            kind: ScopeKind::Module,
            definition: NO_ROW,
            at: TextSize::new(0),
            group: 0,
            row: NO_ROW,
        };
        let mut all = Vec::with_capacity(n_blocks + 1);
        all.push(module);
        Self { all, current: 0, groups: 0 }
    }

    pub fn current(&self) -> BlockId {
        self.current
    }

    pub fn kind(&self) -> ScopeKind {
        self.all[self.current as usize].kind
    }

    /// The class or function whose body this block is or stands in.
    pub fn definition(&self) -> Row {
        self.all[self.current as usize].definition
    }

    /// A number for blocks that exclude each other.
    pub fn new_group(&mut self) -> u32 {
        self.groups += 1;
        self.groups
    }

    pub fn enter(&mut self, kind: ScopeKind, at: TextSize, group: u32) {
        let definition = self.definition();
        self.push(Block { parent: self.current, kind, definition, at, group, row: NO_ROW });
    }

    pub fn enter_definition(&mut self, kind: ScopeKind, at: TextSize, definition: Row) {
        self.push(Block { parent: self.current, kind, definition, at, group: 0, row: NO_ROW });
    }

    fn push(&mut self, block: Block) {
        self.current = self.all.len() as BlockId;
        self.all.push(block);
    }

    pub fn leave(&mut self) {
        self.current = self.all[self.current as usize].parent;
    }

    /// The scope row of a block, made when it has none yet; those around it come before it.
    pub fn row(&mut self, block: BlockId, page: &mut Page<'_>) -> Row {
        let Block { parent, kind, definition, at, group, row } = self.all[block as usize];
        if row != NO_ROW {
            return row;
        }
        let parent = if parent == NO_ROW { NO_ROW } else { self.row(parent, page) };
        let row = page.draft.scopes.len() as Row;
        let line = page.line_of(at);
        page.draft.scopes.push(Scope::new(parent, kind, group, definition, line));
        self.all[block as usize].row = row;
        row
    }
}

/// What an `if` asks, as far as it decides what kind of code its branches are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Condition {
    pub body: ScopeKind,
    pub otherwise: ScopeKind,
}

impl Condition {
    pub fn of(test: &Expr, frames: &mut Frames) -> Self {
        let plain = Self { body: ScopeKind::If, otherwise: ScopeKind::Else };
        if is_type_checking(test, frames) {
            return Self { body: ScopeKind::TypeChecking, otherwise: ScopeKind::RunTime };
        }
        match test {
            Expr::UnaryOp(not) if not.op == UnaryOp::Not => {
                if is_type_checking(&not.operand, frames) {
                    return Self { body: ScopeKind::RunTime, otherwise: ScopeKind::TypeChecking };
                }
                plain
            }
            // A type checker may pass over the body and never runs into the `else` alone.
            Expr::BoolOp(all) if all.op.is_and() => {
                let any = |frames: &mut Frames, kind| {
                    all.values.iter().any(|value| Self::of(value, frames).body == kind)
                };
                if any(frames, ScopeKind::TypeChecking) {
                    Self { body: ScopeKind::TypeChecking, otherwise: ScopeKind::RunTime }
                } else if any(frames, ScopeKind::RunTime) {
                    Self { body: ScopeKind::RunTime, otherwise: ScopeKind::Else }
                } else if any(frames, ScopeKind::Main) {
                    Self { body: ScopeKind::Main, otherwise: ScopeKind::Else }
                } else {
                    plain
                }
            }
            Expr::Compare(compare)
                if is_main_test(&compare.left, &compare.ops, &compare.comparators) =>
            {
                Self { body: ScopeKind::Main, otherwise: ScopeKind::Else }
            }
            _ => plain,
        }
    }
}

/// `TYPE_CHECKING`, an alias of it, `typing.TYPE_CHECKING`.
pub fn is_type_checking(test: &Expr, frames: &mut Frames) -> bool {
    match test {
        Expr::Name(name) => {
            let id = frames.id(&name.id);
            frames.is_type_checking(id)
        }
        Expr::Attribute(attribute) => matches!(attribute.attr.as_str(), "TYPE_CHECKING" | "MYPY"),
        _ => false,
    }
}

/// `__name__ == "__main__"`, either way round.
fn is_main_test(left: &Expr, ops: &[CmpOp], comparators: &[Expr]) -> bool {
    let [right] = comparators else { return false };
    let is_name = |expr: &Expr| matches!(expr, Expr::Name(name) if name.id == *"__name__");
    let is_main =
        |expr: &Expr| matches!(expr, Expr::StringLiteral(text) if text.value == *"__main__");
    ops == [CmpOp::Eq] && (is_name(left) && is_main(right) || is_main(left) && is_name(right))
}

#[cfg(test)]
mod tests {
    use crate::facts::testing::{check, file, imports, scopes};

    /// Each pair: what the file imports first, and the condition; the block's kind and that of its `else`.
    fn check_condition(before: &str, test: &str, body: &str, otherwise: &str) {
        let source = format!("{before}\nif {test}:\n    import a\nelse:\n    import b\n");
        let first = usize::from(!before.is_empty() && before.contains("import"));
        let (a, b) = (first, first + 1);
        let expected = [
            format!("3:12 #{a} import a - as a in {body}"),
            format!("5:12 #{b} import b - as b in {otherwise}"),
        ];
        let printed = imports(&crate::facts::extract_text(&source, false, 0));
        assert_eq!(printed[first..], expected, "{before} / {test}");
    }

    #[test]
    fn type_checking_in_every_spelling() {
        for (before, test) in [
            ("from typing import TYPE_CHECKING", "TYPE_CHECKING"),
            ("from typing import TYPE_CHECKING as TC", "TC"),
            ("from typing_extensions import TYPE_CHECKING as TC", "(TC)"),
            ("import typing", "typing.TYPE_CHECKING"),
            ("import typing as t", "t.TYPE_CHECKING"),
            ("import typing as t; TC = t.TYPE_CHECKING", "TC"),
            ("TYPE_CHECKING = False", "TYPE_CHECKING"),
            ("MYPY = False", "MYPY"),
            ("from typing import TYPE_CHECKING", "TYPE_CHECKING and x"),
            ("from typing import TYPE_CHECKING", "not not_x and TYPE_CHECKING"),
        ] {
            check_condition(before, test, "type-checking", "run-time");
        }
        check_condition("import typing", "not typing.TYPE_CHECKING", "run-time", "type-checking");
    }

    #[test]
    fn other_conditions_are_none_of_it() {
        check_condition("", "False", "if", "else");
        check_condition("", "TYPE_CHECKING or x", "if", "else");
        check_condition("", "TC", "if", "else");
        check_condition("", "not TYPE_CHECKING and x", "run-time", "else");
        check_condition("", "__name__ == '__main__'", "main", "else");
        check_condition("", "'__main__' == __name__", "main", "else");
        check_condition("", "__name__ != '__main__'", "if", "else");
    }

    #[test]
    fn an_elif_after_type_checking_is_run_time_code() {
        check(
            imports,
            "if TYPE_CHECKING:\n    import a\nelif x:\n    import b\nelse:\n    import c\n",
            &[
                "2:12 #0 import a - as a in type-checking",
                "4:12 #1 import b - as b in run-time > if",
                "6:12 #2 import c - as c in run-time > else",
            ],
        );
    }

    #[test]
    fn blocks_that_exclude_each_other_share_a_group() {
        check(
            scopes,
            "if x:\n    import a\nelif y:\n    import b\nelse:\n    import c\n\
             match x:\n    case 1:\n        import d\n    case _:\n        import e\n\
             for i in x:\n    import f\n    while y:\n        import g\nelse:\n    import h\n",
            &[
                "1 if group 1",
                "3 if group 1",
                "5 else group 1",
                "8 match group 2",
                "10 match group 2",
                "12 loop",
                "14 loop > loop",
            ],
        );
    }

    #[test]
    fn a_block_without_facts_makes_no_row() {
        check(
            scopes,
            "def f(x):\n    if x:\n        return 1\n    for y in x:\n        pass\n",
            &[],
        );
    }

    #[test]
    fn a_main_block_flags_the_file() {
        check(file, "if __name__ == '__main__':\n    pass\n", &["main"]);
        check(file, "def f():\n    if __name__ == '__main__':\n        pass\n", &[]);
    }
}
