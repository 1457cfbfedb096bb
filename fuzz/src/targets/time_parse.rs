//! Timestamps of any writing, one a line: those that are read are within the years 1 to 9999, and
//! read the same when they are written anew.
use casetrail::event_log::{EventLog, Progress};
use casetrail::formats::{ReadOptions, read};

const YEARS: std::ops::RangeInclusive<i64> = -62_135_596_800_000_000..=253_402_300_799_999_999;

fn load(times: &str, options: &ReadOptions) -> Option<EventLog> {
    let rows = times.lines().enumerate();
    let rows = rows.map(|(i, time)| format!("c{i};A;\"{}\"\n", time.replace('"', "\"\"")));
    let text = format!("case;activity;timestamp\n{}", rows.collect::<String>());
    let loaded = read(&[text.as_bytes()], options, &Progress::default());
    Some(loaded.ok()?.0)
}

pub fn time_parse(data: &[u8]) {
    let (mut options, bytes) = super::options(data);
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    options = ReadOptions {
        tz: options.tz,
        date_order: options.date_order,
        time_format: None,
        ..ReadOptions::default()
    };
    // A time format may stand on the first line.
    let mut times = text;
    if let Some((format, rest)) = text.split_once('\n')
        && format.contains('%')
    {
        options.time_format = Some(format.to_string());
        times = rest;
    }
    let Some(log) = load(times, &options) else {
        return;
    };
    assert!(log.time.iter().all(|t| YEARS.contains(t)));
    let written: Vec<String> = log.time.iter().map(|&micros| written(micros)).collect();
    options.time_format = None;
    let again = load(&written.join("\n"), &options).expect("RFC 3339 is read");
    assert_eq!(again.time, log.time, "{written:?}");
}

/// RFC 3339 with all six places.
fn written(micros: i64) -> String {
    let (days, of_day) = (
        micros.div_euclid(86_400_000_000),
        micros.rem_euclid(86_400_000_000),
    );
    let (second, fraction) = (of_day / 1_000_000, of_day % 1_000_000);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    let (year, month, day) = date(days);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{fraction:06}Z")
}

/// The date of a number of days since 1970-01-01.
fn date(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1460 + day / 36524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let of_month = day - (153 * month + 2) / 5 + 1;
    let (month, next) = if month < 10 {
        (month + 3, 0)
    } else {
        (month - 9, 1)
    };
    (year + era * 400 + next, month, of_month)
}
