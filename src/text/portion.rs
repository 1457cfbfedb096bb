//! A share of one as a person writes it, kept exactly.

use std::fmt;

/// Parts of the whole that a portion is counted in.
const WHOLE: u32 = 1_000_000_000;

/// Decimals that [`WHOLE`] has room for.
const DECIMALS: usize = 9;

/// A share of one, exact to nine decimals.
///
/// ```
/// use casetrail::text::Portion;
///
/// // In binary 0.07 is a little more than 7 %, of which 100 items would be 8.
/// assert_eq!(Portion::parse("7%").map(|share| share.of(100)), Ok(7));
/// assert_eq!(Portion::parse("0.3").map(|share| share.of(14)), Ok(5));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Portion(u32);

impl Portion {
    /// Nothing.
    pub const NONE: Portion = Portion(0);
    /// The whole.
    pub const ALL: Portion = Portion(WHOLE);

    /// Returns whole percent of one, 100 at most.
    pub fn percent(percent: u32) -> Self {
        Portion(percent.min(100) * (WHOLE / 100))
    }

    /// Returns the share of all items that a number of them is, the whole where they are more: as
    /// [`Portion::of`] takes that many of them.
    pub fn of_parts(items: usize, all: usize) -> Self {
        let items = items.min(all) as u128;
        match all {
            0 => Portion::ALL,
            all => Portion((items * u128::from(WHOLE) / all as u128) as u32),
        }
    }

    /// Returns the share as a number from 0 to 1.
    pub fn share(self) -> f64 {
        f64::from(self.0) / f64::from(WHOLE)
    }

    /// Reads `30%`, `12.5%` or `0.3`.
    ///
    /// # Errors
    /// The text is no share from 0 to 1, or has more decimals than can be kept: expected input, as a
    /// sentence.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        const EXPECTED: &str = "expected a share from 0% to 100%, or from 0 to 1";
        let (digits, decimals) = match text.strip_suffix('%') {
            Some(percent) => (percent.trim_end(), DECIMALS - 2),
            None => (text, DECIMALS),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let is_number = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        let is_empty = whole.is_empty() && fraction.is_empty();
        if is_empty || !is_number(whole) || !is_number(fraction) {
            return Err(EXPECTED);
        }
        if fraction.len() > decimals {
            return Err("expected at most 9 decimals of a share, or 7 of percent");
        }
        let parts = format!("{whole}{fraction:0<decimals$}");
        match parts.parse::<u32>() {
            Ok(parts) if parts <= WHOLE => Ok(Portion(parts)),
            _ => Err(EXPECTED),
        }
    }

    /// Number of items that the portion of `n` items is, rounded up.
    pub fn of(self, n: usize) -> usize {
        let parts = n as u128 * u128::from(self.0);
        parts.div_ceil(u128::from(WHOLE)) as usize
    }

    /// The next larger or smaller multiple of a number of percent, within 0 % and 100 %.
    #[must_use]
    pub fn stepped(self, percent: u32, up: bool) -> Self {
        let step = percent.max(1) * (WHOLE / 100);
        let parts = if up {
            (self.0 / step + 1) * step
        } else {
            self.0.div_ceil(step).saturating_sub(1) * step
        };
        Portion(parts.min(WHOLE))
    }

    /// Steps as [`Portion::stepped`] does until the number of the `n` items changes, if it can.
    #[must_use]
    pub fn stepped_over(self, percent: u32, up: bool, n: usize) -> Self {
        let mut next = self.stepped(percent, up);
        while next.of(n) == self.of(n) && next != next.stepped(percent, up) {
            next = next.stepped(percent, up);
        }
        next
    }
}

impl fmt::Display for Portion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.0 / (WHOLE / 100), self.0 % (WHOLE / 100));
        let decimals = format!("{rest:07}");
        match decimals.trim_end_matches('0') {
            "" => write!(f, "{whole}%"),
            decimals => write!(f, "{whole}.{decimals}%"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_over_items_changes_their_number() {
        let fewer = Portion::ALL.stepped_over(5, false, 14);
        assert_eq!((fewer, fewer.of(14)), (Portion::percent(90), 13));
        assert_eq!(fewer.stepped_over(5, true, 14).of(14), 14);
        assert_eq!(Portion::ALL.stepped_over(5, true, 14), Portion::ALL);
        assert_eq!(Portion::NONE.stepped_over(5, false, 14), Portion::NONE);
        assert_eq!(Portion::ALL.stepped_over(5, false, 100).of(100), 95);
    }

    #[test]
    fn shares_are_read_exactly_and_written_as_percent() {
        for (text, written, of_1000) in [
            ("0%", "0%", 0),
            ("0", "0%", 0),
            ("30%", "30%", 300),
            ("12.5 %", "12.5%", 125),
            ("0.07", "7%", 70),
            (".5", "50%", 500),
            ("1", "100%", 1000),
            ("1.0", "100%", 1000),
            ("100%", "100%", 1000),
            ("0.0000001%", "0.0000001%", 1),
        ] {
            let share = Portion::parse(text).unwrap();
            assert_eq!(share.to_string(), written, "{text}");
            assert_eq!(Portion::parse(written), Ok(share), "{text}");
            assert_eq!(share.of(1000), of_1000, "{text}");
        }
        for text in [
            "",
            "%",
            "-1",
            "1.1",
            "101%",
            "50",
            "x",
            "1e-1",
            "0.5.",
            "99999999999%",
        ] {
            assert!(Portion::parse(text).is_err(), "{text:?}");
        }
        assert!(Portion::parse("0.00000000001").is_err());
    }

    #[test]
    fn parts_are_as_many_items() {
        for all in 0..60 {
            for items in 0..=all {
                assert_eq!(
                    Portion::of_parts(items, all).of(all),
                    items,
                    "{items} of {all}"
                );
            }
        }
        assert_eq!(Portion::of_parts(15, 3), Portion::ALL);
        assert_eq!(Portion::percent(30).share(), 0.3);
    }

    #[test]
    fn steps_end_at_nothing_and_the_whole() {
        let step = |text: &str, up| Portion::parse(text).unwrap().stepped(5, up).to_string();
        assert_eq!(step("22.4%", true), "25%");
        assert_eq!(step("22.4%", false), "20%");
        assert_eq!(step("20%", false), "15%");
        assert_eq!(step("20%", true), "25%");
        assert_eq!(step("100%", true), "100%");
        assert_eq!(step("0%", false), "0%");
    }
}
