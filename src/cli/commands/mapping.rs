//! `casetrail mapping`: what a look at the logs finds out, as a mapping file to be checked, completed
//! and given back with `--mapping`. What a guess rests on, and what is missing, stands in comments.

use super::Spec;
use crate::cli::args::How;
use crate::cli::failure::Failure;
use crate::cli::output::{Output, read_by};
use crate::cli::{load, plan, say, watch};
use crate::config::mapping_file::{self, MappedLog, MappingFile};
use crate::config::values;
use crate::event_log::{Progress, Role};
use crate::formats::facts;
use crate::formats::{self, Inspection, Lifecycle, LogOptions, ReadOptions};
use crate::source;
use crate::text::{self, escape_line};
use crate::ui::fit;
use clap::{ArgMatches, Args, FromArgMatches};
use std::ffi::OsString;
use std::path::PathBuf;

/// The command.
pub const SPEC: Spec = Spec {
    name: "mapping",
    usage: "[OPTIONS] LOG... [--output FILE]",
    about: "Detect the columns and formats of logs; write a mapping for --mapping",
    options: |command| MappingArgs::augment_args(command),
    shared_options: false,
    run,
};

#[derive(Debug, Args)]
struct MappingArgs {
    /// The logs, as they will be named later. `-` reads standard input
    #[arg(value_name = "LOG", required = true)]
    logs: Vec<OsString>,
    #[command(flatten)]
    how: How,
    /// Write to this file, whole or not at all [default: standard output]
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    output: Option<PathBuf>,
    /// Let `--output` replace a file that exists
    #[arg(long, help_heading = "Output")]
    force: bool,
    /// Say nothing on standard error but errors
    #[arg(long, help_heading = "Output")]
    quiet: bool,
}

fn run(matches: &ArgMatches) -> Result<(), Failure> {
    let args = MappingArgs::from_arg_matches(matches)
        .map_err(|error| Failure::usage(escape_line(&error.to_string())))?;
    let output = Output::choose(args.output.as_deref(), args.force, &read_by(matches))?;
    let (plan, ends) = plan::plan(&args.how, &args.logs, None)?;
    watch::signals();
    watch::start_pool();
    let inputs = load::open(&args.logs)?;
    formats::check_formats(&inputs, &plan).map_err(|error| load::not_read(&args.logs, error))?;
    let names: Vec<&str> = inputs.iter().map(source::Input::name).collect();
    let labels = formats::source_labels(&names);
    let mut file = MappingFile {
        lifecycle: Some(plan.lifecycle).filter(|unit| *unit != Lifecycle::default()),
        session_gap: plan.session_gap.map(crate::text::time::duration_literal),
        ends,
        ..MappingFile::default()
    };
    let mut comments = Vec::new();
    let mut open_roles = Vec::new();
    for (i, (input, known)) in inputs.iter().zip(plan.logs).enumerate() {
        let looked = formats::look(input, &known.read, &Progress::default())
            .map_err(|error| load::not_read(&args.logs[i..=i], error))?;
        let missing = missing_roles(&looked, &known.read);
        if !missing.is_empty() {
            open_roles.push(format!(
                "{} of {}",
                missing.join(", "),
                say::file(&args.logs[i])
            ));
        }
        comments.push(comments_on(&looked, &missing));
        let source = if known.source.is_empty() {
            labels[i].clone()
        } else {
            known.source
        };
        file.logs.push(MappedLog {
            file: input.name().to_owned(),
            options: LogOptions {
                source,
                activity_prefix: known.activity_prefix,
                read: found(known.read, &looked),
            },
            ..MappedLog::default()
        });
    }
    let text = file.to_toml_with(&comments);
    output.write(|out| out.write_all(text.as_bytes()))?;
    if !open_roles.is_empty() && !args.quiet {
        say::say(&format!(
            "fill in: {} (the file lists the columns with some values)",
            open_roles.join("; ")
        ));
    }
    Ok(())
}

/// The roles that every log needs, with what they mean, and whether the log has them.
fn needed(looked: &Inspection) -> [(&'static str, &'static str, bool); 3] {
    let of_rows = looked.roles[Role::Milestone].is_empty();
    let open = |role: Role| {
        let wanted = of_rows || !Role::OF_ROWS.contains(&role);
        wanted && looked.roles[role].is_empty()
    };
    [
        (
            "case",
            "which column identifies the case?",
            open(Role::Case),
        ),
        (
            "activity",
            "which column is the activity?",
            open(Role::Activity),
        ),
        ("time", "which column is the time?", open(Role::Time)),
    ]
}

fn missing_roles(looked: &Inspection, known: &ReadOptions) -> Vec<&'static str> {
    let named = known.activity_name.is_some();
    let missing = needed(looked).into_iter().filter(|(_, _, open)| *open);
    let missing = missing.map(|(role, _, _)| role);
    missing
        .filter(|role| !named || *role != Role::Activity.name())
        .collect()
}

/// The options that say what was found. What later rows may still contradict is not among them:
/// the format of timestamps, and UTF-8.
fn found(known: ReadOptions, looked: &Inspection) -> ReadOptions {
    let mut columns = looked.roles.clone();
    columns[Role::Time].retain(|name| !name.is_empty());
    let delimiter = looked.delimiter();
    let delimiter = delimiter.and_then(|text| values::delimiter(text).ok());
    let order = looked.fact(facts::DATE_ORDER);
    let order = order.and_then(|text| values::word(text, &values::DATE_ORDERS).ok());
    let encoding = looked.encoding().filter(|&name| name != "utf-8");
    ReadOptions {
        columns,
        delimiter: known.delimiter.or(delimiter),
        encoding: known.encoding.or_else(|| encoding.map(str::to_owned)),
        date_order: known.date_order.or(order),
        ..known
    }
}

/// Comments for one log in the mapping file.
fn comments_on(looked: &Inspection, missing: &[&str]) -> Vec<String> {
    let mut lines = vec![format!("Format: {}.", looked.format)];
    for (name, value) in &looked.facts {
        match name.as_str() {
            // These are among the settings of the file.
            facts::DELIMITER | facts::DATE_ORDER => {}
            facts::ENCODING if value != "utf-8" => {}
            facts::TIME_FORMAT => lines.push(format!(
                "Timestamps look like {value}; time_format = ... sets one format."
            )),
            facts::TIME_ZONE => lines.push(format!(
                "Timestamps without offset are read as {value}; tz = ... changes it."
            )),
            _ => lines.push(format!("Its {name} is {value}.")),
        }
    }
    for (kind, n) in &looked.object_types {
        lines.push(format!("object_type may be {kind} ({n} objects)"));
    }
    for (role, question, _) in needed(looked).iter().filter(|n| missing.contains(&n.0)) {
        lines.push(format!("{role} = \"\"  <- {question}"));
    }
    if !looked.times.is_empty() {
        let times = looked
            .times
            .iter()
            .map(|&column| looked.columns[column].clone());
        let times: Vec<String> = times.collect();
        lines.push(format!(
            "milestone_columns = {}  <- makes an event of each time instead of one of each row",
            mapping_file::list(&times)
        ));
    }
    if looked.doubtful && missing.is_empty() {
        lines.push("Uncertain: check the roles of the columns above.".to_owned());
    }
    if looked.doubtful || !missing.is_empty() {
        lines.push("Columns and some of their values:".to_owned());
        lines.extend((0..looked.columns.len()).map(|column| sample(looked, column)));
    }
    lines
}

/// A column with its first values.
fn sample(looked: &Inspection, column: usize) -> String {
    const MOST: usize = 3;
    const WIDTH: usize = 30;
    let profile = looked.profiles.get(column);
    let values = profile.into_iter().flat_map(|d| d.values.iter().take(MOST));
    let shown = values.map(|value| fit::truncate_end(&text::safe(value), WIDTH, "…").into_owned());
    let shown: Vec<String> = shown.collect();
    format!("  {}: {}", looked.columns[column], shown.join(" | "))
}
