//! The code graph: packages, modules and definitions, and every way in which one leads to another.

use std::collections::BTreeSet;

use petgraph::Direction;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::resolve::{End, Moment, Resolver, import_in_scope};
use super::{FileId, FolderId, Place, Project};
use crate::facts::rows::{
    BindingKind, DefinitionKind, Import, ImportForm, NO_ROW, Pos, Row, ScopeKind, UseKind,
};
use crate::source::Language;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Node {
    Package(FolderId),
    Module(FileId),
    /// A class, or a function of a module's top level.
    Definition(FileId, Row),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EdgeKind {
    Contains,
    Import(Moment),
    ReExport,
    Alias,
    Inherit,
    Instantiate,
    UseByString,
}

/// One edge and the place in code that makes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    pub kind: EdgeKind,
    pub file: FileId,
    pub at: Pos,
}

pub struct CodeGraph {
    pub graph: DiGraph<Node, Edge>,
    index: FxHashMap<Node, NodeIndex>,
}

/// An edge before nodes have numbers.
type Loose = (Node, Node, Edge);

impl CodeGraph {
    pub fn build(project: &Project) -> Self {
        let files: Vec<FileId> = project.ids().collect();
        let loose: Vec<Vec<Loose>> =
            files.into_par_iter().map(|file| edges_of(project, file)).collect();
        let mut graph = Self { graph: DiGraph::new(), index: FxHashMap::default() };
        for file in project.ids() {
            let module = graph.node(Node::Module(file));
            let folder = project.folders.folder_of(file);
            let package = graph.node(Node::Package(folder));
            graph.contains(package, module, file);
            for row in 0..project.file(file).facts.definitions().len() as Row {
                if is_node(project, file, row) {
                    let definition = graph.node(Node::Definition(file, row));
                    graph.contains(module, definition, file);
                }
            }
        }
        for (from, to, edge) in loose.into_iter().flatten() {
            let (from, to) = (graph.node(from), graph.node(to));
            graph.graph.add_edge(from, to, edge);
        }
        graph
    }

    fn node(&mut self, node: Node) -> NodeIndex {
        *self.index.entry(node).or_insert_with(|| self.graph.add_node(node))
    }

    fn contains(&mut self, from: NodeIndex, to: NodeIndex, file: FileId) {
        let edge = Edge { kind: EdgeKind::Contains, file, at: Pos { line: 1, column: 1 } };
        self.graph.add_edge(from, to, edge);
    }

    pub fn find(&self, node: Node) -> Option<NodeIndex> {
        self.index.get(&node).copied()
    }

    /// The modules that import a module, itself left out.
    pub fn importers(&self, module: FileId) -> BTreeSet<FileId> {
        let node = self.find(Node::Module(module)).into_iter();
        let edges = node.flat_map(|node| self.graph.edges_directed(node, Direction::Incoming));
        edges
            .filter(|edge| matches!(edge.weight().kind, EdgeKind::Import(_)))
            .filter_map(|edge| match self.graph[edge.source()] {
                Node::Module(file) if file != module => Some(file),
                _ => None,
            })
            .collect()
    }

    /// The classes of the project that a class names as its bases.
    pub fn bases(&self, class: Node) -> impl Iterator<Item = (FileId, Row)> {
        let edges = self.find(class).into_iter().flat_map(|node| self.graph.edges(node));
        edges.filter(|edge| edge.weight().kind == EdgeKind::Inherit).filter_map(|edge| {
            match self.graph[edge.target()] {
                Node::Definition(file, row) => Some((file, row)),
                Node::Package(_) | Node::Module(_) => None,
            }
        })
    }
}

fn is_node(project: &Project, file: FileId, row: Row) -> bool {
    let definition = project.file(file).facts.definition(row);
    definition.is_some_and(|row| row.kind() == DefinitionKind::Class || row.parent == NO_ROW)
}

fn edges_of(project: &Project, file: FileId) -> Vec<Loose> {
    let mut edges = Edges {
        project,
        resolver: Resolver::new(project),
        file,
        found: Vec::new(),
        known: FxHashMap::default(),
    };
    edges.imports();
    edges.bindings();
    edges.bases();
    edges.calls();
    edges.strings();
    edges.found
}

struct Edges<'p> {
    project: &'p Project,
    resolver: Resolver<'p>,
    file: FileId,
    found: Vec<Loose>,
    /// The ends of chains that were followed already.
    known: FxHashMap<(Row, &'p str), Vec<End>>,
}

impl<'p> Edges<'p> {
    fn push(&mut self, from: Node, to: Node, kind: EdgeKind, at: Pos) {
        self.found.push((from, to, Edge { kind, file: self.file, at }));
    }

    fn imports(&mut self) {
        for (row, import) in self.project.file(self.file).facts.imports().iter().enumerate() {
            let moment = self.moment(import.scope);
            for to in self.imported_modules(row, import) {
                self.push(
                    Node::Module(self.file),
                    Node::Module(to),
                    EdgeKind::Import(moment),
                    import.at,
                );
            }
        }
    }

    fn moment(&self, scope: Row) -> Moment {
        let file = self.project.file(self.file);
        if file.language == Language::Stub {
            Moment::Typing
        } else {
            Moment::of(&file.facts, scope)
        }
    }

    /// The modules that an import names: of `from a import b` the submodule `a.b` if it is one, else `a`.
    fn imported_modules(&mut self, row: usize, import: &Import) -> Vec<FileId> {
        let named = self.project.link_of(self.file, row).end;
        if let (ImportForm::Import | ImportForm::Star, End::Place(Place::Module(file))) =
            (import.form(), named)
        {
            return vec![file];
        }
        if import.form() != ImportForm::From {
            return Vec::new();
        }
        let mut modules = Vec::new();
        for base in self.resolver.import_base(self.file, import) {
            let End::Place(place) = base.end else { continue };
            let name = self.project.file(self.file).facts.text(import.name);
            let folder = match place {
                Place::Namespace(folder) => Some(folder),
                Place::Module(file) => self.project.folders.package_folder(file),
            };
            let submodule = folder.and_then(|folder| self.project.folders.child(folder, name));
            match (submodule, place, named) {
                (Some(Place::Module(submodule)), _, End::Place(Place::Module(named)))
                    if submodule == named =>
                {
                    modules.push(submodule);
                }
                (_, Place::Module(module), _) => modules.push(module),
                (Some(Place::Module(submodule)), ..) => modules.push(submodule),
                _ => {}
            }
        }
        modules
    }

    fn bindings(&mut self) {
        let facts = &self.project.file(self.file).facts;
        for binding in facts.module_bindings() {
            match binding.kind() {
                BindingKind::Import => {
                    let is_from = facts
                        .imports()
                        .get(binding.row as usize)
                        .is_some_and(|import| import.form() == ImportForm::From);
                    let Some(link) = self.project.links(self.file).get(binding.row as usize) else {
                        continue;
                    };
                    if let (true, Some(to)) = (is_from, self.definition(link.end)) {
                        self.push(Node::Module(self.file), to, EdgeKind::ReExport, binding.at);
                    }
                }
                BindingKind::Alias => {
                    let chain = facts.text(binding.text);
                    for end in self.whole(NO_ROW, chain) {
                        if let Some(to) = self.definition(end) {
                            self.push(Node::Module(self.file), to, EdgeKind::Alias, binding.at);
                        }
                    }
                }
                _ => {}
            }
        }
    }

    fn bases(&mut self) {
        let facts = &self.project.file(self.file).facts;
        for (row, class) in facts.definitions().iter().enumerate() {
            for base in facts.exprs(class.bases).iter().filter(|base| !base.dotted.is_none()) {
                let chain = facts.text(base.dotted);
                let import =
                    import_in_scope(facts, chain.split('.').next().unwrap_or(chain), class.scope);
                for end in self.whole(import, chain) {
                    if let Some(to) = self.definition(end) {
                        self.push(
                            Node::Definition(self.file, row as Row),
                            to,
                            EdgeKind::Inherit,
                            base.at,
                        );
                    }
                }
            }
        }
    }

    fn calls(&mut self) {
        let facts = &self.project.file(self.file).facts;
        for call in facts.uses().iter().filter(|used| used.kind() == UseKind::Call) {
            for end in self.whole(call.import, facts.text(call.chain)) {
                if self.is_class(end)
                    && let Some(to) = self.definition(end)
                {
                    let from = self.enclosing(call.scope());
                    self.push(from, to, EdgeKind::Instantiate, call.at);
                }
            }
        }
    }

    fn strings(&mut self) {
        for string in self.project.file(self.file).facts.strings() {
            let mut last = None;
            self.resolver.string(self.file, string, &mut |step| last = Some(step.reached.end));
            let to = match last {
                Some(End::Place(Place::Module(module))) => Some(Node::Module(module)),
                Some(end) => self.definition(end),
                None => None,
            };
            if let Some(to) = to {
                self.push(Node::Module(self.file), to, EdgeKind::UseByString, string.at);
            }
        }
    }

    /// The ends of a chain followed to its last segment.
    fn whole(&mut self, import: Row, chain: &'p str) -> Vec<End> {
        if let Some(known) = self.known.get(&(import, chain)) {
            return known.clone();
        }
        let segments = chain.split('.').count();
        let mut ends = Vec::new();
        self.resolver.chain(self.file, import, chain, &mut |step| {
            if step.segments == segments {
                ends.push(step.reached.end);
            }
        });
        self.known.insert((import, chain), ends.clone());
        ends
    }

    fn is_class(&self, end: End) -> bool {
        let End::Definition(file, row) = end else { return false };
        let definition = self.project.file(file).facts.definition(row);
        definition.is_some_and(|definition| definition.kind() == DefinitionKind::Class)
    }

    /// The node of a definition; of a method, its class.
    fn definition(&self, end: End) -> Option<Node> {
        let End::Definition(file, mut row) = end else { return None };
        while !is_node(self.project, file, row) {
            row = self.project.file(file).facts.definition(row)?.parent;
        }
        Some(Node::Definition(file, row))
    }

    /// The definition whose body a scope stands in, else the module.
    fn enclosing(&self, scope: Row) -> Node {
        let facts = &self.project.file(self.file).facts;
        let owner = facts
            .scope_chain(scope)
            .filter(|scope| matches!(scope.kind(), ScopeKind::Function | ScopeKind::Class))
            .map(|scope| scope.definition)
            .find(|row| is_node(self.project, self.file, *row));
        owner.map_or(Node::Module(self.file), |row| Node::Definition(self.file, row))
    }
}
