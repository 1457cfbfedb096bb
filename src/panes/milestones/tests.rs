//! The milestones pane: answers in, keys, frames out.

use crate::engine::{MilestoneInfo, NamedMilestone, Timing};
use crate::input::Action;
use crate::panes::fixtures::{SUPPORT, Screen, engine, engine_with};
use crate::panes::{CopyWhat, Outcome};

/// One milestone that is defined, one that is guessed, and one that no case reaches.
fn timing() -> Timing {
    let defined = [
        "solved = last \"Solve\"",
        "never = first \"Gone\" after last \"Close\"",
    ];
    let defined = defined.map(|text| NamedMilestone::parse(text).expect("a milestone"));
    Timing {
        milestones: defined.to_vec(),
        ready_made: true,
        ..Timing::default()
    }
}

fn screen(width: u16, height: u16) -> Screen {
    let mut screen = Screen::new((super::SPEC.new)(), width, height);
    screen.log.milestones = vec![MilestoneInfo {
        name: "solved".into(),
        guessed: false,
    }];
    screen.answered(engine_with(SUPPORT, timing()));
    screen
}

#[test]
fn frames() {
    insta::assert_snapshot!("80x24", screen(80, 24).frame());
    insta::assert_snapshot!("160x48", screen(160, 48).frame());
    insta::assert_snapshot!("40x10", screen(40, 10).frame());
    insta::assert_snapshot!("1x1", screen(1, 1).frame());
    let mut never = screen(80, 24);
    never.act(Action::MoveDown);
    insta::assert_snapshot!("reached_by_none", never.frame());
}

#[test]
fn no_size_panics() {
    let mut screen = screen(120, 40);
    screen.at_every_size();
    screen.act(Action::Bottom);
    screen.at_many_sizes();
}

#[test]
fn guesses_come_last_and_are_marked() {
    let screen = screen(160, 48);
    let copied = screen.copy(CopyWhat::View).expect("rows");
    let column = |at: usize| {
        let lines = copied.lines().skip(1);
        let cells = lines.map(|line| line.split('\t').nth(at).unwrap_or_default());
        cells.collect::<Vec<_>>()
    };
    let names = ["solved", "never", "first_resolution", "full_resolution"];
    assert_eq!(column(0), names);
    assert_eq!(column(1), ["defined", "defined", "guess", "guess"]);
    // Cases that reached it, and those of which it is unknown.
    assert_eq!(column(2), ["3", "0", "3", "3"]);
    assert_eq!(column(3), ["1", "4", "1", "1"]);
}

#[test]
fn rows_are_sets_of_cases() {
    let mut screen = screen(80, 24);
    let emit = |filter: &str| Outcome::Emit(vec![Action::AddFilter(filter.into())]);
    assert_eq!(screen.act(Action::Keep), emit("solved >= 0s"));
    assert_eq!(screen.act(Action::Open), emit("solved >= 0s"));
    assert_eq!(screen.act(Action::Drop), emit("not (solved >= 0s)"));
    assert_eq!(screen.command().as_deref(), Some("milestones"));
    let ask = Action::AskMilestone("solved = last \"Solve\" after start".into());
    assert_eq!(
        screen.act(Action::DefineMilestone),
        Outcome::Emit(vec![ask])
    );
    let forget = Action::ForgetMilestone("solved".into());
    assert_eq!(screen.act(Action::DeleteRow), Outcome::Emit(vec![forget]));
    screen.act(Action::Sort);
    assert_ne!(screen.command().as_deref(), Some("milestones"));
}

#[test]
fn a_log_without_milestones_says_where_they_come_from() {
    let mut screen = Screen::new((super::SPEC.new)(), 80, 8);
    screen.answered(engine("1: In Out"));
    let frame = screen.frame();
    assert!(frame.contains("No milestone is defined"), "{frame}");
    assert!(frame.contains("d define one"), "{frame}");
}
