//! Logs and selections for the property tests of figures over time.

use super::{Memo, Selection};
use crate::event_log::{EventLog, NO_INSTANT, Progress};
use crate::index::{CaseSet, Index};
use crate::test_support::log;
use proptest::prelude::*;
use std::fmt::Write;

/// Cases of some events, each of an activity, seconds after the one before, and how long it took where
/// that is known; and which cases are selected.
#[derive(Debug, Clone)]
pub(super) struct Drawn {
    cases: Vec<Vec<(u8, i64, Option<i64>)>>,
    instances: bool,
    selected: Option<Vec<bool>>,
}

pub(super) fn logs() -> impl Strategy<Value = Drawn> {
    let took = prop::option::weighted(0.8, 0i64..60);
    let events = prop::collection::vec((0..4u8, 0i64..90, took), 1..8);
    let selected = prop::option::of(prop::collection::vec(any::<bool>(), 40));
    (
        prop::collection::vec(events, 1..40),
        any::<bool>(),
        selected,
    )
        .prop_map(|(cases, instances, selected)| Drawn {
            cases,
            instances,
            selected,
        })
}

/// A log with its index, and what of it is selected.
pub(super) struct Logged {
    pub log: EventLog,
    index: Index,
    set: Option<CaseSet>,
    variant_cases: Vec<u32>,
    memo: Memo,
}

impl Logged {
    pub fn new(drawn: &Drawn) -> Self {
        let mut text = String::new();
        for (case, events) in drawn.cases.iter().enumerate() {
            let _ = write!(text, "{case}:");
            for (activity, ..) in events {
                let _ = write!(text, " {}", char::from(b'a' + activity));
            }
            let mut at = case as i64 * 7;
            let _ = write!(text, " @");
            for (_, since, _) in events {
                at += since;
                let _ = write!(text, " {at}");
            }
            text += "; ";
        }
        let mut log = log(&text);
        if drawn.instances {
            let took = drawn.cases.iter().flatten().map(|event| event.2);
            let starts = log
                .time
                .iter()
                .zip(took)
                .map(|(time, took)| took.map_or(NO_INSTANT, |took| time - took * 1_000_000));
            let starts: Vec<i64> = starts.collect();
            let rows: Vec<u32> = (0..log.n_events() as u32).collect();
            log = log.select(&rows, Some(starts));
        }
        let set = drawn.selected.as_ref();
        let set = set.map(|set| CaseSet::from_fn(log.n_cases(), |case| set[case]));
        Logged::of(log, set)
    }

    /// A log of which the cases of `set` are selected; all where it is `None`.
    pub fn of(log: EventLog, set: Option<CaseSet>) -> Self {
        let index = Index::build(&log, &Progress::default()).expect("not cancelled");
        Logged {
            variant_cases: Selection::count_variants(&index, set.as_ref()),
            log,
            index,
            set,
            memo: Memo::default(),
        }
    }

    /// The cases that are selected; all where it is `None`.
    pub fn set(&self) -> Option<&CaseSet> {
        self.set.as_ref()
    }

    pub fn cases(&self) -> impl Iterator<Item = usize> + '_ {
        let is_in = |case: &usize| self.set.as_ref().is_none_or(|set| set.contains(*case));
        (0..self.log.n_cases()).filter(is_in)
    }

    pub fn selection(&self) -> Selection<'_> {
        Selection {
            log: &self.log,
            index: &self.index,
            cases: self.set.as_ref(),
            variant_cases: &self.variant_cases,
            n_cases: self.cases().count(),
            memo: &self.memo,
        }
    }
}
