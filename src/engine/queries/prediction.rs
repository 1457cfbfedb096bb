//! Single cases with all that is predicted of them: shares of what comes next, the time that is left, odds
//! of deadlines, similar cases, and how the state was chosen.

use crate::engine::predict::{
    Basing, Clocks, Learned, Model, Odds, OpenCase, Predictor, Tried, too_few,
};
use crate::engine::prepared::Prepared;
use crate::engine::query::{Context, Query};
use crate::engine::selected::Selected;
use crate::engine::stats::seconds;
use crate::engine::view::AskError;
use crate::metrics::prediction::{Quantiles, Visit, ranking};
use crate::metrics::triage::last_event;
use hashbrown::HashSet;
use std::sync::Arc;

/// Similar cases that are named.
const SIMILAR: usize = 10;

/// Activities that are named as next ones, and the share below which others are left out.
const MOST_NEXT: usize = 20;
const LEAST_SHARE: f64 = 0.005;

/// Predictions of some cases of the log, whatever the view selects.
#[derive(Debug, Clone, PartialEq)]
pub struct PredictionsQuery {
    /// Options of predictions.
    pub basing: Basing,
    /// True to learn first where that was not done yet; otherwise the answer is empty then.
    pub wait: bool,
    /// Ids of the cases.
    pub cases: Vec<String>,
}

/// An activity that may come next.
#[derive(Debug, Clone, PartialEq)]
pub struct NextShare {
    /// The activity; the end of the case where `None`.
    pub activity: Option<Arc<str>>,
    /// Probability.
    pub share: f64,
}

impl NextShare {
    /// The next step of that symbol: an activity, or the end of the case for any other.
    pub(super) fn of(names: &[Arc<str>], next: Option<(u32, f64)>) -> Option<Self> {
        let (symbol, share) = next?;
        Some(NextShare {
            activity: names.get(symbol as usize).cloned(),
            share,
        })
    }

    /// Name of the activity, or `end of case`.
    pub fn name(&self) -> &str {
        self.activity.as_deref().unwrap_or("end of case")
    }
}

/// Time that is left, seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LeftFigures {
    /// Quantile 0.1 (type 7).
    pub p10: f64,
    /// Median.
    pub p50: f64,
    /// Quantile 0.9.
    pub p90: f64,
    /// Quantile 0.1 less the margin, at least 0.
    pub low: f64,
    /// Quantile 0.9 and the margin.
    pub high: f64,
    /// Past visits that it is made of.
    pub n: u64,
}

impl LeftFigures {
    /// Quantiles and margin in microseconds.
    pub(super) fn of(quantiles: Quantiles, margin: f64) -> Self {
        let [p10, p50, p90] = quantiles.of.map(|micros| micros / 1e6);
        let (low, high) = quantiles.shifted(margin);
        LeftFigures {
            p10,
            p50,
            p90,
            low: low / 1e6,
            high: high / 1e6,
            n: quantiles.n as u64,
        }
    }
}

/// A state that was tried for a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TriedState {
    /// Symbols of its context, the start of the case counting as one.
    pub length: u64,
    /// True where it is of cases with the same value of the column.
    pub by: bool,
    /// Past visits.
    pub visits: u64,
    /// Those that rested for longer than the case.
    pub rested: u64,
    /// Visits that the state needs.
    pub least: u64,
}

/// An ended case that was in the same state.
#[derive(Debug, Clone, PartialEq)]
pub struct SimilarCase {
    /// Case id.
    pub case: String,
    /// Duration, seconds.
    pub took: f64,
    /// Time from the state to its end, seconds.
    pub left: f64,
    /// Activities after the state.
    pub then: Vec<Arc<str>>,
}

/// The prediction of a case.
#[derive(Debug, Clone, PartialEq)]
pub struct Prediction {
    /// Case id.
    pub case: String,
    /// Why nothing is predicted of it, as a sentence without a full stop.
    pub reason: Option<String>,
    /// Activity of its last event; `None` where nothing is predicted.
    pub last: Option<Arc<str>>,
    /// Time since its last event, seconds.
    pub rest: f64,
    /// Activities of the state, in their order.
    pub state: Vec<Arc<str>>,
    /// True where the state begins with the start of the case.
    pub from_start: bool,
    /// True where what is left is that of cases in any state.
    pub is_any_state: bool,
    /// The states that were tried, the longest context first; the last one is used.
    pub tried: Vec<TriedState>,
    /// Next steps, the most probable first.
    pub next: Vec<NextShare>,
    /// Continuations of the longest known context of the case, and the number of its symbols.
    pub next_of: (u64, u64),
    /// The time that is left.
    pub left: Option<LeftFigures>,
    /// Odds of its deadlines.
    pub odds: Vec<Odds>,
    /// Ended cases in the same state, the most similar first.
    pub similar: Vec<SimilarCase>,
}

/// Why nothing is said of the time that is left to an open case.
const TOO_FEW_RESTED: &str = "too few cases that ended had rested as long in any state";

impl Prediction {
    /// Why some of it is missing, as a sentence without a full stop.
    pub fn lacks(&self) -> Option<&str> {
        let unknown = self.left.is_none().then_some(TOO_FEW_RESTED);
        self.reason.as_deref().or(unknown)
    }

    /// Number of visits that are used.
    pub fn n(&self) -> u64 {
        self.left.map_or(0, |left| left.n)
    }
}

/// The open cases of a view with what was learned about them.
pub(super) fn open_of<'a>(learned: &'a Learned, selected: &Selected) -> Vec<&'a OpenCase> {
    let open = learned.predictor.iter().flat_map(|of| &of.open);
    let selection = selected.selection();
    open.filter(|of| selection.contains(of.of.case)).collect()
}

impl Query for PredictionsQuery {
    type Answer = Vec<Prediction>;

    fn run(&self, context: &Context<'_>) -> Result<Vec<Prediction>, AskError> {
        let reference = context.reference()?;
        let prepared = &reference.prepared;
        let learned = if self.wait {
            Some(prepared.learn(&self.basing, context)?)
        } else {
            prepared.learned(&self.basing)
        };
        let Some(learned) = learned else {
            return Ok(Vec::new());
        };
        let clocks = Clocks::of(prepared, context.analysis.zone())?;
        let found = self.cases.iter().map(|id| {
            context.cancel.check()?;
            let unknown = || AskError::UnknownCase(id.clone());
            let case = prepared.log.case_of(id).ok_or_else(unknown)?;
            let none = |reason: String| Prediction {
                case: id.clone(),
                reason: Some(reason),
                last: None,
                rest: 0.0,
                state: Vec::new(),
                from_start: false,
                is_any_state: false,
                tried: Vec::new(),
                next: Vec::new(),
                next_of: (0, 0),
                left: None,
                odds: Vec::new(),
                similar: Vec::new(),
            };
            let Some(predictor) = &learned.predictor else {
                return Ok(none(too_few(learned.train_cases)));
            };
            Ok(match predictor.of(case as usize) {
                None => none("the case is over".to_owned()),
                Some(of) => prediction(prepared, predictor, &clocks, of),
            })
        });
        found.collect()
    }
}

fn prediction(
    prepared: &Prepared,
    predictor: &Predictor,
    clocks: &Clocks<'_>,
    of: &OpenCase,
) -> Prediction {
    let (log, index) = (&prepared.log, &prepared.index);
    let model = predictor.model(prepared, clocks);
    let case = of.of.case;
    let sequence = index.variants.sequence(index.case_variant[case] as usize);
    let (tried, visits) = model.explained(of.of);
    let used = tried.last().filter(|_| of.left.is_some());
    let length = used.map_or(0, |tried| tried.key.stretch.length);
    let from_start = used.is_some_and(|tried| tried.key.stretch.is_whole);
    let activities = length - usize::from(from_start);
    let name = |activity: &u32| Arc::clone(&prepared.names[*activity as usize]);
    let next = model.next();
    let shares = next.shares(&predictor.base, sequence, predictor.length);
    let ranked = ranking(&shares.of, next.ranks, MOST_NEXT).into_iter();
    let ranked = ranked.map(|symbol| (symbol, shares.of[symbol as usize]));
    let ranked = ranked.enumerate();
    let ranked = ranked.filter(|(at, (_, share))| *at == 0 || *share >= LEAST_SHARE);
    let ranked = ranked.filter_map(|(_, next)| NextShare::of(&prepared.names, Some(next)));
    Prediction {
        case: log.case_ids.get(case as u32).to_owned(),
        reason: None,
        last: Some(name(&log.activity.get(last_event(
            log,
            &prepared.index,
            case,
        )))),
        rest: seconds(of.of.rest),
        state: sequence[sequence.len() - activities..]
            .iter()
            .map(name)
            .collect(),
        from_start,
        is_any_state: of.is_any_state,
        tried: tried.iter().map(tried_state).collect(),
        next: ranked.collect(),
        next_of: (shares.n, shares.length as u64),
        left: of.left.map(|left| LeftFigures::of(left, predictor.margin)),
        odds: of.odds.clone(),
        similar: similar(prepared, &model, of, visits),
    }
}

fn tried_state(of: &Tried) -> TriedState {
    TriedState {
        length: of.key.stretch.length as u64,
        by: of.key.class.is_some(),
        visits: of.visits as u64,
        rested: of.rested as u64,
        least: Model::least(&of.key) as u64,
    }
}

/// The cases of visits that are nearest in the time since their start, then in the time until their next
/// event, then by id; each case once.
fn similar(
    prepared: &Prepared,
    model: &Model<'_>,
    of: &OpenCase,
    mut visits: Vec<Visit>,
) -> Vec<SimilarCase> {
    let (log, index) = (&prepared.log, &prepared.index);
    let (elapsed, rest) = (model.elapsed(of.of.case), of.of.rest);
    let rank = prepared.case_rank();
    visits.sort_by_cached_key(|visit| {
        (
            (visit.elapsed - elapsed).abs(),
            (visit.gap - rest).abs(),
            rank[visit.case as usize],
            visit.event,
        )
    });
    let mut met = HashSet::new();
    let once = visits.into_iter().filter(|visit| met.insert(visit.case));
    let once = once.take(SIMILAR).map(|visit| {
        let case = visit.case as usize;
        let after = visit.event as usize + 1..log.events_of(case).end;
        let name = |event: usize| Arc::clone(&prepared.names[log.activity.get(event) as usize]);
        SimilarCase {
            case: log.case_ids.get(visit.case).to_owned(),
            took: seconds(index.duration(case)),
            left: seconds(visit.left),
            then: after.map(name).collect(),
        }
    });
    once.collect()
}
