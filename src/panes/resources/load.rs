//! The load of the resources, or of the values of another column.

use super::actor;
use super::by::{self, By};
use crate::engine::{
    ActorDetail, ActorQuery, Answer, AskError, Features, Listing, LoadQuery, LoadRow, LogInfo,
    Request,
};
use crate::filter::Expr;
use crate::input::Action;
use crate::panes::controls::Order;
use crate::panes::list_pane::ListPane;
use crate::panes::list_view::{Chosen, DetailOf, ListView};
use crate::panes::texts::Nothing;
use crate::panes::{Context, Look, PaneSpec, Rect, Slot, Tab, versus};
use crate::text;
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
    of: By<ActorDetail>,
    /// False where the log is known to have no starts.
    starts_known: bool,
}

impl Default for Load {
    fn default() -> Self {
        Load {
            of: By::default(),
            starts_known: true,
        }
    }
}

impl Load {
    fn head(&self) -> Option<String> {
        let by = self.of.in_words();
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

    fn features(&self, log: &LogInfo) -> Features {
        self.of.shown_in(log)
    }

    fn many(&self) -> &'static str {
        by::rows(&self.of.column)
    }

    fn query(&self, listing: Listing) -> LoadQuery {
        LoadQuery {
            by: self.of.column.clone(),
            listing,
        }
    }

    fn filter(&self, row: &LoadRow) -> Option<Expr> {
        Some(by::filter_of(&self.of.column, &row.resource))
    }

    fn crumb(&self, row: &LoadRow) -> String {
        by::crumb_of(&self.of.column, &self.name(row))
    }

    fn name(&self, row: &LoadRow) -> String {
        text::safe(&row.resource).into_owned()
    }

    fn options(&self, order: &Order) -> Vec<String> {
        [by::option(&self.of.column), order.sort()].concat()
    }

    fn chosen(&mut self) -> Option<&mut dyn Chosen> {
        Some(&mut self.of)
    }

    fn subject(&self) -> String {
        by::to_subject(&self.of.column, "")
    }

    fn nothing(&self, why: Nothing, _: Option<&Answer>, context: Context<'_>) -> Nothing {
        by::why_none(&self.of.column, why, context)
    }

    fn head_rows(&self) -> u16 {
        u16::from(self.head().is_some())
    }

    fn draw_head(&self, _: &Answer, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
        by::draw_line(&self.head().unwrap_or_default(), area, buffer, look);
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
        let question = actor::question(&self.of.column, &row.resource, area);
        vec![(DETAIL, question)]
    }

    fn receive(&mut self, _: Slot, answer: Result<&Answer, &AskError>) {
        self.of.detail = answer.ok().and_then(Answer::to::<ActorQuery>).cloned();
    }

    fn draw_detail(&self, of: &DetailOf<'_, Self>, buffer: &mut Buffer, look: Look<'_>) {
        if let Some(detail) = &self.of.detail {
            let is_stale = (look.stale)(DETAIL);
            actor::draw(detail, &of.row.resource, is_stale, of.area, buffer, look);
        }
    }
}
