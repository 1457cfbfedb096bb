//! A log that is read as it grows equals the log that is read whole: events, order, rejected rows with their lines,
//! warnings, index. The pieces are cut anywhere, within rows and within characters.

use super::runs;
use casetrail::engine::{Analysis, Cancel, SummaryQuery, View};
use casetrail::event_log::{EventLog, Progress};
use casetrail::formats::follow::{Followed, ReadOn};
use casetrail::formats::{self, ImportReport, Lifecycle, LogOptions, ReadPlan};
use casetrail::index::Index;
use proptest::prelude::*;
use std::fmt::Write;

fn plan(logs: usize) -> ReadPlan {
    ReadPlan {
        logs: vec![LogOptions::default(); logs],
        ..ReadPlan::default()
    }
}

/// Result of following some logs to their ends.
struct Result {
    log: EventLog,
    report: ImportReport,
    /// Readings that had to begin anew, after the first.
    anew: usize,
    late: u64,
}

/// Follows logs that grow at these steps: which of them, and to which length.
fn follow(logs: &[&[u8]], steps: &[(usize, usize)], plan: &ReadPlan) -> Option<Result> {
    let progress = Progress::default();
    let mut lens = vec![0; logs.len()];
    let mut followed: Option<Followed> = None;
    let mut newest: Option<(EventLog, ImportReport)> = None;
    let (mut anew, mut late) = (0, 0);
    for &(which, len) in steps {
        if len <= lens[which] {
            continue;
        }
        lens[which] = len;
        let inputs = logs.iter().zip(&lens);
        let inputs: Vec<&[u8]> = inputs.map(|(log, &len)| &log[..len]).collect();
        if let Some(state) = &mut followed {
            let grown: Vec<bool> = (0..logs.len()).map(|log| log == which).collect();
            match state.read_on(&inputs, &grown, &progress) {
                Ok(ReadOn::Nothing) => continue,
                Ok(ReadOn::Rows(update)) => {
                    late += update.late;
                    newest = Some((update.log, update.report));
                    continue;
                }
                // Another delimiter or encoding may have to be found.
                Ok(ReadOn::Whole) | Err(_) => anew += 1,
            }
        }
        // The first bytes may be no log yet.
        followed = None;
        if let Ok((log, report, state)) = Followed::begin(&inputs, plan, &progress) {
            newest = Some((log, report));
            followed = Some(state.settled());
        }
    }
    newest.map(|(log, report)| Result {
        log,
        report,
        anew,
        late,
    })
}

/// Checks that following the logs is the same as reading them.
fn check(logs: &[&[u8]], steps: &[(usize, usize)], plan: &ReadPlan) -> Result {
    let progress = Progress::default();
    let (log, report) = formats::read_all(logs, plan, &progress).expect("a log");
    let followed = follow(logs, steps, plan).expect("a log");
    assert_eq!(followed.log, log);
    assert_eq!(followed.report, report);
    let index = |log: &EventLog| Index::build(log, &progress).expect("not cancelled");
    assert_eq!(index(&followed.log), index(&log));
    let summary = |log: &EventLog, report: &ImportReport| {
        let zone = chrono_tz::UTC;
        let (log, report) = (log.clone(), report.clone());
        let analysis = Analysis::new("log".into(), log, report, zone, &progress);
        let analysis = analysis.expect("not cancelled");
        analysis
            .ask(&View::default(), &SummaryQuery, &Cancel::never())
            .expect("an answer")
    };
    assert_eq!(
        summary(&followed.log, &followed.report),
        summary(&log, &report)
    );
    followed
}

/// A row: case, activity, minute, and further values.
type Row = (u8, u8, u16, u8, Option<u16>);

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let row = (
        0u8..6,
        0u8..5,
        0u16..2000,
        0u8..12,
        proptest::option::of(0u16..300),
    );
    proptest::collection::vec(row, 12..60)
}

fn time(minute: u16) -> String {
    let (day, hour) = (1 + minute / 1440, minute / 60 % 24);
    format!("2024-03-{:02} {hour:02}:{:02}:00", day, minute % 60)
}

/// Texts with quotes, line ends and letters of several bytes; or a fault of the row.
const NOTES: [&str; 8] = [
    "",
    "plain",
    "\"quoted, twice \"\"here\"\"\"",
    "\"over\ntwo lines\"",
    "\"over\r\n\r\nthree\"",
    "Grüße",
    "\"ends with a quote\"\"\"",
    "7",
];

fn csv(rows: &[Row]) -> String {
    let mut text = "case_id,activity,timestamp,note,amount\n".to_owned();
    for &(case, activity, minute, note, amount) in rows {
        let amount = amount.map_or(String::new(), |n| n.to_string());
        let time = time(minute);
        let line = match note {
            8 => format!("c{case},A{activity},soon,,{amount}"),
            9 => format!(",A{activity},{time},,{amount}"),
            10 => String::new(),
            11 => format!("c{case},A{activity},{time}"),
            note => format!(
                "c{case},A{activity},{time},{},{amount}",
                NOTES[usize::from(note)]
            ),
        };
        let end = if case == 5 { "\r\n" } else { "\n" };
        // Writing to a String cannot fail.
        let _ = write!(text, "{line}{end}");
    }
    text
}

fn jsonl(rows: &[Row]) -> String {
    let mut text = String::new();
    for &(case, activity, minute, note, amount) in rows {
        let time = time(minute);
        let amount = amount.map_or(String::new(), |n| format!(r#","amount":{n}"#));
        let key = format!(r#""case_id":"c{case}","activity":"A{activity}""#);
        let line = match note {
            8 => format!(r#"{{{key},"timestamp":"soon"}}"#),
            9 => format!("{{{key}"),
            10 => String::new(),
            11 => {
                format!(r#"{{{key},"timestamp":"{time}","of":{{"kind{activity}":"x"}}{amount}}}"#)
            }
            note => {
                let note = serde_json::json!(NOTES[usize::from(note)]);
                format!(r#"{{{key},"timestamp":"{time}","note":{note}{amount}}}"#)
            }
        };
        let _ = writeln!(text, "{line}");
    }
    text
}

/// Steps by which one log grows to its length.
fn steps(text: &str, cuts: &[f64]) -> Vec<(usize, usize)> {
    let mut at: Vec<usize> = cuts
        .iter()
        .map(|cut| (cut * text.len() as f64) as usize)
        .collect();
    at.push(text.len());
    at.sort_unstable();
    at.into_iter().map(|len| (0, len)).collect()
}

fn has_events(text: &str) -> bool {
    let bytes = text.as_bytes();
    formats::read_all(&[bytes], &plan(1), &Progress::default())
        .is_ok_and(|(log, _)| log.n_events() > 0)
}

proptest! {
    #![proptest_config(runs(64))]

    #[test]
    fn a_csv_log_in_pieces_is_the_log(
        rows in rows(), cuts in proptest::collection::vec(0.0..1.0, 0..8)
    ) {
        let text = csv(&rows);
        prop_assume!(has_events(&text));
        check(&[text.as_bytes()], &steps(&text, &cuts), &plan(1));
    }

    #[test]
    fn a_log_of_json_lines_in_pieces_is_the_log(
        rows in rows(), cuts in proptest::collection::vec(0.0..1.0, 0..8)
    ) {
        let text = jsonl(&rows);
        prop_assume!(has_events(&text));
        check(&[text.as_bytes()], &steps(&text, &cuts), &plan(1));
    }

    #[test]
    fn logs_in_turns_are_the_logs(
        rows in (rows(), rows()),
        cuts in proptest::collection::vec((0usize..2, 0.0..1.0f64), 0..8)
    ) {
        let texts = [csv(&rows.0), jsonl(&rows.1)];
        prop_assume!(texts.iter().all(|text| has_events(text)));
        let logs = [texts[0].as_bytes(), texts[1].as_bytes()];
        let at = |(which, cut): &(usize, f64)| (*which, (cut * logs[*which].len() as f64) as usize);
        let mut steps: Vec<(usize, usize)> = cuts.iter().map(at).collect();
        steps.extend([(0, logs[0].len()), (1, logs[1].len())]);
        check(&logs, &steps, &plan(2));
    }
}

/// Rows as a system writes them, so that only new ones are read.
fn usual(rows: u16) -> String {
    let mut text = "case_id,activity,timestamp,note,amount\n".to_owned();
    for row in 0..rows {
        let note = ["plain", "\"a, \"\"b\"\"\nc\""][usize::from(row % 2)];
        let _ = writeln!(text, "c{},A{},{},{note},{row}", row % 7, row % 3, time(row));
    }
    text
}

#[test]
fn only_new_rows_are_read_where_they_fit() {
    let text = usual(60);
    let lens = (text.len() * 3 / 4..text.len()).step_by(11);
    let all: Vec<(usize, usize)> = lens.chain([text.len()]).map(|len| (0, len)).collect();
    let result = check(&[text.as_bytes()], &all, &plan(1));
    assert_eq!((result.anew, result.late), (0, 0));
}

#[test]
fn late_rows_are_put_in_their_place_and_counted() {
    let mut text = usual(100);
    let before = text.len();
    text.push_str("c1,Late,2024-03-01 00:00:30,,1\nc99,Early,2024-03-01 00:00:00,,1\n");
    let result = check(
        &[text.as_bytes()],
        &[(0, before), (0, text.len())],
        &plan(1),
    );
    assert_eq!((result.anew, result.late), (0, 1));
}

#[test]
fn starts_and_completions_are_paired_across_pieces() {
    let mut text = "case_id,activity,timestamp,lifecycle:transition\n".to_owned();
    for row in 0..60 {
        let transition = if row % 2 == 0 { "start" } else { "complete" };
        let _ = writeln!(text, "c{},A,{},{transition}", row / 2 % 3, time(row));
    }
    let steps: Vec<(usize, usize)> = (120..=text.len()).step_by(61).map(|len| (0, len)).collect();
    let mut steps = steps;
    steps.push((0, text.len()));
    let of = |lifecycle| ReadPlan {
        lifecycle,
        ..plan(1)
    };
    for lifecycle in [Lifecycle::Auto, Lifecycle::Events, Lifecycle::Complete] {
        let result = check(&[text.as_bytes()], &steps, &of(lifecycle));
        assert_eq!(result.anew, 0);
    }
}

#[test]
fn a_value_of_another_kind_makes_the_log_be_read_anew() {
    let mut text = usual(50);
    let before = text.len();
    text.push_str("c1,A1,2024-03-02 09:00:00,,much\n");
    let result = check(
        &[text.as_bytes()],
        &[(0, before), (0, text.len())],
        &plan(1),
    );
    assert_eq!(result.anew, 1);
}

#[test]
fn a_line_without_an_end_waits() {
    let text = usual(50);
    let progress = Progress::default();
    let cut = text.len() - 3;
    let (log, _, state) =
        Followed::begin(&[&text.as_bytes()[..cut]], &plan(1), &progress).expect("a log");
    assert_eq!(log.n_events(), 49);
    let mut state = state.settled();
    let mut on = |len: usize| state.read_on(&[&text.as_bytes()[..len]], &[true], &progress);
    assert!(matches!(on(cut + 1), Ok(ReadOn::Nothing)));
    let Ok(ReadOn::Rows(update)) = on(text.len()) else {
        panic!("the last row is whole");
    };
    assert_eq!((update.rows, update.log.n_events()), (1, 50));
}

#[test]
fn formats_that_cannot_be_read_on_are_read_whole() {
    let xes = b"<log><trace><event><string key=\"concept:name\" value=\"A\"/>\
        <date key=\"time:timestamp\" value=\"2024-01-01T00:00:00Z\"/></event></trace></log>";
    let array = br#"[{"case_id":"1","activity":"A","timestamp":"2024-01-01 00:00:00"}]"#;
    let latin = b"case_id,activity,timestamp\n1,Gr\xfc\xdfe,2024-01-01 00:00:00\n";
    for log in [&xes[..], &array[..], &latin[..]] {
        let progress = Progress::default();
        let begun = Followed::begin(&[log], &plan(1), &progress).expect("a log");
        let mut state = begun.2.settled();
        let read = state.read_on(&[log], &[true], &progress);
        assert!(matches!(read, Ok(ReadOn::Whole)));
    }
}
