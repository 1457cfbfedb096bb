//! All durations in working time: by hand over a change of the clock and a holiday, with calendars
//! chosen by case; and against logs whose instants are readings of the calendar already.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use crate::cli_common::Desk;
use casetrail::engine::{
    ActivitiesQuery, Analysis, Answer, Cancel, CasesQuery, EdgesQuery, Listing, NamedCalendar,
    Request, Timing, VariantsQuery, View,
};
use casetrail::event_log::{EventLog, Progress};
use casetrail::formats::ImportReport;
use casetrail::metrics::calendar::Calendar;
use casetrail::test_support;
use chrono_tz::Tz;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Rome puts its clocks forward on Sunday 2024-03-31, Easter Monday is off. Friday 17:00 to Tuesday
/// 10:00 local time is 1 h + 1 h of work in the office, and with the night shift (every day 22:00 to
/// 24:00) twice 4 h = 8 h.
const LOG: &str = "\
case,activity,time,team
t1,Open,2024-03-29T16:00:00Z,day
t1,Close,2024-04-02T08:00:00Z,day
t2,Open,2024-03-29T16:00:00Z,night
t2,Close,2024-04-02T08:00:00Z,night
t3,Open,2024-03-28T08:00:00Z,other
t3,Work,2024-03-28T09:00:00Z,other
t3,Close,2024-04-02T14:30:00Z,other
";

const RULES: &str = r#"
[calendars.night]
zone = "Europe/Rome"
week = ["mon-sun 22:00-24:00"]
when = 'team = "night"'

[calendars.office]
zone = "Europe/Rome"
week = ["mon-fri 09:00-13:00, 14:00-18:00"]
holidays = ["2024-04-01"]

[milestones]
solved = 'last "Close"'
by_clock = 'last "Close"'

[[rules]]
name = "closed in two hours of work"
milestone = "duration"
limit = "2h"
calendar = "auto"
when = ['team != "other"', "events = 2"]
"#;

fn desk() -> Desk {
    let desk = Desk::with("log.csv", LOG);
    desk.write("rules.toml", RULES);
    desk
}

fn hours(desk: &Desk, calendar: &[&str]) -> Vec<(String, f64)> {
    let words = ["cases", "log.csv", "--rules", "rules.toml"];
    let found = desk.json(&[&words, calendar].concat());
    let mut hours: Vec<(String, f64)> = found["cases"]
        .as_array()
        .unwrap()
        .iter()
        .map(|case| {
            let hours = case["duration"].as_f64().unwrap() / 3600.0;
            (case["case"].as_str().unwrap().to_owned(), hours)
        })
        .collect();
    hours.sort_by(|a, b| a.0.cmp(&b.0));
    hours
}

fn named(hours: [f64; 3]) -> Vec<(String, f64)> {
    let names = ["t1", "t2", "t3"].map(str::to_owned);
    names.into_iter().zip(hours).collect()
}

#[test]
fn durations_are_working_time_by_the_calendar_that_is_named() {
    let desk = desk();
    assert_eq!(hours(&desk, &[]), named([88.0, 88.0, 126.5]));
    // t3: Thursday 09:00 to 18:00 and Friday, less an hour each, and Tuesday until 16:30.
    assert_eq!(
        hours(&desk, &["--calendar", "office"]),
        named([2.0, 2.0, 22.5])
    );
    assert_eq!(
        hours(&desk, &["--calendar", "auto"]),
        named([2.0, 8.0, 22.5])
    );
    let line = "Europe/Rome mon-thu 09:00-13:00, 14:00-18:00; fri 09:00-13:00, 14:00-18:00";
    let holiday_is_work = hours(&desk, &["--calendar", line]);
    assert_eq!(holiday_is_work, named([10.0, 10.0, 30.5]));
}

#[test]
fn every_figure_and_every_filter_is_in_working_time() {
    let desk = desk();
    let with = |words: &[&str]| {
        let calendar = ["log.csv", "--rules", "rules.toml", "--calendar", "auto"];
        desk.json(&[words, &calendar].concat())
    };
    let edge = &with(&["dfg", "--limit", "1"])["edges"][0];
    assert_eq!(edge["elapsed"]["total"], json!(10 * 3600), "{edge}");
    let summary = with(&["summary"]);
    assert_eq!(summary["case_duration"]["median"], json!(8 * 3600));
    let found = with(&["summary", "--filter", "duration >= 8h"]);
    assert_eq!(found["cases"], json!(2));
    let found = with(&["summary", "--filter", "\"Open\" -> \"Close\" within 2h"]);
    assert_eq!(found["cases"], json!(1));
    let milestones = with(&["milestones"]);
    assert_eq!(
        milestones["milestones"][0]["duration"]["max"],
        json!(81_000)
    );
}

#[test]
fn a_deadline_of_the_duration_takes_the_calendar_of_each_case() {
    let desk = desk();
    let words = [
        "check",
        "log.csv",
        "--rules",
        "rules.toml",
        "--format",
        "json",
    ];
    let run = desk.run(&words);
    assert_eq!(run.code, Some(1), "{run:?}");
    let found: Value = serde_json::from_str(&run.out).unwrap();
    let rule = &found["rules"][0];
    assert_eq!(
        (&rule["kept"], &rule["broken"]),
        (&json!(1), &json!(1)),
        "{rule}"
    );
    assert_eq!(found["cases"][0]["case"], json!("t2"));
    assert_eq!(found["cases"][0]["over"], json!(6 * 3600));
}

#[test]
fn a_deadline_means_the_same_in_every_view() {
    let desk = desk();
    let words = [
        "check",
        "log.csv",
        "--rules",
        "rules.toml",
        "--format",
        "json",
    ];
    let plain = desk.run(&words);
    for calendar in ["office", "auto", "UTC mon-fri 09:00-10:00"] {
        let run = desk.run(&[&words[..], &["--calendar", calendar]].concat());
        assert_eq!((run.code, &run.out), (plain.code, &plain.out), "{calendar}");
        let broken = [
            "summary",
            "log.csv",
            "--rules",
            "rules.toml",
            "--calendar",
            calendar,
            "--filter",
            "`closed in two hours of work` = \"broken\"",
        ];
        assert_eq!(desk.json(&broken)["cases"], json!(1), "{calendar}");
    }
    let early = desk.run(&[&words[..], &["--now", "2024-03-29"]].concat());
    assert_eq!(early.code, Some(2));
    assert!(
        early.err.contains("is before the last event"),
        "{}",
        early.err
    );
}

#[test]
fn what_is_no_calendar_is_told() {
    let desk = desk();
    for (calendar, why) in [
        ("offices", "calendars of the rules file: night, office"),
        ("Europe/Rom mon-fri 09:00-18:00", "Europe/Rom"),
        ("UTC mon-fri 9-18", "expected weekdays and hours"),
        (
            "UTC mon 09:00-12:00; mon 11:00-13:00",
            "two slots of mon overlap",
        ),
    ] {
        let words = [
            "summary",
            "log.csv",
            "--rules",
            "rules.toml",
            "--calendar",
            calendar,
        ];
        let run = desk.run(&words);
        assert_eq!(run.code, Some(2), "{run:?}");
        assert!(run.err.contains(why), "{}", run.err);
    }
    let run = desk.run(&["summary", "log.csv", "--calendar", "auto"]);
    assert_eq!(run.code, Some(2), "{run:?}");
    let wrong = RULES.replace("team = \"night\"", "tea = \"night\"");
    desk.write("rules.toml", wrong);
    let run = desk.run(&["summary", "log.csv", "--rules", "rules.toml"]);
    assert!(
        run.err
            .contains("calendar night, line 5: the log has no column tea")
            && run.err.contains("\n  tea = \"night\"\n  ^^^\n"),
        "{}",
        run.err
    );
}

#[test]
fn a_table_tells_working_time_in_hours() {
    let desk = desk();
    let calendar = ["--rules", "rules.toml", "--calendar", "office"];
    let run = desk.run(&[&["cases", "log.csv"], &calendar[..]].concat());
    assert!(run.out.contains("22h 30m"), "{}", run.out);
    let run = desk.run(&["cases", "log.csv"]);
    assert!(run.out.contains("5d 07h"), "{}", run.out);
}

fn analysis(log: EventLog, calendar: Option<Calendar>) -> Analysis {
    let (report, progress) = (ImportReport::default(), Progress::default());
    let analysis = Analysis::new("log".into(), log, report, Tz::UTC, &progress).unwrap();
    let calendars = calendar.into_iter().map(|calendar| NamedCalendar {
        name: "work".into(),
        calendar,
        when: None,
        on_the_spot: true,
    });
    let timing = Timing {
        calendars: calendars.collect(),
        ..Timing::default()
    };
    analysis.with_timing(timing).unwrap()
}

proptest! {
    #![proptest_config(crate::runs(100))]

    /// A log measured by a calendar has the figures of the log whose instants are its readings.
    #[test]
    fn figures_are_those_of_a_log_of_readings(
        cases in prop::collection::vec(
            prop::collection::vec((0usize..4, 0i64..400_000), 1..9), 1..12),
        from in 0u32..40_000, length in 1u32..40_000,
    ) {
        let text = |time: &dyn Fn(i64) -> i64| {
            let case = |(i, events): (usize, &Vec<(usize, i64)>)| {
                let mut times: Vec<i64> = events.iter().map(|e| e.1).collect();
                times.sort_unstable();
                let names: Vec<&str> = events.iter().map(|e| ["a", "b", "c", "d"][e.0]).collect();
                let times: Vec<String> = times.iter().map(|&t| time(t).to_string()).collect();
                let (names, times) = (names.join(" "), times.join(" "));
                format!("c{i}: {names} @{times}; ")
            };
            // All activities occur, so that filters may name them.
            let known = format!("x: a b c d @{0} {0} {0} {0}; ", time(0));
            known + &cases.iter().enumerate().map(case).collect::<String>()
        };
        let mut week: [Vec<(u32, u32)>; 7] = Default::default();
        week[..5].fill(vec![(from, from + length)]);
        let calendar = Calendar { zone: Tz::UTC, week, holidays: BTreeSet::new() };
        let log = test_support::log(&text(&|t| t));
        let base = test_support::log("c: a @0").time[0];
        let work = calendar.work(base, base + 400_000_000_000);
        let readings = text(&|t| work.reading(base + t * 1_000_000) / 1_000_000);
        let by_calendar = analysis(log, Some(calendar));
        let of_readings = analysis(test_support::log(&readings), None);
        let view = View { calendar: Some("work".into()), ..View::default() };
        let ask = |analysis: &Analysis, view: &View, request: &Request| {
            analysis.answer(view, request, &Cancel::never()).unwrap()
        };
        for request in [
            Request::new(VariantsQuery::new(Listing::by("p90"))),
            Request::new(ActivitiesQuery { listing: Listing::by("before_total") }),
            Request::new(EdgesQuery { listing: Listing::by("median") }),
        ] {
            let found = ask(&by_calendar, &view, &request);
            prop_assert_eq!(&found, &ask(&of_readings, &View::default(), &request));
        }
        let durations = |answer: Answer| {
            let rows = &answer.to::<CasesQuery>().expect("cases").rows;
            rows.iter().map(|r| (r.case.clone(), r.duration)).collect::<Vec<_>>()
        };
        let request = Request::new(CasesQuery { listing: Listing::by("duration"), variants: Vec::new() });
        let found = durations(ask(&by_calendar, &view, &request));
        prop_assert_eq!(found, durations(ask(&of_readings, &View::default(), &request)));
        // Filters, too: those of the durations and of the time between two events.
        for filter in ["duration > 3h", "\"a\" ~> \"b\" within 2h", "\"a\" -> \"b\" after 1h"] {
            let with = |view: &View| View { filters: vec![filter.into()], ..view.clone() };
            let request = Request::new(EdgesQuery { listing: Listing::by("total") });
            let found = ask(&by_calendar, &with(&view), &request);
            prop_assert_eq!(found, ask(&of_readings, &with(&View::default()), &request));
        }
    }
}
