//! Keys that split cases: by what the cursor is on, by a column that is asked for, by two; and back.

use super::frames::support;
use super::play::Player;
use casetrail::engine::View;

/// The property by which the pane on the screen splits.
fn by(player: &mut Player) -> String {
    let screen = player.screen();
    assert_eq!(player.pane(), "split", "{screen}");
    let place = player.app().pane().expect("a pane").place();
    let (by, across) = casetrail::panes::split::properties(&place.subject);
    let cross = if across.is_empty() { "" } else { " x " };
    format!("{by}{cross}{across}")
}

#[test]
fn the_value_under_the_cursor_says_by_what() {
    for (pane, keys, property) in [
        ("resources", "", "resource"),
        ("why", "/ priority enter", "priority"),
        ("cases", "| channel space esc", "channel"),
        ("triage", "| last(team) space esc", "last(team)"),
        // The segment of the first finding.
        ("overview", "", "first(priority)"),
    ] {
        let mut player = support(View::default());
        player.resize(160, 48);
        super::go_to(&mut player, pane);
        for keys in keys.split(' ').filter(|keys| !keys.is_empty()) {
            if ["/", "|", "enter", "space", "esc"].contains(&keys) {
                player.keys(keys);
            } else {
                player.text(keys);
            }
        }
        player.keys("x");
        assert_eq!(by(&mut player), property, "{pane}");
        // The groups are those of the screen before, and the way back leads there.
        player.keys("esc");
        assert_eq!(player.pane(), pane);
    }
}

#[test]
fn where_there_is_no_value_the_column_is_asked_for() {
    for pane in ["overview", "variants", "activities", "cases", "filters"] {
        let mut player = support(View::default());
        super::go_to(&mut player, pane);
        // A finding under the cursor may have a property to split by, a variant has none.
        player.keys(if pane == "overview" { "o x" } else { "x" });
        assert_eq!(player.pane(), pane);
        let screen = player.screen();
        assert!(screen.contains("Split by"), "{screen}");
        // Columns are there with their numbers of values, milestones and properties of cases too.
        for (text, row) in [
            ("priority", "4 values"),
            ("resolved", "milestone"),
            ("weekday", "7 values"),
            ("solved", "2 values"),
        ] {
            player.text(text);
            let screen = player.screen();
            let is_there = |line: &str| line.contains(text) && line.contains(row);
            assert!(screen.lines().any(is_there), "{text}: {screen}");
            player.keys("ctrl-u");
        }
        player.text("region").keys("enter");
        assert_eq!(by(&mut player), "region");
    }
}

#[test]
fn a_group_is_kept_dropped_and_undone_on_the_spot() {
    let mut player = support(View::default());
    player.keys("o x").text("priority").keys("enter");
    for (key, filter) in [
        ("enter", "priority = Normal"),
        ("+", "priority = Normal"),
        ("-", "priority != Normal"),
    ] {
        player.keys(key);
        assert_eq!(by(&mut player), "priority");
        let filters: Vec<String> = player
            .filters()
            .into_iter()
            .map(|(filter, _)| filter.replace('"', ""))
            .collect();
        assert_eq!(filters, [filter]);
        player.keys("u");
        assert!(player.filters().is_empty());
    }
}

#[test]
fn the_last_split_comes_back_with_its_figure() {
    let mut player = support(View::default());
    // Nothing was split yet.
    player.keys("g s");
    let screen = player.screen();
    assert!(screen.contains("Split by"), "{screen}");
    player.text("priority").keys("enter a");
    let shown = |player: &mut Player| player.screen().contains("duration and solved");
    assert!(shown(&mut player));
    player.keys("1 g s");
    assert!(by(&mut player) == "priority" && shown(&mut player));
    // Another column has the same figure; the split before comes back with the history.
    player.keys("x").text("region").keys("enter");
    assert!(by(&mut player) == "region" && shown(&mut player));
    player.keys("[");
    assert_eq!(by(&mut player), "priority");
    player.keys("]");
    assert_eq!(by(&mut player), "region");
    player.keys("g s");
    assert_eq!(by(&mut player), "region");
}

#[test]
fn a_second_column_comes_and_goes() {
    let mut player = support(View::default());
    player.resize(160, 48);
    player.keys("o x").text("priority").keys("enter c");
    // The first column is not on offer as the second one.
    let screen = player.text("priority").screen();
    assert!(!screen.contains("4 values"), "{screen}");
    player.keys("ctrl-u");
    player.text("channel").keys("enter");
    assert_eq!(by(&mut player), "priority x channel");
    let names = |player: &mut Player| {
        let screen = player.screen();
        let line = screen.lines().find(|line| line.contains(" all "));
        line.map(str::to_owned).expect("names of columns")
    };
    let before = names(&mut player);
    player.keys("l");
    let after = names(&mut player);
    assert_ne!(before, after);
    player.keys("h h");
    assert_eq!(names(&mut player), before);
    for _ in 0..100 {
        player.keys("l");
    }
    assert!(names(&mut player).split_whitespace().count() > 1);
    player.keys("c").text("no second").keys("enter");
    assert_eq!(by(&mut player), "priority");
}
