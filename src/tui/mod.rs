//! The explorer: one loop that owns the screen and its state. Keys, signals and the answers of workers come in as messages,
//! `App::update` turns them into effects, and what the effects ask for is done here or on threads.

mod app;
mod canvas;
mod children;
mod command;
mod data;
mod diff;
mod draw;
mod export;
mod glyphs;
pub mod headless;
mod highlight;
mod input;
mod judgement;
mod keymap;
mod keys;
mod layout;
mod links;
mod list;
mod mouse;
mod msg;
mod nav;
mod notes;
mod object;
mod pane;
mod picker;
mod screens;
pub mod script;
mod session;
mod svg;
mod term;
mod text;
mod theme;
mod verbs;
mod watch;
mod work;

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, anyhow};
use crossterm::event::{Event, EventStream};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio_stream::StreamExt;

use self::app::{App, Start};
use self::keymap::Keymap;
use self::msg::{Effect, Msg, Work};
use self::notes::{Entry, Notes};
use self::script::Step;
use self::session::Session;
use self::term::{Profile, Screen, default_theme};
use self::theme::Themes;
pub use self::work::Tree;
use crate::config::user;
use crate::engine::state::{self, Stamp, State};

/// How often progress is looked at while something runs; nothing ticks otherwise.
const TICK: Duration = Duration::from_millis(100);

/// Events that come within this are one frame.
const FRAME: Duration = Duration::from_millis(8);

/// Between the steps of a script that is replayed.
const PACE: Duration = Duration::from_millis(900);

/// Parsing counts on a deep stack.
const STACK: usize = 64 << 20;

/// What the command line asks of the explorer.
pub struct Request {
    /// The tree as it was named.
    pub name: String,
    pub tree: Tree,
    pub watch: bool,
    pub theme: Option<String>,
    pub ascii: bool,
    /// A script to replay.
    pub script: Option<String>,
}

/// How the explorer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    Quit,
    /// By a signal of this number.
    Signal(u8),
}

pub fn run(request: &Request) -> anyhow::Result<Ending> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("cannot start the explorer")?;
    let state = State::of(request.tree.folder.as_deref());
    // Before they are read: what is written meanwhile is read again.
    let notes = state.notes_stamp();
    let start = start(request, &state)?;
    let screen = Screen::take(start.session.mouse).context("cannot use this terminal")?;
    let (tell, told) = unbounded_channel();
    let app = App::new(start, screen.area());
    let script = request.script.as_deref().map(script::parse).transpose()?.unwrap_or_default();
    let mut explorer = Explorer {
        app,
        screen,
        events: None,
        tell,
        notes,
        state,
        tree: request.tree.clone(),
        script: script.into_iter().map(|(_, step)| step).collect(),
    };
    let ending = runtime.block_on(explorer.live(told, request.watch));
    // The process ends now: taking a large tree's facts apart would only cost time.
    let Explorer { app, screen, .. } = explorer;
    drop(screen);
    std::mem::forget(app);
    std::mem::forget(runtime);
    ending
}

/// What is known before the first frame: the user's files, and the environment. The terminal is not asked anything.
fn start(request: &Request, state: &State) -> anyhow::Result<Start> {
    let profile = Profile::of(&|name| std::env::var(name).ok());
    let themes = Themes { own: user::themes() };
    let session = state.session().map_or_else(Session::fresh, |text| Session::parse(&text));
    let fallback = default_theme(profile.depth);
    let theme = match (&request.theme, &session.theme) {
        (Some(asked), _) => themes.load(asked, profile.depth)?,
        (None, Some(last)) if profile.depth > theme::Depth::None => {
            themes.load(last, profile.depth).or_else(|_| themes.load(fallback, profile.depth))?
        }
        (None, _) => themes.load(fallback, profile.depth)?,
    };
    let author = std::env::var("USER").ok().filter(|name| !name.is_empty());
    Ok(Start {
        tree: request.name.clone(),
        on_disk: request.tree.folder.is_some(),
        links: profile.links && request.tree.folder.is_some(),
        glyphs: if request.ascii { &glyphs::ASCII } else { profile.glyphs },
        depth: profile.depth,
        themes,
        theme,
        keymap: Keymap::new(user::file("keys.toml")?.as_deref()),
        session,
        notes: Notes::parse(&state.notes()),
        author: author.unwrap_or_else(|| "me".to_owned()),
    })
}

struct Explorer {
    app: App,
    screen: Screen,
    /// None while another program has the terminal.
    events: Option<EventStream>,
    tell: UnboundedSender<Msg>,
    state: State,
    /// The notes as they were last read.
    notes: Stamp,
    tree: Tree,
    /// What is left of the script that is replayed.
    script: VecDeque<Step>,
}

/// What woke the loop.
enum Wake {
    Msg(Msg),
    Script,
    Stop,
    Continue,
    End(Ending),
    /// The terminal is gone.
    Gone,
}

impl Explorer {
    async fn live(
        &mut self,
        mut told: UnboundedReceiver<Msg>,
        watch: bool,
    ) -> anyhow::Result<Ending> {
        let mut signals = Signals::new()?;
        // First a frame, then the keys, then the work.
        self.draw()?;
        self.events = Some(EventStream::new());
        let tell = self.tell.clone();
        term::watch_for_hang_up(move || {
            let _ = tell.send(Msg::Gone);
        });
        let mut effects = self.app.begin();
        if watch {
            self.watch();
        }
        loop {
            if let Some(ending) = self.perform(effects).await? {
                return Ok(ending);
            }
            self.draw()?;
            effects = match self.wake(&mut told, &mut signals).await {
                Wake::Msg(msg) => {
                    if matches!(msg, Msg::Event(Event::Key(_))) {
                        panic_if_asked("screen");
                    }
                    self.look_at_notes(&msg);
                    let mut effects = self.app.update(msg);
                    self.drain(&mut told, &mut effects);
                    effects
                }
                Wake::Script => self.replay(),
                Wake::Stop => vec![Effect::Suspend],
                Wake::Continue => vec![Effect::Redraw],
                Wake::End(ending) => return Ok(ending),
                Wake::Gone => return Ok(Ending::Signal(1)),
            };
        }
    }

    /// Before a key does anything, the notes are what they are on the disk: another program may have written to them.
    fn look_at_notes(&mut self, msg: &Msg) {
        if !matches!(msg, Msg::Event(_)) {
            return;
        }
        let now = self.state.notes_stamp();
        if now != self.notes {
            self.notes = now;
            self.app.notes = Notes::parse(&self.state.notes());
        }
    }

    async fn wake(&mut self, told: &mut UnboundedReceiver<Msg>, signals: &mut Signals) -> Wake {
        let is_busy = self.app.scan.is_running() || self.app.scan.computing;
        let events = self.events.get_or_insert_with(EventStream::new);
        tokio::select! {
            biased;
            wake = signals.next() => wake,
            event = events.next() => match event {
                Some(Ok(event)) => Wake::Msg(Msg::Event(event)),
                Some(Err(_)) | None => Wake::Gone,
            },
            msg = told.recv() => match msg {
                Some(Msg::Gone) | None => Wake::Gone,
                Some(msg) => Wake::Msg(msg),
            },
            () = tokio::time::sleep(TICK), if is_busy => Wake::Msg(Msg::Tick),
            () = tokio::time::sleep(PACE), if !self.script.is_empty() => Wake::Script,
        }
    }

    /// The next step of the script, one key at a time so that it can be followed.
    fn replay(&mut self) -> Vec<Effect> {
        match self.script.pop_front() {
            Some(Step::Caption(caption)) => self.app.caption = Some(caption),
            Some(Step::Keys(mut keys)) if !keys.is_empty() => {
                let key = keys.remove(0);
                self.script.push_front(Step::Keys(keys));
                let mut effects = input::key(&mut self.app, key);
                effects.extend(self.app.settle());
                return effects;
            }
            // Sizes, pictures and what is expected are for those who play it without a terminal.
            Some(Step::Keys(_) | Step::Size(..) | Step::Expect(_) | Step::Still(_)) | None => {}
        }
        Vec::new()
    }

    /// Takes in what else is there already, so that a burst of answers is one frame.
    fn drain(&mut self, told: &mut UnboundedReceiver<Msg>, effects: &mut Vec<Effect>) {
        let begun = Instant::now();
        while begun.elapsed() < FRAME {
            match told.try_recv() {
                Ok(Msg::Gone) | Err(_) => return,
                Ok(msg) => effects.extend(self.app.update(msg)),
            }
        }
    }

    fn draw(&mut self) -> anyhow::Result<()> {
        self.screen.draw(&self.app).context("cannot draw on this terminal")
    }

    fn watch(&mut self) {
        let tell = self.tell.clone();
        let Some(folder) = &self.tree.folder else { return };
        if let Err(error) = watch::watch(folder, move || tell.send(Msg::Changed).is_ok()) {
            self.app.warn(format!("{error:#}; F5 scans again"));
        }
    }

    /// Does what is asked; gives an ending if that is the end.
    async fn perform(&mut self, effects: Vec<Effect>) -> anyhow::Result<Option<Ending>> {
        for effect in effects {
            let outcome = match effect {
                Effect::Work(work) => {
                    self.work(work)?;
                    continue;
                }
                Effect::Quit => return Ok(Some(Ending::Quit)),
                Effect::Suspend => {
                    self.away(term::stop).await?;
                    continue;
                }
                Effect::Redraw => {
                    self.screen.retake(self.app.mouse)?;
                    continue;
                }
                Effect::Mouse(on) => {
                    term::mouse(on)?;
                    continue;
                }
                Effect::Edit { path, line } => self.edit(&path, line).await?,
                Effect::Copy { text, what } => copy(&text, &what),
                Effect::Save { name, bytes } => save(&name, &bytes),
                Effect::Note(entry) => self.note(entry),
                Effect::ShareNotes => self
                    .state
                    .share()
                    .map(|folder| format!("notes are kept in {}", folder.display())),
                Effect::Remember(session) => {
                    // A session that cannot be kept is no reason to stay.
                    let _ = self.state.remember(&session);
                    continue;
                }
            };
            let msg = match outcome {
                Ok(text) if text.is_empty() => continue,
                Ok(text) => Msg::Told(text),
                Err(error) => Msg::Failed(format!("{error:#}")),
            };
            let _ = self.tell.send(msg);
        }
        Ok(None)
    }

    fn work(&self, work: Work) -> anyhow::Result<()> {
        let (tell, tree) = (self.tell.clone(), self.tree.clone());
        let feeds_screens = matches!(work, Work::Scan { .. } | Work::Compute { .. });
        let run = move || {
            let mut give = |answer| tell.send(Msg::Work(answer)).is_ok();
            let done = catch_unwind(AssertUnwindSafe(|| work::perform(work, &tree, &mut give)));
            if done.is_err() {
                let _ = tell.send(Msg::Broke { feeds_screens });
            }
        };
        let thread = thread::Builder::new().name("worker".to_owned()).stack_size(STACK);
        thread.spawn(run).context("cannot start a thread")?;
        Ok(())
    }

    /// Gives the terminal away for as long as something else needs it. Who reads keys must be gone before, or it takes
    /// keys from the other.
    async fn away<T>(&mut self, errand: impl FnOnce() -> T) -> anyhow::Result<T> {
        self.events = None;
        // The reader ends on its own thread.
        tokio::task::yield_now().await;
        term::give_back();
        let result = errand();
        self.screen.retake(self.app.mouse).context("cannot take the terminal back")?;
        self.app.area = self.screen.area();
        self.events = Some(EventStream::new());
        Ok(result)
    }

    async fn edit(&mut self, path: &Path, line: u32) -> anyhow::Result<anyhow::Result<String>> {
        if !path.is_file() {
            let gone = anyhow!("{} is not there any more; F5 scans again", path.display());
            return Ok(Err(gone));
        }
        let done = self.away(|| children::edit(path, line)).await?;
        // What was edited is to be seen.
        let _ = self.tell.send(Msg::Changed);
        Ok(done.map(|()| String::new()))
    }

    fn note(&mut self, mut entry: Entry) -> anyhow::Result<String> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        match &mut entry {
            Entry::Note { at, .. } | Entry::Mark { at, .. } => *at = now,
        }
        self.state.add_note(&entry.line())?;
        // Read back whole: another program on this tree may have written, too.
        let _ = self.tell.send(Msg::Notes(self.state.notes()));
        Ok(String::new())
    }
}

/// For the tests of what a panic leaves behind: builds with debug assertions panic where the environment asks for it.
fn panic_if_asked(place: &str) {
    let is_asked = || std::env::var("FRAGSCOPE_PANIC").is_ok_and(|asked| asked == place);
    assert!(!cfg!(debug_assertions) || !is_asked(), "asked to panic: {place}");
}

fn copy(text: &str, what: &str) -> anyhow::Result<String> {
    if let Some(tool) = children::copy(text) {
        return Ok(format!("copied by {tool}: {what}"));
    }
    term::copy(text).context("cannot copy")?;
    Ok(format!("copied by the terminal (OSC 52): {what}"))
}

fn save(name: &str, bytes: &[u8]) -> anyhow::Result<String> {
    let path: PathBuf = state::save_new(name, bytes)?;
    Ok(format!("written to {}", path.display()))
}

#[cfg(unix)]
struct Signals {
    terminate: tokio::signal::unix::Signal,
    hang_up: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
    stop: tokio::signal::unix::Signal,
    go_on: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> anyhow::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let raw = |signal: rustix::process::Signal| SignalKind::from_raw(signal.as_raw());
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
            interrupt: signal(SignalKind::interrupt())?,
            stop: signal(raw(rustix::process::Signal::TSTP))?,
            go_on: signal(raw(rustix::process::Signal::CONT))?,
        })
    }

    async fn next(&mut self) -> Wake {
        tokio::select! {
            _ = self.terminate.recv() => Wake::End(Ending::Signal(15)),
            _ = self.hang_up.recv() => Wake::End(Ending::Signal(1)),
            _ = self.interrupt.recv() => Wake::End(Ending::Signal(2)),
            _ = self.stop.recv() => Wake::Stop,
            _ = self.go_on.recv() => Wake::Continue,
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> anyhow::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) -> Wake {
        std::future::pending().await
    }
}
