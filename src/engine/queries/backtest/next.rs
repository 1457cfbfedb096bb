//! Test of next activities.

use super::parts::Parts;
use super::tested::Test;
use crate::engine::predict::{Clocks, Predictor};
use crate::engine::prepared::Prepared;
use crate::engine::view::AskError;
use crate::event_log::Cancel;
use crate::metrics::prediction::{Next, ranking};

/// Bins of probabilities.
const BINS: usize = 10;

/// Figures of predicted next activities.
#[derive(Debug, Clone, PartialEq)]
pub struct NextTest {
    /// Share of events whose most probable next step was right.
    pub model: f64,
    /// That share with contexts of one activity.
    pub first_order: f64,
    /// That share with the most frequent step of the training cases always.
    pub most_frequent: f64,
    /// Share of events whose next step was among the three most probable ones.
    pub top3: f64,
    /// Mean of the squared errors of all probabilities (Brier score).
    pub brier: f64,
    /// Mean difference of probability and share of hits, by bins of probability (expected calibration
    /// error).
    pub ece: f64,
    /// The bins that have events.
    pub reliability: Vec<ReliabilityBin>,
}

/// Events by the probability of the most probable next step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReliabilityBin {
    /// Least probability of the bin, which is 0.1 wide.
    pub from: f64,
    /// Number of events.
    pub n: u64,
    /// Mean probability.
    pub share: f64,
    /// Share of events whose most probable next step was right.
    pub hit: f64,
}

/// Scores of the prediction at a place, by the step after it.
#[derive(Clone, Copy, Default)]
struct Score {
    /// Squared errors of all probabilities.
    brier: f64,
    /// Probability of the most probable step.
    share: f64,
    hit: bool,
    first_order: bool,
    top3: bool,
}

/// Sums over the events of a test.
#[derive(Default)]
struct Sums {
    n: u64,
    hits: u64,
    first_order: u64,
    most_frequent: u64,
    top3: u64,
    brier: f64,
    bins: [(u64, f64, u64); BINS],
}

/// Tests the next activities at the events of a test.
pub fn test(
    prepared: &Prepared,
    predictor: &Predictor,
    test: &Test<'_>,
    parts: &mut Parts,
    cancel: &Cancel,
) -> Result<NextTest, AskError> {
    let (log, variants) = (&prepared.log, &prepared.index.variants);
    let clocks = Clocks::none(prepared);
    let next = predictor.model(prepared, &clocks).next();
    let mut is_wanted = vec![false; variants.activities.len()];
    each_event(prepared, test, &mut |_, event, place, _| {
        is_wanted[place as usize] = log.time[event] >= test.cut;
    });
    let scores = scores(next, &is_wanted, predictor.length, cancel)?;
    let most_frequent = most_frequent(next);
    let mut sums = Sums::default();
    each_event(prepared, test, &mut |_, event, place, length| {
        let score = &scores[place as usize];
        sums.n += 1;
        sums.hits += u64::from(score.hit);
        sums.first_order += u64::from(score.first_order);
        sums.top3 += u64::from(score.top3);
        sums.most_frequent += u64::from(Some(next.after(place)) == most_frequent);
        sums.brier += score.brier;
        let bin = ((score.share * BINS as f64) as usize).min(BINS - 1);
        let bin = &mut sums.bins[bin];
        *bin = (bin.0 + 1, bin.1 + score.share, bin.2 + u64::from(score.hit));
        parts.next(length, log.time[event], score.hit);
    });
    cancel.check()?;
    Ok(sums.figures())
}

/// Calls `found` with the events of a test whose next step is known: case, row, place, and number of events
/// so far.
fn each_event(
    prepared: &Prepared,
    test: &Test<'_>,
    found: &mut dyn FnMut(usize, usize, u32, usize),
) {
    let (log, index) = (&prepared.log, &prepared.index);
    for case in (0..log.n_cases()).filter(|case| (test.selected)(*case)) {
        let rows = log.events_of(case);
        let known = rows.end - usize::from((test.open)(case));
        let first = index.variants.offsets[index.case_variant[case] as usize];
        for event in (rows.start..known).filter(|event| log.time[*event] >= test.cut) {
            let step = event - rows.start;
            found(case, event, first + step as u32, step + 1);
        }
    }
}

/// The scores of all places that are wanted.
fn scores(
    next: Next<'_>,
    is_wanted: &[bool],
    length: usize,
    cancel: &Cancel,
) -> Result<Vec<Score>, AskError> {
    let mut scores = vec![Score::default(); is_wanted.len()];
    let wanted = |place: u32| is_wanted[place as usize];
    next.each(&[1, length], &wanted, cancel, &mut |at, places, shares| {
        let best = ranking(shares, next.ranks, if at == 0 { 1 } else { 3 });
        let Some(&first) = best.first() else { return };
        let squares: f64 = shares.iter().map(|share| share * share).sum();
        for &place in places.iter().filter(|place| wanted(**place)) {
            let score = &mut scores[place as usize];
            let after = next.after(place);
            if at == 0 {
                score.first_order = after == first;
                continue;
            }
            let truth = shares[after as usize];
            score.hit = after == first;
            score.top3 = best.contains(&after);
            score.share = shares[first as usize];
            // The step that came should have had 1 in place of its probability.
            score.brier = squares - 2.0 * truth + 1.0;
        }
    })?;
    Ok(scores)
}

/// The most frequent step after an event of the training cases.
fn most_frequent(next: Next<'_>) -> Option<u32> {
    let mut counts = vec![0u64; next.ranks.len() + 1];
    for (variant, &weight) in next.weights.iter().enumerate() {
        let sequence = next.variants.sequence(variant);
        let after = sequence.iter().skip(1).copied().chain([next.end()]);
        after
            .filter(|_| weight > 0)
            .for_each(|symbol| counts[symbol as usize] += u64::from(weight));
    }
    let counts: Vec<f64> = counts.iter().map(|count| *count as f64).collect();
    ranking(&counts, next.ranks, 1).first().copied()
}

impl Sums {
    fn figures(&self) -> NextTest {
        let n = self.n as f64;
        let share = |part: u64| part as f64 / n;
        let bins = self.bins.iter().enumerate().filter(|(_, bin)| bin.0 > 0);
        let reliability = bins.map(|(at, (events, shares, hits))| ReliabilityBin {
            from: at as f64 / BINS as f64,
            n: *events,
            share: shares / *events as f64,
            hit: *hits as f64 / *events as f64,
        });
        let off = |(_, shares, hits): &(u64, f64, u64)| (shares - *hits as f64).abs();
        NextTest {
            model: share(self.hits),
            first_order: share(self.first_order),
            most_frequent: share(self.most_frequent),
            top3: share(self.top3),
            brier: self.brier / n,
            ece: self.bins.iter().map(off).sum::<f64>() / n,
            reliability: reliability.collect(),
        }
    }
}
