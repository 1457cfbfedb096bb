//! CSV with a delimiter, a quote and an escape that the second byte says.

pub fn csv_quoting(data: &[u8]) {
    let (mut options, bytes) = super::options(data);
    let Some((&choice, bytes)) = bytes.split_first() else {
        return;
    };
    let of = |shift: u8, characters: [Option<u8>; 4]| characters[usize::from(choice >> shift & 3)];
    options.delimiter = of(0, [None, Some(b','), Some(b';'), Some(b'\t')]);
    options.quote = of(2, [None, Some(b'"'), Some(b'\''), Some(b'`')]);
    options.escape = of(4, [None, Some(b'\\'), Some(b'"'), Some(b'^')]);
    super::check(bytes, &options);
}
