//! Formats that are known and not read: they are refused by name.

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
    (
        b"FEA1",
        "is a Feather file of version 1; write it as Parquet or CSV",
    ),
    (
        b"Obj\x01",
        "is an Avro file; write its records as JSON lines: avro-tools tojson",
    ),
    (b"ORC\x0a", "is an ORC file; write it as Parquet or CSV"),
    (b"ORC\x11", "is an ORC file; write it as Parquet or CSV"),
    (
        b"RDX2\n",
        "is R data; write the table in R: write.csv(log, \"log.csv\", row.names = FALSE)",
    ),
    (
        b"RDX3\n",
        "is R data; write the table in R: write.csv(log, \"log.csv\", row.names = FALSE)",
    ),
    (
        b"X\n\0\0\0",
        "is R data (.rds); write the table in R: write.csv(readRDS(file), \"log.csv\")",
    ),
    (
        b"\x89HDF\r\n\x1a\n",
        "is an HDF5 file; write the table as Parquet or CSV",
    ),
    (
        b"\x04\x22\x4d\x18",
        "is compressed with lz4; decompress it first",
    ),
    (
        b"\xff\x06\0\0sNaPpY",
        "is compressed with snappy; decompress it first",
    ),
    (
        b"version https://git-lfs.github.com/spec/",
        "is a Git LFS pointer, not the log itself; fetch it: git lfs pull",
    ),
];

/// Refuses formats that are known and not read, by name, with what to do.
pub fn refuse_known(head: &[u8]) -> Result<(), ImportError> {
    let message = if head.starts_with(b"PK\x03\x04") {
        Some(zip_sentence(head))
    } else if head.get(257..262) == Some(b"ustar") {
        // The magic of tar stands in the header of its first file, not at the beginning.
        Some("is a tar archive; unpack it first")
    } else if is_pickle(head) {
        Some("is a Python pickle; write the table in Python: to_csv or to_parquet")
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
    // Names in a ZIP archive are not compressed, so that they can be searched for.
    let head = &head[..head.len().min(4096)];
    let holds = |name: &[u8]| memchr::memmem::find(head, name).is_some();
    if holds(b"[Content_Types].xml") || holds(b"xl/") {
        "is an Excel workbook (or another Office document); save it as CSV"
    } else {
        "is a ZIP archive; unpack it first"
    }
}

/// Protocols 2 to 5; the longer ones say how long their first frame is.
fn is_pickle(head: &[u8]) -> bool {
    match head {
        // These are the operations that the top object may begin with: dict, list, mark, global,
        // text.
        [0x80, 2 | 3, then, ..] => b"}](cX".contains(then),
        // A frame (0x95) comes first. Protocols 0 and 1 begin with no mark and are not recognised.
        [0x80, 4 | 5, 0x95, ..] => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn binary_files_are_named() {
        let refused = |head: &[u8]| refuse_known(head).expect_err("refused").to_string();
        assert!(refused(b"\x89PNG\r\n\x1a\n").contains("PNG"));
        assert!(refused(b"PK\x03\x04..[Content_Types].xml").contains("Excel"));
        assert!(refused(b"PK\x03\x04..readme.txt").contains("ZIP"));
        assert!(refused(b"Obj\x01\x04\x14avro.codec").contains("an Avro file"));
        assert!(refused(b"\x80\x04\x95\x1c\0\0\0").contains("pickle"));
        let mut tar = [0; 512];
        tar[257..262].copy_from_slice(b"ustar");
        assert!(refused(&tar).contains("tar archive"));
        assert!(refused(b"version https://git-lfs.github.com/spec/v1\n").contains("git lfs pull"));
        assert!(refuse_known(b"case,activity\n").is_ok());
        assert!(refuse_known(b"ORCID,activity\n").is_ok());
    }
}
