//! The list of the resources, or of the values of another column.

use super::{actor, by};
use crate::engine::{
    ActorDetail, ActorQuery, Answer, AskError, GroupBy, Listing, Request, ResourceRow,
    ResourcesQuery,
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
struct People {
    by: Field,
    /// Chosen property; `None` for the usual one.
    mix: Option<GroupBy>,
    /// Properties on offer, the usual one first; none without deadlines.
    mixes: Vec<GroupBy>,
    detail: Option<ActorDetail>,
}

impl Default for People {
    fn default() -> Self {
        People {
            by: Field::Resource,
            mix: None,
            mixes: Vec::new(),
            detail: None,
        }
    }
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

    /// What the rows are by, and what expected rates are of.
    fn head(&self) -> Option<String> {
        let by = (self.by != Field::Resource).then(|| format!("by {}", by::word(&self.by)));
        let mix = self.mix.as_ref().or_else(|| self.mixes.first());
        let mix = mix.map(|mix| {
            let mix = mix.to_string();
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

    fn many(&self) -> &'static str {
        match self.by {
            Field::Resource => "resources",
            _ => "values",
        }
    }

    fn query(&self, listing: Listing) -> ResourcesQuery {
        ResourcesQuery {
            by: self.by.clone(),
            mix: self.mix.clone(),
            listing,
        }
    }

    fn filter(&self, row: &ResourceRow) -> Option<Expr> {
        Some(Expr::compare(self.by.clone(), Op::Equal, &*row.resource))
    }

    fn crumb(&self, row: &ResourceRow) -> String {
        by::crumb_of(&self.by, &self.name(row))
    }

    fn name(&self, row: &ResourceRow) -> String {
        text::safe(&row.resource).into_owned()
    }

    fn options(&self, order: &Order) -> Vec<String> {
        let mix = self.mix.as_ref();
        let mix = mix.map_or_else(Vec::new, |mix| vec!["--mix".to_owned(), mix.to_string()]);
        [by::option(&self.by), mix, order.sort()].concat()
    }

    fn change(&mut self, action: &Action) -> Change {
        match action {
            Action::SegmentBy(name) => {
                self.by = by::named(name);
                (self.mix, self.detail) = (None, None);
            }
            Action::ToggleAxis if self.mixes.len() > 1 => self.next_mix(),
            _ => return Change::None,
        }
        Change::Query
    }

    fn subject(&self) -> String {
        let mix = self
            .mix
            .as_ref()
            .map_or_else(String::new, GroupBy::to_string);
        by::to_subject(&self.by, &mix)
    }

    fn go_to(&mut self, subject: &str) -> Change {
        let (by, mix) = by::of_subject(subject);
        let mix = (!mix.is_empty()).then(|| GroupBy::parse(mix));
        if (&by, &mix) == (&self.by, &self.mix) {
            return Change::None;
        }
        (self.by, self.mix, self.detail) = (by, mix, None);
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
        if area.width < 100 { 56 } else { 64 }
    }

    fn listed(&mut self, answer: &Answer) {
        if let Some(resources) = answer.to::<ResourcesQuery>() {
            self.mixes.clone_from(&resources.mixes);
        }
    }

    fn questions(&self, row: &ResourceRow, area: Rect, _: Context<'_>) -> Vec<(Slot, Request)> {
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
