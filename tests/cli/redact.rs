//! Redaction: no value that may be of a person is in any output, filters know it nevertheless, and figures stay.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use crate::cli_common::{Desk, Run};
use serde_json::Value;
use std::fmt::Write;

const PEOPLE: [&str; 4] = ["Anna Berg", "Bruno Kraus", "Chloe Marsh", "Dmitri Orlow"];

/// Cases with ids, people, mails, a column of the same people under another name, and one with the ids once more.
fn log() -> String {
    let mut rows =
        "ticket,activity,time,resource,customer_email,approver,reference,region\n".to_owned();
    for case in 0..30 {
        let id = format!("SECRET-{:04}", case * 37 + 1000);
        for (step, activity) in ["Opened", "Checked", "Closed"].iter().enumerate() {
            let who = PEOPLE[(case + step) % 4];
            let approver = PEOPLE[(case * 3 + step) % 4];
            let (day, hour) = (case % 25 + 1, 8 + step * (case % 4 + 1));
            let region = ["North", "South"][case % 2];
            writeln!(
                rows,
                "{id},{activity},2024-03-{day:02}T{hour:02}:00:00Z,{who},mail{case}@example.org,{approver},{id},{region}"
            )
            .unwrap();
        }
    }
    // Rejected, with a name in each place.
    rows + "SECRET-9999,Opened,Anna Berg,Bruno Kraus,mail9@example.org,Chloe Marsh,SECRET-9999,North\n"
}

fn secrets() -> Vec<String> {
    let people = PEOPLE.iter().flat_map(|name| name.split(' '));
    let mut secrets: Vec<String> = people.map(str::to_owned).collect();
    secrets.extend(["SECRET-".to_owned(), "@example".to_owned()]);
    secrets
}

fn assert_no_secret(run: &Run, of: &str) {
    for text in [&run.out, &run.err] {
        for secret in secrets() {
            assert!(!text.contains(&secret), "{of} shows {secret}: {text}");
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

#[test]
fn no_report_shows_what_is_redacted() {
    let desk = Desk::with("log.csv", log());
    desk.write("rules.toml", "[rates.resource]\n\"Anna Berg\" = 50\n[[rules]]\nname = \"an hour\"\nmilestone = \"duration\"\nlimit = \"1h\"\n");
    let (time, case) = (
        "\"time\":\"2024-04-01T10:00:00Z\"",
        "\"case\":\"SECRET-1037\"",
    );
    let lines = [
        "\"text\":\"asked Anna Berg\"",
        "\"tag\":\"late\",\"who\":\"Anna Berg\"",
    ];
    let lines = lines.map(|line| format!("{{{time},{case},{line}}}\n"));
    desk.write("notes.jsonl", lines.concat());
    let reports = desk.reports();
    assert!(reports.len() > 30, "{reports:?}");
    let mut answered = 0;
    for (at, report) in reports.iter().enumerate() {
        let more: &[&str] = match report.as_str() {
            "events" => &["--case-id", "SECRET-1037"],
            "why" => &["--of", "resource = \"Anna Berg\""],
            "notes" => &["--notes", "notes.jsonl"],
            "split" => &["--by", "resource"],
            "funnel" => &["--stage", "Opened", "--stage", "Closed"],
            "discover" => &["--find", "rules"],
            "before" => &["--what", "Checked", "--until", "Closed"],
            "cases" => &["--columns", "customer_email,first(resource),approver"],
            _ => &[],
        };
        // Every report in two formats: all of them are made of the same cells.
        let formats = [["table", "json"], ["csv", "markdown"]][at % 2];
        for format in formats {
            let words = [
                report,
                "log.csv",
                "--redact",
                "--format",
                format,
                "--rules",
                "rules.toml",
            ];
            let filter = ["--filter", "resource != \"Nobody\""];
            let run = ask(&desk, &[&words[..], &filter, more].concat());
            assert_no_secret(&run, &format!("{report} as {format}"));
            assert!(matches!(run.code, Some(0..=2)), "{report}: {run:?}");
            answered += u32::from(run.code != Some(2));
        }
    }
    assert!(answered > 60, "{answered} outputs");
    for kind in ["dot", "mermaid", "svg"] {
        let run = ask(&desk, &["map", "log.csv", "--redact", "--format", kind]);
        assert_eq!(run.code, Some(0), "{run:?}");
        assert_no_secret(&run, kind);
    }
}

#[test]
fn a_value_has_one_pseudonym() {
    let desk = Desk::with("log.csv", log());
    let by_case = ask(
        &desk,
        &[
            "cases",
            "log.csv",
            "--redact",
            "--format",
            "csv",
            "--columns",
            "reference,approver",
        ],
    );
    let first = by_case.out.lines().nth(1).unwrap();
    let id = first.split(',').next().unwrap();
    assert_eq!(
        first.matches(id).count(),
        2,
        "the same value has one pseudonym: {first}"
    );
    assert!(
        id.starts_with("case-") && first.contains("person-"),
        "{first}"
    );
}

#[test]
fn values_and_pseudonyms_select_the_same_cases() {
    let desk = Desk::with("log.csv", log());
    let cases = |words: &[&str]| {
        let run = ask(
            &desk,
            &[&["summary", "log.csv", "--format", "json"], words].concat(),
        );
        assert_eq!(run.code, Some(0), "{words:?}: {}", run.err);
        let summary: Value = serde_json::from_str(&run.out).unwrap();
        summary["cases"].clone()
    };
    let by = ask(
        &desk,
        &["resources", "log.csv", "--redact", "--format", "csv"],
    );
    let person = by
        .out
        .lines()
        .nth(1)
        .unwrap()
        .split(',')
        .next()
        .unwrap()
        .to_owned();
    assert!(person.starts_with("person-"), "{}", by.out);
    for filter in [
        "resource = \"Anna Berg\"",
        "not resource = \"Anna Berg\"",
        "resource in (\"Anna Berg\", \"Bruno Kraus\")",
        "resource \"Anna Berg\" -> \"Bruno Kraus\"",
        "first(resource) = \"Anna Berg\"",
        "event(resource = \"Anna Berg\" and activity = \"Closed\")",
        "case in (\"SECRET-1037\", \"SECRET-1000\", \"SECRET-0000\")",
        "customer_email = \"mail3@example.org\"",
        "queued resource \"Anna Berg\"",
        "region = \"North\"",
        "approver = \"Anna Berg\"",
        "approver in (\"Anna Berg\", \"Nobody\")",
    ] {
        assert_eq!(
            cases(&["--filter", filter]),
            cases(&["--redact", "--filter", filter]),
            "{filter}"
        );
    }
    let by_pseudonym = format!("resource = \"{person}\"");
    let all: Vec<Value> = PEOPLE
        .iter()
        .map(|name| cases(&["--filter", &format!("resource = \"{name}\"")]))
        .collect();
    assert!(all.contains(&cases(&["--redact", "--filter", &by_pseudonym])));
}

#[test]
fn cases_are_found_by_their_ids_and_patterns_are_refused() {
    let desk = Desk::with("log.csv", log());
    let events = |words: &[&str]| ask(&desk, &[&["events", "log.csv", "--redact"], words].concat());
    let by_id = events(&["--case-id", "SECRET-1037"]);
    assert_eq!(by_id.code, Some(0), "{}", by_id.err);
    let pattern = ask(
        &desk,
        &[
            "summary",
            "log.csv",
            "--redact",
            "--filter",
            "resource ~ \"Anna\"",
        ],
    );
    assert_eq!(pattern.code, Some(2));
    assert!(
        pattern
            .err
            .contains("resource is redacted: compare it by = or !="),
        "{}",
        pattern.err
    );
}

#[test]
fn columns_and_keys_are_chosen() {
    let desk = Desk::with("log.csv", log());
    let regions = |words: &[&str]| {
        ask(
            &desk,
            &[
                &["split", "log.csv", "--by", "region", "--format", "csv"],
                words,
            ]
            .concat(),
        )
    };
    let with = regions(&["--redact-column", "region"]);
    assert!(
        with.out.contains("region-") && !with.out.contains("North"),
        "{}",
        with.out
    );
    assert!(regions(&["--redact"]).out.contains("North"));
    let wrong = regions(&["--redact-column", "regoin"]);
    assert_eq!(wrong.code, Some(2));
    assert!(
        wrong
            .err
            .contains("the log has no column regoin to redact; did you mean region?"),
        "{}",
        wrong.err
    );
    desk.write("key", "a key that two people share\n");
    desk.write("short", "short\n");
    let keyed = regions(&["--redact-column", "region", "--redact-key", "key"]);
    assert_ne!(keyed.out, with.out);
    let again = Desk::with("log.csv", log());
    again.write("key", "a key that two people share");
    let same = ask(
        &again,
        &[
            "split",
            "log.csv",
            "--by",
            "region",
            "--format",
            "csv",
            "--redact-column",
            "region",
            "--redact-key",
            "key",
        ],
    );
    assert_eq!(same.out, keyed.out);
    let short = regions(&["--redact", "--redact-key", "short"]);
    assert_eq!(short.code, Some(2));
    assert!(
        short.err.contains("a key has 16 bytes at least"),
        "{}",
        short.err
    );
    // The same in each call, and for this user alone.
    assert_eq!(regions(&["--redact-column", "region"]).out, with.out);
    let kept = desk.path("state/casetrail/redaction/key");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(kept).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[test]
fn an_index_is_never_of_pseudonyms() {
    let desk = Desk::with("log.csv", log());
    let people = |words: &[&str]| ask(&desk, &[&["resources", "log.csv"], words].concat()).out;
    let plain = people(&["--no-cache"]);
    people(&["--redact"]);
    assert_eq!(people(&[]), plain);
    // The index of the plain log serves the redacted one.
    assert!(people(&["--redact"]).contains("person-"));
    assert_eq!(people(&[]), plain);
}

/// Plays keys in the explorer, line by line, and gives the screens.
fn play(desk: &Desk, words: &[&str], keys: &str) -> Run {
    let mut command = desk.command();
    command
        .args(["log.csv", "--plain"])
        .args(MAPPED)
        .args(words);
    Run::of(command.write_stdin(keys.to_owned()))
}

/// Every pane, with what is opened from it.
const PANES: &str = "1\n2\nenter\n3\nj\nenter\nesc\n4\nenter\n5\nt\nt\n6\nt\nt\nt\nenter\n7\nt\nt\n8\nj\n9\ng k\ng r\ng f\ng j\ng p\ng w\ng e\ng v\n\
    m\nw\nx\nj\nenter\nR\nB\nE\n$\n?\n";

#[test]
fn no_pane_shows_what_is_redacted() {
    let desk = Desk::with("log.csv", log());
    let run = play(&desk, &["--redact"], PANES);
    assert_eq!(run.code, Some(0), "{}", run.err);
    assert!(
        run.out.contains("REDACTED") && run.out.contains("case-"),
        "{}",
        run.out
    );
    assert_no_secret(&run, "a pane");
}

#[test]
fn a_key_redacts_the_screen_and_what_can_be_gone_back_to() {
    let desk = Desk::with("log.csv", log());
    let seen = "3\n/ SECRET-1037\nenter\nesc\nf resource = \"Anna Berg\"\n6\nX\n";
    let undo = "u\nu\n[\n[\n]\nU\nO\nf\nup\nesc\nesc\n:\nup\nesc\n";
    let run = play(
        &desk,
        &[],
        &format!("{seen}{undo}{PANES}esc\nesc\nf resource = \"Bruno Kraus\"\n3\n$\n"),
    );
    assert_eq!(run.code, Some(0), "{}", run.err);
    let at = run
        .out
        .rfind("› Resources")
        .map(|_| run.out.find("REDACTED").unwrap());
    let (before, after) = run.out.split_at(at.unwrap());
    assert!(
        before.contains("Anna Berg") && before.contains("SECRET-1037"),
        "{before}"
    );
    for secret in secrets() {
        assert!(!after.contains(&secret), "{secret} is shown: {after}");
    }
    assert!(
        after.contains("resource = \"person-"),
        "the filter stays: {after}"
    );
    assert!(
        after.contains("--redact"),
        "the command redacts, too: {after}"
    );
    // An id that looks like a pseudonym is a value in a log that has none.
    let run = play(&desk, &["--filter", "case != \"TK-10001150\""], "3\n");
    assert!(run.out.contains("TK-10001150"), "{}", run.out);
    // And back again.
    let run = play(&desk, &[], "f resource = \"Anna Berg\"\nX\nX\n3\n");
    let last = run.out.rfind("log.csv › Cases").unwrap();
    let last = &run.out[last..];
    assert!(
        last.contains("SECRET-") && !last.contains("REDACTED"),
        "{last}"
    );
    assert!(!last.contains("person-"), "{last}");
}

/// Cases whose instants have seconds that no other instant has, so that each is found by its text.
fn timed() -> (String, Vec<String>) {
    let (mut rows, mut instants) = ("ticket,activity,time,due,resource\n".to_owned(), Vec::new());
    for case in 0..30 {
        let day = case % 25 + 1;
        let due = format!("2024-04-{day:02}T20:{:02}:{:02}", case % 60, 7);
        instants.push(due.clone());
        for (step, activity) in ["Opened", "Checked", "Closed"].iter().enumerate() {
            let hour = 8 + step * (case % 4 + 1);
            let time = format!("2024-03-{day:02}T{hour:02}:{case:02}:{:02}", 11 + step);
            writeln!(rows, "T-{case},{activity},{time}Z,{due}Z,Anna").unwrap();
            instants.push(time);
        }
    }
    (rows, instants)
}

fn assert_no_instant(run: &Run, instants: &[String], of: &str) {
    for instant in instants {
        for text in [instant.clone(), instant.replace('T', " ")] {
            for out in [&run.out, &run.err] {
                assert!(!out.contains(&text), "{of} shows {text}: {out}");
            }
        }
    }
}

#[test]
fn shifted_times_are_in_no_output() {
    let (rows, instants) = timed();
    let desk = Desk::with("log.csv", rows);
    desk.write(
        "rules.toml",
        "[redact]\nshift = \"7d\"\n[[rules]]\nname = \"an hour\"\nmilestone = \"duration\"\nlimit = \"1h\"\n",
    );
    // By a random key, a period may end by chance where an event was.
    desk.write("key", "the same key in every run");
    let common = [
        "log.csv",
        "--redact",
        "--redact-key=key",
        "--rules",
        "rules.toml",
    ];
    let mut answered = 0;
    for report in desk.reports() {
        let more: &[&str] = match report.as_str() {
            "events" => &["--case-id", "T-3"],
            "why" => &["--of", "duration > 3h"],
            "split" => &["--by", "resource"],
            "funnel" => &["--stage", "Opened", "--stage", "Closed"],
            "before" => &["--what", "Checked", "--until", "Closed"],
            "cases" => &["--columns", "due,first(due)"],
            "perf" => continue,
            _ => &[],
        };
        let formats: &[&str] = match report.as_str() {
            "report" => &["html", "markdown", "json"],
            _ => &["table", "json", "csv", "markdown"],
        };
        for format in formats {
            let words = [&[&report, "--format", format], &common[..], more].concat();
            let run = ask(&desk, &words);
            assert!(matches!(run.code, Some(0..=2)), "{report}: {run:?}");
            assert_no_instant(&run, &instants, &format!("{report} as {format}"));
            answered += u32::from(run.code != Some(2));
        }
    }
    assert!(answered > 100, "{answered} outputs");
    let run = play(&desk, &common[1..], &format!("{PANES}3\ny v\nenter\ny v\n"));
    assert_eq!(run.code, Some(0), "{}", run.err);
    assert!(run.out.contains("REDACTED, SHIFTED"), "{}", run.out);
    assert_no_instant(&run, &instants, "a pane");
    // A key shifts them, too: filters of times are gone, as are times that were seen before.
    let seen = format!("3\nf end > 2024-03-04T12:03:13Z\nX\nM\nesc\n{PANES}u\n[\n");
    let run = play(&desk, &common[2..], &seen);
    let (before, after) = run.out.split_at(run.out.find("REDACTED").unwrap());
    assert!(before.contains("2024-03-04"), "{before}");
    let after = Run {
        out: after.to_owned(),
        ..run.clone()
    };
    assert_no_instant(&after, &instants, "what follows the key");
    assert!(
        after.out.contains("1 filter of times removed"),
        "{}",
        after.out
    );
}

#[test]
fn a_shift_leaves_what_is_within_a_case() {
    let (rows, _) = timed();
    let desk = Desk::with("log.csv", rows);
    let cases = |shift: &str, words: &[&str]| {
        desk.write("rules.toml", format!("[redact]\nshift = \"{shift}\"\n"));
        let words = [
            &[
                "cases",
                "log.csv",
                "--redact",
                "--format",
                "json",
                "--sort",
                "case",
                "--columns",
                "start,end,due",
            ],
            words,
        ]
        .concat();
        let run = ask(&desk, &words);
        assert_eq!(run.code, Some(0), "{}", run.err);
        let found: Value = serde_json::from_str(&run.out).unwrap();
        found["cases"].as_array().unwrap().clone()
    };
    let plain = cases("7d", &[]);
    let with = ["--rules", "rules.toml"];
    let instant = |row: &Value, key: &str| {
        let text = row[key].as_str().unwrap().to_owned();
        chrono::DateTime::parse_from_rfc3339(&text).unwrap()
    };
    for (shift, step) in [("7d", 1), ("8w", 7)] {
        let shifted = cases(shift, &with);
        assert_eq!(shifted, cases(shift, &with), "the same in each call");
        assert_eq!(shifted.len(), plain.len());
        let mut distances = std::collections::BTreeSet::new();
        for (row, was) in shifted.iter().zip(&plain) {
            assert_eq!(row["case"], was["case"]);
            assert_eq!(row["duration"], was["duration"]);
            let by = instant(row, "start") - instant(was, "start");
            assert_eq!(by, instant(row, "end") - instant(was, "end"));
            assert_eq!(by, instant(row, "due") - instant(was, "due"));
            let days = by.num_days();
            assert_eq!(by, chrono::TimeDelta::days(days), "whole days");
            assert!(
                days != 0 && days % step == 0 && days.abs() <= 8 * step,
                "{days}"
            );
            distances.insert(days);
        }
        assert!(distances.len() > 4, "each case has its own: {distances:?}");
    }
}

#[test]
fn the_rules_file_says_how_to_redact() {
    let desk = Desk::with("log.csv", log());
    let regions = |rules: &str, words: &[&str]| {
        desk.write("rules.toml", rules);
        let words = [
            &[
                "split",
                "log.csv",
                "--by",
                "region",
                "--format",
                "csv",
                "--rules",
                "rules.toml",
            ],
            words,
        ]
        .concat();
        ask(&desk, &words)
    };
    let columns = "[redact]\ncolumns = [\"region\"]\n";
    assert!(
        regions(columns, &[]).out.contains("North"),
        "nothing is redacted unless asked for"
    );
    let run = regions(columns, &["--redact"]);
    assert!(
        run.out.contains("region-") && !run.out.contains("North"),
        "{}",
        run.out
    );
    let strict = "[redact]\nstrict = true\n";
    let by = |who: &str| format!("resource = \"{who}\"");
    assert_eq!(
        regions(strict, &["--filter", &by("Anna Berg")]).code,
        Some(0)
    );
    for who in ["Anna Berg", "Nobody"] {
        let refused = regions(strict, &["--redact", "--filter", &by(who)]);
        assert_eq!(refused.code, Some(2));
        let message = "resource is redacted: name the pseudonym of the value";
        assert!(refused.err.contains(message), "{}", refused.err);
    }
    let people = ask(
        &desk,
        &["resources", "log.csv", "--redact", "--format", "csv"],
    )
    .out;
    let person = people.lines().nth(1).unwrap().split(',').next().unwrap();
    let run = regions(strict, &["--redact", "--filter", &by(person)]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    for (rules, part) in [
        ("shift = \"5h\"", "line 2: 5h: a shift is 1d to 3650d"),
        ("shift = \"never\"", "line 2: never:"),
        (
            "suppress = -1",
            "line 2: -1: a number of cases is 0 or more",
        ),
        ("colums = []", "unknown field `colums`"),
    ] {
        let run = regions(&format!("[redact]\n{rules}\n"), &[]);
        assert_eq!(run.code, Some(2));
        assert!(run.err.contains(part), "{rules}: {}", run.err);
    }
    let missing = regions("[redact]\ncolumns = [\"regoin\"]\n", &["--redact"]);
    assert!(
        missing.err.contains("no column regoin to redact"),
        "{}",
        missing.err
    );
}
