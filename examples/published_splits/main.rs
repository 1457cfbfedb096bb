//! Predictions under the protocols of published benchmarks, from files that the user names. Each
//! protocol counts differently: figures of one do not compare with those of another.
//!
//!     cargo run --release --example published_splits -- lstm helpdesk.csv
//!     cargo run --release --example published_splits -- holdout train.xes.gz val.xes.gz test.xes.gz
//!     cargo run --release --example published_splits -- first-seen log.csv
//!     cargo run --release --example published_splits -- by-start log.csv

#![allow(clippy::print_stdout, reason = "it prints its figures")]

mod protocols;
mod sequences;

use anyhow::Context;
use clap::{Parser, Subcommand};
use sequences::Reading;
use std::path::PathBuf;

#[derive(Debug, Parser)]
#[command(
    name = "published_splits",
    about = "Predictions under the protocols of published benchmarks"
)]
struct Args {
    #[command(subcommand)]
    protocol: Protocol,
    /// Column of the case id, where it is not found
    #[arg(long, value_name = "COL", global = true)]
    case: Option<String>,
    /// Column of the activity
    #[arg(long, value_name = "COL", global = true)]
    activity: Option<String>,
    /// Column of the timestamp
    #[arg(long, value_name = "COL", global = true)]
    time: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Protocol {
    /// Next activity: the first two thirds of the cases in file order train, prefixes of two events and more
    /// of the last third are tested, ends are no targets (LSTM paper of 2017)
    Lstm {
        /// The log
        log: PathBuf,
    },
    /// Next activity or end: three files of cases, contexts chosen on the second, prefixes of one event
    /// and more (benchmark of 2021, first version)
    Holdout {
        /// Cases for training
        train: PathBuf,
        /// Cases to choose the contexts by, then for training, too
        validation: PathBuf,
        /// Cases for the test
        test: PathBuf,
    },
    /// Next activity and time left: the first 80 % of the cases in file order train; also as mean over the
    /// lengths of prefixes, times in whole days (transformer of 2021)
    FirstSeen {
        /// The log
        log: PathBuf,
    },
    /// Time left: the first 80 % of the cases by start train, prefixes up to 20 events or to the length that
    /// 90 % of the cases have at most (survey of 2019)
    ByStart {
        /// The log
        log: PathBuf,
    },
}

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let reading = Reading {
        case: args.case,
        activity: args.activity,
        time: args.time,
    };
    let read = |path: &PathBuf| {
        let read = reading.cases(path);
        read.with_context(|| path.display().to_string())
    };
    match &args.protocol {
        Protocol::Lstm { log } => protocols::lstm(&read(log)?),
        Protocol::Holdout {
            train,
            validation,
            test,
        } => protocols::holdout(read(train)?, read(validation)?, &read(test)?),
        Protocol::FirstSeen { log } => protocols::first_seen(&read(log)?),
        Protocol::ByStart { log } => protocols::by_start(read(log)?),
    }
}
