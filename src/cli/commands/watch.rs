//! `watch`: the alerts of the rules file on logs that grow, as one line of JSON for each change.

use super::Spec;
use crate::cli::args::Common;
use crate::cli::failure::{Failure, code};
use crate::cli::follow::{Following, How};
use crate::cli::json::{Instant, Number};
use crate::cli::load::{self, CachedIndex, Wanted};
use crate::cli::output::Output;
use crate::cli::{alert_state, json, memory, redaction, say, watch};
use crate::config::values::duration;
use crate::engine::{
    AlertChange, AlertKey, AlertOn, AlertSpec, AlertStates, AlertsQuery, Analysis, AsOf, Cancel,
};
use crate::event_log::Progress;
use crate::text::escape_line;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches, value_parser};
use serde::Serialize;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

pub const SPEC: Spec = Spec {
    name: "watch",
    usage: "[OPTIONS] LOG... --rules FILE",
    about: "Print alerts of --rules while logs grow, as JSON lines (--once: exit code 1)",
    options,
    shared_options: true,
    run,
};

fn options(command: Command) -> Command {
    let once = Arg::new("once").long("once").action(ArgAction::SetTrue);
    let once = once.help(
        "Read the logs once, print what fires, and end with exit code 1 if anything does; without --state, what \
         holds now fires at once",
    );
    let state = Arg::new("state").long("state").value_name("FILE");
    let state = state.value_parser(value_parser!(PathBuf)).help(
        "Keep the states of alerts in this file, so that a later call goes on with them and prints nothing twice",
    );
    let every = Arg::new("every").long("every").value_name("DURATION");
    let every = every.value_parser(duration).default_value("5s");
    let every = every.help("Look at the logs and the clock this often");
    Common::augment_args(command).args([once, state, every])
}

fn run(matches: &ArgMatches) -> Result<(), Failure> {
    let mut common = Common::from_arg_matches(matches)
        .map_err(|error| Failure::usage(escape_line(&error.to_string())))?;
    if let Some(option) = common.printing.given() {
        return Err(Failure::usage(format!(
            "watch prints lines of JSON and has no {option}"
        )));
    }
    if common.has_versus() {
        return Err(Failure::usage("watch compares nothing: leave --versus out"));
    }
    common.settle()?;
    common.define();
    if common.timing.alerts.is_empty() {
        return Err(Failure::usage(
            "no alert is defined: write [[alerts]] into a file and name it by --rules FILE",
        ));
    }
    watch::signals();
    let _watch = memory::guard(common.memory);
    watch::start_pool();
    let once = matches.get_flag("once");
    let state = matches.get_one::<PathBuf>("state").cloned();
    if once && state.is_none() {
        // No earlier look is known that a duration could be counted from.
        common
            .timing
            .alerts
            .iter_mut()
            .for_each(|alert| alert.hold = 0);
    }
    let states = state.as_deref().map(alert_state::read).transpose()?;
    let watching = Watching {
        states: states.unwrap_or_default(),
        file: state,
        common,
        said: Vec::new(),
    };
    if once {
        return watching.once();
    }
    let every = matches.get_one::<i64>("every").copied().unwrap_or(0);
    watching.on(Duration::from_micros(every.unsigned_abs()))
}

/// Logs that are watched.
struct Watching {
    common: Common,
    states: AlertStates,
    /// Where the states are kept.
    file: Option<PathBuf>,
    /// Notes that were printed.
    said: Vec<String>,
}

impl Watching {
    /// Reads the logs once.
    fn once(mut self) -> Result<(), Failure> {
        self.set_clock();
        let progress = Arc::default();
        let line = watch::ProgressLine::start(&progress, !self.common.quiet);
        let loaded = load::load(&self.common, &progress);
        drop(line);
        let (loaded, _) = loaded?;
        let analysis = Arc::clone(&loaded.analysis);
        if !self.common.quiet {
            load::notes(&analysis, &self.common);
        }
        self.judge(&analysis, true)?;
        loaded.keep();
        let fires = self.states.firing().next().is_some();
        load::verdict(&analysis, &self.common).and(if fires {
            Err(Failure::new(code::BROKEN, ""))
        } else {
            Ok(())
        })
    }

    /// Reads the logs, and goes on until a signal ends the program or nobody reads the output.
    fn on(mut self, every: Duration) -> Result<(), Failure> {
        self.set_clock();
        let redaction = if self.common.is_redacted() {
            Some(redaction::of(&self.common)?)
        } else {
            None
        };
        let plan = self.common.plan.clone();
        let inputs = Arc::new(load::open_streams(&self.common.logs)?);
        let marks = Following::marks(&self.common, &inputs)?;
        let wanted = Wanted {
            plan: &plan,
            cached: CachedIndex::Proved,
            redaction: redaction.clone(),
            follows: true,
        };
        let progress = Arc::default();
        let line = watch::ProgressLine::start(&progress, !self.common.quiet);
        let loaded = load::load_plan(&self.common, inputs, &wanted, &progress);
        drop(line);
        let mut loaded = loaded?;
        let mut analysis = Arc::clone(&loaded.analysis);
        let mut following = Following::new(&mut loaded, marks);
        // Given up, as it holds the log.
        drop(loaded);
        if !self.common.quiet {
            load::notes(&analysis, &self.common);
        }
        loop {
            strict(&analysis, &self.common)?;
            let began = std::time::Instant::now();
            self.judge(&analysis, false)?;
            loop {
                thread::sleep(every.max(3 * began.elapsed()));
                self.set_clock();
                let how = How {
                    common: &self.common,
                    plan: &plan,
                    redaction: redaction.clone(),
                };
                match following.read_on(&how, &Progress::default()) {
                    Ok(Some(changed)) => analysis = changed.analysis,
                    Ok(None) if self.is_on_the_clock() => {
                        analysis = Arc::new(self.at_this_time(&analysis)?);
                    }
                    Ok(None) => continue,
                    // A log that is being written anew may be none for a moment.
                    Err(failure) => {
                        self.note(&failure.message);
                        continue;
                    }
                }
                break;
            }
        }
    }

    /// True if the time at which open cases are looked at is that of the clock.
    fn is_on_the_clock(&self) -> bool {
        let times = self.common.times();
        times.as_of.is_none() && times.now.as_deref().is_none_or(|now| now == "now")
    }

    /// Lets open cases be looked at as of now, unless another time is given.
    fn set_clock(&mut self) {
        if self.is_on_the_clock() {
            self.common.timing.now = Some(chrono::Utc::now().timestamp_micros());
        }
    }

    /// The log that did not change, at the time of the clock.
    fn at_this_time(&self, analysis: &Analysis) -> Result<Analysis, Failure> {
        let (log, index) = analysis.parts();
        let name = load::title(&self.common.logs);
        let (index, report) = (index.clone(), analysis.report().clone());
        let timed = Analysis::indexed(name, log, index, report, self.common.tz());
        timed
            .with_timing(self.common.timing.clone())
            .map(|timed| timed.with_least(analysis.info().least))
            .map_err(Failure::from)
    }

    /// The time of the alerts.
    fn now(&self, analysis: &Analysis) -> i64 {
        let last = analysis.info().span.map_or(0, |(_, last)| last);
        let as_of = self.common.times().as_of.as_deref();
        let as_of = as_of.and_then(|text| AsOf::parse(text).ok());
        let as_of = as_of.map(|as_of| as_of.instant(last, analysis.zone()));
        as_of.or(self.common.timing.now).unwrap_or(last)
    }

    /// Asks which conditions hold, and prints what changed; `all` prints what fires.
    fn judge(&mut self, analysis: &Analysis, all: bool) -> Result<(), Failure> {
        let alerts = analysis.ask(&self.common.view(), &AlertsQuery, &Cancel::never())?;
        for note in &alerts.notes {
            self.note(note);
        }
        let now = self.now(analysis);
        let specs = &self.common.timing.alerts;
        let changes = self.states.update(specs, &alerts.holding, now);
        let lines: Vec<Line<'_>> = if all {
            let firing = self.states.firing();
            firing
                .map(|(key, tracked)| {
                    Line::new(specs, key, "firing", tracked.value, tracked.since, now)
                })
                .collect()
        } else {
            let of = |c: &'_ AlertChange| (c.state.word(), c.value, c.since);
            let line = |change| {
                let (state, value, since) = of(change);
                Line::new(specs, &change.key, state, value, since, now)
            };
            changes.iter().map(line).collect()
        };
        // Before they are printed: what was printed must not be printed again.
        if let Some(file) = &self.file
            && (!changes.is_empty() || all)
        {
            alert_state::write(file, &self.states, &self.common.logs)?;
        }
        Output::Standard.write(|out| {
            for line in &lines {
                json::write_line(line, out)?;
            }
            Ok(())
        })
    }

    /// Prints a sentence on standard error, once.
    fn note(&mut self, sentence: &str) {
        if !self.common.quiet && !self.said.iter().any(|said| said == sentence) {
            say::say(&escape_line(sentence));
            self.said.push(sentence.to_owned());
        }
    }
}

/// Refuses a log that `--strict` does not allow.
fn strict(analysis: &Analysis, common: &Common) -> Result<(), Failure> {
    match load::verdict(analysis, common) {
        Err(failure) if failure.code == code::STRICT => Err(failure),
        _ => Ok(()),
    }
}

/// One line of output.
#[derive(Serialize)]
struct Line<'a> {
    time: Instant,
    alert: &'a str,
    state: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    case: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    figure: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<Number>,
    since: Instant,
}

impl<'a> Line<'a> {
    fn new(
        specs: &'a [AlertSpec],
        key: &'a AlertKey,
        state: &'a str,
        value: Option<f64>,
        since: i64,
        now: i64,
    ) -> Self {
        let spec = specs.iter().find(|spec| spec.name == key.alert);
        let figure = spec.and_then(|spec| match &spec.on {
            AlertOn::Figure(test) => Some(test.text.as_str()),
            AlertOn::Cases(_) | AlertOn::Deadline(_) => None,
        });
        Line {
            time: Instant(now),
            alert: &key.alert,
            state,
            case: figure.is_none().then_some(key.case.as_str()),
            figure,
            value: value.map(Number),
            since: Instant(since),
        }
    }
}
