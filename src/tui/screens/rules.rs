//! Rules: what the rules found, by rule, by module or by concept; beside it the evidence, the code, and what the rule means.

use std::borrow::Cow;
use std::collections::BTreeMap;

use ratatui::layout::Rect;

use super::{Cx, Screen, Spec, place_text, source, title, titled, waiting};
use crate::analysis::concepts::Concept;
use crate::analysis::detectors::rule;
use crate::analysis::finding::{Finding, Severity};
use crate::model::Project;
use crate::report::escape::visible;
use crate::report::paint::{counted, grouped};
use crate::tui::app::App;
use crate::tui::canvas::{self, Piece, piece};
use crate::tui::judgement::{Found, Group, Grouping, Judgement, State, role_of};
use crate::tui::layout::{Size, Wishes, across, behind, down};
use crate::tui::msg::Effect;
use crate::tui::object::{Object, Spot};
use crate::tui::pane::{Cell, Column, Content, Pane, Rows, TextLine};
use crate::tui::theme::Role;
use crate::tui::verbs::seek;

pub const SPEC: Spec = Spec {
    title: "Rules",
    panes: 4,
    presentations: Grouping::ALL.len() as u8,
    arrange,
    headline,
    pane,
    concept,
    open,
    step,
    sideways,
};

const TREE: usize = 0;
const EVIDENCE: usize = 1;
const SOURCE: usize = 2;

/// How many of a list the evidence of a group shows.
const FEW: usize = 12;

fn arrange(size: Size, area: Rect, wishes: Wishes) -> Vec<Rect> {
    if size == Size::L {
        let (left, right) = across(area, wishes.ratio(55));
        let (tree, source) = down(left, 65);
        let (evidence, explanation) = down(right, 50);
        return vec![tree, evidence, source, explanation];
    }
    let (tree, below) = down(area, wishes.ratio(50));
    behind(tree, below, wishes)
}

fn headline(cx: Cx) -> String {
    let Some(judgement) = &cx.data.judgement else { return "judging…".to_owned() };
    let of = |severity: Severity| {
        judgement.count(|found| found.is_open() && found.finding.severity == severity)
    };
    let state = |state: State| judgement.count(|found| found.state == state);
    let mut parts = vec![format!(
        "{}: {}, {}, {} info",
        counted(judgement.count(Found::is_open), "finding"),
        counted(of(Severity::Error), "error"),
        counted(of(Severity::Warning), "warning"),
        grouped(of(Severity::Info)),
    )];
    if judgement.has_baseline {
        let stale: usize = judgement.stale.iter().map(|entry| entry.n).sum();
        let against = [
            (state(State::New), "new"),
            (state(State::Known), "known"),
            (state(State::Moved), "moved"),
            (stale, "stale"),
        ];
        let told = against.iter().enumerate().filter(|(at, (count, _))| *at < 2 || *count > 0);
        let told = told.map(|(_, (count, word))| format!("{} {word}", grouped(*count)));
        parts.push(told.collect::<Vec<_>>().join(", "));
    } else {
        parts.push("no baseline".to_owned());
    }
    let suppressed = state(State::Suppressed);
    if suppressed > 0 {
        parts.push(format!("{} suppressed", grouped(suppressed)));
    }
    parts.join("; ")
}

fn pane(cx: Cx<'_>, at: usize) -> Pane<'_> {
    let Some(tree) = Tree::of(cx) else {
        return waiting(title("Findings"), "the rules are judging…");
    };
    let chosen = cx.selected(TREE).and_then(|row| tree.line(row));
    match at {
        TREE => {
            let all = counted(tree.judgement.count(Found::is_open), "finding");
            let about = format!("by {}", tree.by.word());
            Pane::table(titled("Findings", about), "findings", tree).badge(all)
        }
        EVIDENCE => {
            let subject = chosen.as_ref().map(Line::id).unwrap_or_default();
            let lines = match &chosen {
                Some(Line::Found(found)) => evidence(cx, found),
                Some(Line::Head(_, group)) => summary(cx, &tree, group),
                None => Vec::new(),
            };
            Pane::text(title("Evidence"), subject, lines)
        }
        SOURCE => {
            // Of a group its first finding is an example.
            let example = || match chosen? {
                Line::Found(found) => Some(found.spot()),
                Line::Head(_, group) => {
                    Some(tree.judgement.found[*group.found.first()? as usize].spot())
                }
            };
            source(cx, spot_of_evidence(cx).or_else(example))
        }
        _ => explained(cx, &tree, chosen.as_ref()),
    }
}

/// The place that the line of the evidence at its cursor leads to.
fn spot_of_evidence(cx: Cx) -> Option<Spot> {
    let Content::Text(lines) = super::pane(cx.app, Screen::Rules, EVIDENCE).content else {
        return None;
    };
    lines.get(cx.view.panes.get(EVIDENCE)?.cursor)?.place
}

fn concept(cx: Cx<'_>) -> Option<&Concept> {
    let tree = Tree::of(cx)?;
    let id = match tree.line(cx.selected(TREE)?)? {
        Line::Found(found) => found.concept.as_ref()?,
        Line::Head(_, group) if tree.by == Grouping::Concept => &group.name,
        Line::Head(..) => return None,
    };
    cx.data.heat.as_ref()?.find(id)
}

/// Groups and, under those that are unfolded, their findings: rows that are made when they are looked at.
struct Tree<'a> {
    project: &'a Project,
    judgement: &'a Judgement,
    by: Grouping,
    /// The row of each group, and at last the number of rows.
    heads: Vec<usize>,
}

enum Line<'a> {
    Head(usize, &'a Group),
    Found(&'a Found),
}

impl Line<'_> {
    fn id(&self) -> String {
        match self {
            Self::Head(at, group) => format!("group {at} {}", group.name),
            Self::Found(found) => format!("{} {}", found.fingerprint, found.finding.at.line),
        }
    }

    fn spot(&self) -> Option<Spot> {
        match self {
            Self::Head(..) => None,
            Self::Found(found) => Some(found.spot()),
        }
    }
}

fn grouping(presentation: u8) -> Grouping {
    Grouping::ALL[usize::from(presentation) % Grouping::ALL.len()]
}

/// By what a group is remembered as unfolded.
fn key(by: Grouping, group: &Group) -> String {
    format!("{} {}", by.word(), group.name)
}

impl<'a> Tree<'a> {
    fn of(cx: Cx<'a>) -> Option<Self> {
        let judgement: &Judgement = cx.data.judgement.as_ref()?;
        let by = grouping(cx.view.presentation);
        // What a filter leaves must be seen.
        let is_filtered = cx.view.panes.get(TREE).is_some_and(|tree| !tree.filter.is_empty());
        let mut heads = Vec::with_capacity(judgement.groups(by).len() + 1);
        let mut rows = 0;
        for group in judgement.groups(by) {
            heads.push(rows);
            let is_unfolded = is_filtered || cx.view.unfolded.contains(&key(by, group));
            rows += 1 + if is_unfolded { group.found.len() } else { 0 };
        }
        heads.push(rows);
        Some(Self { project: cx.project(), judgement, by, heads })
    }

    fn groups(&self) -> &'a [Group] {
        self.judgement.groups(self.by)
    }

    /// The group that a row belongs to.
    fn group_at(&self, row: usize) -> usize {
        self.heads.partition_point(|head| *head <= row).saturating_sub(1)
    }

    fn is_unfolded(&self, group: usize) -> bool {
        self.heads[group + 1] - self.heads[group] > 1
    }

    fn line(&self, row: usize) -> Option<Line<'a>> {
        let at = self.group_at(row);
        let group = self.groups().get(at)?;
        let Some(under) = row.checked_sub(self.heads[at] + 1) else {
            return Some(Line::Head(at, group));
        };
        Some(Line::Found(&self.judgement.found[*group.found.get(under)? as usize]))
    }

    fn found(&self, row: usize) -> Option<&'a Found> {
        match self.line(row)? {
            Line::Found(found) => Some(found),
            Line::Head(..) => None,
        }
    }

    fn head_cells(&self, at: usize, group: &'a Group) -> Vec<Cell<'a>> {
        let sign = if self.is_unfolded(at) { "-" } else { "+" };
        let name = if group.name.is_empty() { "of no concept" } else { &group.name };
        let state = match group.new {
            0 => String::new(),
            _ if !self.judgement.has_baseline => String::new(),
            new => format!("{new} new"),
        };
        let severity = match group.gravest {
            Some(severity) => severity_cell(severity),
            None => Cell::text("", Role::Dim),
        };
        vec![
            Cell::text(sign, Role::Key),
            Cell::text(name, Role::Heading),
            Cell::text("", Role::Dim),
            severity,
            Cell::text(state, Role::Warn),
            Cell::count(group.open),
        ]
    }

    fn cells_of(&self, found: &'a Found) -> Vec<Cell<'a>> {
        let Finding { rule, at, symbol, .. } = &found.finding;
        let name = match self.by {
            Grouping::Rule | Grouping::Concept => place_text(self.project, found.spot()),
            Grouping::Module => format!("{} {rule}", at.line),
        };
        let about = if self.by == Grouping::Concept { rule } else { last_name(symbol) };
        let dim = |role: Role| if found.is_open() { role } else { Role::Dim };
        let mut severity = severity_cell(found.finding.severity);
        severity.role = dim(severity.role);
        let state = match found.state {
            State::New if !self.judgement.has_baseline => "",
            other => other.word(),
        };
        let is_new = found.state == State::New;
        vec![
            Cell::text("", Role::Dim),
            Cell::text(name, dim(Role::Text)),
            Cell::text(about, Role::Dim),
            severity,
            Cell::text(state, if is_new { Role::Warn } else { Role::Dim }),
            Cell::text("", Role::Dim),
        ]
    }
}

/// The gravest first where rows are put in order by it.
fn severity_cell(severity: Severity) -> Cell<'static> {
    let number = Some(-f64::from(severity as u8));
    Cell { number, ..Cell::text(severity.word(), role_of(severity)) }
}

/// The last part of a dotted name; an address stays whole.
fn last_name(symbol: &str) -> &str {
    if symbol.contains('/') { symbol } else { symbol.rsplit('.').next().unwrap_or(symbol) }
}

impl Rows for Tree<'_> {
    fn columns(&self) -> &'static [Column] {
        const fn columns(about: u8, state: u8) -> [Column; 6] {
            [
                Column::text("", 1).rank(0),
                Column::name("finding", 24),
                Column::text("about", 20).rank(about),
                Column::text("severity", 8).rank(2),
                Column::text("state", 10).rank(state),
                Column::number("count", 5).rank(1),
            ]
        }
        const WITH_BASELINE: [Column; 6] = columns(5, 3);
        // All are new: other things are worth their room more.
        const WITHOUT: [Column; 6] = columns(4, 5);
        if self.judgement.has_baseline { &WITH_BASELINE } else { &WITHOUT }
    }

    fn len(&self) -> usize {
        self.heads.last().copied().unwrap_or(0)
    }

    fn cells(&self, row: usize) -> Vec<Cell<'_>> {
        match self.line(row) {
            Some(Line::Head(at, group)) => self.head_cells(at, group),
            Some(Line::Found(found)) => self.cells_of(found),
            None => Vec::new(),
        }
    }

    fn name(&self, row: usize) -> Cow<'_, str> {
        match self.line(row) {
            Some(Line::Head(_, group)) => group.name.as_str().into(),
            Some(Line::Found(found)) => found.finding.message.as_str().into(),
            None => "".into(),
        }
    }

    fn object(&self, row: usize) -> Option<Object> {
        Some(match self.line(row)? {
            Line::Found(found) => Object::Finding(found.fingerprint.clone()),
            Line::Head(_, group) if group.name.is_empty() => return None,
            Line::Head(_, group) => match self.by {
                Grouping::Rule => Object::Rule(group.name.clone()),
                Grouping::Module => Object::Module(group.name.clone()),
                Grouping::Concept => Object::Concept(group.name.clone()),
            },
        })
    }

    fn place(&self, row: usize) -> Option<Spot> {
        self.line(row)?.spot()
    }

    fn field(&self, row: usize, name: &str) -> Option<Cow<'_, str>> {
        field(self.project, self.found(row)?, name)
    }

    fn has_word(&self, row: usize, word: &str) -> bool {
        self.found(row).is_some_and(|found| has_word(self.project, found, word))
    }

    fn is_tree(&self) -> bool {
        true
    }

    fn head(&self, row: usize) -> Option<usize> {
        Some(self.heads[self.group_at(row)]).filter(|head| *head != row)
    }

    fn stand_in(&self, object: &Object) -> Option<usize> {
        let Object::Finding(fingerprint) = object else { return None };
        Some(self.heads[self.judgement.group_of(self.by, fingerprint)?])
    }

    fn flat(&self) -> Option<Box<dyn Rows + '_>> {
        let numbers = self.groups().iter().flat_map(|group| &group.found);
        let found = numbers.map(|number| &self.judgement.found[*number as usize]);
        Some(Box::new(Flat { project: self.project, found: found.collect() }))
    }

    fn empty(&self) -> &'static str {
        "no rule finds anything here; t counts tests and all code too"
    }
}

/// What a filter can ask a finding for by name; the beginning of a name is enough.
const FIELDS: [&str; 9] =
    ["rule", "path", "severity", "state", "symbol", "module", "concept", "message", "fingerprint"];

fn field<'a>(project: &'a Project, found: &'a Found, name: &str) -> Option<Cow<'a, str>> {
    let finding = &found.finding;
    let name = FIELDS.into_iter().find(|field| field.starts_with(name))?;
    let own = project.file(finding.file);
    Some(Cow::Borrowed(match name {
        "rule" => finding.rule,
        "path" => &own.path,
        "severity" => finding.severity.word(),
        "state" => found.state.word(),
        "symbol" => &finding.symbol,
        "module" => &own.module,
        "concept" => found.concept.as_deref().unwrap_or_default(),
        "message" => &finding.message,
        _ => &found.fingerprint,
    }))
}

fn has_word(project: &Project, found: &Found, word: &str) -> bool {
    let Finding { rule, file, symbol, message, .. } = &found.finding;
    let concept = found.concept.as_deref().unwrap_or_default();
    let texts = [rule, &*project.file(*file).path, symbol, message, concept];
    texts.iter().any(|text| crate::tui::list::contains(text, word))
}

/// The findings alone, each with all that tells it from others.
struct Flat<'a> {
    project: &'a Project,
    found: Vec<&'a Found>,
}

impl Rows for Flat<'_> {
    fn columns(&self) -> &'static [Column] {
        const COLUMNS: [Column; 8] = [
            Column::text("rule", 20),
            Column::text("severity", 8),
            Column::text("state", 10),
            Column::name("path", 20),
            Column::number("line", 5),
            Column::name("symbol", 20),
            Column::text("message", 40),
            Column::text("fingerprint", 16),
        ];
        &COLUMNS
    }

    fn len(&self) -> usize {
        self.found.len()
    }

    fn cells(&self, row: usize) -> Vec<Cell<'_>> {
        let found = self.found[row];
        let text =
            |name| Cell::text(field(self.project, found, name).unwrap_or_default(), Role::Text);
        let line = found.finding.at.line;
        vec![
            text("rule"),
            text("severity"),
            text("state"),
            text("path"),
            Cell { number: Some(f64::from(line)), ..Cell::text(line.to_string(), Role::Number) },
            text("symbol"),
            text("message"),
            text("fingerprint"),
        ]
    }

    fn name(&self, row: usize) -> Cow<'_, str> {
        self.found[row].finding.message.as_str().into()
    }

    fn object(&self, row: usize) -> Option<Object> {
        Some(Object::Finding(self.found[row].fingerprint.clone()))
    }

    fn place(&self, row: usize) -> Option<Spot> {
        Some(self.found[row].spot())
    }

    fn field(&self, row: usize, name: &str) -> Option<Cow<'_, str>> {
        field(self.project, self.found[row], name)
    }

    fn has_word(&self, row: usize, word: &str) -> bool {
        has_word(self.project, self.found[row], word)
    }
}

fn line(pieces: impl IntoIterator<Item = Piece>) -> TextLine {
    TextLine::of(pieces)
}

/// Columns of the name of a fact.
const NAME: u16 = 9;

fn fact(cx: Cx, name: &'static str, text: &str) -> TextLine {
    let room = cx.app.layout().inner(EVIDENCE).width.saturating_sub(NAME);
    let text = canvas::fitted(&visible(text), room.max(20));
    line([piece(format!("{name:<0$}", usize::from(NAME)), Role::Dim), piece(text, Role::Text)])
}

/// What is wrong where, what to do, and what else belongs to it.
fn evidence(cx: Cx, found: &Found) -> Vec<TextLine> {
    let finding = &found.finding;
    let project = cx.project();
    let object = Object::Finding(found.fingerprint.clone());
    let mut lines = Vec::new();
    for note in cx.app.notes.of(&object) {
        let text = format!("{} {}: {}", cx.app.glyphs.note, note.author, note.text);
        lines.push(line([piece(text, Role::Mark)]));
    }
    let severity = finding.severity;
    lines.push(line([
        piece(severity.word(), role_of(severity)),
        piece(format!("  {}", finding.rule), Role::Heading),
    ]));
    lines.push(line([piece(finding.message.clone(), Role::Text)]));
    lines.push(line([piece("→ ", Role::Good), piece(finding.remedy.clone(), Role::Good)]));
    lines.push(line([]));
    let site = place_text(project, found.spot());
    lines.push(fact(cx, "site", &format!("{site}:{}", finding.at.column)).at(found.spot()));
    lines.push(fact(cx, "about", &finding.symbol));
    if let Some(concept) = &found.concept {
        lines.push(fact(cx, "concept", concept).object(Object::Concept(concept.clone())));
    }
    let word = found.state.word();
    let state = match &found.reason {
        Some(reason) => format!("{word}: {reason}"),
        None if judged_without_baseline(cx) => format!("{word}: there is no baseline"),
        None => word.to_owned(),
    };
    lines.push(line([
        piece(format!("{:<1$}", "state", usize::from(NAME)), Role::Dim),
        piece(state, Role::Text),
    ]));
    lines.push(fact(cx, "known as", &found.fingerprint));
    if !finding.related.is_empty() {
        lines.push(line([]));
        lines.push(line([piece("Belongs to it", Role::Heading)]));
    }
    let room = cx.app.layout().inner(EVIDENCE).width;
    for related in &finding.related {
        let spot = Spot { file: related.file, line: related.at.line };
        let place = place_text(project, spot);
        // The place may take what its words leave, but so much that it can be told.
        let left = room.saturating_sub(canvas::width(&related.what) + 4).max(28);
        let own = line([
            piece(format!("  {}  ", canvas::fitted(&visible(&place), left)), Role::Number),
            piece(related.what.clone(), Role::Text),
        ]);
        lines.push(own.at(spot).object(Object::Site(place)));
    }
    lines
}

fn judged_without_baseline(cx: Cx) -> bool {
    cx.data.judgement.as_ref().is_some_and(|judgement| !judgement.has_baseline)
}

/// What a group holds: by severity and state, and by what it is not grouped by.
fn summary(cx: Cx, tree: &Tree, group: &Group) -> Vec<TextLine> {
    let all = || group.found.iter().map(|number| &tree.judgement.found[*number as usize]);
    let mut lines = Vec::new();
    let own = if group.name.is_empty() { "of no concept" } else { &group.name };
    lines.push(line([piece(own.to_owned(), Role::Heading)]));
    if let (Grouping::Rule, Some(rule)) = (tree.by, rule(&group.name)) {
        lines.push(line([piece(rule.summary, Role::Text)]));
    }
    lines.push(line([]));
    for severity in Severity::ALL.iter().rev() {
        let count = all().filter(|one| one.is_open() && one.finding.severity == *severity).count();
        if count > 0 {
            lines.push(line([
                piece(format!("{:>6}  ", grouped(count)), Role::Number),
                piece(severity.word(), role_of(*severity)),
            ]));
        }
    }
    for state in [State::New, State::Moved, State::Known, State::Suppressed] {
        let count = all().filter(|one| one.state == state).count();
        let is_told = tree.judgement.has_baseline || state == State::Suppressed;
        if count > 0 && is_told {
            lines.push(line([
                piece(format!("{:>6}  ", grouped(count)), Role::Number),
                piece(state.word(), Role::Dim),
            ]));
        }
    }
    let (heading, counts) = match tree.by {
        Grouping::Rule => ("In the modules", counts(all(), |one| module_of(cx, one))),
        Grouping::Module | Grouping::Concept => {
            ("By the rules", counts(all(), |one| Object::Rule(one.finding.rule.to_owned())))
        }
    };
    lines.push(line([]));
    lines.push(line([piece(heading, Role::Heading)]));
    let more = counts.len().saturating_sub(FEW);
    for (object, count) in counts.into_iter().take(FEW) {
        let own = line([
            piece(format!("{:>6}  ", grouped(count)), Role::Number),
            piece(object.name().to_owned(), Role::Text),
        ]);
        lines.push(own.object(object));
    }
    if more > 0 {
        lines.push(line([piece(format!("        … {} more", grouped(more)), Role::Dim)]));
    }
    lines
}

fn module_of(cx: Cx, found: &Found) -> Object {
    Object::Module(cx.project().file(found.finding.file).module.to_string())
}

/// How many findings that are not suppressed have each object, the most first.
fn counts<'a>(
    found: impl Iterator<Item = &'a Found>,
    object: impl Fn(&Found) -> Object,
) -> Vec<(Object, usize)> {
    let mut counts: BTreeMap<Object, usize> = BTreeMap::new();
    for one in found.filter(|one| one.is_open()) {
        *counts.entry(object(one)).or_default() += 1;
    }
    let mut counts: Vec<(Object, usize)> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts
}

/// What the rule of the finding or of the group means.
fn explained<'a>(cx: Cx<'a>, tree: &Tree, chosen: Option<&Line>) -> Pane<'a> {
    let id = match chosen {
        Some(Line::Found(found)) => Some(found.finding.rule),
        Some(Line::Head(_, group)) if tree.by == Grouping::Rule => Some(group.name.as_str()),
        _ => None,
    };
    let Some(rule) = id.and_then(rule) else {
        let text = "here stands what a rule means, when the cursor is on one of its findings";
        return Pane::text(title("The rule"), "", vec![line([piece(text, Role::Dim)])]);
    };
    let room = usize::from(cx.app.layout().inner(3).width);
    Pane::text(titled("The rule", rule.id), rule.id, explanation(rule.explanation, room))
}

/// The text of `explain`, its paragraphs broken for the room there is.
fn explanation(text: &str, room: usize) -> Vec<TextLine> {
    let mut lines = Vec::new();
    let mut paragraph = String::new();
    let flush = |paragraph: &mut String, lines: &mut Vec<TextLine>| {
        for line in broken(&std::mem::take(paragraph), room) {
            lines.push(TextLine::of([piece(line, Role::Text)]));
        }
    };
    let mut is_example = false;
    for own in text.lines() {
        let words = own.trim_start();
        if words.is_empty() || !own.starts_with(' ') {
            flush(&mut paragraph, &mut lines);
            is_example = if words.is_empty() { is_example } else { words == "Example" };
            if lines.is_empty() {
                paragraph.push_str(words);
            } else {
                lines.push(line([piece(words.to_owned(), Role::Heading)]));
            }
        } else if is_example {
            lines.push(line([piece(own.to_owned(), Role::Literal)]).fixed());
        } else {
            if !paragraph.is_empty() {
                paragraph.push(' ');
            }
            paragraph.push_str(words);
        }
    }
    flush(&mut paragraph, &mut lines);
    lines
}

/// A paragraph in lines of so many columns.
fn broken(text: &str, room: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let taken = usize::from(canvas::width(word)) + 1;
        match lines.last_mut() {
            Some(last) if usize::from(canvas::width(last)) + taken <= room.max(20) => {
                last.push(' ');
                last.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// What the tree says of the state of the explorer, if there is a judgement.
fn with_tree<T>(app: &App, look: impl FnOnce(&Tree, Option<usize>) -> T) -> Option<T> {
    let data = app.data.as_ref()?;
    let cx = Cx { app, data, view: app.nav.of(Screen::Rules) };
    Some(look(&Tree::of(cx)?, cx.selected(TREE)))
}

/// The group at the cursor: its key, whether the cursor is on its head, whether it is unfolded, and its head's row.
struct Here {
    key: String,
    is_head: bool,
    is_unfolded: bool,
    head: usize,
}

fn here(app: &App) -> Option<Here> {
    with_tree(app, |tree, row| {
        let row = row?;
        let group = tree.group_at(row);
        Some(Here {
            key: key(tree.by, tree.groups().get(group)?),
            is_head: tree.heads[group] == row,
            is_unfolded: tree.is_unfolded(group),
            head: tree.heads[group],
        })
    })?
}

fn toggle(app: &mut App, key: String) {
    let view = app.nav.view_mut();
    if view.panes.get(TREE).is_some_and(|tree| !tree.filter.is_empty()) {
        app.tell("a filter unfolds all; esc clears it");
    } else if !view.unfolded.remove(&key) {
        view.unfolded.insert(key);
    }
}

fn open(app: &mut App, pane: usize, _: Option<&Object>) -> bool {
    match pane {
        TREE => match here(app) {
            Some(here) if here.is_head => toggle(app, here.key),
            Some(_) => app.nav.view_mut().focus = SOURCE,
            None => {}
        },
        EVIDENCE if app.at_cursor().1.is_some() => app.nav.view_mut().focus = SOURCE,
        _ => return false,
    }
    true
}

/// Into a group and out of it again.
fn sideways(app: &mut App, by: isize) -> bool {
    if app.focus() != TREE {
        return false;
    }
    let Some(here) = here(app) else { return true };
    match (by > 0, here.is_head, here.is_unfolded) {
        (true, true, true) => move_to(app, |at| at + 1),
        (true, true, false) | (false, true, true) => toggle(app, here.key),
        (false, false, _) => to_row(app, here.head),
        (true, false, _) | (false, true, false) => {}
    }
    true
}

fn move_to(app: &mut App, to: impl Fn(usize) -> usize) {
    if let Some(tree) = app.nav.view_mut().panes.get_mut(TREE) {
        tree.cursor = to(tree.cursor).min(tree.len.saturating_sub(1));
    }
}

fn to_row(app: &mut App, row: usize) {
    let Some(tree) = app.nav.view_mut().panes.get_mut(TREE) else { return };
    if let Some(at) = (0..tree.len).find(|at| tree.row(*at) == Some(row)) {
        tree.cursor = at;
    }
}

/// To the next finding, which may be folded away in the next group.
fn step(app: &mut App, by: isize) -> bool {
    let state = app.nav.view().panes.get(TREE);
    let Some((mut at, len)) = state.map(|state| (state.cursor, state.len)) else { return true };
    loop {
        // From a head the way down leads into its own group first.
        let is_first = Some(at) == app.nav.view().panes.get(TREE).map(|state| state.cursor);
        if !(is_first && by > 0 && is_folded(app, at)) {
            match at.checked_add_signed(by).filter(|next| *next < len) {
                Some(next) => at = next,
                None => return true,
            }
        }
        if is_folded(app, at) {
            unfold_at(app, at, by > 0);
            return true;
        }
        if is_finding(app, at) {
            move_to(app, |_| at);
            return true;
        }
    }
}

fn at_position<T>(app: &App, at: usize, look: impl FnOnce(&Tree, usize) -> T) -> Option<T> {
    let row = app.nav.view().panes.get(TREE)?.row(at)?;
    with_tree(app, |tree, _| look(tree, row))
}

fn is_folded(app: &App, at: usize) -> bool {
    let is_folded = |tree: &Tree, row: usize| matches!(tree.line(row), Some(Line::Head(group, _)) if !tree.is_unfolded(group));
    at_position(app, at, is_folded).unwrap_or(false)
}

fn is_finding(app: &App, at: usize) -> bool {
    at_position(app, at, |tree, row| tree.found(row).is_some()).unwrap_or(false)
}

/// Unfolds the group at a position and goes to its first or its last finding.
fn unfold_at(app: &mut App, at: usize, first: bool) {
    let ends = at_position(app, at, |tree, row| {
        let group = tree.groups().get(tree.group_at(row))?;
        let number = if first { group.found.first() } else { group.found.last() };
        let found = &tree.judgement.found[*number? as usize];
        Some((key(tree.by, group), found.fingerprint.clone()))
    });
    if let Some((key, fingerprint)) = ends.flatten() {
        app.nav.view_mut().unfolded.insert(key);
        seek(app, TREE, Object::Finding(fingerprint));
    }
}

/// The next grouping; the cursor stays on its finding.
pub fn regroup(app: &mut App, key_of_any: Option<char>) -> Vec<Effect> {
    let at_cursor = app.nav.view().panes.get(TREE).and_then(|tree| tree.object().cloned());
    let effects = crate::tui::verbs::other(app, key_of_any);
    match at_cursor {
        Some(Object::Finding(fingerprint)) => unfold_around(app, &fingerprint),
        // No group of the one grouping is one of the other.
        _ => move_to(app, |_| 0),
    }
    effects
}

fn unfold_around(app: &mut App, fingerprint: &str) {
    let by = grouping(app.nav.of(Screen::Rules).presentation);
    let Some(judgement) = app.data.as_ref().and_then(|data| data.judgement.as_ref()) else {
        return;
    };
    let Some(group) = judgement.group_of(by, fingerprint) else { return };
    let key = key(by, &judgement.groups(by)[group]);
    app.nav.view_mut().unfolded.insert(key);
}

pub fn unfold_all(app: &mut App, _: Option<char>) -> Vec<Effect> {
    let keys = with_tree(app, |tree, _| {
        tree.groups().iter().map(|group| key(tree.by, group)).collect::<Vec<_>>()
    });
    app.nav.view_mut().unfolded.extend(keys.unwrap_or_default());
    Vec::new()
}

pub fn fold_all(app: &mut App, _: Option<char>) -> Vec<Effect> {
    app.nav.view_mut().unfolded.clear();
    Vec::new()
}

/// Shows a finding or a rule.
pub fn show(app: &mut App, object: Object) {
    app.nav.go(Screen::Rules, None);
    app.nav.view_mut().focus = TREE;
    match &object {
        Object::Finding(fingerprint) => {
            let fingerprint = fingerprint.clone();
            unfold_around(app, &fingerprint);
        }
        _ => app.nav.view_mut().presentation = 0,
    }
    seek(app, TREE, object);
}
