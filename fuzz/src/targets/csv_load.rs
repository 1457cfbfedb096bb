//! Any text as CSV.

pub fn csv_load(data: &[u8]) {
    let (options, bytes) = super::options(data);
    super::check(bytes, &options);
}
