//! The process map: activities, the steps between them, and where they are drawn.

use crate::engine::cache::RecentCache;
use crate::engine::layout::{self, Layout};
use crate::engine::queries::activities::ActivityFigures;
use crate::engine::queries::edges::EdgeFigures;
use crate::engine::query::{Context, Query};
use crate::engine::selected::Selected;
use crate::engine::stats::{Stats, stats};
use crate::engine::view::AskError;
use crate::event_log::Cancel;
use crate::filter::{Expr, Gap, Step};
use crate::metrics::activities::{self, Counts};
use crate::metrics::process_map::{self, Edge, Projection};
use crate::metrics::quantile;
use crate::text::Portion;
use rayon::prelude::*;
use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;

/// Activities that are shown where their share is not given: as many can be read at once.
pub const USUAL: usize = 15;

/// Choices of activities and edges kept for a selection, as keys step through them.
const KEPT: usize = 8;

/// The part of a process that a map shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MapOf {
    /// Share of the activities, those of most cases first; `None` for all where they are at most 15, else
    /// for 15.
    pub activities: Option<Portion>,
    /// Share of the edges, those of most steps first; `None` for the largest multiple of 5 % with at most
    /// 2.5 edges for each activity.
    pub paths: Option<Portion>,
    /// True if activities and edges are chosen by all events of the log, so that filters and conditions on
    /// events change figures only; else by the selected cases.
    pub by_log: bool,
}

/// A process map.
#[derive(Debug, Clone, PartialEq)]
pub struct MapQuery {
    /// The part that is shown.
    pub of: MapOf,
    /// True for the times of the steps, which cost the most.
    pub times: bool,
    /// Columns of the names, for a map that is drawn; `None` for figures alone.
    pub names: Option<usize>,
}

/// Number of items shown, and of all that could be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShownOf {
    /// Items shown.
    pub shown: usize,
    /// Items that there are.
    pub of: usize,
    /// The share of them that was asked for.
    pub share: Portion,
}

/// The figures of a map.
#[derive(Debug, Clone, PartialEq)]
pub struct ProcessMap {
    /// Selected cases.
    pub cases: u64,
    /// Activities.
    pub activities: ShownOf,
    /// Edges of the projected traces.
    pub paths: ShownOf,
    /// Selected cases without any activity that is shown.
    pub hidden_cases: u64,
    /// Share of the steps that are on an edge of the map, 0 to 1; `None` without steps.
    pub drawn: Option<f64>,
    /// Activities, most cases first, ties by name. Those chosen by the log may be in no selected case.
    pub nodes: Vec<MapNode>,
    /// Edges, most steps first, ties by name, the start before and the end after all names.
    pub edges: Vec<MapEdge>,
    /// Where they are drawn; `None` where this was not asked for, or is too much to be drawn.
    pub layout: Option<Arc<Layout>>,
}

/// An activity of a map.
#[derive(Debug, Clone, PartialEq)]
pub struct MapNode {
    /// Name.
    pub activity: Arc<str>,
    /// Selected cases that have it.
    pub cases: u64,
    /// Its events.
    pub events: u64,
    /// Share of the selected cases, 0 to 1.
    pub share: f64,
    /// Service time of its instances with a known start.
    pub service: Option<Stats>,
    /// The filter of the cases.
    pub filter: Expr,
    /// Number of the node in the layout.
    pub place: usize,
}

/// An edge of a map.
#[derive(Debug, Clone, PartialEq)]
pub struct MapEdge {
    /// Activity that it leads from; `None` for the start of the case.
    pub from: Option<Arc<str>>,
    /// Activity that it leads to; `None` for the end of the case.
    pub to: Option<Arc<str>>,
    /// Steps.
    pub count: u64,
    /// Steps without hidden activities between.
    pub direct: u64,
    /// Cases that have such a step.
    pub cases: u64,
    /// Share of the selected cases, 0 to 1.
    pub share: f64,
    /// Time from the first event to the second; `None` at the start and the end of a case, and where it
    /// was not asked for.
    pub elapsed: Option<Stats>,
    /// The filter of the cases; with hidden steps, of those that go from the one to the other on any
    /// way. `None` where the language cannot say it: some activity that is hidden comes before the
    /// first step, or after the last.
    pub filter: Option<Expr>,
    /// Number of the edge in the layout.
    pub place: usize,
}

impl MapEdge {
    /// True if some of its steps have hidden activities between.
    pub fn has_hidden(&self) -> bool {
        self.direct < self.count
    }
}

/// Counts of every activity of a selection.
struct Counted(Vec<Counts>);

impl Counted {
    fn shared(selected: &Selected) -> Arc<Self> {
        let count = || Counted(activities::counts(&selected.selection()));
        selected.figures.get_or_init(count)
    }
}

/// Activities and edges that are chosen by the cases of a selection.
pub(super) struct Chosen {
    /// Codes of the activities, most cases first.
    nodes: Vec<u32>,
    /// By code: whether the activity is shown.
    pub(super) shown: Vec<bool>,
    activities: ShownOf,
    /// Edges of the selection.
    projection: Projection,
    /// Those that are drawn, by position in the projection.
    drawn: Vec<usize>,
    paths: ShownOf,
    /// Layouts by the columns of names.
    layouts: RecentCache<usize, Option<Arc<Layout>>>,
}

impl Chosen {
    fn new(selected: &Selected, of: MapOf, cancel: &Cancel) -> Result<Self, AskError> {
        let selection = selected.selection();
        let counts = &Counted::shared(selected).0;
        let mut nodes = process_map::by_cases(&selection, counts);
        let all = nodes.len();
        let share = of
            .activities
            .unwrap_or_else(|| Portion::of_parts(USUAL, all));
        // At least one, where there is any.
        nodes.truncate(share.of(all).max(1));
        let mut shown = vec![false; counts.len()];
        for &activity in &nodes {
            shown[activity as usize] = true;
        }
        let projection = process_map::project(&selection, &shown, cancel)?;
        let edges = &projection.edges;
        let paths = of
            .paths
            .unwrap_or_else(|| process_map::readable(edges, &nodes));
        cancel.check()?;
        let drawn = process_map::drawn(edges, &nodes, paths);
        let drawn = drawn.iter().zip(0..).filter(|(drawn, _)| **drawn);
        let drawn: Vec<usize> = drawn.map(|(_, at)| at).collect();
        Ok(Chosen {
            activities: ShownOf {
                shown: nodes.len(),
                of: all,
                share,
            },
            paths: ShownOf {
                shown: drawn.len(),
                of: edges.len(),
                share: paths,
            },
            nodes,
            shown,
            projection,
            drawn,
            layouts: RecentCache::new(2),
        })
    }

    /// The choice by the cases of a selection, from the cache if it was made before.
    pub(super) fn shared(
        selected: &Selected,
        of: MapOf,
        cancel: &Cancel,
    ) -> Result<Arc<Self>, AskError> {
        struct Choices(RecentCache<MapOf, Arc<Chosen>>);
        let choices = selected
            .figures
            .get_or_init(|| Choices(RecentCache::new(KEPT)));
        if let Some(chosen) = choices.0.get(&of) {
            return Ok(chosen);
        }
        let chosen = Arc::new(Chosen::new(selected, of, cancel)?);
        choices.0.put(of, Arc::clone(&chosen));
        Ok(chosen)
    }

    /// The edges that are drawn.
    pub(super) fn edges(&self) -> impl Iterator<Item = &Edge> {
        self.drawn.iter().map(|&at| &self.projection.edges[at])
    }

    /// Where the map is drawn with names of that many columns.
    fn layout(
        &self,
        selected: &Selected,
        columns: usize,
        cancel: &Cancel,
    ) -> Result<Option<Arc<Layout>>, AskError> {
        if let Some(layout) = self.layouts.get(&columns) {
            return Ok(layout);
        }
        let places: HashMap<u32, usize> = self.nodes.iter().copied().zip(0..).collect();
        let place = |activity: Option<u32>| activity.map(|activity| places[&activity]);
        let edges = self.edges();
        let edges = edges.map(|edge| (place(edge.from), place(edge.to), edge.count));
        let names = self.nodes.iter();
        let names = names.map(|&a| &*selected.prepared.names[a as usize]);
        let layout = lay_out(names, edges, columns, cancel)?;
        self.layouts.put(columns, layout.clone());
        Ok(layout)
    }
}

/// Where a map is drawn: names of the activities by place, and edges with the places of their ends, `None` for the
/// start and the end of cases, and their steps; names have that many columns. `None` where it is too much.
///
/// # Errors
/// The map is not wanted any more.
pub fn lay_out<'a>(
    names: impl Iterator<Item = &'a str>,
    edges: impl Iterator<Item = (Option<usize>, Option<usize>, u64)>,
    columns: usize,
    cancel: &Cancel,
) -> Result<Option<Arc<Layout>>, AskError> {
    let mut names: Vec<&str> = names.collect();
    let (start, end) = (names.len(), names.len() + 1);
    names.extend(layout::OUTSIDE);
    let edges = edges.map(|(from, to, weight)| layout::Edge {
        from: from.unwrap_or(start),
        to: to.unwrap_or(end),
        weight,
    });
    let graph = layout::Graph {
        names: &names,
        edges: &edges.collect::<Vec<_>>(),
        columns,
    };
    Ok(layout::layout(&graph, cancel)?.map(Arc::new))
}

/// Figures of the selected cases on what was chosen.
pub(super) struct Figured {
    of: MapOf,
    chosen: Arc<Chosen>,
    /// By place: steps of each edge that is drawn.
    edges: Vec<Edge>,
    hidden_cases: u64,
    /// Steps of the map, and of all edges.
    steps: (u64, u64),
}

impl Figured {
    fn new(
        selected: &Arc<Selected>,
        basis: &Arc<Selected>,
        of: MapOf,
        cancel: &Cancel,
    ) -> Result<Self, AskError> {
        let chosen = Chosen::shared(basis, of, cancel)?;
        let own = if Arc::ptr_eq(selected, basis) {
            None
        } else {
            let projection = process_map::project(&selected.selection(), &chosen.shown, cancel)?;
            Some(projection)
        };
        let projection = own.as_ref().unwrap_or(&chosen.projection);
        let edges: Vec<Edge> = match &own {
            None => chosen.edges().copied().collect(),
            Some(own) => {
                let by_ends = own.edges.iter().map(|edge| ((edge.from, edge.to), edge));
                let by_ends: HashMap<_, &Edge> = by_ends.collect();
                let found = chosen.edges().map(|edge| {
                    let nothing = Edge {
                        count: 0,
                        direct: 0,
                        cases: 0,
                        ..*edge
                    };
                    by_ends
                        .get(&(edge.from, edge.to))
                        .map_or(nothing, |&&own| own)
                });
                found.collect()
            }
        };
        let sum = |edges: &[Edge]| edges.iter().map(|edge| edge.count).sum();
        Ok(Figured {
            hidden_cases: projection.hidden_cases,
            steps: (sum(&edges), sum(&projection.edges)),
            edges,
            of,
            chosen,
        })
    }

    pub(super) fn nodes(&self, selected: &Selected) -> Vec<MapNode> {
        let (selection, prepared) = (selected.selection(), &selected.prepared);
        let counts = Counted::shared(selected);
        let has_service = prepared.log.has_instances();
        let service = has_service.then(|| ActivityFigures::shared(selected));
        let mut nodes: Vec<(u32, usize)> = self.chosen.nodes.iter().copied().zip(0..).collect();
        let rank = &prepared.index.activity_rank;
        nodes.sort_unstable_by_key(|&(activity, _)| {
            let cases = counts.0[activity as usize].cases;
            (Reverse(cases), rank[activity as usize])
        });
        let node = |(activity, place): (u32, usize)| {
            let (activity, counts) = (activity as usize, counts.0[activity as usize]);
            let name = &prepared.names[activity];
            MapNode {
                activity: Arc::clone(name),
                cases: counts.cases,
                events: counts.events,
                share: share(counts.cases, selection.n_cases),
                service: service
                    .as_ref()
                    .and_then(|figures| figures.service(activity)),
                filter: Expr::activity(name),
                place,
            }
        };
        nodes.into_iter().map(node).collect()
    }

    pub(super) fn edges(
        &self,
        selected: &Selected,
        times: bool,
        cancel: &Cancel,
    ) -> Result<Vec<MapEdge>, AskError> {
        let prepared = &selected.prepared;
        let mut elapsed = if times {
            self.elapsed(selected, cancel)?
        } else {
            vec![None; self.edges.len()]
        };
        let mut places: Vec<usize> = (0..self.edges.len()).collect();
        let rank = |activity: u32| prepared.index.activity_rank[activity as usize];
        places.sort_unstable_by_key(|&place| {
            let edge = &self.edges[place];
            let (from, to) = (edge.from.map(rank), edge.to.map_or(u32::MAX, rank));
            (Reverse(edge.count), from, to)
        });
        let name = |activity: u32| Arc::clone(&prepared.names[activity as usize]);
        let n_cases = selected.selection().n_cases;
        let edge = |place: usize| {
            let edge = &self.edges[place];
            let (from, to) = (edge.from.map(name), edge.to.map(name));
            MapEdge {
                filter: step_filter(from.as_deref(), to.as_deref(), edge.direct == edge.count),
                from,
                to,
                count: edge.count,
                direct: edge.direct,
                cases: edge.cases,
                share: share(edge.cases, n_cases),
                elapsed: elapsed[place].take(),
                place,
            }
        };
        Ok(places.into_iter().map(edge).collect())
    }

    /// Times of the steps of each edge, by place.
    fn elapsed(
        &self,
        selected: &Selected,
        cancel: &Cancel,
    ) -> Result<Vec<Option<Stats>>, AskError> {
        struct Known(RecentCache<MapOf, Vec<Option<Stats>>>);
        let known = selected
            .figures
            .get_or_init(|| Known(RecentCache::new(KEPT)));
        known
            .0
            .get_or_make(&self.of, || self.count_elapsed(selected, cancel))
    }

    fn count_elapsed(
        &self,
        selected: &Selected,
        cancel: &Cancel,
    ) -> Result<Vec<Option<Stats>>, AskError> {
        let selection = selected.selection();
        let followed = &selected.prepared.index.edges;
        let direct = EdgeFigures::shared(selected).elapsed();
        cancel.check()?;
        // Where nothing is hidden between, the steps are those of the directly-follows edge, whose times
        // are sorted in the index.
        let hidden = self.edges.iter().filter(|edge| edge.direct < edge.count);
        let hidden: Vec<Edge> = hidden.copied().collect();
        let times = process_map::elapsed(&selection, &self.chosen.shown, &hidden, cancel)?;
        let figures = times.into_par_iter().with_max_len(1).map(|mut times| {
            cancel.check()?;
            Ok(quantile::of_unsorted(&mut times).map(stats))
        });
        let figures: Vec<Option<Stats>> = figures.collect::<Result<_, AskError>>()?;
        let mut figures = figures.into_iter();
        let mut all = Vec::with_capacity(self.edges.len());
        for edge in &self.edges {
            cancel.check()?;
            all.push(if edge.direct < edge.count {
                figures.next().flatten()
            } else {
                let ends = edge.from.zip(edge.to);
                let at = ends.and_then(|(from, to)| followed.find(from, to));
                at.and_then(|at| direct[at].0).map(stats)
            });
        }
        Ok(all)
    }
}

fn share(cases: u64, all: usize) -> f64 {
    if all == 0 {
        return 0.0;
    }
    cases as f64 / all as f64
}

/// The filter of the cases of an edge, see [`MapEdge::filter`].
pub fn step_filter(from: Option<&str>, to: Option<&str>, is_direct: bool) -> Option<Expr> {
    match (from, to) {
        (Some(from), Some(to)) if is_direct => Some(Expr::follows(from, to, Gap::default())),
        (Some(from), Some(to)) => Expr::path(&[from, to], Step::Eventually, None),
        (None, Some(to)) if is_direct => Some(Expr::starts_with(to)),
        (Some(from), None) if is_direct => Some(Expr::ends_with(from)),
        _ => None,
    }
}

impl MapOf {
    /// The cases by which activities and edges are chosen. Activities have the same codes in all of them.
    pub(super) fn basis(
        self,
        selected: &Arc<Selected>,
        context: &Context<'_>,
    ) -> Result<Arc<Selected>, AskError> {
        if self.by_log {
            context.unconditioned()
        } else {
            Ok(Arc::clone(selected))
        }
    }

    /// Selected cases, and figures of them on what is shown.
    pub(super) fn figured(
        self,
        context: &Context<'_>,
    ) -> Result<(Arc<Selected>, Figured), AskError> {
        let selected = context.selected()?;
        let basis = self.basis(&selected, context)?;
        let figured = Figured::new(&selected, &basis, self, context.cancel)?;
        Ok((selected, figured))
    }
}

impl Query for MapQuery {
    type Answer = ProcessMap;
    const BYTES_PER_EVENT: u64 = 8;

    fn run(&self, context: &Context<'_>) -> Result<ProcessMap, AskError> {
        let (selected, figured) = self.of.figured(context)?;
        let chosen = &figured.chosen;
        let layout = match self.names {
            Some(columns) => chosen.layout(&selected, columns, context.cancel)?,
            None => None,
        };
        let (drawn, all) = figured.steps;
        Ok(ProcessMap {
            cases: selected.selection().n_cases as u64,
            activities: chosen.activities,
            paths: chosen.paths,
            hidden_cases: figured.hidden_cases,
            drawn: (all > 0).then(|| drawn as f64 / all as f64),
            nodes: figured.nodes(&selected),
            edges: figured.edges(&selected, self.times, context.cancel)?,
            layout,
        })
    }
}
