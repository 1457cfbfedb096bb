//! Settings of the explorer, the interface for reading logs, and the state of the load.

use super::follow::Update;
use super::history::{LastSession, Session};
use super::outline::{Outline, Section};
use crate::engine::{Analysis, Answers, NamedModel, NoteChange, Notes, View};
use crate::event_log::Progress;
use crate::filter::NamedFilters;
use crate::formats::{Inspection, LogOptions, Preview, ReadPlan};
use crate::input::{ColumnChoice, Keymap};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

/// Settings from the command line.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Name shown until the log is read.
    pub name: String,
    /// The program, then the logs and the options that say how to read them: the pieces from which
    /// the command that prints a view is made.
    pub command: Vec<String>,
    /// Initial view.
    pub view: View,
    /// Path of the rules file.
    pub rules: Option<String>,
    /// The keys.
    pub keys: Keymap,
    /// Columns of lists by the ids of their panes, for logs for which none were chosen: texts of
    /// [`ColumnChoice`](crate::input::ColumnChoice).
    pub columns: BTreeMap<String, Vec<String>>,
    /// Copy keys do nothing but say so.
    pub no_clipboard: bool,
    /// Lists in place of pictures, until a key asks for one.
    pub plain: bool,
    /// The mouse is taken from the start.
    pub mouse: bool,
    /// Named filters for the filter line and the palette.
    pub named_filters: NamedFilters,
    /// The session of the command line, or that of the last start.
    pub last_session: Option<LastSession>,
    /// The file that sessions are proposed to be saved to.
    pub session_file: Option<String>,
    /// The file that the report is proposed to be written to.
    pub report_file: Option<String>,
    /// True if the session is kept for the next start.
    pub keeps_session: bool,
    /// The file of tags and notes; `None` where there is none.
    pub notes: Option<String>,
    /// Name that is written with tags and notes.
    pub author: Option<String>,
    /// The last visit of the log, where one is known.
    pub last_visit: Option<Visit>,
    /// The bell rings when an alert begins to fire.
    pub bell: bool,
    /// True if the logs are followed from the start.
    pub follow: bool,
}

/// A visit of a log: what was there when the explorer was left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Visit {
    /// When that was, microseconds since 1970-01-01T00:00Z.
    pub left: i64,
    /// The last event of the log, microseconds since 1970-01-01T00:00Z.
    pub last_event: i64,
}

impl Settings {
    /// Columns of the list of a pane: those that were chosen, else those of the configuration; the usual ones
    /// if there are none.
    pub(super) fn columns_of(&self, id: &str, chosen: Option<&Vec<String>>) -> Vec<ColumnChoice> {
        let texts = chosen.or(self.columns.get(id)).into_iter().flatten();
        texts.map(|text| ColumnChoice::from_text(text)).collect()
    }
}

/// Why there is no log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct LoadError {
    /// Error and remedy; may have several lines.
    pub message: String,
    /// The exit code of the program, if the user leaves now.
    pub code: u8,
}

/// The logs as they were looked at, and how they would be read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Inspected {
    /// Read options, one entry per log.
    pub plan: ReadPlan,
    /// Inspection of each log, or the reason for its failure.
    pub looks: Vec<Result<Inspection, LoadError>>,
    /// Which of them are read as was once confirmed for columns of these names.
    pub remembered: Vec<bool>,
    /// Choices that were once made for columns of these names.
    pub choices: Choices,
}

/// What the user chose for a log besides its mapping, to be kept for logs with columns of these names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choices {
    /// Activities that end a case, where they were chosen.
    pub ends: Option<Vec<String>>,
    /// Milestones that were defined, as [`View::milestones`] has them.
    pub milestones: Vec<String>,
    /// Classes of waits that were chosen, as [`View::waits`] has them.
    pub waits: Vec<String>,
    /// Columns of lists by the ids of their panes, as texts of
    /// [`ColumnChoice`](crate::input::ColumnChoice).
    pub columns: BTreeMap<String, Vec<String>>,
}

impl Inspected {
    /// Returns true if the user has to choose columns before the logs are read.
    pub fn is_doubtful(&self) -> bool {
        self.looks.iter().flatten().any(|look| look.doubtful)
    }

    /// Where the columns are from, if the user does not change them.
    pub(super) fn columns_from(&self) -> ColumnsFrom {
        if self.remembered.contains(&true) {
            ColumnsFrom::Memory
        } else {
            ColumnsFrom::Names
        }
    }
}

/// Where a log has it from which column is what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ColumnsFrom {
    /// From the command line, as far as that says it, and else from the names of the columns.
    #[default]
    Names,
    /// It was confirmed before for columns of these names.
    Memory,
    /// The user said it here.
    User,
}

/// Result of writing a mapping to a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Written {
    /// It is there.
    Done,
    /// A file of that name is there, and was not to be replaced.
    Exists,
}

/// Result of saving the index of a loaded log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kept {
    /// It is kept; there may be something to tell.
    Done(Option<String>),
    /// The saved index is damaged, for the reason given: the log has to be read again.
    Damaged(String),
}

/// Reads logs for the explorer. The methods take their time, and are called on threads of
/// their own; what can be read only once (standard input) is an error when it is read again.
pub trait Logs: Send + Sync {
    /// Looks at all logs. Without a plan they are read as the command line says, or as was confirmed
    /// before for columns of these names. None where there is nothing to look at.
    fn inspect(&self, _: Option<&ReadPlan>, _: &Progress) -> Result<Option<Inspected>, LoadError> {
        Ok(None)
    }

    /// Looks at the log of that position.
    fn look(&self, _log: usize, _: &LogOptions, _: &Progress) -> Result<Inspection, LoadError> {
        Ok(Inspection::default())
    }

    /// Reads the beginning of the log of that position.
    fn preview(&self, _log: usize, _: &LogOptions, _: &Progress) -> Result<Preview, LoadError> {
        Ok(Preview::default())
    }

    /// True if the log stays in an engine: it is opened by [`Logs::engine`], not by [`Logs::load`].
    fn is_in_engine(&self) -> bool {
        false
    }

    /// Opens the log where it is; without a plan as the command line says.
    fn engine(&self, _: Option<&ReadPlan>, _: &Progress) -> Result<Arc<dyn Answers>, LoadError> {
        Err(LoadError::no_engine())
    }

    /// Reads the logs and builds the index; without a plan as the command line says.
    fn load(
        &self,
        plan: Option<&ReadPlan>,
        progress: Arc<Progress>,
    ) -> Result<Arc<Analysis>, LoadError>;

    /// Counts what a view leaves of the log in an engine.
    fn measure(&self, _: &View, _: &Progress) -> Result<SliceOffer, LoadError> {
        Err(LoadError::no_engine())
    }

    /// Fetches what a view leaves of the log in an engine; where `anew` is false, what was fetched before will do.
    fn slice(&self, _: &View, _anew: bool, _: &Progress) -> Result<Slice, LoadError> {
        Err(LoadError::no_engine())
    }

    /// Keeps what was loaded last for the next start, or proves what an earlier start kept; `Err`
    /// if it was not kept.
    fn keep(&self) -> Result<Kept, LoadError> {
        Ok(Kept::Done(None))
    }

    /// Returns what finds out whether the logs that were loaded last were changed since; `None` where they
    /// cannot change.
    fn watch(&self) -> Option<Box<dyn Fn() -> bool + Send>> {
        None
    }

    /// Lets later calls of [`Logs::read_on`] find what is appended to the logs.
    ///
    /// # Errors
    /// Nothing can be appended.
    fn follow(&self) -> Result<(), LoadError> {
        Err(LoadError {
            message: "nothing can be appended to this log".to_owned(),
            code: 2,
        })
    }

    /// Reads what was appended to the logs since they were read; `None` where nothing was.
    fn read_on(&self) -> Result<Option<Update>, LoadError> {
        Ok(None)
    }

    /// The pieces of a command line that reads the logs like that: see [`Settings::command`].
    fn command(&self, _: &ReadPlan) -> Option<Vec<String>> {
        None
    }

    /// Lets later loads show pseudonyms in place of what may be of persons, or the values as they are, whichever
    /// they did not so far.
    fn redact(&self) -> Result<(), LoadError> {
        Err(LoadError {
            message: "nothing can be redacted here".to_owned(),
            code: 2,
        })
    }

    /// The pieces of a command line (see [`Settings::command`]) as the next load is redacted; `None` to leave them.
    fn redacted_command(&self, _: &[String]) -> Option<Vec<String>> {
        None
    }

    /// Remembers a mapping that the user confirmed, for logs with columns of these names.
    fn remember(&self, _: &Inspected) -> Result<(), LoadError> {
        Ok(())
    }

    /// Remembers choices for logs with columns of these names, in place of earlier ones.
    fn remember_choices(&self, _: &Inspected, _: &Choices) -> Result<(), LoadError> {
        Ok(())
    }

    /// Forgets what was remembered for columns of these names.
    fn forget(&self, _: &Inspection) -> Result<(), LoadError> {
        Ok(())
    }

    /// Writes a mapping to a file, with the activities that end a case where they were chosen.
    fn write(
        &self,
        _: &ReadPlan,
        _ends: Option<&[String]>,
        _path: &str,
        _replace: bool,
    ) -> Result<Written, LoadError> {
        Ok(Written::Done)
    }

    /// Keeps the session for the next start with these logs; `ended` says that the user leaves.
    fn keep_session(&self, _: &Session, _ended: bool) -> Result<(), LoadError> {
        Ok(())
    }

    /// Keeps the visit for the next start with these logs.
    fn keep_visit(&self, _: Visit) -> Result<(), LoadError> {
        Ok(())
    }

    /// Writes changes of tags and notes; gives all that hold then.
    fn note(&self, _: &[NoteChange]) -> Result<Arc<Notes>, LoadError> {
        Err(LoadError {
            message: "there is no file of notes here".to_owned(),
            code: 5,
        })
    }

    /// Returns what was wrong in the file of tags and notes when the logs were loaded last.
    fn fault_of_notes(&self) -> Option<String> {
        None
    }

    /// Writes the session to a file, with the logs and how they are read.
    fn save_session(&self, _: &Session, _path: &str, _replace: bool) -> Result<Written, LoadError> {
        Ok(Written::Done)
    }

    /// Writes a report on the log that was loaded last to a file: a page, Markdown, or its sections in TOML, by
    /// the end of its name. `command` are the pieces of a command line that reads the logs. Gives a note about
    /// sections that failed, empty for none.
    fn write_report(
        &self,
        _: &Outline,
        _command: &[String],
        _path: &str,
        _replace: bool,
    ) -> Result<(Written, String), LoadError> {
        Ok((Written::Done, String::new()))
    }

    /// Writes all rows of a report on a view of the log that was loaded last to a file: CSV, JSON or Markdown, by the
    /// end of its name.
    fn export(
        &self,
        _: &Section,
        _view: &View,
        _path: &str,
        _replace: bool,
    ) -> Result<(Written, Exported), LoadError> {
        Ok((Written::Done, Exported::default()))
    }

    /// Reads a model that cases are compared with.
    fn model(&self, path: &str) -> Result<Arc<NamedModel>, LoadError> {
        Err(LoadError {
            message: format!("{path}: no files can be read here"),
            code: 3,
        })
    }

    /// The files and folders whose paths begin like that, by name, folders with a slash at their end; not
    /// all of very many.
    fn files(&self, _path: &str) -> Vec<String> {
        Vec::new()
    }

    /// Adds the milestones and the classes of waits of choices to a rules file, in place of those of the same
    /// name; makes the file where there is none. A file that is no rules file is left alone.
    fn write_definitions(&self, _: &Choices, _path: &str) -> Result<(), LoadError> {
        Ok(())
    }
}

impl LoadError {
    fn no_engine() -> Self {
        LoadError {
            message: "this log is in no engine".to_owned(),
            code: 2,
        }
    }
}

/// A part of a log in an engine that may be fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SliceOffer {
    /// Events, cases and bytes in words.
    pub size: String,
    /// How long ago it was fetched before, in words; `None` where it was not.
    pub fetched: Option<String>,
}

/// A part of a log in an engine that was fetched.
pub struct Slice {
    /// Reads it.
    pub loader: Loader,
    /// The pieces of a command line that reads it: see [`Settings::command`].
    pub command: Vec<String>,
}

/// What was written to a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Exported {
    /// Number of rows.
    pub rows: u64,
    /// Note about them, empty for none.
    pub note: String,
}

impl<F> Logs for F
where
    F: Fn(Arc<Progress>) -> Result<Arc<Analysis>, LoadError> + Send + Sync,
{
    fn load(
        &self,
        _: Option<&ReadPlan>,
        progress: Arc<Progress>,
    ) -> Result<Arc<Analysis>, LoadError> {
        self(progress)
    }
}

/// The reader of logs, boxed.
pub type Loader = Box<dyn Logs>;

/// A load that is going on.
#[derive(Debug, Clone)]
pub struct Loading {
    /// Progress, set by the reading thread.
    pub progress: Arc<Progress>,
    /// When it began.
    pub started: Instant,
    /// Read plan chosen by the user.
    pub plan: Option<ReadPlan>,
}

/// State of the load.
#[derive(Debug, Clone)]
pub enum Load {
    /// It is not.
    Idle,
    /// It is.
    Running(Loading),
    /// It was, and failed or was cancelled.
    Failed(LoadError),
}
