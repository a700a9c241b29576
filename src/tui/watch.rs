//! Watching the tree for changes.

use std::path::Path;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use anyhow::Context;
use notify::{EventKind, RecursiveMode, Watcher};

/// Changes come in bursts; what follows within this belongs together.
const QUIET: Duration = Duration::from_millis(300);

/// Calls after each burst of changes to Python files, as long as it says that somebody listens.
pub fn watch(folder: &Path, changed: impl Fn() -> bool + Send + 'static) -> anyhow::Result<()> {
    let (tell, told) = channel();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        if event.is_ok_and(|event| matters(&event)) {
            // The listener below ends with the program.
            let _ = tell.send(());
        }
    })
    .context("cannot watch for changes")?;
    watcher
        .watch(folder, RecursiveMode::Recursive)
        .with_context(|| format!("cannot watch {}", folder.display()))?;
    let listen = move || {
        let _watcher = watcher;
        while told.recv().is_ok() {
            while told.recv_timeout(QUIET) != Err(RecvTimeoutError::Timeout) {}
            if !changed() {
                return;
            }
        }
    };
    thread::Builder::new().name("watch".to_owned()).spawn(listen)?;
    Ok(())
}

fn matters(event: &notify::Event) -> bool {
    let is_python = |path: &std::path::PathBuf| {
        path.extension()
            .is_none_or(|end| ["py", "pyi", "pyw", "ipynb", "toml"].iter().any(|own| end == *own))
    };
    !matches!(event.kind, EventKind::Access(_)) && event.paths.iter().any(is_python)
}
