//! The clipboard by OSC 52: the terminal itself takes the text, also over SSH. No program is run.
//! The terminal does not confirm it, so success is not claimed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Longest sequence that common terminals take, in bytes of base64.
const LONGEST: usize = 74_994;

/// Multiplexer between the program and the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Between {
    /// Nothing.
    Nothing,
    /// tmux.
    Tmux,
    /// GNU screen.
    Screen,
}

impl Between {
    /// By the environment variables `TMUX`, `STY` and `TERM`.
    pub fn from_env(tmux: bool, sty: bool, term: &str) -> Self {
        if tmux {
            Between::Tmux
        } else if sty || term.starts_with("screen") {
            Between::Screen
        } else {
            Between::Nothing
        }
    }
}

/// The bytes that put a text on the clipboard; `None` where it is too long.
pub fn sequence(text: &str, between: Between) -> Option<String> {
    let data = STANDARD.encode(text);
    if data.len() > LONGEST {
        return None;
    }
    let plain = format!("\x1b]52;c;{data}\x07");
    Some(match between {
        Between::Nothing => plain,
        // tmux takes the sequence itself (set-clipboard), or hands a wrapped one through
        // (allow-passthrough): which one is allowed cannot be known, so both are sent.
        Between::Tmux => format!(
            "{plain}\x1bPtmux;{}\x1b\\",
            plain.replace('\x1b', "\x1b\x1b")
        ),
        Between::Screen => in_pieces(&plain),
    })
}

/// GNU screen hands through strings of at most 768 bytes.
fn in_pieces(plain: &str) -> String {
    // Room for the sequence around each piece.
    const PIECE: usize = 700;
    let pieces: Vec<&str> = plain
        .as_bytes()
        .chunks(PIECE)
        // Base64 is ASCII: no piece splits a character.
        .filter_map(|piece| std::str::from_utf8(piece).ok())
        .collect();
    format!("\x1bP{}\x1b\\", pieces.join("\x1b\\\x1bP"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequences_hold_nothing_but_base64() {
        let text = "a\tb\x1b]0;evil\x07";
        let plain = sequence(text, Between::Nothing).expect("short");
        let data = plain
            .strip_prefix("\x1b]52;c;")
            .and_then(|p| p.strip_suffix('\x07'));
        let data = data.expect("an OSC 52");
        assert_eq!(STANDARD.decode(data).expect("base64"), text.as_bytes());
        let tmux = sequence(text, Between::Tmux).expect("short");
        assert!(tmux.starts_with(&plain));
        assert!(tmux[plain.len()..].starts_with("\x1bPtmux;\x1b\x1b]52;c;"));
        let screen = sequence(&"x".repeat(3000), Between::Screen).expect("short");
        assert_eq!(screen.matches("\x1bP").count(), 6);
    }

    #[test]
    fn a_long_text_is_refused() {
        assert!(sequence(&"x".repeat(56_244), Between::Nothing).is_some());
        assert!(sequence(&"x".repeat(56_245), Between::Nothing).is_none());
    }

    #[test]
    fn multiplexers_are_known_by_the_environment() {
        assert_eq!(
            Between::from_env(true, false, "screen-256color"),
            Between::Tmux
        );
        assert_eq!(Between::from_env(false, true, "xterm"), Between::Screen);
        assert_eq!(Between::from_env(false, false, "xterm"), Between::Nothing);
    }
}
