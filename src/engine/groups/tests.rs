//! Properties that filters are about.

use super::*;
use crate::filter;

#[test]
fn a_filter_is_about_a_property() {
    for (text, property) in [
        ("team = \"Desk\"", Some("team")),
        ("team in (\"Desk\", \"Field\")", Some("team")),
        ("team = missing", Some("team")),
        ("not team = \"Desk\"", Some("team")),
        ("amount > 5 and amount <= 9", Some("amount")),
        ("event(amount > 5 and amount <= 9)", Some("amount")),
        ("`first` = \"x\"", Some("`first`")),
        ("resource = \"Ann\"", Some("resource")),
        ("first(team) = \"Desk\"", Some("first(team)")),
        ("last(activity) = \"Ship\"", Some("last")),
        ("starts with \"Open\"", Some("first")),
        ("ends with \"Ship\"", Some("last")),
        ("variant = 3", None),
        ("start.weekday = mon", Some("start.weekday")),
        ("start.hour = 9", Some("start.hour")),
        ("started 2024-03", Some("start.month")),
        // The first part that is about one.
        ("\"Ship\" and team = \"Desk\"", Some("team")),
        ("\"Ship\"", None),
        ("count(\"Ship\") >= 2", None),
        ("case = \"4711\"", None),
        ("duration > 10d", None),
        ("\"Open\" -> \"Ship\"", None),
    ] {
        let filter = filter::parse(text).expect(text);
        let by = GroupBy::of(&filter).map(|by| by.to_string());
        assert_eq!(by.as_deref(), property, "{text}");
        // The name is read as the same property.
        if let Some(by) = by {
            assert_eq!(GroupBy::of(&filter), Some(GroupBy::parse(&by)), "{text}");
        }
    }
}
