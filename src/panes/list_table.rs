//! The table of a list pane as it is drawn: the columns on the screen, the cells of the rows on it.

use super::list_cells::{cells, head, order_of, sorted, text_width};
use super::list_columns::OnScreen;
use super::list_pane::{LIST, ListPane};
use super::list_view::{ColumnOf, ListView, Row};
use super::{Context, Look};
use crate::engine::{List, Rows, Shown};
use crate::ui::targets::{self, Target};
use crate::ui::widgets::virtual_table::column_areas;
use crate::ui::widgets::{Cell, Column as Head, Part, Split, VirtualTable};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

impl<V: ListView> ListPane<V> {
    /// Width of the longest text on the screen that can be scrolled sideways, of the column of the cursor
    /// where there is one.
    pub(super) fn widest(&self, split: &Split, context: Context<'_>) -> usize {
        let Some(rows) = self.rows() else { return 0 };
        let OnScreen { columns, cursor } = self.on_screen(split, context.log);
        let heads: Vec<Head<'_>> = columns.iter().map(head).collect();
        let areas = column_areas(&heads, self.table(split));
        let drawn = columns.iter().zip(&areas).enumerate();
        let drawn = drawn
            .filter(|(at, (_, area))| area.width > 0 && cursor.is_none_or(|cursor| cursor == *at));
        let list = self.on(split);
        let widths = drawn.map(|(_, (column, area))| {
            let rows = list.visible().filter_map(|i| rows.get(i));
            let widest = text_width(column, rows, context);
            // From a column that shows its texts whole the cursor goes to the next one.
            if cursor.is_some() && widest <= area.width.into() {
                0
            } else {
                widest
            }
        });
        widths.max().unwrap_or(0)
    }

    pub(super) fn draw_list(
        &self,
        rows: &Rows<Row<V>>,
        split: &Split,
        buffer: &mut Buffer,
        look: Look<'_>,
    ) {
        let OnScreen { columns, cursor } = self.on_screen(split, look.context.log);
        let list = self.on(split);
        let visible: Vec<&Row<V>> = list.visible().filter_map(|i| rows.get(i)).collect();
        let loaded: Vec<bool> = list.visible().map(|i| rows.get(i).is_some()).collect();
        let marks = look.context.marks;
        let is_marked = |i: usize| {
            let case = rows.get(i).and_then(|row| self.view.case(row));
            case.is_some_and(|case| marks.contains(case))
        };
        let marked: Vec<bool> = list.visible().map(is_marked).collect();
        let range = self.range();
        let is_ranged = |i: usize| range.as_ref().is_some_and(|range| range.contains(&i));
        let ranged: Vec<bool> = list.visible().map(is_ranged).collect();
        // Places of marks that are gone since would be those of other rows.
        let ticks: &[usize] = if marks.is_empty() {
            &[]
        } else {
            &self.marking.ticks
        };
        let heads: Vec<Head<'_>> = columns.iter().map(head).collect();
        let areas = column_areas(&heads, self.table(split));
        let (find, scroll) = (&self.controls.find, self.controls.scroll);
        let of_column = |(column, area): (&Shown<Row<V>>, &Rect)| {
            let of = ColumnOf {
                column,
                rows: &visible,
                width: area.width,
                find,
                scroll,
            };
            let own = self.view.cells(&of, look);
            own.unwrap_or_else(|| cells(column, &visible, rows.full, find, look))
        };
        let mut drawn: Vec<_> = columns
            .iter()
            .zip(&areas)
            .map(|of| of_column(of).into_iter())
            .collect();
        // Rows that have not arrived keep their place, or those below would move up under the cursor.
        let row = |loaded: bool| {
            let cells = drawn.iter_mut().filter(|_| loaded);
            cells.filter_map(Iterator::next).collect()
        };
        let rows: Vec<Vec<Cell<'_>>> = loaded.into_iter().map(row).collect();
        let sorted = sorted(V::List::schema(), &columns, &self.controls);
        VirtualTable {
            columns: &heads,
            rows: &rows,
            offset: list.offset,
            total: list.total,
            selected: self.row().map(|_| list.cursor),
            sort: sorted,
            focused: self.focus == Part::List,
            stale: (look.stale)(LIST),
            scroll: self.controls.scroll,
            column: cursor,
            marked: &marked,
            ranged: &ranged,
            // Of marks: a search leaves matching rows alone, which need no ticks.
            ticks,
        }
        .draw(self.table(split), buffer, look.theme);
        for (column, area) in columns.iter().zip(areas) {
            let order = order_of(V::List::schema(), column, &self.controls);
            if let Some(order) = order {
                targets::add(area, Target::Order(order));
            }
        }
    }
}
