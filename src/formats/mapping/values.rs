//! Evidence for the role of a column from the values of sample rows. Knows no names.

use crate::formats::table::Table;
use hashbrown::hash_map::Entry;
use hashbrown::{HashMap, HashSet};

/// Lifecycle transitions of the XES standard and of BPMN engines, in lower case.
const TRANSITIONS: &[&str] = &[
    "start",
    "complete",
    "schedule",
    "assign",
    "reassign",
    "suspend",
    "resume",
    "withdraw",
    "ate_abort",
    "pi_abort",
    "autoskip",
    "manualskip",
    "unknown",
    "enqueue",
    "dequeue",
    "abort",
    "release",
    "validate",
];

/// Statistics of a column's values.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Facts {
    /// Values that are not empty.
    pub n: usize,
    /// Different ones of them.
    pub distinct: usize,
}

/// Counts the values of a column.
pub fn facts(table: &Table, column: usize) -> Facts {
    let mut distinct = HashSet::new();
    let mut n = 0;
    for value in table.column(column).filter(|v| !v.is_empty()) {
        n += 1;
        distinct.insert(value);
    }
    Facts {
        n,
        distinct: distinct.len(),
    }
}

/// Which transitions a column of transitions bears.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transitions {
    /// Both starts and completes.
    pub both: bool,
}

/// Transitions of a column that has values, all of them lifecycle transitions; else `None`.
pub fn transitions(table: &Table, column: usize) -> Option<Transitions> {
    let (mut start, mut complete) = (false, false);
    for value in table.column(column).filter(|v| !v.is_empty()) {
        let is = |t: &str| value.eq_ignore_ascii_case(t.as_bytes());
        if !TRANSITIONS.iter().any(|t| is(t)) {
            return None;
        }
        start |= is("start");
        complete |= is("complete");
    }
    (start || complete).then_some(Transitions {
        both: start && complete,
    })
}

/// Frequency of changes of a column within cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Changes {
    /// There are too few cases with several rows to tell.
    Unknown,
    /// All rows of a case bear the same value.
    Never,
    /// Some do not.
    Sometimes,
}

/// Finds out if a column changes within the cases, which the columns `case` identify.
pub fn changes(table: &Table, case: &[usize], column: usize) -> Changes {
    const ENOUGH: usize = 3;
    let mut first_of: HashMap<Vec<&[u8]>, &[u8]> = HashMap::new();
    let mut repeats = 0;
    // Of rows sampled further on, other rows of their cases are missing.
    for row in 0..table.head_rows() {
        let key = case.iter().map(|&c| table.value(row, c)).collect();
        let value = table.value(row, column);
        match first_of.entry(key) {
            Entry::Vacant(entry) => {
                entry.insert(value);
            }
            Entry::Occupied(entry) if *entry.get() != value => return Changes::Sometimes,
            Entry::Occupied(_) => repeats += 1,
        }
    }
    if repeats < ENOUGH {
        Changes::Unknown
    } else {
        Changes::Never
    }
}
