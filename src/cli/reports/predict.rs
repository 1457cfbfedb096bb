//! Open cases with what comes next, how long they still take, and the odds of their deadlines; or a test of
//! such predictions on past cases.

mod backtest;

use super::list::{self, listing, sort_option};
use super::{OpenCases, Report, ReportContext, ReportResult, Spec, options_do_not_fit};
use crate::cli::args::Format;
use crate::cli::columns;
use crate::cli::failure::Failure;
use crate::cli::json::{Instant, Json, Number};
use crate::cli::table::{Cell, Column, Table};
use crate::engine::{
    Basing, ByChoice, Features, GroupBy, LeftFigures, NextShare, Odds, Page, PredictQuery,
    Prediction, Predictions, PredictionsQuery,
};
use crate::text::{self, counted};
use clap::{ArgMatches, Args, Command, FromArgMatches};
use serde::Serialize;

pub(super) const SPEC: Spec = Spec {
    name: "predict",
    about: "Open cases with next step, time left and odds of deadlines; tests of that on past cases",
    options,
    make,
    versus: Err("it predicts single cases from all that ended"),
};

#[derive(Args)]
#[command(next_help_heading = "Prediction")]
struct Options {
    /// Only these cases [default: all open cases]
    #[arg(long, value_name = "ID", allow_hyphen_values = true)]
    case_id: Vec<String>,
    /// Column or property whose value states begin with, where that lowers the error on the last fifth of the
    /// cases that ended: a column (its first value), `variant`, `first`, `start.weekday`, ...
    #[arg(long, value_name = "COL")]
    by: Option<String>,
    /// Use of the past events in a state the 100 nearest in the time since the start of the case
    #[arg(long)]
    nearest: bool,
    /// Test on past cases: learn from those that ended before a cut in time, predict at every later event
    #[arg(long)]
    backtest: bool,
    /// Share of the cases that start before the cut, 0.05 to 0.95
    #[arg(long, value_name = "SHARE", default_value = "0.8", value_parser = share)]
    share: f64,
    /// Open cases: set them apart, or take them as ended
    #[arg(long, value_name = "HOW", default_value = "apart")]
    open: OpenCases,
}

fn share(text: &str) -> Result<f64, String> {
    let share = text.parse::<f64>().ok();
    let share = share.filter(|share| (0.05..=0.95).contains(share));
    share.ok_or_else(|| "expected a share from 0.05 to 0.95".to_owned())
}

fn options(command: Command) -> Command {
    sort_option::<PredictQuery>(Options::augment_args(command))
}

struct PredictReport {
    found: Predictions,
    cases: Vec<Prediction>,
    features: Features,
    /// True where cases were named, so that rows are those and not the open cases.
    named: bool,
}

fn make(ask: &ReportContext<'_>, matches: &ArgMatches) -> ReportResult {
    let options = Options::from_arg_matches(matches).map_err(|_| options_do_not_fit())?;
    let by = match &options.by {
        None => None,
        Some(by) => Some(property(by)?),
    };
    let basing = Basing {
        by,
        nearest: options.nearest,
        open_ended: options.open == OpenCases::Ended,
    };
    if options.backtest {
        if !options.case_id.is_empty() {
            return Err(Failure::usage(
                "--case-id predicts single cases: leave out --backtest",
            ));
        }
        return backtest::make(ask, basing, options.share);
    }
    if matches.value_source("share") == Some(clap::parser::ValueSource::CommandLine) {
        return Err(Failure::usage("--share needs --backtest"));
    }
    let mut list = listing::<PredictQuery>(ask, matches)?;
    let named = !options.case_id.is_empty();
    if named {
        // The rows are those of the cases that are named.
        list.page = Page::first(0);
    }
    let found = ask.answer(&PredictQuery {
        basing: basing.clone(),
        wait: true,
        learned: 0,
        listing: list,
    })?;
    let rows = found.rows.rows.iter().map(|row| row.case.clone());
    let is_refused = found.learned.reason.is_some();
    // Lists as a table or CSV have no more than their rows.
    let detailed = !is_refused && ask.common.printing.format() == Format::Json;
    let cases = if !named && !detailed {
        Vec::new()
    } else {
        ask.answer(&PredictionsQuery {
            basing,
            wait: true,
            cases: if named {
                options.case_id
            } else {
                rows.collect()
            },
        })?
    };
    Ok(Box::new(PredictReport {
        cases: if is_refused { Vec::new() } else { cases },
        named,
        features: Features {
            extra: ask.common.printing.format() != Format::Table,
            ..Features::of(ask.info())
        },
        found,
    }))
}

/// The property that an option names.
///
/// # Errors
/// It names several.
fn property(text: &str) -> Result<GroupBy, Failure> {
    match &columns::split(text)[..] {
        [one] => Ok(GroupBy::parse(one)),
        _ => Err(Failure::usage(
            "--by takes one column (a comma in its name: `\\,`)",
        )),
    }
}

#[derive(Serialize)]
pub(super) struct ByJson<'a> {
    by: &'a str,
    used: bool,
    error_with: Option<Number>,
    error_without: Option<Number>,
}

/// The choice of states by the value of a column, as JSON.
pub(super) fn by_json(of: &ByChoice) -> ByJson<'_> {
    ByJson {
        by: &of.by,
        used: of.used,
        error_with: of.errors.map(|errors| Number(errors.0)),
        error_without: of.errors.map(|errors| Number(errors.1)),
    }
}

/// That choice in words.
pub(super) fn by_in_words(of: &ByChoice) -> String {
    let by = text::safe(&of.by).into_owned();
    let how = if of.used {
        "states begin with"
    } else {
        "states do not begin with"
    };
    match of.errors {
        Some((with, without)) => format!(
            "{how} {by}: off by {} with it, {} without",
            text::time::duration(with),
            text::time::duration(without)
        ),
        None => format!("{how} {by}"),
    }
}

#[derive(Serialize)]
struct PredictJson<'a> {
    as_of: Instant,
    train_cases: u64,
    k: Option<u64>,
    margin: Number,
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<ByJson<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    cases: Vec<CaseJson<'a>>,
}

#[derive(Serialize)]
struct CaseJson<'a> {
    case: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    last_activity: Option<&'a str>,
    state: Vec<&'a str>,
    from_start: bool,
    rest: Option<Number>,
    n: Option<u64>,
    next: Option<Vec<NextJson<'a>>>,
    left: Option<LeftJson>,
    late: Vec<LateJson<'a>>,
    similar: Vec<&'a str>,
}

#[derive(Serialize)]
struct NextJson<'a> {
    activity: Option<&'a str>,
    share: f64,
}

#[derive(Serialize)]
struct LeftJson {
    p10: Number,
    p50: Number,
    p90: Number,
    n: u64,
    low: Number,
    high: Number,
}

#[derive(Serialize)]
struct LateJson<'a> {
    rule: &'a str,
    share: Option<f64>,
    low: Option<f64>,
    high: Option<f64>,
    n: Option<u64>,
    state: &'static str,
}

fn next_json(of: &NextShare) -> NextJson<'_> {
    NextJson {
        activity: of.activity.as_deref(),
        share: of.share,
    }
}

fn left_json(of: LeftFigures) -> LeftJson {
    let [p10, p50, p90, low, high] = [of.p10, of.p50, of.p90, of.low, of.high].map(Number);
    LeftJson {
        p10,
        p50,
        p90,
        n: of.n,
        low,
        high,
    }
}

fn late_json(of: &Odds) -> LateJson<'_> {
    let interval = of.interval();
    LateJson {
        rule: &of.rule,
        share: of.share(),
        low: interval.map(|interval| interval.low),
        high: interval.map(|interval| interval.high),
        n: of.late.map(|(_, n)| n),
        state: of.state(),
    }
}

fn case_json(of: &Prediction) -> CaseJson<'_> {
    let known = of.reason.is_none();
    CaseJson {
        case: &of.case,
        reason: of.lacks(),
        last_activity: of.last.as_deref(),
        state: of.state.iter().map(|name| &**name).collect(),
        from_start: of.from_start,
        rest: known.then_some(Number(of.rest)),
        n: of.left.map(|left| left.n),
        next: known.then(|| of.next.iter().map(next_json).collect()),
        left: of.left.map(left_json),
        late: of.odds.iter().map(late_json).collect(),
        similar: of.similar.iter().map(|similar| &*similar.case).collect(),
    }
}

impl Report for PredictReport {
    fn json(&self) -> Box<dyn Json + '_> {
        let learned = &self.found.learned;
        Box::new(PredictJson {
            as_of: Instant(self.found.now),
            train_cases: learned.train_cases,
            k: learned.length,
            margin: Number(learned.margin),
            by: learned.by.as_ref().map(by_json),
            reason: learned.reason.as_deref(),
            cases: self.cases.iter().map(case_json).collect(),
        })
    }

    fn heading(&self) -> String {
        let found = &self.found;
        if let Some(reason) = &found.learned.reason {
            return format!("nothing is predicted: {reason}");
        }
        let by = found.learned.by.as_ref().map(by_in_words);
        let by = by.map_or_else(String::new, |by| format!("; {by}"));
        let now = match found.learned.ended_now {
            0 => String::new(),
            n => format!(" ({} more ended at this very instant)", text::count(n)),
        };
        let none = if found.ends_known {
            ""
        } else {
            "; no end state is known, so every case counts as closed (--end sets them)"
        };
        format!(
            "{}, predicted from {} that ended{now}{by}{none}",
            counted(found.open, "open case", "open cases"),
            counted(found.learned.train_cases, "case", "cases"),
        )
    }

    fn list(&self) -> Table<'_> {
        if !self.named {
            return list::table::<PredictQuery>(&self.found.rows.rows, &self.features);
        }
        let columns = vec![
            Column::fixed("case"),
            Column::text("last step"),
            Column::figure("rest"),
            Column::text("next"),
            Column::figure("share"),
            Column::figure("left_p10"),
            Column::figure("left_p50"),
            Column::figure("left_p90"),
            Column::figure("n"),
            Column::text("reason"),
        ];
        Table::new(columns, &self.cases, |of| {
            let known = of.reason.is_none();
            let left =
                |figure: fn(&LeftFigures) -> f64| Cell::seconds(of.left.as_ref().map(figure));
            let next = of.next.first();
            vec![
                of.case.as_str().into(),
                of.last.as_deref().into(),
                Cell::seconds(known.then_some(of.rest)),
                next.map(NextShare::name).into(),
                next.map_or(Cell::Missing, |next| Cell::Share(next.share)),
                left(|left| left.p10),
                left(|left| left.p50),
                left(|left| left.p90),
                of.left.map(|left| left.n).into(),
                of.lacks().into(),
            ]
        })
    }

    fn tables(&self) -> Vec<Table<'_>> {
        if self.found.learned.reason.is_some() || self.named && self.cases.is_empty() {
            return Vec::new();
        }
        let mut tables = vec![self.list()];
        if self.named {
            let details = [self.next_steps(), self.deadlines(), self.similar()];
            tables.extend(details.into_iter().filter(|table| table.n_rows > 0));
        }
        tables
    }

    fn total(&self) -> Option<usize> {
        Some(if self.named {
            self.cases.len()
        } else {
            self.found.rows.total
        })
    }
}

impl PredictReport {
    /// Next steps of the cases that were named.
    fn next_steps(&self) -> Table<'_> {
        let rows = self.cases.iter();
        let rows: Vec<(&Prediction, &NextShare)> = rows
            .flat_map(|of| of.next.iter().map(move |next| (of, next)))
            .collect();
        Table {
            columns: vec![
                Column::fixed("case"),
                Column::text("next"),
                Column::figure("share"),
            ],
            n_rows: rows.len(),
            row: Box::new(move |at| {
                let (of, next) = rows[at];
                vec![
                    of.case.as_str().into(),
                    next.name().into(),
                    Cell::Share(next.share),
                ]
            }),
        }
    }

    /// The odds of the deadlines of these cases.
    fn deadlines(&self) -> Table<'_> {
        let rows = self.cases.iter();
        let rows: Vec<(&Prediction, &Odds)> = rows
            .flat_map(|of| of.odds.iter().map(move |odds| (of, odds)))
            .collect();
        let share = |share: Option<f64>| share.map_or(Cell::Missing, Cell::Share);
        Table {
            columns: vec![
                Column::fixed("case"),
                Column::text("rule"),
                Column::text("state"),
                Column::figure("late"),
                Column::figure("low"),
                Column::figure("high"),
            ],
            n_rows: rows.len(),
            row: Box::new(move |at| {
                let (of, odds) = rows[at];
                let interval = odds.interval();
                vec![
                    of.case.as_str().into(),
                    (&*odds.rule).into(),
                    odds.state().into(),
                    share(odds.share()),
                    share(interval.map(|interval| interval.low)),
                    share(interval.map(|interval| interval.high)),
                ]
            }),
        }
    }

    /// Ended cases in the same states.
    fn similar(&self) -> Table<'_> {
        let rows = self.cases.iter();
        let rows: Vec<_> = rows
            .flat_map(|of| of.similar.iter().map(move |similar| (of, similar)))
            .collect();
        Table {
            columns: vec![
                Column::fixed("case"),
                Column::fixed("similar case"),
                Column::figure("took"),
                Column::text("then"),
            ],
            n_rows: rows.len(),
            row: Box::new(move |at| {
                let (of, similar) = rows[at];
                let then: Vec<&str> = similar.then.iter().map(|name| &**name).collect();
                vec![
                    of.case.as_str().into(),
                    similar.case.as_str().into(),
                    Cell::Seconds(similar.took),
                    then.join(" -> ").into(),
                ]
            }),
        }
    }
}
