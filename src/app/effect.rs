//! What an update asks of the world outside the state: the driver or the terminal does it.

use crate::formats::{Inspection, LogOptions, ReadPlan};

/// Something to be done that is not a change of state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Stop all questions that are being answered.
    Cancel,
    /// Read the log (again).
    Load,
    /// Look at all logs, and show their columns.
    Inspect,
    /// Look at the log of that position anew.
    Look {
        /// Which of the logs.
        log: usize,
        /// How it is read.
        options: Box<LogOptions>,
    },
    /// Forget the mapping that was remembered for logs that look like this.
    Forget(Box<Inspection>),
    /// Write the mapping of all logs to a file.
    Write {
        /// As far as the user chose it.
        plan: Option<ReadPlan>,
        /// The file.
        path: String,
        /// Whether a file of that name may be replaced.
        replace: bool,
    },
    /// Put a text on the clipboard.
    Copy {
        /// The text, as it is in the log.
        text: String,
        /// What it is, for the message: "row", "command".
        what: &'static str,
    },
    /// Draw every cell of the screen again.
    Redraw,
    /// Stop and give the terminal to the shell.
    Suspend,
    /// Leave with this exit code.
    Quit(u8),
}
