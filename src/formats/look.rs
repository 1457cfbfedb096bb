//! What a look at an input shows before it is read: what a user needs to say which column is what.

use super::table::Table;
use crate::event_log::Roles;

/// An input that was looked at.
#[derive(Debug, Clone, Default)]
pub struct Looked {
    /// Name of the format: "csv".
    pub format: &'static str,
    /// What else is known of how it is written: `("encoding", "utf-8")`, `("delimiter", ";")`.
    pub facts: Vec<(String, String)>,
    /// Names of the columns, in the order of the log.
    pub columns: Vec<String>,
    /// Sample rows.
    pub samples: Table,
    /// About how many rows there are, where that can be told.
    pub rows: Option<u64>,
    /// The columns that have a role, as given or as guessed. Empty where there is none.
    pub roles: Roles,
    /// How well each column fits each role: one row a column, in the order of [`super::Role::ALL`];
    /// 0 means not at all, 100 without a doubt.
    pub scores: Vec<[u8; 7]>,
    /// The types of objects and how many there are of each, where the format has such.
    pub object_types: Vec<(String, u64)>,
    /// Whether roles must be given by the user: one is missing, or the guess is not certain.
    pub doubtful: bool,
}
