//! Where the time goes: throughput and age of cases, service, waiting, idle and sojourn.

use super::{Report, ReportContext, ReportResult, Spec};
use crate::cli::failure::Failure;
use crate::cli::json::{Json, Number, list};
use crate::cli::table::{Cell, Column, Table};
use crate::engine::{Subject, TimeRow, Times, TimesBy, TimesQuery};
use crate::text;
use clap::{Arg, ArgMatches, Command, ValueEnum};
use serde::Serialize;

pub(super) const SPEC: Spec = Spec {
    name: "times",
    about: "Service, waiting and other times, --by activity, resource or edge",
    options,
    make,
};

/// Rows of the report.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum By {
    /// Cases
    Case,
    /// Each activity
    Activity,
    /// Each resource
    Resource,
    /// Each step from one activity to the next
    Edge,
}

fn options(command: Command) -> Command {
    let by = Arg::new("by").long("by").value_name("WHAT");
    let by = by.value_parser(clap::value_parser!(By));
    command.arg(by.help("Rows of the report [default: case]"))
}

struct TimesReport {
    selection: String,
    by: TimesBy,
    times: Times,
    limit: usize,
}

fn make(ask: &ReportContext<'_>, matches: &ArgMatches) -> ReportResult {
    let by = match matches.get_one("by") {
        None | Some(By::Case) => TimesBy::Case,
        Some(By::Activity) => TimesBy::Each(Subject::Activity),
        Some(By::Resource) => TimesBy::Each(Subject::Resource),
        Some(By::Edge) => TimesBy::Edge,
    };
    if by == TimesBy::Each(Subject::Resource) && ask.info().resource.is_none() {
        return Err(Failure::usage(
            "the log has no resource (--resource COL names its column)",
        ));
    }
    let times = ask.answer(&TimesQuery { by })?;
    let mut selection = ask.selection()?;
    if !selection.is_empty() {
        let open = text::counted(times.open, "case is open", "cases are open");
        selection = format!("{selection}; {open}");
        if !ask.info().instances {
            selection.push_str("; no start times are known, so waits include work");
        }
    }
    Ok(Box::new(TimesReport {
        selection,
        by,
        times,
        limit: ask.common.printing.limit(),
    }))
}

#[derive(Serialize)]
struct TimesJson<L> {
    open_cases: u64,
    times: L,
}

#[derive(Serialize)]
struct TimeJson<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    activity: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<&'a str>,
    metric: &'static str,
    n: u64,
    unknown: u64,
    mean: Number,
    median: Number,
    p90: Number,
    p99: Number,
    max: Number,
    total: Option<Number>,
    share: Option<f64>,
}

/// The sum, of what can be summed up.
fn total(row: &TimeRow) -> Option<f64> {
    (row.metric != UTILIZATION).then_some(row.figures.total)
}

/// The one that is no time.
const UTILIZATION: &str = "utilization";

impl TimesReport {
    fn rows(&self) -> &[TimeRow] {
        &self.times.rows[..self.times.rows.len().min(self.limit)]
    }

    fn subjects(&self) -> &'static [&'static str] {
        match self.by {
            TimesBy::Case => &[],
            TimesBy::Each(Subject::Activity) => &["activity"],
            TimesBy::Each(Subject::Resource) => &["resource"],
            TimesBy::Edge => &["from", "to"],
        }
    }
}

impl Report for TimesReport {
    fn json(&self) -> Box<dyn Json + '_> {
        let subjects = self.subjects();
        Box::new(TimesJson {
            open_cases: self.times.open,
            times: list(self.rows(), move |row| {
                let of = |name: &str| {
                    let at = subjects.iter().position(|subject| *subject == name)?;
                    row.subject.get(at).map(String::as_str)
                };
                let f = row.figures;
                TimeJson {
                    activity: of("activity"),
                    resource: of("resource"),
                    from: of("from"),
                    to: of("to"),
                    metric: row.metric,
                    n: f.n,
                    unknown: row.unknown,
                    mean: Number(f.mean),
                    median: Number(f.median),
                    p90: Number(f.p90),
                    p99: Number(f.p99),
                    max: Number(f.max),
                    total: total(row).map(Number),
                    share: row.share,
                }
            }),
        })
    }

    fn heading(&self) -> String {
        self.selection.clone()
    }

    fn list(&self) -> Table<'_> {
        let subjects = self.subjects().iter().map(|name| Column::text(*name));
        let mut columns: Vec<Column<'_>> = subjects.collect();
        columns.push(Column::text("time"));
        let figures = [
            "n", "unknown", "mean", "median", "p90", "p99", "max", "total", "share",
        ];
        columns.extend(figures.map(Column::figure));
        Table::new(columns, self.rows(), |row| {
            let f = row.figures;
            let figure = |figure: f64| match row.metric {
                UTILIZATION => Cell::Share(figure),
                _ => Cell::Seconds(figure),
            };
            let subject = row.subject.iter().map(|name| Cell::from(name.as_str()));
            let mut cells: Vec<Cell<'_>> = subject.collect();
            cells.extend([
                row.metric.into(),
                f.n.into(),
                row.unknown.into(),
                figure(f.mean),
                figure(f.median),
                figure(f.p90),
                figure(f.p99),
                figure(f.max),
                Cell::seconds(total(row)),
                row.share.map_or(Cell::Missing, Cell::Share),
            ]);
            cells
        })
    }

    fn total(&self) -> Option<usize> {
        Some(self.times.rows.len())
    }
}
