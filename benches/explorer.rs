//! The explorer's speeds in a terminal of its own, on a tree of 10,000 files with 100,000 names:
//! `cargo bench --bench explorer`. With `FRAGSCOPE_BENCH_TREE=…` only the starts, on a tree of yours. Absolute times are of this machine; the limits beside them are what is promised.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark prints, and has nobody to hand an error to"
)]

use std::fmt::Write as _;
use std::fs;
use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use fragscope::engine::Options;
use fragscope::tui::Tree;
use fragscope::tui::headless::{Headless, plain_start};
use portable_pty::{CommandBuilder, MasterPty, PtySize, native_pty_system};
use ratatui::layout::Rect;
use tempfile::TempDir;

/// Each with three files and thirty classes that two paths reach.
const PACKAGES: usize = 3_334;
const CLASSES: usize = 30;

fn main() {
    if let Some(tree) = std::env::var_os("FRAGSCOPE_BENCH_TREE") {
        let home = TempDir::new().unwrap();
        starts(Path::new(&tree), home.path()).quit();
        return;
    }
    let (large, small) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    write_tree(large.path(), PACKAGES);
    write_tree(small.path(), PACKAGES / 100);
    let home = TempDir::new().unwrap();
    in_a_terminal(large.path(), home.path());
    without_a_terminal(large.path(), small.path());
}

fn write_tree(folder: &Path, packages: usize) {
    for package in 0..packages {
        let own = folder.join(format!("pkg{package}"));
        fs::create_dir_all(&own).unwrap();
        let names: Vec<String> =
            (0..CLASSES).map(|class| format!("Class{package}x{class}")).collect();
        let list = names.join(", ");
        fs::write(own.join("__init__.py"), format!("from .core import {list}\n")).unwrap();
        let mut code = String::new();
        for name in &names {
            writeln!(code, "class {name}:\n    def run(self):\n        return {package}\n")
                .unwrap();
        }
        fs::write(own.join("core.py"), code).unwrap();
        let uses =
            format!("from pkg{package} import {list}\nfrom pkg{package}.core import {list}\n");
        fs::write(own.join("use.py"), uses).unwrap();
    }
}

struct Terminal {
    /// The terminal is there as long as this is.
    _master: Box<dyn MasterPty + Send>,
    child: Box<dyn portable_pty::Child + Send + Sync>,
    keys: Box<dyn Write + Send>,
    told: Receiver<Vec<u8>>,
    screen: vt100::Parser,
    begun: Instant,
    /// Bytes since they were last counted.
    bytes: usize,
}

impl Terminal {
    fn open(tree: &Path, home: &Path) -> Self {
        let size = PtySize { rows: 40, cols: 120, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_fragscope"));
        command.arg(tree);
        for name in ["XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME"] {
            command.env(name, home);
        }
        command.env("TERM", "xterm-256color");
        command.env("LANG", "C.UTF-8");
        let begun = Instant::now();
        let child = pair.slave.spawn_command(command).unwrap();
        let mut reader = pair.master.try_clone_reader().unwrap();
        let (tell, told) = channel();
        thread::spawn(move || {
            let mut chunk = [0; 16384];
            while let Ok(count @ 1..) = reader.read(&mut chunk) {
                if tell.send(chunk[..count].to_vec()).is_err() {
                    return;
                }
            }
        });
        let keys = pair.master.take_writer().unwrap();
        let screen = vt100::Parser::new(cells(size.rows), cells(size.cols), 0);
        Self { _master: pair.master, child, keys, told, screen, begun, bytes: 0 }
    }

    /// Waits until the screen is as wanted.
    fn until(&mut self, is_there: impl Fn(&str) -> bool) {
        while !is_there(&self.screen.screen().contents()) {
            let bytes = self.told.recv_timeout(Duration::from_mins(2)).expect("the screen changes");
            self.bytes += bytes.len();
            self.screen.process(&bytes);
        }
    }

    fn quit(&mut self) {
        self.press("Q");
        self.child.wait().unwrap();
    }

    fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    /// Takes in all that comes within a time, and says how many bytes that was.
    fn rest(&mut self, time: Duration) -> usize {
        let begun = Instant::now();
        let mut count = 0;
        while let Some(left) = time.checked_sub(begun.elapsed()) {
            if let Ok(bytes) = self.told.recv_timeout(left) {
                count += bytes.len();
                self.screen.process(&bytes);
            }
        }
        count
    }

    fn switches(&self) -> u64 {
        let tasks = format!("/proc/{}/task", self.child.process_id().unwrap());
        let tasks = fs::read_dir(tasks).unwrap().filter_map(Result::ok);
        let of_task = |task: fs::DirEntry| {
            let status = fs::read_to_string(task.path().join("status")).ok()?;
            let line = status.lines().find(|line| line.starts_with("voluntary"))?;
            line.split_whitespace().last()?.parse::<u64>().ok()
        };
        tasks.filter_map(of_task).sum()
    }
}

fn cells(count: u16) -> NonZeroU16 {
    NonZeroU16::new(count).expect("a terminal has cells")
}

/// From the start to a filled screen, cold and warm; the last one stays open. Of warm ones the best of three, as of the scan.
fn starts(tree: &Path, home: &Path) -> Terminal {
    let mut cold = Terminal::open(tree, home);
    cold.until(|screen| screen.contains("Hotspots"));
    line("first frame, cold", cold.begun.elapsed(), "50 ms");
    cold.until(|screen| screen.contains("Why "));
    line("filled Hotspots, cold", cold.begun.elapsed(), "-");
    cold.quit();

    let scan = scan_time(tree, home);
    line("`scan`, warm", scan, "-");
    let start = || {
        let mut warm = Terminal::open(tree, home);
        warm.until(|screen| screen.contains("Hotspots"));
        let frame = warm.begun.elapsed();
        warm.until(|screen| screen.contains("Why "));
        (frame, warm.begun.elapsed(), warm)
    };
    let early = [start(), start()].map(|(frame, filled, mut warm)| {
        warm.quit();
        (frame, filled)
    });
    let (frame, filled, warm) = start();
    let frame = early.iter().map(|early| early.0).fold(frame, Duration::min);
    let filled = early.iter().map(|early| early.1).fold(filled, Duration::min);
    line("first frame, warm", frame, "50 ms");
    line("filled Hotspots, warm", filled, "1.5 x scan");
    let ratio = filled.as_secs_f64() / scan.as_secs_f64();
    println!("{:<44} {ratio:>9.2}     limit 1.5", "the same by the scan");
    warm
}

fn in_a_terminal(tree: &Path, home: &Path) {
    let mut warm = starts(tree, home);
    warm.press("3");
    warm.until(|screen| screen.contains("Paths of"));
    warm.rest(Duration::from_millis(500));
    let mut times = Vec::new();
    let mut most = 0;
    for step in 0..500 {
        let wanted = format!("{}/", step + 2);
        warm.bytes = 0;
        let begun = Instant::now();
        warm.press("j");
        warm.until(|screen| screen.lines().last().unwrap_or("").contains(&wanted));
        times.push(begun.elapsed());
        most = most.max(warm.bytes);
    }
    times.sort();
    line("key to screen in 100,000 rows, p50", times[250], "5 ms");
    line("key to screen in 100,000 rows, p99", times[495], "33 ms");
    println!("{:<44} {most:>9} B   limit 6 kB", "largest frame of scrolling");

    warm.press("/");
    let begun = Instant::now();
    warm.press("9");
    warm.until(|screen| screen.lines().any(|line| line.contains("/9 ")));
    line("filter keystroke in 100,000 rows", begun.elapsed(), "20 ms");
    warm.press("\x1b");
    // Both at once would be another key.
    warm.rest(Duration::from_millis(200));

    warm.press("\x10");
    warm.until(|screen| screen.contains("Find a concept"));
    let begun = Instant::now();
    warm.press("Class99");
    warm.until(|screen| screen.contains("> Class99"));
    line("typed in the finder, 120,000 entries: shown", begun.elapsed(), "20 ms");
    warm.until(|screen| screen.contains(" Class99x "));
    line("typed in the finder, 120,000 entries: found", begun.elapsed(), "-");
    warm.press("\x1b");
    warm.rest(Duration::from_secs(2));

    let before = warm.switches();
    let bytes = warm.rest(Duration::from_secs(10));
    let switches = warm.switches() - before;
    println!("{:<44} {bytes:>9} B   limit 0", "idle 10 s: written");
    println!("{:<44} {switches:>9}     limit 2", "idle 10 s: voluntary switches");
    warm.quit();
}

fn scan_time(tree: &Path, home: &Path) -> Duration {
    let run = || {
        let begun = Instant::now();
        let status = Command::new(env!("CARGO_BIN_EXE_fragscope"))
            .arg("scan")
            .arg(tree)
            .env("XDG_CACHE_HOME", home)
            .stdout(Stdio::null())
            .status();
        assert!(status.unwrap().success());
        begun.elapsed()
    };
    (0..3).map(|_| run()).min().unwrap()
}

fn without_a_terminal(large: &Path, small: &Path) {
    let frame = |tree: &Path| {
        let tree = Tree { folder: Some(tree.to_owned()), options: Options::default() };
        let mut explorer = Headless::new(tree, plain_start("bench"), Rect::new(0, 0, 120, 40));
        explorer.keys("3").unwrap();
        let begun = Instant::now();
        for _ in 0..200 {
            explorer.keys("j").unwrap();
            explorer.frame();
        }
        begun.elapsed() / 200
    };
    let (of_large, of_small) = (frame(large), frame(small));
    line("key and frame, 100,000 rows", of_large, "-");
    line("key and frame, 1,000 rows", of_small, "-");
    let ratio = of_large.as_secs_f64() / of_small.as_secs_f64();
    println!("{:<44} {ratio:>9.2}     limit 1.5", "ratio");
}

fn line(what: &str, time: Duration, limit: &str) {
    println!("{what:<44} {:>9.2} ms  limit {limit}", time.as_secs_f64() * 1e3);
}
