//! Keys and frames of the cases pane.

use super::SPEC;
use crate::engine::{CaseQuery, CasesQuery};
use crate::input::Action;
use crate::panes::fixtures::{Screen, answer, no_answer};
use crate::panes::{CopyWhat, Outcome};
use crate::ui::Theme;
use crate::ui::theme::Glyphs;

fn screen(width: u16, height: u16) -> Screen {
    let mut screen = Screen::new((SPEC.new)(), width, height);
    screen.answered(answer);
    screen
}

fn emitted(outcome: Outcome) -> Action {
    match outcome {
        Outcome::Emit(mut actions) if actions.len() == 1 => actions.remove(0),
        other => panic!("{other:?}"),
    }
}

#[test]
fn frames() {
    for (width, height) in [(80, 24), (120, 40), (160, 48), (20, 5)] {
        insta::assert_snapshot!(format!("{width}x{height}"), screen(width, height).frame());
    }
    let mut s = screen(120, 16);
    s.act(Action::SwitchFocus);
    s.act(Action::MoveDown);
    insta::assert_snapshot!("preview_focused", s.frame());
    s.theme = Theme::mono(Glyphs::ASCII);
    insta::assert_snapshot!("ascii", s.frame());
    let mut s = Screen::new((SPEC.new)(), 60, 4);
    s.answered(no_answer);
    insta::assert_snapshot!("empty_log", s.frame());
}

#[test]
fn nothing_panics_at_any_size() {
    let mut s = screen(120, 40);
    s.at_every_size();
    s.act(Action::SwitchFocus);
    s.act(Action::Bottom);
    s.at_many_sizes();
    s.answered(no_answer);
    s.at_many_sizes();
    Screen::new((SPEC.new)(), 80, 24).at_many_sizes();
}

#[test]
fn enter_opens_the_case() {
    let mut s = screen(120, 40);
    s.act(Action::MoveDown);
    let id = "\"Case 4579\"".to_owned();
    assert_eq!(
        emitted(s.act(Action::Open)),
        Action::OpenCase("Case 4579".to_owned())
    );
    assert_eq!(
        emitted(s.act(Action::Keep)),
        Action::AddFilter(format!("case = {id}"))
    );
    assert_eq!(
        emitted(s.act(Action::Drop)),
        Action::AddFilter(format!("case != {id}"))
    );
}

#[test]
fn the_preview_is_that_of_the_cursor() {
    let mut s = screen(120, 40);
    assert!(s.frame().contains("Resolve ticket"));
    s.act(Action::MoveDown);
    // The events of the case before are not shown under the name of this one.
    assert!(!s.frame().contains("Resolve ticket"));
    let requests = s.requests();
    let asked = &requests[1].1;
    assert_eq!(
        asked.get::<CaseQuery>().map(|query| query.case.as_str()),
        Some("Case 4579")
    );
    s.answered(answer);
    s.act(Action::SwitchFocus);
    s.act(Action::GoToRow(3));
    let activity = "\"Wait\"".to_owned();
    assert_eq!(
        emitted(s.act(Action::Keep)),
        Action::AddFilter(activity.clone())
    );
    assert_eq!(
        emitted(s.act(Action::Drop)),
        Action::AddFilter(format!("not {activity}"))
    );
    assert_eq!(s.copy(CopyWhat::Cell).as_deref(), Some("Wait"));
    assert_eq!(
        emitted(s.act(Action::Open)),
        Action::OpenCase("Case 4579".to_owned())
    );
    // No room for a preview: no question for it.
    s.area.height = 10;
    s.area.width = 80;
    s.act(Action::Back);
    assert_eq!(s.requests().len(), 1);
}

#[test]
fn order_search_and_command() {
    let mut s = screen(80, 24);
    assert_eq!(s.command().as_deref(), Some("cases --limit 12"));
    s.act(Action::SortBy(2));
    assert_eq!(
        s.command().as_deref(),
        Some("cases --sort=start --limit 12")
    );
    s.act(Action::SetFind("47".to_owned()));
    let asked = s.requests();
    let CasesQuery { listing, variants } = asked[0].1.get::<CasesQuery>().expect("that query");
    assert_eq!(
        (listing.sort.own(), listing.descending, variants.len()),
        (Some("start"), false, 0)
    );
    assert_eq!((listing.find.as_str(), s.command()), ("47", None));
    s.act(Action::SetFind(String::new()));
    s.act(Action::SortBy(3));
    assert_eq!(s.command().as_deref(), Some("cases --sort=-end --limit 12"));
    let orders = ["duration", "events", "start", "end", "case", "variant"];
    assert_eq!(s.pane.sort_columns(), orders);
}

#[test]
fn copies() {
    let s = screen(80, 24);
    insta::assert_snapshot!(s.copy(CopyWhat::Row).unwrap(), @"Case 4580	2	4	2024-03-01 12:00:00	2024-04-30 12:00:00	5184000");
    assert_eq!(s.copy(CopyWhat::Cell).as_deref(), Some("Case 4580"));
    let view = s.copy(CopyWhat::View).unwrap();
    assert!(view.starts_with("case\tvariant\tevents\tstart\tend\tduration\nCase 4580\t"));
}
