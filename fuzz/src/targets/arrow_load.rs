//! Arrow IPC: a stream where it begins as one; else the magic and the length of the footer are put
//! right, so that what is within is met.

pub fn arrow_load(data: &[u8]) {
    let (options, bytes) = super::options(data);
    if bytes.len() < 18 {
        return;
    }
    let mut bytes = bytes.to_vec();
    if !bytes.starts_with(&[0xff; 4]) {
        bytes[..8].copy_from_slice(b"ARROW1\0\0");
        let tail = bytes.len() - 10;
        let footer = u32::from_le_bytes(bytes[tail..tail + 4].try_into().expect("four bytes"));
        let footer = footer.min(tail as u32 - 8);
        bytes[tail..tail + 4].copy_from_slice(&footer.to_le_bytes());
        bytes[tail + 4..].copy_from_slice(b"ARROW1");
    }
    super::check(&bytes, &options);
}
