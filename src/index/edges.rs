//! Directly-follows edges with the elapsed time of every occurrence, sorted.

use crate::event_log::Buffer;

/// The edges of a log, ascending by (from, to) activity codes. Each edge holds its occurrences
/// sorted by elapsed time, so that a limit is a prefix, and a quantile of any selection of cases
/// is one scan with a bit test.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edges {
    /// Activity that each edge starts from.
    pub from: Buffer<u32>,
    /// Activity that each edge leads to.
    pub to: Buffer<u32>,
    /// Occurrences of edge `e` are `offsets[e]..offsets[e + 1]` of the lists below.
    pub offsets: Buffer<u32>,
    /// Timestamp of the second minus timestamp of the first, microseconds, ascending in each edge
    /// (below 0 where instances overlap).
    pub elapsed: Buffer<i64>,
    /// The case of each occurrence.
    pub case: Buffer<u32>,
    /// Sum of `elapsed` of each edge.
    pub total: Buffer<i128>,
}

impl Edges {
    /// Number of edges.
    pub fn len(&self) -> usize {
        self.from.len()
    }

    /// Whether there is no edge.
    pub fn is_empty(&self) -> bool {
        self.from.is_empty()
    }

    /// The edge between two activities.
    pub fn find(&self, from: u32, to: u32) -> Option<usize> {
        let first = self.from.partition_point(|&f| f < from);
        let len = self.from[first..].partition_point(|&f| f == from);
        self.to[first..first + len]
            .binary_search(&to)
            .ok()
            .map(|i| first + i)
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        self.elapsed.len() * 8 + self.case.len() * 4 + self.from.len() * (4 + 4 + 4 + 16)
    }

    /// The range of the occurrences of an edge.
    #[inline]
    pub fn occurrences(&self, edge: usize) -> std::ops::Range<usize> {
        self.offsets[edge] as usize..self.offsets[edge + 1] as usize
    }
}
