//! Durations of variants, and variants that are one once some activities are left out or what follows
//! itself counts once.

use super::{Figures, Selection, quantile};
use crate::event_log::{Cancel, Cancelled};
use hashbrown::HashMap;

/// Activities of a block that counts once, at most.
pub const LONGEST_LOOP: usize = 16;

/// Counting of activities that follow themselves in a sequence.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Collapse {
    /// Every event counts.
    #[default]
    Nothing,
    /// An activity that follows itself directly counts once.
    Repeats,
    /// So does a block of up to [`LONGEST_LOOP`] activities: `A B A B C` is `A B C`.
    Loops,
}

/// Returns a sequence without the activities that are left out, in which repeats count as said. Of blocks that
/// end at one place the shortest is removed first.
pub fn shortened(sequence: &[u32], left_out: &[bool], collapse: Collapse) -> Vec<u32> {
    let longest = match collapse {
        Collapse::Nothing => 0,
        Collapse::Repeats => 1,
        Collapse::Loops => LONGEST_LOOP,
    };
    let mut short: Vec<u32> = Vec::with_capacity(sequence.len());
    for &activity in sequence {
        if left_out[activity as usize] {
            continue;
        }
        short.push(activity);
        // Removing a block may complete a longer one before it.
        while let Some(block) = repeated(&short, longest) {
            short.truncate(short.len() - block);
        }
    }
    short
}

/// Length of the shortest block at the end of a sequence that follows itself.
fn repeated(sequence: &[u32], longest: usize) -> Option<usize> {
    let n = sequence.len();
    (1..=longest.min(n / 2))
        .find(|&block| sequence[n - block..] == sequence[n - 2 * block..n - block])
}

/// Variants of a selection, those together that have one sequence once it is shortened.
#[derive(Debug, PartialEq, Eq)]
pub struct Merged {
    /// The sequences, each once, in the order of their first variant.
    pub sequences: Vec<Vec<u32>>,
    /// The variants of each, ascending: those of which a case is selected.
    pub members: Vec<Vec<u32>>,
}

impl Merged {
    /// Merges the variants of a selection.
    ///
    /// # Errors
    /// The result is not wanted any more.
    pub fn of(
        selection: &Selection<'_>,
        left_out: &[bool],
        collapse: Collapse,
        cancel: &Cancel,
    ) -> Result<Merged, Cancelled> {
        /// Variants between two looks at whether to go on.
        const STRIDE: usize = 1 << 10;
        let mut places: HashMap<Vec<u32>, usize> = HashMap::new();
        let mut members: Vec<Vec<u32>> = Vec::new();
        for (at, variant) in selection.variants().enumerate() {
            if at.is_multiple_of(STRIDE) {
                cancel.check()?;
            }
            let sequence = selection.index.variants.sequence(variant);
            let place = *places
                .entry(shortened(sequence, left_out, collapse))
                .or_insert(members.len());
            if place == members.len() {
                members.push(Vec::new());
            }
            members[place].push(variant as u32);
        }
        let mut sequences = vec![Vec::new(); members.len()];
        for (sequence, place) in places {
            sequences[place] = sequence;
        }
        Ok(Merged { sequences, members })
    }
}

/// Figures of the durations of the selected cases of some variants. `None` where there is none.
pub fn durations_of(selection: &Selection<'_>, variants: &[u32]) -> Option<Figures> {
    let cases = variants.iter();
    let cases = cases.flat_map(|&variant| selection.cases_of(variant as usize));
    let mut durations: Vec<i64> = cases.map(|case| selection.index.duration(case)).collect();
    durations.sort_unstable();
    quantile::of_sorted(&durations)
}

/// Events of a sequence whose activity it had before.
pub fn repeats(sequence: &[u32]) -> u64 {
    let mut activities = sequence.to_vec();
    activities.sort_unstable();
    activities.dedup();
    (sequence.len() - activities.len()) as u64
}

/// Durations of every variant, `None` if no case of it is selected: one pass over the cases in
/// the order of their durations puts each variant's durations in order.
pub fn all_durations(selection: &Selection<'_>) -> Vec<Option<Figures>> {
    use rayon::prelude::*;
    let index = selection.index;
    let mut offsets = Vec::with_capacity(selection.variant_cases.len() + 1);
    offsets.push(0usize);
    for &n in selection.variant_cases {
        offsets.push(offsets[offsets.len() - 1] + n as usize);
    }
    let mut next = offsets.clone();
    let mut durations = vec![0; selection.n_cases];
    for (&case, &duration) in index.by_duration.iter().zip(&index.durations) {
        if selection.contains(case as usize) {
            let at = &mut next[index.case_variant[case as usize] as usize];
            durations[*at] = duration;
            *at += 1;
        }
    }
    offsets
        .par_windows(2)
        .map(|w| quantile::of_sorted(&durations[w[0]..w[1]]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::testing::Logged;
    use crate::test_support::log;

    fn short(text: &str, collapse: Collapse) -> String {
        let sequence: Vec<u32> = text.bytes().map(|b| u32::from(b - b'a')).collect();
        let mut left_out = vec![false; 26];
        left_out[25] = true;
        let short = shortened(&sequence, &left_out, collapse);
        short.iter().map(|&a| char::from(b'a' + a as u8)).collect()
    }

    #[test]
    fn what_follows_itself_counts_once() {
        use Collapse::{Loops, Nothing, Repeats};
        for (text, collapse, wanted) in [
            ("aabza", Nothing, "aaba"),
            ("aabzbaa", Repeats, "aba"),
            ("ababc", Repeats, "ababc"),
            ("ababc", Loops, "abc"),
            ("aabaabd", Loops, "abd"),
            ("abcbcabcd", Loops, "abcd"),
            ("abababab", Loops, "ab"),
            ("abba", Loops, "aba"),
            ("zz", Loops, ""),
        ] {
            assert_eq!(short(text, collapse), wanted, "{text} {collapse:?}");
        }
        let long: String = ('a'..='q').chain('a'..='q').collect();
        assert_eq!(short(&long, Loops).len(), 34, "longer than a loop");
    }

    #[test]
    fn variants_of_one_sequence_are_one() {
        let logged = Logged::of(log("1: a b; 2: a b; 3: a b b; 4: b a; 5: a"), None);
        let merged = Merged::of(
            &logged.selection(),
            &[false, false],
            Collapse::Repeats,
            &Cancel::never(),
        )
        .unwrap();
        assert_eq!(merged.sequences, [vec![0, 1], vec![0], vec![1, 0]]);
        assert_eq!(merged.members, [vec![0, 2], vec![1], vec![3]]);
        let found = durations_of(&logged.selection(), &merged.members[0]).unwrap();
        assert_eq!((found.n, found.max), (3, 120_000_000));
    }
}
