//! Where reports go: files that appear whole or not at all, pipes that close, disks that are full.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use crate::cli_common::{Desk, LOG, Run};
use std::fs;
use std::process::{Command, Stdio};

fn desk() -> Desk {
    Desk::with("log.csv", LOG)
}

/// The report was not written, and nothing is left of the attempt.
fn assert_refused(desk: &Desk, words: &[&str], said: &str, files: &[&str]) {
    let run = desk.run(words);
    assert_eq!(
        (run.code, run.out.as_str()),
        (Some(6), ""),
        "{words:?}: {run:?}"
    );
    assert!(run.err.contains(said), "{run:?}");
    assert_eq!(desk.names(), files, "{words:?}");
}

#[test]
fn a_file_has_what_standard_output_would_have() {
    let desk = desk();
    let words = ["variants", "log.csv", "--format", "json"];
    let run = desk.run(&[&words[..], &["--output", "out.json"]].concat());
    assert_eq!(
        (run.code, run.out.as_str(), run.err.as_str()),
        (Some(0), "", "")
    );
    assert_eq!(desk.read("out.json"), desk.run(&words).out);
    assert_eq!(desk.names(), ["log.csv", "out.json"]);
}

#[test]
fn an_existing_file_is_replaced_only_by_force() {
    let desk = desk();
    desk.write("out.json", "mine");
    let words = ["summary", "log.csv", "--output", "out.json"];
    assert_refused(&desk, &words, "--force", &["log.csv", "out.json"]);
    assert_eq!(desk.read("out.json"), "mine");
    let run = desk.run(&[&words[..], &["--force"]].concat());
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(desk.read("out.json").starts_with("5 cases"));
    assert_eq!(desk.names(), ["log.csv", "out.json"]);
}

#[test]
fn the_log_itself_is_never_written_to() {
    let desk = desk();
    fs::hard_link(desk.path("log.csv"), desk.path("same.csv")).unwrap();
    for out in ["log.csv", "./log.csv", "same.csv"] {
        let words = ["summary", "log.csv", "--force", "--output", out];
        assert_refused(&desk, &words, "reads the file", &["log.csv", "same.csv"]);
    }
    assert_eq!(desk.read("log.csv"), LOG);
}

/// A file that the call reads is not written to, whatever it is for.
#[test]
fn no_file_that_the_call_names_is_written_to() {
    let desk = desk();
    let files: &[(&[&str], &str, &str)] = &[
        (
            &["check", "log.csv", "--rules"],
            "r.toml",
            "[outcomes]\nlate = \"duration > 1h\"\n",
        ),
        (
            &["summary", "log.csv", "--mapping"],
            "m.toml",
            "case = \"case\"\n",
        ),
        (
            &["split", "log.csv", "--by", "activity", "--rules"],
            "r2.toml",
            "",
        ),
        (&["conform", "log.csv", "--model"], "net.pnml", "<pnml/>"),
    ];
    for (words, name, text) in files {
        desk.write(name, text);
        let names = desk.names();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        for out in [name.to_string(), format!("./{name}")] {
            let words = [words, &[*name, "--force", "--output", &out][..]].concat();
            assert_refused(&desk, &words, "reads the file", &names);
        }
        assert_eq!(desk.read(name), *text);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn an_output_that_was_closed_is_an_error() {
    let desk = desk();
    for words in [
        "summary log.csv",
        "--help",
        "variants log.csv --format json",
    ] {
        let script = format!("\"{}\" {words} >&-", env!("CARGO_BIN_EXE_casetrail"));
        let run = Command::new("sh")
            .args(["-c", &script])
            .current_dir(desk.path("."))
            .output();
        let run = run.unwrap();
        let said = String::from_utf8_lossy(&run.stderr);
        assert_eq!(run.status.code(), Some(6), "{words}: {said}");
        assert!(
            said.contains("standard output: not written: it is closed"),
            "{said}"
        );
    }
    // `/dev/null` is no closed output, however it was opened.
    let null = fs::File::options()
        .read(true)
        .write(true)
        .open("/dev/null")
        .unwrap();
    let run = Command::new(env!("CARGO_BIN_EXE_casetrail"))
        .arg("--version")
        .stdout(null)
        .status();
    assert_eq!(run.unwrap().code(), Some(0));
}

#[test]
fn places_where_no_file_can_be() {
    let desk = desk();
    fs::create_dir(desk.path("dir")).unwrap();
    let files = ["dir", "log.csv"];
    for (out, said) in [
        ("dir", "directory"),
        ("nowhere/out.json", "folder"),
        ("log.csv/out.json", "folder"),
        ("..", "directory"),
    ] {
        assert_refused(
            &desk,
            &["summary", "log.csv", "--output", out],
            said,
            &files,
        );
    }
}

#[cfg(unix)]
#[test]
fn a_link_is_a_file_that_somebody_made() {
    let desk = desk();
    std::os::unix::fs::symlink("nowhere", desk.path("link")).unwrap();
    let words = ["summary", "log.csv", "--output", "link"];
    assert_refused(&desk, &words, "--force", &["link", "log.csv"]);
    // With force the link is replaced, not what it leads to.
    assert_eq!(desk.run(&[&words[..], &["--force"]].concat()).code, Some(0));
    assert_eq!(desk.names(), ["link", "log.csv"]);
    assert!(desk.path("link").symlink_metadata().unwrap().is_file());
}

#[test]
fn a_wrong_call_leaves_no_file() {
    let desk = desk();
    let words = [
        "summary", "log.csv", "--filter", "((", "--output", "out.json",
    ];
    assert_eq!(desk.run(&words).code, Some(2));
    assert_eq!(desk.names(), ["log.csv"]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_device_is_an_error() {
    let desk = desk();
    let words = ["summary", "log.csv", "--output", "/dev/full"];
    assert_refused(&desk, &words, "No space", &["log.csv"]);
    let full = fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .unwrap();
    for words in [
        &["summary", "log.csv"][..],
        &["--help"],
        &["cases", "log.csv", "--format", "csv"],
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_casetrail"))
            .args(words)
            .current_dir(desk.path("."))
            .stdout(full.try_clone().unwrap())
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(6), "{words:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("No space"));
    }
    // A standard error that is full costs nothing but the message.
    let status = Command::new(env!("CARGO_BIN_EXE_casetrail"))
        .args(["summary", "missing.csv"])
        .stderr(full)
        .status()
        .unwrap();
    assert_eq!(status.code(), Some(3));
}

#[test]
fn a_closed_pipe_is_the_end_without_a_word() {
    let rows = (0..20_000).map(|i| format!("case number {i},A,2024-01-01T10:00:00Z\n"));
    // One case has a second event: a list of cases would be a warning.
    let head = "case,activity,time\ncase number 1,B,2024-01-01T09:00:00Z\n";
    let log = head.to_owned() + &rows.collect::<String>();
    let desk = Desk::with("log.csv", log);
    for format in ["table", "json", "csv", "markdown"] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_casetrail"))
            .args(["cases", "log.csv", "--limit", "20000", "--format", format])
            .current_dir(desk.path("."))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{format}");
        assert_eq!(output.stderr, b"", "{format}");
    }
}

#[test]
fn closed_streams_are_no_reason_to_panic() {
    let desk = desk();
    for script in [
        "\"$0\" summary log.csv >&-",
        "\"$0\" summary log.csv 2>&-",
        "\"$0\" 2>&- >&-",
    ] {
        let status = Command::new("sh")
            .args(["-c", script, env!("CARGO_BIN_EXE_casetrail")])
            .current_dir(desk.path("."))
            .stdout(Stdio::null())
            .status()
            .unwrap();
        assert!(
            matches!(status.code(), Some(0 | 2 | 6)),
            "{script}: {status}"
        );
    }
}

#[test]
fn standard_output_has_a_name() {
    let run: Run = desk().run(&["summary", "log.csv", "--output", "-"]);
    assert!(run.out.starts_with("5 cases"), "{run:?}");
}
