//! The first rows of a table: what its columns are guessed from, and what is shown of it before the log is opened.

use super::dialects::Dialect;
use super::table::Table;
use super::{Connection, RemoteError, Stop, Wanted, canary};
use crate::event_log::{Progress, Role, Roles};
use crate::formats::{self, ImportError, Inspection, Preview, ReadOptions};
use crate::text::escape_line;
use arrow_array::RecordBatch;
use arrow_ipc::writer::StreamWriter;
use arrow_schema::SchemaRef;
use chrono_tz::Tz;

/// Rows of a sample.
const ROWS: usize = 1000;

/// Roles that a column of a table can have: each row is one event.
const ROLES: [Role; 4] = [Role::Case, Role::Activity, Role::Time, Role::Resource];

/// The first rows of a table in an engine that answers as it must.
#[derive(Debug, Clone)]
pub struct Sample {
    dialect: &'static Dialect,
    relation: String,
    schema: SchemaRef,
    /// The rows as a stream of Arrow IPC.
    bytes: Vec<u8>,
    rows: usize,
    /// Bytes of a row in memory.
    pub(super) row_bytes: f64,
}

impl Sample {
    /// Checks that the engine gives the answers that it must, and asks for the first rows of the table.
    ///
    /// # Errors
    /// The engine fails or answers wrongly; there is no such table.
    pub fn take(
        connection: &dyn Connection,
        wanted: &Wanted,
        stop: Stop<'_>,
    ) -> Result<Self, RemoteError> {
        let dialect = wanted.dialect;
        canary::check(connection, dialect, stop)?;
        let relation = dialect.relation(&wanted.table);
        let mut batches = Vec::new();
        let schema = connection.run(
            &format!("SELECT * FROM {relation} LIMIT {ROWS}"),
            stop,
            &mut |batch| {
                batches.push(batch);
                Ok(())
            },
        )?;
        let rows: usize = batches.iter().map(RecordBatch::num_rows).sum();
        let bytes: usize = batches.iter().map(RecordBatch::get_array_memory_size).sum();
        let written = || {
            let mut writer = StreamWriter::try_new(Vec::new(), &schema)?;
            batches.iter().try_for_each(|batch| writer.write(batch))?;
            writer.into_inner()
        };
        Ok(Sample {
            dialect,
            relation,
            bytes: written().map_err(|error| RemoteError::engine(error.to_string()))?,
            rows,
            row_bytes: bytes as f64 / rows.max(1) as f64,
            schema,
        })
    }

    /// Looks at the columns; roles that are not given are guessed as of a file with these rows.
    ///
    /// # Errors
    /// The rows cannot be read as a file.
    pub fn look(&self, wanted: &Wanted) -> Result<Inspection, RemoteError> {
        let given = &wanted.roles;
        let options = ReadOptions {
            columns: given.clone(),
            ..ReadOptions::default()
        };
        let mut look = formats::look(&self.bytes.as_slice(), &options, &Progress::default())
            .map_err(|error| unread(&error))?
            .without_samples();
        for roles in [&mut look.roles, &mut look.proposed] {
            for role in Role::ALL.into_iter().filter(|role| !ROLES.contains(role)) {
                roles[role].clear();
            }
        }
        look.format = self.dialect.name;
        look.facts.clear();
        look.rows = self.is_whole().then_some(self.rows as u64);
        look.times.clear();
        look.in_engine = Some(&ROLES);
        look.doubtful = !look.doubts.is_empty();
        if let Err(why) = self.table_of(&look.roles, wanted) {
            look.doubtful = true;
            if look.doubts.is_empty() {
                look.doubts.push(format!("Not a log yet: {why}."));
            }
        }
        Ok(look)
    }

    /// The first rows as they would be read.
    ///
    /// # Errors
    /// The columns of the roles do not make a log of an engine.
    pub fn preview(&self, wanted: &Wanted) -> Result<Preview, RemoteError> {
        self.table_of(&wanted.roles, wanted)?;
        let options = ReadOptions {
            columns: wanted.roles.clone(),
            ..ReadOptions::default()
        };
        let preview = formats::preview(&self.bytes.as_slice(), &options, &Progress::default());
        let mut preview = preview.map_err(|error| unread(&error))?;
        preview.whole &= self.is_whole();
        Ok(preview)
    }

    /// The table with the columns of the roles, guessed where they are not given.
    pub(super) fn table(&self, wanted: &Wanted) -> Result<Table, RemoteError> {
        let looked = self.look(wanted);
        let roles = looked.map_or_else(|_| wanted.roles.clone(), |look| look.roles);
        self.table_of(&roles, wanted)
    }

    fn table_of(&self, roles: &Roles, wanted: &Wanted) -> Result<Table, RemoteError> {
        let (relation, order) = (self.relation.clone(), wanted.order.as_deref());
        let table = Table::new(relation, &self.schema, roles, order)?;
        match table.local_times() {
            Some(column) if wanted.zone != Tz::UTC => Err(RemoteError::Name(format!(
                "column {} has times without a zone, which are read as UTC in an engine, not as {}; a view of the \
                 engine can give them one",
                escape_line(column),
                wanted.zone
            ))),
            _ => Ok(table),
        }
    }

    fn is_whole(&self) -> bool {
        self.rows < ROWS
    }
}

fn unread(error: &ImportError) -> RemoteError {
    RemoteError::Name(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::remote::DIALECTS;
    use arrow_array::{ArrayRef, Int64Array, StringArray, TimestampMicrosecondArray};
    use arrow_schema::Schema;
    use std::sync::Arc;

    /// A sample of the columns of these names: texts, numbers, times.
    fn sample(texts: &[&str], numbers: &[&str], times: &[&str]) -> Sample {
        let rows = 0..40;
        let text = |i: usize| format!("v{}", i % 7);
        let mut columns: Vec<(&str, ArrayRef)> = Vec::new();
        columns.extend(texts.iter().map(|name| {
            let array: ArrayRef =
                Arc::new(rows.clone().map(|i| Some(text(i))).collect::<StringArray>());
            (*name, array)
        }));
        columns.extend(numbers.iter().map(|name| {
            let array: ArrayRef =
                Arc::new(rows.clone().map(|i| i as i64 % 9).collect::<Int64Array>());
            (*name, array)
        }));
        columns.extend(times.iter().map(|name| {
            let later = 60_000_000 * name.len() as i64;
            let array = rows.clone().map(|i| Some(i as i64 * 3_600_000_000 + later));
            let array = array.collect::<TimestampMicrosecondArray>();
            (*name, Arc::new(array) as ArrayRef)
        }));
        let batch = RecordBatch::try_from_iter(columns).unwrap();
        let mut writer = StreamWriter::try_new(Vec::new(), &batch.schema()).unwrap();
        writer.write(&batch).unwrap();
        Sample {
            dialect: &DIALECTS[0],
            relation: "t".to_owned(),
            schema: Arc::new(Schema::clone(&batch.schema())),
            bytes: writer.into_inner().unwrap(),
            rows: batch.num_rows(),
            row_bytes: 10.0,
        }
    }

    fn wanted(roles: &[(Role, &str)]) -> Wanted {
        let mut wanted = Wanted {
            name: "t".to_owned(),
            table: "t".to_owned(),
            roles: Roles::default(),
            order: None,
            dialect: &DIALECTS[0],
            zone: Tz::UTC,
        };
        for (role, name) in roles {
            wanted.roles[*role].push((*name).to_owned());
        }
        wanted
    }

    #[test]
    fn roles_are_those_that_an_engine_has() {
        let known = sample(
            &["activity", "lifecycle:transition", "resource"],
            &["case_id"],
            &["started", "timestamp"],
        );
        let look = known.look(&wanted(&[])).unwrap();
        assert!(!look.doubtful, "{:?}", look.doubts);
        let roles = &look.roles;
        assert_eq!(roles[Role::Time], ["timestamp"]);
        assert_eq!(roles[Role::Resource], ["resource"]);
        for role in [Role::Start, Role::Lifecycle] {
            assert_eq!(roles[role], [""; 0]);
            assert_eq!(look.proposed[role], [""; 0]);
        }
        let preview = known.preview(&wanted(&[
            (Role::Case, "case_id"),
            (Role::Activity, "activity"),
            (Role::Time, "timestamp"),
        ]));
        let preview = preview.unwrap();
        assert_eq!(
            (preview.cases, preview.events, preview.whole),
            (9, 40, true)
        );
    }

    #[test]
    fn what_is_no_log_yet_is_in_doubt() {
        let unknown = sample(&["p", "q"], &["n"], &["z"]);
        assert!(unknown.look(&wanted(&[])).unwrap().doubtful);
        assert!(unknown.table(&wanted(&[])).is_err());
        let named = wanted(&[(Role::Case, "n"), (Role::Activity, "p"), (Role::Time, "z")]);
        assert!(!unknown.look(&named).unwrap().doubtful);
        assert!(unknown.table(&named).is_ok());
        // A text is no time, times without a zone are those of UTC, and a role is one column.
        let text = wanted(&[(Role::Case, "n"), (Role::Activity, "p"), (Role::Time, "q")]);
        let look = unknown.look(&text).unwrap();
        assert!(
            look.doubtful && look.doubts[0].contains("timestamp"),
            "{:?}",
            look.doubts
        );
        assert!(unknown.preview(&text).is_err());
        let berlin = Wanted {
            zone: Tz::Europe__Berlin,
            ..named.clone()
        };
        assert!(unknown.table(&berlin).is_err());
        let mut joined = named;
        joined.roles[Role::Activity].push("q".to_owned());
        assert!(unknown.table(&joined).is_err());
    }
}
