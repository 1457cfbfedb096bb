//! Roles to styles, and the characters that things are drawn with. Colors are the 16 of the terminal
//! on its own background; no meaning hangs on color alone.

use ratatui::style::{Color, Modifier, Style};

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
    };

    /// By the locale (`LC_ALL`, `LC_CTYPE` or `LANG`, the first that is set) and `TERM`: the Linux
    /// console and terminals that are not of UTF-8 get ASCII.
    pub fn for_terminal(locale: &str, term: &str) -> Glyphs {
        let locale = locale.to_ascii_lowercase();
        let utf8 = locale.contains("utf-8") || locale.contains("utf8");
        if utf8 && !matches!(term, "linux" | "dumb" | "vt100" | "vt220") {
            Glyphs::UNICODE
        } else {
            Glyphs::ASCII
        }
    }

    /// Returns whether these are the ASCII glyphs.
    pub fn is_ascii(&self) -> bool {
        self.ellipsis == Glyphs::ASCII.ellipsis
    }
}

/// Styles by role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Theme {
    /// Primary text.
    pub text: Style,
    /// Secondary text: units, separators, minor figures.
    pub muted: Style,
    /// Headings.
    pub title: Style,
    /// Focused items: the heading of a list, the current tab or crumb.
    pub focus: Style,
    /// The row of the cursor in the list that has the focus.
    pub selected: Style,
    /// Bars under the cursor of a chart: they keep their shape, and the cursor is marked outside the plot.
    pub cursor: Style,
    /// The row of the cursor in a list without the focus.
    pub selected_away: Style,
    /// Column headings.
    pub header: Style,
    /// Bars.
    pub bar: Style,
    /// Bars of a second kind.
    pub bar_alt: Style,
    /// Waiting time.
    pub wait: Style,
    /// Service time.
    pub service: Style,
    /// All is well.
    pub good: Style,
    /// Worth a look.
    pub warn: Style,
    /// Wrong, or the worst.
    pub bad: Style,
    /// Keys in hints.
    pub key: Style,
    /// Characters that a search met.
    pub matched: Style,
    /// Figures that are not yet those of the present filters; laid over other styles.
    pub stale: Style,
    /// Frames, axes, scrollbars.
    pub border: Style,
    /// A filter that is on.
    pub chip_on: Style,
    /// A filter that is off.
    pub chip_off: Style,
    /// Characters.
    pub glyphs: Glyphs,
}

impl Theme {
    /// The 16 colors on the user's own background, which is never set.
    pub fn standard(glyphs: Glyphs) -> Theme {
        let plain = Style::new();
        let bold = plain.add_modifier(Modifier::BOLD);
        let dim = plain.add_modifier(Modifier::DIM);
        Theme {
            focus: bold.fg(Color::Cyan),
            cursor: bold.fg(Color::Reset),
            bar: plain.fg(Color::Cyan),
            bar_alt: plain.fg(Color::Magenta),
            wait: plain.fg(Color::Yellow),
            service: plain.fg(Color::Cyan),
            good: plain.fg(Color::Green),
            warn: plain.fg(Color::Yellow),
            bad: bold.fg(Color::Red),
            key: plain.fg(Color::Cyan),
            matched: bold.fg(Color::Magenta).add_modifier(Modifier::UNDERLINED),
            chip_on: bold.fg(Color::Green),
            chip_off: dim,
            ..Theme::mono(glyphs)
        }
    }

    /// No color at all: for `NO_COLOR` and `--color never`. The color codes are left out here and
    /// not by the terminal library, which would reset bold and reverse along with them.
    pub fn mono(glyphs: Glyphs) -> Theme {
        let plain = Style::new();
        let bold = plain.add_modifier(Modifier::BOLD);
        let dim = plain.add_modifier(Modifier::DIM);
        Theme {
            text: plain,
            muted: dim,
            title: bold,
            focus: bold.add_modifier(Modifier::UNDERLINED),
            selected: bold.add_modifier(Modifier::REVERSED),
            cursor: bold.add_modifier(Modifier::UNDERLINED),
            selected_away: bold,
            header: plain.add_modifier(Modifier::UNDERLINED),
            bar: plain,
            bar_alt: dim,
            wait: dim,
            service: plain,
            good: plain,
            warn: bold,
            bad: bold.add_modifier(Modifier::UNDERLINED),
            key: bold,
            matched: bold.add_modifier(Modifier::UNDERLINED),
            stale: dim,
            border: dim,
            chip_on: bold,
            chip_off: dim,
            glyphs,
        }
    }

    /// The character and the style of a share of the largest, 0 to 1: its quarter; `None` for nothing. The
    /// character says the same as the color.
    pub fn shade(&self, share: f64) -> Option<(&'static str, Style)> {
        if share.is_nan() || share <= 0.0 {
            return None;
        }
        let quarter = ((share * 4.0).ceil() as usize).clamp(1, 4) - 1;
        let styles = [self.muted, self.text, self.warn, self.bad];
        Some((self.glyphs.shades[quarter], styles[quarter]))
    }

    /// A style to tell kinds apart beside their names: the same for the same position, taken in turn.
    pub fn kind(&self, position: usize) -> Style {
        // Without colors kinds differ by their names alone.
        let colored = self.bar.fg.is_some_and(|color| color != Color::Reset);
        let colors = [
            Color::Cyan,
            Color::Green,
            Color::Yellow,
            Color::Magenta,
            Color::Reset,
        ];
        if colored {
            Style::new().fg(colors[position % colors.len()])
        } else {
            self.text
        }
    }

    /// A style of more kinds than [`Theme::kind`] has, for letters of a chart.
    pub fn tone(&self, position: usize) -> Style {
        let colored = self.bar.fg.is_some_and(|color| color != Color::Reset);
        let colors = [
            Color::Cyan,
            Color::Green,
            Color::Yellow,
            Color::Magenta,
            Color::Blue,
            Color::Red,
            Color::LightCyan,
            Color::LightGreen,
            Color::LightYellow,
            Color::LightMagenta,
            Color::LightBlue,
            Color::LightRed,
        ];
        if colored {
            Style::new().fg(colors[position % colors.len()])
        } else {
            self.text
        }
    }

    /// The theme of an environment: mono where `NO_COLOR` is set or colors are refused.
    pub fn from_env(no_color: bool, locale: &str, term: &str) -> Theme {
        let glyphs = Glyphs::for_terminal(locale, term);
        if no_color || term == "dumb" {
            Theme::mono(glyphs)
        } else {
            Theme::standard(glyphs)
        }
    }
}

impl Default for Theme {
    fn default() -> Self {
        Theme::standard(Glyphs::UNICODE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn styles(t: &Theme) -> [Style; 20] {
        [
            t.text,
            t.muted,
            t.title,
            t.focus,
            t.selected,
            t.selected_away,
            t.header,
            t.bar,
            t.bar_alt,
            t.wait,
            t.service,
            t.good,
            t.warn,
            t.bad,
            t.key,
            t.matched,
            t.stale,
            t.border,
            t.chip_on,
            t.chip_off,
        ]
    }

    #[test]
    fn no_theme_sets_a_background_or_hard_to_read_colors() {
        for theme in [Theme::default(), Theme::mono(Glyphs::ASCII)] {
            for style in styles(&theme) {
                assert_eq!(style.bg, None);
                assert!(!matches!(style.fg, Some(Color::Blue | Color::DarkGray)));
            }
        }
    }

    #[test]
    fn shades_are_quarters_of_the_largest() {
        let theme = Theme::mono(Glyphs::ASCII);
        let of = |share: f64| theme.shade(share).map(|(symbol, _)| symbol);
        let shares = [-0.1, 0.0, 0.001, 0.25, 0.26, 0.75, 0.76, 1.0, 1.1, f64::NAN];
        let wanted = ["", "", ".", ".", ":", "+", "#", "#", "#", ""];
        assert_eq!(shares.map(|share| of(share).unwrap_or_default()), wanted);
    }

    #[test]
    fn mono_has_no_color() {
        for style in styles(&Theme::from_env(true, "de_DE.UTF-8", "xterm")) {
            assert!(matches!(style.fg, None | Some(Color::Reset)));
        }
    }

    #[test]
    fn glyphs_follow_the_locale() {
        let cases = [
            ("de_DE.UTF-8", "xterm-256color", Glyphs::UNICODE),
            ("C.utf8", "tmux", Glyphs::UNICODE),
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
