//! The explorer on a real terminal: session, events, frame, loop. The only layer that knows an
//! escape sequence; figures, keys' meanings and state are all elsewhere.

mod background;
mod clipboard;
mod columns;
mod encode;
mod events;
mod frame;
mod frames;
mod lines;
mod overlay;
mod pace;
mod run;
mod screen;
mod session;
mod signals;
mod start;
mod tty;

pub use frame::{draw, targets};
pub use frames::Frames;
pub use lines::run_lines;
pub use run::{NoTerminal, run};
pub use tty::output_size;
