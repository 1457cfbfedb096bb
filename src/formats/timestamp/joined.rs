//! Timestamps of which one column has the date and another the time of day.

use super::{TimeReader, learn, trim};
use regex::bytes::Regex;
use std::sync::LazyLock;

/// `8:30`, `08:30:05.25`, `8.30`, `08h30`, `8:30:05 AM`, `08:30 Uhr`, with an offset or without.
static CLOCK: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?x-u)^[0-2]?[0-9] [:.hH] [0-5][0-9] ( [:.m] [0-6][0-9] ([.,][0-9]+)? s? )?
        \s* (?i: [ap]\.?m\.? | uhr | z | [+-][0-9]{2}:?[0-9]{2} )? $",
    )
    .ok()
});

/// `HHMM` and `HHMMSS`, also without the leading zeros.
fn is_number(time: &[u8]) -> bool {
    let pair = |at: usize| {
        time.len()
            .checked_sub(at)
            .map_or(0, |end| number(&time[..end]))
            % 100
    };
    let digits = time.iter().all(u8::is_ascii_digit);
    match time.len() {
        1..=4 => digits && pair(0) < 60 && pair(2) < 60,
        5 | 6 => digits && pair(0) < 60 && pair(2) < 60 && pair(4) < 24,
        _ => false,
    }
}

fn number(digits: &[u8]) -> u32 {
    digits
        .iter()
        .fold(0, |n, d| n * 10 + u32::from(d.wrapping_sub(b'0')))
}

/// Returns whether these are times of day without a date; what may be a number, as `0830` and `8.30`,
/// only where `numbers` may be times.
pub fn are_clocks<'a>(values: impl Iterator<Item = &'a [u8]>, numbers: bool) -> bool {
    let Some(clock) = &*CLOCK else { return false };
    let (mut n, mut good) = (0u32, 0u32);
    for value in values.map(trim).filter(|v| !v.is_empty()) {
        n += 1;
        let time = without_date(value);
        let marked = time.iter().any(|b| b":hH".contains(b));
        let plain = (marked || numbers) && clock.is_match(time) || numbers && is_number(time);
        good += u32::from(plain || is_read_behind_date(time));
        // Most columns are plainly none: some values tell.
        if n > 2 * good + MOST_OTHERS {
            return false;
        }
    }
    // Some rows may bear a mark for "unknown".
    n > 0 && good * 10 >= n * 9
}

/// Returns whether a text that is no usual time of day is read as one behind a date: `8:30 a. m.`,
/// `下午 5:04`.
fn is_read_behind_date(time: &[u8]) -> bool {
    const LONGEST: usize = 32;
    let odd = time.contains(&b':') || !time.is_ascii();
    if !odd || time.len() > LONGEST || !time.iter().any(u8::is_ascii_digit) {
        return false;
    }
    let text = [b"2000-01-02 ", time].concat();
    let learned = learn([text.as_slice()].into_iter(), None);
    learned.is_some_and(|learned| TimeReader::new(learned.format, None).read(&text).is_ok())
}

/// Other values than times of day that are looked at, beside as many as there are times of day.
const MOST_OTHERS: u32 = 8;

/// How the column of the time of day is joined to that of the date.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Joined {
    /// Numbers have hours, minutes and seconds: `500` is 00:05:00, not 05:00.
    seconds: bool,
}

impl Joined {
    /// Learns from samples of the time of day.
    pub fn learn<'a>(values: impl Iterator<Item = &'a [u8]>) -> Self {
        // Beyond four digits there are seconds; spreadsheets drop leading zeros, so 500 needs this.
        let is_long = |v: &[u8]| v.len() > 4 && v.iter().all(u8::is_ascii_digit);
        let mut values = values.map(trim);
        Joined {
            seconds: values.any(is_long),
        }
    }

    /// Writes date and time of day as one text that is read as a timestamp; empty without a date,
    /// the date alone without a time.
    pub fn join<'j>(self, date: &[u8], time: &[u8], joined: &'j mut Vec<u8>) -> &'j [u8] {
        joined.clear();
        let (date, offset) = without_midnight(trim(date));
        let time = without_date(trim(time));
        joined.extend_from_slice(date);
        if date.is_empty() || time.is_empty() {
            return joined;
        }
        joined.push(b' ');
        if time.iter().all(u8::is_ascii_digit) && time.len() <= 6 {
            let width = if self.seconds || time.len() > 4 { 6 } else { 4 };
            let zeros = std::iter::repeat_n(b'0', width - time.len());
            let digits: Vec<u8> = zeros.chain(time.iter().copied()).collect();
            for (i, pair) in digits.chunks(2).enumerate() {
                joined.extend_from_slice(if i == 0 { b"" } else { b":" });
                joined.extend_from_slice(pair);
            }
            joined.extend_from_slice(offset);
            return joined;
        }
        let plain = time.strip_suffix(b"Uhr").map_or(time, |t| trim(t));
        // 8.30 and 08h30: up to the minutes (and, with dots, the seconds) the marks are colons.
        let is_mark = |b: u8| b"hH".contains(&b) || b == b'.' && !time.contains(&b':');
        let mark = |&b: &u8| if is_mark(b) { b':' } else { b };
        joined.extend(plain.iter().map(mark));
        if !plain.iter().any(|b| b"Zz+-".contains(b)) {
            joined.extend_from_slice(offset);
        }
        joined
    }
}

/// A date without the midnight that spreadsheets and databases write behind it, and the offset from
/// UTC behind that.
fn without_midnight(date: &[u8]) -> (&[u8], &[u8]) {
    let mut windows = date.windows(6);
    let at = windows.position(|w| w == b" 00:00" || w == b"T00:00");
    let (date, midnight) = date.split_at(at.unwrap_or(date.len()));
    let offset = midnight.iter().position(|b| b"Zz+-".contains(b));
    (date, offset.map_or(b"", |at| &midnight[at..]))
}

/// A time of day without the day that spreadsheets and databases write before it.
fn without_date(time: &[u8]) -> &[u8] {
    // Day 0 of spreadsheets in their two countings, and of Unix.
    const DAYS: [&[u8]; 4] = [b"1899-12-30", b"1899-12-31", b"1900-01-01", b"1970-01-01"];
    let rest = DAYS.iter().find_map(|day| time.strip_prefix(*day));
    let rest = rest.and_then(|r| r.strip_prefix(b" ").or_else(|| r.strip_prefix(b"T")));
    rest.unwrap_or(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn date_and_time_of_day_are_one_timestamp() {
        let at = |h: i64, m: i64, s: i64| 1_709_596_800 + h * 3600 + m * 60 + s;
        let cases = [
            ("2024-03-05", "8:30:05 AM", false, at(8, 30, 5)),
            ("05.03.2024", "08:30", false, at(8, 30, 0)),
            ("2024-03-05 00:00:00", "08:30:05", false, at(8, 30, 5)),
            (
                "2024-03-05T00:00:00Z",
                "1899-12-30 17:00:00",
                false,
                at(17, 0, 0),
            ),
            ("2024-03-05T00:00:00+02:00", "08:30", false, at(6, 30, 0)),
            ("2024-03-05T00:00:00+02:00", "08:30Z", false, at(8, 30, 0)),
            ("20240305", "081500", false, at(8, 15, 0)),
            ("20240305", "81500", false, at(8, 15, 0)),
            ("20240305", "500", true, at(0, 5, 0)),
            ("20240305", "830", false, at(8, 30, 0)),
            ("5/3/2024", "8.30", false, at(8, 30, 0)),
            ("2024-03-05", "08h30", false, at(8, 30, 0)),
            ("2024-03-05", "17:04 Uhr", false, at(17, 4, 0)),
            ("2024-03-05", "5:04 p. m.", false, at(17, 4, 0)),
            ("2024-03-05", "下午 5:04", false, at(17, 4, 0)),
            ("2024-03-05", "", false, at(0, 0, 0)),
        ];
        for (date, time, seconds, expected) in cases {
            let mut joined = Vec::new();
            let text = Joined { seconds }.join(date.as_bytes(), time.as_bytes(), &mut joined);
            let shown = String::from_utf8_lossy(text).into_owned();
            let learned = learn([text].into_iter(), None);
            let format = learned.map(|l| l.format).expect(&shown);
            let read = TimeReader::new(format, None).read(text);
            assert_eq!(read, Ok(expected * 1_000_000), "{date} {time}: {shown}");
        }
        let mut joined = Vec::new();
        assert_eq!(Joined::default().join(b" ", b"08:30", &mut joined), b"");
    }

    #[test]
    fn times_of_day_are_told_from_other_values() {
        let all = |texts: &[&str], numbers| are_clocks(texts.iter().map(|t| t.as_bytes()), numbers);
        assert!(all(&["8:30", "17:45:10", "08:00 PM", ""], false));
        assert!(all(&["8:30 a. m.", "5:04 p.\u{a0}m."], false));
        assert!(all(&["오전 8:30", "오후 5:04"], false));
        assert!(!all(&["Заявка 12", "Ärende 8", "a: 1"], true));
        assert!(all(&["81500", "171000", "0"], true));
        assert!(!all(&["81500", "171000"], false));
        assert!(!all(&["2024-03-05 08:30", "2024-03-05 09:30"], false));
        assert!(!all(&["3.5", "12.75"], true));
        assert!(!all(&["", ""], true));
    }
}
