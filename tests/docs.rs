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
        let row = format!("| {} {} |", at + 1, pane.title);
        assert!(readme.contains(&row), "{row}");
    }
}

#[test]
fn the_readme_names_every_report() {
    let help = std::process::Command::new(env!("CARGO_BIN_EXE_casetrail"))
        .arg("--help")
        .output();
    let help = String::from_utf8(help.expect("it runs").stdout).expect("UTF-8");
    let readme = readme();
    let (_, rest) = help
        .split_once("Commands:")
        .or(help.split_once("Reports:"))
        .expect("a list");
    let names = rest
        .lines()
        .skip(1)
        .take_while(|line| line.starts_with("  "));
    let names: Vec<&str> = names
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert!(names.contains(&"summary"), "{names:?}");
    for name in names.into_iter().filter(|name| *name != "help") {
        assert!(readme.contains(&format!("`{name}")), "{name}");
    }
}

#[test]
fn the_frame_and_figures_of_the_readme_are_of_the_fixture() {
    assert!(
        readme().contains("412 cases"),
        "the picture shows fixtures/support.csv"
    );
}
