//! Sections of a document: each is made of its report and the charts and figures of it.

use super::figures::{Changes, Figure, Kind, SectionState, main_figures};
use super::plots;
use crate::app::{Section, quote};
use crate::cli::args::{Common, Format};
use crate::cli::chart::Chart;
use crate::cli::failure::{Failure, code};
use crate::cli::load::LoadCost;
use crate::cli::reports::{Report, ReportContext, Spec};
use crate::cli::section::{Asked, without_values, words_of};
use crate::cli::table::Wording;
use crate::engine::{Answers, AskError, View};

/// Rows of the lists of a section where it says nothing.
const ROWS: usize = 20;
/// Rows of a list that a section may ask for.
const MOST_ROWS: usize = 500;
/// Bytes of the drawing of a map.
const LARGEST_DRAWING: usize = 200_000;

/// Log, options and selection that all sections share.
pub struct Basis<'a> {
    /// The log, here or in an engine.
    pub log: &'a dyn Answers,
    /// Options of the call.
    pub common: &'a Common,
    /// Selection of the whole document.
    pub view: View,
    /// Program, logs and options of a command that reads the logs like that.
    pub command: Vec<String>,
    /// States of the logs.
    pub fingerprints: Vec<String>,
}

impl Basis<'_> {
    /// True where the log is shown with pseudonyms.
    pub fn is_redacted(&self) -> bool {
        self.log.info().redacted
    }

    /// A view as the log shows it.
    pub fn shown(&self, view: View) -> View {
        match self.log.analysis() {
            Some(analysis) => analysis.redacted_view(view),
            None => view,
        }
    }

    /// The words of the command that reads the logs; names of files only where they may be shown.
    fn reading(&self) -> Vec<String> {
        let mut words = if self.is_redacted() {
            ["casetrail", "LOG", "--redact"].map(str::to_owned).into()
        } else {
            self.command.clone()
        };
        let least = self.log.info().least;
        if least > 0 && !words.iter().any(|word| word.starts_with("--suppress")) {
            words.push(format!("--suppress={least}"));
        }
        words
    }

    /// True for the failure of a section that would show groups of few cases; its message names nothing of the log.
    fn withholds(&self, failure: &Failure) -> bool {
        let least = self.log.info().least;
        let mut errors = [AskError::SmallGroups(least), AskError::FewCases(least)].into_iter();
        least > 0 && errors.any(|error| Failure::from(error) == *failure)
    }

    /// Options of a section. Reports that name the logs do so only where they may be shown.
    pub fn common_of(&self, view: &View, format: Format, limit: usize) -> Common {
        let mut common = self.common.of_section(view, format, limit);
        if self.is_redacted() {
            common.logs.fill("LOG".into());
            common.reading.clear();
        }
        common
    }
}

/// A section that was made.
pub struct Made {
    /// Heading.
    pub title: String,
    /// Text below it.
    pub comment: String,
    /// Report, options and selection, as a shell reads them.
    pub command: String,
    /// The command that prints its report.
    pub printed: String,
    /// Terms of the glossary for what the report shows, where its columns name none.
    pub terms: &'static [&'static str],
    /// Figures and texts, or why there are none.
    pub content: Result<Content, Failure>,
    /// True where there are none as they would show groups of few cases.
    pub withheld: bool,
}

/// Contents of a section.
pub struct Content {
    /// The report.
    pub report: Box<dyn Report>,
    /// Wording of its figures.
    pub wording: Wording,
    /// Charts of its tables.
    pub charts: Vec<Chart>,
    /// A drawing that it has itself.
    pub drawing: Option<String>,
    /// Rows of a table at most.
    pub limit: usize,
    /// Main figures.
    pub figures: Vec<Figure>,
    /// Changes of the figures since the last run; `None` where there is none to compare with.
    pub changes: Option<Changes>,
}

impl Made {
    /// Makes a section.
    pub fn of(basis: &Basis<'_>, section: &Section, asked: &Asked) -> Self {
        let view = basis.shown(asked.view(&basis.view));
        let spec = asked.spec;
        let own = if basis.is_redacted() {
            without_values(&asked.words)
        } else {
            asked.words.clone()
        };
        let own = [own, words_of(&view)].concat();
        let joined = |words: &[&[String]]| {
            let words = words.iter().copied().flatten();
            let words: Vec<String> = words.map(|word| quote(word)).collect();
            words.join(" ")
        };
        let name = [spec.name.to_owned()];
        let reading = basis.reading();
        let (program, logs) = reading.split_at(reading.len().min(1));
        // A title may name what the log shows as a pseudonym.
        let is_own = !section.title.is_empty() && !basis.is_redacted();
        let content = content(basis, section.chart, asked, view);
        let withheld = content.as_ref().err();
        let withheld = withheld.is_some_and(|failure| basis.withholds(failure));
        Made {
            title: if is_own {
                section.title.clone()
            } else {
                usual_title(spec)
            },
            comment: if basis.is_redacted() {
                String::new()
            } else {
                section.comment.clone()
            },
            command: joined(&[&name, &own]),
            printed: joined(&[program, &name, logs, &own]),
            terms: super::terms_of(spec),
            withheld,
            content: content.map_err(|failure| {
                // A message may name a value, too.
                if basis.is_redacted() && failure.code != code::BROKEN && !withheld {
                    let hidden = "it failed; the message may name what is redacted";
                    return Failure::new(failure.code, hidden);
                }
                failure
            }),
        }
    }

    /// Figures and title, for the next run.
    pub fn state(&self) -> SectionState {
        let failure = self.content.as_ref().err();
        SectionState {
            title: self.title.clone(),
            command: self.command.clone(),
            failure: failure.map(|failure| failure.message.clone()),
            figures: match &self.content {
                Ok(content) => content.figures.clone(),
                Err(_) => Vec::new(),
            },
        }
    }
}

/// Title of a section that has none: the name of its report.
fn usual_title(spec: &Spec) -> String {
    let name = spec.name.replace('-', " ");
    let mut letters = name.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}

fn content(basis: &Basis<'_>, chart: bool, asked: &Asked, view: View) -> Result<Content, Failure> {
    let limit = asked.limit.unwrap_or(ROWS).min(MOST_ROWS);
    let make = |format: Format| -> Result<(Box<dyn Report>, Vec<Chart>), Failure> {
        let common = basis.common_of(&view, format, limit);
        let context = ReportContext::new(basis.log, &common, LoadCost::default());
        let context = context.about(view.clone());
        let report = asked.spec.report(&context, &asked.matches)?;
        let charts = if chart && format == Format::Markdown {
            let wording = wording(basis, &view);
            plots::charts(&context, asked.spec.name, report.as_ref(), wording)?
        } else {
            Vec::new()
        };
        Ok((report, charts))
    };
    let (report, charts) = make(Format::Markdown)?;
    let drawing = if chart && asked.spec.has(Format::Svg) {
        // A map that is too large to be drawn has its tables.
        let drawn = make(Format::Svg).ok();
        let drawn = drawn.and_then(|(report, _)| report.document(Format::Svg));
        drawn.filter(|drawing| drawing.len() <= LARGEST_DRAWING)
    } else {
        None
    };
    let wording = wording(basis, &view);
    let whole = basis.common_of(&view, Format::Markdown, limit);
    let summary = ReportContext::new(basis.log, &whole, LoadCost::default())
        .about(view)
        .summary()?;
    let count = |figure: &str, value: u64| Figure {
        row: "selected".to_owned(),
        column: figure.to_owned(),
        kind: Kind::Count,
        value: value as f64,
    };
    let mut figures = vec![
        count("cases", summary.cases),
        count("events", summary.events),
    ];
    // The first table is the shortest: rules before their cases, figures before periods.
    if let Some(table) = report.tables().first() {
        figures.extend(main_figures(table, wording));
    }
    Ok(Content {
        report,
        wording,
        charts,
        drawing,
        limit: asked.limit.map_or(MOST_ROWS, |limit| limit.min(MOST_ROWS)),
        figures,
        changes: None,
    })
}

fn wording(basis: &Basis<'_>, view: &View) -> Wording {
    Wording {
        zone: basis.common.tz(),
        working: view.calendar.is_some(),
    }
}
