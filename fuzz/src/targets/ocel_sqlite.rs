//! OCEL 2.0 as an SQLite database.

pub fn ocel_sqlite(data: &[u8]) {
    let (options, bytes) = super::options(data);
    if bytes.len() < 100 {
        return;
    }
    let mut bytes = bytes.to_vec();
    bytes[..16].copy_from_slice(b"SQLite format 3\0");
    super::check(&bytes, &options);
}
