//! Durations and times as they are written in filters. Knows time zones; no log, no grammar.

use crate::text::time::{local_instant, parse_duration};
use chrono::{DateTime, Duration, Months, NaiveDate, NaiveDateTime};
use chrono_tz::Tz;

/// A duration as written, and how long it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DurationLiteral {
    /// As written.
    pub text: String,
    /// Microseconds; below 0 only as a limit on the time between two events, which may overlap.
    pub micros: i64,
}

impl DurationLiteral {
    /// Reads `90s`, `1d12h`, `1.5h`.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        Ok(DurationLiteral {
            text: text.to_owned(),
            micros: parse_duration(text)?,
        })
    }
}

/// A date or date-time of any precision: a period that begins with its first instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    first: NaiveDateTime,
    precision: Precision,
    /// Seconds east of UTC, where given.
    offset: Option<i64>,
}

/// Precision of a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Precision {
    Year,
    Month,
    Day,
    Hour,
    Minute,
    Second,
    /// To this many decimals of a second, 6 at most.
    Decimals(u32),
}

/// Returns the first instant of the local day of an instant, and that of the next day; microseconds.
pub(super) fn day_around(instant: i64, tz: Tz) -> (i64, i64) {
    let Some(utc) = DateTime::from_timestamp_micros(instant) else {
        return (instant, instant);
    };
    let day = utc.with_timezone(&tz).date_naive();
    let first = |day: NaiveDate| local_instant(NaiveDateTime::from(day), tz);
    (first(day), day.succ_opt().map_or(i64::MAX, first))
}

const NO_TIME: &str = "expected a time such as 2024, 2024-03, 2024-03-01 or 2024-03-01T12:00:00Z";

impl Moment {
    /// True if a text is meant as a time: four digits, then nothing, `-`, `T` or a space.
    pub fn looks_like(text: &str) -> bool {
        let bytes = text.as_bytes();
        bytes.len() >= 4
            && bytes[..4].iter().all(u8::is_ascii_digit)
            && matches!(bytes.get(4), None | Some(b'-' | b'T' | b't' | b' '))
    }

    /// Reads an ISO date or date-time. Digits of a second beyond the sixth are dropped, as they
    /// are from timestamps.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let mut reader = Reader { rest: text };
        let year = reader.digits(4).ok_or(NO_TIME)?;
        let mut precision = Precision::Year;
        let (mut month, mut day) = (1, 1);
        if reader.eat("-") {
            month = reader.digits(2).ok_or(NO_TIME)?;
            precision = Precision::Month;
            if reader.eat("-") {
                day = reader.digits(2).ok_or(NO_TIME)?;
                precision = Precision::Day;
            }
        }
        let date =
            NaiveDate::from_ymd_opt(year as i32, month, day).ok_or("there is no such date")?;
        let mut first = NaiveDateTime::from(date);
        let mut offset = None;
        if precision == Precision::Day && (reader.eat("T") || reader.eat("t") || reader.eat(" ")) {
            (first, precision) = reader.time_of_day(date)?;
            offset = reader.offset()?;
        }
        if !reader.rest.is_empty() {
            return Err(NO_TIME);
        }
        Ok(Moment {
            first,
            precision,
            offset,
        })
    }

    /// The first instant of the period, microseconds since 1970-01-01T00:00Z.
    pub fn first_instant(&self, tz: Tz) -> i64 {
        self.instant(self.first, tz)
    }

    /// The first instant after the period.
    pub fn next_instant(&self, tz: Tz) -> i64 {
        let first = self.first;
        let next = match self.precision {
            Precision::Year => first.checked_add_months(Months::new(12)),
            Precision::Month => first.checked_add_months(Months::new(1)),
            Precision::Day => first.checked_add_signed(Duration::days(1)),
            Precision::Hour => first.checked_add_signed(Duration::hours(1)),
            Precision::Minute => first.checked_add_signed(Duration::minutes(1)),
            Precision::Second => first.checked_add_signed(Duration::seconds(1)),
            Precision::Decimals(n) => {
                first.checked_add_signed(Duration::microseconds(10i64.pow(6 - n)))
            }
        };
        self.instant(
            next.expect("years of four digits are far from chrono's bounds"),
            tz,
        )
    }

    fn instant(&self, naive: NaiveDateTime, tz: Tz) -> i64 {
        match self.offset {
            Some(seconds) => naive.and_utc().timestamp_micros() - seconds * 1_000_000,
            None => local_instant(naive, tz),
        }
    }
}

/// Unread rest of a time.
struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn eat(&mut self, symbol: &str) -> bool {
        self.rest
            .strip_prefix(symbol)
            .map(|r| self.rest = r)
            .is_some()
    }

    /// A number of exactly `n` digits.
    fn digits(&mut self, n: usize) -> Option<u32> {
        let digits = self.rest.get(..n)?;
        if !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        self.rest = &self.rest[n..];
        digits.parse().ok()
    }

    fn time_of_day(&mut self, date: NaiveDate) -> Result<(NaiveDateTime, Precision), &'static str> {
        let hour = self.digits(2).ok_or(NO_TIME)?;
        let (mut minute, mut second, mut micro) = (0, 0, 0);
        let mut precision = Precision::Hour;
        if self.eat(":") {
            minute = self.digits(2).ok_or(NO_TIME)?;
            precision = Precision::Minute;
            if self.eat(":") {
                second = self.digits(2).ok_or(NO_TIME)?;
                precision = Precision::Second;
                if self.eat(".") || self.eat(",") {
                    let decimals;
                    (micro, decimals) = self.decimals()?;
                    precision = Precision::Decimals(decimals);
                }
            }
        }
        let first = date.and_hms_micro_opt(hour, minute, second, micro);
        Ok((first.ok_or("there is no such time of day")?, precision))
    }

    /// Microseconds, and how many digits gave them.
    fn decimals(&mut self) -> Result<(u32, u32), &'static str> {
        let (mut micro, mut n) = (0, 0);
        while let Some(digit) = self.digits(1) {
            if n < 6 {
                micro = micro * 10 + digit;
                n += 1;
            }
        }
        if n == 0 {
            return Err(NO_TIME);
        }
        Ok((micro * 10u32.pow(6 - n), n))
    }

    /// `Z`, `+02:00`, `+0200` or `+02`, in seconds.
    fn offset(&mut self) -> Result<Option<i64>, &'static str> {
        if self.eat("Z") || self.eat("z") {
            return Ok(Some(0));
        }
        let sign = match self.rest.chars().next() {
            Some('+') => 1,
            Some('-') => -1,
            _ => return Ok(None),
        };
        self.rest = &self.rest[1..];
        let hours = self.digits(2).ok_or(NO_TIME)?;
        // Nothing may follow two digits; minutes must follow a colon.
        let minutes = match (self.eat(":"), self.rest.is_empty()) {
            (false, true) => 0,
            _ => self.digits(2).ok_or(NO_TIME)?,
        };
        if hours > 23 || minutes > 59 {
            return Err("there is no such offset");
        }
        Ok(Some(sign * i64::from(hours * 3600 + minutes * 60)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;

    fn micros(text: &str) -> i64 {
        DateTime::parse_from_rfc3339(text)
            .unwrap()
            .timestamp_micros()
    }

    #[test]
    fn periods() {
        for (text, first, next) in [
            ("2024", "2024-01-01T00:00:00Z", "2025-01-01T00:00:00Z"),
            ("2024-02", "2024-02-01T00:00:00Z", "2024-03-01T00:00:00Z"),
            ("2024-12", "2024-12-01T00:00:00Z", "2025-01-01T00:00:00Z"),
            ("2024-02-29", "2024-02-29T00:00:00Z", "2024-03-01T00:00:00Z"),
            (
                "2024-03-01T12",
                "2024-03-01T12:00:00Z",
                "2024-03-01T13:00:00Z",
            ),
            (
                "2024-03-01T12:30",
                "2024-03-01T12:30:00Z",
                "2024-03-01T12:31:00Z",
            ),
            (
                "2024-03-01 12:30",
                "2024-03-01T12:30:00Z",
                "2024-03-01T12:31:00Z",
            ),
            (
                "2024-03-01T12:30:15Z",
                "2024-03-01T12:30:15Z",
                "2024-03-01T12:30:16Z",
            ),
            (
                "2024-03-01T12:30:15.5",
                "2024-03-01T12:30:15.5Z",
                "2024-03-01T12:30:15.6Z",
            ),
            (
                "2024-03-01T12:30:15.123456789Z",
                "2024-03-01T12:30:15.123456Z",
                "2024-03-01T12:30:15.123457Z",
            ),
            (
                "2024-03-01T12+02",
                "2024-03-01T10:00:00Z",
                "2024-03-01T11:00:00Z",
            ),
            (
                "2024-03-01T12:00-0530",
                "2024-03-01T17:30:00Z",
                "2024-03-01T17:31:00Z",
            ),
            ("9999", "9999-01-01T00:00:00Z", "+10000"),
        ] {
            let moment = Moment::parse(text).unwrap();
            assert_eq!(moment.first_instant(Tz::UTC), micros(first), "{text}");
            if next != "+10000" {
                assert_eq!(moment.next_instant(Tz::UTC), micros(next), "{text}");
            }
            assert!(Moment::looks_like(text), "{text}");
        }
        for text in [
            "",
            "202",
            "2024-",
            "2024-13",
            "2023-02-29",
            "2024-3-1",
            "2024-03-01T",
            "2024-03-01T24:00",
            "2024-03-01T12:60",
            "2024-03-01T12:00:00.",
            "2024-03T12",
            "2024-03-01T12:00+24:00",
            "2024-03-01Z",
            "20240301",
            "2024-03-01T12:00:00+2",
            "2024-03-01T12:00:00Zx",
            "２０２４",
        ] {
            assert!(Moment::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn local_times_follow_the_clock() {
        let berlin = chrono_tz::Europe::Berlin;
        let cases = [
            // An ordinary day in summer, then the two days that are not 24 hours long.
            ("2024-07-01", "2024-06-30T22:00:00Z", "2024-07-01T22:00:00Z"),
            ("2024-03-31", "2024-03-30T23:00:00Z", "2024-03-31T22:00:00Z"),
            ("2024-10-27", "2024-10-26T22:00:00Z", "2024-10-27T23:00:00Z"),
            // Skipped and repeated.
            (
                "2024-03-31T02:30",
                "2024-03-31T01:30:00Z",
                "2024-03-31T01:31:00Z",
            ),
            (
                "2024-10-27T02:30",
                "2024-10-27T00:30:00Z",
                "2024-10-27T00:31:00Z",
            ),
            (
                "2024-10-27T02",
                "2024-10-27T00:00:00Z",
                "2024-10-27T02:00:00Z",
            ),
            // An offset stands above the zone.
            (
                "2024-07-01T12:00Z",
                "2024-07-01T12:00:00Z",
                "2024-07-01T12:01:00Z",
            ),
        ];
        for (text, first, next) in cases {
            let moment = Moment::parse(text).unwrap();
            assert_eq!(moment.first_instant(berlin), micros(first), "{text}");
            assert_eq!(moment.next_instant(berlin), micros(next), "{text}");
        }
        // Samoa had no 30th of December 2011.
        let skipped = Moment::parse("2011-12-30").unwrap();
        let apia = chrono_tz::Pacific::Apia;
        assert_eq!(skipped.first_instant(apia), skipped.next_instant(apia));
    }
}
