//! Conformance: which moves the cases of a view lack or have beyond their reference, a variant or a
//! model, how many cases, and how long these take.

mod tally;

use crate::engine::basis::Basis;
use crate::engine::cache::RecentCache;
use crate::engine::conformance::{Asked, Judge, Judgement};
use crate::engine::costs::{CaseCost, Costly, bounds_column, mean_column, sum_column};
use crate::engine::joined::{Comparable, Compared, Times, durations_of_ended};
use crate::engine::list::{List, Listing, Rows};
use crate::engine::query::{Context, Query};
use crate::engine::schema::{Align, Schema, Surface, Value};
use crate::engine::selected::Selected;
use crate::engine::view::AskError;
use crate::event_log::Cancel;
use crate::metrics::Selection;
use crate::models::{Aligner, Bound, Ending, Limits, MAX_TOKENS, USUAL_STATES};
use crate::text::time::duration_literal;
use crate::text::{count, counted};
use hashbrown::{HashMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};
pub(super) use tally::deviation;
use tally::{Cases, Tally};
pub use tally::{DeviationDuration, DeviationKind, DeviationRow};

/// Answers kept for a view: the list, its pages and its details are made of one.
const KEPT: usize = 2;

/// A page of the deviations of a view.
#[derive(Debug, Clone, PartialEq)]
pub struct ConformQuery {
    /// Open cases count as ended, instead of as beginnings of cases.
    pub open_ended: bool,
    /// Bounds of the search for alignments.
    pub bounds: Bounds,
    /// Order, search and page.
    pub listing: Listing,
}

/// Bounds of the search for alignments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Bounds {
    /// States of one variant at most.
    pub states: usize,
    /// Time for all variants, microseconds; without limit where `None`.
    pub time: Option<i64>,
}

impl Default for Bounds {
    fn default() -> Self {
        Bounds::USUAL
    }
}

impl Bounds {
    /// Those of [`Limits`].
    pub const USUAL: Bounds = Bounds {
        states: USUAL_STATES,
        time: None,
    };

    /// The bound that kept cases from being aligned: "in 5s".
    pub fn words(self, by: Bound) -> String {
        match by {
            Bound::Time => format!("in {}", duration_literal(self.time.unwrap_or_default())),
            Bound::States => {
                let states = counted(self.states as u64, "state", "states");
                format!("with {states} for a variant")
            }
            Bound::Tokens => format!("with {MAX_TOKENS} tokens in a place"),
            Bound::Length => "as their variants are too long".to_owned(),
        }
    }

    pub(super) fn limits(self) -> Limits {
        let time = self
            .time
            .map(|time| Duration::from_micros(time.max(0) as u64));
        Limits {
            states: self.states,
            until: time.and_then(|time| Instant::now().checked_add(time)),
        }
    }
}

/// The variants of a view with their judgements.
pub(super) struct JudgedCases {
    asked: Vec<Asked>,
    judgements: Vec<Arc<Judgement>>,
    /// By variant: cases that are judged as beginnings of cases.
    n_open: Vec<u32>,
}

impl JudgedCases {
    /// Judges the selected cases; open ones as if they were over where `open_ended`.
    pub(super) fn of(
        selected: &Selected,
        judge: &Judge,
        open_ended: bool,
        bounds: Bounds,
        cancel: &Cancel,
    ) -> Result<Self, AskError> {
        let (index, selection) = (&selected.prepared.index, selected.selection());
        let n_open = if open_ended {
            vec![0; selection.variant_cases.len()]
        } else {
            Selection::count_variants(index, Some(&*selected.open()))
        };
        let asked = Asked::of(selection.variant_cases, &n_open);
        let judgements = judge.judge(index, &asked, &bounds.limits(), cancel)?;
        Ok(JudgedCases {
            asked,
            judgements,
            n_open,
        })
    }

    /// The judgements with the numbers of their cases.
    pub(super) fn each<'a>(
        &'a self,
        selected: &'a Selected,
    ) -> impl Iterator<Item = (Asked, &'a Judgement, u64)> {
        let n_cases = selected.selection().variant_cases;
        let judged = self.asked.iter().zip(&self.judgements);
        judged.map(move |(asked, judgement)| {
            let open = u64::from(self.n_open[asked.variant]);
            let cases = match asked.ending {
                Ending::Open => open,
                Ending::Final => u64::from(n_cases[asked.variant]) - open,
            };
            (*asked, &**judgement, cases)
        })
    }
}

/// A variant and its judgement.
#[derive(Debug, Clone, PartialEq)]
pub struct JudgedVariant {
    /// Rank in the whole log, from 1.
    pub rank: u32,
    /// Cases of the view.
    pub cases: u64,
    /// Those of them that were judged as beginnings of cases.
    pub pending: u64,
    /// Rank of the nearest reference variant.
    pub reference: Option<u32>,
    /// Judgement, of cases that are over where there are any. Moves are numbers of [`Conform::names`].
    pub judgement: Arc<Judgement>,
}

/// A reference variant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReferenceVariant {
    /// Rank in the whole log, from 1.
    pub rank: u32,
    /// Cases of the whole log.
    pub cases: u64,
    /// Activities in order.
    pub activities: Vec<Arc<str>>,
}

/// Facts about a model.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelFacts {
    /// Name of the file.
    pub name: String,
    /// Number of places.
    pub places: u64,
    /// Number of transitions.
    pub transitions: u64,
    /// Number of transitions without a label.
    pub silent: u64,
    /// Cost of an empty case: the fewest activities of a run.
    pub empty_cost: u32,
    /// Labels that are no activity of the log, each with the activities most like it.
    pub only_in_model: Vec<(Arc<str>, Vec<String>)>,
    /// Activities of the log that the model has not.
    pub only_in_log: Vec<Arc<str>>,
}

/// What cases are judged by.
#[derive(Debug, Clone, PartialEq)]
pub enum ReferenceFacts {
    /// Variants, by rank.
    Variants(Vec<ReferenceVariant>),
    /// A model.
    Model(ModelFacts),
}

/// Conformance of a view.
#[derive(Debug, Clone, PartialEq)]
pub struct Conform {
    /// What cases are judged by.
    pub reference: Arc<ReferenceFacts>,
    /// Its text: `top 1`, a filter, the name of a model.
    pub by: String,
    /// Cases.
    pub cases: u64,
    /// Open ones, judged as beginnings of cases.
    pub pending: u64,
    /// Those of a variant whose moves were found within the bounds.
    pub aligned_cases: u64,
    /// Those without a missing or extra move.
    pub fitting: u64,
    /// The others by the bound that was met.
    pub unaligned: Vec<(Bound, u64)>,
    /// Moves that are missing or extra, of all cases.
    pub cost: u64,
    /// Mean fitness of the cases; `None` without cases.
    pub mean: Option<f64>,
    /// One minus the moves by the most that there could be.
    pub log: Option<f64>,
    /// What keeps the figures from covering all cases, where something does.
    pub reason: Option<String>,
    /// A page of the deviations.
    pub rows: Rows<DeviationRow>,
    /// Activities that are both missing and extra in a case, with its cases.
    pub order: Arc<Vec<(Arc<str>, u64)>>,
    /// The variants of the view, by rank.
    pub variants: Arc<Vec<JudgedVariant>>,
    /// Names of the activities of moves.
    pub names: Arc<Vec<Arc<str>>>,
}

impl Costly for DeviationRow {
    fn cost(&self) -> Option<&CaseCost> {
        self.cost.as_ref()
    }
}

type Column = crate::engine::schema::Column<DeviationRow>;

/// A column that is data: in JSON, and in tables where all columns are wanted.
const fn data(name: &'static str, value: for<'a> fn(&'a DeviationRow) -> Value<'a>) -> Column {
    let column = Column::new(name, value).only(&[Surface::Table, Surface::Json]);
    column.when_on(&[Surface::Table], |features| features.extra)
}

fn seconds(figure: Option<f64>) -> Value<'static> {
    figure.map_or(Value::Missing, Value::Seconds)
}

/// Columns of the deviations.
pub static DEVIATIONS: Schema<DeviationRow> = Schema {
    name: "deviations",
    key: |r| format!("{} {}", r.kind.word(), r.activity),
    columns: &[
        Column::new("kind", |r| Value::text(r.kind.word()))
            .title("")
            .left(Align::Text)
            .fixed(7)
            .unsorted(),
        Column::new("activity", |r| Value::text(&r.activity))
            .left(Align::Text)
            .flex(14, 4, 48)
            .ascending(),
        Column::new("cases", |r| Value::Count(r.cases))
            .fixed(9)
            .term("cases"),
        Column::new("share", |r| Value::Share(r.share))
            .flex(8, 1, 20)
            .bar(6)
            .unsorted()
            .term("share"),
        Column::new("events", |r| Value::Count(r.events))
            .title("moves")
            .fixed(8)
            .priority(2)
            .term("moves"),
        Column::new("again", |r| Value::Count(r.again))
            .fixed(8)
            .priority(4)
            .term("again"),
        data("filter", |r| Value::Text(r.filter().to_string().into()))
            .left(Align::Text)
            .unsorted(),
        Column::new("trend", |r| r.trend.map_or(Value::Missing, Value::Growth))
            .fixed(8)
            .priority(3)
            .term("trend of deviations"),
        Column::new("median_with", |r| seconds(r.duration.median_with))
            .json("duration.median_with")
            .title("median")
            .fixed(9)
            .priority(1)
            .basis(|r| Basis::of(r.duration.with, "cases with it"))
            .term("median"),
        Column::new("median_without", |r| seconds(r.duration.median_without))
            .json("duration.median_without")
            .title("without")
            .fixed(9)
            .priority(1)
            .unsorted()
            .basis(|r| Basis::of(r.duration.without, "cases without it")),
        Column::new("shift", |r| seconds(r.duration.shift))
            .json("duration.shift")
            .fixed(9)
            .priority(3)
            .term("shift"),
        data("low", |r| seconds(r.duration.interval.map(|i| i.low)))
            .json("duration.low")
            .unsorted(),
        data("high", |r| seconds(r.duration.interval.map(|i| i.high)))
            .json("duration.high")
            .unsorted(),
        data("p", |r| Value::Number(r.duration.p))
            .json("duration.p")
            .unsorted(),
        Column::new("q", |r| Value::Number(r.duration.q))
            .json("duration.q")
            .fixed(7)
            .priority(2)
            .ascending()
            .term("q"),
        mean_column().priority(4),
        sum_column().priority(5),
        bounds_column(),
    ],
    pane: &[],
    table: &[],
    json: &[],
    orders: &["cases"],
    chosen: None,
};

impl List for ConformQuery {
    type Row = DeviationRow;

    fn schema() -> &'static Schema<DeviationRow> {
        &DEVIATIONS
    }

    fn rows(answer: &Conform) -> &Rows<DeviationRow> {
        &answer.rows
    }
}

impl Comparable for ConformQuery {
    const COMPARED: Compared = Compared {
        many: "deviations",
        names: &["kind", "activity"],
        title: "deviation",
        time: "duration",
        heads: ["A median", "B median"],
        of_times: false,
    };

    fn of(&self, listing: Listing) -> Self {
        ConformQuery {
            listing,
            ..self.clone()
        }
    }

    fn listing(&self) -> &Listing {
        &self.listing
    }

    fn cases(row: &DeviationRow) -> Option<u64> {
        Some(row.cases)
    }

    fn name(row: &DeviationRow) -> String {
        name(row)
    }

    fn times(&self, selected: &Selected, context: &Context<'_>) -> Result<Times, AskError> {
        let whole = self.whole(selected, context)?;
        let of_variant = |case: usize| selected.prepared.index.case_variant[case];
        let mut times = Times::new();
        let moves: HashMap<u32, &JudgedVariant> = (whole.variants.iter())
            .map(|of| (of.rank - 1, of))
            .collect();
        for (variant, durations) in durations_of_ended(selected, of_variant) {
            let judged = moves
                .get(&variant)
                .map_or(&[][..], |of| of.judgement.moves());
            let deviations: HashSet<_> = judged.iter().filter_map(|one| deviation(*one)).collect();
            for (kind, activity) in deviations {
                let key = format!("{} {}", kind.word(), whole.names[activity as usize]);
                times.entry(key).or_default().extend(&durations);
            }
        }
        for of in times.values_mut() {
            of.sort_unstable();
        }
        Ok(times)
    }
}

/// Name of a deviation: `missing Ship`.
fn name(row: &DeviationRow) -> String {
    format!("{} {}", row.kind.word(), row.activity)
}

impl Query for ConformQuery {
    type Answer = Conform;
    const BYTES_PER_EVENT: u64 = 16;

    fn run(&self, context: &Context<'_>) -> Result<Conform, AskError> {
        let selected = context.selected()?;
        let whole = self.whole(&selected, context)?;
        context.cancel.check()?;
        let all = &whole.rows.rows;
        let rows = DEVIATIONS.select(all, &self.listing, context.cancel, name)?;
        Ok(Conform {
            rows,
            ..(*whole).clone()
        })
    }
}

impl ConformQuery {
    /// The answer with all rows, from the cache if it was asked for before.
    fn whole(&self, selected: &Selected, context: &Context<'_>) -> Result<Arc<Conform>, AskError> {
        type Answers = RecentCache<(bool, Bounds), Arc<Conform>>;
        let answers = selected.figures.get_or_init(|| Answers::new(KEPT));
        let key = (self.open_ended, self.bounds);
        if let Some(whole) = answers.get(&key) {
            return Ok(whole);
        }
        let zone = context.analysis.zone();
        let judge = selected.prepared.judge(zone, context.cancel)?;
        let whole = Arc::new(self.judged(selected, &judge, context)?);
        // Another answer may come further in the same time.
        if self.bounds.time.is_none() || whole.aligned_cases == whole.cases {
            answers.put(key, Arc::clone(&whole));
        }
        Ok(whole)
    }

    fn judged(
        &self,
        selected: &Selected,
        judge: &Judge,
        context: &Context<'_>,
    ) -> Result<Conform, AskError> {
        let prepared = &selected.prepared;
        let selection = selected.selection();
        let bounds = self.bounds;
        let judged = JudgedCases::of(selected, judge, self.open_ended, bounds, context.cancel)?;
        let mut tally = Tally::default();
        for (asked, judgement, cases) in judged.each(selected) {
            tally.add(asked, judgement, cases, judge);
        }
        let (order, reason) = (tally.order(judge), self.reason(&tally, judge));
        let by = prepared.timed.timing.conform.reference.to_string();
        let compared = Cases {
            selected,
            is_open: (!self.open_ended).then(|| selected.open()),
        };
        let rows = compared.rows(&tally, judge, context)?;
        Ok(Conform {
            reference: Arc::new(facts(selected, judge)),
            by,
            cases: selection.n_cases as u64,
            pending: judged.n_open.iter().map(|&n| u64::from(n)).sum(),
            aligned_cases: tally.aligned,
            fitting: tally.fitting,
            unaligned: tally.unfinished.clone().into_iter().collect(),
            cost: tally.cost,
            mean: (tally.aligned > 0).then(|| tally.fitness / tally.aligned as f64),
            log: (tally.aligned > 0).then(|| {
                let worst = tally.worst.max(1) as f64;
                1.0 - tally.cost as f64 / worst
            }),
            reason,
            rows: Rows::all(rows),
            order: Arc::new(order),
            variants: Arc::new(variants(&judged, &selection, judge)),
            names: Arc::new(judge.names.clone()),
        })
    }
}

impl ConformQuery {
    /// What keeps the figures from covering all cases.
    fn reason(&self, tally: &Tally, judge: &Judge) -> Option<String> {
        let is_unbounded = judge.aligner().is_some_and(Aligner::is_unbounded);
        let mut parts = Vec::new();
        if is_unbounded {
            parts.push(format!(
                "the model has no bound: states with more than {MAX_TOKENS} tokens in a place are left out"
            ));
        }
        let all = tally.aligned + tally.unfinished.values().sum::<u64>();
        parts.extend(tally.unfinished.iter().map(|(by, cases)| {
            format!(
                "{} of {} cases were not aligned {}",
                count(*cases),
                count(all),
                self.bounds.words(*by)
            )
        }));
        (!parts.is_empty()).then(|| parts.join("; "))
    }
}

/// The variants with their judgements, by rank.
fn variants(judged: &JudgedCases, selection: &Selection<'_>, judge: &Judge) -> Vec<JudgedVariant> {
    let mut variants: Vec<JudgedVariant> = Vec::new();
    for (asked, judgement) in judged.asked.iter().zip(&judged.judgements) {
        let rank = asked.variant as u32 + 1;
        // Of a variant with both, the cases that are over come first.
        if variants.last().is_some_and(|last| last.rank == rank) {
            continue;
        }
        let reference = match &**judgement {
            Judgement::Judged { reference, .. } => *reference,
            Judgement::Unfinished { .. } => None,
        };
        variants.push(JudgedVariant {
            rank,
            cases: u64::from(selection.variant_cases[asked.variant]),
            pending: u64::from(judged.n_open[asked.variant]),
            reference: reference.map(|at| judge.references()[at] + 1),
            judgement: Arc::clone(judgement),
        });
    }
    variants
}

pub(super) fn facts(selected: &Selected, judge: &Judge) -> ReferenceFacts {
    let prepared = &selected.prepared;
    let spec = &prepared.timed.timing.conform;
    let (Some(model), Some(aligner)) = (spec.reference.model(), judge.aligner()) else {
        let variants = &prepared.index.variants;
        let variant = |&rank: &u32| {
            let sequence = variants.sequence(rank as usize).iter();
            ReferenceVariant {
                rank: rank + 1,
                cases: u64::from(variants.n_cases[rank as usize]),
                activities: sequence
                    .map(|&activity| Arc::clone(&judge.names[activity as usize]))
                    .collect(),
            }
        };
        let references = judge.references().iter().map(variant);
        return ReferenceFacts::Variants(references.collect());
    };
    let [only_in_model, only_in_log] = judge.unmatched(&prepared.index);
    let with_nearest = |name: Arc<str>| {
        let nearest = judge.nearest(&name);
        (name, nearest)
    };
    ReferenceFacts::Model(ModelFacts {
        name: model.name.clone(),
        places: model.net.places.len() as u64,
        transitions: model.net.transitions.len() as u64,
        silent: model.net.silent() as u64,
        empty_cost: aligner.empty_cost(),
        only_in_model: only_in_model.into_iter().map(with_nearest).collect(),
        only_in_log,
    })
}
