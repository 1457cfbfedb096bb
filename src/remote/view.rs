//! Views of a log in an engine: filters are bound as for any log, then compiled to the frame of statements.

use super::RemoteError;
use super::conditions::Compiler;
use super::deadlines::{self, Judge};
use super::frame::{Frame, Parts};
use super::log::RemoteLog;
use super::skeleton::skeleton;
use crate::engine::{AsOf, AskError, FilterError, View};
use crate::event_log::{Cancel, ColumnKind, EventLog};
use crate::filter::{self, Atom, BindInputs, BoundFilter, Expr, QueryError};
use crate::text::escape_line;
use std::sync::Arc;

/// Different values of a column that filters name, at most.
const MOST_VALUES: usize = 100_000;

/// A filter of cases.
#[derive(Debug, Clone)]
pub(super) struct Compiled {
    /// The condition on the row of a case.
    pub condition: String,
    /// As what it was understood, where it was written in another letter case.
    pub notes: Vec<String>,
}

/// The frame of a view, filters of cases, and states.
pub(super) type WithStates<'a> = (Frame<'a>, Vec<Result<Compiled, FilterError>>, Vec<String>);

impl RemoteLog {
    /// The frame of a view.
    ///
    /// # Errors
    /// A filter is wrong, or is of a kind that no engine evaluates.
    pub(super) fn frame(&self, view: &View, cancel: &Cancel) -> Result<Frame<'_>, AskError> {
        let (mut frame, filters) = self.compile(view, &view.filters, cancel)?;
        let mut cases = Vec::new();
        for filter in filters {
            cases.push(filter?.condition);
        }
        if !cases.is_empty() {
            frame.cases = Some(cases.join(" AND "));
        }
        Ok(frame)
    }

    /// The frame of a view without its filters, and some filters of cases, each of which may be wrong.
    ///
    /// # Errors
    /// A condition on events is wrong, or something is of a kind that no engine evaluates.
    pub(super) fn compile(
        &self,
        view: &View,
        filters: &[String],
        cancel: &Cancel,
    ) -> Result<(Frame<'_>, Vec<Result<Compiled, FilterError>>), AskError> {
        let names_deadline = |text: &String| {
            let mentions = filter::parse(text).ok().map(|expr| expr.mentions());
            let mut rules = self.timing.rules.iter();
            mentions.is_some_and(|of| rules.any(|rule| of.columns.contains(&rule.name)))
        };
        let judge = filters.iter().any(names_deadline);
        let judge = judge.then(|| self.judge(view, false, cancel)).transpose()?;
        let (frame, compiled, _) = self.compiled(view, filters, judge.as_ref(), cancel)?;
        Ok((frame, compiled))
    }

    /// As [`RemoteLog::compile`], with the states of cases under all deadlines as expressions on the row of a case,
    /// where something judges them.
    pub(super) fn compiled(
        &self,
        view: &View,
        filters: &[String],
        judge: Option<&Judge>,
        cancel: &Cancel,
    ) -> Result<WithStates<'_>, AskError> {
        refuse(view)?;
        let mut frame = Frame::whole(self.dialect, &self.table);
        frame.cancel = cancel.clone();
        frame.until = self.until(view)?;
        let conditions = view.events.iter();
        let conditions = conditions.map(|text| {
            let condition =
                filter::parse_events(text).map_err(|error| filter_error(text, error))?;
            Ok((text, condition))
        });
        let conditions: Vec<_> = conditions.collect::<Result<_, AskError>>()?;
        if conditions.is_empty() && filters.is_empty() && judge.is_none() {
            return Ok((frame, Vec::new(), Vec::new()));
        }
        for (_, condition) in &conditions {
            self.learn(&Expr::Atom(Atom::Event(vec![condition.clone()])), cancel)?;
        }
        for text in filters {
            if let Ok(expr) = filter::parse(text) {
                self.learn(&expr, cancel)?;
            }
        }
        let log = self.skeleton();
        let mut compiler = Compiler::new(self.dialect, &self.table, &log, self.info.span);
        compiler.judge = judge;
        let now = frame.until.or(self.info.span.map(|(_, last)| last));
        for (text, condition) in &conditions {
            let bound = filter::bind_events(condition, &log, self.inputs(now));
            let bound = bound.map_err(|error| filter_error(text, error))?;
            let condition = compiler.event_condition(bound.condition())?;
            frame.events.push(condition);
        }
        frame.needs = compiler.needs.clone();
        let now = self.now(&frame, now)?;
        let mut compiled = Vec::new();
        for text in filters {
            let bound =
                filter::parse(text).and_then(|expr| filter::bind(&expr, &log, self.inputs(now)));
            compiled.push(match bound {
                Ok(bound) => {
                    let condition = compiler.case_condition(bound.root())?;
                    Ok(Compiled {
                        condition: format!("({condition})"),
                        notes: bound.notes().to_vec(),
                    })
                }
                Err(error) => Err(filter_error(text, error)),
            });
        }
        let rules = judge.map_or(0, |judge| judge.rules.len());
        let open_ended = judge.is_some_and(|judge| judge.open_ended);
        let states = (0..rules).map(|rule| compiler.state(rule, open_ended));
        let states = states.collect::<Result<_, RemoteError>>()?;
        frame.needs = compiler.needs;
        Ok((frame, compiled, states))
    }

    /// Binds a filter of a definition to the names of the log.
    ///
    /// # Errors
    /// The engine fails; the filter itself may be wrong, too.
    pub(super) fn bind(
        &self,
        text: &str,
        now: i64,
        cancel: &Cancel,
    ) -> Result<Result<BoundFilter, FilterError>, RemoteError> {
        let expr = match filter::parse(text) {
            Ok(expr) => expr,
            Err(error) => return Ok(Err(filter_error(text, error))),
        };
        self.learn(&expr, cancel)?;
        let bound = filter::bind(&expr, &self.skeleton(), self.inputs(Some(now)));
        Ok(bound.map_err(|error| filter_error(text, error)))
    }

    /// A log without events that has the names of this one.
    pub(super) fn skeleton(&self) -> EventLog {
        skeleton(
            &self.table,
            &self.info.activities,
            &self.values(),
            deadlines::columns(&self.timing),
        )
    }

    fn inputs(&self, now: Option<i64>) -> BindInputs<'static> {
        BindInputs {
            now,
            ..self.info.zone.into()
        }
    }

    /// The last instant that a view looks at: the one that was given, else that of the last event that conditions
    /// leave, `last` where there are none. `today` and `last` in filters are relative to it.
    pub(super) fn now(
        &self,
        frame: &Frame<'_>,
        last: Option<i64>,
    ) -> Result<Option<i64>, RemoteError> {
        if frame.until.is_some() || frame.events.is_empty() {
            return Ok(last);
        }
        Ok(self.span(frame)?.map(|(_, last)| last))
    }

    /// First and last instant of a view, whatever its filters select.
    pub(super) fn span(&self, frame: &Frame<'_>) -> Result<Option<(i64, i64)>, RemoteError> {
        if frame.until.is_none() && frame.events.is_empty() {
            return Ok(self.info.span);
        }
        let answer = self.ask(frame, Parts::Events, &[], "SELECT min(t), max(t) FROM ev")?;
        let row = answer.only()?;
        Ok(row.int(0)?.zip(row.int(1)?))
    }

    /// The last instant of a view that looks at an earlier time.
    pub(super) fn until(&self, view: &View) -> Result<Option<i64>, AskError> {
        let Some(text) = &view.as_of else {
            return Ok(None);
        };
        let wrong = |message: &str| FilterError {
            text: text.clone(),
            span: 0..text.len(),
            message: message.to_owned(),
        };
        let as_of = AsOf::parse(text).map_err(wrong)?;
        let Some((first, last)) = self.info.span else {
            return Err(wrong("the log has no events").into());
        };
        let until = as_of.instant(last, self.info.zone);
        if until < first {
            return Err(wrong("before the first event").into());
        }
        Ok(Some(until))
    }

    /// Asks for the values of the columns of text that a filter mentions.
    fn learn(&self, expr: &Expr, cancel: &Cancel) -> Result<(), RemoteError> {
        let mentions = expr.mentions();
        let named = mentions.columns.iter();
        let named = named.filter_map(|name| {
            let mut attributes = self.table.attributes();
            attributes.find(|&at| self.table.columns[at].name == *name)
        });
        let resource = self.table.resource.filter(|_| mentions.resource);
        for at in named.chain(resource) {
            if self.table.columns[at].kind != ColumnKind::Text || self.values().contains_key(&at) {
                continue;
            }
            let values = self.values_of(at, cancel)?;
            self.values().insert(at, values);
        }
        Ok(())
    }

    fn values_of(&self, at: usize, cancel: &Cancel) -> Result<Arc<[String]>, RemoteError> {
        let mut frame = Frame::whole(self.dialect, &self.table);
        frame.cancel = cancel.clone();
        frame.needs.columns.insert(at);
        let select = format!(
            "SELECT DISTINCT c{at} FROM ev WHERE c{at} IS NOT NULL LIMIT {}",
            MOST_VALUES + 1
        );
        let answer = self.ask(&frame, Parts::Events, &[], &select)?;
        let values = answer.iter().map(|row| Ok(row.name(0)?.to_owned()));
        let mut values: Vec<String> = values.collect::<Result<_, RemoteError>>()?;
        if values.len() > MOST_VALUES {
            return Err(RemoteError::refused(format!(
                "filters by column {}, which has more than {MOST_VALUES} different values",
                escape_line(&self.table.columns[at].name)
            )));
        }
        values.sort_unstable();
        Ok(values.into())
    }
}

/// Refuses a view that no engine has.
fn refuse(view: &View) -> Result<(), RemoteError> {
    let refused = [
        (view.calendar.is_some(), "working time by a calendar"),
        (
            view.reference.is_some(),
            "conformance with a model or with variants",
        ),
        (!view.milestones.is_empty(), "milestones"),
    ];
    match refused.into_iter().find(|(is_asked, _)| *is_asked) {
        Some((_, what)) => Err(RemoteError::refused(what)),
        None => Ok(()),
    }
}

fn filter_error(text: &str, error: QueryError) -> FilterError {
    FilterError {
        text: text.to_owned(),
        span: error.span,
        message: error.message,
    }
}
