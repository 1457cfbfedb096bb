//! Steps that read a timestamp, of a format that was given or found by `shape`. What they cannot
//! express is left to chrono, which is slower.
//!
//! With chrono alone a timestamp takes 151 to 188 ns instead of 69 to 101, and a CSV of a million
//! rows with `--time-format` at least 40 % longer (2026-11-28). It also reads some texts otherwise:
//! `.5` by `.%f` as five nanoseconds, `24` by `%Y` as the year 24.

use super::names::{self, blanks};
use super::scan::{self, Clock};
use super::zone_name::ZoneName;
use super::{Moment, civil};
use chrono::format::{Fixed, Item, Numeric, Parsed, StrftimeItems};
use chrono::{DateTime, NaiveDateTime};

/// A compiled format.
#[derive(Debug, Clone, PartialEq)]
pub struct Pattern {
    text: String,
    program: Program,
}

#[derive(Debug, Clone, PartialEq)]
enum Program {
    Steps(Vec<Step>),
    Chrono(Vec<Item<'static>>),
}

/// One part of a timestamp.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// The year in four digits.
    Year,
    /// The year in two digits, 1970 to 2069.
    ShortYear,
    /// The month in digits.
    Month,
    /// The month by its name in any language known.
    MonthName,
    /// The day of the week by its name.
    Weekday,
    /// The day of the month.
    Day,
    /// The year to which an ISO week belongs.
    WeekYear,
    /// The ISO week, 1 to 53.
    Week,
    /// The day of an ISO week, 1 to 7 from Monday.
    DayOfWeek,
    /// The day of the year, 1 to 366.
    DayOfYear,
    /// The hour, 0 to 24.
    Hour,
    /// The hour, 1 to 12.
    Hour12,
    /// The minute.
    Minute,
    /// The second.
    Second,
    /// A point or comma and digits, or nothing.
    PointAndFraction,
    /// Digits of a fraction of a second.
    Fraction,
    /// Morning or afternoon.
    HalfOfDay,
    /// The offset from UTC; true if a format writes it with a colon.
    Offset(bool),
    /// The name of a zone; any words where an offset or another zone stands before it.
    ZoneName,
    /// This text.
    Literal(Vec<u8>),
    /// Any number of blanks.
    Blanks,
}

impl Pattern {
    /// Compiles chrono's strftime; `Err` is a sentence.
    pub fn new(text: &str) -> Result<Self, String> {
        let items: Vec<Item<'_>> = StrftimeItems::new(text).collect();
        if items.contains(&Item::Error) {
            return Err("holds an unknown specifier; see chrono's strftime".into());
        }
        let program = match compile(text, &items) {
            Some(steps) => {
                check(&steps)?;
                Program::Steps(steps)
            }
            // chrono reads over the names of zones.
            None if items.contains(&Item::Fixed(Fixed::TimezoneName)) => {
                return Err("has %Z beside a specifier with which it cannot be read".into());
            }
            None => Program::Chrono(items.into_iter().map(Item::to_owned).collect()),
        };
        Ok(Pattern {
            text: text.into(),
            program,
        })
    }

    /// The format as the user gave it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Reads a timestamp, all of `text`.
    pub fn read(&self, text: &[u8]) -> Option<Moment> {
        match &self.program {
            Program::Steps(steps) => parse(steps, text)?.moment(),
            Program::Chrono(items) => ask_chrono(items, std::str::from_utf8(text).ok()?),
        }
    }
}

/// The steps as a time format.
pub fn written(steps: &[Step]) -> String {
    let mut text = String::new();
    for step in steps {
        let specifier = match step {
            Step::Year => "%Y",
            Step::ShortYear => "%y",
            Step::Month => "%m",
            Step::MonthName => "%b",
            Step::Weekday => "%a",
            Step::Day => "%d",
            Step::WeekYear => "%G",
            Step::Week => "%V",
            Step::DayOfWeek => "%u",
            Step::DayOfYear => "%j",
            Step::Hour => "%H",
            Step::Hour12 => "%I",
            Step::Minute => "%M",
            Step::Second => "%S",
            Step::PointAndFraction => "%.f",
            Step::Fraction => "%f",
            Step::HalfOfDay => "%p",
            Step::Offset(false) => "%z",
            Step::Offset(true) => "%:z",
            Step::ZoneName => "%Z",
            Step::Literal(bytes) => {
                text += &String::from_utf8_lossy(bytes).replace('%', "%%");
                ""
            }
            Step::Blanks => " ",
        };
        text += specifier;
    }
    text
}

/// Refuses a format that never gives a date.
fn check(steps: &[Step]) -> Result<(), String> {
    let has = |any: &[Step]| steps.iter().any(|s| any.contains(s));
    let year = has(&[Step::Year, Step::ShortYear]);
    let day = has(&[Step::Month, Step::MonthName]) && has(&[Step::Day]);
    let date = year && (day || has(&[Step::DayOfYear]))
        || has(&[Step::WeekYear]) && has(&[Step::Week]) && has(&[Step::DayOfWeek]);
    if date {
        Ok(())
    } else if !year && day {
        Err("has no year (%Y): where timestamps have none, write it into the file".into())
    } else {
        Err("gives no full date: it needs year, month and day".into())
    }
}

fn compile(text: &str, items: &[Item<'_>]) -> Option<Vec<Step>> {
    let mut steps = Vec::new();
    for item in items {
        steps.push(match item {
            Item::Literal(s) => Step::Literal(s.as_bytes().to_vec()),
            Item::OwnedLiteral(s) => Step::Literal(s.as_bytes().to_vec()),
            Item::Space(_) | Item::OwnedSpace(_) => Step::Blanks,
            Item::Numeric(numeric, _) => of_numeric(numeric)?,
            Item::Fixed(fixed) => of_fixed(fixed, text)?,
            Item::Error => return None,
        });
    }
    Some(steps)
}

fn of_numeric(numeric: &Numeric) -> Option<Step> {
    Some(match numeric {
        Numeric::Year => Step::Year,
        Numeric::YearMod100 => Step::ShortYear,
        Numeric::Month => Step::Month,
        Numeric::Day => Step::Day,
        Numeric::IsoYear => Step::WeekYear,
        Numeric::IsoWeek => Step::Week,
        Numeric::WeekdayFromMon => Step::DayOfWeek,
        Numeric::Ordinal => Step::DayOfYear,
        Numeric::Hour => Step::Hour,
        Numeric::Hour12 => Step::Hour12,
        Numeric::Minute => Step::Minute,
        Numeric::Second => Step::Second,
        // `%f` after a point is written by everyone who means a fraction; chrono would take .5
        // for five nanoseconds.
        Numeric::Nanosecond => Step::Fraction,
        _ => return None,
    })
}

fn of_fixed(fixed: &Fixed, text: &str) -> Option<Step> {
    Some(match fixed {
        Fixed::ShortMonthName | Fixed::LongMonthName => Step::MonthName,
        Fixed::ShortWeekdayName | Fixed::LongWeekdayName => Step::Weekday,
        Fixed::LowerAmPm | Fixed::UpperAmPm => Step::HalfOfDay,
        Fixed::Nanosecond | Fixed::Nanosecond3 | Fixed::Nanosecond6 | Fixed::Nanosecond9 => {
            Step::PointAndFraction
        }
        Fixed::TimezoneName => Step::ZoneName,
        Fixed::TimezoneOffset
        | Fixed::TimezoneOffsetColon
        | Fixed::TimezoneOffsetZ
        | Fixed::TimezoneOffsetColonZ => Step::Offset(true),
        // chrono hides these items; they are `%#z` and `%3f`, `%6f`, `%9f`.
        Fixed::Internal(_) if text.contains("%#z") && !text.contains('f') => Step::Offset(true),
        Fixed::Internal(_) if !text.contains("%#z") => Step::Fraction,
        _ => return None,
    })
}

/// The parts of a timestamp as they are read.
#[derive(Debug, Default)]
pub struct Parts {
    year: u32,
    /// The month, 1 to 12; anything in a date that does not exist.
    pub month: u32,
    /// The day of the month; anything in a date that does not exist.
    pub day: u32,
    /// Year and week of an ISO week date, and its day.
    week: Option<(u32, u32)>,
    day_of_week: u32,
    day_of_year: Option<u32>,
    hour: u32,
    minute: u32,
    second: u32,
    fraction: i64,
    clock_given: bool,
    afternoon: Option<bool>,
    offset: Option<i32>,
    zone: Option<ZoneName>,
    two_digits: bool,
}

/// Reads the parts of a timestamp, all of `text`, which may yet be a date that does not exist.
pub fn parse(steps: &[Step], text: &[u8]) -> Option<Parts> {
    let mut parts = Parts::default();
    let mut at = 0;
    for step in steps {
        at += parts.step(step, text, at)?;
    }
    // A beginning that fits is not enough: what follows could mean another time.
    (at == text.len()).then_some(parts)
}

impl Parts {
    /// The moment; `None` where there is no such date or time of day.
    pub fn moment(&self) -> Option<Moment> {
        let mut micros = scan::micros(self.hour, self.minute, self.second)?;
        if let Some(afternoon) = self.afternoon {
            micros = scan::twelve_hours(micros, afternoon)?;
        }
        // 24:00:00 is the end of a day, and nothing comes after it.
        if self.hour == 24 && self.fraction > 0 {
            return None;
        }
        let year = i64::from(self.year);
        let days = match (self.week, self.day_of_year) {
            (Some((year, week)), _) => civil::days_of_week(year, week, self.day_of_week)?,
            (None, Some(day)) => civil::days_of_year(year, day)?,
            (None, None) => civil::days(year, self.month, self.day)?,
        };
        Some(Moment {
            days,
            clock: Clock {
                micros: micros + self.fraction,
                offset: self.offset,
                given: self.clock_given,
            },
            // An offset is exact, while the name of a zone may stand for summer and winter.
            zone: self.zone.filter(|_| self.offset.is_none()),
            two_digits: self.two_digits,
        })
    }

    /// Reads one part at `at`; the number of bytes it takes.
    fn step(&mut self, step: &Step, text: &[u8], at: usize) -> Option<usize> {
        let short = |value: &mut u32, most: usize| {
            let (v, n) = scan::digits(text, at, most);
            *value = v;
            (n > 0).then_some(n)
        };
        match step {
            Step::Year => {
                let (year, n) = scan::digits(text, at, 4);
                self.year = year;
                (n == 4).then_some(4)
            }
            Step::ShortYear => {
                let (year, n) = scan::digits(text, at, 2);
                self.year = scan::full_year(year);
                self.two_digits = true;
                (n == 2).then_some(2)
            }
            Step::Month => short(&mut self.month, 2),
            Step::Day => {
                // `%e` is written with a blank before a single digit.
                let blanks = usize::from(text.get(at) == Some(&b' '));
                let (day, n) = scan::digits(text, at + blanks, 2);
                self.day = day;
                (n > 0).then_some(n + blanks)
            }
            Step::WeekYear => {
                let (year, n) = scan::digits(text, at, 4);
                self.week = Some((year, 0));
                (n == 4).then_some(4)
            }
            Step::Week => {
                let (week, n) = scan::digits(text, at, 2);
                self.week = Some((self.week.unwrap_or_default().0, week));
                (n > 0).then_some(n)
            }
            Step::DayOfWeek => short(&mut self.day_of_week, 1),
            Step::DayOfYear => short(self.day_of_year.insert(0), 3),
            Step::Hour | Step::Hour12 => {
                self.clock_given = true;
                short(&mut self.hour, 2)
            }
            Step::Minute => short(&mut self.minute, 2),
            Step::Second => short(&mut self.second, 2),
            Step::MonthName => {
                let (month, n) = names::month(text, at)?;
                self.month = month;
                Some(n)
            }
            Step::PointAndFraction => match text.get(at..)? {
                // Without digits behind it a point is text of the format, not a fraction.
                [b'.' | b',', b'0'..=b'9', ..] => Some(1 + self.fraction(text, at + 1)?),
                _ => Some(0),
            },
            Step::Fraction => self.fraction(text, at),
            _ => self.word(step, text, at),
        }
    }

    fn fraction(&mut self, text: &[u8], at: usize) -> Option<usize> {
        let (fraction, n) = scan::fraction(text, at);
        self.fraction = fraction;
        (n > 0).then_some(n)
    }

    fn word(&mut self, step: &Step, text: &[u8], at: usize) -> Option<usize> {
        let rest = text.get(at..)?;
        match step {
            Step::HalfOfDay => {
                let before = blanks(rest, 0);
                let (afternoon, n) = names::half_of_day(rest, before)?;
                self.afternoon = Some(afternoon);
                Some(before + n)
            }
            Step::Offset(_) => {
                let n = rest.iter().take_while(|b| b"Zz+-:0123456789".contains(b));
                let n = n.count();
                // `GMT+1` and the like have one digit, which `scan` takes for no offset.
                self.offset = Some(scan::offset(&rest[..n]).or_else(|| short_offset(&rest[..n]))?);
                Some(n)
            }
            Step::ZoneName if self.offset.is_some() || self.zone.is_some() => {
                // The offset was read: the name, as Java writes it behind in brackets, adds
                // nothing.
                let closes = |b: &u8| b")]".contains(b);
                Some(rest.iter().position(closes).unwrap_or(rest.len()))
            }
            Step::ZoneName => {
                let n = zone_name_len(rest);
                self.zone = Some(ZoneName::of(&rest[..n])?);
                Some(n)
            }
            Step::Literal(literal) => rest.starts_with(literal).then_some(literal.len()),
            Step::Blanks => Some(blanks(rest, 0)),
            // A weekday says nothing that the date does not say.
            _ => Some(names::word(rest, 0).len()),
        }
    }
}

/// Bytes of the name of a zone at the beginning.
pub fn zone_name_len(text: &[u8]) -> usize {
    let part = |b: &&u8| b.is_ascii_alphanumeric() || b"/_+-".contains(b);
    text.iter().take_while(part).count()
}

/// Minutes east of UTC in `+1` and `-9:30`, as they stand behind GMT.
fn short_offset(text: &[u8]) -> Option<i32> {
    let &[sign @ (b'+' | b'-'), hour @ b'0'..=b'9', ref rest @ ..] = text else {
        return None;
    };
    let padded = [&[sign, b'0', hour], rest].concat();
    scan::offset(&padded)
}

fn ask_chrono(items: &[Item<'static>], text: &str) -> Option<Moment> {
    let mut parsed = Parsed::new();
    chrono::format::parse(&mut parsed, text, items.iter()).ok()?;
    let aware: Option<DateTime<_>> = parsed.to_datetime().ok();
    let (wall, offset): (NaiveDateTime, _) = match aware {
        Some(t) => (t.naive_local(), Some(t.offset().local_minus_utc() / 60)),
        None => match parsed.to_naive_datetime_with_offset(0) {
            Ok(t) => (t, None),
            // A format without a time of day gives midnight.
            Err(_) => (parsed.to_naive_date().ok()?.and_hms_opt(0, 0, 0)?, None),
        },
    };
    let micros = wall.and_utc().timestamp_micros();
    let years = [
        parsed.year(),
        parsed.year_div_100(),
        parsed.isoyear(),
        parsed.isoyear_div_100(),
    ];
    let short = parsed.year_mod_100().or(parsed.isoyear_mod_100());
    Some(Moment {
        days: micros.div_euclid(crate::text::time::DAY),
        clock: Clock {
            micros: micros.rem_euclid(crate::text::time::DAY),
            offset,
            given: parsed.hour_mod_12().is_some() || parsed.timestamp().is_some(),
        },
        zone: None,
        two_digits: short.is_some() && years == [None; 4] && parsed.timestamp().is_none(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn micros(format: &str, text: &str) -> Option<String> {
        let moment = Pattern::new(format).unwrap().read(text.as_bytes())?;
        let offset = i64::from(moment.clock.offset.unwrap_or(0)) * 60_000_000;
        let micros = moment.days * crate::text::time::DAY + moment.clock.micros - offset;
        let time = DateTime::from_timestamp_micros(micros).unwrap();
        Some(time.format("%F %T%.f").to_string())
    }

    #[test]
    fn formats_are_read() {
        let cases = [
            (
                "%Y/%m/%d %H:%M:%S%.f",
                "2012/10/09 14:50:17.000",
                "2012-10-09 14:50:17",
            ),
            (
                "%Y/%m/%d %H:%M:%S.%f",
                "2012/10/09 14:50:17.5",
                "2012-10-09 14:50:17.500",
            ),
            ("%d/%m/%Y %H:%M", "5/3/2016 1:16", "2016-03-05 01:16:00"),
            ("%d.%m.%y %H:%M", "9.3.10 8:05", "2010-03-09 08:05:00"),
            (
                "%d %b %Y, %I:%M %p",
                "9 Mar 2010, 8:05 PM",
                "2010-03-09 20:05:00",
            ),
            ("%d %B %Y", "9 March 2010", "2010-03-09 00:00:00"),
            (
                "%Y-%m-%dT%H:%M:%S%z",
                "2010-03-09T08:05:00+03:00",
                "2010-03-09 05:05:00",
            ),
            (
                "%Y-%m-%dT%H:%M:%S%#z",
                "2010-03-09T08:05:00+03",
                "2010-03-09 05:05:00",
            ),
            ("%F %T", "2010-03-09 24:00:00", "2010-03-10 00:00:00"),
            (
                "%Y%m%d%H%M%S%3f",
                "20100309080500123",
                "2010-03-09 08:05:00.123",
            ),
            ("%s", "1704103200", "2024-01-01 10:00:00"),
            ("%Y-%j", "2024-060", "2024-02-29 00:00:00"),
            ("%G-W%V-%u", "2024-W53-1", "-"),
            ("%G-W%V-%u", "2020-W53-7", "2021-01-03 00:00:00"),
            (
                "%d %B %Y %H:%M",
                "5 марта 2024 10:00",
                "2024-03-05 10:00:00",
            ),
            (
                "%m/%d/%Y, %I:%M:%S %p",
                "8/27/2026, 10:04:42\u{202f}PM",
                "2026-08-27 22:04:42",
            ),
            (
                "%F %T,%f",
                "2024-03-05 10:00:00,25",
                "2024-03-05 10:00:00.250",
            ),
            (
                "%F %T GMT%z (%Z)",
                "2024-03-05 10:00:00 GMT+1 (Central European Standard Time)",
                "2024-03-05 09:00:00",
            ),
            (
                "%a %b %e %T %Y",
                "Tue Mar  9 08:05:00 2010",
                "2010-03-09 08:05:00",
            ),
        ];
        for (format, text, want) in cases {
            let want = (want != "-").then_some(want);
            assert_eq!(micros(format, text).as_deref(), want, "{format}");
        }
    }

    /// Also where chrono reads them, as `%U` and `%C`.
    #[test]
    fn dates_alone_and_short_years_are_known() {
        for (format, text, given, short) in [
            ("%Y %U %w", "2024 09 2", false, false),
            ("%Y %U %w %H:%M", "2024 09 2 00:00", true, false),
            ("%y %U %w", "24 09 2", false, true),
            ("%C%y-%m-%d", "2024-03-05", false, false),
            ("%s %a", "1704103200 Mon", true, false),
            ("%Y-%m-%d", "2024-03-05", false, false),
            ("%d.%m.%y", "05.03.24", false, true),
        ] {
            let moment = Pattern::new(format).unwrap().read(text.as_bytes());
            let moment = moment.unwrap_or_else(|| panic!("{format}"));
            assert_eq!(
                (moment.clock.given, moment.two_digits),
                (given, short),
                "{format}"
            );
        }
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let cases = [
            ("%Y-%m-%d", "2024-02-30"),
            ("%Y-%m-%d", "2024-02-03x"),
            ("%Y-%m-%d", "24-02-03"),
            ("%d.%m.%y", "1.1.2024"),
            ("%H:%M %d.%m.%Y", "25:00 01.01.2024"),
            ("%s", "later"),
        ];
        for (format, text) in cases {
            assert_eq!(micros(format, text), None, "{format} {text}");
        }
        assert!(Pattern::new("%Q").is_err());
        assert!(Pattern::new("%H:%M").is_err());
        assert!(Pattern::new("%s %Z").is_err());
    }
}
