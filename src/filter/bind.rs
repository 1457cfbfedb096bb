//! From the tree to a filter of one log: names are looked up, values are read as their fields ask.
//! All errors that depend on the log come from here.

use super::ast::{
    Activity, Anchor, Atom, Comparison, EventCond, Expr, Field, Limit, Membership, Spanned, Step,
    TimeLiteral, TimeRange, Value,
};
use super::eval::{Elapsed, Node};
use super::field::{EventTest, Source};
use super::rows;
use super::suggest::did_you_mean;
use super::trace::TraceTest;
use super::value::{Test, Wanted, Way};
use super::{QueryError, quote, shown};
use crate::event_log::EventLog;
use crate::index::{CaseSet, Index};
use chrono_tz::Tz;

/// A filter of the cases of one log.
#[derive(Debug, Clone)]
pub struct BoundFilter {
    root: Node,
}

impl BoundFilter {
    /// The cases that pass. `log` is the one the filter was bound to, or one derived from it by
    /// [`EventLog::select`]; `index` is the index of `log`.
    pub fn cases(&self, log: &EventLog, index: &Index) -> CaseSet {
        self.root.cases(log, index)
    }
}

/// A condition on the events of one log.
#[derive(Debug, Clone)]
pub struct BoundEvents {
    test: BoundCond,
}

#[derive(Debug, Clone)]
enum BoundCond {
    Test { test: EventTest, negated: bool },
    Time { from: i64, to: i64 },
}

impl BoundEvents {
    /// The rows that are kept, ascending. `log` is as for [`BoundFilter::cases`].
    pub fn rows(&self, log: &EventLog) -> Vec<u32> {
        match &self.test {
            BoundCond::Test { test, negated } => rows::rows(test, *negated, log),
            BoundCond::Time { from, to } => rows::rows_in(*from, *to, log),
        }
    }
}

/// Looks up the names of a filter in a log. `tz` is the zone of times without offset.
///
/// # Errors
/// A name that the log does not have, with the nearest ones; a value that its field cannot be
/// compared with.
pub fn bind(expr: &Expr, log: &EventLog, tz: Tz) -> Result<BoundFilter, QueryError> {
    let root = Binder { log, tz }.expr(expr)?;
    Ok(BoundFilter { root })
}

/// Looks up the names of a condition on events in a log. `tz` is the zone of times without offset.
///
/// # Errors
/// As of [`bind`]; and where the field is one of cases.
pub fn bind_events(cond: &EventCond, log: &EventLog, tz: Tz) -> Result<BoundEvents, QueryError> {
    let (field, way, negated, values) = match cond {
        EventCond::Time(range) => {
            let (from, to) = bounds(range, tz);
            return Ok(BoundEvents {
                test: BoundCond::Time { from, to },
            });
        }
        EventCond::Compare(comparison) => {
            let (way, negated) = Way::of(comparison.op);
            let values = std::slice::from_ref(&comparison.value);
            (&comparison.field, way, negated, values)
        }
        EventCond::Member(Membership { field, values }) => {
            (field, Way::Equal, false, values.as_slice())
        }
    };
    let Some(source) = Source::of(field, log)? else {
        let message = format!(
            "{} is of the case; a condition on events takes activity, resource, time, case or a \
             column (one of that name is written in backticks)",
            shown(&field.node.to_string())
        );
        return Err(QueryError::new(field.span.clone(), message));
    };
    let test = EventTest::bind(source, (&field.node, way, values), log, tz)?;
    Ok(BoundEvents {
        test: BoundCond::Test { test, negated },
    })
}

struct Binder<'a> {
    log: &'a EventLog,
    tz: Tz,
}

impl Binder<'_> {
    fn expr(&self, expr: &Expr) -> Result<Node, QueryError> {
        let each = |all: &[Expr]| -> Result<Vec<Node>, QueryError> {
            all.iter().map(|e| self.expr(e)).collect()
        };
        Ok(match expr {
            Expr::And(all) => Node::All(each(all)?),
            Expr::Or(any) => Node::Any(each(any)?),
            Expr::Not(inner) => Node::Not(Box::new(self.expr(inner)?)),
            Expr::Atom(atom) => self.atom(atom)?,
        })
    }

    fn atom(&self, atom: &Atom) -> Result<Node, QueryError> {
        Ok(match atom {
            Atom::Has(activity) => Node::Trace(TraceTest::Has(self.activity(activity)?)),
            Atom::Follows {
                from,
                step,
                to,
                limit,
            } => {
                let (from, to) = (self.activity(from)?, self.activity(to)?);
                match (step, limit) {
                    (Step::Directly, None) => Node::Trace(TraceTest::Directly(from, to)),
                    (Step::Eventually, None) => Node::Trace(TraceTest::Eventually(from, to)),
                    (Step::Directly, Some(limit)) => Node::Directly(from, to, elapsed(limit)),
                    (Step::Eventually, Some(limit)) => Node::Eventually(from, to, elapsed(limit)),
                }
            }
            Atom::Bound(Anchor::Starts, activity) => {
                Node::Trace(TraceTest::Starts(self.activity(activity)?))
            }
            Atom::Bound(Anchor::Ends, activity) => {
                Node::Trace(TraceTest::Ends(self.activity(activity)?))
            }
            Atom::Period(relation, range) => {
                let (from, to) = bounds(range, self.tz);
                Node::Period(*relation, from, to)
            }
            Atom::Compare(Comparison { field, op, value }) => {
                let (way, negated) = Way::of(*op);
                let node = self.field(field, way, std::slice::from_ref(value))?;
                if negated {
                    Node::Not(Box::new(node))
                } else {
                    node
                }
            }
            Atom::Member(Membership { field, values }) => self.field(field, Way::Equal, values)?,
        })
    }

    fn activity(&self, activity: &Activity) -> Result<u32, QueryError> {
        let names = &self.log.activities;
        names.find(&activity.node).ok_or_else(|| {
            let hint = did_you_mean(&activity.node, names.iter(), |name| shown(&quote(name)));
            let message = format!("the log has no activity {}{hint}", shown(&activity.node));
            QueryError::new(activity.span.clone(), message)
        })
    }

    fn field(
        &self,
        field: &Spanned<Field>,
        way: Way,
        values: &[Spanned<Value>],
    ) -> Result<Node, QueryError> {
        if let Some(source) = Source::of(field, self.log)? {
            let test = EventTest::bind(source, (&field.node, way, values), self.log, self.tz)?;
            return Ok(Node::Event(test));
        }
        let name = shown(&field.node.to_string());
        let wanted = Wanted {
            way,
            values,
            field: &name,
            lenient: false,
        };
        let number = || -> Result<Test<f64>, QueryError> { wanted.exact_numbers() };
        Ok(match &field.node {
            Field::Duration => Node::Duration(wanted.durations()?),
            Field::Start => Node::Start(wanted.instants(self.tz)?),
            Field::End => Node::End(wanted.instants(self.tz)?),
            Field::Events => Node::Trace(TraceTest::Events(number()?)),
            Field::Count(activity) => {
                Node::Trace(TraceTest::Count(self.activity(activity)?, number()?))
            }
            // The fields of events are done; what is left is the variant.
            _ => Node::Trace(TraceTest::Rank(number()?)),
        })
    }
}

fn elapsed(limit: &Limit) -> Elapsed {
    match limit {
        Limit::Within(duration) => Elapsed::AtMost(duration.micros),
        Limit::After(duration) => Elapsed::AtLeast(duration.micros),
    }
}

/// The first instant of a range, and the first one after it. No instant is as late as the end of
/// an open range.
fn bounds(range: &TimeRange, tz: Tz) -> (i64, i64) {
    let first = |time: &TimeLiteral| time.moment.first_instant(tz);
    let next = |time: &TimeLiteral| time.moment.next_instant(tz);
    let from = |time: &Option<TimeLiteral>| time.as_ref().map_or(i64::MIN, first);
    match range {
        TimeRange::Whole(time) => (first(time), next(time)),
        TimeRange::From(time) => (first(time), i64::MAX),
        TimeRange::Until(start, end) => (from(start), first(end)),
        TimeRange::Through(start, end) => (from(start), next(end)),
    }
}
