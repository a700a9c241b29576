//! Chains of imports from some modules to others: the shortest first, no import in two of them.

use std::collections::{BTreeMap, VecDeque};

use petgraph::algo::tarjan_scc;
use petgraph::graph::DiGraph;
use rustc_hash::FxHashSet;

use super::graph::Node;

/// More chains from one package to another are not looked for: who has cut so many looks again.
pub const MOST: usize = 20;

/// A set of nodes that is asked often.
pub struct Set {
    holds: Vec<bool>,
    pub nodes: Vec<Node>,
}

impl Set {
    pub fn of(size: usize, nodes: impl IntoIterator<Item = Node>) -> Self {
        let mut set = Self { holds: vec![false; size], nodes: Vec::new() };
        for node in nodes {
            if !std::mem::replace(&mut set.holds[node as usize], true) {
                set.nodes.push(node);
            }
        }
        set.nodes.sort_unstable();
        set
    }

    pub fn holds(&self, node: Node) -> bool {
        self.holds[node as usize]
    }
}

/// What is reached from some modules over modules that may be passed. What may not be passed is reached, and no way leads on
/// from it.
pub fn reach(imports: &[Vec<Node>], from: &Set, passable: impl Fn(Node) -> bool) -> Vec<bool> {
    let mut reached = vec![false; imports.len()];
    let mut open = from.nodes.clone();
    while let Some(node) = open.pop() {
        for next in &imports[node as usize] {
            if !reached[*next as usize] && !from.holds(*next) {
                reached[*next as usize] = true;
                if passable(*next) {
                    open.push(*next);
                }
            }
        }
    }
    reached
}

/// All imports straight from one set to the other.
pub fn direct(imports: &[Vec<Node>], from: &Set, to: &Set) -> Vec<(Node, Node)> {
    let of = |node: &Node| {
        let node = *node;
        imports[node as usize].iter().filter(|next| to.holds(**next)).map(move |next| (node, *next))
    };
    from.nodes.iter().flat_map(of).collect()
}

/// Chains over at least one module between: each the shortest that is left when the imports of those before are gone.
pub fn indirect(
    imports: &[Vec<Node>],
    from: &Set,
    to: &Set,
    passable: impl Fn(Node) -> bool,
) -> Vec<Vec<Node>> {
    let mut used: FxHashSet<(Node, Node)> = FxHashSet::default();
    let mut chains = Vec::new();
    while chains.len() < MOST
        && let Some(chain) = shortest(imports, from, to, &passable, &used)
    {
        used.extend(chain.windows(2).map(|link| (link[0], link[1])));
        chains.push(chain);
    }
    chains
}

fn shortest(
    imports: &[Vec<Node>],
    from: &Set,
    to: &Set,
    passable: &impl Fn(Node) -> bool,
    used: &FxHashSet<(Node, Node)>,
) -> Option<Vec<Node>> {
    let mut before: Vec<Option<Node>> = vec![None; imports.len()];
    let mut open: VecDeque<Node> = from.nodes.iter().copied().collect();
    while let Some(node) = open.pop_front() {
        for next in &imports[node as usize] {
            if used.contains(&(node, *next)) {
                continue;
            }
            if to.holds(*next) {
                // Straight imports are told apart already.
                if from.holds(node) {
                    continue;
                }
                let mut chain = vec![*next, node];
                while let Some(earlier) = before[chain[chain.len() - 1] as usize] {
                    chain.push(earlier);
                }
                chain.reverse();
                return Some(chain);
            }
            if !from.holds(*next) && before[*next as usize].is_none() && passable(*next) {
                before[*next as usize] = Some(node);
                open.push_back(*next);
            }
        }
    }
    None
}

/// Sets of two or more that all reach each other, in order.
pub fn rings<T: Ord + Copy>(edges: impl IntoIterator<Item = (T, T)>) -> Vec<Vec<T>> {
    let mut graph: DiGraph<T, ()> = DiGraph::new();
    let mut nodes = BTreeMap::new();
    for (from, to) in edges {
        let [from, to] =
            [from, to].map(|node| *nodes.entry(node).or_insert_with(|| graph.add_node(node)));
        graph.add_edge(from, to, ());
    }
    let sets = tarjan_scc(&graph).into_iter().filter(|set| set.len() > 1);
    let mut rings: Vec<Vec<T>> = sets
        .map(|set| {
            let mut ring: Vec<T> = set.into_iter().map(|node| graph[node]).collect();
            ring.sort_unstable();
            ring
        })
        .collect();
    rings.sort_unstable();
    rings
}

/// The shortest way round among nodes that all reach each other; its first node comes again at its end.
pub fn shortest_ring(edges: impl IntoIterator<Item = (Node, Node)>, members: &[Node]) -> Vec<Node> {
    let mut next: BTreeMap<Node, Vec<Node>> = BTreeMap::new();
    for (from, to) in edges {
        if members.binary_search(&from).is_ok() && members.binary_search(&to).is_ok() {
            next.entry(from).or_default().push(to);
        }
    }
    let ways = members.iter().filter_map(|start| way_round(&next, *start));
    ways.min_by_key(Vec::len).unwrap_or_default()
}

fn way_round(next: &BTreeMap<Node, Vec<Node>>, start: Node) -> Option<Vec<Node>> {
    let mut before: BTreeMap<Node, Node> = BTreeMap::new();
    let mut open = VecDeque::from([start]);
    while let Some(node) = open.pop_front() {
        for to in next.get(&node).into_iter().flatten() {
            if *to == start {
                let mut ring = vec![start, node];
                while let Some(earlier) = before.get(&ring[ring.len() - 1]) {
                    ring.push(*earlier);
                }
                ring.reverse();
                return Some(ring);
            }
            if !before.contains_key(to) {
                before.insert(*to, node);
                open.push_back(*to);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chains_share_no_import_and_pass_only_what_may_be_passed() {
        // 0 → 1 → 4, 0 → 2 → 3 → 4, 0 → 5 → 4, 0 → 4
        let imports = [vec![1, 2, 4, 5], vec![4], vec![3], vec![4], vec![], vec![4]];
        let (from, to) = (Set::of(6, [0]), Set::of(6, [4]));
        assert_eq!(direct(&imports, &from, &to), [(0, 4)]);
        let chains = indirect(&imports, &from, &to, |node| node != 5);
        assert_eq!(chains, [vec![0, 1, 4], vec![0, 2, 3, 4]]);
        let reached = reach(&imports, &from, |node| node != 1);
        assert_eq!(reached, [false, true, true, true, true, true]);
    }

    #[test]
    fn the_shortest_ring_goes_once_round() {
        let edges = [(1, 2), (2, 3), (3, 1), (2, 1), (3, 4), (5, 5)];
        assert_eq!(rings(edges), [[1, 2, 3]]);
        assert_eq!(shortest_ring(edges, &[1, 2, 3]), [1, 2, 1]);
    }
}
