//! Tags and notes beside the log: the file of the explorer and of `--notes`, filters and columns in reports, and
//! the visit.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use crate::cli_common::{Desk, LOG, Run};
use serde_json::{Value, json};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

const NOTES: &str = r#"{"time":"2024-02-01T10:00:00Z","case":"c1","tag":"late","set":true}
{"time":"2024-02-01T10:01:00Z","case":"c1","tag":"bank","set":true}
{"time":"2024-02-01T10:02:00Z","case":"c1","text":"bank asked twice","who":"Ada"}
{"time":"2024-02-01T10:03:00Z","case":"c3","tag":"late","set":true}
{"time":"2024-02-01T10:04:00Z","case":"c3","tag":"late","set":false}
{"time":"2024-02-01T10:05:00Z","case":"c4","text":"nobody knows"}
{"time":"2024-02-01T10:06:00Z","case":"gone","tag":"late","set":true}
"#;

fn desk() -> Desk {
    let desk = Desk::with("log.csv", LOG);
    desk.write("notes.jsonl", NOTES);
    desk
}

fn cases(desk: &Desk, filter: &str) -> Vec<String> {
    let words = [
        "cases",
        "log.csv",
        "--notes",
        "notes.jsonl",
        "--sort",
        "case",
    ];
    let found = desk.json(&[&words[..], &["--filter", filter]].concat());
    let rows = found["cases"].as_array().unwrap().iter();
    rows.map(|row| row["case"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn filters_select_by_tags_and_notes() {
    let desk = desk();
    for (filter, wanted) in [
        ("tag = \"late\"", &["c1"][..]),
        ("tag = \"LATE\"", &[]),
        ("tag in (\"bank\", \"none\")", &["c1"]),
        ("tag != \"late\"", &["c2", "c3", "c4", "c5"]),
        ("tag is missing", &["c2", "c3", "c4", "c5"]),
        ("tag is not missing", &["c1"]),
        ("note ~ \"bank|knows\"", &["c1", "c4"]),
        ("note !~ \"bank\"", &["c2", "c3", "c4", "c5"]),
        ("note is missing and not \"B\"", &["c2", "c5"]),
        ("tag > \"c\"", &["c1"]),
    ] {
        assert_eq!(cases(&desk, filter), wanted, "{filter}");
    }
}

#[test]
fn reports_have_columns_of_tags_and_notes() {
    let desk = desk();
    let notes = ["--notes", "notes.jsonl"];
    for (report, more) in [
        ("cases", &["--sort", "case"][..]),
        ("triage", &["--end", "C", "--sort", "case"]),
        ("check", &["--rules", "rules.toml", "--sort-cases", "case"]),
    ] {
        desk.write(
            "rules.toml",
            "[[rules]]\nname = \"fast\"\nmilestone = \"duration\"\nlimit = \"5m\"\n",
        );
        let words = [
            report,
            "log.csv",
            "--columns",
            "case,tag,note",
            "--format",
            "json",
        ];
        let run = desk.run(&[&words[..], &notes, more].concat());
        let found: Value = serde_json::from_str(&run.out).expect(&run.err);
        let rows = found["cases"].as_array().unwrap();
        let of = |case: &str| rows.iter().find(|row| row["case"] == case);
        if let Some(c1) = of("c1") {
            assert_eq!(c1["tag"], json!(["bank", "late"]), "{report}");
            assert_eq!(c1["note"], "bank asked twice", "{report}");
        }
        if let Some(c4) = of("c4") {
            assert_eq!(c4["tag"], Value::Null, "{report}");
            assert_eq!(c4["note"], "nobody knows", "{report}");
        }
        assert!(of("c1").or_else(|| of("c4")).is_some(), "{report}: {found}");
    }
    // Cases without a tag come last, whatever the direction.
    for (sort, first) in [
        ("tag", "c1"),
        ("-tag", "c1"),
        ("note", "c1"),
        ("-note", "c4"),
    ] {
        let words = ["cases", "log.csv", "--sort", sort];
        let found = desk.json(&[&words[..], &notes].concat());
        assert_eq!(found["cases"][0]["case"], first, "{sort}");
    }
    let events = desk.json(&[
        "events",
        "log.csv",
        "--case-id",
        "c1",
        "--notes",
        "notes.jsonl",
    ]);
    let last = &events["notes"][2];
    let wanted = json!({"time": "2024-02-01T10:02:00Z", "kind": "note", "text": "bank asked twice", "who": "Ada"});
    assert_eq!(*last, wanted, "{events}");
    let without = desk.json(&["events", "log.csv", "--case-id", "c1"]);
    assert_eq!(without.get("notes"), None);
}

#[test]
fn the_report_lists_them_and_counts_cases_that_are_not_there() {
    let desk = desk();
    let words = ["notes", "log.csv", "--notes", "notes.jsonl"];
    let found = desk.json(&words);
    assert_eq!(
        (&found["cases"], &found["unknown_cases"]),
        (&json!(2), &json!(1))
    );
    let rows = found["notes"].as_array().unwrap().iter();
    let rows: Vec<(&str, &str)> = rows
        .map(|row| (row["case"].as_str().unwrap(), row["text"].as_str().unwrap()))
        .collect();
    let wanted = [
        ("c4", "nobody knows"),
        ("c1", "bank asked twice"),
        ("c1", "bank"),
        ("c1", "late"),
    ];
    assert_eq!(rows, wanted);
    let table = desk.run(&words).out;
    let head = "5 cases, 12 events: 4 tags and notes of 2 cases; not in the log: 1 case";
    assert!(table.starts_with(head), "{table}");
    let filtered = desk.json(&[&words[..], &["--filter", "\"B\""]].concat());
    assert_eq!(filtered["total"], 3);
    let csv = desk.run(&[&words[..], &["--format", "csv", "--sort", "case"]].concat());
    assert!(
        csv.out.contains("2024-02-01T10:00:00Z,c1,tag,late,"),
        "{}",
        csv.out
    );
    // The file of all lines, in another order and twice, says the same.
    let mut lines: Vec<&str> = NOTES.lines().rev().collect();
    lines.extend(NOTES.lines());
    desk.write("merged.jsonl", lines.join("\n"));
    assert_eq!(
        desk.json(&["notes", "log.csv", "--notes", "merged.jsonl"]),
        found
    );
}

#[test]
fn a_file_that_is_none_of_notes_stays_as_it_is() {
    let desk = desk();
    let log = desk.read("log.csv");
    let run = desk.run(&["notes", "log.csv", "--notes", "log.csv"]);
    assert_ne!(run.code, Some(0));
    assert!(run.err.contains("no file of notes"), "{}", run.err);
    let mut command = desk.command();
    command.args(["log.csv", "--plain", "--notes", "log.csv"]);
    let run = Run::of(command.write_stdin("3\n# tag\n".to_owned()));
    assert!(
        run.out.contains("not written") || run.err.contains("no file of notes"),
        "{} {}",
        run.out,
        run.err
    );
    assert_eq!(desk.read("log.csv"), log);
}

#[test]
fn what_is_wrong_in_the_file_is_said_and_left_alone() {
    let desk = desk();
    let damaged = format!("{NOTES}<<<<<<< HEAD\n{{\"time\":\"2024-\n");
    desk.write("notes.jsonl", &damaged);
    let words = ["notes", "log.csv", "--notes", "notes.jsonl"];
    let run = desk.run(&words);
    assert_eq!(run.code, Some(0));
    assert!(run.err.contains("notes.jsonl"), "{}", run.err);
    assert!(
        run.err.contains("line 8:") && run.err.contains("2 lines are kept and not used"),
        "{}",
        run.err
    );
    assert_eq!(desk.json(&words)["total"], 4);
    assert_eq!(desk.read("notes.jsonl"), damaged);
    let missing = desk.run(&["cases", "log.csv", "--notes", "none.jsonl"]);
    assert_eq!(missing.code, Some(2));
    assert!(missing.err.contains("none.jsonl"), "{}", missing.err);
    let unnamed = desk.run(&["notes", "log.csv"]);
    assert_eq!(unnamed.code, Some(2));
    assert!(unnamed.err.contains("--notes FILE"), "{}", unnamed.err);
}

#[test]
fn without_notes_the_columns_of_the_log_are_meant() {
    let desk = Desk::with(
        "log.csv",
        "case,activity,time,tag,note\nc1,A,2024-01-01,x,own\nc2,A,2024-01-02,y,own\n",
    );
    let words = ["cases", "log.csv", "--filter"];
    let total = |words: &[&str]| desk.json(words)["total"].clone();
    assert_eq!(total(&[&words[..], &["tag = \"x\""]].concat()), 1);
    desk.write("notes.jsonl", NOTES);
    let notes = ["--notes", "notes.jsonl"];
    assert_eq!(total(&[&words[..], &["tag = \"x\""], &notes].concat()), 0);
    assert_eq!(
        total(&[&words[..], &["tag = \"late\""], &notes].concat()),
        1
    );
    assert_eq!(total(&[&words[..], &["`tag` = \"x\""], &notes].concat()), 1);
}

#[test]
fn redaction_hides_notes_and_shows_tags_at_pseudonyms() {
    let desk = desk();
    let words = ["--notes", "notes.jsonl", "--redact"];
    let found = desk.json(&[&["notes", "log.csv"], &words[..]].concat());
    assert_eq!(
        (&found["total"], &found["unknown_cases"]),
        (&json!(2), &json!(1))
    );
    let case = found["notes"][0]["case"].as_str().unwrap();
    assert!(case.starts_with("case-"), "{found}");
    let tagged = desk.json(
        &[
            &["cases", "log.csv", "--filter", "tag = \"late\""],
            &words[..],
        ]
        .concat(),
    );
    assert_eq!(tagged["cases"][0]["case"], case);
    let events = desk.json(&[&["events", "log.csv", "--case-id", case], &words[..]].concat());
    assert_eq!(events["notes"].as_array().unwrap().len(), 2);
    let hidden = desk.run(
        &[
            &["cases", "log.csv", "--filter", "note ~ \"bank\""],
            &words[..],
        ]
        .concat(),
    );
    assert_eq!(hidden.code, Some(2));
    assert!(
        hidden.err.contains("hidden while the log is redacted"),
        "{}",
        hidden.err
    );
    for report in ["notes", "cases", "triage"] {
        let run = desk.run(&[&[report, "log.csv"], &words[..]].concat());
        assert!(
            !run.out.contains("bank asked") && !run.err.contains("bank asked"),
            "{run:?}"
        );
    }
}

fn play(desk: &Desk, words: &[&str], keys: &str) -> Run {
    let mut command = desk.command();
    command.args(["log.csv", "--plain"]).args(words);
    let run = Run::of(command.write_stdin(keys.to_owned()));
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""), "{}", run.out);
    run
}

/// The only file of a folder below the desk.
fn only_file(desk: &Desk, folder: &str) -> PathBuf {
    let files = fs::read_dir(desk.path(folder)).unwrap();
    let files: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
    assert_eq!(files.len(), 1, "{files:?}");
    files[0].clone()
}

#[test]
fn the_explorer_writes_a_private_file_that_a_grown_log_keeps() {
    let desk = Desk::with("log.csv", LOG);
    play(
        &desk,
        &["--filter", "case = \"c2\""],
        "3\n# late bank\n; asked\n",
    );
    let file = only_file(&desk, "data/casetrail/notes");
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&file), 0o600);
    assert_eq!(mode(file.parent().unwrap()), 0o700);
    let text = fs::read_to_string(&file).unwrap();
    assert_eq!(text.lines().count(), 3, "{text}");
    for line in text.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        assert_eq!((&line["case"], line.get("who")), (&json!("c2"), None));
    }
    desk.write("log.csv", format!("{LOG}c2,D,2024-01-03T10:00:00Z,Ann,1\n"));
    let run = play(&desk, &[], "3\nf tag = \"late\"\ny !\n");
    assert!(run.out.contains("1 of 5 cases"), "{}", run.out);
    let path = file.to_str().unwrap();
    assert!(run.out.contains(&format!("--notes {path}")), "{}", run.out);
    let words = [
        "cases",
        "log.csv",
        "--notes",
        path,
        "--filter",
        "tag = \"late\"",
    ];
    assert_eq!(desk.json(&words)["cases"][0]["case"], "c2");
    let hint = desk.run(&["notes", "log.csv"]).err;
    assert!(hint.contains(path), "{hint}");
    // Reports have no tags by themselves, and their figures depend on their words alone.
    assert_eq!(
        desk.run(&["cases", "log.csv", "--filter", "tag = \"late\""])
            .code,
        Some(2)
    );
}

#[test]
fn a_named_file_is_written_with_the_author() {
    let desk = Desk::with("log.csv", LOG);
    let words = ["--notes", "team.jsonl", "--author", "Ada"];
    play(&desk, &words, "3\n# late\n# -late\n");
    let text = desk.read("team.jsonl");
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let set: Vec<bool> = lines
        .iter()
        .map(|line| line["set"].as_bool().unwrap())
        .collect();
    assert_eq!(set, [true, false]);
    assert!(lines.iter().all(|line| line["who"] == "Ada"), "{text}");
    assert!(
        lines[0]["time"].as_str() < lines[1]["time"].as_str(),
        "{text}"
    );
    assert!(!desk.path("data").exists());
}

#[test]
fn a_redacted_explorer_writes_nothing() {
    let desk = desk();
    let words = ["--notes", "notes.jsonl", "--redact"];
    let run = play(&desk, &words, "3\n;\n#\ng n\nd\n");
    assert!(
        run.out.contains("not written while the log is redacted"),
        "{}",
        run.out
    );
    assert!(!run.out.contains("bank asked"), "{}", run.out);
    assert_eq!(desk.read("notes.jsonl"), NOTES);
}

#[test]
fn the_next_start_says_which_cases_changed() {
    let desk = Desk::with("log.csv", LOG);
    let run = play(&desk, &[], "3\n");
    assert!(!run.out.contains("changed since"), "{}", run.out);
    let visit = only_file(&desk, "state/casetrail/visits");
    let mode = fs::metadata(&visit).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode, 0o600);
    let text = fs::read_to_string(&visit).unwrap();
    assert!(
        text.contains("last_event = \"2024-01-01T16:00:00Z\""),
        "{text}"
    );
    // The same log has nothing new.
    let run = play(&desk, &[], "3\n");
    assert!(!run.out.contains("changed since"), "{}", run.out);
    let grown = "c2,D,2024-01-03T10:00:00Z,Ann,1\nc6,A,2024-01-02T10:00:00Z,Ann,1\nc1,D,2024-01-01T16:00:00Z,Ann,1\n";
    desk.write("log.csv", format!("{LOG}{grown}"));
    let run = play(&desk, &[], "g c\n3\ny !\n");
    assert!(run.out.contains("2 cases changed since"), "{}", run.out);
    assert!(run.out.contains("2 of 6 cases"), "{}", run.out);
    assert!(
        run.out.contains("end > 2024-01-01T16:00:00Z"),
        "{}",
        run.out
    );
    // They have been seen now.
    let run = play(&desk, &[], "3\n");
    assert!(!run.out.contains("changed since"), "{}", run.out);
}
