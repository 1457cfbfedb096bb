//! Numbers as tables write them. What may be an identifier (leading zeros, very long, with an
//! exponent) is none.
//!
//! Digits are added up here, as `f64::from_str` after a check of the shape takes twice as long:
//! 21 ns instead of 10 for numbers of up to four digits, 29 instead of 15 for prices, 509 ms
//! instead of 415 to read a CSV of a million rows with three columns of numbers (2026-11-28).
//! Numbers of more than 15 digits are left to it.

use std::borrow::Cow;

/// The decimal mark of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberStyle {
    /// `1234.5`
    Point,
    /// `1234,5` and `1 234,5`
    Comma,
}

/// Powers of ten that a double holds exactly.
const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
];

/// Whole numbers with more digits are identifiers, and would lose their last digits.
const MOST_DIGITS: usize = 15;

/// The number that `text` is, all of it.
#[inline]
pub fn parse(text: &[u8], style: NumberStyle) -> Option<f64> {
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    let mark = match style {
        NumberStyle::Point => b'.',
        NumberStyle::Comma => b',',
    };
    let (mut value, mut whole, mut places, mut seen_mark) = (0u64, 0, 0, false);
    for (i, &b) in digits.iter().enumerate() {
        if b.is_ascii_digit() {
            // Beyond 19 digits this wraps; such numbers are left to the slow way.
            value = value.wrapping_mul(10).wrapping_add(u64::from(b - b'0'));
            if seen_mark {
                places += 1;
            } else {
                whole += 1;
            }
        } else if b == mark && !seen_mark {
            seen_mark = true;
        } else if style == NumberStyle::Comma && b" \xc2\xe2".contains(&b) && i > 0 {
            return parse_grouped(text);
        } else {
            return None;
        }
    }
    let leading_zero = whole > 1 && digits[0] == b'0';
    let empty = whole + places == 0 || seen_mark && places == 0;
    if empty || leading_zero || whole > MOST_DIGITS {
        return None;
    }
    if whole + places > MOST_DIGITS {
        return parse_long(text, style);
    }
    // Both are exact, so their quotient is the nearest double.
    // At most 15 places remain here, and `POWERS` goes on to 22.
    let magnitude = value as f64 / POWERS[places];
    Some(if negative { -magnitude } else { magnitude })
}

/// `1 234 567,50`: groups of three, with blanks or (narrow) no-break spaces between.
fn parse_grouped(text: &[u8]) -> Option<f64> {
    let text = std::str::from_utf8(text).ok()?;
    let whole = text.split(',').next()?;
    let is_gap = |c: char| matches!(c, ' ' | '\u{a0}' | '\u{202f}');
    let mut groups = whole.trim_start_matches(['-', '+']).split(is_gap);
    let first = groups.next()?;
    let good = (1..=3).contains(&first.len()) && groups.all(|g| g.len() == 3);
    let plain: String = text.chars().filter(|&c| !is_gap(c)).collect();
    let gaps_after = text[whole.len()..].contains(is_gap);
    // Without a gap it is no group that keeps it from being a number, but `£`, say.
    let grouped = good && !gaps_after && plain.len() < text.len();
    grouped.then(|| parse(plain.as_bytes(), NumberStyle::Comma))?
}

#[cold]
fn parse_long(text: &[u8], style: NumberStyle) -> Option<f64> {
    let text = std::str::from_utf8(text).ok()?;
    match style {
        NumberStyle::Point => text.parse().ok(),
        NumberStyle::Comma => text.replace(',', ".").parse().ok(),
    }
}

/// True for a text that a column of numbers may have: digits with a point or a comma, at most 15, and no
/// exponent, as ids look like that.
pub fn is_number(text: &str) -> bool {
    let styles = [NumberStyle::Point, NumberStyle::Comma];
    styles
        .iter()
        .any(|style| parse(text.as_bytes(), *style).is_some())
}

/// A floating-point number as tables write it: programs write 10000000 as `1.0E7` too. What is no
/// number by its own word (`NaN`) is no value; any other text stays as it is.
#[inline]
pub fn plain(text: &str) -> Option<Cow<'_, str>> {
    let exponent_or_word = |b: u8| matches!(b, b'e' | b'E' | b'a' | b'A');
    if !text.bytes().any(exponent_or_word) {
        return Some(Cow::Borrowed(text));
    }
    match text.parse::<f64>() {
        Ok(value) if value.is_nan() => None,
        Ok(value) if value.is_finite() => Some(Cow::Owned(value.to_string())),
        _ => Some(Cow::Borrowed(text)),
    }
}

/// The style in which all values are numbers; `None` where there is none or no value.
pub fn style_of<'a>(
    values: &(impl Iterator<Item = &'a [u8]> + Clone),
    comma_allowed: bool,
) -> Option<NumberStyle> {
    let fits = |style| {
        let mut values = values.clone().peekable();
        values.peek().is_some() && values.all(|v| parse(v, style).is_some())
    };
    // The point first, as whole numbers fit both styles.
    if fits(NumberStyle::Point) {
        Some(NumberStyle::Point)
    } else if comma_allowed && fits(NumberStyle::Comma) {
        Some(NumberStyle::Comma)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_and_what_only_looks_like_them() {
        let point = |text: &str| parse(text.as_bytes(), NumberStyle::Point);
        let comma = |text: &str| parse(text.as_bytes(), NumberStyle::Comma);
        for (text, want) in [
            ("0", 0.0),
            ("-7", -7.0),
            ("+7.25", 7.25),
            (".5", 0.5),
            ("0.10", 0.1),
            ("123456789012345", 123_456_789_012_345.0),
            ("0.12345678901234567890", 0.123_456_789_012_345_68),
        ] {
            assert_eq!(point(text), Some(want), "{text}");
        }
        for text in [
            "",
            "007",
            "00.5",
            "-",
            ".",
            "5.",
            "1E5",
            "1e5",
            "1234567890123456",
            "1,5",
            "1 000",
            "NaN",
            "inf",
            "0x10",
            "1.2.3",
            "--1",
            " 1",
            "١",
        ] {
            assert_eq!(point(text), None, "{text}");
        }
        assert_eq!(comma("1 234,50"), Some(1234.5));
        assert_eq!(comma("1\u{a0}234\u{202f}567"), Some(1_234_567.0));
        assert_eq!(comma("-7,00"), Some(-7.0));
        for text in [
            "1 23,5",
            "12 34",
            "1.5",
            "1,5,5",
            "1 234,5 0",
            " 1",
            "1 ",
            "5£",
            "1 234£",
            "7\u{2003}",
        ] {
            assert_eq!(comma(text), None, "{text}");
        }
    }

    #[test]
    fn floats_of_programs_are_written_out() {
        for (text, want) in [
            ("35.0", Some("35.0")),
            ("1.0E7", Some("10000000")),
            ("1e-5", Some("0.00001")),
            ("NaN", None),
            ("Infinity", Some("Infinity")),
            ("high", Some("high")),
            ("1e999", Some("1e999")),
        ] {
            assert_eq!(plain(text).as_deref(), want, "{text}");
        }
    }

    proptest! {
        #[test]
        fn numbers_are_read_as_rust_reads_them(value: i64, places in 0usize..20) {
            let text = format!("{:.places$}", value as f64 / 1e6);
            if let Some(number) = parse(text.as_bytes(), NumberStyle::Point) {
                prop_assert_eq!(number.to_bits(), text.parse::<f64>().unwrap().to_bits());
            }
        }

        #[test]
        fn any_bytes_are_survived(bytes: Vec<u8>) {
            parse(&bytes, NumberStyle::Point);
            parse(&bytes, NumberStyle::Comma);
        }
    }
}
