//! The container of charts: which one is there, and that it gives everything on to it.

use super::CHARTS;
use crate::engine::{Answer, AskError, FlowQuery, Request, WeekQuery};
use crate::input::Action;
use crate::panes::Outcome;
use crate::panes::fixtures::{SUPPORT, Screen, engine};

fn screen(width: u16, height: u16) -> Screen {
    let mut screen = Screen::new((super::SPEC.new)(), width, height);
    screen.answered(engine(SUPPORT));
    screen
}

fn first_line(screen: &Screen) -> String {
    let frame = screen.frame();
    frame
        .lines()
        .next()
        .unwrap_or_default()
        .trim_end()
        .to_owned()
}

#[test]
fn the_line_names_the_charts() {
    let mut wide = screen(80, 24);
    assert!(
        first_line(&wide).starts_with("> Flow    Queues"),
        "{}",
        wide.frame()
    );
    wide.act(Action::NextChart);
    assert!(first_line(&wide).contains("> Queues"), "{}", wide.frame());
    wide.act(Action::PreviousChart);
    wide.act(Action::PreviousChart);
    let last = CHARTS[CHARTS.len() - 1];
    assert!(first_line(&wide).contains(&format!("> {}", last.title)));
    let narrow = screen(20, 8);
    assert_eq!(first_line(&narrow), format!("> Flow 1/{}", CHARTS.len()));
    wide.maximized = true;
    assert!(!first_line(&wide).contains("> Flow"));
}

#[test]
fn each_chart_asks_for_itself_and_ignores_the_answers_of_others() {
    let mut screen = screen(120, 30);
    for spec in CHARTS {
        let (slot, request) = screen.requests().swap_remove(0);
        let other = if request.get::<FlowQuery>().is_some() {
            engine(SUPPORT)(&Request::new(WeekQuery { medians: false }))
        } else {
            engine(SUPPORT)(&Request::new(FlowQuery {
                bins: 9,
                range: None,
            }))
        };
        let other = other.expect("an answer");
        assert!(
            screen.frame().contains("Counting") || spec.id == "flow",
            "{}",
            spec.id
        );
        screen.pane.receive(slot, Ok(other));
        screen.answered(engine(SUPPORT));
        assert!(!screen.frame().contains("Counting"), "{}", spec.id);
        assert!(screen.command().is_some(), "{}", spec.id);
        assert!(!screen.pane.hints().is_empty());
        screen.act(Action::NextChart);
    }
    assert!(first_line(&screen).starts_with("> Flow"));
}

#[test]
fn the_place_is_that_of_the_chart() {
    let mut one = screen(120, 30);
    one.act(Action::NextChart);
    one.answered(engine(SUPPORT));
    one.act(Action::MoveDown);
    one.act(Action::ToggleAxis);
    let place = one.pane.place();
    assert!(place.subject.starts_with("queues resource "), "{place:?}");
    let mut other = screen(120, 30);
    other.pane.go_to(&place);
    assert_eq!(other.pane.place(), place);
    other.pane.go_to(&crate::panes::Place::default());
    assert_eq!(other.pane.place(), place);
}

#[test]
fn an_error_is_told_in_every_chart() {
    let mut screen = Screen::new((super::SPEC.new)(), 60, 9);
    for spec in CHARTS {
        screen.answered(|_| Err::<Answer, _>(AskError::Internal("it broke".into())));
        assert!(
            screen.frame().contains("it broke"),
            "{}: {}",
            spec.id,
            screen.frame()
        );
        screen.act(Action::NextChart);
    }
}

#[test]
fn no_size_panics() {
    let mut screen = screen(100, 30);
    for _ in CHARTS {
        screen.answered(engine(SUPPORT));
        screen.at_every_size();
        screen.act(Action::ToggleAxis);
        screen.answered(engine(SUPPORT));
        screen.act(Action::SwitchFocus);
        screen.at_many_sizes();
        screen.maximized = !screen.maximized;
        screen.at_many_sizes();
        assert_eq!(screen.act(Action::NextChart), Outcome::Done);
    }
}

#[test]
fn a_log_of_one_event_has_charts() {
    let mut screen = Screen::new((super::SPEC.new)(), 80, 24);
    for _ in CHARTS {
        screen.answered(engine("1: Open"));
        screen.frame();
        for action in [
            Action::ZoomIn,
            Action::ZoomOut,
            Action::MoveLeft,
            Action::MoveRight,
        ] {
            screen.act(action);
            screen.answered(engine("1: Open"));
        }
        screen.act(Action::Open);
        screen.at_many_sizes();
        screen.act(Action::NextChart);
    }
}
