//! One loaded log, ready to answer. What filters select is kept, so that the panes of one view
//! share it, and a filter that is added or removed costs only itself.

use super::LogInfo;
use super::answer::{ActivityFigures, EdgeFigures};
use super::timing::{self, Timed, Timing};
use super::{Answer, AskError, CaseKey, ColumnInfo, FilterError, Request, View};
use crate::event_log::{Cancelled, EventLog, Progress};
use crate::filter;
use crate::formats::ImportReport;
use crate::index::{CaseSet, Index, rank_of};
use crate::metrics::calendar::Hours;
use crate::metrics::{Memo, Selection, resources};
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

/// Views, derived logs and filters kept, each.
const KEPT_VIEWS: usize = 8;
const KEPT_DERIVED: usize = 3;
const KEPT_FILTERS: usize = 64;
/// Orders of the cases of a view that are kept.
const KEPT_ORDERS: usize = 2;

/// The wish to stop answering.
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// One that is never cancelled by others.
    pub fn never() -> Self {
        Cancel::default()
    }

    /// Asks the answer to stop soon.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// `Err` once it should stop.
    pub fn check(&self) -> Result<(), AskError> {
        if self.0.load(Ordering::Relaxed) {
            Err(AskError::Cancelled)
        } else {
            Ok(())
        }
    }
}

/// A small store of the newest values by key, oldest dropped first.
#[derive(Debug)]
pub(super) struct Kept<K, V>(Mutex<VecDeque<(K, V)>>, usize);

impl<K: PartialEq, V: Clone> Kept<K, V> {
    fn new(room: usize) -> Self {
        Kept(Mutex::new(VecDeque::new()), room)
    }

    pub fn get(&self, key: &K) -> Option<V> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().find(|(k, _)| k == key).map(|(_, v)| v.clone())
    }

    pub fn put(&self, key: K, value: V) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|(k, _)| *k != key);
        if kept.len() >= self.1 {
            kept.pop_front();
        }
        kept.push_back((key, value));
    }

    fn all(&self) -> Vec<V> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().map(|(_, v)| v.clone()).collect()
    }

    fn clear(&self) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }
}

/// A log with its index and what is made of them when first wanted.
#[derive(Debug)]
pub(super) struct Prepared {
    pub log: EventLog,
    pub index: Index,
    /// Names of the activities by code.
    pub names: Vec<Arc<str>>,
    pub columns: Vec<ColumnInfo>,
    case_rank: OnceLock<Vec<u32>>,
    variant_rank: OnceLock<Vec<u32>>,
    filters: Kept<String, Arc<CaseSet>>,
    /// What was defined for the log.
    pub timed: Arc<Timed>,
}

impl Prepared {
    fn new(log: EventLog, progress: &Progress) -> Result<Self, Cancelled> {
        let index = Index::build(&log, progress)?;
        Ok(Prepared::indexed(log, index))
    }

    fn indexed(log: EventLog, index: Index) -> Self {
        Prepared {
            names: log.activities.iter().map(Arc::from).collect(),
            columns: log
                .columns
                .iter()
                .map(|c| ColumnInfo {
                    name: c.name.as_str().into(),
                    kind: c.kind(),
                    level: c.level,
                })
                .collect(),
            log,
            index,
            case_rank: OnceLock::new(),
            variant_rank: OnceLock::new(),
            filters: Kept::new(KEPT_FILTERS),
            timed: Arc::default(),
        }
    }

    /// With what was defined for the log.
    fn timed(mut self, timed: &Arc<Timed>, tz: chrono_tz::Tz) -> Result<Self, FilterError> {
        self.timed = Arc::clone(timed);
        self.log.case_times = timed.durations(&self, &Hours::Always, tz)?;
        for text in timed.timing.conditions() {
            self.bind(text, tz)?;
        }
        Ok(self)
    }

    /// The same log, its durations measured by a calendar.
    fn by_calendar(&self, calendar: &str, tz: chrono_tz::Tz) -> Result<Prepared, FilterError> {
        let hours = self.timed.hours(self, Some(calendar), tz)?;
        let mut log = self.log.clone();
        log.case_times = self.timed.durations(self, &hours, tz)?;
        log.clock = Some(timing::clock(&log, &hours));
        let index = self.index.by_clock_of(&log, &Progress::default());
        let index = index.expect("nobody cancels this");
        Ok(Prepared {
            timed: Arc::clone(&self.timed),
            ..Prepared::indexed(log, index)
        })
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

fn filter_error(text: &str, error: filter::QueryError) -> FilterError {
    FilterError {
        text: text.to_owned(),
        span: error.span,
        message: error.message,
    }
}

/// What a view selects.
#[derive(Debug)]
pub(super) struct Selected {
    pub prepared: Arc<Prepared>,
    cases: Option<CaseSet>,
    variant_cases: Vec<u32>,
    n_cases: usize,
    memo: Memo,
    /// Made when first wanted: all orders of a list share them, and list and detail of edges do.
    pub edges: OnceLock<EdgeFigures>,
    pub activities: OnceLock<ActivityFigures>,
    pub resources: OnceLock<Vec<resources::Counts>>,
    /// The cases in the orders last asked for, largest first where that holds.
    pub orders: Kept<(CaseKey, bool), Arc<Vec<u32>>>,
}

impl Selected {
    fn new(prepared: Arc<Prepared>, cases: Option<CaseSet>) -> Self {
        let cases = cases.filter(|cases| !cases.is_all());
        let variant_cases = Selection::count_variants(&prepared.index, cases.as_ref());
        let n_cases = cases
            .as_ref()
            .map_or(prepared.index.n_cases(), CaseSet::count);
        Selected {
            prepared,
            cases,
            variant_cases,
            n_cases,
            memo: Memo::default(),
            edges: OnceLock::new(),
            activities: OnceLock::new(),
            resources: OnceLock::new(),
            orders: Kept::new(KEPT_ORDERS),
        }
    }

    /// As the metrics want it.
    pub fn selection(&self) -> Selection<'_> {
        Selection {
            log: &self.prepared.log,
            index: &self.prepared.index,
            cases: self.cases.as_ref(),
            variant_cases: &self.variant_cases,
            n_cases: self.n_cases,
            memo: &self.memo,
        }
    }
}

/// A loaded log that answers requests. All methods may be called from any thread.
#[derive(Debug)]
pub struct Analysis {
    whole: Arc<Prepared>,
    /// By conditions on events and calendar.
    derived: Kept<(Vec<String>, Option<String>), Arc<Prepared>>,
    selected: Kept<View, Arc<Selected>>,
    /// That of no filter and no condition, to which users return.
    everything: Mutex<Option<Arc<Selected>>>,
    report: ImportReport,
    tz: chrono_tz::Tz,
    info: LogInfo,
}

impl Analysis {
    /// Indexes a log. `name` is what the user opened; instants without offset in filters are of `tz`.
    pub fn new(
        name: String,
        log: EventLog,
        report: ImportReport,
        tz: chrono_tz::Tz,
        progress: &Progress,
    ) -> Result<Analysis, Cancelled> {
        let index = Index::build(&log, progress)?;
        Ok(Analysis::indexed(name, log, index, report, tz))
    }

    /// The same for a log whose index is there already.
    pub fn indexed(
        name: String,
        log: EventLog,
        index: Index,
        report: ImportReport,
        tz: chrono_tz::Tz,
    ) -> Analysis {
        let whole = Prepared::indexed(log, index);
        let info = info(name, &whole, &report);
        Analysis {
            whole: Arc::new(whole),
            derived: Kept::new(KEPT_DERIVED),
            selected: Kept::new(KEPT_VIEWS),
            everything: Mutex::default(),
            report,
            tz,
            info,
        }
    }

    /// With milestones and deadlines. `Err` where a milestone is called as a column is.
    pub fn with_timing(self, mut timing: Timing) -> Result<Self, String> {
        timing.complete(&self.whole.log);
        let columns = &self.whole.columns;
        let mut names = timing.milestones.iter().map(|m| &m.name);
        if let Some(name) = names.find(|name| columns.iter().any(|c| *c.name == ***name)) {
            return Err(format!(
                "a milestone is called {name}, as a column of the log is"
            ));
        }
        let whole = Arc::try_unwrap(self.whole).map_err(|_| "the log is in use")?;
        let mut info = self.info;
        info.deadlines = timing.rules.len();
        info.calendar = timing.usual_calendar().map(str::to_owned);
        let timed = Arc::new(Timed::new(timing, info.span));
        let whole = whole.timed(&timed, self.tz).map_err(|error| {
            format!(
                "the condition {} of a calendar or a rule: {error}",
                error.text
            )
        })?;
        Ok(Analysis {
            whole: Arc::new(whole),
            info,
            ..self
        })
    }

    /// Activities of the definitions of milestones and deadlines that the log does not have, by the
    /// name of what they define.
    pub fn missing_activities(&self) -> Vec<(String, Vec<String>)> {
        self.whole.timed.missing(&self.whole.log)
    }

    /// The whole log and its index, to be kept.
    pub fn parts(&self) -> (&EventLog, &Index) {
        (&self.whole.log, &self.whole.index)
    }

    /// What does not depend on the view.
    pub fn info(&self) -> &LogInfo {
        &self.info
    }

    /// How the log was read.
    pub fn report(&self) -> &ImportReport {
        &self.report
    }

    /// Forgets what filters selected, so that the next answer is made from the index alone.
    pub fn forget(&self) {
        self.selected.clear();
        *self.everything() = None;
        self.whole.filters.clear();
        for derived in self.derived.all() {
            derived.filters.clear();
        }
    }

    /// Answers a request about a view.
    pub fn answer(
        &self,
        view: &View,
        request: &Request,
        cancel: &Cancel,
    ) -> Result<Answer, AskError> {
        match request {
            Request::FilterCounts { filters } => self.filter_counts(view, filters, cancel),
            Request::Complete {
                text,
                cursor,
                events,
            } => {
                let prepared = self.prepared(view)?;
                Ok(super::answer::completions(
                    &prepared, text, *cursor, *events,
                ))
            }
            Request::Ledger { listing, hidden } => {
                super::ledger::ledger(&self.report, listing, hidden, cancel).map(Answer::Ledger)
            }
            Request::Deadlines { named } => {
                let selected = self.select(view, cancel)?;
                let deadlines = timing::deadlines(&selected, self.tz, *named, cancel)?;
                Ok(Answer::Deadlines(deadlines))
            }
            Request::Reject(at) => Ok(Answer::Reject(super::ledger::reject(&self.report, *at))),
            _ => {
                let selected = self.select(view, cancel)?;
                cancel.check()?;
                let total = (self.info.events, self.info.cases);
                super::answer::answer(&selected, request, total, cancel)
            }
        }
    }

    /// The log that is left by conditions on events, by the calendar of the view.
    fn prepared(&self, view: &View) -> Result<Arc<Prepared>, FilterError> {
        if view.events.is_empty() && view.calendar.is_none() {
            return Ok(Arc::clone(&self.whole));
        }
        let key = (view.events.clone(), view.calendar.clone());
        if let Some(prepared) = self.derived.get(&key) {
            return Ok(prepared);
        }
        let prepared = match &view.calendar {
            Some(calendar) => {
                let of = self.prepared(&View {
                    events: view.events.clone(),
                    ..View::default()
                })?;
                of.by_calendar(calendar, self.tz)?
            }
            None => self.of_events(&view.events)?,
        };
        let prepared = Arc::new(prepared);
        self.derived.put(key, Arc::clone(&prepared));
        Ok(prepared)
    }

    /// The log that is left by conditions on events.
    fn of_events(&self, conditions: &[String]) -> Result<Prepared, FilterError> {
        let mut log: Option<EventLog> = None;
        for text in conditions {
            let of = log.as_ref().unwrap_or(&self.whole.log);
            let bound = filter::parse_events(text)
                .and_then(|condition| filter::bind_events(&condition, of, self.tz));
            let rows = bound.map_err(|e| filter_error(text, e))?.rows(of);
            log = Some(of.select(&rows, None));
        }
        let log = log.unwrap_or_default();
        let prepared = Prepared::new(log, &Progress::default()).expect("nobody cancels this");
        prepared.timed(&self.whole.timed, self.tz)
    }

    fn everything(&self) -> MutexGuard<'_, Option<Arc<Selected>>> {
        let everything = self.everything.lock();
        everything.unwrap_or_else(PoisonError::into_inner)
    }

    fn select(&self, view: &View, cancel: &Cancel) -> Result<Arc<Selected>, AskError> {
        if *view == View::default() {
            let new = || Arc::new(Selected::new(Arc::clone(&self.whole), None));
            return Ok(Arc::clone(self.everything().get_or_insert_with(new)));
        }
        if let Some(selected) = self.selected.get(view) {
            return Ok(selected);
        }
        let prepared = self.prepared(view)?;
        let mut cases: Option<CaseSet> = None;
        for text in &view.filters {
            cancel.check()?;
            let passing = prepared.cases(text, self.tz)?;
            match &mut cases {
                Some(cases) => cases.and(&passing),
                None => cases = Some((*passing).clone()),
            }
        }
        let selected = Arc::new(Selected::new(prepared, cases));
        self.selected.put(view.clone(), Arc::clone(&selected));
        Ok(selected)
    }

    fn filter_counts(
        &self,
        view: &View,
        filters: &[String],
        cancel: &Cancel,
    ) -> Result<Answer, AskError> {
        let prepared = self.prepared(view)?;
        let mut left = CaseSet::all(prepared.index.n_cases());
        let mut counts = Vec::with_capacity(filters.len());
        for text in filters {
            cancel.check()?;
            let passing = prepared.cases(text, self.tz);
            if let Ok(passing) = &passing {
                left.and(passing);
            }
            let alone = passing.map(|cases| cases.count() as u64);
            counts.push(super::FilterCount {
                alone,
                after: left.count() as u64,
            });
        }
        Ok(Answer::FilterCounts(counts))
    }
}

fn info(name: String, whole: &Prepared, report: &ImportReport) -> LogInfo {
    let (log, index) = (&whole.log, &whole.index);
    let mut activities: Vec<u32> = (0..log.activities.len() as u32).collect();
    activities.retain(|&a| index.activity_events[a as usize] > 0);
    activities.sort_by_key(|&a| {
        let events = index.activity_events[a as usize];
        (std::cmp::Reverse(events), index.activity_rank[a as usize])
    });
    let spans = index.case_start.iter().zip(&index.case_end);
    LogInfo {
        name,
        events: log.n_events() as u64,
        cases: log.n_cases() as u64,
        variants: index.variants.len() as u64,
        activities: activities
            .iter()
            .map(|&a| Arc::clone(&whole.names[a as usize]))
            .collect(),
        columns: whole.columns.clone(),
        resource: log.resource,
        instances: log.has_instances(),
        span: spans
            .map(|(&s, &e)| (s, e))
            .reduce(|a, b| (a.0.min(b.0), a.1.max(b.1))),
        mapping: report.mapping.clone(),
        rejected: report.n_rejected,
        warnings: report.warnings.values().cloned().collect(),
        deadlines: 0,
        calendar: None,
        bytes: (log.bytes() + index.bytes()) as u64,
    }
}
