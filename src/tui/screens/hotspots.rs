//! Hotspots: concepts by score, why the chosen one ranks where it does, its canonical source, and the packages it burdens.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::{Cx, definition_object, module, source, spot_of, title, titled, waiting};
use crate::analysis::concepts::Concept;
use crate::analysis::glimpse::Sighting;
use crate::analysis::hotspots::Area;
use crate::analysis::variants::Variant;
use crate::model::Project;
use crate::report::escape::visible;
use crate::report::paint::{counted, grouped};
use crate::tui::app::{App, PROVISIONAL};
use crate::tui::canvas::{Piece, fitted, piece};
use crate::tui::data::Heat;
use crate::tui::nav::Screen;
use crate::tui::object::{Object, Spot};
use crate::tui::pane::{Cell, Column, Pane, Rows, TextLine};
use crate::tui::theme::Role;

/// How many of a list the *why* panel shows.
const FEW: usize = 6;

pub fn headline(cx: Cx) -> String {
    let Some(heat) = &cx.data.heat else { return "ranking…".to_owned() };
    format!(
        "{}: what exists more than once or is reached by more than one path",
        counted(heat.concepts.len(), "concept")
    )
}

pub fn chosen(cx: Cx<'_>) -> Option<&Concept> {
    let heat = cx.data.heat.as_ref()?;
    heat.concepts.get(cx.selected(0)?)
}

pub fn pane(cx: Cx<'_>, at: usize) -> Pane<'_> {
    let Some(heat) = &cx.data.heat else {
        return waiting(title("Hotspots"), "the concepts are being ranked…");
    };
    match at {
        0 => {
            Pane::table(title("Hotspots"), "hotspots", ConceptRows { project: cx.project(), heat })
        }
        1 => why(cx),
        2 => {
            let concept = chosen(cx);
            source(cx, concept.map(|concept| spot_of(cx.project(), concept.canonical.place)))
        }
        _ => Pane::table(title("Packages"), "packages", AreaRows { areas: &heat.areas.packages }),
    }
}

/// What stands out so far, while the concepts are not ranked yet.
pub fn provisional(app: &App, screen: Screen, at: usize) -> Option<Pane<'_>> {
    let is_ranked = app.data.as_ref().is_some_and(|data| data.heat.is_some());
    if screen != Screen::Hotspots || at > 0 || is_ranked || app.scan.glimpse.is_empty() {
        return None;
    }
    let rows = GlimpseRows { seen: &app.scan.glimpse };
    let heading = titled("Hotspots", "class names in what was read so far");
    Some(Pane::table(heading, PROVISIONAL, rows).badge(PROVISIONAL))
}

struct GlimpseRows<'a> {
    seen: &'a [Sighting],
}

impl Rows for GlimpseRows<'_> {
    fn columns(&self) -> &'static [Column] {
        const COLUMNS: [Column; 6] = [
            Column::name("concept", 22),
            Column::number("defs", 4),
            Column::number("paths", 5),
            Column::number("files", 5),
            Column::number("score", 7),
            Column::text("", 10).rank(2),
        ];
        &COLUMNS
    }

    fn len(&self) -> usize {
        self.seen.len()
    }

    fn cells(&self, row: usize) -> Vec<Cell<'_>> {
        let sighting = &self.seen[row];
        let most = self.seen.first().map_or(1.0, |first| first.score).max(0.01);
        let about = format!("~{:.0}", sighting.score);
        vec![
            Cell::text(sighting.name.as_str(), Role::Dim),
            Cell::count(sighting.definitions),
            Cell::count(sighting.paths),
            Cell::count(sighting.files),
            Cell { number: Some(sighting.score), ..Cell::text(about, Role::Number) },
            Cell::bar(sighting.score / most, Role::Dim),
        ]
    }

    fn name(&self, row: usize) -> Cow<'_, str> {
        self.seen[row].name.as_str().into()
    }

    fn object(&self, row: usize) -> Option<Object> {
        Some(Object::Concept(self.seen[row].name.clone()))
    }

    fn place(&self, _: usize) -> Option<Spot> {
        None
    }
}

struct ConceptRows<'a> {
    project: &'a Project,
    heat: &'a Heat,
}

impl Rows for ConceptRows<'_> {
    fn columns(&self) -> &'static [Column] {
        const COLUMNS: [Column; 8] = [
            Column::name("concept", 22),
            Column::text("kind", 9).rank(3),
            Column::number("defs", 4),
            Column::number("paths", 5),
            Column::number("effectively", 11).rank(4),
            Column::number("files", 5),
            Column::number("score", 7),
            Column::text("", 10).rank(2),
        ];
        &COLUMNS
    }

    fn len(&self) -> usize {
        self.heat.concepts.len()
    }

    fn cells(&self, row: usize) -> Vec<Cell<'_>> {
        let concept = &self.heat.concepts[row];
        let most = self.heat.concepts.first().map_or(1.0, Concept::score).max(0.01);
        vec![
            Cell::text(concept.id.as_str(), Role::Text),
            Cell::text(concept.kind.map_or("paths", |kind| kind.word()), Role::Dim),
            Cell::count(concept.n_counted),
            Cell::count(concept.spread.paths),
            Cell::decimal(concept.spread.effective),
            Cell::count(concept.spread.files),
            Cell::decimal(concept.score()),
            Cell::bar(concept.score() / most, Role::Accent),
        ]
    }

    fn name(&self, row: usize) -> Cow<'_, str> {
        self.heat.concepts[row].id.as_str().into()
    }

    fn object(&self, row: usize) -> Option<Object> {
        Some(Object::Concept(self.heat.concepts[row].id.clone()))
    }

    fn place(&self, row: usize) -> Option<Spot> {
        Some(spot_of(self.project, self.heat.concepts[row].canonical.place))
    }

    fn empty(&self) -> &'static str {
        if self.project.files.is_empty() {
            return "there is no Python file here: open another folder, or read what is ignored with --no-ignore";
        }
        "nothing that other code uses exists twice or is reached by two paths; t counts tests and all code too"
    }
}

struct AreaRows<'a> {
    areas: &'a [Area],
}

impl Rows for AreaRows<'_> {
    fn columns(&self) -> &'static [Column] {
        const COLUMNS: [Column; 4] = [
            Column::name("package", 22),
            Column::number("concepts", 8).rank(2),
            Column::number("score", 7),
            Column::text("", 10).rank(3),
        ];
        &COLUMNS
    }

    fn len(&self) -> usize {
        self.areas.len()
    }

    fn cells(&self, row: usize) -> Vec<Cell<'_>> {
        let area = &self.areas[row];
        let most = self.areas.first().map_or(1.0, |area| area.parts.total()).max(0.01);
        vec![
            Cell::text(area.id.as_str(), Role::Text),
            Cell::count(area.concepts.len()),
            Cell::decimal(area.parts.total()),
            Cell::bar(area.parts.total() / most, Role::Warn),
        ]
    }

    fn name(&self, row: usize) -> Cow<'_, str> {
        self.areas[row].id.as_str().into()
    }

    fn object(&self, row: usize) -> Option<Object> {
        Some(Object::Module(self.areas[row].id.clone()))
    }

    fn place(&self, _: usize) -> Option<Spot> {
        None
    }
}

fn why(cx: Cx<'_>) -> Pane<'_> {
    let Some(concept) = chosen(cx) else { return Pane::text(title("Why"), "", Vec::new()) };
    let rank = cx.selected(0).map_or(0, |row| row + 1);
    let heading = vec![
        piece("Why ", Role::Heading),
        piece(concept.name().to_owned(), Role::Accent),
        piece(format!(" is #{rank}"), Role::Heading),
    ];
    let room = cx.app.layout().inner(1).width;
    let mut why = Why { cx, room, lines: Vec::new() };
    why.notes(concept);
    why.definitions(concept);
    why.parts(concept);
    why.canonical(concept);
    why.paths(concept);
    why.dual_use(concept);
    why.cycles(concept);
    why.rule();
    Pane::text(heading, concept.id.clone(), why.lines)
}

struct Why<'a> {
    cx: Cx<'a>,
    /// Columns of the pane.
    room: u16,
    lines: Vec<TextLine>,
}

impl Why<'_> {
    fn line(&mut self, pieces: impl IntoIterator<Item = Piece>) {
        self.lines.push(TextLine::of(pieces));
    }

    fn heading(&mut self, text: impl Into<Cow<'static, str>>) {
        self.line([]);
        self.line([piece(text, Role::Heading)]);
    }

    fn notes(&mut self, concept: &Concept) {
        let object = Object::Concept(concept.id.clone());
        let app = self.cx.app;
        for note in app.notes.of(&object) {
            let text = format!("{} {}: {}", app.glyphs.note, note.author, note.text);
            self.line([piece(text, Role::Mark)]);
        }
    }

    fn definitions(&mut self, concept: &Concept) {
        let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
        for held in concept.counted() {
            *kinds.entry(held.standing.word()).or_default() += 1;
        }
        let kinds = kinds.iter().map(|(kind, count)| format!("{count} {kind}"));
        let kinds = kinds.collect::<Vec<_>>().join(", ");
        let text = format!("{} ({kinds})", counted(concept.n_counted, "definition"));
        self.line([piece(text, Role::Text)]);
        let copies = concept.held.len() - concept.n_counted;
        if copies > 0 {
            let text = format!("and {} under other names", counted(copies, "near copy"));
            self.line([piece(text, Role::Dim)]);
        }
        let beside: Vec<String> =
            concept.beside.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
        if !beside.is_empty() {
            self.line([piece(format!("not counted: {}", beside.join(", ")), Role::Dim)]);
        }
    }

    fn parts(&mut self, concept: &Concept) {
        self.heading("Score");
        let spread = &concept.spread;
        let evidence = |part: &str| match part {
            "import_spread" => {
                format!("{}, effectively {:.1}", counted(spread.paths, "path"), spread.effective)
            }
            "definition_spread" => format!(
                "{}, effectively {:.1}",
                counted(concept.n_counted, "definition"),
                concept.effective
            ),
            "divergence" => divergence(concept),
            "dual_use" => format!("two paths or more in {}", counted(concept.dual.len(), "file")),
            "cycles" => {
                format!("{} in run-time cycles", counted(concept.in_cycles.len(), "module"))
            }
            _ => format!("by {}", counted(spread.files, "file")),
        };
        for (name, value) in concept.parts.named() {
            if value > 0.0 {
                let part = format!("{value:>+8.2}  {}: ", name.replace('_', " "));
                self.line([piece(part, Role::Number), piece(evidence(name), Role::Text)]);
            }
        }
        self.line([piece(format!("{:>8.2}  together", concept.score()), Role::Heading)]);
    }

    fn canonical(&mut self, concept: &Concept) {
        let proposal = &concept.canonical;
        let project = self.cx.project();
        self.heading(format!("Likely canonical ({} confidence)", proposal.confidence.word()));
        let path = fitted(&visible(&proposal.path), self.room);
        let line = TextLine::of([piece(path, Role::Accent)]);
        let object = definition_object(project, proposal.place);
        self.lines.push(line.at(spot_of(project, proposal.place)).object(object));
        for reason in &proposal.reasons {
            self.line([piece("  + ", Role::Good), piece(reason.to_string(), Role::Text)]);
        }
        for reason in &proposal.against {
            self.line([piece("  - ", Role::Bad), piece(reason.to_string(), Role::Text)]);
        }
    }

    fn paths(&mut self, concept: &Concept) {
        let Some(roads) = &self.cx.data.roads else { return };
        let mut variants: Vec<&Variant> =
            concept.places().flat_map(|place| roads.survey.variants_of(place)).collect();
        variants.sort_by(|a, b| b.files.cmp(&a.files).then_with(|| a.path.cmp(&b.path)));
        self.heading(format!("{}  (i opens Imports)", counted(concept.spread.paths, "path")));
        for variant in variants.iter().take(FEW) {
            let line = TextLine::of([
                piece(format!("{:>6}  ", grouped(variant.files)), Role::Number),
                piece(format!("{:<11}", variant.kind.word()), Role::Dim),
                piece(fitted(&visible(&variant.path), self.room.saturating_sub(19)), Role::Text),
            ]);
            self.lines.push(line.object(Object::Path(variant.path.clone())));
        }
        self.more(variants.len());
    }

    fn dual_use(&mut self, concept: &Concept) {
        if concept.dual.is_empty() {
            return;
        }
        self.heading(format!("{} by two paths or more", counted(concept.dual.len(), "file")));
        let project = self.cx.project();
        for file in concept.dual.iter().take(FEW) {
            let spot = Spot { file: *file, line: 1 };
            let line = TextLine::of([piece(format!("  {}", project.file(*file).path), Role::Text)]);
            let object = Object::Module(module(project, *file).to_owned());
            self.lines.push(line.at(spot).object(object));
        }
        self.more(concept.dual.len());
    }

    fn cycles(&mut self, concept: &Concept) {
        if concept.in_cycles.is_empty() {
            return;
        }
        self.heading("In run-time cycles  (r opens Graph)");
        let project = self.cx.project();
        for file in concept.in_cycles.iter().take(FEW) {
            let name = module(project, *file).to_owned();
            let line = TextLine::of([piece(format!("  {name}"), Role::Text)]);
            let spot = Spot { file: *file, line: 1 };
            self.lines.push(line.at(spot).object(Object::Module(name)));
        }
        self.more(concept.in_cycles.len());
    }

    fn more(&mut self, count: usize) {
        if count > FEW {
            self.line([piece(format!("  … {} more", grouped(count - FEW)), Role::Dim)]);
        }
    }

    fn rule(&mut self) {
        self.heading("Counted");
        let rule = "classes at module level that share a name, a family of names or a body; paths as written in \
                    imports, chains and strings, followed through re-exports";
        self.line([piece(rule, Role::Dim)]);
        self.line([piece(self.cx.data.scope.phrase(), Role::Dim)]);
    }
}

fn divergence(concept: &Concept) -> String {
    let shares =
        concept.counted().iter().filter(|held| held.member.place != concept.canonical.place);
    let most = shares.map(|held| held.changed).fold(0.0, f64::max);
    format!("up to {:.0} % of common methods differ", most * 100.0)
}
