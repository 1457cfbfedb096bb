//! Touchpoints, scores and the outcome of a question, bound to a log.

use super::column_name::{ColumnName, fault};
use super::condition::Condition;
use super::factors::MOST_VALUES;
use super::journey::{JourneySpec, MOST_PARTS};
use super::journey_guess as guess;
use super::moments::{first_events, is_event};
use super::prepared::Prepared;
use super::selected::Selected;
use super::view::{AskError, FilterError};
use crate::event_log::{Column, ColumnData, ColumnKind, EventLog, Level, Role};
use crate::filter::{self, Anchor, Comparison, EventCond, Expr, Field, Missing, Op, Source, Value};
use crate::index::CaseSet;
use crate::metrics::touchpoints::{Outcome, Part};
use crate::text::count;
use chrono_tz::Tz;
use std::sync::Arc;

/// Definitions for one question about journeys.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct JourneyOf {
    /// Values that replace the definitions.
    pub spec: JourneySpec,
    /// Which of the outcomes on offer, counted from 0 and round again.
    pub outcome: usize,
    /// Which of the touchpoints on offer, likewise.
    pub touchpoint: usize,
}

/// A column whose values are a part of touchpoints.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct PartColumn {
    /// Name.
    pub name: String,
    /// Position in the log; `None` for the activity.
    at: Option<usize>,
    /// Its values in filters.
    field: Field,
}

/// A journey bound to a log.
#[derive(Debug)]
pub(super) struct Bound {
    /// The columns whose values are a touchpoint.
    pub touchpoint: Vec<PartColumn>,
    /// Position of the column of scores.
    pub score: Option<usize>,
    /// Position of the column of answers from 0 to 10.
    pub nps: Option<usize>,
    /// The column with the source of each event.
    pub source: Option<PartColumn>,
    /// Guessed parts, by the keys of the rules file.
    pub guessed: Vec<&'static str>,
    /// The outcomes on offer.
    pub outcomes: Vec<Condition>,
    /// Position of the one that counts.
    outcome: usize,
    /// Expected mean scores by touchpoint.
    pub expect: Vec<(String, f64)>,
}

/// Cases with an outcome.
pub(super) struct Met {
    /// Cases that have it.
    pub cases: Arc<CaseSet>,
    /// Open cases that do not have it.
    pub undecided: CaseSet,
    /// The event of each case by which it comes to have it.
    pub events: Option<Vec<u32>>,
}

impl Met {
    /// In the form that metrics take.
    pub fn outcome(&self) -> Outcome<'_> {
        Outcome {
            met: &self.cases,
            undecided: &self.undecided,
            events: self.events.as_deref(),
        }
    }
}

impl Prepared {
    /// Looks up the columns of a journey that definitions name.
    ///
    /// # Errors
    /// The log has no such column, or it holds something else: a sentence with the line.
    pub(super) fn bind_journey(&self, spec: &JourneySpec) -> Result<(), String> {
        for column in &spec.touchpoint {
            self.part(column)?;
        }
        if let Some(column) = &spec.source {
            self.source(column)?;
        }
        if let Some(column) = &spec.score {
            self.bind_scores(column)?;
        }
        match &spec.nps {
            Some(column) => self.bind_answers(column),
            None => Ok(()),
        }
    }

    /// Looks up a column of texts.
    fn part(&self, column: &ColumnName) -> Result<PartColumn, String> {
        let wrong = |what: &str| Err(fault(column, &format!("it holds {what}, and no texts")));
        match (&*column.name, self.log.role_columns[Role::Resource]) {
            // What filters mean by these words, also where a column has such a name.
            ("activity", _) => return Ok(PartColumn::activity()),
            ("resource", Some(at)) => return Ok(PartColumn::of(self, at)),
            _ => {}
        }
        match self.column_of_log(column) {
            Ok(Source::Activity) => Ok(PartColumn::activity()),
            Ok(Source::Column(at)) => match self.log.columns[at].kind() {
                ColumnKind::Text => Ok(PartColumn::of(self, at)),
                ColumnKind::Number => wrong("numbers"),
                ColumnKind::Instant => wrong("times"),
            },
            Ok(_) => wrong("ids or times"),
            Err(message) => Err(message),
        }
    }

    /// Looks up a column of sources.
    fn source(&self, column: &ColumnName) -> Result<PartColumn, String> {
        let found = self.part(column)?;
        // Code 0 is a missing value.
        let n = found.part(&self.log).map_or(0, |part| part.n_codes() - 1);
        if n > MOST_VALUES {
            let n = count(n as u64);
            let message =
                format!("it holds {n} different texts, and sources are {MOST_VALUES} at most");
            return Err(fault(column, &message));
        }
        Ok(found)
    }

    /// Position of a column of numbers that was bound before.
    fn numbers_at(&self, column: &ColumnName) -> Option<usize> {
        match self.column_of_log(column) {
            Ok(Source::Column(at)) => Some(at),
            _ => None,
        }
    }

    /// The touchpoints on offer: those that are defined or guessed, the activities, and each column of a
    /// few texts with the activity.
    fn touchpoints_on_offer(&self, first: Vec<PartColumn>) -> Vec<Vec<PartColumn>> {
        let log = &self.log;
        let apart = [Role::Lifecycle, Role::Instance].map(|role| log.role_columns[role]);
        let mut offers = vec![first];
        let mut add = |offer: Vec<PartColumn>| {
            if !offers.contains(&offer) {
                offers.push(offer);
            }
        };
        add(vec![PartColumn::activity()]);
        for at in 0..log.defined_columns().start {
            let column = &log.columns[at];
            let few = match &column.data {
                ColumnData::Text(_, texts) => (3..=MOST_VALUES + 1).contains(&texts.len()),
                _ => false,
            };
            if few && column.level == Level::Event && !apart.contains(&Some(at)) {
                add(vec![PartColumn::of(self, at), PartColumn::activity()]);
            }
        }
        offers
    }
}

impl PartColumn {
    fn activity() -> Self {
        PartColumn {
            name: "activity".to_owned(),
            at: None,
            field: Field::Activity,
        }
    }

    /// The column at a position of the log.
    pub fn of(prepared: &Prepared, at: usize) -> Self {
        PartColumn {
            name: prepared.log.columns[at].name.clone(),
            at: Some(at),
            field: prepared.columns[at].field(),
        }
    }

    /// True for the activity.
    pub fn is_activity(&self) -> bool {
        self.at.is_none()
    }

    /// Its values; `None` where these are no texts.
    pub fn part<'a>(&self, log: &'a EventLog) -> Option<Part<'a>> {
        match self.at {
            None => Some(Part::activity(log)),
            Some(at) => Part::column(&log.columns[at]),
        }
    }

    /// The condition that an event has a value, or none.
    fn condition(&self, value: Option<&str>) -> EventCond {
        let field = self.field.clone().into();
        match value {
            None => EventCond::Missing(Missing {
                field,
                negated: false,
            }),
            Some(value) => EventCond::Compare(Comparison {
                field,
                op: Op::Equal,
                value: Value::from(value).into(),
            }),
        }
    }

    /// The filter of the cases whose first event has a value, or none.
    pub fn first_is(&self, value: Option<&str>) -> Expr {
        let at = || Field::At(Anchor::Starts, Box::new(self.field.clone().into()));
        match value {
            Some(value) if self.is_activity() => Expr::starts_with(value),
            Some(value) => Expr::compare(at(), Op::Equal, value),
            None => Expr::missing(at()),
        }
    }
}

/// The filter of the cases with an event of a touchpoint: of one with these values, or others that make the
/// same text.
pub(super) fn filter_of(
    columns: &[PartColumn],
    parts: &[Part<'_>],
    codes: &[Vec<u32>],
) -> Option<Expr> {
    let of_codes = |codes: &Vec<u32>| {
        let values = parts.iter().zip(codes).map(|(part, &code)| part.text(code));
        let mut conditions = columns.iter().zip(values.clone());
        if let ([column], Some((_, Some(value)))) = (columns, conditions.next()) {
            if column.is_activity() {
                return Expr::activity(value);
            }
            return Expr::compare(column.field.clone(), Op::Equal, value);
        }
        let conditions = columns.iter().zip(values);
        Expr::event(conditions.map(|(of, value)| of.condition(value)).collect())
    };
    codes.iter().map(of_codes).reduce(Expr::or)
}

/// The filter of the cases that begin with a touchpoint.
pub(super) fn first_filter_of(
    columns: &[PartColumn],
    parts: &[Part<'_>],
    codes: &[Vec<u32>],
) -> Option<Expr> {
    let of_codes = |codes: &Vec<u32>| {
        let values = parts.iter().zip(codes).map(|(part, &code)| part.text(code));
        let firsts = columns.iter().zip(values);
        firsts
            .map(|(of, value)| of.first_is(value))
            .reduce(Expr::and)
    };
    codes.iter().filter_map(of_codes).reduce(Expr::or)
}

impl JourneyOf {
    /// Looks up what it is of in a log; what is not said is what was defined, or a guess.
    ///
    /// # Errors
    /// The log has no such column, or it holds something else.
    pub(super) fn bound(&self, prepared: &Prepared) -> Result<Bound, AskError> {
        let log = &prepared.log;
        // What was defined was bound before.
        prepared.bind_journey(&self.spec).map_err(AskError::Name)?;
        let timing = &prepared.timed.timing;
        let spec = self.spec.clone().or(&timing.journey);
        let mut guessed = Vec::new();
        let mut or_guess =
            |key, defined: Option<usize>, guess: &dyn Fn(&EventLog) -> Option<usize>| {
                defined.or_else(|| {
                    let found = guess(log);
                    guessed.extend(found.map(|_| key));
                    found
                })
            };
        let defined = |column: &Option<ColumnName>| {
            let column = column.as_ref()?;
            prepared.numbers_at(column)
        };
        let nps = or_guess("nps", defined(&spec.nps), &guess::answers);
        let score = or_guess("score", defined(&spec.score), &|log| guess::score(log, nps));
        let source = match &spec.source {
            Some(column) => Some(prepared.source(column).map_err(AskError::Name)?),
            None => or_guess("source", None, &guess::source).map(|at| PartColumn::of(prepared, at)),
        };
        let parts = spec.touchpoint.iter().map(|column| prepared.part(column));
        let parts: Vec<PartColumn> = parts.collect::<Result<_, _>>().map_err(AskError::Name)?;
        if let Some(column) = spec.touchpoint.get(MOST_PARTS) {
            let message = format!("a touchpoint has {MOST_PARTS} columns at most");
            return Err(AskError::Name(fault(column, &message)));
        }
        let first = match or_guess("touchpoint", None, &guess::channel).filter(|_| parts.is_empty())
        {
            Some(channel) => vec![PartColumn::of(prepared, channel), PartColumn::activity()],
            None if parts.is_empty() => vec![PartColumn::activity()],
            None => parts,
        };
        if !spec.touchpoint.is_empty() {
            guessed.retain(|key| *key != "touchpoint");
        }
        let mut offers = prepared.touchpoints_on_offer(first);
        let chosen = self.touchpoint % offers.len();
        if chosen > 0 {
            guessed.retain(|key| *key != "touchpoint");
        }
        let mut outcomes: Vec<Condition> = spec.outcome.into_iter().collect();
        for outcome in &timing.outcomes {
            let filter = outcome.filter_of_name();
            if outcomes.iter().all(|known| known.filter != filter) {
                outcomes.push(Condition { filter, line: None });
            }
        }
        Ok(Bound {
            touchpoint: offers.swap_remove(chosen),
            score,
            nps,
            source,
            guessed,
            outcome: self.outcome % outcomes.len().max(1),
            outcomes,
            expect: spec.expect,
        })
    }
}

impl Bound {
    /// The parts of touchpoints.
    pub fn parts<'a>(&self, log: &'a EventLog) -> Vec<Part<'a>> {
        let parts = self.touchpoint.iter().filter_map(|column| column.part(log));
        parts.collect()
    }

    /// A column of the log at a position that was found.
    pub fn column(at: Option<usize>, log: &EventLog) -> Option<&Column> {
        at.map(|at| &log.columns[at])
    }

    /// The outcome that counts: its text; `None` without one.
    pub fn outcome(&self) -> Option<&Condition> {
        self.outcomes.get(self.outcome)
    }

    /// The cases with the outcome; `None` without one.
    ///
    /// # Errors
    /// It is no filter of the log.
    pub fn met(&self, selected: &Selected, tz: Tz) -> Result<Option<Met>, FilterError> {
        let Some(condition) = self.outcome() else {
            return Ok(None);
        };
        let prepared = &selected.prepared;
        let text = &condition.filter;
        let within = |error: FilterError| match condition.line {
            Some(line) => error.within("outcome", "of [journey]", Some(line)),
            None => error,
        };
        let met = prepared.meeting(text, tz).map_err(within)?;
        let events = is_event(prepared, text).then(|| first_events(prepared, text, tz));
        let mut undecided = (*apart(selected)).clone();
        let mut others = (*met).clone();
        others.not();
        undecided.and(&others);
        Ok(Some(Met {
            cases: met,
            undecided,
            events: events.transpose().map_err(within)?,
        }))
    }
}

/// The selected cases that are open, where it is defined when a case is over. By a guess, journeys that came
/// to nothing would be taken for open ones.
pub(super) fn apart(selected: &Selected) -> Arc<CaseSet> {
    let prepared = &selected.prepared;
    let ends = &prepared.timed.timing.ends;
    if ends.activities.is_some() || ends.idle.is_some() {
        selected.open()
    } else {
        Arc::new(CaseSet::none(prepared.index.n_cases()))
    }
}

/// The name of an outcome: of one that is defined by its name alone, else the filter.
pub(super) fn outcome_name(condition: &Condition) -> String {
    let expr = filter::parse(&condition.filter).ok();
    let named = expr.as_ref().and_then(Expr::is_true).map(str::to_owned);
    named.unwrap_or_else(|| condition.filter.clone())
}
