//! The report is written on a thread of its own: its sections ask for figures of the whole log.

use super::{Driver, Job, guarded};
use crate::app::load::Written;
use crate::app::popups;
use crate::input::Action;

impl Driver {
    /// Writes the report, as its sections are now.
    pub(super) fn write_report(&mut self, path: String, replace: bool) {
        let (outline, command) = (self.app.report.clone(), self.app.settings.command.clone());
        self.app.notify(format!("Writing the report to {path:?}"));
        self.spawn(move |logs| {
            let written = guarded(|| logs.write_report(&outline, &command, &path, replace));
            Job::Report(path, written)
        });
    }

    /// The report was written, or a file of that name is there.
    pub(super) fn report_written(&mut self, path: String, written: &Written, note: &str) {
        match written {
            Written::Done if note.is_empty() => {
                self.app.notify(format!("Report written to {path:?}"));
                self.app.settings.report_file = Some(path);
            }
            Written::Done => {
                self.app
                    .notify_error(format!("Report written to {path:?}, but {note}"));
                self.app.settings.report_file = Some(path);
            }
            Written::Exists => {
                let replace = Action::WriteReportTo {
                    path: path.clone(),
                    replace: true,
                };
                popups::ask_to_replace(&mut self.app, &path, Action::WriteReport, replace);
            }
        }
    }
}
