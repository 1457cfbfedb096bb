//! The dotted chart: answers in, keys, frames out.

use crate::engine::{AskError, DottedQuery};
use crate::input::Action;
use crate::panes::Outcome;
use crate::panes::fixtures::{SUPPORT, Screen, engine};

fn screen(log: &str, width: u16, height: u16) -> Screen {
    let mut screen = Screen::new((super::SPEC.new)(), width, height);
    screen.answered(engine(log));
    screen
}

fn act(screen: &mut Screen, action: Action) -> Outcome {
    let outcome = screen.act(action);
    screen.answered(engine(SUPPORT));
    outcome
}

/// Forty cases: two at each start, of two activities, the second an hour later.
fn many() -> String {
    let case = |i: i64| {
        let start = (i / 2) * 7_200;
        let middle = ["Reply", "Call"][i as usize % 2];
        format!(
            "c{i:02}: Open {middle} Close @{start} +3600 +{};",
            7_200 + i
        )
    };
    (0..40).map(case).collect()
}

#[test]
fn frames() {
    insta::assert_snapshot!("80x24", screen(SUPPORT, 80, 24).frame());
    insta::assert_snapshot!("140x20", screen(&many(), 140, 20).frame());
    insta::assert_snapshot!("20x5", screen(SUPPORT, 20, 5).frame());
    let mut relative = screen(SUPPORT, 100, 18);
    act(&mut relative, Action::ToggleAxis);
    act(&mut relative, Action::SortBy(2));
    insta::assert_snapshot!("relative", relative.frame());
}

#[test]
fn an_empty_log_and_an_error_are_told() {
    let empty = screen("", 60, 8);
    assert!(empty.frame().contains("no cases"), "{}", empty.frame());
    let mut failed = Screen::new((super::SPEC.new)(), 60, 8);
    failed.answered(|_| Err(AskError::Internal("it broke".into())));
    assert!(failed.frame().contains("it broke"), "{}", failed.frame());
}

#[test]
fn no_size_panics() {
    let mut screen = screen(SUPPORT, 120, 40);
    screen.at_every_size();
    for action in [Action::ZoomIn, Action::ToggleAxis, Action::Bottom] {
        act(&mut screen, action);
        screen.at_many_sizes();
    }
}

fn emit(action: Action) -> Outcome {
    Outcome::Emit(vec![action])
}

#[test]
fn a_row_of_one_case_opens_it() {
    let mut screen = screen(SUPPORT, 100, 24);
    assert_eq!(screen.act(Action::Open), emit(Action::OpenCase("1".into())));
    act(&mut screen, Action::MoveDown);
    // Nothing is at its first column: the cursor is at its first events.
    assert_eq!(screen.act(Action::Open), emit(Action::OpenCase("2".into())));
    let only = Action::AddFilter("case = \"2\"".into());
    assert_eq!(screen.act(Action::Keep), emit(only));
    act(&mut screen, Action::MoveRight);
    let words = screen.frame().lines().rev().nth(1).unwrap().to_owned();
    assert!(words.contains("1 event of 1 case, Solve"), "{words}");
    act(&mut screen, Action::MoveRight);
    assert!(screen.frame().contains(&words), "there are no more");
    // Rows have events elsewhere; the instant is remembered.
    act(&mut screen, Action::MoveUp);
    act(&mut screen, Action::MoveDown);
    assert!(screen.frame().contains(&words));
}

#[test]
fn a_cell_becomes_a_filter() {
    // Ten rows of four cases, which no tie cuts.
    let mut screen = screen(&many(), 100, 17);
    assert!(
        screen.frame().contains("4 cases per row"),
        "{}",
        screen.frame()
    );
    let filter = "time in 2024-01-01T00:00:00Z..2024-01-01T00:30:00Z and \
                  start >= 2024-01-01T00:00:00Z and start <= 2024-01-01T02:00:00Z";
    assert_eq!(
        screen.act(Action::Open),
        emit(Action::Drill {
            filter: filter.into(),
            pane: "cases",
            crumb: "2 cases".into()
        })
    );
    let drop = format!("not ({filter})");
    assert_eq!(screen.act(Action::Drop), emit(Action::AddFilter(drop)));
    // By events all cases are the same: they are named.
    screen.act(Action::SortBy(3));
    screen.answered(engine(&many()));
    let named = "case in (\"c00\", \"c01\")";
    assert_eq!(
        screen.act(Action::Keep),
        emit(Action::AddFilter(named.into()))
    );
    // Before they are known by name, more come along, which is said.
    let Outcome::Done = screen.act(Action::MoveDown) else {
        panic!("it moves")
    };
    let Outcome::Emit(actions) = screen.act(Action::Open) else {
        panic!("there are events")
    };
    let crumb = "neighbors that sort the same";
    assert!(format!("{actions:?}").contains(crumb), "{actions:?}");
    let chart = &screen.requests()[0].1;
    assert!(chart.get::<DottedQuery>().is_some());
}

#[test]
fn since_the_start_of_the_case() {
    let mut screen = screen(&many(), 100, 17);
    screen.act(Action::ToggleAxis);
    screen.answered(engine(&many()));
    let filter = "time after 0s within 1m59s999ms999us and \
                  start >= 2024-01-01T00:00:00Z and start <= 2024-01-01T02:00:00Z";
    assert_eq!(
        screen.act(Action::Keep),
        emit(Action::AddFilter(filter.into()))
    );
    assert_eq!(
        screen.command().unwrap(),
        "dotted --by start --rows 10 --columns 83 --legend 9 --relative"
    );
}

#[test]
fn a_closer_look_stays_at_the_cursor_and_is_kept() {
    let log = many();
    let mut screen = screen(&log, 100, 17);
    for action in [Action::MoveDown, Action::MoveDown, Action::ZoomIn] {
        screen.act(action);
        screen.answered(engine(&log));
    }
    assert!(
        screen.frame().contains("20 of 40 cases"),
        "{}",
        screen.frame()
    );
    let (place, frame) = (screen.pane.place(), screen.frame());
    screen.act(Action::ZoomFit);
    screen.answered(engine(&log));
    assert!(screen.frame().contains(" 40 cases") || screen.frame().starts_with("40 cases"));
    screen.pane.go_to(&place);
    screen.answered(engine(&log));
    assert_eq!(screen.frame(), frame);
    screen.act(Action::Bottom);
    screen.answered(engine(&log));
    assert_eq!(screen.pane.status().position, Some((39, 40)));
    screen.act(Action::Top);
    screen.answered(engine(&log));
    assert_eq!(screen.pane.status().position, Some((1, 40)));
}
