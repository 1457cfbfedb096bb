//! The cases of a log that conform to what cases are judged by, as filters say it.

use super::conformance::{Asked, Bench, Judge, Judgement};
use super::prepared::Prepared;
use super::reference::ConformSpec;
use super::view::AskError;
use crate::event_log::Cancel;
use crate::filter::{Conformity, quote};
use crate::index::CaseSet;
use crate::metrics::Selection;
use crate::models::{Ending, Limits, Move};
use crate::text::did_you_mean;
use std::sync::Arc;

impl Prepared {
    /// Returns what the cases of the log are judged by.
    ///
    /// # Errors
    /// As [`Judge::new`].
    pub fn judge(&self, tz: chrono_tz::Tz, cancel: &Cancel) -> Result<Arc<Judge>, AskError> {
        if let Some(by_clock) = &self.by_clock {
            return by_clock.judge(tz, cancel);
        }
        if let Some(judge) = self.judge.get() {
            return Ok(Arc::clone(judge));
        }
        // Made without holding a lock: it evaluates filters on several threads.
        let judge = self.judge_by(&self.timed.timing.conform, tz, cancel)?;
        Ok(Arc::clone(self.judge.get_or_init(|| Arc::new(judge))))
    }

    /// Returns a judge of the cases of the log by something else than what was defined.
    ///
    /// # Errors
    /// As [`Judge::new`].
    pub fn judge_by(
        &self,
        spec: &ConformSpec,
        tz: chrono_tz::Tz,
        cancel: &Cancel,
    ) -> Result<Judge, AskError> {
        let cases = |text: &str| self.cases(text, tz, cancel);
        let bench = Bench {
            names: &self.names,
            activities: &self.log.activities,
            index: &self.index,
            cases: &cases,
        };
        Judge::new(bench, spec, cancel)
    }

    /// Returns the cases that conform so; open ones are judged as prefixes.
    ///
    /// # Errors
    /// As [`Judge::new`]; neither log nor model have the activity.
    pub fn conforming(
        &self,
        conformity: &Conformity,
        tz: chrono_tz::Tz,
        cancel: &Cancel,
    ) -> Result<CaseSet, AskError> {
        let judge = self.judge(tz, cancel)?;
        let wanted = match conformity {
            Conformity::Fits | Conformity::Deviates => None,
            Conformity::Missing(activity) | Conformity::Extra(activity) => {
                let known = judge.names.iter().position(|name| **name == *activity.node);
                Some(known.ok_or_else(|| {
                    let names = judge.names.iter().map(|name| &**name);
                    let hint = did_you_mean(&activity.node, names, quote);
                    let name = quote(&activity.node);
                    AskError::Name(format!(
                        "neither log nor model has an activity {name}{hint}"
                    ))
                })? as u32)
            }
        };
        let conforms = |judgement: &Judgement| match conformity {
            Conformity::Fits => judgement.cost() == Some(0),
            Conformity::Deviates => judgement.cost().is_some_and(|cost| cost > 0),
            Conformity::Missing(_) => {
                let moves = judgement.moves().iter();
                moves
                    .copied()
                    .any(|one| wanted.map(Move::Missing) == Some(one))
            }
            Conformity::Extra(_) => {
                let moves = judgement.moves().iter();
                moves
                    .copied()
                    .any(|one| wanted.map(Move::Extra) == Some(one))
            }
        };
        let open = self.open();
        let n_open = Selection::count_variants(&self.index, Some(open));
        let asked = Asked::of(&self.index.variants.n_cases, &n_open);
        let judged = judge.judge(&self.index, &asked, &Limits::default(), cancel)?;
        let mut conforming = [0, 1].map(|_| vec![false; self.index.variants.len()]);
        for (asked, judgement) in asked.iter().zip(&judged) {
            let place = usize::from(asked.ending == Ending::Open);
            conforming[place][asked.variant] = conforms(judgement);
        }
        Ok(CaseSet::from_fn(self.index.n_cases(), |case| {
            let place = usize::from(open.contains(case));
            conforming[place][self.index.case_variant[case] as usize]
        }))
    }
}
