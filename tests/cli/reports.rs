//! Every report against figures worked out by hand, and its shape in every format.

#![allow(
    clippy::needless_raw_string_hashes,
    reason = "the form in which expected texts are updated"
)]
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use crate::cli_common::{Desk, LIFECYCLE, LOG};
use expect_test::expect;
use serde_json::{Value, json};

fn desk() -> Desk {
    Desk::with("log.csv", LOG)
}

fn keys(value: &Value) -> Vec<&str> {
    value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

#[test]
fn summary() {
    let summary = desk().json(&["summary", "log.csv"]);
    let order = [
        "events",
        "cases",
        "activities",
        "variants",
        "resources",
        "first_event",
        "last_event",
        "events_per_case",
        "case_duration",
        "total",
        "rejected",
        "mapping",
    ];
    assert_eq!(keys(&summary), order);
    assert_eq!(summary["events"], 12);
    assert_eq!(summary["cases"], 5);
    assert_eq!(summary["activities"], 3);
    assert_eq!(summary["variants"], 4);
    assert_eq!(summary["resources"], 3);
    assert_eq!(summary["first_event"], "2024-01-01T10:00:00Z");
    assert_eq!(summary["last_event"], "2024-01-01T16:00:00Z");
    let events = json!({"min": 1, "median": 2, "mean": 2.4, "max": 4});
    assert_eq!(summary["events_per_case"], events);
    let duration = json!({"min": 0, "median": 3600, "mean": 3720, "p90": 7200, "max": 7200});
    assert_eq!(summary["case_duration"], duration);
    assert_eq!(summary["total"], json!({"events": 12, "cases": 5}));
    assert_eq!(summary["rejected"], json!({"rows": 0, "reasons": {}}));
    assert_eq!(summary["mapping"]["case"], "case");
    assert_eq!(summary["mapping"]["activity"], "activity");
}

#[test]
fn summary_of_nothing() {
    let summary = desk().json(&["summary", "log.csv", "--filter", "events > 100"]);
    assert_eq!(summary["cases"], 0);
    assert_eq!(summary["first_event"], Value::Null);
    assert_eq!(summary["case_duration"]["median"], Value::Null);
    assert_eq!(summary["events_per_case"]["min"], Value::Null);
    assert_eq!(summary["total"], json!({"events": 12, "cases": 5}));
}

#[test]
fn variants() {
    let variants = desk().json(&["variants", "log.csv"]);
    let duration = |mean: u64, p90: u64, p99: u64| json!({"mean": mean, "median": mean, "p90": p90, "p99": p99});
    assert_eq!(
        variants,
        json!({"total": 4, "variants": [
            {"rank": 1, "cases": 2, "share": 0.4, "activities": ["A", "C"], "cumulative": 0.4,
             "duration": duration(2100, 3300, 3570), "rework": 0},
            {"rank": 2, "cases": 1, "share": 0.2, "activities": ["A"], "cumulative": 0.6,
             "duration": duration(0, 0, 0), "rework": 0},
            {"rank": 3, "cases": 1, "share": 0.2, "activities": ["A", "B", "B", "C"], "cumulative": 0.8,
             "duration": duration(7200, 7200, 7200), "rework": 1},
            {"rank": 4, "cases": 1, "share": 0.2, "activities": ["A", "B", "C"], "cumulative": 1.0,
             "duration": duration(7200, 7200, 7200), "rework": 0},
        ]})
    );
}

#[test]
fn activities() {
    let activities = desk().json(&["activities", "log.csv"]);
    assert_eq!(
        activities,
        json!({"activities": [
            {"activity": "A", "events": 5, "cases": 5, "starts": 5, "ends": 1, "rework_cases": 0},
            {"activity": "C", "events": 4, "cases": 4, "starts": 0, "ends": 4, "rework_cases": 0},
            {"activity": "B", "events": 3, "cases": 2, "starts": 0, "ends": 0, "rework_cases": 1},
        ]})
    );
}

#[test]
fn dfg() {
    let dfg = desk().json(&["dfg", "log.csv"]);
    let edge = |from: &str, to: &str, count: u64, cases: u64, times: [u64; 5]| {
        let [mean, median, p90, p99, total] = times;
        let elapsed = json!({
            "mean": mean, "median": median, "p90": p90, "p99": p99, "total": total
        });
        json!({"from": from, "to": to, "count": count, "cases": cases, "elapsed": elapsed})
    };
    assert_eq!(
        dfg,
        json!({"edges": [
            edge("A", "B", 2, 2, [1200, 1200, 1680, 1788, 2400]),
            edge("A", "C", 2, 2, [2100, 2100, 3300, 3570, 4200]),
            edge("B", "C", 2, 2, [5100, 5100, 5340, 5394, 10200]),
            edge("B", "B", 1, 1, [1800, 1800, 1800, 1800, 1800]),
        ]})
    );
}

#[test]
fn cases_and_their_orders() {
    let desk = desk();
    let cases = desk.json(&["cases", "log.csv"]);
    assert_eq!(cases["total"], 5);
    let first = json!({"case": "c1", "variant": 4, "events": 3, "start": "2024-01-01T10:00:00Z",
        "end": "2024-01-01T12:00:00Z", "duration": 7200});
    assert_eq!(cases["cases"][0], first);
    let order = |sort: &str| -> String {
        let cases = desk.json(&["cases", "log.csv", "--sort", sort]);
        let ids = cases["cases"].as_array().unwrap().iter();
        ids.map(|case| case["case"].as_str().unwrap())
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(order("-duration"), "c1 c3 c5 c2 c4");
    assert_eq!(order("duration"), "c4 c2 c5 c1 c3");
    assert_eq!(order("-events"), "c3 c1 c2 c5 c4");
    assert_eq!(order("start"), "c1 c2 c3 c4 c5");
    assert_eq!(order("-case"), "c5 c4 c3 c2 c1");
    assert_eq!(order("variant"), "c2 c5 c4 c3 c1");
    let two = desk.json(&["cases", "log.csv", "--limit", "2"]);
    assert_eq!(two["total"], 5);
    assert_eq!(two["cases"].as_array().unwrap().len(), 2);
}

#[test]
fn cases_as_a_trace() {
    let desk = Desk::with("log.csv", LIFECYCLE);
    let run = desk.run(&["events", "log.csv", "--format", "trace"]);
    let trace: Value = serde_json::from_str(&run.out).unwrap();
    let entries = trace["traceEvents"].as_array().unwrap();
    let of = |phase: &str| {
        let entries = entries.iter().filter(|entry| entry["ph"] == phase);
        let line = |entry: &Value| {
            let dur = entry["dur"]
                .as_i64()
                .map_or(String::new(), |us| format!(" {} min", us / 60_000_000));
            let name = entry["args"]["name"].as_str().or(entry["name"].as_str());
            format!("{} {}{dur}", entry["tid"], name.unwrap())
        };
        entries.map(line).collect::<Vec<_>>()
    };
    // A is done twice at the same time, and B begins an hour after both.
    assert_eq!(of("M"), ["0 log.csv", "1 c1", "2 c1 (2)"]);
    assert_eq!(
        of("X"),
        [
            "1 A 30 min",
            "2 A 50 min",
            "1 wait for B 60 min",
            "1 B 30 min",
            "1 wait for C 30 min"
        ]
    );
    // D has not ended: a start alone makes no instance here.
    assert_eq!(of("i"), ["1 C"]);

    let log = Desk::with("log.csv", LOG);
    let run = log.run(&[
        "events",
        "log.csv",
        "--format",
        "trace",
        "--filter",
        "activity = \"B\"",
        "--limit",
        "1",
    ]);
    let trace: Value = serde_json::from_str(&run.out).unwrap();
    let entries = trace["traceEvents"].as_array().unwrap();
    assert_eq!(entries[1]["args"]["name"], "c1");
    assert_eq!(entries.len(), 2 + 3 + 2, "{trace}");
    assert_eq!(log.run(&["events", "log.csv"]).code, Some(2));
}

#[test]
fn events_of_a_case() {
    let desk = desk();
    let events = desk.json(&["events", "log.csv", "--case-id", "c2"]);
    assert_eq!(
        events,
        json!({"case": "c2", "events": [
            {"activity": "A", "time": "2024-01-01T11:00:00Z", "resource": "Ann", "amount": 2.5},
            {"activity": "C", "time": "2024-01-01T11:10:00Z", "resource": null, "amount": 2.5},
        ]})
    );
    let missing = desk.json(&["events", "log.csv", "--case-id", "c4"]);
    assert_eq!(missing["events"][0]["amount"], Value::Null);
}

#[test]
fn columns_that_are_called_like_words_of_the_report_are_in_backticks() {
    let log = "id,what,when,activity,start\n1,A,2024-01-01T10:00:00.250Z,x,7\n";
    let desk = Desk::with("log.csv", log);
    let words = [
        "--case",
        "id",
        "--activity",
        "what",
        "--time",
        "when",
        "--case-id",
        "1",
    ];
    let events = desk.json(&[&["events", "log.csv"], &words[..]].concat());
    let event = json!({"activity": "A", "time": "2024-01-01T10:00:00.250000Z", "resource": null,
        "`activity`": "x", "`start`": 7});
    assert_eq!(events["events"][0], event);
}

#[test]
fn resources() {
    let desk = desk();
    let resources = desk.json(&["resources", "log.csv"]);
    let ann = json!({"resource": "Ann", "events": 6, "cases": 4, "activities": 2, "open": 0, "events_per_day": 6,
        "wait": {"mean": 4600, "total": 13_800}, "repeated": 0, "rework_after": 0.0, "growth": null,
        "weekdays": [6, 0, 0, 0, 0, 0, 0], "kept": 0.5, "steps": {"kept": 1, "handed": 1, "received": 2}});
    assert_eq!(resources["resources"][0], ann);
    let counts = |row: &Value| {
        json!([
            row["resource"],
            row["events"],
            row["cases"],
            row["activities"]
        ])
    };
    let rows = resources["resources"].as_array().unwrap();
    let resources: Vec<Value> = rows.iter().map(counts).collect();
    assert_eq!(
        resources,
        [
            json!(["Ann", 6, 4, 2]),
            json!(["Bob", 4, 2, 2]),
            json!(["Cid", 1, 1, 1])
        ]
    );
    let none = "case,activity,time\n1,A,2024-01-01T10:00:00Z\n";
    desk.write("none.csv", none);
    assert_eq!(
        desk.json(&["resources", "none.csv"]),
        json!({"resources": []})
    );
    assert_eq!(
        desk.json(&["summary", "none.csv"])["resources"],
        Value::Null
    );
}

#[test]
fn instances() {
    let desk = Desk::with("log.csv", LIFECYCLE);
    let summary = desk.json(&["summary", "log.csv"]);
    assert_eq!(summary["events"], 4);
    let activities = desk.json(&["activities", "log.csv"]);
    // A: 10:00 to 10:30 and 10:10 to 11:00, first in first out; the second did not wait.
    let a = &activities["activities"][0];
    assert_eq!(a["events"], 2);
    assert_eq!(a["service"]["total"], json!(1800 + 3000));
    assert_eq!(
        a["waiting"],
        json!({"mean": 0, "median": 0, "p90": 0, "p99": 0, "total": 0})
    );
    let b = &activities["activities"][1];
    assert_eq!(b["service"]["mean"], 1800);
    assert_eq!(b["waiting"]["mean"], 3600);
    // C has no start: no service time, and it waited until its completion.
    let c = &activities["activities"][2];
    assert_eq!(c["service"], Value::Null);
    assert_eq!(c["waiting"]["total"], 1800);
    let times = desk.json(&["times", "log.csv", "--end", "C"]);
    let of = |times: &Value, metric: &str| {
        let rows = times["times"].as_array().unwrap();
        let row = rows.iter().find(|row| row["metric"] == metric);
        row.map_or(Value::Null, |row| row["total"].clone())
    };
    assert_eq!(of(&times, "throughput"), 3 * 3600);
    // C has no start: what it was worked on is not known, and so it is for the case.
    assert_eq!(
        (of(&times, "service"), of(&times, "idle")),
        (Value::Null, Value::Null)
    );
    let known = ["times", "log.csv", "--events", "activity != \"C\""];
    let times = desk.json(&known);
    assert_eq!(of(&times, "service"), 1800 + 3000 + 1800);
    assert_eq!(of(&times, "active"), 3600 + 1800);
    assert_eq!(
        (of(&times, "waiting"), of(&times, "idle")),
        (json!(3600), json!(3600))
    );
    let b = desk.json(&[&known[..], &["--by", "activity"]].concat());
    let sojourn = b["times"].as_array().unwrap().iter();
    let sojourn = sojourn.filter(|row| row["activity"] == "B" && row["metric"] == "sojourn");
    assert_eq!(
        sojourn.map(|row| row["total"].clone()).collect::<Vec<_>>(),
        [json!(5400)]
    );
    let dfg = desk.json(&["dfg", "log.csv"]);
    let edge = |from: &str, to: &str| {
        let edges = dfg["edges"].as_array().unwrap();
        edges
            .iter()
            .find(|e| e["from"] == from && e["to"] == to)
            .unwrap()
            .clone()
    };
    assert_eq!(edge("A", "A")["elapsed"]["mean"], 1800);
    assert_eq!(edge("A", "A")["waiting"]["mean"], 0);
    assert_eq!(edge("A", "B")["elapsed"]["mean"], 5400);
    assert_eq!(edge("A", "B")["waiting"]["mean"], 3600);
    let quality = desk.json(&["quality", "log.csv"]);
    assert_eq!(quality["lone_starts"], 1);
    let plain = desk.json(&["activities", "log.csv", "--lifecycle", "events"]);
    assert_eq!(plain["activities"][0]["events"], 4);
    assert!(plain["activities"][0].get("service").is_none());
    let complete = desk.json(&["summary", "log.csv", "--lifecycle", "complete"]);
    assert_eq!(complete["events"], 4);
}

#[test]
fn perf() {
    let desk = desk();
    let words = [
        "--filter",
        "\"B\"",
        "--filter",
        "events > 2",
        "--repeat",
        "3",
    ];
    let perf = desk.json(&[&["perf", "log.csv"], &words[..]].concat());
    assert_eq!(keys(&perf), ["load", "bytes_per_event", "filters"]);
    assert_eq!(keys(&perf["load"]), ["wall", "cpu", "peak_bytes", "source"]);
    assert_eq!(perf["load"]["source"], "log");
    assert!(perf["load"]["wall"].as_f64().unwrap() > 0.0);
    assert!(perf["bytes_per_event"].as_f64().unwrap() > 0.0);
    let filters = perf["filters"].as_array().unwrap();
    assert_eq!(filters.len(), 2);
    assert_eq!(
        (&filters[0]["filter"], &filters[0]["cases"]),
        (&json!("\"B\""), &json!(2))
    );
    assert_eq!(filters[0]["events"], 7);
    let refresh = &filters[1]["refresh"];
    assert_eq!(keys(refresh), ["median", "p95", "max", "cpu"]);
    assert!(refresh["median"].as_f64() <= refresh["max"].as_f64());
    let words = ["perf", "log.csv", "--panes", "why,funnel", "--repeat", "2"];
    let perf = desk.json(&words);
    let panes = perf["filters"][0]["panes"].as_array().unwrap();
    let names: Vec<&Value> = panes.iter().map(|pane| &pane["pane"]).collect();
    assert_eq!(names, ["funnel", "why"]);
    for pane in panes {
        assert_eq!(keys(pane), ["pane", "log", "first", "second", "stop"]);
        assert!(pane["log"].as_f64().unwrap() > 0.0);
        assert!(pane["second"]["median"].as_f64() <= pane["second"]["max"].as_f64());
        let stopped = pane["stop"]["n"].as_u64().unwrap();
        assert_eq!(pane["stop"]["max"].is_null(), stopped == 0, "{pane}");
    }
}

#[test]
fn tables_are_for_reading() {
    let desk = desk();
    let run = desk.run(&["variants", "log.csv"]);
    expect![[r#"
        5 cases, 12 events

        rank  cases  share  cumulative     mean   median      p90  activities
           1      2  40.0%       40.0%  35m 00s  35m 00s  55m 00s  A -> C
           2      1  20.0%       60.0%        0        0        0  A
           3      1  20.0%       80.0%   2h 00m   2h 00m   2h 00m  A -> B -> B -> C
           4      1  20.0%        100%   2h 00m   2h 00m   2h 00m  A -> B -> C
    "#]]
    .assert_eq(&run.out);
    let run = desk.run(&["cases", "log.csv", "--filter", "\"B\"", "--limit", "1"]);
    expect![[r#"
        2 of 5 cases, 7 of 12 events

        case  variant  events  start                end                  duration
        c1          4       3  2024-01-01 10:00:00  2024-01-01 12:00:00    2h 00m

        1 of 2 rows (--limit N shows more)
    "#]]
    .assert_eq(&run.out);
    let run = desk.run(&[
        "events",
        "log.csv",
        "--case-id",
        "c1",
        "--tz",
        "Europe/Berlin",
    ]);
    expect![[r#"
        case c1: 3 events, variant 4, 2h 00m

        activity  time                 resource  amount
        A         2024-01-01 11:00:00  Ann       10
        B         2024-01-01 11:30:00  Bob       10
        C         2024-01-01 13:00:00  Ann       10
    "#]]
    .assert_eq(&run.out);
}

#[test]
fn a_table_gives_twenty_rows_unless_told_otherwise() {
    let rows = (0..30).map(|i| format!("c{i:02},A,2024-01-01T10:00:00Z\n"));
    let log = "case,activity,time\n".to_owned() + &rows.collect::<String>();
    let desk = Desk::with("log.csv", log);
    let table = desk.run(&["cases", "log.csv"]).out;
    assert!(table.contains("20 of 30 rows"), "{table}");
    assert!(table.contains("c19") && !table.contains("c20"));
    let csv = desk.run(&["cases", "log.csv", "--format", "csv"]).out;
    assert_eq!(csv.lines().count(), 31);
    let markdown = desk.run(&["cases", "log.csv", "--format", "markdown"]).out;
    assert!(markdown.contains("c29"));
    let all = desk.run(&["cases", "log.csv", "--limit", "100"]).out;
    assert!(all.contains("c29"));
}

#[test]
fn csv_is_for_programs() {
    let desk = desk();
    let run = desk.run(&["cases", "log.csv", "--format", "csv", "--limit", "2"]);
    expect![[r#"
        case,variant,events,start,end,duration
        c1,4,3,2024-01-01T10:00:00Z,2024-01-01T12:00:00Z,7200
        c3,3,4,2024-01-01T12:00:00Z,2024-01-01T14:00:00Z,7200
    "#]]
    .assert_eq(&run.out);
    let run = desk.run(&["variants", "log.csv", "--format", "csv", "--limit", "1"]);
    expect![[r#"
        rank,cases,share,cumulative,mean,median,p90,activities
        1,2,0.4,0.4,2100,2100,3300,A -> C
    "#]]
    .assert_eq(&run.out);
}

#[test]
fn markdown_is_for_documents() {
    let run = desk().run(&["activities", "log.csv", "--format", "markdown"]);
    expect![[r#"
        5 cases, 12 events

        | activity | events | cases | starts | ends | rework_cases |
        | --- | ---: | ---: | ---: | ---: | ---: |
        | A | 5 | 5 | 5 | 1 | 0 |
        | C | 4 | 4 | 0 | 4 | 0 |
        | B | 3 | 2 | 0 | 0 | 1 |
    "#]]
    .assert_eq(&run.out);
}

#[test]
fn every_report_has_every_format() {
    let desk = desk();
    for report in [
        "summary",
        "variants",
        "activities",
        "dfg",
        "map",
        "cases",
        "events",
        "resources",
        "quality",
        "flow",
        "queues",
        "week",
        "trend",
        "perf",
    ] {
        for format in ["table", "json", "csv", "markdown"] {
            let mut words = vec![report, "log.csv", "--format", format, "--quiet"];
            if report == "events" {
                words.extend(["--case-id", "c1"]);
            }
            let run = desk.run(&words);
            assert_eq!((run.code, run.err.as_str()), (Some(0), ""), "{words:?}");
            assert!(run.out.ends_with('\n'), "{words:?}");
        }
    }
}

#[test]
fn flow() {
    let desk = desk();
    let flow = desk.json(&["flow", "log.csv", "--bins", "7"]);
    // No activity sounds as if it ended a case.
    assert_eq!(flow["unit"], "hour");
    assert_eq!(
        (&flow["open_cases"], &flow["ends_known"]),
        (&json!(0), &json!(false))
    );
    let bins = flow["bins"].as_array().unwrap();
    let of =
        |key: &str| -> Vec<f64> { bins.iter().map(|bin| bin[key].as_f64().unwrap()).collect() };
    assert_eq!(of("arrivals"), [1.0, 1.0, 1.0, 1.0, 0.0, 1.0, 0.0]);
    assert_eq!(of("completions"), [0.0, 1.0, 1.0, 1.0, 1.0, 0.0, 1.0]);
    assert_eq!(of("wip_start"), [0.0, 1.0, 1.0, 1.0, 1.0, 0.0, 1.0]);
    assert_eq!(of("wip_any"), [1.0, 2.0, 2.0, 2.0, 1.0, 1.0, 1.0]);
    let mean = of("wip_mean");
    assert!((mean[1] - 7.0 / 6.0).abs() < 1e-9, "{mean:?}");
    assert_eq!((mean[0], mean[2], mean[4]), (1.0, 1.0, 0.0));
    assert_eq!(
        (&bins[5]["partial"], &bins[6]["partial"]),
        (&json!(false), &json!(true))
    );
    // A rules file says that C ends a case: B, A of c4 do not.
    desk.write("rules.toml", "[cases]\nend = [\"C\"]\n");
    let words = ["flow", "log.csv", "--bins", "1", "--rules", "rules.toml"];
    let flow = desk.json(&[&words[..], &["--now", "2024-01-01T18:00:00Z"]].concat());
    assert_eq!(
        (&flow["open_cases"], &flow["ends_known"]),
        (&json!(1), &json!(true))
    );
    assert_eq!(flow["until"], "2024-01-01T18:00:00Z");
    let zoom = ["--from", "2024-01-01T12:00", "--to", "2024-01-01T14:00"];
    let flow = desk.json(&[&["flow", "log.csv", "--bins", "2"], &zoom[..]].concat());
    assert_eq!(flow["bins"][0]["start"], "2024-01-01T12:00:00Z");
    assert_eq!(flow["bins"].as_array().unwrap().len(), 2);
    let run = desk.run(&["flow", "log.csv", "--from", "2025", "--to", "2024"]);
    assert_eq!(run.code, Some(2));
    assert!(run.err.contains("--from is not before --to"), "{run:?}");
    let run = desk.run(&["flow", "log.csv", "--from", "20x4"]);
    assert_eq!(run.code, Some(2));
    assert!(run.err.contains("--from 20x4: "), "{run:?}");
    // What was not given is not blamed.
    for (option, year, why) in [
        ("--from", "2025", "--from is not before the end of the log"),
        ("--to", "2023", "--to is not after the start of the log"),
    ] {
        let run = desk.run(&["flow", "log.csv", option, year]);
        assert_eq!(run.code, Some(2));
        assert!(run.err.contains(why), "{run:?}");
    }
}

/// Every text of a value that begins like an instant.
fn instants(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) if text.contains('T') && text.ends_with('Z') => {
            found.push(text.clone());
        }
        Value::Array(values) => values.iter().for_each(|value| instants(value, found)),
        Value::Object(map) => map.values().for_each(|value| instants(value, found)),
        _ => {}
    }
}

#[test]
fn bins_of_the_first_and_the_last_year_have_instants() {
    let desk = Desk::new();
    desk.write(
        "log.csv",
        "case,activity,time,resource\n\
         a,Open,0001-01-01T00:00:00Z,Ann\na,Close,0001-01-03T00:00:00Z,Bob\n\
         b,Open,9999-12-30T00:00:00Z,Ann\nb,Close,9999-12-31T23:59:59.999999Z,Bob\n",
    );
    for report in [
        &["flow"][..],
        &["flow", "--bins", "1"],
        &["trend"],
        &["trend", "--by", "month"],
        &["dotted"],
        &["spectrum"],
        &["queues"],
        &["triage"],
    ] {
        for zone in ["UTC", "Pacific/Kiritimati", "America/New_York"] {
            let words = [report, &["log.csv", "--tz", zone]].concat();
            let mut found = Vec::new();
            instants(&desk.json(&words), &mut found);
            for text in &found {
                let year = text.get(..5).unwrap_or_default();
                let fits = year.ends_with('-') && year[..4].bytes().all(|b| b.is_ascii_digit());
                assert!(fits && year != "0000-", "{words:?}: {text}");
            }
            assert!(!found.is_empty() || report[0] == "queues", "{words:?}");
        }
    }
}

#[test]
fn queues() {
    let queues = desk().json(&["queues", "log.csv", "--by", "resource"]);
    let rows = queues["queues"].as_array().unwrap();
    assert_eq!(
        (&rows[0]["name"], &rows[1]["name"]),
        (&json!("Ann"), &json!("Bob"))
    );
    assert_eq!(
        (&rows[0]["count"], &rows[1]["count"]),
        (&json!(3), &json!(3))
    );
    let waiting = json!({"mean": 4600, "median": 4800, "p90": 5280, "max": 5400, "total": 13_800});
    assert_eq!(rows[0]["waiting"], waiting);
    assert_eq!(rows[0]["length"]["longest"], 1);
    assert_eq!(rows[0]["length"]["longest_at"], "2024-01-01T10:30:00Z");
    let queues = desk().json(&["queues", "log.csv", "--filter", "events = 1"]);
    assert_eq!(queues["queues"], json!([]));
}

#[test]
fn week_and_trend() {
    let desk = desk();
    let week = desk.json(&["week", "log.csv", "--tz", "Europe/Berlin"]);
    assert_eq!(week["zone"], "Europe/Berlin");
    let hour = &week["hours"][11];
    assert_eq!(
        (&hour["weekday"], &hour["hour"]),
        (&json!("mon"), &json!(11))
    );
    assert_eq!((&hour["arrivals"], &hour["events"]), (&json!(1), &json!(2)));
    assert_eq!(
        (&hour["begun"], &hour["waiting_median"]),
        (&json!(1), &json!(1800))
    );
    assert_eq!(week["hours"][0]["waiting_median"], Value::Null);
    let started = ["--filter", "start.weekday = mon and start.hour = 11"];
    let words = [
        &["summary", "log.csv", "--tz", "Europe/Berlin"],
        &started[..],
    ]
    .concat();
    assert_eq!(desk.json(&words)["cases"], 1);
    let trend = desk.json(&["trend", "log.csv", "--by", "day"]);
    assert_eq!(
        (&trend["unit"], &trend["last_full"]),
        (&json!("day"), &Value::Null)
    );
    assert_eq!(trend["figures"][0]["value"], Value::Null);
    assert_eq!(trend["periods"][0]["partial"], true);
    // Started, completed, events, in progress at the end; throughput.
    assert_eq!(
        trend["periods"][0]["values"],
        json!([5, 5, 12, 0, 3600, 7200])
    );
}

#[test]
fn conditions_on_events_come_before_filters() {
    let desk = desk();
    let words = ["--events", "activity != \"B\"", "--filter", "events = 2"];
    let summary = desk.json(&[&["summary", "log.csv"], &words[..]].concat());
    assert_eq!(
        (&summary["cases"], &summary["events"]),
        (&json!(4), &json!(8))
    );
    assert_eq!(summary["variants"], 1);
    assert_eq!(summary["total"], json!({"events": 12, "cases": 5}));
    let both = ["--filter", "\"B\"", "--filter", "events > 3"];
    let summary = desk.json(&[&["summary", "log.csv"], &both[..]].concat());
    assert_eq!(summary["cases"], 1);
}

#[test]
fn a_prediction_that_knows_no_time_left_says_why() {
    let fixtures = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let path = |name: &str| fixtures.join(name).to_string_lossy().into_owned();
    let (log, rules) = (path("support.csv"), path("support-rules.toml"));
    let call = [
        "predict",
        &log,
        "--rules",
        &rules,
        "--case-id",
        "TK-1000373",
    ];
    let case = &desk().json(&call)["cases"][0];
    assert_eq!(case["left"], Value::Null);
    let reason = case["reason"].as_str().unwrap();
    let table = desk().run(&[&call[..], &["--format", "table"]].concat());
    assert!(table.out.contains(reason), "{}", table.out);
    // A table without rows is left out.
    assert!(!table.out.contains("similar case"), "{}", table.out);
    // A deadline that is broken is not one of which too little is known.
    let all = desk().run(&["predict", &log, "--rules", &rules, "--format", "csv"]);
    let mut lines = all.out.lines();
    let head: Vec<&str> = lines.next().unwrap().split(',').collect();
    let at = |name: &str| head.iter().position(|head| *head == name).unwrap();
    let (state, share) = (at("late_state"), at("late_share"));
    let broken = lines.filter_map(|line| {
        let cells: Vec<&str> = line.split(',').collect();
        (cells[state] == "broken").then(|| cells[share].to_owned())
    });
    let broken: Vec<String> = broken.collect();
    assert!(
        !broken.is_empty() && broken.iter().all(String::is_empty),
        "{broken:?}"
    );
}

#[test]
fn several_logs_are_one() {
    let desk = desk();
    desk.write(
        "more.csv",
        "case,activity,time\nc4,C,2024-01-01T14:00:00Z\n",
    );
    let summary = desk.json(&["summary", "log.csv", "more.csv"]);
    assert_eq!(
        (&summary["cases"], &summary["events"]),
        (&json!(5), &json!(13))
    );
    let run = crate::cli_common::Run::of(desk.command().args(["summary", "-"]).write_stdin(LOG));
    assert!(run.out.starts_with("5 cases, 12 events"), "{run:?}");
}

#[test]
fn why_says_which_columns_are_left_out() {
    let event = |case: usize| {
        let (activity, day) = (["A", "B"][case % 2], 1 + case % 4);
        format!("c{case},{activity},2024-01-01T10:00:00Z,order-{case},2024-02-0{day}\n")
    };
    let events: Vec<String> = (0..24).map(event).collect();
    let log = format!("case,activity,time,order,due\n{}", events.concat());
    let desk = Desk::with("log.csv", log);
    for (columns, said) in [
        (
            &["--columns", "order"][..],
            " 1 column of times or with too many values\n",
        ),
        (&[], " 2 columns of times or with too many values\n"),
    ] {
        let run = desk.run(&[&["why", "log.csv", "--of", "\"A\""], columns].concat());
        assert!(run.out.contains(said), "{run:?}");
    }
}

/// A log of 60 cases with texts, truths in several spellings, numbers, instants and missing values.
fn groups_log() -> String {
    let mut text = "case,activity,time,ok,amount,due,team\n".to_owned();
    for case in 0..60 {
        let ok = ["true", "True", "false", ""][case % 4];
        let team = ["Ärzte, A", "b`c", ""][case % 3];
        for (step, activity) in ["Open", "Close"].into_iter().enumerate().take(1 + case % 2) {
            let (day, hour) = (1 + case % 28, (case * 7 + step) % 24);
            let time = format!("2024-0{}-{day:02}T{hour:02}:00:00Z", 1 + case % 3);
            let due = format!("2024-05-{day:02}T00:00:00Z");
            let amount = if case % 7 == 0 {
                String::new()
            } else {
                (case * 3 + step).to_string()
            };
            let row = format!("c{case},{activity},{time},{ok},{amount},{due},\"{team}\"\n");
            text.push_str(&row);
        }
    }
    text
}

#[test]
fn groups_have_the_cases_of_their_filters() {
    let desk = Desk::with("log.csv", groups_log());
    desk.write(
        "rules.toml",
        "[outcomes]\nclosed = '\"Close\"'\n[milestones]\nquick = 'first \"Close\"'\n\
         [[rules]]\nname = \"fast\"\nmilestone = \"quick\"\nlimit = \"30m\"\n",
    );
    let rules = ["--rules", "rules.toml"];
    let all = [
        ("ok", 3),
        ("amount", 5),
        ("due", 4),
        ("team", 3),
        ("first(amount)", 5),
        ("last(ok)", 3),
        ("variant", 3),
        ("first", 2),
        ("last", 2),
        ("start.weekday", 7),
        ("start.hour", 24),
        ("start.month", 3),
        ("closed", 2),
        ("fast", 3),
        ("quick", 2),
        ("activity", 2),
        ("time", 4),
        ("case", 60),
        ("`ok`", 3),
        ("ok,team", 9),
    ];
    for (by, groups) in all {
        let split = desk.json(&[&["split", "log.csv", "--by", by], &rules[..]].concat());
        let rows = split["rows"].as_array().unwrap();
        assert!(
            rows.len() <= groups && rows.len() * 3 >= groups,
            "{by}: {} rows",
            rows.len()
        );
        for row in rows {
            let filter = row["filter"]
                .as_str()
                .unwrap_or_else(|| panic!("{by}: {row}"));
            let kept = [&["summary", "log.csv", "--filter", filter], &rules[..]].concat();
            assert_eq!(desk.json(&kept)["cases"], row["cases"], "{by}: {filter}");
        }
    }
    let ok = desk.json(&["split", "log.csv", "--by", "ok", "--sort", "value"]);
    let values: Vec<&serde_json::Value> = ok["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| &row["values"][0])
        .collect();
    assert_eq!(
        values,
        [&serde_json::Value::Null, &"false".into(), &"true".into()]
    );
}

#[test]
fn split_says_what_is_wrong_with_its_options() {
    let desk = Desk::with("log.csv", groups_log());
    for (options, part) in [
        (
            &["--by", "Team"][..],
            "the log has no column Team; did you mean team?",
        ),
        (&[], "split needs --by"),
        (&["--by", "duration"], "duration is no column"),
        (&["--by", "a,b,c,d"], "three columns at most"),
        (
            &["--by", "team", "--figure", "durations"],
            "there is no figure durations; did you mean duration?",
        ),
        (
            &["--by", "team", "--figure", "time to won"],
            "has no outcome won",
        ),
    ] {
        let run = desk.run(&[&["split", "log.csv"], options].concat());
        assert_eq!(run.code, Some(2), "{options:?}: {run:?}");
        assert!(run.err.contains(part), "{options:?}: {}", run.err);
        assert_eq!(run.out, "", "{options:?}");
    }
}

/// 2 hours of own waits, 24 hours after the resolution, 2 hours for the customer, 4 hours for a vendor.
const DESK_LOG: &str = "case,activity,time
a,Created,2024-01-01T10:00:00Z
a,First response,2024-01-01T11:00:00Z
a,Customer replied,2024-01-01T13:00:00Z
a,Vendor contacted,2024-01-01T13:30:00Z
a,Vendor replied,2024-01-01T17:30:00Z
a,Resolved,2024-01-01T18:00:00Z
a,Closed,2024-01-02T18:00:00Z
";

#[test]
fn waits_that_cannot_be_changed_are_set_apart() {
    let desk = Desk::with("log.csv", DESK_LOG);
    let call = |more: &[&str]| desk.json(&[&["bottlenecks", "log.csv"], more].concat());
    // Without the option nothing has a class.
    let plain = call(&["--wait-class", "\"Closed\" = vendor"]);
    assert_eq!(keys(&plain), ["total", "bottlenecks"]);
    assert_eq!(plain["bottlenecks"][0].get("class"), None);
    let own = call(&["--waits", "changeable"]);
    assert_eq!(own["total"], 3);
    let apart = json!({
        "steps": 3, "waits": 3, "total": 108_000, "share": 0.9375, "guessed_steps": 3,
        "classes": [
            {"class": "resolved", "steps": 1, "waits": 1, "total": 86400, "share": 0.75},
            {"class": "customer", "steps": 1, "waits": 1, "total": 7200, "share": 0.0625},
            {"class": "vendor", "steps": 1, "waits": 1, "total": 14400, "share": 0.125},
        ],
    });
    assert_eq!(own["set_apart"], apart);
    assert_eq!(call(&["--waits", "apart"])["set_apart"], apart);
    let activities = call(&["--by", "activity", "--waits", "changeable"]);
    assert_eq!(activities["total"], 3);
    assert_eq!(activities["set_apart"], apart);
    let table = desk.run(&["bottlenecks", "log.csv", "--waits", "changeable"]);
    let heading = "left out: 93.8% of the wait, 3 steps (3 guessed): after resolution 75";
    assert!(table.out.contains(heading), "{}", table.out);
}

#[test]
fn classes_of_waits_are_those_of_the_command_line_then_of_the_rules() {
    let desk = Desk::with("log.csv", DESK_LOG);
    desk.write(
        "rules.toml",
        "[waits]\n'\"Closed\"' = \"vendor\"\n'\"Vendor replied\"' = \"own\"\n",
    );
    let classes = |more: &[&str]| {
        let rules = [
            "bottlenecks",
            "log.csv",
            "--rules",
            "rules.toml",
            "--waits",
            "all",
        ];
        let found = desk.json(&[&rules[..], more].concat());
        let rows = found["bottlenecks"].as_array().unwrap();
        let class = |to: &str| {
            let row = rows.iter().find(|row| row["to"] == to).unwrap();
            let class = row["class"].as_str().unwrap().to_owned();
            (class, row["class_guessed"] == true)
        };
        ["Closed", "Vendor replied", "Customer replied"].map(class)
    };
    let row = |class: &str, guessed| (class.to_owned(), guessed);
    let customer = row("customer", true);
    let of_rules = [row("vendor", false), row("own", false), customer.clone()];
    assert_eq!(classes(&[]), of_rules);
    // A step counts before an activity, wherever it is said.
    let given = [
        "--wait-class",
        "\"Closed\" = own",
        "--wait-class",
        "\"Vendor contacted\" -> \"Vendor replied\" = resolved",
    ];
    let of_line = [row("own", false), row("resolved", false), customer];
    assert_eq!(classes(&given), of_line);
    for (wrong, part) in [
        ("\"Closed\"", "a wait and its class"),
        ("\"Closed\" = lost", "own, resolved, customer, vendor"),
        ("\"A\" ~> \"B\" = own", "double quotes"),
    ] {
        let run = desk.run(&["bottlenecks", "log.csv", "--wait-class", wrong]);
        assert_eq!(run.code, Some(2), "{wrong}: {}", run.err);
        assert!(run.err.contains(part), "{wrong}: {}", run.err);
    }
    let run = desk.run(&["bottlenecks", "log.csv", "--wait-class", "\"Clozed\" = own"]);
    assert!(run.err.contains("Clozed"), "{}", run.err);
}

/// Whether a case is over may be a guess, and the end is reached by those only that are.
#[test]
fn milestones_by_the_end_say_which_cases_are_over() {
    let over = (0..9).map(|n| format!("c{n},Open,2024-01-01\nc{n},Close,2024-01-02\n"));
    let rows: String = over.collect();
    let log = ["case,activity,time\n", &rows, "c9,Open,2024-01-02\n"].concat();
    let desk = Desk::with("log.csv", log);
    let run = desk.run(&["milestones", "log.csv", "--milestone", "m = end"]);
    let heading = run.out.lines().next().unwrap_or_default();
    assert!(
        heading.starts_with("10 cases, 19 events; guess: 1 case is open; cases end with Close"),
        "{}",
        run.out
    );
    let run = desk.run(&[
        "milestones",
        "log.csv",
        "--milestone",
        "m = first \"Close\"",
    ]);
    assert!(!run.out.contains("guess"), "{}", run.out);
}
