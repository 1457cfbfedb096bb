//! Figures of groups of cases: how segments differ.

mod json;

use super::list::{cell, listing, sort_option};
use super::versus::{self, Reported};
use super::{OpenCases, Report, ReportContext, ReportResult, Spec, options_do_not_fit};
use crate::cli::args::Format;
use crate::cli::columns;
use crate::cli::failure::Failure;
use crate::cli::json::Json;
use crate::cli::table::{Cell, Column, Table};
use crate::config::values::duration;
use crate::engine::{
    Amounts, COST, Features, Figure, Figures, GroupBy, Listing, Measure, NONE, Rate, SCORE, Scores,
    Split, SplitQuery, SplitRow, Stats, Suppressed, TimeTo, mean_change, median_change, rate,
    rate_change,
};
use crate::text;
use crate::text::time::DAY;
use clap::{ArgMatches, Args, Command, FromArgMatches, ValueEnum};

pub(super) const SPEC: Spec = Spec {
    name: "split",
    about: "Figures of groups of cases: by column, variant, first or last activity, or start",
    options,
    make,
    versus: Ok(versus::make::<SplitQuery>),
};

#[derive(Args)]
#[command(next_help_heading = "Groups")]
struct Options {
    /// Up to three columns whose values form the groups (a comma in a name: `\,`), or first(COL),
    /// last(COL), variant, first, last, start.weekday, start.hour, start.month, an outcome or a rule
    #[arg(long, value_name = "COL[,COL[,COL]]")]
    by: Vec<String>,
    #[command(flatten)]
    figures: FigureOptions,
}

/// Figures of groups.
#[derive(Args)]
#[command(next_help_heading = "Groups")]
pub(super) struct FigureOptions {
    /// A figure (repeatable): duration, rework, an outcome, rule or milestone, cost, score, `time to
    /// OUTCOME`, or return [default: all but the last two]
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

impl Reported for SplitQuery {
    fn asked(ask: &ReportContext<'_>, matches: &ArgMatches) -> Result<(Self, Features), Failure> {
        let (by, figures) = chosen(matches)?;
        let query = query(&by, figures, listing::<SplitQuery>(ask, matches)?);
        Ok((query, Features::of(ask.info())))
    }

    fn object(row: &SplitRow) -> Option<serde_json::Value> {
        serde_json::to_value(json::row(row, None)).ok()
    }

    fn cells(row: &SplitRow) -> Vec<(String, Cell<'static>)> {
        let counts = COUNTS.into_iter().map(str::to_owned).zip(counts(row));
        let figures = figures(row, None).into_iter();
        counts
            .chain(figures.map(|(name, cell, _)| (name, cell)))
            .collect()
    }
}

fn make(ask: &ReportContext<'_>, matches: &ArgMatches) -> ReportResult {
    let (by, figures) = chosen(matches)?;
    make_of(ask, by, figures, listing::<SplitQuery>(ask, matches)?)
}

/// What forms the groups, and their figures.
fn chosen(matches: &ArgMatches) -> Result<(Vec<String>, FigureOptions), Failure> {
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
    Ok((by, options.figures))
}

/// The groups of some properties.
pub(super) fn query(by: &[String], options: FigureOptions, listing: Listing) -> SplitQuery {
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
    SplitQuery {
        by: by.iter().map(|by| GroupBy::parse(by)).collect(),
        across: None,
        common_ranges: false,
        figures: Figures {
            only: options.figure.iter().map(figure).collect(),
            after: options.after,
            open_ended: options.open == OpenCases::Ended,
        },
        listing,
    }
}

/// Makes the report of the groups of some properties.
pub(super) fn make_of(
    ask: &ReportContext<'_>,
    by: Vec<String>,
    options: FigureOptions,
    listing: Listing,
) -> ReportResult {
    let split = ask.answer(&query(&by, options, listing))?;
    Ok(Box::new(SplitReport {
        selection: ask.selection()?,
        narrow: ask.common.printing.format() == Format::Table,
        by,
        split,
    }))
}

impl Report for SplitReport {
    fn json(&self) -> Box<dyn Json + '_> {
        json::of(&self.by, &self.split)
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
        let is_set_apart = |row: &SplitRow| {
            row.duration.is_some() || !row.outcomes.is_empty() || row.costs.is_some()
        };
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
        columns.extend(COUNTS.map(Column::figure));
        let all = self.split.all.as_deref();
        let named = first.map_or_else(Vec::new, |row| figures(row, all));
        let shown: Vec<bool> = named
            .iter()
            .map(|(.., explains)| !(self.narrow && *explains))
            .collect();
        let named = named.into_iter().zip(&shown).filter(|(_, shown)| **shown);
        columns.extend(named.map(|((name, ..), _)| Column::figure(name)));
        Table::new(columns, &self.split.rows.rows, move |row| {
            let figures = figures(row, all).into_iter().zip(&shown);
            let figures = figures.filter(|(_, shown)| **shown);
            let values = row.values.iter();
            let mut cells: Vec<Cell<'_>> = values
                .map(|value| Cell::from(value.as_deref().unwrap_or(NONE)))
                .collect();
            cells.extend(counts(row));
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

    fn suppressed(&self) -> Suppressed {
        self.split.rows.suppressed
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

/// Names of the counts of a group.
const COUNTS: [&str; 6] = [
    "cases",
    "share",
    "events",
    "variants",
    "rework_cases",
    "open",
];

/// Counts of a group, in the order of [`COUNTS`].
fn counts(row: &SplitRow) -> [Cell<'static>; 6] {
    let counts = &row.counts;
    let [cases, share] = [Cell::Count(counts.cases), Cell::Share(row.share)];
    let further = [counts.events, counts.variants, counts.rework, counts.open];
    let [events, variants, rework, open] = further.map(Cell::Count);
    [cases, share, events, variants, rework, open]
}

/// Name and value of a figure, and whether it only explains another.
type Figured = (String, Cell<'static>, bool);

/// The figures of a group besides its counts.
fn figures(row: &SplitRow, all: Option<&SplitRow>) -> Vec<Figured> {
    let mut found: Vec<Figured> = Vec::new();
    let mut add = |name: &str, figures: Vec<(&str, Cell<'static>, bool)>| {
        let named = |(figure, cell, explains)| (format!("{name}_{figure}"), cell, explains);
        found.extend(figures.into_iter().map(named));
    };
    let measured = |of: &Measure, all: Option<&Measure>| {
        let seconds = |figure: fn(&Stats) -> f64| Cell::seconds(of.stats.as_ref().map(figure));
        let n = of.stats.as_ref().map_or(0, |stats| stats.n);
        let all = all.and_then(|all| all.stats.as_ref());
        let change = median_change(of.stats.as_ref(), all);
        vec![
            ("cases", Cell::Count(n), true),
            ("mean", seconds(|stats| stats.mean), true),
            ("median", seconds(|stats| stats.median), false),
            ("p90", seconds(|stats| stats.p90), true),
            ("q", number(of.q), false),
            ("change", Cell::seconds(change), true),
        ]
    };
    let rated = |of: &Rate, all: Option<Rate>| {
        let rate = rate(of);
        vec![
            ("cases", Cell::Count(of.cases), true),
            ("of", Cell::Count(of.of), true),
            ("rate", share(rate.map(|(rate, ..)| rate)), false),
            ("low", share(rate.map(|(_, low, _)| low)), true),
            ("high", share(rate.map(|(.., high)| high)), true),
            ("q", number(of.q), false),
            ("change", share(rate_change(Some(*of), all)), true),
        ]
    };
    if let Some(duration) = &row.duration {
        let all = all.and_then(|all| all.duration.as_ref());
        add("duration", measured(duration, all));
    }
    if let Some(rework) = &row.rework {
        let all = all.and_then(|all| all.rework);
        add("rework", rated(rework, all).split_off(2));
    }
    for (at, (name, of)) in row.outcomes.iter().enumerate() {
        let all = all.and_then(|all| Some(all.outcomes.get(at)?.1));
        add(name, rated(of, all));
    }
    for (at, (name, of)) in row.rules.iter().enumerate() {
        let all = all.and_then(|all| Some(all.rules.get(at)?.1.rate()));
        let change = share(rate_change(Some(of.rate()), all));
        let counts = vec![
            ("kept", Cell::Count(of.kept), false),
            ("broken", Cell::Count(of.broken), false),
            ("open", Cell::Count(of.open), true),
            ("missed", Cell::Count(of.missed), true),
            ("q", number(of.q), false),
            ("change", change, true),
        ];
        add(name, counts);
    }
    for (at, (name, of)) in row.milestones.iter().enumerate() {
        let all = all.and_then(|all| Some(&all.milestones.get(at)?.1));
        add(name, measured(of, all));
    }
    if let Some(of) = &row.costs {
        add(COST, costs(of, all.and_then(|all| all.costs.as_ref())));
    }
    if let Some(of) = &row.scores {
        add(SCORE, scores(of, all.and_then(|all| all.scores.as_ref())));
    }
    for (name, of) in &row.time_to {
        let median = of.median.map_or(Cell::Missing, Cell::Elapsed);
        let reached = ("reached", Cell::Count(of.reached), false);
        add(name, vec![reached, ("median", median, false)]);
    }
    found
}

/// The figures of the costs of a group, as those of [`figures`].
fn costs(of: &Amounts, all: Option<&Amounts>) -> Vec<(&'static str, Cell<'static>, bool)> {
    let stats = of.measure.stats.as_ref();
    let change = median_change(stats, all.and_then(|all| all.measure.stats.as_ref()));
    let amount = |figure: fn(&Stats) -> f64| cell(of.value(figure));
    let change = change.map_or(Cell::Missing, |change| Cell::Money(change, false));
    vec![
        ("cases", Cell::Count(stats.map_or(0, |stats| stats.n)), true),
        ("lower_bound_cases", Cell::Count(of.lower_bounds), true),
        ("mean", amount(|stats| stats.mean), true),
        ("median", amount(|stats| stats.median), false),
        ("p90", amount(|stats| stats.p90), true),
        ("total", amount(|stats| stats.total), false),
        ("q", number(of.measure.q), false),
        ("change", change, true),
    ]
}

/// The figures of the scores of a group, as those of [`figures`].
fn scores(of: &Scores, all: Option<&Scores>) -> Vec<(&'static str, Cell<'static>, bool)> {
    let stats = of.measure.stats.as_ref();
    let change = mean_change(stats, all.and_then(|all| all.measure.stats.as_ref()));
    vec![
        ("n", Cell::Count(stats.map_or(0, |stats| stats.n)), false),
        ("mean", number(stats.map(|stats| stats.mean)), false),
        ("low", number(of.interval.map(|of| of.low)), true),
        ("high", number(of.interval.map(|of| of.high)), true),
        ("median", number(stats.map(|stats| stats.median)), true),
        ("q", number(of.measure.q), false),
        ("change", number(change), true),
    ]
}
