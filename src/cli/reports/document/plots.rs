//! Charts of sections, made of the tables of their reports: which columns are drawn, and as what.

use super::figures::{Kind, figure_of, name_of};
use crate::cli::chart::{Chart, MOST_SERIES, Shape, Unit};
use crate::cli::failure::Failure;
use crate::cli::reports::{Report, ReportContext};
use crate::cli::table::{Cell, Table, Wording};
use crate::engine::OverviewQuery;
use crate::text::time;

/// A chart of a report: title and columns of values.
struct Plot {
    /// Name of the report.
    report: &'static str,
    /// Layout.
    drawn: Drawn,
    /// Title.
    title: &'static str,
    /// Column of values; of lines several, each with a name for the legend, which is that of the column if empty.
    columns: &'static [(&'static str, &'static str)],
}

enum Drawn {
    Bars,
    Lines,
    /// By weekday and hour.
    Week,
}

type Columns = &'static [(&'static str, &'static str)];

const fn plot(report: &'static str, drawn: Drawn, title: &'static str, columns: Columns) -> Plot {
    Plot {
        report,
        drawn,
        title,
        columns,
    }
}

const fn bars(report: &'static str, title: &'static str, column: Columns) -> Plot {
    plot(report, Drawn::Bars, title, column)
}

const fn lines(report: &'static str, title: &'static str, columns: Columns) -> Plot {
    plot(report, Drawn::Lines, title, columns)
}

/// All charts. One is drawn where a table of the report has its columns.
const PLOTS: &[Plot] = &[
    bars("variants", "Cases by variant", &[("cases", "")]),
    bars("activities", "Events by activity", &[("events", "")]),
    bars("dfg", "Steps", &[("count", "")]),
    bars(
        "starts-ends",
        "Cases by first and last activity",
        &[("cases", "")],
    ),
    bars("ends", "Cases that end with an activity", &[("cases", "")]),
    bars("bottlenecks", "Total wait", &[("total", "")]),
    bars("cases", "Duration of cases", &[("duration", "")]),
    bars("resources", "Events by resource", &[("events", "")]),
    bars("load", "Instances by resource", &[("instances", "")]),
    bars("handover", "Handovers", &[("count", "")]),
    bars("cost", "Cost by activity", &[("cost", "")]),
    bars("times", "Median time", &[("median", "")]),
    bars(
        "milestones",
        "Median time until a milestone",
        &[("median", "")],
    ),
    bars("check", "Broken deadlines", &[("broken", "")]),
    bars("rules", "Cases that violate a rule", &[("violated", "")]),
    bars("conform", "Cases with a deviation", &[("cases", "")]),
    bars("triage", "Age of open cases", &[("age", "")]),
    bars("queues", "Total wait in queues", &[("total", "")]),
    bars("split", "Cases by group", &[("cases", "")]),
    bars("funnel", "Cases that reach a stage", &[("cases", "")]),
    bars("journey", "Cases by touchpoint", &[("cases", "")]),
    bars(
        "findings",
        "Case time that findings stand for",
        &[("cost", "")],
    ),
    lines(
        "flow",
        "Cases started, ended and in progress",
        &[
            ("arrivals", "started"),
            ("completions", "ended"),
            ("wip_mean", "in progress, mean"),
        ],
    ),
    lines(
        "queues",
        "Queue over time",
        &[
            ("length_mean", "length, mean"),
            ("waited", "joined it"),
            ("left", "left it"),
        ],
    ),
    lines(
        "trend",
        "Cases by period",
        &[
            ("cases started", ""),
            ("cases completed", ""),
            ("in progress at the end", ""),
        ],
    ),
    lines(
        "trend",
        "Throughput time by period",
        &[("throughput, median", ""), ("throughput, p90", "")],
    ),
    plot(
        "week",
        Drawn::Week,
        "Events by weekday and hour",
        &[("events", "")],
    ),
];

/// The charts of a report.
///
/// # Errors
/// The figures for a chart that no table has cannot be asked for.
pub fn charts(
    ask: &ReportContext<'_>,
    name: &str,
    report: &dyn Report,
    wording: Wording,
) -> Result<Vec<Chart>, Failure> {
    let tables = report.tables();
    let plots = PLOTS.iter().filter(|plot| plot.report == name);
    let mut charts: Vec<Chart> = plots
        .filter_map(|plot| {
            let mut drawn = tables.iter().filter_map(|table| plot.of(table, wording));
            drawn.next()
        })
        .collect();
    if name == "summary" && ask.view.versus.is_none() {
        charts.extend(durations(ask, wording)?);
    }
    Ok(charts)
}

/// Distribution of the durations of cases.
fn durations(ask: &ReportContext<'_>, wording: Wording) -> Result<Option<Chart>, Failure> {
    const BINS: usize = 14;
    if ask.info().least > 0 {
        // Any bin may be of few cases.
        return Ok(None);
    }
    let shape = ask.answer(&OverviewQuery {
        time_bins: 1,
        duration_bins: BINS,
    })?;
    let unit = Unit::Duration {
        working: wording.working,
    };
    let bins = shape.durations.iter();
    let bins: Vec<(String, f64)> = bins
        .map(|bin| (unit.rounded(bin.from), bin.count as f64))
        .collect();
    Ok((!bins.is_empty()).then(|| Chart {
        title: "Cases by duration".to_owned(),
        unit: Unit::Count,
        shape: Shape::Bins(bins),
    }))
}

impl Plot {
    /// The chart of a table; `None` where it lacks a column or has no values.
    fn of(&self, table: &Table<'_>, wording: Wording) -> Option<Chart> {
        let place = |name: &str| table.columns.iter().position(|column| column.name == name);
        let places = self.columns.iter();
        let places: Vec<(usize, &str)> = places
            .filter_map(|&(column, name)| {
                Some((place(column)?, if name.is_empty() { column } else { name }))
            })
            .collect();
        let first = places.first()?.0;
        let rows: Vec<Vec<Cell<'_>>> = (0..table.n_rows).map(|at| (table.row)(at)).collect();
        let value = |row: &Vec<Cell<'_>>, at: usize| row.get(at).and_then(figure_of);
        let kind = rows.iter().find_map(|row| value(row, first))?.0;
        let shape = match self.drawn {
            Drawn::Bars => {
                let bars = rows.iter().enumerate();
                Shape::Bars(
                    bars.filter_map(|(at, row)| {
                        Some((name_of(row, at, wording), value(row, first)?.1))
                    })
                    .collect(),
                )
            }
            Drawn::Lines => {
                let at: Option<Vec<String>> =
                    rows.iter().map(|row| time_of(row, wording)).collect();
                let series = places.iter().take(MOST_SERIES).map(|&(place, name)| {
                    let values = rows.iter().map(|row| Some(value(row, place)?.1));
                    (name.to_owned(), values.collect())
                });
                Shape::Lines {
                    at: at?,
                    series: series.collect(),
                }
            }
            Drawn::Week => Shape::Grid {
                rows: time::WEEKDAYS.map(str::to_owned).into(),
                columns: (0..24).map(|hour| format!("{hour}")).collect(),
                values: rows
                    .iter()
                    .map(|row| value(row, first).map_or(0.0, |(_, value)| value))
                    .collect(),
            },
        };
        Some(Chart {
            title: self.title.to_owned(),
            unit: unit_of(kind, wording),
            shape,
        })
    }
}

/// The time that a row begins with.
fn time_of(row: &[Cell<'_>], wording: Wording) -> Option<String> {
    let Some(Cell::Instant(start)) = row.first() else {
        return None;
    };
    let text = time::instant(*start, wording.zone);
    // Days need no time of day.
    Some(
        text.strip_suffix(" 00:00")
            .map_or(text.clone(), str::to_owned),
    )
}

fn unit_of(kind: Kind, wording: Wording) -> Unit {
    match kind {
        Kind::Count => Unit::Count,
        Kind::Share | Kind::Growth | Kind::Points => Unit::Share,
        Kind::Number => Unit::Number,
        Kind::Money => Unit::Money,
        Kind::Seconds => Unit::Duration {
            working: wording.working,
        },
        Kind::Working => Unit::Duration { working: true },
        Kind::Elapsed => Unit::Duration { working: false },
    }
}
