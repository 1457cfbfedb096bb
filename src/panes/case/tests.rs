//! Keys and frames of the case pane.

use super::SPEC;
use crate::engine::{
    Answer, AskError, CaseDetail, CaseQuery, Mark, MarkKind, OpenCase, Request, State,
};
use crate::input::Action;
use crate::panes::fixtures::{Screen, answer, case_detail, instance_detail, no_answer};
use crate::panes::{CopyWhat, Outcome, Place};
use crate::text::time::DAY;
use crate::ui::Theme;
use crate::ui::theme::Glyphs;

fn opened(width: u16, height: u16) -> Screen {
    let mut screen = Screen::new((SPEC.new)(), width, height);
    let place = Place {
        subject: "Case 4711".to_owned(),
        ..Place::default()
    };
    screen.pane.go_to(&place);
    screen
}

fn screen(width: u16, height: u16) -> Screen {
    let mut screen = opened(width, height);
    screen.answered(answer);
    screen
}

#[expect(clippy::unnecessary_wraps, reason = "as all that answers")]
fn instances(_: &Request) -> Result<Answer, AskError> {
    Ok(Answer::new::<CaseQuery>(instance_detail()))
}

fn emitted(outcome: Outcome) -> Action {
    match outcome {
        Outcome::Emit(mut actions) if actions.len() == 1 => actions.remove(0),
        other => panic!("{other:?}"),
    }
}

fn told(outcome: Outcome) -> String {
    match emitted(outcome) {
        Action::Notify(text) => text,
        other => panic!("{other:?}"),
    }
}

fn cursor(screen: &Screen) -> usize {
    screen.pane.place().cursor
}

#[test]
fn frames() {
    for (width, height) in [(80, 24), (120, 40), (160, 48), (20, 5)] {
        insta::assert_snapshot!(format!("{width}x{height}"), screen(width, height).frame());
    }
}

#[test]
fn frames_of_states() {
    let mut s = opened(120, 14);
    s.answered(instances);
    s.act(Action::ToggleAxis);
    insta::assert_snapshot!("instances_since_start", s.frame());

    let mut s = screen(120, 14);
    s.act(Action::GoToRow(5));
    for _ in 0..3 {
        s.act(Action::ZoomIn);
    }
    insta::assert_snapshot!("zoomed", s.frame());

    s.act(Action::SwitchFocus);
    s.act(Action::Bottom);
    s.act(Action::MoveUp);
    insta::assert_snapshot!("panel_focused", s.frame());
    insta::assert_snapshot!("panel_focused_styles", s.styles());

    s.theme = Theme::mono(Glyphs::ASCII);
    insta::assert_snapshot!("ascii", s.frame());
}

#[test]
fn times_are_as_exact_as_the_case() {
    let at = |micros: i64| {
        let mut s = opened(80, 24);
        s.answered(|_| {
            let mut detail = instance_detail();
            for (i, event) in detail.events.iter_mut().enumerate() {
                event.time = micros + i as i64 * 86_400_000_000;
            }
            Ok(Answer::new::<CaseQuery>(detail))
        });
        s.frame().lines().nth(2).map(str::to_owned).unwrap()
    };
    assert!(at(1_709_251_200_000_000).starts_with("> 2024-03-01  "));
    assert!(at(1_709_251_260_000_000).starts_with("> 2024-03-01 00:01  "));
    assert!(at(1_709_251_260_250_000).starts_with("> 2024-03-01 00:01:00  "));
}

/// Open since 20 days, with a milestone and deadlines.
fn open_detail() -> CaseDetail {
    let mut detail = case_detail();
    let start = detail.row.start;
    let mark = |day: i64, name: &str, kind: MarkKind| Mark {
        at: start + day * DAY,
        since: day as f64 * 86_400.0,
        name: name.to_owned(),
        kind,
    };
    let (after, working) = (3.0 * 86_400.0, false);
    detail.marks = vec![
        mark(
            3,
            "waited",
            MarkKind::Reached {
                after,
                working,
                guessed: false,
            },
        ),
        mark(10, "in ten days", MarkKind::Due(State::Overdue)),
        mark(24, "in \u{1b}time", MarkKind::Due(State::AtRisk)),
    ];
    detail.off = vec![(start + 12 * DAY, start + 17 * DAY)];
    detail.open = Some(OpenCase {
        now: start + 20 * DAY,
        age: 20.0 * 86_400.0,
        wait: 5.0 * 86_400.0,
    });
    detail
}

#[expect(clippy::unnecessary_wraps, reason = "as all that answers")]
fn open_case(_: &Request) -> Result<Answer, AskError> {
    Ok(Answer::new::<CaseQuery>(open_detail()))
}

#[test]
fn an_open_case_shows_now_and_its_deadlines() {
    let mut s = opened(100, 20);
    s.answered(open_case);
    insta::assert_snapshot!("open", s.frame());
    s.theme = Theme::mono(Glyphs::ASCII);
    insta::assert_snapshot!("open_ascii", s.frame());
}

/// At any height with room for three rows below the heads, an open case says that it is open, and how
/// long it waits.
#[test]
fn now_is_the_last_to_be_left_out() {
    for height in 5..30 {
        let mut s = opened(150, height);
        s.answered(open_case);
        for action in [Action::Top, Action::Bottom] {
            s.act(action);
            let frame = s.frame();
            let now: Vec<&str> = frame.lines().filter(|l| l.contains("still open")).collect();
            assert_eq!(now.len(), 1, "{height}\n{frame}");
            assert!(now[0].contains("5d 00h") && now[0].contains('│'), "{frame}");
            let marks = ["waited reached", "due, overdue", "due, at risk"];
            let shown = marks.iter().filter(|text| frame.contains(**text)).count();
            let says = frame.contains(&format!("+{} more", 3 - shown));
            assert_eq!(shown < 3, says, "{height}\n{frame}");
        }
    }
}

#[test]
fn nothing_to_show_says_why() {
    insta::assert_snapshot!("nothing_open", Screen::new((SPEC.new)(), 60, 4).frame());
    let mut s = opened(60, 4);
    s.answered(no_answer);
    insta::assert_snapshot!("unknown", s.frame());
}

#[test]
fn nothing_panics_at_any_size() {
    let mut s = screen(120, 40);
    s.at_every_size();
    for action in [
        Action::ZoomIn,
        Action::Bottom,
        Action::SwitchFocus,
        Action::Bottom,
    ] {
        s.act(action);
        s.at_many_sizes();
    }
    for answers in [instances, open_case] {
        let mut s = opened(120, 40);
        s.answered(answers);
        s.at_many_sizes();
    }
    Screen::new((SPEC.new)(), 80, 24).at_many_sizes();
}

#[test]
fn jumps_to_long_waits() {
    let mut s = screen(120, 40);
    // Waits of 0.5, 5.5, 66, 1, 191 and 96 hours: long from 88.5 hours on.
    s.act(Action::NextWait);
    assert_eq!(cursor(&s), 5);
    s.act(Action::NextWait);
    assert_eq!(cursor(&s), 6);
    assert!(told(s.act(Action::NextWait)).contains("after"));
    s.act(Action::PreviousWait);
    assert_eq!(cursor(&s), 5);
    assert!(told(s.act(Action::PreviousWait)).contains("before"));
}

#[test]
fn keeps_and_drops_what_is_under_the_cursor() {
    let mut s = screen(120, 40);
    s.act(Action::GoToRow(3));
    let wait = "\"Wait\"".to_owned();
    assert_eq!(
        emitted(s.act(Action::Keep)),
        Action::AddFilter(wait.clone())
    );
    assert_eq!(
        emitted(s.act(Action::Drop)),
        Action::AddFilter(format!("not {wait}"))
    );
    s.act(Action::SwitchFocus);
    let told_or_filter = |s: &mut Screen, action| match emitted(s.act(action)) {
        Action::AddFilter(text) | Action::Notify(text) => text,
        other => panic!("{other:?}"),
    };
    let expected = [
        wait,
        "No filter by the time of an event".to_owned(),
        "No filter by the wait before of an event".to_owned(),
        "Resource = \"Value 2\"".to_owned(),
        "seriousness = 1".to_owned(),
        "This event has no due".to_owned(),
    ];
    for expected in expected {
        assert_eq!(told_or_filter(&mut s, Action::Keep), expected);
        s.act(Action::MoveDown);
    }
    s.act(Action::Bottom);
    let dropped = told_or_filter(&mut s, Action::Drop);
    assert_eq!(dropped, "`case:channel` != \"phone\"");
    assert_eq!(told(s.act(Action::Open)), "case:channel: phone");
}

#[test]
fn the_time_looked_at_follows_the_cursor() {
    let mut s = screen(120, 14);
    for _ in 0..4 {
        s.act(Action::ZoomIn);
    }
    let zoomed = s.frame();
    s.act(Action::Bottom);
    assert_ne!(s.frame(), zoomed);
    assert!(s.frame().contains('●'));
    s.act(Action::ZoomFit);
    s.act(Action::Top);
    assert_eq!(s.frame(), screen(120, 14).frame());
    s.act(Action::ZoomOut);
    assert_eq!(s.frame(), screen(120, 14).frame());
}

#[test]
fn searches_events() {
    let mut s = screen(120, 40);
    s.act(Action::SetFind("wait".to_owned()));
    assert_eq!(cursor(&s), 2);
    s.act(Action::FindNext);
    assert_eq!(cursor(&s), 4);
    s.act(Action::FindNext);
    assert_eq!(cursor(&s), 2);
    s.act(Action::FindPrevious);
    assert_eq!(cursor(&s), 4);
    assert_eq!(s.pane.status().find, "wait");
    s.act(Action::SetFind("nowhere".to_owned()));
    assert!(told(s.act(Action::FindNext)).contains("matches"));
    assert_eq!(s.act(Action::Back), Outcome::Done);
    assert_eq!(s.act(Action::Back), Outcome::Ignored);
}

#[test]
fn another_case_is_another_question() {
    let mut s = screen(120, 40);
    s.act(Action::Bottom);
    s.pane.go_to(&Place {
        subject: "Case 1".to_owned(),
        ..Place::default()
    });
    assert!(!s.frame().contains("Resolve"));
    let asked = &s.requests()[0].1;
    assert_eq!(
        asked.get::<CaseQuery>().map(|query| query.case.as_str()),
        Some("Case 1")
    );
    s.answered(answer);
    assert_eq!((cursor(&s), s.frame().contains("Resolve")), (0, true));
    assert!(Screen::new((SPEC.new)(), 80, 24).requests().is_empty());
}

#[test]
fn copies_and_command() {
    let mut s = screen(120, 40);
    assert_eq!(s.command().as_deref(), Some("events --case-id Case 4711"));
    s.act(Action::MoveDown);
    let row = s.copy(CopyWhat::Row).unwrap();
    let expected = [
        "2024-03-01 12:30:00",
        "30m 00s",
        "Take in charge ticket",
        "Value 1",
        "0.5",
        "phone",
        "2024-03-21 12:00:00",
        "says\\u{1b}[31m\\tred \\u{202e}אבג 日本語",
    ];
    assert_eq!(row.split('\t').collect::<Vec<&str>>(), expected);
    assert_eq!(
        s.copy(CopyWhat::Cell).as_deref(),
        Some("Take in charge ticket")
    );
    let view = s.copy(CopyWhat::View).unwrap();
    assert_eq!(view.lines().count(), 8);
    assert!(!view.contains('\x1b'));
}
