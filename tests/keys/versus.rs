//! Two selections side by side: `v` and what it asks, `V`, and the lists that show both.

use super::frames::{QUIET, support};
use super::play::Player;
use super::{ORDERS, go_to};
use casetrail::engine::View;

fn versus(player: &Player) -> Option<Vec<String>> {
    player.driver.app.queries.view.versus.clone()
}

fn months() -> View {
    View {
        filters: vec!["started 2024-03".to_owned()],
        versus: Some(vec!["started 2024-02".to_owned()]),
        ..View::default()
    }
}

#[test]
fn v_proposes_the_opposite_of_the_last_filter_and_ends() {
    let mut player = Player::open(ORDERS);
    player
        .keys("f")
        .text("\"Open\"")
        .keys("enter f")
        .text("\"Ship\"")
        .keys("enter");
    go_to(&mut player, "activities");
    player.keys("v");
    assert!(
        player.screen().contains("versus: not \"Ship\""),
        "{}",
        player.screen()
    );
    player.keys("enter");
    let other = ["\"Open\"", "not \"Ship\""].map(str::to_owned);
    assert_eq!(versus(&player), Some(other.to_vec()));
    let screen = player.wait(QUIET).quiet_screen();
    for text in [
        "A versus B",
        "A: \"Ship\"",
        "B: not \"Ship\"",
        "0 in both",
        "A share",
    ] {
        assert!(screen.contains(text), "{text}\n{screen}");
    }
    // A filter that is added holds on both sides.
    player.keys("f").text("events > 2").keys("enter");
    assert_eq!(versus(&player).unwrap()[1], "events > 2");
    player.keys("v");
    assert_eq!(versus(&player), None);
    assert!(
        !player.wait(QUIET).quiet_screen().contains("versus"),
        "{}",
        player.screen()
    );
    player.keys("u");
    assert!(versus(&player).is_some());
}

#[test]
fn swapped_sides_come_back() {
    let mut player = support(months());
    player.keys("4");
    let first = player.wait(QUIET).quiet_screen();
    player.keys("V");
    assert_eq!(player.filters(), [("started 2024-02", true)]);
    assert_eq!(versus(&player), Some(vec!["started 2024-03".to_owned()]));
    player.keys("V");
    assert_eq!(player.wait(QUIET).quiet_screen(), first);
}

#[test]
fn without_filters_the_cases_asked_for_are_compared_with_all_others() {
    let mut player = Player::open(ORDERS);
    go_to(&mut player, "variants");
    player.keys("v").text("\"Ship\"").keys("enter");
    assert_eq!(player.filters(), [("\"Ship\"", true)]);
    assert_eq!(versus(&player), Some(vec!["not \"Ship\"".to_owned()]));
    // One step of undo.
    player.keys("u");
    assert_eq!((player.filters().len(), versus(&player)), (0, None));
    player.keys("V");
    assert!(
        player.toast().contains("Nothing is compared"),
        "{}",
        player.toast()
    );
}

#[test]
fn a_filter_of_the_stack_is_compared_with_its_opposite() {
    let mut player = Player::open(ORDERS);
    player
        .keys("f")
        .text("\"Ship\"")
        .keys("enter f")
        .text("events > 2")
        .keys("enter");
    go_to(&mut player, "filters");
    player.keys("v");
    let other = ["events > 2", "not \"Ship\""].map(str::to_owned);
    assert_eq!(versus(&player), Some(other.to_vec()));
    assert!(
        player.toast().contains("This pane shows A alone"),
        "{}",
        player.toast()
    );
    let screen = player.wait(QUIET).quiet_screen();
    assert!(screen.contains("A alone"), "{screen}");
    // It stays that of A when it is edited.
    player.keys("i");
    assert_eq!(player.filters()[0].0, "not \"Ship\"");
    assert_eq!(versus(&player), Some(other.to_vec()));
    player.keys("v");
    assert_eq!(versus(&player), None);
}

#[test]
fn a_wrong_filter_is_not_compared_with() {
    let mut player = Player::open(ORDERS);
    player.keys("v").text("\"Shp\"").keys("enter");
    assert!(player.app().prompt.is_some(), "the prompt stays");
    assert_eq!(versus(&player), None);
    player.keys("esc");
    let wrong = View {
        versus: Some(vec!["nothing = 1".to_owned()]),
        ..months()
    };
    let mut player = support(wrong);
    player.keys("4");
    assert_eq!(versus(&player), None);
}

#[test]
fn a_comparison_begins_at_its_top_and_leaves_the_usual_list_as_it_was() {
    let mut player = support(View {
        versus: None,
        ..months()
    });
    player.keys("5 t j j j");
    let waited = player.copy("y c");
    player
        .keys("v ctrl-u")
        .text("started 2024-02")
        .keys("enter");
    let screen = player.wait(QUIET).quiet_screen();
    let is_top = screen.contains("[activities]") && screen.contains("1 of ");
    assert!(is_top, "{screen}");
    player.keys("j j v");
    assert_eq!(player.copy("y c"), waited);
}

#[test]
fn frames() {
    for (width, height) in [(80, 24), (160, 48), (40, 10), (1, 1)] {
        for (pane, keys) in [
            ("overview", ""),
            ("activities", ""),
            ("variants", ""),
            ("bottlenecks", "t"),
            ("resources", ""),
            ("facet", "enter"),
            ("why", ""),
            ("milestones", "g t"),
            ("funnel", "g f"),
            ("conform", "g k"),
        ] {
            let mut player = support(months());
            player.resize(width, height);
            if !keys.starts_with('g') {
                go_to(&mut player, pane);
            }
            player.keys_if_any(keys);
            let name = format!("versus-{pane}-{width}x{height}");
            insta::assert_snapshot!(name, player.wait(QUIET).quiet_screen());
        }
    }
}

#[test]
fn charts_compare() {
    for (width, height) in [(80, 24), (160, 48)] {
        let mut player = support(months());
        player.resize(width, height);
        player.keys("7");
        for chart in ["flow", "queues", "week", "trend"] {
            let name = format!("versus-{chart}-{width}x{height}");
            insta::assert_snapshot!(name, player.wait(QUIET).quiet_screen());
            player.keys("t");
        }
        // Dots are of single cases.
        assert!(player.wait(QUIET).quiet_screen().contains("A alone"));
    }
}

#[test]
fn keys_of_charts_change_the_figure_and_the_command_has_both_sides() {
    let mut player = support(months());
    player.keys("7");
    assert!(
        player
            .wait(QUIET)
            .quiet_screen()
            .contains("cases started, by")
    );
    player.keys("c");
    assert!(
        player
            .wait(QUIET)
            .quiet_screen()
            .contains("cases ended, by")
    );
    player.keys("t t t");
    assert!(player.wait(QUIET).quiet_screen().contains("by month"));
    player.keys("a");
    assert!(player.wait(QUIET).quiet_screen().contains("by day"));
    player.keys("$");
    let screen = player.wait(QUIET).quiet_screen();
    assert!(screen.contains("trend"), "{screen}");
    assert!(screen.contains("--versus"), "{screen}");
}

#[test]
fn groups_and_factors_compare() {
    let mut player = support(months());
    player.keys("B enter");
    let screen = player.wait(QUIET).quiet_screen();
    assert!(
        screen.contains("A versus B") && screen.contains("tests"),
        "{screen}"
    );
    player.keys("w");
    let screen = player.wait(QUIET).quiet_screen();
    assert!(
        screen.contains("B started 2024-02 against A started 2024-03"),
        "{screen}"
    );
    player.keys("V");
    let screen = player.wait(QUIET).quiet_screen();
    assert!(
        screen.contains("B started 2024-03 against A started 2024-02"),
        "{screen}"
    );
    player.keys("v");
    assert!(!player.wait(QUIET).quiet_screen().contains("against A"));
}

#[test]
fn no_size_panics() {
    let mut player = support(months());
    player.keys("4");
    for (width, height) in crate::sizes(0) {
        player.resize(width, height);
        player.screen();
    }
}
