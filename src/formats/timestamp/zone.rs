//! From the wall clock of a zone to UTC. The machine's own zone is never asked.

use super::Tally;
use crate::text::time::DAY;
use chrono::offset::LocalResult;
use chrono::{DateTime, NaiveDateTime, Offset, TimeDelta, TimeZone};
use chrono_tz::Tz;

/// Oddity of a wall-clock time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quirk {
    /// Nothing.
    None,
    /// The clock skipped it: it is moved forward by the length of the gap.
    Gap,
    /// The clock showed it twice: the earlier is taken.
    Fold,
}

/// A zone, with what was found out about some days.
#[derive(Debug, Clone)]
pub struct Zone {
    tz: Tz,
    days: Vec<Day>,
}

/// One day: its offset from UTC in microseconds, `None` where the clock is changed on it.
#[derive(Debug, Clone, Copy)]
struct Day {
    day: i64,
    offset: Option<i64>,
}

impl Zone {
    /// Days kept; a power of two.
    const KEPT: usize = 256;

    /// The zone; nothing is known of its days yet.
    pub fn new(tz: Tz) -> Self {
        let unknown = Day {
            day: i64::MIN,
            offset: None,
        };
        Zone {
            tz,
            days: vec![unknown; Self::KEPT],
        }
    }

    /// Which zone it is.
    pub fn tz(&self) -> Tz {
        self.tz
    }

    /// The instant at which the clock shows this many microseconds after midnight of a day; counts
    /// what is odd about it.
    #[inline]
    pub fn count_utc_of(&mut self, day: i64, micros: i64, tally: &mut Tally) -> i64 {
        let (utc, quirk) = self.utc_of(day, micros);
        tally.gaps += u64::from(quirk == Quirk::Gap);
        tally.folds += u64::from(quirk == Quirk::Fold);
        utc
    }

    /// The instant at which the clock shows this many microseconds after midnight of a day.
    fn utc_of(&mut self, day: i64, micros: i64) -> (i64, Quirk) {
        // The cast wraps days before 1970, which for a power of two keeps neighbors in different
        // slots.
        let slot = &mut self.days[day as usize % Self::KEPT];
        if slot.day != day {
            *slot = Day {
                day,
                offset: whole_day_offset(self.tz, day),
            };
        }
        let local = day * DAY + micros;
        match slot.offset {
            // 24:00 belongs to the next day, of which nothing is known here.
            Some(offset) if micros < DAY => (local - offset, Quirk::None),
            _ => resolve(self.tz, local),
        }
    }
}

/// The offset of a whole day; `None` where it differs between its two midnights.
fn whole_day_offset(tz: Tz, day: i64) -> Option<i64> {
    let at = |micros: i64| match tz.offset_from_local_datetime(&naive(micros)?) {
        LocalResult::Single(offset) => Some(micros_of(&offset)),
        _ => None,
    };
    let (from, to) = (at(day * DAY)?, at(day * DAY + DAY)?);
    (from == to).then_some(from)
}

fn resolve(tz: Tz, local: i64) -> (i64, Quirk) {
    let Some(wall) = naive(local) else {
        return (local, Quirk::None);
    };
    match tz.offset_from_local_datetime(&wall) {
        LocalResult::Single(offset) => (local - micros_of(&offset), Quirk::None),
        // East of UTC the clock is ahead, so the larger offset is the earlier instant.
        LocalResult::Ambiguous(a, b) => (local - micros_of(&a).max(micros_of(&b)), Quirk::Fold),
        LocalResult::None => {
            // A day before, read as UTC, is surely before the change, whatever the offset is.
            let before = wall - TimeDelta::days(1);
            let offset = tz.offset_from_utc_datetime(&before);
            (local - micros_of(&offset), Quirk::Gap)
        }
    }
}

fn naive(micros: i64) -> Option<NaiveDateTime> {
    DateTime::from_timestamp_micros(micros).map(|t| t.naive_utc())
}

fn micros_of(offset: &impl Offset) -> i64 {
    i64::from(offset.fix().local_minus_utc()) * 1_000_000
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::timestamp::civil;

    fn utc(tz: Tz, date: (i64, u32, u32), hour: i64, minute: i64) -> (String, Quirk) {
        let day = civil::days(date.0, date.1, date.2).unwrap();
        let (micros, quirk) = Zone::new(tz).utc_of(day, (hour * 60 + minute) * 60_000_000);
        let text = naive(micros).unwrap().format("%F %R").to_string();
        (text, quirk)
    }

    #[test]
    fn gaps_move_forward_and_folds_take_the_earlier() {
        let berlin = Tz::Europe__Berlin;
        let cases = [
            ((2024, 3, 31), 2, 30, "2024-03-31 01:30", Quirk::Gap),
            ((2024, 3, 31), 3, 15, "2024-03-31 01:15", Quirk::None),
            ((2024, 10, 27), 2, 30, "2024-10-27 00:30", Quirk::Fold),
            ((2024, 10, 27), 3, 30, "2024-10-27 02:30", Quirk::None),
            ((2024, 7, 1), 12, 0, "2024-07-01 10:00", Quirk::None),
            ((2024, 7, 1), 24, 0, "2024-07-01 22:00", Quirk::None),
        ];
        for (date, hour, minute, text, quirk) in cases {
            assert_eq!(utc(berlin, date, hour, minute), (text.to_string(), quirk));
        }
        let samoa = utc(Tz::Pacific__Apia, (2011, 12, 30), 12, 0);
        assert_eq!(samoa, ("2011-12-30 22:00".to_string(), Quirk::Gap));
        let moscow = utc(Tz::Europe__Moscow, (2014, 10, 26), 1, 30);
        assert_eq!(moscow, ("2014-10-25 21:30".to_string(), Quirk::Fold));
    }

    #[test]
    fn every_minute_of_changing_days_agrees_with_chrono() {
        for tz in [Tz::Europe__Moscow, Tz::America__New_York, Tz::Asia__Kolkata] {
            let mut zone = Zone::new(tz);
            for day in (14_000..19_000).step_by(3) {
                for hour in 0..24 {
                    let micros = hour * 3_600_000_000;
                    let fast = zone.utc_of(day, micros);
                    assert_eq!(fast, resolve(tz, day * DAY + micros), "{tz} {day} {hour}");
                }
            }
        }
    }
}
