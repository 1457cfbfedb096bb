//! The rows of a list of two selections, A and B, joined by their names, with the change of each row and
//! its test. A is what the filters of the view select, B what `View::versus` selects in their place.

use super::list::{List, Listing, Page, Rows};
use super::query::{Answer, Context};
use super::schema::Value;
use super::selected::Selected;
use super::sides::{Parts, Selections, ShareChange, Sides, Tested};
use super::suppress::{GroupSize, is_few};
use super::tested::FEWEST;
use super::view::{AskError, View};
use crate::event_log::Cancel;
use crate::metrics::quantile;
use crate::metrics::stats::{Interval, benjamini_hochberg, compare_ranks, shift};
use rayon::prelude::*;
use std::cmp::Reverse;
use std::collections::HashMap;
use std::fmt::Debug;
use std::hash::Hash;

/// Items of one side only that have fewer cases come among the others: most logs have many.
const FEW: u64 = 5;

/// Values of a time for rows by their keys: microseconds, ascending.
pub type Times = HashMap<String, Vec<i64>>;

/// A list whose rows can be compared between two selections.
pub trait Comparable: List<Row: Debug + PartialEq> {
    /// Names and texts.
    const COMPARED: Compared;

    /// The same question about all rows, in the order of `listing`.
    fn of(&self, listing: Listing) -> Self;

    /// Order of the list.
    fn listing(&self) -> &Listing;

    /// Number of selected cases that have the row; `None` in a list of times alone.
    fn cases(row: &Self::Row) -> Option<u64>;

    /// Number of cases that the share of a row is of, where these are not all selected cases. For a side
    /// without the row, it is that of the first row there.
    fn whole(_row: &Self::Row) -> Option<u64> {
        None
    }

    /// Name of a row, as data of the log: not safe to print.
    fn name(row: &Self::Row) -> String;

    /// GroupSize of a row where groups of fewer than `least` cases are not shown: it is small if its cases are few, or the
    /// others of those that its share is of.
    fn size(row: &Self::Row, least: u64) -> GroupSize {
        let cases = Self::cases(row).unwrap_or(0);
        let others = Self::whole(row).map_or(0, |whole| whole.saturating_sub(cases));
        GroupSize {
            cases,
            few: is_few(cases, least) || is_few(others, least),
        }
    }

    /// Sorts, searches and pages rows as `Schema::select`, without those of few cases where they are not shown.
    ///
    /// # Errors
    /// The pattern is wrong, or the answer is not wanted any more.
    fn select(
        rows: &[Self::Row],
        listing: &Listing,
        context: &Context<'_>,
        text: impl Fn(&Self::Row) -> String + Sync,
    ) -> Result<Rows<Self::Row>, AskError> {
        let size = |row: &Self::Row| Self::size(row, context.least);
        Self::schema().select_large(rows, listing, context, size, text)
    }

    /// A duration of a row, in seconds.
    fn duration(_row: &Self::Row, seconds: f64) -> Value<'static> {
        Value::Seconds(seconds)
    }

    /// The values of the time of the rows. Durations of cases are those of cases that are over.
    ///
    /// # Errors
    /// A name is unknown, or the answer is not wanted any more.
    fn times(&self, _selected: &Selected, _context: &Context<'_>) -> Result<Times, AskError> {
        Ok(Times::new())
    }
}

/// Durations of the selected cases that are over by a property of each case, microseconds, ascending.
pub fn durations_of_ended<K: Hash + Eq>(
    selected: &Selected,
    property: impl Fn(usize) -> K,
) -> HashMap<K, Vec<i64>> {
    let (selection, open) = (selected.selection(), selected.open());
    let mut durations: HashMap<K, Vec<i64>> = HashMap::new();
    let by_duration = selection.index.by_duration.iter();
    for (&case, &duration) in by_duration.zip(&selection.index.durations) {
        let case = case as usize;
        if selection.contains(case) && !open.contains(case) {
            durations.entry(property(case)).or_default().push(duration);
        }
    }
    durations
}

/// Names and texts of a list that is compared.
#[derive(Debug, Clone, Copy)]
pub struct Compared {
    /// Plural noun of the rows, for sentences.
    pub many: &'static str,
    /// Names of the columns that name a row; the others are its figures.
    pub names: &'static [&'static str],
    /// Heading of the name.
    pub title: &'static str,
    /// Name of the time that is compared: "before"; empty for none.
    pub time: &'static str,
    /// Headings of the medians of that time in A and in B.
    pub heads: [&'static str; 2],
    /// True if rows are times, and so not in cases.
    pub of_times: bool,
}

/// A row of a list on both sides.
#[derive(Debug, Clone, PartialEq)]
pub struct VersusRow<L: Comparable> {
    /// Figures of A; `None` where the row is not in it.
    pub a: Option<L::Row>,
    /// Figures of B.
    pub b: Option<L::Row>,
    /// A minus B.
    pub change: Change,
    /// Place in the list without comparison; rows of B alone come last.
    pub place: usize,
}

/// The change of a row from B to A. Tested are the cases of one side only, against each other.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Change {
    /// Share of the cases, in a list whose rows are in cases.
    pub cases: Option<ShareChange>,
    /// The time of the row; `None` where neither side has values.
    pub time: Option<TimeChange>,
}

/// The change of a time.
#[derive(Debug, Clone, PartialEq)]
pub struct TimeChange {
    /// Number of values that are compared, of A and of B.
    pub n: [u64; 2],
    /// Their medians, seconds.
    pub medians: [Option<f64>; 2],
    /// By how much those of A are longer (Hodges-Lehmann), seconds, with its interval; `None` without
    /// values on one side.
    pub shift: Option<(f64, Interval)>,
    /// The test.
    pub tested: Tested,
}

impl Change {
    /// Both changes where there are any.
    pub fn tested(&self) -> impl Iterator<Item = &Tested> {
        let cases = self.cases.as_ref().map(|change| &change.tested);
        let time = self.time.as_ref().map(|change| &change.tested);
        cases.into_iter().chain(time)
    }

    fn tested_mut(&mut self) -> impl Iterator<Item = &mut Tested> {
        let cases = self.cases.as_mut().map(|change| &mut change.tested);
        let time = self.time.as_mut().map(|change| &mut change.tested);
        cases.into_iter().chain(time)
    }

    /// True if q of a change is below 5 %.
    pub fn is_finding(&self) -> bool {
        self.tested().any(Tested::is_finding)
    }

    /// GroupSize of the larger effect: among findings where there are any, else among what was tested.
    fn size(&self) -> f64 {
        let any = self.is_finding();
        let counts = |tested: &&Tested| tested.q.is_some() && (!any || tested.is_finding());
        let tested = self.tested().filter(counts).map(Tested::size);
        let share = self.cases.iter().map(|change| change.tested.size());
        // With too few values to test, the size of an effect of times is mostly chance.
        tested
            .reduce(f64::max)
            .unwrap_or_else(|| share.fold(0.0, f64::max))
    }
}

impl<L: Comparable> VersusRow<L> {
    /// The row of A, or that of B where A has none.
    pub fn any(&self) -> Option<&L::Row> {
        self.a.as_ref().or(self.b.as_ref())
    }

    /// Name of the row.
    pub fn name(&self) -> String {
        self.any().map(L::name).unwrap_or_default()
    }

    /// The only side that has the row: "A" or "B"; empty where both have it.
    pub fn only(&self) -> &'static str {
        match (&self.a, &self.b) {
            (Some(_), None) => "A",
            (None, Some(_)) => "B",
            _ => "",
        }
    }

    /// Order of changes; ties stay in the order of the list.
    fn rank(&self) -> (bool, bool, Reverse<u64>, usize) {
        // Sizes are not below 0, so that their bits ascend as they do.
        let size = Reverse(self.change.size().to_bits());
        let few = self
            .any()
            .and_then(L::cases)
            .is_some_and(|cases| cases < FEW);
        let both = self.only().is_empty() || few;
        (!self.change.is_finding(), both, size, self.place)
    }
}

/// All rows of both selections, in the order of the changes: findings first, those of one side only
/// before others, then by the size of the effect.
pub struct Joined<L: Comparable> {
    /// The selections.
    pub sides: Sides,
    /// The answer about A, without rows: what the list is about.
    pub of_a: Answer,
    /// Number of tests that q is corrected for.
    pub tested: u64,
    /// The rows.
    pub rows: Vec<VersusRow<L>>,
}

/// Joins the rows of both selections.
///
/// # Errors
/// A filter is wrong, or the answer is not wanted any more.
pub fn joined<L: Comparable>(list: &L, context: &Context<'_>) -> Result<Joined<L>, AskError> {
    let cancel = context.cancel;
    let selections = Selections::of(context)?;
    let (views, parts) = (&selections.views, &selections.parts);
    let rows = |view: &View| -> Result<Vec<L::Row>, AskError> {
        Ok(L::rows(&context.ask_all(view, list)?).rows.clone())
    };
    let (of_a, of_b) = (rows(&views[0])?, rows(&views[1])?);
    // Where no case is in both, the cases of A alone are those of A.
    let only_a = match parts.both() {
        0 => None,
        _ if parts.only[0] == 0 => Some(Vec::new()),
        _ => Some(rows(&selections.a_alone()?)?),
    };
    let whole = |rows: &Vec<L::Row>| rows.first().and_then(L::whole).unwrap_or(0);
    let wholes = [
        whole(&of_a),
        whole(&of_b),
        whole(only_a.as_ref().unwrap_or(&of_a)),
    ];
    let only_a = only_a.map(|rows| {
        let key = L::schema().key;
        let counts = |row: L::Row| (key(&row), (L::cases(&row), L::whole(&row)));
        rows.into_iter().map(counts).collect()
    });
    let no_rows = list.of(Listing {
        page: Page::first(0),
        ..list.listing().clone()
    });
    let mut times = [Times::new(), Times::new()];
    if !L::COMPARED.time.is_empty() {
        for (times, selected) in times.iter_mut().zip(&selections.apart) {
            *times = list.times(selected, context)?;
            cancel.check()?;
        }
    }
    let (rows, tested) = Join {
        parts,
        only_a: only_a.as_ref(),
        wholes,
        times: &times,
    }
    .rows::<L>(of_a, of_b, cancel)?;
    Ok(Joined {
        sides: selections.sides(),
        of_a: Answer::new::<L>(context.ask_all(&views[0], &no_rows)?),
        tested,
        rows,
    })
}

/// A row of A and the row of B with its key.
type Pair<L> = (Option<<L as List>::Row>, Option<<L as List>::Row>);

/// Number of cases of a row, and of the cases that its share is of.
type Counts = (Option<u64>, Option<u64>);

/// What rows are joined by.
struct Join<'a> {
    parts: &'a Parts,
    /// Counts of A alone by keys of rows; `None` where no case is in both.
    only_a: Option<&'a HashMap<String, Counts>>,
    /// Cases that the shares of rows are of, where a side does not have the row: of A, B and A alone.
    wholes: [u64; 3],
    times: &'a [Times; 2],
}

impl Join<'_> {
    /// Joins the rows of both sides; with the number of tests.
    fn rows<L: Comparable>(
        &self,
        of_a: Vec<L::Row>,
        of_b: Vec<L::Row>,
        cancel: &Cancel,
    ) -> Result<(Vec<VersusRow<L>>, u64), AskError> {
        let key = L::schema().key;
        let keys: Vec<String> = of_b.iter().map(key).collect();
        let mut places: HashMap<&str, usize> = HashMap::new();
        places.extend(keys.iter().map(String::as_str).zip(0..));
        let mut of_b: Vec<Option<L::Row>> = of_b.into_iter().map(Some).collect();
        let mut pairs: Vec<Pair<L>> = Vec::new();
        for row in of_a {
            let at = places.get(key(&row).as_str());
            let other = at.and_then(|&at| of_b[at].take());
            pairs.push((Some(row), other));
        }
        pairs.extend(of_b.into_iter().filter(Option::is_some).map(|b| (None, b)));
        let row = |(place, (a, b)): (usize, Pair<L>)| {
            cancel.check()?;
            let change = self.change::<L>(a.as_ref(), b.as_ref());
            Ok(VersusRow {
                a,
                b,
                change,
                place,
            })
        };
        // Rows differ in their values by orders of magnitude, so each is a piece of its own.
        let rows = pairs.into_par_iter().enumerate().with_max_len(1).map(row);
        let mut rows = rows.collect::<Result<Vec<VersusRow<L>>, AskError>>()?;
        let tested = corrected(rows.iter_mut().flat_map(|row| row.change.tested_mut()));
        rows.sort_by_key(VersusRow::rank);
        Ok((rows, tested))
    }

    fn change<L: Comparable>(&self, a: Option<&L::Row>, b: Option<&L::Row>) -> Change {
        let Some(key) = a.or(b).map(L::schema().key) else {
            return Change::default();
        };
        let in_cases = [a, b]
            .into_iter()
            .flatten()
            .any(|row| L::cases(row).is_some());
        Change {
            cases: in_cases.then(|| self.share::<L>(&key, [a, b])),
            time: self.time(&key).or_else(|| self.nothing::<L>()),
        }
    }

    /// The change of the share of cases that have a row.
    fn share<L: Comparable>(&self, key: &str, rows: [Option<&L::Row>; 2]) -> ShareChange {
        let cases = rows.map(|row| row.and_then(L::cases).unwrap_or(0));
        let wholes = rows.map(|row| row.and_then(L::whole));
        let is_of_all = wholes == [None, None];
        let wholes = [0, 1].map(|at| wholes[at].unwrap_or(self.wholes[at]));
        let (alone, whole_alone) = match self.only_a {
            None => (cases[0], wholes[0]),
            Some(counts) => {
                let (alone, whole) = counts.get(key).copied().unwrap_or_default();
                (alone.unwrap_or(0), whole.unwrap_or(self.wholes[2]))
            }
        };
        if is_of_all {
            self.parts.share(cases, alone)
        } else {
            Parts::new(wholes, whole_alone).share(cases, alone)
        }
    }

    /// No change of a list of times, where both sides are the same cases.
    fn nothing<L: Comparable>(&self) -> Option<TimeChange> {
        let nothing = Interval {
            low: 0.0,
            high: 0.0,
        };
        (L::COMPARED.of_times && self.parts.same()).then_some(TimeChange {
            n: [0, 0],
            medians: [None, None],
            shift: Some((0.0, nothing)),
            tested: Tested::nothing(true),
        })
    }

    /// The change of the time of a row.
    fn time(&self, key: &str) -> Option<TimeChange> {
        let values = self.times.each_ref().map(|times| {
            let values = times.get(key);
            values.map_or(&[][..], Vec::as_slice)
        });
        let [a, b] = values;
        if a.is_empty() && b.is_empty() {
            return None;
        }
        let median = |values: &[i64]| quantile::of_sorted(values).map(|f| f.median / 1e6);
        let n = values.map(|values| values.len() as u64);
        let enough = n[0].min(n[1]) >= FEWEST && self.parts.are_enough();
        let ranks = compare_ranks(a, b);
        let tested = ranks.map_or(Tested::nothing(false), |ranks| Tested {
            p: ranks.p,
            q: enough.then_some(ranks.p),
            effect: Some(ranks.delta),
        });
        let shift = shift(a, b).map(|shift| {
            let Interval { low, high } = shift.interval;
            let interval = Interval {
                low: low / 1e6,
                high: high / 1e6,
            };
            (shift.median / 1e6, interval)
        });
        Some(TimeChange {
            n,
            medians: values.map(median),
            shift,
            tested,
        })
    }
}

/// Corrects q for the number of tests; until then it is p where there is enough to test.
fn corrected<'a>(tested: impl Iterator<Item = &'a mut Tested>) -> u64 {
    let mut tested: Vec<&mut Tested> = tested.filter(|tested| tested.q.is_some()).collect();
    let p: Vec<f64> = tested.iter().map(|tested| tested.p).collect();
    for (tested, q) in tested.iter_mut().zip(benjamini_hochberg(&p)) {
        tested.q = Some(q);
    }
    tested.len() as u64
}
