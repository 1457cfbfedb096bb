//! The options of the command line, as clap types. They are read and checked here as far as that
//! needs no log; nothing is opened.

use super::case_part::case_part;
use super::columns::{Columns, HEADING};
use super::config::ConfigArgs;
use super::engines::InEngine;
use super::reports::document::Prepared;
use crate::app::{FilterStack, Versus};
use crate::config::rules::RedactRules;
use crate::config::session_file::SessionFile;
use crate::config::values::{
    DATE_ORDERS, LIFECYCLES, delimiter, duration, quote, size, word, zone,
};
use crate::engine::{AsOf, NamedMilestone, NamedWait, Timing, View};
use crate::event_log::Roles;
use crate::formats::{DateOrder, Lifecycle, ReadOptions, ReadPlan};
use clap::{Args, ValueEnum, ValueHint};
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;

/// Options that the explorer and all reports share.
#[derive(Debug, Clone, Default, Args)]
pub struct Common {
    /// The log: CSV, TSV, JSON lines, XES, MXML, OCEL, Parquet or Arrow IPC, may be gzipped. `-`
    /// reads standard input. Several are read as one. A log in an SQL engine is `duckdb:FILE`,
    /// `grpc://HOST:PORT` or `sc://HOST:PORT`
    #[arg(value_name = "LOG", required = true, value_hint = ValueHint::FilePath)]
    pub logs: Vec<OsString>,
    /// Reading options, as given on the command line.
    #[command(flatten)]
    pub how: How,
    /// Reading plan of each log: command line and mapping file merged.
    #[arg(skip)]
    pub plan: ReadPlan,
    #[command(flatten)]
    selecting: Selecting,
    /// Session file, as saved by the explorer (`:save-session`): mapping, filters that are on, comparison,
    /// as-of time, calendar and definitions; options override it
    #[arg(long, value_name = "FILE", help_heading = "Selecting")]
    pub session: Option<PathBuf>,
    /// File of named filters, in TOML: `--filter`, `--versus` and the filter line use them by `@name`
    #[arg(long, value_name = "FILE", help_heading = "Selecting")]
    pub recipes: Option<PathBuf>,
    /// File of tags and notes of cases, one change a line: filters and columns have `tag` and `note`, and the
    /// explorer writes to it [default: in the explorer a file of this user for each log]
    #[arg(long, value_name = "FILE", help_heading = "Selecting")]
    pub notes: Option<PathBuf>,
    /// Show pseudonyms in place of case ids, resources, and columns called like name, mail, phone, user or address,
    /// the same ones in each call
    #[arg(long, help_heading = "Privacy")]
    pub redact: bool,
    /// Show pseudonyms for the values of this column, too (repeatable); implies `--redact`
    #[arg(long, value_name = "COLUMN", help_heading = "Privacy")]
    pub redact_column: Vec<String>,
    /// Make pseudonyms by the key in this file, so that others get the same [default: a random key of this user]
    #[arg(long, value_name = "FILE", help_heading = "Privacy")]
    pub redact_key: Option<PathBuf>,
    /// Leave out rows of fewer cases than N, and what could be computed from the others; reports that would show
    /// such groups are refused [default: 0, all rows]
    #[arg(long, value_name = "N", help_heading = "Privacy")]
    pub suppress: Option<u64>,
    /// Settings of redaction in the rules file, once it was read.
    #[arg(skip)]
    pub redact_rules: RedactRules,
    /// True for the explorer.
    #[arg(skip)]
    pub explores: bool,
    /// The session that the call has.
    #[arg(skip)]
    pub kept: Option<Box<SessionFile>>,
    /// True if the session is that of the same call, whose options it has already.
    #[arg(skip)]
    pub resumes: bool,
    /// Filters of the session and of the options that override them.
    #[arg(skip)]
    pub stack: Option<FilterStack>,
    /// Words of the call.
    #[arg(skip)]
    pub call: Vec<String>,
    /// Sections and figures of a report, once their files were read.
    #[arg(skip)]
    pub document: Option<Arc<Prepared>>,
    #[command(flatten)]
    times: Times,
    /// Milestones, calendars and deadlines, once the rules file was read.
    #[arg(skip)]
    pub timing: Timing,
    /// Output options of reports.
    #[command(flatten)]
    pub printing: Printing,
    /// The options of the command line that say how the logs are read.
    #[arg(skip)]
    pub reading: Vec<OsString>,
    /// Options of a log in an SQL engine.
    #[command(flatten)]
    pub engine: InEngine,
    /// Configuration file of the call.
    #[command(flatten)]
    pub config: ConfigArgs,
    /// Do not read or write the cached index
    #[arg(long, help_heading = "Running")]
    pub no_cache: bool,
    /// Memory limit, e.g. 512M or 2G; 70% of the machine's memory and the limits of shell and
    /// control group apply as well
    #[arg(long, value_name = "SIZE", value_parser = size, help_heading = "Running")]
    pub memory: Option<u64>,
    /// Print nothing on standard error but errors
    #[arg(long, help_heading = "Running")]
    pub quiet: bool,
    /// Exit with code 4 if a row is rejected, the input is incomplete, or reading it needed a guess
    #[arg(long, help_heading = "Running")]
    pub strict: bool,
}

/// Reading options of the command line.
#[derive(Debug, Clone, Default, Args)]
pub struct How {
    /// Mapping file, as written by `casetrail mapping`: how to read each log; options override it
    #[arg(long, value_name = "FILE", help_heading = HEADING)]
    pub mapping: Option<PathBuf>,
    #[command(flatten)]
    columns: Columns,
    /// Activity of all events of a log without a column of it; once for all logs, or for each in their
    /// order (empty: it has a column)
    #[arg(long, value_name = "NAME", help_heading = HEADING)]
    activity_name: Vec<String>,
    #[command(flatten)]
    reading: Reading,
}

/// Options that decide how bytes become events.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Reading")]
struct Reading {
    /// Format of the timestamps: strftime, or epoch_s, epoch_ms, epoch_us, epoch_ns
    #[arg(long, value_name = "FMT")]
    time_format: Option<String>,
    /// Zone of timestamps without offset, as `Europe/Berlin` [default: UTC]
    #[arg(long, value_name = "ZONE", value_parser = zone)]
    tz: Option<chrono_tz::Tz>,
    /// Order of day and month in dates like 01/02/2024
    #[arg(long, value_name = "dmy|mdy|ymd|ydm", value_parser = |text: &str| word(text, &DATE_ORDERS))]
    date_order: Option<DateOrder>,
    /// This text means that the value is missing (repeatable)
    #[arg(long, value_name = "TOKEN", allow_hyphen_values = true)]
    na: Vec<String>,
    /// Delimiter of fields; `\t` for a tab
    #[arg(long, value_name = "C", value_parser = delimiter, allow_hyphen_values = true)]
    delimiter: Option<u8>,
    /// Quote around fields, as `'` [default: found out]
    #[arg(long, value_name = "C", value_parser = quote)]
    quote: Option<u8>,
    /// Character before a quote that is part of a field, as `\` [default: found out]
    #[arg(long, value_name = "C", value_parser = quote, allow_hyphen_values = true)]
    escape: Option<u8>,
    /// In JSON: path of the array of records, as `data.items` [default: the longest array]
    #[arg(long, value_name = "PATH")]
    json_path: Option<String>,
    /// Encoding, by its WHATWG label, as `windows-1251`
    #[arg(long, value_name = "NAME")]
    encoding: Option<String>,
    /// The first row is data: columns are named by position, from 1
    #[arg(long)]
    no_header: bool,
    /// Rows that make one event, in logs with lifecycle transitions: every row (events), only
    /// completions (complete), start and completion as one instance (pairs), or pairs where the
    /// log has both (auto) [default: auto]
    #[arg(long, value_name = "WHAT", value_parser = |text: &str| word(text, &LIFECYCLES))]
    lifecycle: Option<Lifecycle>,
    /// Split a case into visits after this much inactivity, e.g. `30m`
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    session_gap: Option<i64>,
    /// In logs with several object types (OCEL): object type to use as case
    #[arg(long, value_name = "TYPE")]
    object_type: Option<String>,
}

/// Options that select events and cases.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Selecting")]
pub struct Selecting {
    /// Only the cases that meet this (repeatable; all must hold): `duration > 3d and "Escalate"`
    #[arg(long, value_name = "EXPR")]
    filter: Vec<String>,
    /// Only the events that meet this (repeatable), before every filter: `activity != "Note"`
    #[arg(long, value_name = "COND")]
    events: Vec<String>,
    /// Only the part of each case from the first event of A to the last one of B, after `--events`: `Created..Closed`,
    /// or `last "A"..first "B"` for other events of these activities
    #[arg(long, value_name = "A..B", value_parser = case_part)]
    between: Option<String>,
    /// Compare A, the cases of every `--filter`, with B, the cases that meet this in place of them
    /// (repeatable; all must hold): share of cases and times of each row, their change and its test
    #[arg(long, value_name = "EXPR")]
    versus: Vec<String>,
}

/// Options for milestones, deadlines, calendars and open cases.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Times")]
pub struct Times {
    /// Milestones, business calendars, deadlines, rules on the order of events, outcomes, stages and
    /// rates, in TOML
    #[arg(long, value_name = "FILE")]
    pub rules: Option<PathBuf>,
    /// A duration of cases, also for filters (repeatable): `resolved = last "Resolved"`; `auto` guesses
    /// those of a desk, a shop or a pipeline from the names of activities, as the explorer does
    #[arg(long, value_name = "NAME = POINT|auto", value_parser = GivenMilestone::parse)]
    pub milestone: Vec<GivenMilestone>,
    /// A rule on the order of events, also for filters (repeatable): `response("Order", "Invoice") within 2d`,
    /// `four eyes = not_same("Approve", "Pay", resource)`
    #[arg(long, value_name = "[NAME =] RULE")]
    pub rule: Vec<String>,
    /// Class of a wait (repeatable): `"Asked" -> "Answered" = customer`, `"Answered" = vendor`; the classes are
    /// own, resolved (after the resolution), customer and vendor [default: guessed from the names of activities]
    #[arg(long, value_name = "WAIT = CLASS", value_parser = NamedWait::parse)]
    pub wait_class: Vec<NamedWait>,
    /// Measure all durations in working time: a calendar of the rules file, `auto` (each case by that
    /// whose `when` it meets), or one as `Europe/Rome mon-fri 09:00-13:00, 14:00-18:00`
    #[arg(long, value_name = "NAME|CALENDAR")]
    pub calendar: Option<String>,
    /// An activity that ends a case (repeatable) [default: guessed from where cases
    /// stop and from names such as Closed]
    #[arg(long, value_name = "ACTIVITY")]
    pub end: Vec<String>,
    /// A case in which nothing happened for longer is over, too: `30d`
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub idle: Option<i64>,
    /// Look at open cases as of this time, or `now`, after the last event [default: the last event]
    #[arg(long, value_name = "TIME")]
    pub now: Option<String>,
    /// Show the log as of this time, or that long before its last event (`-7d`): events after it
    /// do not exist
    #[arg(
        long,
        value_name = "TIME",
        allow_hyphen_values = true,
        conflicts_with = "now"
    )]
    #[arg(value_parser = |text: &str| AsOf::parse(text).map(|_| text.to_owned()))]
    pub as_of: Option<String>,
}

impl Times {
    /// Activities of `--end`; none for an empty name alone: nothing but rest ends a case then.
    pub fn ends(&self) -> Option<Vec<String>> {
        let named = self.end.iter().filter(|name| !name.is_empty());
        (!self.end.is_empty()).then(|| named.cloned().collect())
    }
}

/// A milestone as it is given.
#[derive(Debug, Clone)]
pub enum GivenMilestone {
    /// Those that the names of activities tell.
    Auto,
    /// This one.
    Named(NamedMilestone),
}

/// Word for the milestones that the names of activities tell.
pub const AUTO: &str = "auto";

impl GivenMilestone {
    /// Reads a milestone as it is given.
    ///
    /// # Errors
    /// Message, as a sentence.
    pub fn parse(text: &str) -> Result<Self, String> {
        match text {
            AUTO => Ok(GivenMilestone::Auto),
            text => NamedMilestone::parse(text).map(GivenMilestone::Named),
        }
    }
}

/// Output options of reports.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Output of reports")]
pub struct Printing {
    /// [default: table]
    #[arg(long, value_name = "FORMAT")]
    format: Option<Format>,
    /// Rows at most [default: 20 in a table, all in other formats]
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    /// Rows of a table by the configuration.
    #[arg(skip)]
    pub table_rows: Option<usize>,
    /// Write to this file, whole or not at all [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Let `--output` replace a file that exists
    #[arg(long)]
    pub force: bool,
    /// Write texts to CSV as they are, even where a spreadsheet would take them for formulas
    #[arg(long)]
    pub raw_csv: bool,
}

/// Formats of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Format {
    /// Aligned columns, for reading
    #[default]
    Table,
    /// One object, figures as numbers, instants as RFC 3339
    Json,
    /// The list with a header, figures as numbers, instants as RFC 3339
    Csv,
    /// As the table, for a document
    Markdown,
    /// A Petri net in PNML (`discover`)
    Pnml,
    /// A model in BPMN 2.0 (`discover`)
    Bpmn,
    /// For Graphviz (`map`)
    Dot,
    /// For Mermaid (`discover`, `map`)
    Mermaid,
    /// An image (`map`)
    Svg,
    /// One page without script (`report`)
    Html,
    /// For Perfetto and Chrome's viewer of traces (`events`)
    Trace,
}

impl Printing {
    /// The format wanted.
    pub fn format(&self) -> Format {
        self.format.unwrap_or_default()
    }

    /// Takes the format of a document from the name of its file, where no option says one.
    pub fn take_format_of_file(&mut self) {
        let ends = self.output.as_ref().and_then(|path| path.extension());
        let ends = ends.map(|end| end.to_string_lossy().to_ascii_lowercase());
        self.format = self.format.or(match ends.as_deref() {
            Some("html" | "htm") => Some(Format::Html),
            Some("md" | "markdown") => Some(Format::Markdown),
            _ => None,
        });
    }

    /// Rows to give at most.
    pub fn limit(&self) -> usize {
        const TABLE_ROWS: usize = 20;
        self.limit.unwrap_or(match self.format() {
            Format::Table => self.table_rows.unwrap_or(TABLE_ROWS),
            _ => usize::MAX,
        })
    }

    /// The first of these options that was given.
    pub fn given(&self) -> Option<&'static str> {
        [
            (self.format.is_some(), "--format"),
            (self.limit.is_some(), "--limit"),
            (self.output.is_some(), "--output"),
            (self.force, "--force"),
            (self.raw_csv, "--raw-csv"),
        ]
        .into_iter()
        .find_map(|(given, name)| given.then_some(name))
    }
}

impl How {
    /// Reading options for the log of that position, without lifecycle and session gap.
    pub fn read_options(&self, log: usize) -> ReadOptions {
        let reading = &self.reading;
        let names = &self.activity_name;
        let name = if names.len() == 1 {
            names.first()
        } else {
            names.get(log)
        };
        ReadOptions {
            columns: self.columns.0.clone(),
            activity_name: name.filter(|name| !name.is_empty()).cloned(),
            time_format: reading.time_format.clone(),
            tz: reading.tz,
            na: reading.na.clone(),
            delimiter: reading.delimiter,
            quote: reading.quote,
            escape: reading.escape,
            json_path: reading.json_path.clone(),
            encoding: reading.encoding.clone(),
            no_header: reading.no_header,
            date_order: reading.date_order,
            object_type: reading.object_type.clone(),
            ..ReadOptions::default()
        }
    }

    /// Number of names of activities that were given.
    pub fn activity_names(&self) -> usize {
        self.activity_name.len()
    }

    /// Value of `--lifecycle`, if given.
    pub fn lifecycle(&self) -> Option<Lifecycle> {
        self.reading.lifecycle
    }

    /// The longest rest within a case in microseconds, where that is said.
    pub fn session_gap(&self) -> Option<i64> {
        self.reading.session_gap
    }
}

impl Common {
    /// True if pseudonyms are asked for.
    pub fn is_redacted(&self) -> bool {
        self.redact || !self.redact_column.is_empty()
    }

    /// Fewest cases of a group that is shown; 0 where all are. The rules file says it of redacted logs.
    pub fn least(&self, is_redacted: bool) -> u64 {
        let of_rules = self.redact_rules.suppress.filter(|_| is_redacted);
        let least = self.suppress.or(of_rules);
        // A group of one case is not smaller than one.
        least.filter(|least| *least > 1).unwrap_or(0)
    }

    /// The zone of times in filters and reports: that of the logs, if they have one in common.
    pub fn tz(&self) -> chrono_tz::Tz {
        let mut zones = self.plan.logs.iter().map(|log| log.read.tz);
        let first = zones.next().flatten();
        first
            .filter(|tz| zones.all(|other| other == Some(*tz)))
            .unwrap_or(chrono_tz::UTC)
    }

    /// Takes a file in the place of a log in an engine. It has only what filters and conditions left, and its columns
    /// are known.
    pub fn take_slice(&mut self, file: OsString, columns: Roles) {
        self.logs = vec![file];
        self.how.mapping = None;
        self.how.columns = Columns(columns);
        self.selecting = Selecting::default();
        self.engine = InEngine::default();
    }

    /// Options for milestones, deadlines, calendars and open cases.
    pub fn times(&self) -> &Times {
        &self.times
    }

    /// Filters, calendar and as-of time of the command line and of the session, as a view. End states, milestones
    /// and classes of waits of a session are definitions.
    pub fn view(&self) -> View {
        if let Some(stack) = &self.stack {
            return View {
                ends: None,
                milestones: Vec::new(),
                waits: Vec::new(),
                ..stack.view()
            };
        }
        View {
            as_of: self.times.as_of.clone(),
            reference: None,
            ends: None,
            milestones: Vec::new(),
            waits: Vec::new(),
            events: self.selecting.conditions(),
            filters: self.selecting.filter.clone(),
            versus: self.selecting.compared(),
            calendar: self.times.calendar.clone(),
        }
    }

    /// The options of a section of a report: another view, and lists of that many rows.
    pub fn of_section(&self, view: &View, format: Format, limit: usize) -> Common {
        let mut common = self.clone();
        common.stack = Some(FilterStack::new(view));
        common.times.calendar.clone_from(&view.calendar);
        common.printing.format = Some(format);
        common.printing.limit = Some(limit);
        common
    }

    /// True if an option asks for a comparison.
    pub fn has_versus(&self) -> bool {
        self.selecting.compared().is_some()
    }

    /// The view with which the explorer begins.
    pub fn first_view(&self) -> View {
        match &self.stack {
            Some(stack) => stack.view(),
            None => View {
                ends: self.times.ends(),
                ..self.view()
            },
        }
    }

    /// Takes from a session what no option says; all of it where it is that of the same call.
    pub fn take_session(&mut self, file: &SessionFile) {
        let mut stack = file.session.view.filters.clone();
        if self.resumes {
            self.times.now.clone_from(&file.now);
        } else {
            self.override_filters(&mut stack);
            self.override_times(&mut stack, file);
        }
        let times = &mut self.times;
        times.as_of.clone_from(&stack.as_of);
        times.calendar.clone_from(&stack.calendar);
        let rules = file.rules.as_ref().map(PathBuf::from);
        times.rules = times.rules.take().or(rules);
        if times.rule.is_empty() {
            times.rule.clone_from(&file.rule);
        }
        let idle = file.idle.as_deref();
        times.idle = times.idle.or(idle.and_then(|text| duration(text).ok()));
        self.stack = Some(stack);
    }

    /// Replaces filters of a session by those of the command line.
    fn override_filters(&self, stack: &mut FilterStack) {
        let selecting = &self.selecting;
        let conditions = selecting.conditions();
        for (given, events) in [(&conditions, true), (&selecting.filter, false)] {
            if given.is_empty() {
                continue;
            }
            stack.entries.retain(|entry| entry.events != events);
            for text in given {
                stack.add(text, events);
            }
        }
        // Both sides of a comparison are made of the filters.
        if !selecting.filter.is_empty() {
            stack.versus = None;
        }
        if let Some(other) = selecting.compared() {
            let own = stack.view().filters;
            stack.versus = Some(Versus { own, other });
        }
    }

    /// Replaces times and definitions of a session by those of the command line.
    fn override_times(&mut self, stack: &mut FilterStack, file: &SessionFile) {
        let times = &mut self.times;
        if times.as_of.is_some() || times.now.is_some() {
            stack.as_of.clone_from(&times.as_of);
        } else {
            times.now.clone_from(&file.now);
        }
        stack.ends = times.ends().or(stack.ends.take());
        stack.calendar = times.calendar.take().or(stack.calendar.take());
        for given in &times.milestone {
            if let GivenMilestone::Named(given) = given {
                stack.forget_milestone(&given.name);
            }
        }
        for given in &times.wait_class {
            stack.forget_wait(given);
        }
    }
}

impl Selecting {
    /// Filters of cases.
    pub fn filters(&self) -> &[String] {
        &self.filter
    }

    /// All conditions on events.
    pub fn conditions(&self) -> Vec<String> {
        [&self.events[..], self.between.as_slice()].concat()
    }

    /// The filters of B; `None` where nothing is compared.
    pub fn compared(&self) -> Option<Vec<String>> {
        (!self.versus.is_empty()).then(|| self.versus.clone())
    }
}
