//! Scores on the screen: a figure of groups with its orders; and orders only by what the log has.

use super::frames::{LARGE, Record, SMALL, compare, scored, support, visits};
use super::play::Player;
use casetrail::engine::View;

#[test]
fn scores_are_figures_and_orders_of_groups() {
    let mut player = scored();
    let mut record = Record {
        player: &mut player,
        text: String::new(),
    };
    record.player.keys("o x").text("channel").keys("enter");
    for _ in 0..20 {
        if record.player.screen().contains("score and rework") {
            break;
        }
        record.player.keys("a");
    }
    for size in [LARGE, SMALL, (40, 10), (1, 1)] {
        record.frame("groups by score", size);
    }
    record.copies();
    record.player.keys(",").text("change of mean").keys("enter");
    record.frame("by the change of the mean", SMALL);
    record.player.keys("c").text("priority").keys("enter");
    record.frame("a table of scores", LARGE);
    // The values of an attribute have the same figures.
    record.player.keys("B");
    record.frame("values of an attribute", LARGE);
    compare("scores", &record.text);
}

/// The orders of a pane.
fn orders(player: &mut Player, pane: &str) -> Vec<String> {
    super::go_to(player, pane);
    player.app().pane().expect("a pane").sort_columns()
}

#[test]
fn orders_are_those_of_what_the_log_has() {
    let (mut desk, mut visits) = (support(View::default()), visits());
    for (pane, order) in [
        ("variants", "cost/case"),
        ("activities", "cost"),
        ("resources", "cost"),
        ("activities", "service: median"),
        ("activities", "waiting: median"),
    ] {
        let has = |player: &mut Player| orders(player, pane).iter().any(|name| name == order);
        assert!(!has(&mut desk), "{pane}: {order}");
        assert!(has(&mut visits) || pane == "resources", "{pane}: {order}");
    }
    // Going through all orders comes to the first one again without one of costs.
    super::go_to(&mut desk, "variants");
    for _ in 0..orders(&mut desk, "variants").len() {
        desk.keys("s");
        let screen = desk.screen();
        assert!(!screen.contains("cost"), "{screen}");
    }
    desk.keys(",");
    let screen = desk.screen();
    assert!(
        screen.contains("events") && !screen.contains("cost"),
        "{screen}"
    );
}
