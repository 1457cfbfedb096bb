//! The text beside the list: raw text of the rejected row, settings to try, counts by reason, line
//! counts by outcome, warnings. Wrapped to a width, without styles.

use crate::engine::{Ledger, Lines, Reason, RejectDetail, RejectRow, Role, Setting};
use crate::text::{count, counted, escape_line, safe};
use crate::ui::fit;
use crate::ui::widgets::empty::wrap;

/// Kind of a line of the text, which decides its style.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A heading.
    Heading,
    /// A piece of the file.
    Raw,
    /// A sentence.
    Plain,
    /// A sentence that matters less.
    Muted,
    /// A warning.
    Warning,
}

/// A line of the text, safe to draw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Kind, which decides the style.
    pub kind: Kind,
    /// The text.
    pub text: String,
}

/// Writes lines of one width.
struct Writer {
    notes: Vec<Note>,
    columns: usize,
}

/// All of the text.
pub fn notes(
    ledger: &Ledger,
    detail: Option<&RejectDetail>,
    hidden: &[Reason],
    columns: usize,
) -> Vec<Note> {
    let mut writer = Writer {
        notes: Vec::new(),
        columns,
    };
    match detail {
        Some(detail) => writer.reject(detail, ledger.files),
        None if ledger.rejected == 0 => writer.sentence(Kind::Plain, "", "No row was rejected."),
        None => {}
    }
    if !ledger.warnings.is_empty() {
        let n = ledger.warnings.len() as u64;
        writer.heading(&counted(n, "warning", "warnings"));
        for (warning, notice) in &ledger.warnings {
            let hint = notice
                .setting
                .as_ref()
                .map(|s| format!("; {}", how_to_change(s)));
            let sentence = format!("{}{}", notice.sentence, hint.unwrap_or_default());
            writer.sentence(
                Kind::Warning,
                "",
                &format!("{warning}: {}", escape_line(&sentence)),
            );
        }
    } else if ledger.rejected == 0 {
        writer.sentence(Kind::Plain, "", "No warnings.");
    }
    if !ledger.reasons.is_empty() {
        writer.reasons(ledger, hidden);
    }
    if ledger.lines.read > 0 {
        writer.lines(ledger.lines);
    }
    writer.notes
}

impl Writer {
    fn push(&mut self, kind: Kind, text: impl Into<String>) {
        let text = text.into();
        self.notes.push(Note { kind, text });
    }

    fn heading(&mut self, title: &str) {
        if !self.notes.is_empty() {
            self.push(Kind::Plain, "");
        }
        self.push(Kind::Heading, title);
    }

    /// A sentence; its first line begins with a mark, the others stand under the text.
    fn sentence(&mut self, kind: Kind, mark: &str, sentence: &str) {
        let indent = fit::width(mark);
        let lines = wrap(sentence, self.columns.saturating_sub(indent));
        for (at, line) in lines.iter().enumerate() {
            let before = if at == 0 { mark } else { "" };
            self.push(kind, fit::pad_right(before, indent) + line);
        }
    }

    fn reject(&mut self, detail: &RejectDetail, files: usize) {
        let row = &detail.row;
        let file = match files {
            0 | 1 => String::new(),
            _ => format!(" of {}", safe(&row.file)),
        };
        let line = match row.line {
            Some(_) => format!("Line {}", place(row)),
            None => "End of the input".to_owned(),
        };
        self.heading(&format!("{line}{file}: {}", row.reason));
        self.raw(detail);
        let advice = &detail.advice;
        self.sentence(Kind::Plain, "", &escape_line(&advice.meaning));
        self.heading("What to try");
        for (setting, now) in &advice.settings {
            let now = now.as_ref().map(|now| format!(" (now {now})"));
            let text = how_to_change(setting) + &now.unwrap_or_default();
            self.sentence(Kind::Plain, "- ", &escape_line(&text));
        }
        for text in &advice.others {
            self.sentence(Kind::Plain, "- ", text);
        }
    }

    /// Writes the raw text of the row, line by line.
    fn raw(&mut self, detail: &RejectDetail) {
        let raw = match detail.raw.as_str() {
            "" => detail.row.value.as_str(),
            raw => raw,
        };
        // A line may end with CR, LF or both.
        let unified = raw.replace("\r\n", "\n").replace('\r', "\n");
        for line in unified.split('\n') {
            for piece in fit::pieces(&safe(line), self.columns) {
                self.push(Kind::Raw, piece);
            }
        }
        if detail.cut {
            self.sentence(Kind::Muted, "", "Only the beginning of the row is shown.");
        }
    }

    fn reasons(&mut self, ledger: &Ledger, hidden: &[Reason]) {
        let rows = counted(ledger.rejected, "rejected row", "rejected rows");
        self.heading(&rows);
        for (reason, n) in &ledger.reasons {
            let off = hidden.contains(reason);
            let mark = if off { "  (not shown)" } else { "" };
            let kind = if off { Kind::Muted } else { Kind::Plain };
            self.push(kind, format!("{:>10}  {reason}{mark}", count(*n)));
        }
        if ledger.kept < ledger.rejected {
            let first = count(ledger.kept);
            let text = format!("Only the first {first} are listed.");
            self.sentence(Kind::Muted, "", &text);
        }
    }

    fn lines(&mut self, lines: Lines) {
        self.heading(&counted(lines.read, "line", "lines"));
        for (what, n) in parts(lines) {
            self.push(Kind::Plain, format!("{:>10}  {what}", count(n)));
        }
    }
}

/// Line counts by outcome; their sum is the number of lines read.
pub fn parts(lines: Lines) -> [(&'static str, u64); 5] {
    [
        ("loaded", lines.loaded),
        ("rejected", lines.rejected),
        ("header", lines.header),
        ("blank", lines.blank),
        ("continuation", lines.continuation),
    ]
}

/// Where in the explorer a setting is changed: by keys of the view of columns, if there are such.
fn how_to_change(setting: &Setting) -> String {
    let text = match setting {
        Setting::Column(Role::Case) => "C, then c on each column of the case",
        Setting::Column(Role::Activity) => "C, then a on each column of the activity",
        Setting::Column(Role::Time) => "C, then t on the column of the timestamp",
        Setting::Column(role) => {
            return format!("C, then choose the column of the {}", role.name());
        }
        Setting::Milestones(_) => "C, then E: an event of every column of times",
        Setting::Header => "C, then n: the first row is a header, or data",
        Setting::TimeFormat => "C, then f: time format, for example %d.%m.%Y %H:%M:%S or epoch_ms",
        Setting::EpochUnit => {
            "C, then f: unit of timestamps: epoch_s, epoch_ms, epoch_us or epoch_ns"
        }
        Setting::ExcelDates => "C, then f: excel",
        Setting::DateOrder(_) => "C, then D: order of day and month",
        Setting::Delimiter => "C, then d: field delimiter",
        Setting::ObjectType => "C: object type to use as case",
        Setting::Zone => "the time zone can be set when the log is opened",
        Setting::Missing(text) => {
            return format!("{text} can be set to mean a missing value when the log is opened");
        }
        Setting::Quoting => "C, then Q: quotes and escapes of fields",
        Setting::Encoding => "the encoding can be set when the log is opened",
    };
    text.to_owned()
}

/// Line of a row in its file, without separators as it is a place, not an amount; "end" for the end.
pub fn place(row: &RejectRow) -> String {
    row.line.map_or("end".to_owned(), |line| line.to_string())
}
