//! State of the map: what is shown, the figure, the cursor.

use super::item::{Figure, Item};
use super::picture::{self, Picture};
use super::tree;
use crate::engine::{
    Answer, AskError, Listing, MapEdge, MapEdgesQuery, MapNode, MapNodesQuery, MapOf, MapQuery,
    Page, ProcessMap, Request, ShownOf, Stats, VersusChange, VersusQuery,
};
use crate::panes::controls::Find;
use crate::panes::{Rect, Slot};
use crate::text::{Portion, safe};
use crate::ui::list::Move;
use std::collections::HashMap;
use std::sync::Arc;

/// The slot of the map.
pub const MAP: Slot = 0;
/// The slot of the times of its steps, which take longer.
pub const TIMES: Slot = 1;
/// The slots of the changes of activities and steps.
pub const NODE_CHANGES: Slot = 2;
pub const EDGE_CHANGES: Slot = 3;

/// Percent by which keys change what is shown.
const STEP: u32 = 5;

/// Changes of the rows of two lists, by their keys.
#[derive(Debug, Default)]
pub struct Changes {
    /// By activity.
    pub nodes: HashMap<String, VersusChange>,
    /// By the names of both ends; empty for start and end.
    pub edges: HashMap<(String, String), VersusChange>,
}

/// The answers received, what is shown, and the cursor.
#[derive(Debug)]
pub struct State {
    /// True for a pane of two selections.
    is_versus: bool,
    /// Share of activities that was chosen.
    pub activities: Option<Portion>,
    /// Share of edges that was chosen.
    pub paths: Option<Portion>,
    /// The figure on the map.
    pub figure: Figure,
    /// As a list where there is room for a picture, too.
    pub is_tree: bool,
    /// The item under the cursor, where it was moved or is known from before.
    pub cursor: Option<Item>,
    /// The activity that was marked.
    pub marked: Option<Arc<str>>,
    /// The search.
    pub find: Find,
    /// The map.
    pub map: Option<ProcessMap>,
    /// Times of the steps by their edges, with the number of steps.
    times: HashMap<Item, (u64, Stats)>,
    /// Changes from B to A.
    pub changes: Changes,
    /// Why there is no answer.
    pub error: Option<AskError>,
}

impl Default for State {
    fn default() -> Self {
        State {
            is_versus: false,
            activities: None,
            paths: None,
            figure: Figure::Cases,
            is_tree: false,
            cursor: None,
            marked: None,
            find: Find::default(),
            map: None,
            times: HashMap::new(),
            changes: Changes::default(),
            error: None,
        }
    }
}

impl State {
    /// A map of two selections.
    pub fn comparing() -> Self {
        State {
            is_versus: true,
            figure: Figure::Change,
            ..State::default()
        }
    }

    /// Questions about the map.
    pub fn questions(&self, area: Rect) -> Vec<(Slot, Request)> {
        let of = MapOf {
            activities: self.activities,
            paths: self.paths,
            // A filter changes figures and not the picture.
            by_log: true,
        };
        let map = |times, names| Request::new(MapQuery { of, times, names });
        let mut questions = vec![
            (MAP, map(false, Some(picture::name_columns(area)))),
            (TIMES, map(true, None)),
        ];
        if self.is_versus {
            let all = || Listing {
                page: Page::first(usize::MAX),
                ..Listing::by("order")
            };
            let listing = || Listing {
                page: Page::first(usize::MAX),
                ..Listing::by(crate::engine::LISTED)
            };
            let nodes = MapNodesQuery { of, listing: all() };
            let edges = MapEdgesQuery { of, listing: all() };
            let (list, listing_of) = (nodes, listing());
            questions.push((
                NODE_CHANGES,
                Request::new(VersusQuery {
                    list,
                    listing: listing_of,
                }),
            ));
            questions.push((
                EDGE_CHANGES,
                Request::new(VersusQuery {
                    list: edges,
                    listing: listing(),
                }),
            ));
        }
        questions
    }

    /// Takes an answer.
    pub fn answered(&mut self, slot: Slot, answer: Result<Answer, AskError>) {
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => {
                self.error = Some(error);
                return;
            }
        };
        self.error = None;
        if let Some(map) = answer.to::<MapQuery>() {
            if slot == MAP {
                self.map = Some(map.clone());
            } else {
                let edges = map.edges.iter();
                let timed =
                    edges.filter_map(|edge| Some((Item::edge(edge), (edge.count, edge.elapsed?))));
                self.times = timed.collect();
            }
        } else if let Some(nodes) = answer.to::<VersusQuery<MapNodesQuery>>() {
            let rows = nodes.rows.rows.iter();
            self.changes.nodes = rows.map(|row| (row.name(), row.change.clone())).collect();
        } else if let Some(edges) = answer.to::<VersusQuery<MapEdgesQuery>>() {
            let ends = |edge: &MapEdge| {
                let name = |name: &Option<Arc<str>>| name.as_deref().unwrap_or_default().to_owned();
                (name(&edge.from), name(&edge.to))
            };
            let rows = edges.rows.rows.iter();
            let changes = rows.filter_map(|row| Some((ends(row.any()?), row.change.clone())));
            self.changes.edges = changes.collect();
        }
    }

    /// The item under the cursor: the start where nothing was chosen, or is not on the map any more.
    pub fn cursor(&self) -> Item {
        let there = |item: &&Item| match item {
            Item::Start | Item::End => true,
            Item::Node(name) => self.node(name).is_some(),
            Item::Edge(from, to) => self.edge(from.as_deref(), to.as_deref()).is_some(),
        };
        self.cursor
            .as_ref()
            .filter(there)
            .cloned()
            .unwrap_or(Item::Start)
    }

    /// An activity of the map.
    pub fn node(&self, name: &str) -> Option<&MapNode> {
        self.map
            .as_ref()?
            .nodes
            .iter()
            .find(|node| *node.activity == *name)
    }

    /// An edge of the map.
    pub fn edge(&self, from: Option<&str>, to: Option<&str>) -> Option<&MapEdge> {
        let is_it = |edge: &&MapEdge| edge.from.as_deref() == from && edge.to.as_deref() == to;
        self.map.as_ref()?.edges.iter().find(is_it)
    }

    /// Times of the steps of an edge, once they are known.
    pub fn elapsed(&self, edge: &MapEdge) -> Option<&Stats> {
        let (count, elapsed) = self.times.get(&Item::edge(edge))?;
        // Else they are of other cases.
        (*count == edge.count).then_some(elapsed)
    }

    /// The change of an edge.
    pub fn edge_change(&self, edge: &MapEdge) -> Option<&VersusChange> {
        let name = |name: &Option<Arc<str>>| name.as_deref().unwrap_or_default().to_owned();
        self.changes.edges.get(&(name(&edge.from), name(&edge.to)))
    }

    /// Shows the next figure.
    pub fn next_figure(&mut self) {
        let all = if self.is_versus {
            &Figure::ALL[..]
        } else {
            &Figure::ALL[1..]
        };
        let at = all.iter().position(|figure| *figure == self.figure);
        self.figure = all[at.map_or(0, |at| (at + 1) % all.len())];
    }

    /// Shows more or fewer activities.
    pub fn step_activities(&mut self, more: bool) {
        if let Some(map) = &self.map {
            // 5 % of few activities may be none: every press hides or shows one at least.
            let ShownOf { of, share, .. } = map.activities;
            self.activities = Some(share.stepped_over(STEP, more, of));
        }
    }

    /// Shows more or fewer paths.
    pub fn step_paths(&mut self, more: bool) {
        if let Some(map) = &self.map {
            self.paths = Some(map.paths.share.stepped(STEP, more));
        }
    }

    /// True if the map is drawn as a list in that area.
    pub fn draws_tree(&self, area: Rect) -> bool {
        let map = self.map.as_ref();
        let fits = map.is_some_and(picture::can_be_drawn);
        self.is_tree || !fits || picture::is_small(area)
    }

    /// Moves the cursor.
    pub fn go(&mut self, to: Move, area: Rect) {
        let Some(map) = &self.map else { return };
        let cursor = self.cursor();
        let moved = if self.draws_tree(area) {
            tree::moved(map, &cursor, to, area)
        } else {
            Picture::of(map).and_then(|picture| picture.moved(&cursor, to, area))
        };
        self.cursor = moved.or(Some(cursor));
    }

    /// Moves the cursor to the item beside it.
    pub fn sideways(&mut self, right: bool, area: Rect) {
        let Some(map) = &self.map else { return };
        let cursor = self.cursor();
        let moved = if self.draws_tree(area) {
            tree::sideways(&cursor, right)
        } else {
            Picture::of(map).and_then(|picture| picture.beside(&cursor, right))
        };
        self.cursor = moved.or(Some(cursor));
    }

    /// Moves the cursor to the next activity that the search finds; to the one under it only where `here`.
    pub fn find_next(&mut self, forward: bool, here: bool) {
        let (Some(map), Some(matcher)) = (&self.map, self.find.matcher()) else {
            return;
        };
        let nodes: Vec<&Arc<str>> = map.nodes.iter().map(|node| &node.activity).collect();
        let cursor = self.cursor();
        let at = nodes
            .iter()
            .position(|name| cursor == Item::Node(Arc::clone(name)));
        let n = nodes.len();
        let order = (0..n).map(|step| match (at, forward) {
            (None, true) => step,
            (None, false) => n - 1 - step,
            (Some(at), true) => (at + step + usize::from(!here)) % n,
            (Some(at), false) => (at + 2 * n - step - usize::from(!here)) % n,
        });
        let mut order = order.map(|at| nodes[at]);
        let found = order.find(|name| matcher.score(&safe(name)).is_some());
        if let Some(name) = found {
            self.cursor = Some(Item::Node(Arc::clone(name)));
        }
    }

    /// What is shown, as text for a place.
    pub fn subject(&self) -> String {
        let share = |share: Option<Portion>| share.map_or_else(String::new, |s| s.to_string());
        let figure = Figure::ALL.iter().position(|figure| *figure == self.figure);
        let parts = [
            figure.unwrap_or(1).to_string(),
            share(self.activities),
            share(self.paths),
            u8::from(self.is_tree).to_string(),
        ];
        parts.join(" ")
    }

    /// The inverse of [`State::subject`].
    pub fn set_subject(&mut self, subject: &str) {
        let mut parts = subject.split(' ');
        let mut next = || parts.next().unwrap_or_default();
        let figure: usize = next().parse().unwrap_or(1);
        // A comparison begins with the change.
        if !self.is_versus {
            self.figure = Figure::ALL[figure.clamp(1, Figure::ALL.len() - 1)];
        }
        self.activities = Portion::parse(next()).ok();
        self.paths = Portion::parse(next()).ok();
        self.is_tree = next() == "1";
    }
}
