//! A cursor on the bins of a time axis, and how much of all time the axis spans. Pure; knows no figure.

use crate::filter::TimeRange;
use crate::input::Action;
use crate::panes::texts;
use crate::text::time::{self, DAY, Tz};
use crate::ui::widgets::Scale;

/// No closer look than this, microseconds.
const CLOSEST: i64 = 10_000_000;

/// Where the cursor is among the bins of an axis.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Periods {
    /// Where each bin begins, and where the last one ends; empty until they are known.
    pub bounds: Vec<i64>,
    /// The instants `from..to` of all there is.
    whole: (i64, i64),
    /// The instants `from..to` that are asked for; all there are where this is `None`.
    pub range: Option<(i64, i64)>,
    /// The bin of the cursor.
    pub bin: usize,
    /// An instant of it, by which it is found among other bins.
    at: Option<i64>,
}

impl Periods {
    /// Other bins came: the cursor stays at its instant; at first it is on the last bin.
    pub fn received(&mut self, bounds: Vec<i64>, whole: (i64, i64)) {
        (self.bounds, self.whole) = (bounds, whole);
        let last = self.len().saturating_sub(1);
        let of = |at: i64| self.bounds.partition_point(|b| *b <= at).saturating_sub(1);
        self.bin = self.at.map_or(last, of).min(last);
    }

    /// Number of bins.
    pub fn len(&self) -> usize {
        self.bounds.len().saturating_sub(1)
    }

    /// Tests whether there is no bin.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bounds of the bin of the cursor.
    pub fn here(&self) -> Option<(i64, i64)> {
        Some((*self.bounds.get(self.bin)?, *self.bounds.get(self.bin + 1)?))
    }

    /// Bounds of the bin of the cursor for a filter; `None` for years that the language cannot write.
    pub fn time_range(&self) -> Option<TimeRange> {
        let (from, to) = self.here()?;
        TimeRange::between(from, to)
    }

    /// The range of the bin as text for the screen.
    pub fn in_words(&self, zone: Tz) -> Option<String> {
        let (from, to) = self.here()?;
        let midnight = |at: i64| time::exact_instant(at, zone).ends_with(" 00:00:00");
        // The middle of the last day, however many hours it has.
        let (first, last) = (time::date(from, zone), time::date(to - DAY / 2, zone));
        Some(if !midnight(from) || !midnight(to) {
            format!(
                "{} to {}",
                time::instant(from, zone),
                time::instant(to, zone)
            )
        } else if first == last {
            first
        } else {
            // Without its end, a range of days is named by its last one.
            format!("{first} to {last}")
        })
    }

    /// The range of the bin as text for a breadcrumb.
    pub fn crumb(&self, zone: Tz) -> String {
        self.here()
            .map_or_else(String::new, |(from, _)| time::date(from, zone))
    }

    /// Carries out moves to the sides, and closer or further looks. False for other actions.
    pub fn update(&mut self, action: &Action) -> bool {
        match action {
            Action::MoveLeft => self.step(-1),
            Action::MoveRight => self.step(1),
            Action::GoToBin(bin) => self.go(*bin),
            Action::ZoomIn => self.zoom(true),
            Action::ZoomOut => self.zoom(false),
            Action::ZoomFit => self.range = None,
            _ => return false,
        }
        true
    }

    /// Moves the cursor.
    pub fn step(&mut self, by: isize) {
        self.bin = self
            .bin
            .saturating_add_signed(by)
            .min(self.len().saturating_sub(1));
        self.at = self.bounds.get(self.bin).copied();
    }

    /// Puts the cursor on a bin, the last one where there are fewer.
    pub fn go(&mut self, bin: usize) {
        self.bin = bin;
        self.step(0);
    }

    fn zoom(&mut self, closer: bool) {
        let Some((from, to)) = self.here() else {
            return;
        };
        let whole = Scale {
            from: self.whole.0,
            to: self.whole.1,
        };
        let span = self
            .range
            .map_or(whole.span(), |(from, to)| to.saturating_sub(from));
        let middle = from + (to - from) / 2;
        self.at = Some(middle);
        if closer {
            let scale = Scale::around(middle, (span / 2).max(CLOSEST), whole);
            self.range = (scale != whole).then_some((scale.from, scale.to));
        } else {
            let scale = Scale::around(middle, span.saturating_mul(2).saturating_add(2), whole);
            self.range = (scale != whole).then_some((scale.from, scale.to));
        }
    }

    /// The options of a report that show the same range.
    pub fn options(&self) -> Vec<String> {
        let options = |(from, to)| texts::range_options(from, to);
        self.range.map_or_else(Vec::new, options)
    }

    /// The place as text without blanks, and back.
    pub fn place(&self) -> String {
        let number = |n: Option<i64>| n.map_or_else(|| "-".to_owned(), |n| n.to_string());
        let (from, to) = self.range.map_or((None, None), |(f, t)| (Some(f), Some(t)));
        format!("{},{},{}", number(self.at), number(from), number(to))
    }

    /// Goes back to a place; a text that is none is the place at first.
    pub fn go_to(&mut self, place: &str) {
        let mut numbers = place.split(',').map(|n| n.parse().ok());
        let mut next = || numbers.next().flatten();
        self.at = next();
        let range = next().zip(next());
        let range = range.and_then(|(from, to)| Scale::between(from, to));
        self.range = range.map(|range| (range.from, range.to));
        let (bounds, whole) = (std::mem::take(&mut self.bounds), self.whole);
        self.received(bounds, whole);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::text::time::DAY;

    fn periods() -> Periods {
        let mut periods = Periods::default();
        periods.received((0..=16).map(|d| d * DAY).collect(), (0, 16 * DAY));
        periods
    }

    #[test]
    fn a_closer_look_stays_where_the_cursor_is() {
        let mut p = periods();
        assert_eq!(p.bin, 15);
        p.step(-11);
        p.update(&Action::ZoomIn);
        assert_eq!(p.range, Some((DAY / 2, 8 * DAY + DAY / 2)));
        // The same days in quarters.
        p.received((0..=36).map(|q| q * DAY / 4).collect(), (0, 16 * DAY));
        assert_eq!(p.here(), Some((4 * DAY + DAY / 2, 4 * DAY + 3 * DAY / 4)));
        let place = p.place();
        let mut other = periods();
        other.go_to(&place);
        assert_eq!((other.range, other.bin), (p.range, 4));
        p.update(&Action::ZoomOut);
        assert_eq!(p.range, None);
        for _ in 0..60 {
            p.update(&Action::ZoomIn);
        }
        let (from, to) = p.range.unwrap();
        assert_eq!(to - from, CLOSEST);
        p.update(&Action::ZoomFit);
        assert_eq!(p.range, None);
    }

    #[test]
    fn bins_are_said_in_words() {
        let mut p = periods();
        p.step(-5);
        assert_eq!(p.in_words(time::UTC).as_deref(), Some("1970-01-11"));
        let literal = "1970-01-11T00:00:00Z..1970-01-12T00:00:00Z";
        assert_eq!(p.time_range().unwrap().to_string(), literal);
        p.received(vec![0, 7 * DAY, 14 * DAY], (0, 14 * DAY));
        assert_eq!(
            p.in_words(time::UTC).as_deref(),
            Some("1970-01-08 to 1970-01-14")
        );
        p.received(vec![0, DAY / 2, DAY], (0, DAY));
        p.step(-2);
        assert_eq!(
            p.in_words(time::UTC).as_deref(),
            Some("1970-01-01 00:00 to 1970-01-01 12:00")
        );
        assert!(Periods::default().is_empty() && Periods::default().here().is_none());
    }
}
