//! Values of settings as people write them, wherever they write them: on the command line or in a
//! file. Each gives the value, or a sentence about what is expected.

use crate::formats::{DateOrder, Lifecycle};
use crate::text::did_you_mean;
use crate::text::time::parse_duration;
use chrono_tz::{TZ_VARIANTS, Tz};

/// The words for what counts as one event.
pub const LIFECYCLES: [(&str, Lifecycle); 4] = [
    ("events", Lifecycle::Events),
    ("complete", Lifecycle::Complete),
    ("pairs", Lifecycle::Pairs),
    ("auto", Lifecycle::Auto),
];

/// The words for the order of day and month.
pub const DATE_ORDERS: [(&str, DateOrder); 4] = [
    ("dmy", DateOrder::Dmy),
    ("mdy", DateOrder::Mdy),
    ("ymd", DateOrder::Ymd),
    ("ydm", DateOrder::Ydm),
];

/// Value that one of a few words stands for.
pub fn word<T: Copy>(text: &str, words: &[(&str, T)]) -> Result<T, String> {
    let found = words.iter().find(|(word, _)| *word == text);
    found.map(|(_, value)| *value).ok_or_else(|| {
        let words: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        format!("expected one of {}", words.join(", "))
    })
}

/// The word that stands for a value.
pub fn word_of<T: PartialEq>(value: &T, words: &[(&'static str, T)]) -> Option<&'static str> {
    let found = words.iter().find(|(_, v)| v == value);
    found.map(|(word, _)| *word)
}

/// A delimiter of fields: one ASCII character, or `\t` for a tab.
pub fn delimiter(text: &str) -> Result<u8, String> {
    match text.as_bytes() {
        b"\\t" | b"tab" => Ok(b'\t'),
        [byte] if byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r' | 0) => Ok(*byte),
        _ => Err("a delimiter is one ASCII character, or `\\t` for a tab".to_owned()),
    }
}

/// A quote or escape of fields: one ASCII character that is no letter, digit or blank.
pub fn quote(text: &str) -> Result<u8, String> {
    match text.as_bytes() {
        [byte] if byte.is_ascii_punctuation() => Ok(*byte),
        _ => Err("expected one ASCII character that is no letter, digit or blank".to_owned()),
    }
}

/// A time zone by its name in the tz database, in any letter case.
pub fn zone(text: &str) -> Result<Tz, String> {
    let city = |name: &'static str| name.rsplit('/').next().unwrap_or(name);
    if let Some(tz) = TZ_VARIANTS
        .iter()
        .find(|tz| tz.name().eq_ignore_ascii_case(text))
    {
        return Ok(*tz);
    }
    // `Berlin` means `Europe/Berlin`.
    let whole = text.contains('/');
    let part = |tz: &Tz| if whole { tz.name() } else { city(tz.name()) };
    let name = |near: &str| {
        let zone = TZ_VARIANTS.iter().find(|tz| part(tz) == near);
        zone.map_or(near, |tz| tz.name()).to_owned()
    };
    let hint = did_you_mean(text, TZ_VARIANTS.iter().map(part), name);
    Err(format!("no such time zone{hint}"))
}

/// A duration as in filters, `30m` or `1h30m`, in microseconds; not zero.
pub fn duration(text: &str) -> Result<i64, String> {
    match parse_duration(text)? {
        0 => Err("the duration must be longer than nothing".to_owned()),
        micros => Ok(micros),
    }
}

/// A number of bytes: `512M`, `1.5G`; K, M, G and T stand for powers of 1024.
pub fn size(text: &str) -> Result<u64, String> {
    const UNITS: [(char, f64); 4] = [
        ('K', 1024.0),
        ('M', 1048576.0),
        ('G', 1073741824.0),
        ('T', 1099511627776.0),
    ];
    let upper = text.to_ascii_uppercase();
    // 1K, 1KB and 1KiB mean the same.
    let short = upper
        .strip_suffix("IB")
        .or(upper.strip_suffix('B'))
        .unwrap_or(&upper);
    let unit = UNITS.iter().find(|(name, _)| short.ends_with(*name));
    let (digits, unit) = unit.map_or((short, 1.0), |(_, unit)| (&short[..short.len() - 1], *unit));
    let plain = digits.starts_with(|c: char| c.is_ascii_digit());
    let number: Option<f64> = digits
        .parse()
        .ok()
        .filter(|n: &f64| plain && n.is_finite() && *n > 0.0);
    // What is too large becomes the largest.
    number
        .map(|n| (n * unit) as u64)
        .ok_or_else(|| "expected a size such as 512M or 2G".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delimiters_are_one_character() {
        assert_eq!(delimiter(";"), Ok(b';'));
        assert_eq!(delimiter("\\t"), Ok(b'\t'));
        assert_eq!(delimiter("\t"), Ok(b'\t'));
        for bad in ["", ";;", "ж", "\"", "\n"] {
            assert!(delimiter(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn zones_are_found_and_the_nearest_are_named() {
        assert_eq!(zone("Europe/Berlin"), Ok(chrono_tz::Europe::Berlin));
        assert_eq!(zone("utc"), Ok(chrono_tz::UTC));
        assert!(zone("Berlin").unwrap_err().contains("Europe/Berlin"));
        assert!(zone("Europe/Mosow").unwrap_err().contains("Europe/Moscow"));
        assert!(zone("Mosow").unwrap_err().contains("Europe/Moscow"));
        assert!(zone(&"x".repeat(100_000)).is_err());
    }

    #[test]
    fn durations_are_as_in_filters() {
        assert_eq!(duration("30m"), Ok(1_800_000_000));
        assert_eq!(duration("1h30m"), Ok(5_400_000_000));
        for bad in ["", "0s", "30", "-1h", "1 h", "99999999w"] {
            assert!(duration(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn sizes_have_units() {
        for (text, bytes) in [
            ("512M", 512 << 20),
            ("2g", 2 << 30),
            ("1.5K", 1536),
            ("1GiB", 1 << 30),
            ("100", 100),
        ] {
            assert_eq!(size(text), Ok(bytes), "{text}");
        }
        for bad in ["", "M", "-1M", "0", "1X", "nan", "inf", "1e999", "1 M"] {
            assert!(size(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn words_stand_for_values() {
        assert_eq!(word("pairs", &LIFECYCLES), Ok(Lifecycle::Pairs));
        let error = word("Pairs", &LIFECYCLES).unwrap_err();
        assert_eq!(error, "expected one of events, complete, pairs, auto");
        assert_eq!(word_of(&DateOrder::Mdy, &DATE_ORDERS), Some("mdy"));
    }
}
