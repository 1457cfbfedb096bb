//! The overview: answers in, keys, frames out.

use super::*;
use crate::engine::{
    DurationBin, Examples, LogInfo, OverviewQuery, Rows, Stats, Summary, SummaryQuery, TimeBin,
    Timeline, VariantRow, VariantsQuery, View,
};
use crate::text::time::DAY;
use crate::ui::Theme;
use crate::ui::testing::{at_every_size, frame};

fn stats(median: f64) -> Stats {
    Stats {
        n: 10,
        mean: median,
        median,
        p90: median * 2.0,
        p99: median * 2.5,
        min: 0.0,
        max: median * 3.0,
        total: 1.0,
    }
}

fn filled() -> State {
    let mut pane = State::default();
    let summary = Summary {
        events: 1234,
        cases: 120,
        activities: 7,
        variants: 2,
        resources: Some(5),
        first_event: Some(0),
        last_event: Some(20 * DAY),
        events_per_case: Some(stats(4.0)),
        case_duration: Some(stats(90_000.0)),
        open: 0,
        throughput: Some(stats(90_000.0)),
        total_events: 5000,
        total_cases: 480,
    };
    let bins = (0..20).map(|i| TimeBin {
        start: i * DAY,
        started: (i % 7) as u64,
        ended: 1,
        total: 1.0,
        median: Some(1.0),
    });
    let shape = crate::engine::Overview {
        timeline: Timeline {
            unit: "day".into(),
            bins: bins.collect(),
            end: 20 * DAY,
        },
        durations: vec![
            DurationBin {
                from: 0.0,
                to: 3600.0,
                count: 20,
            },
            DurationBin {
                from: 3600.0,
                to: 86_400.0,
                count: 90,
            },
            DurationBin {
                from: 86_400.0,
                to: 100_000.5,
                count: 10,
            },
        ],
    };
    let variant = |rank: u32, cases: u64, names: &[&str]| VariantRow {
        rank,
        ranks: vec![rank],
        cases,
        share: cases as f64 / 120.0,
        cumulative: 1.0,
        activities: names.iter().map(|&n| n.into()).collect(),
        duration: stats(5000.0),
        rework: 0.0,
        deadlines: (0, 0),
        cost: None,
    };
    let rows = vec![
        variant(1, 100, &["Created", "Assigned", "Assigned", "Closed"]),
        variant(4, 20, &["Created", "Closed\u{1b}"]),
    ];
    let variants = Rows::all(rows);
    for (slot, answer) in [
        (state::SUMMARY, Answer::new::<SummaryQuery>(summary)),
        (state::SHAPE, Answer::new::<OverviewQuery>(shape)),
        (state::VARIANTS, Answer::new::<VariantsQuery>(variants)),
    ] {
        pane.receive(slot, Ok(answer));
    }
    pane
}

fn log() -> LogInfo {
    LogInfo {
        milestones: Vec::new(),
        name: "test.csv".into(),
        events: 5000,
        cases: 480,
        variants: 2,
        activities: Vec::new(),
        columns: Vec::new(),
        resource: None,
        instances: false,
        span: Some((0, 20 * DAY)),
        mapping: Vec::new(),
        rejected: 0,
        warnings: Vec::new(),
        deadlines: 0,
        conform_rules: 0,
        outcomes: Vec::new(),
        costs: false,
        scores: false,
        calendar: None,
        zone: chrono_tz::UTC,
        bytes: 0,
        examples: Examples::default(),
    }
}

fn with_look(area: Rect, maximized: bool, f: impl FnOnce(Look<'_>)) {
    let (log, view, theme) = (log(), View::default(), Theme::default());
    let context = Context {
        log: &log,
        view: &view,
        area,
        maximized,
        plain: false,
        keys: crate::input::Keys::default(),
    };
    f(Look {
        context,
        theme: &theme,
        stale: &|_| false,
    });
}

fn press(pane: &mut State, action: &Action) -> Outcome {
    let mut outcome = Outcome::Ignored;
    with_look(Rect::new(0, 0, 80, 20), false, |look| {
        outcome = pane.update(action, look.context);
    });
    outcome
}

fn shot(pane: &State, width: u16, height: u16) -> String {
    frame(width, height, |area, buffer| {
        with_look(area, false, |look| pane.draw(area, buffer, look));
    })
}

#[test]
fn frames() {
    insta::assert_snapshot!("80x20", shot(&filled(), 80, 20));
    insta::assert_snapshot!("120x36", shot(&filled(), 120, 36));
    insta::assert_snapshot!("20x5", shot(&filled(), 20, 5));
    insta::assert_snapshot!("nothing_yet", shot(&State::default(), 80, 10));
}

#[test]
fn no_size_panics() {
    let mut pane = filled();
    for _ in 0..3 {
        at_every_size(|area, buffer| {
            for maximized in [false, true] {
                with_look(area, maximized, |look| pane.draw(area, buffer, look));
            }
        });
        press(&mut pane, &Action::SwitchFocus);
    }
}

#[test]
fn what_the_cursor_is_on_becomes_a_filter() {
    let mut pane = filled();
    press(&mut pane, &Action::MoveDown);
    let drill = Action::Drill {
        filter: "variant = 4".into(),
        pane: "cases",
        crumb: "variant 4".into(),
    };
    assert_eq!(press(&mut pane, &Action::Open), Outcome::Emit(vec![drill]));
    press(&mut pane, &Action::SwitchFocus);
    press(&mut pane, &Action::MoveRight);
    let keep = Action::AddFilter("started 1970-01-02T00:00:00Z..1970-01-03T00:00:00Z".into());
    assert_eq!(press(&mut pane, &Action::Keep), Outcome::Emit(vec![keep]));
    press(&mut pane, &Action::SwitchFocus);
    press(&mut pane, &Action::Bottom);
    let drop = "not (duration >= 1d and duration <= 1d3h46m40s500ms)";
    assert_eq!(
        press(&mut pane, &Action::Drop),
        Outcome::Emit(vec![Action::AddFilter(drop.into())])
    );
}

#[test]
fn the_place_is_kept() {
    let mut pane = filled();
    press(&mut pane, &Action::SwitchFocus);
    press(&mut pane, &Action::GoToRow(7));
    let place = pane.place();
    let mut other = filled();
    other.go_to(&place);
    assert_eq!((other.focus, other.time), (state::Focus::Time, 6));
}
