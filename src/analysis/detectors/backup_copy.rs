//! `backup-copy`: a copy of code that somebody put aside, in a tree that has a history for it.

use super::record;
use crate::analysis::finding::{Finding, Ground};
use crate::facts::rows::Pos;
use crate::source::FileKind;

record!(
    "backup-copy",
    Info,
    "a backup copy of code lies in the tree",
    in_tests: true,
    find
);

fn find(ground: &Ground) -> Vec<Finding> {
    let project = ground.project;
    let copies = project.ids().filter(|file| project.file(*file).kind == FileKind::Backup);
    copies
        .map(|file| {
            let path = &project.file(file).path;
            Finding::new(&RULE, file, Pos::TOP, path.to_string())
                .message(format!("`{path}` is a copy that was put aside"))
                .remedy("remove it: the history of the repository keeps what was")
                .key([path.to_string()])
        })
        .collect()
}
