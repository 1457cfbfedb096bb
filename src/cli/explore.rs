//! From the command line to the explorer.

use super::args::Common;
use super::failure::Failure;

/// Opens the explorer on the logs.
pub fn explore(common: &Common) -> Result<(), Failure> {
    if let Some(option) = common.printing.given() {
        return Err(Failure::usage(format!(
            "{option} is an option of reports, as in: casetrail summary LOG {option} ..."
        )));
    }
    Err(Failure::usage(
        "the explorer needs a terminal; reports do not: casetrail summary LOG",
    ))
}
