//! Exit codes, and the messages that go with them.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use crate::cli_common::{Desk, LOG, REJECTS, Run};
use std::io::Write;

/// One line, of this program, with these words in it.
fn assert_message(run: &Run, words: &[&str]) {
    assert!(run.err.starts_with("casetrail: "), "{run:?}");
    assert_eq!(run.err.matches('\n').count(), 1, "{run:?}");
    for word in words {
        assert!(run.err.contains(word), "{word}: {run:?}");
    }
    assert_eq!(run.out, "", "{run:?}");
}

#[test]
fn wrong_calls() {
    let desk = Desk::with("log.csv", LOG);
    for (words, said) in [
        (&["summary", "log.csv", "--formt", "json"][..], "--format"),
        (&["summary", "log.csv", "--format", "xml"], "json"),
        (
            &["summary", "log.csv", "--tz", "Europe/Berln"],
            "Europe/Berlin",
        ),
        (&["summary", "log.csv", "--limit", "many"], "many"),
        (&["summary", "log.csv", "--delimiter", ";;"], "delimiter"),
        (
            &["summary", "log.csv", "--json-path", "data"],
            "a path of records is given, which only jsonl can have; this log is csv",
        ),
        (&["mapping", "log.csv", "--object-type", "x"], "ocel-json"),
        (&["cases", "log.csv", "--sort", "size"], "duration"),
        (&["events", "log.csv"], "--case-id"),
        (&["summary"], "LOG"),
        (&["events", "log.csv", "--case-id", "c9"], "\"c9\""),
        (&["summary", "log.csv", "--case", "id"], "activity"),
        (&["log.csv", "--format", "json"], "--format"),
    ] {
        let run = desk.run(words);
        assert_eq!(run.code, Some(2), "{words:?}: {run:?}");
        assert_message(&run, &[said]);
    }
}

#[test]
fn no_words_at_all() {
    let run = Desk::new().run(&[]);
    assert_eq!(run.code, Some(2));
    assert!(run.err.starts_with("Usage: casetrail"), "{run:?}");
    assert_eq!(run.out, "");
}

#[test]
fn help_and_version_are_answers() {
    let desk = Desk::new();
    for words in [
        &["--help"][..],
        &["summary", "--help"],
        &["--version"],
        &["-V"],
        &["dfg", "-h"],
    ] {
        let run = desk.run(words);
        assert_eq!((run.code, run.err.as_str()), (Some(0), ""), "{words:?}");
        assert!(run.out.contains("casetrail"), "{run:?}");
    }
    let help = desk.run(&["--help"]).out;
    for word in ["Reports:", "Examples:", "--filter", "quality", "Exit codes"] {
        assert!(help.contains(word), "{word}");
    }
}

#[test]
fn a_bad_filter_gets_a_caret() {
    let desk = Desk::with("log.csv", LOG);
    let run = desk.run(&["summary", "log.csv", "--filter", "\"A\" and amoun > 3"]);
    assert_eq!((run.code, run.out.as_str()), (Some(2), ""));
    let lines: Vec<&str> = run.err.lines().collect();
    assert_eq!(lines.len(), 3, "{run:?}");
    assert!(lines[0].contains("amount"), "{run:?}");
    assert_eq!(lines[1], "  \"A\" and amoun > 3");
    assert_eq!(lines[2], "          ^^^^^", "{run:?}");
    let run = desk.run(&["summary", "log.csv", "--filter", "\"Z\""]);
    assert_eq!(run.code, Some(2));
    let run = desk.run(&["summary", "log.csv", "--events", "activity = "]);
    assert_eq!(run.code, Some(2));
    assert!(run.err.lines().last().unwrap().trim() == "^", "{run:?}");
}

#[test]
fn refused_inputs() {
    let desk = Desk::with("empty.csv", "");
    desk.write("png.csv", b"\x89PNG\r\n\x1a\n....");
    desk.write("times.csv", "case,activity,time\nc1,A,yesterday\n");
    std::fs::create_dir(desk.path("dir.csv")).unwrap();
    for (name, said) in [
        ("missing.csv", "not found"),
        ("empty.csv", "empty"),
        ("png.csv", "PNG"),
        ("times.csv", "yesterday"),
        ("dir.csv", "directory"),
    ] {
        let run = desk.run(&["summary", name]);
        assert_eq!(run.code, Some(3), "{name}: {run:?}");
        assert_message(&run, &[said, &format!("\"{name}\"")]);
    }
    let run = desk.run(&["sumary", "log.csv"]);
    assert_eq!(run.code, Some(3));
    assert_message(&run, &["\"sumary\": not found", "summary"]);
    // Of several, the one at fault is named.
    desk.write("log.csv", LOG);
    let run = desk.run(&["summary", "log.csv", "missing.csv"]);
    assert_message(&run, &["\"missing.csv\": "]);
}

#[test]
fn answers_that_are_no_errors() {
    let desk = Desk::with("log.csv", LOG);
    desk.write("header.csv", "case,activity,time\n");
    let nothing = desk.run(&["summary", "log.csv", "--filter", "resource = \"nobody\""]);
    assert_eq!(nothing.code, Some(0));
    assert_eq!(
        nothing.err,
        "casetrail: note: resource has no \"nobody\"; did you mean \"Bob\", \"Cid\" or \"Ann\"?\n"
    );
    assert!(
        nothing.out.starts_with("0 of 5 cases, 0 of 12 events"),
        "{nothing:?}"
    );
    let header = desk.run(&["summary", "header.csv", "--quiet"]);
    assert_eq!((header.code, header.err.as_str()), (Some(0), ""));
}

#[test]
fn rejected_rows_are_counted() {
    let desk = Desk::with("log.csv", REJECTS);
    let run = desk.run(&["summary", "log.csv"]);
    assert_eq!(run.code, Some(0));
    let expected = "casetrail: \"log.csv\": line 3: bad-time: \"yesterday\"; rows rejected in total: \
                    1 bad-time, 1 empty-activity (casetrail quality lists them)\n";
    assert_eq!(run.err, expected);
    let quiet = desk.run(&["summary", "log.csv", "--quiet"]);
    assert_eq!((quiet.code, quiet.err.as_str()), (Some(0), ""));
    assert_eq!(quiet.out, run.out);
}

#[test]
fn strict_asks_for_more() {
    let desk = Desk::with("rejects.csv", REJECTS);
    desk.write("log.csv", LOG);
    desk.write(
        "dates.csv",
        "case,activity,time\nc1,A,01/02/2024 10:00\nc1,B,03/04/2024 10:00\n",
    );
    assert_eq!(desk.run(&["summary", "log.csv", "--strict"]).code, Some(0));
    let run = desk.run(&["summary", "rejects.csv", "--strict", "--quiet"]);
    assert_eq!(run.code, Some(4));
    assert!(run.err.contains("2 rows rejected"), "{run:?}");
    let run = desk.run(&["summary", "dates.csv", "--strict", "--quiet"]);
    assert_eq!(run.code, Some(4));
    assert!(run.err.contains("ambiguous-date-order"), "{run:?}");
    let told = ["summary", "dates.csv", "--strict", "--date-order", "dmy"];
    assert_eq!(desk.run(&told).code, Some(0));
}

#[test]
fn an_incomplete_input_is_no_whole_one() {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(LOG.as_bytes()).unwrap();
    let whole = gzip.finish().unwrap();
    // What is missing is the checksum: all rows are there, and nobody knows.
    let desk = Desk::with("cut.csv.gz", &whole[..whole.len() - 8]);
    desk.write("whole.csv.gz", &whole);
    assert_eq!(desk.run(&["summary", "whole.csv.gz"]).code, Some(0));
    let run = desk.run(&["summary", "cut.csv.gz", "--format", "json"]);
    assert_eq!(run.code, Some(5), "{run:?}");
    assert!(run.err.contains("incomplete"), "{run:?}");
    assert!(run.out.contains("\"events\": 1"), "{run:?}");
    assert_eq!(
        desk.run(&["summary", "cut.csv.gz", "--strict"]).code,
        Some(4)
    );
}

#[test]
fn quality_tells_what_became_of_every_line() {
    let desk = Desk::with("log.csv", REJECTS);
    let quality = desk.json(&["quality", "log.csv"]);
    let keys: Vec<&String> = quality.as_object().unwrap().keys().collect();
    assert_eq!(
        keys,
        [
            "events",
            "cases",
            "activities",
            "rejected",
            "rejects",
            "warnings",
            "encoding",
            "lines",
            "mapping",
            "lone_starts",
            "bytes_per_event"
        ]
    );
    assert_eq!(quality["events"], 2);
    assert_eq!(quality["rejected"], 2);
    let reject = serde_json::json!({"file": "log.csv", "line": 3, "reason": "bad-time",
        "value": "yesterday"});
    assert_eq!(quality["rejects"][0], reject);
    assert_eq!(quality["rejects"][1]["reason"], "empty-activity");
    assert_eq!(quality["encoding"], "utf-8");
    let lines = serde_json::json!({"read": 5, "header": 1, "blank": 0, "loaded": 2, "rejected": 2,
        "continuation": 0});
    assert_eq!(quality["lines"], lines);
    let table = desk.run(&["quality", "log.csv"]).out;
    assert!(
        table.contains("bad-time") && table.contains("yesterday"),
        "{table}"
    );
    let csv = desk.run(&["quality", "log.csv", "--format", "csv"]).out;
    assert_eq!(csv.lines().next(), Some("file,line,reason,value"));
    assert_eq!(csv.lines().nth(1), Some("log.csv,3,bad-time,yesterday"));
}

#[test]
fn a_small_stack_is_enough_for_the_deepest_filter() {
    let desk = Desk::with("log.csv", LOG);
    let filter = format!("{}events > 1", "not ".repeat(63));
    let call = "ulimit -s 64 && exec \"$0\" cases log.csv --no-cache --filter \"$1\"";
    let mut command = std::process::Command::new("bash");
    command.args(["-c", call, env!("CARGO_BIN_EXE_casetrail"), &filter]);
    let run = command.current_dir(desk.path(".")).output().unwrap();
    let err = String::from_utf8_lossy(&run.stderr);
    assert_eq!(run.status.code(), Some(0), "{err}");
}

#[cfg(unix)]
mod signals {
    use super::*;
    use rustix::process::{Pid, Signal, kill_process};
    use std::process::{Command, Stdio};

    /// The code with which a program ends that waits for standard input when a signal comes.
    fn ended_by(signal: Signal) -> Option<i32> {
        let desk = Desk::new();
        // A FIFO nobody writes to: the load waits for ever.
        let status = Command::new("mkfifo")
            .arg(desk.path("fifo"))
            .status()
            .unwrap();
        assert!(status.success());
        let mut child = Command::new(env!("CARGO_BIN_EXE_casetrail"))
            .args(["summary", "fifo", "--output", "out.json"])
            .current_dir(desk.path("."))
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let pid = Pid::from_raw(child.id() as i32).unwrap();
        // The handlers are there once the thread is that watches for signals.
        let tasks = format!("/proc/{}/task", child.id());
        while std::fs::read_dir(&tasks).unwrap().count() < 2 {
            std::thread::yield_now();
        }
        kill_process(pid, signal).unwrap();
        let code = child.wait().unwrap().code();
        assert_eq!(desk.names(), ["fifo"]);
        code
    }

    /// Whether whoever runs the tests ignores this signal, as `nohup` does: the program then
    /// ignores it too, and would be waited for in vain.
    fn is_ignored(signal: Signal) -> bool {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        let mask = u64::from_str_radix(mask.unwrap().trim(), 16).unwrap();
        mask >> (signal.as_raw() - 1) & 1 == 1
    }

    #[test]
    fn end_with_a_code_of_their_own() {
        for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143), (Signal::HUP, 129)] {
            if !is_ignored(signal) {
                assert_eq!(ended_by(signal), Some(code));
            }
        }
    }
}

#[test]
fn a_limit_of_the_cache_that_is_no_number_is_a_wrong_call() {
    let desk = Desk::with("log.csv", LOG);
    let run = |mb: &str, words: &[&str]| {
        let mut command = desk.command();
        Run::of(command.env("CASETRAIL_CACHE_MB", mb).args(words))
    };
    for mb in ["abc", "-1", "1.5", "1 GB"] {
        for words in [&["summary", "log.csv"][..], &["cache", "list"]] {
            let run = run(mb, words);
            assert_eq!(run.code, Some(2), "{mb} {words:?}: {run:?}");
            assert_message(&run, &["CASETRAIL_CACHE_MB", mb]);
        }
    }
    let entries = || run("100", &["cache", "list"]).out;
    assert_eq!(run("0", &["summary", "log.csv"]).code, Some(0));
    assert!(entries().starts_with("0 entries"), "{}", entries());
    assert_eq!(run("100", &["summary", "log.csv"]).code, Some(0));
    assert!(entries().contains("1 entry"), "{}", entries());
}
