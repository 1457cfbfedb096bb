//! Several logs as one, mapping files and visits, through the program.

#![allow(clippy::unwrap_used, missing_docs, reason = "this is a test")]

use crate::cli_common::{Desk, LOG};
use serde_json::{Value, json};

const CRM: &str = "\
customer;activity;when;agent
c1;Call;01.02.2024 10:00;Ann
c2;Call;01.02.2024 10:05;Bob
c1;Visit;13.02.2024 09:00;Ann
";

const WEB: &str = "\
visitor,page,ts,device
c1,/pricing,2024-02-01T08:30:00Z,phone
c1,/buy,2024-02-01T12:00:00Z,phone
c3,/,2024-02-02T00:00:00Z,pc
";

const SUPPORT: &str = "\
case_id\tactivity\ttimestamp\tstate\towner
c1\tCall\t2024-02-20 10:00:00\tstart\tCid
c1\tCall\t2024-02-20 10:30:00\tcomplete\tCid
";

const MAPPING: &str = r#"
version = 1

[[log]]
file = "crm.csv"
source = "CRM"
case = "customer"
resource = "agent"
tz = "Europe/Berlin"

[[log]]
file = "web.csv"
case = "visitor"
activity = "page"
time = "ts"

[[log]]
file = "support*.tsv"
activity_prefix = "support: "
resource = "owner"
lifecycle_column = "state"
"#;

fn desk() -> Desk {
    let desk = Desk::with("crm.csv", CRM);
    desk.write("web.csv", WEB);
    desk.write("support-2024.tsv", SUPPORT);
    desk.write("all.toml", MAPPING);
    desk
}

const LOGS: [&str; 5] = [
    "crm.csv",
    "web.csv",
    "support-2024.tsv",
    "--mapping",
    "all.toml",
];

fn with<'a>(report: &'a str, options: &[&'a str]) -> Vec<&'a str> {
    [&[report], &LOGS[..], options].concat()
}

#[test]
fn one_trace_goes_over_all_channels() {
    let desk = desk();
    let case = desk.json(&with("events", &["--case-id", "c1"]));
    let events = case["events"].as_array().unwrap();
    let shown: Vec<Value> = events
        .iter()
        .map(|e| json!([e["activity"], e["time"], e["source"], e["resource"]]))
        .collect();
    assert_eq!(
        shown,
        [
            json!(["/pricing", "2024-02-01T08:30:00Z", "web", null]),
            // Ten o'clock in Berlin.
            json!(["Call", "2024-02-01T09:00:00Z", "CRM", "Ann"]),
            json!(["/buy", "2024-02-01T12:00:00Z", "web", null]),
            json!(["Visit", "2024-02-13T08:00:00Z", "CRM", "Ann"]),
            json!([
                "support: Call",
                "2024-02-20T10:30:00Z",
                "support-2024",
                "Cid"
            ]),
        ]
    );
    // Paired, although the other channels know no transitions.
    assert_eq!(events[4]["start"], "2024-02-20T10:00:00Z");
    let summary = desk.json(&with("summary", &[]));
    assert_eq!(
        [&summary["events"], &summary["cases"], &summary["resources"]],
        [7, 3, 3]
    );
    assert_eq!(summary["mapping"]["case of CRM"], "customer");
    let filtered = desk.json(&with(
        "cases",
        &["--filter", "source = \"web\" and source = \"CRM\""],
    ));
    assert_eq!(filtered["total"], 1);
}

#[test]
fn options_stand_above_the_mapping() {
    let desk = desk();
    let case = desk.json(&with("events", &["--case-id", "c2", "--tz", "UTC"]));
    assert_eq!(case["events"][0]["time"], "2024-02-01T10:05:00Z");
    let all = desk.json(&with("summary", &["--lifecycle", "events"]));
    assert_eq!(all["events"], 8);
}

#[test]
fn a_mapping_that_cannot_be_used_is_a_wrong_call() {
    let desk = desk();
    let failed = |words: &[&str]| {
        let run = desk.run(words);
        assert_eq!(run.code, Some(2), "{words:?}: {}", run.err);
        assert_eq!(run.err.lines().count(), 1, "{}", run.err);
        run.err
    };
    let said = failed(&["summary", "x.csv", "--mapping", "nowhere.toml"]);
    assert!(said.contains("nowhere.toml"), "{said}");
    desk.write("other.csv", WEB);
    let said = failed(&["summary", "other.csv", "--mapping", "all.toml"]);
    assert!(
        said.contains("other.csv") && said.contains("support*.tsv"),
        "{said}"
    );
    desk.write(
        "bad.toml",
        "[[log]]\nfile = \"a\"\ncaes = \"\\u001b[31m\"\n",
    );
    let said = failed(&["summary", "web.csv", "--mapping", "bad.toml"]);
    assert!(said.contains("line 3") && said.contains("case"), "{said}");
    let said = failed(&["summary", "web.csv", "--session-gap", "soon"]);
    assert!(said.contains("duration"), "{said}");
}

#[test]
fn mapping_writes_down_what_was_found() {
    let desk = desk();
    let run = desk.run(&[
        "mapping",
        "crm.csv",
        "--output",
        "found.toml",
        "--case",
        "customer",
    ]);
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""));
    let found = desk.read("found.toml");
    for line in [
        "file = \"crm.csv\"",
        "source = \"crm\"",
        "case = \"customer\"",
        "activity = \"activity\"",
        "time = \"when\"",
        "delimiter = \";\"",
    ] {
        assert!(found.lines().any(|l| l == line), "{line}: {found}");
    }
    let summary = desk.json(&["summary", "crm.csv", "--mapping", "found.toml"]);
    assert_eq!(summary["events"], 3);
    let again = desk.run(&["mapping", "crm.csv", "--output", "found.toml"]);
    assert_eq!(again.code, Some(6), "{}", again.err);
}

#[test]
fn mapping_keeps_the_lifecycle_of_a_mapping() {
    let desk = desk();
    let known = "lifecycle = \"complete\"\n[[log]]\nfile = \"web.csv\"\n";
    desk.write("life.toml", known);
    let map = ["mapping", "web.csv", "--mapping", "life.toml"];
    let run = desk.run(&map);
    assert!(run.out.contains("lifecycle = \"complete\""), "{}", run.out);
    let run = desk.run(&[&map[..], &["--lifecycle", "events"]].concat());
    assert!(run.out.contains("lifecycle = \"events\""), "{}", run.out);
}

#[test]
fn settings_that_cannot_be_read_are_not_called_a_mapping() {
    let desk = desk();
    desk.write("huge.toml", "#".repeat((4 << 20) + 1));
    for (option, file, why) in [
        (
            "--rules",
            "nowhere.toml",
            "\"nowhere.toml\" cannot be read: ",
        ),
        (
            "--mapping",
            "nowhere.toml",
            "\"nowhere.toml\" cannot be read: ",
        ),
        ("--rules", "huge.toml", "\"huge.toml\" is larger than 4 MiB"),
    ] {
        let run = desk.run(&["summary", "web.csv", option, file]);
        assert_eq!(run.code, Some(2), "{}", run.err);
        assert!(run.err.contains(why), "{}", run.err);
    }
}

#[test]
fn mapping_leaves_open_what_it_does_not_know() {
    let desk = desk();
    desk.write("odd.csv", "foo,bar,baz\nx1,\u{1b}[31mred,7\nx2,blue,8\n");
    let run = desk.run(&["mapping", "odd.csv"]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    assert!(
        run.err.contains("fill in: case, activity, time"),
        "{}",
        run.err
    );
    assert!(
        run.out.contains("# case = \"\"") && run.out.contains("x1 | x2"),
        "{}",
        run.out
    );
    assert!(!run.out.contains('\u{1b}'));
    desk.write("odd.toml", &run.out);
    let filled = run.out.replace("# case = \"\"  <-", "case = \"foo\" #");
    assert_ne!(filled, run.out);
    desk.write("odd.toml", filled);
    let said = desk.run(&["summary", "odd.csv", "--mapping", "odd.toml"]);
    assert_eq!(said.code, Some(3), "{}", said.err);
    let missing = desk.run(&["mapping", "nowhere.csv"]);
    assert_eq!(missing.code, Some(3));
}

#[test]
fn long_rests_make_visits() {
    let desk = Desk::with(
        "clicks.csv",
        "user_id,page,timestamp\n\
         u1,a,2024-01-01T10:00:00Z\n\
         u2,a,2024-01-01T10:10:00Z\n\
         u1,b,2024-01-01T10:30:00Z\n\
         u1,c,2024-01-01T11:00:01Z\n",
    );
    let words = [
        "clicks.csv",
        "--activity",
        "page",
        "--case",
        "user_id",
        "--session-gap",
        "30m",
    ];
    let cases = desk.json(&[&["cases", "--sort", "case"], &words[..]].concat());
    let ids: Vec<&Value> = cases["cases"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| &c["case"])
        .collect();
    assert_eq!(ids, ["u1 #1", "u1 #2", "u2 #1"]);
    let of_user = ["--filter", "user_id = \"u1\""];
    let cases = desk.json(&[&["cases"], &words[..], &of_user].concat());
    assert_eq!(cases["total"], 2);
}

#[test]
fn parts_of_a_log_give_the_figures_of_the_whole() {
    let desk = Desk::with("whole.csv", crate::cli_common::LOG);
    let (head, rows) = crate::cli_common::LOG.split_once('\n').unwrap();
    let rows: Vec<&str> = rows.lines().collect();
    for (i, rows) in rows.chunks(5).enumerate() {
        let text = format!("{head}\n{}\n", rows.join("\n"));
        desk.write(&format!("part{i}.csv"), text);
    }
    for report in ["variants", "activities", "dfg", "cases", "resources"] {
        let whole = desk.json(&[report, "whole.csv"]);
        let parts = desk.json(&[report, "part0.csv", "part1.csv", "part2.csv"]);
        assert_eq!(whole, parts, "{report}");
    }
}

#[test]
fn logs_without_an_activity_are_each_given_one() {
    let desk = Desk::with(
        "created.csv",
        "order,at\n7,2024-03-01 09:00\n8,2024-03-02 09:00\n",
    );
    desk.write("paid.csv", "order,at\n7,2024-03-01 10:00\n");
    let names = |args: &[&str]| {
        let mut words = vec!["activities", "created.csv", "paid.csv", "--format", "csv"];
        words.extend(args);
        desk.run(&words)
    };
    let both = names(&["--activity-name", "Created", "--activity-name", "Paid"]).out;
    assert!(
        both.contains("\nCreated,2,") && both.contains("\nPaid,1,"),
        "{both}"
    );
    let one = names(&["--activity-name", "Seen"]).out;
    assert!(one.contains("\nSeen,3,"), "{one}");
    let wrong = [
        "--activity-name",
        "A",
        "--activity-name",
        "B",
        "--activity-name",
        "C",
    ];
    let wrong = names(&wrong);
    assert_eq!(wrong.code, Some(2));
    assert!(
        wrong.err.contains("once, or once for each log"),
        "{wrong:?}"
    );
    let none = names(&[]);
    assert_eq!(none.code, Some(3));
    assert!(none.err.contains("--activity-name"), "{none:?}");
}

/// Pages of `fixtures/checksums.parquet` have a checksum each.
#[test]
fn a_page_whose_checksum_is_wrong_is_refused() {
    let whole = std::fs::read(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/fixtures/checksums.parquet"
    ));
    let whole = whole.unwrap();
    let desk = Desk::with("log.parquet", &whole);
    let summary = || desk.run(&["summary", "log.parquet", "--no-cache"]);
    assert_eq!(summary().code, Some(0));
    // A letter of a name, and the last byte of a time.
    let name = whole.windows(7).position(|w| w == b"Checked").unwrap();
    for at in [name, name + 3] {
        let mut damaged = whole.clone();
        damaged[at] ^= 4;
        desk.write("log.parquet", &damaged);
        let run = summary();
        assert_eq!(run.code, Some(3), "{run:?}");
        assert!(run.err.contains("CRC checksum mismatch"), "{run:?}");
    }
}

/// A damaged index is no defect: it is noticed before anything is computed from it.
#[test]
fn every_part_of_a_damaged_index_is_noticed_by_reports() {
    let desk = Desk::with("log.csv", LOG);
    let report = || desk.run(&["variants", "log.csv", "--format", "json"]);
    let right = report();
    assert_eq!((right.code, right.err.as_str()), (Some(0), ""), "{right:?}");
    let cache = desk.path("cache/casetrail");
    let index = |ending: &str| {
        let mut files = std::fs::read_dir(&cache)
            .unwrap()
            .map(|f| f.unwrap().path());
        files
            .find(|file| file.to_string_lossy().ends_with(ending))
            .unwrap()
    };
    let len = std::fs::read(index(".arrow")).unwrap().len();
    for at in (0..len).step_by(len / 40) {
        let path = index(".arrow");
        let mut bytes = std::fs::read(&path).unwrap();
        let at = at.min(bytes.len() - 1);
        bytes[at] ^= 0x40;
        std::fs::write(&path, &bytes).unwrap();
        let run = report();
        assert_eq!((run.code, &run.out), (Some(0), &right.out), "{at}: {run:?}");
        assert!(
            run.err.contains("damaged") && !run.err.contains("internal error"),
            "{at}: {run:?}"
        );
    }
}
