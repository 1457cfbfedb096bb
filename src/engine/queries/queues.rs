//! Queues of activities or resources: waits under way over time.

use super::bottlenecks::{Ranking, waits, waits_by_name};
use crate::engine::axis::axis_over;
use crate::engine::basis::Basis;
use crate::engine::ending::{Ending, ending};
use crate::engine::joined::{Comparable, Compared, Times};
use crate::engine::list::{List, Listing, Rows};
use crate::engine::query::{Context, Query};
use crate::engine::schema::Surface::{Json, Table};
use crate::engine::schema::{Align, Schema, Value};
use crate::engine::selected::Selected;
use crate::engine::stats::{Stats, stats};
use crate::engine::view::AskError;
use crate::metrics::bins::TimeAxis;
use crate::metrics::bottlenecks::{Kind, Target, firsts};
use crate::metrics::queues::{self as metrics, Length};
use crate::metrics::{Figures, summary};
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use crate::metrics::Subject;

/// A page of the queues.
#[derive(Debug, Clone, PartialEq)]
pub struct QueuesQuery {
    /// Grouping of the queues.
    pub by: Subject,
    /// Order, search and page.
    pub listing: Listing,
    /// Computes the greatest length of each queue, which costs a walk over all waits.
    pub longest: bool,
}

/// One queue over time.
#[derive(Debug, Clone, PartialEq)]
pub struct QueueQuery {
    /// Grouping of the queues.
    pub by: Subject,
    /// The activity or resource.
    pub name: String,
    /// Maximum number of bins of the time axis.
    pub bins: usize,
    /// The instants `from..to` of the axis; `None` for all there are.
    pub range: Option<(i64, i64)>,
}

/// Greatest length that one queue ever had, and the first instant of that; `None` where nothing ever
/// waited.
#[derive(Debug, Clone, PartialEq)]
pub struct LongestQueueQuery {
    /// Grouping of the queues.
    pub by: Subject,
    /// The activity or resource.
    pub name: String,
}

/// The queues of a selection.
#[derive(Debug, Clone, PartialEq)]
pub struct Queues {
    /// Activities or resources.
    pub rows: Rows<QueueRow>,
    /// Which cases are open: what they wait for has not begun and is in no queue.
    pub ending: Ending,
}

/// One queue.
#[derive(Debug, Clone, PartialEq)]
pub struct QueueRow {
    /// The activity or resource that is waited for.
    pub name: Arc<str>,
    /// Instances but the first of a case (those that waited for no time are among them), and how long
    /// they waited by the clock of the log.
    pub waiting: Stats,
    /// Instances that are the first of their case and so never waited.
    pub first: u64,
    /// Share of the waiting of all rows, 0 to 1.
    pub share: f64,
    /// Mean length of the queue, weighted by time.
    pub mean: f64,
    /// Mean length in the last quarter of the time of the selection.
    pub recent: f64,
    /// Mean length in the quarter before.
    pub before: f64,
    /// Greatest length that the queue ever had, and the first instant of that, where it was asked for
    /// and anything ever waited.
    pub longest: Option<(u64, i64)>,
}

impl QueueRow {
    /// By how much the queue grew from one quarter to the next.
    pub fn growth(&self) -> f64 {
        self.recent - self.before
    }

    /// Relative growth; `None` where nothing waited before.
    pub fn relative_growth(&self) -> Option<f64> {
        (self.before > 0.0).then(|| self.growth() / self.before)
    }
}

/// One queue over time.
#[derive(Debug, Clone, PartialEq)]
pub struct QueueDetail {
    /// The activity or resource.
    pub name: String,
    /// Span of a bin as text: "day", "6 hours".
    pub unit: String,
    /// The bins, without gaps.
    pub bins: Vec<QueueBin>,
    /// Where the last bin ends.
    pub end: i64,
    /// The instants `from..to` of all there is, whatever range was asked for.
    pub whole: (i64, i64),
}

/// A queue in one bin of time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct QueueBin {
    /// First instant of the bin; it ends where the next one begins.
    pub start: i64,
    /// Length at that instant.
    pub length: u64,
    /// Mean length in the bin, weighted by time.
    pub mean: Option<f64>,
    /// Instances that waited at some instant of it.
    pub waited: u64,
    /// Instances that left the queue in it, that is, began.
    pub left: u64,
    /// Median wait of those that left, seconds.
    pub median: Option<f64>,
}

impl QueueDetail {
    /// Where a bin ends.
    pub fn bin_end(&self, bin: usize) -> i64 {
        self.bins.get(bin + 1).map_or(self.end, |next| next.start)
    }
}

type Column = crate::engine::schema::Column<QueueRow>;

/// Waits of the row.
fn ended(row: &QueueRow) -> Basis {
    Basis::of(row.waiting.n, "waits that ended").without(row.first, "first events of their case")
}

/// Columns of the queues.
pub static QUEUES: Schema<QueueRow> = Schema {
    name: "queues",
    key: |r| r.name.to_string(),
    columns: &[
        Column::new("activity", |r| Value::text(&r.name))
            .left(Align::Text)
            .json("name")
            .title("waits for")
            .sorted("name")
            .flex(12, 2, u16::MAX)
            .ascending()
            .when(|f| f.by == "activity"),
        Column::new("resource", |r| Value::text(&r.name))
            .left(Align::Text)
            .json("name")
            .title("waits for resource")
            .sorted("name")
            .flex(12, 2, u16::MAX)
            .unsorted()
            .when(|f| f.by == "resource"),
        Column::new("count", |r| Value::Count(r.waiting.n))
            .basis(ended)
            .priority(5),
        Column::new("mean", |r| Value::Seconds(r.waiting.mean))
            .json("waiting.mean")
            .unsorted()
            .only(&[Table, Json]),
        Column::new("median", |r| Value::Seconds(r.waiting.median))
            .basis(ended)
            .json("waiting.median")
            .term("median"),
        Column::new("p90", |r| Value::Seconds(r.waiting.p90))
            .basis(ended)
            .json("waiting.p90")
            .priority(3)
            .term("p90"),
        Column::new("max", |r| Value::Seconds(r.waiting.max))
            .json("waiting.max")
            .unsorted()
            .only(&[Json]),
        Column::new("total", |r| Value::Seconds(r.waiting.total))
            .basis(ended)
            .json("waiting.total")
            .title("waiting")
            .fixed(9)
            .term("queue"),
        Column::new("share", |r| Value::Share(r.share))
            .basis(ended)
            .flex(8, 1, 16)
            .priority(2)
            .bar(5)
            .unsorted()
            .term("share"),
        Column::new("mean_length", |r| Value::Number(r.mean))
            .json("length.mean")
            .title("mean len.")
            .sorted("mean length")
            .fixed(9)
            .basis(ended)
            .term("queue"),
        Column::new("longest", |r| Value::Count(r.longest.map_or(0, |l| l.0)))
            .json("length.longest")
            .unsorted()
            .when(|f| f.extra)
            .only(&[Table, Json]),
        Column::new("longest_at", |r| {
            r.longest.map_or(Value::Missing, |l| Value::Instant(l.1))
        })
        .json("length.longest_at")
        .unsorted()
        .when(|f| f.extra)
        .only(&[Json]),
        Column::new("last_quarter", |r| Value::Number(r.recent))
            .json("length.last_quarter")
            .unsorted()
            .only(&[Table, Json]),
        Column::new("quarter_before", |r| Value::Number(r.before))
            .json("length.quarter_before")
            .unsorted()
            .only(&[Json]),
        Column::new("growth", |r| Value::Change(r.growth(), r.relative_growth()))
            .json("length.growth")
            .fixed(15)
            .priority(1)
            .term("growth"),
        Column::new("growth_share", |r| {
            r.relative_growth().map_or(Value::Missing, Value::Number)
        })
        .json("length.growth_share")
        .unsorted()
        .only(&[Json]),
    ],
    pane: &[
        "activity",
        "resource",
        "total",
        "share",
        "mean_length",
        "growth",
        "median",
        "p90",
        "count",
    ],
    table: &["activity", "resource", "count", "total", "share"],
    json: &[],
    orders: &[
        "total",
        "mean_length",
        "growth",
        "p90",
        "median",
        "count",
        "activity",
    ],
    chosen: None,
};

impl List for QueuesQuery {
    type Row = QueueRow;

    fn schema() -> &'static Schema<QueueRow> {
        &QUEUES
    }

    fn rows(answer: &Queues) -> &Rows<QueueRow> {
        &answer.rows
    }
}

impl Comparable for QueuesQuery {
    const COMPARED: Compared = Compared {
        many: "queues",
        names: &["activity", "resource"],
        title: "waits for",
        time: "wait",
        heads: ["A wait", "B wait"],
        of_times: true,
    };

    fn of(&self, listing: Listing) -> Self {
        QueuesQuery {
            listing,
            ..self.clone()
        }
    }

    fn listing(&self) -> &Listing {
        &self.listing
    }

    /// Queues are of waits, of which a case may have several.
    fn cases(_: &QueueRow) -> Option<u64> {
        None
    }

    fn name(row: &QueueRow) -> String {
        row.name.to_string()
    }

    fn times(&self, selected: &Selected, _: &Context<'_>) -> Result<Times, AskError> {
        let kind = match self.by {
            Subject::Activity => Kind::Activity,
            Subject::Resource => Kind::Resource,
        };
        let ranking = Ranking {
            kind,
            ..Ranking::default()
        };
        Ok(waits_by_name(selected, ranking))
    }
}

impl Query for QueuesQuery {
    type Answer = Queues;
    const BYTES_PER_EVENT: u64 = 16;

    fn run(&self, context: &Context<'_>) -> Result<Queues, AskError> {
        let selected = context.selected()?;
        let figures = selected.figures.get_or_init(QueueFigures::default);
        let all = figures.of(&selected, self.by);
        context.cancel.check()?;
        let name = |row: &QueueRow| row.name.to_string();
        let mut rows = QUEUES.select(all, &self.listing, context.cancel, name)?;
        if self.longest {
            let longest = metrics::longest_of_all(&selected.selection(), self.by);
            // By name, as the page has an order of its own.
            let longest: HashMap<String, _> = longest.into_iter().collect();
            for row in &mut rows.rows {
                row.longest = longest.get(&*row.name).copied().flatten();
            }
        }
        Ok(Queues {
            rows,
            ending: ending(&selected),
        })
    }
}

impl Query for QueueQuery {
    type Answer = QueueDetail;
    const BYTES_PER_EVENT: u64 = 16;

    fn run(&self, context: &Context<'_>) -> Result<QueueDetail, AskError> {
        let selected = context.selected()?;
        let span = summary::span(&selected.selection()).unwrap_or((0, 0));
        let axis = axis_over(self.range, span, self.bins, context.analysis.zone());
        Ok(on_axis(&selected, self, &axis))
    }
}

impl Query for LongestQueueQuery {
    type Answer = Option<(u64, i64)>;
    const BYTES_PER_EVENT: u64 = 16;

    fn run(&self, context: &Context<'_>) -> Result<Option<(u64, i64)>, AskError> {
        let selected = context.selected()?;
        let queue = (self.by, self.name.as_str());
        Ok(metrics::longest_of(&selected.selection(), queue))
    }
}

/// Rows of all queues of a selection by name, for each way to group them.
#[derive(Debug, Default)]
struct QueueFigures([OnceLock<Vec<QueueRow>>; 2]);

impl QueueFigures {
    fn of<'a>(&'a self, selected: &Selected, by: Subject) -> &'a [QueueRow] {
        self.0[usize::from(by == Subject::Resource)].get_or_init(|| rows(selected, by))
    }
}

fn rows(selected: &Selected, by: Subject) -> Vec<QueueRow> {
    let kind = match by {
        Subject::Activity => Kind::Activity,
        Subject::Resource => Kind::Resource,
    };
    let lengths = metrics::lengths(&selected.selection(), by).unwrap_or_default();
    let selection = selected.selection();
    let target = Target::new(&selection, kind);
    let firsts = target.map_or_else(Vec::new, |target| firsts(&selection, &target));
    let waits = waits(selected, kind).into_iter().zip(firsts);
    let figures = waits.map(|((figures, _), first)| Some((figures?, first)));
    let known = lengths.into_iter().zip(figures);
    let known: Vec<_> = known
        .filter_map(|(queue, waits)| Some((queue, waits?)))
        .collect();
    let total: i128 = known.iter().map(|(_, (waiting, _))| waiting.total).sum();
    let share = |part: i128| {
        if total > 0 {
            part as f64 / total as f64
        } else {
            0.0
        }
    };
    let row = |((name, length), (waiting, first)): ((String, Length), (Figures, u64))| QueueRow {
        name: name.into(),
        waiting: stats(waiting),
        first,
        share: share(waiting.total),
        mean: length.mean,
        recent: length.recent,
        before: length.before,
        longest: None,
    };
    let mut rows: Vec<QueueRow> = known.into_iter().map(row).collect();
    // Rows of equal figures stay in the order of their names.
    rows.sort_by(|a, b| a.name.cmp(&b.name));
    rows
}

/// A queue by the bins of an axis.
pub(super) fn on_axis(selected: &Selected, query: &QueueQuery, axis: &TimeAxis) -> QueueDetail {
    let selection = selected.selection();
    let (first, last) = summary::span(&selection).unwrap_or((0, 0));
    let found = metrics::queue(&selection, (query.by, &query.name), axis);
    let bin = |(&start, bin): (&i64, metrics::QueueBin)| QueueBin {
        start,
        length: bin.start,
        mean: bin.mean,
        waited: bin.met,
        left: bin.left.ended,
        median: bin.left.median.map(|median| median / 1e6),
    };
    QueueDetail {
        name: query.name.clone(),
        unit: axis.unit.to_owned(),
        end: axis.bounds[axis.n_bins()],
        bins: axis.bounds.iter().zip(found).map(bin).collect(),
        whole: (first, last.saturating_add(1)),
    }
}
