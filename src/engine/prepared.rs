//! A log with its index and what is made of them when first wanted: orders, sets of cases of filters,
//! what was defined for it. Knows no view.

use super::cache::{FigureCache, RecentCache};
use super::conformance::Judge;
use super::definitions::{Timed, WaitClass};
use super::ends_guess::{self, Guess};
use super::log_info::ColumnInfo;
use super::notes::{NOTE, NotesInForce, TAG};
use super::view::{AskError, FilterError};
use crate::event_log::{
    Cancel, Cancelled, Column, ColumnData, Dictionary, EventLog, Progress, Role,
};
use crate::filter::{self, CaseTexts, Conformity, QueryError, Source};
use crate::formats;
use crate::index::{CaseSet, Index, rank_of};
use crate::metrics::attributes::Held;
use crate::metrics::deadlines::Ends;
use crate::text::escape_line;
use std::sync::{Arc, OnceLock};

/// Filters whose cases are kept.
const KEPT_FILTERS: usize = 64;

/// Columns whose order of texts is kept.
const KEPT_RANKS: usize = 8;

/// A log with its index and what is made of them when first wanted.
#[derive(Debug)]
pub struct Prepared {
    /// The log.
    pub log: EventLog,
    /// Index of that log.
    pub index: Index,
    /// Names of the activities by code.
    pub names: Vec<Arc<str>>,
    /// Attribute columns.
    pub columns: Vec<ColumnInfo>,
    pub(super) case_rank: OnceLock<Vec<u32>>,
    pub(super) variant_rank: OnceLock<Vec<u32>>,
    /// Position of each text in the order of texts, by what the texts are of.
    pub(super) text_ranks: RecentCache<Source, Arc<[u32]>>,
    /// Recent results of filters, by their texts and the state of the notes that they name.
    pub filters: RecentCache<(String, u64), Arc<CaseSet>>,
    /// Notes of the cases; `None` where there are none.
    pub(super) notes: Option<Arc<NotesInForce>>,
    /// Tags and notes by the cases of the log, by the state of the notes.
    pub(super) noted: RecentCache<u64, Arc<[CaseTexts]>>,
    /// Definitions bound to the log.
    pub timed: Arc<Timed>,
    pub(super) span: OnceLock<Option<(i64, i64)>>,
    pub(super) ends: OnceLock<(Ends, Option<Guess>)>,
    pub(super) open: OnceLock<CaseSet>,
    pub(super) judge: OnceLock<Arc<Judge>>,
    pub(super) guessed_waits: OnceLock<Vec<WaitClass>>,
    /// Figures of the whole log that queries keep, whatever its cases are filtered by.
    pub(super) figures: FigureCache,
    /// Values of all attributes in all cases, in the order of the attributes.
    pub(super) held: OnceLock<Vec<Held>>,
    /// The calendar that its durations are measured by.
    pub calendar: Option<String>,
    /// The same log by clock time, where this one is by a calendar.
    pub(super) by_clock: Option<Arc<Prepared>>,
}

impl Prepared {
    /// Indexes a log.
    pub fn new(log: EventLog, progress: &Progress) -> Result<Self, Cancelled> {
        let index = Index::build(&log, progress)?;
        Ok(Prepared::indexed(log, index))
    }

    /// Prepares a log whose index exists already.
    pub fn indexed(log: EventLog, index: Index) -> Self {
        Prepared {
            names: log.activities.iter().map(Arc::from).collect(),
            columns: columns(&log),
            log,
            index,
            case_rank: OnceLock::new(),
            variant_rank: OnceLock::new(),
            text_ranks: RecentCache::new(KEPT_RANKS),
            filters: RecentCache::new(KEPT_FILTERS),
            notes: None,
            noted: RecentCache::new(1),
            timed: Arc::default(),
            span: OnceLock::new(),
            ends: OnceLock::new(),
            open: OnceLock::new(),
            judge: OnceLock::new(),
            guessed_waits: OnceLock::new(),
            figures: FigureCache::default(),
            held: OnceLock::new(),
            calendar: None,
            by_clock: None,
        }
    }

    /// The cases that meet a condition of the definitions: of durations by clock time, whatever the view
    /// is measured by, as a definition means the same in all views.
    pub fn meeting(&self, text: &str, tz: chrono_tz::Tz) -> Result<Arc<CaseSet>, FilterError> {
        if let Some(by_clock) = &self.by_clock {
            return by_clock.meeting(text, tz);
        }
        match self.cases(text, tz, &Cancel::never()) {
            Err(AskError::Filter(error)) => Err(error),
            cases => Ok(cases.expect("nobody cancels this")),
        }
    }

    /// The instant up to which open cases are looked at; 0 for a log without events.
    pub fn now(&self) -> i64 {
        let last = || self.span().map(|(_, last)| last);
        self.timed.now.or_else(last).unwrap_or(0)
    }

    /// Returns the first and last instant; `None` without events.
    pub fn span(&self) -> Option<(i64, i64)> {
        *self.span.get_or_init(|| {
            let first = self.index.case_start.iter().copied().min();
            first.zip(self.index.case_end.iter().copied().max())
        })
    }

    /// Returns what ends the cases of the log.
    pub fn ends(&self) -> &Ends {
        &self.ends_and_guess().0
    }

    /// Returns the guess of what ends a case, if activities were not defined to.
    pub fn ends_guess(&self) -> Option<Guess> {
        self.ends_and_guess().1
    }

    /// Returns the cases that are open at [`Prepared::now`].
    pub fn open(&self) -> &CaseSet {
        if let Some(by_clock) = &self.by_clock {
            return by_clock.open();
        }
        self.open.get_or_init(|| {
            let (log, index) = (&self.log, &self.index);
            let (ends, now) = (self.ends(), self.now());
            CaseSet::from_fn(log.n_cases(), |case| ends.is_open(log, index, case, now))
        })
    }

    fn ends_and_guess(&self) -> &(Ends, Option<Guess>) {
        // A view in working time has the same open cases as one in clock time.
        if let Some(by_clock) = &self.by_clock {
            return by_clock.ends_and_guess();
        }
        self.ends.get_or_init(|| {
            let defined = &self.timed.timing.ends;
            let idle = defined.idle;
            let Some(names) = &defined.activities else {
                let (activities, guess) = ends_guess::guess(&self.log, &self.index, self.now());
                let known = idle.is_some() || activities.contains(&true);
                let ends = Ends {
                    known,
                    activities,
                    idle,
                };
                return (ends, Some(guess));
            };
            let is_end = |name: &str| names.iter().any(|n| n == name);
            let ends = Ends {
                known: true,
                activities: self.log.activities.iter().map(is_end).collect(),
                idle,
            };
            (ends, None)
        })
    }

    /// Position of each case in the order of case ids.
    pub fn case_rank(&self) -> &[u32] {
        self.case_rank.get_or_init(|| {
            let ids = &self.log.case_ids;
            // Ids that ascend in the file, as numbers do, need no sorting.
            let mut neighbors = (1..ids.len() as u32).map(|c| (ids.get(c - 1), ids.get(c)));
            if neighbors.all(|(a, b)| a < b) {
                return (0..ids.len() as u32).collect();
            }
            rank_of(&ids.sorted())
        })
    }

    /// Position of each text of a field in the order of texts, by code: each page of a list that is
    /// sorted by the field needs them.
    pub fn text_ranks(&self, source: Source, texts: &Dictionary) -> Arc<[u32]> {
        if let Some(ranks) = self.text_ranks.get(&source) {
            return ranks;
        }
        let ranks: Arc<[u32]> = match source {
            Source::Case => self.case_rank().into(),
            _ => rank_of(&texts.sorted()).into(),
        };
        self.text_ranks.put(source, Arc::clone(&ranks));
        ranks
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
    ///
    /// # Errors
    /// The filter is wrong, or the cases are not wanted any more.
    pub fn cases(
        &self,
        text: &str,
        tz: chrono_tz::Tz,
        cancel: &Cancel,
    ) -> Result<Arc<CaseSet>, AskError> {
        let key = (text.to_owned(), self.state_of_notes(text));
        if let Some(cases) = self.filters.get(&key) {
            return Ok(cases);
        }
        // Filters by their text: written in another way the same filter is evaluated again.
        let bound = self.bind(text, tz, cancel);
        // What was cancelled while names were looked up is no fault of the filter.
        cancel.check()?;
        let bound = bound?;
        let cases = Arc::new(bound.cases(&self.log, &self.index));
        cancel.check()?;
        self.filters.put(key, Arc::clone(&cases));
        Ok(cases)
    }

    /// Lets filters and columns have the tags and notes of cases. A column of the log of their name is meant in
    /// backticks only.
    pub(super) fn with_notes(mut self, notes: Option<&Arc<NotesInForce>>) -> Self {
        self.notes = notes.cloned();
        if self.notes.is_some() {
            for column in &mut self.columns[..self.log.defined_columns().start] {
                column.shadowed |= [TAG, NOTE].contains(&&*column.name);
            }
        }
        self
    }

    /// Number of the state of the notes that a filter may depend on; 0 for none.
    pub(super) fn state_of_notes(&self, text: &str) -> u64 {
        let names = [TAG, NOTE].iter().any(|name| text.contains(name));
        let notes = self.notes.as_ref().filter(|_| names);
        notes.map_or(0, |notes| notes.now().0)
    }

    /// Tags and notes by the cases of the log.
    pub(super) fn noted(&self) -> Arc<[CaseTexts]> {
        let Some(notes) = &self.notes else {
            return Arc::default();
        };
        let (state, notes) = notes.now();
        if let Some(noted) = self.noted.get(&state) {
            return noted;
        }
        let cases = notes.cases();
        let cases = cases.filter_map(|case| Some((self.log.case_of(case)?, case)));
        let cases: Vec<(u32, &str)> = cases.collect();
        let tags = cases.iter();
        let tags = tags.map(|(at, case)| (*at, notes.tags(case).into_iter().collect()));
        let texts = cases.iter();
        let texts = texts.map(|(at, case)| (*at, notes.notes(case).collect()));
        let noted: Arc<[CaseTexts]> = [
            CaseTexts::new(TAG, tags),
            if self.log.redacted.is_some() {
                CaseTexts::hidden(NOTE, "notes are hidden while the log is redacted")
            } else {
                CaseTexts::new(NOTE, texts)
            },
        ]
        .into();
        self.noted.put(state, Arc::clone(&noted));
        noted
    }

    pub(super) fn bind(
        &self,
        text: &str,
        tz: chrono_tz::Tz,
        cancel: &Cancel,
    ) -> Result<filter::BoundFilter, FilterError> {
        let bound = self.with_inputs(tz, cancel, |inputs| {
            let inputs = filter::BindInputs {
                cancel: Some(cancel),
                ..inputs
            };
            let expr = filter::parse(text)?;
            filter::bind(&expr, &self.log, inputs)
        });
        bound.map_err(|e| filter_error(text, e))
    }

    /// Returns what a filter was understood as where it was written in another letter case; empty for a
    /// wrong filter.
    pub fn notes(&self, text: &str, tz: chrono_tz::Tz) -> Vec<String> {
        let bound = self.bind(text, tz, &Cancel::never());
        bound.map_or_else(|_| Vec::new(), |bound| bound.notes().to_vec())
    }

    /// Calls `bind` with the inputs of filters of this log.
    pub(super) fn with_inputs<T>(
        &self,
        tz: chrono_tz::Tz,
        cancel: &Cancel,
        bind: impl FnOnce(filter::BindInputs<'_>) -> T,
    ) -> T {
        let now = self.now();
        let read_time = |column: &str, text: &str| time_in_file(&self.log, column, text, tz);
        let open = || self.open().clone();
        let conforming = |conformity: &Conformity| {
            let span = conformity.activity().map_or(0..0, |of| of.span.clone());
            let found = self.conforming(conformity, tz, cancel);
            found.map_err(|error| QueryError {
                span,
                message: escape_line(&error.to_string()),
            })
        };
        let noted = self.noted();
        bind(filter::BindInputs {
            noted: Some(&noted),
            tz,
            now: Some(now),
            read_time: Some(&read_time),
            open: Some(&open),
            conforming: Some(&conforming),
            cancel: None,
        })
    }
}

/// Reads a time as people and files write it. Where day and month may be either way, the reading that
/// occurs in the column counts; `None` where both or neither does.
fn time_in_file(log: &EventLog, column: &str, text: &str, tz: chrono_tz::Tz) -> Option<i64> {
    let readings = formats::time_readings(text, tz);
    // Day and month are clear, so that the column need not be searched.
    if let [only] = readings[..] {
        return Some(only);
    }
    let values: &[i64] = match log.column(column).map(|c| &c.data) {
        Some(ColumnData::Instant(values)) => values,
        None if log.roles[Role::Time] == [column] => &log.time,
        None if log.roles[Role::Start] == [column] => log.start.as_deref()?,
        _ => return None,
    };
    let mut occurring = readings.into_iter().filter(|at| values.contains(at));
    occurring.next().filter(|_| occurring.next().is_none())
}

pub(super) fn columns(log: &EventLog) -> Vec<ColumnInfo> {
    let (of_log, defined) = log.columns.split_at(log.defined_columns().start);
    let is_defined = |c: &Column| defined.iter().any(|d| d.name == c.name);
    let column = |c: &Column, shadowed| ColumnInfo {
        name: c.name.as_str().into(),
        kind: c.kind(),
        level: c.level,
        shadowed,
        values: match &c.data {
            ColumnData::Text(_, texts) => Some(texts.len().saturating_sub(1) as u64),
            _ => None,
        },
    };
    let of_log = of_log.iter().map(|c| column(c, is_defined(c)));
    of_log
        .chain(defined.iter().map(|c| column(c, false)))
        .collect()
}

/// A fault of a filter, with its text.
pub fn filter_error(text: &str, error: filter::QueryError) -> FilterError {
    FilterError {
        text: text.to_owned(),
        span: error.span,
        message: error.message,
    }
}
