//! Memory that answers may take: work that would not fit is refused before it begins.

use crate::text::megabytes;
use std::fmt;

/// Memory that is free now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FreeMemory {
    /// Bytes that may still be taken.
    pub bytes: u64,
    /// Who allows how much, for messages: "--memory allows 300 MB".
    pub limit: String,
}

/// Work needs more memory than is free.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("about {} of memory are needed, {} are free: {}", megabytes(*needed), megabytes(free.bytes), free.limit)]
pub struct NoMemory {
    /// Bytes, an estimate.
    pub needed: u64,
    /// What is free.
    pub free: FreeMemory,
}

/// Asks how much memory is free; `None` where nothing limits it.
type Ask = dyn Fn() -> Option<FreeMemory> + Send + Sync;

/// The limit of the memory that an analysis may take; by default there is none.
#[derive(Default)]
pub struct MemoryLimit(Option<Box<Ask>>);

impl fmt::Debug for MemoryLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("MemoryLimit")
            .field(&self.0.is_some())
            .finish()
    }
}

impl MemoryLimit {
    /// Needs below this many bytes are not compared with what is free: asking takes 20 microseconds.
    const LEAST: u64 = 16 << 20;

    /// A limit; `free` is asked before each piece of work that needs much.
    pub fn new(free: impl Fn() -> Option<FreeMemory> + Send + Sync + 'static) -> Self {
        MemoryLimit(Some(Box::new(free)))
    }

    /// Refuses work that needs more bytes than are free.
    ///
    /// # Errors
    /// More is needed than is free.
    pub fn reserve(&self, needed: u64) -> Result<(), NoMemory> {
        if needed < Self::LEAST {
            return Ok(());
        }
        match self.0.as_ref().and_then(|free| free()) {
            Some(free) if free.bytes < needed => Err(NoMemory { needed, free }),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Analysis, AskError, Basing, Cancel, LearnQuery, SummaryQuery, View};
    use crate::event_log::Progress;
    use crate::formats::{self, ReadOptions};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

    #[test]
    fn what_is_larger_than_the_free_memory_is_refused() {
        let free = |bytes| {
            let limit = "--memory allows 100 MB".to_owned();
            MemoryLimit::new(move || {
                Some(FreeMemory {
                    bytes,
                    limit: limit.clone(),
                })
            })
        };
        let limit = free(50 << 20);
        assert_eq!(limit.reserve(50 << 20), Ok(()));
        let refused = limit.reserve(60_000_000).unwrap_err();
        let message = "about 60 MB of memory are needed, 52 MB are free: --memory allows 100 MB";
        assert_eq!(refused.to_string(), message);
        // Little is not asked for.
        assert_eq!(free(0).reserve(MemoryLimit::LEAST - 1), Ok(()));
        assert_eq!(MemoryLimit::default().reserve(u64::MAX), Ok(()));
    }

    /// Enough events that learning from them is compared with what is free.
    fn analysis(free: Arc<AtomicU64>) -> Analysis {
        let rows =
            (0..300_000).map(|i| format!("c{},A,2024-01-{:02}\n", i / 500, 1 + i / 500 % 28));
        let text = ["case,activity,time\n".to_owned()].into_iter().chain(rows);
        let text: String = text.collect();
        let progress = Progress::default();
        let read = formats::read(&[text.as_bytes()], &ReadOptions::default(), &progress);
        let (log, report) = read.unwrap();
        let zone = chrono_tz::UTC;
        let analysis = Analysis::new("log.csv".to_owned(), log, report, zone, &progress);
        let limit = "--memory allows 100 MB".to_owned();
        analysis
            .unwrap()
            .with_memory_limit(MemoryLimit::new(move || {
                Some(FreeMemory {
                    bytes: free.load(Relaxed),
                    limit: limit.clone(),
                })
            }))
    }

    #[test]
    fn a_query_that_would_not_fit_is_refused_and_another_is_answered() {
        let free = Arc::new(AtomicU64::new(1 << 20));
        let analysis = analysis(Arc::clone(&free));
        let (view, cancel) = (View::default(), Cancel::never());
        let basing = Basing::default();
        let learn = LearnQuery { basing };
        let refused = analysis.ask(&view, &learn, &cancel).unwrap_err();
        assert!(matches!(refused, AskError::Memory(_)), "{refused}");
        let summary = analysis.ask(&view, &SummaryQuery, &cancel).unwrap();
        assert_eq!(summary.events, 300_000);
        // What was refused is not kept: there may be more later.
        free.store(1 << 30, Relaxed);
        analysis.ask(&view, &learn, &cancel).unwrap();
        // What was learned needs nothing more.
        free.store(1 << 20, Relaxed);
        analysis.ask(&view, &learn, &cancel).unwrap();
    }
}
