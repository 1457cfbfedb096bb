//! Tags and notes of all selected cases, the latest first.

use super::controls::Order;
use super::list_pane::ListPane;
use super::list_view::ListView;
use super::texts::{self, Nothing};
use super::{Context, Outcome, PaneSpec, Rect, Tab};
use crate::engine::{Answer, Listing, NoteRow, NotesOfCases, NotesQuery, Remark};
use crate::filter::Expr;
use crate::input::Action;
use crate::panes::Look;
use crate::text::{self, counted};
use crate::ui::paint;
use ratatui::buffer::Buffer;

/// Registry entry.
pub static SPEC: PaneSpec = PaneSpec {
    id: "notes",
    title: "Notes",
    short: "Notes",
    help: "Tags and notes of the selected cases, the latest first",
    tab: Tab::Never,
    terms: &[],
    hints: &[
        Action::Open,
        Action::AddNote,
        Action::EditTags,
        Action::DeleteRow,
        Action::Keep,
        Action::Find,
    ],
    report: Some("notes"),
    new: ListPane::<Notes>::boxed,
    versus: None,
};

#[derive(Default)]
struct Notes;

impl ListView for Notes {
    type List = NotesQuery;
    const KIND: &'static str = "case";

    fn spec(&self) -> &'static PaneSpec {
        &SPEC
    }

    fn many(&self) -> &'static str {
        "tags and notes"
    }

    fn query(&self, listing: Listing) -> NotesQuery {
        NotesQuery { listing }
    }

    fn says_what_is_left(&self) -> bool {
        false
    }

    fn filter(&self, row: &NoteRow) -> Option<Expr> {
        Some(row.of.remark.filter())
    }

    fn case<'r>(&self, row: &'r NoteRow) -> Option<&'r str> {
        Some(&row.case)
    }

    fn name(&self, row: &NoteRow) -> String {
        text::safe(row.of.remark.text()).into_owned()
    }

    fn act(&self, action: &Action, row: &NoteRow) -> Outcome {
        let (case, text) = (&row.case, row.of.remark.text());
        texts::emitting(match action {
            Action::DeleteRow => Some(match row.of.remark {
                Remark::Tag(_) => Action::RemoveTag {
                    case: case.clone(),
                    tag: text.to_owned(),
                },
                Remark::Note(_) => Action::WithdrawNote {
                    case: case.clone(),
                    time: row.of.time,
                    text: text.to_owned(),
                },
            }),
            Action::Keep | Action::Drop => {
                texts::selecting(action, &row.of.remark.filter(), String::new())
            }
            _ => texts::selecting_case(action, case),
        })
    }

    fn options(&self, order: &Order) -> Vec<String> {
        order.sort_and_limit()
    }

    fn nothing(&self, why: Nothing, _: Option<&Answer>, context: Context<'_>) -> Nothing {
        let filtered = !context.view.filters.is_empty() || !context.view.events.is_empty();
        if filtered || context.log.events == 0 {
            return why;
        }
        Nothing {
            sentence: "No case has a tag or a note.".to_owned(),
            hint: "in a list of cases: {tags} tags   {note} note   {mark-case} mark",
        }
    }

    fn head_rows(&self) -> u16 {
        1
    }

    fn draw_head(&self, answer: &Answer, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
        let Some(found) = answer.to::<NotesQuery>() else {
            return;
        };
        let line = in_words(found);
        paint::sentence(
            buffer,
            paint::row(area, 0),
            &line,
            look.theme.muted,
            look.theme,
        );
    }
}

/// "3 tags and notes of 2 cases; 1 case with some is not in the log".
fn in_words(found: &NotesOfCases) -> String {
    let cases = counted(found.cases, "case", "cases");
    let unknown = match found.unknown {
        0 => String::new(),
        1 => "; 1 case with some is not in the log".to_owned(),
        n => format!("; {} cases with some are not in the log", text::count(n)),
    };
    let all = counted(found.rows.total as u64, "tag or note", "tags and notes");
    format!("{all} of {cases}{unknown}")
}
