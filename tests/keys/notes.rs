//! Marks, tags and notes: by keys, in lists, filters and columns, over restarts.

use super::ORDERS;
use super::play::{Player, analysis, settings};
use casetrail::app::{LastSession, LoadError, Logs, Settings, Visit};
use casetrail::config::session_file::SessionFile;
use casetrail::engine::{Analysis, NoteChange, Notes, Remark};
use casetrail::event_log::{Progress, Redaction};
use casetrail::formats::ReadPlan;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

/// A file of notes in memory, which outlives an explorer.
#[derive(Clone, Default)]
struct File {
    lines: Arc<Mutex<Vec<NoteChange>>>,
    fails: Arc<AtomicBool>,
    visits: Arc<Mutex<Vec<Visit>>>,
}

impl File {
    fn lines(&self) -> Vec<NoteChange> {
        self.lines.lock().expect("no panic").clone()
    }

    fn notes(&self) -> Arc<Notes> {
        Arc::new(self.lines().into_iter().collect())
    }
}

/// Logs with such a file.
struct Noting {
    file: File,
    redacted: AtomicBool,
}

impl Logs for Noting {
    fn load(
        &self,
        _: Option<&ReadPlan>,
        progress: Arc<Progress>,
    ) -> Result<Arc<Analysis>, LoadError> {
        let mut read = analysis(ORDERS, &progress);
        if self.redacted.load(Ordering::Relaxed) {
            let redaction = Redaction::new(vec![7; 32], Vec::new());
            read = read.redacted(&redaction).expect("no such column is named");
        }
        let noted = read.with_notes(self.file.notes());
        Ok(Arc::new(noted.expect("nobody has it")))
    }

    fn redact(&self) -> Result<(), LoadError> {
        self.redacted.fetch_xor(true, Ordering::Relaxed);
        Ok(())
    }

    fn note(&self, changes: &[NoteChange]) -> Result<Arc<Notes>, LoadError> {
        if self.file.fails.load(Ordering::Relaxed) {
            return Err(LoadError {
                message: "notes.jsonl is not written: the disk is full".to_owned(),
                code: 5,
            });
        }
        let mut lines = self.file.lines.lock().expect("no panic");
        lines.extend(changes.iter().cloned());
        drop(lines);
        Ok(self.file.notes())
    }

    fn keep_visit(&self, visit: Visit) -> Result<(), LoadError> {
        self.file.visits.lock().expect("no panic").push(visit);
        Ok(())
    }
}

fn open_with(file: &File, settings: Settings) -> Player {
    let logs = Noting {
        file: file.clone(),
        redacted: AtomicBool::new(false),
    };
    let settings = Settings {
        notes: Some("notes of orders.jsonl".to_owned()),
        ..settings
    };
    let mut player = Player::start(settings, Box::new(logs));
    player.settle();
    player
}

fn open(file: &File) -> Player {
    open_with(file, settings())
}

/// The cases of the list on the screen, those that are marked after a sign.
fn listed(player: &mut Player) -> Vec<String> {
    let screen = player.screen();
    let cells = screen.lines().filter_map(|line| {
        let mut chars = line.chars();
        let signs = [chars.next()?, chars.next()?];
        let case: String = chars.take_while(|c| !c.is_whitespace()).collect();
        let is_case = ("o1"..="o7").contains(&case.as_str());
        let sign = if signs.contains(&'*') { "*" } else { "" };
        is_case.then(|| format!("{sign}{case}"))
    });
    cells.collect()
}

fn marks(player: &Player) -> Vec<&str> {
    player.app().marks.iter().map(String::as_str).collect()
}

fn tags<'n>(notes: &'n Notes, case: &str) -> Vec<&'n str> {
    notes.tags(case).into_iter().collect()
}

#[test]
fn space_marks_rows_and_a_filter_keeps_them() {
    let mut player = open(&File::default());
    player.keys("3 / o 2 enter space esc / o 3 enter space");
    assert_eq!(listed(&mut player), ["*o3"]);
    player.keys("esc");
    let all: BTreeSet<String> = listed(&mut player).into_iter().collect();
    let wanted = ["*o2", "*o3", "o1", "o4", "o5", "o6", "o7"];
    assert!(all.iter().eq(wanted), "{all:?}");
    player.keys("/ o 3 enter space esc");
    assert_eq!(marks(&player), ["o2"]);
    // They are of cases, not of rows: another order has them, too.
    player.keys("S");
    assert!(listed(&mut player).contains(&"*o2".to_owned()));
    player.keys("/ o 7 enter space esc g +");
    assert_eq!(player.filters().len(), 1);
    assert!(
        player.filters()[0].0.starts_with("case in ("),
        "{:?}",
        player.filters()
    );
    assert_eq!(listed(&mut player).len(), 2);
    player.keys("g space");
    assert_eq!(marks(&player), [""; 0]);
    assert_eq!(player.toast(), "2 marks cleared");
    player.keys("g space");
    assert!(
        player.toast().contains("No case is marked"),
        "{}",
        player.toast()
    );
    player.keys("g +");
    assert!(
        player.toast().contains("No case is marked"),
        "{}",
        player.toast()
    );
    player.keys("5 space");
    assert_eq!(player.toast(), "No case here");
}

#[test]
fn tags_are_set_and_removed_and_filters_follow_at_once() {
    let file = File::default();
    let mut player = open(&file);
    player
        .keys("3 / o 2 enter space")
        .keys("esc / o 4 enter space esc");
    assert_eq!(marks(&player), ["o2", "o4"]);
    player.keys("#").text("late  bank").keys("enter");
    assert_eq!(player.toast(), "Tags of 2 cases written");
    for case in ["o2", "o4"] {
        assert_eq!(tags(&file.notes(), case), ["bank", "late"]);
    }
    player.keys("f").text("tag = \"late\"").keys("enter");
    assert_eq!(listed(&mut player).len(), 2);
    // The filter is asked again when a tag changes; nothing is loaded.
    player.keys("g space / o 4 enter #").text("-la").keys("tab");
    let screen = player.screen();
    assert!(screen.contains("tags: -late"), "{screen}");
    assert!(screen.contains("of case o4, tagged bank late"), "{screen}");
    player.keys("enter esc");
    assert_eq!(tags(&file.notes(), "o4"), ["bank"]);
    assert_eq!(listed(&mut player), ["o2"]);
    player.keys("! # b a tab");
    assert!(
        player.screen().contains("tags: bank"),
        "{}",
        player.screen()
    );
    player.keys("esc");
    // What holds already is not written again.
    let lines = file.lines().len();
    player.keys("! #").text("late").keys("enter");
    assert!(
        player.toast().contains("these already"),
        "{}",
        player.toast()
    );
    player.keys("#").text("  ").keys("enter");
    assert_eq!(file.lines().len(), lines);
}

#[test]
fn later_changes_have_later_times() {
    let file = File::default();
    let mut player = open(&file);
    player.keys("3");
    for text in ["a", "-a", "a", "-a"] {
        player.keys("#").text(text).keys("enter");
    }
    let lines = file.lines();
    assert_eq!(lines.len(), 4);
    assert!(
        lines.windows(2).all(|two| two[0].time < two[1].time),
        "{lines:?}"
    );
    assert!(lines.iter().all(|line| line.who.is_none()));
    assert_eq!(file.notes().cases().count(), 0);
}

#[test]
fn a_note_is_shown_in_its_case_and_in_the_list_of_notes() {
    let file = File::default();
    let mut player = open(&file);
    player.resize(140, 40);
    player
        .keys("3 / o 7 enter esc ;")
        .text("asked twice")
        .keys("enter");
    assert_eq!(player.toast(), "Note on case o7 written");
    player.keys("#").text("bank").keys("enter enter");
    let screen = player.screen();
    assert!(screen.contains("asked twice"), "{screen}");
    player.keys(";").text("in the case").keys("enter");
    assert!(
        player.screen().contains("in the case"),
        "{}",
        player.screen()
    );
    player.keys("g n");
    let screen = player.screen();
    assert!(screen.contains("3 tags and notes of 1 case"), "{screen}");
    let places: Vec<usize> = ["in the case", "bank", "asked twice"]
        .iter()
        .map(|text| screen.find(text).expect(text))
        .collect();
    assert!(places.is_sorted(), "the latest first: {screen}");
    // Enter opens the case, + keeps the cases with the tag.
    player.keys("j enter");
    assert_eq!(player.pane(), "case");
    player.keys("esc j +");
    assert_eq!(player.filters().len(), 1);
    player.keys("u");
    // Taken back, line by line; nothing is deleted in the file.
    let before = file.lines();
    player.keys("g g d");
    assert_eq!(player.toast(), "Note withdrawn");
    player.keys("g g d");
    assert_eq!(player.toast(), "Tag bank removed");
    let after = file.lines();
    assert_eq!(after[..before.len()], before);
    let withdrawn = &after[before.len()];
    assert_eq!(withdrawn.remark, Remark::Note("in the case".to_owned()));
    assert!(!withdrawn.set && withdrawn.time == before[2].time);
    assert!(
        player.screen().contains("1 tag or note of 1 case"),
        "{}",
        player.screen()
    );
    // A note is no view: undo does not delete it.
    player.keys("u u u");
    assert_eq!(
        file.notes().notes("o7").collect::<Vec<_>>(),
        ["asked twice"]
    );
}

#[test]
fn columns_show_them_and_the_command_names_their_file() {
    let file = File::default();
    let mut player = open(&file);
    player.resize(140, 40);
    player.keys("3 / o 5 enter #").text("bank").keys("enter ;");
    player.text("asked").keys("enter esc");
    let command = player.copy("y !");
    assert!(!command.contains("--notes"), "{command}");
    player
        .keys("|")
        .text("tag")
        .keys("space esc |")
        .text("note")
        .keys("space esc");
    let screen = player.screen();
    let row = screen
        .lines()
        .find(|line| line.contains("o5"))
        .expect("the case");
    assert!(row.contains("bank") && row.contains("asked"), "{screen}");
    let command = player.copy("y !");
    assert!(
        command.contains("--notes 'notes of orders.jsonl'"),
        "{command}"
    );
    player
        .keys("| del esc f")
        .text("note ~ \"ask\"")
        .keys("enter");
    let command = player.copy("y !");
    assert!(
        command.contains("--notes 'notes of orders.jsonl'") && command.contains("--filter"),
        "{command}"
    );
    // Values of the fields are offered.
    player.keys("f").text("tag = \"").keys("tab");
    assert!(
        player.screen().contains("tag = \"bank\""),
        "{}",
        player.screen()
    );
    player.keys("ctrl-u esc g n");
    let command = player.copy("y !");
    assert!(command.starts_with("casetrail notes"), "{command}");
    assert!(command.contains("--notes"), "{command}");
}

#[test]
fn marks_and_notes_are_there_after_a_restart() {
    let file = File::default();
    let mut player = open(&file);
    player
        .keys("3 j space j space #")
        .text("late")
        .keys("enter g space space");
    let marked: BTreeSet<String> = player.app().marks.clone();
    assert_eq!(marked.len(), 1);
    let text = SessionFile {
        session: player.driver.app.session(),
        ..SessionFile::default()
    }
    .to_toml();
    let session = SessionFile::parse(&text).expect(&text).session;
    let last = LastSession {
        session,
        resumes: true,
        ..LastSession::default()
    };
    let mut again = open_with(
        &file,
        Settings {
            last_session: Some(last),
            ..settings()
        },
    );
    assert_eq!(again.app().marks, marked);
    again.keys("f").text("tag = \"late\"").keys("enter");
    assert_eq!(listed(&mut again).len(), 2);
    // Reading the log again takes what others wrote meanwhile.
    file.lines.lock().expect("no panic").clear();
    again.keys("! ctrl-r");
    assert_eq!(again.app().notes.cases().count(), 0);
    assert_eq!(again.app().marks, marked);
}

#[test]
fn what_cannot_be_written_is_said_and_not_shown() {
    let file = File::default();
    file.fails.store(true, Ordering::Relaxed);
    let mut player = open(&file);
    player.keys("3 ;").text("lost").keys("enter");
    assert!(
        player.toast().contains("the disk is full"),
        "{}",
        player.toast()
    );
    player.keys("g n");
    assert!(
        player.screen().contains("No case has a tag or a note."),
        "{}",
        player.screen()
    );
    // Without a file there is nothing to write to.
    let mut player = Player::open(ORDERS);
    player.keys("3 ;");
    assert!(
        player.toast().contains("no file for tags and notes"),
        "{}",
        player.toast()
    );
    assert!(player.app().prompt.is_none());
}

#[test]
fn redaction_hides_notes_and_forgets_marks() {
    let file = File::default();
    let mut player = open(&file);
    player.resize(140, 40);
    player
        .keys("3 space ;")
        .text("Berta asked")
        .keys("enter #")
        .text("bank")
        .keys("enter X 3");
    assert_eq!(marks(&player), [""; 0]);
    let lines = file.lines();
    for keys in [";", "#", "g n d"] {
        player.keys(keys);
        assert!(
            player.toast().contains("not written"),
            "{keys}: {}",
            player.toast()
        );
    }
    let screen = player.screen();
    assert!(
        screen.contains("bank") && !screen.contains("Berta"),
        "{screen}"
    );
    assert!(screen.contains("case-"), "{screen}");
    player.keys("enter");
    let screen = player.screen();
    assert!(
        screen.contains("bank") && !screen.contains("Berta"),
        "{screen}"
    );
    assert_eq!(file.lines(), lines);
    player.keys("3 f").text("tag = \"bank\"").keys("enter");
    assert_eq!(player.app().screen.sizes.expect("a filter").cases, (1, 7));
    player.keys("X");
    assert_eq!(player.filters(), [("tag = \"bank\"", true)]);
    assert_eq!(listed(&mut player).len(), 1);
}

#[test]
fn the_first_screen_says_what_changed_since_the_last_visit() {
    let file = File::default();
    let seen = Settings {
        keeps_session: true,
        ..settings()
    };
    let mut player = open_with(&file, seen.clone());
    assert!(
        !player.screen().contains("changed since"),
        "{}",
        player.screen()
    );
    let last = player
        .app()
        .log
        .as_ref()
        .and_then(|log| log.span)
        .expect("events")
        .1;
    player.keys("q");
    let visit = file
        .visits
        .lock()
        .expect("no panic")
        .pop()
        .expect("a visit");
    assert_eq!(visit.last_event, last);
    // As if o6 and o7 had ended later than the log did then.
    let earlier = Visit {
        last_event: last - 600_000_000_000,
        ..visit
    };
    let mut player = open_with(
        &file,
        Settings {
            last_visit: Some(earlier),
            ..seen
        },
    );
    let screen = player.screen();
    assert!(
        screen.contains("cases changed since") && screen.contains("g c keeps them"),
        "{screen}"
    );
    player.keys("g c 3");
    let kept = listed(&mut player);
    assert_eq!(kept.len(), 2, "{kept:?}");
    let mut same = open_with(
        &file,
        Settings {
            last_visit: Some(visit),
            ..settings()
        },
    );
    assert!(
        !same.screen().contains("changed since"),
        "{}",
        same.screen()
    );
    same.keys("g c");
    assert!(
        same.toast().contains("No case is known"),
        "{}",
        same.toast()
    );
}

#[test]
fn a_range_of_rows_is_marked_at_once() {
    let mut player = open_with(&File::default(), settings());
    player.keys("3 V j j");
    let screen = player.screen();
    assert!(screen.contains("range of 3 rows"), "{screen}");
    let ranged = |screen: &str| {
        let rows = screen.lines().skip(3);
        rows.filter(|line| line.chars().take(3).any(|c| c == '+'))
            .count()
    };
    assert_eq!(ranged(&screen), 3, "{screen}");
    player.keys("k space");
    assert_eq!(player.app().marks.len(), 2);
    let screen = player.screen();
    assert_eq!((ranged(&screen), marked_rows(&screen)), (0, 2), "{screen}");
    // What ends a range marks nothing; marks of before stay, and none is taken away by a range.
    for keys in ["V j esc", "V j s", "V j V", "V G 4 3"] {
        player.keys(keys);
        assert!(!player.screen().contains("range of"), "{keys}");
        assert_eq!(player.app().marks.len(), 2, "{keys}");
    }
    player.keys("g g V G enter");
    assert_eq!(
        player.pane(),
        "cases",
        "enter marks the range, and opens no case"
    );
    let cases = player.app().log.as_ref().expect("a log").cases;
    assert_eq!(player.app().marks.len() as u64, cases);
    // Elsewhere the key is another one.
    player.keys("g space 4 V");
    assert!(!player.screen().contains("range of"));
}

fn marked_rows(screen: &str) -> usize {
    let rows = screen.lines().skip(3);
    rows.filter(|line| line.chars().take(3).any(|c| c == '*'))
        .count()
}

#[test]
fn marks_are_ticks_on_the_scrollbar() {
    let mut text = String::new();
    for case in 0..300 {
        write!(text, "c{case:03}: A B @{} +{};", case * 60, 3600 + case).expect("a string");
    }
    let mut player = Player::open(&text);
    player.resize(80, 24);
    let ticks = |player: &mut Player| {
        let screen = player.screen();
        // The line between list and detail ends like that, too.
        let is_tick =
            |line: &str| line.ends_with('\u{2500}') && !line.ends_with("\u{2500}\u{2500}");
        let last = screen.lines().enumerate().filter(|(_, line)| is_tick(line));
        last.map(|(y, _)| y).collect::<Vec<_>>()
    };
    player.keys("3");
    assert_eq!(ticks(&mut player), [0; 0]);
    player.keys("space G space g g");
    let both = ticks(&mut player);
    assert_eq!(both.len(), 2, "the first and the last row");
    player.keys("S");
    // The rows are the same ones in the other order: so are their places.
    assert_eq!(ticks(&mut player), both);
    player.keys(":").text("150").keys("enter space");
    let three = ticks(&mut player);
    assert!(
        three.len() == 3 && three[1] > three[0] && three[1] < three[2],
        "{three:?}"
    );
    player.keys("g space");
    assert_eq!(ticks(&mut player), [0; 0]);
}
