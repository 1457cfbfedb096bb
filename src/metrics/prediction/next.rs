//! The next activity, or the end of the case, from counts in all contexts up to a length.
//!
//! P_0 are the shares of all activities and ends of the training cases. With the counts n(x) after the
//! context of k symbols, their sum N and the number T of different ones,
//! P_k(x) = (n(x) + T P_{k-1}(x)) / (N + T) (Witten and Bell's method C); the first context that no
//! training case has ends the chain.

use super::contexts::{Contexts, Stretch};
use crate::event_log::{Cancel, Cancelled};
use crate::index::Variants;

/// Shares closer than this are equal.
const TIE: f64 = 1e-12;

/// Probability of every activity as the next one, by code, and last that of the end of the case.
#[derive(Debug, Clone, PartialEq)]
pub struct Shares {
    /// The probabilities; their sum is 1.
    pub of: Vec<f64>,
    /// Continuations of the longest context that some training case has.
    pub n: u64,
    /// Symbols of that context, the start of the case counting as one.
    pub length: usize,
}

/// Counts of next activities in training cases.
#[derive(Debug, Clone, Copy)]
pub struct Next<'a> {
    /// Variants of the log.
    pub variants: &'a Variants,
    /// The places of the variants.
    pub contexts: &'a Contexts,
    /// Training cases of each variant.
    pub weights: &'a [u32],
    /// Position of each activity in the order of names.
    pub ranks: &'a [u32],
    /// The end of a case counts as a symbol; false to predict activities alone.
    pub ends: bool,
}

/// Counts after one context.
#[derive(Default)]
struct Counts {
    /// By code, the end of the case last.
    of: Vec<u64>,
    /// Codes that were counted.
    counted: Vec<u32>,
    n: u64,
}

impl Counts {
    fn for_symbols(n: usize) -> Self {
        Counts {
            of: vec![0; n],
            ..Counts::default()
        }
    }

    fn add(&mut self, symbol: u32, weight: u64) {
        let count = &mut self.of[symbol as usize];
        if *count == 0 {
            self.counted.push(symbol);
        }
        *count += weight;
        self.n += weight;
    }

    fn clear(&mut self) {
        for symbol in self.counted.drain(..) {
            self.of[symbol as usize] = 0;
        }
        self.n = 0;
    }

    /// The shares with those of the shorter context.
    fn interpolated(&self, shorter: &[f64]) -> Vec<f64> {
        let (n, distinct) = (self.n as f64, self.counted.len() as f64);
        let shares = shorter.iter().zip(&self.of);
        shares
            .map(|(share, count)| (*count as f64 + distinct * share) / (n + distinct))
            .collect()
    }
}

/// The most probable symbols, at most `most` of them and none of share 0: those whose shares are equal within
/// 1e-12 by name, the end of the case last. `ranks` are the positions of the activities in the order of names.
pub fn ranking(shares: &[f64], ranks: &[u32], most: usize) -> Vec<u32> {
    let mut left: Vec<u32> = (0..shares.len() as u32)
        .filter(|symbol| shares[*symbol as usize] > 0.0)
        .collect();
    let share = |symbol: &u32| shares[*symbol as usize];
    let rank = |symbol: &u32| ranks.get(*symbol as usize).copied().unwrap_or(u32::MAX);
    let mut ranking = Vec::new();
    // One after the other: with a tolerance, shares have no order that could be sorted by.
    while ranking.len() < most && !left.is_empty() {
        let best = left.iter().map(share).fold(0.0, f64::max);
        let equal = left.iter().enumerate();
        let equal = equal.filter(|(_, symbol)| share(symbol) >= best - TIE);
        let Some((at, _)) = equal.min_by_key(|(_, symbol)| rank(symbol)) else {
            break;
        };
        ranking.push(left.swap_remove(at));
    }
    ranking
}

impl Next<'_> {
    /// The symbol of the end of a case.
    pub fn end(&self) -> u32 {
        self.ranks.len() as u32
    }

    /// The symbol after a place.
    #[inline]
    pub fn after(&self, place: u32) -> u32 {
        let next = place + 1;
        if next == self.variants.offsets[self.contexts.variant_of(place) + 1] {
            self.end()
        } else {
            self.variants.activities[next as usize]
        }
    }

    /// Shares of all activities and ends of the training cases, each case's first one among them; all 0
    /// without training cases.
    pub fn base(&self) -> Vec<f64> {
        let mut counts = vec![0u64; self.ranks.len() + 1];
        for (variant, &weight) in self.weights.iter().enumerate().filter(|(_, w)| **w > 0) {
            for &activity in self.variants.sequence(variant) {
                counts[activity as usize] += u64::from(weight);
            }
            let end = if self.ends { weight } else { 0 };
            counts[self.ranks.len()] += u64::from(end);
        }
        let n = counts.iter().sum::<u64>().max(1) as f64;
        counts.iter().map(|&count| count as f64 / n).collect()
    }

    fn count(&self, stretch: &Stretch, counts: &mut Counts) {
        for &place in self.contexts.places(stretch) {
            let weight = self.weights[self.contexts.variant_of(place)];
            let after = self.after(place);
            if weight > 0 && (self.ends || after != self.end()) {
                counts.add(after, weight.into());
            }
        }
    }

    /// Shares after a sequence of activities, by contexts of at most `most` symbols.
    pub fn shares(&self, base: &[f64], sequence: &[u32], most: usize) -> Shares {
        let mut shares = Shares {
            of: base.to_vec(),
            n: 0,
            length: 0,
        };
        let mut counts = Counts::for_symbols(base.len());
        let chain = self.contexts.of_sequence(self.variants, sequence, most);
        for stretch in &chain[1..] {
            counts.clear();
            self.count(stretch, &mut counts);
            if counts.n == 0 {
                break;
            }
            shares = Shares {
                of: counts.interpolated(&shares.of),
                n: counts.n,
                length: stretch.length,
            };
        }
        shares
    }

    /// Calls `found` with the shares of each context of at most `most[i]` symbols, for each `i`, and the
    /// places that have it, of which some is wanted. `most` ascends.
    ///
    /// # Errors
    /// They are not wanted any more.
    pub fn each(
        &self,
        most: &[usize],
        wanted: &dyn Fn(u32) -> bool,
        cancel: &Cancel,
        found: &mut Found<'_>,
    ) -> Result<(), Cancelled> {
        let base = self.base();
        let mut walk = Walk {
            next: *self,
            most,
            wanted,
            cancel,
            counts: Counts::for_symbols(base.len()),
            found,
        };
        walk.below(&self.contexts.all(), &base)
    }
}

/// Takes the position of a length, places with one context of it, and the shares after it.
type Found<'f> = dyn FnMut(usize, &[u32], &[f64]) + 'f;

/// A walk through all contexts, the shorter ones first.
struct Walk<'a, 'f> {
    next: Next<'a>,
    most: &'a [usize],
    wanted: &'a dyn Fn(u32) -> bool,
    cancel: &'a Cancel,
    counts: Counts,
    found: &'a mut Found<'f>,
}

impl Walk<'_, '_> {
    /// Goes through the contexts that are longer than one.
    fn below(&mut self, of: &Stretch, shares: &[f64]) -> Result<(), Cancelled> {
        self.cancel.check()?;
        let next = self.next;
        for stretch in next.contexts.split(next.variants, of) {
            let places = next.contexts.places(&stretch);
            if !places.iter().any(|&place| (self.wanted)(place)) {
                continue;
            }
            self.counts.clear();
            next.count(&stretch, &mut self.counts);
            // A context that no training case has says no more than the shorter one, nor do longer ones.
            let known = self.counts.n > 0;
            let of_counts = known.then(|| self.counts.interpolated(shares));
            let shares = of_counts.as_deref().unwrap_or(shares);
            let is_last = stretch.is_whole || !known;
            for (at, &most) in self.most.iter().enumerate() {
                if most == stretch.length || is_last && most > stretch.length {
                    (self.found)(at, places, shares);
                }
            }
            if !is_last && self.most.iter().any(|most| *most > stretch.length) {
                self.below(&stretch, shares)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event_log::Progress;
    use crate::index::Index;
    use crate::test_support::log;

    fn check(text: &str, test: impl FnOnce(Next<'_>, &dyn Fn(&str) -> Vec<u32>)) {
        let log = log(text);
        let index = Index::build(&log, &Progress::default()).unwrap();
        let n = log.activities.len();
        let contexts = Contexts::new(&index.variants, n, &Cancel::never()).unwrap();
        let next = Next {
            variants: &index.variants,
            contexts: &contexts,
            weights: &index.variants.n_cases,
            ranks: &index.activity_rank,
            ends: true,
        };
        let codes = |names: &str| {
            let names = names.split_whitespace();
            names
                .map(|name| log.activities.find(name).unwrap())
                .collect()
        };
        test(next, &codes);
    }

    #[test]
    fn shares_are_interpolated_from_short_to_long_contexts() {
        check("1: a b; 2: a b; 3: a c; 4: b", |next, codes| {
            // a 3, b 3, c 1, end 4 of 11.
            let base = next.base();
            assert_eq!(base, [3.0 / 11.0, 3.0 / 11.0, 1.0 / 11.0, 4.0 / 11.0]);
            let one = next.shares(&base, &codes("a"), 1);
            let expected = |count: f64, base: f64| (count + 2.0 * base) / 5.0;
            assert_eq!((one.n, one.length), (3, 1));
            assert_eq!(one.of[codes("b")[0] as usize], expected(2.0, 3.0 / 11.0));
            assert_eq!(one.of[next.end() as usize], expected(0.0, 4.0 / 11.0));
            // The context with the start of the case is counted, too.
            let two = next.shares(&base, &codes("a"), 3);
            assert_eq!((two.n, two.length), (3, 2));
            assert_eq!(
                two.of[codes("b")[0] as usize],
                (2.0 + 2.0 * one.of[codes("b")[0] as usize]) / 5.0
            );
            assert!((two.of.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        });
    }

    #[test]
    fn ties_go_to_the_first_name_and_the_end_comes_last() {
        check("1: a c; 2: a b; 3: a", |next, codes| {
            let base = next.base();
            let shares = next.shares(&base, &codes("a"), 1);
            let names = ranking(&shares.of, next.ranks, 9);
            // The end is frequent anywhere; b and c are equal, and a never comes again.
            let expected = [next.end(), codes("b")[0], codes("c")[0]];
            assert_eq!(names[..3], expected);
            let equal = [0.25; 4];
            assert_eq!(ranking(&equal, next.ranks, 4)[3], next.end());
            assert_eq!(ranking(&equal, next.ranks, 2).len(), 2);
        });
    }

    #[test]
    fn ends_may_be_left_out() {
        check("1: a; 2: a; 3: a b", |next, codes| {
            let next = Next {
                ends: false,
                ..next
            };
            let base = next.base();
            assert_eq!(base[next.end() as usize], 0.0);
            let shares = next.shares(&base, &codes("a"), 1);
            assert_eq!((shares.n, shares.of[next.end() as usize]), (1, 0.0));
            assert!((shares.of.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        });
    }

    #[test]
    fn a_walk_finds_the_shares_of_every_place() {
        check("1: a b a c b; 2: a b b; 3: c a b; 4: b a", |next, _| {
            let base = next.base();
            let most = [1, 3, 8];
            let mut found = vec![[0usize; 3]; next.variants.activities.len()];
            let mut visit = |at: usize, places: &[u32], shares: &[f64]| {
                for &place in places {
                    let of = next.contexts.variant_of(place);
                    let first = next.variants.offsets[of];
                    let prefix = &next.variants.activities[first as usize..=place as usize];
                    assert_eq!(next.shares(&base, prefix, most[at]).of, shares);
                    found[place as usize][at] += 1;
                }
            };
            let all = |_| true;
            next.each(&most, &all, &Cancel::never(), &mut visit)
                .unwrap();
            assert!(found.iter().all(|n| *n == [1, 1, 1]), "{found:?}");
        });
    }
}
