//! Completions and manual pages: complete, and accepted by the programs that read them, where these are there.

#![allow(clippy::unwrap_used, reason = "tests")]

use crate::cli_common::Desk;
use std::collections::BTreeSet;
use std::fs;
use std::process::{Command, Stdio};

const SHELLS: [&str; 5] = ["bash", "zsh", "fish", "nushell", "powershell"];

/// Names of reports and commands in the help.
pub fn names(desk: &Desk) -> Vec<String> {
    let help = desk.run(&["--help"]).out;
    let parts = ["Reports:", "Commands:"].map(|title| help.split_once(title).unwrap().1.to_owned());
    let lines = parts.iter().flat_map(|part| {
        let lines = part.lines().skip(1);
        lines.take_while(|line| line.starts_with("  "))
    });
    let names = lines.map(|line| line.split_whitespace().next().unwrap().to_owned());
    // A description that is wrapped may continue with the name of another.
    let names: BTreeSet<String> = names.collect();
    names.into_iter().collect()
}

fn is_there(program: &str) -> bool {
    let mut found = Command::new(program);
    found
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    found.status().is_ok()
}

#[test]
fn scripts_of_all_shells_have_all_names_and_options() {
    let desk = Desk::new();
    let names = names(&desk);
    assert!(names.len() > 30, "{names:?}");
    for shell in SHELLS {
        let script = desk.run(&["completions", shell]);
        assert_eq!(script.code, Some(0), "{shell}: {}", script.err);
        for name in &names {
            assert!(script.out.contains(name.as_str()), "{shell}: {name}");
        }
        for option in ["theme", "no-config", "versus", "backtest"] {
            assert!(script.out.contains(option), "{shell}: {option}");
        }
    }
    assert_eq!(desk.run(&["completions", "tcsh"]).code, Some(2));
}

/// The words that bash offers for the last of these.
fn offered(script: &str, words: &[&str]) -> Vec<String> {
    let (last, before) = (words[words.len() - 1], words[words.len() - 2]);
    let program = format!(
        "source /dev/stdin; COMP_WORDS=({}); COMP_CWORD={}; _casetrail casetrail '{last}' '{before}'; printf '%s\\n' \"${{COMPREPLY[@]}}\"",
        words.join(" "),
        words.len() - 1,
    );
    let mut bash = Command::new("bash")
        .args(["--norc", "-c", &program])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut bash.stdin.take().unwrap(), script.as_bytes()).unwrap();
    let output = bash.wait_with_output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(str::to_owned).collect()
}

#[test]
fn bash_completes_reports_options_and_values() {
    if !is_there("bash") {
        return;
    }
    let script = Desk::new().run(&["completions", "bash"]).out;
    for (words, wanted) in [
        (&["casetrail", "vari"][..], "variants"),
        (&["casetrail", "--the"], "--theme"),
        (&["casetrail", "--theme", "hig"], "high-contrast"),
        (&["casetrail", "predict", "--backt"], "--backtest"),
        (&["casetrail", "completions", "fi"], "fish"),
        (&["casetrail", "config", "pa"], "path"),
    ] {
        let found = offered(&script, words);
        assert!(
            found.iter().any(|word| word == wanted),
            "{words:?}: {found:?}"
        );
    }
}

#[test]
fn shells_accept_their_scripts() {
    let desk = Desk::new();
    for (shell, program, check) in [
        ("bash", "bash", &["-n"][..]),
        ("zsh", "zsh", &["-n"]),
        ("fish", "fish", &["--no-execute"]),
    ] {
        if !is_there(program) {
            continue;
        }
        desk.write("script", desk.run(&["completions", shell]).out);
        let output = Command::new(program)
            .args(check)
            .arg(desk.path("script"))
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            output.status.success() && said.is_empty(),
            "{shell}: {said}"
        );
    }
}

#[test]
fn every_name_has_a_manual_page() {
    let desk = Desk::new();
    let run = desk.run(&["man", "--all", "man1"]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    let mut pages: Vec<String> = fs::read_dir(desk.path("man1"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    pages.sort();
    let mut wanted: Vec<String> = names(&desk)
        .iter()
        .map(|name| format!("casetrail-{name}.1"))
        .collect();
    wanted.push("casetrail.1".to_owned());
    wanted.sort();
    assert_eq!(pages, wanted);
    let page = desk.run(&["man", "variants"]);
    assert_eq!(page.out, desk.read("man1/casetrail-variants.1"));
    assert!(
        page.out.contains(".TH casetrail-variants 1"),
        "{}",
        &page.out[..300]
    );
    assert!(page.out.contains("collapse") && page.out.contains("SYNOPSIS"));
    assert_eq!(desk.run(&["man"]).out, desk.read("man1/casetrail.1"));
    let typo = desk.run(&["man", "varaints"]);
    assert_eq!(typo.code, Some(2));
    assert!(typo.err.contains("did you mean variants"), "{}", typo.err);
    assert_eq!(desk.run(&["man", "--all", "/dev/null/x"]).code, Some(6));
    if is_there("groff") {
        for page in pages {
            let output = Command::new("groff")
                .args(["-man", "-Tutf8", "-ww", "-z"])
                .arg(desk.path("man1").join(&page))
                .output()
                .unwrap();
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(output.status.success() && said.is_empty(), "{page}: {said}");
        }
    }
}
