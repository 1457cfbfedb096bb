//! Deadlines on the duration of cases: the state of each case under them, as SQL.

use super::RemoteError;
use super::conditions::Compiler;
use super::ends::Ends;
use super::frame::Frame;
use super::log::RemoteLog;
use crate::engine::{
    AskError, ConformSpec, DURATION, JourneySpec, RuleSpec, State, Timing, View, check_definitions,
};
use crate::event_log::{Cancel, Codes, Column, ColumnData, Level};
use crate::filter::bound::{ColumnTest, EventTest};
use crate::filter::{BoundFilter, Source};

/// The activity at which a case stops.
const STOP: &str = "max(CASE WHEN na IS NULL THEN activity END)";

/// What judges the cases of a view.
pub(super) struct Judge {
    pub ends: Ends,
    /// Takes open cases as over.
    pub open_ended: bool,
    pub rules: Vec<Rule>,
}

/// A deadline whose conditions are bound.
pub(super) struct Rule {
    pub limit: i64,
    pub warn: f64,
    pub when: Vec<BoundFilter>,
}

/// Cases of a view with their states.
pub(super) struct Judged<'a> {
    pub frame: Frame<'a>,
    pub ends: Ends,
    /// The table `judged`: a row for each selected case with its id, start `t0`, end `t1`, last activity `stop`,
    /// `is_open` as 1 or 0, what has counted as `elapsed`, and the number of its state in [`State::ALL`] under
    /// each deadline as `s0`, `s1` and so on; NULL for a deadline that is not for it.
    pub table: (&'static str, String),
}

impl Rule {
    /// What has to have counted for an open case to be at risk.
    fn warn_from(&self) -> f64 {
        self.warn * self.limit as f64
    }
}

/// Number of a state in [`State::ALL`].
pub(super) fn number(state: State) -> usize {
    let at = State::ALL.iter().position(|of| *of == state);
    at.unwrap_or(State::ALL.len())
}

/// Sum of how many of these states a case has.
pub(super) fn count_of(rules: usize, states: &[State]) -> String {
    let states: Vec<String> = states
        .iter()
        .map(|state| number(*state).to_string())
        .collect();
    let states = states.join(", ");
    let of = (0..rules).map(|rule| format!("CASE WHEN s{rule} IN ({states}) THEN 1 ELSE 0 END"));
    of.collect::<Vec<_>>().join(" + ")
}

/// The columns that deadlines are in filters.
pub(super) fn columns(timing: &Timing) -> impl Iterator<Item = Column> + '_ {
    timing.rules.iter().map(|rule| {
        let words = State::ALL.map(State::word);
        Column {
            name: rule.name.clone(),
            level: Level::Case,
            data: ColumnData::Text(Codes::default(), std::iter::once("").chain(words).collect()),
        }
    })
}

impl RemoteLog {
    /// The log with deadlines.
    ///
    /// # Errors
    /// Something else is defined, or a deadline is none on the duration of cases.
    pub fn with_timing(mut self, timing: Timing) -> Result<Self, AskError> {
        refuse(&timing)?;
        check_definitions(&timing, &self.info.columns).map_err(AskError::Name)?;
        let of_log = |rule: &&RuleSpec| {
            let mut columns = self.info.columns.iter();
            columns.any(|column| *column.name == *rule.name)
        };
        if let Some(rule) = timing.rules.iter().find(of_log) {
            return Err(AskError::Name(format!(
                "a rule is called {}, as a column of the table is",
                rule.name
            )));
        }
        self.info.deadlines = timing.rules.len();
        self.timing = timing;
        if !self.timing.rules.is_empty() {
            // So that a wrong condition is an error now.
            self.judged(&View::default(), false, &Cancel::never())?;
        }
        Ok(self)
    }

    /// The selected cases of a view with their states under all deadlines.
    pub(super) fn judged(
        &self,
        view: &View,
        open_ended: bool,
        cancel: &Cancel,
    ) -> Result<Judged<'_>, AskError> {
        let judge = self.judge(view, open_ended, cancel)?;
        let (mut frame, filters, states) =
            self.compiled(view, &view.filters, Some(&judge), cancel)?;
        let mut cases = vec!["TRUE".to_owned()];
        for filter in filters {
            cases.push(filter?.condition);
        }
        frame.cases = Some(cases.join(" AND "));
        let open = judge.ends.is_open(&frame);
        let over = if open_ended {
            "TRUE".to_owned()
        } else {
            format!("NOT ({open})")
        };
        let states = states.iter().enumerate();
        let states = states.map(|(rule, state)| format!(", {state} AS s{rule}"));
        let states: String = states.collect();
        let table = format!(
            "SELECT case_id, t0, t1, stop, CASE WHEN {open} THEN 1 ELSE 0 END AS is_open, \
             CASE WHEN {over} THEN t1 - t0 ELSE {} END AS elapsed{states} FROM kept",
            age(judge.ends.until)
        );
        Ok(Judged {
            frame,
            ends: judge.ends,
            table: ("judged", table),
        })
    }

    /// What judges the cases of a view, whatever its filters select.
    pub(super) fn judge(
        &self,
        view: &View,
        open_ended: bool,
        cancel: &Cancel,
    ) -> Result<Judge, AskError> {
        let ends = self.ends(view, cancel)?;
        let mut rules = Vec::new();
        for spec in &self.timing.rules {
            let mut when = Vec::new();
            for condition in &spec.when {
                let bound = self.bind(&condition.filter, ends.until, cancel)?;
                when.push(bound.map_err(|error| error.within("rule", &spec.name, condition.line))?);
            }
            rules.push(Rule {
                limit: spec.limit,
                warn: spec.warn,
                when,
            });
        }
        Ok(Judge {
            ends,
            open_ended,
            rules,
        })
    }
}

/// Time from the start of a case to an instant.
fn age(until: i64) -> String {
    format!("CASE WHEN t0 < {until} THEN {until} - t0 ELSE 0 END")
}

impl Compiler<'_> {
    /// The number of the state of a case under a deadline, on the row of a case.
    pub(super) fn state(&mut self, rule: usize, open_ended: bool) -> Result<String, RemoteError> {
        let none = || RemoteError::refused("deadlines here");
        let judge = self.judge.ok_or_else(none)?;
        let rule = judge.rules.get(rule).ok_or_else(none)?;
        let mut meant = vec!["TRUE".to_owned()];
        for condition in &rule.when {
            meant.push(format!("({})", self.case_condition(condition.root())?));
        }
        let limit = rule.limit;
        let [kept, broken, overdue, at_risk, running] = [
            State::Kept,
            State::Broken,
            State::Overdue,
            State::AtRisk,
            State::Running,
        ]
        .map(number);
        let over = format!("CASE WHEN t1 - t0 > {limit} THEN {broken} ELSE {kept} END");
        let state = if open_ended {
            over
        } else {
            let stop = self.flag(STOP.to_owned());
            let open = judge.ends.is_open_by(self.dialect, &stop);
            let age = age(judge.ends.until);
            let warn = self.dialect.number(rule.warn_from());
            format!(
                "CASE WHEN NOT ({open}) THEN {over} WHEN {age} > {limit} THEN {overdue} \
                 WHEN CAST({age} AS DOUBLE) >= {warn} THEN {at_risk} ELSE {running} END"
            )
        };
        Ok(format!(
            "CASE WHEN {} THEN {state} END",
            meant.join(" AND ")
        ))
    }

    /// The test of a deadline as a condition on the row of a case; `None` for other tests.
    pub(super) fn deadline(&mut self, test: &EventTest) -> Result<Option<String>, RemoteError> {
        let n_attributes = self.table.attributes().count();
        let rule = |column: usize| column.checked_sub(n_attributes);
        // NULL, for a deadline that is not for the case, is no state.
        let state = |compiler: &mut Self, rule: usize| {
            let state = compiler.state(rule, false)?;
            Ok::<_, RemoteError>(format!("coalesce({state}, -1)"))
        };
        Ok(match test {
            EventTest::Column(column, ColumnTest::Text(test)) => {
                let Some(rule) = rule(*column) else {
                    return Ok(None);
                };
                let passing = State::ALL.iter().filter(|state| test.holds(state.word()));
                let passing: Vec<String> =
                    passing.map(|state| number(*state).to_string()).collect();
                if passing.is_empty() {
                    return Ok(Some("FALSE".to_owned()));
                }
                Some(format!(
                    "{} IN ({})",
                    state(self, rule)?,
                    passing.join(", ")
                ))
            }
            EventTest::Missing(Source::Column(column)) => match rule(*column) {
                None => None,
                Some(rule) => Some(format!("{} = -1", state(self, rule)?)),
            },
            _ => None,
        })
    }
}

/// Refuses definitions that no engine has.
fn refuse(timing: &Timing) -> Result<(), RemoteError> {
    let is_other = |rule: &RuleSpec| {
        rule.milestone != DURATION || rule.calendar.is_some() || !rule.pauses.is_empty()
    };
    let defined = [
        (!timing.milestones.is_empty(), "milestones"),
        (!timing.calendars.is_empty(), "calendars"),
        (
            timing.rules.iter().any(is_other),
            "deadlines but on the duration of cases, and those with pauses",
        ),
        (
            !timing.conform_rules.is_empty(),
            "rules on the order of events",
        ),
        (!timing.outcomes.is_empty(), "outcomes"),
        (!timing.stages.is_empty(), "stages"),
        (timing.rates.is_some(), "rates"),
        (timing.journey != JourneySpec::default(), "journeys"),
        (!timing.waits.is_empty(), "classes of waits"),
        (timing.conform != ConformSpec::default(), "models"),
        (timing.ends.idle.is_some(), "cases that end by idleness"),
        (!timing.alerts.is_empty(), "alerts"),
        (
            timing.now.is_some(),
            "an instant at which open cases are looked at",
        ),
    ];
    match defined.into_iter().find(|(is_defined, _)| *is_defined) {
        Some((_, what)) => Err(RemoteError::refused(what)),
        None => Ok(()),
    }
}
