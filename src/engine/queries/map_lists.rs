//! Activities and edges of the process map as lists, which two selections can be compared by.

use super::process_map::{Chosen, MapEdge, MapNode, MapOf};
use crate::engine::joined::{Comparable, Compared, Times};
use crate::engine::list::{List, Listing, Rows};
use crate::engine::query::{Context, Query, SmallGroups};
use crate::engine::schema::{Align, Schema, Surface, Value};
use crate::engine::selected::Selected;
use crate::engine::view::AskError;
use crate::metrics::process_map::{self, Edge};
use std::sync::Arc;

/// A page of the activities of a map.
#[derive(Debug, Clone, PartialEq)]
pub struct MapNodesQuery {
    /// The map.
    pub of: MapOf,
    /// Order, search and page.
    pub listing: Listing,
}

type NodeColumn = crate::engine::schema::Column<MapNode>;

/// Columns of the activities.
pub static NODES: Schema<MapNode> = Schema {
    name: "nodes",
    key: |r| r.activity.to_string(),
    columns: &[
        NodeColumn::as_made("order"),
        NodeColumn::new("activity", |r| Value::text(&r.activity))
            .left(Align::Text)
            .unsorted(),
        NodeColumn::new("cases", |r| Value::Count(r.cases)).unsorted(),
        NodeColumn::new("events", |r| Value::Count(r.events)).unsorted(),
        NodeColumn::new("share", |r| Value::Share(r.share))
            .only(&[Surface::Table, Surface::Json])
            .unsorted(),
    ],
    pane: &[],
    table: &[],
    json: &[],
    orders: &["order"],
    chosen: None,
};

impl List for MapNodesQuery {
    type Row = MapNode;

    fn schema() -> &'static Schema<MapNode> {
        &NODES
    }

    fn rows(answer: &Rows<MapNode>) -> &Rows<MapNode> {
        answer
    }
}

impl Comparable for MapNodesQuery {
    const COMPARED: Compared = Compared {
        many: "activities",
        names: &["activity"],
        title: "activity",
        time: "",
        heads: ["", ""],
        of_times: false,
    };

    fn of(&self, listing: Listing) -> Self {
        MapNodesQuery {
            of: self.of,
            listing,
        }
    }

    fn listing(&self) -> &Listing {
        &self.listing
    }

    fn cases(row: &MapNode) -> Option<u64> {
        Some(row.cases)
    }

    fn name(row: &MapNode) -> String {
        row.activity.to_string()
    }
}

impl Query for MapNodesQuery {
    type Answer = Rows<MapNode>;
    const SMALL_GROUPS: SmallGroups = SmallGroups::LeftOut;

    fn run(&self, context: &Context<'_>) -> Result<Rows<MapNode>, AskError> {
        let (selected, figured) = self.of.figured(context)?;
        let mut nodes = figured.nodes(&selected);
        nodes.retain(|node| node.cases > 0);
        let name = |node: &MapNode| node.activity.to_string();
        Self::select(&nodes, &self.listing, context, name)
    }
}

/// A page of the edges of a map.
#[derive(Debug, Clone, PartialEq)]
pub struct MapEdgesQuery {
    /// The map.
    pub of: MapOf,
    /// Order, search and page.
    pub listing: Listing,
}

type EdgeColumn = crate::engine::schema::Column<MapEdge>;

fn end(name: Option<&Arc<str>>) -> Value<'_> {
    name.map_or(Value::Missing, |name| Value::text(name))
}

/// Columns of the edges.
pub static EDGES: Schema<MapEdge> = Schema {
    name: "edges",
    key: |r| key(r.from.as_deref(), r.to.as_deref()),
    columns: &[
        EdgeColumn::as_made("order"),
        EdgeColumn::new("from", |r| end(r.from.as_ref()))
            .left(Align::Text)
            .unsorted(),
        EdgeColumn::new("to", |r| end(r.to.as_ref()))
            .left(Align::Text)
            .unsorted(),
        EdgeColumn::new("count", |r| Value::Count(r.count)).unsorted(),
        EdgeColumn::new("direct", |r| Value::Count(r.direct)).unsorted(),
        EdgeColumn::new("cases", |r| Value::Count(r.cases)).unsorted(),
        EdgeColumn::new("mean", |r| Value::seconds(r.elapsed.as_ref(), |s| s.mean))
            .json("elapsed.mean")
            .unsorted(),
        EdgeColumn::new("median", |r| {
            Value::seconds(r.elapsed.as_ref(), |s| s.median)
        })
        .json("elapsed.median")
        .unsorted(),
        EdgeColumn::new("p90", |r| Value::seconds(r.elapsed.as_ref(), |s| s.p90))
            .json("elapsed.p90")
            .unsorted(),
        EdgeColumn::new("total", |r| Value::seconds(r.elapsed.as_ref(), |s| s.total))
            .json("elapsed.total")
            .unsorted(),
    ],
    pane: &[],
    table: &[],
    json: &[],
    orders: &["order"],
    chosen: None,
};

/// Key of an edge. Names of activities are never empty, so that start and end differ from all.
fn key(from: Option<&str>, to: Option<&str>) -> String {
    format!("{}\0{}", from.unwrap_or_default(), to.unwrap_or_default())
}

impl List for MapEdgesQuery {
    type Row = MapEdge;

    fn schema() -> &'static Schema<MapEdge> {
        &EDGES
    }

    fn rows(answer: &Rows<MapEdge>) -> &Rows<MapEdge> {
        answer
    }
}

impl Comparable for MapEdgesQuery {
    const COMPARED: Compared = Compared {
        many: "edges",
        names: &["from", "to"],
        title: "step",
        time: "elapsed",
        heads: ["A elapsed", "B elapsed"],
        of_times: false,
    };

    fn of(&self, listing: Listing) -> Self {
        MapEdgesQuery {
            of: self.of,
            listing,
        }
    }

    fn listing(&self) -> &Listing {
        &self.listing
    }

    fn cases(row: &MapEdge) -> Option<u64> {
        Some(row.cases)
    }

    fn name(row: &MapEdge) -> String {
        let (from, to) = (row.from.as_deref(), row.to.as_deref());
        format!("{} > {}", from.unwrap_or("(start)"), to.unwrap_or("(end)"))
    }

    fn times(&self, selected: &Selected, context: &Context<'_>) -> Result<Times, AskError> {
        // The cases of one side alone have no view: what is shown is that of the comparison.
        let basis = context.unconditioned()?;
        let of = MapOf {
            by_log: true,
            ..self.of
        };
        let chosen = Chosen::shared(&basis, of, context.cancel)?;
        let edges: Vec<Edge> = chosen.edges().copied().collect();
        let selection = selected.selection();
        let times = process_map::elapsed(&selection, &chosen.shown, &edges, context.cancel)?;
        let name = |activity: u32| &*selected.prepared.names[activity as usize];
        let keyed = edges.iter().zip(times).map(|(edge, mut times)| {
            times.sort_unstable();
            (key(edge.from.map(name), edge.to.map(name)), times)
        });
        Ok(keyed.collect())
    }
}

impl Query for MapEdgesQuery {
    type Answer = Rows<MapEdge>;
    const SMALL_GROUPS: SmallGroups = SmallGroups::LeftOut;

    fn run(&self, context: &Context<'_>) -> Result<Rows<MapEdge>, AskError> {
        let (selected, figured) = self.of.figured(context)?;
        let mut edges = figured.edges(&selected, true, context.cancel)?;
        edges.retain(|edge| edge.count > 0);
        Self::select(&edges, &self.listing, context, Self::name)
    }
}
