//! Effects of an update outside the state, carried out by the driver or the terminal.

use super::outline::Section;
use crate::engine::{NoteChange, View};
use crate::formats::{Inspection, LogOptions, ReadPlan};

/// Something to be done that is not a change of state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Stop all questions that are being answered, and a look at the columns.
    Cancel,
    /// Read the log (again).
    Load,
    /// Read the log again with pseudonyms, or without.
    Redact,
    /// Count what the filters leave of a log in an engine.
    MeasureSlice,
    /// Fetch what they leave, and open it; `true` to fetch it again where it was fetched before.
    FetchSlice(bool),
    /// Go back to the whole log in the engine.
    LeaveSlice,
    /// Begin to follow the log, pause, or go on.
    Follow,
    /// Look at all logs, and show their columns.
    Inspect,
    /// Look at the log of that position anew.
    Look {
        /// Which of the logs.
        log: usize,
        /// Options for reading.
        options: Box<LogOptions>,
    },
    /// Forget the mapping that was remembered for logs that look like this.
    Forget(Box<Inspection>),
    /// Write the mapping of all logs to a file.
    Write {
        /// As far as the user chose it.
        plan: Option<ReadPlan>,
        /// Activities that end a case, where they were chosen.
        ends: Option<Vec<String>>,
        /// The file.
        path: String,
        /// True if an existing file may be replaced.
        replace: bool,
    },
    /// Write the session to a file.
    SaveSession {
        /// The file.
        path: String,
        /// True if an existing file may be replaced.
        replace: bool,
    },
    /// Write changes of tags and notes, and say that it is done.
    Note {
        /// The changes; the time is set when they are written, but for notes that are withdrawn.
        changes: Vec<NoteChange>,
        /// Message.
        done: String,
    },
    /// Write the report to a file, in the format of its name.
    WriteReport {
        /// The file.
        path: String,
        /// True if an existing file may be replaced.
        replace: bool,
    },
    /// Write all rows of a report on a view to a file, in the format of its name.
    Export {
        /// The report with its own options.
        section: Section,
        /// The view.
        view: Box<View>,
        /// The file.
        path: String,
        /// True if an existing file may be replaced.
        replace: bool,
    },
    /// Add the milestones and classes of waits in force to the rules file of that path.
    WriteDefinitions(String),
    /// Read the model of that path, and compare cases with it.
    ReadModel(String),
    /// Put a text on the clipboard.
    Copy {
        /// The text; hidden characters but tabs and line ends are escapes.
        text: String,
        /// Noun for the message: "row", "command".
        what: &'static str,
    },
    /// Ring the bell.
    Bell,
    /// Draw every cell of the screen again.
    Redraw,
    /// Take the mouse, or leave it to the terminal.
    Mouse(bool),
    /// Stop and give the terminal to the shell.
    Suspend,
    /// Leave with this exit code.
    Quit(u8),
}
