//! Units of values and axes: a range from 0 (or below) to a round value, with ticks at round values.

use crate::text::{self, time};

/// Unit of the values of a chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Whole numbers.
    Count,
    /// Shares of one.
    Share,
    /// Plain numbers.
    Number,
    /// Amounts of money.
    Money,
    /// Seconds.
    Duration {
        /// Seconds of working time.
        working: bool,
    },
}

/// Ticks that an axis has about.
const TICKS: f64 = 5.0;

const HOUR: f64 = 3600.0;
const DAY: f64 = 24.0 * HOUR;

/// Distances of ticks in seconds, up to days.
const SECONDS: [f64; 16] = [
    1.0,
    2.0,
    5.0,
    10.0,
    15.0,
    30.0,
    60.0,
    120.0,
    300.0,
    600.0,
    900.0,
    1800.0,
    HOUR,
    2.0 * HOUR,
    6.0 * HOUR,
    12.0 * HOUR,
];

impl Unit {
    /// A value as a person reads it.
    pub fn text(self, value: f64) -> String {
        match self {
            Unit::Count => text::number(value, 0),
            Unit::Share => text::percent(value),
            Unit::Number => text::number(value, if value.abs() < 1.0 { 4 } else { 2 }),
            Unit::Money => text::money(value, false),
            Unit::Duration { working: true } => time::working(value),
            Unit::Duration { working: false } => time::duration(value),
        }
    }

    /// A round value.
    pub fn rounded(self, value: f64) -> String {
        match self {
            Unit::Money => text::number(value, 2),
            Unit::Share => format!("{}%", text::number(value * 100.0, 2)),
            _ => time::rounded(self.text(value)),
        }
    }

    /// The smallest round distance of ticks that is not below this one.
    fn step(self, least: f64) -> f64 {
        match self {
            Unit::Count => decimal(least).max(1.0),
            Unit::Duration { working } if least >= 1.0 => {
                let known = SECONDS.into_iter().find(|step| *step >= least);
                // Nobody can say how long a day of working time is.
                let unit = if working { 10.0 * HOUR } else { DAY };
                known.unwrap_or_else(|| unit * decimal(least / unit).max(1.0))
            }
            Unit::Share | Unit::Number | Unit::Money | Unit::Duration { .. } => decimal(least),
        }
    }
}

/// The smallest of 1, 2 and 5 times a power of ten that is not below this.
fn decimal(least: f64) -> f64 {
    let power = 10_f64.powf(least.log10().floor());
    let steps = [1.0, 2.0, 5.0, 10.0].map(|step| step * power);
    // A product may miss the value by its rounding.
    let found = steps.into_iter().find(|step| *step >= least * (1.0 - 1e-9));
    found.unwrap_or(10.0 * power)
}

/// The range of the values of a chart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Axis {
    from: f64,
    to: f64,
    step: f64,
}

impl Axis {
    /// An axis for values; `None` where all are 0 or none is a number.
    pub fn of(unit: Unit, values: impl Iterator<Item = f64>) -> Option<Self> {
        let known = values.filter(|value| value.is_finite());
        let (low, high) = known.fold((0.0_f64, 0.0_f64), |(low, high), value| {
            (low.min(value), high.max(value))
        });
        let range = high - low;
        if range <= 0.0 || !range.is_finite() {
            return None;
        }
        let step = unit.step(range / TICKS);
        Some(Axis {
            from: (low / step).floor() * step,
            to: (high / step).ceil() * step,
            step,
        })
    }

    /// Place of a value, as part of the axis from 0 to 1.
    pub fn part(&self, value: f64) -> f64 {
        let value = if value.is_finite() { value } else { 0.0 };
        (value - self.from) / (self.to - self.from)
    }

    /// The values of the ticks, from the lowest.
    pub fn ticks(&self) -> impl Iterator<Item = f64> {
        let Axis { from, to, step } = *self;
        let n = ((to - from) / step).round() as usize;
        (0..=n).map(move |at| from + step * at as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ticks(unit: Unit, values: &[f64]) -> Vec<String> {
        let axis = Axis::of(unit, values.iter().copied()).unwrap();
        axis.ticks().map(|tick| unit.rounded(tick)).collect()
    }

    #[test]
    fn ticks_are_round() {
        let clock = Unit::Duration { working: false };
        let working = Unit::Duration { working: true };
        assert_eq!(ticks(Unit::Count, &[3.0, 1.0]), ["0", "1", "2", "3"]);
        assert_eq!(
            ticks(Unit::Count, &[1_234.0]),
            ["0", "500", "1,000", "1,500"]
        );
        assert_eq!(
            ticks(Unit::Share, &[0.38]),
            ["0%", "10%", "20%", "30%", "40%"]
        );
        assert_eq!(ticks(Unit::Number, &[0.003, -0.001])[0], "-0.001");
        assert_eq!(ticks(clock, &[100.0]), ["0", "30s", "1m", "1m 30s", "2m"]);
        assert_eq!(
            ticks(clock, &[20.0 * HOUR]),
            ["0", "6h", "12h", "18h", "1d"]
        );
        assert_eq!(
            ticks(clock, &[24.0 * DAY]),
            ["0", "5d", "10d", "15d", "20d", "25d"]
        );
        assert_eq!(
            ticks(working, &[150.0 * HOUR]),
            ["0", "50h", "100h", "150h"]
        );
        assert_eq!(ticks(clock, &[0.002]).len(), 5);
    }

    #[test]
    fn values_have_their_place() {
        let axis = Axis::of(Unit::Count, [10.0, -10.0].into_iter()).unwrap();
        assert!((axis.part(0.0) - 0.5).abs() < 1e-12);
        assert!((axis.part(10.0) - 1.0).abs() < 1e-12);
        assert!((axis.part(f64::NAN) - 0.5).abs() < 1e-12);
        assert_eq!(
            Axis::of(Unit::Count, [0.0, f64::INFINITY].into_iter()),
            None
        );
    }
}
