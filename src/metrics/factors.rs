//! Properties of cases: the sums of a cohort over the cases that have each, and the cases themselves.
//!
//! What depends on the sequence of activities is summed up per variant, what depends on values in one
//! pass over the rows of a column, all values at once.

use super::cohort::{Cohort, Sums};
use super::quantile::quarters;
use super::stats::FourFold;
use crate::event_log::{Column, ColumnData, Dictionary, Level, Numbers, with_codes, with_numbers};
use crate::index::{CaseSet, Variants};
use crate::text::steps::Step;
use crate::text::time::Tz;
use hashbrown::HashMap;
use std::ops::Range;

/// Hours of a band of [`Property::Hours`].
pub const BAND: usize = 4;

/// Values beyond this number are thinned out evenly before their quartiles are taken.
const MOST_VALUES: usize = 1 << 20;

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

/// Sums over the cases with a value of a column.
type Valued<T> = Vec<(T, Sums)>;

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
    /// Cases of each variant.
    pub variants: Vec<Sums>,
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

/// Entries by key, each with the case that it was added to last.
struct Entries<K, T> {
    found: Vec<(K, usize, T)>,
    most: usize,
}

impl<K: Copy, T: Default> Entries<K, T> {
    fn new(most: usize) -> Self {
        Entries {
            found: Vec::new(),
            most,
        }
    }

    /// Position of a new entry; `None` where there are too many.
    fn push(&mut self, key: K) -> Option<usize> {
        (self.found.len() < self.most).then(|| {
            // No case has this number, so that the first one is new.
            self.found.push((key, usize::MAX, T::default()));
            self.found.len() - 1
        })
    }

    /// The entry, unless the case is in it already.
    #[inline]
    fn of(&mut self, at: usize, case: usize) -> Option<&mut T> {
        let (_, last, entry) = &mut self.found[at];
        let new = *last != case;
        *last = case;
        new.then_some(entry)
    }

    fn finish(self) -> Vec<(K, T)> {
        self.found.into_iter().map(|(key, _, t)| (key, t)).collect()
    }
}

/// Numbers the texts of a column as they occur. Spellings of true and false that differ in letter case
/// only are one text, as they are in filters.
struct TextSlots<'a> {
    dictionary: &'a Dictionary,
    /// One more than the slot of each code; 0 for none yet.
    slots: Vec<u32>,
    truths: [Option<u32>; 2],
}

impl<'a> TextSlots<'a> {
    fn new(dictionary: &'a Dictionary) -> Self {
        TextSlots {
            dictionary,
            slots: vec![0; dictionary.len().max(1)],
            truths: [None; 2],
        }
    }

    #[inline]
    fn of<T: Default>(&mut self, code: u32, entries: &mut Entries<u32, T>) -> Option<usize> {
        match self.slots[code as usize] {
            0 => self.first(code, entries),
            slot => Some(slot as usize - 1),
        }
    }

    fn first<T: Default>(&mut self, code: u32, entries: &mut Entries<u32, T>) -> Option<usize> {
        let text = if code == 0 {
            ""
        } else {
            self.dictionary.get(code)
        };
        let truth = ["false", "true"]
            .iter()
            .position(|truth| text.eq_ignore_ascii_case(truth));
        let known = truth.and_then(|at| self.truths[at]);
        let slot = match known {
            Some(slot) => slot,
            None => entries.push(code)? as u32 + 1,
        };
        if let Some(at) = truth {
            self.truths[at] = Some(slot);
        }
        self.slots[code as usize] = slot;
        Some(slot as usize - 1)
    }
}

/// The bits of a number by which equal ones are found: 0 and -0 are equal.
pub(super) fn bits(value: f64) -> u64 {
    if value == 0.0 { 0 } else { value.to_bits() }
}

impl Cohort<'_> {
    /// Sums by activity, edge and variant.
    pub fn sequences(&self) -> Sequences {
        let (index, variants) = (self.index, &self.index.variants);
        let mut of_variant = vec![Sums::default(); variants.len()];
        for case in self.of.cases.iter() {
            of_variant[index.case_variant[case] as usize].add(&self.one(case));
        }
        let none = || vec![Sums::default(); self.log.activities.len()];
        let mut sums = Sequences {
            activities: none(),
            repeated: none(),
            edges: vec![Sums::default(); index.edges.len()],
            first: none(),
            last: none(),
            variants: Vec::new(),
        };
        for (v, of) in of_variant.iter().enumerate().filter(|(_, of)| of.cases > 0) {
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
        sums.variants = of_variant;
        sums
    }

    /// Sums by the edges that take at least so long, microseconds.
    pub fn waits(&self, limits: &[i64]) -> Vec<Sums> {
        let (index, ticks) = (self.index, self.log.ticks());
        let mut sums = vec![Sums::default(); limits.len()];
        let mut last = vec![u32::MAX; limits.len()];
        for case in self.of.cases.iter() {
            let (one, events) = (self.one(case), self.events(case));
            let steps = index.variants.steps(index.case_variant[case] as usize);
            for (row, &edge) in events.clone().skip(1).zip(steps) {
                let edge = edge as usize;
                if ticks[row] - ticks[row - 1] >= limits[edge] && last[edge] != case as u32 {
                    last[edge] = case as u32;
                    sums[edge].add(&one);
                }
            }
        }
        sums
    }

    /// Sums by the texts of a column, 0 for a missing one; `None` where there are more than `most`.
    pub fn texts(&self, column: &Column, most: usize) -> Option<Valued<u32>> {
        let ColumnData::Text(codes, dictionary) = &column.data else {
            return None;
        };
        let mut slots = TextSlots::new(dictionary);
        // One more, as a missing value is an entry and no value.
        let mut entries = Entries::<u32, Sums>::new(most + 1);
        with_codes!(codes, codes => for case in self.of.cases.iter() {
            let one = self.one(case);
            for row in self.rows(column, case) {
                let slot = slots.of(codes[row] as u32, &mut entries)?;
                if let Some(sums) = entries.of(slot, case) {
                    sums.add(&one);
                }
            }
        });
        let entries = entries.finish();
        let values = entries.iter().filter(|(code, _)| *code != 0).count();
        (values <= most).then_some(entries)
    }

    /// Sums by the numbers of a column, NaN for a missing one; `None` where there are more than `most`.
    pub fn numbers(&self, column: &Column, most: usize) -> Option<Valued<f64>> {
        let ColumnData::Number(numbers) = &column.data else {
            return None;
        };
        let mut slots: HashMap<u64, usize> = HashMap::new();
        let mut entries = Entries::<f64, Sums>::new(most + 1);
        with_numbers!(numbers, (rows, value) => for case in self.of.cases.iter() {
            let one = self.one(case);
            for row in self.rows(column, case) {
                let number = value(rows[row]);
                let known = slots.get(&bits(number)).copied();
                let slot = if let Some(slot) = known {
                    slot
                } else {
                    let slot = entries.push(number)?;
                    slots.insert(bits(number), slot);
                    slot
                };
                if let Some(sums) = entries.of(slot, case) {
                    sums.add(&one);
                }
            }
        });
        let entries = entries.finish();
        let values = entries.iter().filter(|(value, _)| !value.is_nan()).count();
        (values <= most).then_some(entries)
    }

    /// Sums by ranges between the quartiles of the numbers of a column: more than the first bound, at
    /// most the second.
    pub fn ranges(&self, column: &Column) -> Vec<(Option<f64>, Option<f64>, Sums)> {
        let ColumnData::Number(numbers) = &column.data else {
            return Vec::new();
        };
        let bounds = quarters(self.values(column, numbers), f64::total_cmp);
        let lows = std::iter::once(None).chain(bounds.iter().copied().map(Some));
        let highs = bounds.iter().copied().map(Some).chain([None]);
        let mut ranges: Vec<_> = lows
            .zip(highs)
            .map(|(low, high)| (low, high, Sums::default()))
            .collect();
        if bounds.is_empty() {
            return Vec::new();
        }
        // No case has this number, so that the first one is new.
        let mut last = vec![u32::MAX; ranges.len()];
        for case in self.of.cases.iter() {
            let one = self.one(case);
            for value in self.numbers_of(column, numbers, case) {
                let at = bounds.partition_point(|bound| *bound < value);
                if last[at] != case as u32 {
                    last[at] = case as u32;
                    ranges[at].2.add(&one);
                }
            }
        }
        ranges
    }

    /// Cases with an event without a value of a column of numbers or texts.
    pub fn missing(&self, column: usize) -> Sums {
        self.sums_of(&self.set(&Property::Missing(column)))
    }

    /// Sums by the start of cases.
    pub fn starts(&self) -> Starts {
        let (clock, mut place) = (self.wall_clock(), 0);
        let mut starts = Starts {
            months: self.months(),
            ..Starts::default()
        };
        for case in self.of.cases.iter() {
            let (one, start) = (self.one(case), self.index.case_start[case]);
            let (day, hour) = clock.weekday_and_hour(start, &mut place);
            starts.weekdays[day].add(&one);
            starts.hours[hour / BAND].add(&one);
            let month = starts.months.partition_point(|month| month.1 <= start);
            if let Some(month) = starts.months.get_mut(month) {
                month.2.add(&one);
            }
        }
        starts
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

    /// Sums by ranges of the number of events between its quartiles: from the first number to the
    /// second.
    pub fn lengths(&self) -> Vec<(usize, usize, Sums)> {
        let length = |case: usize| self.log.events_of(case).len();
        let bounds = quarters(self.of.cases.iter().map(length).collect(), usize::cmp);
        if bounds.is_empty() {
            return Vec::new();
        }
        let lows = std::iter::once(0).chain(bounds.iter().map(|bound| bound + 1));
        let highs = bounds.iter().copied().chain([usize::MAX]);
        let mut ranges: Vec<_> = lows
            .zip(highs)
            .map(|(low, high)| (low, high, Sums::default()))
            .collect();
        for case in self.of.cases.iter() {
            let at = bounds.partition_point(|&bound| bound < length(case));
            ranges[at].2.add(&self.one(case));
        }
        ranges
    }

    /// Sums over the cases of a set that are in the cohort.
    pub fn sums_of(&self, set: &CaseSet) -> Sums {
        let mut sums = Sums::default();
        for case in set.iter().filter(|&case| self.of.cases.contains(case)) {
            sums.add(&self.one(case));
        }
        sums
    }

    /// The rows of a column with the values of a case.
    fn rows(&self, column: &Column, case: usize) -> Range<usize> {
        match column.level {
            Level::Case => case..case + 1,
            Level::Event => self.events(case),
        }
    }

    /// The numbers of a column, thinned out where there are very many.
    fn values(&self, column: &Column, numbers: &Numbers) -> Vec<f64> {
        let rows = || {
            self.of
                .cases
                .iter()
                .flat_map(|case| self.rows(column, case))
        };
        // Evenly, so that the same values are taken at every call.
        let step = rows().count().div_ceil(MOST_VALUES).max(1);
        let values = rows().step_by(step).map(|row| numbers.get(row));
        values.filter(|value| !value.is_nan()).collect()
    }

    /// The numbers of a case.
    fn numbers_of(
        &self,
        column: &Column,
        numbers: &Numbers,
        case: usize,
    ) -> impl Iterator<Item = f64> {
        let values = self.rows(column, case).map(|row| numbers.get(row));
        values.filter(|value| !value.is_nan())
    }

    /// The cases of the cohort with a property.
    pub fn set(&self, property: &Property) -> CaseSet {
        let index = self.index;
        let by_variant = |holds: &dyn Fn(usize) -> bool| {
            let holds: Vec<bool> = (0..index.variants.len()).map(holds).collect();
            self.within(|case| holds[index.case_variant[case] as usize])
        };
        let sequence = |v: usize| &index.variants.sequence(v)[..self.kept(v)];
        match *property {
            Property::Activity(of) => by_variant(&|v| sequence(v).contains(&of)),
            Property::Repeated(of) => {
                by_variant(&|v| sequence(v).iter().filter(|&&a| a == of).count() > 1)
            }
            Property::Edge(of) => by_variant(&|v| {
                let steps = index.variants.steps(v);
                steps[..self.kept(v).saturating_sub(1)].contains(&of)
            }),
            Property::First(of) => by_variant(&|v| sequence(v).first() == Some(&of)),
            Property::Last(of) => by_variant(&|v| sequence(v).last() == Some(&of)),
            Property::Variant(of) => by_variant(&|v| v == of as usize),
            Property::Wait(of, limit) => self.waiting(of, limit),
            Property::Started(from, to) => {
                self.within(|case| (from..to).contains(&index.case_start[case]))
            }
            Property::Length(from, to) => {
                self.within(|case| (from..=to).contains(&self.log.events_of(case).len()))
            }
            Property::Weekday(_) | Property::Hours(_) => {
                let (clock, of) = (self.wall_clock(), property);
                self.within(|case| {
                    let (day, hour) = clock.weekday_and_hour(index.case_start[case], &mut 0);
                    match of {
                        Property::Weekday(of) => day == *of,
                        Property::Hours(of) => hour / BAND == *of,
                        _ => false,
                    }
                })
            }
            Property::Text(at, _)
            | Property::Number(at, _)
            | Property::Range(at, ..)
            | Property::Missing(at) => self.valued(&self.log.columns[at], property),
        }
    }

    fn within(&self, holds: impl Fn(usize) -> bool + Sync) -> CaseSet {
        CaseSet::from_fn(self.index.n_cases(), |case| {
            self.of.cases.contains(case) && holds(case)
        })
    }

    fn waiting(&self, of: u32, limit: i64) -> CaseSet {
        let (index, ticks) = (self.index, self.log.ticks());
        self.within(|case| {
            let steps = index.variants.steps(index.case_variant[case] as usize);
            let mut steps = self.events(case).skip(1).zip(steps);
            steps.any(|(row, &edge)| edge == of && ticks[row] - ticks[row - 1] >= limit)
        })
    }

    /// The cases with a property of the values of a column.
    fn valued(&self, column: &Column, property: &Property) -> CaseSet {
        match (&column.data, property) {
            (ColumnData::Text(codes, dictionary), Property::Text(_, of)) => {
                let text = dictionary.get(*of);
                let is_truth = ["true", "false"]
                    .iter()
                    .any(|t| text.eq_ignore_ascii_case(t));
                self.within(|case| {
                    self.rows(column, case).any(|row| {
                        let code = codes.get(row);
                        code == *of || is_truth && dictionary.get(code).eq_ignore_ascii_case(text)
                    })
                })
            }
            (ColumnData::Text(codes, _), Property::Missing(_)) => {
                self.within(|case| self.rows(column, case).any(|row| codes.get(row) == 0))
            }
            (ColumnData::Number(numbers), Property::Missing(_)) => {
                self.within(|case| self.rows(column, case).any(|row| numbers.get(row).is_nan()))
            }
            (ColumnData::Number(numbers), Property::Number(_, of)) => {
                self.within(|case| self.rows(column, case).any(|row| numbers.get(row) == *of))
            }
            (ColumnData::Number(numbers), &Property::Range(_, low, high)) => self.within(|case| {
                self.numbers_of(column, numbers, case).any(|value| {
                    low.is_none_or(|low| value > low) && high.is_none_or(|high| value <= high)
                })
            }),
            _ => CaseSet::none(self.index.n_cases()),
        }
    }

    /// The cases with and without a property by the value of their first event, a missing one being a
    /// value; `None` for a column with more than `most` values, and for one of instants.
    pub fn strata(&self, column: &Column, set: &CaseSet, most: usize) -> Option<Vec<FourFold>> {
        let first = |case: usize| column.row(case, self.log.events_of(case).start);
        let mut texts = match &column.data {
            ColumnData::Text(_, dictionary) => Some(TextSlots::new(dictionary)),
            ColumnData::Number(_) => None,
            ColumnData::Instant(_) => return None,
        };
        let mut numbers: HashMap<u64, usize> = HashMap::new();
        let mut names = Entries::<u32, ()>::new(most.saturating_add(1));
        let mut strata: Vec<FourFold> = Vec::new();
        for case in self.of.cases.iter() {
            let slot = match (&column.data, &mut texts) {
                (ColumnData::Text(codes, _), Some(slots)) => {
                    slots.of(codes.get(first(case)), &mut names)?
                }
                (ColumnData::Number(values), _) => {
                    let next = numbers.len();
                    let slot = numbers.entry(bits(values.get(first(case))));
                    *slot.or_insert(next)
                }
                _ => return None,
            };
            if slot > most {
                return None;
            }
            if slot >= strata.len() {
                strata.resize(slot + 1, FourFold::default());
            }
            let selected = u64::from(self.of.selected.contains(case));
            let stratum = &mut strata[slot];
            if set.contains(case) {
                stratum.with += 1;
                stratum.selected_with += selected;
            } else {
                stratum.without += 1;
                stratum.selected_without += selected;
            }
        }
        Some(strata)
    }
}
