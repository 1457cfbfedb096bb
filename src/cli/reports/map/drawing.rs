//! The process map as text of programs that draw graphs, and as an image. All names are escaped.

use super::Figure;
use crate::engine::{Line, MapEdge, MapMoves, MapNode, MoveCounts, Place, ProcessMap, Stats};
use crate::text::markup::{mermaid, xml};
use crate::text::{self, time};
use std::fmt::Write;
use std::sync::Arc;

/// A map to be drawn.
pub(super) struct Drawing<'a> {
    pub map: &'a ProcessMap,
    /// Moves, where they are the figure.
    pub moves: Option<&'a MapMoves>,
    pub figure: Figure,
    /// Durations are working time.
    pub working: bool,
    /// What is shown.
    pub title: String,
}

/// Mark of an edge some of whose steps have hidden activities between.
const HIDDEN: &str = "~";

/// Edges of at least this share of the most frequent one have a thick line.
const HEAVY: f64 = 0.5;

impl Drawing<'_> {
    /// For Graphviz.
    pub fn dot(&self) -> String {
        let mut out = String::from("digraph map {\n  rankdir=TB\n  node [shape=box]\n");
        line(
            &mut out,
            format_args!("  label={}", dot_text(&[&self.title])),
        );
        let cases = self.start_and_end();
        for (name, cases) in ["start", "end"].into_iter().zip(&cases) {
            let label = dot_text(&[name, cases]);
            line(
                &mut out,
                format_args!("  {name} [shape=oval, label={label}]"),
            );
        }
        for node in self.nodes() {
            let label = dot_text(&[&text::safe(&node.activity), &self.of_node(node)]);
            line(&mut out, format_args!("  n{} [label={label}]", node.place));
        }
        for edge in self.edges() {
            let (from, to) = self.ends(edge);
            let label = dot_text(&[&self.of_edge(edge)]);
            let style = if edge.has_hidden() {
                ", style=dashed"
            } else {
                ""
            };
            let width = 1.0 + 3.0 * self.weight(edge);
            line(
                &mut out,
                format_args!("  {from} -> {to} [label={label}, penwidth={width:.1}{style}]"),
            );
        }
        out + "}\n"
    }

    /// For Mermaid.
    pub fn mermaid(&self) -> String {
        let mut out = String::from("flowchart TB\n");
        let cases = self.start_and_end();
        for (name, cases) in ["start", "end"].into_iter().zip(&cases) {
            // `end` alone is a word of the language.
            line(
                &mut out,
                format_args!("  {name}_([\"{name}<br/>{cases}\"])"),
            );
        }
        for node in self.nodes() {
            let name = mermaid(&text::safe(&node.activity));
            let figure = self.of_node(node);
            line(
                &mut out,
                format_args!("  n{}[\"{name}<br/>{figure}\"]", node.place),
            );
        }
        for edge in self.edges() {
            let outside = |name: String| match name.as_str() {
                "start" | "end" => format!("{name}_"),
                _ => name,
            };
            let (from, to) = self.ends(edge);
            let (from, to) = (outside(from), outside(to));
            let arrow = match edge.has_hidden() {
                true => "-.->",
                false if self.weight(edge) >= HEAVY => "==>",
                false => "-->",
            };
            let figure = mermaid(&self.of_edge(edge));
            line(
                &mut out,
                format_args!("  {from} {arrow}|\"{figure}\"| {to}"),
            );
        }
        out
    }

    /// As an image; `None` without places.
    pub fn svg(&self) -> Option<String> {
        let layout = self.map.layout.as_deref()?;
        let (width, height) = (across(layout.width), down(layout.height) + down(1));
        let mut out = String::new();
        line(
            &mut out,
            format_args!(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
                 viewBox=\"0 0 {width} {height}\" font-family=\"monospace\" font-size=\"12\">"
            ),
        );
        line(
            &mut out,
            format_args!("<title>{}</title>", xml(&self.title)),
        );
        line(
            &mut out,
            format_args!("<rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>"),
        );
        // The lightest first, so that heavier ones lie on them.
        for edge in self.edges().iter().rev() {
            self.svg_edge(&mut out, edge, &layout.lines[edge.place]);
        }
        for node in self.nodes() {
            svg_box(
                &mut out,
                &layout.nodes[node.place],
                &node.activity,
                &self.of_node(node),
            );
        }
        let ends = layout.nodes.iter().skip(self.map.nodes.len());
        for ((place, name), cases) in ends.zip(["start", "end"]).zip(self.start_and_end()) {
            svg_box(&mut out, place, name, &cases);
        }
        let foot = layout.height + 1;
        let foot = down(foot) - 8;
        line(
            &mut out,
            format_args!(
                "<text x=\"4\" y=\"{foot}\" fill=\"#555555\">{}</text>",
                xml(&self.title)
            ),
        );
        Some(out + "</svg>\n")
    }

    fn svg_edge(&self, out: &mut String, edge: &MapEdge, drawn: &Line) {
        let name = |name: &Option<Arc<str>>, outside: &str| {
            name.as_deref()
                .map_or_else(|| outside.to_owned(), |name| text::safe(name).into_owned())
        };
        let names = format!("{} > {}", name(&edge.from, "start"), name(&edge.to, "end"));
        let dash = if edge.has_hidden() {
            " stroke-dasharray=\"5 3\""
        } else {
            ""
        };
        let width = 1.0 + 3.0 * self.weight(edge);
        line(out, format_args!("<g><title>{}</title>", xml(&names)));
        let corners = corners(drawn);
        if !corners.is_empty() {
            let points: Vec<String> = corners.iter().map(|(x, y)| format!("{x},{y}")).collect();
            line(
                out,
                format_args!(
                    "<polyline points=\"{}\" fill=\"none\" stroke=\"#555555\" \
                     stroke-width=\"{width:.1}\"{dash}/>",
                    points.join(" ")
                ),
            );
            let (x, y) = (middle(drawn.head.0), down(drawn.head.1));
            // The tip is at the node.
            let (tip, foot) = if drawn.up {
                (y, y + 9)
            } else {
                (y + down(1), y + down(1) - 9)
            };
            line(
                out,
                format_args!(
                    "<polygon points=\"{x},{tip} {},{foot} {},{foot}\" fill=\"#555555\"/>",
                    x - 4,
                    x + 4
                ),
            );
        }
        let loops = if corners.is_empty() { "\u{21ba} " } else { "" };
        let label = format!("{loops}{}", self.of_edge(edge));
        line(
            out,
            format_args!(
                "<text x=\"{}\" y=\"{}\" fill=\"#333333\">{}</text></g>",
                across(drawn.label.x) + 2,
                down(drawn.label.y) + 16,
                xml(&label)
            ),
        );
    }

    fn nodes(&self) -> &[MapNode] {
        &self.map.nodes
    }

    fn edges(&self) -> &[MapEdge] {
        &self.map.edges
    }

    /// Names of the ends of an edge in a drawing.
    fn ends(&self, edge: &MapEdge) -> (String, String) {
        let name = |name: &Option<Arc<str>>, outside: &str| match name {
            None => outside.to_owned(),
            Some(name) => {
                let node = self.map.nodes.iter().find(|node| node.activity == *name);
                node.map_or_else(String::new, |node| format!("n{}", node.place))
            }
        };
        (name(&edge.from, "start"), name(&edge.to, "end"))
    }

    /// Figures of start and end: cases that have a step there.
    pub(super) fn start_and_end(&self) -> [String; 2] {
        let cases = text::count(self.map.cases - self.map.hidden_cases);
        [cases.clone(), cases]
    }

    /// Share of the steps of the most frequent edge.
    fn weight(&self, edge: &MapEdge) -> f64 {
        let most = self.map.edges.first().map_or(0, |edge| edge.count);
        edge.count as f64 / most.max(1) as f64
    }

    fn duration(&self, stats: Option<&Stats>) -> Option<String> {
        self.time_of(stats, self.figure)
    }

    fn time_of(&self, stats: Option<&Stats>, figure: Figure) -> Option<String> {
        let figure = stats.map(|stats| match figure {
            Figure::P90 => stats.p90,
            Figure::Total => stats.total,
            _ => stats.median,
        });
        let write = if self.working {
            time::working
        } else {
            time::duration
        };
        figure.map(write)
    }

    /// The figure of an activity with its unit.
    pub(super) fn in_words(&self, node: &MapNode) -> String {
        let figure = self.of_node(node);
        match self.figure {
            Figure::Cases => text::counted(node.cases, "case", "cases"),
            Figure::Count => text::counted(node.events, "event", "events"),
            Figure::Share => format!("{figure} of the cases"),
            Figure::Median if node.service.is_some() => format!("median service {figure}"),
            Figure::P90 if node.service.is_some() => format!("p90 of service {figure}"),
            Figure::Total if node.service.is_some() => format!("total service {figure}"),
            Figure::Median | Figure::P90 | Figure::Total => {
                text::counted(node.cases, "case", "cases")
            }
            Figure::Missing => format!("{figure} missing"),
            Figure::Extra => format!("{figure} extra"),
        }
    }

    /// The figure of an edge with its unit, and its median time.
    pub(super) fn step_in_words(&self, edge: &MapEdge) -> String {
        let figure = self.figure_of(edge);
        let steps = || text::counted(edge.count, "step", "steps");
        let of_time = |name: &str| match edge.elapsed {
            Some(_) => format!("{}, {name} {figure}", steps()),
            None => steps(),
        };
        let counts = match self.figure {
            Figure::Cases => text::counted(edge.cases, "case", "cases"),
            Figure::Count => steps(),
            Figure::Share => format!("{figure} of the cases"),
            Figure::Median => return of_time("median"),
            Figure::P90 => return of_time("p90"),
            Figure::Total => return of_time("total"),
            Figure::Missing => format!("{figure} missing"),
            Figure::Extra => format!("{figure} extra"),
        };
        let median = self.time_of(edge.elapsed.as_ref(), Figure::Median);
        let median = median.map(|median| format!("median {median}"));
        let parts: Vec<String> = std::iter::once(counts).chain(median).collect();
        parts.join(", ")
    }

    fn of_node(&self, node: &MapNode) -> String {
        let moves = |figure: fn(&MoveCounts) -> u64| {
            let of = self.moves.map(|moves| moves.node(&node.activity));
            of.map_or_else(String::new, |of| text::count(figure(&of)))
        };
        let service = || self.duration(node.service.as_ref());
        match self.figure {
            Figure::Count => text::count(node.events),
            Figure::Share => text::percent(node.share),
            Figure::Cases => text::count(node.cases),
            Figure::Missing => moves(|of| of.missing),
            Figure::Extra => moves(|of| of.extra),
            // Without times of its own, an activity has its cases.
            _ => service().unwrap_or_else(|| text::count(node.cases)),
        }
    }

    fn of_edge(&self, edge: &MapEdge) -> String {
        let hidden = if edge.has_hidden() { HIDDEN } else { "" };
        format!("{}{hidden}", self.figure_of(edge))
    }

    fn figure_of(&self, edge: &MapEdge) -> String {
        let moves = |figure: fn(&MoveCounts) -> u64| {
            let of = self.moves.map(|moves| moves.edge(edge));
            of.map_or_else(String::new, |of| text::count(figure(&of)))
        };
        match self.figure {
            Figure::Cases => text::count(edge.cases),
            Figure::Count => text::count(edge.count),
            Figure::Share => text::percent(edge.share),
            Figure::Missing => moves(|of| of.missing),
            Figure::Extra => moves(|of| of.extra),
            _ => self.duration(edge.elapsed.as_ref()).unwrap_or_default(),
        }
    }
}

/// Adds a line; writing to a `String` cannot fail.
fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    let _ = writeln!(out, "{text}");
}

/// Lines of text in quotes, as Graphviz reads them.
fn dot_text(lines: &[&str]) -> String {
    let escaped = lines
        .iter()
        .map(|line| line.replace('\\', "\\\\").replace('"', "\\\""));
    let escaped: Vec<String> = escaped.collect();
    format!("\"{}\"", escaped.join("\\n"))
}

/// Left edge of a column, in pixels.
fn across(column: usize) -> usize {
    column * 8
}

/// Middle of a column.
fn middle(column: usize) -> usize {
    across(column) + 4
}

/// Upper edge of a row.
fn down(row: usize) -> usize {
    row * 24
}

/// The corners of a line, from node to node.
fn corners(drawn: &Line) -> Vec<(usize, usize)> {
    let (Some(first), Some(last)) = (drawn.cells.first(), drawn.cells.last()) else {
        return Vec::new();
    };
    let mut corners = vec![(middle(first.x), down(first.y))];
    for three in drawn.cells.windows(3) {
        let is_straight = three[0].x == three[2].x || three[0].y == three[2].y;
        if !is_straight {
            corners.push((middle(three[1].x), down(three[1].y) + 12));
        }
    }
    corners.push((middle(last.x), down(last.y + 1)));
    corners
}

/// A node with its name, cut to its box, and its figure.
fn svg_box(out: &mut String, place: &Place, name: &str, figure: &str) {
    let (x, y, width) = (across(place.x), down(place.y), across(place.width));
    let name = text::safe(name);
    let columns = place.width.saturating_sub(figure.chars().count() + 3);
    let shown = crate::ui::fit::truncate_middle(&name, columns, "\u{2026}");
    line(
        out,
        format_args!(
            "<g><title>{}</title><rect x=\"{x}\" y=\"{}\" width=\"{width}\" height=\"20\" rx=\"3\" \
             fill=\"#eef3f8\" stroke=\"#33536f\"/>",
            xml(&name),
            y + 2
        ),
    );
    line(
        out,
        format_args!(
            "<text x=\"{}\" y=\"{}\">{}</text>",
            x + 6,
            y + 16,
            xml(&shown)
        ),
    );
    line(
        out,
        format_args!(
            "<text x=\"{}\" y=\"{}\" text-anchor=\"end\" font-weight=\"bold\">{}</text></g>",
            x + width - 6,
            y + 16,
            xml(figure)
        ),
    );
}
