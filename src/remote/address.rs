//! Addresses of engines, and what is known of each kind: its driver and the dialect that it speaks. A secret is
//! no part of an address, as all users of a machine see the words of a call.

use std::fmt;

/// A kind of engine by how it is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A file of DuckDB, or files that it reads, in this process.
    DuckDb,
    /// A server of Flight SQL.
    FlightSql,
    /// A server of Spark Connect.
    SparkConnect,
}

/// Where a log is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// How it is reached.
    pub kind: Kind,
    /// The word as given.
    text: String,
}

/// Beginnings of addresses.
const SCHEMES: [(&str, Kind); 5] = [
    ("duckdb:", Kind::DuckDb),
    ("grpc://", Kind::FlightSql),
    ("grpc+tcp://", Kind::FlightSql),
    ("grpc+tls://", Kind::FlightSql),
    ("sc://", Kind::SparkConnect),
];

/// Parameters of addresses that hold secrets.
const SECRETS: [&str; 3] = ["token=", "password=", "pwd="];

impl Address {
    /// Reads an address; `None` for a word that is none.
    ///
    /// # Errors
    /// It has a password or token in it.
    pub fn parse(word: &str) -> Option<Result<Self, &'static str>> {
        let (_, kind) = SCHEMES
            .iter()
            .find(|(scheme, _)| word.starts_with(scheme))?;
        let lower = word.to_lowercase();
        let has_secret = *kind != Kind::DuckDb
            && (word.contains('@') || SECRETS.iter().any(|secret| lower.contains(secret)));
        if has_secret {
            return Some(Err(
                "others see the words of a call, so that a user, password or token is no part of an address",
            ));
        }
        Some(Ok(Address {
            kind: *kind,
            text: word.to_owned(),
        }))
    }

    /// The address of a database file of DuckDB.
    pub fn of_file(path: &str) -> Self {
        Address {
            kind: Kind::DuckDb,
            text: format!("duckdb:{path}"),
        }
    }

    /// The address as given.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Path of the database; empty where DuckDB only reads other files.
    pub fn path(&self) -> &str {
        self.text.strip_prefix("duckdb:").unwrap_or_default()
    }
}

impl Kind {
    /// Names that a driver of this kind has in manifests and as a library, the usual one first.
    pub fn drivers(self) -> &'static [&'static str] {
        match self {
            Kind::DuckDb => &["duckdb"],
            Kind::FlightSql => &["flightsql", "adbc_driver_flightsql"],
            Kind::SparkConnect => &["spark", "adbc_driver_spark"],
        }
    }

    /// Name of the dialect that is usual there.
    pub fn dialect(self) -> &'static str {
        match self {
            Kind::DuckDb => "duckdb",
            Kind::FlightSql | Kind::SparkConnect => "spark",
        }
    }

    /// Where a driver is to be had.
    pub fn install(self) -> &'static str {
        match self {
            Kind::DuckDb => {
                "libduckdb is the driver (duckdb.org, or `npm pack @duckdb/node-bindings-linux-x64`)"
            }
            Kind::FlightSql => "`pip install adbc-driver-flightsql` has it",
            Kind::SparkConnect => "`pip install adbc-driver-spark` has it",
        }
    }
}

/// What a user proves to be allowed by. Never shown.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Credentials {
    /// Name of the user.
    pub user: Option<String>,
    /// Password of the user.
    pub password: Option<String>,
    /// Bearer token.
    pub token: Option<String>,
}

impl Credentials {
    /// A message without the secrets.
    #[cfg(any(feature = "remote", test))]
    pub(super) fn hidden(&self, message: &str) -> String {
        let secrets = [&self.password, &self.token].into_iter().flatten();
        let secrets = secrets.filter(|secret| !secret.is_empty());
        secrets.fold(message.to_owned(), |message, secret| {
            message.replace(secret.as_str(), "(hidden)")
        })
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_addresses_by_their_scheme() {
        let kind = |word| Address::parse(word).map(|found| found.map(|address| address.kind));
        assert_eq!(kind("duckdb:a.db"), Some(Ok(Kind::DuckDb)));
        assert_eq!(kind("duckdb:"), Some(Ok(Kind::DuckDb)));
        assert_eq!(kind("grpc+tls://h:1"), Some(Ok(Kind::FlightSql)));
        assert_eq!(kind("sc://h:15002"), Some(Ok(Kind::SparkConnect)));
        assert_eq!(kind("log.csv"), None);
        assert_eq!(kind("http://h"), None);
    }

    #[test]
    fn secrets_are_no_part_of_an_address() {
        for word in ["grpc://me:pw@h:1", "sc://h:1/;use_ssl=true;TOKEN=x"] {
            assert!(
                Address::parse(word).is_some_and(|found| found.is_err()),
                "{word}"
            );
        }
        // A file may be called so.
        assert!(Address::parse("duckdb:a@b.db").is_some_and(|found| found.is_ok()));
    }

    #[test]
    fn secrets_are_never_shown() {
        let credentials = Credentials {
            user: Some("me".to_owned()),
            password: Some("hunter2".to_owned()),
            token: Some("t0k3n".to_owned()),
        };
        assert_eq!(format!("{credentials:?}"), "Credentials(hidden)");
        let message = credentials.hidden("me: Bearer t0k3n or hunter2 is wrong");
        assert_eq!(message, "me: Bearer (hidden) or (hidden) is wrong");
    }
}
