//! Fingerprints of bodies at token level: what makes copies and near-copies comparable.
//!
//! White space, comments and texts that stand alone (docstrings) do not count. The exact print keeps every token's text; the
//! normal one has all constants alike, and knows of a name only where in its line it stood before (`x = x + y` is no
//! `x = y + y`), so that renaming and other numbers leave it as it is.

use std::ops::Range;

use ruff_python_ast::token::{TokenKind, Tokens};
use ruff_text_size::{Ranged, TextRange};

use super::directives;
use super::page::Page;
use super::rows::{LinePrint, Row, Rows};
use super::texts::{mixed, text_hash};

/// Reads the tokens: takes in directives, prints all logical lines of the file, and sets the prints of each definition from
/// the ranges of their bodies, which stand in the order of the definitions' rows. Gives how many blocks lie in each other.
pub fn print(page: &mut Page, tokens: &Tokens, bodies: &[TextRange]) -> usize {
    let source = page.source.as_bytes();
    let mut printer = Printer { open: Vec::new(), line: Line::new(), next: 0, turn: 0 };
    let (mut indents, mut most_indents) = (0_usize, 0);
    for (index, token) in tokens.iter().enumerate() {
        let kind = token.kind();
        let class = CLASSES[kind as usize];
        if token.start().to_u32() >= printer.turn && class < Class::Comment {
            printer.enter(page, bodies, token.start().to_u32());
        }
        let line = &mut printer.line;
        let range = || token.start().to_usize()..token.end().to_usize();
        match class {
            Class::Name => line.add_name(hash_at(source, range())),
            Class::Sign => line.add(kind as u64 + 16, 0),
            Class::Number => line.add(2, hash_at(source, range())),
            Class::Text => {
                let is_last = || {
                    let next = tokens.get(index + 1);
                    next.is_some_and(|next| next.kind() == TokenKind::Newline)
                };
                // A docstring: nothing that would have to be read.
                if !line.only_text || !is_last() {
                    line.add_text(hash_at(source, range()));
                }
            }
            Class::TextStart => {
                line.add(kind as u64 + 16, 0);
                line.open_texts += 1;
            }
            Class::TextEnd => {
                line.add(kind as u64 + 16, 0);
                // Broken code may close what it never opened.
                line.open_texts = line.open_texts.saturating_sub(1);
            }
            Class::LineEnd => printer.end_line(page),
            Class::Comment => directives::read(page, token),
            Class::Layout => {}
            Class::Indent => {
                indents += 1;
                most_indents = most_indents.max(indents);
            }
            Class::Dedent => indents = indents.saturating_sub(1),
        }
    }
    printer.end_line(page);
    printer.enter(page, bodies, u32::MAX);
    most_indents
}

/// What a token is to a print.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Class {
    Name,
    /// A keyword, an operator, a bracket: its kind says all.
    Sign,
    Number,
    Text,
    TextStart,
    TextEnd,
    LineEnd,
    // From here on nothing of a line.
    Comment,
    Layout,
    Indent,
    Dedent,
}

/// Looked up rather than asked for kind by kind: there are some thousand tokens to a file.
const CLASSES: [Class; 256] = {
    let mut classes = [Class::Sign; 256];
    classes[TokenKind::Name as usize] = Class::Name;
    classes[TokenKind::Int as usize] = Class::Number;
    classes[TokenKind::Float as usize] = Class::Number;
    classes[TokenKind::Complex as usize] = Class::Number;
    classes[TokenKind::String as usize] = Class::Text;
    classes[TokenKind::FStringMiddle as usize] = Class::Text;
    classes[TokenKind::TStringMiddle as usize] = Class::Text;
    classes[TokenKind::FStringStart as usize] = Class::TextStart;
    classes[TokenKind::TStringStart as usize] = Class::TextStart;
    classes[TokenKind::FStringEnd as usize] = Class::TextEnd;
    classes[TokenKind::TStringEnd as usize] = Class::TextEnd;
    classes[TokenKind::Newline as usize] = Class::LineEnd;
    classes[TokenKind::EndOfFile as usize] = Class::LineEnd;
    classes[TokenKind::Comment as usize] = Class::Comment;
    classes[TokenKind::NonLogicalNewline as usize] = Class::Layout;
    classes[TokenKind::Indent as usize] = Class::Indent;
    classes[TokenKind::Dedent as usize] = Class::Dedent;
    classes
};

struct Printer {
    open: Vec<Body>,
    line: Line,
    /// The next definition whose body begins.
    next: usize,
    /// Where the next body begins or ends.
    turn: u32,
}

/// A body that is being read.
struct Body {
    row: Row,
    end: u32,
    first_line: Row,
    exact: u64,
    normal: u64,
    tokens: u32,
}

impl Printer {
    /// Closes bodies that end before an offset and opens those that begin at or before it.
    fn enter(&mut self, page: &mut Page, bodies: &[TextRange], offset: u32) {
        if self.open.last().is_some_and(|body| body.end <= offset) {
            self.end_line(page);
        }
        while let Some(body) = self.open.pop_if(|body| body.end <= offset) {
            close(page, &body);
        }
        while let Some(range) =
            bodies.get(self.next).filter(|range| range.start().to_u32() <= offset)
        {
            // `class C: x = 1`: the head is a line of its own.
            self.end_line(page);
            self.open.push(Body {
                row: self.next as Row,
                end: range.end().to_u32(),
                first_line: page.draft.prints.len() as Row,
                exact: 0,
                normal: 0,
                tokens: 0,
            });
            self.next += 1;
        }
        let begins = bodies.get(self.next).map_or(u32::MAX, |range| range.start().to_u32());
        let ends = self.open.last().map_or(u32::MAX, |body| body.end);
        self.turn = begins.min(ends);
    }

    fn end_line(&mut self, page: &mut Page) {
        let line = &mut self.line;
        if line.only_text {
            line.clear();
            return;
        }
        page.draft.prints.push(LinePrint::new(line.normal, line.names.all, line.length));
        for body in &mut self.open {
            body.exact = mixed(body.exact, line.exact);
            body.normal = mixed(body.normal, line.normal);
            body.tokens += line.tokens;
        }
        line.clear();
    }
}

fn close(page: &mut Page, body: &Body) {
    let end = page.draft.prints.len() as Row;
    let Some(definition) = page.draft.definitions.get_mut(body.row as usize) else { return };
    definition.prints = Rows { start: body.first_line, end };
    definition.exact = words(body.exact);
    definition.normal = words(body.normal);
    definition.tokens = body.tokens;
}

/// One logical line so far.
struct Line {
    exact: u64,
    normal: u64,
    names: Names,
    tokens: u32,
    /// The same with a text and the fields in it as one.
    length: u32,
    open_texts: u32,
    /// Nothing but strings: a docstring, or nothing at all.
    only_text: bool,
}

impl Line {
    fn new() -> Self {
        Self {
            exact: 0,
            normal: 0,
            names: Names { first: [0; Names::FEW + 1], count: 0, all: 0 },
            tokens: 0,
            length: 0,
            open_texts: 0,
            only_text: true,
        }
    }

    /// Makes it a new one; of the names only those that count are looked at.
    fn clear(&mut self) {
        (self.exact, self.normal) = (0, 0);
        (self.names.count, self.names.all) = (0, 0);
        (self.tokens, self.length, self.open_texts) = (0, 0, 0);
        self.only_text = true;
    }

    fn add(&mut self, code: u64, text: u64) {
        self.only_text = false;
        self.mix(code, text);
    }

    fn add_name(&mut self, hash: u64) {
        // Clear of all other codes.
        let code = 1 << 16 | self.names.number(hash);
        self.add(code, hash);
    }

    fn add_text(&mut self, hash: u64) {
        self.mix(3, hash);
    }

    fn mix(&mut self, code: u64, text: u64) {
        self.normal = mixed(self.normal, code);
        self.exact = mixed(self.exact, code ^ text);
        self.tokens += 1;
        self.length += u32::from(self.open_texts == 0);
    }
}

/// The names of one line, each known by the order in which they first came.
struct Names {
    /// With a place for one more, which nobody looks at.
    first: [u64; Self::FEW + 1],
    count: usize,
    /// A hash of them all.
    all: u64,
}

impl Names {
    /// All later ones are alike: finding a name must stay cheap in a line of thousands.
    const FEW: usize = 8;

    /// Without a branch: whether a name came before is anybody's guess, the processor's too.
    fn number(&mut self, hash: u64) -> u64 {
        self.all = mixed(self.all, hash);
        let mut same = 0_u32;
        for (index, first) in self.first[..Self::FEW].iter().enumerate() {
            same |= u32::from(*first == hash) << index;
        }
        // Names of lines before may stand behind those of this one.
        same &= (1 << self.count) - 1;
        let number = (same | 1 << self.count).trailing_zeros();
        self.first[self.count] = hash;
        self.count += usize::from(same == 0 && self.count < Self::FEW);
        u64::from(number)
    }
}

/// The hash of a piece of the source. Most are names, for which one load of sixteen bytes serves.
fn hash_at(source: &[u8], range: Range<usize>) -> u64 {
    let length = range.len();
    if length > 16 {
        return text_hash(source.get(range).unwrap_or(&[]));
    }
    let rest = source.get(range.start..).unwrap_or(&[]);
    let sixteen = rest.first_chunk::<16>().copied().unwrap_or_else(|| {
        let mut sixteen = [0; 16];
        sixteen[..rest.len()].copy_from_slice(rest);
        sixteen
    });
    // What comes after the piece is shifted out.
    let surplus = 128 - 8 * length as u32;
    let word = u128::from_le_bytes(sixteen).checked_shl(surplus).unwrap_or(0);
    mixed(mixed(length as u64, word as u64), (word >> 64) as u64)
}

fn words(hash: u64) -> [u32; 2] {
    [hash as u32, (hash >> 32) as u32]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use crate::facts::rows::Definition;
    use crate::facts::{Facts, extract_text};

    fn first(text: &str) -> (Facts, Definition) {
        let facts = extract_text(text, false, 0);
        let definition = facts.definitions()[0];
        (facts, definition)
    }

    fn same(a: &str, b: &str) -> (bool, bool) {
        let ((_, a), (_, b)) = (first(a), first(b));
        (a.exact == b.exact, a.normal == b.normal)
    }

    #[test]
    fn layout_comments_and_docstrings_do_not_count() {
        let a = "class C:\n    def f(self):\n        return g(1)\n";
        let b = "class D(Base):\n  '''Doc.'''\n  # word\n\n  def f(self):\n    '''Doc.'''\n    return g(\n      1)\n";
        assert_eq!(same(a, b), (true, true));
    }

    #[test]
    fn names_and_constants_are_alike_only_in_the_normal_print() {
        let a = "def f():\n    total = price * 2\n";
        assert_eq!(same(a, "def f():\n    sum = cost * 3\n"), (false, true));
        assert_eq!(same(a, "def f():\n    total = price + 2\n"), (false, false));
    }

    #[test]
    fn a_name_is_known_by_where_it_stood_before() {
        let a = "def f():\n    x = x + y\n";
        assert_eq!(same(a, "def f():\n    b = b + a\n"), (false, true));
        assert_eq!(same(a, "def f():\n    x = y + y\n"), (false, false));
    }

    #[test]
    fn a_text_with_fields_is_one_token() {
        let tokens = |line: &str| {
            let (facts, function) = first(&format!("def f():\n    {line}\n"));
            facts.prints(function.prints)[0].tokens()
        };
        assert_eq!(tokens("log.info('x')"), 6);
        assert_eq!(tokens("log.info(f'{a} of {b[1]!r:>{n}}')"), 6);
        assert_eq!(tokens(&vec!["x"; 99].join(" + ")), 63);
    }

    #[test]
    fn names_of_any_length_are_told_apart() {
        let names =
            ["a", "b", "ab", "ba", "abc", "abcd", "abce", "abcdefg", "abcdefgh", "abcdefghi"];
        let longer = names.map(|name| name.repeat(3));
        let texts: Vec<_> =
            names.iter().copied().chain(longer.iter().map(String::as_str)).collect();
        let prints: BTreeSet<_> =
            texts.iter().map(|name| first(&format!("def f(): {name}\n")).1.exact).collect();
        assert_eq!(prints.len(), texts.iter().collect::<BTreeSet<_>>().len());
    }

    #[test]
    fn a_line_at_the_end_of_a_file_is_as_any_other() {
        let prints =
            |source: &str| first(source).0.prints(super::Rows { start: 1, end: 2 }).to_vec();
        for line in ["a", "f(a)", "return x", "x = 12345"] {
            let last = prints(&format!("def f():\n    {line}"));
            assert_eq!(
                last,
                prints(&format!("def f():\n    {line}\n    another(line)\n")),
                "{line}"
            );
        }
    }

    #[test]
    fn a_class_has_the_lines_of_its_methods() {
        let (facts, class) =
            first("class C:\n    x = 1\n    def f(self):\n        a()\n        b()\n\ny = 1\n");
        assert_eq!(class.prints.len(), 4);
        let method = facts.definitions()[1];
        assert_eq!(method.prints.len(), 2);
        assert_eq!(facts.prints(method.prints), &facts.prints(class.prints)[2..]);
    }

    #[test]
    fn a_body_on_the_line_of_its_head() {
        let (_, function) = first("def f(): return 1\n");
        assert_eq!((function.prints.len(), function.tokens), (1, 2));
    }
}
