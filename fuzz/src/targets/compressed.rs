//! gzip and zstd: a text that is compressed is read as the text; one that is damaged is read in
//! part and said to be incomplete, or refused; any bytes after the magic are survived.
use casetrail::event_log::Progress;
use casetrail::formats::{ReadOptions, read};
use std::io::Write;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    writer.write_all(bytes).expect("memory takes all bytes");
    writer.finish().expect("memory takes all bytes")
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    let mut writer = zstd::Encoder::new(Vec::new(), 1).expect("the level is one");
    writer.include_checksum(true).expect("zstd can");
    writer.write_all(bytes).expect("memory takes all bytes");
    writer.finish().expect("memory takes all bytes")
}

fn load(bytes: &[u8]) -> Option<(String, bool)> {
    let (log, report) = read(&[bytes], &ReadOptions::default(), &Progress::default()).ok()?;
    Some((format!("{log:?}"), report.incomplete))
}

pub fn compressed(data: &[u8]) {
    let [mode, low, high, flip, rest @ ..] = data else {
        return;
    };
    let magic: &[u8] = match mode % 4 {
        0 => b"\x1f\x8b\x08",
        1 => b"\x28\xb5\x2f\xfd",
        2 => b"\x50\x2a\x4d\x18",
        _ => b"",
    };
    load(&[magic, rest].concat());
    let text = [b"case,activity,timestamp\n".as_slice(), rest].concat();
    let plain = load(&text);
    for mut packed in [gzip(&text), zstd(&text)] {
        // Members and frames one after another are one text.
        let (first, second) = text.split_at(usize::from(*high) % (text.len() + 1));
        let two = match packed[0] {
            0x1f => [gzip(first), gzip(second)].concat(),
            _ => [zstd(first), zstd(second)].concat(),
        };
        assert_eq!(load(&packed), plain);
        assert_eq!(load(&two), plain);
        let at = u16::from_le_bytes([*low, *high]) as usize % packed.len();
        if at < 4 {
            continue;
        }
        let cut = load(&packed[..at]);
        assert!(cut.is_none_or(|(_, incomplete)| incomplete), "cut at {at}");
        packed[at] ^= flip;
        // Damage in a header's name or in a time of day changes nothing.
        if let (Some((log, false)), Some((want, _))) = (load(&packed), &plain) {
            assert_eq!(&log, want, "damage at {at} was not noticed");
        }
    }
}
