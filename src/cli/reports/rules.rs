//! Rules on the order of events: cases that satisfy and violate each.

use super::flow::heading;
use super::list::{ListReport, listing, sort_option};
use super::versus::{self, Reported};
use super::{OpenCases, ReportContext, ReportResult, Spec, options_do_not_fit};
use crate::cli::failure::Failure;
use crate::engine::{Features, RulesQuery};
use clap::{ArgMatches, Args, Command, FromArgMatches};

pub(super) const SPEC: Spec = Spec {
    name: "rules",
    about: "Cases that satisfy and violate rules on the order of events (--rules, --rule)",
    options,
    make,
    versus: Ok(versus::make::<RulesQuery>),
};

#[derive(Args)]
#[command(next_help_heading = "Rules")]
pub(super) struct Options {
    /// Open cases that do not satisfy a rule yet and still can: set apart, or taken as over
    #[arg(long, value_name = "HOW", default_value = "apart")]
    open: OpenCases,
}

impl Options {
    /// True if open cases are taken as over.
    pub fn open_ended(matches: &ArgMatches) -> Result<bool, Failure> {
        let options = Options::from_arg_matches(matches).map_err(|_| options_do_not_fit())?;
        Ok(options.open == OpenCases::Ended)
    }
}

fn options(command: Command) -> Command {
    sort_option::<RulesQuery>(Options::augment_args(command))
}

impl Reported for RulesQuery {
    fn asked(ask: &ReportContext<'_>, matches: &ArgMatches) -> Result<(Self, Features), Failure> {
        if ask.common.timing.conform_rules.is_empty() {
            return Err(Failure::usage(
                "no rule is defined: --rule 'response(\"Order\", \"Invoice\")', or rules of [conform] in the \
                 file of --rules",
            ));
        }
        let query = RulesQuery {
            open_ended: Options::open_ended(matches)?,
            listing: listing::<RulesQuery>(ask, matches)?,
        };
        Ok((query, Features::of(ask.info())))
    }
}

fn make(ask: &ReportContext<'_>, matches: &ArgMatches) -> ReportResult {
    let (query, features) = RulesQuery::asked(ask, matches)?;
    let results = ask.answer(&query)?;
    let mut before = serde_json::Map::new();
    before.insert("cases".to_owned(), results.cases.into());
    Ok(Box::new(ListReport::<RulesQuery> {
        heading: heading(&ask.selection()?, &results.ending),
        before,
        has_total: false,
        rows: results.rules,
        features,
    }))
}
