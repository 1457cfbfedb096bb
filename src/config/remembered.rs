//! Mappings that were confirmed in the explorer, one file for each set of column names. Only the
//! explorer asks for them: what a report prints depends on its command line alone.

use super::mapping_file::{MappedLog, MappingFile};
use super::private::{Base, PrivateFolder};
use crate::event_log::Role;
use crate::formats::{Inspection, LogOptions, ReadOptions};
use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use twox_hash::XxHash3_64;

/// The folder of the mappings that were confirmed.
#[derive(Debug, Clone)]
pub struct Remembered {
    folder: PrivateFolder,
}

/// Settings saved for logs with columns of these names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kept {
    /// How they are read; nothing is said where only the end states were chosen.
    pub read: ReadOptions,
    /// Activities that end a case, where they were chosen.
    pub ends: Option<Vec<String>>,
    /// Milestones that were defined: see [`MappingFile::milestones`].
    pub milestones: Vec<String>,
    /// Classes of waits that were chosen: see [`MappingFile::waits`].
    pub waits: Vec<String>,
    /// Columns of lists, where they were chosen: see [`MappingFile::columns`].
    pub columns: BTreeMap<String, Vec<String>>,
}

impl Remembered {
    /// Those in the user's folder of settings; `None` where there is none.
    pub fn of_user() -> Option<Self> {
        let folder = PrivateFolder::of_user(Base::Config, "mappings")?;
        Some(Remembered { folder })
    }

    /// Those in a folder.
    pub fn in_folder(folder: PathBuf) -> Self {
        Remembered {
            folder: PrivateFolder::at(folder),
        }
    }

    /// Returns the saved settings of a log that looks like this, if all columns they name still
    /// exist.
    pub fn find(&self, look: &Inspection) -> Option<Kept> {
        let file = self.file(look)?;
        let (ends, milestones) = (file.ends, file.milestones);
        let (waits, columns) = (file.waits, file.columns);
        let Some(log) = file.logs.into_iter().next() else {
            let kept = Kept {
                read: ReadOptions::default(),
                ends,
                milestones,
                waits,
                columns,
            };
            return (kept != Kept::default()).then_some(kept);
        };
        let read = log.options.read;
        let all_there = names(&read).all(|name| look.columns.contains(name));
        let has_times = !read.columns[Role::Time].is_empty() || read.has_milestones();
        let says_something = has_times || read.object_type.is_some();
        (all_there && says_something).then_some(Kept {
            read,
            ends,
            milestones,
            waits,
            columns,
        })
    }

    /// The file for logs that look like this, if it can be read.
    fn file(&self, look: &Inspection) -> Option<MappingFile> {
        let text = self.folder.read(&name_of(look)?).ok()?;
        MappingFile::parse(&text).ok()
    }

    /// Remembers how a log that looks like this is read.
    pub fn keep(&self, look: &Inspection, options: &LogOptions) -> io::Result<()> {
        if !is_remembered(options) {
            return Ok(());
        }
        // It may hold end states, which stay.
        let mut file = self.file(look).unwrap_or_default();
        file.logs = vec![MappedLog {
            file: "*".to_owned(),
            options: LogOptions {
                read: remembered(&options.read),
                ..LogOptions::default()
            },
            ..MappedLog::default()
        }];
        self.put(look, &file)
    }

    /// Remembers end states, milestones, classes of waits and columns of lists, the choices of `kept`, for logs
    /// that look like this, beside their mapping, or forgets those that are not given.
    pub fn keep_choices(
        &self,
        look: &Inspection,
        options: &LogOptions,
        kept: Kept,
    ) -> io::Result<()> {
        if !is_remembered(options) {
            return Ok(());
        }
        let mut file = self.file(look).unwrap_or_default();
        (file.ends, file.milestones) = (kept.ends, kept.milestones);
        (file.waits, file.columns) = (kept.waits, kept.columns);
        // What says nothing needs no file.
        if file == MappingFile::default() {
            return self.forget(look).map(drop);
        }
        self.put(look, &file)
    }

    fn put(&self, look: &Inspection, file: &MappingFile) -> io::Result<()> {
        let Some(name) = name_of(look) else {
            return Ok(());
        };
        let columns = vec![format!(
            "For logs with the columns {}",
            look.columns.join(", ")
        )];
        self.folder.write(&name, &file.to_toml_with(&[columns]))
    }

    /// Forgets what was remembered for logs that look like this; whether there was anything.
    pub fn forget(&self, look: &Inspection) -> io::Result<bool> {
        name_of(look).map_or(Ok(false), |name| self.folder.remove(&name))
    }
}

/// Name of the file for logs that look like this: a hash of the format and of the names of the columns in
/// their order (or of the types of objects).
fn name_of(look: &Inspection) -> Option<String> {
    let types = look.object_types.iter().map(|(name, _)| name);
    let names: Vec<&String> = look.columns.iter().chain(types).collect();
    if names.is_empty() {
        return None;
    }
    let mut bytes = look.format.as_bytes().to_vec();
    for name in names {
        // Lengths keep names apart whatever they hold.
        bytes.extend((name.len() as u64).to_le_bytes());
        bytes.extend(name.as_bytes());
    }
    let hash = XxHash3_64::oneshot(&bytes);
    Some(format!("{hash:016x}.toml"))
}

/// Returns whether logs that are read so are remembered: those with a header, as nothing else distinguishes
/// one from others.
fn is_remembered(options: &LogOptions) -> bool {
    !options.read.no_header
}

/// Options worth saving: roles of columns and formats of values, without those of one file (its
/// encoding) or of one call (its zone).
fn remembered(read: &ReadOptions) -> ReadOptions {
    ReadOptions {
        columns: read.columns.clone(),
        activity_name: read.activity_name.clone(),
        time_format: read.time_format.clone(),
        date_order: read.date_order,
        delimiter: read.delimiter,
        quote: read.quote,
        escape: read.escape,
        json_path: read.json_path.clone(),
        object_type: read.object_type.clone(),
        ..ReadOptions::default()
    }
}

/// The columns that options name.
fn names(read: &ReadOptions) -> impl Iterator<Item = &String> {
    let all = read.columns.iter();
    all.flat_map(|(role, names)| {
        // An empty name says that no column has the role.
        let is_name = move |name: &&String| role.is_text() || !name.is_empty();
        names.iter().filter(is_name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::path::Path;

    impl Remembered {
        /// The file for logs that look like this.
        fn path(&self, look: &Inspection) -> Option<PathBuf> {
            name_of(look).map(|name| self.folder.file(&name))
        }
    }

    fn look(columns: &[&str]) -> Inspection {
        Inspection {
            format: "csv",
            columns: columns.iter().map(ToString::to_string).collect(),
            ..Inspection::default()
        }
    }

    fn options() -> LogOptions {
        LogOptions {
            source: "orders".into(),
            read: ReadOptions {
                columns: [
                    (Role::Case, vec!["foo".into()]),
                    (Role::Activity, vec!["bar".into(), "baz".into()]),
                    (Role::Time, vec!["when".into()]),
                    (Role::Resource, vec![String::new()]),
                ]
                .into(),
                encoding: Some("koi8-r".into()),
                ..ReadOptions::default()
            },
            ..LogOptions::default()
        }
    }

    const COLUMNS: [&str; 4] = ["foo", "bar", "baz", "when"];

    fn chosen(ends: Option<&[String]>) -> Kept {
        Kept {
            ends: ends.map(<[String]>::to_vec),
            ..Kept::default()
        }
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn a_mapping_is_kept_found_and_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let made = folder.path().join("casetrail/mappings");
        let store = Remembered::in_folder(made.clone());
        let look = look(&COLUMNS);
        assert_eq!(store.find(&look), None);
        store.keep(&look, &options()).unwrap();
        let found = store.find(&look).unwrap().read;
        assert_eq!(found.columns[Role::Activity], ["bar", "baz"]);
        assert_eq!(found.columns[Role::Resource], [""]);
        assert_eq!(found.encoding, None);
        let path = store.path(&look).unwrap();
        assert_eq!((mode(&made), mode(&path)), (0o700, 0o600));
        assert_eq!(fs::read_dir(&made).unwrap().count(), 1);
        assert!(store.forget(&look).unwrap());
        assert!(!store.forget(&look).unwrap());
        assert_eq!(store.find(&look), None);
    }

    #[test]
    fn ends_are_kept_beside_a_mapping_and_without_one() {
        let folder = tempfile::tempdir().unwrap();
        let store = Remembered::in_folder(folder.path().join("mappings"));
        let look = look(&COLUMNS);
        let ends = |store: &Remembered| store.find(&look).and_then(|kept| kept.ends);
        let closed = ["Closed".to_owned()];
        store
            .keep_choices(&look, &options(), chosen(Some(&closed)))
            .unwrap();
        assert_eq!(ends(&store).unwrap(), closed);
        assert_eq!(store.find(&look).unwrap().read, ReadOptions::default());
        store.keep(&look, &options()).unwrap();
        assert_eq!(ends(&store).unwrap(), closed);
        // That nothing ends a case is a choice, too.
        store
            .keep_choices(&look, &options(), chosen(Some(&[])))
            .unwrap();
        assert_eq!(ends(&store).unwrap(), [""; 0]);
        store.keep_choices(&look, &options(), chosen(None)).unwrap();
        let kept = store.find(&look).unwrap();
        assert_eq!(
            (kept.ends, kept.read.columns[Role::Activity].len()),
            (None, 2)
        );
        // A file that says nothing more is deleted.
        store.forget(&look).unwrap();
        store
            .keep_choices(&look, &options(), chosen(Some(&closed)))
            .unwrap();
        store.keep_choices(&look, &options(), chosen(None)).unwrap();
        assert!(!store.forget(&look).unwrap());
    }

    #[test]
    fn milestones_and_classes_of_waits_are_kept_as_they_were_defined() {
        let folder = tempfile::tempdir().unwrap();
        let store = Remembered::in_folder(folder.path().join("mappings"));
        let look = look(&COLUMNS);
        let milestones = vec!["a b = first \"It's \\\"so\\\"\" after start".to_owned()];
        let waits = vec!["\"A\" -> \"It's\" = customer".to_owned()];
        let kept = Kept {
            milestones: milestones.clone(),
            waits: waits.clone(),
            ..Kept::default()
        };
        store.keep_choices(&look, &options(), kept).unwrap();
        let found = store.find(&look).unwrap();
        assert_eq!((found.milestones, found.waits), (milestones, waits));
        store.keep_choices(&look, &options(), chosen(None)).unwrap();
        assert_eq!(store.find(&look), None);
    }

    #[test]
    fn other_columns_orders_and_formats_are_others() {
        let store = Remembered::in_folder("x".into());
        let path = |look: &Inspection| store.path(look).unwrap();
        let this = path(&look(&COLUMNS));
        let mut other = look(&COLUMNS);
        other.format = "parquet";
        assert_ne!(path(&other), this);
        assert_ne!(path(&look(&["bar", "foo", "baz", "when"])), this);
        assert_ne!(path(&look(&["foob", "ar", "baz", "when"])), this);
        assert_eq!(store.path(&look(&[])), None);
    }

    #[test]
    fn columns_without_names_are_not_remembered() {
        let folder = tempfile::tempdir().unwrap();
        let store = Remembered::in_folder(folder.path().join("mappings"));
        let mut headless = options();
        headless.read.no_header = true;
        store.keep(&look(&COLUMNS), &headless).unwrap();
        assert_eq!(store.find(&look(&COLUMNS)), None);
    }

    #[test]
    fn what_does_not_fit_or_is_broken_is_left_out() {
        let folder = tempfile::tempdir().unwrap();
        let store = Remembered::in_folder(folder.path().join("mappings"));
        let look = look(&COLUMNS);
        store.keep(&look, &options()).unwrap();
        let path = store.path(&look).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, text.replace("\"foo\"", "\"gone\"")).unwrap();
        assert_eq!(store.find(&look), None);
        for bad in ["", "version = 9", "\u{0}", "[[log]]\nfile = 3"] {
            fs::write(&path, bad).unwrap();
            assert_eq!(store.find(&look), None, "{bad:?}");
        }
    }

    #[test]
    fn links_are_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let look = look(&COLUMNS);
        let real = Remembered::in_folder(folder.path().join("real"));
        real.keep(&look, &options()).unwrap();
        // A folder that is a link is not written to.
        symlink(folder.path().join("real"), folder.path().join("link")).unwrap();
        let linked = Remembered::in_folder(folder.path().join("link"));
        assert!(linked.keep(&look, &options()).is_err());
        // A file that is a link is not read, and is replaced, not written through.
        let victim = folder.path().join("victim");
        fs::write(&victim, "precious").unwrap();
        let path = real.path(&look).unwrap();
        fs::remove_file(&path).unwrap();
        symlink(&victim, &path).unwrap();
        assert_eq!(real.find(&look), None);
        real.keep(&look, &options()).unwrap();
        assert_eq!(fs::read_to_string(&victim).unwrap(), "precious");
        assert!(real.find(&look).is_some());
    }
}
