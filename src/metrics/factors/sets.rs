//! Sets of the cases with properties, of many properties in one pass: a case has a word with one bit for
//! each of up to 64 properties, and 64 cases at once become words of sets.

use super::{BAND, Property};
use crate::event_log::{
    Cancel, Cancelled, Codes, Column, ColumnData, Dictionary, Numbers, with_codes, with_numbers,
};
use crate::index::{CaseSet, Variants, bits};
use crate::metrics::cohort::{Cohort, Sums};
use rayon::prelude::*;

/// Cases between two looks at whether to go on.
const STRIDE: usize = 1 << 12;

/// A property with its bit.
type Bit<'a> = (u64, &'a Property);

/// Bits by what the sequence of a case has.
struct OfSequences {
    activities: Vec<u64>,
    repeated: Vec<u64>,
    edges: Vec<u64>,
    first: Vec<u64>,
    last: Vec<u64>,
    variants: Vec<(usize, u64)>,
}

impl Cohort<'_> {
    /// The cases of the cohort with each of some properties.
    ///
    /// # Errors
    /// They are not wanted any more.
    pub fn sets(
        &self,
        properties: &[&Property],
        cancel: &Cancel,
    ) -> Result<Vec<CaseSet>, Cancelled> {
        let mut sets = Vec::with_capacity(properties.len());
        for properties in properties.chunks(64) {
            let bits: Vec<Bit<'_>> = (0..)
                .zip(properties)
                .map(|(at, property)| (1 << at, *property))
                .collect();
            let words = self.words(&bits, cancel)?;
            for (at, property) in properties.iter().enumerate() {
                let mut set = match **property {
                    Property::Wait(edge, limit) if !self.is_cut() => self.waiting(edge, limit),
                    _ => {
                        let of_set = words.iter().map(|words| words[at]);
                        CaseSet::from_words(of_set.collect(), self.index.n_cases())
                    }
                };
                set.and(&self.of.cases);
                sets.push(set);
            }
        }
        Ok(sets)
    }

    /// Sums over the cases of the cohort with a property.
    ///
    /// # Errors
    /// They are not wanted any more.
    pub fn sums_with(&self, property: &Property, cancel: &Cancel) -> Result<Sums, Cancelled> {
        let sets = self.sets(&[property], cancel)?;
        Ok(sets.iter().fold(Sums::default(), |mut sums, set| {
            sums.add(&self.sums_of(set));
            sums
        }))
    }

    /// Words of the sets of all cases with each property, by 64 cases.
    fn words(&self, bits: &[Bit<'_>], cancel: &Cancel) -> Result<Vec<[u64; 64]>, Cancelled> {
        let index = self.index;
        let mut masks = Masks::new(index.n_cases(), cancel);
        if let Some(of) = OfSequences::new(bits, self) {
            let of_variants = self.of_variants(&of, cancel)?;
            masks.each(|case, mask| {
                *mask |= of_variants[index.case_variant[case] as usize];
            })?;
        }
        for (at, column) in self.log.columns.iter().enumerate() {
            let of_column = |bit: &&Bit<'_>| bit.1.column() == Some(at);
            let of_column: Vec<Bit<'_>> = bits.iter().filter(of_column).copied().collect();
            if !of_column.is_empty() {
                self.add_column(column, &of_column, &mut masks)?;
            }
        }
        self.add_others(bits, &mut masks)?;
        cancel.check()?;
        let of_cases = masks.words.par_chunks(64).with_min_len(STRIDE / 64);
        let words = of_cases.map(|masks| {
            let mut words = [0; 64];
            words[..masks.len()].copy_from_slice(masks);
            bits::transpose(&mut words);
            words
        });
        Ok(words.collect())
    }

    /// Bits of each variant.
    fn of_variants(&self, of: &OfSequences, cancel: &Cancel) -> Result<Vec<u64>, Cancelled> {
        let variants = &self.index.variants;
        let mut masks = Masks::new(variants.len(), cancel);
        masks.each(|v, mask| {
            let kept = self.kept(v);
            let (sequence, marks) = (&variants.sequence(v)[..kept], variants.marks(v));
            for (&activity, &mark) in sequence.iter().zip(marks) {
                *mask |= of.activities[activity as usize];
                if mark & Variants::SECOND != 0 {
                    *mask |= of.repeated[activity as usize];
                }
            }
            for &edge in variants.steps(v).iter().take(kept.saturating_sub(1)) {
                *mask |= of.edges[edge as usize];
            }
            if let (Some(first), Some(last)) = (sequence.first(), sequence.last()) {
                *mask |= of.first[*first as usize] | of.last[*last as usize];
            }
        })?;
        for (variant, bit) in &of.variants {
            masks.words[*variant] |= bit;
        }
        Ok(masks.words)
    }

    /// Adds bits of values of a column.
    fn add_column(
        &self,
        column: &Column,
        bits: &[Bit<'_>],
        masks: &mut Masks<'_>,
    ) -> Result<(), Cancelled> {
        match &column.data {
            ColumnData::Text(codes, dictionary) => {
                self.add_texts(column, codes, dictionary, bits, masks)
            }
            ColumnData::Number(numbers) => self.add_numbers(column, numbers, bits, masks),
            ColumnData::Instant(_) => Ok(()),
        }
    }

    fn add_texts(
        &self,
        column: &Column,
        codes: &Codes,
        dictionary: &Dictionary,
        bits: &[Bit<'_>],
        masks: &mut Masks<'_>,
    ) -> Result<(), Cancelled> {
        let mut of_code = vec![0u64; dictionary.len().max(1)];
        for (bit, property) in bits {
            match **property {
                Property::Missing(_) => of_code[0] |= bit,
                Property::Text(_, code) => {
                    of_code[code as usize] |= bit;
                    // Spellings of true and false are one text, as they are in filters.
                    let text = dictionary.get(code);
                    let is_truth = |truth: &&str| text.eq_ignore_ascii_case(truth);
                    if ["true", "false"].iter().any(is_truth) {
                        let same = (0..).zip(dictionary.iter());
                        let same = same.filter(|(_, other)| other.eq_ignore_ascii_case(text));
                        same.for_each(|(code, _): (usize, _)| of_code[code] |= bit);
                    }
                }
                _ => {}
            }
        }
        with_codes!(codes, codes => masks.each(|case, mask| {
            for &code in &codes[self.rows(column, case)] {
                *mask |= of_code[code as usize];
            }
        }))
    }

    fn add_numbers(
        &self,
        column: &Column,
        numbers: &Numbers,
        bits: &[Bit<'_>],
        masks: &mut Masks<'_>,
    ) -> Result<(), Cancelled> {
        let line = Line::new(bits);
        with_numbers!(numbers, (rows, value) => masks.each(|case, mask| {
            let mut before = None;
            for &row in &rows[self.rows(column, case)] {
                // Neighbors are often equal.
                if before != Some(row) {
                    before = Some(row);
                    *mask |= line.of(value(row));
                }
            }
        }))
    }

    /// Adds bits of starts, lengths, and waits where only the first events of cases count.
    fn add_others(&self, bits: &[Bit<'_>], masks: &mut Masks<'_>) -> Result<(), Cancelled> {
        let (mut weekdays, mut hours) = ([0u64; 7], [0u64; 24 / BAND]);
        let (mut started, mut lengths, mut waits) = (Vec::new(), Vec::new(), Vec::new());
        for (bit, property) in bits {
            match **property {
                Property::Weekday(day) => weekdays[day] |= bit,
                Property::Hours(band) => hours[band] |= bit,
                Property::Started(from, to) => started.push((from..to, *bit)),
                Property::Length(from, to) => lengths.push((from..=to, *bit)),
                Property::Wait(edge, limit) if self.is_cut() => waits.push((edge, limit, *bit)),
                _ => {}
            }
        }
        if weekdays.iter().chain(&hours).any(|mask| *mask != 0) || !started.is_empty() {
            let clock = self.wall_clock();
            masks.each(|case, mask| {
                let start = self.index.case_start[case];
                let (day, hour) = clock.weekday_and_hour(start);
                *mask |= weekdays[day] | hours[hour / BAND];
                for (instants, bit) in &started {
                    *mask |= if instants.contains(&start) { *bit } else { 0 };
                }
            })?;
        }
        if !lengths.is_empty() {
            masks.each(|case, mask| {
                let length = self.log.events_of(case).len();
                for (range, bit) in &lengths {
                    *mask |= if range.contains(&length) { *bit } else { 0 };
                }
            })?;
        }
        if !waits.is_empty() {
            let (index, ticks) = (self.index, self.log.ticks());
            masks.each(|case, mask| {
                let steps = index.variants.steps(index.case_variant[case] as usize);
                for (row, step) in self.events(case).skip(1).zip(steps) {
                    let elapsed = ticks[row] - ticks[row - 1];
                    for (edge, limit, bit) in &waits {
                        let long = edge == step && elapsed >= *limit;
                        *mask |= if long { *bit } else { 0 };
                    }
                }
            })?;
        }
        Ok(())
    }

    /// The cases with a wait of an edge from a limit on, microseconds.
    fn waiting(&self, edge: u32, limit: i64) -> CaseSet {
        let mut set = CaseSet::none(self.index.n_cases());
        let long = self.index.edges.long(edge as usize, limit).iter();
        long.for_each(|&case| set.insert(case as usize));
        set
    }
}

impl OfSequences {
    /// The bits of properties of sequences; `None` for none of them.
    fn new(bits: &[Bit<'_>], cohort: &Cohort<'_>) -> Option<Self> {
        let activities = || vec![0u64; cohort.log.activities.len()];
        let mut of = OfSequences {
            activities: activities(),
            repeated: activities(),
            edges: vec![0; cohort.index.edges.len()],
            first: activities(),
            last: activities(),
            variants: Vec::new(),
        };
        let mut some = false;
        for (bit, property) in bits {
            let mask = match **property {
                Property::Activity(activity) => &mut of.activities[activity as usize],
                Property::Repeated(activity) => &mut of.repeated[activity as usize],
                Property::Edge(edge) => &mut of.edges[edge as usize],
                Property::First(activity) => &mut of.first[activity as usize],
                Property::Last(activity) => &mut of.last[activity as usize],
                Property::Variant(variant) => {
                    of.variants.push((variant as usize, 0));
                    let last = of.variants.len() - 1;
                    &mut of.variants[last].1
                }
                _ => continue,
            };
            *mask |= bit;
            some = true;
        }
        some.then_some(of)
    }
}

/// Bits by number: of each number that a property names, and of those between them.
struct Line {
    /// Numbers that properties name, ascending.
    ends: Vec<f64>,
    /// Bits of the numbers below the first end, of the first end, of those up to the second, and so on.
    pieces: Vec<u64>,
    missing: u64,
}

impl Line {
    /// Most ends that are all compared, which is quicker than a search.
    const FEW: usize = 8;

    fn new(bits: &[Bit<'_>]) -> Self {
        let mut ends = Vec::new();
        let mut missing = 0;
        for (bit, property) in bits {
            match **property {
                Property::Missing(_) => missing |= bit,
                Property::Number(_, number) => ends.push(number),
                Property::Range(_, low, high) => ends.extend([low, high].into_iter().flatten()),
                _ => {}
            }
        }
        ends.sort_by(f64::total_cmp);
        ends.dedup();
        let below = |at: usize| at.checked_sub(1).map(|at| ends[at]);
        let pieces = (0..=2 * ends.len()).map(|piece| {
            let at = piece / 2;
            // From a number up to another, which are one where the piece is an end.
            let (from, to) = if piece % 2 == 1 {
                (Some(ends[at]), Some(ends[at]))
            } else {
                (below(at), ends.get(at).copied())
            };
            let is_end = piece % 2 == 1;
            let holds = |property: &Property| match *property {
                Property::Number(_, number) => is_end && from == Some(number),
                Property::Range(_, low, high) => {
                    let above = low.is_none_or(|low| {
                        from.is_some_and(|from| if is_end { from > low } else { from >= low })
                    });
                    above && high.is_none_or(|high| to.is_some_and(|to| to <= high))
                }
                _ => false,
            };
            let of_piece = bits.iter().filter(|(_, property)| holds(property));
            of_piece.fold(0, |mask, (bit, _)| mask | bit)
        });
        Line {
            pieces: pieces.collect(),
            ends,
            missing,
        }
    }

    #[inline]
    fn of(&self, number: f64) -> u64 {
        if number.is_nan() {
            return self.missing;
        }
        let ends = &self.ends;
        let piece = if ends.len() <= Self::FEW {
            // Without a branch, as nothing says which piece is next.
            let of_end = |end: &f64| usize::from(*end < number) + usize::from(*end <= number);
            ends.iter().map(of_end).sum()
        } else {
            ends.partition_point(|end| *end < number) + ends.partition_point(|end| *end <= number)
        };
        self.pieces[piece]
    }
}

/// Words with a bit for each property, while they are found.
struct Masks<'a> {
    words: Vec<u64>,
    cancel: &'a Cancel,
}

impl<'a> Masks<'a> {
    fn new(n: usize, cancel: &'a Cancel) -> Self {
        Masks {
            words: vec![0; n],
            cancel,
        }
    }

    /// Calls `f` with each position and its word, in parallel.
    fn each(&mut self, f: impl Fn(usize, &mut u64) + Sync) -> Result<(), Cancelled> {
        let cancel = self.cancel;
        let chunks = self.words.par_chunks_mut(STRIDE).enumerate();
        chunks.try_for_each(|(chunk, words)| {
            cancel.check()?;
            for (at, word) in words.iter_mut().enumerate() {
                f(chunk * STRIDE + at, word);
            }
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_the_bits_of_what_holds_of_them() {
        let properties = [
            Property::Number(0, 2.0),
            Property::Number(0, 0.0),
            Property::Range(0, None, Some(0.0)),
            Property::Range(0, Some(0.0), Some(2.5)),
            Property::Range(0, Some(2.5), None),
            Property::Missing(0),
        ];
        let more = (3..12).map(|n| Property::Number(0, f64::from(n)));
        let many: Vec<Property> = properties.iter().cloned().chain(more).collect();
        for properties in [&properties[..], &many] {
            let bits: Vec<Bit<'_>> = (0..).zip(properties).map(|(i, p)| (1 << i, p)).collect();
            let line = Line::new(&bits);
            let infinite = [f64::NEG_INFINITY, f64::INFINITY];
            let numbers = [
                -1.0,
                -0.0,
                0.0,
                1.0,
                2.0,
                2.1,
                2.5,
                2.6,
                7.0,
                99.0,
                f64::NAN,
            ];
            for number in numbers.into_iter().chain(infinite) {
                let holds = |property: &Property| match *property {
                    Property::Missing(_) => number.is_nan(),
                    Property::Number(_, of) => number == of,
                    Property::Range(_, low, high) => {
                        let above = low.is_none_or(|low| number > low);
                        above && high.is_none_or(|high| number <= high)
                    }
                    _ => false,
                };
                let held = bits.iter().filter(|(_, p)| holds(p) && !number.is_nan());
                let expected = held.fold(0, |mask, (bit, _)| mask | bit);
                let expected = if number.is_nan() { 1 << 5 } else { expected };
                assert_eq!(line.of(number), expected, "{number}");
            }
        }
    }
}
