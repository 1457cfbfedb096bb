//! The flow chart: answers in, keys, frames out; its filters select what it counts.

use crate::engine::{Analysis, Cancel, Flow, FlowQuery, SummaryQuery, View};
use crate::input::Action;
use crate::panes::fixtures::{SUPPORT, Screen, engine};
use crate::panes::{CopyWhat, Outcome};

fn screen(width: u16, height: u16) -> Screen {
    let mut screen = Screen::new((super::SPEC.new)(), width, height);
    screen.answered(engine(SUPPORT));
    screen
}

#[test]
fn frames() {
    insta::assert_snapshot!("80x20", screen(80, 20).frame());
    insta::assert_snapshot!("40x9", screen(40, 9).frame());
    insta::assert_snapshot!("20x4", screen(20, 4).frame());
}

fn filter_of(outcome: Outcome) -> String {
    match outcome {
        Outcome::Emit(actions) => match actions.as_slice() {
            [Action::AddFilter(filter)] => filter.clone(),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

/// Of the support log, the last case of which is open: cases 1, 3 and 4 end with Close, 2 does not.
fn analysis() -> Analysis {
    Analysis::new(
        "small.csv".to_owned(),
        crate::test_support::log(SUPPORT),
        crate::formats::ImportReport::default(),
        chrono_tz::UTC,
        &crate::event_log::Progress::default(),
    )
    .expect("not cancelled")
}

#[test]
fn every_bin_leads_to_exactly_its_cases() {
    let mut screen = screen(80, 20);
    let analysis = analysis();
    let (_, request) = screen.requests().swap_remove(0);
    let cancel = Cancel::never();
    let query = request
        .get::<FlowQuery>()
        .expect("a question about the flow");
    let flow = analysis.ask(&View::default(), query, &cancel);
    let Flow { bins, ending, .. } = flow.expect("a flow");
    // Cases 1 and 3 end with Close and 4, too; 2 ends with Solve, which ends nothing.
    assert_eq!(ending.open, 1);
    let count = |filter: String| {
        let view = View {
            filters: vec![filter.clone()],
            ..View::default()
        };
        let summary = analysis.ask(&view, &SummaryQuery, &cancel);
        summary
            .unwrap_or_else(|error| panic!("{filter}: {error}"))
            .cases
    };
    screen.act(Action::Top);
    for bin in &bins {
        for wanted in [bin.arrivals, bin.completions, bin.there] {
            let filter = filter_of(screen.act(Action::Keep));
            assert_eq!(count(filter.clone()), wanted, "{filter}");
            let dropped = filter_of(screen.act(Action::Drop));
            assert_eq!(count(dropped), 4 - wanted, "{filter}");
            screen.act(Action::SwitchFocus);
        }
        screen.act(Action::MoveRight);
    }
    assert_eq!(bins.iter().map(|bin| bin.arrivals).sum::<u64>(), 4);
    assert_eq!(bins.iter().map(|bin| bin.completions).sum::<u64>(), 3);
}

#[test]
fn a_closer_look_asks_anew_and_is_kept_in_the_place() {
    let mut screen = screen(80, 20);
    screen.act(Action::Top);
    let whole = screen.requests();
    screen.act(Action::ZoomIn);
    let closer = screen.requests();
    assert_ne!(whole, closer);
    screen.answered(engine(SUPPORT));
    let command = screen.command().expect("a report");
    assert!(
        command.starts_with("flow --bins 72 --from 2024-01-01"),
        "{command}"
    );
    let place = screen.pane.place();
    screen.act(Action::ZoomFit);
    assert_eq!(screen.requests(), whole);
    screen.pane.go_to(&place);
    assert_eq!(screen.requests(), closer);
    screen.act(Action::ZoomOut);
    assert_eq!(screen.requests(), whole);
}

#[test]
fn what_is_copied() {
    let mut screen = screen(80, 20);
    screen.act(Action::Top);
    let row = screen.copy(CopyWhat::Row).expect("a row");
    assert!(row.starts_with("2024-01-01T00:00:00Z\t1\t0\t0\t"), "{row}");
    let view = screen.copy(CopyWhat::View).expect("rows");
    assert!(view.starts_with("start\tarrivals\tcompletions\twip\twip_mean\n"));
}
