//! INI files as Python's `configparser` reads them: continued lines, two kinds of comments, `%%` for a per cent sign.

use super::page::Page;

#[derive(Debug, PartialEq, Eq)]
pub struct Section {
    pub name: String,
    pub line: u32,
    pub entries: Vec<Entry>,
}

#[derive(Debug, PartialEq, Eq)]
pub struct Entry {
    /// In lower case.
    pub key: String,
    /// As many lines as it is written on.
    pub value: String,
    pub line: u32,
}

/// The sections of a file, in order.
pub fn sections(page: &Page) -> anyhow::Result<Vec<Section>> {
    let mut sections: Vec<Section> = Vec::new();
    // How far the line is indented that began the value, while there is one to continue.
    let mut open: Option<usize> = None;
    for (index, raw) in page.text.lines().enumerate() {
        let line = index as u32 + 1;
        let text = raw.trim();
        if text.is_empty() {
            // An empty line belongs to the value and does not end it.
            if let (Some(_), Some(entry)) = (open, last(&mut sections)) {
                entry.value.push('\n');
            }
            continue;
        }
        if text.starts_with(['#', ';']) {
            continue;
        }
        let indent = raw.len() - raw.trim_start().len();
        if let (Some(begun), Some(entry)) = (open, last(&mut sections))
            && indent > begun
        {
            entry.value.push('\n');
            entry.value.push_str(text);
            continue;
        }
        if let Some(header) = text.strip_prefix('[') {
            let Some((name, _)) = header.rsplit_once(']').filter(|(name, _)| !name.is_empty())
            else {
                return Err(page.error(line, "a section begins and does not end with `]`"));
            };
            if let Some(earlier) = sections.iter().find(|section| section.name == name) {
                let said =
                    format!("the section `[{name}]` begins at line {} already", earlier.line);
                return Err(page.error(line, said));
            }
            sections.push(Section { name: name.to_owned(), line, entries: Vec::new() });
            open = None;
            continue;
        }
        let Some(section) = sections.last_mut() else {
            return Err(page.error(line, "something stands before the first section"));
        };
        let Some((key, value)) = text.split_once(['=', ':']) else {
            return Err(page.error(line, format_args!("`{text}` is no `key = value`")));
        };
        let key = key.trim().to_lowercase();
        if section.entries.iter().any(|entry| entry.key == key) {
            return Err(page.error(line, format_args!("`{key}` is set a second time")));
        }
        section.entries.push(Entry { key, value: value.trim().to_owned(), line });
        open = Some(indent);
    }
    for entry in sections.iter_mut().flat_map(|section| &mut section.entries) {
        entry.value.truncate(entry.value.trim_end().len());
    }
    Ok(sections)
}

fn last(sections: &mut [Section]) -> Option<&mut Entry> {
    sections.last_mut()?.entries.last_mut()
}

/// A value with its per cent signs read. What would be filled in from elsewhere is an error: nothing is.
pub fn filled(page: &Page, entry: &Entry) -> anyhow::Result<String> {
    let plain = entry.value.replace("%%", "");
    if plain.contains('%') {
        let said = format!(
            "`{}` has a `%`, which stands for other values and is not read; `%%` is the sign",
            entry.key
        );
        return Err(page.error(entry.line, said));
    }
    Ok(entry.value.replace("%%", "%"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<Section> {
        sections(&Page::new("x.cfg", text)).unwrap()
    }

    fn fails(text: &str) -> String {
        sections(&Page::new("x.cfg", text)).unwrap_err().to_string()
    }

    #[test]
    fn a_value_goes_on_while_lines_are_indented() {
        let text = "# top\n[a:b:c]\nName = One: two\nlayers =\n  high\n\n  # not this\n  ; nor this\n  low | mid\nlast: x\n";
        let sections = read(text);
        let entries: Vec<(&str, &str, u32)> = sections[0]
            .entries
            .iter()
            .map(|entry| (entry.key.as_str(), entry.value.as_str(), entry.line))
            .collect();
        assert_eq!(
            entries,
            [("name", "One: two", 3), ("layers", "\nhigh\n\nlow | mid", 4), ("last", "x", 10)]
        );
        assert_eq!((sections[0].name.as_str(), sections[0].line), ("a:b:c", 2));
    }

    #[test]
    fn indented_keys_do_not_continue_each_other() {
        let sections = read("[a]\n  x = 1\n  y = 2\n    more\n");
        assert_eq!(sections[0].entries[1].value, "2\nmore");
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        assert!(fails("x = 1\n").contains("x.cfg: line 1: something stands before"));
        assert!(fails("[a]\nx\n").contains("line 2: `x` is no `key = value`"));
        assert!(fails("[a]\nx = 1\nX = 2\n").contains("line 3: `x` is set a second time"));
        assert!(fails("[a]\n[b]\n[a]\n").contains("line 3: the section `[a]` begins at line 1"));
        assert!(fails("[a\n").contains("line 1: a section begins"));
    }

    #[test]
    fn per_cent_signs_are_doubled() {
        let page = Page::new("x.cfg", "");
        let entry = |value: &str| Entry { key: "k".into(), value: value.into(), line: 7 };
        assert_eq!(filled(&page, &entry("100%% a")).unwrap(), "100% a");
        assert!(filled(&page, &entry("%(root)s.a")).unwrap_err().to_string().contains("line 7"));
    }
}
