//! Logs in SQL engines, as far as no engine is needed: what is refused before one is reached.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use crate::cli_common::{Desk, LOG, Run};
use std::fs::{Permissions, set_permissions};
use std::os::unix::fs::PermissionsExt;

/// The program with a driver that there is not.
fn run(desk: &Desk, words: &[&str]) -> Run {
    let mut command = desk.command();
    command.env("CASETRAIL_DRIVER", desk.path("no-driver.so"));
    Run::of(command.args(words))
}

#[test]
fn calls_that_no_engine_can_answer_are_refused() {
    let desk = Desk::with("log.csv", LOG);
    for (words, code, said) in [
        (
            &["summary", "log.csv", "--table", "t"][..],
            2,
            "--table is of logs in an SQL engine",
        ),
        (
            &["summary", "duckdb:a.db"][..],
            2,
            "name the table of the log by --table",
        ),
        (
            &["summary", "duckdb:a.db", "log.csv", "--table", "t"][..],
            2,
            "opened alone",
        ),
        (
            &["summary", "grpc://me:pw@h:1", "--table", "t"][..],
            2,
            "no part of an address",
        ),
        (
            &["summary", "sc://h:1/;token=x", "--table", "t"][..],
            2,
            "no part of an address",
        ),
        (
            &["summary", "duckdb:", "--table", "t", "--redact"][..],
            2,
            "--redact is of logs that are read here",
        ),
        (
            &["summary", "duckdb:", "--table", "t", "--idle", "3d"][..],
            2,
            "--idle is of logs that are read here",
        ),
        (
            &["summary", "duckdb:", "--table", "t", "--start", "s"][..],
            2,
            "a start, lifecycle",
        ),
        (
            &["summary", "duckdb:", "--table", "t", "--dialect", "mysql"][..],
            2,
            "known are duckdb, spark",
        ),
        (
            &["fetch", "duckdb:", "--table", "t", "--limit", "3"][..],
            2,
            "has no --limit",
        ),
        (
            &["fetch", "log.csv"][..],
            2,
            "fetch takes a log in an SQL engine",
        ),
        (
            &["fetch", "duckdb:", "--table", "t", "--versus", "events > 1"][..],
            2,
            "leave --versus out",
        ),
    ] {
        let run = run(&desk, words);
        assert_eq!(run.code, Some(code), "{words:?}: {}", run.err);
        assert!(run.err.contains(said), "{words:?}: {}", run.err);
    }
}

#[test]
#[cfg(feature = "remote")]
fn a_driver_that_is_missing_is_named_with_what_to_install() {
    let desk = Desk::new();
    for (address, said) in [
        ("duckdb:a.db", "libduckdb"),
        ("grpc://h:1", "pip install adbc-driver-flightsql"),
        ("sc://h:1", "pip install adbc-driver-spark"),
    ] {
        let run = run(&desk, &["summary", address, "--table", "t"]);
        assert_eq!(run.code, Some(3), "{}", run.err);
        assert!(
            run.err.contains("no driver") && run.err.contains(said),
            "{}",
            run.err
        );
        assert_eq!(run.err.lines().count(), 1, "{}", run.err);
    }
}

#[test]
fn a_database_of_duckdb_is_known_by_its_first_bytes() {
    let desk = Desk::with("orders", b"\0\0\0\0\0\0\0\0DUCK\x40\0\0\0");
    let run = run(&desk, &["summary", "orders"]);
    assert!(
        run.err.contains("duckdb:orders: name the table"),
        "{}",
        run.err
    );
}

#[test]
fn credentials_are_of_their_owner_alone_and_never_shown() {
    let desk = Desk::with("secrets.toml", "password = \"hunter2\"\n");
    let words = [
        "summary",
        "grpc://h:1",
        "--table",
        "t",
        "--credentials",
        "secrets.toml",
    ];
    set_permissions(desk.path("secrets.toml"), Permissions::from_mode(0o644)).unwrap();
    let open = run(&desk, &words);
    assert_eq!(open.code, Some(2));
    assert!(open.err.contains("chmod 600"), "{}", open.err);
    set_permissions(desk.path("secrets.toml"), Permissions::from_mode(0o600)).unwrap();
    let closed = run(&desk, &words);
    assert_eq!(closed.code, Some(3), "{}", closed.err);
    desk.write("secrets.toml", "pass = \"hunter2\"\n");
    let wrong = run(&desk, &words);
    assert!(wrong.err.contains("expected lines as"), "{}", wrong.err);
    for run in [open, closed, wrong] {
        assert!(!run.err.contains("hunter2"), "{}", run.err);
    }
}
