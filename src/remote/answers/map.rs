//! The process map: the engine counts activities and the steps between those that are shown; which edges are drawn,
//! and where, is found here as for any log.

use super::{columns, figures, ranked};
use crate::engine::{
    AskError, MapEdge, MapNode, MapQuery, ProcessMap, ShownOf, Stats, USUAL_ON_MAP, View,
    duration_stats, lay_out, step_filter,
};
use crate::event_log::Cancel;
use crate::filter::Expr;
use crate::metrics::process_map::{Edge, drawn, readable};
use crate::remote::RemoteError;
use crate::remote::frame::{Frame, Parts};
use crate::remote::log::RemoteLog;
use crate::text::Portion;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// Names of the ends of a step; `None` for the start and the end of a case.
type Ends = (Option<Arc<str>>, Option<Arc<str>>);

/// Cases and events by activity.
type Counts = BTreeMap<Arc<str>, (u64, u64)>;

/// Steps between the activities that are shown.
#[derive(Debug)]
struct Steps {
    /// Steps, those with nothing hidden between, and cases that have one.
    edges: HashMap<Ends, (u64, u64, u64)>,
    /// Cases with an activity that is shown.
    cases: u64,
}

/// Returns the map.
pub(in crate::remote) fn map(
    log: &RemoteLog,
    view: &View,
    query: &MapQuery,
    cancel: &Cancel,
) -> Result<ProcessMap, AskError> {
    let of = query.of;
    let frame = log.frame(view, cancel)?;
    let basis = if of.by_log {
        log.compile(&whole(view), &[], cancel)?.0
    } else {
        frame.clone()
    };
    let all = counts(log, &basis)?;
    let share = of
        .activities
        .unwrap_or_else(|| Portion::of_parts(USUAL_ON_MAP, all.len()));
    let shown = shown_of(&all, share);
    let names: BTreeSet<&Arc<str>> = shown.iter().copied().collect();
    let is_all = names.len() == all.len();
    let condition = if is_all {
        None
    } else {
        let names = names.iter().map(|name| &***name);
        Some(log.dialect.one_of("activity", names))
    };
    let condition = condition.as_deref();
    let projection = edges_of(steps(log, &basis, condition)?, &names);
    let (paths, chosen) = choose(&projection, &shown, &names, of.paths);

    let own = steps(log, &frame, condition)?;
    let times = if query.times {
        elapsed(log, &frame, condition)?
    } else {
        HashMap::new()
    };
    let select = "SELECT count(DISTINCT case_id) FROM e";
    let cases = log.ask(&frame, Parts::Events, &[], select)?;
    let cases = cases.only()?.count(0)?;
    let place = |name: &Option<Arc<str>>| {
        let name = name.as_ref()?;
        shown.iter().position(|shown| *shown == name)
    };
    let layout = match query.names {
        Some(columns) => {
            let edges = chosen.iter();
            let edges = edges.map(|((from, to), edge)| (place(from), place(to), edge.count));
            lay_out(shown.iter().map(|name| &***name), edges, columns, cancel)?
        }
        None => None,
    };
    let edges = map_edges(&chosen, &own, times, cases);
    let steps_drawn: u64 = edges.iter().map(|edge| edge.count).sum();
    let steps_all: u64 = own.edges.values().map(|(count, ..)| count).sum();
    Ok(ProcessMap {
        cases,
        activities: ShownOf {
            shown: shown.len(),
            of: all.len(),
            share,
        },
        paths: ShownOf {
            shown: chosen.len(),
            of: projection.len(),
            share: paths,
        },
        hidden_cases: cases.saturating_sub(own.cases),
        drawn: (steps_all > 0).then(|| steps_drawn as f64 / steps_all as f64),
        nodes: map_nodes(&shown, &counts(log, &frame)?, cases),
        edges,
        layout,
    })
}

/// The whole log of a view.
fn whole(view: &View) -> View {
    View {
        filters: Vec::new(),
        events: Vec::new(),
        ..view.clone()
    }
}

/// The edges that are drawn, and the share of all that was wanted.
fn choose<'a>(
    projection: &'a [(Ends, Edge)],
    shown: &[&Arc<str>],
    names: &BTreeSet<&Arc<str>>,
    paths: Option<Portion>,
) -> (Portion, Vec<&'a (Ends, Edge)>) {
    let ranks = (0..).zip(names).map(|(rank, name)| (&***name, rank));
    let ranks: HashMap<&str, u32> = ranks.collect();
    let nodes: Vec<u32> = shown.iter().map(|name| ranks[&***name]).collect();
    let found: Vec<Edge> = projection.iter().map(|(_, edge)| *edge).collect();
    let paths = paths.unwrap_or_else(|| readable(&found, &nodes));
    let is_drawn = drawn(&found, &nodes, paths);
    let chosen = projection.iter().zip(&is_drawn);
    let chosen = chosen.filter(|(_, drawn)| **drawn);
    (paths, chosen.map(|(edge, _)| edge).collect())
}

/// The edges that are drawn, most steps first, ties by name.
fn map_edges(
    chosen: &[&(Ends, Edge)],
    own: &Steps,
    mut times: HashMap<Ends, Stats>,
    cases: u64,
) -> Vec<MapEdge> {
    let mut edges: Vec<MapEdge> = Vec::with_capacity(chosen.len());
    for (place, (ends, _)) in chosen.iter().enumerate() {
        let (count, direct, of_cases) = own.edges.get(ends).copied().unwrap_or_default();
        let (from, to) = ends.clone();
        edges.push(MapEdge {
            filter: step_filter(from.as_deref(), to.as_deref(), direct == count),
            elapsed: times.remove(ends),
            share: part(of_cases, cases),
            from,
            to,
            count,
            direct,
            cases: of_cases,
            place,
        });
    }
    // The start comes before all names, the end after them.
    edges.sort_by(|a, b| {
        let key = |edge: &MapEdge| (Reverse(edge.count), edge.from.clone(), edge.to.is_none());
        key(a).cmp(&key(b)).then_with(|| a.to.cmp(&b.to))
    });
    edges
}

/// The activities that are shown: most cases first, ties by name.
fn shown_of(all: &Counts, share: Portion) -> Vec<&Arc<str>> {
    let mut shown: Vec<&Arc<str>> = all.keys().collect();
    // By name before, which is the order of ties.
    shown.sort_by_key(|name| Reverse(all[*name].0));
    // At least one, where there is any.
    shown.truncate(share.of(all.len()).max(1));
    shown
}

fn part(cases: u64, all: u64) -> f64 {
    if all == 0 {
        return 0.0;
    }
    cases as f64 / all as f64
}

/// The activities that are shown, most selected cases first, ties by name.
fn map_nodes(shown: &[&Arc<str>], counts: &Counts, cases: u64) -> Vec<MapNode> {
    let node = |(place, name): (usize, &&Arc<str>)| {
        let (of_cases, events) = counts.get(*name).copied().unwrap_or_default();
        MapNode {
            activity: Arc::clone(name),
            cases: of_cases,
            events,
            share: part(of_cases, cases),
            service: None,
            filter: Expr::activity(name),
            place,
        }
    };
    let mut nodes: Vec<MapNode> = shown.iter().enumerate().map(node).collect();
    nodes.sort_by(|a, b| (Reverse(a.cases), &a.activity).cmp(&(Reverse(b.cases), &b.activity)));
    nodes
}

fn counts(log: &RemoteLog, frame: &Frame<'_>) -> Result<Counts, RemoteError> {
    let select = "SELECT activity, count(DISTINCT case_id), count(*) FROM e GROUP BY activity";
    let answer = log.ask(frame, Parts::Events, &[], select)?;
    let count = |row: crate::remote::rows::Row<'_>| {
        Ok((Arc::from(row.name(0)?), (row.count(1)?, row.count(2)?)))
    };
    answer.iter().map(count).collect()
}

/// Events of the activities that are shown, with the next and the previous one of them.
fn projected(condition: Option<&str>) -> (&'static str, String) {
    let condition = condition.map(|condition| format!(" WHERE {condition}"));
    let window = "OVER (PARTITION BY case_id ORDER BY pos)";
    (
        "p",
        format!(
            "SELECT case_id, pos, t, na, activity AS a, lead(activity) {window} AS b, lead(pos) {window} AS bpos, \
             lead(t) {window} AS bt, lag(activity) {window} AS z FROM e{}",
            condition.unwrap_or_default()
        ),
    )
}

fn steps(
    log: &RemoteLog,
    frame: &Frame<'_>,
    condition: Option<&str>,
) -> Result<Steps, RemoteError> {
    // A statement for the steps from activities and one for those from the start, as engines read the table again for
    // each part of a UNION.
    let to_next = "SELECT case_id, a, b, CASE WHEN bpos = pos + 1 OR (b IS NULL AND na IS NULL) THEN 1 ELSE 0 END \
        AS direct FROM p";
    let first =
        "SELECT case_id, a, CASE WHEN pos = 1 THEN 1 ELSE 0 END AS direct FROM p WHERE z IS NULL";
    let counted =
        "count(*), CAST(sum(direct) AS BIGINT), count(DISTINCT case_id) FROM steps GROUP BY a";
    let mut edges = HashMap::new();
    let more = [projected(condition), ("steps", to_next.to_owned())];
    let select = format!("SELECT a, b, {counted}, b");
    for row in log.ask(frame, Parts::Events, &more, &select)?.iter() {
        let ends = (Some(Arc::from(row.name(0)?)), row.text(1)?.map(Arc::from));
        edges.insert(ends, (row.count(2)?, row.count(3)?, row.count(4)?));
    }
    let more = [projected(condition), ("steps", first.to_owned())];
    let select = format!("SELECT a, {counted}");
    for row in log.ask(frame, Parts::Events, &more, &select)?.iter() {
        let ends = (None, Some(Arc::from(row.name(0)?)));
        edges.insert(ends, (row.count(1)?, row.count(2)?, row.count(3)?));
    }
    // Each case with an activity that is shown comes from its start once.
    let starts = edges.iter().filter(|((from, _), _)| from.is_none());
    let cases = starts.map(|(_, (_, _, cases))| cases).sum();
    Ok(Steps { edges, cases })
}

/// The edges, most steps first, ties by name, with activities by their place among the names.
fn edges_of(steps: Steps, names: &BTreeSet<&Arc<str>>) -> Vec<(Ends, Edge)> {
    let rank = |name: &Option<Arc<str>>| {
        let name = name.as_ref()?;
        (0..)
            .zip(names)
            .find_map(|(rank, known)| (*known == name).then_some(rank))
    };
    let edge = |(ends, (count, direct, cases)): (Ends, (u64, u64, u64))| {
        let edge = Edge {
            from: rank(&ends.0),
            to: rank(&ends.1),
            count,
            direct,
            cases,
        };
        (ends, edge)
    };
    let mut edges: Vec<(Ends, Edge)> = steps.edges.into_iter().map(edge).collect();
    edges.sort_by_key(|(_, edge)| (Reverse(edge.count), edge.from, edge.to.unwrap_or(u32::MAX)));
    edges
}

/// Times of the steps from one activity to another.
fn elapsed(
    log: &RemoteLog,
    frame: &Frame<'_>,
    condition: Option<&str>,
) -> Result<HashMap<Ends, Stats>, RemoteError> {
    let more = [
        projected(condition),
        (
            "timed",
            "SELECT a, b, bt - t AS d FROM p WHERE b IS NOT NULL".to_owned(),
        ),
        ("ranked", ranked("a, b, d", "d", "a, b", "timed")),
    ];
    let select = format!(
        "SELECT a, b, {} FROM ranked GROUP BY a, b ORDER BY a, b",
        columns(frame.dialect, "d", "r", "m")
    );
    let answer = log.ask(frame, Parts::Events, &more, &select)?;
    let mut times = HashMap::new();
    for row in answer.iter() {
        if let Some(of) = figures(row, 2)? {
            let ends = (Some(Arc::from(row.name(0)?)), Some(Arc::from(row.name(1)?)));
            times.insert(ends, duration_stats(of));
        }
    }
    Ok(times)
}
