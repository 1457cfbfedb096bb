//! Finds out whether the fields of a text are quoted in another way than RFC 4180 says.

use super::dialect::{self, DELIMITERS, check, hint, score};
use super::record::{Fields, Scanner, Shape, Step, is_blank};
use crate::formats::requote::{Quoting, Requoter};
use crate::formats::rewrite::Rewriter;
use crate::formats::text::Text;
use crate::formats::timestamp::trim;
use crate::formats::{ImportError, ImportReport, ReadOptions, Setting, Warning};
use std::collections::BTreeMap;

/// Bytes at the beginning of the text that are tried.
const SAMPLE: usize = 1 << 18;

/// Finds out how the fields of a text are quoted, and has it read so. Quote and escape hold where
/// they are given; the double quote alone is what RFC 4180 says.
pub fn find(text: &mut Text<'_>, options: &ReadOptions, longest: usize) -> Result<(), ImportError> {
    let sample = text.whole_lines();
    let sample = &sample[..sample.len().min(SAMPLE)];
    let hinted = hint(sample);
    let delimiters = match options.delimiter.or(hinted.map(|(delimiter, _)| delimiter)) {
        Some(one) => vec![check(one)?],
        None => DELIMITERS.to_vec(),
    };
    refuse_alike(options)?;
    let kept = hinted.map_or(0, |(_, n)| n);
    let found = match (options.quote, options.escape) {
        (Some(b'"'), None) => None,
        (None, None) => guess(sample, kept, &delimiters, longest),
        (quote, escape) => {
            let way = Quoting {
                delimiter: delimiters[0],
                quote: quote.unwrap_or(b'"'),
                escape,
                kept,
            };
            Some(written_anew(sample, way, &delimiters, longest).0)
        }
    };
    found.map_or(Ok(()), |quoting| text.quoted(quoting))
}

/// Refuses a character that would have two meanings.
fn refuse_alike(options: &ReadOptions) -> Result<(), ImportError> {
    let given = [options.delimiter, options.quote, options.escape];
    let given: Vec<u8> = given.into_iter().flatten().collect();
    if (1..given.len()).any(|at| given[..at].contains(&given[at])) {
        return Err(ImportError::Usage(
            "delimiter, quote and escape must be different characters".into(),
        ));
    }
    Ok(())
}

/// The way for which the faults of the records speak, if it leaves few of them. The first `kept` bytes
/// are no record.
fn guess(sample: &[u8], kept: usize, delimiters: &[u8], longest: usize) -> Option<Quoting> {
    // Without one of these no other way of quoting can show.
    memchr::memchr3(b'\\', b'\'', b'"', sample)?;
    let records = &sample[kept..];
    let plain = dialect::best(delimiters, |&delimiter| score(records, delimiter, longest))?;
    let now = Faults::of(records, plain, longest);
    let way = Quoting {
        kept,
        ..now.way(plain)?
    };
    let (quoting, text) = written_anew(sample, way, delimiters, longest);
    let left = Faults::of(&text[kept..], quoting.delimiter, longest);
    // Another way is only taken where it explains most faults; a few broken quotes are no dialect.
    (left.all() * 4 <= now.all()).then_some(quoting)
}

/// The sample written anew for a way of quoting, with the delimiter that then fits best.
fn written_anew(
    sample: &[u8],
    way: Quoting,
    delimiters: &[u8],
    longest: usize,
) -> (Quoting, Vec<u8>) {
    let all = delimiters.iter().map(|&delimiter| {
        let quoting = Quoting { delimiter, ..way };
        let mut text = Vec::with_capacity(sample.len() + sample.len() / 4);
        let mut requoter = Requoter::new(quoting);
        requoter.push(sample, &mut text);
        requoter.finish(&mut text);
        (quoting, text)
    });
    let fit = |(quoting, text): &(Quoting, Vec<u8>)| score(text, quoting.delimiter, longest);
    dialect::best(&all.collect::<Vec<_>>(), fit).expect("some delimiter is tried")
}

/// Number of records that another way of quoting may explain.
#[derive(Default)]
struct Faults {
    records: usize,
    /// With broken quotes, or another number of fields than most.
    broken: usize,
    /// Of the broken ones, and those with a field `\N`: with an escape.
    escaped: usize,
    /// With a field `\N`, not broken.
    missing: usize,
    /// With a field in double quotes after blanks.
    spaced: usize,
    /// With a field in single quotes.
    single: usize,
    /// Of these, with an escape before a single quote.
    single_escaped: usize,
}

impl Faults {
    fn of(text: &[u8], delimiter: u8, longest: usize) -> Self {
        let shape = Shape {
            delimiter,
            columns: None,
            longest,
        };
        let mut scanner = Scanner::new(text, shape, true);
        let mut fields = Fields::default();
        let mut faults = Faults::default();
        // By number of fields: all records, and those with an escape.
        let mut by_width: BTreeMap<usize, (usize, usize)> = BTreeMap::new();
        loop {
            let (record, is_broken) = match scanner.next(&mut fields) {
                Step::Record(record) => (record, record.literal),
                Step::Bad(record, _) => (record, true),
                Step::End | Step::Unfinished(_) => break,
            };
            let bytes = &text[record.start..record.end];
            let with = |after: u8| memchr::memmem::find(bytes, &[b'\\', after]).is_some();
            let escaped = usize::from(with(b'"') || with(delimiter));
            let list = fields.list();
            let some = |is: &dyn Fn(&[u8]) -> bool| list.iter().any(|f| is(fields.text(text, *f)));
            if is_broken {
                faults.records += 1;
                faults.broken += 1;
                faults.escaped += escaped;
            } else if some(&|field| !is_blank(field)) {
                faults.records += 1;
                let widths = by_width.entry(list.len()).or_default();
                *widths = (widths.0 + 1, widths.1 + escaped);
                faults.missing += usize::from(some(&|field| field == b"\\N"));
            }
            let spaced = |field: &[u8]| field.starts_with(b" ") && in_quotes(trim(field), b'"');
            faults.spaced += usize::from(some(&spaced));
            if some(&|field| in_quotes(trim(field), b'\'')) {
                faults.single += 1;
                faults.single_escaped += usize::from(with(b'\''));
            }
            fields.clear();
        }
        // Most records have the number of fields that is right.
        let most = by_width.iter().max_by_key(|(_, (all, _))| *all);
        let most = most.map(|(width, _)| *width);
        for (_, (all, escaped)) in by_width.iter().filter(|(width, _)| Some(**width) != most) {
            faults.broken += all;
            faults.escaped += escaped;
        }
        faults.escaped += faults.missing;
        faults
    }

    fn all(&self) -> usize {
        self.broken + self.missing + self.spaced + self.single
    }

    /// The way of quoting for which they speak.
    fn way(&self, delimiter: u8) -> Option<Quoting> {
        let way = |quote, escape| Quoting {
            delimiter,
            quote,
            escape,
            kept: 0,
        };
        if 2 * self.single > self.records {
            let escape = (self.single_escaped > 0).then_some(b'\\');
            return Some(way(b'\'', escape));
        }
        if self.escaped > 0 && 4 * self.escaped >= 3 * (self.broken + self.missing) {
            return Some(way(b'"', Some(b'\\')));
        }
        (2 * self.spaced > self.records).then(|| way(b'"', None))
    }
}

fn in_quotes(text: &[u8], quote: u8) -> bool {
    matches!(text, [first, .., last] if *first == quote && *last == quote)
}

/// Says how the fields are quoted where that was found out.
pub fn report(quoting: Option<Quoting>, options: &ReadOptions, report: &mut ImportReport) {
    let Some(quoting) = quoting.filter(|_| options.quote.or(options.escape).is_none()) else {
        return;
    };
    let quote = match quoting.quote {
        b'\'' => "single quotes",
        _ => "double quotes, also after blanks",
    };
    let escape = match quoting.escape {
        Some(_) => "; a backslash makes the quote or delimiter behind it plain, \\N is missing",
        None => "",
    };
    report.warn_of_guess(
        Warning::Quoting,
        format!("fields are taken to be in {quote}{escape}"),
        Setting::Quoting,
    );
}
