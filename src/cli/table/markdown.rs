//! A table for a document: GitHub's Markdown.

use super::{Table, Wording};
use std::io::{self, Write};

impl Table<'_> {
    /// Writes the table.
    pub fn write_markdown(&self, out: &mut dyn Write, wording: Wording) -> io::Result<()> {
        self.write_markdown_rows(out, wording, self.n_rows)
    }

    /// Writes the table with that many rows at most.
    pub fn write_markdown_rows(
        &self,
        out: &mut dyn Write,
        wording: Wording,
        most: usize,
    ) -> io::Result<()> {
        let names = self
            .columns
            .iter()
            .map(|column| crate::text::safe(&column.name));
        write_line(out, names.map(|name| escape(&name)))?;
        let rules = self
            .columns
            .iter()
            .map(|c| if c.right { "---:" } else { "---" });
        write_line(out, rules.map(str::to_owned))?;
        for row in self.rows().take(most) {
            write_line(out, row.iter().map(|cell| escape(&cell.readable(wording))))?;
        }
        Ok(())
    }
}

fn write_line(out: &mut dyn Write, cells: impl Iterator<Item = String>) -> io::Result<()> {
    for cell in cells {
        write!(out, "| {cell} ")?;
    }
    writeln!(out, "|")
}

/// The text so that Markdown shows it as it is: nothing ends the cell, marks up or becomes HTML, a link, a
/// mention or a formula, which GitHub's dialect makes of bare text.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let (mut before, mut chars) = (None, text.chars().peekable());
    while let Some(c) = chars.next() {
        let between = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        match c {
            // Within a word it marks nothing up.
            '_' if between(before) && between(chars.peek().copied()) => escaped.push(c),
            '|' | '\\' | '`' | '*' | '_' | '[' | ']' | '~' | '@' | '$' => escaped.extend(['\\', c]),
            // `https://` and `www.` make a link.
            ':' if chars.peek() == Some(&'/') => escaped.extend(['\\', c]),
            '.' if escaped.to_ascii_lowercase().ends_with("www") => escaped.extend(['\\', c]),
            '<' => escaped.push_str("&lt;"),
            '&' => escaped.push_str("&amp;"),
            c => escaped.push(c),
        }
        before = Some(c);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::super::{Cell, Column};
    use super::*;

    #[test]
    fn cells_cannot_break_out() {
        let table = Table {
            columns: vec![Column::text("a|b"), Column::figure("n_of")],
            n_rows: 1,
            row: Box::new(|_| vec!["x|y\n<b>* _i_".into(), Cell::Seconds(90.0)]),
        };
        let mut out = Vec::new();
        table.write_markdown(&mut out, Wording::default()).unwrap();
        let expected =
            "| a\\|b | n_of |\n| --- | ---: |\n| x\\|y\\\\n&lt;b>\\* \\_i\\_ | 1m 30s |\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    #[test]
    fn bare_text_becomes_no_link() {
        for (text, want) in [
            ("https://a.example/x", "https\\://a.example/x"),
            ("see WWW.a.example", "see WWW\\.a.example"),
            ("a@b.example", "a\\@b.example"),
            ("$x$ at 10:30", "\\$x\\$ at 10:30"),
        ] {
            assert_eq!(escape(text), want);
        }
    }
}
