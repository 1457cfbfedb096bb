//! A table for the terminal: a header, columns aligned by what they take on the screen.

use super::{Cell, Column, Table, Wording};
use crate::text;
use crate::ui::fit;
use std::borrow::Cow;
use std::io::{self, Write};

/// Blanks between columns.
const GAP: usize = 2;
/// A column is never cut below this.
const NARROWEST: usize = 8;
/// A cell is never wider than this, even where the line may be as long as it likes: a field of
/// megabytes is looked at in other formats.
const WIDEST: usize = 2_000;

impl Table<'_> {
    /// Writes the table. Lines take no more than `columns`, where given and possible: then texts are cut.
    pub fn write_plain(
        &self,
        out: &mut dyn Write,
        wording: Wording,
        columns: Option<usize>,
    ) -> io::Result<()> {
        let header: Vec<String> = self
            .columns
            .iter()
            .map(|column| text::safe(&column.name).into_owned())
            .collect();
        let mut widths: Vec<usize> = header.iter().map(|name| fit::width(name)).collect();
        // Rows are made once for the widths and once more to be written, so that none is kept.
        for row in self.rows() {
            for (width, cell) in widths.iter_mut().zip(&row) {
                *width = (*width).max(fit::width(&readable(cell, wording)));
            }
        }
        if let Some(columns) = columns {
            fit(&mut widths, &self.columns, columns);
        }
        let header = header.iter().map(|name| Cow::Borrowed(name.as_str()));
        self.write_line(out, &widths, header)?;
        for row in self.rows() {
            let cells = row.iter().map(|cell| readable(cell, wording));
            self.write_line(out, &widths, cells)?;
        }
        Ok(())
    }

    fn write_line<'c>(
        &self,
        out: &mut dyn Write,
        widths: &[usize],
        cells: impl Iterator<Item = Cow<'c, str>>,
    ) -> io::Result<()> {
        let mut line = String::new();
        for (i, cell) in cells.enumerate() {
            let cell = fit::truncate_end(&cell, widths[i], "…");
            let blanks = widths[i] - fit::width(&cell);
            let (before, after) = if self.columns[i].right {
                (blanks, 0)
            } else {
                (0, blanks)
            };
            let gap = if i == 0 { 0 } else { GAP };
            line.extend(std::iter::repeat_n(' ', gap + before));
            line.push_str(&cell);
            line.extend(std::iter::repeat_n(' ', after));
        }
        writeln!(out, "{}", line.trim_end_matches(' '))
    }
}

fn readable<'c>(cell: &'c Cell<'_>, wording: Wording) -> Cow<'c, str> {
    let shown = match cell {
        // What cannot be shown need not be made safe either.
        Cell::Text(long) if long.len() > 8 * WIDEST => {
            let end = long
                .char_indices()
                .nth(WIDEST)
                .map_or(long.len(), |(at, _)| at);
            let beginning = text::safe(&long[..end]).into_owned();
            format!("{beginning}… ({} bytes)", long.len()).into()
        }
        cell => cell.readable(wording),
    };
    // No text is wider than it has bytes.
    if shown.len() <= WIDEST {
        return shown;
    }
    fit::truncate_end(&shown, WIDEST, "…").into_owned().into()
}

/// Narrows the widest of the columns that may be cut until a line fits.
fn fit(widths: &mut [usize], columns: &[Column<'_>], room: usize) {
    let gaps = GAP * widths.len().saturating_sub(1);
    let mut excess = (widths.iter().sum::<usize>() + gaps).saturating_sub(room);
    while excess > 0 {
        let widest = (0..widths.len())
            .filter(|&i| columns[i].cut && widths[i] > NARROWEST)
            .max_by_key(|&i| widths[i]);
        let Some(widest) = widest else { return };
        let next = (0..widths.len())
            .filter(|&i| columns[i].cut && i != widest)
            .map(|i| widths[i])
            .max()
            .unwrap_or(0);
        // Down to the next widest at once, then both by one at a time.
        // At least one, so that this ends.
        let step = (widths[widest] - next.max(NARROWEST).min(widths[widest] - 1)).min(excess);
        widths[widest] -= step;
        excess -= step;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table<'static> {
        let rows = [("Pay\u{1b}[0m", 1_234), ("漢字", 7)];
        Table {
            columns: vec![Column::text("activity"), Column::figure("events")],
            n_rows: 2,
            row: Box::new(move |i| vec![rows[i].0.into(), Cell::Count(rows[i].1)]),
        }
    }

    fn plain(table: &Table<'_>, columns: Option<usize>) -> String {
        let mut out = Vec::new();
        table
            .write_plain(&mut out, Wording::default(), columns)
            .unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn columns_are_aligned_by_what_they_take_on_the_screen() {
        let expected = "\
activity     events
Pay\\u{1b}[0m   1,234
漢字              7
";
        let shown = plain(&table(), None);
        // The escape takes twelve columns, the two characters four.
        let expected = expected.replace("activity     events", "activity      events");
        assert_eq!(shown.replace(' ', ""), expected.replace(' ', ""));
        let widths: Vec<usize> = shown.lines().map(fit::width).collect();
        assert_eq!(widths, [20, 20, 20]);
    }

    #[test]
    fn texts_are_cut_to_the_screen() {
        let shown = plain(&table(), Some(17));
        assert!(shown.lines().all(|line| fit::width(line) <= 17), "{shown}");
        assert!(shown.contains('…'));
        // Figures are never cut, whatever the room.
        assert!(plain(&table(), Some(3)).contains("1,234"));
    }

    #[test]
    fn widths_shrink_from_the_widest() {
        let columns = [Column::text("a"), Column::text("b"), Column::figure("c")];
        let mut widths = [50, 20, 10];
        fit(&mut widths, &columns, 54);
        assert_eq!(widths, [20, 20, 10]);
        fit(&mut widths, &columns, 40);
        assert_eq!(widths.iter().sum::<usize>(), 36);
        fit(&mut widths, &columns, 0);
        assert_eq!(widths, [8, 8, 10]);
    }

    #[test]
    fn a_huge_cell_says_its_size() {
        let table = Table::pairs(vec![("x".into(), "y".repeat(200_000).into())]);
        let shown = plain(&table, None);
        assert!(shown.len() < 3 * WIDEST * 2);
    }
}
