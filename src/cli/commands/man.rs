//! `casetrail man`: manual pages, made from the same tables as the help.

use super::Spec;
use crate::cli::command::whole;
use crate::cli::failure::{Failure, code};
use crate::cli::output::Output;
use crate::cli::say;
use crate::text::{did_you_mean, escape_line};
use clap::{Arg, ArgMatches, Command, value_parser};
use clap_mangen::Man;
use std::path::{Path, PathBuf};

/// `man`.
pub const SPEC: Spec = Spec {
    name: "man",
    usage: "[NAME] [--all FOLDER]",
    about: "Print the manual page of the program, a report or a command; write all of them",
    options,
    shared_options: false,
    run,
};

fn options(command: Command) -> Command {
    command
        .arg(
            Arg::new("name")
                .value_name("NAME")
                .help("Report or command; the program where none is named"),
        )
        .arg(
            Arg::new("all")
                .long("all")
                .value_name("FOLDER")
                .value_parser(value_parser!(PathBuf))
                .conflicts_with("name")
                .help("Write the pages of the program and of all reports and commands into this folder"),
        )
}

fn run(matches: &ArgMatches) -> Result<(), Failure> {
    let pages = pages();
    if let Some(folder) = matches.get_one::<PathBuf>("all") {
        return write_all(pages, folder);
    }
    let name = matches.get_one::<String>("name");
    let title = name.map_or("casetrail".to_owned(), |name| format!("casetrail-{name}"));
    let names: Vec<String> = pages
        .iter()
        .map(|page| page.get_name().to_owned())
        .collect();
    let Some(page) = pages.into_iter().find(|page| page.get_name() == title) else {
        let name = name.map_or("", String::as_str);
        let names = names
            .iter()
            .filter_map(|title| title.strip_prefix("casetrail-"));
        let hint = did_you_mean(name, names, str::to_owned);
        let message = format!("no report or command is called {name:?}{hint}");
        return Err(Failure::usage(escape_line(&message)));
    };
    let text = rendered(page)?;
    Output::Standard.write(|out| out.write_all(&text))
}

/// The program with its reports and commands, then each of these, with the names of their pages.
fn pages() -> Vec<Command> {
    let mut all = whole();
    all.build();
    let parts: Vec<Command> = all
        .get_subcommands()
        .map(|part| {
            let title = format!("casetrail-{}", part.get_name());
            part.clone()
                .name(title)
                .disable_help_flag(true)
                .disable_version_flag(true)
        })
        .collect();
    std::iter::once(all).chain(parts).collect()
}

fn rendered(page: Command) -> Result<Vec<u8>, Failure> {
    let mut text = Vec::new();
    let made = Man::new(page).render(&mut text);
    made.map_err(|error| Failure::new(code::DEFECT, error.to_string()))?;
    Ok(text)
}

/// Writes the pages into a folder; those of an earlier version are replaced.
fn write_all(pages: Vec<Command>, folder: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(folder).map_err(|error| {
        let folder = say::file(folder.as_os_str());
        let why = escape_line(&error.to_string());
        Failure::new(code::OUTPUT, format!("{folder} cannot be made: {why}"))
    })?;
    for page in pages {
        let path = folder.join(format!("{}.1", page.get_name()));
        let text = rendered(page)?;
        Output::choose(Some(&path), true, &[])?.write(|out| out.write_all(&text))?;
    }
    Ok(())
}
