//! Builds the index: variants, edges, spans. Parallel, with a result that does not depend on the
//! number of threads: every order is total, ties are broken by code or by case.

use super::radix::sort_by_key;
use super::{Edges, Index, Variants};
use crate::event_log::{Buffer, Cancelled, EventLog, Progress, Stage, with_codes};
use hashbrown::{HashMap, HashTable};
use rayon::prelude::*;
use std::cmp::Reverse;
use std::hash::BuildHasher;
use std::sync::atomic::{AtomicU16, Ordering::Relaxed};

/// Cases that one task works on: large enough that merging is cheap, small enough to cancel soon.
const CASES_PER_TASK: usize = 1 << 16;

/// The least entries of a block of durations: blocks of 2 KB of values.
const LEAST_BLOCK: u32 = if cfg!(test) { 8 } else { 256 };

impl Index {
    /// Builds the index of a log.
    ///
    /// ```
    /// use casetrail::event_log::Progress;
    /// use casetrail::formats::{self, ReadOptions};
    /// use casetrail::index::Index;
    ///
    /// let csv: &[u8] = b"case_id,activity,timestamp\n\
    ///     1,Open,2024-03-01 09:00\n1,Close,2024-03-01 11:30\n2,Open,2024-03-02 09:00\n";
    /// let progress = Progress::default();
    /// let (log, _) = formats::read(&[csv], &ReadOptions::default(), &progress).unwrap();
    /// let index = Index::build(&log, &progress).unwrap();
    /// assert_eq!((index.n_cases(), index.variants.len()), (2, 2));
    /// assert_eq!(index.duration(0), 9_000_000_000); // 2 h 30 min
    /// ```
    pub fn build(log: &EventLog, progress: &Progress) -> Result<Index, Cancelled> {
        progress.enter(Stage::Indexing);
        let n_cases = log.n_cases();
        let (case_start, case_end): (Vec<i64>, Vec<i64>) = (0..n_cases)
            .into_par_iter()
            .map(|case| span(log, case))
            .unzip();
        let activity_rank = rank_of(&log.activities.sorted());
        let (mut variants, case_variant) = find_variants(log, &activity_rank, progress)?;
        progress.check()?;
        let pairs = number_edges(&mut variants, log.activities.len());
        let edges = find_edges(log, &variants, &case_variant, &pairs, progress)?;
        let activity_events = count_activities(&variants, log.activities.len());
        let index = Index {
            case_start: case_start.into(),
            case_end: case_end.into(),
            case_variant: case_variant.into(),
            variants,
            edges,
            activity_rank: activity_rank.into(),
            activity_events: activity_events.into(),
            ..Index::default()
        };
        Ok(index.with_durations())
    }

    /// Rebuilds the index for a log that was given another clock.
    pub fn by_clock_of(&self, log: &EventLog, progress: &Progress) -> Result<Index, Cancelled> {
        let case_ticks: Option<Vec<i64>> = log.clock.is_some().then(|| {
            let cases = (0..log.n_cases()).into_par_iter();
            cases.map(|case| length(log, case)).collect()
        });
        let pairs = self.edges.from.iter().copied();
        let pairs: Vec<_> = pairs.zip(self.edges.to.iter().copied()).collect();
        let index = Index {
            case_ticks: case_ticks.map(Buffer::from),
            edges: find_edges(log, &self.variants, &self.case_variant, &pairs, progress)?,
            ..self.clone()
        };
        Ok(index.with_durations())
    }

    /// With the durations of all cases in their order.
    fn with_durations(self) -> Index {
        let n_cases = self.n_cases();
        let mut by_duration: Vec<(i64, u32)> = (0..n_cases)
            .into_par_iter()
            .map(|case| (self.duration(case), case as u32))
            .collect();
        // Cases ascend, and so do those of one duration.
        sort_by_key(&mut by_duration, |(duration, _)| *duration);
        // Blocks are numbered in 16 bits.
        let duration_block = (n_cases.div_ceil(usize::from(u16::MAX)) as u32).max(LEAST_BLOCK);
        let mut block_of_case = vec![0; n_cases];
        for (block, entries) in by_duration.chunks(duration_block as usize).enumerate() {
            for &(_, case) in entries {
                block_of_case[case as usize] = block as u16;
            }
        }
        Index {
            duration_block,
            block_of_case: block_of_case.into(),
            total_duration: by_duration.iter().map(|&(d, _)| i128::from(d)).sum(),
            durations: by_duration.iter().map(|&(d, _)| d).collect(),
            by_duration: by_duration.iter().map(|&(_, case)| case).collect(),
            ..self
        }
    }
}

/// First and last instant of a case.
fn span(log: &EventLog, case: usize) -> (i64, i64) {
    let events = log.events_of(case);
    if log.start.is_none() {
        // Plain events are sorted by time.
        return (log.time[events.start], log.time[events.end - 1]);
    }
    events.fold((i64::MAX, i64::MIN), |(first, last), event| {
        // Starts may be after their completion, a fault of the log, so that both count on both
        // sides.
        let (begin, time) = (log.begin(event), log.time[event]);
        (first.min(begin).min(time), last.max(time).max(begin))
    })
}

/// From the first to the last instant of a case by the clock of the log.
fn length(log: &EventLog, case: usize) -> i64 {
    let ticks = |event| (log.begin_tick(event), log.ticks()[event]);
    let (first, last) = log
        .events_of(case)
        .map(ticks)
        .fold((i64::MAX, i64::MIN), |(first, last), (begin, time)| {
            (first.min(begin).min(time), last.max(time).max(begin))
        });
    last - first
}

/// The inverse of an order: `rank[order[i]] = i`.
pub fn rank_of(order: &[u32]) -> Vec<u32> {
    let mut rank = vec![0; order.len()];
    for (i, &code) in order.iter().enumerate() {
        rank[code as usize] = i as u32;
    }
    rank
}

/// Occurrences of each activity, from the variants.
fn count_activities(variants: &Variants, n_activities: usize) -> Vec<u64> {
    let mut events = vec![0u64; n_activities];
    for variant in 0..variants.len() {
        for &activity in variants.sequence(variant) {
            events[activity as usize] += u64::from(variants.n_cases[variant]);
        }
    }
    events
}

/// Finds the distinct sequences. A sequence is identified by the first case that has it until the end,
/// so nothing is copied per case.
fn find_variants(
    log: &EventLog,
    activity_rank: &[u32],
    progress: &Progress,
) -> Result<(Variants, Vec<u32>), Cancelled> {
    let (firsts, counts, case_variant) = with_codes!(&log.activity, codes => {
        distinct_sequences(codes, &log.case_offsets, progress)?
    });
    let sequence = |first: u32| log.events_of(first as usize).map(|e| log.activity.get(e));
    // By frequency, then by names: a rank must not depend on the order of the file.
    let names = |v: u32| sequence(firsts[v as usize]).map(|a| activity_rank[a as usize]);
    let bits = bits_of(activity_rank.len());
    let mut order: Vec<(Reverse<u32>, u128, u32)> = (0..firsts.len() as u32)
        .into_par_iter()
        .map(|v| (Reverse(counts[v as usize]), first_names(names(v), bits), v))
        .collect();
    order.par_sort_unstable_by(|a, b| {
        let known = (a.0, a.1).cmp(&(b.0, b.1));
        known.then_with(|| names(a.2).cmp(names(b.2)))
    });
    let order: Vec<u32> = order.into_iter().map(|(_, _, v)| v).collect();
    let rank = rank_of(&order);
    let mut offsets = vec![0];
    let mut activities = Vec::new();
    for &v in &order {
        activities.extend(sequence(firsts[v as usize]));
        offsets.push(activities.len() as u32);
    }
    let n_cases: Vec<u32> = order.iter().map(|&v| counts[v as usize]).collect();
    let case_variant: Vec<u32> = case_variant.iter().map(|&v| rank[v as usize]).collect();
    let (case_offsets, cases) = group_cases(&n_cases, &case_variant);
    let variants = Variants {
        offsets: offsets.into(),
        activities: activities.into(),
        edges: Buffer::default(),
        marks: Buffer::default(),
        n_cases: n_cases.into(),
        case_offsets: case_offsets.into(),
        cases: cases.into(),
    };
    Ok((variants, case_variant))
}

/// First case and number of cases of each distinct sequence, and the sequence of each case.
type Sequences = (Vec<u32>, Vec<u32>, Vec<u32>);

/// Numbers the distinct sequences of codes in order of first appearance.
fn distinct_sequences<T: Copy + Eq + std::hash::Hash + Sync>(
    codes: &[T],
    case_offsets: &[u32],
    progress: &Progress,
) -> Result<Sequences, Cancelled> {
    let hasher = foldhash::fast::RandomState::default();
    let n_cases = case_offsets.len().saturating_sub(1);
    let of = |case: u32| {
        let case = case as usize;
        &codes[case_offsets[case] as usize..case_offsets[case + 1] as usize]
    };
    let n_tasks = n_cases.div_ceil(CASES_PER_TASK);
    let parts = (0..n_tasks).into_par_iter().map(|task| {
        progress.check()?;
        let mut table = SequenceTable::default();
        let cases = task * CASES_PER_TASK..((task + 1) * CASES_PER_TASK).min(n_cases);
        let of_case = cases
            .map(|c| table.add(c as u32, 1, of, &hasher))
            .collect::<Vec<u32>>();
        Ok((table, of_case))
    });
    let parts = parts.collect::<Result<Vec<_>, Cancelled>>()?;
    // In the order of the tasks, so that numbers are as one thread would give them.
    let mut all = SequenceTable::default();
    let mut case_variant = Vec::with_capacity(n_cases);
    for (part, of_case) in parts {
        let counts = part.firsts.iter().zip(&part.counts);
        let map: Vec<u32> = counts.map(|(&f, &n)| all.add(f, n, of, &hasher)).collect();
        case_variant.extend(of_case.iter().map(|&v| map[v as usize]));
    }
    Ok((all.firsts, all.counts, case_variant))
}

/// Distinct sequences, each identified by its first case.
#[derive(Default)]
struct SequenceTable {
    table: HashTable<u32>,
    firsts: Vec<u32>,
    counts: Vec<u32>,
}

impl SequenceTable {
    /// Counts `n` more cases with the sequence of `case`; gives the sequence's number.
    fn add<'a, T: Eq + std::hash::Hash + 'a>(
        &mut self,
        case: u32,
        n: u32,
        of: impl Fn(u32) -> &'a [T],
        hasher: &impl BuildHasher,
    ) -> u32 {
        let sequence = of(case);
        let hash = hasher.hash_one(sequence);
        let firsts = &mut self.firsts;
        let found = self
            .table
            .find(hash, |&v| of(firsts[v as usize]) == sequence);
        if let Some(&v) = found {
            self.counts[v as usize] += n;
            return v;
        }
        let v = firsts.len() as u32;
        firsts.push(case);
        self.counts.push(n);
        self.table
            .insert_unique(hash, v, |&v| hasher.hash_one(of(firsts[v as usize])));
        v
    }
}

/// The cases, one variant after the other, and where those of each begin.
fn group_cases(n_cases: &[u32], case_variant: &[u32]) -> (Vec<u32>, Vec<u32>) {
    let mut offsets = Vec::with_capacity(n_cases.len() + 1);
    offsets.push(0u32);
    for n in n_cases {
        offsets.push(offsets[offsets.len() - 1] + n);
    }
    let mut next = offsets.clone();
    let mut cases = vec![0; case_variant.len()];
    for (case, &v) in case_variant.iter().enumerate() {
        let at = &mut next[v as usize];
        cases[*at as usize] = case as u32;
        *at += 1;
    }
    (offsets, cases)
}

/// Bits that the numbers from 0 to `n` need.
fn bits_of(n: usize) -> u32 {
    usize::BITS - n.leading_zeros()
}

/// The first names of a sequence, given by their ranks, as one number of the same order: most sequences
/// differ in it. `bits` are those of a rank.
fn first_names(mut ranks: impl Iterator<Item = u32>, bits: u32) -> u128 {
    let places = 0..u128::BITS / bits.max(1);
    places.fold(0, |names, _| {
        // The end stands before all names.
        let name = ranks.next().map_or(0, |rank| u128::from(rank) + 1);
        names << bits | name
    })
}

/// Numbers of the pairs of activities that follow each other.
enum PairNumbers {
    /// By pair, in rows of this length; [`NO_PAIR`] where there is none.
    Dense(Vec<u32>, usize),
    /// Those that occur, where the table would be large.
    Sparse(HashMap<(u32, u32), u32>),
}

/// The number of a pair that does not occur.
const NO_PAIR: u32 = u32::MAX;

/// Entries of the largest table: 4 MB. A map took 83 million instructions for the variants of a million events, a table
/// takes 34.
const LARGEST_TABLE: usize = if cfg!(test) { 1 << 4 } else { 1 << 20 };

/// The pairs of neighbors of a sequence.
fn steps_of(sequence: &[u32]) -> impl Iterator<Item = [u32; 2]> + '_ {
    sequence.windows(2).map(|pair| [pair[0], pair[1]])
}

impl PairNumbers {
    /// The pairs in the order of their codes, and their numbers.
    fn of(variants: &Variants, n_activities: usize) -> (Vec<(u32, u32)>, Self) {
        let all = (0..variants.len()).flat_map(|v| steps_of(variants.sequence(v)));
        if n_activities * n_activities > LARGEST_TABLE {
            let mut numbers: HashMap<(u32, u32), u32> = all.map(|[a, b]| ((a, b), 0)).collect();
            let mut pairs: Vec<(u32, u32)> = numbers.keys().copied().collect();
            pairs.sort_unstable();
            numbers.extend(pairs.iter().copied().zip(0..));
            return (pairs, PairNumbers::Sparse(numbers));
        }
        let mut table = vec![NO_PAIR; n_activities * n_activities];
        for [a, b] in all {
            table[a as usize * n_activities + b as usize] = 0;
        }
        let mut pairs = Vec::new();
        for (at, number) in table.iter_mut().enumerate() {
            if *number != NO_PAIR {
                *number = pairs.len() as u32;
                pairs.push(((at / n_activities) as u32, (at % n_activities) as u32));
            }
        }
        (pairs, PairNumbers::Dense(table, n_activities))
    }

    #[inline]
    fn get(&self, from: u32, to: u32) -> u32 {
        match self {
            PairNumbers::Dense(table, n) => table[from as usize * n + to as usize],
            PairNumbers::Sparse(numbers) => numbers[&(from, to)],
        }
    }
}

/// Numbers the edges, writes each variant's steps, and returns the activities of each edge.
fn number_edges(variants: &mut Variants, n_activities: usize) -> Vec<(u32, u32)> {
    let (pairs, numbers) = PairNumbers::of(variants, n_activities);
    let mut step_edges = vec![u32::MAX; variants.activities.len()];
    for v in 0..variants.len() {
        let first = variants.offsets[v] as usize;
        let steps = step_edges[first..].iter_mut();
        for (edge, [a, b]) in steps.zip(steps_of(variants.sequence(v))) {
            *edge = numbers.get(a, b);
        }
    }
    variants.edges = step_edges.into();
    variants.marks = marks(variants, n_activities, pairs.len()).into();
    pairs
}

/// Sorts the elapsed times of each edge.
fn find_edges(
    log: &EventLog,
    variants: &Variants,
    case_variant: &[u32],
    pairs: &[(u32, u32)],
    progress: &Progress,
) -> Result<Edges, Cancelled> {
    progress.check()?;
    let parts = collect_occurrences(log, variants, case_variant, pairs.len(), progress)?;
    let lists: Vec<(Vec<Occurrence>, i128)> = (0..pairs.len())
        .into_par_iter()
        // Edges differ in length by orders of magnitude, so each is a piece of its own.
        .with_max_len(1)
        .map(|edge| {
            progress.check()?;
            let mut list = Vec::with_capacity(parts.iter().map(|p| p.of(edge).len()).sum());
            for part in &parts {
                list.extend_from_slice(part.of(edge));
            }
            // Events ascend, and so do those of one elapsed time.
            sort_by_key(&mut list, |o: &Occurrence| o.elapsed);
            let total = list.iter().map(|o| i128::from(o.elapsed)).sum();
            Ok((list, total))
        })
        .collect::<Result<_, Cancelled>>()?;
    // The lists are copies: without this the occurrences would be held twice for the rest.
    drop(parts);
    progress.check()?;
    let lens = lists.iter().map(|(list, _)| list.len() as u32);
    let block = Edges::block_for(&lens);
    let mut edges = Edges {
        from: pairs.iter().map(|p| p.0).collect(),
        to: pairs.iter().map(|p| p.1).collect(),
        offsets: std::iter::once(0)
            .chain(lens.scan(0, |end, len| {
                *end += len;
                Some(*end)
            }))
            .collect(),
        block: block.unwrap_or(1),
        ..Edges::default()
    };
    if block.is_some() {
        edges.block_of_event = blocks_of_events(&edges, &lists, log.n_events()).into();
    }
    edges.total = lists.iter().map(|(_, total)| *total).collect();
    let n: usize = lists.iter().map(|(list, _)| list.len()).sum();
    let (mut elapsed, mut case) = (Vec::with_capacity(n), Vec::with_capacity(n));
    // Each list is given up once it is taken over: together they are most of the memory of a load.
    for (list, _) in lists {
        elapsed.extend(list.iter().map(|o| o.elapsed));
        case.extend(list.iter().map(|o| o.case));
    }
    (edges.elapsed, edges.case) = (elapsed.into(), case.into());
    Ok(edges)
}

/// Marks first and second activities and new edges at each place of the sequences.
fn marks(variants: &Variants, n_activities: usize, n_edges: usize) -> Vec<u8> {
    let mut marks = vec![0; variants.activities.len()];
    // The variant that an activity or edge was last seen in; of activities, also how often there.
    let mut seen = vec![(u32::MAX, 0u8); n_activities];
    let mut taken = vec![u32::MAX; n_edges];
    for v in 0..variants.len() as u32 {
        let from = variants.offsets[v as usize] as usize;
        for (mark, &activity) in marks[from..].iter_mut().zip(variants.sequence(v as usize)) {
            let seen = &mut seen[activity as usize];
            let before = if seen.0 == v { seen.1 } else { 0 };
            // Two are enough: occurrences from the third on are marked by nothing.
            *seen = (v, (before + 1).min(2));
            *mark = [Variants::FIRST, Variants::SECOND, 0][usize::from(before)];
        }
        for (mark, &edge) in marks[from..].iter_mut().zip(variants.steps(v as usize)) {
            if std::mem::replace(&mut taken[edge as usize], v) != v {
                *mark |= Variants::NEW_EDGE;
            }
        }
    }
    marks
}

/// Block of the occurrence that ends with each event.
fn blocks_of_events(edges: &Edges, lists: &[(Vec<Occurrence>, i128)], n_events: usize) -> Vec<u16> {
    let of_event: Vec<AtomicU16> = (0..n_events)
        .map(|_| AtomicU16::new(Edges::NO_BLOCK))
        .collect();
    let first = edges.first_blocks();
    lists
        .par_iter()
        .zip(&first)
        .for_each(|((list, _), &first)| {
            for (block, entries) in (first..).zip(list.chunks(edges.block as usize)) {
                for occurrence in entries {
                    // Each event ends one occurrence, so that threads never meet.
                    of_event[occurrence.event as usize].store(block as u16, Relaxed);
                }
            }
        });
    of_event.into_iter().map(AtomicU16::into_inner).collect()
}

/// One occurrence of an edge.
#[derive(Clone, Copy, Default)]
struct Occurrence {
    elapsed: i64,
    case: u32,
    /// The event that it ends with.
    event: u32,
}

/// Occurrences of all edges in some of the cases, one edge after the other.
struct Occurrences {
    offsets: Vec<u32>,
    all: Vec<Occurrence>,
}

impl Occurrences {
    fn of(&self, edge: usize) -> &[Occurrence] {
        &self.all[self.offsets[edge] as usize..self.offsets[edge + 1] as usize]
    }
}

fn collect_occurrences(
    log: &EventLog,
    variants: &Variants,
    case_variant: &[u32],
    n_edges: usize,
    progress: &Progress,
) -> Result<Vec<Occurrences>, Cancelled> {
    let n_cases = case_variant.len();
    let n_tasks = n_cases.div_ceil(CASES_PER_TASK);
    let one_task = |task: usize| {
        progress.check()?;
        let cases = task * CASES_PER_TASK..((task + 1) * CASES_PER_TASK).min(n_cases);
        // A counting sort by edge: occurrences stay in the order of cases.
        let mut offsets = vec![0u32; n_edges + 1];
        for case in cases.clone() {
            for &edge in variants.steps(case_variant[case] as usize) {
                offsets[edge as usize + 1] += 1;
            }
        }
        for edge in 0..n_edges {
            offsets[edge + 1] += offsets[edge];
        }
        let mut next = offsets.clone();
        let mut all = vec![Occurrence::default(); offsets[n_edges] as usize];
        for case in cases {
            let events = log.events_of(case);
            let times = log.ticks()[events.clone()].windows(2);
            let steps = variants.steps(case_variant[case] as usize);
            for ((w, &edge), event) in times.zip(steps).zip(events.start as u32 + 1..) {
                let at = &mut next[edge as usize];
                all[*at as usize] = Occurrence {
                    elapsed: w[1] - w[0],
                    case: case as u32,
                    event,
                };
                *at += 1;
            }
        }
        Ok(Occurrences { offsets, all })
    };
    (0..n_tasks).into_par_iter().map(one_task).collect()
}

#[cfg(test)]
mod tests;
