//! The protocols: which cases train, which events are tested, and how errors are averaged.

use super::sequences::{Case, Learned};
use casetrail::metrics::prediction::{
    LEAST_VISITS, LONGEST, STATE_LENGTH, Stretch, Visit, nearest, quantiles, ranking,
};
use std::collections::HashMap;

/// Microseconds of a day.
const DAY: f64 = 86_400e6;

/// Hits of one length of prefixes.
#[derive(Default)]
struct Hits {
    n: u64,
    right: u64,
}

/// Results of next activities: all prefixes, and by their length.
#[derive(Default)]
struct NextResult {
    by_length: HashMap<usize, Hits>,
}

impl NextResult {
    fn n(&self) -> u64 {
        self.by_length.values().map(|hits| hits.n).sum()
    }

    fn share(&self) -> f64 {
        let right: u64 = self.by_length.values().map(|hits| hits.right).sum();
        right as f64 / self.n() as f64
    }

    /// Mean of the shares of all lengths.
    fn mean_over_lengths(&self) -> f64 {
        let share = |hits: &Hits| hits.right as f64 / hits.n as f64;
        self.by_length.values().map(share).sum::<f64>() / self.by_length.len() as f64
    }
}

/// Prefixes and targets of a test of next activities.
#[derive(Clone, Copy)]
struct Counting {
    /// Events of the shortest prefix.
    least: usize,
    /// Ends are targets.
    targets: bool,
    /// Ends can be predicted.
    ends: bool,
}

fn next(of: &Learned, test: &[Case], length: usize, counting: Counting) -> NextResult {
    let model = of.next(counting.ends);
    let base = model.base();
    let mut known: HashMap<Vec<u32>, Option<u32>> = HashMap::new();
    let mut result = NextResult::default();
    for case in test {
        let codes = of.codes(case);
        let last = codes.len() + usize::from(counting.targets);
        for prefix in counting.least..last {
            let sequence = &codes[..prefix];
            // A context is at most that long, so that longer prefixes say no more.
            let key = &sequence[prefix.saturating_sub(length + 1)..];
            let best = *known.entry(key.to_vec()).or_insert_with(|| {
                let shares = model.shares(&base, sequence, length);
                ranking(&shares.of, model.ranks, 1).first().copied()
            });
            let truth = codes.get(prefix).copied().unwrap_or(model.end());
            let hits = result.by_length.entry(prefix).or_default();
            hits.n += 1;
            hits.right += u64::from(best == Some(truth));
        }
    }
    result
}

/// Next activity, first two thirds in file order.
pub fn lstm(cases: &[Case]) -> anyhow::Result<()> {
    let third = (cases.len() as f64 / 3.0).round() as usize;
    let (train, test) = cases.split_at(2 * third);
    let learned = Learned::of(train, test)?;
    println!("{} cases train, {} are tested", train.len(), test.len());
    println!("context    events  end never predicted  end possible  ends are targets, too");
    for length in [1, 2, 3, 5, 8] {
        let result = |targets: bool, ends: bool| {
            let counting = Counting {
                least: 2,
                targets,
                ends,
            };
            next(&learned, test, length, counting)
        };
        let activities = result(false, false);
        println!(
            "{length:>7}  {:>8}  {:>19.4}  {:>12.4}  {:>21.4}",
            activities.n(),
            activities.share(),
            result(false, true).share(),
            result(true, true).share()
        );
    }
    Ok(())
}

/// Next activity or end, three files.
pub fn holdout(train: Vec<Case>, validation: Vec<Case>, test: &[Case]) -> anyhow::Result<()> {
    let counting = Counting {
        least: 1,
        targets: true,
        ends: true,
    };
    let learned = Learned::of(&train, &validation)?;
    let tried = (1..=LONGEST).map(|length| {
        let share = next(&learned, &validation, length, counting).share();
        (length, share)
    });
    // The shortest of equally good ones.
    let chosen = tried.fold((1, 0.0), |best, of| if of.1 > best.1 { of } else { best });
    let all = [train, validation].concat();
    let learned = Learned::of(&all, test)?;
    let result = next(&learned, test, chosen.0, counting);
    println!(
        "{} cases train, {} are tested at {} events",
        all.len(),
        test.len(),
        result.n()
    );
    println!(
        "contexts of {} (validation {:.4}): {:.4}; of 1: {:.4}",
        chosen.0,
        chosen.1,
        result.share(),
        next(&learned, test, 1, counting).share()
    );
    Ok(())
}

/// Quantiles of what is left by states, as far as they were asked for.
struct Lefts<'a> {
    learned: &'a Learned,
    /// Visits of each state in the order of the time since the start; none where there are too few.
    states: HashMap<Stretch, Option<(Vec<Visit>, f64)>>,
    nearest: bool,
    /// Longest prefix whose visits count.
    longest: usize,
}

impl Lefts<'_> {
    /// Median of what is left after a prefix, microseconds.
    fn median(&mut self, sequence: &[u32], elapsed: i64) -> f64 {
        let training = self.learned.training();
        let variants = &training.index.variants;
        let chain = training
            .contexts
            .of_sequence(variants, sequence, STATE_LENGTH);
        for stretch in chain.into_iter().rev() {
            let longest = self.longest;
            let state = self.states.entry(stretch.clone()).or_insert_with(|| {
                let mut visits = training.visits(&stretch, |_| true);
                visits.retain(|visit| {
                    let rows = training.log.events_of(visit.case as usize);
                    (visit.event as usize) < rows.start.saturating_add(longest)
                });
                let least = if stretch.length == 0 { 1 } else { LEAST_VISITS };
                if visits.len() < least {
                    return None;
                }
                visits.sort_unstable_by_key(|visit| (visit.elapsed, visit.left, visit.event));
                let median = median(&visits);
                Some((visits, median))
            });
            match state {
                None => {}
                Some((visits, _)) if self.nearest => {
                    return median(&nearest(visits, elapsed, None));
                }
                Some((_, median)) => return *median,
            }
        }
        0.0
    }
}

fn median(visits: &[Visit]) -> f64 {
    let mut lefts: Vec<i64> = visits.iter().map(|visit| visit.left).collect();
    quantiles(&mut lefts).map_or(0.0, |found| found.of[1])
}

/// Absolute errors of time left, days.
#[derive(Default)]
struct LeftResult {
    /// Errors against the time as it is, and against whole days, by the length of the prefix.
    by_length: HashMap<usize, Vec<(f64, f64)>>,
    constant: Vec<f64>,
}

impl LeftResult {
    fn all(&self) -> Vec<f64> {
        let errors = self.by_length.values().flatten();
        errors.map(|error| error.0).collect()
    }

    /// Mean over lengths of the mean error against whole days.
    fn mean_over_lengths(&self) -> f64 {
        let of = |errors: &Vec<(f64, f64)>| {
            errors.iter().map(|error| error.1).sum::<f64>() / errors.len() as f64
        };
        self.by_length.values().map(of).sum::<f64>() / self.by_length.len() as f64
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn left(learned: &Learned, test: &[Case], nearest: bool, longest: usize) -> LeftResult {
    let mut lefts = Lefts {
        learned,
        states: HashMap::new(),
        nearest,
        longest,
    };
    let constant = {
        let mut all = Lefts {
            learned,
            states: HashMap::new(),
            nearest: false,
            longest,
        };
        all.median(&[], 0)
    };
    let mut result = LeftResult::default();
    for case in test {
        let codes = learned.codes(case);
        let (start, end) = (case[0].1, case[case.len() - 1].1);
        for at in 0..case.len().min(longest) {
            let truth = (end - case[at].1) as f64 / DAY;
            let found = lefts.median(&codes[..=at], case[at].1 - start) / DAY;
            let errors = result.by_length.entry(at + 1).or_default();
            errors.push(((found - truth).abs(), (found - truth.floor()).abs()));
            result.constant.push((constant / DAY - truth).abs());
        }
    }
    result
}

/// Next activity and time left, first 80 % in file order.
pub fn first_seen(cases: &[Case]) -> anyhow::Result<()> {
    let (train, test) = cases.split_at((cases.len() as f64 * 0.8) as usize);
    let learned = Learned::of(train, test)?;
    println!("{} cases train, {} are tested", train.len(), test.len());
    let counting = Counting {
        least: 1,
        targets: false,
        ends: false,
    };
    for length in [1, 3, 5, 8] {
        let result = next(&learned, test, length, counting);
        println!(
            "next, contexts of {length}: {:.4} of {} events, {:.4} as mean over lengths",
            result.share(),
            result.n(),
            result.mean_over_lengths()
        );
    }
    for nearest in [false, true] {
        let result = left(&learned, test, nearest, usize::MAX);
        let which = if nearest {
            "nearest visits"
        } else {
            "all visits"
        };
        println!(
            "left, {which}: off by {:.3} days; by {:.3} whole days as mean over lengths",
            mean(&result.all()),
            result.mean_over_lengths()
        );
    }
    Ok(())
}

/// Time left, first 80 % by start.
pub fn by_start(mut cases: Vec<Case>) -> anyhow::Result<()> {
    cases.sort_by_key(|case| case[0].1);
    let mut lengths: Vec<i64> = cases.iter().map(|case| case.len() as i64).collect();
    let most = quantiles(&mut lengths).map_or(0.0, |found| found.of[2]);
    let longest = (most.floor() as usize).min(20);
    let (train, test) = cases.split_at((cases.len() as f64 * 0.8) as usize);
    let learned = Learned::of(train, test)?;
    for nearest in [false, true] {
        let result = left(&learned, test, nearest, longest);
        let which = if nearest {
            "nearest visits"
        } else {
            "all visits"
        };
        let errors = result.all();
        println!(
            "left, {which}: off by {:.2} days at {} events of up to {longest}, constant {:.2}",
            mean(&errors),
            errors.len(),
            mean(&result.constant)
        );
    }
    Ok(())
}
