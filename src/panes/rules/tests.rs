//! The rules pane: answers in, keys, frames out.

use crate::engine::{
    Answer, Ending, FirstBreaking, Interval, Rows, RuleDurations, RuleResult, RuleResults,
    RulesQuery,
};
use crate::filter::{Expr, Field, Op};
use crate::input::Action;
use crate::panes::Outcome;
use crate::panes::fixtures::{SUPPORT, Screen, engine};

fn rule(name: Option<&str>, rule: &str, violated: u64) -> RuleResult {
    let key = name.unwrap_or(rule);
    RuleResult {
        key: key.into(),
        name: name.map(Into::into),
        rule: rule.into(),
        activated: 40,
        satisfied: 37 - violated,
        violated,
        open: 3,
        events: 2 * violated,
        first: (violated > 0).then(|| FirstBreaking {
            case: "T\u{1b}7".to_owned(),
            time: 1_704_067_200_000_000,
            activity: "Pay".into(),
        }),
        duration: (violated > 0).then_some(RuleDurations {
            median_with: 7200.0,
            median_without: 3600.0,
            shift: 3600.0,
            interval: Interval {
                low: -60.0,
                high: 9000.0,
            },
            p: 0.01,
            q: 0.02,
        }),
        filter: Expr::compare(Field::Column(key.to_owned()), Op::Equal, "broken"),
        cost: None,
    }
}

fn answer() -> Answer {
    let rules = vec![
        rule(
            Some("four eyes"),
            "not_same(\"Approve\", \"Pay\", resource)",
            5,
        ),
        rule(None, "response(\"Order\", \"Invoice\") within 2d", 0),
    ];
    Answer::new::<RulesQuery>(RuleResults {
        cases: 50,
        ending: Ending {
            until: 0,
            open: 3,
            ends: vec!["Closed".into()],
            guess: None,
            idle: None,
            over: Some(Expr::ends_with("Closed")),
        },
        rules: Rows::all(rules),
    })
}

fn screen(width: u16, height: u16) -> Screen {
    let mut screen = Screen::new((super::SPEC.new)(), width, height);
    screen.answered(|_| Ok(answer()));
    screen
}

#[test]
fn frames() {
    insta::assert_snapshot!("160x12", screen(160, 12).frame());
    insta::assert_snapshot!("80x24", screen(80, 24).frame());
    insta::assert_snapshot!("20x5", screen(20, 5).frame());
}

#[test]
fn no_size_panics() {
    screen(80, 24).at_every_size();
}

#[test]
fn a_log_without_rules_says_where_they_come_from() {
    let mut screen = Screen::new((super::SPEC.new)(), 80, 8);
    screen.answered(engine(SUPPORT));
    assert!(
        screen.frame().contains("No rule is defined"),
        "{}",
        screen.frame()
    );
}

#[test]
fn the_violating_cases_of_a_rule_become_a_filter() {
    let mut screen = screen(80, 24);
    let emit = |text: &str| Outcome::Emit(vec![Action::AddFilter(text.to_owned())]);
    assert_eq!(screen.act(Action::Open), emit("`four eyes` = \"broken\""));
    screen.act(Action::MoveDown);
    let keep = "`response(\"Order\", \"Invoice\") within 2d` = \"broken\"";
    assert_eq!(screen.act(Action::Keep), emit(keep));
    assert_eq!(screen.command().as_deref(), Some("rules"));
}
