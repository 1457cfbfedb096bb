//! Texts that several panes write: filters, empty states, rows to copy.

use super::{Context, Look, Outcome};
use crate::engine::{AskError, ColumnInfo, Field, Rows};
use crate::filter::{Expr, Op, TimeLiteral, Value};
use crate::input::Action;
use crate::text::{self, safe, time};
use crate::ui::fit;
use crate::ui::widgets::Empty;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Separates the texts of the subject of a place.
pub const SEPARATOR: char = '\u{1f}';

/// Keys to press where filters leave nothing.
pub const UNDO_FILTERS: &str = "{undo} undo   {toggle-all-filters} all filters off";
/// Key to press where an engine does not answer.
pub const FETCH: &str = "{slice} fetches what the filters leave";
const HELP_OR_QUIT: &str = "{help} help   {quit} quit";

/// A sentence why there is nothing, and what to press.
pub struct Nothing {
    /// Why.
    pub sentence: String,
    /// Keys to press: actions in braces, each with a word.
    pub hint: &'static str,
}

impl Nothing {
    /// Draws it into an area. Names of actions in braces are replaced by their keys in the hint.
    pub fn draw(&self, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
        let hint = look.context.keys.fill(self.hint);
        let empty = Empty {
            sentence: &self.sentence,
            hint: &hint,
        };
        empty.draw(area, buffer, look.theme);
    }
}

/// Returns the text in place of a list of `many` that has not arrived, was refused, or has no rows;
/// `None` where there is a list to draw.
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

/// The text until an answer arrives.
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
    } else if context.log.events == 0 {
        // Whatever is filtered, there is nothing to filter.
        Nothing {
            sentence: "The log has no events.".to_owned(),
            hint: "{go-to-pane-11} what was read   {help} help   {quit} quit",
        }
    } else if filters > 0 {
        Nothing {
            sentence: match filters {
                1 => "No case matches the filter.".to_owned(),
                n => format!("No case matches the {n} filters."),
            },
            hint: UNDO_FILTERS,
        }
    } else {
        Nothing {
            sentence: format!("The log has no {many}."),
            hint: HELP_OR_QUIT,
        }
    }
}

/// Why there is no answer, as a sentence.
pub fn reason(error: &AskError) -> String {
    match error {
        AskError::NotThere(what) => format!("Not answered by the engine: {}.", safe(what)),
        error => safe(&error.to_string()).into_owned(),
    }
}

/// Why there is no answer, and what to press.
pub fn refused(error: &AskError) -> Nothing {
    Nothing {
        sentence: reason(error),
        hint: match error {
            AskError::Filter(_) => UNDO_FILTERS,
            AskError::NotThere(_) => FETCH,
            _ => HELP_OR_QUIT,
        },
    }
}

/// The filter `COLUMN = VALUE`; `None` where the value is missing or the language cannot write it.
pub fn value_filter(column: &ColumnInfo, value: &Field) -> Option<Expr> {
    let value = match value {
        Field::Missing => return None,
        Field::Text(text) => (&**text).into(),
        Field::Number(number) => Value::number(*number)?,
        Field::Instant(micros) => TimeLiteral::of(*micros)?.into(),
    };
    Some(Expr::compare(column.field(), Op::Equal, value))
}

/// Applies `Open`, `Keep` or `Drop` to the cases of a filter: a drill-down to them under that
/// breadcrumb, the filter, or its opposite. `None` for any other action.
pub fn selecting(action: &Action, filter: &Expr, crumb: String) -> Option<Action> {
    match action {
        Action::Open => Some(Action::Drill {
            filter: filter.to_string(),
            pane: "cases",
            crumb,
        }),
        Action::Keep => Some(Action::AddFilter(filter.to_string())),
        Action::Drop => Some(Action::AddFilter(filter.negate().to_string())),
        _ => None,
    }
}

/// Applies `Open`, `Keep` or `Drop` to a set of cases where `Open` keeps them and stays. `None` for any other
/// action.
pub fn keeping(action: &Action, filter: &Expr) -> Option<Action> {
    let action = match action {
        Action::Open => &Action::Keep,
        other => other,
    };
    selecting(action, filter, String::new())
}

/// Applies `Open`, `Keep`, `Drop` or `Predict` to one case: `Open` goes to its pane. `None` for any other
/// action.
pub fn selecting_case(action: &Action, case: &str) -> Option<Action> {
    match action {
        Action::Open => Some(Action::OpenCase(case.to_owned())),
        Action::Predict => Some(Action::PredictCase(case.to_owned())),
        _ => selecting(action, &Expr::case(case), String::new()),
    }
}

/// Cuts the cases to the part from the first event of an activity to the last one of another.
pub fn trimming(from: &str, to: &str) -> Action {
    // As filters write activities.
    let [from, to] = [from, to].map(Expr::activity);
    Action::AddEventFilter(format!("between {from} and {to}"))
}

/// The outcome of an action that may have been none of the pane's.
pub fn emitting(action: Option<Action>) -> Outcome {
    action.map_or(Outcome::Ignored, |action| Outcome::Emit(vec![action]))
}

/// The outcome of an action that only shows a message.
pub fn notify(text: &str) -> Outcome {
    Outcome::Emit(vec![Action::Notify(text.to_owned())])
}

/// The options `--from` and `--to` of a report on a range of instants, in microseconds. An end that the
/// filter language cannot write is left out.
pub fn range_options(from: i64, to: i64) -> Vec<String> {
    let ends = [("--from", from), ("--to", to)];
    let option = |(name, at): (&str, i64)| Some([name.to_owned(), TimeLiteral::of(at)?.text]);
    ends.into_iter().filter_map(option).flatten().collect()
}

/// A value as safe text; empty where it is missing.
pub fn value(field: &Field, zone: time::Tz) -> String {
    match field {
        Field::Missing => String::new(),
        Field::Text(text) => safe(text).into_owned(),
        Field::Number(number) => number.to_string(),
        Field::Instant(micros) => time::exact_instant(*micros, zone),
    }
}

/// The beginning of a value as safe text: as much as a row can show.
pub fn value_head(field: &Field, zone: time::Tz) -> String {
    match field {
        // A value may be megabytes long.
        Field::Text(text) => safe(text::head(text, 1 << 12)).into_owned(),
        _ => value(field, zone),
    }
}

/// Rows as lines of tab-separated cells.
pub fn tab_separated(rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let lines: Vec<String> = rows.into_iter().map(|row| row.join("\t")).collect();
    lines.join("\n")
}

/// `case 4711`, cut to something that fits a breadcrumb.
pub fn crumb(kind: &str, name: &str) -> String {
    named(kind, &fit::truncate_middle(&safe(name), 24, "…"))
}

/// `case 4711`; `Case 4711` alone where the name begins with its kind.
pub fn named(kind: &str, name: &str) -> String {
    // `get`, as the end may be within a character.
    let start = name.get(..kind.len());
    if start.is_some_and(|start| start.eq_ignore_ascii_case(kind)) {
        return name.to_owned();
    }
    format!("{kind} {name}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{ColumnKind, Level};

    #[test]
    fn filters_of_values() {
        let column = ColumnInfo {
            name: "amount".into(),
            kind: ColumnKind::Number,
            level: Level::Event,
            shadowed: false,
            values: None,
        };
        let filter = |field| value_filter(&column, &field).map(|filter| filter.to_string());
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
            Some(r#"amount = "a\"b""#.to_owned())
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
    fn kinds_are_not_written_twice() {
        assert_eq!(named("case", "4711"), "case 4711");
        assert_eq!(named("case", "Case 4711"), "Case 4711");
        assert_eq!(named("case", "Ä"), "case Ä");
        assert_eq!(crumb("with", "Pay"), "with Pay");
    }

    #[test]
    fn values_are_safe() {
        assert_eq!(
            value(&Field::Text("a\x1b\tb".into()), time::UTC),
            "a\\u{1b}\\tb"
        );
        assert_eq!(value(&Field::Number(0.1), time::UTC), "0.1");
        assert_eq!(value(&Field::Missing, time::UTC), "");
    }
}
