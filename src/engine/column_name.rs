//! Names of columns in definitions.

/// Name of a column in a file of definitions, or in an option.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnName {
    /// Name of the column.
    pub name: String,
    /// Table of the file that names it, such as `[rates]`; the option, where no file does.
    pub table: &'static str,
    /// Line of the file in which it is written, from 1; `None` where there is no file.
    pub line: Option<u64>,
}

/// A fault of a column that a definition names, with its line.
pub(super) fn fault(column: &ColumnName, message: &str) -> String {
    let ColumnName { name, table, line } = column;
    match line {
        Some(line) => {
            format!("line {line} of the rules file: column {name} of {table}: {message}")
        }
        None => format!("{table} {name}: {message}"),
    }
}
