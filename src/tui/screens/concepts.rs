//! A concept: its definitions beside each other, and two of them compared, methods aligned by name.

use std::borrow::Cow;

use ratatui::layout::Rect;

use super::{
    Cx, PLAIN, Spec, definition_object, place_text, source, spot_of, spot_of_object, title, waiting,
};
use crate::analysis::Place;
use crate::analysis::classes::methods;
use crate::analysis::clusters::name_of;
use crate::analysis::concepts::{Concept, Held};
use crate::facts::rows::DefinitionKind;
use crate::model::Project;
use crate::report::paint::{counted, grouped};
use crate::tui::app::App;
use crate::tui::canvas::piece;
use crate::tui::diff::Diff;
use crate::tui::layout::{Size, Wishes, down};
use crate::tui::object::{Object, Spot};
use crate::tui::pane::{Cell, Column, Content, Pair, Pane, Rows};
use crate::tui::theme::Role;

pub const SPEC: Spec = Spec {
    title: "Concepts",
    panes: 2,
    presentations: 2,
    arrange,
    headline,
    pane,
    concept,
    open,
    ..PLAIN
};

fn arrange(size: Size, area: Rect, wishes: Wishes) -> Vec<Rect> {
    let (definitions, below) = down(area, wishes.ratio(if size == Size::L { 35 } else { 40 }));
    vec![definitions, below]
}

fn open(app: &mut App, pane: usize, _: Option<&Object>) -> bool {
    if pane == 0 {
        app.nav.view_mut().focus = 1;
    }
    pane == 0
}

/// The concept that the screen is about: without a subject the worst. A definition of the tree is about the concept that
/// holds it, and not about another one of its name.
pub fn concept(cx: Cx<'_>) -> Option<&Concept> {
    let heat = cx.data.heat.as_ref()?;
    let subject = &cx.view.subject;
    if subject.is_empty() {
        return heat.concepts.first();
    }
    let project = cx.project();
    let is_it = |(file, row): Place| project.definition_name(file, row) == *subject;
    let is_meant = |concept: &&Concept| {
        !subject.contains('.') || concept.id == *subject || concept.places().any(is_it)
    };
    heat.find(subject).filter(is_meant)
}

pub fn headline(cx: Cx) -> String {
    let Some(concept) = concept(cx) else {
        return match &cx.data.heat {
            Some(_) => format!("{} is no concept", cx.view.subject),
            None => "ranking…".to_owned(),
        };
    };
    let rank = cx.data.heat.as_ref().and_then(|heat| heat.rank(&concept.id));
    let rank = rank.map_or_else(
        || "no score".to_owned(),
        |rank| format!("#{rank}, score {:.1}", concept.score()),
    );
    format!(
        "{}  {rank}, {} defs, {}, {}",
        concept.id,
        grouped(concept.n_counted),
        counted(concept.spread.paths, "path"),
        counted(concept.spread.files, "file"),
    )
}

pub fn pane(cx: Cx<'_>, at: usize) -> Pane<'_> {
    if cx.data.heat.is_none() {
        return waiting(title("Definitions"), "the concepts are being ranked…");
    }
    let Some(concept) = concept(cx) else {
        let definition = Object::Definition(cx.view.subject.clone());
        return match (at, spot_of_object(cx.app, &definition)) {
            (1, Some(spot)) => source(cx, Some(spot)),
            (0, Some(_)) => {
                waiting(title("Definitions"), "one definition, and not more than one path to it")
            }
            _ => {
                waiting(title("Definitions"), "nothing of this name exists twice or has two paths")
            }
        };
    };
    match at {
        0 => {
            let rows = HeldRows { cx, concept };
            let pane = Pane::table(title("Definitions"), concept.id.clone(), rows);
            let sign = cx.app.glyphs.picked;
            match cx.view.picks.iter().flatten().count() {
                0 => pane,
                1 => pane.badge(format!("{sign} 1 picked: space on another compares the two")),
                _ => pane.badge(format!("{sign} 2 picked: esc lets go")),
            }
        }
        _ => compared(cx, concept),
    }
}

/// The two definitions to compare: those picked, else the canonical one and the one at the cursor.
fn pair(cx: Cx, concept: &Concept) -> (Place, Place) {
    let project = cx.project();
    let picked = |side: usize| {
        let wanted = cx.view.picks[side].as_ref()?;
        concept.places().find(|place| definition_object(project, *place) == *wanted)
    };
    let at_cursor =
        cx.selected(0).and_then(|row| concept.held.get(row)).map(|held| held.member.place);
    let left = picked(0).unwrap_or(concept.canonical.place);
    let right = picked(1).or(at_cursor).unwrap_or(concept.canonical.place);
    (left, right)
}

fn compared<'a>(cx: Cx<'a>, concept: &'a Concept) -> Pane<'a> {
    let project = cx.project();
    let (left, right) = pair(cx, concept);
    let is_class = |(file, row): Place| {
        let definition = project.file(file).facts.definition(row);
        definition.is_some_and(|definition| definition.kind() == DefinitionKind::Class)
    };
    if left == right || !is_class(left) || !is_class(right) {
        return source(cx, Some(spot_of(project, right)));
    }
    let pair = Pair { left, right };
    let (from, to) = (spot_of(project, left), spot_of(project, right));
    let heading = vec![
        piece("L ", Role::Removed),
        piece(tail(&place_text(project, from)).to_owned(), Role::Heading),
        piece("  R ", Role::Added),
        piece(tail(&place_text(project, to)).to_owned(), Role::Heading),
    ];
    let subject = format!("{} {}", place_text(project, from), place_text(project, to));
    let is_wide = cx.app.layout().inner(1).width >= 110;
    let summary = |diff: &Diff| if is_wide { diff.summary() } else { diff.short_summary() };
    let badge = cx.app.diff_of(pair).map(|diff| summary(diff)).unwrap_or_default();
    Pane { title: heading, badge, subject, start: 0, content: Content::Diff(pair) }
}

/// `core/manager.py:12` of a longer path.
fn tail(path: &str) -> &str {
    let mut slashes = path.rmatch_indices('/').map(|(at, _)| at);
    slashes.nth(1).map_or(path, |at| &path[at + 1..])
}

struct HeldRows<'a> {
    cx: Cx<'a>,
    concept: &'a Concept,
}

impl HeldRows<'_> {
    fn held(&self, row: usize) -> &Held {
        &self.concept.held[row]
    }

    fn project(&self) -> &Project {
        self.cx.project()
    }

    /// Where it stands; of a class with another name than the concept's, that name, too.
    fn named_place(&self, held: &Held) -> String {
        let project = self.project();
        let place = place_text(project, spot_of(project, held.member.place));
        let name = name_of(project, held.member.place);
        if name == self.concept.name() { place } else { format!("{place} {name}") }
    }

    /// `L` and `R` for what is compared, with a sign before it where it was picked.
    fn sign(&self, place: Place) -> (String, Role) {
        let (left, right) = pair(self.cx, self.concept);
        let object = definition_object(self.project(), place);
        let [left_pick, right_pick] =
            self.cx.view.picks.each_ref().map(|pick| pick.as_ref() == Some(&object));
        let is_picked = left_pick || right_pick;
        let picked = if is_picked { self.cx.app.glyphs.picked } else { " " };
        match place {
            place if left_pick || left != right && place == left => {
                (format!("{picked}L"), Role::Removed)
            }
            place if right_pick || left != right && place == right => {
                (format!("{picked}R"), Role::Added)
            }
            _ => (String::new(), Role::Text),
        }
    }
}

impl Rows for HeldRows<'_> {
    fn columns(&self) -> &'static [Column] {
        const COLUMNS: [Column; 10] = [
            Column::text("", 2).rank(0),
            Column::name("definition", 34),
            Column::text("stands as", 10).rank(2),
            Column::text("tied by", 9).rank(6),
            Column::number("lines", 5).rank(3),
            Column::number("methods", 7).rank(5),
            Column::number("shared", 6).rank(4),
            Column::number("alike", 5),
            Column::number("importers", 9),
            Column::text("", 10).rank(1),
        ];
        &COLUMNS
    }

    fn len(&self) -> usize {
        self.concept.held.len()
    }

    fn cells(&self, row: usize) -> Vec<Cell<'_>> {
        let held = self.held(row);
        let project = self.project();
        let (file, at) = held.member.place;
        let definition = project.file(file).facts.definition(at);
        let lines = definition.map_or(0, |own| (own.end_line + 1).saturating_sub(own.at.line));
        let (sign, role) = self.sign(held.member.place);
        let is_home = held.member.place == self.concept.canonical.place;
        let (shared, alike) =
            (format!("{:.0}%", held.likeness * 100.0), format!("{}%", held.similarity));
        vec![
            Cell::text(sign, role),
            Cell::text(self.named_place(held), Role::Text),
            Cell::text(held.standing.word(), Role::Dim),
            Cell::text(held.member.by.word(), Role::Dim),
            Cell::count(lines as usize),
            Cell::count(methods(project, file, at).len()),
            Cell { number: Some(held.likeness), ..Cell::text(shared, Role::Number) },
            Cell { number: Some(f64::from(held.similarity)), ..Cell::text(alike, Role::Number) },
            Cell::count(held.importers.len()),
            Cell::text(if is_home { "canonical?" } else { "" }, Role::Good),
        ]
    }

    fn name(&self, row: usize) -> Cow<'_, str> {
        let (file, at) = self.held(row).member.place;
        self.project().definition_name(file, at).into()
    }

    fn object(&self, row: usize) -> Option<Object> {
        Some(definition_object(self.project(), self.held(row).member.place))
    }

    fn place(&self, row: usize) -> Option<Spot> {
        Some(spot_of(self.project(), self.held(row).member.place))
    }
}
