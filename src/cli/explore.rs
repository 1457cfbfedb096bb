//! Starts the explorer from the command line: faults that can be found early are reported before
//! the terminal is taken over.

use super::args::Common;
use super::command::options_of_times;
use super::failure::{Failure, code};
use super::logs::{Source, Verdict};
use super::reports::REPORTS;
use super::words::{self, log_word};
use super::{recipes, session, watch};
use crate::app::Settings;
use crate::filter::NamedFilters;
use crate::input::Keymap;
use crate::terminal::{self, NoTerminal};
use crate::text::{escape_line, nearest};
use crate::ui::Theme;
use std::ffi::{OsStr, OsString};
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// Opens the explorer on the logs; `reading` are the options that say how to read them, `last` is the session
/// of the last start.
pub fn explore(
    mut common: Common,
    reading: &[OsString],
    last: Option<session::Last>,
) -> Result<(), Failure> {
    if let Some(option) = common.printing.given() {
        return Err(Failure::usage(format!(
            "{option} is an option of reports, as in: casetrail summary LOG {option} ..."
        )));
    }
    for log in &common.logs {
        look_at(log)?;
    }
    // On the screen a guess is marked as one; reports have it only on request, as a script cannot see
    // the mark.
    common.timing.ready_made = true;
    watch::fatal_signals();
    watch::start_pool();
    let mut times = options_of_times(reading);
    times.extend(session::options_of_times(&common, &times));
    let mut settings = settings(&common, reading, &times);
    settings.named_filters = recipes::read(common.recipes.as_deref().map(Path::as_os_str))?;
    let without = last.as_ref().and_then(session::Last::view_without);
    settings.view = without.unwrap_or(settings.view);
    settings.last_session = session::at_start(&common, last);
    let left: Verdict = Arc::new(Mutex::new(Ok(())));
    let loader = Box::new(Source::new(common, times, Arc::clone(&left)));
    match terminal::run(settings, &theme(), loader) {
        Ok(code::DONE) => left.lock().unwrap_or_else(PoisonError::into_inner).clone(),
        Ok(code) => Err(Failure::new(code, "")),
        Err(error) => {
            let code = match error.downcast_ref::<NoTerminal>() {
                Some(_) => code::USAGE,
                None => code::DEFECT,
            };
            Err(Failure::new(code, escape_line(&format!("{error:#}"))))
        }
    }
}

/// Reports a missing file; suggests a report name if it looks like a typo.
fn look_at(log: &OsStr) -> Result<(), Failure> {
    if log == "-" || fs::metadata(log).is_ok() {
        return Ok(());
    }
    // Opened for the words of the refusal.
    let refused = super::load::open(&[log.to_owned()]).map(drop);
    refused.map_err(|mut failure| {
        let word = log.to_string_lossy();
        // No report is called so: a file is meant.
        if !word.contains(['/', '.']) {
            let reports: Vec<&str> = REPORTS.iter().map(|spec| spec.name).collect();
            let near = nearest(&word, reports.iter().copied());
            let near = near.first().copied().unwrap_or_default();
            // Writing to a String cannot fail.
            let _ = write!(
                failure.message,
                "; nor is it a report (the nearest is {near})"
            );
        }
        failure
    })
}

fn settings(common: &Common, reading: &[OsString], times: &[OsString]) -> Settings {
    let shown = |word: &OsString| word.to_string_lossy().into_owned();
    let logs = common.logs.iter().map(|log| log_word(log));
    let command = match common.kept {
        // How a session reads the logs is said by options.
        Some(_) => {
            let reads = words::command(common, &common.plan, None).into_iter();
            reads.chain(times.iter().map(shown)).collect()
        }
        None => std::iter::once("casetrail".to_owned())
            .chain(logs)
            .chain(reading.iter().map(shown))
            .collect(),
    };
    Settings {
        name: super::load::title(&common.logs),
        command,
        view: common.first_view(),
        rules: common
            .times()
            .rules
            .as_ref()
            .map(|path| path.display().to_string()),
        keys: Keymap::default(),
        no_clipboard: false,
        plain: common.plain,
        named_filters: NamedFilters::default(),
        last_session: None,
        session_file: common
            .session
            .as_ref()
            .map(|path| path.display().to_string()),
        keeps_session: session::is_kept(&common.logs),
    }
}

fn theme() -> Theme {
    let env = |name: &str| std::env::var(name).unwrap_or_default();
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].map(env);
    // In POSIX the first of these that is not empty decides.
    let locale = locale.iter().find(|value| !value.is_empty());
    // An empty value does not count (no-color.org).
    let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    Theme::from_env(no_color, locale.map_or("", String::as_str), &env("TERM"))
}
