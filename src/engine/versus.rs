//! Compares a list of two selections: the columns of both sides and of the change, and the query.

use super::cache::RecentCache;
use super::joined::{Change, Comparable, Joined, VersusRow, joined};
use super::list::{List, Listing, Rows};
use super::query::{Answer, Context, Query, SmallGroups};
use super::schema::{Align, Column, Schema, Tone, Value};
use super::sides::{Sides, Tested};
use super::suppress::GroupSize;
use super::view::AskError;
use crate::metrics::stats::Interval;
use crate::text;
use std::sync::Arc;

/// A list under two selections.
#[derive(Debug, Clone, PartialEq)]
pub struct VersusQuery<L> {
    /// The list, in the order that is that of [`LISTED`].
    pub list: L,
    /// Order, search and page.
    pub listing: Listing,
}

/// The default order: findings first, those of one side only before others, then by the size of the
/// effect.
pub const CHANGED: &str = "change";
/// The order that the list has without comparison; rows of B alone come last.
pub const LISTED: &str = "listed";

/// A list of two selections.
#[derive(Debug, Clone, PartialEq)]
pub struct Versus<L: Comparable> {
    /// The selections.
    pub sides: Sides,
    /// The answer about A, without rows: what the list is about.
    pub of_a: Answer,
    /// Number of tests that q is corrected for.
    pub tested: u64,
    /// Rows with a change of q below 5 %.
    pub findings: u64,
    /// The rows of the page.
    pub rows: Rows<VersusRow<L>>,
}

/// The columns of a list that is compared.
impl<L: Comparable> List for VersusQuery<L> {
    type Row = VersusRow<L>;

    fn schema() -> &'static Schema<VersusRow<L>> {
        const {
            &Schema {
                name: "versus",
                key: |r| r.any().map(L::schema().key).unwrap_or_default(),
                columns: VersusRow::<L>::COLUMNS,
                pane: &[],
                table: &[],
                json: &[],
                orders: &[CHANGED, LISTED],
                chosen: None,
            }
        }
    }

    fn rows(answer: &Versus<L>) -> &Rows<VersusRow<L>> {
        &answer.rows
    }
}

impl<L: Comparable> VersusRow<L> {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::as_made(CHANGED),
        Column::new(LISTED, |r: &Self| Value::Count(r.place as u64))
            .ascending()
            .only(&[]),
        Column::new("name", |r: &Self| Value::Text(r.name().into()))
            .title(L::COMPARED.title)
            .left(Align::Text)
            .flex(14, 3, 60)
            .unsorted(),
        Column::new("only", |r: &Self| Value::text(r.only()))
            .left(Align::Fixed)
            .fixed(4)
            .priority(7)
            .unsorted()
            .term("only A or B"),
        Column::new("a_cases", |r: &Self| cases(r.a.as_ref().and_then(L::cases)))
            .title("A cases")
            .when(|_| !L::COMPARED.of_times)
            .priority(8)
            .unsorted(),
        Column::new("change_share_a", |r: &Self| share(&r.change, 0))
            .title("A share")
            .fixed(7)
            .when(|_| !L::COMPARED.of_times)
            .unsorted()
            .term("share"),
        Column::new("b_cases", |r: &Self| cases(r.b.as_ref().and_then(L::cases)))
            .title("B cases")
            .when(|_| !L::COMPARED.of_times)
            .priority(8)
            .unsorted(),
        Column::new("change_share_b", |r: &Self| share(&r.change, 1))
            .title("B share")
            .fixed(7)
            .when(|_| !L::COMPARED.of_times)
            .priority(1)
            .unsorted()
            .term("share"),
        Column::new("difference", |r: &Self| difference(&r.change))
            .title("change")
            .fixed(9)
            .when(|_| !L::COMPARED.of_times)
            .unsorted()
            .term("A minus B"),
        Column::new("interval", |r: &Self| interval(&r.change))
            .title("[95%]")
            .fixed(14)
            .when(|_| !L::COMPARED.of_times)
            .priority(4)
            .unsorted()
            .term("A minus B"),
        Column::new("change_q", |r: &Self| {
            q(r.change.cases.as_ref().map(|c| &c.tested))
        })
        .title("q")
        .fixed(6)
        .when(|_| !L::COMPARED.of_times)
        .priority(2)
        .unsorted()
        .tone(|r| tone(r.change.cases.as_ref().map(|c| &c.tested)))
        .term("q of a change"),
        Column::new("change_time_median_a", |r: &Self| r.median(0))
            .title(L::COMPARED.heads[0])
            .fixed(10)
            .when(|_| !L::COMPARED.time.is_empty())
            .priority(5)
            .unsorted()
            .term("median"),
        Column::new("change_time_median_b", |r: &Self| r.median(1))
            .title(L::COMPARED.heads[1])
            .fixed(10)
            .when(|_| !L::COMPARED.time.is_empty())
            .priority(5)
            .unsorted()
            .term("median"),
        Column::new("change_time_difference", |r: &Self| r.shift())
            .title("shift")
            .when(|_| !L::COMPARED.time.is_empty())
            .priority(3)
            .unsorted()
            .term("shift of A"),
        Column::new("change_time_effect", |r: &Self| effect(&r.change))
            .title("effect")
            .fixed(6)
            .when(|_| !L::COMPARED.time.is_empty())
            .priority(6)
            .unsorted()
            .term("effect"),
        Column::new("change_time_q", |r: &Self| {
            q(r.change.time.as_ref().map(|t| &t.tested))
        })
        .title("q time")
        .fixed(6)
        .when(|_| !L::COMPARED.time.is_empty())
        .priority(3)
        .unsorted()
        .tone(|r| tone(r.change.time.as_ref().map(|t| &t.tested)))
        .term("q of a change"),
    ];

    /// GroupSize of the row: it is small if it is on either side.
    fn size(&self, least: u64) -> GroupSize {
        let sides = [&self.a, &self.b].into_iter().flatten();
        let sizes = sides.map(|row| L::size(row, least));
        sizes.fold(GroupSize::default(), |sum, size| GroupSize {
            cases: sum.cases + size.cases,
            few: sum.few || size.few,
        })
    }

    /// A duration of the row, by its calendar.
    pub fn duration(&self, seconds: Option<f64>) -> Value<'static> {
        match (self.any(), seconds) {
            (Some(row), Some(seconds)) => L::duration(row, seconds),
            _ => Value::Missing,
        }
    }

    fn median(&self, side: usize) -> Value<'static> {
        let time = self.change.time.as_ref();
        self.duration(time.and_then(|time| time.medians[side]))
    }

    fn shift(&self) -> Value<'static> {
        let shift = self.change.time.as_ref().and_then(|time| time.shift);
        self.duration(shift.map(|(shift, _)| shift))
    }
}

/// Cases of a side: none where the row is not in it.
fn cases(cases: Option<u64>) -> Value<'static> {
    cases.map_or(Value::Missing, Value::Count)
}

fn share(change: &Change, side: usize) -> Value<'static> {
    let share = change.cases.as_ref().and_then(|cases| cases.shares[side]);
    share.map_or(Value::Missing, Value::Share)
}

fn difference(change: &Change) -> Value<'static> {
    let difference = change.cases.as_ref().and_then(|cases| cases.difference);
    difference.map_or(Value::Missing, |(difference, _)| {
        Value::Text(text::points(difference).into())
    })
}

/// "[-7.5, 13.8]", in percentage points.
fn interval(change: &Change) -> Value<'static> {
    let difference = change.cases.as_ref().and_then(|cases| cases.difference);
    let Some((_, Interval { low, high })) = difference else {
        return Value::Missing;
    };
    let [low, high] = [low * 100.0, high * 100.0];
    Value::Text(format!("[{low:.1}, {high:.1}]").into())
}

/// Two digits of q, so that small ones differ from 0.
fn q(tested: Option<&Tested>) -> Value<'static> {
    let q = tested.and_then(|tested| tested.q);
    q.map_or(Value::Missing, |q| Value::Text(text::probability(q).into()))
}

fn tone(tested: Option<&Tested>) -> Tone {
    match tested {
        Some(tested) if tested.is_finding() => Tone::Warn,
        _ => Tone::Plain,
    }
}

fn effect(change: &Change) -> Value<'static> {
    let effect = change.time.as_ref().and_then(|time| time.tested.effect);
    effect.map_or(Value::Missing, Value::Number)
}

impl<L: Comparable> Query for VersusQuery<L> {
    type Answer = Versus<L>;
    const SMALL_GROUPS: SmallGroups = L::SMALL_GROUPS;

    fn run(&self, context: &Context<'_>) -> Result<Versus<L>, AskError> {
        let versus = context.view.versus.clone().unwrap_or_default();
        let kept = context.selected()?.figures.get_or_init(Kept::<L>::default);
        let whole = Listing {
            sort: self.list.listing().sort.clone(),
            descending: self.list.listing().descending,
            ..Listing::by("")
        };
        let key = (self.list.of(whole), versus);
        let joined = (kept.0).get_or_make(&key, || joined(&key.0, context).map(Arc::new))?;
        let rows = &joined.rows;
        Ok(Versus {
            sides: joined.sides.clone(),
            of_a: joined.of_a.clone(),
            tested: joined.tested,
            findings: rows.iter().filter(|row| row.change.is_finding()).count() as u64,
            rows: Self::schema().select_large(
                rows,
                &self.listing,
                context,
                |row| row.size(context.least),
                VersusRow::name,
            )?,
        })
    }
}

/// The newest comparisons of a list, kept with A, as every page of them has the same tests.
struct Kept<L: Comparable>(RecentCache<(L, Vec<String>), Arc<Joined<L>>>);

impl<L: Comparable> Default for Kept<L> {
    fn default() -> Self {
        Kept(RecentCache::new(2))
    }
}
