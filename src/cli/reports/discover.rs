//! What a log follows: a model, rules that hold in most cases, and relations of activities that hold in
//! every case.

mod model;
mod skeleton;

use super::list::{ListReport, listing, sort_option};
use super::{ReportContext, ReportResult, Spec, options_do_not_fit};
use crate::cli::args::Format;
use crate::engine::{DiscoverRulesQuery, Features};
use clap::{ArgMatches, Args, Command, FromArgMatches, ValueEnum};

pub(super) const SPEC: Spec = Spec {
    name: "discover",
    about: "A model of the cases, rules that hold in most, or relations that always hold",
    options,
    make,
    versus: Err(
        "what it finds holds in one selection: rules --rule RULE --versus compares the cases of two",
    ),
};

/// Formats of models.
pub(super) const DOCUMENTS: &[Format] = &[Format::Pnml, Format::Bpmn, Format::Mermaid];

#[derive(Args)]
#[command(next_help_heading = "Discovery")]
struct Options {
    /// Kind of what is found
    #[arg(long, value_name = "KIND", default_value = "model")]
    find: Find,
    /// Share of the most frequent continuation, 0 to 1, below which others are left out of a model where
    /// nothing else gives a structure; with 0 every case fits
    #[arg(long, value_name = "SHARE", default_value = "0.2", value_parser = share)]
    noise: f64,
    /// Least share of the cases that a rule is about, 0 to 1
    #[arg(long, value_name = "SHARE", default_value = "0.1", value_parser = share)]
    support: f64,
    /// Least share of these cases that satisfy the rule, 0 to 1
    #[arg(long, value_name = "SHARE", default_value = "0.95", value_parser = share)]
    confidence: f64,
    /// List rules, too, that other rules of the list imply
    #[arg(long)]
    all: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Find {
    /// A model of all activities, by the inductive miner
    Model,
    /// Rules of the templates of Declare
    Rules,
    /// Relations of pairs of activities, and how often each occurs in a case
    Skeleton,
}

fn share(text: &str) -> Result<f64, String> {
    let share = text.parse::<f64>().ok();
    let share = share.filter(|share| (0.0..=1.0).contains(share));
    share.ok_or_else(|| "expected a share from 0 to 1".to_owned())
}

fn options(command: Command) -> Command {
    sort_option::<DiscoverRulesQuery>(Options::augment_args(command))
}

fn make(ask: &ReportContext<'_>, matches: &ArgMatches) -> ReportResult {
    let options = Options::from_arg_matches(matches).map_err(|_| options_do_not_fit())?;
    match options.find {
        Find::Model => model::make(ask, options.noise),
        Find::Rules => rules(ask, matches, &options),
        Find::Skeleton => skeleton::make(ask),
    }
}

fn rules(ask: &ReportContext<'_>, matches: &ArgMatches, options: &Options) -> ReportResult {
    let found = ask.answer(&DiscoverRulesQuery {
        support: options.support,
        confidence: options.confidence,
        all: options.all,
        listing: listing::<DiscoverRulesQuery>(ask, matches)?,
    })?;
    let mut before = serde_json::Map::new();
    before.insert("cases".to_owned(), found.cases.into());
    Ok(Box::new(ListReport::<DiscoverRulesQuery> {
        heading: ask.selection()?,
        before,
        has_total: false,
        rows: found.rules,
        features: Features::of(ask.info()),
    }))
}
