//! The deadlines pane: answers in, keys, frames out.

use crate::engine::{Answer, Breach, Deadlines, DeadlinesQuery, Rows, RuleBin, RuleRow, State};
use crate::input::Action;
use crate::panes::fixtures::{HOUR, START, Screen, ending};
use crate::panes::{CopyWhat, Outcome};

fn breach(case: &str, state: State, hours: f64) -> Breach {
    Breach {
        chosen: Vec::new(),
        rule: "first response in 4 h".into(),
        calendar: None,
        case: case.into(),
        state,
        open: state != State::Broken,
        elapsed: hours * 3600.0,
        over: (hours - 4.0) * 3600.0,
        since: START,
        due: (state != State::Broken).then_some(START + 4 * HOUR),
        last: "Wait".into(),
        last_at: START,
    }
}

fn figures() -> Answer {
    let rule = |name: &str, cases: Vec<Breach>| RuleRow {
        name: name.into(),
        severity: "high".into(),
        limit: 4.0 * 3600.0,
        calendar: None,
        states: [30, 9, 1, 1, 7, 2],
        cases,
        over_time: (0..12)
            .map(|week| RuleBin {
                start: START + week * 7 * 24 * HOUR,
                known: 10,
                broken: (week as u64 * 5) % 9,
            })
            .collect(),
        cost: None,
    };
    Answer::new::<DeadlinesQuery>(Deadlines {
        now: Some(START),
        ending: ending(9),
        unit: "week".into(),
        end: START + 12 * 7 * 24 * HOUR,
        rules: Rows::all(vec![
            rule(
                "first response in 4 h",
                vec![
                    breach("Case 12", State::Broken, 30.0),
                    breach("Case\u{1b}[2J", State::Overdue, 5.0),
                    breach("Case 7", State::AtRisk, 3.5),
                ],
            ),
            rule("resolved in a week", Vec::new()),
        ]),
    })
}

fn screen(width: u16, height: u16) -> Screen {
    let mut screen = Screen::new((super::SPEC.new)(), width, height);
    screen.log.deadlines = 2;
    screen.answered(|_| Ok(figures()));
    screen
}

#[test]
fn frames() {
    insta::assert_snapshot!("120x8", screen(120, 8).frame());
    insta::assert_snapshot!("80x8", screen(80, 8).frame());
    insta::assert_snapshot!("30x5", screen(30, 5).frame());
}

#[test]
fn no_size_panics() {
    screen(80, 24).at_every_size();
    Screen::new((super::SPEC.new)(), 80, 24).at_every_size();
}

#[test]
fn the_tab_is_there_where_rules_are() {
    let mut screen = screen(80, 24);
    assert!(screen.pane.has_tab(Some(&screen.log)));
    screen.log.deadlines = 0;
    assert!(!screen.pane.has_tab(Some(&screen.log)));
    assert!(!screen.pane.has_tab(None));
}

#[test]
fn a_rule_leads_to_its_cases_and_a_case_to_its_events() {
    let mut screen = screen(120, 24);
    let broken = "`first response in 4 h` in (\"broken\", \"overdue\")";
    let keep = Outcome::Emit(vec![Action::AddFilter(broken.into())]);
    assert_eq!(screen.act(Action::Keep), keep);
    assert_eq!(screen.act(Action::Open), Outcome::Done);
    screen.act(Action::MoveDown);
    let case = "Case\u{1b}[2J";
    let emit = |action| Outcome::Emit(vec![action]);
    assert_eq!(
        screen.act(Action::Open),
        emit(Action::OpenCase(case.to_owned()))
    );
    let filter = crate::filter::Expr::case(case).to_string();
    assert_eq!(screen.act(Action::Keep), emit(Action::AddFilter(filter)));
    let copied = screen.copy(CopyWhat::Row).unwrap();
    let wanted = "Case\\u{1b}[2J\toverdue\t3600\tWait\t2024-03-01 16:00:00";
    assert_eq!(copied, wanted);
    assert_eq!(screen.pane.status().position, Some((2, 3)));
    assert_eq!(screen.act(Action::Back), Outcome::Done);
    let copied = screen.copy(CopyWhat::Cell).unwrap();
    assert_eq!(copied, "first response in 4 h");
    screen.act(Action::MoveDown);
    assert_eq!(screen.pane.place().cursor, 1);
    // A rule that all cases keep has none to show.
    assert_eq!(screen.act(Action::Open), Outcome::Ignored);
}

#[test]
fn a_page_of_cases_is_that_on_the_screen() {
    let mut screen = Screen::new((super::SPEC.new)(), 120, 8);
    screen.log.deadlines = 2;
    let mut figures = figures().to::<DeadlinesQuery>().unwrap().clone();
    let cases = (0..20).map(|at| breach(&format!("Case {at}"), State::Broken, 30.0));
    figures.rules.rows[0].cases = cases.collect();
    screen.answered(|_| Ok(Answer::new::<DeadlinesQuery>(figures.clone())));
    screen.act(Action::Open);
    screen.act(Action::PageDown);
    // Below the name of the rule and the heads of the columns are six rows, of which one stays.
    assert_eq!(screen.copy(CopyWhat::Cell).as_deref(), Some("Case 5"));
}
