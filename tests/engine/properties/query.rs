//! Filters as the test understands them: their text, and whether they hold for a case of the model.

use super::model::{ACTIVITIES, BASE, Case, Event, SECOND};
use proptest::prelude::*;
use std::collections::BTreeSet;

const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// A text of a time, the first instant that it stands for, and the first one after its period.
type Time = (&'static str, i64, i64);

const TIMES: [Time; 10] = [
    ("2024", BASE, BASE + 366 * DAY),
    ("2023", BASE - 365 * DAY, BASE),
    ("2024-02", BASE + 31 * DAY, BASE + 60 * DAY),
    ("2024-01-02", BASE + DAY, BASE + 2 * DAY),
    ("2024-01-01T03", BASE + 3 * HOUR, BASE + 4 * HOUR),
    ("2024-01-01T00:01", BASE + MINUTE, BASE + 2 * MINUTE),
    ("2024-01-01T00:00:03Z", BASE + 3 * SECOND, BASE + 4 * SECOND),
    ("2024-01-01T02:00+02:00", BASE, BASE + MINUTE),
    ("2024-01-01T00:00:03.50", BASE + 3_500_000, BASE + 3_510_000),
    (
        "2024-01-03T23:59:59.000000Z",
        BASE + 3 * DAY - SECOND,
        BASE + 3 * DAY - SECOND + 1,
    ),
];

const DURATIONS: [(&str, i64); 10] = [
    ("0s", 0),
    ("500ms", 500_000),
    ("1s", SECOND),
    ("3s", 3 * SECOND),
    ("5.0s", 5 * SECOND),
    ("1m", MINUTE),
    ("4h", 4 * HOUR),
    ("1d12h", 36 * HOUR),
    ("2w", 14 * DAY),
    ("20us", 20),
];

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Op {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    Like,
    Unlike,
}

impl Op {
    fn symbol(self) -> &'static str {
        match self {
            Op::Eq => "=",
            Op::Ne => "!=",
            Op::Lt => "<",
            Op::Le => "<=",
            Op::Gt => ">",
            Op::Ge => ">=",
            Op::Like => "~",
            Op::Unlike => "!~",
        }
    }

    /// `a != b` is `not a = b`, `a !~ b` is `not a ~ b`.
    fn positive(self) -> (Op, bool) {
        match self {
            Op::Ne => (Op::Eq, true),
            Op::Unlike => (Op::Like, true),
            op => (op, false),
        }
    }

    fn compare<T: PartialOrd>(self, a: &T, b: &T) -> bool {
        match self {
            Op::Eq => a == b,
            Op::Lt => a < b,
            Op::Le => a <= b,
            Op::Gt => a > b,
            Op::Ge => a >= b,
            _ => panic!("not an order"),
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub enum Field {
    Duration,
    Events,
    Variant,
    Start,
    End,
    Count(usize),
    /// What the clock shows at the start (or the end) of the case: the weekday, or the hour.
    Clock {
        at_start: bool,
        weekday: bool,
    },
    /// A field of events: its text.
    Of(&'static str),
    /// The same of the first event, or of the last one.
    At {
        first: bool,
        field: &'static str,
    },
}

#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Quoted(&'static str),
    Number(&'static str),
    Bool(&'static str),
    Duration(usize),
    Time(usize),
    QuotedTime(usize),
    Weekday(usize),
}

const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

#[derive(Debug, Clone)]
pub enum Range {
    Whole(usize),
    From(usize),
    To(usize),
    Through(usize),
    Between(usize, usize),
    BetweenThrough(usize, usize),
}

#[derive(Debug, Clone)]
pub enum Query {
    Has(usize),
    Follows {
        from: usize,
        to: usize,
        directly: bool,
        gap: Gap,
    },
    /// The first activity, the others with whether they follow directly, `within`.
    Path(usize, Vec<(bool, usize)>, Option<usize>),
    StartsWith(usize),
    EndsWith(usize),
    Period(&'static str, Range),
    /// An activity, or a resource.
    Queued(Result<usize, &'static str>, Option<Range>),
    Compare(Field, Op, Value),
    In(Field, Vec<Value>),
    /// With `true`: not missing.
    Missing(Field, bool),
    OneEvent(Vec<Query>),
    /// From the first event of an activity, or the last one, to the last one of another, or the first.
    Between((bool, usize), (bool, usize)),
    /// Values of the resource, or of the region.
    Handover(bool, &'static str, &'static str),
    PingPong(bool, Option<(&'static str, &'static str)>),
    Not(Box<Query>),
    And(Vec<Query>),
    Or(Vec<Query>),
    TimeIn(Range),
    /// `after`, `within`.
    Since(Option<usize>, Option<usize>),
}

/// `after`, `within`, and a relation to a range of time.
#[derive(Debug, Clone)]
pub struct Gap {
    after: Option<usize>,
    within: Option<usize>,
    swapped: bool,
    period: Option<(&'static str, Range)>,
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn activity(i: usize) -> String {
    quoted(ACTIVITIES[i])
}

impl Value {
    fn text(&self) -> String {
        match self {
            Value::Quoted(text) => quoted(text),
            Value::Number(text) | Value::Bool(text) => (*text).to_owned(),
            Value::Duration(i) => DURATIONS[*i].0.to_owned(),
            Value::Time(i) => TIMES[*i].0.to_owned(),
            Value::QuotedTime(i) => quoted(TIMES[*i].0),
            Value::Weekday(day) if *day == 6 => "Sun".to_owned(),
            Value::Weekday(day) => WEEKDAYS[*day].to_owned(),
        }
    }

    fn instant(&self) -> Option<i64> {
        match self {
            Value::Time(i) | Value::QuotedTime(i) => Some(TIMES[*i].1),
            _ => None,
        }
    }
}

impl Field {
    fn text(&self) -> String {
        match self {
            Field::Duration => "duration".to_owned(),
            Field::Events => "events".to_owned(),
            Field::Variant => "variant".to_owned(),
            Field::Start => "start".to_owned(),
            Field::End => "end".to_owned(),
            Field::Count(a) => format!("count({})", activity(*a)),
            Field::Clock { at_start, weekday } => {
                let end = if *at_start { "start" } else { "end" };
                format!("{end}.{}", if *weekday { "weekday" } else { "hour" })
            }
            Field::Of(text) => (*text).to_owned(),
            Field::At { first, field } => {
                format!("{}({field})", if *first { "first" } else { "last" })
            }
        }
    }
}

impl Range {
    fn text(&self) -> String {
        let time = |i: &usize| TIMES[*i].0;
        match self {
            Range::Whole(a) => time(a).to_owned(),
            Range::From(a) => format!("{}..", time(a)),
            Range::To(b) => format!("..{}", time(b)),
            Range::Through(b) => format!("..={}", time(b)),
            Range::Between(a, b) => format!("{}..{}", time(a), time(b)),
            Range::BetweenThrough(a, b) => format!("{}..={}", time(a), time(b)),
        }
    }

    fn contains(&self, t: i64) -> bool {
        let (first, next) = (|i: &usize| TIMES[*i].1, |i: &usize| TIMES[*i].2);
        match self {
            Range::Whole(a) => first(a) <= t && t < next(a),
            Range::From(a) => first(a) <= t,
            Range::To(b) => t < first(b),
            Range::Through(b) => t < next(b),
            Range::Between(a, b) => first(a) <= t && t < first(b),
            Range::BetweenThrough(a, b) => first(a) <= t && t < next(b),
        }
    }

    /// Whether some instant from `start` to `end` is inside: the first one of the two spans'
    /// common part is `start` itself or the range's first instant.
    fn meets(&self, start: i64, end: i64) -> bool {
        let first = match self {
            Range::Whole(a)
            | Range::From(a)
            | Range::Between(a, _)
            | Range::BetweenThrough(a, _) => TIMES[*a].1,
            Range::To(_) | Range::Through(_) => i64::MIN,
        };
        self.contains(start) || (start <= first && first <= end && self.contains(first))
    }
}

/// A number by the rule that `007` is text.
fn number(text: &str) -> Option<f64> {
    let pattern =
        regex::Regex::new(r"^[-+]?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?$").unwrap();
    pattern.is_match(text).then(|| text.parse().unwrap())
}

/// The same of a value of the log, where what has an exponent may be an identifier.
fn number_of_log(text: &str) -> Option<f64> {
    number(text).filter(|_| !text.contains(['e', 'E']))
}

fn text_meets(text: &str, op: Op, value: &Value, all_numbers: bool) -> bool {
    let same_truth = |b: &str| text.eq_ignore_ascii_case(b);
    let is_truth = |b: &str| b.eq_ignore_ascii_case("true") || b.eq_ignore_ascii_case("false");
    match value {
        Value::Quoted(pattern) if op == Op::Like => {
            regex::Regex::new(pattern).unwrap().is_match(text)
        }
        Value::Quoted(value) if all_numbers => {
            number(value).is_some_and(|n| op.compare(&number_of_log(text).unwrap(), &n))
        }
        Value::Quoted(value) if op == Op::Eq && is_truth(value) => same_truth(value),
        Value::Quoted(value) => op.compare(&text, value),
        Value::Number(n) => {
            number_of_log(text).is_some_and(|a| op.compare(&a, &number(n).unwrap()))
        }
        Value::Bool(value) => same_truth(value),
        _ => panic!("no value beside text"),
    }
}

fn number_meets(number_: f64, op: Op, value: &Value) -> bool {
    match value {
        Value::Number(text) => op.compare(&number_, &number(text).unwrap()),
        Value::Quoted(text) => number(text).is_some_and(|n| op.compare(&number_, &n)),
        _ => panic!("no value beside a number"),
    }
}

/// Whether an event meets a positive comparison; a missing value meets none.
fn event_meets(case: &Case, event: &Event, field: &str, op: Op, value: &Value) -> bool {
    // A text that does not occur is that of another letter case, where there is one.
    let text = |text: &Option<String>, known: &BTreeSet<String>| {
        let low = match value {
            Value::Quoted(wanted) if op == Op::Eq && !known.contains(*wanted) => {
                Some(wanted.to_lowercase())
            }
            _ => None,
        };
        let is_spelled = |low: &String| known.iter().any(|text| text.to_lowercase() == *low);
        let low = low.filter(is_spelled);
        text.as_ref().is_some_and(|text| match &low {
            Some(low) => text.to_lowercase() == *low,
            None => text_meets(text, op, value, false),
        })
    };
    let number = |n: Option<f64>| n.is_some_and(|n| number_meets(n, op, value));
    let instant =
        |t: Option<i64>| t.is_some_and(|t| op.compare(&t, &value.instant().expect("a time")));
    match field {
        "case" | "`Case ID`" => text_meets(&case.id, op, value, case.numeric_id),
        "activity" | "Activity" => text_meets(&event.activity, op, value, false),
        "resource" | "`org:resource`" => text(&event.resource, &case.texts.resource),
        "time" | "Timestamp" => instant(Some(event.time)),
        "region" => text(&event.region, &case.texts.region),
        "`case:channel`" => text(&case.channel, &case.texts.channel),
        "cost" => number(event.cost),
        "`start`" => number(case.limit),
        "due" => instant(event.due),
        other => panic!("no field {other}"),
    }
}

fn is_missing(case: &Case, event: &Event, field: &str) -> bool {
    match field {
        "resource" => event.resource.is_none(),
        "region" => event.region.is_none(),
        "cost" => event.cost.is_none(),
        "due" => event.due.is_none(),
        "`case:channel`" => case.channel.is_none(),
        "`start`" => case.limit.is_none(),
        other => panic!("{other} is never missing"),
    }
}

fn case_meets(case: &Case, field: &Field, op: Op, value: &Value) -> bool {
    let count = |n: usize| number_meets(n as f64, op, value);
    let instant = |t: i64| op.compare(&t, &value.instant().unwrap());
    match field {
        Field::Duration => match value {
            Value::Duration(i) => op.compare(&(case.end() - case.start()), &DURATIONS[*i].1),
            _ => panic!("no duration"),
        },
        Field::Events => count(case.events.len()),
        Field::Variant => count(case.rank),
        Field::Clock { at_start, weekday } => {
            let time = if *at_start { case.start() } else { case.end() };
            // BASE is a Monday.
            let (day, rest) = ((time - BASE).div_euclid(DAY), (time - BASE).rem_euclid(DAY));
            match value {
                Value::Weekday(value) => {
                    assert!(*weekday);
                    op.compare(&day.rem_euclid(7), &(*value as i64))
                }
                Value::Number(text) => op.compare(&(rest / HOUR), &text.parse().unwrap()),
                _ => panic!("no value beside a clock"),
            }
        }
        Field::Start => instant(case.start()),
        Field::End => instant(case.end()),
        Field::Count(a) => count(
            case.events
                .iter()
                .filter(|e| e.activity == ACTIVITIES[*a])
                .count(),
        ),
        Field::Of(field) => case
            .events
            .iter()
            .any(|event| event_meets(case, event, field, op, value)),
        Field::At { first, field } => event_meets(case, case.end_event(*first), field, op, value),
    }
}

fn limits(after: Option<usize>, within: Option<usize>, swapped: bool) -> String {
    let limit = |word: &str, i: Option<usize>| {
        i.map_or(String::new(), |i| format!(" {word} {}", DURATIONS[i].0))
    };
    let (after, within) = (limit("after", after), limit("within", within));
    if swapped {
        within + &after
    } else {
        after + &within
    }
}

/// Tries all ways from the event at `at` through the rest of a path that began at `first`.
fn path_goes_on(
    case: &Case,
    first: usize,
    at: usize,
    then: &[(bool, usize)],
    within: Option<usize>,
) -> bool {
    let Some(&(directly, activity)) = then.first() else {
        return in_limits(case.events[at].time - case.events[first].time, None, within);
    };
    let next = at + 1
        ..case
            .events
            .len()
            .min(if directly { at + 2 } else { usize::MAX });
    next.into_iter().any(|next| {
        case.events[next].activity == ACTIVITIES[activity]
            && path_goes_on(case, first, next, &then[1..], within)
    })
}

fn in_limits(elapsed: i64, after: Option<usize>, within: Option<usize>) -> bool {
    after.is_none_or(|i| elapsed >= DURATIONS[i].1)
        && within.is_none_or(|i| elapsed <= DURATIONS[i].1)
}

impl Query {
    pub fn text(&self) -> String {
        let join = |all: &[Query], word: &str| {
            let parts: Vec<String> = all.iter().map(|q| format!("({})", q.text())).collect();
            parts.join(word)
        };
        match self {
            Query::Has(a) => activity(*a),
            Query::Follows {
                from,
                to,
                directly,
                gap,
            } => {
                let arrow = if *directly { "->" } else { "~>" };
                let limits = limits(gap.after, gap.within, gap.swapped);
                let period = gap.period.as_ref();
                let period = period.map_or(String::new(), |(word, range)| {
                    format!(" {word} {}", range.text())
                });
                let path = format!("{} {arrow} {}", activity(*from), activity(*to));
                format!("{path}{limits}{period}")
            }
            Query::Path(from, then, within) => {
                let arrow = |directly: bool| if directly { "->" } else { "~>" };
                let then = then.iter();
                let then =
                    then.map(|&(directly, a)| format!(" {} {}", arrow(directly), activity(a)));
                let then: String = then.collect();
                format!("{}{then}{}", activity(*from), limits(None, *within, false))
            }
            Query::StartsWith(a) => format!("starts with {}", activity(*a)),
            Query::EndsWith(a) => format!("ends with {}", activity(*a)),
            Query::Period(word, range) => format!("{word} {}", range.text()),
            Query::Queued(what, range) => {
                let range = range.as_ref().map_or(String::new(), Range::text);
                match what {
                    Ok(a) => format!("queued {} {range}", activity(*a)),
                    Err(name) => format!("queued resource {} {range}", quoted(name)),
                }
            }
            Query::Compare(field, op, value) => {
                format!("{}{}{}", field.text(), op.symbol(), value.text())
            }
            Query::In(field, values) => {
                let values: Vec<String> = values.iter().map(Value::text).collect();
                format!("{} in ({})", field.text(), values.join(","))
            }
            Query::Missing(field, negated) => {
                let not = if *negated { "not " } else { "" };
                format!("{} is {not}missing", field.text())
            }
            Query::OneEvent(all) => {
                let all: Vec<String> = all.iter().map(Query::text).collect();
                format!("event({})", all.join(" and "))
            }
            Query::Between((first, a), (last, b)) => {
                // The usual words may be left out.
                let usual = |word: &'static str| if (a + b) % 2 == 0 { word } else { "" };
                let from = if *first { usual("first ") } else { "last " };
                let to = if *last { usual("last ") } else { "first " };
                format!("between {from}{} and {to}{}", activity(*a), activity(*b))
            }
            Query::Handover(of_resource, a, b) => {
                let field = if *of_resource { "resource" } else { "region" };
                format!("{field} {}->{}", quoted(a), quoted(b))
            }
            Query::PingPong(of_resource, between) => {
                let field = if *of_resource { "" } else { " region" };
                let between = between.map_or(String::new(), |(a, b)| {
                    format!("[{},{}]", quoted(a), quoted(b))
                });
                format!("ping-pong{field} {between}")
            }
            Query::Not(query) => format!("not ({})", query.text()),
            Query::And(all) => join(all, " and "),
            Query::Or(all) => join(all, " or "),
            Query::TimeIn(range) => format!("time in {}", range.text()),
            Query::Since(after, within) => format!("time{}", limits(*after, *within, false)),
        }
    }

    pub fn event_text(&self) -> String {
        self.text()
    }

    pub fn holds(&self, case: &Case) -> bool {
        let is = |event: &Event, a: usize| event.activity == ACTIVITIES[a];
        match self {
            Query::Has(a) => case.events.iter().any(|e| is(e, *a)),
            Query::Path(from, then, within) => (0..case.events.len()).any(|first| {
                is(&case.events[first], *from) && path_goes_on(case, first, first, then, *within)
            }),
            Query::Follows {
                from,
                to,
                directly,
                gap,
            } => {
                let in_limit = |i: usize, j: usize| {
                    let (first, second) = (case.events[i].time, case.events[j].time);
                    in_limits(second - first, gap.after, gap.within)
                        && gap.period.as_ref().is_none_or(|(word, range)| match *word {
                            "during" => range.contains(first) && range.contains(second),
                            "started" => range.contains(first),
                            "ended" => range.contains(second),
                            _ => range.meets(first.min(second), first.max(second)),
                        })
                };
                (0..case.events.len()).any(|j| {
                    (0..j).any(|i| {
                        (!*directly || i + 1 == j)
                            && is(&case.events[i], *from)
                            && is(&case.events[j], *to)
                            && in_limit(i, j)
                    })
                })
            }
            Query::StartsWith(a) => is(case.events.first().unwrap(), *a),
            Query::EndsWith(a) => is(case.events.last().unwrap(), *a),
            Query::Period("during", range) => {
                range.contains(case.start()) && range.contains(case.end())
            }
            Query::Period("overlaps", range) => range.meets(case.start(), case.end()),
            Query::Period("started", range) => range.contains(case.start()),
            Query::Period(_, range) => range.contains(case.end()),
            Query::Queued(what, range) => (1..case.events.len()).any(|i| {
                let event = &case.events[i];
                let ready = case.events[..i].iter().map(|e| e.time).max().unwrap();
                let begin = event.start.unwrap_or(event.time);
                let meant = match what {
                    Ok(a) => is(event, *a),
                    Err(name) => event.resource.as_deref() == Some(name),
                };
                // The moments of a wait are those before it is over; one without length has none.
                let waited = |range: &Range| ready < begin && range.meets(ready, begin - 1);
                meant && range.as_ref().is_none_or(waited)
            }),
            Query::Compare(field, op, value) => {
                let (op, negated) = op.positive();
                case_meets(case, field, op, value) != negated
            }
            Query::In(field, values) => values
                .iter()
                .any(|value| case_meets(case, field, Op::Eq, value)),
            Query::Missing(..)
            | Query::OneEvent(_)
            | Query::Between(..)
            | Query::Handover(..)
            | Query::PingPong(..) => self.holds_for_events(case),
            Query::Not(query) => !query.holds(case),
            Query::And(all) => all.iter().all(|q| q.holds(case)),
            Query::Or(all) => all.iter().any(|q| q.holds(case)),
            Query::TimeIn(range) => case.events.iter().any(|e| range.contains(e.time)),
            Query::Since(after, within) => case
                .events
                .iter()
                .any(|e| in_limits(e.time - case.start(), *after, *within)),
        }
    }

    fn holds_for_events(&self, case: &Case) -> bool {
        match self {
            Query::Missing(field, negated) => {
                let missing = match field {
                    Field::Of(field) => case.events.iter().any(|e| is_missing(case, e, field)),
                    Field::At { first, field } => is_missing(case, case.end_event(*first), field),
                    other => panic!("{other:?} is never missing"),
                };
                missing != *negated
            }
            Query::OneEvent(all) => case
                .events
                .iter()
                .any(|event| all.iter().all(|q| q.holds_for_event(case, event))),
            Query::Handover(of_resource, a, b) => {
                let values = case.values(*of_resource);
                values.windows(2).any(|w| w == [Some(*a), Some(*b)])
            }
            Query::PingPong(of_resource, between) => {
                let values = case.values(*of_resource);
                values.windows(3).any(|w| {
                    let Some((r, q)) = w[0].zip(w[1]) else {
                        return false;
                    };
                    let is_meant =
                        between.is_none_or(|(a, b)| (r, q) == (a, b) || (r, q) == (b, a));
                    r != q && w[2] == Some(r) && is_meant
                })
            }
            _ => panic!("of cases only"),
        }
    }

    pub fn holds_for_event(&self, case: &Case, event: &Event) -> bool {
        match self {
            Query::TimeIn(range) => range.contains(event.time),
            Query::Compare(Field::Of(field), op, value) => {
                let (op, negated) = op.positive();
                event_meets(case, event, field, op, value) != negated
            }
            Query::In(Field::Of(field), values) => values
                .iter()
                .any(|value| event_meets(case, event, field, Op::Eq, value)),
            Query::Missing(Field::Of(field), negated) => is_missing(case, event, field) != *negated,
            Query::Between((first, a), (last, b)) => {
                let all = |activity: usize| -> Vec<usize> {
                    let events = case.events.iter().enumerate();
                    let events = events.filter(|(_, e)| e.activity == ACTIVITIES[activity]);
                    events.map(|(at, _)| at).collect()
                };
                let at = case
                    .events
                    .iter()
                    .position(|e| std::ptr::eq(e, event))
                    .unwrap();
                let begins = all(*a);
                let begin = if *first {
                    begins.first()
                } else {
                    begins.last()
                };
                let Some(&begin) = begin else { return false };
                let ends: Vec<usize> = all(*b).into_iter().filter(|at| *at >= begin).collect();
                let end = if *last { ends.last() } else { ends.first() };
                end.is_some_and(|&end| begin <= at && at <= end)
            }
            _ => panic!("of cases only"),
        }
    }
}

fn orders() -> impl Strategy<Value = Op> {
    prop::sample::select(vec![Op::Eq, Op::Ne, Op::Lt, Op::Le, Op::Gt, Op::Ge])
}

fn numbers() -> impl Strategy<Value = Value> {
    let number = || prop::sample::select(vec!["0", "1", "2", "3", "5", "-1.5", "10", "1e1", "9.5"]);
    prop_oneof![3 => number().prop_map(Value::Number), 1 => number().prop_map(Value::Quoted)]
}

fn times() -> impl Strategy<Value = Value> {
    prop_oneof![
        (0..TIMES.len()).prop_map(Value::Time),
        (0..TIMES.len()).prop_map(Value::QuotedTime)
    ]
}

fn durations() -> impl Strategy<Value = Value> {
    (0..DURATIONS.len()).prop_map(Value::Duration)
}

fn texts() -> impl Strategy<Value = Value> {
    let texts = vec![
        "EU",
        "eu",
        "5",
        "007",
        "true",
        "True",
        "FALSE",
        "Ann",
        "10",
        "Desk",
        "c1",
        "c10",
        "9",
        "A",
        "日本",
        "say \"C\\\"",
        "",
        "-20",
        "Z",
    ];
    prop_oneof![
        4 => prop::sample::select(texts).prop_map(Value::Quoted),
        1 => prop::sample::select(vec!["5", "10", "-20", "0", "12.0"]).prop_map(Value::Number),
    ]
}

fn text_fields() -> impl Strategy<Value = Field> {
    let fields = vec![
        "activity",
        "Activity",
        "resource",
        "`org:resource`",
        "region",
        "`case:channel`",
    ];
    prop::sample::select(fields).prop_map(Field::Of)
}

fn case_ids() -> impl Strategy<Value = Field> {
    prop::sample::select(vec!["case", "`Case ID`"]).prop_map(Field::Of)
}

/// A value that a numeric case id can be put in order with.
fn ordered_ids() -> impl Strategy<Value = Value> {
    prop_oneof![
        prop::sample::select(vec!["9", "10", "12.0"]).prop_map(Value::Quoted),
        prop::sample::select(vec!["9", "10", "8.5"]).prop_map(Value::Number)
    ]
}

fn patterns() -> impl Strategy<Value = Value> {
    prop::sample::select(vec!["^E", "5", "u", "^$", "^[0-9]+$", "本", "(?i)eu|ann"])
        .prop_map(Value::Quoted)
}

fn several(values: impl Strategy<Value = Value>) -> impl Strategy<Value = Vec<Value>> {
    prop::collection::vec(values, 1..4)
}

fn compare(
    field: impl Strategy<Value = Field>,
    value: impl Strategy<Value = Value>,
) -> impl Strategy<Value = Query> {
    (field, orders(), value).prop_map(|(field, op, value)| Query::Compare(field, op, value))
}

fn of(names: &'static [&'static str]) -> impl Strategy<Value = Field> {
    prop::sample::select(names).prop_map(Field::Of)
}

/// Comparisons and memberships of fields of events.
fn field_queries() -> impl Strategy<Value = Query> {
    let truth = || prop::sample::select(vec!["true", "FALSE", "True"]).prop_map(Value::Bool);
    let alike = (
        prop_oneof![text_fields(), case_ids()],
        any::<bool>(),
        patterns(),
    );
    prop_oneof![
        compare(text_fields(), texts()),
        compare(case_ids(), ordered_ids()),
        (text_fields(), any::<bool>(), truth()).prop_map(|(field, eq, value)| {
            Query::Compare(field, if eq { Op::Eq } else { Op::Ne }, value)
        }),
        alike.prop_map(|(field, like, value)| {
            Query::Compare(field, if like { Op::Like } else { Op::Unlike }, value)
        }),
        (prop_oneof![text_fields(), case_ids()], several(texts()))
            .prop_map(|(field, values)| Query::In(field, values)),
        compare(of(&["cost", "`start`"]), numbers()),
        (of(&["cost", "`start`"]), several(numbers())).prop_map(|(f, v)| Query::In(f, v)),
        compare(of(&["time", "Timestamp", "due"]), times()),
        (of(&["time", "due"]), several(times())).prop_map(|(f, v)| Query::In(f, v)),
    ]
}

fn ranges() -> impl Strategy<Value = Range> {
    let time = || 0..TIMES.len();
    prop_oneof![
        time().prop_map(Range::Whole),
        time().prop_map(Range::From),
        time().prop_map(Range::To),
        time().prop_map(Range::Through),
        (time(), time()).prop_map(|(a, b)| Range::Between(a, b)),
        (time(), time()).prop_map(|(a, b)| Range::BetweenThrough(a, b)),
    ]
}

/// What `--events` takes.
pub fn event_queries() -> impl Strategy<Value = Query> {
    prop_oneof![
        4 => field_queries(),
        1 => (fields_with_gaps(), any::<bool>()).prop_map(|(f, not)| Query::Missing(f, not)),
        1 => ranges().prop_map(Query::TimeIn),
        2 => parts(),
    ]
}

fn parts() -> impl Strategy<Value = Query> {
    let end = || (any::<bool>(), 0..ACTIVITIES.len());
    (end(), end()).prop_map(|(from, to)| Query::Between(from, to))
}

fn fields_with_gaps() -> impl Strategy<Value = Field> {
    of(&[
        "resource",
        "region",
        "cost",
        "due",
        "`case:channel`",
        "`start`",
    ])
}

/// Conditions on the first or the last event.
fn at_an_end() -> impl Strategy<Value = Query> {
    let query = prop_oneof![
        4 => field_queries(),
        1 => (fields_with_gaps(), any::<bool>()).prop_map(|(f, not)| Query::Missing(f, not)),
    ];
    (any::<bool>(), query).prop_map(|(first, query)| {
        let at = |field| match field {
            Field::Of(field) => Field::At { first, field },
            other => other,
        };
        match query {
            Query::Compare(field, op, value) => Query::Compare(at(field), op, value),
            Query::In(field, values) => Query::In(at(field), values),
            Query::Missing(field, not) => Query::Missing(at(field), not),
            other => other,
        }
    })
}

fn atoms() -> impl Strategy<Value = Query> {
    let a = || 0..ACTIVITIES.len();
    let counts = prop_oneof![
        Just(Field::Events),
        Just(Field::Variant),
        a().prop_map(Field::Count)
    ];
    let ends = || prop_oneof![Just(Field::Start), Just(Field::End)];
    let words = prop::sample::select(vec!["during", "overlaps", "started", "ended"]);
    prop_oneof![
        1 => a().prop_map(Query::Has),
        4 => paths(DURATIONS.len()),
        1 => ranges().prop_map(Query::TimeIn),
        1 => since(),
        1 => a().prop_map(Query::StartsWith),
        1 => a().prop_map(Query::EndsWith),
        2 => (words, ranges()).prop_map(|(word, range)| Query::Period(word, range)),
        2 => compare(counts, numbers()),
        1 => compare(Just(Field::Duration), durations()),
        1 => several(durations()).prop_map(|v| Query::In(Field::Duration, v)),
        1 => compare(ends(), times()),
        1 => (ends(), several(times())).prop_map(|(f, v)| Query::In(f, v)),
        1 => several(numbers()).prop_map(|v| Query::In(Field::Variant, v)),
        1 => clocks(),
        3 => queues(),
        6 => field_queries(),
        1 => (fields_with_gaps(), any::<bool>()).prop_map(|(f, not)| Query::Missing(f, not)),
        3 => at_an_end(),
        4 => prop::collection::vec(event_queries(), 1..4).prop_map(Query::OneEvent),
        2 => handovers(),
    ]
}

fn clocks() -> impl Strategy<Value = Query> {
    let days = || (0..7usize).prop_map(Value::Weekday);
    let hours = || prop::sample::select(vec!["0", "1", "3", "23", "12"]).prop_map(Value::Number);
    let field =
        |weekday| any::<bool>().prop_map(move |at_start| Field::Clock { at_start, weekday });
    prop_oneof![
        compare(field(true), days()),
        compare(field(false), hours()),
        (field(true), several(days())).prop_map(|(f, v)| Query::In(f, v)),
        (field(false), several(hours())).prop_map(|(f, v)| Query::In(f, v)),
    ]
}

/// Two successive values, or one value between two of another.
pub fn handovers() -> impl Strategy<Value = Query> {
    let resource = || prop::sample::select(vec!["Ann", "Bob", "10"]);
    let region = || prop::sample::select(vec!["EU", "US", "5", "007"]);
    let pair = prop_oneof![
        (resource(), resource()).prop_map(|(a, b)| (true, a, b)),
        (region(), region()).prop_map(|(a, b)| (false, a, b)),
    ];
    (pair, 0..3).prop_map(|((of_resource, a, b), kind)| match kind {
        0 => Query::Handover(of_resource, a, b),
        1 if a != b => Query::PingPong(of_resource, Some((a, b))),
        _ => Query::PingPong(of_resource, None),
    })
}

/// Waits, most often with a range.
pub fn queues() -> impl Strategy<Value = Query> {
    let what = prop_oneof![
        (0..ACTIVITIES.len()).prop_map(Ok),
        prop::sample::select(vec!["Ann", "Bob", "10"]).prop_map(Err),
    ];
    (what, prop::option::weighted(0.8, ranges()))
        .prop_map(|(what, range)| Query::Queued(what, range))
}

/// Paths with limits of the first so many durations, and periods.
fn paths(durations: usize) -> impl Strategy<Value = Query> {
    let a = || 0..ACTIVITIES.len();
    let limit = || prop::option::of(0..durations);
    let words = prop::sample::select(vec!["during", "overlaps", "started", "ended"]);
    let period = prop::option::weighted(0.4, (words, ranges()));
    let gap =
        (limit(), limit(), any::<bool>(), period).prop_map(|(after, within, swapped, period)| {
            Gap {
                after,
                within,
                swapped,
                period,
            }
        });
    let pair = (a(), a(), any::<bool>(), gap);
    let pair = pair.prop_map(|(from, to, directly, gap)| Query::Follows {
        from,
        to,
        directly,
        gap,
    });
    let then = prop::collection::vec((any::<bool>(), a()), 2..5);
    let path = (a(), then, limit());
    let path = path.prop_map(|(from, then, within)| Query::Path(from, then, within));
    prop_oneof![3 => pair, 2 => path]
}

/// Paths with limits of some seconds.
pub fn limited_paths() -> impl Strategy<Value = Query> {
    paths(5)
}

fn since() -> impl Strategy<Value = Query> {
    let limit = || 0..DURATIONS.len();
    let either = (limit(), prop::option::of(limit()), any::<bool>());
    either.prop_map(|(one, other, swapped)| {
        if swapped {
            Query::Since(other, Some(one))
        } else {
            Query::Since(Some(one), other)
        }
    })
}

pub fn queries() -> impl Strategy<Value = Query> {
    atoms().prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|q| Query::Not(Box::new(q))),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Query::And),
            prop::collection::vec(inner, 2..4).prop_map(Query::Or),
        ]
    })
}
