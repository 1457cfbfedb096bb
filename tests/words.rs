//! The rules of language that a test can hold: phrases that no text of the program, its documentation
//! or its comments should contain, and words that no line of docs should open with. The counts may
//! only fall (see `tests/ratchet`); `FINDINGS=1 cargo test --test words -- --nocapture` lists places.

#[path = "architecture/files.rs"]
mod files;
mod ratchet;
#[allow(dead_code, reason = "a part of it is for the walls between layers")]
#[path = "architecture/scanner.rs"]
mod scanner;

use files::{code, opens_badly, sources};
use ratchet::Counted;
use scanner::TEST_LINE;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Phrases that say plain things in riddles.
const BANNED: [&str; 10] = [
    "told",
    "tells",
    "what became of",
    "put down to",
    "so many",
    "as it was",
    "stand at",
    "stands at",
    "in all",
    "of instances",
];

/// Most lines of docs that may open so, per hundred.
const MOST_OPENINGS: usize = 3;

/// How far counts of words may fall before their numbers must follow: nearly every change to a file
/// touches them.
const SLACK: usize = 20;

/// A text with its comments and literals only: all else is blank.
fn prose(raw: &str, blanked: &str) -> String {
    let lines = raw.lines().zip(blanked.lines()).map(|(raw, blanked)| {
        let is_test = blanked.contains(TEST_LINE);
        let shown = |(raw, code): (char, char)| if code == ' ' { raw } else { ' ' };
        let line = raw.chars().zip(blanked.chars()).filter(|_| !is_test);
        line.map(shown).collect::<String>() + "\n"
    });
    lines.collect()
}

/// Words of a text with their lines, the marks of comments left out.
fn words(text: &str) -> Vec<(usize, &str)> {
    let lines = text.lines().enumerate();
    let words = lines.flat_map(|(at, line)| line.split_whitespace().map(move |w| (at + 1, w)));
    words
        .filter(|(_, word)| !word.trim_matches(['/', '!', '|', '#', '>']).is_empty())
        .collect()
}

/// Lines on which a phrase begins. `in all` is meant at the end of a clause only, as of a total.
fn lines_with(phrase: &str, words: &[(usize, &str)]) -> Vec<usize> {
    let wanted: Vec<&str> = phrase.split(' ').collect();
    let is_there = |window: &&[(usize, &str)]| {
        let pairs = window.iter().zip(&wanted);
        let mut equal = pairs.map(|((_, word), wanted)| {
            let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
            bare.eq_ignore_ascii_case(wanted)
        });
        let ends = || !window[window.len() - 1].1.ends_with(char::is_alphanumeric);
        equal.all(|equal| equal) && (phrase != "in all" || ends())
    };
    let found = words.windows(wanted.len()).filter(is_there);
    found.map(|window| window[0].0).collect()
}

/// The pages of documentation, by their paths relative to the package.
fn pages() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for folder in [root.to_owned(), root.join("docs")] {
        let Ok(entries) = fs::read_dir(&folder) else {
            continue;
        };
        for entry in entries {
            let path = entry.expect("an entry").path();
            let name = path.strip_prefix(root).expect("below the root");
            // What was written of versions that are out stays as it is.
            let is_page = path.extension().is_some_and(|e| e == "md");
            if is_page && !name.ends_with("CHANGELOG.md") {
                let text = fs::read_to_string(&path).expect("UTF-8");
                found.push((name.display().to_string(), text));
            }
        }
    }
    found.sort();
    found
}

/// Comments and literals of the sources outside their tests, and lines of docs with their numbers.
fn texts() -> Vec<(String, String)> {
    let raw: BTreeMap<String, String> = sources().into_iter().collect();
    let code = code().into_iter();
    code.map(|(name, blanked)| {
        let text = prose(&raw[&name], &blanked);
        (format!("src/{name}"), text)
    })
    .collect()
}

#[test]
fn counts_of_words_do_not_rise() {
    let mut texts = texts();
    let mut docs = 0;
    let mut openings = Vec::new();
    for (name, text) in &texts {
        for (at, line) in text.lines().enumerate() {
            let line = line.trim_start();
            if let Some(doc) = line.strip_prefix("///").or(line.strip_prefix("//!")) {
                docs += 1;
                if opens_badly(doc.trim()) {
                    openings.push(format!("{name}:{} {}", at + 1, doc.trim()));
                }
            }
        }
    }
    texts.extend(pages());
    let mut counted: Vec<Counted> = BANNED
        .iter()
        .map(|phrase| Counted {
            name: phrase,
            findings: texts
                .iter()
                .flat_map(|(name, text)| {
                    let lines = lines_with(phrase, &words(text));
                    lines.into_iter().map(move |at| format!("{name}:{at}"))
                })
                .collect(),
            slack: SLACK,
        })
        .collect();
    let most = docs * MOST_OPENINGS / 100;
    println!(
        "doc openings {} of {docs} lines; {most} are the goal",
        openings.len()
    );
    if openings.len() > most {
        counted.push(Counted {
            name: "doc openings",
            findings: openings,
            slack: SLACK,
        });
    }
    println!("{}", ratchet::listing(&counted));
    ratchet::compare("tests/words.txt", &counted);
}

#[test]
fn words_are_found() {
    let raw = "/// What became\n/// of it.\nfn told() { say(\"3 in all\") } // So many told.\n";
    let text = prose(raw, &scanner::without_tests(&scanner::blank(raw)));
    assert!(!text.contains("fn"), "{text}");
    let found = |phrase| lines_with(phrase, &words(&text));
    assert_eq!(found("what became of"), [1]);
    assert_eq!(found("told"), [3]);
    assert_eq!(found("so many"), [3]);
    assert_eq!(found("in all"), [3]);
    assert_eq!(lines_with("in all", &words("in all other formats")), [0; 0]);
    let tests = "#[cfg(test)]\nmod tests {\n// told\n}";
    let text = prose(tests, &scanner::without_tests(&scanner::blank(tests)));
    assert_eq!(lines_with("told", &words(&text)), [0; 0]);
}
