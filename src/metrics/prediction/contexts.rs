//! Places of all variants in the order of what led to them, so that the places with one context are
//! neighbors, for contexts of every length.

use crate::event_log::{Cancel, Cancelled};
use crate::index::Variants;
use std::ops::Range;

/// Symbols of the longest context.
pub const LONGEST: usize = 8;

/// Symbol of a context before the first activity; that of an activity is its code plus one.
const START: u32 = 0;

/// Places in the order of their contexts, the last activity first: a context is a part of the order.
#[derive(Debug)]
pub struct Contexts {
    /// Places of [`Variants::activities`].
    order: Vec<u32>,
    /// Variant of each place.
    variant: Vec<u32>,
}

/// The places with one context: a part of the order of all places.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Stretch {
    /// Positions in the order.
    pub at: Range<usize>,
    /// Symbols of the context.
    pub length: usize,
    /// True where the context goes back to the start of the case, so that it cannot be longer.
    pub is_whole: bool,
}

impl Contexts {
    /// Sorts the places of all variants.
    ///
    /// # Errors
    /// They are not wanted any more.
    pub fn new(
        variants: &Variants,
        n_activities: usize,
        cancel: &Cancel,
    ) -> Result<Self, Cancelled> {
        let n = variants.activities.len();
        let mut variant = vec![0u32; n];
        for of in 0..variants.len() {
            let places = variants.offsets[of] as usize..variants.offsets[of + 1] as usize;
            variant[places].fill(of as u32);
        }
        let is_first = |place: usize| place == 0 || variant[place] != variant[place - 1];
        // One stable counting sort for each symbol, the earliest first: after k of them the places are in
        // the order of their last k activities. Comparing contexts would read the sequences at random.
        let mut starts = vec![0u32; n_activities + 1];
        for &activity in &*variants.activities {
            starts[activity as usize + 1] += 1;
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let mut order: Vec<u32> = (0..n as u32).collect();
        let mut sorted = vec![0u32; n];
        for _ in 0..LONGEST {
            cancel.check()?;
            let mut free = starts.clone();
            let mut put = |place: u32| {
                let slot = &mut free[variants.activities[place as usize] as usize];
                sorted[*slot as usize] = place;
                *slot += 1;
            };
            // Before a first place is the start of the case, which is less than any activity.
            let firsts = variants.offsets[..variants.len()].iter();
            let firsts = firsts.zip(&variants.offsets[1..]);
            firsts
                .filter(|(from, to)| from < to)
                .for_each(|(from, _)| put(*from));
            for &place in &order {
                let next = place as usize + 1;
                if next < n && !is_first(next) {
                    put(next as u32);
                }
            }
            std::mem::swap(&mut order, &mut sorted);
        }
        Ok(Contexts { order, variant })
    }

    /// All places: those with the context of no symbols.
    pub fn all(&self) -> Stretch {
        Stretch {
            at: 0..self.order.len(),
            length: 0,
            is_whole: false,
        }
    }

    /// The places of a stretch.
    pub fn places(&self, stretch: &Stretch) -> &[u32] {
        &self.order[stretch.at.clone()]
    }

    /// Variant of a place.
    #[inline]
    pub fn variant_of(&self, place: u32) -> usize {
        self.variant[place as usize] as usize
    }

    /// The symbol that many steps before a place, 0 being its own.
    #[inline]
    fn symbol(&self, variants: &Variants, place: u32, back: usize) -> u32 {
        let first = variants.offsets[self.variant_of(place)] as usize;
        let at = place as usize;
        if at < first + back {
            START
        } else {
            variants.activities[at - back] + 1
        }
    }

    /// The stretch of a longer context: one more step back, `None` being the start of the case. Empty
    /// where no place has that context.
    pub fn longer(&self, variants: &Variants, of: &Stretch, before: Option<u32>) -> Stretch {
        let symbol = before.map_or(START, |activity| activity + 1);
        let places = self.places(of);
        let back = of.length;
        let from = places.partition_point(|&place| self.symbol(variants, place, back) < symbol);
        let to = places.partition_point(|&place| self.symbol(variants, place, back) <= symbol);
        Stretch {
            at: of.at.start + from..of.at.start + to,
            length: back + 1,
            is_whole: symbol == START,
        }
    }

    /// The stretches of all contexts that are longer by one symbol, in order.
    pub fn split<'a>(
        &'a self,
        variants: &'a Variants,
        of: &Stretch,
    ) -> impl Iterator<Item = Stretch> + 'a {
        let back = of.length;
        let runs = self.order[of.at.clone()].chunk_by(move |&a, &b| {
            self.symbol(variants, a, back) == self.symbol(variants, b, back)
        });
        let mut start = of.at.start;
        runs.map(move |run| {
            let at = start..start + run.len();
            start = at.end;
            Stretch {
                at,
                length: back + 1,
                is_whole: self.symbol(variants, run[0], back) == START,
            }
        })
    }

    /// The stretches of the contexts of a sequence, from no symbols to at most `most`, as long as some place
    /// of any case has the context.
    pub fn of_sequence(&self, variants: &Variants, sequence: &[u32], most: usize) -> Vec<Stretch> {
        let mut chain = vec![self.all()];
        let before = sequence.iter().rev().map(|&activity| Some(activity));
        for before in before.chain([None]).take(most) {
            let next = self.longer(variants, &chain[chain.len() - 1], before);
            if next.at.is_empty() {
                break;
            }
            chain.push(next);
        }
        chain
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        (self.order.len() + self.variant.len()) * 4
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event_log::Progress;
    use crate::index::Index;
    use crate::test_support::log;

    fn index(text: &str) -> (Index, usize) {
        let log = log(text);
        let index = Index::build(&log, &Progress::default()).unwrap();
        (index, log.activities.len())
    }

    /// The context of a place, the last symbol first.
    fn context(variants: &Variants, place: u32, length: usize) -> Vec<u32> {
        let of = (0..variants.len())
            .rfind(|&of| variants.offsets[of] <= place)
            .unwrap();
        let first = variants.offsets[of] as usize;
        let back = variants.activities[first..=place as usize].iter().rev();
        let symbols = back.map(|activity| activity + 1).chain([START]);
        symbols.take(length).collect()
    }

    #[test]
    fn places_with_one_context_are_neighbors_at_every_length() {
        let (index, n) = index("a: x y x y z; b: x x y; c: z x y x y z x y; d: y; e: x y z");
        let variants = &index.variants;
        let contexts = Contexts::new(variants, n, &Cancel::never()).unwrap();
        for length in 1..=LONGEST {
            let of = |place: &u32| context(variants, *place, length);
            let sorted: Vec<Vec<u32>> = contexts.order.iter().map(of).collect();
            assert!(sorted.is_sorted(), "{length}: {sorted:?}");
        }
        for of in 0..variants.len() {
            for at in 0..variants.sequence(of).len() {
                let prefix = &variants.sequence(of)[..=at];
                let place = variants.offsets[of] + at as u32;
                let chain = contexts.of_sequence(variants, prefix, LONGEST);
                assert_eq!(chain.len(), 1 + LONGEST.min(prefix.len() + 1));
                for (length, stretch) in chain.iter().enumerate() {
                    let own = context(variants, place, length);
                    let all = contexts.places(&contexts.all()).iter();
                    let expected = all
                        .filter(|other| context(variants, **other, length) == own)
                        .count();
                    assert_eq!(stretch.at.len(), expected);
                    assert!(contexts.places(stretch).contains(&place));
                    assert_eq!(stretch.is_whole, length == prefix.len() + 1);
                }
            }
        }
    }

    #[test]
    fn a_context_that_no_case_has_ends_the_chain() {
        let (index, n) = index("a: x y; b: z");
        let contexts = Contexts::new(&index.variants, n, &Cancel::never()).unwrap();
        let chain = contexts.of_sequence(&index.variants, &[2, 1], 3);
        assert_eq!(chain.len(), 2, "only y, not z y");
        let runs: Vec<usize> = contexts
            .split(&index.variants, &contexts.all())
            .map(|run| run.at.len())
            .collect();
        assert_eq!(runs, [1, 1, 1]);
    }
}
