//! What answers queries about a log, wherever the log is: an analysis here, or an engine elsewhere.

use super::analysis::Analysis;
use super::log_info::LogInfo;
use super::queries::summary::{Size, SummaryQuery};
use super::query::{Answer, Query, Request};
use super::view::{AskError, View};
use crate::event_log::Cancel;
use crate::formats::ImportReport;

/// A log that answers queries; which ones, an answer says.
pub trait Answers: Send + Sync {
    /// Facts that do not depend on the view.
    fn info(&self) -> &LogInfo;

    /// The report on how its rows were read.
    fn import(&self) -> &ImportReport;

    /// Answers a query about a view.
    ///
    /// # Errors
    /// As of [`Query::run`]; and [`AskError::NotThere`] for a query that it does not answer.
    fn answer(&self, view: &View, request: &Request, cancel: &Cancel) -> Result<Answer, AskError>;

    /// Counts what a view selects, which costs an engine less than all figures of it.
    ///
    /// # Errors
    /// As of [`Answers::answer`].
    fn size(&self, view: &View, cancel: &Cancel) -> Result<Size, AskError>;

    /// The analysis, where the log is here.
    fn analysis(&self) -> Option<&Analysis> {
        None
    }
}

impl Answers for Analysis {
    fn info(&self) -> &LogInfo {
        Analysis::info(self)
    }

    fn import(&self) -> &ImportReport {
        self.report()
    }

    fn answer(&self, view: &View, request: &Request, cancel: &Cancel) -> Result<Answer, AskError> {
        Analysis::answer(self, view, request, cancel)
    }

    fn size(&self, view: &View, cancel: &Cancel) -> Result<Size, AskError> {
        Ok(self.ask(view, &SummaryQuery, cancel)?.size())
    }

    fn analysis(&self) -> Option<&Analysis> {
        Some(self)
    }
}

/// Answers a query by what has its log.
///
/// # Errors
/// As of [`Answers::answer`].
pub fn ask<Q: Query>(
    log: &dyn Answers,
    view: &View,
    query: &Q,
    cancel: &Cancel,
) -> Result<Q::Answer, AskError> {
    if let Some(analysis) = log.analysis() {
        return analysis.ask(view, query, cancel);
    }
    let answer = log.answer(view, &Request::new(query.clone()), cancel)?;
    let other = || AskError::Internal("the answer is to another query".to_owned());
    answer.take::<Q>().ok_or_else(other)
}
