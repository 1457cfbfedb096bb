//! Columns of equal width over a stretch of time: one a screen column. Widths and bounds are those
//! that a person would choose, so that a column can be named, and be written as a filter.

const SECOND: i64 = 1_000_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Lengths of a unit, and how many of it make a good column.
const UNITS: &[(i64, &[i64])] = &[
    (1, DECIMAL),
    (1_000, DECIMAL),
    (SECOND, &[1, 2, 3, 5, 10, 15, 20, 30]),
    (MINUTE, &[1, 2, 3, 5, 10, 15, 20, 30]),
    (HOUR, &[1, 2, 3, 4, 6, 8, 12]),
    (DAY, &[1, 2, 3, 4, 5, 7, 10, 14, 21, 28, 42, 56, 91, 182]),
    (
        364 * DAY,
        &[1, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000],
    ),
];

const DECIMAL: &[i64] = &[1, 2, 3, 5, 10, 20, 30, 50, 100, 200, 300, 500];

/// Columns of equal width. Column `i` is `bound(i)..bound(i + 1)`, microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Steps {
    /// Where the first column begins.
    pub first: i64,
    /// Width of a column, above 0.
    pub step: i64,
    /// Number of columns, one at least.
    pub n: usize,
}

impl Steps {
    /// The narrowest columns over `first..=last` of which there are at most `most` (one at least):
    /// those of whole days begin as weeks do, those of parts of a day at midnight UTC.
    pub fn over(first: i64, last: i64, most: usize) -> Steps {
        // The epoch was a Thursday: Mondays are four days off.
        Steps::from_origin(first, last, most, 4 * DAY)
    }

    /// The same for durations: columns are counted from 0.
    pub fn since(first: i64, last: i64, most: usize) -> Steps {
        Steps::from_origin(first, last, most, 0)
    }

    /// Columns of days are counted from an origin, those of parts of a day from 0.
    fn from_origin(first: i64, last: i64, most: usize, days: i64) -> Steps {
        let most = most.max(1) as i64;
        let last = last.max(first);
        let round = UNITS
            .iter()
            .flat_map(|(unit, counts)| counts.iter().map(move |n| n * unit));
        let fitting = |step: i64| {
            let origin = if step % DAY == 0 { days } else { 0 };
            let place = |at: i64| at.saturating_sub(origin).div_euclid(step);
            let n = place(last) - place(first) + 1;
            (n <= most).then(|| Steps {
                first: place(first) * step + origin,
                step,
                n: n as usize,
            })
        };
        round.into_iter().find_map(fitting).unwrap_or(Steps {
            first,
            step: last.saturating_sub(first).saturating_add(1),
            n: 1,
        })
    }

    /// Where a column begins; that of `n` is where the last one ends.
    pub fn bound(&self, column: usize) -> i64 {
        self.first + self.step * column as i64
    }

    /// Where the last column ends.
    pub fn end(&self) -> i64 {
        self.bound(self.n)
    }

    /// The column of an instant; the nearest one for an instant beside them.
    pub fn nearest(&self, at: i64) -> usize {
        self.finder().nearest(at)
    }

    /// Finds columns.
    pub fn finder(&self) -> Finder {
        Finder {
            steps: *self,
            end: self.end(),
            per: 1.0 / self.step as f64,
        }
    }
}

/// Finds the columns of many instants, without a division for each.
#[derive(Debug, Clone, Copy)]
pub struct Finder {
    steps: Steps,
    end: i64,
    per: f64,
}

impl Finder {
    /// Whether an instant is in a column.
    #[inline]
    pub fn has(&self, at: i64) -> bool {
        self.steps.first <= at && at < self.end
    }

    /// Whether some instant of a span, both ends included, is in a column.
    #[inline]
    pub fn meets(&self, from: i64, to: i64) -> bool {
        from < self.end && self.steps.first <= to
    }

    /// The column of an instant; `None` beside them.
    #[inline]
    pub fn column(&self, at: i64) -> Option<usize> {
        self.has(at).then(|| self.inside(at))
    }

    /// The column of an instant; the nearest one for an instant beside them.
    #[inline]
    pub fn nearest(&self, at: i64) -> usize {
        self.inside(at.clamp(self.steps.first, self.end - 1))
    }

    #[inline]
    fn inside(&self, at: i64) -> usize {
        let (since, step) = (at - self.steps.first, self.steps.step);
        // Floats are less exact than instants: the guess may be one off.
        let guess = (since as f64 * self.per) as i64;
        let guess = guess - i64::from(guess * step > since);
        (guess + i64::from(since - guess * step >= step)) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn columns_are_those_a_person_would_choose() {
        let steps = |first, last, most| {
            let s = Steps::over(first, last, most);
            (s.first, s.step, s.n)
        };
        assert_eq!(steps(0, 0, 100), (0, 1, 1));
        assert_eq!(steps(0, 100 * DAY, 101), (0, DAY, 101));
        assert_eq!(steps(0, 100 * DAY, 100), (0, 2 * DAY, 51));
        assert_eq!(steps(HOUR, 9 * HOUR, 60), (HOUR, 10 * MINUTE, 49));
        assert_eq!(steps(0, 20 * DAY, 3), (-6 * DAY, 10 * DAY, 3));
        assert_eq!(
            Steps::since(0, 20 * DAY, 3),
            Steps {
                first: 0,
                step: 7 * DAY,
                n: 3
            }
        );
        let years = |n: i64| n * 365 * DAY;
        assert_eq!(steps(years(-2_000), years(10_000), 10).1, 2_000 * 364 * DAY);
        assert_eq!(steps(5, years(100_000), 1), (5, years(100_000) - 4, 1));
    }

    proptest! {
        #[test]
        fn every_instant_has_the_column_it_lies_in(
            first in -100 * DAY..100 * DAY,
            span in prop_oneof![0..HOUR, 0..2_000 * DAY],
            most in 1usize..300,
            share in 0.0..1.0f64,
        ) {
            let steps = Steps::over(first, first + span, most);
            prop_assert!((1..=most).contains(&steps.n));
            prop_assert!(steps.first <= first && first + span < steps.end());
            let at = first + (span as f64 * share) as i64;
            let column = (0..steps.n).find(|&c| steps.bound(c) <= at && at < steps.bound(c + 1));
            let finder = steps.finder();
            prop_assert_eq!(finder.column(at), column);
            prop_assert_eq!(Some(steps.nearest(at)), column);
            for column in 0..steps.n {
                let (from, to) = (steps.bound(column), steps.bound(column + 1));
                prop_assert_eq!(finder.column(from), Some(column));
                prop_assert_eq!(finder.column(to - 1), Some(column));
            }
            prop_assert_eq!(finder.column(steps.end()), None);
            prop_assert_eq!(finder.column(steps.first - 1), None);
            prop_assert_eq!(steps.nearest(i64::MAX), steps.n - 1);
            prop_assert_eq!(steps.nearest(i64::MIN), 0);
        }
    }
}
