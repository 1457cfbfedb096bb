//! The performance spectrum: answers in, keys, frames out.

use crate::engine::{AskError, SpectrumQuery};
use crate::input::Action;
use crate::panes::fixtures::{SUPPORT, Screen, engine};
use crate::panes::{CopyWhat, Outcome};

fn screen(width: u16, height: u16) -> Screen {
    let mut screen = Screen::new((super::SPEC.new)(), width, height);
    screen.answered(engine(SUPPORT));
    screen
}

fn act(screen: &mut Screen, action: Action) -> Outcome {
    let outcome = screen.act(action);
    screen.answered(engine(SUPPORT));
    outcome
}

#[test]
fn frames() {
    insta::assert_snapshot!("80x24", screen(80, 24).frame());
    insta::assert_snapshot!("160x40", screen(160, 40).frame());
    insta::assert_snapshot!("20x5", screen(20, 5).frame());
    let mut slowest = screen(100, 20);
    act(&mut slowest, Action::Sort);
    act(&mut slowest, Action::NextAspect);
    insta::assert_snapshot!("slowest", slowest.frame());
}

#[test]
fn an_empty_log_and_an_error_are_told() {
    let mut empty = Screen::new((super::SPEC.new)(), 60, 8);
    empty.answered(engine("1: Open"));
    assert!(empty.frame().contains("no steps"), "{}", empty.frame());
    let mut failed = Screen::new((super::SPEC.new)(), 60, 8);
    failed.answered(|_| Err(AskError::Internal("it broke".into())));
    assert!(failed.frame().contains("it broke"), "{}", failed.frame());
}

#[test]
fn no_size_panics() {
    let mut screen = screen(120, 40);
    screen.at_every_size();
    act(&mut screen, Action::ZoomIn);
    act(&mut screen, Action::Bottom);
    screen.at_many_sizes();
}

/// Presses until the cursor is on a cell with something in it, to the right.
fn to_a_cell(screen: &mut Screen) -> String {
    for _ in 0..200 {
        if let Outcome::Emit(actions) = screen.act(Action::Keep)
            && let [Action::AddFilter(filter)] = &actions[..]
        {
            return filter.clone();
        }
        act(screen, Action::MoveRight);
    }
    panic!("nothing in this class: {}", screen.frame());
}

#[test]
fn a_cell_becomes_a_filter_of_one_pair() {
    let mut screen = screen(100, 30);
    act(&mut screen, Action::SortBy(1));
    // Wait > Solve took 699,400 s and 799,100 s: the slower one is the slowest class.
    let filter = to_a_cell(&mut screen);
    assert_eq!(
        filter,
        "\"Wait\" -> \"Solve\" after 8d23h2m55s1us overlaps 2024-01-03T06:00:00Z..2024-01-03T12:00:00Z"
    );
    let drill = screen.act(Action::Open);
    let wanted = Action::Drill {
        filter: filter.clone(),
        pane: "cases",
        crumb: "q4 Wait > Solve".into(),
    };
    assert_eq!(drill, Outcome::Emit(vec![wanted]));
    assert_eq!(
        screen.act(Action::Drop),
        Outcome::Emit(vec![Action::AddFilter(format!("not {filter}"))])
    );
    assert_eq!(screen.copy(CopyWhat::Cell), Some(filter));
    act(&mut screen, Action::NextAspect);
    let started = to_a_cell(&mut screen);
    assert!(started.contains(" started 2024-"), "{started}");
}

#[test]
fn paths_of_variants_follow_each_other() {
    let mut screen = screen(100, 30);
    let path = |screen: &Screen| {
        let asked = screen.requests();
        let query = asked[0].1.get::<SpectrumQuery>().expect("the spectrum");
        format!("{:?}", query.path)
    };
    assert_eq!(path(&screen), "Variant(0)");
    act(&mut screen, Action::NextPath);
    assert_eq!(path(&screen), "Variant(1)");
    for _ in 0..9 {
        act(&mut screen, Action::NextPath);
    }
    // There are four variants.
    assert_eq!(path(&screen), "Variant(3)");
    act(&mut screen, Action::PreviousPath);
    assert_eq!(path(&screen), "Variant(2)");
    act(&mut screen, Action::Sort);
    assert_eq!(path(&screen), "Slowest");
    assert_eq!(screen.act(Action::NextPath), Outcome::Ignored);
    assert_eq!(screen.command().unwrap(), "spectrum --slowest --bins 76");
}

#[test]
fn a_closer_look_stays_at_the_cursor_and_is_kept() {
    let mut screen = screen(100, 30);
    act(&mut screen, Action::SortBy(1));
    for _ in 0..30 {
        act(&mut screen, Action::MoveRight);
    }
    act(&mut screen, Action::ZoomIn);
    act(&mut screen, Action::ZoomIn);
    let (place, frame) = (screen.pane.place(), screen.frame());
    act(&mut screen, Action::ZoomFit);
    assert_ne!(screen.frame(), frame);
    screen.pane.go_to(&place);
    screen.answered(engine(SUPPORT));
    assert_eq!(screen.frame(), frame);
    // Beyond the edge the stretch moves on.
    for _ in 0..80 {
        act(&mut screen, Action::MoveRight);
    }
    assert_ne!(screen.pane.place().subject, place.subject);
}

#[test]
fn copies_are_in_working_time_as_the_screen_is() {
    let mut screen = screen(120, 24);
    screen.view.calendar = Some("office".to_owned());
    let copied = screen.copy(CopyWhat::View).unwrap();
    assert!(copied.contains('h') && !copied.contains('d'), "{copied}");
}
