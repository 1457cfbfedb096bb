//! Cases: variant, events, first and last instant, duration.

use crate::engine::list::{By, List, Listing, Rows, arrange};
use crate::engine::query::{Context, Query};
use crate::engine::schema::{Align, Choosable, ColumnKey, FieldValues, Schema, Value};
use crate::engine::selected::Selected;
use crate::engine::sorting::SortValue;
use crate::engine::stats::seconds;
use crate::engine::suppress::Suppressed;
use crate::engine::view::AskError;
use crate::event_log::Cancel;
use crate::metrics::{Selection, cases};
use rayon::prelude::*;

pub use crate::metrics::cases::Key as CaseKey;

/// A page of the cases.
#[derive(Debug, Clone, PartialEq)]
pub struct CasesQuery {
    /// Order, search and page.
    pub listing: Listing,
    /// Only the cases of the variants of these ranks (from 1) in the whole log; of all where it is empty.
    pub variants: Vec<u32>,
}

/// A case.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseRow {
    /// Case id.
    pub case: String,
    /// Rank of its variant in the whole log, from 1.
    pub variant: u32,
    /// Number of events.
    pub events: u32,
    /// First instant.
    pub start: i64,
    /// Last instant.
    pub end: i64,
    /// Seconds.
    pub duration: f64,
    /// Values of the fields of the listing.
    pub chosen: Vec<FieldValues>,
}

type Column = crate::engine::schema::Column<CaseRow>;

/// Columns of the cases.
pub static CASES: Schema<CaseRow> = Schema {
    name: "cases",
    key: |r| r.case.clone(),
    columns: &[
        Column::new("case", |r| Value::text(&r.case))
            .middle()
            .left(Align::Text)
            .flex(10, 2, 40)
            .ascending(),
        Column::new("variant", |r| Value::Count(r.variant.into()))
            .priority(3)
            .ascending()
            .muted()
            .term("rank"),
        Column::new("events", |r| Value::Count(r.events.into()))
            .fixed(7)
            .priority(4)
            .term("events"),
        Column::new("start", |r| Value::Instant(r.start))
            .left(Align::Fixed)
            .fixed(16)
            .priority(2)
            .ascending(),
        Column::new("end", |r| Value::Instant(r.end))
            .left(Align::Fixed)
            .fixed(16)
            .priority(5)
            .muted(),
        Column::new("duration", |r| Value::Seconds(r.duration))
            .flex(16, 3, 40)
            .bar(8)
            .right()
            .term("duration"),
    ],
    pane: &[],
    table: &[],
    json: &[],
    orders: &["duration", "events", "start", "end", "case", "variant"],
    chosen: Some(Choosable {
        values: |r| &r.chosen,
        always: &["case"],
    }),
};

/// Returns the sort key of a column of [`CASES`], or an error if it has no such column.
fn key(column: &ColumnKey) -> Result<CaseKey, AskError> {
    Ok(match CASES.order(column)?.name {
        "events" => CaseKey::Events,
        "start" => CaseKey::Start,
        "end" => CaseKey::End,
        "case" => CaseKey::Case,
        "variant" => CaseKey::Variant,
        "duration" => CaseKey::Duration,
        other => return Err(AskError::Internal(format!("no sort key for {other:?}"))),
    })
}

impl List for CasesQuery {
    type Row = CaseRow;
    // Scripts rely on `--sort duration` as ascending.
    const SORT_ASCENDS: bool = true;

    fn schema() -> &'static Schema<CaseRow> {
        &CASES
    }

    fn rows(answer: &Rows<CaseRow>) -> &Rows<CaseRow> {
        answer
    }
}

impl Query for CasesQuery {
    type Answer = Rows<CaseRow>;

    fn run(&self, context: &Context<'_>) -> Result<Rows<CaseRow>, AskError> {
        let selected = context.selected()?;
        let fields = context.fields(&selected, &self.listing)?;
        let row = |case: u32| row(&selected, case, fields.of(case as usize));
        if let ColumnKey::Field(field) = &self.listing.sort {
            return context.ordered(&selected, &CASES, field, |order| {
                self.arranged(&selected, order, row, context.cancel)
            });
        }
        let key = key(&self.listing.sort)?;
        let is_all = self.listing.find.is_empty()
            && self.variants.is_empty()
            && self.listing.marked.is_empty();
        if is_all && key == CaseKey::Duration {
            return Ok(self.by_duration(&selected, row));
        }
        let (selection, rank) = (selected.selection(), selected.prepared.case_rank());
        let value = |case: usize| SortValue::Whole(cases::value(&selection, key, rank, case));
        self.arranged(&selected, value, row, context.cancel)
    }
}

impl CasesQuery {
    /// The cases that the listing follows, by their numbers.
    fn followed(&self, selected: &Selected) -> impl Iterator<Item = u32> {
        // An id is looked for in the whole log; whether it is selected is asked later.
        let keys = self.listing.follow.keys.iter();
        keys.filter_map(|case| selected.prepared.log.case_of(case))
    }

    /// The page of all cases by duration: durations are sorted in the index.
    fn by_duration(
        &self,
        selected: &Selected,
        row: impl Fn(u32) -> CaseRow + Sync,
    ) -> Rows<CaseRow> {
        let (selection, rank) = (selected.selection(), selected.prepared.case_rank());
        let listing = &self.listing;
        let mut followed = self.followed(selected);
        let followed = followed.find(|&case| selection.contains(case as usize));
        let place = followed.map(|case| {
            cases::place_by_duration(&selection, listing.descending, rank, case as usize)
        });
        let total = selection.n_cases;
        let range = listing.follow.page(listing.page, total, place);
        let ids = cases::by_duration(&selection, listing.descending, rank, range.clone());
        Rows {
            total,
            offset: range.start,
            rows: ids.par_iter().map(|&case| row(case)).collect(),
            followed: place,
            marked: Vec::new(),
            full: longest(&selection),
            suppressed: Suppressed::default(),
        }
    }

    /// The page of cases in the order of a value.
    fn arranged(
        &self,
        selected: &Selected,
        value: impl Fn(usize) -> SortValue + Sync,
        row: impl Fn(u32) -> CaseRow + Sync,
        cancel: &Cancel,
    ) -> Result<Rows<CaseRow>, AskError> {
        let (selection, rank) = (selected.selection(), selected.prepared.case_rank());
        let mut ids = Vec::new();
        if self.variants.is_empty() {
            ids.reserve(selection.n_cases);
            selection.for_each_case(|case| ids.push(case as u32));
        }
        let n_variants = selection.index.variants.len();
        for &rank in self
            .variants
            .iter()
            .filter(|rank| (**rank as usize) <= n_variants)
        {
            let variant = (rank as usize).checked_sub(1);
            let cases = variant.map(|variant| selection.cases_of(variant));
            ids.extend(cases.into_iter().flatten().map(|case| case as u32));
        }
        let marked = self.listing.marked.iter();
        let marked = marked.filter_map(|case| selection.log.case_ids.find(case));
        let mut marked: Vec<u32> = marked.collect();
        marked.sort_unstable();
        let by = By {
            value: &|case: u32| value(case as usize),
            tie: &|case: u32| rank[case as usize],
            text: &|case: u32| selection.log.case_ids.get(case).to_owned(),
            followed: self.followed(selected).collect(),
            marked,
        };
        let full = longest(&selection);
        Ok(arrange(ids, &self.listing, cancel, &by)?.rows(full, row))
    }
}

/// Duration of the longest selected case, seconds; 1 where all are instants.
fn longest(selection: &Selection<'_>) -> f64 {
    let cases = selection.index.by_duration.iter().rev();
    let longest = cases
        .map(|&case| case as usize)
        .find(|&case| selection.contains(case));
    let longest = longest.map_or(0, |case| selection.index.duration(case));
    if longest > 0 { seconds(longest) } else { 1.0 }
}

/// Returns the row of a case with values of chosen fields.
pub(super) fn row(selected: &Selected, case: u32, chosen: Vec<FieldValues>) -> CaseRow {
    let selection = selected.selection();
    let (log, index, case) = (selection.log, selection.index, case as usize);
    CaseRow {
        case: log.case_ids.get(case as u32).to_owned(),
        variant: index.case_variant[case] + 1,
        events: log.events_of(case).len() as u32,
        start: index.case_start[case],
        end: index.case_end[case],
        duration: seconds(index.duration(case)),
        chosen,
    }
}
