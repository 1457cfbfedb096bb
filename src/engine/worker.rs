//! The threads that answer: one for all questions, and one beside it for long work in the background.
//! Each slot holds one question at most: a newer one replaces it, waiting or running. A panic in a job
//! becomes an answer; dropping the worker stops the threads.
//!
//! A channel or a thread pool cannot replace a question that waits, so a user who types fast would
//! wait for the answers to all earlier versions of a filter.

use super::answers::Answers;
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
    running: Option<(Question, Cancel)>,
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

impl Shared {
    fn ask(&self, question: Question) {
        let mut queue = self.lock();
        // Answers of one slot replace each other, so that the running one is wanted no more. Work that is
        // of the log is not begun anew for another selection of cases.
        let is_wanted = |running: &Question| {
            running.request.is_of_log()
                && running.request == question.request
                && running.view.of_log() == question.view.of_log()
        };
        if let Some((running, cancel)) = &queue.running
            && running.slot == question.slot
            && !is_wanted(running)
        {
            cancel.cancel();
        }
        queue
            .waiting
            .retain(|waiting| waiting.slot != question.slot);
        queue.waiting.push_back(question);
        self.changed.notify_one();
    }

    fn cancel_all(&self) {
        let mut queue = self.lock();
        queue.waiting.clear();
        if let Some((_, cancel)) = &queue.running {
            cancel.cancel();
        }
    }

    /// Drops the questions of slots that want no answer, and stops one that runs.
    fn retain(&self, wants: &dyn Fn(u32) -> bool) {
        let mut queue = self.lock();
        queue.waiting.retain(|question| wants(question.slot));
        if let Some((running, cancel)) = &queue.running
            && !wants(running.slot)
        {
            cancel.cancel();
        }
    }

    fn is_ending(&self) -> bool {
        let queue = self.lock();
        let running = queue.running.as_ref();
        running.is_some_and(|(_, cancel)| cancel.is_cancelled())
    }

    fn is_idle(&self) -> bool {
        let queue = self.lock();
        queue.waiting.is_empty() && queue.running.is_none()
    }

    fn stop(&self) {
        self.cancel_all();
        self.lock().stopped = true;
        self.changed.notify_one();
    }
}

/// A handle to the answering threads.
pub struct Worker {
    /// Questions that someone waits for.
    first: Arc<Shared>,
    /// Work in the background.
    behind: Arc<Shared>,
}

impl Worker {
    /// Starts the threads; replies go to `replies`.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn spawn<L: Answers + ?Sized + 'static>(
        log: Arc<L>,
        replies: Sender<Reply>,
    ) -> std::io::Result<Worker> {
        // Dropped where the second thread does not start, so that the first one ends.
        let worker = Worker {
            first: Arc::default(),
            behind: Arc::default(),
        };
        let behind = (Arc::clone(&worker.behind), Arc::clone(&log));
        let (shared, others) = (Arc::clone(&worker.first), replies.clone());
        std::thread::Builder::new()
            .name("engine".into())
            .spawn(move || work(&*log, &shared, &replies))?;
        std::thread::Builder::new()
            .name("learn".into())
            .spawn(move || work(&*behind.1, &behind.0, &others))?;
        Ok(worker)
    }

    /// Asks. A question of the same slot that waits is replaced; one that runs is cancelled.
    pub fn ask(&self, question: Question) {
        let in_background = question.request.is_in_background();
        let shared = if in_background {
            &self.behind
        } else {
            &self.first
        };
        shared.ask(question);
    }

    /// Drops all questions, and stops those that run.
    pub fn cancel_all(&self) {
        self.first.cancel_all();
        self.behind.cancel_all();
    }

    /// Drops the questions of slots that want no answer, and stops those that run.
    pub fn retain(&self, wants: impl Fn(u32) -> bool) {
        self.first.retain(&wants);
        self.behind.retain(&wants);
    }

    /// Tests whether a query still runs that is not wanted any more: questions that came later wait for its end.
    pub fn is_ending(&self) -> bool {
        let mut both = [&self.first, &self.behind].into_iter();
        both.any(|shared| shared.is_ending())
    }

    /// Tests whether no query is queued or running.
    pub fn is_idle(&self) -> bool {
        let mut both = [&self.first, &self.behind].into_iter();
        both.all(|shared| shared.is_idle())
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.first.stop();
        self.behind.stop();
    }
}

fn work<L: Answers + ?Sized>(log: &L, shared: &Shared, replies: &Sender<Reply>) {
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
        queue.running = Some((question.clone(), cancel.clone()));
        // Not held while the question is answered: others ask meanwhile.
        drop(queue);
        let begun = Instant::now();
        // A defect in one query must not end the thread that answers all others.
        let answer = catch_unwind(AssertUnwindSafe(|| {
            Answers::answer(log, &question.view, &question.request, &cancel)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::analysis::Analysis;
    use crate::engine::query::{Context, Query};
    use crate::event_log::Progress;
    use crate::formats::ImportReport;
    use crossbeam_channel::{Receiver, unbounded};
    use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

    /// Work that ends when it is let go, or cancelled.
    #[derive(Debug, Clone)]
    struct Long(Receiver<()>, Arc<AtomicU32>);

    impl PartialEq for Long {
        fn eq(&self, other: &Self) -> bool {
            Arc::ptr_eq(&self.1, &other.1)
        }
    }

    impl Query for Long {
        type Answer = u32;
        const IN_BACKGROUND: bool = true;
        const IS_OF_LOG: bool = true;

        fn run(&self, context: &Context<'_>) -> Result<u32, AskError> {
            let begun = self.1.fetch_add(1, SeqCst) + 1;
            while self.0.recv_timeout(Duration::from_millis(1)).is_err() {
                context.cancel.check()?;
            }
            Ok(begun)
        }
    }

    /// The same of the selected cases.
    #[derive(Debug, Clone, PartialEq)]
    struct OfCases(Long);

    impl Query for OfCases {
        type Answer = u32;
        const IN_BACKGROUND: bool = true;

        fn run(&self, context: &Context<'_>) -> Result<u32, AskError> {
            self.0.run(context)
        }
    }

    #[derive(Debug, Clone, PartialEq)]
    struct Short;

    impl Query for Short {
        type Answer = ();

        fn run(&self, _: &Context<'_>) -> Result<(), AskError> {
            Ok(())
        }
    }

    fn question(slot: u32, generation: u64, view: &View, request: Request) -> Question {
        Question {
            slot,
            generation,
            view: Arc::new(view.clone()),
            request,
        }
    }

    fn worker() -> (Worker, Receiver<Reply>) {
        let log = crate::test_support::log("1: a b; 2: a");
        let (report, zone) = (ImportReport::default(), chrono_tz::UTC);
        let analysis =
            Analysis::new("log".to_owned(), log, report, zone, &Progress::default()).unwrap();
        let (replies, answers) = unbounded();
        let worker = Worker::spawn(Arc::new(analysis), replies).unwrap();
        (worker, answers)
    }

    #[test]
    fn work_in_the_background_holds_nobody_up_and_survives_other_views() {
        let (worker, answers) = worker();
        let (free, wait) = unbounded();
        let begun = Arc::new(AtomicU32::new(0));
        let long = || Request::new(Long(wait.clone(), Arc::clone(&begun)));
        worker.ask(question(8, 1, &View::default(), long()));
        while begun.load(SeqCst) == 0 {
            std::thread::yield_now();
        }
        worker.ask(question(1, 2, &View::default(), Request::new(Short)));
        assert_eq!(answers.recv().unwrap().slot, 1, "not behind the long work");
        // The same work for another view waits for the one that runs, and is not a reason to stop it.
        let other = View {
            filters: vec!["events > 1".to_owned()],
            ..View::default()
        };
        worker.ask(question(8, 3, &other, long()));
        free.send(()).unwrap();
        let first = answers.recv().unwrap();
        assert_eq!((first.generation, first.answer.is_ok()), (1, true));
        free.send(()).unwrap();
        let second = answers.recv().unwrap();
        assert_eq!((second.generation, second.answer.is_ok()), (3, true));
        assert_eq!(begun.load(SeqCst), 2);
    }

    /// Asks for work in the background, then for the same of another view: the first is cancelled.
    fn is_begun_anew(other: View, of: impl Fn(Long) -> Request) {
        let (worker, answers) = worker();
        let (free, wait) = unbounded();
        let begun = Arc::new(AtomicU32::new(0));
        let long = || of(Long(wait.clone(), Arc::clone(&begun)));
        for (generation, view) in [(1, View::default()), (2, other)] {
            worker.ask(question(8, generation, &view, long()));
            while u64::from(begun.load(SeqCst)) < generation {
                std::thread::yield_now();
            }
        }
        free.send(()).unwrap();
        let first = answers.recv().unwrap();
        assert_eq!((first.generation, first.answer.is_ok()), (2, true));
    }

    #[test]
    fn work_in_the_background_of_other_cases_is_cancelled() {
        let other = View {
            filters: vec!["events > 1".to_owned()],
            ..View::default()
        };
        is_begun_anew(other, |long| Request::new(OfCases(long)));
    }

    #[test]
    fn work_in_the_background_for_another_log_is_cancelled() {
        let other = View {
            events: vec!["activity != \"Z\"".to_owned()],
            ..View::default()
        };
        is_begun_anew(other, Request::new);
    }

    #[test]
    fn work_in_the_background_is_cancelled_with_everything_else() {
        let (worker, answers) = worker();
        let (free, wait) = unbounded();
        let begun = Arc::new(AtomicU32::new(0));
        let long = Request::new(Long(wait, Arc::clone(&begun)));
        worker.ask(question(8, 1, &View::default(), long));
        while begun.load(SeqCst) == 0 {
            std::thread::yield_now();
        }
        worker.cancel_all();
        while !worker.is_idle() {
            std::thread::yield_now();
        }
        assert!(answers.is_empty());
        drop(free);
    }
}
