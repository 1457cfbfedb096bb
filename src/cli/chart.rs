//! Charts of reports as SVG for a page: axes with units, a legend, a title and a description for those who do not
//! see them. Hidden characters of texts are escapes already. Colors are classes of the page ([`STYLE`]), so that they follow light and dark.

mod axis;

use super::table::message_in_html;
use crate::ui::fit;
use axis::Axis;
pub use axis::Unit;
use std::fmt::Write;

/// Rules of the page for charts, by its variables `--ink`, `--soft`, `--line` and `--a` to `--c`.
pub const STYLE: &str = "\
svg.chart{display:block;width:100%;min-width:560px;max-width:760px;height:auto;font:12px system-ui,sans-serif}
svg.chart text{fill:var(--soft)}svg.chart text.k{fill:var(--ink)}
svg.chart .g{stroke:var(--line);stroke-width:1}svg.chart .b{fill:var(--a)}
svg.chart polyline,svg.chart .m{fill:none;stroke-width:2;stroke-linejoin:round}
svg.chart .s0{stroke:var(--a)}svg.chart .s1{stroke:var(--b);stroke-dasharray:7 3}
svg.chart .s2{stroke:var(--c);stroke-dasharray:2 3}
svg.chart circle.s0{fill:var(--a)}svg.chart circle.s1{fill:var(--b)}svg.chart circle.s2{fill:var(--c)}
";

/// Width of all charts, in units of the image.
const WIDTH: f64 = 720.0;
/// Columns of a screen that a label takes at most.
const LABEL: usize = 28;
/// Bars, and series of a chart of lines, at most.
const MOST_BARS: usize = 20;
pub const MOST_SERIES: usize = 3;

/// A chart.
#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    /// Name of the values.
    pub title: String,
    /// Unit of the values.
    pub unit: Unit,
    /// Values and their layout.
    pub shape: Shape,
}

/// Values of a chart.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    /// Bars from left to right, one below the other.
    Bars(Vec<(String, f64)>),
    /// Two bars for each name, of A and of B; `None` where a side has no value.
    Pairs(Vec<(String, [Option<f64>; 2])>),
    /// Counts of the bins of a distribution, each with its lower bound.
    Bins(Vec<(String, f64)>),
    /// Lines over time.
    Lines {
        /// Labels of the points.
        at: Vec<String>,
        /// Name and values of each line; `None` where there is no value.
        series: Vec<(String, Vec<Option<f64>>)>,
    },
    /// Shaded cells of a table.
    Grid {
        /// Names of the rows.
        rows: Vec<String>,
        /// Names of the columns.
        columns: Vec<String>,
        /// Values, row by row.
        values: Vec<f64>,
    },
}

/// Names of the selections that are compared.
pub const SIDES: [&str; 2] = ["A", "B"];

impl Chart {
    /// The image; `id` is unique within the page. `None` without a value.
    pub fn svg(&self, id: usize) -> Option<String> {
        let (height, body, says) = match &self.shape {
            Shape::Bars(bars) => self.bars(bars)?,
            Shape::Pairs(pairs) => self.pairs(pairs)?,
            Shape::Bins(bins) => self.bins(bins)?,
            Shape::Lines { at, series } => self.lines(at, series)?,
            Shape::Grid {
                rows,
                columns,
                values,
            } => self.grid(rows, columns, values)?,
        };
        let title = message_in_html(&self.title);
        let says = message_in_html(&says);
        Some(format!(
            "<svg class=\"chart\" viewBox=\"0 0 {WIDTH} {height:.0}\" role=\"img\" \
             aria-labelledby=\"c{id}t c{id}d\">\n<title id=\"c{id}t\">{title}</title>\n\
             <desc id=\"c{id}d\">{says}</desc>\n{body}</svg>\n"
        ))
    }

    fn bars(&self, bars: &[(String, f64)]) -> Option<(f64, String, String)> {
        const LEFT: f64 = 200.0;
        const RIGHT: f64 = WIDTH - 80.0;
        const ROW: f64 = 22.0;
        let bars = &bars[..bars.len().min(MOST_BARS)];
        let axis = Axis::of(self.unit, bars.iter().map(|(_, value)| *value))?;
        let x = |value: f64| LEFT + (RIGHT - LEFT) * axis.part(value);
        let bottom = 26.0 + ROW * bars.len() as f64;
        let mut out = String::new();
        title(&mut out, &self.title);
        for tick in axis.ticks() {
            line(&mut out, "g", point(x(tick), 22.0), point(x(tick), bottom));
            let text = self.unit.rounded(tick);
            label(&mut out, point(x(tick), bottom + 16.0), "middle", &text);
        }
        for (at, (name, value)) in bars.iter().enumerate() {
            let y = 26.0 + ROW * at as f64;
            let name = fit::truncate_middle(name, LABEL, "…");
            key(&mut out, point(LEFT - 8.0, y + 13.0), "end", &name);
            let (from, to) = (x(value.min(0.0)), x(value.max(0.0)));
            rect(
                &mut out,
                point(from, y + 2.0),
                point(to - from, ROW - 6.0),
                1.0,
                "",
            );
            key(
                &mut out,
                point(to + 6.0, y + 13.0),
                "start",
                &self.unit.text(*value),
            );
        }
        let says = bars.iter().map(|(name, value)| self.says(name, *value));
        Some((bottom + 26.0, out, says.collect::<Vec<_>>().join("; ")))
    }

    fn pairs(&self, pairs: &[(String, [Option<f64>; 2])]) -> Option<(f64, String, String)> {
        const LEFT: f64 = 200.0;
        const RIGHT: f64 = WIDTH - 80.0;
        const TOP: f64 = 44.0;
        const ROW: f64 = 30.0;
        const BAR: f64 = 12.0;
        /// Shades of A and of B.
        const SHADES: [f64; 2] = [1.0, 0.45];
        let pairs = &pairs[..pairs.len().min(MOST_BARS)];
        let values = pairs.iter().flat_map(|(_, sides)| sides.iter().flatten());
        let axis = Axis::of(self.unit, values.copied())?;
        let x = |value: f64| LEFT + (RIGHT - LEFT) * axis.part(value);
        let bottom = TOP + ROW * pairs.len() as f64;
        let mut out = String::new();
        title(&mut out, &self.title);
        for (at, (name, shade)) in SIDES.into_iter().zip(SHADES).enumerate() {
            let left = LEFT + 48.0 * at as f64;
            rect(&mut out, point(left, 24.0), point(BAR, BAR), shade, "");
            key(&mut out, point(left + 18.0, 34.0), "start", name);
        }
        for tick in axis.ticks() {
            line(
                &mut out,
                "g",
                point(x(tick), TOP - 4.0),
                point(x(tick), bottom),
            );
            let text = self.unit.rounded(tick);
            label(&mut out, point(x(tick), bottom + 16.0), "middle", &text);
        }
        for (at, (name, sides)) in pairs.iter().enumerate() {
            let top = TOP + ROW * at as f64;
            let name = fit::truncate_middle(name, LABEL, "…");
            key(&mut out, point(LEFT - 8.0, top + 17.0), "end", &name);
            for (side, (value, shade)) in sides.iter().zip(SHADES).enumerate() {
                let Some(value) = *value else { continue };
                let y = top + BAR * side as f64;
                let (from, to) = (x(value.min(0.0)), x(value.max(0.0)));
                let size = point(to - from, BAR - 2.0);
                rect(&mut out, point(from, y), size, shade, "");
                let text = self.unit.text(value);
                key(&mut out, point(to + 6.0, y + 10.0), "start", &text);
            }
        }
        let says = pairs.iter().flat_map(|(name, sides)| {
            let sides = SIDES.into_iter().zip(sides);
            sides.filter_map(move |(side, value)| {
                Some(self.says(&format!("{name}, {side}"), (*value)?))
            })
        });
        Some((bottom + 26.0, out, says.collect::<Vec<_>>().join("; ")))
    }

    fn bins(&self, bins: &[(String, f64)]) -> Option<(f64, String, String)> {
        const LEFT: f64 = 70.0;
        const RIGHT: f64 = WIDTH - 20.0;
        const TOP: f64 = 36.0;
        const BOTTOM: f64 = 200.0;
        let axis = Axis::of(self.unit, bins.iter().map(|(_, value)| *value))?;
        let y = |value: f64| BOTTOM - (BOTTOM - TOP) * axis.part(value);
        let wide = (RIGHT - LEFT) / bins.len() as f64;
        let mut out = String::new();
        title(&mut out, &self.title);
        self.rows_of_grid(&mut out, &axis, LEFT, RIGHT, y);
        // Labels that would touch each other are left out.
        let longest = bins.iter().map(|(name, _)| fit::width(name)).max();
        let every = stride(longest.unwrap_or(0), wide);
        for (at, (name, value)) in bins.iter().enumerate() {
            let x = LEFT + wide * at as f64;
            rect(
                &mut out,
                point(x + 1.0, y(*value)),
                point(wide - 2.0, BOTTOM - y(*value)),
                1.0,
                "",
            );
            if *value > 0.0 && wide > 30.0 {
                key(
                    &mut out,
                    point(x + wide / 2.0, y(*value) - 4.0),
                    "middle",
                    &self.unit.text(*value),
                );
            }
            if at % every == 0 {
                label(&mut out, point(x, BOTTOM + 16.0), "middle", name);
            }
        }
        let says = bins.iter().filter(|(_, value)| *value > 0.0);
        let says = says.map(|(name, value)| self.says(&format!("from {name}"), *value));
        Some((BOTTOM + 26.0, out, says.collect::<Vec<_>>().join("; ")))
    }

    fn lines(
        &self,
        at: &[String],
        series: &[(String, Vec<Option<f64>>)],
    ) -> Option<(f64, String, String)> {
        const LEFT: f64 = 76.0;
        const RIGHT: f64 = WIDTH - 24.0;
        const TOP: f64 = 58.0;
        const BOTTOM: f64 = 240.0;
        let series = &series[..series.len().min(MOST_SERIES)];
        let values = series
            .iter()
            .flat_map(|(_, values)| values.iter().flatten());
        let axis = Axis::of(self.unit, values.copied())?;
        let y = |value: f64| BOTTOM - (BOTTOM - TOP) * axis.part(value);
        let step = (RIGHT - LEFT) / at.len().saturating_sub(1).max(1) as f64;
        let x = |n: usize| LEFT + step * n as f64;
        let mut out = String::new();
        title(&mut out, &self.title);
        self.rows_of_grid(&mut out, &axis, LEFT, RIGHT, y);
        let longest = at.iter().map(|name| fit::width(name)).max();
        let every = stride(longest.unwrap_or(0), step);
        for (n, name) in at.iter().enumerate().step_by(every) {
            label(&mut out, point(x(n), BOTTOM + 16.0), "middle", name);
        }
        let mut after = LEFT;
        for (n, (name, values)) in series.iter().enumerate() {
            let name = fit::truncate_end(name, LABEL, "…");
            line(
                &mut out,
                &format!("m s{n}"),
                point(after, 38.0),
                point(after + 24.0, 38.0),
            );
            key(&mut out, point(after + 30.0, 42.0), "start", &name);
            after += 54.0 + 7.0 * fit::width(&name) as f64;
            polylines(&mut out, n, values, x, y);
        }
        let says = series.iter().map(|(name, values)| {
            let known: Vec<f64> = values.iter().flatten().copied().collect();
            let (first, last) = (known.first().copied(), known.last().copied());
            let ends = first.zip(last).map_or_else(String::new, |(first, last)| {
                format!(
                    " from {} to {}",
                    self.unit.text(first),
                    self.unit.text(last)
                )
            });
            format!("{name}{ends}")
        });
        let span = match (at.first(), at.last()) {
            (Some(first), Some(last)) => format!("{first} to {last}: "),
            _ => String::new(),
        };
        let says = says.collect::<Vec<_>>().join("; ");
        Some((BOTTOM + 26.0, out, format!("{span}{says}")))
    }

    fn grid(
        &self,
        rows: &[String],
        columns: &[String],
        values: &[f64],
    ) -> Option<(f64, String, String)> {
        const LEFT: f64 = 60.0;
        const TOP: f64 = 46.0;
        const ROW: f64 = 20.0;
        let most = values.iter().copied().fold(0.0, f64::max);
        if most <= 0.0 || columns.is_empty() || values.len() != rows.len() * columns.len() {
            return None;
        }
        let wide = (WIDTH - LEFT - 20.0) / columns.len() as f64;
        let mut out = String::new();
        title(&mut out, &self.title);
        let longest = columns.iter().map(|name| fit::width(name)).max();
        let every = stride(longest.unwrap_or(0), wide);
        for (at, name) in columns.iter().enumerate().step_by(every) {
            let x = LEFT + wide * (at as f64 + 0.5);
            label(&mut out, point(x, TOP - 6.0), "middle", name);
        }
        let mut largest = (0, 0.0);
        for (row, name) in rows.iter().enumerate() {
            let y = TOP + ROW * row as f64;
            key(&mut out, point(LEFT - 8.0, y + 14.0), "end", name);
            for (column, head) in columns.iter().enumerate() {
                let at = row * columns.len() + column;
                let value = values[at];
                if value > largest.1 {
                    largest = (at, value);
                }
                // The smallest value differs from none.
                let shade = if value > 0.0 {
                    0.1 + 0.9 * value / most
                } else {
                    0.03
                };
                let says = self.says(&format!("{name} {head}"), value);
                let place = point(LEFT + wide * column as f64, y);
                rect(&mut out, place, point(wide - 1.0, ROW - 1.0), shade, &says);
            }
        }
        let bottom = TOP + ROW * rows.len() as f64;
        let of_largest = format!(
            "{} {}",
            rows[largest.0 / columns.len()],
            columns[largest.0 % columns.len()]
        );
        let says = format!("most: {}", self.says(&of_largest, largest.1));
        label(&mut out, point(LEFT, bottom + 16.0), "start", &says);
        Some((bottom + 24.0, out, says))
    }

    /// A value with its name.
    fn says(&self, name: &str, value: f64) -> String {
        format!("{name} {}", self.unit.text(value))
    }

    /// Lines from left to right, with their values.
    fn rows_of_grid(
        &self,
        out: &mut String,
        axis: &Axis,
        left: f64,
        right: f64,
        y: impl Fn(f64) -> f64,
    ) {
        for tick in axis.ticks() {
            line(out, "g", point(left, y(tick)), point(right, y(tick)));
            label(
                out,
                point(left - 8.0, y(tick) + 4.0),
                "end",
                &self.unit.rounded(tick),
            );
        }
    }
}

/// Every how many labels of that many columns fit side by side.
fn stride(columns: usize, step: f64) -> usize {
    let needed = 7.0 * columns as f64 + 10.0;
    ((needed / step.max(0.1)).ceil() as usize).max(1)
}

/// The pieces of a line between missing values, with points where there are few.
fn polylines(
    out: &mut String,
    series: usize,
    values: &[Option<f64>],
    x: impl Fn(usize) -> f64,
    y: impl Fn(f64) -> f64,
) {
    const MOST_POINTS: usize = 40;
    let points: Vec<Option<(f64, f64)>> = values
        .iter()
        .enumerate()
        .map(|(n, value)| Some((x(n), y((*value)?))))
        .collect();
    for piece in points.split(Option::is_none) {
        let text: Vec<String> = piece
            .iter()
            .flatten()
            .map(|(x, y)| format!("{x:.1},{y:.1}"))
            .collect();
        if text.len() > 1 {
            // Writing to a String cannot fail.
            let _ = writeln!(
                out,
                "<polyline class=\"s{series}\" points=\"{}\"/>",
                text.join(" ")
            );
        }
        // A lone point has no line.
        if values.len() <= MOST_POINTS || text.len() == 1 {
            for (x, y) in piece.iter().flatten() {
                let _ = writeln!(
                    out,
                    "<circle class=\"s{series}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"2.5\"/>"
                );
            }
        }
    }
}

fn title(out: &mut String, text: &str) {
    key(out, point(0.0, 14.0), "start", text);
}

/// A place of the image, or a size.
#[derive(Debug, Clone, Copy)]
struct Point {
    x: f64,
    y: f64,
}

const fn point(x: f64, y: f64) -> Point {
    Point { x, y }
}

fn line(out: &mut String, class: &str, from: Point, to: Point) {
    let _ = writeln!(
        out,
        "<line class=\"{class}\" x1=\"{:.1}\" y1=\"{:.1}\" x2=\"{:.1}\" y2=\"{:.1}\"/>",
        from.x, from.y, to.x, to.y
    );
}

fn label(out: &mut String, at: Point, anchor: &str, text: &str) {
    written(out, at, anchor, "", text);
}

fn key(out: &mut String, at: Point, anchor: &str, text: &str) {
    written(out, at, anchor, " class=\"k\"", text);
}

fn written(out: &mut String, Point { x, y }: Point, anchor: &str, class: &str, text: &str) {
    let text = message_in_html(text);
    let _ = writeln!(
        out,
        "<text{class} x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{text}</text>"
    );
}

/// A bar or cell; `says` is shown where the pointer rests.
fn rect(out: &mut String, Point { x, y }: Point, size: Point, shade: f64, says: &str) {
    let (width, height) = (size.x.max(0.0), size.y.max(0.0));
    let shade = if shade < 1.0 {
        format!(" fill-opacity=\"{shade:.2}\"")
    } else {
        String::new()
    };
    let _ = write!(
        out,
        "<rect class=\"b\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\"{shade}"
    );
    let end = match says {
        "" => "/>\n".to_owned(),
        says => format!("><title>{}</title></rect>\n", message_in_html(says)),
    };
    out.push_str(&end);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn svg(unit: Unit, shape: Shape) -> Option<String> {
        let title = "Cases <b>".to_owned();
        Chart { title, unit, shape }.svg(7)
    }

    fn named(values: &[f64]) -> Vec<(String, f64)> {
        values
            .iter()
            .map(|value| (format!("n{value}"), *value))
            .collect()
    }

    #[test]
    fn an_image_has_title_description_and_no_markup_of_the_log() {
        let bars = vec![("<script>\u{202e}".to_owned(), 3.0), ("B".to_owned(), 12.0)];
        let image = svg(Unit::Count, Shape::Bars(bars)).unwrap();
        assert!(
            image.contains("<title id=\"c7t\">Cases &lt;b&gt;</title>"),
            "{image}"
        );
        assert!(image.contains("aria-labelledby=\"c7t c7d\""), "{image}");
        assert!(
            image.contains("&lt;script&gt;\\u{202e} 3; B 12</desc>"),
            "{image}"
        );
        assert!(
            !image.contains("<script") && !image.contains('\u{202e}'),
            "{image}"
        );
        assert_eq!(image.matches("<rect").count(), 2);
    }

    #[test]
    fn bars_are_as_long_as_their_values() {
        let image = svg(Unit::Count, Shape::Bars(named(&[5.0, 10.0, 0.0]))).unwrap();
        let widths: Vec<f64> = image
            .split("<rect")
            .skip(1)
            .map(|rect| {
                let width = rect.split("width=\"").nth(1).unwrap();
                width.split('"').next().unwrap().parse().unwrap()
            })
            .collect();
        assert!((widths[1] - 2.0 * widths[0]).abs() < 0.2, "{widths:?}");
        assert!(widths[2].abs() < 0.1);
        // More than fit are left out.
        let many: Vec<f64> = (1..100).map(f64::from).collect();
        let image = svg(Unit::Count, Shape::Bars(named(&many))).unwrap();
        assert_eq!(image.matches("<rect").count(), MOST_BARS);
    }

    #[test]
    fn pairs_have_a_bar_for_each_side_that_has_a_value() {
        let shape = |pairs| svg(Unit::Count, Shape::Pairs(pairs));
        let image = shape(vec![
            ("x".to_owned(), [Some(4.0), Some(2.0)]),
            ("y".to_owned(), [None, Some(1.0)]),
        ]);
        let image = image.expect("values");
        // Two of them are the legend.
        assert_eq!(image.matches("<rect").count(), 5, "{image}");
        assert!(image.contains(">A</text>") && image.contains(">B</text>"));
        assert!(image.contains("x, A 4; x, B 2; y, B 1"), "{image}");
        assert_eq!(shape(vec![("x".to_owned(), [None, None])]), None);
    }

    #[test]
    fn lines_have_gaps_where_values_are_missing() {
        let values = vec![Some(1.0), Some(2.0), None, Some(1.0), None];
        let at = (1..6).map(|day| format!("2024-01-0{day}")).collect();
        let series = vec![("median".to_owned(), values)];
        let unit = Unit::Duration { working: false };
        let image = svg(unit, Shape::Lines { at, series }).unwrap();
        assert_eq!(image.matches("<polyline").count(), 1, "{image}");
        assert_eq!(image.matches("<circle").count(), 3, "{image}");
        assert!(
            image.contains("2024-01-01 to 2024-01-05: median from 1s to 1s"),
            "{image}"
        );
    }

    #[test]
    fn a_grid_names_its_largest_cell() {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let (rows, columns) = (names(&["mon", "tue"]), names(&["0", "1"]));
        let values = vec![0.0, 1.0, 4.0, 2.0];
        let image = svg(
            Unit::Count,
            Shape::Grid {
                rows,
                columns,
                values,
            },
        )
        .unwrap();
        assert!(image.contains("most: tue 0 4"), "{image}");
        assert!(image.contains("<title>mon 1 1</title>"), "{image}");
    }

    #[test]
    fn without_values_there_is_no_image() {
        for shape in [
            Shape::Bars(Vec::new()),
            Shape::Bars(named(&[f64::NAN])),
            Shape::Bins(named(&[0.0, 0.0])),
            Shape::Lines {
                at: Vec::new(),
                series: Vec::new(),
            },
            Shape::Grid {
                rows: Vec::new(),
                columns: Vec::new(),
                values: Vec::new(),
            },
        ] {
            assert_eq!(svg(Unit::Count, shape), None);
        }
    }
}
