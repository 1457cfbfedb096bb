//! Starts the explorer from the command line: faults that can be found early are reported before
//! the terminal is taken over.

use super::args::Common;
use super::command::options_of_times;
use super::engine_log::EngineLog;
use super::failure::{Failure, code};
use super::logs::{Source, Verdict};
use super::reports::REPORTS;
use super::words::{self, log_word};
use super::{engines, notes, recipes, session, watch};
use crate::app::{Loader, Settings};
use crate::config::settings::Configuration;
use crate::filter::NamedFilters;
use crate::remote::Address;
use crate::terminal::{self, NoTerminal};
use crate::text::{escape_line, nearest};
use crate::ui::{Surroundings, Themes, fit};
use std::ffi::{OsStr, OsString};
use std::fmt::Write;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// Opens the explorer on the logs; `reading` are the options that say how to read them, `last` is the session
/// of the last start, `engine` the call without its mapping and the address of the engine that has its log.
pub fn explore(
    mut common: Common,
    reading: &[OsString],
    config: &Configuration,
    last: Option<session::Last>,
    engine: Option<(Common, Address)>,
) -> Result<(), Failure> {
    if let Some(option) = common.printing.given() {
        return Err(Failure::usage(format!(
            "{option} is an option of reports, as in: casetrail summary LOG {option} ..."
        )));
    }
    match &engine {
        None => common.logs.iter().try_for_each(|log| look_at(log))?,
        Some((_, address)) => refuse_in_engine(&common, address)?,
    }
    if config.plain() && common.logs.iter().any(|log| log == "-") {
        return Err(Failure::usage(
            "--plain reads keys from standard input, so that the log cannot come from there",
        ));
    }
    // On the screen a guess is marked as one; reports have it only on request, as a script cannot see
    // the mark.
    common.timing.ready_made = true;
    common.explores = true;
    watch::fatal_signals();
    watch::start_pool();
    let mut times = options_of_times(reading);
    times.extend(session::options_of_times(&common, &times));
    let mut settings = settings(&common, reading, &times, config);
    settings.named_filters = recipes::read(common.recipes.as_deref().map(Path::as_os_str))?;
    let without = last.as_ref().and_then(session::Last::view_without);
    settings.view = without.unwrap_or(settings.view);
    settings.last_session = session::at_start(&common, last);
    let left: Verdict = Arc::new(Mutex::new(Ok(())));
    let verdict = Arc::clone(&left);
    let loader: Loader = match engine {
        None => Box::new(Source::new(common, times, verdict)),
        Some((given, address)) => {
            settings = in_engine(settings, engines::table(&common, &address)?);
            Box::new(EngineLog::new(given, common, address, times, verdict))
        }
    };
    let run = if settings.plain {
        terminal::run_lines
    } else {
        terminal::run
    };
    match run(settings, &themes(config), loader) {
        Ok(code::DONE) => left.lock().unwrap_or_else(PoisonError::into_inner).clone(),
        Ok(code) => Err(Failure::new(code, "")),
        Err(error) => {
            let (code, way_out) = if error.is::<NoTerminal>() {
                (code::USAGE, ", nor does --plain")
            } else if error.chain().any(is_lack_of_memory) {
                (code::MEMORY, ": not enough memory for another thread")
            } else {
                (code::DEFECT, "")
            };
            let message = format!("{error:#}{way_out}");
            Err(Failure::new(code, escape_line(&message)))
        }
    }
}

/// Refuses what the explorer does not have over an engine, before the terminal is taken.
fn refuse_in_engine(common: &Common, address: &Address) -> Result<(), Failure> {
    if common.has_versus() {
        return Err(Failure::usage(
            "an engine compares nothing: leave --versus out, or compare in a slice (g l)",
        ));
    }
    engines::table(common, address).map(drop)
}

/// The settings for a log in an engine: what is kept for files is not kept for it.
fn in_engine(settings: Settings, table: &str) -> Settings {
    Settings {
        name: table.to_owned(),
        notes: None,
        last_visit: None,
        follow: false,
        ..settings
    }
}

/// True where the system had no memory for a thread, which it says by asking to try again.
fn is_lack_of_memory(error: &(dyn std::error::Error + 'static)) -> bool {
    let error = error.downcast_ref::<io::Error>().map(io::Error::kind);
    matches!(error, Some(ErrorKind::WouldBlock | ErrorKind::OutOfMemory))
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

fn settings(
    common: &Common,
    reading: &[OsString],
    times: &[OsString],
    config: &Configuration,
) -> Settings {
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
        keys: config.keymap.clone(),
        columns: config.list_columns(),
        no_clipboard: !config.clipboard(),
        plain: config.plain(),
        mouse: config.mouse(),
        named_filters: NamedFilters::default(),
        last_session: None,
        session_file: common
            .session
            .as_ref()
            .map(|path| path.display().to_string()),
        report_file: None,
        keeps_session: session::is_kept(common),
        notes: notes::file(common).map(|file| file.path().display().to_string()),
        author: config.author().map(str::to_owned),
        last_visit: notes::last_visit(common),
        bell: config.bell(),
        follow: config.follow(),
    }
}

/// The themes of the terminal. Its width of ambiguous characters is set here, before anything is measured.
fn themes(config: &Configuration) -> Themes {
    let env = |name: &str| std::env::var(name).unwrap_or_default();
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].map(env);
    let appearance = config.appearance();
    fit::set_wide(appearance.wide);
    let surroundings = Surroundings {
        // In POSIX the first of these that is not empty decides.
        locale: locale
            .into_iter()
            .find(|value| !value.is_empty())
            .unwrap_or_default(),
        term: env("TERM"),
        color_term: env("COLORTERM"),
    };
    Themes::new(appearance, &surroundings)
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::Context;

    #[test]
    fn only_a_lack_of_memory_is_one() {
        let of = |kind: ErrorKind| {
            let failed: io::Result<()> = Err(kind.into());
            let error = failed.context("cannot start a thread").unwrap_err();
            error.chain().any(is_lack_of_memory)
        };
        assert!(of(ErrorKind::WouldBlock) && of(ErrorKind::OutOfMemory));
        assert!(!of(ErrorKind::BrokenPipe));
    }
}
