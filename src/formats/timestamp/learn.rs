//! Learns from samples how a column writes its timestamps, if it holds timestamps at all.
//!
//! Own code, as crates such as dateparser and dtparse guess for one text at a time. Whether
//! 01/02/2024 is in January or in February is decided by all samples of a column together, and doubt
//! is reported.

use super::pattern::written;
use super::{EpochUnit, Style, Tally, TimeFault, TimeFormat, TimeReader, scan, shape, trim};
use crate::formats::DateOrder;
use chrono_tz::Tz;
use std::cmp::Reverse;

/// Format learned from a column's samples.
#[derive(Debug, Clone)]
pub struct Learned {
    /// Format of the timestamps.
    pub format: TimeFormat,
    /// Share of the samples that can be read so.
    pub share: f64,
    /// Tally of the samples.
    pub tally: Tally,
    /// Their writing, by [`described`]: a time format that reads all of them; empty where none does.
    pub text: String,
}

impl Learned {
    /// A format that was not learned but given.
    pub fn given(format: TimeFormat, text: &str) -> Self {
        Learned {
            format,
            share: 1.0,
            tally: Tally::default(),
            text: text.into(),
        }
    }

    /// Returns whether a column that nobody called a time may be taken for one.
    pub fn is_certain(&self) -> bool {
        let calendar = matches!(self.format.style, Style::Calendar { compact: false });
        calendar && self.share == 1.0 && self.tally.bare_short_dates == 0
    }
}

/// Learns how these values are written as timestamps; `None` where none of them can be read. Blank ones do
/// not count. Where nothing decides between day and month, `order` holds, else day first.
pub fn learn<'a>(
    values: impl Iterator<Item = &'a [u8]> + Clone,
    order: Option<DateOrder>,
) -> Option<Learned> {
    let values = values.map(trim).filter(|v| !v.is_empty());
    let n = values.clone().count();
    let mut format = TimeFormat {
        style: style(values.clone(), n),
        order: order.unwrap_or(DateOrder::Dmy),
    };
    let mut seen = read_all(&format, values.clone());
    // Dates like 02/13 were not read in the first order, so the values are read once more.
    if order.is_none()
        && let Some(other) = seen.tally.order()
        && other != format.order
    {
        format.order = other;
        seen = read_all(&format, values.clone());
    }
    (seen.read > 0).then(|| Learned {
        share: seen.read as f64 / n as f64,
        tally: seen.tally,
        text: String::new(),
        format,
    })
}

/// As [`learn`], with the writing of the values.
pub fn described<'a>(
    values: impl Iterator<Item = &'a [u8]> + Clone,
    order: Option<DateOrder>,
) -> Option<Learned> {
    let mut learned = learn(values.clone(), order)?;
    learned.text = describe(values, &learned.format);
    Some(learned)
}

/// Returns the instants that a text may be a timestamp of, microseconds: several where day and month
/// may be either way, none where it is no timestamp.
pub fn time_readings(text: &str, tz: Tz) -> Vec<i64> {
    let Some(learned) = learn(std::iter::once(text.as_bytes()), None) else {
        return Vec::new();
    };
    let mut readings = Vec::new();
    for order in [DateOrder::Dmy, DateOrder::Mdy] {
        let style = learned.format.style.clone();
        let mut reader = TimeReader::new(TimeFormat { style, order }, Some(tz));
        if let Ok(instant) = reader.read(text.as_bytes())
            && !readings.contains(&instant)
        {
            readings.push(instant);
        }
    }
    readings
}

/// Returns a text that is no timestamp for want of a year with a year put into it, as an example of one
/// that is: `Mar  5 10:00:00`, as syslog writes them, and `03-05 10:00`. `None` for other texts.
pub fn with_a_year(text: &str) -> Option<String> {
    let text = text.trim();
    let is_time = |text: &str| learn(std::iter::once(text.as_bytes()), None).is_some();
    let may_be_a_date = text.contains(|c: char| c.is_ascii_digit()) && !is_time(text);
    let before = ["2024 ", "2024-", "2024/"].map(|year| format!("{year}{text}"));
    // Before the time of day: `5 Mar 10:00`, `5.3. 10:00`.
    let within = text.rsplit_once(' ').into_iter().flat_map(|(date, clock)| {
        [" ", "", "/", "."].map(|mark| format!("{date}{mark}2024 {clock}"))
    });
    let mut years = before.into_iter().chain(within);
    years.find(|text| may_be_a_date && is_time(text))
}

struct Reading {
    read: usize,
    tally: Tally,
}

fn read_all<'a>(format: &TimeFormat, values: impl Iterator<Item = &'a [u8]>) -> Reading {
    let mut reader = TimeReader::new(format.clone(), None);
    // A zone that is doubtful is the zone of a time all the same: its rows are rejected as such.
    let mut is_time = |value: &[u8]| matches!(reader.read(value), Ok(_) | Err(TimeFault::Zone));
    let read = values.filter(|value| is_time(value)).count();
    Reading {
        read,
        tally: reader.tally,
    }
}

/// Counts where most values are numbers of a length that counts have today, else calendar dates.
fn style<'a>(values: impl Iterator<Item = &'a [u8]>, n: usize) -> Style {
    const UNITS: [EpochUnit; 4] = [
        EpochUnit::Seconds,
        EpochUnit::Millis,
        EpochUnit::Micros,
        EpochUnit::Nanos,
    ];
    let mut by_unit = [0; UNITS.len()];
    let mut first_of_unit = [usize::MAX; UNITS.len()];
    let mut compact = 0;
    for (i, value) in values.enumerate() {
        let whole = value.iter().take_while(|b| b.is_ascii_digit()).count();
        // Numbers with leading zeros are identifiers.
        let padded = whole > 1 && value[0] == b'0';
        let number = !padded && (whole == value.len() || value[whole] == b'.');
        match EpochUnit::of_digits(whole) {
            Some(unit) if number => {
                by_unit[unit as usize] += 1;
                first_of_unit[unit as usize] = first_of_unit[unit as usize].min(i);
            }
            _ => compact += usize::from(is_compact(value, whole)),
        }
    }
    let counts: usize = by_unit.iter().sum();
    if counts * 2 > n {
        // Of equals the one that was seen first is taken.
        let best = (0..UNITS.len()).max_by_key(|&i| (by_unit[i], Reverse(first_of_unit[i])));
        return Style::Epoch {
            unit: UNITS[best.unwrap_or(0)],
            guessed: true,
        };
    }
    Style::Calendar {
        compact: compact * 2 > n,
    }
}

/// `20240131`, `20240131T101500`, `20240131101500`, in the years 1900 to 2099.
fn is_compact(value: &[u8], whole: usize) -> bool {
    let century = value.starts_with(b"19") || value.starts_with(b"20");
    let then = value.get(whole);
    let length = match whole {
        8 => matches!(then, None | Some(b'T' | b't' | b' ' | b'Z')),
        12 | 14 => matches!(then, None | Some(b'.' | b'Z')),
        _ => false,
    };
    century && length && scan::date(&value[..8], DateOrder::Ymd, true).is_ok()
}

/// Formats that are tried to find one that reads all samples.
const TRIED: usize = 8;

/// The writing of timestamps as a time format that reads each of these values as `format` does; empty where
/// no single one does. It reads the values several times, so that it is for a few and not for a column.
fn describe<'a>(values: impl Iterator<Item = &'a [u8]> + Clone, format: &TimeFormat) -> String {
    let values = values.map(trim).filter(|v| !v.is_empty());
    let Style::Calendar { compact } = format.style else {
        return format.style.name().to_owned();
    };
    let reads = |text: &str| {
        let given = TimeFormat::given(text, Some(format.order)).ok();
        given.is_some_and(|given| {
            let mut readers = [given, format.clone()].map(|format| TimeReader::new(format, None));
            values.clone().all(|value| {
                let [given, learned] = readers.each_mut().map(|reader| reader.read(value));
                // Values that are rejected anyway say nothing about the format.
                learned == Err(TimeFault::Bad) || given == learned
            })
        })
    };
    let mut tried: Vec<String> = Vec::new();
    for value in values.clone() {
        let text = match value.first() {
            Some(b'[') => Some(Style::Array.name().to_owned()),
            Some(b'/') => Some(Style::DotNet.name().to_owned()),
            _ => shape::shape(value, format.order, compact).map(|shape| written(&shape.steps)),
        };
        let Some(text) = text.filter(|text| !tried.contains(text)) else {
            continue;
        };
        if reads(&text) {
            return text;
        }
        tried.push(text);
        if tried.len() == TRIED {
            break;
        }
    }
    String::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn learned(values: &[&str]) -> Option<Learned> {
        described(values.iter().map(|v| v.as_bytes()), None)
    }

    #[test]
    fn a_year_can_be_all_that_is_missing() {
        for text in [
            "Mar  5 10:00:00",
            "5 Mar 10:00",
            "03-05 10:00:00",
            "12/31 23:59",
            "5.3. 10:00",
        ] {
            assert!(with_a_year(text).is_some(), "{text}");
        }
        for text in [
            "",
            "soon",
            "10:00",
            "2024-03-05",
            "2024-03-05 25:00",
            "5",
            "Mar",
            "1709629200",
            "5.3.24 8:05",
            "Mar 5 2024",
            "T-1",
            "12:00 5",
        ] {
            assert_eq!(with_a_year(text), None, "{text}");
        }
    }

    #[test]
    fn the_writing_is_found_and_told() {
        let cases: &[(&[&str], &str, f64)] = &[
            (&["2024-01-01T10:00:00Z"], "%Y-%m-%dT%H:%M:%S%z", 1.0),
            (&["2010-12-30 14:32:00+01:00"], "%Y-%m-%d %H:%M:%S%:z", 1.0),
            (
                &["2012/10/09 14:50:17.000", ""],
                "%Y/%m/%d %H:%M:%S%.f",
                1.0,
            ),
            (&["9.3.10 8:05", "soon"], "%d.%m.%y %H:%M", 0.5),
            (&["1/2/2024", "1/13/2024"], "%m/%d/%Y", 1.0),
            (&["1/2/2024 3:05 PM"], "%d/%m/%Y %I:%M %p", 1.0),
            (&["20240131"], "%Y%m%d", 1.0),
            (&["20240131T101500Z"], "%Y%m%dT%H%M%S%z", 1.0),
            (&["20240131101500"], "%Y%m%d%H%M%S", 1.0),
            (
                &[
                    "1704103200000",
                    "1704103200",
                    "1704103200000",
                    "1704103200000",
                ],
                "epoch_ms",
                0.75,
            ),
            (&["9 Mar 2010 08:05"], "%d %b %Y %H:%M", 1.0),
            (&["Mar 9, 2010"], "%b %d, %Y", 1.0),
        ];
        for (values, text, share) in cases {
            let learned = learned(values).expect("some value can be read");
            assert_eq!((learned.text.as_str(), learned.share), (*text, *share));
        }
        assert!(learned(&["yesterday", "45292.5"]).is_none());
        assert!(learned(&["", " "]).is_none());
    }

    #[test]
    fn only_clear_dates_are_taken_for_times_unasked() {
        let certain = |values: &[&str]| learned(values).is_some_and(|l| l.is_certain());
        assert!(certain(&["2024-01-01", "2024-01-02"]));
        assert!(certain(&["9.3.2010"]));
        assert!(certain(&["9.3.10 8:05"]));
        assert!(!certain(&["2.10.14", "2.10.15"]));
        assert!(!certain(&["20240131"]));
        assert!(!certain(&["1704103200"]));
        assert!(!certain(&["2024-01-01", "none"]));
    }
}
