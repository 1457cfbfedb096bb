//! Rates of broken deadlines that are expected from a mix of cases (indirect standardization): like cases
//! have the same deadline and the same value of a property, and each is expected to break it as often as
//! all selected cases like it do.

use super::groups::{Bound, GroupBy};
use super::prepared::Prepared;
use super::query::Context;
use super::selected::Selected;
use super::timing::RuleStates;
use super::view::AskError;
use crate::event_log::{Level, Role};
use crate::filter::{Anchor, Field};
use crate::metrics::deadlines::State;
use crate::metrics::resources::Breaches;
use std::ops::RangeInclusive;

/// Numbers of values of a column that makes cases alike: with more, most cases would be alike to few.
const VALUES: RangeInclusive<u64> = 2..=50;

/// Properties that may make cases alike, the usual one first: columns of cases, the first activity,
/// columns of events by their value at the first event. `by` is the column of the rows.
pub fn mixes(prepared: &Prepared, by: &Field) -> Vec<GroupBy> {
    let columns = prepared.columns.iter().enumerate();
    let eligible = columns.filter(|(at, column)| {
        let is_by = match by {
            Field::Resource => prepared.log.role_columns[Role::Resource] == Some(*at),
            by => column.field() == *by,
        };
        let is_defined = prepared.log.defined_columns().contains(at);
        !is_by && !is_defined && column.values.is_some_and(|n| VALUES.contains(&n))
    });
    let (of_cases, of_events): (Vec<_>, Vec<_>) =
        eligible.partition(|(_, column)| column.level == Level::Case);
    let of_cases = of_cases.into_iter();
    let of_cases = of_cases.map(|(_, column)| GroupBy::Column(column.field()));
    let of_events = of_events.into_iter();
    let of_events = of_events.map(|(_, column)| GroupBy::At(Anchor::Starts, column.field()));
    let first = GroupBy::Activity(Anchor::Starts);
    of_cases.chain([first]).chain(of_events).collect()
}

/// Deadlines of cases with the rates that are expected of them.
pub struct Expected<'a> {
    states: Vec<RuleStates<'a>>,
    mix: Bound<'a>,
    /// Rates by deadline and value, in parts of [`Breaches::ONE`].
    rates: Vec<u64>,
}

impl<'a> Expected<'a> {
    /// The rates of the selected cases; `None` without deadlines.
    ///
    /// # Errors
    /// The log has no such column, or the answer is not wanted any more.
    pub fn of(
        selected: &'a Selected,
        mix: &GroupBy,
        context: &Context<'_>,
    ) -> Result<Option<Expected<'a>>, AskError> {
        let prepared = &selected.prepared;
        let states: Vec<RuleStates<'a>> = prepared.deadline_states().collect();
        if states.is_empty() {
            return Ok(None);
        }
        let selection = selected.selection();
        // A case has one value, so that it is like the same cases under each deadline.
        let mix = mix.clone().single();
        let mix = mix.bind(prepared, &selection, context.analysis.zone())?;
        let mut counts = vec![[0u64; 2]; states.len() * mix.key().n_codes];
        let mut expected = Expected {
            states,
            mix,
            rates: Vec::new(),
        };
        selection.each_case(context.cancel, |case| {
            expected.each_deadline(case, |at, is_broken| {
                counts[at][0] += 1;
                counts[at][1] += u64::from(is_broken);
            });
        })?;
        let rate = |[known, broken]: [u64; 2]| {
            let parts = u128::from(broken) * u128::from(Breaches::ONE);
            let known = u128::from(known.max(1));
            // Rounded to the nearest.
            ((parts + known / 2) / known) as u64
        };
        expected.rates = counts.into_iter().map(rate).collect();
        Ok(Some(expected))
    }

    /// Calls `f` for each deadline of a case that is kept or broken, with the place of its rate.
    fn each_deadline(&self, case: usize, mut f: impl FnMut(usize, bool)) {
        let key = self.mix.key();
        let mut codes = Vec::with_capacity(1);
        (key.codes)(case, &mut codes);
        let code = codes.first().copied().unwrap_or(0) as usize;
        for (rule, states) in self.states.iter().enumerate() {
            let Some(state) = states.of(case) else {
                continue;
            };
            let is_broken = state.is_breach();
            if is_broken || state == State::Kept {
                f(rule * key.n_codes + code, is_broken);
            }
        }
    }

    /// The deadlines of a case.
    pub fn of_case(&self, case: usize) -> Breaches {
        let mut breaches = Breaches::default();
        self.each_deadline(case, |at, is_broken| {
            breaches.known += 1;
            breaches.broken += u64::from(is_broken);
            breaches.expected += u128::from(self.rates[at]);
        });
        breaches
    }
}
