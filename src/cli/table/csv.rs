//! A table for other programs: comma-separated values. Spreadsheets take some texts for formulas
//! and run them, so these get an apostrophe in front unless the user wants them raw.

use super::{Cell, Table};
use std::borrow::Cow;
use std::io::{self, Write};

/// Writing of text values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CsvTexts {
    /// Leave texts that look like formulas as they are.
    pub raw: bool,
    /// Write out what would act on a terminal.
    pub safe: bool,
}

impl Table<'_> {
    /// Writes the table; gives the number of texts that were guarded.
    pub fn write_csv(&self, out: &mut dyn Write, texts: CsvTexts) -> io::Result<u64> {
        self.try_write_csv(out, texts)
            .map_err(|error| match error.into_kind() {
                // The kind of the error matters: a closed pipe is none.
                csv::ErrorKind::Io(error) => error,
                other => io::Error::other(format!("{other:?}")),
            })
    }

    fn try_write_csv(&self, out: &mut dyn Write, texts: CsvTexts) -> csv::Result<u64> {
        let mut guarded = 0;
        let mut writer = csv::Writer::from_writer(out);
        for column in &self.columns {
            writer.write_field(texts.field(&column.name, &mut guarded).as_bytes())?;
        }
        // Ends the record, whose fields were written one by one.
        writer.write_record(None::<&[u8]>)?;
        for row in self.rows() {
            for cell in &row {
                match cell {
                    Cell::Text(text) => {
                        writer.write_field(texts.field(text, &mut guarded).as_bytes())?;
                    }
                    Cell::Several(_) => {
                        let text = cell.exact();
                        writer.write_field(texts.field(&text, &mut guarded).as_bytes())?;
                    }
                    // Only texts are guarded: a figure below zero must stay a figure.
                    cell => writer.write_field(cell.exact().as_bytes())?,
                }
            }
            writer.write_record(None::<&[u8]>)?;
        }
        writer.flush()?;
        Ok(guarded)
    }
}

impl CsvTexts {
    fn field<'t>(self, text: &'t str, guarded: &mut u64) -> Cow<'t, str> {
        let shown = if self.safe {
            crate::text::safe(text)
        } else {
            text.into()
        };
        // Spreadsheets read over blanks, and some read wide characters as the plain ones.
        let begins = |c| "=+-@＝＋－＠".contains(c);
        let formula = text.starts_with(['\t', '\r', '\0']) || text.trim_start().starts_with(begins);
        if self.raw || !formula {
            return shown;
        }
        *guarded += 1;
        format!("'{shown}").into()
    }
}

#[cfg(test)]
mod tests {
    use super::super::Column;
    use super::*;

    const TEXTS: [&str; 6] = ["=1+1", "-2", "@x", "\tx", "a,b\"c", "plain"];

    fn table() -> Table<'static> {
        Table {
            columns: vec![Column::text("name"), Column::figure("seconds")],
            n_rows: TEXTS.len(),
            row: Box::new(|i| vec![TEXTS[i].into(), Cell::Seconds(-1.5)]),
        }
    }

    fn written(texts: CsvTexts) -> (String, u64) {
        let mut out = Vec::new();
        let guarded = table().write_csv(&mut out, texts).unwrap();
        (String::from_utf8(out).unwrap(), guarded)
    }

    #[test]
    fn formulas_are_guarded_and_figures_are_not() {
        let (csv, guarded) = written(CsvTexts::default());
        assert_eq!(guarded, 4);
        let expected = "name,seconds\n'=1+1,-1.5\n'-2,-1.5\n'@x,-1.5\n'\tx,-1.5\n\
                        \"a,b\"\"c\",-1.5\nplain,-1.5\n";
        assert_eq!(csv, expected);
    }

    #[test]
    fn blanks_and_wide_characters_hide_no_formula() {
        let mut guarded = 0;
        for text in [" =1", "\u{a0}\u{3000}+1", "＝1", "－1", "  ＠x", "＋1"] {
            let field = CsvTexts::default().field(text, &mut guarded);
            assert_eq!(field, format!("'{text}"));
        }
        assert_eq!(guarded, 6);
        assert_eq!(CsvTexts::default().field(" a=1", &mut guarded), " a=1");
    }

    #[test]
    fn raw_texts_come_back_as_they_were() {
        let (csv, guarded) = written(CsvTexts {
            raw: true,
            safe: false,
        });
        assert_eq!(guarded, 0);
        let mut reader = csv::Reader::from_reader(csv.as_bytes());
        let texts: Vec<String> = reader.records().map(|r| r.unwrap()[0].to_owned()).collect();
        assert_eq!(texts, TEXTS);
    }
}
