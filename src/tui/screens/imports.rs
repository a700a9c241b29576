//! Imports: names by how many paths they are reached, the paths of one, the sites that write a path, and their source.

use std::borrow::Cow;

use ratatui::layout::Rect;

use super::{Cx, PLAIN, Spec, module, place_text, source, title, titled, waiting};
use crate::analysis::variants::Variant;
use crate::model::{Project, Site, Trail};
use crate::report::paint::{counted, grouped};
use crate::tui::app::App;
use crate::tui::canvas::piece;
use crate::tui::data::{ImportedName, Roads};
use crate::tui::layout::{Size, Wishes, across, behind, down};
use crate::tui::list::Order;
use crate::tui::object::{Object, Spot};
use crate::tui::pane::{Cell, Column, Pane, Rows};
use crate::tui::theme::Role;

pub const SPEC: Spec = Spec { title: "Imports", panes: 4, arrange, headline, pane, open, ..PLAIN };

fn arrange(size: Size, area: Rect, wishes: Wishes) -> Vec<Rect> {
    if size == Size::L {
        let (names, right) = across(area, wishes.ratio(36));
        let (variants, below) = down(right, 38);
        let (sites, source) = down(below, 45);
        return vec![names, variants, sites, source];
    }
    let (names, below) = down(area, wishes.ratio(45));
    behind(names, below, wishes)
}

fn open(app: &mut App, pane: usize, object: Option<&Object>) -> bool {
    let opens = pane < 3 && object.is_some();
    if opens {
        app.nav.view_mut().focus = pane + 1;
    }
    opens
}

pub fn headline(cx: Cx) -> String {
    let Some(roads) = &cx.data.roads else { return "following every import…".to_owned() };
    format!(
        "{} with several paths, {} leading nowhere (ghosts)",
        counted(roads.n_spread, "name"),
        grouped(roads.n_lost)
    )
}

pub fn pane(cx: Cx<'_>, at: usize) -> Pane<'_> {
    let Some(roads) = &cx.data.roads else {
        return waiting(title("Names"), "every import is being followed…");
    };
    let name = cx.selected(0).and_then(|row| roads.names.get(row));
    let mut variants: Vec<&Variant> =
        name.map_or(&[][..], |name| roads.variants_of(name)).iter().collect();
    // The way that most code goes first, and what leads nowhere last.
    variants
        .sort_by_key(|variant| (variant.definition.is_none(), std::cmp::Reverse(variant.files)));
    let variant = cx.selected(1).and_then(|row| variants.get(row)).copied();
    let sites = variant.map_or(&[][..], |variant| variant.sites.as_slice());
    match at {
        0 => Pane::table(title("Names"), "names", NameRows { roads }),
        1 => {
            let about = name.map_or("", |name| name.name.as_str());
            let heading =
                vec![piece("Paths of ", Role::Heading), piece(about.to_owned(), Role::Accent)];
            Pane::table(heading, about, VariantRows { cx, variants }).badge(effective(cx, name))
        }
        2 => {
            let about = variant.map_or("", |variant| variant.path.as_str());
            let way =
                variant.map(|variant| trail(cx.project(), &variant.trail)).unwrap_or_default();
            let definition =
                variant.and_then(|v| v.definition).and_then(|end| cx.project().end_name(end));
            let subject = format!("{about} {}", definition.unwrap_or_default());
            Pane::table(titled("Sites", way), subject, SiteRows { project: cx.project(), sites })
        }
        _ => {
            let site = cx.selected(2).and_then(|row| sites.get(row));
            source(cx, site.map(|site| Spot { file: site.file, line: site.at.line }))
        }
    }
}

/// How many paths; and how many in Hotspots, where a name and its family are one concept.
fn effective(cx: Cx, name: Option<&ImportedName>) -> String {
    let Some(name) = name else { return String::new() };
    let paths = counted(name.spread.paths, "path");
    let own = format!("{paths}, as if {:.1}", name.spread.effective);
    let concept = cx.data.heat.as_ref().and_then(|heat| heat.find(&name.name));
    match concept.map(|concept| concept.spread.paths) {
        Some(more) if more > name.spread.paths => format!("{own}; with its family {more}"),
        _ => own,
    }
}

/// `by app/__init__.py:3 from → app.core`, the hops between what is written and what is meant.
fn trail(project: &Project, trail: &Trail) -> String {
    let hops: Vec<String> = trail
        .iter()
        .map(|hop| format!("{}:{} {}", module(project, hop.file), hop.line, hop.how.word()))
        .collect();
    if hops.is_empty() {
        "straight to the definition".to_owned()
    } else {
        format!("by {}", hops.join(" → "))
    }
}

struct NameRows<'a> {
    roads: &'a Roads,
}

impl Rows for NameRows<'_> {
    fn columns(&self) -> &'static [Column] {
        const COLUMNS: [Column; 6] = [
            Column::name("name", 17),
            Column::number("paths", 5),
            Column::number("as if", 5).rank(2),
            Column::number("defs", 4).rank(3),
            Column::number("files", 5),
            Column::number("ghosts", 6).rank(1),
        ];
        &COLUMNS
    }

    fn own_order(&self) -> Option<Order> {
        Some(Order::down(1))
    }

    fn len(&self) -> usize {
        self.roads.names.len()
    }

    fn cells(&self, row: usize) -> Vec<Cell<'_>> {
        let name = &self.roads.names[row];
        let mut ghosts = Cell::count(name.ghosts);
        ghosts.role = if name.ghosts > 0 { Role::Bad } else { Role::Dim };
        vec![
            Cell::text(name.name.as_str(), Role::Text),
            Cell::count(name.spread.paths),
            Cell::decimal(name.spread.effective),
            Cell::count(name.spread.definitions),
            Cell::count(name.spread.files),
            ghosts,
        ]
    }

    fn name(&self, row: usize) -> Cow<'_, str> {
        self.roads.names[row].name.as_str().into()
    }

    fn object(&self, row: usize) -> Option<Object> {
        Some(Object::Concept(self.roads.names[row].name.clone()))
    }

    fn place(&self, row: usize) -> Option<Spot> {
        let variants = self.roads.variants_of(&self.roads.names[row]);
        let site = variants.first()?.sites.first()?;
        Some(Spot { file: site.file, line: site.at.line })
    }

    fn empty(&self) -> &'static str {
        "every name is reached by one path"
    }
}

struct VariantRows<'a> {
    cx: Cx<'a>,
    variants: Vec<&'a Variant>,
}

impl Rows for VariantRows<'_> {
    fn columns(&self) -> &'static [Column] {
        const COLUMNS: [Column; 5] = [
            Column::name("path", 42),
            Column::text("kind", 10),
            Column::number("statements", 10).rank(3),
            Column::number("uses", 5).rank(2),
            Column::number("files", 5),
        ];
        &COLUMNS
    }

    fn len(&self) -> usize {
        self.variants.len()
    }

    fn cells(&self, row: usize) -> Vec<Cell<'_>> {
        let variant = self.variants[row];
        let role = match variant.definition {
            None => Role::Bad,
            Some(_) if variant.canonical => Role::Good,
            Some(_) => Role::Dim,
        };
        vec![
            Cell::text(variant.path.as_str(), Role::Text),
            Cell::text(variant.kind.word(), role),
            Cell::count(variant.statements),
            Cell::count(variant.uses),
            Cell::count(variant.files),
        ]
    }

    fn name(&self, row: usize) -> Cow<'_, str> {
        self.variants[row].path.as_str().into()
    }

    fn object(&self, row: usize) -> Option<Object> {
        Some(Object::Path(self.variants[row].path.clone()))
    }

    fn place(&self, row: usize) -> Option<Spot> {
        let end = self.variants[row].definition?;
        super::spot_of_end(self.cx.project(), end)
    }
}

struct SiteRows<'a> {
    project: &'a Project,
    sites: &'a [Site],
}

impl Rows for SiteRows<'_> {
    fn columns(&self) -> &'static [Column] {
        const COLUMNS: [Column; 4] = [
            Column::name("site", 30),
            Column::text("form", 12),
            Column::text("code", 10).rank(2),
            Column::text("", 9).rank(3),
        ];
        &COLUMNS
    }

    fn len(&self) -> usize {
        self.sites.len()
    }

    fn cells(&self, row: usize) -> Vec<Cell<'_>> {
        let site = &self.sites[row];
        let spot = Spot { file: site.file, line: site.at.line };
        vec![
            Cell::text(place_text(self.project, spot), Role::Text),
            Cell::text(site.form.word(), Role::Dim),
            Cell::text(self.project.file(site.file).kind.word(), Role::Dim),
            Cell::text(if site.certain { "" } else { "perhaps" }, Role::Warn),
        ]
    }

    fn name(&self, row: usize) -> Cow<'_, str> {
        self.project.file(self.sites[row].file).path.as_ref().into()
    }

    fn object(&self, row: usize) -> Option<Object> {
        let site = &self.sites[row];
        let spot = Spot { file: site.file, line: site.at.line };
        Some(Object::Site(place_text(self.project, spot)))
    }

    fn place(&self, row: usize) -> Option<Spot> {
        let site = &self.sites[row];
        Some(Spot { file: site.file, line: site.at.line })
    }
}
