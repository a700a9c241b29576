//! Two classes side by side: their methods, aligned by name.

use super::content::Content;
use super::{ClassRef, within};
use crate::facts::Facts;
use crate::facts::rows::{Definition, DefinitionKind, Row, Sym, flag};
use crate::model::Project;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alignment {
    /// Signature, decorators and body are equal, but for layout, comments and docstrings.
    Same,
    /// So many percent alike, 99 at most. The measure leaves names and constants out of account.
    Changed(u8),
    OnlyLeft,
    OnlyRight,
}

/// A method of two classes, with its rows in their files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MethodRow<'p> {
    pub name: &'p str,
    pub left: Option<Row>,
    pub right: Option<Row>,
    pub alignment: Alignment,
}

/// The methods of the left class in its order, then those that only the right one has. A name that is defined more than
/// once, as a property and its setter are, is aligned in turn; `@overload`s are left out.
pub fn align(project: &Project, left: ClassRef, right: ClassRef) -> Vec<MethodRow<'_>> {
    let (of_left, of_right) = (&project.file(left.0).facts, &project.file(right.0).facts);
    let mut others = methods(of_right, right.1);
    let mut rows = Vec::new();
    for (row, method) in methods(of_left, left.1) {
        let name = of_left.text(method.name);
        let twin = others.iter().position(|(_, other)| of_right.text(other.name) == name);
        let (right, alignment) = match twin.map(|at| others.remove(at)) {
            Some((other_row, other)) => {
                (Some(other_row), compare((of_left, method), (of_right, other)))
            }
            None => (None, Alignment::OnlyLeft),
        };
        rows.push(MethodRow { name, left: Some(row), right, alignment });
    }
    rows.extend(others.into_iter().map(|(row, method)| MethodRow {
        name: of_right.text(method.name),
        left: None,
        right: Some(row),
        alignment: Alignment::OnlyRight,
    }));
    rows
}

fn methods(facts: &Facts, class: Row) -> Vec<(Row, &Definition)> {
    let is_wanted = |row: &Definition| row.parent == class && !row.is(flag::OVERLOAD);
    let methods = within(facts, class).filter(|(_, row)| is_wanted(row));
    methods.filter(|(_, row)| row.kind() == DefinitionKind::Function).collect()
}

fn compare(left: (&Facts, &Definition), right: (&Facts, &Definition)) -> Alignment {
    if left.1.exact == right.1.exact && head(left) == head(right) {
        return Alignment::Same;
    }
    let content = |(facts, method)| Content::of_function(facts, method);
    Alignment::Changed(content(left).similarity(&content(right)).min(99))
}

/// All that is written before the body.
fn head<'f>((facts, method): (&'f Facts, &Definition)) -> (u32, Vec<&'f str>) {
    let mut words: Vec<&str> = Vec::new();
    for param in facts.params(method.params) {
        words.push(param.kind().word());
        words.extend([param.name, param.default, param.annotation].map(|sym: Sym| facts.text(sym)));
    }
    words.push(facts.text(method.returns));
    words.extend(facts.exprs(method.decorators).iter().map(|decorator| facts.text(decorator.text)));
    (method.flags & flag::ASYNC, words)
}
