//! Keys to state, and frames.

use super::*;
use crate::engine::{
    CaseCount, Examples, FilterCount, FilterCountsQuery, FilterError, LogInfo, View,
};
use crate::ui::{Theme, testing};

fn entry(text: &str, events: bool, on: bool) -> FilterEntry {
    FilterEntry {
        text: text.to_owned(),
        events,
        on,
    }
}

fn pane() -> State {
    let mut pane = State::default();
    pane.filters_changed(&[
        entry("activity != \"Note\"", true, true),
        entry("duration > 3d", false, false),
        entry("\"Escalate\"", false, true),
        entry("nonsense", false, true),
    ]);
    pane
}

fn log() -> LogInfo {
    LogInfo {
        milestones: Vec::new(),
        name: "orders.csv".to_owned(),
        events: 100,
        cases: 50,
        variants: 7,
        activities: Vec::new(),
        columns: Vec::new(),
        resource: None,
        instances: false,
        span: None,
        mapping: Vec::new(),
        place: crate::engine::LogPlace::Here,
        rejected: 0,
        redacted: false,
        shifted: false,
        least: 0,
        stopped: false,
        warnings: Vec::new(),
        deadlines: 0,
        conform_rules: 0,
        outcomes: Vec::new(),
        costs: false,
        scores: false,
        noted: &[],
        since: None,
        calendar: None,
        zone: chrono_tz::UTC,
        bytes: 0,
        examples: Examples::default(),
    }
}

fn context<'a>(log: &'a LogInfo, view: &'a View) -> Context<'a> {
    Context {
        log,
        view,
        area: Rect::new(0, 0, 80, 24),
        maximized: false,
        plain: false,
        marks: &crate::panes::NO_MARKS,
        keys: crate::input::Keys::default(),
    }
}

fn counts() -> Answer {
    let wrong = FilterError {
        text: "nonsense".to_owned(),
        span: 0..8,
        message: "no such field".to_owned(),
    };
    let count = |alone: Result<u64, FilterError>, after| FilterCount {
        alone: alone.map(CaseCount::Exactly),
        after: CaseCount::Exactly(after),
        notes: Vec::new(),
    };
    Answer::new::<FilterCountsQuery>(vec![
        count(Ok(120), 120),
        count(Err(wrong), 0),
        count(Ok(20), 9),
    ])
}

#[test]
fn filters_that_are_on_are_counted_first() {
    let (log, view) = (log(), View::default());
    let requests = pane().requests(context(&log, &view));
    let filters = ["\"Escalate\"", "nonsense", "duration > 3d"]
        .map(str::to_owned)
        .into();
    assert_eq!(requests, [(0, Request::new(FilterCountsQuery { filters }))]);
}

#[test]
fn keys_act_on_the_row_of_the_cursor() {
    let (log, view) = (log(), View::default());
    let context = context(&log, &view);
    let mut pane = pane();
    for (action, outcome) in [
        (Action::MoveDown, Outcome::Done),
        (
            Action::ToggleRow,
            Outcome::Emit(vec![Action::ToggleFilter(1)]),
        ),
        (
            Action::InvertRow,
            Outcome::Emit(vec![Action::InvertFilter(1)]),
        ),
        (Action::Open, Outcome::Emit(vec![Action::EditFilter(1)])),
        (Action::Bottom, Outcome::Done),
        (
            Action::DeleteRow,
            Outcome::Emit(vec![Action::DeleteFilter(3)]),
        ),
        (Action::Keep, Outcome::Ignored),
    ] {
        assert_eq!(pane.update(&action, context), outcome, "{action:?}");
    }
    assert_eq!(
        pane.copy(CopyWhat::Cell, context).as_deref(),
        Some("nonsense")
    );
    pane.filters_changed(&[]);
    assert_eq!(
        pane.update(&Action::DeleteRow, context),
        Outcome::Emit(vec![Action::Filter])
    );
    assert_eq!(pane.copy(CopyWhat::View, context), None);
}

#[test]
fn the_stack_is_drawn_with_its_counts() {
    let mut pane = pane();
    pane.receive(0, Ok(counts()));
    let (log, view) = (log(), View::default());
    let theme = Theme::default();
    let draw = |pane: &State, area: Rect, buffer: &mut Buffer| {
        let look = Look {
            context: context(&log, &view),
            theme: &theme,
            stale: &|_| false,
        };
        pane.draw(area, buffer, look);
    };
    insta::assert_snapshot!(testing::frame(80, 8, |area, buffer| draw(
        &pane, area, buffer
    )));
    testing::at_every_size(|area, buffer| draw(&pane, area, buffer));
    let none = State::default();
    testing::at_every_size(|area, buffer| draw(&none, area, buffer));
}
