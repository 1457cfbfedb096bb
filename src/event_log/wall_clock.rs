//! Wall-clock time of a zone: a table of the changes of its offset over a span, so
//! that many instants are read without asking the zone for each. Knows no log.

use crate::text::time::{DAY, HOUR, SECOND};
use chrono::{DateTime, Offset, TimeZone};
use chrono_tz::Tz;

/// No zone changes its offset before (the year 1840) or after (the year 2110).
const CHANGES: (i64, i64) = (-4_102_444_800 * SECOND, 4_417_977_600 * SECOND);

/// All full weeks that a time can be from the epoch.
const WEEKS: i64 = i64::MAX / (7 * DAY) * (7 * DAY);

/// The offsets of a zone over a span of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WallClock {
    /// From when on (microseconds) the clock is ahead of UTC by so much (microseconds); ascending,
    /// the first from the beginning of time.
    offsets: Vec<(i64, i64)>,
}

impl WallClock {
    /// Builds the table for the instants `first..=last`; outside of them it may be wrong.
    pub fn over(zone: Tz, first: i64, last: i64) -> WallClock {
        let ahead = |instant: i64| {
            let time = DateTime::from_timestamp_micros(instant).unwrap_or_default();
            let offset = zone.offset_from_utc_datetime(&time.naive_utc());
            i64::from(offset.fix().local_minus_utc()) * SECOND
        };
        let second = |instant: i64| instant.clamp(CHANGES.0, CHANGES.1).div_euclid(SECOND) * SECOND;
        let (mut at, last) = (second(first), second(last));
        let mut offset = ahead(at);
        let mut offsets = vec![(i64::MIN, offset)];
        while at < last && zone != Tz::UTC {
            let next = (at + DAY).min(last);
            if ahead(next) == offset {
                at = next;
                continue;
            }
            // Clocks are changed at a full second.
            let (mut before, mut after) = (at, next);
            while after - before > SECOND {
                // Halved at full seconds, so that the search ends with two neighbors.
                let middle = before + (after - before) / 2 / SECOND * SECOND;
                if ahead(middle) == offset {
                    before = middle;
                } else {
                    after = middle;
                }
            }
            offset = ahead(after);
            offsets.push((after, offset));
            at = after;
        }
        WallClock { offsets }
    }

    /// From when on (microseconds) it is ahead of UTC by so much (microseconds); the first from the beginning of time.
    pub fn offsets(&self) -> &[(i64, i64)] {
        &self.offsets
    }

    /// Weekday (0 for Monday) and hour (0 to 23) that it shows at an instant.
    pub fn weekday_and_hour(&self, instant: i64) -> (usize, usize) {
        let hour = self.reader().hour_of_week(instant);
        (hour / 24, hour % 24)
    }

    /// Reads it at many instants.
    pub fn reader(&self) -> WallReader<'_> {
        WallReader {
            offsets: &self.offsets,
            from: 0,
            until: 0,
            ahead: 0,
        }
    }
}

/// Reads a clock; fastest where each instant is near the one before.
#[derive(Debug, Clone)]
pub struct WallReader<'a> {
    offsets: &'a [(i64, i64)],
    /// From when (microseconds) and until when the clock is ahead by so much; at first never.
    from: i64,
    until: i64,
    ahead: i64,
}

impl WallReader<'_> {
    /// Hour of the week (0 to 167, from Monday's midnight) that it shows at an instant.
    #[inline]
    pub fn hour_of_week(&mut self, instant: i64) -> usize {
        if instant < self.from || instant >= self.until {
            self.find(instant);
        }
        // Cut at the limits of i64, hours before which no log has an event.
        let local = instant.saturating_add(self.ahead).max(-WEEKS);
        // From a Thursday that nothing is before: without a sign, division takes fewer steps.
        let hours = (local as u64).wrapping_add(WEEKS as u64) / HOUR as u64;
        ((hours + 3 * 24) % (7 * 24)) as usize
    }

    #[cold]
    fn find(&mut self, instant: i64) {
        let next = self.offsets.partition_point(|offset| offset.0 <= instant);
        // The first offset is from the beginning of time, so that there is one before.
        (self.from, self.ahead) = self.offsets[next - 1];
        self.until = self.offsets.get(next).map_or(i64::MAX, |next| next.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{Datelike, Timelike};
    use proptest::prelude::*;

    fn by_chrono(zone: Tz, instant: i64) -> (usize, usize) {
        let time = DateTime::from_timestamp_micros(instant).unwrap();
        let time = time.with_timezone(&zone);
        let day = time.weekday().num_days_from_monday();
        (day as usize, time.hour() as usize)
    }

    fn zones() -> impl Strategy<Value = Tz> {
        prop::sample::select(vec![
            Tz::UTC,
            Tz::Europe__Berlin,
            Tz::America__New_York,
            Tz::Africa__Casablanca,
            Tz::Pacific__Apia,
            Tz::Australia__Lord_Howe,
            Tz::Asia__Kolkata,
            Tz::Europe__Moscow,
        ])
    }

    proptest! {
        #[test]
        fn it_shows_what_chrono_says(
            zone in zones(),
            from in -2_000_000_000i64..4_000_000_000,
            since in prop::collection::vec(0i64..2_000_000_000, 1..40),
        ) {
            let instants: Vec<i64> = since.iter().map(|s| (from + s) * SECOND + 7).collect();
            let first = *instants.iter().min().unwrap();
            let last = *instants.iter().max().unwrap();
            let clock = WallClock::over(zone, first, last);
            let mut reader = clock.reader();
            for instant in instants {
                let hour = reader.hour_of_week(instant);
                prop_assert_eq!((hour / 24, hour % 24), clock.weekday_and_hour(instant));
                prop_assert_eq!((hour / 24, hour % 24), by_chrono(zone, instant), "{} {}", zone, instant);
            }
        }
    }

    #[test]
    fn every_hour_of_a_year_with_its_changes() {
        for zone in [
            Tz::Europe__Berlin,
            Tz::Africa__Casablanca,
            Tz::Australia__Lord_Howe,
        ] {
            let start = 1_704_067_200 * SECOND;
            let clock = WallClock::over(zone, start, start + 366 * DAY);
            let mut reader = clock.reader();
            for half in 0..366 * 48 {
                let instant = start + half * HOUR / 2;
                let hour = reader.hour_of_week(instant);
                assert_eq!(
                    (hour / 24, hour % 24),
                    by_chrono(zone, instant),
                    "{zone} {half}"
                );
            }
        }
    }

    #[test]
    fn all_of_time_has_an_end() {
        let clock = WallClock::over(Tz::Europe__Berlin, i64::MIN + 1, i64::MAX);
        assert!(clock.offsets.len() < 500);
        clock.weekday_and_hour(i64::MAX);
        assert_eq!(WallClock::over(Tz::UTC, 5, 5).offsets.len(), 1);
    }
}
