//! Numbers of pairs of things that have numbers themselves, such as actors or activities.

use hashbrown::HashMap;

/// Two things by their numbers.
pub type Pair = (usize, usize);

/// Things up to whose number pairs have a table; more get a hash map.
pub(super) const TABLE: usize = 2_000;

/// Numbers of pairs, in the order in which they are first seen.
pub(super) struct PairIds {
    n: usize,
    /// Numbers from 1 on, 0 for a pair that was not seen. The system gives memory to the parts in use only.
    table: Vec<u32>,
    map: HashMap<Pair, u32>,
    next: u32,
}

impl PairIds {
    /// No pairs of `n` things yet.
    pub fn new(n: usize) -> Self {
        let cells = if n <= TABLE { n * n } else { 0 };
        PairIds {
            n,
            table: vec![0; cells],
            map: HashMap::new(),
            next: 0,
        }
    }

    /// The number of a pair, from 0 on; `None` if it was not seen before.
    #[inline]
    pub fn get(&self, pair: Pair) -> Option<usize> {
        let id = if self.table.is_empty() {
            self.map.get(&pair).copied().unwrap_or(0)
        } else {
            self.table[pair.0 * self.n + pair.1]
        };
        (id as usize).checked_sub(1)
    }

    /// The number of a pair, and whether it is a new one.
    #[inline]
    pub fn add(&mut self, pair: Pair) -> (usize, bool) {
        let id = if self.table.is_empty() {
            self.map.entry(pair).or_insert(0)
        } else {
            &mut self.table[pair.0 * self.n + pair.1]
        };
        let is_new = *id == 0;
        if is_new {
            self.next += 1;
            *id = self.next;
        }
        (*id as usize - 1, is_new)
    }
}
