//! Columns of lists of cases: chosen, moved, widened, frozen, sorted, filtered by, opened whole,
//! remembered, and part of the command.

use super::frames::{LARGE, Record, SMALL, compare, support};
use super::play::{Player, analysis, settings};
use casetrail::app::{Choices, Inspected, LoadError, Logs};
use casetrail::engine::{Analysis, View};
use casetrail::event_log::Progress;
use casetrail::formats::ReadPlan;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

/// Ticks the columns that are found first by these texts.
fn choose(player: &mut Player, columns: &[&str]) {
    for column in columns {
        player.keys("|").text(column).keys("space esc");
    }
}

/// The names of the columns of a pane, as remembered.
fn names<'a>(player: &'a Player, pane: &str) -> Vec<&'a str> {
    let columns = player.app().list_columns.get(pane);
    columns.map_or_else(Vec::new, |list| list.iter().map(String::as_str).collect())
}

#[test]
fn columns_are_chosen_moved_widened_and_frozen() {
    let mut player = support(View::default());
    super::go_to(&mut player, "cases");
    let mut record = Record {
        player: &mut player,
        text: String::new(),
    };
    record.player.keys("|");
    record.frame("columns", SMALL);
    record.player.text("priority").keys("space");
    record.frame("priority is chosen", SMALL);
    record.player.keys("left left > > |");
    record.frame("priority is moved, widened and frozen", SMALL);
    record.player.keys("esc");
    choose(
        record.player,
        &["first(team)", "count(\"Reopened\")", "cost"],
    );
    for size in [SMALL, LARGE, (40, 10), (20, 5), (1, 1)] {
        record.frame("list", size);
    }
    record.copies();
    record.player.keys("l l l l l l l l l l");
    record.frame("the cursor is on the last column", SMALL);
    record.player.keys("i");
    record.frame("the whole row", SMALL);
    compare("columns", &record.text);
}

#[test]
fn a_column_is_sorted_by_and_its_value_kept_or_dropped() {
    let mut player = support(View::default());
    super::go_to(&mut player, "cases");
    choose(&mut player, &["priority"]);
    let orders = player.app().pane().unwrap().sort_columns();
    assert_eq!(orders.last().map(String::as_str), Some("priority"));
    for _ in 0..orders.len() - 1 {
        player.keys("s");
    }
    assert!(player.screen().contains("priority"), "{}", player.screen());
    let command = player.copy("y !");
    assert!(command.contains("--sort=priority"), "{command}");
    assert!(command.contains("priority"), "{command}");
    // The cursor goes to the last column; a value there is a filter.
    player.keys("g g l l l l l l l l l l l l +");
    assert_eq!(player.filters(), [("priority = \"Critical\"", true)]);
    player.keys("u -");
    assert_eq!(player.filters(), [("priority != \"Critical\"", true)]);
    // On another column the case is meant, as ever.
    player.keys("u h +");
    let [(filter, _)] = player.filters()[..] else {
        panic!("{:?}", player.filters());
    };
    assert!(filter.starts_with("case = "), "{filter}");
}

#[test]
fn the_whole_row_is_copied_and_the_usual_columns_come_back() {
    let mut player = support(View::default());
    super::go_to(&mut player, "triage");
    choose(&mut player, &["first(team)"]);
    let row = player.copy("y y");
    assert_eq!(player.copy("i y"), row);
    assert!(player.app().popup.is_none());
    let chosen = names(&player, "triage");
    assert_eq!(chosen.last(), Some(&"first(team)"), "{chosen:?}");
    player.keys("| del esc");
    assert!(names(&player, "triage").is_empty());
    assert_ne!(player.copy("y y"), row);
    // What one popup changed is undone at once, and done again.
    player.keys("u");
    assert_eq!(names(&player, "triage").last(), Some(&"first(team)"));
    assert_eq!(player.copy("y y"), row);
    player.keys("U");
    assert!(names(&player, "triage").is_empty());
    // Other lists have their own columns only.
    super::go_to(&mut player, "variants");
    player.keys("|");
    assert!(player.app().popup.is_none());
    assert_eq!(player.toast(), "Columns can be chosen in lists of cases");
}

/// A log that keeps choices for the next start.
struct Keeping(Arc<Mutex<Choices>>);

impl Logs for Keeping {
    fn inspect(&self, _: Option<&ReadPlan>, _: &Progress) -> Result<Option<Inspected>, LoadError> {
        Ok(Some(Inspected {
            choices: self.0.lock().expect("no thread panicked").clone(),
            ..Inspected::default()
        }))
    }

    fn load(
        &self,
        _: Option<&ReadPlan>,
        progress: Arc<Progress>,
    ) -> Result<Arc<Analysis>, LoadError> {
        Ok(Arc::new(analysis(super::ORDERS, &progress)))
    }

    fn remember_choices(&self, _: &Inspected, choices: &Choices) -> Result<(), LoadError> {
        self.0
            .lock()
            .expect("no thread panicked")
            .clone_from(choices);
        Ok(())
    }
}

#[test]
fn chosen_columns_are_remembered_and_forgotten() {
    let kept: Arc<Mutex<Choices>> = Arc::default();
    let open = || {
        let mut player = Player::start(settings(), Box::new(Keeping(Arc::clone(&kept))));
        player.settle();
        super::go_to(&mut player, "cases");
        player
    };
    let mut player = open();
    choose(&mut player, &["count(\"Check\")"]);
    player.keys("| > > | esc");
    let columns = names(&player, "cases").join(", ");
    assert!(columns.contains("case @16 frozen"), "{columns}");
    let remembered = kept.lock().unwrap().columns["cases"].join(", ");
    assert_eq!(remembered, columns);
    // A column that this log does not have is kept, but not shown.
    let gone = "count(\"Gone\")".to_owned();
    kept.lock()
        .unwrap()
        .columns
        .get_mut("cases")
        .unwrap()
        .push(gone);
    let mut player = open();
    player.resize(160, 48);
    let screen = player.quiet_screen();
    assert!(screen.contains("count(\"Check\")"), "{screen}");
    assert!(!screen.contains("Gone"), "{screen}");
    player.keys("| del esc");
    assert!(kept.lock().unwrap().columns.is_empty());
}

/// A log whose columns are looked at until that is cancelled, while this is true.
struct Slow(Arc<AtomicBool>);

impl Logs for Slow {
    fn inspect(
        &self,
        _: Option<&ReadPlan>,
        progress: &Progress,
    ) -> Result<Option<Inspected>, LoadError> {
        while self.0.load(Ordering::Relaxed) && progress.check().is_ok() {
            std::thread::yield_now();
        }
        let cancelled = |_| LoadError {
            message: "the look was cancelled".into(),
            code: 130,
        };
        progress.check().map_err(cancelled)?;
        Ok(Some(Inspected::default()))
    }

    fn load(
        &self,
        _: Option<&ReadPlan>,
        progress: Arc<Progress>,
    ) -> Result<Arc<Analysis>, LoadError> {
        Ok(Arc::new(analysis(super::ORDERS, &progress)))
    }
}

#[test]
fn ctrl_c_stops_a_look_at_the_columns_of_an_open_log() {
    let slow: Arc<AtomicBool> = Arc::default();
    let mut player = Player::start(settings(), Box::new(Slow(Arc::clone(&slow))));
    player.settle();
    slow.store(true, Ordering::Relaxed);
    player.keys_at_once("C ctrl-c");
    assert_eq!(player.toast(), "Cancelled; press a key to retry");
    assert!(player.app().columns.is_none() && player.effects.is_empty());
    // A second look cancels the first, which is then no error. Twice within a second would quit.
    player.quiet_screen();
    player.keys_at_once("C C ctrl-c");
    assert_eq!(player.toast(), "Cancelled; press a key to retry");
    slow.store(false, Ordering::Relaxed);
    player.keys("C");
    assert!(player.app().columns.is_some());
}
