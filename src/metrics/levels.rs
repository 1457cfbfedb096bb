//! Number of intervals that hold at a time: along an axis, at its bounds exactly and between them
//! as a mean weighted by time. An interval costs the same however long it is. Knows no log.

use super::bins::{Finder, TimeAxis};

/// Figures of one bin.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Level {
    /// Intervals that hold at the first instant of the bin.
    pub start: u64,
    /// Intervals that hold at some instant of it.
    pub met: u64,
    /// Time that all intervals spend in it, microseconds.
    pub time: i128,
}

/// Adds intervals up over the bins of an axis.
pub struct Levels<'a> {
    bounds: &'a [i64],
    finder: Finder<'a>,
    /// Changes at each bound of the number of intervals that hold there, hold for the whole bin, and
    /// meet the bin.
    at: Vec<i64>,
    whole: Vec<i64>,
    met: Vec<i64>,
    /// Time spent in a bin by intervals that begin or end within it.
    part: Vec<i128>,
}

impl<'a> Levels<'a> {
    /// Starts without intervals.
    pub fn new(axis: &'a TimeAxis) -> Self {
        let zeros = || vec![0; axis.bounds.len() + 1];
        Levels {
            bounds: &axis.bounds,
            finder: axis.finder(),
            at: zeros(),
            whole: zeros(),
            met: zeros(),
            part: vec![0; axis.n_bins()],
        }
    }

    /// Adds the interval `from <= t < to`.
    #[inline]
    pub fn add(&mut self, from: i64, to: i64) {
        let bounds = self.bounds;
        let end = bounds[bounds.len() - 1];
        // The end of the axis is no bin, but what holds there is asked for.
        if from <= end && end < to {
            self.at[bounds.len() - 1] += 1;
        }
        let (from, to) = (from.max(bounds[0]), to.min(end));
        if from >= to {
            return;
        }
        // The end itself does not belong to the interval.
        let (first, last) = (self.finder.bin(from), self.finder.bin(to - 1));
        let bound = first + usize::from(bounds[first] != from);
        if bound <= last {
            self.at[bound] += 1;
            // What holds at the very end is counted above.
            if last + 1 < bounds.len() - 1 {
                self.at[last + 1] -= 1;
            }
        }
        // Differences: a sum from the left gives the number at each bin, so that long intervals
        // cost no more.
        self.met[first] += 1;
        self.met[last + 1] -= 1;
        if first == last {
            self.part[first] += i128::from(to) - i128::from(from);
        } else {
            self.part[first] += i128::from(bounds[first + 1]) - i128::from(from);
            self.part[last] += i128::from(to) - i128::from(bounds[last]);
            self.whole[first + 1] += 1;
            self.whole[last] -= 1;
        }
    }

    /// With the intervals of another of the same axis.
    #[must_use]
    pub fn and(mut self, other: &Levels<'_>) -> Self {
        let counts = [
            (&mut self.at, &other.at),
            (&mut self.whole, &other.whole),
            (&mut self.met, &other.met),
        ];
        for (mine, others) in counts {
            mine.iter_mut().zip(others).for_each(|(a, b)| *a += b);
        }
        let parts = self.part.iter_mut().zip(&other.part);
        parts.for_each(|(a, b)| *a += b);
        self
    }

    /// The level of each bin, and how many intervals hold at the end of the axis.
    pub fn finish(self) -> (Vec<Level>, u64) {
        let n = self.part.len();
        let (mut at, mut whole, mut met) = (0, 0, 0);
        let level = |bin: usize| {
            at += self.at[bin];
            whole += self.whole[bin];
            met += self.met[bin];
            let length = i128::from(self.bounds[bin + 1]) - i128::from(self.bounds[bin]);
            Level {
                start: at as u64,
                met: met as u64,
                time: self.part[bin] + i128::from(whole) * length,
            }
        };
        ((0..n).map(level).collect(), self.at[n] as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    use crate::text::time::SECOND;

    proptest! {
        #[test]
        fn levels_are_those_of_a_count(
            span in (0i64..40, 0i64..50, 1usize..12),
            intervals in prop::collection::vec((-20i64..70, 0i64..60), 0..20),
        ) {
            let half = SECOND / 2;
            let axis = TimeAxis::over(span.0 * SECOND, (span.0 + span.1) * SECOND, span.2, chrono_tz::UTC);
            let intervals: Vec<(i64, i64)> =
                intervals.iter().map(|&(from, long)| (from * half, (from + long) * half)).collect();
            let mut parts = [Levels::new(&axis), Levels::new(&axis)];
            for (i, &(from, to)) in intervals.iter().enumerate() {
                parts[i % 2].add(from, to);
            }
            let [one, other] = parts;
            let (levels, end) = one.and(&other).finish();
            let holds = |t: i64| intervals.iter().filter(|i| i.0 <= t && t < i.1).count() as u64;
            prop_assert_eq!(end, holds(axis.bounds[axis.n_bins()]));
            for (bin, level) in axis.bounds.windows(2).zip(&levels) {
                let inside = |i: &&(i64, i64)| i.0.max(bin[0]) < i.1.min(bin[1]);
                let time = intervals.iter().filter(inside);
                let time = time.map(|i| i128::from(i.1.min(bin[1]) - i.0.max(bin[0]))).sum();
                let naive = Level {
                    start: holds(bin[0]),
                    met: intervals.iter().filter(inside).count() as u64,
                    time,
                };
                prop_assert_eq!(*level, naive, "{:?} {:?}", bin, intervals);
            }
        }
    }
}
