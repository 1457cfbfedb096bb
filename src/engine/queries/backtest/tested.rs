//! The events of a test.

use crate::engine::prepared::Prepared;

/// The cases of a test and the cut.
pub struct Test<'a> {
    /// Cases of the view.
    pub selected: &'a dyn Fn(usize) -> bool,
    /// Cases that are still open, whose end is not known.
    pub open: &'a dyn Fn(usize) -> bool,
    /// First instant that is tested, microseconds.
    pub cut: i64,
}

impl Test<'_> {
    /// Events at or after the cut whose next step is known, and those of open cases.
    pub fn count(&self, prepared: &Prepared) -> (u64, u64) {
        let log = &prepared.log;
        let (mut prefixes, mut censored) = (0, 0);
        for case in (0..log.n_cases()).filter(|case| (self.selected)(*case)) {
            let rows = log.events_of(case);
            let after = rows.clone().filter(|event| log.time[*event] >= self.cut);
            let n = after.count() as u64;
            prefixes += n;
            if (self.open)(case) {
                censored += n;
                // The last event of an open case has no next step yet.
                prefixes -= u64::from(log.time[rows.end - 1] >= self.cut);
            }
        }
        (prefixes, censored)
    }
}
