//! Questions about a view: one type a question, which names its answer and computes it.
//!
//! Worker, explorer and reports handle every question alike, as a [`Request`] and an [`Answer`] of
//! unknown type; who asks knows the type and gets the answer by it. A new question is thus a new file
//! in `queries`, and nothing here changes.

use super::analysis::Analysis;
use super::selected::Selected;
use super::suppress::is_few;
use super::view::{AskError, View};
use crate::event_log::Cancel;
use std::any::Any;
use std::fmt::Debug;
use std::sync::Arc;

/// The log and the view that a query is about.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The log.
    pub analysis: &'a Analysis,
    /// Filters and calendar.
    pub view: &'a View,
    /// Set when nobody waits for the answer any more.
    pub cancel: &'a Cancel,
    /// Fewest cases of a group that is shown; 0 shows all.
    pub least: u64,
}

impl Context<'_> {
    /// Answers a query, if there is memory for it and groups of few cases can be left out of the answer.
    fn answer<Q: Query>(&self, query: &Q) -> Result<Q::Answer, AskError> {
        if self.least > 0 {
            self.check_size::<Q>()?;
        }
        let needed = self.analysis.info().events * Q::BYTES_PER_EVENT;
        self.analysis.memory.reserve(needed)?;
        query.run(self)
    }

    /// Refuses answers that could show groups of few cases, and those about few cases.
    fn check_size<Q: Query>(&self) -> Result<(), AskError> {
        let least = self.least;
        match Q::SMALL_GROUPS {
            SmallGroups::Refused => return Err(AskError::SmallGroups(least)),
            SmallGroups::None => return Ok(()),
            SmallGroups::LeftOut => {}
        }
        let b = self.view.versus.as_ref().map(|other| View {
            filters: other.clone(),
            versus: None,
            ..self.view.clone()
        });
        for view in std::iter::once(self.view).chain(b.as_ref()) {
            let selected = self.analysis.select(view, self.cancel)?;
            if is_few(selected.selection().n_cases as u64, least) {
                return Err(AskError::FewCases(least));
            }
        }
        Ok(())
    }

    /// Answers a query about another view with all its groups, for an answer that leaves small ones out.
    ///
    /// # Errors
    /// As [`Query::run`].
    pub(super) fn ask_all<Q: Query>(&self, view: &View, query: &Q) -> Result<Q::Answer, AskError> {
        let all = Context {
            view,
            least: 0,
            ..*self
        };
        all.answer(query)
    }

    /// Returns the cases that the view selects.
    ///
    /// # Errors
    /// A filter of the view is wrong, or the answer is not wanted any more.
    pub fn selected(&self) -> Result<Arc<Selected>, AskError> {
        let selected = self.analysis.select(self.view, self.cancel)?;
        self.cancel.check()?;
        Ok(selected)
    }
}

impl Context<'_> {
    /// Returns all cases of the log of the view, before filters of cases: what is usual is measured by
    /// them, so that the cases looked at are not their own yardstick.
    ///
    /// # Errors
    /// A condition on events is wrong, or the answer is not wanted any more.
    pub fn reference(&self) -> Result<Arc<Selected>, AskError> {
        let unfiltered = View {
            filters: Vec::new(),
            ..self.view.clone()
        };
        self.analysis.select(&unfiltered, self.cancel)
    }

    /// Returns all cases of the log with all of their events.
    ///
    /// # Errors
    /// As [`Context::reference`].
    pub fn unconditioned(&self) -> Result<Arc<Selected>, AskError> {
        let whole = View {
            filters: Vec::new(),
            events: Vec::new(),
            ..self.view.clone()
        };
        self.analysis.select(&whole, self.cancel)
    }
}

/// Groups of few cases in an answer, where these are not to be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmallGroups {
    /// There may be some, so that there is no answer.
    Refused,
    /// They are left out.
    LeftOut,
    /// There are none, whatever is selected.
    None,
}

/// A question about a view.
pub trait Query: Clone + PartialEq + Debug + Send + Sync + 'static {
    /// Plain data with public fields. Instants are microseconds since 1970-01-01T00:00Z; durations are
    /// seconds unless said otherwise.
    type Answer: Debug + PartialEq + Send + Sync + 'static;

    /// True for long work that nobody waits for: it is done beside the other queries.
    const IN_BACKGROUND: bool = false;

    /// True for work in the background that is of the log, whatever cases are selected: it goes on where
    /// others are asked for.
    const IS_OF_LOG: bool = false;

    /// Groups of few cases in the answer, where these are not to be shown.
    const SMALL_GROUPS: SmallGroups = SmallGroups::Refused;

    /// Memory that the answer takes while it is made, in bytes an event of the log. Of 10 million events
    /// (0.9 million cases) most reports take 0 to 4; the others say their own, which is what was measured
    /// and at most a third more.
    const BYTES_PER_EVENT: u64 = 4;

    /// Computes the answer.
    ///
    /// # Errors
    /// A filter of the view is wrong, a name is unknown, or the answer is not wanted any more.
    fn run(&self, context: &Context<'_>) -> Result<Self::Answer, AskError>;
}

/// A query whose type is not known.
trait AnyQuery: Debug + Send + Sync {
    fn run(&self, context: &Context<'_>) -> Result<Answer, AskError>;
    fn equals(&self, other: &dyn Any) -> bool;
    fn as_any(&self) -> &dyn Any;
}

impl<Q: Query> AnyQuery for Q {
    fn run(&self, context: &Context<'_>) -> Result<Answer, AskError> {
        context.answer(self).map(Answer::new::<Q>)
    }

    fn equals(&self, other: &dyn Any) -> bool {
        // Queries of different types are never equal.
        other.downcast_ref::<Q>() == Some(self)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// Any query, to be kept, compared and sent.
#[derive(Debug, Clone)]
pub struct Request {
    query: Arc<dyn AnyQuery>,
    in_background: bool,
    is_of_log: bool,
}

impl Request {
    /// Wraps a query.
    pub fn new<Q: Query>(query: Q) -> Self {
        Request {
            query: Arc::new(query),
            in_background: Q::IN_BACKGROUND,
            is_of_log: Q::IS_OF_LOG,
        }
    }

    /// Tests whether the query is done beside the others.
    pub fn is_in_background(&self) -> bool {
        self.in_background
    }

    /// Tests whether the answer is the same for all cases of a log that are selected.
    pub fn is_of_log(&self) -> bool {
        self.is_of_log
    }

    /// Returns the query if it is of this type.
    pub fn get<Q: Query>(&self) -> Option<&Q> {
        self.query.as_any().downcast_ref()
    }
}

impl PartialEq for Request {
    fn eq(&self, other: &Self) -> bool {
        self.query.equals(other.query.as_any())
    }
}

/// An answer whose type is not known.
trait AnyAnswer: Debug + Send + Sync {
    fn equals(&self, other: &dyn Any) -> bool;
    fn as_any(&self) -> &dyn Any;
    fn into_any(self: Arc<Self>) -> Arc<dyn Any + Send + Sync>;
}

impl<A: Debug + PartialEq + Send + Sync + 'static> AnyAnswer for A {
    fn equals(&self, other: &dyn Any) -> bool {
        other.downcast_ref::<A>() == Some(self)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn into_any(self: Arc<Self>) -> Arc<dyn Any + Send + Sync> {
        self
    }
}

/// The answer to any query.
#[derive(Debug, Clone)]
pub struct Answer(Arc<dyn AnyAnswer>);

impl PartialEq for Answer {
    fn eq(&self, other: &Self) -> bool {
        self.0.equals(other.0.as_any())
    }
}

impl Answer {
    /// Wraps the answer to a query of type `Q`.
    pub fn new<Q: Query>(answer: Q::Answer) -> Self {
        Answer(Arc::new(answer))
    }

    /// Returns the answer if it is one to a query of type `Q` (or of a type with the same answers).
    pub fn to<Q: Query>(&self) -> Option<&Q::Answer> {
        self.0.as_any().downcast_ref()
    }

    /// Takes the answer out, as of [`Answer::to`]; `None` also where it is shared.
    pub fn take<Q: Query>(self) -> Option<Q::Answer> {
        let answer = self.0.into_any().downcast::<Q::Answer>().ok()?;
        Arc::try_unwrap(answer).ok()
    }
}

impl Analysis {
    /// Answers a query about a view.
    ///
    /// # Errors
    /// As [`Query::run`].
    pub fn ask<Q: Query>(
        &self,
        view: &View,
        query: &Q,
        cancel: &Cancel,
    ) -> Result<Q::Answer, AskError> {
        let context = Context {
            analysis: self,
            view,
            cancel,
            least: self.info().least,
        };
        context.answer(query)
    }

    /// Answers a query of any type about a view.
    ///
    /// # Errors
    /// As [`Query::run`].
    pub fn answer(
        &self,
        view: &View,
        request: &Request,
        cancel: &Cancel,
    ) -> Result<Answer, AskError> {
        let analysis = self;
        request.query.run(&Context {
            analysis,
            view,
            cancel,
            least: self.info().least,
        })
    }
}
