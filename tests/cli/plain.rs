//! The explorer line by line (`--plain`): keys from standard input, screens as text.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use crate::cli_common::{Desk, LOG, Run};

fn play(words: &[&str], keys: &str) -> Run {
    let desk = Desk::with("log.csv", LOG);
    let mut command = desk.command();
    command.args(["log.csv", "--plain"]).args(words);
    Run::of(command.write_stdin(keys.to_owned()))
}

#[test]
fn keys_are_read_line_by_line() {
    let run = play(&[], "3\nj\nf resource = \"Bob\"\n");
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""));
    let heads: Vec<&str> = run
        .out
        .lines()
        .filter(|l| l.starts_with("log.csv › "))
        .collect();
    assert_eq!(
        heads.len(),
        4,
        "a screen for the start and for each line: {}",
        run.out
    );
    let head = |at: usize| heads[at].split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(head(0), "log.csv › Overview 5 cases · 12 events");
    assert_eq!(head(1), "log.csv › Cases 5 cases · 12 events");
    assert_eq!(head(3), "log.csv › Cases 2 of 5 cases · 7 of 12 events");
    let selected: Vec<&str> = run.out.lines().filter(|l| l.starts_with("> ")).collect();
    assert!(
        selected[1].contains("c1") && selected[2].contains("c3"),
        "{selected:?}"
    );
    assert!(!run.out.contains('\x1b'));
}

#[test]
fn the_end_of_the_input_and_the_key_for_it_end_the_explorer() {
    assert_eq!(play(&[], "").code, Some(0));
    let run = play(&[], "q\n5\n");
    assert_eq!(run.code, Some(0));
    assert!(!run.out.contains("› Bottlenecks"), "{}", run.out);
}

#[test]
fn what_keys_copy_is_printed() {
    let run = play(&[], "2\n$\n");
    assert!(
        run.out.contains("casetrail variants log.csv"),
        "{}",
        run.out
    );
}

#[test]
fn what_is_no_key_says_so() {
    let run = play(&[], "3\nctrl-x\n");
    assert!(run.out.contains("does nothing here"), "{}", run.out);
}

#[test]
fn a_log_that_cannot_be_read_has_the_code_of_reports() {
    let desk = Desk::with("log.csv", "a;b\n1;2\n");
    let mut command = desk.command();
    command.args(["log.csv", "--plain", "--case", "none"]);
    assert_eq!(Run::of(command.write_stdin("q\n")).code, Some(3));
    let mut command = desk.command();
    let run = Run::of(command.args(["-", "--plain"]).write_stdin("q\n"));
    assert_eq!(run.code, Some(2));
    assert!(run.err.contains("keys from standard input"), "{}", run.err);
}

#[test]
fn files_that_the_call_reads_are_not_replaced() {
    let desk = Desk::with("log.csv", LOG);
    desk.write("rules.toml", "");
    desk.write("notes.jsonl", "");
    let mut command = desk.command();
    command.args(["log.csv", "--plain", "--rules", "rules.toml"]);
    command.args(["--notes", "notes.jsonl"]);
    let files = ["log.csv", "rules.toml", "notes.jsonl"];
    let keys: String = files
        .iter()
        .flat_map(|file| [":save-session\n", file, "\n"])
        .collect();
    let run = Run::of(command.write_stdin(keys));
    assert_eq!(
        run.out.matches("this call reads the file").count(),
        3,
        "{}",
        run.out
    );
    assert!(!run.out.contains("Replace it"), "{}", run.out);
    assert_eq!(
        (desk.read("rules.toml"), desk.read("log.csv")),
        (String::new(), LOG.to_owned())
    );
}

#[test]
fn a_copied_cell_is_one_line() {
    let desk = Desk::with(
        "log.csv",
        "case,activity,timestamp\n1,\"a\nrm -r\",2024-01-01\n1,b,2024-01-02\n",
    );
    let mut command = desk.command();
    command.args(["log.csv", "--plain"]);
    let run = Run::of(command.write_stdin("5\ny c\n".to_owned()));
    assert!(
        run.out.lines().any(|line| line == r#""a\nrm -r" -> "b""#),
        "{}",
        run.out
    );
}
