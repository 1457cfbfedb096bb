//! Rows of vertices: those of the nodes, and between them those of the labels of edges. An edge that
//! passes a row has a vertex of its own in it.

use super::graph::{Graph, LABEL};

/// Vertices of a graph that is drawn, at most: nodes, labels, and the rows that edges pass.
const MOST: usize = 20_000;

/// What a vertex is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The node of that number.
    Node(usize),
    /// The label of the edge of that number.
    Label(usize),
    /// A row that the edge of that number passes.
    Pass(usize),
}

/// Something that takes columns of a row.
#[derive(Debug, Clone, Copy)]
pub struct Vertex {
    /// What it is.
    pub kind: Kind,
    /// Number of the row.
    pub row: usize,
    /// Columns before its line.
    pub before: usize,
    /// Columns after its line.
    pub after: usize,
    /// Columns after its line that belong to its box: the others are of a label beside it.
    pub boxed: usize,
}

/// A link between vertices of successive rows: a part of an edge.
#[derive(Debug, Clone, Copy)]
pub struct Link {
    /// Vertex in the upper row.
    pub upper: usize,
    /// Vertex in the lower row.
    pub lower: usize,
    /// Columns from the lines of these vertices to where the link begins and ends.
    pub shift: (usize, usize),
    /// Weight of the edge.
    pub weight: u64,
    /// The edge leads up.
    pub up: bool,
}

/// An edge from its upper node to its lower one.
struct Chain {
    edge: usize,
    upper: usize,
    lower: usize,
    up: bool,
    weight: u64,
}

/// The vertices of a graph with their links. Rows of nodes have even numbers, those of labels odd ones.
#[derive(Debug)]
pub struct Layers {
    /// Vertices; the first ones are the nodes, by number.
    pub vertices: Vec<Vertex>,
    /// Links, those of an edge from top to bottom.
    pub links: Vec<Link>,
    /// Links of each edge in `links`.
    pub of_edge: Vec<std::ops::Range<usize>>,
    /// Number of rows.
    pub rows: usize,
}

impl Layers {
    /// The layers of a graph whose nodes have these ranks; `None` for too many vertices.
    pub fn new(graph: &Graph<'_>, ranks: &[usize]) -> Option<Self> {
        let edges = graph.edges.iter();
        let passes: usize = edges
            .map(|edge| 2 * ranks[edge.from].abs_diff(ranks[edge.to]))
            .sum();
        if passes + ranks.len() > MOST {
            return None;
        }
        let loops: Vec<usize> = (graph.edges.iter())
            .filter(|edge| edge.from == edge.to)
            .map(|edge| edge.from)
            .collect();
        let node = |(node, &rank): (usize, &usize)| {
            let width = graph.node_width(node);
            let boxed = width - width / 2 - 1;
            // A mark of the loop, and its label.
            let beside = if loops.contains(&node) { LABEL + 1 } else { 0 };
            Vertex {
                kind: Kind::Node(node),
                row: 2 * rank,
                before: width / 2,
                after: boxed + beside,
                boxed,
            }
        };
        let mut layers = Layers {
            vertices: ranks.iter().enumerate().map(node).collect(),
            links: Vec::new(),
            of_edge: Vec::new(),
            rows: 2 * ranks.iter().copied().max().unwrap_or(0) + 1,
        };
        for (number, edge) in graph.edges.iter().enumerate() {
            let first = layers.links.len();
            let up = ranks[edge.from] > ranks[edge.to];
            let (upper, lower) = if up {
                (edge.to, edge.from)
            } else {
                (edge.from, edge.to)
            };
            let chain = Chain {
                edge: number,
                upper,
                lower,
                up,
                weight: edge.weight,
            };
            layers.add(&chain);
            layers.of_edge.push(first..layers.links.len());
        }
        Some(layers)
    }

    /// Adds the vertices of an edge and their links; none for an edge from a node to itself.
    fn add(&mut self, chain: &Chain) {
        let rows = self.vertices[chain.upper].row + 1..self.vertices[chain.lower].row;
        let mut before = chain.upper;
        for row in rows.clone() {
            let is_label = row == rows.start;
            let (kind, after) = if is_label {
                (Kind::Label(chain.edge), LABEL)
            } else {
                (Kind::Pass(chain.edge), 0)
            };
            self.vertices.push(Vertex {
                kind,
                row,
                before: 0,
                after,
                boxed: 0,
            });
            let next = self.vertices.len() - 1;
            self.link(before, next, chain);
            before = next;
        }
        if !rows.is_empty() {
            self.link(before, chain.lower, chain);
        }
    }

    fn link(&mut self, upper: usize, lower: usize, chain: &Chain) {
        let shift = [upper, lower].map(|vertex| self.port(vertex, chain.up));
        self.links.push(Link {
            upper,
            lower,
            shift: shift.into(),
            weight: chain.weight,
            up: chain.up,
        });
    }

    /// Columns from the line of a vertex to where edges are attached: those that lead up are right of the
    /// middle of a node.
    fn port(&self, vertex: usize, up: bool) -> usize {
        let vertex = &self.vertices[vertex];
        match vertex.kind {
            Kind::Node(_) if up => vertex.boxed / 2 + 1,
            _ => 0,
        }
    }

    /// Columns between the lines of two neighbors of a row, at least.
    pub fn apart(&self, left: usize, right: usize) -> i64 {
        let (left, right) = (&self.vertices[left], &self.vertices[right]);
        let is_node = |vertex: &Vertex| matches!(vertex.kind, Kind::Node(_));
        let gap = if is_node(left) || is_node(right) {
            2
        } else {
            1
        };
        (left.after + gap + right.before + 1) as i64
    }

    /// Links of each vertex to the row above and below.
    pub fn neighbors(&self) -> [Vec<Vec<usize>>; 2] {
        let mut above = vec![Vec::new(); self.vertices.len()];
        let mut below = above.clone();
        for (at, link) in self.links.iter().enumerate() {
            above[link.lower].push(at);
            below[link.upper].push(at);
        }
        [above, below]
    }
}
