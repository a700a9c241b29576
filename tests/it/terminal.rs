//! The explorer in a terminal of its own: what reaches it, and that it is always given back.

use std::fs;
use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

/// A debug build on a busy machine does within this what it does at all.
const PATIENCE: Duration = Duration::from_mins(1);

struct Terminal {
    master: Option<Box<dyn MasterPty + Send>>,
    child: Box<dyn Child + Send + Sync>,
    keys: Option<Box<dyn Write + Send>>,
    seen: Arc<Mutex<Seen>>,
    /// Tells the reader to let go of the terminal after what comes next.
    enough: Arc<AtomicBool>,
    /// Home of this run alone.
    home: TempDir,
}

struct Seen {
    screen: vt100::Parser,
    bytes: Vec<u8>,
}

impl Terminal {
    fn open(arguments: &[&str], environment: &[(&str, &str)], folder: Option<&Path>) -> Self {
        let size = PtySize { rows: 30, cols: 100, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let home = TempDir::new().unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_fragscope"));
        command.env_clear();
        command.args(arguments);
        command.cwd(folder.unwrap_or(home.path()));
        let path = std::env::var("PATH").unwrap_or_default();
        let own = [("TERM", "xterm-256color"), ("LANG", "C.UTF-8"), ("PATH", &path)];
        for name in ["HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME"] {
            command.env(name, home.path());
        }
        for (name, value) in own.iter().chain(environment) {
            command.env(name, value);
        }
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let screen = vt100::Parser::new(cells(size.rows), cells(size.cols), 0);
        let seen = Arc::new(Mutex::new(Seen { screen, bytes: Vec::new() }));
        let mut reader = pair.master.try_clone_reader().unwrap();
        let enough = Arc::new(AtomicBool::new(false));
        let (own_seen, is_enough, mut chunk) = (Arc::clone(&seen), Arc::clone(&enough), [0; 4096]);
        thread::spawn(move || {
            while let Ok(count @ 1..) = reader.read(&mut chunk) {
                let mut seen = own_seen.lock().unwrap();
                seen.screen.process(&chunk[..count]);
                seen.bytes.extend_from_slice(&chunk[..count]);
                if is_enough.load(Ordering::SeqCst) {
                    return;
                }
            }
        });
        let keys = pair.master.take_writer().unwrap();
        Self { master: Some(pair.master), child, keys: Some(keys), seen, enough, home }
    }

    /// On the sample tree, with its worst concept on the screen.
    fn demo(environment: &[(&str, &str)]) -> Self {
        let terminal = Self::open(&["--demo"], environment, None);
        terminal.shows("Why PaymentProcessor is #1");
        terminal
    }

    fn screen(&self) -> String {
        self.seen.lock().unwrap().screen.screen().contents()
    }

    fn bytes(&self) -> Vec<u8> {
        self.seen.lock().unwrap().bytes.clone()
    }

    fn shows(&self, text: &str) {
        self.comes(&format!("`{text}` on the screen"), || self.screen().contains(text));
    }

    fn comes(&self, what: &str, is_there: impl Fn() -> bool) {
        let begun = Instant::now();
        while !is_there() {
            assert!(begun.elapsed() < PATIENCE, "no {what}:\n{}", self.screen());
            thread::sleep(Duration::from_millis(10));
        }
    }

    fn press(&mut self, keys: &str) {
        let writer = self.keys.as_mut().unwrap();
        writer.write_all(keys.as_bytes()).unwrap();
        writer.flush().unwrap();
    }

    fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).unwrap();
    }

    fn pid(&self) -> Pid {
        Pid::from_raw(self.child.process_id().unwrap() as i32).unwrap()
    }

    /// `S` sleeps, `T` is stopped.
    fn state(&self) -> String {
        let stat =
            fs::read_to_string(format!("/proc/{}/stat", self.pid().as_raw_nonzero())).unwrap();
        stat.rsplit(") ").next().unwrap()[..1].to_owned()
    }

    fn ends(&mut self) -> u32 {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.exit_code();
            }
            assert!(begun.elapsed() < PATIENCE, "it does not end:\n{}", self.screen());
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Alternate screen left, mouse and paste off, cursor shown, in this order and at the end.
    fn is_given_back(&self) {
        let is_back = || {
            let bytes = self.bytes();
            let last = |what: &[u8]| bytes.windows(what.len()).rposition(|at| at == what);
            let order = [
                last(b"\x1b[?2004l"),
                last(b"\x1b[?1000l"),
                last(b"\x1b[?1049l"),
                last(b"\x1b[?25h"),
            ];
            order.iter().all(Option::is_some)
                && order.is_sorted()
                && last(b"\x1b[?1049h") < order[2]
        };
        self.comes("clean end", is_back);
    }
}

fn cells(count: u16) -> NonZeroU16 {
    NonZeroU16::new(count).expect("a terminal has cells")
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // What has ended already cannot be ended.
        let _ = self.child.kill();
    }
}

fn tree() -> TempDir {
    let folder = TempDir::new().unwrap();
    for name in ["a", "b"] {
        let code = "\n\nclass Twin:\n    def go(self):\n        return 1\n";
        fs::write(folder.path().join(format!("{name}.py")), code).unwrap();
    }
    fs::write(folder.path().join("c.py"), "from a import Twin\nfrom b import Twin as Other\n")
        .unwrap();
    folder
}

#[test]
fn from_start_to_quit() {
    let mut terminal = Terminal::demo(&[]);
    terminal.press("/order\r");
    terminal.shows("/order");
    // An escape that a letter follows at once would be Alt and that letter.
    terminal.press("\x1b");
    terminal.shows("PaymentProcessor");
    terminal.press("gg");
    terminal.shows("Why PaymentProcessor is #1");
    terminal.press("\rjj");
    terminal.shows("methods =");
    terminal.press("3");
    terminal.shows("Paths of");
    terminal.press("5");
    terminal.shows("Findings  by rule");
    terminal.press("jn");
    terminal.shows("The rule  ghost-import");
    terminal.press("Q");
    assert_eq!(terminal.ends(), 0);
    terminal.is_given_back();
}

#[test]
fn nothing_is_asked_of_the_terminal() {
    let terminal = Terminal::demo(&[]);
    let bytes = String::from_utf8_lossy(&terminal.bytes()).into_owned();
    for query in ["\x1b[6n", "\x1b[c", "\x1b[>c", "\x1b]11;?", "\x1b[?u"] {
        assert!(!bytes.contains(query), "{query:?}");
    }
}

#[test]
fn the_editor_gets_every_key_and_the_explorer_comes_back() {
    let tree = tree();
    let editor = tree.path().join("editor.sh");
    let script = "#!/bin/sh\necho EDITOR IS READY\nread line\necho \"$line $1 $2\" > \"$0.out\"\n";
    fs::write(&editor, script).unwrap();
    fs::set_permissions(&editor, fs::Permissions::from_mode(0o755)).unwrap();
    let own = [("EDITOR", editor.to_str().unwrap())];
    let mut terminal = Terminal::open(&["."], &own, Some(tree.path()));
    terminal.shows("Why Twin is #1");
    terminal.press("e");
    terminal.shows("EDITOR IS READY");
    terminal.press("every key of this\r");
    let out = tree.path().join("editor.sh.out");
    terminal
        .comes("line in the editor's file", || fs::metadata(&out).is_ok_and(|file| file.len() > 0));
    let written = fs::read_to_string(&out).unwrap();
    assert!(written.starts_with("every key of this +3 "), "{written}");
    assert!(written.trim_end().ends_with("a.py"), "{written}");
    terminal.shows("Why Twin is #1");
    terminal.press("\r");
    terminal.shows("Definitions");
}

#[test]
fn stopped_and_continued_it_comes_back() {
    let mut terminal = Terminal::demo(&[]);
    terminal.press("\x1a");
    terminal.comes("stop", || terminal.state() == "T");
    terminal.is_given_back();
    terminal.signal(Signal::CONT);
    terminal.shows("Why PaymentProcessor is #1");
    terminal.press("3");
    terminal.shows("Paths of");
    // From outside, too.
    terminal.signal(Signal::TSTP);
    terminal.comes("stop", || terminal.state() == "T");
    terminal.signal(Signal::CONT);
    terminal.press("4");
    terminal.shows("Importers");
}

#[test]
fn a_signal_ends_it_and_the_terminal_is_given_back() {
    for (signal, code) in [(Signal::TERM, 143), (Signal::HUP, 129), (Signal::INT, 130)] {
        let mut terminal = Terminal::demo(&[]);
        terminal.signal(signal);
        assert_eq!(terminal.ends(), code);
        terminal.is_given_back();
    }
}

#[test]
fn without_its_terminal_it_ends() {
    let mut terminal = Terminal::demo(&[]);
    terminal.enough.store(true, Ordering::SeqCst);
    terminal.press("j");
    terminal.comes("end of the reader", || Arc::strong_count(&terminal.seen) == 1);
    terminal.keys = None;
    terminal.master = None;
    let begun = Instant::now();
    terminal.ends();
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
}

#[test]
fn a_panic_of_the_screen_gives_the_terminal_back_before_it_is_told() {
    let mut terminal = Terminal::demo(&[("FRAGSCOPE_PANIC", "screen")]);
    terminal.press("j");
    assert_eq!(terminal.ends(), 101);
    terminal.is_given_back();
    let bytes = String::from_utf8_lossy(&terminal.bytes()).into_owned();
    let back = bytes.rfind("\x1b[?1049l").unwrap();
    assert!(bytes[back..].contains("asked to panic: screen"), "{:?}", &bytes[back..]);
}

#[test]
fn a_panic_of_a_worker_is_told_and_the_explorer_goes_on() {
    for (work, keys, shown) in [("read", "3", "Paths of"), ("compare", "\rj", "Definitions")] {
        let mut terminal = Terminal::open(&["--demo"], &[("FRAGSCOPE_PANIC", work)], None);
        terminal.shows("Why PaymentProcessor is #1");
        terminal.press(keys);
        terminal.shows(shown);
        terminal.shows("a worker failed: this is a bug of fragscope");
        terminal.press("1");
        terminal.shows("Why PaymentProcessor is #1");
        terminal.press("Q");
        assert_eq!(terminal.ends(), 0);
        assert!(!String::from_utf8_lossy(&terminal.bytes()).contains("panicked"));
    }
    // Without what the screens show, it waits for nothing and says so.
    for work in ["scan", "compute"] {
        let mut terminal = Terminal::open(&["--demo"], &[("FRAGSCOPE_PANIC", work)], None);
        terminal.shows("a worker failed: this is a bug of fragscope");
        terminal.shows("not scanned");
        terminal.press("Q");
        assert_eq!(terminal.ends(), 0);
        terminal.is_given_back();
    }
}

#[test]
fn a_terminal_that_cannot_place_its_cursor_gets_the_overview() {
    let mut terminal = Terminal::open(&["--demo"], &[("TERM", "dumb")], None);
    assert_eq!(terminal.ends(), 0);
    terminal.shows("names that cannot be followed");
    let bytes = terminal.bytes();
    let text = String::from_utf8_lossy(&bytes);
    assert!(text.contains("note: `TERM=dumb` cannot show the explorer"), "{text}");
    assert!(!bytes.contains(&0x1b), "{text}");
}

#[test]
fn a_file_that_is_gone_is_not_opened_anew() {
    let tree = tree();
    let own = [("EDITOR", "touch")];
    let mut terminal = Terminal::open(&["."], &own, Some(tree.path()));
    terminal.shows("Why Twin is #1");
    fs::remove_file(tree.path().join("a.py")).unwrap();
    terminal.press("e");
    terminal.shows("is not there any more; F5 scans again");
    assert!(!tree.path().join("a.py").exists());
    // Of what has not been read before there is nothing to compare.
    fs::remove_file(tree.path().join("b.py")).unwrap();
    terminal.press("\rj");
    terminal.shows("b.py: ");
}

#[test]
fn every_size_is_taken() {
    let mut terminal = Terminal::demo(&[]);
    for (rows, cols) in [(1, 1), (5, 20), (24, 80), (50, 200)] {
        let size = PtySize { rows, cols, pixel_width: 0, pixel_height: 0 };
        terminal.seen.lock().unwrap().screen.screen_mut().set_size(cells(rows), cells(cols));
        terminal.master.as_ref().unwrap().resize(size).unwrap();
    }
    terminal.shows("Why PaymentProcessor is #1");
    terminal.shows("Packages");
    terminal.press("Q");
    assert_eq!(terminal.ends(), 0);
}

#[test]
fn without_colours_the_cursor_is_still_seen() {
    let terminal = Terminal::demo(&[("NO_COLOR", "1")]);
    let bytes = String::from_utf8_lossy(&terminal.bytes()).into_owned();
    let coloured = bytes.split("\x1b[").skip(1).filter_map(|rest| rest.split_once('m'));
    let mut reversed = false;
    for (codes, _) in
        coloured.filter(|(codes, _)| codes.chars().all(|c| c.is_ascii_digit() || c == ';'))
    {
        for code in codes.split(';').filter_map(|code| code.parse::<u32>().ok()) {
            assert!(!matches!(code, 30..=38 | 40..=48 | 90..=107), "{codes}");
            reversed |= code == 7;
        }
    }
    assert!(reversed);
}

#[test]
fn a_locale_without_utf8_gets_ascii() {
    let terminal = Terminal::open(&["--demo"], &[("LANG", "C")], None);
    terminal.shows("Why PaymentProcessor is #1");
    assert!(terminal.screen().is_ascii(), "{}", terminal.screen());
}

#[test]
fn what_is_shown_is_written_and_never_over_another_file() {
    let mut terminal = Terminal::demo(&[]);
    let folder = terminal.home.path().to_owned();
    for name in ["fragscope-hotspots.md", "fragscope-hotspots-2.md"] {
        terminal.press("x\r");
        terminal.shows(&format!("written to {name}"));
        let text = fs::read_to_string(folder.join(name)).unwrap();
        assert!(text.contains("| PaymentProcessor | same-name | 6 | 15 |"), "{text}");
    }
}

#[test]
fn notes_are_kept_for_the_next_time() {
    let tree = tree();
    let mut terminal = Terminal::open(&["."], &[], Some(tree.path()));
    terminal.shows("Why Twin is #1");
    terminal.press("aask about this\r");
    terminal.shows("ask about this");
    assert!(!tree.path().join(".fragscope").exists());
    terminal.press(":keep notes\r");
    terminal.shows("notes are kept in");
    let log = fs::read_to_string(tree.path().join(".fragscope/notes.jsonl")).unwrap();
    assert!(log.contains("ask about this") && log.contains("concept:Twin"), "{log}");
}

#[test]
fn what_another_program_notes_shows_at_the_next_key() {
    let (tree, state) = (tree(), TempDir::new().unwrap());
    let own = [("XDG_STATE_HOME", state.path().to_str().unwrap())];
    let mut one = Terminal::open(&["."], &own, Some(tree.path()));
    let mut two = Terminal::open(&["."], &own, Some(tree.path()));
    for terminal in [&one, &two] {
        terminal.shows("Why Twin is #1");
    }
    two.press("asaid by the other\r");
    two.shows("me: said by the other");
    assert!(!one.screen().contains("said by the other"));
    one.press("A");
    one.shows("said by the other");
}

#[test]
fn the_second_run_begins_with_the_same_screen() {
    let (tree, cache) = (tree(), TempDir::new().unwrap());
    let own = [("XDG_CACHE_HOME", cache.path().to_str().unwrap())];
    // The first line ends with the time.
    let below = |terminal: &Terminal| {
        terminal.screen().lines().skip(1).map(str::to_owned).collect::<Vec<String>>()
    };
    let first = {
        let terminal = Terminal::open(&["."], &own, Some(tree.path()));
        terminal.shows("Why Twin is #1");
        terminal.shows("3 files ");
        thread::sleep(Duration::from_millis(500));
        below(&terminal)
    };
    let second = Terminal::open(&["."], &own, Some(tree.path()));
    second.comes("screen like the first", || below(&second) == first);
    let is_ranking =
        |entry: &walkdir::DirEntry| entry.path().extension().is_some_and(|end| end == "ranking");
    let kept = walkdir::WalkDir::new(cache.path()).into_iter().filter_map(Result::ok);
    assert_eq!(kept.filter(is_ranking).count(), 1);
}

#[test]
fn the_next_run_begins_where_this_one_ended() {
    let (tree, state) = (tree(), TempDir::new().unwrap());
    let own = [("XDG_STATE_HOME", state.path().to_str().unwrap())];
    let mut terminal = Terminal::open(&["."], &own, Some(tree.path()));
    terminal.shows("Why Twin is #1");
    terminal.press("4");
    terminal.shows("Importers");
    terminal.press("Q");
    assert_eq!(terminal.ends(), 0);
    let terminal = Terminal::open(&["."], &own, Some(tree.path()));
    terminal.shows("Importers");
}

#[test]
fn own_keys_and_themes_count_and_mistakes_are_told() {
    let (tree, config) = (tree(), TempDir::new().unwrap());
    let folder = config.path().join("fragscope");
    fs::create_dir_all(folder.join("themes")).unwrap();
    fs::write(folder.join("keys.toml"), "[keys]\n\"go.graph\" = [\"ctrl-g\"]\n\"go.grpah\" = []\n")
        .unwrap();
    fs::write(folder.join("themes/mine.toml"), "inherits = \"mono\"\n[roles]\n").unwrap();
    let own = [("XDG_CONFIG_HOME", config.path().to_str().unwrap())];
    let mut terminal = Terminal::open(&[".", "--theme", "mine"], &own, Some(tree.path()));
    terminal.shows("did you mean `go.graph`?");
    terminal.shows("Why Twin is #1");
    terminal.press("\x07");
    terminal.shows("Importers");
    let mut wrong = Terminal::open(&[".", "--theme", "nobody"], &own, Some(tree.path()));
    assert_eq!(wrong.ends(), 2);
    wrong.shows("there is no theme `nobody`");
}

#[test]
fn changes_are_seen_when_asked_to_watch() {
    let tree = tree();
    let terminal = Terminal::open(&["--watch", "."], &[], Some(tree.path()));
    terminal.shows("Why Twin is #1");
    fs::write(tree.path().join("d.py"), "\n\nclass Twin:\n    def go(self):\n        return 2\n")
        .unwrap();
    terminal.shows("3 definitions");
}

#[test]
fn the_file_of_a_source_is_a_link() {
    let tree = tree();
    let terminal = Terminal::open(&["."], &[], Some(tree.path()));
    terminal.shows("Why Twin is #1");
    terminal.shows("Source  a.py:3");
    let bytes = String::from_utf8_lossy(&terminal.bytes()).into_owned();
    let address =
        format!("\x1b]8;;file://{}/a.py\x1b\\", tree.path().canonicalize().unwrap().display());
    assert!(bytes.contains(&address), "{address}");
}

#[test]
fn a_script_is_replayed() {
    let folder = TempDir::new().unwrap();
    let script = folder.path().join("script.txt");
    fs::write(&script, "caption Look here\nkeys 3\n").unwrap();
    let terminal = Terminal::open(&["--demo", "--script", script.to_str().unwrap()], &[], None);
    terminal.shows("Look here");
    terminal.shows("Paths of");
}
