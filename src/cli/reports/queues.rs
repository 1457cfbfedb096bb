//! Queues of activities or resources: length, waits, and whether they grow.

use super::by::{self, Choices};
use super::flow::{EndingJson, heading};
use super::list::{ListReport, listing, sort_option};
use super::{ReportContext, ReportResult, Spec};
use crate::engine::{Features, QueuesQuery, Subject};
use clap::{ArgMatches, Command};

pub(super) const SPEC: Spec = Spec {
    name: "queues",
    about: "Queues before each activity or resource, longest total wait first",
    options,
    make,
};

const BY: Choices<Subject> = &[
    (Subject::Activity.word(), "", Subject::Activity),
    (Subject::Resource.word(), "", Subject::Resource),
];

fn options(command: Command) -> Command {
    let by = by::option(BY, "Grouping of the queues").value_name("KIND");
    let by = by.default_value("activity").help_heading("Rows");
    sort_option::<QueuesQuery>(command.arg(by))
}

fn make(ask: &ReportContext<'_>, matches: &ArgMatches) -> ReportResult {
    let (word, by) = by::chosen(BY, ask, matches)?;
    let queues = ask.answer(&QueuesQuery {
        by,
        listing: listing::<QueuesQuery>(ask, matches),
        longest: true,
    })?;
    let mut before = serde_json::Map::new();
    before.insert("by".to_owned(), word.into());
    before.insert("total".to_owned(), queues.rows.total.into());
    before.extend(EndingJson::of(&queues.ending).object());
    Ok(Box::new(ListReport::<QueuesQuery> {
        heading: heading(&ask.selection()?, &queues.ending),
        before,
        has_total: false,
        rows: queues.rows,
        features: Features {
            by: word,
            extra: true,
            ..Features::of(ask.info())
        },
    }))
}
