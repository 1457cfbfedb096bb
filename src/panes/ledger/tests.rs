//! The ledger: answers in, keys, frames out.

use crate::engine::{Analysis, Answer, AskError, Cancel, LedgerQuery, Request, View};
use crate::event_log::Progress;
use crate::formats::{ImportReport, Lines, Reason, Reject, Warning};
use crate::input::Action;
use crate::panes::fixtures::Screen;
use crate::panes::{CopyWhat, Outcome, Place};

fn reject(line: u64, reason: Reason, value: &str, raw: &str) -> Reject {
    Reject {
        file: 0,
        line: Some(line),
        reason,
        value: value.to_owned(),
        raw: raw.to_owned(),
    }
}

fn report() -> ImportReport {
    let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    let mut report = ImportReport {
        files: vec!["orders.csv".to_owned()],
        format: "csv".to_owned(),
        lines: Lines {
            read: 1212,
            header: 1,
            blank: 2,
            loaded: 1205,
            rejected: 3,
            continuation: 1,
        },
        mapping: vec![
            pair("case", "order"),
            pair("activity", "what"),
            pair("time", "when"),
            pair("time format", "%Y-%m-%d"),
            pair("delimiter", ","),
        ],
        ..ImportReport::default()
    };
    report.reject(reject(
        12,
        Reason::BadTime,
        "soon",
        "4711,Close,soon,\"two\r\nlines\t\u{1b}[31m\"",
    ));
    report.reject(reject(40, Reason::TooFewFields, "4712,Open", "4712,Open"));
    let long = format!("4713,Open,later,{}", "long ".repeat(60));
    report.reject(reject(1100, Reason::BadTime, "later \u{202e}dlo", &long));
    report.warn(
        Warning::ShortRow,
        "rows with fewer fields than columns: 2, first at line 7",
    );
    report.warn(
        Warning::StrayQuote,
        "rows with a stray quote, read as a plain character: 1, first at line 9",
    );
    report
}

/// Answers of the engine about a log that was read so.
fn engine(report: ImportReport) -> impl Fn(&Request) -> Result<Answer, AskError> {
    let log = crate::test_support::log("1: Open");
    let progress = Progress::default();
    let name = "orders.csv".to_owned();
    let analysis = Analysis::new(name, log, report, chrono_tz::UTC, &progress).expect("whole");
    move |request| analysis.answer(&View::default(), request, &Cancel::never())
}

fn screen(report: ImportReport, width: u16, height: u16) -> Screen {
    let mut screen = Screen::new((super::SPEC.new)(), width, height);
    screen.answered(engine(report));
    screen
}

#[test]
fn frames() {
    insta::assert_snapshot!("80x24", screen(report(), 80, 20).frame());
    insta::assert_snapshot!("160x48", screen(report(), 160, 40).frame());
    insta::assert_snapshot!("20x5", screen(report(), 20, 5).frame());
    let mut narrow = screen(report(), 40, 9);
    narrow.act(Action::SwitchFocus);
    insta::assert_snapshot!("detail_focused", narrow.frame());
}

#[test]
fn a_log_without_rejects_shows_its_warnings() {
    let clean = ImportReport {
        rejects: Vec::new(),
        reasons: std::collections::BTreeMap::new(),
        n_rejected: 0,
        ..report()
    };
    insta::assert_snapshot!("warnings_only", screen(clean, 80, 20).frame());
    let spotless = screen(ImportReport::default(), 60, 12);
    insta::assert_snapshot!("spotless", spotless.frame());
    spotless.at_every_size();
}

#[test]
fn several_inputs_are_named() {
    let mut report = report();
    report.files.push("more\u{1b}.csv".to_owned());
    report.rejects[1].file = 1;
    report.n_rejected = 20_000;
    let mut screen = screen(report, 110, 24);
    screen.act(Action::MoveDown);
    insta::assert_snapshot!("several_inputs", screen.frame());
}

#[test]
fn no_size_panics() {
    let mut screen = screen(report(), 80, 24);
    screen.at_every_size();
    screen.act(Action::SwitchFocus);
    screen.at_every_size();
}

fn lines(screen: &Screen) -> Vec<String> {
    let view = screen.copy(CopyWhat::View).unwrap_or_default();
    let line = |row: &str| row.split('\t').nth(1).map(String::from);
    view.lines().skip(1).filter_map(line).collect()
}

#[test]
fn reasons_are_kept_and_dropped() {
    let answers = engine(report());
    let mut screen = Screen::new((super::SPEC.new)(), 80, 24);
    screen.answered(&answers);
    assert_eq!(lines(&screen), ["12", "40", "1100"]);
    assert_eq!(screen.act(Action::Keep), Outcome::Done);
    screen.answered(&answers);
    assert_eq!(lines(&screen), ["12", "1100"]);
    let place = screen.pane.place();
    let last = screen.act(Action::Drop);
    assert!(matches!(last, Outcome::Emit(_)), "nothing would be left");
    assert_eq!(screen.act(Action::Back), Outcome::Done);
    assert_eq!(screen.act(Action::Back), Outcome::Ignored);
    screen.answered(&answers);
    assert_eq!(screen.act(Action::Drop), Outcome::Done);
    screen.answered(&answers);
    assert_eq!(lines(&screen), ["40"]);
    screen.pane.go_to(&place);
    screen.answered(&answers);
    assert_eq!(lines(&screen), ["12", "1100"]);
    assert_eq!(screen.pane.place(), Place { ..place });
}

#[test]
fn rows_are_sorted_and_copied_safely() {
    let answers = engine(report());
    let mut screen = Screen::new((super::SPEC.new)(), 80, 24);
    screen.answered(&answers);
    let copy = |screen: &Screen, what| screen.copy(what).expect("a row");
    assert_eq!(
        copy(&screen, CopyWhat::Row),
        "orders.csv\t12\tbad-time\tsoon"
    );
    assert_eq!(
        copy(&screen, CopyWhat::Cell),
        "4711,Close,soon,\"two\\r\\nlines\\t\\u{1b}[31m\""
    );
    screen.act(Action::Sort);
    screen.act(Action::ReverseSort);
    screen.answered(&answers);
    assert_eq!(lines(&screen), ["40", "12", "1100"]);
    screen.act(Action::SetFind("later".into()));
    screen.answered(&answers);
    assert_eq!(lines(&screen), ["1100"]);
    assert_eq!(screen.command().as_deref(), Some("quality"));
}

#[test]
fn the_text_beside_the_list_scrolls() {
    let mut screen = screen(report(), 80, 14);
    screen.act(Action::SwitchFocus);
    let first = screen.frame();
    screen.act(Action::MoveDown);
    assert_ne!(screen.frame(), first);
    screen.act(Action::Bottom);
    assert!(
        screen.frame().contains("continuation"),
        "{}",
        screen.frame()
    );
    screen.act(Action::Top);
    assert_eq!(screen.frame(), first);
    assert_eq!(screen.act(Action::Back), Outcome::Done);
}

#[test]
fn rows_that_have_not_arrived_keep_their_place() {
    let engine = engine(report());
    let place = |frame: &str| frame.lines().position(|line| line.contains("4712,Open"));
    let mut whole = Screen::new((super::SPEC.new)(), 58, 20);
    whole.answered(&engine);
    let mut late = Screen::new((super::SPEC.new)(), 58, 20);
    late.answered(|request| {
        let answer = engine(request)?;
        let Some(ledger) = answer.to::<LedgerQuery>() else {
            return Ok(answer);
        };
        let mut ledger = ledger.clone();
        ledger.rejects.rows.remove(0);
        ledger.rejects.offset += 1;
        Ok(Answer::new::<LedgerQuery>(ledger))
    });
    assert!(place(&whole.frame()).is_some(), "{}", whole.frame());
    assert_eq!(
        place(&late.frame()),
        place(&whole.frame()),
        "{}",
        late.frame()
    );
}
