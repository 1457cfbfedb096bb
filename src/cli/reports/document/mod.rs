//! Several reports on one log as one document: a page with charts, Markdown, or text. What it says is made of one
//! load; the same input gives the same bytes.

mod figures;
mod head;
mod markdown;
mod page;
mod plots;
mod sections;

use super::{Report, ReportContext, ReportResult, Spec, options_do_not_fit};
use crate::app::{Outline, Section, quote};
use crate::cli::args::{Common, Format};
use crate::cli::failure::{Failure, code};
use crate::cli::json::Json;
use crate::cli::output::Output;
use crate::cli::section::Asked;
use crate::cli::table::{Cell, Column, Table};
use crate::cli::words::log_word;
use crate::cli::{plan, say};
use crate::config::report_file::{ReportFile, to_toml};
use crate::engine::{LogInfo, LogPlace};
use crate::panes::PANES;
use crate::panes::glossary::{self, Term};
use crate::panes::timelines::CHARTS;
use crate::source::Input;
use crate::store::fingerprint;
use crate::terminal;
use crate::text::{self, counted};
use clap::{ArgMatches, Args, Command, FromArgMatches};
use figures::{Changes, State};
use head::{facts, since};
pub use sections::Basis;
use sections::Made;
use std::collections::BTreeMap;
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Entry of the registry.
pub const SPEC: Spec = Spec {
    name: "report",
    about: "Several reports as one document: a page with charts, Markdown or text",
    options,
    make,
    versus: Ok(make),
};

/// Formats besides those of all reports.
pub(super) const FORMATS: &[Format] = &[Format::Html];

#[derive(Args)]
#[command(next_help_heading = "Document")]
struct Options {
    /// Title and sections of the document, in TOML [default: summary, findings, deadlines, variants, waits,
    /// queues, flow and trend]
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Figures of the last run: the document says what changed since then, and the file is written again
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// Say when the document was made; without it the same input gives the same bytes
    #[arg(long)]
    dated: bool,
}

fn options(command: Command) -> Command {
    Options::augment_args(command)
}

/// Contents of the files of a call.
#[derive(Debug, Clone, Default)]
pub struct Prepared {
    /// Title and sections with their commands; `None` for the usual ones.
    outline: Option<(Outline, Vec<Asked>)>,
    /// File of the figures, and those of the last run.
    state: Option<(PathBuf, Option<State>)>,
    /// Time of the document, where it is to say so.
    made: Option<String>,
}

/// Reads the files of a call.
///
/// # Errors
/// A file cannot be read, or is wrong: a usage error with its line.
pub(super) fn prepare(common: &mut Common, matches: &ArgMatches) -> Result<(), Failure> {
    let options = Options::from_arg_matches(matches).map_err(|_| options_do_not_fit())?;
    let outline = options.report.as_deref();
    let outline = outline.map(|path| read_outline(path, common)).transpose()?;
    let state = options.state.map(read_state).transpose()?;
    let mut asked = outline.iter().flat_map(|(_, asked)| asked);
    common.timing.ready_made |= asked.any(|section| section.guesses);
    let now = chrono::Utc::now().with_timezone(&common.tz());
    common.document = Some(Arc::new(Prepared {
        outline,
        state,
        made: options
            .dated
            .then(|| now.format("%Y-%m-%d %H:%M %Z").to_string()),
    }));
    Ok(())
}

fn read_outline(path: &Path, common: &Common) -> Result<(Outline, Vec<Asked>), Failure> {
    let name = say::file(path.as_os_str());
    let file = plan::of_file(path, ReportFile::parse)?;
    if file.outline.sections.is_empty() {
        let hint = "write [[section]] and command = \"variants\" in it";
        return Err(Failure::usage(format!(
            "{name}: it has no sections: {hint}"
        )));
    }
    let sections = file.outline.sections.iter().zip(&file.lines);
    let asked = sections.map(|(section, line)| {
        Asked::of(section, common).map_err(|failure| {
            Failure::new(
                failure.code,
                format!("{name}: line {line}: {}", failure.message),
            )
        })
    });
    let asked = asked.collect::<Result<_, _>>()?;
    Ok((file.outline, asked))
}

fn read_state(path: PathBuf) -> Result<(PathBuf, Option<State>), Failure> {
    let name = say::file(path.as_os_str());
    match path.symlink_metadata() {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok((path, None)),
        _ => {}
    }
    let text = plan::text(&path).map_err(|why| Failure::usage(format!("{name} {why}")))?;
    let state = State::parse(&text).map_err(|why| {
        let why = text::escape_line(&why);
        Failure::usage(format!("{name}: no figures of a report: {why}"))
    })?;
    Ok((path, Some(state)))
}

/// Reports among the usual sections that are made over an engine.
const IN_ENGINES: [&str; 4] = ["summary", "check", "variants", "activities"];

/// Sections of a document for which none are named: those that the log has something for.
fn usual_sections(info: &LogInfo) -> Vec<Section> {
    let has_rules = info.deadlines + info.conform_rules > 0;
    let commands: [(&str, bool); 11] = [
        ("summary", true),
        ("findings", true),
        ("check --limit 10", has_rules),
        ("variants --limit 10", true),
        ("activities", true),
        ("bottlenecks --limit 10", true),
        ("queues --limit 10", true),
        ("flow", true),
        ("trend", true),
        ("resources --limit 10", info.resource.is_some()),
        ("triage --limit 10", true),
    ];
    let in_engine = info.place == LogPlace::Engine;
    let is_answered = |command: &str| {
        let name = command.split(' ').next().unwrap_or_default();
        !in_engine || IN_ENGINES.contains(&name)
    };
    let wanted = commands.iter();
    let wanted = wanted.filter(|(command, wanted)| *wanted && is_answered(command));
    let section = |(command, _): &(&str, bool)| Section {
        command: (*command).to_owned(),
        ..Section::default()
    };
    wanted.map(section).collect()
}

fn make(ask: &ReportContext<'_>, _: &ArgMatches) -> ReportResult {
    let common = ask.common;
    let prepared = common.document.clone().unwrap_or_default();
    let logs = common.logs.iter().map(|log| log_word(log));
    let reading = common.reading.iter();
    let reading = reading.map(|word| word.to_string_lossy().into_owned());
    let ends = common.times().ends();
    let none = ends.iter().filter(|ends| ends.is_empty());
    let none = none.map(|_| "--end=".to_owned());
    let ends = ends.iter().flatten().map(|end| format!("--end={end}"));
    let program = std::iter::once("casetrail".to_owned());
    let basis = Basis {
        log: ask.log,
        common,
        view: ask.view.clone(),
        command: program
            .chain(logs)
            .chain(reading)
            .chain(ends)
            .chain(none)
            .collect(),
        fingerprints: fingerprints(&ask.inputs),
    };
    let document = if let Some((outline, asked)) = prepared.outline.clone() {
        Document::new(&basis, &outline, &asked, &prepared)
    } else {
        let outline = Outline {
            sections: usual_sections(ask.info()),
            ..Outline::default()
        };
        of_outline(&basis, &outline, &prepared)?
    };
    Ok(Box::new(document))
}

fn fingerprints(inputs: &[Input]) -> Vec<String> {
    let state = |input: &Input| fingerprint(input).unwrap_or_default();
    inputs.iter().map(state).collect()
}

/// The document of an outline, whose commands are read.
///
/// # Errors
/// The command of a section is wrong.
fn of_outline(
    basis: &Basis<'_>,
    outline: &Outline,
    prepared: &Prepared,
) -> Result<Document, Failure> {
    let asked = outline.sections.iter();
    let asked: Vec<Asked> = asked
        .map(|section| Asked::of(section, basis.common))
        .collect::<Result<_, _>>()?;
    Ok(Document::new(basis, outline, &asked, prepared))
}

/// Makes the document that the explorer writes, in that format, and a note about sections that failed.
///
/// # Errors
/// The command of a section is wrong.
pub fn written(
    basis: &Basis<'_>,
    outline: &Outline,
    format: Format,
) -> Result<(String, String), Failure> {
    let document = of_outline(basis, outline, &Prepared::default())?;
    let note = match document.verdict() {
        Err(failure) if failure.code != code::BROKEN => failure.message,
        _ => String::new(),
    };
    Ok((document.document(format).unwrap_or_default(), note))
}

/// The text of a report file for sections that were put together in the explorer, with the command that reads it.
pub fn for_file(outline: &Outline, command: &[String], path: &str) -> String {
    let mut words: Vec<&str> = command.iter().map(String::as_str).collect();
    words.insert(1.min(words.len()), SPEC.name);
    words.extend(["--report", path, "--output", "report.html", "--force"]);
    let words: Vec<String> = words.into_iter().map(quote).collect();
    to_toml(outline, &words.join(" "))
}

/// Terms of the pane that shows what a report prints.
fn terms_of(spec: &Spec) -> &'static [&'static str] {
    let shows =
        |pane: &&&crate::panes::PaneSpec| pane.report == Some(spec.name) || pane.id == spec.name;
    let mut panes = CHARTS.iter().chain(PANES);
    panes.find(shows).map_or(&[], |pane| pane.terms)
}

/// A document that has its figures.
struct Document {
    title: String,
    comment: String,
    /// Facts about log and selection: name and value, both safe to show.
    facts: Vec<(&'static str, String)>,
    sections: Vec<Made>,
    fingerprints: Vec<String>,
    /// File of the figures.
    state: Option<PathBuf>,
}

impl Document {
    fn new(basis: &Basis<'_>, outline: &Outline, asked: &[Asked], prepared: &Prepared) -> Self {
        let sections = outline.sections.iter().zip(asked);
        let mut sections: Vec<Made> = sections
            .map(|(section, asked)| Made::of(basis, section, asked))
            .collect();
        let last = prepared.state.as_ref();
        if let Some((_, Some(last))) = last {
            compare(&mut sections, last);
        }
        let mut facts = facts(basis);
        if let Some(made) = &prepared.made {
            facts.push(("made", made.clone()));
        }
        if let Some((_, last)) = last {
            facts.push(("since the last run", since(last.as_ref(), &sections, basis)));
        }
        let is_redacted = basis.is_redacted();
        Document {
            title: match outline.title.as_str() {
                _ if is_redacted => "Report".to_owned(),
                "" => format!("Report on {}", basis.log.info().name),
                title => title.to_owned(),
            },
            comment: if is_redacted {
                String::new()
            } else {
                outline.comment.clone()
            },
            facts,
            sections,
            fingerprints: basis.fingerprints.clone(),
            state: last.map(|(path, _)| path.clone()),
        }
    }

    fn state(&self) -> State {
        let sections = self.sections.iter().map(Made::state);
        State::new(self.fingerprints.clone(), sections.collect())
    }

    /// Terms that the columns of the sections name, else those of their panes, by name.
    fn terms(&self) -> Vec<&'static Term> {
        let mut terms: BTreeMap<&str, &'static Term> = BTreeMap::new();
        for made in &self.sections {
            let Ok(content) = &made.content else { continue };
            let tables = content.report.tables();
            let columns = tables.iter().flat_map(|table| &table.columns);
            let named = columns.map(|column| column.term);
            let of_columns: Vec<&str> = named.filter(|term| !term.is_empty()).collect();
            let names = if of_columns.is_empty() {
                made.terms
            } else {
                &of_columns
            };
            let known = names.iter().filter_map(|name| glossary::of(name));
            terms.extend(known.map(|term| (term.name, term)));
        }
        terms.into_values().collect()
    }

    /// The document as text for a terminal.
    fn text(&self) -> io::Result<String> {
        let screen = io::stdout()
            .is_terminal()
            .then(terminal::output_size)
            .flatten();
        let columns = screen.map(|(columns, _)| usize::from(columns));
        let mut out = Vec::new();
        writeln!(out, "{}", text::safe(&self.title))?;
        for line in lines(&self.comment) {
            writeln!(out, "{line}")?;
        }
        writeln!(out)?;
        for (name, value) in &self.facts {
            writeln!(out, "{name}: {value}")?;
        }
        for (at, made) in self.sections.iter().enumerate() {
            writeln!(out, "\n{}. {}\n", at + 1, text::safe(&made.title))?;
            for line in lines(&made.comment) {
                writeln!(out, "{line}")?;
            }
            writeln!(out, "$ {}", made.printed)?;
            let content = match &made.content {
                Ok(content) => content,
                Err(failure) => {
                    writeln!(out, "not made: {}", failure.message)?;
                    continue;
                }
            };
            writeln!(out, "{}", content.report.heading())?;
            let changes = content.changes.as_ref();
            if let Some(changes) = changes {
                writeln!(out, "{}", changes.in_words())?;
            }
            let changed = changes.and_then(|changes| changes.table(content.wording));
            for table in changed.iter().chain(&content.report.tables()) {
                writeln!(out)?;
                table.write_plain(&mut out, content.wording, columns)?;
            }
            if let Some(left) = left_out(content) {
                writeln!(out, "\n{left}")?;
            }
        }
        Ok(String::from_utf8_lossy(&out).into_owned())
    }
}

/// Rows that a list has beyond those of the section, and those that are left out as they are of few cases.
fn left_out(content: &sections::Content) -> Option<String> {
    let shown = content.report.list().n_rows;
    let total = content.report.total().filter(|total| *total > shown);
    let beyond = total.map(|total| {
        let [shown, total] = [shown, total].map(|n| text::count(n as u64));
        format!("{shown} of {total} rows")
    });
    let sentences = [beyond, content.report.suppressed().sentence()];
    let sentences: Vec<String> = sentences.into_iter().flatten().collect();
    (!sentences.is_empty()).then(|| sentences.join("; "))
}

/// The lines of a text of the user, hidden characters as escapes.
fn lines(text: &str) -> impl Iterator<Item = String> {
    text.lines().map(|line| text::safe(line).into_owned())
}

/// Compares sections with those of the last run that had the same command.
fn compare(sections: &mut [Made], last: &State) {
    for made in sections {
        let known = last.sections.iter();
        let was = known
            .clone()
            .find(|was| was.command == made.command && was.title == made.title);
        let was = was.or_else(|| known.clone().find(|was| was.command == made.command));
        if let Ok(content) = &mut made.content {
            content.changes = Some(Changes::between(was, &content.figures));
        }
    }
}

impl Report for Document {
    fn json(&self) -> Box<dyn Json + '_> {
        Box::new(self.state())
    }

    fn heading(&self) -> String {
        text::safe(&self.title).into_owned()
    }

    fn list(&self) -> Table<'_> {
        let rows: Vec<(String, figures::Figure)> = self
            .sections
            .iter()
            .map(Made::state)
            .flat_map(|of| {
                of.figures
                    .into_iter()
                    .map(move |figure| (of.title.clone(), figure))
            })
            .collect();
        let columns = ["section", "row", "figure"].map(Column::text);
        Table {
            columns: columns
                .into_iter()
                .chain([Column::figure("value")])
                .collect(),
            n_rows: rows.len(),
            row: Box::new(move |at| {
                let (section, figure) = &rows[at];
                let text = |text: &String| Cell::from(text.clone());
                let value = Cell::Number(figure.value);
                vec![
                    text(section),
                    text(&figure.row),
                    text(&figure.column),
                    value,
                ]
            }),
        }
    }

    fn plain(&self) -> Option<String> {
        self.text().ok()
    }

    fn document(&self, format: Format) -> Option<String> {
        match format {
            Format::Html => Some(page::page(self)),
            Format::Markdown => markdown::markdown(self).ok(),
            _ => None,
        }
    }

    fn is_broken(&self) -> bool {
        let content = self
            .sections
            .iter()
            .filter_map(|made| made.content.as_ref().ok());
        content
            .map(|content| &content.report)
            .any(|report| report.is_broken())
    }

    fn verdict(&self) -> Result<(), Failure> {
        let made = self.sections.iter().filter(|made| !made.withheld);
        let failures = made.filter_map(|made| {
            let failure = made.content.as_ref().err()?;
            Some((&made.title, failure))
        });
        // The first of those with the largest code.
        let worst = failures.clone().reduce(|worst, next| {
            if next.1.code > worst.1.code {
                next
            } else {
                worst
            }
        });
        if let Some((title, failure)) = worst {
            let n = failures.count();
            let failed = counted(n as u64, "section", "sections");
            return Err(Failure::new(
                failure.code,
                format!(
                    "{failed} of {} could not be made; {}: {}",
                    self.sections.len(),
                    text::safe(title),
                    failure.message
                ),
            ));
        }
        if self.is_broken() {
            return Err(Failure::new(code::BROKEN, ""));
        }
        Ok(())
    }

    fn keep(&self) -> Result<(), Failure> {
        let Some(path) = &self.state else {
            return Ok(());
        };
        let output = Output::choose(Some(path), true, &[])?;
        output.write(|out| self.state().write(out))
    }
}
