//! The column that the lists are by: a part of the subject of their places.

use crate::engine::{Features, LogInfo};
use crate::filter::{Expr, Field, Op};
use crate::input::Action;
use crate::panes::list_view::{Change, Chosen};
use crate::panes::texts::{self, Nothing, SEPARATOR};
use crate::panes::{Context, Look, Rect};
use crate::text::safe;
use crate::ui::{fit, paint};
use ratatui::buffer::Buffer;

/// State that all lists of actors have: their column, and the detail of the row under the cursor.
pub struct By<D> {
    /// The column.
    pub column: Field,
    /// The detail, once it is known.
    pub detail: Option<D>,
}

impl<D> Default for By<D> {
    fn default() -> Self {
        By {
            column: Field::Resource,
            detail: None,
        }
    }
}

impl<D> By<D> {
    /// Chooses a column; the detail of another one goes.
    fn take(&mut self, column: Field) -> Change {
        if column == self.column {
            return Change::None;
        }
        *self = By {
            column,
            detail: None,
        };
        Change::Query
    }

    /// Properties that decide which columns are shown, with the heading of the rows.
    pub fn shown_in(&self, log: &LogInfo) -> Features {
        Features {
            actors: (self.column != Field::Resource).then(|| word(&self.column).into()),
            ..Features::of(log)
        }
    }

    /// "by team"; `None` for the resource.
    pub fn in_words(&self) -> Option<String> {
        (self.column != Field::Resource).then(|| format!("by {}", word(&self.column)))
    }
}

impl<D> Chosen for By<D> {
    fn choose(&mut self, action: &Action) -> Change {
        match action {
            Action::SegmentBy(name) => self.take(named(name)),
            _ => Change::None,
        }
    }

    fn restore(&mut self, subject: &str) -> Change {
        self.take(of_subject(subject).0)
    }
}

/// Word for several rows.
pub fn rows(by: &Field) -> &'static str {
    match by {
        Field::Resource => "resources",
        _ => "values",
    }
}

/// Draws a line above a list.
pub fn draw_line(line: &str, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
    let line = fit::truncate_words(line, area.width.into(), look.theme.glyphs.ellipsis);
    paint::text(buffer, paint::row(area, 0), &line, look.theme.muted);
}

/// Subject of a place: the column, and what else the list keeps.
pub fn to_subject(by: &Field, rest: &str) -> String {
    format!("{by}{SEPARATOR}{rest}")
}

/// The column of a subject, and what else the list keeps.
pub fn of_subject(subject: &str) -> (Field, &str) {
    let (by, rest) = subject.split_once(SEPARATOR).unwrap_or((subject, ""));
    (named(by), rest)
}

/// The subject of a list that has the column of the first subject, and all else of the second.
pub fn shared(of: &str, subject_of_other: &str) -> String {
    let (by, _) = of_subject(of);
    let (_, rest) = of_subject(subject_of_other);
    to_subject(&by, rest)
}

/// The column of that name; the resource where it is empty.
pub fn named(name: &str) -> Field {
    if name.is_empty() {
        return Field::Resource;
    }
    Field::named(name)
}

/// The column as a word for people: "resource".
pub fn word(by: &Field) -> String {
    safe(&by.to_string()).into_owned()
}

/// The filter of the cases that a row counts.
pub fn filter_of(by: &Field, name: &str) -> Expr {
    Expr::compare(by.clone(), Op::Equal, name)
}

/// Breadcrumb of a row of that name.
pub fn crumb_of(by: &Field, name: &str) -> String {
    texts::crumb(&word(by), name)
}

/// The option `--by`; nothing for the resource.
pub fn option(by: &Field) -> Vec<String> {
    match by {
        Field::Resource => Vec::new(),
        by => vec!["--by".to_owned(), by.to_string()],
    }
}

/// True if the log has no such column.
fn is_missing(by: &Field, log: &LogInfo) -> bool {
    *by == Field::Resource && log.resource.is_none()
}

/// Why there are no rows.
pub fn why_none(by: &Field, why: Nothing, context: Context<'_>) -> Nothing {
    if !is_missing(by, context.log) {
        return why;
    }
    Nothing {
        sentence: "The log has no resource column; press C to choose one.".to_owned(),
        hint: "{choose-column} lists the values of another column",
    }
}
