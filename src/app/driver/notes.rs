//! Tags and notes that are written while the explorer runs, and the visit that it ends with.

use super::{Driver, Job, guarded};
use crate::app::load::{LoadError, Visit};
use crate::engine::{Analysis, CaseCount, LogInfo, NoteChange, Notes, Remark, SinceVisit};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{SystemTime, UNIX_EPOCH};

/// The time by the clock of the machine, microseconds since 1970-01-01T00:00Z.
fn clock() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
    })
}

impl Driver {
    /// Takes changes that are to be written: of cases that the log has. A mark may be of another one.
    pub(super) fn note(&mut self, mut changes: Vec<NoteChange>, done: String) {
        let analysis = self.analysis.as_ref();
        changes.retain(|change| analysis.is_some_and(|log| log.has_case(&change.case)));
        if changes.is_empty() {
            self.app.notify_error("The log has no such case");
            return;
        }
        self.to_note.push_back((changes, done));
        self.write_notes();
    }

    /// Writes changes that wait, unless others are being written: the state after the last ones counts.
    fn write_notes(&mut self) {
        if self.noting.is_some() {
            return;
        }
        let Some((mut changes, done)) = self.to_note.pop_front() else {
            return;
        };
        let now = clock();
        for change in &mut changes {
            let withdraws = matches!(change.remark, Remark::Note(_)) && !change.set;
            if !withdraws {
                change.time = self.app.notes.time_of_change(&change.case, now);
            }
            change.who.clone_from(&self.app.settings.author);
        }
        self.noting = self.spawn(move |logs| Job::Notes(done, guarded(|| logs.note(&changes))));
    }

    /// Changes were written; all that now holds is shown.
    pub(super) fn notes_written(&mut self, done: String, notes: Result<Arc<Notes>, LoadError>) {
        self.noting = None;
        match notes {
            Ok(notes) => {
                if let Some(analysis) = &self.analysis {
                    analysis.set_notes(Arc::clone(&notes));
                }
                self.app.notes = notes;
                self.app.queries.ask_again();
                self.app.notify(done);
            }
            Err(error) => self.app.notify_error(error.message),
        }
        self.write_notes();
    }

    /// Takes the tags and notes of a log that was read.
    pub(super) fn take_notes(&mut self, analysis: &Arc<Analysis>) {
        self.analysis = Some(Arc::clone(analysis));
        self.app.notes = analysis.notes();
        if let Some(fault) = self.loader.fault_of_notes() {
            self.app.notify_error(fault);
        }
    }

    /// Writes all that is to be written before the program ends.
    pub(super) fn leave_notes(&mut self) {
        while self.noting.is_some() || !self.to_note.is_empty() {
            // A panic of the thread was caught and became a message.
            drop(self.noting.take().map(JoinHandle::join));
            self.write_notes();
            if self.noting.is_none() && !self.to_note.is_empty() {
                // No thread could be started, which was said.
                return;
            }
        }
    }

    /// Keeps the visit of a user who leaves.
    pub(super) fn leave_visit(&mut self) {
        // The last event of a log whose times are shifted is another one at the next visit.
        let log = self.app.log.as_ref().filter(|log| !log.shifted);
        let span = log.and_then(|log| log.span);
        let Some((_, last_event)) = span.filter(|_| self.app.settings.keeps_session) else {
            return;
        };
        let visit = Visit {
            left: clock(),
            last_event,
        };
        if let Err(error) = self.loader.keep_visit(visit) {
            self.app.notify_error(error.message);
        }
    }

    /// What is known of a log, with the cases that changed since the last visit.
    pub(super) fn info_of(&self, analysis: &Analysis) -> Arc<LogInfo> {
        let info = analysis.info();
        let visit = self.app.settings.last_visit.filter(|_| !info.shifted);
        let since = visit.and_then(|visit| analysis.since(visit.left, visit.last_event));
        let is_shown = |since: &SinceVisit| {
            matches!(
                CaseCount::of(since.cases, info.least),
                CaseCount::Exactly(_)
            )
        };
        Arc::new(self.as_slice(LogInfo {
            since: since.filter(is_shown),
            ..info.clone()
        }))
    }
}
