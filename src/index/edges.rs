//! Directly-follows edges with the elapsed time of every occurrence, sorted.

use crate::event_log::Buffer;

/// The edges of a log, ascending by (from, to) activity codes. Each edge holds its occurrences
/// sorted by elapsed time, so that a limit is a prefix, and a quantile of any selection of cases
/// lies in one block of the list.
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
    /// Entries per block: the lists are cut into blocks of this length, the last of a list shorter.
    /// Blocks are numbered through all lists.
    pub block: u32,
    /// Block of the occurrence that ends with each event of the log, so that one pass over the
    /// events of a selection counts it block by block; [`Edges::NO_BLOCK`] for the first event of a
    /// case. Empty where there are more blocks than numbers.
    pub block_of_event: Buffer<u16>,
}

/// Entries of the smallest blocks: looking a quantile up costs a block or two a list.
const LEAST_BLOCK: u32 = if cfg!(test) { 8 } else { 64 };

/// Blocks that are not too many: their counters fit into a processor's cache.
const FEW_BLOCKS: u64 = 1 << 14;

impl Edges {
    /// The block of no occurrence.
    pub const NO_BLOCK: u16 = u16::MAX;

    /// Entries of a block for lists of these lengths; `None` where no block is small enough to be of
    /// use.
    pub(super) fn block_for(lens: &(impl Iterator<Item = u32> + Clone)) -> Option<u32> {
        let blocks = |size: u32| lens.clone().map(move |len| u64::from(len.div_ceil(size)));
        // Each edge has a block of its own, so that many edges need a higher bound.
        let few = FEW_BLOCKS.max(2 * lens.clone().count() as u64);
        let few = few.min(u64::from(Self::NO_BLOCK));
        let mut sizes = (0..12).map(|doubled| LEAST_BLOCK << doubled);
        sizes.find(|&size| blocks(size).sum::<u64>() < few)
    }

    /// Number of the first block of each edge, and of all blocks.
    pub fn first_blocks(&self) -> Vec<u32> {
        let mut first = vec![0];
        for ends in self.offsets.windows(2) {
            let blocks = (ends[1] - ends[0]).div_ceil(self.block.max(1));
            first.push(first[first.len() - 1] + blocks);
        }
        first
    }

    /// Number of edges.
    pub fn len(&self) -> usize {
        self.from.len()
    }

    /// Returns `true` when there are no edges.
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
        let lists = self.elapsed.len() * 8 + self.case.len() * 4 + self.block_of_event.len() * 2;
        lists + self.from.len() * (4 + 4 + 4 + 16)
    }

    /// The cases of the occurrences of an edge that take at least so long, microseconds.
    pub fn long(&self, edge: usize, limit: i64) -> &[u32] {
        let range = self.occurrences(edge);
        let shorter = self.elapsed[range.clone()].partition_point(|&elapsed| elapsed < limit);
        &self.case[range][shorter..]
    }

    /// The range of the occurrences of an edge.
    #[inline]
    pub fn occurrences(&self, edge: usize) -> std::ops::Range<usize> {
        self.offsets[edge] as usize..self.offsets[edge + 1] as usize
    }
}
