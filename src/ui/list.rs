//! The cursor of a long list: which row, and which rows are on the screen. Pure; knows no row.

use std::ops::Range;

/// Rows asked for beyond the screen on either side, so that a step shows no hole.
const MARGIN: usize = 32;

/// Cursor, first row on the screen, and the numbers that bound them. Keep it consistent with
/// [`ListState::set_total`] and [`ListState::set_page`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListState {
    /// Row of the cursor, from 0; 0 where there is no row.
    pub cursor: usize,
    /// First row on the screen.
    pub offset: usize,
    /// Rows there are.
    pub total: usize,
    /// Rows on the screen, at least 1.
    pub page_rows: usize,
}

impl Default for ListState {
    fn default() -> Self {
        ListState {
            cursor: 0,
            offset: 0,
            total: 0,
            page_rows: 20,
        }
    }
}

/// A wish to move, for those who name it rather than call the method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Move {
    /// One row up.
    Up,
    /// One row down.
    Down,
    /// One page up.
    PageUp,
    /// One page down.
    PageDown,
    /// Half a page up.
    HalfUp,
    /// Half a page down.
    HalfDown,
    /// First row.
    Top,
    /// Last row.
    Bottom,
    /// That row, from 0; the last one where there are fewer.
    Row(usize),
}

impl ListState {
    /// Moves the cursor. Gives whether anything changed.
    pub fn go(&mut self, to: Move) -> bool {
        let before = *self;
        let page = self.page_rows.max(1);
        let half = (page / 2).max(1);
        // A page keeps one row of the one before, and moves the rows as much as the cursor.
        let step = page.saturating_sub(1).max(1);
        match to {
            Move::Up => self.cursor = self.cursor.saturating_sub(1),
            Move::Down => self.cursor += 1,
            Move::PageUp => self.scroll_up(step),
            Move::PageDown => self.scroll_down(step),
            Move::HalfUp => self.scroll_up(half),
            Move::HalfDown => self.scroll_down(half),
            Move::Top => self.cursor = 0,
            Move::Bottom => self.cursor = self.total,
            Move::Row(row) => self.center(row),
        }
        self.settle();
        *self != before
    }

    fn scroll_up(&mut self, rows: usize) {
        self.cursor = self.cursor.saturating_sub(rows);
        self.offset = self.offset.saturating_sub(rows);
    }

    fn scroll_down(&mut self, rows: usize) {
        self.cursor = self.cursor.saturating_add(rows);
        self.offset = self.offset.saturating_add(rows);
    }

    /// A row far away is shown in the middle, with what is around it.
    fn center(&mut self, row: usize) {
        self.cursor = row.min(self.total.saturating_sub(1));
        if !self.visible().contains(&self.cursor) {
            self.offset = self.cursor.saturating_sub(self.page_rows / 2);
        }
    }

    /// There are `total` rows now; the cursor stays where it can.
    pub fn set_total(&mut self, total: usize) {
        self.total = total;
        self.settle();
    }

    /// The screen has `rows` rows now; the cursor stays visible.
    pub fn set_page(&mut self, rows: usize) {
        self.page_rows = rows.max(1);
        self.settle();
    }

    /// Puts cursor and first row back, as far as they are known: before rows are there, they are
    /// taken as given.
    pub fn restore(&mut self, cursor: usize, offset: usize) {
        let seen = offset.saturating_add(self.page_rows);
        self.total = self.total.max(seen).max(cursor.saturating_add(1));
        self.cursor = cursor;
        self.offset = offset;
        self.settle();
    }

    fn settle(&mut self) {
        let page = self.page_rows.max(1);
        self.cursor = self.cursor.min(self.total.saturating_sub(1));
        let lowest = (self.cursor + 1).saturating_sub(page);
        let last = self.total.saturating_sub(page);
        self.offset = self.offset.clamp(lowest, self.cursor).min(last.max(lowest));
    }

    /// The rows on the screen.
    pub fn visible(&self) -> Range<usize> {
        self.offset
            ..self
                .offset
                .saturating_add(self.page_rows)
                .min(self.total)
                .max(self.offset)
    }

    /// The rows to ask for, as offset and limit: those on the screen and a margin. It moves in
    /// steps, so that a single step of the cursor rarely asks anew.
    pub fn window(&self) -> (usize, usize) {
        let first = self.offset.saturating_sub(MARGIN) / MARGIN * MARGIN;
        let last = self.offset.saturating_add(self.page_rows + MARGIN);
        let last = last.div_ceil(MARGIN).saturating_mul(MARGIN);
        (first, last - first)
    }

    /// Returns whether there is a row under the cursor.
    pub fn has_row(&self) -> bool {
        self.cursor < self.total
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn list(total: usize, page_rows: usize) -> ListState {
        let mut list = ListState::default();
        list.set_page(page_rows);
        list.set_total(total);
        list
    }

    #[test]
    fn moves() {
        let mut state = list(100, 10);
        let steps = [
            (Move::Up, 0, 0),
            (Move::Down, 1, 0),
            (Move::PageDown, 10, 9),
            (Move::HalfDown, 15, 14),
            (Move::Bottom, 99, 90),
            (Move::PageDown, 99, 90),
            (Move::HalfUp, 94, 85),
            (Move::PageUp, 85, 76),
            (Move::Row(50), 50, 45),
            (Move::Row(52), 52, 45),
            (Move::Row(1000), 99, 90),
            (Move::Top, 0, 0),
        ];
        for (step, cursor, offset) in steps {
            state.go(step);
            assert_eq!((state.cursor, state.offset), (cursor, offset), "{step:?}");
        }
        assert!(!state.go(Move::Top));
    }

    #[test]
    fn fewer_rows_pull_the_cursor_in() {
        let mut state = list(100, 10);
        state.go(Move::Bottom);
        state.set_total(5);
        assert_eq!((state.cursor, state.offset), (4, 0));
        state.set_total(0);
        assert_eq!((state.cursor, state.offset), (0, 0));
        assert!(!state.has_row());
    }

    #[test]
    fn a_place_is_restored_before_rows_are_there() {
        let mut state = list(0, 10);
        state.restore(500, 495);
        assert_eq!((state.cursor, state.offset), (500, 495));
        let (offset, limit) = state.window();
        assert!(offset <= 495 && offset + limit >= 505);
    }

    proptest! {
        #[test]
        fn the_cursor_is_always_visible(
            steps in proptest::collection::vec((0u8..11, 0usize..400), 0..40),
        ) {
            let mut state = list(100, 10);
            for (kind, n) in steps {
                match kind {
                    0 => { state.go(Move::Up); }
                    1 => { state.go(Move::Down); }
                    2 => { state.go(Move::PageUp); }
                    3 => { state.go(Move::PageDown); }
                    4 => { state.go(Move::HalfUp); }
                    5 => { state.go(Move::HalfDown); }
                    6 => { state.go(Move::Bottom); }
                    7 => { state.go(Move::Row(n)); }
                    8 => state.set_total(n),
                    9 => state.set_page(n),
                    _ => state.restore(n, n / 2),
                }
                prop_assert!(state.total == 0 || state.visible().contains(&state.cursor));
                let (offset, limit) = state.window();
                prop_assert!(offset <= state.offset);
                prop_assert!(offset + limit >= state.visible().end);
                // No blank rows below the last one while there are rows above.
                prop_assert!(state.offset == 0 || state.offset + state.page_rows <= state.total);
            }
        }
    }
}
