//! The flow of a graph: which edges lead down, and the rank of each node.

use super::graph::{Edge, OUTSIDE};

/// Rank of each node from 0 for the start: the end has the last one, and every edge that is not turned
/// against the flow leads to a higher rank. No rank is left out.
pub fn ranks(n: usize, edges: &[Edge]) -> Vec<usize> {
    let order = order(n, edges);
    let mut at = vec![0; n];
    for (place, &node) in order.iter().enumerate() {
        at[node] = place;
    }
    // Edges by their upper and lower node; which of them is the source is of no matter here.
    let mut above: Vec<Vec<(usize, u64)>> = vec![Vec::new(); n];
    let mut below = above.clone();
    for edge in edges.iter().filter(|edge| edge.from != edge.to) {
        let (from, to) = (edge.from, edge.to);
        let (upper, lower) = if at[from] < at[to] {
            (from, to)
        } else {
            (to, from)
        };
        above[lower].push((upper, edge.weight));
        below[upper].push((lower, edge.weight));
    }
    let mut ranks = vec![0; n];
    let (start, end) = (n - OUTSIDE.len(), n - 1);
    let inner = |node: &&usize| **node != start && **node != end;
    for &node in order.iter().filter(inner) {
        let highest = above[node].iter().map(|&(upper, _)| ranks[upper]).max();
        ranks[node] = highest.unwrap_or(0) + 1;
    }
    let last = ranks.iter().copied().max().unwrap_or(0);
    ranks[end] = last + 1;
    // Nodes come nearer to where most of their weight is.
    for _ in 0..SETTLE {
        for &node in order.iter().rev().filter(inner) {
            let weight = |edges: &[(usize, u64)]| edges.iter().map(|&(_, w)| w).sum::<u64>();
            let lowest = below[node].iter().map(|&(lower, _)| ranks[lower]).min();
            let highest = above[node].iter().map(|&(upper, _)| ranks[upper]).max();
            let highest = highest.unwrap_or(0) + 1;
            ranks[node] = match lowest {
                Some(lowest) if weight(&below[node]) > weight(&above[node]) => {
                    (lowest - 1).max(highest)
                }
                _ => highest,
            };
        }
    }
    without_gaps(ranks)
}

/// Rounds in which nodes come nearer to their neighbors.
const SETTLE: usize = 4;

fn without_gaps(ranks: Vec<usize>) -> Vec<usize> {
    let most = ranks.iter().copied().max().unwrap_or(0);
    let mut taken = vec![false; most + 1];
    for &rank in &ranks {
        taken[rank] = true;
    }
    let mut next = 0;
    let number = taken.iter().map(|&taken| {
        let number = next;
        next += usize::from(taken);
        number
    });
    let number: Vec<usize> = number.collect();
    ranks.into_iter().map(|rank| number[rank]).collect()
}

/// The nodes in an order in which little weight leads back (Eades, Lin and Smyth): again and again the
/// nodes without edges to others are put last, those without edges from others first, and else the one
/// with the largest difference of the two. The start is first and the end last.
fn order(n: usize, edges: &[Edge]) -> Vec<usize> {
    let (start, end) = (n - OUTSIDE.len(), n - 1);
    let mut leaving: Vec<Vec<(usize, u64)>> = vec![Vec::new(); n];
    let mut arriving = leaving.clone();
    // Weight of the edges to and from the nodes that are left, and number of these edges.
    let mut out = vec![(0u64, 0usize); n];
    let mut into = out.clone();
    for edge in edges.iter().filter(|edge| edge.from != edge.to) {
        // Weights of 0 count, too.
        let weight = edge.weight + 1;
        leaving[edge.from].push((edge.to, weight));
        arriving[edge.to].push((edge.from, weight));
        for (sum, weight) in [(&mut out[edge.from], weight), (&mut into[edge.to], weight)] {
            sum.0 += weight;
            sum.1 += 1;
        }
    }
    let mut left: Vec<usize> = (0..n)
        .filter(|&node| node != start && node != end)
        .collect();
    let (mut first, mut last) = (vec![start], vec![end]);
    let remove = |node: usize, out: &mut [(u64, usize)], into: &mut [(u64, usize)]| {
        for (others, edges) in [(into, &leaving[node]), (out, &arriving[node])] {
            for &(other, weight) in edges {
                others[other].0 -= weight;
                others[other].1 -= 1;
            }
        }
    };
    remove(start, &mut out, &mut into);
    remove(end, &mut out, &mut into);
    while !left.is_empty() {
        let gain = |node: usize| i128::from(out[node].0) - i128::from(into[node].0);
        let sink = left
            .iter()
            .position(|&node| out[node].1 == 0 && into[node].1 > 0);
        let best = || {
            let nodes = left.iter().enumerate();
            // The first of several, as the more frequent ones come first.
            let better = |best: (usize, usize), next: (usize, usize)| {
                let key = |node: usize| (into[node].1 == 0, gain(node));
                if key(next.1) > key(best.1) {
                    next
                } else {
                    best
                }
            };
            nodes.map(|(at, &node)| (at, node)).reduce(better)
        };
        let (at, is_sink) = match sink {
            Some(at) => (at, true),
            None => (best().map_or(0, |(at, _)| at), false),
        };
        let node = left.remove(at);
        remove(node, &mut out, &mut into);
        if is_sink {
            last.push(node);
        } else {
            first.push(node);
        }
    }
    last.reverse();
    [first, last].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edges(ends: &[(usize, usize, u64)]) -> Vec<Edge> {
        let edge = |&(from, to, weight): &(usize, usize, u64)| Edge { from, to, weight };
        ends.iter().map(edge).collect()
    }

    #[test]
    fn the_lighter_edge_of_a_loop_leads_back() {
        // Start is 3, end is 4.
        let heavy = edges(&[(3, 0, 9), (0, 1, 9), (1, 2, 9), (2, 0, 1), (2, 4, 8)]);
        assert_eq!(ranks(5, &heavy), [1, 2, 3, 0, 4]);
        let other = edges(&[
            (3, 0, 1),
            (0, 1, 1),
            (1, 2, 9),
            (2, 0, 9),
            (1, 4, 1),
            (3, 1, 9),
        ]);
        assert_eq!(ranks(5, &other), [3, 1, 2, 0, 4]);
    }

    #[test]
    fn nodes_without_edges_are_between_start_and_end() {
        assert_eq!(ranks(3, &[]), [1, 0, 2]);
        assert_eq!(ranks(2, &[]), [0, 1]);
    }
}
