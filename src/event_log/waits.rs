//! What activity instances wait for: from the moment at which they could begin until they do. Said in
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
    /// How long it waited by the clock of the log, microseconds, 0 at least.
    pub ticks: i64,
}

impl Wait {
    /// Whether it waited at some moment of `from..to`. A wait without length counts at its instant.
    #[inline]
    pub fn meets(&self, from: i64, to: i64) -> bool {
        if self.ready < self.begin {
            from < to && self.ready < to && from < self.begin
        } else {
            from <= self.begin && self.begin < to
        }
    }
}

impl EventLog {
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
                ticks: self.begin_tick(event).saturating_sub(tick).max(0),
            };
            let first = ready == i64::MIN;
            ready = ready.max(self.time[event]);
            tick = tick.max(ticks[event]);
            (!first).then_some(wait)
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::test_support::log;

    const SECOND: i64 = 1_000_000;

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
        // Without length: at its instant.
        assert!(meets(0, 10, 11) && !meets(0, 11, 12) && !meets(0, 5, 10));
        assert!(meets(1, 100, 101) && !meets(1, 99, 100));
        // Half-open on both sides.
        assert!(meets(2, 129, 140) && !meets(2, 130, 140) && !meets(2, 100, 110));
        assert!(meets(2, 100, 111) && !meets(2, 120, 120));
    }
}
