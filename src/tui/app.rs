//! The explorer's state and how messages change it. Nothing here blocks, reads or writes: that is what effects are for.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use crossterm::event::Event;
use ratatui::layout::Rect;

use super::data::Data;
use super::diff::Diff;
use super::glyphs::Glyphs;
use super::input::Mode;
use super::judgement::label;
use super::keymap::Keymap;
use super::keys::Key;
use super::layout::{Divider, Layout, Wishes, layout};
use super::list::{PaneState, Version};
use super::msg::{Answer, Effect, Msg, Work};
use super::nav::{Nav, Screen};
use super::notes::Notes;
use super::object::{Object, Spot};
use super::pane::{Content, Pair, Pane};
use super::session::Session;
use super::text::Text;
use super::theme::{Depth, Role, Theme, Themes};
use super::{input, mouse, screens, verbs};
use crate::analysis::Scope;
use crate::analysis::glimpse::Sighting;
use crate::engine::{Progress, Stage};
use crate::model::FileId;

/// What the list of names is about before the concepts are ranked.
pub const PROVISIONAL: &str = "provisional";

/// Ticks from one look at what was read so far to the next: a quarter of a second at least.
const TICKS: u8 = 3;

/// Sources that are kept; all go when there are more.
const MAX_TEXTS: usize = 64;

/// What is known before the first frame.
pub struct Start {
    /// The tree as it was named.
    pub tree: String,
    /// Whether the tree can be written to and edited: not so the built-in sample.
    pub on_disk: bool,
    /// Whether the terminal may be sent links to files.
    pub links: bool,
    pub glyphs: &'static Glyphs,
    pub depth: Depth,
    pub themes: Themes,
    pub theme: Theme,
    pub keymap: Keymap,
    pub session: Session,
    pub notes: Notes,
    /// Who writes notes.
    pub author: String,
}

pub struct App {
    pub tree: String,
    pub on_disk: bool,
    pub links: bool,
    pub glyphs: &'static Glyphs,
    pub depth: Depth,
    pub themes: Themes,
    pub theme: Theme,
    pub keymap: Keymap,
    pub notes: Notes,
    pub author: String,
    pub area: Rect,
    pub nav: Nav,
    pub data: Option<Data>,
    pub scope: Scope,
    pub scan: Scan,
    pub mode: Mode,
    /// Keys of a sequence that has begun.
    pub pending: Vec<Key>,
    pub message: Option<Message>,
    pub mouse: bool,
    /// While presenting, the theme to come back to.
    pub presenting: Option<String>,
    /// A line of a script, or the last keys while presenting.
    pub caption: Option<String>,
    pub echo: Vec<Key>,
    pub click: Option<mouse::Click>,
    /// The line between panes that the mouse holds.
    pub dragged: Option<Divider>,
    /// What the cursor stands on, as of the last message.
    pub here: Here,
    pub is_leaving: bool,
    /// What the session had open, until the data is there to open it.
    arriving: Option<Session>,
    texts: BTreeMap<FileId, Arc<Text>>,
    reading: BTreeSet<FileId>,
    diff: Option<(Pair, Arc<Diff>)>,
    comparing: Option<Pair>,
}

/// How the scan stands.
#[derive(Default)]
pub struct Scan {
    pub generation: u64,
    /// Of the scan that runs.
    pub progress: Option<Arc<Progress>>,
    /// Whether lenses are still being computed.
    pub computing: bool,
    pub took: Option<Duration>,
    pub failed: Option<String>,
    /// Class names that stand out so far, until the concepts are ranked.
    pub glimpse: Vec<Sighting>,
    /// How often that has changed.
    n_glimpses: u64,
    /// Ticks until somebody looks again; none while somebody does.
    until_look: Option<u8>,
    /// Whether the user has done something while the list was provisional: then the cursor stands where they want it.
    is_touched: bool,
}

/// What the cursor stands on: what can be done with it is asked for every key of the key bar.
#[derive(Default)]
pub struct Here {
    pub object: Option<Object>,
    pub spot: Option<Spot>,
    /// The concept that the verbs mean.
    pub concept: Option<String>,
    pub shape: Shape,
    /// Rows of the pane.
    pub rows: usize,
    /// Whether the screen compares two classes.
    pub has_diff: bool,
}

/// What the pane in focus holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shape {
    Table,
    #[default]
    Text,
    Source,
    Diff,
}

pub struct Message {
    pub text: String,
    pub role: Role,
}

impl Scan {
    pub fn is_running(&self) -> bool {
        self.progress.is_some()
    }

    /// Where the scan is.
    pub fn now(&self) -> Option<(Stage, usize, usize)> {
        self.progress.as_ref().map(|progress| progress.now())
    }
}

impl App {
    pub fn new(start: Start, area: Rect) -> Self {
        let session = start.session;
        Self {
            tree: start.tree,
            on_disk: start.on_disk,
            links: start.links,
            glyphs: start.glyphs,
            depth: start.depth,
            themes: start.themes,
            theme: start.theme,
            keymap: start.keymap,
            notes: start.notes,
            author: start.author,
            area,
            nav: Nav::new(session.screen().unwrap_or(Screen::Hotspots)),
            data: None,
            scope: session.scope(),
            scan: Scan::default(),
            mode: Mode::Normal,
            pending: Vec::new(),
            message: None,
            mouse: session.mouse,
            presenting: None,
            caption: None,
            echo: Vec::new(),
            click: None,
            dragged: None,
            here: Here::default(),
            is_leaving: false,
            arriving: Some(session),
            texts: BTreeMap::new(),
            reading: BTreeSet::new(),
            diff: None,
            comparing: None,
        }
    }

    /// What the explorer does first.
    pub fn begin(&mut self) -> Vec<Effect> {
        if let Some(first) = self.keymap.complaints.first() {
            let more = self.keymap.complaints.len() - 1;
            let more = if more > 0 { format!("; {more} more in J") } else { String::new() };
            self.warn(format!("{first}{more}"));
        }
        let mut effects = self.rescan();
        effects.extend(self.settle());
        effects
    }

    pub fn update(&mut self, msg: Msg) -> Vec<Effect> {
        let mut effects = match msg {
            Msg::Event(event) => {
                self.scan.is_touched |= matches!(event, Event::Key(_) | Event::Mouse(_));
                input::event(self, event)
            }
            Msg::Work(answer) => self.answer(answer),
            Msg::Told(text) => {
                self.tell(text);
                Vec::new()
            }
            Msg::Failed(text) => {
                self.warn(text);
                Vec::new()
            }
            Msg::Broke { feeds_screens } => {
                let why = "a worker failed: this is a bug of fragscope";
                self.warn(why);
                if feeds_screens {
                    // Nobody waits for it any longer, and F5 may try again.
                    self.scan.progress = None;
                    self.scan.computing = false;
                    self.scan.failed = Some(why.to_owned());
                }
                Vec::new()
            }
            Msg::Changed => self.rescan(),
            Msg::Tick => self.look(),
            Msg::Gone => Vec::new(),
            Msg::Notes(text) => {
                self.notes = Notes::parse(&text);
                Vec::new()
            }
        };
        effects.extend(self.settle());
        effects
    }

    pub fn tell(&mut self, text: impl Into<String>) {
        self.message = Some(Message { text: text.into(), role: Role::Good });
    }

    pub fn warn(&mut self, text: impl Into<String>) {
        self.message = Some(Message { text: text.into(), role: Role::Warn });
    }

    /// While the first scan runs, lets somebody see from time to time what stands out so far.
    fn look(&mut self) -> Vec<Effect> {
        let Some(progress) = self.scan.progress.as_ref().filter(|_| self.data.is_none()) else {
            return Vec::new();
        };
        let Some(ticks) = &mut self.scan.until_look else { return Vec::new() };
        *ticks = ticks.saturating_sub(1);
        if *ticks > 0 {
            return Vec::new();
        }
        self.scan.until_look = None;
        let (generation, progress) = (self.scan.generation, Arc::clone(progress));
        vec![Effect::Work(Work::Glimpse { generation, progress })]
    }

    /// Shows what stands out so far. The cursor stays on its object; one that nobody has moved stays on the worst.
    fn glimpse(&mut self, seen: Vec<Sighting>) {
        self.scan.until_look = Some(TICKS);
        if self.data.as_ref().is_some_and(|data| data.heat.is_some()) || seen.is_empty() {
            return;
        }
        self.scan.glimpse = seen;
        self.scan.n_glimpses += 1;
        if !self.scan.is_touched {
            self.provisional_lists().for_each(PaneState::let_go);
        }
    }

    fn provisional_lists(&mut self) -> impl Iterator<Item = &mut PaneState> {
        let lists = self.nav.views_mut().filter_map(|view| view.panes.first_mut());
        lists.filter(|pane| pane.subject == PROVISIONAL)
    }

    /// Scans anew; a scan that runs already is enough.
    pub fn rescan(&mut self) -> Vec<Effect> {
        if self.scan.is_running() {
            return Vec::new();
        }
        self.scan.generation += 1;
        let progress = Arc::new(match self.data {
            Some(_) => Progress::default(),
            None => Progress::with_glimpse(self.scope),
        });
        self.scan.until_look = Some(TICKS);
        self.scan.progress = Some(Arc::clone(&progress));
        self.scan.failed = None;
        vec![Effect::Work(Work::Scan { generation: self.scan.generation, progress })]
    }

    /// Computes the lenses of the snapshot at hand for the scope.
    pub fn recompute(&mut self) -> Vec<Effect> {
        let Some(data) = &self.data else { return Vec::new() };
        let snapshot = Arc::clone(&data.snapshot);
        self.scan.computing = true;
        let (generation, scope) = (data.generation, self.scope);
        vec![Effect::Work(Work::Compute { generation, scope, snapshot, all_at_once: true })]
    }

    fn answer(&mut self, answer: Answer) -> Vec<Effect> {
        match answer {
            Answer::Scanned { generation, .. } if generation != self.scan.generation => Vec::new(),
            Answer::Scanned { took, result, .. } => {
                self.scan.progress = None;
                match result {
                    Ok(snapshot) => {
                        self.scan.took = Some(took);
                        self.scan.computing = true;
                        let (generation, scope) = (self.scan.generation, self.scope);
                        let all_at_once = self.data.is_some();
                        let work = Work::Compute { generation, scope, snapshot, all_at_once };
                        vec![Effect::Work(work)]
                    }
                    Err(why) => {
                        self.warn(why.clone());
                        self.scan.failed = Some(why);
                        Vec::new()
                    }
                }
            }
            Answer::Glimpse { generation, seen } => {
                if generation == self.scan.generation {
                    self.glimpse(seen);
                }
                Vec::new()
            }
            Answer::Found { search, matches } => {
                let Mode::Picker(picker) = &mut self.mode else { return Vec::new() };
                let next = picker.take(search, matches);
                next.map(|next| Effect::Work(Work::Search(next))).into_iter().collect()
            }
            Answer::Data(data) => self.take(*data),
            Answer::Text { generation, file, text } => {
                if self.is_current(generation) {
                    self.reading.remove(&file);
                    if self.texts.len() >= MAX_TEXTS {
                        self.texts.clear();
                    }
                    self.texts.insert(file, text);
                }
                Vec::new()
            }
            Answer::Diff { generation, pair, diff } => {
                if self.is_current(generation) {
                    self.diff = Some((pair, diff));
                    self.comparing = None;
                }
                Vec::new()
            }
        }
    }

    fn is_current(&self, generation: u64) -> bool {
        self.data.as_ref().is_some_and(|data| data.generation == generation)
    }

    fn take(&mut self, data: Data) -> Vec<Effect> {
        if data.generation != self.scan.generation || data.scope != self.scope {
            return Vec::new();
        }
        let is_new_scan = !self.is_current(data.generation);
        if let Some(complaint) = &data.complaint {
            self.warn(complaint.clone());
        }
        self.scan.computing = !data.is_complete();
        if data.heat.is_some() && !self.scan.glimpse.is_empty() {
            self.scan.glimpse.clear();
            self.keep_provisional_cursor();
        }
        let old = self.data.replace(data);
        if is_new_scan {
            self.texts.clear();
            self.reading.clear();
            self.diff = None;
            self.comparing = None;
        }
        let data = self.data.as_ref();
        let is_there = |session: &mut Session| match session.screen() {
            Some(Screen::Hotspots | Screen::Concepts) => {
                data.is_some_and(|data| data.heat.is_some())
            }
            _ => data.is_some_and(Data::is_complete),
        };
        if let Some(session) = self.arriving.take_if(is_there) {
            session.arrive(&mut self.nav);
        }
        old.filter(|_| is_new_scan)
            .map(|old| vec![Effect::Work(Work::Free(Box::new(old)))])
            .unwrap_or_default()
    }

    /// Whoever was at the provisional list finds the same name in the real one; whoever was not, the worst.
    fn keep_provisional_cursor(&mut self) {
        let is_touched = self.scan.is_touched;
        for pane in self.provisional_lists() {
            match pane.object().cloned() {
                Some(object) if is_touched => pane.seek(object),
                _ => {}
            }
        }
    }

    /// Changes with everything that changes rows: which scan, which scope, how far the lenses are, the presentation, and what
    /// stands out so far.
    fn version(&self) -> Version {
        let of_data = self.data.as_ref().map_or(0, |data| {
            let lenses = [data.roads.is_some(), data.heat.is_some(), data.judgement.is_some()];
            let lenses = lenses.into_iter().map(u64::from).sum::<u64>();
            (data.generation * 3 + data.scope as u64) * 4 + lenses
        });
        (of_data * 8 + u64::from(self.nav.view().presentation), self.scan.n_glimpses)
    }

    pub fn text_of(&self, file: FileId) -> Option<&Arc<Text>> {
        self.texts.get(&file)
    }

    pub fn diff_of(&self, pair: Pair) -> Option<&Arc<Diff>> {
        self.diff.as_ref().filter(|(own, _)| *own == pair).map(|(_, diff)| diff)
    }

    pub fn layout(&self) -> Layout {
        let view = self.nav.view();
        let panes = screens::n_panes(self.nav.screen);
        let focus = view.focus.min(panes - 1);
        let (screen, zoomed, ratio) = (self.nav.screen, view.zoomed, view.ratio);
        layout(self.area, Wishes { screen, panes, focus, zoomed, ratio })
    }

    /// Whether a pane is wide enough for two columns of source, and nobody asked for one.
    pub fn splits(&self, pane: usize) -> bool {
        self.nav.view().presentation == 0 && self.layout().inner(pane).width >= 90
    }

    /// Brings cursors, filters and offsets in line with what the panes hold, and asks for what they lack.
    pub fn settle(&mut self) -> Vec<Effect> {
        let screen = self.nav.screen;
        let panes = screens::n_panes(screen);
        self.nav.view_mut().panes.resize_with(panes, PaneState::default);
        let layout = self.layout();
        let version = self.version();
        let mut has_diff = false;
        let mut effects = Vec::new();
        for at in 0..panes {
            // A copy: what a pane holds may depend on its own state, such as its filter.
            let mut state = self.nav.view().panes[at].clone();
            let pane = screens::pane(self, screen, at);
            let inner = layout.inner(at);
            let height = match pane.content {
                Content::Table(_) => layout.rows(at).height,
                _ => inner.height,
            };
            let length = self.length(&pane, at);
            state.settle(&pane, version, usize::from(height), length);
            let wanted = Wanted::by(&pane);
            has_diff |= wanted.pair.is_some();
            drop(pane);
            self.nav.view_mut().panes[at] = state;
            effects.extend(self.ask_for(wanted));
        }
        if let Mode::Picker(picker) = &mut self.mode {
            picker
                .keep_in_view(usize::from(input::picker_area(self.area).height.saturating_sub(4)));
        }
        self.here = Here { has_diff, ..self.look_here() };
        effects
    }

    fn look_here(&self) -> Here {
        let (object, spot) = self.at_cursor();
        let shape = match self.pane().content {
            Content::Table(_) => Shape::Table,
            Content::Text(_) => Shape::Text,
            Content::Source(_) => Shape::Source,
            Content::Diff(_) => Shape::Diff,
        };
        let rows = self.state().map_or(0, |state| state.len);
        Here { object, spot, concept: verbs::meant(self), shape, rows, has_diff: false }
    }

    /// Lines of a pane that does not know them itself.
    fn length(&self, pane: &Pane, at: usize) -> usize {
        match &pane.content {
            Content::Source(source) => self.text_of(source.file).map_or(0, |text| text.len()),
            Content::Diff(pair) => {
                self.diff_of(*pair).map_or(0, |diff| diff.rows(!self.splits(at)).len())
            }
            Content::Table(_) | Content::Text(_) => 0,
        }
    }

    fn ask_for(&mut self, wanted: Wanted) -> Vec<Effect> {
        let Some(data) = &self.data else { return Vec::new() };
        let (generation, snapshot) = (data.generation, Arc::clone(&data.snapshot));
        let mut effects = Vec::new();
        for file in wanted.files {
            if !self.texts.contains_key(&file) && self.reading.insert(file) {
                let snapshot = Arc::clone(&snapshot);
                effects.push(Effect::Work(Work::Read { generation, file, snapshot }));
            }
        }
        let Some(pair) = wanted.pair else { return effects };
        let known = self.comparing == Some(pair) || self.diff_of(pair).is_some();
        let texts = (self.texts.get(&pair.left.0), self.texts.get(&pair.right.0));
        if let (false, (Some(left), Some(right))) = (known, texts) {
            let texts = [Arc::clone(left), Arc::clone(right)];
            self.comparing = Some(pair);
            effects.push(Effect::Work(Work::Compare { generation, pair, texts, snapshot }));
        }
        effects
    }

    /// What an object is called for people.
    pub fn label(&self, object: &Object) -> String {
        match &self.data {
            Some(data) => label(data.project(), data.judgement.as_deref(), object),
            None => object.name().to_owned(),
        }
    }

    pub fn focus(&self) -> usize {
        self.nav.view().focus.min(screens::n_panes(self.nav.screen) - 1)
    }

    pub fn state(&self) -> Option<&PaneState> {
        self.nav.view().panes.get(self.focus())
    }

    pub fn state_mut(&mut self) -> Option<&mut PaneState> {
        let focus = self.focus();
        self.nav.view_mut().panes.get_mut(focus)
    }

    pub fn pane(&self) -> Pane<'_> {
        screens::pane(self, self.nav.screen, self.focus())
    }

    /// What the cursor stands on, and where that is in code.
    pub fn at_cursor(&self) -> (Option<Object>, Option<Spot>) {
        let Some(state) = self.state() else { return (None, None) };
        let pane = self.pane();
        match &pane.content {
            Content::Table(rows) => match state.selected() {
                Some(row) => (rows.object(row), rows.place(row)),
                None => (None, None),
            },
            Content::Text(lines) => match lines.get(state.cursor) {
                Some(line) => (line.object.clone(), line.place),
                None => (None, None),
            },
            Content::Source(source) => {
                let spot = Spot { file: source.file, line: state.cursor as u32 + 1 };
                (self.module_object(source.file), Some(spot))
            }
            Content::Diff(pair) => {
                let diff = self.diff_of(*pair);
                let line =
                    diff.and_then(|diff| diff.rows(!self.splits(self.focus())).get(state.cursor));
                let right = line.and_then(|line| line.right).map(|line| (pair.right.0, line));
                let left = line.and_then(|line| line.left).map(|line| (pair.left.0, line));
                let spot = right.or(left).map(|(file, line)| Spot { file, line });
                (spot.and_then(|spot| self.module_object(spot.file)), spot)
            }
        }
    }

    fn module_object(&self, file: FileId) -> Option<Object> {
        let project = self.data.as_ref()?.project();
        Some(Object::Module(project.file(file).module.to_string()))
    }

    pub fn session(&self) -> Session {
        Session::of(self)
    }
}

/// What a pane lacks until a worker brings it.
#[derive(Default)]
struct Wanted {
    files: Vec<FileId>,
    pair: Option<Pair>,
}

impl Wanted {
    fn by(pane: &Pane) -> Self {
        match &pane.content {
            Content::Source(source) => Self { files: vec![source.file], pair: None },
            Content::Diff(pair) => {
                Self { files: vec![pair.left.0, pair.right.0], pair: Some(*pair) }
            }
            Content::Table(_) | Content::Text(_) => Self::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

    use super::*;
    use crate::analysis::clusters::ClusterKind;
    use crate::engine::Options;
    use crate::tui::Tree;
    use crate::tui::headless::{Headless, plain_start};
    use crate::tui::work::perform;

    fn app() -> (App, Vec<Effect>) {
        let mut app = App::new(plain_start("demo"), Headless::SIZE);
        let effects = app.begin();
        (app, effects)
    }

    /// Somebody has looked: these names, the worst first.
    fn glimpse(app: &mut App, names: &[&str]) {
        let sighting = |(at, name): (usize, &&str)| Sighting {
            name: (*name).to_owned(),
            definitions: 2,
            paths: 2,
            files: 2,
            score: 9.0 - at as f64,
        };
        let seen = names.iter().enumerate().map(sighting).collect();
        app.update(Msg::Work(Answer::Glimpse { generation: app.scan.generation, seen }));
    }

    fn press(app: &mut App, key: char) {
        let key = KeyEvent::new(KeyCode::Char(key), KeyModifiers::NONE);
        app.update(Msg::Event(Event::Key(key)));
    }

    fn at(app: &App) -> (usize, &str) {
        let state = app.state().unwrap();
        (state.cursor, state.object().unwrap().name())
    }

    #[test]
    fn a_new_order_does_not_move_the_cursor_off_its_object() {
        let (mut app, _) = app();
        glimpse(&mut app, &["A", "B", "C"]);
        assert_eq!(app.pane().badge, PROVISIONAL);
        press(&mut app, 'j');
        assert_eq!(at(&app), (1, "B"));
        glimpse(&mut app, &["C", "D", "A", "B"]);
        assert_eq!(at(&app), (3, "B"));
        press(&mut app, 'k');
        glimpse(&mut app, &["A", "B", "C", "D"]);
        assert_eq!(at(&app), (0, "A"));
    }

    #[test]
    fn who_does_nothing_stays_on_the_worst() {
        let (mut app, _) = app();
        glimpse(&mut app, &["A", "B"]);
        glimpse(&mut app, &["B", "C", "A"]);
        assert_eq!(at(&app), (0, "B"));
    }

    /// All that the effects ask for is done, as by the workers.
    fn work(app: &mut App, effects: Vec<Effect>) {
        let tree = Tree { folder: None, options: Options::default() };
        let mut open = effects;
        while let Some(effect) = open.pop() {
            let Effect::Work(work) = effect else { continue };
            let mut answers = Vec::new();
            perform(work, &tree, &mut |answer| {
                answers.push(answer);
                true
            });
            for answer in answers {
                open.extend(app.update(Msg::Work(answer)));
            }
        }
    }

    #[test]
    fn the_real_ranking_finds_who_was_at_the_provisional_one() {
        let (mut app, effects) = app();
        work(&mut app, effects);
        let heat = app.data.as_ref().unwrap().heat.as_ref().unwrap();
        let [first, second] = [0, 1].map(|at| heat.concepts[at].id.clone());
        for (touches, expected) in [(true, (1, second.as_str())), (false, (0, first.as_str()))] {
            let (mut app, effects) = self::app();
            glimpse(&mut app, &["A", "B", &second]);
            if touches {
                press(&mut app, 'j');
                press(&mut app, 'j');
            }
            work(&mut app, effects);
            assert_eq!(at(&app), expected);
        }
    }

    #[test]
    fn one_looks_at_a_time_and_not_all_the_time() {
        let (mut app, _) = app();
        let mut looks = 0;
        let mut tick = |app: &mut App| {
            let effects = app.update(Msg::Tick);
            looks += effects
                .iter()
                .filter(|effect| matches!(effect, Effect::Work(Work::Glimpse { .. })))
                .count();
            looks
        };
        let told: Vec<usize> = (0..6).map(|_| tick(&mut app)).collect();
        assert_eq!(told, [0, 0, 1, 1, 1, 1]);
        glimpse(&mut app, &["A"]);
        let told: Vec<usize> = (0..6).map(|_| tick(&mut app)).collect();
        assert_eq!(told, [1, 1, 2, 2, 2, 2]);
    }

    #[test]
    fn the_finder_knows_concepts_by_what_they_are() {
        let (mut app, effects) = app();
        work(&mut app, effects);
        let data = app.data.as_ref().unwrap();
        let heat = data.heat.as_ref().unwrap();
        let targets = &data.targets[..heat.concepts.len()];
        for (item, concept) in targets.iter().zip(&heat.concepts) {
            let kind = concept.kind.map_or("by several paths", ClusterKind::word);
            assert_eq!((&*item.label, &*item.hint), (&*concept.id, kind));
        }
    }
}
