//! Reports and rows are written on a thread of their own: they ask for figures of the whole log.

use super::{Driver, Job, guarded};
use crate::app::load::{Exported, Written};
use crate::app::outline::Section;
use crate::app::popups;
use crate::engine::View;
use crate::input::Action;
use crate::text::counted;

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

    /// Writes all rows of a report to a file.
    pub(super) fn export(&mut self, of: Section, view: Box<View>, path: String, replace: bool) {
        self.spawn(move |logs| {
            let written = guarded(|| logs.export(&of, &view, &path, replace));
            Job::Export(path, written)
        });
    }

    /// The rows were written, or a file of that name is there.
    pub(super) fn exported(&mut self, path: &str, written: &Written, exported: &Exported) {
        match written {
            Written::Done => {
                let rows = counted(exported.rows, "row", "rows");
                let note = match exported.note.as_str() {
                    "" => String::new(),
                    note => format!("; {note}"),
                };
                self.app.notify(format!("{rows} written to {path:?}{note}"));
            }
            Written::Exists => {
                let replace = Action::ExportTo {
                    path: path.to_owned(),
                    replace: true,
                };
                popups::ask_to_replace(&mut self.app, path, Action::Export, replace);
            }
        }
    }
}
