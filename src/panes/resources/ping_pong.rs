//! The ping-pongs between resources, or between the values of another column.

use super::by::{self, By};
use super::handovers;
use crate::engine::{Answer, Listing, PingPongQuery, PingPongRow};
use crate::filter::Expr;
use crate::input::Action;
use crate::panes::controls::Order;
use crate::panes::list_pane::ListPane;
use crate::panes::list_view::{Chosen, ListView};
use crate::panes::texts::Nothing;
use crate::panes::{Context, Look, PaneSpec, Rect, Tab, versus};
use crate::text::safe;
use ratatui::buffer::Buffer;

/// Entry of the list, which is a part of the pane.
pub static SPEC: PaneSpec = PaneSpec {
    id: "ping-pong",
    title: "Ping-pong",
    short: "Ping",
    help: "Pairs between whom cases go back and forth",
    tab: Tab::Never,
    terms: &["handover"],
    hints: &[
        Action::Open,
        Action::Keep,
        Action::Drop,
        Action::ChooseColumn,
        Action::Sort,
        Action::Find,
    ],
    report: Some("handover"),
    new: ListPane::<PingPong>::boxed,
    versus: Some(ListPane::<versus::Versus<PingPong>>::boxed),
};

/// The column of the actors; pairs have no detail.
#[derive(Default)]
struct PingPong {
    of: By<()>,
}

impl ListView for PingPong {
    type List = PingPongQuery;

    fn spec(&self) -> &'static PaneSpec {
        &SPEC
    }

    fn many(&self) -> &'static str {
        "ping-pongs"
    }

    fn query(&self, listing: Listing) -> PingPongQuery {
        PingPongQuery {
            by: self.of.column.clone(),
            listing,
        }
    }

    fn filter(&self, row: &PingPongRow) -> Option<Expr> {
        Some(row.filter.clone())
    }

    fn name(&self, row: &PingPongRow) -> String {
        format!("{} <> {}", safe(&row.a), safe(&row.b))
    }

    /// The report has one order for both of its lists.
    fn options(&self, _: &Order) -> Vec<String> {
        by::option(&self.of.column)
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
        1
    }

    fn draw_head(&self, answer: &Answer, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
        if let Some(ping_pongs) = answer.to::<PingPongQuery>() {
            handovers::draw_steps(&ping_pongs.steps, &self.of, area, buffer, look);
        }
    }
}
