//! The explorer on a log that grows: the frame changes, the cursor keeps its item, and a pause holds what comes.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use super::play::{Player, settings};
use casetrail::app::{Effect, LoadError, Loader, Logs, Settings, Update, Whole};
use casetrail::engine::{AlertOn, AlertSpec, Analysis, CaseEnds, Condition, FigureTest, Timing};
use casetrail::event_log::{EventLog, Progress};
use casetrail::formats::follow::{Followed, ReadOn};
use casetrail::formats::{ImportReport, LogOptions, ReadPlan};
use std::fmt::Write;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Longest wait for a change; only a defect makes a test wait for so long.
const PATIENCE: Duration = Duration::from_secs(20);

/// A file that grows, and what was read of it.
#[derive(Default)]
struct State {
    bytes: Vec<u8>,
    read: usize,
    /// Why it is to be read whole.
    whole: Option<Whole>,
    followed: Option<Followed>,
}

#[derive(Clone, Default)]
struct Growing(Arc<Mutex<State>>);

/// Alerts about escalated cases that are open, and about their number.
fn timing() -> Timing {
    let alert = |name: &str, on| AlertSpec {
        name: name.to_owned(),
        on,
        hold: 0,
        keep: 0,
    };
    let escalated = Condition {
        filter: "open and \"Escalated\"".to_owned(),
        line: None,
    };
    let many = FigureTest::parse("open > 1").expect("a figure");
    Timing {
        alerts: vec![
            alert("escalated", AlertOn::Cases(escalated)),
            alert("many", AlertOn::Figure(many)),
        ],
        ends: CaseEnds {
            activities: Some(vec!["Close".to_owned()]),
            idle: None,
        },
        ..Timing::default()
    }
}

fn analysis(log: EventLog, report: ImportReport) -> Arc<Analysis> {
    let progress = Progress::default();
    let analysis = Analysis::new("live.csv".into(), log, report, chrono_tz::UTC, &progress);
    let analysis = analysis.expect("not cancelled").with_timing(timing());
    Arc::new(analysis.expect("good definitions"))
}

impl Growing {
    fn append(&self, text: &str) {
        self.0
            .lock()
            .unwrap()
            .bytes
            .extend_from_slice(text.as_bytes());
    }

    fn replace(&self, text: &str, why: Whole) {
        let mut state = self.0.lock().unwrap();
        state.bytes = text.as_bytes().to_vec();
        state.whole = Some(why);
    }

    fn whole(&self) -> Result<Arc<Analysis>, LoadError> {
        let mut state = self.0.lock().unwrap();
        let plan = ReadPlan {
            logs: vec![LogOptions::default()],
            ..ReadPlan::default()
        };
        let read = Followed::begin(&[&state.bytes[..]], &plan, &Progress::default());
        let (log, report, followed) = read.map_err(|error| LoadError {
            message: error.to_string(),
            code: 3,
        })?;
        state.read = state.bytes.len();
        state.followed = Some(followed.settled());
        Ok(analysis(log, report))
    }
}

impl Logs for Growing {
    fn load(&self, _: Option<&ReadPlan>, _: Arc<Progress>) -> Result<Arc<Analysis>, LoadError> {
        self.whole()
    }

    fn follow(&self) -> Result<(), LoadError> {
        Ok(())
    }

    fn read_on(&self) -> Result<Option<Update>, LoadError> {
        let mut state = self.0.lock().unwrap();
        let at = "12:00:00".to_owned();
        if let Some(whole) = state.whole.take() {
            drop(state);
            let analysis = self.whole()?;
            return Ok(Some(Update {
                analysis,
                whole: Some(whole),
                late: 0,
                at,
            }));
        }
        let State {
            bytes,
            read,
            followed: Some(followed),
            ..
        } = &mut *state
        else {
            return Ok(None);
        };
        if bytes.len() == *read {
            return Ok(None);
        }
        *read = bytes.len();
        let on = followed.read_on(&[&bytes[..]], &[true], &Progress::default());
        match on.expect("a log") {
            ReadOn::Nothing => Ok(None),
            ReadOn::Whole => panic!("the rows of these tests fit"),
            ReadOn::Rows(update) => Ok(Some(Update {
                analysis: analysis(update.log, update.report),
                whole: None,
                late: update.late,
                at,
            })),
        }
    }
}

/// Rows of the cases `from..to`, two events each.
fn rows(from: u32, to: u32) -> String {
    let mut text = String::new();
    for case in from..to {
        let (day, hour) = (1 + case / 24, case % 24);
        let _ = writeln!(text, "c{case},Open,2024-03-{day:02} {hour:02}:00:00");
        let _ = writeln!(
            text,
            "c{case},Close,2024-03-{day:02} {hour:02}:{:02}:00",
            case % 50
        );
    }
    text
}

fn start(follow: bool) -> (Player, Growing) {
    let log = Growing::default();
    log.append("case_id,activity,timestamp\n");
    log.append(&rows(0, 40));
    let settings = Settings {
        follow,
        bell: true,
        ..settings()
    };
    let mut player = Player::start(settings, Box::new(log.clone()) as Loader);
    player.settle();
    player.resize(140, 30);
    (player, log)
}

/// Waits until the screen has this text, or a message has it.
fn until(player: &mut Player, text: &str) {
    let end = Instant::now() + PATIENCE;
    loop {
        player.settle();
        let screen = player.quiet_screen();
        let mut messages = player.app().notifications.all.iter();
        if screen.contains(text) || messages.any(|message| message.text.contains(text)) {
            return;
        }
        assert!(Instant::now() < end, "no {text:?} on\n{screen}");
        if let Ok(load) = player
            .driver
            .loads()
            .recv_timeout(Duration::from_millis(20))
        {
            let now = player.now;
            player.driver.loaded(load, now);
        }
    }
}

#[test]
fn the_frame_shows_what_is_appended() {
    let (mut player, log) = start(true);
    until(&mut player, "following");
    until(&mut player, "40 cases");
    log.append(&rows(40, 45));
    until(&mut player, "following, as of 12:00:00 · +10 events");
    until(&mut player, "45 cases · 90 events");
    // A row in two pieces comes when it is whole.
    log.append("c99,Open,2024-03");
    log.append("-09 10:00:00\nc98,Op");
    until(&mut player, "+11 events");
    until(&mut player, "46 cases · 91 events");
}

#[test]
fn late_and_rejected_rows_are_counted() {
    let (mut player, log) = start(true);
    log.append("c1,Early,2024-02-01 00:00:00\nc2,Open,soon\n");
    until(&mut player, "+1 event, 1 late");
    until(&mut player, "1 row was rejected");
}

#[test]
fn the_cursor_keeps_its_item_while_rows_come() {
    let (mut player, log) = start(true);
    for (pane, keys) in [("3", "j j j"), ("4", "j"), ("2", "j j")] {
        player.keys(pane).keys(keys);
        let item = player.copy("y c");
        assert!(!item.is_empty(), "{pane}");
        let before = player.app().log.as_ref().map_or(0, |log| log.cases) as u32;
        log.append(&rows(before, before + 9));
        until(&mut player, &format!("{} cases", before + 9));
        assert_eq!(player.copy("y c"), item, "{pane}");
    }
}

#[test]
fn filters_stay_and_select_new_cases() {
    let (mut player, log) = start(true);
    player.keys("f").text("started 2024-03-02..").keys("enter");
    until(&mut player, "16 of 40 cases");
    log.append(&rows(40, 48));
    until(&mut player, "24 of 48 cases");
}

#[test]
fn a_pause_holds_what_comes() {
    let (mut player, log) = start(false);
    assert!(!player.quiet_screen().contains("following"));
    player.keys("F");
    until(&mut player, "following");
    player.keys("F");
    until(&mut player, "paused");
    log.append(&rows(40, 43));
    until(&mut player, "paused, 6 events waiting");
    until(&mut player, "40 cases");
    log.append(&rows(43, 44));
    until(&mut player, "paused, 8 events waiting");
    player.keys("F");
    until(&mut player, "44 cases");
    until(&mut player, "+8 events");
    // What waited is gone with a file that was replaced.
    player.keys("F");
    log.append(&rows(44, 45));
    until(&mut player, "paused, 2 events waiting");
    let text = format!("case_id,activity,timestamp\n{}", rows(0, 7));
    log.replace(&text, Whole::Rotated);
    until(&mut player, "paused, 14 events waiting");
    player.keys("F");
    until(&mut player, "7 cases · 14 events");
}

#[test]
fn a_rotation_is_said_and_read_whole() {
    let (mut player, log) = start(true);
    log.append(&rows(40, 41));
    until(&mut player, "+2 events");
    for (why, sentence) in [
        (Whole::Rotated, "Another file took the place of the log"),
        (Whole::Truncated, "The log was cut"),
        (Whole::Rewritten, "The log was rewritten"),
    ] {
        log.replace(&format!("case_id,activity,timestamp\n{}", rows(0, 7)), why);
        until(&mut player, sentence);
        until(&mut player, "7 cases · 14 events");
        until(&mut player, "+0 events");
        log.append(&rows(7, 9));
        until(&mut player, "+4 events");
    }
}

#[test]
fn a_log_that_cannot_grow_says_so() {
    let mut player = Player::open("1: A B");
    player.keys("F");
    assert!(player.toast().contains("nothing can be appended"));
    assert!(!player.quiet_screen().contains("following"));
}

#[test]
fn alerts_ring_once_and_lead_to_their_cases() {
    let (mut player, log) = start(true);
    log.append("e1,Open,2024-03-03 00:00:00\ne1,Escalated,2024-03-03 01:00:00\n");
    until(&mut player, "Alert escalated: case e1");
    until(&mut player, "1 alert ·");
    player.settle();
    let bells = |player: &Player| {
        player
            .effects
            .iter()
            .filter(|e| **e == Effect::Bell)
            .count()
    };
    assert_eq!(bells(&player), 1);
    player.keys("g a");
    let screen = player.quiet_screen();
    assert!(
        screen.contains("escalated") && screen.contains("case e1"),
        "{screen}"
    );
    player.keys("enter");
    assert_eq!(player.filters(), [("case = \"e1\"", true)]);
    // Filters do not hide what fires.
    log.append("e2,Open,2024-03-03 02:00:00\n");
    until(&mut player, "Alert many: open > 1 (2)");
    until(&mut player, "2 alerts ·");
    log.append("e1,Close,2024-03-03 03:00:00\n");
    until(&mut player, "Alert escalated resolved: case e1");
    player.quiet();
    assert!(
        !player.quiet_screen().contains("alert"),
        "{}",
        player.screen()
    );
    assert_eq!(bells(&player), 2);
}

#[test]
fn alerts_need_a_log_that_is_followed() {
    let (mut player, log) = start(false);
    log.append("e1,Escalated,2024-03-03 01:00:00\n");
    player.keys("g a");
    assert!(
        player.screen().contains("F follows it"),
        "{}",
        player.screen()
    );
}
