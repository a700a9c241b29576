//! Ways to make a copy of a class: what people do to one after they pasted it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use fragscope::facts;
use fragscope::facts::rows::DefinitionKind;
use fragscope::source::Language;
use ruff_python_ast::token::TokenKind;
use ruff_python_parser::{Mode, ParseOptions, parse_unchecked};
use ruff_text_size::Ranged;

/// The same numbers in every run.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % n.max(1) as u64) as usize
    }

    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            items.swap(at, self.below(at + 1));
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mutation {
    /// Class, methods, parameters and local variables get other names.
    Rename,
    Constants,
    Reorder,
    /// The longest method of another class is added.
    AddMethod,
    /// All four, and one line in ten edited.
    Together,
    /// All methods of another class are added.
    AddMethods,
    /// So many of a hundred logical lines are replaced, removed, or get another line before them.
    Edit(usize),
}

impl Mutation {
    pub const ALL: [Self; 9] = [
        Self::Rename,
        Self::Constants,
        Self::Reorder,
        Self::AddMethod,
        Self::Together,
        Self::AddMethods,
        Self::Edit(10),
        Self::Edit(30),
        Self::Edit(60),
    ];

    pub fn words(self) -> String {
        match self {
            Self::Rename => "renamed".to_owned(),
            Self::Constants => "other constants".to_owned(),
            Self::Reorder => "methods reordered".to_owned(),
            Self::AddMethod => "a method added".to_owned(),
            Self::AddMethods => "another's methods added".to_owned(),
            Self::Together => "all four, 10 % edited".to_owned(),
            Self::Edit(percent) => format!("{percent} % of lines edited"),
        }
    }

    pub fn adds_methods(self) -> bool {
        matches!(self, Self::AddMethod | Self::AddMethods | Self::Together)
    }

    /// The class as this mutation leaves it; `donor` is an unrelated class.
    pub fn apply(self, class: &str, donor: &str, dice: &mut Dice) -> String {
        match self {
            Self::Rename => rename(class),
            Self::Constants => change_constants(class),
            Self::Reorder => reorder(class, dice),
            Self::AddMethod => add_methods(class, donor, 1),
            Self::AddMethods => add_methods(class, donor, usize::MAX),
            Self::Together => {
                let edited = edit(&add_methods(class, donor, 1), donor, 10, dice);
                change_constants(&rename(&reorder(&edited, dice)))
            }
            Self::Edit(percent) => edit(class, donor, percent, dice),
        }
    }
}

/// A token with its text.
type Token<'t> = (TokenKind, &'t str, std::ops::Range<usize>);

fn tokens(text: &str) -> Vec<Token<'_>> {
    let parsed = parse_unchecked(text, ParseOptions::from(Mode::Module));
    let with_text = |token: &ruff_python_ast::token::Token| {
        let range = token.range().start().to_usize()..token.range().end().to_usize();
        (token.kind(), &text[range.clone()], range)
    };
    let is_code = |kind| {
        !matches!(
            kind,
            TokenKind::Comment
                | TokenKind::NonLogicalNewline
                | TokenKind::Indent
                | TokenKind::Dedent
        )
    };
    parsed.tokens().iter().filter(|token| is_code(token.kind())).map(with_text).collect()
}

/// The text with some tokens or lines replaced.
fn replaced(text: &str, edits: BTreeMap<usize, (usize, String)>) -> String {
    let mut out = String::new();
    let mut at = 0;
    for (start, (end, new)) in edits {
        out.push_str(&text[at..start]);
        out.push_str(&new);
        at = end;
    }
    out + &text[at..]
}

fn rename(text: &str) -> String {
    let tokens = tokens(text);
    let kind = |at: usize| tokens.get(at).map(|(kind, ..)| *kind);
    let mut names: BTreeMap<&str, String> = BTreeMap::new();
    let mut methods: BTreeMap<&str, String> = BTreeMap::new();
    let mut in_head = false;
    for (at, (token, name, _)) in tokens.iter().enumerate() {
        match token {
            TokenKind::Def => in_head = true,
            TokenKind::Newline => in_head = false,
            _ => {}
        }
        let is_own =
            *token == TokenKind::Name && !name.starts_with("__") && !["self", "cls"].contains(name);
        let Some(before) = at.checked_sub(1).and_then(kind).filter(|_| is_own) else { continue };
        let new = format!("new_{}{}", name.len(), names.len() + methods.len());
        if before == TokenKind::Def {
            methods.entry(name).or_insert(new);
        } else if before == TokenKind::Class
            || matches!(before, TokenKind::For | TokenKind::As)
            || (before == TokenKind::Newline && kind(at + 1) == Some(TokenKind::Equal))
            || (in_head
                && matches!(
                    before,
                    TokenKind::Lpar | TokenKind::Comma | TokenKind::Star | TokenKind::DoubleStar
                ))
        {
            names.entry(name).or_insert(new);
        }
    }
    let mut edits = BTreeMap::new();
    for (at, (token, name, range)) in tokens.iter().enumerate() {
        let after_dot = at > 0 && kind(at - 1) == Some(TokenKind::Dot);
        let of_self = after_dot && at > 1 && ["self", "cls"].contains(&tokens[at - 2].1);
        let new = match token {
            TokenKind::Name if of_self => methods.get(name),
            TokenKind::Name if !after_dot => names.get(name).or_else(|| methods.get(name)),
            _ => None,
        };
        if let Some(new) = new {
            edits.insert(range.start, (range.end, new.clone()));
        }
    }
    replaced(text, edits)
}

fn change_constants(text: &str) -> String {
    let mut edits = BTreeMap::new();
    for (token, word, range) in tokens(text) {
        let new = match token {
            TokenKind::Int | TokenKind::Float => "4711".to_owned(),
            TokenKind::String => match word.find(['"', '\'']) {
                // A docstring or not, it stays a string.
                Some(quote) if !word.contains("\"\"\"") && !word.contains("'''") => {
                    format!("{}other {}", &word[..=quote], &word[quote + 1..])
                }
                _ => continue,
            },
            _ => continue,
        };
        edits.insert(range.start, (range.end, new));
    }
    replaced(text, edits)
}

/// Lines of the methods of the class that a text holds, decorators included.
fn methods(text: &str) -> Vec<std::ops::Range<usize>> {
    let facts = facts::extract(text.as_bytes(), Language::Python);
    let methods = facts
        .definitions()
        .iter()
        .filter(|row| row.kind() == DefinitionKind::Function && row.parent == 0);
    methods.map(|row| row.first_line as usize - 1..row.end_line as usize).collect()
}

fn reorder(text: &str, dice: &mut Dice) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let spans = methods(text);
    let mut order = spans.clone();
    dice.shuffle(&mut order);
    let mut out: Vec<&str> = Vec::new();
    let mut at = 0;
    for (span, other) in spans.iter().zip(order) {
        // Methods in the branches of an `if` share lines with nothing else, but stand deeper.
        out.extend(&lines[at.min(span.start)..span.start]);
        out.extend(&lines[other]);
        at = span.end;
    }
    out.extend(&lines[at..]);
    out.join("\n") + "\n"
}

fn add_methods(text: &str, donor: &str, most: usize) -> String {
    let lines: Vec<&str> = donor.lines().collect();
    let mut spans = methods(donor);
    spans.sort_by_key(|span| std::cmp::Reverse(span.len()));
    let mut out = text.trim_end().to_owned() + "\n";
    for span in spans.into_iter().take(most) {
        let method = lines[span].join("\n").replacen("def ", "def added_", 1);
        write!(out, "\n{method}\n").expect("a string takes all");
    }
    out
}

/// A logical line that is no docstring.
struct LogicalLine {
    range: std::ops::Range<usize>,
    first: TokenKind,
    last: TokenKind,
}

fn logical_lines(text: &str) -> Vec<LogicalLine> {
    let mut lines: Vec<LogicalLine> = Vec::new();
    let mut open: Option<LogicalLine> = None;
    for (kind, _, range) in tokens(text) {
        match (kind, &mut open) {
            (TokenKind::Newline | TokenKind::EndOfFile, _) => {
                lines.extend(open.take().filter(|line| line.first != TokenKind::String));
            }
            (_, Some(line)) => {
                line.range.end = range.end;
                line.last = kind;
            }
            (_, None) => open = Some(LogicalLine { range, first: kind, last: kind }),
        }
    }
    lines
}

fn edit(text: &str, donor: &str, percent: usize, dice: &mut Dice) -> String {
    let is_simple = |line: &LogicalLine| {
        line.last != TokenKind::Colon
            && !matches!(
                line.first,
                TokenKind::At
                    | TokenKind::Class
                    | TokenKind::Def
                    | TokenKind::Async
                    | TokenKind::If
                    | TokenKind::Elif
                    | TokenKind::Else
                    | TokenKind::For
                    | TokenKind::While
                    | TokenKind::With
                    | TokenKind::Try
                    | TokenKind::Except
                    | TokenKind::Finally
            )
    };
    let has_test = |line: &LogicalLine| {
        line.last == TokenKind::Colon
            && matches!(line.first, TokenKind::If | TokenKind::Elif | TokenKind::While)
    };
    let donors: Vec<&str> = logical_lines(donor)
        .iter()
        .filter(|line| is_simple(line))
        .map(|line| &donor[line.range.clone()])
        .filter(|line| !line.contains('\n'))
        .collect();
    let lines = logical_lines(text);
    let wanted = lines.len() * percent / 100;
    let mut open: Vec<&LogicalLine> =
        lines.iter().filter(|line| is_simple(line) || has_test(line)).collect();
    dice.shuffle(&mut open);
    let mut edits = BTreeMap::new();
    for line in open.into_iter().take(wanted) {
        let old = &text[line.range.clone()];
        let other = donors.get(dice.below(donors.len())).copied().unwrap_or("other = thing[0]");
        let new = if has_test(line) {
            format!("{} and self.other({}):", &old[..old.len() - 1], dice.below(100))
        } else {
            match dice.below(5) {
                0 => "pass".to_owned(),
                1 => {
                    let line_start = text[..line.range.start].rfind('\n').map_or(0, |at| at + 1);
                    let indent = &text[line_start..line.range.start];
                    if indent.trim().is_empty() {
                        format!("{other}\n{indent}{old}")
                    } else {
                        other.to_owned()
                    }
                }
                _ => other.to_owned(),
            }
        };
        edits.insert(line.range.start, (line.range.end, new));
    }
    replaced(text, edits)
}
