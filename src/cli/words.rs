//! From options back to the words of a command line: what the explorer copies, so that a report reads
//! the logs as they are read on the screen.

use super::args::Common;
use super::columns::option_of;
use crate::config::values::{DATE_ORDERS, LIFECYCLES, word_of};
use crate::formats::{Lifecycle, LogOptions, ReadOptions, ReadPlan};
use crate::text::time::duration_literal;
use std::ffi::OsStr;

/// The piece of a command that names a log.
pub fn log_word(log: &OsStr) -> String {
    match log.to_string_lossy() {
        // It would be taken for an option.
        dashed if dashed.starts_with('-') && dashed != "-" => format!("./{dashed}"),
        log => log.into_owned(),
    }
}

/// The pieces of a command that reads the logs by a plan: program, logs, options. Where the logs are
/// not all read alike, options cannot say it, and a mapping file does: the one that was written, or
/// one that is still to be written.
pub fn command(common: &Common, plan: &ReadPlan, written: Option<&str>) -> Vec<String> {
    let mut words = vec!["casetrail".to_owned()];
    words.extend(common.logs.iter().map(|log| log_word(log)));
    let unnamed = |log: &LogOptions| ReadOptions {
        activity_name: None,
        ..log.read.clone()
    };
    let first = plan.logs.first().map(unnamed);
    let alike = plan.logs.iter().all(|log| {
        // No option gives a prefix of activities.
        let plain = plan.logs.len() == 1 || log.activity_prefix.is_empty();
        Some(unnamed(log)) == first && plain
    });
    match &first {
        Some(read) if alike => {
            words.extend(options(read));
            for name in activity_names(plan) {
                pair(&mut words, "--activity-name", name);
            }
        }
        _ => pair(&mut words, "--mapping", written.unwrap_or("mapping.toml")),
    }
    for (option, value) in common.engine.options() {
        pair(&mut words, option, value);
    }
    if plan.lifecycle != Lifecycle::default()
        && let Some(word) = word_of(&plan.lifecycle, &LIFECYCLES)
    {
        pair(&mut words, "--lifecycle", word);
    }
    if let Some(gap) = plan.session_gap {
        pair(&mut words, "--session-gap", &duration_literal(gap));
    }
    words
}

/// Values of the option that names the activity of all rows: one for each log, where they differ.
fn activity_names(plan: &ReadPlan) -> Vec<&str> {
    let names = plan
        .logs
        .iter()
        .map(|log| log.read.activity_name.as_deref());
    let names: Vec<Option<&str>> = names.collect();
    let alike = names.windows(2).all(|pair| pair[0] == pair[1]);
    match names.first() {
        Some(first) if alike => first.iter().copied().collect(),
        _ => names.into_iter().map(Option::unwrap_or_default).collect(),
    }
}

/// The options that say how one log is read, but for the lifecycle, which is that of the plan.
fn options(read: &ReadOptions) -> Vec<String> {
    let mut words = Vec::new();
    for (role, names) in read.columns.iter().filter(|(_, names)| !names.is_empty()) {
        // Without a backslash the comma would separate two columns.
        let escape = |name: &String| {
            if role.is_of_several() {
                name.replace(',', "\\,")
            } else {
                name.clone()
            }
        };
        let names: Vec<String> = names.iter().map(escape).collect();
        pair(&mut words, option_of(role).name, &names.join(","));
    }
    let texts = [
        ("--time-format", &read.time_format),
        ("--json-path", &read.json_path),
        ("--encoding", &read.encoding),
        ("--object-type", &read.object_type),
    ];
    for (option, value) in texts {
        if let Some(value) = value {
            pair(&mut words, option, value);
        }
    }
    if let Some(tz) = read.tz {
        pair(&mut words, "--tz", tz.name());
    }
    if let Some(order) = read.date_order
        && let Some(word) = word_of(&order, &DATE_ORDERS)
    {
        pair(&mut words, "--date-order", word);
    }
    for na in &read.na {
        pair(&mut words, "--na", na);
    }
    let characters = [
        ("--delimiter", read.delimiter),
        ("--quote", read.quote),
        ("--escape", read.escape),
    ];
    for (option, character) in characters {
        match character {
            Some(b'\t') => pair(&mut words, option, "\\t"),
            Some(character) => pair(&mut words, option, &char::from(character).to_string()),
            None => {}
        }
    }
    if read.no_header {
        words.push("--no-header".to_owned());
    }
    words
}

/// An option with its value; one that looks like an option is joined to it.
fn pair(words: &mut Vec<String>, option: &str, value: &str) {
    if value.starts_with('-') {
        words.push(format!("{option}={value}"));
    } else {
        words.extend([option.to_owned(), value.to_owned()]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::command::{Call, parse};
    use crate::cli::config::ConfigArgs;
    use crate::config::settings::Configuration;
    use crate::event_log::Role;
    use crate::formats::{DateOrder, LogOptions};
    use std::ffi::OsString;

    fn parsed(words: &[String]) -> ReadOptions {
        let words = words.iter().map(OsString::from).collect();
        let read = |_: &ConfigArgs| Ok(Configuration::default());
        match parse(words, read).expect("a call").0 {
            Call::Explore(common, ..) => common.how.read_options(0),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn words_are_read_as_the_options_they_were_made_of() {
        let mut common = Common::default();
        common.logs = vec!["a b.csv".into(), "-x.csv".into()];
        let read = ReadOptions {
            columns: [
                (Role::Case, vec!["Last, first".into(), "b".into()]),
                (Role::Activity, vec!["-what".into()]),
                (Role::Time, vec!["a, b".into()]),
                (Role::Start, vec![String::new()]),
            ]
            .into(),
            time_format: Some("%d.%m.%Y".into()),
            json_path: Some("a.b".into()),
            tz: Some(chrono_tz::Europe::Berlin),
            na: vec!["?".into(), "-".into()],
            delimiter: Some(b'\t'),
            quote: Some(b'\''),
            escape: Some(b'-'),
            no_header: true,
            date_order: Some(DateOrder::Mdy),
            ..ReadOptions::default()
        };
        let log = LogOptions {
            read: read.clone(),
            ..LogOptions::default()
        };
        let mut plan = ReadPlan {
            logs: vec![log.clone(), log],
            ..ReadPlan::default()
        };
        let words = command(&common, &plan, None);
        assert_eq!(words[..3], ["casetrail", "a b.csv", "./-x.csv"]);
        assert_eq!(parsed(&words), read);
        // A name for all rows of each log.
        let names = ["Created", ""].map(|name| (!name.is_empty()).then(|| name.to_owned()));
        for (log, name) in plan.logs.iter_mut().zip(names.clone()) {
            log.read.columns[Role::Activity].clear();
            log.read.activity_name = name;
        }
        let words = command(&common, &plan, None);
        let read = |_: &ConfigArgs| Ok(Configuration::default());
        let words_again = words.iter().map(OsString::from).collect();
        let Ok((Call::Explore(common_again, ..), _)) = parse(words_again, read) else {
            panic!("{words:?}")
        };
        let again = [0, 1].map(|at| common_again.how.read_options(at).activity_name);
        assert_eq!(again, names);
        // What options cannot say is said by a file.
        plan.logs[1].read.columns[Role::Time] = vec!["other".into()];
        plan.session_gap = Some(1_800_000_000);
        let words = command(&common, &plan, Some("m.toml"));
        assert_eq!(words[3..], ["--mapping", "m.toml", "--session-gap", "30m"]);
    }
}
