//! Files whose paths begin like a text, to complete it.

use std::fs;
use std::path::Path;

/// Entries of a folder that are looked at, at most.
const MOST_ENTRIES: usize = 10_000;
/// Paths that are given, at most.
const MOST: usize = 200;

/// The files and folders whose paths begin like that, by name, folders with a slash at their end. Hidden
/// ones where the text names the dot; those whose name is no UTF-8 are left out, as nobody could type it.
pub fn beginning_like(path: &str) -> Vec<String> {
    let (folder, name) = path
        .rsplit_once('/')
        .map_or(("", path), |(folder, name)| (&path[..=folder.len()], name));
    let place = if folder.is_empty() { "." } else { folder };
    let Ok(entries) = fs::read_dir(Path::new(place)) else {
        return Vec::new();
    };
    let begin = name.to_lowercase();
    let entry = |entry: fs::DirEntry| {
        let file = entry.file_name().into_string().ok()?;
        let is_hidden = file.starts_with('.') && !name.starts_with('.');
        if is_hidden || !file.to_lowercase().starts_with(&begin) {
            return None;
        }
        // A link leads to a folder where its target is one.
        let is_folder = fs::metadata(entry.path()).is_ok_and(|of| of.is_dir());
        let slash = if is_folder { "/" } else { "" };
        Some(format!("{folder}{file}{slash}"))
    };
    let entries = entries.take(MOST_ENTRIES).filter_map(Result::ok);
    let mut files: Vec<String> = entries.filter_map(entry).collect();
    files.sort_unstable();
    files.truncate(MOST);
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_completed_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().to_str().unwrap();
        fs::create_dir(folder.path().join("claims")).unwrap();
        for name in [
            "Claim.bpmn",
            "claim.pnml",
            "other.xml",
            ".hidden.xml",
            "claims/x.pnml",
        ] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        let found = |begin: &str| {
            let files = beginning_like(&format!("{root}/{begin}"));
            let short = files.iter().map(|file| file[root.len() + 1..].to_owned());
            short.collect::<Vec<String>>()
        };
        assert_eq!(found("cl"), ["Claim.bpmn", "claim.pnml", "claims/"]);
        assert_eq!(found("claims/"), ["claims/x.pnml"]);
        assert_eq!(found("."), [".hidden.xml"]);
        assert_eq!(found("").len(), 4);
        assert!(found("none/at/all").is_empty());
    }
}
