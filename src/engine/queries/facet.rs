//! Facets: the attributes of cases and events, with what they hold in the selected cases. The values of
//! one are the groups of a [`SplitQuery`](super::split::SplitQuery).

use crate::engine::cache::RecentCache;
use crate::engine::factors::{FactorKind, definition};
use crate::engine::groups::GroupBy;
use crate::engine::joined::{Comparable, Compared};
use crate::engine::list::{List, Listing, Rows};
use crate::engine::query::{Context, Query, SmallGroups};
use crate::engine::schema::{Align, Schema, Surface, Value};
use crate::engine::selected::Selected;
use crate::engine::view::AskError;
use crate::event_log::{ColumnKind, EventLog, Level, Role};
use crate::filter::{Expr, Source};
use crate::metrics::attributes::{self, Held, Limits, MOST_DISTINCT, NumberFigures};
use rayon::prelude::*;
use std::sync::Arc;

/// A page of the attributes.
#[derive(Debug, Clone, PartialEq)]
pub struct FacetsQuery {
    /// Computes the figures of columns of numbers, and counts their values to the end.
    pub numbers: bool,
    /// Order, search and page.
    pub listing: Listing,
}

/// An attribute in the selected cases.
#[derive(Debug, Clone, PartialEq)]
pub struct FacetRow {
    /// The attribute.
    pub by: GroupBy,
    /// Name, as `--by` reads it.
    pub name: Arc<str>,
    /// Kind of its values.
    pub kind: &'static str,
    /// One value for each event, or for each case.
    pub level: Level,
    /// Number of distinct values, of cases with a value.
    pub held: Held,
    /// Cases without a value.
    pub missing: u64,
    /// Figures of its numbers; `None` for other attributes, and where not asked for.
    pub numbers: Option<NumberFigures>,
    /// Filter of the cases with a value; `None` where every case has one.
    pub present: Option<Expr>,
}

impl FacetRow {
    /// The level in a word.
    fn of(&self) -> &'static str {
        match self.level {
            Level::Case => "case",
            Level::Event => "event",
        }
    }
}

type Column = crate::engine::schema::Column<FacetRow>;

/// Surfaces of figures of numbers.
const DATA: &[Surface] = &[Surface::Table, Surface::Json];

/// A column of the figures of numbers.
const fn figure(name: &'static str, value: for<'a> fn(&'a FacetRow) -> Value<'a>) -> Column {
    Column::new(name, value).only(DATA)
}

fn number(row: &FacetRow, figure: fn(&NumberFigures) -> f64) -> Value<'static> {
    let numbers = row.numbers.as_ref();
    numbers.map_or(Value::Missing, |numbers| Value::Number(figure(numbers)))
}

fn count(row: &FacetRow, figure: fn(&NumberFigures) -> u64) -> Value<'static> {
    let numbers = row.numbers.as_ref();
    numbers.map_or(Value::Missing, |numbers| Value::Count(figure(numbers)))
}

/// Columns of the attributes.
pub static FACETS: Schema<FacetRow> = Schema {
    name: "attributes",
    key: |r| r.name.to_string(),
    columns: &[
        Column::as_made("log"),
        Column::new("attribute", |r| Value::text(&r.name))
            .left(Align::Text)
            .flex(16, 3, 40)
            .ascending(),
        Column::new("kind", |r| Value::text(r.kind))
            .left(Align::Text)
            .priority(2)
            .ascending(),
        Column::new("of", |r| Value::text(r.of()))
            .left(Align::Text)
            .fixed(5)
            .priority(3)
            .ascending()
            .term("attribute of"),
        Column::new("values", |r| Value::Count(r.held.values))
            .fixed(8)
            .term("values"),
        Column::new("cases", |r| Value::Count(r.held.cases)).only(DATA),
        Column::new("missing", |r| Value::Count(r.missing))
            .fixed(9)
            .priority(1)
            .term("missing"),
        figure("numbers_n", |r| count(r, |of| of.n))
            .json("numbers.n")
            .unsorted(),
        figure("numbers_missing", |r| count(r, |of| of.missing))
            .json("numbers.missing")
            .unsorted(),
        figure("numbers_mean", |r| number(r, |of| of.mean))
            .json("numbers.mean")
            .unsorted(),
        figure("numbers_median", |r| number(r, |of| of.median))
            .json("numbers.median")
            .unsorted(),
        figure("numbers_sum", |r| number(r, |of| of.sum))
            .json("numbers.sum")
            .unsorted(),
    ],
    pane: &[],
    table: &[],
    json: &[],
    orders: &["log", "attribute", "kind", "values", "missing"],
    chosen: None,
};

impl List for FacetsQuery {
    type Row = FacetRow;

    fn schema() -> &'static Schema<FacetRow> {
        &FACETS
    }

    fn rows(answer: &Rows<FacetRow>) -> &Rows<FacetRow> {
        answer
    }
}

impl Comparable for FacetsQuery {
    const COMPARED: Compared = Compared {
        many: "attributes",
        names: &["attribute", "kind", "of"],
        title: "attribute",
        time: "",
        heads: [""; 2],
        of_times: false,
    };

    fn of(&self, listing: Listing) -> Self {
        let numbers = self.numbers;
        FacetsQuery { numbers, listing }
    }

    fn listing(&self) -> &Listing {
        &self.listing
    }

    /// The cases with a value.
    fn cases(row: &FacetRow) -> Option<u64> {
        Some(row.held.cases)
    }

    fn name(row: &FacetRow) -> String {
        row.name.to_string()
    }
}

impl Query for FacetsQuery {
    type Answer = Rows<FacetRow>;
    const SMALL_GROUPS: SmallGroups = SmallGroups::LeftOut;
    const BYTES_PER_EVENT: u64 = 12;

    fn run(&self, context: &Context<'_>) -> Result<Rows<FacetRow>, AskError> {
        let selected = context.selected()?;
        let mut rows = rows(context, &selected)?;
        if self.numbers {
            for row in &mut rows {
                row.numbers = numbers(context, &selected, &row.by)?;
                if row.held.more {
                    row.held = held(context, &selected, &row.by, usize::MAX)?;
                }
            }
            context.cancel.check()?;
        }
        let name = |row: &FacetRow| row.name.to_string();
        Self::select(&rows, &self.listing, context, name)
    }
}

/// Figures of the numbers of an attribute; `None` for one of other values.
#[derive(Debug, Clone, PartialEq)]
pub struct NumbersQuery {
    /// The attribute.
    pub by: GroupBy,
}

impl Query for NumbersQuery {
    type Answer = Option<NumberFigures>;

    fn run(&self, context: &Context<'_>) -> Result<Option<NumberFigures>, AskError> {
        numbers(context, &*context.selected()?, &self.by)
    }
}

/// Columns of numbers whose figures are kept for a view.
const KEPT: usize = 32;

fn numbers(
    context: &Context<'_>,
    selected: &Selected,
    by: &GroupBy,
) -> Result<Option<NumberFigures>, AskError> {
    type Answers = RecentCache<usize, Option<NumberFigures>>;
    let Some(Source::Column(column)) = source(&selected.prepared.log, by)? else {
        return Ok(None);
    };
    let answers = selected.figures.get_or_init(|| Answers::new(KEPT));
    if let Some(known) = answers.get(&column) {
        return Ok(known);
    }
    context.cancel.check()?;
    let selection = selected.selection();
    let figures = attributes::number_figures(&selection, &selection.log.columns[column]);
    context.cancel.check()?;
    answers.put(column, figures);
    Ok(figures)
}

/// Where the values of an attribute come from; `None` for a property of cases.
fn source(log: &EventLog, by: &GroupBy) -> Result<Option<Source>, AskError> {
    match by {
        GroupBy::Column(field) => {
            let source = Source::named(field, log).map_err(AskError::Name)?;
            Ok(Some(source))
        }
        _ => Ok(None),
    }
}

/// All attributes in the order of the log, without figures of numbers.
fn rows(context: &Context<'_>, selected: &Selected) -> Result<Vec<FacetRow>, AskError> {
    let (prepared, selection) = (&*selected.prepared, selected.selection());
    // Of the log of the view: it may define milestones of its own, and one cut in time guesses fewer.
    let milestones = prepared.log.case_times.iter().map(|time| &*time.name);
    let resource = prepared.log.role_columns[Role::Resource];
    let all = GroupBy::all(&prepared.columns, resource, milestones);
    let held = all_held(&all, context, selected)?;
    let defined = |at: usize| definition(prepared, at);
    let cases = selection.n_cases as u64;
    let row = |(by, held): (GroupBy, Held)| FacetRow::new(&prepared.log, by, &defined, held, cases);
    all.into_iter().zip(held).map(row).collect()
}

impl FacetRow {
    /// An attribute of a log that has these values in some cases, without figures of numbers; `defined` says
    /// which columns definitions made.
    ///
    /// # Errors
    /// The log has no such attribute.
    pub fn new(
        log: &EventLog,
        by: GroupBy,
        defined: &dyn Fn(usize) -> Option<FactorKind>,
        held: Held,
        cases: u64,
    ) -> Result<Self, AskError> {
        let source = source(log, &by)?;
        let (kind, level) = kind(log, &by, source, defined);
        Ok(FacetRow {
            name: by.name().into(),
            kind,
            level,
            held,
            missing: cases - held.cases,
            numbers: None,
            present: present(log, &by, source),
            by,
        })
    }
}

/// The filter of the cases with a value; `None` where every case has one.
fn present(log: &EventLog, by: &GroupBy, source: Option<Source>) -> Option<Expr> {
    let GroupBy::Column(field) = by else {
        return None;
    };
    let missing = match source? {
        Source::Column(at) => {
            let kind = log.columns[at].kind();
            Expr::missing_in_all_events(field.clone(), kind)
        }
        Source::CaseTime(_) => Expr::missing(field.clone()),
        Source::Start => Expr::missing_in_all_events(field.clone(), ColumnKind::Instant),
        Source::Case | Source::Activity | Source::Time => return None,
    };
    Some(missing.negate())
}

/// The values of all attributes, from the cache if they were asked for before.
fn all_held(
    all: &[GroupBy],
    context: &Context<'_>,
    selected: &Selected,
) -> Result<Vec<Held>, AskError> {
    type Answers = RecentCache<(), Vec<Held>>;
    let (prepared, selection) = (&*selected.prepared, selected.selection());
    let is_whole = selection.cases.is_none();
    if let Some(held) = prepared.held.get().filter(|_| is_whole) {
        return Ok(held.clone());
    }
    let answers = selected.figures.get_or_init(|| Answers::new(1));
    if let Some(held) = answers.get(&()) {
        return Ok(held);
    }
    // Attributes side by side, each looked at for cancellation before it is begun.
    let of_attribute = |by: &GroupBy| {
        context.cancel.check()?;
        held(context, selected, by, MOST_DISTINCT)
    };
    let held: Vec<Held> = all
        .par_iter()
        .map(of_attribute)
        .collect::<Result<_, AskError>>()?;
    context.cancel.check()?;
    if is_whole {
        // Another thread may have stored the same.
        let _ = prepared.held.set(held.clone());
    }
    answers.put((), held.clone());
    Ok(held)
}

fn held(
    context: &Context<'_>,
    selected: &Selected,
    by: &GroupBy,
    most: usize,
) -> Result<Held, AskError> {
    let (prepared, selection) = (&*selected.prepared, &selected.selection());
    let log = &prepared.log;
    let stop = || context.cancel.check().is_err();
    let limits = Limits { most, stop: &stop };
    let instants = |level, of| attributes::instants(selection, level, of, limits);
    Ok(match source(log, by)? {
        Some(Source::Column(at)) => attributes::held(selection, &log.columns[at], limits),
        Some(Source::CaseTime(at)) => instants(Level::Case, &log.case_times[at].values),
        Some(Source::Time) => instants(Level::Event, &log.time),
        Some(Source::Start) => instants(Level::Event, log.start.as_deref().unwrap_or(&[])),
        Some(Source::Activity) => attributes::activities(selection),
        Some(Source::Case) | None => {
            let bound = by.bind(prepared, selection, context.analysis.zone())?;
            attributes::keyed(selection, &bound.key())
        }
    })
}

/// Kind of the values of an attribute in a word, and the level.
fn kind(
    log: &EventLog,
    by: &GroupBy,
    source: Option<Source>,
    defined: &dyn Fn(usize) -> Option<FactorKind>,
) -> (&'static str, Level) {
    match (source, by) {
        (Some(Source::Column(at)), _) => {
            let column = &log.columns[at];
            let kind = match (defined(at), column.kind()) {
                (Some(FactorKind::Outcome), _) => "outcome",
                (Some(_), _) => "deadline",
                (None, ColumnKind::Text) => "text",
                (None, ColumnKind::Number) => "number",
                (None, ColumnKind::Instant) => "time",
            };
            (kind, column.level)
        }
        (Some(Source::CaseTime(_)), _) => ("duration", Level::Case),
        (Some(Source::Time | Source::Start), _) => ("time", Level::Event),
        (Some(Source::Activity), _) => ("text", Level::Event),
        (_, GroupBy::Variant | GroupBy::Hour) => ("number", Level::Case),
        (_, GroupBy::Month) => ("time", Level::Case),
        _ => ("text", Level::Case),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Analysis, Cancel, Timing, View};
    use crate::event_log::Progress;
    use crate::formats::ImportReport;
    use crate::test_support::log;

    #[test]
    fn milestones_are_those_of_the_view() {
        let (report, progress) = (ImportReport::default(), Progress::default());
        let log = log("a: In Reply @0 5; b: In @1");
        let analysis = Analysis::new("x".into(), log, report, chrono_tz::UTC, &progress).unwrap();
        let timing = Timing {
            ready_made: true,
            ..Timing::default()
        };
        let analysis = analysis.with_timing(timing).unwrap();
        let milestones = |view: View| -> Vec<String> {
            let query = FacetsQuery {
                numbers: false,
                listing: Listing::by("log"),
            };
            let rows = analysis.ask(&view, &query, &Cancel::never()).unwrap().rows;
            let durations = rows.iter().filter(|row| row.kind == "duration");
            durations.map(|row| row.name.to_string()).collect()
        };
        assert_eq!(milestones(View::default()), ["first_response"]);
        let defined = View {
            milestones: vec!["m = end".to_owned()],
            ..View::default()
        };
        assert_eq!(milestones(defined), ["m", "first_response"]);
        // Nothing is answered yet, so that no answer is guessed.
        let cut = View {
            as_of: Some("2024-01-01T00:00:02".to_owned()),
            ..View::default()
        };
        assert_eq!(milestones(cut), [""; 0]);
    }
}
