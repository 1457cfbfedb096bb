//! The program on a terminal: what it shows, what it leaves behind, and that it always ends.

#![cfg(unix)]

#[path = "pty/harness.rs"]
mod harness;

use harness::{Terminal, casetrail, command};
use rustix::process::{Pid, Signal, kill_process};
use std::fmt::Write as _;
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;

/// A log of so many cases of three events each.
fn log(cases: usize) -> (TempDir, PathBuf) {
    let mut text = String::from("case,activity,timestamp\n");
    for case in 0..cases {
        for (hour, activity) in ["Open", "Check", "Close"].iter().enumerate() {
            let day = case % 28 + 1;
            let _ = writeln!(text, "c{case},{activity},2024-01-{day:02}T{hour:02}:00:00Z");
        }
    }
    written(&text)
}

fn written(text: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("orders.csv");
    std::fs::write(&path, text).expect("a file");
    (folder, path)
}

fn signal(terminal: &Terminal, signal: Signal) {
    let pid = Pid::from_raw(terminal.pid).expect("a process id");
    kill_process(pid, signal).expect("it runs");
}

#[test]
fn it_starts_and_gives_the_terminal_back() {
    let (_folder, log) = log(200);
    let mut terminal = Terminal::open(&log);
    let before = terminal.modes();
    terminal.wait_for("200 cases").wait_for("? help");
    assert!(terminal.screen().alternate_screen());
    assert!(terminal.screen().hide_cursor());
    terminal.send("q");
    assert_eq!(terminal.wait(), 0);
    terminal.assert_restored();
    assert_eq!(terminal.modes(), before);
    assert_eq!(
        terminal.contents().trim(),
        "",
        "nothing is left on the screen"
    );
}

#[test]
fn a_log_is_followed_across_a_rotation() {
    let (folder, log) = log(30);
    let mut command = casetrail();
    command.arg(&log);
    command.arg("--follow");
    let mut terminal = Terminal::start(command);
    terminal.wait_for("30 cases").wait_for("following");
    let append = |text: &str| {
        let file = std::fs::OpenOptions::new().append(true).open(&log);
        file.and_then(|mut file| file.write_all(text.as_bytes()))
            .expect("it is written");
    };
    append("x1,Open,2024-02-01T00:00:00Z\n");
    terminal.wait_for("31 cases");
    // As logrotate does it: the old file keeps its inode, a new one gets its name.
    std::fs::rename(&log, folder.path().join("orders.csv.1")).expect("it is renamed");
    std::fs::write(
        &log,
        "case,activity,timestamp\ny1,Open,2024-02-02T00:00:00Z\n",
    )
    .expect("a file");
    terminal
        .wait_for("Another file took the place")
        .wait_for("1 case");
    append("y2,Open,2024-02-03T00:00:00Z\ny2,Cl");
    terminal.wait_for("2 cases");
    append("ose,2024-02-03T01:00:00Z\n");
    terminal.wait_for("3 events");
    terminal.send("q");
    assert_eq!(terminal.wait(), 0);
    terminal.assert_restored();
}

#[test]
fn demo_opens_a_log_of_its_own() {
    let state = tempfile::tempdir().expect("a folder");
    let mut demo = casetrail();
    demo.args(["demo", "--events", "500"]);
    demo.env("XDG_STATE_HOME", state.path());
    let mut terminal = Terminal::start(demo);
    terminal.wait_for("demo.csv").wait_for("500 events");
    terminal.send("q");
    assert_eq!(terminal.wait(), 0);
    terminal.assert_restored();
    assert!(state.path().join("casetrail/demo.csv").is_file());
}

#[test]
fn definitions_of_the_screen_are_remembered_and_written_to_a_rules_file() {
    let (folder, log) = log(5);
    let rules = folder.path().join("rules.toml");
    std::fs::write(&rules, "[cases] # mine\nend = [\"Close\"]\n").expect("a file");
    let mut command = casetrail();
    command.arg(&log);
    // What is defined here is remembered.
    command.env("XDG_CONFIG_HOME", folder.path().join("config"));
    let mut terminal = Terminal::start(command);
    terminal.wait_for("5 cases").wait_for("? help");
    terminal.send("gt");
    terminal.wait_for("No milestone is defined");
    terminal.send("d");
    terminal.wait_for("milestone: ");
    terminal.send("checked = first \"Check\"\r");
    terminal.wait_for("checked is defined");
    terminal.send("5");
    terminal.wait_for("[steps]");
    terminal.send("c");
    terminal.wait_for(":write-milestones saves it");
    terminal.send(":write-milestones\r");
    terminal.wait_for("file: ");
    terminal.send(&format!("\u{15}{}\r", rules.display()));
    terminal.wait_for("saved to");
    terminal.send("\u{11}");
    assert_eq!(terminal.wait(), 0);
    let text = std::fs::read_to_string(&rules).expect("the file");
    let head = "[cases] # mine\nend = [\"Close\"]\n\n[milestones]\nchecked = ";
    assert!(text.starts_with(head), "{text}");
    assert!(text.contains("\n[waits]\n'\""), "{text}");
    // The next start has both.
    let mut command = casetrail();
    command.arg(&log);
    command.env("XDG_CONFIG_HOME", folder.path().join("config"));
    let mut terminal = Terminal::start(command);
    terminal.wait_for("5 cases").wait_for("? help");
    terminal.send("5");
    terminal.wait_for("[steps]");
    terminal.send("$");
    terminal.wait_for("--milestone=").wait_for("--wait-class=");
    terminal.send("\u{11}");
    assert_eq!(terminal.wait(), 0);
}

#[test]
fn it_asks_the_terminal_nothing() {
    let (_folder, log) = log(5);
    let mut terminal = Terminal::open(&log);
    terminal
        .ready()
        .send("?")
        .wait_for("Help")
        .send("\x1b")
        .calm();
    terminal.send("q");
    terminal.wait();
    let raw = String::from_utf8_lossy(&terminal.raw).into_owned();
    for query in [
        "\x1b[6n", "\x1b[c", "\x1b[0c", "\x1b[>c", "\x1b[?u", "\x1b]", "\x1bP",
    ] {
        assert!(!raw.contains(query), "{query:?} was sent");
    }
}

#[test]
fn a_resize_is_followed() {
    let (_folder, log) = log(5);
    let mut terminal = Terminal::open(&log);
    terminal.ready();
    for (columns, rows) in [(120, 40), (30, 6), (1, 1), (200, 60), (80, 24)] {
        terminal.resize(columns, rows);
        if columns >= 30 {
            terminal.wait_until("help at the lower right", |screen| {
                let lines: Vec<String> = screen.rows(0, columns).collect();
                lines
                    .last()
                    .is_some_and(|line| line.trim_end().ends_with("? help"))
            });
        }
    }
    terminal.send("q");
    assert_eq!(terminal.wait(), 0);
    terminal.assert_restored();
}

#[test]
fn a_storm_of_sizes_is_weathered() {
    let (_folder, log) = log(50);
    let mut terminal = Terminal::open(&log);
    terminal.ready().send("3");
    let sizes: Vec<(u16, u16)> = (0..600u16).map(|i| (i * 37 % 150, i * 13 % 50)).collect();
    terminal.storm(&sizes, (90, 30)).calm();
    terminal
        .send("?")
        .wait_for("─ Help ─")
        .send("qq")
        .send("\x11");
    assert_eq!(terminal.wait(), 0);
    terminal.assert_restored();
}

#[test]
fn a_log_from_standard_input_leaves_the_keys_to_the_terminal() {
    let (_folder, log) = log(7);
    let mut shell = command("sh");
    shell.args(["-c", "\"$0\" - < \"$1\"", env!("CARGO_BIN_EXE_casetrail")]);
    shell.arg(&log);
    let mut terminal = Terminal::start(shell);
    terminal.ready().send("f").wait_for("filter:").send("\x11");
    assert_eq!(terminal.wait(), 0);
    terminal.assert_restored();
}

#[test]
fn signals_end_it_with_the_terminal_restored() {
    let (_folder, log) = log(5);
    for (number, code) in [
        (Signal::TERM, 143),
        (Signal::INT, 130),
        (Signal::QUIT, 131),
        // The terminal may live on, as when a user sends the signal.
        (Signal::HUP, 129),
        (Signal::ABORT, 70),
        (Signal::BUS, 3),
    ] {
        let mut terminal = Terminal::open(&log);
        terminal.ready();
        signal(&terminal, number);
        assert_eq!(terminal.wait(), code);
        terminal.assert_restored();
    }
}

#[test]
fn a_hang_up_ends_it() {
    let (_folder, log) = log(5);
    let mut terminal = Terminal::open(&log);
    terminal.ready().calm();
    terminal.hang_up();
    assert_eq!(terminal.wait(), 129);
}

#[test]
fn a_hang_up_ends_it_even_if_the_signal_is_ignored() {
    let (_folder, log) = log(5);
    let mut shell = command("sh");
    shell.args([
        "-c",
        "trap '' HUP; exec \"$0\" \"$1\"",
        env!("CARGO_BIN_EXE_casetrail"),
    ]);
    shell.arg(&log);
    let mut terminal = Terminal::start(shell);
    terminal.ready().calm();
    terminal.hang_up();
    assert_eq!(terminal.wait(), 129);
}

#[test]
fn a_defect_gives_the_terminal_back() {
    let (_folder, log) = log(5);
    for (fault, code, said) in [
        ("panic", 70, "a test asked for this"),
        ("abort", 70, "internal error, please report it: aborted"),
        ("stack", 70, "internal error, please report it: aborted"),
        ("memory", 7, "the system grants no more memory"),
    ] {
        let mut command = casetrail();
        command.arg(&log);
        command.env("CASETRAIL_TEST_FAULT", fault);
        let mut terminal = Terminal::start(command);
        let before = terminal.modes();
        terminal.ready().send("\x1b[24~");
        assert_eq!(terminal.wait(), code, "{fault}");
        terminal.assert_restored();
        assert_eq!(terminal.modes(), before, "{fault}");
        let raw = String::from_utf8_lossy(&terminal.raw).into_owned();
        assert!(raw.contains(said), "{fault}: {raw}");
    }
}

/// The file of the index of a log that was read with its cache in this folder.
fn index_of(folder: &TempDir, log: &Path) -> PathBuf {
    let report = std::process::Command::new(env!("CARGO_BIN_EXE_casetrail"))
        .args(["summary".as_ref(), log.as_os_str()])
        .env("XDG_CACHE_HOME", folder.path().join("cache"))
        .output();
    assert!(report.expect("it runs").status.success());
    let entries = std::fs::read_dir(folder.path().join("cache/casetrail")).expect("a cache");
    let mut names = entries.flatten().map(|entry| entry.path());
    let index = names.find(|name| name.extension().is_some_and(|end| end == "arrow"));
    index.expect("an index")
}

#[test]
fn an_index_that_is_cut_while_it_is_in_use_ends_it() {
    let (folder, log) = log(20_000);
    let index = index_of(&folder, &log);
    let mut command = casetrail();
    command.env("XDG_CACHE_HOME", folder.path().join("cache"));
    command.arg(&log);
    let mut terminal = Terminal::start(command);
    let before = terminal.modes();
    terminal.wait_for("20,000 cases").ready().calm();
    let file = std::fs::File::options().write(true).open(&index);
    file.and_then(|file| file.set_len(0)).expect("it is cut");
    // Whatever is asked first needs the data, if the first screen does not.
    terminal.send("3j");
    assert_eq!(terminal.wait(), 3);
    terminal.assert_restored();
    assert_eq!(terminal.modes(), before);
    let raw = String::from_utf8_lossy(&terminal.raw).into_owned();
    assert!(raw.contains("was cut by another program"), "{raw}");
}

#[test]
fn a_log_that_changes_is_told_once() {
    let (_folder, log) = log(5);
    let mut terminal = Terminal::open(&log);
    terminal.wait_for("5 cases").calm();
    let file = std::fs::File::options().append(true).open(&log);
    let mut file = file.expect("the log");
    file.write_all(b"c9,Open,2024-02-01T00:00:00Z\n")
        .expect("a row");
    terminal.wait_for("The log has changed on disk: ctrl-r");
    terminal.send("\x12").wait_for("6 cases").send("q");
    assert_eq!(terminal.wait(), 0);
}

#[test]
fn ctrl_z_stops_it_and_it_comes_back() {
    let (_folder, log) = log(5);
    let mut shell = command("bash");
    let script = "set -m; \"$0\" \"$1\"; echo stopped; read line; fg; echo ended $?";
    shell.args(["-c", script, env!("CARGO_BIN_EXE_casetrail")]);
    shell.arg(&log);
    shell.env("CASETRAIL_MOUSE", "true");
    let mut terminal = Terminal::start(shell);
    terminal.ready().send("\x1a").wait_for("stopped");
    assert!(!terminal.screen().alternate_screen());
    assert!(!terminal.screen().hide_cursor());
    assert_eq!(mouse_mode(&terminal), vt100::MouseProtocolMode::None);
    terminal.send("\n").wait_for("? help");
    assert!(terminal.screen().alternate_screen());
    assert_eq!(
        mouse_mode(&terminal),
        vt100::MouseProtocolMode::PressRelease
    );
    terminal.send("q").wait_for("ended 0");
    terminal.wait();
    terminal.assert_restored();
}

#[test]
fn without_a_shell_ctrl_z_says_so() {
    let (_folder, log) = log(5);
    let mut terminal = Terminal::open(&log);
    terminal.ready().send("\x1a").wait_for("no shell");
    terminal.send("q");
    assert_eq!(terminal.wait(), 0);
}

#[test]
fn no_color_means_none() {
    let (_folder, log) = log(5);
    let mut command = casetrail();
    command.arg(&log);
    command.env("NO_COLOR", "1");
    let mut terminal = Terminal::start(command);
    terminal.ready().send("2").calm();
    let screen = terminal.screen().clone();
    for row in 0..24 {
        for column in 0..80 {
            let cell = screen.cell(row, column).expect("on the screen");
            assert_eq!(cell.fgcolor(), vt100::Color::Default);
            assert_eq!(cell.bgcolor(), vt100::Color::Default);
        }
    }
}

/// The explorer on a small log with these variables set.
fn with_env(log: &Path, env: &[(&str, &str)]) -> Terminal {
    let mut command = casetrail();
    command.arg(log);
    for (name, value) in env {
        command.env(name, value);
    }
    Terminal::start(command)
}

/// Colors of texts on the screen, and of what is behind them.
fn colors(terminal: &Terminal) -> Vec<(vt100::Color, vt100::Color)> {
    let places = (0..24).flat_map(|row| (0..80).map(move |column| (row, column)));
    let cells = places.filter_map(|(row, column)| terminal.screen().cell(row, column));
    let cells = cells.filter(|cell| !cell.contents().trim().is_empty());
    let mut colors: Vec<_> = cells.map(|cell| (cell.fgcolor(), cell.bgcolor())).collect();
    colors.dedup();
    colors
}

#[test]
fn themes_have_their_colors() {
    use vt100::Color::{Default, Idx};
    let (_folder, log) = log(5);
    let shown = |env: &[(&str, &str)]| {
        let mut terminal = with_env(&log, env);
        terminal.ready().send("2").calm();
        colors(&terminal)
    };
    let has =
        |colors: &[(vt100::Color, vt100::Color)], n| colors.iter().any(|(fg, _)| *fg == Idx(n));
    let usual = shown(&[]);
    assert!(has(&usual, 6), "{usual:?}");
    assert!(usual.iter().all(|(_, bg)| *bg == Default), "{usual:?}");
    assert!(has(&shown(&[("CASETRAIL_THEME", "light")]), 24));
    assert!(has(&shown(&[("CASETRAIL_THEME", "dark")]), 80));
    let contrast = shown(&[("CASETRAIL_THEME", "high-contrast")]);
    assert!(
        contrast
            .iter()
            .all(|(fg, bg)| *bg != Default && *fg != Default),
        "{contrast:?}"
    );
    let few = shown(&[("CASETRAIL_THEME", "dark"), ("TERM", "xterm")]);
    assert!(has(&few, 14) && !has(&few, 80), "{few:?}");
    for env in [
        &[("CASETRAIL_THEME", "mono")][..],
        &[("CASETRAIL_THEME", "light"), ("NO_COLOR", "1")],
    ] {
        let none = shown(env);
        assert!(
            none.iter().all(|(fg, bg)| (*fg, *bg) == (Default, Default)),
            "{none:?}"
        );
    }
}

#[test]
fn the_background_is_asked_for_after_the_first_frame_and_not_waited_for() {
    let (_folder, log) = log(5);
    let question = "\x1b]11;?\x07";
    for (answer, color) in [
        ("\x1b]11;rgb:ffff/ffff/ffff\x1b\\", 24),
        ("\x1b]11;rgb:1e1e/1e1e/1e1e\x07", 80),
    ] {
        let mut terminal = with_env(&log, &[("CASETRAIL_THEME", "auto")]);
        terminal.ready().send("2").calm();
        let raw = String::from_utf8_lossy(&terminal.raw).into_owned();
        let (before, _) = raw.split_once(question).expect("a question");
        assert!(before.contains("\x1b[?2026l"), "a frame comes first");
        assert_eq!(raw.matches(question).count(), 1);
        let has = |terminal: &Terminal, n| {
            colors(terminal)
                .iter()
                .any(|(fg, _)| *fg == vt100::Color::Idx(n))
        };
        assert!(has(&terminal, 6) && !has(&terminal, color));
        // In two pieces, as over a slow line, and with keys around it.
        let (first, second) = answer.split_at(9);
        terminal.send("3").send(first).send(second).send("j").calm();
        assert!(has(&terminal, color), "{:?}", colors(&terminal));
        // The keys before and after the answer act, and nothing of it does.
        let shown = terminal.contents();
        assert!(
            shown.contains("> c1") && shown.contains("3 Cases"),
            "{shown}"
        );
        terminal.send("q").wait();
        terminal.assert_restored();
    }
    // Without an answer it works and ends like any other.
    let mut terminal = with_env(&log, &[("CASETRAIL_THEME", "auto")]);
    terminal.ready().send("q");
    assert_eq!(terminal.wait(), 0);
    terminal.assert_restored();
}

fn mouse_mode(terminal: &Terminal) -> vt100::MouseProtocolMode {
    terminal.screen().mouse_protocol_mode()
}

#[test]
fn the_mouse_is_taken_on_request_only() {
    use vt100::MouseProtocolMode::{None, PressRelease};
    let (_folder, log) = log(5);
    let mut terminal = with_env(&log, &[]);
    terminal.ready().calm();
    assert_eq!(mouse_mode(&terminal), None);
    terminal.send("\x1bOQ").wait_for("Mouse on").calm();
    assert_eq!(mouse_mode(&terminal), PressRelease);
    // A click on the tab of Cases, one on a row, and the wheel.
    let tabs = terminal.contents();
    let tabs = tabs.lines().nth(1).expect("tabs");
    let x = tabs.find("3 Cases").expect("a tab") + 1;
    terminal
        .send(&format!("\x1b[<0;{x};2M\x1b[<0;{x};2m"))
        .wait_for("1 of 5");
    terminal.send("\x1b[<65;5;6M").wait_for("4 of 5");
    terminal.send("\x1b[<64;5;6M").wait_for("1 of 5");
    terminal.send("\x1bOQ").wait_for("Mouse off").calm();
    assert_eq!(mouse_mode(&terminal), None);
    terminal.send("\x11");
    terminal.wait();
    terminal.assert_restored();
}

#[test]
fn the_mouse_is_given_back_in_every_way_out() {
    let (_folder, log) = log(5);
    let on = [
        ("CASETRAIL_MOUSE", "true"),
        ("CASETRAIL_TEST_FAULT", "panic"),
    ];
    for (end, code) in [("quit", 0), ("term", 143), ("panic", 70)] {
        let mut terminal = with_env(&log, &on);
        terminal.ready().calm();
        assert_eq!(
            mouse_mode(&terminal),
            vt100::MouseProtocolMode::PressRelease
        );
        match end {
            "term" => signal(&terminal, Signal::TERM),
            "panic" => drop(terminal.send("\x1b[24~")),
            _ => drop(terminal.send("\x11")),
        }
        assert_eq!(terminal.wait(), code, "{end}");
        terminal.assert_restored();
    }
}

#[test]
fn keys_of_the_file_act_and_are_shown() {
    let (folder, log) = log(5);
    let config = folder.path().join("keys.toml");
    std::fs::write(
        &config,
        "[keys]\nfilter = \"F\"\nhelp = \"f1\"\nredraw = []\nforce-quit = \"ctrl-x\"\n",
    )
    .expect("it is written");
    let mut terminal = with_env(
        &log,
        &[("CASETRAIL_CONFIG", config.to_str().expect("UTF-8"))],
    );
    terminal.wait_for("1 Overview").wait_for("f1 help");
    terminal
        .send("f")
        .wait_for("f does nothing here; f1 shows the keys");
    terminal.send("F").wait_for("filter:").send("\x1b").calm();
    terminal.send("\x1bOP").wait_for("Help").send("\x11").calm();
    terminal.send("\x18");
    assert_eq!(terminal.wait(), 0);
    terminal.assert_restored();
}

#[test]
fn ambiguous_characters_take_two_columns_on_request() {
    let (_folder, log) = written("case,activity,time\nж1,Aя,2024-01-01\nж2,Bя,2024-01-02\n");
    let mut terminal = with_env(&log, &[("CASETRAIL_AMBIGUOUS_WIDTH", "2")]);
    terminal.wait_for("1 Overview").send("3").calm();
    let raw = String::from_utf8_lossy(&terminal.raw).into_owned();
    assert!(raw.contains('ж'), "{raw:?}");
    // After such a character the cursor is placed anew, and nothing of the program is one.
    let after = raw.split('ж').skip(1);
    for rest in after {
        assert!(rest.starts_with("\x1b["), "{:?}", rest.get(..20));
    }
    assert!(!raw.contains(['│', '─', '█', '…', '›']));
}

#[test]
fn pasted_text_goes_into_the_prompt_as_one() {
    let (_folder, log) = log(5);
    let mut terminal = Terminal::open(&log);
    terminal.ready().send("f").wait_for("filter:");
    terminal.send("\x1b[200~\"Check\" and q\n\x1b[201~");
    terminal.wait_for("filter: \"Check\" and q");
    assert!(!terminal.screen().hide_cursor(), "the prompt has a cursor");
}

#[test]
fn a_terminal_is_needed() {
    let (_folder, log) = log(5);
    for term in ["dumb", ""] {
        let mut command = casetrail();
        command.arg(&log);
        command.env("TERM", term);
        let mut terminal = Terminal::start(command);
        assert_eq!(terminal.wait(), 2);
        assert!(
            terminal.contents().contains("needs a terminal"),
            "{}",
            terminal.contents()
        );
        assert!(!terminal.raw.contains(&0x1b), "the screen was touched");
    }
    assert_cmd::Command::new(env!("CARGO_BIN_EXE_casetrail"))
        .arg(&log)
        .env("TERM", "xterm")
        .assert()
        .code(2)
        .stdout("");
}

#[test]
fn few_open_files_are_an_answer_before_the_terminal_is_taken() {
    let (_folder, log) = log(5);
    for limit in [6, 8, 12] {
        let mut shell = command("sh");
        let script = format!("ulimit -n {limit}; exec \"$0\" \"$1\"");
        shell.args(["-c", &script, env!("CARGO_BIN_EXE_casetrail")]);
        shell.arg(&log);
        let mut terminal = Terminal::start(shell);
        assert_eq!(terminal.wait(), 2, "{limit}");
        let raw = String::from_utf8_lossy(&terminal.raw).into_owned();
        assert!(raw.contains("too few files may be opened"), "{raw}");
        assert!(!raw.contains('\u{1b}'), "{raw}");
    }
}

#[test]
fn a_row_down_costs_few_bytes_and_idleness_none() {
    let (_folder, log) = log(300);
    let mut terminal = Terminal::open(&log);
    terminal.ready().send("2").calm();
    terminal.send("j").calm();
    let before = terminal.raw.len();
    let moves = 10;
    for _ in 0..moves {
        terminal.send("k").calm();
        terminal.send("j").calm();
    }
    let each = (terminal.raw.len() - before) / (2 * moves);
    assert!(each <= 600, "{each} bytes a move");
    assert!(terminal.is_quiet(Duration::from_millis(300)));
}

#[test]
fn keys_sent_at_once_make_few_frames() {
    let (_folder, log) = log(300);
    let mut terminal = Terminal::open(&log);
    terminal.ready().send("2").calm();
    let before = terminal.raw.len();
    let keys = "jjk".repeat(150) + "?";
    terminal.send(&keys).wait_for("Help");
    let written = String::from_utf8_lossy(&terminal.raw[before..]).into_owned();
    let frames = written.matches("\x1b[?2026h").count();
    assert!(frames <= 40, "{frames} frames for 451 keys");
}

#[test]
fn text_of_the_log_never_acts_on_the_terminal() {
    let evil = "case,activity,timestamp\n\
        c1,\"\x1b]0;evil\x07\x1b[2J\x1bP+q\x1b\\\u{9b}31mOpen\",2024-01-01T00:00:00Z\n\
        c1,Cl\rose\u{202e},2024-01-01T01:00:00Z\n";
    let (_folder, log) = written(evil);
    let mut terminal = Terminal::open(&log);
    terminal.ready();
    let panes = 6;
    for _ in 0..panes {
        terminal.send("\t").calm();
    }
    terminal.send("\r").calm();
    terminal.send("q").send("q").send("q").send("\x11");
    terminal.wait();
    assert_eq!(acts(&terminal.raw), Vec::<String>::new());
}

/// Control sequences other than those the explorer itself needs.
fn acts(raw: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(raw);
    let mut found = Vec::new();
    let mut rest = text.as_ref();
    while let Some(at) = rest.find(|c: char| c.is_control() || c == '\u{202e}') {
        rest = &rest[at..];
        let Some(sequence) = rest.strip_prefix("\x1b[") else {
            found.push(rest.chars().take(8).collect());
            break;
        };
        let end = sequence
            .find(|c: char| ('@'..='~').contains(&c))
            .unwrap_or(0);
        let (parameters, last) = (&sequence[..end], &sequence[end..=end]);
        let allowed = match last {
            "m" | "H" | "C" => true,
            "J" => parameters == "2",
            // The mouse is given back in any case.
            "l" if ["?1000", "?1006"].contains(&parameters) => true,
            "h" | "l" => ["?1049", "?25", "?2004", "?2026"].contains(&parameters),
            _ => false,
        };
        if !allowed {
            found.push(format!("CSI {parameters}{last}"));
        }
        rest = &sequence[end + 1..];
    }
    found
}

#[test]
fn copying_sends_exactly_one_sequence() {
    let (_folder, log) = log(5);
    let mut terminal = Terminal::open(&log);
    terminal.ready().send("y!").wait_for("clipboard").send("q");
    terminal.wait();
    let raw = String::from_utf8_lossy(&terminal.raw).into_owned();
    assert_eq!(raw.matches("\x1b]52;c;").count(), 1);
}

/// Pasted text acts on a shell or an editor as printed text does.
#[test]
fn what_is_copied_acts_on_no_terminal() {
    use base64::Engine as _;
    let evil = "x\u{1b}[201~touch /tmp/y\u{9b}31m\u{202e}z\u{7}\u{8}";
    let text = format!(
        "case,activity,timestamp,note\n\"{evil}\nb\",\"A{evil}\",2024-01-01T00:00:00Z,\"{evil}\n{evil}\"\n"
    );
    let (_folder, log) = written(&text);
    let mut terminal = Terminal::open(&log);
    terminal.ready();
    let keys = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "m", "5\t"];
    for pane in keys {
        for copy in ["yy", "yc", "yv", "y!"] {
            terminal.send(pane).send(copy).calm();
        }
    }
    terminal.send("qqqq");
    terminal.wait();
    let raw = String::from_utf8_lossy(&terminal.raw).into_owned();
    let mut sent = 0;
    for sequence in raw.split("\x1b]52;c;").skip(1) {
        let data = sequence.split('\x07').next().expect("its end");
        let data = base64::engine::general_purpose::STANDARD.decode(data);
        let text = String::from_utf8(data.expect("base64")).expect("UTF-8");
        let acts = |c: char| casetrail::text::is_hidden(c) && c != '\n' && c != '\t';
        assert!(!text.contains(acts), "{text:?}");
        sent += 1;
    }
    assert!(sent > 15, "{sent}");
}

#[test]
fn a_log_that_cannot_be_read_is_told_on_the_screen() {
    let (_folder, log) = written("");
    let mut terminal = Terminal::open(&log);
    terminal.wait_for("r try again").send("q");
    assert_eq!(terminal.wait(), 3);
    terminal.assert_restored();
}

#[test]
fn the_screen_is_up_while_a_slow_log_is_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let fifo = folder.path().join("slow.csv");
    let made = std::process::Command::new("mkfifo").arg(&fifo).status();
    assert!(made.is_ok_and(|status| status.success()));
    let mut terminal = Terminal::open(&fifo);
    terminal
        .wait_for("esc stop")
        .send("?")
        .wait_for("Help")
        .send("q")
        .calm();
    terminal.send("\x1b").wait_for("cancelled").send("q");
    assert_eq!(terminal.wait(), 130);
    terminal.assert_restored();
    let mut terminal = Terminal::open(&fifo);
    terminal.wait_for("esc stop");
    signal(&terminal, Signal::TERM);
    assert_eq!(terminal.wait(), 143);
    terminal.assert_restored();
}

/// What has come of a pipe can be looked at while it is open, and the rest read later.
#[test]
fn a_pipe_is_shown_so_far_and_read_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let fifo = folder.path().join("slow.csv");
    let made = std::process::Command::new("mkfifo").arg(&fifo).status();
    assert!(made.is_ok_and(|status| status.success()));
    let row = |case: usize| format!("c{case},Open,2024-03-01 09:00:00\n");
    let mut terminal = Terminal::open(&fifo);
    let mut pipe = File::options().write(true).open(&fifo).expect("a reader");
    let first: String = (0..200).map(row).collect();
    write!(pipe, "case_id,activity,timestamp\n{first}").expect("a reader");
    terminal.wait_for("Receiving the log").wait_for(" B");
    terminal
        .send("\x1b")
        .wait_for("so far")
        .wait_for("200 cases");
    let rest: String = (200..300).map(row).collect();
    write!(pipe, "{rest}").expect("a reader");
    drop(pipe);
    terminal.send("\x12").wait_for("300 cases").send("q");
    assert_eq!(terminal.wait(), 0);
    terminal.assert_restored();
}

/// The screen that asks which column is what.
#[test]
fn a_log_of_unknown_columns_is_mapped_by_keys_and_remembered() {
    let mut text = String::from("foo,bar,baz\n");
    for case in 0..30 {
        for (hour, activity) in ["Open", "Check", "Close"].iter().enumerate() {
            let day = case % 28 + 1;
            let _ = writeln!(text, "c{case},{activity},2024-01-{day:02}T{hour:02}:00:00Z");
        }
    }
    let (folder, log) = written(&text);
    let start = || {
        let mut command = casetrail();
        command.env("XDG_CONFIG_HOME", folder.path().join("config"));
        command.env("XDG_CACHE_HOME", folder.path().join("cache"));
        command.arg(&log);
        Terminal::start(command)
    };
    let mut terminal = start();
    terminal.wait_for("No name says which column is the");
    // All is proposed: the case is taken away, refused, and given again.
    terminal.wait_for("30 cases, 90 events").send("c");
    terminal.wait_for("Which column is the case?").send("\r");
    terminal.wait_for("Press c on it").send("c");
    terminal.wait_for("Enter opens the log").send("\r");
    terminal.wait_for("Overview").wait_for("30 cases").send("$");
    terminal.wait_for("--case foo --activity").send("qq");
    assert_eq!(terminal.wait(), 0);
    terminal.assert_restored();
    // The second time it opens at once.
    let mut terminal = start();
    terminal.wait_for("30 cases").send("I");
    terminal.wait_for("saved mapping").send("qq");
    assert_eq!(terminal.wait(), 0);
    // A report is not told, and says what it lacks.
    let report = std::process::Command::new(env!("CARGO_BIN_EXE_casetrail"))
        .args(["summary".as_ref(), log.as_os_str()])
        .env("XDG_CONFIG_HOME", folder.path().join("config"))
        .output()
        .expect("it runs");
    assert_eq!(report.status.code(), Some(3));
    // Left without a choice, nothing was opened.
    let _ = std::fs::remove_dir_all(folder.path().join("config"));
    let mut terminal = start();
    terminal
        .wait_for("No name says which column is the")
        .send("\x1b");
    assert_eq!(terminal.wait(), 3);
    terminal.assert_restored();
}

#[test]
fn chosen_end_states_are_kept_after_a_restart_until_they_are_reset() {
    let (folder, log) = log(30);
    let start = || {
        let mut command = casetrail();
        command.env("XDG_CONFIG_HOME", folder.path().join("config"));
        command.env("XDG_CACHE_HOME", folder.path().join("cache"));
        command.arg(&log);
        Terminal::start(command)
    };
    let mut terminal = start();
    terminal.ready().send("E");
    terminal
        .wait_for("cases are open; cases end with Close")
        .send(" ");
    terminal.wait_for("30 cases are open").send("$");
    terminal.wait_for("--end=").send("qqq");
    assert_eq!(terminal.wait(), 0);
    let mut terminal = start();
    terminal.resize(160, 24);
    terminal.wait_for("cases end with no activity (C, E to change)");
    terminal.send("E").wait_for("30 cases are open").send("x");
    terminal
        .wait_for("cases are open; cases end with Close")
        .send("qq");
    assert_eq!(terminal.wait(), 0);
    let mut terminal = start();
    terminal.ready().send("E");
    terminal
        .wait_for("cases are open; cases end with Close")
        .send("qq");
    assert_eq!(terminal.wait(), 0);
    let saved = folder.path().join("config/casetrail/mappings");
    assert_eq!(std::fs::read_dir(saved).expect("a folder").count(), 0);
    // An option overrides saved end states.
    let mut terminal = start();
    terminal.ready().send("E");
    terminal
        .wait_for("cases are open; cases end with Close")
        .send(" ");
    terminal.wait_for("30 cases are open").send("qq");
    assert_eq!(terminal.wait(), 0);
    let mut command = casetrail();
    command.env("XDG_CONFIG_HOME", folder.path().join("config"));
    command.args(["--end", "Check"]);
    command.arg(&log);
    let mut terminal = Terminal::start(command);
    terminal.ready().send("E");
    terminal.wait_for("cases end with Check").send("$");
    terminal.wait_for("--end=Check").send("qqq");
    assert_eq!(terminal.wait(), 0);
}

#[test]
fn what_is_wrong_with_the_index_on_disk_is_told() {
    let (folder, path) = log(40);
    let damaged = index_of(&folder, &path);
    let mut bytes = std::fs::read(&damaged).expect("its bytes");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&damaged, bytes).expect("a damaged index");
    let mut command = casetrail();
    command.env("XDG_CACHE_HOME", folder.path().join("cache"));
    command.arg(&path);
    let mut terminal = Terminal::start(command);
    terminal
        .wait_for("the index is damaged")
        .wait_for("40 cases");
    terminal.send("q");
    assert_eq!(terminal.wait(), 0);
}

/// The explorer with a state folder of its own.
fn with_state(folder: &TempDir, words: &[&str]) -> Terminal {
    let mut command = casetrail();
    command.args(words);
    command.cwd(folder.path());
    for name in [
        "XDG_STATE_HOME",
        "XDG_DATA_HOME",
        "XDG_CONFIG_HOME",
        "XDG_CACHE_HOME",
    ] {
        command.env(name, folder.path().join(name));
    }
    Terminal::start(command)
}

#[test]
fn after_a_hang_up_the_same_call_goes_on_where_it_was() {
    let (folder, path) = log(28);
    for by_signal in [true, false] {
        let mut terminal = with_state(&folder, &["orders.csv"]);
        terminal.wait_for("28 cases").wait_for("? help");
        terminal.send("f\"Check\" and events = 3\r").wait_for("[x]");
        terminal.send("3").wait_for("case").send("jjjj").calm();
        if by_signal {
            signal(&terminal, Signal::HUP);
        } else {
            terminal.hang_up();
        }
        assert_eq!(terminal.wait(), 129);
        let mut terminal = with_state(&folder, &["orders.csv"]);
        terminal
            .wait_for("interrupted and is resumed")
            .wait_for("[x] \"Check\" and events = 3")
            .wait_for("5 of 28");
        // One step of undo leads to the start without it.
        terminal.send("u").wait_for("Overview").calm();
        assert!(
            !terminal.contents().contains("[x]"),
            "{}",
            terminal.contents()
        );
        terminal.send("U").wait_for("5 of 28");
        terminal.send("\x11");
        assert_eq!(terminal.wait(), 0);
    }
    let sessions = folder.path().join("XDG_STATE_HOME/casetrail/sessions");
    let files: Vec<PathBuf> = std::fs::read_dir(&sessions)
        .expect("the folder")
        .map(|entry| entry.expect("a file").path())
        .collect();
    assert_eq!(files.len(), 1, "{files:?}");
    let mode =
        std::os::unix::fs::PermissionsExt::mode(&files[0].metadata().expect("it").permissions());
    assert_eq!(mode & 0o777, 0o600);
    // The user has left: the next start offers it, in the way of nothing.
    let mut terminal = with_state(&folder, &["orders.csv"]);
    terminal.wait_for("O resumes it").wait_for("1 Overview");
    assert!(!terminal.contents().contains("[x]"));
    terminal.send("O").wait_for("5 of 28").send("\x11");
    assert_eq!(terminal.wait(), 0);
    // Another state of the log.
    let mut text = std::fs::read_to_string(&path).expect("the log");
    text.push_str("c99,Open,2024-02-01T00:00:00Z\n");
    std::fs::write(&path, text).expect("the log");
    let mut terminal = with_state(&folder, &["orders.csv"]);
    terminal
        .wait_for("of another state of")
        .wait_for("29 cases")
        .send("\x11");
    assert_eq!(terminal.wait(), 0);
    // Another call does not go on with an interrupted session.
    let mut terminal = with_state(&folder, &["orders.csv"]);
    terminal
        .wait_for("29 cases")
        .send("2")
        .wait_for("Variants")
        .send("jS")
        .calm();
    signal(&terminal, Signal::TERM);
    assert_eq!(terminal.wait(), 143);
    let mut terminal = with_state(&folder, &["orders.csv", "--filter", "events = 1"]);
    terminal
        .wait_for("O resumes it")
        .wait_for("1 of 29")
        .send("\x11");
    assert_eq!(terminal.wait(), 0);
}

#[test]
fn a_saved_session_is_opened_and_printed() {
    let (folder, _) = log(9);
    let mut terminal = with_state(&folder, &["orders.csv"]);
    terminal.wait_for("9 cases").wait_for("? help");
    terminal
        .send("fcase in (\"c1\", \"c2\")\r")
        .wait_for("2 of 9");
    terminal.send("f\"Check\"\r").wait_for("[x] \"Check\"");
    terminal
        .send("K")
        .wait_for("Filters")
        .send(" ")
        .wait_for("[ ]");
    terminal
        .send(":save-session\r")
        .wait_for("file: ")
        .send("\r");
    terminal.wait_for("Session saved to").send("\x11");
    assert_eq!(terminal.wait(), 0);
    let mut terminal = with_state(&folder, &["orders.csv", "--session", "session.toml"]);
    terminal
        .wait_for("[ ] case in")
        .wait_for("[x] \"Check\"")
        .wait_for("Filters");
    terminal.send("\x11");
    assert_eq!(terminal.wait(), 0);
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_casetrail"))
        .args([
            "summary",
            "orders.csv",
            "--no-cache",
            "--session",
            "session.toml",
        ])
        .args(["--filter", "case in (\"c1\", \"c2\")"])
        .current_dir(folder.path())
        .output()
        .expect("it runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.contains("2 of 9 cases"), "{text}");
}
