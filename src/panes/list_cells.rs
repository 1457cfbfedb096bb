//! Cells of a list from its schema: headings, values as a person reads them, and values to copy.

use super::controls::{Controls, Find};
use super::{Context, Explained, Look};
use crate::engine::{ColumnKey, Money, Schema, Shown, Tone, Value, Width};
use crate::text::{self, time};
use crate::ui::fit;
use crate::ui::widgets::sparkline::sparkline;
use crate::ui::widgets::{Cell, Column as Head};
use ratatui::style::Style;

/// The heading of a column, with its room.
pub fn head<R>(column: &Shown<R>) -> Head<'_> {
    let head = match column.width {
        Width::Fixed(width) => Head::fixed(column.heading(), width),
        Width::Flex {
            least,
            weight,
            most,
        } => Head::flex(column.heading(), least, weight).at_most(most),
    };
    let head = head.priority(column.priority);
    if column.right { head.right() } else { head }
}

/// Position of the column that rows are sorted by, and whether the largest is first.
pub fn sorted<R>(
    schema: &Schema<R>,
    columns: &[Shown<R>],
    controls: &Controls,
) -> Option<(usize, bool)> {
    let is_sorted = |shown: &Shown<R>| is_order_of(schema, controls.key(), shown);
    let at = columns.iter().position(is_sorted)?;
    Some((at, controls.descending))
}

/// Position of the order by a column among those of the list; `None` for a column that is no order.
pub fn order_of<R>(schema: &Schema<R>, column: &Shown<R>, controls: &Controls) -> Option<usize> {
    let mut keys = controls.keys();
    keys.position(|key| is_order_of(schema, key, column))
}

fn is_order_of<R>(schema: &Schema<R>, key: &ColumnKey, shown: &Shown<R>) -> bool {
    match key {
        ColumnKey::Own(name) => {
            let order = schema.column(name);
            shown.shown_field().is_none()
                && order.is_some_and(|order| order.order_name() == shown.order_name())
        }
        ColumnKey::Field(field) => shown.shown_field() == Some(field),
    }
}

/// The columns, of which the one that rows are sorted by does not vanish: an order that cannot be seen would
/// look like none.
pub fn sorted_stays<R>(
    schema: &Schema<R>,
    mut columns: Vec<Shown<R>>,
    controls: &Controls,
) -> Vec<Shown<R>> {
    if let Some((at, _)) = sorted(schema, &columns, controls) {
        columns[at].stay();
    }
    columns
}

/// The cells of a column for the rows on the screen. `full` is the number of a bar that fills its cell.
pub fn cells<'a, R>(
    column: &Shown<R>,
    rows: &[&'a R],
    full: f64,
    find: &Find,
    look: Look<'_>,
) -> Vec<Cell<'a>> {
    let cells: Vec<Cell<'a>> = rows
        .iter()
        .map(|row| cell(column, row, full, find, look))
        .collect();
    if column.middle {
        cells.into_iter().map(Cell::middle).collect()
    } else {
        cells
    }
}

fn cell<'a, R>(column: &Shown<R>, row: &'a R, full: f64, find: &Find, look: Look<'_>) -> Cell<'a> {
    let value = column.value(row);
    let share = match value {
        Value::Count(n) => n as f64 / full,
        Value::Seconds(x) | Value::Number(x) | Value::Share(x) => x / full,
        _ => 0.0,
    };
    let style = style((column.tone)(row), look);
    let cell = match (value, column.bar) {
        (Value::Text(text), _) => {
            let text = text::safe(text::head(&text, LONGEST)).into_owned();
            Cell::new(text).find(find.matcher())
        }
        (Value::Counts(counts), _) => {
            let counts: Vec<f64> = counts.iter().map(|n| *n as f64).collect();
            let columns = match column.width {
                Width::Fixed(columns) => columns.into(),
                Width::Flex { .. } => counts.len(),
            };
            Cell::new(sparkline(&counts, columns, &look.theme.glyphs)).style(look.theme.bar)
        }
        (value, Some(room)) => Cell::bar(share, &shown(&value, look.context), room.into()),
        (Value::Count(n), None) => {
            let room = match column.width {
                Width::Fixed(columns) => columns.into(),
                Width::Flex { .. } => usize::MAX,
            };
            Cell::new(text::short_count(n, room))
        }
        (value, None) => Cell::new(shown(&value, look.context)),
    };
    match style {
        Some(style) => cell.style(style),
        None => cell,
    }
}

/// Width of the longest text of a column that can be scrolled sideways; 0 for other columns.
pub fn text_width<'a, R: 'a>(
    column: &Shown<R>,
    rows: impl Iterator<Item = &'a R>,
    context: Context<'_>,
) -> usize {
    if (matches!(column.width, Width::Fixed(_)) && column.shown_field().is_none())
        || column.bar.is_some()
    {
        return 0;
    }
    let width = |row: &R| match column.value(row) {
        Value::Text(text) => fit::width(&text::safe(text::head(&text, LONGEST))),
        Value::Names(names) => fit::width(&text::safe(&names.join(" > "))),
        value @ Value::Several(_) => fit::width(&shown(&value, context)),
        _ => 0,
    };
    rows.map(width).max().unwrap_or(0)
}

/// Bytes of a log's text that a cell holds.
const LONGEST: usize = 1 << 14;

fn style(tone: Tone, look: Look<'_>) -> Option<Style> {
    match tone {
        Tone::Plain => None,
        Tone::Muted => Some(look.theme.muted),
        Tone::Warn => Some(look.theme.warn),
        Tone::Bad => Some(look.theme.bad),
    }
}

/// A value as safe text, as one would say it.
fn shown(value: &Value<'_>, context: Context<'_>) -> String {
    match value {
        Value::Missing => "-".to_owned(),
        Value::Text(text) => text::safe(text).into_owned(),
        Value::Names(names) => text::safe(&names.join(" > ")).into_owned(),
        Value::Flag(flag) => if *flag { "yes" } else { "" }.to_owned(),
        Value::Count(n) => text::count(*n),
        Value::Number(x) => text::number(*x, decimals(*x)),
        Value::Mean(mean) => text::mean(*mean),
        Value::Money(money) => text::money(money.amount, money.at_least),
        Value::Change(x, relative) => change(*x, *relative),
        Value::Seconds(seconds) => context.duration(*seconds),
        Value::Working(seconds) => time::working(*seconds),
        Value::Elapsed(seconds) => time::duration(*seconds),
        Value::Share(share) | Value::Ratio(share) => text::percent(*share),
        Value::Growth(growth) => text::growth(*growth),
        Value::Instant(instant) => time::instant(*instant, context.log.zone),
        Value::Counts(counts) => {
            let counts = counts.iter().map(|n| text::count(*n));
            counts.collect::<Vec<_>>().join(", ")
        }
        Value::Several(values) => {
            let values = values.iter().map(|value| shown(value, context));
            text::joined(&values.collect::<Vec<_>>())
        }
    }
}

/// Decimals worth showing: more for what is less than one.
fn decimals(value: f64) -> usize {
    if value.abs() < 1.0 { 2 } else { 1 }
}

/// `+3.1 (+25%)`
fn change(value: f64, relative: Option<f64>) -> String {
    let signed = |value: f64, decimals: usize| {
        let text = text::number(value, decimals);
        // What is rounded to nothing has no sign.
        let plus = if value > 0.0 && text != "0" { "+" } else { "" };
        format!("{plus}{text}")
    };
    let change = signed(value, decimals(value));
    match relative {
        Some(relative) => format!("{change} ({}%)", signed(relative * 100.0, 0)),
        None => change,
    }
}

/// The figures of a row: the columns that the glossary explains or that are made of several values.
pub fn figures<R>(columns: &[Shown<R>], row: &R, context: Context<'_>) -> Vec<Explained> {
    let figure = |column: &Shown<R>| {
        let basis = column.basis.map(|basis| basis(row));
        (basis.is_some() || !column.term.is_empty()).then(|| Explained {
            name: column.order_name().to_owned(),
            value: shown(&column.value(row), context),
            basis,
            term: column.term,
        })
    };
    columns.iter().filter_map(figure).collect()
}

/// The value of a column in full, as a safe text.
pub fn whole<R>(column: &Shown<R>, row: &R, context: Context<'_>) -> String {
    match column.value(row) {
        Value::Instant(instant) => time::exact_instant(instant, context.log.zone),
        value => shown(&value, context),
    }
}

/// Headings and values of a row, in full.
pub fn whole_row<R>(columns: &[Shown<R>], row: &R, context: Context<'_>) -> Vec<(String, String)> {
    let value = |column: &Shown<R>| {
        let name = text::safe(column.heading()).into_owned();
        (name, whole(column, row, context))
    };
    columns.iter().map(value).collect()
}

/// A row as cells to copy: figures as they are, durations in seconds.
pub fn copied<R>(columns: &[Shown<R>], row: &R, zone: time::Tz) -> Vec<String> {
    let cell = |column: &Shown<R>| exact(&column.value(row), zone);
    columns.iter().map(cell).collect()
}

/// A value as a text to copy.
fn exact(value: &Value<'_>, zone: time::Tz) -> String {
    match value {
        Value::Missing => String::new(),
        Value::Text(text) => text::safe(text).into_owned(),
        Value::Names(names) => text::safe(&names.join(" > ")).into_owned(),
        Value::Flag(flag) => if *flag { "yes" } else { "" }.to_owned(),
        Value::Count(n) => n.to_string(),
        Value::Number(x)
        | Value::Mean(x)
        | Value::Money(Money { amount: x, .. })
        | Value::Change(x, _)
        | Value::Seconds(x)
        | Value::Working(x)
        | Value::Elapsed(x)
        | Value::Share(x)
        | Value::Ratio(x)
        | Value::Growth(x) => x.to_string(),
        Value::Instant(instant) => time::exact_instant(*instant, zone),
        Value::Counts(counts) => {
            let counts = counts.iter().map(u64::to_string);
            counts.collect::<Vec<_>>().join(", ")
        }
        Value::Several(values) => {
            let values = values.iter().map(|value| exact(value, zone));
            text::joined(&values.collect::<Vec<_>>())
        }
    }
}
