//! Times that cases take to reach milestones.

use super::{Report, ReportContext, ReportResult, Spec, no_options};
use crate::cli::json::{Json, Number, list};
use crate::cli::table::{Cell, Column, Table};
use crate::engine::{MilestoneRow, MilestonesQuery};
use clap::ArgMatches;
use serde::Serialize;

pub(super) const SPEC: Spec = Spec {
    name: "milestones",
    about: "Durations until milestones (--rules, --milestone)",
    options: no_options,
    make,
};

struct Milestones {
    selection: String,
    rows: Vec<MilestoneRow>,
}

fn make(ask: &ReportContext<'_>, _: &ArgMatches) -> ReportResult {
    let rows = ask.answer(&MilestonesQuery)?;
    let mut selection = ask.selection()?;
    if rows.is_empty() {
        selection.push_str(
            "; no milestone is defined (--milestone auto, 'NAME = last \"Resolved\"', or --rules FILE)",
        );
    }
    Ok(Box::new(Milestones { selection, rows }))
}

#[derive(Serialize)]
struct MilestonesJson<L> {
    milestones: L,
}

#[derive(Serialize)]
struct MilestoneJson<'a> {
    milestone: &'a str,
    definition: &'a str,
    calendar: Option<&'a str>,
    cases: u64,
    unknown: u64,
    duration: Option<DurationJson>,
}

#[derive(Serialize)]
struct DurationJson {
    mean: Number,
    median: Number,
    p90: Number,
    p99: Number,
    max: Number,
    total: Number,
}

impl Report for Milestones {
    fn json(&self) -> Box<dyn Json + '_> {
        Box::new(MilestonesJson {
            milestones: list(&self.rows, |row| MilestoneJson {
                milestone: &row.name,
                definition: &row.definition,
                calendar: row.calendar.as_deref(),
                cases: row.duration.map_or(0, |d| d.n),
                unknown: row.unknown,
                duration: row.duration.map(|d| DurationJson {
                    mean: Number(d.mean),
                    median: Number(d.median),
                    p90: Number(d.p90),
                    p99: Number(d.p99),
                    max: Number(d.max),
                    total: Number(d.total),
                }),
            }),
        })
    }

    fn heading(&self) -> String {
        self.selection.clone()
    }

    fn list(&self) -> Table<'_> {
        let mut columns = vec![Column::text("milestone")];
        let figures = [
            "cases", "unknown", "mean", "median", "p90", "p99", "max", "total",
        ];
        columns.extend(figures.map(Column::figure));
        columns.push(Column::text("calendar"));
        columns.push(Column::text("definition"));
        Table::new(columns, &self.rows, |row| {
            let d = row.duration;
            let time = |figure: Option<f64>| match (figure, &row.calendar) {
                (Some(seconds), Some(_)) => Cell::Working(seconds),
                (figure, _) => Cell::seconds(figure),
            };
            vec![
                row.name.as_str().into(),
                d.map_or(0, |d| d.n).into(),
                row.unknown.into(),
                time(d.map(|d| d.mean)),
                time(d.map(|d| d.median)),
                time(d.map(|d| d.p90)),
                time(d.map(|d| d.p99)),
                time(d.map(|d| d.max)),
                time(d.map(|d| d.total)),
                row.calendar.as_deref().unwrap_or_default().into(),
                row.definition.as_str().into(),
            ]
        })
    }
}
