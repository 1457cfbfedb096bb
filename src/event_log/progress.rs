//! Progress and cancellation of a long task, shared by worker and observer.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering::Relaxed};

/// Stage of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Finding out encoding, delimiter, columns.
    Looking,
    /// Reading rows.
    Reading,
    /// Sorting rows by case and time.
    Sorting,
    /// Building the index.
    Indexing,
    /// Done.
    Ready,
}

/// Progress of a load; all fields may be read at any time by any thread.
///
/// ```
/// use casetrail::event_log::{Cancelled, Progress, Stage};
///
/// let progress = Progress::default();
/// progress.enter(Stage::Reading);
/// assert_eq!((progress.stage(), progress.check()), (Stage::Reading, Ok(())));
/// progress.cancel(); // from any thread
/// assert_eq!(progress.check(), Err(Cancelled));
/// ```
#[derive(Debug, Default)]
pub struct Progress {
    stage: AtomicU8,
    /// Bytes of input read so far.
    pub bytes: AtomicU64,
    /// Size of the input in bytes; 0 while not known.
    pub total_bytes: AtomicU64,
    /// Rows read so far.
    pub rows: AtomicU64,
    cancelled: AtomicBool,
}

/// The work was cancelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("cancelled")]
pub struct Cancelled;

impl Progress {
    /// Returns the current stage.
    pub fn stage(&self) -> Stage {
        match self.stage.load(Relaxed) {
            0 => Stage::Looking,
            1 => Stage::Reading,
            2 => Stage::Sorting,
            3 => Stage::Indexing,
            _ => Stage::Ready,
        }
    }

    /// Sets the current stage.
    pub fn enter(&self, stage: Stage) {
        // Relaxed here and below: the figures are only shown, and no other memory depends on them.
        self.stage.store(stage as u8, Relaxed);
    }

    /// Asks the work to stop soon.
    pub fn cancel(&self) {
        self.cancelled.store(true, Relaxed);
    }

    /// `Err` once the work should stop: to be asked every few thousand rows.
    pub fn check(&self) -> Result<(), Cancelled> {
        if self.cancelled.load(Relaxed) {
            Err(Cancelled)
        } else {
            Ok(())
        }
    }
}

/// A request to stop a computation, shared by the one who asks and the one who computes.
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// One that is never cancelled by others.
    pub fn never() -> Self {
        Cancel::default()
    }

    /// Asks the computation to stop soon.
    pub fn cancel(&self) {
        // Relaxed: nothing is read because of it, and some more work does no harm.
        self.0.store(true, Relaxed);
    }

    /// True once the computation should stop.
    #[inline]
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Relaxed)
    }

    /// `Err` once the computation should stop: to be asked every few thousand rows.
    #[inline]
    pub fn check(&self) -> Result<(), Cancelled> {
        if self.is_cancelled() {
            Err(Cancelled)
        } else {
            Ok(())
        }
    }
}
