//! From the tree to a filter of one log: names are looked up, values are read as their fields ask.
//! All errors that depend on the log come from here.

use super::ast::{
    self, Activity, Anchor, Atom, Between, Comparison, Dial, EventCond, Expr, Field, Gap,
    Membership, Missing, Op, Queued, Spanned, Step, Value, quote,
};
use super::eval::{Elapsed, Node, Pair, Waiting};
use super::field::{EventTest, Source};
use super::noted::{CaseTexts, place_of};
use super::path::Path;
use super::rows::{Condition, PartEnd};
use super::scope::{BindInputs, Scope};
use super::time::DurationLiteral;
use super::trace::TraceTest;
use super::value::{Test, Wanted, Way};
use super::{QueryError, shown};
use crate::event_log::EventLog;
use crate::index::{CaseSet, Index, bits};
use crate::text::did_you_mean;

/// A filter of the cases of one log.
#[derive(Debug, Clone)]
pub struct BoundFilter {
    root: Node,
    notes: Vec<String>,
}

impl BoundFilter {
    /// The filter as a tree, with activities and columns of the log by their numbers.
    pub fn root(&self) -> &Node {
        &self.root
    }

    /// What was understood in another way than it was written, a clause for each.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// The cases that pass. `log` is the one the filter was bound to, or one derived from it by
    /// [`EventLog::select`]; `index` is the index of `log`. Once what it was bound with is cancelled, the
    /// result is of no use.
    pub fn cases(&self, log: &EventLog, index: &Index) -> CaseSet {
        self.root.cases(log, index)
    }

    /// The event by which each case has a path of three activities or more, the earliest; `None` for
    /// any other filter. `log` and `index` are as for [`BoundFilter::cases`].
    pub fn path_ends(&self, log: &EventLog, index: &Index) -> Option<Vec<Option<u32>>> {
        match &self.root {
            Node::Path(path) => Some(path.ends(log, index)),
            _ => None,
        }
    }
}

/// A condition on the events of one log.
#[derive(Debug, Clone)]
pub struct BoundEvents {
    condition: Condition,
    notes: Vec<String>,
}

impl BoundEvents {
    /// The condition, with activities and columns of the log by their numbers.
    pub fn condition(&self) -> &Condition {
        &self.condition
    }

    /// What was understood in another way than it was written, a clause for each.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// The rows that are kept, ascending. `log` is as for [`BoundFilter::cases`].
    pub fn rows(&self, log: &EventLog) -> Vec<u32> {
        bits::places(&self.condition.events(log))
    }
}

/// Looks up the names of a filter in a log.
///
/// ```
/// use casetrail::event_log::Progress;
/// use casetrail::filter::{bind, parse};
/// use casetrail::formats::{self, ReadOptions};
/// use casetrail::index::Index;
///
/// let csv: &[u8] = b"case_id,activity,timestamp\n\
///     1,Open,2024-03-01 09:00\n1,Close,2024-03-01 11:30\n2,Open,2024-03-02 09:00\n";
/// let progress = Progress::default();
/// let (log, _) = formats::read(&[csv], &ReadOptions::default(), &progress).unwrap();
/// let index = Index::build(&log, &progress).unwrap();
/// let filter = parse(r#"not "Close""#).unwrap();
/// let cases = bind(&filter, &log, chrono_tz::UTC).unwrap().cases(&log, &index);
/// assert_eq!(cases.iter().collect::<Vec<_>>(), [1]);
/// ```
///
/// # Errors
/// A name that the log does not have, with the nearest ones; a value that its field cannot be
/// compared with.
pub fn bind<'a>(
    expr: &Expr,
    log: &'a EventLog,
    inputs: impl Into<BindInputs<'a>>,
) -> Result<BoundFilter, QueryError> {
    let scope = Scope::new(log, inputs.into());
    let root = Binder { scope: &scope }.expr(&expr.redacted(log)?)?;
    Ok(BoundFilter {
        root,
        notes: scope.into_notes(),
    })
}

/// Looks up the names of a condition on events in a log.
///
/// # Errors
/// As of [`bind`]; and where the field is one of cases.
pub fn bind_events<'a>(
    cond: &EventCond,
    log: &'a EventLog,
    inputs: impl Into<BindInputs<'a>>,
) -> Result<BoundEvents, QueryError> {
    let scope = Scope::new(log, inputs.into());
    let condition = event_cond(&cond.redacted(log)?, &scope)?;
    Ok(BoundEvents {
        condition,
        notes: scope.into_notes(),
    })
}

fn event_cond(cond: &EventCond, scope: &Scope<'_>) -> Result<Condition, QueryError> {
    let (field, way, negated, values) = match cond {
        EventCond::Time(range) => {
            let (from, to) = scope.bounds(range)?;
            return Ok(Condition::Time { from, to });
        }
        EventCond::Between(Between { from, to }) => {
            let end = |end: &ast::PartEnd| {
                Ok(PartEnd {
                    at: end.at,
                    activity: scope.activity(&end.activity)?,
                })
            };
            return Ok(Condition::Between {
                from: end(from)?,
                to: end(to)?,
            });
        }
        EventCond::Missing(Missing { field, negated }) => {
            return Ok(Condition::Test {
                test: EventTest::Missing(event_source(field, scope)?),
                negated: *negated,
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
    let source = event_source(field, scope)?;
    let test = EventTest::bind(source, (&field.node, way, values), scope)?;
    Ok(Condition::Test { test, negated })
}

/// The field of a condition on events.
pub(super) fn event_source(
    field: &Spanned<Field>,
    scope: &Scope<'_>,
) -> Result<Source, QueryError> {
    let of_events = |source: &Source| !matches!(source, Source::CaseTime(_));
    Source::of(field, scope.log)?.filter(of_events).ok_or_else(|| {
        let message = format!(
            "{} is of the case; a condition on events, first() and last() take activity, resource, \
             time, case or a column (one of that name is written in backticks)",
            shown(&field.node.to_string())
        );
        QueryError::new(field.span.clone(), message)
    })
}

struct Binder<'a> {
    scope: &'a Scope<'a>,
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

    fn path(
        &self,
        from: &Activity,
        then: &[(Step, Activity)],
        within: Option<&DurationLiteral>,
    ) -> Result<Path, QueryError> {
        let then = then.iter();
        let then = then.map(|(step, of)| Ok((*step, self.scope.activity(of)?)));
        Ok(Path {
            from: self.scope.activity(from)?,
            then: then.collect::<Result<_, QueryError>>()?,
            within: within.map(|limit| limit.micros),
        })
    }

    fn atom(&self, atom: &Atom) -> Result<Node, QueryError> {
        Ok(match atom {
            Atom::Has(activity) => Node::Trace(TraceTest::Has(self.scope.activity(activity)?)),
            Atom::Follows {
                from,
                step,
                to,
                gap,
            } => {
                let (from, to) = (self.scope.activity(from)?, self.scope.activity(to)?);
                let pair = self.pair(gap)?;
                // Without limits the sequence of activities decides, so that the index answers
                // alone.
                match (step, **gap == Gap::default()) {
                    (Step::Directly, true) => Node::Trace(TraceTest::Directly(from, to)),
                    (Step::Eventually, true) => Node::Trace(TraceTest::Eventually(from, to)),
                    (Step::Directly, false) => Node::Directly(from, to, pair),
                    (Step::Eventually, false) => Node::Eventually(from, to, pair),
                }
            }
            Atom::Path { from, then, within } => {
                Node::Path(self.path(from, then, within.as_ref())?)
            }
            Atom::Bound(Anchor::Starts, activity) => {
                Node::Trace(TraceTest::Starts(self.scope.activity(activity)?))
            }
            Atom::Bound(Anchor::Ends, activity) => {
                Node::Trace(TraceTest::Ends(self.scope.activity(activity)?))
            }
            Atom::Period(relation, range) => {
                let (from, to) = self.scope.bounds(range)?;
                Node::Period(*relation, from, to)
            }
            Atom::Queued(what, range) => {
                let range = range.as_ref().map(|range| self.scope.bounds(range));
                Node::Queued(self.queued(what)?, range.transpose()?)
            }
            Atom::Time(range) => {
                let (from, to) = self.scope.bounds(range)?;
                Node::Time(from, to)
            }
            Atom::Since(after, within) => Node::Since(Elapsed::of(after.as_ref(), within.as_ref())),
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
            Atom::Missing(Missing { field, negated }) => {
                let node = self.missing(field)?;
                if *negated {
                    Node::Not(Box::new(node))
                } else {
                    node
                }
            }
            Atom::Event(conditions) => {
                let bound = conditions.iter().map(|cond| event_cond(cond, self.scope));
                Node::OneEvent(bound.collect::<Result<_, _>>()?)
            }
            Atom::Handover { field, from, to } => {
                Node::Chain(vec![self.bearing(field, from)?, self.bearing(field, to)?])
            }
            Atom::PingPong { field, between } => {
                self.ping_pong(field.as_ref(), between.as_ref())?
            }
            Atom::Open(open) => {
                let cases = self.scope.open()?;
                if *open {
                    Node::Cases(cases)
                } else {
                    Node::Not(Box::new(Node::Cases(cases)))
                }
            }
            Atom::Conforms(conformity) => Node::Cases(self.scope.conforming(conformity)?),
            Atom::Words(words) => return Err(self.scope.no_condition(words)),
        })
    }

    /// The test that an event has this value of a field.
    fn bearing(
        &self,
        field: &Spanned<Field>,
        name: &Spanned<String>,
    ) -> Result<EventTest, QueryError> {
        let source = event_source(field, self.scope)?;
        let value = Spanned {
            node: Value::Quoted(name.node.clone()),
            span: name.span.clone(),
        };
        let values = std::slice::from_ref(&value);
        if let Some(dictionary) = source.dictionary(self.scope.log) {
            let kind = field.node.to_string();
            let found = self.scope.in_its_letter_case(&kind, values, dictionary);
            let is_found = |name: &str| found.iter().any(|v| v.node == Value::from(name));
            // A value that no event has is a typing error here, as a chain of it could never hold.
            if !dictionary.iter().any(is_found) {
                let hint = did_you_mean(&name.node, dictionary.iter(), |n| shown(&quote(n)));
                let message = format!("{} is never {}{hint}", shown(&kind), shown(&name.node));
                return Err(QueryError::new(name.span.clone(), message));
            }
        }
        EventTest::bind(source, (&field.node, Way::Equal, values), self.scope)
    }

    fn ping_pong(
        &self,
        field: Option<&Spanned<Field>>,
        between: Option<&[Spanned<String>; 2]>,
    ) -> Result<Node, QueryError> {
        let resource = Spanned::from(Field::Resource);
        let field = field.unwrap_or(&resource);
        let Some([a, b]) = between else {
            return Ok(Node::BackAndForth(event_source(field, self.scope)?));
        };
        if a.node == b.node {
            let message = "a ping-pong is between two different values";
            return Err(QueryError::new(b.span.clone(), message));
        }
        let (a, b) = (self.bearing(field, a)?, self.bearing(field, b)?);
        let chain = |one: &EventTest, other: &EventTest| {
            // Either value may be the one that comes twice.
            Node::Chain(vec![one.clone(), other.clone(), one.clone()])
        };
        Ok(Node::Any(vec![chain(&a, &b), chain(&b, &a)]))
    }

    /// The tags or notes that a field means; `None` for any other field.
    fn noted(&self, field: &Spanned<Field>) -> Result<Option<&CaseTexts>, QueryError> {
        let noted = self.scope.inputs.noted.unwrap_or_default();
        let is_defined = |name: &str| Source::defined(name, self.scope.log).is_some();
        let Some(place) = place_of(&field.node, noted, is_defined) else {
            return Ok(None);
        };
        match noted[place].hidden_for() {
            Some(why) => Err(QueryError::new(field.span.clone(), why)),
            None => Ok(Some(&noted[place])),
        }
    }

    fn missing(&self, field: &Spanned<Field>) -> Result<Node, QueryError> {
        if let Some(noted) = self.noted(field)? {
            return Ok(Node::Cases(noted.missing(self.scope.log.n_cases())));
        }
        if let Field::At(anchor, inner) = &field.node {
            let source = event_source(inner, self.scope)?;
            return Ok(Node::EventAt(*anchor, EventTest::Missing(source)));
        }
        let source = Source::of(field, self.scope.log)?.ok_or_else(|| {
            let message = format!("{} is never missing", field.node);
            QueryError::new(field.span.clone(), message)
        })?;
        Ok(Node::Event(EventTest::Missing(source)))
    }

    fn queued(&self, what: &Queued) -> Result<Waiting, QueryError> {
        let name = match what {
            Queued::Activity(activity) => {
                return Ok(Waiting::Activity(self.scope.activity(activity)?));
            }
            Queued::Resource(name) => name,
        };
        let (field, span) = (Field::Resource, name.span.clone());
        let field = Spanned { node: field, span };
        let value = Spanned {
            node: Value::Quoted(name.node.clone()),
            span: name.span.clone(),
        };
        let (way, _) = Way::of(Op::Equal);
        let Some(source) = Source::of(&field, self.scope.log)? else {
            return Err(QueryError::new(field.span, "the log has no resource"));
        };
        let values = (&field.node, way, std::slice::from_ref(&value));
        let test = EventTest::bind(source, values, self.scope)?;
        Ok(Waiting::Resource(test))
    }

    fn pair(&self, gap: &Gap) -> Result<Pair, QueryError> {
        let period = match &gap.period {
            Some((relation, range)) => {
                let (from, to) = self.scope.bounds(range)?;
                Some((*relation, from, to))
            }
            None => None,
        };
        Ok(Pair {
            elapsed: Elapsed::of(gap.after.as_ref(), gap.within.as_ref()),
            period,
        })
    }

    fn field(
        &self,
        field: &Spanned<Field>,
        way: Way,
        values: &[Spanned<Value>],
    ) -> Result<Node, QueryError> {
        let name = shown(&field.node.to_string());
        let wanted = Wanted {
            way,
            values,
            field: &name,
            cancel: self.scope.inputs.cancel,
        };
        if let Some(noted) = self.noted(field)? {
            let n_cases = self.scope.log.n_cases();
            return Ok(Node::Cases(noted.cases(&wanted, n_cases)?));
        }
        if let Some(source) = Source::of(field, self.scope.log)? {
            let test = EventTest::bind(source, (&field.node, way, values), self.scope)?;
            return Ok(Node::Event(test));
        }
        if let Field::At(anchor, inner) = &field.node {
            let source = event_source(inner, self.scope)?;
            let test = EventTest::bind(source, (&field.node, way, values), self.scope)?;
            return Ok(Node::EventAt(*anchor, test));
        }
        let number = || -> Result<Test<f64>, QueryError> { wanted.exact_numbers() };
        Ok(match &field.node {
            Field::Duration => Node::Duration(wanted.durations()?),
            Field::Start => Node::Start(Source::Time.instants(&wanted, self.scope)?),
            Field::End => Node::End(Source::Time.instants(&wanted, self.scope)?),
            Field::Clock(end, Dial::Weekday) => {
                Node::Clock(*end, Dial::Weekday, wanted.weekdays()?, self.scope.tz())
            }
            Field::Clock(end, Dial::Hour) => {
                Node::Clock(*end, Dial::Hour, wanted.hours()?, self.scope.tz())
            }
            Field::Events => Node::Trace(TraceTest::Events(number()?)),
            Field::Count(activity) => {
                Node::Trace(TraceTest::Count(self.scope.activity(activity)?, number()?))
            }
            // The fields of events are done; what is left is the variant.
            _ => Node::Trace(TraceTest::Rank(number()?)),
        })
    }
}

#[cfg(test)]
mod tests;
