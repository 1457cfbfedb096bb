//! Commands of the sections of a report: a report with its options and what selects cases, without all that reads or
//! writes a file.

use super::args::{AUTO, Common, GivenMilestone, Selecting};
use super::command;
use super::failure::Failure;
use super::recipes;
use super::reports::{REPORTS, Spec};
use crate::app::{Section, split};
use crate::engine::{AsOf, NamedWait, View};
use crate::filter::{parse, parse_events};
use crate::text::{did_you_mean, safe};
use clap::error::ErrorKind;
use clap::{ArgMatches, Args, FromArgMatches};
use std::path::Path;

/// Reports that make no section: documents themselves, and measured times, which differ from call to call.
const NO_SECTIONS: [&str; 2] = ["report", "perf"];

/// Options of a section besides those of its report: what it selects, and its definitions.
#[derive(Debug, Clone, Default, Args)]
pub struct SectionArgs {
    #[command(flatten)]
    selecting: Selecting,
    /// Measure all durations in working time, by a calendar of the rules file
    #[arg(long, value_name = "NAME")]
    calendar: Option<String>,
    /// An activity that ends a case (repeatable)
    #[arg(long, value_name = "ACTIVITY")]
    end: Vec<String>,
    /// A duration of cases (repeatable)
    #[arg(long, value_name = "NAME = POINT|auto")]
    #[arg(value_parser = |text: &str| GivenMilestone::parse(text).map(|_| text.to_owned()))]
    milestone: Vec<String>,
    /// Class of a wait (repeatable)
    #[arg(long, value_name = "WAIT = CLASS", value_parser = NamedWait::parse)]
    wait_class: Vec<NamedWait>,
    /// Show the log as of this time
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    #[arg(value_parser = |text: &str| AsOf::parse(text).map(|_| text.to_owned()))]
    as_of: Option<String>,
    /// Rows at most
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
}

/// A section that can be made.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The report.
    pub spec: &'static Spec,
    /// Options of the report alone.
    pub matches: ArgMatches,
    /// Rows at most, where that is said.
    pub limit: Option<usize>,
    /// True if guessed milestones are asked for.
    pub guesses: bool,
    /// Words of the command without those that select cases and times.
    pub words: Vec<String>,
    /// View of the section alone.
    own: View,
}

impl Asked {
    /// Reads the command and the filters of a section. `common` names the file of named filters.
    ///
    /// # Errors
    /// The command is wrong: one line.
    pub fn of(section: &Section, common: &Common) -> Result<Self, Failure> {
        let words = split(&section.command).map_err(Failure::usage)?;
        let mut words = words.into_iter();
        let name = words.next().unwrap_or_default();
        let spec = spec_of(&name)?;
        let words: Vec<String> = words.collect();
        let matches = matches_of(spec, &words)?;
        let args = SectionArgs::from_arg_matches(&matches)
            .map_err(|error| Failure::usage(command::one_line(&error.to_string())))?;
        let named = |option: &str, texts: &[String]| -> Result<Vec<String>, Failure> {
            let file = common.recipes.as_deref().map(Path::as_os_str);
            let texts = texts.iter();
            let texts = texts.map(|text| recipes::replace(option, text, file));
            let texts = texts.map(|text| text.map(|text| text.to_string_lossy().into_owned()));
            texts.collect()
        };
        let written = [&section.filters[..], args.selecting.filters()].concat();
        let versus = args.selecting.compared();
        let milestones = args.milestone.iter().filter(|text| *text != AUTO);
        let own = View {
            as_of: args.as_of,
            events: args.selecting.conditions(),
            filters: named("--filter", &written)?,
            versus: versus.map(|other| named("--versus", &other)).transpose()?,
            reference: None,
            ends: (!args.end.is_empty()).then(|| {
                args.end
                    .iter()
                    .filter(|end| !end.is_empty())
                    .cloned()
                    .collect()
            }),
            milestones: milestones.cloned().collect(),
            waits: args.wait_class.iter().map(ToString::to_string).collect(),
            calendar: args.calendar,
        };
        check(&own)?;
        Ok(Asked {
            spec,
            limit: args.limit,
            guesses: args.milestone.iter().any(|text| text == AUTO),
            words: without_selection(&words),
            matches,
            own,
        })
    }

    /// View of the section, below that of the whole document.
    pub fn view(&self, base: &View) -> View {
        let own = &self.own;
        let both = |base: &[String], own: &[String]| [base, own].concat();
        let versus = match (&own.versus, &base.versus) {
            _ if self.spec.versus.is_err() => None,
            (Some(other), _) => Some(both(&base.filters, other)),
            (None, Some(other)) => Some(both(other, &own.filters)),
            (None, None) => None,
        };
        View {
            as_of: own.as_of.clone().or_else(|| base.as_of.clone()),
            events: both(&base.events, &own.events),
            filters: both(&base.filters, &own.filters),
            versus,
            reference: base.reference.clone(),
            ends: own.ends.clone().or_else(|| base.ends.clone()),
            milestones: both(&base.milestones, &own.milestones),
            waits: both(&base.waits, &own.waits),
            calendar: own.calendar.clone().or_else(|| base.calendar.clone()),
        }
    }
}

/// Checks the texts of filters as far as that needs no log.
fn check(view: &View) -> Result<(), Failure> {
    let wrong = |text: &str, message: String| {
        Failure::usage(format!("filter {}: {}", safe(text), safe(&message)))
    };
    for text in view.filters.iter().chain(view.versus.iter().flatten()) {
        parse(text).map_err(|error| wrong(text, error.message))?;
    }
    for text in &view.events {
        parse_events(text).map_err(|error| wrong(text, error.message))?;
    }
    Ok(())
}

fn spec_of(name: &str) -> Result<&'static Spec, Failure> {
    let is_section = |spec: &&Spec| !NO_SECTIONS.contains(&spec.name);
    let mut known = REPORTS.iter().filter(is_section);
    if let Some(spec) = known.clone().find(|spec| spec.name == name) {
        return Ok(spec);
    }
    if NO_SECTIONS.contains(&name) {
        return Err(Failure::usage(format!(
            "{name} makes no section of a report"
        )));
    }
    let names: Vec<&str> = known.by_ref().map(|spec| spec.name).collect();
    let hint = did_you_mean(name, names.into_iter(), str::to_owned);
    Err(Failure::usage(format!(
        "no report is called {}{hint}",
        safe(name)
    )))
}

fn matches_of(spec: &'static Spec, words: &[String]) -> Result<ArgMatches, Failure> {
    let mut command = SectionArgs::augment_args((spec.options)(command::bare("casetrail")));
    let own = std::iter::once("casetrail").chain(words.iter().map(String::as_str));
    let matches = command.try_get_matches_from_mut(own);
    let matches = matches.map_err(|error| match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            Failure::usage("a section has no use for this option")
        }
        _ => Failure::usage(command::one_line(&error.render().to_string())),
    })?;
    // An option whose value is a file reads one. A model is what a section is about.
    let reads = command.get_arguments().find(|option| {
        let names = option.get_value_names().unwrap_or_default();
        names.iter().any(|name| name.as_str() == "FILE")
            && option.get_long() != Some("model")
            && matches.value_source(option.get_id().as_str()).is_some()
    });
    match reads.and_then(clap::Arg::get_long) {
        None => Ok(matches),
        Some(option) => Err(Failure::usage(format!(
            "a section reads no files but a model: --{option} is none of its options"
        ))),
    }
}

/// Words without the options that say what is selected, and as of when.
fn without_selection(words: &[String]) -> Vec<String> {
    const SELECTING: [&str; 6] = [
        "--filter",
        "--versus",
        "--events",
        "--between",
        "--calendar",
        "--as-of",
    ];
    let mut kept = Vec::new();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let name = word.split('=').next().unwrap_or_default();
        if !SELECTING.contains(&name) {
            kept.push(word.clone());
        } else if name.len() == word.len() {
            words.next();
        }
    }
    kept
}

/// The options that select what a view shows.
pub fn words_of(view: &View) -> Vec<String> {
    let mut words = Vec::new();
    let mut pair = |option: &str, value: &str| words.push(format!("{option}={value}"));
    for (option, value) in [("--as-of", &view.as_of), ("--calendar", &view.calendar)] {
        if let Some(value) = value {
            pair(option, value);
        }
    }
    for (option, texts) in [("--events", &view.events), ("--filter", &view.filters)] {
        for text in texts {
            pair(option, text);
        }
    }
    let versus = view.versus.iter().flatten();
    versus.for_each(|text| pair("--versus", text));
    words
}

/// Options whose values are figures or names of orders, and none of a log.
const OF_FIGURES: [&str; 13] = [
    "--limit",
    "--sort",
    "--sort-cases",
    "--bins",
    "--rows",
    "--segments",
    "--share",
    "--support",
    "--confidence",
    "--activities",
    "--paths",
    "--idle",
    "--within",
];

/// Words of a command without values that may be of the log.
pub fn without_values(words: &[String]) -> Vec<String> {
    let mut before = "";
    let mut kept = Vec::new();
    for word in words {
        let (name, value) = match word.split_once('=') {
            Some((name, value)) if name.starts_with("--") => (name, Some(value)),
            _ if word.starts_with("--") => (word.as_str(), None),
            _ => (before, Some(word.as_str())),
        };
        kept.push(match value {
            _ if OF_FIGURES.contains(&name) => word.clone(),
            Some(_) if word.starts_with("--") => format!("{name}=…"),
            Some(_) => "…".to_owned(),
            None => word.clone(),
        });
        before = name;
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(command: &str, filters: &[&str]) -> Result<Asked, Failure> {
        let section = Section {
            command: command.to_owned(),
            filters: filters.iter().map(|&text| text.to_owned()).collect(),
            ..Section::default()
        };
        Asked::of(&section, &Common::default())
    }

    #[test]
    fn a_section_neither_reads_nor_writes_files() {
        for (command, part) in [
            ("variants --output x.csv", "--output"),
            ("variants --format json", "--format"),
            ("variants --rules r.toml", "--rules"),
            ("variants --mapping m.toml", "--mapping"),
            ("variants --redact-key k", "--redact-key"),
            ("variants other.csv", "other.csv"),
            (
                "journey --expect e.toml",
                "a section reads no files but a model: --expect",
            ),
            ("report", "makes no section"),
            ("perf", "makes no section"),
            ("mapping", "no report is called mapping"),
            ("varants", "did you mean variants?"),
            ("variants --help", "no use"),
            ("variants --sort nonsense", "nonsense"),
            ("variants --filter 'duration >'", "filter duration >"),
            ("variants --events 'x ='", "filter x ="),
        ] {
            let error = asked(command, &[]).expect_err(command);
            assert!(error.message.contains(part), "{command}: {}", error.message);
            assert!(
                !error.message.contains('\n'),
                "{command}: {}",
                error.message
            );
        }
    }

    #[test]
    fn clap_agrees_with_the_definitions() {
        for spec in REPORTS {
            SectionArgs::augment_args((spec.options)(command::bare("casetrail"))).debug_assert();
        }
    }

    #[test]
    fn filters_of_document_and_section_all_hold() {
        let command = "variants --limit 5 --sort median --filter 'events > 2' --versus 'events > 3' --as-of -7d --end A";
        let asked = asked(command, &["duration > 1d"]).unwrap();
        let base = View {
            filters: vec!["x = 1".into()],
            calendar: Some("desk".into()),
            ..View::default()
        };
        let view = asked.view(&base);
        assert_eq!(view.filters, ["x = 1", "duration > 1d", "events > 2"]);
        assert_eq!(
            view.versus.as_deref(),
            Some(&["x = 1".to_owned(), "events > 3".to_owned()][..])
        );
        assert_eq!(view.as_of.as_deref(), Some("-7d"));
        assert_eq!(view.calendar.as_deref(), Some("desk"));
        assert_eq!(view.ends.as_deref(), Some(&["A".to_owned()][..]));
        assert_eq!(asked.limit, Some(5));
        assert_eq!(
            asked.words,
            ["--limit", "5", "--sort", "median", "--end", "A"]
        );
        assert_eq!(words_of(&view)[..2], ["--as-of=-7d", "--calendar=desk"]);
    }

    #[test]
    fn what_cannot_compare_shows_a_alone() {
        let base = View {
            versus: Some(vec!["x = 2".into()]),
            ..View::default()
        };
        assert_eq!(asked("cases", &[]).unwrap().view(&base).versus, None);
        let view = asked("variants", &["y = 1"]).unwrap().view(&base);
        assert_eq!(view.versus, Some(vec!["x = 2".into(), "y = 1".into()]));
    }

    #[test]
    fn values_of_the_log_are_left_out() {
        let words = [
            "--case-id",
            "4711",
            "--limit",
            "5",
            "--sort=-cases",
            "--by=Anna",
            "--idle",
            "3d",
            "--pairs",
        ];
        let words = words.map(str::to_owned);
        let kept = [
            "--case-id",
            "…",
            "--limit",
            "5",
            "--sort=-cases",
            "--by=…",
            "--idle",
            "3d",
            "--pairs",
        ];
        assert_eq!(without_values(&words), kept);
    }
}
