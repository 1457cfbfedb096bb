//! Nodes and lines at given places, seen through a window: boxes with a name and a figure, lines with a
//! label and an arrowhead.
//!
//! ```text
//!               ▶ start   4,580
//!          │4,384        └──┐118
//!          │                ▼
//!          │         [Insert ticket 118]
//! ```

use crate::ui::theme::Theme;
use crate::ui::{fit, paint};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use std::collections::HashMap;

/// Nodes and lines. Places count from the upper left corner of the whole picture.
#[derive(Debug, Clone, Copy)]
pub struct Graph<'a> {
    /// Nodes.
    pub nodes: &'a [GraphNode],
    /// Lines; later ones are drawn over earlier ones.
    pub lines: &'a [GraphLine],
    /// Column and row of the picture at the upper left corner of the area.
    pub origin: (usize, usize),
}

/// Form of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A box.
    Box,
    /// The place where all begins.
    Start,
    /// The place where all ends.
    End,
}

/// A node of one row.
#[derive(Debug, Clone)]
pub struct GraphNode {
    /// Column and row.
    pub at: (usize, usize),
    /// Columns.
    pub width: usize,
    /// Form.
    pub shape: Shape,
    /// Name, cut to fit.
    pub name: String,
    /// Figure at its right end.
    pub figure: String,
    /// Other than that of text.
    pub style: Option<Style>,
    /// The cursor is on it.
    pub selected: bool,
}

/// Weight of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// Thin and dimmed.
    Faint,
    /// Thin.
    Light,
    /// Thick.
    Heavy,
}

/// A cell of a line: column, row, and number of what it is a part of. Lines of one number join in a
/// cell, others cross.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineCell {
    /// Column and row.
    pub at: (usize, usize),
    /// Number of the net.
    pub net: usize,
}

/// A line from the node above its first cell to the node below its last one.
#[derive(Debug, Clone)]
pub struct GraphLine {
    /// Cells, each beside the one before it; none for a line from a node to itself.
    pub cells: Vec<LineCell>,
    /// Column and row of the label.
    pub label_at: (usize, usize),
    /// Label.
    pub label: String,
    /// Cell of the arrowhead.
    pub head: (usize, usize),
    /// It leads up.
    pub up: bool,
    /// Drawn dashed.
    pub dashed: bool,
    /// Weight.
    pub weight: Weight,
    /// Other than that of its weight.
    pub style: Option<Style>,
    /// The cursor is on it.
    pub selected: bool,
}

/// Directions in which lines leave a cell, as bits.
const UP: u8 = 1;
const DOWN: u8 = 2;
const LEFT: u8 = 4;
const RIGHT: u8 = 8;

/// Characters of lines by the directions in which they leave the cell.
struct Pens {
    light: [&'static str; 16],
    heavy: [&'static str; 16],
    /// Across and down.
    dashed: [&'static str; 2],
    heads: [&'static str; 2],
    loops: &'static str,
    ends: [&'static str; 2],
}

const UNICODE: Pens = Pens {
    light: [
        " ", "│", "│", "│", "─", "┘", "┐", "┤", "─", "└", "┌", "├", "─", "┴", "┬", "┼",
    ],
    heavy: [
        " ", "┃", "┃", "┃", "━", "┛", "┓", "┫", "━", "┗", "┏", "┣", "━", "┻", "┳", "╋",
    ],
    dashed: ["╌", "╎"],
    heads: ["▼", "▲"],
    loops: "↺",
    ends: ["▶", "■"],
};

const ASCII: Pens = Pens {
    light: [
        " ", "|", "|", "|", "-", "+", "+", "+", "-", "+", "+", "+", "-", "+", "+", "+",
    ],
    heavy: [
        " ", "#", "#", "#", "=", "#", "#", "#", "=", "#", "#", "#", "=", "#", "#", "#",
    ],
    dashed: [".", ":"],
    heads: ["v", "^"],
    loops: "@",
    ends: [">", "*"],
};

impl Pens {
    fn of(theme: &Theme) -> &'static Pens {
        if theme.glyphs.is_ascii() {
            &ASCII
        } else {
            &UNICODE
        }
    }
}

/// Lines of one net in a cell.
#[derive(Clone, Copy)]
struct Crossing {
    net: usize,
    ways: u8,
    weight: Weight,
    dashed: bool,
    style: Option<Style>,
    selected: bool,
}

impl Crossing {
    fn symbol(self, pens: &Pens) -> &'static str {
        match self.ways {
            ways if self.dashed && ways & (UP | DOWN) == 0 => pens.dashed[0],
            ways if self.dashed && ways & (LEFT | RIGHT) == 0 => pens.dashed[1],
            ways if self.weight == Weight::Heavy => pens.heavy[usize::from(ways)],
            ways => pens.light[usize::from(ways)],
        }
    }
}

impl Graph<'_> {
    /// Draws what of it is in an area.
    pub fn draw(&self, area: Rect, buffer: &mut Buffer, theme: &Theme) {
        let window = Window {
            area: paint::clip(area, buffer),
            origin: self.origin,
        };
        if window.area.is_empty() {
            return;
        }
        let pens = Pens::of(theme);
        self.draw_lines(&window, pens, buffer, theme);
        for line in self.lines {
            draw_label(line, &window, pens, buffer, theme);
        }
        for node in self.nodes {
            draw_node(node, &window, pens, buffer, theme);
        }
    }

    fn draw_lines(&self, window: &Window, pens: &Pens, buffer: &mut Buffer, theme: &Theme) {
        let mut cells: HashMap<(usize, usize), Vec<Crossing>> = HashMap::new();
        for line in self.lines {
            for (at, cell) in line.cells.iter().enumerate() {
                if window.place(cell.at.0, cell.at.1).is_none() {
                    continue;
                }
                // The ends of a line are at nodes above and below.
                let before = at
                    .checked_sub(1)
                    .map_or(UP, |before| way(cell, &line.cells[before]));
                let after = line.cells.get(at + 1);
                let ways = before | after.map_or(DOWN, |after| way(cell, after));
                let nets = cells.entry(cell.at).or_default();
                match nets.iter_mut().find(|crossing| crossing.net == cell.net) {
                    Some(crossing) => {
                        crossing.ways |= ways;
                        crossing.weight = crossing.weight.max(line.weight);
                        crossing.dashed &= line.dashed;
                        crossing.selected |= line.selected;
                        // The lines come by weight: the last one is the heaviest.
                        crossing.style = line.style;
                    }
                    None => nets.push(Crossing {
                        net: cell.net,
                        ways,
                        weight: line.weight,
                        dashed: line.dashed,
                        style: line.style,
                        selected: line.selected,
                    }),
                }
            }
        }
        for (at, nets) in cells {
            let Some(place) = window.place(at.0, at.1) else {
                continue;
            };
            // Where lines cross, the one that leads down is over the one that leads across.
            let over = |crossing: &&Crossing| crossing.ways & (UP | DOWN) != 0;
            let Some(crossing) = nets.iter().find(over).or(nets.first()) else {
                continue;
            };
            let style = line_style(crossing.weight, crossing.style, crossing.selected, theme);
            paint::symbol(buffer, window.area, place, crossing.symbol(pens), style);
        }
        for line in self.lines.iter().filter(|line| !line.cells.is_empty()) {
            if let Some(place) = window.place(line.head.0, line.head.1) {
                let style = line_style(line.weight, line.style, line.selected, theme);
                paint::symbol(
                    buffer,
                    window.area,
                    place,
                    pens.heads[usize::from(line.up)],
                    style,
                );
            }
        }
    }
}

/// The direction from a cell to another one beside it.
fn way(from: &LineCell, to: &LineCell) -> u8 {
    match (to.at.0.cmp(&from.at.0), to.at.1.cmp(&from.at.1)) {
        (std::cmp::Ordering::Less, _) => LEFT,
        (std::cmp::Ordering::Greater, _) => RIGHT,
        (_, std::cmp::Ordering::Less) => UP,
        _ => DOWN,
    }
}

fn line_style(weight: Weight, own: Option<Style>, selected: bool, theme: &Theme) -> Style {
    match (weight, own) {
        _ if selected => theme.focus,
        (_, Some(own)) => own,
        (Weight::Faint, None) => theme.muted,
        (Weight::Light | Weight::Heavy, None) => theme.bar,
    }
}

/// The part of a picture that is seen.
struct Window {
    area: Rect,
    origin: (usize, usize),
}

impl Window {
    /// Where a cell of the picture is on the screen.
    fn place(&self, x: usize, y: usize) -> Option<(u16, u16)> {
        let column = u16::try_from(x.checked_sub(self.origin.0)?).ok()?;
        let row = u16::try_from(y.checked_sub(self.origin.1)?).ok()?;
        let is_inside = column < self.area.width && row < self.area.height;
        is_inside.then(|| (self.area.x + column, self.area.y + row))
    }

    /// Writes a text of the picture, as far as it is seen.
    fn text(&self, x: usize, y: usize, text: &str, style: Style, buffer: &mut Buffer) {
        let skip = self.origin.0.saturating_sub(x);
        let Some(place) = self.place(x.max(self.origin.0), y) else {
            return;
        };
        let room = self.area.right() - place.0;
        let seen = fit::window(text, skip, room.into());
        let area = Rect::new(place.0, place.1, room, 1);
        paint::text(buffer, area, &seen, style);
    }
}

fn draw_label(line: &GraphLine, window: &Window, pens: &Pens, buffer: &mut Buffer, theme: &Theme) {
    let style = match (line.weight, line.style) {
        _ if line.selected => theme.selected,
        (_, Some(own)) => own,
        (Weight::Faint, None) => theme.muted,
        (Weight::Light | Weight::Heavy, None) => theme.text,
    };
    let loops = if line.cells.is_empty() {
        pens.loops
    } else {
        ""
    };
    let text = format!("{loops}{}", line.label);
    let (x, y) = line.label_at;
    window.text(x, y, &text, style, buffer);
}

fn draw_node(node: &GraphNode, window: &Window, pens: &Pens, buffer: &mut Buffer, theme: &Theme) {
    let style = if node.selected {
        theme.selected
    } else {
        node.style.unwrap_or(theme.text)
    };
    let mark = match node.shape {
        Shape::Box => String::new(),
        Shape::Start => format!("{} ", pens.ends[0]),
        Shape::End => format!("{} ", pens.ends[1]),
    };
    let [left, right] = match node.shape {
        Shape::Box => ["[", "]"],
        Shape::Start | Shape::End => ["(", ")"],
    };
    let figure = fit::width(&node.figure);
    // Brackets, and a blank between name and figure.
    let room = node.width.saturating_sub(figure + 3 + fit::width(&mark));
    let name = fit::truncate_middle(&node.name, room, theme.glyphs.ellipsis);
    let name = fit::pad_right(&name, room);
    let text = format!("{left}{mark}{name} {}{right}", node.figure);
    window.text(node.at.0, node.at.1, &text, style, buffer);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::testing::{at_every_size, frame, paint, styles};
    use crate::ui::theme::Glyphs;

    fn node(at: (usize, usize), width: usize, shape: Shape, name: &str, figure: &str) -> GraphNode {
        GraphNode {
            at,
            width,
            shape,
            name: name.to_owned(),
            figure: figure.to_owned(),
            style: None,
            selected: false,
        }
    }

    /// A line through corners, with its label beside its first cell.
    fn line(corners: &[(usize, usize)], net: usize, label: &str, up: bool) -> GraphLine {
        let mut cells = vec![corners[0]];
        for corner in &corners[1..] {
            while cells[cells.len() - 1] != *corner {
                let (x, y) = cells[cells.len() - 1];
                let toward = |from: usize, to: usize| match from.cmp(&to) {
                    std::cmp::Ordering::Less => from + 1,
                    std::cmp::Ordering::Equal => from,
                    std::cmp::Ordering::Greater => from - 1,
                };
                cells.push((toward(x, corner.0), toward(y, corner.1)));
            }
        }
        let (first, last) = (cells[0], cells[cells.len() - 1]);
        GraphLine {
            cells: cells.into_iter().map(|at| LineCell { at, net }).collect(),
            label_at: (first.0 + 1, first.1),
            label: label.to_owned(),
            head: if up { first } else { last },
            up,
            dashed: false,
            weight: Weight::Light,
            style: None,
            selected: false,
        }
    }

    fn picture() -> (Vec<GraphNode>, Vec<GraphLine>) {
        let nodes = vec![
            node((4, 0), 16, Shape::Start, "start", "4,580"),
            node((0, 5), 13, Shape::Box, "Insert ticket", "118"),
            node((18, 5), 12, Shape::Box, "Wait", "1,236"),
        ];
        let mut lines = vec![
            line(&[(8, 1), (8, 3), (6, 3), (6, 4)], 0, "118", false),
            line(&[(8, 1), (8, 3), (22, 3), (22, 4)], 0, "", false),
            line(&[(15, 1), (15, 4)], 1, "12~", true),
        ];
        lines[1].weight = Weight::Heavy;
        lines[2].dashed = true;
        lines.push(GraphLine {
            cells: Vec::new(),
            label_at: (30, 5),
            label: "99".to_owned(),
            ..lines[0].clone()
        });
        (nodes, lines)
    }

    #[test]
    fn lines_join_and_cross() {
        let (nodes, lines) = picture();
        let drawn = |origin, theme: &Theme| {
            let graph = Graph {
                nodes: &nodes,
                lines: &lines,
                origin,
            };
            frame(36, 7, |area, buffer| graph.draw(area, buffer, theme))
        };
        let whole = drawn((0, 0), &Theme::default());
        insta::assert_snapshot!("whole", whole);
        insta::assert_snapshot!("ascii", drawn((0, 0), &Theme::mono(Glyphs::ASCII)));
        insta::assert_snapshot!("window", drawn((6, 2), &Theme::default()));
    }

    #[test]
    fn the_cursor_is_seen_without_color() {
        let (mut nodes, mut lines) = picture();
        nodes[2].selected = true;
        lines[0].selected = true;
        let graph = Graph {
            nodes: &nodes,
            lines: &lines,
            origin: (0, 0),
        };
        let theme = Theme::mono(Glyphs::ASCII);
        let seen = styles(&paint(36, 7, |area, buffer| {
            graph.draw(area, buffer, &theme);
        }));
        assert!(seen.contains("5: 18-29 bold reversed"), "{seen}");
        assert!(seen.contains("9-11 bold reversed"), "{seen}");
    }

    #[test]
    fn nothing_panics() {
        let (nodes, lines) = picture();
        for origin in [(0, 0), (3, 1), (40, 40)] {
            let graph = Graph {
                nodes: &nodes,
                lines: &lines,
                origin,
            };
            at_every_size(|area, buffer| graph.draw(area, buffer, &Theme::default()));
        }
    }
}
