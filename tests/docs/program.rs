//! Runs the program for the pages: reports, help, screens.

use super::page::root;
use super::play::Player;
use casetrail::app::{Loader, Settings};
use casetrail::config::rules;
use casetrail::engine::{Analysis, Timing};
use casetrail::event_log::Progress;
use casetrail::formats::{self, LogOptions, ReadPlan};
use casetrail::text;
use std::process::{Command, Output};
use std::sync::Arc;
use std::time::Duration;

/// Log that the screens show.
pub const LOG: &str = "fixtures/support.csv";
const RULES: &str = "fixtures/support-rules.toml";

/// Longer than a message stays on the screen.
const QUIET: Duration = Duration::from_secs(30);

/// Runs the program in the root of the repository.
pub fn run(words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_casetrail"))
        .args(words)
        .env("XDG_CACHE_HOME", env!("CARGO_TARGET_TMPDIR"))
        .env("XDG_CONFIG_HOME", env!("CARGO_TARGET_TMPDIR"))
        .env("COLUMNS", "100")
        .current_dir(root())
        .output()
        .expect("it runs")
}

/// Returns the standard output of a call that must succeed.
pub fn printed(words: &[&str]) -> String {
    let output = run(words);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{words:?}: {said}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// Returns the output of a command, without notes on how the log was read. A wrong call (exit code 2)
/// gives the error message instead.
pub fn shown(command: &str) -> String {
    let words = words(command).remove(0);
    let mut words: Vec<&str> = words.iter().map(String::as_str).collect();
    words.push("--quiet");
    let output = run(&words);
    let shown = match output.status.code() {
        Some(0 | 1) => output.stdout,
        Some(2) => output.stderr,
        code => panic!("{command}: exit code {code:?}"),
    };
    let shown = String::from_utf8(shown).expect("UTF-8");
    let lines: Vec<&str> = shown.trim_end().lines().map(str::trim_end).collect();
    lines.join("\n")
}

/// Returns the arguments of every call of casetrail in a line of shell, also after `cargo run --`.
/// Runs no program but the shell.
pub fn words(line: &str) -> Vec<Vec<String>> {
    const SHELL: &str = r#"
        PATH=
        call() { printf '%s\0' "$@" '--end of call--' >&9; }
        casetrail() { call "$@"; }
        cargo() {
            [ "$1" = run ] || return 0
            while [ $# -gt 0 ] && [ "$1" != -- ]; do
                [ "$1" != --example ] || return 0
                shift
            done
            [ $# -eq 0 ] || { shift; call "$@"; }
        }
        exec 9>&1 >/dev/null 2>&1
    "#;
    let output = Command::new("/bin/sh")
        .args(["-c", &format!("{SHELL}\n{line}")])
        .current_dir(env!("CARGO_TARGET_TMPDIR"))
        .output()
        .expect("a shell");
    let words = String::from_utf8(output.stdout).expect("UTF-8");
    let mut calls = vec![Vec::new()];
    for word in words.split_terminator('\0') {
        match word {
            "--end of call--" => calls.push(Vec::new()),
            word => calls.last_mut().expect("a call").push(word.to_owned()),
        }
    }
    calls.pop();
    calls
}

/// Returns the help of the explorer, of every report and of every command.
pub fn all_help() -> String {
    let mut all = printed(&["--help"]);
    for (name, _) in reports().iter().chain(&commands()) {
        all += &printed(&[name, "--help"]);
    }
    all
}

/// Returns names and descriptions of the reports in the help.
pub fn reports() -> Vec<(String, String)> {
    listed("Reports:")
}

/// Returns names and descriptions of the commands in the help.
pub fn commands() -> Vec<(String, String)> {
    listed("Commands:")
}

fn listed(title: &str) -> Vec<(String, String)> {
    let help = printed(&["--help"]);
    let (_, rest) = help.split_once(title).expect("the list");
    let lines = rest.lines().skip(1);
    let lines = lines.take_while(|line| line.starts_with("  "));
    let named = lines.filter_map(|line| line.trim().split_once(' '));
    named
        .map(|(name, about)| (name.to_owned(), about.trim().to_owned()))
        .collect()
}

fn loader(with_rules: bool) -> Loader {
    Box::new(move |progress: Arc<Progress>| {
        let bytes = std::fs::read(root().join(LOG)).expect("the log");
        let plan = ReadPlan {
            logs: vec![LogOptions::default()],
            ..ReadPlan::default()
        };
        let (log, report) = formats::read_all(&[&bytes[..]], &plan, &progress).expect("it is read");
        let zone = text::time::UTC;
        let analysis = Analysis::new(LOG.to_owned(), log, report, zone, &progress);
        let mut analysis = analysis.expect("not cancelled");
        let mut timing = Timing::default();
        if with_rules {
            let rules = std::fs::read_to_string(root().join(RULES)).expect("the rules");
            timing = rules::parse(&rules).expect("rules");
        }
        // As the explorer does.
        timing.ready_made = true;
        analysis = analysis.with_timing(timing).expect("names of their own");
        Ok(Arc::new(analysis))
    })
}

/// Returns the screen of the explorer. The comment gives its size, options and keys:
/// `screen 100x28 5 t` or `screen 100x28 --rules 9`.
pub fn screen(comment: &str) -> String {
    let parts: Vec<&str> = comment.split_whitespace().collect();
    let ["screen", size, keys @ ..] = &parts[..] else {
        panic!("expected a comment like `screen 100x28 KEYS`, not {comment:?}");
    };
    let (with_rules, keys) = match keys {
        ["--rules", keys @ ..] => (true, keys),
        keys => (false, keys),
    };
    let (width, height) = size.split_once('x').expect("a size");
    let mut command = vec!["casetrail".to_owned(), LOG.to_owned()];
    if with_rules {
        command.extend(["--rules".to_owned(), RULES.to_owned()]);
    }
    let settings = Settings {
        name: LOG.to_owned(),
        command,
        ..Settings::default()
    };
    let mut player = Player::start(settings, loader(with_rules));
    player.resize(
        width.parse().expect("a width"),
        height.parse().expect("a height"),
    );
    player.keys(&keys.join(" ")).wait(QUIET);
    player.screen().trim_end().to_owned()
}
