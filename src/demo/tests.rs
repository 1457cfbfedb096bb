//! What the generator promises: the same bytes, time in order, exact sizes, bounded memory, and the
//! planted causes.

use super::*;
use std::collections::HashMap;

const PLAN: Plan = Plan {
    size: Size::Events(20_000),
    seed: 1,
    first_day: 19_723,
    delimiter: b',',
    most_open: MOST_OPEN,
};

fn log(plan: &Plan) -> (String, Made) {
    let mut out = Vec::new();
    let made = write_log(plan, &mut out).unwrap();
    (String::from_utf8(out).unwrap(), made)
}

/// The records of a log: fields by position.
fn records(text: &str) -> Vec<csv::StringRecord> {
    csv::Reader::from_reader(text.as_bytes())
        .into_records()
        .map(Result::unwrap)
        .collect()
}

fn fnv(bytes: &[u8]) -> u64 {
    let step = |hash: u64, &b: &u8| (hash ^ u64::from(b)).wrapping_mul(0x100_0000_01b3);
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, step)
}

#[test]
fn a_seed_gives_the_same_bytes_on_every_machine() {
    let (text, _) = log(&PLAN);
    assert_eq!(text, log(&PLAN).0);
    assert_ne!(text, log(&Plan { seed: 2, ..PLAN }).0);
    // A change of the process changes this number, and fixtures/support.csv with it.
    assert_eq!(fnv(text.as_bytes()), 523_014_901_867_942_778);
}

#[test]
fn time_never_goes_back_and_rows_are_as_many_as_asked() {
    for n in [0, 1, 999, 30_000] {
        let (text, made) = log(&Plan {
            size: Size::Events(n),
            ..PLAN
        });
        let records = records(&text);
        assert_eq!((records.len() as u64, made.events), (n, n));
        assert!(records.is_sorted_by(|a, b| a[2] <= b[2]));
    }
}

#[test]
fn cases_are_as_many_as_asked() {
    let (text, made) = log(&Plan {
        size: Size::Cases(700),
        ..PLAN
    });
    let records = records(&text);
    let cases: std::collections::HashSet<&str> = records.iter().map(|r| &r[0]).collect();
    assert_eq!((cases.len(), made.cases), (700, 700));
}

#[test]
fn open_cases_bound_the_memory() {
    let plan = Plan {
        most_open: 16,
        ..PLAN
    };
    let mut desk = Desk::new(&plan);
    let mut rows = RowWriter::new(plan.first_day, plan.delimiter);
    let mut out = Vec::new();
    while desk.step(&plan, &mut rows, &mut out) {
        out.clear();
    }
    assert_eq!((desk.tickets.len(), desk.made.most_open), (16, 16));
    assert!(desk.free.len() + desk.queue.len() == 16 && desk.made.events == 20_000);
}

#[test]
fn delimiters_other_than_the_comma_quote_other_names() {
    let (text, _) = log(&Plan {
        delimiter: b';',
        ..PLAN
    });
    assert!(text.contains(";Billing, Refunds;"));
    assert!(log(&PLAN).0.contains(",\"Billing, Refunds\","));
}

/// Mean number of events called `activity` per case, of the cases with `value` in `column`.
fn per_case(records: &[csv::StringRecord], activity: &str, column: usize, value: &str) -> f64 {
    let mut cases: HashMap<&str, u32> = HashMap::new();
    for record in records.iter().filter(|r| &r[column] == value) {
        *cases.entry(&record[0]).or_default() += u32::from(&record[1] == activity);
    }
    f64::from(cases.values().sum::<u32>()) / cases.len() as f64
}

/// Median hours from the first `from` to the first `to` of a case, by the value of `to` in `column`.
fn hours(records: &[csv::StringRecord], from: &str, to: &str, column: usize, value: &str) -> f64 {
    let time = |r: &csv::StringRecord| chrono::DateTime::parse_from_rfc3339(&r[2]).unwrap();
    let mut begun = HashMap::new();
    let mut gaps = Vec::new();
    for record in records {
        if &record[1] == from {
            begun.entry(&record[0]).or_insert_with(|| time(record));
        } else if &record[1] == to
            && &record[column] == value
            && let Some(begin) = begun.remove(&record[0])
        {
            gaps.push((time(record) - begin).as_seconds_f64() / 3600.0);
        }
    }
    gaps.sort_by(f64::total_cmp);
    gaps[gaps.len() / 2]
}

#[test]
fn the_planted_causes_are_there() {
    let (text, made) = log(&Plan {
        size: Size::Events(120_000),
        ..PLAN
    });
    let rows = records(&text);
    for activity in ["Escalated to L2", "Reopened"] {
        let bad = per_case(&rows, activity, 7, "3.2.0");
        assert!(
            bad > 1.6 * per_case(&rows, activity, 7, "3.1.2"),
            "{activity} {bad}"
        );
    }
    let triage = |region| hours(&rows, "Created", "Triaged", 8, region);
    assert!(triage("APAC") > 1.5 * triage("EMEA"));
    let response = |column, value| hours(&rows, "Assigned", "First response", column, value);
    assert!(response(5, "e-mail") > 2.0 * response(5, "phone"));
    assert!(response(3, "Marta Nowak") > 1.5 * response(3, "Aoife Byrne"));
    assert!(response(9, "Low") > 1.5 * response(9, "High"));
    assert!(made.open > 200, "the backlog at the end: {}", made.open);
}

#[test]
fn variants_have_a_heavy_tail() {
    let (text, _) = log(&Plan {
        size: Size::Events(120_000),
        ..PLAN
    });
    let rows = records(&text);
    let mut traces: HashMap<&str, Vec<&str>> = HashMap::new();
    for row in &rows {
        traces.entry(&row[0]).or_default().push(&row[1]);
    }
    let n_cases = traces.len();
    let mut counts: HashMap<Vec<&str>, usize> = HashMap::new();
    for trace in traces.into_values() {
        *counts.entry(trace).or_default() += 1;
    }
    let mut counts: Vec<usize> = counts.into_values().collect();
    counts.sort_unstable_by(|a, b| b.cmp(a));
    let percent = |n: usize| n * 100 / n_cases;
    let top = percent(counts.iter().take(8).sum());
    let once = percent(counts.iter().filter(|&&n| n == 1).count());
    assert!((32..52).contains(&top), "eight variants cover {top} %");
    assert!((12..40).contains(&once), "{once} % of the cases are unique");
}
