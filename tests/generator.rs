//! The generator's own tests (cargo runs none inside an example), and the proof that
//! `fixtures/support.csv` is what it makes.

#[path = "../examples/generate/support/mod.rs"]
mod support;

use support::{MOST_OPEN, Plan, Size, write_log};

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
