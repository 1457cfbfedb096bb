//! The report that is put together: its sections, each with the command that prints what it shows.

/// Sections that a report has at most.
pub const MOST_SECTIONS: usize = 50;

/// Ends of the names of files that rows can be written to.
pub(super) const EXPORTED: [&str; 3] = [".csv", ".json", ".md"];

/// Ends of the names of files that a report can be written to.
pub(super) const ENDINGS: [&str; 5] = [".html", ".htm", ".md", ".markdown", ".toml"];

/// True if the name of a file says how a report is written to it.
pub(super) fn says_format(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    ENDINGS.iter().any(|ending| path.ends_with(ending))
}

/// A section of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Heading; that of its report if empty.
    pub title: String,
    /// Text below the heading; blank lines separate paragraphs.
    pub comment: String,
    /// Name of a report and its options as a shell reads them: `variants --sort median`. Logs, and how they are
    /// read, are said once for all sections.
    pub command: String,
    /// Filters of cases; all must hold.
    pub filters: Vec<String>,
    /// False for a table without its chart.
    pub chart: bool,
}

impl Default for Section {
    fn default() -> Self {
        Section {
            title: String::new(),
            comment: String::new(),
            command: String::new(),
            filters: Vec::new(),
            chart: true,
        }
    }
}

/// A report: title and sections.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outline {
    /// Title of the document; a usual one if empty.
    pub title: String,
    /// Text below the title; blank lines separate paragraphs.
    pub comment: String,
    /// The sections in their order.
    pub sections: Vec<Section>,
}

impl Outline {
    /// Moves a section by one place, where there is one. Gives its new position.
    pub(super) fn shift(&mut self, at: usize, down: bool) -> usize {
        let to = if down { at + 1 } else { at.wrapping_sub(1) };
        if at < self.sections.len() && to < self.sections.len() {
            self.sections.swap(at, to);
            return to;
        }
        at
    }
}
