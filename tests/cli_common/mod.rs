//! What the tests of the command line share: a folder of its own for each test, small logs, and
//! the program run in it.

#![allow(dead_code, reason = "each test program uses a part of it")]
#![allow(clippy::unwrap_used, missing_docs, reason = "this is a part of tests")]

use assert_cmd::Command;
use serde_json::Value;
use std::fs;
use std::path::PathBuf;
use tempfile::TempDir;

/// Five cases, twelve events; all figures of it can be worked out by hand.
pub const LOG: &str = "\
case,activity,time,resource,amount
c1,A,2024-01-01T10:00:00Z,Ann,10
c1,B,2024-01-01T10:30:00Z,Bob,10
c1,C,2024-01-01T12:00:00Z,Ann,10
c2,A,2024-01-01T11:00:00Z,Ann,2.5
c2,C,2024-01-01T11:10:00Z,,2.5
c3,A,2024-01-01T12:00:00Z,Bob,7
c3,B,2024-01-01T12:10:00Z,Bob,7
c3,B,2024-01-01T12:40:00Z,Bob,7
c3,C,2024-01-01T14:00:00Z,Ann,7
c4,A,2024-01-01T13:00:00Z,Cid,
c5,A,2024-01-01T15:00:00Z,Ann,1
c5,C,2024-01-01T16:00:00Z,Ann,1
";

/// As above in small, with a row that is rejected.
pub const REJECTS: &str = "\
case,activity,time
c1,A,2024-01-01T10:00:00Z
c1,B,yesterday
c1,,2024-01-01T11:00:00Z
c1,C,2024-01-01T12:00:00Z
";

/// Starts and completions: two instances of A overlap, C has no start, D no completion.
pub const LIFECYCLE: &str = "\
case,activity,time,lifecycle
c1,A,2024-01-01T10:00:00Z,start
c1,A,2024-01-01T10:10:00Z,START
c1,A,2024-01-01T10:30:00Z,complete
c1,A,2024-01-01T11:00:00Z,complete
c1,B,2024-01-01T12:00:00Z,start
c1,B,2024-01-01T12:30:00Z,complete
c1,C,2024-01-01T13:00:00Z,complete
c1,D,2024-01-01T14:00:00Z,start
";

/// A folder with files, and the program run in it.
pub struct Desk {
    folder: TempDir,
}

/// What a run left.
#[derive(Debug, Clone)]
pub struct Run {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Desk {
    /// An empty folder.
    pub fn new() -> Self {
        Desk {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// A folder with one log of this name.
    pub fn with(name: &str, content: impl AsRef<[u8]>) -> Self {
        let desk = Desk::new();
        desk.write(name, content);
        desk
    }

    /// The reports of the help.
    pub fn reports(&self) -> Vec<String> {
        let help = self.run(&["--help"]).out;
        let list = help.split("Reports:\n").nth(1).unwrap();
        let list = list.split("\n\n").next().unwrap().lines();
        let names = list.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
        let names = names.filter_map(|line| line.split_whitespace().next());
        let names: Vec<String> = names.map(str::to_owned).collect();
        assert!(names.len() > 15, "{names:?}");
        names
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.path(name), content).unwrap();
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// Names of the files in the folder, in order, without what the program keeps for itself.
    pub fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .filter(|name| !["cache", "state", "data"].contains(&name.as_str()))
            .collect();
        names.sort();
        names
    }

    /// The program, to be run in the folder.
    pub fn command(&self) -> Command {
        let mut command = Command::cargo_bin("casetrail").unwrap();
        command.current_dir(self.folder.path());
        command.env("XDG_CACHE_HOME", self.path("cache"));
        // Nothing of the user's own is read.
        command.env("XDG_CONFIG_HOME", self.path("settings"));
        command.env("XDG_STATE_HOME", self.path("state"));
        command.env("XDG_DATA_HOME", self.path("data"));
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("CASETRAIL_")) {
            command.env_remove(name);
        }
        command
    }

    /// Runs the program with these words.
    pub fn run(&self, words: &[&str]) -> Run {
        Run::of(self.command().args(words))
    }

    /// The JSON of a report that succeeds.
    pub fn json(&self, words: &[&str]) -> Value {
        let run = self.run(&[words, &["--format", "json"]].concat());
        assert_eq!(run.code, Some(0), "{words:?}: {}", run.err);
        serde_json::from_str(&run.out).unwrap()
    }
}

impl Run {
    pub fn of(command: &mut Command) -> Self {
        let output = command.output().unwrap();
        Run {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}
