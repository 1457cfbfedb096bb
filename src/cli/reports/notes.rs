//! Tags and notes of the selected cases, the latest first.

use super::list::{ListReport, listing, sort_option};
use super::{ReportContext, ReportResult, Spec, selection};
use crate::cli::args::Format;
use crate::cli::failure::Failure;
use crate::cli::{notes, say};
use crate::engine::{Features, NotesQuery};
use crate::text::counted;
use clap::ArgMatches;

pub(super) const SPEC: Spec = Spec {
    name: "notes",
    about: "Tags and notes of the cases in the file of --notes, the latest first",
    options: sort_option::<NotesQuery>,
    make,
    versus: Err("it lists tags and notes of single cases"),
};

fn make(ask: &ReportContext<'_>, matches: &ArgMatches) -> ReportResult {
    if ask.info().noted.is_empty() {
        return Err(Failure::usage(no_file(ask)));
    }
    let query = NotesQuery {
        listing: listing::<NotesQuery>(ask, matches)?,
    };
    let found = ask.answer(&query)?;
    let heading = match ask.common.printing.format() {
        Format::Table | Format::Markdown => {
            let cases = selection(&ask.summary()?.size());
            let of = counted(found.cases, "case", "cases");
            let all = counted(found.rows.total as u64, "tag or note", "tags and notes");
            let unknown = match found.unknown {
                0 => String::new(),
                n => format!("; not in the log: {}", counted(n, "case", "cases")),
            };
            format!("{cases}: {all} of {of}{unknown}")
        }
        _ => String::new(),
    };
    let before = [("cases", found.cases), ("unknown_cases", found.unknown)];
    let before = before.map(|(key, n)| (key.to_owned(), n.into()));
    Ok(Box::new(ListReport::<NotesQuery> {
        heading,
        before: before.into_iter().collect(),
        has_total: true,
        rows: found.rows,
        features: Features::of(ask.info()),
    }))
}

/// Sentence where no file is named, with the path of the one that the explorer has written, if any.
fn no_file(ask: &ReportContext<'_>) -> String {
    let own = notes::own_file(ask.common).map(|file| file.path());
    let own = own.filter(|path| path.exists()).map(|path| {
        let path = say::file(path.as_os_str());
        format!("; the explorer's own for this log is {path}")
    });
    format!(
        "name the file of tags and notes by --notes FILE{}",
        own.unwrap_or_default()
    )
}
