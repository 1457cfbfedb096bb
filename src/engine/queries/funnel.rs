//! Funnel: cases along a list of stages, of all selected cases and of segments of them.

use crate::engine::definitions::NamedStages;
use crate::engine::groups::GroupBy;
use crate::engine::prepared::Prepared;
use crate::engine::query::{Context, Query};
use crate::engine::selected::Selected;
use crate::engine::stats::{Stats, stats};
use crate::engine::view::AskError;
use crate::filter::quote;
use crate::metrics::funnel::{self, Order, StageFigures, Stages};
use crate::metrics::groups::{Groups, Key, MOST_GROUPS};
use crate::text::did_you_mean;
use std::cmp::Reverse;
use std::sync::Arc;

/// A funnel.
#[derive(Debug, Clone, PartialEq)]
pub struct FunnelQuery {
    /// Stages, two at least: names of the activities of each, one at least.
    pub stages: Vec<Vec<String>>,
    /// Order in which the stages must be found.
    pub order: Order,
    /// Longest time from the first stage to the last one reached, microseconds.
    pub within: Option<i64>,
    /// Property whose values are the segments.
    pub by: Option<GroupBy>,
}

/// Figures of a funnel.
#[derive(Debug, Clone, PartialEq)]
pub struct Funnel {
    /// Number of selected cases.
    pub cases: u64,
    /// Stages of all of them.
    pub stages: Vec<StageRow>,
    /// Segments, most cases first, then by value; empty where none are asked for.
    pub by: Vec<Segment>,
}

/// Cases with one value of a property.
#[derive(Debug, Clone, PartialEq)]
pub struct Segment {
    /// The value; `None` for cases without one.
    pub value: Option<Arc<str>>,
    /// Number of cases.
    pub cases: u64,
    /// Stages of these cases.
    pub stages: Vec<StageRow>,
}

/// A stage of a funnel.
#[derive(Debug, Clone, PartialEq)]
pub struct StageRow {
    /// Activities, joined by ` | `.
    pub stage: Arc<str>,
    /// Cases that reach it.
    pub cases: u64,
    /// Share of the cases that reach the first stage, 0 to 1; `None` where none does.
    pub of_first: Option<f64>,
    /// Share of the cases that reach the stage before, 0 to 1; `None` for the first stage and where no
    /// case does.
    pub of_before: Option<f64>,
    /// Cases that reach the stage before and not this one; `None` for the first stage.
    pub lost: Option<u64>,
    /// Time from the stage before to this one; `None` for the first stage and where no case reaches it.
    pub time: Option<Stats>,
    /// Cases with an event of each stage up to this one, in any order and time.
    pub any_order: u64,
    /// Activities that follow the stage before in the lost cases, `None` being the end of the case: most
    /// cases first, ties by name, the end last.
    pub next_of_lost: Vec<(Option<Arc<str>>, u64)>,
}

impl Query for FunnelQuery {
    type Answer = Funnel;

    fn run(&self, context: &Context<'_>) -> Result<Funnel, AskError> {
        let selected = context.selected()?;
        let prepared = &selected.prepared;
        let stages = self.bind(prepared)?;
        let selection = selected.selection();
        let segments = self.segments(context, &selected)?;
        let groups = segments.as_ref().map(|segments| funnel::Segments {
            of: &segments.of,
            n: segments.values.len(),
        });
        let figures = funnel::funnel(&selection, &stages, groups);
        context.cancel.check()?;
        let mut figures = figures.into_iter().map(|of| self.rows(of, prepared));
        let all = figures.next().unwrap_or_default();
        let by = segments.map_or_else(Vec::new, |segments| segments.with(figures));
        Ok(Funnel {
            cases: selection.n_cases as u64,
            stages: all,
            by,
        })
    }
}

/// Values of the segments, and the segment of each case.
struct Segments {
    values: Vec<(Option<Arc<str>>, u64)>,
    of: Vec<u32>,
}

impl Segments {
    /// Adds the stages to the segments, and sorts them.
    fn with(self, stages: impl Iterator<Item = Vec<StageRow>>) -> Vec<Segment> {
        let segment = |((value, cases), stages)| Segment {
            value,
            cases,
            stages,
        };
        let mut by: Vec<Segment> = self.values.into_iter().zip(stages).map(segment).collect();
        by.sort_by(|a, b| {
            let key = |s: &Segment| (Reverse(s.cases), s.value.is_none());
            key(a).cmp(&key(b)).then_with(|| a.value.cmp(&b.value))
        });
        by
    }
}

impl FunnelQuery {
    /// Looks up the activities of the stages.
    fn bind(&self, prepared: &Prepared) -> Result<Stages, AskError> {
        NamedStages::check(&self.stages).map_err(AskError::Name)?;
        let stages = self.stages.iter().map(|names| activities(prepared, names));
        Ok(Stages {
            stages: stages.collect::<Result<_, _>>()?,
            order: self.order,
            within: self.within,
        })
    }

    fn segments(
        &self,
        context: &Context<'_>,
        selected: &Selected,
    ) -> Result<Option<Segments>, AskError> {
        let Some(by) = &self.by else {
            return Ok(None);
        };
        let by = by.clone().single();
        let selection = selected.selection();
        let bound = by.bind(&selected.prepared, &selection, context.analysis.zone())?;
        let keys: [Key<'_>; 1] = [bound.key()];
        let groups = Groups::new(&selection, &keys).map_err(too_many)?;
        context.cancel.check()?;
        let mut of = vec![0; selection.index.n_cases()];
        let mut cases = vec![0; groups.len()];
        selection.for_each_case(|case| {
            let group = groups.of(case)[0];
            of[case] = group;
            cases[group as usize] += 1;
        });
        let values = groups.codes.iter().map(|codes| bound.value(codes[0]));
        let values = values.map(|value| value.map(Arc::from)).zip(cases);
        Ok(Some(Segments {
            values: values.collect(),
            of,
        }))
    }

    fn rows(&self, figures: Vec<StageFigures>, prepared: &Prepared) -> Vec<StageRow> {
        let first = figures.first().map_or(0, |stage| stage.cases);
        let mut before: Option<u64> = None;
        let share = |cases: u64, of: u64| (of > 0).then(|| cases as f64 / of as f64);
        let mut rows = Vec::with_capacity(figures.len());
        for (names, stage) in self.stages.iter().zip(figures) {
            let mut next: Vec<(Option<Arc<str>>, u64)> = stage
                .next_of_lost
                .into_iter()
                .map(|(next, n)| (next.map(|a| Arc::clone(&prepared.names[a as usize])), n))
                .collect();
            next.sort_by(|a, b| {
                let key = |(name, n): &(Option<Arc<str>>, u64)| (Reverse(*n), name.is_none());
                key(a).cmp(&key(b)).then_with(|| a.0.cmp(&b.0))
            });
            rows.push(StageRow {
                stage: names.join(" | ").into(),
                cases: stage.cases,
                of_first: share(stage.cases, first),
                of_before: before.and_then(|before| share(stage.cases, before)),
                lost: before.map(|before| before - stage.cases),
                time: stage.time.map(stats),
                any_order: stage.any_order,
                next_of_lost: next,
            });
            before = Some(stage.cases);
        }
        rows
    }
}

/// Returns the error for more groups than are formed.
pub fn too_many(n: usize) -> AskError {
    let n = crate::text::count(n as u64);
    let most = crate::text::count(MOST_GROUPS as u64);
    AskError::Name(format!(
        "{n} groups or more, at most {most} are formed: choose a column with fewer values"
    ))
}

/// Returns the set of these activities, by code.
///
/// # Errors
/// The log has no such activity: the message has the nearest names.
pub fn activities(prepared: &Prepared, names: &[String]) -> Result<Vec<bool>, AskError> {
    let known = &prepared.log.activities;
    let mut set = vec![false; known.len()];
    for name in names {
        let Some(code) = known.find(name) else {
            let hint = did_you_mean(name, known.iter(), quote);
            let message = format!("the log has no activity {}{hint}", quote(name));
            return Err(AskError::Name(message));
        };
        set[code as usize] = true;
    }
    Ok(set)
}
