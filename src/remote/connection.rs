//! The way to an engine: a driver of ADBC, loaded when a log in an engine is opened, and one connection. Only this
//! file names the crates of ADBC; without the feature `remote` there is no way.

use super::address::{Address, Credentials};
use super::{Connection, RemoteError};

/// The driver that is wanted.
#[derive(Debug, Clone, Default)]
pub struct Driver {
    /// Path of its library or manifest, or its name; the usual names where `None`.
    pub name: Option<String>,
}

/// Connects with an engine.
///
/// # Errors
/// No driver is found, or the engine does not answer.
#[cfg(not(feature = "remote"))]
pub fn connect(
    address: &Address,
    _: &Driver,
    _: &Credentials,
) -> Result<Box<dyn Connection>, RemoteError> {
    Err(RemoteError::NoDriver(format!(
        "{}: this program was built without the feature `remote`, by which logs in engines are opened",
        address.text()
    )))
}

#[cfg(feature = "remote")]
pub use adbc::connect;

#[cfg(feature = "remote")]
mod adbc {
    use super::{Address, Connection, Credentials, Driver, RemoteError};
    use crate::remote::{Kind, Stop};
    use crate::text::escape_line;
    use adbc_core::error::Error;
    use adbc_core::options::{AdbcVersion, OptionDatabase, OptionValue};
    use adbc_core::{
        Connection as _, Database as _, Driver as _, LOAD_FLAG_DEFAULT, Statement as _,
    };
    use adbc_driver_manager::{ManagedConnection, ManagedDriver, ManagedStatement};
    use arrow_array::{RecordBatch, RecordBatchReader};
    use arrow_schema::SchemaRef;
    use std::path::absolute;
    use std::sync::mpsc::{RecvTimeoutError, channel};
    use std::sync::{Mutex, PoisonError};
    use std::thread;
    use std::time::Duration;

    /// Function by which the library of DuckDB is a driver.
    const DUCKDB_ENTRY: &[u8] = b"duckdb_adbc_init";
    /// Longest message of an engine that is shown, in characters.
    const LONGEST: usize = 400;

    /// Versions of ADBC, the one first that can stop a statement.
    const VERSIONS: [AdbcVersion; 2] = [AdbcVersion::V110, AdbcVersion::V100];
    /// Time between two looks at whether a statement is still wanted.
    const TICK: Duration = Duration::from_millis(25);

    /// A connection by a driver.
    struct Adbc {
        // One statement at a time, as a connection of ADBC allows.
        connection: Mutex<ManagedConnection>,
        credentials: Credentials,
    }

    /// Connects with an engine.
    ///
    /// # Errors
    /// No driver is found, or the engine does not answer.
    pub fn connect(
        address: &Address,
        driver: &Driver,
        credentials: &Credentials,
    ) -> Result<Box<dyn Connection>, RemoteError> {
        let mut driver = load(address, driver)?;
        let failed = |error: &Error| {
            let message = said(error, credentials);
            RemoteError::engine(format!("{}: {message}", address.text()))
        };
        let options = options(address, credentials);
        let database = driver.new_database_with_opts(options);
        let database = database.map_err(|error| failed(&error))?;
        let connection = database.new_connection().map_err(|error| failed(&error))?;
        Ok(Box::new(Adbc {
            connection: Mutex::new(connection),
            credentials: credentials.clone(),
        }))
    }

    fn load(address: &Address, driver: &Driver) -> Result<ManagedDriver, RemoteError> {
        let kind = address.kind;
        let entry = (kind == Kind::DuckDb).then_some(DUCKDB_ENTRY);
        let named = driver.name.iter().map(|name| {
            // A path is one of this folder; a name is looked for in the places of manifests.
            if name.contains(['/', '.']) {
                absolute(name).map_or_else(|_| name.clone(), |path| path.display().to_string())
            } else {
                name.clone()
            }
        });
        let usual = kind.drivers().iter().filter(|_| driver.name.is_none());
        let mut faults = Vec::new();
        for name in named.chain(usual.map(|name| (*name).to_owned())) {
            for version in VERSIONS {
                match ManagedDriver::load_from_name(&name, entry, version, LOAD_FLAG_DEFAULT, None)
                {
                    Ok(driver) => return Ok(driver),
                    Err(error) => faults.push(said(&error, &Credentials::default())),
                }
            }
        }
        let fault = faults.into_iter().next().unwrap_or_default();
        Err(RemoteError::NoDriver(format!(
            "{}: no driver: {fault}; {}",
            address.text(),
            kind.install()
        )))
    }

    fn options(address: &Address, credentials: &Credentials) -> Vec<(OptionDatabase, OptionValue)> {
        let other = |name: &str, value: &str| {
            (
                OptionDatabase::Other(name.to_owned()),
                OptionValue::from(value),
            )
        };
        match address.kind {
            Kind::DuckDb => {
                // Nothing is fetched, and no file is written.
                let mut all = vec![other("autoinstall_known_extensions", "false")];
                match address.path() {
                    "" => all.push(other("path", ":memory:")),
                    path => all.extend([other("path", path), other("access_mode", "READ_ONLY")]),
                }
                all
            }
            Kind::FlightSql => {
                let uri = (OptionDatabase::Uri, OptionValue::from(address.text()));
                let mut all = vec![uri];
                let user = credentials.user.iter();
                all.extend(user.map(|user| (OptionDatabase::Username, user.as_str().into())));
                let password = credentials.password.iter();
                all.extend(password.map(|word| (OptionDatabase::Password, word.as_str().into())));
                let token = credentials.token.iter();
                all.extend(token.map(|token| {
                    other(
                        "adbc.flight.sql.authorization_header",
                        &format!("Bearer {token}"),
                    )
                }));
                all
            }
            Kind::SparkConnect => {
                // Parameters of this protocol are part of its address, which leaves this process for the driver only.
                let mut uri = address.text().to_owned();
                let parameters = [
                    ("user_id", &credentials.user),
                    ("token", &credentials.token),
                ];
                for (name, value) in parameters {
                    if let Some(value) = value {
                        uri.push_str(if uri.contains("/;") { ";" } else { "/;" });
                        uri.extend([name, "=", value.as_str()]);
                    }
                }
                vec![(OptionDatabase::Uri, OptionValue::from(uri.as_str()))]
            }
        }
    }

    /// A message as one line without secrets.
    fn said(error: &Error, credentials: &Credentials) -> String {
        let message = credentials.hidden(&error.message);
        let message = message.split_whitespace().collect::<Vec<_>>().join(" ");
        match message.char_indices().nth(LONGEST) {
            Some((end, _)) => escape_line(&message[..end]) + "…",
            None => escape_line(&message),
        }
    }

    impl Adbc {
        fn failed(&self, error: &Error) -> RemoteError {
            RemoteError::engine(said(error, &self.credentials))
        }

        /// Runs a statement that was set.
        fn rows(
            &self,
            statement: &mut ManagedStatement,
            stop: Stop<'_>,
            each: &mut dyn FnMut(RecordBatch) -> Result<(), RemoteError>,
        ) -> Result<SchemaRef, RemoteError> {
            let reader = statement.execute().map_err(|error| self.failed(&error))?;
            let schema = reader.schema();
            for batch in reader {
                let batch = batch.map_err(|error| {
                    let message = self.credentials.hidden(&error.to_string());
                    RemoteError::engine(escape_line(&message))
                })?;
                if stop() {
                    return Err(RemoteError::Cancelled);
                }
                each(batch)?;
            }
            Ok(schema)
        }
    }

    impl Connection for Adbc {
        fn run(
            &self,
            sql: &str,
            stop: Stop<'_>,
            each: &mut dyn FnMut(RecordBatch) -> Result<(), RemoteError>,
        ) -> Result<SchemaRef, RemoteError> {
            let mut connection = self
                .connection
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            if stop() {
                return Err(RemoteError::Cancelled);
            }
            let statement = connection.new_statement();
            let mut statement = statement.map_err(|error| self.failed(&error))?;
            let set = statement.set_sql_query(sql);
            set.map_err(|error| self.failed(&error))?;
            let handle = statement.get_cancel_handle();
            let (end, ended) = channel::<()>();
            let done = thread::scope(|scope| {
                let watch = move || {
                    while ended.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
                        if stop() {
                            // Of an engine that cannot stop the answer is waited for, and dropped.
                            let _ = handle.try_cancel();
                        }
                    }
                };
                let watcher = thread::Builder::new().name("stop".into());
                // Without a thread the statement runs to its end.
                let _ = watcher.spawn_scoped(scope, watch);
                let done = self.rows(&mut statement, stop, each);
                drop(end);
                done
            });
            match done {
                // The message of the engine is that it was stopped.
                Err(RemoteError::Engine(_)) if stop() => Err(RemoteError::Cancelled),
                done => done,
            }
        }
    }
}
