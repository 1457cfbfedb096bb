//! Main figures of sections, kept from run to run, and their changes.

use crate::cli::table::{Cell, Column, Table, Wording};
use crate::text::safe;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// Rows and columns of a list whose figures are kept, at most.
const MOST_ROWS: usize = 20;
const MOST_COLUMNS: usize = 3;
/// Changes of a section that are shown.
pub const MOST_CHANGES: usize = 12;
/// Bytes of the name of a row that are kept.
const LONGEST_NAME: usize = 200;

/// Version of the file.
const VERSION: u32 = 1;

/// Unit of a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A whole number.
    Count,
    /// A share of one.
    Share,
    /// A relative change.
    Growth,
    /// A difference of shares.
    Points,
    /// A plain number.
    Number,
    /// An amount of money.
    Money,
    /// Seconds by the clock of the view.
    Seconds,
    /// Seconds of working time of another calendar.
    Working,
    /// Seconds of calendar time.
    Elapsed,
}

/// A figure of a section.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Figure {
    /// Name of its row, hidden characters as escapes.
    pub row: String,
    /// Name of its column.
    #[serde(rename = "figure")]
    pub column: String,
    /// Unit.
    pub kind: Kind,
    /// Value.
    pub value: f64,
}

/// Figures of a section.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SectionState {
    /// Heading.
    pub title: String,
    /// Report, options and filters.
    pub command: String,
    /// Message of a section that could not be made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
    /// Figures.
    pub figures: Vec<Figure>,
}

/// Figures of a document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    version: u32,
    /// Version of the program.
    pub casetrail: String,
    /// Fingerprints of the logs.
    pub fingerprints: Vec<String>,
    /// The sections.
    pub sections: Vec<SectionState>,
}

impl State {
    /// The figures of a document as they are now.
    pub fn new(fingerprints: Vec<String>, sections: Vec<SectionState>) -> Self {
        State {
            version: VERSION,
            casetrail: env!("CARGO_PKG_VERSION").to_owned(),
            fingerprints,
            sections,
        }
    }

    /// Reads the text of a state.
    ///
    /// # Errors
    /// One line that says why it is none.
    pub fn parse(text: &str) -> Result<Self, String> {
        let state: State = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if state.version != VERSION {
            return Err(format!("this casetrail reads version {VERSION} only"));
        }
        Ok(state)
    }
}

/// The main figures of a list: the first figures of its first rows, of a list by time those of the last ones.
pub fn main_figures(table: &Table<'_>, wording: Wording) -> Vec<Figure> {
    let by_time = table.n_rows > 0 && matches!((table.row)(0).first(), Some(Cell::Instant(_)));
    let first = if by_time {
        table.n_rows.saturating_sub(MOST_ROWS)
    } else {
        0
    };
    let mut known: HashMap<String, u32> = HashMap::new();
    let mut figures = Vec::new();
    for at in (first..table.n_rows).take(MOST_ROWS) {
        let row = (table.row)(at);
        let mut name = name_of(&row, at, wording);
        let same = known.entry(name.clone()).or_default();
        *same += 1;
        if *same > 1 {
            name = format!("{name} ({same})");
        }
        let columns = table.columns.iter().zip(&row);
        let of_row = columns.filter(|(column, _)| column.name != "rank");
        let of_row = of_row.filter_map(|(column, cell)| {
            let (kind, value) = figure_of(cell)?;
            Some(Figure {
                row: name.clone(),
                column: safe(&column.name).into_owned(),
                kind,
                value,
            })
        });
        figures.extend(of_row.take(MOST_COLUMNS));
    }
    figures
}

/// Name of a row, hidden characters as escapes: its texts and times before the first figure, else its first text.
pub fn name_of(row: &[Cell<'_>], at: usize, wording: Wording) -> String {
    let is_name =
        |cell: &&Cell<'_>| matches!(cell, Cell::Text(_) | Cell::Message(_) | Cell::Instant(_));
    let read = |cell: &Cell<'_>| cell.readable(wording).into_owned();
    let before: Vec<String> = row.iter().take_while(is_name).map(read).collect();
    let known = before.iter().filter(|name| !name.is_empty());
    let joined = known.cloned().collect::<Vec<_>>().join(", ");
    let name = if joined.is_empty() {
        row.iter().find(is_name).map(read).unwrap_or_default()
    } else {
        joined
    };
    match name.as_str() {
        "" => format!("row {}", at + 1),
        name => crate::text::head(name, LONGEST_NAME).to_owned(),
    }
}

/// Unit and value of a cell that has a figure.
pub fn figure_of(cell: &Cell<'_>) -> Option<(Kind, f64)> {
    let (kind, value) = match *cell {
        Cell::Count(count) => (Kind::Count, count as f64),
        Cell::Share(value) => (Kind::Share, value),
        Cell::Growth(value) => (Kind::Growth, value),
        Cell::Points(value) => (Kind::Points, value),
        Cell::Number(value) => (Kind::Number, value),
        Cell::Money(value, _) => (Kind::Money, value),
        Cell::Seconds(value) => (Kind::Seconds, value),
        Cell::Working(value) => (Kind::Working, value),
        Cell::Elapsed(value) => (Kind::Elapsed, value),
        Cell::Missing | Cell::Text(_) | Cell::Message(_) | Cell::Instant(_) | Cell::Several(_) => {
            return None;
        }
    };
    value.is_finite().then_some((kind, value))
}

impl Kind {
    /// A value as a cell.
    fn cell(self, value: f64) -> Cell<'static> {
        match self {
            Kind::Count if value >= 0.0 => Cell::Count(value as u64),
            Kind::Count | Kind::Number => Cell::Number(value),
            Kind::Share => Cell::Share(value),
            Kind::Growth => Cell::Growth(value),
            Kind::Points => Cell::Points(value),
            Kind::Money => Cell::Money(value, false),
            Kind::Seconds => Cell::Seconds(value),
            Kind::Working => Cell::Working(value),
            Kind::Elapsed => Cell::Elapsed(value),
        }
    }

    /// A difference with its sign.
    fn difference(self, value: f64, wording: Wording) -> String {
        if let Kind::Share | Kind::Points | Kind::Growth = self {
            return Cell::Points(value).readable(wording).into_owned();
        }
        let sign = if value > 0.0 { "+" } else { "" };
        let value = match self {
            Kind::Count => Cell::Number(value),
            kind => kind.cell(value),
        };
        format!("{sign}{}", value.readable(wording))
    }
}

/// A figure that is another one than before; a row that came or went has one of both.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    row: String,
    figure: String,
    kind: Kind,
    was: Option<f64>,
    is: Option<f64>,
}

/// Changes of a section.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Changes {
    /// All of them, in the order of the rows; rows that went come last.
    pub all: Vec<Change>,
    /// True if the last run had no such section.
    pub is_new: bool,
}

impl Changes {
    /// Changes from the last run to now.
    pub fn between(was: Option<&SectionState>, is: &[Figure]) -> Self {
        let Some(was) = was else {
            return Changes {
                all: Vec::new(),
                is_new: true,
            };
        };
        let key = |figure: &Figure| (figure.row.clone(), figure.column.clone());
        let before: HashMap<_, &Figure> = was.figures.iter().map(|of| (key(of), of)).collect();
        let now: HashMap<_, &Figure> = is.iter().map(|of| (key(of), of)).collect();
        let change = |of: &Figure, was: Option<f64>, is: Option<f64>| Change {
            row: of.row.clone(),
            figure: of.column.clone(),
            kind: of.kind,
            was,
            is,
        };
        let changed = is
            .iter()
            .filter_map(|figure| match before.get(&key(figure)) {
                Some(old) if is_same(old.value, figure.value) => None,
                old => Some(change(figure, old.map(|old| old.value), Some(figure.value))),
            });
        let gone = was
            .figures
            .iter()
            .filter(|old| !now.contains_key(&key(old)));
        let gone = gone.map(|old| change(old, Some(old.value), None));
        Changes {
            all: changed.chain(gone).collect(),
            is_new: false,
        }
    }

    /// Number of changes, or that there are none, as a sentence.
    pub fn in_words(&self) -> String {
        match (self.is_new, self.all.len()) {
            (true, _) => "not in the last run".to_owned(),
            (false, 0) => "no change since the last run".to_owned(),
            (false, n) if n > MOST_CHANGES => format!(
                "{} since the last run, of which {MOST_CHANGES} are shown",
                crate::text::counted(n as u64, "change", "changes")
            ),
            (false, n) => format!(
                "{} since the last run",
                crate::text::counted(n as u64, "change", "changes")
            ),
        }
    }

    /// The first changes.
    pub fn table(&self, wording: Wording) -> Option<Table<'_>> {
        let shown = &self.all[..self.all.len().min(MOST_CHANGES)];
        let columns = vec![
            Column::text("row"),
            Column::fixed("figure"),
            Column::figure("was"),
            Column::figure("is"),
            Column::figure("difference"),
        ];
        let table = Table::new(columns, shown, move |change| {
            let cell = |value: Option<f64>| value.map_or(Cell::Missing, |x| change.kind.cell(x));
            let difference = change.was.zip(change.is).map(|(was, is)| is - was);
            let difference = difference.map(|value| change.kind.difference(value, wording));
            vec![
                // The name is escaped already.
                Cell::Message(change.row.clone()),
                Cell::Message(change.figure.clone()),
                cell(change.was),
                cell(change.is),
                difference.map_or(Cell::Missing, Cell::Message),
            ]
        });
        (!shown.is_empty()).then_some(table)
    }
}

/// Values in a file are read with an error of the last digit.
fn is_same(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * a.abs().max(b.abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: &'static [(&str, u64, f64)]) -> Table<'static> {
        let columns = vec![
            Column::figure("rank"),
            Column::text("activity"),
            Column::figure("cases"),
            Column::figure("median"),
        ];
        Table::new(columns, rows, |(name, cases, median)| {
            vec![
                Cell::Count(1),
                (*name).into(),
                Cell::Count(*cases),
                Cell::Seconds(*median),
            ]
        })
    }

    fn state(figures: Vec<Figure>) -> SectionState {
        SectionState {
            figures,
            ..SectionState::default()
        }
    }

    #[test]
    fn figures_are_named_by_row_and_column() {
        let figures = main_figures(
            &table(&[("A\u{202e}", 3, 60.0), ("A\u{202e}", 2, 5.0)]),
            Wording::default(),
        );
        let names: Vec<_> = figures
            .iter()
            .map(|of| (of.row.as_str(), of.column.as_str()))
            .collect();
        let wanted = [
            ("A\\u{202e}", "cases"),
            ("A\\u{202e}", "median"),
            ("A\\u{202e} (2)", "cases"),
            ("A\\u{202e} (2)", "median"),
        ];
        assert_eq!(names, wanted);
    }

    #[test]
    fn of_a_list_by_time_the_last_rows_count() {
        let days: Vec<i64> = (0..50).map(|day| day * 86_400_000_000).collect();
        let columns = vec![Column::fixed("start"), Column::figure("arrivals")];
        let table = Table::new(columns, &days, |day| {
            vec![Cell::Instant(*day), Cell::Count(*day as u64)]
        });
        let figures = main_figures(&table, Wording::default());
        assert_eq!(figures.len(), MOST_ROWS);
        assert_eq!(figures[0].row, "1970-01-31 00:00:00");
    }

    #[test]
    fn changes_have_was_is_and_difference() {
        let before = main_figures(
            &table(&[("A", 3, 60.0), ("B", 2, 5.0), ("C", 1, 1.0)]),
            Wording::default(),
        );
        let now = main_figures(
            &table(&[("A", 5, 60.0), ("B", 2, 4.0), ("D", 7, 1.0)]),
            Wording::default(),
        );
        let changes = Changes::between(Some(&state(before.clone())), &now);
        assert_eq!(changes.in_words(), "6 changes since the last run");
        let mut out = Vec::new();
        let table = changes.table(Wording::default()).unwrap();
        table.write_markdown(&mut out, Wording::default()).unwrap();
        let shown = String::from_utf8(out).unwrap();
        for row in [
            "| A | cases | 3 | 5 | +2 |",
            "| B | median | 5s | 4s | -1s |",
            "| D | cases | - | 7 | - |",
            "| C | cases | 1 | - | - |",
        ] {
            assert!(shown.contains(row), "{row}: {shown}");
        }
        let same = Changes::between(Some(&state(before.clone())), &before);
        assert_eq!(same.in_words(), "no change since the last run");
        assert!(same.table(Wording::default()).is_none());
        assert!(Changes::between(None, &before).is_new);
    }

    #[test]
    fn a_state_is_read_as_it_was_written() {
        let figures = main_figures(&table(&[("A", 3, 0.1 + 0.2)]), Wording::default());
        let written = State::new(vec!["1f-00".into()], vec![state(figures)]);
        let text = serde_json::to_string(&written).unwrap();
        let read = State::parse(&text).unwrap();
        assert!(
            Changes::between(read.sections.first(), &written.sections[0].figures)
                .all
                .is_empty()
        );
        assert!(State::parse("{}").is_err());
        assert!(State::parse(&text.replace("\"version\":1", "\"version\":2")).is_err());
    }
}
