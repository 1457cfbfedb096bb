//! What an update asks of the world outside the state: the driver or the terminal does it.

/// Something to be done that is not a change of state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Stop all questions that are being answered.
    Cancel,
    /// Read the log (again).
    Load,
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
