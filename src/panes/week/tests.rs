//! The week chart: answers in, keys, frames out.

use crate::engine::{Answer, Request, WeekQuery};
use crate::input::Action;
use crate::panes::fixtures::{SUPPORT, Screen, engine};
use crate::panes::{CopyWhat, Outcome};
use crate::ui::Theme;
use crate::ui::theme::Glyphs;

fn screen(width: u16, height: u16) -> Screen {
    let mut screen = Screen::new((super::SPEC.new)(), width, height);
    screen.answered(engine(SUPPORT));
    screen
}

#[test]
fn frames() {
    insta::assert_snapshot!("80x24", screen(80, 24).frame());
    insta::assert_snapshot!("160x30", screen(160, 30).frame());
    insta::assert_snapshot!("24x6", screen(24, 6).frame());
    let mut waiting = screen(160, 14);
    for _ in 0..3 {
        waiting.act(Action::ToggleAxis);
    }
    waiting.theme = Theme::mono(Glyphs::ASCII);
    insta::assert_snapshot!("waiting_ascii", waiting.frame());
}

#[test]
fn a_sum_is_never_cut() {
    let mut screen = Screen::new((super::SPEC.new)(), 160, 30);
    let support = engine(SUPPORT);
    screen.answered(|request| {
        let mut week = support(request)?
            .to::<WeekQuery>()
            .expect("hours of the week")
            .clone();
        week.cells[0].arrivals = 20_541_778;
        Ok(Answer::new::<WeekQuery>(week))
    });
    let frame = screen.frame();
    assert!(frame.contains("20.5M"), "{frame}");
    let (cut, whole) = ("20,541,77", "20,541,778");
    assert_eq!(
        frame.matches(cut).count(),
        frame.matches(whole).count(),
        "{frame}"
    );
}

#[test]
fn an_hour_leads_to_its_cases() {
    let mut screen = screen(80, 24);
    let emit = |filter: &str| Outcome::Emit(vec![Action::AddFilter(filter.into())]);
    screen.act(Action::MoveDown);
    screen.act(Action::MoveRight);
    let started = "start.weekday = tue and start.hour = 1";
    assert_eq!(screen.act(Action::Keep), emit(started));
    assert_eq!(screen.act(Action::Drop), emit(&format!("not ({started})")));
    screen.act(Action::ToggleAxis);
    let ended = "end.weekday = tue and end.hour = 1 and ends with \"Close\"";
    assert_eq!(screen.act(Action::Keep), emit(ended));
    screen.act(Action::ToggleAxis);
    assert!(
        matches!(screen.act(Action::Open), Outcome::Emit(told) if matches!(told[0], Action::Notify(_)))
    );
}

#[test]
fn medians_are_asked_for_where_they_are_shown() {
    let mut screen = screen(80, 24);
    for wanted in [false, false, false, false, true, false] {
        let (_, request) = screen.requests().swap_remove(0);
        assert_eq!(request, Request::new(WeekQuery { medians: wanted }));
        screen.act(Action::ToggleAxis);
    }
}

#[test]
fn the_cursor_stays_in_the_week() {
    let mut screen = screen(80, 24);
    screen.act(Action::MoveUp);
    screen.act(Action::MoveLeft);
    assert!(
        screen
            .copy(CopyWhat::Row)
            .is_some_and(|row| row.starts_with("mon\t0\t1\t"))
    );
    screen.act(Action::Bottom);
    screen.act(Action::MoveDown);
    screen.act(Action::MoveRight);
    assert!(
        screen
            .copy(CopyWhat::Row)
            .is_some_and(|row| row.starts_with("sun\t23\t0\t"))
    );
    let place = screen.pane.place();
    screen.act(Action::Top);
    screen.pane.go_to(&place);
    assert_eq!(screen.pane.status().position, Some((168, 168)));
}

#[test]
fn copies_are_in_working_time_as_the_screen_is() {
    let mut screen = screen(160, 30);
    for _ in 0..3 {
        screen.act(Action::ToggleAxis);
    }
    screen.view.calendar = Some("office".to_owned());
    let mut seen = Vec::new();
    for _ in 0..7 {
        for _ in 0..24 {
            seen.extend(screen.copy(CopyWhat::Cell));
            screen.act(Action::MoveRight);
        }
        screen.act(Action::MoveDown);
        for _ in 0..24 {
            screen.act(Action::MoveLeft);
        }
    }
    assert!(seen.iter().any(|text| text.ends_with('h')), "{seen:?}");
    assert!(seen.iter().all(|text| !text.contains('d')), "{seen:?}");
    let frame = screen.frame();
    assert!(!frame.contains("8d"), "{frame}");
}
