//! Factors that set the selected cases apart from the others: what they have more often, how much of
//! the selection would go with it, and whether that may be chance.

use crate::engine::basis::Basis;
use crate::engine::cache::RecentCache;
use crate::engine::compared::{Compared, Of};
use crate::engine::factors::{FactorKind, MOST_VALUES, Search, columns, mentions};
use crate::engine::list::{List, Listing, Rows};
use crate::engine::prepared::Prepared;
use crate::engine::query::{Context, Query};
use crate::engine::schema::{Align, Schema, Surface, Tone, Value};
use crate::engine::selected::Selected;
use crate::engine::sides::Sides;
use crate::engine::tested::{FactorDuration, FactorPair, FactorRow, LeftOut, Tested};
use crate::engine::view::AskError;
use crate::metrics::cohort::{Cohort, Members};
use crate::metrics::stats::Test;
use std::sync::Arc;

/// Answers kept for a view: the list, its pages and its details are made of one.
const KEPT: usize = 4;

/// A page of the factors of a selection.
#[derive(Debug, Clone, PartialEq)]
pub struct WhyQuery {
    /// The cases that are compared with the others.
    pub of: Of,
    /// What is tested.
    pub tests: Tests,
    /// Lists factors, too, that the filter of the selection names.
    pub by_definition: bool,
    /// Factors to list.
    pub side: Side,
    /// Computes the shift of durations of the rows of the page.
    pub shifts: bool,
    /// Columns within whose values the ratios are computed.
    pub adjust: Adjust,
    /// Most factors that are combined: 1 for none, 2 for pairs.
    pub depth: usize,
    /// Order, search and page of the factors.
    pub listing: Listing,
}

/// Factors by their effect.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Side {
    /// Those whose cases are selected more often than the others.
    #[default]
    Helps,
    /// Those whose cases are selected more rarely.
    Hinders,
    /// Both.
    All,
    /// Pairs of factors whose cases are selected more often than with either alone.
    Pairs,
}

impl Side {
    /// All sides.
    pub const ALL: [Side; 4] = [Side::Helps, Side::Hinders, Side::Pairs, Side::All];

    /// A word that [`Side::of`] reads.
    pub fn word(self) -> &'static str {
        match self {
            Side::Helps => "helps",
            Side::Hinders => "hinders",
            Side::Pairs => "pairs",
            Side::All => "all",
        }
    }

    /// The side that a word names.
    pub fn of(word: &str) -> Side {
        let named = Side::ALL.into_iter().find(|side| side.word() == word);
        named.unwrap_or_default()
    }

    fn has(self, row: &FactorRow) -> bool {
        match self {
            Side::Helps => row.explained >= 0.0,
            Side::Hinders => row.explained < 0.0,
            Side::All | Side::Pairs => true,
        }
    }
}

/// What is tested.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Tests {
    /// Kinds of factors; all where it is empty.
    pub kinds: Vec<FactorKind>,
    /// Columns whose values are factors; all but ids where it is `None`.
    pub columns: Option<Vec<String>>,
    /// Only what happened before the first event that makes a case selected.
    pub before: bool,
    /// Open cases count as they are, instead of being left out where they may be selected later.
    pub open_ended: bool,
}

/// Columns within whose values ratios are computed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Adjust {
    /// None.
    Nothing,
    /// All whose values are factors.
    All,
    /// These.
    Columns(Vec<String>),
}

/// A page of the factors of a selection.
#[derive(Debug, Clone, PartialEq)]
pub struct Why {
    /// The filter of the selected cases.
    pub selection: String,
    /// The selections A and B, where the cases of B alone are the selected ones, and those of A alone the
    /// others.
    pub sides: Option<Sides>,
    /// The filters on offer as selections.
    pub offers: Vec<String>,
    /// Cases that are compared.
    pub cases: u64,
    /// Selected ones.
    pub selected: u64,
    /// Open cases that may be selected later, and are not compared.
    pub open_left_out: u64,
    /// Tests.
    pub tested: u64,
    /// Tests with a q below 5 %.
    pub found: u64,
    /// What is not listed.
    pub left_out: LeftOut,
    /// Why nothing is tested, where that is so.
    pub reason: Option<String>,
    /// The factors.
    pub rows: Rows<FactorRow>,
    /// Factors that hold together, where asked for.
    pub pairs: Vec<FactorPair>,
}

type Column = crate::engine::schema::Column<FactorRow>;

/// Surfaces of columns that are data rather than to be read.
const DATA: &[Surface] = &[Surface::Table, Surface::Json];

/// A column that is data: in JSON, and in tables where all columns are wanted.
const fn data(name: &'static str, value: for<'a> fn(&'a FactorRow) -> Value<'a>) -> Column {
    let column = Column::new(name, value).only(DATA);
    column.when_on(&[Surface::Table], |features| features.extra)
}

/// Columns of the factors.
pub static FACTORS: Schema<FactorRow> = Schema {
    name: "factors",
    key: |r| r.text.clone(),
    columns: &[
        data("kind", |r| {
            let is_pair = r.parts.len() > 1;
            Value::text(if is_pair { "pair" } else { r.kind.word() })
        })
        .left(Align::Text)
        .unsorted(),
        Column::new("filter", |r| Value::text(&r.text))
            .title("factor")
            .left(Align::Text)
            // The value, at the end, says more than the rest.
            .middle()
            .flex(22, 4, 60)
            .ascending()
            .tone(|r| {
                if r.by_definition {
                    Tone::Muted
                } else {
                    Tone::Plain
                }
            }),
        data("by_definition", |r| Value::Flag(r.by_definition)).unsorted(),
        data("afterwards", |r| Value::Flag(r.afterwards)).unsorted(),
        Column::new("marks", |r| Value::Text(marks(r).into()))
            .title("")
            .left(Align::Text)
            .fixed(5)
            .priority(2)
            .unsorted()
            .only(&[Surface::Pane]),
        Column::new("cases", |r| Value::Count(r.table.with))
            .fixed(9)
            .priority(1)
            .basis(|r| Basis::of(r.table.with, "cases with the factor"))
            .term("cases"),
        data("selected", |r| Value::Count(r.table.selected_with)).unsorted(),
        Column::new("rate", |r| Value::Share(r.table.rate_with()))
            .fixed(7)
            .basis(|r| Basis::of(r.table.with, "cases with the factor"))
            .term("rate with, without"),
        Column::new("rate_without", |r| Value::Share(r.table.rate_without()))
            .title("without")
            .fixed(8)
            .unsorted()
            .basis(|r| Basis::of(r.table.without, "cases without the factor")),
        data("lift", |r| Value::Number(r.lift)).unsorted(),
        Column::new("risk_ratio", |r| Value::Number(r.ratio.ratio))
            .title("ratio")
            .fixed(7)
            .term("ratio"),
        data("low", |r| Value::Number(r.ratio.interval.low)).unsorted(),
        data("high", |r| Value::Number(r.ratio.interval.high)).unsorted(),
        data("halved", |r| Value::Flag(r.ratio.halved)).unsorted(),
        Column::new("explained", |r| Value::Ratio(r.explained))
            .title("explains")
            .order(|r| Value::Number(-(r.place as f64)))
            .fixed(13)
            .term("explains"),
        data("explained_low", |r| Value::Ratio(r.explained_low)).unsorted(),
        data("test", |r| {
            Value::text(match r.test {
                Test::ChiSquare => "chi2",
                Test::Fisher => "fisher",
            })
        })
        .left(Align::Text)
        .unsorted(),
        data("p", |r| Value::Number(r.p)).unsorted(),
        Column::new("q", |r| Value::Number(r.q))
            .fixed(7)
            .priority(3)
            .ascending()
            .term("q"),
        data("stable", |r| Value::text(stable(r)))
            .left(Align::Text)
            .unsorted(),
        Column::new("duration_median_with", |r| {
            known(r, |d| Some(d.median_with))
        })
        .json("duration.median_with")
        .title("median")
        .fixed(9)
        .priority(1)
        .unsorted()
        .basis(|r| Basis::of(r.table.with, "cases with the factor"))
        .term("median"),
        data("duration_median_without", |r| {
            known(r, |d| Some(d.median_without))
        })
        .json("duration.median_without")
        .unsorted(),
        data("duration_shift", |r| known(r, |d| d.shifted))
            .json("duration.shift")
            .sorted("shift"),
        data("duration_low", |r| {
            known(r, |d| d.shift.map(|shift| shift.low))
        })
        .json("duration.low")
        .unsorted(),
        data("duration_high", |r| {
            known(r, |d| d.shift.map(|shift| shift.high))
        })
        .json("duration.high")
        .unsorted(),
        data("duration_total", |r| {
            match r.duration.and_then(|d| d.shifted) {
                Some(shift) => Value::Seconds(shift * r.table.with as f64),
                None => Value::Missing,
            }
        })
        .json("duration.total")
        .sorted("total"),
        data("duration_p", |r| Value::Number(r.duration_p))
            .json("duration.p")
            .unsorted(),
        data("duration_q", |r| Value::Number(r.duration_q))
            .json("duration.q")
            .unsorted(),
    ],
    pane: &[],
    table: &[],
    json: &[],
    orders: &["explained", "duration_shift", "duration_total"],
    chosen: None,
};

/// A duration of a factor, where it is known.
fn known(row: &FactorRow, figure: fn(&FactorDuration) -> Option<f64>) -> Value<'static> {
    let known = row.duration.as_ref().and_then(figure);
    known.map_or(Value::Missing, Value::Seconds)
}

/// Short marks of a row: `≈2` for two other filters with the same cases, `!` where it can come true
/// afterwards, `~` where half a case was added to each count.
fn marks(row: &FactorRow) -> String {
    let same = match row.same_as.len() {
        0 => String::new(),
        n => format!("\u{2248}{n} "),
    };
    let late = if row.afterwards { "!" } else { "" };
    let halved = if row.ratio.halved { "~" } else { "" };
    format!("{same}{late}{halved}")
}

/// The halves of the time in which the rates differ, in words.
pub fn stable(row: &FactorRow) -> &'static str {
    match row.stable {
        [true, true] => "both",
        [true, false] => "first half",
        [false, true] => "second half",
        [false, false] => "none",
    }
}

impl List for WhyQuery {
    type Row = FactorRow;

    fn schema() -> &'static Schema<FactorRow> {
        &FACTORS
    }

    fn rows(answer: &Why) -> &Rows<FactorRow> {
        &answer.rows
    }
}

impl Query for WhyQuery {
    type Answer = Why;

    fn run(&self, context: &Context<'_>) -> Result<Why, AskError> {
        let compared = self.of.compared(context, self.tests.open_ended)?;
        let selected = &compared.view;
        let tested = match compared.reason {
            Some(_) => None,
            None => Some(self.tested(context, selected, &compared)?),
        };
        let Some(tested) = tested else {
            return Ok(without_factors(&compared));
        };
        let cohort = cohort(&selected.prepared, &tested);
        let is_hidden = |row: &FactorRow| row.by_definition && !self.by_definition;
        let hidden = tested.rows.iter().filter(|row| is_hidden(row)).count() as u64;
        let mut rows = match self.side {
            Side::Pairs => self.paired(context, &compared, &tested)?.to_vec(),
            _ => tested.rows.clone(),
        };
        rows.retain(|row| self.side.has(row) && !is_hidden(row));
        // Only an order by durations needs those of all rows.
        let by_shift = self.listing.sort.name().starts_with("duration");
        if by_shift {
            tested.durations(cohort, &mut rows, true, context.cancel)?;
        }
        let text = |row: &FactorRow| row.text.clone();
        let mut page = FACTORS.select(&rows, &self.listing, context.cancel, text)?;
        if !by_shift {
            tested.durations(cohort, &mut page.rows, self.shifts, context.cancel)?;
        }
        let by = match &self.adjust {
            Adjust::Nothing => None,
            Adjust::All => Some((columns(&selected.prepared, None)?, MOST_VALUES)),
            // A column that was named counts whatever its number of values.
            Adjust::Columns(named) => Some((columns(&selected.prepared, Some(named))?, usize::MAX)),
        };
        if let Some((by, most)) = by {
            tested.adjust(cohort, &mut page.rows, &by, most, context.cancel)?;
        }
        let pairs = match self.depth {
            0 | 1 => Vec::new(),
            depth => tested.pairs(cohort, depth, context.cancel)?,
        };
        Ok(Why {
            tested: tested.rows.len() as u64,
            found: tested.rows.iter().filter(|row| row.q < 0.05).count() as u64,
            left_out: LeftOut {
                by_definition: hidden,
                ..tested.left_out
            },
            rows: page,
            pairs,
            ..without_factors(&compared)
        })
    }
}

/// The answer without a factor.
fn without_factors(of: &Compared) -> Why {
    Why {
        selection: of.text.clone(),
        sides: of.sides.clone(),
        offers: of.offers.clone(),
        cases: of.cases.count() as u64,
        selected: of.selected.count() as u64,
        open_left_out: of.open_left_out,
        tested: 0,
        found: 0,
        left_out: LeftOut::default(),
        reason: of.reason.clone(),
        rows: Rows::all(Vec::new()),
        pairs: Vec::new(),
    }
}

fn cohort<'a>(prepared: &'a Prepared, tested: &'a Tested) -> Cohort<'a> {
    Cohort {
        log: &prepared.log,
        index: &prepared.index,
        of: &tested.members,
    }
}

impl WhyQuery {
    /// All factors, from the cache if they were asked for before.
    fn tested(
        &self,
        context: &Context<'_>,
        selected: &Selected,
        compared: &Compared,
    ) -> Result<Arc<Tested>, AskError> {
        type Answers = RecentCache<(String, Tests), Arc<Tested>>;
        let answers = selected.figures.get_or_init(|| Answers::new(KEPT));
        let key = (compared.text.clone(), self.tests.clone());
        if let Some(tested) = answers.get(&key) {
            return Ok(tested);
        }
        let prepared = &selected.prepared;
        let before = self.tests.before.then(|| compared.kept(prepared));
        let kept = before.transpose()?;
        let (cases, selected_cases) = (compared.cases.clone(), compared.selected.clone());
        let zone = context.analysis.zone();
        let members = Members::new(&prepared.index, cases, selected_cases, zone, kept);
        context.cancel.check()?;
        let cohort = Cohort {
            log: &prepared.log,
            index: &prepared.index,
            of: &members,
        };
        let search = Search {
            prepared,
            cohort,
            kinds: &self.tests.kinds,
            columns: columns(prepared, self.tests.columns.as_deref())?,
            mentions: mentions(prepared, &compared.expr),
        };
        let candidates = search.run(context.cancel)?;
        context.cancel.check()?;
        let tested = Arc::new(Tested::new(members, candidates));
        answers.put(key, Arc::clone(&tested));
        Ok(tested)
    }

    /// All pairs as rows, from the cache if they were asked for before.
    fn paired(
        &self,
        context: &Context<'_>,
        compared: &Compared,
        tested: &Tested,
    ) -> Result<Arc<Vec<FactorRow>>, AskError> {
        type Answers = RecentCache<(String, Tests), Arc<Vec<FactorRow>>>;
        let selected = &compared.view;
        let answers = selected.figures.get_or_init(|| Answers::new(KEPT));
        let key = (compared.text.clone(), self.tests.clone());
        if let Some(pairs) = answers.get(&key) {
            return Ok(pairs);
        }
        let cohort = cohort(&selected.prepared, tested);
        let pairs = tested.pairs(cohort, 2, context.cancel)?;
        let rows = Arc::new(pairs.into_iter().map(|pair| pair.row).collect::<Vec<_>>());
        answers.put(key, Arc::clone(&rows));
        Ok(rows)
    }
}

/// A factor, or a pair, in full.
#[derive(Debug, Clone, PartialEq)]
pub struct FactorQuery {
    /// The list that it is of.
    pub list: WhyQuery,
    /// Its filter.
    pub text: String,
}

impl Query for FactorQuery {
    type Answer = Option<FactorRow>;

    fn run(&self, context: &Context<'_>) -> Result<Option<FactorRow>, AskError> {
        let list = &self.list;
        let compared = list.of.compared(context, list.tests.open_ended)?;
        let selected = &compared.view;
        if compared.reason.is_some() {
            return Ok(None);
        }
        let tested = list.tested(context, selected, &compared)?;
        let pairs = match list.side {
            Side::Pairs => list.paired(context, &compared, &tested)?,
            _ => Arc::default(),
        };
        let mut rows = tested.rows.iter().chain(pairs.iter());
        let Some(row) = rows.find(|row| row.text == self.text) else {
            return Ok(None);
        };
        let (mut row, cohort) = (row.clone(), cohort(&selected.prepared, &tested));
        let rows = std::slice::from_mut(&mut row);
        tested.durations(cohort, rows, true, context.cancel)?;
        let by = columns(&selected.prepared, None)?;
        tested.adjust(cohort, rows, &by, MOST_VALUES, context.cancel)?;
        Ok(Some(row))
    }
}
