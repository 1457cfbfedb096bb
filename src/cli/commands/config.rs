//! `casetrail config`: the settings and keys in force, with their origin, and where the file is.

use super::Spec;
use crate::cli::config::{self, ConfigArgs};
use crate::cli::failure::{Failure, code};
use crate::cli::output::Output;
use crate::cli::say;
use crate::config::settings::{self, Configuration};
use crate::input::{ANYWHERE, CONTEXTS};
use crate::text::escape_line;
use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgMatches, Command, FromArgMatches};

/// `config`.
pub const SPEC: Spec = Spec {
    name: "config",
    usage: "print|path|keys [PANE]",
    about: "Print the settings or keys in force, or the path of their file",
    options,
    shared_options: false,
    run,
};

/// Name of the context of keys that hold in all panes.
const ALL_PANES: &str = "anywhere";

fn options(command: Command) -> Command {
    let panes = std::iter::once(&ALL_PANES).chain(CONTEXTS).copied();
    let command = command
        .arg(
            Arg::new("what")
                .value_name("WHAT")
                .required(true)
                .value_parser(["print", "path", "keys"])
                .help("`print`: all settings and keys with their origin, as a valid file; `path`: of the file; `keys`: keys by pane"),
        )
        .arg(
            Arg::new("pane")
                .value_name("PANE")
                .value_parser(PossibleValuesParser::new(panes))
                .hide_possible_values(true)
                .help("Only the keys of this pane, or those that hold `anywhere`"),
        );
    config::options(command, "Settings", |_| true)
}

fn run(matches: &ArgMatches) -> Result<(), Failure> {
    let args = ConfigArgs::from_arg_matches(matches)
        .map_err(|error| Failure::usage(escape_line(&error.to_string())))?;
    let what = matches.get_one::<String>("what").map_or("", String::as_str);
    let pane = matches.get_one::<String>("pane").map(String::as_str);
    if pane.is_some() && what != "keys" {
        return Err(Failure::usage(format!("config {what} takes no pane")));
    }
    let path = args.path();
    if what == "path" {
        let Some((path, _)) = path else {
            return Err(Failure::new(code::REFUSED, "no configuration file is read"));
        };
        return print(&format!("{}\n", say::safe_name(path.as_os_str())));
    }
    let mut config = args.read()?;
    config::take_options(&mut config, matches);
    let text = match what {
        "keys" => settings::key_table(
            &config,
            pane.map(|pane| if pane == ALL_PANES { ANYWHERE } else { pane }),
        ),
        _ => printed(&config, &args),
    };
    print(&text)
}

fn printed(config: &Configuration, args: &ConfigArgs) -> String {
    let file = match args.path() {
        None => "none".to_owned(),
        Some((path, _)) => {
            let missing = if path.exists() { "" } else { " (not there)" };
            format!("{}{missing}", say::safe_name(path.as_os_str()))
        }
    };
    let head = [
        "Settings of casetrail in force, as a configuration file.".to_owned(),
        format!("File: {file}"),
        "A value comes from the command line, else from the environment, else from the file; a line is one of the file."
            .to_owned(),
    ];
    settings::printed(config, &head)
}

fn print(text: &str) -> Result<(), Failure> {
    Output::Standard.write(|out| out.write_all(text.as_bytes()))
}
