//! Comments addressed to fragscope, `# fragscope: allow[rule] reason`, and to Tach: `# tach-ignore(reason) name`.

use memchr::memchr;
use ruff_python_ast::token::Token;
use ruff_text_size::Ranged;

use super::page::Page;
use super::rows::{Directive, DirectiveKind};

const ADDRESS: &str = "fragscope:";
const TACH: &str = "tach-ignore";

/// Takes in a comment, if it is addressed to one of them.
pub fn read(page: &mut Page, comment: &Token) {
    let text = page.slice(comment.range());
    if !may_be_addressed(text.as_bytes()) {
        return;
    }
    let own = text.trim_start_matches('#').trim_start().strip_prefix(ADDRESS);
    let (kind, text) = match (own, own.is_none().then(|| of_tach(text)).flatten()) {
        (Some(text), _) => (DirectiveKind::Fragscope, text.trim()),
        (None, Some(names)) => (DirectiveKind::Tach, names),
        (None, None) => return,
    };
    let (kind, text) = (kind.code(), page.sym(text));
    let line_start =
        page.source[..comment.start().to_usize()].rfind(['\n', '\r']).map_or(0, |at| at + 1);
    let before = &page.source[line_start..comment.start().to_usize()];
    let own_line = u32::from(before.trim().is_empty());
    let at = page.start_of(comment);
    page.draft.directives.push(Directive { kind, text, own_line, at });
}

/// Nearly no comment begins with one of the letters or with odd blanks, or has a second mark within.
fn may_be_addressed(comment: &[u8]) -> bool {
    let is_before = |byte: &u8| *byte == b'#' || byte.is_ascii_whitespace();
    let Some(begin) = comment.iter().position(|byte| !is_before(byte)) else { return false };
    let first = comment[begin];
    matches!(first, b'f' | b't') || !first.is_ascii() || memchr(b'#', &comment[begin..]).is_some()
}

/// The names behind `# tach-ignore(reason)`, wherever it stands in a comment; nothing if something else follows.
fn of_tach(comment: &str) -> Option<&str> {
    let (before, rest) = comment.rsplit_once(TACH)?;
    if !before.trim_end_matches(' ').ends_with('#') {
        return None;
    }
    let rest = match rest.strip_prefix('(') {
        Some(reason) => reason.split_once(')')?.1,
        None => rest,
    };
    let is_part = |c: char| c == '_' || c == '.' || c.is_alphanumeric() || c.is_whitespace();
    let names = rest.trim();
    let is_apart = names.is_empty() || rest.starts_with(char::is_whitespace);
    (is_apart && names.chars().all(is_part)).then_some(names)
}

#[cfg(test)]
mod tests {
    use super::of_tach;
    use crate::facts::extract_text;

    #[test]
    fn a_comment_to_tach_may_name_a_reason_and_names() {
        assert_eq!(of_tach("# tach-ignore"), Some(""));
        assert_eq!(of_tach("#tach-ignore(until May) api core.x"), Some("api core.x"));
        assert_eq!(of_tach("# noqa # tach-ignore api"), Some("api"));
        assert_eq!(of_tach("# tach-ignore: why"), None);
        assert_eq!(of_tach("# see tach-ignore"), None);
        assert_eq!(of_tach("# tach-ignored"), None);
    }

    #[test]
    fn only_comments_count() {
        let source = "x = 1  # fragscope: allow[singleton] why\n# fragscope: allow[x] y\n'# fragscope: no'\n";
        let facts = extract_text(source, false, 0);
        let rows =
            facts.directives().iter().map(|row| (row.at.line, row.own_line, facts.text(row.text)));
        assert_eq!(
            rows.collect::<Vec<_>>(),
            [(1, 0, "allow[singleton] why"), (2, 1, "allow[x] y")]
        );
    }
}
