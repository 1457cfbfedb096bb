//! The rows of a list of two selections, A and B, joined by their names, with the change of each row and
//! its test. A is what the filters of the view select, B what `View::versus` selects in their place.

use super::list::{List, Listing};
use super::prepared::filter_error;
use super::query::Context;
use super::schema::Value;
use super::selected::Selected;
use super::tested::FEWEST;
use super::view::{AskError, View};
use crate::event_log::Cancel;
use crate::filter::{self, Expr};
use crate::index::CaseSet;
use crate::metrics::quantile;
use crate::metrics::stats::{
    FourFold, Interval, Weighted, benjamini_hochberg, compare_ranks, shift, weighted_sum,
};
use rayon::prelude::*;
use std::cmp::Reverse;
use std::collections::HashMap;
use std::fmt::Debug;
use std::hash::Hash;
use std::sync::Arc;

/// Items of one side only that have fewer cases come among the others: most logs have many.
const FEW: u64 = 5;

/// Values of q below this are findings.
const FINDING: f64 = 0.05;

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

    /// Name of a row, as data of the log: not safe to print.
    fn name(row: &Self::Row) -> String;

    /// A duration of a row, in seconds.
    fn duration(_row: &Self::Row, seconds: f64) -> Value<'static> {
        Value::Seconds(seconds)
    }

    /// The values of the time of the rows. Durations of cases are those of cases that are over.
    fn times(&self, _selected: &Selected) -> Times {
        Times::new()
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

/// The change of the share of cases that have a row.
#[derive(Debug, Clone, PartialEq)]
pub struct ShareChange {
    /// Share of the cases of A and of B, 0 to 1; `None` without cases.
    pub shares: [Option<f64>; 2],
    /// Share in A minus share in B, with its interval; `None` without cases on one side.
    pub difference: Option<(f64, Interval)>,
    /// The test.
    pub tested: Tested,
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

/// Result of a test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tested {
    /// Probability of a difference at least as large if there were none; 1 where nothing can be tested.
    pub p: f64,
    /// After correction for all tests of the list; `None` with too few cases or values.
    pub q: Option<f64>,
    /// Share of pairs in which A is larger minus share in which B is (Cliff's delta), -1 to 1: of shares
    /// of cases their difference. `None` without cases on one side.
    pub effect: Option<f64>,
}

impl Tested {
    /// Nothing on one side: no effect where both sides are the same cases, else unknown.
    fn nothing(same: bool) -> Self {
        Tested {
            p: 1.0,
            q: None,
            effect: same.then_some(0.0),
        }
    }

    /// True if q is below 5 %.
    pub fn is_finding(&self) -> bool {
        self.q.is_some_and(|q| q < FINDING)
    }

    fn size(&self) -> f64 {
        self.effect.map_or(0.0, f64::abs)
    }
}

/// The selections that are compared.
#[derive(Debug, Clone, PartialEq)]
pub struct Sides {
    /// Filters of A and of B as one text; empty for all cases.
    pub texts: [String; 2],
    /// Number of cases of A and of B.
    pub cases: [u64; 2],
    /// Cases that are in both.
    pub both: u64,
    /// Open cases of A and of B.
    pub open: [u64; 2],
}

impl Sides {
    /// Says why nothing is tested, where that is so.
    pub fn reason(&self) -> Option<&'static str> {
        let [a, b] = self.cases.map(|cases| cases - self.both);
        match (a, b) {
            (0, 0) => Some("A and B are the same cases"),
            (0, _) => Some("all cases of A are in B, so that nothing is tested"),
            (_, 0) => Some("all cases of B are in A, so that nothing is tested"),
            _ if a.min(b) < FEWEST => {
                Some("fewer than 10 cases are in one side only: too few to test")
            }
            _ => None,
        }
    }
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

    /// Size of the larger effect: among findings where there are any, else among what was tested.
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
    /// Number of tests that q is corrected for.
    pub tested: u64,
    /// The rows.
    pub rows: Vec<VersusRow<L>>,
}

/// Numbers of cases of both sides, and of those that are in one only.
struct Parts {
    sides: [u64; 2],
    only: [u64; 2],
}

impl Parts {
    fn both(&self) -> u64 {
        self.sides[0] - self.only[0]
    }

    /// True if both sides have enough cases of their own to be tested.
    fn are_enough(&self) -> bool {
        self.only.iter().all(|&cases| cases >= FEWEST)
    }

    /// True if both sides are the same cases.
    fn same(&self) -> bool {
        self.only == [0, 0]
    }
}

/// Joins the rows of both selections.
///
/// # Errors
/// A filter is wrong, or the answer is not wanted any more.
pub fn joined<L: Comparable>(
    list: &L,
    versus: &[String],
    context: &Context<'_>,
) -> Result<Joined<L>, AskError> {
    let (analysis, cancel) = (context.analysis, context.cancel);
    let of = |filters: Vec<String>| View {
        filters,
        versus: None,
        ..context.view.clone()
    };
    let views = [of(context.view.filters.clone()), of(versus.to_vec())];
    let a = analysis.select(&views[0], cancel)?;
    let b = analysis.select(&views[1], cancel)?;
    let apart = [without(&a, &b), without(&b, &a)];
    cancel.check()?;
    let n = |selected: &Selected| selected.selection().n_cases as u64;
    let parts = Parts {
        sides: [n(&a), n(&b)],
        only: [n(&apart[0]), n(&apart[1])],
    };
    let rows = |view: &View| -> Result<Vec<L::Row>, AskError> {
        Ok(L::rows(&analysis.ask(view, list, cancel)?).rows.clone())
    };
    let (of_a, of_b) = (rows(&views[0])?, rows(&views[1])?);
    // Where no case is in both, the cases of A alone are those of A.
    let only_a = match parts.both() {
        0 => None,
        _ if parts.only[0] == 0 => Some(HashMap::new()),
        _ => {
            let mut filters = context.view.filters.clone();
            filters.push(opposite(versus)?);
            let counted = rows(&of(filters))?.into_iter();
            let key = L::schema().key;
            Some(counted.map(|row| (key(&row), L::cases(&row))).collect())
        }
    };
    let mut times = [Times::new(), Times::new()];
    if !L::COMPARED.time.is_empty() {
        for (times, selected) in times.iter_mut().zip(&apart) {
            *times = list.times(selected);
            cancel.check()?;
        }
    }
    let (rows, tested) = Join {
        parts: &parts,
        only_a: only_a.as_ref(),
        times: &times,
    }
    .rows::<L>(of_a, of_b, cancel)?;
    Ok(Joined {
        sides: Sides {
            texts: [&views[0], &views[1]].map(|view| text(&view.filters)),
            cases: parts.sides,
            both: parts.both(),
            open: [&a, &b].map(|side| side.open().count() as u64),
        },
        tested,
        rows,
    })
}

/// The cases of one selection that are not in another.
fn without(of: &Arc<Selected>, other: &Selected) -> Arc<Selected> {
    let (these, others) = (of.selection(), other.selection());
    let is_left = |case: usize| these.contains(case) && !others.contains(case);
    let left = CaseSet::from_fn(these.index.n_cases(), is_left);
    if left.count() == these.n_cases {
        return Arc::clone(of);
    }
    Arc::new(Selected::new(
        Arc::clone(&of.prepared),
        Some(left),
        of.waits.clone(),
    ))
}

/// Filters as one text, of which each holds.
fn text(filters: &[String]) -> String {
    match filters {
        [one] => one.clone(),
        several => {
            let several: Vec<String> = several.iter().map(|text| format!("({text})")).collect();
            several.join(" and ")
        }
    }
}

/// The filter of the cases that do not meet all of some filters.
fn opposite(filters: &[String]) -> Result<String, AskError> {
    let parsed = filters
        .iter()
        .map(|text| filter::parse(text).map_err(|error| filter_error(text, error)));
    let parsed = parsed.collect::<Result<Vec<Expr>, _>>()?;
    let all = parsed.into_iter().reduce(Expr::and);
    Ok(all.map_or_else(String::new, |all| all.negate().to_string()))
}

/// A row of A and the row of B with its key.
type Pair<L> = (Option<<L as List>::Row>, Option<<L as List>::Row>);

/// What rows are joined by.
struct Join<'a> {
    parts: &'a Parts,
    /// Cases of A alone by keys of rows; `None` where no case is in both.
    only_a: Option<&'a HashMap<String, Option<u64>>>,
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
        let n = |row: Option<&L::Row>| row.and_then(L::cases).unwrap_or(0);
        Change {
            cases: in_cases.then(|| {
                let only_a = match self.only_a {
                    None => n(a),
                    Some(counts) => counts.get(&key).copied().flatten().unwrap_or(0),
                };
                self.share([n(a), n(b)], only_a)
            }),
            time: self.time(&key).or_else(|| self.nothing::<L>()),
        }
    }

    /// The change of a share of the cases. `only_a` is the number of cases of A alone.
    fn share(&self, cases: [u64; 2], only_a: u64) -> ShareChange {
        let (parts, both) = (self.parts, cases[0] - only_a);
        let only = [only_a, cases[1] - both];
        let share = |at: usize| {
            let whole = parts.sides[at];
            (whole > 0).then(|| cases[at] as f64 / whole as f64)
        };
        let shares = [share(0), share(1)];
        // Each side is a mixture of the cases of both sides and its own ones.
        let weight = |part: u64, at: usize| part as f64 / parts.sides[at] as f64;
        let difference = || {
            let (_, interval) = weighted_sum(&[
                Weighted {
                    weight: weight(parts.only[0], 0),
                    part: only[0],
                    whole: parts.only[0],
                },
                Weighted {
                    weight: weight(parts.both(), 0) - weight(parts.both(), 1),
                    part: both,
                    whole: parts.both(),
                },
                Weighted {
                    weight: -weight(parts.only[1], 1),
                    part: only[1],
                    whole: parts.only[1],
                },
            ]);
            Some((shares[0]? - shares[1]?, interval))
        };
        ShareChange {
            shares,
            difference: difference(),
            tested: self.tested(only),
        }
    }

    fn tested(&self, with: [u64; 2]) -> Tested {
        let all = self.parts.only;
        if all.contains(&0) {
            return Tested::nothing(self.parts.same());
        }
        let table = FourFold {
            with: with[0] + with[1],
            selected_with: with[0],
            without: all[0] + all[1] - with[0] - with[1],
            selected_without: all[0] - with[0],
        };
        let floor = FEWEST.max((all[0] + all[1]).div_ceil(1000));
        let enough = table.with.min(table.without) >= floor && self.parts.are_enough();
        let p = table.test().1;
        let rate = |at: usize| with[at] as f64 / all[at] as f64;
        Tested {
            p,
            q: enough.then_some(p),
            effect: Some(rate(0) - rate(1)),
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
