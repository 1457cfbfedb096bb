//! Resources, or the values of another column: events, cases, load, waits, deadlines, rework of each.

use super::actors;
use super::list::{ListReport, listing, sort_option};
use super::versus::{self, Reported};
use super::{ReportContext, ReportResult, Spec};
use crate::cli::args::Format;
use crate::cli::failure::Failure;
use crate::engine::{Features, GroupBy, ResourcesQuery};
use crate::filter::Field;
use crate::text::safe;
use clap::{Arg, ArgMatches, Command};

pub(super) const SPEC: Spec = Spec {
    name: "resources",
    about: "Resources or values of another column: cases, load, waits, deadlines, rework",
    options,
    make,
    versus: Ok(versus::make::<ResourcesQuery>),
};

fn options(command: Command) -> Command {
    let mix = Arg::new("mix").long("mix").value_name("COL");
    let mix = mix.help(
        "Property by which cases are alike for the breach rate that is expected: a column, first, \
         first(COL) or the like [default: the first column of cases with 2 to 50 values, else first]",
    );
    let command = actors::option(command).arg(mix.help_heading("Rows"));
    sort_option::<ResourcesQuery>(command)
}

impl Reported for ResourcesQuery {
    fn asked(ask: &ReportContext<'_>, matches: &ArgMatches) -> Result<(Self, Features), Failure> {
        let mix = matches.get_one::<String>("mix");
        let query = ResourcesQuery {
            by: actors::chosen(matches),
            mix: mix.map(|mix| GroupBy::parse(mix)),
            listing: listing::<ResourcesQuery>(ask, matches)?,
        };
        let features = Features {
            // All columns would make a table to be read too wide.
            extra: ask.common.printing.format() != Format::Table,
            ..Features::of(ask.info())
        };
        Ok((query, features))
    }
}

fn make(ask: &ReportContext<'_>, matches: &ArgMatches) -> ReportResult {
    let (query, features) = ResourcesQuery::asked(ask, matches)?;
    let answer = ask.answer(&query)?;
    let mut before = serde_json::Map::new();
    before.extend(actors::key(&query.by));
    let mut heading = ask.selection()?;
    if let Some(mix) = answer.mix {
        let (mix, in_words) = (mix.to_string(), mix.in_words());
        if !heading.is_empty() {
            let words = "; expected breaches: those of all cases of the same";
            heading = format!("{heading}{words} {}", safe(&in_words));
        }
        before.insert("mix".to_owned(), mix.into());
    }
    let has_resource = query.by != Field::Resource || ask.info().resource.is_some();
    if !has_resource && !heading.is_empty() {
        heading.push_str("; the log has no resource (--resource COL names its column)");
    }
    Ok(Box::new(ListReport::<ResourcesQuery> {
        heading,
        before,
        has_total: false,
        rows: answer.rows,
        features,
    }))
}
