//! Rows of the list of findings, and its columns.

use crate::engine::basis::Basis;
use crate::engine::schema::Surface::{Json, Table};
use crate::engine::schema::{Align, Schema, Value};
use crate::filter::Expr;
use crate::text::{counted, probability};
use std::sync::Arc;

/// Kinds of findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FindingKind {
    /// Open cases that rest unusually long.
    Resting,
    /// Open cases that became more.
    Backlog,
    /// A wait that grew and can be changed.
    Wait,
    /// A group of cases that takes longer than its mix lets expect.
    Segment,
    /// A queue that grew.
    Queue,
    /// A deadline that is broken more often than before.
    Deadline,
    /// A rule on the order of events that is broken more often than before.
    Rule,
    /// End states that are a doubtful guess, or unknown.
    Ends,
    /// A log that goes on after cases have stopped to start.
    Arrivals,
    /// Events of a case with equal times.
    Ties,
    /// Events without a resource.
    Resources,
    /// Rejected rows.
    Rejected,
}

impl FindingKind {
    /// Word of reports.
    pub fn word(self) -> &'static str {
        match self {
            FindingKind::Resting => "resting",
            FindingKind::Backlog => "backlog",
            FindingKind::Wait => "wait",
            FindingKind::Segment => "segment",
            FindingKind::Queue => "queue",
            FindingKind::Deadline => "deadline",
            FindingKind::Rule => "rule",
            FindingKind::Ends => "end states",
            FindingKind::Arrivals => "arrivals",
            FindingKind::Ties => "equal times",
            FindingKind::Resources => "resources",
            FindingKind::Rejected => "rejected rows",
        }
    }

    /// Term of the glossary with its definition.
    pub fn term(self) -> &'static str {
        match self {
            FindingKind::Resting => "cases resting",
            FindingKind::Backlog => "more open cases",
            FindingKind::Wait => "wait that grew",
            FindingKind::Segment => "slower than its mix",
            FindingKind::Queue => "queue that grew",
            FindingKind::Deadline | FindingKind::Rule => "broken more often",
            FindingKind::Ends
            | FindingKind::Arrivals
            | FindingKind::Ties
            | FindingKind::Resources
            | FindingKind::Rejected => "data problem",
        }
    }

    /// True for a problem of the data.
    pub fn is_of_data(self) -> bool {
        self >= FindingKind::Ends
    }
}

/// A figure of a finding.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum FindingFigure {
    /// A number of things, perhaps a mean.
    Number(f64),
    /// A duration by the clock of the view, seconds.
    Seconds(f64),
    /// A share, 0 to 1.
    Share(f64),
}

impl FindingFigure {
    /// Unit in reports.
    fn unit(self) -> &'static str {
        match self {
            FindingFigure::Number(_) => "number",
            FindingFigure::Seconds(_) => "seconds",
            FindingFigure::Share(_) => "share",
        }
    }

    fn value(self) -> Value<'static> {
        match self {
            FindingFigure::Number(number) => Value::Number(number),
            FindingFigure::Seconds(seconds) => Value::Seconds(seconds),
            FindingFigure::Share(share) => Value::Share(share),
        }
    }
}

/// Test or limit that a finding passed.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// Test or limit in words, with its numbers.
    pub text: String,
    /// Probability of as large a difference by chance; `None` for a limit.
    pub p: Option<f64>,
    /// After correction for all tests of the kind.
    pub q: Option<f64>,
    /// Tests of the kind, or figures that were compared with the limit.
    pub tested: u64,
}

impl Evidence {
    /// A limit that was reached.
    pub fn limit(text: String) -> Self {
        Evidence {
            text,
            p: None,
            q: None,
            tested: 1,
        }
    }

    /// A test that was passed; `limits` are those of size that it came with.
    pub fn test(name: &str, p: f64, q: f64, tested: u64, limits: &str) -> Self {
        let tests = counted(tested, "test", "tests");
        Evidence {
            text: format!(
                "{name}: q {} of {tests}, below 1%; {limits}",
                probability(q)
            ),
            p: Some(p),
            q: Some(q),
            tested,
        }
    }
}

/// A finding.
#[derive(Debug, Clone, PartialEq)]
pub struct FindingRow {
    /// Kind.
    pub kind: FindingKind,
    /// Place in the order, from 1.
    pub rank: u64,
    /// The finding in a sentence, with names of the log.
    pub sentence: String,
    /// Names of what it is about: both activities of a step, an activity, a rule, a property and its
    /// value; empty where it is about the cases.
    pub subject: Vec<Arc<str>>,
    /// The figure.
    pub figure: FindingFigure,
    /// The figure that it is compared with; `None` for a limit.
    pub usual: Option<FindingFigure>,
    /// Values that the figure is made of.
    pub basis: Basis,
    /// Test or limit that it passed.
    pub evidence: Evidence,
    /// Case time for each week, seconds; `None` for problems of the data.
    pub cost: Option<f64>,
    /// Share of the selected cases that a problem of the data concerns, 0 to 1.
    pub concerned: f64,
    /// Filter of the cases that it is about; `None` where it is about all of them.
    pub filter: Option<Expr>,
}

impl FindingRow {
    /// A finding without figures, to be completed.
    pub fn new(kind: FindingKind, sentence: String) -> Self {
        FindingRow {
            kind,
            rank: 0,
            sentence,
            subject: Vec::new(),
            figure: FindingFigure::Number(0.0),
            usual: None,
            basis: Basis::of(0, "cases"),
            evidence: Evidence::limit(String::new()),
            cost: None,
            concerned: 0.0,
            filter: None,
        }
    }
}

type Column = crate::engine::schema::Column<FindingRow>;

/// Name of the order of the findings.
pub const RANK: &str = "rank";

/// Columns of the findings.
pub static FINDINGS: Schema<FindingRow> = Schema {
    name: "findings",
    key: |r| format!("{}\0{}", r.kind.word(), r.subject.join("\0")),
    columns: &[
        Column::new(RANK, |r| Value::Count(r.rank)).ascending(),
        Column::new("kind", |r| Value::text(r.kind.word()))
            .left(Align::Fixed)
            .unsorted(),
        Column::new("finding", |r| Value::text(&r.sentence))
            .left(Align::Text)
            .unsorted(),
        Column::new("subject", |r| Value::Names(&r.subject))
            .unsorted()
            .only(&[Json]),
        Column::new("figure", |r| r.figure.value()).unsorted(),
        Column::new("usual", |r| {
            r.usual.map_or(Value::Missing, FindingFigure::value)
        })
        .unsorted(),
        Column::new("unit", |r| Value::text(r.figure.unit()))
            .left(Align::Fixed)
            .unsorted()
            .only(&[Json]),
        Column::new("n", |r| Value::Count(r.basis.n))
            .basis(|r| r.basis.clone())
            .unsorted(),
        Column::new("evidence", |r| Value::text(&r.evidence.text))
            .left(Align::Text)
            .unsorted()
            .only(&[Json]),
        Column::new("tested", |r| Value::Count(r.evidence.tested))
            .unsorted()
            .only(&[Json]),
        Column::new("p", |r| r.evidence.p.map_or(Value::Missing, Value::Number))
            .unsorted()
            .only(&[Json]),
        Column::new("q", |r| r.evidence.q.map_or(Value::Missing, Value::Number))
            .unsorted()
            .only(&[Table, Json]),
        Column::new("cost", |r| r.cost.map_or(Value::Missing, Value::Seconds))
            .title("case time a week")
            .term("case time a week"),
        Column::new("concerned", |r| Value::Share(r.concerned))
            .unsorted()
            .only(&[Json]),
        Column::new("filter", |r| {
            let filter = r.filter.as_ref();
            filter.map_or(Value::Missing, |of| Value::Text(of.to_string().into()))
        })
        .left(Align::Text)
        .unsorted()
        .only(&[Table, Json]),
    ],
    pane: &[],
    table: &[],
    json: &[],
    orders: &[RANK, "cost"],
    chosen: None,
};
