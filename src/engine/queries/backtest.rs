//! Backtest: predictions at every event after a cut in time, by the cases that had ended before it, against
//! the courses of the cases.

mod left;
mod next;
mod parts;
mod tested;

use crate::engine::predict::{Basing, ByChoice, LEAST_TRAINING, TrainingSet, too_few};
use crate::engine::query::{Context, Query};
use crate::engine::view::AskError;
use crate::text::count;
use parts::Parts;
use tested::Test;

pub use left::{LateTest, LeftTest};
pub use next::{NextTest, ReliabilityBin};
pub use parts::BacktestPart;

/// Events that a test needs.
const LEAST_TEST: u64 = 100;

/// A test of predictions on the last cases of the log.
#[derive(Debug, Clone, PartialEq)]
pub struct BacktestQuery {
    /// Options of predictions.
    pub basing: Basing,
    /// Share of the cases that start before the cut, 0.05 to 0.95.
    pub share: f64,
}

/// Figures of a test.
#[derive(Debug, Clone, PartialEq)]
pub struct Backtest {
    /// Start of the first case after the cut, microseconds; `None` for a log without cases.
    pub cut: Option<i64>,
    /// Cases that had ended before the cut.
    pub train_cases: u64,
    /// Events at or after the cut whose next step is known.
    pub test_prefixes: u64,
    /// Events at or after the cut of cases that are still open, whose end is not known.
    pub censored: u64,
    /// Why nothing was tested, as a sentence without a full stop.
    pub reason: Option<String>,
    /// Longest context of next activities.
    pub length: Option<u64>,
    /// Choice of states by the value of a column, where that was asked for.
    pub by: Option<ByChoice>,
    /// The next activities.
    pub next: Option<NextTest>,
    /// The times that were left.
    pub left: Option<LeftTest>,
    /// Each deadline.
    pub late: Vec<LateTest>,
    /// By the number of events so far.
    pub by_length: Vec<BacktestPart>,
    /// By the month of the event.
    pub by_month: Vec<BacktestPart>,
}

impl Query for BacktestQuery {
    type Answer = Backtest;
    const IN_BACKGROUND: bool = true;
    const IS_OF_LOG: bool = true;

    fn run(&self, context: &Context<'_>) -> Result<Backtest, AskError> {
        let selected = context.selected()?;
        let (prepared, selection) = (&selected.prepared, selected.selection());
        let index = &prepared.index;
        let (open, ended) = (prepared.open(), self.basing.open_ended);
        let is_open = |case: usize| !ended && open.contains(case);
        let mut starts: Vec<i64> = index.case_start.to_vec();
        let n = starts.len();
        let at = (self.share * n as f64).floor() as usize;
        let cut = (n > 0).then(|| *starts.select_nth_unstable(at.min(n - 1)).1);
        let from = cut.unwrap_or(i64::MAX);
        let set = TrainingSet::of(prepared, |case| {
            !is_open(case) && index.case_end[case] < from
        });
        let is_selected = |case: usize| selection.contains(case);
        let test = Test {
            selected: &is_selected,
            open: &is_open,
            cut: from,
        };
        let (test_prefixes, censored) = test.count(prepared);
        let train_cases = set.n as u64;
        let reason = if set.n < LEAST_TRAINING {
            let few = too_few(set.n);
            Some(few.replace("have ended", "had ended before the cut"))
        } else {
            (test_prefixes < LEAST_TEST).then(|| {
                let n = count(test_prefixes);
                format!("fewer than {LEAST_TEST} events after the cut: {n}")
            })
        };
        let mut found = Backtest {
            cut,
            train_cases,
            test_prefixes,
            censored,
            reason,
            length: None,
            by: None,
            next: None,
            left: None,
            late: Vec::new(),
            by_length: Vec::new(),
            by_month: Vec::new(),
        };
        if found.reason.is_some() {
            return Ok(found);
        }
        let predictor = prepared.fitted(&self.basing, set, context)?;
        let tz = context.analysis.zone();
        let mut parts = Parts::new(from, prepared.now(), tz);
        found.next = Some(next::test(
            prepared,
            &predictor,
            &test,
            &mut parts,
            context.cancel,
        )?);
        let (left, late) = left::test(prepared, &predictor, &test, &mut parts, context)?;
        (found.left, found.late) = (left, late);
        found.length = Some(predictor.length as u64);
        found.by = predictor.by;
        (found.by_length, found.by_month) = parts.finish();
        Ok(found)
    }
}
