//! Costs on the screen: a column of cases that is sorted by and kept, columns of lists, a figure of groups.

use super::frames::{LARGE, Record, SMALL, compare, visits};

#[test]
fn costs_are_columns_orders_filters_and_figures() {
    let mut player = visits();
    super::go_to(&mut player, "cases");
    let mut record = Record {
        player: &mut player,
        text: String::new(),
    };
    record.player.keys("|").text("cost").keys("space esc");
    record.frame("cost is chosen", SMALL);
    record.copies();
    // By the cost, the dearest first; the case under the cursor is kept by it.
    let orders = record.player.app().pane().expect("a pane").sort_columns();
    for _ in 0..orders.len() - 1 {
        record.player.keys("s");
    }
    record.player.keys("S g g l l l l l l l l l l +");
    record.frame("the dearest is kept", SMALL);
    let filters = record.player.filters();
    assert!(
        matches!(filters[..], [(filter, true)] if filter.starts_with("cost = ")),
        "{filters:?}"
    );
    record.player.keys("u");
    for pane in ["variants", "activities"] {
        super::go_to(record.player, pane);
        record.frame(pane, LARGE);
        record.copies();
    }
    record.player.keys("x").text("room").keys("enter");
    for _ in 0..20 {
        if record.player.screen().contains("cost and rework") {
            break;
        }
        record.player.keys("a");
    }
    record.frame("groups by cost", LARGE);
    record.frame("groups by cost", SMALL);
    record.player.keys("c").text("weekday").keys("enter");
    record.frame("a table of costs", LARGE);
    compare("costs", &record.text);
}
