//! The tree of a filter and its text. Knows no log: names are texts, values are as they were
//! written. Spans are for messages only; they take no part in equality.

use super::time::{DurationLiteral, Moment};
use std::hash::{Hash, Hasher};
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

impl<T: Hash> Hash for Spanned<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.node.hash(state);
    }
}

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
        /// Directly, or at any distance.
        step: Step,
        /// The second activity.
        to: Activity,
        /// Conditions on the time between the two.
        gap: Box<Gap>,
    },
    /// Events of three activities or more follow each other.
    Path {
        /// The first activity.
        from: Activity,
        /// The others, two at least, each with its distance from the one before it.
        then: Vec<(Step, Activity)>,
        /// The longest time from the first event to the last.
        within: Option<DurationLiteral>,
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
    /// Some event has no value of a field.
    Missing(Missing),
    /// One event meets all of the conditions; one at least.
    Event(Vec<EventCond>),
    /// An event with the first value of a field is followed directly by one with the second.
    Handover {
        /// The field, of events.
        field: Spanned<Field>,
        /// The first value.
        from: Spanned<String>,
        /// The second value.
        to: Spanned<String>,
    },
    /// Three successive events have the values r, q and r of a field, and q is not r.
    PingPong {
        /// The field, of events; the resource where `None`.
        field: Option<Spanned<Field>>,
        /// The two values, in any order; any two where `None`.
        between: Option<[Spanned<String>; 2]>,
    },
    /// `open` (`true`) or `closed`: the state of the case at the end of the log.
    Open(bool),
    /// How the case conforms to the reference or model in force.
    Conforms(Conformity),
    /// Words that are no condition: an error once the log shows what they may mean.
    Words(Spanned<String>),
}

/// Relation of a case to what cases are judged by: reference variants or a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Conformity {
    /// No move is missing or extra.
    Fits,
    /// Some move is.
    Deviates,
    /// The activity is missing somewhere.
    Missing(Activity),
    /// The activity is extra somewhere.
    Extra(Activity),
}

/// Distance from one activity to the next: none, or any.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// `->`: as the next event.
    Directly,
    /// `~>`: sooner or later.
    Eventually,
}

impl Step {
    /// Arrow in the filter language.
    pub(super) fn arrow(self) -> &'static str {
        match self {
            Step::Directly => "->",
            Step::Eventually => "~>",
        }
    }
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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

/// Subject of a wait: activity instances of an activity or of a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Queued {
    /// An instance of the activity.
    Activity(Activity),
    /// An instance of that resource.
    Resource(Spanned<String>),
}

/// A part of what the clock on the wall shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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
    /// `last 30d`: from so long before now through now.
    Last(DurationLiteral),
    /// `today`: the day of now.
    Today,
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
    /// Comparison operator.
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

/// An event has no value of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// The field.
    pub field: Spanned<Field>,
    /// True if the opposite is meant: no event is without a value.
    pub negated: bool,
}

impl Missing {
    fn opposite(&self) -> Missing {
        Missing {
            field: self.field.clone(),
            negated: !self.negated,
        }
    }
}

/// A field of a case or of its events.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
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
    /// Value of a field of events at the first or last event of the case.
    At(Anchor, Box<Spanned<Field>>),
    /// What a definition or a column of the log is called; a definition before a column.
    Column(String),
    /// A column of the log whose name a definition has as well: a plain word in backticks.
    LogColumn(String),
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
    /// The event has no value of a field.
    Missing(Missing),
    /// The event is in a part of its case.
    Between(Between),
}

/// The part of a case from one event to another, both included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Between {
    /// The event that it begins with.
    pub from: PartEnd,
    /// The event that it ends with: the first or last one that is not before the beginning.
    pub to: PartEnd,
}

/// An end of a part of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartEnd {
    /// The first or the last event of the activity.
    pub at: Anchor,
    /// The activity.
    pub activity: Activity,
}

impl Conformity {
    /// The activity that is missing or extra.
    pub fn activity(&self) -> Option<&Activity> {
        match self {
            Conformity::Fits | Conformity::Deviates => None,
            Conformity::Missing(activity) | Conformity::Extra(activity) => Some(activity),
        }
    }
}

impl Expr {
    /// Negation of the expression, in its shortest form.
    ///
    /// ```
    /// let filter = casetrail::filter::parse(r#"region = "EU""#).unwrap();
    /// assert_eq!(filter.negate().to_string(), r#"region != "EU""#);
    /// assert_eq!(filter.negate().negate(), filter);
    /// ```
    #[must_use]
    pub fn negate(&self) -> Expr {
        match self {
            Expr::Not(inner) => (**inner).clone(),
            Expr::Atom(Atom::Compare(comparison)) => match comparison.opposite() {
                Some(opposite) => Expr::Atom(Atom::Compare(opposite)),
                None => Expr::Not(Box::new(self.clone())),
            },
            Expr::Atom(Atom::Missing(missing)) => Expr::Atom(Atom::Missing(missing.opposite())),
            Expr::Atom(Atom::Open(open)) => Expr::Atom(Atom::Open(!open)),
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
            EventCond::Missing(missing) => Some(EventCond::Missing(missing.opposite())),
            EventCond::Member(_) | EventCond::Time(_) | EventCond::Between(_) => None,
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
    /// Words that are fields of cases.
    pub(super) const OF_CASES: [(&'static str, Field); 9] = [
        ("duration", Field::Duration),
        ("events", Field::Events),
        ("variant", Field::Variant),
        ("start", Field::Start),
        ("end", Field::End),
        ("start.weekday", Field::Clock(Anchor::Starts, Dial::Weekday)),
        ("start.hour", Field::Clock(Anchor::Starts, Dial::Hour)),
        ("end.weekday", Field::Clock(Anchor::Ends, Dial::Weekday)),
        ("end.hour", Field::Clock(Anchor::Ends, Dial::Hour)),
    ];

    /// Words that are fields of events.
    pub(super) const OF_EVENTS: [(&'static str, Field); 4] = [
        ("case", Field::Case),
        ("activity", Field::Activity),
        ("time", Field::Time),
        ("resource", Field::Resource),
    ];

    /// The field that a plain word is.
    pub(super) fn of_word(word: &str) -> Field {
        let mut words = Field::OF_CASES.into_iter().chain(Field::OF_EVENTS);
        let found = words.find(|(known, _)| *known == word);
        found.map_or_else(|| Field::Column(word.to_owned()), |(_, field)| field)
    }

    /// The field that an option names: a word for a field, or a column; in backticks always a column.
    pub fn named(text: &str) -> Field {
        let inner = text.strip_prefix('`').and_then(|t| t.strip_suffix('`'));
        match inner {
            Some(name) => Field::of_backticks(name.replace("``", "`")),
            None => Field::of_word(text),
        }
    }

    /// The field that a name in backticks is.
    pub(super) fn of_backticks(name: String) -> Field {
        if is_plain(&name) {
            Field::LogColumn(name)
        } else {
            Field::Column(name)
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

impl Relation {
    /// All of them.
    pub(super) const ALL: [Relation; 4] = [
        Relation::During,
        Relation::Overlaps,
        Relation::Started,
        Relation::Ended,
    ];

    /// The word that names the relation.
    pub(super) fn word(self) -> &'static str {
        match self {
            Relation::During => "during",
            Relation::Overlaps => "overlaps",
            Relation::Started => "started",
            Relation::Ended => "ended",
        }
    }
}

/// Words of the grammar; a column of that name must be written in backticks.
pub(super) const GRAMMAR_WORDS: [&str; 27] = [
    "NOT", "activity", "after", "and", "case", "count", "duration", "during", "end", "ended",
    "ends", "events", "false", "in", "not", "or", "overlaps", "queued", "resource", "start",
    "started", "starts", "time", "true", "variant", "with", "within",
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
    if is_plain(name) {
        name.to_owned()
    } else {
        backticked(name)
    }
}

/// True if a name can be written without backticks.
pub fn is_plain(name: &str) -> bool {
    let plain = !name.is_empty() && name.chars().all(is_word_char);
    plain && !GRAMMAR_WORDS.contains(&name)
}

/// The name of a column in backticks.
pub(super) fn backticked(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}
