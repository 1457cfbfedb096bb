//! A log in an engine: panes over what it answers, a query that takes long, a connection that is lost, and the slice.

use super::play::{Player, analysis, loader, settings};
use casetrail::app::{Event, Inspected, LoadError, Loader, Logs, Slice, SliceOffer};
use casetrail::engine::{
    Analysis, Answer, Answers, AskError, BottlenecksQuery, Cancel, FindingsQuery, LogInfo,
    LogPlace, Request, Size, VariantsQuery, View,
};
use casetrail::event_log::{Progress, Role};
use casetrail::formats::{ImportReport, Inspection, LogOptions, ReadPlan};
use casetrail::input::parse_chords;
use crossbeam_channel::{Receiver, Sender, unbounded};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const LOG: &str = "a: In Work Out @0 60 120; b: In Out @30 90; c: In Work @40 100";

/// What tests do to the engine.
#[derive(Default)]
struct Knobs {
    /// Queries fail.
    is_lost: AtomicBool,
    opened: AtomicU32,
    /// Variants that were asked for, and what lets each of them be answered.
    asked: AtomicU32,
    gate: Option<Receiver<()>>,
    /// The columns are to be chosen.
    is_in_doubt: AtomicBool,
    /// The plan by which it was opened last.
    plan: Mutex<Option<ReadPlan>>,
}

/// An analysis that answers as an engine does.
struct Engine {
    analysis: Analysis,
    info: LogInfo,
    knobs: Arc<Knobs>,
}

impl Answers for Engine {
    fn info(&self) -> &LogInfo {
        &self.info
    }

    fn import(&self) -> &ImportReport {
        self.analysis.report()
    }

    fn answer(&self, view: &View, request: &Request, cancel: &Cancel) -> Result<Answer, AskError> {
        if self.knobs.is_lost.load(SeqCst) {
            return Err(AskError::Engine("the connection is closed".to_owned()));
        }
        let refuses =
            request.get::<FindingsQuery>().is_some() || request.get::<BottlenecksQuery>().is_some();
        if refuses {
            return Err(AskError::NotThere(
                "only a log that is read has it".to_owned(),
            ));
        }
        if request.get::<VariantsQuery>().is_some()
            && let Some(gate) = &self.knobs.gate
        {
            self.knobs.asked.fetch_add(1, SeqCst);
            // An engine that cannot be stopped works to its end.
            let _ = gate.recv();
            cancel.check()?;
        }
        self.analysis.answer(view, request, cancel)
    }

    fn size(&self, view: &View, cancel: &Cancel) -> Result<Size, AskError> {
        Answers::size(&self.analysis, view, cancel)
    }
}

/// Opens the log in the engine.
struct There(Arc<Knobs>);

impl Logs for There {
    fn is_in_engine(&self) -> bool {
        true
    }

    fn inspect(
        &self,
        plan: Option<&ReadPlan>,
        _: &Progress,
    ) -> Result<Option<Inspected>, LoadError> {
        if !self.0.is_in_doubt.load(SeqCst) {
            return Ok(None);
        }
        let mut look = Inspection {
            format: "spark",
            columns: ["p", "q", "z", "y"].map(str::to_owned).to_vec(),
            in_engine: Some(&[Role::Case, Role::Activity, Role::Time, Role::Resource]),
            doubtful: plan.is_none(),
            ..Inspection::default()
        };
        for (role, name) in [(Role::Case, "p"), (Role::Activity, "q")] {
            look.proposed[role].push(name.to_owned());
        }
        Ok(Some(Inspected {
            plan: ReadPlan {
                logs: vec![LogOptions::default()],
                ..ReadPlan::default()
            },
            looks: vec![Ok(look)],
            remembered: vec![false],
            ..Inspected::default()
        }))
    }

    fn command(&self, plan: &ReadPlan) -> Option<Vec<String>> {
        let time = plan.logs[0].read.columns[Role::Time].join(" and ");
        Some(vec!["casetrail".to_owned(), format!("--time={time}")])
    }

    fn engine(
        &self,
        plan: Option<&ReadPlan>,
        progress: &Progress,
    ) -> Result<Arc<dyn Answers>, LoadError> {
        self.0.opened.fetch_add(1, SeqCst);
        *self.0.plan.lock().expect("no test holds it") = plan.cloned();
        let analysis = analysis(LOG, progress);
        let info = LogInfo {
            place: LogPlace::Engine,
            name: "sales.orders".to_owned(),
            ..analysis.info().clone()
        };
        Ok(Arc::new(Engine {
            analysis,
            info,
            knobs: Arc::clone(&self.0),
        }))
    }

    fn load(&self, _: Option<&ReadPlan>, _: Arc<Progress>) -> Result<Arc<Analysis>, LoadError> {
        unreachable!("it is in an engine")
    }

    fn measure(&self, view: &View, _: &Progress) -> Result<SliceOffer, LoadError> {
        Ok(SliceOffer {
            size: format!("what {} filters leave", view.filters.len()),
            fetched: None,
        })
    }

    fn slice(&self, view: &View, anew: bool, _: &Progress) -> Result<Slice, LoadError> {
        assert_eq!((view.filters.len(), anew), (1, true));
        Ok(Slice {
            loader: loader("b: In Out @30 90"),
            command: vec!["casetrail".to_owned(), "slice.arrow".to_owned()],
        })
    }
}

fn start(knobs: Knobs) -> (Player, Arc<Knobs>) {
    let knobs = Arc::new(knobs);
    let loader: Loader = Box::new(There(Arc::clone(&knobs)));
    let mut player = Player::start(settings(), loader);
    player.resize(120, 30);
    (player, knobs)
}

/// An explorer whose lists of variants are answered one for each message that is sent; the first one is sent.
fn behind_a_gate() -> (Player, Arc<Knobs>, Sender<()>) {
    let (free, gate) = unbounded();
    free.send(()).expect("a receiver");
    let (player, knobs) = start(Knobs {
        gate: Some(gate),
        ..Knobs::default()
    });
    (player, knobs, free)
}

/// Handles keys without waiting for answers.
fn press(player: &mut Player, keys: &str) {
    for chord in parse_chords(keys).expect("keys of a test") {
        player.driver.handle(Event::Key(chord), player.now);
        player.driver.settle(player.now);
    }
}

#[test]
fn panes_show_what_the_engine_answers_and_say_what_it_does_not() {
    let (mut player, _) = start(Knobs::default());
    let screen = player.quiet_screen();
    assert!(screen.contains("sales.orders"), "{screen}");
    assert!(
        screen.contains("IN THE ENGINE · 3 cases · 7 events"),
        "{screen}"
    );
    player.keys("2");
    let screen = player.quiet_screen();
    assert!(screen.contains("In › Work › Out"), "{screen}");
    player.keys("5");
    let screen = player.quiet_screen();
    let why = "Not answered by the engine: only a log that is read has it.";
    assert!(screen.contains(why), "{screen}");
    assert!(
        screen.contains("g l fetches what the filters leave"),
        "{screen}"
    );
}

#[test]
fn a_query_that_takes_long_says_for_how_long_and_can_be_stopped() {
    let (mut player, knobs, free) = behind_a_gate();
    press(&mut player, "2");
    while knobs.asked.load(SeqCst) < 2 {
        std::thread::sleep(Duration::from_millis(1));
    }
    player.now += Duration::from_millis(3_200);
    player.driver.settle(player.now);
    let screen = player.screen();
    assert!(
        screen.contains("asking the engine, 3s, esc stops"),
        "{screen}"
    );
    press(&mut player, "esc");
    assert_eq!(player.toast(), "Cancelled; press a key to retry");
    player.driver.settle(player.now);
    let screen = player.quiet_screen();
    assert!(
        screen.contains("cancelled, but the engine still works on it"),
        "{screen}"
    );
    // The next question waits for the end of that one, and is answered.
    free.send(()).unwrap();
    free.send(()).unwrap();
    player.keys("j");
    let screen = player.quiet_screen();
    assert!(screen.contains("In › Work › Out"), "{screen}");
}

#[test]
fn hidden_panes_do_not_hold_up_the_one_on_the_screen() {
    let (mut player, knobs, free) = behind_a_gate();
    press(&mut player, "2 3 4");
    free.send(()).unwrap();
    player.settle();
    let screen = player.quiet_screen();
    assert!(screen.contains("Work"), "{screen}");
    let asked = knobs.asked.load(SeqCst);
    assert!(asked <= 2, "{asked}");
}

#[test]
fn a_lost_connection_keeps_the_screen_and_says_how_to_go_on() {
    let (mut player, knobs) = start(Knobs::default());
    player.keys("2").keys("f").text("events > 2").keys("enter");
    knobs.is_lost.store(true, SeqCst);
    player.keys("u");
    let toast = player.toast().to_owned();
    assert_eq!(toast, "the connection is closed; ctrl-r connects again");
    let screen = player.quiet_screen();
    assert!(
        screen.contains("In › Work › Out") && !screen.contains("In › Out"),
        "{screen}"
    );
    assert!(
        player.app().is_stale(0),
        "what is shown is of the view before"
    );
    knobs.is_lost.store(false, SeqCst);
    player.keys("ctrl-r");
    assert_eq!(knobs.opened.load(SeqCst), 2);
    let screen = player.quiet_screen();
    assert!(screen.contains("In › Out"), "{screen}");
    assert!(!player.app().is_stale(0));
}

#[test]
fn a_filter_is_entered_while_the_connection_is_lost() {
    let (mut player, knobs) = start(Knobs::default());
    player.keys("2");
    knobs.is_lost.store(true, SeqCst);
    player.keys("f").text("events =").keys("enter");
    assert!(player.filters().is_empty(), "its grammar is wrong");
    player.text(" 2");
    player.now += Duration::from_secs(1);
    player.driver.settle(player.now);
    let screen = player.quiet_screen();
    assert!(
        screen.contains("not counted: the connection is closed"),
        "{screen}"
    );
    player.keys("enter");
    assert_eq!(player.filters(), [("events = 2", true)]);
    assert!(
        player.toast().ends_with("ctrl-r connects again"),
        "{}",
        player.toast()
    );
    assert!(
        player.app().is_stale(0),
        "what is shown is of the view before"
    );
    // What is wrong with another one is known once the engine answers.
    player.keys("f").text("evnets = 2").keys("enter");
    assert_eq!(player.filters().len(), 2);
    knobs.is_lost.store(false, SeqCst);
    player.keys("ctrl-r");
    let screen = player.quiet_screen();
    assert!(
        screen.contains("In › Out") && !screen.contains("In › Work › Out"),
        "{screen}"
    );
    assert_eq!(
        player.filters(),
        [("events = 2", true), ("evnets = 2", false)]
    );
}

#[test]
fn the_slice_is_opened_by_a_key_and_left_by_the_same() {
    let (mut player, _) = start(Knobs::default());
    player
        .keys("2")
        .keys("f")
        .text("events = 2")
        .keys("enter g l");
    let screen = player.quiet_screen();
    assert!(
        screen.contains("The filters leave what 1 filters leave"),
        "{screen}"
    );
    player.keys("1");
    assert!(player.filters().is_empty());
    let screen = player.quiet_screen();
    assert!(screen.contains("SLICE · 1 case · 2 events"), "{screen}");
    assert!(screen.contains("sales.orders"), "{screen}");
    player.keys("5");
    let screen = player.quiet_screen();
    assert!(!screen.contains("Not answered"), "{screen}");
    assert!(player.copy("y !").contains("slice.arrow"));
    player.keys("g l");
    assert_eq!(player.filters(), [("events = 2", true)]);
    assert_eq!(player.pane(), "variants");
    let screen = player.quiet_screen();
    assert!(screen.contains("IN THE ENGINE · 2 of 3 cases"), "{screen}");
}

#[test]
fn a_log_that_is_read_has_no_slice() {
    let mut player = Player::open(LOG);
    player.keys("g l");
    assert_eq!(
        player.toast(),
        "This log is not in an engine: all of it is here"
    );
}

#[test]
fn columns_that_are_in_doubt_are_chosen_before_the_log_is_opened() {
    let (mut player, knobs) = start(Knobs {
        is_in_doubt: AtomicBool::new(true),
        ..Knobs::default()
    });
    let screen = player.quiet_screen();
    assert!(screen.contains("Which column is the time?"), "{screen}");
    for of_files in ["date order", "names the activity of all rows"] {
        assert!(!screen.contains(of_files), "{screen}");
    }
    assert_eq!(knobs.opened.load(SeqCst), 0);
    // What an engine does not have is refused: starts, events of milestones, formats of times, a second column.
    for (keys, why) in [
        ("j j s", "each row is an event"),
        ("E", "each row is an event"),
        ("f", "have their types"),
        ("A", "have their types"),
        ("D", "have their types"),
    ] {
        player.keys(keys);
        let toast = player.toast();
        assert!(toast.contains(why), "{keys}: {toast}");
    }
    player.keys("t j t enter");
    let times = |player: &Player| {
        let plan = player.app().plan.clone();
        plan.map(|plan| plan.logs[0].read.columns[Role::Time].clone())
    };
    let wanted = Some(vec!["y".to_owned()]);
    assert_eq!(times(&player), wanted);
    let plan = knobs.plan.lock().unwrap().clone();
    let of_engine = plan.map(|plan| plan.logs[0].read.columns[Role::Time].clone());
    assert_eq!(of_engine, wanted);
    let command = || "--time=y".to_owned();
    assert!(player.app().settings.command.contains(&command()));
    assert!(player.quiet_screen().contains("IN THE ENGINE"));
    // A slice has columns of its own; back at the whole they are those that were chosen.
    player.keys("f").text("events = 2").keys("enter");
    player.keys("g l enter");
    assert!(player.quiet_screen().contains("SLICE"));
    assert_eq!(times(&player), None);
    player.keys("g l");
    assert_eq!(times(&player), wanted);
    assert!(player.app().settings.command.contains(&command()));
    player.keys("ctrl-r");
    assert_eq!(times(&player), wanted);
    // The screen is shown again by its key, and left.
    player.keys("C");
    assert!(player.quiet_screen().contains("Which column is the time?"));
    player.keys("esc");
    assert!(player.quiet_screen().contains("IN THE ENGINE"));
}
