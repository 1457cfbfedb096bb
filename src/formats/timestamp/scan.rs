//! Scanners for dates, times of day and offsets as people and programs write them. They work on
//! bytes, allocate nothing and know nothing of zones or columns.
//!
//! Own code, as chrono needs the format before it reads. A column may mix forms, and how each value
//! is written (day or month first, years of two digits) is evidence for the order of its dates. It
//! is also the fast way: see the figures in `pattern`, which reads with the same functions.

use super::civil;
use crate::formats::DateOrder;
use crate::text::time::HOUR;

/// Bits for what the notation of a date shows about its column.
pub type Traits = u8;
/// The year has two digits.
pub const TWO_DIGITS: Traits = 1;
/// Only day, month, year makes sense of it.
pub const DAY_FIRST: Traits = 2;
/// Only month, day, year makes sense of it.
pub const MONTH_FIRST: Traits = 4;
/// Day and month may stand either way.
pub const EITHER_WAY: Traits = 8;
/// Only year, day, month makes sense of it.
pub const YEAR_DAY: Traits = 16;
/// Only year, month, day makes sense of it.
pub const YEAR_MONTH: Traits = 32;

/// A date at the beginning of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Date {
    /// Days since 1970-01-01.
    pub days: i64,
    /// Bytes it takes.
    pub len: usize,
    /// Traits of its notation.
    pub traits: Traits,
}

/// A time of day after a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock {
    /// Microseconds since midnight; a leap second and 24:00 reach into the next minute or day.
    pub micros: i64,
    /// Minutes east of UTC, where given.
    pub offset: Option<i32>,
    /// True if there is a time at all.
    pub given: bool,
}

/// Value and number of the digits at `at`, at most `most` of them.
#[inline]
pub fn digits(text: &[u8], at: usize, most: usize) -> (u32, usize) {
    let mut value = 0;
    let mut n = 0;
    while n < most {
        match text.get(at + n) {
            Some(&b) if b.is_ascii_digit() => value = value * 10 + u32::from(b - b'0'),
            _ => break,
        }
        n += 1;
    }
    (value, n)
}

/// No date, or one that does not exist. What looks like a date says something about its column all
/// the same: its length, 0 where it does not, and what its writing says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoDate {
    /// Bytes that look like a date.
    pub len: usize,
    /// Traits of its notation.
    pub traits: Traits,
}

const NONE: NoDate = NoDate { len: 0, traits: 0 };

/// The date at the beginning of `text`. `compact` allows `20240131`, which is a number elsewhere.
pub fn date(text: &[u8], order: DateOrder, compact: bool) -> Result<Date, NoDate> {
    let (first, n) = digits(text, 0, 9);
    match n {
        1 | 2 => short_first(text, first, n, order),
        4 => year_first(text, first, order),
        // Nine digits mean nine or more: a time of day follows directly.
        8 | 9 if compact => {
            let (date, _) = digits(text, 0, 8);
            make(date / 10_000, date / 100 % 100, date % 100, 8, 0)
        }
        _ => Err(NONE),
    }
}

#[inline]
fn make(year: u32, month: u32, day: u32, len: usize, traits: Traits) -> Result<Date, NoDate> {
    match civil::days(i64::from(year), month, day) {
        Some(days) => Ok(Date { days, len, traits }),
        None => Err(NoDate { len, traits }),
    }
}

/// `2024-01-31`, `2024/1/5`, `2024.01.31`.
#[inline]
fn year_first(text: &[u8], year: u32, order: DateOrder) -> Result<Date, NoDate> {
    let separator = *text.get(4).ok_or(NONE)?;
    if !matches!(separator, b'-' | b'/' | b'.') {
        return Err(NONE);
    }
    let (month, n) = digits(text, 5, 2);
    if n == 0 || text.get(5 + n) != Some(&separator) {
        return Err(NONE);
    }
    let at = 6 + n;
    let (day, n) = digits(text, at, 2);
    if n == 0 {
        return Err(NONE);
    }
    let traits = match (month > 12, day > 12) {
        (true, _) => YEAR_DAY,
        (_, true) => YEAR_MONTH,
        _ => 0,
    };
    if order == DateOrder::Ydm {
        return make(year, day, month, at + n, traits);
    }
    make(year, month, day, at + n, traits)
}

/// `31.1.24`, `31/01/2024`, `01-31-2024`.
fn short_first(text: &[u8], first: u32, n: usize, order: DateOrder) -> Result<Date, NoDate> {
    let separator = *text.get(n).ok_or(NONE)?;
    if !matches!(separator, b'.' | b'/' | b'-') {
        return Err(NONE);
    }
    let at = n + 1;
    let (second, n) = digits(text, at, 2);
    let at = at + n + 1;
    if n == 0 || text.get(at - 1) != Some(&separator) {
        return Err(NONE);
    }
    // One digit more than a year has, to see numbers that are longer.
    let (third, n) = digits(text, at, 5);
    let len = at + n;
    match (order, n) {
        (DateOrder::Ymd, 1 | 2) => return make(full_year(first), second, third, len, TWO_DIGITS),
        (DateOrder::Ydm, 1 | 2) => return make(full_year(first), third, second, len, TWO_DIGITS),
        (DateOrder::Ymd, _) => return Err(NONE),
        _ => {}
    }
    let (year, two_digits) = match n {
        2 => (full_year(third), TWO_DIGITS),
        4 => (third, 0),
        _ => return Err(NONE),
    };
    // With points the day always comes first, which says nothing of dates with slashes.
    if separator == b'.' {
        return make(year, second, first, len, two_digits);
    }
    let evidence = order_of(first, second);
    let (day, month) = if order == DateOrder::Mdy {
        (second, first)
    } else {
        (first, second)
    };
    make(year, month, day, len, evidence | two_digits)
}

/// What the first two numbers of a date say about their order.
pub fn order_of(first: u32, second: u32) -> Traits {
    match (first > 12, second > 12) {
        (true, _) => DAY_FIRST,
        (_, true) => MONTH_FIRST,
        _ => EITHER_WAY,
    }
}

/// Two digits stand for the years 1970 to 2069.
pub fn full_year(two_digits: u32) -> u32 {
    two_digits + if two_digits < 70 { 2000 } else { 1900 }
}

/// Parses the rest after a date: nothing, a time, an offset, or both. All of `rest` must be used.
#[inline]
pub fn clock(rest: &[u8], compact: bool) -> Option<Clock> {
    let mut clock = Clock {
        micros: 0,
        offset: None,
        given: false,
    };
    let mut at = 0;
    if let [b'T' | b't' | b' ', digit, ..] = rest
        && digit.is_ascii_digit()
    {
        clock.given = true;
        (clock.micros, at) = time_of_day(rest, 1, compact)?;
    }
    match rest.get(at..) {
        Some([]) => return Some(clock),
        Some([b'Z']) => {
            clock.offset = Some(0);
            return Some(clock);
        }
        _ => at = skip_blanks(rest, at),
    }
    if clock.given
        && let Some((hour_shift, n)) = half_of_day(rest, at, clock.micros)
    {
        clock.micros = hour_shift?;
        at = skip_blanks(rest, at + n);
    }
    if at < rest.len() {
        clock.offset = Some(offset(&rest[at..])?);
    }
    Some(clock)
}

fn skip_blanks(text: &[u8], mut at: usize) -> usize {
    while text.get(at) == Some(&b' ') {
        at += 1;
    }
    at
}

/// Value of two digits.
#[inline]
fn pair(a: u8, b: u8) -> Option<u32> {
    let (a, b) = (a.wrapping_sub(b'0'), b.wrapping_sub(b'0'));
    (a < 10 && b < 10).then(|| u32::from(a * 10 + b))
}

/// Hour, minute and second of `10:30:15`.
#[inline]
fn full_time(text: &[u8]) -> Option<(u32, u32, u32)> {
    let &[h1, h2, b':', m1, m2, b':', s1, s2] = text.first_chunk::<8>()? else {
        return None;
    };
    Some((pair(h1, h2)?, pair(m1, m2)?, pair(s1, s2)?))
}

/// `10:30`, `9:05:07`, `10:30:15.123456`, and `103015` where compact; where it ends.
#[inline]
fn time_of_day(text: &[u8], at: usize, compact: bool) -> Option<(i64, usize)> {
    // The usual form first: one comparison of eight bytes instead of three loops.
    if let Some((hour, minute, second)) = full_time(&text[at..]) {
        return with_fraction(text, at + 8, hour, micros(hour, minute, second)?);
    }
    let (hour, n) = digits(text, at, if compact { 6 } else { 2 });
    let (hour, minute, second, at) = match n {
        4 => (hour / 100, hour % 100, None, at + 4),
        6 => (hour / 10_000, hour / 100 % 100, Some(hour % 100), at + 6),
        1 | 2 => {
            let at = at + n;
            let (minute, n) = digits(text, at + 1, 2);
            if text.get(at) != Some(&b':') || n != 2 {
                return None;
            }
            match text.get(at + 3) {
                Some(b':') => match digits(text, at + 4, 2) {
                    (second, 2) => (hour, minute, Some(second), at + 6),
                    _ => return None,
                },
                _ => (hour, minute, None, at + 3),
            }
        }
        _ => return None,
    };
    match second {
        Some(second) => with_fraction(text, at, hour, micros(hour, minute, second)?),
        None => Some((micros(hour, minute, 0)?, at)),
    }
}

/// Adds the fraction of a second that may begin at `at`; returns where it ends.
#[inline]
fn with_fraction(text: &[u8], at: usize, hour: u32, micros: i64) -> Option<(i64, usize)> {
    let Some(b'.' | b',') = text.get(at) else {
        return Some((micros, at));
    };
    let (fraction, n) = fraction(text, at + 1);
    if n == 0 || hour == 24 && fraction > 0 {
        return None;
    }
    Some((micros + fraction, at + 1 + n))
}

/// A time of day in microseconds; 24:00:00 and the leap second :60 are times, 25:00 is none.
pub fn micros(hour: u32, minute: u32, second: u32) -> Option<i64> {
    let end_of_day = hour == 24 && minute == 0 && second == 0;
    if (hour > 23 && !end_of_day) || minute > 59 || second > 60 {
        return None;
    }
    Some(i64::from(hour * 3600 + minute * 60 + second) * 1_000_000)
}

/// Microseconds of the last of 0 to 6 digits after the decimal mark.
const SCALES: [i64; 7] = [1_000_000, 100_000, 10_000, 1_000, 100, 10, 1];

/// Digits after the decimal mark as microseconds, further ones cut off; number of digits.
#[inline]
pub fn fraction(text: &[u8], at: usize) -> (i64, usize) {
    let mut value = 0;
    let mut n = 0;
    while let Some(b) = text.get(at + n).filter(|b| b.is_ascii_digit()) {
        if n < 6 {
            value = value * 10 + i64::from(b - b'0');
        }
        n += 1;
    }
    (value * SCALES[n.min(6)], n)
}

/// `AM` or `PM` at `at`: the microseconds it makes of those of a 12-hour clock, and its length.
fn half_of_day(text: &[u8], at: usize, micros: i64) -> Option<(Option<i64>, usize)> {
    let word = text.get(at..at + 2)?;
    let afternoon = word.eq_ignore_ascii_case(b"pm");
    if !afternoon && !word.eq_ignore_ascii_case(b"am") {
        return None;
    }
    Some((twelve_hours(micros, afternoon), 2))
}

/// From the 12-hour clock to the 24-hour clock; hours 1 to 12 only.
pub fn twelve_hours(micros: i64, afternoon: bool) -> Option<i64> {
    let hour = micros / HOUR;
    (1..=12).contains(&hour).then(|| {
        let noon = if afternoon { 12 } else { 0 };
        micros - hour * HOUR + (hour % 12 + noon) * HOUR
    })
}

/// Minutes east of UTC: `Z`, `UTC`, `GMT`, `+03`, `+0300`, `+03:00`; all of `text` is used.
#[inline]
pub fn offset(text: &[u8]) -> Option<i32> {
    let (sign, rest) = match text {
        [b'Z' | b'z'] => return Some(0),
        [b'+', rest @ ..] => (1, rest),
        [b'-', rest @ ..] => (-1, rest),
        _ if text.eq_ignore_ascii_case(b"utc") || text.eq_ignore_ascii_case(b"gmt") => {
            return Some(0);
        }
        _ => return None,
    };
    let (hours, minutes) = match *rest {
        [a, b] => (pair(a, b)?, 0),
        [a, b, c, d] | [a, b, b':', c, d] => (pair(a, b)?, pair(c, d)?),
        _ => return None,
    };
    (hours <= 23 && minutes <= 59).then_some(sign * (hours * 60 + minutes) as i32)
}
