//! The memory that may be used: what `--memory`, the shell, the control groups and the machine allow.
//! A log that will need more is refused before it is read, and one thread looks on while logs are
//! read: a group that needs more than its limit is killed without a word, so it ends the work before.

use super::failure::{Failure, code};
use super::{output, say, watch};
use crate::engine::{FreeMemory, MemoryLimit};
use crate::event_log::Progress;
use crate::formats::{self, Bytes, ReadPlan};
use crate::text::megabytes;
use crossbeam_channel::{RecvTimeoutError, Sender, bounded};
use rustix::process::{Resource, getrlimit};
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::Duration;

/// Where control groups are found.
const GROUPS: &str = "/sys/fs/cgroup";
/// Limits above this are none.
const BOUNDLESS: u64 = 1 << 60;

/// A limit of the memory of this process.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Limit {
    bytes: u64,
    /// Which figures of /proc/self/status it is a limit of, in sum.
    of: &'static [&'static str],
    /// Bytes of them that do not count.
    free: u64,
    /// Who says so.
    why: &'static str,
}

impl Limit {
    /// Bytes that may come between two looks.
    fn reserve(&self) -> u64 {
        (self.bytes / 16).min(256 << 20)
    }
}

const OPTION: &str = "--memory allows";

/// Memory that the process has written to and that no file backs.
const OWN: &[&str] = &["RssAnon:"];
/// Its own memory, and the pages of mapped files that it has read: the program, and the index in the cache.
const RESIDENT: &[&str] = &["RssAnon:", "RssFile:", "RssShmem:"];
/// Memory that it may write to.
const WRITABLE: &[&str] = &["VmData:"];
/// All addresses in use but those that the allocator has set aside for threads.
const ADDRESSES: &[&str] = &["VmData:", "VmStk:", "VmExe:", "VmLib:"];

/// All limits of the memory of this process.
#[derive(Debug, Clone)]
pub struct Limits(Vec<Limit>);

impl Limits {
    /// The limits of this system, and that of `--memory`, in bytes.
    pub fn find(given: Option<u64>) -> Self {
        let groups = std::fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
        let machine = figure(Path::new("/proc/meminfo"), "MemTotal:");
        let of_shell = |resource| getrlimit(resource).current;
        let limits = [
            (given, RESIDENT, OPTION),
            (of_shell(Resource::As), ADDRESSES, "ulimit -v allows"),
            (of_shell(Resource::Data), WRITABLE, "ulimit -d allows"),
            (
                group_limit(Path::new(GROUPS), &groups),
                OWN,
                "the control group allows",
            ),
            (
                machine.map(|all| all / 10 * 7),
                OWN,
                "70% of this machine's memory are",
            ),
        ];
        let limit = |(bytes, of, why)| {
            let bytes = Option::filter(bytes, |&bytes| bytes < BOUNDLESS)?;
            // The pages of the program itself were read before any log.
            let free = if of == RESIDENT { program_bytes() } else { 0 };
            Some(Limit {
                bytes,
                of,
                free,
                why,
            })
        };
        Limits(limits.into_iter().filter_map(limit).collect())
    }

    /// The limit that leaves the least room now, and how much that is.
    fn tightest(&self) -> Option<(&Limit, u64)> {
        let rooms = self.0.iter().filter_map(|limit| {
            let used: Option<u64> = limit.of.iter().map(|key| status_bytes(key)).sum();
            Some((
                limit,
                limit.bytes.saturating_sub(used?.saturating_sub(limit.free)),
            ))
        });
        rooms.min_by_key(|(_, room)| *room)
    }

    /// What is left for answers.
    pub fn for_answers(self) -> MemoryLimit {
        MemoryLimit::new(move || {
            let (limit, room) = self.tightest()?;
            Some(FreeMemory {
                bytes: room.saturating_sub(limit.reserve()),
                limit: format!("{} {}", limit.why, megabytes(limit.bytes)),
            })
        })
    }

    /// Refuses logs that will surely need more memory than there is.
    pub fn check<B: Bytes>(&self, inputs: &[B], plan: &ReadPlan) -> Result<(), Failure> {
        /// No log needs more for a byte of its file.
        const MOST: u64 = 10_000;
        let Some((limit, room)) = self.tightest() else {
            return Ok(());
        };
        let bytes: u64 = inputs.iter().map(Bytes::len).sum();
        if bytes.saturating_mul(MOST) < room {
            return Ok(());
        }
        let looks = inputs.iter().zip(&plan.logs).map(|(input, log)| {
            // Faults of a log are reported when it is read.
            let looked = formats::look(input, &log.read, &Progress::default()).ok()?;
            formats::needed(&looked)
        });
        let needed = looks.flatten().fold(0, u64::saturating_add);
        if needed <= room {
            return Ok(());
        }
        let needed = megabytes(needed);
        Err(failure(
            &format!("about {needed} of memory are needed"),
            limit,
        ))
    }

    /// Refuses an index of the cache that needs more memory than there is: all of it is read.
    pub fn check_index(&self, bytes: u64) -> Result<(), Failure> {
        match self.tightest() {
            Some((limit, room)) if limit.of == RESIDENT && bytes > room => {
                let needed = megabytes(bytes);
                Err(failure(
                    &format!("the index needs {needed} of memory"),
                    limit,
                ))
            }
            _ => Ok(()),
        }
    }

    /// Looks on until the watch is dropped; when too much is used, says so to `end`, once.
    pub fn watch(self, end: impl FnOnce(Failure) + Send + 'static) -> Watch {
        // Nothing is sent: that the sender is gone is the sign.
        let (stop, stopped) = bounded(0);
        if !self.0.is_empty() {
            let body = move || {
                let mut pause = Duration::ZERO;
                while stopped.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
                    let Some((limit, room)) = self.tightest() else {
                        return;
                    };
                    let reserve = limit.reserve();
                    if room <= reserve {
                        end(failure("more memory is needed", limit));
                        return;
                    }
                    pause = until_used(room - reserve);
                }
            };
            // Without this thread the limits are kept by the system alone.
            let _ = thread::Builder::new().name("memory".into()).spawn(body);
        }
        Watch { _stop: stop }
    }
}

/// Time to wait before the next check when this many bytes are free: memory fills no faster.
fn until_used(bytes: u64) -> Duration {
    const BYTES_A_MILLISECOND: u64 = 4 << 20;
    Duration::from_millis((bytes / BYTES_A_MILLISECOND).clamp(1, 20))
}

/// One who looks on, until dropped.
#[derive(Debug)]
#[must_use]
pub struct Watch {
    _stop: Sender<()>,
}

/// Threads that a load may have at most: each may take addresses for itself before it needs them.
pub fn most_threads() -> usize {
    const REST: u64 = 256 << 20;
    const THREAD: u64 = 128 << 20;
    let addresses = getrlimit(Resource::As).current;
    addresses.map_or(usize::MAX, |bytes| {
        1 + (bytes.saturating_sub(REST) / THREAD) as usize
    })
}

/// Ends the program when too much memory is used.
pub fn guard(given: Option<u64>) -> Watch {
    Limits::find(given).watch(|failure| {
        // `exit` runs no destructors.
        output::remove_temporary();
        watch::clear_line();
        say::say(&failure.message);
        std::process::exit(i32::from(failure.code));
    })
}

/// Cancels a load when too much memory is used; why, is then to be found in the cell.
pub fn guard_load(given: Option<u64>, progress: &Arc<Progress>) -> (Watch, Arc<OnceLock<Failure>>) {
    let exceeded = Arc::new(OnceLock::new());
    let (progress, why) = (Arc::clone(progress), Arc::clone(&exceeded));
    let watch = Limits::find(given).watch(move |failure| {
        // It is set once only.
        let _ = why.set(failure);
        progress.cancel();
    });
    (watch, exceeded)
}

/// Bytes of the program that were read before any log was: measured once, at the first call.
fn program_bytes() -> u64 {
    static BYTES: OnceLock<u64> = OnceLock::new();
    *BYTES.get_or_init(|| status_bytes("RssFile:").unwrap_or(0))
}

fn failure(what: &str, limit: &Limit) -> Failure {
    let help = if limit.why == OPTION {
        "it can allow more"
    } else {
        "it must allow more, or another machine is to be used"
    };
    let allowed = megabytes(limit.bytes);
    let message = format!("{what}, but {} {allowed}; {help}", limit.why);
    Failure::new(code::MEMORY, message)
}

/// A figure of /proc/self/status that is given in kB, in bytes; `None` where the system does not say.
pub fn status_bytes(key: &str) -> Option<u64> {
    figure(Path::new("/proc/self/status"), key)
}

fn figure(path: &Path, key: &str) -> Option<u64> {
    let status = std::fs::read_to_string(path).ok()?;
    let figure = status.lines().find_map(|line| line.strip_prefix(key))?;
    let kibibytes: u64 = figure.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(1024 * kibibytes)
}

/// The lowest limit of the control groups that a process is in, as its `cgroup` file lists them.
fn group_limit(root: &Path, groups: &str) -> Option<u64> {
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
    // An absolute path would replace the root.
    let folder = root.join(group.trim_start_matches('/'));
    let folders = folder
        .ancestors()
        .take_while(|folder| folder.starts_with(root));
    let limits = folders.filter_map(|folder| {
        let text = std::fs::read_to_string(folder.join(file)).ok()?;
        // `max` is no number: there is no limit.
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
        let limit = group_limit;
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
            let (limit, room) = Limits::find(Some(1))
                .tightest()
                .map(|(l, r)| (l.clone(), r))
                .unwrap();
            assert_eq!((limit.why, room), (OPTION, 0));
        }
    }

    #[test]
    fn a_log_that_needs_too_much_is_refused_before_it_is_read() {
        let row = "c1,A,2024-01-01T10:00:00Z\n";
        let text = ["case,activity,time\n", &row.repeat(200_000)].concat();
        let inputs = [text.as_bytes()];
        let plan = ReadPlan {
            logs: vec![crate::formats::LogOptions::default()],
            ..ReadPlan::default()
        };
        let check = |bytes: u64| {
            let of = &["VmHWM:"];
            let limit = Limit {
                bytes,
                of,
                free: 0,
                why: OPTION,
            };
            Limits(vec![limit]).check(&inputs, &plan)
        };
        assert_eq!(check(1 << 50), Ok(()));
        let refused = check(20 << 20).unwrap_err();
        assert_eq!(refused.code, code::MEMORY);
        // 200,000 rows of 64 bytes, and 16 MiB.
        assert!(
            refused.message.contains("about 30 MB"),
            "{}",
            refused.message
        );
    }

    #[test]
    fn the_watch_tells_once() {
        let limit = Limit {
            bytes: 1,
            of: &["VmHWM:"],
            free: 0,
            why: "",
        };
        let (told, hear) = bounded(1);
        let watch = Limits(vec![limit]).watch(move |failure| told.send(failure.code).unwrap());
        assert_eq!(hear.recv(), Ok(code::MEMORY));
        drop(watch);
        let watch = Limits(Vec::new()).watch(|_| unreachable!("there is no limit"));
        drop(watch);
    }
}
