//! Open cases of a log in an engine: the activities that end a case are guessed as of any log, by where cases stop.

use super::answers::{CASES, ranked};
use super::dialects::Dialect;
use super::frame::{Frame, Parts};
use super::log::RemoteLog;
use crate::engine::{AskError, EndPlaces, Ending, Guess, View, guess_ends};
use crate::event_log::Cancel;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Which cases of a view are open.
#[derive(Debug, Clone)]
pub(super) struct Ends {
    /// The last instant that is looked at.
    pub until: i64,
    names: Vec<Arc<str>>,
    guess: Option<Guess>,
}

/// Cases with their last activity, as [`Ends::is_open`] takes them.
pub(super) const ENDED: &str = "SELECT case_id, n, t0, t1, t1 - t0 AS d, stop FROM kept";

impl Ends {
    /// The condition on a row of [`ENDED`] that the case is open.
    pub fn is_open(&self, frame: &Frame<'_>) -> String {
        self.is_open_by(frame.dialect, "stop")
    }

    /// The condition on the activity at which a case stops that the case is open.
    pub fn is_open_by(&self, dialect: &Dialect, stop: &str) -> String {
        if self.names.is_empty() && self.guess.is_some() {
            return "FALSE".to_owned();
        }
        let names = self.names.iter().map(|name| &**name);
        format!("NOT {}", dialect.one_of(stop, names))
    }

    /// True if a case that stops at an activity is open.
    pub fn is_open_at(&self, activity: &str) -> bool {
        let is_known = self.guess.is_none() || !self.names.is_empty();
        is_known && self.names.iter().all(|name| **name != *activity)
    }

    /// In words, with the number of open cases.
    pub fn ending(&self, open: u64) -> Ending {
        Ending::by_activities(self.until, open, self.names.clone(), self.guess)
    }
}

impl RemoteLog {
    /// Finds out what ends the cases of a view, whatever its filters select.
    pub(super) fn ends(&self, view: &View, cancel: &Cancel) -> Result<Ends, AskError> {
        let (frame, _) = self.compile(view, &[], cancel)?;
        let last = frame.until.or(self.info.span.map(|(_, last)| last));
        let until = self.now(&frame, last)?.unwrap_or(0);
        if let Some(names) = view.ends.as_ref().or(self.timing.ends.activities.as_ref()) {
            let known = self.info.activities.iter();
            let known = known.filter(|known| names.iter().any(|name| **name == ***known));
            return Ok(Ends {
                until,
                names: known.cloned().collect(),
                guess: None,
            });
        }
        let places = self.places(&frame, until)?;
        let activities = self.info.activities.iter();
        let of = activities.map(|name| (&**name, places.get(&**name).copied().unwrap_or_default()));
        let (is_end, guess) = guess_ends(&of.collect::<Vec<_>>());
        let names = self.info.activities.iter().zip(is_end);
        let names = names.filter(|(_, is_end)| *is_end);
        Ok(Ends {
            until,
            names: names.map(|(name, _)| Arc::clone(name)).collect(),
            guess: Some(guess),
        })
    }

    /// Places of each activity in the cases that had no event for long, and in all cases.
    fn places(
        &self,
        frame: &Frame<'_>,
        until: i64,
    ) -> Result<BTreeMap<String, [EndPlaces; 2]>, AskError> {
        let cases = ("cs", CASES.to_owned());
        let tenth = (frame.dialect.div)("(m * 9)", "10");
        let select = format!("SELECT max(CASE WHEN r = {tenth} + 1 THEN d END) FROM ranked");
        let more = [cases.clone(), ("ranked", ranked("d", "d", "", "cs"))];
        let answer = self.ask(frame, Parts::Events, &more, &select)?;
        // Longer than nine in ten cases take in total.
        let long = answer.only()?.int(0)?.unwrap_or(0);
        let more = [
            cases,
            (
                "quiet",
                format!(
                    "SELECT case_id AS of_case, CASE WHEN {until} - t1 > {long} THEN 1 ELSE 0 END AS q FROM cs"
                ),
            ),
            (
                "places",
                "SELECT case_id, activity, max(CASE WHEN pos = 1 THEN 1 ELSE 0 END) AS begins, \
                 max(CASE WHEN na IS NULL THEN 1 ELSE 0 END) AS stops FROM e GROUP BY case_id, activity"
                    .to_owned(),
            ),
        ];
        let sum = |value: &str| format!("CAST(sum({value}) AS BIGINT)");
        let columns = ["begins * q", "q", "stops * q", "begins", "1", "stops"].map(sum);
        let select = format!(
            "SELECT activity, {} FROM places JOIN quiet ON case_id = of_case GROUP BY activity",
            columns.join(", ")
        );
        let answer = self.ask(frame, Parts::Events, &more, &select)?;
        let mut places = BTreeMap::new();
        for row in answer.iter() {
            let of = |at: usize| -> Result<EndPlaces, AskError> {
                Ok(EndPlaces {
                    begins: row.count(at)?,
                    contains: row.count(at + 1)?,
                    stops: row.count(at + 2)?,
                })
            };
            places.insert(row.name(0)?.to_owned(), [of(1)?, of(4)?]);
        }
        Ok(places)
    }
}
