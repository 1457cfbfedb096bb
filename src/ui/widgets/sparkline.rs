//! A series as a line of text, in eight levels.

use super::bars::Grid;
use crate::ui::theme::Glyphs;

/// One character a value; where there are more values than `columns`, the largest of each run of
/// equal length. The largest of all is full, anything above zero leaves a trace.
pub fn sparkline(values: &[f64], columns: usize, glyphs: &Glyphs) -> String {
    if columns == 0 {
        return String::new();
    }
    let values = Grid::new(values.len(), columns.min(values.len())).heights(values);
    let largest = values.iter().copied().fold(0.0, f64::max);
    let level = |value: f64| {
        if value > 0.0 && largest > 0.0 {
            ((value / largest * 8.0).round() as usize).clamp(1, 8)
        } else {
            0
        }
    };
    values
        .iter()
        .map(|&value| glyphs.up[level(value)])
        .collect()
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
}
