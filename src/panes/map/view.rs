//! Draws the map, what it shows of the process, and the item under the cursor. Computes no figure.

use super::item::{Figure, Item};
use super::picture::Picture;
use super::state::{MAP, State};
use super::{labels, rows};
use crate::engine::{MapEdge, ProcessMap, ShownOf};
use crate::panes::{Context, Look, texts};
use crate::text::{count, percent, safe};
use crate::ui::{fit, paint};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::cmp::Reverse;

/// From this width on, the item under the cursor is described beside the map.
const BESIDE: u16 = 120;
/// Columns of its description.
const DETAIL: u16 = 46;
/// From this height on, it is described below a map that is narrower.
const BELOW: u16 = 10;
/// From this height on, a line explains the lines.
const LEGEND: u16 = 16;

/// Draws the map.
pub fn draw(state: &State, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
    let nothing = match (&state.map, state.error()) {
        (_, Some(error)) => Some(texts::refused(error)),
        (None, None) => Some(texts::counting()),
        (Some(map), None) if map.nodes.is_empty() => {
            Some(texts::nothing("activities", "", look.context))
        }
        (Some(_), None) => None,
    };
    let (Some(map), None) = (&state.map, &nothing) else {
        if let Some(nothing) = nothing {
            nothing.draw(area, buffer, look);
        }
        return;
    };
    draw_head(state, map, paint::row(area, 0), buffer, look);
    let mut body = paint::below(area, 1);
    let shade = state.shade.map(|of| {
        let shades = look.theme.glyphs.shades.concat();
        let name = name(state, of);
        format!("c: shade by {name}: {shades} quarters of the largest")
    });
    let shade = shade.map(|line| (line, look.theme.muted));
    // Each answer that is missing says why, as the others are on the screen.
    let faults = state.faults().into_iter();
    let faults = faults.map(|line| (line, look.theme.warn));
    for (line, style) in shade.into_iter().chain(faults) {
        let row = paint::row(body, 0);
        let line = fit::truncate_words(&line, row.width.into(), look.theme.glyphs.ellipsis);
        paint::text(buffer, row, &line, style);
        body = paint::below(body, 1);
    }
    let (body, detail) = if area.width >= BESIDE {
        let (body, detail) = paint::cut(body, body.width.saturating_sub(DETAIL));
        (body, Some((detail, true)))
    } else if area.height >= BELOW {
        let rows = body.height.saturating_sub(2);
        (
            paint::top(body, rows),
            Some((paint::below(body, rows), false)),
        )
    } else {
        (body, None)
    };
    let context = Context {
        area,
        ..look.context
    };
    let is_tree = state.draws_tree(context);
    let legend = u16::from(!is_tree && area.height >= LEGEND);
    let plot = paint::top(body, body.height.saturating_sub(legend));
    match Picture::of(map) {
        Some(picture) if !is_tree => {
            picture.draw(state, plot, buffer, look);
            draw_legend(state, &picture, body, plot, buffer, look);
        }
        _ => rows::draw(state, map, plot, buffer, look),
    }
    if let Some((detail, beside)) = detail {
        draw_detail(state, map, detail, beside, buffer, look);
    }
    if (look.stale)(MAP) {
        paint::restyle(buffer, body, look.theme.stale);
    }
}

/// Name of a figure, with what moves are counted by.
fn name(state: &State, of: Figure) -> String {
    let by = state.moves().filter(|_| of.is_of_moves());
    let by = by.map(|moves| format!(" by {}", safe(&moves.by)));
    of.name().to_owned() + &by.unwrap_or_default()
}

/// Says what is shown, with the keys that change it.
fn draw_head(state: &State, map: &ProcessMap, row: Rect, buffer: &mut Buffer, look: Look<'_>) {
    let part = |what: &str, shown: ShownOf, keys: &str| {
        let (n, of) = (count(shown.shown as u64), count(shown.of as u64));
        format!("{what} {n} of {of} {keys}")
    };
    let mut parts = vec![
        part("activities", map.activities, "< >"),
        part("paths", map.paths, "( )"),
    ];
    parts.extend(
        map.drawn
            .map(|drawn| format!("{} of steps", percent(drawn))),
    );
    if map.hidden_cases > 0 {
        parts.push(format!("{} cases hidden", count(map.hidden_cases)));
    }
    parts.push(format!("a: {}", name(state, state.figure)));
    let separator = format!(" {} ", look.theme.glyphs.dot);
    let line = parts.join(&separator);
    let line = fit::truncate_words(&line, row.width.into(), look.theme.glyphs.ellipsis);
    paint::text(buffer, row, &line, look.theme.title);
}

/// Explains the lines, and says how much of the picture is seen.
fn draw_legend(
    state: &State,
    picture: &Picture<'_>,
    body: Rect,
    plot: Rect,
    buffer: &mut Buffer,
    look: Look<'_>,
) {
    let foot = paint::below(body, plot.height);
    let ascii = look.theme.glyphs.is_ascii();
    let (up, again) = if ascii {
        ("^", "@")
    } else {
        ("\u{25b2}", "\u{21ba}")
    };
    let mut parts = vec!["steps lead down".to_owned(), format!("{up} back up")];
    parts.push(format!("{again} again"));
    if picture.map.edges.iter().any(MapEdge::has_hidden) {
        parts.push("~ dashed: hidden activities between".to_owned());
    }
    let rows = usize::from(plot.height);
    let (_, first) = picture.origin(&state.cursor(), plot);
    let seen = if picture.layout.height > rows {
        format!(
            "rows {}-{} of {}",
            first + 1,
            first + rows,
            picture.layout.height
        )
    } else {
        String::new()
    };
    let room = usize::from(foot.width).saturating_sub(fit::width(&seen) + 1);
    let line = parts.join(&format!(" {} ", look.theme.glyphs.dot));
    let line = fit::truncate_words(&line, room, look.theme.glyphs.ellipsis);
    paint::text(buffer, foot, &line, look.theme.muted);
    paint::text_right(buffer, foot, &seen, look.theme.muted);
}

fn draw_detail(
    state: &State,
    map: &ProcessMap,
    area: Rect,
    beside: bool,
    buffer: &mut Buffer,
    look: Look<'_>,
) {
    let item = state.cursor();
    if beside {
        draw_beside(state, map, &item, area, buffer, look);
    } else {
        draw_below(state, map, &item, area, buffer, look);
    }
}

/// Two lines below the map: figures, and where the activity comes from and leads to.
fn draw_below(
    state: &State,
    map: &ProcessMap,
    item: &Item,
    area: Rect,
    buffer: &mut Buffer,
    look: Look<'_>,
) {
    let theme = look.theme;
    let cut = |line: &str| {
        fit::truncate_words(line, area.width.into(), theme.glyphs.ellipsis).into_owned()
    };
    let figures = labels::figures(state, item, look.context).into_iter();
    let figures: Vec<String> = figures
        .map(|row| format!("{} {}", row.name, row.value))
        .collect();
    let line = format!("{}: {}", labels::title(item), figures.join(", "));
    paint::text(buffer, paint::row(area, 0), &cut(&line), theme.focus);
    let line = if let Item::Edge(..) = item {
        keeps(state)
    } else {
        around(map, item)
    };
    paint::text(buffer, paint::row(area, 1), &cut(&line), theme.muted);
}

/// Where an activity comes from, and where it leads to.
fn around(map: &ProcessMap, item: &Item) -> String {
    let list = |edges: Vec<&MapEdge>, arriving: bool| {
        let named = edges.into_iter().map(|edge| {
            let (name, outside) = if arriving {
                (&edge.from, "start")
            } else {
                (&edge.to, "end")
            };
            let name = name.as_deref().map_or(outside.into(), safe);
            format!("{name} {}", count(edge.count))
        });
        named.collect::<Vec<_>>().join(", ")
    };
    let (from, to) = (
        list(arriving(map, item), true),
        list(leaving(map, item), false),
    );
    match item {
        Item::Start => format!("to {to}"),
        Item::End => format!("from {from}"),
        _ => format!("from {from}; to {to}"),
    }
}

/// The filter of the item under the cursor.
fn keeps(state: &State) -> String {
    match state.filter() {
        Ok(filter) => format!("+ keeps {}", safe(&filter.to_string())),
        Err(why) => why.to_owned(),
    }
}

/// Edges, most steps first.
fn by_count<'a>(edges: impl Iterator<Item = &'a MapEdge>) -> Vec<&'a MapEdge> {
    let mut edges: Vec<&MapEdge> = edges.collect();
    edges.sort_by_key(|edge| Reverse(edge.count));
    edges
}

/// Edges that lead to a node, most steps first.
fn arriving<'a>(map: &'a ProcessMap, node: &Item) -> Vec<&'a MapEdge> {
    by_count(map.edges.iter().filter(|edge| match node {
        Item::Node(name) => edge.to.as_ref() == Some(name),
        Item::End => edge.to.is_none(),
        Item::Start | Item::Edge(..) => false,
    }))
}

/// Edges that lead from a node, most steps first.
fn leaving<'a>(map: &'a ProcessMap, node: &Item) -> Vec<&'a MapEdge> {
    by_count(map.edges.iter().filter(|edge| match node {
        Item::Node(name) => edge.from.as_ref() == Some(name),
        Item::Start => edge.from.is_none(),
        Item::End | Item::Edge(..) => false,
    }))
}

/// The item under the cursor beside the map: its figures, and below them its steps.
fn draw_beside(
    state: &State,
    map: &ProcessMap,
    item: &Item,
    area: Rect,
    buffer: &mut Buffer,
    look: Look<'_>,
) {
    let theme = look.theme;
    let (line, area) = paint::cut(area, 2);
    for row in line.rows() {
        paint::symbol(
            buffer,
            row,
            (row.x, row.y),
            theme.glyphs.vertical,
            theme.border,
        );
    }
    paint::heading(
        buffer,
        paint::row(area, 0),
        &labels::title(item),
        theme.title,
        theme,
    );
    let mut at = 1;
    for figure in labels::figures(state, item, look.context) {
        let row = paint::row(area, at);
        paint::text(buffer, row, figure.name, theme.muted);
        paint::text_right(buffer, row, &figure.value, theme.text);
        at += 1;
    }
    let keeps = keeps(state);
    let keeps = fit::truncate_end(&keeps, area.width.into(), theme.glyphs.ellipsis);
    paint::text(buffer, paint::row(area, at + 1), &keeps, theme.muted);
    at += 3;
    let rest = paint::below(area, at as u16);
    let (arriving, leaving) = (arriving(map, item), leaving(map, item));
    let upper = match (arriving.len(), leaving.len()) {
        (0, _) => 0,
        (n, 0) => n + 2,
        (n, _) => (n + 2).min(usize::from(rest.height / 2)),
    };
    let upper = upper as u16;
    draw_steps(
        state,
        &arriving,
        true,
        paint::top(rest, upper),
        buffer,
        look,
    );
    draw_steps(
        state,
        &leaving,
        false,
        paint::below(rest, upper),
        buffer,
        look,
    );
}

/// Steps to or from an activity, as many as there is room for.
fn draw_steps(
    state: &State,
    edges: &[&MapEdge],
    arriving: bool,
    area: Rect,
    buffer: &mut Buffer,
    look: Look<'_>,
) {
    if edges.is_empty() || area.height < 2 {
        return;
    }
    let theme = look.theme;
    let head = paint::row(area, 0);
    paint::text(
        buffer,
        head,
        if arriving { "from" } else { "to" },
        theme.header,
    );
    paint::text_right(buffer, head, &columns("steps", "median"), theme.header);
    for (line, edge) in edges.iter().enumerate() {
        let row = paint::row(area, line + 1);
        if row.is_empty() {
            break;
        }
        let (name, outside) = if arriving {
            (edge.from.as_ref(), "(start)")
        } else {
            (edge.to.as_ref(), "(end)")
        };
        let median = median(state, edge, look.context);
        let figures = columns(&count(edge.count), &median);
        let room = usize::from(row.width).saturating_sub(fit::width(&figures) + 1);
        let name = name.map_or(outside.into(), |name| safe(name));
        let name = fit::truncate_middle(&name, room, theme.glyphs.ellipsis);
        paint::text(buffer, row, &name, theme.text);
        paint::text_right(buffer, row, &figures, theme.text);
    }
}

fn columns(steps: &str, median: &str) -> String {
    format!("{}{}", fit::pad_left(steps, 9), fit::pad_left(median, 10))
}

fn median(state: &State, edge: &MapEdge, context: Context<'_>) -> String {
    state
        .elapsed(edge)
        .map_or_else(|| "-".to_owned(), |stats| context.duration(stats.median))
}
