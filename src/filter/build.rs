//! Filters built in code. Names and values are quoted when the filter is printed, so that any text
//! of a log may be in them.
//!
//! ```
//! use casetrail::filter::{DurationLiteral, Expr, Field, Op};
//!
//! let long = Expr::compare(Field::Duration, Op::Greater, DurationLiteral::of(4 * 3_600_000_000));
//! let filter = Expr::activity("Close \"now\"").or(Expr::case("4711")).and(long);
//! assert_eq!(
//!     filter.to_string(),
//!     r#"("Close \"now\"" or case = "4711") and duration > 4h"#
//! );
//! assert_eq!(casetrail::filter::parse(&filter.to_string()), Ok(filter));
//! ```

use super::ast::{
    Activity, Anchor, Atom, Comparison, Conformity, EventCond, Expr, Field, Gap, Membership,
    Missing, Op, Queued, Relation, Spanned, Step, TimeLiteral, TimeRange, Value,
};
use super::time::{DurationLiteral, Moment};
use crate::event_log::ColumnKind;
use crate::text::time::{self, WEEKDAYS, duration_literal};
use chrono::{DateTime, SecondsFormat};

impl Expr {
    /// Builds `"NAME"`: the cases with this activity.
    pub fn activity(name: &str) -> Expr {
        Expr::Atom(Atom::Has(name.to_owned().into()))
    }

    /// Builds `"FROM" -> "TO"`: the cases in which the second activity is the next event after the
    /// first, with such a time between the two.
    pub fn follows(from: &str, to: &str, gap: Gap) -> Expr {
        Expr::Atom(Atom::Follows {
            from: from.to_owned().into(),
            step: Step::Directly,
            to: to.to_owned().into(),
            gap: Box::new(gap),
        })
    }

    /// Builds `"A" ~> "B" ~> "C" within LIMIT`: the cases with events of these activities one after the
    /// other, at the distance `step`, the last at most `within` microseconds after the first. `None`
    /// without an activity.
    pub fn path(activities: &[&str], step: Step, within: Option<i64>) -> Option<Expr> {
        let mut activities = activities
            .iter()
            .map(|&name| Activity::from(name.to_owned()));
        let from = activities.next()?;
        let mut then: Vec<(Step, Activity)> = activities.map(|of| (step, of)).collect();
        let within = within.map(DurationLiteral::of);
        Some(Expr::Atom(match then.len() {
            0 => Atom::Has(from),
            1 => Atom::Follows {
                from,
                step,
                to: then.remove(0).1,
                gap: Box::new(Gap {
                    within,
                    ..Gap::default()
                }),
            },
            _ => Atom::Path { from, then, within },
        }))
    }

    /// The activities of a path of two or more that goes by one kind of step, with the step and the longest
    /// time in microseconds: what [`Expr::path`] was given. `None` for any other filter.
    pub fn as_path(&self) -> Option<(Vec<String>, Step, Option<i64>)> {
        let micros = |limit: &DurationLiteral| limit.micros;
        match self {
            Expr::Atom(Atom::Follows {
                from,
                step,
                to,
                gap,
            }) if gap.after.is_none() && gap.period.is_none() => {
                let activities = vec![from.node.clone(), to.node.clone()];
                Some((activities, *step, gap.within.as_ref().map(micros)))
            }
            Expr::Atom(Atom::Path { from, then, within }) => {
                let step = then.first()?.0;
                let names = then.iter().map(|(_, activity)| activity.node.clone());
                let activities = std::iter::once(from.node.clone()).chain(names).collect();
                let is_one = then.iter().all(|(other, _)| *other == step);
                is_one.then(|| (activities, step, within.as_ref().map(micros)))
            }
            _ => None,
        }
    }

    /// Builds `FIELD "FROM" -> "TO"`: the cases in which an event with the first value is followed
    /// directly by one with the second.
    pub fn handover(field: Field, from: &str, to: &str) -> Expr {
        Expr::Atom(Atom::Handover {
            field: field.into(),
            from: from.to_owned().into(),
            to: to.to_owned().into(),
        })
    }

    /// Builds `ping-pong ["A", "B"]`, of a field other than the resource `ping-pong FIELD ["A", "B"]`: the
    /// cases in which one of the two values is followed by the other, and that by the first again.
    pub fn ping_pong(field: Field, a: &str, b: &str) -> Expr {
        Expr::Atom(Atom::PingPong {
            field: (field != Field::Resource).then(|| field.into()),
            between: Some([a, b].map(|value| value.to_owned().into())),
        })
    }

    /// Builds `starts with "NAME"`.
    pub fn starts_with(name: &str) -> Expr {
        Expr::Atom(Atom::Bound(Anchor::Starts, name.to_owned().into()))
    }

    /// Builds `ends with "NAME"`.
    pub fn ends_with(name: &str) -> Expr {
        Expr::Atom(Atom::Bound(Anchor::Ends, name.to_owned().into()))
    }

    /// Builds `case = "ID"`.
    pub fn case(id: &str) -> Expr {
        Expr::compare(Field::Case, Op::Equal, id)
    }

    /// Builds `FIELD OP VALUE`.
    pub fn compare(field: Field, op: Op, value: impl Into<Value>) -> Expr {
        Expr::Atom(Atom::Compare(Comparison {
            field: field.into(),
            op,
            value: value.into().into(),
        }))
    }

    /// Builds `FIELD is missing`.
    pub fn missing(field: Field) -> Expr {
        Expr::Atom(Atom::Missing(Missing {
            field: field.into(),
            negated: false,
        }))
    }

    /// Builds `FIELD >= LOW and FIELD <= HIGH`.
    pub fn between(field: Field, low: impl Into<Value>, high: impl Into<Value>) -> Expr {
        let low = Expr::compare(field.clone(), Op::GreaterEqual, low);
        low.and(Expr::compare(field, Op::LessEqual, high))
    }

    /// Builds `FIELD in (VALUE, ...)`. The language has no text for an empty list.
    pub fn one_of<V: Into<Value>>(field: Field, values: impl IntoIterator<Item = V>) -> Expr {
        Expr::Atom(Atom::Member(Membership {
            field: field.into(),
            values: values.into_iter().map(|v| v.into().into()).collect(),
        }))
    }

    /// Builds `during RANGE`, `overlaps RANGE`, `started RANGE` or `ended RANGE`.
    pub fn period(relation: Relation, range: TimeRange) -> Expr {
        Expr::Atom(Atom::Period(relation, range))
    }

    /// Builds `closed`.
    pub fn closed() -> Expr {
        Expr::Atom(Atom::Open(false))
    }

    /// Builds `fits`, `deviates`, `missing "NAME"` or `extra "NAME"`.
    pub fn conforms(conformity: Conformity) -> Expr {
        Expr::Atom(Atom::Conforms(conformity))
    }

    /// Builds `time in RANGE`: some event is inside.
    pub fn time_in(range: TimeRange) -> Expr {
        Expr::Atom(Atom::Time(range))
    }

    /// Builds `time after FROM within TO`: some event is so long after the start of its case.
    pub fn time_after_start(from: DurationLiteral, to: DurationLiteral) -> Expr {
        Expr::Atom(Atom::Since(Some(from), Some(to)))
    }

    /// Builds `queued "NAME"`, with a range `queued "NAME" RANGE`.
    pub fn queued(what: Queued, range: Option<TimeRange>) -> Expr {
        Expr::Atom(Atom::Queued(what, range))
    }

    /// Builds `event(CONDITION and ...)`: one event meets all of the conditions.
    pub fn event(conditions: Vec<EventCond>) -> Expr {
        Expr::Atom(Atom::Event(conditions))
    }

    /// Builds `FIELD > ABOVE and FIELD <= UP_TO`, of one event where `of_events`, as each event has its
    /// own value; `None` without a bound.
    pub fn in_range(
        field: &Field,
        above: Option<Value>,
        up_to: Option<Value>,
        of_events: bool,
    ) -> Option<Expr> {
        let compare = |op, value: Value| Comparison {
            field: field.clone().into(),
            op,
            value: value.into(),
        };
        let above = above.map(|value| compare(Op::Greater, value));
        let up_to = up_to.map(|value| compare(Op::LessEqual, value));
        if let (Some(above), Some(up_to), true) = (&above, &up_to, of_events) {
            let both = [above, up_to].map(|end| EventCond::Compare(end.clone()));
            return Some(Expr::event(both.into()));
        }
        let ends = above.into_iter().chain(up_to);
        ends.map(|end| Expr::Atom(Atom::Compare(end)))
            .reduce(Expr::and)
    }

    /// Builds a filter of the cases of which no event has a value of a column: `FIELD is missing` also
    /// keeps cases of which some event has none.
    pub fn missing_in_all_events(field: Field, kind: ColumnKind) -> Expr {
        let split_at: Value = match kind {
            ColumnKind::Text => return Expr::compare(field, Op::NotMatches, ""),
            ColumnKind::Number => 0.into(),
            ColumnKind::Instant => Value::Bare("1970-01-01".to_owned()),
        };
        let low = Expr::compare(field.clone(), Op::Less, split_at.clone());
        let high = Expr::compare(field, Op::GreaterEqual, split_at);
        low.or(high).negate()
    }

    /// Builds `NAME = true`: the cases with this outcome.
    pub fn outcome(name: &str) -> Expr {
        Expr::compare(
            Field::Column(name.to_owned()),
            Op::Equal,
            Value::truth(true),
        )
    }

    /// The cases for which both hold.
    #[must_use]
    pub fn and(self, other: Expr) -> Expr {
        // One list for `a and b and c`, as the parser makes it.
        let part = |expr| match expr {
            Expr::And(all) => all,
            expr => vec![expr],
        };
        Expr::And([part(self), part(other)].concat())
    }

    /// The cases for which one of them holds.
    #[must_use]
    pub fn or(self, other: Expr) -> Expr {
        let part = |expr| match expr {
            Expr::Or(any) => any,
            expr => vec![expr],
        };
        Expr::Or([part(self), part(other)].concat())
    }
}

impl<T> From<T> for Spanned<T> {
    /// A piece that was not read from a text: its span is empty.
    fn from(node: T) -> Self {
        Spanned { node, span: 0..0 }
    }
}

impl Value {
    /// A number; `None` for infinities and NaN, which the language cannot write.
    pub fn number(number: f64) -> Option<Value> {
        number.is_finite().then(|| Value::Bare(number.to_string()))
    }

    /// `true` or `false`, which filters read in any letter case.
    pub fn truth(truth: bool) -> Value {
        Value::Bare(truth.to_string())
    }

    /// A day of the week, Monday being 0.
    ///
    /// # Panics
    /// If there is no such day.
    pub fn weekday(day: usize) -> Value {
        Value::Bare(WEEKDAYS[day].to_owned())
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Value::Quoted(text.to_owned())
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Value::Bare(number.to_string())
    }
}

impl From<DurationLiteral> for Value {
    fn from(duration: DurationLiteral) -> Self {
        Value::Bare(duration.text)
    }
}

impl From<TimeLiteral> for Value {
    fn from(time: TimeLiteral) -> Self {
        Value::Bare(time.text)
    }
}

impl TimeLiteral {
    /// The instant in UTC, exact; `None` for a year that is not of four digits.
    pub fn of(micros: i64) -> Option<TimeLiteral> {
        let text = DateTime::from_timestamp_micros(micros)?;
        let text = text.to_rfc3339_opts(SecondsFormat::AutoSi, true);
        let moment = Moment::parse(&text).ok()?;
        Some(TimeLiteral { text, moment })
    }
}

impl TimeRange {
    /// Builds `FROM..TO`, in microseconds and without the last instant. Bounds beyond the years 1 to
    /// 9999 are those of the years, and `FROM..` where the end is one.
    pub fn between(from: i64, to: i64) -> Option<TimeRange> {
        let start = TimeLiteral::of(time::writable(from))?;
        // `FROM..` has no end, so that the last instant that can be written is not lost.
        if to > time::INSTANTS.1 {
            return Some(TimeRange::From(start));
        }
        let end = TimeLiteral::of(time::writable(to))?;
        Some(TimeRange::Until(Some(start), end))
    }

    /// Builds `..TO`, in microseconds and without the last instant; `None` for years that are not of
    /// four digits.
    pub fn before(to: i64) -> Option<TimeRange> {
        Some(TimeRange::Until(None, TimeLiteral::of(to)?))
    }
}

impl DurationLiteral {
    /// A duration in microseconds, exact, in the fewest units: `1d4h30m`, `40us`, `-5s`, `0s`.
    pub fn of(micros: i64) -> DurationLiteral {
        DurationLiteral {
            text: duration_literal(micros),
            micros,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filter::parse;

    #[test]
    fn instants_are_exact_and_of_years_that_can_be_read() {
        let text = |micros| TimeLiteral::of(micros).map(|time| time.text);
        assert_eq!(text(0).as_deref(), Some("1970-01-01T00:00:00Z"));
        let fraction = text(1_709_294_400_250_000);
        assert_eq!(fraction.as_deref(), Some("2024-03-01T12:00:00.250Z"));
        for micros in [i64::MIN, -70_000_000_000_000_000, 253_402_300_800_000_000] {
            assert_eq!(text(micros), None, "{micros}");
        }
    }

    #[test]
    fn what_is_built_reads_as_it_prints() {
        let written = |from, to| match TimeRange::between(from, to) {
            Some(range) => Expr::time_in(range).to_string(),
            None => String::new(),
        };
        assert_eq!(
            written(i64::MIN, 0),
            "time in 0001-01-01T00:00:00Z..1970-01-01T00:00:00Z"
        );
        assert_eq!(written(0, i64::MAX), "time in 1970-01-01T00:00:00Z..");
        let range = || TimeRange::between(0, 1).unwrap();
        let duration = DurationLiteral::of;
        let gap = Gap {
            after: Some(duration(-5)),
            within: Some(duration(7)),
            period: Some((Relation::Overlaps, range())),
        };
        let all = [
            Expr::activity("a \" \\ b"),
            Expr::follows("A", "B", Gap::default()),
            Expr::follows("A", "B", gap),
            Expr::ends_with("A"),
            Expr::case("4711"),
            Expr::between(Field::Variant, 1, 2),
            Expr::between(Field::Duration, duration(0), duration(1)),
            Expr::between(
                Field::End,
                TimeLiteral::of(0).unwrap(),
                TimeLiteral::of(1).unwrap(),
            ),
            Expr::one_of(Field::Column("case:a `b".into()), ["x", "y"]),
            Expr::compare(Field::LogColumn("won".into()), Op::Equal, "x"),
            Expr::outcome("won"),
            Expr::outcome("four eyes").negate(),
            Expr::event(vec![
                EventCond::Time(range()),
                EventCond::Compare(Comparison {
                    field: Field::Column("a b".to_owned()).into(),
                    op: Op::NotMatches,
                    value: Value::from("x").into(),
                }),
            ]),
            Expr::compare(
                Field::At(Anchor::Ends, Box::new(Field::Resource.into())),
                Op::Equal,
                "Ann",
            ),
            Expr::compare(
                Field::Column("n".into()),
                Op::NotEqual,
                Value::number(-1e21).unwrap(),
            ),
            Expr::compare(
                Field::Clock(Anchor::Starts, super::super::Dial::Weekday),
                Op::Equal,
                Value::weekday(6),
            ),
            Expr::period(Relation::Started, TimeRange::before(5).unwrap()),
            Expr::time_in(range()),
            Expr::time_after_start(duration(1), duration(2)),
            Expr::queued(Queued::Activity("A".to_owned().into()), None),
            Expr::queued(Queued::Resource("R".to_owned().into()), Some(range())),
        ];
        let read = |expr: &Expr| parse(&expr.to_string()).unwrap_or_else(|e| panic!("{expr}: {e}"));
        for one in &all {
            assert_eq!(read(one), *one, "{one}");
            for other in &all {
                let both = one.clone().and(other.clone());
                let either = one.clone().or(other.clone());
                let mixed = either.clone().negate().and(both.negate()).or(one.negate());
                for expr in [both, either, mixed.negate(), mixed] {
                    assert_eq!(read(&expr), expr, "{expr}");
                }
            }
        }
        assert_eq!(Value::number(f64::NAN), None);
    }
}
