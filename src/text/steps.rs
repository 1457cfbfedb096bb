//! The calendar of steps: lengths of time that a person counts in. Ticks of axes, bins of time, and
//! columns of equal width, one a screen column. Widths and bounds can be named, and written as a filter.

use super::time::{DAY, HOUR, MINUTE, SECOND, Tz, local, local_instant, round_duration};
use chrono::{Datelike, Days, Months, NaiveDate, NaiveDateTime, TimeDelta};

/// A tick of an axis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tick {
    /// Instant, microseconds.
    pub at: i64,
    /// Label.
    pub label: String,
}

/// A length of time that a person counts in: the distance of ticks, the width of bins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Microseconds, counted from midnight; a divisor or multiple of a day.
    Micros(i64),
    /// Days, counted from a Monday.
    Days(i64),
    /// Calendar months, counted from January of year 0.
    Months(i64),
}

/// Distances of ticks, shortest first.
const TICKS: [Step; 38] = [
    Step::Micros(1),
    Step::Micros(10),
    Step::Micros(100),
    Step::Micros(1000),
    Step::Micros(10_000),
    Step::Micros(100_000),
    Step::Micros(SECOND),
    Step::Micros(2 * SECOND),
    Step::Micros(5 * SECOND),
    Step::Micros(10 * SECOND),
    Step::Micros(15 * SECOND),
    Step::Micros(30 * SECOND),
    Step::Micros(MINUTE),
    Step::Micros(2 * MINUTE),
    Step::Micros(5 * MINUTE),
    Step::Micros(10 * MINUTE),
    Step::Micros(15 * MINUTE),
    Step::Micros(30 * MINUTE),
    Step::Micros(HOUR),
    Step::Micros(2 * HOUR),
    Step::Micros(3 * HOUR),
    Step::Micros(6 * HOUR),
    Step::Micros(12 * HOUR),
    Step::Days(1),
    Step::Days(2),
    Step::Days(7),
    Step::Days(14),
    Step::Months(1),
    Step::Months(2),
    Step::Months(3),
    Step::Months(6),
    Step::Months(12),
    Step::Months(24),
    Step::Months(60),
    Step::Months(120),
    Step::Months(12 * 50),
    Step::Months(12 * 100),
    Step::Months(12 * 1000),
];

/// Bins of a time axis, with their names, shortest first.
pub const BINS: &[(&str, Step)] = &[
    ("second", Step::Micros(SECOND)),
    ("5 seconds", Step::Micros(5 * SECOND)),
    ("15 seconds", Step::Micros(15 * SECOND)),
    ("minute", Step::Micros(MINUTE)),
    ("5 minutes", Step::Micros(5 * MINUTE)),
    ("15 minutes", Step::Micros(15 * MINUTE)),
    ("hour", Step::Micros(HOUR)),
    ("3 hours", Step::Micros(3 * HOUR)),
    ("6 hours", Step::Micros(6 * HOUR)),
    ("12 hours", Step::Micros(12 * HOUR)),
    ("day", Step::Days(1)),
    ("week", Step::Days(7)),
    ("month", Step::Months(1)),
    ("3 months", Step::Months(3)),
    ("year", Step::Months(12)),
    ("5 years", Step::Months(60)),
    ("10 years", Step::Months(120)),
    ("50 years", Step::Months(600)),
    ("100 years", Step::Months(1200)),
    ("1000 years", Step::Months(12_000)),
];

impl Step {
    /// Bounds of the bins of this width that cover `first..=last`, round in a zone; `None` where they are
    /// more than `most`, or beyond the calendar. A change of the clock makes a bin longer or shorter.
    pub fn bounds(self, first: i64, last: i64, most: usize, zone: Tz) -> Option<Vec<i64>> {
        let mut bounds = vec![self.at_or_before(first, zone)?];
        while bounds[bounds.len() - 1] <= last {
            // Counted as they are made: the number of bins of a zone is not known beforehand.
            if bounds.len() > most {
                return None;
            }
            bounds.push(self.after(bounds[bounds.len() - 1], zone)?);
        }
        Some(bounds)
    }

    /// The last round instant that is not after another.
    fn at_or_before(self, at: i64, zone: Tz) -> Option<i64> {
        let time = local(at, zone)?;
        let floor = self.floor(time)?;
        // Where the clock shows an hour twice, the distance says which of the two is meant.
        let near = at.checked_sub(time.signed_duration_since(floor).num_microseconds()?)?;
        if local(near, zone)? == floor && matches!(self, Step::Micros(_)) {
            return Some(near);
        }
        Some(local_instant(floor, zone).min(at))
    }

    /// The round instant that follows another.
    fn after(self, at: i64, zone: Tz) -> Option<i64> {
        if let Step::Micros(n) = self {
            // Where the clock was set back, the next round time may be that of `at` itself.
            let later = (1..=2).map(|steps| self.at_or_before(at.checked_add(steps * n)?, zone));
            return later.flatten().find(|next| *next > at);
        }
        let mut time = self.next(local(at, zone).and_then(|time| self.floor(time))?)?;
        // A zone may skip whole days.
        while local_instant(time, zone) <= at {
            time = self.next(time)?;
        }
        Some(local_instant(time, zone))
    }

    /// About how many microseconds.
    fn micros(self) -> i64 {
        match self {
            Step::Micros(n) => n,
            Step::Days(n) => n * DAY,
            Step::Months(n) => n.saturating_mul(30 * DAY + 10 * HOUR),
        }
    }

    /// The tick at or before a local time.
    fn floor(self, time: NaiveDateTime) -> Option<NaiveDateTime> {
        let date = time.date();
        match self {
            Step::Micros(n) => {
                let midnight = date.and_time(chrono::NaiveTime::MIN);
                let since = time.signed_duration_since(midnight).num_microseconds()?;
                midnight.checked_add_signed(TimeDelta::microseconds(since - since.rem_euclid(n)))
            }
            Step::Days(n) => {
                // Counted from a Monday, so that weeks begin on one.
                let monday = NaiveDate::from_ymd_opt(1970, 1, 5)?;
                let back = date.signed_duration_since(monday).num_days().rem_euclid(n);
                let day = date.checked_sub_days(Days::new(back as u64))?;
                Some(day.and_time(chrono::NaiveTime::MIN))
            }
            Step::Months(n) => {
                let months = i64::from(date.year()) * 12 + i64::from(date.month0());
                let months = months - months.rem_euclid(n);
                let (year, month) = (months.div_euclid(12), months.rem_euclid(12));
                let day = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month as u32 + 1, 1)?;
                Some(day.and_time(chrono::NaiveTime::MIN))
            }
        }
    }

    fn next(self, time: NaiveDateTime) -> Option<NaiveDateTime> {
        match self {
            Step::Micros(n) => time.checked_add_signed(TimeDelta::microseconds(n)),
            Step::Days(n) => time.checked_add_days(Days::new(n as u64)),
            Step::Months(n) => time.checked_add_months(Months::new(n as u32)),
        }
    }

    /// The label of a tick: the part that changes, and the next larger one where that begins anew.
    fn label(self, time: NaiveDateTime) -> String {
        use chrono::Timelike;
        let midnight = time.num_seconds_from_midnight() == 0 && time.nanosecond() == 0;
        let pattern = match self {
            Step::Months(n) if n >= 12 => "%Y",
            Step::Months(_) if time.month0() == 0 => "%Y",
            Step::Months(_) => "%b",
            Step::Days(_) => "%b %d",
            Step::Micros(_) if midnight => "%b %d",
            Step::Micros(n) if n >= MINUTE => "%H:%M",
            Step::Micros(n) if n >= SECOND => "%H:%M:%S",
            Step::Micros(n) if n >= 1000 => "%S%.3f",
            Step::Micros(_) => "%S%.6f",
        };
        time.format(pattern).to_string()
    }
}

/// The ticks of clock time from `from` to `to`, both included: at most `most`.
pub fn ticks(from: i64, to: i64, most: usize, zone: Tz) -> Vec<Tick> {
    let span = to.saturating_sub(from);
    if most == 0 || span < 0 {
        return Vec::new();
    }
    // One of the last steps always is long enough: the calendar has some 500 times its 1000 years.
    TICKS
        .iter()
        // A guess by the length, so that no ticks are made of steps that are much too short.
        .filter(|step| span / step.micros() <= most as i64)
        .map(|&step| ticks_by(step, from, to, zone))
        .find(|ticks| ticks.len() <= most)
        .unwrap_or_default()
}

fn ticks_by(step: Step, from: i64, to: i64, zone: Tz) -> Vec<Tick> {
    let mut ticks: Vec<Tick> = Vec::new();
    let mut next = local(from, zone).and_then(|time| step.floor(time));
    while let Some(time) = next {
        let at = local_instant(time, zone);
        if at > to {
            break;
        }
        // A clock change may give the same instant twice.
        if at >= from && ticks.last().is_none_or(|last| last.at < at) {
            let label = step.label(time);
            ticks.push(Tick { at, label });
        }
        next = step.next(time);
    }
    ticks
}

/// The ticks of an axis that counts from `zero`, as durations since then: at most `most`.
pub fn ticks_since(zero: i64, from: i64, to: i64, most: usize) -> Vec<Tick> {
    let (low, high) = (from.saturating_sub(zero), to.saturating_sub(zero));
    let span = high.saturating_sub(low);
    if most == 0 || span < 0 {
        return Vec::new();
    }
    let steps = TICKS.iter().filter_map(|step| match *step {
        Step::Micros(n) => Some(n),
        Step::Days(n) => Some(n * DAY),
        Step::Months(_) => None,
    });
    let long = [
        30, 60, 100, 200, 500, 1000, 5000, 10_000, 100_000, 1_000_000,
    ]
    .map(|n| n * DAY);
    let Some(step) = steps.chain(long).find(|&n| span / n < most as i64) else {
        return Vec::new();
    };
    let first = low.div_euclid(step) + i64::from(low.rem_euclid(step) > 0);
    (first..)
        .map_while(|i| i.checked_mul(step).filter(|&at| at <= high))
        .map(|at| Tick {
            at: zero.saturating_add(at),
            label: round_duration(at as f64 / 1e6),
        })
        .collect()
}

/// Widths of columns: lengths of a unit, and how many of it make a good column.
const COLUMNS: &[(i64, &[i64])] = &[
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
    /// those of whole days begin as weeks do, those of parts of a day at midnight, both by the clock that a
    /// zone has at the first instant.
    pub fn over(first: i64, last: i64, most: usize, zone: Tz) -> Steps {
        let shown = local(first, zone).map_or(first, |time| time.and_utc().timestamp_micros());
        let midnight = first.saturating_sub(shown);
        // The epoch was a Thursday: Mondays are four days off.
        Steps::from_origin(first, last, most, midnight + 4 * DAY, midnight)
    }

    /// Columns of durations, counted from 0.
    pub fn since(first: i64, last: i64, most: usize) -> Steps {
        Steps::from_origin(first, last, most, 0, 0)
    }

    /// Columns of days are counted from one origin, those of parts of a day from another.
    fn from_origin(first: i64, last: i64, most: usize, days: i64, parts: i64) -> Steps {
        let most = most.max(1) as i64;
        let last = last.max(first);
        let round = COLUMNS
            .iter()
            .flat_map(|(unit, counts)| counts.iter().map(move |n| n * unit));
        let fitting = |step: i64| {
            // Weeks begin on a Monday, hours at midnight: no one origin would do for both.
            let origin = if step % DAY == 0 { days } else { parts };
            let place = |at: i64| at.saturating_sub(origin).div_euclid(step);
            let n = place(last) - place(first) + 1;
            (n <= most).then(|| Steps {
                first: (place(first) * step).saturating_add(origin),
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
    /// True if an instant is in a column.
    #[inline]
    pub fn has(&self, at: i64) -> bool {
        self.steps.first <= at && at < self.end
    }

    /// True if some instant of a span, both ends included, is in a column.
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
    use crate::text::time::UTC;
    use proptest::prelude::*;

    #[test]
    fn bins_are_of_the_zone() {
        let at = |text: &str| {
            text.parse::<chrono::DateTime<chrono::Utc>>()
                .unwrap()
                .timestamp_micros()
        };
        let bounds = |step: Step, from: &str, to: &str, zone| {
            step.bounds(at(from), at(to), 100, zone).unwrap()
        };
        let hours = |bounds: &[i64]| -> Vec<i64> {
            bounds.windows(2).map(|b| (b[1] - b[0]) / HOUR).collect()
        };
        let berlin = Tz::Europe__Berlin;
        // The clock is set forward on 2024-03-31, back on 2024-10-27, both at 01:00 UTC.
        let days = bounds(
            Step::Days(1),
            "2024-03-30T12:00:00Z",
            "2024-04-01T12:00:00Z",
            berlin,
        );
        assert_eq!(days[0], at("2024-03-29T23:00:00Z"));
        assert_eq!(hours(&days), [24, 23, 24]);
        let halves = Step::Micros(12 * HOUR);
        let spring = bounds(
            halves,
            "2024-03-31T08:00:00Z",
            "2024-03-31T23:00:00Z",
            berlin,
        );
        assert_eq!(spring[0], at("2024-03-30T23:00:00Z"));
        assert_eq!(hours(&spring), [11, 12, 12]);
        let autumn = bounds(
            halves,
            "2024-10-26T22:00:00Z",
            "2024-10-27T22:00:00Z",
            berlin,
        );
        assert_eq!(hours(&autumn), [13, 12]);
        let folded = bounds(
            Step::Micros(HOUR),
            "2024-10-27T01:30:00Z",
            "2024-10-27T03:00:00Z",
            berlin,
        );
        assert_eq!(folded[0], at("2024-10-27T01:00:00Z"));
        assert_eq!(hours(&folded), [1, 1, 1]);
        // The clock of Lord Howe is set back by half an hour; Samoa had no 2011-12-30.
        let howe = bounds(
            Step::Micros(HOUR),
            "2024-04-06T13:00:00Z",
            "2024-04-06T17:00:00Z",
            Tz::Australia__Lord_Howe,
        );
        assert!(howe.windows(2).all(|b| b[0] < b[1]));
        let samoa = bounds(
            Step::Days(1),
            "2011-12-29T12:00:00Z",
            "2012-01-01T00:00:00Z",
            Tz::Pacific__Apia,
        );
        assert!(samoa.windows(2).all(|b| b[0] < b[1]));
        let months = bounds(
            Step::Months(1),
            "2024-01-15T00:00:00Z",
            "2024-02-15T00:00:00Z",
            Tz::Asia__Kolkata,
        );
        assert_eq!(months[0], at("2023-12-31T18:30:00Z"));
    }

    #[test]
    fn columns_are_those_a_person_would_choose() {
        let steps = |first, last, most| {
            let s = Steps::over(first, last, most, UTC);
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
            let steps = Steps::over(first, first + span, most, UTC);
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

    const MARCH: i64 = 1_709_294_400 * SECOND; // 2024-03-01 12:00 UTC

    fn labels(ticks: &[Tick]) -> String {
        let labels: Vec<&str> = ticks.iter().map(|t| t.label.as_str()).collect();
        labels.join(" | ")
    }

    #[test]
    fn ticks_are_those_of_a_person() {
        let cases = [
            (0, 1, "Mar 01"),
            (0, 3 * SECOND, "12:00:00 | 12:00:01 | 12:00:02 | 12:00:03"),
            (0, 40 * MINUTE, "12:00 | 12:10 | 12:20 | 12:30 | 12:40"),
            (0, DAY, "12:00 | 18:00 | Mar 02 | 06:00 | 12:00"),
            (0, 4 * DAY, "Mar 02 | Mar 03 | Mar 04 | Mar 05"),
            (0, 30 * DAY, "Mar 04 | Mar 11 | Mar 18 | Mar 25"),
            (0, 400 * DAY, "Apr | Jul | Oct | 2025 | Apr"),
            (0, 3000 * DAY, "2026 | 2028 | 2030 | 2032"),
            (0, 90_000 * DAY, "2050 | 2100 | 2150 | 2200 | 2250"),
        ];
        for (from, span, expected) in cases.into_iter().skip(1) {
            let found = ticks(MARCH + from, MARCH + from + span, 5, UTC);
            assert_eq!(labels(&found), expected, "{span}");
        }
    }

    #[test]
    fn ticks_of_any_span_end() {
        for (from, to) in [
            (i64::MIN, i64::MAX),
            (0, 0),
            (5, 4),
            (-8_000_000_000_000_000_000, 8_000_000_000_000_000_000),
            (MARCH, i64::MAX),
        ] {
            for most in [0, 1, 7, 200] {
                assert!(ticks(from, to, most, Tz::Europe__Berlin).len() <= most);
                assert!(ticks_since(from, from, to, most).len() <= most.max(1) + 1);
            }
        }
    }

    #[test]
    fn ticks_survive_clock_changes() {
        let berlin = Tz::Europe__Berlin;
        let from = 1_711_836_000 * SECOND; // 2024-03-30 23:00 in Berlin, the night of the change
        let found = ticks(from, from + 6 * HOUR, 8, berlin);
        assert!(found.is_sorted_by(|a, b| a.at < b.at), "{found:?}");
    }

    #[test]
    fn ticks_since_the_start_are_round() {
        assert_eq!(
            labels(&ticks_since(MARCH, MARCH, MARCH + 30 * HOUR, 6)),
            "0 | 6h | 12h | 18h | 1d | 1d 06h"
        );
        assert_eq!(
            labels(&ticks_since(MARCH, MARCH + 3 * HOUR, MARCH + 3 * DAY, 4)),
            "1d | 2d | 3d"
        );
    }
}
