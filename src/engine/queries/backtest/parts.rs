//! Figures of a test by the number of events so far, and by month.

use crate::text::steps::Step;
use chrono::DateTime;

/// Numbers of events that are counted together; the last ones are all from there on.
const LENGTHS: [(u64, Option<u64>); 6] = [
    (1, Some(1)),
    (2, Some(2)),
    (3, Some(3)),
    (4, Some(6)),
    (7, Some(12)),
    (13, None),
];

/// Figures of a part of the events of a test.
#[derive(Debug, Clone, PartialEq)]
pub struct BacktestPart {
    /// First number of events.
    pub from: u64,
    /// Last number of events; none where `None`.
    pub to: Option<u64>,
    /// The month, such as `2012-08`; empty for a part by the number of events.
    pub month: String,
    /// Events whose next step is known.
    pub n: u64,
    /// Share of them whose most probable next step is right.
    pub accuracy: Option<f64>,
    /// Mean absolute error of the median of what is left, seconds.
    pub mae: Option<f64>,
    /// Share of the times left within the outer quantiles.
    pub coverage: Option<f64>,
    /// Share within them and the margin.
    pub coverage_margin: Option<f64>,
}

impl BacktestPart {
    /// The month, or the numbers of events.
    pub fn name(&self) -> String {
        match (self.month.is_empty(), self.to) {
            (false, _) => self.month.clone(),
            (true, Some(to)) if to == self.from => to.to_string(),
            (true, Some(to)) => format!("{} to {to}", self.from),
            (true, None) => format!("{} or more", self.from),
        }
    }
}

#[derive(Clone, Copy, Default)]
struct Sums {
    n: u64,
    hits: u64,
    n_left: u64,
    error: f64,
    covered: u64,
    covered_margin: u64,
}

/// Errors of the prediction at an event.
#[derive(Debug, Clone, Copy)]
pub struct LeftAt {
    /// Number of events so far.
    pub length: usize,
    /// Instant of the event, microseconds.
    pub at: i64,
    /// Absolute error, microseconds.
    pub error: f64,
    /// Within the outer quantiles.
    pub covered: bool,
    /// Within them and the margin.
    pub covered_margin: bool,
}

/// Sums of all parts.
pub struct Parts {
    by_length: [Sums; LENGTHS.len()],
    by_month: Vec<Sums>,
    /// First instants of the months.
    months: Vec<i64>,
    tz: chrono_tz::Tz,
}

impl Parts {
    /// The parts of the events of a span of time.
    pub fn new(first: i64, last: i64, tz: chrono_tz::Tz) -> Self {
        let months = Step::Months(1).bounds(first, last.max(first), usize::MAX, tz);
        let months = months.unwrap_or_else(|| vec![first]);
        Parts {
            by_length: [Sums::default(); LENGTHS.len()],
            by_month: vec![Sums::default(); months.len()],
            months,
            tz,
        }
    }

    fn add(&mut self, length: usize, at: i64, add: impl Fn(&mut Sums)) {
        let of_length = LENGTHS.iter().rposition(|(from, _)| *from <= length as u64);
        add(&mut self.by_length[of_length.unwrap_or(0)]);
        let month = self.months.partition_point(|start| *start <= at);
        add(&mut self.by_month[month.saturating_sub(1)]);
    }

    /// Adds a predicted next step.
    pub fn next(&mut self, length: usize, at: i64, is_right: bool) {
        self.add(length, at, |sums| {
            sums.n += 1;
            sums.hits += u64::from(is_right);
        });
    }

    /// Adds a predicted time.
    pub fn left(&mut self, of: LeftAt) {
        self.add(of.length, of.at, |sums| {
            sums.n_left += 1;
            sums.error += of.error;
            sums.covered += u64::from(of.covered);
            sums.covered_margin += u64::from(of.covered_margin);
        });
    }

    /// The parts by number of events, and by month, that have events.
    pub fn finish(self) -> (Vec<BacktestPart>, Vec<BacktestPart>) {
        let by_length = LENGTHS.iter().zip(&self.by_length);
        let by_length = by_length.map(|((from, to), sums)| sums.part(*from, *to, String::new()));
        let by_month = self.months.iter().zip(&self.by_month).map(|(start, sums)| {
            let start = DateTime::from_timestamp_micros(*start).unwrap_or_default();
            let month = start.with_timezone(&self.tz).format("%Y-%m");
            sums.part(0, None, month.to_string())
        });
        let has_any = |part: &BacktestPart| part.n > 0 || part.mae.is_some();
        (
            by_length.filter(has_any).collect(),
            by_month.filter(has_any).collect(),
        )
    }
}

impl Sums {
    fn part(&self, from: u64, to: Option<u64>, month: String) -> BacktestPart {
        let share = |part: u64, of: u64| (of > 0).then(|| part as f64 / of as f64);
        BacktestPart {
            from,
            to,
            month,
            n: self.n,
            accuracy: share(self.hits, self.n),
            mae: (self.n_left > 0).then(|| self.error / self.n_left as f64 / 1e6),
            coverage: share(self.covered, self.n_left),
            coverage_margin: share(self.covered_margin, self.n_left),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_counted_by_length_and_month() {
        let day = 86_400_000_000;
        let mut parts = Parts::new(30 * day, 70 * day, chrono_tz::UTC);
        parts.next(1, 30 * day, true);
        parts.next(5, 31 * day, false);
        parts.next(40, 69 * day, true);
        parts.left(LeftAt {
            length: 4,
            at: 31 * day,
            error: 2e6,
            covered: false,
            covered_margin: true,
        });
        let (lengths, months) = parts.finish();
        let of: Vec<_> = lengths.iter().map(|part| (part.from, part.to)).collect();
        assert_eq!(of, [(1, Some(1)), (4, Some(6)), (13, None)]);
        assert_eq!(lengths[1].mae, Some(2.0));
        assert_eq!(lengths[1].coverage, Some(0.0));
        assert_eq!(lengths[1].coverage_margin, Some(1.0));
        let of: Vec<_> = months.iter().map(|part| (&*part.month, part.n)).collect();
        assert_eq!(of, [("1970-01", 1), ("1970-02", 1), ("1970-03", 1)]);
    }
}
