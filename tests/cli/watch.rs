//! `watch`: alerts on logs that grow, their states over calls and over time, and how it ends.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use crate::cli_common::{Desk, LOG};
use serde_json::Value;
use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::{BufRead, BufReader, Write as _};
use std::process::{Child, ChildStdout, Command, Stdio};

/// Cases that reached B, how many are open, and a deadline.
const RULES: &str = r#"
[cases]
end = ["C"]

[milestones]
done = 'first "C"'

[[rules]]
name = "quick"
milestone = "done"
limit = "1h"

[[alerts]]
name = "many open"
figure = "open > 0"

[[alerts]]
name = "has B"
when = '"B" and open'
for = "10m"

[[alerts]]
name = "late"
rule = "quick"
"#;

fn desk() -> Desk {
    let desk = Desk::with("log.csv", LOG);
    desk.write("rules.toml", RULES);
    desk
}

fn once(desk: &Desk, more: &[&str]) -> (Option<i32>, Vec<Value>) {
    let call = ["watch", "log.csv", "--rules", "rules.toml", "--once"];
    let run = desk.run(&[&call[..], more].concat());
    let lines = run
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap());
    (run.code, lines.collect())
}

/// Alert, state and case or figure of each line.
fn said(lines: &[Value]) -> Vec<String> {
    let text = |line: &Value, key: &str| line[key].as_str().unwrap_or_default().to_owned();
    let line = |line: &Value| {
        let subject = text(line, "case") + &text(line, "figure");
        format!("{} {} {subject}", text(line, "alert"), text(line, "state"))
    };
    lines.iter().map(line).collect()
}

#[test]
fn once_prints_what_fires_and_ends_with_1() {
    let desk = desk();
    let (code, lines) = once(&desk, &["--now", "2024-01-01T16:00:00Z"]);
    // Case 4 has no C.
    assert_eq!(
        said(&lines),
        ["late firing c4", "many open firing open > 0"]
    );
    assert_eq!(code, Some(1));
    assert_eq!(lines[1]["value"], 1);
    assert_eq!(lines[0]["time"], "2024-01-01T16:00:00Z");
    // Nothing is open or late as of an hour at which nothing has happened yet.
    let (code, lines) = once(
        &desk,
        &["--as-of", "2024-01-01T10:00:00Z", "--filter", "\"C\""],
    );
    assert_eq!((code, lines.len()), (Some(0), 0));
}

#[test]
fn states_go_on_over_calls_and_are_printed_once() {
    let desk = desk();
    let state = ["--state", "alerts.json"];
    let at = |time: &'static str| [&["--as-of", time][..], &state[..]].concat();
    // Case 1 has B from 10:30 on, and is open until 12:00.
    let (code, lines) = once(&desk, &at("2024-01-01T10:30:00Z"));
    assert_eq!(said(&lines), ["many open firing open > 0"]);
    assert_eq!(code, Some(1));
    let (_, lines) = once(&desk, &at("2024-01-01T10:39:00Z"));
    assert_eq!(said(&lines), ["many open firing open > 0"]);
    let (_, lines) = once(&desk, &at("2024-01-01T10:40:00Z"));
    assert_eq!(
        said(&lines),
        ["has B firing c1", "many open firing open > 0"]
    );
    assert_eq!(lines[0]["since"], "2024-01-01T10:30:00Z");
    let kept: Value = serde_json::from_str(&desk.read("alerts.json")).unwrap();
    assert_eq!(kept["alerts"].as_array().map(Vec::len), Some(2));
}

#[test]
fn calls_that_cannot_watch_are_refused() {
    let desk = desk();
    desk.write("no-alerts.toml", "[cases]\nend = [\"C\"]\n");
    desk.write("state.json", "{}");
    let calls: [(&[&str], &str); 4] = [
        (&["--rules", "no-alerts.toml"], "no alert is defined"),
        (
            &["--rules", "rules.toml", "--format", "json"],
            "has no --format",
        ),
        (
            &["--rules", "rules.toml", "--versus", "\"B\""],
            "compares nothing",
        ),
        (
            &["--rules", "rules.toml", "--state", "state.json"],
            "no file of alert states",
        ),
    ];
    for (call, sentence) in calls {
        let run = desk.run(&[&["watch", "log.csv", "--once"][..], call].concat());
        assert_eq!(run.code, Some(2), "{call:?}");
        assert!(run.err.contains(sentence), "{call:?}: {}", run.err);
    }
    for (alert, sentence) in [
        ("name = 'a'", "one of when, rule and figure"),
        ("name = 'a'\nfigure = 'wip > 3'", "expected a figure"),
        ("name = 'a'\nrule = 'slow'", "no deadline"),
        ("name = 'a'\nwhen = 'open and'", "open and"),
        ("name = ' '\nwhen = 'open'", "needs a name"),
        ("name = 'a'\nwhen = 'open'\nfor = 'long'", "line 4"),
    ] {
        desk.write("wrong.toml", format!("[[alerts]]\n{alert}\n"));
        let run = desk.run(&["watch", "log.csv", "--once", "--rules", "wrong.toml"]);
        assert_eq!(run.code, Some(2), "{alert}");
        assert!(run.err.contains(sentence), "{alert}: {}", run.err);
    }
}

#[test]
fn few_cases_make_no_rate_that_fires() {
    let desk = desk();
    let few = "[milestones]\ndone = 'first \"C\"'\n[[alerts]]\nname = 'slow'\nfigure = 'p90(done) > 1s'\n";
    desk.write("rules.toml", few);
    let run = desk.run(&["watch", "log.csv", "--rules", "rules.toml", "--once"]);
    assert_eq!(run.code, Some(0));
    assert!(
        run.err.contains("cannot fire before there are 20"),
        "{}",
        run.err
    );
    let mut log = LOG.to_owned();
    for case in 10..40 {
        let (first, last) = ("2024-01-01T10:00:00Z", "2024-01-01T11:00:00Z");
        writeln!(log, "c{case},A,{first},,\nc{case},C,{last},,").unwrap();
    }
    desk.write("log.csv", log);
    let (code, lines) = once(&desk, &[]);
    assert_eq!(
        (said(&lines), code),
        (vec!["slow firing p90(done) > 1s".to_owned()], Some(1))
    );
}

#[test]
fn ids_in_alerts_are_pseudonyms_where_the_log_is_redacted() {
    let desk = desk();
    let (_, lines) = once(&desk, &["--redact", "--now", "2024-01-01T16:00:00Z"]);
    let case = lines[0]["case"].as_str().unwrap();
    assert!(case != "c4" && !case.is_empty(), "{case}");
}

/// The program while it watches.
struct Watch {
    child: Child,
    lines: std::io::Lines<BufReader<ChildStdout>>,
}

impl Watch {
    fn start(desk: &Desk, more: &[&str]) -> Self {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin("casetrail"));
        command.current_dir(desk.path(""));
        for (name, folder) in [("XDG_CACHE_HOME", "cache"), ("XDG_STATE_HOME", "state")] {
            command.env(name, desk.path(folder));
        }
        command.env("XDG_CONFIG_HOME", desk.path("settings"));
        command.args([
            "watch",
            "log.csv",
            "--rules",
            "rules.toml",
            "--every",
            "20ms",
        ]);
        let mut child = command.args(more).stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Watch { child, lines }
    }

    /// The next change.
    fn next(&mut self) -> String {
        let line = self.lines.next().unwrap().unwrap();
        said(&[serde_json::from_str(&line).unwrap()]).remove(0)
    }

    /// Ends it by a signal that whoever runs the tests does not ignore.
    fn end(mut self) -> Option<i32> {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
        self.child.wait().unwrap().code()
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn append(desk: &Desk, text: &str) {
    let file = OpenOptions::new().append(true).open(desk.path("log.csv"));
    file.unwrap().write_all(text.as_bytes()).unwrap();
}

#[test]
fn changes_are_printed_as_the_log_grows() {
    let desk = desk();
    desk.write(
        "rules.toml",
        "[cases]\nend = ['C']\n[[alerts]]\nname = 'open B'\nwhen = 'open and \"B\"'\n\
         [[alerts]]\nname = 'many'\nfigure = 'open > 2'\n",
    );
    let mut watch = Watch::start(&desk, &["--state", "alerts.json"]);
    append(
        &desk,
        "c6,A,2024-01-01T17:00:00Z,,\nc6,B,2024-01-01T17:01:00Z,,\n",
    );
    assert_eq!(watch.next(), "open B firing c6");
    append(&desk, "c7,B,2024-01-01T18:00:00Z,,\n");
    assert_eq!(watch.next(), "many firing open > 2");
    assert_eq!(watch.next(), "open B firing c7");
    append(&desk, "c6,C,2024-01-01T19:00:00Z,,\n");
    assert_eq!(watch.next(), "many resolved open > 2");
    assert_eq!(watch.next(), "open B resolved c6");
    assert_eq!(watch.end(), Some(143));
    // What was printed is not printed again; what changed meanwhile is.
    append(
        &desk,
        "c7,C,2024-01-01T20:00:00Z,,\nc8,B,2024-01-01T20:00:00Z,,\n",
    );
    let mut watch = Watch::start(&desk, &["--state", "alerts.json"]);
    assert_eq!(watch.next(), "open B resolved c7");
    assert_eq!(watch.next(), "open B firing c8");
    assert_eq!(watch.end(), Some(143));
}

#[test]
fn it_ends_when_nobody_reads_it() {
    let desk = desk();
    let mut watch = Watch::start(&desk, &[]);
    watch.next();
    let empty = BufReader::new(
        Command::new("true")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap()
            .stdout
            .unwrap(),
    );
    drop(std::mem::replace(&mut watch.lines, empty.lines()));
    let mut case = 100;
    let code = loop {
        append(&desk, &format!("c{case},B,2024-01-01T17:00:00Z,,\n"));
        case += 1;
        if let Some(status) = watch.child.try_wait().unwrap() {
            break status.code();
        }
        // A line now and then; the end of the program is what is waited for.
        std::thread::sleep(std::time::Duration::from_millis(10));
    };
    assert_eq!(code, Some(0));
}
