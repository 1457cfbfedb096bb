//! The map: answers in, keys, frames out.

use crate::engine::{Analysis, Answer, AskError, Cancel, Request, View};
use crate::event_log::Progress;
use crate::formats::ImportReport;
use crate::input::Action;
use crate::panes::fixtures::Screen;
use crate::panes::{CopyWhat, Outcome};
use crate::test_support::log;
use crate::ui::Theme;
use crate::ui::theme::Glyphs;
use std::fmt::Write;

/// Ways through a desk, with how many cases take each.
const WAYS: [(&str, usize); 6] = [
    ("Assign Take_in_charge Resolve_the_ticket Closed", 60),
    ("Assign Take_in_charge Wait Resolve_the_ticket Closed", 20),
    (
        "Assign Take_in_charge Wait Take_in_charge Resolve_the_ticket Closed",
        9,
    ),
    (
        "Insert Assign Assign Take_in_charge Resolve_the_ticket Closed",
        6,
    ),
    (
        "Assign Take_in_charge Require_upgrade Resolve_the_ticket Take_in_charge Closed",
        3,
    ),
    ("Assign Resolve_the_ticket", 2),
];

fn analysis() -> Analysis {
    let mut text = String::new();
    for (way, (steps, cases)) in WAYS.iter().enumerate() {
        for case in 0..*cases {
            let seconds =
                (0..steps.split(' ').count()).map(|at| format!(" +{}", at * (3600 + 60 * case)));
            let seconds: Vec<String> = seconds.skip(1).collect();
            let _ = write!(
                text,
                "{way}-{case}: {steps} @{}{}; ",
                case * 86_400,
                seconds.concat()
            );
        }
    }
    let (report, progress) = (ImportReport::default(), Progress::default());
    Analysis::new("desk".into(), log(&text), report, chrono_tz::UTC, &progress).unwrap()
}

/// Answers about a view of the log.
fn answers(view: View) -> impl Fn(&Request) -> Result<Answer, AskError> {
    let analysis = analysis();
    move |request| analysis.answer(&view, request, &Cancel::never())
}

fn screen(width: u16, height: u16) -> Screen {
    let mut screen = Screen::new((super::SPEC.new)(), width, height);
    screen.answered(answers(View::default()));
    screen
}

fn act(screen: &mut Screen, actions: &[Action]) {
    for action in actions {
        screen.act(action.clone());
        screen.answered(answers(View::default()));
    }
}

#[test]
fn frames() {
    let mut narrow = screen(80, 24);
    insta::assert_snapshot!("80x24", narrow.frame());
    act(&mut narrow, &[Action::MoveDown, Action::MoveDown]);
    insta::assert_snapshot!("80x24_assign", narrow.frame());
    let mut wide = screen(160, 48);
    act(
        &mut wide,
        &[Action::MoveDown, Action::MoveDown, Action::MoveDown],
    );
    insta::assert_snapshot!("160x48_edge", wide.frame());
    act(
        &mut wide,
        &[Action::ToggleAxis, Action::ToggleAxis, Action::ToggleAxis],
    );
    insta::assert_snapshot!("160x48_median", wide.frame());
    insta::assert_snapshot!("40x10", screen(40, 10).frame());
    let mut ascii = screen(100, 30);
    ascii.theme = Theme::mono(Glyphs::ASCII);
    act(&mut ascii, &[Action::MoveDown]);
    insta::assert_snapshot!("100x30_ascii", ascii.frame());
}

#[test]
fn parts_are_hidden_and_shown() {
    let mut screen = screen(80, 24);
    let all = screen.frame();
    assert!(all.contains("activities 7 of 7"), "{all}");
    act(&mut screen, &[const { Action::FewerActivities }; 2]);
    let part = screen.frame();
    insta::assert_snapshot!("80x24_part", part);
    assert!(
        part.contains("activities 5 of 7") && part.contains('~'),
        "{part}"
    );
    act(&mut screen, &[const { Action::FewerPaths }; 30]);
    assert!(
        screen.command().is_some_and(|c| c.contains("--paths 0%")),
        "{:?}",
        screen.command()
    );
    act(&mut screen, &[Action::ZoomFit]);
    assert_eq!(screen.frame(), all);
}

#[test]
fn the_cursor_walks_steps_and_activities() {
    let mut screen = screen(80, 24);
    let mut at = Vec::new();
    for _ in 0..8 {
        at.push(screen.copy(CopyWhat::Cell).unwrap());
        act(&mut screen, &[Action::MoveDown]);
    }
    assert_eq!(
        at[..6],
        [
            "start",
            "start > Assign",
            "Assign",
            "Assign > Take_in_charge",
            "Take_in_charge",
            "Take_in_charge > Resolve_the_ticket"
        ]
    );
    act(&mut screen, &[Action::Bottom]);
    assert_eq!(screen.copy(CopyWhat::Cell).unwrap(), "end");
    act(&mut screen, &[Action::MoveUp, Action::MoveUp]);
    assert_eq!(screen.copy(CopyWhat::Cell).unwrap(), "Closed");
    let place = screen.pane.place();
    act(&mut screen, &[Action::Top]);
    screen.pane.go_to(&place);
    assert_eq!(screen.copy(CopyWhat::Cell).unwrap(), "Closed");
}

/// Every item is reached by the keys that move, from wherever the cursor is.
#[test]
fn no_item_is_out_of_reach() {
    let mut screen = screen(80, 24);
    let mut met = std::collections::BTreeSet::new();
    let mut todo = vec![screen.pane.place()];
    while let Some(place) = todo.pop() {
        if !met.insert(place.item.clone()) {
            continue;
        }
        for action in [
            Action::MoveUp,
            Action::MoveDown,
            Action::MoveLeft,
            Action::MoveRight,
        ] {
            screen.pane.go_to(&place);
            screen.act(action);
            todo.push(screen.pane.place());
        }
    }
    // Seven activities, start and end, and the paths; the first place is without an item.
    let paths = screen.frame();
    let paths = paths
        .split("paths ")
        .nth(1)
        .and_then(|rest| rest.split(' ').next());
    let paths: usize = paths.unwrap().parse().unwrap();
    met.remove("");
    assert_eq!(met.len(), 9 + paths, "{met:?}");
}

#[test]
fn items_lead_to_their_cases() {
    let mut screen = screen(80, 24);
    let keeps = |filter: &str| Outcome::Emit(vec![Action::AddFilter(filter.to_owned())]);
    assert!(
        matches!(screen.act(Action::Keep), Outcome::Emit(told) if matches!(told[0], Action::Notify(_)))
    );
    act(&mut screen, &[Action::MoveDown]);
    assert_eq!(screen.act(Action::Keep), keeps("starts with \"Assign\""));
    act(&mut screen, &[Action::MoveDown]);
    assert_eq!(screen.act(Action::Drop), keeps("not \"Assign\""));
    act(&mut screen, &[Action::MoveDown]);
    assert_eq!(
        screen.act(Action::Keep),
        keeps("\"Assign\" -> \"Take_in_charge\"")
    );
    let opened = screen.act(Action::Open);
    assert!(matches!(opened, Outcome::Emit(told) if matches!(told[0], Action::Drill { .. })));
}

#[test]
fn two_activities_or_a_step_cut_the_cases() {
    let mut screen = screen(80, 24);
    let cut = |part: &str| Outcome::Emit(vec![Action::AddEventFilter(part.to_owned())]);
    act(
        &mut screen,
        &[Action::MoveDown, Action::MoveDown, Action::ToggleRow],
    );
    assert!(screen.frame().contains("*Assign"), "{}", screen.frame());
    act(
        &mut screen,
        &[Action::Bottom, Action::MoveUp, Action::MoveUp],
    );
    assert_eq!(
        screen.act(Action::Trim),
        cut("between \"Assign\" and \"Closed\"")
    );
    assert!(
        matches!(screen.act(Action::Trim), Outcome::Emit(told) if matches!(told[0], Action::Notify(_)))
    );
    act(&mut screen, &[Action::MoveUp]);
    assert_eq!(
        screen.act(Action::Trim),
        cut("between \"Resolve_the_ticket\" and \"Closed\"")
    );
}

#[test]
fn a_search_goes_to_activities() {
    let mut screen = screen(80, 24);
    act(&mut screen, &[Action::SetFind("ch".to_owned())]);
    assert_eq!(screen.copy(CopyWhat::Cell).unwrap(), "Take_in_charge");
    act(&mut screen, &[Action::SetFind("'re".to_owned())]);
    assert_eq!(screen.copy(CopyWhat::Cell).unwrap(), "Require_upgrade");
    act(&mut screen, &[Action::FindNext]);
    assert_eq!(screen.copy(CopyWhat::Cell).unwrap(), "Resolve_the_ticket");
}

#[test]
fn two_selections_are_compared_on_one_map() {
    let view = View {
        filters: vec!["\"Wait\"".to_owned()],
        versus: Some(vec!["not \"Wait\"".to_owned()]),
        ..View::default()
    };
    let mut screen = Screen::new(super::SPEC.versus.unwrap()(), 100, 30);
    screen.answered(answers(view));
    insta::assert_snapshot!("100x30_versus", screen.frame());
}

#[test]
fn the_list_has_all_items() {
    let mut screen = screen(80, 40);
    act(&mut screen, &[Action::NextChart, Action::MoveDown]);
    insta::assert_snapshot!("80x40_list", screen.frame());
}

#[test]
fn shades_follow_a_figure_of_their_own() {
    let mut screen = screen(80, 40);
    act(&mut screen, &[Action::NextAspect]);
    let frame = screen.frame();
    assert!(frame.contains("c: shade by cases: ░▒▓█"), "{frame}");
    assert!(frame.contains("█100") && frame.contains("█94"), "{frame}");
    act(&mut screen, &[Action::NextChart]);
    insta::assert_snapshot!("80x40_list_shaded", screen.frame());
    // Characters say what colors say, and `a` changes what is written, not what is shaded.
    act(&mut screen, &[Action::ToggleAxis]);
    assert!(
        screen.frame().contains("shade by cases"),
        "{}",
        screen.frame()
    );
    let place = screen.pane.place();
    for _ in 0..7 {
        act(&mut screen, &[Action::NextAspect]);
    }
    assert!(!screen.frame().contains("shade by"), "{}", screen.frame());
    screen.pane.go_to(&place);
    assert!(
        screen.frame().contains("shade by cases"),
        "{}",
        screen.frame()
    );
}

#[test]
fn moves_of_conformance_are_on_the_map() {
    let mut screen = screen(160, 48);
    assert!(
        screen
            .requests()
            .iter()
            .all(|(slot, _)| *slot != super::state::MOVES)
    );
    act(&mut screen, &[const { Action::ToggleAxis }; 6]);
    act(&mut screen, &[const { Action::MoveDown }; 4]);
    let frame = screen.frame();
    assert!(frame.contains("a: missing moves by top 1"), "{frame}");
    // The 2 cases that are not taken in charge.
    assert!(
        frame.contains("missing moves") && frame.contains("in both"),
        "{frame}"
    );
    insta::assert_snapshot!("160x48_missing", frame);
    act(&mut screen, &[Action::ToggleAxis]);
    assert!(
        screen.frame().contains("a: extra moves by top 1"),
        "{}",
        screen.frame()
    );
}

#[test]
fn a_list_may_be_wanted_in_place_of_the_picture() {
    let mut screen = screen(160, 48);
    assert!(!screen.command().unwrap().contains("--plain"));
    screen.plain = true;
    let list = screen.frame();
    assert!(
        list.contains("→ Assign") && !list.contains("[Assign"),
        "{list}"
    );
    assert!(screen.command().unwrap().contains("--plain --figure cases"));
    act(&mut screen, &[Action::NextChart]);
    assert!(screen.frame().contains("[Assign"), "{}", screen.frame());
    // The picture was asked for by key, so that the place remembers it.
    let place = screen.pane.place();
    act(&mut screen, &[Action::NextChart]);
    screen.pane.go_to(&place);
    assert!(screen.frame().contains("[Assign"), "{}", screen.frame());
}

#[test]
fn each_answer_says_why_it_is_missing() {
    let answers = answers(View::default());
    let mut screen = screen(100, 30);
    act(&mut screen, &[const { Action::ToggleAxis }; 6]);
    for (slot, request) in screen.requests() {
        let answer = match slot {
            super::state::TIMES | super::state::MOVES => {
                Err(AskError::Internal(format!("slot {slot}")))
            }
            _ => answers(&request),
        };
        screen.pane.receive(slot, answer);
    }
    let frame = screen.frame();
    for text in [
        "times of steps: internal error: slot 1",
        "moves: internal error: slot 4",
        "[Assign",
    ] {
        assert!(frame.contains(text), "{text}: {frame}");
    }
    // A figure that is not shown any more lacks nothing.
    act(&mut screen, &[const { Action::ToggleAxis }; 2]);
    let frame = screen.frame();
    assert!(!frame.contains("moves: internal"), "{frame}");
    act(&mut screen, &[const { Action::ToggleAxis }; 6]);
    // The times have come; the map itself is missing.
    for (slot, request) in screen.requests() {
        let answer = match slot {
            super::state::MAP => Err(AskError::Internal("no map".to_owned())),
            _ => answers(&request),
        };
        screen.pane.receive(slot, answer);
    }
    let frame = screen.frame();
    assert!(
        frame.contains("no map") && !frame.contains("slot"),
        "{frame}"
    );
    screen.answered(answers);
    assert!(
        !screen.frame().contains("internal error"),
        "{}",
        screen.frame()
    );
}

#[test]
fn nothing_panics_at_any_size() {
    let mut screen = screen(80, 24);
    screen.at_every_size();
    act(&mut screen, &[Action::NextChart]);
    screen.at_every_size();
    let mut empty = Screen::new((super::SPEC.new)(), 80, 24);
    empty.at_many_sizes();
    empty.act(Action::MoveDown);
    empty.act(Action::MoveRight);
    empty.act(Action::FindNext);
    let none = View {
        filters: vec!["events > 99".to_owned()],
        ..View::default()
    };
    empty.answered(answers(none));
    empty.at_many_sizes();
}
