//! Resources: who does the work.

#[cfg(test)]
mod tests;

use super::list_pane::ListPane;
use super::list_view::ListView;
use super::simple::HINTS;
use super::texts::Nothing;
use super::{Context, PaneSpec, Tab, versus};
use crate::engine::{Answer, Listing, ResourceRow, ResourcesQuery};
use crate::filter::{Expr, Field, Op};
use crate::text;

/// Registry entry.
pub static SPEC: PaneSpec = PaneSpec {
    id: "resources",
    title: "Resources",
    short: "Res",
    help: "Events, cases and activities of each resource",
    tab: Tab::Always,
    terms: &[],
    hints: HINTS,
    report: Some("resources"),
    new: ListPane::<Resources>::boxed,
    versus: Some(ListPane::<versus::Versus<Resources>>::boxed),
};

#[derive(Default)]
struct Resources;

impl ListView for Resources {
    type List = ResourcesQuery;
    const KIND: &'static str = "resource";

    fn spec(&self) -> &'static PaneSpec {
        &SPEC
    }

    fn many(&self) -> &'static str {
        "resources"
    }

    fn query(&self, listing: Listing) -> ResourcesQuery {
        ResourcesQuery { listing }
    }

    fn filter(&self, row: &ResourceRow) -> Option<Expr> {
        Some(Expr::compare(Field::Resource, Op::Equal, &*row.resource))
    }

    fn name(&self, row: &ResourceRow) -> String {
        text::safe(&row.resource).into_owned()
    }

    fn nothing(&self, why: Nothing, _: Option<&Answer>, context: Context<'_>) -> Nothing {
        if context.log.resource.is_some() {
            return why;
        }
        Nothing {
            sentence: "The log has no resource column; press C to choose one.".to_owned(),
            ..why
        }
    }
}
