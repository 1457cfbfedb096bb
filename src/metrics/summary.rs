//! The figures of a selection as a whole.

use super::{Figures, Scan, Selection, Tally, quantile, resources};
use crate::index::{CaseSet, Index};
use hashbrown::HashMap;

/// Figures of a selection.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// Events selected.
    pub events: u64,
    /// Activities that occur.
    pub activities: u64,
    /// Variants that occur.
    pub variants: u64,
    /// Resources that occur; `None` without a resource column.
    pub resources: Option<u64>,
    /// First and last instant, microseconds.
    pub span: Option<(i64, i64)>,
    /// Number of events of a case (not microseconds).
    pub events_per_case: Option<Figures>,
    /// Duration of a case.
    pub case_duration: Option<Figures>,
}

/// The figures of a selection.
///
/// ```
/// use casetrail::event_log::Progress;
/// use casetrail::formats::{self, ReadOptions};
/// use casetrail::index::Index;
/// use casetrail::metrics::{Memo, Selection, summary};
///
/// let csv: &[u8] = b"case_id,activity,timestamp\n\
///     1,Open,2024-03-01 09:00\n1,Close,2024-03-01 11:30\n2,Open,2024-03-02 09:00\n";
/// let progress = Progress::default();
/// let (log, _) = formats::read(&[csv], &ReadOptions::default(), &progress).unwrap();
/// let index = Index::build(&log, &progress).unwrap();
/// let selection = Selection {
///     log: &log,
///     index: &index,
///     cases: None,
///     variant_cases: &Selection::count_variants(&index, None),
///     n_cases: index.n_cases(),
///     memo: &Memo::default(),
/// };
/// let figures = summary::summary(&selection);
/// assert_eq!((figures.events, figures.activities), (3, 2));
/// ```
pub fn summary(selection: &Selection<'_>) -> Summary {
    let variants = &selection.index.variants;
    let mut occurs = vec![false; selection.log.activities.len()];
    let (mut events, mut n_variants) = (0, 0);
    for v in selection.variants() {
        n_variants += 1;
        events += variants.sequence(v).len() as u64 * u64::from(selection.variant_cases[v]);
        for &activity in variants.sequence(v) {
            occurs[activity as usize] = true;
        }
    }
    Summary {
        events,
        activities: occurs.iter().filter(|&&o| o).count() as u64,
        variants: n_variants,
        resources: resources::count(selection),
        span: span(selection),
        events_per_case: events_per_case(selection),
        case_duration: case_durations(selection).figures(),
    }
}

/// The durations of the selected cases.
pub fn case_durations<'a>(selection: &Selection<'a>) -> Scan<'a> {
    let index = selection.index;
    let (values, cases) = (&index.durations, &index.by_duration);
    match selection.cases {
        None => Scan::new(values, cases, None, index.total_duration),
        Some(set) => {
            let tally = &selection.memo.durations;
            let tally = tally.get_or_init(|| tally_durations(index, set));
            Scan::counted(values, cases, set, tally)
        }
    }
}

/// Figures of the durations of the selected cases of a set: of those that are over, say.
pub fn durations_of(selection: &Selection<'_>, set: &CaseSet) -> Option<Figures> {
    let mut cases = set.clone();
    if let Some(selected) = selection.cases {
        cases.and(selected);
    }
    let index = selection.index;
    let tally = tally_durations(index, &cases);
    Scan::counted(&index.durations, &index.by_duration, &cases, &tally).figures()
}

/// Counts the durations of a set of cases by the blocks that they lie in.
pub(super) fn tally_durations(index: &Index, set: &CaseSet) -> Tally {
    // Where most cases are in it, those that are not cost less to count.
    let (size, fewer) = (index.duration_block as usize, set.smaller_side());
    let mut counts = vec![0u32; index.durations.len().div_ceil(size)];
    let mut sum = 0;
    fewer.for_each(0..set.words().len(), |case| {
        counts[usize::from(index.block_of_case[case])] += 1;
        sum += i128::from(index.duration(case));
    });
    let lens = index.durations.chunks(size).map(<[i64]>::len);
    let counts = counts.into_iter().map(u64::from);
    Tally::from_smaller_side(
        size,
        lens,
        counts,
        (sum, index.total_duration),
        fewer.others,
    )
}

/// First and last instant of the selected cases.
pub fn span(selection: &Selection<'_>) -> Option<(i64, i64)> {
    *selection.memo.span.get_or_init(|| find_span(selection))
}

fn find_span(selection: &Selection<'_>) -> Option<(i64, i64)> {
    let (start, end) = (&selection.index.case_start, &selection.index.case_end);
    let (mut first, mut last) = (i64::MAX, i64::MIN);
    if selection.cases.is_none() {
        first = start.iter().copied().fold(first, i64::min);
        last = end.iter().copied().fold(last, i64::max);
    } else {
        selection.for_each_case(|case| {
            first = first.min(start[case]);
            last = last.max(end[case]);
        });
    }
    (selection.n_cases > 0).then_some((first, last))
}

/// Lengths of traces, from how many cases have each length.
fn events_per_case(selection: &Selection<'_>) -> Option<Figures> {
    let mut of_length: HashMap<i64, u64> = HashMap::new();
    for v in selection.variants() {
        let length = selection.index.variants.sequence(v).len() as i64;
        *of_length.entry(length).or_default() += u64::from(selection.variant_cases[v]);
    }
    let mut lengths: Vec<(i64, u64)> = of_length.into_iter().collect();
    lengths.sort_unstable();
    // Few lengths with their counts stand for all cases.
    let n: u64 = lengths.iter().map(|l| l.1).sum();
    let nth = |k: u64| {
        let mut left = k;
        for &(length, count) in &lengths {
            if left < count {
                return length;
            }
            left -= count;
        }
        // Not reached: a rank is below `n`.
        0
    };
    (n > 0).then(|| Figures {
        n,
        total: lengths
            .iter()
            .map(|&(length, count)| i128::from(length) * i128::from(count))
            .sum(),
        min: nth(0),
        max: nth(n - 1),
        median: quantile::type7(n, 0.5, nth),
        p90: quantile::type7(n, 0.9, nth),
        p99: quantile::type7(n, 0.99, nth),
    })
}
