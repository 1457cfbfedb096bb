//! The program on a pseudo-terminal: what it writes goes through a terminal emulator, and a test
//! waits for what it should see, never for a time.

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

/// Longest wait; only a defect makes a test wait for so long.
const PATIENCE: Duration = Duration::from_secs(20);

/// A program on a terminal.
pub struct Terminal {
    master: Option<Box<dyn MasterPty + Send>>,
    writer: Option<Box<dyn Write + Send>>,
    child: Option<Box<dyn Child + Send + Sync>>,
    pub pid: i32,
    output: Receiver<Vec<u8>>,
    let_go: Arc<AtomicBool>,
    parser: vt100::Parser,
    /// All bytes written so far.
    pub raw: Vec<u8>,
}

/// The program, ready to be given arguments, in a UTF-8 terminal with colors.
pub fn casetrail() -> CommandBuilder {
    command(env!("CARGO_BIN_EXE_casetrail"))
}

/// Another program in the same environment.
pub fn command(program: &str) -> CommandBuilder {
    const FOLDER: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/pty");
    static STARTS: AtomicU64 = AtomicU64::new(0);
    let mut command = CommandBuilder::new(program);
    command.env("TERM", "xterm-256color");
    command.env("LC_ALL", "C.UTF-8");
    // Nothing of the user's own is read or written.
    for name in ["XDG_CONFIG_HOME", "XDG_CACHE_HOME"] {
        command.env(name, FOLDER);
    }
    // Nor the session that another program left for the same log.
    let start = STARTS.fetch_add(1, Ordering::Relaxed);
    let state = format!("{FOLDER}/state-{}-{start}", std::process::id());
    command.env("XDG_STATE_HOME", &state);
    command.env("XDG_DATA_HOME", &state);
    for name in ["NO_COLOR", "TMUX", "STY", "COLORTERM"] {
        command.env_remove(name);
    }
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("CASETRAIL_")) {
        command.env_remove(name);
    }
    command
}

fn some(n: u16) -> NonZeroU16 {
    NonZeroU16::new(n).expect("a size that is not 0")
}

fn size(columns: u16, rows: u16) -> PtySize {
    PtySize {
        rows,
        cols: columns,
        pixel_width: 0,
        pixel_height: 0,
    }
}

fn read(mut from: Box<dyn Read + Send>, to: &Sender<Vec<u8>>, let_go: &AtomicBool) {
    let mut buffer = vec![0; 65536];
    while let Ok(n) = from.read(&mut buffer) {
        let gone = n == 0 || to.send(buffer[..n].to_vec()).is_err();
        if gone || let_go.load(Ordering::SeqCst) {
            return;
        }
    }
}

impl Terminal {
    /// Starts a program on a terminal of 80 by 24.
    pub fn start(command: CommandBuilder) -> Self {
        let pty = native_pty_system()
            .openpty(size(80, 24))
            .expect("a terminal");
        let child = pty
            .slave
            .spawn_command(command)
            .expect("the program starts");
        drop(pty.slave);
        let reader = pty.master.try_clone_reader().expect("a reader");
        let (sender, output) = channel();
        let let_go = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&let_go);
        std::thread::spawn(move || read(reader, &sender, &flag));
        Terminal {
            writer: Some(pty.master.take_writer().expect("a writer")),
            master: Some(pty.master),
            pid: child.process_id().expect("it runs") as i32,
            child: Some(child),
            output,
            let_go,
            parser: vt100::Parser::new(some(24), some(80), 0),
            raw: Vec::new(),
        }
    }

    /// Starts the explorer on a log.
    pub fn open(log: &Path) -> Self {
        let mut command = casetrail();
        command.arg(log);
        Terminal::start(command)
    }

    pub fn screen(&self) -> &vt100::Screen {
        self.parser.screen()
    }

    pub fn contents(&self) -> String {
        self.screen().contents()
    }

    pub fn send(&mut self, bytes: &str) -> &mut Self {
        let writer = self.writer.as_mut().expect("the terminal is there");
        writer.write_all(bytes.as_bytes()).expect("it takes keys");
        writer.flush().expect("it takes keys");
        self
    }

    pub fn resize(&mut self, columns: u16, rows: u16) -> &mut Self {
        let master = self.master.as_ref().expect("the terminal is there");
        master.resize(size(columns, rows)).expect("a new size");
        self.parser.screen_mut().set_size(some(rows), some(columns));
        self
    }

    /// Gives the terminal many sizes, one after the other, and the last one to the emulator.
    pub fn storm(&mut self, sizes: &[(u16, u16)], last: (u16, u16)) -> &mut Self {
        let master = self.master.as_ref().expect("the terminal is there");
        for (columns, rows) in sizes {
            master.resize(size(*columns, *rows)).expect("a new size");
        }
        self.resize(last.0, last.1)
    }

    fn take(&mut self, bytes: &[u8]) {
        self.raw.extend(bytes);
        self.parser.process(bytes);
    }

    /// Waits until the screen is as wanted.
    pub fn wait_until(&mut self, what: &str, is: impl Fn(&vt100::Screen) -> bool) -> &mut Self {
        let until = Instant::now() + PATIENCE;
        while !is(self.screen()) {
            let left = until.saturating_duration_since(Instant::now());
            match self.output.recv_timeout(left) {
                Ok(bytes) => self.take(&bytes),
                Err(error) => panic!(
                    "no {what} ({error}) on\n{}\n{:?}",
                    self.contents(),
                    String::from_utf8_lossy(&self.raw[self.raw.len().saturating_sub(600)..])
                ),
            }
        }
        self
    }

    /// Waits for a text.
    pub fn wait_for(&mut self, text: &str) -> &mut Self {
        self.wait_until(&format!("{text:?}"), |screen| {
            screen.contents().contains(text)
        })
    }

    /// Waits until the log is read.
    pub fn ready(&mut self) -> &mut Self {
        self.wait_for("1 Overview").wait_for("? help")
    }

    /// Whether nothing is written for so long.
    pub fn is_quiet(&mut self, time: Duration) -> bool {
        match self.output.recv_timeout(time) {
            Ok(bytes) => {
                self.take(&bytes);
                false
            }
            Err(error) => error == RecvTimeoutError::Timeout,
        }
    }

    /// Takes all that is written until nothing more comes for a moment.
    pub fn calm(&mut self) -> &mut Self {
        while !self.is_quiet(Duration::from_millis(150)) {}
        self
    }

    /// Waits for the end; gives the exit code. What was written until then is on the screen.
    pub fn wait(&mut self) -> u32 {
        let mut child = self.child.take().expect("waited for once");
        let (sender, ended) = channel();
        std::thread::spawn(move || sender.send(child.wait()));
        let status = match ended.recv_timeout(PATIENCE) {
            Ok(status) => status.expect("an exit status"),
            Err(error) => panic!(
                "it does not end ({error}); on the screen:\n{}",
                self.contents()
            ),
        };
        if self.master.is_some() {
            while let Ok(bytes) = self.output.recv_timeout(Duration::from_millis(200)) {
                self.take(&bytes);
            }
        }
        status.exit_code()
    }

    /// Closes the terminal, as when a connection drops.
    pub fn hang_up(&mut self) {
        // The reading thread holds the terminal too; it lets go of it at the next byte.
        self.let_go.store(true, Ordering::SeqCst);
        self.send("?");
        while self.output.recv_timeout(PATIENCE).is_ok() {}
        self.writer = None;
        self.master = None;
    }

    /// The modes of the line, as text.
    pub fn modes(&self) -> String {
        let master = self.master.as_ref().expect("the terminal is there");
        let modes = master.get_termios().expect("modes");
        format!(
            "{:?} {:?} {:?} {:?}",
            modes.input_flags, modes.output_flags, modes.control_flags, modes.local_flags
        )
    }

    /// Asserts that the terminal is as the shell wants it.
    pub fn assert_restored(&self) {
        let screen = self.screen();
        assert!(!screen.alternate_screen(), "the alternate screen is left");
        assert!(!screen.hide_cursor(), "the cursor is shown");
        assert!(!screen.bracketed_paste(), "pastes are not bracketed");
        let mouse = screen.mouse_protocol_mode();
        assert_eq!(mouse, vt100::MouseProtocolMode::None, "the mouse is left");
        let modes = self.modes();
        assert!(
            modes.contains("ECHO") && modes.contains("ICANON"),
            "{modes}"
        );
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
