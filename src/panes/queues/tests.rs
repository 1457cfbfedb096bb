//! The queues chart: answers in, keys, frames out.

use crate::engine::QueueQuery;
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
fn the_most_waiting_comes_first() {
    let mut screen = screen(120, 30);
    // 3,540 s in case 1, 699,400 s in 2, 799,100 s in 3.
    let row = screen.copy(CopyWhat::Row).expect("a row");
    assert!(row.starts_with("Solve\t1502040\t"), "{row}");
    let emit = |action| Outcome::Emit(vec![action]);
    let filter = "queued \"Solve\"".to_owned();
    assert_eq!(screen.act(Action::Keep), emit(Action::AddFilter(filter)));
    screen.act(Action::SwitchFocus);
    screen.act(Action::MoveLeft);
    let Outcome::Emit(actions) = screen.act(Action::Open) else {
        panic!("no drill-down");
    };
    let [Action::Drill { filter, pane, .. }] = actions.as_slice() else {
        panic!("{actions:?}");
    };
    assert!(filter.starts_with("queued \"Solve\" 2024-01-"), "{filter}");
    assert_eq!(*pane, "cases");
    assert_eq!(screen.act(Action::Back), Outcome::Done);
    assert_eq!(screen.act(Action::Back), Outcome::Ignored);
}

#[test]
fn the_detail_is_that_of_the_row() {
    let mut screen = screen(120, 30);
    screen.act(Action::MoveDown);
    let requests = screen.requests();
    let query = requests[1].1.get::<QueueQuery>().expect("the queue");
    assert_eq!(query.name, "Close");
    screen.act(Action::Sort);
    assert_eq!(screen.pane.status().sort, "mean length ↓");
    assert_eq!(
        screen.command().as_deref(),
        Some("queues --by activity --sort=mean_length")
    );
    screen.act(Action::ToggleAxis);
    assert_eq!(
        screen.command().as_deref(),
        Some("queues --by resource --sort=mean_length")
    );
    screen.log.resource = None;
    screen.answered(engine(SUPPORT));
    assert!(
        screen.frame().contains("no resource column"),
        "{}",
        screen.frame()
    );
}
