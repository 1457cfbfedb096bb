//! The clock of a zone at an instant, as SQL.

use super::dialects::Dialect;
use crate::event_log::WallClock;
use crate::filter::Dial;
use crate::text::time::{DAY, HOUR};

/// 1970-01-01 was a Thursday; Monday is 0.
const FIRST_WEEKDAY: i64 = 3;

/// Hour, or weekday from 0 for Monday, of an instant within the span of the clock.
pub(super) fn shown(dialect: &Dialect, at: &str, dial: Dial, clock: &WallClock) -> String {
    let at = local(at, clock);
    // The remainder has the sign of what is divided.
    let of_day = format!("((({at} % {DAY}) + {DAY}) % {DAY})");
    match dial {
        Dial::Hour => (dialect.div)(&of_day, &HOUR.to_string()),
        Dial::Weekday => {
            let since = (dialect.div)(&format!("({at} - {of_day})"), &DAY.to_string());
            format!("(((({since} + {FIRST_WEEKDAY}) % 7) + 7) % 7)")
        }
    }
}

/// The instant at which a clock of UTC shows the same.
fn local(at: &str, clock: &WallClock) -> String {
    match clock.offsets() {
        [] | [(_, 0)] => at.to_owned(),
        [(_, ahead)] => format!("({at} + {ahead})"),
        offsets => {
            let bounds: Vec<i64> = offsets[1..].iter().map(|(from, _)| *from).collect();
            let bin = bin_of(at, &bounds);
            let ahead = offsets.iter().enumerate();
            let ahead = ahead.map(|(bin, (_, ahead))| format!(" WHEN {bin} THEN {ahead}"));
            format!("({at} + CASE {bin}{} END)", ahead.collect::<String>())
        }
    }
}

/// Number of the bin that a value is in, from 0, as SQL: a bin begins with its bound. `inner` are the bounds but
/// the first and the last.
pub(super) fn bin_of(value: &str, inner: &[i64]) -> String {
    // Few comparisons for each row, however many bins there are.
    fn of(value: &str, inner: &[i64], first: usize) -> String {
        match inner {
            [] => first.to_string(),
            inner => {
                let middle = inner.len() / 2;
                let below = of(value, &inner[..middle], first);
                let from = of(value, &inner[middle + 1..], first + middle + 1);
                let bound = inner[middle];
                format!("CASE WHEN {value} < {bound} THEN {below} ELSE {from} END")
            }
        }
    }
    of(value, inner, 0)
}
