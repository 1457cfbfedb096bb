//! The store on real folders: what is put is got, and anything else is noticed.

use super::*;
use crate::event_log::Progress;
use crate::formats::{LogOptions, ReadOptions, ReadPlan, read_all};
use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

const LOG: &str = "case,activity,timestamp,cost,resource,due\n\
    c1,A,2024-01-01T10:00:00Z,1.5,ann,2024-02-01\n\
    c1,B,2024-01-01T11:00:00Z,,bob,2024-02-01\n\
    c2,A,2024-01-02T10:00:00Z,2,,2024-02-02\n\
    c2,,2024-01-02T11:00:00Z,3,ann,2024-02-02\n\
    c3,Ünïcode,2024-01-03T10:00:00Z,4,ann,\n";

/// Names as casetrail gives them, of what a killed one leaves.
const LEFT: &str = "0123456789abcdef0123456789abcdef-0123456789abcdef.arrow";
const UNFINISHED: &str = "new-0123456789abcdef.arrow";

/// A folder with a log, and a store beside it.
struct World {
    root: tempfile::TempDir,
}

impl World {
    fn new() -> Self {
        let world = World {
            root: tempfile::tempdir().unwrap(),
        };
        world.write(LOG);
        world
    }

    fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    fn write(&self, text: &str) {
        fs::write(self.path("log.csv"), text).unwrap();
    }

    fn inputs(&self) -> Vec<Input> {
        crate::source::open(&[OsString::from(self.path("log.csv"))]).unwrap()
    }

    fn folder(&self) -> Folder {
        Folder::open(&self.path("cache/casetrail"), true).unwrap()
    }

    fn get(&self) -> Result<Stored, Miss> {
        let inputs = self.inputs();
        let (stored, proof) = get(&self.folder(), &key(&inputs), &inputs)?;
        proof.check().map(|()| stored)
    }

    /// Reads the log and puts it into the store.
    fn put(&self) -> Stored {
        let inputs = self.inputs();
        let progress = Progress::default();
        let (log, report) = read_all(&inputs, &plan(), &progress).unwrap();
        let index = Index::build(&log, &progress).unwrap();
        put(
            &self.folder(),
            &key(&inputs),
            &inputs,
            &log,
            &index,
            &report,
        )
        .unwrap();
        Stored { log, index, report }
    }

    /// Names of the files of the store.
    fn names(&self) -> Vec<String> {
        let mut names = self.folder().names();
        names.retain(|name| name != folder::LOCK && name != folder::MARKER);
        names.sort();
        names
    }

    fn file(&self, ending: &str) -> PathBuf {
        let name = self.names().into_iter().find(|n| n.ends_with(ending));
        self.path("cache/casetrail").join(name.unwrap())
    }
}

fn plan() -> ReadPlan {
    ReadPlan {
        logs: vec![LogOptions {
            read: ReadOptions::default(),
            ..LogOptions::default()
        }],
        ..ReadPlan::default()
    }
}

fn key(inputs: &[Input]) -> Key {
    Key::of(inputs, &plan()).unwrap()
}

fn same(a: &Stored, b: &Stored) -> bool {
    // A missing number is not equal to itself.
    let shown = |stored: &Stored| format!("{:?}{:?}", stored.log, stored.index);
    shown(a) == shown(b) && a.report == b.report
}

#[test]
fn what_is_put_is_got() {
    let world = World::new();
    assert_eq!(world.get().unwrap_err(), Miss::None);
    let put = world.put();
    assert!(put.log.columns.len() >= 3 && put.report.n_rejected == 1);
    assert!(same(&put, &world.get().unwrap()));
    // Again, over itself.
    let put = world.put();
    assert!(same(&put, &world.get().unwrap()));
    assert_eq!(world.names().len(), 2, "{:?}", world.names());
}

#[test]
fn an_empty_log_and_one_of_instances() {
    for text in [
        "case,activity,timestamp\n",
        "case,activity,start,end\nc,A,2024-01-01,2024-01-02\nc,B,,2024-01-03\n",
    ] {
        let world = World::new();
        world.write(text);
        let put = world.put();
        assert!(same(&put, &world.get().unwrap()), "{text}");
    }
}

#[test]
fn a_log_that_changed_is_another() {
    let world = World::new();
    world.put();
    world.write(&LOG.replace("c3", "c4"));
    assert_eq!(world.get().unwrap_err(), Miss::Stale);
    // The entry is replaced, not joined by another.
    world.put();
    assert_eq!(world.names().len(), 2);
    world.get().unwrap();
}

#[test]
fn a_change_that_the_times_hide_is_found() {
    let world = World::new();
    let path = world.path("log.csv");
    // More than what is compared at the ends, with a byte changed in the middle.
    let rows: Vec<String> = (0..8000).map(|i| format!("c{i},A,2024-01-01\n")).collect();
    let text = format!("case,activity,timestamp\n{}", rows.concat());
    world.write(&text);
    world.put();
    world.get().unwrap();
    let meta = fs::metadata(&path).unwrap();
    world.write(&text.replace("c4000,A", "c4000,B"));
    let file = fs::File::options().write(true).open(&path).unwrap();
    file.set_modified(meta.modified().unwrap()).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().len(), meta.len());
    assert_eq!(world.get().unwrap_err(), Miss::Stale);
}

#[test]
fn a_young_log_is_hashed_until_it_is_old() {
    let world = World::new();
    world.put();
    let manifest = || fs::read_to_string(world.file(".json")).unwrap();
    assert!(!manifest().contains("\"content\": null"), "it is young");
    // Through a memory map it could still be changed without a change of its times.
    let later = |seconds| -> Vec<Input> {
        let inputs = world.inputs().into_iter();
        inputs.map(|i| i.opened_later(seconds)).collect()
    };
    let young = later(50);
    get(&world.folder(), &key(&young), &young).unwrap();
    assert!(!manifest().contains("\"content\": null"));
    let old = later(3600);
    get(&world.folder(), &key(&old), &old).unwrap();
    assert!(manifest().contains("\"content\": null"));
    world.get().unwrap();
}

#[test]
fn other_options_are_another_entry() {
    let world = World::new();
    let inputs = world.inputs();
    let mut other = plan();
    other.logs[0].read.tz = Some(chrono_tz::Europe::Berlin);
    assert_ne!(Key::of(&inputs, &other), Key::of(&inputs, &plan()));
    assert_eq!(
        Key::of(&[Input::from_bytes("-", Vec::new())], &plan()),
        None,
        "what is read once is not kept"
    );
}

#[test]
fn a_damaged_byte_is_noticed() {
    let world = World::new();
    let put = world.put();
    for ending in [".arrow", ".json"] {
        let path = world.file(ending);
        let whole = fs::read(&path).unwrap();
        let step = if ending == ".json" { 5 } else { 37 };
        for at in (0..whole.len()).step_by(step) {
            for wrong in [whole[at] ^ 1, 0, 0xff] {
                let mut bytes = whole.clone();
                bytes[at] = wrong;
                fs::write(&path, &bytes).unwrap();
                match world.get() {
                    Ok(got) => assert!(same(&put, &got), "{ending} {at}"),
                    Err(miss) => assert!(matches!(miss, Miss::Damaged(_)), "{miss}"),
                }
            }
        }
        for len in (0..whole.len()).step_by(step) {
            fs::write(&path, &whole[..len]).unwrap();
            assert!(
                matches!(world.get(), Err(Miss::Damaged(_))),
                "{ending} {len}"
            );
        }
        fs::write(&path, &whole).unwrap();
    }
    assert!(same(&put, &world.get().unwrap()));
    fs::remove_file(world.file(".arrow")).unwrap();
    assert!(matches!(world.get(), Err(Miss::Damaged(_))));
}

/// One who gives damaged data checksums that fit gets an error, or a log; the program goes on.
#[test]
fn forged_data_is_refused_or_read() {
    let world = World::new();
    world.put();
    let whole = fs::read(world.file(".arrow")).unwrap();
    for at in (0..whole.len()).step_by(5) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0xff;
        let decoded = std::panic::catch_unwind(|| arrow::decode(&Buffer::from_vec(bytes)).is_ok());
        assert!(decoded.is_ok(), "a panic at byte {at}");
    }
    for len in 0..whole.len().min(600) {
        assert!(arrow::decode(&Buffer::from_vec(whole[..len].to_vec())).is_err());
    }
}

#[test]
fn what_nothing_refers_to_is_swept() {
    let world = World::new();
    let folder = world.path("cache/casetrail");
    world.put();
    fs::write(folder.join(LEFT), "left by a kill").unwrap();
    fs::write(folder.join(UNFINISHED), "left by another").unwrap();
    world.put();
    assert_eq!(world.names().len(), 2, "{:?}", world.names());
}

/// Names that somebody else may have given, some of them very much like ours.
const FOREIGN: &[&str] = &[
    "notes.txt",
    "Cargo.toml",
    "0123-4567.arrow",
    "new.arrow",
    "new-4567.arrow",
    "new-ideas.arrow",
    "settings.json",
    "0123456789ABCDEF0123456789ABCDEF.json",
    "x0123456789abcdef0123456789abcdef.json",
    "lock.json",
];

#[test]
fn what_others_made_stays() {
    let world = World::new();
    world.put();
    let folder = world.path("cache/casetrail");
    for name in FOREIGN {
        fs::write(folder.join(name), "precious").unwrap();
    }
    world.put();
    world.get().unwrap();
    clear(&world.folder(), None).unwrap();
    for name in FOREIGN {
        assert_eq!(fs::read_to_string(folder.join(name)).unwrap(), "precious");
    }
    assert_eq!(world.names().len(), FOREIGN.len());
}

#[test]
fn a_folder_that_is_not_ours_is_refused_and_left_as_it_is() {
    for name in FOREIGN {
        let world = World::new();
        let folder = world.path("cache/casetrail");
        fs::create_dir_all(&folder).unwrap();
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
        fs::write(folder.join(name), "precious").unwrap();
        for make in [true, false] {
            let why = Folder::open(&folder, make).unwrap_err();
            assert!(why.contains(name) && why.contains("did not make"), "{why}");
        }
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
        assert_eq!(mode(&folder), 0o755);
    }
}

#[test]
fn a_folder_of_before_the_marker_is_taken_over() {
    let world = World::new();
    world.put();
    let marker = world.path("cache/casetrail").join(folder::MARKER);
    fs::remove_file(&marker).unwrap();
    world.get().unwrap();
    assert!(
        fs::read_to_string(&marker)
            .unwrap()
            .starts_with("Signature: 8a477f59")
    );
}

#[test]
fn what_a_kill_left_goes_with_the_next_start() {
    let world = World::new();
    world.put();
    let entry = world.names();
    let stem = entry[0].split(['-', '.']).next().unwrap();
    let folder = world.path("cache/casetrail");
    let plant = || {
        fs::write(
            folder.join(format!("{stem}-0123456789abcdef.arrow")),
            "old data",
        )
        .unwrap();
        fs::write(folder.join(UNFINISHED), "half a manifest").unwrap();
    };
    plant();
    world.get().unwrap();
    assert_eq!(world.names(), entry);
    plant();
    let cache = world.folder();
    let writer = cache.lock(PATIENCE).unwrap();
    world.get().unwrap();
    assert_eq!(world.names().len(), 4, "somebody may be writing them");
    drop(writer);
}

#[test]
fn the_limit_holds() {
    let world = World::new();
    world.put();
    let inputs = world.inputs();
    let stored = world.get().unwrap();
    let mut other = plan();
    other.logs[0].source = "other".to_owned();
    let key = Key::of(&inputs, &other).unwrap();
    let small = world.folder().with_limit(1);
    let Stored { log, index, report } = &stored;
    put(&small, &key, &inputs, log, index, report).unwrap();
    assert_eq!(list(&small).len(), 1, "the newest stays");
    assert_eq!(world.get().unwrap_err(), Miss::None);
}

#[test]
fn entries_are_listed_and_cleared() {
    let world = World::new();
    world.put();
    let entries = list(&world.folder());
    let path = world.path("log.csv").canonicalize().unwrap();
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0].logs, [path.to_string_lossy()]);
    assert_eq!((entries[0].events, entries[0].cases), (4, 3));
    let none = clear(&world.folder(), Some(&["/elsewhere".to_owned()])).unwrap();
    assert_eq!(none.0, 0);
    let (n, bytes) = clear(&world.folder(), None).unwrap();
    assert_eq!((n, bytes), (1, entries[0].bytes));
    assert!(world.names().is_empty());
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn files_are_private() {
    let world = World::new();
    world.put();
    assert_eq!(mode(&world.path("cache/casetrail")), 0o700);
    assert_eq!(mode(&world.file(".arrow")), 0o600);
    assert_eq!(mode(&world.file(".json")), 0o600);
    let folder = world.path("cache/casetrail");
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o777)).unwrap();
    assert!(Folder::open(&folder, true).unwrap_err().contains("others"));
}

#[test]
fn links_are_not_followed() {
    let world = World::new();
    world.put();
    let target = world.path("target");
    fs::write(&target, "precious").unwrap();
    for ending in [".json", ".arrow"] {
        let path = world.file(ending);
        fs::remove_file(&path).unwrap();
        symlink(&target, &path).unwrap();
        assert!(matches!(world.get(), Err(Miss::Damaged(_))), "{ending}");
        world.put();
        world.get().unwrap();
    }
    assert_eq!(fs::read_to_string(&target).unwrap(), "precious");
    let linked = world.path("linked");
    symlink(world.path("cache/casetrail"), &linked).unwrap();
    assert!(Folder::open(&linked, false).is_err());
}
