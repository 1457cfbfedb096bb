//! Bottlenecks of a selection, ranked: the waits of steps, activities or resources, all or those that the
//! desk can change.

use super::super::activities::ActivityFigures;
use super::super::deadlines::breaches;
use super::super::edges::EdgeFigures;
use crate::engine::definitions::WaitClass;
use crate::engine::joined::Times;
use crate::engine::query::Context;
use crate::engine::selected::Selected;
use crate::engine::stats::{Stats, stats};
use crate::engine::view::AskError;
use crate::engine::wait_classes::{Classes, RowClass, Waits};
use crate::metrics::bottlenecks::{self, Kind, Target};
use crate::metrics::quantile::Figures;
use crate::metrics::{Selection, summary};
use crate::text::{count, counted, percent};
use rayon::prelude::*;
use std::sync::{Arc, OnceLock};

/// What is ranked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Ranking {
    /// Steps, activities or resources.
    pub kind: Kind,
    /// All waits, or those of some classes.
    pub waits: Waits,
}

/// Something that cases wait for.
#[derive(Debug, Clone, PartialEq)]
pub struct BottleneckRow {
    /// Both activities of a step; the activity, or the resource.
    pub names: Vec<Arc<str>>,
    /// The waits, in seconds: from the latest completion so far to the start of an activity instance,
    /// or from one plain event to the next.
    pub wait: Stats,
    /// Events of the row that are the first of their case and so have no wait.
    pub first: u64,
    /// Cases that have such a wait.
    pub cases: u64,
    /// Share of the sum of all waits of this kind, 0 to 1.
    pub share: f64,
    /// By which part the mean wait in the last quarter of the selection's time is longer than in the
    /// quarter before; `None` where either has too few.
    pub growth: Option<f64>,
    /// Breaches of deadlines of which this was the longest wait by the clock of the rule; waits that still
    /// go on belong to no row.
    pub breaches: u64,
    /// Gain of shorter waits, where requested.
    pub gain: Option<Gain>,
    /// Who can shorten its waits; `None` for a resource.
    pub class: Option<RowClass>,
}

/// Figures of the selection if no wait of a row exceeded the 25th percentile of the row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gain {
    /// The 25th percentile of the wait, to which all longer ones are cut, seconds.
    pub p25: f64,
    /// Median duration of the selected cases, seconds.
    pub median: f64,
    /// Median duration of the cases with the shorter waits, seconds.
    pub cut: f64,
    /// Cases that would be shorter.
    pub cases: u64,
    /// Sum of the reductions of all cases, seconds.
    pub saved: f64,
}

/// Waits of the selected cases that the desk cannot change: after the resolution, for the customer, for a
/// vendor.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SetApart {
    /// Classes that have waits, in the order of [`WaitClass::ALL`].
    pub classes: Vec<ApartClass>,
    /// Steps whose class is a guess.
    pub guessed: u64,
}

/// Waits of a class.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ApartClass {
    /// The class.
    pub class: WaitClass,
    /// Number of steps.
    pub steps: u64,
    /// Number of waits.
    pub waits: u64,
    /// Sum of the waits, seconds.
    pub total: f64,
    /// Share of the sum of all waits, 0 to 1; `None` where that is 0.
    pub share: Option<f64>,
}

impl SetApart {
    /// Number of steps.
    pub fn steps(&self) -> u64 {
        self.classes.iter().map(|class| class.steps).sum()
    }

    /// Number of waits.
    pub fn waits(&self) -> u64 {
        self.classes.iter().map(|class| class.waits).sum()
    }

    /// Sum of the waits, seconds.
    pub fn total(&self) -> f64 {
        self.classes.iter().map(|class| class.total).sum()
    }

    /// Share of the sum of all waits, 0 to 1; `None` where that is 0.
    pub fn share(&self) -> Option<f64> {
        self.classes.iter().map(|class| class.share).sum()
    }

    /// "41% of the wait, 12 steps (3 guessed): after resolution 20%, for the customer 21%"; `None` without such
    /// waits.
    pub fn in_words(&self) -> Option<String> {
        if self.classes.is_empty() {
            return None;
        }
        let share = |share: Option<f64>| share.map_or_else(String::new, percent);
        let classes = self.classes.iter();
        let classes = classes.map(|of| format!("{} {}", of.class.title(), share(of.share)));
        let classes: Vec<String> = classes.collect();
        Some(format!(
            "{} of the wait, {} ({} guessed): {}",
            self.share().map_or_else(|| "none".to_owned(), percent),
            counted(self.steps(), "step", "steps"),
            count(self.guessed),
            classes.join(", "),
        ))
    }
}

/// All bottlenecks of a kind by name, and the number of each: edge, activity code or resource.
#[derive(Debug, Default)]
pub(super) struct Ranked {
    pub numbers: Vec<u32>,
    pub rows: Vec<BottleneckRow>,
}

/// Bottlenecks of a selection by kind and by which waits are ranked.
#[derive(Debug, Default)]
pub(super) struct BottleneckFigures {
    kinds: [[OnceLock<Ranked>; Waits::ALL.len()]; 3],
}

/// Returns all bottlenecks of a kind, computed once.
pub(super) fn ranked<'a>(
    figures: &'a BottleneckFigures,
    selected: &Selected,
    ranking: Ranking,
    context: &Context<'_>,
) -> Result<&'a Ranked, AskError> {
    let kept = &figures.kinds[ranking.kind as usize][ranking.waits as usize];
    if let Some(rows) = kept.get() {
        return Ok(rows);
    }
    // Outside of `get_or_init`, as this may be cancelled, and an error is not to be kept.
    let breaches = breaches(selected, context.analysis.zone(), context.cancel)?;
    Ok(kept.get_or_init(|| made(selected, ranking, &breaches)))
}

/// What is waited for, of the waits that are ranked; `None` for resources of a log without them.
pub(in super::super) fn target<'a>(
    selected: &Selected,
    selection: &Selection<'a>,
    ranking: Ranking,
) -> Option<Target<'a>> {
    let target = Target::new(selection, ranking.kind)?;
    Some(target.without(Classes::of(selected).left_out(ranking.waits)))
}

fn made(selected: &Selected, ranking: Ranking, breaches: &[(usize, usize)]) -> Ranked {
    let selection = selected.selection();
    let Some(target) = target(selected, &selection, ranking) else {
        return Ranked::default();
    };
    let class = row_classes(selected, ranking);
    let span = summary::span(&selection).unwrap_or((0, 0));
    let recent = bottlenecks::recent(&selection, &target, span);
    let breaches = bottlenecks::by_number(&selection, &target, breaches);
    let firsts = bottlenecks::firsts(&selection, &target);
    let waits = ranked_waits(selected, &target, ranking);
    let whole: i128 = waits.iter().filter_map(|(f, _)| *f).map(|f| f.total).sum();
    let row = |(number, (figures, cases)): (usize, (Option<Figures>, u64))| {
        let figures = figures?;
        let row = BottleneckRow {
            names: names(selected, &target, ranking.kind, number),
            wait: stats(figures),
            first: firsts[number],
            cases,
            // Waits of no length have no sum to be a part of.
            share: if whole > 0 {
                figures.total as f64 / whole as f64
            } else {
                0.0
            },
            growth: bottlenecks::growth(recent[number]),
            breaches: breaches[number],
            gain: None,
            class: class.get(number).copied().flatten(),
        };
        Some((number as u32, row))
    };
    let mut rows: Vec<(u32, BottleneckRow)> =
        waits.into_iter().enumerate().filter_map(row).collect();
    // Rows of equal figures stay in the order of their names.
    rows.sort_by(|a, b| a.1.names.cmp(&b.1.names));
    let (numbers, rows) = rows.into_iter().unzip();
    Ranked { numbers, rows }
}

fn names(selected: &Selected, target: &Target<'_>, kind: Kind, number: usize) -> Vec<Arc<str>> {
    let prepared = &selected.prepared;
    let activity = |code: u32| Arc::clone(&prepared.names[code as usize]);
    match kind {
        Kind::Step => {
            let edges = &prepared.index.edges;
            vec![activity(edges.from[number]), activity(edges.to[number])]
        }
        Kind::Activity => vec![activity(number as u32)],
        Kind::Resource => vec![target.names[number].as_str().into()],
    }
}

/// Figures of the waits of a kind, and the cases that have such a wait, by number: edge, activity code or
/// resource. The wait of an instance runs from the latest completion before it, that of a plain event
/// from the event before.
type WaitsByNumber = Vec<(Option<Figures>, u64)>;

/// Waits of a selection by kind.
#[derive(Debug, Default)]
struct WaitFigures {
    kinds: [OnceLock<WaitsByNumber>; 3],
}

/// Returns the waits of a kind, computed once.
pub(in super::super) fn waits(selected: &Selected, kind: Kind) -> WaitsByNumber {
    let selection = selected.selection();
    let shared = selected.figures.get_or_init(WaitFigures::default);
    let found = shared.kinds[kind as usize].get_or_init(|| {
        if selection.log.has_instances() || kind == Kind::Resource {
            let target = Target::new(&selection, kind);
            return target.map_or_else(Vec::new, |t| bottlenecks::figures(&selection, &t));
        }
        // The index has the times between plain events sorted.
        if kind == Kind::Step {
            return EdgeFigures::shared(selected).elapsed();
        }
        let figures = ActivityFigures::shared(selected);
        let cases = bottlenecks::cases_by_activity(&selection);
        figures.before().iter().copied().zip(cases).collect()
    });
    found.clone()
}

/// The waits of a kind that are ranked, as [`waits`].
fn ranked_waits(selected: &Selected, target: &Target<'_>, ranking: Ranking) -> WaitsByNumber {
    let left_out = Classes::of(selected).left_out(ranking.waits);
    match left_out {
        None => waits(selected, ranking.kind),
        Some(left_out) if ranking.kind == Kind::Step => {
            let all = waits(selected, Kind::Step).into_iter().zip(left_out.iter());
            all.map(|(step, out)| if *out { (None, 0) } else { step })
                .collect()
        }
        Some(_) => bottlenecks::figures(&selected.selection(), target),
    }
}

/// The class of the ranked waits of each row, by number: edge or activity code; empty for resources.
fn row_classes(selected: &Selected, ranking: Ranking) -> Vec<Option<RowClass>> {
    let (classes, edges) = (Classes::of(selected), &selected.prepared.index.edges);
    match ranking.kind {
        Kind::Step => (0..edges.len())
            .map(|edge| Some(classes.step(edge)))
            .collect(),
        Kind::Activity => {
            let mut steps = vec![Vec::new(); selected.prepared.names.len()];
            let left_out = classes.left_out(ranking.waits);
            let is_ranked = |edge: usize| !left_out.as_ref().is_some_and(|out| out[edge]);
            // Steps that no selected case takes are not waited for.
            for (edge, (_, cases)) in waits(selected, Kind::Step).into_iter().enumerate() {
                if cases > 0 && is_ranked(edge) {
                    steps[edges.to[edge] as usize].push(edge);
                }
            }
            let class = |steps: Vec<usize>| classes.steps(steps.into_iter());
            steps.into_iter().map(class).collect()
        }
        Kind::Resource => Vec::new(),
    }
}

/// Sums the waits that the desk cannot change, by class.
pub(super) fn set_apart(selected: &Selected) -> SetApart {
    let classes = Classes::of(selected);
    let mut apart = SetApart::default();
    let mut sums = [(0u64, 0u64, 0i128); WaitClass::ALL.len()];
    let mut whole = 0i128;
    for (edge, (figures, _)) in waits(selected, Kind::Step).into_iter().enumerate() {
        let Some(figures) = figures else { continue };
        whole += figures.total;
        let step = classes.step(edge);
        let Some(class) = step.class.filter(|class| *class != WaitClass::Own) else {
            continue;
        };
        let sum = &mut sums[class as usize];
        *sum = (sum.0 + 1, sum.1 + figures.n, sum.2 + figures.total);
        apart.guessed += u64::from(step.guessed);
    }
    let class = |(class, (steps, waits, total)): (WaitClass, (u64, u64, i128))| ApartClass {
        class,
        steps,
        waits,
        total: total as f64 / 1e6,
        share: (whole > 0).then(|| total as f64 / whole as f64),
    };
    let all = WaitClass::ALL.into_iter().zip(sums);
    apart.classes = all.filter(|(_, sum)| sum.0 > 0).map(class).collect();
    apart
}

/// The waits of a kind by the names of their rows, joined by NUL: microseconds, ascending.
pub(in super::super) fn waits_by_name(selected: &Selected, ranking: Ranking) -> Times {
    let selection = selected.selection();
    let Some(target) = target(selected, &selection, ranking) else {
        return Times::new();
    };
    let lists = bottlenecks::lists(&selection, &target).into_par_iter();
    let named = lists.enumerate().map(|(number, (mut waits, _))| {
        waits.sort_unstable();
        (
            names(selected, &target, ranking.kind, number).join("\0"),
            waits,
        )
    });
    named.collect()
}
