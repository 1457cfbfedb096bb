//! What begins journeys: the first touchpoint of the cases, the source of their first event, and the
//! attributes that never change within a case; with the outcome of these cases.

use super::touchpoint::{filter_text, share};
use super::{JourneyFacts, found};
use crate::engine::basis::Basis;
use crate::engine::cache::RecentCache;
use crate::engine::factors::MOST_VALUES;
use crate::engine::grouped::rate;
use crate::engine::joined::{Comparable, Compared};
use crate::engine::journey_guess::n_texts;
use crate::engine::list::{List, Listing, Rows};
use crate::engine::query::{Context, Query, SmallGroups};
use crate::engine::schema::{Align, Schema, Surface, Value};
use crate::engine::selected::Selected;
use crate::engine::touchpoints::{JourneyOf, PartColumn, apart, first_filter_of};
use crate::engine::view::AskError;
use crate::event_log::{Cancel, Cancelled, Level, Role};
use crate::filter::Expr;
use crate::index::CaseSet;
use crate::metrics::Selection;
use crate::metrics::quantile::type7;
use crate::metrics::split::{Rate, corrected};
use crate::metrics::touchpoints::Touchpoints;
use rayon::prelude::*;
use std::cmp::Reverse;
use std::sync::Arc;

/// A page of what begins journeys.
#[derive(Debug, Clone, PartialEq)]
pub struct TriggersQuery {
    /// Touchpoints, scores, sources and outcome of the journeys.
    pub of: JourneyOf,
    /// Order, search and page.
    pub listing: Listing,
}

/// A page of what begins journeys.
#[derive(Debug, Clone, PartialEq)]
pub struct Triggers {
    /// Touchpoints, scores, sources and outcome of the journeys.
    pub facts: Arc<JourneyFacts>,
    /// The values, property by property, those of most cases first.
    pub rows: Rows<TriggerRow>,
}

/// Cases that begin with one value of a property.
#[derive(Debug, Clone, PartialEq)]
pub struct TriggerRow {
    /// `touchpoint`, `source`, or the name of a column.
    pub by: Arc<str>,
    /// The value; `None` for cases without one.
    pub value: Option<Arc<str>>,
    /// Filter of the cases.
    pub filter: Option<Expr>,
    /// Number of cases.
    pub cases: u64,
    /// Share of the selected cases, 0 to 1.
    pub share: f64,
    /// Those with the outcome among the decided ones, and a test against the rest; `None` without an
    /// outcome.
    pub outcome: Option<Rate>,
    /// Median duration of the cases, seconds; `None` where all are set apart as open.
    pub median: Option<f64>,
}

type Column = crate::engine::schema::Column<TriggerRow>;

/// A figure of the rate of the outcome.
fn of_rate(row: &TriggerRow, figure: fn((f64, f64, f64)) -> f64) -> Value<'static> {
    share(row.outcome.as_ref().and_then(rate).map(figure))
}

/// Columns of what begins journeys.
pub static TRIGGERS: Schema<TriggerRow> = Schema {
    name: "triggers",
    key: |r| format!("{}\0{:?}", r.by, r.value),
    columns: &[
        Column::as_made("order"),
        Column::new("by", |r| Value::text(&r.by))
            .title("first")
            .left(Align::Text)
            .flex(10, 1, 20)
            .ascending(),
        Column::new("value", |r| {
            r.value.as_deref().map_or(Value::Missing, Value::text)
        })
        .left(Align::Text)
        .flex(20, 5, 60)
        .ascending()
        .term("trigger"),
        Column::new("filter", |r| filter_text(r.filter.as_ref()))
            .only(&[Surface::Table, Surface::Json])
            .when_on(&[Surface::Table], |f| f.extra)
            .left(Align::Text)
            .unsorted(),
        Column::new("cases", |r| Value::Count(r.cases)).term("cases"),
        Column::new("share", |r| Value::Share(r.share))
            .flex(8, 1, 20)
            .bar(6)
            .priority(1)
            .unsorted()
            .term("share"),
        Column::new("outcome_rate", |r| of_rate(r, |(rate, ..)| rate))
            .json("outcome.rate")
            .title("outcome")
            .fixed(7)
            .when(|f| f.journey.outcome)
            .basis(|r| Basis::of(r.outcome.map_or(0, |rate| rate.of), "cases"))
            .term("outcome rate"),
        Column::new("outcome_low", |r| of_rate(r, |(_, low, _)| low))
            .json("outcome.low")
            .title("low")
            .fixed(7)
            .priority(3)
            .when(|f| f.journey.outcome)
            .unsorted()
            .term("outcome rate"),
        Column::new("outcome_high", |r| of_rate(r, |(.., high)| high))
            .json("outcome.high")
            .title("high")
            .fixed(7)
            .priority(3)
            .when(|f| f.journey.outcome)
            .unsorted()
            .term("outcome rate"),
        Column::new("outcome_q", |r| {
            let q = r.outcome.and_then(|rate| rate.q);
            q.map_or(Value::Missing, Value::Number)
        })
        .json("outcome.q")
        .title("q")
        .sorted("q")
        .fixed(7)
        .priority(2)
        .ascending()
        .when(|f| f.journey.outcome)
        .term("effect"),
        Column::new("median", |r| {
            r.median.map_or(Value::Missing, Value::Seconds)
        })
        .fixed(9)
        .priority(2)
        .basis(|r| Basis::of(r.cases, "cases"))
        .term("duration"),
    ],
    pane: &[],
    table: &[],
    json: &[],
    orders: &["order", "cases"],
    chosen: None,
};

impl List for TriggersQuery {
    type Row = TriggerRow;

    fn schema() -> &'static Schema<TriggerRow> {
        &TRIGGERS
    }

    fn rows(answer: &Triggers) -> &Rows<TriggerRow> {
        &answer.rows
    }
}

impl Comparable for TriggersQuery {
    const COMPARED: Compared = Compared {
        many: "first values",
        names: &["by", "value"],
        title: "first",
        time: "",
        heads: ["", ""],
        of_times: false,
    };

    fn of(&self, listing: Listing) -> Self {
        TriggersQuery {
            listing,
            ..self.clone()
        }
    }

    fn listing(&self) -> &Listing {
        &self.listing
    }

    fn cases(row: &TriggerRow) -> Option<u64> {
        Some(row.cases)
    }

    fn name(row: &TriggerRow) -> String {
        format!("{}: {}", row.by, row.value.as_deref().unwrap_or("(none)"))
    }
}

/// All rows of a view by what they are of.
struct Whole(RecentCache<JourneyOf, Arc<Vec<TriggerRow>>>);

/// Lists kept for a view.
const KEPT: usize = 2;

impl Query for TriggersQuery {
    type Answer = Triggers;
    const SMALL_GROUPS: SmallGroups = SmallGroups::LeftOut;
    const BYTES_PER_EVENT: u64 = 8;

    fn run(&self, context: &Context<'_>) -> Result<Triggers, AskError> {
        let selected = context.selected()?;
        let found = found(&self.of, &selected, context)?;
        let answers = (selected.figures).get_or_init(|| Whole(RecentCache::new(KEPT)));
        let make = || self.rows(&selected, context).map(Arc::new);
        let rows = answers.0.get_or_make(&self.of, make)?;
        let rows = Self::select(&rows, &self.listing, context, Self::name)?;
        Ok(Triggers {
            facts: Arc::clone(&found.facts),
            rows,
        })
    }
}

/// A property of the first event of cases.
struct Property<'a> {
    by: Arc<str>,
    /// Number of values; 0 stands for none.
    n: usize,
    of: Box<dyn Fn(usize) -> usize + Sync + 'a>,
    value: Box<dyn Fn(usize) -> Option<Arc<str>> + Sync + 'a>,
    filter: Box<dyn Fn(usize) -> Option<Expr> + Sync + 'a>,
}

impl TriggersQuery {
    /// The values of all properties.
    fn rows(
        &self,
        selected: &Selected,
        context: &Context<'_>,
    ) -> Result<Vec<TriggerRow>, AskError> {
        let prepared = &selected.prepared;
        let log = &prepared.log;
        let found = found(&self.of, selected, context)?;
        let parts = found.bound.parts(log);
        let touchpoints = Touchpoints {
            parts: &parts,
            numbering: &found.numbering,
        };
        let (names, codes) = (&found.numbering.names, &found.numbering.codes);
        let columns = &found.bound.touchpoint;
        let nothing = vec![0; parts.len()];
        let first = |case: usize| log.events_of(case).start;
        let mut properties = vec![Property {
            by: "touchpoint".into(),
            n: names.len() + 1,
            of: Box::new(move |case: usize| {
                touchpoints.of(case, first(case)).map_or(0, |of| of + 1)
            }),
            value: Box::new(|at: usize| Some(names[at.checked_sub(1)?].as_str().into())),
            filter: Box::new(|at: usize| match at.checked_sub(1) {
                Some(at) => first_filter_of(columns, &parts, &codes[at]),
                None => first_filter_of(columns, &parts, std::slice::from_ref(&nothing)),
            }),
        }];
        let source = found.bound.source.iter();
        let source = source.map(|column| (Arc::from("source"), column.clone()));
        let attributes = attributes(selected, found.bound.source.as_ref());
        for (by, column) in source.chain(attributes) {
            let Some(part) = column.part(log) else {
                continue;
            };
            properties.push(Property {
                by,
                n: part.n_codes(),
                of: Box::new(move |case: usize| part.code(case, first(case)) as usize),
                value: Box::new(move |at: usize| part.text(at as u32).map(Arc::from)),
                filter: Box::new(move |at: usize| Some(column.first_is(part.text(at as u32)))),
            });
        }
        let outcome = found.met.as_ref();
        // Found before the parallel part begins, as finding them is parallel itself.
        let open = apart(selected);
        let selection = selected.selection();
        let rows = properties.par_iter().with_max_len(1).map(|property| {
            let met = |case| outcome.map(|of| of.outcome().of(case));
            property.rows(&selection, met, &open, context.cancel)
        });
        let rows: Vec<Vec<TriggerRow>> = rows.collect::<Result<_, Cancelled>>()?;
        Ok(rows.concat())
    }
}

/// The attributes of cases with a few different texts, but what is the source.
fn attributes(selected: &Selected, source: Option<&PartColumn>) -> Vec<(Arc<str>, PartColumn)> {
    let prepared = &selected.prepared;
    let log = &prepared.log;
    let apart = [Role::Lifecycle, Role::Instance].map(|role| log.role_columns[role]);
    let is_few = |at: &usize| {
        let column = &log.columns[*at];
        column.level == Level::Case
            && !apart.contains(&Some(*at))
            && (2..=MOST_VALUES).contains(&n_texts(column))
    };
    let columns = (0..log.defined_columns().start).filter(is_few);
    let columns = columns.map(|at| PartColumn::of(prepared, at));
    columns
        .filter(|column| Some(column) != source)
        .map(|column| (Arc::from(column.name.as_str()), column))
        .collect()
}

/// Counts of the cases with a value.
#[derive(Clone, Default)]
struct Counts {
    cases: u64,
    decided: u64,
    met: u64,
    /// Ascending.
    durations: Vec<i64>,
}

impl Property<'_> {
    fn rows(
        &self,
        selection: &Selection<'_>,
        met: impl Fn(usize) -> Option<Option<bool>>,
        open: &CaseSet,
        cancel: &Cancel,
    ) -> Result<Vec<TriggerRow>, Cancelled> {
        let mut counts = vec![Counts::default(); self.n];
        let mut has_outcome = false;
        selection.each_case(cancel, |case| {
            let counts = &mut counts[(self.of)(case)];
            counts.cases += 1;
            if let Some(met) = met(case) {
                has_outcome = true;
                counts.decided += u64::from(met.is_some());
                counts.met += u64::from(met == Some(true));
            }
        })?;
        let index = selection.index;
        for (&case, &duration) in index.by_duration.iter().zip(&index.durations) {
            let case = case as usize;
            if selection.contains(case) && !open.contains(case) {
                counts[(self.of)(case)].durations.push(duration);
            }
        }
        cancel.check()?;
        let mut all = Rate::default();
        for of in &counts {
            all.of += of.decided;
            all.cases += of.met;
        }
        let mut rows: Vec<TriggerRow> = Vec::new();
        let mut p = Vec::new();
        for (at, of) in counts.iter().enumerate().filter(|(_, of)| of.cases > 0) {
            let rate = Rate {
                cases: of.met,
                of: of.decided,
                q: None,
            };
            p.push(rate.against(&all));
            rows.push(self.row(at, of, has_outcome.then_some(rate), selection.n_cases));
        }
        for (row, q) in rows.iter_mut().zip(corrected(&p)) {
            if let Some(rate) = &mut row.outcome {
                rate.q = q;
            }
        }
        rows.sort_by(|a, b| {
            let key = |row: &TriggerRow| (Reverse(row.cases), row.value.is_none());
            key(a).cmp(&key(b)).then_with(|| a.value.cmp(&b.value))
        });
        Ok(rows)
    }

    fn row(&self, at: usize, of: &Counts, outcome: Option<Rate>, all: usize) -> TriggerRow {
        let n = of.durations.len() as u64;
        let median = || type7(n, 0.5, |rank| of.durations[rank as usize]) / 1e6;
        TriggerRow {
            by: Arc::clone(&self.by),
            value: (self.value)(at),
            filter: (self.filter)(at),
            cases: of.cases,
            share: of.cases as f64 / all.max(1) as f64,
            outcome,
            median: (n > 0).then(median),
        }
    }
}
