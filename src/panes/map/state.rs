//! State of the map: what is shown, the figure, the cursor.

use super::item::{Figure, Item};
use super::picture::{self, Picture};
use super::tree;
use crate::engine::{
    Answer, AskError, Bounds, Listing, MapEdge, MapEdgesQuery, MapMoves, MapMovesQuery, MapNode,
    MapNodesQuery, MapOf, MapQuery, MoveCounts, Page, ProcessMap, Request, ShownOf, Stats,
    VersusChange, VersusQuery,
};
use crate::panes::controls::Find;
use crate::panes::{Context, Rect, Slot};
use crate::text::{Portion, counted, safe};
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
/// The slot of the moves.
pub const MOVES: Slot = 4;
/// Number of slots.
const SLOTS: usize = 5;

/// Bounds of alignments with a model: cases that need more are in no figure.
pub const BOUNDS: Bounds = Bounds {
    time: Some(5_000_000),
    ..Bounds::USUAL
};

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
    /// The figure that the shades of activities and steps follow.
    pub shade: Option<Figure>,
    /// As a list where there is room for a picture, or as a picture where a list was asked for; `None`
    /// where neither was chosen.
    pub is_tree: Option<bool>,
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
    /// Moves.
    moves: Option<MapMoves>,
    /// Why there is no answer, by slot.
    errors: [Option<AskError>; SLOTS],
}

impl Default for State {
    fn default() -> Self {
        State {
            is_versus: false,
            activities: None,
            paths: None,
            figure: Figure::Cases,
            shade: None,
            is_tree: None,
            cursor: None,
            marked: None,
            find: Find::default(),
            map: None,
            times: HashMap::new(),
            changes: Changes::default(),
            moves: None,
            errors: [const { None }; SLOTS],
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
        if self.wants_moves() {
            let query = MapMovesQuery { of, bounds: BOUNDS };
            questions.push((MOVES, Request::new(query)));
        }
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
                self.errors[usize::from(slot)] = Some(error);
                return;
            }
        };
        self.errors[usize::from(slot)] = None;
        if let Some(map) = answer.to::<MapQuery>() {
            if slot == MAP {
                self.map = Some(map.clone());
            } else {
                let edges = map.edges.iter();
                let timed =
                    edges.filter_map(|edge| Some((Item::edge(edge), (edge.count, edge.elapsed?))));
                self.times = timed.collect();
            }
        } else if let Some(moves) = answer.to::<MapMovesQuery>() {
            self.moves = Some(moves.clone());
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

    /// True if a figure or the shades are of moves.
    fn wants_moves(&self) -> bool {
        self.figure.is_of_moves() || self.shade.is_some_and(Figure::is_of_moves)
    }

    /// The moves, if they are those of the cases on the map.
    pub fn moves(&self) -> Option<&MapMoves> {
        let cases = self.map.as_ref()?.cases;
        let moves = self.moves.as_ref()?;
        (self.wants_moves() && moves.cases == cases).then_some(moves)
    }

    /// The moves of an activity; `None` until they are known.
    pub fn node_moves(&self, activity: &str) -> Option<MoveCounts> {
        Some(self.moves()?.node(activity))
    }

    /// The moves of an edge.
    pub fn edge_moves(&self, edge: &MapEdge) -> Option<MoveCounts> {
        Some(self.moves()?.edge(edge))
    }

    /// Why there is no map.
    pub fn error(&self) -> Option<&AskError> {
        self.errors[usize::from(MAP)].as_ref()
    }

    /// Why figures on the map are missing, each with what it is of.
    pub fn faults(&self) -> Vec<String> {
        let slots = [
            (TIMES, "times of steps"),
            (NODE_CHANGES, "changes of activities"),
            (EDGE_CHANGES, "changes of steps"),
            (MOVES, "moves"),
        ];
        let asked = |slot: Slot| slot != MOVES || self.wants_moves();
        let slots = slots.into_iter().filter(|(slot, _)| asked(*slot));
        let faults = slots.filter_map(|(slot, what)| {
            let error = self.errors[usize::from(slot)].as_ref()?;
            Some(format!("{what}: {}", safe(&error.to_string())))
        });
        let unaligned = self.moves().into_iter().flat_map(|moves| &moves.unaligned);
        let unaligned = unaligned.map(|(by, cases)| {
            let cases = counted(*cases, "case", "cases");
            format!("moves: {cases} not aligned {}", BOUNDS.words(*by))
        });
        faults.chain(unaligned).collect()
    }

    /// The change of an edge.
    pub fn edge_change(&self, edge: &MapEdge) -> Option<&VersusChange> {
        let name = |name: &Option<Arc<str>>| name.as_deref().unwrap_or_default().to_owned();
        self.changes.edges.get(&(name(&edge.from), name(&edge.to)))
    }

    /// Shows the next figure.
    pub fn next_figure(&mut self) {
        self.figure = Figure::next(self.figure, self.is_versus);
    }

    /// Shades by the next figure; by none after the last.
    pub fn next_shade(&mut self) {
        let all = Figure::of(self.is_versus).iter();
        // The share of cases would be shaded as the cases.
        let all: Vec<Figure> = all.copied().filter(|of| *of != Figure::Share).collect();
        let at = all.iter().position(|figure| Some(*figure) == self.shade);
        self.shade = all.get(at.map_or(0, |at| at + 1)).copied();
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

    /// True if the map is drawn as a list.
    pub fn draws_tree(&self, context: Context<'_>) -> bool {
        let map = self.map.as_ref();
        let fits = map.is_some_and(picture::can_be_drawn);
        self.is_tree.unwrap_or(context.plain) || !fits || picture::is_small(context.area)
    }

    /// Shows a picture instead of a list, or a list instead of a picture.
    pub fn switch_form(&mut self, context: Context<'_>) {
        self.is_tree = Some(!self.is_tree.unwrap_or(context.plain));
    }

    /// Moves the cursor.
    pub fn go(&mut self, to: Move, context: Context<'_>) {
        let Some(map) = &self.map else { return };
        let (cursor, area) = (self.cursor(), context.area);
        let moved = if self.draws_tree(context) {
            tree::moved(map, &cursor, to, area)
        } else {
            Picture::of(map).and_then(|picture| picture.moved(&cursor, to, area))
        };
        self.cursor = moved.or(Some(cursor));
    }

    /// Moves the cursor to the item beside it.
    pub fn sideways(&mut self, right: bool, context: Context<'_>) {
        let Some(map) = &self.map else { return };
        let cursor = self.cursor();
        let moved = if self.draws_tree(context) {
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
        let place = |of| Figure::ALL.iter().position(|figure| *figure == of);
        let parts = [
            place(self.figure).unwrap_or(1).to_string(),
            share(self.activities),
            share(self.paths),
            self.is_tree
                .map_or_else(String::new, |is_tree| u8::from(is_tree).to_string()),
            self.shade
                .and_then(place)
                .map_or_else(String::new, |place| place.to_string()),
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
        self.is_tree = match next() {
            "1" => Some(true),
            "0" => Some(false),
            _ => None,
        };
        let shade = next().parse::<usize>().ok();
        let shade = shade.and_then(|place| Figure::ALL.get(place).copied());
        self.shade = shade.filter(|of| self.is_versus || *of != Figure::Change);
    }
}
