//! A graph to be drawn: nodes by their numbers, edges between them, and the columns that they take.

use crate::text::safe;
use unicode_width::UnicodeWidthStr;

/// Names of the two nodes after the named ones: where all begins and ends.
pub const OUTSIDE: [&str; 2] = ["start", "end"];

/// Columns of the figure of a node.
pub const FIGURE: usize = 7;

/// Columns of the label of an edge: a figure, and a mark after it.
pub const LABEL: usize = FIGURE + 1;

/// Columns of a node beside name and figure: brackets, and a blank between.
const FRAME: usize = 3;

/// An edge between two nodes, by their numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edge {
    /// Node that it leads from.
    pub from: usize,
    /// Node that it leads to.
    pub to: usize,
    /// The larger, the straighter.
    pub weight: u64,
}

/// A graph to be drawn.
#[derive(Debug, Clone, Copy)]
pub struct Graph<'a> {
    /// Names of the nodes; the last two are those of [`OUTSIDE`].
    pub names: &'a [&'a str],
    /// Edges, the more important ones first; at most one between two nodes.
    pub edges: &'a [Edge],
    /// Columns of a name, at most.
    pub columns: usize,
}

impl Graph<'_> {
    /// Columns of the box of a node.
    pub fn node_width(&self, node: usize) -> usize {
        // A mark comes before the names of start and end.
        let mark = if node + OUTSIDE.len() >= self.names.len() {
            2
        } else {
            0
        };
        let name = UnicodeWidthStr::width(&*safe(self.names[node])).max(1);
        name.min(self.columns.max(1)) + mark + FIGURE + FRAME
    }
}
