//! Milestones and deadlines on the command line: figures worked out by hand, exit codes for cron.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use crate::cli_common::Desk;
use serde_json::{Value, json};

/// Monday is 2024-01-01. Cases: answered in an hour; answered after a night; answered late after a
/// pause; open and waiting; over without an answer.
const LOG: &str = "\
case,activity,time,priority
t1,Open,2024-01-01T10:00:00Z,high
t1,Answer,2024-01-01T11:00:00Z,high
t1,Close,2024-01-03T11:00:00Z,high
t2,Open,2024-01-01T17:00:00Z,low
t2,Answer,2024-01-02T10:00:00Z,low
t2,Close,2024-01-02T12:00:00Z,low
t3,Open,2024-01-02T09:00:00Z,high
t3,Hold,2024-01-02T10:00:00Z,high
t3,Work,2024-01-02T12:00:00Z,high
t3,Answer,2024-01-02T15:30:00Z,high
t3,Close,2024-01-02T16:00:00Z,high
t4,Open,2024-01-03T12:00:00Z,high
t5,Open,2024-01-02T09:00:00Z,low
t5,Close,2024-01-02T09:30:00Z,low
";

const RULES: &str = r#"
[cases]
end = ["Close"]

[calendars.office]
zone = "UTC"
week = ["mon-fri 09:00-18:00"]

[milestones]
answered = { is = 'first "Answer"', calendar = "office" }
closed = 'last "Close" after first "Answer"'

[[rules]]
name = "answer"
milestone = "answered"
limit = "4h"
calendar = "office"
pause = ["Hold"]
severity = "high"
"#;

fn desk() -> Desk {
    let desk = Desk::with("log.csv", LOG);
    desk.write("rules.toml", RULES);
    desk
}

fn check(desk: &Desk, code: i32, more: &[&str]) -> Value {
    let words = [
        "check",
        "log.csv",
        "--rules",
        "rules.toml",
        "--format",
        "json",
    ];
    let run = desk.run(&[&words, more].concat());
    assert_eq!(run.code, Some(code), "{run:?}");
    serde_json::from_str(&run.out).unwrap()
}

#[test]
fn cases_are_held_against_their_deadlines() {
    let mut found = check(&desk(), 1, &["--now", "2024-01-03T15:30:00Z"]);
    let over_time = found["rules"][0]["over_time"].take();
    let bins = over_time.as_array().unwrap().iter();
    let sums = bins.fold((0, 0), |(known, broken), bin| {
        let n = |key: &str| bin[key].as_u64().unwrap();
        (known + n("known"), broken + n("broken"))
    });
    assert_eq!(sums, (3, 1));
    found["rules"][0]
        .as_object_mut()
        .unwrap()
        .remove("over_time");
    assert_eq!(
        found["rules"][0],
        json!({
            "rule": "answer", "severity": "high", "calendar": "office", "limit": 14400,
            "kept": 2, "broken": 1, "overdue": 0, "at_risk": 1, "running": 0, "missed": 1,
            "breach_rate": 1.0 / 3.0,
        })
    );
    assert_eq!(found["open_cases"], 1);
    let cases = found["cases"].as_array().unwrap();
    let told: Vec<_> = cases
        .iter()
        .map(|c| {
            (
                c["case"].as_str().unwrap(),
                c["state"].as_str().unwrap(),
                &c["over"],
            )
        })
        .collect();
    assert_eq!(told[0], ("t3", "broken", &json!(1800)));
    assert_eq!(told[1], ("t4", "at risk", &json!(-1800)));
    assert_eq!(cases[1]["due"], "2024-01-03T16:00:00Z");
    assert_eq!(cases[1]["last_activity"], "Open");
}

#[test]
fn the_end_of_time_and_filters_decide_what_is_broken() {
    let desk = desk();
    // At the end of the log nothing of the open case has passed.
    let found = check(&desk, 1, &[]);
    assert_eq!(found["rules"][0]["running"], 1);
    let found = check(&desk, 1, &["--now", "2024-01-03T17:00:00Z"]);
    assert_eq!(found["rules"][0]["overdue"], 1);
    let found = check(&desk, 0, &["--filter", "priority = \"low\""]);
    assert_eq!(
        (&found["rules"][0]["kept"], &found["rules"][0]["broken"]),
        (&json!(1), &json!(0))
    );
}

#[test]
fn milestones_are_reported_and_filtered_by() {
    let desk = desk();
    let found = desk.json(&["milestones", "log.csv", "--rules", "rules.toml"]);
    let rows = found["milestones"].as_array().unwrap();
    let row = |i: usize| {
        (
            &rows[i]["cases"],
            &rows[i]["unknown"],
            &rows[i]["duration"]["total"],
        )
    };
    // One hour; one on either side of the night; six and a half.
    assert_eq!(row(0), (&json!(3), &json!(2), &json!(34_200)));
    assert_eq!(row(1), (&json!(3), &json!(2), &json!(181_800)));
    for (filter, cases) in [
        ("answered > 2h", 1),
        ("answered <= 2h", 2),
        ("not answered <= 2h", 3),
        ("closed >= 1d and priority = \"high\"", 1),
    ] {
        let words = [
            "summary",
            "log.csv",
            "--rules",
            "rules.toml",
            "--filter",
            filter,
        ];
        assert_eq!(desk.json(&words)["cases"], cases, "{filter}");
    }
    let auto = desk.json(&["milestones", "log.csv", "--milestone", "auto"]);
    let found = &auto["milestones"][0];
    assert_eq!(found["definition"], "first \"Answer\" after start");
    assert_eq!(
        (&found["milestone"], &found["cases"]),
        (&json!("first_response"), &json!(3))
    );
    let given = [
        "summary",
        "log.csv",
        "--milestone",
        "answered = first \"Answer\"",
    ];
    let filter = ["--filter", "answered > 16h"];
    assert_eq!(desk.json(&[&given[..], &filter].concat())["cases"], 1);
}

#[test]
fn outcomes_are_columns_of_cases() {
    let desk = desk();
    let outcomes = "[outcomes]\n\
        answered_soon = 'answered <= 1h'\n\
        priority = 'priority = \"high\"'\n\
        both = 'answered_soon = true and priority = true'\n";
    desk.write("outcomes.toml", format!("{RULES}\n{outcomes}"));
    let cases = |filter: &str| {
        let rules = [
            "cases",
            "log.csv",
            "--rules",
            "outcomes.toml",
            "--filter",
            filter,
        ];
        let found = desk.json(&rules);
        let rows = found["cases"].as_array().unwrap().iter();
        let mut ids: Vec<String> = rows
            .map(|c| c["case"].as_str().unwrap().to_owned())
            .collect();
        ids.sort();
        ids.join(" ")
    };
    let high = cases("`priority` = \"high\"");
    // t4 is open.
    for (filter, wanted) in [
        ("answered_soon = true", "t1"),
        ("answered_soon = false", "t2 t3 t5"),
        ("answered_soon is missing", "t4"),
        ("answered_soon != true", "t2 t3 t4 t5"),
        ("priority = true", high.as_str()),
        ("both = true", "t1"),
        ("`both` = true", "t1"),
    ] {
        assert_eq!(cases(filter), wanted, "{filter}");
    }
    let wrong = |outcomes: &str, said: &[&str]| {
        desk.write(
            "outcomes.toml",
            format!("{RULES}\n[outcomes]\n{outcomes}\n"),
        );
        let run = desk.run(&["cases", "log.csv", "--rules", "outcomes.toml"]);
        assert_eq!(run.code, Some(2), "{outcomes}: {run:?}");
        for said in said {
            assert!(run.err.contains(said), "{outcomes}: {said}: {run:?}");
        }
    };
    let line = RULES.lines().count() + 3;
    let line = format!("line {line}: ");
    wrong("x = '\"Answer'", &[&line, "not closed"]);
    wrong("x = 5", &[&line, "expected a string"]);
    wrong(
        "answered = 'events > 1'",
        &[&line, "answered: a milestone or a rule has this name"],
    );
    wrong(
        "x = '\"Anwser\"'",
        &[
            "outcome x, line 22: ",
            "did you mean \"Answer\"",
            "\n  ^^^^^^^^",
        ],
    );
    wrong(
        "x = 'y = true'\ny = 'events > 1'",
        &["outcome x, line 22: ", "no column y"],
    );
}

#[test]
fn wrong_definitions_are_wrong_calls() {
    let desk = desk();
    let rules = |old: &str, new: &str| desk.write("wrong.toml", RULES.replace(old, new));
    for (old, new, said) in [
        ("limit", "limits", "line 16: unknown field `limits`"),
        ("first \"Answer\"'", "frist \"Answer\"'", "line 10: "),
        (
            "calendar = \"office\"\npause",
            "calendar = \"of\"\npause",
            "line 17: of: no such calendar",
        ),
    ] {
        assert!(RULES.contains(old), "{old}");
        rules(old, new);
        let run = desk.run(&["check", "log.csv", "--rules", "wrong.toml"]);
        assert_eq!(run.code, Some(2), "{run:?}");
        assert!(run.err.contains(said), "{said}: {run:?}");
        assert_eq!(run.out, "");
    }
    for (words, said) in [
        (&["check", "log.csv"][..], "--rules FILE"),
        (&["check", "log.csv", "--rules", "none.toml"], "none.toml"),
        (
            &["summary", "log.csv", "--milestone", "x"],
            "a name and a milestone",
        ),
        (
            &["summary", "log.csv", "--milestone", "= end"],
            "a name and a milestone",
        ),
        (
            &["summary", "log.csv", "--milestone", "priority = end"],
            "as a column of the log",
        ),
        (&["summary", "log.csv", "--now", "soon"], "--now soon"),
        (
            &[
                "summary",
                "log.csv",
                "--milestone",
                "x = end",
                "--events",
                "x > 3d",
            ],
            "is of the case",
        ),
    ] {
        let run = desk.run(words);
        assert_eq!(run.code, Some(2), "{words:?}: {run:?}");
        assert!(run.err.contains(said), "{said}: {run:?}");
    }
    let run = desk.run(&["summary", "log.csv", "--milestone", "x = last \"Anser\""]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(
        run.err.contains("x: the log has no activity \"Anser\""),
        "{run:?}"
    );
}

#[test]
fn open_cases_come_by_their_deadlines() {
    let desk = desk();
    let rules = [
        "log.csv",
        "--rules",
        "rules.toml",
        "--now",
        "2024-01-03T15:30:00Z",
    ];
    let found = desk.json(&[&["triage"], &rules[..]].concat());
    assert_eq!(
        (&found["open"], &found["went"]),
        (&json!(1), &json!(1)),
        "{found}"
    );
    assert_eq!(found["ends"], json!(["Close"]));
    assert_eq!(
        found["cases"][0],
        json!({
            "case": "t4", "age": 12_600, "last_activity": "Open", "resource": null,
            "since": "2024-01-03T12:00:00Z", "wait": 12_600, "unusual": false,
            "usually_next": "Answer", "rule": "answer", "state": "at risk", "calendar": "office",
            "over": -1800, "due": "2024-01-03T16:00:00Z",
        })
    );
    let place = json!({
        "activity": "Open", "open": 1, "open_before": 0, "median": 12_600, "longest": 12_600,
        "unusual": 0,
    });
    let places = found["places"].as_array().unwrap();
    assert!(places.contains(&place), "{found}");
    // Where a case was over before, nothing is open.
    let found = desk.json(&["triage", "log.csv", "--idle", "30m"]);
    assert_eq!(found["open"], json!(1), "{found}");
    let found = desk.json(&[&["triage", "--end", "Open", "--end", "Close"], &rules[..1]].concat());
    assert_eq!(found["open"], json!(0), "{found}");
}

#[test]
fn breaches_are_put_down_to_what_was_waited_for_longest() {
    let desk = desk();
    let rules = ["log.csv", "--rules", "rules.toml", "--gain"];
    let found = desk.json(
        &[
            &["bottlenecks", "--by", "activity", "--sort", "breaches"],
            &rules[..],
        ]
        .concat(),
    );
    let first = &found["bottlenecks"][0];
    // t3 broke the rule: held for two hours, then it waited three and a half for its answer.
    assert_eq!(
        (&first["activity"], &first["breaches"]),
        (&json!("Answer"), &json!(1)),
        "{found}"
    );
    assert_eq!(first["wait"]["total"], json!(3600 + 17 * 3600 + 12_600));
    // A quarter of 1 h, 3.5 h and 17 h takes 2.25 h at most; t2 and t3 would be shorter.
    assert_eq!(first["gain"]["p25"], json!(8100));
    assert_eq!(first["gain"]["cases"], json!(2));
    assert_eq!(
        first["gain"]["saved"],
        json!((17 * 3600 - 8100) + (12_600 - 8100))
    );
}

#[test]
fn a_rule_is_a_column_for_filters() {
    let desk = desk();
    let words = [
        "cases",
        "log.csv",
        "--rules",
        "rules.toml",
        "--filter",
        "answer = \"broken\"",
    ];
    let found = desk.json(&words);
    assert_eq!(found["cases"][0]["case"], "t3");
    assert_eq!(found["total"], 1);
}

#[test]
fn a_breach_belongs_to_the_longest_wait_by_the_clock_of_its_rule() {
    let desk = Desk::new();
    // From Friday evening to Monday is less working time than from Monday 8 to 12; a pause counts
    // for nothing; the third case still waits.
    desk.write(
        "log.csv",
        "case,activity,time\n\
         a,Created,2024-03-08T17:55:00Z\na,Assigned,2024-03-11T08:05:00Z\na,Answered,2024-03-11T13:00:00Z\na,Closed,2024-03-11T13:01:00Z\n\
         b,Created,2024-03-12T08:00:00Z\nb,Waits,2024-03-12T08:10:00Z\nb,Replied,2024-03-14T08:10:00Z\nb,Answered,2024-03-14T15:00:00Z\nb,Closed,2024-03-14T15:01:00Z\n\
         c,Created,2024-03-11T08:00:00Z\nc,Assigned,2024-03-11T09:00:00Z\n",
    );
    desk.write(
        "rules.toml",
        "[cases]\nend = [\"Closed\"]\n[calendars.desk]\nzone = \"UTC\"\nweek = [\"mon-fri 08:00-18:00\"]\n\
         [milestones]\nanswer = 'first \"Answered\"'\n\
         [[rules]]\nname = \"answer\"\nmilestone = \"answer\"\nlimit = \"4h\"\ncalendar = \"desk\"\npause = [\"Waits\"]\n",
    );
    let words = ["bottlenecks", "log.csv", "--rules", "rules.toml"];
    let report = desk.json(&words);
    let rows = report["bottlenecks"].as_array().unwrap();
    let breaches = |from: &str, to: &str| {
        let row = rows.iter().find(|r| r["from"] == from && r["to"] == to);
        row.map(|row| row["breaches"].as_u64().unwrap())
    };
    assert_eq!(breaches("Assigned", "Answered"), Some(1));
    assert_eq!(breaches("Replied", "Answered"), Some(1));
    let all: u64 = rows.iter().map(|r| r["breaches"].as_u64().unwrap()).sum();
    assert_eq!(all, 2);
    // Filed by the week in which they were due.
    let trend = desk.json(&["trend", "log.csv", "--by", "day", "--rules", "rules.toml"]);
    let at = trend["figures"].as_array().unwrap().iter();
    let at = at
        .map(|f| f["figure"].as_str().unwrap())
        .position(|f| f == "answer, broken");
    let rates: Vec<Option<f64>> = trend["periods"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| p["values"][at.unwrap()].as_f64())
        .collect();
    // Due on Monday (a, and c, which is still open) and on Thursday (b).
    assert_eq!(rates, [None, None, None, Some(1.0), None, None, Some(1.0)]);
}

#[test]
fn an_activity_that_goes_on_ends_no_case() {
    let desk = Desk::with(
        "log.csv",
        "case,activity,start,end\n\
         t1,Work,2024-01-01T08:00:00Z,2024-01-01T09:00:00Z\n\
         t1,Close,2024-01-01T10:00:00Z,\n\
         t2,Work,2024-01-01T08:00:00Z,2024-01-01T09:00:00Z\n\
         t2,Close,2024-01-01T10:00:00Z,2024-01-01T11:00:00Z\n\
         t3,Close,,2024-01-01T11:00:00Z\n\
         t4,Work,2024-01-01T08:00:00Z,\n",
    );
    let log = [
        "log.csv", "--start", "start", "--time", "end", "--end", "Close",
    ];
    // Read, then from the index, then cut at a time.
    for more in [&[][..], &[], &["--as-of", "2024-01-01T11:00:00Z"]] {
        let cases = |filter: &str| {
            let words = [&["cases"], &log[..], more, &["--filter", filter]].concat();
            let cases = desk.json(&words)["cases"].clone();
            let ids = cases.as_array().unwrap().iter();
            let mut ids: Vec<String> = ids.map(|case| case["case"].to_string()).collect();
            ids.sort();
            ids.join(" ")
        };
        assert_eq!(cases("open"), "\"t1\" \"t4\"", "{more:?}");
        assert_eq!(cases("closed"), "\"t2\" \"t3\"", "{more:?}");
    }
}
