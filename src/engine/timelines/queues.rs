//! How much waits for each activity or resource, for how long, and when.

use super::{Ending, Open, axis};
use crate::engine::analysis::Selected;
use crate::engine::answer::stats;
use crate::engine::bottlenecks::waits;
use crate::engine::listing::{SortValue, find, page, sort, to_sort};
use crate::engine::{AskError, Cancel, Listing, Rows, Stats};
use crate::metrics::bottlenecks::Kind;
use crate::metrics::queues::{self as metrics, Length};
use crate::metrics::{Figures, summary};
use std::sync::{Arc, OnceLock};

pub use crate::metrics::queues::By as QueueBy;

/// Columns that queues can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum QueueKey {
    /// Sum of the waiting.
    #[default]
    Total,
    /// Mean length.
    Mean,
    /// Mean length in the last quarter less that in the quarter before.
    Growth,
    /// 90th percentile of the waiting.
    P90,
    /// Median waiting.
    Median,
    /// Instances that waited.
    Count,
    /// Name (code points).
    Name,
}

/// The queues of a selection.
#[derive(Debug, Clone, PartialEq)]
pub struct Queues {
    /// Activities or resources.
    pub rows: Rows<QueueRow>,
    /// Which cases are open: what they wait for has not begun and is in no queue.
    pub ending: Ending,
}

/// One queue.
#[derive(Debug, Clone, PartialEq)]
pub struct QueueRow {
    /// The activity or resource that is waited for.
    pub name: Arc<str>,
    /// Instances but the first of a case (those that waited for no time are among them), and how long
    /// they waited by the clock of the log.
    pub waiting: Stats,
    /// Its part of the waiting of all rows, 0 to 1.
    pub share: f64,
    /// Mean length of the queue, weighted by time.
    pub mean: f64,
    /// Mean length in the last quarter of the time of the selection.
    pub recent: f64,
    /// Mean length in the quarter before.
    pub before: f64,
}

impl QueueRow {
    /// By how much the queue grew from one quarter to the next.
    pub fn growth(&self) -> f64 {
        self.recent - self.before
    }

    /// The same as a share of what it was; `None` where nothing waited before.
    pub fn relative_growth(&self) -> Option<f64> {
        (self.before > 0.0).then(|| self.growth() / self.before)
    }
}

/// One queue over time.
#[derive(Debug, Clone, PartialEq)]
pub struct QueueDetail {
    /// The activity or resource.
    pub name: String,
    /// What a bin spans, as a person would say.
    pub unit: String,
    /// The bins, without gaps.
    pub bins: Vec<QueueBin>,
    /// Where the last bin ends.
    pub end: i64,
    /// The instants `from..to` of all there is, whatever range was asked for.
    pub whole: (i64, i64),
}

/// A queue in one bin of time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct QueueBin {
    /// First instant of the bin; it ends where the next one begins.
    pub start: i64,
    /// Length at that instant.
    pub length: u64,
    /// Mean length in the bin, weighted by time.
    pub mean: Option<f64>,
    /// Instances that waited at some instant of it.
    pub waited: u64,
    /// Instances that left the queue in it, that is, began.
    pub left: u64,
    /// How long those had waited, the median, seconds.
    pub median: Option<f64>,
}

impl QueueDetail {
    /// Where a bin ends.
    pub fn bin_end(&self, bin: usize) -> i64 {
        self.bins.get(bin + 1).map_or(self.end, |next| next.start)
    }
}

/// A queue of a selection.
#[derive(Debug)]
struct Queue {
    name: String,
    waiting: Figures,
    length: Length,
}

/// The queues of a selection, made when first wanted.
#[derive(Debug, Default)]
pub(in crate::engine) struct QueueFigures([OnceLock<Vec<Queue>>; 2]);

impl QueueFigures {
    fn of<'a>(&'a self, selected: &Selected, by: QueueBy) -> &'a [Queue] {
        self.0[usize::from(by == QueueBy::Resource)].get_or_init(|| {
            let kind = match by {
                QueueBy::Activity => Kind::Activity,
                QueueBy::Resource => Kind::Resource,
            };
            let lengths = metrics::lengths(&selected.selection(), by).unwrap_or_default();
            let waits = waits(selected, kind)
                .into_iter()
                .map(|(figures, _)| figures);
            let queue = |((name, length), waiting): ((String, Length), Option<Figures>)| {
                let waiting = waiting?;
                Some(Queue {
                    name,
                    waiting,
                    length,
                })
            };
            let mut all: Vec<Queue> = lengths.into_iter().zip(waits).filter_map(queue).collect();
            all.sort_by(|a, b| a.name.cmp(&b.name));
            all
        })
    }
}

pub(in crate::engine) fn queues(
    selected: &Selected,
    by: QueueBy,
    listing: &Listing<QueueKey>,
    cancel: &Cancel,
) -> Result<Queues, AskError> {
    let all = selected.queues.of(selected, by);
    cancel.check()?;
    let value = |row: u32| -> SortValue {
        let queue = &all[row as usize];
        match listing.sort {
            QueueKey::Total => (queue.waiting.total as f64).into(),
            QueueKey::Mean => queue.length.mean.into(),
            QueueKey::Growth => (queue.length.recent - queue.length.before).into(),
            QueueKey::P90 => queue.waiting.p90.into(),
            QueueKey::Median => queue.waiting.median.into(),
            QueueKey::Count => queue.waiting.n.into(),
            QueueKey::Name => u64::from(row).into(),
        }
    };
    let mut ids: Vec<u32> = (0..all.len() as u32).collect();
    let shown = to_sort(listing, ids.len());
    sort(&mut ids, shown, listing.descending, value, |row| row);
    let ids = find(ids, &listing.find, cancel, |row| {
        all[row as usize].name.clone()
    })?;
    let total: i128 = all.iter().map(|queue| queue.waiting.total).sum();
    let rows = page(&ids, listing, |row| {
        let queue = &all[row as usize];
        QueueRow {
            name: queue.name.as_str().into(),
            waiting: stats(queue.waiting),
            share: if total > 0 {
                queue.waiting.total as f64 / total as f64
            } else {
                0.0
            },
            mean: queue.length.mean,
            recent: queue.length.recent,
            before: queue.length.before,
        }
    });
    Ok(Queues {
        rows,
        ending: Open::of(selected).ending(),
    })
}

pub(in crate::engine) fn queue(
    selected: &Selected,
    (by, name): (QueueBy, &str),
    bins: usize,
    range: Option<(i64, i64)>,
) -> QueueDetail {
    let selection = selected.selection();
    let (first, last) = summary::span(&selection).unwrap_or((0, 0));
    let axis = axis(range, (first, last), bins);
    let found = metrics::queue(&selection, (by, name), &axis);
    let bin = |(&start, bin): (&i64, metrics::QueueBin)| QueueBin {
        start,
        length: bin.start,
        mean: bin.mean,
        waited: bin.met,
        left: bin.left.ended,
        median: bin.left.median.map(|median| median / 1e6),
    };
    QueueDetail {
        name: name.to_owned(),
        unit: axis.unit.to_owned(),
        end: axis.bounds[axis.n_bins()],
        bins: axis.bounds.iter().zip(found).map(bin).collect(),
        whole: (first, last.saturating_add(1)),
    }
}

/// The greatest length that queues ever had, and the first instant of that, by name; `None` where
/// nothing ever waited. Of one queue, or of all.
pub(in crate::engine) fn longest(
    selected: &Selected,
    by: QueueBy,
    name: Option<&str>,
) -> Vec<(String, Option<(u64, i64)>)> {
    let selection = selected.selection();
    match name {
        Some(name) => vec![(name.to_owned(), metrics::longest_of(&selection, (by, name)))],
        None => metrics::longest_of_all(&selection, by),
    }
}
