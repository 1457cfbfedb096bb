//! Rows and cells of the lines: the last step of a layout.

use super::channel::{Channel, Net};
use super::graph::{Graph, LABEL};
use super::layers::{Kind, Layers, Link};
use super::places::{Cell, Layout, Line, Place};
use std::collections::HashMap;

/// A channel below a row of vertices, with what of it is used.
struct Below {
    channel: Channel,
    /// Row of the screen at which it begins, without the one for arrowheads.
    first: usize,
    /// Net of each link.
    nets: HashMap<usize, usize>,
    /// Number of its first net among those of all channels.
    number: usize,
}

/// The layout of a graph whose vertices are in this order and in these columns.
pub fn layout(layers: &Layers, rows: &[Vec<usize>], x: &[usize], graph: &Graph<'_>) -> Layout {
    let mut of_row: Vec<Vec<usize>> = vec![Vec::new(); rows.len()];
    for (at, link) in layers.links.iter().enumerate() {
        of_row[layers.vertices[link.upper].row].push(at);
    }
    let mut y = vec![0; rows.len()];
    let mut channels: Vec<Below> = Vec::new();
    let mut number = 0;
    for row in 0..rows.len().saturating_sub(1) {
        let (nets, of_link) = nets(layers, &of_row[row], row, x);
        let n_nets = nets.len();
        let channel = Channel::new(nets);
        let of_nodes = row.is_multiple_of(2);
        // Where lines bend, arrowheads have a row of their own.
        let leads_up = |&at: &usize| {
            let link = &layers.links[at];
            link.up && is_node(layers, link.upper)
        };
        let head_above = of_nodes && channel.rows > 0 && of_row[row].iter().any(leads_up);
        let head_below = !of_nodes && channel.rows > 0;
        let first = y[row] + 1 + usize::from(head_above);
        y[row + 1] = first + channel.rows + usize::from(head_below);
        channels.push(Below {
            channel,
            first,
            nets: of_link,
            number,
        });
        number += n_nets;
    }
    let place = |vertex: usize| {
        let of = &layers.vertices[vertex];
        Place {
            x: x[vertex] - of.before,
            y: y[of.row],
            width: of.before + 1 + of.boxed,
        }
    };
    let nodes: Vec<Place> = (0..graph.names.len()).map(place).collect();
    let lines = graph.edges.iter().enumerate().map(|(edge, ends)| {
        if ends.from == ends.to {
            return beside(&nodes[ends.from]);
        }
        let links = layers.of_edge[edge].clone();
        // Rows of vertices belong to the edge alone.
        line(layers, links, &channels, x, &y, number + edge)
    });
    let lines: Vec<Line> = lines.collect();
    let places = nodes.iter().chain(lines.iter().map(|line| &line.label));
    let right = places.map(|place| place.x + place.width).max();
    let cells = lines.iter().flat_map(|line| &line.cells);
    let right = right.max(cells.map(|cell| cell.x + 1).max());
    Layout {
        width: right.unwrap_or(0),
        height: y.last().map_or(0, |last| last + 1),
        nodes,
        lines,
    }
}

fn is_node(layers: &Layers, vertex: usize) -> bool {
    matches!(layers.vertices[vertex].kind, Kind::Node(_))
}

/// The line of an edge from a node to itself: a label beside the node.
fn beside(node: &Place) -> Line {
    let x = node.x + node.width;
    Line {
        cells: Vec::new(),
        label: Place {
            // Its mark comes first.
            x,
            y: node.y,
            width: LABEL + 1,
        },
        head: (x, node.y),
        up: false,
    }
}

/// The nets of the links below a row, and the net of each link: those of a node that lead in the same
/// direction are one.
fn nets(
    layers: &Layers,
    links: &[usize],
    row: usize,
    x: &[usize],
) -> (Vec<Net>, HashMap<usize, usize>) {
    let mut nets: Vec<Net> = Vec::new();
    let mut of_link = HashMap::new();
    let mut joined: HashMap<(usize, bool), usize> = HashMap::new();
    for &at in links {
        let link = &layers.links[at];
        let vertex = if row.is_multiple_of(2) {
            link.upper
        } else {
            link.lower
        };
        let net = *joined.entry((vertex, link.up)).or_insert_with(|| {
            nets.push(Net::default());
            nets.len() - 1
        });
        let (top, bottom) = ends(link, x);
        nets[net].tops.insert(top);
        nets[net].bottoms.insert(bottom);
        of_link.insert(at, net);
    }
    (nets, of_link)
}

/// The columns in which a link begins and ends.
fn ends(link: &Link, x: &[usize]) -> (usize, usize) {
    (x[link.upper] + link.shift.0, x[link.lower] + link.shift.1)
}

/// The line of an edge with these links.
fn line(
    layers: &Layers,
    links: std::ops::Range<usize>,
    channels: &[Below],
    x: &[usize],
    y: &[usize],
    own: usize,
) -> Line {
    let mut cells: Vec<Cell> = Vec::new();
    let mut line = Line::default();
    for at in links {
        let link = &layers.links[at];
        let row = layers.vertices[link.upper].row;
        let below = &channels[row];
        let (top, bottom) = ends(link, x);
        let net = below.nets[&at];
        if !is_node(layers, link.upper) {
            cells.push(Cell {
                x: top,
                y: y[row],
                net: own,
            });
            if matches!(layers.vertices[link.upper].kind, Kind::Label(_)) {
                line.label = Place {
                    x: top + 1,
                    y: y[row],
                    width: LABEL,
                };
            }
        }
        let mut bends = below.channel.way(net, bottom).into_iter().peekable();
        let mut column = top;
        for screen_row in y[row] + 1..y[row + 1] {
            let mut push = |x| {
                cells.push(Cell {
                    x,
                    y: screen_row,
                    net: below.number + net,
                });
            };
            push(column);
            let here = |(track, _): &(usize, usize)| below.first + track == screen_row;
            while let Some((_, to)) = bends.next_if(here) {
                while column != to {
                    column = if column < to { column + 1 } else { column - 1 };
                    push(column);
                }
            }
        }
        line.up = link.up;
    }
    let head = if line.up { cells.first() } else { cells.last() };
    line.head = head.map_or((0, 0), |cell| (cell.x, cell.y));
    line.cells = cells;
    line
}
