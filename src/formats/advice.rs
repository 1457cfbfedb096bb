//! Advice against each reason for which rows are rejected: one table.

use super::text::shown;
use super::{ImportReport, Reason, Setting};
use crate::event_log::Role;
use crate::formats::facts;

/// Advice on a rejected row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advice {
    /// Meaning of the reason, a sentence.
    pub meaning: String,
    /// Settings to change, most useful first, each with what it is now where that is known.
    pub settings: Vec<(Setting, Option<String>)>,
    /// Sentences on what to try outside of this program.
    pub others: Vec<&'static str>,
}

/// Reason, what it means, the settings to change, and what else to try. `{time format}` is replaced by
/// how timestamps were read.
type Row = (
    Reason,
    &'static str,
    &'static [Setting],
    &'static [&'static str],
);

const ADVICE: &[Row] = &[
    (
        Reason::BadTime,
        "The time does not match the format {time format}.",
        &[
            Setting::TimeFormat,
            Setting::DateOrder(None),
            Setting::Column(Role::Time),
        ],
        &[],
    ),
    (
        Reason::EmptyTime,
        "There is nothing in the column of the timestamp.",
        &[Setting::Column(Role::Time)],
        &["Rows without a time cannot be placed: they stay out if the column is the right one"],
    ),
    (
        Reason::EpochUnit,
        "The number is a time since 1970, but not in the unit of the others.",
        &[Setting::EpochUnit],
        &["Rows of two systems may stand in one file: read them as two, each by its own format"],
    ),
    (
        Reason::UnknownZone,
        "The zone named in the time is unknown, or several zones use that abbreviation.",
        &[Setting::Zone],
        &["An abbreviation that the zone of the log uses is read as its own"],
    ),
    (
        Reason::EmptyCase,
        "The case id is empty, so the event belongs to no case.",
        &[Setting::Column(Role::Case)],
        &[],
    ),
    (
        Reason::EmptyActivity,
        "The activity is empty.",
        &[Setting::Column(Role::Activity)],
        &[],
    ),
    (
        Reason::TooFewFields,
        "The row ends before it has case, activity and time.",
        &[Setting::Delimiter],
        &["A line that belongs to the one before it has lost its quotes: mend it in the file"],
    ),
    (
        Reason::TooManyFields,
        "The row has more fields than the header has columns, so that they may be shifted.",
        &[Setting::Delimiter],
        &["A value that holds the delimiter needs quotes around it: mend it in the file"],
    ),
    (
        Reason::UnclosedQuote,
        "A quote opens a field, and nothing closes it.",
        &[Setting::Quoting],
        &["Close the quote in the file, or double it where it is part of the value: \"\""],
    ),
    (
        Reason::BrokenQuote,
        "Text stands behind the quote that closes a field.",
        &[Setting::Quoting],
        &["Double quotes that are part of the value: \"5\"\" pipe\""],
    ),
    (
        Reason::Oversize,
        "The row is longer than 16 MiB.",
        &[],
        &["A quote that is never closed makes rows grow: look for one shortly before this line"],
    ),
    (
        Reason::Truncated,
        "The file ends in the midst of this row.",
        &[],
        &["Copy or download the file again: what comes after is missing too"],
    ),
    (
        Reason::Checksum,
        "The compressed data is not what was once compressed.",
        &[],
        &["Copy or download the file again: any value may be wrong"],
    ),
    (
        Reason::IllFormed,
        "The file breaks the rules of its format here; nothing behind it was read.",
        &[],
        &["Export the log again, or mend the file at this place"],
    ),
    (
        Reason::BadJson,
        "The line is not one whole JSON object.",
        &[],
        &["Write each event as an object on a line of its own, without commas between them"],
    ),
    (
        Reason::Damaged,
        "The file cannot be read further than this.",
        &[],
        &["Copy or download the file again, or export the log again"],
    ),
    (
        Reason::UnknownObject,
        "The event names an object that the log does not have.",
        &[],
        &["Export the log again with all its objects"],
    ),
    (
        Reason::OutsideTrace,
        "The event stands in no trace, so it belongs to no case.",
        &[],
        &["Put the event into the trace of its case, or export the log again"],
    ),
    (
        Reason::ContentAfterRoot,
        "Something stands behind the end of the log.",
        &[],
        &["Two logs may have been put into one file: split it"],
    ),
    (
        Reason::TooManyAttributes,
        "One tag has more than 256 XML attributes.",
        &[],
        &["Such a tag is no event of a log: mend it in the file"],
    ),
];

/// The row of a time that only lacks its year, which no time format gives.
const WITHOUT_YEAR: Row = (
    Reason::BadTime,
    "The time has no year.",
    &[Setting::Column(Role::Time)],
    &["Write the year into the file before each of these times"],
);

/// Meaning of the reason why a value is rejected, and what to try. `report` says how the log was read.
pub fn advice(reason: Reason, value: &str, report: &ImportReport) -> Advice {
    let without_year = reason.year_lacking(value).is_some();
    let row = ADVICE.iter().find(|(of, ..)| *of == reason);
    let row = row.expect("the table has a row for every reason");
    let (_, meaning, settings, others) = if without_year { &WITHOUT_YEAR } else { row };
    let taken = |key: &str| {
        let pair = report.mapping.iter().find(|(known, _)| known == key);
        pair.map(|(_, from)| shown(from))
    };
    let format = taken(facts::TIME_FORMAT).unwrap_or_else(|| "a date and time".to_owned());
    let now = |setting: &Setting| match setting {
        Setting::Column(role) => taken(role.name()),
        Setting::Delimiter => taken(facts::DELIMITER),
        _ => None,
    };
    let settings = settings.iter().map(|s| (s.clone(), now(s)));
    Advice {
        meaning: meaning.replace("{time format}", &format),
        settings: settings.collect(),
        others: others.to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_come_with_what_they_are_now() {
        let report = ImportReport {
            mapping: vec![
                ("time".into(), "when".into()),
                ("time format".into(), "%Y-%m-%d".into()),
            ],
            ..ImportReport::default()
        };
        let found = advice(Reason::BadTime, "soon", &report);
        assert!(
            found.meaning.ends_with("the format \"%Y-%m-%d\"."),
            "{found:?}"
        );
        let time = (Setting::Column(Role::Time), Some("\"when\"".to_owned()));
        assert_eq!(found.settings.last(), Some(&time));
        let unknown = advice(Reason::EmptyCase, "", &report);
        assert_eq!(unknown.settings, [(Setting::Column(Role::Case), None)]);
        let yearless = advice(Reason::BadTime, "Mar  5 10:00:00", &report);
        let format = |(setting, _): &(Setting, _)| *setting == Setting::TimeFormat;
        assert!(!yearless.settings.iter().any(format), "none gives a year");
        assert_eq!(yearless.settings, [time]);
    }

    #[test]
    fn every_reason_has_its_row() {
        for reason in Reason::ALL {
            let found = advice(*reason, "", &ImportReport::default());
            assert!(!found.meaning.contains(['{', '}']), "{found:?}");
            assert!(!found.settings.is_empty() || !found.others.is_empty());
        }
    }
}
