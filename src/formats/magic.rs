//! Formats that are no text and are refused by name.

use super::ImportError;

/// First bytes, and the sentence about them.
const KNOWN: &[(&[u8], &str)] = &[
    (b"\x89PNG\r\n", "is a PNG image, not a log"),
    (b"\xff\xd8\xff", "is a JPEG image, not a log"),
    (b"GIF8", "is a GIF image, not a log"),
    (b"%PDF", "is a PDF document, not a log"),
    (b"\x7fELF", "is a program (ELF), not a log"),
    (
        b"SQLite format 3\0",
        "is an SQLite database; export the table as CSV",
    ),
    (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "is an old Excel workbook (.xls); save it as CSV",
    ),
    (b"BZh", "is compressed with bzip2; decompress it first"),
    (b"\xfd7zXZ\0", "is compressed with xz; decompress it first"),
    (b"7z\xbc\xaf\x27\x1c", "is a 7-Zip archive; unpack it first"),
    (b"Rar!\x1a\x07", "is a RAR archive; unpack it first"),
];

/// Refuses what is known to be no text.
pub fn refuse_binary(head: &[u8]) -> Result<(), ImportError> {
    let message = if head.starts_with(b"PK\x03\x04") {
        Some(zip_sentence(head))
    } else {
        let known = KNOWN.iter().find(|(magic, _)| head.starts_with(magic));
        known.map(|(_, sentence)| *sentence)
    };
    match message {
        None => Ok(()),
        Some(message) => Err(ImportError::Refused {
            line: None,
            message: message.into(),
        }),
    }
}

/// Office documents are ZIP archives with names of their own inside.
fn zip_sentence(head: &[u8]) -> &'static str {
    let head = &head[..head.len().min(4096)];
    let holds = |name: &[u8]| memchr::memmem::find(head, name).is_some();
    if holds(b"[Content_Types].xml") || holds(b"xl/") {
        "is an Excel workbook (or another Office document); save it as CSV"
    } else {
        "is a ZIP archive; unpack it first"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn binary_files_are_named() {
        let refused = |head: &[u8]| refuse_binary(head).expect_err("refused").to_string();
        assert!(refused(b"\x89PNG\r\n\x1a\n").contains("PNG"));
        assert!(refused(b"PK\x03\x04..[Content_Types].xml").contains("Excel"));
        assert!(refused(b"PK\x03\x04..readme.txt").contains("ZIP"));
        assert!(refuse_binary(b"case,activity\n").is_ok());
    }
}
