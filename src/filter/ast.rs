//! The tree of a filter and its text. Knows no log: names are texts, values are as they were
//! written. Spans are for messages only; they take no part in equality.

use super::time::{DurationLiteral, Moment};
use std::fmt::{self, Display, Formatter, Write};
use std::ops::Range;

/// A piece of the tree with its place in the text, which is ignored by `==`.
#[derive(Debug, Clone)]
pub struct Spanned<T> {
    /// The piece.
    pub node: T,
    /// Where it stands, in bytes.
    pub span: Range<usize>,
}

impl<T: PartialEq> PartialEq for Spanned<T> {
    fn eq(&self, other: &Self) -> bool {
        self.node == other.node
    }
}

impl<T: Eq> Eq for Spanned<T> {}

/// The name of an activity.
pub type Activity = Spanned<String>;

/// A filter of cases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expr {
    /// All of them hold; two at least.
    And(Vec<Expr>),
    /// One of them holds; two at least.
    Or(Vec<Expr>),
    /// It does not hold.
    Not(Box<Expr>),
    /// A condition.
    Atom(Atom),
}

/// A condition on cases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Atom {
    /// The case has the activity.
    Has(Activity),
    /// The first activity is followed by the second.
    Follows {
        /// The first activity.
        from: Activity,
        /// Time allowed until the second follows.
        step: Step,
        /// The second activity.
        to: Activity,
        /// Conditions on the time between the two.
        gap: Box<Gap>,
    },
    /// The case starts or ends with the activity.
    Bound(Anchor, Activity),
    /// The case lies to a range of time as said.
    Period(Relation, TimeRange),
    /// An instance of the case waited, at some moment of the range where there is one.
    Queued(Queued, Option<TimeRange>),
    /// Some event has its timestamp inside.
    Time(TimeRange),
    /// Some event is so long after the start of the case: from the first to the second, where given.
    Since(Option<DurationLiteral>, Option<DurationLiteral>),
    /// A field compared with a value.
    Compare(Comparison),
    /// A field is one of some values.
    Member(Membership),
}

/// Distance at which one activity follows another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// `->`: as the next event.
    Directly,
    /// `~>`: sooner or later.
    Eventually,
}

/// Conditions on the time between two events; one pair must meet all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gap {
    /// It is at least this long.
    pub after: Option<DurationLiteral>,
    /// It is at most this long.
    pub within: Option<DurationLiteral>,
    /// The span from the first to the second lies so to a range of time.
    pub period: Option<(Relation, TimeRange)>,
}

/// An end of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// First event of the case.
    Starts,
    /// Last event of the case.
    Ends,
}

/// Relation of a case, or of the span between two events, to a range of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// All of it is inside.
    During,
    /// It meets the range.
    Overlaps,
    /// Starts inside.
    Started,
    /// Ends inside.
    Ended,
}

/// Side that a wait is measured for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Queued {
    /// An instance of the activity.
    Activity(Activity),
    /// An instance of that resource.
    Resource(Spanned<String>),
}

/// A part of what the clock on the wall shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dial {
    /// Monday to Sunday.
    Weekday,
    /// 0 to 23.
    Hour,
}

/// A range of time; one side at least is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TimeRange {
    /// `A`: the whole period of one time.
    Whole(TimeLiteral),
    /// `A..`
    From(TimeLiteral),
    /// `A..B`, `..B`: without the last time.
    Until(Option<TimeLiteral>, TimeLiteral),
    /// `A..=B`, `..=B`: with the whole period of the last time.
    Through(Option<TimeLiteral>, TimeLiteral),
}

/// A time as written, and what it means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeLiteral {
    /// As written.
    pub text: String,
    /// Parsed time, without the zone if it has no offset.
    pub moment: Moment,
}

/// A field compared with a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// The field.
    pub field: Spanned<Field>,
    /// Relation to the range.
    pub op: Op,
    /// The value.
    pub value: Spanned<Value>,
}

/// A field is one of some values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// The field.
    pub field: Spanned<Field>,
    /// The values, one at least.
    pub values: Vec<Spanned<Value>>,
}

/// A field of a case or of its events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Field {
    /// End minus start of the case.
    Duration,
    /// Number of events of the case.
    Events,
    /// Rank of the variant of the case in the whole log, from 1.
    Variant,
    /// First instant of the case.
    Start,
    /// Last instant of the case.
    End,
    /// Local clock of the zone at the first or last instant of the case.
    Clock(Anchor, Dial),
    /// Number of times that the case has the activity.
    Count(Activity),
    /// The case id.
    Case,
    /// The activity of an event.
    Activity,
    /// The resource of an event.
    Resource,
    /// The timestamp of an event.
    Time,
    /// A column by its name.
    Column(String),
}

/// A way to compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    /// `=`
    Equal,
    /// `!=`: not `=`.
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterEqual,
    /// `~`: the regex is found in it.
    Matches,
    /// `!~`: not `~`.
    NotMatches,
}

/// A value as written; what it means depends on the field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// In double quotes: this is what stands between them.
    Quoted(String),
    /// A number, `true`, `false`, a duration or a time.
    Bare(String),
}

/// A condition on events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventCond {
    /// A field compared with a value.
    Compare(Comparison),
    /// A field is one of some values.
    Member(Membership),
    /// The timestamp is inside.
    Time(TimeRange),
}

impl Expr {
    /// Negation of the expression, in its shortest form.
    #[must_use]
    pub fn negate(&self) -> Expr {
        match self {
            Expr::Not(inner) => (**inner).clone(),
            Expr::Atom(Atom::Compare(comparison)) => match comparison.opposite() {
                Some(opposite) => Expr::Atom(Atom::Compare(opposite)),
                None => Expr::Not(Box::new(self.clone())),
            },
            _ => Expr::Not(Box::new(self.clone())),
        }
    }
}

impl EventCond {
    /// The condition that holds for exactly the other events; `None` where the language has none: it
    /// turns only `=`, `!=`, `~` and `!~`.
    pub fn negate(&self) -> Option<EventCond> {
        match self {
            EventCond::Compare(comparison) => comparison.opposite().map(EventCond::Compare),
            EventCond::Member(_) | EventCond::Time(_) => None,
        }
    }
}

impl Comparison {
    fn opposite(&self) -> Option<Comparison> {
        let op = self.op.opposite()?;
        Some(Comparison { op, ..self.clone() })
    }
}

impl Field {
    /// The field that a plain word is, where it is one.
    pub(super) fn of_word(word: &str) -> Field {
        match word {
            "duration" => Field::Duration,
            "events" => Field::Events,
            "variant" => Field::Variant,
            "start" => Field::Start,
            "end" => Field::End,
            "start.weekday" => Field::Clock(Anchor::Starts, Dial::Weekday),
            "start.hour" => Field::Clock(Anchor::Starts, Dial::Hour),
            "end.weekday" => Field::Clock(Anchor::Ends, Dial::Weekday),
            "end.hour" => Field::Clock(Anchor::Ends, Dial::Hour),
            "case" => Field::Case,
            "activity" => Field::Activity,
            "resource" => Field::Resource,
            "time" => Field::Time,
            name => Field::Column(name.to_owned()),
        }
    }
}

impl Op {
    /// All of them, those first that others begin with the text of.
    pub(super) const ALL: [Op; 8] = [
        Op::NotEqual,
        Op::NotMatches,
        Op::LessEqual,
        Op::GreaterEqual,
        Op::Equal,
        Op::Less,
        Op::Greater,
        Op::Matches,
    ];

    /// Symbol of the operator in filter texts.
    pub fn symbol(self) -> &'static str {
        match self {
            Op::Equal => "=",
            Op::NotEqual => "!=",
            Op::Less => "<",
            Op::LessEqual => "<=",
            Op::Greater => ">",
            Op::GreaterEqual => ">=",
            Op::Matches => "~",
            Op::NotMatches => "!~",
        }
    }

    /// The one that holds exactly where this does not. The orders have none: a field may be
    /// missing, or have several values in a case.
    fn opposite(self) -> Option<Op> {
        match self {
            Op::Equal => Some(Op::NotEqual),
            Op::NotEqual => Some(Op::Equal),
            Op::Matches => Some(Op::NotMatches),
            Op::NotMatches => Some(Op::Matches),
            _ => None,
        }
    }
}

/// Words of the grammar; a column of that name must be written in backticks.
pub(super) const GRAMMAR_WORDS: [&str; 26] = [
    "activity", "after", "and", "case", "count", "duration", "during", "end", "ended", "ends",
    "events", "false", "in", "not", "or", "overlaps", "queued", "resource", "start", "started",
    "starts", "time", "true", "variant", "with", "within",
];

/// True if a character may occur in a plain word.
pub(super) fn is_word_char(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The text in double quotes, as the filter language reads it back.
pub fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        if matches!(c, '"' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('"');
    out
}

/// The name of a column as a field: in backticks where it is not a plain word, or a word of the
/// grammar.
pub fn field_name(name: &str) -> String {
    let plain = !name.is_empty() && name.chars().all(is_word_char);
    if plain && !GRAMMAR_WORDS.contains(&name) {
        name.to_owned()
    } else {
        format!("`{}`", name.replace('`', "``"))
    }
}

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
                let path = matches!(**inner, Expr::Atom(Atom::Has(_) | Atom::Follows { .. }));
                wrap(f, inner, !path)
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
                let arrow = match step {
                    Step::Directly => "->",
                    Step::Eventually => "~>",
                };
                write!(f, "{} {arrow} {}", quote(&from.node), quote(&to.node))?;
                gap.fmt(f)
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

impl Relation {
    /// The relation that a word names.
    pub(super) fn of_word(word: &str) -> Option<Relation> {
        let all = [
            Relation::During,
            Relation::Overlaps,
            Relation::Started,
            Relation::Ended,
        ];
        all.into_iter().find(|relation| relation.word() == word)
    }

    fn word(self) -> &'static str {
        match self {
            Relation::During => "during",
            Relation::Overlaps => "overlaps",
            Relation::Started => "started",
            Relation::Ended => "ended",
        }
    }
}

impl Display for TimeRange {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let start = |from: &Option<TimeLiteral>| from.as_ref().map_or("", |t| &t.text).to_owned();
        match self {
            TimeRange::Whole(time) => f.write_str(&time.text),
            TimeRange::From(from) => write!(f, "{}..", from.text),
            TimeRange::Until(from, to) => write!(f, "{}..{}", start(from), to.text),
            TimeRange::Through(from, to) => write!(f, "{}..={}", start(from), to.text),
        }
    }
}

impl Display for Comparison {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (field, value) = (&self.field.node, &self.value.node);
        write!(f, "{field} {} {value}", self.op.symbol())
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
            Field::Column(name) => f.write_str(&field_name(name)),
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
        }
    }
}
