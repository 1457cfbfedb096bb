//! Model of one training set: next activities, and times left by state.

use super::deadlines::Clocks;
use crate::engine::prepared::Prepared;
use crate::event_log::Cancel;
use crate::event_log::Cancelled;
use crate::index::CaseSet;
use crate::metrics::Selection;
use crate::metrics::prediction::{
    Contexts, LEAST_VISITS, Next, Quantiles, STATE_LENGTH, Stretch, Training, Visit, nearest,
    quantiles,
};
use hashbrown::HashMap;
use std::cell::RefCell;
use std::sync::Arc;

/// Visits without which nothing is said about a state.
pub const FEW_VISITS: usize = 20;

/// Cases that ended.
#[derive(Debug)]
pub struct TrainingSet {
    /// The cases.
    pub cases: CaseSet,
    /// Number of them of each variant.
    pub weights: Vec<u32>,
    /// Number of them.
    pub n: usize,
}

impl TrainingSet {
    /// The cases for which `of` holds.
    pub fn of(prepared: &Prepared, of: impl Fn(usize) -> bool + Sync) -> Self {
        let cases = CaseSet::from_fn(prepared.log.n_cases(), of);
        TrainingSet {
            weights: Selection::count_variants(&prepared.index, Some(&cases)),
            n: cases.count(),
            cases,
        }
    }

    /// The cases in the order of their starts, ties by first appearance.
    pub fn by_start(&self, prepared: &Prepared) -> Vec<usize> {
        let mut cases: Vec<usize> = self.cases.iter().collect();
        cases.sort_by_key(|case| prepared.index.case_start[*case]);
        cases
    }
}

/// A state of a model: a context, and the class of the cases where there are classes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct StateKey {
    /// Places with the context.
    pub stretch: Stretch,
    /// The class; all cases where `None`.
    pub class: Option<u32>,
}

impl StateKey {
    /// True if every case is in it.
    pub fn is_any(&self) -> bool {
        self.stretch.length == 0 && self.class.is_none()
    }
}

/// Figures of a state.
#[derive(Debug)]
pub struct State {
    /// Quantiles of what was left after all of its visits.
    quantiles: Quantiles,
    /// The visits in the order of the time since the start; only where the nearest are used.
    visits: Vec<Visit>,
    /// Times until each clock stopped after the visits, ascending.
    clocks: Vec<Vec<i64>>,
}

/// The cases of one training set, and how they are used.
pub struct Model<'a> {
    /// The log.
    pub prepared: &'a Prepared,
    /// The places of its variants.
    pub contexts: &'a Contexts,
    /// The training cases.
    pub set: &'a TrainingSet,
    /// Class of each case, where states begin with one.
    pub classes: Option<&'a [u32]>,
    /// Uses the visits nearest in the time since the start.
    pub nearest: bool,
    /// The deadlines.
    pub clocks: &'a Clocks<'a>,
}

/// An event of a case whose end is known, with what the model says of it.
#[derive(Debug)]
pub struct Tested<'a> {
    /// The case.
    pub case: usize,
    /// Row of the event.
    pub event: usize,
    /// Time that was left, microseconds.
    pub left: i64,
    /// Prediction of the model; `None` where too few visits are known.
    pub quantiles: Option<Quantiles>,
    /// State of the event.
    pub state: &'a Option<Arc<State>>,
}

impl State {
    /// Visits after which a clock showed more than that, and all after which it ran.
    pub fn late(&self, clock: usize, limit: i64) -> (u64, u64) {
        let shown = &self.clocks[clock];
        let above = shown.len() - shown.partition_point(|left| *left <= limit);
        (above as u64, shown.len() as u64)
    }
}

/// States of a model that were asked for.
type States = RefCell<HashMap<StateKey, Option<Arc<State>>>>;

impl<'a> Model<'a> {
    /// The training cases as figures need them.
    pub fn training(&self) -> Training<'a> {
        Training {
            log: &self.prepared.log,
            index: &self.prepared.index,
            contexts: self.contexts,
            cases: &self.set.cases,
            weights: &self.set.weights,
        }
    }

    /// The counts of next activities.
    pub fn next(&self) -> Next<'a> {
        Next {
            variants: &self.prepared.index.variants,
            contexts: self.contexts,
            weights: &self.set.weights,
            ranks: &self.prepared.index.activity_rank,
            ends: true,
        }
    }

    /// The states of a sequence of activities of a case of a class, the longest context first; of one context the
    /// one with the class first. The last one is that of all visits.
    pub fn states(&self, sequence: &[u32], class: Option<u32>) -> Vec<StateKey> {
        let variants = &self.prepared.index.variants;
        let chain = self.contexts.of_sequence(variants, sequence, STATE_LENGTH);
        let both = |stretch: Stretch| {
            let with = class.map(|class| StateKey {
                stretch: stretch.clone(),
                class: Some(class),
            });
            let without = StateKey {
                stretch,
                class: None,
            };
            with.into_iter().chain([without])
        };
        chain.into_iter().rev().flat_map(both).collect()
    }

    /// The visits of a state.
    pub fn visits(&self, state: &StateKey) -> Vec<Visit> {
        let training = self.training();
        match (state.class, self.classes) {
            (Some(class), Some(classes)) => {
                training.visits(&state.stretch, |case| classes[case] == class)
            }
            _ => training.visits(&state.stretch, |_| true),
        }
    }

    /// Visits that a state needs.
    pub fn least(state: &StateKey) -> usize {
        if state.is_any() {
            FEW_VISITS
        } else {
            LEAST_VISITS
        }
    }

    /// The figures of a state; `None` where it has too few visits.
    fn state(&self, key: &StateKey) -> Option<Arc<State>> {
        let least = Self::least(key);
        if self.training().n_visits(&key.stretch) < least {
            return None;
        }
        let mut visits = self.visits(key);
        if visits.len() < least {
            return None;
        }
        let mut lefts: Vec<i64> = visits.iter().map(|visit| visit.left).collect();
        let quantiles = quantiles(&mut lefts)?;
        let clocks = self.clocks.after(&visits).into_iter().map(|left| {
            let mut left: Vec<i64> = left.into_iter().flatten().collect();
            left.sort_unstable();
            left
        });
        let clocks = clocks.collect();
        if self.nearest {
            visits.sort_unstable_by_key(|visit| (visit.elapsed, visit.left, visit.event));
        } else {
            visits = Vec::new();
        }
        Some(Arc::new(State {
            quantiles,
            visits,
            clocks,
        }))
    }

    /// Calls `found` with what the model says at the events of some cases from an instant on, as if the case
    /// had just come there: no visit of a state is left out for its rest.
    ///
    /// # Errors
    /// It is not wanted any more.
    pub fn test(
        &self,
        is_tested: &dyn Fn(usize) -> bool,
        from: i64,
        cancel: &Cancel,
        found: &mut dyn FnMut(Tested<'_>),
    ) -> Result<(), Cancelled> {
        let (log, variants) = (&self.prepared.log, &self.prepared.index.variants);
        let states = States::default();
        for variant in 0..variants.len() {
            let cases = variants.cases_of(variant).iter().map(|&case| case as usize);
            let late = |case: &usize| self.prepared.index.case_end[*case] >= from;
            let cases: Vec<usize> = cases.filter(late).filter(|case| is_tested(*case)).collect();
            let sequence = variants.sequence(variant);
            for step in (0..sequence.len()).filter(|_| !cases.is_empty()) {
                cancel.check()?;
                let mut chains: HashMap<Option<u32>, Vec<StateKey>> = HashMap::new();
                for &case in &cases {
                    let event = log.events_of(case).start + step;
                    if log.time[event] < from {
                        continue;
                    }
                    let class = self.classes.map(|classes| classes[case]);
                    let chain = chains.entry(class);
                    let chain = chain.or_insert_with(|| self.states(&sequence[..=step], class));
                    let state = self.first_known(chain, &states);
                    let visit = Visit::of(log, case, event);
                    found(Tested {
                        case,
                        event,
                        left: visit.left,
                        quantiles: state.as_ref().map(|state| self.of_state(state, &visit)),
                        state: &state,
                    });
                }
            }
        }
        Ok(())
    }

    fn of_state(&self, state: &State, visit: &Visit) -> Quantiles {
        if !self.nearest {
            return state.quantiles;
        }
        let near = nearest(&state.visits, visit.elapsed, None);
        let mut lefts: Vec<i64> = near.iter().map(|visit| visit.left).collect();
        quantiles(&mut lefts).unwrap_or(state.quantiles)
    }

    /// The first state of a chain that has enough visits.
    fn first_known(&self, chain: &[StateKey], states: &States) -> Option<Arc<State>> {
        chain.iter().find_map(|key| {
            let known = states.borrow().get(key).cloned();
            known.unwrap_or_else(|| {
                let state = self.state(key);
                states.borrow_mut().insert(key.clone(), state.clone());
                state
            })
        })
    }
}
