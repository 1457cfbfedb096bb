//! One thread beside the work of a report: it ends the program when a signal comes, leaving no
//! temporary file, and shows on standard error how far the load is. Knows nothing of reports.

use super::failure::code;
use super::{memory, output, say};
use crate::event_log::{Cancel, Progress, Stage};
use crate::os::{self, Fatal};
use crate::text;
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use std::io::IsTerminal;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, LazyLock, Mutex, Once, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// A load shorter than this shows no progress.
const PATIENCE: Duration = Duration::from_millis(400);
/// Time between two looks at the progress.
const TICK: Duration = Duration::from_millis(120);

/// Gives an end on a fatal signal its exit code and its sentence, after the terminal was given back.
pub fn fatal_signals() {
    os::end_on_fatal(|fatal| {
        output::remove_temporary_at_once();
        let (code, why) = match fatal {
            Fatal::Memory => (code::MEMORY, "the system grants no more memory"),
            Fatal::Map => (
                code::REFUSED,
                "the index in the cache was cut by another program while it was in use; start again",
            ),
            Fatal::Defect => (code::DEFECT, "internal error, please report it: aborted"),
        };
        say::at_once(&["casetrail: ", why, "\n"]);
        i32::from(code)
    });
}

/// Set when a signal asks the program to end while an engine works: it is asked to stop first.
pub fn stop() -> &'static Cancel {
    static STOP: LazyLock<Cancel> = LazyLock::new(Cancel::default);
    &STOP
}

/// True once an engine works for this program.
static ENGINE: AtomicBool = AtomicBool::new(false);
/// Time that an engine has to stop.
const GRACE: Duration = Duration::from_millis(500);

/// An engine works for this program from now on.
pub fn engine_works() {
    ENGINE.store(true, Relaxed);
}

/// Returns where no signal came; else the thread that takes it ends the program, with its exit code.
pub fn go_on() {
    while stop().is_cancelled() {
        thread::park();
    }
}

/// Ends the program with 128 + the number of the signal when one comes that asks for it, and where
/// memory is not granted.
pub fn signals() {
    fatal_signals();
    let wanted: Vec<i32> = [SIGINT, SIGQUIT, SIGTERM, SIGHUP]
        .into_iter()
        .filter(|&signal| !is_ignored(signal))
        .collect();
    let Ok(mut signals) = signal_hook::iterator::Signals::new(&wanted) else {
        return; // The signals then end the program as they always do.
    };
    let spawned = thread::Builder::new()
        .name("signals".into())
        .spawn(move || {
            if let Some(signal) = signals.forever().next() {
                if ENGINE.load(Relaxed) {
                    stop().cancel();
                    thread::sleep(GRACE);
                }
                output::remove_temporary();
                clear_line();
                std::process::exit(i32::from(code::SIGNAL) + signal);
            }
        });
    if spawned.is_err() {
        // No thread is to be had: the handlers end the program themselves.
        let always = Arc::new(AtomicBool::new(true));
        for signal in wanted {
            let status = i32::from(code::SIGNAL) + signal;
            let _ = signal_hook::flag::register_conditional_shutdown(
                signal,
                status,
                Arc::clone(&always),
            );
        }
    }
}

/// Starts the threads that share the work of a load, once: one a processor, or as many as the system
/// grants, or none but the one that asks.
pub fn start_pool() {
    static STARTED: Once = Once::new();
    STARTED.call_once(build_pool);
}

fn build_pool() {
    // The pool can be asked for only once, and a thread it does not get is the end of it. So as
    // many as it will want are tried out before, all at the same time.
    let processors = thread::available_parallelism().map_or(1, usize::from);
    let wanted = processors.min(memory::most_threads());
    let (hold, held) = bounded::<()>(0);
    let granted: Vec<_> = (0..wanted)
        .map_while(|_| {
            let held = held.clone();
            thread::Builder::new()
                .spawn(move || held.recv().is_ok())
                .ok()
        })
        .collect();
    drop(hold);
    let n = granted.len();
    for thread in granted {
        let _ = thread.join();
    }
    let pool = rayon::ThreadPoolBuilder::new();
    let built = if n > 1 || n == wanted {
        pool.num_threads(n).build_global()
    } else {
        // No second thread is to be had: the one that asks does the work.
        pool.num_threads(1).use_current_thread().build_global()
    };
    if built.is_err() {
        say::say("the system grants no threads to work with");
    }
}

/// True if the parent process wants the program to survive this signal (as `nohup` does).
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .is_some_and(|mask| mask >> (signal - 1) & 1 == 1)
}

/// True if a progress line is on the screen.
static SHOWN: Mutex<bool> = Mutex::new(false);

/// Shows on standard error how far a load is, until dropped.
#[derive(Debug)]
pub struct ProgressLine {
    // Dropped first, which ends the thread.
    stop: Option<Sender<()>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl ProgressLine {
    /// Begins to show it, if `wanted` and if somebody looks.
    pub fn start(progress: &Arc<Progress>, wanted: bool) -> Self {
        let progress = Arc::clone(progress);
        Self::of(wanted, move || sentence(&progress))
    }

    /// Begins to show for how long an engine has been asked.
    pub fn asking(wanted: bool) -> Self {
        let begun = Instant::now();
        Self::of(wanted, move || {
            let seconds = begun.elapsed().as_secs();
            format!(
                "asking the engine, {}",
                text::time::duration(seconds as f64)
            )
        })
    }

    fn of(wanted: bool, sentence: impl Fn() -> String + Send + 'static) -> Self {
        let mut line = ProgressLine {
            stop: None,
            thread: None,
        };
        if wanted && std::io::stderr().is_terminal() {
            // Nothing is sent: that the sender is gone is the sign.
            let (stop, stopped) = bounded(0);
            let thread = thread::Builder::new().name("progress".into());
            line.thread = thread.spawn(move || show(&sentence, &stopped)).ok();
            line.stop = Some(stop);
        }
        line
    }
}

impl Drop for ProgressLine {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            // It only writes to standard error; if it ended by a panic, that was all it did.
            let _ = thread.join();
        }
        clear_line();
    }
}

fn show(sentence: &dyn Fn() -> String, stopped: &Receiver<()>) {
    let mut pause = PATIENCE;
    while stopped.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
        pause = TICK;
        // Held over the writing, or the line could come after it was cleared.
        let mut shown = SHOWN.lock().unwrap_or_else(PoisonError::into_inner);
        *shown = true;
        say::raw(&format!("\r{}\x1b[K", sentence()));
    }
}

/// Takes the line of progress off the screen, if it is there.
pub fn clear_line() {
    let mut shown = SHOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if std::mem::take(&mut *shown) {
        say::raw("\r\x1b[K");
    }
}

fn sentence(progress: &Progress) -> String {
    let stage = match progress.stage() {
        Stage::Looking => "looking at the file",
        Stage::Reading => "reading",
        Stage::Sorting => "sorting",
        Stage::Indexing => "indexing",
        Stage::Ready => "answering",
        Stage::Receiving => "receiving the file",
    };
    let (bytes, total) = (
        // Figures for the eye: none of them depends on another.
        progress.bytes.load(Relaxed),
        progress.total_bytes.load(Relaxed),
    );
    let megabytes = text::number(bytes as f64 / 1e6, 1);
    let rows = text::counted(progress.rows.load(Relaxed), "row", "rows");
    match (bytes as f64 / total as f64).clamp(0.0, 1.0) {
        _ if progress.stage() != Stage::Reading => format!("{stage} {rows}"),
        share if total > 0 => format!("{stage} {:.0}%, {megabytes} MB, {rows}", 100.0 * share),
        _ => format!("{stage} {megabytes} MB, {rows}"),
    }
}
