//! A model is opened by key in the pane of conformance: its path completed, its faults shown.

use super::play::{Player, analysis, settings};
use casetrail::app::{LoadError, Logs};
use casetrail::engine::{Analysis, NamedModel};
use casetrail::event_log::Progress;
use casetrail::models::{Net, Tokens};
use std::sync::Arc;

/// Logs and models without files.
struct Files;

impl Logs for Files {
    fn load(
        &self,
        _: Option<&casetrail::formats::ReadPlan>,
        progress: Arc<Progress>,
    ) -> Result<Arc<Analysis>, LoadError> {
        Ok(Arc::new(analysis(
            "1: a b c; 2: a b c; 3: a c; 4: a b b c",
            &progress,
        )))
    }

    fn model(&self, path: &str) -> Result<Arc<NamedModel>, LoadError> {
        let refused = || LoadError {
            message: format!("{path}: line 3: task B: it is broken"),
            code: 3,
        };
        let name = path.strip_prefix("models/").ok_or_else(refused)?;
        let mut net = Net::default();
        let places: Vec<u32> = (0..4).map(|at| net.add_place(format!("p{at}"))).collect();
        let marked = |place| vec![Tokens { place, count: 1 }];
        (net.initial, net.finals) = (marked(places[0]), vec![marked(places[3])]);
        for (at, label) in ["a", "b", "c"].into_iter().enumerate() {
            let (from, to) = (places[at], places[at + 1]);
            net.add_transition(label, Some(label.to_owned()), &[from], &[to]);
        }
        Ok(Arc::new(NamedModel {
            name: name.to_owned(),
            path: path.to_owned(),
            net,
        }))
    }

    fn files(&self, path: &str) -> Vec<String> {
        let all = [
            "models/",
            "models/claim.pnml",
            "models/notes.txt",
            "rules.toml",
        ];
        let found = all.iter().filter(|file| file.starts_with(path));
        found.map(ToString::to_string).collect()
    }
}

fn open() -> Player {
    let mut player = Player::start(settings(), Box::new(Files));
    player.settle();
    player.resize(120, 30).keys("g k");
    assert_eq!(player.pane(), "conform");
    player
}

#[test]
fn a_model_is_opened_by_its_path() {
    let mut player = open();
    assert!(player.screen().contains("top 1"), "{}", player.screen());
    player.keys("r").text("mod");
    let screen = player.screen();
    assert!(
        screen.contains("models/") && screen.contains("folder"),
        "{screen}"
    );
    player.keys("tab").text("cl");
    let screen = player.screen();
    assert!(screen.contains("models/claim.pnml"), "{screen}");
    assert!(!screen.contains("notes.txt"), "{screen}");
    player.keys("tab enter");
    let screen = player.screen();
    assert!(
        screen.contains("claim.pnml") && screen.contains("2 of 4 cases fit"),
        "{screen}"
    );
    let command = casetrail::app::command_line(&mut player.driver.app).expect("a command");
    assert!(command.contains("--model=models/claim.pnml"), "{command}");
    // It counts for all panes and filters, and can be undone.
    player.keys("f").text("fits").keys("enter");
    assert_eq!(player.filters(), [("fits", true)]);
    player.keys("u u");
    assert!(player.screen().contains("top 1"), "{}", player.screen());
}

#[test]
fn a_model_that_cannot_be_used_is_asked_for_again() {
    let mut player = open();
    player.keys("r").text("broken.bpmn").keys("enter");
    let screen = player.screen();
    assert!(
        screen.contains("broken.bpmn: line 3: task B: it is broken"),
        "{screen}"
    );
    let prompt = player.app().prompt.as_ref().expect("it is asked for again");
    assert_eq!(prompt.line.text(), "model broken.bpmn");
    player.keys("esc");
    assert!(player.screen().contains("top 1"), "{}", player.screen());
    // Words that are none are told in the line, too.
    player.keys("r").text("top x").keys("enter");
    assert!(
        player.screen().contains("expected `top N`"),
        "{}",
        player.screen()
    );
    player.keys("esc");
}

#[test]
fn paths_are_completed_where_a_file_is_asked_for() {
    let mut player = open();
    player.keys(":").text("write-mapping").keys("enter");
    player.keys("ctrl-u").text("ru");
    let screen = player.screen();
    assert!(
        screen.contains("rules.toml") && screen.contains("file"),
        "{screen}"
    );
    player.keys("tab");
    let prompt = player.app().prompt.as_ref().expect("a prompt");
    assert_eq!(prompt.line.text(), "rules.toml");
}
