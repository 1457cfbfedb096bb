//! What the performance spectrum shows. Pure: knows no style.

use crate::engine::{
    Answer, AskError, CLASSES, Request, Spectrum, SpectrumCell, SpectrumPath, SpectrumQuery,
    SpectrumSegment,
};
use crate::filter::{DurationLiteral, Expr, Gap, Relation, TimeRange};
use crate::input::Action;
use crate::panes::controls::motion;
use crate::panes::{Context, CopyWhat, Outcome, Place, Slot, Status, texts};
use crate::text::{self, time};
use crate::ui::list::Move;
use crate::ui::widgets::Scale;

/// Its only question.
pub const SPECTRUM: Slot = 0;

/// Segments that are asked for: more than anyone looks through.
const SEGMENTS: usize = 32;

/// Columns of the labels before the strips: the widest first.
const LABELS: [(u16, u16); 4] = [(90, 24), (60, 16), (30, 4), (0, 0)];

/// What can be looked at: the titles.
pub const SORTS: &[&str] = &["path of a variant", "time lost"];

/// What the strips count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Aspect {
    /// Occurrences that touch a column.
    #[default]
    UnderWay,
    /// Those that start in it.
    Started,
    /// Those that end in it.
    Ended,
}

impl Aspect {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Aspect::UnderWay => "under way",
            Aspect::Started => "started",
            Aspect::Ended => "ended",
        }
    }

    /// What it counts in a cell.
    pub fn of(self, cell: &SpectrumCell) -> u64 {
        match self {
            Aspect::UnderWay => cell.under_way,
            Aspect::Started => cell.started,
            Aspect::Ended => cell.ended,
        }
    }

    /// How the filter language says it of a range of time.
    fn relation(self) -> Relation {
        match self {
            Aspect::UnderWay => Relation::Overlaps,
            Aspect::Started => Relation::Started,
            Aspect::Ended => Relation::Ended,
        }
    }

    fn next(self) -> Aspect {
        match self {
            Aspect::UnderWay => Aspect::Started,
            Aspect::Started => Aspect::Ended,
            Aspect::Ended => Aspect::UnderWay,
        }
    }
}

/// What is looked at, and the cursor on it.
#[derive(Debug, Clone, Default)]
pub struct State {
    /// Position in [`SORTS`].
    pub sort: usize,
    /// Place of the variant whose path is shown.
    pub variant: usize,
    /// What the strips count.
    pub aspect: Aspect,
    /// The stretch of time looked at; all of it where there is none.
    pub zoom: Option<Scale>,
    /// Row of the cursor: that many classes below the slowest one of the first segment.
    pub row: usize,
    /// Column of the cursor.
    pub column: usize,
    /// The instant that the cursor is to stay on.
    at: Option<i64>,
    /// Why there is nothing.
    pub error: Option<AskError>,
    answer: Option<Answer>,
}

/// Columns that the labels take in an area of that width.
pub fn label_width(width: u16) -> u16 {
    let fitting = LABELS.iter().find(|(least, _)| width >= *least);
    fitting.map_or(0, |(_, label)| *label)
}

impl State {
    /// What came.
    pub fn spectrum(&self) -> Option<&Spectrum> {
        self.answer.as_ref()?.to::<SpectrumQuery>()
    }

    /// What to ask, for a screen of that size.
    pub fn requests(&self, context: Context<'_>) -> Vec<(Slot, Request)> {
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

    fn path(&self) -> SpectrumPath {
        if self.sort == 0 {
            SpectrumPath::Variant(self.variant)
        } else {
            SpectrumPath::Slowest
        }
    }

    /// Takes an answer; the cursor stays at its instant.
    pub fn receive(&mut self, answer: Result<Answer, AskError>) {
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

    /// The segment under the cursor, and its class, the fastest being 0.
    pub fn current(&self) -> Option<(&SpectrumSegment, usize)> {
        let segment = self.spectrum()?.segments.get(self.row / CLASSES)?;
        Some((segment, CLASSES - 1 - self.row % CLASSES))
    }

    /// The cell under the cursor.
    pub fn cell(&self) -> Option<&SpectrumCell> {
        let (segment, class) = self.current()?;
        segment.classes[class].cells.get(self.column)
    }

    /// Carries out an action.
    pub fn update(&mut self, action: &Action) -> Outcome {
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
            Action::MoveLeft => self.move_column(-1),
            Action::MoveRight => self.move_column(1),
            _ => match motion(action) {
                Some(to) => self.move_row(to),
                None => return Outcome::Ignored,
            },
        }
        Outcome::Done
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

    /// For the status line.
    pub fn status(&self) -> Status {
        let n = self.spectrum().map_or(0, |s| s.segments.len());
        Status {
            position: (n > 0).then_some((self.row / CLASSES + 1, n)),
            sort: if self.sort == 0 {
                format!("variant {}", self.variant + 1)
            } else {
                SORTS[self.sort].to_owned()
            },
            find: String::new(),
        }
    }

    /// The report with the same figures.
    pub fn command(&self, context: Context<'_>) -> Vec<String> {
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
            words.extend(texts::range_options((zoom.from, zoom.to)));
        }
        words
    }

    /// The segment under the cursor, all of them, or the filter of the cell.
    pub fn copy(&self, what: CopyWhat) -> Option<String> {
        let cells = |segment: &SpectrumSegment| {
            let names = [&segment.from, &segment.to].map(|name| text::safe(name).into_owned());
            let mut cells = names.to_vec();
            let n = segment.elapsed.as_ref().map_or(0, |e| e.n);
            cells.push(n.to_string());
            cells.extend(segment.quartiles.map(|q| time::duration(q as f64 / 1e6)));
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

    /// Where it is: variant and stretch of time stand in the subject.
    pub fn place(&self) -> Place {
        let zoom = self.zoom.map(|z| format!(" {} {}", z.from, z.to));
        Place {
            cursor: self.row,
            offset: self.column,
            sort: self.sort,
            subject: format!("{}{}", self.variant, zoom.unwrap_or_default()),
            ..Place::default()
        }
    }

    /// Goes back to where it was.
    pub fn go_to(&mut self, place: &Place) {
        (self.row, self.column) = (place.cursor, place.offset);
        self.sort = place.sort.min(SORTS.len() - 1);
        self.at = None;
        let numbers: Vec<i64> = place
            .subject
            .split(' ')
            .filter_map(|number| number.parse().ok())
            .collect();
        self.variant = numbers.first().map_or(0, |&n| n.max(0) as usize);
        self.zoom = match numbers[..] {
            [_, from, to] => Some(Scale { from, to }),
            _ => None,
        };
    }
}

/// All of the time that can be looked at.
fn whole(spectrum: &Spectrum) -> Scale {
    Scale {
        from: spectrum.span.0,
        to: spectrum.span.1.saturating_add(1),
    }
}
