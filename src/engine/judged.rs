//! Rules on the order of events applied to a log: the judgment of its cases, and their states as columns.

use super::conform_rules::ConformRule;
use super::prepared::{Prepared, filter_error};
use super::view::{AskError, FilterError};
use crate::event_log::{Cancel, Codes, Column, ColumnData, Level};
use crate::index::CaseSet;
use crate::metrics::deadlines::State;
use crate::metrics::templates::{Judgment, Judgments, TemplateRule};
use rayon::prelude::*;
use std::sync::Arc;

/// The judgment of all cases of a log on a rule.
pub struct Judged {
    judgments: Judgments,
    /// The cases that the rule is for; all where this is `None`.
    when: Option<Arc<CaseSet>>,
}

impl Judged {
    /// The judgment of a case; `None` where the rule is not for it.
    pub fn of(&self, prepared: &Prepared, case: usize) -> Option<&Judgment> {
        let is_meant = self.when.as_ref().is_none_or(|when| when.contains(case));
        is_meant.then(|| self.judgments.of(&prepared.index, case))
    }
}

impl Prepared {
    /// Judges all cases of the log on a rule.
    ///
    /// # Errors
    /// A name of the rule that the log does not have; its condition is no filter of this log; cancelled.
    pub(super) fn judged(
        &self,
        spec: &ConformRule,
        tz: chrono_tz::Tz,
        cancel: &Cancel,
    ) -> Result<Judged, AskError> {
        let (rule, when) = self.bound_rule(spec, tz)?;
        let judgments = rule.judgments(&self.log, &self.index, self.now(), cancel)?;
        Ok(Judged { judgments, when })
    }

    /// Binds a rule to the log, with the cases that it is for.
    fn bound_rule(
        &self,
        spec: &ConformRule,
        tz: chrono_tz::Tz,
    ) -> Result<(TemplateRule, Option<Arc<CaseSet>>), FilterError> {
        let rule = &spec.rule;
        let wrong = |error: FilterError| error.within("rule", &spec.name, spec.line);
        let bound = self.with_inputs(tz, &Cancel::never(), |inputs| rule.bind(&self.log, inputs));
        let bound = bound.map_err(|error| wrong(filter_error(&spec.text, error)))?;
        let when = rule.when.as_ref().map(|when| {
            let text = &spec.text[when.span.clone()];
            self.meeting(text, tz).map_err(wrong)
        });
        let rule = TemplateRule {
            template: rule.template,
            a: bound.a,
            b: bound.b,
            times: rule.times,
            time: (
                rule.after.as_ref().map(|limit| limit.micros),
                rule.within.as_ref().map(|limit| limit.micros),
            ),
            columns: bound.columns,
        };
        Ok((rule, when.transpose()?))
    }
}

/// The state of every case of a log under every rule: a column of cases of the rule's name.
///
/// # Errors
/// As [`Prepared::judged`].
pub fn columns(prepared: &Prepared, tz: chrono_tz::Tz) -> Result<Vec<Column>, FilterError> {
    let words = || std::iter::once("").chain(ConformRule::STATES.map(State::word));
    // Found before the parallel part asks for them.
    let open = prepared.open();
    let rules = prepared.timed.timing.conform_rules.iter().map(|spec| {
        let (rule, when) = prepared.bound_rule(spec, tz)?;
        let (log, index) = (&prepared.log, &prepared.index);
        let judgments = rule.judgments(log, index, prepared.now(), &Cancel::never());
        let judgments = judgments.expect("nobody cancels this");
        let judged = Judged { judgments, when };
        let code = |case: usize| {
            let state = judged.of(prepared, case)?.state(open.contains(case))?;
            let at = ConformRule::STATES.iter().position(|of| *of == state)?;
            u32::try_from(1 + at).ok()
        };
        let cases = (0..prepared.log.n_cases()).into_par_iter();
        let codes: Vec<u32> = cases.map(|case| code(case).unwrap_or(0)).collect();
        Ok(Column {
            name: spec.name.clone(),
            level: Level::Case,
            data: ColumnData::Text(
                Codes::pack(codes.into_iter(), words().count()),
                words().collect(),
            ),
        })
    });
    rules.collect()
}
