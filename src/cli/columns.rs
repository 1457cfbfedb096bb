//! The options that name the columns of the roles.

use crate::event_log::{PerRole, Role, Roles};
use clap::{Arg, ArgAction, ArgMatches, Args, Command, Error, FromArgMatches};

/// The heading of these options in the help.
pub const HEADING: &str = "Columns (found out from header and rows where not given)";

/// The option of a role.
pub struct ColumnOption {
    /// With its dashes.
    pub name: &'static str,
    help: &'static str,
}

/// The option that names the columns of a role.
pub fn option_of(role: Role) -> ColumnOption {
    let (name, help) = match role {
        Role::Case => (
            "--case",
            "Column of the case id; several are joined with ` - ` (a comma in a name: `\\,`)",
        ),
        Role::Activity => (
            "--activity",
            "Column of the activity; several are joined with ` - `",
        ),
        Role::Time => (
            "--time",
            "Column of the timestamp, or of its date and of its time of day (`--time DATE,TIME`)",
        ),
        Role::Start => (
            "--start",
            "Column of the start of the activity instance; `--time` is then its completion",
        ),
        Role::Resource => ("--resource", "Column of the resource"),
        Role::Lifecycle => ("--lifecycle-column", "Column of the lifecycle transition"),
        Role::Instance => (
            "--instance",
            "Column of the activity instance that a start and its completion share",
        ),
        Role::Milestone => (
            "--milestone-columns",
            "Columns of times in a list with a row per case; each is an event named after its column",
        ),
    };
    ColumnOption { name, help }
}

/// The columns that the command line names for each role.
#[derive(Debug, Clone, Default)]
pub struct Columns(pub Roles);

/// The option as clap has it, called as on the command line but without its dashes.
fn arg(role: Role) -> Arg {
    let ColumnOption { name, help } = option_of(role);
    let id = name.trim_start_matches('-');
    let (value, action) = if role.is_of_several() {
        ("COL[,COL]", ArgAction::Append)
    } else {
        ("COL", ArgAction::Set)
    };
    Arg::new(id)
        .long(id)
        .value_name(value)
        .action(action)
        .help(help)
}

impl Args for Columns {
    fn augment_args(command: Command) -> Command {
        command.next_help_heading(HEADING).args(Role::ALL.map(arg))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Columns {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        Ok(Columns(PerRole::of(|role| {
            let id = option_of(role).name.trim_start_matches('-');
            let given = matches.get_many::<String>(id).unwrap_or_default();
            if role.is_of_several() {
                given.flat_map(|list| split(list)).collect()
            } else {
                given.cloned().collect()
            }
        })))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// Names of columns, split at commas that no backslash stands before.
pub fn split(list: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut name = String::new();
    let mut chars = list.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' if chars.peek() == Some(&',') => name.extend(chars.next()),
            ',' => names.push(std::mem::take(&mut name)),
            c => name.push(c),
        }
    }
    names.push(name);
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::mapping_file::{MappedLog, MappingFile};

    fn columns(words: &[&str]) -> Roles {
        let command = Columns::augment_args(Command::new("x").no_binary_name(true));
        let matches = command.try_get_matches_from(words).unwrap();
        Columns::from_arg_matches(&matches).unwrap().0
    }

    #[test]
    fn every_role_has_an_option_a_mapping_key_and_a_line_in_the_docs() {
        let page = include_str!("../../docs/opening-logs.md");
        for role in Role::ALL {
            let name = option_of(role).name;
            let named: Roles = [(role, vec!["a column".to_owned()])].into();
            assert_eq!(columns(&[name, "a column"]), named);
            let mut log = MappedLog {
                file: "a.csv".to_owned(),
                ..MappedLog::default()
            };
            log.options.read.columns = named;
            let mapping = MappingFile {
                logs: vec![log],
                ..MappingFile::default()
            };
            let text = mapping.to_toml();
            let key = name.trim_start_matches('-').replace('-', "_");
            assert!(text.contains(&format!("\n{key} = ")), "{key}: {text}");
            assert_eq!(MappingFile::parse(&text).unwrap(), mapping);
            let row = |line: &str| line.starts_with('|') && line.contains(&format!("`{name} COL`"));
            assert!(page.lines().any(row), "{name}");
        }
    }

    #[test]
    fn columns_are_split_at_commas() {
        let cases = |words: &[&str]| columns(words)[Role::Case].clone();
        assert_eq!(cases(&["--case", "a,b"]), ["a", "b"]);
        assert_eq!(cases(&["--case", "a", "--case=b c"]), ["a", "b c"]);
        assert_eq!(
            cases(&["--case", r"Last\, first,b\x"]),
            ["Last, first", r"b\x"]
        );
        assert!(cases(&["--time", "a"]).is_empty());
    }
}
