//! Figures by day, week or month, and how the last full period stands against the one before.

use super::by::{self, Choices};
use super::flow::{EndingJson, heading};
use super::{Report, ReportContext, ReportResult, Spec, paired};
use crate::cli::json::{Instant, Json, Number, list};
use crate::cli::table::{Cell, Column, Table};
use crate::engine::{Charted, Trend, TrendBasis, TrendKind, TrendQuery, TrendUnit};
use clap::{ArgMatches, Command};
use serde::Serialize;

pub(super) const SPEC: Spec = Spec {
    name: "trend",
    about: "Figures by day, week or month, with the change of the last full one",
    options,
    make,
    versus: Ok(compare),
};

const BY: Choices<TrendUnit> = &[
    ("day", "", TrendUnit::Day),
    ("week", "", TrendUnit::Week),
    ("month", "", TrendUnit::Month),
];

fn options(command: Command) -> Command {
    let by = by::option(BY, "Length of a period").value_name("PERIOD");
    command.arg(by.default_value("month").help_heading("Time"))
}

fn compare(ask: &ReportContext<'_>, matches: &ArgMatches) -> ReportResult {
    let (_, by) = by::chosen(BY, ask, matches)?;
    paired::of(ask, Charted::Trend(by))
}

struct TrendReport {
    selection: String,
    trend: Trend,
    /// Index of the period, from 0.
    periods: Vec<usize>,
}

fn make(ask: &ReportContext<'_>, matches: &ArgMatches) -> ReportResult {
    let (_, by) = by::chosen(BY, ask, matches)?;
    let trend = ask.answer(&TrendQuery { by })?;
    Ok(Box::new(TrendReport {
        selection: ask.selection()?,
        periods: (0..trend.partial.len()).collect(),
        trend,
    }))
}

#[derive(Serialize)]
struct TrendJson<'a, F, P> {
    unit: &'a str,
    #[serde(flatten)]
    ending: EndingJson<'a>,
    last_full: Option<Instant>,
    figures: F,
    periods: P,
}

#[derive(Serialize)]
struct FigureJson<'a> {
    figure: &'a str,
    /// Instant that puts a value into a period, in words.
    by: &'static str,
    value: Option<Number>,
    change: Option<Number>,
    change_share: Option<Number>,
}

#[derive(Serialize)]
struct PeriodJson {
    start: Instant,
    end: Instant,
    partial: bool,
    /// In the order of the figures.
    values: Vec<Option<Number>>,
}

impl TrendReport {
    fn figures(&self) -> Table<'_> {
        let mut columns = vec![Column::text("figure")];
        columns.extend(["value", "change", "change_share"].map(Column::figure));
        columns.push(Column::text("by"));
        Table::new(columns, &self.trend.rows, |row| {
            let change = self.trend.change(row);
            vec![
                row.name.as_str().into(),
                cell(row.kind, change.value),
                match (row.kind, change.change) {
                    (TrendKind::Share, Some(change)) => Cell::Points(change),
                    (kind, change) => cell(kind, change),
                },
                change.relative.map_or(Cell::Missing, Cell::Growth),
                row.basis.words().into(),
            ]
        })
    }
}

/// A figure as a cell.
pub(super) fn cell(kind: TrendKind, value: Option<f64>) -> Cell<'static> {
    match (kind, value) {
        (_, None) => Cell::Missing,
        (TrendKind::Duration, Some(value)) => Cell::Seconds(value),
        (TrendKind::Working, Some(value)) => Cell::Working(value),
        (TrendKind::Share, Some(value)) => Cell::Share(value),
        (TrendKind::Count, Some(value)) => Cell::Number(value),
    }
}

impl Report for TrendReport {
    fn json(&self) -> Box<dyn Json + '_> {
        let trend = &self.trend;
        Box::new(TrendJson {
            unit: &trend.unit,
            ending: EndingJson::of(&trend.ending),
            last_full: trend.last_full().map(|at| Instant(trend.bounds[at])),
            figures: list(&trend.rows, |row| {
                let change = trend.change(row);
                FigureJson {
                    figure: &row.name,
                    by: row.basis.words(),
                    value: change.value.map(Number),
                    change: change.change.map(Number),
                    change_share: change.relative.map(Number),
                }
            }),
            periods: list(&self.periods, |&at| PeriodJson {
                start: Instant(trend.bounds[at]),
                end: Instant(trend.bounds[at + 1]),
                partial: trend.partial[at],
                values: trend
                    .rows
                    .iter()
                    .map(|row| row.values[at].map(Number))
                    .collect(),
            }),
        })
    }

    fn heading(&self) -> String {
        let mut heading = heading(&self.selection, &self.trend.ending);
        let bases = [
            (TrendBasis::Reached, "milestones"),
            (TrendBasis::Due, "deadlines"),
        ];
        for (basis, what) in bases {
            if self.trend.rows.iter().any(|row| row.basis == basis) {
                heading = format!("{heading}; {what} by {}", basis.words());
            }
        }
        match self.trend.last_full() {
            Some(at) => {
                let start = Instant(self.trend.bounds[at]).rfc3339();
                let day = start.split('T').next().unwrap_or_default();
                format!(
                    "{heading}; last full {} ({day}), compared with the one before",
                    self.trend.unit
                )
            }
            None => format!("{heading}; the log has no full {}", self.trend.unit),
        }
    }

    fn list(&self) -> Table<'_> {
        let mut columns = vec![Column::fixed("start"), Column::fixed("partial")];
        let figures = self
            .trend
            .rows
            .iter()
            .map(|row| Column::figure(row.name.as_str()));
        columns.extend(figures);
        Table::new(columns, &self.periods, |&at| {
            let partial = if self.trend.partial[at] {
                "partial"
            } else {
                ""
            };
            let mut cells = vec![Cell::Instant(self.trend.bounds[at]), partial.into()];
            let values = self
                .trend
                .rows
                .iter()
                .map(|row| cell(row.kind, row.values[at]));
            cells.extend(values);
            cells
        })
    }

    fn tables(&self) -> Vec<Table<'_>> {
        vec![self.figures(), self.list()]
    }
}
