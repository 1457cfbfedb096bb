//! Names of figures and values, and the mark of a difference.

use crate::engine::{FigureKind, FigureOffer, NONE, Value};
use crate::panes::Look;
use crate::text;
use std::sync::Arc;

/// Below this, a difference to the other cases is marked.
const SURE: f64 = 0.05;

/// The name of a figure, with the sort of cases that a deadline counts.
pub fn named(offer: &FigureOffer) -> String {
    let name = &offer.figure;
    match offer.kind {
        FigureKind::Broken => format!("{name} (broken)"),
        _ => name.to_string(),
    }
}

/// A duration or an amount of money as a text.
pub fn measured(value: &Value<'_>, look: Look<'_>) -> String {
    match value {
        Value::Seconds(seconds) => look.context.duration(*seconds),
        Value::Money(money) => text::money(money.amount, money.at_least),
        _ => missing(),
    }
}

/// Text for a figure that does not exist.
pub fn missing() -> String {
    "-".to_owned()
}

/// A mark where a figure surely differs from that of the other cases.
pub fn sure(q: Option<f64>, look: Look<'_>) -> &str {
    if q.is_some_and(|q| q < SURE) {
        look.theme.glyphs.point
    } else {
        " "
    }
}

/// A value as safe text.
pub fn value(value: Option<&Arc<str>>) -> String {
    text::safe(value.map_or(NONE, |value| value)).into_owned()
}
