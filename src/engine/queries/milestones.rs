//! Durations of the milestones.

use crate::engine::list::{List, Listing, Rows};
use crate::engine::query::{Context, Query};
use crate::engine::schema::Surface::{Json, Table};
use crate::engine::schema::{Align, Schema, Value};
use crate::engine::stats::{Stats, stats};
use crate::engine::view::AskError;
use crate::event_log::NO_INSTANT;
use crate::metrics::quantile;
use rayon::prelude::*;

/// The durations of all milestones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MilestonesQuery {
    /// Order, search and page.
    pub listing: Listing,
}

/// A milestone of a selection.
#[derive(Debug, Clone, PartialEq)]
pub struct MilestoneRow {
    /// Name of the definition.
    pub name: String,
    /// Definition in the filter language.
    pub definition: String,
    /// Calendar of its durations; calendar time where `None`.
    pub calendar: Option<String>,
    /// Selected cases that do not have it.
    pub unknown: u64,
    /// Durations of the cases that reached it; `None` where no case did.
    pub duration: Option<Stats>,
}

type Column = crate::engine::schema::Column<MilestoneRow>;

/// A figure of the durations, by the calendar of the milestone where it has one.
fn figure(row: &MilestoneRow, figure: fn(&Stats) -> f64) -> Value<'static> {
    match (&row.duration, &row.calendar) {
        (Some(stats), Some(_)) => Value::Working(figure(stats)),
        (stats, _) => Value::seconds(stats.as_ref(), figure),
    }
}

/// Columns of the milestones.
pub static MILESTONES: Schema<MilestoneRow> = Schema {
    name: "milestones",
    key: |r| r.name.clone(),
    columns: &[
        Column::as_made("defined"),
        Column::new("milestone", |r| Value::text(&r.name))
            .left(Align::Text)
            .ascending(),
        Column::new("definition", |r| Value::text(&r.definition))
            .left(Align::Text)
            .unsorted(),
        // No text in JSON is null, in a table it is blank rather than the mark of a missing figure.
        Column::new("calendar", |r| {
            Value::text(r.calendar.as_deref().unwrap_or_default())
        })
        .left(Align::Text)
        .unsorted()
        .only(&[Table]),
        Column::new("own calendar", |r| {
            r.calendar.as_deref().map_or(Value::Missing, Value::text)
        })
        .json("calendar")
        .unsorted()
        .only(&[Json]),
        Column::new("cases", |r| Value::Count(r.duration.map_or(0, |d| d.n))),
        Column::new("unknown", |r| Value::Count(r.unknown)),
        Column::new("mean", |r| figure(r, |d| d.mean)).json("duration.mean"),
        Column::new("median", |r| figure(r, |d| d.median)).json("duration.median"),
        Column::new("p90", |r| figure(r, |d| d.p90)).json("duration.p90"),
        Column::new("p99", |r| figure(r, |d| d.p99)).json("duration.p99"),
        Column::new("max", |r| figure(r, |d| d.max)).json("duration.max"),
        Column::new("total", |r| figure(r, |d| d.total)).json("duration.total"),
    ],
    pane: &[],
    table: &[
        "milestone",
        "cases",
        "unknown",
        "mean",
        "median",
        "p90",
        "p99",
        "max",
        "total",
        "calendar",
    ],
    json: &[],
    orders: &["defined"],
    chosen: None,
};

impl List for MilestonesQuery {
    type Row = MilestoneRow;

    fn schema() -> &'static Schema<MilestoneRow> {
        &MILESTONES
    }

    fn rows(answer: &Rows<MilestoneRow>) -> &Rows<MilestoneRow> {
        answer
    }
}

impl Query for MilestonesQuery {
    type Answer = Rows<MilestoneRow>;

    fn run(&self, context: &Context<'_>) -> Result<Rows<MilestoneRow>, AskError> {
        let selected = context.selected()?;
        let (prepared, selection) = (&selected.prepared, selected.selection());
        let named = prepared.timed.timing.milestones.iter();
        let rows = named.zip(&prepared.log.case_times).map(|(named, time)| {
            let mut known = Vec::new();
            let mut unknown = 0;
            selection.for_each_case(|case| match time.values[case] {
                NO_INSTANT => unknown += 1,
                duration => known.push(duration),
            });
            known.par_sort_unstable();
            MilestoneRow {
                name: named.name.clone(),
                definition: named.milestone.to_string(),
                calendar: named.calendar.clone(),
                unknown,
                duration: quantile::of_sorted(&known).map(stats),
            }
        });
        let rows: Vec<MilestoneRow> = rows.collect();
        let name = |row: &MilestoneRow| row.name.clone();
        MILESTONES.select(&rows, &self.listing, context.cancel, name)
    }
}
