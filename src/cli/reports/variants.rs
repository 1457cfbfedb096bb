//! Variants: the different sequences of activities, each as it is, or with some activities left out and what
//! follows itself counted once.

use super::list::{ListReport, listing, sort_option};
use super::versus::{self, Reported};
use super::{ReportContext, ReportResult, Spec, options_do_not_fit};
use crate::cli::failure::Failure;
use crate::config::values::word;
use crate::engine::{Collapse, Counting, Features, VariantsQuery};
use crate::text;
use clap::{ArgMatches, Args, Command, FromArgMatches};

pub(super) const SPEC: Spec = Spec {
    name: "variants",
    about: "The sequences of activities that cases follow, with their share and durations",
    options,
    make,
    versus: Ok(versus::make::<VariantsQuery>),
};

/// Words of `--collapse`.
const WORDS: [(&str, Collapse); 2] = [("repeats", Collapse::Repeats), ("loops", Collapse::Loops)];

#[derive(Args)]
#[command(next_help_heading = "Counting")]
struct Options {
    /// Leave the activity out of the sequences (repeatable)
    #[arg(long, value_name = "ACTIVITY")]
    ignore: Vec<String>,
    /// Count an activity that follows itself once (repeats), and also a block of several activities that
    /// does (loops)
    #[arg(long, value_name = "repeats|loops", value_parser = |text: &str| word(text, &WORDS))]
    collapse: Option<Collapse>,
}

fn options(command: Command) -> Command {
    sort_option::<VariantsQuery>(Options::augment_args(command))
}

impl Reported for VariantsQuery {
    fn asked(ask: &ReportContext<'_>, matches: &ArgMatches) -> Result<(Self, Features), Failure> {
        let options = Options::from_arg_matches(matches).map_err(|_| options_do_not_fit())?;
        let counting = Counting {
            ignore: options.ignore,
            collapse: options.collapse.unwrap_or_default(),
        };
        let features = Features {
            extra: !counting.is_plain(),
            ..Features::of(ask.info())
        };
        let listing = listing::<VariantsQuery>(ask, matches)?;
        Ok((VariantsQuery { listing, counting }, features))
    }
}

fn make(ask: &ReportContext<'_>, matches: &ArgMatches) -> ReportResult {
    let (query, features) = VariantsQuery::asked(ask, matches)?;
    let mut report = ListReport::ask(ask, &query, features)?;
    if !query.counting.is_plain() && !report.heading.is_empty() {
        let words = query.counting.in_words();
        report.heading = format!("{}; {}", report.heading, text::safe(&words));
    }
    Ok(Box::new(report))
}
