//! The time that a log is looked at as of.

use crate::filter::Moment;
use crate::text::time::parse_duration;
use chrono_tz::Tz;

/// A time at which to look at a log: events after it do not exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AsOf {
    /// First instant of a period such as `2024-04-01` or `2024-04-01T12:00:00Z`.
    At(Moment),
    /// Microseconds before the last event of the log.
    BeforeEnd(i64),
    /// Current time of the machine.
    Now,
}

impl AsOf {
    /// Reads `2024-04-01`, `2024-04-01T12:00:00Z`, `-7d` or `now`.
    ///
    /// # Errors
    /// Expected input, as a sentence.
    pub fn parse(text: &str) -> Result<AsOf, &'static str> {
        const EXPECTED: &str = "expected a time such as 2024-04-01, 2024-04-01T12:00:00Z or -7d (before the last event)";
        let text = text.trim();
        match text.strip_prefix(['-', '\u{2212}']) {
            Some(duration) => parse_duration(duration.trim_start()).map(AsOf::BeforeEnd),
            None if text == "now" => Ok(AsOf::Now),
            None if Moment::looks_like(text) => Moment::parse(text).map(AsOf::At),
            None => Err(EXPECTED),
        }
    }

    /// Returns the instant, microseconds. `last` is the last instant of the log.
    pub fn instant(&self, last: i64, tz: Tz) -> i64 {
        match self {
            AsOf::At(moment) => moment.first_instant(tz),
            AsOf::BeforeEnd(micros) => last.saturating_sub(*micros),
            AsOf::Now => chrono::Utc::now().timestamp_micros(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_absolute_or_before_the_last_event() {
        let last = 1_712_000_000_000_000;
        let instant = |text: &str| AsOf::parse(text).map(|at| at.instant(last, Tz::UTC));
        assert_eq!(instant("2024-04-01"), Ok(1_711_929_600_000_000));
        assert_eq!(instant("2024-04-01T00:00:00Z"), Ok(1_711_929_600_000_000));
        assert_eq!(instant(" -1d12h "), Ok(last - 129_600_000_000));
        assert_eq!(instant("-0s"), Ok(last));
        for text in ["", "-", "7d", "-7", "tomorrow", "2024-13-01"] {
            assert!(AsOf::parse(text).is_err(), "{text:?}");
        }
    }
}
