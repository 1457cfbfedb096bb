//! Groups of cases by one key or several, such as the values of columns. A case is in the group of
//! every combination of its values.

use super::selection::Selection;
use crate::event_log::{Cancel, Cancelled};
use hashbrown::HashMap;
use rayon::prelude::*;
use std::ops::{ControlFlow, Range};

/// Adds the codes of a case under a key to an empty list: one at least, ascending, each once.
pub type CodesOf<'a> = dyn Fn(usize, &mut Vec<u32>) + Sync + 'a;

/// A key of groups.
pub struct Key<'a> {
    /// Codes are below this.
    pub n_codes: usize,
    /// Codes of a case.
    pub codes: &'a CodesOf<'a>,
}

/// Most groups that are formed.
pub const MOST_GROUPS: usize = 10_000;

/// Combinations of codes that get a table of their groups; more get a hash map.
const TABLE: u64 = 1 << 22;

/// Why there are no groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoGroups {
    /// There are more than [`MOST_GROUPS`]: their number, or a lower bound of it.
    TooMany(usize),
    /// They are not wanted any more.
    Cancelled,
}

impl From<Cancelled> for NoGroups {
    fn from(_: Cancelled) -> Self {
        NoGroups::Cancelled
    }
}

/// The groups of the selected cases.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Groups {
    /// Codes of each group, key by key.
    pub codes: Vec<Vec<u32>>,
    /// Groups of case `c` are `of[offsets[c]..offsets[c + 1]]`.
    offsets: Vec<usize>,
    of: Vec<u32>,
}

/// Combined codes of some consecutive cases.
struct Part {
    /// Number of combinations of each case.
    counts: Vec<u32>,
    combined: Vec<u128>,
    /// A case has more combinations than there may be groups.
    overflow: bool,
}

impl Groups {
    /// Forms the groups of the selected cases; other cases have none.
    ///
    /// # Errors
    /// There are more than [`MOST_GROUPS`], or they are not wanted any more.
    pub fn new(
        selection: &Selection<'_>,
        keys: &[Key<'_>],
        cancel: &Cancel,
    ) -> Result<Groups, NoGroups> {
        // Four keys of any width fit; nobody reads groups of more combinations than that.
        let mut wide = keys.iter().map(|key| key.n_codes as u128);
        if wide.try_fold(1u128, u128::checked_mul).is_none() {
            return Err(NoGroups::TooMany(MOST_GROUPS + 1));
        }
        let parts: Vec<Part> = selection
            .pieces()
            .map(|words| part(selection, keys, words, cancel))
            .collect::<Result<_, _>>()?;
        if parts.iter().any(|part| part.overflow) {
            return Err(NoGroups::TooMany(MOST_GROUPS + 1));
        }
        let mut offsets = vec![0];
        let counts = parts.iter().flat_map(|part| &part.counts);
        offsets.extend(counts.scan(0, |end, &n| {
            *end += n as usize;
            Some(*end)
        }));
        let combined = parts.iter().flat_map(|part| &part.combined);
        let mut ids = Ids::new(keys);
        let of: Vec<u32> = combined.map(|&code| ids.of(code)).collect();
        if ids.seen.len() > MOST_GROUPS {
            return Err(NoGroups::TooMany(ids.seen.len()));
        }
        let codes = ids.seen.iter().map(|&code| split(code, keys)).collect();
        Ok(Groups { codes, offsets, of })
    }

    /// Number of groups.
    pub fn len(&self) -> usize {
        self.codes.len()
    }

    /// True if there are no groups, as no case is selected.
    pub fn is_empty(&self) -> bool {
        self.codes.is_empty()
    }

    /// The groups of a case.
    #[inline]
    pub fn of(&self, case: usize) -> &[u32] {
        &self.of[self.offsets[case]..self.offsets[case + 1]]
    }
}

/// Combines the codes of the cases of some words.
fn part(
    selection: &Selection<'_>,
    keys: &[Key<'_>],
    words: Range<usize>,
    cancel: &Cancel,
) -> Result<Part, Cancelled> {
    let n_cases = selection.index.n_cases();
    let first = words.start * 64;
    let mut part = Part {
        counts: vec![0; (words.end * 64).min(n_cases) - first],
        combined: Vec::new(),
        overflow: false,
    };
    let mut codes = Vec::new();
    let mut more = Vec::new();
    selection.each_of(words, cancel, |case| {
        let from = part.combined.len();
        // One combination of no keys, which each key then multiplies.
        part.combined.push(0);
        for key in keys {
            codes.clear();
            (key.codes)(case, &mut codes);
            more.clear();
            for &before in &part.combined[from..] {
                more.extend(
                    codes
                        .iter()
                        .map(|&code| before * key.n_codes as u128 + u128::from(code)),
                );
            }
            part.combined.truncate(from);
            part.combined.extend_from_slice(&more);
            // More groups than there may be: the rest of the cases need not be looked at.
            if more.len() > MOST_GROUPS {
                part.overflow = true;
                return ControlFlow::Break(());
            }
        }
        part.counts[case - first] = (part.combined.len() - from) as u32;
        ControlFlow::Continue(())
    })?;
    Ok(part)
}

/// Takes combined codes apart.
fn split(mut combined: u128, keys: &[Key<'_>]) -> Vec<u32> {
    let mut codes: Vec<u32> = keys
        .iter()
        // The last key is the lowest digit of the combination.
        .rev()
        .map(|key| {
            let code = combined % key.n_codes as u128;
            combined /= key.n_codes as u128;
            code as u32
        })
        .collect();
    codes.reverse();
    codes
}

/// Numbers for combined codes, in the order in which they are first seen.
struct Ids {
    seen: Vec<u128>,
    table: Vec<u32>,
    map: HashMap<u128, u32>,
}

impl Ids {
    fn new(keys: &[Key<'_>]) -> Self {
        let mut n = keys.iter().map(|key| key.n_codes as u64);
        // Where the product overflows, the table would be too large anyway.
        let n = n.try_fold(1u64, u64::checked_mul).filter(|&n| n <= TABLE);
        Ids {
            seen: Vec::new(),
            table: vec![u32::MAX; n.unwrap_or(0) as usize],
            map: HashMap::new(),
        }
    }

    fn of(&mut self, code: u128) -> u32 {
        let next = self.seen.len() as u32;
        let id = match usize::try_from(code)
            .ok()
            .and_then(|at| self.table.get_mut(at))
        {
            Some(id) => {
                if *id == u32::MAX {
                    *id = next;
                }
                *id
            }
            None => *self.map.entry(code).or_insert(next),
        };
        if id == next {
            self.seen.push(code);
        }
        id
    }
}
