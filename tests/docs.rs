//! What the README says of keys, panes and reports is what the program has.

use casetrail::panes::PANES;

fn readme() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    std::fs::read_to_string(path).expect("README.md")
}

/// To take over a changed action table: put what this test prints between the two marks.
#[test]
fn the_readme_lists_the_keys_of_the_action_table() {
    let readme = readme();
    let (_, rest) = readme
        .split_once("kept by tests/docs.rs -->")
        .expect("the mark before");
    let (listed, _) = rest
        .split_once("<!-- end of keys -->")
        .expect("the mark after");
    let table = casetrail::input::markdown();
    assert!(
        listed.trim() == table.trim(),
        "the README should list these keys:\n\n{table}"
    );
}

#[test]
fn the_readme_names_every_pane_with_its_number() {
    let readme = readme();
    for (at, pane) in PANES.iter().filter(|pane| pane.tab).enumerate() {
        let key = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "`", "R"][at];
        let row = format!("| {key} {} |", pane.title);
        assert!(readme.contains(&row), "{row}");
    }
}

#[test]
fn the_readme_names_every_report_and_command() {
    let help = std::process::Command::new(env!("CARGO_BIN_EXE_casetrail"))
        .arg("--help")
        .output();
    let help = String::from_utf8(help.expect("it runs").stdout).expect("UTF-8");
    let readme = readme();
    for (list, one) in [("Reports:", "summary"), ("Commands:", "map")] {
        let (_, rest) = help.split_once(list).expect("a list");
        let lines = rest.lines().skip(1);
        let names: Vec<&str> = lines
            .take_while(|line| line.starts_with("  "))
            .filter_map(|line| line.split_whitespace().next())
            .collect();
        assert!(names.contains(&one), "{names:?}");
        for name in names {
            assert!(readme.contains(&format!("`{name}")), "{name}");
        }
    }
}

/// A line of an indented block that is no command.
fn is_output(line: &str) -> bool {
    line.is_empty() || line.starts_with("    ") && !line.starts_with("    $ ")
}

/// Every report that the README shows with its output, run again.
#[test]
fn the_outputs_of_the_readme_are_those_of_the_program() {
    let readme = readme();
    let mut lines = readme.lines().peekable();
    let mut compared = 0;
    while let Some(line) = lines.next() {
        let Some(words) = line.strip_prefix("    $ casetrail ") else {
            continue;
        };
        let mut shown = String::new();
        while let Some(line) = lines.next_if(|l| is_output(l)) {
            shown.push_str(line.strip_prefix("    ").unwrap_or(line));
            shown.push('\n');
        }
        // A shell takes the quotes away, as the reader's does.
        let command = format!("\"$1\" {words} --quiet");
        let output = std::process::Command::new("sh")
            .env("XDG_CACHE_HOME", env!("CARGO_TARGET_TMPDIR"))
            .args(["-c", &command, "sh", env!("CARGO_BIN_EXE_casetrail")])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .expect("sh");
        let printed = String::from_utf8(output.stdout).expect("UTF-8");
        let printed: Vec<&str> = printed.trim_end().lines().map(str::trim_end).collect();
        let shown: Vec<&str> = shown.trim_end().lines().map(str::trim_end).collect();
        assert_eq!(shown, printed, "{words}");
        compared += 1;
    }
    assert!(compared >= 4, "{compared} outputs");
}

/// What the README shows of a rules file can be read.
#[test]
fn the_rules_of_the_readme_are_rules() {
    let readme = readme();
    let block = readme
        .lines()
        .skip_while(|line| !line.starts_with("    [cases]"));
    let block = block.take_while(|line| line.is_empty() || line.starts_with("    "));
    let block: Vec<&str> = block.map(str::trim_start).collect();
    let timing = casetrail::config::rules::parse(&block.join("\n")).expect("rules");
    assert_eq!(
        (
            timing.calendars.len(),
            timing.milestones.len(),
            timing.rules.len()
        ),
        (2, 1, 1)
    );
}
