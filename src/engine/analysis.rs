//! One loaded log, ready to answer. What filters select is kept, so that the panes of one view
//! share it, and a filter that is added or removed costs only itself.

use super::cache::RecentCache;
use super::definitions::{Timed, Timing};
use super::log_info::LogInfo;
use super::prepared::{Prepared, filter_error};
use super::ready_made;
use super::selected::Selected;
use super::view::{AskError, Cancel, FilterError, View};
use crate::event_log::{Cancelled, EventLog, Progress};
use crate::filter;
use crate::formats::{ImportReport, Notice, Setting};
use crate::index::{CaseSet, Index};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Views, derived logs and filters kept, each.
const KEPT_VIEWS: usize = 8;
const KEPT_DERIVED: usize = 3;

/// Said where the instant for open cases is before the last event.
const NOW_IS_EARLY: &str =
    "now is before the last event: open cases are looked at as of the end of the log";

/// A loaded log that answers requests. All methods may be called from any thread.
#[derive(Debug)]
pub struct Analysis {
    whole: Arc<Prepared>,
    /// By conditions on events and calendar.
    derived: RecentCache<(Vec<String>, Option<String>), Arc<Prepared>>,
    selected: RecentCache<View, Arc<Selected>>,
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

    /// Makes an analysis of a log whose index exists already.
    pub fn indexed(
        name: String,
        log: EventLog,
        index: Index,
        report: ImportReport,
        tz: chrono_tz::Tz,
    ) -> Analysis {
        let whole = Prepared::indexed(log, index);
        let info = info(name, &whole, &report, tz);
        Analysis {
            whole: Arc::new(whole),
            derived: RecentCache::new(KEPT_DERIVED),
            selected: RecentCache::new(KEPT_VIEWS),
            everything: Mutex::default(),
            report,
            tz,
            info,
        }
    }

    /// With milestones and deadlines. `Err` where a milestone is called as a column is.
    pub fn with_timing(self, mut timing: Timing) -> Result<Self, String> {
        if timing.ready_made {
            timing.add(ready_made::of(&self.whole.log.activities));
        }
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

    /// Figures that do not depend on the view.
    pub fn info(&self) -> &LogInfo {
        &self.info
    }

    /// Time zone of instants without offset.
    pub fn zone(&self) -> chrono_tz::Tz {
        self.tz
    }

    /// Report of the import.
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

    /// The log that is left by conditions on events, by the calendar of the view.
    pub(super) fn prepared(&self, view: &View) -> Result<Arc<Prepared>, FilterError> {
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

    pub(super) fn select(&self, view: &View, cancel: &Cancel) -> Result<Arc<Selected>, AskError> {
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
}

fn info(name: String, whole: &Prepared, report: &ImportReport, zone: chrono_tz::Tz) -> LogInfo {
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
        zone,
        bytes: (log.bytes() + index.bytes()) as u64,
    }
}
