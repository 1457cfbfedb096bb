//! The option `--by COL` of reports on resources: the column whose values are the rows.

use super::ReportContext;
use crate::cli::failure::Failure;
use crate::filter::Field;
use clap::{Arg, ArgMatches, Command};

/// Adds the option.
pub fn option(command: Command) -> Command {
    let by = Arg::new("by").long("by").value_name("COL");
    let by = by.help("Column whose values are the rows, such as a team [default: resource]");
    command.arg(by.help_heading("Rows"))
}

/// The column that was chosen, or else the resource.
pub fn chosen(matches: &ArgMatches) -> Field {
    let by = matches.get_one::<String>("by");
    by.map_or(Field::Resource, |by| Field::named(by.trim()))
}

/// The column that was chosen, for a report that says nothing about a log without resources.
///
/// # Errors
/// Rows are to be resources, and the log has none.
pub fn required(ask: &ReportContext<'_>, matches: &ArgMatches) -> Result<Field, Failure> {
    let by = chosen(matches);
    if by == Field::Resource && ask.info().resource.is_none() {
        return Err(Failure::usage(
            "the log has no resource (--resource COL names its column, --by COL takes another one)",
        ));
    }
    Ok(by)
}

/// The key of the JSON object with the column, where it is not the resource.
pub fn key(by: &Field) -> Option<(String, serde_json::Value)> {
    (*by != Field::Resource).then(|| ("by".to_owned(), by.to_string().into()))
}
