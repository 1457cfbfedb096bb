//! Figures of groups of cases: how segments differ.

use super::list::{listing, sort_option};
use super::{OpenCases, Report, ReportContext, ReportResult, Spec, options_do_not_fit};
use crate::cli::args::Format;
use crate::cli::columns;
use crate::cli::failure::Failure;
use crate::cli::json::{Json, Number, Pairs, list};
use crate::cli::table::{Cell, Column, Table};
use crate::config::values::duration;
use crate::engine::{
    Figure, Figures, GroupBy, Kept, LogRank, Measure, NONE, Rate, Split, SplitQuery, SplitRow,
    Stats, TimeTo, rate,
};
use crate::text;
use crate::text::time::DAY;
use clap::{ArgMatches, Args, Command, FromArgMatches, ValueEnum};
use serde::{Serialize, Serializer};

pub(super) const SPEC: Spec = Spec {
    name: "split",
    about: "Figures of groups of cases: by column, variant, first or last activity, or start",
    options,
    make,
};

#[derive(Args)]
#[command(next_help_heading = "Groups")]
struct Options {
    /// Up to three columns whose values form the groups (a comma in a name: `\,`), or first(COL),
    /// last(COL), variant, first, last, start.weekday, start.hour, start.month, an outcome or a rule
    #[arg(long, value_name = "COL[,COL[,COL]]")]
    by: Vec<String>,
    /// A figure (repeatable): duration, rework, an outcome, rule or milestone, `time to OUTCOME`, or
    /// return [default: all but the last two]
    #[arg(long, value_name = "FIGURE")]
    figure: Vec<String>,
    /// Times after the start of a case whose shares `time to OUTCOME` lists
    #[arg(long, value_name = "DURATION[,DURATION]", value_delimiter = ',', value_parser = duration)]
    #[arg(default_value = "7d,30d,90d")]
    after: Vec<i64>,
    /// Windows of the figure `return`: how many cases have an event that many days or weeks after
    /// their first one
    #[arg(long = "return", value_name = "WINDOW", default_value = "day")]
    window: Window,
    /// Open cases, in durations and in rates of outcomes that they do not have: set apart, or taken as
    /// ended
    #[arg(long, value_name = "HOW", default_value = "apart")]
    open: OpenCases,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Window {
    Day,
    Week,
}

fn options(command: Command) -> Command {
    sort_option::<SplitQuery>(Options::augment_args(command))
}

struct SplitReport {
    selection: String,
    /// Leaves out figures that explain others: a table is to be read.
    narrow: bool,
    by: Vec<String>,
    split: Split,
}

fn make(ask: &ReportContext<'_>, matches: &ArgMatches) -> ReportResult {
    let options = Options::from_arg_matches(matches).map_err(|_| options_do_not_fit())?;
    let by: Vec<String> = options
        .by
        .iter()
        .flat_map(|list| columns::split(list))
        .collect();
    if by.is_empty() {
        return Err(Failure::usage(
            "split needs --by with what forms the groups, as --by priority or --by start.month",
        ));
    }
    if by.len() > 3 {
        return Err(Failure::usage("--by takes three columns at most"));
    }
    let window = match options.window {
        Window::Day => DAY,
        Window::Week => 7 * DAY,
    };
    let figure = |text: &String| match text.as_str() {
        "duration" => Figure::Duration,
        "rework" => Figure::Rework,
        "return" => Figure::Return(window),
        name => match name.strip_prefix("time to ") {
            Some(outcome) => Figure::TimeTo(outcome.trim().to_owned()),
            None => Figure::Named(name.to_owned()),
        },
    };
    let split = ask.answer(&SplitQuery {
        by: by.iter().map(|by| GroupBy::parse(by)).collect(),
        across: None,
        figures: Figures {
            only: options.figure.iter().map(figure).collect(),
            after: options.after,
            open_ended: options.open == OpenCases::Ended,
        },
        listing: listing::<SplitQuery>(ask, matches),
    })?;
    Ok(Box::new(SplitReport {
        selection: ask.selection()?,
        narrow: ask.common.printing.format() == Format::Table,
        by,
        split,
    }))
}

#[derive(Serialize)]
struct SplitJson<'a, R, T> {
    by: &'a [String],
    cases: u64,
    open: u64,
    overlap: u64,
    rows: R,
    #[serde(skip_serializing_if = "Option::is_none")]
    time_to: Option<T>,
}

#[derive(Serialize)]
struct RowJson<'a> {
    values: Vec<Option<&'a str>>,
    filter: Option<String>,
    cases: u64,
    share: f64,
    events: u64,
    variants: u64,
    rework_cases: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration: Option<MeasureJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rework: Option<RateJson>,
    #[serde(skip_serializing_if = "Named::is_empty")]
    outcomes: Named<'a, RateJson>,
    #[serde(skip_serializing_if = "Named::is_empty")]
    rules: Named<'a, KeptJson>,
    #[serde(skip_serializing_if = "Named::is_empty")]
    milestones: Named<'a, MeasureJson>,
    #[serde(skip_serializing_if = "Named::is_empty")]
    time_to: Named<'a, TimeToJson>,
    #[serde(rename = "return", skip_serializing_if = "Option::is_none")]
    returns: Option<Vec<ReturnJson>>,
}

/// Values by name, as an object.
struct Named<'a, T>(Vec<(&'a str, T)>);

impl<T> Named<'_, T> {
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'a, T> Named<'a, T> {
    fn of<U>(named: &'a [(String, U)], json: impl Fn(&U) -> T) -> Self {
        let pairs = named
            .iter()
            .map(|(name, value)| (name.as_str(), json(value)));
        Named(pairs.collect())
    }
}

impl<T: Serialize> Serialize for Named<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

#[derive(Serialize)]
struct MeasureJson {
    cases: u64,
    mean: Option<Number>,
    median: Option<Number>,
    p90: Option<Number>,
    q: Option<f64>,
}

#[derive(Serialize)]
struct RateJson {
    cases: u64,
    of: u64,
    rate: Option<f64>,
    low: Option<f64>,
    high: Option<f64>,
    q: Option<f64>,
}

#[derive(Serialize)]
struct KeptJson {
    kept: u64,
    broken: u64,
    open: u64,
    missed: u64,
    q: Option<f64>,
}

#[derive(Serialize)]
struct TimeToJson {
    cases: u64,
    reached: u64,
    median: Option<Number>,
    shares: Vec<ShareJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    logrank: Option<serde_json::Value>,
}

#[derive(Serialize)]
struct ShareJson {
    after: Number,
    share: Option<f64>,
}

#[derive(Serialize)]
struct LogRankJson {
    chi2: f64,
    df: u32,
    p: f64,
}

#[derive(Serialize)]
struct ReturnJson {
    after: Number,
    cases: u64,
    share: f64,
}

fn measure_json(measure: &Measure) -> MeasureJson {
    let stats = measure.stats.as_ref();
    MeasureJson {
        cases: stats.map_or(0, |stats| stats.n),
        mean: stats.map(|stats| Number(stats.mean)),
        median: stats.map(|stats| Number(stats.median)),
        p90: stats.map(|stats| Number(stats.p90)),
        q: measure.q,
    }
}

fn rate_json(of: &Rate) -> RateJson {
    let share = rate(of);
    RateJson {
        cases: of.cases,
        of: of.of,
        rate: share.map(|(rate, ..)| rate),
        low: share.map(|(_, low, _)| low),
        high: share.map(|(.., high)| high),
        q: of.q,
    }
}

fn kept_json(kept: &Kept) -> KeptJson {
    KeptJson {
        kept: kept.kept,
        broken: kept.broken,
        open: kept.open,
        missed: kept.missed,
        q: kept.q,
    }
}

fn time_to_json(time: &TimeTo) -> TimeToJson {
    let share = |&(after, share): &(f64, Option<f64>)| ShareJson {
        after: Number(after),
        share,
    };
    TimeToJson {
        cases: time.cases,
        reached: time.reached,
        median: time.median.map(Number),
        shares: time.shares.iter().map(share).collect(),
        logrank: None,
    }
}

fn log_rank_json(test: &LogRank) -> LogRankJson {
    LogRankJson {
        chi2: test.chi_square,
        df: test.freedom,
        p: test.p,
    }
}

fn row_json(row: &SplitRow) -> RowJson<'_> {
    let returns = row.returns.as_ref().map(|returns| {
        let json = returns.iter().map(|of| ReturnJson {
            after: Number(of.after),
            cases: of.cases,
            share: of.share,
        });
        json.collect()
    });
    RowJson {
        values: row.values.iter().map(Option::as_deref).collect(),
        filter: row.filter.as_ref().map(ToString::to_string),
        cases: row.counts.cases,
        share: row.share,
        events: row.counts.events,
        variants: row.counts.variants,
        rework_cases: row.counts.rework,
        duration: row.duration.as_ref().map(measure_json),
        rework: row.rework.as_ref().map(rate_json),
        outcomes: Named::of(&row.outcomes, rate_json),
        rules: Named::of(&row.rules, kept_json),
        milestones: Named::of(&row.milestones, measure_json),
        time_to: Named::of(&row.time_to, time_to_json),
        returns,
    }
}

impl Report for SplitReport {
    fn json(&self) -> Box<dyn Json + '_> {
        let split = &self.split;
        let times = || {
            split.time_to.iter().map(|(name, time, test)| {
                let json = TimeToJson {
                    logrank: serde_json::to_value(test.as_ref().map(log_rank_json)).ok(),
                    ..time_to_json(time)
                };
                (name.as_str(), json)
            })
        };
        Box::new(SplitJson {
            by: &self.by,
            cases: split.cases,
            open: split.open,
            overlap: split.overlap,
            rows: list(&split.rows.rows, row_json),
            time_to: (!split.time_to.is_empty()).then_some(Pairs(times)),
        })
    }

    fn heading(&self) -> String {
        let split = &self.split;
        let mut parts = vec![self.selection.clone()];
        if split.overlap > 0 {
            let times = text::count(split.overlap);
            parts.push(format!(
                "cases in several groups count in each ({times} more in total)"
            ));
        }
        let is_set_apart = |row: &SplitRow| row.duration.is_some() || !row.outcomes.is_empty();
        if split.open > 0 && split.rows.rows.iter().any(is_set_apart) {
            let open = text::counted(split.open, "open case", "open cases");
            parts.push(format!(
                "{open} not in durations and failed outcomes (--open ended takes them as ended)"
            ));
        }
        let tested = split.time_to.iter();
        let tested = tested.filter_map(|(name, _, test)| Some((name, test.as_ref()?)));
        parts.extend(tested.map(|(name, test)| {
            let p = text::number(test.p, 4);
            format!("groups differ in the time to {name}: p {p} (log-rank)")
        }));
        text::safe(&parts.join("; ")).into_owned()
    }

    fn list(&self) -> Table<'_> {
        let first = self.split.rows.rows.first();
        let mut columns: Vec<Column<'_>> = self.by.iter().map(|by| Column::text(&**by)).collect();
        columns.extend(["cases", "share", "events", "variants"].map(Column::figure));
        columns.push(Column::figure("rework_cases"));
        let named = first.map_or_else(Vec::new, figures);
        let shown: Vec<bool> = named
            .iter()
            .map(|(.., explains)| !(self.narrow && *explains))
            .collect();
        let named = named.into_iter().zip(&shown).filter(|(_, shown)| **shown);
        columns.extend(named.map(|((name, ..), _)| Column::figure(name)));
        Table::new(columns, &self.split.rows.rows, move |row| {
            let figures = figures(row).into_iter().zip(&shown);
            let figures = figures.filter(|(_, shown)| **shown);
            let mut cells = counts(row);
            cells.extend(figures.map(|((_, cell, _), _)| cell));
            cells
        })
    }

    fn tables(&self) -> Vec<Table<'_>> {
        let mut tables = vec![self.list()];
        if !self.split.time_to.is_empty() {
            tables.push(self.times());
        }
        if self.split.rows.rows.iter().any(|row| row.returns.is_some()) {
            tables.push(self.returns());
        }
        tables
    }

    fn total(&self) -> Option<usize> {
        Some(self.split.rows.total)
    }
}

impl SplitReport {
    /// Times to outcomes of all cases and of each group.
    fn times(&self) -> Table<'_> {
        let split = &self.split;
        let mut rows: Vec<(String, &str, &TimeTo)> = Vec::new();
        for (name, time, _) in &split.time_to {
            rows.push(("all".to_owned(), name, time));
            let groups = split.rows.rows.iter().flat_map(|row| {
                let of = row.time_to.iter().filter(move |(of, _)| of == name);
                of.map(|(_, time)| (row.name(), name.as_str(), time))
            });
            rows.extend(groups);
        }
        let mut columns = vec![Column::text("time to"), Column::text("group")];
        columns.extend(["cases", "reached", "median"].map(Column::figure));
        let shares = split
            .time_to
            .first()
            .map_or(&[][..], |(_, time, _)| &time.shares);
        let after = |(after, _): &(f64, _)| text::time::duration(*after);
        columns.extend(shares.iter().map(after).map(Column::figure));
        Table {
            columns,
            n_rows: rows.len(),
            row: Box::new(move |at| {
                let (group, name, time) = &rows[at];
                let mut cells = vec![Cell::from((*name).to_owned()), Cell::from(group.clone())];
                cells.extend([Cell::Count(time.cases), Cell::Count(time.reached)]);
                cells.push(time.median.map_or(Cell::Missing, Cell::Elapsed));
                cells.extend(time.shares.iter().map(|(_, of)| share(*of)));
                cells
            }),
        }
    }

    /// Share of the cases of each group that return, by window.
    fn returns(&self) -> Table<'_> {
        let rows = &self.split.rows.rows;
        let windows = rows.iter().filter_map(|row| row.returns.as_ref());
        let longest = windows.max_by_key(|returns| returns.len());
        let mut columns = vec![Column::text("returned after")];
        for window in longest.into_iter().flatten() {
            columns.push(Column::figure(text::time::duration(window.after)));
        }
        let n = columns.len() - 1;
        Table::new(columns, rows, move |row| {
            let mut cells = vec![Cell::from(row.name())];
            let returns = row.returns.iter().flatten();
            cells.extend(returns.map(|of| Cell::Share(of.share)));
            cells.resize(n + 1, Cell::Missing);
            cells
        })
    }
}

fn number(value: Option<f64>) -> Cell<'static> {
    value.map_or(Cell::Missing, Cell::Number)
}

fn share(value: Option<f64>) -> Cell<'static> {
    value.map_or(Cell::Missing, Cell::Share)
}

/// Values and counts of a group.
fn counts(row: &SplitRow) -> Vec<Cell<'_>> {
    let values = row.values.iter();
    let mut cells: Vec<Cell<'_>> = values
        .map(|value| Cell::from(value.as_deref().unwrap_or(NONE)))
        .collect();
    let counts = &row.counts;
    cells.extend([Cell::Count(counts.cases), Cell::Share(row.share)]);
    cells.extend([counts.events, counts.variants, counts.rework].map(Cell::Count));
    cells
}

/// Name and value of a figure, and whether it only explains another.
type Figured = (String, Cell<'static>, bool);

/// The figures of a group besides its counts.
fn figures(row: &SplitRow) -> Vec<Figured> {
    let mut all: Vec<Figured> = Vec::new();
    let mut add = |name: &str, figures: Vec<(&str, Cell<'static>, bool)>| {
        let named = |(figure, cell, explains)| (format!("{name}_{figure}"), cell, explains);
        all.extend(figures.into_iter().map(named));
    };
    let measured = |of: &Measure| {
        let seconds = |figure: fn(&Stats) -> f64| Cell::seconds(of.stats.as_ref().map(figure));
        let n = of.stats.as_ref().map_or(0, |stats| stats.n);
        vec![
            ("cases", Cell::Count(n), true),
            ("mean", seconds(|stats| stats.mean), true),
            ("median", seconds(|stats| stats.median), false),
            ("p90", seconds(|stats| stats.p90), true),
            ("q", number(of.q), false),
        ]
    };
    let rated = |of: &Rate| {
        let rate = rate(of);
        vec![
            ("cases", Cell::Count(of.cases), true),
            ("of", Cell::Count(of.of), true),
            ("rate", share(rate.map(|(rate, ..)| rate)), false),
            ("low", share(rate.map(|(_, low, _)| low)), true),
            ("high", share(rate.map(|(.., high)| high)), true),
            ("q", number(of.q), false),
        ]
    };
    if let Some(duration) = &row.duration {
        add("duration", measured(duration));
    }
    if let Some(rework) = &row.rework {
        add("rework", rated(rework).split_off(2));
    }
    for (name, of) in &row.outcomes {
        add(name, rated(of));
    }
    for (name, of) in &row.rules {
        let counts = vec![
            ("kept", Cell::Count(of.kept), false),
            ("broken", Cell::Count(of.broken), false),
            ("open", Cell::Count(of.open), true),
            ("missed", Cell::Count(of.missed), true),
            ("q", number(of.q), false),
        ];
        add(name, counts);
    }
    for (name, of) in &row.milestones {
        add(name, measured(of));
    }
    for (name, of) in &row.time_to {
        let median = of.median.map_or(Cell::Missing, Cell::Elapsed);
        let reached = ("reached", Cell::Count(of.reached), false);
        add(name, vec![reached, ("median", median, false)]);
    }
    all
}
