//! The activities pane: answers in, keys, frames out.

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
    empty.answered(engine(""));
    assert!(
        empty.frame().contains("The log has no activities."),
        "{}",
        empty.frame()
    );
    let mut failed = Screen::new((super::SPEC.new)(), 60, 8);
    failed.answered(|_| Err(AskError::Internal("it broke".into())));
    assert!(failed.frame().contains("it broke"), "{}", failed.frame());
}

/// The line below the list: of the row under the cursor, and only where there is room.
#[test]
fn what_a_row_leaves_is_said_below_the_list() {
    let mut screen = screen(120, 24);
    let line = |screen: &Screen| {
        let frame = screen.frame();
        let line = frame.lines().find(|line| line.starts_with("+ leaves"));
        line.map(|line| line.split('│').next().unwrap_or_default().trim().to_owned())
    };
    let first = line(&screen).expect("the line");
    screen.act(Action::Bottom);
    // Until its own answer comes there is no figure of another row.
    assert_eq!(line(&screen), None);
    screen.answered(engine(SUPPORT));
    let last = line(&screen).expect("the line");
    assert_ne!(first, last);
    assert!(last.contains(" cases · median "), "{last}");
    screen.area.width = 40;
    screen.answered(engine(SUPPORT));
    assert_eq!(line(&screen), None);
}

#[test]
fn no_size_panics() {
    screen(80, 24).at_every_size();
}

#[test]
fn the_row_under_the_cursor_becomes_a_filter() {
    let mut screen = screen(80, 24);
    assert_eq!(screen.act(Action::MoveDown), Outcome::Done);
    let emit = |action| Outcome::Emit(vec![action]);
    assert_eq!(
        screen.act(Action::Keep),
        emit(Action::AddFilter("\"Assign\"".into()))
    );
    assert_eq!(
        screen.act(Action::Drop),
        emit(Action::AddFilter("not \"Assign\"".into()))
    );
    let drill = Action::Drill {
        filter: "\"Assign\"".into(),
        pane: "cases",
        crumb: "with Assign".into(),
    };
    assert_eq!(screen.act(Action::Open), emit(drill));
    let row = screen.copy(CopyWhat::Row);
    assert_eq!(row.as_deref(), Some("Assign\t3\t3\t0\t0\t0\t30\t54\t120"));
}

#[test]
fn it_is_sorted_by_what_is_chosen() {
    let mut screen = screen(80, 24);
    let orders = screen.pane.sort_columns();
    let rework = orders.iter().position(|s| s == "rework");
    let rework = rework.expect("an order");
    screen.act(Action::Bottom);
    screen.act(Action::SortBy(rework));
    screen.answered(engine(SUPPORT));
    assert_eq!(screen.pane.status().sort, "rework ↓");
    assert_eq!(screen.copy(CopyWhat::Cell).as_deref(), Some("Wait"));
}

#[test]
fn neighbors_are_those_of_the_row() {
    let mut screen = screen(200, 24);
    assert!(
        screen.frame().contains("(start of the case)"),
        "{}",
        screen.frame()
    );
    // Before they are known there are no shares.
    screen.act(Action::MoveDown);
    assert!(
        !screen.frame().contains("(start of the case)"),
        "{}",
        screen.frame()
    );
    screen.answered(engine(SUPPORT));
    let frame = screen.frame();
    assert!(
        frame.contains("Before Assign") && frame.contains("100"),
        "{frame}"
    );
}
