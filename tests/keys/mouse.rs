//! The mouse, and the breadcrumb and filters selected by keys.

use super::play::Player;
use casetrail::app::{Effect, Mouse};

const LOG: &str = "a: A B C @0 +60 +120; b: A B C @86400 +60 +120; c: A C @172800 +60; d: A B B C @259200 +60 +120 +180; e: A C C @345600 +60 +120; f: A D @432000 +60; g: A E @518400 +60; h: A F C @604800 +60 +120; i: A G @691200 +60; j: B C @777600 +60";

fn player() -> Player {
    let mut player = Player::open(LOG);
    player.resize(120, 36);
    player
}

/// The filters as texts, those that are off in parentheses.
fn filters(player: &Player) -> Vec<String> {
    let filters = player.filters().into_iter();
    filters
        .map(|(text, on)| {
            if on {
                text.to_owned()
            } else {
                format!("({text})")
            }
        })
        .collect()
}

fn row(player: &Player) -> usize {
    let status = player.app().pane().expect("a pane").status();
    status.position.expect("a row").0
}

#[test]
fn clicks_go_to_tabs_rows_and_headings() {
    let mut player = player();
    player.click_on(1, "4 Act");
    assert_eq!(player.pane(), "activities");
    player.keys("3");
    assert_eq!(player.pane(), "cases");
    let first = row(&player);
    player.mouse(Mouse::Wheel(1));
    assert_eq!(row(&player), first + 3);
    player.mouse(Mouse::Wheel(-1)).mouse(Mouse::Wheel(-1));
    assert_eq!(row(&player), 1);
    let sort = |player: &Player| player.app().pane().expect("a pane").status().sort;
    let before = sort(&player);
    player.click_on(2, "events");
    assert_ne!(sort(&player), before);
    let ascending = sort(&player);
    player.click_on(2, "events");
    assert_ne!(sort(&player), ascending);
    // A click on another row moves the cursor, one on the row of the cursor opens it.
    let screen = player.screen();
    let at = screen
        .lines()
        .position(|line| line.starts_with("> "))
        .expect("a cursor") as u16;
    player.click(4, at + 2);
    assert_eq!((player.pane(), row(&player)), ("cases", 3));
    player.click(4, at + 2);
    assert_eq!(player.pane(), "case");
}

#[test]
fn a_click_moves_the_cursor_of_a_chart() {
    let mut player = player();
    player.keys("7");
    let place = |player: &Player| player.app().pane().expect("a pane").place();
    // The last bin has the cursor; the middle of the plot is another one.
    let before = place(&player);
    player.click(40, 8);
    assert_ne!(place(&player), before, "{}", player.screen());
    // The second chart below.
    let first = player.screen();
    player.click_on(2, "Cases ended");
    assert_ne!(player.screen(), first);
}

#[test]
fn popups_take_clicks_and_the_wheel() {
    let mut player = player();
    player.keys("3 ,").click_on(10, "events");
    assert!(player.app().popup.is_none());
    assert!(
        player
            .app()
            .pane()
            .expect("a pane")
            .status()
            .sort
            .starts_with("events")
    );
    player.keys("?").mouse(Mouse::Wheel(1));
    assert!(player.app().popup.is_some());
    // Beside the popup nothing happens.
    player.click(0, 0);
    assert!(player.app().popup.is_some());
}

#[test]
fn a_key_takes_the_mouse_and_leaves_it() {
    let mut player = player();
    player.keys("f2");
    assert!(
        player.effects.contains(&Effect::Mouse(true)),
        "{:?}",
        player.effects
    );
    assert!(player.toast().contains("f2"), "{}", player.toast());
    player.keys("f2");
    assert!(player.effects.contains(&Effect::Mouse(false)));
}

#[test]
fn filters_are_changed_in_the_bar() {
    let mut player = player();
    player
        .keys("f")
        .text("events > 2")
        .keys("enter f")
        .text("\"B\"")
        .keys("enter");
    assert_eq!(filters(&player), ["events > 2", "\"B\""]);
    player.keys("` space");
    assert_eq!(filters(&player), ["events > 2", "(\"B\")"]);
    player.keys("left i");
    assert_eq!(filters(&player)[0], "not (events > 2)");
    player.keys("d");
    assert_eq!(filters(&player), ["(\"B\")"]);
    player.keys("space e");
    assert!(
        player.screen().contains("filter: \"B\""),
        "{}",
        player.screen()
    );
    player.keys("esc u u u u u");
    assert_eq!(filters(&player), ["events > 2"]);
    // A click selects, as the keys do.
    player.click_on(0, "[x] events").keys("space");
    assert_eq!(filters(&player), ["(events > 2)"]);
    player.keys("`");
    assert_eq!(player.app().bar, None);
}

#[test]
fn the_breadcrumb_leads_back() {
    let mut player = player();
    player.keys("2 enter");
    for _ in 0..4 {
        if player.app().trail.is_empty() {
            player.keys("enter");
        }
    }
    let depth = player.app().trail.len();
    assert!(depth > 0);
    player.keys("` home");
    assert!(
        player
            .screen()
            .lines()
            .next()
            .expect("a line")
            .starts_with("orders.csv")
    );
    player.keys("enter");
    assert_eq!((player.app().trail.len(), player.pane()), (0, "variants"));
    assert_eq!(filters(&player), [""; 0]);
    // No filter is selected there.
    player.keys("` d");
    assert!(
        player.toast().contains("No filter is selected"),
        "{}",
        player.toast()
    );
    // Any other key is for the pane.
    player.keys("3");
    assert_eq!((player.pane(), player.app().bar), ("cases", None));
}

#[test]
fn panes_reached_by_their_keys_are_one_level() {
    let mut player = player();
    player.keys("3 g j g r g k");
    let crumbs = |player: &Player| -> Vec<String> {
        let crumbs = player.app().crumbs();
        crumbs.into_iter().map(|crumb| crumb.text).collect()
    };
    assert_eq!(crumbs(&player), ["orders.csv", "Cases", "conformance"]);
    // A filter that came in between is not lost by a step back.
    player.keys("f").text("events > 2").keys("enter g j");
    assert_eq!(crumbs(&player).len(), 4);
    player.keys("esc");
    assert_eq!((player.pane(), filters(&player).len()), ("conform", 1));
    player.keys("esc");
    assert_eq!((player.pane(), filters(&player).len()), ("cases", 0));
}
