//! Timestamps that programs write as a structure rather than as a text.

use super::scan::{self, Clock};
use super::{Moment, civil, decimal};

/// `[2024,3,5,10,0,30,500000000]` as Jackson writes a time: year, month, day, and then hour and minute,
/// second, nanosecond, of which the last may be missing.
pub fn array(text: &[u8]) -> Option<Moment> {
    let inner = text.strip_prefix(b"[")?.strip_suffix(b"]")?;
    let mut numbers = [0; 7];
    let mut n = 0;
    for part in inner.split(|b| *b == b',') {
        let part = part.trim_ascii();
        let (value, length) = scan::digits(part, 0, 9);
        if length == 0 || length != part.len() {
            return None;
        }
        *numbers.get_mut(n)? = value;
        n += 1;
    }
    let [year, month, day, hour, minute, second, nanos] = numbers;
    // An hour never comes without its minute.
    let whole = n == 3 || n >= 5;
    // Otherwise any short list of numbers could be a date.
    if !whole || year < 1000 {
        return None;
    }
    Some(Moment {
        days: civil::days(i64::from(year), month, day)?,
        clock: Clock {
            micros: scan::micros(hour, minute, second)? + i64::from(nanos) / 1000,
            offset: None,
            given: n > 3,
        },
        zone: None,
        two_digits: false,
    })
}

/// Microseconds since 1970 of `/Date(1709632800000+0100)/` as .NET writes a time. The offset is only how it was
/// shown.
pub fn dot_net(text: &[u8]) -> Option<i64> {
    let inner = text.strip_prefix(b"/Date(")?.strip_suffix(b")/")?;
    // The sign at the beginning is that of a count before 1970.
    let sign = inner.iter().skip(1).position(|b| b"+-".contains(b));
    let (count, shown) = inner.split_at(sign.map_or(inner.len(), |at| at + 1));
    if !shown.is_empty() {
        scan::offset(shown)?;
    }
    decimal(count, 3)
}
