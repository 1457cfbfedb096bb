//! A log in an engine: its worker, what begins anew when it is opened, and its slice, which takes its place until
//! one goes back.

use super::{Driver, Job, LoadError, Opened, Worker, guarded};
use crate::app::filters::FilterStack;
use crate::app::load::{ColumnsFrom, Inspected, Slice};
use crate::app::slice::WholeLog;
use crate::engine::{Analysis, Answers, LogInfo, LogPlace, Notes};
use crate::formats::ReadPlan;
use std::sync::Arc;

impl Driver {
    /// Starts the threads that answer about a log; `false` where there are none, which is said.
    pub(super) fn start_worker<L: Answers + ?Sized + 'static>(&mut self, log: Arc<L>) -> bool {
        match Worker::spawn(log, self.replies.0.clone()) {
            Ok(worker) => {
                self.worker = Some(worker);
                true
            }
            Err(error) => {
                self.app.failed(LoadError {
                    message: format!("Could not start the engine thread: {error}"),
                    code: 7,
                });
                false
            }
        }
    }

    /// A log in an engine was opened.
    pub(super) fn engine_opened(
        &mut self,
        log: &Arc<dyn Answers>,
        plan: Option<ReadPlan>,
        inspected: Option<Inspected>,
    ) {
        let is_first = self.app.log.is_none();
        self.take_plan(plan, inspected.as_ref());
        self.take_ends(inspected.as_ref(), log.info());
        self.take_columns(inspected.as_ref(), log.info());
        self.choices = self.present_choices();
        if !self.show_engine(Arc::clone(log)) {
            return;
        }
        if is_first {
            self.begin_session();
        }
        self.keep_confirmed(inspected);
    }

    /// Puts a log in an engine on the screen; `false` where its thread cannot be started.
    fn show_engine(&mut self, log: Arc<dyn Answers>) -> bool {
        if !self.start_worker(Arc::clone(&log)) {
            return false;
        }
        // What belongs to a log that was read.
        (self.analysis, self.redacted) = (None, None);
        self.app.notes = Arc::new(Notes::default());
        self.app.follow.restart();
        self.app.opened(Arc::new(log.info().clone()));
        self.engine = Some(log);
        true
    }

    /// Counts what the filters leave.
    pub(super) fn measure_slice(&mut self) {
        let (view, progress) = (Arc::clone(&self.app.queries.view), self.new_look());
        self.spawn(move |logs| Job::Slice(guarded(|| logs.measure(&view, &progress))));
    }

    /// Fetches what the filters leave, and opens it.
    pub(super) fn fetch_slice(&mut self, anew: bool) {
        let view = Arc::clone(&self.app.queries.view);
        self.begin(move |logs, progress| {
            let slice = logs.slice(&view, anew, &progress)?;
            let analysis = slice.loader.load(None, progress)?;
            Ok(Opened::Slice(slice, analysis))
        });
    }

    /// A slice was fetched and read.
    pub(super) fn slice_opened(&mut self, slice: Slice, analysis: &Arc<Analysis>) {
        if !self.start_worker(Arc::clone(analysis)) {
            return;
        }
        let name = self.app.log.as_ref().map(|log| log.name.clone());
        let command = std::mem::replace(&mut self.app.settings.command, slice.command);
        self.whole = Some(WholeLog {
            loader: std::mem::replace(&mut self.loader, Arc::new(slice.loader)),
            view: self.app.snapshot(),
            command,
            name: name.unwrap_or_default(),
            plan: self.app.plan.take(),
            inspected: self.app.inspected.take(),
            columns_from: self.app.columns_from,
        });
        // Filters of the whole mean something else here, and so do steps back to them.
        self.app.filters = FilterStack::default();
        self.app.forget_past();
        self.app.columns_from = ColumnsFrom::User;
        self.app.follow.restart();
        self.app.opened(self.info_of(analysis));
        self.take_notes(analysis);
        self.spawn(|logs| Job::Index(guarded(|| logs.keep())));
        let key = self.app.keys().fill("{slice}");
        self.app.notify(format!(
            "This is what the filters leave; {key} goes back to the whole"
        ));
    }

    /// Goes back to the whole log, where one was.
    pub(super) fn leave_slice(&mut self) {
        let (Some(whole), Some(log)) = (self.whole.take(), self.engine.clone()) else {
            return;
        };
        self.loader = whole.loader;
        self.app.settings.command = whole.command;
        self.app.plan = whole.plan;
        self.app.inspected = whole.inspected;
        self.app.columns_from = whole.columns_from;
        self.app.forget_past();
        self.show_engine(log);
        self.app.restore(&whole.view);
    }

    /// Facts of a log that was read, where it is a slice.
    pub(super) fn as_slice(&self, info: LogInfo) -> LogInfo {
        match &self.whole {
            None => info,
            Some(whole) => LogInfo {
                name: whole.name.clone(),
                place: LogPlace::Slice,
                ..info
            },
        }
    }
}
