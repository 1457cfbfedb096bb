//! Logs in SQL engines: their options, credentials and drivers, reports over them, and files of slices.

use super::args::Common;
use super::cache;
use super::failure::{Failure, code};
use super::load::LoadCost;
use super::output::Output;
use super::reports::{Report, ReportContext, Spec};
use super::{say, watch};
use crate::config::mapping_file::MappedEngine;
use crate::engine::Answers;
use crate::event_log::{Progress, Role, Roles};
use crate::formats::{ReadOptions, ReadPlan};
use crate::remote::{
    Address, Connection, Credentials, DIALECTS, Dialect, Driver, Fetched, RemoteError, RemoteLog,
    Sample, SliceSize, Stop, Wanted, connect,
};
use crate::store::Folder;
use crate::text::{counted, escape_line, megabytes};
use clap::{ArgMatches, Args};
use serde::Deserialize;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::Read;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;
use twox_hash::XxHash3_128;

/// Options of a log in an engine.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Logs in an SQL engine")]
pub struct InEngine {
    /// Table of the log: `sales.events`, files as `logs/*.parquet`, or an expression of the engine with quotes or
    /// brackets
    #[arg(long, value_name = "TABLE")]
    pub table: Option<String>,
    /// Column that orders the events of one time; without it they are in the order of their activities
    #[arg(long, value_name = "COL")]
    pub tie_column: Option<String>,
    /// ADBC driver: the path of its library or manifest, or its name [default: CASETRAIL_DRIVER, else a manifest
    /// or library of the usual name]
    #[arg(long, value_name = "PATH|NAME")]
    pub driver: Option<String>,
    /// SQL that the engine speaks [default: by the address]
    #[arg(long, value_name = "duckdb|spark", value_parser = dialect)]
    pub dialect: Option<&'static Dialect>,
    /// File with `user`, `password` or `token` in TOML, which only its owner may read [default: CASETRAIL_USER,
    /// CASETRAIL_PASSWORD, CASETRAIL_TOKEN]
    #[arg(long, value_name = "FILE")]
    pub credentials: Option<PathBuf>,
    /// Fetch no more events than this [default: 20000000]
    #[arg(long, value_name = "N")]
    pub most_events: Option<u64>,
}

/// Events that are fetched at most, where nothing else is said.
const MOST_EVENTS: u64 = 20_000_000;
/// Slices that are kept.
const KEPT: usize = 8;

fn dialect(name: &str) -> Result<&'static Dialect, String> {
    let known = || format!("known are {}", Dialect::names().join(", "));
    Dialect::named(name).ok_or_else(known)
}

impl InEngine {
    /// The first of these options that was given.
    fn given(&self) -> Option<&'static str> {
        [
            (self.table.is_some(), "--table"),
            (self.tie_column.is_some(), "--tie-column"),
            (self.driver.is_some(), "--driver"),
            (self.dialect.is_some(), "--dialect"),
            (self.credentials.is_some(), "--credentials"),
            (self.most_events.is_some(), "--most-events"),
        ]
        .into_iter()
        .find_map(|(given, name)| given.then_some(name))
    }

    /// Takes from an entry of a mapping file what no option says.
    ///
    /// # Errors
    /// The entry names a dialect that there is not.
    pub fn take_mapping(&mut self, mapped: &MappedEngine) -> Result<(), Failure> {
        let or = |given: &mut Option<String>, mapped: &Option<String>| {
            *given = given.take().or_else(|| mapped.clone());
        };
        or(&mut self.table, &mapped.table);
        or(&mut self.tie_column, &mapped.tie_column);
        or(&mut self.driver, &mapped.driver);
        if let (None, Some(word)) = (self.dialect, &mapped.dialect) {
            let known = dialect(word);
            let known = known.map_err(|why| {
                Failure::usage(format!("--mapping: dialect {}: {why}", escape_line(word)))
            })?;
            self.dialect = Some(known);
        }
        Ok(())
    }

    /// The entry of a mapping file or of a session; never a secret.
    pub fn mapped(&self) -> MappedEngine {
        MappedEngine {
            table: self.table.clone(),
            tie_column: self.tie_column.clone(),
            driver: self.driver.clone(),
            dialect: self.dialect.map(|dialect| dialect.name.to_owned()),
        }
    }

    /// The options that say where a log is, with their values.
    pub fn options(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let dialect = self.dialect.map(|dialect| dialect.name);
        let credentials = self.credentials.as_deref().and_then(Path::to_str);
        [
            ("--table", self.table.as_deref()),
            ("--tie-column", self.tie_column.as_deref()),
            ("--driver", self.driver.as_deref()),
            ("--dialect", dialect),
            ("--credentials", credentials),
        ]
        .into_iter()
        .filter_map(|(option, value)| Some((option, value?)))
    }

    /// Events that are fetched at most.
    pub fn most(&self) -> u64 {
        self.most_events.unwrap_or(MOST_EVENTS)
    }
}

/// The address of the engine that has the log of a call; `None` where logs are read here.
///
/// # Errors
/// A log in an engine is not the only one, an address has a secret in it, or an option needs an engine.
pub fn address(common: &Common) -> Result<Option<Address>, Failure> {
    let mut found = None;
    for log in &common.logs {
        let address = match log.to_str().and_then(Address::parse) {
            Some(Err(why)) => return Err(Failure::usage(why)),
            Some(Ok(address)) => Some(address),
            None if is_database(log) => log.to_str().map(Address::of_file),
            None => None,
        };
        found = found.or(address);
    }
    match (&found, common.engine.given()) {
        (None, Some(option)) => Err(Failure::usage(format!(
            "{option} is of logs in an SQL engine, as duckdb:FILE, grpc://HOST:PORT or sc://HOST:PORT"
        ))),
        (Some(_), _) if common.logs.len() > 1 => {
            Err(Failure::usage("a log in an engine is opened alone"))
        }
        _ => Ok(found),
    }
}

/// True for a file of DuckDB, by its first bytes.
fn is_database(log: &OsStr) -> bool {
    const MARK: &[u8] = b"DUCK";
    const AT: usize = 8;
    let is_file = fs::metadata(log).is_ok_and(|found| found.is_file());
    let head = is_file.then(|| {
        let mut head = [0; AT + MARK.len()];
        File::open(log)
            .and_then(|mut file| file.read_exact(&mut head))
            .map(|()| head)
    });
    matches!(head, Some(Ok(head)) if &head[AT..] == MARK)
}

/// The table of the log.
///
/// # Errors
/// The call names none, or asks for what an engine does not have.
pub fn table<'a>(common: &'a Common, address: &Address) -> Result<&'a str, Failure> {
    refuse_definitions(common)?;
    common.engine.table.as_deref().ok_or_else(|| {
        Failure::usage(format!(
            "{}: name the table of the log by --table",
            escape_line(address.text())
        ))
    })
}

/// An engine that was connected with, and the first rows of the table.
pub struct Begun {
    connection: Box<dyn Connection>,
    /// The rows.
    pub sample: Arc<Sample>,
}

/// Connects with the engine and looks at the first rows of the table.
///
/// # Errors
/// The call asks for what an engine does not have; no driver; the engine is not as it must be.
pub fn begin(common: &Common, address: &Address, stop: Stop<'_>) -> Result<Begun, Failure> {
    let wanted = wanted(common, address, &common.plan)?;
    let driver = Driver {
        name: common
            .engine
            .driver
            .clone()
            .or_else(|| variable("CASETRAIL_DRIVER")),
    };
    let credentials = credentials(common.engine.credentials.as_deref())?;
    let connection = connect(address, &driver, &credentials)?;
    let sample = Arc::new(Sample::take(&*connection, &wanted, stop)?);
    Ok(Begun { connection, sample })
}

impl Begun {
    /// Opens the log that is wanted.
    ///
    /// # Errors
    /// No column fits; the engine fails.
    pub fn open(
        self,
        common: &Common,
        wanted: &Wanted,
        stop: Stop<'_>,
    ) -> Result<RemoteLog, Failure> {
        let log = RemoteLog::open(self.connection, &self.sample, wanted, stop)?;
        Ok(log.with_timing(common.timing.clone())?)
    }
}

/// Connects with the engine and opens the log of a call.
///
/// # Errors
/// Those of [`begin`] and of [`Begun::open`].
pub fn open(common: &Common, address: &Address, stop: Stop<'_>) -> Result<RemoteLog, Failure> {
    let wanted = wanted(common, address, &common.plan)?;
    begin(common, address, stop)?.open(common, &wanted, stop)
}

/// The log of a call, with the columns of a plan.
///
/// # Errors
/// The call names no table, or it or the plan asks for what an engine does not have.
pub fn wanted(common: &Common, address: &Address, plan: &ReadPlan) -> Result<Wanted, Failure> {
    let table = table(common, address)?;
    refuse_reading(plan)?;
    let dialect = common
        .engine
        .dialect
        .or_else(|| Dialect::named(address.kind.dialect()));
    Ok(Wanted {
        name: table.to_owned(),
        table: table.to_owned(),
        roles: roles(plan),
        order: common.engine.tie_column.clone(),
        dialect: dialect.unwrap_or(&DIALECTS[0]),
        zone: common.tz(),
    })
}

impl From<RemoteError> for Failure {
    fn from(error: RemoteError) -> Self {
        match error {
            RemoteError::Name(why) => Failure::usage(escape_line(&why)),
            error => Failure::from(crate::engine::AskError::from(error)),
        }
    }
}

/// Columns that a plan names.
fn roles(plan: &ReadPlan) -> Roles {
    let log = plan.logs.first();
    log.map_or_else(Roles::default, |log| log.read.columns.clone())
}

/// Refuses what is defined for logs that are read here.
fn refuse_definitions(common: &Common) -> Result<(), Failure> {
    let times = common.times();
    refuse(&[
        (!times.milestone.is_empty(), "--milestone"),
        (!times.rule.is_empty(), "--rule"),
        (!times.wait_class.is_empty(), "--wait-class"),
        (times.idle.is_some(), "--idle"),
        (times.now.is_some(), "--now"),
        (common.is_redacted(), "--redact"),
        (common.suppress.is_some(), "--suppress"),
        (common.notes.is_some(), "--notes"),
    ])?;
    refuse_reading(&common.plan)
}

/// Refuses ways to read a log that are of files.
fn refuse_reading(plan: &ReadPlan) -> Result<(), Failure> {
    let read = plan.logs.first().map(|log| ReadOptions {
        columns: Roles::default(),
        tz: None,
        ..log.read.clone()
    });
    let is_read_so = read.is_some_and(|read| read != ReadOptions::default());
    let roles = roles(plan);
    let has_role = |role: Role| roles[role].iter().any(|name| !name.is_empty());
    let of_instances = [
        Role::Start,
        Role::Lifecycle,
        Role::Instance,
        Role::Milestone,
    ];
    refuse(&[
        (
            of_instances.into_iter().any(has_role),
            "a start, lifecycle, instance or milestone column",
        ),
        (
            plan.session_gap.is_some() || is_read_so,
            "an option on how a file is read",
        ),
    ])
}

/// Refuses the first of these things that was asked for.
fn refuse(asked: &[(bool, &str)]) -> Result<(), Failure> {
    match asked.iter().find(|(is_asked, _)| *is_asked) {
        Some((_, what)) => Err(Failure::usage(format!(
            "{what} is of logs that are read here, not of one in an engine; `casetrail fetch` makes a file of the \
             cases that filters leave"
        ))),
        None => Ok(()),
    }
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Secrets of a file.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Secrets {
    user: Option<String>,
    password: Option<String>,
    token: Option<String>,
}

/// Reads the credentials from the file that is named, else from the environment.
fn credentials(path: Option<&Path>) -> Result<Credentials, Failure> {
    let Some(path) = path else {
        return Ok(Credentials {
            user: variable("CASETRAIL_USER"),
            password: variable("CASETRAIL_PASSWORD"),
            token: variable("CASETRAIL_TOKEN"),
        });
    };
    let name = say::file(path.as_os_str());
    let failed = |why: &str| Failure::usage(format!("{name}: {why}"));
    let mut file = File::options()
        .read(true)
        .custom_flags(rustix::fs::OFlags::NONBLOCK.bits().cast_signed())
        .open(path)
        .map_err(|error| failed(&error.to_string()))?;
    let found = file
        .metadata()
        .map_err(|error| failed(&error.to_string()))?;
    if !found.is_file() {
        return Err(failed("this is no file"));
    }
    if found.mode() & 0o077 != 0 {
        return Err(failed("others may read it: chmod 600 makes it yours alone"));
    }
    let mut text = String::new();
    file.read_to_string(&mut text)
        .map_err(|error| failed(&error.to_string()))?;
    // What is wrong in it is not quoted, as it may be a secret.
    let secrets: Secrets = toml::from_str(&text).map_err(|_| {
        failed("expected lines as user = \"...\", password = \"...\" or token = \"...\"")
    })?;
    Ok(Credentials {
        user: secrets.user,
        password: secrets.password,
        token: secrets.token,
    })
}

/// Says what was rejected, and how events of one time are ordered.
pub fn notes(log: &RemoteLog, common: &Common) {
    if common.quiet {
        return;
    }
    let report = log.import();
    let name = escape_line(&log.info().name);
    if report.n_rejected > 0 {
        let reasons = report.reasons.iter();
        let reasons: Vec<String> = reasons.map(|(reason, n)| format!("{n} {reason}")).collect();
        say::say(&format!(
            "{name}: rows rejected in total: {} ({})",
            report.n_rejected,
            reasons.join(", ")
        ));
    }
    if log.order().is_none() {
        say::say(&format!(
            "{name}: note: events of one time are in the order of their activities (--tie-column names a column \
             that orders them)"
        ));
    }
}

/// Opens a log for a call that ends with its answer, or by a signal.
pub fn open_to_report(common: &Common, address: &Address) -> Result<RemoteLog, Failure> {
    watch::engine_works();
    open(common, address, &|| watch::stop().is_cancelled())
}

/// Makes a report over an engine, writes it, and says what was wrong with the log.
pub fn report(
    spec: &Spec,
    common: &Common,
    matches: &ArgMatches,
    address: &Address,
    print: impl FnOnce(&dyn Report) -> Result<(), Failure>,
) -> Result<(), Failure> {
    watch::signals();
    watch::start_pool();
    let line = watch::ProgressLine::asking(!common.quiet);
    let asked = open_to_report(common, address).and_then(|log| {
        let ask = ReportContext::new(&log, common, LoadCost::default());
        Ok((spec.report(&ask, matches)?, log))
    });
    drop(line);
    watch::go_on();
    let (report, log) = asked?;
    notes(&log, common);
    print(report.as_ref())?;
    report.keep()?;
    if common.strict && log.import().n_rejected > 0 {
        let rows = counted(log.import().n_rejected, "row", "rows");
        return Err(Failure::new(
            code::STRICT,
            format!("--strict: {rows} rejected"),
        ));
    }
    report.verdict()
}

/// Size of a slice in words.
pub fn in_words(size: &SliceSize) -> String {
    let weight = match size.bytes as u64 {
        0..1_000_000 => "less than 1 MB".to_owned(),
        bytes => format!("about {}", megabytes(bytes)),
    };
    format!(
        "{} of {}, {weight}",
        counted(size.events, "event", "events"),
        counted(size.cases, "case", "cases"),
    )
}

/// Refuses a slice that is too large or empty.
pub fn check_size(size: &SliceSize, most: u64) -> Result<(), Failure> {
    if size.events == 0 {
        return Err(Failure::new(code::REFUSED, "the filters leave no event"));
    }
    if size.events > most {
        return Err(Failure::new(
            code::REFUSED,
            format!(
                "the filters leave {}, more than --most-events {most}: narrow them by --filter",
                in_words(size)
            ),
        ));
    }
    Ok(())
}

/// Fetches a slice by its statement into an output.
pub fn write_slice(
    log: &RemoteLog,
    statement: &str,
    progress: &Progress,
    output: &Output,
) -> Result<Fetched, Failure> {
    let mut failed = None;
    let written = output.write(|out| {
        let fetched = log.write_slice(statement, progress, out);
        fetched.map_err(|error| {
            let message = error.to_string();
            failed = Some(Failure::from(error));
            std::io::Error::other(message)
        })
    });
    match failed {
        Some(failure) => Err(failure),
        None => written,
    }
}

/// Fetches the slice of a view into an output as Arrow IPC.
pub fn fetch(
    log: &RemoteLog,
    statement: &str,
    size: &SliceSize,
    common: &Common,
    output: &Output,
) -> Result<(), Failure> {
    let progress: Arc<Progress> = Arc::default();
    progress
        .total_bytes
        .store(size.bytes as u64, std::sync::atomic::Ordering::Relaxed);
    let line = watch::ProgressLine::start(&progress, !common.quiet);
    let fetched = write_slice(log, statement, &progress, output);
    drop(line);
    let fetched = fetched?;
    if fetched.events != size.events && !common.quiet {
        say::say(&format!(
            "note: the table changed meanwhile: {} were counted, {} came",
            counted(size.events, "event", "events"),
            fetched.events
        ));
    }
    Ok(())
}

/// Path of the file of a slice: the statement and the address of the engine are its identity.
pub fn kept(log: &RemoteLog, address: &Address, statement: &str) -> Result<PathBuf, Failure> {
    let no_folder =
        |why: String| Failure::new(code::OUTPUT, format!("no folder for slices: {why}"));
    let cache = cache::path().map_err(no_folder)?;
    let folder = cache.with_file_name("casetrail-slices");
    // As the cache: private, marked, and never one that has files of others.
    Folder::open(&folder, true).map_err(no_folder)?;
    let identity = format!("{}\n{statement}", address.text());
    let hash = XxHash3_128::oneshot(identity.as_bytes());
    let name: String = log
        .info()
        .name
        .chars()
        .filter(|c| c.is_alphanumeric() || *c == '_')
        .collect();
    let name: String = name.chars().take(40).collect();
    Ok(folder.join(format!("{name}-{:016x}.arrow", hash as u64)))
}

/// True for a name that [`kept`] gives: files of others are never deleted.
fn is_slice(path: &Path) -> bool {
    let name = path.file_name().and_then(OsStr::to_str);
    let hash = name.and_then(|name| Some(name.strip_suffix(".arrow")?.rsplit_once('-')?.1));
    hash.is_some_and(|hash| hash.len() == 16 && hash.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// Deletes slices but the newest.
pub fn forget_old(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    let slices = entries.filter_map(|entry| {
        let path = entry.ok()?.path();
        let fetched = fs::metadata(&path).ok()?.modified().ok()?;
        is_slice(&path).then_some((fetched, path))
    });
    let mut slices: Vec<(SystemTime, PathBuf)> = slices.collect();
    slices.sort_unstable();
    let old = slices.len().saturating_sub(KEPT);
    for (_, path) in slices.into_iter().take(old) {
        // One that stays costs room, nothing else.
        let _ = fs::remove_file(path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slices_are_known_by_their_names() {
        assert!(is_slice(Path::new("/c/orders-0123456789abcdef.arrow")));
        for other in [
            "orders.arrow",
            "a-b.arrow",
            "orders-0123456789abcdef.csv",
            "x-0123456789abcdeg.arrow",
        ] {
            assert!(!is_slice(&Path::new("/c").join(other)), "{other}");
        }
    }
}
