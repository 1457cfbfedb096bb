//! Work on threads of its own: jobs beside the explorer, and loads.

use super::{Done, Driver, Job, guarded};
use crate::app::load::{Load, LoadError, Loading, Logs};
use crate::app::work::{Opened, open};
use crate::event_log::Progress;
use crate::formats::LogOptions;
use std::sync::Arc;
use std::thread::JoinHandle;

impl Driver {
    /// Does something on a thread of its own.
    pub(super) fn spawn(
        &mut self,
        job: impl FnOnce(&dyn Logs) -> Job + Send + 'static,
    ) -> Option<JoinHandle<()>> {
        let (jobs, loader) = (self.jobs.0.clone(), Arc::clone(&self.loader));
        let thread = std::thread::Builder::new().name("logs".into());
        // The explorer may be gone when it is done.
        let spawned = thread.spawn(move || drop(jobs.send(Done(job(&**loader)))));
        match spawned {
            Ok(thread) => {
                self.running += 1;
                Some(thread)
            }
            Err(error) => {
                let why = format!("Could not start a thread: {error}");
                self.app.notify_error(why);
                None
            }
        }
    }

    /// A newer inspection replaces an older one.
    pub(super) fn new_look(&mut self) -> Arc<Progress> {
        self.look.cancel();
        self.look = Arc::default();
        Arc::clone(&self.look)
    }

    /// A newer preview replaces an older one.
    pub(super) fn begin_preview(&mut self, log: usize, options: LogOptions) {
        self.preview.cancel();
        let progress = Arc::new(Progress::default());
        self.preview = Arc::clone(&progress);
        self.spawn(move |logs| {
            let preview = guarded(|| logs.preview(log, &options, &progress));
            Job::Preview(log, Box::new(options), preview)
        });
    }

    pub(super) fn begin_load(&mut self) {
        let plan = self.app.plan.clone();
        self.begin(move |loader, progress| open(loader, plan.as_ref(), progress));
    }

    /// Begins to open a log.
    pub(super) fn begin(
        &mut self,
        open: impl FnOnce(&dyn Logs, Arc<Progress>) -> Result<Opened, LoadError> + Send + 'static,
    ) {
        self.load += 1;
        // All of the log is read.
        self.held = None;
        self.app.follow.waiting = 0;
        let progress = Arc::new(Progress::default());
        let (number, jobs, loader) = (self.load, self.jobs.0.clone(), Arc::clone(&self.loader));
        let (of_thread, plan) = (Arc::clone(&progress), self.app.plan.clone());
        self.app.load = Load::Running(Loading {
            progress,
            started: self.app.now,
            plan,
        });
        let thread = std::thread::Builder::new().name("load".into());
        let spawned = thread.spawn(move || {
            let result = guarded(|| open(&**loader, of_thread));
            // The explorer may be gone by now.
            let _ = jobs.send(Done(Job::Load(number, result)));
        });
        if let Err(error) = spawned {
            self.app.failed(LoadError {
                message: format!("Could not start a thread to read the log: {error}"),
                code: 7,
            });
        }
    }
}
