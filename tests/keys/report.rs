//! The report that is put together by keys: sections of what is shown, their order and titles, and the file.

use super::ORDERS;
use super::play::{Player, analysis, settings};
use casetrail::app::{LoadError, Logs, Outline, Session, Written};
use casetrail::config::report_file::{ReportFile, to_toml};
use casetrail::config::session_file::SessionFile;
use casetrail::engine::Analysis;
use casetrail::event_log::Progress;
use casetrail::formats::ReadPlan;
use std::sync::{Arc, Mutex};

type Files = Arc<Mutex<Vec<(String, Outline, bool)>>>;

/// Writes reports to memory.
struct Shelf(Files);

impl Logs for Shelf {
    fn load(
        &self,
        _: Option<&ReadPlan>,
        progress: Arc<Progress>,
    ) -> Result<Arc<Analysis>, LoadError> {
        Ok(Arc::new(analysis(ORDERS, &progress)))
    }

    fn write_report(
        &self,
        outline: &Outline,
        command: &[String],
        path: &str,
        replace: bool,
    ) -> Result<(Written, String), LoadError> {
        assert_eq!(command, settings().command);
        let mut files = self.0.lock().expect("no panic");
        if !replace && path == "there.md" {
            return Ok((Written::Exists, String::new()));
        }
        files.push((path.to_owned(), outline.clone(), replace));
        let note = if path == "bad.md" {
            "1 section of 2 could not be made"
        } else {
            ""
        };
        Ok((Written::Done, note.to_owned()))
    }
}

fn opened() -> (Player, Files) {
    let files = Files::default();
    let shelf = Shelf(Arc::clone(&files));
    let mut player = Player::start(settings(), Box::new(shelf));
    player.settle();
    player.resize(120, 30);
    (player, files)
}

fn titles(player: &Player) -> Vec<&str> {
    let sections = player.app().report.sections.iter();
    sections.map(|section| section.title.as_str()).collect()
}

#[test]
fn what_is_shown_becomes_a_section() {
    let (mut player, _) = opened();
    player.keys("2 W");
    assert!(
        player
            .toast()
            .starts_with("Variants: on the report, which has 1 section; g W"),
        "{}",
        player.toast()
    );
    player.keys("f").text("\"Approve\"").keys("enter 4 s W");
    let sections = &player.app().report.sections;
    // As many rows as are shown.
    assert_eq!(sections[0].command, "variants --limit 4");
    assert!(sections[0].filters.is_empty());
    assert!(
        sections[1].command.starts_with("activities --sort"),
        "{}",
        sections[1].command
    );
    assert_eq!(sections[1].filters, ["\"Approve\""]);
    // The command of the view has the same words.
    let command = casetrail::app::command_line(&mut player.driver.app).expect("a command");
    let options = sections_of(&player)[1]
        .strip_prefix("activities ")
        .expect("options")
        .to_owned();
    assert!(command.contains(&options), "{command}");
}

fn sections_of(player: &Player) -> Vec<String> {
    let sections = player.app().report.sections.iter();
    sections.map(|section| section.command.clone()).collect()
}

#[test]
fn what_no_report_prints_is_no_section() {
    let (mut player, _) = opened();
    player.keys("g W");
    assert!(
        player.toast().starts_with("The report has no sections; W"),
        "{}",
        player.toast()
    );
    player.keys("2 /").text("zzz").keys("enter W");
    assert!(
        player.toast().starts_with("Reports do not search"),
        "{}",
        player.toast()
    );
    assert!(player.app().report.sections.is_empty());
}

#[test]
fn sections_are_moved_named_and_taken_off() {
    let (mut player, _) = opened();
    player.keys("2 W 3 W 4 W g W");
    assert_eq!(titles(&player), ["Variants", "Cases", "Activities"]);
    let screen = player.screen();
    assert!(
        screen.contains("1. Variants") && screen.contains("3. Activities"),
        "{screen}"
    );
    player.keys("> >");
    assert_eq!(titles(&player), ["Cases", "Activities", "Variants"]);
    player.keys("k <");
    assert_eq!(titles(&player), ["Activities", "Cases", "Variants"]);
    // At the ends there is nowhere to go.
    player.keys("< <");
    assert_eq!(titles(&player)[0], "Activities");
    player.keys("enter ctrl-u").text("Steps").keys("enter");
    assert_eq!(titles(&player)[0], "Steps");
    player.keys("c");
    assert!(!player.app().report.sections[0].chart);
    assert!(player.screen().contains("no chart"));
    player.keys("t").text("Weekly").keys("enter");
    assert!(
        player.screen().contains("Report: Weekly"),
        "{}",
        player.screen()
    );
    player.keys("d");
    assert_eq!(titles(&player), ["Cases", "Variants"]);
    player.keys("d d");
    assert!(player.app().popup.is_none() && titles(&player).is_empty());
}

#[test]
fn the_report_is_written_to_a_file() {
    let (mut player, files) = opened();
    player.keys("2 W 5 W g W w enter");
    assert_eq!(player.toast(), "Report written to \"report.html\"");
    player.keys("g W w ctrl-u").text("there.md").keys("enter");
    assert!(
        player.screen().contains("already exists"),
        "{}",
        player.screen()
    );
    player.keys("2");
    assert_eq!(player.toast(), "Report written to \"there.md\"");
    player
        .keys(":")
        .text("write-report")
        .keys("enter ctrl-u")
        .text("x.pdf")
        .keys("enter");
    assert!(
        player
            .screen()
            .contains("the name ends in .html, .md or .toml"),
        "{}",
        player.screen()
    );
    player.keys("ctrl-u").text("bad.md").keys("enter");
    assert!(
        player
            .toast()
            .contains("but 1 section of 2 could not be made"),
        "{}",
        player.toast()
    );
    let files = files.lock().expect("no panic");
    let written: Vec<_> = files
        .iter()
        .map(|(path, outline, replace)| (path.as_str(), outline.sections.len(), *replace))
        .collect();
    assert_eq!(
        written,
        [
            ("report.html", 2, false),
            ("there.md", 2, true),
            ("bad.md", 2, false)
        ]
    );
    // As a file for the next time it is the same report.
    let text = to_toml(&files[0].1, "");
    assert_eq!(ReportFile::parse(&text).expect(&text).outline, files[0].1);
}

#[test]
fn the_report_belongs_to_the_session() {
    let (mut player, _) = opened();
    player
        .keys("f")
        .text("\"Approve\"")
        .keys("enter 2 W g W enter ctrl-u")
        .text("Mine: \"x\"")
        .keys("enter c t")
        .text("T")
        .keys("enter esc");
    let session: Session = player.driver.app.session();
    let file = SessionFile {
        session: session.clone(),
        ..SessionFile::default()
    };
    let text = file.to_toml();
    let read = SessionFile::parse(&text).expect(&text).session;
    assert_eq!(read.report, session.report);
    assert_eq!(
        (read.report.title.as_str(), read.report.sections.len()),
        ("T", 1)
    );
}
