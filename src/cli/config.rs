//! The configuration of a call: its file, the environment, and options made from the table of settings.

use super::failure::Failure;
use super::plan::of_file;
use crate::config::folder_of_user;
use crate::config::settings::{Applies, ConfigFile, Configuration, Kind, SETTINGS, Setting};
use crate::text::escape_line;
use clap::builder::PossibleValuesParser;
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Args, Command};
use std::path::{Path, PathBuf};

/// Options of every call that say which configuration file is read.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Running")]
pub struct ConfigArgs {
    /// Configuration file [default: casetrail/config.toml in the folder of settings, or CASETRAIL_CONFIG]
    #[arg(long, value_name = "FILE", conflicts_with = "no_config")]
    pub config: Option<PathBuf>,
    /// Read no configuration file; environment variables still count
    #[arg(long)]
    pub no_config: bool,
}

/// Environment variable that names the file.
const FILE: &str = "CASETRAIL_CONFIG";

impl ConfigArgs {
    /// The file that is read, and whether it was named; `None` where none is read.
    pub fn path(&self) -> Option<(PathBuf, bool)> {
        if self.no_config {
            return None;
        }
        let variable = std::env::var_os(FILE).filter(|path| !path.is_empty());
        let named = self.config.clone().or(variable.map(PathBuf::from));
        match named {
            Some(path) => Some((path, true)),
            None => usual().map(|path| (path, false)),
        }
    }

    /// The settings of file and environment. Only a file that was named must be there.
    pub fn read(&self) -> Result<Configuration, Failure> {
        let found = self
            .path()
            .filter(|(path, is_named)| *is_named || path.exists());
        let mut settings = match found {
            None => Configuration::default(),
            Some((path, _)) => {
                let folder = path.parent().unwrap_or(Path::new(""));
                of_file(&path, |text| {
                    Configuration::of_file(ConfigFile::parse(text)?, folder)
                })?
            }
        };
        settings
            .take_environment(|name| {
                let value = std::env::var_os(name)?;
                Some(value.to_string_lossy().into_owned())
            })
            .map_err(|why| Failure::usage(escape_line(&why)))?;
        Ok(settings)
    }
}

/// The file of the user.
fn usual() -> Option<PathBuf> {
    folder_of_user().map(|folder| folder.join("config.toml"))
}

/// Adds the options of the settings that pass.
pub fn options(command: Command, heading: &'static str, passes: fn(&Setting) -> bool) -> Command {
    let settings = SETTINGS.iter();
    let settings = settings.filter(|setting| setting.option && passes(setting));
    command.args(settings.map(|setting| option(setting).help_heading(heading)))
}

/// Passes the settings that only the explorer has options for.
pub fn is_of_explorer(setting: &Setting) -> bool {
    setting.applies == Applies::Explorer
}

fn option(setting: &'static Setting) -> Arg {
    let arg = Arg::new(setting.key)
        .long(setting.option_name())
        .help(setting.doc);
    let kind = setting.kind;
    let checked = move |text: &str| kind.of_text(text).map(|_| text.to_owned());
    match kind {
        Kind::Flag => arg
            .value_name("true|false")
            .num_args(0..=1)
            .require_equals(true)
            .default_missing_value("true")
            .value_parser(checked),
        Kind::Word(words) => arg
            .value_name("NAME")
            .value_parser(PossibleValuesParser::new(words)),
        Kind::Number(..) => arg.value_name("N").value_parser(checked),
        Kind::Text(..) => arg.value_name("TEXT").value_parser(checked),
        Kind::Path => arg.value_name("FILE").value_parser(checked),
        Kind::Texts => arg.value_name("TOKEN").action(ArgAction::Append),
    }
}

/// Puts the options that were given above environment and file.
pub fn take_options(settings: &mut Configuration, matches: &ArgMatches) {
    for setting in SETTINGS.iter().filter(|setting| setting.option) {
        let is_known = matches.try_contains_id(setting.key).unwrap_or_default();
        if !is_known || matches.value_source(setting.key) != Some(ValueSource::CommandLine) {
            continue;
        }
        let texts = matches.get_raw(setting.key).into_iter().flatten();
        let texts: Vec<String> = texts
            .map(|text| text.to_string_lossy().into_owned())
            .collect();
        // clap has checked it.
        if let Ok(value) = setting.kind.of_text(&texts.join(",")) {
            settings.take_option(setting, value);
        }
    }
}
