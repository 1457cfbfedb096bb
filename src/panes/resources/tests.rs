//! The resources pane: answers in, keys, frames out.

use crate::engine::{Answer, ResourceRow, ResourcesQuery, Rows};
use crate::input::Action;
use crate::panes::fixtures::{SUPPORT, Screen, engine};
use crate::panes::{CopyWhat, Outcome};

fn rows() -> Answer {
    let row = |name: &str, events: u64| ResourceRow {
        resource: name.into(),
        events,
        cases: events / 2,
        activities: 3,
        without: 0,
        cost: None,
    };
    let rows = vec![row("Marta \"M\" Nowak", 1200), row("Ali\u{1b}[2J", 40)];
    Answer::new::<ResourcesQuery>(Rows {
        full: 1200.0,
        ..Rows::all(rows)
    })
}

fn screen(width: u16, height: u16) -> Screen {
    let mut screen = Screen::new((super::SPEC.new)(), width, height);
    screen.answered(|_| Ok(rows()));
    screen
}

#[test]
fn frames() {
    insta::assert_snapshot!("80x6", screen(80, 6).frame());
    insta::assert_snapshot!("20x5", screen(20, 5).frame());
}

#[test]
fn a_log_without_resources_says_how_to_name_them() {
    let mut screen = Screen::new((super::SPEC.new)(), 80, 8);
    screen.log.resource = None;
    screen.answered(engine(SUPPORT));
    assert!(
        screen.frame().contains("press C to choose one"),
        "{}",
        screen.frame()
    );
}

#[test]
fn no_size_panics() {
    screen(80, 24).at_every_size();
}

#[test]
fn the_row_under_the_cursor_becomes_a_filter() {
    let mut screen = screen(80, 24);
    let filter = "resource = \"Marta \\\"M\\\" Nowak\"";
    let emit = |action| Outcome::Emit(vec![action]);
    assert_eq!(
        screen.act(Action::Keep),
        emit(Action::AddFilter(filter.into()))
    );
    assert_eq!(
        screen.act(Action::Drop),
        emit(Action::AddFilter(filter.replace(" = ", " != ")))
    );
    screen.act(Action::MoveDown);
    assert_eq!(
        screen.copy(CopyWhat::Row).as_deref(),
        Some("Ali\\u{1b}[2J\t40\t20\t3")
    );
}
