//! Activities: how often, in how many cases, first and last, rework, and the time before them; of
//! activity instances also service and waiting.

use super::cost::instance_costs;
use crate::engine::basis::Basis;
use crate::engine::costs::{Spending, Spends, total_column, unknown_column};
use crate::engine::joined::{Comparable, Compared, Times};
use crate::engine::list::{List, Listing, Rows};
use crate::engine::query::{Context, Query, SmallGroups};
use crate::engine::schema::Surface::{Json, Pane, Table};
use crate::engine::schema::{Align, Need, Schema, Value};
use crate::engine::selected::Selected;
use crate::engine::stats::{Stats, stats};
use crate::engine::view::AskError;
use crate::metrics::{Figures, Selection, activities, edges, instances};
use rayon::prelude::*;
use std::sync::Arc;

/// A page of the activities.
#[derive(Debug, Clone, PartialEq)]
pub struct ActivitiesQuery {
    /// Order, search and page.
    pub listing: Listing,
}

/// An activity.
#[derive(Debug, Clone, PartialEq)]
pub struct ActivityRow {
    /// Name.
    pub activity: Arc<str>,
    /// Events.
    pub events: u64,
    /// Cases that have it.
    pub cases: u64,
    /// Cases that start with it.
    pub starts: u64,
    /// Cases that end with it.
    pub ends: u64,
    /// Cases in which it occurs more than once.
    pub rework_cases: u64,
    /// Time from the event before, over all its events but the first of a case.
    pub before: Option<Stats>,
    /// Service time (completion minus start) of activity instances with a known start.
    pub service: Option<Stats>,
    /// Service time without suspensions; `None` in a log without any.
    pub active: Option<Stats>,
    /// Waiting time of activity instances, the first of a case left out.
    pub waiting: Option<Stats>,
    /// Cost of its instances; `None` without rates.
    pub cost: Option<Spending>,
}

impl Spends for ActivityRow {
    fn spending(&self) -> Option<&Spending> {
        self.cost.as_ref()
    }
}

type Column = crate::engine::schema::Column<ActivityRow>;

/// Events with an event before them.
fn before(row: &ActivityRow) -> Basis {
    let n = row.before.map_or(0, |before| before.n);
    let basis = Basis::of(n, "events");
    basis.without(row.events.saturating_sub(n), "first events of their case")
}

/// Instances with a known start.
fn service(row: &ActivityRow) -> Basis {
    let n = row.service.map_or(0, |service| service.n);
    let basis = Basis::of(n, "instances");
    basis.without(row.events.saturating_sub(n), "without a known start")
}

/// Instances that are not the first of their case and have a known start.
fn waiting(row: &ActivityRow) -> Basis {
    let n = row.waiting.map_or(0, |waiting| waiting.n);
    let basis = Basis::of(n, "instances");
    let left_out = row.events.saturating_sub(n);
    basis.without(left_out, "first of their case or without a known start")
}

/// Columns of the activities.
pub static ACTIVITIES: Schema<ActivityRow> = Schema {
    name: "activities",
    key: |r| r.activity.to_string(),
    columns: &[
        Column::new("activity", |r| Value::text(&r.activity))
            .left(Align::Text)
            .flex(16, 3, 60)
            .ascending(),
        Column::new("events", |r| Value::Count(r.events))
            .flex(10, 1, 26)
            .bar(8)
            .term("events"),
        Column::new("cases", |r| Value::Count(r.cases)).term("cases"),
        Column::new("starts", |r| Value::Count(r.starts))
            .fixed(7)
            .priority(6)
            .term("starts, ends"),
        Column::new("ends", |r| Value::Count(r.ends))
            .fixed(7)
            .priority(6)
            .term("starts, ends"),
        Column::new("rework_cases", |r| Value::Count(r.rework_cases))
            .basis(|r| Basis::of(r.cases, "cases with the activity"))
            .title("rework")
            .fixed(7)
            .priority(3)
            .term("rework"),
        Column::new("before_median", |r| {
            Value::seconds(r.before.as_ref(), |s| s.median)
        })
        .basis(before)
        .title("before: med")
        .sorted("before: median")
        .fixed(11)
        .priority(1)
        .term("before")
        .only(&[Pane]),
        Column::new("before_p90", |r| {
            Value::seconds(r.before.as_ref(), |s| s.p90)
        })
        .basis(before)
        .title("p90")
        .sorted("before: p90")
        .priority(2)
        .term("p90")
        .only(&[Pane]),
        Column::new("before_total", |r| {
            Value::seconds(r.before.as_ref(), |s| s.total)
        })
        .basis(before)
        .title("total")
        .sorted("before: total")
        .priority(5)
        .only(&[Pane]),
        Column::new("service_mean", |r| {
            Value::seconds(r.service.as_ref(), |s| s.mean)
        })
        .json("service.mean")
        .unsorted()
        .needs(Need::Starts)
        .only(&[Table, Json]),
        Column::new("service_median", |r| {
            Value::seconds(r.service.as_ref(), |s| s.median)
        })
        .basis(service)
        .json("service.median")
        .title("service: med")
        .sorted("service: median")
        .fixed(12)
        .priority(4)
        .term("service")
        .needs(Need::Starts)
        .only(&[Pane, Table, Json]),
        Column::new("service_p90", |r| {
            Value::seconds(r.service.as_ref(), |s| s.p90)
        })
        .json("service.p90")
        .unsorted()
        .needs(Need::Starts)
        .only(&[Table, Json]),
        Column::new("service_p99", |r| {
            Value::seconds(r.service.as_ref(), |s| s.p99)
        })
        .json("service.p99")
        .unsorted()
        .needs(Need::Starts)
        .only(&[Json]),
        Column::new("service_total", |r| {
            Value::seconds(r.service.as_ref(), |s| s.total)
        })
        .json("service.total")
        .unsorted()
        .needs(Need::Starts)
        .only(&[Table, Json]),
        Column::new("active_mean", |r| {
            Value::seconds(r.active.as_ref(), |s| s.mean)
        })
        .json("active.mean")
        .omitted()
        .unsorted()
        .needs(Need::Starts)
        .when(|f| f.suspended)
        .only(&[Table, Json]),
        Column::new("active_median", |r| {
            Value::seconds(r.active.as_ref(), |s| s.median)
        })
        .json("active.median")
        .omitted()
        .unsorted()
        .needs(Need::Starts)
        .when(|f| f.suspended)
        .only(&[Table, Json]),
        Column::new("active_p90", |r| {
            Value::seconds(r.active.as_ref(), |s| s.p90)
        })
        .json("active.p90")
        .omitted()
        .unsorted()
        .needs(Need::Starts)
        .when(|f| f.suspended)
        .only(&[Table, Json]),
        Column::new("active_p99", |r| {
            Value::seconds(r.active.as_ref(), |s| s.p99)
        })
        .json("active.p99")
        .omitted()
        .unsorted()
        .needs(Need::Starts)
        .when(|f| f.suspended)
        .only(&[Json]),
        Column::new("active_total", |r| {
            Value::seconds(r.active.as_ref(), |s| s.total)
        })
        .json("active.total")
        .omitted()
        .unsorted()
        .needs(Need::Starts)
        .when(|f| f.suspended)
        .only(&[Table, Json]),
        Column::new("waiting_mean", |r| {
            Value::seconds(r.waiting.as_ref(), |s| s.mean)
        })
        .json("waiting.mean")
        .unsorted()
        .needs(Need::Starts)
        .only(&[Table, Json]),
        Column::new("waiting_median", |r| {
            Value::seconds(r.waiting.as_ref(), |s| s.median)
        })
        .basis(waiting)
        .json("waiting.median")
        .title("waiting: med")
        .sorted("waiting: median")
        .fixed(12)
        .priority(4)
        .term("wait")
        .needs(Need::Starts)
        .only(&[Pane, Table, Json]),
        Column::new("waiting_p90", |r| {
            Value::seconds(r.waiting.as_ref(), |s| s.p90)
        })
        .json("waiting.p90")
        .unsorted()
        .needs(Need::Starts)
        .only(&[Table, Json]),
        Column::new("waiting_p99", |r| {
            Value::seconds(r.waiting.as_ref(), |s| s.p99)
        })
        .json("waiting.p99")
        .unsorted()
        .needs(Need::Starts)
        .only(&[Json]),
        Column::new("waiting_total", |r| {
            Value::seconds(r.waiting.as_ref(), |s| s.total)
        })
        .json("waiting.total")
        .unsorted()
        .needs(Need::Starts)
        .only(&[Table, Json]),
        total_column().priority(4),
        unknown_column(),
    ],
    pane: &[],
    table: &[],
    json: &[],
    orders: &[
        "events",
        "cases",
        "starts",
        "ends",
        "rework_cases",
        "before_median",
        "before_p90",
        "before_total",
        "service_median",
        "waiting_median",
        "activity",
        "cost_total",
    ],
    chosen: None,
};

impl List for ActivitiesQuery {
    type Row = ActivityRow;

    fn schema() -> &'static Schema<ActivityRow> {
        &ACTIVITIES
    }

    fn rows(answer: &Rows<ActivityRow>) -> &Rows<ActivityRow> {
        answer
    }
}

impl Comparable for ActivitiesQuery {
    const COMPARED: Compared = Compared {
        many: "activities",
        names: &["activity"],
        title: "activity",
        time: "before",
        heads: ["A before", "B before"],
        of_times: false,
    };

    fn of(&self, listing: Listing) -> Self {
        ActivitiesQuery { listing }
    }

    fn listing(&self) -> &Listing {
        &self.listing
    }

    fn cases(row: &ActivityRow) -> Option<u64> {
        Some(row.cases)
    }

    fn name(row: &ActivityRow) -> String {
        row.activity.to_string()
    }

    fn times(&self, selected: &Selected, _: &Context<'_>) -> Result<Times, AskError> {
        let (selection, names) = (selected.selection(), &selected.prepared.names);
        let mut times = Times::new();
        for (edge, &to) in selection.index.edges.to.iter().enumerate() {
            let name = names[to as usize].to_string();
            times
                .entry(name)
                .or_default()
                .extend(edges::elapsed(&selection, edge));
        }
        for values in times.values_mut() {
            values.par_sort_unstable();
        }
        Ok(times)
    }
}

impl Query for ActivitiesQuery {
    type Answer = Rows<ActivityRow>;
    const SMALL_GROUPS: SmallGroups = SmallGroups::LeftOut;

    fn run(&self, context: &Context<'_>) -> Result<Rows<ActivityRow>, AskError> {
        let selected = context.selected()?;
        let figures = ActivityFigures::shared(&selected);
        context.cancel.check()?;
        let rows = figures.rows(&selected);
        let name = |row: &ActivityRow| row.activity.to_string();
        Self::select(&rows, &self.listing, context, name)
    }
}

/// Figures of every activity of a selection, by code.
#[derive(Debug)]
pub struct ActivityFigures {
    counts: Vec<activities::Counts>,
    before: Vec<Option<Figures>>,
    times: Vec<instances::Times>,
}

impl ActivityFigures {
    fn of(selection: &Selection<'_>) -> Self {
        ActivityFigures {
            counts: activities::counts(selection),
            before: activities::before(selection),
            times: instances::times(selection),
        }
    }

    /// Returns the figures of a selection, computed once.
    pub fn shared(selected: &Selected) -> Arc<Self> {
        selected
            .figures
            .get_or_init(|| ActivityFigures::of(&selected.selection()))
    }

    /// Figures of the time before each activity.
    pub fn before(&self) -> &[Option<Figures>] {
        &self.before
    }

    /// Figures of the service time of an activity.
    pub fn service(&self, activity: usize) -> Option<Stats> {
        self.times[activity].service.map(stats)
    }

    /// Returns the activities that occur, by name.
    fn rows(&self, selected: &Selected) -> Vec<ActivityRow> {
        let (names, rank) = (
            &selected.prepared.names,
            &selected.prepared.index.activity_rank,
        );
        let mut codes: Vec<usize> = (0..self.counts.len()).collect();
        codes.retain(|&a| self.counts[a].events > 0);
        // By name, which is the order of ties.
        codes.sort_by_key(|&a| rank[a]);
        let costs = instance_costs(selected);
        let costs = costs.as_ref().map(|costs| &costs.activities);
        let cost = |a: usize| costs.map(|costs| Spending::of(costs[a]));
        let row = |a: usize| {
            let (count, times) = (&self.counts[a], &self.times[a]);
            ActivityRow {
                activity: Arc::clone(&names[a]),
                events: count.events,
                cases: count.cases,
                starts: count.starts,
                ends: count.ends,
                rework_cases: count.rework_cases,
                before: self.before[a].map(stats),
                service: times.service.map(stats),
                active: times.active.map(stats),
                waiting: times.waiting.map(stats),
                cost: cost(a),
            }
        };
        codes.into_iter().map(row).collect()
    }
}
