//! The predictor of a log, learned once for each set of options and kept with it.

use super::choices::{ByChoice, Fifths, classes, margin};
use super::deadlines::Clocks;
use super::model::{Model, TrainingSet};
use super::open::{OpenCase, Rested};
use crate::engine::cache::RecentCache;
use crate::engine::groups::GroupBy;
use crate::engine::prepared::Prepared;
use crate::engine::query::Context;
use crate::engine::view::AskError;
use crate::event_log::Cancel;
use crate::metrics::prediction::Contexts;
use crate::text::count;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, OnceLock};

/// Cases that must have ended before anything is predicted.
pub const LEAST_TRAINING: usize = 50;

/// Options of predictions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Basing {
    /// A column or property whose value states begin with, where that helps.
    pub by: Option<GroupBy>,
    /// Uses the past visits nearest in the time since the start.
    pub nearest: bool,
    /// Takes open cases as over.
    pub open_ended: bool,
}

/// A model of the ended cases of a log, with its choices and the open cases.
#[derive(Debug)]
pub struct Predictor {
    /// The instant that is predicted from, microseconds.
    pub now: i64,
    /// The training cases.
    pub set: TrainingSet,
    /// Longest context of next activities.
    pub length: usize,
    /// By how much outer quantiles are moved apart, microseconds.
    pub margin: f64,
    /// Choice of states by the value of a column, where that was asked for.
    pub by: Option<ByChoice>,
    /// The open cases of the log, ascending by case.
    pub open: Vec<OpenCase>,
    /// Shares of all activities and ends.
    pub base: Vec<f64>,
    contexts: Arc<Contexts>,
    classes: Option<Vec<u32>>,
    nearest: bool,
}

/// A predictor, or why there is none.
#[derive(Debug)]
pub struct Learned {
    /// Number of this result: another one where something was learned anew.
    pub id: u64,
    /// The predictor.
    pub predictor: Option<Predictor>,
    /// The instant that is predicted from, microseconds.
    pub now: i64,
    /// Training cases.
    pub train_cases: usize,
    /// Cases that ended at that instant: they are no training cases.
    pub ended_now: usize,
}

impl Learned {
    /// Why nothing is predicted, as a sentence without a full stop; `None` where something is.
    pub fn reason(&self) -> Option<String> {
        self.predictor.is_none().then(|| too_few(self.train_cases))
    }
}

/// The sentence about too few training cases.
pub fn too_few(train_cases: usize) -> String {
    format!(
        "fewer than {LEAST_TRAINING} cases have ended: {}",
        count(train_cases as u64)
    )
}

/// Memory that learning takes at most, in bytes an event: 57 were measured for 10 million events.
const BYTES_PER_EVENT: u64 = 60;

/// Ways of predicting whose results are kept.
const KEPT: usize = 2;

/// Results that are kept with a log.
struct Kept {
    contexts: OnceLock<Arc<Contexts>>,
    learned: RecentCache<Basing, Arc<Learned>>,
}

impl Prepared {
    fn kept(&self) -> Arc<Kept> {
        self.figures.get_or_init(|| Kept {
            contexts: OnceLock::new(),
            learned: RecentCache::new(KEPT),
        })
    }

    /// The places of the variants of the log in the order of their contexts.
    ///
    /// # Errors
    /// They are not wanted any more.
    fn contexts(&self, cancel: &Cancel) -> Result<Arc<Contexts>, AskError> {
        // A log by a calendar has the same variants.
        if let Some(by_clock) = &self.by_clock {
            return by_clock.contexts(cancel);
        }
        let kept = self.kept();
        if let Some(contexts) = kept.contexts.get() {
            return Ok(Arc::clone(contexts));
        }
        let n = self.log.activities.len();
        let contexts = Contexts::new(&self.index.variants, n, cancel)?;
        Ok(Arc::clone(kept.contexts.get_or_init(|| Arc::new(contexts))))
    }

    /// The predictor of the log, if it was learned already.
    pub fn learned(&self, basing: &Basing) -> Option<Arc<Learned>> {
        let kept = self.kept();
        kept.learned.get(basing)
    }

    /// Learns from the cases of the log that ended.
    ///
    /// # Errors
    /// A definition or the property of the cases does not fit the log; it is not wanted any more.
    pub fn learn(&self, basing: &Basing, context: &Context<'_>) -> Result<Arc<Learned>, AskError> {
        let make = || self.learn_anew(basing, context).map(Arc::new);
        self.kept().learned.get_or_make(basing, make)
    }

    fn learn_anew(&self, basing: &Basing, context: &Context<'_>) -> Result<Learned, AskError> {
        static NUMBER: AtomicU64 = AtomicU64::new(1);
        let (now, open) = (self.now(), self.open());
        let is_over = |case: usize| basing.open_ended || !open.contains(case);
        let ended = |case: usize| is_over(case) && self.index.case_end[case] < now;
        let set = TrainingSet::of(self, ended);
        let train_cases = set.n;
        let ends_now = |case: &usize| is_over(*case) && self.index.case_end[*case] == now;
        let ended_now = (0..self.log.n_cases()).filter(ends_now).count();
        let predictor = if train_cases < LEAST_TRAINING {
            None
        } else {
            let needed = self.log.n_events() as u64 * BYTES_PER_EVENT;
            context.analysis.memory.reserve(needed)?;
            Some(self.predictor(basing, set, context)?)
        };
        context.cancel.check()?;
        Ok(Learned {
            id: NUMBER.fetch_add(1, Relaxed),
            predictor,
            now,
            train_cases,
            ended_now,
        })
    }

    /// Learns from these cases.
    ///
    /// # Errors
    /// As of [`Prepared::learn`].
    fn predictor(
        &self,
        basing: &Basing,
        set: TrainingSet,
        context: &Context<'_>,
    ) -> Result<Predictor, AskError> {
        let tz = context.analysis.zone();
        let mut predictor = self.fitted(basing, set, context)?;
        let hours = self.hours(tz)?;
        let (index, now) = (&self.index, predictor.now);
        let rested = |case: usize| Rested {
            case,
            rest: hours.between(case, index.case_end[case], now),
        };
        let open = self.open().iter().filter(|_| !basing.open_ended);
        let open: Vec<Rested> = open.map(rested).collect();
        let clocks = Clocks::of(self, tz)?;
        let model = predictor.model(self, &clocks);
        predictor.open = model.open_cases(&open, predictor.length, context.cancel)?;
        Ok(predictor)
    }

    /// Makes all choices by training cases, and predicts no open case.
    ///
    /// # Errors
    /// As of [`Prepared::learn`].
    pub fn fitted(
        &self,
        basing: &Basing,
        set: TrainingSet,
        context: &Context<'_>,
    ) -> Result<Predictor, AskError> {
        let cancel = context.cancel;
        let contexts = self.contexts(cancel)?;
        let fifths = Fifths::of(self, &set);
        let length = fifths.length(self, &contexts, cancel)?;
        let clocks = Clocks::none(self);
        let mut model = Model {
            prepared: self,
            contexts: &contexts,
            set: &set,
            classes: None,
            nearest: basing.nearest,
            clocks: &clocks,
        };
        let base = model.next().base();
        let mut of_cases = None;
        let by = match &basing.by {
            None => None,
            Some(by) => {
                let classes = classes(self, by, context.analysis.zone())?;
                let without = fifths.error(&model, cancel)?;
                let with = Model {
                    classes: Some(&classes),
                    ..model
                };
                let errors = fifths.error(&with, cancel)?.zip(without);
                let used = errors.is_some_and(|(with, without)| with < without);
                of_cases = used.then_some(classes);
                Some(ByChoice {
                    by: by.to_string(),
                    used,
                    errors,
                })
            }
        };
        model.classes = of_cases.as_deref();
        let margin = margin(&model, cancel)?;
        Ok(Predictor {
            now: self.now(),
            length,
            margin,
            by,
            open: Vec::new(),
            base,
            contexts: Arc::clone(&contexts),
            classes: of_cases,
            nearest: basing.nearest,
            set,
        })
    }
}

impl Predictor {
    /// The model that it learned.
    pub fn model<'a>(&'a self, prepared: &'a Prepared, clocks: &'a Clocks<'a>) -> Model<'a> {
        Model {
            prepared,
            contexts: &self.contexts,
            set: &self.set,
            classes: self.classes.as_deref(),
            nearest: self.nearest,
            clocks,
        }
    }

    /// The prediction of a case; `None` where the case is not open.
    pub fn of(&self, case: usize) -> Option<&OpenCase> {
        let at = self.open.binary_search_by_key(&case, |open| open.of.case);
        Some(&self.open[at.ok()?])
    }
}
