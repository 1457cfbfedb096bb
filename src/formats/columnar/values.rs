//! Values of decoded columns as numbers, instants and texts, each by a function that is chosen once
//! for a column. Nothing is rounded in silence: a number that a double cannot hold is a misfit.
//!
//! Decimals are written by arrow-array. The rest is not left to arrow-cast (60.1, tried 2026-11-28),
//! because the texts would change: it writes a whole float as `-172.0` and refuses the time zone
//! `UTC` unless chrono-tz is compiled into arrow-array. It would bring nine crates.

use super::column::Values;
use crate::text::time::DAY;
use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Date64Type, Decimal32Type, Decimal64Type, Decimal128Type, Decimal256Type,
    DecimalType, DurationMicrosecondType, DurationMillisecondType, DurationNanosecondType,
    DurationSecondType, Float16Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type,
    Int64Type, IntervalDayTimeType, IntervalMonthDayNanoType, IntervalYearMonthType,
    RunEndIndexType, Time32MillisecondType, Time32SecondType, Time64MicrosecondType,
    Time64NanosecondType, TimestampMicrosecondType, TimestampMillisecondType,
    TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, ArrowPrimitiveType};
use arrow_buffer::ArrowNativeType;
use arrow_schema::{DataType, TimeUnit};
use std::fmt::Display;
use std::io::Write;

/// The number of a row; `None` where its value does not fit. Only for rows with a value.
pub type NumberAt<'a> = Box<dyn Fn(usize) -> Option<f64> + 'a>;
/// The microseconds since 1970 of a row, cut off; `None` where out of any range.
pub type MicrosAt<'a> = Box<dyn Fn(usize) -> Option<i64> + 'a>;
/// Writes the text of a row; false where there is none (NaN).
pub type TextAt<'a> = Box<dyn Fn(usize, &mut Vec<u8>) -> bool + 'a>;

/// Whole numbers beyond are not all doubles.
const LARGEST: i64 = 1 << 53;

fn whole(value: i128) -> Option<f64> {
    let fits = (-i128::from(LARGEST)..=i128::from(LARGEST)).contains(&value);
    fits.then_some(value as f64)
}

fn finite(value: f64) -> Option<f64> {
    // NaN stays: among numbers it means a missing value.
    (!value.is_infinite()).then_some(value)
}

/// Makes a reader for the values of a primitive column.
fn by<'a, T: ArrowPrimitiveType, R: 'a>(
    array: &'a ArrayRef,
    read: impl Fn(T::Native) -> R + 'a,
) -> Box<dyn Fn(usize) -> R + 'a> {
    let values = array.as_primitive::<T>().values();
    Box::new(move |row| read(values[row]))
}

/// The numbers of a column; `None` where it holds none.
pub fn numbers(array: &ArrayRef) -> Option<NumberAt<'_>> {
    let seconds = |unit: TimeUnit| move |v: i64| finite(v as f64 / per_second(unit) as f64);
    Some(match array.data_type() {
        DataType::Int8 => by::<Int8Type, _>(array, |v| whole(v.into())),
        DataType::Int16 => by::<Int16Type, _>(array, |v| whole(v.into())),
        DataType::Int32 => by::<Int32Type, _>(array, |v| whole(v.into())),
        DataType::Int64 => by::<Int64Type, _>(array, |v| whole(v.into())),
        DataType::UInt8 => by::<UInt8Type, _>(array, |v| whole(v.into())),
        DataType::UInt16 => by::<UInt16Type, _>(array, |v| whole(v.into())),
        DataType::UInt32 => by::<UInt32Type, _>(array, |v| whole(v.into())),
        DataType::UInt64 => by::<UInt64Type, _>(array, |v| whole(v.into())),
        DataType::Float16 => by::<Float16Type, _>(array, |v| finite(v.to_f64())),
        // The shortest text of a float is what was meant by it, not its expansion.
        DataType::Float32 => by::<Float32Type, _>(array, |v| finite(v.to_string().parse().ok()?)),
        DataType::Float64 => by::<Float64Type, _>(array, finite),
        DataType::Decimal32(_, s) => decimals::<Decimal32Type>(array, *s),
        DataType::Decimal64(_, s) => decimals::<Decimal64Type>(array, *s),
        DataType::Decimal128(_, s) => decimals::<Decimal128Type>(array, *s),
        DataType::Decimal256(_, s) => decimals::<Decimal256Type>(array, *s),
        DataType::Duration(unit) => match unit {
            TimeUnit::Second => by::<DurationSecondType, _>(array, seconds(*unit)),
            TimeUnit::Millisecond => by::<DurationMillisecondType, _>(array, seconds(*unit)),
            TimeUnit::Microsecond => by::<DurationMicrosecondType, _>(array, seconds(*unit)),
            TimeUnit::Nanosecond => by::<DurationNanosecondType, _>(array, seconds(*unit)),
        },
        _ => return None,
    })
}

/// The doubles nearest to decimals; `None` where a double cannot hold the whole part.
fn decimals<T: DecimalType>(array: &ArrayRef, scale: i8) -> NumberAt<'_> {
    by::<T, _>(array, move |value| {
        // By its text: value and power of ten would each be rounded.
        let text = T::format_decimal(value, T::MAX_PRECISION, scale);
        let whole_part = text.split('.').next()?;
        whole(whole_part.parse().ok()?)?;
        text.parse().ok()
    })
}

fn per_second(unit: TimeUnit) -> i64 {
    match unit {
        TimeUnit::Second => 1,
        TimeUnit::Millisecond => 1_000,
        TimeUnit::Microsecond => 1_000_000,
        TimeUnit::Nanosecond => 1_000_000_000,
    }
}

fn micros(value: i64, unit: TimeUnit) -> Option<i64> {
    match unit {
        TimeUnit::Second => value.checked_mul(1_000_000),
        TimeUnit::Millisecond => value.checked_mul(1000),
        TimeUnit::Microsecond => Some(value),
        TimeUnit::Nanosecond => Some(value.div_euclid(1000)),
    }
}

/// The instants of a column, and whether they are of UTC; `None` where it holds none.
pub fn instants(array: &ArrayRef) -> Option<(MicrosAt<'_>, bool)> {
    let (instants, aware): (MicrosAt, bool) = match array.data_type() {
        DataType::Timestamp(unit, zone) => {
            let unit = *unit;
            let read = move |v: i64| micros(v, unit);
            let instants = match unit {
                TimeUnit::Second => by::<TimestampSecondType, _>(array, read),
                TimeUnit::Millisecond => by::<TimestampMillisecondType, _>(array, read),
                TimeUnit::Microsecond => by::<TimestampMicrosecondType, _>(array, read),
                TimeUnit::Nanosecond => by::<TimestampNanosecondType, _>(array, read),
            };
            (instants, zone.is_some())
        }
        DataType::Date32 => {
            let days = by::<Date32Type, _>(array, |v| i64::from(v).checked_mul(DAY));
            (days, false)
        }
        DataType::Date64 => {
            let millis = by::<Date64Type, _>(array, |v| v.checked_mul(1000));
            (millis, false)
        }
        _ => return None,
    };
    Some((instants, aware))
}

/// The texts of any column but those of bytes. `uuid` says that its bytes are one.
pub fn texts(array: &ArrayRef, uuid: bool) -> TextAt<'_> {
    if let Some(text) = primitive_texts(array) {
        return text;
    }
    match array.data_type() {
        DataType::Boolean => {
            let values = array.as_boolean();
            Box::new(move |row, out| write_text(out, &values.value(row)))
        }
        DataType::Binary => {
            let values = array.as_binary::<i32>();
            Box::new(move |row, out| {
                out.extend_from_slice(values.value(row));
                true
            })
        }
        DataType::FixedSizeBinary(_) => {
            let values = array.as_fixed_size_binary();
            Box::new(move |row, out| {
                match (uuid, <[u8; 16]>::try_from(values.value(row))) {
                    (true, Ok(id)) => say_uuid(out, id),
                    _ => out.extend_from_slice(values.value(row)),
                }
                true
            })
        }
        DataType::List(_)
        | DataType::LargeList(_)
        | DataType::ListView(_)
        | DataType::LargeListView(_)
        | DataType::FixedSizeList(..)
        | DataType::Map(..)
        | DataType::Struct(_) => super::json::nested(array),
        DataType::LargeBinary => {
            let values = array.as_binary::<i64>();
            Box::new(move |row, out| {
                out.extend_from_slice(values.value(row));
                true
            })
        }
        DataType::BinaryView => {
            let values = array.as_binary_view();
            Box::new(move |row, out| {
                out.extend_from_slice(values.value(row));
                true
            })
        }
        DataType::Dictionary(..) => {
            let coded = array.as_any_dictionary();
            let values = coded.values();
            if values.is_empty() {
                return Box::new(|_, _| false);
            }
            let (codes, write) = (coded.normalized_keys(), texts(values, uuid));
            Box::new(move |row, out| values.is_valid(codes[row]) && write(codes[row], out))
        }
        DataType::RunEndEncoded(ends, _) => match ends.data_type() {
            DataType::Int16 => runs::<Int16Type>(array),
            DataType::Int32 => runs::<Int32Type>(array),
            _ => runs::<Int64Type>(array),
        },
        DataType::Union(..) => {
            let values = array.as_union();
            Box::new(move |row, out| {
                let value = values.value(row);
                value.is_valid(0) && texts(&value, false)(0, out)
            })
        }
        // Nothing else comes out of a file but columns without a value.
        _ => Box::new(|_, _| false),
    }
}

/// The texts of values that stand for several rows each.
fn runs<R: RunEndIndexType>(array: &ArrayRef) -> TextAt<'_> {
    let runs = array.as_run::<R>();
    let values = runs.values();
    let write = texts(values, false);
    Box::new(move |row, out| {
        let run = runs.get_physical_index(row);
        values.is_valid(run) && write(run, out)
    })
}

/// The texts of numbers and times.
pub fn primitive_texts(array: &ArrayRef) -> Option<TextAt<'_>> {
    if let Some((instants, aware)) = instants(array) {
        let bare = matches!(array.data_type(), DataType::Date32 | DataType::Date64);
        return Some(Box::new(move |row, out| match instants(row) {
            Some(micros) => write_instant(out, micros, aware, bare),
            None => write_text(out, &"out of range"),
        }));
    }
    Some(match array.data_type() {
        DataType::Int8 => integers::<Int8Type>(array),
        DataType::Int16 => integers::<Int16Type>(array),
        DataType::Int32 => integers::<Int32Type>(array),
        DataType::Int64 => integers::<Int64Type>(array),
        DataType::UInt8 => integers::<UInt8Type>(array),
        DataType::UInt16 => integers::<UInt16Type>(array),
        DataType::UInt32 => integers::<UInt32Type>(array),
        DataType::UInt64 => integers::<UInt64Type>(array),
        DataType::Float32 => {
            let values = array.as_primitive::<Float32Type>().values();
            Box::new(move |row, out| !values[row].is_nan() && write_text(out, &values[row]))
        }
        DataType::Float64 => {
            let values = array.as_primitive::<Float64Type>().values();
            Box::new(move |row, out| !values[row].is_nan() && write_text(out, &values[row]))
        }
        DataType::Float16 | DataType::Duration(_) => {
            let numbers = numbers(array)?;
            Box::new(move |row, out| match numbers(row) {
                Some(n) if n.is_nan() => false,
                Some(n) => write_text(out, &n),
                None => write_text(out, &"inf"),
            })
        }
        DataType::Decimal32(_, s) => decimal_texts::<Decimal32Type>(array, *s),
        DataType::Decimal64(_, s) => decimal_texts::<Decimal64Type>(array, *s),
        DataType::Decimal128(_, s) => decimal_texts::<Decimal128Type>(array, *s),
        DataType::Decimal256(_, s) => decimal_texts::<Decimal256Type>(array, *s),
        DataType::Time32(TimeUnit::Second) => clock::<Time32SecondType>(array, 1_000_000_000),
        DataType::Time32(_) => clock::<Time32MillisecondType>(array, 1_000_000),
        DataType::Time64(TimeUnit::Microsecond) => clock::<Time64MicrosecondType>(array, 1000),
        DataType::Time64(_) => clock::<Time64NanosecondType>(array, 1),
        DataType::Interval(_) => intervals(array)?,
        _ => return None,
    })
}

/// Writing to a vector cannot fail.
fn write_text(out: &mut Vec<u8>, value: &impl Display) -> bool {
    let _ = write!(out, "{value}");
    true
}

fn integers<T: ArrowPrimitiveType>(array: &ArrayRef) -> TextAt<'_>
where
    T::Native: Display,
{
    let values = array.as_primitive::<T>().values();
    Box::new(move |row, out| write_text(out, &values[row]))
}

fn decimal_texts<T: DecimalType>(array: &ArrayRef, scale: i8) -> TextAt<'_> {
    let values = array.as_primitive::<T>().values();
    Box::new(move |row, out| {
        let text = T::format_decimal(values[row], T::MAX_PRECISION, scale);
        write_text(out, &text)
    })
}

fn intervals(array: &ArrayRef) -> Option<TextAt<'_>> {
    use arrow_schema::IntervalUnit;
    Some(match array.data_type() {
        DataType::Interval(IntervalUnit::YearMonth) => {
            let values = array.as_primitive::<IntervalYearMonthType>().values();
            Box::new(move |row, out| write_text(out, &format_args!("P{}M", values[row])))
        }
        DataType::Interval(IntervalUnit::DayTime) => {
            let values = array.as_primitive::<IntervalDayTimeType>().values();
            Box::new(move |row, out| {
                let v = values[row];
                let seconds = f64::from(v.milliseconds) / 1e3;
                write_text(out, &format_args!("P{}DT{seconds}S", v.days))
            })
        }
        DataType::Interval(IntervalUnit::MonthDayNano) => {
            let values = array.as_primitive::<IntervalMonthDayNanoType>().values();
            Box::new(move |row, out| {
                let v = values[row];
                let seconds = v.nanoseconds as f64 / 1e9;
                write_text(out, &format_args!("P{}M{}DT{seconds}S", v.months, v.days))
            })
        }
        _ => return None,
    })
}

/// Times of a day.
fn clock<T: ArrowPrimitiveType>(array: &ArrayRef, nanos_each: i64) -> TextAt<'_> {
    let values = array.as_primitive::<T>().values();
    Box::new(move |row, out| {
        let Some(nanos) = values[row].to_i64().and_then(|v| v.checked_mul(nanos_each)) else {
            return false;
        };
        let (seconds, rest) = (
            nanos.div_euclid(1_000_000_000),
            nanos.rem_euclid(1_000_000_000),
        );
        let (minutes, second) = (seconds.div_euclid(60), seconds.rem_euclid(60));
        let (hour, minute) = (minutes.div_euclid(60), minutes.rem_euclid(60));
        write_text(out, &format_args!("{hour:02}:{minute:02}:{second:02}"));
        if rest != 0 {
            let digits = format!("{rest:09}");
            write_text(out, &format_args!(".{}", digits.trim_end_matches('0')));
        }
        true
    })
}

fn write_instant(out: &mut Vec<u8>, micros: i64, aware: bool, bare: bool) -> bool {
    let Some(instant) = chrono::DateTime::from_timestamp_micros(micros) else {
        return write_text(out, &"out of range");
    };
    if bare {
        return write_text(out, &instant.format("%Y-%m-%d"));
    }
    write_text(out, &instant.format("%Y-%m-%dT%H:%M:%S%.f"));
    write_text(out, &if aware { "Z" } else { "" })
}

fn say_uuid(out: &mut Vec<u8>, id: [u8; 16]) {
    for (i, byte) in id.into_iter().enumerate() {
        if matches!(i, 4 | 6 | 8 | 10) {
            out.push(b'-');
        }
        write_text(out, &format_args!("{byte:02x}"));
    }
}

/// Texts of a column, by row.
pub enum Cells<'a> {
    /// Codes into a dictionary of texts.
    Coded {
        /// By row; out of the dictionary's bounds in damaged files.
        codes: &'a [i32],
        /// Texts by code.
        texts: &'a arrow_array::BinaryArray,
    },
    /// Bytes as they are.
    Plain(&'a arrow_array::BinaryArray),
    /// Values of other types, written as text.
    Written(TextAt<'a>),
}

impl<'a> Cells<'a> {
    /// The texts of a column.
    pub fn new(values: &'a Values, uuid: bool) -> Self {
        let array = &values.array;
        if let Some(dictionary) = array.as_dictionary_opt::<Int32Type>()
            && let Some(texts) = dictionary.values().as_binary_opt::<i32>()
        {
            let codes = dictionary.keys().values();
            return Cells::Coded { codes, texts };
        }
        match array.as_binary_opt::<i32>() {
            Some(texts) => Cells::Plain(texts),
            None => Cells::Written(texts(array, uuid)),
        }
    }

    /// The text of a row that has a value; it may be written to `scratch`.
    pub fn get<'s>(&'s self, row: usize, scratch: &'s mut Vec<u8>) -> Option<&'s [u8]> {
        match self {
            Cells::Coded { codes, texts } => text_of(texts, codes[row]),
            Cells::Plain(texts) => Some(texts.value(row)),
            Cells::Written(write) => {
                scratch.clear();
                write(row, scratch).then_some(scratch.as_slice())
            }
        }
    }
}

/// The text of a code that a damaged file may have made up.
pub fn text_of(texts: &arrow_array::BinaryArray, code: i32) -> Option<&[u8]> {
    let code = usize::try_from(code).ok().filter(|&c| c < texts.len())?;
    texts.is_valid(code).then(|| texts.value(code))
}
