//! The resources pane: answers of the engine in, keys, frames out.

use super::PARTS;
use crate::engine::{
    Analysis, Answer, AskError, Cancel, HandoverCell, Listing, Matrix, MatrixQuery, Request,
    ResourcesQuery, View,
};
use crate::event_log::{Codes, Column, ColumnData, Level, NO_INSTANT, Progress, Role};
use crate::formats::ImportReport;
use crate::input::Action;
use crate::panes::fixtures::{SUPPORT, Screen, engine};
use crate::panes::{CopyWhat, Outcome, Place};

/// Names of the resources of the log, whose first codes are theirs; a name with quotes and one with a
/// control character are among them.
const NAMES: [&str; 5] = ["", "Marta \"M\" Nowak", "Ali\u{1b}[2J", "Luis", "Chen"];

/// Cases with three or four events each.
const LOG: &str = "1: Open Work Check Close @0 +60 +3600 +90000;
    2: Open Work Work Close @50000 +30 +600 +700000;
    3: Open Check Work Close @200000 +30 +600 +800000;
    4: Open Work Close @300000 +500 +900";

/// Codes of the resources of the events, one for each.
const WHO: [u32; 15] = [1, 2, 1, 2, 1, 2, 3, 3, 1, 2, 1, 0, 4, 4, 1];

/// Answers of the engine about that log, with starts where they are wanted.
fn staffed(starts: bool) -> impl Fn(&Request) -> Result<Answer, AskError> {
    let mut log = crate::test_support::log(LOG);
    let column = |name: &str, codes: &[u32], names: &[&str]| Column {
        name: name.to_owned(),
        level: Level::Event,
        data: ColumnData::Text(
            Codes::pack(codes.iter().copied(), names.len()),
            names.iter().copied().collect(),
        ),
    };
    let teams: Vec<u32> = WHO.iter().map(|who| who.div_ceil(2)).collect();
    log.columns = vec![
        column("who", &WHO, &NAMES),
        column("team", &teams, &["", "North", "South"]),
    ];
    log.role_columns[Role::Resource] = Some(0);
    if starts {
        let start = |(at, time): (usize, &i64)| match at % 5 {
            4 => NO_INSTANT,
            _ => time - 40_000_000,
        };
        log.start = Some(log.time.iter().enumerate().map(start).collect());
    }
    let (report, progress) = (ImportReport::default(), Progress::default());
    let analysis = Analysis::new("x".to_owned(), log, report, chrono_tz::UTC, &progress).unwrap();
    move |request| analysis.answer(&View::default(), request, &Cancel::never())
}

/// The pane with answers of the log without starts, at the part of that position.
fn screen(part: usize, width: u16, height: u16) -> Screen {
    let mut screen = Screen::new((super::SPEC.new)(), width, height);
    for _ in 0..part {
        screen.act(Action::NextChart);
    }
    screen.answered(staffed(false));
    screen
}

#[test]
fn frames() {
    for (part, spec) in PARTS.iter().enumerate() {
        for (width, height) in [(80, 22), (160, 30), (40, 10)] {
            let name = format!("{}-{width}x{height}", spec.id);
            insta::assert_snapshot!(name, screen(part, width, height).frame());
        }
    }
}

#[test]
fn starts_make_load_known() {
    for (part, name) in [(0, "list-starts"), (1, "load-starts")] {
        let mut screen = screen(part, 160, 24);
        screen.log.instances = true;
        screen.answered(staffed(true));
        insta::assert_snapshot!(name, screen.frame());
    }
}

#[test]
fn a_log_without_resources_says_how_to_name_them() {
    for part in 0..PARTS.len() {
        let mut screen = Screen::new((super::SPEC.new)(), 80, 8);
        screen.log.resource = None;
        for _ in 0..part {
            screen.act(Action::NextChart);
        }
        screen.answered(engine(SUPPORT));
        assert!(
            screen.frame().contains("press C to choose one"),
            "{}",
            screen.frame()
        );
        // Another column is as good.
        screen.act(Action::SegmentBy("activity".to_owned()));
        screen.answered(engine(SUPPORT));
        assert!(!screen.frame().contains("press C"), "{}", screen.frame());
    }
}

#[test]
fn no_size_panics() {
    screen(0, 80, 24).at_every_size();
    for part in 0..PARTS.len() {
        let mut screen = screen(part, 80, 24);
        screen.at_many_sizes();
        screen.act(Action::MoveRight);
        screen.act(Action::Bottom);
        screen.act(Action::ToggleAxis);
        screen.answered(staffed(false));
        screen.at_many_sizes();
        screen.maximized = true;
        screen.at_many_sizes();
    }
}

#[test]
fn the_row_under_the_cursor_becomes_a_filter() {
    let emit = |action| Outcome::Emit(vec![action]);
    for (part, keep, drop) in [
        (
            0,
            "resource = \"Marta \\\"M\\\" Nowak\"",
            "resource != \"Marta \\\"M\\\" Nowak\"",
        ),
        (
            2,
            "resource \"Marta \\\"M\\\" Nowak\" -> \"Ali\u{1b}[2J\"",
            "not (resource \"Marta \\\"M\\\" Nowak\" -> \"Ali\u{1b}[2J\")",
        ),
        (
            3,
            "ping-pong [\"Ali\u{1b}[2J\", \"Marta \\\"M\\\" Nowak\"]",
            "not (ping-pong [\"Ali\u{1b}[2J\", \"Marta \\\"M\\\" Nowak\"])",
        ),
    ] {
        let mut screen = screen(part, 80, 24);
        assert_eq!(
            screen.act(Action::Keep),
            emit(Action::AddFilter(keep.into()))
        );
        assert_eq!(
            screen.act(Action::Drop),
            emit(Action::AddFilter(drop.into()))
        );
    }
}

#[test]
fn cells_of_the_matrix_become_filters() {
    let mut screen = screen(4, 80, 24);
    let keep = |filter: &str| Outcome::Emit(vec![Action::AddFilter(filter.to_owned())]);
    // Those with most handovers come first; on the diagonal are the steps that the same kept.
    let Outcome::Emit(none) = screen.act(Action::Keep) else {
        panic!("an action");
    };
    assert!(matches!(none[0], Action::Notify(_)), "{none:?}");
    screen.act(Action::MoveRight);
    assert_eq!(
        screen.act(Action::Keep),
        keep("resource \"Ali\u{1b}[2J\" -> \"Marta \\\"M\\\" Nowak\"")
    );
    assert_eq!(screen.copy(CopyWhat::Cell).as_deref(), Some("2"));
    screen.act(Action::ToggleAxis);
    screen.answered(staffed(false));
    assert!(screen.frame().contains("median"), "{}", screen.frame());
    assert_eq!(screen.figures().len(), 2);
}

#[test]
fn what_others_have_together_does_not_set_the_shades() {
    let cell = |count: u64| HandoverCell {
        count,
        ..HandoverCell::default()
    };
    let rows = [[0, 4, 9], [1, 0, 9], [9, 9, 900]];
    let matrix = Matrix {
        names: vec!["Ann".into(), "Bob".into()],
        others: 25,
        handovers: 941,
        cells: rows.map(|row| row.map(cell).to_vec()).to_vec(),
    };
    let mut screen = Screen::new((super::SPEC.new)(), 80, 10);
    for _ in 0..4 {
        screen.act(Action::NextChart);
    }
    screen.answered(|_| Ok(Answer::new::<MatrixQuery>(matrix.clone())));
    let frame = screen.frame();
    let line = |name: &str| {
        let line = frame.lines().find(|line| line.trim_start().contains(name));
        line.unwrap_or_else(|| panic!("{frame}")).to_owned()
    };
    assert!(frame.contains("number of handovers"), "{frame}");
    assert!(line("> Ann").contains("█     4"), "{frame}");
    assert!(line("Bob  ").contains("░     1"), "{frame}");
    let mut said = |moves: &[Action]| {
        for action in moves {
            screen.act(action.clone());
        }
        format!("{:?}", screen.act(Action::Keep))
    };
    assert!(said(&[]).contains("No case has this handover"));
    assert!(said(&[Action::MoveRight, Action::MoveRight]).contains("T T"));
}

#[test]
fn all_parts_are_by_one_column() {
    let mut screen = screen(1, 100, 30);
    screen.act(Action::SegmentBy("team".to_owned()));
    for part in PARTS.iter().cycle().skip(1).take(PARTS.len()) {
        screen.answered(staffed(false));
        let command = screen.command().unwrap();
        assert!(command.contains("--by team"), "{}: {command}", part.id);
        // No case goes back and forth between teams.
        let shown = if part.id == "ping-pong" {
            "ping-pongs"
        } else {
            "North"
        };
        assert!(
            screen.frame().contains(shown),
            "{}: {}",
            part.id,
            screen.frame()
        );
        if ["list", "load"].contains(&part.id) {
            let frame = screen.frame();
            assert!(frame.contains("  team  "), "{frame}");
            assert!(!frame.contains("  resource  "), "{frame}");
        }
        screen.act(Action::NextChart);
    }
    let place = screen.pane.place();
    screen.act(Action::SegmentBy(String::new()));
    assert!(!screen.command().unwrap().contains("--by"));
    screen.pane.go_to(&place);
    assert_eq!(screen.pane.place().subject, place.subject);
    screen.act(Action::NextChart);
    assert!(screen.command().unwrap().contains("--by team"));
    screen.pane.go_to(&Place::default());
    assert!(screen.command().unwrap().contains("--by team"));
}

#[test]
fn rows_that_search_and_sort_are_those_of_the_engine() {
    let answer = staffed(false)(&Request::new(ResourcesQuery::new(Listing::by("events")))).unwrap();
    let rows = &answer.to::<ResourcesQuery>().unwrap().rows.rows;
    let figures = rows.iter().map(|row| {
        let (passed, waits) = (row.passed, row.waits.0);
        (
            row.events,
            row.cases,
            passed.kept,
            passed.handed,
            waits,
            row.without,
        )
    });
    let figures: Vec<_> = figures.collect();
    assert_eq!(
        figures,
        [
            (6, 4, 0, 4, 3, 1),
            (4, 3, 0, 3, 4, 1),
            (2, 1, 1, 1, 1, 1),
            (2, 1, 1, 0, 2, 1),
        ]
    );
}
