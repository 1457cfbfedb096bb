//! Keys on the process map: the way there and back, cases of a step, a part of the cases.

use super::frames::support;
use super::play::Player;
use casetrail::engine::View;

fn on_map() -> Player {
    let mut player = support(View::default());
    player.resize(160, 48).keys("m");
    assert_eq!(player.pane(), "map");
    player
}

#[test]
fn the_map_is_a_key_away_and_back() {
    let mut player = on_map();
    let screen = player.screen();
    for text in ["activities 15 of", "of steps", "start", "412", "Created"] {
        assert!(screen.contains(text), "{text}: {screen}");
    }
    player.keys("esc");
    assert_ne!(player.pane(), "map");
    player.keys("g m");
    assert_eq!(player.pane(), "map");
    player.keys("m");
    assert_ne!(player.pane(), "map");
}

/// A filter changes figures and not the picture.
#[test]
fn a_filter_moves_nothing() {
    let mut player = on_map();
    let shape = |player: &mut Player| -> Vec<String> {
        let lines = player.screen();
        let lines = lines.lines().skip(3).take(30).map(|line| {
            let drawn = line
                .chars()
                .map(|c| if "[]▼▲".contains(c) { c } else { ' ' });
            drawn.take(100).collect::<String>().trim_end().to_owned()
        });
        lines.collect()
    };
    player.keys("j j");
    let before = shape(&mut player);
    assert!(before.iter().any(|line| line.contains('[')), "{before:?}");
    player.keys("+");
    assert_eq!(player.filters().len(), 1);
    // The line with the filter takes a row of the screen.
    let after = shape(&mut player);
    let some = before.iter().filter(|line| line.contains('[')).count();
    let found = before
        .iter()
        .filter(|line| line.contains('[') && after.contains(line));
    assert!(found.count() + 2 >= some, "{before:#?} {after:#?}");
}

#[test]
fn a_step_leads_to_its_cases_and_back() {
    let mut player = on_map();
    player.keys("j j j enter");
    assert_eq!(player.pane(), "cases");
    assert_eq!(player.filters().len(), 1);
    player.keys("esc");
    assert_eq!(player.pane(), "map");
    assert_eq!(player.filters().len(), 0);
    player.keys("j j j - u");
    assert_eq!(player.filters().len(), 0);
}

#[test]
fn a_part_of_the_cases_is_one_key_on_a_step() {
    let mut player = on_map();
    player.keys("j j j r");
    let filters = player.filters();
    assert_eq!(filters.len(), 1, "{filters:?}");
    assert!(filters[0].0.contains("between"), "{filters:?}");
    player.keys("u");
    assert_eq!(player.filters().len(), 0);
    // Also with two activities, here and in their list.
    player.keys("4 space j r");
    let filters = player.filters();
    assert!(filters[0].0.contains("between"), "{filters:?}");
}

#[test]
fn parts_and_figures_are_part_of_the_command() {
    let mut player = on_map();
    player.keys("< ) a");
    let command = player.copy("y !");
    assert!(
        command.contains("map ") && command.contains("--activities") && command.contains("--paths"),
        "{command}"
    );
}
