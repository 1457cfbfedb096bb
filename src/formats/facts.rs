//! Names of what was found out about a log, in the mapping of a report and among the facts of an
//! inspection. Roles have names of their own.

/// Format of the timestamps; of OCEL also of attributes.
pub const TIME_FORMAT: &str = "time format";
/// Zone of timestamps without offset.
pub const TIME_ZONE: &str = "time zone";
/// Order of day and month.
pub const DATE_ORDER: &str = "date order";
/// Encoding of the text.
pub const ENCODING: &str = "encoding";
/// Delimiter of fields.
pub const DELIMITER: &str = "delimiter";
/// Activity of all rows, instead of a column.
pub const ACTIVITY_NAME: &str = "activity name";
/// Type of the objects that are the cases.
pub const OBJECT_TYPE: &str = "object type";
/// Path of the records within JSON.
pub const RECORDS: &str = "records";
