//! Comments addressed to fragscope: `# fragscope: allow[rule] reason`.

use ruff_python_ast::token::Token;
use ruff_text_size::Ranged;

use super::page::Page;
use super::rows::Directive;

const ADDRESS: &str = "fragscope:";

/// Takes in a comment, if it is addressed to us.
pub fn read(page: &mut Page, comment: &Token) {
    let text = page.slice(comment.range());
    let is_before = |byte: &u8| *byte == b'#' || byte.is_ascii_whitespace();
    // Nearly no comment begins with this letter, or with odd blanks.
    let first = text.bytes().find(|byte| !is_before(byte));
    if first.is_none_or(|byte| byte != b'f' && byte < 0x80) {
        return;
    }
    let text = text.trim_start_matches('#').trim_start();
    let Some(text) = text.strip_prefix(ADDRESS) else { return };
    let text = page.sym(text.trim());
    let line_start =
        page.source[..comment.start().to_usize()].rfind(['\n', '\r']).map_or(0, |at| at + 1);
    let before = &page.source[line_start..comment.start().to_usize()];
    let own_line = u32::from(before.trim().is_empty());
    let at = page.start_of(comment);
    page.draft.directives.push(Directive { text, own_line, at });
}

#[cfg(test)]
mod tests {
    use crate::facts::extract_text;

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
