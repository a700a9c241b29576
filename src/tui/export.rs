//! What is shown, as a document: Markdown, JSON and CSV of the panes' whole content, SVG of the screen itself.

use std::fmt::Write;

use ratatui::buffer::Buffer;
use serde_json::{Map, Value, json};

use super::app::App;
use super::draw;
use super::list::PaneState;
use super::pane::{Cell, Content, Pane, Rows};
use super::screens::{headline, n_panes, pane};
use super::svg;
use crate::report::escape::visible;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Markdown,
    Json,
    Csv,
    Svg,
    /// The way here, notes and marks.
    Session,
}

impl Form {
    pub const ALL: [Self; 5] = [Self::Markdown, Self::Json, Self::Csv, Self::Svg, Self::Session];

    pub fn title(self) -> &'static str {
        match self {
            Self::Markdown => "Markdown of this screen",
            Self::Json => "JSON of this screen",
            Self::Csv => "CSV of this list",
            Self::Svg => "picture of the screen (SVG)",
            Self::Session => "the session: way here, notes, marks (Markdown)",
        }
    }

    pub fn extension(self) -> &'static str {
        match self {
            Self::Markdown | Self::Session => "md",
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Svg => "svg",
        }
    }
}

pub fn export(app: &App, form: Form) -> String {
    match form {
        Form::Markdown => markdown(app),
        Form::Json => json_text(app),
        Form::Csv => csv(app),
        Form::Svg => {
            let mut buffer = Buffer::empty(app.area);
            draw::view(app, &mut buffer);
            svg::svg(&buffer, svg::ground(app.theme.is_light), &app.tree)
        }
        Form::Session => session(app),
    }
}

/// `concepts-orderprocessor`, for the name of a file.
pub fn slug(app: &App) -> String {
    let text = format!("{} {}", app.nav.screen.title(), app.nav.view().subject);
    let words = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let slug = words.collect::<Vec<_>>().join("-").to_lowercase();
    slug.chars().take(60).collect()
}

fn panes(app: &App) -> impl Iterator<Item = (Pane<'_>, &PaneState)> {
    let screen = app.nav.screen;
    let states = &app.nav.view().panes;
    (0..n_panes(screen)).zip(states).map(move |(at, state)| (pane(app, screen, at), state))
}

fn title_of(pane: &Pane) -> String {
    pane.title.iter().map(|piece| piece.text.as_ref()).collect()
}

fn markdown(app: &App) -> String {
    let mut text = format!("# {}: {}\n\n", visible(&app.tree), app.nav.screen.title());
    let _ =
        writeln!(text, "{}; {}\n", cell_text(&headline(app, app.nav.screen)), app.scope.phrase());
    for (pane, state) in panes(app) {
        match &pane.content {
            Content::Table(rows) if state.len > 0 => {
                let _ = writeln!(text, "## {}\n", cell_text(&title_of(&pane)));
                let (rows, shown) = given(&**rows, state);
                markdown_table(&mut text, &*rows, &shown);
            }
            Content::Text(lines) if !lines.is_empty() => {
                let _ = writeln!(text, "## {}\n\n```text", cell_text(&title_of(&pane)));
                for line in lines {
                    let _ = writeln!(text, "{}", visible(&line.text()).trim_end());
                }
                text.push_str("```\n\n");
            }
            Content::Table(_) | Content::Text(_) | Content::Source(_) | Content::Diff(_) => {}
        }
    }
    text
}

/// What of a table is given away, and which of its rows: nothing stays folded.
fn given<'r>(rows: &'r dyn Rows, state: &PaneState) -> (Given<'r>, Vec<usize>) {
    match rows.flat() {
        Some(flat) => {
            let left = state.left_of(&*flat);
            (Given::Flat(flat), left)
        }
        None => (Given::AsShown(rows), state.shown_rows()),
    }
}

enum Given<'r> {
    AsShown(&'r dyn Rows),
    Flat(Box<dyn Rows + 'r>),
}

impl<'r> std::ops::Deref for Given<'r> {
    type Target = dyn Rows + 'r;

    fn deref(&self) -> &Self::Target {
        match self {
            Self::AsShown(rows) => *rows,
            Self::Flat(rows) => &**rows,
        }
    }
}

fn markdown_table(text: &mut String, rows: &dyn Rows, shown: &[usize]) {
    let titles: Vec<&str> = rows.columns().iter().map(|column| column.title).collect();
    let rule: Vec<&str> =
        rows.columns().iter().map(|column| if column.right { "---:" } else { "---" }).collect();
    let _ = writeln!(text, "| {} |\n| {} |", titles.join(" | "), rule.join(" | "));
    for row in shown {
        let cells: Vec<String> =
            rows.cells(*row).iter().map(|cell| cell_text(&cell.text)).collect();
        let _ = writeln!(text, "| {} |", cells.join(" | "));
    }
    text.push('\n');
}

/// Text that can neither end its cell nor be more than text.
pub fn cell_text(text: &str) -> String {
    let mut safe = String::new();
    for c in visible(text).chars() {
        if matches!(c, '|' | '\\' | '`' | '<' | '*' | '_' | '[') {
            safe.push('\\');
        }
        safe.push(c);
    }
    safe
}

fn json_text(app: &App) -> String {
    let panes: Vec<Value> = panes(app)
        .filter_map(|(pane, state)| {
            let title = title_of(&pane);
            match &pane.content {
                Content::Table(rows) => {
                    let (rows, shown) = given(&**rows, state);
                    let rows: Vec<Value> =
                        shown.into_iter().map(|row| row_json(&*rows, row)).collect();
                    Some(json!({ "title": title, "rows": rows }))
                }
                Content::Text(lines) => {
                    let lines: Vec<String> =
                        lines.iter().map(super::pane::TextLine::text).collect();
                    Some(json!({ "title": title, "lines": lines }))
                }
                Content::Source(_) | Content::Diff(_) => None,
            }
        })
        .collect();
    let document = json!({
        "tree": app.tree,
        "screen": app.nav.screen.title(),
        "subject": app.nav.view().subject,
        "counted": app.scope.phrase(),
        "panes": panes,
    });
    let mut bytes = Vec::new();
    crate::report::json::write(&mut bytes, &document).expect("memory takes all that is written");
    String::from_utf8(bytes).expect("JSON is UTF-8")
}

fn row_json(rows: &dyn Rows, row: usize) -> Value {
    let mut object = Map::new();
    for (column, cell) in rows.columns().iter().zip(rows.cells(row)) {
        let name = if column.title.is_empty() { "sign" } else { column.title };
        let value = match cell {
            Cell { bar: Some(_), .. } => continue,
            Cell { number: Some(number), .. } => json!(number),
            Cell { text, .. } => json!(text),
        };
        object.insert(name.to_owned(), value);
    }
    Value::Object(object)
}

/// The list in focus, else the first one.
fn csv(app: &App) -> String {
    let screen = app.nav.screen;
    let order = std::iter::once(app.focus()).chain(0..n_panes(screen));
    for at in order {
        if let (Content::Table(rows), Some(state)) =
            (pane(app, screen, at).content, app.nav.view().panes.get(at))
        {
            let (rows, shown) = given(&*rows, state);
            return csv_of(&*rows, &shown);
        }
    }
    String::new()
}

fn csv_of(rows: &dyn Rows, shown: &[usize]) -> String {
    let mut text = String::new();
    let line = |cells: Vec<String>| cells.join(",") + "\r\n";
    let titled = |at: usize| !rows.columns()[at].title.is_empty();
    let columns: Vec<usize> = (0..rows.columns().len()).filter(|at| titled(*at)).collect();
    text += &line(columns.iter().map(|at| csv_cell(rows.columns()[*at].title)).collect());
    for row in shown {
        let cells = rows.cells(*row);
        let cell = |at: &usize| match cells[*at].number {
            Some(number) => number.to_string(),
            None => csv_cell(&cells[*at].text),
        };
        text += &line(columns.iter().map(cell).collect());
    }
    text
}

/// Quoted, and never a formula to a spreadsheet.
fn csv_cell(text: &str) -> String {
    let text = visible(text);
    let guard = if text.starts_with(['=', '+', '-', '@']) { "'" } else { "" };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

fn session(app: &App) -> String {
    let mut text = format!("# {}: session\n\n## The way here\n\n", visible(&app.tree));
    for (screen, subject) in app.nav.trail() {
        let _ = writeln!(text, "1. {} {}", screen.title(), cell_text(subject));
    }
    text.push_str("\n## Marks\n\n");
    for (key, object) in &app.notes.marks {
        let _ = writeln!(text, "- `'{key}` {} {}", object.kind(), cell_text(&app.label(object)));
    }
    text.push_str("\n## Notes\n\n");
    for note in &app.notes.notes {
        let (object, words) = (cell_text(&app.label(&note.object)), cell_text(&note.text));
        let _ = writeln!(text, "- **{object}** ({}): {words}", cell_text(&note.author));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_the_tree_stays_text() {
        assert_eq!(csv_cell("=1+\"x\"\n"), "\"'=1+\"\"x\"\"\\n\"");
        assert_eq!(cell_text("a|b`c\x1b"), "a\\|b\\`c\\\\x1b");
    }
}
