//! Places of the nodes and edges of a graph in cells of a screen: layers from top to bottom, as few
//! crossings as are easily found, edges with the most weight straight, and no two edges on one line
//! unless they come from the same node or lead to it.
//!
//! The steps are those of Sugiyama's method: an order of the nodes that turns as little weight as
//! possible against the flow (`flow`), layers with a row for the labels of edges below each row of nodes
//! (`layers`), their order (`order`), columns (`columns`), and the lines between two rows (`channel`).

mod channel;
mod columns;
mod flow;
mod graph;
mod layers;
mod lines;
mod order;
mod places;

use crate::event_log::{Cancel, Cancelled};
pub use graph::{Edge, Graph, OUTSIDE};
pub use places::{Cell, Layout, Line, Place};

/// Nodes of a graph that is drawn, at most.
const MOST_NODES: usize = 1_000;

/// Places of all nodes and edges of a graph; `None` for more than can be looked at.
///
/// # Errors
/// They are not wanted any more.
pub fn layout(graph: &Graph<'_>, cancel: &Cancel) -> Result<Option<Layout>, Cancelled> {
    if graph.names.len() > MOST_NODES {
        return Ok(None);
    }
    let ranks = flow::ranks(graph.names.len(), graph.edges);
    let Some(layers) = layers::Layers::new(graph, &ranks) else {
        return Ok(None);
    };
    cancel.check()?;
    let rows = order::rows(&layers, cancel)?;
    let columns = columns::columns(&layers, &rows, cancel)?;
    Ok(Some(lines::layout(&layers, &rows, &columns, graph)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::{HashMap, HashSet};

    /// The layout of edges `0-1`, by the numbers of the nodes, of which the last two are start and end.
    fn placed(n: usize, edges: &[(usize, usize)]) -> Layout {
        let names: Vec<String> = (0..n).map(|node| format!("node {node}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).chain(OUTSIDE).collect();
        let weights = (1..=edges.len() as u64).rev();
        let edges = edges.iter().zip(weights);
        let edges: Vec<Edge> = edges
            .map(|(&(from, to), weight)| Edge { from, to, weight })
            .collect();
        let graph = Graph {
            names: &names,
            edges: &edges,
            columns: 18,
        };
        layout(&graph, &Cancel::never()).unwrap().unwrap()
    }

    fn check(layout: &Layout, edges: &[(usize, usize)]) {
        let mut taken: HashSet<(usize, usize)> = HashSet::new();
        let mut take = |place: &Place, what: &str| {
            for x in place.x..place.x + place.width {
                assert!(
                    taken.insert((x, place.y)),
                    "{what} lies on another at {x} {}",
                    place.y
                );
                assert!(x < layout.width && place.y < layout.height, "{what}");
            }
        };
        for place in &layout.nodes {
            take(place, "a node");
        }
        for line in &layout.lines {
            take(&line.label, "a label");
        }
        // Cells of lines: never on a node or label, and of two nets in one cell only where they cross.
        let mut nets: HashMap<(usize, usize), HashMap<usize, [bool; 2]>> = HashMap::new();
        for (line, &(from, to)) in layout.lines.iter().zip(edges) {
            if from == to {
                assert!(line.cells.is_empty());
                continue;
            }
            let (upper, lower) = if line.up { (to, from) } else { (from, to) };
            let (first, last) = (line.cells[0], line.cells[line.cells.len() - 1]);
            let within = |node: usize, x: usize| {
                let place = &layout.nodes[node];
                (place.x..place.x + place.width).contains(&x)
            };
            assert!(within(upper, first.x) && layout.nodes[upper].y + 1 == first.y);
            assert!(within(lower, last.x) && layout.nodes[lower].y == last.y + 1);
            let head = if line.up { first } else { last };
            assert_eq!(line.head, (head.x, head.y));
            let is_beside = |cell: &Cell| (cell.x + 1, cell.y) == (line.label.x, line.label.y);
            assert!(
                line.cells.iter().any(is_beside),
                "a label is not at its line"
            );
            for (at, cell) in line.cells.iter().enumerate() {
                assert!(
                    !taken.contains(&(cell.x, cell.y)),
                    "a line lies on a node or label"
                );
                let beside =
                    |other: &Cell| cell.x.abs_diff(other.x) + cell.y.abs_diff(other.y) == 1;
                let before = at.checked_sub(1).map(|at| &line.cells[at]);
                let after = line.cells.get(at + 1);
                assert!(
                    before.is_none_or(beside) && after.is_none_or(beside),
                    "a line has a gap"
                );
                let moves = [before, after].into_iter().flatten();
                let ways = nets
                    .entry((cell.x, cell.y))
                    .or_default()
                    .entry(cell.net)
                    .or_default();
                // The ends of a line lead up and down.
                ways[1] |= before.is_none() || after.is_none();
                for other in moves {
                    ways[usize::from(other.x == cell.x)] = true;
                }
            }
        }
        for (cell, nets) in nets {
            assert!(nets.len() <= 2, "three lines at {cell:?}");
            if nets.len() == 2 {
                let ways: Vec<[bool; 2]> = nets.values().copied().collect();
                let crosses = ways.contains(&[true, false]) && ways.contains(&[false, true]);
                assert!(crosses, "two lines are one at {cell:?}: {ways:?}");
            }
        }
    }

    #[test]
    fn a_chain_is_straight_and_takes_two_rows_an_edge() {
        let edges = [(2, 0), (0, 1), (1, 3)];
        let layout = placed(2, &edges);
        check(&layout, &edges);
        assert_eq!(layout.height, 7);
        let columns: HashSet<usize> = layout
            .lines
            .iter()
            .flat_map(|l| l.cells.iter().map(|c| c.x))
            .collect();
        assert_eq!(columns.len(), 1, "{layout:?}");
    }

    #[test]
    fn back_edges_lead_up() {
        let edges = [(2, 0), (0, 1), (1, 3), (1, 0), (0, 0)];
        let layout = placed(2, &edges);
        check(&layout, &edges);
        let up: Vec<bool> = layout.lines.iter().map(|line| line.up).collect();
        assert_eq!(up, [false, false, false, true, false]);
        assert_eq!(layout.lines[4].label.y, layout.nodes[0].y);
    }

    #[test]
    fn a_graph_without_edges_has_places() {
        let layout = placed(1, &[]);
        assert_eq!(layout.nodes.len(), 3);
        check(&layout, &[]);
    }

    #[test]
    fn too_many_edges_are_not_drawn() {
        let names = ["x"; 402];
        let edge = |(from, to)| Edge {
            from,
            to,
            weight: 1,
        };
        let ends = (0..400).flat_map(|from| (0..400).map(move |to| (from, to)));
        let edges: Vec<Edge> = ends.map(edge).collect();
        let graph = Graph {
            names: &names,
            edges: &edges,
            columns: 18,
        };
        assert_eq!(layout(&graph, &Cancel::never()), Ok(None));
    }

    proptest! {
        #[test]
        fn lines_never_lie_on_each_other(
            n in 1usize..9,
            ends in prop::collection::vec((0usize..11, 0usize..11), 0..40),
        ) {
            // No edge leads to the start or from the end.
            let (start, end) = (n, n + 1);
            let mut edges: Vec<(usize, usize)> = Vec::new();
            for (from, to) in ends {
                let (from, to) = (from % (n + 1), if to % (n + 1) == n { end } else { to % (n + 1) });
                if (from, to) != (start, end) && !edges.contains(&(from, to)) {
                    edges.push((from, to));
                }
            }
            check(&placed(n, &edges), &edges);
        }
    }
}
