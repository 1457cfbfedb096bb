//! The numbers of a column. Where all of them are decimals of few digits, as amounts and scores are,
//! they are kept as integers of the narrowest width; no bit of a value is lost by that.

use super::Buffer;
use super::codes::gather;
use rayon::prelude::*;
use std::borrow::Cow;

/// The most digits after the point that are tried.
const MOST_DECIMALS: u8 = 4;

/// Values that are tried before all are.
const FIRST: usize = 1000;

/// Numbers, one a row; NaN is missing.
#[derive(Debug, Clone, PartialEq)]
pub enum Numbers {
    /// As they are.
    F64(Buffer<f64>),
    /// Units of a decimal place, the least integer being missing.
    I8(Buffer<i8>, Place),
    /// Units in 16 bits; the least integer is missing.
    I16(Buffer<i16>, Place),
    /// Units in 32 bits; the least integer is missing.
    I32(Buffer<i32>, Place),
}

/// A decimal place: the number of digits after the point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place(u8);

impl Place {
    /// The place after `decimals` digits; `None` where no column has that many.
    pub fn new(decimals: u32) -> Option<Place> {
        let decimals = u8::try_from(decimals).ok()?;
        (decimals <= MOST_DECIMALS).then_some(Place(decimals))
    }

    /// Digits after the point.
    pub fn decimals(self) -> u32 {
        u32::from(self.0)
    }

    /// Units of this place that are one unit of a place with at most as many digits.
    fn per(self, other: Place) -> i32 {
        10i32.pow(u32::from(self.0.saturating_sub(other.0)))
    }

    fn per_one(self) -> f64 {
        f64::from(10u32.pow(u32::from(self.0)))
    }

    /// Converts units to a number, correctly rounded; missing units become NaN.
    #[inline]
    pub fn value<T: Unit>(self, units: T) -> f64 {
        if units == T::MISSING {
            f64::NAN
        } else {
            Into::<f64>::into(units) / self.per_one()
        }
    }

    /// The units of a number; `None` where it is not a whole number of them.
    #[inline]
    fn units(self, value: f64) -> Option<i32> {
        let per_one = self.per_one();
        // A value out of range saturates and then differs when it is turned back.
        let units = (value * per_one).round_ties_even() as i32;
        // By bits, so that -0 is no 0.
        let same = (f64::from(units) / per_one).to_bits() == value.to_bits();
        (same && units != i32::MIN).then_some(units)
    }
}

/// An integer that counts units of a decimal place.
pub trait Unit: Copy + PartialEq + Into<f64> + Into<i32> + TryFrom<i32> + Send + Sync {
    /// That of a missing value.
    const MISSING: Self;
}

impl Unit for i8 {
    const MISSING: i8 = i8::MIN;
}

impl Unit for i16 {
    const MISSING: i16 = i16::MIN;
}

impl Unit for i32 {
    const MISSING: i32 = i32::MIN;
}

/// Runs `$body` with a slice of `$numbers` and a function from its items to numbers. It is compiled
/// once a width, so that hot loops pay no branch per row.
macro_rules! with_numbers {
    ($numbers:expr, ($rows:ident, $value:ident) => $body:expr) => {
        match $numbers {
            $crate::event_log::Numbers::F64($rows) => {
                let $value = |v: f64| v;
                $body
            }
            $crate::event_log::Numbers::I8($rows, place) => {
                let $value = |units: i8| place.value(units);
                $body
            }
            $crate::event_log::Numbers::I16($rows, place) => {
                let $value = |units: i16| place.value(units);
                $body
            }
            $crate::event_log::Numbers::I32($rows, place) => {
                let $value = |units: i32| place.value(units);
                $body
            }
        }
    };
}
pub(crate) use with_numbers;

impl Numbers {
    /// Packs numbers, of which NaN is missing.
    pub fn pack(values: impl Into<Buffer<f64>>) -> Numbers {
        let values: Buffer<f64> = values.into();
        let units_of = |place: Place| {
            let unit = |v: &f64| {
                if v.is_nan() {
                    Some(i32::MISSING)
                } else {
                    place.units(*v)
                }
            };
            // The first values usually show that more decimals are needed.
            let mut first = values.iter().take(FIRST);
            first.all(|v| unit(v).is_some()).then_some(())?;
            let units: Option<Vec<i32>> = values.par_iter().map(unit).collect();
            Some((place, units?))
        };
        let Some((place, units)) = (0..=MOST_DECIMALS).map(Place).find_map(units_of) else {
            return Numbers::F64(values);
        };
        // The least integer means missing, so that the sizes on both sides of 0 are the same.
        let size = |units: &i32| match *units {
            i32::MISSING => 0,
            units => units.unsigned_abs(),
        };
        match units.par_iter().map(size).max().unwrap_or(0) {
            0..=0x7f => Numbers::I8(narrow(&units), place),
            0x80..=0x7fff => Numbers::I16(narrow(&units), place),
            _ => Numbers::I32(units.into(), place),
        }
    }

    /// Moves each number of some blocks, taken as one, to its row: the numbers in the order of the rows, packed as
    /// they would be all at once.
    pub(super) fn scatter(blocks: &[Numbers], row_of: &[u32]) -> Numbers {
        // What fits a place fits one with more digits, but for its size.
        let place = blocks.iter().map(Numbers::place);
        let place = place.reduce(|all, of| Some(all?.max(of?))).flatten();
        let sizes = place.and_then(|place| {
            let size = |of: &Numbers| i32::try_from(of.largest(place)?).ok();
            let sizes: Option<Vec<i32>> = blocks.iter().map(size).collect();
            Some((place, sizes?.into_iter().max().unwrap_or(0)))
        });
        match sizes {
            Some((place, 0..=0x7f)) => Numbers::I8(scatter_units(blocks, row_of, place), place),
            Some((place, 0x80..=0x7fff)) => {
                Numbers::I16(scatter_units(blocks, row_of, place), place)
            }
            Some((place, _)) => Numbers::I32(scatter_units(blocks, row_of, place), place),
            None => {
                let mut out = vec![f64::NAN; row_of.len()];
                let mut rows = row_of.iter();
                for block in blocks {
                    with_numbers!(block, (values, value) => for (&v, &row) in values.iter().zip(rows.by_ref()) {
                        out[row as usize] = value(v);
                    });
                }
                Numbers::pack(out)
            }
        }
    }

    /// The largest absolute number in units of a place with at least as many digits; 0 without numbers.
    fn largest(&self, place: Place) -> Option<i64> {
        fn of<T: Unit>(units: &[T]) -> i64 {
            let known = units.iter().filter(|units| **units != T::MISSING);
            let sizes = known.map(|&units| i64::from(Into::<i32>::into(units)).abs());
            sizes.max().unwrap_or(0)
        }
        let factor = place.per(self.place()?);
        let largest = match self {
            Numbers::F64(_) => return None,
            Numbers::I8(units, _) => of(units),
            Numbers::I16(units, _) => of(units),
            Numbers::I32(units, _) => of(units),
        };
        Some(largest * i64::from(factor))
    }

    /// The decimal place that is counted in; `None` for numbers as they are.
    pub fn place(&self) -> Option<Place> {
        match self {
            Numbers::F64(_) => None,
            Numbers::I8(_, place) | Numbers::I16(_, place) | Numbers::I32(_, place) => Some(*place),
        }
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        with_numbers!(self, (rows, _value) => rows.len())
    }

    /// Returns `true` when there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number of one row; NaN where it is missing.
    #[inline]
    pub fn get(&self, row: usize) -> f64 {
        with_numbers!(self, (rows, value) => value(rows[row]))
    }

    /// All numbers.
    pub fn to_floats(&self) -> Cow<'_, [f64]> {
        match self {
            Numbers::F64(values) => Cow::Borrowed(values),
            packed => Cow::Owned((0..packed.len()).map(|row| packed.get(row)).collect()),
        }
    }

    /// The numbers of `rows`, in that order.
    pub fn gather(&self, rows: &[u32]) -> Numbers {
        match self {
            Numbers::F64(v) => Numbers::F64(gather(v, rows)),
            Numbers::I8(v, place) => Numbers::I8(gather(v, rows), *place),
            Numbers::I16(v, place) => Numbers::I16(gather(v, rows), *place),
            Numbers::I32(v, place) => Numbers::I32(gather(v, rows), *place),
        }
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        with_numbers!(self, (rows, _value) => std::mem::size_of_val::<[_]>(rows))
    }
}

/// Moves the units of some blocks to their rows, in units of a place with at least as many digits; a block that is
/// not in units is left out.
fn scatter_units<T: Unit + arrow_buffer::ArrowNativeType>(
    blocks: &[Numbers],
    row_of: &[u32],
    place: Place,
) -> Buffer<T> {
    let mut out = vec![T::MISSING; row_of.len()];
    let mut from = 0;
    for block in blocks {
        let rows = &row_of[from..from + block.len()];
        from += block.len();
        match block {
            Numbers::F64(_) => {}
            Numbers::I8(units, of) => scatter_block(units, rows, place.per(*of), &mut out),
            Numbers::I16(units, of) => scatter_block(units, rows, place.per(*of), &mut out),
            Numbers::I32(units, of) => scatter_block(units, rows, place.per(*of), &mut out),
        }
    }
    out.into()
}

fn scatter_block<S: Unit, T: Unit>(units: &[S], rows: &[u32], factor: i32, out: &mut [T]) {
    for (&units, &row) in units.iter().zip(rows) {
        if units != S::MISSING {
            out[row as usize] =
                T::try_from(Into::<i32>::into(units) * factor).unwrap_or(T::MISSING);
        }
    }
}

/// Converts units to a narrower type; a value that does not fit becomes the missing value.
fn narrow<T: Unit + arrow_buffer::ArrowNativeType>(units: &[i32]) -> Buffer<T> {
    let unit = |&units: &i32| T::try_from(units).unwrap_or(T::MISSING);
    units.par_iter().map(unit).collect::<Vec<T>>().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn bits(values: &[f64]) -> Vec<u64> {
        values.iter().map(|v| v.to_bits()).collect()
    }

    #[test]
    fn scores_and_amounts_are_narrow() {
        let width = |values: &[f64]| {
            let packed = Numbers::pack(values.to_vec());
            assert_eq!(bits(&packed.to_floats()), bits(values));
            packed.bytes() / values.len()
        };
        assert_eq!(width(&[1.0, f64::NAN, 5.0, -127.0]), 1);
        assert_eq!(width(&[0.5, 12.7]), 1);
        assert_eq!(width(&[12.8, -128.0]), 2);
        assert_eq!(width(&[327.67, f64::NAN]), 2);
        assert_eq!(width(&[327.68]), 4);
        assert_eq!(width(&[2_147_483_647.0]), 4);
        assert_eq!(width(&[2_147_483_648.0]), 8);
        assert_eq!(width(&[-0.0]), 8);
        assert_eq!(width(&[f64::INFINITY]), 8);
        assert_eq!(width(&[0.1 + 0.2]), 8);
        assert_eq!(width(&[f64::NAN]), 1);
    }

    proptest! {
        #[test]
        fn no_bit_is_lost(
            cents in prop::collection::vec((-40_000i32..40_000, 0u32..6), 0..50),
            odd in prop::collection::vec(any::<f64>(), 0..2),
        ) {
            let amounts = cents.iter().map(|&(n, d)| f64::from(n) / f64::from(10u32.pow(d)));
            let missing = odd.iter().map(|v| if v.is_nan() { f64::NAN } else { *v });
            let values: Vec<f64> = amounts.chain(missing).collect();
            let packed = Numbers::pack(values.clone());
            prop_assert_eq!(bits(&packed.to_floats()), bits(&values));
            let rows: Vec<u32> = (0..values.len() as u32).rev().collect();
            let turned: Vec<f64> = values.iter().rev().copied().collect();
            prop_assert_eq!(bits(&packed.gather(&rows).to_floats()), bits(&turned));
        }

        #[test]
        fn blocks_are_packed_as_all_at_once(
            blocks in prop::collection::vec(
                prop::collection::vec(
                    prop_oneof![
                        (-40i32..40, 0u32..5),
                        (-400_000i32..400_000, 0u32..6),
                        (i32::MIN..i32::MAX, 0u32..3),
                    ],
                    0..8,
                ),
                0..5,
            ),
        ) {
            let amount = |&(n, d): &(i32, u32)| match n {
                -40..=-38 => f64::NAN,
                n => f64::from(n) / f64::from(10u32.pow(d)),
            };
            let blocks: Vec<Vec<f64>> =
                blocks.iter().map(|block| block.iter().map(amount).collect()).collect();
            let all = blocks.concat();
            let row_of: Vec<u32> = (0..all.len() as u32).rev().collect();
            let turned: Vec<f64> = all.into_iter().rev().collect();
            let packed: Vec<Numbers> = blocks.into_iter().map(Numbers::pack).collect();
            let found = Numbers::scatter(&packed, &row_of);
            prop_assert_eq!(bits(&found.to_floats()), bits(&turned));
            // Not compared as they are, since NaN is not equal to itself.
            let packed = Numbers::pack(turned);
            prop_assert_eq!((found.place(), found.bytes()), (packed.place(), packed.bytes()));
        }
    }
}
