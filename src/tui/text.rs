//! The text of one file as the screen shows it: lines, roles, and what its lines import.

use std::collections::BTreeMap;
use std::ops::Range;

use super::highlight::{Stretch, stretches};
use crate::engine::Snapshot;
use crate::model::{FileId, Outcome, Project};
use crate::report::escape::visible;
use crate::source::{self, Language, encoding, notebook};

/// A line beyond this is shown only to here: nobody reads further, and a screen is not that wide.
const MAX_LINE: usize = 2_000;

/// A mark beside a line. When a line deserves several, the greatest shows.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mark {
    /// An import of something of the project.
    Import,
    /// An import that leads nowhere.
    Lost,
    SyntaxError(String),
}

#[derive(Debug, Default)]
pub struct Text {
    whole: String,
    lines: Vec<Range<usize>>,
    stretches: Vec<Stretch>,
    pub marks: BTreeMap<u32, Mark>,
    /// Why there is no text, or what is odd about it.
    pub note: Option<String>,
}

impl Text {
    /// Reads a file of the snapshot as it is on the disk now.
    pub fn read(snapshot: &Snapshot, file: FileId) -> Self {
        let own = snapshot.project.file(file);
        let path = snapshot.odd_paths.get(&file).cloned();
        let path = path.unwrap_or_else(|| source::TreePath::new(&own.path));
        let bytes = match source::read::read_path(&snapshot.tree, &path, source::MAX_BYTES) {
            Ok(bytes) => bytes,
            Err(reason) => return Self::without(reason.to_string()),
        };
        let text = if own.language == Language::Notebook {
            notebook::python_of(&bytes).map_err(|_| "this notebook cannot be read".to_owned())
        } else {
            let decoded = encoding::decode(&bytes);
            decoded.map(|decoded| decoded.text.into_owned()).map_err(|_| "no text".to_owned())
        };
        match text {
            Ok(text) => Self { marks: marks(&snapshot.project, file), ..Self::of(text) },
            Err(why) => Self::without(why),
        }
    }

    pub fn of(text: String) -> Self {
        let lines = line_ranges(&text);
        let stretches = stretches(&text);
        Self { whole: text, lines, stretches, marks: BTreeMap::new(), note: None }
    }

    fn without(why: String) -> Self {
        Self { note: Some(why), ..Self::default() }
    }

    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// A line, from 1, with tabs as spaces; nothing beyond the end.
    pub fn line(&self, number: u32) -> Option<&str> {
        let range = self.lines.get(number.checked_sub(1)? as usize)?;
        Some(clip(&self.whole[range.clone()]))
    }

    /// The line as pieces of text, each with the role it has.
    pub fn pieces(&self, number: u32) -> Vec<(String, super::theme::Role)> {
        use super::theme::Role;
        let Some(range) = number.checked_sub(1).and_then(|at| self.lines.get(at as usize)) else {
            return Vec::new();
        };
        let line = clip(&self.whole[range.clone()]);
        let (start, end) = (range.start, range.start + line.len());
        let first = self.stretches.partition_point(|stretch| stretch.end as usize <= start);
        let mut pieces = Vec::new();
        let mut at = start;
        let shown = |from: usize, to: usize| {
            self.whole.get(from..to).map(|text| visible(&text.replace('\t', "    ")).into_owned())
        };
        for stretch in self.stretches[first..].iter().take_while(|s| (s.start as usize) < end) {
            let from = (stretch.start as usize).max(at);
            let to = (stretch.end as usize).min(end);
            if from > to {
                continue;
            }
            // A stretch that does not fall on characters cannot be cut out, and the line is shown plainly.
            let (Some(plain), Some(text)) = (shown(at, from), shown(from, to)) else { break };
            pieces.push((plain, Role::Text));
            pieces.push((text, stretch.role));
            at = to;
        }
        pieces.push((shown(at, end).unwrap_or_default(), Role::Text));
        pieces.retain(|(text, _)| !text.is_empty());
        pieces
    }
}

fn clip(line: &str) -> &str {
    match line.char_indices().nth(MAX_LINE) {
        Some((end, _)) => &line[..end],
        None => line,
    }
}

/// Where each line is, without its end; `\r` alone ends one too, as in Python.
fn line_ranges(text: &str) -> Vec<Range<usize>> {
    let mut lines = Vec::with_capacity(text.len() / 32 + 1);
    let bytes = text.as_bytes();
    let mut start = 0;
    for at in memchr::memchr2_iter(b'\n', b'\r', bytes) {
        if at < start {
            continue;
        }
        lines.push(start..at);
        let is_crlf = bytes[at] == b'\r' && bytes.get(at + 1) == Some(&b'\n');
        start = at + 1 + usize::from(is_crlf);
    }
    if start < text.len() {
        lines.push(start..text.len());
    }
    lines
}

fn marks(project: &Project, file: FileId) -> BTreeMap<u32, Mark> {
    let facts = &project.file(file).facts;
    let mut marks: BTreeMap<u32, Mark> = BTreeMap::new();
    let mut add = |line: u32, mark: Mark| {
        let here = marks.entry(line).or_insert(Mark::Import);
        *here = mark.max(here.clone());
    };
    for (import, link) in facts.imports().iter().zip(project.links(file)) {
        match link.outcome {
            Outcome::Definition | Outcome::Module => add(import.at.line, Mark::Import),
            Outcome::Unresolved | Outcome::Missing | Outcome::OutsideRoots => {
                add(import.at.line, Mark::Lost);
            }
            Outcome::External | Outcome::Dynamic => {}
        }
    }
    for error in facts.errors() {
        add(error.at.line, Mark::SyntaxError(facts.text(error.message).to_owned()));
    }
    marks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::theme::Role;

    #[test]
    fn lines_end_as_in_python() {
        let text = Text::of("a\r\nb\rc\n\nd".to_owned());
        let lines: Vec<_> = (1..=text.len() as u32).filter_map(|n| text.line(n)).collect();
        assert_eq!(lines, ["a", "b", "c", "", "d"]);
        assert_eq!(text.line(6), None);
    }

    #[test]
    fn pieces_make_up_the_line() {
        let text = Text::of("class A:  # ä\n\tx = \"\"\"two\nlines\x1b[31m\"\"\"\n".to_owned());
        let joined = |n| text.pieces(n).into_iter().map(|(text, _)| text).collect::<String>();
        assert_eq!(joined(1), "class A:  # ä");
        assert_eq!(joined(2), "    x = \"\"\"two");
        assert_eq!(joined(3), "lines\\x1b[31m\"\"\"");
        assert_eq!(text.pieces(3)[0].1, Role::Literal);
    }
}
