//! Conformance of cases with reference variants or a model.

use super::list::{self, listing, sort_option};
use super::reference::ReferenceOptions;
use super::versus::{self, Reported};
use super::{OpenCases, Report, ReportContext, ReportResult, Spec, options_do_not_fit};
use crate::cli::args::Format;
use crate::cli::failure::Failure;
use crate::cli::json::{Json, Pairs, list as json_list};
use crate::cli::table::{Cell, Column, Table};
use crate::config::values::{duration, word};
use crate::engine::{
    Bounds, Conform, ConformQuery, Features, JudgedVariant, Judgement, ModelFacts, Move,
    ReferenceFacts, Replay, ReplayQuery,
};
use crate::text::{self, count, counted, percent};
use clap::{ArgMatches, Args, Command, FromArgMatches};
use serde::Serialize;

pub(super) const SPEC: Spec = Spec {
    name: "conform",
    about: "Conformance with reference variants or a model: activities missing or extra",
    options,
    make,
    versus: Ok(compare),
};

/// Words of `--method`.
const METHODS: [(&str, Method); 2] = [("align", Method::Align), ("replay", Method::Replay)];

/// How cases are compared with a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Method {
    /// By optimal alignments.
    Align,
    /// By token replay.
    Replay,
}

#[derive(Args)]
#[command(next_help_heading = "Reference")]
struct Options {
    #[command(flatten)]
    reference: ReferenceOptions,
    /// Optimal alignments (align), or with a model token replay (replay), whose fitness other tools
    /// give
    #[arg(long, value_name = "align|replay", default_value = "align")]
    #[arg(value_parser = |text: &str| word(text, &METHODS))]
    method: Method,
    /// Most time for all alignments; what is not finished gets a lower bound [default: none]
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    time_limit: Option<i64>,
    /// Most states of the search for the alignment of one variant
    #[arg(long, value_name = "N", default_value_t = Bounds::default().states)]
    states: usize,
    /// Open cases: judge them as beginnings of cases, or take them as ended
    #[arg(long, value_name = "HOW", default_value = "apart")]
    open: OpenCases,
}

fn options(command: Command) -> Command {
    sort_option::<ConformQuery>(Options::augment_args(command))
}

impl Options {
    fn of(matches: &ArgMatches) -> Result<Self, Failure> {
        Options::from_arg_matches(matches).map_err(|_| options_do_not_fit())
    }
}

impl Reported for ConformQuery {
    fn asked(ask: &ReportContext<'_>, matches: &ArgMatches) -> Result<(Self, Features), Failure> {
        let options = Options::of(matches)?;
        let query = ConformQuery {
            open_ended: options.open == OpenCases::Ended,
            bounds: Bounds {
                states: options.states,
                time: options.time_limit,
            },
            listing: listing::<ConformQuery>(ask, matches)?,
        };
        let features = Features {
            extra: ask.common.printing.format() != Format::Table,
            ..Features::of(ask.info())
        };
        Ok((query, features))
    }
}

fn compare(ask: &ReportContext<'_>, matches: &ArgMatches) -> ReportResult {
    let options = Options::of(matches)?;
    if options.method == Method::Replay {
        let message = "--method replay has no list that --versus could compare";
        return Err(Failure::usage(message));
    }
    versus::make::<ConformQuery>(&options.reference.context(ask)?, matches)
}

fn make(ask: &ReportContext<'_>, matches: &ArgMatches) -> ReportResult {
    let options = Options::of(matches)?;
    let ask = &options.reference.context(ask)?;
    if options.method == Method::Replay {
        let replay = ask.answer(&ReplayQuery)?;
        let selection = ask.selection()?;
        return Ok(Box::new(ReplayReport { selection, replay }));
    }
    let (query, features) = ConformQuery::asked(ask, matches)?;
    Ok(Box::new(ConformReport {
        selection: ask.selection()?,
        conform: ask.answer(&query)?,
        features,
        limit: ask.common.printing.limit(),
    }))
}

struct ConformReport {
    selection: String,
    conform: Conform,
    features: Features,
    limit: usize,
}

#[derive(Serialize)]
struct ConformJson<'a, D, O, V> {
    reference: ReferenceJson<'a>,
    cases: u64,
    pending: u64,
    aligned_cases: u64,
    fitting: u64,
    cost: u64,
    fitness: FitnessJson,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    deviations: D,
    order: O,
    variants: V,
}

#[derive(Serialize)]
struct FitnessJson {
    mean: Option<f64>,
    log: Option<f64>,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum ReferenceJson<'a> {
    Variants {
        variants: Vec<ReferenceVariantJson<'a>>,
    },
    Model(ModelJson<'a>),
}

#[derive(Serialize)]
struct ReferenceVariantJson<'a> {
    rank: u32,
    cases: u64,
    activities: Vec<&'a str>,
}

#[derive(Serialize)]
struct ModelJson<'a> {
    file: &'a str,
    places: u64,
    transitions: u64,
    silent: u64,
    empty_cost: u32,
    labels_only_in_model: Vec<&'a str>,
    labels_only_in_log: Vec<&'a str>,
    nearest: serde_json::Map<String, serde_json::Value>,
}

#[derive(Serialize)]
struct OrderJson<'a> {
    activity: &'a str,
    cases: u64,
}

#[derive(Serialize)]
struct VariantJson<'a> {
    rank: u32,
    cases: u64,
    #[serde(skip_serializing_if = "is_zero")]
    pending: u64,
    reference: Option<u32>,
    cost: Option<u32>,
    fitness: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at_least: Option<u32>,
    moves: Option<Vec<[&'a str; 2]>>,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

impl<'a> ReferenceJson<'a> {
    fn of(facts: &'a ReferenceFacts) -> Self {
        match facts {
            ReferenceFacts::Variants(variants) => ReferenceJson::Variants {
                variants: variants
                    .iter()
                    .map(|variant| ReferenceVariantJson {
                        rank: variant.rank,
                        cases: variant.cases,
                        activities: variant.activities.iter().map(|name| &**name).collect(),
                    })
                    .collect(),
            },
            ReferenceFacts::Model(model) => ReferenceJson::Model(ModelJson::of(model)),
        }
    }
}

impl<'a> ModelJson<'a> {
    fn of(model: &'a ModelFacts) -> Self {
        let nearest = model.only_in_model.iter();
        let nearest = nearest.map(|(label, near)| (label.to_string(), near.clone().into()));
        ModelJson {
            file: &model.name,
            places: model.places,
            transitions: model.transitions,
            silent: model.silent,
            empty_cost: model.empty_cost,
            labels_only_in_model: model.only_in_model.iter().map(|(of, _)| &**of).collect(),
            labels_only_in_log: model.only_in_log.iter().map(|name| &**name).collect(),
            nearest: nearest.collect(),
        }
    }
}

/// The word of a move and its activity.
fn in_words(conform: &Conform, one: Move) -> [&str; 2] {
    let word = match one {
        Move::Sync(_) => "sync",
        Move::Missing(_) => "missing",
        Move::Extra(_) => "extra",
    };
    [word, &conform.names[one.label() as usize]]
}

impl ConformReport {
    fn variants(&self) -> &[JudgedVariant] {
        let variants = &self.conform.variants;
        &variants[..variants.len().min(self.limit)]
    }

    fn variant<'a>(&'a self, of: &'a JudgedVariant) -> VariantJson<'a> {
        let at_least = match &*of.judgement {
            Judgement::Unfinished { at_least, .. } => Some(*at_least),
            Judgement::Judged { .. } => None,
        };
        let moves = of.judgement.moves().iter();
        let moves = moves.map(|one| in_words(&self.conform, *one)).collect();
        VariantJson {
            rank: of.rank,
            cases: of.cases,
            pending: of.pending,
            reference: of.reference,
            cost: of.judgement.cost(),
            fitness: of.judgement.fitness(),
            at_least,
            moves: at_least.is_none().then_some(moves),
        }
    }

    /// The variants with their moves, for people: `-` missing, `+` extra, no sign in both.
    fn scripts(&self) -> Table<'_> {
        let columns = vec![
            Column::figure("variant"),
            Column::figure("cases"),
            Column::figure("cost"),
            Column::figure("fitness"),
            Column::text("moves"),
        ];
        Table::new(columns, self.variants(), |of| {
            let moves = of.judgement.moves().iter().map(|one| {
                let sign = match one {
                    Move::Sync(_) => "",
                    Move::Missing(_) => "- ",
                    Move::Extra(_) => "+ ",
                };
                format!("{sign}{}", self.conform.names[one.label() as usize])
            });
            let moves: Vec<String> = moves.collect();
            let cost = match &*of.judgement {
                Judgement::Judged { cost, .. } => Cell::from(u64::from(*cost)),
                Judgement::Unfinished { at_least, .. } => {
                    Cell::Text(format!(">= {at_least}").into())
                }
            };
            let fitness = of.judgement.fitness();
            vec![
                u64::from(of.rank).into(),
                of.cases.into(),
                cost,
                fitness.map_or(Cell::Missing, Cell::Number),
                Cell::Text(moves.join(" | ").into()),
            ]
        })
    }
}

impl Report for ConformReport {
    fn json(&self) -> Box<dyn Json + '_> {
        let conform = &self.conform;
        Box::new(ConformJson {
            reference: ReferenceJson::of(&conform.reference),
            cases: conform.cases,
            pending: conform.pending,
            aligned_cases: conform.aligned_cases,
            fitting: conform.fitting,
            cost: conform.cost,
            fitness: FitnessJson {
                mean: conform.mean,
                log: conform.log,
            },
            reason: conform.reason.as_deref(),
            deviations: list::json::<ConformQuery>(&conform.rows.rows, &self.features),
            order: json_list(
                &conform.order[..conform.order.len().min(self.limit)],
                |of| OrderJson {
                    activity: &of.0,
                    cases: of.1,
                },
            ),
            variants: json_list(self.variants(), |of| self.variant(of)),
        })
    }

    fn heading(&self) -> String {
        text::safe(&heading(&self.selection, &self.conform)).into_owned()
    }

    fn list(&self) -> Table<'_> {
        list::table::<ConformQuery>(&self.conform.rows.rows, &self.features)
    }

    fn tables(&self) -> Vec<Table<'_>> {
        vec![self.list(), self.scripts()]
    }

    fn total(&self) -> Option<usize> {
        Some(self.conform.rows.total)
    }
}

/// Share of fitting cases below which reference variants say little.
const FEW: f64 = 0.1;

/// "1,434 cases, 8,577 events; by top 1: 713 of 1,434 cases fit (49.7%), mean fitness 0.818".
fn heading(selection: &str, of: &Conform) -> String {
    if selection.is_empty() {
        return String::new();
    }
    let share = of.fitting as f64 / of.aligned_cases.max(1) as f64;
    let mut parts = vec![selection.to_owned()];
    let mut fits = format!(
        "by {}: {} of {} fit ({})",
        of.by,
        count(of.fitting),
        counted(of.aligned_cases, "case", "cases"),
        percent(share)
    );
    if let Some(mean) = of.mean {
        fits = format!("{fits}, mean fitness {}", text::number(mean, 3));
    }
    parts.push(fits);
    if of.pending > 0 {
        parts.push(format!(
            "{} open, judged as far as they are",
            count(of.pending)
        ));
    }
    match &*of.reference {
        ReferenceFacts::Model(model) => parts.extend(unmatched(model)),
        ReferenceFacts::Variants(_) if share < FEW && of.aligned_cases > 0 => {
            parts.push("few fit: try --reference 'cover 80%'".to_owned());
        }
        ReferenceFacts::Variants(_) => {}
    }
    if let [(activity, cases), ..] = &of.order[..] {
        parts.push(format!(
            "out of order: {activity} in {}",
            counted(*cases, "case", "cases")
        ));
    }
    parts.extend(of.reason.clone());
    parts.join("; ")
}

/// The labels of the model that are no activity of the log.
fn unmatched(model: &ModelFacts) -> Option<String> {
    /// Labels that are named.
    const MOST: usize = 3;
    let labels = model.only_in_model.iter().take(MOST);
    let labels = labels.map(|(label, near)| match near.first() {
        Some(near) => format!("{label} (nearest: {near})"),
        None => label.to_string(),
    });
    let labels: Vec<String> = labels.collect();
    let n = model.only_in_model.len();
    (n > 0).then(|| {
        let more = match n - labels.len() {
            0 => String::new(),
            more => format!(" and {} more", count(more as u64)),
        };
        format!(
            "{} of the model not in the log: {}{more}; [conform.labels] of the rules file maps them",
            counted(n as u64, "label", "labels"),
            labels.join(", ")
        )
    })
}

struct ReplayReport {
    selection: String,
    replay: Replay,
}

#[derive(Serialize)]
struct ReplayJson<'a, F> {
    reference: ReferenceJson<'a>,
    cases: u64,
    replayed_cases: u64,
    fitting: u64,
    fitness: F,
}

impl Report for ReplayReport {
    fn json(&self) -> Box<dyn Json + '_> {
        let replay = &self.replay;
        let fitness = move || [("replay", replay.fitness)];
        Box::new(ReplayJson {
            reference: ReferenceJson::of(&replay.reference),
            cases: replay.cases,
            replayed_cases: replay.replayed,
            fitting: replay.fitting,
            fitness: Pairs(fitness),
        })
    }

    fn heading(&self) -> String {
        self.selection.clone()
    }

    fn list(&self) -> Table<'_> {
        let columns = ["cases", "replayed_cases", "fitting", "fitness_replay"];
        let columns = columns.map(Column::figure).to_vec();
        Table::new(columns, std::slice::from_ref(&self.replay), |of| {
            vec![
                of.cases.into(),
                of.replayed.into(),
                of.fitting.into(),
                of.fitness.map_or(Cell::Missing, Cell::Number),
            ]
        })
    }
}
