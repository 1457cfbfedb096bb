//! The thread that answers. Each slot holds one question at most: a newer one replaces it, waiting
//! or running. A panic in a job becomes an answer; dropping the worker stops the thread.
//!
//! A channel or a thread pool cannot replace a question that waits, so a user who types fast would
//! wait for the answers to all earlier versions of a filter.

use super::analysis::Analysis;
use super::query::{Answer, Request};
use super::view::{AskError, View};
use crate::event_log::Cancel;
use crossbeam_channel::Sender;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A request with its address.
#[derive(Debug, Clone)]
pub struct Question {
    /// Who asks: one question of a slot is alive at a time.
    pub slot: u32,
    /// Handed back with the reply.
    pub generation: u64,
    /// View: filters and calendar.
    pub view: Arc<View>,
    /// Query.
    pub request: Request,
}

/// The answer to a question.
#[derive(Debug, Clone)]
pub struct Reply {
    /// As in the question.
    pub slot: u32,
    /// As in the question.
    pub generation: u64,
    /// Time from the start of the query to its answer.
    pub elapsed: Duration,
    /// The answer. A replaced question gets none.
    pub answer: Result<Answer, AskError>,
}

#[derive(Default)]
struct Queue {
    waiting: VecDeque<Question>,
    running: Option<(u32, Cancel)>,
    stopped: bool,
}

#[derive(Default)]
struct Shared {
    queue: Mutex<Queue>,
    changed: Condvar,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        // A job that panics holds no lock; the queue is whole after any panic.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A handle to the answering thread.
pub struct Worker {
    shared: Arc<Shared>,
}

impl Worker {
    /// Starts the thread; replies go to `replies`.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn spawn(analysis: Arc<Analysis>, replies: Sender<Reply>) -> std::io::Result<Worker> {
        let shared = Arc::new(Shared::default());
        let thread = Arc::clone(&shared);
        std::thread::Builder::new()
            .name("engine".into())
            .spawn(move || work(&analysis, &thread, &replies))?;
        Ok(Worker { shared })
    }

    /// Asks. A question of the same slot that waits is replaced; one that runs is cancelled.
    pub fn ask(&self, question: Question) {
        let mut queue = self.shared.lock();
        // Answers of one slot replace each other, so that the running one is wanted no more.
        if let Some((slot, cancel)) = &queue.running
            && *slot == question.slot
        {
            cancel.cancel();
        }
        queue
            .waiting
            .retain(|waiting| waiting.slot != question.slot);
        queue.waiting.push_back(question);
        self.shared.changed.notify_one();
    }

    /// Drops all questions, and stops the one that runs.
    pub fn cancel_all(&self) {
        let mut queue = self.shared.lock();
        queue.waiting.clear();
        if let Some((_, cancel)) = &queue.running {
            cancel.cancel();
        }
    }

    /// Tests whether no query is queued or running.
    pub fn is_idle(&self) -> bool {
        let queue = self.shared.lock();
        queue.waiting.is_empty() && queue.running.is_none()
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.cancel_all();
        self.shared.lock().stopped = true;
        self.shared.changed.notify_one();
    }
}

fn work(analysis: &Analysis, shared: &Shared, replies: &Sender<Reply>) {
    loop {
        let mut queue = shared.lock();
        let question = loop {
            if queue.stopped {
                return;
            }
            if let Some(question) = queue.waiting.pop_front() {
                break question;
            }
            queue = shared
                .changed
                .wait(queue)
                .unwrap_or_else(PoisonError::into_inner);
        };
        let cancel = Cancel::default();
        queue.running = Some((question.slot, cancel.clone()));
        // Not held while the question is answered: others ask meanwhile.
        drop(queue);
        let begun = Instant::now();
        // A defect in one query must not end the thread that answers all others.
        let answer = catch_unwind(AssertUnwindSafe(|| {
            analysis.answer(&question.view, &question.request, &cancel)
        }))
        .unwrap_or_else(|panic| Err(AskError::Internal(message(panic.as_ref()))));
        let reply = Reply {
            slot: question.slot,
            generation: question.generation,
            elapsed: begun.elapsed(),
            answer,
        };
        // The reply goes out before the worker is idle, so that who waits for idleness has it.
        // A cancelled question was replaced, and whoever asked waits for the newer one.
        let gone =
            !matches!(reply.answer, Err(AskError::Cancelled)) && replies.send(reply).is_err();
        shared.lock().running = None;
        if gone {
            return;
        }
    }
}

fn message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|s| (*s).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "panic".into())
}
