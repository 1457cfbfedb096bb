//! A table of a report: typed cells, made row by row, and how a cell reads in each format. The
//! layouts are in the files below; none of them knows which report it prints.

mod csv;
mod html;
mod markdown;
mod plain;

pub use self::csv::CsvTexts;
pub use self::html::{anchor, in_html, message_in_html};
pub use self::markdown::escape as in_markdown;

use super::json::{Instant, Number};
use crate::text::{self, time};
use std::borrow::Cow;

/// Wording of values in text output.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Wording {
    /// The zone of instants.
    pub zone: chrono_tz::Tz,
    /// Durations are working time.
    pub working: bool,
}

/// One value.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell<'a> {
    /// No value.
    Missing,
    /// Text, possibly of the log: not safe to print as it is.
    Text(Cow<'a, str>),
    /// A message, whose values are escaped already.
    Message(String),
    /// A count.
    Count(u64),
    /// A share of one.
    Share(f64),
    /// By which part something has grown; it has shrunk where this is negative.
    Growth(f64),
    /// A difference of two shares of one.
    Points(f64),
    /// A plain number.
    Number(f64),
    /// An amount of money, and whether it is a lower bound.
    Money(f64, bool),
    /// A duration in seconds, by the calendar of the view.
    Seconds(f64),
    /// Working time of another calendar, in seconds.
    Working(f64),
    /// Calendar time whatever the calendar of the view, in seconds.
    Elapsed(f64),
    /// Microseconds since 1970-01-01T00:00Z.
    Instant(i64),
    /// Several values, with commas between them.
    Several(Vec<Cell<'a>>),
}

impl<'a> From<&'a str> for Cell<'a> {
    fn from(text: &'a str) -> Self {
        Cell::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Cell<'_> {
    fn from(text: String) -> Self {
        Cell::Text(Cow::Owned(text))
    }
}

impl From<u64> for Cell<'_> {
    fn from(count: u64) -> Self {
        Cell::Count(count)
    }
}

impl<T: Into<Self>> From<Option<T>> for Cell<'_> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Cell::Missing, Into::into)
    }
}

impl Cell<'_> {
    /// A duration that may not exist.
    pub fn seconds(value: Option<f64>) -> Self {
        value.map_or(Cell::Missing, Cell::Seconds)
    }

    /// An instant that may not exist.
    pub fn instant(value: Option<i64>) -> Self {
        value.map_or(Cell::Missing, Cell::Instant)
    }

    /// For a person: safe to print, durations and instants as one says them.
    pub fn readable(&self, wording: Wording) -> Cow<'_, str> {
        match self {
            Cell::Missing => "-".into(),
            Cell::Text(value) => text::safe(value),
            Cell::Message(message) => Cow::Owned(text::escape_line(message)),
            &Cell::Count(count) => text::count(count).into(),
            &Cell::Share(share) => text::percent(share).into(),
            &Cell::Growth(growth) => text::growth(growth).into(),
            &Cell::Points(difference) => text::points(difference).into(),
            &Cell::Number(number) => text::number(number, 3).into(),
            &Cell::Money(amount, at_least) => text::money(amount, at_least).into(),
            &Cell::Seconds(seconds) if !wording.working => time::duration(seconds).into(),
            &Cell::Elapsed(seconds) => time::duration(seconds).into(),
            &(Cell::Seconds(seconds) | Cell::Working(seconds)) => time::working(seconds).into(),
            &Cell::Instant(instant) => time::exact_instant(instant, wording.zone).into(),
            Cell::Several(cells) => {
                let texts: Vec<_> = cells.iter().map(|cell| cell.readable(wording)).collect();
                text::joined(&texts).into()
            }
        }
    }

    /// For a program: figures unrounded, durations in seconds, instants as RFC 3339.
    fn exact(&self) -> Cow<'_, str> {
        match self {
            Cell::Missing => "".into(),
            Cell::Text(value) => value.as_ref().into(),
            Cell::Message(message) => message.as_str().into(),
            Cell::Count(count) => count.to_string().into(),
            Cell::Share(number)
            | Cell::Growth(number)
            | Cell::Points(number)
            | Cell::Number(number)
            | Cell::Money(number, _)
            | Cell::Seconds(number)
            | Cell::Working(number)
            // What is no number is null in JSON, and nothing here.
            | Cell::Elapsed(number) => serde_json::to_string(&Number(*number))
                .ok()
                .filter(|number| number != "null")
                .unwrap_or_default()
                .into(),
            Cell::Instant(instant) => Instant(*instant).rfc3339().into(),
            Cell::Several(cells) => {
                let texts: Vec<_> = cells.iter().map(Cell::exact).collect();
                text::joined(&texts).into()
            }
        }
    }
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column<'a> {
    /// Column title; may come from the log.
    pub name: Cow<'a, str>,
    /// True if cells are right-aligned.
    pub right: bool,
    /// True if cells may be cut when the line does not fit the screen.
    pub cut: bool,
    /// Term of the glossary that explains it; empty for none.
    pub term: &'static str,
}

impl<'a> Column<'a> {
    /// A column of texts.
    pub fn text(name: impl Into<Cow<'a, str>>) -> Self {
        Column {
            name: name.into(),
            right: false,
            cut: true,
            term: "",
        }
    }

    /// A column of figures.
    pub fn figure(name: impl Into<Cow<'a, str>>) -> Self {
        Column {
            name: name.into(),
            right: true,
            cut: false,
            term: "",
        }
    }

    /// The column with the term of the glossary that explains it.
    #[must_use]
    pub fn of_term(self, term: &'static str) -> Self {
        Column { term, ..self }
    }

    /// A column of instants, or of other texts of one width.
    pub fn fixed(name: impl Into<Cow<'a, str>>) -> Self {
        Column {
            name: name.into(),
            right: false,
            cut: false,
            term: "",
        }
    }
}

/// A table; its rows are made when they are asked for.
pub struct Table<'a> {
    /// The columns.
    pub columns: Vec<Column<'a>>,
    /// Number of rows.
    pub n_rows: usize,
    /// Makes a row: as many cells as there are columns.
    pub row: Box<dyn Fn(usize) -> Vec<Cell<'a>> + 'a>,
}

impl<'a> Table<'a> {
    /// A table of what `row` makes of each of `items`.
    pub fn new<T>(
        columns: Vec<Column<'a>>,
        items: &'a [T],
        row: impl Fn(&'a T) -> Vec<Cell<'a>> + 'a,
    ) -> Self {
        Table {
            columns,
            n_rows: items.len(),
            row: Box::new(move |i| row(&items[i])),
        }
    }

    /// A table of names and what they stand for.
    pub fn pairs(pairs: Vec<(Cow<'a, str>, Cell<'a>)>) -> Self {
        Table {
            columns: vec![Column::fixed("figure"), Column::text("value")],
            n_rows: pairs.len(),
            row: Box::new(move |i| {
                let (name, value) = &pairs[i];
                vec![Cell::Text(name.clone()), value.clone()]
            }),
        }
    }

    fn rows(&self) -> impl Iterator<Item = Vec<Cell<'a>>> + '_ {
        (0..self.n_rows).map(|i| (self.row)(i))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{escape_line, is_hidden};
    use crate::ui::widgets::Cell as ScreenCell;

    /// The hidden characters of the planes that have any but unassigned ones, 64 in a text.
    fn hidden_texts() -> Vec<String> {
        let planes = ('\0'..='\u{1ffff}').chain('\u{e0000}'..='\u{e0fff}');
        let hidden: Vec<char> = planes.filter(|&c| is_hidden(c)).collect();
        let text = |chars: &[char]| chars.iter().flat_map(|&c| ['a', c]).collect();
        hidden.chunks(64).map(text).collect()
    }

    /// The first hidden character of an output whose lines end with a line feed.
    fn hidden_in(output: &str) -> Option<char> {
        output.chars().find(|&c| c != '\n' && is_hidden(c))
    }

    /// The number that a readable cell says, and by how much its rounding may miss.
    fn read_back(text: &str) -> (f64, f64) {
        let plain = text.replace(',', "");
        let number = |text: &str| -> f64 { text.parse().unwrap() };
        let last_digit = |text: &str| {
            let decimals = text.split_once('.').map_or(0, |(_, d)| d.len());
            0.51 * 0.1f64.powi(decimals as i32)
        };
        if let Some(percent) = plain.strip_suffix('%').or(plain.strip_suffix(" pp")) {
            return match percent {
                "<0.1" => (0.0005, 0.0005),
                ">-0.1" => (-0.0005, 0.0005),
                ">99.9" => (0.9995, 0.000_51),
                percent => (number(percent) / 100.0, last_digit(percent) / 100.0),
            };
        }
        if let Some(times) = plain.strip_prefix('x') {
            return (number(times) - 1.0, 0.51);
        }
        let (sign, unsigned) = match plain.strip_prefix('-') {
            Some(unsigned) => (-1.0, unsigned),
            None => (1.0, &*plain),
        };
        let units = [
            ("us", 1e-6),
            ("ms", 1e-3),
            ("s", 1.0),
            ("m", 60.0),
            ("h", 3600.0),
            ("d", 86400.0),
        ];
        let (mut value, mut off) = (0.0, 0.0005);
        for part in unsigned.split(' ') {
            let unit = units.iter().find(|(unit, _)| {
                part.strip_suffix(unit)
                    .is_some_and(|n| n.ends_with(|c: char| c.is_ascii_digit()))
            });
            let (digits, unit) =
                unit.map_or((part, 1.0), |(u, s)| (&part[..part.len() - u.len()], *s));
            value += number(digits) * unit;
            off = if plain.ends_with(|c: char| c.is_ascii_digit()) {
                0.000_51
            } else {
                last_digit(digits) * unit
            };
        }
        (sign * value, off + 1e-6)
    }

    proptest::proptest! {
        #[test]
        fn a_cell_prints_its_whole_domain(
            sign in proptest::bool::ANY,
            digits in 1.0f64..10.0,
            exponent in -5i32..8,
            working in proptest::bool::ANY,
        ) {
            let value = digits * 10f64.powi(exponent) * if sign { -1.0 } else { 1.0 };
            let wording = Wording { working, ..Wording::default() };
            let cells = [
                Cell::Share(value),
                Cell::Growth(value),
                Cell::Points(value),
                Cell::Number(value),
                Cell::Seconds(value),
                Cell::Working(value),
                Cell::Elapsed(value),
            ];
            for cell in cells {
                let text = cell.readable(wording);
                let exact: f64 = cell.exact().parse().unwrap();
                proptest::prop_assert!((exact - value).abs() <= 1e-6 * value.abs().max(1.0));
                let (read, off) = read_back(&text);
                proptest::prop_assert!((read - value).abs() <= off, "{cell:?} is {text:?}: {read}");
            }
        }
    }

    #[test]
    fn every_outlet_escapes_every_hidden_character() {
        let texts = hidden_texts();
        let table = || {
            Table::new(vec![Column::text(&*texts[0])], &texts, |text| {
                vec![text.as_str().into()]
            })
        };
        let wording = Wording::default();
        let safe = CsvTexts {
            safe: true,
            ..CsvTexts::default()
        };
        let (mut plain, mut csv, mut markdown) = (Vec::new(), Vec::new(), Vec::new());
        table().write_plain(&mut plain, wording, None).unwrap();
        table().write_csv(&mut csv, safe).unwrap();
        table().write_markdown(&mut markdown, wording).unwrap();
        let mut json = Vec::new();
        crate::cli::json::Json::write(&texts, &mut json).unwrap();
        for (outlet, output) in [
            ("table", plain),
            ("CSV", csv),
            ("Markdown", markdown),
            ("JSON", json),
        ] {
            let text = String::from_utf8(output).unwrap();
            assert!(text.contains("2800"), "{outlet}");
            assert_eq!(hidden_in(&text), None, "{outlet}");
        }
        for text in &texts {
            assert_eq!(hidden_in(&escape_line(text)), None, "message line");
            let quoted = crate::cli::say::value(text);
            assert_eq!(hidden_in(&quoted), None, "quoted value");
            let cell = ScreenCell::of_log(text).text();
            assert_eq!(hidden_in(&cell), None, "screen cell");
        }
    }
}
