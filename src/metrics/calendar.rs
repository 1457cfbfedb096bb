//! Business calendars: which hours count. A calendar is a zone, slots of a week and days off; made
//! ready for a span of instants it turns instants into the working time that has passed, so that any
//! duration is a difference of two such readings. Knows no log.

use crate::text::time::SECOND;
use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, Offset, TimeZone};
use chrono_tz::Tz;
use std::collections::BTreeSet;

/// Seconds of a day.
pub const DAY: u32 = 86_400;

/// When work is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    /// The zone of its clock.
    pub zone: Tz,
    /// Slots of each weekday, Monday first: from and to, in seconds of the day on the local clock, `to`
    /// being at most [`DAY`]; ascending, none meeting another.
    pub week: [Vec<(u32, u32)>; 7],
    /// Days without work.
    pub holidays: BTreeSet<NaiveDate>,
}

impl Calendar {
    /// The slots of a date.
    fn slots(&self, date: NaiveDate) -> &[(u32, u32)] {
        if self.holidays.contains(&date) {
            return &[];
        }
        &self.week[date.weekday().num_days_from_monday() as usize]
    }

    /// Working seconds of a week without holidays, by the local clock.
    pub fn seconds_a_week(&self) -> u32 {
        self.week.iter().flatten().map(|(from, to)| to - from).sum()
    }

    /// The calendar made ready for the instants `first..=last` (microseconds since 1970); instants
    /// beside it count no time.
    pub fn work(&self, first: i64, last: i64) -> WorkTime {
        let date = |instant: i64| {
            let time = DateTime::from_timestamp_micros(instant);
            time.map(|time| time.with_timezone(&self.zone).date_naive())
        };
        let (Some(from), Some(to)) = (date(first), date(last)) else {
            return WorkTime::default();
        };
        let mut work = WorkTime::default();
        let mut day = Some(from);
        while let Some(date) = day.filter(|date| *date <= to) {
            let clock = LocalDay::of(self.zone, date);
            let mut slots: Vec<(i64, i64)> = Vec::new();
            for &slot in self.slots(date) {
                slots.extend(clock.instants(slot));
            }
            slots.sort_unstable();
            for (start, end) in slots {
                work.push(start, end);
            }
            day = date.checked_add_days(Days::new(1));
        }
        work
    }
}

/// Offset of the local clock on one date: one, or two with the change between them.
struct LocalDay {
    /// Midnight on the local clock, as seconds since 1970 if that clock were UTC.
    midnight: i64,
    /// Seconds that the local clock is ahead of UTC.
    ahead: i64,
    /// When the clock is put forward or back, in seconds since 1970, and its offset after that.
    change: Option<(i64, i64)>,
}

impl LocalDay {
    fn of(zone: Tz, date: NaiveDate) -> Self {
        const HOUR: i64 = 3600;
        let ahead = |utc: i64| {
            let time = DateTime::from_timestamp(utc, 0).unwrap_or_default();
            let offset = zone.offset_from_utc_datetime(&time.naive_utc());
            i64::from(offset.fix().local_minus_utc())
        };
        let midnight = date.and_time(NaiveTime::MIN).and_utc().timestamp();
        // The offset at midnight UTC may be another than that at the midnight wanted: it is asked
        // for twice.
        let start = midnight - ahead(midnight - ahead(midnight));
        // Some hours more on both sides: clocks are changed at midnight, too.
        let (mut before, mut after) = (start - 3 * HOUR, start + 27 * HOUR);
        let (old, new) = (ahead(before), ahead(after));
        // Halved until one second is left: a zone gives no list of its changes.
        while old != new && after - before > 1 {
            let middle = before + (after - before) / 2;
            if ahead(middle) == old {
                before = middle;
            } else {
                after = middle;
            }
        }
        LocalDay {
            midnight,
            ahead: old,
            change: (old != new).then_some((after, new)),
        }
    }

    /// When the local clock shows a slot of the day (in seconds), in microseconds since 1970: once,
    /// or twice where it is put back.
    fn instants(&self, (from, to): (u32, u32)) -> impl Iterator<Item = (i64, i64)> {
        let (from, to) = (
            self.midnight + i64::from(from),
            self.midnight + i64::from(to),
        );
        let (change, new) = self.change.unwrap_or((i64::MAX, self.ahead));
        // A slot over the change has a part before and a part after it.
        let before = (from - self.ahead, (to - self.ahead).min(change));
        let after = ((from - new).max(change), to - new);
        let slots = [before, after].into_iter().filter(|(from, to)| from < to);
        slots.map(|(from, to)| (from * SECOND, to * SECOND))
    }
}

/// The working hours of a span of time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WorkTime {
    /// Start and end of each slot in microseconds, ascending, and the working time before it.
    slots: Vec<(i64, i64, i64)>,
}

impl WorkTime {
    fn push(&mut self, start: i64, end: i64) {
        let (latest, done) = match self.slots.last() {
            Some(&(from, to, before)) => (to, before + (to - from)),
            None => (i64::MIN, 0),
        };
        // Slots of neighboring days meet where the clock is put back over midnight.
        let start = start.max(latest);
        if end > start {
            self.slots.push((start, end, done));
        }
    }

    /// Working time that has passed at an instant, microseconds. It never falls.
    #[inline]
    pub fn reading(&self, instant: i64) -> i64 {
        let next = self.slots.partition_point(|slot| slot.0 <= instant);
        match next.checked_sub(1) {
            None => 0,
            Some(at) => {
                let (start, end, before) = self.slots[at];
                before + (instant.min(end) - start)
            }
        }
    }

    /// Working time from one instant to another, microseconds; 0 where the other is before it.
    #[inline]
    pub fn between(&self, from: i64, to: i64) -> i64 {
        if to <= from {
            return 0;
        }
        self.reading(to) - self.reading(from)
    }

    /// Returns the stretches from one instant to another in which nobody works, in order.
    pub fn off(&self, from: i64, to: i64) -> Vec<(i64, i64)> {
        let first = self.slots.partition_point(|slot| slot.1 <= from);
        let (mut off, mut at) = (Vec::new(), from);
        for &(start, end, _) in &self.slots[first..] {
            if start >= to {
                break;
            }
            if start > at {
                off.push((at, start));
            }
            at = end;
        }
        if at < to {
            off.push((at, to));
        }
        off
    }

    /// The first instant at which so much working time has passed since `from`; `None` where the span
    /// ends before.
    pub fn after(&self, from: i64, work: i64) -> Option<i64> {
        if work <= 0 {
            return Some(from);
        }
        let wanted = self.reading(from) + work;
        let at = self
            .slots
            // The first slot by whose end so much has passed.
            .partition_point(|(start, end, before)| before + (end - start) < wanted);
        let (start, _, before) = *self.slots.get(at)?;
        Some(start + (wanted - before))
    }
}

/// Calendar that counts time for each case.
#[derive(Debug)]
pub enum Hours<'a> {
    /// All of it.
    Always,
    /// The working hours of one calendar.
    One(&'a WorkTime),
    /// For each case those of one of several, or all of the time.
    ByCase {
        /// The several.
        work: &'a [WorkTime],
        /// Position in `work` by case.
        of: Vec<Option<u16>>,
    },
}

impl<'a> Hours<'a> {
    /// Those of a case; `None` where all of the time counts.
    #[inline]
    pub fn of(&self, case: usize) -> Option<&'a WorkTime> {
        match self {
            Hours::Always => None,
            Hours::One(work) => Some(work),
            Hours::ByCase { work, of } => of[case].map(|at| &work[usize::from(at)]),
        }
    }

    /// Time that counts for a case from one instant to another, microseconds; 0 where the other is
    /// before it.
    pub fn between(&self, case: usize, from: i64, to: i64) -> i64 {
        match self.of(case) {
            Some(work) => work.between(from, to),
            None => (to - from).max(0),
        }
    }

    /// Returns the instant at which `time` of the case's calendar has passed since an instant; `None`
    /// beyond the range of the calendar.
    pub fn after(&self, case: usize, since: i64, time: i64) -> Option<i64> {
        match self.of(case) {
            Some(work) => work.after(since, time),
            None => since.checked_add(time),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HOUR: i64 = 3600 * SECOND;

    proptest! {
        /// Off hours and working time make up the whole, and no off hours hold any working time.
        #[test]
        fn off_hours_are_what_is_left(from in 0..2000_i64, length in 0..2000_i64) {
            let (from, to) = (from * HOUR / 3, (from + length) * HOUR / 3);
            let work = office(Tz::UTC, &["1970-01-09"]).work(0, 2000 * HOUR);
            let off = work.off(from, to);
            prop_assert!(off.iter().all(|&(a, b)| a < b && work.between(a, b) == 0));
            prop_assert!(off.windows(2).all(|pair| pair[0].1 < pair[1].0));
            let sum: i64 = off.iter().map(|(a, b)| b - a).sum();
            prop_assert_eq!(sum + work.between(from, to), to - from);
        }
    }

    fn office(zone: Tz, holidays: &[&str]) -> Calendar {
        let day = vec![(9 * 3600, 12 * 3600), (13 * 3600, 18 * 3600)];
        let mut week: [Vec<(u32, u32)>; 7] = Default::default();
        week[..5].fill(day);
        let holidays = holidays.iter().map(|date| date.parse().unwrap());
        Calendar {
            zone,
            week,
            holidays: holidays.collect(),
        }
    }

    fn always(zone: Tz) -> Calendar {
        let week = std::array::from_fn(|_| vec![(0, DAY)]);
        Calendar {
            zone,
            week,
            holidays: BTreeSet::new(),
        }
    }

    fn at(text: &str) -> i64 {
        let time = DateTime::parse_from_rfc3339(text).unwrap();
        time.timestamp_micros()
    }

    fn hours(calendar: &Calendar, from: &str, to: &str) -> f64 {
        let work = calendar.work(at(from), at(to));
        work.between(at(from), at(to)) as f64 / HOUR as f64
    }

    #[test]
    fn only_working_hours_count() {
        let berlin = office(Tz::Europe__Berlin, &["2024-05-01", "2024-05-09"]);
        for (from, to, wanted) in [
            // A Tuesday, over lunch, into the night.
            (
                "2024-04-23T10:00:00+02:00",
                "2024-04-23T23:00:00+02:00",
                7.0,
            ),
            // Friday evening to Monday morning.
            (
                "2024-04-26T17:30:00+02:00",
                "2024-04-29T09:15:00+02:00",
                0.75,
            ),
            // Over the first of May.
            (
                "2024-04-30T17:00:00+02:00",
                "2024-05-02T10:00:00+02:00",
                2.0,
            ),
            // All of a weekend; nothing; backwards.
            (
                "2024-04-27T00:00:00+02:00",
                "2024-04-28T23:00:00+02:00",
                0.0,
            ),
            (
                "2024-04-23T10:00:00+02:00",
                "2024-04-23T10:00:00+02:00",
                0.0,
            ),
            (
                "2024-04-24T10:00:00+02:00",
                "2024-04-23T10:00:00+02:00",
                0.0,
            ),
            // Instants of another offset are the same instants.
            ("2024-04-23T08:00:00Z", "2024-04-24T00:00:00+09:00", 6.0),
        ] {
            assert_eq!(hours(&berlin, from, to), wanted, "{from} to {to}");
        }
    }

    #[test]
    fn days_that_are_longer_or_shorter_count_as_they_are() {
        let berlin = always(Tz::Europe__Berlin);
        let night = |from, to| {
            let mut calendar = always(Tz::Europe__Berlin);
            calendar.week = std::array::from_fn(|_| vec![(from, to)]);
            calendar
        };
        let (spring, autumn) = (
            ("2024-03-31T00:00:00+01:00", "2024-04-01T00:00:00+02:00"),
            ("2024-10-27T00:00:00+02:00", "2024-10-28T00:00:00+01:00"),
        );
        assert_eq!(hours(&berlin, spring.0, spring.1), 23.0);
        assert_eq!(hours(&berlin, autumn.0, autumn.1), 25.0);
        // Of 1 to 4 o'clock one hour is left out, and one comes twice.
        let small_hours = night(3600, 4 * 3600);
        assert_eq!(hours(&small_hours, spring.0, spring.1), 2.0);
        assert_eq!(hours(&small_hours, autumn.0, autumn.1), 4.0);
        // A slot that lies in what is left out; one that begins or ends there.
        let gone = night(2 * 3600 + 600, 2 * 3600 + 1200);
        assert_eq!(hours(&gone, spring.0, spring.1), 0.0);
        assert_eq!(
            hours(&night(2 * 3600 + 1800, 4 * 3600), spring.0, spring.1),
            1.0
        );
        assert_eq!(
            hours(&night(3600, 2 * 3600 + 1800), spring.0, spring.1),
            1.0
        );
    }

    #[test]
    fn a_deadline_is_where_the_limit_is_used_up() {
        let berlin = office(Tz::Europe__Berlin, &["2024-05-01"]);
        let (first, last) = (at("2024-04-20T00:00:00Z"), at("2024-05-20T00:00:00Z"));
        let work = berlin.work(first, last);
        let due = |from: &str, hours: i64| work.after(at(from), hours * HOUR);
        assert_eq!(
            due("2024-04-30T16:00:00+02:00", 4),
            Some(at("2024-05-02T11:00:00+02:00"))
        );
        assert_eq!(
            due("2024-04-30T20:00:00+02:00", 0),
            Some(at("2024-04-30T20:00:00+02:00"))
        );
        assert_eq!(due("2024-05-17T12:00:00+02:00", 100), None);
    }

    proptest! {
        #[test]
        fn readings_agree_with_counting_minutes(
            zone in prop::sample::select(vec![
                Tz::UTC, Tz::Europe__Moscow, Tz::America__New_York, Tz::Australia__Lord_Howe,
            ]),
            start in 0i64..400 * 24 * 60,
            minutes in 0i64..6 * 24 * 60,
            // A slot that may go over either change of the clock.
            from in 0u32..23 * 60,
            length in 1u32..60,
        ) {
            let mut calendar = office(zone, &["2024-01-01"]);
            let to = (from + length) * 60;
            calendar.week[6] = vec![(from * 60, to.min(DAY))];
            let origin = at("2023-12-20T00:00:00Z");
            let (a, b) = (origin + start * 60 * SECOND, origin + (start + minutes) * 60 * SECOND);
            let open = |instant: i64| {
                let local = DateTime::from_timestamp_micros(instant).unwrap().with_timezone(&zone);
                let second = local.naive_local().time().signed_duration_since(chrono::NaiveTime::MIN);
                let second = second.num_seconds() as u32;
                let slots = calendar.slots(local.date_naive());
                slots.iter().any(|&(from, to)| from <= second && second < to)
            };
            let counted = (0..minutes).filter(|m| open(a + m * 60 * SECOND)).count() as i64;
            let work = calendar.work(a, b);
            prop_assert_eq!(work.between(a, b), counted * 60 * SECOND);
            if let Some(due) = work.after(a, work.between(a, b)) {
                prop_assert!(due <= b);
                prop_assert_eq!(work.between(a, due), work.between(a, b));
            }
        }
    }
}
