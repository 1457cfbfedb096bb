//! Texts that several panes write: filters, empty states, rows to copy.

use super::Context;
pub use crate::engine::instant_literal;
use crate::engine::{AskError, ColumnInfo, Field, Rows, field_name, quote};
use crate::input::Action;
use crate::text::{self, counted, safe, time};
use crate::ui::fit;
use crate::ui::widgets::Empty;

/// A sentence why there is nothing, and what to press.
pub struct Nothing {
    /// Why.
    pub sentence: String,
    /// What to press.
    pub hint: &'static str,
}

impl Nothing {
    /// As a widget.
    pub fn empty(&self) -> Empty<'_> {
        Empty {
            sentence: &self.sentence,
            hint: self.hint,
        }
    }
}

/// What stands in the place of a list of `many` that has not come, is refused, or has no rows; `None`
/// where there is a list to draw.
pub fn instead<T>(
    rows: Option<&Rows<T>>,
    error: Option<&AskError>,
    many: &str,
    find: &str,
    context: Context<'_>,
) -> Option<Nothing> {
    match (rows, error) {
        (_, Some(error)) => Some(refused(error)),
        (None, None) => Some(counting()),
        (Some(rows), None) if rows.total == 0 => Some(nothing(many, find, context)),
        (Some(_), None) => None,
    }
}

/// What stands there until an answer comes.
pub fn counting() -> Nothing {
    Nothing {
        sentence: "Counting ...".to_owned(),
        hint: "",
    }
}

/// Why a list of `many` has no rows.
pub fn nothing(many: &str, find: &str, context: Context<'_>) -> Nothing {
    let filters = context.view.filters.len() + context.view.events.len();
    if !find.is_empty() {
        Nothing {
            sentence: format!("Nothing matches {:?}.", safe(find)),
            hint: "Esc clears the search",
        }
    } else if filters > 0 {
        Nothing {
            sentence: format!(
                "No case passes {}.",
                counted(filters as u64, "filter", "filters")
            ),
            hint: "u undo   ! all filters off",
        }
    } else {
        Nothing {
            sentence: format!("The log has no {many}."),
            hint: "? help   q quit",
        }
    }
}

/// Why there is no answer, and what to press.
pub fn refused(error: &AskError) -> Nothing {
    Nothing {
        sentence: safe(&error.to_string()).into_owned(),
        hint: "u undo   ! all filters off",
    }
}

/// The filter that compares a column with a value by `=` or `!=`; `None` where the value is missing.
pub fn value_filter(column: &ColumnInfo, operator: &str, value: &Field) -> Option<String> {
    let value = match value {
        Field::Missing => return None,
        Field::Text(text) => quote(text),
        Field::Number(number) if !number.is_finite() => return None,
        Field::Number(number) => number.to_string(),
        Field::Instant(micros) => instant_literal(*micros)?,
    };
    Some(format!("{} {operator} {value}", field_name(&column.name)))
}

/// What is done with the cases of a filter: a drill-down to them, or only they are kept, or dropped.
pub fn selecting(action: &Action, filter: String, crumb: String) -> Action {
    match action {
        Action::Keep => Action::AddFilter(filter),
        Action::Drop => Action::AddFilter(format!("not ({filter})")),
        _ => Action::Drill {
            filter,
            pane: "cases",
            crumb,
        },
    }
}

/// The opposite of a filter that is one condition.
pub fn negated(filter: &str) -> String {
    format!("not {filter}")
}

/// A value as safe text; empty where it is missing.
pub fn value(field: &Field) -> String {
    match field {
        Field::Missing => String::new(),
        Field::Text(text) => safe(text).into_owned(),
        Field::Number(number) => number.to_string(),
        Field::Instant(micros) => time::exact_instant(*micros, time::UTC),
    }
}

/// The beginning of a value as safe text: as much as a row can show.
pub fn value_head(field: &Field) -> String {
    match field {
        Field::Text(text) => safe(text::head(text, 1 << 12)).into_owned(),
        _ => value(field),
    }
}

/// Rows as lines of tab-separated cells.
pub fn tab_separated(rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let lines: Vec<String> = rows.into_iter().map(|row| row.join("\t")).collect();
    lines.join("\n")
}

/// `case 4711`, cut to something that fits a breadcrumb.
pub fn crumb(kind: &str, name: &str) -> String {
    format!("{kind} {}", fit::truncate_middle(&safe(name), 24, "…"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::quote;
    use crate::engine::{ColumnKind, Level};

    #[test]
    fn filters_of_values() {
        let column = ColumnInfo {
            name: "amount".into(),
            kind: ColumnKind::Number,
            level: Level::Event,
        };
        let filter = |field| value_filter(&column, "=", &field);
        assert_eq!(
            filter(Field::Number(12.5)),
            Some("amount = 12.5".to_owned())
        );
        assert_eq!(
            filter(Field::Number(-1e21)),
            Some("amount = -1000000000000000000000".to_owned())
        );
        assert_eq!(
            filter(Field::Text("a\"b".into())),
            Some(format!("amount = {}", quote("a\"b")))
        );
        let instant = filter(Field::Instant(1_709_294_400_250_000));
        assert_eq!(
            instant,
            Some("amount = 2024-03-01T12:00:00.250Z".to_owned())
        );
        for none in [
            Field::Missing,
            Field::Number(f64::INFINITY),
            Field::Instant(i64::MAX),
        ] {
            assert_eq!(filter(none), None);
        }
    }

    #[test]
    fn values_are_safe() {
        assert_eq!(value(&Field::Text("a\x1b\tb".into())), "a\\u{1b}\\tb");
        assert_eq!(value(&Field::Number(0.1)), "0.1");
        assert_eq!(value(&Field::Missing), "");
    }
}
