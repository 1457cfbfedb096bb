//! Open cases: for all of them at once what is left and the odds of deadlines.

use super::deadlines::{Odds, Standing};
use super::model::{FEW_VISITS, Model, StateKey};
use crate::engine::view::AskError;
use crate::event_log::Cancel;
use crate::metrics::prediction::{
    Asked, LEAST_VISITS, Quantiles, Sweep, Visit, nearest, quantiles, ranking,
};
use crate::metrics::triage::last_event;
use hashbrown::HashMap;
use std::collections::BTreeMap;

/// An open case with how long it has rested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rested {
    /// The case.
    pub case: usize,
    /// Time since its last event by the clock of the log, microseconds.
    pub rest: i64,
}

/// A state that was tried for an open case.
pub struct Tried {
    /// The state.
    pub key: StateKey,
    /// Number of its visits.
    pub visits: usize,
    /// Number of those that rested for longer than the case.
    pub rested: usize,
}

/// Prediction of an open case.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenCase {
    /// The case, and how long it has rested.
    pub of: Rested,
    /// The most probable symbol, an activity or the end of the case, and its share.
    pub next: Option<(u32, f64)>,
    /// Quantiles of the time that is left; `None` in a state that is not known.
    pub left: Option<Quantiles>,
    /// True where they are of cases in any state.
    pub is_any_state: bool,
    /// The odds of its deadlines.
    pub odds: Vec<Odds>,
}

impl OpenCase {
    /// The deadline with the largest product of odds and weight; where none has odds, one that is broken.
    pub fn worst(&self) -> Option<&Odds> {
        // What is broken says more than what nothing is known of.
        let unknown = |odds: &&Odds| if odds.broken.is_some() { -0.5 } else { -1.0 };
        let risk = |odds: &&Odds| odds.risk().unwrap_or_else(|| unknown(odds));
        let all = self.odds.iter().rev();
        all.max_by(|a, b| risk(a).total_cmp(&risk(b)))
    }

    /// Odds times weight of the deadline that [`OpenCase::worst`] gives.
    pub fn risk(&self) -> Option<f64> {
        self.worst()?.risk()
    }
}

/// An open case on its way through the states of its sequence.
struct Waiting {
    of: Rested,
    states: Vec<StateKey>,
    standing: Vec<Option<Standing>>,
    elapsed: i64,
    found: Option<(Quantiles, Vec<(u64, u64)>)>,
    /// True where that was found in the state of all visits.
    is_any_state: bool,
}

impl Model<'_> {
    /// Time left of each of these open cases, and the odds of its deadlines.
    ///
    /// # Errors
    /// It is not wanted any more.
    pub fn open_cases(
        &self,
        cases: &[Rested],
        length: usize,
        cancel: &Cancel,
    ) -> Result<Vec<OpenCase>, AskError> {
        let next = self.next_of(cases, length, cancel)?;
        let mut waiting: Vec<Waiting> = Vec::with_capacity(cases.len());
        for of in cases {
            if waiting.len().is_multiple_of(1024) {
                cancel.check()?;
            }
            waiting.push(self.waiting(*of));
        }
        let steps = waiting.iter().map(|of| of.states.len()).max().unwrap_or(0);
        for step in 0..steps {
            // Cases in one state are answered by one sweep of its visits. An ordered map, so that the work
            // is done in the same order every time.
            let mut states: BTreeMap<(usize, usize, Option<u32>), Vec<usize>> = BTreeMap::new();
            for (at, of) in waiting.iter().enumerate() {
                if of.found.is_none()
                    && let Some(state) = of.states.get(step)
                {
                    let stretch = &state.stretch;
                    let key = (stretch.length, stretch.at.start, state.class);
                    states.entry(key).or_default().push(at);
                }
            }
            for cases in states.into_values() {
                cancel.check()?;
                self.sweep(&mut waiting, step, &cases);
            }
        }
        let found = waiting.into_iter().map(|of| {
            let (left, late) = match of.found {
                Some((left, late)) => (Some(left), late),
                None => (None, Vec::new()),
            };
            let variant = self.prepared.index.case_variant[of.of.case];
            OpenCase {
                of: of.of,
                next: next.get(&variant).copied(),
                left,
                is_any_state: of.is_any_state,
                odds: self.clocks.odds(&of.standing, &late),
            }
        });
        Ok(found.collect())
    }

    fn waiting(&self, of: Rested) -> Waiting {
        let index = &self.prepared.index;
        let variant = index.case_variant[of.case] as usize;
        let class = self.classes.map(|classes| classes[of.case]);
        Waiting {
            of,
            states: self.states(index.variants.sequence(variant), class),
            standing: self.clocks.standing(of.case),
            elapsed: self.elapsed(of.case),
            found: None,
            is_any_state: false,
        }
    }

    /// Time from the first to the last event of a case, by the clock of the log, microseconds.
    pub fn elapsed(&self, case: usize) -> i64 {
        let log = &self.prepared.log;
        let last = last_event(log, &self.prepared.index, case);
        log.ticks()[last] - log.ticks()[log.events_of(case).start]
    }

    /// Answers cases that are in one state, if enough visits rested for as long.
    fn sweep(&self, waiting: &mut [Waiting], step: usize, cases: &[usize]) {
        let state = &waiting[cases[0]].states[step];
        let least = Self::least(state);
        let is_any_state = state.is_any();
        if self.training().n_visits(&state.stretch) < least {
            return;
        }
        let mut visits = self.visits(state);
        if visits.len() < least {
            return;
        }
        if self.nearest {
            visits.sort_unstable_by_key(|visit| (visit.elapsed, visit.left, visit.event));
        }
        let asked = cases.iter().map(|at| {
            let of = &waiting[*at];
            let runs = of.standing.iter().map(|standing| match standing {
                Some(Standing::Runs(left)) => Some(*left),
                _ => None,
            });
            Asked {
                rest: of.of.rest,
                clocks: runs.collect(),
            }
        });
        let asked: Vec<Asked> = asked.collect();
        let clocks = self.clocks.after(&visits);
        let sweep = Sweep {
            visits: &visits,
            clocks: &clocks,
        };
        for ((at, asked), left) in cases.iter().zip(&asked).zip(sweep.left(&asked)) {
            let Some(found) = left.quantiles.filter(|found| found.n >= least) else {
                continue;
            };
            let found = (found, left.late);
            let of = &mut waiting[*at];
            of.is_any_state = is_any_state;
            of.found = Some(if self.nearest {
                self.nearest_of(&visits, of.elapsed, asked).unwrap_or(found)
            } else {
                found
            });
        }
    }

    /// Quantiles and odds by the nearest visits.
    fn nearest_of(
        &self,
        visits: &[Visit],
        elapsed: i64,
        asked: &Asked,
    ) -> Option<(Quantiles, Vec<(u64, u64)>)> {
        let near = nearest(visits, elapsed, Some(asked.rest));
        let mut lefts: Vec<i64> = near.iter().map(|visit| visit.left - asked.rest).collect();
        let clocks = self.clocks.after(&near);
        let late = clocks.iter().zip(&asked.clocks).map(|(clock, limit)| {
            let Some(limit) = limit else { return (0, 0) };
            let ran = clock.iter().flatten();
            let late = ran.clone().filter(|left| *left > limit).count();
            (late as u64, ran.count() as u64)
        });
        let late = late.collect();
        Some((quantiles(&mut lefts)?, late))
    }

    /// The most probable next symbol after each variant of some cases.
    fn next_of(
        &self,
        cases: &[Rested],
        length: usize,
        cancel: &Cancel,
    ) -> Result<HashMap<u32, (u32, f64)>, AskError> {
        let next = self.next();
        let index = &self.prepared.index;
        let mut wanted = vec![false; index.variants.activities.len()];
        for of in cases {
            let variant = index.case_variant[of.case] as usize;
            wanted[index.variants.offsets[variant + 1] as usize - 1] = true;
        }
        let is_wanted = |place: u32| wanted[place as usize];
        let mut found = HashMap::new();
        next.each(&[length], &is_wanted, cancel, &mut |_, places, shares| {
            let Some(&best) = ranking(shares, next.ranks, 1).first() else {
                return;
            };
            let share = shares[best as usize];
            let last = places.iter().filter(|place| is_wanted(**place));
            found.extend(last.map(|place| {
                let variant = self.contexts.variant_of(*place) as u32;
                (variant, (best, share))
            }));
        })?;
        Ok(found)
    }

    /// The states of an open case from the longest context on, up to the one that is used, each with its
    /// visits and how many of them rested for longer than the case; and the visits that are used.
    pub fn explained(&self, of: Rested) -> (Vec<Tried>, Vec<Visit>) {
        let mut tried = Vec::new();
        for key in self.waiting(of).states {
            let mut visits = self.visits(&key);
            let n = visits.len();
            visits.retain(|visit| visit.gap > of.rest);
            let least = Self::least(&key);
            let used = visits.len() >= least;
            tried.push(Tried {
                key,
                visits: n,
                rested: visits.len(),
            });
            if used {
                if self.nearest {
                    visits.sort_unstable_by_key(|visit| (visit.elapsed, visit.left, visit.event));
                    visits = nearest(&visits, self.elapsed(of.case), Some(of.rest));
                }
                return (tried, visits);
            }
        }
        (tried, Vec::new())
    }
}

const _: () = assert!(FEW_VISITS < LEAST_VISITS);
