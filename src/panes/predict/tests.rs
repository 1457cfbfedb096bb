//! The prediction pane: answers in, keys, frames out.

use super::*;
use crate::engine::{
    BacktestPart, Basing, LateTest, LearnedFacts, LeftFigures, LeftTest, NextShare, NextTest, Odds,
    Rows, SimilarCase, TriedState,
};
use crate::panes::CopyWhat;
use crate::panes::fixtures::{DAY, START, Screen};

fn odds(rule: &str, late: Option<(u64, u64)>, broken: Option<f64>) -> Odds {
    Odds {
        rule: rule.into(),
        calendar: None,
        weight: 1.0,
        late,
        broken,
    }
}

fn left(p50: f64) -> LeftFigures {
    LeftFigures {
        p10: p50 / 4.0,
        p50,
        p90: p50 * 4.0,
        low: 0.0,
        high: p50 * 5.0,
        n: 41,
    }
}

fn all_odds() -> Vec<Odds> {
    vec![
        odds("first response in 4 h", None, Some(9000.0)),
        odds("resolved in 3 days", Some((26, 41)), None),
    ]
}

fn row(case: &str, hours: f64) -> PredictRow {
    PredictRow {
        case: case.into(),
        last: "Vendor contacted".into(),
        rest: hours * 3600.0,
        next: Some(NextShare {
            activity: Some("Vendor replied".into()),
            share: 0.78,
        }),
        left: (hours < 100.0).then(|| left(hours * 1800.0)),
        is_any_state: hours == 30.0,
        worst: Some(all_odds().remove(1)),
        odds: all_odds(),
    }
}

fn facts() -> LearnedFacts {
    LearnedFacts {
        id: 7,
        train_cases: 378,
        length: Some(5),
        ..LearnedFacts::default()
    }
}

fn list() -> Predictions {
    Predictions {
        now: START,
        preparing: false,
        learned: facts(),
        open: 3,
        ends_known: true,
        weighted: true,
        rows: Rows::all(vec![
            row("Case 12", 140.0),
            row("Case\u{1b}[2J", 9.0),
            row("Case 7", 30.0),
        ]),
    }
}

fn prediction(case: &str) -> Prediction {
    let state = |length: u64, visits: u64, rested: u64| TriedState {
        length,
        by: false,
        visits,
        rested,
        least: 50,
    };
    Prediction {
        case: case.to_owned(),
        reason: None,
        last: Some("Vendor contacted".into()),
        rest: 32_400.0,
        state: vec!["Assigned".into(), "Vendor contacted".into()],
        from_start: false,
        is_any_state: false,
        tried: vec![state(3, 20, 4), state(2, 92, 61)],
        next: vec![
            NextShare {
                activity: Some("Vendor replied".into()),
                share: 0.78,
            },
            NextShare {
                activity: None,
                share: 0.05,
            },
        ],
        next_of: (61, 3),
        left: Some(left(16_200.0)),
        odds: all_odds(),
        similar: (0..5)
            .map(|n| SimilarCase {
                case: format!("TK-{n}"),
                took: 86_400.0 * f64::from(n + 1),
                left: 3600.0 * f64::from(n + 1),
                then: vec!["Vendor replied".into(), "Resolved".into(), "Closed".into()],
            })
            .collect(),
    }
}

fn test() -> Backtest {
    let part = |from: u64, to: Option<u64>, month: &str| BacktestPart {
        from,
        to,
        month: month.to_owned(),
        n: 120,
        accuracy: Some(0.81),
        mae: Some(90_000.0),
        coverage: Some(0.74),
        coverage_margin: Some(0.8),
    };
    Backtest {
        cut: Some(START - 9 * DAY),
        train_cases: 250,
        test_prefixes: 1200,
        censored: 180,
        reason: None,
        length: Some(5),
        by: None,
        next: Some(NextTest {
            model: 0.725,
            first_order: 0.721,
            most_frequent: 0.186,
            top3: 0.958,
            brier: 0.352,
            ece: 0.12,
            reliability: Vec::new(),
        }),
        left: Some(LeftTest {
            n: 1020,
            mae: 640_000.0,
            median: 172_800.0,
            constant: 1_380_000.0,
            coverage: 0.735,
            coverage_margin: 0.79,
            margin: 43_200.0,
            width: 900_000.0,
        }),
        late: vec![LateTest {
            rule: "resolved in 3 days".to_owned(),
            n: 800,
            auc: Some(0.84),
            brier: Some(0.13),
        }],
        by_length: vec![
            part(1, Some(1), ""),
            part(4, Some(6), ""),
            part(13, None, ""),
        ],
        by_month: vec![part(0, None, "2024-02")],
    }
}

/// Answers all questions of the pane.
fn answer(request: &Request) -> Answer {
    if request.get::<LearnQuery>().is_some() {
        return Answer::new::<LearnQuery>(facts());
    }
    if request.get::<BacktestQuery>().is_some() {
        return Answer::new::<BacktestQuery>(test());
    }
    if let Some(query) = request.get::<PredictionsQuery>() {
        let found = query.cases.iter().map(|case| prediction(case)).collect();
        return Answer::new::<PredictionsQuery>(found);
    }
    Answer::new::<PredictQuery>(list())
}

fn screen(width: u16, height: u16) -> Screen {
    let mut screen = Screen::new((SPEC.new)(), width, height);
    screen.log.deadlines = 2;
    screen.answered(|request| Ok(answer(request)));
    screen
}

#[test]
fn frames() {
    insta::assert_snapshot!("80x24", screen(80, 24).frame());
    insta::assert_snapshot!("160x48", screen(160, 48).frame());
    insta::assert_snapshot!("40x10", screen(40, 10).frame());
    let mut tested = screen(120, 30);
    tested.act(Action::NextChart);
    tested.answered(|request| Ok(answer(request)));
    insta::assert_snapshot!("backtest", tested.frame());
    // A case with its test beside.
    tested.act(Action::NextChart);
    assert!(
        tested
            .frame()
            .contains("the margin held 79% in the backtest")
    );
}

#[test]
fn no_size_panics() {
    screen(80, 24).at_every_size();
    let mut tested = screen(80, 24);
    tested.act(Action::NextChart);
    tested.answered(|request| Ok(answer(request)));
    tested.at_every_size();
}

#[test]
fn a_new_answer_to_what_was_learned_asks_for_the_list_again() {
    let mut screen = Screen::new((SPEC.new)(), 80, 24);
    let list = |screen: &Screen| {
        let requests = screen.requests();
        let found = requests.iter().find_map(|of| of.1.get::<PredictQuery>());
        found.cloned().unwrap()
    };
    assert_eq!(list(&screen).learned, 0);
    let preparing = Predictions {
        preparing: true,
        learned: LearnedFacts::default(),
        open: 0,
        rows: Rows::all(Vec::new()),
        ..self::list()
    };
    let slot = |screen: &Screen, learn: bool| {
        let requests = screen.requests();
        let is_it = |of: &&(Slot, Request)| of.1.get::<LearnQuery>().is_some() == learn;
        requests.iter().find(is_it).unwrap().0
    };
    let at = slot(&screen, false);
    screen
        .pane
        .receive(at, Ok(Answer::new::<PredictQuery>(preparing)));
    assert!(
        screen
            .frame()
            .contains("Learning from the cases that ended")
    );
    let at = slot(&screen, true);
    screen
        .pane
        .receive(at, Ok(Answer::new::<LearnQuery>(facts())));
    assert_eq!(list(&screen).learned, 7);
    assert!(!list(&screen).wait, "keys never wait for what is learned");
    screen.answered(|request| Ok(answer(request)));
    assert!(screen.frame().contains("3 open cases"));
}

#[test]
fn reasons_are_given_in_place_of_rows() {
    let frame = |list: Predictions| {
        let mut screen = Screen::new((SPEC.new)(), 80, 10);
        screen.answered(|request| match request.get::<PredictQuery>() {
            Some(_) => Ok(Answer::new::<PredictQuery>(list.clone())),
            None => Ok(answer(request)),
        });
        screen.frame()
    };
    let empty = Predictions {
        open: 0,
        rows: Rows::all(Vec::new()),
        ..list()
    };
    assert!(frame(empty.clone()).contains("No case is open."));
    let unknown = Predictions {
        ends_known: false,
        ..empty.clone()
    };
    assert!(frame(unknown).contains("No end state is known"));
    let few = Predictions {
        learned: LearnedFacts {
            reason: Some("fewer than 50 cases have ended: 12".to_owned()),
            ..facts()
        },
        ..empty
    };
    assert!(frame(few).contains("Nothing is predicted: fewer than 50 cases have ended: 12."));
}

#[test]
fn keys_open_cases_and_similar_cases() {
    let mut screen = screen(80, 24);
    let open = Outcome::Emit(vec![Action::OpenCase("Case 12".to_owned())]);
    assert_eq!(screen.act(Action::Open), open);
    screen.act(Action::SwitchFocus);
    screen.act(Action::MoveDown);
    let open = Outcome::Emit(vec![Action::OpenCase("TK-1".to_owned())]);
    assert_eq!(screen.act(Action::Open), open);
    screen.act(Action::SwitchFocus);
    let keep = Outcome::Emit(vec![Action::AddFilter("case = \"Case 12\"".to_owned())]);
    assert_eq!(screen.act(Action::Keep), keep);
    assert_eq!(screen.copy(CopyWhat::Cell).unwrap(), "Case 12");
    assert_eq!(screen.command().unwrap(), "predict --limit 3");
    screen.act(Action::NextChart);
    assert_eq!(screen.command().unwrap(), "predict --backtest");
}

#[test]
fn the_states_that_were_tried_are_explained() {
    let screen = screen(80, 24);
    let figures = screen.figures();
    let tried: Vec<&Explained> = figures
        .iter()
        .filter(|of| of.name.starts_with("state:"))
        .collect();
    assert_eq!(tried.len(), 2);
    assert_eq!(tried[0].name, "state: last 3");
    assert!(tried[0].value.ends_with("too few"));
    assert_eq!(
        tried[1].value,
        "61 of 92 events of ended cases rested as long; 50 are needed: used"
    );
    assert_eq!(Basing::default().by, None);
}
