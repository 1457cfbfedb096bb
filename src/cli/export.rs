//! Reports in formats for machines and in Markdown, and rows that the explorer writes to a file.

use super::args::Format;
use super::failure::Failure;
use super::load::LoadCost;
use super::output::Output;
use super::reports::document::Basis;
use super::reports::{Report, ReportContext};
use super::section::Asked;
use super::table::{CsvTexts, Wording};
use crate::app::{Exported, Section};
use crate::text::counted;
use std::io::{self, Write};

/// Writes a report in a format other than text for a terminal; gives the number of texts that a spreadsheet would
/// take for a formula.
pub fn write(
    report: &dyn Report,
    format: Format,
    texts: CsvTexts,
    wording: Wording,
    out: &mut dyn Write,
) -> io::Result<u64> {
    match format {
        Format::Json => report.json().write(out)?,
        Format::Csv => return report.list().write_csv(out, texts),
        format => match report.document(format) {
            Some(document) => out.write_all(document.as_bytes())?,
            None if format == Format::Markdown => write_markdown(report, wording, out)?,
            None => {}
        },
    }
    Ok(0)
}

fn write_markdown(report: &dyn Report, wording: Wording, out: &mut dyn Write) -> io::Result<()> {
    write!(out, "{}\n\n", report.heading())?;
    for (at, table) in report.tables().iter().enumerate() {
        if at > 0 {
            writeln!(out)?;
        }
        table.write_markdown(out, wording)?;
    }
    if let Some(sentence) = report.suppressed().sentence() {
        writeln!(out, "\n{sentence}")?;
    }
    Ok(())
}

/// Clause on texts that a spreadsheet would take for a formula.
pub fn guarded_texts(n: u64) -> String {
    let texts = counted(n, "text", "texts");
    format!("{texts} that a spreadsheet would take for a formula got an apostrophe in front")
}

/// Writes all rows of a report of a section to a file.
///
/// # Errors
/// The report has no answer, or the file cannot be written.
pub fn export(
    basis: &Basis<'_>,
    section: &Section,
    format: Format,
    output: &Output,
) -> Result<Exported, Failure> {
    let asked = Asked::of(section, basis.common)?;
    let view = basis.shown(asked.view(&basis.view));
    let common = basis.common_of(&view, format, usize::MAX);
    let wording = Wording {
        zone: basis.common.tz(),
        working: view.calendar.is_some(),
    };
    let context = ReportContext::new(basis.log, &common, LoadCost::default()).about(view);
    let report = asked.spec.report(&context, &asked.matches)?;
    let texts = CsvTexts {
        raw: false,
        safe: false,
    };
    let guarded = output.write(|out| write(report.as_ref(), format, texts, wording, out))?;
    let guarded = (guarded > 0).then(|| guarded_texts(guarded));
    let notes = [report.suppressed().sentence(), guarded];
    let notes: Vec<String> = notes.into_iter().flatten().collect();
    Ok(Exported {
        rows: report.list().n_rows as u64,
        note: notes.join("; "),
    })
}
