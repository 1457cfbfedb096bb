//! The property that a filter is about: what a key splits cases by, where the filter is that of the row
//! under the cursor.

use super::GroupBy;
use crate::filter::{Anchor, Atom, Dial, EventCond, Expr, Field, Relation, TimeRange};

impl GroupBy {
    /// The property that a filter is about; `None` for other filters, and for those of single cases or
    /// variants, as there are too many of these.
    pub fn of(expr: &Expr) -> Option<GroupBy> {
        let of_event = |condition: &EventCond| match condition {
            EventCond::Compare(comparison) => GroupBy::of_field(&comparison.field.node),
            EventCond::Member(membership) => GroupBy::of_field(&membership.field.node),
            EventCond::Missing(missing) => GroupBy::of_field(&missing.field.node),
            EventCond::Time(_) | EventCond::Between(_) => None,
        };
        match expr {
            Expr::And(parts) | Expr::Or(parts) => parts.iter().find_map(GroupBy::of),
            Expr::Not(inner) => GroupBy::of(inner),
            Expr::Atom(atom) => match atom {
                Atom::Compare(comparison) => GroupBy::of_field(&comparison.field.node),
                Atom::Member(membership) => GroupBy::of_field(&membership.field.node),
                Atom::Missing(missing) => GroupBy::of_field(&missing.field.node),
                Atom::Event(conditions) => conditions.iter().find_map(of_event),
                Atom::Bound(anchor, _) => Some(GroupBy::Activity(*anchor)),
                Atom::Period(Relation::Started, TimeRange::Whole(_)) => Some(GroupBy::Month),
                _ => None,
            },
        }
    }

    fn of_field(field: &Field) -> Option<GroupBy> {
        match field {
            Field::Activity | Field::Resource | Field::Column(_) | Field::LogColumn(_) => {
                Some(GroupBy::Column(field.clone()))
            }
            Field::At(anchor, inner) => Some(match inner.node {
                Field::Activity => GroupBy::Activity(*anchor),
                _ => GroupBy::At(*anchor, inner.node.clone()),
            }),
            Field::Clock(Anchor::Starts, Dial::Weekday) => Some(GroupBy::Weekday),
            Field::Clock(Anchor::Starts, Dial::Hour) => Some(GroupBy::Hour),
            Field::Start => Some(GroupBy::Month),
            _ => None,
        }
    }
}
