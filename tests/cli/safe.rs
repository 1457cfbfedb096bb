//! Nothing of a log, a file's name or an argument acts on the terminal or on a spreadsheet.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use crate::cli_common::{Desk, Run};

/// What no output may contain: controls but line ends, and characters that hide or turn the text.
fn acts(c: char) -> bool {
    (c.is_control() && c != '\n')
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

fn assert_safe(run: &Run, of: &str) {
    for text in [&run.out, &run.err] {
        let found = text.chars().find(|&c| acts(c));
        assert_eq!(found, None, "{of}: {text:?}");
    }
}

const EVIL: &str = "\u{1b}]0;owned\u{7}\u{9b}31m\u{202e}\u{200b}\u{8}\u{7f}\u{e0041}";

/// A log with evil in case, activity, resource, header and a rejected value.
fn evil_log() -> String {
    format!(
        "case,activity,time,resource,{EVIL}note\n\
         c{EVIL},A{EVIL},2024-01-01T10:00:00Z,r{EVIL},n{EVIL}\n\
         c{EVIL},B{EVIL},2024-01-01T11:00:00Z,r{EVIL},n{EVIL}\n\
         c2,A,{EVIL},r,n\n"
    )
}

#[test]
fn no_report_lets_it_through() {
    let name = format!("log{EVIL}.csv");
    let desk = Desk::with(&name, evil_log());
    let id = format!("c{EVIL}");
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
        "perf",
    ] {
        for format in ["table", "json", "markdown"] {
            let mut words = vec![report, &name, "--format", format];
            if report == "events" {
                words.extend(["--case-id", &id]);
            }
            let run = desk.run(&words);
            assert_eq!(run.code, Some(0), "{report} {format}: {run:?}");
            assert_safe(&run, &format!("{report} {format}"));
        }
    }
}

#[test]
fn json_keeps_every_character() {
    let desk = Desk::with("log.csv", evil_log());
    let activities = desk.json(&["activities", "log.csv"]);
    let first = activities["activities"][0]["activity"].as_str().unwrap();
    assert_eq!(first, format!("A{EVIL}"));
}

#[test]
fn no_message_lets_it_through() {
    let desk = Desk::with("log.csv", evil_log());
    let evil_option = format!("--{EVIL}");
    for words in [
        &["summary", &format!("missing{EVIL}.csv")][..],
        &["summary", "log.csv", "--filter", &format!("x{EVIL} = 1")],
        &["summary", "log.csv", "--filter", &format!("\"{EVIL}\"")],
        &["summary", "log.csv", "--events", EVIL],
        &["summary", "log.csv", &evil_option],
        &["summary", "log.csv", "--format", EVIL],
        &["summary", "log.csv", "--tz", EVIL],
        &["summary", "log.csv", "--time-format", EVIL],
        &["summary", "log.csv", "--case", EVIL],
        &["summary", "log.csv", "--encoding", EVIL],
        &["summary", "log.csv", "--output", &format!("no/{EVIL}")],
        &["events", "log.csv", "--case-id", &format!("{EVIL}\n")],
        &["cases", "log.csv", "--sort", EVIL],
        &[EVIL],
    ] {
        let run = desk.run(words);
        assert_ne!(run.code, Some(0), "{words:?}");
        assert!(matches!(run.code, Some(2..=7)), "{words:?}: {run:?}");
        assert!(run.err.starts_with("casetrail: "), "{run:?}");
        assert_safe(&run, &format!("{words:?}"));
    }
}

/// Options of a report that take a value.
fn options_with_values(help: &str) -> Vec<String> {
    let option = |line: &str| {
        let rest = &line[line.find("--")? + 2..];
        let (name, value) = rest.split_once(' ')?;
        value.starts_with('<').then(|| name.to_owned())
    };
    let lines = help
        .lines()
        .filter(|line| line.trim_start().starts_with('-'));
    lines.filter_map(option).collect()
}

#[test]
fn no_value_of_an_option_lets_it_through() {
    let desk = Desk::with("log.csv", evil_log());
    let mut seen = std::collections::BTreeSet::new();
    // These read no log, or go on until they are ended.
    let others = ["cache", "completions", "config", "demo", "man", "watch"];
    let names = crate::shell::names(&desk);
    for report in names.iter().map(String::as_str) {
        if others.contains(&report) {
            continue;
        }
        let help = desk.run(&[report, "--help"]).out;
        for option in options_with_values(&help) {
            if !seen.insert(option.clone()) {
                continue;
            }
            for value in [EVIL.to_owned(), format!("a{EVIL} = 1")] {
                let run = desk.run(&[report, "log.csv", &format!("--{option}={value}")]);
                assert!(
                    matches!(run.code, Some(0..=7)),
                    "{report} --{option}: {run:?}"
                );
                assert_safe(&run, &format!("{report} --{option}"));
            }
        }
    }
    assert!(seen.len() > 60, "{seen:?}");
}

#[cfg(unix)]
#[test]
fn a_name_need_not_be_text() {
    use std::os::unix::ffi::OsStrExt;
    let name = std::ffi::OsStr::from_bytes(b"\xff\xfe.csv");
    let desk = Desk::new();
    let log = "case,activity,time\nc1,A,2024-01-01T10:00:00Z\nc1,B,?\n";
    std::fs::write(desk.path("x").with_file_name(name), log).unwrap();
    let mut command = desk.command();
    let run = Run::of(command.arg("quality").arg(name).args(["--format", "json"]));
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.err.contains("\"\\xff\\xfe.csv\""), "{run:?}");
    assert!(run.out.contains(r#""file": "\\xff\\xfe.csv""#), "{run:?}");
}

#[test]
fn a_name_may_begin_with_a_dash_or_hold_a_line_end() {
    let log = "case,activity,time\nc1,A,2024-01-01T10:00:00Z\nc1,B,?\n";
    let desk = Desk::with("-rf.csv", log);
    desk.write("two\nlines.csv", log);
    desk.write("summary", log);
    for words in [
        &["summary", "./-rf.csv"][..],
        &["summary", "--", "-rf.csv"],
        &["summary", "two\nlines.csv"],
        &["summary", "summary"],
        &["summary", "./summary"],
    ] {
        let run = desk.run(words);
        assert_eq!(run.code, Some(0), "{words:?}: {run:?}");
        assert_eq!(run.err.matches('\n').count(), 1, "{run:?}");
    }
}

#[test]
fn spreadsheets_get_no_formulas() {
    let log = "case,activity,time\n=1+1,@SUM(1),2024-01-01T10:00:00Z\n\
               -2,+x,2024-01-01T11:00:00Z\n-2,+x,2024-01-01T12:00:00Z\n";
    let desk = Desk::with("log.csv", log);
    let run = desk.run(&["cases", "log.csv", "--format", "csv"]);
    assert!(
        run.out.contains("\n'-2,") && run.out.contains("\n'=1+1,"),
        "{run:?}"
    );
    assert!(
        run.err.contains("2 texts") && run.err.contains("--raw-csv"),
        "{run:?}"
    );
    let raw = desk.run(&["cases", "log.csv", "--format", "csv", "--raw-csv"]);
    assert!(raw.out.contains("\n=1+1,"), "{raw:?}");
    assert_eq!(raw.err, "");
    let json = desk.json(&["cases", "log.csv", "--sort", "case"]);
    assert_eq!(json["cases"][0]["case"], "-2");
}

#[test]
fn options_stand_before_and_after() {
    let log = "case,activity,time\nc1,A,2024-01-01T10:00:00Z\n";
    let desk = Desk::with("log.csv", log);
    let expected = desk
        .run(&[
            "summary", "log.csv", "--format", "json", "--filter", "\"A\"",
        ])
        .out;
    for words in [
        &[
            "--format", "json", "--filter", "\"A\"", "summary", "log.csv",
        ][..],
        &["--format=json", "summary", "--filter=\"A\"", "log.csv"],
        &[
            "summary", "--format", "json", "log.csv", "--filter", "\"A\"",
        ],
        &[
            "--filter", "\"A\"", "summary", "--format", "json", "--", "log.csv",
        ],
    ] {
        let run = desk.run(words);
        assert_eq!(
            (run.code, &run.out),
            (Some(0), &expected),
            "{words:?}: {run:?}"
        );
    }
}
