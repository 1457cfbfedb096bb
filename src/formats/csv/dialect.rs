//! The delimiter of a text, and the hint line that Excel writes before a table.

use super::record::{Fields, Scanner, Shape, Step, is_blank};
use crate::formats::ImportError;
use std::collections::BTreeMap;

/// Delimiters that are tried, the likeliest first.
pub const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// The delimiter that a first line `sep=;` names, and the length of that line with its end.
pub fn hint(text: &[u8]) -> Option<(u8, usize)> {
    let [b's', b'e', b'p', b'=', delimiter, rest @ ..] = text else {
        return None;
    };
    check(*delimiter).ok()?;
    match rest {
        [b'\r', b'\n', ..] => Some((*delimiter, 7)),
        [b'\r' | b'\n', ..] => Some((*delimiter, 6)),
        _ => None,
    }
}

/// Refuses bytes that cannot delimit fields.
pub fn check(delimiter: u8) -> Result<u8, ImportError> {
    if delimiter.is_ascii() && !matches!(delimiter, b'"' | b'\r' | b'\n' | 0) {
        return Ok(delimiter);
    }
    Err(ImportError::Usage(
        "the delimiter must be one ASCII character, and no quote or line end".into(),
    ))
}

/// The delimiter that cuts the first records into the most fields of which most records have
/// equally many.
pub fn sniff(text: &[u8], longest: usize) -> u8 {
    let best = best(&DELIMITERS, |&delimiter| score(text, delimiter, longest));
    best.unwrap_or(DELIMITERS[0])
}

/// The one that fits best; of equals the first, which is the likeliest.
pub fn best<T: Clone, F: Ord>(all: &[T], fit: impl Fn(&T) -> F) -> Option<T> {
    // `max_by_key` takes the last of equals, so the order is reversed.
    all.iter().rev().max_by_key(|one| fit(one)).cloned()
}

/// How well a delimiter fits: fields by the number of fields that most records have, and where that
/// says nothing, as with many title lines, by the best of all numbers.
pub fn score(text: &[u8], delimiter: u8, longest: usize) -> (usize, usize) {
    const RECORDS: usize = 60;
    const BYTES: usize = 1 << 18;
    let text = &text[..text.len().min(BYTES)];
    let shape = Shape {
        delimiter,
        columns: None,
        longest,
    };
    let mut scanner = Scanner::new(text, shape, true);
    let mut fields = Fields::default();
    let mut by_width: BTreeMap<usize, usize> = BTreeMap::new();
    for _ in 0..RECORDS {
        match scanner.next(&mut fields) {
            // Broken quotes are a sign of another delimiter.
            Step::Record(record) if record.literal => {}
            Step::Record(_) => {
                let list = fields.list();
                if !list.iter().all(|&f| is_blank(fields.text(text, f))) {
                    *by_width.entry(list.len()).or_default() += 1;
                }
            }
            Step::Bad(..) => {}
            Step::End | Step::Unfinished(_) => break,
        }
        fields.clear();
    }
    // A width of 1 means that the delimiter does not occur, so it scores 0.
    let fields = |(width, n): (&usize, &usize)| (width - 1) * n;
    let most = by_width.iter().max_by_key(|(_, n)| **n);
    (
        most.map_or(0, fields),
        by_width.iter().map(fields).max().unwrap_or(0),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delimiter_is_found() {
        let sniff = |text: &str| char::from(sniff(text.as_bytes(), 1 << 24));
        assert_eq!(sniff("a,b,c\n1,2,3\n"), ',');
        assert_eq!(sniff("a;b;c\n1;2;1 234,50\n2;3;-7,00\n"), ';');
        assert_eq!(sniff("a\tb\n\"x,y,z\"\t2\n"), '\t');
        assert_eq!(sniff("a|b|c"), '|');
        assert_eq!(sniff("title\n\na;b;c\n1;2;3"), ';');
        assert_eq!(
            sniff("a report\nof: x, y, z\nby kim\n\na\tb\n1\t2\n3\t4"),
            '\t'
        );
        assert_eq!(sniff(""), ',');
    }

    #[test]
    fn the_hint_of_excel_is_obeyed() {
        assert_eq!(hint(b"sep=;\r\na;b"), Some((b';', 7)));
        assert_eq!(hint(b"sep=\t\na"), Some((b'\t', 6)));
        assert_eq!(hint(b"sep=\n"), None);
        assert_eq!(hint(b"separate,b\n"), None);
        assert!(check(b'"').is_err() && check(b'\n').is_err() && check(b'x').is_ok());
    }
}
