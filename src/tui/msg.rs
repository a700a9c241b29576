//! What comes to the explorer, and what it wants done outside of itself.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::data::Data;
use super::diff::Diff;
use super::pane::Pair;
use super::picker::Search;
use super::text::Text;
use crate::analysis::Scope;
use crate::analysis::glimpse::Sighting;
use crate::engine::{Progress, Snapshot};
use crate::model::FileId;

pub enum Msg {
    Event(crossterm::event::Event),
    Work(Answer),
    /// Something that was asked of the terminal or the disk came to an end; the sentence says how.
    Told(String),
    Failed(String),
    /// A worker panicked; whether the screens wait for what it was to bring.
    Broke {
        feeds_screens: bool,
    },
    /// Files of the tree changed.
    Changed,
    /// The terminal is gone.
    Gone,
    /// Time to look at the scan's progress.
    Tick,
    /// The notes' file has more lines than it had.
    Notes(String),
}

/// What the workers found. A generation is that of the scan it is of.
pub enum Answer {
    Scanned {
        generation: u64,
        took: Duration,
        result: Result<Arc<Snapshot>, String>,
    },
    Data(Box<Data>),
    Text {
        generation: u64,
        file: FileId,
        text: Arc<Text>,
    },
    Diff {
        generation: u64,
        pair: Pair,
        diff: Arc<Diff>,
    },
    /// What stands out while the scan runs.
    Glimpse {
        generation: u64,
        seen: Vec<Sighting>,
    },
    /// The items of a list that match, the best first.
    Found {
        search: Search,
        matches: Vec<u32>,
    },
}

/// Work for other threads.
pub enum Work {
    Scan {
        generation: u64,
        progress: Arc<Progress>,
    },
    /// `all_at_once`: the screen shows older numbers, which stay until the new ones are complete.
    Compute {
        generation: u64,
        scope: Scope,
        snapshot: Arc<Snapshot>,
        all_at_once: bool,
    },
    Read {
        generation: u64,
        file: FileId,
        snapshot: Arc<Snapshot>,
    },
    Compare {
        generation: u64,
        pair: Pair,
        texts: [Arc<Text>; 2],
        snapshot: Arc<Snapshot>,
    },
    /// Looks at what was read so far.
    Glimpse {
        generation: u64,
        progress: Arc<Progress>,
    },
    Search(Search),
    /// Large things are freed where nobody waits for it.
    Free(Box<Data>),
}

impl Work {
    pub fn name(&self) -> &'static str {
        match self {
            Self::Scan { .. } => "scan",
            Self::Compute { .. } => "compute",
            Self::Read { .. } => "read",
            Self::Compare { .. } => "compare",
            Self::Glimpse { .. } => "glimpse",
            Self::Search(_) => "search",
            Self::Free(_) => "free",
        }
    }
}

pub enum Effect {
    Work(Work),
    /// A file of the tree, relative to it, and a line, from 1.
    Edit {
        path: PathBuf,
        line: u32,
    },
    /// `what` says of it: `app/core.py:12`
    Copy {
        text: String,
        what: String,
    },
    Save {
        name: String,
        bytes: Vec<u8>,
    },
    /// For the notes of this tree; whoever writes it says when.
    Note(super::notes::Entry),
    /// Share the notes: keep them in the tree from now on.
    ShareNotes,
    Remember(String),
    Mouse(bool),
    Suspend,
    Redraw,
    Quit,
}
