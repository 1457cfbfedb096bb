//! The writings of a column of timestamps, and their names.

use super::pattern::Pattern;
use crate::formats::{DateOrder, ImportError};

/// Format of a column's timestamps.
#[derive(Debug, Clone, PartialEq)]
pub struct TimeFormat {
    /// The writing.
    pub style: Style,
    /// Order of day and month in 01/02/2024.
    pub order: DateOrder,
}

/// The writing of timestamps.
#[derive(Debug, Clone, PartialEq)]
pub enum Style {
    /// Calendar dates of any usual form, each read by its own shape.
    Calendar {
        /// Dates like `20240131` occur.
        compact: bool,
    },
    /// Counts since 1970; those of another unit are faults where the unit was guessed.
    Epoch {
        /// The unit.
        unit: EpochUnit,
        /// True if it was guessed from the number of digits.
        guessed: bool,
    },
    /// Days since 1899-12-30, as Excel counts.
    ExcelDays,
    /// `[2024,3,5,10,0,30,500000000]`: year to nanosecond, of which hour and later may be missing.
    Array,
    /// `/Date(1709632800000+0100)/`: milliseconds since 1970; the offset changes nothing.
    DotNet,
    /// A format that was given.
    Given(Box<Pattern>),
}

/// The unit of a count since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EpochUnit {
    /// 10 digits today.
    Seconds,
    /// 13 digits.
    Millis,
    /// 16 digits.
    Micros,
    /// 19 digits.
    Nanos,
}

impl EpochUnit {
    /// The unit of counts with `n` digits.
    pub(super) fn of_digits(n: usize) -> Option<Self> {
        // Ten digits of seconds are the years 2001 to 2286; the others are the same span in finer
        // units.
        match n {
            10 => Some(EpochUnit::Seconds),
            13 => Some(EpochUnit::Millis),
            16 => Some(EpochUnit::Micros),
            19 => Some(EpochUnit::Nanos),
            _ => None,
        }
    }

    /// The name of the unit among the time formats.
    pub fn name(self) -> &'static str {
        match self {
            EpochUnit::Seconds => "epoch_s",
            EpochUnit::Millis => "epoch_ms",
            EpochUnit::Micros => "epoch_us",
            EpochUnit::Nanos => "epoch_ns",
        }
    }

    fn of_name(name: &str) -> Option<Self> {
        let all = [
            EpochUnit::Seconds,
            EpochUnit::Millis,
            EpochUnit::Micros,
            EpochUnit::Nanos,
        ];
        all.into_iter().find(|unit| unit.name() == name)
    }

    /// Decimal places from this unit to microseconds.
    pub(super) fn places(self) -> i32 {
        match self {
            EpochUnit::Seconds => 6,
            EpochUnit::Millis => 3,
            EpochUnit::Micros => 0,
            EpochUnit::Nanos => -3,
        }
    }
}

/// Names of the formats that no strftime can express, beside the units of counts since 1970.
const NAMED: [(&str, Style); 3] = [
    ("excel", Style::ExcelDays),
    ("array", Style::Array),
    ("dotnet", Style::DotNet),
];

impl Style {
    /// The text by which a user gives it; empty for calendar dates.
    pub(super) fn name(&self) -> &str {
        match self {
            Style::Calendar { .. } => "",
            Style::Epoch { unit, .. } => unit.name(),
            Style::Given(pattern) => pattern.text(),
            style => NAMED
                .iter()
                .find(|(_, named)| named == style)
                .map_or("", |(name, _)| name),
        }
    }
}

impl TimeFormat {
    /// The format that the user gave.
    pub fn given(text: &str, order: Option<DateOrder>) -> Result<Self, ImportError> {
        let style = if let Some(unit) = EpochUnit::of_name(text) {
            Style::Epoch {
                unit,
                guessed: false,
            }
        } else if let Some((_, style)) = NAMED.iter().find(|(name, _)| *name == text) {
            style.clone()
        } else {
            let pattern = Pattern::new(text).map_err(|why| {
                let text = crate::formats::text::shown(text);
                ImportError::Usage(format!("the time format {text} {why}"))
            })?;
            Style::Given(Box::new(pattern))
        };
        Ok(TimeFormat {
            style,
            order: order.unwrap_or(DateOrder::Dmy),
        })
    }

    /// Calendar dates, whatever they look like.
    pub fn calendar(order: DateOrder) -> Self {
        TimeFormat {
            style: Style::Calendar { compact: false },
            order,
        }
    }
}
