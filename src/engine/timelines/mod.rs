//! Timelines: arrivals, completions and work in progress; queues; hours of the week; figures by period.
//! What is open is said once for all of them.

mod flow;
mod queues;
mod trend;
mod week;

pub use crate::metrics::week::HOURS;
pub(super) use flow::flow;
pub use flow::{Flow, FlowBin};
pub use queues::{QueueBin, QueueBy, QueueDetail, QueueKey, QueueRow, Queues};
pub(super) use queues::{QueueFigures, longest, queue, queues};
pub(super) use trend::trend;
pub use trend::{Change, Trend, TrendKind, TrendRow, TrendUnit};
pub(super) use week::week;
pub use week::{Week, WeekCell};

use super::analysis::Selected;
use crate::filter::quote;
use crate::metrics::deadlines::Ends;
use chrono::{DateTime, SecondsFormat};
use std::fmt::Write;
use std::sync::Arc;

/// Which cases are open, and how that is known.
#[derive(Debug, Clone, PartialEq)]
pub struct Ending {
    /// The last instant that is looked at, microseconds: that of the log, or the one that was given.
    pub until: i64,
    /// Selected cases that are open.
    pub open: u64,
    /// Activities that end a case, by name.
    pub ends: Vec<Arc<str>>,
    /// Whether these were guessed from their names.
    pub guessed: bool,
    /// A case is over, too, when nothing happened in it for longer than this, seconds.
    pub idle: Option<f64>,
    /// The filter that exactly the cases meet that are over; `None` where nothing is known to end a
    /// case, so that all of them are taken to be over.
    pub over: Option<String>,
}

impl Ending {
    /// The filter that tells the cases that are over from those that are open, where some are.
    pub fn telling(&self) -> Option<&str> {
        self.over.as_deref().filter(|_| self.open > 0)
    }

    /// A filter, of the cases only that are over.
    pub fn closed(&self, filter: String) -> String {
        match self.telling() {
            None => filter,
            Some(over) => format!("{filter} and ({over})"),
        }
    }

    /// How many cases are open, and what ends one: a sentence with names of the log.
    pub fn in_words(&self) -> String {
        let mut words = match (&self.over, self.open) {
            (None, _) => {
                return "nothing is known to end a case: all are taken to be over".to_owned();
            }
            (_, 1) => "1 case is open".to_owned(),
            (_, n) => format!("{n} cases are open"),
        };
        let names: Vec<&str> = self.ends.iter().map(|name| &**name).collect();
        if !names.is_empty() {
            let guessed = if self.guessed { " (guessed)" } else { "" };
            let _ = write!(words, "; cases end with {}{guessed}", names.join(", "));
        }
        words
    }
}

/// What is open in a selection, and how that is known.
pub(super) fn ending(selected: &Selected) -> Ending {
    Open::of(selected).ending()
}

/// What ends the cases of a selection, ready to be asked.
struct Open<'a> {
    selected: &'a Selected,
    ends: Ends,
    until: i64,
}

impl<'a> Open<'a> {
    fn of(selected: &'a Selected) -> Self {
        let prepared = &selected.prepared;
        Open {
            selected,
            ends: prepared.timed.ends(&prepared.log),
            until: prepared.now(),
        }
    }

    #[inline]
    fn is_open(&self, case: usize) -> bool {
        let (log, index) = (&self.selected.prepared.log, &self.selected.prepared.index);
        self.ends.is_open(log, index, case, self.until)
    }

    fn count(&self) -> u64 {
        self.selected.open().count() as u64
    }

    fn ending(&self) -> Ending {
        let prepared = &self.selected.prepared;
        let names = prepared.names.iter().zip(&self.ends.activities);
        let names: Vec<Arc<str>> = names
            .filter(|(_, is_end)| **is_end)
            .map(|(name, _)| Arc::clone(name))
            .collect();
        let mut over: Vec<String> = names
            .iter()
            .map(|name| format!("ends with {}", quote(name)))
            .collect();
        let idle_since = self.ends.idle.map(|idle| self.until.saturating_sub(idle));
        over.extend(
            idle_since
                .and_then(instant_literal)
                .map(|at| format!("end < {at}")),
        );
        if over.is_empty() {
            // What was said to end a case is not in this log: no case is over.
            over.push("events < 0".to_owned());
        }
        Ending {
            until: self.until,
            open: self.count(),
            ends: names,
            guessed: prepared.timed.timing.ends.activities.is_none(),
            idle: self.ends.idle.map(super::answer::seconds),
            over: self.ends.known.then(|| over.join(" or ")),
        }
    }
}

/// An instant as the filter language writes it; `None` for a year that it cannot write.
pub fn instant_literal(micros: i64) -> Option<String> {
    let text = DateTime::from_timestamp_micros(micros)?;
    let text = text.to_rfc3339_opts(SecondsFormat::AutoSi, true);
    // Years that ISO 8601 writes with a sign are not of the language.
    text.starts_with(|c: char| c.is_ascii_digit())
        .then_some(text)
}

/// The axis of a range, or of a span where none is given.
fn axis(
    range: Option<(i64, i64)>,
    (first, last): (i64, i64),
    bins: usize,
) -> crate::metrics::bins::TimeAxis {
    let (first, last) = match range {
        Some((from, to)) => (from, to.saturating_sub(1).max(from)),
        None => (first, last),
    };
    crate::metrics::bins::TimeAxis::over(first, last, bins)
}
