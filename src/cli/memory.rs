//! The memory that the system grants. A control group that needs more than its limit is killed
//! without a word, so one thread looks on and ends the program with a sentence before.

use super::failure::code;
use super::{output, say, watch};
use crate::ui::text;
use std::path::Path;
use std::thread;
use std::time::Duration;

/// Where control groups are found.
const GROUPS: &str = "/sys/fs/cgroup";
/// Limits above this are none.
const BOUNDLESS: u64 = 1 << 60;

/// Begins to look on, where there is a limit.
pub fn guard() {
    let groups = std::fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    let Some(limit) = limit(Path::new(GROUPS), &groups) else {
        return;
    };
    // What may come between two looks.
    let room = (limit / 16).min(256 << 20);
    // Without this thread the limit is kept by the system alone.
    let _ = thread::Builder::new().name("memory".into()).spawn(move || {
        while let Some(bytes) = status_bytes("RssAnon:") {
            if bytes >= limit - room {
                output::remove_temporary();
                watch::clear_line();
                let limit = text::number(limit as f64 / 1e6, 0);
                say::say(&format!(
                    "more memory is needed than the {limit} MB allowed"
                ));
                std::process::exit(i32::from(code::MEMORY));
            }
            thread::sleep(Duration::from_millis(20));
        }
    });
}

/// A figure of /proc/self/status that is given in kB, in bytes; `None` where the system does not say.
pub fn status_bytes(key: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let figure = status.lines().find_map(|line| line.strip_prefix(key))?;
    let kibibytes: u64 = figure.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(1024 * kibibytes)
}

/// The lowest limit of the control groups that a process is in, as its `cgroup` file lists them.
fn limit(root: &Path, groups: &str) -> Option<u64> {
    let limits = groups.lines().filter_map(|line| {
        let (_, rest) = line.split_once(':')?;
        match rest.split_once(':')? {
            ("", group) => limit_below(root, group, "memory.max"),
            ("memory", group) => limit_below(&root.join("memory"), group, "memory.limit_in_bytes"),
            _ => None,
        }
    });
    limits.min()
}

/// The lowest limit of a group and those that it is in.
fn limit_below(root: &Path, group: &str, file: &str) -> Option<u64> {
    let folder = root.join(group.trim_start_matches('/'));
    let folders = folder
        .ancestors()
        .take_while(|folder| folder.starts_with(root));
    let limits = folders.filter_map(|folder| {
        let text = std::fs::read_to_string(folder.join(file)).ok()?;
        text.trim().parse().ok().filter(|&limit| limit < BOUNDLESS)
    });
    limits.min()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn the_lowest_limit_holds() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let write = |group: &str, file: &str, limit: &str| {
            fs::create_dir_all(root.join(group)).unwrap();
            fs::write(root.join(group).join(file), limit).unwrap();
        };
        write("a/b", "memory.max", "max\n");
        write("a", "memory.max", "2000\n");
        write("memory/c", "memory.limit_in_bytes", "1000\n");
        write("memory", "memory.limit_in_bytes", "9223372036854771712\n");
        assert_eq!(limit(root, "0::/a/b\n"), Some(2000));
        assert_eq!(limit(root, "0::/\n"), None);
        assert_eq!(limit(root, "4:memory:/c\n1:cpu:/\n0::/a\n"), Some(1000));
        assert_eq!(limit(root, "4:memory:/\n0::/nowhere\nnonsense"), None);
    }

    #[test]
    fn figures_of_the_process() {
        assert_eq!(status_bytes("Nonsense:"), None);
        if cfg!(target_os = "linux") {
            assert!(status_bytes("VmHWM:").is_some_and(|bytes| bytes > 1 << 20));
        }
    }
}
