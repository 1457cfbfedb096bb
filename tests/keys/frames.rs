//! Frames of every pane and chart on the fixtures, at two sizes, with the texts that they copy: what a
//! rewrite of a pane must not change.

use super::play::{Player, settings};
use casetrail::app::{Loader, Settings};
use casetrail::engine::{Analysis, View};
use casetrail::event_log::{Progress, Role};
use casetrail::formats::{self, LogOptions, ReadOptions, ReadPlan};
use casetrail::panes::{PANES, Place, Tab, timelines::CHARTS};
use casetrail::{config, text};
use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Longer than a message stays on the screen.
pub(super) const QUIET: Duration = Duration::from_secs(30);

pub(super) const SMALL: (u16, u16) = (80, 24);
pub(super) const LARGE: (u16, u16) = (160, 48);

fn fixture(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    std::fs::read(path.join(name)).expect("a fixture")
}

/// A loader of a fixture, with the definitions of a rules file.
fn loader(name: &'static str, read: ReadOptions, rules: Option<&'static str>) -> Loader {
    Box::new(move |progress: Arc<Progress>| {
        let bytes = fixture(name);
        let plan = ReadPlan {
            logs: vec![LogOptions {
                source: name.to_owned(),
                read: read.clone(),
                ..LogOptions::default()
            }],
            ..ReadPlan::default()
        };
        let (log, report) = formats::read_all(&[&bytes[..]], &plan, &progress).expect("it is read");
        let zone = text::time::UTC;
        let analysis = Analysis::new(name.to_owned(), log, report, zone, &progress);
        let text = rules.map_or_else(Vec::new, fixture);
        let text = String::from_utf8(text).expect("UTF-8");
        let timing = config::rules::parse(&text).expect("rules");
        let analysis = analysis.expect("not cancelled").with_timing(timing);
        Ok(Arc::new(analysis.expect("names of their own")))
    })
}

/// The support desk with its rules.
pub(super) fn support(view: View) -> Player {
    support_with(Settings { view, ..settings() })
}

/// The same with other settings.
pub(super) fn support_with(settings: Settings) -> Player {
    let loader = loader(
        "support.csv",
        ReadOptions::default(),
        Some("support-rules.toml"),
    );
    let mut player = Player::start(settings, loader);
    player.settle();
    player
}

/// The support desk with the scores of its survey.
pub(super) fn scored() -> Player {
    let rules = Some("support-scores.toml");
    let mut player = Player::start(
        settings(),
        loader("support.csv", ReadOptions::default(), rules),
    );
    player.settle();
    player
}

/// Journeys of customers with their rules.
pub(super) fn sales() -> Player {
    let rules = Some("sales-journey.toml");
    let mut player = Player::start(
        settings(),
        loader("sales.csv", ReadOptions::default(), rules),
    );
    player.settle();
    player
}

/// Visits with starts and the rates of their rooms.
pub(super) fn visits() -> Player {
    let columns = [
        (Role::Start, vec!["start".to_owned()]),
        (Role::Time, vec!["end".to_owned()]),
    ];
    let read = ReadOptions {
        columns: columns.into(),
        ..ReadOptions::default()
    };
    let loader = loader("visits-start-end.tsv", read, Some("visits-rates.toml"));
    let mut player = Player::start(settings(), loader);
    player.settle();
    player
}

fn instances(name: &'static str, read: ReadOptions) -> Player {
    let mut player = Player::start(settings(), loader(name, read, None));
    player.settle();
    player
}

/// What is recorded of a pane, section by section.
pub(super) struct Record<'a> {
    pub player: &'a mut Player,
    pub text: String,
}

impl Record<'_> {
    /// Of the pane that is active: frames, copies, orders, the detail, definitions.
    fn all(player: &mut Player, keys: &[&str]) -> String {
        let mut record = Record {
            player,
            text: String::new(),
        };
        record.frame("list", SMALL);
        record.copies();
        record.orders();
        record.frame("list", LARGE);
        for keys in keys {
            record.player.keys(keys);
            record.frame(&format!("after {keys}"), LARGE);
            record.copies();
        }
        record.player.keys("o");
        record.frame("other side", LARGE);
        record.copies();
        record.player.keys("e");
        record.frame("maximized", SMALL);
        record.player.keys("e o =");
        record.frame("definitions", SMALL);
        record.player.keys("esc");
        record.text
    }

    /// The frame at one size only, with what is copied.
    fn large(player: &mut Player) -> String {
        let mut record = Record {
            player,
            text: String::new(),
        };
        record.frame("list", LARGE);
        record.copies();
        record.player.keys("o");
        record.copies();
        record.player.keys("o");
        record.text
    }

    pub fn frame(&mut self, title: &str, (width, height): (u16, u16)) {
        self.player.resize(width, height).wait(QUIET);
        let screen = self.player.quiet_screen();
        write!(self.text, "== {title}, {width}x{height}\n{screen}").expect("a string");
    }

    pub fn copies(&mut self) {
        for (title, keys) in [
            ("row", "y y"),
            ("cell", "y c"),
            ("view", "y v"),
            ("command", "y !"),
        ] {
            let copied = self.copied(keys);
            writeln!(self.text, "== {title}\n{copied}").expect("a string");
        }
    }

    /// What these keys copy, or the message that nothing is copied.
    fn copied(&mut self, keys: &str) -> String {
        self.player.quiet();
        match self.player.copy(keys).trim_end() {
            "" => format!("({})", self.player.toast()),
            text => text.to_owned(),
        }
    }

    /// Every order of the list, both ways, with the first row of each.
    fn orders(&mut self) {
        let mut seen = BTreeSet::new();
        loop {
            let pane = self.player.app().pane().expect("a pane");
            let sort = pane.status().sort;
            if sort.is_empty() || !seen.insert(sort.clone()) {
                return;
            }
            self.order(&sort);
            self.player.keys("S");
            self.order("the other way");
            self.player.keys("S s");
        }
    }

    fn order(&mut self, title: &str) {
        self.player.keys("g g");
        let row = self.copied("y y");
        writeln!(self.text, "== by {title}\n{row}").expect("a string");
    }
}

/// Compares with the snapshot of that name.
pub(super) fn compare(name: &str, text: &str) {
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(name, text);
    });
}

#[test]
fn every_pane() {
    let mut player = support(View::default());
    player.keys("f").text("events > 4").keys("enter");
    let mut met = BTreeSet::new();
    for spec in PANES.iter().filter(|spec| spec.tab != Tab::Never) {
        player.resize(80, 24);
        super::go_to(&mut player, spec.id);
        met.insert(spec.id);
        let keys: &[&str] = match spec.id {
            "bottlenecks" | "why" => &["t", "t"],
            "triage" | "variants" => &["t"],
            "timelines" => continue,
            _ => &[],
        };
        player.keys("j");
        compare(spec.id, &Record::all(&mut player, keys));
    }
    // The case, the end states, the split, the milestones, the rules and the notes have tests of their own.
    let without_tab = [
        ("funnel", "g f", &["t", "t"][..]),
        ("conform", "g k", &["a", "a"][..]),
        ("map", "m", &["a", "t"]),
        ("predict", "g p", &["t"]),
    ];
    for (id, key, keys) in without_tab {
        player.resize(80, 24);
        player.keys(key).keys("j");
        assert_eq!(player.pane(), id);
        met.insert(id);
        compare(id, &Record::all(&mut player, keys));
        player.keys("esc");
    }
    assert_eq!(met.len() + 7, PANES.len(), "{met:?}");
}

#[test]
fn a_place_beyond_the_rows_is_drawn_within_them() {
    let mut player = support(View::default());
    for (index, spec) in PANES.iter().enumerate() {
        player.driver.app.workspace.active = index;
        player.settle();
        // Charts and rankings of a pane are lists of their own.
        for _ in 0..10 {
            let pane = &mut player.driver.app.workspace.panes[index];
            let place = Place {
                item: "no such item".to_owned(),
                cursor: 5_000,
                offset: 4_990,
                ..pane.place()
            };
            pane.go_to(&place);
            for size in [(80, 24), (160, 48)] {
                player
                    .driver
                    .handle(casetrail::app::Event::Resize(size.0, size.1), player.now);
                let screen = player.screen();
                assert!(!screen.trim().is_empty(), "{}", spec.id);
            }
            player.keys("t");
        }
    }
}

#[test]
fn every_chart() {
    let mut player = support(View::default());
    super::go_to(&mut player, "timelines");
    let mut met = BTreeSet::new();
    for spec in CHARTS {
        player.resize(80, 24);
        assert!(met.insert(spec.id));
        player.keys("j l");
        compare(
            &format!("chart-{}", spec.id),
            &Record::all(&mut player, &["a", "c"]),
        );
        player.keys("t");
    }
}

#[test]
fn a_case() {
    let mut player = support(View::default());
    super::go_to(&mut player, "cases");
    player.keys("j enter j");
    assert_eq!(player.pane(), "case");
    compare("case", &Record::all(&mut player, &["a"]));
}

/// The question by what to split, the groups with each figure, and the table of two columns.
#[test]
fn a_split() {
    let mut player = support(View::default());
    // A finding under the cursor may have a property to split by, a variant has none.
    player.resize(80, 24).keys("o x").text("prio");
    let mut text = format!("== question\n{}", player.quiet_screen());
    player.keys("enter j");
    assert_eq!(player.pane(), "split");
    // An outcome, a deadline, a milestone, the time to an outcome.
    text += &Record::all(&mut player, &["a", "a a", "a a", "a a a"]);
    // Duration again.
    player
        .resize(80, 24)
        .keys("a c")
        .text("chan")
        .keys("enter j");
    let mut record = Record {
        player: &mut player,
        text,
    };
    for size in [SMALL, LARGE, (40, 10), (1, 1)] {
        record.frame("two columns", size);
    }
    record.copies();
    record.player.keys("l l a");
    record.frame("further columns, next figure", LARGE);
    record.player.keys("c").text("no second").keys("enter");
    for size in [(40, 10), (1, 1)] {
        record.frame("one column", size);
    }
    let text = record.text;
    compare("split", &text);
}

/// An attribute of texts, one of numbers and one with missing values, with the focus on either part.
#[test]
fn attributes() {
    let mut player = support(View::default());
    player.resize(80, 24).keys("B");
    let mut record = Record {
        player: &mut player,
        text: String::new(),
    };
    for size in [SMALL, LARGE, (40, 10), (1, 1)] {
        record.frame("attributes", size);
    }
    record
        .player
        .resize(160, 48)
        .keys("/")
        .text("cost")
        .keys("enter enter");
    for size in [SMALL, LARGE, (40, 10), (1, 1)] {
        record.frame("numbers", size);
    }
    record.copies();
    record
        .player
        .resize(160, 48)
        .keys("a a esc /")
        .text("csat")
        .keys("enter enter G");
    record.frame("missing values, another figure", LARGE);
    record.copies();
    record.player.keys("=");
    record.frame("definitions", LARGE);
    let text = record.text;
    compare("attributes", &text);
}

#[test]
fn milestones() {
    let mut player = support(View::default());
    player.keys("f").text("events > 4").keys("enter g t j");
    assert_eq!(player.pane(), "milestones");
    let mut text = Record::all(&mut player, &[]);
    let mut record = Record {
        player: &mut player,
        text: String::new(),
    };
    for size in [(40, 10), (1, 1)] {
        record.frame("list", size);
    }
    text += &record.text;
    // The same key leaves the pane.
    assert_eq!(player.keys("g t").pane(), "overview");
    compare("milestones", &text);
}

/// A milestone from one marked activity to another: asked for, in force in all panes, in the command,
/// deleted, and back by undo.
#[test]
fn a_milestone_is_defined_by_marks() {
    let mut player = support(View::default());
    player.resize(80, 24);
    super::go_to(&mut player, "activities");
    player.keys("space j j space");
    let mut record = Record {
        player: &mut player,
        text: String::new(),
    };
    record.frame("asked for", SMALL);
    record.player.keys("ctrl-u").text("m = last \"Clo");
    record.frame("completed", SMALL);
    record
        .player
        .keys("tab")
        .text(" after first \"Create")
        .keys("tab enter");
    record.player.keys("g t G");
    record.frame("in the list", LARGE);
    record.copies();
    record.player.keys("+ $");
    record.frame("command", SMALL);
    record.player.keys("esc u del");
    record.frame("deleted", SMALL);
    record.player.keys("u");
    record.frame("undone", SMALL);
    // The last list of milestones had one more.
    compare("milestone-defined", &record.text);
    player
        .keys("d ctrl-u")
        .text("x = first \"Cloosed\"")
        .keys("enter");
    let screen = player.screen();
    assert!(
        screen.contains("no activity \"Cloosed\"; did you mean"),
        "{screen}"
    );
}

/// Waits that cannot be changed: left out, alone, classed by a key, in the command, back by undo.
#[test]
fn waits_are_classed_by_a_key() {
    let mut player = support(View::default());
    super::go_to(&mut player, "bottlenecks");
    player.keys("a");
    let mut record = Record {
        player: &mut player,
        text: String::new(),
    };
    for size in [SMALL, LARGE, (40, 10), (1, 1)] {
        record.frame("changeable", size);
    }
    record.copies();
    record.player.resize(160, 48).keys("c");
    record.frame("after the resolution", LARGE);
    record.player.keys("a");
    record.frame("the others", SMALL);
    record.player.keys("t a");
    record.frame("activities", LARGE);
    record.player.keys("T j c $");
    record.frame("command", SMALL);
    record.player.keys("esc u u");
    record.frame("undone", LARGE);
    compare("waits", &record.text);
    assert_eq!(player.app().filters.waits, [""; 0]);
}

/// To the right, the cursor of a chart changes the row of the axis and what is said of it, and no other
/// text: nothing in the plot looks like data that is none.
#[test]
fn the_cursor_of_a_chart_is_not_in_the_plot() {
    let mut player = support(View::default());
    super::go_to(&mut player, "timelines");
    for spec in CHARTS {
        player.keys("j");
        let mut arrows = BTreeSet::new();
        let arrow = |screen: &str| screen.lines().find_map(|line| line.find('▲'));
        for key in ["l", "h", "h", "l"] {
            let before = player.quiet_screen();
            let after = player.keys(key).quiet_screen();
            arrows.extend([arrow(&before), arrow(&after)]);
            for (was, is) in before.lines().zip(after.lines()).filter(|(a, b)| a != b) {
                let said = |line: &str| {
                    ["▲", " to ", "median wait", "longest:"]
                        .iter()
                        .any(|s| line.contains(s))
                };
                let words = said(was) || said(is) || is.contains("total") || is.contains('%');
                assert!(words, "{}: {was}\n{is}\n{after}", spec.id);
            }
        }
        assert!(arrows.len() > 1 && !arrows.contains(&None), "{}", spec.id);
        player.keys("t");
    }
}

/// Now, the wait that goes on, milestones, due instants and off hours of cases that are still open, the
/// cursor at both ends.
#[test]
fn an_open_case() {
    let calendar = Some("desk".to_owned());
    for (name, calendar) in [("case-open", None), ("case-open-desk", calendar)] {
        let view = View {
            calendar,
            ..View::default()
        };
        let mut player = support(view);
        super::go_to(&mut player, "cases");
        player
            .keys("f")
            .text("open and first_response > 0s")
            .keys("enter s enter");
        assert_eq!(player.pane(), "case");
        let mut record = Record {
            player: &mut player,
            text: String::new(),
        };
        record.frame("list", SMALL);
        record.frame("list", LARGE);
        record.player.keys("G a z z z");
        record.frame("since the start, zoomed in at the last event", LARGE);
        record.player.keys("g g");
        record.frame("zoomed in at the first event", SMALL);
        compare(name, &record.text);
    }
}

#[test]
fn end_states() {
    let mut player = support(View::default());
    player.keys("f").text("events > 4").keys("enter E");
    assert_eq!(player.pane(), "ends");
    compare("ends", &Record::all(&mut player, &["space", "enter", "x"]));
}

#[test]
fn panes_in_working_time() {
    let mut player = support(View {
        calendar: Some("desk".to_owned()),
        ..View::default()
    });
    for id in [
        "overview",
        "variants",
        "cases",
        "activities",
        "bottlenecks",
        "deadlines",
        "triage",
    ] {
        super::go_to(&mut player, id);
        compare(&format!("desk-{id}"), &Record::large(&mut player));
    }
}

#[test]
fn panes_of_activity_instances() {
    let read = ReadOptions {
        columns: [(Role::Instance, vec!["instance".to_owned()])].into(),
        ..ReadOptions::default()
    };
    let mut player = instances("repairs-lifecycle.csv", read);
    for id in [
        "overview",
        "variants",
        "cases",
        "activities",
        "bottlenecks",
        "resources",
        "ledger",
    ] {
        super::go_to(&mut player, id);
        compare(&format!("repairs-{id}"), &Record::large(&mut player));
    }
    super::go_to(&mut player, "cases");
    player.keys("enter");
    compare("repairs-case", &Record::large(&mut player));
}

#[test]
fn rejected_rows() {
    let mut player = instances("tickets-rejects.csv", ReadOptions::default());
    super::go_to(&mut player, "ledger");
    player.keys("j");
    compare("rejects", &Record::all(&mut player, &[]));
}

#[test]
fn a_log_without_events() {
    let mut player = instances("empty.csv", ReadOptions::default());
    for spec in PANES.iter().filter(|spec| spec.tab != Tab::Never) {
        if spec.id != "deadlines" {
            super::go_to(&mut player, spec.id);
            compare(&format!("empty-{}", spec.id), &Record::large(&mut player));
        }
    }
}
