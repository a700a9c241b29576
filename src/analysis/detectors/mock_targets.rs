//! Mock targets: what the strings of `patch` and `monkeypatch` name, and who looks such a name up when it is called.
//!
//! A mock replaces an attribute of a module. Only code that asks that module for the name afterwards gets the mock: the
//! module's own functions, functions that import from it, and chains through it. Who imported the name as his own module
//! was loaded keeps what was there.

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::facts::rows::{
    BindingKind, ImportForm, NO_ROW, Pos, Row, StringAct, StringForm, StringRef, UseKind,
};
use crate::model::{End, FileId, Moment, Place, Project, Resolver, Step};

/// One string that says what a mock takes the place of.
pub struct Target<'p> {
    pub file: FileId,
    pub at: Pos,
    /// As written; of `patch.object` the object and the attribute.
    pub text: &'p str,
    pub act: StringAct,
    pub steps: Vec<Step>,
    /// How many segments it has.
    pub segments: usize,
}

/// Every target of the project, followed as far as it leads.
pub fn targets(project: &Project) -> Vec<Target<'_>> {
    let files: Vec<FileId> = project.ids().collect();
    files.into_par_iter().flat_map_iter(|file| targets_of(project, file)).collect()
}

fn targets_of(project: &Project, file: FileId) -> Vec<Target<'_>> {
    let facts = &project.file(file).facts;
    let mut resolver = Resolver::new(project);
    // A test file patches few names, each many times.
    let mut known: FxHashMap<(&str, u32, Row), Vec<Step>> = FxHashMap::default();
    let is_target = |string: &&StringRef| {
        string.act() != StringAct::Reads
            && matches!(
                string.form(),
                StringForm::Patch | StringForm::Setattr | StringForm::PatchObject
            )
    };
    let mut found = Vec::new();
    for string in facts.strings().iter().filter(is_target) {
        let text = facts.text(string.target);
        let owner = match string.form() {
            // The object is a name of the function.
            StringForm::PatchObject => string.scope,
            _ => NO_ROW,
        };
        let key = (text, string.form, owner);
        let steps = known.entry(key).or_insert_with(|| {
            let mut steps = Vec::new();
            resolver.string(file, string, &mut |step| steps.push(step));
            steps
        });
        found.push(Target {
            file,
            at: string.at,
            text,
            act: string.act(),
            steps: steps.clone(),
            segments: text.split(['.', ':']).count(),
        });
    }
    found
}

impl<'p> Target<'p> {
    /// The module whose attribute is replaced, with the attribute; nothing when it is an attribute of something else, or
    /// when several modules could be meant.
    pub fn in_module(&self) -> Option<(FileId, &'p str)> {
        let mut holders = self.steps.iter().filter(|step| step.segments + 1 == self.segments);
        let holder = holders.next()?;
        let name = self.text.rsplit(['.', ':']).next()?;
        match holder.reached.end {
            End::Place(Place::Module(module)) if holders.next().is_none() => Some((module, name)),
            _ => None,
        }
    }

    /// What the whole target leads to.
    pub fn ends(&self) -> impl Iterator<Item = End> {
        let whole = self.steps.iter().filter(|step| step.segments == self.segments);
        whole.map(|step| step.reached.end)
    }
}

/// A name of a module.
pub type Slot<'p> = (FileId, &'p str);

/// Which of the names are looked up in their modules by code that runs after these were loaded.
pub fn looked_up<'p>(project: &'p Project, slots: &FxHashSet<Slot<'p>>) -> FxHashSet<Slot<'p>> {
    let names: FxHashSet<&str> = slots.iter().map(|(_, name)| *name).collect();
    let files: Vec<FileId> = project.ids().collect();
    let found: Vec<Vec<Slot>> = files
        .into_par_iter()
        .map(|file| {
            let mut lookups = Lookups { project, file, names: &names, slots, found: Vec::new() };
            lookups.own_uses();
            lookups.imports();
            lookups.chains();
            lookups.strings();
            lookups.found
        })
        .collect();
    found.into_iter().flatten().collect()
}

struct Lookups<'p, 's> {
    project: &'p Project,
    file: FileId,
    names: &'s FxHashSet<&'s str>,
    slots: &'s FxHashSet<Slot<'p>>,
    found: Vec<Slot<'p>>,
}

impl<'p> Lookups<'p, '_> {
    fn note(&mut self, module: FileId, name: &'p str) {
        if let Some(slot) = self.slots.get(&(module, name)).copied() {
            self.found.push(slot);
        }
    }

    fn is_deferred(&self, scope: Row) -> bool {
        Moment::of(&self.project.file(self.file).facts, scope) == Moment::Deferred
    }

    /// The module's own code. What runs as the module is loaded is done; but a call or a bare name there may stand in a
    /// lambda or a table.
    fn own_uses(&mut self) {
        let facts = &self.project.file(self.file).facts;
        for used in facts.uses().iter().filter(|used| used.import == NO_ROW) {
            let chain = facts.text(used.chain);
            let root = chain.split('.').next().unwrap_or(chain);
            if !self.slots.contains(&(self.file, root)) {
                continue;
            }
            let at_load = matches!(
                used.kind(),
                UseKind::Base | UseKind::Decorator | UseKind::Annotation | UseKind::Delete
            );
            if self.is_deferred(used.scope()) || !at_load {
                self.note(self.file, root);
            }
        }
        for flow in facts.flows().iter().filter(|flow| flow.import == NO_ROW) {
            let chain = facts.text(flow.chain);
            self.note(self.file, chain.split('.').next().unwrap_or(chain));
        }
    }

    /// Imports in functions.
    fn imports(&mut self) {
        let facts = &self.project.file(self.file).facts;
        let mut resolver = Resolver::new(self.project);
        for import in facts.imports() {
            let name = facts.text(import.name);
            let is_star = import.form() == ImportForm::Star;
            let may_ask = is_star || self.names.contains(name);
            if import.form() == ImportForm::Import || !may_ask || !self.is_deferred(import.scope) {
                continue;
            }
            for base in resolver.import_base(self.file, import) {
                if let End::Place(Place::Module(module)) = base.end {
                    self.note(module, name);
                }
            }
        }
    }

    /// `module.name`, by whatever alias of the module.
    fn chains(&mut self) {
        let facts = &self.project.file(self.file).facts;
        let mut resolver = Resolver::new(self.project);
        let mut seen: FxHashSet<(u32, Row)> = FxHashSet::default();
        let uses = facts.uses().iter();
        let uses = uses.filter(|used| used.kind() != UseKind::Annotation);
        for used in uses {
            let chain = facts.text(used.chain);
            let asks = chain.split('.').skip(1).any(|segment| self.names.contains(segment));
            if !asks || !self.is_deferred(used.scope()) || !seen.insert((used.chain.0, used.import))
            {
                continue;
            }
            let mut steps = Vec::new();
            resolver.chain(self.file, used.import, chain, &mut |step| steps.push(step));
            self.note_steps(&steps, chain);
        }
    }

    /// Names that are looked up by a string as code runs: entry points, dotted settings, `getattr`.
    fn strings(&mut self) {
        let facts = &self.project.file(self.file).facts;
        let mut resolver = Resolver::new(self.project);
        let mut seen: FxHashSet<(u32, u32)> = FxHashSet::default();
        for string in facts.strings().iter().filter(|string| string.act() == StringAct::Reads) {
            let text = facts.text(string.target);
            // `patch.dict` looks up what it changes as well.
            let asks = text.split(['.', ':']).skip(1).any(|segment| self.names.contains(segment));
            if !asks || !seen.insert((string.target.0, string.form)) {
                continue;
            }
            let mut steps = Vec::new();
            resolver.string(self.file, string, &mut |step| steps.push(step));
            self.note_steps(&steps, text);
        }
    }

    fn note_steps(&mut self, steps: &[Step], chain: &'p str) {
        let segments: Vec<&'p str> = chain.split(['.', ':']).collect();
        for step in steps {
            if let (End::Place(Place::Module(module)), Some(next)) =
                (step.reached.end, segments.get(step.segments))
            {
                self.note(module, next);
            }
        }
    }
}

/// Whether every binding of a name in a module is one whose bare uses are kept: an import, a class, a function, an alias.
pub fn is_named_binding(project: &Project, (module, name): Slot) -> bool {
    let facts = &project.file(module).facts;
    let mut bindings = facts.bindings_of(name).peekable();
    bindings.peek().is_some()
        && bindings.all(|binding| {
            matches!(
                binding.kind(),
                BindingKind::Import | BindingKind::Definition | BindingKind::Alias
            )
        })
}
