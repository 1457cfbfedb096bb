//! Keys on predictions: from the triage and from a case to the prediction and back, the test of it.

use super::frames::support;
use super::play::Player;
use casetrail::engine::View;

fn on_triage() -> Player {
    let mut player = support(View::default());
    player.resize(160, 48);
    super::go_to(&mut player, "triage");
    player
}

#[test]
fn the_triage_has_predictions_once_they_are_learned() {
    let mut player = on_triage();
    let screen = player.screen();
    for head in ["late", "left p50", "left p90", "next"] {
        assert!(screen.contains(head), "{head}: {screen}");
    }
}

#[test]
fn a_case_of_the_triage_leads_to_its_prediction_and_back() {
    let mut player = on_triage();
    player.keys("j j j");
    let place = player.place();
    player.keys("p");
    assert_eq!(player.pane(), "predict");
    assert_eq!(
        player.place().item,
        place.item,
        "the case is under the cursor"
    );
    player.keys("esc");
    assert_eq!(player.pane(), "triage");
    assert_eq!(player.place().item, place.item);
}

#[test]
fn an_open_case_leads_to_its_prediction_and_a_closed_one_says_why_not() {
    let mut player = on_triage();
    let case = player.place().item;
    player.keys("enter p");
    assert_eq!(player.pane(), "predict");
    assert_eq!(player.place().item, case);
    player.keys("esc esc");
    super::go_to(&mut player, "cases");
    player.keys("G enter p");
    assert_eq!(player.pane(), "case");
    assert!(player.screen().contains("The case is over"));
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
