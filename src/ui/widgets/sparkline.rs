//! A series as a line of text: in eight levels, or two values a column in four levels of Braille dots.

use super::bars::Grid;
use crate::ui::theme::Glyphs;

/// One character a value; where there are more values than `columns`, the largest of each run of
/// equal length. In Braille, a column has room for two values, and is used so where not all have one of their
/// own. The largest of all is full, anything above zero leaves a trace.
pub fn sparkline(values: &[f64], columns: usize, glyphs: &Glyphs) -> String {
    if columns == 0 {
        return String::new();
    }
    let dense = glyphs.braille && values.len() > columns;
    let (room, levels) = if dense {
        (2 * columns, 4)
    } else {
        (columns, 8)
    };
    let values = Grid::new(values.len(), room.min(values.len())).heights(values);
    let largest = values.iter().copied().fold(0.0, f64::max);
    let level = |value: &f64| {
        if *value > 0.0 && largest > 0.0 {
            ((value / largest * levels as f64).round() as usize).clamp(1, levels)
        } else {
            0
        }
    };
    let levels: Vec<usize> = values.iter().map(level).collect();
    if dense {
        levels.chunks(2).map(braille).collect()
    } else {
        levels.iter().map(|&level| glyphs.up[level]).collect()
    }
}

/// The Braille character of two columns of dots from below.
fn braille(levels: &[usize]) -> char {
    // Dots of the left and of the right column, from below: bits of the block at U+2800.
    const DOTS: [[u32; 4]; 2] = [[0x40, 0x04, 0x02, 0x01], [0x80, 0x20, 0x10, 0x08]];
    let columns = levels.iter().zip(DOTS);
    let bits: u32 = columns
        .flat_map(|(&level, dots)| dots.into_iter().take(level))
        .sum();
    char::from_u32(0x2800 + bits).unwrap_or(' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels() {
        let ramp: Vec<f64> = (0..9).map(f64::from).collect();
        assert_eq!(sparkline(&ramp, 9, &Glyphs::UNICODE), " ▁▂▃▄▅▆▇█");
        assert_eq!(sparkline(&ramp, 9, &Glyphs::ASCII), " __..:==#");
        assert_eq!(sparkline(&ramp, 3, &Glyphs::UNICODE), "▂▅█");
        assert_eq!(
            sparkline(&[0.0, f64::NAN, -1.0], 3, &Glyphs::UNICODE),
            "   "
        );
        assert_eq!(sparkline(&[], 3, &Glyphs::UNICODE), "");
        assert_eq!(sparkline(&[1.0], 0, &Glyphs::UNICODE), "");
    }

    #[test]
    fn two_values_share_a_column_in_braille() {
        let ramp: Vec<f64> = (0..=4).map(f64::from).collect();
        let of = |values: &[f64], columns| sparkline(values, columns, &Glyphs::BRAILLE);
        // There is room for all: blocks have more levels.
        assert_eq!(of(&ramp, 5), sparkline(&ramp, 5, &Glyphs::UNICODE));
        assert_eq!(of(&ramp, 3), "\u{2880}\u{28f4}\u{2847}");
        assert_eq!(of(&[0.0; 4], 2), "\u{2800}\u{2800}");
        // More values than dots: the largest of each run.
        assert_eq!(
            of(&[9.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 9.0], 2),
            "\u{2847}\u{28b8}"
        );
    }
}
