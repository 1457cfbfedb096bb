//! A log with its index and what is made of them when first wanted: orders, sets of cases of filters,
//! what was defined for it. Knows no view.

use super::timing::{self, Timed};
use super::{ColumnInfo, FilterError};
use crate::event_log::{Cancelled, Column, EventLog, Progress};
use crate::filter;
use crate::index::{CaseSet, Index, rank_of};
use crate::metrics::calendar::Hours;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// Filters whose cases are kept.
const KEPT_FILTERS: usize = 64;

/// A small store of the newest values by key, oldest dropped first.
#[derive(Debug)]
pub struct Kept<K, V>(Mutex<VecDeque<(K, V)>>, usize);

impl<K: PartialEq, V: Clone> Kept<K, V> {
    /// Room for so many.
    pub fn new(room: usize) -> Self {
        Kept(Mutex::new(VecDeque::new()), room)
    }

    /// The value of a key, where it is kept.
    pub fn get(&self, key: &K) -> Option<V> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().find(|(k, _)| k == key).map(|(_, v)| v.clone())
    }

    /// Keeps a value.
    pub fn put(&self, key: K, value: V) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|(k, _)| *k != key);
        if kept.len() >= self.1 {
            kept.pop_front();
        }
        kept.push_back((key, value));
    }

    /// All values.
    pub fn all(&self) -> Vec<V> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().map(|(_, v)| v.clone()).collect()
    }

    /// Forgets all.
    pub fn clear(&self) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }
}

/// A log with its index and what is made of them when first wanted.
#[derive(Debug)]
pub struct Prepared {
    /// The log.
    pub log: EventLog,
    /// Its index.
    pub index: Index,
    /// Names of the activities by code.
    pub names: Vec<Arc<str>>,
    /// Attribute columns.
    pub columns: Vec<ColumnInfo>,
    case_rank: OnceLock<Vec<u32>>,
    variant_rank: OnceLock<Vec<u32>>,
    /// What filters left, by their texts.
    pub filters: Kept<String, Arc<CaseSet>>,
    /// What was defined for the log.
    pub timed: Arc<Timed>,
    /// The calendar that its durations are measured by.
    pub calendar: Option<String>,
    /// The same log by clock time, where this one is by a calendar.
    by_clock: Option<Arc<Prepared>>,
}

impl Prepared {
    /// Indexes a log.
    pub fn new(log: EventLog, progress: &Progress) -> Result<Self, Cancelled> {
        let index = Index::build(&log, progress)?;
        Ok(Prepared::indexed(log, index))
    }

    /// The same for a log whose index is there already.
    pub fn indexed(log: EventLog, index: Index) -> Self {
        Prepared {
            names: log.activities.iter().map(Arc::from).collect(),
            columns: columns(&log),
            log,
            index,
            case_rank: OnceLock::new(),
            variant_rank: OnceLock::new(),
            filters: Kept::new(KEPT_FILTERS),
            timed: Arc::default(),
            calendar: None,
            by_clock: None,
        }
    }

    /// With what was defined for the log.
    pub fn timed(mut self, timed: &Arc<Timed>, tz: chrono_tz::Tz) -> Result<Self, FilterError> {
        let rules = &timed.timing.rules;
        self.timed = Arc::clone(timed);
        self.log.case_times = timed.durations(&self, &Hours::Always, tz)?;
        if timed.timing.usual_calendar() == Some(timing::BY_CASE) {
            // A wrong condition of a calendar is told now.
            timed.hours(&self, Some(timing::BY_CASE), tz)?;
        }
        // A log that was derived from one with such columns has old ones.
        let is_state = |column: &Column| rules.iter().any(|rule| rule.name == column.name);
        self.log.columns.retain(|column| !is_state(column));
        let states = timing::states(&self, tz)?;
        self.log.columns.extend(states);
        self.columns = columns(&self.log);
        Ok(self)
    }

    /// The same log, its durations measured by a calendar.
    pub fn by_calendar(
        self: &Arc<Self>,
        calendar: &str,
        tz: chrono_tz::Tz,
    ) -> Result<Prepared, FilterError> {
        let hours = self.timed.hours(self, Some(calendar), tz)?;
        let mut log = self.log.clone();
        log.case_times = self.timed.durations(self, &hours, tz)?;
        log.clock = Some(timing::clock(&log, &hours));
        let index = self.index.by_clock_of(&log, &Progress::default());
        let index = index.expect("nobody cancels this");
        Ok(Prepared {
            timed: Arc::clone(&self.timed),
            calendar: Some(calendar.to_owned()),
            by_clock: Some(Arc::clone(self)),
            ..Prepared::indexed(log, index)
        })
    }

    /// The cases that meet a condition of the definitions: of durations by clock time, whatever the view
    /// is measured by, as a definition means the same in all views.
    pub fn meeting(&self, text: &str, tz: chrono_tz::Tz) -> Result<Arc<CaseSet>, FilterError> {
        match &self.by_clock {
            Some(by_clock) => by_clock.meeting(text, tz),
            None => self.cases(text, tz),
        }
    }

    /// The instant up to which open cases are looked at; 0 for a log without events.
    pub fn now(&self) -> i64 {
        let last = || self.index.case_end.iter().copied().max();
        self.timed.timing.now.or_else(last).unwrap_or(0)
    }

    /// What counts as time for its cases.
    pub fn hours(&self, tz: chrono_tz::Tz) -> Result<Hours<'_>, FilterError> {
        self.timed.hours(self, self.calendar.as_deref(), tz)
    }

    /// Open cases with their ages: the time since their start, by the calendar of the log.
    pub fn ages(
        &self,
        open: &CaseSet,
        tz: chrono_tz::Tz,
    ) -> Result<Vec<(usize, i64)>, FilterError> {
        let hours = self.hours(tz)?;
        let now = self.now();
        let age = |case: usize| {
            let start = self.index.case_start[case];
            hours.between(case, start, now)
        };
        Ok(open.iter().map(|case| (case, age(case))).collect())
    }

    /// Position of each case in the order of case ids.
    pub fn case_rank(&self) -> &[u32] {
        self.case_rank.get_or_init(|| {
            let ids = &self.log.case_ids;
            let mut neighbors = (1..ids.len() as u32).map(|c| (ids.get(c - 1), ids.get(c)));
            if neighbors.all(|(a, b)| a < b) {
                return (0..ids.len() as u32).collect();
            }
            rank_of(&ids.sorted())
        })
    }

    /// Position of each variant in the order of its sequence of names.
    pub fn variant_rank(&self) -> &[u32] {
        use rayon::prelude::*;
        self.variant_rank.get_or_init(|| {
            let (variants, rank) = (&self.index.variants, &self.index.activity_rank);
            let names = |v: u32| {
                variants
                    .sequence(v as usize)
                    .iter()
                    .map(|&a| rank[a as usize])
            };
            let mut order: Vec<u32> = (0..variants.len() as u32).collect();
            order.par_sort_unstable_by(|&a, &b| names(a).cmp(names(b)));
            rank_of(&order)
        })
    }

    /// The cases that pass a filter, from the store if it was asked before.
    pub fn cases(&self, text: &str, tz: chrono_tz::Tz) -> Result<Arc<CaseSet>, FilterError> {
        if let Some(cases) = self.filters.get(&text.to_owned()) {
            return Ok(cases);
        }
        let bound = self.bind(text, tz)?;
        let cases = Arc::new(bound.cases(&self.log, &self.index));
        self.filters.put(text.to_owned(), Arc::clone(&cases));
        Ok(cases)
    }

    fn bind(&self, text: &str, tz: chrono_tz::Tz) -> Result<filter::BoundFilter, FilterError> {
        let bound = filter::parse(text).and_then(|expr| filter::bind(&expr, &self.log, tz));
        bound.map_err(|e| filter_error(text, e))
    }
}

fn columns(log: &EventLog) -> Vec<ColumnInfo> {
    let column = |c: &Column| ColumnInfo {
        name: c.name.as_str().into(),
        kind: c.kind(),
        level: c.level,
    };
    log.columns.iter().map(column).collect()
}

/// A fault of a filter, with its text.
pub fn filter_error(text: &str, error: filter::QueryError) -> FilterError {
    FilterError {
        text: text.to_owned(),
        span: error.span,
        message: error.message,
    }
}
