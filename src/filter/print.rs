//! The text of a filter in the one form of the language, which the parser reads back as the same tree.

use super::ast::{
    Anchor, Atom, Between, Comparison, Conformity, Dial, EventCond, Expr, Field, Gap, Membership,
    Missing, PartEnd, Queued, TimeLiteral, TimeRange, Value, backticked, field_name, quote,
};
use super::time::DurationLiteral;
use std::fmt::{self, Display, Formatter, Write};

impl Display for Expr {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Expr::And(all) => {
                let loose = |e: &Expr| matches!(e, Expr::And(_) | Expr::Or(_));
                join(f, all, " and ", loose)
            }
            Expr::Or(any) => join(f, any, " or ", |e| matches!(e, Expr::Or(_))),
            Expr::Not(inner) => {
                f.write_str("not ")?;
                // `not a > 5` would read as if `not` took the field alone.
                let closed = matches!(
                    **inner,
                    Expr::Atom(
                        Atom::Has(_) | Atom::Follows { .. } | Atom::Path { .. } | Atom::Event(_)
                    )
                );
                wrap(f, inner, !closed)
            }
            Expr::Atom(atom) => atom.fmt(f),
        }
    }
}

/// The expressions with a word between them, in parentheses those that bind less than it.
fn join(f: &mut Formatter<'_>, all: &[Expr], word: &str, loose: fn(&Expr) -> bool) -> fmt::Result {
    for (i, expr) in all.iter().enumerate() {
        if i > 0 {
            f.write_str(word)?;
        }
        wrap(f, expr, loose(expr))?;
    }
    Ok(())
}

fn wrap(f: &mut Formatter<'_>, expr: &Expr, parentheses: bool) -> fmt::Result {
    if parentheses {
        write!(f, "({expr})")
    } else {
        expr.fmt(f)
    }
}

impl Display for Atom {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Atom::Has(activity) => f.write_str(&quote(&activity.node)),
            Atom::Follows {
                from,
                step,
                to,
                gap,
            } => {
                let (from, to) = (quote(&from.node), quote(&to.node));
                write!(f, "{from} {} {to}", step.arrow())?;
                gap.fmt(f)
            }
            Atom::Path { from, then, within } => {
                f.write_str(&quote(&from.node))?;
                for (step, activity) in then {
                    write!(f, " {} {}", step.arrow(), quote(&activity.node))?;
                }
                limits(f, None, within.as_ref())
            }
            Atom::Bound(Anchor::Starts, activity) => {
                write!(f, "starts with {}", quote(&activity.node))
            }
            Atom::Bound(Anchor::Ends, activity) => write!(f, "ends with {}", quote(&activity.node)),
            Atom::Period(relation, range) => write!(f, "{} {range}", relation.word()),
            Atom::Queued(what, range) => {
                match what {
                    Queued::Activity(name) => write!(f, "queued {}", quote(&name.node))?,
                    Queued::Resource(name) => write!(f, "queued resource {}", quote(&name.node))?,
                }
                range.as_ref().map_or(Ok(()), |range| write!(f, " {range}"))
            }
            Atom::Time(range) => write!(f, "time in {range}"),
            Atom::Since(after, within) => {
                f.write_str("time")?;
                limits(f, after.as_ref(), within.as_ref())
            }
            Atom::Compare(comparison) => comparison.fmt(f),
            Atom::Member(membership) => membership.fmt(f),
            Atom::Missing(missing) => missing.fmt(f),
            Atom::Event(conditions) => {
                f.write_str("event(")?;
                for (i, condition) in conditions.iter().enumerate() {
                    if i > 0 {
                        f.write_str(" and ")?;
                    }
                    condition.fmt(f)?;
                }
                f.write_char(')')
            }
            Atom::Handover { field, from, to } => {
                let (from, to) = (quote(&from.node), quote(&to.node));
                write!(f, "{} {from} -> {to}", field.node)
            }
            Atom::PingPong { field, between } => {
                f.write_str("ping-pong")?;
                if let Some(field) = field {
                    write!(f, " {}", field.node)?;
                }
                match between {
                    Some([a, b]) => write!(f, " [{}, {}]", quote(&a.node), quote(&b.node)),
                    None => Ok(()),
                }
            }
            Atom::Open(true) => f.write_str("open"),
            Atom::Open(false) => f.write_str("closed"),
            Atom::Conforms(conformity) => conformity.fmt(f),
            Atom::Words(words) => f.write_str(&words.node),
        }
    }
}

impl Display for Conformity {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Conformity::Fits => f.write_str("fits"),
            Conformity::Deviates => f.write_str("deviates"),
            Conformity::Missing(activity) => write!(f, "missing {}", quote(&activity.node)),
            Conformity::Extra(activity) => write!(f, "extra {}", quote(&activity.node)),
        }
    }
}

impl Display for Gap {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        limits(f, self.after.as_ref(), self.within.as_ref())?;
        match &self.period {
            Some((relation, range)) => write!(f, " {} {range}", relation.word()),
            None => Ok(()),
        }
    }
}

fn limits(
    f: &mut Formatter<'_>,
    after: Option<&DurationLiteral>,
    within: Option<&DurationLiteral>,
) -> fmt::Result {
    for (word, limit) in [("after", after), ("within", within)] {
        if let Some(limit) = limit {
            write!(f, " {word} {}", limit.text)?;
        }
    }
    Ok(())
}

impl Display for TimeRange {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let start = |from: &Option<TimeLiteral>| from.as_ref().map_or("", |t| &t.text).to_owned();
        match self {
            TimeRange::Whole(time) => f.write_str(&time.text),
            TimeRange::From(from) => write!(f, "{}..", from.text),
            TimeRange::Until(from, to) => write!(f, "{}..{}", start(from), to.text),
            TimeRange::Through(from, to) => write!(f, "{}..={}", start(from), to.text),
            TimeRange::Last(duration) => write!(f, "last {}", duration.text),
            TimeRange::Today => f.write_str("today"),
        }
    }
}

impl Display for Comparison {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (field, value) = (&self.field.node, &self.value.node);
        write!(f, "{field} {} {value}", self.op.symbol())
    }
}

impl Display for Missing {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let not = if self.negated { "not " } else { "" };
        write!(f, "{} is {not}missing", self.field.node)
    }
}

impl Display for Membership {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} in (", self.field.node)?;
        for (i, value) in self.values.iter().enumerate() {
            if i > 0 {
                f.write_str(", ")?;
            }
            value.node.fmt(f)?;
        }
        f.write_char(')')
    }
}

impl Display for Field {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Field::Duration => f.write_str("duration"),
            Field::Events => f.write_str("events"),
            Field::Variant => f.write_str("variant"),
            Field::Start => f.write_str("start"),
            Field::End => f.write_str("end"),
            Field::Clock(anchor, dial) => {
                let end = if *anchor == Anchor::Starts {
                    "start"
                } else {
                    "end"
                };
                let part = if *dial == Dial::Weekday {
                    "weekday"
                } else {
                    "hour"
                };
                write!(f, "{end}.{part}")
            }
            Field::Count(activity) => write!(f, "count({})", quote(&activity.node)),
            Field::Case => f.write_str("case"),
            Field::Activity => f.write_str("activity"),
            Field::Resource => f.write_str("resource"),
            Field::Time => f.write_str("time"),
            Field::At(anchor, field) => {
                let end = if *anchor == Anchor::Starts {
                    "first"
                } else {
                    "last"
                };
                write!(f, "{end}({})", field.node)
            }
            Field::Column(name) => f.write_str(&field_name(name)),
            Field::LogColumn(name) => f.write_str(&backticked(name)),
        }
    }
}

impl Display for Value {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Value::Quoted(text) => f.write_str(&quote(text)),
            Value::Bare(text) => f.write_str(text),
        }
    }
}

impl Display for EventCond {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            EventCond::Compare(comparison) => comparison.fmt(f),
            EventCond::Member(membership) => membership.fmt(f),
            EventCond::Time(range) => write!(f, "time in {range}"),
            EventCond::Missing(missing) => missing.fmt(f),
            EventCond::Between(between) => between.fmt(f),
        }
    }
}

impl Display for Between {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let end = |end: &PartEnd, usual: Anchor| {
            let word = match end.at {
                at if at == usual => "",
                Anchor::Starts => "first ",
                Anchor::Ends => "last ",
            };
            format!("{word}{}", quote(&end.activity.node))
        };
        let (from, to) = (end(&self.from, Anchor::Starts), end(&self.to, Anchor::Ends));
        write!(f, "between {from} and {to}")
    }
}
