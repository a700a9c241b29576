//! The Python in a Jupyter notebook, as one text.
//!
//! A notebook is JSON, usually with one string per line of code. Each line of code then stands in the text at the line that
//! its string has in the file, with blank lines between, so that `path:line` opens at the real place. If the JSON is not
//! written so (all in one line, or a cell as one string), lines are counted through the code cells one after the other.
//! What IPython would do with a line (`%magic`, `!command`, `name?`) is blanked and keeps its line.

use std::{borrow::Cow, fmt};

use memchr::memchr_iter;
use serde::Deserialize;
use serde_json::value::RawValue;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotANotebook(pub String);

impl fmt::Display for NotANotebook {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "is no notebook: {}", self.0)
    }
}

#[derive(Deserialize)]
struct Notebook<'a> {
    #[serde(default, borrow)]
    metadata: Option<Metadata<'a>>,
    #[serde(default, borrow)]
    cells: Vec<Cell<'a>>,
    /// Of notebooks before version 4.
    #[serde(default, borrow)]
    worksheets: Vec<Worksheet<'a>>,
}

#[derive(Deserialize)]
struct Worksheet<'a> {
    #[serde(default, borrow)]
    cells: Vec<Cell<'a>>,
}

#[derive(Deserialize)]
struct Metadata<'a> {
    #[serde(default, borrow)]
    kernelspec: Option<Language<'a>>,
    #[serde(default, borrow)]
    language_info: Option<Language<'a>>,
}

#[derive(Deserialize)]
struct Language<'a> {
    #[serde(default, borrow)]
    name: Option<Cow<'a, str>>,
    #[serde(default, borrow)]
    language: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct Cell<'a> {
    #[serde(default, borrow, rename = "cell_type")]
    kind: Cow<'a, str>,
    /// A string, or a list of strings.
    #[serde(default, borrow, alias = "input")]
    source: Option<&'a RawValue>,
    #[serde(default, borrow)]
    language: Option<Cow<'a, str>>,
}

/// One line of code and its line in the JSON file, both from 0.
struct Line {
    text: String,
    in_file: usize,
}

pub fn python_of(bytes: &[u8]) -> Result<String, NotANotebook> {
    let json = std::str::from_utf8(bytes).map_err(|_| NotANotebook("not UTF-8".to_owned()))?;
    let json = json.strip_prefix('\u{feff}').unwrap_or(json);
    let notebook: Notebook =
        serde_json::from_str(json).map_err(|error| NotANotebook(error.to_string()))?;
    if !notebook.metadata.as_ref().is_none_or(is_python) {
        return Ok(String::new());
    }
    let cells =
        notebook.cells.iter().chain(notebook.worksheets.iter().flat_map(|sheet| &sheet.cells));
    let is_code =
        |cell: &&Cell| cell.kind == "code" && cell.language.as_deref().is_none_or(names_python);
    let mut line_numbers = LineNumbers::new(json);
    let cells: Vec<Vec<Line>> = cells
        .filter(is_code)
        .filter_map(|cell| cell.source)
        .map(|source| {
            let mut lines = lines_of(source, &mut line_numbers);
            blank_magics(&mut lines);
            lines
        })
        .collect();
    Ok(placed(&cells).unwrap_or_else(|| concatenated(&cells)))
}

fn is_python(metadata: &Metadata) -> bool {
    let info = metadata.language_info.as_ref().and_then(|info| info.name.as_deref());
    let kernel = metadata.kernelspec.as_ref();
    let language = info.or_else(|| kernel?.language.as_deref()).or_else(|| kernel?.name.as_deref());
    language.is_none_or(names_python)
}

fn names_python(language: &str) -> bool {
    let language = language.to_ascii_lowercase();
    language.contains("python") || language.starts_with("conda") || language.starts_with("pyodide")
}

fn lines_of(source: &RawValue, line_numbers: &mut LineNumbers) -> Vec<Line> {
    let strings: Vec<&RawValue> = match serde_json::from_str(source.get()) {
        Ok(strings) => strings,
        Err(_) => vec![source],
    };
    let mut lines: Vec<Line> = Vec::new();
    let mut is_open = false;
    for string in strings {
        let Ok(text) = serde_json::from_str::<String>(string.get()) else { continue };
        let in_file = line_numbers.of(string.get());
        for part in text.split_inclusive('\n') {
            let ends = part.ends_with('\n');
            // To Python a carriage return ends a line; here it would shift all that follow.
            let part = part.trim_end_matches(['\n', '\r']).replace('\r', " ");
            match lines.last_mut() {
                Some(line) if is_open => line.text.push_str(&part),
                _ => lines.push(Line { text: part, in_file }),
            }
            is_open = !ends;
        }
    }
    lines
}

/// The code with every line where it stands in the file; none if two lines would have to share a place.
fn placed(cells: &[Vec<Line>]) -> Option<String> {
    let mut text = String::new();
    let mut n_lines = 0;
    for cell in cells {
        for (index, line) in cell.iter().enumerate() {
            // Blank lines within a cell would end up in its strings.
            let follows = index > 0 && line.in_file != cell[index - 1].in_file + 1;
            if line.in_file < n_lines || follows {
                return None;
            }
            while n_lines < line.in_file {
                text.push('\n');
                n_lines += 1;
            }
            text.push_str(&line.text);
            text.push('\n');
            n_lines += 1;
        }
    }
    Some(text)
}

fn concatenated(cells: &[Vec<Line>]) -> String {
    let mut text = String::new();
    for line in cells.iter().flatten() {
        text.push_str(&line.text);
        text.push('\n');
    }
    text
}

/// Counts line ends once through the file; asked for places in rising order.
struct LineNumbers<'a> {
    json: &'a str,
    at: usize,
    line: usize,
}

impl<'a> LineNumbers<'a> {
    fn new(json: &'a str) -> Self {
        Self { json, at: 0, line: 0 }
    }

    /// The line on which a part of the JSON begins.
    fn of(&mut self, part: &str) -> usize {
        let offset = (part.as_ptr() as usize).wrapping_sub(self.json.as_ptr() as usize);
        if let Some(between) = self.json.as_bytes().get(self.at..offset) {
            self.line += memchr_iter(b'\n', between).count();
            self.at = offset;
        }
        self.line
    }
}

/// Cell magics whose body is Python that runs here.
const RUNS_BODY: &[&str] = &["%%time", "%%timeit", "%%capture", "%%prun", "%%memit"];

fn blank_magics(cell: &mut [Line]) {
    let cell_magic = cell.iter().position(|line| !line.text.trim().is_empty());
    if let Some(first) = cell_magic
        && let Some(magic) = cell[first].text.split_whitespace().next()
        && magic.starts_with("%%")
    {
        let runs_body = RUNS_BODY.contains(&magic);
        let blanked = if runs_body { &mut cell[first..=first] } else { &mut *cell };
        for line in blanked {
            line.text.clear();
        }
    }
    let mut state = State::default();
    let mut in_magic = false;
    for line in cell {
        // A magic goes on where its line ends with a backslash.
        let continues = line.text.ends_with('\\');
        if in_magic {
            line.text.clear();
            in_magic = continues;
        } else if state.is_between_statements()
            && let Some(python) = python_for_magic(&line.text)
        {
            line.text = python;
            in_magic = continues;
        } else {
            state.read(&line.text);
        }
    }
}

/// What stands for a line that only IPython understands; none if it is Python.
fn python_for_magic(line: &str) -> Option<String> {
    let statement = line.trim();
    let indent = &line[..line.len() - line.trim_start().len()];
    let is_magic = statement.starts_with(['%', '!', '?']);
    let name = statement.trim_end_matches('?');
    let is_question = name.len() < statement.len()
        && name
            .chars()
            .all(|character| character.is_alphanumeric() || "_.*[]%".contains(character));
    if is_magic || is_question {
        // A block must not become empty.
        return Some(if indent.is_empty() { String::new() } else { format!("{indent}pass") });
    }
    let (target, value) = statement.split_once('=')?;
    let is_names =
        target.chars().all(|character| character.is_alphanumeric() || "_., ".contains(character));
    let is_magic = value.trim_start().starts_with(['%', '!']);
    (is_names && is_magic && !target.trim().is_empty())
        .then(|| format!("{indent}{} = None", target.trim()))
}

/// Where a line of Python leaves us: in a bracket, in a long string, before a continued line.
#[derive(Default)]
struct State {
    depth: usize,
    long_string: Option<&'static str>,
    is_continued: bool,
}

impl State {
    fn is_between_statements(&self) -> bool {
        self.depth == 0 && self.long_string.is_none() && !self.is_continued
    }

    fn read(&mut self, line: &str) {
        let mut rest = line;
        self.is_continued = false;
        while let Some(first) = rest.bytes().next() {
            let mut n_read = 1;
            if let Some(quote) = self.long_string {
                if rest.starts_with(quote) {
                    self.long_string = None;
                    n_read = 3;
                } else if first == b'\\' {
                    n_read = 2;
                }
            } else {
                match first {
                    b'#' => return,
                    b'(' | b'[' | b'{' => self.depth += 1,
                    b')' | b']' | b'}' => self.depth = self.depth.saturating_sub(1),
                    b'\\' if rest.len() == 1 => self.is_continued = true,
                    b'"' | b'\'' => {
                        let quote = if first == b'"' { "\"\"\"" } else { "'''" };
                        if rest.starts_with(quote) {
                            self.long_string = Some(quote);
                            n_read = 3;
                        } else {
                            n_read = short_string(rest.as_bytes(), first);
                        }
                    }
                    _ => {}
                }
            }
            // In the middle of a character nothing is found, so go on byte by byte.
            let mut next = n_read.min(rest.len());
            while !rest.is_char_boundary(next) {
                next += 1;
            }
            rest = &rest[next..];
        }
    }
}

/// Length of a string in quotes, or of the rest of the line if it never ends.
fn short_string(text: &[u8], quote: u8) -> usize {
    let mut at = 1;
    while at < text.len() {
        match text[at] {
            b'\\' => at += 2,
            byte if byte == quote => return at + 1,
            _ => at += 1,
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notebook(cells: &[&[&str]]) -> String {
        let cells: Vec<_> = cells
            .iter()
            .map(|lines| {
                let n_lines = lines.len();
                let end = |index: usize| if index + 1 < n_lines { "\n" } else { "" };
                let source: Vec<String> =
                    lines.iter().enumerate().map(|(index, line)| format!("{line}{}", end(index))).collect();
                serde_json::json!({"cell_type": "code", "outputs": [{"text": ["import no\n"]}], "source": source})
            })
            .collect();
        let metadata = serde_json::json!({"kernelspec": {"language": "python", "name": "python3"}});
        serde_json::to_string_pretty(
            &serde_json::json!({"cells": cells, "metadata": metadata, "nbformat": 4}),
        )
        .unwrap()
    }

    fn check(cell: &[&str], expected: &[&str]) {
        let text = python_of(notebook(&[cell]).as_bytes()).unwrap();
        let lines: Vec<&str> = text.lines().skip_while(|line| line.is_empty()).collect();
        let start = expected.iter().position(|line| !line.is_empty()).unwrap_or(expected.len());
        assert_eq!(lines, expected[start..]);
    }

    #[test]
    fn every_line_stands_where_the_file_has_it() {
        let json = notebook(&[&["import a", "x = \"\"\"", "y\"\"\""], &["import b"]]);
        let text = python_of(json.as_bytes()).unwrap();
        for code in ["import a", "y\"\"\"", "import b"] {
            let in_file =
                json.lines().position(|line| line.contains(&code.replace('"', "\\\""))).unwrap();
            assert_eq!(text.lines().nth(in_file), Some(code));
        }
        assert!(!text.contains("import no"));
    }

    #[test]
    fn lines_are_counted_through_the_cells_when_the_file_is_one_line() {
        let json = notebook(&[&["import a", "b"], &["c"]]).replace('\n', "");
        assert_eq!(python_of(json.as_bytes()).unwrap(), "import a\nb\nc\n");
    }

    #[test]
    fn a_cell_as_one_string() {
        let json = "{\"cells\": [\n{\"cell_type\": \"code\", \"source\": \"import a\\nb\"},\n{\"cell_type\": \"markdown\", \"source\": \"c\"}\n]}";
        assert_eq!(python_of(json.as_bytes()).unwrap(), "import a\nb\n");
    }

    #[test]
    fn version_three() {
        let json = r#"{"worksheets": [{"cells": [{"cell_type": "code", "language": "python", "input": ["a\n", "b"]},
            {"cell_type": "heading", "source": ["x"]}]}], "metadata": {"name": ""}, "nbformat": 3}"#;
        assert_eq!(python_of(json.as_bytes()).unwrap(), "a\nb\n");
    }

    #[test]
    fn other_languages_hold_no_python() {
        for metadata in [
            r#"{"kernelspec": {"name": "ir", "language": "R"}}"#,
            r#"{"language_info": {"name": "julia"}}"#,
        ] {
            let json = format!(
                r#"{{"cells": [{{"cell_type": "code", "source": "x"}}], "metadata": {metadata}}}"#
            );
            assert_eq!(python_of(json.as_bytes()).unwrap(), "");
        }
    }

    #[test]
    fn magics_keep_their_line() {
        check(
            &[
                "import a",
                "%matplotlib inline",
                "!pip install x \\",
                "  --quiet",
                "files = !ls",
                "t = %time",
                "b",
            ],
            &["import a", "", "", "", "files = None", "t = None", "b"],
        );
        check(&["a?", "?b.c", "len??", "x = 1"], &["", "", "", "x = 1"]);
        check(&["if x:", "    !ls", "y"], &["if x:", "    pass", "y"]);
    }

    #[test]
    fn python_that_looks_like_a_magic() {
        let lines = [
            "x = (a",
            "% b)",
            "s = \"\"\"",
            "%no",
            "it's\"\"\"",
            "y = a \\",
            "% b",
            "z = 'why?'",
            "# why?",
            "a == b",
        ];
        check(&lines, &lines);
    }

    #[test]
    fn cell_magics() {
        check(&["%%time", "import a"], &["", "import a"]);
        check(&["%%bash", "import a"], &[]);
        check(&["", "%%writefile x.py", "import a"], &[]);
    }

    #[test]
    fn what_is_no_notebook() {
        for bytes in [b"".as_slice(), b"[]x", b"{", b"\xff", b"{\"cells\": 1}"] {
            assert!(python_of(bytes).is_err(), "{bytes:?}");
        }
        let deep = format!("{{\"cells\": {}", "[".repeat(200_000));
        assert!(python_of(deep.as_bytes()).is_err());
        let deep = format!("{{\"x\": {}{}}}", "[".repeat(200_000), "]".repeat(200_000));
        let _ = python_of(deep.as_bytes());
    }
}
