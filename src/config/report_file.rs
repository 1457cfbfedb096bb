//! The report file: title, comment and sections of a document, in TOML.

use super::keys::{
    Fault, Key, flag, list, no_toml, quoted, read_table, table, text, texts, write_table,
};
use super::{FileError, line_of};
use crate::app::{MOST_SECTIONS, Outline, Section, split};
use std::fmt::Write;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A report as it is written in a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReportFile {
    /// Title and sections.
    pub outline: Outline,
    /// Lines of the commands, in the order of the sections.
    pub lines: Vec<u64>,
}

const HEAD: &str = "\
# A report of casetrail: the sections of a document.
";

const VERSION: &str = "1";

/// A text of a section or of the file; an empty one is not written.
macro_rules! text_key {
    ($name:literal, $field:ident) => {
        Key {
            name: $name,
            set: |to, value| {
                to.$field = text(value.get_ref())?;
                Ok(())
            },
            get: |of| {
                Some(&of.$field)
                    .filter(|t| !t.is_empty())
                    .map(|t| quoted(t))
            },
        }
    };
}

/// The keys of the file, in the order in which they are written. Sections are written below them.
const KEYS: &[Key<Outline>] = &[
    Key {
        name: "version",
        set: |_, value| match value.get_ref().as_integer() {
            Some(version) if version.as_str() == VERSION => Ok(()),
            _ => Err(format!("this casetrail reads version {VERSION} only").into()),
        },
        get: |_| Some(VERSION.to_owned()),
    },
    text_key!("title", title),
    text_key!("comment", comment),
    Key {
        name: "section",
        set: |outline, value| {
            outline.sections = sections(value)?;
            Ok(())
        },
        get: |_| None,
    },
];

/// The keys of a section.
const SECTION_KEYS: &[Key<Section>] = &[
    text_key!("title", title),
    Key {
        name: "command",
        set: |section, value| {
            let command = text(value.get_ref())?;
            if split(&command)?.is_empty() {
                return Err("expected a report with its options".into());
            }
            section.command = command;
            Ok(())
        },
        get: |section| Some(quoted(&section.command)),
    },
    Key {
        name: "filter",
        set: |section, value| {
            section.filters = texts(value.get_ref())?;
            Ok(())
        },
        get: |section| (!section.filters.is_empty()).then(|| list(&section.filters)),
    },
    text_key!("comment", comment),
    Key {
        name: "chart",
        set: |section, value| {
            section.chart = flag(value.get_ref())?;
            Ok(())
        },
        // A section has its chart where nothing else is said.
        get: |section| (!section.chart).then(|| "false".to_owned()),
    },
];

/// Sections, each with a command.
pub(super) fn sections(value: &Spanned<DeValue<'_>>) -> Result<Vec<Section>, Fault> {
    let tables = value.get_ref().as_array();
    let tables = tables.ok_or("sections are a list: write [[section]] above each")?;
    if tables.len() > MOST_SECTIONS {
        return Err(format!("expected {MOST_SECTIONS} sections at most").into());
    }
    let mut sections = Vec::new();
    for one in tables {
        let section: Section = table(one, SECTION_KEYS)?;
        if section.command.is_empty() {
            return Err(Fault {
                place: Some(one.span()),
                message: "a section needs command = \"REPORT OPTIONS\"".to_owned(),
            });
        }
        sections.push(section);
    }
    Ok(sections)
}

/// Writes sections, each a table of that name.
pub(super) fn write_sections(out: &mut String, sections: &[Section]) {
    for section in sections {
        out.push_str("\n[[section]]\n");
        write_table(out, section, SECTION_KEYS);
    }
}

impl ReportFile {
    /// Reads the text of a report file. A key that is not known is an error, with the nearest ones.
    ///
    /// # Errors
    /// The first fault with its line.
    pub fn parse(text: &str) -> Result<Self, FileError> {
        Self::of_toml(text).map_err(|fault| fault.in_text(text))
    }

    fn of_toml(text: &str) -> Result<Self, Fault> {
        let table = DeTable::parse(text).map_err(|error| no_toml(&error))?;
        let mut outline = Outline::default();
        read_table(&mut outline, table.get_ref(), KEYS)?;
        let tables = table.get_ref().get("section");
        let tables = tables.and_then(|value| value.get_ref().as_array());
        let line = |one: &Spanned<DeValue<'_>>| {
            let command = one.get_ref().as_table().and_then(|of| of.get("command"));
            line_of(text, command.unwrap_or(one).span().start)
        };
        let lines = tables
            .into_iter()
            .flat_map(|tables| tables.iter().map(line));
        Ok(ReportFile {
            outline,
            lines: lines.collect(),
        })
    }
}

/// The text of the file of a report; `note` are lines of comment.
pub fn to_toml(outline: &Outline, note: &str) -> String {
    let mut out = HEAD.to_owned();
    for line in note.lines() {
        // Writing to a String cannot fail.
        let _ = writeln!(out, "# {line}");
    }
    write_table(&mut out, outline, KEYS);
    write_sections(&mut out, &outline.sections);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r#"version = 1
title = "Desk, weekly"
comment = "Of all tickets."

[[section]]
command = "summary"

[[section]]
title = "Late ones"
command = 'cases --sort -duration --limit 5'
filter = ["duration > 10d", 'priority = "High"']
comment = "The ten slowest."
chart = false
"#;

    #[test]
    fn what_is_read_is_written_and_read_again() {
        let read = ReportFile::parse(FILE).unwrap();
        assert_eq!(read.lines, [6, 10]);
        let late = &read.outline.sections[1];
        assert!(!late.chart && read.outline.sections[0].chart);
        assert_eq!(late.filters.len(), 2);
        let written = to_toml(&read.outline, "one\ntwo");
        assert!(written.starts_with("# A report of casetrail"), "{written}");
        assert!(written.contains("# one\n# two\nversion = 1\n"), "{written}");
        let again = ReportFile::parse(&written).unwrap();
        assert_eq!(again.outline, read.outline);
        assert_eq!(ReportFile::parse("").unwrap(), ReportFile::default());
    }

    #[test]
    fn faults_have_their_line() {
        for (text, line, part) in [
            (
                "version = 2",
                1,
                "version: this casetrail reads version 1 only",
            ),
            ("titel = \"x\"", 1, "no key is called titel; did you mean"),
            (
                "[section]\ncommand = \"flow\"",
                1,
                "write [[section]] above each",
            ),
            ("\n[[section]]\ntitle = \"x\"", 2, "a section needs command"),
            (
                "[[section]]\ncommand = \"\"",
                2,
                "command: expected a report",
            ),
            (
                "[[section]]\ncommand = \"flow 'a\"",
                2,
                "command: a quote has no end",
            ),
            (
                "[[section]]\ncommand = \"flow\"\nfiltre = \"x\"",
                3,
                "no key is called filtre; did you mean filter",
            ),
            (
                "[[section]]\ncommand = \"flow\"\nchart = 1",
                3,
                "chart: expected true or false",
            ),
            (
                "[[section]]\ncommand = \"flow\"\nfilter = [1.5]",
                3,
                "filter: expected a text",
            ),
            ("title = ", 1, ""),
        ] {
            let error = ReportFile::parse(text).expect_err(text);
            assert_eq!(error.line, Some(line), "{text}: {}", error.message);
            assert!(error.message.contains(part), "{text}: {}", error.message);
        }
        let many = "[[section]]\ncommand = \"flow\"\n".repeat(MOST_SECTIONS + 1);
        assert!(
            ReportFile::parse(&many)
                .unwrap_err()
                .message
                .contains("50 sections at most")
        );
    }
}
