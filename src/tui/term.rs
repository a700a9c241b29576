//! The terminal: taken, given back whatever happens, and what it can show.

use std::io::{self, BufWriter, Stdout, Write};
use std::panic;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, ThreadId};

use crossterm::{cursor, event, execute, queue, terminal};
use ratatui::backend::CrosstermBackend;
use ratatui::layout::Rect;
use ratatui::{Terminal, TerminalOptions, Viewport};

use super::app::App;
use super::draw;
use super::glyphs::{self, Glyphs};
use super::theme::Depth;

/// Button presses, drags and the wheel; not every movement, which would wake the program for nothing.
const MOUSE_ON: &str = "\x1b[?1000h\x1b[?1002h\x1b[?1006h";

/// The thread that owns the screen; panics elsewhere end no more than their own work.
static OWNER: OnceLock<ThreadId> = OnceLock::new();
static TAKEN: AtomicBool = AtomicBool::new(false);

/// What a look at the environment tells of the terminal; it is never asked, for some never answer.
#[derive(Clone, Copy, Debug)]
pub struct Profile {
    pub depth: Depth,
    pub glyphs: &'static Glyphs,
    /// Whether it takes links, or at least passes over them.
    pub links: bool,
}

impl Profile {
    pub fn of(variable: &dyn Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        let term = set("TERM").unwrap_or_default();
        let depth = if set("NO_COLOR").is_some() || term == "dumb" || term.is_empty() {
            Depth::None
        } else if set("COLORTERM").is_some_and(|it| it == "truecolor" || it == "24bit") {
            Depth::True
        } else if term.contains("256") {
            Depth::Indexed
        } else {
            Depth::Ansi
        };
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(set).unwrap_or_default();
        let is_utf8 = locale.to_lowercase().replace('-', "").contains("utf8");
        let glyphs = if is_utf8 { &glyphs::UNICODE } else { &glyphs::ASCII };
        let links = !matches!(&*term, "" | "dumb" | "linux");
        Self { depth, glyphs, links }
    }
}

/// The theme for who has not chosen one: the terminal's own colours, by what it says of its background.
pub fn default_theme(depth: Depth) -> &'static str {
    let background = std::env::var("COLORFGBG").ok();
    let background = background.as_deref().and_then(|both| both.rsplit(';').next());
    match (depth, background) {
        (Depth::None, _) => "mono",
        (_, Some("7" | "15")) => "ansi-light",
        _ => "ansi-dark",
    }
}

pub struct Screen {
    terminal: Terminal<CrosstermBackend<BufWriter<Stdout>>>,
}

impl Screen {
    /// Takes the terminal: alternate screen, raw keys, paste and mouse as events.
    pub fn take(mouse: bool) -> io::Result<Self> {
        // Colours are the theme's to decide; without this, NO_COLOR makes crossterm cancel bold and reverse, too.
        crossterm::style::force_color_output(true);
        restore_on_panic();
        enter(mouse)?;
        let out = BufWriter::with_capacity(1 << 16, io::stdout());
        let backend = CrosstermBackend::new(out);
        let terminal =
            Terminal::with_options(backend, TerminalOptions { viewport: Viewport::Fullscreen })?;
        Ok(Self { terminal })
    }

    /// Takes it again after it was given away.
    pub fn retake(&mut self, mouse: bool) -> io::Result<()> {
        enter(mouse)?;
        self.redraw_all()
    }

    /// Forgets what is on the screen, so that the next frame is drawn whole.
    pub fn redraw_all(&mut self) -> io::Result<()> {
        let size = self.terminal.size()?;
        self.terminal.resize(Rect::new(0, 0, size.width, size.height))
    }

    pub fn area(&self) -> Rect {
        self.terminal
            .size()
            .map_or(Rect::new(0, 0, 80, 24), |size| Rect::new(0, 0, size.width, size.height))
    }

    pub fn draw(&mut self, app: &App) -> io::Result<()> {
        queue!(self.terminal.backend_mut(), terminal::BeginSynchronizedUpdate)?;
        self.terminal.draw(|frame| {
            draw::view(app, frame.buffer_mut());
            draw::links(app, frame.buffer_mut());
        })?;
        execute!(self.terminal.backend_mut(), terminal::EndSynchronizedUpdate)
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        give_back();
    }
}

pub fn mouse(on: bool) -> io::Result<()> {
    let mut out = io::stdout();
    if on {
        out.write_all(MOUSE_ON.as_bytes())?;
    } else {
        queue!(out, event::DisableMouseCapture)?;
    }
    out.flush()
}

/// Hands a text to the terminal's clipboard.
pub fn copy(text: &str) -> io::Result<()> {
    execute!(io::stdout(), crossterm::clipboard::CopyToClipboard::to_clipboard_from(text))
}

fn enter(mouse: bool) -> io::Result<()> {
    terminal::enable_raw_mode()?;
    TAKEN.store(true, Ordering::SeqCst);
    let mut out = io::stdout();
    queue!(out, terminal::EnterAlternateScreen, event::EnableBracketedPaste, cursor::Hide)?;
    if mouse {
        out.write_all(MOUSE_ON.as_bytes())?;
    }
    out.flush()
}

/// Gives the terminal back as it was; a second time does nothing. There is nobody to tell of a failure.
pub fn give_back() {
    if !TAKEN.swap(false, Ordering::SeqCst) {
        return;
    }
    let mut out = io::stdout();
    let _ = queue!(
        out,
        terminal::EndSynchronizedUpdate,
        event::DisableBracketedPaste,
        event::DisableMouseCapture,
        terminal::LeaveAlternateScreen,
        cursor::Show
    );
    let _ = out.flush();
    // Keys and mouse reports that nobody has read must not reach the shell.
    #[cfg(unix)]
    let _ = rustix::termios::tcflush(io::stdin(), rustix::termios::QueueSelector::IFlush);
    let _ = terminal::disable_raw_mode();
}

/// A panic of the screen's thread gives the terminal back before it prints; of a worker it prints nothing, since what
/// started the worker tells of it.
fn restore_on_panic() {
    if OWNER.set(thread::current().id()).is_err() {
        return;
    }
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        if OWNER.get() == Some(&thread::current().id()) {
            give_back();
            before(panic);
        }
    }));
}

/// Stops this process as Ctrl-Z does, and comes back when it is continued.
#[cfg(unix)]
pub fn stop() {
    // The whole group, so that whatever started us stops as well and the shell notices.
    let _ = rustix::process::kill_current_process_group(rustix::process::Signal::STOP);
}

#[cfg(not(unix))]
pub fn stop() {}

/// Calls when the terminal is gone. The thread sleeps until then; nothing else tells reliably, since reading keys from a
/// closed terminal spins where SIGHUP is ignored.
#[cfg(unix)]
pub fn watch_for_hang_up(gone: impl FnOnce() + Send + 'static) {
    let watch = move || {
        use rustix::event::{PollFd, PollFlags, poll};
        let stdin = io::stdin();
        let mut terminal = [PollFd::new(&stdin, PollFlags::empty())];
        while poll(&mut terminal, None) == Err(rustix::io::Errno::INTR) {}
        gone();
    };
    // Without it only the comfort of a quick end is lost.
    let _ = thread::Builder::new().name("hang-up".to_owned()).spawn(watch);
}

#[cfg(not(unix))]
pub fn watch_for_hang_up(_: impl FnOnce() + Send + 'static) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_tells_what_can_be_shown() {
        let of = |variables: &[(&str, &str)]| {
            let variables: Vec<(String, String)> =
                variables.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
            Profile::of(&move |name| {
                variables.iter().find(|(own, _)| own == name).map(|(_, value)| value.clone())
            })
        };
        assert_eq!(of(&[("TERM", "xterm-256color")]).depth, Depth::Indexed);
        assert_eq!(of(&[("TERM", "xterm"), ("COLORTERM", "truecolor")]).depth, Depth::True);
        assert_eq!(of(&[("TERM", "xterm"), ("NO_COLOR", "1")]).depth, Depth::None);
        assert_eq!(of(&[("TERM", "linux"), ("NO_COLOR", "")]).depth, Depth::Ansi);
        assert_eq!(of(&[("LANG", "de_DE.UTF-8")]).glyphs, &glyphs::UNICODE);
        assert_eq!(of(&[("LC_ALL", "C"), ("LANG", "de_DE.UTF-8")]).glyphs, &glyphs::ASCII);
    }
}
