//! `fetch`: the events of the cases that filters leave of a log in an SQL engine, as a file.

use super::Spec;
use crate::cli::args::Common;
use crate::cli::engines;
use crate::cli::failure::Failure;
use crate::cli::output::{Output, read_by};
use crate::cli::watch;
use crate::text::escape_line;
use clap::{ArgMatches, Args, FromArgMatches};

pub const SPEC: Spec = Spec {
    name: "fetch",
    usage: "[OPTIONS] ENGINE --table TABLE [--output FILE]",
    about: "Count or fetch the cases that filters leave of a log in an SQL engine, as Arrow IPC",
    options: |command| Common::augment_args(command),
    shared_options: true,
    run,
};

fn run(matches: &ArgMatches) -> Result<(), Failure> {
    let mut common = Common::from_arg_matches(matches)
        .map_err(|error| Failure::usage(escape_line(&error.to_string())))?;
    let Some(address) = engines::address(&common)? else {
        return Err(Failure::usage(
            "fetch takes a log in an SQL engine, as duckdb:FILE, grpc://HOST:PORT or sc://HOST:PORT",
        ));
    };
    if let Some(option @ ("--format" | "--limit" | "--raw-csv")) = common.printing.given() {
        return Err(Failure::usage(format!(
            "fetch writes Arrow IPC of all events and has no {option}"
        )));
    }
    if common.has_versus() {
        return Err(Failure::usage("fetch compares nothing: leave --versus out"));
    }
    let path = common.printing.output.clone();
    let output = path
        .map(|path| Output::choose(Some(&path), common.printing.force, &read_by(matches)))
        .transpose()?;
    common.settle()?;
    watch::signals();
    watch::start_pool();
    let view = common.view();
    let line = watch::ProgressLine::asking(!common.quiet);
    let counted = engines::open_to_report(&common, &address).and_then(|log| {
        let size = log.slice_size(&view, watch::stop())?;
        Ok((log, size))
    });
    drop(line);
    watch::go_on();
    let (log, size) = counted?;
    engines::notes(&log, &common);
    if let Some(output) = &output {
        engines::check_size(&size, common.engine.most())?;
        let statement = log.slice_statement(&view, watch::stop())?;
        engines::fetch(&log, &statement, &size, &common, output)?;
    }
    if matches!(output, Some(Output::Standard)) {
        return Ok(());
    }
    let words = engines::in_words(&size);
    Output::Standard.write(|out| writeln!(out, "{words}"))
}
