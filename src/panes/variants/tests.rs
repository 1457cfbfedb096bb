//! Keys and frames of the variants pane.

use super::SPEC;
use crate::engine::{AskError, CasesQuery, Collapse, VariantMovesQuery, VariantsQuery};
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
}

#[test]
fn frames_of_states() {
    let mut s = screen(120, 16);
    s.act(Action::SwitchFocus);
    s.act(Action::MoveDown);
    insta::assert_snapshot!("detail_focused", s.frame());
    insta::assert_snapshot!("detail_focused_styles", s.styles());

    let mut s = screen(80, 10);
    s.act(Action::SetFind("wait".to_owned()));
    s.act(Action::MoveRight);
    insta::assert_snapshot!("found_and_scrolled", s.frame());

    let mut s = screen(80, 10);
    s.theme = Theme::mono(Glyphs::ASCII);
    insta::assert_snapshot!("ascii", s.frame());
}

#[test]
fn steps_show_what_a_variant_has_beyond_its_reference_and_lacks() {
    let mut s = screen(160, 30);
    assert!(s.frame().contains("fits top 1"), "{}", s.frame());
    for _ in 0..3 {
        s.act(Action::MoveDown);
    }
    s.answered(answer);
    let frame = s.frame();
    for text in [
        "2 missing, 0 extra by top 1",
        "-Take in charge ticket",
        "-Resolve ticket",
    ] {
        assert!(frame.contains(text), "{text}: {frame}");
    }
    s.act(Action::SwitchFocus);
    s.act(Action::MoveDown);
    let keeps = |filter: &str| Action::AddFilter(filter.to_owned());
    let missing = "missing \"Take in charge ticket\"";
    assert_eq!(emitted(s.act(Action::Keep)), keeps(missing));
    s.act(Action::MoveUp);
    assert_eq!(
        emitted(s.act(Action::Keep)),
        keeps("\"Assign seriousness\"")
    );
    // Steps of several variants that are one row have no moves of their own.
    s.act(Action::SwitchFocus);
    s.act(Action::NextChart);
    let moves = |s: &Screen| {
        let requests = s.requests();
        requests
            .iter()
            .any(|(_, request)| request.get::<VariantMovesQuery>().is_some())
    };
    s.answered(answer);
    assert!(!moves(&s));
    s.act(Action::PreviousChart);
    s.answered(answer);
    assert!(moves(&s));
}

#[test]
fn an_empty_list_says_why() {
    let mut s = Screen::new((SPEC.new)(), 60, 4);
    s.answered(no_answer);
    insta::assert_snapshot!("empty_log", s.frame());
    s.view.filters = vec!["variant = 3".to_owned(), "\"Wait\"".to_owned()];
    insta::assert_snapshot!("empty_filters", s.frame());
    s.act(Action::SetFind("nowhere".to_owned()));
    insta::assert_snapshot!("empty_find", s.frame());
    s.answered(|_| Err(AskError::Internal("index \x1b out of range".to_owned())));
    insta::assert_snapshot!("error", s.frame());
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
fn asks_for_the_rows_on_the_screen() {
    let mut s = screen(120, 40);
    s.act(Action::Bottom);
    let asked = s.requests();
    let VariantsQuery { listing, .. } = asked[0].1.get::<VariantsQuery>().expect("that query");
    assert!(listing.page.offset <= 226 - 39 && listing.page.offset + listing.page.limit >= 226);
    // The cases of a variant that has not come are not asked for.
    s.answered(answer);
    let requests = s.requests();
    let CasesQuery { listing, variants } = requests[1].1.get::<CasesQuery>().expect("that query");
    assert_eq!(
        (&variants[..], listing.sort.own()),
        (&[226][..], Some("duration"))
    );
    s.area.width = 40;
    assert_eq!(s.requests().len(), 1);
}

#[test]
fn order_and_search_are_asked_for() {
    let mut s = screen(80, 24);
    s.act(Action::SortBy(2));
    s.act(Action::ReverseSort);
    s.act(Action::SetFind("wait".to_owned()));
    let asked = s.requests();
    let VariantsQuery { listing, .. } = asked[0].1.get::<VariantsQuery>().expect("that query");
    assert_eq!(
        (listing.sort.own(), listing.descending),
        (Some("median"), false)
    );
    assert_eq!(listing.find, "wait");
    assert!(listing.best_first);
    let status = s.pane.status();
    assert_eq!(
        (status.sort.as_str(), status.find.as_str()),
        ("best match", "wait")
    );
    s.act(Action::Sort);
    assert_eq!(s.pane.status().sort, "median ↑");
    let orders = ["cases", "rank", "median", "p90", "mean", "total", "events"];
    let more = ["rework", "breaches", "variants", "cost/case", "cost"];
    let orders = [&orders[..], &more].concat();
    assert_eq!(s.pane.sort_columns(), orders);
}

#[test]
fn enter_drills_and_plus_filters() {
    let mut s = screen(120, 40);
    s.act(Action::GoToRow(3));
    let drill = Action::Drill {
        filter: "variant = 3".to_owned(),
        pane: "cases",
        crumb: "variant 3".to_owned(),
    };
    assert_eq!(emitted(s.act(Action::Open)), drill);
    assert_eq!(
        emitted(s.act(Action::Keep)),
        Action::AddFilter("variant = 3".to_owned())
    );
    assert_eq!(
        emitted(s.act(Action::Drop)),
        Action::AddFilter("variant != 3".to_owned())
    );
}

#[test]
fn the_detail_has_steps_and_cases() {
    let mut s = screen(120, 40);
    s.act(Action::GoToRow(2));
    s.act(Action::SwitchFocus);
    s.answered(answer);
    s.act(Action::MoveDown);
    let activity = "\"Take in charge ticket\"".to_owned();
    assert_eq!(
        emitted(s.act(Action::Keep)),
        Action::AddFilter(activity.clone())
    );
    assert_eq!(
        emitted(s.act(Action::Drop)),
        Action::AddFilter(format!("not {activity}"))
    );
    assert!(matches!(emitted(s.act(Action::Open)), Action::Notify(_)));
    // Five steps, as one of two repeats is extra, then a heading that the cursor leaps over.
    for _ in 0..4 {
        s.act(Action::MoveDown);
    }
    assert_eq!(
        emitted(s.act(Action::Open)),
        Action::OpenCase("Case 4580".to_owned())
    );
    let case = format!("case = {}", "\"Case 4580\"".to_owned());
    assert_eq!(emitted(s.act(Action::Keep)), Action::AddFilter(case));
    s.act(Action::MoveUp);
    assert_eq!(s.copy(CopyWhat::Cell).as_deref(), Some("Closed"));
    assert_eq!(s.act(Action::Back), Outcome::Done);
    assert_eq!(s.act(Action::Back), Outcome::Ignored);
}

#[test]
fn a_detail_scrolls_through_all_its_cases() {
    let mut s = screen(120, 40);
    s.act(Action::SwitchFocus);
    s.act(Action::Bottom);
    let asked = s.requests();
    let CasesQuery { listing, .. } = asked[1].1.get::<CasesQuery>().expect("that query");
    let (from, to) = (
        listing.page.offset,
        listing.page.offset + listing.page.limit,
    );
    assert!(from <= 2366 - 34 && to >= 2366, "{from} {to}");
    s.answered(answer);
    assert_eq!(
        emitted(s.act(Action::Open)),
        Action::OpenCase("Case 2215".to_owned())
    );
}

#[test]
fn copies_and_command() {
    let mut s = screen(80, 24);
    insta::assert_snapshot!(s.copy(CopyWhat::Row).unwrap(), @"1	2366	0.5165938864628821	0.5	129600	388800	4	0	Assign seriousness > Take in charge ticket > Resolve ticket > Closed");
    assert_eq!(
        s.copy(CopyWhat::View).unwrap().lines().count(),
        1 + s.copy(CopyWhat::View).unwrap().lines().skip(1).count()
    );
    assert_eq!(s.command().as_deref(), Some("variants --limit 13"));
    s.act(Action::Sort);
    let sorted = Some("variants --sort=rank --limit 13");
    assert_eq!(s.command().as_deref(), sorted);
    assert_eq!(Screen::new((SPEC.new)(), 80, 24).copy(CopyWhat::Row), None);
}

#[test]
fn a_place_is_come_back_to() {
    let mut s = screen(80, 24);
    for action in [Action::Sort, Action::GoToRow(100)] {
        s.act(action);
    }
    s.answered(answer);
    let place = s.pane.place();
    let mut other = Screen::new((SPEC.new)(), 80, 24);
    other.pane.go_to(&place);
    other.answered(answer);
    assert_eq!(other.pane.place(), place);
    assert_eq!(other.frame(), s.frame());
}

#[test]
fn rows_that_have_not_arrived_keep_their_place() {
    let column = |s: &Screen| -> Vec<String> {
        let rank = |line: &str| line.chars().take(8).collect::<String>();
        s.frame().lines().skip(1).map(rank).collect()
    };
    let mut partial = 0;
    for row in (100..200).rev() {
        let mut s = screen(120, 16);
        s.act(Action::GoToRow(200));
        s.answered(answer);
        s.act(Action::GoToRow(row));
        let before = column(&s);
        s.answered(answer);
        let blank = |rank: &String| rank.trim().is_empty();
        for (drawn, arrived) in before.iter().zip(column(&s)) {
            assert!(
                blank(drawn) || *drawn == arrived,
                "{drawn:?} instead of {arrived:?}"
            );
        }
        partial += usize::from(before.iter().any(blank) && !before.iter().all(blank));
    }
    assert!(partial > 0, "no page has arrived in part");
}

/// The bar of a case is as long wherever the page that brought it begins.
#[test]
fn bars_keep_their_scale() {
    let mut s = screen(160, 30);
    s.act(Action::SwitchFocus);
    for row in [8, 90] {
        s.act(Action::GoToRow(row));
        s.answered(answer);
    }
    let frame = s.frame();
    // The sixtieth of the longest case at most.
    let far: Vec<&str> = frame
        .lines()
        .filter_map(|line| line.split("Case 4").nth(1))
        .collect();
    assert!(far.len() > 10, "{frame}");
    assert!(far.iter().all(|line| !line.contains("██")), "{frame}");
}

#[test]
fn keys_change_the_counting() {
    let mut s = screen(120, 24);
    let counting = |s: &Screen| {
        let asked = s.requests();
        let query = asked[0].1.get::<VariantsQuery>().expect("that query");
        (query.counting.collapse, query.counting.ignore.clone())
    };
    s.act(Action::NextChart);
    s.answered(answer);
    assert_eq!(counting(&s), (Collapse::Repeats, Vec::new()));
    assert!(s.frame().contains("repeats counted once"), "{}", s.frame());
    s.act(Action::NextChart);
    s.answered(answer);
    let command = s.command().expect("a report prints it");
    assert!(command.contains("--collapse=loops"), "{command}");
    // In the list the key marks nothing; on a step of the detail it leaves the activity out.
    s.act(Action::ToggleRow);
    assert_eq!(counting(&s).1, Vec::<String>::new());
    s.act(Action::SwitchFocus);
    s.act(Action::ToggleRow);
    s.answered(answer);
    assert_eq!(counting(&s).1, ["Assign seriousness"]);
    let place = s.pane.place();
    s.act(Action::ToggleAxis);
    s.act(Action::PreviousChart);
    assert_eq!(counting(&s), (Collapse::Repeats, Vec::new()));
    s.pane.go_to(&place);
    assert_eq!(
        counting(&s),
        (Collapse::Loops, vec!["Assign seriousness".to_owned()])
    );
}
