//! Texts of the map: figures on nodes and lines, names, and the figures of one item.

use super::item::{Figure, Item};
use super::state::State;
use crate::engine::{MapEdge, MapNode, MoveCounts, ProcessMap, Stats, VersusChange};
use crate::panes::{Context, texts};
use crate::text::{self, count, percent, safe, short_count};
use crate::ui::fit;

/// Columns of a figure on the map.
const FIGURE: usize = 7;

/// The figure of an item on the map; empty where it has none, or it is not known yet.
pub fn of_item(state: &State, item: &Item, context: Context<'_>) -> String {
    match item {
        Item::Start | Item::End => outside(state),
        Item::Node(name) => state
            .node(name)
            .map_or_else(String::new, |node| of_node(state, node, context)),
        Item::Edge(from, to) => {
            let edge = state.edge(from.as_deref(), to.as_deref());
            edge.map_or_else(String::new, |edge| of_edge(state, edge, context))
        }
    }
}

/// Cases that start and end on the map.
pub fn outside(state: &State) -> String {
    let cases = state
        .map
        .as_ref()
        .map_or(0, |map| map.cases - map.hidden_cases);
    match state.figure {
        Figure::Change | Figure::Missing | Figure::Extra => String::new(),
        _ => short_count(cases, FIGURE),
    }
}

/// The figure of an activity.
pub fn of_node(state: &State, node: &MapNode, context: Context<'_>) -> String {
    match state.figure {
        Figure::Change => change(state.changes.nodes.get(&*node.activity)),
        Figure::Cases => short_count(node.cases, FIGURE),
        Figure::Count => short_count(node.events, FIGURE),
        Figure::Share => percent(node.share),
        Figure::Missing => moves(state.node_moves(&node.activity), |of| of.missing),
        Figure::Extra => moves(state.node_moves(&node.activity), |of| of.extra),
        // The times are those of the steps; an activity has one where starts are known.
        Figure::Median | Figure::P90 | Figure::Total => match &node.service {
            Some(service) => duration(state.figure, service, context),
            None => short_count(node.cases, FIGURE),
        },
    }
}

/// The figure of an edge.
pub fn of_edge(state: &State, edge: &MapEdge, context: Context<'_>) -> String {
    match state.figure {
        Figure::Change => change(state.edge_change(edge)),
        Figure::Cases => short_count(edge.cases, FIGURE),
        Figure::Count => short_count(edge.count, FIGURE),
        Figure::Share => percent(edge.share),
        Figure::Missing => moves(state.edge_moves(edge), |of| of.missing),
        Figure::Extra => moves(state.edge_moves(edge), |of| of.extra),
        Figure::Median | Figure::P90 | Figure::Total => {
            let elapsed = state.elapsed(edge);
            elapsed.map_or_else(String::new, |stats| duration(state.figure, stats, context))
        }
    }
}

/// A number of moves; empty until they are known.
fn moves(of: Option<MoveCounts>, figure: fn(&MoveCounts) -> u64) -> String {
    of.map_or_else(String::new, |of| short_count(figure(&of), FIGURE))
}

fn duration(figure: Figure, stats: &Stats, context: Context<'_>) -> String {
    let seconds = match figure {
        Figure::P90 => stats.p90,
        Figure::Total => stats.total,
        _ => stats.median,
    };
    let text = context.duration(seconds);
    if fit::width(&text) <= FIGURE {
        return text;
    }
    // The larger unit comes first.
    let larger = text.split(' ').next().unwrap_or_default();
    if fit::width(larger) <= FIGURE {
        return larger.to_owned();
    }
    fit::truncate_end(larger, FIGURE, "+").into_owned()
}

/// A change of the share of cases in percentage points, with a mark where it is no chance.
fn change(change: Option<&VersusChange>) -> String {
    let share = change.and_then(|change| change.cases.as_ref());
    let Some((difference, _)) = share.and_then(|share| share.difference) else {
        return "-".to_owned();
    };
    let finding = share.is_some_and(|share| share.tested.is_finding());
    let mark = if finding { "*" } else { "" };
    format!("{:+.1}{mark}", difference * 100.0)
}

/// Name of an item.
pub fn title(item: &Item) -> String {
    let name = |name: &Option<std::sync::Arc<str>>, outside: &str| {
        name.as_deref()
            .map_or_else(|| outside.to_owned(), |name| safe(name).into_owned())
    };
    match item {
        Item::Start => "start".to_owned(),
        Item::End => "end".to_owned(),
        Item::Node(name) => safe(name).into_owned(),
        Item::Edge(from, to) => format!("{} > {}", name(from, "start"), name(to, "end")),
    }
}

/// A figure of an item.
#[derive(Clone)]
pub struct FigureOf {
    /// Name.
    pub name: &'static str,
    /// Value.
    pub value: String,
    /// Number of values that it is made of, and what they are.
    pub n: Option<(u64, &'static str)>,
    /// Term of the glossary.
    pub term: Option<&'static str>,
}

fn figure(name: &'static str, value: String, term: Option<&'static str>) -> FigureOf {
    FigureOf {
        name,
        value,
        n: None,
        term,
    }
}

/// The figures of an item, for a table beside the map and for whoever asks.
pub fn figures(state: &State, item: &Item, context: Context<'_>) -> Vec<FigureOf> {
    let Some(map) = &state.map else {
        return Vec::new();
    };
    let mut rows = match item {
        Item::Start | Item::End => {
            let mut rows = vec![figure(
                "cases",
                count(map.cases - map.hidden_cases),
                Some("cases"),
            )];
            if map.hidden_cases > 0 {
                rows.push(figure("hidden cases", count(map.hidden_cases), None));
            }
            rows
        }
        Item::Node(name) => {
            let Some(node) = state.node(name) else {
                return Vec::new();
            };
            let mut rows = vec![
                figure("cases", count(node.cases), Some("cases")),
                figure("share of cases", percent(node.share), Some("share")),
                figure("events", count(node.events), None),
            ];
            rows.extend(times(
                "service",
                node.service.as_ref(),
                "instances",
                context,
            ));
            rows.extend(of_moves(state.node_moves(name)));
            rows
        }
        Item::Edge(from, to) => {
            let Some(edge) = state.edge(from.as_deref(), to.as_deref()) else {
                return Vec::new();
            };
            let mut rows = vec![
                figure("cases", count(edge.cases), Some("cases")),
                figure("share of cases", percent(edge.share), Some("share")),
                figure("steps", count(edge.count), Some("step")),
            ];
            if edge.has_hidden() {
                let hidden = edge.count - edge.direct;
                rows.push(figure("over hidden ones", count(hidden), Some("step")));
            }
            rows.extend(times("time", state.elapsed(edge), "steps", context));
            rows.extend(of_moves(state.edge_moves(edge)));
            rows
        }
    };
    rows.extend(compared(state, item));
    rows
}

/// Moves of an activity or edge, where they were asked for.
fn of_moves(of: Option<MoveCounts>) -> Vec<FigureOf> {
    let Some(of) = of else { return Vec::new() };
    let rows = [
        ("in both", of.sync),
        ("missing moves", of.missing),
        ("extra moves", of.extra),
    ];
    let rows = rows.map(|(name, n)| figure(name, count(n), Some("moves on a map")));
    rows.to_vec()
}

fn times(
    what: &'static str,
    stats: Option<&Stats>,
    values: &'static str,
    context: Context<'_>,
) -> Vec<FigureOf> {
    let Some(stats) = stats else {
        return Vec::new();
    };
    let names = match what {
        "service" => ["service: median", "service: p90", "service: total"],
        _ => ["time: median", "time: p90", "time: total"],
    };
    let seconds = [stats.median, stats.p90, stats.total];
    let terms = [Some("median"), Some("p90"), None];
    let rows = names.into_iter().zip(seconds).zip(terms);
    let rows = rows.map(|((name, seconds), term)| FigureOf {
        n: Some((stats.n, values)),
        ..figure(name, context.duration(seconds), term)
    });
    rows.collect()
}

/// Shares of A and B, and their difference.
fn compared(state: &State, item: &Item) -> Vec<FigureOf> {
    let change = match item {
        Item::Node(name) => state.changes.nodes.get(&**name),
        Item::Edge(from, to) => {
            let edge = state.edge(from.as_deref(), to.as_deref());
            edge.and_then(|edge| state.edge_change(edge))
        }
        Item::Start | Item::End => None,
    };
    let Some(share) = change.and_then(|change| change.cases.as_ref()) else {
        return Vec::new();
    };
    let of = |at: usize| share.shares[at].map_or_else(|| "-".to_owned(), percent);
    let mut rows = vec![
        figure("share of A", of(0), None),
        figure("share of B", of(1), None),
    ];
    if let Some((difference, interval)) = share.difference {
        let [low, high] = [interval.low, interval.high].map(|end| end * 100.0);
        let value = format!("{} [{low:.1}, {high:.1}]", text::points(difference));
        rows.push(figure("A minus B", value, None));
    }
    if let Some(q) = share.tested.q {
        rows.push(figure("q", text::probability(q), None));
    }
    rows
}

/// All edges of a map as tab-separated lines.
pub fn table(map: &ProcessMap) -> String {
    let head = ["from", "to", "count", "direct", "cases"];
    let head = head.map(String::from).to_vec();
    let name = |name: &Option<std::sync::Arc<str>>| {
        name.as_deref()
            .map_or_else(String::new, |name| safe(name).into_owned())
    };
    let rows = map.edges.iter().map(|edge| {
        let counts = [edge.count, edge.direct, edge.cases].map(|n| n.to_string());
        [vec![name(&edge.from), name(&edge.to)], counts.to_vec()].concat()
    });
    texts::tab_separated([head].into_iter().chain(rows))
}
