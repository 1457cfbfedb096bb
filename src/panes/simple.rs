//! Panes of lists that come from their schema alone.

use super::list_pane::ListPane;
use super::list_view::{ListView, Row};
use super::{PaneSpec, Tab, versus};
use crate::engine::{Comparable, Listing, SimpleList};
use crate::filter::Expr;
use crate::input::Action;
use crate::text;
use std::marker::PhantomData;

/// Hints of a list without keys of its own.
pub const HINTS: &[Action] = &[
    Action::Open,
    Action::Keep,
    Action::Drop,
    Action::Sort,
    Action::Find,
];

/// The registry entry of a list.
pub const fn spec<L: SimpleList + Comparable>() -> PaneSpec {
    PaneSpec {
        id: L::INFO.id,
        title: L::INFO.title,
        short: L::INFO.short,
        help: L::INFO.help,
        tab: Tab::Always,
        terms: &[],
        hints: HINTS,
        report: Some(L::INFO.id),
        new: ListPane::<Simple<L>>::boxed,
        versus: Some(ListPane::<versus::Versus<Simple<L>>>::boxed),
    }
}

struct Simple<L>(PhantomData<fn() -> L>);

impl<L> Default for Simple<L> {
    fn default() -> Self {
        Simple(PhantomData)
    }
}

impl<L: SimpleList + Comparable> ListView for Simple<L> {
    type List = L;

    fn spec(&self) -> &'static PaneSpec {
        const { &spec::<L>() }
    }

    fn many(&self) -> &'static str {
        L::INFO.many
    }

    fn query(&self, listing: Listing) -> L {
        L::new(listing)
    }

    fn filter(&self, row: &Row<Self>) -> Option<Expr> {
        Some(L::filter(row))
    }

    fn name(&self, row: &Row<Self>) -> String {
        text::safe(&<L as SimpleList>::name(row)).into_owned()
    }
}
