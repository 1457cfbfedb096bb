//! The session: what is left is found again, after a file in between; when it is kept, and what is not in the way.

use super::ORDERS;
use super::frames::{LARGE, SMALL, support_with};
use super::play::{Player, analysis, settings};
use casetrail::app::{LastSession, Load, LoadError, Logs, Session, Settings, Written};
use casetrail::config::session_file::SessionFile;
use casetrail::engine::Analysis;
use casetrail::event_log::Progress;
use casetrail::formats::ReadPlan;
use casetrail::panes::{PANES, Place};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A session as the file of it holds it.
fn of_file(session: &Session) -> Session {
    let file = SessionFile {
        session: session.clone(),
        ..SessionFile::default()
    };
    let text = file.to_toml();
    SessionFile::parse(&text).expect(&text).session
}

/// An explorer that begins with a session.
fn resumed(session: Session) -> Player {
    support_with(Settings {
        last_session: Some(LastSession {
            session,
            resumes: true,
            ..LastSession::default()
        }),
        ..settings()
    })
}

fn lines(screen: &str) -> Vec<&str> {
    screen.lines().collect()
}

#[test]
fn the_screen_is_found_again_as_it_was_left() {
    for (keys, size) in [
        ("2 j j j s S", SMALL),
        ("2 t j j", LARGE),
        ("3 j j j j G k k s", SMALL),
        ("3 s S pgdn j enter j j j z z", LARGE),
        ("3 | down down space esc", SMALL),
        ("4 j j + 3 j", SMALL),
        ("4 - 2 enter j j", LARGE),
        ("5 t j j e", SMALL),
        ("6 t t j j", LARGE),
        ("6 c down enter j", SMALL),
        ("7 t t j j", SMALL),
        ("7 t z l l", LARGE),
        ("8 t j j", SMALL),
        ("9 j j", LARGE),
        ("2 j + 3 - ! K", SMALL),
        ("2 j + j - K d", SMALL),
        ("2 j + v enter 4 j j s", LARGE),
        ("2 j + v enter V 5", SMALL),
        ("E j space g e j", SMALL),
        ("m l l a c > >", LARGE),
        ("g k a j", SMALL),
        ("g f a t j", SMALL),
        ("x down enter j a", SMALL),
        ("w t j", SMALL),
        ("b 3", SMALL),
        ("2 enter j enter", LARGE),
        ("R", SMALL),
    ] {
        let mut player = support_with(settings());
        player.resize(size.0, size.1);
        player.keys(keys);
        let before = player.driver.app.session();
        let screen = player.quiet_screen();
        let kept = of_file(&before);
        let mut again = resumed(kept.clone());
        again.resize(size.0, size.1);
        assert_eq!(lines(&again.quiet_screen()), lines(&screen), "{keys}");
        let after = again.driver.app.session();
        assert_eq!(after.view.filters, before.view.filters, "{keys}");
        assert_eq!(after.view.pane, before.view.pane, "{keys}");
        assert_eq!(of_file(&after), kept, "{keys}");
        // Up through all levels, on both.
        for _ in 0..before.view.trail.len() {
            let screen = player.keys("esc").quiet_screen();
            assert_eq!(
                lines(&again.keys("esc").quiet_screen()),
                lines(&screen),
                "{keys}"
            );
        }
    }
}

#[test]
fn the_text_of_a_filter_line_is_not_lost() {
    let mut player = support_with(settings());
    player.keys("f").text("\"Escal");
    let session = of_file(&player.driver.app.session());
    assert_eq!(session.draft, Some(("\"Escal".to_owned(), false)));
    let mut again = resumed(session);
    let screen = again.keys("f").screen();
    assert!(screen.contains("filter: \"Escal"), "{screen}");
}

#[test]
fn as_of_calendar_and_end_states_are_part_of_it() {
    let mut player = support_with(settings());
    player.keys("@").text("2024-02-01").keys("enter");
    player
        .keys("b E space 2 f")
        .text("\"Reopened\"")
        .keys("enter f ctrl-t")
        .text("activity != \"Assigned\"")
        .keys("enter");
    let before = player.driver.app.session();
    let filters = &before.view.filters;
    assert!(filters.as_of.is_some() && filters.calendar.is_some() && filters.ends.is_some());
    assert_eq!(filters.entries.len(), 2);
    let again = resumed(of_file(&before));
    assert_eq!(again.app().filters, before.view.filters);
    assert_eq!(*again.app().queries.view, before.view.filters.view());
}

#[test]
fn a_session_of_another_program_does_no_harm() {
    let numbers = [
        "",
        "-1 x",
        "9223372036854775807 -9223372036854775808",
        "1 2 3 4 5 6 7 8 9",
        "99999999999999999999",
        "1 0 9223372036854775807 9223372036854775807 -9223372036854775808 9223372036854775807",
        "-,-9223372036854775808,9223372036854775807",
        "week -9223372036854775808,-1,9223372036854775807",
        "\u{1f}\u{0}",
        "spectrum 9223372036854775807 -9223372036854775808 9223372036854775807",
        "dotted 1 9223372036854775807 0 9223372036854775807 -9223372036854775808 9223372036854775807",
        "queues x",
        "trend week -,0,9223372036854775807",
    ];
    for (turn, text) in numbers.into_iter().enumerate() {
        let place = Place {
            item: text.to_owned(),
            cursor: 1 << 40,
            offset: (1 << 40) - 3,
            sort: 1 << 40,
            order: "nothing".to_owned(),
            descending: true,
            best_first: true,
            find: "/[/".to_owned(),
            subject: text.to_owned(),
        };
        for spec in crate::part(PANES, 3, turn) {
            let mut session = Session::default();
            session.view.pane = spec.id.to_owned();
            let places = PANES.iter().map(|spec| (spec.id.to_owned(), place.clone()));
            session.view.places = places
                .chain([("no such pane".to_owned(), place.clone())])
                .collect();
            session.view.columns = BTreeMap::from([
                ("cases".to_owned(), vec!["nothing @70000 frozen".to_owned()]),
                ("nowhere".to_owned(), vec![String::new()]),
            ]);
            let mut player = Player::start(
                Settings {
                    last_session: Some(LastSession {
                        session,
                        resumes: true,
                        ..LastSession::default()
                    }),
                    ..settings()
                },
                super::loader(ORDERS),
            );
            player.settle();
            player.screen();
            player.resize(1, 1).screen();
            player.resize(160, 48).keys("j z Z l esc G k").screen();
            assert!(player.app().log.is_some());
        }
    }
}

/// Logs that keep sessions in memory: the session, and whether its user has left.
struct Keeping {
    kept: Arc<Mutex<Vec<(Session, bool)>>>,
    saved: Arc<Mutex<Vec<String>>>,
}

impl Logs for Keeping {
    fn load(
        &self,
        _: Option<&ReadPlan>,
        progress: Arc<Progress>,
    ) -> Result<Arc<Analysis>, LoadError> {
        Ok(Arc::new(analysis(ORDERS, &progress)))
    }

    fn keep_session(&self, session: &Session, ended: bool) -> Result<(), LoadError> {
        self.kept
            .lock()
            .expect("no panic")
            .push((session.clone(), ended));
        Ok(())
    }

    fn save_session(&self, _: &Session, path: &str, replace: bool) -> Result<Written, LoadError> {
        if path == "there.toml" && !replace {
            return Ok(Written::Exists);
        }
        self.saved.lock().expect("no panic").push(path.to_owned());
        Ok(Written::Done)
    }
}

struct Keeper {
    player: Player,
    kept: Arc<Mutex<Vec<(Session, bool)>>>,
    saved: Arc<Mutex<Vec<String>>>,
}

fn keeping(last_session: Option<LastSession>) -> Keeper {
    let (kept, saved) = (Arc::default(), Arc::default());
    let logs = Keeping {
        kept: Arc::clone(&kept),
        saved: Arc::clone(&saved),
    };
    let settings = Settings {
        keeps_session: true,
        last_session,
        ..settings()
    };
    let mut player = Player::start(settings, Box::new(logs));
    player.settle();
    Keeper {
        player,
        kept,
        saved,
    }
}

impl Keeper {
    fn kept(&self) -> Vec<(Session, bool)> {
        std::mem::take(&mut self.kept.lock().expect("no panic"))
    }
}

#[test]
fn it_is_kept_half_a_minute_after_a_change_and_when_the_user_leaves() {
    let mut kept = keeping(None);
    kept.player.wait(Duration::from_secs(100));
    // A key that changes nothing.
    kept.player
        .keys("?")
        .keys("esc")
        .wait(Duration::from_secs(100));
    assert!(kept.kept().is_empty());
    // The clock may pass the half minute while an answer is waited for.
    kept.player.keys("4 j").wait(Duration::from_secs(31));
    let newest = kept.kept().pop().expect("a session");
    let pane = newest.0.view.pane.as_str();
    assert_eq!((pane, newest.1), ("activities", false));
    // Nothing wakes an idle program.
    kept.player.quiet();
    assert_eq!(kept.player.driver.deadline(), None);
    kept.player.wait(Duration::from_secs(100));
    assert!(kept.kept().is_empty());
    // Nothing has changed, but the user leaves.
    kept.player.keys("q");
    let end = kept.kept();
    assert_eq!(end, [(newest.0, true)]);
}

#[test]
fn one_who_only_looks_leaves_the_last_session_alone() {
    for keys in ["q", "ctrl-q", "? esc ctrl-c ctrl-c"] {
        let mut kept = keeping(None);
        kept.player.keys(keys);
        assert!(kept.kept().is_empty(), "{keys}");
    }
}

#[test]
fn whoever_ends_the_program_keeps_it() {
    let mut kept = keeping(None);
    let keeper = kept.player.driver.keeper();
    keeper.keep_at_end();
    assert!(kept.kept().is_empty());
    kept.player.keys("3 j");
    keeper.keep_at_end();
    let end = kept.kept().pop().expect("a session");
    assert_eq!((end.0.view.pane.as_str(), end.1), ("cases", false));
    keeper.keep_at_end();
    assert!(kept.kept().is_empty(), "once");
    // Before there is a log there is nothing to keep.
    let mut failed = Player::start(
        Settings {
            keeps_session: true,
            ..settings()
        },
        super::failing("no"),
    );
    failed.settle();
    failed.keys("j");
    failed.driver.keeper().keep_at_end();
    assert!(matches!(failed.app().load, Load::Failed(_)));
}

fn left() -> LastSession {
    let mut player = Player::open(ORDERS);
    player.keys("4 j + 3 j j");
    LastSession {
        session: of_file(&player.driver.app.session()),
        note: "Session left: O resumes it".to_owned(),
        ..LastSession::default()
    }
}

#[test]
fn the_last_session_is_offered_and_one_key_brings_it_back() {
    let last = left();
    let mut kept = keeping(Some(last.clone()));
    assert_eq!(kept.player.toast(), "Session left: O resumes it");
    assert_eq!(
        (kept.player.pane(), kept.player.filters().len()),
        ("overview", 0)
    );
    kept.player.keys("2 O");
    assert_eq!(kept.player.pane(), "cases");
    let mut session = of_file(&kept.player.driver.app.session());
    // The pane that was visited before stays where it is.
    session.view.places.remove("variants");
    assert_eq!(session, last.session);
    // It is one step of undo.
    kept.player.keys("u");
    assert_eq!(
        (kept.player.pane(), kept.player.filters().len()),
        ("variants", 0)
    );
    kept.player.keys("U");
    assert_eq!(
        (kept.player.pane(), kept.player.filters().len()),
        ("cases", 1)
    );
    let mut none = keeping(None);
    none.player.keys("O");
    assert_eq!(none.player.toast(), "No session was saved for this log");
}

#[test]
fn an_interrupted_session_goes_on_and_can_be_undone() {
    let last = LastSession {
        resumes: true,
        is_interrupted: true,
        ..left()
    };
    let mut kept = keeping(Some(last));
    assert_eq!(
        (kept.player.pane(), kept.player.filters().len()),
        ("cases", 1)
    );
    // What is kept still says that it was interrupted: that changes when the user leaves.
    kept.player.keys("ctrl-q");
    let end = kept.kept();
    assert_eq!((end.len(), end[0].1), (1, true));
    let mut kept = keeping(Some(LastSession {
        resumes: true,
        is_interrupted: true,
        ..left()
    }));
    kept.player.keys("u");
    assert_eq!(
        (kept.player.pane(), kept.player.filters().len()),
        ("overview", 0)
    );
}

#[test]
fn a_filter_that_the_log_refuses_is_switched_off() {
    let mut last = left();
    last.resumes = true;
    last.session.view.filters.add("nothing = 1", false);
    let mut kept = keeping(Some(last));
    assert!(kept.player.toast().starts_with("Filter switched off: "));
    assert_eq!(kept.player.filters()[1], ("nothing = 1", false));
    assert!(kept.player.screen().contains("Cases"));
}

#[test]
fn it_is_saved_to_a_file() {
    let mut kept = keeping(None);
    kept.player
        .keys(":")
        .text("save-session")
        .keys("enter enter");
    assert_eq!(kept.player.toast(), "Session saved to \"session.toml\"");
    kept.player
        .keys(":")
        .text("save-session")
        .keys("enter ctrl-u")
        .text("there.toml")
        .keys("enter");
    let screen = kept.player.screen();
    assert!(screen.contains("already exists"), "{screen}");
    kept.player.keys("2");
    assert_eq!(
        *kept.saved.lock().expect("no panic"),
        ["session.toml", "there.toml"]
    );
}

/// An explorer with named filters.
fn with_named() -> Player {
    let text = "[filters]\nchecked = '\"Check\"'\nslow = \"duration > 1d\"\n";
    let settings = Settings {
        named_filters: casetrail::config::recipes::parse(text).expect("a file"),
        ..settings()
    };
    let mut player = Player::start(settings, super::loader(ORDERS));
    player.settle();
    player
}

#[test]
fn a_named_filter_is_completed_checked_and_replaced() {
    let mut player = with_named();
    player.keys("f").text("@ch").keys("tab");
    let screen = player.wait(Duration::from_secs(1)).screen();
    assert!(screen.contains("filter: @checked"), "{screen}");
    assert!(screen.contains("leaves 6 of 7 cases"), "{screen}");
    player.text(" and not @slow").keys("enter");
    assert_eq!(
        player.filters(),
        [("(\"Check\") and not (duration > 1d)", true)]
    );
    // The text is found again by its names.
    player.keys("f up");
    assert!(player.screen().contains("filter: @checked and not @slow"));
    player.keys("ctrl-u").text("@slo").keys("enter");
    assert!(player.app().prompt.is_some());
    let screen = player.screen();
    assert!(
        screen.contains("no filter is called slo; did you mean slow?"),
        "{screen}"
    );
    // Faults are marked in the text that was written.
    player
        .resize(140, 24)
        .keys("ctrl-u")
        .text("@slow and \"Chekc\"")
        .keys("enter");
    let screen = player.screen();
    let lines: Vec<&str> = screen.lines().collect();
    let at = lines
        .iter()
        .position(|line| line.contains("@slow and"))
        .expect("the line");
    assert_eq!(
        lines[at].find("\"Chekc\""),
        lines[at + 1].find("^^^^^^^"),
        "{screen}"
    );
}

#[test]
fn the_palette_has_named_filters() {
    let mut player = with_named();
    player.keys(":").text("@slow").keys("enter");
    assert_eq!(player.filters(), [("duration > 1d", true)]);
    player.keys("v ctrl-u").text("@checked").keys("enter");
    assert_eq!(
        *player.app().queries.view.versus.as_ref().expect("B"),
        ["\"Check\""]
    );
}
