//! Which role each piece of a Python text has, by the tokens of the parser that also reads the facts.

use ruff_python_ast::token::TokenKind;
use ruff_text_size::Ranged;

use super::theme::Role;
use crate::facts;

/// A stretch of the text that is not plain, as byte offsets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    pub start: u32,
    pub end: u32,
    pub role: Role,
}

/// The stretches of a text in order; none when it nests too deep to be parsed.
pub fn stretches(text: &str) -> Vec<Stretch> {
    let tokens = facts::tokens(text).unwrap_or_default();
    let mut found = Vec::with_capacity(tokens.len() / 2);
    let mut before = TokenKind::Newline;
    let mut starts_line = true;
    for token in tokens {
        let kind = token.kind();
        let role = match kind {
            TokenKind::Name => match before {
                TokenKind::Class | TokenKind::Def => Some(Role::Name),
                TokenKind::At if starts_line => Some(Role::Decorator),
                _ => None,
            },
            TokenKind::At if starts_line => Some(Role::Decorator),
            TokenKind::True | TokenKind::False | TokenKind::None => Some(Role::Constant),
            TokenKind::Int | TokenKind::Float | TokenKind::Complex => Some(Role::Constant),
            TokenKind::Comment => Some(Role::Comment),
            TokenKind::String
            | TokenKind::FStringStart
            | TokenKind::FStringMiddle
            | TokenKind::FStringEnd
            | TokenKind::TStringStart
            | TokenKind::TStringMiddle
            | TokenKind::TStringEnd => Some(Role::Literal),
            kind if kind.is_non_soft_keyword() => Some(Role::Keyword),
            _ => None,
        };
        if let Some(role) = role {
            let range = token.range();
            found.push(Stretch { start: range.start().into(), end: range.end().into(), role });
        }
        match kind {
            TokenKind::Newline
            | TokenKind::NonLogicalNewline
            | TokenKind::Indent
            | TokenKind::Dedent => starts_line = true,
            TokenKind::At => {}
            _ => starts_line = false,
        }
        before = kind;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<(&str, Role)> {
        let stretches = stretches(text);
        stretches.iter().map(|s| (&text[s.start as usize..s.end as usize], s.role)).collect()
    }

    #[test]
    fn tokens_have_roles() {
        use Role::{Comment, Constant, Decorator, Keyword, Literal, Name};
        let text = "@wraps\nclass A:  # why\n    x = 'y' @ None\n";
        let wanted = [
            ("@", Decorator),
            ("wraps", Decorator),
            ("class", Keyword),
            ("A", Name),
            ("# why", Comment),
            ("'y'", Literal),
            ("None", Constant),
        ];
        assert_eq!(shown(text), wanted);
    }

    #[test]
    fn broken_code_keeps_its_colours() {
        assert!(shown("def f(:\n    return 1\nclass B:\n").contains(&("B", Role::Name)));
    }
}
