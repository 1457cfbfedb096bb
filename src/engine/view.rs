//! A view of a log: filters and calendar; why a question about it has no answer.

use super::memory::NoMemory;
use super::reference::Reference;
use crate::event_log::Cancelled;
use crate::text::PatternError;

/// Filters, time and calendar that a question is asked about, as texts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct View {
    /// Time at which the log is looked at, as [`AsOf::parse`](super::AsOf::parse) reads it. Events
    /// after it are removed before anything else is applied, as if the log had been cut there.
    pub as_of: Option<String>,
    /// Conditions on events; all must hold. Applied first: cases, variants and durations
    /// are those of the events that are left.
    pub events: Vec<String>,
    /// Filters of cases; all must hold.
    pub filters: Vec<String>,
    /// Filters of the cases that lists are compared with, in place of `filters`; `None` where nothing is
    /// compared.
    pub versus: Option<Vec<String>>,
    /// What cases are judged by, in place of what was defined.
    pub reference: Option<Reference>,
    /// Activities that end a case, in place of those defined for the log or guessed.
    pub ends: Option<Vec<String>>,
    /// Milestones beside those defined for the log, in place of those of the same name: texts of
    /// [`NamedMilestone::parse`](super::NamedMilestone::parse).
    pub milestones: Vec<String>,
    /// Classes of waits beside those defined for the log, in place of those of the same wait: texts of
    /// [`NamedWait::parse`](super::NamedWait::parse).
    pub waits: Vec<String>,
    /// Name of the calendar that measures all durations; clock time where this is `None`.
    pub calendar: Option<String>,
}

impl View {
    /// The view without what selects cases: two views for which it is equal have one log.
    pub fn of_log(&self) -> View {
        View {
            filters: Vec::new(),
            versus: None,
            // They change no figure of the log, only which waits are ranked.
            waits: Vec::new(),
            ..self.clone()
        }
    }
}

/// A fault of a filter text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct FilterError {
    /// The filter text.
    pub text: String,
    /// Place of the fault, in bytes of the text.
    pub span: std::ops::Range<usize>,
    /// One line; nearest names included.
    pub message: String,
}

impl FilterError {
    /// Adds the definition that the filter is a condition of, and the line of the file it is written in.
    #[must_use]
    pub fn within(self, what: &str, name: &str, line: Option<u64>) -> FilterError {
        let line = line.map(|line| format!(", line {line}"));
        let line = line.unwrap_or_default();
        FilterError {
            message: format!("{what} {name}{line}: {}", self.message),
            ..self
        }
    }
}

/// Why definitions cannot be applied to a log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DefinitionError {
    /// A name is not unique.
    #[error("{0}")]
    Name(String),
    /// A condition is no filter of the log.
    #[error(transparent)]
    Condition(#[from] FilterError),
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum AskError {
    /// A filter is wrong.
    #[error(transparent)]
    Filter(#[from] FilterError),
    /// A search pattern is wrong.
    #[error("search: {0}")]
    Pattern(#[from] PatternError),
    /// No such case.
    #[error("no case {0:?} in the log")]
    UnknownCase(String),
    /// The log has no such activity, column or other name, or it is given twice: a sentence with the
    /// nearest names.
    #[error("{0}")]
    Name(String),
    /// A model cannot be used: one line with the name of its file.
    #[error("{0}")]
    Model(String),
    /// The log is in an engine that does not answer this: the end of a sentence.
    #[error("an engine does not answer this: {0}")]
    NotThere(String),
    /// The engine that has the log failed: one line.
    #[error("{0}")]
    Engine(String),
    /// The answer needs more memory than is free.
    #[error(transparent)]
    Memory(#[from] NoMemory),
    /// The answer could show groups of fewer cases than this, which are not to be shown.
    #[error("not shown while groups of fewer than {0} cases are left out")]
    SmallGroups(u64),
    /// The selection has fewer cases than are to be shown.
    #[error("fewer than {0} cases are selected: their figures are not shown")]
    FewCases(u64),
    /// A newer request came.
    #[error("cancelled")]
    Cancelled,
    /// A defect: the job ended by a panic.
    #[error("internal error: {0}")]
    Internal(String),
}

impl AskError {
    /// True where figures are known, and would show groups of few cases.
    pub fn is_of_small_groups(&self) -> bool {
        matches!(self, AskError::SmallGroups(_) | AskError::FewCases(_))
    }
}

impl From<Cancelled> for AskError {
    fn from(_: Cancelled) -> Self {
        AskError::Cancelled
    }
}
