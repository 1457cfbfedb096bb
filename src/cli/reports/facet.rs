//! Attributes of cases and events, and the values of one as groups.

use super::list::{ListReport, order};
use super::split::{self, FigureOptions};
use super::versus::{self, Reported};
use super::{ReportContext, ReportResult, Spec, options_do_not_fit};
use crate::cli::columns;
use crate::cli::failure::Failure;
use crate::engine::{FacetsQuery, Features, List, Sort, SplitQuery};
use clap::{Arg, ArgMatches, Args, Command, FromArgMatches};

pub(super) const SPEC: Spec = Spec {
    name: "facet",
    about: "Attributes of cases and events with their values, or the values of one with figures",
    options,
    make,
    versus: Ok(compare),
};

#[derive(Args)]
#[command(next_help_heading = "Groups")]
struct Options {
    /// The attribute whose values are listed: a column, first(COL), last(COL), activity, variant, first,
    /// last, start.weekday, start.hour, start.month, a milestone, an outcome or a rule [default: none,
    /// all attributes are listed]
    #[arg(long, value_name = "COL")]
    by: Option<String>,
    #[command(flatten)]
    figures: FigureOptions,
}

fn options(command: Command) -> Command {
    let help = format!(
        "Order: {}; with --by: {}; figures from the largest, names from A; `-` before the word reverses it",
        Sort::words_of(FacetsQuery::schema()),
        Sort::words_of(SplitQuery::schema()),
    );
    let sort = Arg::new("sort").long("sort").value_name("WORD").help(help);
    Options::augment_args(command.arg(sort.allow_hyphen_values(true)))
}

/// The attribute whose values are asked for, with the figures of its groups; `None` for all attributes.
fn chosen(matches: &ArgMatches) -> Result<Option<(Vec<String>, FigureOptions)>, Failure> {
    let options = Options::from_arg_matches(matches).map_err(|_| options_do_not_fit())?;
    let Some(by) = options.by else {
        return Ok(None);
    };
    let by = columns::split(&by);
    if by.len() != 1 {
        return Err(Failure::usage(
            "facet takes one attribute (a comma in its name: `\\,`); split --by takes several",
        ));
    }
    Ok(Some((by, options.figures)))
}

impl Reported for FacetsQuery {
    fn asked(ask: &ReportContext<'_>, matches: &ArgMatches) -> Result<(Self, Features), Failure> {
        let query = FacetsQuery {
            numbers: true,
            listing: ask.listing(sort::<FacetsQuery>(ask, matches)?),
        };
        Ok((query, Features::of(ask.info())))
    }
}

fn compare(ask: &ReportContext<'_>, matches: &ArgMatches) -> ReportResult {
    match chosen(matches)? {
        Some((by, figures)) => {
            let listing = ask.listing(sort::<SplitQuery>(ask, matches)?);
            let groups = split::query(&by, figures, listing);
            versus::of(ask, matches, groups, Features::of(ask.info()))
        }
        None => versus::make::<FacetsQuery>(ask, matches),
    }
}

fn make(ask: &ReportContext<'_>, matches: &ArgMatches) -> ReportResult {
    if let Some((by, figures)) = chosen(matches)? {
        let listing = ask.listing(sort::<SplitQuery>(ask, matches)?);
        return split::make_of(ask, by, figures, listing);
    }
    let (query, features) = FacetsQuery::asked(ask, matches)?;
    let mut report = ListReport::ask(ask, &query, features)?;
    let cases = ask.summary()?.cases;
    report.before.insert("cases".to_owned(), cases.into());
    Ok(Box::new(report))
}

/// The order of the list that is asked for.
fn sort<L: List>(ask: &ReportContext<'_>, matches: &ArgMatches) -> Result<Sort, Failure> {
    let parse = |word: &String| {
        let sort = Sort::parse::<L>(word);
        sort.map_err(|known| Failure::usage(format!("--sort {word}: {known}")))
    };
    let sort = matches.get_one::<String>("sort").map(parse).transpose()?;
    order::<L>(ask, sort)
}
