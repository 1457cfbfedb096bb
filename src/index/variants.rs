//! Distinct activity sequences and what each of them contains.

use crate::event_log::Buffer;

/// The variants of a log, by rank: most cases first, ties by the sequence of names (name by name,
/// by code points). Frequencies of anything that depends only on the sequence of activities are
/// sums over variants.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Variants {
    /// Activities of variant `v` are `activities[offsets[v]..offsets[v + 1]]`.
    pub offsets: Buffer<u32>,
    /// The sequences, one after the other.
    pub activities: Buffer<u32>,
    /// Edge of each step of the sequences: `edges[i]` leads from `activities[i]` to
    /// `activities[i + 1]`; `u32::MAX` at the end of a sequence.
    pub edges: Buffer<u32>,
    /// Number of cases of each variant.
    pub n_cases: Buffer<u32>,
    /// Cases of variant `v`, ascending, are `cases[case_offsets[v]..case_offsets[v + 1]]`.
    pub case_offsets: Buffer<u32>,
    /// The cases, one variant after the other.
    pub cases: Buffer<u32>,
}

impl Variants {
    /// Number of variants.
    pub fn len(&self) -> usize {
        self.n_cases.len()
    }

    /// Whether there is no variant.
    pub fn is_empty(&self) -> bool {
        self.n_cases.is_empty()
    }

    /// The activities of a variant, in order.
    #[inline]
    pub fn sequence(&self, variant: usize) -> &[u32] {
        &self.activities[self.offsets[variant] as usize..self.offsets[variant + 1] as usize]
    }

    /// The edges of a variant, in order: one less than its activities.
    #[inline]
    pub fn steps(&self, variant: usize) -> &[u32] {
        let (from, to) = (
            self.offsets[variant] as usize,
            self.offsets[variant + 1] as usize,
        );
        &self.edges[from..to.saturating_sub(1).max(from)]
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        let words = self.offsets.len() + self.activities.len() + self.edges.len();
        (words + self.n_cases.len() + self.case_offsets.len() + self.cases.len()) * 4
    }

    /// The cases of a variant, ascending.
    #[inline]
    pub fn cases_of(&self, variant: usize) -> &[u32] {
        let (from, to) = (self.case_offsets[variant], self.case_offsets[variant + 1]);
        &self.cases[from as usize..to as usize]
    }
}
