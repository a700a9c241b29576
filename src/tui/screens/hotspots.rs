//! Hotspots: concepts by score, why the chosen one ranks where it does, its canonical source, and the packages it burdens.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use ratatui::layout::Rect;

use super::{
    Cx, PLAIN, Spec, definition_object, module, source, spot_of, text_room, title, titled, waiting,
};
use crate::analysis::concepts::Concept;
use crate::analysis::glimpse::Sighting;
use crate::analysis::hotspots::Area;
use crate::analysis::variants::Variant;
use crate::model::Project;
use crate::report::escape::visible;
use crate::report::paint::{counted, grouped};
use crate::tui::app::{App, PROVISIONAL};
use crate::tui::canvas::{Piece, apart, fitted, piece};
use crate::tui::data::Heat;
use crate::tui::layout::{Size, Wishes, across, behind, down};
use crate::tui::list::Order;
use crate::tui::nav::Screen;
use crate::tui::object::{Object, Spot};
use crate::tui::pane::{Cell, Column, Pane, Rows, TextLine};
use crate::tui::theme::Role;

/// How many of a list the *why* panel shows.
const FEW: usize = 6;

pub const SPEC: Spec =
    Spec { title: "Hotspots", panes: 4, arrange, headline, pane, concept: chosen, open, ..PLAIN };

fn arrange(size: Size, area: Rect, wishes: Wishes) -> Vec<Rect> {
    if size == Size::L {
        let (left, right) = across(area, wishes.ratio(58));
        let (list, source) = down(left, 65);
        let (why, heat) = down(right, 65);
        return vec![list, why, source, heat];
    }
    let (list, below) = down(area, wishes.ratio(55));
    behind(list, below, wishes)
}

fn open(app: &mut App, pane: usize, object: Option<&Object>) -> bool {
    let (0, Some(Object::Concept(id))) = (pane, object) else { return false };
    app.nav.go(Screen::Concepts, Some(id));
    true
}

pub fn headline(cx: Cx) -> String {
    let Some(heat) = &cx.data.heat else { return "ranking…".to_owned() };
    let unranked = heat.concepts.len() - heat.n_ranked;
    let more =
        if unranked > 0 { format!(", {} unscored", grouped(unranked)) } else { String::new() };
    format!("{} with several definitions or paths{more}", counted(heat.n_ranked, "concept"))
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
            Column::name("concept", 20),
            Column::text("kind", 9).rank(3),
            Column::number("defs", 4),
            Column::number("paths", 5),
            Column::number("as if", 5).rank(4),
            Column::number("files", 5),
            Column::number("score", 6),
            Column::text("", 8).rank(5),
        ];
        &COLUMNS
    }

    fn own_order(&self) -> Option<Order> {
        Some(Order::down(6))
    }

    fn len(&self) -> usize {
        self.heat.concepts.len()
    }

    fn cells(&self, row: usize) -> Vec<Cell<'_>> {
        let concept = &self.heat.concepts[row];
        let most = self.heat.concepts.first().map_or(1.0, Concept::score).max(0.01);
        vec![
            Cell::text(
                concept.id.as_str(),
                if row < self.heat.n_ranked { Role::Text } else { Role::Dim },
            ),
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

    fn own_order(&self) -> Option<Order> {
        Some(Order::down(2))
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
    let row =
        cx.selected(0).filter(|row| cx.data.heat.as_ref().is_some_and(|heat| *row < heat.n_ranked));
    let place = row.map_or(" has no score".to_owned(), |row| format!(" is #{}", row + 1));
    let heading = vec![
        piece("Why ", Role::Heading),
        piece(concept.name().to_owned(), Role::Accent),
        piece(place, Role::Heading),
    ];
    let room = text_room(cx.app, 1);
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
        let definitions = counted(concept.n_counted, "definition");
        let kinds: Vec<String> = match kinds.len() {
            1 => kinds.keys().map(|kind| (*kind).to_owned()).collect(),
            _ => kinds.iter().map(|(kind, count)| format!("{count} {kind}")).collect(),
        };
        self.line([piece(format!("{definitions}: {}", kinds.join(", ")), Role::Text)]);
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

    /// The parts of the score, each with what it is and how many of it there are.
    fn parts(&mut self, concept: &Concept) {
        self.line([]);
        self.line([
            piece(format!("Score {:.1}", concept.score()), Role::Heading),
            piece(", the sum of  (E explains them)", Role::Dim),
        ]);
        let spread = &concept.spread;
        let definitions = counted(concept.n_counted, "definition");
        let evidence = |part: &str| match part {
            "import_spread" => format!("{}, {definitions}", counted(spread.paths, "path")),
            "definition_spread" => format!("{definitions}, as if {:.1}", concept.effective),
            "divergence" => divergence(concept),
            "dual_use" => format!("{} with two paths", counted(concept.dual.len(), "file")),
            "cycles" => format!("{} in cycles", counted(concept.in_cycles.len(), "module")),
            "findings" => concept.findings.words(),
            _ => format!("{} to change", counted(spread.files, "file")),
        };
        for (name, value) in concept.parts.named() {
            if value > 0.0 {
                let line = TextLine::of([
                    piece(format!("{value:>5.1} "), Role::Number),
                    piece(format!("{:<17} ", name.replace('_', " ")), Role::Text),
                    piece(evidence(name), Role::Dim),
                ]);
                self.lines.push(line.hanging(24));
            }
        }
        if concept.score() == 0.0 {
            self.line([piece("  no part of it: no other code has to choose", Role::Dim)]);
        }
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
        let mut variants: Vec<&Variant> = Vec::new();
        for held in concept.counted() {
            variants.extend(roads.survey.variants_of(held.member.place));
        }
        variants.sort_by(|a, b| b.files.cmp(&a.files).then_with(|| a.path.cmp(&b.path)));
        let effective = concept.spread.effective;
        let paths = counted(concept.spread.paths, "path");
        self.heading(format!("{paths}, as if {effective:.1}  (i opens Imports)"));
        let of_name = variants.iter().filter(|variant| variant.name == concept.name());
        let of_name = of_name.map(|variant| &variant.path).collect::<BTreeSet<_>>().len();
        if of_name < concept.spread.paths {
            let rest = grouped(concept.spread.paths - of_name);
            let text =
                format!("{} to this name, {rest} to the rest of its family", grouped(of_name));
            self.line([piece(text, Role::Dim)]);
        }
        let few = &variants[..variants.len().min(FEW)];
        let paths: Vec<String> =
            few.iter().map(|variant| visible(&variant.path).into_owned()).collect();
        let paths = apart(&paths, self.room.saturating_sub(19));
        for (variant, path) in few.iter().zip(paths) {
            let line = TextLine::of([
                piece(format!("{:>6}  ", grouped(variant.files)), Role::Number),
                piece(format!("{:<11}", variant.kind.word()), Role::Dim),
                piece(path, Role::Text),
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
                    imports, chains and strings, followed through re-exports; files that use any of them. Imports \
                    counts each name by itself, without its family.";
        self.line([piece(rule, Role::Dim)]);
        self.line([piece(self.cx.data.scope.phrase(), Role::Dim)]);
    }
}

fn divergence(concept: &Concept) -> String {
    let shares =
        concept.counted().iter().filter(|held| held.member.place != concept.canonical.place);
    let most = shares.map(|held| held.changed).fold(0.0, f64::max);
    format!("up to {:.0} % of methods", most * 100.0)
}
