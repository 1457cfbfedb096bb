//! Keys in the pane of attributes: from an attribute to its values, values that are kept and dropped on
//! the spot, and the way back.

use super::frames::support;
use super::play::Player;
use casetrail::engine::View;

/// The support desk with the cursor on an attribute.
fn on(attribute: &str) -> Player {
    let mut player = support(View::default());
    player.resize(160, 48).keys("B");
    assert_eq!(player.pane(), "facet");
    while by(&mut player) != attribute {
        let before = by(&mut player);
        player.keys("j");
        assert_ne!(by(&mut player), before, "{attribute} is not there");
    }
    player
}

fn filters(player: &mut Player) -> Vec<String> {
    let filters = player.filters().into_iter();
    filters.map(|(filter, _)| filter.replace('"', "")).collect()
}

/// The attribute whose values are on the screen, as the head of the groups names it.
fn by(player: &mut Player) -> String {
    let screen = player.screen();
    let head = screen.lines().find_map(|line| line.split_once("by "));
    let (_, rest) = head.unwrap_or_else(|| panic!("{screen}"));
    rest.split(" · ")
        .next()
        .unwrap_or_default()
        .trim()
        .to_owned()
}

#[test]
fn the_values_are_those_of_the_attribute_under_the_cursor() {
    let mut player = on("priority");
    assert_eq!(by(&mut player), "priority");
    let screen = player.screen();
    for text in ["Normal", "238", "median", "change"] {
        assert!(screen.contains(text), "{text}: {screen}");
    }
    player.keys("j");
    assert_ne!(by(&mut player), "priority");
    player.keys("k");
    assert_eq!(by(&mut player), "priority");
    // Where there is room for one part only, Enter shows the other one.
    player.resize(50, 12);
    assert!(!player.screen().contains("Normal"));
    player.keys("enter");
    assert!(player.screen().contains("Normal"));
    player.keys("esc");
    assert!(!player.screen().contains("Normal"));
    assert_eq!(player.pane(), "facet");
}

#[test]
fn a_value_is_kept_dropped_and_undone_on_the_spot() {
    let mut player = on("priority");
    player.keys("enter j");
    for (key, filter) in [
        ("enter", "priority = High"),
        ("+", "priority = High"),
        ("-", "priority != High"),
    ] {
        player.keys(key);
        assert_eq!(player.pane(), "facet");
        assert_eq!(filters(&mut player), [filter]);
        player.keys("u");
        assert!(player.filters().is_empty());
    }
    assert_eq!(by(&mut player), "priority");
}

#[test]
fn cases_with_and_without_a_value_are_kept_from_the_attribute() {
    let mut player = on("csat");
    let cases = |player: &mut Player, key: &str| {
        player.keys(key);
        let filter = filters(player);
        assert_eq!(filter.len(), 1);
        player.keys("enter G");
        let screen = player.screen();
        player.keys("esc u");
        (filter[0].clone(), screen)
    };
    let (with, screen) = cases(&mut player, "+");
    assert!(
        with.contains("csat") && !screen.contains("(none)"),
        "{screen}"
    );
    let (without, screen) = cases(&mut player, "-");
    assert!(
        without.contains("csat") && screen.contains("(none)"),
        "{screen}"
    );
    assert_ne!(with, without);
    // Figures of numbers are above the ranges.
    let screen = player.screen();
    assert!(
        screen.contains("by csat · n ") && screen.contains("mean "),
        "{screen}"
    );
    // Every case has a first activity: there is nothing to keep.
    let mut player = on("start.hour");
    player.keys("+");
    assert!(player.filters().is_empty());
}

#[test]
fn the_way_back_leads_to_the_attribute_and_its_value() {
    let mut player = on("priority");
    player.keys("enter j a");
    let figure = player.screen();
    assert!(figure.contains("duration and solved"), "{figure}");
    player.keys("1");
    assert_eq!(player.pane(), "overview");
    player.keys("B");
    assert_eq!(by(&mut player), "priority");
    assert!(player.screen().contains("duration and solved"));
    player.keys("+");
    assert_eq!(filters(&mut player), ["priority = High"]);
    player.keys("u x");
    assert_eq!(player.pane(), "split");
    player.keys("esc");
    assert_eq!(player.pane(), "facet");
    assert_eq!(by(&mut player), "priority");
}
