//! Tags and notes of the selected cases, a row for each.

use crate::engine::list::{List, Listing, Rows};
use crate::engine::notes::{CaseRemark, Remark};
use crate::engine::prepared::Prepared;
use crate::engine::query::{Context, Query};
use crate::engine::schema::{Align, Schema, Value};
use crate::engine::view::AskError;

/// A page of the tags and notes.
#[derive(Debug, Clone, PartialEq)]
pub struct NotesQuery {
    /// Order, search and page.
    pub listing: Listing,
}

/// A tag or a note of a case.
#[derive(Debug, Clone, PartialEq)]
pub struct NoteRow {
    /// Case id.
    pub case: String,
    /// When it was written, what it is, and who wrote it.
    pub of: CaseRemark,
}

/// Tags and notes of the selected cases.
#[derive(Debug, Clone, PartialEq)]
pub struct NotesOfCases {
    /// The page.
    pub rows: Rows<NoteRow>,
    /// Selected cases that have tags or notes.
    pub cases: u64,
    /// Cases with tags or notes that the log does not have.
    pub unknown: u64,
}

type Column = crate::engine::schema::Column<NoteRow>;

/// Columns of the tags and notes.
pub static NOTES: Schema<NoteRow> = Schema {
    name: "notes",
    key: |r| {
        format!(
            "{}\0{}\0{}\0{}",
            r.of.time,
            r.case,
            r.of.remark.kind(),
            r.of.remark.text()
        )
    },
    columns: &[
        Column::new("time", |r| Value::Instant(r.of.time))
            .left(Align::Fixed)
            .fixed(16),
        Column::new("case", |r| Value::text(&r.case))
            .middle()
            .left(Align::Text)
            .flex(10, 1, 32)
            .ascending(),
        Column::new("kind", |r| Value::text(r.of.remark.kind()))
            .left(Align::Text)
            .fixed(5)
            .ascending()
            .muted()
            .term("tag, note"),
        Column::new("text", |r| Value::text(r.of.remark.text()))
            .left(Align::Text)
            .flex(16, 4, 200)
            .ascending(),
        Column::new("who", |r| {
            r.of.who.as_deref().map_or(Value::Missing, Value::text)
        })
        .left(Align::Text)
        .flex(6, 1, 16)
        .priority(1)
        .ascending()
        .muted(),
    ],
    pane: &[],
    table: &[],
    json: &[],
    orders: &["time", "case", "kind", "text", "who"],
    chosen: None,
};

impl List for NotesQuery {
    type Row = NoteRow;

    fn schema() -> &'static Schema<NoteRow> {
        &NOTES
    }

    fn rows(answer: &NotesOfCases) -> &Rows<NoteRow> {
        &answer.rows
    }
}

impl Query for NotesQuery {
    type Answer = NotesOfCases;

    fn run(&self, context: &Context<'_>) -> Result<NotesOfCases, AskError> {
        let selected = context.selected()?;
        let (prepared, selection) = (&selected.prepared, selected.selection());
        let mut rows: Vec<NoteRow> = Vec::new();
        let (mut cases, mut unknown) = (0, 0);
        for (case, remarks) in prepared.all_remarks() {
            match case {
                None => unknown += 1,
                Some(case) if selection.contains(case as usize) && !remarks.is_empty() => {
                    cases += 1;
                    let case = selection.log.case_ids.get(case);
                    rows.extend(remarks.into_iter().map(|of| NoteRow {
                        case: case.to_owned(),
                        of,
                    }));
                }
                Some(_) => {}
            }
        }
        rows.sort_by(|a, b| (&a.case, &a.of).cmp(&(&b.case, &b.of)));
        let text = |row: &NoteRow| format!("{}\n{}", row.case, row.of.remark.text());
        let rows = NOTES.select(&rows, &self.listing, context.cancel, text)?;
        Ok(NotesOfCases {
            rows,
            cases,
            unknown,
        })
    }
}

impl Prepared {
    /// Every case that has tags or notes, `None` for one that the log does not have, with those that are shown:
    /// notes are hidden while the log is redacted.
    fn all_remarks(&self) -> Vec<(Option<u32>, Vec<CaseRemark>)> {
        let Some(notes) = &self.notes else {
            return Vec::new();
        };
        let (_, notes) = notes.now();
        let cases = notes.cases();
        let of = cases.map(|case| (self.log.case_of(case), self.shown(notes.remarks(case))));
        of.collect()
    }

    /// Tags and notes of a case that are shown, oldest first.
    pub(in crate::engine) fn remarks(&self, case: u32) -> Vec<CaseRemark> {
        let Some(notes) = &self.notes else {
            return Vec::new();
        };
        let (_, notes) = notes.now();
        let id = self.log.case_ids.get(case);
        if self.log.redacted.is_none() {
            return notes.remarks(id);
        }
        // The log has only the pseudonym of the id.
        let mut cases = notes.cases();
        let id = cases.find(|id| self.log.case_of(id) == Some(case));
        id.map_or_else(Vec::new, |id| self.shown(notes.remarks(id)))
    }

    /// Without what may name persons, while the log is redacted.
    fn shown(&self, mut remarks: Vec<CaseRemark>) -> Vec<CaseRemark> {
        if self.log.redacted.is_some() {
            remarks.retain(|of| matches!(of.remark, Remark::Tag(_)));
            for of in &mut remarks {
                of.who = None;
            }
        }
        remarks
    }
}
