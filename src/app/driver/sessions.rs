//! The session while the explorer runs: when it begins, is kept and is saved.

use super::{Driver, Event, Job, guarded};
use crate::app::keeper::Keeper;
use crate::app::load::Written;
use crate::app::popups;
use crate::input::Action;
use std::sync::Arc;
use std::time::Instant;

impl Driver {
    /// Keeps the session of a program that something else than the user ends.
    pub fn keeper(&self) -> Arc<Keeper> {
        Arc::clone(&self.keeper)
    }

    /// Begins with the session of the command line, or of the last start, now that the log is there.
    pub(super) fn begin_session(&mut self) {
        self.app.begin_session();
        // Keys that were pressed before have changed nothing.
        self.is_touched = false;
        self.take_as_kept();
    }

    /// The session as it is now needs not be kept.
    fn take_as_kept(&self) {
        if !self.app.settings.keeps_session || self.app.log.is_none() {
            return;
        }
        let last = self.app.settings.last_session.as_ref();
        let is_open = last.is_some_and(|last| last.resumes && last.is_interrupted);
        self.keeper.begin(self.app.session(), is_open);
    }

    /// Before the first key the cursor is where the first answers put it, which is no change.
    pub(super) fn begin_to_keep(&mut self, event: &Event) {
        if !self.is_touched && !matches!(event, Event::Resize(..)) {
            self.is_touched = true;
            self.take_as_kept();
        }
    }

    /// Hands the session on to whoever ends the program, and keeps it when that is due.
    pub(super) fn keep_session(&mut self, now: Instant) {
        if !self.is_touched || !self.app.settings.keeps_session {
            return;
        }
        self.set_session(now);
        if self.keeper.is_due(now) {
            let keeper = self.keeper();
            self.spawn(move |_| Job::Keep(guarded(|| keeper.keep(false))));
        }
    }

    /// Takes what is looked at as the session; a slice leaves that of the whole log.
    fn set_session(&self, now: Instant) {
        if self.whole.is_none() {
            self.keeper.set(self.app.session(), now);
        }
    }

    /// Keeps the session of a user who leaves.
    pub(super) fn leave_session(&mut self) {
        if !self.app.settings.keeps_session {
            return;
        }
        self.set_session(self.app.now);
        if let Err(error) = self.keeper.keep(true) {
            self.app.notify_error(error.message);
        }
    }

    /// The session was saved, or a file of that name is there.
    pub(super) fn session_saved(&mut self, path: String, written: &Written) {
        match written {
            Written::Done => {
                self.app.notify(format!("Session saved to {path:?}"));
                self.app.settings.session_file = Some(path);
            }
            Written::Exists => {
                let replace = Action::SaveSessionTo {
                    path: path.clone(),
                    replace: true,
                };
                popups::ask_to_replace(&mut self.app, &path, Action::SaveSession, replace);
            }
        }
    }
}
