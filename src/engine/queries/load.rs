//! Load of resources, or of the values of another column: how long they are busy, and with how much at
//! the same time.

use crate::engine::actors::{actors, common_clock};
use crate::engine::basis::Basis;
use crate::engine::cache::RecentCache;
use crate::engine::joined::{Comparable, Compared};
use crate::engine::list::{List, Listing, Rows};
use crate::engine::query::{Context, Query, SmallGroups};
use crate::engine::schema::Surface::{Json, Table};
use crate::engine::schema::{Align, Need, Schema, Value};
use crate::engine::selected::Selected;
use crate::engine::stats::seconds;
use crate::engine::view::AskError;
use crate::filter::Field;
use crate::metrics::load::{Load, loads};
use crate::text::time::DAY;
use std::cmp::Reverse;
use std::sync::Arc;

/// Columns of actors whose loads are kept for a view.
pub(super) const KEPT: usize = 4;

/// A page of the loads.
#[derive(Debug, Clone, PartialEq)]
pub struct LoadQuery {
    /// Column of the rows.
    pub by: Field,
    /// Order, search and page.
    pub listing: Listing,
}

impl LoadQuery {
    /// Asks for the resources.
    pub fn new(listing: Listing) -> Self {
        LoadQuery {
            by: Field::Resource,
            listing,
        }
    }
}

/// Loads of a selection.
#[derive(Debug, Clone, PartialEq)]
pub struct Loads {
    /// True where the log has starts, so that it is known how long instances took.
    pub starts_known: bool,
    /// The rows of the page.
    pub rows: Rows<LoadRow>,
}

/// Load of a resource, or of another value. Times are in seconds.
#[derive(Debug, Clone, PartialEq)]
pub struct LoadRow {
    /// Name.
    pub resource: Arc<str>,
    /// Number of activity instances, or of events.
    pub instances: u64,
    /// Number of cases.
    pub cases: u64,
    /// Instances with a known service time.
    pub timed: u64,
    /// Sum of the service times; `None` where none is known.
    pub service: Option<f64>,
    /// Time in which an instance was under way; `None` where no service time is known.
    pub busy: Option<f64>,
    /// Greatest number of them at the same time; `None` where no service time is known.
    pub most: Option<u64>,
    /// Time from the first start to the last end, by the clock of the view.
    pub span: f64,
    /// Instances per day of calendar time from the first start to the last end, which count as a day at
    /// least.
    pub per_day: f64,
}

impl LoadRow {
    fn of(name: &str, load: &Load) -> Self {
        let is_known = load.timed > 0;
        let days = load.calendar_span as f64 / DAY as f64;
        LoadRow {
            resource: name.into(),
            instances: load.instances,
            cases: load.cases,
            timed: load.timed,
            service: is_known.then(|| load.service as f64 / 1e6),
            busy: is_known.then(|| seconds(load.busy)),
            most: is_known.then_some(load.most),
            span: seconds(load.span),
            per_day: load.instances as f64 / days.max(1.0),
        }
    }

    /// Share of the span that was busy; `None` where that is unknown, or the span has no time.
    pub fn utilization(&self) -> Option<f64> {
        let busy = self.busy.filter(|_| self.span > 0.0)?;
        Some((busy / self.span).min(1.0))
    }

    /// Mean number of them at the same time while any was under way.
    pub fn parallel(&self) -> Option<f64> {
        let (busy, service) = self.busy.zip(self.service)?;
        (busy > 0.0).then(|| service / busy)
    }

    /// How many have times, and how many have none.
    pub fn basis(&self) -> Basis {
        let basis = Basis::of(self.timed, "instances");
        basis.without(self.instances - self.timed, "without a known start")
    }
}

fn number(of: Option<f64>) -> Value<'static> {
    of.map_or(Value::Missing, Value::Number)
}

pub(super) fn utilization(row: &LoadRow) -> Value<'static> {
    row.utilization().map_or(Value::Missing, Value::Share)
}

pub(super) fn parallel(row: &LoadRow) -> Value<'static> {
    number(row.parallel())
}

pub(super) fn most(row: &LoadRow) -> Value<'static> {
    row.most.map_or(Value::Missing, Value::Count)
}

type Column = crate::engine::schema::Column<LoadRow>;

/// A column of what starts make known: JSON has it always, null without.
const fn timed(name: &'static str, value: for<'a> fn(&'a LoadRow) -> Value<'a>) -> Column {
    let column = Column::new(name, value).basis(LoadRow::basis);
    column.needs_or_null(Need::Starts)
}

fn duration(of: Option<f64>) -> Value<'static> {
    of.map_or(Value::Missing, Value::Seconds)
}

/// Columns of the loads.
pub static LOADS: Schema<LoadRow> = Schema {
    name: "resources",
    key: |r| r.resource.to_string(),
    columns: &[
        Column::new("resource", |r| Value::text(&r.resource))
            .left(Align::Text)
            .flex(12, 3, 40)
            .ascending(),
        Column::new("instances", |r| Value::Count(r.instances))
            .fixed(10)
            .term("instances"),
        Column::new("cases", |r| Value::Count(r.cases))
            .fixed(9)
            .priority(4)
            .term("cases"),
        timed("service", |r| duration(r.service))
            .fixed(9)
            .priority(2)
            .term("service"),
        timed("busy", |r| duration(r.busy)).fixed(9).term("busy"),
        Column::new("span", |r| Value::Seconds(r.span))
            .fixed(9)
            .priority(3)
            .term("span"),
        timed("utilization", utilization)
            .title("utilized")
            .flex(12, 1, 24)
            .bar(6)
            .term("utilization"),
        timed("parallel_mean", parallel)
            .json("parallel.mean")
            .title("parallel")
            .term("parallel"),
        timed("parallel_max", most)
            .json("parallel.max")
            .title("most")
            .fixed(6)
            .term("parallel"),
        timed("timed", |r| Value::Count(r.timed))
            .unsorted()
            .only(&[Table, Json]),
        Column::new("events_per_day", |r| Value::Number(r.per_day))
            .title("per day")
            .term("per day"),
    ],
    pane: &[
        "resource",
        "busy",
        "service",
        "parallel_mean",
        "parallel_max",
        "utilization",
        "instances",
        "events_per_day",
        "cases",
        "span",
    ],
    table: &[],
    json: &[],
    orders: &[
        "busy",
        "instances",
        "utilization",
        "parallel_mean",
        "parallel_max",
        "service",
        "cases",
        "events_per_day",
        "span",
        "resource",
    ],
    chosen: None,
};

impl List for LoadQuery {
    type Row = LoadRow;

    fn schema() -> &'static Schema<LoadRow> {
        &LOADS
    }

    fn rows(answer: &Loads) -> &Rows<LoadRow> {
        &answer.rows
    }
}

impl Comparable for LoadQuery {
    const COMPARED: Compared = Compared {
        many: "resources",
        names: &["resource"],
        title: "resource",
        time: "",
        heads: ["", ""],
        of_times: false,
    };

    fn of(&self, listing: Listing) -> Self {
        LoadQuery {
            by: self.by.clone(),
            listing,
        }
    }

    fn listing(&self) -> &Listing {
        &self.listing
    }

    fn cases(row: &LoadRow) -> Option<u64> {
        Some(row.cases)
    }

    fn name(row: &LoadRow) -> String {
        row.resource.to_string()
    }
}

impl Query for LoadQuery {
    type Answer = Loads;
    const SMALL_GROUPS: SmallGroups = SmallGroups::LeftOut;

    fn run(&self, context: &Context<'_>) -> Result<Loads, AskError> {
        let selected = context.selected()?;
        let all = rows(&selected, &self.by, context)?;
        let name = |row: &LoadRow| row.resource.to_string();
        Ok(Loads {
            starts_known: selected.prepared.log.has_instances(),
            rows: Self::select(&all, &self.listing, context, name)?,
        })
    }
}

/// The loads of all actors that have an instance, from the cache if they were asked for before: by name,
/// without starts most instances first.
pub(super) fn rows(
    selected: &Selected,
    by: &Field,
    context: &Context<'_>,
) -> Result<Arc<Vec<LoadRow>>, AskError> {
    type Known = RecentCache<Field, Arc<Vec<LoadRow>>>;
    let known = selected.figures.get_or_init(|| Known::new(KEPT));
    known.get_or_make(by, || made(selected, by, context).map(Arc::new))
}

fn made(selected: &Selected, by: &Field, context: &Context<'_>) -> Result<Vec<LoadRow>, AskError> {
    let prepared = &selected.prepared;
    let mut rows = Vec::new();
    if let Some(actors) = actors(prepared, by)? {
        let clock = common_clock(prepared);
        let found = loads(&selected.selection(), &actors, clock, context.cancel)?;
        let found = actors.names.iter().zip(&found);
        let found = found.filter(|(_, load)| load.instances > 0);
        rows.extend(found.map(|(name, load)| LoadRow::of(name, load)));
    }
    let is_timed = prepared.log.has_instances();
    // Rows of equal figures stay in this order.
    rows.sort_by(|a: &LoadRow, b| {
        let most = |row: &LoadRow| (!is_timed).then_some(Reverse(row.instances));
        (most(a), &a.resource).cmp(&(most(b), &b.resource))
    });
    Ok(rows)
}
