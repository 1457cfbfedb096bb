//! Keys on predictions: from the triage and from a case to the prediction and back, the test of it.

use super::frames::support;
use super::play::Player;
use casetrail::engine::View;

/// Id of the case under the cursor of the list.
fn case(player: &mut Player) -> String {
    let screen = player.screen();
    let row = screen.lines().find(|line| line.starts_with("> "));
    let row = row.unwrap_or_else(|| panic!("{screen}"));
    let id = row.split_whitespace().nth(1);
    id.unwrap_or_else(|| panic!("{row}")).to_owned()
}

fn on_triage() -> Player {
    let mut player = support(View::default());
    player.resize(160, 48);
    super::go_to(&mut player, "triage");
    player
}

#[test]
fn the_triage_has_predictions_once_they_are_learned() {
    let mut player = on_triage();
    assert!(player.screen().contains("late"));
    // All of them where the list has the whole width.
    let screen = player.keys("e").screen();
    for head in ["late", "left p50", "left p90", "next"] {
        assert!(screen.contains(head), "{head}: {screen}");
    }
}

#[test]
fn a_case_of_the_triage_leads_to_its_prediction_and_back() {
    let mut player = on_triage();
    player.keys("j j j");
    let before = case(&mut player);
    player.keys("p");
    assert_eq!(player.pane(), "predict");
    assert_eq!(case(&mut player), before);
    player.keys("esc");
    assert_eq!(player.pane(), "triage");
    assert_eq!(case(&mut player), before);
}

#[test]
fn an_open_case_leads_to_its_prediction_and_a_closed_one_says_why_not() {
    let mut player = on_triage();
    let before = case(&mut player);
    player.keys("enter p");
    assert_eq!(player.pane(), "predict");
    assert_eq!(case(&mut player), before);
    player.keys("esc esc");
    super::go_to(&mut player, "cases");
    player.keys("G enter p");
    assert_eq!(player.pane(), "case");
    assert!(player.toast().starts_with("The case is over"));
}

#[test]
fn a_similar_case_opens_and_the_test_is_a_key_away() {
    let mut player = support(View::default());
    player.resize(160, 48).keys("g p");
    assert_eq!(player.pane(), "predict");
    player.keys("o j enter");
    assert_eq!(player.pane(), "case");
    player.keys("esc");
    assert_eq!(player.pane(), "predict");
    player.keys("t");
    let screen = player.screen();
    assert!(screen.contains("Backtest: learned from"), "{screen}");
    player.keys("t");
    assert!(!player.screen().contains("Backtest: learned from"));
    assert!(player.screen().contains("in the backtest"));
}
