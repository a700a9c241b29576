//! The contracts of import-linter against the imports of their packages.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::chains::{Set, direct, indirect, reach, rings, shortest_ring};
use super::expression::Expression;
use super::graph::{Graph, Node, Reading};
use super::{Breach, Contract, Judged, Level, Lint, Misfit, Terms, Unknown};
use crate::analysis::finding::Severity;
use crate::facts::rows::Pos;
use crate::model::{FileId, Project};

pub fn judge(project: &Project, lint: &Lint, judged: &mut Judged) {
    let reading = Reading { externals: lint.externals, without_typing: lint.without_typing };
    let (graph, missing) = Graph::build(project, &lint.roots, reading);
    let mut of_file = Notes::new(lint.file.clone(), home(&graph, lint), &mut judged.misfits);
    for root in &missing {
        of_file.misfit(
            Severity::Error,
            format!("the root package `{root}` is not in this tree, so contracts about it are not checked"),
            format!("mend the name at {}:{}, or scan the folder that holds the package", lint.file, lint.line),
            [root.clone()],
        );
    }
    of_file.unknown(&lint.file, &lint.unknown);
    if missing.len() == lint.roots.len() {
        return;
    }
    for contract in &lint.contracts {
        let (imports, idle) = graph.without(&contract.ignored);
        let mut check = Check {
            lint,
            contract,
            graph: &graph,
            imports: &imports,
            home: home(&graph, lint),
            breaches: Vec::new(),
            misfits: Vec::new(),
        };
        check.notes().unknown(&lint.file, &contract.unknown);
        if let Some(severity) = contract.unmatched {
            for exception in idle {
                let place = check.place();
                check.notes().misfit(
                    severity,
                    format!("the exception `{exception}` matches no import"),
                    format!("take it out of `ignore_imports` at {place}"),
                    [exception.to_string()],
                );
            }
        }
        check.run();
        // Of chains between the same two modules the shortest stands for all, and sources inside each other give an import twice.
        let mut seen = BTreeSet::new();
        check.breaches.retain(|breach| seen.insert(breach.key.clone()));
        judged.breaches.append(&mut check.breaches);
        judged.misfits.append(&mut check.misfits);
    }
}

/// Where a finding about the file as a whole stands: at the top of the first package.
fn home(graph: &Graph, lint: &Lint) -> Option<FileId> {
    let package = lint.roots.iter().find_map(|root| graph.find(root))?;
    first_file(graph, package)
}

fn first_file(graph: &Graph, node: Node) -> Option<FileId> {
    graph.with_descendants(node).into_iter().find_map(|node| graph.file(node))
}

/// Takes down what a contract file says and the tree does not bear out.
struct Notes<'n> {
    contract: String,
    file: Option<FileId>,
    misfits: &'n mut Vec<Misfit>,
}

impl<'n> Notes<'n> {
    fn new(contract: String, file: Option<FileId>, misfits: &'n mut Vec<Misfit>) -> Self {
        Self { contract, file, misfits }
    }

    fn misfit(
        &mut self,
        severity: Severity,
        message: String,
        remedy: String,
        key: impl IntoIterator<Item = String>,
    ) {
        let contract = self.contract.clone();
        let key = key.into_iter().collect();
        self.misfits.push(Misfit { contract, severity, file: self.file, message, remedy, key });
    }

    fn unknown(&mut self, file: &str, settings: &[Unknown]) {
        for unknown in settings {
            self.misfit(
                Severity::Info,
                format!("the setting `{}` is not known here and changes nothing", unknown.key),
                format!("mend it at {file}:{} if it is misspelt; else the tool it is for has to check it", unknown.line),
                [unknown.key.clone()],
            );
        }
    }
}

struct Check<'c> {
    lint: &'c Lint,
    contract: &'c Contract,
    graph: &'c Graph,
    /// The imports that the contract does not except.
    imports: &'c [Vec<Node>],
    home: Option<FileId>,
    breaches: Vec<Breach>,
    misfits: Vec<Misfit>,
}

/// A module of a contract with all that belongs to it.
struct Member {
    node: Node,
    /// From the highest, of layers.
    level: usize,
    all: Set,
}

impl Check<'_> {
    fn notes(&mut self) -> Notes<'_> {
        Notes::new(self.contract.name.clone(), self.home, &mut self.misfits)
    }

    /// Where the contract is written.
    fn place(&self) -> String {
        format!("{}:{}", self.lint.file, self.contract.line)
    }

    fn run(&mut self) {
        match &self.contract.terms {
            Terms::Layers { levels, containers, exhaustive, exempt } => {
                self.layers(levels, containers, exhaustive.then_some(exempt.as_slice()));
            }
            Terms::Forbidden { sources, forbidden, direct_only, as_packages } => {
                self.forbidden(sources, forbidden, *direct_only, *as_packages);
            }
            Terms::Independence { modules } => {
                let names = self.graph.expand(modules);
                let nodes = self.present(&names);
                self.apart(&nodes.into_iter().map(|node| (node, 0)).collect::<Vec<_>>(), &[true]);
            }
            Terms::Protected { protected, importers, as_packages } => {
                self.protected(protected, importers, *as_packages);
            }
            Terms::AcyclicSiblings { ancestors, depth, skipped } => {
                self.acyclic_siblings(ancestors, *depth, skipped);
            }
            Terms::Custom(kind) => {
                let place = self.place();
                self.notes().misfit(
                    Severity::Info,
                    format!("the type `{kind}` is the project's own, and is not checked here"),
                    format!("let import-linter check the contract at {place}"),
                    [kind.clone()],
                );
            }
        }
    }

    /// The nodes of names; what is not there is told.
    fn present(&mut self, names: &BTreeSet<String>) -> Vec<Node> {
        names.iter().filter_map(|name| self.node(name)).collect()
    }

    fn node(&mut self, name: &str) -> Option<Node> {
        let found = self.graph.find(name);
        if found.is_none() {
            self.absent(name);
        }
        found
    }

    fn absent(&mut self, name: &str) {
        let place = self.place();
        let message = format!("there is no module `{name}` in {}", packages(&self.lint.roots));
        self.notes().misfit(
            Severity::Error,
            message,
            format!("mend the name at {place}, or take it out"),
            [name.to_owned()],
        );
    }

    fn layers(&mut self, levels: &[Level], containers: &[Expression], exempt: Option<&[String]>) {
        let independent: Vec<bool> = levels.iter().map(|level| level.independent).collect();
        let containers: Vec<Option<String>> = match containers {
            [] => vec![None],
            named => self.graph.expand(named).into_iter().map(Some).collect(),
        };
        for container in containers {
            let mut members = Vec::new();
            for (level, modules) in levels.iter().enumerate() {
                for module in &modules.modules {
                    let name = match &container {
                        Some(container) => format!("{container}.{}", module.name),
                        None => module.name.clone(),
                    };
                    match self.graph.find(&name) {
                        Some(node) => members.push((node, level)),
                        None if module.optional => {}
                        None => self.absent(&name),
                    }
                }
            }
            self.apart(&members, &independent);
            if let (Some(container), Some(exempt)) = (&container, exempt) {
                self.undeclared(container, levels, exempt);
            }
        }
    }

    /// Children of a container that are no layers.
    fn undeclared(&mut self, container: &str, levels: &[Level], exempt: &[String]) {
        let Some(node) = self.graph.find(container) else { return };
        let layers = levels.iter().flat_map(|level| &level.modules).map(|module| &module.name);
        let known: BTreeSet<&String> = layers.chain(exempt).collect();
        for child in self.graph.children(node) {
            let name = self.graph.name(child);
            let tail = &name[container.len() + 1..];
            let Some(file) = first_file(self.graph, child) else { continue };
            if known.contains(&tail.to_owned()) {
                continue;
            }
            self.breaches.push(Breach {
                contract: self.contract.name.clone(),
                severity: Severity::Error,
                file,
                at: Pos { line: 1, column: 1 },
                message: format!(
                    "`{name}` is no layer of `{container}`, and the contract `{}` wants all of them listed",
                    self.contract.name
                ),
                remedy: format!("list `{tail}` under `layers`, or under `exhaustive_ignores`, at {}", self.place()),
                related: Vec::new(),
                key: vec![self.contract.name.clone(), name.to_owned()],
            });
        }
    }

    /// Members may import those of lower levels, and those of their own unless it is independent. No chain leads over
    /// another member: that one has its own finding.
    fn apart(&mut self, members: &[(Node, usize)], independent: &[bool]) {
        let size = self.graph.names.len();
        let members: Vec<Member> = members
            .iter()
            .map(|(node, level)| {
                let all = Set::of(size, self.graph.with_descendants(*node));
                Member { node: *node, level: *level, all }
            })
            .collect();
        let layered = Set::of(size, members.iter().flat_map(|member| member.all.nodes.clone()));
        let of_one = |from: &Member| {
            let reached = reach(self.imports, &from.all, |node| !layered.holds(node));
            let mut found = Vec::new();
            for to in &members {
                let is_sibling = to.level == from.level && to.node != from.node;
                let is_wrong = to.level < from.level || (is_sibling && independent[to.level]);
                let overlap = to.all.holds(from.node) || from.all.holds(to.node);
                if !is_wrong || overlap || !to.all.nodes.iter().any(|node| reached[*node as usize])
                {
                    continue;
                }
                let (lower, higher) = (self.graph.name(from.node), self.graph.name(to.node));
                let why = if is_sibling {
                    format!("`{lower}` and `{higher}` are independent of each other")
                } else {
                    format!("`{lower}` is a layer below `{higher}`")
                };
                for (importer, imported) in direct(self.imports, &from.all, &to.all) {
                    found.extend(self.breach(&[importer, imported], &why));
                }
                for chain in indirect(self.imports, &from.all, &to.all, |node| !layered.holds(node))
                {
                    found.extend(self.breach(&chain, &why));
                }
            }
            found
        };
        let found: Vec<Vec<Breach>> = members.par_iter().map(of_one).collect();
        for pair in overlaps(&members) {
            let names = pair.map(|node| self.graph.name(node).to_owned());
            let place = self.place();
            self.notes().misfit(
                Severity::Error,
                format!(
                    "`{}` holds `{}`, so that nothing can be said of imports between them",
                    names[0], names[1]
                ),
                format!("list only one of them in the contract at {place}"),
                names,
            );
        }
        self.breaches.extend(found.into_iter().flatten());
    }

    fn forbidden(
        &mut self,
        sources: &[Expression],
        forbidden: &[Expression],
        direct_only: bool,
        as_packages: bool,
    ) {
        let size = self.graph.names.len();
        let sources = self.present(&self.graph.expand(sources));
        let mut targets = Vec::new();
        for name in self.graph.expand(forbidden) {
            let inside = self.lint.roots.iter().any(|root| is_in(&name, root));
            if !inside && !self.may_forbid(&name) {
                continue;
            }
            // A package outside that nothing imports is not in the graph, and a module inside need not be there either.
            targets.extend(self.graph.find(&name));
        }
        let all = |node: Node| {
            let nodes = if as_packages { self.graph.with_descendants(node) } else { vec![node] };
            Set::of(size, nodes)
        };
        let targets: Vec<(Node, Set)> = targets.into_iter().map(|node| (node, all(node))).collect();
        let of_one = |source: &Node| {
            let from = all(*source);
            let name = self.graph.name(*source);
            let reached = reach(self.imports, &from, |_| true);
            let mut found = Vec::new();
            for (node, to) in &targets {
                let target = self.graph.name(*node);
                let overlap =
                    source == node || (as_packages && (is_in(name, target) || is_in(target, name)));
                if overlap || !to.nodes.iter().any(|node| reached[*node as usize]) {
                    continue;
                }
                let why = format!("`{name}` may not import `{target}`");
                for (importer, imported) in direct(self.imports, &from, to) {
                    found.extend(self.breach(&[importer, imported], &why));
                }
                if !direct_only {
                    for chain in indirect(self.imports, &from, to, |_| true) {
                        found.extend(self.breach(&chain, &why));
                    }
                }
            }
            found
        };
        let found: Vec<Vec<Breach>> = sources.par_iter().map(of_one).collect();
        self.breaches.extend(found.into_iter().flatten());
    }

    /// Whether a package outside can be forbidden as the file stands.
    fn may_forbid(&mut self, name: &str) -> bool {
        let place = self.place();
        if !self.lint.externals {
            let file = &self.lint.file;
            self.notes().misfit(
                Severity::Error,
                format!(
                    "`{name}` is outside of the root packages, whose imports alone are looked at"
                ),
                format!("set `include_external_packages = true` in {file}"),
                [name.to_owned()],
            );
        } else if name.contains('.') && self.graph.find(name).is_none() {
            self.notes().misfit(
                Severity::Error,
                format!(
                    "`{name}` is a part of a package outside, and only whole ones can be forbidden"
                ),
                format!("forbid its first name instead at {place}"),
                [name.to_owned()],
            );
        } else {
            return true;
        }
        false
    }

    fn protected(&mut self, protected: &[Expression], importers: &[Expression], as_packages: bool) {
        let size = self.graph.names.len();
        let importers = self.present(&self.graph.expand(importers));
        let allowed = Set::of(
            size,
            importers.iter().flat_map(|node| {
                if as_packages { self.graph.with_descendants(*node) } else { vec![*node] }
            }),
        );
        let names: Vec<&str> = importers.iter().map(|node| self.graph.name(*node)).collect();
        let who = match names.as_slice() {
            [] => "nothing may import".to_owned(),
            [one] => format!("only `{one}` may import"),
            [first, second] => format!("only `{first}` and `{second}` may import"),
            [first, second, more @ ..] => {
                format!("only `{first}`, `{second}` and {} more may import", more.len())
            }
        };
        let mut seen = BTreeSet::new();
        for node in self.present(&self.graph.expand(protected)) {
            let nodes = if as_packages { self.graph.with_descendants(node) } else { vec![node] };
            let guarded = Set::of(size, nodes);
            let why = format!("{who} `{}`", self.graph.name(node));
            for importer in 0..size as Node {
                if allowed.holds(importer) || guarded.holds(importer) {
                    continue;
                }
                for imported in &self.imports[importer as usize] {
                    if guarded.holds(*imported) && seen.insert((importer, *imported)) {
                        let breach = self.breach(&[importer, *imported], &why);
                        self.breaches.extend(breach);
                    }
                }
            }
        }
    }

    fn acyclic_siblings(&mut self, ancestors: &[Expression], depth: u32, skipped: &[Expression]) {
        let skipped = self.present(&self.graph.expand(skipped));
        let skipped: BTreeSet<Node> = skipped.into_iter().collect();
        let mut seen = BTreeSet::new();
        let mut open: Vec<(Node, u32)> = Vec::new();
        for node in self.present(&self.graph.expand(ancestors)) {
            open.push((node, depth));
        }
        while let Some((package, depth)) = open.pop() {
            let children = self.graph.children(package);
            if seen.insert(package) {
                self.rings(package, &children);
            }
            if depth > 0 {
                let below = children.into_iter().filter(|child| !skipped.contains(child));
                open.extend(below.map(|child| (child, depth - 1)));
            }
        }
    }

    /// One finding for each set of children that import each other in a ring, at the first import of the shortest one.
    fn rings(&mut self, package: Node, children: &[Node]) {
        let mut owner: BTreeMap<Node, Node> = BTreeMap::new();
        for child in children {
            owner
                .extend(self.graph.with_descendants(*child).into_iter().map(|node| (node, *child)));
        }
        // The first import that makes one child depend on another.
        let mut links: BTreeMap<(Node, Node), (Node, Node)> = BTreeMap::new();
        for (importer, from) in &owner {
            for imported in &self.imports[*importer as usize] {
                if let Some(to) = owner.get(imported).filter(|to| *to != from) {
                    links.entry((*from, *to)).or_insert((*importer, *imported));
                }
            }
        }
        for members in rings(links.keys().copied()) {
            let way = shortest_ring(links.keys().copied(), &members);
            let steps: Vec<(Node, Node)> =
                way.windows(2).map(|step| links[&(step[0], step[1])]).collect();
            let Some((importer, imported)) = steps.first().copied() else { continue };
            let (Some(file), Some(at)) =
                (self.graph.file(importer), self.graph.sites(importer, imported).first())
            else {
                continue;
            };
            let names: Vec<&str> = way.iter().map(|node| self.graph.name(*node)).collect();
            let related = steps[1..]
                .iter()
                .filter_map(|(importer, imported)| self.link(*importer, *imported));
            let all = members.iter().map(|node| self.graph.name(*node).to_owned());
            self.breaches.push(Breach {
                contract: self.contract.name.clone(),
                severity: Severity::Error,
                file,
                at: *at,
                message: format!(
                    "{} children of `{}` depend on each other in a ring; the shortest is {} (contract `{}`)",
                    members.len(),
                    self.graph.name(package),
                    names.join(" → "),
                    self.contract.name
                ),
                remedy: format!(
                    "cut one of these dependencies, or except its imports under `ignore_imports` at {}",
                    self.place()
                ),
                related: related.collect(),
                key: std::iter::once(self.contract.name.clone()).chain(all).collect(),
            });
        }
    }

    /// The finding for a chain, or for the one import that it is.
    fn breach(&self, chain: &[Node], why: &str) -> Option<Breach> {
        let [first, next, ..] = chain else { return None };
        let last = chain.last()?;
        let file = self.graph.file(*first)?;
        let sites = self.graph.sites(*first, *next);
        let name = &self.contract.name;
        let (importer, imported) = (self.graph.name(*first), self.graph.name(*last));
        let between: Vec<String> = chain[1..chain.len() - 1]
            .iter()
            .map(|node| format!("`{}`", self.graph.name(*node)))
            .collect();
        let over = if between.is_empty() {
            String::new()
        } else {
            format!(" over {}", between.join(", "))
        };
        let mut related: Vec<(FileId, Pos, String)> =
            chain[1..].windows(2).filter_map(|link| self.link(link[0], link[1])).collect();
        if chain.len() == 2 {
            let again = format!("imports `{imported}`, too");
            related.extend(sites.iter().skip(1).map(|at| (file, *at, again.clone())));
        }
        let remedy = match chain.len() {
            2 => format!(
                "turn the dependency round or move what both need, or write `{importer} -> {imported}` under \
                 `ignore_imports` at {}",
                self.place()
            ),
            _ => format!(
                "cut the chain at one of its imports, or write that import under `ignore_imports` at {}",
                self.place()
            ),
        };
        Some(Breach {
            contract: name.clone(),
            severity: Severity::Error,
            file,
            at: *sites.first()?,
            message: format!("`{importer}` imports `{imported}`{over}: {why} (contract `{name}`)"),
            remedy,
            related,
            key: vec![name.clone(), importer.to_owned(), imported.to_owned()],
        })
    }

    fn link(&self, importer: Node, imported: Node) -> Option<(FileId, Pos, String)> {
        let at = self.graph.sites(importer, imported).first()?;
        let what = format!("imports `{}`", self.graph.name(imported));
        Some((self.graph.file(importer)?, *at, what))
    }
}

fn packages(roots: &[String]) -> String {
    roots.iter().map(|root| format!("`{root}`")).collect::<Vec<_>>().join(", ")
}

fn is_in(name: &str, package: &str) -> bool {
    name.strip_prefix(package).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// Members of which one holds the other, the outer one first.
fn overlaps(members: &[Member]) -> Vec<[Node; 2]> {
    let mut pairs = Vec::new();
    for outer in members {
        for inner in members {
            if outer.node != inner.node && outer.all.holds(inner.node) {
                pairs.push([outer.node, inner.node]);
            }
        }
    }
    pairs
}
