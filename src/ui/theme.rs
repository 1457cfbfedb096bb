//! Roles to styles, and the characters that things are drawn with. The default has the 16 colors of the
//! terminal on its own background; no meaning hangs on color alone.

mod glyphs;
mod schemes;

pub use glyphs::Glyphs;
pub use schemes::{Appearance, GlyphSet, Surroundings, ThemeName, Themes};

use ratatui::style::{Color, Modifier, Style};

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
    /// Colors that tell kinds apart beside their names, taken in turn; none in a theme without colors.
    pub tones: &'static [Color],
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
            tones: &TONES,
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
            tones: &[],
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
        // The last of the few is the color of texts.
        match position % (KINDS + 1) {
            KINDS => self.text,
            at => self.tone(at),
        }
    }

    /// A style of more kinds than [`Theme::kind`] has, for letters of a chart.
    pub fn tone(&self, position: usize) -> Style {
        // Without colors kinds differ by their names alone.
        let at = position.checked_rem(self.tones.len());
        at.map_or(self.text, |at| self.text.fg(self.tones[at]))
    }
}

/// Number of colors that differ clearly from each other.
const KINDS: usize = 4;

/// The tones of the 16 colors.
const TONES: [Color; 12] = [
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

#[cfg(test)]
impl Theme {
    /// All styles of texts.
    fn styles(&self) -> [Style; 20] {
        [
            self.text,
            self.muted,
            self.title,
            self.focus,
            self.selected,
            self.selected_away,
            self.header,
            self.bar,
            self.bar_alt,
            self.wait,
            self.service,
            self.good,
            self.warn,
            self.bad,
            self.key,
            self.matched,
            self.stale,
            self.border,
            self.chip_on,
            self.chip_off,
        ]
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

    #[test]
    fn the_default_sets_no_background_and_no_hard_to_read_colors() {
        for theme in [Theme::default(), Theme::mono(Glyphs::ASCII)] {
            for style in theme.styles() {
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
        for style in Theme::mono(Glyphs::ASCII).styles() {
            assert!(matches!(style.fg, None | Some(Color::Reset)));
        }
    }

    #[test]
    fn kinds_are_taken_in_turn() {
        let theme = Theme::default();
        let colors: Vec<_> = (0..6).map(|at| theme.kind(at).fg).collect();
        let [first, second, text] = [Some(Color::Cyan), Some(Color::Green), None];
        assert_eq!((colors[0], colors[1]), (first, second));
        assert_eq!((colors[4], colors[5]), (text, first));
        assert_eq!(theme.tone(13).fg, second);
        let mono = Theme::mono(Glyphs::ASCII);
        assert_eq!((mono.kind(1), mono.tone(7)), (mono.text, mono.text));
    }
}
