//! Rows of stretches on one time axis, drawn to scale: waiting light, service heavy, moments as
//! points.

use super::scale::{Axis, Scale};
use crate::ui::theme::Theme;
use crate::ui::{fit, paint};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Span;
use std::borrow::Cow;

/// One row: waiting, then service, then the moment it is done. Instants are microseconds.
#[derive(Debug, Clone, Default)]
pub struct GanttRow<'a> {
    /// Safe text.
    pub label: Cow<'a, str>,
    /// From when to when was waited.
    pub wait: Option<(i64, i64)>,
    /// From when to when was worked; none for a mere moment.
    pub service: Option<(i64, i64)>,
    /// When it was done.
    pub at: i64,
    /// Stretches in which nobody works, in order; waiting in them is drawn thinner.
    pub off: &'a [(i64, i64)],
}

impl GanttRow<'_> {
    /// Returns the row as spans of `columns` in total. An arrow points to parts outside the scale.
    pub fn track(&self, scale: Scale, columns: usize, theme: &Theme) -> Vec<Span<'static>> {
        let glyphs = &theme.glyphs;
        let mut cells: Vec<(&'static str, Style)> = vec![(" ", theme.text); columns];
        if columns == 0 {
            return Vec::new();
        }
        if let Some((from, to)) = self.wait {
            lay(&mut cells, scale, from, to, (glyphs.wait, theme.wait));
            for (column, cell) in cells.iter_mut().enumerate() {
                let (left, right) = scale.edges(column, columns);
                if is_off(self.off, (left.max(from), right.min(to))) {
                    *cell = (glyphs.off, theme.muted);
                }
            }
        }
        // Laid over the waiting, which ends where the work begins.
        match self.service {
            Some((from, to)) => lay(&mut cells, scale, from, to, (glyphs.service, theme.service)),
            None => lay(
                &mut cells,
                scale,
                self.at,
                self.at,
                (glyphs.point, theme.service),
            ),
        }
        let begin = self
            .wait
            .or(self.service)
            .map_or(self.at, |(begin, _)| begin);
        if self.at < scale.from {
            cells[0] = (glyphs.left, theme.muted);
        } else if begin > scale.to {
            cells[columns - 1] = (glyphs.right, theme.muted);
        }
        runs(&cells)
    }
}

/// True if nobody works in the whole of a stretch of time.
pub fn is_off(off: &[(i64, i64)], (from, to): (i64, i64)) -> bool {
    let next = off.partition_point(|off| off.1 < to);
    from < to && off.get(next).is_some_and(|off| off.0 <= from)
}

/// Lays a stretch over the columns that it touches.
fn lay<T: Clone>(cells: &mut [T], scale: Scale, from: i64, to: i64, with: T) {
    let (from, to) = (from.max(scale.from), to.min(scale.to));
    if from > to {
        return;
    }
    let first = scale.column(from, cells.len());
    let last = scale.column(to, cells.len());
    if let (Some(first), Some(last)) = (first, last) {
        cells[first..=last].fill(with);
    }
}

/// Neighbors of one style become one span.
fn runs(cells: &[(&'static str, Style)]) -> Vec<Span<'static>> {
    let same = cells.chunk_by(|a, b| a.1 == b.1);
    same.map(|run| {
        Span::styled(
            run.iter().map(|&(symbol, _)| symbol).collect::<String>(),
            run[0].1,
        )
    })
    .collect()
}

/// The rows on the screen under their axis.
#[derive(Debug, Clone)]
pub struct Gantt<'a> {
    /// The rows on the screen.
    pub rows: &'a [GanttRow<'a>],
    /// The stretch of time that is shown.
    pub scale: Scale,
    /// Quantity of the axis.
    pub axis: Axis,
    /// The row that is pointed at.
    pub selected: Option<usize>,
}

impl Gantt<'_> {
    /// Draws the axis with the time of a column in the first row, then label and track of each row.
    pub fn draw(&self, area: Rect, buffer: &mut Buffer, theme: &Theme) {
        let labels = self
            .rows
            .iter()
            .map(|row| fit::width(&row.label))
            .max()
            .unwrap_or(0);
        let width = usize::from(area.width);
        let labels = labels.clamp(14.min(width / 3), (width * 2 / 5).max(1));
        let (left, right) = paint::cut(area, (labels + 3) as u16);
        let columns = usize::from(right.width);
        let per_column = self.scale.per_column(columns);
        let per_column = fit::truncate_end(&per_column, left.width.into(), theme.glyphs.ellipsis);
        paint::text(buffer, left, &per_column, theme.muted);
        self.scale
            .draw(paint::row(right, 0), buffer, self.axis, None, theme);
        for (i, row) in self
            .rows
            .iter()
            .enumerate()
            .take(area.height.saturating_sub(1).into())
        {
            let selected = self.selected == Some(i);
            let mark = if selected { theme.glyphs.mark } else { " " };
            let label = fit::truncate_end(&row.label, labels, theme.glyphs.ellipsis);
            let style = if selected {
                theme.selected_away
            } else {
                theme.text
            };
            paint::text(
                buffer,
                paint::row(left, i + 1),
                &format!("{mark} {label}"),
                style,
            );
            let track = row.track(self.scale, columns, theme);
            paint::spans(buffer, paint::row(right, i + 1), &track);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::testing::{at_every_size, frame};
    use crate::ui::theme::Glyphs;

    use crate::text::time::HOUR;

    fn rows() -> Vec<GanttRow<'static>> {
        vec![
            GanttRow {
                label: "Open".into(),
                wait: None,
                service: None,
                at: 0,
                off: &[],
            },
            GanttRow {
                label: "Assign".into(),
                wait: Some((0, 6 * HOUR)),
                service: Some((6 * HOUR, 9 * HOUR)),
                at: 9 * HOUR,
                off: &[],
            },
            GanttRow {
                label: "Close".into(),
                wait: Some((9 * HOUR, 20 * HOUR)),
                service: None,
                at: 20 * HOUR,
                off: &[],
            },
        ]
    }

    fn draw(scale: Scale, theme: &Theme) -> String {
        let rows = rows();
        let gantt = Gantt {
            rows: &rows,
            scale,
            axis: Axis::Since(0),
            selected: Some(1),
        };
        frame(40, 4, |area, buffer| gantt.draw(area, buffer, theme))
    }

    #[test]
    fn stretches_are_to_scale() {
        let whole = Scale {
            from: 0,
            to: 20 * HOUR,
        };
        insta::assert_snapshot!(draw(whole, &Theme::default()));
        insta::assert_snapshot!(draw(whole, &Theme::mono(Glyphs::ASCII)));
    }

    #[test]
    fn what_lies_outside_is_pointed_at() {
        insta::assert_snapshot!(draw(
            Scale {
                from: 5 * HOUR,
                to: 8 * HOUR
            },
            &Theme::default()
        ));
    }

    #[test]
    fn nothing_panics() {
        let (theme, rows) = (Theme::default(), rows());
        for (from, to) in [(0, HOUR), (5, 5), (7, 3), (i64::MIN, i64::MAX)] {
            let gantt = Gantt {
                rows: &rows,
                scale: Scale { from, to },
                axis: Axis::Since(0),
                selected: Some(9),
            };
            at_every_size(|area, buffer| gantt.draw(area, buffer, &theme));
        }
    }
}
