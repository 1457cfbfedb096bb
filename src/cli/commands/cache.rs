//! `casetrail cache`: what the cache holds, where it is, and how to empty it.

use super::Spec;
use crate::cli::cache;
use crate::cli::failure::{Failure, code};
use crate::cli::output::Output;
use crate::store::{self, Entry, Folder};
use crate::text::{self, escape_line};
use clap::{Arg, ArgMatches, Command, value_parser};
use std::ffi::OsString;
use std::fmt::Write as _;
use std::path::Path;

/// `cache`.
pub const SPEC: Spec = Spec {
    name: "cache",
    usage: "list|clear|path [LOG...]",
    about: "List, remove or locate the indexes of logs read before",
    options,
    shared_options: false,
    run,
};

fn options(command: Command) -> Command {
    command
        .arg(
            Arg::new("what")
                .value_name("WHAT")
                .required(true)
                .value_parser(["list", "clear", "path"])
                .help("`list`: all entries; `clear`: remove them; `path`: the folder"),
        )
        .arg(
            Arg::new("logs")
                .value_name("LOG")
                .num_args(0..)
                .value_parser(value_parser!(OsString))
                .help("Only the entries of these logs"),
        )
}

fn run(matches: &ArgMatches) -> Result<(), Failure> {
    let what = matches.get_one::<String>("what").map_or("", String::as_str);
    let path = cache::path().map_err(|why| Failure::new(code::REFUSED, why))?;
    let logs: Option<Vec<String>> = matches
        .get_many::<OsString>("logs")
        .map(|logs| logs.map(absolute).collect());
    if what == "path" {
        let path = text::safe(&path.to_string_lossy()).into_owned();
        return print(&format!("{path}\n"));
    }
    // A look at the cache does not make its folder.
    if !path.exists() {
        return print(&told(&[], what));
    }
    let folder = cache::folder(false)
        .map_err(|why| Failure::new(code::REFUSED, format!("the cache is not in use: {why}")))?;
    let mut entries = store::list(&folder);
    entries.retain(|entry| {
        let wanted = |logs: &Vec<String>| entry.logs.iter().any(|log| logs.contains(log));
        logs.as_ref().is_none_or(wanted)
    });
    if what == "clear" {
        clear(&folder, logs.as_deref())?;
    }
    print(&told(&entries, what))
}

/// The path as entries have it; that of a log that is gone as far as it can be known.
fn absolute(log: &OsString) -> String {
    let path = Path::new(log);
    let found = path.canonicalize().or_else(|_| std::path::absolute(path));
    found
        .unwrap_or_else(|_| path.to_owned())
        .to_string_lossy()
        .into_owned()
}

fn clear(folder: &Folder, logs: Option<&[String]>) -> Result<(), Failure> {
    store::clear(folder, logs)
        .map(drop)
        .map_err(|error| Failure::new(code::OUTPUT, escape_line(&error.to_string())))
}

/// The entries, and a line for all of them.
fn told(entries: &[Entry], what: &str) -> String {
    let megabytes = |bytes: u64| text::number(bytes as f64 / 1e6, 1);
    let mut lines = String::new();
    let bytes = entries.iter().map(|entry| entry.bytes).sum();
    if what == "list" {
        for entry in entries {
            let used = chrono::DateTime::from_timestamp(entry.used, 0);
            let used = used.map_or_else(String::new, |t| t.format("%Y-%m-%d %H:%M").to_string());
            let logs: Vec<_> = entry.logs.iter().map(|log| text::safe(log)).collect();
            // Writing to a String cannot fail.
            let _ = writeln!(
                lines,
                "{used}  {:>9} MB  {:>12} events  {}",
                megabytes(entry.bytes),
                text::count(entry.events),
                logs.join(", ")
            );
        }
    }
    let done = if what == "clear" { "removed " } else { "" };
    let n = text::counted(entries.len() as u64, "entry", "entries");
    format!("{lines}{done}{n}, {} MB\n", megabytes(bytes))
}

fn print(text: &str) -> Result<(), Failure> {
    Output::Standard.write(|out| out.write_all(text.as_bytes()))
}
