//! For tests: a drawn buffer as text.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};
use std::fmt::Write;

/// Paints with `draw` into an area of that size; returns lines without trailing blanks.
pub fn frame(width: u16, height: u16, draw: impl FnOnce(Rect, &mut Buffer)) -> String {
    lines(&paint(width, height, draw))
}

/// Paints with `draw` into an area of that size; returns the buffer.
pub fn paint(width: u16, height: u16, draw: impl FnOnce(Rect, &mut Buffer)) -> Buffer {
    let area = Rect::new(0, 0, width, height);
    let mut buffer = Buffer::empty(area);
    draw(area, &mut buffer);
    buffer
}

/// The symbols of a buffer, row by row.
pub fn lines(buffer: &Buffer) -> String {
    let mut out = String::new();
    for y in buffer.area.rows() {
        let mut line = String::new();
        let mut skip = 0;
        for position in y.positions() {
            let symbol = buffer[position].symbol();
            if skip == 0 {
                line.push_str(symbol);
                skip = super::fit::width(symbol).max(1);
            }
            skip -= 1;
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

/// The runs of styles other than the default, row by row: `3: 0-20 bold reversed`.
pub fn styles(buffer: &Buffer) -> String {
    let mut out = String::new();
    for (y, row) in buffer.area.rows().enumerate() {
        let mut runs: Vec<(usize, usize, String)> = Vec::new();
        for (x, position) in row.positions().enumerate() {
            let name = style_name(buffer[position].style());
            match runs.last_mut() {
                Some((_, end, last)) if *last == name => *end = x,
                _ => runs.push((x, x, name)),
            }
        }
        runs.retain(|(_, _, name)| !name.is_empty());
        if !runs.is_empty() {
            let runs: Vec<String> = runs
                .iter()
                .map(|(a, b, n)| format!("{a}-{b} {n}"))
                .collect();
            let _ = writeln!(out, "{y}: {}", runs.join(", "));
        }
    }
    out
}

fn style_name(style: Style) -> String {
    let mut parts = Vec::new();
    if let Some(color) = style.fg.filter(|&c| c != Color::Reset) {
        parts.push(color.to_string().to_lowercase());
    }
    if let Some(color) = style.bg.filter(|&c| c != Color::Reset) {
        parts.push(format!("on {color}").to_lowercase());
    }
    for (modifier, name) in [
        (Modifier::BOLD, "bold"),
        (Modifier::DIM, "dim"),
        (Modifier::UNDERLINED, "underlined"),
        (Modifier::REVERSED, "reversed"),
    ] {
        if style.add_modifier.contains(modifier) {
            parts.push(name.to_owned());
        }
    }
    parts.join(" ")
}

/// Draws at every size up to 40 by 20: nothing may panic.
pub fn at_every_size(mut draw: impl FnMut(Rect, &mut Buffer)) {
    for width in 0..=40 {
        for height in 0..=20 {
            paint(width, height, &mut draw);
        }
    }
    // An area beyond the buffer, as after a terminal has shrunk.
    let mut small = Buffer::empty(Rect::new(0, 0, 10, 3));
    draw(Rect::new(0, 0, 40, 20), &mut small);
    draw(Rect::new(8, 2, 40, 20), &mut small);
    draw(Rect::new(30, 30, 40, 20), &mut small);
}
