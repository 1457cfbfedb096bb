//! From words to a call: which report or command (or the explorer), with which options. Help and complaints
//! of clap come back as text that is safe to print; nothing is printed here.

use super::args::{Common, Format, Printing, Times};
use super::commands::{self, COMMANDS};
use super::config::{self, ConfigArgs};
use super::failure::Failure;
use super::recipes;
use super::reports::{self, REPORTS};
use crate::config::settings::{Applies, Configuration};
use crate::text::escape_line;
use clap::error::ErrorKind;
use clap::{ArgMatches, Args, Command, FromArgMatches, ValueEnum};
use std::ffi::OsString;
use std::ops::Range;
use std::sync::LazyLock;

/// A parsed command line.
#[derive(Debug)]
pub enum Call {
    /// The explorer, the options among the words that say how the logs are read, and its settings.
    Explore(Common, Vec<OsString>, Box<Configuration>),
    /// A report; the matches hold the options that only this report has.
    Report(&'static reports::Spec, Common, ArgMatches),
    /// A command that is no report, with its options.
    Command(&'static commands::Spec, ArgMatches),
    /// This text, on standard output.
    Show(String),
    /// No log was named: this text on standard error.
    Usage(String),
}

/// Reads the words of a command line, the name of the program first. `read` reads the configuration that they
/// name; the call gets the words that it adds.
pub fn parse(
    mut words: Vec<OsString>,
    read: impl Fn(&ConfigArgs) -> Result<Configuration, Failure>,
) -> Result<(Call, Option<u64>), Failure> {
    // A program may be started without even its own name.
    if words.is_empty() {
        words.push("casetrail".into());
    }
    let named = take_name(&mut words);
    if matches!(named, Named::Explorer) && words.len() == 1 {
        let usage = format!(
            "Usage: {USAGE}\n\n{}\nMore, with examples and all options: casetrail --help\n",
            name_list()
        );
        return Ok((Call::Usage(usage), None));
    }
    let mut command = match named {
        Named::Explorer => explorer(),
        Named::Report(spec) => report(spec),
        Named::Command(spec) => other(spec),
    };
    // The command that prints settings reads them itself, with the origin of each.
    let prints = matches!(named, Named::Command(spec) if spec.name == commands::config::SPEC.name);
    let mut settings = match config_of(&words) {
        Some(wanted) if !prints => read(&wanted)?,
        _ => Configuration::default(),
    };
    name_filters(&mut words, &named, settings.recipes())?;
    let cache_mb = settings.cache_mb();
    let (all, reading) = with_settings(&words, &command, &settings);
    let matches = match command.try_get_matches_from_mut(&all) {
        Ok(matches) => matches,
        Err(error) => return complaint(&error).map(|call| (call, cache_mb)),
    };
    if let Named::Command(spec) = named {
        return Ok((Call::Command(spec, matches), cache_mb));
    }
    let mut common = match Common::from_arg_matches(&matches) {
        Ok(common) => common,
        Err(error) => return complaint(&error).map(|call| (call, cache_mb)),
    };
    common.printing.table_rows = settings.limit();
    let shown = |word: &OsString| word.to_string_lossy().into_owned();
    common.call = words.iter().skip(1).map(shown).collect();
    let Named::Report(spec) = named else {
        config::take_options(&mut settings, &matches);
        let call = Call::Explore(common, reading, Box::new(settings));
        return Ok((call, cache_mb));
    };
    if spec.name == reports::document::SPEC.name {
        common.printing.take_format_of_file();
    }
    let format = common.printing.format();
    if !spec.has(format) {
        return Err(Failure::usage(no_such_format(spec, format)));
    }
    match spec.versus {
        Err(why) if common.view().versus.is_some() => {
            Err(Failure::usage(cannot_compare(spec, why)))
        }
        _ => {
            common.reading = reading;
            Ok((Call::Report(spec, common, matches), cache_mb))
        }
    }
}

/// The configuration that the words name; `None` where help is asked for, which needs none.
fn config_of(words: &[OsString]) -> Option<ConfigArgs> {
    const HELP: [&str; 4] = ["-h", "--help", "-V", "--version"];
    let mut wanted = ConfigArgs::default();
    for piece in pieces(words) {
        let Piece::Option(range) = piece else {
            continue;
        };
        let name = words[range.start].to_string_lossy();
        if HELP.contains(&&*name) {
            return None;
        }
        if name == "--no-config" {
            wanted.no_config = true;
        } else if let Some(path) = name.strip_prefix("--config=") {
            wanted.config = Some(path.into());
        } else if name == "--config" {
            wanted.config = words[range].get(1).map(Into::into);
        }
    }
    Some(wanted)
}

/// The words of a call with those that environment and file add, and the options among both that say how the
/// logs are read. Options that were given replace those added.
fn with_settings(
    words: &[OsString],
    command: &Command,
    settings: &Configuration,
) -> (Vec<OsString>, Vec<OsString>) {
    let given: Vec<String> = pieces(words)
        .into_iter()
        .filter_map(|piece| match piece {
            Piece::Option(range) => Some(words[range.start].to_string_lossy().into_owned()),
            Piece::Word(_) => None,
        })
        .collect();
    let is_given = |name: &str| {
        let name = format!("--{name}");
        given
            .iter()
            .any(|word| word.split('=').next() == Some(&name))
    };
    let known: Vec<&str> = command
        .get_arguments()
        .filter_map(clap::Arg::get_long)
        .collect();
    // A mapping file has these facts of the logs itself.
    let mapped = is_given("mapping");
    let added = |of_logs: bool| {
        let words = settings.words(|setting| {
            let name = setting.option_name();
            let is_of_logs = setting.applies == Applies::Logs;
            known.contains(&name.as_str())
                && !is_given(&name)
                && is_of_logs == of_logs
                && !(is_of_logs && mapped)
        });
        words.into_iter().map(OsString::from)
    };
    let program = words.iter().take(1).cloned();
    let of_logs: Vec<OsString> = program
        .chain(added(true))
        .chain(words.iter().skip(1).cloned())
        .collect();
    let reading = reading_options(&of_logs);
    let mut all = of_logs;
    all.splice(1..1, added(false));
    (all, reading)
}

/// Replaces named filters in the options that take filters of cases. `usual` is their file where the words name
/// none.
fn name_filters(words: &mut [OsString], named: &Named, usual: Option<&str>) -> Result<(), Failure> {
    let takes_filter = |option: &str| match (option, named) {
        ("--filter" | "--versus", Named::Explorer | Named::Report(_)) => true,
        ("--filter", Named::Command(spec)) => spec.shared_options,
        ("--of", Named::Report(spec)) => spec.name == "why",
        _ => false,
    };
    let value_of = |option: &[OsString]| match option {
        [whole] => {
            let whole = whole.to_str()?;
            let (name, value) = whole.split_once('=')?;
            Some((name.to_owned(), value.to_owned()))
        }
        [name, value] => Some((name.to_str()?.to_owned(), value.to_str()?.to_owned())),
        _ => None,
    };
    let options = pieces(words).into_iter().filter_map(|piece| match piece {
        Piece::Option(range) => Some((range.clone(), value_of(&words[range])?)),
        Piece::Word(_) => None,
    });
    let options: Vec<_> = options.collect();
    let mut file = options
        .iter()
        .filter(|(_, (name, _))| name == recipes::OPTION);
    let file = file.next_back().map(|(_, (_, value))| &**value).or(usual);
    let file: Option<OsString> = file.map(Into::into);
    for (range, (name, value)) in options {
        if !takes_filter(&name) {
            continue;
        }
        let replaced = recipes::replace(&name, &value, file.as_deref())?;
        words[range.end - 1] = if range.len() == 1 {
            let mut whole = OsString::from(format!("{name}="));
            whole.push(replaced);
            whole
        } else {
            replaced
        };
    }
    Ok(())
}

/// The message for `--versus` with a report that cannot compare.
fn cannot_compare(spec: &reports::Spec, why: &str) -> String {
    let comparing = REPORTS.iter().filter(|spec| spec.versus.is_ok());
    let names: Vec<&str> = comparing.map(|spec| spec.name).collect();
    format!(
        "{} cannot compare two selections (--versus): {why}; {} can",
        spec.name,
        names.join(", ")
    )
}

/// The message for a format that only other reports have.
fn no_such_format(spec: &reports::Spec, format: Format) -> String {
    let word = |format: &Format| {
        let value = format.to_possible_value();
        value.map_or_else(String::new, |value| value.get_name().to_owned())
    };
    let others = REPORTS.iter().filter(|spec| spec.has(format));
    let others: Vec<&str> = others.map(|spec| spec.name).collect();
    let own = Format::value_variants().iter().filter(|f| spec.has(**f));
    let own: Vec<String> = own.map(word).collect();
    format!(
        "{} has no --format {} (that is one of {}): choose {}",
        spec.name,
        word(&format),
        others.join(", "),
        own.join(", ")
    )
}

/// Report, command or explorer, as named on the command line.
#[derive(Clone, Copy)]
enum Named {
    Explorer,
    Report(&'static reports::Spec),
    Command(&'static commands::Spec),
}

/// Takes the name of a report or command out of the words, if the first that is no option is one.
///
/// Subcommands of clap do not fit: a name after a log is a file (`a.csv summary`), a name after an
/// option that only this report has is a report (`--sort -events cases a.csv`). A first pass of clap
/// over the options of all calls, with external subcommands, finds the same names, but takes 428 µs
/// of each start instead of 44 (2026-11-28) and does not keep options as they were typed.
fn take_name(words: &mut Vec<OsString>) -> Named {
    let first = pieces(words).into_iter().find_map(|piece| match piece {
        Piece::Word(at) => Some(at),
        Piece::Option(..) => None,
    });
    let Some(at) = first else {
        return Named::Explorer;
    };
    let report = REPORTS.iter().find(|spec| words[at] == spec.name);
    let command = COMMANDS.iter().find(|spec| words[at] == spec.name);
    let named = match (report, command) {
        (Some(spec), _) => Named::Report(spec),
        (None, Some(spec)) => Named::Command(spec),
        (None, None) => return Named::Explorer,
    };
    words.remove(at);
    named
}

/// A part of the command line, by positions of words.
enum Piece {
    /// An option, with its value.
    Option(Range<usize>),
    /// A word that is neither an option nor the value of one.
    Word(usize),
}

/// The parts of a command line after the name of the program, up to `--`: after that there are
/// only files.
fn pieces(words: &[OsString]) -> Vec<Piece> {
    let takes_value = &*OPTIONS_WITH_VALUES;
    let mut pieces = Vec::new();
    let mut at = 1;
    while let Some(word) = words.get(at) {
        // Lossy is enough, as names of options are ASCII.
        let word = word.to_string_lossy();
        if word == "--" {
            break;
        }
        let from = at;
        at += 1;
        match word.strip_prefix('-') {
            None | Some("") => pieces.push(Piece::Word(from)),
            Some(option) => {
                let name = option.strip_prefix('-');
                // `--name=value` equals no name: its value is in the same word.
                let value = takes_value.iter().any(|takes| name == Some(takes));
                at += usize::from(value && at < words.len());
                pieces.push(Piece::Option(from..at));
            }
        }
    }
    pieces
}

/// The options among the words that say how the logs are read.
fn reading_options(words: &[OsString]) -> Vec<OsString> {
    const OTHERS: [&str; 25] = [
        "--filter",
        "--versus",
        "--events",
        "--between",
        "--calendar",
        "--as-of",
        "--end",
        "--quiet",
        "--strict",
        "--no-cache",
        "--memory",
        "--config",
        "--no-config",
        "--session",
        "--notes",
        "--report",
        "--state",
        "--dated",
        "--table",
        "--tie-column",
        "--driver",
        "--dialect",
        "--credentials",
        "--most-events",
        recipes::OPTION,
    ];
    let printing = Printing::augment_args(Command::new(""));
    // Theme and glyphs are no part of what a report prints.
    let looks = config::options(Command::new(""), "", config::is_of_explorer);
    let others: Vec<String> = long_names(&printing).chain(long_names(&looks)).collect();
    options_where(words, |name| {
        !OTHERS.contains(&name) && !others.iter().any(|other| other == name)
    })
}

/// The options of milestones, calendars, deadlines and open cases among reading options.
pub fn options_of_times(reading: &[OsString]) -> Vec<OsString> {
    let times = Times::augment_args(Command::new(""));
    let names: Vec<String> = long_names(&times).collect();
    let program = OsString::from("casetrail");
    let words: Vec<OsString> = std::iter::once(&program).chain(reading).cloned().collect();
    options_where(&words, |name| names.iter().any(|known| known == name))
}

/// Long names of the options of a command, with their hyphens.
fn long_names(command: &Command) -> impl Iterator<Item = String> {
    let names = command.get_arguments().filter_map(clap::Arg::get_long);
    names.map(|name| format!("--{name}"))
}

/// The options of a command line whose long name passes, with their values.
fn options_where(words: &[OsString], passes: impl Fn(&str) -> bool) -> Vec<OsString> {
    let options = pieces(words).into_iter().filter_map(|piece| match piece {
        Piece::Option(range) => Some(&words[range]),
        Piece::Word(_) => None,
    });
    options
        .filter(|option| {
            let first = option[0].to_string_lossy();
            passes(first.split('=').next().unwrap_or_default())
        })
        .flatten()
        .cloned()
        .collect()
}

/// Long names of all options of all calls that are followed by a value. Several passes over the words of a call ask,
/// and all commands are made for it.
static OPTIONS_WITH_VALUES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let reports = REPORTS.iter().map(|spec| (spec.options)(Command::new("")));
    let commands = COMMANDS.iter().map(|spec| (spec.options)(Command::new("")));
    let looks = config::options(Command::new(""), "", config::is_of_explorer);
    [Common::augment_args(Command::new("")), looks]
        .into_iter()
        .chain(reports)
        .chain(commands)
        .flat_map(|command| {
            let names = command.get_arguments().filter_map(|arg| {
                // A value that needs `=` is in the word of its option.
                let takes = arg.get_action().takes_values() && !arg.is_require_equals_set();
                arg.get_long().filter(|_| takes).map(str::to_owned)
            });
            names.collect::<Vec<_>>()
        })
        .collect()
});

const USAGE: &str = "casetrail [OPTIONS] LOG...          open the explorer
       casetrail REPORT [OPTIONS] LOG...   print a report and exit
       casetrail COMMAND [OPTIONS] ...     run another command";

const EXAMPLES: &str = r#"Examples:
  casetrail orders.csv                                   open a log and look around
  casetrail summary orders.csv                           how much there is, from when to when
  casetrail variants orders.csv.gz --limit 5             the five most frequent ways through
  casetrail dfg orders.csv --filter '"Escalate"'         where cases that escalate go, and how fast
  casetrail cases orders.csv --filter 'duration > 30d'   the slow cases, slowest first
  casetrail events orders.csv --case-id 4711             what happened in one case
  zcat old.csv.gz | casetrail quality - --format json    how it was read, what was rejected
  casetrail mapping crm.csv web.csv --output all.toml    find out how to read them, to be checked
  casetrail --mapping all.toml crm.csv web.csv           ... and read them so, as one log
A file that is called like a report is reached by a path: casetrail ./summary

Filters select cases: "Pay" · "Pay" -> "Ship" within 2h · "Pay" ~> "Refund" · starts with "Order"
  duration > 3d · events >= 10 · count("Pay") > 1 · variant <= 5 · region in ("EU", "US")
  started 2024-01..=2024-03 · resource ~ "^bot" · joined by and, or, not and parentheses

Exit codes: 0 done · 1 deadline or rule broken (check), alert fires (watch --once) · 2 wrong call · 3 input refused · 4 --strict not met · 5 input incomplete
  6 output not written · 7 not enough memory · 70 a defect of casetrail"#;

fn name_list() -> String {
    let reports = REPORTS.iter().map(|spec| (spec.name, spec.about));
    let commands = COMMANDS.iter().map(|spec| (spec.name, spec.about));
    let line = |(name, about)| format!("  {name:<12}{about}\n");
    let reports: String = reports.map(line).collect();
    let commands: String = commands.map(line).collect();
    format!("Reports:\n{reports}\nCommands:\n{commands}")
}

fn explorer() -> Command {
    config::options(common("casetrail"), "Appearance", config::is_of_explorer)
        .about(
            "Explore event logs of processes: which ways cases take, where time is lost, and why",
        )
        .override_usage(USAGE)
        .before_help("casetrail, a process-mining explorer for the terminal")
        .help_template(
            "{before-help}{about}\n\n{usage-heading} {usage}{after-help}\n\n{all-args}\n",
        )
        .after_help(format!("{}\n{EXAMPLES}", name_list()))
}

fn report(spec: &'static reports::Spec) -> Command {
    (spec.options)(common("casetrail"))
        .bin_name(format!("casetrail {}", spec.name))
        .about(spec.about)
        .override_usage(format!("casetrail {} [OPTIONS] LOG...", spec.name))
}

fn other(spec: &'static commands::Spec) -> Command {
    let command = (spec.options)(bare("casetrail"));
    let command = if spec.shared_options {
        command
    } else {
        ConfigArgs::augment_args(command)
    };
    command
        .bin_name(format!("casetrail {}", spec.name))
        .about(spec.about)
        .override_usage(format!("casetrail {} {}", spec.name, spec.usage))
}

/// The program with all reports and commands as subcommands: for completions and manual pages, which have no place
/// for a name that may be a file.
pub fn whole() -> Command {
    let reports = REPORTS.iter().map(|spec| report(spec).name(spec.name));
    let commands = COMMANDS.iter().map(|spec| other(spec).name(spec.name));
    explorer().subcommands(reports.chain(commands))
}

fn common(name: &'static str) -> Command {
    Common::augment_args(bare(name))
}

pub fn bare(name: &'static str) -> Command {
    Command::new(name)
        .version(env!("CARGO_PKG_VERSION"))
        .disable_help_subcommand(true)
        .max_term_width(100)
}

/// Turns output of clap into help text to print, or into a one-line error.
fn complaint(error: &clap::Error) -> Result<Call, Failure> {
    let said = error.render().to_string();
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Ok(Call::Show(said)),
        _ => Err(Failure::usage(one_line(&said))),
    }
}

/// A complaint of clap without usage, on one line. Words of the user stand in it as they came.
pub fn one_line(said: &str) -> String {
    let said = said.strip_prefix("error: ").unwrap_or(said);
    let said = said.split("\n\nUsage:").next().unwrap_or(said);
    let said = said
        .split("\n\nFor more information")
        .next()
        .unwrap_or(said);
    let parts: Vec<_> = said
        .split('\n')
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(escape_line)
        .collect();
    // clap puts what follows a colon on a line of its own.
    format!(
        "{} (see casetrail --help)",
        parts.join("; ").replace(":;", ":")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &[&str]) -> Result<Call, Failure> {
        let words = std::iter::once("casetrail").chain(line.iter().copied());
        let read = |_: &ConfigArgs| Ok(Configuration::default());
        parse(words.map(OsString::from).collect(), read).map(|(call, _)| call)
    }

    /// Name of the report ("" for the explorer) and the logs.
    fn call(line: &[&str]) -> (&'static str, Vec<OsString>) {
        match parsed(line).unwrap() {
            Call::Explore(common, ..) => ("", common.logs),
            Call::Report(spec, common, _) => (spec.name, common.logs),
            Call::Command(spec, _) => (spec.name, Vec::new()),
            Call::Show(text) | Call::Usage(text) => panic!("{text}"),
        }
    }

    #[test]
    fn options_stand_anywhere() {
        for line in [
            &["summary", "a.csv", "--filter", "events > 1", "--quiet"][..],
            &["--filter", "events > 1", "--quiet", "summary", "a.csv"],
            &["--filter=events > 1", "summary", "--quiet", "a.csv"],
            &["--quiet", "summary", "a.csv", "--filter", "events > 1"],
        ] {
            assert_eq!(call(line), ("summary", vec!["a.csv".into()]), "{line:?}");
            let Ok(Call::Report(_, common, _)) = parsed(line) else {
                panic!("{line:?}")
            };
            assert_eq!(common.view().filters, ["events > 1"]);
            assert!(common.quiet);
        }
    }

    #[test]
    fn values_of_options_are_no_reports() {
        assert_eq!(call(&["--activity", "summary", "a.csv"]).0, "");
        assert_eq!(
            call(&["--case-id", "variants", "events", "a.csv"]).0,
            "events"
        );
        assert_eq!(call(&["--sort", "-events", "cases", "a.csv"]).0, "cases");
    }

    #[test]
    fn files_may_be_called_like_reports() {
        assert_eq!(call(&["./summary"]), ("", vec!["./summary".into()]));
        assert_eq!(call(&["--", "summary"]), ("", vec!["summary".into()]));
        assert_eq!(call(&["a.csv", "summary"]).0, "");
        assert_eq!(call(&["dfg", "dfg"]), ("dfg", vec!["dfg".into()]));
        assert_eq!(call(&["dfg", "--", "-x"]), ("dfg", vec!["-x".into()]));
        assert_eq!(call(&["dfg", "-"]), ("dfg", vec!["-".into()]));
        assert_eq!(call(&["mapping", "mapping"]).0, "mapping");
        assert_eq!(call(&["./map"]), ("", vec!["./map".into()]));
    }

    #[test]
    fn the_explorer_can_say_how_it_read_the_logs() {
        let line = [
            "--filter",
            "\"A\"",
            "a.csv",
            "--case=id",
            "--mapping",
            "all.toml",
            "--events=x = 1",
            "--time",
            "when",
            "--rules=r.toml",
            "--as-of",
            "-7d",
            "--end",
            "Closed",
            "--idle",
            "30d",
            "--quiet",
            "--plain",
            "b.csv",
        ];
        let Ok(Call::Explore(_, options, settings)) = parsed(&line) else {
            panic!("not the explorer")
        };
        assert!(settings.plain());
        // What is part of the view is printed with it, and would be there twice.
        let reading = ["--case=id", "--mapping", "all.toml", "--time", "when"];
        let times = ["--rules=r.toml", "--idle", "30d"];
        assert_eq!(options, [&reading[..], &times].concat());
        assert_eq!(options_of_times(&options), times);
    }

    #[test]
    fn no_log_is_a_wrong_call() {
        assert!(matches!(parsed(&[]), Ok(Call::Usage(text)) if text.contains("Usage:")));
        assert_eq!(parsed(&["summary"]).unwrap_err().code, 2);
        assert_eq!(parsed(&["--quiet"]).unwrap_err().code, 2);
    }

    #[test]
    fn complaints_are_one_safe_line() {
        for line in [
            &["--\u{1b}]0;x\u{7}", "a.csv"][..],
            &["summary", "a.csv", "--format", "\u{1b}[31m\nx"],
            &["summary", "a.csv", "--limit", "\u{9b}31m"],
            &["summary", "a.csv", "--tz", "\u{202e}"],
            &["summary", "a.csv", "--case-id", "1"],
        ] {
            let failure = parsed(line).unwrap_err();
            assert_eq!(failure.code, 2);
            let unsafe_char = |c: char| c.is_control() || c == '\u{202e}';
            assert!(!failure.message.contains(unsafe_char), "{line:?}");
        }
        let failure = parsed(&["summary", "a.csv", "--formt", "json"]).unwrap_err();
        assert!(failure.message.contains("--format"), "{}", failure.message);
    }

    #[test]
    fn clap_agrees_with_the_definitions() {
        explorer().debug_assert();
        for spec in REPORTS {
            report(spec).debug_assert();
        }
        for spec in COMMANDS {
            other(spec).debug_assert();
        }
    }
}
