//! The file of tags and notes: one change a line, in JSON, only ever added to. Files are merged by putting one
//! behind the other.

use super::private::PrivateFolder;
use crate::engine::{NoteChange, Notes, Remark};
use crate::text::{count, escape_line};
use chrono::{DateTime, Datelike, SecondsFormat, Utc};
use rustix::fs::{FlockOperation, Mode, OFlags, flock};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fs::File;
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// Bytes that such a file has at most.
const MOST: u64 = 64 << 20;

/// A line of the file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line<'a> {
    time: String,
    case: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tag: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    set: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    who: Option<String>,
}

/// Contents of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NotesText {
    /// Tags and notes after all changes.
    pub notes: Notes,
    /// The first line that is no change, from 1, and why.
    pub fault: Option<(u64, String)>,
    /// Number of such lines: they are left alone.
    pub faults: u64,
    /// Number of changes.
    pub n_changes: u64,
}

impl NotesText {
    /// Reads the bytes of a file. Blank lines mean nothing.
    pub fn parse(bytes: &[u8]) -> Self {
        let mut found = NotesText::default();
        for (at, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
            if line.trim_ascii().is_empty() {
                continue;
            }
            match parse_line(line) {
                Ok(change) => {
                    found.n_changes += 1;
                    found.notes.apply(change);
                }
                Err(why) => {
                    found.fault.get_or_insert((at as u64 + 1, why));
                    found.faults += 1;
                }
            }
        }
        found
    }

    /// Sentence on the lines that are no change, with the first of them; `None` without such a line. `name` is
    /// that of the file.
    pub fn in_words(&self, name: &str) -> Option<String> {
        let (line, why) = self.fault.as_ref()?;
        let kept = match self.faults {
            1 => "the line is kept and not used".to_owned(),
            n => format!("{} lines are kept and not used", count(n)),
        };
        Some(format!("{name}: line {line}: {why}; {kept}"))
    }
}

/// Reads a line; the error is one line.
fn parse_line(line: &[u8]) -> Result<NoteChange, String> {
    let line: Line<'_> = serde_json::from_slice(line).map_err(|error| {
        // The line number of the reader is that within the line.
        let why = error.to_string();
        let why = why.split(" at line ").next().unwrap_or_default();
        escape_line(why)
    })?;
    let time = DateTime::parse_from_rfc3339(&line.time).ok();
    let time = time.map(|time| time.to_utc());
    // Others could not be written.
    let time = time.filter(|time| (1..=9999).contains(&time.year()));
    let time = time.ok_or("time is not one as 2024-03-01T12:00:00Z")?;
    let remark = match (line.tag, line.text) {
        (Some(tag), None) => Remark::Tag(tag.into_owned()),
        (None, Some(text)) => Remark::Note(text.into_owned()),
        _ => return Err("expected either tag or text".to_owned()),
    };
    if remark.text().is_empty() {
        return Err(format!("the {} is empty", remark.kind()));
    }
    Ok(NoteChange {
        time: time.timestamp_micros(),
        case: line.case.into_owned(),
        remark,
        set: line.set.unwrap_or(true),
        who: line.who,
    })
}

/// A change as a line of the file, with its end.
pub fn line_of(change: &NoteChange) -> String {
    let time = DateTime::<Utc>::from_timestamp_micros(change.time).unwrap_or_default();
    let (tag, text) = match &change.remark {
        Remark::Tag(tag) => (Some(tag.as_str().into()), None),
        Remark::Note(text) => (None, Some(text.as_str().into())),
    };
    let is_note = text.is_some();
    let line = Line {
        time: time.to_rfc3339_opts(SecondsFormat::Micros, true),
        case: change.case.as_str().into(),
        tag,
        text,
        // A note is written unless it says that it is withdrawn.
        set: (!is_note || !change.set).then_some(change.set),
        who: change.who.clone(),
    };
    // Texts can always be written.
    serde_json::to_string(&line).unwrap_or_default() + "\n"
}

/// Where tags and notes are kept.
#[derive(Debug, Clone)]
pub enum NotesFile {
    /// A file of this user alone, by its name in that folder.
    Private(PrivateFolder, String),
    /// A file that the user named.
    Named(PathBuf),
}

impl NotesFile {
    /// Path of the file.
    pub fn path(&self) -> PathBuf {
        match self {
            NotesFile::Private(folder, name) => folder.file(name),
            NotesFile::Named(path) => path.clone(),
        }
    }

    /// Reads the file; `None` where there is none.
    ///
    /// # Errors
    /// It cannot be read, or is too large.
    pub fn read(&self) -> io::Result<Option<NotesText>> {
        let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK;
        let opened = rustix::fs::open(self.path(), flags | self.no_link(), Mode::empty());
        let mut file = match opened {
            Err(rustix::io::Errno::NOENT) => return Ok(None),
            opened => File::from(opened?),
        };
        // Some network file systems have no locks: what is being written there may be cut.
        let _ = flock(&file, FlockOperation::LockShared);
        text_of(&mut file).map(Some)
    }

    /// Adds changes to the file, made where there is none, and gives all that it holds then.
    ///
    /// # Errors
    /// It cannot be written or read.
    pub fn add(&self, changes: &[NoteChange]) -> io::Result<NotesText> {
        let mode = match self {
            NotesFile::Private(folder, _) => {
                folder.make()?;
                Mode::RUSR | Mode::WUSR
            }
            // Of the others, the mask of the user takes away what is not wanted.
            NotesFile::Named(_) => Mode::from_raw_mode(0o666),
        };
        let flags = OFlags::RDWR | OFlags::APPEND | OFlags::CREATE | OFlags::CLOEXEC;
        let opened = rustix::fs::open(self.path(), flags | self.no_link(), mode)?;
        let mut file = File::from(opened);
        // The lock is for the line that may be cut at the end; whole lines are added in one piece without it, too.
        let _ = flock(&file, FlockOperation::LockExclusive);
        // A file that is none of notes, the log even, stays as it is.
        text_of(&mut file)?;
        let mut lines: String = changes.iter().map(line_of).collect();
        if !ends_with_line(&mut file)? {
            lines.insert(0, '\n');
        }
        file.write_all(lines.as_bytes())?;
        file.sync_data()?;
        file.seek(SeekFrom::Start(0))?;
        text_of(&mut file)
    }

    /// In the user's own folder a link was put by somebody else.
    fn no_link(&self) -> OFlags {
        match self {
            NotesFile::Private(..) => OFlags::NOFOLLOW,
            NotesFile::Named(_) => OFlags::empty(),
        }
    }
}

fn text_of(file: &mut File) -> io::Result<NotesText> {
    let found = file.metadata()?;
    if !found.is_file() || found.len() > MOST {
        let why = "it is no file of notes, or too large";
        return Err(io::Error::new(ErrorKind::InvalidData, why));
    }
    let mut bytes = Vec::new();
    // It may grow meanwhile.
    file.take(MOST).read_to_end(&mut bytes)?;
    let found = NotesText::parse(&bytes);
    match &found.fault {
        Some((line, why)) if found.n_changes == 0 => {
            let why = format!("it is no file of notes: line {line}: {why}");
            Err(io::Error::new(ErrorKind::InvalidData, why))
        }
        _ => Ok(found),
    }
}

/// True for a file that is empty or ends with the end of a line.
fn ends_with_line(file: &mut File) -> io::Result<bool> {
    if file.metadata()?.len() == 0 {
        return Ok(true);
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

/// The file of that path.
impl From<&Path> for NotesFile {
    fn from(path: &Path) -> Self {
        NotesFile::Named(path.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, symlink};

    fn tag(case: &str, tag: &str, set: bool) -> NoteChange {
        NoteChange {
            time: 1_709_294_400_250_000,
            case: case.to_owned(),
            remark: Remark::Tag(tag.to_owned()),
            set,
            who: None,
        }
    }

    #[test]
    fn lines_are_as_documented() {
        let note = NoteChange {
            remark: Remark::Note("asked \"twice\"".to_owned()),
            who: Some("Ada".to_owned()),
            ..tag("TK-1", "", true)
        };
        let withdrawn = NoteChange {
            set: false,
            ..note.clone()
        };
        let lines: Vec<String> = [tag("TK-1", "bank", true), note, withdrawn]
            .iter()
            .map(line_of)
            .collect();
        assert_eq!(
            lines,
            [
                "{\"time\":\"2024-03-01T12:00:00.250000Z\",\"case\":\"TK-1\",\"tag\":\"bank\",\"set\":true}\n",
                "{\"time\":\"2024-03-01T12:00:00.250000Z\",\"case\":\"TK-1\",\"text\":\"asked \\\"twice\\\"\",\"who\":\"Ada\"}\n",
                "{\"time\":\"2024-03-01T12:00:00.250000Z\",\"case\":\"TK-1\",\"text\":\"asked \\\"twice\\\"\",\"set\":false,\"who\":\"Ada\"}\n",
            ]
        );
    }

    #[test]
    fn other_lines_are_counted_and_the_first_is_named() {
        let good = line_of(&tag("1", "x", true));
        let time = "\"time\":\"2024-03-01T12:00:00Z\"";
        for (bad, why) in [
            ("nonsense", "expected"),
            ("{}", "missing field `time`"),
            (
                "{\"time\":\"yesterday\",\"case\":\"1\",\"tag\":\"x\"}",
                "2024-03-01T12:00:00Z",
            ),
            (&*format!("{{{time},\"case\":\"1\"}}"), "either tag or text"),
            (
                &*format!("{{{time},\"case\":\"1\",\"tag\":\"\"}}"),
                "the tag is empty",
            ),
            (
                &*format!("{{{time},\"case\":\"1\",\"tag\":\"x\",\"color\":1}}"),
                "unknown field",
            ),
            (
                &*format!("{{{time},\"case\":\"1\",\"tag\":\"x\",\"text\":\"y\"}}"),
                "either",
            ),
            ("<<<<<<< HEAD", "expected"),
            ("\u{1b}[31m", "expected"),
        ] {
            let text = format!("\n{good}{bad}\r\n{bad}");
            let found = NotesText::parse(text.as_bytes());
            let (line, message) = found.fault.clone().expect(bad);
            assert_eq!((line, found.faults), (3, 2), "{bad}");
            assert!(message.contains(why), "{bad}: {message}");
            assert!(!message.contains(char::is_control), "{bad}: {message}");
            assert!(found.notes.tags("1").contains("x"), "{bad}");
        }
        let no_text = [good.as_bytes(), b"\xff\xfe\n"].concat();
        assert_eq!(NotesText::parse(&no_text).faults, 1);
    }

    #[test]
    fn changes_are_added_to_a_private_file() {
        let folder = tempfile::tempdir().unwrap();
        let place = PrivateFolder::at(folder.path().join("notes"));
        let file = NotesFile::Private(place, "log.jsonl".to_owned());
        assert_eq!(file.read().unwrap(), None);
        file.add(&[tag("1", "x", true)]).unwrap();
        let text = file
            .add(&[tag("2", "y", true), tag("2", "z", true)])
            .unwrap();
        assert_eq!(text.notes.all_tags().len(), 3);
        assert_eq!(file.read().unwrap(), Some(text));
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&file.path()), 0o600);
        assert_eq!(mode(file.path().parent().unwrap()), 0o700);
        // Somebody else may have put a link in its place.
        let other = folder.path().join("other");
        fs::write(&other, "").unwrap();
        fs::remove_file(file.path()).unwrap();
        symlink(&other, file.path()).unwrap();
        assert!(file.add(&[tag("1", "x", true)]).is_err());
        assert!(file.read().is_err());
        assert_eq!(fs::read(&other).unwrap(), b"");
    }

    #[test]
    fn what_is_there_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notes.jsonl");
        fs::write(&path, "{\"time\":\"2024-03").unwrap();
        let file = NotesFile::from(path.as_path());
        let text = file.add(&[tag("1", "x", true)]).unwrap();
        assert_eq!(text.faults, 1);
        assert_eq!(text.notes.cases().count(), 1);
        let written = fs::read_to_string(&path).unwrap();
        assert!(
            written.starts_with("{\"time\":\"2024-03\n{\"time\""),
            "{written}"
        );
    }

    #[test]
    fn programs_that_write_at_once_lose_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notes.jsonl");
        let write = |writer: usize| {
            let file = NotesFile::from(path.as_path());
            for n in 0..20 {
                file.add(&[tag(&format!("{writer}-{n}"), "x", true)])
                    .unwrap();
            }
        };
        std::thread::scope(|scope| {
            for writer in 0..4 {
                scope.spawn(move || write(writer));
            }
        });
        let text = NotesFile::from(path.as_path()).read().unwrap().unwrap();
        assert_eq!((text.notes.cases().count(), text.faults), (80, 0));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            time in -62_000_000_000_000_000i64..250_000_000_000_000_000,
            case in any::<String>(),
            text in "(?s).{1,20}",
            is_tag in any::<bool>(),
            set in any::<bool>(),
            who in prop::option::of(any::<String>()),
        ) {
            let remark = if is_tag { Remark::Tag(text) } else { Remark::Note(text) };
            let change = NoteChange { time, case, remark, set, who };
            let line = line_of(&change);
            prop_assert_eq!(line.matches('\n').count(), 1);
            prop_assert_eq!(parse_line(line.as_bytes()), Ok(change));
        }

        #[test]
        fn any_order_of_lines_and_files_is_the_same(
            lines in prop::collection::vec((0i64..9, 0..3, any::<bool>(), any::<bool>()), 0..20)
                .prop_flat_map(|lines| (Just(lines.clone()), Just(lines).prop_shuffle())),
        ) {
            let text = |lines: &[(i64, i32, bool, bool)]| -> String {
                let line = |(time, case, is_tag, set): &(i64, i32, bool, bool)| line_of(&NoteChange {
                    time: *time,
                    remark: if *is_tag { Remark::Tag("t".into()) } else { Remark::Note("n".into()) },
                    ..tag(&case.to_string(), "", *set)
                });
                lines.iter().map(line).collect()
            };
            let (straight, shuffled) = lines;
            let half = shuffled.len() / 2;
            let [a, b] = [text(&shuffled[..half]), text(&shuffled[half..])];
            let read = |text: String| NotesText::parse(text.as_bytes()).notes;
            let wanted = read(text(&straight));
            prop_assert_eq!(&read(format!("{a}{b}")), &wanted);
            prop_assert_eq!(&read(format!("{b}{a}{b}")), &wanted);
        }
    }
}
