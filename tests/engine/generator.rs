//! `fixtures/support.csv` is what the generator makes.

use casetrail::demo::{MOST_OPEN, Plan, Size, write_log};

#[test]
fn the_fixture_is_what_the_generator_makes() {
    let plan = Plan {
        size: Size::Events(4000),
        seed: 7,
        // 2024-01-08, a Monday.
        first_day: 19_730,
        delimiter: b',',
        most_open: MOST_OPEN,
    };
    let mut log = Vec::new();
    let made = write_log(&plan, &mut log).unwrap();
    assert_eq!(made.events, 4000);
    let fixture = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/support.csv"));
    assert!(
        fixture.unwrap() == log,
        "make it anew as fixtures/README.md says"
    );
}

#[test]
fn demo_writes_the_fixture_and_replaces_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.csv");
    let demo = |events: &str| {
        let mut command = assert_cmd::Command::cargo_bin("casetrail").unwrap();
        command.args([
            "demo",
            "--events",
            events,
            "--seed",
            "7",
            "--start-date",
            "2024-01-08",
        ]);
        command.arg("--output").arg(&path).assert()
    };
    demo("4000")
        .success()
        .stderr("casetrail: 4,000 events, 412 cases, 34 of them open\n");
    let fixture = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/support.csv"));
    assert!(fixture.unwrap() == std::fs::read(&path).unwrap());
    demo("10").code(6);
    assert_eq!(
        std::fs::read_to_string(&path).unwrap().lines().count(),
        4001
    );
}
