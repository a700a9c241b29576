//! Just enough of INI files and of `setup.py` to find constants in them. Nothing is evaluated.

/// Keys and values of a section; a value of several lines keeps its line ends.
pub(super) fn section(text: &str, name: &str) -> impl Iterator<Item = (String, String)> {
    let mut entries: Vec<(String, String)> = Vec::new();
    let mut is_in = false;
    for line in text.lines() {
        let trimmed = line.trim();
        if trimmed.starts_with(['#', ';']) {
            continue;
        }
        if let Some(header) = trimmed.strip_prefix('[')
            && !line.starts_with([' ', '\t'])
        {
            is_in = header.split(']').next() == Some(name);
        } else if !is_in || trimmed.is_empty() {
            // Nothing of this section.
        } else if line.starts_with([' ', '\t'])
            && let Some((_, value)) = entries.last_mut()
        {
            value.push('\n');
            value.push_str(trimmed);
        } else if let Some((key, value)) = trimmed.split_once(['=', ':']) {
            entries.push((key.trim().to_owned(), value.trim().to_owned()));
        }
    }
    entries.into_iter()
}

pub(super) fn values(text: &str, name: &str, key: &str) -> impl Iterator<Item = String> {
    section(text, name).filter(move |(found, _)| found == key).map(|(_, value)| value)
}

/// The string constants in the bracket, or the one string, that is given to a keyword in Python code.
pub(super) fn strings_after(code: &str, keyword: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = code;
    while let Some(at) = rest.find(keyword) {
        let before = rest[..at].chars().next_back();
        rest = &rest[at + keyword.len()..];
        let is_word = !before.is_some_and(|before| before.is_alphanumeric() || before == '_');
        let Some(value) = rest.trim_start().strip_prefix('=').map(str::trim_start) else {
            continue;
        };
        if is_word && !value.starts_with('=') {
            found.extend(leading_strings(value));
        }
    }
    found
}

/// The strings of the value that a text begins with: `"a"`, `["a", "b"]`, `{"a": ["b"]}`.
pub(super) fn leading_strings(text: &str) -> Vec<String> {
    let mut strings = Vec::new();
    let mut depth = 0_u32;
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '[' | '(' | '{' => depth += 1,
            ']' | ')' | '}' => depth = depth.saturating_sub(1),
            '"' | '\'' => {
                let Some(length) = text[at + 1..].find(character) else { break };
                strings.push(text[at + 1..at + 1 + length].to_owned());
                // To the closing quote.
                while characters.next().is_some_and(|(next, _)| next < at + 1 + length) {}
            }
            '#' => while characters.next().is_some_and(|(_, next)| next != '\n') {},
            _ if depth == 0 => break,
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    strings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_can_have_several_lines() {
        let text = "[a]\nx = 1\n[options]\n# no\npackage_dir =\n    =src\n    b = lib\nz: 2\n\n[c]\nz = 3\n";
        let entries: Vec<_> = section(text, "options").collect();
        assert_eq!(
            entries,
            [("package_dir".into(), "\n=src\nb = lib".into()), ("z".into(), "2".into())]
        );
    }

    #[test]
    fn constants_in_code() {
        let code = "setup(package_dir={'': \"src\"},  # 'no'\n x_requires=['no'], requires = [\n 'a', # 'no'\n 'b'],y=f('no'))";
        assert_eq!(strings_after(code, "package_dir"), ["", "src"]);
        assert_eq!(strings_after(code, "requires"), ["a", "b"]);
        assert_eq!(strings_after(code, "y"), Vec::<String>::new());
        assert_eq!(strings_after("requires = read('x')", "requires"), Vec::<String>::new());
    }
}
