//! The graph around one module: who imports it, what it is, what it imports; the cycles and where to cut them.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use ratatui::layout::Rect;

use super::{Cx, PLAIN, Spec, module, place_text, text_room, title, titled, waiting};
use crate::analysis::cycles::{Cycle, Link};
use crate::model::{FileId, Moment, Project};
use crate::report::escape::visible;
use crate::report::paint::counted;
use crate::tui::app::App;
use crate::tui::canvas::{Piece, fitted, piece};
use crate::tui::data::Graph;
use crate::tui::layout::{Size, Wishes, across, down};
use crate::tui::list::Order;
use crate::tui::object::{Object, Spot};
use crate::tui::pane::{Cell, Column, Pane, Rows, TextLine};
use crate::tui::theme::Role;

/// A drawing of more modules than this cannot be read.
const MAX_DRAWN: usize = 16;

pub const SPEC: Spec = Spec {
    title: "Graph",
    panes: 5,
    presentations: 2,
    arrange,
    headline,
    pane,
    open,
    step,
    sideways,
    ..PLAIN
};

fn arrange(size: Size, area: Rect, wishes: Wishes) -> Vec<Rect> {
    if size == Size::L {
        let (top, bottom) = down(area, wishes.ratio(50));
        let (importers, rest) = across(top, 36);
        let (focus, imports) = across(rest, 44);
        let (cycles, cycle) = across(bottom, 40);
        return vec![importers, focus, imports, cycles, cycle];
    }
    let (top, bottom) = down(area, wishes.ratio(50));
    let (importers, imports) = across(top, 50);
    let below = if matches!(wishes.focus, 3 | 4) { wishes.focus } else { 1 };
    let mut panes = vec![Rect::default(); wishes.panes];
    for (pane, area) in [(0, importers), (2, imports), (below, bottom)] {
        panes[pane] = area;
    }
    panes
}

fn open(app: &mut App, pane: usize, _: Option<&Object>) -> bool {
    if pane == 3 {
        app.nav.view_mut().focus = 4;
    }
    pane == 3
}

/// To the next cycle.
fn step(app: &mut App, by: isize) -> bool {
    if let Some(cycles) = app.nav.view_mut().panes.get_mut(3) {
        cycles.move_by(by);
    }
    true
}

/// Between the columns.
fn sideways(app: &mut App, by: isize) -> bool {
    let focus = app.focus();
    if focus < 3 {
        app.nav.view_mut().focus = focus.saturating_add_signed(by).min(2);
    }
    focus < 3
}

pub fn headline(cx: Cx) -> String {
    let Some(roads) = &cx.data.roads else { return "following every import…".to_owned() };
    let graph = &roads.graph;
    let of = |moment: Moment| graph.cycles.iter().filter(|cycle| cycle.moment == moment).count();
    format!(
        "{}: {} run-time, {} deferred, {} typing",
        counted(graph.cycles.len(), "cycle"),
        of(Moment::RunTime),
        of(Moment::Deferred),
        of(Moment::Typing)
    )
}

/// The module in the middle: without a subject the home of the worst concept, else the module that most others import.
fn focus(cx: Cx, graph: &Graph) -> Option<FileId> {
    if !cx.view.subject.is_empty() {
        return cx.project().modules_named(&cx.view.subject).first().copied();
    }
    let worst = cx.data.heat.as_ref().and_then(|heat| heat.concepts.first());
    worst.map(|concept| concept.canonical.place.0).or_else(|| graph.most_imported())
}

pub fn pane(cx: Cx<'_>, at: usize) -> Pane<'_> {
    let Some(roads) = &cx.data.roads else {
        return waiting(title("Graph"), "every import is being followed…");
    };
    let graph = &roads.graph;
    let Some(focus) = focus(cx, graph) else {
        let why = "no module goes by this name, or nothing imports anything";
        return waiting(titled("Graph", cx.view.subject.clone()), why);
    };
    let name = module(cx.project(), focus).to_owned();
    let cycle = cx.selected(3).and_then(|row| graph.cycles.get(row));
    match at {
        0 => {
            let rows = Neighbours::of(cx, graph, graph.importers_of(focus), |link| link.from);
            Pane::table(rows.title("Importers"), name, rows)
        }
        1 => Pane::text(titled("Module", name.clone()), name, about(cx, graph, focus)),
        2 => {
            let rows = Neighbours::of(cx, graph, graph.imports_of(focus), |link| link.to);
            Pane::table(rows.title("Imports"), name, rows)
        }
        3 => {
            let rows = CycleRows { project: cx.project(), graph, focus, ring: cx.app.glyphs.ring };
            // The module's own cycle first.
            let own = graph.cycle_of(focus);
            let heading = match own {
                Some(_) => title("Cycles"),
                None if graph.cycles.is_empty() => title("Cycles"),
                None => titled("Cycles", "none with this module"),
            };
            Pane::table(heading, name, rows).start(own.unwrap_or(0))
        }
        _ => {
            let subject = cx.selected(3).map(|row| row.to_string()).unwrap_or_default();
            let lines = cycle.map(|cycle| ring(cx, cycle)).unwrap_or_default();
            Pane::text(title("Cycle"), subject, lines)
        }
    }
}

/// Modules on one side of the focus, each with the imports between them; or packages, each with those of its modules.
struct Neighbours<'a> {
    project: &'a Project,
    groups: Vec<Group<'a>>,
    by_package: bool,
    /// The sign of modules in a cycle.
    ring: &'static str,
}

struct Group<'a> {
    /// A module, or the package that the modules are in.
    name: &'a str,
    modules: BTreeSet<FileId>,
    links: Vec<Link>,
    is_in_cycle: bool,
}

impl<'a> Neighbours<'a> {
    fn of(cx: Cx<'a>, graph: &'a Graph, links: &[Link], other: impl Fn(&Link) -> FileId) -> Self {
        let project = cx.project();
        let by_package = cx.view.presentation == 1;
        let mut groups: BTreeMap<&str, Group> = BTreeMap::new();
        for link in links {
            let file = other(link);
            let name = if by_package { package(project, file) } else { module(project, file) };
            let new =
                || Group { name, modules: BTreeSet::new(), links: Vec::new(), is_in_cycle: false };
            let group = groups.entry(name).or_insert_with(new);
            group.modules.insert(file);
            group.links.push(*link);
            group.is_in_cycle |= graph.cycle_of(file).is_some();
        }
        let mut groups: Vec<Group> = groups.into_values().collect();
        groups.sort_by_key(|group| std::cmp::Reverse(group.links.len()));
        Self { project, groups, by_package, ring: cx.app.glyphs.ring }
    }

    fn title(&self, what: &'static str) -> Vec<Piece> {
        titled(what, if self.by_package { "by package" } else { "by module" })
    }
}

/// The package that a module is in; a module at the top is its own.
fn package(project: &Project, file: FileId) -> &str {
    let name = module(project, file);
    if project.file(file).is_package() {
        return name;
    }
    name.rsplit_once('.').map_or(name, |(package, _)| package)
}

impl Rows for Neighbours<'_> {
    fn columns(&self) -> &'static [Column] {
        const MODULES: [Column; 4] = [
            Column::name("module", 24),
            Column::number("times", 5),
            Column::text("when", 8).rank(2),
            Column::text("", 1).rank(1),
        ];
        const PACKAGES: [Column; 4] = [
            Column::name("package", 24),
            Column::number("times", 5),
            Column::number("modules", 7).rank(2),
            Column::text("", 1).rank(1),
        ];
        if self.by_package { &PACKAGES } else { &MODULES }
    }

    fn own_order(&self) -> Option<Order> {
        Some(Order::down(1))
    }

    fn len(&self) -> usize {
        self.groups.len()
    }

    fn cells(&self, row: usize) -> Vec<Cell<'_>> {
        let group = &self.groups[row];
        let when = group.links.iter().map(|link| link.moment).min().unwrap_or(Moment::RunTime);
        let third = if self.by_package {
            Cell::count(group.modules.len())
        } else {
            Cell::text(when.word(), Role::Dim)
        };
        vec![
            Cell::text(group.name, Role::Text),
            Cell::count(group.links.len()),
            third,
            Cell::text(if group.is_in_cycle { self.ring } else { "" }, Role::Warn),
        ]
    }

    fn name(&self, row: usize) -> Cow<'_, str> {
        self.groups[row].name.into()
    }

    /// Of a package without a module of its own the first module in it.
    fn object(&self, row: usize) -> Option<Object> {
        let group = &self.groups[row];
        let known = self.project.modules_named(group.name).first();
        let file = known.or_else(|| group.modules.first())?;
        Some(Object::Module(module(self.project, *file).to_owned()))
    }

    /// The line of the first import between the two.
    fn place(&self, row: usize) -> Option<Spot> {
        let link = self.groups[row].links.first()?;
        Some(Spot { file: link.from, line: link.at.line })
    }

    fn empty(&self) -> &'static str {
        "none"
    }
}

fn about(cx: Cx, graph: &Graph, focus: FileId) -> Vec<TextLine> {
    let project = cx.project();
    let file = project.file(focus);
    let spot = Spot { file: focus, line: 1 };
    let room = text_room(cx.app, 1);
    let (importers, imports) = (graph.importers_of(focus), graph.imports_of(focus));
    let distinct = |links: &[Link], end: fn(&Link) -> FileId| {
        links.iter().map(end).collect::<BTreeSet<_>>().len()
    };
    let fan_in = distinct(importers, |link| link.from);
    let fan_out = distinct(imports, |link| link.to);
    let kind = if file.is_shim() { "shim" } else { file.kind.word() };
    let mut lines = vec![
        TextLine::of([piece(fitted(&visible(&file.path), room), Role::Accent)]).at(spot),
        TextLine::of([
            piece(kind, Role::Text),
            piece(format!(", {}", counted(file.facts.lines() as usize, "line")), Role::Text),
        ]),
        TextLine::of([
            piece(format!("{}, ", counted(fan_in, "importer")), Role::Number),
            piece(counted(fan_out, "import"), Role::Number),
        ]),
    ];
    if fan_in + fan_out > 0 {
        let instability = fan_out as f64 / (fan_in + fan_out) as f64;
        lines.push(TextLine::of([piece(format!("instability {instability:.2}"), Role::Dim)]));
    }
    for name in &file.other_names {
        lines.push(TextLine::of([piece(format!("also {name}"), Role::Warn)]));
    }
    if let Some(at) = graph.cycle_of(focus) {
        let cycle = &graph.cycles[at];
        let size = counted(cycle.modules.len(), "module");
        let text = format!("in cycle {} of {size}, {}", at + 1, cycle.moment.word());
        lines.push(TextLine::of([piece(text, Role::Warn)]));
    }
    way(cx, graph, focus, &mut lines);
    lines
}

/// The shortest way to the module that was asked for.
fn way(cx: Cx, graph: &Graph, focus: FileId, lines: &mut Vec<TextLine>) {
    let Some(goal) = &cx.view.goal else { return };
    let project = cx.project();
    lines.push(TextLine::default());
    lines.push(TextLine::of([
        piece("The way to ", Role::Heading),
        piece(goal.name().to_owned(), Role::Accent),
    ]));
    let target = project.modules_named(goal.name()).first();
    let Some(links) = target.and_then(|target| graph.path(focus, *target)) else {
        lines.push(TextLine::of([piece("no chain of imports leads there", Role::Warn)]));
        return;
    };
    lines.extend(links.iter().map(|link| link_line(project, link)));
}

/// `→ app.core   app/bus.py:3 deferred`
fn link_line(project: &Project, link: &Link) -> TextLine {
    let spot = Spot { file: link.from, line: link.at.line };
    let to = module(project, link.to).to_owned();
    let mut pieces = vec![
        piece(format!("→ {to}"), Role::Text),
        piece(format!("  {}", place_text(project, spot)), Role::Dim),
    ];
    if link.moment != Moment::RunTime {
        pieces.push(piece(format!(" {}", link.moment.word()), Role::Dim));
    }
    TextLine::of(pieces).at(spot).object(Object::Module(to))
}

/// `app/orders/service.py:7 → orders.inventory`: the line to change, and what it must not import.
fn cut_line(project: &Project, link: &Link, times: usize) -> TextLine {
    let spot = Spot { file: link.from, line: link.at.line };
    let to = module(project, link.to).to_owned();
    let line = TextLine::of([
        piece(place_text(project, spot), Role::Bad),
        piece(format!(" → {}", last_two(&to)), Role::Text),
        piece(if times > 1 { format!("  {times} names") } else { String::new() }, Role::Dim),
    ]);
    line.at(spot).object(Object::Module(to))
}

struct CycleRows<'a> {
    project: &'a Project,
    graph: &'a Graph,
    focus: FileId,
    /// The sign of the cycles that the module in the middle is in.
    ring: &'static str,
}

impl Rows for CycleRows<'_> {
    fn columns(&self) -> &'static [Column] {
        const COLUMNS: [Column; 6] = [
            Column::number("#", 3),
            Column::text("", 1),
            Column::name("first module", 13),
            Column::number("modules", 7),
            Column::text("when", 8).rank(1),
            Column::number("cut", 4).rank(2),
        ];
        &COLUMNS
    }

    fn len(&self) -> usize {
        self.graph.cycles.len()
    }

    fn cells(&self, row: usize) -> Vec<Cell<'_>> {
        let cycle = &self.graph.cycles[row];
        let role = if cycle.moment == Moment::RunTime { Role::Warn } else { Role::Dim };
        vec![
            Cell::count(row + 1),
            Cell::text(
                if cycle.modules.contains(&self.focus) { self.ring } else { "" },
                Role::Warn,
            ),
            Cell::text(first_module(self.project, cycle), Role::Text),
            Cell::count(cycle.modules.len()),
            Cell::text(cycle.moment.word(), role),
            Cell::count(cycle.cut.len()),
        ]
    }

    fn name(&self, row: usize) -> Cow<'_, str> {
        first_module(self.project, &self.graph.cycles[row]).into()
    }

    fn object(&self, row: usize) -> Option<Object> {
        Some(Object::Cycle(first_module(self.project, &self.graph.cycles[row]).to_owned()))
    }

    fn place(&self, row: usize) -> Option<Spot> {
        let link = self.graph.cycles[row].cut.first()?;
        Some(Spot { file: link.from, line: link.at.line })
    }

    fn empty(&self) -> &'static str {
        "no cycles"
    }
}

fn first_module<'p>(project: &'p Project, cycle: &Cycle) -> &'p str {
    cycle.modules.first().map_or("", |file| module(project, *file))
}

/// The cut, a drawing where it can be read, and the shortest ring.
fn ring(cx: Cx, cycle: &Cycle) -> Vec<TextLine> {
    let project = cx.project();
    let cheapest = if cycle.is_cheapest { "The cheapest cut" } else { "A cheap cut" };
    let heading = format!("{cheapest}: {}", counted(cycle.cut.len(), "import"));
    let mut lines = vec![TextLine::of([piece(heading, Role::Heading)])];
    let target = |link: &Link| (link.from, link.at.line, link.to);
    for links in cycle.cut.chunk_by(|a, b| target(a) == target(b)) {
        lines.push(cut_line(project, &links[0], links.len()));
    }
    if cycle.modules.len() <= MAX_DRAWN {
        lines.push(TextLine::default());
        lines.push(TextLine::of([piece("All of it, the cut dashed", Role::Heading)]));
        lines.extend(drawing(cx, cycle));
    }
    lines.push(TextLine::default());
    lines.push(TextLine::of([piece("The shortest ring", Role::Heading)]));
    if let Some(first) = cycle.ring.first() {
        let start = Object::Module(module(project, first.from).to_owned());
        let text = start.name().to_owned();
        lines.push(TextLine::of([piece(text, Role::Text)]).object(start));
    }
    lines.extend(cycle.ring.iter().map(|link| link_line(project, link)));
    lines
}

fn drawing(cx: Cx, cycle: &Cycle) -> Vec<TextLine> {
    let project = cx.project();
    let mut graph = ascii_dag::Graph::new();
    let mut nodes = BTreeMap::new();
    let all: Vec<&str> = cycle.modules.iter().map(|file| module(project, *file)).collect();
    let names: Vec<String> =
        all.iter().map(|name| visible(last_parts(name, &all)).into_owned()).collect();
    for (file, name) in cycle.modules.iter().zip(&names) {
        nodes.insert(*file, graph.add_node(ascii_dag::AUTO, name));
    }
    let mut pairs: Vec<(FileId, FileId)> =
        cycle.links.iter().map(|link| (link.from, link.to)).collect();
    pairs.sort_unstable();
    pairs.dedup();
    let is_cut =
        |pair: &(FileId, FileId)| cycle.cut.iter().any(|link| (link.from, link.to) == *pair);
    // What is cut comes last, so that the layout turns those edges round and dashes them.
    pairs.sort_by_key(is_cut);
    for (from, to) in pairs.iter().filter(|(from, to)| from != to) {
        graph.add_edge(nodes[from], nodes[to], None);
    }
    let options = if cx.app.glyphs.ellipsis == "~" {
        ascii_dag::RenderOptions::ascii()
    } else {
        ascii_dag::RenderOptions::plain()
    };
    let drawn = graph.compute_layout().render_string(&options);
    drawn.lines().map(|line| TextLine::of([piece(line.to_owned(), Role::Text)]).fixed()).collect()
}

/// `core.manager` of `app.core.manager`: enough to know it by, and short enough to draw.
fn last_two(module: &str) -> &str {
    let mut dots = module.rmatch_indices('.').map(|(at, _)| at);
    dots.nth(1).map_or(module, |at| &module[at + 1..])
}

/// As many of a module's last parts, two at least, as tell it from all others.
fn last_parts<'m>(module: &'m str, all: &[&str]) -> &'m str {
    let starts = module.rmatch_indices('.').map(|(at, _)| at).skip(1);
    let is_clear = |tail: &str| {
        let ends_so = |other: &&&str| {
            let before = other.strip_suffix(tail);
            **other != module && before.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        };
        all.iter().filter(ends_so).count() == 0
    };
    starts.map(|at| &module[at + 1..]).find(|tail| is_clear(tail)).unwrap_or(module)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_a_drawing_are_clear() {
        let all = ["app.pay.core.bus", "app.ship.core.bus", "core.bus", "app.pay.api"];
        let shown: Vec<&str> = all.iter().map(|name| last_parts(name, &all)).collect();
        assert_eq!(shown, ["pay.core.bus", "ship.core.bus", "core.bus", "pay.api"]);
    }
}
