//! Split: figures of groups of cases, formed by one property or several, and the table of two of them.

use super::funnel::no_groups;
use crate::engine::basis::Basis;
use crate::engine::cache::RecentCache;
use crate::engine::figures::{FigureOffer, Figures, offers};
use crate::engine::grouped::{self, Grouped, SplitRow, TimeTo, rate};
use crate::engine::groups::{Bound, GroupBy};
use crate::engine::joined::{Comparable, Compared, Times};
use crate::engine::journey::SCORE;
use crate::engine::list::{List, Listing, Rows};
use crate::engine::moves::{Moves, rate_change};
use crate::engine::query::{Context, Query, SmallGroups};
use crate::engine::schema::{Align, Money, Need, Schema, Surface, Value};
use crate::engine::selected::Selected;
use crate::engine::stats::Stats;
use crate::engine::view::AskError;
use crate::index::CaseSet;
use crate::metrics::groups::{Groups, Key};
use crate::metrics::split::{PARTS, Rate, span_of_starts};
use crate::metrics::survival::LogRank;
use crate::text::{mean, percent};
use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;

/// Figures of groups of cases.
#[derive(Debug, Clone, PartialEq)]
pub struct SplitQuery {
    /// Properties whose values form the groups; none for one group of all cases.
    pub by: Vec<GroupBy>,
    /// Property whose values are the columns of a table of two properties.
    pub across: Option<GroupBy>,
    /// Figures of each group.
    pub figures: Figures,
    /// Ranges of numbers, instants and durations are those of all cases of the log, so that groups of
    /// several selections are the same ones.
    pub common_ranges: bool,
    /// Order, search and page of the groups.
    pub listing: Listing,
}

/// Groups with their figures.
#[derive(Debug, Clone, PartialEq)]
pub struct Split {
    /// Number of selected cases.
    pub cases: u64,
    /// Selected cases that are set apart as open.
    pub open: u64,
    /// Sum of the cases of all groups less the selected cases: cases count in each of their groups.
    pub overlap: u64,
    /// The groups: most cases first, then by values.
    pub rows: Rows<SplitRow>,
    /// Times to outcomes of all selected cases, by name.
    pub time_to: Vec<(String, TimeTo, Option<LogRank>)>,
    /// Values of the columns of a table of two properties, `None` for cases without one: most cases
    /// first, then by value.
    pub columns: Vec<Option<Arc<str>>>,
    /// The figures that the log and its definitions make possible.
    pub offers: Vec<FigureOffer>,
    /// First and last start of the selected cases; `None` for no cases.
    pub span: Option<(i64, i64)>,
    /// The same figures of all selected cases; `None` for no cases.
    pub all: Option<Arc<SplitRow>>,
}

type Column = crate::engine::schema::Column<SplitRow>;

/// A column for people: the report has columns of its own.
const fn shown(name: &'static str, value: for<'a> fn(&'a SplitRow) -> Value<'a>) -> Column {
    Column::new(name, value).only(&[Surface::Pane])
}

/// A column of the list of one property.
const fn listed(name: &'static str, value: for<'a> fn(&'a SplitRow) -> Value<'a>) -> Column {
    shown(name, value).when(|features| !features.extra)
}

/// A column of the list of one property whose measure is a time or an amount.
const fn measured(name: &'static str, value: for<'a> fn(&'a SplitRow) -> Value<'a>) -> Column {
    shown(name, value).when(|features| !features.extra && features.by != SCORE)
}

/// A column of the list of one property whose measure is a score.
const fn scored(name: &'static str, value: for<'a> fn(&'a SplitRow) -> Value<'a>) -> Column {
    let scored = shown(name, value).when(|features| !features.extra && features.by == SCORE);
    scored.needs(Need::Scores)
}

/// A figure of the scores of a group.
fn score(row: &SplitRow, figure: fn(&Stats) -> Value<'static>) -> Value<'static> {
    let scores = row.scores.as_ref().and_then(|of| of.measure.stats.as_ref());
    scores.map_or(Value::Missing, figure)
}

/// `2.19 to 2.86`
fn interval_of_mean(row: &SplitRow) -> Value<'static> {
    let interval = row.scores.as_ref().and_then(|scores| scores.interval);
    interval.map_or(Value::Missing, |of| {
        Value::Text(format!("{} to {}", mean(of.low), mean(of.high)).into())
    })
}

/// A column of a mark for a probability.
const fn mark(name: &'static str, value: for<'a> fn(&'a SplitRow) -> Value<'a>) -> Column {
    let mark = listed(name, value).title("q").left(Align::Text);
    mark.fixed(1).unsorted().term("q")
}

fn median(row: &SplitRow) -> Value<'static> {
    // Times to outcomes are in calendar time.
    match (row.first_stats(), row.time_to.first()) {
        (None, Some((_, time))) => time.median.map_or(Value::Missing, Value::Elapsed),
        _ => row.first_value(|stats| stats.median),
    }
}

/// The change of the median in the unit of the median.
fn change_of_median(row: &SplitRow) -> Value<'static> {
    let Some(change) = row.moves.measure.filter(|_| !row.first_is_score()) else {
        return Value::Missing;
    };
    match row.first_value(|stats| stats.median) {
        Value::Money(_) => Value::Money(Money {
            amount: change,
            // A difference of lower bounds bounds nothing.
            at_least: false,
        }),
        _ => Value::Seconds(change),
    }
}

fn number(of: Option<f64>) -> Value<'static> {
    of.map_or(Value::Missing, Value::Number)
}

/// `38.3 to 39.7%`
fn interval(of: &Rate) -> Value<'static> {
    rate(of).map_or(Value::Missing, |(_, low, high)| {
        let low = percent(low);
        Value::Text(format!("{} to {}", low.trim_end_matches('%'), percent(high)).into())
    })
}

/// Columns of the groups.
pub static SPLIT: Schema<SplitRow> = Schema {
    name: "rows",
    key: SplitRow::name,
    columns: &[
        Column::new("value", |r| Value::Text(r.name().into()))
            .title("group")
            .left(Align::Text)
            .flex(12, 3, 40)
            .ascending(),
        listed("cases", |r| Value::Count(r.counts.cases))
            .fixed(9)
            .term("cases"),
        listed("share", |r| Value::Share(r.share))
            .fixed(6)
            .priority(5)
            .unsorted()
            .term("share"),
        listed("open", |r| Value::Count(r.counts.open))
            .fixed(7)
            .priority(5)
            .basis(|r| Basis::of(r.counts.cases, "cases"))
            .term("open"),
        listed("median", median).fixed(9).term("median"),
        scored("scores", |r| score(r, |stats| Value::Count(stats.n)))
            .fixed(8)
            .priority(3)
            .term("score"),
        scored("mean", |r| score(r, |stats| Value::Mean(stats.mean)))
            .fixed(8)
            .term("score"),
        scored("mean_interval", interval_of_mean)
            .title("95%")
            .left(Align::Text)
            .fixed(14)
            .priority(2)
            .unsorted(),
        scored("mean_change", |r| {
            let change = r.moves.measure.filter(|_| r.first_is_score());
            change.map_or(Value::Missing, Value::Mean)
        })
        .title("change")
        .sorted("change of mean")
        .fixed(8)
        .priority(2)
        .term("change after +"),
        measured("median_change", change_of_median)
            .title("change")
            .sorted("change of median")
            .fixed(10)
            .priority(2)
            .term("change after +"),
        measured("p90", |r| r.first_value(|stats| stats.p90))
            .fixed(9)
            .priority(4)
            .term("p90"),
        mark("time_q", |r| number(r.first_measure().and_then(|of| of.q))),
        listed("rate", |r| {
            let rate = r.first_rate().and_then(|of| rate(&of));
            rate.map_or(Value::Missing, |(rate, ..)| Value::Share(rate))
        })
        .flex(11, 2, 24)
        .bar(6)
        .term("rate of groups"),
        listed("interval", |r| {
            r.first_rate().map_or(Value::Missing, |of| interval(&of))
        })
        .title("95%")
        .left(Align::Text)
        .fixed(14)
        .priority(6)
        .unsorted(),
        mark("rate_q", |r| number(r.first_rate().and_then(|of| of.q))),
        listed("rate_change", |r| number(r.moves.rate))
            .title("change")
            .sorted("change of rate")
            .fixed(9)
            .priority(3)
            .term("change after +"),
        listed("starts", |r| {
            let counts: Vec<String> = r.starts.iter().map(u64::to_string).collect();
            Value::Text(counts.join(" ").into())
        })
        .title("starts")
        .left(Align::Text)
        .fixed(PARTS as u16)
        .priority(5)
        .unsorted()
        .term("starts"),
        shown("cells", |r| Value::Count(r.cells.len() as u64))
            .title("")
            .left(Align::Text)
            .flex(19, 9, 400)
            .unsorted()
            .when(|features| features.extra),
    ],
    pane: &[],
    table: &[],
    json: &[],
    orders: &["cases"],
    chosen: None,
};

impl List for SplitQuery {
    type Row = SplitRow;

    fn schema() -> &'static Schema<SplitRow> {
        &SPLIT
    }

    fn rows(answer: &Split) -> &Rows<SplitRow> {
        &answer.rows
    }
}

impl Comparable for SplitQuery {
    const COMPARED: Compared = Compared {
        many: "groups",
        names: &["value"],
        title: "group",
        time: "duration",
        heads: ["A median", "B median"],
        of_times: false,
    };

    /// The groups, of a table of two properties those of both.
    fn of(&self, listing: Listing) -> Self {
        SplitQuery {
            by: self.by.iter().chain(&self.across).cloned().collect(),
            across: None,
            figures: self.figures.clone(),
            common_ranges: true,
            listing,
        }
    }

    fn listing(&self) -> &Listing {
        &self.listing
    }

    fn cases(row: &SplitRow) -> Option<u64> {
        Some(row.counts.cases)
    }

    fn name(row: &SplitRow) -> String {
        row.name()
    }

    fn times(&self, selected: &Selected, context: &Context<'_>) -> Result<Times, AskError> {
        let (selection, open) = (selected.selection(), selected.open());
        let bound = self.bind(&self.by, context, selected)?;
        let keys: Vec<Key<'_>> = bound.iter().map(Bound::key).collect();
        let groups = Groups::new(&selection, &keys, context.cancel).map_err(no_groups)?;
        let mut durations = vec![Vec::new(); groups.len()];
        let by_duration = selection.index.by_duration.iter();
        for (&case, &duration) in by_duration.zip(&selection.index.durations) {
            let case = case as usize;
            if selection.contains(case) && (self.figures.open_ended || !open.contains(case)) {
                for &group in groups.of(case) {
                    durations[group as usize].push(duration);
                }
            }
        }
        let name = |codes: &Vec<u32>| {
            let values = bound.iter().zip(codes);
            let values = values.map(|(of, &code)| of.meaning.value(code));
            grouped::name(values)
        };
        Ok(groups.codes.iter().map(name).zip(durations).collect())
    }
}

/// Splits kept for a view.
const KEPT: usize = 8;

/// All groups of some properties: what pages are made of.
#[derive(Debug, Default)]
pub struct SplitGroups {
    /// Selected cases that are set apart as open.
    pub open: u64,
    /// The groups.
    pub rows: Vec<SplitRow>,
    /// Times to outcomes of all selected cases, by name.
    pub time_to: Vec<(String, TimeTo, Option<LogRank>)>,
    /// First and last start of the selected cases.
    pub span: Option<(i64, i64)>,
    /// Values of the columns of a table of two properties; made of the groups.
    pub columns: Vec<Option<Arc<str>>>,
    /// The figures of all selected cases; made of the groups.
    pub all: Option<Arc<SplitRow>>,
}

/// The parts of a query that all its pages share.
type Asked = (Vec<GroupBy>, Option<GroupBy>, Figures, bool);

impl Query for SplitQuery {
    type Answer = Split;
    const SMALL_GROUPS: SmallGroups = SmallGroups::LeftOut;

    fn run(&self, context: &Context<'_>) -> Result<Split, AskError> {
        if context.least > 0 && self.across.is_some() {
            // Any cell may be of few cases.
            return Err(AskError::SmallGroups(context.least));
        }
        let selected = context.selected()?;
        let whole = self.whole(context, &selected)?;
        let rows = Self::select(&whole.rows, &self.listing, context, SplitRow::name)?;
        let cases = selected.selection().n_cases as u64;
        Ok(whole.page(rows, cases, offers(&selected.prepared)))
    }
}

impl SplitGroups {
    /// The answer with a page of the groups; `cases` is the number of selected cases.
    pub fn page(&self, rows: Rows<SplitRow>, cases: u64, offers: Vec<FigureOffer>) -> Split {
        let all: u64 = self.rows.iter().map(|row| row.counts.cases).sum();
        Split {
            cases,
            open: self.open,
            overlap: all.saturating_sub(cases),
            rows,
            time_to: self.time_to.clone(),
            columns: self.columns.clone(),
            offers,
            span: self.span,
            all: self.all.clone(),
        }
    }
}

impl SplitQuery {
    /// All groups, from the cache if they were asked for before.
    fn whole(
        &self,
        context: &Context<'_>,
        selected: &Selected,
    ) -> Result<Arc<SplitGroups>, AskError> {
        type Answers = RecentCache<Asked, Arc<SplitGroups>>;
        let answers = selected.figures.get_or_init(|| Answers::new(KEPT));
        let key = (
            self.by.clone(),
            self.across.clone(),
            self.figures.clone(),
            self.common_ranges,
        );
        if let Some(whole) = answers.get(&key) {
            return Ok(whole);
        }
        let all = || {
            let all = SplitQuery {
                by: Vec::new(),
                across: None,
                ..self.clone()
            };
            Ok(all.whole(context, selected)?.all.clone())
        };
        let whole = self.made(all, |by| self.groups(by, context, selected))?;
        let whole = Arc::new(whole);
        answers.put(key, Arc::clone(&whole));
        Ok(whole)
    }

    /// Makes the answer of the groups of some properties; `all` gives the figures of all cases.
    ///
    /// # Errors
    /// Those of the groups.
    pub fn made(
        &self,
        all: impl FnOnce() -> Result<Option<Arc<SplitRow>>, AskError>,
        groups: impl Fn(&[GroupBy]) -> Result<SplitGroups, AskError>,
    ) -> Result<SplitGroups, AskError> {
        let sorted = |by: &[GroupBy]| {
            let mut groups = groups(by)?;
            groups.rows.sort_by_cached_key(|row| {
                let values = row.values.iter();
                let values = values.map(|value| (value.is_none(), value.clone()));
                (Reverse(row.counts.cases), values.collect::<Vec<_>>())
            });
            Ok::<_, AskError>(groups)
        };
        let mut whole = sorted(&self.by)?;
        whole.all = if self.by.is_empty() {
            whole.rows.first().cloned().map(Arc::new)
        } else {
            all()?
        };
        compare(&mut whole.rows, whole.all.as_deref());
        if let Some(across) = &self.across {
            let by = [&self.by[..], std::slice::from_ref(across)].concat();
            let mut both = sorted(&by)?.rows;
            compare(&mut both, whole.all.as_deref());
            tabulate(&mut whole, both);
        }
        Ok(whole)
    }

    /// Looks up properties in the log of selected cases.
    fn bind<'a>(
        &self,
        by: &[GroupBy],
        context: &Context<'_>,
        selected: &'a Selected,
    ) -> Result<Vec<Bound<'a>>, AskError> {
        let (prepared, zone) = (&*selected.prepared, context.analysis.zone());
        if self.common_ranges {
            let all = Selected::new(Arc::clone(&selected.prepared), None, Vec::new());
            let bound = by
                .iter()
                .map(|by| by.bind(prepared, &all.selection(), zone));
            return bound.collect();
        }
        let selection = selected.selection();
        let bound = by.iter().map(|by| by.bind(prepared, &selection, zone));
        bound.collect()
    }

    /// The groups of some properties with their figures.
    fn groups(
        &self,
        by: &[GroupBy],
        context: &Context<'_>,
        selected: &Selected,
    ) -> Result<SplitGroups, AskError> {
        let selection = selected.selection();
        let bound = self.bind(by, context, selected)?;
        let keys: Vec<Key<'_>> = bound.iter().map(Bound::key).collect();
        let groups = Groups::new(&selection, &keys, context.cancel).map_err(no_groups)?;
        let open = if self.figures.open_ended {
            Arc::new(CaseSet::none(selection.index.n_cases()))
        } else {
            selected.open()
        };
        let span = span_of_starts(&selection);
        let grouped = Grouped {
            figures: &self.figures,
            context,
            selected,
            groups: &groups,
            open: &open,
            span: span.map_or(0..=0, |(first, last)| first..=last),
        };
        let mut rows = grouped.rows(&bound)?;
        let mut time_to = Vec::new();
        for name in grouped.times_to()? {
            time_to.push(grouped.time_to(&name, &mut rows)?);
        }
        grouped.returns(&mut rows)?;
        Ok(SplitGroups {
            open: open.count() as u64,
            rows,
            time_to,
            span,
            ..SplitGroups::default()
        })
    }
}

/// Compares groups with all cases.
fn compare(rows: &mut [SplitRow], all: Option<&SplitRow>) {
    let of_all = all.and_then(SplitRow::first_center);
    for row in rows {
        row.moves = Moves {
            measure: of_all.zip(row.first_center()).map(|(all, of)| of - all),
            rate: rate_change(row.first_rate(), all.and_then(SplitRow::first_rate)),
        };
    }
}

/// Makes a table of groups: `cells` are those by one property more, whose values are the columns.
fn tabulate(whole: &mut SplitGroups, cells: Vec<SplitRow>) {
    let mut totals: HashMap<Option<Arc<str>>, u64> = HashMap::new();
    for cell in &cells {
        let value = cell.values.last().cloned().flatten();
        *totals.entry(value).or_default() += cell.counts.cases;
    }
    let mut columns: Vec<(Option<Arc<str>>, u64)> = totals.into_iter().collect();
    columns.sort_by_cached_key(|(value, cases)| (Reverse(*cases), value.is_none(), value.clone()));
    whole.columns = columns.into_iter().map(|(value, _)| value).collect();
    let places: HashMap<&Option<Arc<str>>, usize> = whole.columns.iter().zip(0..).collect();
    let lines: HashMap<Vec<Option<Arc<str>>>, usize> = whole
        .rows
        .iter()
        .map(|row| row.values.clone())
        .zip(0..)
        .collect();
    for cell in cells {
        let Some((value, of_row)) = cell.values.split_last() else {
            continue;
        };
        if let (Some(&row), Some(&column)) = (lines.get(of_row), places.get(value)) {
            whole.rows[row].cells.push((column, Arc::new(cell)));
        }
    }
    for row in &mut whole.rows {
        row.cells.sort_unstable_by_key(|(column, _)| *column);
    }
}
