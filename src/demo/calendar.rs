//! Time: when cases arrive, when people work, and instants as text. All times are milliseconds since
//! the first midnight of the log; days are days since 1970-01-01.

use super::people::REGIONS;
use super::random::{Random, Spread};

/// One hour, milliseconds.
pub const HOUR: u64 = 3_600_000;
/// One day, milliseconds.
pub const DAY: u64 = 24 * HOUR;

/// Arrivals by hour of the local day.
const BY_HOUR: [u64; 24] = [
    3, 2, 2, 2, 3, 5, 12, 30, 62, 90, 100, 94, 70, 78, 88, 84, 72, 55, 36, 25, 18, 13, 9, 5,
];
/// Arrivals by local day of the week, from Monday.
const BY_WEEKDAY: [u64; 7] = [118, 108, 100, 97, 88, 26, 20];
/// Arrivals in the bad month, percent.
const BAD_MONTH_ARRIVALS: u64 = 145;

/// The calendar of one log.
#[derive(Debug, Clone)]
pub struct Calendar {
    first_day: i64,
    /// Planned length.
    pub length: u64,
    /// The calendar month in which more arrives and everything takes longer: from, to.
    pub bad_month: (u64, u64),
    /// From here on the backlog grows.
    pub backlog: u64,
    /// Weight of one arrival, in the unit of [`Calendar::hour_weight`] times 1000.
    arrival_weight: u64,
}

impl Calendar {
    /// A calendar of `days` days, in which about `n_cases` cases arrive.
    pub fn new(first_day: i64, days: u64, n_cases: u64) -> Self {
        let length = days * DAY;
        let mut calendar = Calendar {
            first_day,
            length,
            bad_month: month_around(first_day, days * 11 / 20),
            backlog: length - length / 16,
            arrival_weight: 0,
        };
        let total: u64 = (0..days * 24)
            .map(|hour| calendar.hour_weight(hour * HOUR))
            .sum();
        calendar.arrival_weight = (total * 1000 / n_cases.max(1)).max(1);
        calendar
    }

    /// Time and day of the week (0 is Monday) where the offset to UTC is `hours`.
    fn local(&self, time: u64, hours: i64) -> (u64, usize) {
        let local = (time + 7 * DAY).saturating_add_signed(hours * HOUR as i64);
        let weekday = (self.first_day + 3 + (local / DAY) as i64).rem_euclid(7);
        (local % DAY, weekday as usize)
    }

    /// Arrivals of a region in the hour of `time`, in any unit.
    pub fn region_weight(&self, region: usize, time: u64) -> u64 {
        let (_, offset, share) = REGIONS[region];
        let (of_day, weekday) = self.local(time, offset);
        share * BY_HOUR[(of_day / HOUR) as usize] * BY_WEEKDAY[weekday]
    }

    /// Arrivals in the hour of `time`, in any unit: they grow by half over the log.
    fn hour_weight(&self, time: u64) -> u64 {
        let regions: u64 = (0..REGIONS.len())
            .map(|r| self.region_weight(r, time))
            .sum();
        let growth = 100 + 50 * time.min(self.length) / self.length;
        let month = if self.is_bad(time) {
            BAD_MONTH_ARRIVALS
        } else {
            100
        };
        regions * growth * month / 10_000
    }

    /// Whether `time` is in the bad month.
    #[inline]
    pub fn is_bad(&self, time: u64) -> bool {
        (self.bad_month.0..self.bad_month.1).contains(&time)
    }

    /// The arrival after the one at `time`.
    pub fn next_arrival(&self, time: u64, random: &mut Random) -> u64 {
        let mut need = self.arrival_weight * random.spread(Spread::Exponential);
        let mut time = time;
        loop {
            // In units of a thousandth of a thousandth of a case, the hour still has this to give.
            let weight = self.hour_weight(time) * 1_000_000;
            let rest = HOUR - time % HOUR;
            let here = weight / HOUR * rest;
            if need < here {
                return time + need / (weight / HOUR).max(1);
            }
            need -= here;
            time += rest;
        }
    }

    /// The first instant from `time` on at which staff of the region works: 8 to 18 on weekdays,
    /// and a small shift on weekends.
    pub fn when_staffed(&self, time: u64, region: usize, random: &mut Random) -> u64 {
        let (of_day, weekday) = self.local(time, REGIONS[region].1);
        let weekend = weekday >= 5;
        let open = (8 * HOUR..18 * HOUR).contains(&of_day);
        if open && (!weekend || random.chance(12)) {
            return time;
        }
        let same_day = !weekend && of_day < 8 * HOUR;
        let days = match weekday {
            _ if same_day => 0,
            4 => 3,
            5 => 2,
            _ => 1,
        };
        let opening = time - of_day.min(time) + days * DAY + 8 * HOUR;
        opening.max(time) + random.spread(Spread::Exponential) * HOUR / 1250
    }

    /// The same for customers: most do not write at night.
    pub fn when_awake(&self, time: u64, region: usize, random: &mut Random) -> u64 {
        let (of_day, _) = self.local(time, REGIONS[region].1);
        if (7 * HOUR..23 * HOUR).contains(&of_day) || random.chance(15) {
            return time;
        }
        let midnight = time + (DAY - of_day) % DAY;
        let morning = if of_day < 7 * HOUR {
            time + 7 * HOUR - of_day
        } else {
            midnight + 7 * HOUR
        };
        morning + random.below(3 * HOUR)
    }
}

/// Start and end of the calendar month in which day `middle` of the log lies.
fn month_around(first_day: i64, middle: u64) -> (u64, u64) {
    let day = first_day + middle as i64;
    let (_, month, of_month) = civil(day);
    let first = day - i64::from(of_month) + 1;
    let end = (28..=31)
        .map(|n| first + n)
        .find(|&d| civil(d).1 != month)
        .unwrap_or(first + 31);
    let offset = |d: i64| (d - first_day).max(0) as u64 * DAY;
    (offset(first), offset(end))
}

/// Year, month and day of the month of a day (proleptic Gregorian; Howard Hinnant's algorithm).
pub fn civil(day: i64) -> (i64, u32, u32) {
    let z = day + 719_468;
    let era = z.div_euclid(146_097);
    let of_era = z.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let mp = (5 * of_year + 2) / 153;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (
        year,
        month as u32,
        (of_year - (153 * mp + 2) / 5 + 1) as u32,
    )
}

/// Writes instants as `2024-01-31T23:59:59.999Z`; the date is made once a day.
pub struct Clock {
    first_day: i64,
    day: u64,
    date: [u8; 11],
}

/// `00` to `99`.
const PAIRS: [[u8; 2]; 100] = {
    let mut pairs = [[b'0'; 2]; 100];
    let mut i = 0;
    while i < 100 {
        pairs[i] = [b'0' + (i / 10) as u8, b'0' + (i % 10) as u8];
        i += 1;
    }
    pairs
};

impl Clock {
    /// A clock whose time 0 is the midnight that begins `first_day`.
    pub fn new(first_day: i64) -> Self {
        Clock {
            first_day,
            day: u64::MAX,
            date: [0; 11],
        }
    }

    /// The instant as text.
    #[inline]
    pub fn text(&mut self, time: u64) -> [u8; 24] {
        if time / DAY != self.day {
            self.day = time / DAY;
            let (year, month, day) = civil(self.first_day + self.day as i64);
            let pair = |n: i64| PAIRS[n.rem_euclid(100) as usize];
            let ([a, b], [c, d]) = (pair(year / 100), pair(year));
            let ([e, f], [g, h]) = (PAIRS[month as usize], PAIRS[day as usize]);
            self.date = [a, b, c, d, b'-', e, f, b'-', g, h, b'T'];
        }
        let ms = (time % DAY) as u32;
        let [a, b] = PAIRS[(ms / 3_600_000) as usize];
        let [c, d] = PAIRS[(ms / 60_000 % 60) as usize];
        let [e, f] = PAIRS[(ms / 1000 % 60) as usize];
        let [g, h] = PAIRS[(ms % 1000 / 10) as usize];
        let last = b'0' + (ms % 10) as u8;
        let mut text = [0; 24];
        text[..11].copy_from_slice(&self.date);
        text[11..].copy_from_slice(&[a, b, b':', c, d, b':', e, f, b'.', g, h, last, b'Z']);
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{DateTime, Datelike, NaiveDate, Timelike};

    fn day(text: &str) -> i64 {
        let date: NaiveDate = text.parse().unwrap();
        i64::from(date.to_epoch_days())
    }

    #[test]
    fn the_clock_agrees_with_chrono() {
        let first = day("1999-12-30");
        let mut clock = Clock::new(first);
        for i in 0..3000u64 {
            let time = i * i * 7_654_321 / 11;
            let utc = DateTime::from_timestamp_millis(first * DAY as i64 + time as i64).unwrap();
            let wanted = utc.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string();
            assert_eq!(std::str::from_utf8(&clock.text(time)).unwrap(), wanted);
        }
    }

    #[test]
    fn staff_works_in_working_hours() {
        let first = day("2024-01-03");
        let calendar = Calendar::new(first, 100, 1000);
        let mut random = Random::new(3);
        let mut weekend = 0;
        for i in 0..2000u64 {
            let asked = i * HOUR + 1234;
            let at = calendar.when_staffed(asked, 2, &mut random);
            assert!(at >= asked && at < asked + 4 * DAY);
            let local = first * DAY as i64 + at as i64 + 8 * HOUR as i64;
            let local = DateTime::from_timestamp_millis(local).unwrap();
            assert!((8..20).contains(&local.hour()), "{local}");
            weekend += u32::from(local.weekday().num_days_from_monday() >= 5);
        }
        assert!((10..120).contains(&weekend), "{weekend}");
    }

    #[test]
    fn as_many_cases_arrive_as_planned() {
        for planned in [50, 40_000] {
            let calendar = Calendar::new(day("2024-01-01"), 120, planned);
            let mut random = Random::new(4);
            let (mut time, mut n) = (0, 0);
            while time < calendar.length {
                time = calendar.next_arrival(time, &mut random);
                n += 1;
            }
            assert!(
                (planned * 7 / 10..planned * 13 / 10).contains(&n),
                "{n} of {planned}"
            );
        }
    }

    #[test]
    fn the_bad_month_is_a_calendar_month() {
        let calendar = Calendar::new(day("2023-12-20"), 130, 10);
        let months = (calendar.bad_month.0 / DAY, calendar.bad_month.1 / DAY);
        // Day 71 is 2024-02-29.
        assert_eq!(months, (43, 72));
    }
}
