//! Places of the nodes and lines of a graph, in columns and rows of a screen.

/// Places of nodes and lines, in columns and rows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Layout {
    /// Columns of all.
    pub width: usize,
    /// Rows of all.
    pub height: usize,
    /// Places of the nodes, by number.
    pub nodes: Vec<Place>,
    /// Lines of the edges, by number.
    pub lines: Vec<Line>,
}

/// A place of one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Place {
    /// First column.
    pub x: usize,
    /// Row.
    pub y: usize,
    /// Columns.
    pub width: usize,
}

/// The line of an edge, from the upper of its nodes to the lower one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Line {
    /// Cells, each beside the one before it; the first is below the upper node, the last above the lower
    /// one. None for an edge from a node to itself.
    pub cells: Vec<Cell>,
    /// Place of the label.
    pub label: Place,
    /// Cell of the arrowhead.
    pub head: (usize, usize),
    /// True if it leads from the lower node to the upper one.
    pub up: bool,
}

/// A cell of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell {
    /// Column.
    pub x: usize,
    /// Row.
    pub y: usize,
    /// Lines with the same number join in a cell, others cross.
    pub net: usize,
}
