//! Columns of a log that definitions name.

use super::column_name::{ColumnName, fault};
use super::prepared::Prepared;
use crate::event_log::{Column, ColumnData};
use crate::filter::{Field, Source};
use crate::formats;
use crate::text::{did_you_mean, safe};

impl Prepared {
    /// Looks up a column of the log, not one that a definition adds.
    ///
    /// # Errors
    /// The log has no such column: a sentence with the line.
    pub(super) fn column_of_log(&self, column: &ColumnName) -> Result<Source, String> {
        let field = Field::LogColumn(column.name.clone());
        let found = Source::named(&field, &self.log);
        let defined = self.log.defined_columns();
        match found {
            // A definition is about a case as a whole.
            Ok(Source::Column(at)) if defined.contains(&at) => {
                Err(fault(column, "the log has no such column"))
            }
            Ok(source) => Ok(source),
            // Definitions and their options take names as they are, without the quotes of filters.
            Err(_) => {
                let of_log = &self.log.columns[..defined.start];
                let names = of_log.iter().map(|column| column.name.as_str());
                let hint = did_you_mean(&column.name, names, |name| safe(name).into_owned());
                let message = format!("the log has no column {}{hint}", safe(&column.name));
                Err(fault(column, &message))
            }
        }
    }

    /// Looks up a column of numbers; `many` says what these are.
    ///
    /// # Errors
    /// The log has no such column, or it has other values: a sentence with the line and the first of them.
    pub(super) fn numbers_of(&self, column: &ColumnName, many: &str) -> Result<&Column, String> {
        let wrong = |what: &str| Err(fault(column, &format!("{what}, and no {many}")));
        let Source::Column(at) = self.column_of_log(column)? else {
            return wrong("it holds ids or times");
        };
        let found = &self.log.columns[at];
        match &found.data {
            ColumnData::Number(_) => Ok(found),
            ColumnData::Instant(_) => wrong("it holds times"),
            ColumnData::Text(_, texts) => {
                let mut texts = texts.iter().filter(|text| !text.is_empty());
                let example = texts.find(|text| !formats::is_number(text));
                let example = example.map_or_else(String::new, |text| format!(" such as {text:?}"));
                wrong(&format!("it holds texts{example}"))
            }
        }
    }
}
