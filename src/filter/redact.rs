//! Filters of a log with pseudonyms: a value of a redacted field is known by its pseudonym, whichever of the two
//! was written.

use super::ast::{
    Atom, Comparison, EventCond, Expr, Field, Membership, Op, Queued, Spanned, Value,
};
use super::field::Source;
use super::{QueryError, shown};
use crate::event_log::EventLog;

impl Expr {
    /// The filter with pseudonyms for the values of redacted fields; the same where the log has none.
    ///
    /// # Errors
    /// A redacted field is compared by more than equality.
    pub fn redacted(&self, log: &EventLog) -> Result<Expr, QueryError> {
        if log.redacted.is_none() {
            return Ok(self.clone());
        }
        let all = |parts: &[Expr]| -> Result<Vec<Expr>, QueryError> {
            parts.iter().map(|part| part.redacted(log)).collect()
        };
        Ok(match self {
            Expr::And(parts) => Expr::And(all(parts)?),
            Expr::Or(parts) => Expr::Or(all(parts)?),
            Expr::Not(part) => Expr::Not(Box::new(part.redacted(log)?)),
            Expr::Atom(atom) => Expr::Atom(of_atom(atom, log)?),
        })
    }
}

impl EventCond {
    /// As [`Expr::redacted`].
    ///
    /// # Errors
    /// As of [`Expr::redacted`].
    pub fn redacted(&self, log: &EventLog) -> Result<EventCond, QueryError> {
        Ok(match self {
            EventCond::Compare(comparison) => EventCond::Compare(compared(comparison, log)?),
            EventCond::Member(membership) => EventCond::Member(member(membership, log)?),
            EventCond::Time(_) | EventCond::Missing(_) | EventCond::Between(_) => self.clone(),
        })
    }
}

fn of_atom(atom: &Atom, log: &EventLog) -> Result<Atom, QueryError> {
    let resource = || Field::Resource.into();
    Ok(match atom {
        Atom::Compare(comparison) => Atom::Compare(compared(comparison, log)?),
        Atom::Member(membership) => Atom::Member(member(membership, log)?),
        Atom::Event(conditions) => {
            let conditions = conditions.iter().map(|condition| condition.redacted(log));
            Atom::Event(conditions.collect::<Result<_, _>>()?)
        }
        Atom::Handover { field, from, to } => Atom::Handover {
            from: name(field, from, log)?,
            to: name(field, to, log)?,
            field: field.clone(),
        },
        Atom::PingPong { field, between } => {
            let of = field.clone().unwrap_or_else(resource);
            let named = |[a, b]: &[Spanned<String>; 2]| -> Result<_, QueryError> {
                Ok([name(&of, a, log)?, name(&of, b, log)?])
            };
            Atom::PingPong {
                field: field.clone(),
                between: between.as_ref().map(named).transpose()?,
            }
        }
        Atom::Queued(Queued::Resource(value), range) => Atom::Queued(
            Queued::Resource(name(&resource(), value, log)?),
            range.clone(),
        ),
        _ => atom.clone(),
    })
}

fn compared(comparison: &Comparison, log: &EventLog) -> Result<Comparison, QueryError> {
    let Some(name) = pseudonym(&comparison.field, &comparison.value, log)? else {
        return Ok(comparison.clone());
    };
    if !matches!(comparison.op, Op::Equal | Op::NotEqual) {
        let field = shown(&comparison.field.node.to_string());
        return Err(QueryError::new(
            comparison.field.span.clone(),
            format!("{field} is redacted: compare it by = or !="),
        ));
    }
    Ok(Comparison {
        value: name,
        ..comparison.clone()
    })
}

fn member(membership: &Membership, log: &EventLog) -> Result<Membership, QueryError> {
    let of = |value: &Spanned<Value>| {
        let name = pseudonym(&membership.field, value, log)?;
        Ok(name.unwrap_or_else(|| value.clone()))
    };
    Ok(Membership {
        field: membership.field.clone(),
        values: membership.values.iter().map(of).collect::<Result<_, _>>()?,
    })
}

fn name(
    field: &Spanned<Field>,
    value: &Spanned<String>,
    log: &EventLog,
) -> Result<Spanned<String>, QueryError> {
    let found = allowed(field, value, log)?;
    Ok(Spanned {
        node: found.unwrap_or_else(|| value.node.clone()),
        span: value.span.clone(),
    })
}

fn pseudonym(
    field: &Spanned<Field>,
    value: &Spanned<Value>,
    log: &EventLog,
) -> Result<Option<Spanned<Value>>, QueryError> {
    let (Value::Quoted(text) | Value::Bare(text)) = &value.node;
    let text = Spanned {
        node: text.clone(),
        span: value.span.clone(),
    };
    let name = allowed(field, &text, log)?;
    Ok(name.map(|name| Spanned {
        node: Value::Quoted(name),
        span: text.span,
    }))
}

/// The pseudonym for a text; an error for a value where filters may name pseudonyms only.
fn allowed(
    field: &Spanned<Field>,
    text: &Spanned<String>,
    log: &EventLog,
) -> Result<Option<String>, QueryError> {
    let name = of_text(field, &text.node, log);
    let strict = log.redacted.as_ref().filter(|redacted| redacted.strict);
    let is_value = name.as_ref().is_some_and(|name| *name != text.node)
        && strict.is_some_and(|redacted| !redacted.is_pseudonym(&text.node));
    if is_value {
        let field = shown(&field.node.to_string());
        let message = format!("{field} is redacted: name the pseudonym of the value");
        return Err(QueryError::new(text.span.clone(), message));
    }
    Ok(name)
}

/// `None` for a field that is not redacted, and for one that the log does not have.
fn of_text(field: &Spanned<Field>, text: &str, log: &EventLog) -> Option<String> {
    if let Field::At(_, inner) = &field.node {
        return of_text(inner, text, log);
    }
    let column = match Source::of(field, log).ok()?? {
        Source::Case => None,
        Source::Column(at) => Some(at),
        _ => return None,
    };
    log.pseudonym(column, text)
}
