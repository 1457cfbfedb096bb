//! Starts and ends: the pairs of first and last activity that cases have.

use crate::engine::basis::Basis;
use crate::engine::joined::{Comparable, Compared, Times, durations_of_ended};
use crate::engine::list::{List, ListInfo, Listing, Rows, SimpleList};
use crate::engine::query::{Context, Query, SmallGroups};
use crate::engine::schema::{Align, Schema, Value};
use crate::engine::selected::Selected;
use crate::engine::stats::{Stats, stats};
use crate::engine::view::AskError;
use crate::filter::Expr;
use crate::metrics::{Selection, quantile};
use hashbrown::HashMap;
use std::sync::Arc;

/// A page of the pairs of first and last activity.
#[derive(Debug, Clone, PartialEq)]
pub struct StartsEndsQuery {
    /// Order, search and page.
    pub listing: Listing,
}

/// Cases with one first and one last activity.
#[derive(Debug, Clone, PartialEq)]
pub struct StartEndRow {
    /// First activity.
    pub first: Arc<str>,
    /// Last activity.
    pub last: Arc<str>,
    /// Number of selected cases.
    pub cases: u64,
    /// Share of the selected cases, 0 to 1.
    pub share: f64,
    /// Durations of these cases.
    pub duration: Stats,
}

type Column = crate::engine::schema::Column<StartEndRow>;

/// Cases of the row.
fn durations(row: &StartEndRow) -> Basis {
    Basis::of(row.duration.n, "cases")
}

/// Columns of starts and ends.
pub static STARTS_ENDS: Schema<StartEndRow> = Schema {
    name: "starts_ends",
    key: |r| format!("{}\0{}", r.first, r.last),
    columns: &[
        Column::new("first", |r| Value::text(&r.first))
            .left(Align::Text)
            .flex(12, 2, 40)
            .ascending(),
        Column::new("last", |r| Value::text(&r.last))
            .left(Align::Text)
            .flex(12, 2, 40)
            .ascending(),
        Column::new("cases", |r| Value::Count(r.cases))
            .fixed(9)
            .term("cases"),
        Column::new("share", |r| Value::Share(r.share))
            .flex(8, 1, 24)
            .bar(6)
            .unsorted()
            .term("share"),
        Column::new("median", |r| Value::Seconds(r.duration.median))
            .basis(durations)
            .json("duration.median")
            .term("median"),
        Column::new("p90", |r| Value::Seconds(r.duration.p90))
            .basis(durations)
            .json("duration.p90")
            .priority(1)
            .term("p90"),
    ],
    pane: &[],
    table: &[],
    json: &[],
    orders: &["cases"],
    chosen: None,
};

impl SimpleList for StartsEndsQuery {
    const INFO: ListInfo = ListInfo {
        id: "starts-ends",
        title: "Starts and ends",
        short: "Ends",
        help: "First and last activities of the cases, with their share and duration",
        many: "cases",
    };

    fn new(listing: Listing) -> Self {
        StartsEndsQuery { listing }
    }

    fn filter(row: &StartEndRow) -> Expr {
        Expr::starts_with(&row.first).and(Expr::ends_with(&row.last))
    }

    fn name(row: &StartEndRow) -> String {
        format!("{} ... {}", row.first, row.last)
    }
}

impl List for StartsEndsQuery {
    type Row = StartEndRow;

    fn schema() -> &'static Schema<StartEndRow> {
        &STARTS_ENDS
    }

    fn rows(answer: &Rows<StartEndRow>) -> &Rows<StartEndRow> {
        answer
    }
}

impl Comparable for StartsEndsQuery {
    const COMPARED: Compared = Compared {
        many: "cases",
        names: &["first", "last"],
        title: "first and last",
        time: "duration",
        heads: ["A median", "B median"],
        of_times: false,
    };

    fn of(&self, listing: Listing) -> Self {
        StartsEndsQuery { listing }
    }

    fn listing(&self) -> &Listing {
        &self.listing
    }

    fn cases(row: &StartEndRow) -> Option<u64> {
        Some(row.cases)
    }

    fn name(row: &StartEndRow) -> String {
        <Self as SimpleList>::name(row)
    }

    fn times(&self, selected: &Selected, _: &Context<'_>) -> Result<Times, AskError> {
        let (index, names) = (&selected.prepared.index, &selected.prepared.names);
        let ends = |case: usize| {
            let sequence = index.variants.sequence(index.case_variant[case] as usize);
            [sequence.first().copied(), sequence.last().copied()]
        };
        let durations = durations_of_ended(selected, ends).into_iter();
        let named = durations.filter_map(|(ends, durations)| {
            let [first, last] = [ends[0]?, ends[1]?].map(|activity| &names[activity as usize]);
            Some((format!("{first}\0{last}"), durations))
        });
        Ok(named.collect())
    }
}

impl Query for StartsEndsQuery {
    type Answer = Rows<StartEndRow>;
    const SMALL_GROUPS: SmallGroups = SmallGroups::LeftOut;

    fn run(&self, context: &Context<'_>) -> Result<Rows<StartEndRow>, AskError> {
        let selected = context.selected()?;
        let names = &selected.prepared.names;
        let rows = selected
            .figures
            .get_or_init(|| AllPairs(rows(&selected.selection(), names)));
        context.cancel.check()?;
        let name = <Self as SimpleList>::name;
        Self::select(&rows.0, &self.listing, context, name)
    }
}

/// All rows of a selection.
struct AllPairs(Vec<StartEndRow>);

/// Returns the pairs that occur, by name: one pass over the cases in the order of their durations puts
/// the durations of each pair in order.
fn rows(selection: &Selection<'_>, names: &[Arc<str>]) -> Vec<StartEndRow> {
    let index = selection.index;
    let mut pairs: HashMap<(u32, u32), Vec<i64>> = HashMap::new();
    for (&case, &duration) in index.by_duration.iter().zip(&index.durations) {
        let sequence = index
            .variants
            .sequence(index.case_variant[case as usize] as usize);
        if let (true, [first, ..]) = (selection.contains(case as usize), sequence) {
            let last = sequence[sequence.len() - 1];
            pairs.entry((*first, last)).or_default().push(duration);
        }
    }
    let whole = selection.n_cases.max(1) as f64;
    let row = |((first, last), durations): ((u32, u32), Vec<i64>)| {
        Some(StartEndRow {
            first: Arc::clone(&names[first as usize]),
            last: Arc::clone(&names[last as usize]),
            cases: durations.len() as u64,
            share: durations.len() as f64 / whole,
            duration: stats(quantile::of_sorted(&durations)?),
        })
    };
    let mut rows: Vec<StartEndRow> = pairs.into_iter().filter_map(row).collect();
    // Rows of equal figures stay in the order of their names.
    rows.sort_by(|a, b| (&a.first, &a.last).cmp(&(&b.first, &b.last)));
    rows
}
