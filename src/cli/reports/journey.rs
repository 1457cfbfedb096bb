//! Journeys: touchpoints with their scores and their effect on an outcome, what began the journeys, and
//! which stages have events of which sources.

use super::list::{json_of, table_of};
use super::versus::{self, Reported};
use super::{Report, ReportContext, ReportResult, Spec, options_do_not_fit};
use crate::cli::args::Format;
use crate::cli::columns;
use crate::cli::failure::{Failure, pointed_out};
use crate::cli::json::{Json, Number, Pairs, list};
use crate::cli::plan::of_file;
use crate::cli::table::{Cell, Column, Table};
use crate::config::rules::targets;
use crate::config::values::word;
use crate::engine::{
    ColumnName, Condition, CoveredStage, CoveredStages, CoveredStagesQuery, Features, FilterError,
    JourneyFacts, JourneyOf, JourneySpec, List, Listing, NamedOutcome, Sort, TouchpointList,
    TouchpointsQuery, Triggers, TriggersQuery,
};
use crate::filter;
use crate::text::{self, count, counted, escape_line, percent};
use clap::{ArgMatches, Args, Command, FromArgMatches};
use serde::Serialize;
use std::path::PathBuf;

pub(super) const SPEC: Spec = Spec {
    name: "journey",
    about: "Touchpoints of customers: scores, effect on an outcome, triggers, stages",
    options,
    make,
    versus: Ok(compare),
};

/// A list of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Which {
    Touchpoints,
    Triggers,
    Stages,
}

/// Words of `--list`.
const LISTS: [(&str, Which); 3] = [
    ("touchpoints", Which::Touchpoints),
    ("triggers", Which::Triggers),
    ("stages", Which::Stages),
];

#[derive(Args)]
#[command(next_help_heading = "Journey")]
struct Options {
    /// Columns of texts whose values are a touchpoint (a comma in a name: `\,`), `activity` being that of
    /// the event [default: that of the rules file, else a column of channels and the activity]
    #[arg(long, value_name = "COL[,COL]")]
    touchpoint: Vec<String>,
    /// Column of scores [default: that of the rules file, else one that is called so]
    #[arg(long, value_name = "COL")]
    score: Option<String>,
    /// Column of answers from 0 to 10 to how likely customers recommend [default: as for scores]
    #[arg(long, value_name = "COL")]
    nps: Option<String>,
    /// Expected mean scores, in TOML: `"phone - Call" = 4.0`
    #[arg(long, value_name = "FILE")]
    expect: Option<PathBuf>,
    /// What journeys are to come to: a filter of cases, or the name of one of [outcomes]
    #[arg(long, value_name = "EXPR")]
    outcome: Option<String>,
    /// Column with the system of each event [default: `source` of several logs, or one that is called so]
    #[arg(long, value_name = "COL")]
    source: Option<String>,
    /// One list alone: it is the one that CSV holds, that `--sort` orders and that `--versus` compares
    /// [default: all; for these touchpoints]
    #[arg(long, value_name = "touchpoints|triggers|stages")]
    #[arg(value_parser = |text: &str| word(text, &LISTS))]
    list: Option<Which>,
    /// Order of that list: of touchpoints `order` (far below what is expected first), touchpoint, events,
    /// cases, first, score_mean, gap, nps, with, ratio, reached; `-` before the word reverses it
    /// [default: order]
    #[arg(long, value_name = "WORD", allow_hyphen_values = true)]
    sort: Option<String>,
}

fn options(command: Command) -> Command {
    Options::augment_args(command)
}

impl Options {
    fn of(matches: &ArgMatches) -> Result<Self, Failure> {
        Options::from_arg_matches(matches).map_err(|_| options_do_not_fit())
    }

    /// The list that options are for.
    fn which(&self) -> Which {
        self.list.unwrap_or(Which::Touchpoints)
    }

    /// Touchpoints, scores, sources and outcome of the journeys.
    fn journey(&self, ask: &ReportContext<'_>) -> Result<JourneyOf, Failure> {
        let column = |table, name: &String| ColumnName {
            name: name.clone(),
            table,
            line: None,
        };
        let one = |table, name: &Option<String>| name.as_ref().map(|name| column(table, name));
        let parts = self.touchpoint.iter().flat_map(|list| columns::split(list));
        let touchpoint = parts.map(|name| column("--touchpoint", &name)).collect();
        let expect = self.expect.as_ref().map(|path| of_file(path, targets));
        let outcome = self.outcome.as_ref().map(|text| outcome(ask, text));
        Ok(JourneyOf {
            spec: JourneySpec {
                touchpoint,
                score: one("--score", &self.score),
                nps: one("--nps", &self.nps),
                source: one("--source", &self.source),
                outcome: outcome.transpose()?,
                expect: expect.transpose()?.unwrap_or_default(),
            },
            ..JourneyOf::default()
        })
    }

    /// The beginning of a list, in the order of `--sort` if that is for it.
    fn listing<L: List>(&self, ask: &ReportContext<'_>, which: Which) -> Result<Listing, Failure> {
        let sort = self.sort.as_ref().filter(|_| self.which() == which);
        let sort = sort.map(|text| {
            let wrong =
                |why: String| Failure::usage(format!("--sort {}: {why}", escape_line(text)));
            Sort::parse::<L>(text).map_err(wrong)
        });
        Ok(ask.listing(sort.transpose()?.unwrap_or_else(Sort::first::<L>)))
    }
}

/// The outcome of that name, or else the filter.
fn outcome(ask: &ReportContext<'_>, text: &str) -> Result<Condition, Failure> {
    let mut outcomes = ask.common.timing.outcomes.iter();
    let named = outcomes.find(|outcome| outcome.name == text);
    let filter = named.map_or_else(|| text.to_owned(), NamedOutcome::filter_of_name);
    filter::parse(&filter).map_err(|error| {
        let error = FilterError {
            text: filter.clone(),
            span: error.span,
            message: error.message,
        };
        Failure::usage(pointed_out("--outcome", &error))
    })?;
    let filter = ask.redacted_filter(&filter);
    Ok(Condition { filter, line: None })
}

/// Features that decide which columns are shown: a table is to be read.
fn features(ask: &ReportContext<'_>, facts: &JourneyFacts) -> Features {
    Features {
        extra: ask.common.printing.format() != Format::Table,
        journey: facts.parts(),
        ..Features::of(ask.info())
    }
}

/// A list of the report by what the journeys are of and its order, and what decides which columns it has.
fn asked<L: List>(
    ask: &ReportContext<'_>,
    matches: &ArgMatches,
    which: Which,
    make: fn(JourneyOf, Listing) -> L,
) -> Result<(L, Features), Failure> {
    let options = Options::of(matches)?;
    let of = options.journey(ask)?;
    let facts = ask.answer(&TouchpointsQuery {
        of: of.clone(),
        listing: ask.listing(Sort::first::<TouchpointsQuery>()),
    })?;
    let features = features(ask, &facts.facts);
    Ok((make(of, options.listing::<L>(ask, which)?), features))
}

fn touchpoints(of: JourneyOf, listing: Listing) -> TouchpointsQuery {
    TouchpointsQuery { of, listing }
}

fn triggers(of: JourneyOf, listing: Listing) -> TriggersQuery {
    TriggersQuery { of, listing }
}

fn stages(of: JourneyOf, listing: Listing) -> CoveredStagesQuery {
    CoveredStagesQuery { of, listing }
}

impl Reported for TouchpointsQuery {
    fn asked(ask: &ReportContext<'_>, matches: &ArgMatches) -> Result<(Self, Features), Failure> {
        asked(ask, matches, Which::Touchpoints, touchpoints)
    }
}

impl Reported for TriggersQuery {
    fn asked(ask: &ReportContext<'_>, matches: &ArgMatches) -> Result<(Self, Features), Failure> {
        asked(ask, matches, Which::Triggers, triggers)
    }
}

impl Reported for CoveredStagesQuery {
    fn asked(ask: &ReportContext<'_>, matches: &ArgMatches) -> Result<(Self, Features), Failure> {
        asked(ask, matches, Which::Stages, stages)
    }

    fn object(row: &CoveredStage) -> Option<serde_json::Value> {
        serde_json::to_value(StageJson::of(row)).ok()
    }
}

fn compare(ask: &ReportContext<'_>, matches: &ArgMatches) -> ReportResult {
    match Options::of(matches)?.which() {
        Which::Touchpoints => versus::make::<TouchpointsQuery>(ask, matches),
        Which::Triggers => versus::make::<TriggersQuery>(ask, matches),
        Which::Stages => versus::make::<CoveredStagesQuery>(ask, matches),
    }
}

fn make(ask: &ReportContext<'_>, matches: &ArgMatches) -> ReportResult {
    let options = Options::of(matches)?;
    let of = options.journey(ask)?;
    let listing = options.listing::<TouchpointsQuery>(ask, Which::Touchpoints)?;
    let touchpoints = ask.answer(&touchpoints(of.clone(), listing))?;
    let listing = options.listing::<TriggersQuery>(ask, Which::Triggers)?;
    let triggers = ask.answer(&triggers(of.clone(), listing))?;
    let listing = options.listing::<CoveredStagesQuery>(ask, Which::Stages)?;
    let stages = ask.answer(&stages(of, listing))?;
    Ok(Box::new(JourneyReport {
        selection: ask.selection()?,
        features: features(ask, &touchpoints.facts),
        list: options.list,
        touchpoints,
        triggers,
        stages,
    }))
}

struct JourneyReport {
    selection: String,
    features: Features,
    /// The only list wanted.
    list: Option<Which>,
    touchpoints: TouchpointList,
    triggers: Triggers,
    stages: CoveredStages,
}

#[derive(Serialize)]
struct JourneyJson<'a, L, T, R, S> {
    cases: u64,
    outcome_cases: Option<u64>,
    undecided: Option<u64>,
    outcome: Option<OutcomeJson<'a>>,
    touchpoint: &'a [String],
    score: Option<&'a str>,
    nps: Option<&'a str>,
    source: Option<&'a str>,
    guessed: &'a [&'static str],
    unused_expected: &'a [String],
    missing: L,
    touchpoints: T,
    triggers: R,
    stages_of: Option<StagesJson<'a>>,
    stages: S,
    blind: Option<BlindJson>,
}

#[derive(Serialize)]
struct OutcomeJson<'a> {
    name: &'a str,
    filter: &'a str,
    by_event: bool,
}

#[derive(Serialize)]
struct StagesJson<'a> {
    name: &'a str,
    guessed: bool,
}

#[derive(Serialize)]
struct BlindJson {
    cases: u64,
    median: Option<Number>,
    p90: Option<Number>,
}

#[derive(Serialize)]
struct StageJson<'a> {
    stage: &'a str,
    filter: Option<String>,
    cases: u64,
    share: f64,
    by_source: serde_json::Map<String, serde_json::Value>,
    covered: bool,
}

impl StageJson<'_> {
    fn of(row: &CoveredStage) -> StageJson<'_> {
        let sources = row.by_source.iter().map(|(source, cases)| {
            let source = source.as_deref().unwrap_or(NONE);
            (source.to_owned(), serde_json::Value::from(*cases))
        });
        StageJson {
            stage: &row.stage,
            filter: row.filter.as_ref().map(ToString::to_string),
            cases: row.cases,
            share: row.share,
            by_source: sources.collect(),
            covered: row.covered,
        }
    }
}

/// Key of events without a source.
const NONE: &str = "(none)";

impl JourneyReport {
    fn facts(&self) -> &JourneyFacts {
        &self.touchpoints.facts
    }

    fn of(&self, which: Which) -> Table<'_> {
        let features = &self.features;
        match which {
            Which::Touchpoints => table_of(
                TouchpointsQuery::schema(),
                &self.touchpoints.rows.rows,
                features,
            ),
            Which::Triggers => {
                table_of(TriggersQuery::schema(), &self.triggers.rows.rows, features)
            }
            Which::Stages => table_of(
                CoveredStagesQuery::schema(),
                &self.stages.rows.rows,
                features,
            ),
        }
    }

    /// Times between events of different sources.
    fn blind(&self) -> Option<Table<'_>> {
        let blind = self.stages.blind?;
        let seconds = |of: Option<f64>| of.map_or(Cell::Missing, Cell::Seconds);
        Some(Table::pairs(vec![
            (
                "cases with several sources".into(),
                Cell::Count(blind.cases),
            ),
            ("median time between sources".into(), seconds(blind.median)),
            ("p90 of that time".into(), seconds(blind.p90)),
        ]))
    }

    /// Questions that are not answered, and what to give for them.
    fn lacks(&self) -> Option<Table<'_>> {
        let lacks = &self.facts().lacks;
        let columns = vec![Column::text("not answered")];
        let row = |lack: &'_ (&str, String)| vec![Cell::from(with_option(lack.0, &lack.1))];
        (!lacks.is_empty()).then(|| Table::new(columns, lacks, row))
    }
}

/// A sentence about a question that is not answered, with the option that answers it.
fn with_option(key: &str, text: &str) -> String {
    let option = match key {
        "touchpoint" => "--touchpoint COL,activity",
        "score" => "--score COL",
        "expect" => "--expect FILE",
        "nps" => "--nps COL",
        "outcome" => "--outcome EXPR",
        _ => "--source COL",
    };
    format!("{text} (or {option})")
}

/// Columns and outcome in words.
fn in_words(facts: &JourneyFacts) -> Vec<String> {
    let named = |key: &str, name: &str| {
        let guess = if facts.guessed.contains(&key) {
            " (guess)"
        } else {
            ""
        };
        format!("{name}{guess}")
    };
    let mut parts = vec![format!(
        "touchpoints: {}",
        named("touchpoint", &facts.touchpoint.join(" - "))
    )];
    for (key, column) in [
        ("score", &facts.score),
        ("nps", &facts.nps),
        ("source", &facts.source),
    ] {
        parts.extend(
            column
                .as_ref()
                .map(|name| format!("{key} {}", named(key, name))),
        );
    }
    if let Some(outcome) = &facts.outcome {
        let share = outcome.cases as f64 / outcome.decided.max(1) as f64;
        parts.push(format!(
            "outcome {}: {} of {} ({})",
            outcome.name,
            count(outcome.cases),
            counted(outcome.decided, "case", "cases"),
            percent(share)
        ));
        if outcome.undecided > 0 {
            parts.push(format!("{} open left out", count(outcome.undecided)));
        }
    }
    if !facts.unused.is_empty() {
        let unused = facts.unused.join(", ");
        parts.push(format!(
            "expected scores of what is no touchpoint: {unused}"
        ));
    }
    parts
}

impl Report for JourneyReport {
    fn json(&self) -> Box<dyn Json + '_> {
        let facts = self.facts();
        let outcome = facts.outcome.as_ref();
        let missing = facts.lacks.iter();
        Box::new(JourneyJson {
            cases: facts.cases,
            outcome_cases: outcome.map(|of| of.cases),
            undecided: outcome.map(|of| of.undecided),
            outcome: outcome.map(|of| OutcomeJson {
                name: &of.name,
                filter: &of.filter,
                by_event: of.by_event,
            }),
            touchpoint: &facts.touchpoint,
            score: facts.score.as_deref(),
            nps: facts.nps.as_deref(),
            source: facts.source.as_deref(),
            guessed: &facts.guessed,
            unused_expected: &facts.unused,
            missing: Pairs(move || {
                missing
                    .clone()
                    .map(|(key, text)| (*key, with_option(key, text)))
            }),
            touchpoints: json_of(
                TouchpointsQuery::schema(),
                &self.touchpoints.rows.rows,
                &self.features,
            ),
            triggers: json_of(
                TriggersQuery::schema(),
                &self.triggers.rows.rows,
                &self.features,
            ),
            stages_of: self.stages.name.as_deref().map(|name| StagesJson {
                name,
                guessed: self.stages.guessed,
            }),
            stages: list(&self.stages.rows.rows, StageJson::of),
            blind: self.stages.blind.map(|blind| BlindJson {
                cases: blind.cases,
                median: blind.median.map(Number),
                p90: blind.p90.map(Number),
            }),
        })
    }

    fn heading(&self) -> String {
        let parts = [vec![self.selection.clone()], in_words(self.facts())].concat();
        let stages = self.stages.name.as_ref().map(|name| {
            let guess = if self.stages.guessed { " (guess)" } else { "" };
            format!("stages: {name}{guess}")
        });
        let parts: Vec<String> = parts.into_iter().chain(stages).collect();
        text::safe(&parts.join("; ")).into_owned()
    }

    fn list(&self) -> Table<'_> {
        self.of(self.list.unwrap_or(Which::Touchpoints))
    }

    fn tables(&self) -> Vec<Table<'_>> {
        let wanted = |which: &Which| self.list.is_none_or(|list| list == *which);
        let lists = LISTS.iter().map(|(_, which)| which).filter(|of| wanted(of));
        let mut tables: Vec<Table<'_>> = lists.map(|which| self.of(*which)).collect();
        if wanted(&Which::Stages) {
            tables.extend(self.blind());
        }
        tables.extend(self.lacks());
        tables
    }

    fn total(&self) -> Option<usize> {
        Some(match self.list.unwrap_or(Which::Touchpoints) {
            Which::Touchpoints => self.touchpoints.rows.total,
            Which::Triggers => self.triggers.rows.total,
            Which::Stages => self.stages.rows.total,
        })
    }
}
