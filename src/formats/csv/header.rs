//! Finds the header of a CSV text: titles and blank lines may stand before it.

use super::dialect;
use super::record::{Columns, Field, Fields, Record, Scanner, Shape, Step, is_blank};
use crate::formats::mapping::{self, Missing, Names};
use crate::formats::report::Lines;
use crate::formats::table::Table;
use crate::formats::text::lossless;
use crate::formats::timestamp::{learn, trim};
use crate::formats::{ImportError, MOST_COLUMNS, ReadOptions};
use crate::text::count;
use hashbrown::HashMap;

/// Where the rows begin, and what the columns are called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// Field delimiter.
    pub delimiter: u8,
    /// Names of the columns; those without one are called by their position, from 1.
    pub names: Vec<String>,
    /// Bytes before the first row.
    pub skip: usize,
    /// Lines before the first row.
    pub lines: Lines,
    /// Title lines among them.
    pub titles: u64,
    /// Names that several columns have: the first one's is meant.
    pub duplicates: Vec<String>,
    /// Columns whose name an earlier one has; they are left out.
    pub repeated: Vec<bool>,
}

/// Records that are looked at for a header.
const CANDIDATES: usize = 20;

/// A record at the beginning of the text.
struct Candidate {
    record: Record,
    texts: Vec<Vec<u8>>,
}

/// Finds delimiter and header in the first bytes of a text.
pub fn find(head: &[u8], options: &ReadOptions, longest: usize) -> Result<Header, ImportError> {
    match likeliest(head, options, longest)? {
        (header, None) => Ok(header),
        (header, Some(missing)) => Err(mapping::refusal(&missing, &header.names, Names::Header)),
    }
}

/// The header, or the likeliest one with what it lacks.
pub fn likeliest(
    head: &[u8],
    options: &ReadOptions,
    longest: usize,
) -> Result<(Header, Option<Missing>), ImportError> {
    let hint = dialect::hint(head);
    let start = hint.map_or(0, |(_, n)| n);
    let delimiter = match (options.delimiter, hint) {
        (Some(given), _) => dialect::check(given)?,
        (None, Some((hinted, _))) => hinted,
        (None, None) => dialect::sniff(head, longest),
    };
    let candidates = candidates(head, start, delimiter, longest);
    let blank = |c: &Candidate| c.texts.iter().all(|t| is_blank(t));
    let Some(first) = candidates.iter().find(|c| !blank(c)) else {
        return Err(ImportError::Refused {
            line: None,
            message: "is empty: it has nothing but blank lines".into(),
        });
    };
    let fields = candidates.iter().map(|c| c.texts.len()).max();
    let fields = fields.filter(|fields| *fields > MOST_COLUMNS);
    if let Some(fields) = fields {
        return Err(ImportError::refused(format!(
            "a line of its beginning has {} fields, more than the {} columns that a log can have; is {:?} what \
             separates them?",
            count(fields as u64),
            count(MOST_COLUMNS as u64),
            char::from(delimiter)
        )));
    }
    let mut header = Header {
        delimiter,
        names: Vec::new(),
        skip: start,
        lines: Lines {
            header: u64::from(hint.is_some()),
            ..Lines::default()
        },
        titles: 0,
        duplicates: Vec::new(),
        repeated: Vec::new(),
    };
    if options.no_header {
        header.names = (1..=first.texts.len()).map(|i| i.to_string()).collect();
        header.repeated = vec![false; header.names.len()];
        header.lines.read = header.lines.header;
        return Ok((header, None));
    }
    let mut refused: Vec<(Header, Missing)> = Vec::new();
    for candidate in &candidates {
        if blank(candidate) {
            header.lines.blank += candidate.record.lines;
            continue;
        }
        let names = names(&candidate.texts);
        header.lines.header += candidate.record.lines;
        let mut this = header.clone();
        // Every record that was refused before is a title.
        this.titles = refused.len() as u64;
        this.skip = candidate.record.end;
        this.lines.read = this.lines.header + this.lines.blank;
        let checked = mapping::check_header(&names, options);
        this.set_names(names);
        match checked {
            Ok(()) => return Ok((this, None)),
            Err(missing) => refused.push((this, missing)),
        }
    }
    // The widest row is the likeliest header that lacks something, the first of equals.
    // `max_by_key` takes the last of equals, so the order is reversed.
    let widest = refused.into_iter().rev();
    let widest = widest.max_by_key(|(header, _)| header.names.len());
    let (header, missing) = widest.expect("some candidate is not blank");
    Ok((header, Some(missing)))
}

fn candidates(head: &[u8], start: usize, delimiter: u8, longest: usize) -> Vec<Candidate> {
    let shape = Shape {
        delimiter,
        columns: None,
        longest,
    };
    let mut scanner = Scanner::new(head, shape, true);
    scanner.seek(start);
    let mut fields = Fields::default();
    let mut candidates = Vec::new();
    let mut filled = 0;
    while filled < CANDIDATES {
        match scanner.next(&mut fields) {
            Step::Record(record) => {
                let text = |f: &_| fields.text(head, *f).to_vec();
                let texts: Vec<Vec<u8>> = fields.list().iter().map(text).collect();
                filled += usize::from(!texts.iter().all(|t| is_blank(t)));
                candidates.push(Candidate { record, texts });
            }
            // A broken title line counts as a title.
            Step::Bad(record, _) => {
                filled += 1;
                let texts = vec![b"?".to_vec()];
                candidates.push(Candidate { record, texts });
            }
            Step::End | Step::Unfinished(_) => break,
        }
        fields.clear();
    }
    candidates
}

/// The names without the blanks around them; those without a name are called by their position.
fn names(texts: &[Vec<u8>]) -> Vec<String> {
    let name = |(i, text): (usize, &Vec<u8>)| match trim(text) {
        [] => (i + 1).to_string(),
        text => lossless(text),
    };
    texts.iter().enumerate().map(name).collect()
}

impl Header {
    /// Returns whether the header may be data: a name that reads as a time is none.
    pub fn looks_like_data(&self) -> bool {
        let is_time = |name: &String| learn([name.as_bytes()].into_iter(), None).is_some();
        self.names.iter().any(is_time)
    }

    fn set_names(&mut self, names: Vec<String>) {
        let mut times_seen: HashMap<&str, u32> = HashMap::new();
        for name in &names {
            let n = times_seen.entry(name).or_default();
            *n += 1;
            self.repeated.push(*n > 1);
            if *n == 2 {
                self.duplicates.push(name.clone());
            }
        }
        drop(times_seen);
        self.names = names;
    }

    /// The shape of the rows, of which the first `need` fields must be there.
    pub fn shape(&self, need: usize, longest: usize) -> Shape {
        Shape {
            delimiter: self.delimiter,
            columns: Some(Columns {
                width: self.names.len(),
                need,
            }),
            longest,
        }
    }
}

/// Adds rows from `bytes`, which begin with a record, to a table: `most` of them, and no more than
/// a few megabytes. Short rows, and those with empty fields too many, count unless `exact`.
pub fn sample(bytes: &[u8], shape: Shape, most: usize, exact: bool, table: &mut Table) {
    const BYTES: usize = 4 << 20;
    let mut scanner = Scanner::new(bytes, shape, true);
    let mut fields = Fields::default();
    let from = table.len();
    while table.len() - from < most && table.bytes() < BYTES {
        match scanner.next(&mut fields) {
            Step::Record(_) => {
                let list = fields.list();
                let blank = |f: &Field| is_blank(fields.text(bytes, *f));
                let further = list.get(table.width()..).unwrap_or(&[]);
                let fits = list.len() == table.width() || !exact && further.iter().all(blank);
                if fits && !list.iter().all(blank) {
                    table.push(list.iter().map(|&f| fields.text(bytes, f)));
                }
            }
            Step::Bad(..) => {}
            Step::End | Step::Unfinished(_) => break,
        }
        fields.clear();
    }
}
