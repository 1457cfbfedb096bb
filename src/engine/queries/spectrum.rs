//! The performance spectrum: segments, their classes of durations, and how many occurrences were under
//! way, started and ended in each column of time.

use crate::engine::query::{Context, Query};
use crate::engine::selected::Selected;
use crate::engine::stats::{Stats, stats};
use crate::engine::view::AskError;
use crate::event_log::Cancel;
use crate::metrics::spectrum::{self, CLASSES, Class, Segment};
use crate::metrics::{Scan, Selection, edges, summary};
use crate::text::steps::Steps;
use std::cmp::Reverse;
use std::sync::Arc;

/// The performance spectrum of some segments.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SpectrumQuery {
    /// The segments.
    pub path: SpectrumPath,
    /// Maximum number of steps.
    pub segments: usize,
    /// Columns of time at most.
    pub bins: usize,
    /// The first instant that is shown; the first of the selection where `None`.
    pub from: Option<i64>,
    /// The first instant that is not shown any more.
    pub to: Option<i64>,
}

/// Which segments are looked at; a segment that a path takes more than once is listed once.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum SpectrumPath {
    /// Those of the variant of that place, from 0: most selected cases first, then by rank in the
    /// whole log. Variants of one event have no segments and no place.
    Variant(usize),
    /// Those first on which most time is spent, ties by name.
    Slowest,
    /// Between these activities, one after the other.
    Activities(Vec<String>),
}

/// The performance spectrum of some segments.
#[derive(Debug, Clone, PartialEq)]
pub struct Spectrum {
    /// The columns of time; UTC.
    pub steps: Steps,
    /// First and last instant of the selection.
    pub span: (i64, i64),
    /// The variant whose path it is, where it is one's.
    pub variant: Option<SpectrumVariant>,
    /// The segments, in the order of the path.
    pub segments: Vec<SpectrumSegment>,
    /// Segments that were left out.
    pub more: usize,
}

/// A variant whose path is looked at.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SpectrumVariant {
    /// Position in that order, from 0.
    pub place: usize,
    /// Number of variants in that order.
    pub of: usize,
    /// Rank in the whole log, from 1.
    pub rank: u32,
    /// Number of its selected cases.
    pub cases: u64,
}

/// A segment: two activities, of which the second follows the first directly.
#[derive(Debug, Clone, PartialEq)]
pub struct SpectrumSegment {
    /// First activity.
    pub from: Arc<str>,
    /// Second activity.
    pub to: Arc<str>,
    /// The elapsed times of all occurrences in the selection, at whatever time; `None` where there is
    /// none.
    pub elapsed: Option<Stats>,
    /// Where the first, second and third class end: quartiles of the elapsed times (type 7, rounded
    /// down), microseconds. A time equal to a bound is in the lower class.
    pub quartiles: [i64; CLASSES - 1],
    /// Occurrences that took no time at all.
    pub instant: u64,
    /// The classes, the fastest first.
    pub classes: [Class; CLASSES],
}

impl SpectrumSegment {
    /// The durations of a class, microseconds: above the first (where there is one) and at most the
    /// second.
    pub fn bounds(&self, class: usize) -> (Option<i64>, Option<i64>) {
        let above = class.checked_sub(1).map(|below| self.quartiles[below]);
        (above, self.quartiles.get(class).copied())
    }
}

impl Query for SpectrumQuery {
    type Answer = Spectrum;

    fn run(&self, context: &Context<'_>) -> Result<Spectrum, AskError> {
        spectrum(
            &*context.selected()?,
            self,
            context.analysis.zone(),
            context.cancel,
        )
    }
}

/// Makes the spectrum.
fn spectrum(
    selected: &Selected,
    query: &SpectrumQuery,
    zone: chrono_tz::Tz,
    cancel: &Cancel,
) -> Result<Spectrum, AskError> {
    let selection = selected.selection();
    let span = summary::span(&selection).unwrap_or((0, 0));
    let from = query.from.unwrap_or(span.0);
    // The columns take the last instant, the query gives the first one after it.
    let to = query.to.map_or(span.1, |to| to.saturating_sub(1));
    let steps = Steps::over(from, to, query.bins, zone);
    let scans = edges::scans(&selection);
    cancel.check()?;
    let (mut path, variant) = path(selected, &selection, &scans, &query.path);
    let more = path.len().saturating_sub(query.segments);
    path.truncate(query.segments);
    let known = path.iter().map(|p| {
        let edge = p.edge?;
        let bounds = spectrum::quartiles(&scans[edge])?;
        Some(Segment { edge, bounds })
    });
    // `None` for a step that no selected case takes.
    let segments: Vec<Option<Segment>> = known.collect();
    let known: Vec<Segment> = segments.iter().flatten().copied().collect();
    let mut classes = spectrum::classes(&selection, &known, &steps).into_iter();
    cancel.check()?;
    let segment = |(p, segment): (Step, Option<Segment>)| match segment {
        Some(Segment { edge, bounds }) => SpectrumSegment {
            from: p.from,
            to: p.to,
            elapsed: scans[edge].figures().map(stats),
            quartiles: bounds,
            instant: scans[edge].rank(0, false) - scans[edge].rank(0, true),
            classes: classes.next().unwrap_or_default(),
        },
        None => SpectrumSegment {
            from: p.from,
            to: p.to,
            elapsed: None,
            quartiles: [0; CLASSES - 1],
            instant: 0,
            classes: std::array::from_fn(|_| Class {
                n: 0,
                cells: vec![spectrum::Cell::default(); steps.n],
            }),
        },
    };
    Ok(Spectrum {
        steps,
        span,
        variant,
        segments: path.into_iter().zip(segments).map(segment).collect(),
        more,
    })
}

/// A step of a path; no edge where no case of the log takes it.
struct Step {
    from: Arc<str>,
    to: Arc<str>,
    edge: Option<usize>,
}

/// The steps of a path, each once.
fn path(
    selected: &Selected,
    selection: &Selection<'_>,
    scans: &[Scan<'_>],
    path: &SpectrumPath,
) -> (Vec<Step>, Option<SpectrumVariant>) {
    let edges = &selection.index.edges;
    let names = &selected.prepared.names;
    let step = |edge: usize| Step {
        from: Arc::clone(&names[edges.from[edge] as usize]),
        to: Arc::clone(&names[edges.to[edge] as usize]),
        edge: Some(edge),
    };
    match path {
        SpectrumPath::Variant(place) => {
            let Some((v, variant)) = variant(selection, *place) else {
                return (Vec::new(), None);
            };
            let mut taken = Vec::new();
            for &edge in selection.index.variants.steps(v) {
                if !taken.contains(&edge) {
                    taken.push(edge);
                }
            }
            let steps = taken.into_iter().map(|edge| step(edge as usize));
            (steps.collect(), Some(variant))
        }
        SpectrumPath::Slowest => {
            let mut all: Vec<usize> = (0..edges.len()).filter(|&e| scans[e].n() > 0).collect();
            let rank = |activity: u32| selection.index.activity_rank[activity as usize];
            all.sort_by_key(|&e| {
                (
                    Reverse(scans[e].total()),
                    rank(edges.from[e]),
                    rank(edges.to[e]),
                )
            });
            (all.into_iter().map(step).collect(), None)
        }
        SpectrumPath::Activities(all) => {
            let mut steps: Vec<Step> = Vec::new();
            for pair in all.windows(2) {
                let same = |s: &Step| *s.from == *pair[0] && *s.to == *pair[1];
                if !steps.iter().any(same) {
                    steps.push(Step {
                        from: pair[0].as_str().into(),
                        to: pair[1].as_str().into(),
                        edge: edge(selected, &pair[0], &pair[1]),
                    });
                }
            }
            (steps, None)
        }
    }
}

/// The edge between two activities, by name.
fn edge(selected: &Selected, from: &str, to: &str) -> Option<usize> {
    let prepared = &selected.prepared;
    let code = |name: &str| prepared.log.activities.find(name);
    prepared.index.edges.find(code(from)?, code(to)?)
}

/// Returns the variant at a position, or the last one beyond the end.
fn variant(selection: &Selection<'_>, place: usize) -> Option<(usize, SpectrumVariant)> {
    let steps = |v: usize| selection.index.variants.steps(v).len();
    let mut all: Vec<usize> = selection.variants().filter(|&v| steps(v) > 0).collect();
    let place = place.min(all.len().checked_sub(1)?);
    let cases = |v: usize| selection.variant_cases[v];
    // One of them is wanted, so that they need no sorting.
    let (_, &mut v, _) = all.select_nth_unstable_by_key(place, |&v| (Reverse(cases(v)), v));
    let variant = SpectrumVariant {
        place,
        of: all.len(),
        rank: v as u32 + 1,
        cases: cases(v).into(),
    };
    Some((v, variant))
}
