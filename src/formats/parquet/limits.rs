//! Limits on the sizes a Parquet file declares, checked before the decoder believes it: a file of a
//! few hundred bytes may claim billions of rows, or a schema as deep as the stack is not. A claim is
//! refused where no log makes it; a true one costs a look at the head of every page.
//!
//! The parquet crate allocates what a page header claims before it decompresses the page, and an
//! allocation that fails ends the program: nothing could be caught afterwards.

use super::thrift::{I32, LIST, STRUCT, Thrift};
use crate::formats::columnar::{check_values, damaged};
use crate::formats::{ImportError, MOST_COLUMNS};
use std::borrow::Cow;
use std::ops::Range;

/// Numbers of the legacy types, `ConvertedType` of the format.
const LEGACY_TYPES: Range<i64> = 0..22;
/// Levels of nesting.
const DEEPEST: usize = 64;
/// Bytes of a page that any page may have ...
const FREE_PAGE: u64 = 64 << 20;
/// ... and above, how many times its compressed size.
const PAGE_RATIO: u64 = 200;

/// Checks the footer: its schema may be neither deep nor endless. Legacy types (`ConvertedType`)
/// that the decoder does not know are taken out of it: the physical types say how to read.
pub fn check_footer(footer: &[u8]) -> Result<Cow<'_, [u8]>, ImportError> {
    let mut schema = Ok(());
    let mut unknown = Vec::new();
    let read = Thrift::new(footer).each_field(|thrift, id, kind| {
        match (id, kind) {
            (2, LIST) => schema = check_schema(thrift, &mut unknown)?,
            // The decoder reads a field by its number alone, so one of another kind must not pass.
            (2, _) => return None,
            _ => return Some(false),
        }
        Some(true)
    });
    schema?;
    read.ok_or_else(|| damaged("its footer cannot be read"))?;
    let mut footer = Cow::from(footer);
    // From the back, so that the places before stay right.
    for field in unknown.into_iter().rev() {
        cut_field(footer.to_mut(), &field);
    }
    Ok(footer)
}

/// Cuts a number out of a struct. The head of a field says by how much its number exceeds that of
/// the field before, or 0 where that stands behind it; a struct with such heads stays as it is.
fn cut_field(bytes: &mut Vec<u8>, field: &Range<usize>) {
    let head = bytes[field.start];
    let (step, kind) = (head & 0xf0, head & 0xf);
    if step == 0 || kind != I32 {
        return;
    }
    // The field behind counts from this one, so it must now count from the one before.
    if let Some(next) = bytes.get_mut(field.end)
        && *next >> 4 > 0
    {
        match next.checked_add(step) {
            Some(sum) => *next = sum,
            None => return,
        }
    }
    bytes.drain(field.clone());
}

/// Checks the elements of the schema, which stand depth first.
///
/// Adds to `unknown` where legacy types stand that the decoder does not know.
fn check_schema(
    thrift: &mut Thrift<'_>,
    unknown: &mut Vec<Range<usize>>,
) -> Option<Result<(), ImportError>> {
    let (n, kind) = thrift.list()?;
    if kind != STRUCT || n > MOST_COLUMNS {
        return Some(Err(damaged(format_args!("its schema has {n} elements"))));
    }
    // Of each group that is open: how many of its members are still to come.
    let mut open: Vec<u64> = Vec::new();
    for left in (0..n as u64).rev() {
        let mut children = 0;
        thrift.each_field(|thrift, id, kind| {
            let head = thrift.position() - 1;
            match (id, kind) {
                (5, I32) => children = thrift.integer()?,
                (6, I32) => {
                    let known = LEGACY_TYPES.contains(&thrift.integer()?);
                    // No writer makes heads of more than one byte.
                    if !known && thrift.position() == head + 2 {
                        unknown.push(head..head + 2);
                    }
                }
                (5 | 6, _) => return None,
                _ => return Some(false),
            }
            Some(true)
        })?;
        // A group whose members are complete ends, and so may those around it.
        while open.last() == Some(&0) {
            open.pop();
        }
        if let Some(members) = open.last_mut() {
            *members -= 1;
        }
        match u64::try_from(children) {
            Ok(0) => {}
            Ok(members) if members <= left && open.len() < DEEPEST => open.push(members),
            _ => return Some(Err(damaged("its schema is no tree, or too deep"))),
        }
    }
    Some(Ok(()))
}

/// Facts about a column chunk.
#[derive(Debug, Clone, Copy)]
pub struct Chunk {
    /// Rows of its row group.
    pub rows: u64,
    /// Values that it is said to have.
    pub values: u64,
    /// True if a row may have several values, or none.
    pub repeated: bool,
    /// True if its pages are compressed.
    pub compressed: bool,
}

/// Contents of a page header.
#[derive(Default)]
struct Page {
    kind: i64,
    full: i64,
    compressed: i64,
    values: i64,
}

const DATA: i64 = 0;
const DICTIONARY: i64 = 2;
const DATA_V2: i64 = 3;

/// Checks the pages of a column chunk.
pub fn check_pages(mut bytes: &[u8], chunk: Chunk) -> Result<(), ImportError> {
    let mut values = 0;
    let all = bytes.len() as u64;
    while values < chunk.values && !bytes.is_empty() {
        let mut thrift = Thrift::new(bytes);
        let page = page(&mut thrift).ok_or_else(|| damaged("a page has no head"))?;
        let body = &bytes[thrift.position()..];
        let sizes = (u64::try_from(page.full), u64::try_from(page.compressed));
        let (Ok(full), Ok(compressed)) = sizes else {
            return Err(damaged("a page has a size below 0"));
        };
        let n = u64::try_from(page.values).map_err(|_| damaged("a page has less than 0 values"))?;
        if compressed > body.len() as u64 {
            return Err(damaged("a page is cut"));
        }
        if chunk.compressed && full > FREE_PAGE && full / PAGE_RATIO > compressed {
            return Err(damaged("a page expands as none does"));
        }
        match page.kind {
            // Each value of a dictionary takes at least a byte.
            DICTIONARY if n > full.max(compressed) => {
                return Err(damaged("a dictionary is too short for its values"));
            }
            DATA | DATA_V2 => values += n,
            _ => {}
        }
        bytes = &body[compressed as usize..];
    }
    if !chunk.repeated && values > chunk.rows {
        return Err(damaged("a column has more values than rows"));
    }
    check_values(values as i64, all, "values").map(|_| ())
}

fn page(thrift: &mut Thrift<'_>) -> Option<Page> {
    let mut page = Page::default();
    thrift.each_field(|thrift, id, kind| {
        match (id, kind) {
            (1, I32) => page.kind = thrift.integer()?,
            (2, I32) => page.full = thrift.integer()?,
            (3, I32) => page.compressed = thrift.integer()?,
            // The heads of data pages and dictionaries begin with the number of values.
            (5 | 7 | 8, STRUCT) => thrift.each_field(|thrift, id, kind| {
                match (id, kind) {
                    (1, I32) => page.values = thrift.integer()?,
                    (1, _) => return None,
                    _ => return Some(false),
                }
                Some(true)
            })?,
            (1..=3 | 5 | 7 | 8, _) => return None,
            _ => return Some(false),
        }
        Some(true)
    })?;
    Some(page)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A field of a struct that follows the one before.
    fn field(kind: u8, value: &[u8]) -> Vec<u8> {
        [&[0x10 | kind], value].concat()
    }

    fn varint(mut n: u64) -> Vec<u8> {
        let mut out = Vec::new();
        while n >= 0x80 {
            out.push(n as u8 | 0x80);
            n >>= 7;
        }
        out.push(n as u8);
        out
    }

    fn integer(n: i64) -> Vec<u8> {
        varint((n << 1 ^ n >> 63) as u64)
    }

    /// The footer of a file with these numbers of children by element of its schema.
    fn footer(children: &[i64]) -> Vec<u8> {
        let elements: Vec<u8> = children
            .iter()
            .flat_map(|&n| [vec![0x55], integer(n), vec![0]].concat())
            .collect();
        let head = [vec![0xf0 | STRUCT], varint(children.len() as u64)].concat();
        let version = field(I32, &integer(1));
        [version, field(LIST, &head), elements, vec![0]].concat()
    }

    #[test]
    fn schemas_are_shallow_trees() {
        let good = |children: &[i64]| check_footer(&footer(children)).is_ok();
        assert!(good(&[2, 0, 0]) && good(&[2, 1, 0, 0]) && good(&[0]));
        assert!(!good(&[i64::from(i32::MAX), 0]) && !good(&[-1, 0]) && !good(&[2, 0]));
        assert!(good(&[vec![1; 60], vec![0]].concat()));
        assert!(!good(&[vec![1; 100_000], vec![0]].concat()));
        assert!(!good(&vec![0; 1 << 17]));
        // The decoder takes a byte, and any other kind, for the number of children.
        let mut odd = footer(&[2, 0, 0]);
        let head = odd.iter().position(|&b| b == 0x55).unwrap();
        odd[head] = 0x53;
        assert!(check_footer(&odd).is_err());
        let whole = footer(&[2, 0, 0]);
        for len in 0..whole.len() {
            assert!(check_footer(&whole[..len]).is_err(), "{len}");
        }
    }

    /// A page of a kind with sizes, values and a body.
    fn page(kind: i64, full: i64, values: i64, body: usize) -> Vec<u8> {
        let id = if kind == DICTIONARY { 7 } else { 5 };
        let values = [field(I32, &integer(values)), vec![0]].concat();
        [
            field(I32, &integer(kind)),
            field(I32, &integer(full)),
            field(I32, &integer(body as i64)),
            [vec![STRUCT], integer(id), values].concat(),
            vec![0],
            vec![0; body],
        ]
        .concat()
    }

    #[test]
    fn pages_are_as_large_as_their_bytes_allow() {
        let chunk = Chunk {
            rows: 100,
            values: 100,
            repeated: false,
            compressed: true,
        };
        let good = |pages: &[Vec<u8>]| check_pages(&pages.concat(), chunk).is_ok();
        assert!(good(&[
            page(DICTIONARY, 50, 10, 9),
            page(DATA, 1 << 20, 100, 9)
        ]));
        assert!(!good(&[page(DICTIONARY, 50, 51, 9)]));
        assert!(!good(&[page(DATA, 1 << 30, 100, 9)]));
        assert!(!good(&[page(DATA, 10, 101, 9)]));
        assert!(!good(&[page(DATA, 10, -1, 9)]) && !good(&[page(DATA, -1, 1, 9)]));
        assert!(!good(&[page(DATA, 10, 1, 9)[..20].to_vec()]));
        let nested = Chunk {
            values: 1 << 31,
            repeated: true,
            ..chunk
        };
        assert!(check_pages(&page(DATA, 10, 1 << 30, 9), nested).is_err());
        assert!(check_pages(&page(DATA, 10, 1 << 20, 9), nested).is_ok());
    }

    #[test]
    fn any_bytes_are_survived() {
        let chunk = Chunk {
            rows: 10,
            values: 10,
            repeated: true,
            compressed: true,
        };
        let good = [
            footer(&[2, 0, 0]),
            page(DATA, 10, 5, 9),
            page(DICTIONARY, 50, 10, 9),
        ];
        for bytes in good {
            for at in 0..bytes.len() {
                for byte in 0..=255 {
                    let mut bytes = bytes.clone();
                    bytes[at] = byte;
                    // Checked or refused, but no panic.
                    let _ = check_footer(&bytes);
                    let _ = check_pages(&bytes, chunk);
                }
            }
        }
    }
}
