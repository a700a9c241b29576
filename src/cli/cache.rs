//! `fragscope cache`: what is kept between runs, and away with it.

use anyhow::Context;

use super::Verdict;
use super::args::{CacheAction, CacheArgs};
use super::desk::Desk;
use crate::engine::cache::{clear, home, usage};
use crate::report::text;
use crate::report::wire::{CacheDocument, CacheRow};

pub fn run(args: &CacheArgs, desk: &mut Desk) -> anyhow::Result<Verdict> {
    let home = home().context(
        "there is no place for a cache: neither XDG_CACHE_HOME nor HOME names a folder; set one of them",
    )?;
    let (state, usage) = match args.action.unwrap_or(CacheAction::Show) {
        CacheAction::Show => ("kept", usage(&home)),
        CacheAction::Clear => {
            let gone = clear(&home);
            ("removed", gone.with_context(|| format!("cannot clear the cache {}", home.display()))?)
        }
    };
    let row = CacheRow {
        state: state.to_owned(),
        trees: usage.trees,
        files: usage.files,
        bytes: usage.bytes,
    };
    let document = CacheDocument::new(usage.folder.to_string_lossy().into_owned(), row);
    desk.give(&document, |sheet| text::cache::print(sheet, &document))?;
    Ok(Verdict::Fine)
}
