//! Edit scripts between a sequence and a reference sequence: insertions and deletions only. A sequence
//! as a net has the same costs; this is quicker.

use super::align::{Ending, Move};
use std::collections::HashMap;

/// Cells of the largest table of a script.
const MAX_CELLS: usize = 16_000_000;

/// Positions of the labels of a sequence as bits, to compare it with many references.
#[derive(Debug)]
pub struct Pattern {
    length: usize,
    words: usize,
    /// Place of each label's bits in `bits`.
    places: HashMap<u32, usize, foldhash::fast::FixedState>,
    bits: Vec<u64>,
}

impl Pattern {
    /// Takes the positions of a sequence.
    pub fn new(sequence: &[u32]) -> Self {
        let words = sequence.len().div_ceil(64);
        let mut pattern = Pattern {
            length: sequence.len(),
            words,
            places: HashMap::default(),
            bits: Vec::new(),
        };
        for (at, &label) in sequence.iter().enumerate() {
            let next = pattern.bits.len();
            let place = *pattern.places.entry(label).or_insert(next);
            if place == next {
                pattern.bits.resize(next + words, 0);
            }
            pattern.bits[place + at / 64] |= 1 << (at % 64);
        }
        pattern
    }

    /// Returns the number of insertions and deletions from a reference to the sequence; if the sequence
    /// goes on, from the nearest prefix of the reference.
    ///
    /// Bits of a word are columns of the table of longest common subsequences, so that one addition
    /// computes 64 of its cells (Hyyrö 2004).
    pub fn distance(&self, reference: &[u32], ending: Ending) -> u32 {
        // A zero bit is a column in which the longest common subsequence grows by one.
        let mut row = vec![u64::MAX; self.words];
        let mut common = 0;
        let mut least = self.length;
        for (at, label) in reference.iter().enumerate() {
            if let Some(&place) = self.places.get(label) {
                common = self.next_row(&mut row, place);
            }
            least = least.min(self.length + at + 1 - 2 * common);
        }
        let distance = match ending {
            Ending::Final => self.length + reference.len() - 2 * common,
            Ending::Open => least,
        };
        distance as u32
    }

    /// Goes on by a label of the reference; returns the length of the longest common subsequence.
    fn next_row(&self, row: &mut [u64], place: usize) -> usize {
        let mut carry = false;
        let mut common = 0;
        for (word, &matches) in row.iter_mut().zip(&self.bits[place..place + self.words]) {
            let grown = *word & matches;
            let (sum, first) = word.overflowing_add(grown);
            let (sum, second) = sum.overflowing_add(u64::from(carry));
            carry = first || second;
            *word = sum | (*word & !grown);
            common += word.count_zeros() as usize;
        }
        // Bits beyond the sequence are never zero, as no label has them.
        common
    }

    /// Returns the nearest of several references; of equally near ones the first.
    pub fn nearest<'r>(
        &self,
        references: impl IntoIterator<Item = &'r [u32]>,
        ending: Ending,
    ) -> Option<Nearest> {
        let mut best: Option<Nearest> = None;
        for (reference, sequence) in references.into_iter().enumerate() {
            let least = match ending {
                Ending::Final => self.length.abs_diff(sequence.len()),
                Ending::Open => self.length.saturating_sub(sequence.len()),
            };
            if best.is_some_and(|best| least >= best.distance as usize) {
                continue;
            }
            let distance = self.distance(sequence, ending);
            if best.is_none_or(|best| distance < best.distance) {
                best = Some(Nearest {
                    reference,
                    distance,
                });
            }
        }
        best
    }
}

/// A reference and its distance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Nearest {
    /// Position among the references.
    pub reference: usize,
    /// Insertions and deletions.
    pub distance: u32,
}

/// Returns the moves from a reference to a sequence, fewest first: from the left, a move in both if some
/// shortest script has one, else a missing one, else an extra one. `None` for sequences that are too
/// long for its table.
pub fn script(sequence: &[u32], reference: &[u32], ending: Ending) -> Option<Vec<Move>> {
    // Both begin alike: these moves are in every shortest script.
    let pairs = sequence.iter().zip(reference);
    let same = pairs.take_while(|(a, b)| a == b).count();
    let (begin, rest) = sequence.split_at(same);
    let reference = &reference[same..];
    let (n, m) = (rest.len(), reference.len());
    let width = m + 1;
    if (n + 1).checked_mul(width)? > MAX_CELLS {
        return None;
    }
    // Cost of what follows each pair of positions.
    let mut cost = vec![0_u32; (n + 1) * width];
    for (at, cell) in cost[n * width..].iter_mut().enumerate() {
        *cell = if ending == Ending::Open {
            0
        } else {
            (m - at) as u32
        };
    }
    for i in (0..n).rev() {
        cost[i * width + m] = (n - i) as u32;
        for j in (0..m).rev() {
            let beside = cost[(i + 1) * width + j].min(cost[i * width + j + 1]) + 1;
            cost[i * width + j] = if rest[i] == reference[j] {
                beside.min(cost[(i + 1) * width + j + 1])
            } else {
                beside
            };
        }
    }
    let mut moves: Vec<Move> = begin.iter().map(|&label| Move::Sync(label)).collect();
    let (mut i, mut j) = (0, 0);
    while i < n || (j < m && ending == Ending::Final) {
        let here = cost[i * width + j];
        if i < n && j < m && rest[i] == reference[j] && cost[(i + 1) * width + j + 1] == here {
            moves.push(Move::Sync(rest[i]));
            i += 1;
            j += 1;
        } else if j < m && cost[i * width + j + 1] + 1 == here {
            moves.push(Move::Missing(reference[j]));
            j += 1;
        } else {
            moves.push(Move::Extra(rest[i]));
            i += 1;
        }
    }
    Some(moves)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Fewest edits by trying all, from the definition.
    fn naive(sequence: &[u32], reference: &[u32], ending: Ending) -> u32 {
        match (sequence, reference) {
            ([], _) if ending == Ending::Open => 0,
            (rest, []) | ([], rest) => rest.len() as u32,
            ([a, x @ ..], [b, y @ ..]) => {
                let beside = 1 + naive(x, reference, ending).min(naive(sequence, y, ending));
                if a == b {
                    beside.min(naive(x, y, ending))
                } else {
                    beside
                }
            }
        }
    }

    proptest! {
        #[test]
        fn distances_and_scripts_are_shortest(
            a in prop::collection::vec(0_u32..4, 0..8),
            b in prop::collection::vec(0_u32..4, 0..8),
        ) {
            for ending in [Ending::Final, Ending::Open] {
                let wanted = naive(&a, &b, ending);
                prop_assert_eq!(Pattern::new(&a).distance(&b, ending), wanted);
                let moves = script(&a, &b, ending).unwrap();
                prop_assert_eq!(moves.iter().map(|m| m.cost()).sum::<u32>(), wanted);
                let own: Vec<u32> = moves.iter().filter(|m| !matches!(m, Move::Missing(_))).map(|m| m.label()).collect();
                let other: Vec<u32> = moves.iter().filter(|m| !matches!(m, Move::Extra(_))).map(|m| m.label()).collect();
                prop_assert_eq!(own, a.clone());
                let fits = other == b || ending == Ending::Open && b.starts_with(&other);
                prop_assert!(fits);
            }
        }

        #[test]
        fn long_sequences_are_compared_in_words(
            a in prop::collection::vec(0_u32..3, 120..200),
            b in prop::collection::vec(0_u32..3, 60..200),
        ) {
            for ending in [Ending::Final, Ending::Open] {
                let moves = script(&a, &b, ending).unwrap();
                let cost: u32 = moves.iter().map(|m| m.cost()).sum();
                prop_assert_eq!(Pattern::new(&a).distance(&b, ending), cost);
            }
        }
    }

    #[test]
    fn scripts_match_early_and_miss_before_they_add() {
        use Move::{Extra, Missing, Sync};
        let moves = script(&[1], &[1, 1], Ending::Final).unwrap();
        assert_eq!(moves, [Sync(1), Missing(1)]);
        let moves = script(&[2, 3], &[1, 3], Ending::Final).unwrap();
        assert_eq!(moves, [Missing(1), Extra(2), Sync(3)]);
        // The reference goes on, and so may the sequence.
        let moves = script(&[1, 9], &[1, 2, 3], Ending::Open).unwrap();
        assert_eq!(moves, [Sync(1), Extra(9)]);
        assert_eq!(script(&[], &[], Ending::Final).unwrap(), []);
    }

    #[test]
    fn the_first_of_the_nearest_references_is_taken() {
        let references: [&[u32]; 3] = [&[1, 2, 3], &[1, 3], &[3]];
        let nearest = |sequence: &[u32]| {
            let references = references.iter().copied();
            let found = Pattern::new(sequence).nearest(references, Ending::Final);
            found.map(|found| (found.reference, found.distance))
        };
        assert_eq!(nearest(&[1, 2]), Some((0, 1)));
        assert_eq!(nearest(&[3]), Some((2, 0)));
        assert_eq!(nearest(&[]), Some((2, 1)));
        assert_eq!(Pattern::new(&[1]).nearest([], Ending::Final), None);
        let huge = vec![0; 5_000];
        assert_eq!(script(&huge, &vec![1; 5_000], Ending::Final), None);
    }
}
