//! Parquet: the magic and the length of the footer are put right, so that what is within is met.

pub fn parquet_load(data: &[u8]) {
    let (options, bytes) = super::options(data);
    if bytes.len() < 16 {
        return;
    }
    let mut bytes = bytes.to_vec();
    bytes[..4].copy_from_slice(b"PAR1");
    let tail = bytes.len() - 8;
    let footer = u32::from_le_bytes(bytes[tail..tail + 4].try_into().expect("four bytes"));
    let footer = footer.min(tail as u32 - 4);
    bytes[tail..tail + 4].copy_from_slice(&footer.to_le_bytes());
    bytes[tail + 4..].copy_from_slice(b"PAR1");
    super::check(&bytes, &options);
}
