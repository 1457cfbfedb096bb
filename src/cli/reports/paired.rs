//! Reports by bin of two selections: the figures of both sides, and their difference.

use super::trend::cell;
use super::versus::{SidesJson, sides_in_words};
use super::{Report, ReportContext, ReportResult};
use crate::cli::args::Format;
use crate::cli::json::{Instant, Json, Number, list};
use crate::cli::table::{Cell, Column, Table};
use crate::engine::{
    Aligned, Charted, Listing, Paired, PairedBin, PairedFigure, PairedQuery, PairedRow, TrendKind,
};
use crate::text;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

struct PairedReport {
    heading: String,
    /// Leaves out what would make a table too wide.
    is_narrow: bool,
    /// True where counts are by week rather than by day.
    by_week: bool,
    paired: Paired,
}

/// The report of what is compared bin by bin.
pub(super) fn of(ask: &ReportContext<'_>, of: Charted) -> ReportResult {
    let by_week = of == Charted::Week;
    let paired = ask.answer(&PairedQuery {
        of,
        figure: 0,
        listing: Listing::by("listed"),
    })?;
    let mut report = PairedReport {
        heading: String::new(),
        is_narrow: ask.common.printing.format() == Format::Table,
        by_week,
        paired,
    };
    if let Format::Table | Format::Markdown = ask.common.printing.format() {
        report.heading = report.in_words();
    }
    Ok(Box::new(report))
}

impl PairedReport {
    fn in_words(&self) -> String {
        let paired = &self.paired;
        let sides = sides_in_words(&paired.sides);
        let per = if self.by_week { "week" } else { "day" };
        let rates = if paired.by_rate {
            format!("; changes of counts are per {per}")
        } else {
            String::new()
        };
        let bins = match paired.aligned {
            Aligned::Name => String::new(),
            Aligned::Time => format!("; by {}", paired.unit),
            Aligned::Offset => format!("; by {} from the start of each side", paired.unit),
        };
        text::safe(&format!("{sides}{bins}{rates}")).into_owned()
    }

    /// Unit of the length of a bin.
    fn length(&self) -> &'static str {
        if self.by_week { "weeks" } else { "days" }
    }
}

fn change(figure: &PairedFigure, value: Option<f64>) -> Cell<'static> {
    match (figure.kind, value) {
        (TrendKind::Share, Some(value)) => Cell::Points(value),
        (kind, value) => cell(kind, value),
    }
}

impl Report for PairedReport {
    fn json(&self) -> Box<dyn Json + '_> {
        let paired = &self.paired;
        let rows = &paired.rows.rows;
        Box::new(PairedJson {
            versus: SidesJson::untested(&paired.sides),
            unit: (!paired.unit.is_empty()).then_some(&*paired.unit),
            aligned: paired.aligned.word(),
            by_rate: paired.by_rate,
            bins: list(rows, move |row| RowJson {
                bin: &row.name,
                a: BinJson::of(self, row, 0),
                b: BinJson::of(self, row, 1),
                change: ChangesJson { of: paired, row },
            }),
        })
    }

    fn heading(&self) -> String {
        self.heading.clone()
    }

    fn list(&self) -> Table<'_> {
        let paired = &self.paired;
        let figures = &paired.figures;
        let mut columns = vec![Column::fixed("bin")];
        if !self.is_narrow {
            let length = self.length();
            columns.extend(["a", "b"].map(|side| Column::figure(format!("{side}_{length}"))));
        }
        for figure in figures {
            let key = &figure.key;
            columns.extend(["a", "b"].map(|side| Column::figure(format!("{side}_{key}"))));
            if !self.is_narrow {
                columns.push(Column::figure(format!("change_{key}")));
            }
        }
        Table::new(columns, &paired.rows.rows, move |row| {
            let mut cells = vec![Cell::from(row.name.as_str())];
            if !self.is_narrow {
                let length = |bin: &PairedBin| Cell::Number(bin.length);
                let bins = row.bins.iter().map(Option::as_ref);
                cells.extend(bins.map(|bin| bin.map_or(Cell::Missing, length)));
            }
            for (at, figure) in figures.iter().enumerate() {
                cells.extend([0, 1].map(|side| cell(figure.kind, row.value(side, at))));
                if !self.is_narrow {
                    cells.push(change(figure, row.change(at, figure.adds_up)));
                }
            }
            cells
        })
    }

    fn total(&self) -> Option<usize> {
        Some(self.paired.rows.total)
    }
}

#[derive(Serialize)]
struct PairedJson<'a, B> {
    versus: SidesJson<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<&'a str>,
    aligned: &'static str,
    by_rate: bool,
    bins: B,
}

#[derive(Serialize)]
struct RowJson<'a> {
    bin: &'a str,
    a: Option<BinJson<'a>>,
    b: Option<BinJson<'a>>,
    change: ChangesJson<'a>,
}

/// The bin of one side with its figures.
struct BinJson<'a> {
    report: &'a PairedReport,
    bin: &'a PairedBin,
}

impl<'a> BinJson<'a> {
    fn of(report: &'a PairedReport, row: &'a PairedRow, side: usize) -> Option<Self> {
        let bin = row.bins[side].as_ref()?;
        Some(BinJson { report, bin })
    }
}

impl Serialize for BinJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if let Some((start, end)) = self.bin.span {
            map.serialize_entry("start", &Instant(start))?;
            map.serialize_entry("end", &Instant(end))?;
            map.serialize_entry("partial", &self.bin.partial)?;
        }
        map.serialize_entry(self.report.length(), &Number(self.bin.length))?;
        let figures = &self.report.paired.figures;
        for (figure, value) in figures.iter().zip(&self.bin.values) {
            map.serialize_entry(&figure.key, &value.map(Number))?;
        }
        map.end()
    }
}

/// The change of each figure; of counts by day or week where `by_rate` is true.
struct ChangesJson<'a> {
    of: &'a Paired,
    row: &'a PairedRow,
}

impl Serialize for ChangesJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (at, figure) in self.of.figures.iter().enumerate() {
            let change = self.row.change(at, figure.adds_up);
            map.serialize_entry(&figure.key, &change.map(Number))?;
        }
        map.end()
    }
}
