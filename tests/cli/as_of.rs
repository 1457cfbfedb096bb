//! Every report as of a time is that of a file whose later rows were never written, at that time.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use crate::cli_common::Desk;
use std::fmt::Write;

/// Pseudo-random numbers, the same in every run (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % n
    }
}

const MINUTES: u64 = 60 * 24 * 20;
const STEPS: [&str; 5] = ["Open", "Answer", "Hold", "Close", "Merge"];

/// The minute of January 2024 as a timestamp.
fn stamp(minute: u64) -> String {
    let (day, hour) = (minute / 1440 + 1, minute / 60 % 24);
    format!("2024-01-{day:02}T{hour:02}:{:02}:00Z", minute % 60)
}

/// Rows with the minute of their timestamp; starts and completions where there are transitions.
fn rows(random: &mut Random, transitions: bool) -> Vec<(u64, String)> {
    let mut rows = Vec::new();
    for case in 0..25 {
        let mut minute = random.below(MINUTES * 2 / 3);
        for _ in 0..=random.below(5) {
            let step = STEPS[random.below(5) as usize];
            let who = ["Ann", "Bob", ""][random.below(3) as usize];
            let kinds: &[&str] = if transitions {
                &["start", "complete"]
            } else {
                &["complete"]
            };
            for kind in kinds {
                minute = (minute + random.below(3000)).min(MINUTES - 1);
                let time = stamp(minute);
                rows.push((
                    minute,
                    format!("c{case},{step},{time},{kind},{who},{}", case % 3),
                ));
            }
        }
    }
    rows
}

fn file<'a>(rows: impl Iterator<Item = &'a (u64, String)>) -> String {
    let mut text = "case,activity,time,lifecycle,resource,prio\n".to_owned();
    for (_, row) in rows {
        writeln!(text, "{row}").unwrap();
    }
    text
}

const RULES: &str = r#"
[calendars.office]
zone = "Europe/Berlin"
week = ["mon-fri 09:00-18:00"]

[milestones]
answered = { is = 'first "Answer"', calendar = "office" }

[[rules]]
name = "answer"
milestone = "answered"
limit = "9h"
calendar = "office"
pause = ["Hold"]

[[rules]]
name = "fast"
milestone = "duration"
limit = "5d"

[conform]
rules = [
  'response("Open", "Answer") within 3d',
  { name = "other hands", rule = 'not_same("Open", "Close", resource) when prio = 1' },
]

[rates]
per_hour = 60
late_hour = 5
fixed = { Open = 2.5 }

[stages]
desk = ["Open", ["Answer", "Hold"], "Close"]

[journey]
touchpoint = ["resource", "activity"]
score = "prio"
nps = "prio"
source = "resource"
outcome = '"Close"'
expect = { "Ann - Answer" = 1, "Bob - Hold" = 0 }
"#;

/// A case that is there, one that may be, one that is not.
const NOTES: &str = r#"{"time":"2024-02-01T10:00:00Z","case":"c1","tag":"late","set":true}
{"time":"2024-02-01T10:00:00Z","case":"c24","text":"asked"}
{"time":"2024-02-01T10:00:00Z","case":"none","text":"asked"}
"#;

/// The reports without those about the file (`quality`) and about this program (`perf`), and without documents, which
/// are made of the others and name the file.
fn reports(desk: &Desk) -> Vec<String> {
    let about_the_log = |name: &String| !["quality", "perf", "report"].contains(&name.as_str());
    desk.reports().into_iter().filter(about_the_log).collect()
}

#[test]
fn every_report_is_that_of_a_file_cut_there() {
    for seed in 1..=2u64 {
        let mut random = Random(0x9E37_79B9_7F4A_7C15 ^ (seed << 20));
        let transitions = seed % 2 == 0;
        let rows = rows(&mut random, transitions);
        let mut minutes: Vec<u64> = rows.iter().map(|row| row.0).collect();
        minutes.sort_unstable();
        // At a row in the middle or a little after it.
        let cut = minutes[minutes.len() / 3 + random.below(rows.len() as u64 / 2) as usize];
        let cut = cut + random.below(2) * 30;
        let desk = Desk::with("whole.csv", file(rows.iter()));
        desk.write("cut.csv", file(rows.iter().filter(|row| row.0 <= cut)));
        desk.write("rules.toml", RULES);
        desk.write("notes.jsonl", NOTES);
        let (at, first) = (stamp(cut), rows.iter().find(|row| row.0 <= cut).unwrap());
        let case = first.1.split(',').next().unwrap();
        // A report of the whole log in one of the two, with a filter in the other.
        let filtered = [&[][..], &["--filter", "prio = 1", "--milestone", "auto"]];
        let filtered = filtered.iter().cycle().skip(seed as usize);
        for (report, more) in reports(&desk).into_iter().zip(filtered) {
            let of_case = ["--case-id", case];
            let ask = |log: &str, option: &str| {
                let mut words = vec![&*report, log, option, &*at, "--no-cache", "--quiet"];
                words.extend(["--rules", "rules.toml", "--format", "json"]);
                words.extend(match &*report {
                    "events" => &of_case[..],
                    "notes" => &["--notes", "notes.jsonl"],
                    "why" => &["--of", "events > 3"],
                    "split" => &["--by", "prio", "--figure", "return"],
                    "funnel" => &["--stage", "Open", "--stage", "Close"],
                    "discover" => &["--find", "rules"],
                    "before" => &["--what", "Answer", "--until", "Close"],
                    _ => &[],
                });
                if transitions {
                    words.extend(["--lifecycle", "pairs"]);
                }
                let run = desk.run(&[&words[..], more].concat());
                (run.code, run.out, run.err)
            };
            let (whole, cut) = (ask("whole.csv", "--as-of"), ask("cut.csv", "--now"));
            assert_eq!(whole, cut, "seed {seed}: {report} as of {at} {more:?}");
            assert!(matches!(cut.0, Some(0 | 1)), "{report}: {}", cut.2);
        }
    }
}

#[test]
fn times_outside_the_log_are_refused_with_advice() {
    let desk = Desk::with("log.csv", crate::cli_common::LOG);
    let run = |words: &[&str]| desk.run(&[&["triage", "log.csv"], words].concat());
    let early = run(&["--as-of", "2023-12-31"]);
    assert_eq!(early.code, Some(2));
    let sentence = "--as-of 2023-12-31: before the first event (2024-01-01 10:00:00)";
    assert!(early.err.contains(sentence), "{}", early.err);
    let now = run(&["--now", "2024-01-01T12:00"]);
    assert_eq!(now.code, Some(2));
    assert!(
        now.err.contains("--as-of 2024-01-01T12:00 cuts"),
        "{}",
        now.err
    );
    assert_eq!(
        run(&["--now", "2024-01-02", "--as-of", "-1h"]).code,
        Some(2)
    );
    assert_eq!(run(&["--as-of", "soon"]).code, Some(2));
    // Before the last event of what conditions leave, now is not early.
    let left = [
        "--events",
        "time in ..2024-01-01T12:00",
        "--now",
        "2024-01-01T12:00",
    ];
    assert_eq!(run(&left).code, Some(0));
}

#[test]
fn a_time_before_the_end_is_relative_to_the_last_event() {
    let desk = Desk::with("log.csv", crate::cli_common::LOG);
    let json = |as_of: &str| desk.json(&["summary", "log.csv", "--as-of", as_of]);
    assert_eq!(json("-2h"), json("2024-01-01T14:00:00Z"));
    assert_eq!(json("-2h")["total"]["events"], 10);
    assert_eq!(json("-2h")["last_event"], "2024-01-01T14:00:00Z");
}
