//! What a user can try against each reason for which rows are rejected: one table. Speaks in options
//! of the command line, which readers and explorer share; knows no report and no pane.

use super::ImportReport;
use super::text::shown;
use crate::formats::Reason;

/// Reason, what it means, and what to try. `{time format}` and the like stand for what the report
/// says of how the log was read.
const ADVICE: &[(Reason, &str, &[&str])] = &[
    (
        Reason::BadTime,
        "The timestamp does not read as {time format}.",
        &[
            "--time-format '%d.%m.%Y %H:%M:%S' says how timestamps are written (or epoch_s, epoch_ms, ...)",
            "--date-order dmy or mdy says which of day and month stands first",
            "--time names another column; now it is {time}",
        ],
    ),
    (
        Reason::EmptyTime,
        "There is nothing in the column of the timestamp.",
        &[
            "--time names another column; now it is {time}",
            "Rows without a time cannot be placed: they stay out if the column is the right one",
        ],
    ),
    (
        Reason::EpochUnit,
        "The number is a time since 1970, but not in the unit of the others.",
        &[
            "--time-format epoch_s, epoch_ms, epoch_us or epoch_ns names the unit",
            "Rows of two systems may stand in one file: read them as two, each by its own format",
        ],
    ),
    (
        Reason::EmptyCase,
        "There is no case id, so the event belongs to no case.",
        &["--case names another column, or several: --case A,B; now it is {case}"],
    ),
    (
        Reason::EmptyActivity,
        "There is no name of what happened.",
        &["--activity names another column, or several: --activity A,B; now it is {activity}"],
    ),
    (
        Reason::TooFewFields,
        "The row ends before it has case, activity and time.",
        &[
            "--delimiter says what stands between fields; now it is {delimiter}",
            "A line that belongs to the one before it has lost its quotes: mend it in the file",
        ],
    ),
    (
        Reason::TooManyFields,
        "The row has more fields than the header has columns, so that they may be shifted.",
        &[
            "--delimiter says what stands between fields; now it is {delimiter}",
            "A value that holds the delimiter needs quotes around it: mend it in the file",
        ],
    ),
    (
        Reason::UnclosedQuote,
        "A quote opens a field, and nothing closes it.",
        &["Close the quote in the file, or double it where it is part of the value: \"\""],
    ),
    (
        Reason::BrokenQuote,
        "Text stands behind the quote that closes a field.",
        &["Double quotes that are part of the value: \"5\"\" pipe\""],
    ),
    (
        Reason::Oversize,
        "The row is longer than 16 MiB.",
        &["A quote that is never closed makes rows grow: look for one shortly before this line"],
    ),
    (
        Reason::Truncated,
        "The file ends in the midst of this row.",
        &["Copy or download the file again: what comes after is missing too"],
    ),
    (
        Reason::Checksum,
        "The compressed data is not what was once compressed.",
        &["Copy or download the file again: any value may be wrong"],
    ),
    (
        Reason::IllFormed,
        "The file breaks the rules of its format here; nothing behind it was read.",
        &["Export the log again, or mend the file at this place"],
    ),
    (
        Reason::BadJson,
        "The line is not one whole JSON object.",
        &["Write each event as an object on a line of its own, without commas between them"],
    ),
    (
        Reason::Damaged,
        "The file cannot be read further than this.",
        &["Copy or download the file again, or export the log again"],
    ),
    (
        Reason::UnknownObject,
        "The event names an object that the log does not have.",
        &["Export the log again with all its objects"],
    ),
    (
        Reason::OutsideTrace,
        "The event stands in no trace, so it belongs to no case.",
        &["Put the event into the trace of its case, or export the log again"],
    ),
    (
        Reason::ContentAfterRoot,
        "Something stands behind the end of the log.",
        &["Two logs may have been put into one file: split it"],
    ),
    (
        Reason::TooManyAttributes,
        "One tag has more than 256 XML attributes.",
        &["Such a tag is no event of a log: mend it in the file"],
    ),
];

/// What a reason means, then what to try, most useful first. `taken` is how the log was read.
pub fn advice(reason: Reason, taken: &ImportReport) -> Vec<String> {
    let row = ADVICE.iter().find(|(of, ..)| *of == reason);
    let Some((_, meaning, tries)) = row else {
        return vec![format!("The row cannot be used: {reason}.")];
    };
    let texts = [*meaning].into_iter().chain(tries.iter().copied());
    texts.map(|text| fill(text, taken)).collect()
}

/// Puts in what the report says of the mapping; a clause about what is not known is left out.
fn fill(text: &str, taken: &ImportReport) -> String {
    let Some((before, rest)) = text.split_once('{') else {
        return text.to_owned();
    };
    let Some((key, after)) = rest.split_once('}') else {
        return text.to_owned();
    };
    let known = taken.mapping.iter().find(|(role, _)| role == key);
    match known {
        Some((_, from)) => format!("{before}{}{after}", shown(from)),
        None if key == "time format" => format!("{before}a date and time{after}"),
        None => {
            let end = before.rfind(';').unwrap_or(before.len());
            before[..end].trim_end().to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_taken_is_told() {
        let report = ImportReport {
            mapping: vec![
                ("time".into(), "when".into()),
                ("time format".into(), "%Y-%m-%d".into()),
            ],
            ..ImportReport::default()
        };
        let texts = advice(Reason::BadTime, &report);
        assert!(texts[0].ends_with("read as \"%Y-%m-%d\"."), "{texts:?}");
        assert!(texts[3].ends_with("now it is \"when\""), "{texts:?}");
        let unknown = advice(Reason::EmptyCase, &report);
        assert!(unknown[1].ends_with("--case A,B"), "{unknown:?}");
    }

    #[test]
    fn every_sentence_is_whole_without_a_mapping() {
        for reason in Reason::ALL {
            for text in advice(*reason, &ImportReport::default()) {
                assert!(!text.contains(['{', '}']) && !text.is_empty(), "{text}");
            }
        }
    }
}
