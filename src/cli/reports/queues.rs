//! Queues of activities or resources: length, waits, and whether they grow.

use super::flow::{EndingJson, heading};
use super::list::{ListReport, listing, sort_option};
use super::{ReportContext, ReportResult, Spec, options_do_not_fit};
use crate::engine::{Features, QueuesQuery, Subject};
use clap::{ArgMatches, Args, Command, FromArgMatches, ValueEnum};

pub(super) const SPEC: Spec = Spec {
    name: "queues",
    about: "Queues before each activity or resource, longest total wait first",
    options,
    make,
};

#[derive(Args)]
struct Options {
    /// Grouping of the queues
    #[arg(
        long,
        value_name = "KIND",
        default_value = "activity",
        help_heading = "Rows"
    )]
    by: By,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum By {
    Activity,
    Resource,
}

fn options(command: Command) -> Command {
    sort_option::<QueuesQuery>(Options::augment_args(command))
}

fn make(ask: &ReportContext<'_>, matches: &ArgMatches) -> ReportResult {
    let options = Options::from_arg_matches(matches).map_err(|_| options_do_not_fit())?;
    let by = match options.by {
        By::Activity => Subject::Activity,
        By::Resource => Subject::Resource,
    };
    let queues = ask.answer(&QueuesQuery {
        by,
        listing: listing::<QueuesQuery>(ask, matches),
        longest: true,
    })?;
    let mut before = serde_json::Map::new();
    before.insert("by".to_owned(), by.word().into());
    before.insert("total".to_owned(), queues.rows.total.into());
    before.extend(EndingJson::of(&queues.ending).object());
    Ok(Box::new(ListReport::<QueuesQuery> {
        heading: heading(&ask.selection()?, &queues.ending),
        before,
        has_total: false,
        rows: queues.rows,
        features: Features {
            by: by.word(),
            extra: true,
            ..Features::of(ask.info())
        },
    }))
}
