//! The files of `src`, as tests of them want them.

use super::scanner::{blank, test_modules, without_tests};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Names of files that only tests use, besides those declared under `#[cfg(test)]`.
const TEST_FILES: &[&str] = &["test_support.rs"];

/// Every file below src: path relative to it with slashes, and text.
pub fn sources() -> Vec<(String, String)> {
    fn walk(folder: &Path, root: &Path, files: &mut Vec<(String, String)>) {
        for entry in fs::read_dir(folder).expect("a folder of src") {
            let path = entry.expect("an entry of src").path();
            if path.is_dir() {
                walk(&path, root, files);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let name = path
                    .strip_prefix(root)
                    .expect("below src")
                    .to_string_lossy()
                    .replace('\\', "/");
                files.push((name, fs::read_to_string(&path).expect("a source file")));
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    walk(&root, &root, &mut files);
    files.sort();
    files
}

/// The sources without test files and test items, comments and literals blanked.
pub fn code() -> Vec<(String, String)> {
    let files: Vec<_> = sources()
        .into_iter()
        .map(|(name, text)| (name, blank(&text)))
        .collect();
    let tests: BTreeSet<String> = files
        .iter()
        .flat_map(|(name, text)| test_modules(name, text))
        .collect();
    let is_test = |name: &str| {
        let within = |t: &String| name == format!("{t}.rs") || name.starts_with(&format!("{t}/"));
        tests.iter().any(within) || TEST_FILES.contains(&name)
    };
    files
        .into_iter()
        .filter(|(name, _)| !is_test(name))
        .map(|(name, text)| (name, without_tests(&text)))
        .collect()
}

/// Words that no line of docs should open with: they make a riddle of what could be said.
const OPENINGS: [&str; 6] = ["What", "Whether", "Its", "The same", "Of", "How"];

/// Whether a line of docs opens with one of [`OPENINGS`].
pub fn opens_badly(line: &str) -> bool {
    OPENINGS.iter().any(|opening| {
        let rest = line.strip_prefix(opening);
        rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric()))
    })
}

#[test]
fn openings_are_whole_words() {
    assert!(opens_badly("Of it") && opens_badly("The same, turned") && opens_badly("What"));
    assert!(!opens_badly("Often") && !opens_badly("The sum") && !opens_badly("Whatever"));
}
