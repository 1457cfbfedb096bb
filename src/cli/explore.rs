//! From the command line to the explorer: what it is started with, and how it gets the log.

use super::args::Common;
use super::failure::{Failure, code};
use super::load;
use crate::app::{LoadError, Loader, Settings};
use crate::terminal::{self, NoTerminal};
use crate::ui::Theme;
use std::sync::Arc;

/// Opens the explorer on the logs.
pub fn explore(common: &Common) -> Result<(), Failure> {
    if let Some(option) = common.printing.given() {
        return Err(Failure::usage(format!(
            "{option} is an option of reports, as in: casetrail summary LOG {option} ..."
        )));
    }
    super::start_threads();
    let view = common.view();
    let settings = Settings {
        name: load::shown_names(&common.logs),
        command: common.command(),
        filters: view.filters,
        events: view.events,
        ..Settings::default()
    };
    let loader: Loader = {
        let common = common.clone();
        Box::new(move |progress| {
            let loaded = load::load(&common, &progress).and_then(|(analysis, _)| {
                if common.strict {
                    load::verdict(&analysis, true)?;
                }
                Ok(Arc::new(analysis))
            });
            loaded.map_err(|f| LoadError {
                message: f.message,
                code: f.code,
            })
        })
    };
    match terminal::run(settings, &theme(), loader) {
        Ok(code::DONE) => Ok(()),
        Ok(code) => Err(Failure::new(code, "")),
        Err(error) if error.is::<NoTerminal>() => {
            let reports = "reports need none: casetrail summary LOG";
            Err(Failure::usage(format!("{error}; {reports}")))
        }
        Err(error) => Err(Failure::new(code::OUTPUT, format!("{error:#}"))),
    }
}

/// Colors and characters as the terminal and its user want them.
fn theme() -> Theme {
    let text = |name| std::env::var(name).unwrap_or_default();
    // As the C library does: the first of them that is set decides.
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].map(text);
    let locale = locale
        .iter()
        .find(|l| !l.is_empty())
        .map_or("", String::as_str);
    Theme::from_env(!text("NO_COLOR").is_empty(), locale, &text("TERM"))
}
