//! Journeys: the touchpoints of customers with their scores against what is expected, and their effect on
//! an outcome; what began the journeys; which stages have events of which sources.

mod detail;
mod stages;
mod touchpoint;
mod triggers;

pub use detail::{
    Journeys, JourneysQuery, MatrixCell, MatrixRow, ScoreBin, ScoresOverTime, TouchpointDetail,
    TouchpointQuery,
};
pub use stages::{BlindSpans, CoveredStage, CoveredStages, CoveredStagesQuery};
pub use touchpoint::{Effect, TOUCHPOINTS, TouchpointRow, TouchpointScore};
pub use triggers::{TriggerRow, Triggers, TriggersQuery};

use crate::engine::cache::RecentCache;
use crate::engine::joined::{Comparable, Compared, Times};
use crate::engine::list::{List, Listing, Rows};
use crate::engine::query::{Context, Query, SmallGroups};
use crate::engine::schema::{JourneyParts, Schema};
use crate::engine::scores::outside;
use crate::engine::selected::Selected;
use crate::engine::touchpoints::{Bound, JourneyOf, Met, filter_of, outcome_name};
use crate::engine::view::AskError;
use crate::event_log::{Cancel, Cancelled, Column as LogColumn};
use crate::metrics::quantile;
use crate::metrics::scores::ScoreFigures;
use crate::metrics::stats::{FourFold, benjamini_hochberg};
use crate::metrics::touchpoints::{Counting, Numbering, Tallies, Tally, Touchpoints, tallies};
use crate::text::did_you_mean;
use rayon::prelude::*;
use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;

/// A page of the touchpoints.
#[derive(Debug, Clone, PartialEq)]
pub struct TouchpointsQuery {
    /// Touchpoints, scores, sources and outcome of the journeys.
    pub of: JourneyOf,
    /// Order, search and page.
    pub listing: Listing,
}

/// A page of the touchpoints, and what they are of.
#[derive(Debug, Clone, PartialEq)]
pub struct TouchpointList {
    /// Touchpoints, scores, sources and outcome of the journeys.
    pub facts: Arc<JourneyFacts>,
    /// The touchpoints.
    pub rows: Rows<TouchpointRow>,
}

/// What the journeys of a view are of.
#[derive(Debug, Clone, PartialEq)]
pub struct JourneyFacts {
    /// Number of cases.
    pub cases: u64,
    /// Columns whose values are a touchpoint.
    pub touchpoint: Vec<String>,
    /// Column of scores.
    pub score: Option<String>,
    /// Column of answers from 0 to 10.
    pub nps: Option<String>,
    /// Column with the source of each event.
    pub source: Option<String>,
    /// Parts that are guessed, by the keys of the rules file.
    pub guessed: Vec<&'static str>,
    /// True if some touchpoint has an expected score.
    pub expects: bool,
    /// The outcome; `None` where none is defined.
    pub outcome: Option<JourneyOutcome>,
    /// Number of outcomes on offer.
    pub outcomes: usize,
    /// Expected scores of what is no touchpoint here, each with the nearest names.
    pub unused: Vec<String>,
    /// What cannot be answered, by the keys of the rules file, and what to write there.
    pub lacks: Vec<(&'static str, String)>,
}

impl JourneyFacts {
    /// Questions that can be answered.
    pub fn parts(&self) -> JourneyParts {
        JourneyParts {
            score: self.score.is_some(),
            nps: self.nps.is_some(),
            expect: self.score.is_some() && self.expects,
            outcome: self.outcome.is_some(),
        }
    }
}

/// The outcome of journeys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JourneyOutcome {
    /// Name, or the filter where it has none.
    pub name: String,
    /// Filter of the cases that have it.
    pub filter: String,
    /// Cases that have it.
    pub cases: u64,
    /// Cases of which it is known whether they have it.
    pub decided: u64,
    /// Open cases that do not have it.
    pub undecided: u64,
    /// True if an event makes it true: touchpoints count before that event only.
    pub by_event: bool,
}

/// Fewest scores that are compared with an expected one.
const FEWEST: u64 = 5;

impl List for TouchpointsQuery {
    type Row = TouchpointRow;

    fn schema() -> &'static Schema<TouchpointRow> {
        &TOUCHPOINTS
    }

    fn rows(answer: &TouchpointList) -> &Rows<TouchpointRow> {
        &answer.rows
    }
}

impl Comparable for TouchpointsQuery {
    const COMPARED: Compared = Compared {
        many: "touchpoints",
        names: &["touchpoint"],
        title: "touchpoint",
        time: "time to it",
        heads: ["A reached", "B reached"],
        of_times: false,
    };

    fn of(&self, listing: Listing) -> Self {
        TouchpointsQuery {
            listing,
            ..self.clone()
        }
    }

    fn listing(&self) -> &Listing {
        &self.listing
    }

    fn cases(row: &TouchpointRow) -> Option<u64> {
        Some(row.cases)
    }

    fn name(row: &TouchpointRow) -> String {
        row.name.to_string()
    }

    fn times(&self, selected: &Selected, context: &Context<'_>) -> Result<Times, AskError> {
        let found = found(&self.of, selected, context)?;
        // Counted again, as they would take much memory, and are only compared.
        let met = found.met.as_ref();
        let counted = counted(
            &found.bound,
            &found.numbering,
            met,
            selected,
            context.cancel,
        )?;
        let names = found.numbering.names.iter().cloned();
        let times = counted.of.into_iter().map(|tally| {
            let mut reached = tally.reached;
            reached.par_sort_unstable();
            reached
        });
        Ok(names.zip(times).collect())
    }
}

impl Query for TouchpointsQuery {
    type Answer = TouchpointList;
    const SMALL_GROUPS: SmallGroups = SmallGroups::LeftOut;
    const BYTES_PER_EVENT: u64 = 8;

    fn run(&self, context: &Context<'_>) -> Result<TouchpointList, AskError> {
        let selected = context.selected()?;
        let found = found(&self.of, &selected, context)?;
        let name = |row: &TouchpointRow| row.name.to_string();
        Ok(TouchpointList {
            facts: Arc::clone(&found.facts),
            rows: Self::select(&found.rows, &self.listing, context, name)?,
        })
    }
}

/// Figures of the touchpoints of a view.
pub(super) struct Found {
    pub bound: Bound,
    pub facts: Arc<JourneyFacts>,
    numbering: Numbering,
    met: Option<Met>,
    /// In the order of the list.
    rows: Vec<TouchpointRow>,
    /// Without the times to them.
    tallies: Vec<Tally>,
}

/// Journeys kept for a view.
const KEPT: usize = 4;

/// Returns what there is at the touchpoints of a view, from the cache if it was asked before.
pub(super) fn found(
    of: &JourneyOf,
    selected: &Selected,
    context: &Context<'_>,
) -> Result<Arc<Found>, AskError> {
    type Answers = RecentCache<JourneyOf, Arc<Found>>;
    let answers = selected.figures.get_or_init(|| Answers::new(KEPT));
    if let Some(found) = answers.get(of) {
        return Ok(found);
    }
    let bound = of.bound(&selected.prepared)?;
    let met = bound.met(selected, context.analysis.zone())?;
    context.cancel.check()?;
    let parts = bound.parts(&selected.prepared.log);
    let numbering = Numbering::new(&selected.selection(), &parts, context.cancel);
    let numbering = numbering.map_err(super::funnel::no_groups)?;
    let mut counted = counted(&bound, &numbering, met.as_ref(), selected, context.cancel)?;
    let rows = rows(&bound, &numbering, selected, &mut counted);
    context.cancel.check()?;
    let facts = facts(selected, &bound, &numbering, &counted, met.as_ref());
    let found = Arc::new(Found {
        facts: Arc::new(facts),
        bound,
        numbering,
        met,
        rows,
        tallies: counted.of,
    });
    answers.put(of.clone(), Arc::clone(&found));
    Ok(found)
}

/// Counts at the touchpoints.
fn counted(
    bound: &Bound,
    numbering: &Numbering,
    met: Option<&Met>,
    selected: &Selected,
    cancel: &Cancel,
) -> Result<Tallies, Cancelled> {
    let log = &selected.prepared.log;
    let parts = &bound.parts(log);
    let counting = Counting {
        touchpoints: Touchpoints { parts, numbering },
        score: Bound::column(bound.score, log),
        nps: Bound::column(bound.nps, log),
        outcome: met.map(Met::outcome),
    };
    tallies(&selected.selection(), &counting, cancel)
}

/// The touchpoints in the order of the list; drops the times to them.
fn rows(
    bound: &Bound,
    numbering: &Numbering,
    selected: &Selected,
    tallies: &mut Tallies,
) -> Vec<TouchpointRow> {
    let log = &selected.prepared.log;
    let parts = &bound.parts(log);
    let column = Bound::column(bound.score, log);
    let expected: HashMap<&str, f64> = bound.expect.iter().map(|(n, of)| (&**n, *of)).collect();
    let of_five = column.is_some_and(is_of_five);
    let reached = tallies.of.par_iter_mut().map(|tally| {
        let mut times = std::mem::take(&mut tally.reached);
        quantile::median(&mut times).map(|median| median / 1e6)
    });
    let reached: Vec<Option<f64>> = reached.collect();
    let (decided, met) = (tallies.decided, tallies.met);
    let row = |at: usize| {
        let (name, codes) = (&numbering.names[at], &numbering.codes[at]);
        let (tally, reached) = (&tallies.of[at], reached[at]);
        let score = column.map(|_| TouchpointScore {
            figures: tally.scores.figures(),
            of_five,
        });
        let figures = score.and_then(|score| score.figures);
        let expect = expected.get(name.as_str()).copied();
        let both = figures.zip(expect);
        let is_beside = |(of, expect): (ScoreFigures, f64)| {
            let interval = of.interval.filter(|_| of.n >= FEWEST);
            interval.is_some_and(|of| expect < of.low || of.high < expect)
        };
        let table = FourFold {
            with: tally.with,
            selected_with: tally.met_with,
            without: decided - tally.with,
            selected_without: met - tally.met_with,
        };
        let makes_it = tally.makes > 0 && tally.with == 0;
        TouchpointRow {
            name: name.as_str().into(),
            filter: filter_of(&bound.touchpoint, parts, codes),
            events: tally.events,
            cases: tally.cases,
            first: tally.first,
            score,
            expect,
            gap: both.map(|(of, expect)| of.mean - expect),
            flagged: both.is_some_and(is_beside),
            nps: tally.answers.net_promoters(),
            effect: (bound.outcome().is_some() && !makes_it).then(|| Effect {
                table,
                ratio: table.ratio(),
                q: None,
                after: tally.after,
            }),
            reached,
        }
    };
    let mut rows: Vec<TouchpointRow> = (0..numbering.names.len()).map(row).collect();
    correct(&mut rows);
    rows.sort_by(|a, b| {
        let key = |row: &TouchpointRow| (!row.flagged, row.gap.is_none());
        let gap = |row: &TouchpointRow| row.gap.unwrap_or(0.0);
        let ties = |row: &TouchpointRow| (Reverse(row.cases), Arc::clone(&row.name));
        key(a)
            .cmp(&key(b))
            .then_with(|| gap(a).total_cmp(&gap(b)))
            .then_with(|| ties(a).cmp(&ties(b)))
    });
    rows
}

/// Tests the effects, corrected for their number.
fn correct(rows: &mut [TouchpointRow]) {
    let effects = rows.iter_mut().filter_map(|row| row.effect.as_mut());
    let effects = effects.filter(|of| of.table.with > 0 && of.table.without > 0);
    let mut effects: Vec<&mut Effect> = effects.collect();
    let p: Vec<f64> = effects.iter().map(|effect| effect.table.test().1).collect();
    for (effect, q) in effects.iter_mut().zip(benjamini_hochberg(&p)) {
        effect.q = Some(q);
    }
}

/// True if all numbers of a column are from 1 to 5.
fn is_of_five(column: &LogColumn) -> bool {
    outside(column, &(1.0..=5.0)).is_none()
}

fn facts(
    selected: &Selected,
    bound: &Bound,
    numbering: &Numbering,
    tallies: &Tallies,
    met: Option<&Met>,
) -> JourneyFacts {
    let log = &selected.prepared.log;
    let name = |at: Option<usize>| Bound::column(at, log).map(|column| column.name.clone());
    let cases = selected.selection().n_cases as u64;
    let outcome = bound
        .outcome()
        .zip(met)
        .map(|(condition, of)| JourneyOutcome {
            name: outcome_name(condition),
            filter: condition.filter.clone(),
            cases: tallies.met,
            decided: tallies.decided,
            undecided: cases - tallies.decided,
            by_event: of.events.is_some(),
        });
    let names = || numbering.names.iter().map(String::as_str);
    let unused = bound.expect.iter().filter(|(name, _)| {
        // Names ascend.
        numbering.names.binary_search(name).is_err()
    });
    let unused = unused.map(|(name, _)| {
        let hint = did_you_mean(name, names(), str::to_owned);
        format!("{name}{hint}")
    });
    JourneyFacts {
        cases,
        touchpoint: bound.touchpoint.iter().map(|of| of.name.clone()).collect(),
        score: name(bound.score),
        nps: name(bound.nps),
        source: bound.source.as_ref().map(|of| of.name.clone()),
        guessed: bound.guessed.clone(),
        expects: !bound.expect.is_empty(),
        outcome,
        outcomes: bound.outcomes.len(),
        unused: unused.collect(),
        lacks: lacks(bound),
    }
}

/// Questions that a journey cannot answer, and the keys of the rules file for them.
fn lacks(bound: &Bound) -> Vec<(&'static str, String)> {
    let only_activity = bound.touchpoint.len() == 1 && bound.touchpoint[0].is_activity();
    let all = [
        (
            "touchpoint",
            only_activity,
            "touchpoints are activities: touchpoint in [journey] adds a column of channels",
        ),
        (
            "score",
            bound.score.is_none(),
            "no scores: score in [journey] names a column of numbers",
        ),
        (
            "expect",
            bound.score.is_some() && bound.expect.is_empty(),
            "no expected scores: [journey.expect] has one for each touchpoint",
        ),
        (
            "nps",
            bound.nps.is_none(),
            "no NPS: nps in [journey] names a column of answers from 0 to 10",
        ),
        (
            "outcome",
            bound.outcomes.is_empty(),
            "no outcome: outcome in [journey], or [outcomes], defines one",
        ),
        (
            "source",
            bound.source.is_none(),
            "no sources: several logs have them; of one, source in [journey] names the column with the \
             system of each event",
        ),
    ];
    let lacking = all.into_iter().filter(|(_, lacks, _)| *lacks);
    lacking
        .map(|(key, _, text)| (key, text.to_owned()))
        .collect()
}
