//! What every command needs: a scan of the tree, and a place to give its answer.

use std::io::{self, Write};
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use anyhow::{Context, ensure};
use serde::Serialize;

use super::args::{Format, Output, Reading};
use super::target::existing_folder;
use super::terminal::Surroundings;
use crate::config::Config;
use crate::engine::{Options, Progress, Snapshot, scan, scan_demo, scan_revision};
use crate::report::escape::visible;
use crate::report::json;
use crate::report::paint::{counted, grouped};
use crate::report::sheet::Sheet;
use crate::source::Revision;

/// How many rows a page shows unless told otherwise.
const PAGE_ROWS: usize = 50;

/// A scan that is over before this needs no progress.
const PATIENCE: Duration = Duration::from_millis(300);
const TICK: Duration = Duration::from_millis(100);

pub struct Desk<'d> {
    pub reading: &'d Reading,
    pub output: &'d Output,
    pub surroundings: &'d Surroundings,
    pub out: &'d mut dyn Write,
    pub err: &'d mut dyn Write,
}

/// A snapshot and the name of its tree, as it was typed.
pub struct Scanned {
    pub root: String,
    /// Never freed: the process ends with the command, and taking a large tree's facts apart would only cost time.
    pub snapshot: ManuallyDrop<Snapshot>,
    pub config: Config,
    /// None for the built-in sample.
    pub folder: Option<PathBuf>,
}

impl Reading {
    /// How a folder is scanned; without one, the built-in sample.
    pub fn options(&self, folder: Option<&Path>) -> anyhow::Result<Options> {
        let named = self.config.as_deref();
        let config = match (folder, named) {
            (None, None) => Config::default(),
            (folder, named) => Config::load(folder.unwrap_or(Path::new("")), named)?,
        };
        Ok(Options {
            config,
            no_ignore: self.no_ignore,
            hidden: self.hidden,
            tracked_only: self.tracked_only,
            jobs: self.jobs,
            cache: !self.no_cache,
        })
    }
}

impl Desk<'_> {
    /// Scans the folder, or the built-in sample with `--demo`. A tree without a single Python file is an error: no number
    /// about it would mean anything.
    pub fn scan(&mut self, folder: Option<&Path>) -> anyhow::Result<Scanned> {
        let folder = existing_folder(folder, self.reading.demo)?;
        let options = self.reading.options(folder.as_deref())?;
        let config = options.config.clone();
        let snapshot = self.watched(|progress| match &folder {
            Some(folder) => scan(folder, &options, progress)
                .with_context(|| format!("cannot scan {}", folder.display())),
            None => scan_demo(&options, progress),
        })?;
        let root =
            folder.as_ref().map_or("demo".into(), |folder| folder.to_string_lossy()).into_owned();
        ensure!(
            !snapshot.project.files.is_empty() || !snapshot.unread.is_empty(),
            "there is no Python file in {root}; name another folder, or read what is ignored with `--no-ignore` and \
             `--hidden`"
        );
        self.note_errors(&snapshot)?;
        Ok(Scanned { root, snapshot: ManuallyDrop::new(snapshot), config, folder })
    }

    /// Scans a revision of a folder that was scanned, in the same manner.
    pub fn scan_revision(
        &mut self,
        revision: &Revision,
        scanned: &Scanned,
    ) -> anyhow::Result<ManuallyDrop<Snapshot>> {
        let options = self.reading.options(scanned.folder.as_deref())?;
        let today = &scanned.snapshot.tree;
        let snapshot = self.watched(|progress| {
            scan_revision(revision, today, &options, progress)
                .with_context(|| format!("cannot read the revision {}", revision.hash()))
        })?;
        Ok(ManuallyDrop::new(snapshot))
    }

    /// Runs the scan on a thread of its own and meanwhile tells how far it is, if somebody sits at the terminal.
    fn watched(
        &mut self,
        work: impl FnOnce(&Progress) -> anyhow::Result<Snapshot> + Send,
    ) -> anyhow::Result<Snapshot> {
        let progress = Progress::default();
        if self.output.quiet || !self.surroundings.err_is_terminal {
            return work(&progress);
        }
        std::thread::scope(|scope| {
            let (done, is_done) = channel();
            let progress = &progress;
            let worker = scope.spawn(move || {
                let result = work(progress);
                // The watcher waits for this as long as the scan runs.
                let _ = done.send(());
                result
            });
            let mut wait = PATIENCE;
            let mut shown = false;
            while is_done.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
                self.show_progress(progress);
                shown = true;
                wait = TICK;
            }
            if shown {
                self.tell("\r\x1b[K");
            }
            match worker.join() {
                Ok(result) => result,
                Err(panic) => std::panic::resume_unwind(panic),
            }
        })
    }

    fn show_progress(&mut self, progress: &Progress) {
        let (stage, done, total) = progress.now();
        let files = counted(total, "file");
        let text = match total {
            0 => stage.word().to_owned(),
            _ => format!("{} {} of {files}", stage.word(), grouped(done)),
        };
        self.tell(&format!("\r\x1b[K{text}"));
    }

    /// Progress is a courtesy: a standard error that cannot be written is no reason to stop.
    fn tell(&mut self, text: &str) {
        let _ = write!(self.err, "{text}").and_then(|()| self.err.flush());
    }

    /// What went wrong without losing a file.
    fn note_errors(&mut self, snapshot: &Snapshot) -> io::Result<()> {
        snapshot.tree.errors.iter().try_for_each(|error| self.note(error))
    }

    /// Something that should be known, and changes nothing.
    pub fn note(&mut self, text: &str) -> io::Result<()> {
        if self.output.quiet { Ok(()) } else { writeln!(self.err, "note: {}", visible(text)) }
    }

    pub fn is_json(&self) -> bool {
        self.output.format == Format::Json
    }

    /// The most rows to give; 0 for all.
    pub fn limit(&self, asked: Option<usize>) -> usize {
        asked.unwrap_or(if self.is_json() { 0 } else { PAGE_ROWS })
    }

    /// Gives the document as JSON, or the page that shows it.
    pub fn give(
        &mut self,
        document: &impl Serialize,
        page: impl FnOnce(&mut Sheet) -> io::Result<()>,
    ) -> anyhow::Result<()> {
        ensure!(
            self.output.format.of_findings().is_none(),
            "`--format {}` is a format of `findings` and `check`; this command has text and json",
            self.output.format.word()
        );
        if !self.is_json() {
            return self.page(page);
        }
        json::write(self.out, document).context("cannot write the output")
    }

    pub fn page(&mut self, page: impl FnOnce(&mut Sheet) -> io::Result<()>) -> anyhow::Result<()> {
        let paint = self.surroundings.paint(self.output.color);
        let mut sheet = Sheet::new(self.out, paint, self.surroundings.width);
        page(&mut sheet).context("cannot write the output")
    }
}
