//! `casetrail demo`: a generated log of a support desk, opened in the explorer or written to a file.

use super::Spec;
use crate::cli::args::Common;
use crate::cli::config::ConfigArgs;
use crate::cli::explore::explore;
use crate::cli::failure::{Failure, code};
use crate::cli::output::Output;
use crate::cli::say;
use crate::demo::{MOST_OPEN, Plan, Size, write_log};
use crate::text::{self, escape_line};
use chrono::{Datelike, NaiveDate};
use clap::{ArgMatches, Args, Command, FromArgMatches, value_parser};
use etcetera::BaseStrategy;
use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::path::PathBuf;

/// `demo`.
pub const SPEC: Spec = Spec {
    name: "demo",
    usage: "[OPTIONS]",
    about: "Open the explorer on a generated log, or write such a log (--output)",
    options: |command| DemoArgs::augment_args(command),
    shared_options: false,
    run,
};

#[derive(Debug, Args)]
struct DemoArgs {
    /// Events to generate
    #[arg(long, value_name = "N", default_value_t = 20_000, value_parser = value_parser!(u64).range(..=10_000_000_000))]
    events: u64,
    /// Cases to generate, instead of a number of events
    #[arg(long, value_name = "N", conflicts_with = "events", value_parser = value_parser!(u64).range(..=1_000_000_000))]
    cases: Option<u64>,
    /// The same seed gives the same bytes
    #[arg(long, value_name = "N", default_value_t = 42)]
    seed: u64,
    /// First day, UTC
    #[arg(long, value_name = "DATE", default_value = "2024-01-01", value_parser = start_date)]
    start_date: NaiveDate,
    /// Delimiter of the fields: `,` `;` `|` or `\t`
    #[arg(long, value_name = "C", default_value = ",", value_parser = delimiter)]
    delimiter: u8,
    /// Write the log to this file as CSV (`-`: standard output) and do not open the explorer
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Let `--output` replace a file that exists
    #[arg(long)]
    force: bool,
    /// Say nothing on standard error but errors
    #[arg(long)]
    quiet: bool,
}

/// A date whose log ends in a year of four digits.
fn start_date(text: &str) -> Result<NaiveDate, String> {
    match text.parse::<NaiveDate>() {
        Ok(date) if (1..=9900).contains(&date.year()) => Ok(date),
        _ => Err("a date like 2024-01-31, up to the year 9900".into()),
    }
}

/// A delimiter that no time, number or code of the log contains.
fn delimiter(text: &str) -> Result<u8, String> {
    match text {
        "," | ";" | "|" | "\t" => Ok(text.as_bytes()[0]),
        "\\t" => Ok(b'\t'),
        _ => Err("one of , ; | and \\t".into()),
    }
}

fn run(matches: &ArgMatches) -> Result<(), Failure> {
    let args = DemoArgs::from_arg_matches(matches)
        .map_err(|error| Failure::usage(escape_line(&error.to_string())))?;
    if let Some(path) = &args.output {
        let output = Output::choose(Some(path), args.force, &[])?;
        return write(&args, &output);
    }
    let path = own_file()?;
    // Made anew each time, as the options may be others.
    write(&args, &Output::choose(Some(&path), true, &[])?)?;
    let words = ["casetrail".into(), path.into_os_string()];
    let common = Common::augment_args(Command::new("casetrail"))
        .try_get_matches_from(words)
        .and_then(|matches| Common::from_arg_matches(&matches));
    let mut common = common.map_err(|error| Failure::usage(escape_line(&error.to_string())))?;
    common.settle()?;
    let config = ConfigArgs::from_arg_matches(matches)
        .map_err(|error| Failure::usage(escape_line(&error.to_string())))?;
    explore(common, &[], &config.read()?, None, None)
}

fn write(args: &DemoArgs, output: &Output) -> Result<(), Failure> {
    let plan = Plan {
        size: args.cases.map_or(Size::Events(args.events), Size::Cases),
        seed: args.seed,
        first_day: i64::from(args.start_date.to_epoch_days()),
        delimiter: args.delimiter,
        most_open: MOST_OPEN,
    };
    let made = output.write(|out| write_log(&plan, out))?;
    if !args.quiet && args.output.is_some() {
        let [events, cases, open] = [made.events, made.cases, made.open as u64].map(text::count);
        say::say(&format!(
            "{events} events, {cases} cases, {open} of them open"
        ));
    }
    Ok(())
}

/// The file of the explorer's log, in the user's folder of state: the command that `$` prints works later, too.
fn own_file() -> Result<PathBuf, Failure> {
    let refused = |why: String| {
        let message = format!("no place for the log: {why}; name a file by --output and open it");
        Failure::new(code::OUTPUT, message)
    };
    let folders =
        etcetera::base_strategy::Xdg::new().map_err(|error| refused(error.to_string()))?;
    let state = folders.state_dir().unwrap_or_else(|| folders.data_dir());
    let folder = state.join("casetrail");
    let made = DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(&folder);
    made.map_err(|error| refused(format!("{}: {error}", say::file(folder.as_os_str()))))?;
    Ok(folder.join("demo.csv"))
}
