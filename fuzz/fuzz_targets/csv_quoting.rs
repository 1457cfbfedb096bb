//! CSV with a delimiter, a quote and an escape that the second byte says.
#![no_main]
use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|data: &[u8]| -> Corpus {
    let (mut options, bytes) = casetrail_fuzz::options(data);
    let Some((&choice, bytes)) = bytes.split_first() else {
        return Corpus::Reject;
    };
    let of = |shift: u8, characters: [Option<u8>; 4]| characters[usize::from(choice >> shift & 3)];
    options.delimiter = of(0, [None, Some(b','), Some(b';'), Some(b'\t')]);
    options.quote = of(2, [None, Some(b'"'), Some(b'\''), Some(b'`')]);
    options.escape = of(4, [None, Some(b'\\'), Some(b'"'), Some(b'^')]);
    casetrail_fuzz::check(bytes, &options);
    Corpus::Keep
});
