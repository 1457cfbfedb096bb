//! Settings of the user: the keys of `config.toml`, environment variables, and options of the command line.
//! One table, [`SETTINGS`], makes reader, `casetrail config print` and the page of the documentation.
//!
//! Only settings of taste and of the machine are here, and facts that hold for all logs of a user. What holds
//! for one log alone belongs into a mapping file or a rules file.

mod configuration;
mod file;
mod print;
mod table;
mod value;

pub use configuration::{Configuration, Origin};
pub use file::{ConfigFile, LISTS};
pub use print::{key_table, markdown, printed};
pub use table::{Applies, SETTINGS, Setting};
pub use value::{Kind, Value};
