//! A log in an engine: what is known of it after a look, the views of it, and what answers queries about them.

use super::answers;
use super::canary;
use super::conditions::Compiler;
use super::dialects::Dialect;
use super::frame::{BETWEEN, Frame, Parts};
use super::rows::{self, Rows};
use super::skeleton::{Values, skeleton};
use super::table::Table;
use super::{Connection, RemoteError};
use crate::engine::{
    ActivitiesQuery, Answer, Answers, AsOf, AskError, CasesQuery, ColumnInfo, EdgesQuery, Examples,
    FilterError, LogInfo, Request, Size, SummaryQuery, VariantsQuery, View,
};
use crate::event_log::{Cancel, ColumnKind, EventLog, Level, Progress, Role, Roles};
use crate::filter::{self, Atom, BindInputs, Expr, QueryError};
use crate::formats::{self, ImportReport, ReadOptions, Reason};
use crate::text::escape_line;
use arrow_array::RecordBatch;
use arrow_ipc::writer::StreamWriter;
use arrow_schema::{Schema, SchemaRef};
use chrono_tz::Tz;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Rows that are looked at before anything else.
const SAMPLE: usize = 1000;
/// Activities of a log at most.
const MOST_ACTIVITIES: usize = 10_000;
/// Different values of a column that filters name, at most.
const MOST_VALUES: usize = 100_000;

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
    info: LogInfo,
    report: ImportReport,
    /// Values of columns, as far as filters asked for them.
    values: Mutex<Values>,
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
    /// Looks at a log: checks that the engine gives the answers that it must, guesses the columns from the first
    /// rows, and counts rows and activities.
    ///
    /// # Errors
    /// The engine fails or answers wrongly; no table or column fits.
    pub fn open(connection: Box<dyn Connection>, wanted: &Wanted) -> Result<Self, RemoteError> {
        canary::check(&*connection, wanted.dialect)?;
        let relation = wanted.dialect.relation(&wanted.table);
        let mut sample = Vec::new();
        let schema = connection.run(
            &format!("SELECT * FROM {relation} LIMIT {SAMPLE}"),
            &mut |batch| {
                sample.push(batch);
                Ok(())
            },
        )?;
        let n_rows: usize = sample.iter().map(RecordBatch::num_rows).sum();
        let bytes: usize = sample.iter().map(RecordBatch::get_array_memory_size).sum();
        let guessed = guess(&schema, &sample, &wanted.roles);
        let table = Table::new(relation, &schema, &guessed, wanted.order.as_deref())?;
        check_zone(&*connection, wanted, &table)?;
        let mut log = RemoteLog {
            info: empty_info(wanted),
            report: ImportReport::default(),
            connection,
            dialect: wanted.dialect,
            table,
            values: Mutex::default(),
            row_bytes: bytes as f64 / n_rows.max(1) as f64,
        };
        log.probe(wanted)?;
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
            values: Mutex::default(),
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
        rows::ask(&*self.connection, &frame.statement(parts, more, select)?)
    }

    /// Runs a statement with a large answer.
    pub(super) fn stream(
        &self,
        sql: &str,
        each: &mut dyn FnMut(RecordBatch) -> Result<(), RemoteError>,
    ) -> Result<SchemaRef, RemoteError> {
        self.connection.run(sql, each)
    }

    /// Counts rows, what is missing in them, and activities.
    fn probe(&mut self, wanted: &Wanted) -> Result<(), RemoteError> {
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
        let answer = rows::ask(&*self.connection, &sql)?;
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
        let answer = self.ask(&frame, Parts::Events, &[], &select)?;
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
            ..empty_info(wanted)
        };
        Ok(())
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

    /// Number of events and cases up to a time, before conditions and filters.
    pub(super) fn totals(&self, until: Option<i64>) -> Result<(u64, u64), RemoteError> {
        if until.is_none() {
            return Ok((self.info.events, self.info.cases));
        }
        let frame = Frame {
            until,
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

    /// The frame of a view.
    ///
    /// # Errors
    /// A filter is wrong, or is of a kind that no engine evaluates.
    pub(super) fn frame(&self, view: &View) -> Result<Frame<'_>, AskError> {
        let refused = [
            (view.calendar.is_some(), "working time by a calendar"),
            (
                view.reference.is_some(),
                "conformance with a model or with variants",
            ),
            (view.ends.is_some(), "activities that end a case"),
            (!view.milestones.is_empty(), "milestones"),
        ];
        if let Some((_, what)) = refused.into_iter().find(|(is_asked, _)| *is_asked) {
            return Err(RemoteError::refused(what).into());
        }
        let mut frame = Frame::whole(self.dialect, &self.table);
        frame.until = self.until(view)?;
        let conditions = view.events.iter();
        let conditions = conditions.map(|text| {
            let condition =
                filter::parse_events(text).map_err(|error| filter_error(text, error))?;
            Ok((text, condition))
        });
        let conditions: Vec<_> = conditions.collect::<Result<_, AskError>>()?;
        let filters = view.filters.iter();
        let filters = filters.map(|text| {
            let expr = filter::parse(text).map_err(|error| filter_error(text, error))?;
            Ok((text, expr))
        });
        let filters: Vec<_> = filters.collect::<Result<_, AskError>>()?;
        if conditions.is_empty() && filters.is_empty() {
            return Ok(frame);
        }
        for (_, condition) in &conditions {
            self.learn(&Expr::Atom(Atom::Event(vec![condition.clone()])))?;
        }
        for (_, expr) in &filters {
            self.learn(expr)?;
        }
        let log = skeleton(&self.table, &self.info.activities, &self.known());
        let mut compiler = Compiler::new(self.dialect, &self.table, &log);
        let now = frame.until.or(self.info.span.map(|(_, last)| last));
        for (text, condition) in &conditions {
            let bound = filter::bind_events(condition, &log, self.inputs(now));
            let bound = bound.map_err(|error| filter_error(text, error))?;
            let condition = compiler.event_condition(bound.condition())?;
            frame.events.push(condition);
        }
        frame.needs = compiler.needs.clone();
        let now = self.now(&frame, now)?;
        let mut cases = Vec::new();
        for (text, expr) in &filters {
            cases.push(self.compiled(text, expr, &log, now, &mut compiler)?);
        }
        frame.needs = compiler.needs;
        if !cases.is_empty() {
            frame.cases = Some(cases.join(" AND "));
        }
        Ok(frame)
    }

    fn compiled(
        &self,
        text: &str,
        expr: &Expr,
        log: &EventLog,
        now: Option<i64>,
        compiler: &mut Compiler<'_>,
    ) -> Result<String, AskError> {
        let bound = filter::bind(expr, log, self.inputs(now));
        let bound = bound.map_err(|error| filter_error(text, error))?;
        let condition = compiler.case_condition(bound.root())?;
        Ok(format!("({condition})"))
    }

    fn inputs(&self, now: Option<i64>) -> BindInputs<'static> {
        BindInputs {
            now,
            ..self.info.zone.into()
        }
    }

    /// The time that `today` and `last` are relative to: that of the last event that conditions leave.
    fn now(&self, frame: &Frame<'_>, now: Option<i64>) -> Result<Option<i64>, RemoteError> {
        if frame.until.is_some() || frame.events.is_empty() {
            return Ok(now);
        }
        let answer = self.ask(frame, Parts::Events, &[], "SELECT max(t) FROM ev")?;
        answer.only()?.int(0)
    }

    /// The last instant of a view that looks at an earlier time.
    fn until(&self, view: &View) -> Result<Option<i64>, AskError> {
        let Some(text) = &view.as_of else {
            return Ok(None);
        };
        let wrong = |message: &str| FilterError {
            text: text.clone(),
            span: 0..text.len(),
            message: message.to_owned(),
        };
        let as_of = AsOf::parse(text).map_err(wrong)?;
        let Some((first, last)) = self.info.span else {
            return Err(wrong("the log has no events").into());
        };
        let until = as_of.instant(last, self.info.zone);
        if until < first {
            return Err(wrong("before the first event").into());
        }
        Ok(Some(until))
    }

    fn known(&self) -> MutexGuard<'_, Values> {
        self.values.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks for the values of the columns of text that a filter mentions.
    fn learn(&self, expr: &Expr) -> Result<(), RemoteError> {
        let mentions = expr.mentions();
        let named = mentions.columns.iter();
        let named = named.filter_map(|name| {
            let mut attributes = self.table.attributes();
            attributes.find(|&at| self.table.columns[at].name == *name)
        });
        let resource = self.table.resource.filter(|_| mentions.resource);
        for at in named.chain(resource) {
            if self.table.columns[at].kind != ColumnKind::Text || self.known().contains_key(&at) {
                continue;
            }
            let values = self.values_of(at)?;
            self.known().insert(at, values);
        }
        Ok(())
    }

    fn values_of(&self, at: usize) -> Result<Arc<[String]>, RemoteError> {
        let mut frame = Frame::whole(self.dialect, &self.table);
        frame.needs.columns.insert(at);
        let select = format!(
            "SELECT DISTINCT c{at} FROM ev WHERE c{at} IS NOT NULL LIMIT {}",
            MOST_VALUES + 1
        );
        let answer = self.ask(&frame, Parts::Events, &[], &select)?;
        let values = answer.iter().map(|row| Ok(row.name(0)?.to_owned()));
        let mut values: Vec<String> = values.collect::<Result<_, RemoteError>>()?;
        if values.len() > MOST_VALUES {
            return Err(RemoteError::refused(format!(
                "filters by column {}, which has more than {MOST_VALUES} different values",
                escape_line(&self.table.columns[at].name)
            )));
        }
        values.sort_unstable();
        Ok(values.into())
    }
}

/// Rows that are events.
const KNOWN: &str = "case_id IS NOT NULL AND activity IS NOT NULL AND t IS NOT NULL";

impl Answers for RemoteLog {
    fn info(&self) -> &LogInfo {
        &self.info
    }

    fn import(&self) -> &ImportReport {
        &self.report
    }

    fn answer(&self, view: &View, request: &Request, cancel: &Cancel) -> Result<Answer, AskError> {
        if view.versus.is_some() {
            return Err(RemoteError::refused("a comparison of two selections").into());
        }
        if request.get::<SummaryQuery>().is_some() {
            let answer = answers::summary(self, &self.frame(view)?)?;
            return Ok(Answer::new::<SummaryQuery>(answer));
        }
        if let Some(query) = request.get::<VariantsQuery>() {
            let answer = answers::variants(self, &self.frame(view)?, query)?;
            return Ok(Answer::new::<VariantsQuery>(answer));
        }
        if let Some(query) = request.get::<ActivitiesQuery>() {
            let answer = answers::activities(self, &self.frame(view)?, query, cancel)?;
            return Ok(Answer::new::<ActivitiesQuery>(answer));
        }
        if let Some(query) = request.get::<EdgesQuery>() {
            let answer = answers::edges(self, &self.frame(view)?, query, cancel)?;
            return Ok(Answer::new::<EdgesQuery>(answer));
        }
        if let Some(query) = request.get::<CasesQuery>() {
            let answer = answers::cases(self, &self.frame(view)?, query)?;
            return Ok(Answer::new::<CasesQuery>(answer));
        }
        Err(RemoteError::refused("this report").into())
    }

    fn size(&self, view: &View, _: &Cancel) -> Result<Size, AskError> {
        let (total_events, total_cases) = self.totals(self.until(view)?)?;
        let (mut events, mut cases) = (total_events, total_cases);
        if !view.filters.is_empty() || !view.events.is_empty() {
            let selected = self.slice_size(view)?;
            (events, cases) = (selected.events, selected.cases);
        }
        Ok(Size {
            cases,
            events,
            total_cases,
            total_events,
        })
    }
}

/// Refuses times without a zone where they would not be those of UTC.
fn check_zone(
    connection: &dyn Connection,
    wanted: &Wanted,
    table: &Table,
) -> Result<(), RemoteError> {
    let Some(column) = table.local_times() else {
        return Ok(());
    };
    let column = escape_line(column);
    if wanted.zone != Tz::UTC {
        return Err(RemoteError::Name(format!(
            "column {column} has times without a zone, which are read as UTC in an engine, not as {}; a view of the \
             engine can give them one",
            wanted.zone
        )));
    }
    let begin = (wanted.dialect.micros)("CAST('1970-01-01 00:00:00' AS TIMESTAMP)");
    let answer = rows::ask(connection, &format!("SELECT {begin}"))?;
    if answer.only()?.known(0)? != 0 {
        return Err(RemoteError::Name(format!(
            "column {column} has times without a zone, and the time zone of the engine is not UTC: set it \
             (spark.sql.session.timeZone)"
        )));
    }
    Ok(())
}

fn filter_error(text: &str, error: QueryError) -> AskError {
    AskError::Filter(FilterError {
        text: text.to_owned(),
        span: error.span,
        message: error.message,
    })
}

/// The columns of the roles: those that are given, the others guessed as of a file with these rows.
fn guess(schema: &Schema, sample: &[RecordBatch], given: &Roles) -> Roles {
    let look = || {
        let mut writer = StreamWriter::try_new(Vec::new(), schema).ok()?;
        for batch in sample {
            writer.write(batch).ok()?;
        }
        let bytes = writer.into_inner().ok()?;
        let options = ReadOptions {
            columns: given.clone(),
            ..ReadOptions::default()
        };
        let bytes: &[u8] = &bytes;
        formats::look(&bytes, &options, &Progress::default()).ok()
    };
    look().map_or_else(|| given.clone(), |looked| looked.roles)
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
