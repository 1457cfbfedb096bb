//! The characters that things are drawn with: blocks and lines, Braille for dense series, or ASCII.

/// The characters of charts and frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Glyphs {
    /// Bars from the left, by eighths: nothing to full.
    pub across: [&'static str; 9],
    /// Bars from below, by eighths: nothing to full.
    pub up: [&'static str; 9],
    /// Waiting.
    pub wait: &'static str,
    /// Waiting in hours in which nobody works.
    pub off: &'static str,
    /// Service.
    pub service: &'static str,
    /// A moment.
    pub point: &'static str,
    /// A milestone is reached.
    pub milestone: &'static str,
    /// A deadline is due.
    pub due: &'static str,
    /// Something is missing here.
    pub ellipsis: &'static str,
    /// Between two steps.
    pub arrow: &'static str,
    /// Between steps where there is little room.
    pub then: &'static str,
    /// Sorted, smallest first.
    pub ascending: &'static str,
    /// Sorted, largest first.
    pub descending: &'static str,
    /// Before the row of the cursor.
    pub mark: &'static str,
    /// Below the column of the cursor of a chart.
    pub pointer: &'static str,
    /// More to the left.
    pub left: &'static str,
    /// More to the right.
    pub right: &'static str,
    /// Line across.
    pub horizontal: &'static str,
    /// Line down.
    pub vertical: &'static str,
    /// Tick on an axis.
    pub tick: &'static str,
    /// Corners: top left, top right, bottom left, bottom right.
    pub corners: [&'static str; 4],
    /// The moving part of a scrollbar.
    pub thumb: &'static str,
    /// The rest of a scrollbar.
    pub track: &'static str,
    /// Between parts of a line.
    pub dot: &'static str,
    /// Shades, the lightest first.
    pub shades: [&'static str; 4],
    /// True if series of more values than columns have two values a column, in Braille dots.
    pub braille: bool,
}

impl Glyphs {
    /// Block characters and lines.
    pub const UNICODE: Glyphs = Glyphs {
        across: [" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"],
        up: [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"],
        wait: "─",
        off: "┈",
        service: "█",
        point: "●",
        milestone: "◆",
        due: "!",
        ellipsis: "…",
        arrow: "→",
        then: "›",
        ascending: "↑",
        descending: "↓",
        mark: ">",
        pointer: "▲",
        left: "‹",
        right: "›",
        horizontal: "─",
        vertical: "│",
        tick: "┬",
        corners: ["┌", "┐", "└", "┘"],
        thumb: "█",
        track: "│",
        dot: "·",
        shades: ["░", "▒", "▓", "█"],
        braille: false,
    };

    /// As above, and series in Braille dots where there is no room for one value a column.
    pub const BRAILLE: Glyphs = Glyphs {
        braille: true,
        ..Glyphs::UNICODE
    };

    /// Only what every terminal has.
    pub const ASCII: Glyphs = Glyphs {
        across: [" ", " ", " ", " ", "#", "#", "#", "#", "#"],
        up: [" ", "_", "_", ".", ".", ":", "=", "=", "#"],
        wait: "-",
        off: ".",
        service: "#",
        point: "o",
        milestone: "*",
        due: "!",
        ellipsis: "~",
        arrow: "->",
        then: ">",
        ascending: " ^",
        descending: " v",
        mark: ">",
        pointer: "^",
        left: "<",
        right: ">",
        horizontal: "-",
        vertical: "|",
        tick: "+",
        corners: ["+", "+", "+", "+"],
        thumb: "#",
        track: "|",
        dot: "-",
        shades: [".", ":", "+", "#"],
        braille: false,
    };

    /// By the locale (`LC_ALL`, `LC_CTYPE` or `LANG`, the first that is set) and `TERM`: the Linux
    /// console and terminals that are not of UTF-8 get ASCII, all others Braille.
    pub fn for_terminal(locale: &str, term: &str) -> Glyphs {
        let locale = locale.to_ascii_lowercase();
        let utf8 = locale.contains("utf-8") || locale.contains("utf8");
        if utf8 && !matches!(term, "linux" | "dumb" | "vt100" | "vt220") {
            Glyphs::BRAILLE
        } else {
            Glyphs::ASCII
        }
    }

    /// Returns whether these are the ASCII glyphs.
    pub fn is_ascii(&self) -> bool {
        self.ellipsis == Glyphs::ASCII.ellipsis
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn glyphs_follow_the_locale() {
        let cases = [
            ("de_DE.UTF-8", "xterm-256color", Glyphs::BRAILLE),
            ("C.utf8", "tmux", Glyphs::BRAILLE),
            ("en_US.UTF-8", "linux", Glyphs::ASCII),
            ("C", "xterm", Glyphs::ASCII),
            ("", "xterm", Glyphs::ASCII),
        ];
        for (locale, term, glyphs) in cases {
            assert_eq!(
                Glyphs::for_terminal(locale, term),
                glyphs,
                "{locale} {term}"
            );
        }
        assert!(Glyphs::ASCII.is_ascii() && !Glyphs::UNICODE.is_ascii());
    }
}
