//! The event by which a case comes to meet a filter. Only for filters that events make true and
//! nothing makes false again: activities, paths, conditions on events, attributes that never change,
//! outcomes, and these joined by `and` and `or`.

use super::factors::unfolded;
use super::prepared::{Prepared, filter_error};
use super::view::FilterError;
use crate::event_log::{Cancel, EventLog, Level};
use crate::filter::{
    self, Anchor, Atom, Comparison, EventCond, Expr, Field, Gap, Op, Relation, Step, Value,
};
use chrono_tz::Tz;
use rayon::prelude::*;

/// No event of the case.
pub const NEVER: u32 = u32::MAX;

/// Returns for each case its first event that makes a filter true, [`NEVER`] where it does not meet it.
/// Durations are by clock time, as in all conditions of definitions.
///
/// # Errors
/// The filter is wrong, or it is not one that events make true.
pub fn first_events(prepared: &Prepared, text: &str, tz: Tz) -> Result<Vec<u32>, FilterError> {
    let expr = filter::parse(text).map_err(|error| filter_error(text, error))?;
    let prepared = prepared.by_clock.as_deref().unwrap_or(prepared);
    let moments = Moments { prepared, text, tz };
    moments.of(&expr)
}

/// True if events make a filter true: whether it can have a first one is known without looking for it.
pub fn is_made_true(prepared: &Prepared, text: &str) -> bool {
    filter::parse(text).is_ok_and(|expr| can_become_true(prepared, &expr))
}

/// True if an event makes a filter true for a case that did not meet it before.
pub fn is_event(prepared: &Prepared, text: &str) -> bool {
    filter::parse(text).is_ok_and(|expr| {
        let expr = unfolded(prepared, &expr);
        can_become_true(prepared, &expr) && !is_constant(&expr, &prepared.log)
    })
}

fn can_become_true(prepared: &Prepared, expr: &Expr) -> bool {
    let expr = &unfolded(prepared, expr);
    is_constant(expr, &prepared.log)
        || match expr {
            Expr::And(parts) | Expr::Or(parts) => {
                parts.iter().all(|part| can_become_true(prepared, part))
            }
            Expr::Not(_) => false,
            Expr::Atom(atom) => becomes_true(atom, &prepared.log),
        }
}

/// True if an event makes a condition true, and none makes it false again.
fn becomes_true(atom: &Atom, log: &EventLog) -> bool {
    match atom {
        Atom::Has(_) | Atom::Path { .. } | Atom::Time(_) | Atom::Event(_) => true,
        Atom::Follows { gap, .. } => gap.period.is_none(),
        // `a != b` is the opposite of `a = b`, which an event makes false.
        Atom::Compare(comparison) => {
            is_of_events(&comparison.field.node, log)
                && !matches!(comparison.op, Op::NotEqual | Op::NotMatches)
        }
        Atom::Member(membership) => is_of_events(&membership.field.node, log),
        Atom::Missing(missing) => !missing.negated && is_of_events(&missing.field.node, log),
        _ => false,
    }
}

struct Moments<'a> {
    prepared: &'a Prepared,
    text: &'a str,
    tz: Tz,
}

impl Moments<'_> {
    fn of(&self, expr: &Expr) -> Result<Vec<u32>, FilterError> {
        let expr = &unfolded(self.prepared, expr);
        let log = &self.prepared.log;
        if is_constant(expr, log) {
            let cases = self.prepared.meeting(&expr.to_string(), self.tz)?;
            let first = |case| {
                if cases.contains(case) {
                    log.case_offsets[case]
                } else {
                    NEVER
                }
            };
            return Ok((0..log.n_cases()).map(first).collect());
        }
        match expr {
            Expr::And(parts) => self.joined(parts, u32::max),
            Expr::Or(parts) => self.joined(parts, u32::min),
            Expr::Not(_) => Err(self.not_of_events()),
            Expr::Atom(atom) => self.atom(atom),
        }
    }

    fn joined(&self, parts: &[Expr], join: fn(u32, u32) -> u32) -> Result<Vec<u32>, FilterError> {
        let mut parts = parts.iter().map(|part| self.of(part));
        let first = parts.next().unwrap_or_else(|| Ok(Vec::new()))?;
        parts.try_fold(first, |all, part| {
            let pairs = all.into_iter().zip(part?);
            Ok(pairs.map(|(a, b)| join(a, b)).collect())
        })
    }

    fn atom(&self, atom: &Atom) -> Result<Vec<u32>, FilterError> {
        let log = &self.prepared.log;
        Ok(match atom {
            Atom::Has(activity) => first_of_each(log, &self.occurrences(&activity.node)?),
            _ if !becomes_true(atom, log) => return Err(self.not_of_events()),
            Atom::Follows {
                from,
                step,
                to,
                gap,
            } => {
                let from = self.occurrences(&from.node)?;
                let to = self.occurrences(&to.node)?;
                paths(log, &from, &to, *step, gap)
            }
            Atom::Path { .. } => {
                let text = Expr::Atom(atom.clone()).to_string();
                let bound = self.prepared.bind(&text, self.tz, &Cancel::never())?;
                let ends = bound.path_ends(log, &self.prepared.index);
                let ends = ends.ok_or_else(|| self.not_of_events())?;
                ends.into_iter().map(|end| end.unwrap_or(NEVER)).collect()
            }
            Atom::Compare(comparison) => {
                self.first_meeting(&[EventCond::Compare(comparison.clone())])?
            }
            Atom::Member(membership) => {
                self.first_meeting(&[EventCond::Member(membership.clone())])?
            }
            Atom::Missing(missing) => self.first_meeting(&[EventCond::Missing(missing.clone())])?,
            Atom::Time(range) => self.first_meeting(&[EventCond::Time(range.clone())])?,
            Atom::Event(conditions) => self.first_meeting(conditions)?,
            _ => return Err(self.not_of_events()),
        })
    }

    fn not_of_events(&self) -> FilterError {
        FilterError {
            text: self.text.to_owned(),
            span: 0..self.text.len(),
            message: "no single event makes this true: the time to it is known for activities, \
                      paths and values of events, joined by `and` and `or`"
                .to_owned(),
        }
    }

    /// The events of an activity, ascending.
    fn occurrences(&self, activity: &str) -> Result<Vec<u32>, FilterError> {
        let is = Comparison {
            field: Field::Activity.into(),
            op: Op::Equal,
            value: Value::from(activity).into(),
        };
        self.meeting(&EventCond::Compare(is))
    }

    /// The events that meet a condition, ascending.
    fn meeting(&self, condition: &EventCond) -> Result<Vec<u32>, FilterError> {
        let log = &self.prepared.log;
        let bound = self
            .prepared
            .with_inputs(self.tz, &Cancel::never(), |inputs| {
                filter::bind_events(condition, log, inputs)
            });
        let bound = bound.map_err(|error| filter_error(self.text, error))?;
        Ok(bound.rows(log))
    }

    /// The first event of each case that meets all conditions.
    fn first_meeting(&self, conditions: &[EventCond]) -> Result<Vec<u32>, FilterError> {
        let mut all: Option<Vec<u32>> = None;
        for condition in conditions {
            let rows = self.meeting(condition)?;
            all = Some(match all {
                None => rows,
                Some(mut all) => {
                    all.retain(|row| rows.binary_search(row).is_ok());
                    all
                }
            });
        }
        Ok(first_of_each(&self.prepared.log, &all.unwrap_or_default()))
    }
}

/// The part of some ascending events that is of a case.
fn of_case<'a>(log: &EventLog, case: usize, rows: &'a [u32]) -> &'a [u32] {
    let from = rows.partition_point(|&row| row < log.case_offsets[case]);
    let len = rows[from..].partition_point(|&row| row < log.case_offsets[case + 1]);
    &rows[from..from + len]
}

fn first_of_each(log: &EventLog, rows: &[u32]) -> Vec<u32> {
    let first = |case| of_case(log, case, rows).first().copied().unwrap_or(NEVER);
    (0..log.n_cases()).into_par_iter().map(first).collect()
}

/// The first event of each case that ends a path.
fn paths(log: &EventLog, from: &[u32], to: &[u32], step: Step, gap: &Gap) -> Vec<u32> {
    let ticks = log.ticks();
    let in_time = |a: u32, b: u32| {
        let elapsed = ticks[b as usize].saturating_sub(ticks[a as usize]);
        gap.after
            .as_ref()
            .is_none_or(|least| elapsed >= least.micros)
            && gap
                .within
                .as_ref()
                .is_none_or(|most| elapsed <= most.micros)
    };
    let first = |case| {
        let (from, to) = (of_case(log, case, from), of_case(log, case, to));
        let ends = to.iter().copied().find(|&end| {
            let before = &from[..from.partition_point(|&start| start < end)];
            match step {
                Step::Directly => before
                    .last()
                    .is_some_and(|&a| a + 1 == end && in_time(a, end)),
                Step::Eventually => before.iter().any(|&a| in_time(a, end)),
            }
        });
        ends.unwrap_or(NEVER)
    };
    (0..log.n_cases()).into_par_iter().map(first).collect()
}

/// True if a field is one that events have.
fn is_of_events(field: &Field, log: &EventLog) -> bool {
    match field {
        Field::Activity | Field::Resource | Field::Time | Field::LogColumn(_) => true,
        // A definition is about a case as a whole.
        Field::Column(name) => {
            let defined = &log.columns[log.defined_columns()];
            !log.case_times.iter().any(|time| time.name == *name)
                && !defined.iter().any(|column| column.name == *name)
        }
        _ => false,
    }
}

/// True if no event changes whether a filter holds.
fn is_constant(expr: &Expr, log: &EventLog) -> bool {
    let field = |field: &Field| match field {
        Field::Case
        | Field::Start
        | Field::Clock(Anchor::Starts, _)
        | Field::At(Anchor::Starts, _) => true,
        Field::Column(name) | Field::LogColumn(name) => {
            let columns = &log.columns[..log.defined_columns().start];
            let column = columns.iter().find(|column| column.name == *name);
            column.is_some_and(|column| column.level == Level::Case)
        }
        _ => false,
    };
    match expr {
        Expr::And(parts) | Expr::Or(parts) => parts.iter().all(|part| is_constant(part, log)),
        Expr::Not(inner) => is_constant(inner, log),
        Expr::Atom(atom) => match atom {
            Atom::Bound(Anchor::Starts, _) | Atom::Period(Relation::Started, _) => true,
            Atom::Compare(comparison) => field(&comparison.field.node),
            Atom::Member(membership) => field(&membership.field.node),
            Atom::Missing(missing) => field(&missing.field.node),
            _ => false,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Analysis, Condition, NamedOutcome, Timing, View};
    use crate::event_log::Progress;
    use crate::formats::ImportReport;

    #[test]
    fn the_first_event_that_makes_a_filter_true_is_found() {
        let log = crate::test_support::log("1: a b c b; 2: b a; 3: c");
        let (report, progress) = (ImportReport::default(), Progress::default());
        let analysis = Analysis::new("log".into(), log, report, chrono_tz::UTC, &progress).unwrap();
        let outcome = |name: &str, filter: &str| NamedOutcome {
            name: name.to_owned(),
            filter: Condition {
                filter: filter.to_owned(),
                line: None,
            },
        };
        let timing = Timing {
            outcomes: vec![
                outcome("hit", "\"b\""),
                outcome("later", "hit = true and \"c\""),
            ],
            ..Timing::default()
        };
        let analysis = analysis.with_timing(timing).unwrap();
        let prepared = analysis
            .prepared(&View::default(), &Cancel::never())
            .unwrap();
        let first = |filter: &str| first_events(&prepared, filter, chrono_tz::UTC);
        for (filter, wanted) in [
            ("\"b\"", [1, 4, NEVER]),
            ("\"a\" -> \"b\"", [1, NEVER, NEVER]),
            ("\"c\" -> \"b\"", [3, NEVER, NEVER]),
            ("\"a\" ~> \"b\" ~> \"b\"", [3, NEVER, NEVER]),
            ("\"b\" and \"c\"", [2, NEVER, NEVER]),
            ("\"b\" or \"c\"", [1, 4, 6]),
            ("activity in (\"a\", \"c\")", [0, 5, 6]),
            ("case = \"1\" and \"b\"", [1, NEVER, NEVER]),
            ("hit = true", [1, 4, NEVER]),
            ("later = true", [2, NEVER, NEVER]),
        ] {
            assert_eq!(first(filter).unwrap(), wanted, "{filter}");
        }
        for filter in ["not \"b\"", "hit = false", "duration > 1h", "events > 2"] {
            let error = first(filter).unwrap_err();
            assert!(
                error.message.contains("no single event"),
                "{filter}: {error:?}"
            );
        }
    }
}
