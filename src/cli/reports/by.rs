//! The option `--by`: what the rows of a report are.

use super::ReportContext;
use crate::cli::failure::Failure;
use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Arg, ArgMatches};

/// Words of the option with their help, which may be empty, and what they stand for.
pub type Choices<T> = &'static [(&'static str, &'static str, T)];

/// Returns the option `--by WHAT`.
pub fn option<T>(choices: Choices<T>, help: &'static str) -> Arg {
    let values = choices.iter().map(|(word, help, _)| match *help {
        "" => PossibleValue::new(*word),
        help => PossibleValue::new(*word).help(help),
    });
    let by = Arg::new("by").long("by").value_name("WHAT").help(help);
    by.value_parser(PossibleValuesParser::new(values))
}

/// Returns the choice that was made, or else the first: its word and what it stands for.
///
/// # Errors
/// Rows are to be resources, and the log has none.
pub fn chosen<T: Copy>(
    choices: Choices<T>,
    ask: &ReportContext<'_>,
    matches: &ArgMatches,
) -> Result<(&'static str, T), Failure> {
    let given = matches.get_one::<String>("by");
    let is_given = |choice: &&(&str, &str, T)| given.is_none_or(|word| word == choice.0);
    let (word, _, meaning) = (choices.iter().find(is_given)).unwrap_or(&choices[0]);
    if *word == "resource" && ask.info().resource.is_none() {
        return Err(Failure::usage(
            "the log has no resource (--resource COL names its column)",
        ));
    }
    Ok((word, *meaning))
}
