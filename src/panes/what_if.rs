//! The line below a list that says what `Keep` leaves of the selected cases with the row under the cursor.
//!
//! ```text
//! + leaves 212 of 412 cases · median 5d 14h → 7d 02h · breaches 54.8% → 61.2%
//! ```

use super::Look;
use crate::engine::{Left, WhatIf};
use crate::text::{count, percent};
use crate::ui::paint;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Lists of less room have no such line: width, height.
const LEAST: (u16, u16) = (48, 9);

/// True if a list has room for the line.
pub fn fits(list: Rect) -> bool {
    list.width >= LEAST.0 && list.height >= LEAST.1
}

/// Draws the line, as many of its parts as have room.
pub fn draw(of: &WhatIf, area: Rect, buffer: &mut Buffer, look: Look<'_>, stale: bool) {
    let mut line = String::new();
    for part in parts(of, look) {
        let gap = if line.is_empty() {
            String::new()
        } else {
            format!(" {} ", look.theme.glyphs.dot)
        };
        let longer = format!("{line}{gap}{part}");
        if longer.chars().count() > area.width.into() {
            break;
        }
        line = longer;
    }
    let style = if stale {
        look.theme.stale
    } else {
        look.theme.muted
    };
    paint::text(buffer, area, &line, style);
}

/// Cases, median duration of closed ones, rate of breaches: now and then.
fn parts(of: &WhatIf, look: Look<'_>) -> Vec<String> {
    let arrow = look.theme.glyphs.arrow;
    let change = |figure: &dyn Fn(&Left) -> Option<String>| {
        // Without a figure now there is none then.
        let now = figure(&of.now)?;
        let then = figure(&of.then).unwrap_or_else(|| "-".to_owned());
        Some(format!("{now} {arrow} {then}"))
    };
    let median = change(&|left| left.median.map(|median| look.context.duration(median)));
    let rate = change(&|left| left.breach_rate().map(percent));
    let cases = [&of.then, &of.now].map(|left| count(left.cases));
    let mut parts = vec![format!("+ leaves {} of {} cases", cases[0], cases[1])];
    parts.extend(median.map(|median| format!("median {median}")));
    parts.extend(rate.map(|rate| format!("breaches {rate}")));
    parts
}
