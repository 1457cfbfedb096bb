//! Rows of the pane that are written to a file: which report on which view, and when a file is replaced.

use super::ORDERS;
use super::play::{Player, analysis, settings};
use casetrail::app::{Exported, LoadError, Logs, Section, Written};
use casetrail::engine::{Analysis, View};
use casetrail::event_log::Progress;
use casetrail::formats::ReadPlan;
use std::sync::{Arc, Mutex};

type Asked = Arc<Mutex<Vec<(String, View, String, bool)>>>;

/// Writes rows to memory.
struct Shelf(Asked);

impl Logs for Shelf {
    fn load(
        &self,
        _: Option<&ReadPlan>,
        progress: Arc<Progress>,
    ) -> Result<Arc<Analysis>, LoadError> {
        Ok(Arc::new(analysis(ORDERS, &progress)))
    }

    fn export(
        &self,
        section: &Section,
        view: &View,
        path: &str,
        replace: bool,
    ) -> Result<(Written, Exported), LoadError> {
        if path == "full.csv" {
            return Err(LoadError {
                message: "full.csv: not written: the disk is full".to_owned(),
                code: 6,
            });
        }
        if path == "there.csv" && !replace {
            return Ok((Written::Exists, Exported::default()));
        }
        let asked = (
            section.command.clone(),
            view.clone(),
            path.to_owned(),
            replace,
        );
        self.0.lock().expect("no panic").push(asked);
        let exported = Exported {
            rows: 1234,
            note: String::new(),
        };
        Ok((Written::Done, exported))
    }
}

fn opened() -> (Player, Asked) {
    let asked = Asked::default();
    let mut player = Player::start(settings(), Box::new(Shelf(Arc::clone(&asked))));
    player.settle();
    player.resize(120, 30);
    (player, asked)
}

#[test]
fn a_key_asks_for_the_file_and_a_command_names_it() {
    let (mut player, asked) = opened();
    player.keys("f").text("\"Approve\"").keys("enter 4 s y w");
    assert!(
        player.screen().contains("activities.csv"),
        "{}",
        player.screen()
    );
    player.keys("enter");
    assert_eq!(player.toast(), "1,234 rows written to \"activities.csv\"");
    player.keys("2 :").text("export b.json").keys("enter");
    let asked = asked.lock().expect("no panic").clone();
    let [(command, view, path, replace), (other, _, json, _)] = &asked[..] else {
        panic!("{asked:?}");
    };
    assert!(command.starts_with("activities --sort"), "{command}");
    assert_eq!(
        (view.filters.as_slice(), view.versus.clone()),
        (&["\"Approve\"".to_owned()][..], None)
    );
    assert_eq!((path.as_str(), *replace), ("activities.csv", false));
    assert!(other.starts_with("variants"), "{other}");
    assert_eq!(json, "b.json");
}

#[test]
fn files_are_replaced_on_request_and_errors_are_said() {
    let (mut player, asked) = opened();
    player.keys("2 :").text("export there.csv").keys("enter");
    assert!(
        player.screen().contains("\"there.csv\" already exists"),
        "{}",
        player.screen()
    );
    assert!(asked.lock().expect("no panic").is_empty());
    player.keys("j enter");
    assert!(
        asked
            .lock()
            .expect("no panic")
            .iter()
            .all(|(_, _, _, replace)| *replace)
    );
    assert_eq!(asked.lock().expect("no panic").len(), 1);
    player.keys(":").text("export full.csv").keys("enter");
    assert_eq!(player.toast(), "full.csv: not written: the disk is full");
    player.keys(":").text("export x.txt").keys("enter");
    assert!(
        player
            .screen()
            .contains("the name ends in .csv, .json or .md"),
        "{}",
        player.screen()
    );
    player.keys("esc 2 /").text("zzz").keys("enter y w");
    assert!(
        player.toast().starts_with("Reports do not search"),
        "{}",
        player.toast()
    );
    assert_eq!(asked.lock().expect("no panic").len(), 1);
}

#[test]
fn a_pane_that_does_not_compare_is_of_a_alone() {
    let (mut player, asked) = opened();
    player
        .keys("f")
        .text("\"Approve\"")
        .keys("enter v")
        .text("")
        .keys("enter");
    for pane in ["3", "4"] {
        player
            .keys(&format!("{pane} :"))
            .text("export x.csv")
            .keys("enter");
    }
    let asked = asked.lock().expect("no panic");
    assert_eq!(asked[0].1.versus, None, "cases compare nothing");
    assert!(asked[1].1.versus.is_some(), "activities do");
}
