//! Charts of sections, made of the tables of their reports: which columns are drawn, and as what.

use super::figures::{Kind, figure_of, name_of};
use crate::cli::chart::{Chart, MOST_SERIES, SIDES, Shape, Unit};
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
    /// Shares by the time after which they are reached, a line for each group of the first outcome.
    Reached,
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
    plot(
        "split",
        Drawn::Reached,
        "Share of cases that have it after a time",
        &[("time to", "")],
    ),
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
        if matches!(self.drawn, Drawn::Reached) {
            return self.reached(table);
        }
        self.of_one(table, wording)
            .or_else(|| self.of_both(table, wording))
    }

    /// The chart of the shares of groups that have an outcome after a time: of the first outcome of the table.
    fn reached(&self, table: &Table<'_>) -> Option<Chart> {
        let place = |name: &str| table.columns.iter().position(|column| column.name == name);
        let (_, group, median) = (place("time to")?, place("group")?, place("median")?);
        let rows: Vec<Vec<Cell<'_>>> = (0..table.n_rows).map(|at| (table.row)(at)).collect();
        let outcome = text_of(rows.first()?.first()?)?;
        let of_outcome = rows
            .iter()
            .filter(|row| row.first().and_then(text_of).as_ref() == Some(&outcome));
        let series = of_outcome.take(MOST_SERIES).map(|row| {
            let values = row.iter().skip(median + 1);
            let values = values.map(|cell| figure_of(cell).map(|(_, value)| value));
            (text_of(&row[group]).unwrap_or_default(), values.collect())
        });
        let times = table.columns.iter().skip(median + 1);
        Some(Chart {
            title: format!("{}: {outcome}", self.title),
            unit: Unit::Share,
            shape: Shape::Lines {
                at: times.map(|column| column.name.to_string()).collect(),
                series: series.collect(),
            },
        })
    }

    /// The chart of a table of two selections: a figure of both.
    fn of_both(&self, table: &Table<'_>, wording: Wording) -> Option<Chart> {
        let place = |side: &str, name: &str| {
            let mut columns = table.columns.iter();
            columns.position(|column| column.name.strip_prefix(side) == Some(name))
        };
        let (name, places) = self.columns.iter().find_map(|(column, name)| {
            let sides = [["a_", "b_"], ["A ", "B "]].iter();
            let mut places =
                sides.filter_map(|[a, b]| Some([place(a, column)?, place(b, column)?]));
            let name = if name.is_empty() { column } else { name };
            Some((*name, places.next()?))
        })?;
        let rows: Vec<Vec<Cell<'_>>> = (0..table.n_rows).map(|at| (table.row)(at)).collect();
        let figure = |row: &Vec<Cell<'_>>, side: usize| row.get(places[side]).and_then(figure_of);
        let kind = rows
            .iter()
            .find_map(|row| figure(row, 0).or_else(|| figure(row, 1)))?
            .0;
        let value = |row: &Vec<Cell<'_>>, side: usize| figure(row, side).map(|(_, value)| value);
        let names = rows
            .iter()
            .enumerate()
            .map(|(at, row)| name_of(row, at, wording));
        let (title, shape) = match self.drawn {
            Drawn::Bars => {
                let pairs = names.zip(&rows);
                let pairs = pairs.map(|(name, row)| (name, [0, 1].map(|side| value(row, side))));
                (self.title, Shape::Pairs(pairs.collect()))
            }
            Drawn::Lines => {
                let series = [0, 1].map(|side| {
                    let values = rows.iter().map(|row| value(row, side));
                    (SIDES[side].to_owned(), values.collect())
                });
                let at = names.collect();
                let series = series.into();
                (name, Shape::Lines { at, series })
            }
            Drawn::Week | Drawn::Reached => return None,
        };
        Some(Chart {
            title: format!("{title}: A and B"),
            unit: unit_of(kind, wording),
            shape,
        })
    }

    /// The chart of a table of one selection; `None` where it lacks a column or has no values.
    fn of_one(&self, table: &Table<'_>, wording: Wording) -> Option<Chart> {
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
            Drawn::Reached => return None,
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

/// A cell with a text.
fn text_of(cell: &Cell<'_>) -> Option<String> {
    match cell {
        Cell::Text(text) => Some(text.to_string()),
        _ => None,
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
