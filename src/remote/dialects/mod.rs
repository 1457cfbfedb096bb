//! Dialects of SQL: fragments that differ between engines, a file each. Everything else is written once, in SQL
//! that all of them read alike.

mod duckdb;
mod spark;

/// Fragments of a dialect.
#[derive(Debug)]
pub struct Dialect {
    /// The word that chooses it.
    pub name: &'static str,
    /// Quotes a name.
    pub(super) ident: fn(&str) -> String,
    /// Quotes a text.
    pub(super) literal: fn(&str) -> String,
    /// Type of texts.
    pub(super) text_type: &'static str,
    /// Microseconds since 1970-01-01T00:00Z of a timestamp.
    pub(super) micros: fn(&str) -> String,
    /// The timestamp of such microseconds.
    pub(super) timestamp: fn(i64) -> String,
    /// Exact sum of whole numbers, as text.
    pub(super) sum: fn(&str) -> String,
    /// Quotient of whole numbers from 0, without its fraction.
    pub(super) div: fn(&str, &str) -> String,
    /// A text without these characters around it.
    pub(super) trim: fn(&str, &str) -> String,
    /// All texts of a group, sorted by code points, with a literal between them.
    pub(super) joined: fn(&str, &str) -> String,
    /// A list, structure or map as JSON text.
    pub(super) json: fn(&str) -> String,
    /// The rows of a file or folder of files.
    pub(super) files: fn(&str) -> String,
}

/// All dialects.
pub const DIALECTS: &[Dialect] = &[duckdb::DIALECT, spark::DIALECT];

impl Dialect {
    /// The dialect of that name.
    pub fn named(name: &str) -> Option<&'static Dialect> {
        DIALECTS.iter().find(|dialect| dialect.name == name)
    }

    /// Names of all.
    pub fn names() -> Vec<&'static str> {
        DIALECTS.iter().map(|dialect| dialect.name).collect()
    }

    /// A value as text.
    pub(super) fn text(&self, value: &str) -> String {
        format!("CAST({value} AS {})", self.text_type)
    }

    /// A number as a literal of double precision, exactly.
    pub(super) fn number(&self, number: f64) -> String {
        // By its text, as literals with a point are decimals in some dialects and doubles in others.
        format!("CAST({} AS DOUBLE)", (self.literal)(&format!("{number:e}")))
    }

    /// True for rows whose value is one of these texts.
    pub(super) fn one_of<'a>(
        &self,
        value: &str,
        texts: impl IntoIterator<Item = &'a str>,
    ) -> String {
        let texts: Vec<String> = texts.into_iter().map(|text| (self.literal)(text)).collect();
        match texts.as_slice() {
            [] => "FALSE".to_owned(),
            [only] => format!("({value} IS NOT NULL AND {value} = {only})"),
            texts => format!(
                "({value} IS NOT NULL AND {value} IN ({}))",
                texts.join(", ")
            ),
        }
    }

    /// The table that a word names: a table with its schema, files, or an expression of the dialect where it has
    /// quotes or brackets.
    pub(super) fn relation(&self, word: &str) -> String {
        if word.contains(['(', '`', '"', '\'']) {
            return word.to_owned();
        }
        if word.contains(['/', '*']) || word.ends_with(".parquet") {
            return (self.files)(word);
        }
        let parts: Vec<String> = word.split('.').map(|part| (self.ident)(part)).collect();
        parts.join(".")
    }
}
