//! Factors that were tested: rows with their figures, in the order in which they explain the selection,
//! and what is asked of some rows only.

use super::cache::RecentCache;
use super::factors::{Candidate, Candidates, FactorKind};
use super::view::AskError;
use crate::event_log::{Cancel, Cancelled};
use crate::filter::Expr;
use crate::index::CaseSet;
use crate::metrics::cohort::{Cohort, Members, Sums};
use crate::metrics::factors::Property;
use crate::metrics::quantile::type7;
use crate::metrics::stats::{
    FourFold, Interval, Ratio, Test, benjamini_hochberg, mantel_haenszel, shift, wilson,
};
use hashbrown::HashMap;
use rayon::prelude::*;

/// Fewest cases on either side of anything that is tested.
pub const FEWEST: u64 = 10;

/// Single rows that pairs are made of.
const PAIRED: usize = 12;

/// Rows whose durations are kept.
const KEPT_DURATIONS: usize = 1000;

/// A factor with its figures.
#[derive(Debug, Clone, PartialEq)]
pub struct FactorRow {
    /// Position in the order of what explains most; of pairs, of the highest rates.
    pub place: usize,
    /// Places of the factors that it combines: its own alone where it is no pair.
    pub parts: Vec<usize>,
    /// Kind; of a pair, that of its first factor.
    pub kind: FactorKind,
    /// The filter that selects its cases.
    pub filter: Expr,
    /// The filter as text.
    pub text: String,
    /// The filter of the selection names what it is about.
    pub by_definition: bool,
    /// It can come true after what makes a case selected.
    pub afterwards: bool,
    /// Cases with and without it, and how many of each are selected.
    pub table: FourFold,
    /// Rate of the selected cases by the rate of all.
    pub lift: f64,
    /// Rate of selected cases with it by the rate without.
    pub ratio: Ratio,
    /// Share of the selected cases that it explains; below 0 where it protects.
    pub explained: f64,
    /// The share by the end of the ratio's interval that is nearer to 1.
    pub explained_low: f64,
    /// Test of the rates.
    pub test: Test,
    /// Result of the test.
    pub p: f64,
    /// `p` corrected for the number of tests.
    pub q: f64,
    /// The rates differ in the first and in the second half of the time.
    pub stable: [bool; 2],
    /// Test of the durations.
    pub duration_p: f64,
    /// The same, corrected for the number of tests.
    pub duration_q: f64,
    /// Durations; computed for the rows that are asked for.
    pub duration: Option<FactorDuration>,
    /// Texts of other filters that select the same cases.
    pub same_as: Vec<String>,
    /// Ratios within the values of columns; computed for the rows that are asked for.
    pub adjusted: Option<Vec<Adjusted>>,
}

/// Durations of the cases with a factor and of the others, in seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FactorDuration {
    /// Median with it.
    pub median_with: f64,
    /// Median without it.
    pub median_without: f64,
    /// By how much cases with it take longer, where asked for.
    pub shift: Option<Interval>,
    /// Median of that.
    pub shifted: Option<f64>,
}

/// A ratio within the values of a column.
#[derive(Debug, Clone, PartialEq)]
pub struct Adjusted {
    /// The column.
    pub by: String,
    /// The ratio; `None` where no value has cases on both sides.
    pub ratio: Option<Ratio>,
    /// The ratio is on the other side of 1, and its interval leaves 1 out.
    pub turns_round: bool,
    /// Less than half of the ratio, in logarithms, is left.
    pub explains: bool,
}

/// Factors that hold together.
#[derive(Debug, Clone, PartialEq)]
pub struct FactorPair {
    /// Their filters, two or three.
    pub filters: Vec<Expr>,
    /// Interval of the rate of selected ones among the cases with all of them.
    pub interval: Interval,
    /// All of them as one factor.
    pub row: FactorRow,
}

/// Factors that are not listed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// With too few cases, or with too few without it.
    pub rare: u64,
    /// Named by the filter of the selection.
    pub by_definition: u64,
    /// With the same cases as another.
    pub same_cases: u64,
    /// Columns with too many values, or with instants.
    pub columns: u64,
}

/// All factors of a selection.
#[derive(Debug)]
pub struct Tested {
    /// The cases.
    pub members: Members,
    /// Sums over all of them.
    pub all: Sums,
    /// Rows by place, those by definition included.
    pub rows: Vec<FactorRow>,
    /// The property of each row, by place.
    pub properties: Vec<Property>,
    /// What is not among the rows; none is left out by definition yet.
    pub left_out: LeftOut,
    /// Durations without shifts by the places of the factors that a row combines.
    durations: RecentCache<Vec<usize>, Option<FactorDuration>>,
}

impl Tested {
    /// Tests the candidates: those that are frequent enough, equal sets of cases once.
    pub fn new(members: Members, candidates: Candidates) -> Tested {
        let all = candidates.all;
        let floor = floor(&all);
        let is_frequent = |candidate: &Candidate| {
            let cases = candidate.sums.cases();
            cases >= floor && all.cases() - cases >= floor
        };
        let before = candidates.found.len();
        let (mut groups, mut at): (Vec<Vec<Candidate>>, HashMap<_, usize>) = Default::default();
        for candidate in candidates.found.into_iter().filter(is_frequent) {
            // Sets are compared by number and hash of their cases, so that none is built for it.
            let group = *at.entry(candidate.sums.key()).or_insert(groups.len());
            if group == groups.len() {
                groups.push(Vec::new());
            }
            groups[group].push(candidate);
        }
        let frequent: usize = groups.iter().map(Vec::len).sum();
        let left_out = LeftOut {
            rare: (before - frequent) as u64,
            by_definition: 0,
            same_cases: (frequent - groups.len()) as u64,
            columns: candidates.columns,
        };
        let mut tested = Tested {
            members,
            all,
            rows: Vec::new(),
            properties: Vec::new(),
            left_out,
            durations: RecentCache::new(KEPT_DURATIONS),
        };
        tested.test(groups);
        tested
    }

    fn test(&mut self, groups: Vec<Vec<Candidate>>) {
        let mut rows: Vec<(FactorRow, Property, Sums)> = Vec::new();
        for group in groups {
            let mut named: Vec<(String, Candidate)> = group
                .into_iter()
                .map(|candidate| (candidate.filter.to_string(), candidate))
                .collect();
            // The shortest text is shown, others are named beside it.
            named.sort_by_cached_key(|(text, _)| (text.chars().count(), text.clone()));
            rows.extend(row(named, &self.all));
        }
        // Corrected together: all of them were looked for.
        let p: Vec<f64> = rows.iter().map(|(row, ..)| row.p).collect();
        for ((row, ..), q) in rows.iter_mut().zip(benjamini_hochberg(&p)) {
            row.q = q;
        }
        let durations = |sums: &Sums| self.members.durations(sums, &self.all);
        let p: Vec<f64> = rows
            .iter()
            .map(|(_, _, sums)| durations(sums).map_or(1.0, |ranks| ranks.p))
            .collect();
        for (((row, ..), q), p) in rows.iter_mut().zip(benjamini_hochberg(&p)).zip(p) {
            (row.duration_p, row.duration_q) = (p, q);
        }
        rows.sort_by(|(a, ..), (b, ..)| {
            let hinders = |row: &FactorRow| row.explained < 0.0;
            // By the nearer end of the interval: the estimate itself would put factors of nearly
            // all cases first, whose ratio may as well be below 1.
            let amount = |row: &FactorRow| -row.explained_low.abs();
            // Hindering factors come last, however much they explain.
            (hinders(a).cmp(&hinders(b)))
                .then(amount(a).total_cmp(&amount(b)))
                .then(a.q.total_cmp(&b.q))
                .then_with(|| (a.kind.word(), &a.text).cmp(&(b.kind.word(), &b.text)))
        });
        for (place, (mut row, property, _)) in rows.into_iter().enumerate() {
            row.place = place;
            row.parts = vec![place];
            self.rows.push(row);
            self.properties.push(property);
        }
    }

    /// The cases of each of some rows.
    fn sets(
        &self,
        cohort: Cohort<'_>,
        rows: &[&mut FactorRow],
        cancel: &Cancel,
    ) -> Result<Vec<CaseSet>, Cancelled> {
        let mut places: Vec<usize> = rows.iter().flat_map(|row| row.parts.clone()).collect();
        places.sort_unstable();
        places.dedup();
        let sets = self.sets_at(cohort, &places, cancel)?;
        let of_row = |row: &&mut FactorRow| {
            let mut both = CaseSet::all(cohort.index.n_cases());
            for part in &row.parts {
                if let Ok(at) = places.binary_search(part) {
                    both.and(&sets[at]);
                }
            }
            both
        };
        Ok(rows.iter().map(of_row).collect())
    }

    /// The cases of the rows at some places.
    fn sets_at(
        &self,
        cohort: Cohort<'_>,
        places: &[usize],
        cancel: &Cancel,
    ) -> Result<Vec<CaseSet>, Cancelled> {
        let properties = places.iter().map(|&place| &self.properties[place]);
        cohort.sets(&properties.collect::<Vec<_>>(), cancel)
    }

    /// Computes the durations of rows, with their shifts where `shifted`.
    ///
    /// # Errors
    /// They are not wanted any more.
    pub fn durations(
        &self,
        cohort: Cohort<'_>,
        rows: &mut [FactorRow],
        shifted: bool,
        cancel: &Cancel,
    ) -> Result<(), Cancelled> {
        let mut unknown = Vec::with_capacity(rows.len());
        for row in rows {
            match self.durations.get(&row.parts) {
                Some(known) if !shifted => row.duration = known,
                _ => unknown.push(row),
            }
        }
        self.each_set(cohort, &mut unknown, cancel, |row, with| {
            if shifted {
                row.duration = shifted_by(cohort, &with);
            } else {
                row.duration = medians(cohort, with);
                self.durations.put(row.parts.clone(), row.duration);
            }
            Ok(())
        })
    }

    /// Calls `f` with each of some rows and its cases, in parallel.
    fn each_set(
        &self,
        cohort: Cohort<'_>,
        rows: &mut [&mut FactorRow],
        cancel: &Cancel,
        f: impl Fn(&mut FactorRow, CaseSet) -> Result<(), Cancelled> + Sync,
    ) -> Result<(), Cancelled> {
        /// Rows whose sets are held at once.
        const AT_ONCE: usize = 64;
        for rows in rows.chunks_mut(AT_ONCE) {
            let sets = self.sets(cohort, rows, cancel)?;
            rows.par_iter_mut().zip(sets).try_for_each(|(row, set)| {
                cancel.check()?;
                f(row, set)
            })?;
        }
        Ok(())
    }

    /// Computes the ratios of rows within the values of columns, of which none has more than `most`; not
    /// for the columns that a row is about.
    ///
    /// # Errors
    /// They are not wanted any more.
    pub fn adjust(
        &self,
        cohort: Cohort<'_>,
        rows: &mut [FactorRow],
        columns: &[usize],
        most: usize,
        cancel: &Cancel,
    ) -> Result<(), Cancelled> {
        let mut rows: Vec<&mut FactorRow> = rows.iter_mut().collect();
        self.each_set(cohort, &mut rows, cancel, |row, set| {
            let properties = row.parts.iter().map(|&place| &self.properties[place]);
            let own: Vec<usize> = properties.filter_map(Property::column).collect();
            let of_column = |&at: &usize| {
                let column = &cohort.log.columns[at];
                let strata = cohort.strata(column, &set, most, cancel)?;
                Ok(strata.map(|strata| adjusted(&column.name, strata, row.ratio.ratio)))
            };
            let others = columns.par_iter().filter(|at| !own.contains(at));
            let all: Vec<Option<Adjusted>> =
                others.map(of_column).collect::<Result<_, Cancelled>>()?;
            row.adjusted = Some(all.into_iter().flatten().collect());
            Ok(())
        })
    }

    /// Factors of different columns or activities that together select more than each alone: pairs, and
    /// with `depth` 3 what a third adds to them.
    pub fn pairs(
        &self,
        cohort: Cohort<'_>,
        depth: usize,
        cancel: &Cancel,
    ) -> Result<Vec<FactorPair>, AskError> {
        let singles = self.best();
        let sets = self.sets_at(cohort, &singles, cancel)?;
        let high = |n: (u64, u64)| wilson(n.1, n.0).map_or(1.0, |interval| interval.high);
        let one = |at: usize| {
            let table = self.rows[singles[at]].table;
            (
                vec![at],
                sets[at].clone(),
                (table.with, table.selected_with),
            )
        };
        let mut beam: Vec<(Vec<usize>, CaseSet, (u64, u64))> =
            (0..singles.len()).map(one).collect();
        let (mut found, mut tested, mut durations) = (Vec::new(), Vec::new(), Vec::new());
        let floor = floor(&self.all);
        for _ in 1..depth {
            let mut next = Vec::new();
            for (of, set, known) in &beam {
                cancel.check()?;
                // Only later ones, so that each pair is tested once.
                for at in of[of.len() - 1] + 1..singles.len() {
                    let mut both = set.clone();
                    both.and(&sets[at]);
                    let sums = cohort.sums_of(&both);
                    let (cases, selected) = (sums.cases(), sums.selected());
                    if cases < floor || self.all.cases() - cases < floor {
                        continue;
                    }
                    // Every test counts for the correction, also of pairs that are not listed.
                    tested.push(sums.table(&self.all).test().1);
                    let ranks = self.members.durations(&sums, &self.all);
                    durations.push(ranks.map_or(1.0, |ranks| ranks.p));
                    let Some(interval) = wilson(selected, cases) else {
                        continue;
                    };
                    let single = self.rows[singles[at]].table;
                    // A pair must be better than either part by more than chance.
                    let most = high(*known).max(high((single.with, single.selected_with)));
                    if interval.low > most {
                        let of = [of.as_slice(), &[at]].concat();
                        found.push((of.clone(), sums, interval, tested.len() - 1));
                        next.push((of, both, (cases, selected)));
                    }
                }
            }
            beam = next;
        }
        let (q, duration_q) = (benjamini_hochberg(&tested), benjamini_hochberg(&durations));
        let pair = |(of, sums, interval, test): (Vec<usize>, Sums, Interval, usize)| {
            let parts: Vec<usize> = of.iter().map(|&at| singles[at]).collect();
            let rows = parts.iter().map(|&place| &self.rows[place]);
            let filters: Vec<Expr> = rows.clone().map(|row| row.filter.clone()).collect();
            let filter = filters.iter().cloned().reduce(Expr::and)?;
            let row = FactorRow {
                afterwards: rows.clone().any(|row| row.afterwards),
                q: q[test],
                duration_p: durations[test],
                duration_q: duration_q[test],
                ..figures(rows.clone().next()?.kind, filter, &sums, &self.all)?
            };
            Some(FactorPair {
                filters,
                interval,
                row: FactorRow { parts, ..row },
            })
        };
        let mut pairs: Vec<FactorPair> = found.into_iter().filter_map(pair).collect();
        pairs.sort_by(|a, b| b.interval.low.total_cmp(&a.interval.low));
        for (place, pair) in pairs.iter_mut().enumerate() {
            pair.row.place = place;
        }
        Ok(pairs)
    }

    /// The best rows that help, each about another column or activity.
    fn best(&self) -> Vec<usize> {
        let subject = |place: usize| match &self.properties[place] {
            Property::Activity(a) | Property::Repeated(a) => (1, *a as usize),
            Property::Edge(edge) | Property::Wait(edge, _) => (2, *edge as usize),
            // Of each of these kinds one row at most is combined: two of them exclude each other.
            Property::First(_) => (3, 0),
            Property::Last(_) => (4, 0),
            Property::Variant(_) => (5, 0),
            Property::Weekday(_) => (6, 0),
            Property::Hours(_) => (7, 0),
            Property::Started(..) => (8, 0),
            property => property.column().map_or((9, 0), |at| (0, at)),
        };
        let mut seen = Vec::new();
        let mut best = Vec::new();
        let helping = self.rows.iter().filter(|row| !row.by_definition);
        for row in helping.take_while(|row| row.explained >= 0.0) {
            let subject = subject(row.place);
            if !seen.contains(&subject) && best.len() < PAIRED && row.explained_low > 0.0 {
                seen.push(subject);
                best.push(row.place);
            }
        }
        best
    }
}

/// A ratio within the values of the column `by`, beside the plain one.
fn adjusted(by: &str, strata: Vec<FourFold>, plain: f64) -> Adjusted {
    let ratio = mantel_haenszel(strata);
    let adjusted = ratio.map_or(1.0, |ratio| ratio.ratio);
    let leaves_out =
        ratio.is_some_and(|ratio| ratio.interval.low > 1.0 || ratio.interval.high < 1.0);
    Adjusted {
        by: by.to_owned(),
        ratio,
        turns_round: leaves_out && (adjusted - 1.0) * (plain - 1.0) < 0.0,
        explains: ratio.is_some() && adjusted.ln().abs() < 0.5 * plain.ln().abs(),
    }
}

/// Median durations of the cases with a factor and of the others.
fn medians(cohort: Cohort<'_>, with: CaseSet) -> Option<FactorDuration> {
    let mut without = with.clone();
    without.not();
    let (with, without) = cohort.median(with).zip(cohort.median(without))?;
    Some(FactorDuration {
        median_with: with / 1e6,
        median_without: without / 1e6,
        shift: None,
        shifted: None,
    })
}

/// The same with the shift between them.
fn shifted_by(cohort: Cohort<'_>, with: &CaseSet) -> Option<FactorDuration> {
    let [with, without] = cohort.split(with);
    // `split` gives ascending values.
    let median = |values: &[i64]| type7(values.len() as u64, 0.5, |k| values[k as usize]) / 1e6;
    if with.is_empty() || without.is_empty() {
        return None;
    }
    let shift = shift(&with, &without);
    Some(FactorDuration {
        median_with: median(&with),
        median_without: median(&without),
        shift: shift.map(|shift| Interval {
            low: shift.interval.low / 1e6,
            high: shift.interval.high / 1e6,
        }),
        shifted: shift.map(|shift| shift.median / 1e6),
    })
}

/// Fewest cases with and without a factor that is tested.
fn floor(all: &Sums) -> u64 {
    FEWEST.max(all.cases().div_ceil(1000))
}

/// The row of candidates with the same cases, the one that is shown first.
fn row(group: Vec<(String, Candidate)>, all: &Sums) -> Option<(FactorRow, Property, Sums)> {
    let by_definition = group.iter().any(|(_, of)| of.by_definition);
    let afterwards = group.iter().any(|(_, of)| of.afterwards);
    let mut group = group.into_iter();
    let (_, first) = group.next()?;
    let row = FactorRow {
        by_definition,
        afterwards,
        same_as: group.map(|(text, _)| text).collect(),
        ..figures(first.kind, first.filter, &first.sums, all)?
    };
    Some((row, first.property, first.sums))
}

/// The figures of a factor, not corrected for the number of tests; `None` where it has no ratio.
fn figures(kind: FactorKind, filter: Expr, sums: &Sums, all: &Sums) -> Option<FactorRow> {
    let table = sums.table(all);
    let ratio = table.ratio()?;
    let (test, p) = table.test();
    let helps = ratio.ratio > 1.0;
    let stable = sums.halves(all).map(|half| {
        let same = half.ratio().is_some_and(|half| (half.ratio > 1.0) == helps);
        // A half must agree by itself; that it does not contradict is not enough.
        same && half.test().1 < 0.05
    });
    Some(FactorRow {
        place: 0,
        parts: Vec::new(),
        kind,
        text: filter.to_string(),
        filter,
        by_definition: false,
        afterwards: false,
        table,
        lift: table.rate_with() * all.cases() as f64 / all.selected() as f64,
        ratio,
        explained: table.explained()?,
        explained_low: table.explained_low(&ratio),
        test,
        p,
        q: 1.0,
        stable,
        duration_p: 1.0,
        duration_q: 1.0,
        duration: None,
        same_as: Vec::new(),
        adjusted: None,
    })
}
