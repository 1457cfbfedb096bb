//! The table of two properties: a row for each value of the first, a slot for each value of the second.
//!
//! ```text
//!                            all            Phone            Email
//! > 2 - High   █   97.6%•  379  █   97.6%•  379                .
//! ```

use super::words::{measured, sure, value};
use crate::engine::{Features, FigureKind, List, SplitQuery, SplitRow, Surface, rate};
use crate::panes::Look;
use crate::panes::list_cells::head;
use crate::text::{self, time};
use crate::ui::widgets::Cell;
use crate::ui::widgets::bars::shade;
use crate::ui::widgets::virtual_table::column_areas;
use crate::ui::{fit, paint};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::ops::Range;
use std::sync::Arc;

/// Characters of a slot, with the blanks before it.
const SLOT: usize = 17;

/// Groups with fewer cases show no figure.
const FEWEST: u64 = 5;

/// Words on the marks, and the number of columns.
pub fn legend(columns: usize) -> String {
    let columns = text::counted(columns as u64, "column", "columns");
    format!(". under {FEWEST} cases, {columns}")
}

/// Slots that fit into a width.
fn slots(width: u16) -> usize {
    usize::from(width) / SLOT
}

/// Draws the names of the columns above their slots; the first slot is of all cases of the row.
pub fn draw_names(
    columns: &[Option<Arc<str>>],
    features: &Features,
    area: Rect,
    buffer: &mut Buffer,
    look: Look<'_>,
) {
    let shown = SplitQuery::schema().on(Surface::Pane, features);
    let heads: Vec<_> = shown.iter().map(head).collect();
    let areas = column_areas(&heads, area);
    let at = shown.iter().position(|column| column.name() == "cells");
    let Some(area) = at.and_then(|at| areas.get(at)) else {
        return;
    };
    let names = columns.iter().map(|column| value(column.as_ref()));
    let names = std::iter::once("all".to_owned()).chain(names);
    let line: String = names
        .take(slots(area.width))
        .map(|name| {
            let name = fit::truncate_end(&name, SLOT - 2, look.theme.glyphs.ellipsis);
            fit::pad_left(&name, SLOT)
        })
        .collect();
    paint::text(buffer, *area, &line, look.theme.title);
}

/// A figure of a group that is known.
struct Figured {
    value: f64,
    text: String,
    q: Option<f64>,
}

fn figured(row: &SplitRow, kind: FigureKind, look: Look<'_>) -> Option<Figured> {
    if row.counts.cases < FEWEST {
        return None;
    }
    if matches!(kind, FigureKind::Rate | FigureKind::Broken) {
        let of = row.first_rate()?;
        let (value, ..) = rate(&of)?;
        return Some(Figured {
            value,
            text: text::percent(value),
            q: of.q,
        });
    }
    if let Some(value) = row.first_center() {
        let text = match kind {
            FigureKind::Score => text::mean(value),
            _ => measured(&row.first_value(|stats| stats.median), look),
        };
        return Some(Figured {
            value,
            text,
            q: row.first_measure().and_then(|of| of.q),
        });
    }
    let (_, to_outcome) = row.time_to.first()?;
    let value = to_outcome.median?;
    Some(Figured {
        value,
        text: time::duration(value),
        q: None,
    })
}

/// The slots of the rows on the screen, shaded by the largest figure among them.
pub fn cells<'a>(
    rows: &[&'a SplitRow],
    columns: Range<usize>,
    width: u16,
    kind: FigureKind,
    look: Look<'_>,
) -> Vec<Cell<'a>> {
    let room = slots(width).saturating_sub(1);
    let columns = columns.start..columns.end.min(columns.start + room);
    let figures = |row: &&'a SplitRow| -> Vec<(u64, Option<Figured>)> {
        let cells = columns.clone().map(|column| row.cell(column));
        std::iter::once(Some(*row))
            .chain(cells)
            .map(|cell| {
                let cases = cell.map_or(0, |cell| cell.counts.cases);
                (cases, cell.and_then(|cell| figured(cell, kind, look)))
            })
            .collect()
    };
    let rows: Vec<_> = rows.iter().map(figures).collect();
    let shown = rows.iter().flatten().filter_map(|(_, of)| of.as_ref());
    let most = shown.map(|of| of.value).fold(0.0, f64::max);
    let slot = |(cases, of): &(u64, Option<Figured>)| slot(*cases, of.as_ref(), most, look);
    let line = |row: &Vec<(u64, Option<Figured>)>| row.iter().map(slot).collect::<String>();
    rows.iter().map(|row| Cell::new(line(row))).collect()
}

/// Shade, figure, mark and number of cases.
fn slot(cases: u64, of: Option<&Figured>, most: f64, look: Look<'_>) -> String {
    if cases < FEWEST {
        return fit::pad_left(".", SLOT);
    }
    let share = of.map_or(0.0, |of| of.value / most.max(f64::MIN_POSITIVE));
    let shade = shade(share, &look.theme.glyphs);
    let figure = fit::pad_left(of.map_or("-", |of| &of.text), 8);
    let cases = fit::pad_left(&text::short_count(cases, 5), 5);
    let text = format!(
        "{shade}{figure}{}{cases}",
        sure(of.and_then(|of| of.q), look)
    );
    fit::pad_left(&text, SLOT)
}
