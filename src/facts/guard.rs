//! Text that would make a syntax tree too tall to walk or to drop on a thread's stack.
//!
//! The parser grows its stack as it needs, but whoever visits or drops its tree recurses once per level, and a stack
//! that overflows aborts the process. So the height of the tree is bounded from above before anything visits it: that of
//! a long text before it is parsed, that of any other by its tokens, which cost next to nothing to count.

use memchr::memchr2;
use ruff_python_ast::token::{Token, TokenKind, Tokens};
use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Expr, ModModule, Pattern, Stmt};

/// Open brackets and f-string fields; CPython refuses more.
const NESTING: usize = 200;
/// Indented blocks; CPython refuses more.
pub const INDENTS: usize = 100;
/// Levels of tree within one statement: terms of a sum, attributes and calls in a row, signs, lambdas.
const HEIGHT: u32 = 3_000;

/// The longest text whose tree can be dropped however deep it nests. A level takes a byte at least, so this bounds what
/// the drop can need, and the parser's own stack.
pub const HARMLESS: usize = 48 << 10;

/// Longer texts are parsed first too, up to this, if they are short of the bytes that make the parser go deeper.
const LONGEST_PARSED_FIRST: usize = 128 << 10;

/// A logical line of no more tokens keeps within all limits: a level takes a token at least, and a bracket two.
const FLAT_LINE: usize = 2 * NESTING;

/// Whether a text can be parsed before it is known how deep it nests: the parser's stack keeps within what a text of
/// [`HARMLESS`] length could need. Of what nests, only brackets and signs take a single byte.
pub fn can_be_parsed_first(text: &str) -> bool {
    // Without a branch and in bytes, so that many are compared at once.
    let nests = |byte: &u8| {
        let is = |other| u8::from(*byte == other);
        is(b'(') | is(b'[') | is(b'{') | is(b'-') | is(b'+') | is(b'~') | is(b'*')
    };
    let count = |some: &[u8]| usize::from(some.iter().map(nests).sum::<u8>());
    text.len() <= HARMLESS
        || text.len() <= LONGEST_PARSED_FIRST
            && text.as_bytes().chunks(128).map(count).sum::<usize>() <= HARMLESS / 2
}

/// Whether the statements of these tokens, which are correct Python, are so flat that the text need not be scanned. How deep
/// blocks lie in each other is counted later, when all tokens are looked at anyway: a text that is parsed first is too
/// short for more than some hundred levels.
pub fn is_flat(tokens: &Tokens) -> bool {
    has_short_lines(tokens) || is_flat_by_count(tokens)
}

/// Whether the end of a line is among any so many tokens in a row. It looks at few of them: from one end to the last of
/// those within reach.
fn has_short_lines(mut tokens: &[Token]) -> bool {
    while let Some(within_reach) = tokens.get(..=FLAT_LINE) {
        let is_end = |token: &Token| token.kind() == TokenKind::Newline;
        let Some(last) = within_reach.iter().rposition(is_end) else { return false };
        tokens = &tokens[last + 1..];
    }
    true
}

fn is_flat_by_count(tokens: &[Token]) -> bool {
    let mut in_line = 0;
    for token in tokens {
        match token.kind() {
            TokenKind::Newline => in_line = 0,
            TokenKind::Comment
            | TokenKind::NonLogicalNewline
            | TokenKind::Indent
            | TokenKind::Dedent => {}
            _ if in_line == FLAT_LINE => return false,
            _ => in_line += 1,
        }
    }
    true
}

/// Whether correct Python of this text could give a tree too tall to visit. It may say yes to a text that no person
/// writes.
pub fn too_deep(text: &str) -> bool {
    let mut scan = Scan {
        bytes: text.as_bytes(),
        at: 0,
        outer: Vec::with_capacity(16),
        level: Level::new(Kind::Statement),
        indents: Vec::with_capacity(16),
        after_operand: false,
        deep: false,
    };
    scan.run();
    scan.deep
}

/// Whether a tree is too tall to be visited without care. The text of correct Python says so before it is parsed; in
/// anything else the parser's repairs may nest what does not look nested.
pub fn is_too_tall(module: &ModModule) -> bool {
    let mut measure = Measure { height: 0, too_tall: false };
    measure.visit_body(&module.body);
    measure.too_tall
}

/// Visits a tree no deeper than the limit.
struct Measure {
    height: u32,
    too_tall: bool,
}

impl Measure {
    fn deeper(&mut self, visit: impl FnOnce(&mut Self)) {
        self.too_tall |= self.height > HEIGHT;
        if !self.too_tall {
            self.height += 1;
            visit(self);
            self.height -= 1;
        }
    }
}

impl Visitor<'_> for Measure {
    fn visit_stmt(&mut self, stmt: &Stmt) {
        self.deeper(|this| visitor::walk_stmt(this, stmt));
    }

    fn visit_expr(&mut self, expr: &Expr) {
        self.deeper(|this| visitor::walk_expr(this, expr));
    }

    fn visit_pattern(&mut self, pattern: &Pattern) {
        self.deeper(|this| visitor::walk_pattern(this, pattern));
    }
}

/// What a level lies in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Statement,
    Bracket,
    /// The text of an f-string, up to its closing quote.
    Text {
        quote: u8,
        triple: bool,
    },
    /// `{…}` in an f-string.
    Field,
    /// What follows the colon in `{x:…}`.
    Spec,
}

/// The tallest tree that the text since an opening bracket, or since the start of the statement, can make.
///
/// An *element* is what stands between commas. It is a row of *terms*, and a term a row of *factors*, each an operand
/// that may have attributes, calls and subscripts: `a.b(c) * d + e, f`.
#[derive(Clone, Copy)]
struct Level {
    kind: Kind,
    /// What stays when a comma comes: lambdas, and colons of the statement.
    firm: u32,
    /// Operators and prefixes between terms: each can be one level.
    steps: u32,
    /// Operators and signs within the term.
    factors: u32,
    /// Levels of the operand being read.
    operand: u32,
    /// The tallest operand of the term, term of the element, and element before this one.
    tallest_operand: u32,
    tallest_term: u32,
    tallest_element: u32,
}

impl Level {
    fn new(kind: Kind) -> Self {
        Self {
            kind,
            firm: 0,
            steps: 0,
            factors: 0,
            operand: 0,
            tallest_operand: 0,
            tallest_term: 0,
            tallest_element: 0,
        }
    }

    fn height(&self) -> u32 {
        let term = self.factors + self.tallest_operand.max(self.operand);
        let element = self.steps + self.tallest_term.max(term);
        self.firm + self.tallest_element.max(element)
    }

    /// A call, subscript or attribute around the operand, or a bracket that is one.
    fn wrap(&mut self, inner: u32) {
        self.operand = self.operand.max(inner) + 1;
    }

    fn end_operand(&mut self) {
        self.tallest_operand = self.tallest_operand.max(self.operand);
        self.operand = 0;
    }

    fn end_term(&mut self) {
        self.end_operand();
        self.tallest_term = self.tallest_term.max(self.factors + self.tallest_operand);
        self.factors = 0;
        self.tallest_operand = 0;
    }

    fn end_element(&mut self) {
        self.end_term();
        self.tallest_element = self.tallest_element.max(self.steps + self.tallest_term);
        self.steps = 0;
        self.tallest_term = 0;
    }
}

struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
    outer: Vec<Level>,
    level: Level,
    indents: Vec<u32>,
    /// The last thing read can end an operand, so that a word after it begins a new one.
    after_operand: bool,
    deep: bool,
}

/// What a byte of code can begin.
#[derive(Clone, Copy)]
enum Class {
    Other,
    Blank,
    Word,
    Digit,
    Quote,
    Open,
    Close,
    Comma,
    Semicolon,
    Colon,
    Dot,
    Sign,
    /// `*`, `/`, `%`, `@`, also doubled; and `~`.
    Tight,
    /// `&`, `|`, `^`
    Loose,
    /// Single it compares, doubled it shifts.
    Angle,
    /// `=`, `!`
    Flat,
    Hash,
    LineEnd,
    Backslash,
}

const CLASSES: [Class; 256] = {
    let mut classes = [Class::Other; 256];
    let mut byte = 0;
    while byte < 256 {
        classes[byte] = match byte as u8 {
            b' ' | b'\t' | 0x0c => Class::Blank,
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | 0x80.. => Class::Word,
            b'0'..=b'9' => Class::Digit,
            b'"' | b'\'' => Class::Quote,
            b'(' | b'[' | b'{' => Class::Open,
            b')' | b']' | b'}' => Class::Close,
            b',' => Class::Comma,
            b';' => Class::Semicolon,
            b':' => Class::Colon,
            b'.' => Class::Dot,
            b'+' | b'-' => Class::Sign,
            b'*' | b'/' | b'%' | b'@' | b'~' => Class::Tight,
            b'&' | b'|' | b'^' => Class::Loose,
            b'<' | b'>' => Class::Angle,
            b'=' | b'!' => Class::Flat,
            b'#' => Class::Hash,
            b'\n' | b'\r' => Class::LineEnd,
            b'\\' => Class::Backslash,
            _ => Class::Other,
        };
        byte += 1;
    }
    classes
};

const WORD: [bool; 256] = {
    let mut word = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        word[byte] = matches!(CLASSES[byte], Class::Word | Class::Digit);
        byte += 1;
    }
    word
};

fn is_word(byte: u8) -> bool {
    WORD[byte as usize]
}

impl Scan<'_> {
    fn run(&mut self) {
        self.indent();
        while !self.deep && self.at < self.bytes.len() {
            match self.level.kind {
                Kind::Statement | Kind::Bracket | Kind::Field => self.code(),
                Kind::Text { .. } | Kind::Spec => self.text(),
            }
        }
        self.end_statement();
    }

    fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    /// Reads one thing of code.
    #[inline]
    fn code(&mut self) {
        let byte = self.bytes[self.at];
        match CLASSES[byte as usize] {
            Class::Blank | Class::Other => self.at += 1,
            Class::Word => self.word(),
            Class::Digit => self.number(),
            Class::Quote => self.string(false),
            Class::Open => {
                self.at += 1;
                self.open(Kind::Bracket);
            }
            Class::Close => self.close(byte),
            Class::Comma | Class::Semicolon => {
                self.at += 1;
                self.level.end_element();
                self.after_operand = false;
            }
            Class::Colon => self.colon(),
            Class::Dot => {
                self.at += 1;
                self.level.wrap(0);
                // The attribute is no operand of its own.
                self.after_operand = false;
            }
            Class::Sign => {
                self.at += 1;
                if self.after_operand { self.step() } else { self.factor() }
            }
            Class::Tight => {
                let doubled = self.peek(1) == byte && byte != b'~';
                self.at += 1 + usize::from(doubled);
                self.factor();
            }
            Class::Loose => {
                self.at += 1;
                self.step();
            }
            Class::Angle => {
                let shift = self.peek(1) == byte;
                self.at += 1 + usize::from(shift);
                if shift { self.step() } else { self.separate() }
            }
            Class::Flat => {
                self.at += 1;
                self.separate();
            }
            Class::Hash => {
                let rest = &self.bytes[self.at..];
                self.at += memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
            }
            Class::LineEnd => self.line_end(),
            Class::Backslash => {
                let crlf = self.peek(1) == b'\r' && self.peek(2) == b'\n';
                self.at += if crlf { 3 } else { 2 };
            }
        }
    }

    /// An operator between terms, or a word that works like one.
    fn step(&mut self) {
        self.level.end_term();
        self.level.steps += 1;
        self.after_operand = false;
    }

    /// An operator that binds tighter, or a sign.
    fn factor(&mut self) {
        self.level.end_operand();
        self.level.factors += 1;
        self.after_operand = false;
    }

    /// Comparisons, assignments, `and`: their operands stand side by side in the tree.
    fn separate(&mut self) {
        self.level.end_term();
        self.after_operand = false;
    }

    fn word(&mut self) {
        let start = self.at;
        let rest = &self.bytes[start..];
        let len = rest.iter().position(|byte| !is_word(*byte)).unwrap_or(rest.len());
        self.at += len;
        let word = &rest[..len];
        if len <= 2 && matches!(rest.get(len), Some(b'"' | b'\'')) && is_f_prefix(word) {
            self.string(true);
            return;
        }
        match word {
            _ if len > 6 => self.name(),
            b"and" | b"or" | b"in" | b"is" => self.separate(),
            b"lambda" => {
                // The commas of its parameters must not part its body from what it stands in.
                self.separate();
                self.level.firm += self.level.steps + 1;
                self.level.steps = 0;
            }
            b"await" => self.factor(),
            b"not" | b"if" | b"else" | b"for" | b"async" | b"yield" | b"from" => self.step(),
            _ => self.name(),
        }
    }

    fn name(&mut self) {
        // A word right after another is one the parser may take for an operator or a statement.
        if self.after_operand {
            self.step();
        }
        self.after_operand = true;
    }

    fn number(&mut self) {
        let hex = matches!(self.peek(1), b'x' | b'X');
        loop {
            while self.at < self.bytes.len() && is_word(self.peek(0)) {
                self.at += 1;
            }
            let exponent = matches!(self.bytes[self.at - 1], b'e' | b'E') && !hex;
            let goes_on = match self.peek(0) {
                // `1.5` is a number, `1.real` and `1..real` go on with an attribute.
                b'.' => true,
                b'+' | b'-' => exponent,
                _ => false,
            };
            if goes_on && self.peek(1).is_ascii_digit() {
                self.at += 1;
            } else {
                break;
            }
        }
        self.after_operand = true;
    }

    fn open(&mut self, kind: Kind) {
        self.outer.push(self.level);
        self.level = Level::new(kind);
        self.after_operand = false;
        self.deep |= self.outer.len() > NESTING;
    }

    fn close(&mut self, byte: u8) {
        self.at += 1;
        let closes = match self.level.kind {
            Kind::Bracket => true,
            Kind::Field => byte == b'}',
            Kind::Statement | Kind::Text { .. } | Kind::Spec => false,
        };
        if closes {
            self.leave();
        }
        self.after_operand = true;
    }

    /// Ends the level; it becomes an operand of the one around it.
    fn leave(&mut self) {
        let inner = self.level.height();
        self.deep |= inner > HEIGHT;
        if let Some(outer) = self.outer.pop() {
            self.level = outer;
            self.level.wrap(inner);
            if !matches!(self.level.kind, Kind::Bracket | Kind::Statement | Kind::Field) {
                // The fields of an f-string stand side by side.
                self.level.end_element();
            }
        }
    }

    fn colon(&mut self) {
        self.at += 1;
        match self.level.kind {
            Kind::Field => self.open(Kind::Spec),
            Kind::Statement => {
                self.level.firm += 1;
                self.separate();
            }
            Kind::Bracket | Kind::Text { .. } | Kind::Spec => self.separate(),
        }
    }

    /// At the quote that opens a string.
    fn string(&mut self, fields: bool) {
        let quote = self.peek(0);
        let triple = self.peek(1) == quote && self.peek(2) == quote;
        self.at += if triple { 3 } else { 1 };
        self.after_operand = true;
        if fields {
            self.open(Kind::Text { quote, triple });
        } else if triple {
            self.skip_triple(quote);
        } else {
            self.skip_single(quote);
        }
    }

    fn skip_single(&mut self, quote: u8) {
        while let Some(byte) = self.bytes.get(self.at) {
            match *byte {
                b'\\' => self.at += 2,
                // The line end is for the code around: an unclosed string ends there.
                b'\n' | b'\r' => return,
                byte => {
                    self.at += 1;
                    if byte == quote {
                        return;
                    }
                }
            }
        }
    }

    fn skip_triple(&mut self, quote: u8) {
        while let Some(found) = self.bytes.get(self.at..).and_then(|r| memchr2(quote, b'\\', r)) {
            self.at += found;
            if self.peek(0) == b'\\' {
                self.at += 2;
            } else if self.peek(1) == quote && self.peek(2) == quote {
                self.at += 3;
                return;
            } else {
                self.at += 1;
            }
        }
        self.at = self.bytes.len();
    }

    /// Reads on in the text of an f-string, or in a format, up to what matters there.
    fn text(&mut self) {
        let byte = self.bytes[self.at];
        match (byte, self.level.kind) {
            (b'{', Kind::Text { .. }) if self.peek(1) == b'{' => self.at += 2,
            (b'{', _) => {
                self.at += 1;
                self.open(Kind::Field);
            }
            (b'}', Kind::Spec) => {
                self.at += 1;
                self.leave();
                self.leave();
            }
            (b'\\', _) if matches!(self.peek(1), b'{' | b'}') => self.at += 1,
            (b'\\', _) if self.peek(1) == b'N' && self.peek(2) == b'{' => self.at += 3,
            (b'\\', _) => self.at += 2,
            (b'"' | b'\'', _) => self.quote_in_text(byte),
            (b'\n' | b'\r', _) if !self.in_triple_text() => self.leave_text(),
            _ => self.skip_text(),
        }
    }

    fn skip_text(&mut self) {
        self.at += 1;
        while let Some(byte) = self.bytes.get(self.at) {
            if matches!(byte, b'{' | b'}' | b'\\' | b'"' | b'\'' | b'\n' | b'\r') {
                return;
            }
            self.at += 1;
        }
    }

    fn quote_in_text(&mut self, byte: u8) {
        let (quote, triple) = self.enclosing_text();
        if byte != quote || (triple && (self.peek(1) != quote || self.peek(2) != quote)) {
            self.at += 1;
            return;
        }
        self.at += if triple { 3 } else { 1 };
        self.leave_text();
    }

    /// Ends the innermost f-string with whatever is open in it.
    fn leave_text(&mut self) {
        while !matches!(self.level.kind, Kind::Text { .. } | Kind::Statement) {
            self.leave();
        }
        self.leave();
        self.after_operand = true;
    }

    fn enclosing_text(&self) -> (u8, bool) {
        let levels = std::iter::once(&self.level).chain(self.outer.iter().rev());
        for level in levels {
            if let Kind::Text { quote, triple } = level.kind {
                return (quote, triple);
            }
        }
        (0, false)
    }

    fn in_triple_text(&self) -> bool {
        self.enclosing_text().1
    }

    fn line_end(&mut self) {
        self.at += 1;
        // A bracket that was never closed must not make one statement of all that follows.
        if self.outer.is_empty() || self.at_statement_keyword() {
            self.end_statement();
            self.indent();
        }
    }

    fn end_statement(&mut self) {
        while !self.outer.is_empty() {
            self.leave();
        }
        self.deep |= self.level.height() > HEIGHT;
        self.level = Level::new(Kind::Statement);
        self.after_operand = false;
    }

    /// At the start of a statement's line: notes how deep it is indented.
    fn indent(&mut self) {
        let mut width = 0;
        loop {
            match self.peek(0) {
                b' ' => width += 1,
                b'\t' => width = (width / 8 + 1) * 8,
                0x0c => width = 0,
                b'\n' | b'\r' | b'#' => return,
                _ => break,
            }
            self.at += 1;
        }
        while self.indents.last().is_some_and(|indent| *indent > width) {
            self.indents.pop();
        }
        if width > self.indents.last().copied().unwrap_or(0) {
            self.indents.push(width);
            self.deep |= self.indents.len() > INDENTS;
        }
    }

    /// Whether the line that starts here starts with a word that no expression can hold.
    fn at_statement_keyword(&self) -> bool {
        let rest = &self.bytes[self.at..];
        let blank = rest.iter().position(|byte| !matches!(byte, b' ' | b'\t' | 0x0c));
        let line = &rest[blank.unwrap_or(rest.len())..];
        let len = line.iter().take(9).position(|byte| !is_word(*byte)).unwrap_or(0);
        matches!(
            &line[..len],
            b"def"
                | b"class"
                | b"import"
                | b"return"
                | b"raise"
                | b"assert"
                | b"del"
                | b"while"
                | b"with"
                | b"try"
                | b"except"
                | b"finally"
                | b"elif"
                | b"pass"
                | b"break"
                | b"continue"
                | b"global"
                | b"nonlocal"
        )
    }
}

fn is_f_prefix(word: &[u8]) -> bool {
    let marks = |byte: &u8| matches!(byte, b'f' | b'F' | b't' | b'T');
    let raw = |byte: &u8| matches!(byte, b'r' | b'R');
    match word {
        [only] => marks(only),
        [a, b] => (marks(a) && raw(b)) || (raw(a) && marks(b)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Language;

    /// As small as the stacks that files are read on.
    const STACK: usize = 16 << 20;

    /// Reads and drops the text as a worker does; whether there was a tree.
    fn check(text: &str) -> bool {
        let text = text.to_owned();
        let read = move || {
            let facts = crate::facts::extract(text.as_bytes(), Language::Python);
            // Also where the scan alone allowed it, the tree is walked.
            let is_read = facts.status().has_facts();
            assert!(!is_read || !is_too_tall(crate::facts::visitor::parse(&text).syntax()));
            is_read
        };
        std::thread::Builder::new().stack_size(STACK).spawn(read).unwrap().join().unwrap()
    }

    fn nested(before: &str, after: &str, depth: usize) -> String {
        format!("x = {}x{}\n", before.repeat(depth), after.repeat(depth))
    }

    const EXPRESSIONS: &[(&str, &str)] = &[
        ("(", ")"),
        ("[", "]"),
        ("{1: ", "}"),
        ("f(", ")"),
        ("x[", "]"),
        ("", ".a"),
        ("", "()"),
        ("", "[0]"),
        ("x + ", ""),
        ("x ** ", ""),
        ("x * -", ""),
        ("x ** -", ""),
        ("- ", ""),
        ("~", ""),
        ("not ", ""),
        ("await ", ""),
        ("lambda: ", ""),
        ("lambda a, b: ", ""),
        ("x if x else ", ""),
        ("x if x else lambda a, b: ", ""),
        ("f\"{", "}\""),
        ("f\"{x:{", "}}\""),
        ("[x for x in ", "]"),
        ("1e-5 * x // ", ""),
    ];

    #[test]
    fn what_is_parsed_can_be_dropped() {
        for (before, after) in EXPRESSIONS {
            for depth in [40, 1_000, 2_900, 10_000, 100_000] {
                let read = check(&nested(before, after, depth));
                assert!(read || depth > 40, "{before}x{after} is refused at {depth}");
                assert!(!read || depth < 10_000, "{before}x{after} is read at {depth}");
            }
        }
    }

    #[test]
    fn as_deep_as_a_text_can_be_that_is_parsed_first() {
        for (before, after) in EXPRESSIONS {
            let depth = HARMLESS / (before.len() + after.len()) - 10;
            let closed = nested(before, after, depth);
            assert!(closed.len() <= HARMLESS && !check(&closed), "{before}x{after}");
            assert!(before.is_empty() || !check(&nested(before, "", depth)), "{before}x");
        }
    }

    #[test]
    fn as_deep_as_a_longer_text_can_be_that_is_parsed_first() {
        let mut n_first = 0;
        for (before, after) in EXPRESSIONS {
            let depth = LONGEST_PARSED_FIRST / (before.len() + after.len()) - 10;
            let closed = nested(before, after, depth);
            n_first += usize::from(can_be_parsed_first(&closed));
            assert!(closed.len() <= LONGEST_PARSED_FIRST && !check(&closed), "{before}x{after}");
        }
        // Those that nest by words or by what follows an operand.
        assert!((5..EXPRESSIONS.len()).contains(&n_first), "{n_first}");
        assert!(!can_be_parsed_first(&nested("(", ")", HARMLESS / 2 + 1)));
        assert!(can_be_parsed_first(&"x = f(a.b)\n".repeat(10_000)));
    }

    #[test]
    fn tokens_tell_flat_text_from_deep() {
        let is_flat = |text: &str| {
            let parsed = crate::facts::visitor::parse(text);
            let is_flat = is_flat(parsed.tokens());
            assert_eq!(is_flat, is_flat_by_count(parsed.tokens()));
            is_flat
        };
        assert!(is_flat(&"x = f(a.b, [1, 2])\n# (((\n\n".repeat(1_000)));
        assert!(is_flat(&"def f():\n    if x:\n        pass\n".repeat(1_000)));
        for (before, after) in EXPRESSIONS {
            assert!(!is_flat(&nested(before, after, 500)), "{before}x{after}");
        }
    }

    #[test]
    fn far_too_many_levels_are_refused_before_parsing() {
        for (before, after) in EXPRESSIONS {
            assert!(too_deep(&nested(before, after, 200_000)), "{before}x{after}");
        }
    }

    #[test]
    fn blocks() {
        let nest = |depth: usize| -> String {
            let lines = (0..=depth).map(|level| format!("{}if x:\n", " ".repeat(level)));
            lines.collect::<String>() + &" ".repeat(depth + 1) + "pass\n"
        };
        assert!(check(&nest(90)));
        assert!(!check(&nest(101)));
        assert!(!check(&nest(3_000)));
    }

    #[test]
    fn a_ladder_of_elif_is_flat() {
        assert!(check(&format!("if x:\n pass\n{}", "elif x:\n pass\n".repeat(100_000))));
    }

    #[test]
    fn long_data_is_flat() {
        for item in
            ["-1, ", "a.b, ", "f(x), ", "{'a': [1, 2]}, ", "'a' 'b'\n", "x and y or ", "x == "]
        {
            assert!(check(&format!("x = [{}1]\n", item.repeat(50_000))), "{item}");
        }
    }

    #[test]
    fn generated_sums_pass() {
        assert!(check(&format!("x = {}0\n", "a.b(c) * -d**2 + ".repeat(2_500))));
    }

    #[test]
    fn brackets_in_strings_and_comments_do_not_count() {
        let open = "(".repeat(1_000);
        for text in [
            format!("x = '{open}'\n"),
            format!("x = '''{open}\n'''\n"),
            format!("x = rb'\\'{open}'\n"),
            format!("# {open}\n"),
            format!("x = f'{open}{{x}}'\n"),
            format!("x = f'''{{x:{open}}}'''\n"),
            format!("x = (1, # {open}\n)\n"),
        ] {
            assert!(check(&text), "{}", &text[..20]);
        }
    }

    #[test]
    fn an_unclosed_bracket_does_not_swallow_the_file() {
        let text = format!("x = f(1,\n{}", "def f():\n    return a.b + c\n".repeat(2_000));
        assert!(check(&text));
    }

    #[test]
    fn nesting_that_comes_from_repairs_is_refused() {
        let text = format!("@ async $\n{}", "\tlambda:lambda:=\n".repeat(8_000));
        assert!(!too_deep(&text));
        assert!(!check(&text));
    }
}
