//! The first screen: findings arrive, lead to their cases by one step that can be undone, and are
//! explained.

use super::play::{Player, loader, settings};
use std::fmt::Write;

/// A log in which the wait from Work to Check is three times as long in the last quarter.
fn log() -> String {
    let mut seed = 0x2545_F491_4F6C_DD1Du64;
    let mut below = |n: u64| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed % n
    };
    let mut text = String::new();
    for case in 0..400u64 {
        let start = case * 7200 + below(3600);
        let long = if case > 300 { 3 } else { 1 };
        let work = start + 600 + below(3000);
        let check = work + (600 + below(9000)) * long;
        let end = check + 600 + below(3000);
        // The last cases are under way.
        let (steps, times) = if case > 394 {
            ("New Work", format!("{start} {work}"))
        } else {
            (
                "New Work Check Closed",
                format!("{start} {work} {check} {end}"),
            )
        };
        writeln!(text, "c{case}: {steps} @{times};").expect("a text takes it");
    }
    text
}

fn open(width: u16, height: u16) -> Player {
    let mut player = Player::start(settings(), loader(&log()));
    player.settle();
    player.resize(width, height);
    player
}

#[test]
fn enter_goes_to_the_step_of_a_finding_and_back() {
    let mut player = open(80, 24);
    let screen = player.screen();
    assert!(screen.contains("What to look at"), "{screen}");
    let sentence = "The wait from Work to Check grew from";
    assert!(screen.contains(sentence), "{screen}");
    while !player.copy("y y").contains(sentence) {
        player.keys("j");
    }
    player.keys("enter");
    assert_eq!(player.pane(), "bottlenecks");
    let filters = player.filters();
    assert_eq!(filters.len(), 1);
    assert!(
        filters[0].0.starts_with("\"Work\" -> \"Check\" overlaps"),
        "{filters:?}"
    );
    let screen = player.screen();
    let line = screen
        .lines()
        .find(|line| line.starts_with('>'))
        .unwrap_or_default();
    assert!(line.contains("Work") && line.contains("Check"), "{screen}");
    player.keys("esc");
    assert_eq!((player.pane(), player.filters().len()), ("overview", 0));
    player.keys("enter u");
    assert_eq!((player.pane(), player.filters().len()), ("overview", 0));
    player.keys("U");
    assert_eq!((player.pane(), player.filters().len()), ("bottlenecks", 1));
}

#[test]
fn keep_stays_and_equals_explains() {
    let mut player = open(80, 24);
    let sentence = "The wait from Work to Check";
    while !player.copy("y y").contains(sentence) {
        player.keys("j");
    }
    player.keys("=");
    let text = player.resize(160, 48).screen();
    for part in [
        "Mann-Whitney test: q",
        "waits that ended in the last period",
        "selected",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    player.keys("esc +");
    assert_eq!((player.pane(), player.filters().len()), ("overview", 1));
}

#[test]
fn the_focus_goes_through_all_parts() {
    let mut player = open(80, 24);
    for part in ["Variants, ", " started, ", " to ", "What to look at"] {
        player.keys("o");
        let screen = player.screen();
        assert!(screen.contains(part), "{part}\n{screen}");
    }
    // All parts at once where there is room.
    let screen = player.resize(120, 36).screen();
    for part in [
        "What to look at",
        "Variants, ",
        "Duration of cases",
        "Cases started",
    ] {
        assert!(screen.contains(part), "{part}\n{screen}");
    }
}
