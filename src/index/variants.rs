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
    /// Bits for the novelty of `activities[i]` and `edges[i]` in the sequence: [`Variants::FIRST`],
    /// [`Variants::SECOND`] and [`Variants::NEW_EDGE`]. Sums over variants then need no memory of what
    /// they saw in each.
    pub marks: Buffer<u8>,
    /// Number of cases of each variant.
    pub n_cases: Buffer<u32>,
    /// Cases of variant `v`, ascending, are `cases[case_offsets[v]..case_offsets[v + 1]]`.
    pub case_offsets: Buffer<u32>,
    /// The cases, one variant after the other.
    pub cases: Buffer<u32>,
}

impl Variants {
    /// The activity is here for the first time in the sequence.
    pub const FIRST: u8 = 1;
    /// For the second time.
    pub const SECOND: u8 = 2;
    /// The step that begins here is by an edge that was not taken before in the sequence.
    pub const NEW_EDGE: u8 = 4;

    /// Number of variants.
    pub fn len(&self) -> usize {
        self.n_cases.len()
    }

    /// Returns `true` when there are no variants.
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

    /// The marks of a variant, in order: as many as its activities.
    #[inline]
    pub fn marks(&self, variant: usize) -> &[u8] {
        &self.marks[self.offsets[variant] as usize..self.offsets[variant + 1] as usize]
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        let words = self.offsets.len() + self.activities.len() + self.edges.len();
        (words + self.n_cases.len() + self.case_offsets.len() + self.cases.len()) * 4
            + self.marks.len()
    }

    /// The cases of a variant, ascending.
    #[inline]
    pub fn cases_of(&self, variant: usize) -> &[u32] {
        let (from, to) = (self.case_offsets[variant], self.case_offsets[variant + 1]);
        &self.cases[from as usize..to as usize]
    }
}
