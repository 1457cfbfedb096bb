//! The triage pane: answers in, keys, frames out.

use crate::engine::{
    Answer, Due, Rows, State, Triage, TriagePlace, TriagePrediction, TriageQuery, TriageRow,
};
use crate::filter::Expr;
use crate::input::Action;
use crate::panes::fixtures::{DAY, HOUR, START, SUPPORT, Screen, ending, engine};
use crate::panes::{CopyWhat, Outcome};

fn row(case: &str, hours: i64, due: Option<(State, f64)>) -> TriageRow {
    TriageRow {
        chosen: Vec::new(),
        case: case.into(),
        age: hours as f64 * 7200.0,
        last: "Wait".into(),
        resource: Some("Ann".into()),
        since: START,
        wait: hours as f64 * 3600.0,
        unusual: hours > 24,
        went_on: 12,
        next: Some(("Resolve".into(), 0.78)),
        due: due.map(|(state, over)| Due {
            rule: "first response in 4 h".into(),
            calendar: None,
            state,
            over,
            at: Some(START + HOUR),
        }),
        prediction: TriagePrediction::default(),
    }
}

fn place(name: &str, open: u64) -> TriagePlace {
    TriagePlace {
        name: name.into(),
        open,
        before: 7,
        longest: 42.0 * 86_400.0,
        median: 86_400.0,
        unusual: 2,
        filter: (open > 0).then(|| Expr::ends_with(name)),
    }
}

fn triage() -> Answer {
    let rows = vec![
        row("Case 12", 50, Some((State::Overdue, 9000.0))),
        row("Case\u{1b}[2J", 9, Some((State::AtRisk, -600.0))),
        row("Case 7", 3, None),
    ];
    Answer::new::<TriageQuery>(Triage {
        now: START + DAY,
        open: 3,
        log_open: 3,
        log_cases: 20,
        is_filtered: false,
        before: 2,
        flow: (12, 7),
        period: 7.0 * 86_400.0,
        ending: ending(3),
        predicted: false,
        rows: Rows::all(rows),
        places: vec![place("Wait", 12), place("Vendor", 0)],
    })
}

fn screen(width: u16, height: u16) -> Screen {
    let mut screen = Screen::new((super::SPEC.new)(), width, height);
    screen.log.deadlines = 1;
    screen.answered(|_| Ok(triage()));
    screen
}

#[test]
fn frames() {
    insta::assert_snapshot!("160x8", screen(160, 8).frame());
    insta::assert_snapshot!("80x12", screen(80, 12).frame());
    insta::assert_snapshot!("30x6", screen(30, 6).frame());
}

#[test]
fn no_size_panics() {
    screen(80, 24).at_every_size();
    Screen::new((super::SPEC.new)(), 80, 24).at_every_size();
}

#[test]
fn a_case_is_opened_and_a_place_leads_to_its_cases() {
    let mut screen = screen(160, 24);
    let emit = |action| Outcome::Emit(vec![action]);
    assert_eq!(
        screen.act(Action::Open),
        emit(Action::OpenCase("Case 12".into()))
    );
    screen.act(Action::MoveDown);
    let copied = screen.copy(CopyWhat::Cell);
    assert_eq!(copied.as_deref(), Some("Case\\u{1b}[2J"));
    screen.act(Action::SwitchFocus);
    let found = screen.act(Action::Open);
    let drill = Action::Drill {
        filter: "ends with \"Wait\"".into(),
        pane: "cases",
        crumb: "open at Wait".into(),
    };
    assert_eq!(found, emit(drill));
    screen.act(Action::MoveDown);
    let told = screen.act(Action::Keep);
    assert_eq!(told, emit(Action::Notify("No open case here now".into())));
    assert_eq!(screen.act(Action::Back), Outcome::Done);
    assert_eq!(screen.pane.status().position, Some((2, 3)));
}

#[test]
fn without_an_open_case_it_says_why() {
    let mut screen = Screen::new((super::SPEC.new)(), 80, 12);
    screen.answered(engine("1: Open Wait; 2: Open Solve"));
    let frame = screen.frame();
    assert!(frame.contains("No end state is known"), "{frame}");
    let mut screen = Screen::new((super::SPEC.new)(), 80, 12);
    screen.answered(engine(SUPPORT));
    let frame = screen.frame();
    assert!(
        frame.contains("is open") || frame.contains("are open"),
        "{frame}"
    );
}

#[test]
fn only_panes_that_have_a_tab_are_offered() {
    let mut triage = triage().to::<TriageQuery>().unwrap().clone();
    (triage.open, triage.log_open) = (0, 0);
    triage.rows.rows.clear();
    triage.rows.total = 0;
    triage.ending.over = Some(Expr::ends_with("Close"));
    let mut screen = Screen::new((super::SPEC.new)(), 80, 12);
    screen.answered(|_| Ok(Answer::new::<TriageQuery>(triage.clone())));
    let frame = screen.frame();
    assert!(
        frame.contains("3 all cases") && !frame.contains("deadlines"),
        "{frame}"
    );
    screen.log.deadlines = 1;
    assert!(screen.frame().contains("9 deadlines"), "{}", screen.frame());
}
