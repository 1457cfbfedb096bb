//! How the explorer is started, and how far the load of the log is.

use crate::engine::Analysis;
use crate::event_log::Progress;
use crate::input::Keymap;
use std::sync::Arc;
use std::time::Instant;

/// What the command line tells the explorer.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// What was opened, as shown to the user before the log has told its name.
    pub name: String,
    /// The program, then the logs and the options that say how to read them: the pieces from which
    /// the command that prints a view is made.
    pub command: Vec<String>,
    /// Filters of cases to start with.
    pub filters: Vec<String>,
    /// Conditions on events to start with.
    pub events: Vec<String>,
    /// The keys.
    pub keys: Keymap,
    /// Copy keys do nothing but say so.
    pub no_clipboard: bool,
}

/// Why there is no log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct LoadError {
    /// What went wrong and what to do; may have several lines.
    pub message: String,
    /// The exit code of the program, if the user leaves now.
    pub code: u8,
}

/// Reads the log and builds the index. Called again when the user asks for a reload; what can be
/// read only once (standard input) is then an error that says so.
pub type Loader = Box<dyn Fn(Arc<Progress>) -> Result<Arc<Analysis>, LoadError> + Send + Sync>;

/// A load that is going on.
#[derive(Debug, Clone)]
pub struct Loading {
    /// Told by the one who reads.
    pub progress: Arc<Progress>,
    /// When it began.
    pub started: Instant,
}

/// Whether the log is being read.
#[derive(Debug, Clone)]
pub enum Load {
    /// It is not.
    Idle,
    /// It is.
    Running(Loading),
    /// It was, and failed or was cancelled.
    Failed(LoadError),
}
