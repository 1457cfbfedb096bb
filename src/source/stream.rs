//! A stream that is read while it is open, by a thread of its own; what has come so far is an input.

use std::io::{self, Read};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Rest of a stream after which its beginning is taken to be there.
const REST: Duration = Duration::from_millis(300);

/// The part of a stream that has come.
#[derive(Debug, Default)]
pub struct Stream {
    state: Mutex<State>,
    more: Condvar,
}

#[derive(Debug, Default)]
struct State {
    bytes: Vec<u8>,
    ended: bool,
    failed: Option<String>,
}

impl Stream {
    /// Begins to read a stream.
    pub fn begin(stream: impl Read + Send + 'static) -> io::Result<Arc<Self>> {
        let shared = Arc::new(Stream::default());
        let of_thread = Arc::clone(&shared);
        let thread = std::thread::Builder::new().name("stream".into());
        thread.spawn(move || of_thread.fill(stream))?;
        Ok(shared)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Bytes are added whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fill(&self, mut stream: impl Read) {
        let mut piece = vec![0; 1 << 16];
        loop {
            let read = stream.read(&mut piece);
            let mut state = self.lock();
            match read {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Ok(n) if n > 0 => {
                    // Asked for in a way that can be refused.
                    if state.bytes.try_reserve(n).is_err() {
                        state.failed = Some("does not fit into memory".to_owned());
                    } else {
                        state.bytes.extend_from_slice(&piece[..n]);
                    }
                }
                Ok(_) => state.ended = true,
                Err(error) => state.failed = Some(error.to_string()),
            }
            state.ended |= state.failed.is_some();
            let ended = state.ended;
            drop(state);
            self.more.notify_all();
            if ended {
                return;
            }
        }
    }

    /// Waits for the beginning of the stream: whole lines, after which it rests, or its end.
    pub fn wait_for_beginning(&self) -> io::Result<()> {
        let mut state = self.lock();
        loop {
            if let Some(why) = &state.failed {
                return Err(io::Error::other(why.clone()));
            }
            if state.ended {
                return Ok(());
            }
            let before = state.bytes.len();
            let (next, waited) = self
                .more
                .wait_timeout(state, REST)
                .unwrap_or_else(PoisonError::into_inner);
            state = next;
            let rests = waited.timed_out() && state.bytes.len() == before;
            if rests && memchr::memchr_iter(b'\n', &state.bytes).count() > 1 {
                return Ok(());
            }
        }
    }

    /// Waits for the end of the stream, as long as `waits` says so of the bytes that have come.
    pub fn wait_for_end(&self, mut waits: impl FnMut(u64) -> bool) -> io::Result<()> {
        /// Time after which it is asked at the latest.
        const ASKED: Duration = Duration::from_millis(50);
        let mut state = self.lock();
        loop {
            if let Some(why) = &state.failed {
                return Err(io::Error::other(why.clone()));
            }
            let (len, ended) = (state.bytes.len() as u64, state.ended);
            drop(state);
            if ended || !waits(len) {
                return Ok(());
            }
            let waited = self.more.wait_timeout(self.lock(), ASKED);
            (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// True where more may come, or has come, than so many bytes.
    pub fn goes_beyond(&self, bytes: u64) -> bool {
        let state = self.lock();
        !state.ended || state.bytes.len() as u64 > bytes
    }

    /// Bytes that have come.
    pub fn len(&self) -> u64 {
        self.lock().bytes.len() as u64
    }

    /// Reads some bytes at an offset; 0 behind what has come.
    pub fn read_at(&self, offset: u64, out: &mut [u8]) -> usize {
        let state = self.lock();
        let from =
            usize::try_from(offset).map_or(state.bytes.len(), |at| at.min(state.bytes.len()));
        let n = out.len().min(state.bytes.len() - from);
        out[..n].copy_from_slice(&state.bytes[from..from + n]);
        n
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn what_has_come_can_be_read_while_the_stream_is_open() {
        let (reader, mut writer) = io::pipe().unwrap();
        let stream = Stream::begin(reader).unwrap();
        writer.write_all(b"a,b\n1,2\n").unwrap();
        stream.wait_for_beginning().unwrap();
        let mut out = [0; 16];
        assert_eq!(stream.read_at(4, &mut out), 4);
        assert_eq!(&out[..4], b"1,2\n");
        writer.write_all(b"3,4\n").unwrap();
        drop(writer);
        while stream.len() < 12 {
            std::thread::yield_now();
        }
        assert_eq!(stream.read_at(8, &mut out), 4);
        stream.wait_for_beginning().unwrap();
    }
}
