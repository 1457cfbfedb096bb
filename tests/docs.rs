//! Checks the documentation against the program: commands and their output, screens, keys, panes,
//! reports, filters, rules, options and links. A page without anything to check fails, as does a
//! block of an unknown kind.
//!
//! `UPDATE_EXPECT=1 cargo test --test docs` rewrites outputs, screens and keys; review
//! the difference.

#[path = "docs/page.rs"]
mod page;
#[path = "keys/play.rs"]
#[expect(dead_code, reason = "the other test of keys uses all of it")]
mod play;
#[path = "docs/program.rs"]
mod program;

use casetrail::config::settings::{self, ConfigFile};
use casetrail::config::{
    mapping_file::MappingFile, notes_file::NotesText, recipes, report_file::ReportFile, rules,
    session_file::SessionFile,
};
use casetrail::panes::PANES;
use expect_test::expect_file;
use page::{Block, Page, Piece, pages, root, spans};
use std::collections::BTreeSet;
use std::fmt::Write;

/// Marks before and after what is made from a table, and what makes it.
type Made = (&'static str, &'static str, fn() -> String);

const MADE: [Made; 2] = [
    (
        "<!-- keys: made from the action table -->",
        "<!-- end of keys -->",
        casetrail::input::markdown,
    ),
    (
        "<!-- settings: made from the table of settings -->",
        "<!-- end of settings -->",
        settings::markdown,
    ),
];

/// Returns the page with the outputs, screens and keys that the program makes now.
fn refreshed(page: &Page) -> String {
    let mut out = String::new();
    // The mark after what is left out, as it is made anew.
    let mut until = None;
    for piece in page.pieces() {
        match piece {
            Piece::Line(line) => {
                until = until.filter(|mark| *mark != line);
                if until.is_none() {
                    push(&mut out, &line);
                }
                if let Some((_, end, make)) = MADE.iter().find(|(begin, ..)| *begin == line) {
                    until = Some(*end);
                    push(&mut out, &format!("\n{}\n", make().trim()));
                }
            }
            Piece::Block(block) => {
                push(&mut out, &format!("```{}", block.kind));
                push(&mut out, &content(&block));
                push(&mut out, "```");
            }
        }
    }
    out
}

fn push(out: &mut String, line: &str) {
    writeln!(out, "{line}").expect("a String takes it");
}

/// Returns the text that a block should have.
fn content(block: &Block) -> String {
    match block.kind.as_str() {
        "console" => {
            let commands = block.lines.iter().filter(|line| line.starts_with("$ "));
            let shown = commands.map(|line| format!("{line}\n{}", program::shown(&line[2..])));
            shown.collect::<Vec<_>>().join("\n\n")
        }
        "text" => program::screen(&block.comment),
        _ => block.lines.join("\n"),
    }
}

#[test]
fn pages_show_what_the_program_prints() {
    for page in pages() {
        expect_file![root().join(&page.name)].assert_eq(&refreshed(&page));
    }
}

#[test]
fn every_page_is_checked() {
    for page in pages() {
        let checked = page.blocks().len() + page.tables("filter").len();
        assert!(checked > 0, "{} has nothing that is checked", page.name);
        for line in page.prose() {
            let is_hidden = line.starts_with("    ") && !line.trim_start().starts_with(['-', '*']);
            assert!(!is_hidden, "{}: an unfenced block: {line}", page.name);
        }
        for block in page.blocks() {
            check(&page.name, &block);
        }
    }
}

fn check(page: &str, block: &Block) {
    let text = block.lines.join("\n");
    match block.kind.as_str() {
        "sh" => {
            for line in block.lines.iter().filter(|line| !line.is_empty()) {
                check_command(page, line);
            }
        }
        "toml rules" => {
            rules::parse(&text).unwrap_or_else(|error| panic!("{page}: {error:?}\n{text}"));
        }
        "toml mapping" => {
            MappingFile::parse(&text).unwrap_or_else(|error| panic!("{page}: {error:?}\n{text}"));
        }
        "toml config" => {
            let file = ConfigFile::parse(&text);
            let keys = file.and_then(|file| file.keymap());
            keys.unwrap_or_else(|error| panic!("{page}: {error:?}\n{text}"));
        }
        "toml session" => {
            SessionFile::parse(&text).unwrap_or_else(|error| panic!("{page}: {error:?}\n{text}"));
        }
        "json notes" => {
            let found = NotesText::parse(text.as_bytes());
            assert_eq!(found.fault, None, "{page}");
        }
        "toml report" => {
            ReportFile::parse(&text).unwrap_or_else(|error| panic!("{page}: {error:?}\n{text}"));
        }
        "toml filters" => {
            recipes::parse(&text).unwrap_or_else(|error| panic!("{page}: {error:?}\n{text}"));
        }
        // These two are compared with what the program makes.
        "console" => {
            let first = block.lines.first().map_or("", String::as_str);
            assert!(first.starts_with("$ casetrail "), "{page}: {first}");
        }
        "text" => assert!(block.comment.starts_with("screen "), "{page}: {text}"),
        kind => panic!("{page}: blocks of the kind {kind:?} are not checked:\n{text}"),
    }
}

/// Checks that a line of shell works: options and values of casetrail are valid, and other tools exist.
fn check_command(page: &str, line: &str) {
    let calls = program::words(line);
    for call in &calls {
        let mut words: Vec<&str> = call.iter().map(String::as_str).collect();
        for pair in words.windows(2) {
            match pair {
                ["--filter", filter] => drop(casetrail::filter::parse(filter).expect(line)),
                // Of `demo` it is a number.
                ["--events", events] if words[0] != "demo" => {
                    drop(casetrail::filter::parse_events(events).expect(line));
                }
                _ => {}
            }
        }
        words.push("--help");
        let output = program::run(&words);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{page}: {line}: {said}");
    }
    let parts: Vec<&str> = line.split_whitespace().collect();
    let is_known = match parts[..] {
        ["cargo" | "#", ..] => targets_exist(&parts),
        // What installs the drivers of engines and targets of Rust.
        ["npm" | "pip" | "rustup", ..] => true,
        [tool, ..] if tool.contains('/') => root().join(tool).exists(),
        [variable, ref rest @ ..] if variable.contains('=') => targets_exist(rest),
        _ => !calls.is_empty() || line.contains("mail "),
    };
    assert!(is_known, "{page}: {line}");
}

/// Returns true if the examples, benches and tests that a call of cargo names are in the repository.
fn targets_exist(parts: &[&str]) -> bool {
    let folders = [
        ("--example", "examples"),
        ("--bench", "benches"),
        ("--test", "tests"),
    ];
    parts.windows(2).all(|pair| {
        let folder = folders.iter().find(|(option, _)| *option == pair[0]);
        folder.is_none_or(|(_, folder)| {
            let folder = root().join(folder);
            folder.join(pair[1]).exists() || folder.join(format!("{}.rs", pair[1])).exists()
        })
    })
}

#[test]
fn the_readme_is_short_and_leads_to_every_page() {
    let readme = Page::read("README.md");
    let lines = readme.text.lines().count();
    assert!(lines <= 200, "{lines} lines");
    for page in pages().iter().filter(|page| page.name != "README.md") {
        let link = format!("]({})", page.name);
        assert!(readme.text.contains(&link), "no link to {}", page.name);
    }
    let after = readme.text.split_once("<!-- test command -->");
    let (_, after) = after.expect("the mark that .ci/run reads");
    assert_eq!(after.lines().find(|line| !line.is_empty()), Some("```sh"));
}

#[test]
fn links_lead_somewhere() {
    let more = [
        "ARCHITECTURE.md",
        "CHANGELOG.md",
        "fixtures/README.md",
        "fuzz/README.md",
    ];
    for page in pages().into_iter().chain(more.map(Page::read)) {
        assert_eq!(page.broken_links(), [""; 0], "{}", page.name);
    }
}

#[test]
fn options_on_the_pages_are_options_of_the_program() {
    let help = program::all_help();
    let words = help.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'));
    let known: BTreeSet<&str> = words.filter(|word| word.starts_with("--")).collect();
    let is_of_a_tool = |span: &&String| span.contains("cargo ") || span.starts_with("benches/");
    for page in pages() {
        for span in page.spans().iter().filter(|span| !is_of_a_tool(span)) {
            let words = span.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'));
            for option in words.filter(|word| word.len() > 2 && word.starts_with("--")) {
                assert!(known.contains(option), "{}: {span}", page.name);
            }
        }
    }
}

/// Returns the rows of the only table of a page whose first column has this title, without its header.
fn table(page: &str, title: &str) -> Vec<Vec<String>> {
    let mut tables = Page::read(page).tables(title);
    assert_eq!(tables.len(), 1, "{page}: tables of {title}");
    tables.remove(0).split_off(1)
}

fn first_spans(rows: &[Vec<String>]) -> Vec<String> {
    rows.iter().flat_map(|row| spans(&row[0])).collect()
}

#[test]
fn every_pane_is_listed_with_its_key() {
    let keys = [
        "1", "2", "3", "4", "5", "6", "7", "8", "9", "K", "R", "g e", "g w", "B", "E", "g f", "x",
        "g t", "g r", "g k", "m", "g j", "g p", "g n",
    ];
    // A case has no key of its own: rows lead to it.
    let tabs = PANES.iter().filter(|pane| pane.id != "case");
    let panes: Vec<String> = keys
        .iter()
        .zip(tabs)
        .map(|(key, pane)| format!("`{key}` {}", pane.title))
        .collect();
    let rows = table("docs/keys.md", "pane");
    let listed: Vec<&String> = rows.iter().map(|row| &row[0]).collect();
    assert_eq!(listed, panes.iter().collect::<Vec<_>>());
}

#[test]
fn every_report_and_command_is_listed() {
    let names = |listed: Vec<(String, String)>| -> BTreeSet<String> {
        listed.into_iter().map(|(name, _)| name).collect()
    };
    let of_page = |title| {
        let tables = Page::read("docs/reports.md").tables(title);
        let rows = tables.iter().flat_map(|table| first_spans(&table[1..]));
        let words = rows.map(|span| span.split(' ').next().unwrap_or_default().to_owned());
        words.collect::<BTreeSet<String>>()
    };
    assert_eq!(of_page("report"), names(program::reports()));
    assert_eq!(of_page("command"), names(program::commands()));
}

#[test]
fn exit_codes_are_those_of_the_help() {
    let listed = first_spans(&table("docs/reports.md", "exit code"));
    let help = program::printed(&["--help"]);
    let (_, codes) = help.split_once("Exit codes: ").expect("the list");
    let codes = codes.split("\n\n").next().unwrap_or_default();
    let codes: Vec<&str> = codes
        .split(" · ")
        .flat_map(|part| part.lines())
        .filter_map(|part| part.split_whitespace().next())
        .filter(|word| word.parse::<u8>().is_ok())
        .collect();
    assert!(codes.len() > 5, "{codes:?}");
    for code in codes {
        assert!(listed.iter().any(|one| one == code), "{code}: {listed:?}");
    }
}

/// Filters in tables are valid, and use columns and activities of the fixture.
#[test]
fn filters_of_the_tables_work_on_the_fixture() {
    let mut checked = 0;
    for page in pages() {
        for (title, option) in [("filter", "--filter"), ("condition on events", "--events")] {
            for table in page.tables(title) {
                for text in first_spans(&table[1..]) {
                    let log = ["summary", program::LOG, "--quiet"];
                    let rules = ["--rules", "fixtures/support-rules.toml", option, &text];
                    let output = program::run(&[&log[..], &rules[..]].concat());
                    let said = String::from_utf8_lossy(&output.stderr);
                    assert!(output.status.success(), "{}: {text}: {said}", page.name);
                    checked += 1;
                }
            }
        }
    }
    assert!(checked > 20, "{checked} filters");
}

#[test]
fn milestones_of_the_tables_are_read() {
    for text in first_spans(&table("docs/time.md", "milestone")) {
        let milestone = casetrail::filter::parse_milestone(&text);
        assert!(milestone.is_ok(), "{text}: {milestone:?}");
    }
}

/// Paths in code spans are paths of the repository.
#[test]
fn paths_on_the_pages_are_there() {
    const FOLDERS: [&str; 6] = ["src/", "tests/", "benches/", "docs/", "fixtures/", "fuzz/"];
    for page in pages() {
        for span in page.spans() {
            if FOLDERS.iter().any(|folder| span.starts_with(folder)) && !span.contains("NAME") {
                let path = span.split(' ').next().unwrap_or_default();
                assert!(root().join(path).exists(), "{}: {span}", page.name);
            }
        }
    }
}
