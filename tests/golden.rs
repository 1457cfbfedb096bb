//! The JSON of reports on the fixtures, as it is kept in `fixtures/expected`. After a change that is
//! meant, `UPDATE_EXPECT=1 cargo test --test golden` writes the files anew: read the difference.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use expect_test::expect_file;
use std::path::Path;
use std::process::Command;

/// The standard output of the program, run in the folder of the fixtures; it must end with 0.
fn answer(words: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_casetrail"))
        .args(words)
        .args(["--format", "json", "--quiet", "--no-cache"])
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{words:?}: {said}");
    String::from_utf8(output.stdout).unwrap()
}

/// Compares the answer to each call with the file of that name.
fn check(calls: &[(&str, &[&str])]) {
    for (name, words) in calls {
        let path = format!("../fixtures/expected/{name}.json");
        expect_file![path].assert_eq(&answer(words));
    }
}

#[test]
fn a_support_desk() {
    check(&[
        ("support-summary", &["summary", "support.csv"]),
        (
            "support-variants",
            &["variants", "support.csv", "--limit", "5"],
        ),
        ("support-activities", &["activities", "support.csv"]),
        ("support-dfg", &["dfg", "support.csv", "--limit", "10"]),
        ("support-cases", &["cases", "support.csv", "--limit", "5"]),
        (
            "support-resources",
            &["resources", "support.csv", "--limit", "5"],
        ),
    ]);
}

#[test]
fn where_a_support_desk_loses_time() {
    check(&[
        (
            "support-bottlenecks",
            &[
                "bottlenecks",
                "support.csv",
                "--by",
                "resource",
                "--limit",
                "4",
                "--gain",
                "--rules",
                "support-rules.toml",
                "--calendar",
                "desk",
            ],
        ),
        (
            "support-triage",
            &[
                "triage",
                "support.csv",
                "--rules",
                "support-rules.toml",
                "--limit",
                "4",
            ],
        ),
        (
            "visits-times",
            &["times", "visits-start-end.tsv", "--by", "activity"],
        ),
    ]);
}

#[test]
fn a_support_desk_over_time() {
    let escalated = "\"Escalated to L2\" and region = \"APAC\"";
    check(&[
        ("support-flow", &["flow", "support.csv", "--bins", "12"]),
        ("support-queues", &["queues", "support.csv"]),
        ("support-trend", &["trend", "support.csv", "--by", "week"]),
        (
            "support-dotted",
            &[
                "dotted",
                "support.csv",
                "--rows",
                "6",
                "--columns",
                "20",
                "--color",
                "region",
            ],
        ),
        (
            "support-dotted-relative",
            &[
                "dotted",
                "support.csv",
                "--rows",
                "4",
                "--columns",
                "12",
                "--by",
                "-duration",
                "--relative",
            ],
        ),
        (
            "support-spectrum",
            &["spectrum", "support.csv", "--variant", "2", "--bins", "20"],
        ),
        (
            "support-spectrum-path",
            &[
                "spectrum",
                "support.csv",
                "--path",
                "Resolved > Closed",
                "--bins",
                "9",
                "--from",
                "2024-03",
                "--to",
                "2024-04",
            ],
        ),
        (
            "support-escalated",
            &["summary", "support.csv", "--filter", escalated],
        ),
    ]);
}

#[test]
fn activity_instances() {
    let visits = ["visits-start-end.tsv", "--start", "start", "--time", "end"];
    check(&[
        (
            "repairs-activities",
            &[
                "activities",
                "repairs-lifecycle.csv",
                "--instance",
                "instance",
            ],
        ),
        (
            "repairs-dfg",
            &["dfg", "repairs-lifecycle.csv", "--instance", "instance"],
        ),
        (
            "repairs-events",
            &[
                "events",
                "repairs-lifecycle.csv",
                "--case-id",
                "R2",
                "--instance",
                "instance",
            ],
        ),
        (
            "repairs-quality",
            &["quality", "repairs-lifecycle.csv", "--instance", "instance"],
        ),
        (
            "visits-activities",
            &[&["activities"], &visits[..]].concat(),
        ),
        ("visits-queues", &[&["queues"], &visits[..]].concat()),
        (
            "visits-events",
            &[&["events", "--case-id", "V-2"], &visits[..]].concat(),
        ),
    ]);
}

#[test]
fn awkward_files() {
    check(&[
        ("tickets-quality", &["quality", "tickets-rejects.csv"]),
        ("empty-summary", &["summary", "empty.csv"]),
        ("names-activities", &["activities", "names-unicode.csv"]),
        ("requests-quality", &["quality", "requests-ru-cp1251.csv"]),
        ("requests-summary", &["summary", "requests-ru-cp1251.csv"]),
        ("orders-summary", &["summary", "orders-crlf-multiline.csv"]),
    ]);
}
