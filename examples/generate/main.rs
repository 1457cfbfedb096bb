//! Writes a synthetic support log as CSV: any size, the same bytes for the same seed, a planted cause
//! behind each figure worth finding (see fixtures/README.md).
//!
//!     cargo run --release --example generate -- --events 1000000 --output log.csv

mod support;

use anyhow::Context;
use chrono::{Datelike, NaiveDate};
use clap::{Parser, ValueEnum};
use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::PathBuf;
use support::{MOST_OPEN, Plan, Size, write_log};

#[derive(Debug, Parser)]
#[command(
    name = "generate",
    about = "Write a synthetic support log, in the order of time"
)]
struct Args {
    /// Rows to write
    #[arg(long, value_name = "N", default_value_t = 100_000, value_parser = clap::value_parser!(u64).range(..=10_000_000_000))]
    events: u64,
    /// Cases to write, instead of a number of rows
    #[arg(long, value_name = "N", conflicts_with = "events", value_parser = clap::value_parser!(u64).range(..=1_000_000_000))]
    cases: Option<u64>,
    /// The same seed gives the same bytes
    #[arg(long, default_value_t = 42)]
    seed: u64,
    /// First day, UTC
    #[arg(long, value_name = "DATE", default_value = "2024-01-01", value_parser = start_date)]
    start_date: NaiveDate,
    /// Between the fields: , ; | or \t
    #[arg(long, value_name = "C", default_value = ",", value_parser = delimiter)]
    delimiter: u8,
    /// What to write
    #[arg(long, value_enum, default_value_t = Format::Csv)]
    format: Format,
    /// File to write; standard output if none
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    Csv,
}

/// A date whose log ends in a year of four digits.
fn start_date(text: &str) -> Result<NaiveDate, String> {
    match text.parse::<NaiveDate>() {
        Ok(date) if (1..=9900).contains(&date.year()) => Ok(date),
        _ => Err("a date like 2024-01-31, up to the year 9900".into()),
    }
}

/// A delimiter that no instant, number or code of the log contains.
fn delimiter(text: &str) -> Result<u8, String> {
    match text {
        "," | ";" | "|" | "\t" => Ok(text.as_bytes()[0]),
        "\\t" => Ok(b'\t'),
        _ => Err("one of , ; | and \\t".into()),
    }
}

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let Format::Csv = args.format;
    let plan = Plan {
        size: args.cases.map_or(Size::Events(args.events), Size::Cases),
        seed: args.seed,
        first_day: i64::from(args.start_date.to_epoch_days()),
        delimiter: args.delimiter,
        most_open: MOST_OPEN,
    };
    let made = match &args.output {
        Some(path) => File::create(path)
            .and_then(|mut file| write_log(&plan, &mut file))
            .with_context(|| format!("cannot write {}", path.display()))?,
        None => match write_log(&plan, &mut std::io::stdout().lock()) {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => return Ok(()),
            made => made.context("cannot write to standard output")?,
        },
    };
    let note = format!(
        "{} events, {} cases, {} of them open\n",
        made.events, made.cases, made.open
    );
    // The log is written; a closed standard error is no reason to fail.
    let _ = std::io::stderr().write_all(note.as_bytes());
    Ok(())
}
