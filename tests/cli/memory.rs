//! Limits of memory: a log that does not fit ends with its own exit code, and never with a crash.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, missing_docs, reason = "this is a test")]

#[path = "../pty/harness.rs"]
#[allow(dead_code, reason = "other tests use the rest of it")]
mod harness;

use crate::cli_common::{Desk, LOG, Run};
use flate2::{Compression, write::GzEncoder};
use harness::{Terminal, casetrail};
use std::fmt::Write as _;
use std::io::Write as _;

/// A log of so many events, each with a text of its own.
fn log(events: usize) -> String {
    let mut text = String::from("case,activity,time,note\n");
    for i in 0..events {
        let _ = writeln!(
            text,
            "c{},A,2024-01-01T10:00:00Z,note number {i:020}",
            i / 7
        );
    }
    text
}

#[test]
fn what_does_not_fit_is_refused_before_it_is_read() {
    let desk = Desk::with("log.csv", LOG);
    let run = desk.run(&["summary", "log.csv", "--memory", "1M", "--no-cache"]);
    assert_eq!(run.code, Some(7), "{}", run.err);
    assert!(
        run.out.is_empty() && run.err.lines().count() == 1,
        "{}",
        run.err
    );
    assert!(run.err.contains("--memory allows 1 MB"), "{}", run.err);
    let run = desk.run(&["summary", "log.csv", "--memory", "4G", "--no-cache"]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    assert_eq!(
        desk.run(&["summary", "log.csv", "--memory", "much"]).code,
        Some(2)
    );
}

#[test]
fn the_explorer_says_so_and_stays() {
    let desk = Desk::with("log.csv", LOG);
    let mut command = casetrail();
    command.args(["--memory", "1M", "--no-cache"]);
    command.arg(desk.path("log.csv"));
    let mut terminal = Terminal::start(command);
    terminal.wait_for("--memory allows 1 MB").send("q");
    assert_eq!(terminal.wait(), 7);
    terminal.assert_restored();
}

/// Whatever the shell allows: done, or refused.
#[test]
fn a_ladder_of_limits_has_no_broken_step() {
    let text = log(60_000);
    let desk = Desk::with("log.csv", &text);
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(text.as_bytes()).unwrap();
    desk.write("log.csv.gz", gzip.finish().unwrap());
    let program = assert_cmd::cargo::cargo_bin("casetrail");
    let limited = |megabytes: u32, args: &[&str]| {
        let limit = format!("ulimit -v {}; exec \"$0\" \"$@\"", megabytes * 1024);
        let mut command = assert_cmd::Command::new("sh");
        command.args(["-c", &limit]).arg(&program).args(args);
        Run::of(command.current_dir(desk.path("")))
    };
    // Below that the system ends the program before it begins: it is larger without optimization.
    let starts = |megabytes: &u32| limited(*megabytes, &["--version"]).code == Some(0);
    let least = (20..2000).step_by(20).find(starts).expect("it starts");
    for name in ["log.csv", "log.csv.gz"] {
        let mut codes = Vec::new();
        for more in [0, 5, 20, 40, 80, 140, 220, 400, 4000] {
            let args = ["summary", name, "--no-cache", "--quiet"];
            let run = limited(least + more, &args);
            assert!(matches!(run.code, Some(0 | 7)), "{least} + {more}: {run:?}");
            codes.push(run.code);
        }
        assert!(codes.contains(&Some(7)), "{codes:?}");
        assert_eq!(codes.last(), Some(&Some(0)), "{codes:?}");
    }
}
