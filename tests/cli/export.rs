//! Rows that the explorer writes to a file: those of the report that prints the pane, whole or not at all.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use crate::cli_common::{Desk, LOG, Run};
use std::fmt::Write;

/// Plays keys in the explorer, line by line.
fn play(desk: &Desk, words: &[&str], keys: &str) -> Run {
    let mut command = desk.command();
    command.args(["log.csv", "--plain"]).args(words);
    Run::of(command.write_stdin(keys.to_owned()))
}

#[test]
fn a_file_has_what_the_report_prints() {
    let desk = Desk::with("log.csv", LOG);
    for (keys, file, words) in [
        ("2\n", "variants.csv", &["variants", "--format", "csv"][..]),
        ("2\n", "variants.json", &["variants", "--format", "json"]),
        ("2\n", "VARIANTS.MD", &["variants", "--format", "markdown"]),
        (
            "3\n, start\n",
            "cases.csv",
            &["cases", "--sort=start", "--format", "csv"],
        ),
        (
            "f events > 2\n4\n",
            "filtered.json",
            &["activities", "--filter", "events > 2", "--format", "json"],
        ),
        (
            "f \"B\"\nv not \"B\"\n4\n",
            "compared.csv",
            &[
                "activities",
                "--filter",
                "\"B\"",
                "--versus",
                "not \"B\"",
                "--format",
                "csv",
            ],
        ),
        (
            "3\nenter\n",
            "events.csv",
            &["events", "--case-id", "c1", "--format", "csv"],
        ),
        ("7\nt\n", "queues.md", &["queues", "--format", "markdown"]),
    ] {
        let run = play(&desk, &[], &format!("{keys}:export {file}\n$\n"));
        assert!(run.out.contains("written to"), "{file}: {}", run.out);
        let (report, options) = words.split_first().unwrap();
        let printed = desk.run(&[&[*report, "log.csv"], options].concat());
        assert_eq!(printed.code, Some(0), "{}", printed.err);
        assert_eq!(desk.read(file), printed.out, "{file}");
    }
}

#[test]
fn a_list_is_written_whole_and_by_its_columns() {
    let mut rows = "case,activity,time,amount\n".to_owned();
    for case in 0..500 {
        let (hour, minute) = (case / 60, case % 60);
        writeln!(
            rows,
            "c{case},A,2024-01-01T{hour:02}:{minute:02}:00Z,{case}"
        )
        .unwrap();
    }
    let desk = Desk::with("log.csv", rows);
    std::fs::create_dir_all(desk.path("settings/casetrail")).unwrap();
    desk.write(
        "settings/casetrail/config.toml",
        "[columns]\ncases = [\"case\", \"amount\"]\n",
    );
    let run = play(&desk, &[], "3\n:export all.csv\n");
    assert!(
        run.out.contains("500 rows written to \"all.csv\""),
        "{}",
        run.out
    );
    let all = desk.read("all.csv");
    assert_eq!(all.lines().count(), 501);
    assert_eq!(all.lines().next(), Some("case,amount"));
}

#[test]
fn a_file_is_replaced_only_on_request_and_never_one_that_is_read() {
    let desk = Desk::with("log.csv", LOG);
    desk.write("rules.toml", "[redact]\n");
    desk.write("out.csv", "mine\n");
    let asked = play(&desk, &[], "2\n:export out.csv\nesc\n");
    assert!(
        asked.out.contains("\"out.csv\" already exists"),
        "{}",
        asked.out
    );
    assert_eq!(desk.read("out.csv"), "mine\n");
    let replaced = play(&desk, &[], "2\n:export out.csv\nj\nenter\n");
    assert!(
        replaced.out.contains("rows written to \"out.csv\""),
        "{}",
        replaced.out
    );
    assert_ne!(desk.read("out.csv"), "mine\n");
    let refused = play(&desk, &[], "2\n:export log.csv\nj\nenter\n");
    assert!(
        refused.out.contains("this call reads the file"),
        "{}",
        refused.out
    );
    assert_eq!(desk.read("log.csv"), LOG);
    std::fs::rename(desk.path("rules.toml"), desk.path("rules.md")).unwrap();
    let words = ["--rules", "rules.md"];
    let refused = play(&desk, &words, "2\n:export rules.md\nj\nenter\n");
    assert!(
        refused.out.contains("this call reads the file"),
        "{}",
        refused.out
    );
    assert_eq!(desk.read("rules.md"), "[redact]\n");
    for (file, why) in [
        ("out.txt", "the name ends in .csv, .json or .md"),
        ("nowhere/out.csv", "there is no such folder"),
        ("-", "the name ends in"),
    ] {
        let refused = play(&desk, &[], &format!("2\n:export {file}\n"));
        assert!(refused.out.contains(why), "{file}: {}", refused.out);
    }
    let searched = play(&desk, &[], "2\n/ A\n:export found.csv\n");
    assert!(
        searched.out.contains("Reports do not search"),
        "{}",
        searched.out
    );
    let names = desk.names();
    assert!(
        !names
            .iter()
            .any(|name| name.contains("found") || name.contains("filters")),
        "{names:?}"
    );
}

#[test]
fn what_is_redacted_is_written_redacted() {
    let desk = Desk::with("log.csv", LOG);
    for (words, keys) in [(&["--redact"][..], ""), (&[], "X\n")] {
        for file in ["out.csv", "out.json", "out.md"] {
            let keys = format!("{keys}6\n:export {file}\nj\nenter\n");
            play(&desk, words, &keys);
            let text = desk.read(file);
            assert!(text.contains("person-"), "{file}: {text}");
            for name in ["Ann", "Bob", "Cid"] {
                assert!(!text.contains(name), "{file}: {text}");
            }
        }
    }
    let run = play(&desk, &["--suppress", "3"], "4\n:export few.json\n");
    assert!(run.out.contains("left out"), "{}", run.out);
    let text = desk.read("few.json");
    assert!(
        text.contains("\"suppressed\"") && !text.contains("\"B\""),
        "{text}"
    );
    let refused = play(&desk, &["--suppress", "3"], "3\n:export single.csv\n");
    assert!(refused.out.contains("not shown while"), "{}", refused.out);
    assert!(!desk.names().contains(&"single.csv".to_owned()));
}
