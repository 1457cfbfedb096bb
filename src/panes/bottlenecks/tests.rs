//! The bottlenecks pane: answers in, keys, frames out.

use crate::engine::AskError;
use crate::input::Action;
use crate::panes::fixtures::{SUPPORT, Screen, engine};
use crate::panes::{CopyWhat, Outcome};

fn screen(width: u16, height: u16) -> Screen {
    let mut screen = Screen::new((super::SPEC.new)(), width, height);
    screen.answered(engine(SUPPORT));
    screen
}

#[test]
fn frames() {
    insta::assert_snapshot!("80x24", screen(80, 24).frame());
    insta::assert_snapshot!("160x30", screen(160, 30).frame());
    insta::assert_snapshot!("20x5", screen(20, 5).frame());
}

#[test]
fn an_empty_log_and_an_error_are_told() {
    let mut empty = Screen::new((super::SPEC.new)(), 60, 8);
    empty.answered(engine("1: Open"));
    assert!(
        empty.frame().contains("no steps between events"),
        "{}",
        empty.frame()
    );
    let mut failed = Screen::new((super::SPEC.new)(), 60, 8);
    failed.answered(|_| Err(AskError::Internal("it broke".into())));
    assert!(failed.frame().contains("it broke"), "{}", failed.frame());
}

#[test]
fn no_size_panics() {
    let mut screen = screen(120, 40);
    screen.at_every_size();
    screen.act(Action::SwitchFocus);
    screen.at_every_size();
}

#[test]
fn the_most_time_is_lost_first() {
    let mut screen = screen(80, 24);
    // 699,400 s in case 2, 799,100 s in case 3.
    let row = screen.copy(CopyWhat::Row);
    assert_eq!(
        row.as_deref(),
        Some("Wait\tSolve\t1498500\t0.8866837672077893\t\t749250\t789130\t\t2\t749250\t2")
    );
    let emit = |action| Outcome::Emit(vec![action]);
    let filter = "\"Wait\" -> \"Solve\"";
    assert_eq!(
        screen.act(Action::Keep),
        emit(Action::AddFilter(filter.into()))
    );
    assert_eq!(
        screen.act(Action::Drop),
        emit(Action::AddFilter(format!("not {filter}")))
    );
}

#[test]
fn activities_and_resources_are_ranked_too() {
    let mut screen = screen(120, 24);
    assert_eq!(screen.act(Action::NextChart), Outcome::Done);
    screen.answered(engine(SUPPORT));
    let place = screen.pane.place();
    assert_eq!(place.subject, "activities");
    let frame = screen.frame();
    assert!(frame.contains("[activities]"), "{frame}");
    let keep = screen.act(Action::Keep);
    let emit = |filter: &str| Outcome::Emit(vec![Action::AddFilter(filter.into())]);
    assert_eq!(keep, emit("queued \"Solve\""));
    screen.act(Action::NextChart);
    screen.answered(engine(SUPPORT));
    let frame = screen.frame();
    assert!(frame.contains("no waits for resources"), "{frame}");
    screen.act(Action::PreviousChart);
    screen.act(Action::PreviousChart);
    assert_eq!(screen.pane.place().subject, "steps");
    screen.pane.go_to(&place);
    assert_eq!(screen.pane.place().subject, "activities");
}

#[test]
fn waits_that_cannot_be_changed_are_left_out_and_classed_by_keys() {
    let mut screen = screen(120, 24);
    let class = |wait: &str, class: &'static str| {
        Outcome::Emit(vec![Action::ClassWait {
            wait: wait.to_owned(),
            class,
            usual: false,
        }])
    };
    let wait = "\"Wait\" -> \"Solve\"";
    assert_eq!(screen.act(Action::NextAspect), class(wait, "resolved"));
    // All, those that can be changed, the others.
    let frames = ["changeable", "apart"].map(|subject| {
        assert_eq!(screen.act(Action::ToggleAxis), Outcome::Done);
        screen.answered(engine(SUPPORT));
        assert_eq!(screen.pane.place().subject, format!("steps {subject}"));
        let command = screen.command().unwrap_or_default();
        assert!(command.contains(&format!("--waits {subject}")), "{command}");
        screen.frame()
    });
    let [changeable, apart] = &frames;
    for (frame, words, there) in [
        (
            changeable,
            "Left out: 11.0% of the wait, 1 step (1 guessed)",
            true,
        ),
        (changeable, "Solve          Close", false),
        (apart, "Not changeable: 11.0%", true),
        (apart, "Solve > Close: after resolution (guess)", true),
        (apart, "Assign ", false),
    ] {
        assert_eq!(frame.contains(words), there, "{words}\n{frame}");
    }
    let wait = "\"Solve\" -> \"Close\"";
    assert_eq!(screen.act(Action::NextAspect), class(wait, "customer"));
    screen.at_every_size();
    let place = screen.pane.place();
    screen.act(Action::ToggleAxis);
    screen.act(Action::NextChart);
    screen.answered(engine(SUPPORT));
    assert_eq!(screen.pane.place().subject, "activities");
    let next = screen.act(Action::NextAspect);
    assert_eq!(next, class("\"Solve\"", "resolved"));
    screen.pane.go_to(&place);
    assert_eq!(screen.pane.place().subject, "steps apart");
}

#[test]
fn in_the_detail_the_slowest_cases_are_opened() {
    let mut screen = screen(120, 40);
    screen.act(Action::SwitchFocus);
    assert_eq!(
        screen.act(Action::Open),
        Outcome::Emit(vec![Action::OpenCase("3".into())])
    );
    screen.act(Action::MoveDown);
    assert_eq!(
        screen.act(Action::Open),
        Outcome::Emit(vec![Action::OpenCase("2".into())])
    );
    assert_eq!(screen.act(Action::Back), Outcome::Done);
    assert_eq!(screen.act(Action::Back), Outcome::Ignored);
}
