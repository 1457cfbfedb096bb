//! Cases along a list of stages: who reaches each, how long it takes, and what the others do.

use super::versus::{self, Reported};
use super::{Report, ReportContext, ReportResult, Spec, options_do_not_fit};
use crate::cli::failure::Failure;
use crate::cli::json::{Json, Number, Pairs, list};
use crate::cli::table::{Cell, Column, Table};
use crate::config::values::{duration, word};
use crate::engine::{
    Features, Funnel, FunnelQuery, GroupBy, Listing, NamedStages, Segment, StageOrder, StageRow,
    Stats,
};
use crate::filter::parse_activities;
use crate::text::{did_you_mean, escape_line};
use clap::{ArgMatches, Args, Command, FromArgMatches};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;

pub(super) const SPEC: Spec = Spec {
    name: "funnel",
    about: "Cases that reach each of a list of stages, and what the others do instead",
    options,
    make,
    versus: Ok(compare),
};

/// Words of `--order`.
const ORDERS: [(&str, StageOrder); 3] = [
    ("sequence", StageOrder::Sequence),
    ("any", StageOrder::Any),
    ("direct", StageOrder::Direct),
];

#[derive(Args)]
#[command(next_help_heading = "Stages")]
struct Options {
    /// A stage (two or more, in order): an activity, or several of which a case needs one, as
    /// `("Order", "Call")`
    #[arg(long, value_name = "STAGE", conflicts_with = "stages")]
    stage: Vec<String>,
    /// A list of stages in `[stages]` of the rules file
    #[arg(long, value_name = "NAME")]
    stages: Option<String>,
    /// Each stage after the one before it (sequence), in any order (any), or as the next event
    /// (direct)
    #[arg(long, value_name = "sequence|any|direct", default_value = "sequence")]
    #[arg(value_parser = |text: &str| word(text, &ORDERS))]
    order: StageOrder,
    /// Longest time from the first stage to the last one that is reached, e.g. `30d`
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    within: Option<i64>,
    /// The same figures for each value of a column, at the first event of a case, or of `last(COL)`,
    /// `variant`, `first`, `last`, `start.weekday`, `start.hour` or `start.month`
    #[arg(long, value_name = "COL")]
    by: Option<String>,
}

fn options(command: Command) -> Command {
    Options::augment_args(command)
}

struct FunnelReport {
    heading: String,
    order: &'static str,
    within: Option<i64>,
    has_segments: bool,
    funnel: Funnel,
    limit: usize,
}

impl Reported for FunnelQuery {
    fn asked(ask: &ReportContext<'_>, matches: &ArgMatches) -> Result<(Self, Features), Failure> {
        let options = Options::from_arg_matches(matches).map_err(|_| options_do_not_fit())?;
        Ok((query(ask, &options)?, Features::of(ask.info())))
    }

    fn object(row: &StageRow) -> Option<serde_json::Value> {
        serde_json::to_value(StageJson::of(row, usize::MAX)).ok()
    }
}

fn compare(ask: &ReportContext<'_>, matches: &ArgMatches) -> ReportResult {
    let (query, features) = FunnelQuery::asked(ask, matches)?;
    if query.by.is_some() {
        return Err(Failure::usage(
            "--versus compares the stages of all cases: leave out --by, or compare its values one by one, \
             as --filter 'COL = \"a\"' --versus 'COL = \"b\"'",
        ));
    }
    versus::of(ask, matches, query, features)
}

/// The funnel that is asked for.
fn query(ask: &ReportContext<'_>, options: &Options) -> Result<FunnelQuery, Failure> {
    let stages = match &options.stages {
        Some(name) => named(&ask.common.timing.stages, name)?,
        None if options.stage.is_empty() => {
            return Err(Failure::usage(
                "funnel needs --stage for each stage or --stages NAME, as \
                 --stage \"Created\" --stage \"Resolved\"",
            ));
        }
        None => {
            let stage = |text: &String| activities(text, &ask.info().activities, "--stage");
            options.stage.iter().map(stage).collect::<Result<_, _>>()?
        }
    };
    Ok(FunnelQuery {
        stages,
        order: options.order,
        within: options.within,
        by: options.by.as_deref().map(GroupBy::parse),
        listing: Listing::by("order"),
    })
}

fn make(ask: &ReportContext<'_>, matches: &ArgMatches) -> ReportResult {
    let options = Options::from_arg_matches(matches).map_err(|_| options_do_not_fit())?;
    let funnel = ask.answer(&query(ask, &options)?)?;
    let word = ORDERS.iter().find(|(_, order)| *order == options.order);
    Ok(Box::new(FunnelReport {
        heading: ask.selection()?,
        order: word.map_or("", |(word, _)| word),
        within: options.within,
        has_segments: options.by.is_some(),
        funnel,
        limit: ask.common.printing.limit(),
    }))
}

/// The list of stages with that name in the rules file.
fn named(stages: &[NamedStages], name: &str) -> Result<Vec<Vec<String>>, Failure> {
    if let Some(found) = stages.iter().find(|stages| stages.name == name) {
        return Ok(found.stages.clone());
    }
    let names = stages.iter().map(|stages| stages.name.as_str());
    let hint = if stages.is_empty() {
        "; [stages] of the rules file (--rules FILE) defines some".to_owned()
    } else {
        did_you_mean(name, names, std::borrow::ToOwned::to_owned)
    };
    let message = format!("--stages {name}: there is no such list of stages{hint}");
    Err(Failure::usage(escape_line(&message)))
}

/// Activities as an option names them: a bare name of the log, or in quotes as in filters.
pub(super) fn activities(
    text: &str,
    known: &[Arc<str>],
    option: &str,
) -> Result<Vec<String>, Failure> {
    let is_written_out = text.trim_start().starts_with(['"', '(']);
    if !is_written_out || known.iter().any(|name| **name == *text) {
        return Ok(vec![text.to_owned()]);
    }
    let set = parse_activities(text).map_err(|error| {
        let message = format!("{option} {text}: {error}");
        Failure::usage(escape_line(&message))
    })?;
    Ok(set.into_iter().map(|activity| activity.node).collect())
}

#[derive(Serialize)]
struct FunnelJson<S, B> {
    cases: u64,
    order: &'static str,
    within: Option<Number>,
    stages: S,
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<B>,
}

#[derive(Serialize)]
struct StageJson<'a> {
    stage: &'a str,
    cases: u64,
    of_first: Option<f64>,
    of_before: Option<f64>,
    lost: Option<u64>,
    time: Option<BTreeMap<&'static str, Number>>,
    any_order: u64,
    next_of_lost: Vec<NextJson<'a>>,
}

#[derive(Serialize)]
struct NextJson<'a> {
    activity: Option<&'a str>,
    cases: u64,
}

impl StageJson<'_> {
    fn of(row: &StageRow, limit: usize) -> StageJson<'_> {
        let next = row.next_of_lost.iter().take(limit);
        StageJson {
            stage: &row.stage,
            cases: row.cases,
            of_first: row.of_first,
            of_before: row.of_before,
            lost: row.lost,
            time: row.time.as_ref().map(time_json),
            any_order: row.any_order,
            next_of_lost: next
                .map(|(activity, cases)| NextJson {
                    activity: activity.as_deref(),
                    cases: *cases,
                })
                .collect(),
        }
    }
}

fn time_json(time: &Stats) -> BTreeMap<&'static str, Number> {
    let figures = [
        ("mean", time.mean),
        ("median", time.median),
        ("p90", time.p90),
    ];
    figures
        .into_iter()
        .map(|(name, seconds)| (name, Number(seconds)))
        .collect()
}

impl FunnelReport {
    fn stages(&self) -> &[StageRow] {
        let stages = &self.funnel.stages.rows;
        &stages[..stages.len().min(self.limit)]
    }

    /// Stages as a table; for people also the most frequent activity of the lost cases.
    fn table(&self, readable: bool) -> Table<'_> {
        let mut columns = vec![Column::text("stage")];
        let figures = [
            "cases",
            "of_first",
            "of_before",
            "lost",
            "time_mean",
            "time_median",
            "time_p90",
            "any_order",
        ];
        columns.extend(figures.map(Column::figure));
        if readable {
            columns.push(Column::text("instead"));
        }
        Table::new(columns, self.stages(), move |row| {
            let time = |figure: fn(&Stats) -> f64| Cell::seconds(row.time.as_ref().map(figure));
            let mut cells = vec![
                Cell::from(&*row.stage),
                row.cases.into(),
                row.of_first.map_or(Cell::Missing, Cell::Share),
                row.of_before.map_or(Cell::Missing, Cell::Share),
                row.lost.into(),
                time(|stats| stats.mean),
                time(|stats| stats.median),
                time(|stats| stats.p90),
                row.any_order.into(),
            ];
            if readable {
                cells.push(Cell::from(row.instead().unwrap_or_default()));
            }
            cells
        })
    }

    /// A row for each segment: its cases at every stage.
    fn segments(&self) -> Table<'_> {
        let shown = &self.funnel.by[..self.funnel.by.len().min(self.limit)];
        let mut columns = vec![Column::text("value"), Column::figure("cases")];
        let stages = self.funnel.stages.rows.iter();
        columns.extend(stages.map(|stage| Column::figure(&*stage.stage)));
        columns.push(Column::figure("of_first"));
        Table::new(columns, shown, |segment: &Segment| {
            let value = segment.value.as_deref().unwrap_or(NONE);
            let mut cells = vec![Cell::from(value), segment.cases.into()];
            cells.extend(segment.stages.iter().map(|stage| Cell::from(stage.cases)));
            let last = segment.stages.last().and_then(|stage| stage.of_first);
            cells.push(last.map_or(Cell::Missing, Cell::Share));
            cells
        })
    }
}

/// Key of the cases without a value.
const NONE: &str = "(none)";

impl Report for FunnelReport {
    fn json(&self) -> Box<dyn Json + '_> {
        let limit = self.limit;
        let segments = move || {
            let shown = self.funnel.by.iter().take(limit);
            shown.map(move |segment| {
                let value = segment.value.as_deref().unwrap_or(NONE);
                let stages = segment.stages.iter().take(limit);
                let stages = stages.map(|row| StageJson::of(row, limit));
                (value, stages.collect::<Vec<_>>())
            })
        };
        Box::new(FunnelJson {
            cases: self.funnel.cases,
            order: self.order,
            within: self.within.map(|micros| Number(micros as f64 / 1e6)),
            stages: list(self.stages(), move |row| StageJson::of(row, limit)),
            by: self.has_segments.then_some(Pairs(segments)),
        })
    }

    fn heading(&self) -> String {
        self.heading.clone()
    }

    fn list(&self) -> Table<'_> {
        self.table(false)
    }

    fn tables(&self) -> Vec<Table<'_>> {
        let mut tables = vec![self.table(true)];
        if self.has_segments {
            tables.push(self.segments());
        }
        tables
    }

    fn total(&self) -> Option<usize> {
        Some(self.funnel.stages.total)
    }
}
