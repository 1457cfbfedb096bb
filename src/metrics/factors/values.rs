//! Sums of a cohort by the values of a column: all values at once, in one pass over its rows.

use super::super::attributes::number_bits;
use super::super::cohort::{Cohort, Sums};
use super::super::quantile::quarters;
use super::super::stats::FourFold;
use crate::event_log::{
    Cancel, Cancelled, Codes, Column, ColumnData, Dictionary, Level, Numbers, with_codes,
    with_numbers,
};
use crate::index::CaseSet;
use hashbrown::HashMap;
use std::ops::{ControlFlow, Range};

/// Numbers beyond this many are thinned out evenly before their quartiles are taken.
const MOST_NUMBERS: usize = 1 << 20;

/// Sums by the values of a column.
#[derive(Debug)]
pub struct Valued<T> {
    /// The values that occur, with the sums over the cases that have them; `None` where there are more
    /// than asked for.
    pub values: Option<Vec<(T, Sums)>>,
    /// Sums over the cases with an event without a value; `None` where there are too many values.
    pub missing: Option<Sums>,
}

impl<T> Valued<T> {
    /// Turns each value into what `f` makes of it; those of which it makes nothing are left out.
    pub fn map<U>(self, mut f: impl FnMut(T) -> Option<U>) -> Valued<U> {
        let mapped = |(value, sums)| Some((f(value)?, sums));
        Valued {
            values: self
                .values
                .map(|values| values.into_iter().filter_map(mapped).collect()),
            missing: self.missing,
        }
    }
}

/// A range of numbers: more than the first, at most the second.
pub type Bounds = (Option<f64>, Option<f64>);

/// Entries by key, each with the case that it was added to last.
struct Entries<K, T> {
    found: Vec<(K, u32, T)>,
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
    fn push(&mut self, key: K) -> Option<u32> {
        (self.found.len() < self.most).then(|| {
            // No case has this number, so that the first one is new.
            self.found.push((key, u32::MAX, T::default()));
            self.found.len() as u32 - 1
        })
    }

    /// The entry, unless the case is in it already.
    #[inline]
    fn of(&mut self, at: u32, case: usize) -> Option<&mut T> {
        let (_, last, entry) = &mut self.found[at as usize];
        let new = *last != case as u32;
        *last = case as u32;
        new.then_some(entry)
    }
}

impl<K: Copy> Entries<K, Sums> {
    /// The entries, one of them those without a value; `full` where there are more.
    fn finish(self, full: bool, is_missing: impl Fn(K) -> bool) -> Valued<K> {
        let Entries { found, most } = self;
        let mut missing = Sums::default();
        let mut values = Vec::with_capacity(found.len());
        for (key, _, sums) in found {
            if is_missing(key) {
                missing.add(&sums);
            } else {
                values.push((key, sums));
            }
        }
        // There is one entry more than values may be, as a missing one is an entry and no value.
        let few = !full && values.len() < most;
        Valued {
            values: few.then_some(values),
            missing: (!full).then_some(missing),
        }
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
    fn of<T: Default>(&mut self, code: u32, entries: &mut Entries<u32, T>) -> Option<u32> {
        match self.slots[code as usize] {
            0 => self.first(code, entries),
            slot => Some(slot - 1),
        }
    }

    #[cold]
    fn first<T: Default>(&mut self, code: u32, entries: &mut Entries<u32, T>) -> Option<u32> {
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
            None => entries.push(code)? + 1,
        };
        if let Some(at) = truth {
            self.truths[at] = Some(slot);
        }
        self.slots[code as usize] = slot;
        Some(slot - 1)
    }
}

/// Numbers the numbers of a column as they occur.
struct NumberSlots {
    slots: HashMap<u64, u32>,
    /// Bits and slot of numbers that were met, by a hash: most are met again soon.
    met: [(u64, u32); NumberSlots::MET],
}

impl NumberSlots {
    const MET: usize = 64;

    fn new() -> Self {
        NumberSlots {
            slots: HashMap::new(),
            // Bits of a missing number that is never looked for, as all of these are one.
            met: [(u64::MAX, 0); Self::MET],
        }
    }

    #[inline]
    fn of<T: Default>(&mut self, number: f64, entries: &mut Entries<f64, T>) -> Option<u32> {
        let number = if number.is_nan() { f64::NAN } else { number };
        let bits = number_bits(number);
        // The upper bits of the product depend on all bits (a multiplicative hash).
        let at = (bits.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 58) as usize;
        let (met, slot) = self.met[at];
        if met == bits {
            return Some(slot);
        }
        let slot = match self.slots.get(&bits) {
            Some(slot) => *slot,
            None => entries.push(number)?,
        };
        self.slots.insert(bits, slot);
        self.met[at] = (bits, slot);
        Some(slot)
    }
}

impl Cohort<'_> {
    /// Sums by the texts of a column; without values where there are more than `most`.
    ///
    /// # Errors
    /// They are not wanted any more.
    pub fn texts(
        &self,
        column: &Column,
        codes: &Codes,
        dictionary: &Dictionary,
        most: usize,
        cancel: &Cancel,
    ) -> Result<Valued<u32>, Cancelled> {
        let mut slots = TextSlots::new(dictionary);
        let mut entries = Entries::<u32, Sums>::new(most + 1);
        let mut full = false;
        with_codes!(codes, codes => self.each_case(cancel, |case, one| {
            // Neighbors are often equal. No code is as large as this one.
            let mut before = u32::MAX;
            for &code in &codes[self.rows(column, case)] {
                let code = code as u32;
                if code == before {
                    continue;
                }
                before = code;
                let Some(slot) = slots.of(code, &mut entries) else {
                    full = true;
                    return ControlFlow::Break(());
                };
                if let Some(sums) = entries.of(slot, case) {
                    sums.add(one);
                }
            }
            ControlFlow::Continue(())
        }))?;
        Ok(entries.finish(full, |code| code == 0))
    }

    /// Sums by the numbers of a column; without values where there are more than `most`.
    ///
    /// # Errors
    /// They are not wanted any more.
    pub fn numbers(
        &self,
        column: &Column,
        numbers: &Numbers,
        most: usize,
        cancel: &Cancel,
    ) -> Result<Valued<f64>, Cancelled> {
        let mut slots = NumberSlots::new();
        let mut entries = Entries::<f64, Sums>::new(most + 1);
        let mut full = false;
        with_numbers!(numbers, (rows, value) => self.each_case(cancel, |case, one| {
            let mut before = None;
            for &row in &rows[self.rows(column, case)] {
                if before == Some(row) {
                    continue;
                }
                before = Some(row);
                let Some(slot) = slots.of(value(row), &mut entries) else {
                    full = true;
                    return ControlFlow::Break(());
                };
                if let Some(sums) = entries.of(slot, case) {
                    sums.add(one);
                }
            }
            ControlFlow::Continue(())
        }))?;
        Ok(entries.finish(full, f64::is_nan))
    }

    /// Sums by ranges between the quartiles of the numbers of a column.
    ///
    /// # Errors
    /// They are not wanted any more.
    pub fn ranges(
        &self,
        column: &Column,
        numbers: &Numbers,
        cancel: &Cancel,
    ) -> Result<Valued<Bounds>, Cancelled> {
        let bounds = quarters(self.thinned(column, numbers), f64::total_cmp);
        cancel.check()?;
        // Nothing is above the bounds that there are not.
        let mut padded = [f64::INFINITY; 3];
        padded[..bounds.len()].copy_from_slice(&bounds);
        let mut sums = [Sums::default(); 5];
        with_numbers!(numbers, (rows, value) => self.each_case(cancel, |case, one| {
            let mut met = 0u8;
            for &row in &rows[self.rows(column, case)] {
                let value = value(row);
                // Without a branch, as nothing says which range is next.
                let range = padded.iter().map(|bound| u32::from(*bound < value)).sum::<u32>();
                met |= 1 << if value.is_nan() { 4 } else { range };
            }
            for (range, sums) in sums.iter_mut().enumerate() {
                if met >> range & 1 != 0 {
                    sums.add(one);
                }
            }
            ControlFlow::Continue(())
        }))?;
        let lows = std::iter::once(None).chain(bounds.iter().copied().map(Some));
        let highs = bounds.iter().copied().map(Some).chain([None]);
        let ranges = lows.zip(highs).zip(sums).filter(|_| !bounds.is_empty());
        Ok(Valued {
            values: Some(ranges.collect()),
            missing: Some(sums[4]),
        })
    }

    /// The numbers of a column, thinned out where there are very many.
    fn thinned(&self, column: &Column, numbers: &Numbers) -> Vec<f64> {
        let rows = || self.of.cases.iter().map(|case| self.rows(column, case));
        // Evenly, so that the same values are taken at every call.
        let n: usize = rows().map(|rows| rows.len()).sum();
        let step = n.div_ceil(MOST_NUMBERS).max(1);
        let mut values = Vec::with_capacity(n / step + 1);
        let mut skipped = 0;
        with_numbers!(numbers, (of, value) => for rows in rows() {
            let mut row = rows.start + skipped;
            while row < rows.end {
                let value = value(of[row]);
                if !value.is_nan() {
                    values.push(value);
                }
                row += step;
            }
            skipped = row - rows.end;
        });
        values
    }

    /// The rows of a column with the values of a case.
    #[inline]
    pub(super) fn rows(&self, column: &Column, case: usize) -> Range<usize> {
        match column.level {
            Level::Case => case..case + 1,
            Level::Event => self.events(case),
        }
    }

    /// The cases with and without a property by the value of their first event, a missing one being a
    /// value; `None` for a column with more than `most` values, and for one of instants.
    ///
    /// # Errors
    /// They are not wanted any more.
    pub fn strata(
        &self,
        column: &Column,
        set: &CaseSet,
        most: usize,
        cancel: &Cancel,
    ) -> Result<Option<Vec<FourFold>>, Cancelled> {
        let first = |case: usize| column.row(case, self.log.events_of(case).start);
        let most = most.saturating_add(1);
        let mut full = false;
        let mut strata: Vec<FourFold> = Vec::new();
        let mut add = |slot: Option<u32>, case: usize, one: &Sums| {
            let Some(slot) = slot.map(|slot| slot as usize) else {
                full = true;
                return ControlFlow::Break(());
            };
            // Slots are given in ascending order.
            if slot == strata.len() {
                strata.push(FourFold::default());
            }
            let stratum = &mut strata[slot];
            if set.contains(case) {
                stratum.with += 1;
                stratum.selected_with += one.selected();
            } else {
                stratum.without += 1;
                stratum.selected_without += one.selected();
            }
            ControlFlow::Continue(())
        };
        match &column.data {
            ColumnData::Text(codes, dictionary) => {
                let mut slots = TextSlots::new(dictionary);
                let mut entries = Entries::<u32, ()>::new(most);
                with_codes!(codes, codes => self.each_case(cancel, |case, one| {
                    add(slots.of(codes[first(case)] as u32, &mut entries), case, one)
                }))?;
            }
            ColumnData::Number(numbers) => {
                let mut slots = NumberSlots::new();
                let mut entries = Entries::<f64, ()>::new(most);
                with_numbers!(numbers, (rows, value) => self.each_case(cancel, |case, one| {
                    add(slots.of(value(rows[first(case)]), &mut entries), case, one)
                }))?;
            }
            ColumnData::Instant(_) => return Ok(None),
        }
        Ok((!full).then_some(strata))
    }
}
