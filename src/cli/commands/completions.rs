//! `casetrail completions`: a script that completes reports, commands and options in a shell, made from the same
//! tables as the help.

use super::Spec;
use crate::cli::command::whole;
use crate::cli::failure::Failure;
use crate::cli::output::Output;
use clap::{Arg, ArgMatches, Command};
use clap_complete::{Generator, Shell, generate};
use clap_complete_nushell::Nushell;

/// `completions`.
pub const SPEC: Spec = Spec {
    name: "completions",
    usage: "bash|zsh|fish|nushell|powershell",
    about: "Print a script that completes reports, commands and options in a shell",
    options,
    shared_options: false,
    run,
};

/// Makes the script of a shell.
type Make = fn(&mut Command, &mut Vec<u8>);

/// The shells.
const SHELLS: [(&str, Make); 5] = [
    ("bash", |all, out| script(Shell::Bash, all, out)),
    ("zsh", |all, out| script(Shell::Zsh, all, out)),
    ("fish", |all, out| script(Shell::Fish, all, out)),
    ("nushell", |all, out| script(Nushell, all, out)),
    ("powershell", |all, out| script(Shell::PowerShell, all, out)),
];

fn script(shell: impl Generator, all: &mut Command, out: &mut Vec<u8>) {
    generate(shell, all, "casetrail", out);
}

fn options(command: Command) -> Command {
    command.arg(
        Arg::new("shell")
            .value_name("SHELL")
            .required(true)
            .value_parser(SHELLS.map(|(name, _)| name))
            .help("The shell"),
    )
}

fn run(matches: &ArgMatches) -> Result<(), Failure> {
    let name = matches.get_one::<String>("shell");
    let mut text = Vec::new();
    for (_, make) in SHELLS
        .iter()
        .filter(|(shell, _)| name.is_some_and(|name| name == shell))
    {
        make(&mut whole(), &mut text);
    }
    Output::Standard.write(|out| out.write_all(&text))
}
