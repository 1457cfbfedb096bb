//! The performance spectrum: every step of a path over time, in four classes of how long it took.

mod state;
#[cfg(test)]
mod tests;
mod view;

use super::controls::motion;
use super::{
    Context, CopyWhat, Explained, Look, Outcome, Pane, PaneSpec, Place, Slot, Status, Tab, texts,
};
use crate::engine::{
    Answer, AskError, Basis, CLASSES, Request, Spectrum, SpectrumPath, SpectrumQuery,
    SpectrumSegment,
};
use crate::filter::{DurationLiteral, Expr, Gap, TimeRange};
use crate::input::Action;
use crate::text;
use crate::ui::list::Move;
use crate::ui::widgets::Scale;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use state::{SORTS, SPECTRUM, State, label_width};

/// Registry entry.
pub static SPEC: PaneSpec = PaneSpec {
    id: "spectrum",
    title: "Spectrum",
    short: "spectrum",
    help: "Steps of a path over time, in four classes from the fastest to the slowest",
    tab: Tab::Never,
    terms: &["classes", "before"],
    hints: &[
        Action::Open,
        Action::NextPath,
        Action::Sort,
        Action::NextAspect,
        Action::ZoomIn,
    ],
    report: None,
    new: || Box::<State>::default(),
    versus: None,
};

impl Pane for State {
    fn spec(&self) -> &'static PaneSpec {
        &SPEC
    }

    fn requests(&self, context: Context<'_>) -> Vec<(Slot, Request)> {
        let width = context.area.width;
        let bins = usize::from(width.saturating_sub(label_width(width)).max(1));
        let query = SpectrumQuery {
            path: self.path(),
            segments: SEGMENTS,
            bins,
            from: self.zoom.map(|z| z.from),
            to: self.zoom.map(|z| z.to),
        };
        vec![(SPECTRUM, Request::new(query))]
    }

    fn receive(&mut self, _slot: Slot, answer: Result<Answer, AskError>) {
        match answer {
            Ok(answer) => {
                self.error = None;
                self.answer = Some(answer);
            }
            Err(error) => self.error = Some(error),
        }
        let Some(spectrum) = self.spectrum() else {
            return;
        };
        let rows = spectrum.segments.len() * CLASSES;
        let column = self.at.map_or(self.column, |at| spectrum.steps.nearest(at));
        let (last, place) = (spectrum.steps.n - 1, spectrum.variant.map(|v| v.place));
        self.column = column.min(last);
        self.row = self.row.min(rows.saturating_sub(1));
        self.variant = place.unwrap_or(self.variant);
    }

    fn update(&mut self, action: &Action, _context: Context<'_>) -> Outcome {
        match action {
            Action::Open | Action::Keep | Action::Drop => return self.drill(action),
            Action::Sort => self.sort_by((self.sort + 1) % SORTS.len()),
            Action::SortBy(sort) if *sort < SORTS.len() => self.sort_by(*sort),
            Action::NextPath if self.sort == 0 => self.go_to_variant(self.variant + 1),
            Action::PreviousPath if self.sort == 0 => {
                self.go_to_variant(self.variant.saturating_sub(1));
            }
            Action::NextAspect => self.aspect = self.aspect.next(),
            Action::ZoomIn => self.zoom_by(0.5),
            Action::ZoomOut => self.zoom_by(2.0),
            Action::ZoomFit => self.zoom = None,
            Action::GoToChart(class) => self.row = *class,
            Action::GoToBin(column) => self.move_column(*column as isize - self.column as isize),
            Action::MoveLeft => self.move_column(-1),
            Action::MoveRight => self.move_column(1),
            _ => match motion(action) {
                Some(to) => self.move_row(to),
                None => return Outcome::Ignored,
            },
        }
        Outcome::Done
    }

    fn draw(&self, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
        view::draw(self, area, buffer, look);
    }

    fn status(&self) -> Status {
        let n = self.spectrum().map_or(0, |s| s.segments.len());
        Status {
            position: (n > 0).then_some((self.row / CLASSES + 1, n)),
            sort: if self.sort == 0 {
                format!("variant {}", self.variant + 1)
            } else {
                SORTS[self.sort].to_owned()
            },
            ..Status::default()
        }
    }

    fn sort_columns(&self) -> Vec<String> {
        state::SORTS.iter().copied().map(str::to_owned).collect()
    }

    fn figures(&self, _: Context<'_>) -> Vec<Explained> {
        let (Some((segment, class)), Some(cell)) = (self.current(), self.cell()) else {
            return Vec::new();
        };
        let all = segment.elapsed.map_or(0, |elapsed| elapsed.n);
        let n = segment.classes[class].n;
        let basis = Basis::of(n, "occurrences of the class");
        vec![Explained {
            name: format!("q{}, {}", class + 1, self.aspect.words()),
            value: text::count(self.aspect.of(cell)),
            basis: Some(basis.without(all.saturating_sub(n), "in other classes of the step")),
            term: "classes",
        }]
    }

    fn command(&self, context: Context<'_>) -> Option<Vec<String>> {
        let mut words = vec!["spectrum".to_owned()];
        if self.sort == 0 {
            words.extend(["--variant".to_owned(), (self.variant + 1).to_string()]);
        } else {
            words.push("--slowest".to_owned());
        }
        for (_, request) in self.requests(context) {
            if let Some(query) = request.get::<SpectrumQuery>() {
                words.extend(["--bins".to_owned(), query.bins.to_string()]);
            }
        }
        if let Some(zoom) = self.zoom {
            words.extend(texts::range_options(zoom.from, zoom.to));
        }
        Some(words)
    }

    fn copy(&self, what: CopyWhat, context: Context<'_>) -> Option<String> {
        let cells = |segment: &SpectrumSegment| {
            let names = [&segment.from, &segment.to].map(|name| text::safe(name).into_owned());
            let mut cells = names.to_vec();
            let n = segment.elapsed.as_ref().map_or(0, |e| e.n);
            cells.push(n.to_string());
            cells.extend(segment.quartiles.map(|q| context.duration(q as f64 / 1e6)));
            cells
        };
        match what {
            CopyWhat::Cell => self.subject().map(|(filter, _)| filter.to_string()),
            CopyWhat::Row => Some(texts::tab_separated([cells(self.current()?.0)])),
            CopyWhat::View => {
                let head = ["from", "to", "n", "q1", "q2", "q3"].map(str::to_owned);
                let rows = self.spectrum()?.segments.iter().map(cells);
                Some(texts::tab_separated(
                    [head.to_vec()].into_iter().chain(rows),
                ))
            }
        }
    }

    fn place(&self) -> Place {
        let zoom = self.zoom.map(|z| format!(" {} {}", z.from, z.to));
        Place {
            cursor: self.row,
            offset: self.column,
            sort: self.sort,
            subject: format!("{}{}", self.variant, zoom.unwrap_or_default()),
            ..Place::default()
        }
    }

    fn go_to(&mut self, place: &Place) {
        (self.row, self.column) = (place.cursor, place.offset);
        self.sort = place.sort.min(SORTS.len() - 1);
        self.at = None;
        let numbers: Vec<i64> = place
            .subject
            .split(' ')
            .filter_map(|number| number.parse().ok())
            .collect();
        // A variant that is not there is the last one.
        self.variant = numbers
            .first()
            .map_or(0, |&n| n.clamp(0, u32::MAX.into()) as usize);
        self.zoom = match numbers[..] {
            [_, from, to] => Scale::between(from, to),
            _ => None,
        };
    }
}

impl State {
    fn path(&self) -> SpectrumPath {
        if self.sort == 0 {
            SpectrumPath::Variant(self.variant)
        } else {
            SpectrumPath::Slowest
        }
    }

    fn sort_by(&mut self, sort: usize) {
        self.sort = sort;
        self.row = 0;
    }

    fn go_to_variant(&mut self, place: usize) {
        self.variant = place;
        self.row = 0;
    }

    /// A page is a segment.
    fn move_row(&mut self, to: Move) {
        let rows = self.spectrum().map_or(0, |s| s.segments.len() * CLASSES);
        let row = match to {
            Move::Up => self.row.saturating_sub(1),
            Move::Down => self.row + 1,
            Move::PageUp | Move::HalfUp => self.row.saturating_sub(CLASSES),
            Move::PageDown | Move::HalfDown => self.row + CLASSES,
            Move::Top => 0,
            Move::Bottom => rows,
            Move::Row(segment) => segment * CLASSES,
        };
        self.row = row.min(rows.saturating_sub(1));
    }

    /// Beyond the edge of a closer look the stretch of time moves.
    fn move_column(&mut self, by: isize) {
        let Some(spectrum) = self.spectrum() else {
            return;
        };
        let (steps, whole) = (spectrum.steps, whole(spectrum));
        match self.column.checked_add_signed(by).filter(|&c| c < steps.n) {
            Some(column) => {
                self.column = column;
                self.at = Some(steps.bound(column));
            }
            None => {
                if let Some(zoom) = self.zoom {
                    let edge = if by < 0 { zoom.from } else { zoom.to };
                    self.zoom = Some(Scale::around(edge, zoom.span(), whole));
                    self.at = Some(steps.bound(self.column) + steps.step * by as i64);
                }
            }
        }
    }

    fn zoom_by(&mut self, factor: f64) {
        let Some(spectrum) = self.spectrum() else {
            return;
        };
        let (steps, whole) = (spectrum.steps, whole(spectrum));
        let now = self.zoom.unwrap_or(whole);
        let at = steps.bound(self.column) + steps.step / 2;
        let next = now.zoom(at, factor, whole);
        self.at = Some(at);
        self.zoom = (next != whole).then_some(next);
    }

    /// The filter of the cell under the cursor: exactly the cases that have such an occurrence.
    fn subject(&self) -> Option<(Expr, String)> {
        let steps = &self.spectrum()?.steps;
        let (segment, class) = self.current()?;
        self.cell().filter(|cell| self.aspect.of(cell) > 0)?;
        let (above, most) = segment.bounds(class);
        let (from, to) = (steps.bound(self.column), steps.bound(self.column + 1));
        let gap = Gap {
            // A value equal to a bound belongs to the faster class.
            after: above.map(|above| DurationLiteral::of(above + 1)),
            within: most.map(DurationLiteral::of),
            period: Some((self.aspect.relation(), TimeRange::between(from, to)?)),
        };
        let filter = Expr::follows(&segment.from, &segment.to, gap);
        let name = format!("{} > {}", segment.from, segment.to);
        Some((filter, texts::crumb(&format!("q{}", class + 1), &name)))
    }

    fn drill(&self, action: &Action) -> Outcome {
        let Some((filter, crumb)) = self.subject() else {
            return Outcome::Ignored;
        };
        texts::emitting(texts::selecting(action, &filter, crumb))
    }
}

/// Segments that are asked for: more than anyone looks through.
const SEGMENTS: usize = 32;

/// All of the time that can be looked at.
fn whole(spectrum: &Spectrum) -> Scale {
    Scale {
        from: spectrum.span.0,
        to: spectrum.span.1.saturating_add(1),
    }
}
