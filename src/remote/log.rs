//! A log in an engine: what is known of it after a look, the views of it, and what answers queries about them.

use super::dialects::Dialect;
use super::frame::{BETWEEN, Frame, Parts};
use super::rows::{self, Known, Rows};
use super::sample::Sample;
use super::skeleton::Values;
use super::table::Table;
use super::{Connection, RemoteError, Stop};
use crate::engine::{ColumnInfo, Examples, LogInfo, LogPlace, Timing};
use crate::event_log::{Cancel, Level, Role, Roles};
use crate::formats::{ImportReport, Notice, Reason};
use crate::text::escape_line;
use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use chrono_tz::Tz;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

/// Activities of a log at most.
const MOST_ACTIVITIES: usize = 10_000;

/// The log that is wanted.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Name for titles.
    pub name: String,
    /// The table: its name, files, or an expression of the dialect.
    pub table: String,
    /// Columns of the roles, as far as they are given.
    pub roles: Roles,
    /// Column that orders events of one time.
    pub order: Option<String>,
    /// What the engine speaks.
    pub dialect: &'static Dialect,
    /// Zone of times without offset in filters.
    pub zone: Tz,
}

/// A log in an engine.
pub struct RemoteLog {
    connection: Box<dyn Connection>,
    pub(super) dialect: &'static Dialect,
    pub(super) table: Table,
    pub(super) info: LogInfo,
    pub(super) report: ImportReport,
    /// Deadlines and what ends cases, as defined by the user.
    pub(super) timing: Timing,
    /// Values of columns, as far as filters asked for them.
    values: Mutex<Values>,
    /// Levels of the attributes, once they were asked for.
    levels: OnceLock<Arc<[Level]>>,
    /// Answers to statements.
    known: Mutex<Known>,
    /// Bytes of a row of the sample.
    pub(super) row_bytes: f64,
}

impl std::fmt::Debug for RemoteLog {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RemoteLog")
            .field("dialect", &self.dialect.name)
            .field("table", &self.table)
            .finish_non_exhaustive()
    }
}

impl RemoteLog {
    /// Opens a log: finds the columns, which are guessed from the first rows where they are not given, and counts
    /// rows and activities.
    ///
    /// # Errors
    /// The engine fails; no column fits.
    pub fn open(
        connection: Box<dyn Connection>,
        sample: &Sample,
        wanted: &Wanted,
        stop: Stop<'_>,
    ) -> Result<Self, RemoteError> {
        let table = sample.table(wanted)?;
        check_zone(&*connection, wanted, &table, stop)?;
        let mut log = RemoteLog {
            info: empty_info(wanted),
            report: ImportReport::default(),
            connection,
            dialect: wanted.dialect,
            table,
            timing: Timing::default(),
            values: Mutex::default(),
            levels: OnceLock::new(),
            known: Mutex::default(),
            row_bytes: sample.row_bytes,
        };
        log.probe(wanted, stop)?;
        Ok(log)
    }

    /// A log that nothing was asked about.
    #[cfg(test)]
    pub(super) fn for_tests(
        connection: Box<dyn Connection>,
        dialect: &'static Dialect,
        table: Table,
        activities: Vec<Arc<str>>,
    ) -> Self {
        let wanted = Wanted {
            name: "sales.events".to_owned(),
            table: "sales.events".to_owned(),
            roles: Roles::default(),
            order: None,
            dialect,
            zone: Tz::UTC,
        };
        RemoteLog {
            info: LogInfo {
                activities,
                ..empty_info(&wanted)
            },
            report: ImportReport::default(),
            connection,
            dialect,
            table,
            timing: Timing::default(),
            values: Mutex::default(),
            levels: OnceLock::new(),
            known: Mutex::default(),
            row_bytes: 0.0,
        }
    }

    /// Asks a SELECT about the events of a frame; see [`Frame::statement`].
    pub(super) fn ask(
        &self,
        frame: &Frame<'_>,
        parts: Parts,
        more: &[(&str, String)],
        select: &str,
    ) -> Result<Rows, RemoteError> {
        let statement = frame.statement(parts, more, select);
        if let Some(rows) = locked(&self.known).get(&statement) {
            return Ok(rows);
        }
        let stop = || frame.cancel.is_cancelled();
        let rows = rows::ask(&*self.connection, &statement, &stop)?;
        locked(&self.known).put(statement, rows.clone());
        Ok(rows)
    }

    /// Runs a statement with a large answer.
    pub(super) fn stream(
        &self,
        sql: &str,
        stop: Stop<'_>,
        each: &mut dyn FnMut(RecordBatch) -> Result<(), RemoteError>,
    ) -> Result<SchemaRef, RemoteError> {
        self.connection.run(sql, stop, each)
    }

    /// Counts rows, what is missing in them, and activities.
    fn probe(&mut self, wanted: &Wanted, stop: Stop<'_>) -> Result<(), RemoteError> {
        let frame = Frame::whole(self.dialect, &self.table);
        let flag = |condition: &str| {
            format!("CAST(coalesce(sum(CASE WHEN {condition} THEN 1 ELSE 0 END), 0) AS BIGINT)")
        };
        let sql = format!(
            "WITH src AS ({})\nSELECT {}, {}, {}, {}, count(DISTINCT CASE WHEN {known} THEN case_id END), \
             min(CASE WHEN {known} THEN t END), max(CASE WHEN {known} THEN t END) FROM src",
            frame.source(std::iter::empty()),
            flag("case_id IS NULL"),
            flag("case_id IS NOT NULL AND activity IS NULL"),
            flag("case_id IS NOT NULL AND activity IS NOT NULL AND t IS NULL"),
            flag(KNOWN),
            known = KNOWN,
        );
        let answer = rows::ask(&*self.connection, &sql, stop)?;
        let row = answer.only()?;
        let rejected = [
            (Reason::EmptyCase, row.count(0)?),
            (Reason::EmptyActivity, row.count(1)?),
            (Reason::EmptyTime, row.count(2)?),
        ];
        let (events, cases) = (row.count(3)?, row.count(4)?);
        let span = row.int(5)?.zip(row.int(6)?);
        let select = format!(
            "SELECT activity, count(*) AS n FROM ev GROUP BY activity ORDER BY n DESC, activity LIMIT {}",
            MOST_ACTIVITIES + 1
        );
        let statement = frame.statement(Parts::Events, &[], &select);
        let answer = rows::ask(&*self.connection, &statement, stop)?;
        let activities = answer.iter().map(|row| Ok(Arc::from(row.name(0)?)));
        let activities: Vec<Arc<str>> = activities.collect::<Result<_, RemoteError>>()?;
        let column = escape_line(&self.table.columns[self.table.activity].name);
        if activities.len() > MOST_ACTIVITIES {
            return Err(RemoteError::Name(format!(
                "column {column} has more than {MOST_ACTIVITIES} different values: name the column of the activity"
            )));
        }
        if let Some(name) = activities.iter().find(|name| name.contains(BETWEEN)) {
            return Err(RemoteError::Name(format!(
                "activity {} has the character U+0001, which stands between activities here",
                escape_line(name)
            )));
        }
        let report = &mut self.report;
        report.files = vec![wanted.name.clone()];
        self.dialect.name.clone_into(&mut report.format);
        report.n_rejected = rejected.iter().map(|(_, n)| n).sum();
        report.reasons = rejected.into_iter().filter(|(_, n)| *n > 0).collect();
        report.lines.loaded = events;
        report.lines.rejected = report.n_rejected;
        report.mapping = self.table.mapping();
        self.info = LogInfo {
            events,
            cases,
            activities,
            columns: self
                .table
                .attributes()
                .map(|at| self.column_info(at))
                .collect(),
            resource: self
                .table
                .resource
                .and_then(|resource| self.table.attributes().position(|at| at == resource)),
            span,
            mapping: self.report.mapping.clone(),
            rejected: self.report.n_rejected,
            warnings: self.warnings(),
            ..empty_info(wanted)
        };
        Ok(())
    }

    /// Sentences on how the log is read.
    fn warnings(&self) -> Vec<Notice> {
        let tied = self.table.order.is_none().then(|| Notice {
            sentence: "no column that orders events of one time is named: they are in the order of their activities"
                .to_owned(),
            setting: None,
        });
        tied.into_iter().collect()
    }

    fn column_info(&self, at: usize) -> ColumnInfo {
        let column = &self.table.columns[at];
        ColumnInfo {
            name: Arc::from(column.name.as_str()),
            kind: column.kind,
            level: Level::Event,
            shadowed: false,
            values: None,
        }
    }

    pub(super) fn values(&self) -> MutexGuard<'_, Values> {
        locked(&self.values)
    }

    /// The levels of the attributes: one whose value never changes within a case is one of cases.
    pub(super) fn levels(&self, cancel: &Cancel) -> Result<Arc<[Level]>, RemoteError> {
        if let Some(known) = self.levels.get() {
            return Ok(Arc::clone(known));
        }
        let mut frame = Frame::whole(self.dialect, &self.table);
        frame.cancel = cancel.clone();
        let attributes: Vec<usize> = self.table.attributes().collect();
        if attributes.is_empty() {
            return Ok(Arc::default());
        }
        frame.needs.columns.extend(&attributes);
        let changes = attributes.iter().map(|at| {
            format!(
                ", CASE WHEN count(c{at}) = 0 OR count(c{at}) = count(*) AND min(c{at}) = max(c{at}) \
                 THEN 0 ELSE 1 END AS x{at}"
            )
        });
        let changes: String = changes.collect();
        let cases = format!("SELECT case_id{changes} FROM ev GROUP BY case_id");
        let most: Vec<String> = attributes.iter().map(|at| format!("max(x{at})")).collect();
        let select = format!("SELECT {} FROM changes", most.join(", "));
        let answer = self.ask(&frame, Parts::Events, &[("changes", cases)], &select)?;
        let row = answer.only()?;
        let levels = (0..attributes.len()).map(|at| {
            Ok(match row.int(at)? {
                Some(1) => Level::Event,
                _ => Level::Case,
            })
        });
        let levels: Arc<[Level]> = levels.collect::<Result<_, RemoteError>>()?;
        Ok(Arc::clone(self.levels.get_or_init(|| levels)))
    }

    /// Number of events and cases up to a time, before conditions and filters.
    pub(super) fn totals(
        &self,
        until: Option<i64>,
        cancel: &Cancel,
    ) -> Result<(u64, u64), RemoteError> {
        if until.is_none() {
            return Ok((self.info.events, self.info.cases));
        }
        let frame = Frame {
            until,
            cancel: cancel.clone(),
            ..Frame::whole(self.dialect, &self.table)
        };
        let select = "SELECT count(*), count(DISTINCT case_id) FROM ev";
        let answer = self.ask(&frame, Parts::Events, &[], select)?;
        let row = answer.only()?;
        Ok((row.count(0)?, row.count(1)?))
    }

    /// The columns of the roles.
    pub fn roles(&self) -> Roles {
        let (table, mut roles) = (&self.table, Roles::default());
        for (role, at) in [
            (Role::Case, Some(table.case)),
            (Role::Activity, Some(table.activity)),
            (Role::Time, Some(table.time)),
            (Role::Resource, table.resource),
        ] {
            roles[role].extend(at.map(|at| table.columns[at].name.clone()));
        }
        roles
    }

    /// The column that orders events of one time, if one does.
    pub fn order(&self) -> Option<&str> {
        self.table
            .order
            .map(|at| self.table.columns[at].name.as_str())
    }
}

/// Rows that are events.
const KNOWN: &str = "case_id IS NOT NULL AND activity IS NOT NULL AND t IS NOT NULL";

/// Refuses times without a zone where the engine does not take them as those of UTC.
fn check_zone(
    connection: &dyn Connection,
    wanted: &Wanted,
    table: &Table,
    stop: Stop<'_>,
) -> Result<(), RemoteError> {
    let Some(column) = table.local_times() else {
        return Ok(());
    };
    let begin = (wanted.dialect.micros)("CAST('1970-01-01 00:00:00' AS TIMESTAMP)");
    let answer = rows::ask(connection, &format!("SELECT {begin}"), stop)?;
    if answer.only()?.known(0)? != 0 {
        return Err(RemoteError::Name(format!(
            "column {} has times without a zone, and the time zone of the engine is not UTC: set it \
             (spark.sql.session.timeZone)",
            escape_line(column)
        )));
    }
    Ok(())
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Nothing known but the name.
fn empty_info(wanted: &Wanted) -> LogInfo {
    LogInfo {
        name: wanted.name.clone(),
        events: 0,
        cases: 0,
        variants: 0,
        activities: Vec::new(),
        columns: Vec::new(),
        resource: None,
        instances: false,
        span: None,
        mapping: Vec::new(),
        place: LogPlace::Engine,
        rejected: 0,
        redacted: false,
        shifted: false,
        least: 0,
        stopped: false,
        warnings: Vec::new(),
        milestones: Vec::new(),
        deadlines: 0,
        conform_rules: 0,
        outcomes: Vec::new(),
        costs: false,
        scores: false,
        noted: &[],
        since: None,
        calendar: None,
        zone: wanted.zone,
        bytes: 0,
        examples: Examples::default(),
    }
}
