//! Properties of cases: the sums of a cohort over the cases that have each, and the cases themselves.
//!
//! What depends on the sequence of activities is summed up per variant, what depends on values in one
//! pass over the rows of a column, all values at once.

mod sets;
mod values;

use super::cohort::{Cohort, Sums};
use super::edges::tallies_of;
use super::quantile::{Scan, Tally, quarters_of};
use crate::event_log::{Cancel, Cancelled};
use crate::index::Variants;
use crate::text::steps::Step;
use crate::text::time::Tz;
use hashbrown::HashMap;
use std::ops::ControlFlow;

pub use values::{Bounds, Valued};

/// Hours of a band of [`Property::Hours`].
pub const BAND: usize = 4;

/// A property that a case has or has not. Activities, edges and values are codes, columns positions.
#[derive(Debug, Clone, PartialEq)]
pub enum Property {
    /// Some event has the activity.
    Activity(u32),
    /// Two events or more have it.
    Repeated(u32),
    /// Some step is by the edge.
    Edge(u32),
    /// Some step by the edge takes at least so long, microseconds.
    Wait(u32, i64),
    /// The first event has the activity.
    First(u32),
    /// The last event has the activity.
    Last(u32),
    /// The case has the variant.
    Variant(u32),
    /// Some event has the value of a column of texts.
    Text(usize, u32),
    /// Some event has the number.
    Number(usize, f64),
    /// Some event has more than the first number and at most the second.
    Range(usize, Option<f64>, Option<f64>),
    /// Some event has no value.
    Missing(usize),
    /// It starts on that day, Monday being 0.
    Weekday(usize),
    /// It starts in that band of [`BAND`] hours.
    Hours(usize),
    /// It starts in these instants.
    Started(i64, i64),
    /// Number of events, from the first to the second.
    Length(usize, usize),
}

impl Property {
    /// Position of the column that it is about.
    pub fn column(&self) -> Option<usize> {
        match *self {
            Property::Text(at, _)
            | Property::Number(at, _)
            | Property::Range(at, ..)
            | Property::Missing(at) => Some(at),
            _ => None,
        }
    }
}

/// Sums by activity, and by edge.
#[derive(Debug, Default)]
pub struct Sequences {
    /// Cases with each activity.
    pub activities: Vec<Sums>,
    /// Cases with each activity twice or more.
    pub repeated: Vec<Sums>,
    /// Cases with each edge.
    pub edges: Vec<Sums>,
    /// Cases that start with each activity.
    pub first: Vec<Sums>,
    /// Cases that end with each activity.
    pub last: Vec<Sums>,
}

/// Sums by the start of cases.
#[derive(Debug, Default)]
pub struct Starts {
    /// By weekday, Monday first.
    pub weekdays: [Sums; 7],
    /// By band of [`BAND`] hours.
    pub hours: [Sums; 24 / BAND],
    /// By month: its first instant, that of the next one, and the cases.
    pub months: Vec<(i64, i64, Sums)>,
}

impl Cohort<'_> {
    /// Sums by activity and edge, from those by variant.
    ///
    /// # Errors
    /// They are not wanted any more.
    pub fn sequences(&self, by_variant: &[Sums], cancel: &Cancel) -> Result<Sequences, Cancelled> {
        /// Variants between two looks at whether to go on.
        const STRIDE: usize = 1 << 13;
        let variants = &self.index.variants;
        let none = || vec![Sums::default(); self.log.activities.len()];
        let mut sums = Sequences {
            activities: none(),
            repeated: none(),
            edges: vec![Sums::default(); self.index.edges.len()],
            first: none(),
            last: none(),
        };
        let of_variants = by_variant.iter().enumerate();
        for (v, of) in of_variants.filter(|(_, of)| of.cases() > 0) {
            if v % STRIDE == 0 {
                cancel.check()?;
            }
            let kept = self.kept(v);
            let (sequence, marks) = (&variants.sequence(v)[..kept], variants.marks(v));
            for (&activity, &mark) in sequence.iter().zip(marks) {
                if mark & Variants::FIRST != 0 {
                    sums.activities[activity as usize].add(of);
                } else if mark & Variants::SECOND != 0 {
                    sums.repeated[activity as usize].add(of);
                }
            }
            let steps = variants.steps(v).iter().take(kept.saturating_sub(1));
            for (&edge, &mark) in steps.zip(marks) {
                if mark & Variants::NEW_EDGE != 0 {
                    sums.edges[edge as usize].add(of);
                }
            }
            if let [first, ..] = sequence {
                sums.first[*first as usize].add(of);
                sums.last[sequence[kept - 1] as usize].add(of);
            }
        }
        Ok(sums)
    }

    /// The p90 of the elapsed times of each edge, microseconds; `None` for an edge without occurrence.
    pub fn long_waits(&self) -> Vec<Option<f64>> {
        let (edges, set) = (&self.index.edges, &self.of.cases);
        let p90 = |(edge, tally): (usize, &Tally)| {
            let range = edges.occurrences(edge);
            let (values, cases) = (&edges.elapsed[range.clone()], &edges.case[range]);
            Scan::counted(values, cases, set, tally).quantile(0.9)
        };
        let tallies = tallies_of(self.log, self.index, set);
        tallies.iter().enumerate().map(p90).collect()
    }

    /// Sums by the edges that take at least so long, microseconds.
    ///
    /// # Errors
    /// They are not wanted any more.
    pub fn waits(&self, limits: &[i64], cancel: &Cancel) -> Result<Vec<Sums>, Cancelled> {
        let mut sums = vec![Sums::default(); limits.len()];
        if self.is_cut() {
            let (steps, ticks) = (&self.index.variants, self.log.ticks());
            let mut last = vec![u32::MAX; limits.len()];
            self.each_case(cancel, |case, one| {
                let steps = steps.steps(self.index.case_variant[case] as usize);
                for (row, &edge) in self.events(case).skip(1).zip(steps) {
                    let edge = edge as usize;
                    if ticks[row] - ticks[row - 1] >= limits[edge] && last[edge] != case as u32 {
                        last[edge] = case as u32;
                        sums[edge].add(one);
                    }
                }
                ControlFlow::Continue(())
            })?;
            return Ok(sums);
        }
        // The edge for which each case was added last.
        let mut last = vec![u32::MAX; self.index.n_cases()];
        for (edge, (sums, &limit)) in (0..).zip(sums.iter_mut().zip(limits)) {
            cancel.check()?;
            for &case in self.index.edges.long(edge as usize, limit) {
                let case = case as usize;
                if last[case] != edge && self.of.cases.contains(case) {
                    last[case] = edge;
                    sums.add(&self.one(case));
                }
            }
        }
        Ok(sums)
    }

    /// Sums by the start of cases.
    ///
    /// # Errors
    /// They are not wanted any more.
    pub fn starts(&self, cancel: &Cancel) -> Result<Starts, Cancelled> {
        let clock = self.wall_clock();
        let mut clock = clock.reader();
        let mut starts = Starts {
            months: self.months(),
            ..Starts::default()
        };
        let mut month = 0;
        self.each_case(cancel, |case, one| {
            let start = self.index.case_start[case];
            let hour = clock.hour_of_week(start);
            starts.weekdays[hour / 24].add(one);
            starts.hours[hour % 24 / BAND].add(one);
            let holds = |of: &(i64, i64, Sums)| of.0 <= start && start < of.1;
            // Cases are mostly in the order of their starts.
            if !starts.months.get(month).is_some_and(holds) {
                month = starts.months.partition_point(|month| month.1 <= start);
            }
            if let Some(month) = starts.months.get_mut(month) {
                month.2.add(one);
            }
            ControlFlow::Continue(())
        })?;
        Ok(starts)
    }

    /// The months in which cases start, without sums.
    fn months(&self) -> Vec<(i64, i64, Sums)> {
        /// A log over more than 20 years is not looked at by month.
        const MOST: usize = 240;
        let starts = || self.of.cases.iter().map(|case| self.index.case_start[case]);
        let zone: Tz = self.of.zone;
        let bounds = (starts().min().zip(starts().max()))
            .and_then(|(first, last)| Step::Months(1).bounds(first, last, MOST, zone));
        let bounds = bounds.unwrap_or_default();
        let months = bounds.windows(2).map(|w| (w[0], w[1], Sums::default()));
        months.collect()
    }

    /// Sums by ranges of the number of events between its quartiles, from those by variant: from the first
    /// number to the second.
    pub fn lengths(&self, by_variant: &[Sums]) -> Vec<(usize, usize, Sums)> {
        let mut of_length: HashMap<usize, Sums> = HashMap::new();
        for (v, of) in by_variant
            .iter()
            .enumerate()
            .filter(|(_, of)| of.cases() > 0)
        {
            let length = self.index.variants.sequence(v).len();
            of_length.entry(length).or_default().add(of);
        }
        let mut of_length: Vec<(usize, Sums)> = of_length.into_iter().collect();
        of_length.sort_unstable_by_key(|(length, _)| *length);
        let ends = of_length.iter().scan(0, |end, (length, sums)| {
            *end += sums.cases() as usize;
            Some((*length, *end))
        });
        let ends: Vec<(usize, usize)> = ends.collect();
        let bounds = match ends[..] {
            [.., (largest, n)] => quarters_of(n, largest, |at| {
                ends[ends.partition_point(|(_, end)| *end <= at)].0
            }),
            [] => Vec::new(),
        };
        if bounds.is_empty() {
            return Vec::new();
        }
        let lows = std::iter::once(0).chain(bounds.iter().map(|bound| bound + 1));
        let highs = bounds.iter().copied().chain([usize::MAX]);
        let mut ranges: Vec<_> = lows
            .zip(highs)
            .map(|(low, high)| (low, high, Sums::default()))
            .collect();
        for (length, sums) in of_length {
            let at = bounds.partition_point(|&bound| bound < length);
            ranges[at].2.add(&sums);
        }
        ranges
    }
}
