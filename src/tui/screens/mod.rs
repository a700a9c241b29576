//! The screens: what each shows, as panes made from the data and from where the user stands.

mod concepts;
mod graph;
mod hotspots;
mod imports;
pub mod rules;

use ratatui::layout::Rect;

use super::app::App;
use super::canvas::{Piece, piece};
use super::draw::TEXT_MARGIN;
use super::layout::{Size, Wishes};
use super::nav::View;
use super::object::{Object, Spot};
use super::pane::{Content, Pane, Source, TextLine};
use super::theme::Role;
use crate::analysis::Place;
use crate::analysis::concepts::Concept;
use crate::model::{End, FileId, Place as ModulePlace, Project};

/// What makes a screen: its file holds one of these, and nothing else needs to know it.
pub struct Spec {
    /// On its tab.
    pub title: &'static str,
    pub panes: usize,
    /// How many presentations `|` goes through.
    pub presentations: u8,
    /// Where the panes stand.
    pub arrange: fn(Size, Rect, Wishes) -> Vec<Rect>,
    /// What it is about, in a line: its counts and by which rule they were counted.
    pub headline: fn(Cx) -> String,
    pub pane: for<'a> fn(Cx<'a>, usize) -> Pane<'a>,
    /// The concept that it is about or that its cursor stands on.
    pub concept: for<'a> fn(Cx<'a>) -> Option<&'a Concept>,
    /// Enter in a pane, on an object; false: it is opened where it is shown best.
    pub open: fn(&mut App, usize, Option<&Object>) -> bool,
    /// To the next or the previous; false: of the changes of a diff.
    pub step: fn(&mut App, isize) -> bool,
    /// To the left or the right; false: along the lines of a text.
    pub sideways: fn(&mut App, isize) -> bool,
}

/// What a screen need not say.
const PLAIN: Spec = Spec {
    title: "",
    panes: 1,
    presentations: 1,
    arrange: |_, area, _| vec![area],
    headline: |_| String::new(),
    pane: |_, _| Pane::text(Vec::new(), "", Vec::new()),
    concept: |_| None,
    open: |_, _, _| false,
    step: |_, _| false,
    sideways: |_, _| false,
};

macro_rules! screens {
    ($($screen:ident = $file:ident),+ $(,)?) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Screen { $($screen),+ }

        impl Screen {
            /// In the order of their tabs.
            pub const ALL: &[Self] = &[$(Self::$screen),+];

            pub fn spec(self) -> &'static Spec {
                match self { $(Self::$screen => &$file::SPEC),+ }
            }

            pub fn title(self) -> &'static str {
                self.spec().title
            }

            pub fn of_title(title: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|screen| screen.title() == title)
            }
        }
    };
}

screens! {
    Hotspots = hotspots,
    Concepts = concepts,
    Imports = imports,
    Graph = graph,
    Rules = rules,
}

/// Stands before the path in the title of a source.
pub const SOURCE_TITLE: &str = "Source  ";

/// What a screen looks at.
#[derive(Clone, Copy)]
pub struct Cx<'a> {
    pub app: &'a App,
    pub data: &'a super::data::Data,
    pub view: &'a View,
}

impl<'a> Cx<'a> {
    pub fn project(self) -> &'a Project {
        self.data.project()
    }

    /// The row at the cursor of an earlier pane.
    pub fn selected(self, pane: usize) -> Option<usize> {
        self.view.panes.get(pane).and_then(super::list::PaneState::selected)
    }
}

pub fn n_panes(screen: Screen) -> usize {
    screen.spec().panes
}

/// A pane of the screen; what it shows may depend on the cursors of the panes before it.
pub fn pane(app: &App, screen: Screen, at: usize) -> Pane<'_> {
    if let Some(pane) = hotspots::provisional(app, screen, at) {
        return pane;
    }
    let Some(data) = &app.data else {
        // Only the first pane is known to be what the screen is called.
        let heading = if at == 0 { title(screen.title()) } else { Vec::new() };
        return Pane::text(heading, "", Vec::new());
    };
    let cx = Cx { app, data, view: app.nav.of(screen) };
    let mut pane = (screen.spec().pane)(cx, at);
    if let Content::Text(lines) = &mut pane.content
        && !app.nav.of(screen).unbroken
    {
        let room = usize::from(text_room(app, at));
        *lines = std::mem::take(lines).into_iter().flat_map(|line| line.broken(room)).collect();
    }
    pane
}

/// Columns for the text of a pane.
fn text_room(app: &App, at: usize) -> u16 {
    app.layout().inner(at).width.saturating_sub(TEXT_MARGIN)
}

/// What the screen is about, in a line: its counts and by which rule they were counted.
pub fn headline(app: &App, screen: Screen) -> String {
    let Some(data) = &app.data else { return "reading…".to_owned() };
    let cx = Cx { app, data, view: app.nav.of(screen) };
    (screen.spec().headline)(cx)
}

/// The concept that the screen is about or that its cursor stands on.
pub fn concept(app: &App, screen: Screen) -> Option<&Concept> {
    let data = app.data.as_ref()?;
    let cx = Cx { app, data, view: app.nav.of(screen) };
    (screen.spec().concept)(cx)
}

fn title(text: impl Into<String>) -> Vec<Piece> {
    vec![piece(text.into(), Role::Heading)]
}

fn titled(text: &'static str, about: impl Into<String>) -> Vec<Piece> {
    vec![piece(text, Role::Heading), piece("  ", Role::Text), piece(about.into(), Role::Dim)]
}

fn waiting(title: Vec<Piece>, what: &'static str) -> Pane<'static> {
    Pane::text(title, "", vec![TextLine::of([piece(what, Role::Dim)])])
}

/// The source around a line of a file.
fn source(cx: Cx<'_>, spot: Option<Spot>) -> Pane<'_> {
    let Some(spot) = spot else { return Pane::text(title("Source"), "", Vec::new()) };
    let path = &cx.project().file(spot.file).path;
    Pane {
        title: vec![
            piece(SOURCE_TITLE, Role::Heading),
            piece(format!("{path}:{}", spot.line), Role::Dim),
        ],
        badge: String::new(),
        subject: format!("{path}:{}", spot.line),
        start: 0,
        content: Content::Source(Source { file: spot.file, line: spot.line }),
    }
}

fn spot_of(project: &Project, (file, row): Place) -> Spot {
    let definition = project.file(file).facts.definition(row);
    Spot { file, line: definition.map_or(1, |definition| definition.at.line) }
}

fn definition_object(project: &Project, (file, row): Place) -> Object {
    Object::Definition(project.definition_name(file, row))
}

/// `core/manager.py:12`
fn place_text(project: &Project, spot: Spot) -> String {
    format!("{}:{}", project.file(spot.file).path, spot.line)
}

/// Where an object is: the line of a definition, the first line of a module.
pub fn spot_of_object(app: &App, object: &Object) -> Option<Spot> {
    let project = app.data.as_ref()?.project();
    match object {
        Object::Module(name) => {
            project.modules_named(name).first().map(|file| Spot { file: *file, line: 1 })
        }
        Object::Definition(dotted) => spot_of_end(project, *project.find(dotted).first()?),
        Object::Site(place) => {
            let (path, line) = place.rsplit_once(':')?;
            let file = project.ids().find(|id| &*project.file(*id).path == path)?;
            Some(Spot { file, line: line.parse().ok()? })
        }
        Object::Finding(fingerprint) => {
            let found = app.data.as_ref()?.judgement.as_ref()?.find(fingerprint)?;
            Some(found.spot())
        }
        Object::Concept(_) | Object::Path(_) | Object::Cycle(_) | Object::Rule(_) => None,
    }
}

fn spot_of_end(project: &Project, end: End) -> Option<Spot> {
    match end {
        End::Definition(file, row) => Some(spot_of(project, (file, row))),
        End::Value(file, row) => {
            let line = project.file(file).facts.bindings().get(row as usize)?.at.line;
            Some(Spot { file, line })
        }
        End::Place(ModulePlace::Module(file)) => Some(Spot { file, line: 1 }),
        _ => None,
    }
}

fn module(project: &Project, file: FileId) -> &str {
    &project.file(file).module
}
