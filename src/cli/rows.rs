//! From the project's ids to what leaves the program: names, paths, places; and which of them are wanted.

use super::args::Rows;
use crate::analysis::{Scope, wants_path};
use crate::engine::Snapshot;
use crate::model::{End, FileId, Place, Project, Site, Trail};
use crate::report::wire::{self, FileRef, Hop};
use crate::source::TreePath;

impl Rows {
    /// Which code counts for a command that lists what there is.
    pub fn scope(&self) -> Scope {
        self.scope.unwrap_or(Scope::All)
    }

    /// Which code counts for a command that judges.
    pub fn judged_scope(&self) -> Scope {
        self.scope.unwrap_or(Scope::Production)
    }

    /// Whether code of this file counts.
    pub fn want_file(&self, project: &Project, file: FileId) -> bool {
        let file = project.file(file);
        self.scope().holds(file.kind) && wants_path(&self.within, &self.not_within, &file.path)
    }

    /// Whether the file's path is wanted, whatever code counts.
    pub fn want_path(&self, project: &Project, file: FileId) -> bool {
        wants_path(&self.within, &self.not_within, &project.file(file).path)
    }

    /// Whether a thing of this dotted name is wanted.
    pub fn want_name(&self, dotted: &str) -> bool {
        let name = dotted.rsplit('.').next().unwrap_or(dotted);
        self.name.as_ref().is_none_or(|pattern| pattern.matches(name, dotted))
    }
}

impl From<&TreePath> for FileRef {
    fn from(path: &TreePath) -> Self {
        Self { path: path.as_str().to_owned(), path_hex: path.hex() }
    }
}

pub fn file_ref(snapshot: &Snapshot, file: FileId) -> FileRef {
    match snapshot.odd_paths.get(&file) {
        Some(path) => FileRef::from(path),
        None => FileRef { path: snapshot.project.file(file).path.to_string(), path_hex: None },
    }
}

pub fn scope_word(project: &Project, file: FileId, scope: u32) -> String {
    let facts = &project.file(file).facts;
    facts.scopes().get(scope as usize).map_or("module", |scope| scope.kind().word()).to_owned()
}

pub fn hops(project: &Project, trail: &Trail) -> Vec<Hop> {
    let hop = |hop: &crate::model::Hop| Hop {
        module: project.file(hop.file).module.to_string(),
        line: hop.line,
        how: hop.how.word().to_owned(),
    };
    trail.iter().map(hop).collect()
}

pub fn site_row(snapshot: &Snapshot, site: &Site) -> wire::Site {
    wire::Site {
        file: file_ref(snapshot, site.file),
        line: site.at.line,
        column: site.at.column,
        scope: scope_word(&snapshot.project, site.file, site.scope),
        form: site.form.word().to_owned(),
    }
}

/// The file an end stands in; nothing for a namespace package and for what is not ours.
pub fn file_of(end: End) -> Option<FileId> {
    match end {
        End::Definition(file, _) | End::Value(file, _) | End::Place(Place::Module(file)) => {
            Some(file)
        }
        _ => None,
    }
}
