//! Comments addressed to fragscope: `# fragscope: allow[rule] reason`.

use memchr::memmem;
use ruff_python_ast::token::{TokenKind, Tokens};
use ruff_text_size::Ranged;

use super::page::Page;
use super::rows::Directive;

const ADDRESS: &str = "fragscope:";

pub fn directives(page: &mut Page, tokens: &Tokens) {
    // Nearly no file has one, and a look at the bytes says so.
    if memmem::find(page.source.as_bytes(), ADDRESS.as_bytes()).is_none() {
        return;
    }
    for token in tokens.iter().filter(|token| token.kind() == TokenKind::Comment) {
        let comment = page.slice(token.range()).trim_start_matches('#').trim_start();
        let Some(text) = comment.strip_prefix(ADDRESS) else { continue };
        let text = page.sym(text.trim());
        let line_start =
            page.source[..token.start().to_usize()].rfind(['\n', '\r']).map_or(0, |at| at + 1);
        let before = &page.source[line_start..token.start().to_usize()];
        let own_line = u32::from(before.trim().is_empty());
        let at = page.start_of(token);
        page.draft.directives.push(Directive { text, own_line, at });
    }
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
