//! Head of a document: log, selection, and the change since the last run.

use super::figures::State;
use super::sections::{Basis, Made};
use crate::app::quote;
use crate::cli::load;
use crate::cli::reports::without_small_groups;
use crate::cli::section::words_of;
use crate::engine::View;
use crate::text::time::exact_instant;
use crate::text::{self, counted};

/// The change since the last run, as a sentence.
pub fn since(last: Option<&State>, sections: &[Made], basis: &Basis<'_>) -> String {
    let Some(last) = last else {
        return "this is the first run".to_owned();
    };
    let content = sections
        .iter()
        .filter_map(|made| made.content.as_ref().ok());
    let changes = content.filter_map(|content| content.changes.as_ref());
    let (mut figures, mut changed) = (0, 0);
    for of in changes {
        figures += of.all.len();
        changed += usize::from(of.is_new || !of.all.is_empty());
    }
    let log = if last.fingerprints == basis.fingerprints {
        "the log is the same"
    } else {
        "the log is another"
    };
    if changed == 0 {
        return format!("no change; {log}");
    }
    format!(
        "{} in {} of {}; {log}",
        counted(figures as u64, "figure has changed", "figures have changed"),
        changed,
        counted(sections.len() as u64, "section", "sections")
    )
}

/// Facts about the log and what is selected.
pub fn facts(basis: &Basis<'_>) -> Vec<(&'static str, String)> {
    let (info, report) = (basis.log.info(), basis.log.import());
    let zone = basis.common.tz();
    let is_redacted = basis.is_redacted();
    let mut facts = Vec::new();
    let log = if is_redacted {
        "redacted: pseudonyms stand for case ids, resources and what may be of persons".to_owned()
    } else {
        load::title(&basis.common.logs)
    };
    let log = if info.shifted {
        format!("{log}; the times of each case are shifted")
    } else {
        log
    };
    facts.push(("log", log));
    facts.push(("fingerprint", basis.fingerprints.join(", ")));
    let rows = report.lines.loaded + report.lines.rejected;
    facts.push((
        "rows",
        format!(
            "{} read, {} rejected",
            text::count(rows),
            text::count(report.n_rejected)
        ),
    ));
    facts.push((
        "cases and events",
        format!(
            "{}, {}",
            counted(info.cases, "case", "cases"),
            counted(info.events, "event", "events")
        ),
    ));
    if let Some((first, last)) = info.span {
        let at = |instant| exact_instant(instant, zone);
        facts.push((
            "first and last event",
            format!("{} to {}", at(first), at(last)),
        ));
    }
    let view = &basis.view;
    facts.push((
        "as of",
        match &view.as_of {
            Some(as_of) => text::safe(as_of).into_owned(),
            None => "the last event".to_owned(),
        },
    ));
    facts.push(("time zone", zone.name().to_owned()));
    if info.least > 0 {
        facts.push(("small groups", without_small_groups(info.least)));
    }
    let selected = words_of(&View {
        as_of: None,
        ..view.clone()
    });
    facts.push((
        "filters of all sections",
        if selected.is_empty() {
            "none".to_owned()
        } else {
            let words: Vec<String> = selected.iter().map(|word| quote(word)).collect();
            words.join(" ")
        },
    ));
    facts.push((
        "made by",
        concat!("casetrail ", env!("CARGO_PKG_VERSION")).to_owned(),
    ));
    facts.retain(|(_, value)| !value.is_empty());
    facts
}
