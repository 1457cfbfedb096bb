//! DuckDB.

use super::Dialect;

pub(super) const DIALECT: Dialect = Dialect {
    name: "duckdb",
    ident: |name| format!("\"{}\"", name.replace('"', "\"\"")),
    literal,
    text_type: "VARCHAR",
    micros: |value| format!("epoch_us({value})"),
    timestamp: |micros| format!("make_timestamp({micros})"),
    sum: |value| format!("CAST(sum(CAST({value} AS HUGEINT)) AS VARCHAR)"),
    div: |a, b| format!("({a} // {b})"),
    trim: |value, characters| format!("trim({value}, {characters})"),
    joined: |value, between| format!("array_to_string(list_sort(list({value})), {between})"),
    json: |value| format!("CAST(to_json({value}) AS VARCHAR)"),
    files: |path| format!("read_parquet({})", literal(path)),
};

/// A backslash is a character like any other.
fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
