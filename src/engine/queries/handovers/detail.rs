//! One handover: when it happened, how long it took, and how often the case came back.

use crate::engine::actors::actors;
use crate::engine::axis::{DurationBin, Timeline, distribution, timeline};
use crate::engine::query::{Context, Query};
use crate::engine::view::AskError;
use crate::filter::Field;
use crate::metrics::bins::{self, TimeAxis};
use crate::metrics::handovers::steps;
use crate::metrics::{Scan, summary};

/// A handover by the names of its actors.
#[derive(Debug, Clone, PartialEq)]
pub struct HandoverQuery {
    /// Column of the actors.
    pub by: Field,
    /// The actor of the first event.
    pub from: String,
    /// The actor of the second event.
    pub to: String,
    /// Bins of the time axis, at most.
    pub time_bins: usize,
    /// Bins of the distribution, at most.
    pub duration_bins: usize,
}

/// One handover in depth.
#[derive(Debug, Clone, PartialEq)]
pub struct HandoverDetail {
    /// The actors.
    pub names: [String; 2],
    /// Number of handovers.
    pub count: u64,
    /// Handovers after which the first actor has an event of the case again.
    pub back: u64,
    /// When they ended, with their times.
    pub timeline: Timeline,
    /// Distribution of the times.
    pub durations: Vec<DurationBin>,
}

impl Query for HandoverQuery {
    type Answer = HandoverDetail;

    fn run(&self, context: &Context<'_>) -> Result<HandoverDetail, AskError> {
        let selected = context.selected()?;
        let selection = selected.selection();
        let mut found = Vec::new();
        if let Some(actors) = actors(&selected.prepared, &self.by)? {
            let number = |name: &str| actors.names.iter().position(|known| known == name);
            if let (Some(from), Some(to)) = (number(&self.from), number(&self.to)) {
                found = steps(&selection, &actors, (from, to), context.cancel)?;
            }
        }
        context.cancel.check()?;
        let (first, last) = summary::span(&selection).unwrap_or((0, 0));
        let axis = TimeAxis::over(first, last, self.time_bins, context.analysis.zone());
        let ended: Vec<(i64, i64)> = found
            .iter()
            .map(|step| (step.ended, step.elapsed))
            .collect();
        let times = found.iter().map(|step| (step.elapsed, step.case));
        let mut times: Vec<(i64, u32)> = times.collect();
        times.sort_unstable();
        let (times, cases): (Vec<i64>, Vec<u32>) = times.into_iter().unzip();
        let total = times.iter().map(|&time| i128::from(time)).sum();
        let scan = Scan::new(&times, &cases, None, total);
        Ok(HandoverDetail {
            names: [self.from.clone(), self.to.clone()],
            count: found.len() as u64,
            back: found.iter().filter(|step| step.is_back).count() as u64,
            timeline: timeline(&axis, &bins::occurrences(&ended, &axis)),
            durations: distribution(&scan, self.duration_bins),
        })
    }
}
