//! Alerts as they are defined: conditions on cases or on figures, and how long they must hold.

use super::condition::Condition;
use crate::text::count;
use crate::text::time::{duration, parse_duration};
use std::fmt;

/// An alert.
#[derive(Debug, Clone, PartialEq)]
pub struct AlertSpec {
    /// Name.
    pub name: String,
    /// Subject of the condition.
    pub on: AlertOn,
    /// It fires after the condition held for so long without a break, microseconds.
    pub hold: i64,
    /// It is resolved after the condition did not hold for so long, microseconds.
    pub keep: i64,
}

/// Subject of an alert.
#[derive(Debug, Clone, PartialEq)]
pub enum AlertOn {
    /// Each case that meets this filter.
    Cases(Condition),
    /// Each open case for which the deadline of this name is overdue.
    Deadline(String),
    /// A figure of all cases.
    Figure(FigureTest),
}

/// A figure compared with a value: `open > 50`, `p90(duration) > 5d`.
#[derive(Debug, Clone, PartialEq)]
pub struct FigureTest {
    /// The figure.
    pub figure: AlertFigure,
    /// The comparison.
    pub op: FigureOp,
    /// Cases, seconds, or a share from 0 to 1.
    pub value: f64,
    /// Text by which it was defined.
    pub text: String,
}

/// A figure that alerts watch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AlertFigure {
    /// Cases.
    Cases,
    /// Open cases.
    Open,
    /// Open cases whose last step is this activity.
    OpenAt(String),
    /// A quantile of a duration: that of the cases that are over, `duration`, or a milestone.
    Quantile(Quantile, String),
    /// Share of the cases that break a deadline among those whose fate is known.
    Breaches(String),
}

/// A quantile, or the mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantile {
    /// Mean.
    Mean,
    /// Median.
    Median,
    /// 90th percentile.
    P90,
    /// 99th percentile.
    P99,
    /// Largest.
    Max,
}

const QUANTILES: [(&str, Quantile); 6] = [
    ("mean", Quantile::Mean),
    ("median", Quantile::Median),
    ("p50", Quantile::Median),
    ("p90", Quantile::P90),
    ("p99", Quantile::P99),
    ("max", Quantile::Max),
];

/// A comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FigureOp {
    /// Greater.
    Above,
    /// Greater or equal.
    AtLeast,
    /// Less.
    Below,
    /// Less or equal.
    AtMost,
}

// The longer ones first, as they begin with the shorter ones.
const OPS: [(&str, FigureOp); 4] = [
    (">=", FigureOp::AtLeast),
    ("<=", FigureOp::AtMost),
    (">", FigureOp::Above),
    ("<", FigureOp::Below),
];

/// The figures that there are, for messages.
const FIGURES: &str = "expected a figure compared with a value: open > 50, cases >= 1000, open(\"Assigned\") > 20, \
    p90(duration) > 5d (also mean, median, p99, max; of a milestone by its name), breaches(deadline) > 10%";

impl FigureTest {
    /// Reads a test of a figure.
    ///
    /// # Errors
    /// The text is none: a sentence about what is expected.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let expected = || FIGURES.to_owned();
        let (left, op, right) = split(text).ok_or_else(expected)?;
        let figure = figure(left).ok_or_else(expected)?;
        let value = figure.value(right)?;
        Ok(FigureTest {
            figure,
            op,
            value,
            text: text.to_owned(),
        })
    }

    /// True if a value meets it.
    pub fn holds(&self, value: f64) -> bool {
        match self.op {
            FigureOp::Above => value > self.value,
            FigureOp::AtLeast => value >= self.value,
            FigureOp::Below => value < self.value,
            FigureOp::AtMost => value <= self.value,
        }
    }
}

impl fmt::Display for FigureTest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl AlertFigure {
    /// A value of the figure as text: a number of cases, a duration, or a share.
    pub fn shown(&self, value: f64) -> String {
        match self {
            AlertFigure::Cases | AlertFigure::Open | AlertFigure::OpenAt(_) => count(value as u64),
            AlertFigure::Quantile(..) => duration(value),
            AlertFigure::Breaches(_) => format!("{:.1}%", value * 100.0),
        }
    }

    /// Reads a value of the figure: a number of cases, a duration, or a share.
    fn value(&self, text: &str) -> Result<f64, String> {
        let number = |text: &str| {
            let number = text.trim().parse::<f64>().ok();
            number.filter(|n| n.is_finite() && *n >= 0.0)
        };
        match self {
            AlertFigure::Cases | AlertFigure::Open | AlertFigure::OpenAt(_) => {
                number(text).ok_or_else(|| format!("expected a number of cases in place of {text}"))
            }
            AlertFigure::Quantile(..) => parse_duration(text)
                .map(|micros| micros as f64 / 1e6)
                .map_err(|_| format!("expected a duration such as 4h in place of {text}")),
            AlertFigure::Breaches(_) => {
                let share = match text.strip_suffix('%') {
                    Some(percent) => number(percent).map(|n| n / 100.0),
                    None => number(text),
                };
                share.ok_or_else(|| format!("expected a share such as 10% in place of {text}"))
            }
        }
    }
}

/// The parts of a comparison: left side, operator, right side. Names in quotes may have any characters.
fn split(text: &str) -> Option<(&str, FigureOp, &str)> {
    let mut quote = None;
    for (at, c) in text.char_indices() {
        match quote {
            Some(q) if q == c => quote = None,
            Some(_) => {}
            None if c == '"' || c == '`' => quote = Some(c),
            None => {
                let rest = &text[at..];
                if let Some((sign, op)) = OPS.iter().find(|(sign, _)| rest.starts_with(sign)) {
                    return Some((text[..at].trim(), *op, rest[sign.len()..].trim()));
                }
            }
        }
    }
    None
}

/// Reads the name of a figure.
fn figure(text: &str) -> Option<AlertFigure> {
    let Some((word, rest)) = text.split_once('(') else {
        return match text {
            "cases" => Some(AlertFigure::Cases),
            "open" => Some(AlertFigure::Open),
            _ => None,
        };
    };
    let name = unquoted(rest.strip_suffix(')')?.trim())?;
    let word = word.trim();
    match word {
        "open" => Some(AlertFigure::OpenAt(name)),
        "breaches" => Some(AlertFigure::Breaches(name)),
        word => {
            let (_, quantile) = QUANTILES.iter().find(|(known, _)| *known == word)?;
            Some(AlertFigure::Quantile(*quantile, name))
        }
    }
}

/// A name, as it is or in quotes.
fn unquoted(text: &str) -> Option<String> {
    for quote in ['"', '`'] {
        if let Some(rest) = text.strip_prefix(quote) {
            let name = rest.strip_suffix(quote)?;
            return (!name.is_empty() && !name.contains(quote)).then(|| name.to_owned());
        }
    }
    (!text.is_empty() && !text.contains(['"', '`', '(', ')'])).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read() {
        let read = |text: &str| FigureTest::parse(text).map(|t| (t.figure, t.op, t.value));
        let name = || "a > b".to_owned();
        for (text, figure, op, value) in [
            ("open > 50", AlertFigure::Open, FigureOp::Above, 50.0),
            ("cases<=7", AlertFigure::Cases, FigureOp::AtMost, 7.0),
            (
                "open(\"a > b\") >= 2",
                AlertFigure::OpenAt(name()),
                FigureOp::AtLeast,
                2.0,
            ),
            (
                "p90(duration) > 1d",
                AlertFigure::Quantile(Quantile::P90, "duration".into()),
                FigureOp::Above,
                86_400.0,
            ),
            (
                "median(`first response`) < 1h30m",
                AlertFigure::Quantile(Quantile::Median, "first response".into()),
                FigureOp::Below,
                5400.0,
            ),
            (
                "breaches(fast) > 10%",
                AlertFigure::Breaches("fast".into()),
                FigureOp::Above,
                0.1,
            ),
            (
                "breaches( `a > b` )>0.5",
                AlertFigure::Breaches(name()),
                FigureOp::Above,
                0.5,
            ),
        ] {
            assert_eq!(read(text), Ok((figure, op, value)), "{text}");
        }
        for text in [
            "",
            "open",
            "open >",
            "> 5",
            "wip > 5",
            "open > -1",
            "open > many",
            "open(\"a > 5",
            "p90 > 1d",
            "p90() > 1d",
            "p90(duration) > 5",
            "breaches(x) > y%",
            "open(\"\") > 1",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn values_at_the_limit() {
        let holds = |text: &str, value| FigureTest::parse(text).unwrap().holds(value);
        assert!(!holds("open > 5", 5.0) && holds("open >= 5", 5.0));
        assert!(!holds("open < 5", 5.0) && holds("open <= 5", 5.0));
    }
}
