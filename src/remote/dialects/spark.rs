//! Spark SQL, as Spark and Sail read it.

use super::Dialect;

pub(super) const DIALECT: Dialect = Dialect {
    name: "spark",
    ident,
    literal,
    text_type: "STRING",
    micros: |value| format!("unix_micros({value})"),
    timestamp: |micros| format!("timestamp_micros({micros})"),
    sum: |value| format!("CAST(sum(CAST({value} AS DECIMAL(38,0))) AS STRING)"),
    div: |a, b| format!("({a} div {b})"),
    trim: |value, characters| format!("btrim({value}, {characters})"),
    joined: |value, between| format!("array_join(array_sort(collect_list({value})), {between})"),
    json: |value| format!("to_json({value})"),
    files: |path| format!("parquet.{}", ident(path)),
};

fn ident(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

/// A quote within is written with a backslash: `''` ends one text and begins the next in Sail.
fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}
