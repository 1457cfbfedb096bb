//! The list of the resources, or of the values of another column.

use super::actor;
use super::by::{self, By};
use crate::engine::{
    ActorDetail, ActorQuery, Answer, AskError, Features, GroupBy, Listing, LogInfo, Request,
    ResourceRow, ResourcesQuery,
};
use crate::filter::Expr;
use crate::input::Action;
use crate::panes::controls::Order;
use crate::panes::list_pane::ListPane;
use crate::panes::list_view::{Change, Chosen, ColumnOf, DetailOf, ListView};
use crate::panes::texts::Nothing;
use crate::panes::{Context, Look, PaneSpec, Rect, Slot, Tab, versus};
use crate::text;
use crate::ui::widgets::Cell;
use ratatui::buffer::Buffer;

/// Entry of the list, which is a part of the pane.
pub static SPEC: PaneSpec = PaneSpec {
    id: "list",
    title: "List",
    short: "List",
    help: "Events, cases, load, waits, deadlines and rework of each",
    tab: Tab::Never,
    terms: &[],
    hints: &[
        Action::Open,
        Action::Keep,
        Action::Drop,
        Action::ChooseColumn,
        Action::ToggleAxis,
        Action::Sort,
        Action::Find,
    ],
    report: Some("resources"),
    new: ListPane::<People>::boxed,
    versus: Some(ListPane::<versus::Versus<People>>::boxed),
};

/// The slot of the detail.
const DETAIL: Slot = 1;

/// The column of the rows, and the property by which cases are alike.
#[derive(Default)]
struct People {
    of: By<ActorDetail>,
    /// Chosen property; `None` for the usual one.
    mix: Option<GroupBy>,
    /// Properties on offer, the usual one first; none without deadlines.
    mixes: Vec<GroupBy>,
}

impl People {
    /// The next property by which cases are alike.
    fn next_mix(&mut self) {
        let at = match &self.mix {
            Some(mix) => self.mixes.iter().position(|of| of == mix).unwrap_or(0),
            None => 0,
        };
        self.mix = self.mixes.get((at + 1) % self.mixes.len().max(1)).cloned();
    }

    /// Column of the rows, and the cases that expected rates are of.
    fn head(&self) -> Option<String> {
        let by = self.of.in_words();
        let mix = self.mix.as_ref().or_else(|| self.mixes.first());
        let mix = mix.map(|mix| {
            let mix = mix.in_words();
            format!(
                "expected breaches: those of all cases of the same {}",
                text::safe(&mix)
            )
        });
        let parts: Vec<String> = by.into_iter().chain(mix).collect();
        (!parts.is_empty()).then(|| parts.join("; "))
    }
}

impl ListView for People {
    type List = ResourcesQuery;

    fn spec(&self) -> &'static PaneSpec {
        &SPEC
    }

    fn features(&self, log: &LogInfo) -> Features {
        self.of.shown_in(log)
    }

    fn many(&self) -> &'static str {
        by::rows(&self.of.column)
    }

    fn query(&self, listing: Listing) -> ResourcesQuery {
        ResourcesQuery {
            by: self.of.column.clone(),
            mix: self.mix.clone(),
            listing,
        }
    }

    fn filter(&self, row: &ResourceRow) -> Option<Expr> {
        Some(by::filter_of(&self.of.column, &row.resource))
    }

    fn crumb(&self, row: &ResourceRow) -> String {
        by::crumb_of(&self.of.column, &self.name(row))
    }

    fn name(&self, row: &ResourceRow) -> String {
        text::safe(&row.resource).into_owned()
    }

    fn options(&self, order: &Order) -> Vec<String> {
        let mix = self.mix.as_ref();
        let mix = mix.map_or_else(Vec::new, |mix| vec!["--mix".to_owned(), mix.to_string()]);
        [by::option(&self.of.column), mix, order.sort()].concat()
    }

    fn does(&self, action: &Action) -> bool {
        *action != Action::ToggleAxis || self.mixes.len() > 1
    }

    fn change(&mut self, action: &Action) -> Change {
        match action {
            Action::SegmentBy(_) => {
                self.mix = None;
                self.of.choose(action)
            }
            Action::ToggleAxis if self.mixes.len() > 1 => {
                self.next_mix();
                Change::Query
            }
            _ => Change::None,
        }
    }

    fn subject(&self) -> String {
        let mix = self
            .mix
            .as_ref()
            .map_or_else(String::new, GroupBy::to_string);
        by::to_subject(&self.of.column, &mix)
    }

    fn go_to(&mut self, subject: &str) -> Change {
        let (_, mix) = by::of_subject(subject);
        let mix = (!mix.is_empty()).then(|| GroupBy::parse(mix));
        let is_new = mix != self.mix;
        self.mix = mix;
        match self.of.restore(subject) {
            Change::None if is_new => Change::Query,
            change => change,
        }
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
        if area.width < 100 { 56 } else { 64 }
    }

    fn cells<'a>(&self, of: &ColumnOf<'_, 'a, Self>, look: Look<'_>) -> Option<Vec<Cell<'a>>> {
        if of.column.name != "breaches_rate" {
            return None;
        }
        // A mark, not color alone, for what is clearly above the expected rate.
        let cell = |row: &&'a ResourceRow| {
            let rate = row.breaches.and_then(|of| of.rate());
            let rate = rate.map_or_else(|| "-".to_owned(), text::percent);
            let (mark, style) = if row.breaches.is_some_and(|of| of.is_above_expected()) {
                ('!', look.theme.warn)
            } else {
                (' ', look.theme.text)
            };
            Cell::new(format!("{rate}{mark}")).style(style)
        };
        Some(of.rows.iter().map(cell).collect())
    }

    fn listed(&mut self, answer: &Answer) {
        if let Some(resources) = answer.to::<ResourcesQuery>() {
            self.mixes.clone_from(&resources.mixes);
        }
    }

    fn questions(&self, row: &ResourceRow, area: Rect, _: Context<'_>) -> Vec<(Slot, Request)> {
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
