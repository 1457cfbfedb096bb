//! OCEL 2.0 as an SQLite database. The database is taken into memory and opened there, read-only:
//! no path is touched, and only plain tables are asked.

use super::model::{Attribute, Event, Fault, Model, Object, Relation, Text};
use crate::event_log::Progress;
use crate::formats::{Bytes, ImportError, Reason};
use hashbrown::{HashMap, HashSet};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, MAIN_DB, Row};
use std::io::Read;

/// The first bytes of a database.
const MAGIC: &[u8] = b"SQLite format 3\0";
/// Bytes of the largest database.
const LARGEST: u64 = 4 << 30;
/// Rows between two looks at whether the load is cancelled.
const ROWS: u64 = 1 << 12;

/// Returns whether these are the first bytes of a database.
pub fn sniff(head: &[u8]) -> bool {
    head.starts_with(MAGIC)
}

/// Reads a database.
pub fn read(input: &dyn Bytes, progress: &Progress) -> Result<Model, ImportError> {
    let database = open(input, progress)?;
    let mut reader = Reader {
        database: &database,
        model: Model::default(),
        progress,
        faults: Vec::new(),
    };
    reader.check()?;
    reader.read()?;
    let Reader {
        mut model, faults, ..
    } = reader;
    model.lines = model.events.len() as u64;
    model.fault = faults.into_iter().next().map(|value| Fault {
        line: None,
        reason: Reason::Damaged,
        value,
    });
    Ok(model)
}

#[expect(clippy::needless_pass_by_value, reason = "as map_err gives it")]
fn damaged(error: rusqlite::Error) -> ImportError {
    ImportError::refused(format!("is a damaged SQLite database: {error}"))
}

fn open(input: &dyn Bytes, progress: &Progress) -> Result<Connection, ImportError> {
    if input.len() > LARGEST {
        return Err(ImportError::refused(
            "is an SQLite database of more than 4 GiB, which is not read",
        ));
    }
    check_length(input)?;
    let mut database = Connection::open_in_memory().map_err(damaged)?;
    let image = Image {
        input,
        at: 0,
        progress,
    };
    let len = input.len() as usize;
    database
        .deserialize_read_exact(MAIN_DB, image, len, true)
        .map_err(damaged)?;
    // Nothing in the database may do more than be read, and nothing is written to a disk.
    database
        .execute_batch(
            "PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY; PRAGMA cell_size_check = ON;",
        )
        .map_err(damaged)?;
    // What SQLite itself finds: rows that are no rows, pages in no tree or in two.
    let found: String = database
        .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
        .map_err(damaged)?;
    if found != "ok" {
        let found = found.replace('\n', ": ");
        return Err(ImportError::refused(format!(
            "is a damaged SQLite database: {found}"
        )));
    }
    Ok(database)
}

/// Refuses a database that is shorter than its header says. SQLite takes what is missing for zeros, and
/// then tables end early without an error.
fn check_length(input: &dyn Bytes) -> Result<(), ImportError> {
    let mut header = [0; 100];
    let mut read = 0;
    while read < header.len() {
        match input.read_at(read as u64, &mut header[read..]) {
            Ok(0) => break,
            Ok(n) => read += n,
            Err(error) => return Err(ImportError::refused(format!("cannot be read: {error}"))),
        }
    }
    let number = |at: usize| {
        let bytes = [header[at], header[at + 1], header[at + 2], header[at + 3]];
        u64::from(u32::from_be_bytes(bytes))
    };
    let page = match u16::from_be_bytes([header[16], header[17]]) {
        1 => 65_536,
        bytes => u64::from(bytes),
    };
    // The number of pages counts only where the program that last wrote knew of it (file format, 1.3.7).
    let pages = number(28);
    if read == header.len() && pages > 0 && number(24) == number(92) && input.len() < page * pages {
        return Err(ImportError::refused(format!(
            "is an SQLite database that was cut: it has {} bytes of {}; copy it again",
            input.len(),
            page * pages
        )));
    }
    Ok(())
}

/// The bytes of a database, as they are read.
struct Image<'a> {
    input: &'a dyn Bytes,
    at: u64,
    progress: &'a Progress,
}

impl Read for Image<'_> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        self.progress.check().map_err(std::io::Error::other)?;
        // Small pieces, so that a load is cancelled soon.
        let most = out.len().min(1 << 20);
        let n = self.input.read_at(self.at, &mut out[..most])?;
        // A database in memory cannot have a write-ahead log: two bytes say that this one has.
        for place in [18u64, 19] {
            if let Some(at) = place.checked_sub(self.at)
                && (at as usize) < n
                && out[at as usize] == 2
            {
                out[at as usize] = 1;
            }
        }
        self.at += n as u64;
        let read = std::sync::atomic::Ordering::Relaxed;
        self.progress.bytes.fetch_add(n as u64, read);
        Ok(n)
    }
}

struct Reader<'a> {
    database: &'a Connection,
    model: Model,
    progress: &'a Progress,
    /// Faults in the midst of tables, whose rows before are kept.
    faults: Vec<String>,
}

/// Types of events or objects.
#[derive(Default)]
struct Types {
    /// The tables with their attributes.
    tables: Vec<String>,
    names: HashSet<Vec<u8>>,
    /// Types by the name that their table bears; `None` of a name that several have.
    by_map: HashMap<Vec<u8>, Option<Vec<u8>>>,
}

impl Types {
    /// The type that an event or object names: some writers name it as its table is called.
    fn resolve<'t>(&'t self, named: &'t [u8]) -> &'t [u8] {
        match self.by_map.get(named) {
            Some(Some(kind)) if !self.names.contains(named) => kind,
            _ => named,
        }
    }
}

/// Positions of events or objects by id.
type Positions = HashMap<Vec<u8>, u32>;

/// The values of a row, of the columns that were asked for.
type Values = [Option<Vec<u8>>];

impl Reader<'_> {
    /// Refuses a database that is no object-centric log.
    fn check(&self) -> Result<(), ImportError> {
        let mut missing = Vec::new();
        for table in [
            "event",
            "object",
            "event_object",
            "event_map_type",
            "object_map_type",
        ] {
            if !self.has_table(table)? {
                missing.push(table);
            }
        }
        if missing.is_empty() {
            return Ok(());
        }
        Err(ImportError::refused(format!(
            "is an SQLite database, but no object-centric log (OCEL 2.0), which has the tables {}; \
             export a table as CSV",
            missing.join(", ")
        )))
    }

    /// Returns whether there is a plain table of that name: views and virtual tables are programs.
    fn has_table(&self, name: &str) -> Result<bool, ImportError> {
        let query = "SELECT count(*) FROM sqlite_master \
                     WHERE type = 'table' AND rootpage > 0 AND name = ?1 COLLATE NOCASE";
        let n = self.database.query_row(query, [name], |row| row.get(0));
        let n: i64 = n.map_err(damaged)?;
        Ok(n > 0)
    }

    /// The plain columns of a table: generated ones are programs.
    fn columns(&self, table: &str) -> rusqlite::Result<Vec<String>> {
        let query = "SELECT name FROM pragma_table_info(?1)";
        let mut statement = self.database.prepare(query)?;
        statement.query_map([table], |row| row.get(0))?.collect()
    }

    fn read(&mut self) -> Result<(), ImportError> {
        let object_types = self.types("object")?;
        let event_types = self.types("event")?;
        let objects = self.objects(&object_types)?;
        let events = self.events(&event_types)?;
        for table in self.present(object_types.tables)? {
            self.object_values(&table, &objects)?;
        }
        for table in self.present(event_types.tables)? {
            self.event_values(&table, &events)?;
        }
        self.relations(&events)
    }

    /// Calls `each` with the number of every row of a table and the values of some columns. A fault
    /// ends it; the rows before stay.
    fn each(
        &mut self,
        table: &str,
        columns: &[&str],
        mut each: impl FnMut(&mut Model, u64, &Values),
    ) -> Result<(), ImportError> {
        let names: Vec<String> = columns.iter().map(|name| quoted(name)).collect();
        // Without an index rows come in the order in which they were written.
        let query = format!(
            "SELECT {} FROM {} NOT INDEXED",
            names.join(", "),
            quoted(table)
        );
        // Damage in one table costs its further rows, not the log.
        if let Err(error) = self.run(&query, columns.len(), &mut each)? {
            self.faults.push(format!("{table}: {error}"));
        }
        Ok(())
    }

    fn run(
        &mut self,
        query: &str,
        n_columns: usize,
        each: &mut impl FnMut(&mut Model, u64, &Values),
    ) -> Result<rusqlite::Result<()>, ImportError> {
        let mut statement = match self.database.prepare(query) {
            Ok(statement) => statement,
            Err(error) => return Ok(Err(error)),
        };
        let mut rows = match statement.query([]) {
            Ok(rows) => rows,
            Err(error) => return Ok(Err(error)),
        };
        for number in 1.. {
            if number % ROWS == 0 {
                self.progress.check()?;
            }
            let row = match rows.next() {
                Ok(Some(row)) => row,
                Ok(None) => break,
                Err(error) => return Ok(Err(error)),
            };
            match (0..n_columns).map(|column| value(row, column)).collect() {
                Ok(values) => {
                    let values: Vec<_> = values;
                    each(&mut self.model, number, &values);
                }
                Err(error) => return Ok(Err(error)),
            }
        }
        Ok(Ok(()))
    }

    fn objects(&mut self, types: &Types) -> Result<Positions, ImportError> {
        let mut positions = HashMap::new();
        self.each("object", &["ocel_id", "ocel_type"], |model, line, row| {
            let id = row[0].as_deref().unwrap_or_default();
            let object = Object {
                id: model.text(id),
                kind: model.name(types.resolve(row[1].as_deref().unwrap_or_default())),
                line,
            };
            let at = model.add_object(object);
            // Of objects with one id the first counts, as in the other formats.
            positions.entry(id.to_vec()).or_insert(at);
        })?;
        Ok(positions)
    }

    /// The events, still without their timestamps.
    fn events(&mut self, types: &Types) -> Result<Positions, ImportError> {
        let mut positions = HashMap::new();
        self.each("event", &["ocel_id", "ocel_type"], |model, line, row| {
            let id = row[0].as_deref().unwrap_or_default();
            let event = Event {
                id: model.text(id),
                kind: model.name(types.resolve(row[1].as_deref().unwrap_or_default())),
                time: Text::default(),
                line,
            };
            let at = model.add_event(event);
            positions.entry(id.to_vec()).or_insert(at);
        })?;
        Ok(positions)
    }

    /// The types of events or objects.
    fn types(&mut self, of: &str) -> Result<Types, ImportError> {
        let mut types = Types::default();
        let map = format!("{of}_map_type");
        self.each(&map, &["ocel_type", "ocel_type_map"], |model, _, row| {
            let [kind, map] = row else { return };
            let kind = kind.as_deref().unwrap_or_default();
            if of == "object" {
                let name = model.name(kind);
                model.object_types.push(name);
            }
            let map = map.as_deref().unwrap_or_default();
            types
                .tables
                .push(format!("{of}_{}", String::from_utf8_lossy(map)));
            types.names.insert(kind.to_vec());
            types
                .by_map
                .entry(map.to_vec())
                // A name that several types have says nothing.
                .and_modify(|of| *of = None)
                .or_insert_with(|| Some(kind.to_vec()));
        })?;
        Ok(types)
    }

    /// Those of the tables that there are; the others are faults.
    fn present(&mut self, tables: Vec<String>) -> Result<Vec<String>, ImportError> {
        let mut found = Vec::new();
        for table in tables {
            if self.has_table(&table)? {
                found.push(table);
            } else {
                self.faults.push(format!("there is no table {table}"));
            }
        }
        Ok(found)
    }

    /// Calls `each` with the position of the event or object of every row and all other columns.
    fn values(
        &mut self,
        table: &str,
        positions: &Positions,
        mut each: impl FnMut(&mut Model, u32, &[&str], &Values),
    ) -> Result<(), ImportError> {
        let columns = match self.columns(table) {
            Ok(columns) => columns,
            Err(error) => {
                self.faults.push(format!("{table}: {error}"));
                return Ok(());
            }
        };
        let others = columns.iter().map(String::as_str);
        let mut names = vec!["ocel_id"];
        names.extend(others.filter(|name| *name != "ocel_id"));
        self.each(table, &names, |model, _, row| {
            let id = row[0].as_deref().unwrap_or_default();
            match positions.get(id) {
                Some(&of) => each(model, of, &names[1..], &row[1..]),
                None => model.lost += 1,
            }
        })
    }

    /// The timestamps and attributes of the events of a type.
    fn event_values(&mut self, table: &str, events: &Positions) -> Result<(), ImportError> {
        self.values(table, events, |model, of, names, row| {
            for (name, value) in names.iter().zip(row) {
                let Some(value) = value else { continue };
                let value = model.text(value);
                if *name == "ocel_time" {
                    model.events[of as usize].time = value;
                    continue;
                }
                let name = model.name(name.as_bytes());
                model.event_attributes.push(Attribute {
                    of,
                    name,
                    time: Text::default(),
                    value,
                });
            }
        })
    }

    /// The values that the attributes of the objects of a type have over time: a row gives all of
    /// them, or the one that it names as changed.
    fn object_values(&mut self, table: &str, objects: &Positions) -> Result<(), ImportError> {
        self.values(table, objects, |model, of, names, row| {
            let of_name = |wanted: &str| {
                let at = names.iter().position(|name| *name == wanted)?;
                row[at].as_deref()
            };
            let time = model.name(of_name("ocel_time").unwrap_or_default());
            let changed = of_name("ocel_changed_field");
            for (name, value) in names.iter().zip(row) {
                // A row of a change repeats nothing but the field that changed.
                let meant = changed.is_none_or(|field| field == name.as_bytes());
                if let (Some(value), true, false) = (value, meant, name.starts_with("ocel_")) {
                    let name = model.name(name.as_bytes());
                    let value = model.text(value);
                    model.object_attributes.push(Attribute {
                        of,
                        name,
                        time,
                        value,
                    });
                }
            }
        })
    }

    fn relations(&mut self, events: &Positions) -> Result<(), ImportError> {
        let columns = ["ocel_event_id", "ocel_object_id", "ocel_qualifier"];
        self.each("event_object", &columns, |model, _, row| {
            let Some(&event) = events.get(row[0].as_deref().unwrap_or_default()) else {
                model.lost += 1;
                return;
            };
            let relation = Relation {
                event,
                object: model.text(row[1].as_deref().unwrap_or_default()),
                qualifier: model.name(row[2].as_deref().unwrap_or_default()),
            };
            model.relations.push(relation);
        })
    }
}

/// A name as a query bears it.
fn quoted(name: &str) -> String {
    // Names come from the file and must not end the quotes of the query.
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A value as text; `None` of what is missing.
fn value(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Vec<u8>>> {
    Ok(match row.get_ref(column)? {
        ValueRef::Null => None,
        ValueRef::Integer(number) => Some(number.to_string().into_bytes()),
        ValueRef::Real(number) => Some(number.to_string().into_bytes()),
        ValueRef::Text(text) | ValueRef::Blob(text) => Some(text.to_vec()),
    })
}
