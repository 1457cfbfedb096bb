//! Waits of activity instances: from the moment at which they could begin until they do. Defined in
//! one place, as filters and figures must mean the same. Knows no selection.

use super::EventLog;

/// The wait of an activity instance (or event) that is not the first of its case. It was in the queue
/// at `t` where `ready <= t < begin`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wait {
    /// The row that waited.
    pub event: usize,
    /// The latest completion of all earlier instances of the case, microseconds.
    pub ready: i64,
    /// When it began (of plain events: their timestamp); before `ready` where instances overlap.
    pub begin: i64,
    /// Duration of the wait by the clock of the log, microseconds, never negative.
    pub ticks: i64,
}

impl Wait {
    /// Returns whether it waited at some moment of `from..to`; never for a wait of no length.
    #[inline]
    pub fn meets(&self, from: i64, to: i64) -> bool {
        self.ready < self.begin && from < to && self.ready < to && from < self.begin
    }
}

impl EventLog {
    /// Does something with the waits of a case, in the order of its events: as
    /// [`EventLog::waits_of`], faster for plain events.
    #[inline]
    pub fn for_each_wait(&self, case: usize, mut f: impl FnMut(Wait)) {
        if self.start.is_some() {
            self.waits_of(case).for_each(f);
            return;
        }
        let (events, ticks) = (self.events_of(case), self.ticks());
        for event in events.start + 1..events.end {
            // Plain events stand by time.
            f(Wait {
                event,
                ready: self.time[event - 1],
                begin: self.time[event],
                ticks: ticks[event] - ticks[event - 1],
            });
        }
    }

    /// The waits of a case, in the order of its events.
    #[inline]
    pub fn waits_of(&self, case: usize) -> impl Iterator<Item = Wait> + '_ {
        let (events, ticks) = (self.events_of(case), self.ticks());
        let (mut ready, mut tick) = (i64::MIN, i64::MIN);
        events.filter_map(move |event| {
            let wait = Wait {
                event,
                ready,
                begin: self.begin(event),
                // Where instances overlap, the next one begins before the last completion: it
                // waited for nothing.
                ticks: self.begin_tick(event).saturating_sub(tick).max(0),
            };
            let first = ready == i64::MIN;
            // Instances stand by start, so that an earlier one may be completed later than the one
            // before.
            ready = ready.max(self.time[event]);
            tick = tick.max(ticks[event]);
            (!first).then_some(wait)
        })
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn plain_events_wait_the_same_in_both_ways() {
        let log = crate::test_support::log("c: a b c a @0 5 5 9; d: a; e: b a @3 8");
        for case in 0..log.n_cases() {
            let mut found = Vec::new();
            log.for_each_wait(case, |wait| found.push(wait));
            assert_eq!(found, log.waits_of(case).collect::<Vec<_>>());
        }
    }

    use crate::test_support::log;

    use crate::text::time::SECOND;

    #[test]
    fn an_instance_waits_for_the_latest_completion_before_it() {
        let mut log = log("c: a b c d @0 0 0 0");
        let base = log.time[0];
        let at = |seconds: &[i64]| seconds.iter().map(|s| base + s * SECOND).collect();
        // a runs to 100, b within it, c begins when a ends, d later.
        log.start = Some(at(&[0, 10, 100, 130]));
        log.time = at(&[100, 20, 110, 140]);
        let waits: Vec<_> = log.waits_of(0).collect();
        let found = waits.iter().map(|w| {
            let since = |t: i64| (t - base) / SECOND;
            (w.event, since(w.ready), since(w.begin), w.ticks / SECOND)
        });
        let wanted = [(1, 100, 10, 0), (2, 100, 100, 0), (3, 110, 130, 20)];
        assert_eq!(found.collect::<Vec<_>>(), wanted);
        let meets = |at: usize, from: i64, to: i64| {
            waits[at].meets(base + from * SECOND, base + to * SECOND)
        };
        // What waits for no time never waits.
        assert!(!meets(0, 10, 11) && !meets(1, 100, 101));
        // Half-open on both sides.
        assert!(meets(2, 129, 140) && !meets(2, 130, 140) && !meets(2, 100, 110));
        assert!(meets(2, 100, 111) && !meets(2, 120, 120));
    }
}
