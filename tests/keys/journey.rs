//! Journeys on the screen: touchpoints, triggers and stages, other outcomes and touchpoints, filters that a
//! row adds, and a log in which little can be answered.

use super::frames::{LARGE, Record, SMALL, compare, sales, support};
use casetrail::engine::View;

#[test]
fn touchpoints_triggers_and_stages_are_one_key_apart() {
    let mut player = sales();
    player.keys("g j");
    assert_eq!(player.pane(), "journey");
    let mut record = Record {
        player: &mut player,
        text: String::new(),
    };
    for size in [SMALL, LARGE, (40, 10), (1, 1)] {
        record.frame("touchpoints", size);
    }
    record.copies();
    record.player.keys("j j");
    record.frame("the third touchpoint", LARGE);
    record.player.keys("t");
    for size in [SMALL, LARGE] {
        record.frame("triggers", size);
    }
    record.copies();
    record.player.keys("t");
    for size in [SMALL, LARGE] {
        record.frame("stages", size);
    }
    record.copies();
    // The next outcome is that of all lists.
    record.player.keys("T a T");
    record.frame("the other outcome", SMALL);
    record.copies();
    record.player.keys("c");
    record.frame("activities as touchpoints", SMALL);
    compare("journey", &record.text);
}

#[test]
fn a_row_is_kept_dropped_and_undone_on_the_spot() {
    let mut player = sales();
    player.keys("g j");
    let call = "event(channel = \"phone\" and activity = \"Support call\")";
    for (keys, filter) in [
        ("enter", call.to_owned()),
        ("+", call.to_owned()),
        ("-", format!("not {call}")),
    ] {
        player.keys(keys);
        assert_eq!(player.pane(), "journey");
        assert_eq!(player.filters(), [(filter.as_str(), true)], "{keys}");
        player.keys("u");
        assert!(player.filters().is_empty());
    }
    player.keys("t enter");
    let filters = player.filters();
    assert!(
        matches!(filters[..], [(filter, true)] if filter.starts_with("first(channel) = ")),
        "{filters:?}"
    );
    player.keys("u t enter");
    let filters = player.filters();
    assert!(matches!(filters[..], [("\"Visit\"", true)]), "{filters:?}");
    player.keys("u =");
    let screen = player.screen();
    assert!(screen.contains("cases"), "{screen}");
}

#[test]
fn what_cannot_be_answered_says_what_to_give() {
    let mut player = support(View::default());
    player.keys("g j");
    let mut record = Record {
        player: &mut player,
        text: String::new(),
    };
    for size in [SMALL, LARGE] {
        record.frame("a desk without touchpoints", size);
    }
    record.player.keys("t");
    record.frame("its triggers", SMALL);
    record.player.keys("t");
    record.frame("its stages", SMALL);
    compare("journey-desk", &record.text);
}

#[test]
fn two_selections_are_compared() {
    let mut player = sales();
    player
        .keys("g j v")
        .text("campaign = \"newsletter\"")
        .keys("enter");
    let mut record = Record {
        player: &mut player,
        text: String::new(),
    };
    record.frame("touchpoints of two selections", LARGE);
    record.copies();
    record.player.keys("t");
    record.frame("triggers of two selections", SMALL);
    record.player.keys("t");
    record.frame("stages of two selections", SMALL);
    compare("journey-versus", &record.text);
}
