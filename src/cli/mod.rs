//! The command line: arguments to a call, a call to a report or the explorer, its end to an exit
//! code. The only layer that names all others.

mod advice;
mod alert_state;
mod args;
mod cache;
mod case_part;
mod chart;
mod columns;
mod command;
mod commands;
mod config;
mod engine_log;
mod engines;
mod explore;
mod export;
mod failure;
mod files;
mod follow;
mod json;
mod load;
mod logs;
mod measure;
mod memory;
mod models;
mod notes;
mod output;
mod plan;
mod recipes;
mod redaction;
mod remembering;
mod reports;
mod say;
mod section;
mod session;
mod table;
mod watch;
mod words;
mod written;

use crate::formats;
use crate::terminal;
use crate::text::escape_line;
use args::{Common, Format};
use clap::ArgMatches;
use command::Call;
use config::ConfigArgs;
use failure::{Failure, code};
use load::load;
use output::Output;
use reports::{Report, ReportContext, Spec};
use std::ffi::OsString;
use std::io::Write;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::thread;
use table::{CsvTexts, Wording};

/// Does what the words of a command line say (the name of the program first); gives the exit code.
pub fn run(words: impl IntoIterator<Item = OsString>) -> u8 {
    let parsed = command::parse(words.into_iter().collect(), ConfigArgs::read);
    let done = parsed.and_then(|(call, cache_mb)| {
        cache::set_limit(cache_mb);
        answer(call)
    });
    match done {
        Ok(()) => code::DONE,
        Err(failure) => {
            say::say(&failure.message);
            failure.code
        }
    }
}

/// As [`run`]; on a stack of its own where the shell allows less than a filter that is nested needs.
pub fn run_with_stack(words: impl IntoIterator<Item = OsString> + Send + 'static) -> u8 {
    const STACK: usize = 8 << 20;
    // Not always: a stop by Ctrl-Z reaches the first thread at once and others a little later.
    let allowed = rustix::process::getrlimit(rustix::process::Resource::Stack).current;
    if allowed.is_none_or(|allowed| allowed >= STACK as u64) {
        return run(words);
    }
    let thread = thread::Builder::new().name("main".to_owned());
    let spawned = thread.stack_size(STACK).spawn(move || run(words));
    match spawned.map(thread::JoinHandle::join) {
        Ok(Ok(code)) => code,
        // The panic has been reported.
        Ok(Err(_)) => code::DEFECT,
        Err(error) => {
            say::say(&format!("not enough memory to begin: {error}"));
            code::MEMORY
        }
    }
}

fn answer(call: Call) -> Result<(), Failure> {
    match call {
        Call::Show(text) => Output::Standard.write(|out| out.write_all(text.as_bytes())),
        Call::Usage(text) => {
            say::raw(&text);
            Err(Failure::new(code::USAGE, ""))
        }
        Call::Explore(mut common, options, config) => {
            let given = common.clone();
            let address = engines::address(&common)?;
            let last = session::last(&mut common);
            common.settle()?;
            let engine = address.map(|address| (given, address));
            if config.plain() {
                return fenced(|| explore::explore(common, &options, &config, last, engine));
            }
            explore::explore(common, &options, &config, last, engine)
        }
        Call::Report(spec, mut common, matches) => fenced(|| {
            let printing = &common.printing;
            let read = output::read_by(&matches);
            let output = Output::choose(printing.output.as_deref(), printing.force, &read)?;
            common.settle()?;
            common.define();
            reports::prepare(spec, &mut common, &matches)?;
            let versus = spec.versus.map(drop).and(reports::compares(spec, &matches));
            if let Err(why) = versus {
                session::leave_comparison(&mut common, spec.name, why);
            }
            report(spec, &common, &matches, &output)
        }),
        Call::Command(spec, matches) => fenced(|| (spec.run)(&matches)),
    }
}

/// A panic is a defect of this program and no reason to print text of the log as it is.
fn fenced(work: impl FnOnce() -> Result<(), Failure>) -> Result<(), Failure> {
    std::panic::set_hook(Box::new(|panic| {
        if formats::is_fenced() {
            return;
        }
        let what = escape_line(&panic.to_string());
        say::say(&format!("internal error, please report it: {what}"));
    }));
    std::panic::catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        output::remove_temporary();
        Err(Failure::new(code::DEFECT, ""))
    })
}

/// Loads the log, makes the report, writes it, and says what was wrong with the log.
fn report(
    spec: &Spec,
    common: &Common,
    matches: &ArgMatches,
    output: &Output,
) -> Result<(), Failure> {
    if let Some(address) = engines::address(common)? {
        return engines::report(spec, common, matches, &address, |report| {
            print(report, common, output)
        });
    }
    watch::signals();
    let _watch = memory::guard(common.memory);
    watch::start_pool();
    let progress = Arc::default();
    let line = watch::ProgressLine::start(&progress, !common.quiet);
    let made = load(common, &progress).and_then(|(loaded, cost)| {
        let ask = ReportContext::new(&*loaded.analysis, common, cost).of_inputs(loaded.inputs());
        let report = spec.report(&ask, matches)?;
        Ok((loaded, report))
    });
    // The line of progress must be gone before anything else is printed.
    drop(line);
    let (loaded, report) = made?;
    let analysis = Arc::clone(&loaded.analysis);
    let note = |note: Option<String>| {
        if let Some(note) = note.filter(|_| !common.quiet) {
            say::say(&escape_line(&note));
        }
    };
    note(loaded.note.clone());
    note(loaded.fault_of_notes.clone());
    if !common.quiet {
        load::notes(&analysis, common);
        say::say(&session::note(common, &loaded.inputs()));
        for clause in analysis.filter_notes(&common.view()) {
            say::say(&escape_line(&format!("note: {clause}")));
        }
    }
    print(report.as_ref(), common, output)?;
    report.keep()?;
    // After the report, which need not wait for the cache.
    note(loaded.keep());
    let verdict = load::verdict(&analysis, common).and(report.verdict());
    // The end of the program frees a large log faster than its destructors do.
    std::mem::forget((analysis, report));
    verdict
}

fn print(report: &dyn Report, common: &Common, output: &Output) -> Result<(), Failure> {
    let printing = &common.printing;
    let texts = CsvTexts {
        raw: printing.raw_csv,
        safe: output.is_terminal(),
    };
    let guarded = output.write(|out| match printing.format() {
        Format::Table => {
            match report.plain() {
                Some(text) => out.write_all(text.as_bytes())?,
                None => write_tables(report, common, output, out)?,
            }
            Ok(0)
        }
        format => export::write(report, format, texts, wording(common), out),
    })?;
    let in_output = matches!(printing.format(), Format::Table | Format::Markdown);
    if let Some(sentence) = report.suppressed().sentence()
        && !in_output
        && !common.quiet
    {
        say::say(&format!("note: {sentence}"));
    }
    if guarded > 0 && !common.quiet {
        let sentence = export::guarded_texts(guarded);
        say::say(&format!("{sentence} (--raw-csv leaves them as they are)"));
    }
    Ok(())
}

/// Wording of figures in text output.
fn wording(common: &Common) -> Wording {
    Wording {
        zone: common.tz(),
        working: common.times().calendar.is_some(),
    }
}

fn write_tables(
    report: &dyn Report,
    common: &Common,
    output: &Output,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    let screen = output.is_terminal().then(terminal::output_size).flatten();
    let columns = screen.map(|(columns, _)| usize::from(columns));
    writeln!(out, "{}", report.heading())?;
    for table in report.tables() {
        writeln!(out)?;
        table.write_plain(out, wording(common), columns)?;
    }
    if let Some(sentence) = report.suppressed().sentence() {
        writeln!(out, "\n{sentence}")?;
    }
    let shown = report.list().n_rows;
    match report.total() {
        Some(total) if total > shown => {
            writeln!(out, "\n{shown} of {total} rows (--limit N shows more)")
        }
        _ => Ok(()),
    }
}
