//! The explorer as a machine without a terminal: events in, effects for the terminal out. Owns the
//! worker and the thread that loads; the terminal's loop and the tests drive it alike.

use super::effect::Effect;
use super::load::{Load, LoadError, Loader, Loading, Settings};
use super::model::App;
use super::news::Severity;
use super::{answers, update};
use crate::engine::{Analysis, Reply, Worker};
use crate::event_log::Progress;
use crate::input::Chord;
use crate::panes::PaneSpec;
use crossbeam_channel::{Receiver, Sender, unbounded};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What happens to the explorer from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A key.
    Key(Chord),
    /// Pasted text.
    Paste(String),
    /// The screen has this many columns and rows now.
    Resize(u16, u16),
}

/// A load that ended: its number, and the log.
pub type Loaded = (u64, Result<Arc<Analysis>, LoadError>);

/// How often the progress of a load is drawn.
const PROGRESS_EVERY: Duration = Duration::from_millis(100);

/// The state with all that works for it.
pub struct Driver {
    /// The state.
    pub app: App,
    loader: Arc<Loader>,
    worker: Option<Worker>,
    replies: (Sender<Reply>, Receiver<Reply>),
    loads: (Sender<Loaded>, Receiver<Loaded>),
    /// Number of the newest load.
    load: u64,
    progress_at: Option<Instant>,
    /// For the terminal.
    effects: Vec<Effect>,
    dirty: bool,
}

impl Driver {
    /// An explorer that begins to load at once.
    pub fn new(settings: Settings, panes: &[&PaneSpec], loader: Loader, now: Instant) -> Self {
        let mut driver = Driver {
            app: App::new(settings, panes, now),
            loader: Arc::new(loader),
            worker: None,
            replies: unbounded(),
            loads: unbounded(),
            load: 0,
            progress_at: None,
            effects: Vec::new(),
            dirty: true,
        };
        driver.begin_load();
        driver
    }

    /// Takes an event.
    pub fn handle(&mut self, event: Event, now: Instant) {
        self.app.now = now;
        self.dirty = true;
        let effects = match event {
            Event::Key(chord) => update::key(&mut self.app, chord),
            Event::Paste(text) => update::paste(&mut self.app, &text),
            Event::Resize(width, height) => {
                self.app.screen.width = width;
                self.app.screen.height = height;
                Vec::new()
            }
        };
        self.run(effects);
    }

    /// Takes an answer of the worker.
    pub fn reply(&mut self, reply: Reply, now: Instant) {
        self.app.now = now;
        let question = (reply.slot, reply.generation);
        let (changed, effects) =
            answers::receive(&mut self.app, question, reply.elapsed, reply.answer);
        self.dirty |= changed;
        self.run(effects);
    }

    /// Takes the end of a load; that of a load that was cancelled or replaced is dropped.
    pub fn loaded(&mut self, (number, result): Loaded, now: Instant) {
        self.app.now = now;
        if number != self.load || !matches!(self.app.load, Load::Running(_)) {
            return;
        }
        self.dirty = true;
        self.progress_at = None;
        let opened = result.and_then(|analysis| {
            let replies = self.replies.0.clone();
            let worker = Worker::spawn(Arc::clone(&analysis), replies);
            worker
                .map(|worker| (worker, analysis))
                .map_err(|error| LoadError {
                    message: format!("No thread for the engine: {error}"),
                    code: 7,
                })
        });
        match opened {
            Ok((worker, analysis)) => {
                self.worker = Some(worker);
                self.app.opened(Arc::new(analysis.info().clone()));
            }
            Err(error) => self.app.failed(error),
        }
    }

    /// After a batch of events: what time alone changes, then the questions that the screen asks.
    pub fn settle(&mut self, now: Instant) {
        self.dirty |= self.deadline().is_some_and(|at| at <= now);
        self.app.now = now;
        self.app.news.expire(now);
        if matches!(self.app.load, Load::Running(_)) {
            if self.progress_at.is_none_or(|at| at <= now) {
                self.progress_at = Some(now + PROGRESS_EVERY);
            }
        } else {
            self.progress_at = None;
        }
        let questions = answers::questions(&mut self.app);
        if let Some(worker) = &self.worker {
            for question in questions {
                worker.ask(question);
            }
        }
    }

    /// When [`Driver::settle`] has something to do at the latest, without any event.
    pub fn deadline(&self) -> Option<Instant> {
        let of_app = answers::deadline(&self.app);
        of_app.into_iter().chain(self.progress_at).min()
    }

    /// Whether nothing is on its way: no load, no question, no check that waits for typing to rest.
    pub fn is_idle(&self) -> bool {
        let resting = self
            .app
            .prompt
            .as_ref()
            .is_some_and(|p| p.check_at.is_some());
        !matches!(self.app.load, Load::Running(_)) && !self.app.asks.is_waiting() && !resting
    }

    /// Whether the screen is to be drawn; asked once per frame.
    pub fn take_dirty(&mut self) -> bool {
        std::mem::take(&mut self.dirty)
    }

    /// Whether the screen is to be drawn.
    pub fn is_dirty(&self) -> bool {
        self.dirty
    }

    /// What the terminal is to do.
    pub fn take_effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    /// Answers of the worker arrive here.
    pub fn replies(&self) -> &Receiver<Reply> {
        &self.replies.1
    }

    /// Ends of loads arrive here.
    pub fn loads(&self) -> &Receiver<Loaded> {
        &self.loads.1
    }

    /// Tells the user what became of an effect.
    pub fn tell(&mut self, severity: Severity, text: impl Into<String>, now: Instant) {
        self.app.news.tell(now, severity, text);
        self.dirty = true;
    }

    fn run(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Cancel => {
                    if let Some(worker) = &self.worker {
                        worker.cancel_all();
                    }
                }
                Effect::Load => self.begin_load(),
                other => self.effects.push(other),
            }
        }
    }

    fn begin_load(&mut self) {
        self.load += 1;
        let progress = Arc::new(Progress::default());
        let (number, loads, loader) = (self.load, self.loads.0.clone(), Arc::clone(&self.loader));
        let of_thread = Arc::clone(&progress);
        let thread = std::thread::Builder::new()
            .name("load".into())
            .spawn(move || {
                let result = catch_unwind(AssertUnwindSafe(|| loader(of_thread)));
                let result = result.unwrap_or_else(|panic| Err(defect(panic.as_ref())));
                // The explorer may be gone by now.
                let _ = loads.send((number, result));
            });
        match thread {
            Ok(_) => {
                self.app.load = Load::Running(Loading {
                    progress,
                    started: self.app.now,
                });
            }
            Err(error) => self.app.failed(LoadError {
                message: format!("No thread to read the log: {error}"),
                code: 7,
            }),
        }
    }
}

/// A panic while loading, as a message.
fn defect(panic: &(dyn std::any::Any + Send)) -> LoadError {
    let text = panic
        .downcast_ref::<&str>()
        .map(ToString::to_string)
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_default();
    LoadError {
        message: format!("Internal error while reading the log: {text}"),
        code: 3,
    }
}
