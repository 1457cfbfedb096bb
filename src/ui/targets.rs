//! Places of the screen that a click can be on. Widgets register them while they draw, so that a click meets what was
//! drawn there, and no second geometry is needed: to find out what is under the mouse, a frame is drawn once more.

use ratatui::layout::{Position, Rect};
use std::cell::RefCell;

/// A thing under the mouse. Numbers are from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// A list.
    List,
    /// The detail beside a list.
    Detail,
    /// A row of a list.
    Row(usize),
    /// One of several charts.
    Chart(usize),
    /// A bin of a chart.
    Bin(usize),
    /// The heading of a column, by the position of its order among those of the list.
    Order(usize),
    /// A tab.
    Tab(usize),
    /// A part of the breadcrumb or a filter, by its position.
    Bar(usize),
    /// A row of a popup.
    Choice(usize),
}

/// The position that is looked for, and the targets there in the order in which they were drawn.
type Search = (Position, Vec<Target>);

thread_local! {
    static SEARCH: RefCell<Option<Search>> = const { RefCell::new(None) };
    static FOLLOWING: RefCell<Option<Vec<Rect>>> = const { RefCell::new(None) };
}

/// The targets at a position of what `draw` draws, the outermost first.
pub fn at(position: Position, draw: impl FnOnce()) -> Vec<Target> {
    SEARCH.set(Some((position, Vec::new())));
    draw();
    SEARCH.take().map_or_else(Vec::new, |(_, found)| found)
}

/// Says that an area shows what is under the cursor of another.
pub fn follows_cursor(area: Rect) {
    FOLLOWING.with_borrow_mut(|areas| {
        if let Some(areas) = areas {
            areas.push(area);
        }
    });
}

/// The areas among those that `draw` draws that follow the cursor of another and are not covered.
pub fn following<R>(draw: impl FnOnce() -> R) -> (R, Vec<Rect>) {
    FOLLOWING.set(Some(Vec::new()));
    let drawn = draw();
    (drawn, FOLLOWING.take().unwrap_or_default())
}

/// Registers the target of an area that is being drawn.
pub fn add(area: Rect, target: Target) {
    search(area, |found| found.push(target));
}

/// Says that an area lies over what was drawn before.
pub fn cover(area: Rect) {
    FOLLOWING.with_borrow_mut(|areas| {
        let is_seen = |shown: &Rect| !shown.intersects(area);
        if let Some(areas) = areas {
            areas.retain(is_seen);
        }
    });
    search(area, Vec::clear);
}

fn search(area: Rect, change: impl FnOnce(&mut Vec<Target>)) {
    SEARCH.with_borrow_mut(|search| {
        if let Some((position, found)) = search
            && area.contains(*position)
        {
            change(found);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_cover_hides_what_is_below() {
        let area = Rect::new(0, 0, 10, 4);
        let row = |y| Rect::new(0, y, 10, 1);
        let draw = || {
            add(area, Target::List);
            (0..4).for_each(|y| add(row(y), Target::Row(y.into())));
            cover(Rect::new(5, 1, 5, 3));
            add(Rect::new(6, 2, 2, 1), Target::Choice(7));
        };
        let found = |x, y| at(Position::new(x, y), draw);
        assert_eq!(found(0, 2), [Target::List, Target::Row(2)]);
        assert_eq!(found(5, 2), []);
        assert_eq!(found(6, 2), [Target::Choice(7)]);
        assert_eq!(found(6, 0), [Target::List, Target::Row(0)]);
        assert_eq!(found(10, 0), []);
        // Nothing is kept where nobody looks.
        draw();
        assert_eq!(at(Position::new(0, 0), || {}), []);
    }
}
