//! Counts of activities before the first of another.

use super::funnel::activities;
use crate::engine::joined::{Comparable, Compared};
use crate::engine::list::{List, Listing, Rows};
use crate::engine::query::{Context, Query, SmallGroups};
use crate::engine::schema::{Column, Schema, Value};
use crate::engine::view::AskError;
use crate::metrics::before::{self, Bar, Counts};

/// Asks how many events of some activities cases have before the first event of some others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BeforeQuery {
    /// Activities to count.
    pub what: Vec<String>,
    /// Activities of which the first event ends the count.
    pub until: Vec<String>,
}

/// Number of events before the first one of another kind.
#[derive(Debug, Clone, PartialEq)]
pub struct Before {
    /// Selected cases with an event of the other kind.
    pub cases: u64,
    /// Selected cases without one.
    pub without: u64,
    /// Figures of the cases with one; `None` where there are none.
    pub counts: Option<Counts>,
    /// Cases by number, ascending; numbers that no case has are left out.
    pub bars: Vec<Bar>,
}

impl Query for BeforeQuery {
    type Answer = Before;

    fn run(&self, context: &Context<'_>) -> Result<Before, AskError> {
        let selected = context.selected()?;
        let what = activities(&selected.prepared, &self.what)?;
        let until = activities(&selected.prepared, &self.until)?;
        let bars = before::before(&selected.selection(), &what, &until);
        Ok(Before {
            cases: bars.iter().map(|bar| bar.cases).sum(),
            without: bars.iter().map(|bar| bar.without).sum(),
            counts: before::counts(&bars),
            bars,
        })
    }
}

/// The cases by number as a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BarsQuery {
    /// What is counted, and until when.
    pub before: BeforeQuery,
    /// Order, search and page.
    pub listing: Listing,
}

/// Cases with a number of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BarRow {
    /// The number, and the cases.
    pub bar: Bar,
    /// Selected cases with an event of the other kind.
    pub whole: u64,
}

/// Columns of the cases by number.
pub static BARS: Schema<BarRow> = Schema {
    name: "histogram",
    key: |r| r.bar.count.to_string(),
    columns: &[
        Column::new("count", |r: &BarRow| Value::Count(r.bar.count)).ascending(),
        Column::new("cases", |r: &BarRow| Value::Count(r.bar.cases)),
        Column::new("without_until", |r: &BarRow| Value::Count(r.bar.without)),
    ],
    pane: &[],
    table: &[],
    json: &[],
    orders: &["count", "cases"],
    chosen: None,
};

impl List for BarsQuery {
    type Row = BarRow;

    fn schema() -> &'static Schema<BarRow> {
        &BARS
    }

    fn rows(answer: &Rows<BarRow>) -> &Rows<BarRow> {
        answer
    }
}

impl Query for BarsQuery {
    type Answer = Rows<BarRow>;
    const SMALL_GROUPS: SmallGroups = SmallGroups::LeftOut;

    fn run(&self, context: &Context<'_>) -> Result<Rows<BarRow>, AskError> {
        let before = self.before.run(context)?;
        let whole = before.cases;
        let rows = before.bars.into_iter().map(|bar| BarRow { bar, whole });
        let rows: Vec<BarRow> = rows.collect();
        let name = |row: &BarRow| row.bar.count.to_string();
        Self::select(&rows, &self.listing, context, name)
    }
}

impl Comparable for BarsQuery {
    const COMPARED: Compared = Compared {
        many: "numbers",
        names: &["count"],
        title: "count",
        time: "",
        heads: [""; 2],
        of_times: false,
    };

    fn of(&self, listing: Listing) -> Self {
        let before = self.before.clone();
        BarsQuery { before, listing }
    }

    fn listing(&self) -> &Listing {
        &self.listing
    }

    fn cases(row: &BarRow) -> Option<u64> {
        Some(row.bar.cases)
    }

    /// The cases with an event of the other kind.
    fn whole(row: &BarRow) -> Option<u64> {
        Some(row.whole)
    }

    fn name(row: &BarRow) -> String {
        row.bar.count.to_string()
    }
}
