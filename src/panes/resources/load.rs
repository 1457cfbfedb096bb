//! The load of the resources, or of the values of another column.

use super::{actor, by};
use crate::engine::{
    ActorDetail, ActorQuery, Answer, AskError, Listing, LoadQuery, LoadRow, Request,
};
use crate::filter::{Expr, Field, Op};
use crate::input::Action;
use crate::panes::controls::Order;
use crate::panes::list_pane::ListPane;
use crate::panes::list_view::{Change, DetailOf, ListView};
use crate::panes::texts::Nothing;
use crate::panes::{Context, Look, PaneSpec, Rect, Slot, Tab, versus};
use crate::text;
use crate::ui::{fit, paint};
use ratatui::buffer::Buffer;

/// Entry of the list, which is a part of the pane.
pub static SPEC: PaneSpec = PaneSpec {
    id: "load",
    title: "Load",
    short: "Load",
    help: "How long each is busy, and with how much at the same time",
    tab: Tab::Never,
    terms: &[],
    hints: &[
        Action::Open,
        Action::Keep,
        Action::Drop,
        Action::ChooseColumn,
        Action::Sort,
        Action::Find,
    ],
    report: Some("load"),
    new: ListPane::<Load>::boxed,
    versus: Some(ListPane::<versus::Versus<Load>>::boxed),
};

/// The slot of the detail.
const DETAIL: Slot = 1;

/// The column of the rows.
struct Load {
    by: Field,
    /// False where the log is known to have no starts.
    starts_known: bool,
    detail: Option<ActorDetail>,
}

impl Default for Load {
    fn default() -> Self {
        Load {
            by: Field::Resource,
            starts_known: true,
            detail: None,
        }
    }
}

impl Load {
    fn head(&self) -> Option<String> {
        let by = (self.by != Field::Resource).then(|| format!("by {}", by::word(&self.by)));
        let starts = (!self.starts_known).then(|| {
            "events have no starts, so that it is unknown how long each took; C chooses their column"
                .to_owned()
        });
        let parts: Vec<String> = by.into_iter().chain(starts).collect();
        (!parts.is_empty()).then(|| parts.join("; "))
    }
}

impl ListView for Load {
    type List = LoadQuery;

    fn spec(&self) -> &'static PaneSpec {
        &SPEC
    }

    fn many(&self) -> &'static str {
        match self.by {
            Field::Resource => "resources",
            _ => "values",
        }
    }

    fn query(&self, listing: Listing) -> LoadQuery {
        LoadQuery {
            by: self.by.clone(),
            listing,
        }
    }

    fn filter(&self, row: &LoadRow) -> Option<Expr> {
        Some(Expr::compare(self.by.clone(), Op::Equal, &*row.resource))
    }

    fn crumb(&self, row: &LoadRow) -> String {
        by::crumb_of(&self.by, &self.name(row))
    }

    fn name(&self, row: &LoadRow) -> String {
        text::safe(&row.resource).into_owned()
    }

    fn options(&self, order: &Order) -> Vec<String> {
        [by::option(&self.by), order.sort()].concat()
    }

    fn change(&mut self, action: &Action) -> Change {
        let Action::SegmentBy(name) = action else {
            return Change::None;
        };
        (self.by, self.detail) = (by::named(name), None);
        Change::Query
    }

    fn subject(&self) -> String {
        by::to_subject(&self.by, "")
    }

    fn go_to(&mut self, subject: &str) -> Change {
        let (by, _) = by::of_subject(subject);
        if by == self.by {
            return Change::None;
        }
        (self.by, self.detail) = (by, None);
        Change::Query
    }

    fn nothing(&self, why: Nothing, _: Option<&Answer>, context: Context<'_>) -> Nothing {
        by::why_none(&self.by, why, context)
    }

    fn head_rows(&self) -> u16 {
        u16::from(self.head().is_some())
    }

    fn draw_head(&self, _: &Answer, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
        let head = self.head().unwrap_or_default();
        let head = fit::truncate_words(&head, area.width.into(), look.theme.glyphs.ellipsis);
        paint::text(buffer, area, &head, look.theme.muted);
    }

    fn share(&self, area: Rect) -> u16 {
        if area.width < 100 { 56 } else { 60 }
    }

    fn listed(&mut self, answer: &Answer) {
        if let Some(loads) = answer.to::<LoadQuery>() {
            self.starts_known = loads.starts_known;
        }
    }

    fn questions(&self, row: &LoadRow, area: Rect, _: Context<'_>) -> Vec<(Slot, Request)> {
        let query = ActorQuery {
            by: self.by.clone(),
            name: row.resource.to_string(),
            time_bins: actor::bins(area),
        };
        vec![(DETAIL, Request::new(query))]
    }

    fn receive(&mut self, _: Slot, answer: Result<&Answer, &AskError>) {
        self.detail = answer.ok().and_then(Answer::to::<ActorQuery>).cloned();
    }

    fn draw_detail(&self, of: &DetailOf<'_, Self>, buffer: &mut Buffer, look: Look<'_>) {
        if let Some(detail) = &self.detail {
            let is_stale = (look.stale)(DETAIL);
            actor::draw(detail, &of.row.resource, is_stale, of.area, buffer, look);
        }
    }
}
