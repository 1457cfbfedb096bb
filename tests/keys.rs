//! Keys to state and screen, through the same driver as on a terminal, with the real engine.

#[path = "keys/bytes.rs"]
mod bytes;
#[path = "keys/columns.rs"]
mod columns;
#[path = "keys/costs.rs"]
mod costs;
#[path = "keys/engine.rs"]
mod engine;
#[path = "keys/export.rs"]
mod export;
#[path = "keys/facet.rs"]
mod facet;
#[path = "keys/findings.rs"]
mod findings;
#[path = "keys/follow.rs"]
mod follow;
#[path = "keys/frames.rs"]
mod frames;
#[path = "keys/journey.rs"]
mod journey;
#[path = "keys/live.rs"]
mod live;
#[path = "keys/map.rs"]
mod map;
#[path = "keys/model.rs"]
mod model;
#[path = "keys/mouse.rs"]
mod mouse;
#[path = "keys/notes.rs"]
mod notes;
#[path = "keys/play.rs"]
mod play;
#[path = "keys/predict.rs"]
mod predict;
#[path = "keys/replay.rs"]
mod replay;
#[path = "keys/report.rs"]
mod report;
#[path = "keys/scores.rs"]
mod scores;
#[path = "keys/session.rs"]
mod session;
#[path = "keys/split.rs"]
mod split;
#[path = "keys/versus.rs"]
mod versus;

use casetrail::app::{Effect, Load, Settings};
use casetrail::engine::{Analysis, View};
use casetrail::event_log::{Progress, Stage};
use casetrail::formats::{ImportReport, Warning};
use casetrail::input::{ACTIONS, Entry};
use casetrail::panes::PANES;
use play::{Player, failing, loader, settings};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

const ORDERS: &str = "\
    o1: Open Check Approve Ship Close @0 +3600 +7200 +90000 +100000;
    o2: Open Check Approve Ship Close @600 +3000 +6000 +80000 +90000;
    o3: Open Check Approve Ship Close @1200 +3000 +6000 +80000 +90000;
    o4: Open Check Reject @2000 +600 +4000;
    o5: Open Check Reject @9000 +600 +5000;
    o6: Open Check Check Approve Ship Ship Close @9900 +60 +4000 +8000 +9000 +200000 +300000;
    o7: Open Escalate Close @100000 +20 +700000";

#[test]
fn the_first_screen_shows_the_log() {
    let mut player = Player::open(ORDERS);
    let screen = player.screen();
    assert!(screen.contains("orders.csv"), "{screen}");
    assert!(screen.contains("7 cases"), "{screen}");
    assert!(screen.contains("? help"), "{screen}");
}

#[test]
fn a_filter_is_typed_checked_and_put_in_force() {
    let mut player = Player::open(ORDERS);
    player.keys("f").text("\"Escalate\"");
    let screen = player.screen();
    assert!(screen.contains("filter: \"Escalate\""), "{screen}");
    assert!(screen.contains("leaves 1 of 7 cases"), "{screen}");
    assert_eq!(player.filters(), []);
    player.keys("enter");
    assert_eq!(player.filters(), [("\"Escalate\"", true)]);
    let screen = player.screen();
    assert!(screen.contains("[x] \"Escalate\""), "{screen}");
    assert!(screen.contains("1 of 7 cases"), "{screen}");
}

/// Three examples made of the log, each of which leaves some of it.
#[test]
fn the_empty_filter_line_shows_filters_of_this_log() {
    let mut player = frames::support(casetrail::engine::View::default());
    let examples = player.app().log.as_ref().unwrap().examples.clone();
    for (open, examples) in [("f", examples.cases), ("f ctrl-t", examples.events)] {
        assert_eq!(examples.len(), 3, "{examples:?}");
        let screen = player.keys(open).screen();
        let shown = format!(":  as {}", examples.join("   "));
        assert!(screen.contains(&shown), "{shown}\n{screen}");
        for example in &examples {
            player.text(example);
            let screen = player.wait(std::time::Duration::from_secs(1)).screen();
            assert!(!screen.contains(&shown), "{screen}");
            let leaves = screen.contains("leaves ") && !screen.contains("leaves 0 of");
            assert!(leaves, "{example}\n{screen}");
            player.keys("ctrl-u");
        }
        player.keys("esc");
    }
}

#[test]
fn a_bad_filter_is_never_put_in_force() {
    let mut player = Player::open(ORDERS);
    player
        .keys("f")
        .text("\"Escalte\" and duration > 1s")
        .keys("enter");
    assert_eq!(player.filters(), []);
    assert!(player.app().prompt.is_some(), "the prompt stays");
    let screen = player.screen();
    assert!(screen.contains("        ^^^^^^^^^ "), "{screen}");
    // Mended, it is taken.
    player
        .keys("ctrl-a right right right right right right")
        .text("a")
        .keys("enter");
    assert_eq!(player.filters(), [("\"Escalate\" and duration > 1s", true)]);
}

#[test]
fn a_filter_entered_in_haste_waits_for_its_verdict() {
    let mut player = Player::open(ORDERS);
    player.keys("f").paste("\"Reject\"\n").keys("enter");
    assert_eq!(player.filters(), [("\"Reject\"", true)]);
    assert!(player.app().prompt.is_none());
}

#[test]
fn conditions_on_events_are_filters_of_another_kind() {
    let mut player = Player::open(ORDERS);
    player
        .keys("f")
        .text("events: activity != \"Ship\"")
        .keys("enter");
    assert_eq!(player.filters(), [("activity != \"Ship\"", true)]);
    assert_eq!(player.app().queries.view.events, ["activity != \"Ship\""]);
    player.keys("f ctrl-t").text("activity != \"Check\"");
    let screen = player.screen();
    assert!(screen.contains("events: activity != \"Check\""), "{screen}");
    assert!(screen.contains("leaves 7 of 7 cases"), "{screen}");
    player.keys("esc");
    assert_eq!(player.filters().len(), 1);
}

#[test]
fn undo_and_redo_restore_the_whole_view() {
    let mut player = Player::open(ORDERS);
    let first = player.screen();
    player.keys("f").text("\"Ship\"").keys("enter");
    let second = player.screen();
    player.keys("f").text("\"Escalate\"").keys("enter u");
    assert_eq!(player.screen(), second);
    player.keys("u");
    assert_eq!(player.screen(), first);
    player.keys("U");
    assert_eq!(player.screen(), second);
    player.keys("u u");
    assert_eq!(player.toast(), "Nothing to undo");
}

#[test]
fn undo_gives_back_the_filters_that_a_step_back_took() {
    let mut player = Player::open(ORDERS);
    player.keys("f").text("\"Ship\"").keys("enter");
    player.keys("f").text("\"Check\"").keys("enter");
    let both = [("\"Ship\"", true), ("\"Check\"", true)];
    assert_eq!(player.filters(), both);
    player.keys("[ [");
    assert_eq!(player.filters(), []);
    player.keys("u");
    assert_eq!(player.filters(), both[..1]);
    player.keys("u");
    assert_eq!(player.filters(), both);
    player.keys("U U");
    assert_eq!(player.filters(), []);
    // After an undo, a step back goes to the view before what is shown, not to what was undone.
    player.keys("u u u");
    assert_eq!(player.filters(), both[..1]);
    let mut player = Player::open(ORDERS);
    player.keys("f").text("\"Ship\"").keys("enter");
    player.keys("f").text("\"Check\"").keys("enter u [");
    assert_eq!(player.filters(), []);
}

#[test]
fn the_header_says_how_much_is_selected() {
    let mut player = Player::open(ORDERS);
    player
        .resize(120, 24)
        .keys("f")
        .text("\"Escalate\"")
        .keys("enter");
    let head = |player: &mut Player| player.screen().lines().next().unwrap_or("").to_owned();
    let found = head(&mut player);
    assert!(found.ends_with("1 of 7 cases · 3 of 31 events"), "{found}");
    player.resize(80, 24);
    let found = head(&mut player);
    assert!(found.ends_with("1 of 7 cases · 3 of 31 events"), "{found}");
    // Where there is less room the events go first, then the size; never a part of a number.
    for width in (1..80).rev() {
        player.resize(width, 24);
        let found = head(&mut player);
        let whole = ["31 events", "7 cases", "Overview", "…"];
        assert!(
            width < 24 || whole.iter().any(|end| found.ends_with(end)),
            "{width}: {found}"
        );
    }
    player.keys("!");
    player.resize(120, 24);
    let found = head(&mut player);
    assert!(found.ends_with("7 cases · 31 events"), "{found}");
}

#[test]
fn a_message_leaves_the_hint_of_help() {
    let mut player = Player::open(ORDERS);
    player.keys("!");
    let message = player.toast().to_owned();
    assert_eq!(message, "No filters; f opens the filter line");
    let screen = player.screen();
    let last = screen.lines().last().unwrap_or_default();
    assert!(last.ends_with(&format!("{message}   ? help")), "{last}");
}

#[test]
fn keys_of_another_layout_make_sequences() {
    let mut player = Player::open(ORDERS);
    go_to(&mut player, "cases");
    player.keys("G п п");
    let position = player.app().pane().expect("a pane").status().position;
    assert_eq!(position, Some((1, 7)));
}

#[test]
fn all_filters_go_off_and_on_with_one_key() {
    let mut player = Player::open(ORDERS);
    player.keys("!");
    assert_eq!(player.toast(), "No filters; f opens the filter line");
    player.keys("f").text("\"Ship\"").keys("enter !");
    assert_eq!(player.filters(), [("\"Ship\"", false)]);
    assert!(player.app().queries.view.filters.is_empty());
    player.keys("!");
    assert_eq!(player.filters(), [("\"Ship\"", true)]);
}

/// Goes to the pane of that id.
fn go_to(player: &mut Player, id: &str) {
    for _ in 0..PANES.len() {
        if player.pane() == id {
            return;
        }
        player.keys("tab");
    }
    panic!("no pane {id}");
}

#[test]
fn the_filters_pane_edits_the_stack() {
    let mut player = Player::open(ORDERS);
    player
        .keys("f")
        .text("\"Ship\"")
        .keys("enter f")
        .text("duration > 1d")
        .keys("enter");
    go_to(&mut player, "filters");
    let screen = player.screen();
    assert!(screen.contains("duration > 1d"), "{screen}");
    player.keys("j i");
    assert_eq!(player.filters()[1], ("not (duration > 1d)", true));
    player.keys("i space");
    assert_eq!(player.filters()[1], ("duration > 1d", false));
    player.keys("enter").text(" and \"Open\"").keys("enter");
    assert_eq!(player.filters()[1], ("duration > 1d and \"Open\"", true));
    player.keys("k d");
    assert_eq!(player.filters(), [("duration > 1d and \"Open\"", true)]);
    player.keys("u u u u u");
    assert_eq!(
        player.filters(),
        [("\"Ship\"", true), ("duration > 1d", true)]
    );
}

#[test]
fn panes_are_reached_by_number_and_history_goes_back() {
    let mut player = Player::open(ORDERS);
    let first = player.pane();
    player.keys("2");
    let second = player.pane();
    assert_ne!(first, second);
    player.keys("tab [");
    assert_eq!(player.pane(), second);
    player.keys("H");
    assert_eq!(player.pane(), first);
    player.keys("H");
    assert_eq!(player.toast(), "No earlier view");
    player.keys("L");
    assert_eq!(player.pane(), second);
}

#[test]
fn help_lists_the_keys_and_runs_them() {
    let mut player = Player::open(ORDERS);
    player.keys("?");
    let screen = player.screen();
    assert!(screen.contains("Help"), "{screen}");
    player.keys("/").text("messages so").keys("enter");
    assert!(player.screen().contains("Messages"), "{}", player.screen());
    player.keys("esc");
    assert!(player.app().popup.is_none());
}

#[test]
fn the_palette_finds_actions_and_rows() {
    let mut player = Player::open(ORDERS);
    player.keys(":").text("log").keys("enter");
    let screen = player.screen();
    assert!(screen.contains("memory"), "{screen}");
    player.keys("q :").text("3").keys("enter");
    assert!(player.app().popup.is_none());
}

#[test]
fn a_prefix_shows_what_may_follow_after_a_while() {
    let mut player = Player::open(ORDERS);
    player.keys("y");
    assert!(!player.screen().contains("Copy the row"));
    player.wait(Duration::from_millis(400));
    let screen = player.screen();
    assert!(screen.contains("Copy the row"), "{screen}");
    player.keys("esc");
    assert!(!player.screen().contains("Copy the row"));
    player.keys("y x");
    assert_eq!(player.toast(), "y x does nothing here; ? shows the keys");
}

#[test]
fn the_command_that_prints_the_view_is_quoted() {
    let mut player = Player::open(ORDERS);
    player.keys("f").text("\"Ship\"").keys("enter");
    let command = "casetrail findings 'my orders.csv' --case id --filter '\"Ship\"'";
    assert_eq!(player.copy("y !"), command);
    player.keys("$");
    assert!(player.screen().contains(command), "{}", player.screen());
}

#[test]
fn equals_explains_the_figures_and_names_cases() {
    let mut player = Player::open(ORDERS);
    player.keys("2 =");
    let screen = player.screen();
    assert!(screen.contains("Variants: definitions"), "{screen}");
    assert!(screen.contains("variant = 1"), "{screen}");
    player.keys("G");
    let screen = player.screen();
    assert!(screen.contains("the longest first"), "{screen}");
    // The case under the cursor opens; asked a second time, its cases come again.
    player.keys("esc = G");
    assert!(player.screen().contains("the longest first"));
    player.keys("enter");
    assert!(player.screen().contains("case "), "{}", player.screen());
}

#[test]
fn keys_of_panes_stay_where_a_pane_is_missing() {
    let mut player = Player::open(ORDERS);
    player.keys("9");
    assert!(player.toast().contains("Deadlines: none are defined"));
    player.keys("K");
    assert!(
        player.screen().contains("No filters"),
        "{}",
        player.screen()
    );
    player.keys("b");
    assert!(player.toast().contains("No calendar"));
}

#[test]
fn at_asks_for_the_time_to_look_at_the_log_as_of() {
    let mut player = Player::open(ORDERS);
    player.keys("@").text("0001").keys("enter");
    assert!(
        player.toast().contains("is before the first event"),
        "{}",
        player.toast()
    );
    player.keys("@").text("-0s").keys("enter");
    player.settle();
    assert!(player.screen().contains("as of 20"), "{}", player.screen());
    player.keys("3 $");
    assert!(
        player.screen().contains("--as-of -0s"),
        "{}",
        player.screen()
    );
    player.keys("esc u");
    player.settle();
    assert!(!player.screen().contains("as of"), "{}", player.screen());
}

#[test]
fn without_a_clipboard_copy_keys_say_so() {
    let quiet = Settings {
        no_clipboard: true,
        ..settings()
    };
    let mut player = Player::start(quiet, loader(ORDERS));
    player.settle();
    assert_eq!(player.copy("y !"), "");
    assert!(player.toast().contains("clipboard is switched off"));
}

#[test]
fn completions_are_chosen_with_tab() {
    let mut player = Player::open(ORDERS);
    player.keys("f").text("\"Esc").keys("tab");
    let line = |player: &Player| {
        player
            .app()
            .prompt
            .as_ref()
            .map(|p| p.line.text().to_owned())
    };
    assert_eq!(line(&player).as_deref(), Some("\"Escalate\""));
    player.keys("enter");
    assert_eq!(player.filters(), [("\"Escalate\"", true)]);
    // Texts entered before come back with the arrow.
    player.keys("f up");
    assert_eq!(line(&player).as_deref(), Some("\"Escalate\""));
}

#[test]
fn keys_of_other_layouts_do_the_same() {
    let mut player = Player::open(ORDERS);
    player.keys("а").text("\"Ship\"").keys("enter г");
    assert_eq!(player.filters(), []);
    assert_eq!(player.app().history.redo.len(), 1);
}

#[test]
fn quit_leaves_at_the_root_only() {
    let mut player = Player::open(ORDERS);
    player.keys("? q");
    assert_eq!(player.effects, []);
    player.keys("esc");
    assert_eq!(player.toast(), "Already at the top; q quits");
    player.keys("q");
    assert_eq!(player.effects, [Effect::Quit(0)]);
}

#[test]
fn ctrl_c_twice_within_a_second_leaves() {
    let mut player = Player::open(ORDERS);
    player
        .keys("ctrl-c")
        .wait(Duration::from_millis(1500))
        .keys("ctrl-c");
    assert_eq!(player.effects, []);
    player.keys("ctrl-c");
    assert_eq!(player.effects, [Effect::Quit(130)]);
}

#[test]
fn filters_of_the_command_line_are_in_force_and_wrong_ones_go_off() {
    let filtered = Settings {
        view: View {
            filters: vec!["\"Ship\"".into(), "nonsense >".into()],
            ..View::default()
        },
        ..settings()
    };
    let mut player = Player::start(filtered, loader(ORDERS));
    player.settle();
    assert_eq!(
        player.filters(),
        [("\"Ship\"", true), ("nonsense >", false)]
    );
    assert!(player.toast().starts_with("Filter switched off: "));
}

/// First words of the list on the screen, and the line above it.
fn end_states(player: &mut Player) -> (String, Vec<String>) {
    let copied = player.copy("y v");
    let rows = copied.lines().skip(1).map(|line| {
        let cells: Vec<&str> = line.split('\t').take(3).collect();
        cells.join(" ")
    });
    let rows = rows.collect();
    let screen = player.quiet_screen();
    let head = screen.lines().find(|line| line.contains(" are open"));
    (head.unwrap_or_default().to_owned(), rows)
}

#[test]
fn end_states_are_switched_on_and_off_in_all_panes() {
    let mut player = Player::open(ORDERS);
    player.keys("E");
    let guess = end_states(&mut player);
    let wanted = "guess: 0 cases are open; cases end with Close";
    assert!(guess.0.contains(wanted), "{guess:?}");
    assert_eq!(guess.1, ["guessed Close 5", "guessed Reject 2"]);
    // Two in a row, faster than the answer to the first.
    for key in ["j", "space", "g", "g", "space"] {
        let event = casetrail::app::Event::Key(key.parse().expect("a key"));
        player.driver.handle(event, player.now);
    }
    player.settle();
    let none = end_states(&mut player);
    assert!(none.0.contains("7 cases are open"), "{none:?}");
    assert_eq!(none.1, ["no Close 5", "no Reject 2"]);
    let command = player.copy("y !");
    assert!(command.ends_with(" --end="), "{command}");
    // Enter does as space does; all panes count by it.
    player.keys("enter 8");
    let screen = player.quiet_screen();
    let wanted = "2 cases are open; cases end with Close";
    assert!(screen.contains(wanted), "{screen}");
    player.keys("u");
    assert_eq!(end_states(&mut player), none);
    player.keys("u u");
    assert_eq!(end_states(&mut player), guess);
    player.keys("U x");
    assert_eq!(end_states(&mut player), guess);
    player.keys("x");
    assert_eq!(player.toast(), "No end states were chosen here");
    // Leaving the list keeps what was chosen in it.
    player.keys("space esc");
    assert_eq!(player.pane(), "overview");
    let ends = player.app().filters.ends.clone();
    assert_eq!(ends.expect("a choice"), ["Reject"]);
    player.keys("E E");
    assert_eq!(player.pane(), "overview");
}

#[test]
fn a_load_that_fails_says_why_and_can_be_tried_again() {
    let mut player = Player::start(
        settings(),
        failing("orders.csv: line 3: no timestamp\nuse --time"),
    );
    player.settle();
    let screen = player.screen();
    assert!(screen.contains("line 3: no timestamp"), "{screen}");
    assert!(screen.contains("use --time"), "{screen}");
    player.keys("r");
    assert!(player.screen().contains("line 3"), "it was tried again");
    player.keys("q");
    assert_eq!(player.effects, [Effect::Quit(3)]);
}

#[test]
fn keys_can_be_set_in_every_pane() {
    for spec in PANES {
        assert!(casetrail::input::CONTEXTS.contains(&spec.id), "{}", spec.id);
    }
}

#[test]
fn a_load_can_be_cancelled_and_begun_again() {
    let block = Arc::new(AtomicBool::new(true));
    let blocked = Arc::clone(&block);
    let load = loader(ORDERS);
    let mut player = Player::start(
        settings(),
        Box::new(move |progress: Arc<Progress>| {
            while blocked.load(Ordering::Relaxed) && progress.check().is_ok() {
                std::thread::yield_now();
            }
            load.load(None, progress)
        }),
    );
    assert!(
        player.screen().contains("Looking at the log"),
        "{}",
        player.screen()
    );
    player.driver.handle(
        casetrail::app::Event::Key("esc".parse().expect("a key")),
        player.now,
    );
    player.settle();
    assert!(matches!(player.app().load, Load::Failed(_)));
    let screen = player.screen();
    assert!(screen.contains("Reading was cancelled"), "{screen}");
    block.store(false, Ordering::Relaxed);
    player.keys("r");
    assert!(player.screen().contains("7 cases"), "{}", player.screen());
}

#[test]
fn what_was_read_so_far_is_kept_where_the_reading_is_stopped() {
    let (told, seen) = std::sync::mpsc::channel();
    let load = loader(ORDERS);
    let rest = Arc::new(AtomicBool::new(false));
    let all = Arc::clone(&rest);
    let mut player = Player::start(
        settings(),
        Box::new(move |progress: Arc<Progress>| {
            if all.load(Ordering::Relaxed) {
                return load.load(None, progress);
            }
            progress.enter(Stage::Reading);
            progress.rows.store(1, Ordering::Relaxed);
            told.send(()).expect("the test listens");
            while !progress.is_stopping() {
                std::thread::yield_now();
            }
            progress.check().expect("it is stopped, not cancelled");
            assert!(progress.ends_at_row());
            let rows: String = ORDERS.split_inclusive('\n').take(2).collect();
            let (log, mut report) = (casetrail::test_support::log(&rows), ImportReport::default());
            report.warn(Warning::Stopped, "stopped");
            let analysis =
                Analysis::new("orders.csv".into(), log, report, chrono_tz::UTC, &progress);
            Ok(Arc::new(analysis.expect("not cancelled")))
        }),
    );
    seen.recv().expect("the load began");
    player.driver.handle(
        casetrail::app::Event::Key("esc".parse().expect("a key")),
        player.now,
    );
    player.settle();
    let screen = player.screen();
    assert!(
        screen.contains("so far") && screen.contains("2 cases"),
        "{screen}"
    );
    rest.store(true, Ordering::Relaxed);
    // The message has gone by then.
    player.now += Duration::from_secs(20);
    player.keys("ctrl-r");
    let screen = player.screen();
    assert!(
        screen.contains("7 cases") && !screen.contains("so far"),
        "{screen}"
    );
}

#[test]
fn the_progress_of_a_load_is_shown() {
    let (sender, ended) = std::sync::mpsc::channel::<()>();
    let ended = std::sync::Mutex::new(ended);
    let (told, seen) = std::sync::mpsc::channel();
    let load = loader(ORDERS);
    let mut player = Player::start(
        settings(),
        Box::new(move |progress: Arc<Progress>| {
            progress.enter(Stage::Reading);
            progress.total_bytes.store(2_000_000_000, Ordering::Relaxed);
            progress.bytes.store(800_000_000, Ordering::Relaxed);
            progress.rows.store(12_345_678, Ordering::Relaxed);
            told.send(()).expect("the test listens");
            let _ = ended.lock().expect("one load").recv();
            load.load(None, progress)
        }),
    );
    seen.recv().expect("the load began");
    player.now += Duration::from_secs(4);
    player.driver.settle(player.now);
    insta::assert_snapshot!(player.screen());
    drop(sender);
    player.settle();
    assert!(player.screen().contains("7 cases"));
}

#[test]
fn a_panic_while_loading_becomes_a_message() {
    let mut player = Player::start(
        settings(),
        Box::new(|_: Arc<Progress>| panic!("the sky fell")),
    );
    player.settle();
    let screen = player.screen();
    assert!(screen.contains("the sky fell"), "{screen}");
}

#[test]
fn a_reload_keeps_filters_and_place() {
    let mut player = Player::open(ORDERS);
    player.keys("f").text("\"Ship\"").keys("enter 2 j");
    let before = player.screen();
    player.keys("ctrl-r");
    assert_eq!(player.screen(), before);
}

#[test]
fn a_drill_down_is_left_level_by_level_to_the_exact_place() {
    let mut player = Player::open(ORDERS);
    go_to(&mut player, "variants");
    player.keys("j");
    let first = player.screen();
    player.keys("enter");
    assert_eq!(player.pane(), "cases");
    assert_eq!(player.filters().len(), 1);
    assert_eq!(player.app().trail.len(), 1);
    player.keys("j");
    let second = player.screen();
    player.keys("enter");
    assert_eq!(player.pane(), "case");
    let screen = player.screen();
    assert!(
        screen.lines().next().is_some_and(|l| l.contains("case o")),
        "{screen}"
    );
    player.keys("esc");
    assert_eq!(player.screen(), second);
    player.keys("esc");
    assert_eq!(player.screen(), first);
    assert_eq!(player.filters(), []);
    // Undo goes into the drill-down again, one level a step.
    player.keys("u");
    assert_eq!(player.screen(), second);
    player.keys("q");
    assert_eq!(player.screen(), first);
    assert_eq!(player.effects, []);
}

#[test]
fn a_tab_leaves_a_detail_but_not_the_filter_of_the_drill_down() {
    let mut player = Player::open(ORDERS);
    go_to(&mut player, "variants");
    player.keys("enter enter");
    assert_eq!(player.pane(), "case");
    player.keys("tab");
    assert_eq!(player.pane(), "activities");
    assert_eq!(player.filters().len(), 1);
    assert_eq!(player.app().trail.len(), 1);
    player.keys("esc");
    assert_eq!(player.pane(), "variants");
    assert_eq!(player.filters(), []);
}

#[test]
fn sorting_can_be_undone_and_chosen_from_a_menu() {
    let mut player = Player::open(ORDERS);
    go_to(&mut player, "cases");
    let first = player.screen();
    player.keys("s");
    assert_ne!(player.screen(), first);
    player.keys("u");
    assert_eq!(player.screen(), first);
    player.keys(",");
    assert!(player.screen().contains("Sort by"), "{}", player.screen());
    player.keys("2");
    assert_ne!(player.screen(), first);
    player.keys("S u u");
    assert_eq!(player.screen(), first);
}

#[test]
fn a_search_is_incremental_and_escape_ends_it() {
    let mut player = Player::open(ORDERS);
    go_to(&mut player, "cases");
    player.keys("j j");
    let before = player.screen();
    player.keys("/").text("o7");
    let screen = player.screen();
    assert!(screen.contains("find: o7"), "{screen}");
    player.keys("enter");
    assert!(player.screen().contains("1 of 1"), "{}", player.screen());
    player.keys("esc");
    assert_eq!(player.screen(), before);
    // Leaving the prompt by Escape brings the search back that was there before.
    player.keys("/").text("o7").keys("esc");
    assert_eq!(player.screen(), before);
    // The arrows move among the rows found while one types.
    player.keys("/").text("o").keys("down");
    assert!(player.app().prompt.is_some());
    assert_eq!(player.app().pane().map(|pane| pane.place().cursor), Some(1));
}

#[test]
fn keep_and_drop_add_filters() {
    let mut player = Player::open(ORDERS);
    go_to(&mut player, "activities");
    player.keys("+");
    assert_eq!(player.filters().len(), 1);
    player.keys("-");
    assert_eq!(player.filters().len(), 2);
    assert!(
        player.filters()[1].0.starts_with("not "),
        "{:?}",
        player.filters()
    );
}

#[test]
fn frames() {
    for (width, height) in [(80, 24), (160, 48), (20, 5), (1, 1)] {
        let mut player = Player::open(ORDERS);
        player.resize(width, height);
        player
            .keys("f")
            .text("\"Ship\"")
            .keys("enter f")
            .text("duration > 1d")
            .keys("enter");
        go_to(&mut player, "filters");
        player.wait(Duration::from_secs(5));
        let name = format!("filters-{width}x{height}");
        insta::assert_snapshot!(name, player.screen());
        player.keys("?");
        insta::assert_snapshot!(format!("help-{width}x{height}"), player.screen());
    }
    let mut player = Player::open(ORDERS);
    player.keys("f").text("\"Ship\" and dur");
    insta::assert_snapshot!("prompt-80x24", player.screen());
}

#[test]
fn no_size_panics() {
    let mut player = Player::open(ORDERS);
    player.keys("f").text("\"Ship\"").keys("enter");
    let screens = ["", "?", "esc f", "tab x", "esc y", "esc :"];
    for (turn, keys) in screens.into_iter().enumerate() {
        player.keys_if_any(keys);
        player.now += Duration::from_millis(500);
        for (width, height) in sizes(turn) {
            player
                .driver
                .handle(casetrail::app::Event::Resize(width, height), player.now);
            player.screen();
        }
        player.settle();
    }
}

/// All small sizes of a screen, and a fifth of the others: another fifth in each turn.
fn sizes(turn: usize) -> impl Iterator<Item = (u16, u16)> {
    let all = (0..=60).flat_map(|width| (0..=20).map(move |height| (width, height)));
    let small = |width: u16, height: u16| width <= 20 && height <= 6;
    let (below, beyond): (Vec<_>, Vec<_>) = all.partition(|(width, height)| small(*width, *height));
    below.into_iter().chain(part(beyond, 5, turn))
}

/// One of each `n` inputs, another one in each turn; all where `CASETRAIL_ALL_RUNS` is set.
fn part<T>(all: impl IntoIterator<Item = T>, n: usize, turn: usize) -> impl Iterator<Item = T> {
    let (n, turn) = match std::env::var_os("CASETRAIL_ALL_RUNS") {
        Some(_) => (1, 0),
        None => (n, turn % n),
    };
    all.into_iter().skip(turn).step_by(n)
}

impl Player {
    fn keys_if_any(&mut self, keys: &str) {
        if !keys.is_empty() {
            self.keys(keys);
        }
    }
}

/// A small generator of numbers, the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        (self.0 >> 33) as usize % n
    }
}

/// Keys of the table of actions, but for those that end the program or read the log again, and keys of prompts.
fn random_keys() -> Vec<&'static str> {
    let ends = ["quit", "force-quit", "suspend", "reload"];
    let wanted = |entry: &&Entry| !ends.contains(&entry.name);
    let keys = ACTIONS.iter().filter(wanted).flat_map(|entry| entry.keys);
    // Moves and ways out are pressed most often, so that most keys are not those of a popup.
    let often = "j j j l h pgdn G g g enter enter enter esc esc esc esc + + - u U tab";
    let typed = "\" C h e c k space ~ > 1";
    let words = often.split(' ').chain(typed.split(' '));
    keys.copied().chain(words).collect()
}

#[test]
fn random_keys_never_panic_and_undo_comes_back() {
    let logs: [fn() -> Player; 3] = [
        || Player::open(ORDERS),
        || frames::support(View::default()),
        frames::visits,
    ];
    let random_keys = random_keys();
    for (seed, open) in (7..).zip(logs) {
        let (mut player, mut numbers) = (open(), Numbers(seed));
        let state = |player: &Player| {
            let view = player.app().snapshot();
            (view.filters, view.trail, view.columns)
        };
        let start = state(&player);
        for _ in part(0..100, 5, 0) {
            let mut pressed = String::new();
            for step in 0..100 {
                let keys = random_keys[numbers.below(random_keys.len())];
                pressed.extend([keys, " "]);
                for chord in casetrail::input::parse_chords(keys).expect("keys") {
                    player
                        .driver
                        .handle(casetrail::app::Event::Key(chord), player.now);
                }
                player.now += Duration::from_millis(numbers.below(900) as u64);
                player.driver.settle(player.now);
                if step % 25 == 0 {
                    let (width, height) = (numbers.below(130) as u16, numbers.below(50) as u16);
                    player.resize(width, height);
                    player.screen();
                }
            }
            player.settle();
            player.resize(80, 24);
            let waits_for_keys = |player: &Player| {
                let app = player.app();
                // The beginning of a sequence would take the key that undoes.
                app.popup.is_some() || app.prompt.is_some() || !app.pending.chords.is_empty()
            };
            while waits_for_keys(&player) {
                player.keys("esc");
            }
            let (reached, mut undone) = (state(&player), 0);
            // As many steps as were undone: the keys may have undone more before.
            for back_to in [None, Some(reached), None] {
                let (key, mut steps) = match &back_to {
                    None => ("u", player.app().history.undo.len()),
                    Some(_) => ("U", undone),
                };
                undone = steps;
                while steps > 0 {
                    player.keys(key);
                    steps -= 1;
                }
                let state = state(&player);
                assert_eq!(
                    state,
                    back_to.unwrap_or_else(|| start.clone()),
                    "{key} after: {pressed}"
                );
            }
        }
    }
}
