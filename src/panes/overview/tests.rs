//! The overview: answers in, keys, frames out.

use super::*;
use crate::engine::{
    DurationBin, Examples, FindingFigure, FindingKind, FindingRow, Findings, KeyChange, KeyFigure,
    KeyFigures, LogInfo, Looked, MilestoneInfo, OpenNow, OverviewQuery, Rows, Stats, Summary,
    SummaryQuery, TimeBin, Timeline, VariantRow, VariantsQuery, View,
};
use crate::filter::Gap;
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

fn key_figures() -> KeyFigures {
    let figure = |name: &str, change: f64, p: f64| KeyFigure {
        name: name.to_owned(),
        is_share: name == "reopened",
        guessed: !name.is_empty(),
        calendar: None,
        stats: Some(stats(90_000.0)),
        unknown: 14,
        trend: (0..12).map(|i| Some(f64::from(i % 5))).collect(),
        change: Some(KeyChange {
            values: [0.1, 0.1 + change],
            n: [30, 40],
            p,
        }),
    };
    KeyFigures {
        cases: 120,
        open: OpenNow {
            known: true,
            guessed: true,
            open: 14,
            is_filtered: true,
            log_open: 34,
            before: 21,
            flow: (35, 22),
            period: 604_800.0,
            due: Some((10, 2)),
        },
        figures: vec![
            figure("", 0.012, 0.001),
            figure("first_response", -0.05, 0.002),
            figure("reopened", 0.01, 0.4),
        ],
        since: Some(13 * DAY),
    }
}

fn found() -> Findings {
    let row = |kind: FindingKind, sentence: &str, rank: u64| FindingRow {
        rank,
        ..FindingRow::new(kind, sentence.to_owned())
    };
    let wait = FindingRow {
        subject: vec!["Asked".into(), "Answered".into()],
        figure: FindingFigure::Seconds(9000.0),
        cost: Some(500_000.0),
        filter: Some(Expr::follows("Asked", "Answered", Gap::default())),
        ..row(
            FindingKind::Wait,
            "The wait from Asked to Answered grew from 1h 10m to 2h 30m on average since \
             1970-01-14; 3 more steps wait longer",
            1,
        )
    };
    let ends = FindingRow {
        concerned: 0.25,
        ..row(
            FindingKind::Ends,
            "End states are a doubtful guess \u{1b}",
            2,
        )
    };
    Findings {
        rows: Rows::all(vec![wait, ends]),
        looked: vec![Looked {
            kind: FindingKind::Wait,
            tested: 14,
            passed: 4,
            reason: None,
        }],
        periods: Some([0, 5, 10]),
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
        open: Some(0),
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
        (
            state::FIGURES,
            Answer::new::<KeyFiguresQuery>(key_figures()),
        ),
        (state::FINDINGS, Answer::new::<FindingsQuery>(found())),
    ] {
        pane.receive(slot, Ok(answer));
    }
    pane
}

fn log() -> LogInfo {
    LogInfo {
        milestones: ["first_response", "reopened"]
            .map(|name| MilestoneInfo {
                name: name.into(),
                guessed: true,
            })
            .into(),
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

fn with_look(area: Rect, maximized: bool, f: impl FnOnce(Look<'_>)) {
    let (log, view, theme) = (log(), View::default(), Theme::default());
    let context = Context {
        log: &log,
        view: &view,
        area,
        maximized,
        plain: false,
        marks: &crate::panes::NO_MARKS,
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
    let mut pane = filled();
    let none = Findings {
        rows: Rows::all(Vec::new()),
        ..found()
    };
    pane.receive(state::FINDINGS, Ok(Answer::new::<FindingsQuery>(none)));
    insta::assert_snapshot!("no_findings", shot(&pane, 80, 16));
    for part in ["variants", "time", "durations"] {
        press(&mut pane, &Action::SwitchFocus);
        insta::assert_snapshot!(part, shot(&pane, 80, 20));
    }
}

#[test]
fn a_number_is_never_cut() {
    let mut pane = filled();
    let summary = pane.summary.as_mut().expect("it was received");
    summary.events = 1_234_567_890;
    for (width, height) in [(80, 20), (120, 36), (60, 16)] {
        let screen = shot(&pane, width, height);
        assert!(screen.contains("Events"), "{screen}");
        assert!(screen.contains(" 1,234,567,890 "), "{screen}");
    }
}

#[test]
fn no_size_panics() {
    let mut pane = filled();
    for _ in 0..4 {
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
    press(&mut pane, &Action::SwitchFocus);
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
fn a_finding_leads_to_its_item() {
    let mut pane = filled();
    let to = |pane: &'static str, filter: &str, crumb: &str, subject: &str, item: &str| {
        Outcome::Emit(vec![Action::DrillTo {
            filter: filter.to_owned(),
            pane,
            crumb: crumb.to_owned(),
            subject: subject.to_owned(),
            item: item.to_owned(),
        }])
    };
    let filter = "\"Asked\" -> \"Answered\"";
    let subject = "steps changeable";
    assert_eq!(
        press(&mut pane, &Action::Open),
        to(
            "bottlenecks",
            filter,
            "finding wait",
            subject,
            "Asked\0Answered"
        )
    );
    assert_eq!(
        press(&mut pane, &Action::Keep),
        Outcome::Emit(vec![Action::AddFilter(filter.to_owned())])
    );
    press(&mut pane, &Action::MoveDown);
    assert_eq!(
        press(&mut pane, &Action::Open),
        to("ends", "", "finding end states", "", "")
    );
    let kept = press(&mut pane, &Action::Keep);
    assert!(matches!(kept, Outcome::Emit(of) if matches!(of[0], Action::Notify(_))));
}

#[test]
fn a_finding_is_explained_with_its_numbers() {
    let pane = filled();
    let mut explained = Vec::new();
    with_look(Rect::new(0, 0, 80, 20), false, |look| {
        explained = pane.figures(look.context);
    });
    let names: Vec<&str> = explained.iter().map(|of| of.name.as_str()).collect();
    let wanted = ["finding", "evidence", "case time", "open cases", "closed"];
    assert_eq!(names[..5], wanted);
    assert!(explained[0].basis.is_some() && !explained[0].term.is_empty());
    let closed = explained[4].basis.as_ref().unwrap();
    assert_eq!(
        closed.in_words(),
        "n = 10 ended cases; left out: 14 open cases"
    );
}

#[test]
fn the_cursor_stays_on_its_kind_of_finding() {
    let mut pane = filled();
    press(&mut pane, &Action::MoveDown);
    let mut turned = found();
    turned.rows.rows.reverse();
    pane.receive(state::FINDINGS, Ok(Answer::new::<FindingsQuery>(turned)));
    assert_eq!(pane.cursor(state::Focus::Findings), 0);
}

#[test]
fn the_place_is_kept() {
    let mut pane = filled();
    press(&mut pane, &Action::SwitchFocus);
    press(&mut pane, &Action::SwitchFocus);
    press(&mut pane, &Action::GoToRow(7));
    let place = pane.place();
    let mut other = filled();
    other.go_to(&place);
    let time = state::Focus::Time;
    assert_eq!((other.focus, other.cursor(time)), (time, 6));
}
