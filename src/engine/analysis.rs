//! One loaded log, ready to answer. What filters select is kept, so that the panes of one view
//! share it, and a filter that is added or removed costs only itself.

use super::LogInfo;
use super::answer::{ActivityFigures, EdgeFigures};
use super::bottlenecks::{self, BottleneckFigures};
use super::prepared::{Kept, Prepared, filter_error};
use super::timelines::{self, QueueFigures};
use super::timing::{self, Timed, Timing};
use super::triage;
use super::{Answer, AskError, CaseKey, FilterError, Request, View};
use crate::event_log::{Cancelled, EventLog, Progress};
use crate::filter;
use crate::formats::{ImportReport, Notice, Setting};
use crate::index::{CaseSet, Index};
use crate::metrics::{Memo, Selection, resources};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

/// Views, derived logs and filters kept, each.
const KEPT_VIEWS: usize = 8;
const KEPT_DERIVED: usize = 3;
/// Orders of the cases of a view that are kept.
const KEPT_ORDERS: usize = 2;

/// Said where the instant for open cases is before the last event.
const NOW_IS_EARLY: &str =
    "now is before the last event: open cases are looked at as of the end of the log";

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
    pub bottlenecks: BottleneckFigures,
    open: OnceLock<Arc<CaseSet>>,
    pub queues: QueueFigures,
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
            bottlenecks: BottleneckFigures::default(),
            open: OnceLock::new(),
            queues: QueueFigures::default(),
        }
    }

    /// The selected cases that are open.
    pub fn open(&self) -> Arc<CaseSet> {
        let open = || {
            let (prepared, selection) = (&self.prepared, self.selection());
            let (log, index) = (&prepared.log, &prepared.index);
            let (ends, now) = (prepared.timed.ends(log), prepared.now());
            Arc::new(CaseSet::from_fn(log.n_cases(), |case| {
                selection.contains(case) && ends.is_open(log, index, case, now)
            }))
        };
        Arc::clone(self.open.get_or_init(open))
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
        let milestones = timing.milestones.iter().map(|m| ("milestone", &m.name));
        let rules = timing.rules.iter().map(|rule| ("rule", &rule.name));
        let mut names = milestones.chain(rules);
        if let Some((what, name)) = names.find(|n| columns.iter().any(|c| *c.name == **n.1)) {
            return Err(format!(
                "a {what} is called {name}, as a column of the log is"
            ));
        }
        let whole = Arc::try_unwrap(self.whole).map_err(|_| "the log is in use")?;
        let mut info = self.info;
        info.deadlines = timing.rules.len();
        info.calendar = timing.usual_calendar().map(str::to_owned);
        let early = timing
            .now
            .zip(info.span)
            .filter(|(now, span)| *now < span.1);
        if early.is_some() {
            info.warnings.push(Notice {
                sentence: NOW_IS_EARLY.to_owned(),
                setting: Some(Setting::Now),
            });
        }
        let timed = Arc::new(Timed::new(timing, info.span));
        let whole = whole.timed(&timed, self.tz).map_err(|error| {
            format!(
                "the condition {} of a calendar or a rule: {error}",
                error.text
            )
        })?;
        info.columns.clone_from(&whole.columns);
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

    /// The whole log as it was read, and its index, to be kept.
    pub fn parts(&self) -> (EventLog, &Index) {
        let rules = &self.whole.timed.timing.rules;
        let mut log = self.whole.log.clone();
        log.columns.truncate(log.columns.len() - rules.len());
        (log, &self.whole.index)
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
            Request::Deadlines { named, time_bins } => {
                let selected = self.select(view, cancel)?;
                let deadlines =
                    timing::deadlines(&selected, self.tz, (*named, *time_bins), cancel)?;
                Ok(Answer::Deadlines(deadlines))
            }
            Request::Bottlenecks(kind, listing) => {
                let selected = self.select(view, cancel)?;
                let rows = bottlenecks::list(&selected, self.tz, *kind, listing, cancel)?;
                Ok(Answer::Bottlenecks(rows))
            }
            Request::Bottleneck(query) => {
                let selected = self.select(view, cancel)?;
                let detail = bottlenecks::detail(&selected, self.tz, query, cancel)?;
                Ok(Answer::Bottleneck(detail))
            }
            Request::Triage(gathering, listing) => {
                let selected = self.select(view, cancel)?;
                let triage = triage::triage(&selected, self.tz, *gathering, listing, cancel)?;
                Ok(Answer::Triage(triage))
            }
            Request::Times(by) => {
                let selected = self.select(view, cancel)?;
                let times = super::times::times(&selected, self.tz, *by, cancel)?;
                Ok(Answer::Times(times))
            }
            Request::Week { medians } => {
                let selected = self.select(view, cancel)?;
                Ok(Answer::Week(timelines::week(&selected, self.tz, *medians)))
            }
            Request::Trend { by } => {
                let selected = self.select(view, cancel)?;
                let trend = timelines::trend(&selected, self.tz, *by, cancel)?;
                Ok(Answer::Trend(trend))
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
