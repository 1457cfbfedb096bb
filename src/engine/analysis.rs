//! One loaded log, ready to answer. What filters select is kept, so that the panes of one view
//! share it, and a filter that is added or removed costs only itself.

mod noted;

use super::alerts::AlertSpec;
use super::as_of::AsOf;
use super::cache::RecentCache;
use super::condition::Condition;
use super::definitions::{NamedMilestone, NamedWait, Timing};
use super::log_info::{ColumnInfo, Examples, LogInfo, LogPlace};
use super::memory::MemoryLimit;
use super::prepared::{Prepared, filter_error};
use super::ready_made;
use super::selected::Selected;
use super::view::{AskError, DefinitionError, FilterError, View};
use crate::event_log::{Cancel, Cancelled, EventLog, Progress, Redaction, Role};
use crate::filter::{self, Expr};
use crate::formats::{ImportReport, Warning};
use crate::index::{CaseSet, Index};
use crate::text::time::exact_instant;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Views, derived logs and filters kept, each.
const KEPT_VIEWS: usize = 8;
const KEPT_DERIVED: usize = 4;

/// A loaded log that answers requests. All methods may be called from any thread.
///
/// ```
/// use casetrail::engine::{Analysis, Cancel, SummaryQuery, View};
/// use casetrail::event_log::Progress;
/// use casetrail::formats::{self, ReadOptions};
///
/// let csv: &[u8] = b"case_id,activity,timestamp\n\
///     1,Open,2024-03-01 09:00\n1,Close,2024-03-01 11:30\n2,Open,2024-03-02 09:00\n";
/// let progress = Progress::default();
/// let (log, report) = formats::read(&[csv], &ReadOptions::default(), &progress).unwrap();
/// let zone = chrono_tz::UTC;
/// let analysis = Analysis::new("tickets.csv".to_owned(), log, report, zone, &progress).unwrap();
/// let view = View {
///     filters: vec!["duration > 1h".to_owned()],
///     ..View::default()
/// };
/// let summary = analysis.ask(&view, &SummaryQuery, &Cancel::never()).unwrap();
/// assert_eq!((summary.cases, summary.total_cases), (1, 2));
/// ```
#[derive(Debug)]
pub struct Analysis {
    whole: Arc<Prepared>,
    /// By views without filters of cases.
    derived: RecentCache<View, Arc<Prepared>>,
    /// By views and the state of the notes that their filters name.
    selected: RecentCache<(View, u64), Arc<Selected>>,
    /// That of no filter and no condition, to which users return.
    everything: Mutex<Option<Arc<Selected>>>,
    /// As defined, without what the names of the activities add.
    timing: Timing,
    report: ImportReport,
    tz: chrono_tz::Tz,
    info: LogInfo,
    pub(super) memory: MemoryLimit,
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
            timing: Timing::default(),
            report,
            tz,
            info,
            memory: MemoryLimit::default(),
        }
    }

    /// Leaves groups of fewer cases than this out of answers, and refuses answers that may show some; 0 shows all.
    #[must_use]
    pub fn with_least(mut self, least: u64) -> Self {
        self.info.least = least;
        if least > 0 {
            // They name values, whatever number of cases has them.
            self.info.examples = Examples::default();
            self.report.redact();
            self.info.warnings = self.report.warnings.values().cloned().collect();
        }
        self
    }

    /// Shows pseudonyms in place of what may be of persons; definitions are to be added afterwards.
    ///
    /// # Errors
    /// The log has no column of a name that the redaction has.
    pub fn redacted(self, redaction: &Redaction) -> Result<Self, String> {
        let whole = Arc::try_unwrap(self.whole).map_err(|_| "the log is in use".to_owned())?;
        let Prepared { mut log, index, .. } = whole;
        log.redact(redaction)?;
        let index = if redaction.shifts() {
            let index = Index::build(&log, &Progress::default());
            index.map_err(|_| "the load was cancelled".to_owned())?
        } else {
            index
        };
        let (mut report, name) = (self.report, self.info.name);
        report.redact();
        Ok(Analysis::indexed(name, log, index, report, self.tz))
    }

    /// A filter as its log shows it: with pseudonyms for the values of redacted fields. One that cannot be
    /// changed stays.
    pub fn redacted_filter(&self, text: &str) -> String {
        let log = &self.whole.log;
        let redacted = |expr: Expr| expr.redacted(log).ok().map(|expr| expr.to_string());
        let filter = filter::parse(text).ok().filter(|_| log.redacted.is_some());
        filter.and_then(redacted).unwrap_or_else(|| text.to_owned())
    }

    /// As [`Analysis::redacted_filter`], for a condition on events.
    pub fn redacted_condition(&self, text: &str) -> String {
        let log = &self.whole.log;
        let condition = filter::parse_events(text).ok();
        let condition = condition.filter(|_| log.redacted.is_some());
        let condition = condition.and_then(|condition| condition.redacted(log).ok());
        condition.map_or_else(|| text.to_owned(), |condition| condition.to_string())
    }

    /// True if a filter names a pseudonym of the log: a text in quotes that looks like one.
    pub fn names_pseudonyms(&self, text: &str) -> bool {
        let redacted = self.whole.log.redacted.as_ref();
        redacted.is_some_and(|redacted| {
            let mut quoted = text.split('"').skip(1).step_by(2);
            quoted.any(|text| redacted.is_pseudonym(text))
        })
    }

    /// A view as its log shows it; see [`Analysis::redacted_filter`].
    pub fn redacted_view(&self, view: View) -> View {
        let log = &self.whole.log;
        if log.redacted.is_none() {
            return view;
        }
        let all = |filters: Vec<String>| -> Vec<String> {
            let filters = filters.iter();
            filters.map(|text| self.redacted_filter(text)).collect()
        };
        View {
            events: view
                .events
                .iter()
                .map(|text| self.redacted_condition(text))
                .collect(),
            filters: all(view.filters),
            versus: view.versus.map(all),
            ..view
        }
    }

    /// Limits the memory that answers take.
    #[must_use]
    pub fn with_memory_limit(self, memory: MemoryLimit) -> Self {
        Analysis { memory, ..self }
    }

    /// Adds definitions to the log.
    ///
    /// # Errors
    /// Filters could not tell a definition from a column or another definition by its name; a condition
    /// is no filter of this log; the log has no column that rates or scores name.
    pub fn with_timing(self, defined: Timing) -> Result<Self, DefinitionError> {
        let timing = of_log(&defined, &self.whole);
        check_names(&timing, &self.whole.columns).map_err(DefinitionError::Name)?;
        if let Some(rates) = &timing.rates {
            let bound = self.whole.bind_rates(rates);
            bound.map_err(DefinitionError::Name)?;
        }
        let bound = self.whole.bind_journey(&timing.journey);
        bound.map_err(DefinitionError::Name)?;
        let in_use = |_| DefinitionError::Name("the log is in use".to_owned());
        // Definitions are added before the log is shared, so that nobody else has it.
        let whole = Arc::try_unwrap(self.whole).map_err(in_use)?;
        let mut info = self.info;
        info.deadlines = timing.rules.len();
        info.conform_rules = timing.conform_rules.len();
        let milestones = timing.milestones.iter();
        info.milestones = milestones.map(NamedMilestone::info).collect();
        let outcomes = timing.outcomes.iter();
        info.outcomes = outcomes.map(|o| Arc::from(o.name.as_str())).collect();
        info.calendar = timing.usual_calendar().map(str::to_owned);
        info.costs = timing.rates.is_some();
        info.scores = timing.journey.score.is_some();
        let journey = timing.journey.outcome.clone();
        let whole = whole.timed(timing, self.tz)?;
        if let Some(Condition { filter, line }) = journey {
            let bound = whole.bind(&filter, self.tz, &Cancel::never());
            bound.map_err(|error| error.within("outcome", "of [journey]", line))?;
        }
        info.columns.clone_from(&whole.columns);
        Ok(Analysis {
            whole: Arc::new(whole),
            timing: defined,
            info,
            ..self
        })
    }

    /// Alerts that are defined.
    pub fn alerts(&self) -> &[AlertSpec] {
        &self.timing.alerts
    }

    /// Activities of the definitions of milestones and deadlines that the log does not have, by the
    /// name of what they define.
    pub fn missing_activities(&self) -> Vec<(String, Vec<String>)> {
        self.whole.timed.missing(&self.whole.log)
    }

    /// Returns the whole log without defined columns, and its index, for the store.
    pub fn parts(&self) -> (EventLog, &Index) {
        // Definitions may change while the log does not: an index on disk with them would be wrong.
        let mut log = self.whole.log.clone();
        log.take_defined_columns();
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

    /// Forgets what filters selected, so that the next answer about a view is made from the index and
    /// from what is made once a log: the figures of the view without its filters of cases.
    pub fn forget(&self, view: &View) {
        let whole = View {
            filters: Vec::new(),
            versus: None,
            ..view.clone()
        };
        let key = (whole.clone(), 0);
        let reference = self.selected.get(&key).filter(|_| *view != whole);
        self.selected.clear();
        if let Some(reference) = reference {
            self.selected.put(key, reference);
        } else if view.filters.is_empty() {
            *self.everything() = None;
        }
        self.whole.filters.clear();
        for derived in self.derived.all() {
            derived.filters.clear();
        }
    }

    /// Returns what the filters and conditions of a view were understood as where they were written in
    /// another letter case; wrong ones have no notes.
    pub fn filter_notes(&self, view: &View) -> Vec<String> {
        let events = view.events.iter().filter_map(|text| {
            self.whole.with_inputs(self.tz, &Cancel::never(), |inputs| {
                let condition = filter::parse_events(text).ok()?;
                let bound = filter::bind_events(&condition, &self.whole.log, inputs).ok()?;
                Some(bound.notes().to_vec())
            })
        });
        let prepared = self.prepared(view, &Cancel::never()).ok();
        let cases = prepared.iter().flat_map(|prepared| {
            let filters = view.filters.iter().chain(view.versus.iter().flatten());
            filters.map(|text| prepared.notes(text, self.tz))
        });
        events.chain(cases).flatten().collect()
    }

    /// Returns the last instant of a view, before filters of cases; `None` without events.
    ///
    /// # Errors
    /// The time of the view or a condition on events is wrong.
    pub fn last_event(&self, view: &View) -> Result<Option<i64>, AskError> {
        let prepared = self.prepared(view, &Cancel::never())?;
        Ok(prepared.span().map(|(_, last)| last))
    }

    /// The log of a view before filters of cases are applied.
    pub(super) fn prepared(&self, view: &View, cancel: &Cancel) -> Result<Arc<Prepared>, AskError> {
        let view = view.of_log();
        if view == View::default() {
            return Ok(Arc::clone(&self.whole));
        }
        if let Some(prepared) = self.derived.get(&view) {
            return Ok(prepared);
        }
        let mut of = view.clone();
        // Each step keeps its result, so that a change of the last one costs only itself.
        // The step that is applied last comes first, so that each asks for the log of those before
        // it.
        let prepared = if let Some(calendar) = of.calendar.take() {
            self.prepared(&of, cancel)?
                .by_calendar(&calendar, self.tz, cancel)?
        } else if of.ends.is_some() || !of.milestones.is_empty() || of.reference.is_some() {
            let (ends, milestones) = (of.ends.take(), std::mem::take(&mut of.milestones));
            let reference = of.reference.take();
            let prepared = self.prepared(&of, cancel)?;
            let mut timing = defined_in_view(&prepared, ends, &milestones)?;
            timing.conform.reference = reference.unwrap_or(timing.conform.reference);
            Prepared::indexed(prepared.log.clone(), prepared.index.clone())
                .timed(timing, self.tz)?
        } else if !of.events.is_empty() {
            self.memory.reserve(self.info.bytes)?;
            let events = std::mem::take(&mut of.events);
            of_events(&*self.prepared(&of, cancel)?, &events, self.tz, cancel)?
        } else {
            self.memory.reserve(self.info.bytes)?;
            self.as_of(view.as_of.as_deref().unwrap_or_default(), cancel)?
        };
        let prepared = Arc::new(prepared.with_notes(self.whole.notes.as_ref()));
        self.derived.put(view, Arc::clone(&prepared));
        Ok(prepared)
    }

    /// The log cut at a time, with the definitions applied again.
    fn as_of(&self, text: &str, cancel: &Cancel) -> Result<Prepared, AskError> {
        let wrong = |message: String| FilterError {
            text: text.to_owned(),
            span: 0..text.len(),
            message,
        };
        let as_of = AsOf::parse(text).map_err(|why| wrong(why.to_owned()))?;
        let Some((first, last)) = self.whole.span() else {
            return Err(wrong("the log has no events".to_owned()).into());
        };
        let now = as_of.instant(last, self.tz);
        let log = &self.whole.log;
        let rows: Vec<u32> = (0..log.n_events() as u32)
            .filter(|&row| log.time[row as usize] <= now)
            .collect();
        if rows.is_empty() {
            let first = exact_instant(first, self.tz);
            let of = match log.start {
                Some(_) => "before the first event is complete",
                None => "before the first event",
            };
            return Err(wrong(format!("{of} ({first})")).into());
        }
        let prepared = Prepared::new(log.select(&rows, None), &Progress::of(cancel))?;
        let mut timing = of_log(&self.timing, &prepared);
        timing.now = Some(now);
        Ok(prepared.timed(timing, self.tz)?)
    }

    fn everything(&self) -> MutexGuard<'_, Option<Arc<Selected>>> {
        let everything = self.everything.lock();
        // What a panic interrupts is put in whole or not at all, so that the cache is still good.
        everything.unwrap_or_else(PoisonError::into_inner)
    }

    /// The cases that the filters of a view select, whatever they are compared with.
    pub(super) fn select(&self, view: &View, cancel: &Cancel) -> Result<Arc<Selected>, AskError> {
        if view.versus.is_some() {
            let alone = View {
                versus: None,
                ..view.clone()
            };
            return self.select(&alone, cancel);
        }
        if *view == View::default() {
            let new = || Arc::new(Selected::new(Arc::clone(&self.whole), None, Vec::new()));
            return Ok(Arc::clone(self.everything().get_or_insert_with(new)));
        }
        let states = view
            .filters
            .iter()
            .map(|text| self.whole.state_of_notes(text));
        let key = (view.clone(), states.max().unwrap_or(0));
        if let Some(selected) = self.selected.get(&key) {
            return Ok(selected);
        }
        let prepared = self.prepared(view, cancel)?;
        let mut cases: Option<CaseSet> = None;
        for text in &view.filters {
            // Each filter is a pass over the log, so that a newer question need not wait for all of
            // them.
            cancel.check()?;
            let passing = prepared.cases(text, self.tz, cancel)?;
            match &mut cases {
                Some(cases) => cases.and(&passing),
                // The set stays in the cache of filters as well.
                None => cases = Some((*passing).clone()),
            }
        }
        let waits = view.waits.iter().map(|text| {
            NamedWait::parse(text).map_err(|message| FilterError {
                text: text.clone(),
                span: 0..text.len(),
                message,
            })
        });
        let waits = waits.collect::<Result<_, _>>()?;
        let selected = Arc::new(Selected::new(prepared, cases, waits));
        self.selected.put(key, Arc::clone(&selected));
        Ok(selected)
    }
}

/// Refuses names by which filters could not tell two definitions apart, or a definition from a column.
///
/// # Errors
/// Two definitions have a name, or a definition that of a column.
pub fn check_names(timing: &Timing, columns: &[ColumnInfo]) -> Result<(), String> {
    let milestones = timing.milestones.iter().map(|m| ("milestone", &m.name));
    let deadlines = timing.rules.iter().map(|rule| ("rule", &rule.name));
    let rules = timing.conform_rules.iter();
    let rules = rules.map(|rule| ("rule of [conform]", &rule.name));
    let outcomes = timing.outcomes.iter().map(|o| ("outcome", &o.name));
    let named = milestones.chain(deadlines).chain(rules).chain(outcomes);
    let named = named.map(|(what, name)| (what, name.as_str()));
    let of_log: HashSet<&str> = columns.iter().map(|column| &*column.name).collect();
    let mut seen: HashMap<&str, &str> = HashMap::new();
    for (what, name) in named.chain(timing.fixed_names()) {
        let other = seen.insert(name, what);
        let may_be_two = what == "milestone" || what == "rule";
        if let Some(other) = other.filter(|_| !may_be_two) {
            return Err(format!(
                "two definitions are called {name}: {other} and {what}"
            ));
        }
        // Beside a name that needs backticks itself, backticks cannot mean the column.
        let may_share = what != "milestone" && filter::is_plain(name);
        if !may_share && of_log.contains(name) {
            return Err(format!(
                "a {what} is called {name}, as a column of the log is"
            ));
        }
    }
    Ok(())
}

/// The definitions of a log with the end states and milestones of a view.
fn defined_in_view(
    prepared: &Prepared,
    ends: Option<Vec<String>>,
    milestones: &[String],
) -> Result<Timing, FilterError> {
    let mut timing = prepared.timed.timing.clone();
    timing.ends.activities = ends.or(timing.ends.activities);
    let of_log = &prepared.columns[..prepared.log.defined_columns().start];
    for text in milestones {
        let defined = NamedMilestone::parse(text).and_then(|milestone| {
            timing.define(milestone);
            check_names(&timing, of_log)
        });
        defined.map_err(|message| FilterError {
            text: text.clone(),
            span: 0..text.len(),
            message,
        })?;
    }
    Ok(timing)
}

/// The definitions, with the milestones guessed from the activities of a log if wanted.
fn of_log(defined: &Timing, prepared: &Prepared) -> Timing {
    let mut timing = defined.clone();
    // Suggested by the activities of this log, so that a log cut in time has its own.
    if timing.ready_made {
        let names = prepared.log.activities.iter();
        let occurring = names.zip(prepared.index.activity_events.iter());
        let occurring = occurring.filter(|(_, n)| **n > 0).map(|(name, _)| name);
        let columns = prepared.columns.iter().map(|column| &*column.name);
        let columns: Vec<&str> = columns.collect();
        timing.add_guesses(ready_made::of(&occurring.collect()), &columns);
    }
    timing
}

/// The log that is left by conditions on events.
fn of_events(
    prepared: &Prepared,
    conditions: &[String],
    tz: chrono_tz::Tz,
    cancel: &Cancel,
) -> Result<Prepared, AskError> {
    let mut log: Option<EventLog> = None;
    let mut timing = prepared.timed.timing.clone();
    for text in conditions {
        cancel.check()?;
        let of = log.as_ref().unwrap_or(&prepared.log);
        let bound = prepared.with_inputs(tz, cancel, |inputs| {
            let condition = filter::parse_events(text)?;
            if let filter::EventCond::Between(part) = &condition {
                // Cases that are cut to a part are over, whatever ends them else.
                let ends = timing.ends.activities.get_or_insert_default();
                ends.push(part.to.activity.node.clone());
            }
            filter::bind_events(&condition, of, inputs)
        });
        let rows = bound.map_err(|e| filter_error(text, e))?.rows(of);
        if rows.len() < of.n_events() {
            log = Some(of.select(&rows, None));
        }
    }
    let left = match log {
        Some(log) => Prepared::new(log, &Progress::of(cancel))?,
        // All events are left, and with them what is known of them.
        None => Prepared::indexed(prepared.log.clone(), prepared.index.clone()),
    };
    Ok(left.timed(timing, tz)?)
}

fn info(name: String, whole: &Prepared, report: &ImportReport, zone: chrono_tz::Tz) -> LogInfo {
    let (log, index) = (&whole.log, &whole.index);
    let mut activities: Vec<u32> = (0..log.activities.len() as u32).collect();
    activities.retain(|&a| index.activity_events[a as usize] > 0);
    activities.sort_by_key(|&a| {
        let events = index.activity_events[a as usize];
        (std::cmp::Reverse(events), index.activity_rank[a as usize])
    });
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
        resource: log.role_columns[Role::Resource],
        instances: log.has_instances(),
        span: whole.span(),
        mapping: report.mapping.clone(),
        place: LogPlace::Here,
        rejected: report.n_rejected,
        redacted: whole.log.redacted.is_some(),
        shifted: (whole.log.redacted.as_ref()).is_some_and(|redacted| redacted.shifted),
        least: 0,
        stopped: report.warnings.contains_key(&Warning::Stopped),
        warnings: report.warnings.values().cloned().collect(),
        milestones: Vec::new(),
        deadlines: 0,
        conform_rules: 0,
        outcomes: Vec::new(),
        costs: false,
        scores: false,
        noted: &[],
        since: None,
        calendar: None,
        zone,
        bytes: (log.bytes() + index.bytes()) as u64,
        examples: Examples::of(whole, zone),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::log;

    #[test]
    fn filters_on_both_sides_have_notes() {
        let (report, progress) = (ImportReport::default(), Progress::default());
        let log = log("a: In Out");
        let analysis = Analysis::new("x".into(), log, report, chrono_tz::UTC, &progress).unwrap();
        let view = View {
            filters: vec!["\"in\"".to_owned()],
            versus: Some(vec!["\"out\"".to_owned()]),
            ..View::default()
        };
        let note = |is: &str, was: &str| format!("activity has no \"{is}\"; matched \"{was}\"");
        assert_eq!(
            analysis.filter_notes(&view),
            [note("in", "In"), note("out", "Out")]
        );
    }

    #[test]
    fn making_what_a_condition_leaves_can_be_cancelled() {
        let (report, progress) = (ImportReport::default(), Progress::default());
        let log = log("a: In Out");
        let analysis = Analysis::new("x".into(), log, report, chrono_tz::UTC, &progress).unwrap();
        let cancelled = Cancel::never();
        cancelled.cancel();
        let of_events = View {
            events: vec!["activity != \"In\"".to_owned()],
            ..View::default()
        };
        let as_of = View {
            as_of: Some("-0d".to_owned()),
            ..View::default()
        };
        for view in [of_events, as_of] {
            let made = |cancel: &Cancel| {
                analysis
                    .prepared(&view, cancel)
                    .map(|made| made.log.n_events())
            };
            assert_eq!(made(&cancelled), Err(AskError::Cancelled), "{view:?}");
            assert!(made(&Cancel::never()).is_ok(), "{view:?}");
        }
    }
}
