//! Themes by name, and the one that a terminal gets: by its number of colors, and by its background where
//! that is asked for.

use super::{Glyphs, Theme};
use ratatui::style::{Color, Modifier, Style};

/// A theme by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ThemeName {
    /// The light or the dark one, by the background of the terminal; the default one until that is known.
    Auto,
    /// The 16 colors of the terminal.
    #[default]
    Default,
    /// For a light background.
    Light,
    /// For a dark background.
    Dark,
    /// Bright colors on black, without dim text.
    HighContrast,
    /// No colors.
    Mono,
}

/// A set of glyphs by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum GlyphSet {
    /// By locale and terminal.
    #[default]
    Auto,
    /// Blocks and lines; dense series in Braille dots.
    Braille,
    /// Blocks and lines.
    Block,
    /// ASCII.
    Ascii,
}

/// Theme and glyphs, and the widths of the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Appearance {
    /// Colors.
    pub theme: ThemeName,
    /// Characters.
    pub glyphs: GlyphSet,
    /// True if the terminal gives two columns to characters of ambiguous width.
    pub wide: bool,
}

/// Properties of the terminal as the environment has them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Surroundings {
    /// `LC_ALL`, `LC_CTYPE` or `LANG`, the first that is set.
    pub locale: String,
    /// `TERM`.
    pub term: String,
    /// `COLORTERM`.
    pub color_term: String,
}

impl Surroundings {
    /// Returns whether the terminal has 256 colors.
    fn has_256_colors(&self) -> bool {
        let direct = ["truecolor", "24bit"].contains(&self.color_term.as_str());
        direct || self.term.contains("256color") || self.term.contains("direct")
    }

    /// Returns whether a question to the terminal does no harm. The consoles and terminals named here may show
    /// it as text.
    fn can_be_asked(&self) -> bool {
        !matches!(
            self.term.as_str(),
            "" | "dumb" | "linux" | "cons25" | "vt100" | "vt102" | "vt220"
        )
    }
}

/// The theme to begin with, and those for backgrounds that the terminal may have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Themes {
    /// The theme to begin with.
    pub first: Theme,
    /// The themes for a light and for a dark background; `None` where the background does not matter.
    pub by_background: Option<Box<[Theme; 2]>>,
}

impl Themes {
    /// The themes of an appearance on a terminal.
    pub fn new(appearance: Appearance, surroundings: &Surroundings) -> Themes {
        let glyphs = match appearance.glyphs {
            // Lines and blocks are of ambiguous width, too.
            _ if appearance.wide => Glyphs::ASCII,
            GlyphSet::Auto => Glyphs::for_terminal(&surroundings.locale, &surroundings.term),
            GlyphSet::Braille => Glyphs::BRAILLE,
            GlyphSet::Block => Glyphs::UNICODE,
            GlyphSet::Ascii => Glyphs::ASCII,
        };
        let many = surroundings.has_256_colors();
        let named = |name: ThemeName| match name {
            _ if surroundings.term == "dumb" => Theme::mono(glyphs),
            ThemeName::Auto | ThemeName::Default => Theme::standard(glyphs),
            ThemeName::Light if many => of_palette(&LIGHT, &glyphs),
            ThemeName::Light => of_palette(&LIGHT_16, &glyphs),
            ThemeName::Dark if many => of_palette(&DARK, &glyphs),
            ThemeName::Dark => of_palette(&DARK_16, &glyphs),
            ThemeName::HighContrast if many => high_contrast(&CONTRAST, &glyphs),
            ThemeName::HighContrast => high_contrast(&CONTRAST_16, &glyphs),
            ThemeName::Mono => Theme::mono(glyphs),
        };
        let asks = appearance.theme == ThemeName::Auto && surroundings.can_be_asked();
        Themes {
            first: named(appearance.theme),
            by_background: asks
                .then(|| Box::new([named(ThemeName::Light), named(ThemeName::Dark)])),
        }
    }

    /// The theme for a background, red, green and blue of up to 65535; `None` where it does not matter.
    pub fn on(&self, [red, green, blue]: [u16; 3]) -> Option<&Theme> {
        let [light, dark] = &**self.by_background.as_ref()?;
        let [red, green, blue] = [red, green, blue].map(f64::from);
        // Weights of Rec. 709: the eye takes green for brighter than blue.
        let brightness = (0.2126 * red + 0.7152 * green + 0.0722 * blue) / f64::from(u16::MAX);
        Some(if brightness > 0.5 { light } else { dark })
    }
}

/// The colors of a theme.
struct Palette {
    /// Text in the row of the cursor, its background, and that without the focus.
    selected: [Color; 3],
    /// Minor text; `None` for dim text.
    muted: Option<Color>,
    border: Option<Color>,
    focus: Color,
    bar: Color,
    bar_alt: Color,
    wait: Color,
    good: Color,
    bad: Color,
    matched: Color,
    tones: &'static [Color],
}

const fn indexed<const N: usize>(of: [u8; N]) -> [Color; N] {
    let mut colors = [Color::Reset; N];
    let mut at = 0;
    while at < N {
        colors[at] = Color::Indexed(of[at]);
        at += 1;
    }
    colors
}

static LIGHT_TONES: [Color; 12] = indexed([24, 22, 94, 90, 20, 124, 54, 58, 130, 88, 25, 240]);
static DARK_TONES: [Color; 12] =
    indexed([80, 114, 221, 176, 111, 203, 152, 150, 180, 218, 75, 250]);
static CONTRAST_TONES: [Color; 8] = indexed([51, 120, 226, 219, 117, 210, 195, 229]);

/// 256 colors on a light background. A test holds their contrast.
const LIGHT: Palette = Palette {
    selected: [Color::Indexed(231), Color::Indexed(24), Color::Indexed(252)],
    muted: Some(Color::Indexed(240)),
    border: Some(Color::Indexed(245)),
    focus: Color::Indexed(24),
    bar: Color::Indexed(24),
    bar_alt: Color::Indexed(90),
    wait: Color::Indexed(94),
    good: Color::Indexed(22),
    bad: Color::Indexed(124),
    matched: Color::Indexed(90),
    tones: &LIGHT_TONES,
};

/// 256 colors on a dark background.
const DARK: Palette = Palette {
    selected: [Color::Indexed(231), Color::Indexed(25), Color::Indexed(238)],
    muted: Some(Color::Indexed(246)),
    border: Some(Color::Indexed(242)),
    focus: Color::Indexed(80),
    bar: Color::Indexed(80),
    bar_alt: Color::Indexed(176),
    wait: Color::Indexed(221),
    good: Color::Indexed(114),
    bad: Color::Indexed(203),
    matched: Color::Indexed(176),
    tones: &DARK_TONES,
};

/// 16 colors on a light background: yellow, and bright colors but black, are hard to read there.
const LIGHT_16: Palette = Palette {
    selected: [Color::White, Color::Blue, Color::Gray],
    muted: None,
    border: None,
    focus: Color::Blue,
    bar: Color::Blue,
    bar_alt: Color::Magenta,
    wait: Color::Magenta,
    good: Color::Green,
    bad: Color::Red,
    matched: Color::Magenta,
    tones: &[
        Color::Blue,
        Color::Green,
        Color::Magenta,
        Color::Red,
        Color::Cyan,
    ],
};

/// 16 colors on a dark background: blue is hard to read there.
const DARK_16: Palette = Palette {
    selected: [Color::Black, Color::LightCyan, Color::DarkGray],
    muted: None,
    border: None,
    focus: Color::LightCyan,
    bar: Color::LightCyan,
    bar_alt: Color::LightMagenta,
    wait: Color::LightYellow,
    good: Color::LightGreen,
    bad: Color::LightRed,
    matched: Color::LightMagenta,
    tones: &[
        Color::LightCyan,
        Color::LightGreen,
        Color::LightYellow,
        Color::LightMagenta,
        Color::LightRed,
        Color::Cyan,
        Color::Green,
        Color::Yellow,
    ],
};

/// 256 colors on black.
const CONTRAST: Palette = Palette {
    selected: [Color::Indexed(16), Color::Indexed(226), Color::Indexed(238)],
    muted: Some(Color::Indexed(252)),
    border: Some(Color::Indexed(250)),
    focus: Color::Indexed(51),
    bar: Color::Indexed(51),
    bar_alt: Color::Indexed(219),
    wait: Color::Indexed(226),
    good: Color::Indexed(120),
    bad: Color::Indexed(210),
    matched: Color::Indexed(219),
    tones: &CONTRAST_TONES,
};

/// 16 colors on black.
const CONTRAST_16: Palette = Palette {
    selected: [Color::Black, Color::LightYellow, Color::DarkGray],
    muted: Some(Color::Gray),
    border: Some(Color::Gray),
    bad: Color::LightRed,
    ..DARK_16
};

/// The theme of a palette on the background of the terminal.
fn of_palette(colors: &Palette, glyphs: &Glyphs) -> Theme {
    let plain = Style::new();
    let bold = plain.add_modifier(Modifier::BOLD);
    let dim = plain.add_modifier(Modifier::DIM);
    let minor = |color: Option<Color>| color.map_or(dim, |color| plain.fg(color));
    let [text, background, away] = colors.selected;
    Theme {
        muted: minor(colors.muted),
        focus: bold.fg(colors.focus),
        selected: bold.fg(text).bg(background),
        cursor: bold.fg(Color::Reset),
        selected_away: bold.bg(away),
        bar: plain.fg(colors.bar),
        bar_alt: plain.fg(colors.bar_alt),
        wait: plain.fg(colors.wait),
        service: plain.fg(colors.bar),
        good: plain.fg(colors.good),
        warn: plain.fg(colors.wait),
        bad: bold.fg(colors.bad),
        key: plain.fg(colors.focus),
        matched: bold.fg(colors.matched).add_modifier(Modifier::UNDERLINED),
        border: minor(colors.border),
        chip_on: bold.fg(colors.good),
        chip_off: minor(colors.muted),
        tones: colors.tones,
        ..Theme::mono(*glyphs)
    }
}

/// The theme of a palette on black, whatever background the terminal has, with nothing dim.
fn high_contrast(colors: &Palette, glyphs: &Glyphs) -> Theme {
    let many = matches!(colors.focus, Color::Indexed(_));
    let [white, black] = if many {
        [Color::Indexed(231), Color::Indexed(16)]
    } else {
        [Color::White, Color::Black]
    };
    let text = Style::new().fg(white).bg(black);
    let bold = Style::new().add_modifier(Modifier::BOLD);
    Theme {
        text,
        cursor: bold.fg(white).add_modifier(Modifier::UNDERLINED),
        selected_away: bold.fg(white).bg(colors.selected[2]),
        // Dim text would lose the contrast.
        stale: Style::new().add_modifier(Modifier::ITALIC),
        ..of_palette(colors, glyphs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [ThemeName; 6] = [
        ThemeName::Auto,
        ThemeName::Default,
        ThemeName::Light,
        ThemeName::Dark,
        ThemeName::HighContrast,
        ThemeName::Mono,
    ];

    fn surroundings(term: &str, color_term: &str) -> Surroundings {
        Surroundings {
            locale: "C.UTF-8".to_owned(),
            term: term.to_owned(),
            color_term: color_term.to_owned(),
        }
    }

    fn theme(name: ThemeName, term: &str) -> Theme {
        let appearance = Appearance {
            theme: name,
            ..Appearance::default()
        };
        Themes::new(appearance, &surroundings(term, "")).first
    }

    /// Red, green and blue of one of the 256 colors, 0 to 255; the first 16 differ between terminals.
    fn rgb(color: Color) -> [u8; 3] {
        let Color::Indexed(at) = color else {
            panic!("{color} is not one of 256");
        };
        let step = |n: u8| if n == 0 { 0 } else { 55 + 40 * n };
        match at {
            0..16 => panic!("color {at} differs between terminals"),
            16..232 => [(at - 16) / 36, (at - 16) / 6 % 6, (at - 16) % 6].map(step),
            232.. => [8 + 10 * (at - 232); 3],
        }
    }

    /// Contrast of WCAG 2: 1 to 21.
    fn contrast(a: [u8; 3], b: [u8; 3]) -> f64 {
        let luminance = |color: [u8; 3]| {
            let [r, g, b] = color.map(|part| {
                let part = f64::from(part) / 255.0;
                if part <= 0.03928 {
                    part / 12.92
                } else {
                    ((part + 0.055) / 1.055).powf(2.4)
                }
            });
            0.2126 * r + 0.7152 * g + 0.0722 * b
        };
        let (a, b) = (luminance(a) + 0.05, luminance(b) + 0.05);
        a.max(b) / a.min(b)
    }

    /// Texts reach 4.5 to 1 (7 to 1 in high contrast), lines 3 to 1, on white or a dark gray.
    #[test]
    fn colors_can_be_read_on_their_background() {
        let (white, dark, black) = ([255; 3], [30; 3], [0; 3]);
        for (name, background, least) in [
            (ThemeName::Light, white, 4.5),
            (ThemeName::Dark, dark, 4.5),
            (ThemeName::HighContrast, black, 7.0),
        ] {
            let theme = theme(name, "xterm-256color");
            for style in theme.styles() {
                let ground = style.bg.map_or(background, rgb);
                let Some(fg) = style.fg.filter(|fg| *fg != Color::Reset) else {
                    continue;
                };
                let least = if style == theme.border { 3.0 } else { least };
                let found = contrast(rgb(fg), ground);
                assert!(found >= least, "{name:?} {style:?}: {found:.1}");
            }
            for tone in theme.tones {
                let found = contrast(rgb(*tone), background);
                assert!(found >= least, "{name:?} {tone}: {found:.1}");
            }
        }
        assert!(contrast(white, black) > 20.9);
    }

    /// A bar under the cursor, the row of the cursor and figures of an older view are more than a color.
    #[test]
    fn no_meaning_is_a_color_alone() {
        for name in ALL {
            for term in ["xterm-256color", "xterm"] {
                let theme = theme(name, term);
                for style in [theme.selected, theme.focus, theme.matched, theme.bad] {
                    assert!(!style.add_modifier.is_empty(), "{name:?} {style:?}");
                }
                assert!(!theme.stale.add_modifier.is_empty(), "{name:?}");
            }
        }
    }

    #[test]
    fn high_contrast_is_never_dim() {
        for term in ["xterm-256color", "xterm"] {
            for style in theme(ThemeName::HighContrast, term).styles() {
                assert!(!style.add_modifier.contains(Modifier::DIM), "{style:?}");
            }
        }
    }

    #[test]
    fn a_terminal_gets_the_colors_that_it_has() {
        let many = |style: Style| matches!(style.fg, Some(Color::Indexed(_)));
        for (term, color_term, wanted) in [
            ("xterm-256color", "", true),
            ("xterm", "truecolor", true),
            ("xterm", "", false),
            ("screen", "", false),
        ] {
            for name in [ThemeName::Light, ThemeName::Dark, ThemeName::HighContrast] {
                let appearance = Appearance {
                    theme: name,
                    ..Appearance::default()
                };
                let themes = Themes::new(appearance, &surroundings(term, color_term));
                assert_eq!(many(themes.first.bar), wanted, "{term} {color_term}");
            }
        }
        for name in ALL {
            assert_eq!(theme(name, "dumb"), theme(ThemeName::Mono, "dumb"));
        }
    }

    #[test]
    fn auto_follows_the_background() {
        let auto = Appearance {
            theme: ThemeName::Auto,
            ..Appearance::default()
        };
        let themes = Themes::new(auto, &surroundings("xterm-256color", ""));
        assert_eq!(themes.first, theme(ThemeName::Default, "xterm-256color"));
        let [light, dark] =
            [ThemeName::Light, ThemeName::Dark].map(|name| theme(name, "xterm-256color"));
        for (color, wanted) in [
            ([65535, 65535, 65535], &light),
            // Solarized.
            ([0xfdfd, 0xf6f6, 0xe3e3], &light),
            ([0, 0x2b2b, 0x3636], &dark),
            ([0, 0, 65535], &dark),
            ([0, 0, 0], &dark),
        ] {
            assert_eq!(themes.on(color), Some(wanted), "{color:?}");
        }
        let fixed = Themes::new(Appearance::default(), &surroundings("xterm", ""));
        assert_eq!(fixed.on([0; 3]), None);
        assert!(
            Themes::new(auto, &surroundings("linux", ""))
                .by_background
                .is_none()
        );
    }

    #[test]
    fn wide_terminals_get_ascii() {
        for (set, wide, wanted) in [
            (GlyphSet::Auto, false, Glyphs::BRAILLE),
            (GlyphSet::Braille, false, Glyphs::BRAILLE),
            (GlyphSet::Block, false, Glyphs::UNICODE),
            (GlyphSet::Ascii, false, Glyphs::ASCII),
            (GlyphSet::Auto, true, Glyphs::ASCII),
        ] {
            let appearance = Appearance {
                glyphs: set,
                wide,
                ..Appearance::default()
            };
            let themes = Themes::new(appearance, &surroundings("xterm", ""));
            assert_eq!(themes.first.glyphs, wanted, "{set:?} {wide}");
        }
    }
}
