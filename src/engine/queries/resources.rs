//! Resources: events, cases and different activities of each.

use super::cost::instance_costs;
use crate::engine::basis::Basis;
use crate::engine::costs::{Spending, Spends, total_column, unknown_column};
use crate::engine::joined::{Comparable, Compared};
use crate::engine::list::{List, Listing, Rows};
use crate::engine::query::{Context, Query};
use crate::engine::schema::{Align, Schema, Value};
use crate::engine::view::AskError;
use crate::metrics::resources;
use std::collections::HashMap;
use std::sync::Arc;

/// A page of the resources.
#[derive(Debug, Clone, PartialEq)]
pub struct ResourcesQuery {
    /// Order, search and page.
    pub listing: Listing,
}

/// A resource.
#[derive(Debug, Clone, PartialEq)]
pub struct ResourceRow {
    /// Name.
    pub resource: Arc<str>,
    /// Events.
    pub events: u64,
    /// Cases.
    pub cases: u64,
    /// Different activities.
    pub activities: u64,
    /// Events of the selected cases that have no resource.
    pub without: u64,
    /// Cost of its instances; `None` without rates.
    pub cost: Option<Spending>,
}

/// Events of the row.
fn events(row: &ResourceRow) -> Basis {
    let basis = Basis::of(row.events, "events");
    basis.without(row.without, "without a resource")
}

impl Spends for ResourceRow {
    fn spending(&self) -> Option<&Spending> {
        self.cost.as_ref()
    }
}

type Column = crate::engine::schema::Column<ResourceRow>;

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
            .flex(18, 1, 50)
            .bar(9)
            .basis(events)
            .term("events"),
        Column::new("cases", |r| Value::Count(r.cases))
            .fixed(9)
            .basis(|r| Basis::of(r.cases, "cases"))
            .term("cases"),
        Column::new("activities", |r| Value::Count(r.activities))
            .fixed(11)
            .priority(1)
            .basis(events)
            .term("activities"),
        total_column().priority(2),
        unknown_column(),
    ],
    pane: &[],
    table: &[],
    json: &[],
    orders: &["events", "cases", "activities", "resource", "cost_total"],
    chosen: None,
};

impl List for ResourcesQuery {
    type Row = ResourceRow;

    fn schema() -> &'static Schema<ResourceRow> {
        &RESOURCES
    }

    fn rows(answer: &Rows<ResourceRow>) -> &Rows<ResourceRow> {
        answer
    }
}

/// All rows of a selection.
struct AllResources(Vec<ResourceRow>);

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
        ResourcesQuery { listing }
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

impl Query for ResourcesQuery {
    type Answer = Rows<ResourceRow>;

    fn run(&self, context: &Context<'_>) -> Result<Rows<ResourceRow>, AskError> {
        let selected = context.selected()?;
        let costs = instance_costs(&selected);
        let rows = selected.figures.get_or_init(|| {
            let mut counts = resources::counts(&selected.selection()).unwrap_or_default();
            let with: u64 = counts.iter().map(|counts| counts.events).sum();
            let selection = selected.selection();
            let mut all = 0;
            selection.for_each_case(|case| all += selection.log.events_of(case).len() as u64);
            let without = all.saturating_sub(with);
            // Rows of equal figures stay in the order of their names.
            counts.sort_by(|a, b| a.resource.cmp(&b.resource));
            let costs = costs.iter().flat_map(|costs| &costs.resources);
            let costs: HashMap<&str, Spending> = costs
                .filter_map(|(name, spent)| Some((name.as_deref()?, Spending::of(*spent))))
                .collect();
            let row = |counts: resources::Counts| ResourceRow {
                cost: costs.get(&*counts.resource).copied(),
                resource: counts.resource.into(),
                events: counts.events,
                cases: counts.cases,
                activities: counts.activities,
                without,
            };
            AllResources(counts.into_iter().map(row).collect())
        });
        context.cancel.check()?;
        let name = |row: &ResourceRow| row.resource.to_string();
        RESOURCES.select(&rows.0, &self.listing, context.cancel, name)
    }
}
