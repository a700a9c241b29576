//! Two classes side by side: methods aligned by name, each pair compared line by line.

use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::pane::Pair;
use super::text::Text;
use crate::analysis::copies::{Alignment, align};
use crate::facts::rows::{DefinitionKind, Row};
use crate::model::{FileId, Project};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Same,
    Changed,
    Left,
    Right,
    /// Between two parts.
    Gap,
}

/// A row of the diff: the line on either side, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    pub side: Side,
    pub left: Option<u32>,
    pub right: Option<u32>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diff {
    pub lines: Vec<Line>,
    /// The same in one column: of what changed first all of the left, then all of the right.
    pub unified: Vec<Line>,
    /// Methods that are the same, that differ, and that only one side has.
    pub same: usize,
    pub changed: usize,
    pub left_only: usize,
    pub right_only: usize,
}

/// The lines of a method, or of the head of a class before its first one.
#[derive(Clone, Copy)]
struct Part {
    first: u32,
    last: u32,
}

impl Diff {
    pub fn of(project: &Project, pair: Pair, left: &Text, right: &Text) -> Self {
        let mut diff = Self::default();
        diff.both(head(project, pair.left), left, head(project, pair.right), right);
        for method in align(project, pair.left, pair.right) {
            match method.alignment {
                Alignment::Same => diff.same += 1,
                Alignment::Changed(_) => diff.changed += 1,
                Alignment::OnlyLeft => diff.left_only += 1,
                Alignment::OnlyRight => diff.right_only += 1,
            }
            let part = |file: FileId, row: Option<Row>| {
                let method = project.file(file).facts.definition(row?)?;
                Some(Part { first: method.first_line, last: method.end_line })
            };
            let parts = (part(pair.left.0, method.left), part(pair.right.0, method.right));
            diff.gap();
            match parts {
                (Some(a), Some(b)) => diff.both(a, left, b, right),
                (Some(only), None) => diff.only(only, Side::Left),
                (None, Some(only)) => diff.only(only, Side::Right),
                (None, None) => {}
            }
        }
        diff.unified = unified(&diff.lines);
        diff
    }

    pub fn rows(&self, unified: bool) -> &[Line] {
        if unified { &self.unified } else { &self.lines }
    }

    fn gap(&mut self) {
        if !self.lines.is_empty() {
            self.lines.push(Line { side: Side::Gap, left: None, right: None });
        }
    }

    fn only(&mut self, part: Part, side: Side) {
        for line in part.first..=part.last {
            let (left, right) =
                if side == Side::Left { (Some(line), None) } else { (None, Some(line)) };
            self.lines.push(Line { side, left, right });
        }
    }

    fn both(&mut self, a: Part, left: &Text, b: Part, right: &Text) {
        // Indentation apart, since a class may be nested deeper than its twin.
        let of = |text: &Text, part: Part| -> Vec<String> {
            let lines = part.first..=part.last;
            lines.map(|line| text.line(line).unwrap_or_default().trim().to_owned()).collect()
        };
        let (old, new) = (of(left, a), of(right, b));
        for op in capture_diff_slices(Algorithm::Patience, &old, &new) {
            self.op(op, a.first, b.first);
        }
    }

    fn op(&mut self, op: DiffOp, left: u32, right: u32) {
        let (old, new) = (op.old_range(), op.new_range());
        let side = if matches!(op, DiffOp::Equal { .. }) { Side::Same } else { Side::Changed };
        for step in 0..old.len().max(new.len()) {
            let at_left = (step < old.len()).then(|| left + (old.start + step) as u32);
            let at_right = (step < new.len()).then(|| right + (new.start + step) as u32);
            let side = match (at_left, at_right) {
                (Some(_), None) => Side::Left,
                (None, Some(_)) => Side::Right,
                _ => side,
            };
            self.lines.push(Line { side, left: at_left, right: at_right });
        }
    }

    /// Where changes begin, for the way from one to the next.
    pub fn changes(&self, unified: bool) -> Vec<usize> {
        let lines = self.rows(unified);
        let differs = |at: usize| !matches!(lines[at].side, Side::Same | Side::Gap);
        (0..lines.len()).filter(|at| differs(*at) && (*at == 0 || !differs(at - 1))).collect()
    }

    /// `methods =19 ~7 -5 +18`, by the signs of the gutter.
    pub fn short_summary(&self) -> String {
        let all = [self.same, self.changed, self.left_only, self.right_only];
        if all == [0; 4] {
            return "no methods".to_owned();
        }
        let [same, changed, left, right] = all;
        format!("methods ={same} ~{changed} -{left} +{right}")
    }

    /// `methods: 19 same, 7 changed, 5 only left, 18 only right`; of classes of fields alone the lines.
    pub fn summary(&self) -> String {
        if self.same + self.changed + self.left_only + self.right_only == 0 {
            let of = |side: Side| self.lines.iter().filter(|line| line.side == side).count();
            return format!(
                "no methods; lines: {} same, {} changed, {} only left, {} only right",
                of(Side::Same),
                of(Side::Changed),
                of(Side::Left),
                of(Side::Right)
            );
        }
        format!(
            "methods: {} same, {} changed, {} only left, {} only right",
            self.same, self.changed, self.left_only, self.right_only
        )
    }
}

fn unified(lines: &[Line]) -> Vec<Line> {
    let mut unified = Vec::with_capacity(lines.len());
    for run in lines.chunk_by(|a, b| a.side == Side::Changed && b.side == Side::Changed) {
        if run[0].side == Side::Changed {
            let left = run.iter().filter(|line| line.left.is_some());
            unified.extend(left.map(|line| Line { side: Side::Left, right: None, ..*line }));
            let right = run.iter().filter(|line| line.right.is_some());
            unified.extend(right.map(|line| Line { side: Side::Right, left: None, ..*line }));
        } else {
            unified.extend_from_slice(run);
        }
    }
    unified
}

/// What stands before the first method.
fn head(project: &Project, (file, class): (FileId, Row)) -> Part {
    let facts = &project.file(file).facts;
    let Some(own) = facts.definition(class) else { return Part { first: 1, last: 1 } };
    let methods = facts
        .definitions()
        .iter()
        .filter(|method| method.parent == class && method.kind() == DefinitionKind::Function);
    let first_method = methods.map(|method| method.first_line).min();
    let last = first_method.map_or(own.end_line, |first| first.saturating_sub(1));
    Part { first: own.first_line, last: last.max(own.first_line) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Options, Progress, scan_tree};
    use crate::source::Tree;

    fn check(left: &str, right: &str, wanted: &str) -> Diff {
        let tree = Tree::from_text(&format!("# file: a.py\n{left}# file: b.py\n{right}"));
        let snapshot = scan_tree(tree, &Options::default(), &Progress::default()).unwrap();
        let (a, b) = (FileId::new(0), FileId::new(1));
        let texts = [Text::read(&snapshot, a), Text::read(&snapshot, b)];
        let pair = Pair { left: (a, 0), right: (b, 0) };
        let diff = Diff::of(&snapshot.project, pair, &texts[0], &texts[1]);
        let shown: Vec<String> = diff
            .lines
            .iter()
            .map(|line| {
                let sign = match line.side {
                    Side::Same => '=',
                    Side::Changed => '~',
                    Side::Left => '-',
                    Side::Right => '+',
                    Side::Gap => ' ',
                };
                let text = |text: &Text, line: Option<u32>| {
                    line.and_then(|line| text.line(line)).unwrap_or("").trim().to_owned()
                };
                let (left, right) = (text(&texts[0], line.left), text(&texts[1], line.right));
                format!("{sign}{left}|{right}")
            })
            .collect();
        assert_eq!(shown.join("\n"), wanted);
        diff
    }

    #[test]
    fn methods_are_aligned_by_name() {
        let diff = check(
            "class M:\n  def a(self):\n    return 1\n  def b(self):\n    pass\n",
            "class M(Base):\n  x = 1\n  def new(self): ...\n  def b(self):\n    pass\n  def a(self):\n    return 2\n",
            "~class M:|class M(Base):\n+|x = 1\n |\n=def a(self):|def a(self):\n~return 1|return 2\n |\n\
             =def b(self):|def b(self):\n=pass|pass\n |\n+|def new(self): ...",
        );
        assert_eq!((diff.same, diff.changed, diff.left_only, diff.right_only), (1, 1, 0, 1));
        assert_eq!(diff.changes(false), [0, 4, 9]);
        assert_eq!(diff.unified.len(), diff.lines.len() + 2);
    }
}
