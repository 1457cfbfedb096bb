//! The dotted chart: cases by time, in a grid.

use super::{Report, ReportContext, ReportResult, Spec, options_do_not_fit};
use crate::cli::failure::Failure;
use crate::cli::json::{Instant, Json, Number, list};
use crate::cli::table::{Cell, Column, Table};
use crate::engine::{
    CaseKey, ColumnKind, Dotted as Chart, DottedCell, DottedKey, DottedOrder, DottedQuery,
    DottedRow, DottedValue,
};
use crate::filter::Moment;
use crate::text::{self, escape_line, time};
use clap::{ArgMatches, Args, Command, FromArgMatches};
use serde::Serialize;

pub(super) const SPEC: Spec = Spec {
    name: "dotted",
    about: "Cases over time: events and most frequent value of each cell of a grid",
    options,
    make,
    versus: Err("it draws single cases, and a case is the same whatever selects it"),
};

#[derive(Args)]
#[command(next_help_heading = "Chart")]
struct Options {
    /// Rows at most; consecutive cases share one
    #[arg(long, value_name = "N", default_value_t = 40, value_parser = size)]
    rows: u16,
    /// Columns of time at most
    #[arg(long, value_name = "N", default_value_t = 60, value_parser = size)]
    columns: u16,
    /// Order of the cases: start, end, duration, events, variant or case; `-` before the word turns it round
    #[arg(
        long,
        value_name = "KEY",
        default_value = "start",
        value_parser = order,
        allow_hyphen_values = true
    )]
    by: Order,
    /// Text column that colors events, instead of their activity
    #[arg(long, value_name = "COLUMN")]
    color: Option<String>,
    /// Time since the start of each case instead of timestamps
    #[arg(long)]
    relative: bool,
    /// Leave out that many cases at the beginning of the order
    #[arg(long, value_name = "N", default_value_t = 0)]
    skip: usize,
    /// Cases at most [default: all]
    #[arg(long, value_name = "N")]
    cases: Option<usize>,
    /// Values in the legend at most: each has a letter, all others share one
    #[arg(long, value_name = "N", default_value_t = 12)]
    legend: usize,
    /// Only what happened from this time on; with `--relative` a duration, as `2d`
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// Only what happened before this time; with `--relative` a duration
    #[arg(long, value_name = "TIME")]
    to: Option<String>,
}

fn size(text: &str) -> Result<u16, String> {
    let size = text.parse().ok().filter(|n| (1..=10_000).contains(n));
    size.ok_or_else(|| "expected a number from 1 to 10000".to_owned())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Order {
    key: CaseKey,
    word: &'static str,
    descending: bool,
}

fn order(text: &str) -> Result<Order, String> {
    let (descending, word) = match text.strip_prefix('-') {
        Some(word) => (true, word),
        None => (false, text),
    };
    let (key, word) = match word {
        "start" => (CaseKey::Start, "start"),
        "end" => (CaseKey::End, "end"),
        "duration" => (CaseKey::Duration, "duration"),
        "events" => (CaseKey::Events, "events"),
        "variant" => (CaseKey::Variant, "variant"),
        "case" => (CaseKey::Case, "case"),
        _ => return Err("known are start, end, duration, events, variant, case".to_owned()),
    };
    Ok(Order {
        key,
        word,
        descending,
    })
}

fn options(command: Command) -> Command {
    Options::augment_args(command)
}

struct Dotted {
    selection: String,
    by: &'static str,
    relative: bool,
    chart: Chart,
    /// Every cell, with the position of its row.
    cells: Vec<(usize, DottedCell)>,
}

fn make(ask: &ReportContext<'_>, matches: &ArgMatches) -> ReportResult {
    let options = Options::from_arg_matches(matches).map_err(|_| options_do_not_fit())?;
    if let Some(color) = &options.color {
        let columns = &ask.info().columns;
        let is_text = |c: &crate::engine::ColumnInfo| c.kind == ColumnKind::Text;
        if !columns.iter().any(|c| *c.name == **color && is_text(c)) {
            let color = escape_line(color);
            let message = format!("--color {color}: the log has no text column of that name");
            return Err(Failure::usage(message));
        }
    }
    let (from, to) = (
        time_of(ask, &options, "--from", options.from.as_deref())?,
        time_of(ask, &options, "--to", options.to.as_deref())?,
    );
    let end = options
        .skip
        .saturating_add(options.cases.unwrap_or(usize::MAX));
    let mut query = DottedQuery {
        order: DottedOrder {
            sort: options.by.key,
            descending: options.by.descending,
            relative: options.relative,
        },
        color: options.color,
        rows: options.rows.into(),
        columns: options.columns.into(),
        cases: (options.skip > 0 || options.cases.is_some()).then_some((options.skip, end)),
        time: None,
        legend: options.legend,
    };
    if from.is_some() || to.is_some() {
        let span = match (from, to) {
            (Some(from), Some(to)) => (from, to),
            // An end that was not given is that of the events.
            _ => ask.answer(&query)?.span,
        };
        let (from, to) = (
            from.unwrap_or(span.0),
            // The end is not part of the range.
            to.unwrap_or(span.1.saturating_add(1)),
        );
        if from >= to {
            let message = "no event is in this range: --from is not before --to or the last event";
            return Err(Failure::usage(message));
        }
        query.time = Some((from, to));
    }
    let chart = ask.answer(&query)?;
    let rows = chart.rows.iter().enumerate();
    let cells = rows.flat_map(|(at, row)| row.cells.iter().map(move |&cell| (at, cell)));
    Ok(Box::new(Dotted {
        selection: ask.selection()?,
        by: options.by.word,
        relative: options.relative,
        cells: cells.collect(),
        chart,
    }))
}

/// Reads a place of the axis: an instant, or a duration since the start of the case; microseconds.
fn time_of(
    ask: &ReportContext<'_>,
    options: &Options,
    option: &str,
    text: Option<&str>,
) -> Result<Option<i64>, Failure> {
    let Some(text) = text else { return Ok(None) };
    let place = if options.relative {
        time::parse_duration(text).map_err(str::to_owned)
    } else {
        let moment = Moment::parse(text).map_err(std::string::ToString::to_string);
        moment.map(|moment| moment.first_instant(ask.common.tz()))
    };
    let place =
        place.map_err(|why| Failure::usage(format!("{option} {}: {why}", escape_line(text))));
    place.map(Some)
}

#[derive(Serialize)]
struct DottedJson<'a, V, R> {
    cases: usize,
    events: u64,
    by: &'a str,
    color: Option<&'a str>,
    relative: bool,
    first: Place,
    step: Number,
    columns: usize,
    legend: V,
    other_values: u64,
    other_events: u64,
    rows: R,
}

/// Where something stands on the axis, or what a case is sorted by.
#[derive(Serialize)]
#[serde(untagged)]
enum Place {
    Instant(Instant),
    Number(Number),
    Text(String),
}

#[derive(Serialize)]
struct ValueJson<'a> {
    mark: char,
    value: Option<&'a str>,
    events: u64,
}

#[derive(Serialize)]
struct RowJson<'a, C> {
    cases: usize,
    first: &'a str,
    last: &'a str,
    from: Place,
    to: Place,
    cells: C,
}

#[derive(Serialize)]
struct CellJson<'a> {
    column: usize,
    events: u64,
    cases: u64,
    value: Option<&'a str>,
    with_value: u64,
}

fn seconds(micros: i64) -> f64 {
    micros as f64 / 1e6
}

impl Dotted {
    fn place(&self, column: usize) -> Place {
        let at = self.chart.steps.bound(column);
        if self.relative {
            Place::Number(Number(seconds(at)))
        } else {
            Place::Instant(Instant(at))
        }
    }

    fn value(&self, cell: &DottedCell) -> Option<&str> {
        self.chart.values[cell.value].name.as_deref()
    }

    /// The letters of a row, a point where there is nothing.
    fn line(&self, row: &DottedRow) -> String {
        let mut line = vec!['.'; self.chart.steps.n];
        for cell in &row.cells {
            line[cell.column] = self.chart.values[cell.value].mark;
        }
        line.into_iter().collect()
    }
}

fn key(key: DottedKey, id: &str) -> Place {
    match key {
        DottedKey::Instant(at) => Place::Instant(Instant(at)),
        DottedKey::Duration(micros) => Place::Number(Number(seconds(micros))),
        DottedKey::Events(n) | DottedKey::Variant(n) => Place::Number(Number(n.into())),
        DottedKey::Case => Place::Text(id.to_owned()),
    }
}

fn key_cell(key: DottedKey, id: &str) -> Cell<'_> {
    match key {
        DottedKey::Instant(at) => Cell::Instant(at),
        DottedKey::Duration(micros) => Cell::Seconds(seconds(micros)),
        DottedKey::Events(n) | DottedKey::Variant(n) => Cell::Count(n.into()),
        DottedKey::Case => id.into(),
    }
}

impl Report for Dotted {
    fn json(&self) -> Box<dyn Json + '_> {
        let chart = &self.chart;
        Box::new(DottedJson {
            cases: chart.total,
            events: chart.events,
            by: self.by,
            color: chart.color.as_deref(),
            relative: self.relative,
            first: self.place(0),
            step: Number(seconds(chart.steps.step)),
            columns: chart.steps.n,
            legend: list(&chart.values[..chart.legend], |value| ValueJson {
                mark: value.mark,
                value: value.name.as_deref(),
                events: value.events,
            }),
            other_values: chart.others.0,
            other_events: chart.others.1,
            rows: list(&chart.rows, |row| RowJson {
                cases: row.cases,
                first: &row.first,
                last: &row.last,
                from: key(row.first_key, &row.first),
                to: key(row.last_key, &row.last),
                cells: list(&row.cells, |cell| CellJson {
                    column: cell.column,
                    events: cell.events,
                    cases: cell.cases,
                    value: self.value(cell),
                    with_value: cell.with_value,
                }),
            }),
        })
    }

    fn heading(&self) -> String {
        let color = self.chart.color.as_deref().unwrap_or("activity");
        format!(
            "{}; letter = {}, 1 column = {}",
            self.selection,
            text::safe(color),
            time::round_duration(seconds(self.chart.steps.step)),
        )
    }

    /// Every cell that has events.
    fn list(&self) -> Table<'_> {
        let mut columns = vec![Column::figure("row")];
        columns.extend(["first_case", "last_case"].map(Column::text));
        columns.extend(["from", "to"].map(Column::fixed));
        columns.extend(["events", "cases"].map(Column::figure));
        columns.push(Column::text("value"));
        columns.push(Column::figure("with_value"));
        let bound = |column: usize| {
            let at = self.chart.steps.bound(column);
            if self.relative {
                Cell::Seconds(seconds(at))
            } else {
                Cell::Instant(at)
            }
        };
        Table::new(columns, &self.cells, move |(at, cell)| {
            let row = &self.chart.rows[*at];
            vec![
                Cell::Count(*at as u64 + 1),
                row.first.as_str().into(),
                row.last.as_str().into(),
                bound(cell.column),
                bound(cell.column + 1),
                cell.events.into(),
                cell.cases.into(),
                self.value(cell).into(),
                cell.with_value.into(),
            ]
        })
    }

    /// The chart, and what its letters stand for.
    fn tables(&self) -> Vec<Table<'_>> {
        let key = match self.by {
            "case" | "start" | "end" => Column::fixed(self.by),
            by => Column::figure(by),
        };
        let line = Column::fixed("events by time");
        let columns = vec![key, Column::figure("cases"), line];
        let rows = Table::new(columns, &self.chart.rows, |row| {
            vec![
                key_cell(row.first_key, &row.first),
                Cell::Count(row.cases as u64),
                self.line(row).into(),
            ]
        });
        let columns = vec![
            Column::fixed("letter"),
            Column::text("value"),
            Column::figure("events"),
        ];
        let chart = &self.chart;
        let others = usize::from(chart.others.0 > 0);
        let legend = Table {
            columns,
            n_rows: chart.legend + others,
            row: Box::new(move |at| {
                if at == chart.legend {
                    let n = text::counted(chart.others.0, "other value", "other values");
                    let mark = DottedValue::OTHER.to_string();
                    return vec![mark.into(), n.into(), chart.others.1.into()];
                }
                let value = &chart.values[at];
                let name = value.name.as_deref().unwrap_or("(missing)");
                vec![
                    value.mark.to_string().into(),
                    name.into(),
                    value.events.into(),
                ]
            }),
        };
        vec![rows, legend]
    }
}
