//! A document in Markdown: no chart, all tables, definitions at the end.

use super::sections::Content;
use super::{Document, left_out, lines};
use crate::cli::table::in_markdown;
use crate::text::{count, escape_line, safe};
use std::io::{self, Write};

/// Rows of a table at most.
const MOST_ROWS: usize = 200;

/// The document.
pub fn markdown(document: &Document) -> io::Result<String> {
    let mut out = Vec::new();
    writeln!(out, "# {}\n", in_markdown(&safe(&document.title)))?;
    paragraphs(&mut out, &document.comment)?;
    for (name, value) in &document.facts {
        writeln!(out, "- {name}: {}", in_markdown(&escape_line(value)))?;
    }
    for (at, made) in document.sections.iter().enumerate() {
        let title = in_markdown(&safe(&made.title));
        writeln!(out, "\n## {}. {title}\n", at + 1)?;
        paragraphs(&mut out, &made.comment)?;
        // A command is one line, so that nothing in it ends the block.
        writeln!(out, "```sh\n{}\n```\n", escape_line(&made.printed))?;
        match &made.content {
            Ok(content) => write_content(&mut out, content)?,
            Err(failure) => {
                let why = failure.message.lines().next().unwrap_or_default();
                let why = in_markdown(&escape_line(why));
                writeln!(out, "**Not made:** {why}")?;
            }
        }
    }
    let terms = document.terms();
    if !terms.is_empty() {
        writeln!(out, "\n## Definitions\n")?;
    }
    for term in terms {
        let [name, is, note] = [term.name, term.is, term.note].map(in_markdown);
        writeln!(out, "- **{name}**: {is} {note}")?;
    }
    Ok(String::from_utf8_lossy(&out).into_owned())
}

fn write_content(out: &mut Vec<u8>, content: &Content) -> io::Result<()> {
    let heading = in_markdown(&escape_line(&content.report.heading()));
    writeln!(out, "{heading}\n")?;
    let changes = content.changes.as_ref();
    if let Some(changes) = changes {
        writeln!(out, "Change: {}\n", in_markdown(&changes.in_words()))?;
    }
    let most = content.limit.min(MOST_ROWS);
    if let Some(table) = changes.and_then(|changes| changes.table(content.wording)) {
        table.write_markdown(out, content.wording)?;
        writeln!(out)?;
    }
    for (at, table) in content.report.tables().iter().enumerate() {
        if at > 0 {
            writeln!(out)?;
        }
        table.write_markdown_rows(out, content.wording, most)?;
        if table.n_rows > most {
            let [shown, all] = [most, table.n_rows].map(|n| count(n as u64));
            writeln!(out, "\n{shown} of {all} rows")?;
        }
    }
    if let Some(left) = left_out(content) {
        writeln!(out, "\n{left}")?;
    }
    Ok(())
}

/// A text of the user; its blank lines separate paragraphs.
fn paragraphs(out: &mut Vec<u8>, text: &str) -> io::Result<()> {
    for line in lines(text) {
        writeln!(out, "{}", in_markdown(&line))?;
    }
    if !text.is_empty() {
        writeln!(out)?;
    }
    Ok(())
}
