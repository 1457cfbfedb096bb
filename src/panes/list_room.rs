//! The width of a list beside its detail: more than its usual part where its texts would be cut while the detail
//! has room to spare.

use super::list_cells::head;
use crate::engine::{Shown, Value, Width};
use crate::text;
use crate::ui::fit;
use crate::ui::widgets::Column as Head;
use crate::ui::widgets::virtual_table::column_widths;
use std::cell::RefCell;
use std::collections::BTreeMap;

/// Columns that the detail keeps: the hours of a week and most sentences fit them.
const DETAIL: u16 = 42;
/// Columns that the detail gives at most.
const MOST: u16 = 12;
/// Columns of a text that count as its whole.
const LONGEST: usize = 60;

/// Rows of a page that are measured: there may be thousands while a range is marked.
const MEASURED: usize = 500;

/// Room that the texts of a list have asked for since it was opened. It only grows, so that the border does not move
/// back and forth while the list is scrolled.
#[derive(Default)]
pub struct ListRoom {
    found: RefCell<Found>,
}

#[derive(Default)]
struct Found {
    /// Columns of the longest text seen, by the name of the column.
    longest: BTreeMap<String, u16>,
    /// True if the rows that came last have been measured.
    measured: bool,
    /// The usual width, the most, and the width that was found.
    last: Option<(u16, u16, u16)>,
}

impl ListRoom {
    /// Other rows came.
    pub fn rows_came(&self) {
        self.found.borrow_mut().measured = false;
    }

    /// Forgets the texts of another list.
    pub fn forget(&self) {
        self.found.take();
    }

    /// The width of the list: the least from `usual` on with which its texts are whole, or `usual` where none is. `all` are
    /// the columns of list and detail together.
    pub fn width<R>(&self, usual: u16, all: u16, columns: &[Shown<R>], rows: &[R]) -> u16 {
        let most = all.saturating_sub(DETAIL + 3).min(usual + MOST).max(usual);
        let mut found = self.found.borrow_mut();
        if !found.measured {
            found.measure(columns, rows);
        }
        if let Some((_, _, width)) = found.last.filter(|last| (last.0, last.1) == (usual, most)) {
            return width;
        }
        let heads: Vec<Head<'_>> = columns.iter().map(head).collect();
        let shown = |widths: &[u16]| widths.iter().filter(|width| **width > 0).count();
        let n_shown = shown(&column_widths(&heads, usual));
        let is_whole = |widths: &[u16]| {
            columns.iter().zip(widths).all(|(column, width)| {
                let longest = found.longest.get(column.name());
                // A column that has vanished asks for nothing.
                *width == 0 || longest.is_none_or(|longest| longest <= width)
            })
        };
        // Up to where a further column would take the room.
        let widths = (usual..=most).map(|width| (width, column_widths(&heads, width)));
        let mut widths = widths.take_while(|(_, widths)| shown(widths) == n_shown);
        let found_width = widths.find(|(_, widths)| is_whole(widths));
        let width = found_width.map_or(usual, |(width, _)| width);
        found.last = Some((usual, most, width));
        width
    }
}

impl Found {
    fn measure<R>(&mut self, columns: &[Shown<R>], rows: &[R]) {
        self.measured = true;
        for column in columns {
            if column.bar.is_some() || matches!(column.width, Width::Fixed(_)) {
                continue;
            }
            let of_row = |row: &R| match column.value(row) {
                Value::Text(text) => fit::width(&text::safe(text::head(&text, 4 * LONGEST))),
                _ => 0,
            };
            let longest = rows
                .iter()
                .take(MEASURED)
                .map(of_row)
                .max()
                .unwrap_or(0)
                .min(LONGEST);
            let name = column.name().to_owned();
            let known = self.longest.entry(name).or_default();
            if longest as u16 > *known {
                *known = longest as u16;
                self.last = None;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{ActivitiesQuery, ActivityRow, Features, List, Surface};

    fn rows(names: &[&str]) -> Vec<ActivityRow> {
        let row = |name: &&str| ActivityRow {
            activity: (*name).into(),
            events: 1,
            cases: 1,
            starts: 1,
            ends: 1,
            rework_cases: 0,
            before: None,
            service: None,
            active: None,
            waiting: None,
            cost: None,
        };
        names.iter().map(row).collect()
    }

    /// The width of a list of activities with these names, whose usual width is 62 % of the screen.
    fn width(room: &ListRoom, names: &[&str], all: u16) -> u16 {
        let columns = ActivitiesQuery::schema().on(Surface::Pane, &Features::default());
        let rows = rows(names);
        room.width(all * 62 / 100, all, &columns, &rows)
    }

    /// A screen on which the list takes room for that name, and its width then.
    fn wider(name: &str) -> (u16, u16) {
        let of = |all| (all, width(&ListRoom::default(), &[name], all));
        let mut screens = (100..=250).map(of);
        screens
            .find(|(all, width)| *width > all * 62 / 100)
            .unwrap()
    }

    #[test]
    fn a_list_takes_the_room_of_its_longest_name_and_no_more() {
        let (all, long) = wider("Knowledge article linked");
        assert!(
            long <= all * 62 / 100 + MOST && long + DETAIL + 3 <= all,
            "{all} {long}"
        );
        assert_eq!(
            width(&ListRoom::default(), &["Ship", "Pay"], all),
            all * 62 / 100
        );
    }

    #[test]
    fn names_that_cannot_be_whole_get_no_room() {
        let columns = ActivitiesQuery::schema().on(Surface::Pane, &Features::default());
        let heads: Vec<Head<'_>> = columns.iter().map(head).collect();
        let names = ["Knowledge article linked"];
        for all in 100..=250 {
            let found = width(&ListRoom::default(), &names, all);
            let is_whole = |width| usize::from(column_widths(&heads, width)[0]) >= names[0].len();
            assert!(
                found == all * 62 / 100 || is_whole(found) && !is_whole(found - 1),
                "{all}"
            );
        }
    }

    #[test]
    fn it_only_grows_until_another_list_comes() {
        let (all, long) = wider("Knowledge article linked");
        let room = ListRoom::default();
        assert_eq!(width(&room, &["Knowledge article linked"], all), long);
        room.rows_came();
        assert_eq!(width(&room, &["Pay"], all), long);
        room.forget();
        assert!(width(&room, &["Pay"], all) < long);
    }
}
