//! Import cycles: which modules need each other, the shortest ring among them, and the cheapest cut.

use std::collections::{BTreeMap, VecDeque};

use petgraph::algo::{greedy_feedback_arc_set, tarjan_scc};
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef;

use crate::facts::rows::Pos;
use crate::model::graph::{CodeGraph, EdgeKind, Node};
use crate::model::{FileId, Moment, Project};

/// Up to so many modules the cut is the cheapest there is; beyond, a cheap one without superfluous edges.
const EXACT: usize = 14;

/// One import from module to module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Link {
    pub from: FileId,
    pub to: FileId,
    pub at: Pos,
    pub moment: Moment,
}

#[derive(Clone, Debug)]
pub struct Cycle {
    /// The latest moment that the ring needs: a run-time cycle closes while modules are imported, a deferred one only
    /// when functions run, a typing one never.
    pub moment: Moment,
    /// In the order of their paths.
    pub modules: Vec<FileId>,
    pub links: Vec<Link>,
    /// The shortest way round, one link a step.
    pub ring: Vec<Link>,
    /// The fewest imports to move or remove so that no cycle of this moment is left.
    pub cut: Vec<Link>,
    /// Whether no cheaper cut exists.
    pub is_cheapest: bool,
}

/// All imports between two modules, by pair.
type Pairs = BTreeMap<(FileId, FileId), Vec<Link>>;

/// The cycles of the project: run-time ones first, each kind by size and name.
pub fn cycles(project: &Project, graph: &CodeGraph) -> Vec<Cycle> {
    let links = module_links(graph);
    let mut found: Vec<Cycle> = Vec::new();
    for moment in [Moment::RunTime, Moment::Deferred, Moment::Typing] {
        let mut pairs = Pairs::new();
        for link in links.iter().filter(|link| link.moment <= moment) {
            pairs.entry((link.from, link.to)).or_default().push(*link);
        }
        let mut of_moment: Vec<Cycle> = components(&pairs)
            .into_iter()
            .filter(|modules| !found.iter().any(|cycle| cycle.modules == *modules))
            .map(|modules| cycle(moment, modules, &pairs))
            .collect();
        let first_name =
            |cycle: &Cycle| cycle.modules.first().map(|file| project.file(*file).module.clone());
        of_moment.sort_by_key(|cycle| (std::cmp::Reverse(cycle.modules.len()), first_name(cycle)));
        found.extend(of_moment);
    }
    found
}

/// Every import from module to module, in order.
pub fn module_links(graph: &CodeGraph) -> Vec<Link> {
    let module = |node| match graph.graph[node] {
        Node::Module(file) => Some(file),
        Node::Package(_) | Node::Definition(..) => None,
    };
    let link = |edge: petgraph::graph::EdgeReference<'_, crate::model::graph::Edge>| {
        let EdgeKind::Import(moment) = edge.weight().kind else { return None };
        Some(Link {
            from: module(edge.source())?,
            to: module(edge.target())?,
            at: edge.weight().at,
            moment,
        })
    };
    let mut links: Vec<Link> = graph.graph.edge_references().filter_map(link).collect();
    links.sort_unstable();
    links
}

/// Sets of modules that all reach each other, and modules that import themselves; each set sorted.
fn components(pairs: &Pairs) -> Vec<Vec<FileId>> {
    let (graph, _) = graph_of(pairs);
    let in_ring =
        |nodes: &Vec<NodeIndex>| nodes.len() > 1 || graph.contains_edge(nodes[0], nodes[0]);
    let files = |nodes: Vec<NodeIndex>| {
        let mut files: Vec<FileId> = nodes.into_iter().map(|node| graph[node]).collect();
        files.sort_unstable();
        files
    };
    tarjan_scc(&graph).into_iter().filter(in_ring).map(files).collect()
}

fn graph_of(pairs: &Pairs) -> (DiGraph<FileId, usize>, BTreeMap<FileId, NodeIndex>) {
    let mut graph = DiGraph::new();
    let mut nodes = BTreeMap::new();
    for ((from, to), links) in pairs {
        let from = *nodes.entry(*from).or_insert_with(|| graph.add_node(*from));
        let to = *nodes.entry(*to).or_insert_with(|| graph.add_node(*to));
        graph.add_edge(from, to, links.len());
    }
    (graph, nodes)
}

fn cycle(moment: Moment, modules: Vec<FileId>, pairs: &Pairs) -> Cycle {
    let inside = |file: &FileId| modules.binary_search(file).is_ok();
    let own: Pairs = modules
        .iter()
        .flat_map(|from| {
            pairs
                .range((*from, FileId::new(0))..)
                .take_while(move |((source, _), _)| source == from)
        })
        .filter(|((_, to), _)| inside(to))
        .map(|(pair, links)| (*pair, links.clone()))
        .collect();
    let links = own.values().flatten().copied().collect();
    let ring = shortest_ring(&own).iter().map(|pair| own[pair][0]).collect();
    let is_cheapest = modules.len() <= EXACT;
    let cut_pairs = if is_cheapest { cheapest_cut(&modules, &own) } else { cheap_cut(&own) };
    let mut cut: Vec<Link> = cut_pairs.iter().flat_map(|pair| own[pair].iter().copied()).collect();
    cut.sort_unstable();
    Cycle { moment, modules, links, ring, cut, is_cheapest }
}

/// The shortest ring as pairs; of equals the one that starts at the smallest id.
fn shortest_ring(pairs: &Pairs) -> Vec<(FileId, FileId)> {
    if let Some(itself) = pairs.keys().find(|(from, to)| from == to) {
        return vec![*itself];
    }
    let mut next: BTreeMap<FileId, Vec<FileId>> = BTreeMap::new();
    for (from, to) in pairs.keys() {
        next.entry(*from).or_default().push(*to);
    }
    let mut best: Vec<(FileId, FileId)> = Vec::new();
    for start in next.keys() {
        let ring = ring_from(*start, &next, best.len());
        if !ring.is_empty() {
            best = ring;
        }
        if best.len() == 2 {
            break;
        }
    }
    best
}

/// The shortest way from a module back to it, if shorter than the best known (0 for none).
fn ring_from(
    start: FileId,
    next: &BTreeMap<FileId, Vec<FileId>>,
    best: usize,
) -> Vec<(FileId, FileId)> {
    let mut came_from: BTreeMap<FileId, FileId> = BTreeMap::new();
    let mut open = VecDeque::from([(start, 0)]);
    while let Some((at, depth)) = open.pop_front() {
        if best > 0 && depth + 1 >= best {
            return Vec::new();
        }
        for to in next.get(&at).into_iter().flatten() {
            if *to == start {
                let mut ring = vec![(at, start)];
                let mut step = at;
                while step != start {
                    let before = came_from[&step];
                    ring.push((before, step));
                    step = before;
                }
                ring.reverse();
                return ring;
            }
            if !came_from.contains_key(to) {
                came_from.insert(*to, at);
                open.push_back((*to, depth + 1));
            }
        }
    }
    Vec::new()
}

/// The set of pairs of least weight whose removal leaves no ring: over all orders of the modules, the least sum of
/// links that lead backwards.
fn cheapest_cut(modules: &[FileId], pairs: &Pairs) -> Vec<(FileId, FileId)> {
    let count = modules.len();
    let position = |file: FileId| modules.binary_search(&file).expect("pairs lie inside the cycle");
    let mut weight = vec![vec![0_usize; count]; count];
    for ((from, to), links) in pairs {
        weight[position(*from)][position(*to)] = links.len();
    }
    // For each set of modules placed first: the least cost, and which of them stands last.
    let mut cost = vec![usize::MAX; 1 << count];
    let mut last = vec![0_usize; 1 << count];
    cost[0] = 0;
    for set in 0..1_usize << count {
        for module in (0..count).filter(|module| set & (1 << module) == 0) {
            // Placed after `set`, its links into `set` lead backwards.
            let backwards: usize =
                (0..count).filter(|to| set & (1 << to) != 0).map(|to| weight[module][to]).sum();
            let with = set | (1 << module);
            if cost[set] + backwards < cost[with] {
                cost[with] = cost[set] + backwards;
                last[with] = module;
            }
        }
    }
    let mut order = vec![0; count];
    let mut set = (1 << count) - 1;
    for place in (0..count).rev() {
        order[last[set]] = place;
        set &= !(1 << last[set]);
    }
    pairs
        .keys()
        .filter(|(from, to)| order[position(*from)] >= order[position(*to)])
        .copied()
        .collect()
}

/// A feedback arc set by petgraph's heuristic, without the pairs that need not be in it.
fn cheap_cut(pairs: &Pairs) -> Vec<(FileId, FileId)> {
    let (mut graph, nodes) = graph_of(pairs);
    let mut cut: Vec<(FileId, FileId)> = greedy_feedback_arc_set(&graph)
        .map(|edge| (graph[edge.source()], graph[edge.target()]))
        .collect();
    graph.retain_edges(|graph, edge| {
        let (from, to) = graph.edge_endpoints(edge).expect("the edge is of this graph");
        !cut.contains(&(graph[from], graph[to]))
    });
    cut.sort_by_key(|pair| (std::cmp::Reverse(pairs[pair].len()), *pair));
    let mut needed = Vec::new();
    for pair in cut {
        let (from, to) = (nodes[&pair.0], nodes[&pair.1]);
        let closes = from == to || petgraph::algo::has_path_connecting(&graph, to, from, None);
        if closes {
            needed.push(pair);
        } else {
            graph.add_edge(from, to, 1);
        }
    }
    needed.sort_unstable();
    needed
}
