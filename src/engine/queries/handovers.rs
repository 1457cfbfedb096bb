//! Handovers: who passes cases on to whom, how long that takes, and how often it comes back.

mod detail;
mod matrix;

use super::load::KEPT;
use crate::engine::actors::actors;
use crate::engine::basis::Basis;
use crate::engine::cache::RecentCache;
use crate::engine::joined::{Comparable, Compared, Times};
use crate::engine::list::{List, Listing, Rows};
use crate::engine::query::{Context, Query, SmallGroups};
use crate::engine::schema::Surface::{Json, Table};
use crate::engine::schema::{Align, Schema, Value};
use crate::engine::selected::Selected;
use crate::engine::stats::{Stats, stats};
use crate::engine::view::AskError;
use crate::event_log::Cancel;
use crate::filter::{Expr, Field};
use crate::metrics::actors::Actors;
use crate::metrics::handovers::{self, Counted, Pair};
use crate::metrics::quantile::of_unsorted;
use rayon::prelude::*;
use std::sync::{Arc, OnceLock};

pub use detail::{HandoverDetail, HandoverQuery};
pub use matrix::{HandoverCell, Matrix, MatrixQuery};

/// A page of the handovers.
#[derive(Debug, Clone, PartialEq)]
pub struct HandoversQuery {
    /// Column of the actors.
    pub by: Field,
    /// Order, search and page.
    pub listing: Listing,
}

impl HandoversQuery {
    /// Asks for the handovers between resources.
    pub fn new(listing: Listing) -> Self {
        HandoversQuery {
            by: Field::Resource,
            listing,
        }
    }
}

/// Numbers of steps between the events of a selection, by their actors.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StepCounts {
    /// Steps from one actor to another.
    pub handovers: u64,
    /// Steps that the same actor kept.
    pub same: u64,
    /// Steps with an event whose actor is missing.
    pub unknown: u64,
    /// Cases with a ping-pong.
    pub ping_pong_cases: u64,
}

/// Handovers of a selection.
#[derive(Debug, Clone, PartialEq)]
pub struct Handovers {
    /// Numbers of steps.
    pub steps: StepCounts,
    /// The rows of the page.
    pub rows: Rows<HandoverRow>,
}

/// Handovers from one actor to another.
#[derive(Debug, Clone, PartialEq)]
pub struct HandoverRow {
    /// The actor of the first event.
    pub from: Arc<str>,
    /// The actor of the second event.
    pub to: Arc<str>,
    /// Number of handovers.
    pub count: u64,
    /// Number of cases with one.
    pub cases: u64,
    /// Share of all handovers, 0 to 1.
    pub share: f64,
    /// Number of all handovers.
    pub all: u64,
    /// Times from the first event to the second, seconds; `None` until they are asked for.
    pub elapsed: Option<Stats>,
    /// Filter of its cases.
    pub filter: Expr,
}

type Column = crate::engine::schema::Column<HandoverRow>;

/// Handovers of the row.
fn steps(row: &HandoverRow) -> Basis {
    Basis::of(row.count, "handovers")
}

/// A column of a figure of the times.
const fn elapsed(name: &'static str, value: for<'a> fn(&'a HandoverRow) -> Value<'a>) -> Column {
    Column::new(name, value).basis(steps)
}

fn figure(row: &HandoverRow, figure: fn(&Stats) -> f64) -> Value<'static> {
    Value::seconds(row.elapsed.as_ref(), figure)
}

/// Names of the columns whose values are figures of the times.
const OF_TIMES: [&str; 4] = ["mean", "median", "p90", "total"];

/// Columns of the handovers.
pub static HANDOVERS: Schema<HandoverRow> = Schema {
    name: "pairs",
    key: |r| format!("{}\0{}", r.from, r.to),
    columns: &[
        Column::new("from", |r| Value::text(&r.from))
            .left(Align::Text)
            .flex(10, 3, 40)
            .ascending(),
        Column::new("to", |r| Value::text(&r.to))
            .left(Align::Text)
            .flex(10, 3, 40)
            .ascending(),
        Column::new("count", |r| Value::Count(r.count)).term("handover"),
        Column::new("cases", |r| Value::Count(r.cases))
            .priority(2)
            .term("cases"),
        Column::new("share", |r| Value::Share(r.share))
            .flex(8, 1, 18)
            .priority(1)
            .bar(6)
            .unsorted()
            .basis(|r| Basis::of(r.all, "handovers"))
            .term("share of handovers"),
        elapsed("mean", |r| figure(r, |s| s.mean))
            .json("elapsed.mean")
            .priority(5)
            .term("mean"),
        elapsed("median", |r| figure(r, |s| s.median))
            .json("elapsed.median")
            .fixed(9)
            .term("median"),
        elapsed("p90", |r| figure(r, |s| s.p90))
            .json("elapsed.p90")
            .fixed(9)
            .priority(3)
            .term("p90"),
        elapsed("total", |r| figure(r, |s| s.total))
            .json("elapsed.total")
            .fixed(9)
            .priority(4)
            .term("handover time"),
        Column::new("filter", |r| Value::Text(r.filter.to_string().into()))
            .left(Align::Text)
            .unsorted()
            .only(&[Table, Json])
            .when_on(&[Table], |features| features.extra),
    ],
    pane: &[
        "from", "to", "count", "share", "median", "cases", "p90", "total", "mean",
    ],
    table: &[],
    json: &[],
    orders: &[
        "count", "cases", "median", "p90", "mean", "total", "from", "to",
    ],
    chosen: None,
};

impl List for HandoversQuery {
    type Row = HandoverRow;

    fn schema() -> &'static Schema<HandoverRow> {
        &HANDOVERS
    }

    fn rows(answer: &Handovers) -> &Rows<HandoverRow> {
        &answer.rows
    }
}

impl Comparable for HandoversQuery {
    const COMPARED: Compared = Compared {
        many: "handovers",
        names: &["from", "to", "filter"],
        title: "handover",
        time: "elapsed",
        heads: ["A elapsed", "B elapsed"],
        of_times: false,
    };

    fn of(&self, listing: Listing) -> Self {
        HandoversQuery {
            by: self.by.clone(),
            listing,
        }
    }

    fn listing(&self) -> &Listing {
        &self.listing
    }

    fn cases(row: &HandoverRow) -> Option<u64> {
        Some(row.cases)
    }

    fn name(row: &HandoverRow) -> String {
        name(row)
    }

    fn times(&self, selected: &Selected, context: &Context<'_>) -> Result<Times, AskError> {
        let known = known(selected, &self.by, context)?;
        let Some(actors) = actors(&selected.prepared, &self.by)? else {
            return Ok(Times::new());
        };
        let times =
            handovers::elapsed(&selected.selection(), &actors, &known.pairs, context.cancel)?;
        let key = |row: &HandoverRow| (HANDOVERS.key)(row);
        let sorted = |(row, mut times): (&HandoverRow, Vec<i64>)| {
            times.sort_unstable();
            (key(row), times)
        };
        Ok(known.rows.iter().zip(times).map(sorted).collect())
    }
}

/// Name of a handover: `Ann > Bob`.
fn name(row: &HandoverRow) -> String {
    format!("{} > {}", row.from, row.to)
}

impl Query for HandoversQuery {
    type Answer = Handovers;
    const SMALL_GROUPS: SmallGroups = SmallGroups::LeftOut;

    fn run(&self, context: &Context<'_>) -> Result<Handovers, AskError> {
        let selected = context.selected()?;
        let known = known(&selected, &self.by, context)?;
        let steps = known.steps();
        let is_by_time = self
            .listing
            .sort
            .own()
            .is_some_and(|name| OF_TIMES.contains(&name));
        if is_by_time {
            // All of them, as the order is of their times.
            let timed = known.timed(&selected, context)?;
            let rows = Self::select(timed, &self.listing, context, name)?;
            return Ok(Handovers { steps, rows });
        }
        let mut rows = Self::select(&known.rows, &self.listing, context, name)?;
        let asked = rows.rows.iter().filter_map(|row| known.pair(row));
        let asked: Vec<Pair> = asked.collect();
        let times = known.times(&selected, &asked, context)?;
        for (row, times) in rows.rows.iter_mut().zip(times) {
            row.elapsed = times;
        }
        Ok(Handovers { steps, rows })
    }
}

/// Figures of the times of each pair.
fn figures_of(times: Vec<Vec<i64>>, cancel: &Cancel) -> Result<Vec<Option<Stats>>, AskError> {
    cancel.check()?;
    let figures = |mut times: Vec<i64>| of_unsorted(&mut times).map(stats);
    let times = times.into_par_iter().with_max_len(1);
    Ok(times.map(figures).collect())
}

/// The handovers of a selection without their times.
pub(super) struct Known {
    by: Field,
    /// As they were counted.
    found: handovers::Handovers,
    /// Names of the actors by number.
    names: Vec<Arc<str>>,
    /// Rows by their names, and the numbers of their actors.
    rows: Vec<HandoverRow>,
    pairs: Vec<Pair>,
    /// Rows with times, where an order is by these.
    timed: OnceLock<Vec<HandoverRow>>,
    /// Times of the ping-pongs, in their order.
    returned: OnceLock<Vec<Option<Stats>>>,
}

/// The handovers of a selection, from the cache if they were asked for before.
pub(super) fn known(
    selected: &Selected,
    by: &Field,
    context: &Context<'_>,
) -> Result<Arc<Known>, AskError> {
    type Cached = RecentCache<Field, Arc<Known>>;
    let cached = selected.figures.get_or_init(|| Cached::new(KEPT));
    cached.get_or_make(by, || {
        Ok(Arc::new(match actors(&selected.prepared, by)? {
            Some(actors) => Known::of(selected, by, &actors, context.cancel)?,
            None => Known::none(by),
        }))
    })
}

impl Known {
    fn none(by: &Field) -> Self {
        Known {
            by: by.clone(),
            found: handovers::Handovers::default(),
            names: Vec::new(),
            rows: Vec::new(),
            pairs: Vec::new(),
            timed: OnceLock::new(),
            returned: OnceLock::new(),
        }
    }

    fn of(
        selected: &Selected,
        by: &Field,
        actors: &Actors<'_>,
        cancel: &Cancel,
    ) -> Result<Self, AskError> {
        let found = handovers::count(&selected.selection(), actors, cancel)?;
        let names: Vec<Arc<str>> = actors.names.iter().map(|name| Arc::from(&**name)).collect();
        let mut counted: Vec<&Counted> = found.pairs.iter().collect();
        // Rows of equal figures stay in the order of their names.
        counted.par_sort_unstable_by_key(|of| (&names[of.pair.0], &names[of.pair.1]));
        let all = found.handovers.max(1);
        let row = |of: &&Counted| {
            let [from, to] = [of.pair.0, of.pair.1].map(|at| Arc::clone(&names[at]));
            HandoverRow {
                filter: Expr::handover(by.clone(), &from, &to),
                from,
                to,
                count: of.count,
                cases: of.cases,
                share: of.count as f64 / all as f64,
                all,
                elapsed: None,
            }
        };
        Ok(Known {
            by: by.clone(),
            rows: counted.par_iter().map(row).collect(),
            pairs: counted.iter().map(|of| of.pair).collect(),
            timed: OnceLock::new(),
            returned: OnceLock::new(),
            names,
            found,
        })
    }

    pub fn steps(&self) -> StepCounts {
        StepCounts {
            handovers: self.found.handovers,
            same: self.found.same,
            unknown: self.found.unknown,
            ping_pong_cases: self.found.ping_pong_cases,
        }
    }

    /// Steps from an actor, by its name: kept, handed on, received.
    pub fn passed(&self) -> impl Iterator<Item = (&str, handovers::Passed)> {
        let names = self.names.iter().map(|name| &**name);
        names.zip(self.found.passed.iter().copied())
    }

    /// Ping-pongs: names of the two actors in their order, number, and number of cases.
    pub fn ping_pongs(&self) -> impl Iterator<Item = ([&Arc<str>; 2], u64, u64)> {
        let names = |pair: Pair| {
            let mut names = [&self.names[pair.0], &self.names[pair.1]];
            names.sort();
            names
        };
        let found = self.found.ping_pong.iter();
        found.map(move |of| (names(of.pair), of.count, of.cases))
    }

    /// Times until the ping-pongs came back, in the order of [`Known::ping_pongs`].
    pub fn returned(
        &self,
        selected: &Selected,
        context: &Context<'_>,
    ) -> Result<&[Option<Stats>], AskError> {
        if let Some(times) = self.returned.get() {
            return Ok(times);
        }
        let pairs: Vec<Pair> = self.found.ping_pong.iter().map(|of| of.pair).collect();
        let times = match actors(&selected.prepared, &self.by)? {
            Some(actors) => {
                let selection = selected.selection();
                handovers::returned(&selection, &actors, &pairs, context.cancel)?
            }
            None => Vec::new(),
        };
        let times = figures_of(times, context.cancel)?;
        // Another thread may have stored the same.
        Ok(self.returned.get_or_init(|| times))
    }

    /// The numbers of the actors of a row.
    fn pair(&self, row: &HandoverRow) -> Option<Pair> {
        fn key(row: &HandoverRow) -> (&str, &str) {
            (&row.from, &row.to)
        }
        let at = self.rows.binary_search_by(|of| key(of).cmp(&key(row)));
        Some(self.pairs[at.ok()?])
    }

    /// Figures of the times of the steps between these actors, each pair given once.
    fn times(
        &self,
        selected: &Selected,
        pairs: &[Pair],
        context: &Context<'_>,
    ) -> Result<Vec<Option<Stats>>, AskError> {
        let Some(actors) = actors(&selected.prepared, &self.by)? else {
            return Ok(Vec::new());
        };
        let selection = selected.selection();
        let times = handovers::elapsed(&selection, &actors, pairs, context.cancel)?;
        figures_of(times, context.cancel)
    }

    /// All rows with their times.
    fn timed(
        &self,
        selected: &Selected,
        context: &Context<'_>,
    ) -> Result<&[HandoverRow], AskError> {
        if let Some(rows) = self.timed.get() {
            return Ok(rows);
        }
        let times = self.times(selected, &self.pairs, context)?;
        let rows = self.rows.iter().zip(times);
        let rows = rows.map(|(row, elapsed)| HandoverRow {
            elapsed,
            ..row.clone()
        });
        let rows: Vec<HandoverRow> = rows.collect();
        // Another thread may have stored the same.
        Ok(self.timed.get_or_init(|| rows))
    }
}
