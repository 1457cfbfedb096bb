//! Warnings about the timestamps that were read.

use super::Tally;
use crate::formats::text::shown;
use crate::formats::{DateOrder, ImportReport, Setting, Warning};

/// Warns that the order of day and month in a column is a guess.
pub fn warn_of_order(report: &mut ImportReport, name: &str, order: DateOrder) {
    if order == DateOrder::Ydm {
        report.warn_of_guess(
            Warning::AmbiguousDateOrder,
            format!(
                "all dates of {} fit year, day, month only: read so",
                shown(name)
            ),
            Setting::DateOrder(Some(DateOrder::Ymd)),
        );
        return;
    }
    let (order, other) = match order {
        DateOrder::Mdy => ("month, day, year", DateOrder::Dmy),
        _ => ("day, month, year", DateOrder::Mdy),
    };
    report.warn_of_guess(
        Warning::AmbiguousDateOrder,
        format!(
            "day and month are ambiguous in {}: read as {order}",
            shown(name)
        ),
        Setting::DateOrder(Some(other)),
    );
}

/// Warns of what is odd in timestamps of which those without offset are in `tz`, or in UTC.
pub fn warn_of_tally(report: &mut ImportReport, tally: &Tally, tz: Option<chrono_tz::Tz>) {
    let zone = tz.map_or("UTC", chrono_tz::Tz::name);
    if tally.naive > 0 && tally.aware > 0 {
        let n = tally.naive;
        report.warn_of_guess(
            Warning::NaiveMixed,
            format!("timestamps without offset beside others with one: {n}, taken as {zone}"),
            Setting::Zone,
        );
    }
    if tally.dates_alone > 0 && tally.dates_alone < tally.aware + tally.naive {
        let n = tally.dates_alone;
        report.warn(
            Warning::DateAlone,
            format!("dates without a time of day among times: {n}, taken as midnight"),
        );
    }
    let counts = [
        (
            Warning::TwoDigitYear,
            tally.two_digits,
            "years of two digits, taken as 1970 to 2069",
        ),
        (
            Warning::DstGap,
            tally.gaps,
            "times that the clock skipped, moved forward",
        ),
        (
            Warning::DstFold,
            tally.folds,
            "times that the clock showed twice, taken as the earlier",
        ),
    ];
    for (code, n, what) in counts {
        if n > 0 {
            report.warn(code, format!("{what}: {n}"));
        }
    }
}
