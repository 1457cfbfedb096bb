//! Instants and durations as text, and durations read from text.
//! Instants are microseconds since 1970-01-01T00:00Z, durations seconds.

use super::count;
use chrono::{DateTime, Datelike, LocalResult, NaiveDateTime, TimeDelta, TimeZone};

pub use chrono_tz::{Tz, UTC};

/// Microseconds of a second.
pub const SECOND: i64 = 1_000_000;
/// Microseconds of a minute.
pub const MINUTE: i64 = 60 * SECOND;
/// Microseconds of an hour.
pub const HOUR: i64 = 60 * MINUTE;
/// Microseconds of a day.
pub const DAY: i64 = 24 * HOUR;

/// Weekdays as filters, reports and rules write them, Monday first.
pub const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// A duration in two units at most, each in its own width so that a column of them can be read:
/// `0`, `40us`, `312ms`, `5.2s`, `42s`, `5m 04s`, `3h 07m`, `2d 03h`, `1,234d`. No number is `-`.
pub fn duration(seconds: f64) -> String {
    if seconds.is_nan() {
        return "-".to_owned();
    }
    let sign = if seconds < 0.0 { "-" } else { "" };
    let seconds = seconds.abs();
    // Rounded to what is shown, so that a unit is chosen by the text and not by the exact value.
    let micros = (seconds * 1e6).round();
    let text = if micros < 1.0 {
        return "0".to_owned();
    } else if micros < 1000.0 {
        format!("{micros:.0}us")
    } else if micros < 999_500.0 {
        // What rounds to 1000ms reads 1s.
        format!("{:.0}ms", seconds * 1e3)
    } else if (seconds * 10.0).round() < 100.0 {
        let tenths = (seconds * 10.0).round() as u64;
        match tenths % 10 {
            0 => format!("{}s", tenths / 10),
            tenth => format!("{}.{tenth}s", tenths / 10),
        }
    } else {
        long_duration(seconds)
    };
    format!("{sign}{text}")
}

/// From ten seconds on: rounded to the smaller of the two units shown, so that nothing reads `60s`.
fn long_duration(seconds: f64) -> String {
    let whole = seconds.round() as u64;
    let minutes = (seconds / 60.0).round() as u64;
    let hours = (seconds / 3600.0).round() as u64;
    if whole < 60 {
        format!("{whole}s")
    } else if whole < 3600 {
        format!("{}m {:02}s", whole / 60, whole % 60)
    } else if minutes < 24 * 60 {
        format!("{}h {:02}m", minutes / 60, minutes % 60)
    } else if hours < 1000 * 24 {
        format!("{}d {:02}h", hours / 24, hours % 24)
    } else {
        format!("{}d", count((seconds / 86_400.0).round() as u64))
    }
}

/// Working time, of which nobody can say how much a day is: the same as [`duration`], but hours
/// instead of days: `52h 30m`, `1,240h`.
pub fn working(seconds: f64) -> String {
    let minutes = (seconds.abs() / 60.0).round();
    if seconds.is_nan() || minutes < 24.0 * 60.0 {
        return duration(seconds);
    }
    let sign = if seconds < 0.0 { "-" } else { "" };
    let minutes = minutes as u64;
    if minutes < 100 * 60 {
        format!("{sign}{}h {:02}m", minutes / 60, minutes % 60)
    } else {
        format!("{sign}{}h", count((seconds.abs() / 3600.0).round() as u64))
    }
}

/// A round duration, already as text: `2d` rather than `2d 00h`. For ticks and the bounds of bins.
pub fn rounded(text: String) -> String {
    for zeros in [" 00h", " 00m", " 00s"] {
        if let Some(short) = text.strip_suffix(zeros) {
            return short.to_owned();
        }
    }
    text
}

/// A round duration: `2d`.
pub fn round_duration(seconds: f64) -> String {
    rounded(duration(seconds))
}

/// The units of durations: their text and their microseconds.
const UNITS: [(&str, i64); 9] = [
    ("w", 7 * 86_400_000_000),
    ("d", 86_400_000_000),
    ("h", 3_600_000_000),
    ("ms", 1_000),
    ("m", 60_000_000),
    ("s", 1_000_000),
    ("us", 1),
    ("µs", 1),
    ("μs", 1),
];

/// Reads a duration as in filters, `90s`, `1d12h`, `1.5h`, in microseconds.
///
/// ```
/// use casetrail::text::time::{duration, duration_literal, parse_duration};
///
/// let micros = parse_duration("1.5h").unwrap();
/// assert_eq!(duration_literal(micros), "1h30m");
/// assert_eq!(duration(micros as f64 / 1e6), "1h 30m");
/// assert!(parse_duration("5").is_err());
/// ```
///
/// # Errors
/// Expected input, as a sentence.
pub fn parse_duration(text: &str) -> Result<i64, &'static str> {
    let mut micros = 0i64;
    let mut rest = text;
    while !rest.is_empty() {
        let (amount, after) = number(rest).ok_or("expected a duration such as 90s, 4h or 1d12h")?;
        let len = after
            .find(|c: char| c.is_ascii_digit() || c == '.')
            .unwrap_or(after.len());
        let (unit, next) = after.split_at(len);
        let &(_, unit) = UNITS
            .iter()
            .find(|(name, _)| *name == unit)
            .ok_or("the units of a duration are w, d, h, m, s, ms and us")?;
        let part = amount.times(unit)?;
        micros = micros.checked_add(part).ok_or(TOO_LONG)?;
        rest = next;
    }
    if text.is_empty() {
        return Err("expected a duration such as 90s, 4h or 1d12h");
    }
    Ok(micros)
}

const TOO_LONG: &str = "the duration is too long";

/// A decimal number without sign, exact.
struct Decimal {
    digits: i128,
    decimals: u32,
}

impl Decimal {
    fn times(&self, unit: i64) -> Result<i64, &'static str> {
        // In i128: 18 digits times a week in microseconds go beyond i64.
        let product = self.digits * i128::from(unit);
        let scale = 10i128.pow(self.decimals);
        if product % scale != 0 {
            return Err("a duration is not finer than a microsecond");
        }
        i64::try_from(product / scale).map_err(|_| TOO_LONG)
    }
}

/// The number at the start of a text, and what follows it.
fn number(text: &str) -> Option<(Decimal, &str)> {
    let digits = |s: &str| s.find(|c: char| !c.is_ascii_digit()).unwrap_or(s.len());
    let whole = digits(text);
    let after = &text[whole..];
    let fraction = match after.strip_prefix('.') {
        Some(fraction) => &fraction[..digits(fraction)],
        None => "",
    };
    let end = whole
        + if fraction.is_empty() {
            0
        } else {
            fraction.len() + 1
        };
    // 18 digits and the longest unit stay far inside 128 bits.
    if whole == 0 || whole + fraction.len() > 18 {
        return None;
    }
    let all = [&text[..whole], fraction].concat();
    let decimal = Decimal {
        digits: all.parse().ok()?,
        decimals: fraction.len() as u32,
    };
    Some((decimal, &text[end..]))
}

/// A duration as the filter language writes it, exact: `1d4h30m`, `40us`, `-5s`.
pub fn duration_literal(micros: i64) -> String {
    let units = [
        ("d", 86_400_000_000),
        ("h", 3_600_000_000),
        ("m", 60_000_000),
        ("s", 1_000_000),
        ("ms", 1_000),
        ("us", 1),
    ];
    if micros == 0 {
        return "0s".to_owned();
    }
    let mut rest = micros.unsigned_abs();
    let parts = units.map(|(name, unit)| {
        let n = rest / unit;
        rest %= unit;
        if n > 0 {
            format!("{n}{name}")
        } else {
            String::new()
        }
    });
    let sign = if micros < 0 { "-" } else { "" };
    format!("{sign}{}", parts.concat())
}

/// An instant to the minute: `2024-03-01 12:00`.
pub fn instant(micros: i64, zone: Tz) -> String {
    format(micros, zone, "%Y-%m-%d %H:%M")
}

/// An instant as exact as it is: `2024-03-01 12:00:05`, `2024-03-01 12:00:05.250`.
///
/// ```
/// use casetrail::text::time::{exact_instant, instant};
///
/// let micros = 1_709_294_405_250_000;
/// assert_eq!(instant(micros, chrono_tz::UTC), "2024-03-01 12:00");
/// assert_eq!(
///     exact_instant(micros, chrono_tz::Europe::Berlin),
///     "2024-03-01 13:00:05.250"
/// );
/// ```
pub fn exact_instant(micros: i64, zone: Tz) -> String {
    let pattern = if micros % SECOND == 0 {
        "%Y-%m-%d %H:%M:%S"
    } else if micros % 1000 == 0 {
        "%Y-%m-%d %H:%M:%S%.3f"
    } else {
        "%Y-%m-%d %H:%M:%S%.6f"
    };
    format(micros, zone, pattern)
}

/// An instant in a format of a file: strftime, or a count such as `epoch_ms`. `None` for other formats.
pub fn in_format(micros: i64, zone: Tz, format: &str) -> Option<String> {
    use std::fmt::Write;
    let count = |unit: i64| Some(micros.div_euclid(unit).to_string());
    match format {
        "epoch_s" => return count(SECOND),
        "epoch_ms" => return count(1000),
        "epoch_us" => return count(1),
        "epoch_ns" => return Some((i128::from(micros) * 1000).to_string()),
        _ if !format.contains('%') => return None,
        _ => {}
    }
    let time = DateTime::from_timestamp_micros(micros)?.with_timezone(&zone);
    let mut text = String::new();
    // An unknown specifier is an error, which `to_string` would panic on.
    write!(text, "{}", time.format(format)).ok()?;
    Some(text)
}

/// The day of an instant: `2024-03-01`.
pub fn date(micros: i64, zone: Tz) -> String {
    format(micros, zone, "%Y-%m-%d")
}

/// The month of an instant: `2024-03`.
pub fn month(micros: i64, zone: Tz) -> String {
    format(micros, zone, "%Y-%m")
}

/// The first and the last instant that logs can have and RFC 3339 can write: the years 1 to 9999.
pub const INSTANTS: (i64, i64) = (-62_135_596_800_000_000, 253_402_300_799_999_999);

/// The nearest instant of the years 1 to 9999: bounds of bins may be rounded beyond them.
pub fn writable(micros: i64) -> i64 {
    micros.clamp(INSTANTS.0, INSTANTS.1)
}

fn format(micros: i64, zone: Tz, pattern: &str) -> String {
    let micros = writable(micros);
    // At both ends of the years a zone may lead beyond them: the time is that of UTC then.
    let shown = local(micros, zone).filter(|time| (1..=9999).contains(&time.year()));
    let shown = shown.or_else(|| local(micros, UTC));
    shown.map_or_else(|| format!("{micros}us"), |t| t.format(pattern).to_string())
}

/// The local time of an instant; `None` beyond the years that chrono knows.
pub(super) fn local(micros: i64, zone: Tz) -> Option<NaiveDateTime> {
    let utc = DateTime::from_timestamp_micros(micros)?.naive_utc();
    let offset = chrono::Offset::fix(&zone.offset_from_utc_datetime(&utc));
    utc.checked_add_offset(offset)
}

/// The instant of a local time, microseconds. A time that the clock skipped moves forward by what was
/// skipped; of a time that the clock showed twice it is the earlier instant.
pub fn local_instant(naive: NaiveDateTime, tz: Tz) -> i64 {
    match tz.from_local_datetime(&naive) {
        LocalResult::Single(t) | LocalResult::Ambiguous(t, _) => t.timestamp_micros(),
        LocalResult::None => {
            // The offset before the gap is that of the last hour that was not skipped; no clock
            // ever skipped more than a day.
            let before = (1..=48)
                .filter_map(|hours| naive.checked_sub_signed(TimeDelta::hours(hours)))
                .find_map(|n| Some((n, tz.from_local_datetime(&n).latest()?)));
            let utc = naive.and_utc().timestamp_micros();
            before.map_or(utc, |(n, t): (NaiveDateTime, DateTime<Tz>)| {
                utc - (n.and_utc().timestamp_micros() - t.timestamp_micros())
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        let cases = [
            (0.0, "0"),
            (4e-5, "40us"),
            (0.312, "312ms"),
            (0.9994, "999ms"),
            (0.9996, "1s"),
            (5.0, "5s"),
            (5.24, "5.2s"),
            (9.96, "10s"),
            (42.4, "42s"),
            (59.7, "1m 00s"),
            (304.0, "5m 04s"),
            (3599.6, "1h 00m"),
            (11_220.0, "3h 07m"),
            (86_399.0, "1d 00h"),
            (183_600.0, "2d 03h"),
            (86_400.0 * 365.25, "365d 06h"),
            (86_400.0 * 1234.0, "1,234d"),
            (-304.0, "-5m 04s"),
            (f64::NAN, "-"),
        ];
        for (seconds, expected) in cases {
            assert_eq!(duration(seconds), expected, "{seconds}");
        }
        // Whatever a file holds, there is a text.
        assert!(duration(f64::INFINITY).ends_with('d'));
    }

    const MARCH: i64 = 1_709_294_400 * SECOND; // 2024-03-01 12:00 UTC

    #[test]
    fn instants() {
        assert_eq!(instant(MARCH, UTC), "2024-03-01 12:00");
        assert_eq!(instant(MARCH, Tz::Europe__Berlin), "2024-03-01 13:00");
        assert_eq!(date(MARCH, UTC), "2024-03-01");
        assert_eq!(
            exact_instant(MARCH + 5 * SECOND, UTC),
            "2024-03-01 12:00:05"
        );
        assert_eq!(
            exact_instant(MARCH + 250_000, UTC),
            "2024-03-01 12:00:00.250"
        );
        assert_eq!(exact_instant(MARCH + 1, UTC), "2024-03-01 12:00:00.000001");
        assert_eq!(instant(i64::MAX, UTC), "9999-12-31 23:59");
        // A zone may be a year further, which RFC 3339 cannot write.
        assert_eq!(instant(INSTANTS.1, Tz::Asia__Tokyo), "9999-12-31 23:59");
        assert_eq!(
            instant(INSTANTS.0, Tz::America__New_York),
            "0001-01-01 00:00"
        );
    }

    #[test]
    fn literals_are_read() {
        for (text, micros) in [
            ("90s", 90_000_000),
            ("15m", 900_000_000),
            ("4h", 14_400_000_000),
            ("1d12h", 129_600_000_000),
            ("2w", 1_209_600_000_000),
            ("500ms", 500_000),
            ("20us", 20),
            ("20µs", 20),
            ("1.5h", 5_400_000_000),
            ("0s", 0),
            ("1m30s", 90_000_000),
        ] {
            assert_eq!(parse_duration(text), Ok(micros), "{text}");
        }
        for text in [
            "",
            "5",
            "h",
            "4x",
            "1d12",
            "-1h",
            "4 h",
            "1..5h",
            "9999999999999999999w",
            "999999999999999999w",
            "0.5us",
            "4H",
            "1e3s",
            "１h",
        ] {
            assert!(parse_duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn literals_are_exact() {
        for (micros, text) in [
            (0, "0s"),
            (86_400_000_000, "1d"),
            (-5_000_001, "-5s1us"),
            (93_784_005_006, "1d2h3m4s5ms6us"),
        ] {
            assert_eq!(duration_literal(micros), text);
            if micros >= 0 {
                assert_eq!(parse_duration(text), Ok(micros));
            }
        }
    }
}
