//! What is done off the screen's task: scanning, computing lenses, reading and comparing sources.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use super::data::compute;
use super::diff::Diff;
use super::msg::{Answer, Work};
use super::text::Text;
use crate::engine::{self, Options, Progress, Snapshot};

/// Where the tree is, and how it is read.
#[derive(Clone, Debug)]
pub struct Tree {
    /// None: the built-in sample.
    pub folder: Option<PathBuf>,
    pub options: Options,
}

impl Tree {
    fn scan(&self, progress: &Progress) -> anyhow::Result<Snapshot> {
        match &self.folder {
            Some(folder) => engine::scan(folder, &self.options, progress),
            None => engine::scan_demo(&self.options, progress),
        }
    }
}

/// Does the work and gives each answer as it is there; `give` says whether anybody still listens.
pub fn perform(work: Work, tree: &Tree, give: &mut dyn FnMut(Answer) -> bool) {
    super::panic_if_asked(work.name());
    match work {
        Work::Scan { generation, progress } => {
            let begun = Instant::now();
            let result = tree.scan(&progress).map(Arc::new).map_err(|error| format!("{error:#}"));
            give(Answer::Scanned { generation, took: begun.elapsed(), result });
        }
        Work::Compute { generation, scope, snapshot, all_at_once } => {
            let (config, root) = (&tree.options.config, tree.folder.as_deref());
            compute((generation, scope), snapshot, config, root, &mut |data| {
                if all_at_once && !data.is_complete() {
                    true
                } else {
                    give(Answer::Data(Box::new(data)))
                }
            });
        }
        Work::Read { generation, file, snapshot } => {
            let text = Arc::new(Text::read(&snapshot, file));
            give(Answer::Text { generation, file, text });
        }
        Work::Compare { generation, pair, texts, snapshot } => {
            let diff = Diff::of(&snapshot.project, pair, &texts[0], &texts[1]);
            give(Answer::Diff { generation, pair, diff: Arc::new(diff) });
        }
        Work::Glimpse { generation, progress } => {
            give(Answer::Glimpse { generation, seen: progress.glimpse() });
        }
        Work::Search(search) => {
            let matches = search.run();
            give(Answer::Found { search, matches });
        }
        Work::Free(data) => drop(data),
    }
}
