//! Numbers that may only fall. Each file of them holds `name: number` lines; a higher count fails, and
//! so does a lower one until the number is lowered, too: `LOWER=1 cargo test --test NAME` does that.

use std::fs;
use std::path::Path;

/// Something that is counted: one finding per occurrence.
pub struct Counted {
    pub name: &'static str,
    pub findings: Vec<String>,
    /// How far the count may be below its number before the number must follow: for counts that
    /// nearly every change touches.
    pub slack: usize,
}

/// The number behind a name in the text of such a file.
fn number(text: &str, name: &str) -> Option<usize> {
    let mut lines = text.lines();
    lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(": ")?.parse().ok())
}

/// What is wrong with a count, if anything.
fn complaint(counted: &Counted, most: Option<usize>) -> Option<String> {
    let (name, n) = (counted.name, counted.findings.len());
    let Some(most) = most else {
        return Some(format!(
            "{name}: {n} are counted, but there is no number of it"
        ));
    };
    if n > most {
        let list = counted.findings.join("\n  ");
        return Some(format!(
            "{name}: {n}, but at most {most} are allowed:\n  {list}"
        ));
    }
    let low = n + counted.slack < most;
    low.then(|| format!("{name}: {n}, down from {most}. LOWER=1 writes the new number"))
}

/// Every count on a line of its own; below it what was counted, where `FINDINGS` is set.
pub fn listing(counted: &[Counted]) -> String {
    let mut lines = Vec::new();
    for counted in counted {
        lines.push(format!("{}: {}", counted.name, counted.findings.len()));
        if std::env::var_os("FINDINGS").is_some() {
            lines.extend(counted.findings.iter().map(|place| format!("  {place}")));
        }
    }
    lines.join("\n")
}

/// Compares the counts with the numbers in the file at `path`, relative to the package.
///
/// # Panics
/// Where a count is higher than its number, or lower without `LOWER=1`.
pub fn compare(path: &str, counted: &[Counted]) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let mut text = fs::read_to_string(&path).expect("the file of numbers");
    if std::env::var_os("LOWER").is_some() {
        for counted in counted {
            let (name, n) = (counted.name, counted.findings.len());
            if let Some(most) = number(&text, name).filter(|most| *most > n) {
                text = text.replace(&format!("{name}: {most}\n"), &format!("{name}: {n}\n"));
            }
        }
        fs::write(&path, &text).expect("a file of the package");
    }
    let complain = |counted: &Counted| complaint(counted, number(&text, counted.name));
    let found: Vec<String> = counted.iter().filter_map(complain).collect();
    assert!(
        found.is_empty(),
        "{}:\n{}",
        path.display(),
        found.join("\n")
    );
}

#[test]
fn a_count_may_neither_rise_nor_fall_unnoticed() {
    let counted = |n: usize, slack| Counted {
        name: "knots",
        findings: vec!["here".to_owned(); n],
        slack,
    };
    let text = "# Numbers\n\nother knots: 7\n\nknots: 3\n";
    assert_eq!(number(text, "knots"), Some(3));
    assert_eq!(number(text, "ropes"), None);
    let fails = |n, slack| complaint(&counted(n, slack), Some(3)).is_some();
    assert!(fails(4, 0) && fails(2, 0) && fails(1, 1));
    assert!(!fails(3, 0) && !fails(2, 1));
    assert!(complaint(&counted(0, 0), None).is_some());
}
