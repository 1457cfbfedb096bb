//! A table for a page: HTML without script, all texts escaped.

use super::{Cell, Column, Table, Wording};
use crate::text::markup::xml;
use crate::text::{escape_line, safe};
use crate::ui::fit;
use std::fmt::Write;

/// Columns of a screen that a cell takes at most.
const WIDEST: usize = 300;

impl Table<'_> {
    /// Writes the table: `most` rows at most, and none beyond `room` bytes. Returns the number of rows written.
    pub fn write_html(
        &self,
        out: &mut String,
        wording: Wording,
        most: usize,
        room: usize,
    ) -> usize {
        let from = out.len();
        out.push_str("<table>\n<thead><tr>");
        for column in &self.columns {
            head(out, column);
        }
        out.push_str("</tr></thead>\n<tbody>\n");
        let mut written = 0;
        for row in self.rows().take(most) {
            let before = out.len();
            out.push_str("<tr>");
            for (column, cell) in self.columns.iter().zip(&row) {
                let open = if column.right {
                    "<td class=\"r\">"
                } else {
                    "<td>"
                };
                // Writing to a String cannot fail.
                let _ = write!(out, "{open}{}</td>", in_cell(cell, wording));
            }
            out.push_str("</tr>\n");
            if out.len() - from > room {
                out.truncate(before);
                break;
            }
            written += 1;
        }
        out.push_str("</tbody>\n</table>\n");
        written
    }
}

fn head(out: &mut String, column: &Column<'_>) {
    let class = if column.right { " class=\"r\"" } else { "" };
    let name = in_html(&column.name);
    let name = match column.term {
        "" => name,
        term => format!("<a href=\"#{}\">{name}</a>", anchor(term)),
    };
    let _ = write!(out, "<th scope=\"col\"{class}>{name}</th>");
}

fn in_cell(cell: &Cell<'_>, wording: Wording) -> String {
    let shown = cell.readable(wording);
    xml(&fit::truncate_end(&shown, WIDEST, "…"))
}

/// A text of a log or of the user in a page: hidden characters as escapes, markup as references.
pub fn in_html(text: &str) -> String {
    xml(&safe(text))
}

/// A message in a page, whose values are escaped already.
pub fn message_in_html(message: &str) -> String {
    xml(&escape_line(message))
}

/// Name of the place in a page that explains a term of the glossary.
pub fn anchor(term: &str) -> String {
    let letter = |c: char| if c.is_alphanumeric() { c } else { '-' };
    let letters: String = term.chars().map(letter).collect();
    format!("term-{}", letters.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOSTILE: &str = "<script>alert('x')</script>\u{202e}\u{1b}[31m\"&";

    fn table() -> Table<'static> {
        Table {
            columns: vec![
                Column::text(HOSTILE),
                Column::figure("cases").of_term("total wait"),
            ],
            n_rows: 3,
            row: Box::new(|i| vec![HOSTILE.into(), Cell::Count(i as u64)]),
        }
    }

    #[test]
    fn texts_of_a_log_are_no_markup() {
        let mut page = String::new();
        assert_eq!(
            table().write_html(&mut page, Wording::default(), 9, 1 << 20),
            3
        );
        assert!(
            !page.contains("<script") && !page.contains('\u{202e}'),
            "{page}"
        );
        assert!(!page.contains('\u{1b}'), "{page}");
        let shown = "&lt;script&gt;alert('x')&lt;/script&gt;\\u{202e}\\u{1b}[31m&quot;&amp;";
        assert_eq!(page.matches(shown).count(), 4, "{page}");
        assert!(
            page.contains("<a href=\"#term-total-wait\">cases</a>"),
            "{page}"
        );
        assert!(page.contains("<td class=\"r\">2</td>"), "{page}");
    }

    #[test]
    fn rows_beyond_the_room_are_left_out_whole() {
        let mut page = "before".to_owned();
        let all = {
            let mut page = String::new();
            table().write_html(&mut page, Wording::default(), 9, 1 << 20);
            page.len()
        };
        let written = table().write_html(&mut page, Wording::default(), 9, all - 60);
        assert_eq!(written, 2);
        assert!(page.ends_with("</tr>\n</tbody>\n</table>\n"), "{page}");
        let mut page = String::new();
        assert_eq!(
            table().write_html(&mut page, Wording::default(), 1, 1 << 20),
            1
        );
    }

    #[test]
    fn long_cells_are_cut() {
        let table = Table::pairs(vec![("x".into(), "y".repeat(100_000).into())]);
        let mut page = String::new();
        table.write_html(&mut page, Wording::default(), 9, 1 << 20);
        assert!(page.len() < 1000 && page.contains('…'), "{}", page.len());
    }
}
