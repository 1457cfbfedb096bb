//! Resources, or the values of another column: events, cases, load, waits, deadlines, rework and handovers
//! of each.

mod actor;

use super::handovers;
use super::load::{self, KEPT, LoadRow};
use crate::engine::actors::actors;
use crate::engine::basis::Basis;
use crate::engine::cache::RecentCache;
use crate::engine::case_mix::{Expected, mixes};
use crate::engine::costs::{Spending, Spends, total_column, unknown_column};
use crate::engine::groups::GroupBy;
use crate::engine::joined::{Comparable, Compared};
use crate::engine::list::{List, Listing, Rows};
use crate::engine::query::{Context, Query, SmallGroups};
use crate::engine::schema::Surface::{Json, Pane, Table};
use crate::engine::schema::{Align, Need, Schema, Tone, Value};
use crate::engine::selected::Selected;
use crate::engine::view::AskError;
use crate::filter::Field;
use crate::metrics::actors::Actors;
use crate::metrics::cost::by_actor;
use crate::metrics::handovers::Passed;
use crate::metrics::resources::{self, Breaches, Counts, Facts};
use crate::metrics::summary;
use std::collections::HashMap;
use std::sync::Arc;

pub use actor::{ActorBin, ActorDetail, ActorQuery};

/// A page of the resources.
#[derive(Debug, Clone, PartialEq)]
pub struct ResourcesQuery {
    /// Column of the rows.
    pub by: Field,
    /// Property by which cases are alike for the expected breach rate; `None` for the usual one.
    pub mix: Option<GroupBy>,
    /// Order, search and page.
    pub listing: Listing,
}

impl ResourcesQuery {
    /// Asks for the resources.
    pub fn new(listing: Listing) -> Self {
        ResourcesQuery {
            by: Field::Resource,
            mix: None,
            listing,
        }
    }
}

/// Resources of a selection.
#[derive(Debug, Clone, PartialEq)]
pub struct Resources {
    /// Property by which cases are alike for the expected breach rate; `None` without deadlines.
    pub mix: Option<GroupBy>,
    /// The properties that may take its place, the usual one first; none without deadlines.
    pub mixes: Vec<GroupBy>,
    /// The rows of the page.
    pub rows: Rows<ResourceRow>,
}

/// A resource, or another value.
#[derive(Debug, Clone, PartialEq)]
pub struct ResourceRow {
    /// Name.
    pub resource: Arc<str>,
    /// Number of events.
    pub events: u64,
    /// Number of cases.
    pub cases: u64,
    /// Number of different activities.
    pub activities: u64,
    /// Events of the selected cases that have no value.
    pub without: u64,
    /// Open cases whose last event is of it.
    pub open: u64,
    /// Load.
    pub load: LoadRow,
    /// Number of events that have waited, and the sum of their waits in seconds.
    pub waits: (u64, f64),
    /// Deadlines of its cases; `None` without deadlines.
    pub breaches: Option<BreachRates>,
    /// Events whose activity comes again later in the case.
    pub repeated: u64,
    /// By which part its events of the last quarter are more than those of the quarter before; `None` with
    /// few events in either.
    pub growth: Option<f64>,
    /// Events by weekday, Monday first.
    pub weekdays: [u64; 7],
    /// Steps from its events and to them.
    pub passed: Passed,
    /// Cost of its instances; `None` without rates.
    pub cost: Option<Spending>,
}

/// Deadlines of some cases. A case under two deadlines counts for both.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BreachRates {
    /// Deadlines that are kept or broken.
    pub known: u64,
    /// Deadlines that are broken.
    pub broken: u64,
    /// Number of broken deadlines that like cases would have.
    pub expected: f64,
}

impl BreachRates {
    fn of(breaches: Breaches) -> Self {
        BreachRates {
            known: breaches.known,
            broken: breaches.broken,
            expected: breaches.expected as f64 / Breaches::ONE as f64,
        }
    }

    /// Share of the deadlines that are broken; `None` where none is known.
    pub fn rate(&self) -> Option<f64> {
        self.part(self.broken as f64)
    }

    /// Share of the deadlines that like cases would break.
    pub fn expected_rate(&self) -> Option<f64> {
        self.part(self.expected)
    }

    /// The first share minus the second.
    pub fn excess(&self) -> Option<f64> {
        self.part(self.broken as f64 - self.expected)
    }

    /// True if clearly more are broken than expected: by a quarter, and by two cases.
    pub fn is_above_expected(&self) -> bool {
        self.broken as f64 > (self.expected * 1.25).max(self.expected + 2.0)
    }

    fn part(&self, broken: f64) -> Option<f64> {
        (self.known > 0).then(|| broken / self.known as f64)
    }
}

impl ResourceRow {
    /// Mean wait before its events, seconds.
    fn mean_wait(&self) -> Option<f64> {
        let (n, total) = self.waits;
        (n > 0).then(|| total / n as f64)
    }

    /// Share of the steps from its events that it kept.
    fn kept(&self) -> Option<f64> {
        let steps = self.passed.kept + self.passed.handed;
        (steps > 0).then(|| self.passed.kept as f64 / steps as f64)
    }
}

/// Events of the row.
fn events(row: &ResourceRow) -> Basis {
    Basis::of(row.events, "events").without(row.without, "without a value")
}

fn waits(row: &ResourceRow) -> Basis {
    let basis = Basis::of(row.waits.0, "waits");
    basis.without(row.events - row.waits.0, "first events of their case")
}

fn deadlines(row: &ResourceRow) -> Basis {
    let known = row.breaches.map_or(0, |of| of.known);
    Basis::of(known, "deadlines kept, broken or overdue")
}

fn steps_on(row: &ResourceRow) -> Basis {
    let steps = row.passed.kept + row.passed.handed;
    Basis::of(steps, "steps to the next event")
}

fn share(of: Option<f64>) -> Value<'static> {
    of.map_or(Value::Missing, Value::Share)
}

fn seconds(of: Option<f64>) -> Value<'static> {
    of.map_or(Value::Missing, Value::Seconds)
}

/// Marks a breach rate that is clearly above the expected one.
fn breach_tone(row: &ResourceRow) -> Tone {
    match row.breaches {
        Some(of) if of.is_above_expected() => Tone::Warn,
        _ => Tone::Plain,
    }
}

impl Spends for ResourceRow {
    fn spending(&self) -> Option<&Spending> {
        self.cost.as_ref()
    }
}

type Column = crate::engine::schema::Column<ResourceRow>;

/// A column that is data: in JSON, and in tables where all columns are wanted.
const fn data(name: &'static str, value: for<'a> fn(&'a ResourceRow) -> Value<'a>) -> Column {
    let column = Column::new(name, value).only(&[Table, Json]).unsorted();
    column.when_on(&[Table], |features| features.extra)
}

/// Columns of the resources.
pub static RESOURCES: Schema<ResourceRow> = Schema {
    name: "resources",
    key: |r| r.resource.to_string(),
    columns: &[
        Column::new("resource", |r| Value::text(&r.resource))
            .left(Align::Text)
            .flex(12, 1, 40)
            .ascending(),
        Column::new("events", |r| Value::Count(r.events))
            .flex(11, 1, 30)
            .bar(8)
            .basis(events)
            .term("events"),
        Column::new("cases", |r| Value::Count(r.cases))
            .fixed(8)
            .basis(|r| Basis::of(r.cases, "cases"))
            .term("cases"),
        Column::new("activities", |r| Value::Count(r.activities))
            .fixed(10)
            .priority(9)
            .basis(events)
            .term("activities"),
        Column::new("open", |r| Value::Count(r.open))
            .title("open now")
            .priority(2)
            .term("open now"),
        Column::new("utilization", |r| load::utilization(&r.load))
            .basis(|r| r.load.basis())
            .title("utilized")
            .priority(2)
            .needs(Need::Starts)
            .term("utilization"),
        Column::new("parallel_mean", |r| load::parallel(&r.load))
            .basis(|r| r.load.basis())
            .json("parallel.mean")
            .title("parallel")
            .priority(5)
            .needs(Need::Starts)
            .term("parallel"),
        Column::new("parallel_max", |r| load::most(&r.load))
            .basis(|r| r.load.basis())
            .json("parallel.max")
            .title("most")
            .fixed(5)
            .priority(6)
            .needs(Need::Starts)
            .term("parallel"),
        Column::new("events_per_day", |r| Value::Number(r.load.per_day))
            .title("per day")
            .fixed(7)
            .priority(5)
            .when_on(&[Pane, Table], |features| {
                !features.instances || features.extra
            })
            .term("per day"),
        Column::new("wait_mean", |r| seconds(r.mean_wait()))
            .basis(waits)
            .json("wait.mean")
            .title("mean wait")
            .fixed(9)
            .priority(3)
            .term("waits for"),
        Column::new("wait_total", |r| Value::Seconds(r.waits.1))
            .basis(waits)
            .json("wait.total")
            .title("total wait")
            .fixed(10)
            .priority(8)
            .when_on(&[Table], |features| features.extra)
            .term("waits for"),
        data("breaches_known", |r| {
            r.breaches
                .map_or(Value::Missing, |of| Value::Count(of.known))
        })
        .json("breaches.known")
        .needs(Need::Deadlines),
        data("breaches_broken", |r| {
            r.breaches
                .map_or(Value::Missing, |of| Value::Count(of.broken))
        })
        .json("breaches.broken")
        .needs(Need::Deadlines),
        Column::new("breaches_rate", |r| {
            share(r.breaches.and_then(|of| of.rate()))
        })
        .basis(deadlines)
        .json("breaches.rate")
        .title("breaches")
        .priority(1)
        .needs(Need::Deadlines)
        .tone(breach_tone)
        .term("breach rate of a resource"),
        Column::new("breaches_expected", |r| {
            share(r.breaches.and_then(|of| of.expected_rate()))
        })
        .basis(deadlines)
        .json("breaches.expected")
        .title("expected")
        .priority(1)
        .needs(Need::Deadlines)
        .term("expected breach rate"),
        Column::new("breaches_excess", |r| {
            share(r.breaches.and_then(|of| of.excess()))
        })
        .basis(deadlines)
        .json("breaches.excess")
        .title("excess")
        .fixed(7)
        .priority(4)
        .needs(Need::Deadlines)
        .term("excess breach rate"),
        data("repeated", |r| Value::Count(r.repeated)),
        Column::new("rework_after", |r| {
            share((r.events > 0).then(|| r.repeated as f64 / r.events as f64))
        })
        .basis(events)
        .title("rework")
        .fixed(7)
        .priority(4)
        .term("rework after"),
        Column::new("growth", |r| r.growth.map_or(Value::Missing, Value::Growth))
            .fixed(7)
            .priority(6)
            .term("growth of events"),
        Column::new("weekdays", |r| Value::Counts(&r.weekdays))
            .left(Align::Text)
            .title("mo-su")
            .fixed(7)
            .priority(7)
            .unsorted()
            .when_on(&[Table], |features| features.extra)
            .term("weekdays"),
        Column::new("kept", |r| share(r.kept()))
            .basis(steps_on)
            .fixed(6)
            .priority(5)
            .term("kept"),
        data("steps_kept", |r| Value::Count(r.passed.kept)).json("steps.kept"),
        data("steps_handed", |r| Value::Count(r.passed.handed)).json("steps.handed"),
        data("steps_received", |r| Value::Count(r.passed.received)).json("steps.received"),
        total_column().priority(3),
        unknown_column(),
    ],
    pane: &[],
    table: &[],
    json: &[],
    orders: &[
        "events",
        "cases",
        "open",
        "utilization",
        "wait_mean",
        "breaches_rate",
        "breaches_excess",
        "rework_after",
        "growth",
        "kept",
        "activities",
        "resource",
        "cost_total",
    ],
    chosen: None,
};

impl List for ResourcesQuery {
    type Row = ResourceRow;

    fn schema() -> &'static Schema<ResourceRow> {
        &RESOURCES
    }

    fn rows(answer: &Resources) -> &Rows<ResourceRow> {
        &answer.rows
    }
}

impl Comparable for ResourcesQuery {
    const COMPARED: Compared = Compared {
        many: "resources",
        names: &["resource"],
        title: "resource",
        time: "",
        heads: ["", ""],
        of_times: false,
    };

    fn of(&self, listing: Listing) -> Self {
        ResourcesQuery {
            by: self.by.clone(),
            mix: self.mix.clone(),
            listing,
        }
    }

    fn listing(&self) -> &Listing {
        &self.listing
    }

    fn cases(row: &ResourceRow) -> Option<u64> {
        Some(row.cases)
    }

    fn name(row: &ResourceRow) -> String {
        row.resource.to_string()
    }
}

/// All rows of a selection, and the property by which cases are alike.
struct All {
    mix: Option<GroupBy>,
    mixes: Vec<GroupBy>,
    rows: Vec<ResourceRow>,
}

impl Query for ResourcesQuery {
    type Answer = Resources;
    const SMALL_GROUPS: SmallGroups = SmallGroups::LeftOut;

    fn run(&self, context: &Context<'_>) -> Result<Resources, AskError> {
        type Known = RecentCache<(Field, Option<GroupBy>), Arc<All>>;
        let selected = context.selected()?;
        let known = selected.figures.get_or_init(|| Known::new(KEPT));
        let key = (self.by.clone(), self.mix.clone());
        let all = known.get_or_make(&key, || self.all(&selected, context).map(Arc::new))?;
        let name = |row: &ResourceRow| row.resource.to_string();
        Ok(Resources {
            mix: all.mix.clone(),
            mixes: all.mixes.clone(),
            rows: Self::select(&all.rows, &self.listing, context, name)?,
        })
    }
}

impl ResourcesQuery {
    fn all(&self, selected: &Selected, context: &Context<'_>) -> Result<All, AskError> {
        let prepared = &selected.prepared;
        let mixes = mixes(prepared, &self.by);
        if let Some(mix) = &self.mix {
            // A wrong one is refused also where no deadline asks for it.
            let mix = mix.clone().single();
            mix.bind(prepared, &selected.selection(), context.analysis.zone())?;
        }
        let mix = self.mix.clone().or_else(|| mixes.first().cloned());
        let expected = match &mix {
            Some(mix) => Expected::of(selected, mix, context)?,
            None => None,
        };
        let has_deadlines = expected.is_some();
        let rows = match actors(prepared, &self.by)? {
            Some(actors) => self.rows(selected, &actors, expected.as_ref(), context)?,
            None => Vec::new(),
        };
        Ok(All {
            mix: mix.filter(|_| has_deadlines),
            mixes: if has_deadlines { mixes } else { Vec::new() },
            rows,
        })
    }

    /// Rows by name.
    fn rows(
        &self,
        selected: &Selected,
        actors: &Actors<'_>,
        expected: Option<&Expected<'_>>,
        context: &Context<'_>,
    ) -> Result<Vec<ResourceRow>, AskError> {
        let (selection, open) = (selected.selection(), selected.open());
        let is_open = |case: usize| open.contains(case);
        let breaches = expected.map(|of| |case: usize| of.of_case(case));
        let facts = Facts {
            zone: context.analysis.zone(),
            span: summary::span(&selection).unwrap_or((0, 0)),
            is_open: &is_open,
            breaches: breaches.as_ref().map(|of| of as _),
        };
        let counts = resources::counts(&selection, actors, &facts, context.cancel)?;
        let loads = load::rows(selected, &self.by, context)?;
        let loads: HashMap<&str, &LoadRow> =
            loads.iter().map(|row| (&*row.resource, row)).collect();
        let passed = handovers::known(selected, &self.by, context)?;
        let rates = selected.prepared.rates();
        let costs = match &rates {
            Some(rates) => by_actor(&selection, rates, actors, context.cancel)?,
            None => Vec::new(),
        };
        context.cancel.check()?;
        let with: u64 = counts.iter().map(|counts| counts.events).sum();
        let mut all = 0;
        selection.for_each_case(|case| all += selection.log.events_of(case).len() as u64);
        let without = all.saturating_sub(with);
        let row = |(at, (name, passed)): (usize, (&str, Passed))| {
            let counts: &Counts = counts.get(at).filter(|counts| counts.events > 0)?;
            let load = *loads.get(name)?;
            Some(ResourceRow {
                resource: Arc::clone(&load.resource),
                events: counts.events,
                cases: counts.cases,
                activities: counts.activities,
                without,
                open: counts.open,
                load: load.clone(),
                waits: (counts.waits.0, counts.waits.1 as f64 / 1e6),
                breaches: expected.map(|_| BreachRates::of(counts.breaches)),
                repeated: counts.repeated,
                growth: resources::growth(counts.recent),
                weekdays: counts.weekdays,
                passed,
                cost: costs.get(at).map(|spent| Spending::of(*spent)),
            })
        };
        let rows = passed.passed().enumerate().filter_map(row);
        let mut rows: Vec<ResourceRow> = rows.collect();
        // Rows of equal figures stay in the order of their names.
        rows.sort_by(|a, b| a.resource.cmp(&b.resource));
        Ok(rows)
    }
}
