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
    /// Waiting for the end of a stream, before all else.
    Receiving,
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
    cancelled: Cancel,
    /// Bytes and rows after which the reading is to end; 0: nobody asked for that.
    stop_after: [AtomicU64; 2],
    /// The reading ended there.
    stopped: AtomicBool,
    /// Nobody waits for more of a stream.
    received: AtomicBool,
}

/// The work was cancelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("cancelled")]
pub struct Cancelled;

impl Progress {
    /// That of a task which ends when another one is to stop.
    pub fn of(cancel: &Cancel) -> Self {
        Progress {
            cancelled: cancel.clone(),
            ..Progress::default()
        }
    }

    /// Returns the current stage.
    pub fn stage(&self) -> Stage {
        match self.stage.load(Relaxed) {
            0 => Stage::Looking,
            1 => Stage::Reading,
            2 => Stage::Sorting,
            3 => Stage::Indexing,
            4 => Stage::Ready,
            _ => Stage::Receiving,
        }
    }

    /// Sets the current stage.
    pub fn enter(&self, stage: Stage) {
        // Relaxed here and below: the figures are only shown, and no other memory depends on them.
        self.stage.store(stage as u8, Relaxed);
    }

    /// Asks the work to stop soon.
    pub fn cancel(&self) {
        self.cancelled.0.store(true, Relaxed);
    }

    /// The request to stop that [`cancel`](Self::cancel) makes.
    pub fn cancelled(&self) -> Cancel {
        self.cancelled.clone()
    }

    /// Asks the reading to end as if the input ended here; `false` where nothing was read so far. What is read
    /// more than once ends at the same place each time.
    pub fn stop(&self) -> bool {
        let read = [self.bytes.load(Relaxed), self.rows.load(Relaxed)];
        if read[1] == 0 {
            return false;
        }
        for (after, read) in self.stop_after.iter().zip(read) {
            after.store(read.max(1), Relaxed);
        }
        true
    }

    /// Asks not to wait for the end of a stream any longer; `false` where nothing has come of it.
    pub fn end_stream(&self) -> bool {
        let some = self.bytes.load(Relaxed) > 0;
        self.received.fetch_or(some, Relaxed);
        some
    }

    /// True while more of a stream is waited for, given the bytes that have come.
    pub fn waits_for_more(&self, bytes: u64) -> bool {
        self.enter(Stage::Receiving);
        self.bytes.store(bytes, Relaxed);
        !self.received.load(Relaxed) && self.check().is_ok()
    }

    /// True once the reading was asked to end.
    pub fn is_stopping(&self) -> bool {
        self.stop_after[1].load(Relaxed) > 0
    }

    /// True where the reading is to end at the byte that is reached. The log is incomplete then.
    pub fn ends_at_byte(&self) -> bool {
        self.ends(0, self.bytes.load(Relaxed))
    }

    /// As [`ends_at_byte`](Self::ends_at_byte), for what is read by rows.
    pub fn ends_at_row(&self) -> bool {
        self.ends(1, self.rows.load(Relaxed))
    }

    fn ends(&self, unit: usize, read: u64) -> bool {
        let after = self.stop_after[unit].load(Relaxed);
        let ends = after > 0 && read >= after;
        if ends {
            self.stopped.store(true, Relaxed);
        }
        ends
    }

    /// True where the reading ended before the input did, because somebody asked for that.
    pub fn was_stopped(&self) -> bool {
        self.stopped.load(Relaxed)
    }

    /// `Err` once the work should stop: to be asked every few thousand rows.
    pub fn check(&self) -> Result<(), Cancelled> {
        if self.cancelled.is_cancelled() {
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
