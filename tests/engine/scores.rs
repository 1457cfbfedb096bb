//! Scores of groups against a slow reference written straight from the definitions, on random small logs
//! and selections; and on the command line, with figures worked out by hand and everything that is refused.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use crate::cli_common::Desk;
use crate::small_logs::{Cell, Columns, Event, name};
use casetrail::engine::{
    Analysis, Cancel, CaseEnds, ColumnName, Figure, Figures, GroupBy, JourneySpec, Listing, SCORE,
    Scores, SplitQuery, SplitRow, Timing, View,
};
use casetrail::event_log::ColumnKind;
use proptest::prelude::*;
use statrs::function::erf::erfc;
use std::collections::{BTreeMap, BTreeSet};

/// One row of a log; the score in tenths.
#[derive(Debug, Clone)]
struct Row {
    case: u8,
    activity: u8,
    second: i64,
    group: Option<u8>,
    score: Option<i32>,
}

/// Rows, of which all of a case have the same score where `once`.
fn rows() -> impl Strategy<Value = Vec<Row>> {
    let row = (
        0u8..9,
        0u8..4,
        0i64..500,
        prop::option::weighted(0.8, 0u8..3),
        prop::option::weighted(0.6, -5i32..50),
    );
    let row = row.prop_map(|(case, activity, second, group, score)| Row {
        case,
        activity,
        second,
        group,
        // Few of them, so that many are equal.
        score: score.map(|score| score / 10 * 10 + score % 2),
    });
    (prop::collection::vec(row, 0..60), any::<bool>()).prop_map(|(mut rows, once)| {
        for at in 0..rows.len() {
            if once {
                let first = rows.iter().find(|row| row.case == rows[at].case);
                rows[at].score = first.unwrap().score;
            }
        }
        rows
    })
}

fn analysis(rows: &[Row]) -> Analysis {
    let columns = Columns {
        named: &[("group", ColumnKind::Text), ("grade", ColumnKind::Number)],
        ..Columns::default()
    };
    let event = |row: &Row| Event {
        case: row.case,
        activity: row.activity,
        second: row.second,
        start: None,
        cells: vec![
            Cell::named('g', row.group),
            Cell::Number(row.score.map(|tenths| f64::from(tenths) / 10.0)),
        ],
    };
    let events: Vec<Event> = rows.iter().map(event).collect();
    let column = ColumnName {
        name: "grade".to_owned(),
        table: "[journey]",
        line: Some(1),
    };
    let timing = Timing {
        journey: JourneySpec {
            score: Some(column),
            ..JourneySpec::default()
        },
        // Some cases are open, which have scores as the others.
        ends: CaseEnds {
            activities: Some(vec![name(0)]),
            idle: None,
        },
        ..Timing::default()
    };
    let log = crate::small_logs::log(&columns, &events, 7);
    crate::small_logs::analysis(log)
        .with_timing(timing)
        .unwrap()
}

type Traces = BTreeMap<u8, Vec<Row>>;

fn traces(rows: &[Row]) -> Traces {
    let mut traces = Traces::new();
    for row in rows {
        traces.entry(row.case).or_default().push(row.clone());
    }
    for trace in traces.values_mut() {
        trace.sort_by_key(|row| row.second);
    }
    traces
}

/// The scores of some cases in tenths. A column that is constant in every case of the log counts once a
/// case.
fn scores(traces: &Traces, of_case: bool, cases: &BTreeSet<u8>) -> Vec<f64> {
    let of = cases.iter().flat_map(|case| {
        let trace = &traces[case];
        let trace = if of_case { &trace[..1] } else { &trace[..] };
        trace.iter().filter_map(|row| row.score)
    });
    of.map(f64::from).collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len();
    f64::midpoint(sorted[(n - 1) / 2], sorted[n / 2])
}

/// Quantile 0.975 of Student's t, by halving the interval in which the integral of its density, by Simpson's
/// rule, reaches it.
fn student(freedom: usize) -> f64 {
    let v = freedom as f64;
    // Gamma((v + 1) / 2) / Gamma(v / 2), two degrees of freedom at a time.
    let first = if freedom % 2 == 1 {
        1.0 / std::f64::consts::PI.sqrt()
    } else {
        std::f64::consts::PI.sqrt() / 2.0
    };
    let steps = (1..freedom).filter(|k| k % 2 == freedom % 2);
    let ratio = steps.fold(first, |ratio, k| ratio * (k as f64 + 1.0) / k as f64);
    let scale = ratio / (v * std::f64::consts::PI).sqrt();
    let density = |x: f64| scale * (1.0 + x * x / v).powf(-(v + 1.0) / 2.0);
    let area = |to: f64| {
        const STEPS: usize = 4000;
        let width = to / STEPS as f64;
        let weight = |at: usize| match at {
            0 | STEPS => 1.0,
            at if at % 2 == 1 => 4.0,
            _ => 2.0,
        };
        let sum: f64 = (0..=STEPS)
            .map(|at| weight(at) * density(at as f64 * width))
            .sum();
        sum * width / 3.0
    };
    let (mut low, mut high) = (0.0, 20.0);
    for _ in 0..50 {
        let middle = f64::midpoint(low, high);
        if area(middle) < 0.475 {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}

/// Quantiles by degrees of freedom, from 1.
fn students() -> Vec<f64> {
    (1..=60).map(student).collect()
}

fn mann_whitney(one: &[f64], other: &[f64]) -> Option<f64> {
    if one.is_empty() || other.is_empty() {
        return None;
    }
    let larger = |x: f64, y: f64| f64::from(u8::from(x > y)) + 0.5 * f64::from(u8::from(x == y));
    let of = |x: &f64| other.iter().map(|y| larger(*x, *y)).sum::<f64>();
    let u: f64 = one.iter().map(of).sum();
    let (n1, n2) = (one.len() as f64, other.len() as f64);
    let n = n1 + n2;
    let all: Vec<f64> = one.iter().chain(other).copied().collect();
    let equal = |x: &f64| all.iter().filter(|y| *y == x).count() as f64;
    let ties: f64 = all.iter().map(|x| equal(x).powi(2) - 1.0).sum();
    let variance = n1 * n2 / 12.0 * ((n + 1.0) - ties / (n * (n - 1.0)));
    if variance <= 0.0 {
        return Some(1.0);
    }
    let z = ((u - n1 * n2 / 2.0).abs() - 0.5).max(0.0) / variance.sqrt();
    Some(erfc(z / std::f64::consts::SQRT_2))
}

/// Of each probability the least `p_j m / rank_j` of those that are at least as large.
fn corrected(p: &[Option<f64>]) -> Vec<Option<f64>> {
    let known: Vec<f64> = p.iter().copied().flatten().collect();
    let rank = |p: f64| known.iter().filter(|other| **other <= p).count() as f64;
    let q = |p: f64| {
        let larger = known.iter().copied().filter(|other| *other >= p);
        let candidates = larger.map(|other| other * known.len() as f64 / rank(other));
        candidates.fold(1.0, f64::min)
    };
    p.iter().map(|p| p.map(q)).collect()
}

fn same(what: &str, got: Option<f64>, want: Option<f64>) {
    let close = |(got, want): (f64, f64)| (got - want).abs() < 1e-6;
    let same = got.is_none() == want.is_none() && got.zip(want).is_none_or(close);
    assert!(same, "{what}: got {got:?}, reference {want:?}");
}

fn check(got: &Scores, scores: &[f64], q: Option<f64>, students: &[f64]) {
    let stats = got.measure.stats;
    let some = (!scores.is_empty()).then_some(scores);
    assert_eq!(stats.map_or(0, |stats| stats.n), scores.len() as u64);
    same(
        "mean",
        stats.map(|s| s.mean),
        some.map(|of| mean(of) / 10.0),
    );
    same(
        "median",
        stats.map(|s| s.median),
        some.map(|of| median(of) / 10.0),
    );
    let half = (scores.len() > 1).then(|| {
        let squares: f64 = scores.iter().map(|x| (x - mean(scores)).powi(2)).sum();
        let freedom = scores.len() - 1;
        let error = (squares / freedom as f64 / scores.len() as f64).sqrt();
        students[freedom - 1] * error / 10.0
    });
    let center = half.map(|half| (mean(scores) / 10.0, half));
    same(
        "low",
        got.interval.map(|of| of.low),
        center.map(|(mean, half)| mean - half),
    );
    same(
        "high",
        got.interval.map(|of| of.high),
        center.map(|(mean, half)| mean + half),
    );
    same("q", got.measure.q, q);
}

/// The cases of each combination of values of properties.
fn groups(
    traces: &Traces,
    cases: &BTreeSet<u8>,
    by: &[&str],
) -> BTreeMap<Vec<Option<String>>, BTreeSet<u8>> {
    let mut groups: BTreeMap<Vec<Option<String>>, BTreeSet<u8>> = BTreeMap::new();
    for case in cases {
        let trace = &traces[case];
        let mut keys = vec![Vec::new()];
        for by in by {
            let values: BTreeSet<Option<String>> = match *by {
                "group" => {
                    let values = trace.iter().filter_map(|row| row.group);
                    let values: BTreeSet<_> = values.map(|g| Some(format!("g{g}"))).collect();
                    if values.is_empty() {
                        [None].into()
                    } else {
                        values
                    }
                }
                "first" => [Some(name(trace[0].activity))].into(),
                other => panic!("{other}"),
            };
            let more = |key: &Vec<Option<String>>| -> Vec<Vec<Option<String>>> {
                let with =
                    |value: &Option<String>| [&key[..], std::slice::from_ref(value)].concat();
                values.iter().map(with).collect()
            };
            keys = keys.iter().flat_map(more).collect();
        }
        for key in keys {
            groups.entry(key).or_default().insert(*case);
        }
    }
    groups
}

proptest! {
    #![proptest_config(crate::runs(2000))]

    #[test]
    fn scores_are_those_of_a_plain_scan(
        rows in rows(),
        without in prop::option::of(0u8..4),
        by in prop::sample::select(vec![vec![], vec!["group"], vec!["first"], vec!["group", "first"]]),
        across in any::<bool>(),
    ) {
        static STUDENTS: std::sync::OnceLock<Vec<f64>> = std::sync::OnceLock::new();
        let students = STUDENTS.get_or_init(students);
        // A filter of an activity that the log has not is an error.
        let without = without.filter(|a| rows.iter().any(|row| row.activity == *a));
        let traces = traces(&rows);
        let is_left = |trace: &[Row]| trace.iter().all(|row| Some(row.activity) != without);
        let left = traces.iter().filter(|(_, trace)| is_left(trace));
        let cases: BTreeSet<u8> = left.map(|(case, _)| *case).collect();
        let is_constant = |trace: &Vec<Row>| trace.iter().all(|row| row.score == trace[0].score);
        let of_case = traces.values().all(is_constant);
        let view = View {
            filters: without.map(|a| format!("not \"{}\"", name(a))).into_iter().collect(),
            ..View::default()
        };
        // A table has the cells of the groups by one property more.
        let across = across && by.len() == 1;
        let query = SplitQuery {
            by: by.iter().map(|by| GroupBy::parse(by)).collect(),
            across: across.then(|| GroupBy::parse(if by[0] == "group" { "first" } else { "group" })),
            common_ranges: false,
            figures: Figures { only: vec![Figure::Named(SCORE.to_owned())], ..Figures::default() },
            listing: Listing::by("mean"),
        };
        let split = analysis(&rows).ask(&view, &query, &Cancel::never()).unwrap();
        let score = |row: &SplitRow| row.scores.unwrap();
        let checked = |found: &[&SplitRow], by: &[&str]| {
            let groups = groups(&traces, &cases, by);
            assert_eq!(found.len(), groups.len());
            let rest = |of: &BTreeSet<u8>| scores(&traces, of_case, &(&cases - of));
            let p = |of: &BTreeSet<u8>| mann_whitney(&scores(&traces, of_case, of), &rest(of));
            let q = corrected(&groups.values().map(p).collect::<Vec<_>>());
            for ((values, cases), q) in groups.iter().zip(q) {
                let is_it = |row: &&&SplitRow| {
                    row.values.iter().map(Option::as_deref).eq(values.iter().map(Option::as_deref))
                };
                let row = found.iter().find(is_it).unwrap();
                check(&score(row), &scores(&traces, of_case, cases), q, students);
            }
        };
        checked(&split.rows.rows.iter().collect::<Vec<_>>(), &by);
        if across {
            let both: [&str; 2] = [by[0], if by[0] == "group" { "first" } else { "group" }];
            let cells = split.rows.rows.iter().flat_map(|row| row.cells.iter().map(|(_, cell)| &**cell));
            checked(&cells.collect::<Vec<_>>(), &both);
        }
        // The order is by the mean, groups without a score are last; changes are those of the mean.
        let means = split.rows.rows.iter().map(|row| score(row).measure.stats.map(|stats| stats.mean));
        let means: Vec<Option<f64>> = means.collect();
        prop_assert!(means.windows(2).all(|pair| pair[0] >= pair[1]), "{:?}", means);
        let all = scores(&traces, of_case, &cases);
        for (row, of) in split.rows.rows.iter().zip(&means) {
            let want = of.map(|of| of - mean(&all) / 10.0);
            same("change", row.moves.measure, want);
        }
    }
}

/// Two answers in one case, none in another; the third is open.
const LOG: &str = "\
case,activity,time,desk,grade,word
c1,A,2024-01-01T10:00:00Z,north,,x
c1,B,2024-01-01T11:00:00Z,north,5,x
c1,B,2024-01-01T12:00:00Z,north,4,x
c2,A,2024-01-02T10:00:00Z,north,,y
c3,A,2024-01-03T10:00:00Z,south,1,
c3,B,2024-01-03T11:00:00Z,south,2,3
";

const RULES: &str = "[cases]\nend = [\"A\"]\n\n[journey]\nscore = \"grade\"\n";

fn desk(rules: &str) -> Desk {
    let desk = Desk::with("log.csv", LOG);
    desk.write("rules.toml", rules);
    desk
}

const WORDS: [&str; 6] = ["split", "log.csv", "--rules", "rules.toml", "--by", "desk"];

#[test]
fn reports_have_the_figures_worked_out_by_hand() {
    let desk = desk(RULES);
    let json = desk.json(&[&WORDS[..], &["--figure", "score"]].concat());
    let north = &json["rows"][0];
    assert_eq!(
        (&north["values"][0], &north["cases"]),
        (&"north".into(), &2.into())
    );
    // Two scores have a standard error of half their difference, and t is 12.7 for them.
    let score = &north["score"];
    assert_eq!(
        (&score["n"], &score["mean"], &score["median"]),
        (&2.into(), &serde_json::json!(4.5), &serde_json::json!(4.5))
    );
    let low = score["low"].as_f64().unwrap();
    assert!((low - (4.5 - 12.706_204_736 / 2.0)).abs() < 1e-6, "{low}");
    assert_eq!(score["change"], serde_json::json!(1.5));
    assert_eq!(json["all"]["score"]["n"], 4);
    assert!(north.get("duration").is_none());
    // Without --figure all figures are there.
    let json = desk.json(&WORDS);
    assert_eq!(json["rows"][1]["score"]["mean"], serde_json::json!(1.5));
    assert!(json["rows"][1].get("duration").is_some());
    // One answer has no interval, none has no mean; conditions on events take answers out.
    let json = desk.json(&[&WORDS[..], &["--events", "grade < 5"]].concat());
    let score = &json["rows"][0]["score"];
    assert_eq!(
        (&score["n"], &score["low"]),
        (&1.into(), &serde_json::Value::Null)
    );
    let json = desk.json(&[&WORDS[..], &["--filter", "case = \"c2\""]].concat());
    let score = &json["rows"][0]["score"];
    assert_eq!(
        (&score["n"], &score["mean"]),
        (&0.into(), &serde_json::Value::Null)
    );
    let table = desk.run(&[&WORDS[..], &["--figure", "score"]].concat()).out;
    assert!(table.contains("score_n  score_mean  score_q"), "{table}");
    let facet = [
        "facet",
        "log.csv",
        "--rules",
        "rules.toml",
        "--by",
        "desk",
        "--sort",
        "-mean",
    ];
    let json = desk.json(&facet);
    assert_eq!(json["rows"][0]["values"][0], "south");
    let versus = desk.json(
        &[
            &WORDS[..],
            &[
                "--filter",
                "desk = \"north\"",
                "--versus",
                "desk = \"south\"",
            ],
        ]
        .concat(),
    );
    assert_eq!(versus["rows"][0]["a"]["score"]["n"], 2);
}

#[test]
fn what_is_wrong_is_refused_with_its_line() {
    for (score, part) in [
        (
            "score = \"word\"",
            "line 5 of the rules file: column word of [journey]: it holds texts such as \"x\", and no scores",
        ),
        (
            "score = \"grades\"",
            "line 5 of the rules file: column grades of [journey]: the log has no column grades; did you mean grade",
        ),
        (
            "score = \"time\"",
            "column time of [journey]: it holds ids or times",
        ),
        (
            "score = 5",
            "rules.toml\": line 5: invalid type: integer `5`, expected a string",
        ),
        (
            "scores = \"grade\"",
            "line 5: unknown field `scores`, expected one of",
        ),
        (
            "score = \"grade\"\nnps = \"word\"",
            "line 6 of the rules file: column word of [journey]: it holds texts such as \"x\"",
        ),
        (
            "score = \"grade\"\n[outcomes]\nscore = '\"A\"'",
            "two definitions are called score: outcome and figure of [journey]",
        ),
    ] {
        let desk = desk(&RULES.replace("score = \"grade\"", score));
        let run = desk.run(&WORDS);
        assert_eq!(
            (run.code, run.out.as_str()),
            (Some(2), ""),
            "{score}: {run:?}"
        );
        assert!(run.err.contains(part), "{score}: {}", run.err);
    }
    let desk = Desk::with("log.csv", LOG.replace(",5,", ",5000000000,"));
    desk.write("rules.toml", RULES);
    let run = desk.run(&WORDS);
    assert_eq!(run.code, Some(2));
    let part = "column grade of [journey]: its value 5000000000 is no score";
    assert!(run.err.contains(part), "{}", run.err);
}

#[test]
fn figures_and_orders_need_their_definition() {
    let desk = desk("[cases]\nend = [\"A\"]\n");
    let run = desk.run(&[&WORDS[..], &["--figure", "score"]].concat());
    assert_eq!(run.code, Some(2));
    let part = "there is no figure score; [journey] of the rules file names a column of scores";
    assert!(run.err.contains(part), "{}", run.err);
    for (words, part) in [
        (
            ["split", "log.csv", "--by", "desk", "--sort", "mean"].to_vec(),
            "--sort mean: there are no scores without [journey] in the rules file (--rules)",
        ),
        (
            ["variants", "log.csv", "--sort", "cost_mean"].to_vec(),
            "--sort cost_mean: nothing has a cost without [rates] in the rules file (--rules)",
        ),
        (
            ["activities", "log.csv", "--sort", "-service_median"].to_vec(),
            "--sort service_median: the log has no starts of events (--start names their column)",
        ),
    ] {
        let run = desk.run(&words);
        assert_eq!(
            (run.code, run.out.as_str()),
            (Some(2), ""),
            "{words:?}: {run:?}"
        );
        assert!(run.err.contains(part), "{words:?}: {}", run.err);
    }
}
