//! The process map: activities and the steps between them, as lists or as a drawing.

mod drawing;
mod plain;

use super::reference::ReferenceOptions;
use super::versus::{self, Reported, VersusReport};
use super::{Report, ReportContext, ReportResult, Spec, options_do_not_fit};
use crate::cli::args::Format;
use crate::cli::failure::Failure;
use crate::cli::json::{Json, Number, list};
use crate::cli::table::{Cell, Column, Table};
use crate::config::values::word;
use crate::engine::{
    Bounds, Features, Listing, MapEdge, MapEdgesQuery, MapMoves, MapMovesQuery, MapNode,
    MapNodesQuery, MapOf, MapQuery, MoveCounts, ProcessMap, ShownOf, Stats,
};
use crate::text::{self, Portion};
use clap::{ArgMatches, Args, Command, FromArgMatches};
use serde::Serialize;
use std::sync::Arc;

pub(super) const SPEC: Spec = Spec {
    name: "map",
    about: "The process map: activities and the steps between them, as lists or as a drawing",
    options,
    make,
    versus: Ok(compare),
};

/// Formats of the map beside those of all reports.
pub(super) const DRAWINGS: &[Format] = &[Format::Dot, Format::Mermaid, Format::Svg];

/// A figure on nodes and edges of a drawing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Figure {
    Cases,
    Count,
    Share,
    Median,
    P90,
    Total,
    Missing,
    Extra,
}

impl Figure {
    fn is_of_moves(self) -> bool {
        matches!(self, Figure::Missing | Figure::Extra)
    }
}

/// Words of `--figure`.
const FIGURES: [(&str, Figure); 8] = [
    ("cases", Figure::Cases),
    ("count", Figure::Count),
    ("share", Figure::Share),
    ("median", Figure::Median),
    ("p90", Figure::P90),
    ("total", Figure::Total),
    ("missing", Figure::Missing),
    ("extra", Figure::Extra),
];

/// Words of `--chosen-by`: whether by all cases of the log.
const CHOSEN_BY: [(&str, bool); 2] = [("selection", false), ("log", true)];

#[derive(Args)]
#[command(next_help_heading = "Map")]
struct Options {
    /// Share of the activities, those in most cases first: `50%` or `0.5` [default: up to 15 of them]
    #[arg(long, value_name = "P%", value_parser = Portion::parse)]
    activities: Option<Portion>,
    /// Share of the edges, those of most steps first; edges are added until each activity is on a way
    /// from start to end [default: up to 2.5 edges for each activity]
    #[arg(long, value_name = "P%", value_parser = Portion::parse)]
    paths: Option<Portion>,
    /// Figure of the nodes and edges in dot, mermaid, svg and `--plain`; times are those from one activity
    /// to the next; missing and extra count the moves by which cases leave a reference, and add
    /// `moves` to JSON
    #[arg(
        long,
        value_name = "cases|count|share|median|p90|total|missing|extra",
        default_value = "cases"
    )]
    #[arg(value_parser = |text: &str| word(text, &FIGURES))]
    figure: Figure,
    /// Choose activities and edges by the selected cases, or by all events of the log: filters and
    /// conditions on events then change figures only
    #[arg(long, value_name = "selection|log", default_value = "selection")]
    #[arg(action = clap::ArgAction::Set)]
    #[arg(value_parser = |text: &str| word(text, &CHOSEN_BY))]
    chosen_by: bool,
    /// Print the map as an indented list: the most frequent way, below each activity where it leads to;
    /// for pipes and screen readers
    #[arg(long)]
    plain: bool,
    #[command(flatten)]
    reference: ReferenceOptions,
}

impl Options {
    fn of(matches: &ArgMatches) -> Result<Self, Failure> {
        Options::from_arg_matches(matches).map_err(|_| options_do_not_fit())
    }

    fn map(&self) -> MapOf {
        MapOf {
            activities: self.activities,
            paths: self.paths,
            by_log: self.chosen_by,
        }
    }
}

fn options(command: Command) -> Command {
    Options::augment_args(command)
}

/// Columns of a name in a drawing.
const NAME: usize = 30;

struct MapReport {
    selection: String,
    map: ProcessMap,
    moves: Option<MapMoves>,
    /// Rows of the list, where one is wanted in place of tables.
    plain: Option<usize>,
    figure: Figure,
    /// Durations are working time.
    working: bool,
    limit: usize,
}

fn make(ask: &ReportContext<'_>, matches: &ArgMatches) -> ReportResult {
    let options = Options::of(matches)?;
    let ask = &options.reference.context(ask)?;
    let printing = &ask.common.printing;
    if options.plain && printing.format() != Format::Table {
        let message = "--plain prints a list in place of tables: leave out --format";
        return Err(Failure::usage(message));
    }
    let is_svg = printing.format() == Format::Svg;
    let map = ask.answer(&MapQuery {
        of: options.map(),
        times: true,
        names: is_svg.then_some(NAME),
    })?;
    if is_svg && map.layout.is_none() {
        return Err(Failure::usage(format!(
            "{} activities with {} edges are too many for a drawing: show fewer with --activities or --paths",
            text::count(map.activities.shown as u64),
            text::count(map.paths.shown as u64)
        )));
    }
    let moves = options.figure.is_of_moves().then(|| {
        let (of, bounds) = (options.map(), Bounds::USUAL);
        ask.answer(&MapMovesQuery { of, bounds })
    });
    Ok(Box::new(MapReport {
        selection: ask.selection()?,
        map,
        moves: moves.transpose()?,
        plain: options.plain.then(|| printing.limit.unwrap_or(usize::MAX)),
        figure: options.figure,
        working: ask.common.times().calendar.is_some(),
        limit: ask.common.printing.limit(),
    }))
}

#[derive(Serialize)]
struct MapJson<'a, N, E> {
    cases: u64,
    activities: ShownJson,
    paths: ShownJson,
    hidden_cases: u64,
    drawn: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    moves: Option<JudgedJson<'a>>,
    nodes: N,
    edges: E,
}

#[derive(Serialize)]
struct ShownJson {
    shown: usize,
    of: usize,
}

impl ShownJson {
    fn of(shown: ShownOf) -> Self {
        ShownJson {
            shown: shown.shown,
            of: shown.of,
        }
    }
}

#[derive(Serialize)]
struct NodeJson<'a> {
    activity: &'a str,
    cases: u64,
    share: Number,
    events: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    moves: Option<MovesJson>,
    filter: String,
}

#[derive(Serialize)]
struct MovesJson {
    sync: u64,
    missing: u64,
    extra: u64,
}

impl MovesJson {
    fn of(moves: MoveCounts) -> Self {
        MovesJson {
            sync: moves.sync,
            missing: moves.missing,
            extra: moves.extra,
        }
    }
}

#[derive(Serialize)]
struct JudgedJson<'a> {
    reference: &'a str,
    unaligned_cases: u64,
    hidden: MovesJson,
}

#[derive(Serialize)]
struct EdgeJson<'a> {
    from: Option<&'a str>,
    to: Option<&'a str>,
    #[serde(flatten)]
    figures: EdgeFigures,
    #[serde(skip_serializing_if = "Option::is_none")]
    moves: Option<MovesJson>,
    filter: Option<String>,
}

#[derive(Serialize)]
struct EdgeFigures {
    count: u64,
    direct: u64,
    cases: u64,
    elapsed: Option<Elapsed>,
}

impl EdgeFigures {
    fn of(edge: &MapEdge) -> Self {
        EdgeFigures {
            count: edge.count,
            direct: edge.direct,
            cases: edge.cases,
            elapsed: edge.elapsed.as_ref().map(Elapsed::of),
        }
    }
}

#[derive(Serialize)]
struct Elapsed {
    mean: Number,
    median: Number,
    p90: Number,
    total: Number,
}

impl Elapsed {
    fn of(stats: &Stats) -> Self {
        Elapsed {
            mean: Number(stats.mean),
            median: Number(stats.median),
            p90: Number(stats.p90),
            total: Number(stats.total),
        }
    }
}

impl MapReport {
    /// Number of the activities that some selected case has; they come first.
    fn occurring(&self) -> usize {
        self.map.nodes.partition_point(|node| node.cases > 0)
    }

    /// Activities that some selected case has, as many as wanted.
    fn nodes(&self) -> &[MapNode] {
        &self.map.nodes[..self.occurring().min(self.limit)]
    }

    fn edges(&self) -> &[MapEdge] {
        let n = self.map.edges.partition_point(|edge| edge.count > 0);
        &self.map.edges[..n.min(self.limit)]
    }

    fn drawing(&self) -> drawing::Drawing<'_> {
        drawing::Drawing {
            map: &self.map,
            moves: self.moves.as_ref(),
            figure: self.figure,
            working: self.working,
            title: self.shown(),
        }
    }

    /// "activities 50% (7 of 14), paths 20% (12 of 40), 97.3% of the steps".
    fn shown(&self) -> String {
        let map = &self.map;
        let part = |what: &str, shown: ShownOf| {
            let (n, of) = (
                text::count(shown.shown as u64),
                text::count(shown.of as u64),
            );
            format!(
                "{what} {} ({n} of {of})",
                text::percent(shown.share.share())
            )
        };
        let mut parts = vec![part("activities", map.activities), part("paths", map.paths)];
        parts.extend(
            map.drawn
                .map(|drawn| format!("{} of the steps", text::percent(drawn))),
        );
        if map.hidden_cases > 0 {
            let cases = text::counted(map.hidden_cases, "case", "cases");
            parts.push(format!("{cases} without any of the activities"));
        }
        if let Some(moves) = &self.moves {
            let what = match self.figure {
                Figure::Extra => "extra",
                _ => "missing",
            };
            parts.push(format!("{what} moves by {}", text::safe(&moves.by)));
            parts.extend(moves.unaligned.iter().map(|(by, cases)| {
                let cases = text::counted(*cases, "case", "cases");
                format!("{cases} not aligned {}", Bounds::USUAL.words(*by))
            }));
        }
        parts.join(", ")
    }
}

/// Words for start and end of the case in a table.
fn end<'a>(name: Option<&'a Arc<str>>, outside: &'static str) -> Cell<'a> {
    name.map_or(Cell::from(outside), |name| Cell::from(&**name))
}

impl Report for MapReport {
    fn json(&self) -> Box<dyn Json + '_> {
        let moves = self.moves.as_ref();
        Box::new(MapJson {
            cases: self.map.cases,
            activities: ShownJson::of(self.map.activities),
            paths: ShownJson::of(self.map.paths),
            hidden_cases: self.map.hidden_cases,
            drawn: self.map.drawn,
            moves: moves.map(|moves| JudgedJson {
                reference: &moves.by,
                unaligned_cases: moves.unaligned.iter().map(|(_, cases)| cases).sum(),
                hidden: MovesJson::of(moves.hidden),
            }),
            nodes: list(self.nodes(), move |node| NodeJson {
                activity: &node.activity,
                cases: node.cases,
                share: Number(node.share),
                events: node.events,
                moves: moves.map(|moves| MovesJson::of(moves.node(&node.activity))),
                filter: node.filter.to_string(),
            }),
            edges: list(self.edges(), move |edge| EdgeJson {
                from: edge.from.as_deref(),
                to: edge.to.as_deref(),
                figures: EdgeFigures::of(edge),
                moves: moves.map(|moves| MovesJson::of(moves.edge(edge))),
                filter: edge.filter.as_ref().map(ToString::to_string),
            }),
        })
    }

    fn heading(&self) -> String {
        format!("{}; {}", self.selection, self.shown())
    }

    fn list(&self) -> Table<'_> {
        let mut columns = vec![Column::text("activity")];
        columns.extend(["cases", "share", "events"].map(Column::figure));
        Table::new(columns, self.nodes(), |node| {
            vec![
                Cell::from(&*node.activity),
                node.cases.into(),
                Cell::Share(node.share),
                node.events.into(),
            ]
        })
    }

    fn tables(&self) -> Vec<Table<'_>> {
        let mut columns = vec![Column::text("from"), Column::text("to")];
        let figures = ["count", "direct", "cases", "mean", "median", "p90", "total"];
        columns.extend(figures.map(Column::figure));
        let edges = Table::new(columns, self.edges(), |edge| {
            let time = |figure: fn(&Stats) -> f64| Cell::seconds(edge.elapsed.as_ref().map(figure));
            vec![
                end(edge.from.as_ref(), "(start)"),
                end(edge.to.as_ref(), "(end)"),
                edge.count.into(),
                edge.direct.into(),
                edge.cases.into(),
                time(|stats| stats.mean),
                time(|stats| stats.median),
                time(|stats| stats.p90),
                time(|stats| stats.total),
            ]
        });
        vec![self.list(), edges]
    }

    fn total(&self) -> Option<usize> {
        Some(self.occurring())
    }

    fn plain(&self) -> Option<String> {
        let rows = self.plain?;
        let heading = text::escape_line(&self.heading());
        Some(format!("{heading}\n\n{}", self.drawing().plain(rows)))
    }

    fn document(&self, format: Format) -> Option<String> {
        let drawing = self.drawing();
        match format {
            Format::Dot => Some(drawing.dot()),
            Format::Mermaid => Some(drawing.mermaid()),
            Format::Svg => drawing.svg(),
            _ => None,
        }
    }
}

/// A map of two selections: both have the activities and edges that are chosen by all cases of the log.
fn compared(matches: &ArgMatches) -> Result<MapOf, Failure> {
    Ok(MapOf {
        by_log: true,
        ..Options::of(matches)?.map()
    })
}

impl Reported for MapNodesQuery {
    fn asked(ask: &ReportContext<'_>, matches: &ArgMatches) -> Result<(Self, Features), Failure> {
        let (of, listing) = (compared(matches)?, listing(ask));
        Ok((MapNodesQuery { of, listing }, Features::of(ask.info())))
    }
}

impl Reported for MapEdgesQuery {
    fn asked(ask: &ReportContext<'_>, matches: &ArgMatches) -> Result<(Self, Features), Failure> {
        let (of, listing) = (compared(matches)?, listing(ask));
        Ok((MapEdgesQuery { of, listing }, Features::of(ask.info())))
    }

    fn object(row: &MapEdge) -> Option<serde_json::Value> {
        serde_json::to_value(EdgeFigures::of(row)).ok()
    }
}

fn listing(ask: &ReportContext<'_>) -> Listing {
    Listing {
        page: crate::engine::Page::first(ask.common.printing.limit()),
        ..Listing::by("order")
    }
}

struct MapVersus {
    nodes: VersusReport<MapNodesQuery>,
    edges: VersusReport<MapEdgesQuery>,
}

fn compare(ask: &ReportContext<'_>, matches: &ArgMatches) -> ReportResult {
    let format = ask.common.printing.format();
    let options = Options::of(matches)?;
    if options.plain || options.figure.is_of_moves() {
        return Err(Failure::usage(
            "--versus compares lists of activities and steps: leave out --plain and --figure",
        ));
    }
    if DRAWINGS.contains(&format) {
        return Err(Failure::usage(
            "--versus has no drawing: choose --format table, json, csv or markdown",
        ));
    }
    let (nodes, features) = MapNodesQuery::asked(ask, matches)?;
    let (edges, _) = MapEdgesQuery::asked(ask, matches)?;
    Ok(Box::new(MapVersus {
        nodes: versus::report(ask, matches, nodes, features.clone())?,
        edges: versus::report(ask, matches, edges, features)?,
    }))
}

impl Report for MapVersus {
    fn json(&self) -> Box<dyn Json + '_> {
        let mut object = serde_json::Map::new();
        // Each list has tests of its own.
        let lists = [self.nodes.object(), self.edges.object()];
        for (list, name) in lists.into_iter().zip(["nodes", "edges"]) {
            let serde_json::Value::Object(mut list) = list else {
                continue;
            };
            if let Some(serde_json::Value::Object(mut versus)) = list.remove("versus") {
                for key in ["tested", "findings"] {
                    let tested = versus.remove(key).unwrap_or_default();
                    object.insert(format!("{name}_{key}"), tested);
                }
                object.insert("versus".to_owned(), versus.into());
            }
            object.insert(name.to_owned(), list.remove(name).unwrap_or_default());
        }
        Box::new(object)
    }

    fn heading(&self) -> String {
        self.edges.heading()
    }

    fn list(&self) -> Table<'_> {
        self.nodes.list()
    }

    fn tables(&self) -> Vec<Table<'_>> {
        [self.nodes.tables(), self.edges.tables()]
            .into_iter()
            .flatten()
            .collect()
    }
}
