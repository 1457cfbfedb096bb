//! Small groups: no name of one is in any output, their number and sum is said, and what could show one is refused.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use crate::cli_common::{Desk, Run};
use serde_json::Value;
use std::fmt::Write;

/// Cases of which two have an activity, a resource and a region that no other has, and one another region.
fn log() -> String {
    let mut rows = "ticket,activity,time,resource,region\n".to_owned();
    for case in 0..40 {
        let (rare, rarest) = (case < 2, case == 2);
        let region = match case {
            _ if rare => "Atlantis",
            _ if rarest => "Thule",
            _ => ["North", "South"][case % 2],
        };
        let steps: &[&str] = if rare {
            &["Opened", "Secret step", "Closed"]
        } else {
            &["Opened", "Checked", "Closed"]
        };
        for (step, activity) in steps.iter().enumerate() {
            let who = match step {
                1 if rare => "Zelda",
                _ => ["Anna", "Bruno"][(case + step) % 2],
            };
            let (day, hour) = (case % 25 + 1, 8 + step * (case % 4 + 1));
            writeln!(
                rows,
                "T-{case:04},{activity},2024-03-{day:02}T{hour:02}:00:00Z,{who},{region}"
            )
            .unwrap();
        }
    }
    rows
}

const HIDDEN: [&str; 5] = ["Atlantis", "Thule", "Secret step", "Zelda", "T-00"];

fn assert_nothing_small(run: &Run, of: &str) {
    for text in [&run.out, &run.err] {
        for name in HIDDEN {
            assert!(!text.contains(name), "{of} shows {name}: {text}");
        }
    }
}

const MAPPED: [&str; 6] = [
    "--case",
    "ticket",
    "--activity",
    "activity",
    "--time",
    "time",
];

fn ask(desk: &Desk, words: &[&str]) -> Run {
    desk.run(&[words, &MAPPED].concat())
}

fn json(desk: &Desk, words: &[&str]) -> Value {
    let run = ask(desk, &[words, &["--format", "json"]].concat());
    assert_eq!(run.code, Some(0), "{words:?}: {}", run.err);
    serde_json::from_str(&run.out).unwrap()
}

/// Reports that leave small groups out.
const ANSWERED: [&str; 16] = [
    "summary",
    "variants",
    "activities",
    "dfg",
    "starts-ends",
    "ends",
    "bottlenecks",
    "resources",
    "load",
    "handover",
    "milestones",
    "rules",
    "split",
    "facet",
    "trend",
    "quality",
];

#[test]
fn no_report_shows_a_small_group() {
    let desk = Desk::with("log.csv", log());
    desk.write(
        "rules.toml",
        "[milestones]\nsecret = 'first \"Secret step\"'\nchecked = 'first \"Checked\"'\n\
         [[rules]]\nname = \"an hour\"\nmilestone = \"duration\"\nlimit = \"1h\"\n\
         [conform]\nrules = ['response(\"Opened\", \"Checked\")']\n",
    );
    let mut answered = Vec::new();
    for report in desk.reports() {
        let more: &[&str] = match report.as_str() {
            "events" => &["--case-id", "T-0005"],
            "why" => &["--of", "duration > 5h"],
            "split" => &["--by", "region"],
            "funnel" => &["--stage", "Opened", "--stage", "Closed"],
            "discover" => &["--find", "rules"],
            "before" => &["--what", "Checked", "--until", "Closed"],
            "notes" => &["--notes", "notes.jsonl"],
            _ => &[],
        };
        desk.write("notes.jsonl", "");
        for format in ["table", "json", "csv", "markdown"] {
            let words = [
                &report,
                "log.csv",
                "--suppress",
                "5",
                "--format",
                format,
                "--rules",
                "rules.toml",
            ];
            let run = ask(&desk, &[&words[..], more].concat());
            // The command and the definitions of the user are shown as they are written.
            let of = format!("{report} as {format}");
            let own = Run {
                out: run
                    .out
                    .replace("first \"Secret step\"", "")
                    .replace("T-0005", ""),
                ..run
            };
            assert_nothing_small(&own, &of);
            match own.code {
                Some(0) if report != "report" && report != "perf" => answered.push(report.clone()),
                Some(0) => {}
                _ => assert!(
                    own.err
                        .contains("not shown while groups of fewer than 5 cases are left out"),
                    "{of}: {own:?}"
                ),
            }
        }
    }
    answered.dedup();
    answered.sort();
    let mut wanted = ANSWERED.map(str::to_owned);
    wanted.sort();
    assert_eq!(answered, wanted);
}

#[test]
fn number_and_sum_are_said_in_each_format() {
    let desk = Desk::with("log.csv", log());
    let regions = ["split", "log.csv", "--by", "region", "--suppress", "5"];
    let split = json(&desk, &regions);
    assert_eq!(split["suppressed"]["rows"], 3, "{split}");
    // Two groups of three cases in sum, and a third one, as three cases would be known well enough.
    let sum = split["suppressed"]["cases"].as_u64().unwrap();
    let shown = split["rows"].as_array().unwrap().iter();
    let shown: u64 = shown.map(|row| row["cases"].as_u64().unwrap()).sum();
    assert_eq!(shown + sum, 40);
    let sentence = "so that no row of fewer than 5 cases shows";
    for (format, in_output) in [
        ("table", true),
        ("markdown", true),
        ("csv", false),
        ("json", false),
    ] {
        let run = ask(&desk, &[&regions[..], &["--format", format]].concat());
        assert_eq!(run.out.contains(sentence), in_output, "{format}: {run:?}");
        assert_eq!(run.err.contains(sentence), !in_output, "{format}: {run:?}");
    }
    let all = json(&desk, &regions[..4]);
    assert_eq!(all["suppressed"], Value::Null);
    assert_eq!(all["rows"].as_array().unwrap().len(), 4);
}

#[test]
fn a_small_selection_has_no_figures() {
    let desk = Desk::with("log.csv", log());
    let figures = |words: &[&str]| {
        ask(
            &desk,
            &[&["variants", "log.csv", "--suppress", "5"], words].concat(),
        )
    };
    let few = figures(&["--filter", "region = \"Atlantis\""]);
    assert_eq!(few.code, Some(2));
    assert!(
        few.err.contains("fewer than 5 cases are selected"),
        "{}",
        few.err
    );
    let none = figures(&["--filter", "region = \"North\" and region = \"South\""]);
    assert_eq!(none.code, Some(0), "{}", none.err);
    let b = figures(&["--versus", "region = \"Atlantis\""]);
    assert_eq!(b.code, Some(2), "{b:?}");
    let large = figures(&[
        "--filter",
        "region = \"North\"",
        "--versus",
        "region = \"South\"",
    ]);
    assert_eq!(large.code, Some(0), "{}", large.err);
}

#[test]
fn a_comparison_leaves_out_what_is_small_on_either_side() {
    let desk = Desk::with("log.csv", log());
    let versus = [
        "activities",
        "log.csv",
        "--filter",
        "region != \"North\"",
        "--versus",
        "region = \"North\"",
    ];
    let names = |more: &[&str]| -> Vec<String> {
        let found = json(&desk, &[&versus[..], more].concat());
        let rows = found["activities"].as_array().unwrap().iter();
        rows.map(|row| row["activity"].as_str().unwrap().to_owned())
            .collect()
    };
    assert!(names(&[]).iter().any(|name| name == "Secret step"));
    let shown = names(&["--suppress", "5"]);
    assert!(!shown.iter().any(|name| name == "Secret step"), "{shown:?}");
    assert!(!shown.is_empty());
}

#[test]
fn periods_of_few_cases_have_no_value() {
    let desk = Desk::with("log.csv", log());
    let values = |words: &[&str]| {
        let trend = json(
            &desk,
            &[&["trend", "log.csv", "--by", "day"], words].concat(),
        );
        let mut figures = trend["figures"].as_array().unwrap().iter();
        let at = figures.position(|figure| figure["figure"] == "cases started");
        let at = at.unwrap();
        let periods = trend["periods"].as_array().unwrap().iter();
        let values: Vec<Value> = periods.map(|period| period["values"][at].clone()).collect();
        values
    };
    let all = values(&[]);
    assert!(all.iter().any(|value| *value == 2.0), "{all:?}");
    assert!(all.iter().any(|value| *value == 1.0), "{all:?}");
    let shown = values(&["--suppress", "2"]);
    assert!(!shown.iter().any(|value| *value == 1.0), "{shown:?}");
    assert!(shown.iter().any(|value| *value == 2.0), "{shown:?}");
}

#[test]
fn a_document_says_what_it_leaves_out() {
    let desk = Desk::with("log.csv", log());
    for format in ["html", "markdown", "table"] {
        let run = ask(
            &desk,
            &["report", "log.csv", "--suppress", "5", "--format", format],
        );
        assert_eq!(run.code, Some(0), "{format}: {}", run.err);
        assert_nothing_small(&run, format);
        for part in [
            "groups of fewer than 5 cases are left out",
            "not shown while groups of fewer than 5 cases",
            "so that no row of fewer than 5 cases shows",
            "--suppress 5",
        ] {
            assert!(run.out.contains(part), "{format} lacks {part}: {}", run.out);
        }
    }
}

/// Plays keys in the explorer, line by line.
fn play(desk: &Desk, words: &[&str], keys: &str) -> Run {
    let mut command = desk.command();
    command
        .args(["log.csv", "--plain"])
        .args(MAPPED)
        .args(words);
    Run::of(command.write_stdin(keys.to_owned()))
}

/// Every pane, with what is opened from it, and texts that are copied.
const PANES: &str = "1\n2\nenter\ny v\ny r\nesc\n3\nj\nenter\nesc\n4\nenter\ny v\n5\nt\nt\nenter\nesc\n6\nt\nt\nt\nenter\nesc\n7\nt\nt\nt\nt\n8\nj\n9\n\
    g k\ng r\ng f\ng j\ng p\ng w\ng e\ng v\ng n\nm\nw\nx\nj\nenter\nesc\nR\nB\nE\nK\n=\nesc\n$\n?\nesc\n";

#[test]
fn no_pane_shows_a_small_group() {
    let desk = Desk::with("log.csv", log());
    let run = play(&desk, &["--suppress", "5"], PANES);
    assert_eq!(run.code, Some(0), "{}", run.err);
    assert_nothing_small(&run, "a pane");
    for part in [
        "5+ CASES",
        "rows left out (",
        "not shown while groups of fewer than 5 cases are left out",
        "--suppress 5",
    ] {
        assert!(run.out.contains(part), "no {part}: {}", run.out);
    }
    // What is typed selects few cases: neither their number nor a figure of them is shown.
    let run = play(
        &desk,
        &["--suppress", "5"],
        "f region = \"Atlantis\"\n2\n3\n",
    );
    assert!(run.out.contains("fewer than 5 of 40 cases"), "{}", run.out);
    assert!(!run.out.contains("Secret step"), "{}", run.out);
}

#[test]
fn redaction_by_the_rules_file_leaves_small_groups_out() {
    let desk = Desk::with("log.csv", log());
    desk.write("rules.toml", "[redact]\nsuppress = 5\n");
    let rows = |words: &[&str]| {
        let words = [
            &[
                "split",
                "log.csv",
                "--by",
                "region",
                "--rules",
                "rules.toml",
            ],
            words,
        ]
        .concat();
        json(&desk, &words)["rows"].as_array().unwrap().len()
    };
    assert_eq!(rows(&[]), 4);
    assert!(rows(&["--redact"]) < 4);
    assert_eq!(rows(&["--redact", "--suppress", "0"]), 4);
    let run = play(&desk, &["--rules", "rules.toml"], "2\nX\n2\n");
    let at = run.out.rfind("REDACTED").unwrap();
    assert!(run.out[at..].contains("5+ CASES"), "{}", run.out);
    assert!(!run.out[at..].contains("Secret step"), "{}", run.out);
}

#[test]
fn an_index_is_never_of_a_call_without_small_groups() {
    let desk = Desk::with("log.csv", log() + "T-0001,Opened,some day,Anna,North\n");
    let rejected = |words: &[&str]| {
        ask(
            &desk,
            &[&["quality", "log.csv", "--format", "json"], words].concat(),
        )
        .out
    };
    assert!(!rejected(&["--suppress", "5"]).contains("some day"));
    assert!(rejected(&[]).contains("some day"));
    // The index of this call serves the next one, which shows less.
    assert!(!rejected(&["--suppress", "5"]).contains("some day"));
}
