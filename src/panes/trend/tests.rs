//! The trend chart: answers in, keys, frames out.

use crate::engine::{Request, TrendQuery, TrendUnit};
use crate::input::Action;
use crate::panes::fixtures::{SUPPORT, Screen, engine};
use crate::panes::{CopyWhat, Outcome};

fn screen(width: u16, height: u16) -> Screen {
    let mut screen = Screen::new((super::SPEC.new)(), width, height);
    screen.answered(engine(SUPPORT));
    // Months become days.
    screen.act(Action::ToggleAxis);
    screen.answered(engine(SUPPORT));
    screen
}

#[test]
fn frames() {
    insta::assert_snapshot!("80x24", screen(80, 24).frame());
    insta::assert_snapshot!("160x24", screen(160, 24).frame());
    insta::assert_snapshot!("20x5", screen(20, 5).frame());
}

#[test]
fn a_figure_leads_to_the_cases_that_it_is_made_of() {
    let mut screen = screen(120, 24);
    let range = "2024-01-13T00:00:00Z..2024-01-14T00:00:00Z";
    let close = "ends with \"Close\"";
    let end = "2024-01-14T00:00:00Z";
    let filters = [
        Some(format!("started {range}")),
        Some(format!("ended {range} and {close}")),
        None,
        Some(format!("start < {end} and (end >= {end} or not ({close}))")),
        Some(format!("ended {range} and {close}")),
    ];
    for wanted in filters {
        match (screen.act(Action::Keep), wanted) {
            (Outcome::Emit(actions), Some(wanted)) => {
                assert_eq!(actions, [Action::AddFilter(wanted)]);
            }
            (Outcome::Emit(actions), None) => assert!(matches!(actions[0], Action::Notify(_))),
            (other, _) => panic!("{other:?}"),
        }
        screen.act(Action::MoveDown);
    }
}

#[test]
fn periods_are_days_weeks_and_months_in_turn() {
    let mut screen = screen(120, 24);
    for by in [TrendUnit::Day, TrendUnit::Week, TrendUnit::Month] {
        assert_eq!(screen.requests(), [(0, Request::new(TrendQuery { by }))]);
        let command = format!("trend --by {}", by.word());
        assert_eq!(screen.command(), Some(command));
        screen.act(Action::ToggleAxis);
    }
    screen.act(Action::MoveDown);
    screen.act(Action::MoveLeft);
    let place = screen.pane.place();
    let cell = screen.copy(CopyWhat::Cell);
    screen.act(Action::Top);
    screen.pane.go_to(&place);
    assert_eq!(screen.copy(CopyWhat::Cell), cell);
}

#[test]
fn copies_are_in_working_time_as_the_screen_is() {
    let mut screen = screen(120, 24);
    screen.view.calendar = Some("office".to_owned());
    let mut seen = Vec::new();
    screen.act(Action::Top);
    for _ in 0..12 {
        for _ in 0..14 {
            seen.extend(screen.copy(CopyWhat::Cell));
            screen.act(Action::MoveLeft);
        }
        for _ in 0..14 {
            screen.act(Action::MoveRight);
        }
        screen.act(Action::MoveDown);
    }
    assert!(seen.iter().any(|text| text.ends_with('h')), "{seen:?}");
    assert!(seen.iter().all(|text| !text.contains('d')), "{seen:?}");
}
