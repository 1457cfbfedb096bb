//! Figures of two selections side by side: by bin of time, by hour of the week, or of each as a whole.
//!
//! Bins are those of one axis, but where all cases of one selection start before all of the other: then
//! bins are counted from the first one of each, so that two months are beside each other.

mod charts;

use super::queues::QueueQuery;
use super::trend::{TrendKind, TrendUnit};
use crate::engine::cache::RecentCache;
use crate::engine::list::{List, Listing, Rows};
use crate::engine::query::{Context, Query};
use crate::engine::schema::{Align, Schema, Value};
use crate::engine::sides::{Selections, Sides};
use crate::engine::view::AskError;
use crate::text::points;
use std::sync::Arc;

/// A page of figures of two selections, one of them in each row.
#[derive(Debug, Clone, PartialEq)]
pub struct PairedQuery {
    /// What is compared.
    pub of: Charted,
    /// Position of the figure that the rows show.
    pub figure: usize,
    /// Order, search and page.
    pub listing: Listing,
}

/// What is compared bin by bin.
#[derive(Debug, Clone, PartialEq)]
pub enum Charted {
    /// Arrivals, completions and work in progress over time.
    Flow {
        /// Maximum number of bins of a side.
        bins: usize,
        /// The instants `from..to` of the axis; `None` for all there are.
        range: Option<(i64, i64)>,
    },
    /// One queue over time.
    Queue(QueueQuery),
    /// Figures by period.
    Trend(TrendUnit),
    /// Figures by hour of the week.
    Week,
    /// Figures of the selections as a whole.
    Summary,
}

/// Figures of two selections.
#[derive(Debug, Clone, PartialEq)]
pub struct Paired {
    /// The selections.
    pub sides: Sides,
    /// Span of a bin as text; empty where rows are no bins of time.
    pub unit: String,
    /// How the bins of both sides are put together.
    pub aligned: Aligned,
    /// True where counts of both sides are compared by their rates, as some of their bins differ in length.
    pub by_rate: bool,
    /// The figures of each bin.
    pub figures: Vec<PairedFigure>,
    /// The rows.
    pub rows: Rows<PairedRow>,
}

/// How the bins of two selections are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aligned {
    /// The same bins of time.
    Time,
    /// By their number from the first bin of each side.
    Offset,
    /// By name: hours of the week, or figures.
    Name,
}

impl Aligned {
    /// In a word.
    pub fn word(self) -> &'static str {
        match self {
            Aligned::Time => "time",
            Aligned::Offset => "offset",
            Aligned::Name => "name",
        }
    }
}

/// A figure of bins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PairedFigure {
    /// Name in data.
    pub key: String,
    /// Name for people.
    pub name: String,
    /// Kind of its values.
    pub kind: TrendKind,
    /// True for a number of things that grows with the length of the bin.
    pub adds_up: bool,
}

/// A bin, or a figure, of both sides.
#[derive(Debug, Clone, PartialEq)]
pub struct PairedRow {
    /// Start of the bin on either side, hour of the week, or name of the figure.
    pub name: String,
    /// The bin of A and of B; `None` where a side has none.
    pub bins: [Option<PairedBin>; 2],
    /// The figure that is shown, and its position among the values.
    pub shown: (PairedFigure, usize),
    /// True where counts are compared by their rates.
    pub by_rate: bool,
}

/// A bin of one side.
#[derive(Debug, Clone, PartialEq)]
pub struct PairedBin {
    /// Where it begins and ends; `None` where it is no bin of time.
    pub span: Option<(i64, i64)>,
    /// Days of it that the log has; of an hour of the week, the weeks of the selection.
    pub length: f64,
    /// True where the log has a part of it only.
    pub partial: bool,
    /// Values of the figures; `None` where there is none.
    pub values: Vec<Option<f64>>,
}

impl PairedRow {
    /// A figure of a side.
    pub fn value(&self, side: usize, figure: usize) -> Option<f64> {
        *self.bins[side].as_ref()?.values.get(figure)?
    }

    /// A count of a side by day, or by week of an hour of the week; `None` for a bin of no length.
    pub fn rate(&self, side: usize, figure: usize) -> Option<f64> {
        let length = self.bins[side].as_ref()?.length;
        let value = self.value(side, figure)?;
        (length > 0.0).then(|| value / length)
    }

    /// A figure of A minus that of B: of counts the rates, where these are compared. `None` where a side
    /// has none.
    pub fn change(&self, figure: usize, adds_up: bool) -> Option<f64> {
        let of = |side| {
            if self.by_rate && adds_up {
                self.rate(side, figure)
            } else {
                self.value(side, figure)
            }
        };
        Some(of(0)? - of(1)?)
    }

    fn shown(&self, side: usize) -> Value<'static> {
        let (figure, at) = &self.shown;
        value_of(figure.kind, self.value(side, *at))
    }

    fn shown_rate(&self, side: usize) -> Value<'static> {
        let (figure, at) = &self.shown;
        let rate = self.rate(side, *at).filter(|_| figure.adds_up);
        value_of(figure.kind, rate)
    }

    fn shown_change(&self) -> Value<'static> {
        let (figure, at) = &self.shown;
        let Some(change) = self.change(*at, figure.adds_up) else {
            return Value::Missing;
        };
        let before = if self.by_rate && figure.adds_up {
            self.rate(1, *at)
        } else {
            self.value(1, *at)
        };
        match figure.kind {
            TrendKind::Share => Value::Text(points(change).into()),
            TrendKind::Count => {
                let before = before.filter(|before| *before != 0.0);
                Value::Change(change, before.map(|before| change / before))
            }
            kind => value_of(kind, Some(change)),
        }
    }
}

fn value_of(kind: TrendKind, value: Option<f64>) -> Value<'static> {
    let Some(value) = value else {
        return Value::Missing;
    };
    match kind {
        TrendKind::Count => Value::Number(value),
        TrendKind::Duration => Value::Seconds(value),
        TrendKind::Working => Value::Working(value),
        TrendKind::Share => Value::Share(value),
    }
}

type Column = crate::engine::schema::Column<PairedRow>;

/// Columns of figures side by side.
pub static PAIRED: Schema<PairedRow> = Schema {
    name: "bins",
    key: |r| r.name.clone(),
    columns: &[
        Column::as_made("listed"),
        Column::new("name", |r| Value::text(&r.name))
            .title("A / B")
            .left(Align::Text)
            .flex(23, 3, 34)
            .unsorted(),
        Column::new("a", |r| r.shown(0))
            .title("A")
            .flex(13, 2, 40)
            .bar(8)
            .unsorted(),
        Column::new("b", |r| r.shown(1))
            .title("B")
            .flex(13, 2, 40)
            .bar(8)
            .unsorted(),
        Column::new("a_rate", |r| r.shown_rate(0))
            .title("A rate")
            .fixed(9)
            .priority(3)
            .when(|features| features.extra)
            .unsorted()
            .term("rate of a bin"),
        Column::new("b_rate", |r| r.shown_rate(1))
            .title("B rate")
            .fixed(9)
            .priority(3)
            .when(|features| features.extra)
            .unsorted()
            .term("rate of a bin"),
        Column::new("change", PairedRow::shown_change)
            .title("A - B")
            .fixed(16)
            .priority(1)
            .sorted("change")
            .term("A minus B"),
    ],
    pane: &[],
    table: &[],
    json: &[],
    orders: &["listed", "change"],
    chosen: None,
};

impl List for PairedQuery {
    type Row = PairedRow;

    fn schema() -> &'static Schema<PairedRow> {
        &PAIRED
    }

    fn rows(answer: &Paired) -> &Rows<PairedRow> {
        &answer.rows
    }
}

/// All rows, with the first figure.
struct Whole {
    sides: Sides,
    aligned: AlignedRows,
}

/// The rows of both sides with their figures.
struct AlignedRows {
    unit: String,
    aligned: Aligned,
    by_rate: bool,
    figures: Vec<PairedFigure>,
    rows: Vec<PairedRow>,
}

/// What is compared, and the filters of B.
type Asked = (Charted, Option<Vec<String>>);

impl Query for PairedQuery {
    type Answer = Paired;

    fn run(&self, context: &Context<'_>) -> Result<Paired, AskError> {
        const KEPT: usize = 2;
        let selected = context.selected()?;
        let kept = selected
            .figures
            .get_or_init(|| RecentCache::<Asked, Arc<Whole>>::new(KEPT));
        let key = (self.of.clone(), context.view.versus.clone());
        let whole = if let Some(whole) = kept.get(&key) {
            whole
        } else {
            let selections = Selections::of(context)?;
            let whole = Arc::new(Whole {
                sides: selections.sides(),
                aligned: self.of.rows(context, &selections)?,
            });
            kept.put(key, Arc::clone(&whole));
            whole
        };
        let aligned = &whole.aligned;
        let mut rows = aligned.rows.clone();
        let at = self.figure % aligned.figures.len().max(1);
        if let Some(figure) = aligned.figures.get(at) {
            for row in &mut rows {
                row.shown = (figure.clone(), at);
            }
        }
        let name = |row: &PairedRow| row.name.clone();
        let mut page = PAIRED.select(&rows, &self.listing, context.cancel, name)?;
        // Bars of both sides have one scale; figures of several kinds have none.
        let values = rows
            .iter()
            .flat_map(|row| [0, 1].map(|side| row.value(side, at)));
        let most = values.flatten().fold(0.0, f64::max);
        page.full = match aligned.figures.is_empty() {
            true => f64::INFINITY,
            false if most > 0.0 => most,
            false => 1.0,
        };
        Ok(Paired {
            sides: whole.sides.clone(),
            unit: aligned.unit.clone(),
            aligned: aligned.aligned,
            by_rate: aligned.by_rate,
            figures: aligned.figures.clone(),
            rows: page,
        })
    }
}
