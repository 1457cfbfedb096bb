//! The touchpoint under the cursor in full, and the journeys as a table of channels and stages.

use super::choice::Choice;
use crate::engine::{
    Journeys, MatrixCell, MatrixRow, ScoresOverTime, TouchpointDetail, TouchpointRow,
};
use crate::panes::{Look, Rect};
use crate::text::{self, count, counted, percent};
use crate::ui::widgets::empty::paragraphs;
use crate::ui::widgets::sparkline::sparkline;
use crate::ui::widgets::{Bar, Bars, Cell, Column, Timeline, VirtualTable};
use crate::ui::{fit, paint};
use ratatui::buffer::Buffer;
use std::sync::Arc;

/// Rows from which on scores have charts, and not one line each.
const TALL: u16 = 22;

/// Distinct scores that have a bar each; more are not drawn.
const MOST_BARS: usize = 11;

/// Draws a touchpoint.
pub fn draw(
    row: &TouchpointRow,
    found: Option<&TouchpointDetail>,
    choice: &Choice,
    area: Rect,
    buffer: &mut Buffer,
    look: Look<'_>,
) {
    let theme = look.theme;
    let title = text::safe(&row.name);
    paint::heading(buffer, paint::row(area, 0), &title, theme.title, theme);
    let mut area = paint::below(area, 1);
    let mut lines = sentences(row, choice, look);
    lines.extend(found.into_iter().flat_map(around));
    area = paragraphs(&lines, area, buffer, theme.text, theme);
    if let Some(found) = found {
        area = draw_scores(found, area, buffer, look);
    }
    choice.draw_lacks(&["outcome", "score", "expect"], area, buffer, look);
}

/// The figures of a touchpoint in sentences.
fn sentences(row: &TouchpointRow, choice: &Choice, look: Look<'_>) -> Vec<String> {
    let dot = look.theme.glyphs.dot;
    let facts = choice.facts.as_deref();
    let mut lines = Vec::new();
    if let Some(of) = row.score.and_then(|score| score.figures) {
        let name = facts
            .and_then(|facts| facts.score.as_deref())
            .unwrap_or("score");
        let interval = of.interval.map_or(String::new(), |of| {
            format!(" [{}, {}]", text::mean(of.low), text::mean(of.high))
        });
        let mut parts = vec![format!(
            "{name} {}{interval} of {}",
            text::mean(of.mean),
            count(of.n)
        )];
        parts.extend(
            row.best()
                .map(|best| format!("{} gave 4 or 5", percent(best))),
        );
        if let Some((expect, gap)) = row.expect.zip(row.gap) {
            let sure = if row.flagged { "" } else { ", may be chance" };
            parts.push(format!(
                "expected {}, gap {}{sure}",
                text::mean(expect),
                signed(gap)
            ));
        }
        lines.push(parts.join(&format!(" {dot} ")));
    }
    let mut parts = Vec::new();
    if let Some(of) = row.nps {
        let whole = |value: f64| text::number(value, 0);
        let interval = of.interval.map_or(String::new(), |of| {
            format!(" [{}, {}]", whole(of.low), whole(of.high))
        });
        parts.push(format!(
            "NPS {}{interval} of {}",
            whole(of.value),
            count(of.n)
        ));
    }
    if let Some(reached) = row.reached {
        let reached = look.context.duration(reached);
        parts.push(format!("reached after {reached} (median)"));
    }
    lines.push(parts.join(&format!(" {dot} ")));
    let outcome = facts.and_then(|facts| facts.outcome.as_ref());
    lines.extend(outcome.map(|_| {
        let Some(effect) = &row.effect else {
            return "it makes the outcome true itself".to_owned();
        };
        let share = |of: Option<f64>| of.map_or("-".to_owned(), percent);
        let ratio = effect.ratio.map(|of| {
            let [ratio, low, high] = [of.ratio, of.interval.low, of.interval.high].map(text::mean);
            format!("ratio {ratio} [{low}, {high}]")
        });
        if effect.is_mostly_after() {
            return format!(
                "comes after the outcome in {}, before it in {}: no effect on it",
                counted(effect.after, "case", "cases"),
                count(effect.table.selected_with)
            );
        }
        let rates = format!(
            "outcome in {} with it, {} without",
            share(effect.with()),
            share(effect.without())
        );
        let q = effect.q.map(|q| format!("q {}", text::probability(q)));
        let parts: Vec<String> = [rates].into_iter().chain(ratio).chain(q).collect();
        parts.join(&format!(" {dot} "))
    }));
    lines
}

/// Events directly before and after those of a touchpoint.
fn around(found: &TouchpointDetail) -> Vec<String> {
    /// Touchpoints that are named.
    const MOST: usize = 4;
    let list = |title: &str, of: &[(Option<Arc<str>>, u64)], none: &str| {
        let named = of.iter().take(MOST).map(|(name, n)| {
            let name = name.as_deref().unwrap_or(none);
            format!("{} {}", text::safe(name), count(*n))
        });
        let mut named: Vec<String> = named.collect();
        if of.len() > MOST {
            named.push(format!("{} more", count((of.len() - MOST) as u64)));
        }
        format!("{title}: {}", named.join(", "))
    };
    let mut lines = Vec::new();
    if !found.before.is_empty() {
        lines.push(list("before it", &found.before, "start"));
    }
    if !found.after.is_empty() {
        lines.push(list("after it", &found.after, "end"));
    }
    lines
}

/// Draws the scores and how they change over time; returns what is left of the area.
fn draw_scores(found: &TouchpointDetail, area: Rect, buffer: &mut Buffer, look: Look<'_>) -> Rect {
    let theme = look.theme;
    let (Some(time), false) = (&found.over_time, found.scores.is_empty()) else {
        return area;
    };
    let few = found.scores.len() <= MOST_BARS;
    let n: Vec<f64> = found.scores.iter().map(|(_, n)| *n as f64).collect();
    if area.height < TALL {
        let mut parts = Vec::new();
        if few {
            let line = sparkline(&n, n.len(), &theme.glyphs);
            let ends = found.scores.first().zip(found.scores.last());
            let ends = ends.map_or(String::new(), |(low, high)| {
                format!("{} to {}", text::number(low.0, 2), text::number(high.0, 2))
            });
            parts.push(format!("scores {ends} {line}"));
        }
        let means: Vec<f64> = time
            .bins
            .iter()
            .map(|bin| bin.mean.unwrap_or(f64::NAN))
            .collect();
        let room = means.len().min(24);
        let line = sparkline(&means, room, &theme.glyphs);
        parts.push(format!("over time, by {} {line}", time.unit));
        let line = parts.join(&format!(" {} ", theme.glyphs.dot));
        let line = fit::truncate_end(&line, area.width.into(), theme.glyphs.ellipsis);
        paint::text(buffer, paint::row(area, 0), &line, theme.text);
        return paint::below(area, 1);
    }
    let mut area = paint::below(area, 1);
    if few {
        paint::text(buffer, paint::row(area, 0), "Scores", theme.muted);
        let bars = found.scores.iter().rev().map(|(score, n)| Bar {
            label: text::number(*score, 2).into(),
            value: *n as f64,
            text: count(*n).into(),
            style: None,
        });
        let bars: Vec<Bar<'_>> = bars.collect();
        Bars {
            bars: &bars,
            full: None,
        }
        .draw(paint::below(area, 1), buffer, theme);
        area = paint::below(area, bars.len() as u16 + 2);
    }
    draw_over_time(time, area, buffer, look)
}

fn draw_over_time(time: &ScoresOverTime, area: Rect, buffer: &mut Buffer, look: Look<'_>) -> Rect {
    const ROWS: u16 = 8;
    let n = time.bins.iter().map(|bin| bin.n).sum();
    let title = format!(
        "Mean score per {}, {}",
        time.unit,
        counted(n, "score", "scores")
    );
    paint::sentence(
        buffer,
        paint::row(area, 0),
        &title,
        look.theme.muted,
        look.theme,
    );
    let bins = time
        .bins
        .iter()
        .map(|bin| (bin.start, bin.mean.unwrap_or(0.0)));
    let bins: Vec<(i64, f64)> = bins.collect();
    let most = bins.iter().map(|bin| bin.1).fold(0.0, f64::max);
    Timeline {
        bins: &bins,
        end: time.end,
        top: &text::number(most, 1),
        cursor: None,
        zone: look.context.log.zone,
        style: None,
    }
    .draw(paint::top(paint::below(area, 1), ROWS), buffer, look.theme);
    paint::below(area, ROWS + 2)
}

/// The journeys by channel and stage.
pub struct Matrix<'a> {
    /// The journeys that it is a touchpoint of.
    pub journeys: &'a Journeys,
}

/// Rows of a title, a head, and the channels; 0 where there is nothing to draw.
pub fn rows_of(journeys: &Journeys) -> u16 {
    match journeys.rows.len() {
        0 => 0,
        n => u16::try_from(n).unwrap_or(u16::MAX).saturating_add(3),
    }
}

impl Matrix<'_> {
    /// Draws cases, and the mean score in brackets, of each channel at each stage.
    pub fn draw(&self, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
        let Journeys {
            name,
            guessed,
            by,
            stages,
            rows,
        } = self.journeys;
        let theme = look.theme;
        let guess = if *guessed { "guess: " } else { "" };
        let title = format!(
            "{by} by stage, {guess}{}: cases (mean score)",
            name.as_deref().unwrap_or_default()
        );
        let title = text::safe(&title);
        paint::heading(buffer, paint::row(area, 1), &title, theme.title, theme);
        let heads: Vec<String> = stages
            .iter()
            .map(|(stage, _)| text::safe(stage).into_owned())
            .collect();
        let stage_columns = heads
            .iter()
            .map(|head| Column::flex(head, 12, 2).at_most(22).right());
        let columns: Vec<Column<'_>> = [Column::flex(by, 8, 3).at_most(24)]
            .into_iter()
            .chain(stage_columns)
            .collect();
        let row = |row: &MatrixRow| {
            let name = row.name.as_deref().unwrap_or("(none)");
            let name = Cell::new(text::safe(name).into_owned());
            let cells = row.cells.iter().zip(stages);
            let cells = cells.map(|(cell, (_, covered))| of_cell(cell, *covered, look));
            [name].into_iter().chain(cells).collect()
        };
        let shown: Vec<Vec<Cell<'_>>> = rows.iter().map(row).collect();
        VirtualTable {
            columns: &columns,
            rows: &shown,
            total: shown.len(),
            ..VirtualTable::default()
        }
        .draw(paint::below(area, 2), buffer, theme);
    }
}

/// Cases of a channel at a stage, and their mean score.
fn of_cell(cell: &MatrixCell, covered: bool, look: Look<'_>) -> Cell<'static> {
    if cell.cases == 0 {
        let none = if covered { "-" } else { "no system" };
        return Cell::new(none).style(look.theme.muted);
    }
    let mean = cell
        .mean
        .map_or(String::new(), |mean| format!(" ({})", text::mean(mean)));
    let below = match (cell.below, look.theme.glyphs.is_ascii()) {
        (false, _) => "",
        (true, true) => " v",
        (true, false) => " ▼",
    };
    let shown = Cell::new(format!("{}{mean}{below}", count(cell.cases)));
    if cell.below {
        shown.style(look.theme.bad)
    } else {
        shown
    }
}

/// A difference of scores with its sign.
pub fn signed(difference: f64) -> String {
    let sign = if difference > 0.0 { "+" } else { "" };
    format!("{sign}{}", text::mean(difference))
}
