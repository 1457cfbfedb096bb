//! The lists: variants, cases, activities, edges, resources.

use super::{case, stats};
use crate::engine::Cancel;
use crate::engine::analysis::Selected;
use crate::engine::listing::{SortValue, find, page, sort, to_sort};
use crate::engine::{
    ActivityKey, ActivityRow, AskError, CaseKey, CaseRow, EdgeKey, EdgeRow, Listing, ResourceKey,
    ResourceRow, Rows, Stats, VariantKey, VariantRow,
};
use crate::metrics::{
    Figures, Selection, activities, cases, edges, instances, resources, variants,
};
use rayon::prelude::*;
use std::ops::Range;
use std::sync::Arc;

const NO_DURATION: Stats = Stats {
    n: 0,
    mean: 0.0,
    median: 0.0,
    p90: 0.0,
    p99: 0.0,
    min: 0.0,
    max: 0.0,
    total: 0.0,
};

pub(super) fn variants(
    selected: &Selected,
    listing: &Listing<VariantKey>,
    cancel: &Cancel,
) -> Result<Rows<VariantRow>, AskError> {
    let selection = selected.selection();
    let table = &selection.index.variants;
    let by_duration = matches!(
        listing.sort,
        VariantKey::Mean | VariantKey::Median | VariantKey::P90 | VariantKey::Total
    );
    // The durations of all variants cost a pass over the cases; those of a page cost the page.
    let all =
        (by_duration || listing.page.limit > 1000).then(|| variants::all_durations(&selection));
    let figure = |v: u32, f: fn(Figures) -> f64| {
        SortValue::from(all.as_ref().and_then(|all| all[v as usize]).map(f))
    };
    let value = |v: u32| match listing.sort {
        VariantKey::Cases => u64::from(selection.variant_cases[v as usize]).into(),
        VariantKey::Rank => u64::from(v).into(),
        VariantKey::Length => (table.sequence(v as usize).len() as u64).into(),
        VariantKey::Mean => figure(v, |f| f.total as f64 / f.n as f64),
        VariantKey::Median => figure(v, |f| f.median),
        VariantKey::P90 => figure(v, |f| f.p90),
        VariantKey::Total => figure(v, |f| f.total as f64),
    };
    let mut ids: Vec<u32> = selection.variants().map(|v| v as u32).collect();
    let rank = selected.prepared.variant_rank();
    let shown = to_sort(listing, ids.len());
    sort(&mut ids, shown, listing.descending, value, |v| {
        rank[v as usize]
    });
    cancel.check()?;
    let names = |v: u32| {
        table
            .sequence(v as usize)
            .iter()
            .map(|&a| &selected.prepared.names[a as usize])
    };
    let text = |v: u32| names(v).map(|n| &**n).collect::<Vec<&str>>().join(" > ");
    let ids = find(ids, &listing.find, cancel, text)?;
    let count = |&v: &u32| u64::from(selection.variant_cases[v as usize]);
    let n_cases = (selection.n_cases as f64).max(1.0);
    let mut rows = page(&ids, listing, |v| {
        let duration = match &all {
            Some(all) => all[v as usize],
            None => variants::durations(&selection, v as usize),
        };
        let cases = u64::from(selection.variant_cases[v as usize]);
        VariantRow {
            rank: v + 1,
            cases,
            share: cases as f64 / n_cases,
            cumulative: 0.0,
            activities: names(v).map(Arc::clone).collect(),
            duration: duration.map_or(NO_DURATION, stats),
        }
    });
    let mut above: u64 = ids[..rows.offset].iter().map(count).sum();
    for row in &mut rows.rows {
        above += row.cases;
        row.cumulative = above as f64 / n_cases;
    }
    Ok(rows)
}

pub(super) fn cases(
    selected: &Selected,
    listing: &Listing<CaseKey>,
    variant: Option<u32>,
    cancel: &Cancel,
) -> Result<Rows<CaseRow>, AskError> {
    let selection = selected.selection();
    let rank = selected.prepared.case_rank();
    let rows = |total, range: Range<usize>, ids: Vec<u32>| Rows {
        total,
        offset: range.start,
        rows: ids.par_iter().map(|&c| case::row(selected, c)).collect(),
    };
    if listing.find.is_empty() && variant.is_none() && listing.sort == CaseKey::Duration {
        let range = listing.page.of(selection.n_cases);
        let ids = cases::by_duration(&selection, listing.descending, rank, range.clone());
        return Ok(rows(selection.n_cases, range, ids));
    }
    let ids: Vec<u32> = match variant {
        None => {
            let mut all = Vec::with_capacity(selection.n_cases);
            selection.for_each_case(|case| all.push(case as u32));
            all
        }
        Some(rank) if rank == 0 || rank as usize > selection.index.variants.len() => Vec::new(),
        Some(rank) => selection
            .cases_of(rank as usize - 1)
            .map(|case| case as u32)
            .collect(),
    };
    let id = |case: u32| selection.log.case_ids.get(case).to_owned();
    let ids = find(ids, &listing.find, cancel, id)?;
    let key = match listing.sort {
        CaseKey::Duration => cases::Key::Duration,
        CaseKey::Events => cases::Key::Events,
        CaseKey::Start => cases::Key::Start,
        CaseKey::End => cases::Key::End,
        CaseKey::Case => cases::Key::Case,
        CaseKey::Variant => cases::Key::Variant,
    };
    let range = listing.page.of(ids.len());
    let total = ids.len();
    let key = (key, listing.descending);
    let ids = cases::ordered(&selection, ids, key, rank, range.clone());
    Ok(rows(total, range, ids))
}

/// What is known of every activity of a selection, by code.
#[derive(Debug)]
pub struct ActivityFigures {
    counts: Vec<activities::Counts>,
    before: Vec<Option<Figures>>,
    times: Vec<instances::Times>,
}

impl ActivityFigures {
    fn of(selection: &Selection<'_>) -> Self {
        ActivityFigures {
            counts: activities::counts(selection),
            before: activities::before(selection),
            times: instances::times(selection),
        }
    }

    /// Those of a selection, made once.
    pub fn shared(selected: &Selected) -> &Self {
        selected
            .activities
            .get_or_init(|| ActivityFigures::of(&selected.selection()))
    }

    /// Figures of the waits and number of cases of each activity: the time before it or, of instances,
    /// the waiting.
    pub fn waits(&self, instances: bool) -> Vec<(Option<Figures>, u64)> {
        let waiting = self.times.iter().map(|times| times.waiting);
        let figures = self.before.iter().copied().zip(waiting);
        let figures = figures.map(|(before, waiting)| if instances { waiting } else { before });
        let cases = self.counts.iter().map(|counts| counts.cases);
        figures.zip(cases).collect()
    }
}

pub(super) fn activities(
    selected: &Selected,
    listing: &Listing<ActivityKey>,
    cancel: &Cancel,
) -> Result<Rows<ActivityRow>, AskError> {
    let selection = selected.selection();
    let ActivityFigures {
        counts,
        before,
        times,
    } = ActivityFigures::shared(selected);
    cancel.check()?;
    let occurring = (0..counts.len() as u32).filter(|&a| counts[a as usize].events > 0);
    let mut ids: Vec<u32> = occurring.collect();
    let value = |a: u32| {
        let (count, before, times) = (&counts[a as usize], before[a as usize], times[a as usize]);
        match listing.sort {
            ActivityKey::Events => count.events.into(),
            ActivityKey::Activity => u64::from(selection.index.activity_rank[a as usize]).into(),
            ActivityKey::Cases => count.cases.into(),
            ActivityKey::Starts => count.starts.into(),
            ActivityKey::Ends => count.ends.into(),
            ActivityKey::Rework => count.rework_cases.into(),
            ActivityKey::BeforeMedian => before.map(|f| f.median).into(),
            ActivityKey::BeforeP90 => before.map(|f| f.p90).into(),
            ActivityKey::BeforeTotal => before.map(|f| f.total as f64).into(),
            ActivityKey::ServiceMedian => times.service.map(|f| f.median).into(),
            ActivityKey::WaitingMedian => times.waiting.map(|f| f.median).into(),
        }
    };
    let shown = to_sort(listing, ids.len());
    sort(&mut ids, shown, listing.descending, value, |a| {
        selection.index.activity_rank[a as usize]
    });
    let names = &selected.prepared.names;
    let ids = find(ids, &listing.find, cancel, |a| {
        names[a as usize].to_string()
    })?;
    Ok(page(&ids, listing, |a| {
        let (count, a) = (counts[a as usize], a as usize);
        ActivityRow {
            activity: Arc::clone(&names[a]),
            events: count.events,
            cases: count.cases,
            starts: count.starts,
            ends: count.ends,
            rework_cases: count.rework_cases,
            before: before[a].map(stats),
            service: times[a].service.map(stats),
            active: times[a].active.map(stats),
            waiting: times[a].waiting.map(stats),
        }
    }))
}

/// What is known of every edge of a selection.
#[derive(Debug)]
pub struct EdgeFigures {
    figures: Vec<Option<Figures>>,
    cases: Vec<u64>,
    waiting: Vec<Option<Figures>>,
    total: i128,
}

impl EdgeFigures {
    fn of(selection: &Selection<'_>) -> Self {
        let scans = edges::scans(selection);
        let figures: Vec<Option<Figures>> = scans
            .par_iter()
            .with_max_len(1)
            .map(crate::metrics::Scan::figures)
            .collect();
        EdgeFigures {
            cases: edges::case_counts(selection),
            waiting: edges::waiting(selection),
            total: figures.iter().flatten().map(|f| f.total.max(0)).sum(),
            figures,
        }
    }

    /// Those of a selection, made once.
    pub fn shared(selected: &Selected) -> &Self {
        selected
            .edges
            .get_or_init(|| EdgeFigures::of(&selected.selection()))
    }

    /// Figures of the waits and number of cases of each edge: its elapsed times or, of instances, the
    /// waiting.
    pub fn waits(&self, instances: bool) -> Vec<(Option<Figures>, u64)> {
        let figures = if instances {
            &self.waiting
        } else {
            &self.figures
        };
        figures
            .iter()
            .copied()
            .zip(self.cases.iter().copied())
            .collect()
    }

    /// `None` where no selected case has the edge.
    pub fn row(&self, selected: &Selected, edge: usize) -> Option<EdgeRow> {
        let edges = &selected.prepared.index.edges;
        let name = |activity: u32| Arc::clone(&selected.prepared.names[activity as usize]);
        let figures = self.figures[edge]?;
        Some(EdgeRow {
            from: name(edges.from[edge]),
            to: name(edges.to[edge]),
            count: figures.n,
            cases: self.cases[edge],
            elapsed: stats(figures),
            waiting: self.waiting[edge].map(stats),
            share: if self.total > 0 {
                figures.total as f64 / self.total as f64
            } else {
                0.0
            },
        })
    }
}

pub(super) fn edges(
    selected: &Selected,
    listing: &Listing<EdgeKey>,
    cancel: &Cancel,
) -> Result<Rows<EdgeRow>, AskError> {
    let selection = selected.selection();
    let edges = &selection.index.edges;
    let all = EdgeFigures::shared(selected);
    cancel.check()?;
    let rank = |activity: u32| u64::from(selection.index.activity_rank[activity as usize]);
    let by_names = |first: u32, second: u32| rank(first) << 32 | rank(second);
    let tie = |e: u32| by_names(edges.from[e as usize], edges.to[e as usize]);
    let figure = |e: u32, f: fn(Figures) -> f64| SortValue::from(all.figures[e as usize].map(f));
    let value = |e: u32| match listing.sort {
        EdgeKey::Count => figure(e, |f| f.n as f64),
        EdgeKey::From => tie(e).into(),
        EdgeKey::To => by_names(edges.to[e as usize], edges.from[e as usize]).into(),
        EdgeKey::Cases => all.cases[e as usize].into(),
        EdgeKey::Mean => figure(e, |f| f.total as f64 / f.n as f64),
        EdgeKey::Median => figure(e, |f| f.median),
        EdgeKey::P90 => figure(e, |f| f.p90),
        EdgeKey::Total => figure(e, |f| f.total as f64),
    };
    let occurring = (0..edges.len() as u32).filter(|&e| all.figures[e as usize].is_some());
    let mut ids: Vec<u32> = occurring.collect();
    // Stable sorts: first by names, then by value, leaves ties in the order of names.
    ids.sort_by_key(|&e| tie(e));
    let mut position = vec![0; edges.len()];
    for (i, &e) in ids.iter().enumerate() {
        position[e as usize] = i as u32;
    }
    let shown = to_sort(listing, ids.len());
    sort(&mut ids, shown, listing.descending, value, |e| {
        position[e as usize]
    });
    let names = &selected.prepared.names;
    let name = |activity: u32| &*names[activity as usize];
    let text = |e: u32| {
        format!(
            "{} > {}",
            name(edges.from[e as usize]),
            name(edges.to[e as usize])
        )
    };
    let ids = find(ids, &listing.find, cancel, text)?;
    let rows = page(&ids, listing, |e| all.row(selected, e as usize));
    Ok(Rows {
        total: rows.total,
        offset: rows.offset,
        rows: rows.rows.into_iter().flatten().collect(),
    })
}

pub(super) fn resources(
    selected: &Selected,
    listing: &Listing<ResourceKey>,
    cancel: &Cancel,
) -> Result<Rows<ResourceRow>, AskError> {
    let all = selected.resources.get_or_init(|| {
        let mut all = resources::counts(&selected.selection()).unwrap_or_default();
        all.sort_by(|a, b| a.resource.cmp(&b.resource));
        all
    });
    cancel.check()?;
    let value = |r: u32| {
        let counts = &all[r as usize];
        match listing.sort {
            ResourceKey::Events => counts.events.into(),
            ResourceKey::Resource => u64::from(r).into(),
            ResourceKey::Cases => counts.cases.into(),
            ResourceKey::Activities => counts.activities.into(),
        }
    };
    let mut ids: Vec<u32> = (0..all.len() as u32).collect();
    let shown = to_sort(listing, ids.len());
    sort(&mut ids, shown, listing.descending, value, |r| r);
    let ids = find(ids, &listing.find, cancel, |r| {
        all[r as usize].resource.clone()
    })?;
    Ok(page(&ids, listing, |r| {
        let counts = &all[r as usize];
        ResourceRow {
            resource: counts.resource.as_str().into(),
            events: counts.events,
            cases: counts.cases,
            activities: counts.activities,
        }
    }))
}
