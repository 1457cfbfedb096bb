//! The list of attributes.

use crate::engine::{FacetRow, FacetsQuery, Listing};
use crate::filter::Expr;
use crate::panes::list_pane::ListPane;
use crate::panes::list_view::{ColumnOf, ListView};
use crate::panes::{Look, PaneSpec, Tab, versus};
use crate::text::{self, count};
use crate::ui::widgets::Cell;

/// Entry of the list, which is a part of the pane.
pub static SPEC: PaneSpec = PaneSpec {
    id: "facet",
    title: "Attributes",
    short: "By",
    help: "Attributes of cases and events, with their values and the cases without one",
    tab: Tab::Never,
    terms: &[],
    hints: &[],
    report: Some("facet"),
    new: ListPane::<Attributes>::boxed,
    versus: Some(ListPane::<versus::Versus<Attributes>>::boxed),
};

/// The list of attributes.
#[derive(Default)]
struct Attributes;

impl ListView for Attributes {
    type List = FacetsQuery;

    fn spec(&self) -> &'static PaneSpec {
        &SPEC
    }

    fn many(&self) -> &'static str {
        "attributes"
    }

    fn query(&self, listing: Listing) -> FacetsQuery {
        FacetsQuery {
            numbers: false,
            listing,
        }
    }

    fn says_what_is_left(&self) -> bool {
        false
    }

    fn filter(&self, row: &FacetRow) -> Option<Expr> {
        row.present.clone()
    }

    fn name(&self, row: &FacetRow) -> String {
        text::safe(&row.name).into_owned()
    }

    fn cells<'a>(&self, of: &ColumnOf<'_, 'a, Self>, _: Look<'_>) -> Option<Vec<Cell<'a>>> {
        if of.column.name != "values" {
            return None;
        }
        let values = |row: &&FacetRow| {
            let more = if row.held.more { "+" } else { "" };
            Cell::new(format!("{}{more}", count(row.held.values)))
        };
        Some(of.rows.iter().map(values).collect())
    }
}
