//! Ping-pongs: pairs of actors between whom cases go back and forth.

use super::handovers::{StepCounts, known};
use crate::engine::basis::Basis;
use crate::engine::joined::{Comparable, Compared};
use crate::engine::list::{List, Listing, Rows};
use crate::engine::query::{Context, Query, SmallGroups};
use crate::engine::schema::Surface::{Json, Table};
use crate::engine::schema::{Align, Schema, Value};
use crate::engine::stats::Stats;
use crate::engine::view::AskError;
use crate::filter::{Expr, Field};
use std::sync::Arc;

/// A page of the ping-pongs.
#[derive(Debug, Clone, PartialEq)]
pub struct PingPongQuery {
    /// Column of the actors.
    pub by: Field,
    /// Order, search and page.
    pub listing: Listing,
}

/// Ping-pongs of a selection.
#[derive(Debug, Clone, PartialEq)]
pub struct PingPongs {
    /// Numbers of steps.
    pub steps: StepCounts,
    /// The rows of the page.
    pub rows: Rows<PingPongRow>,
}

/// Ping-pongs between two actors.
#[derive(Debug, Clone, PartialEq)]
pub struct PingPongRow {
    /// The actor whose name comes first.
    pub a: Arc<str>,
    /// The other one.
    pub b: Arc<str>,
    /// Triples of consecutive events of the one, the other and the first again; triples that overlap count
    /// each.
    pub count: u64,
    /// Number of cases with one.
    pub cases: u64,
    /// Times from the first of the three events to the third, seconds.
    pub back: Option<Stats>,
    /// Filter of its cases.
    pub filter: Expr,
}

type Column = crate::engine::schema::Column<PingPongRow>;

/// Names of the two actors, number of ping-pongs, and number of cases with one.
type Found<'a> = ([&'a Arc<str>; 2], u64, u64);

/// Columns of the ping-pongs.
pub static PING_PONGS: Schema<PingPongRow> = Schema {
    name: "ping_pong",
    key: |r| format!("{}\0{}", r.a, r.b),
    columns: &[
        Column::new("a", |r| Value::text(&r.a))
            .left(Align::Text)
            .title("between")
            .flex(12, 3, 40)
            .ascending(),
        Column::new("b", |r| Value::text(&r.b))
            .left(Align::Text)
            .title("and")
            .flex(12, 3, 40)
            .ascending(),
        Column::new("count", |r| Value::Count(r.count))
            .flex(12, 2, 30)
            .bar(8)
            .term("ping-pong"),
        Column::new("cases", |r| Value::Count(r.cases)).term("cases"),
        Column::new("median", |r| {
            Value::seconds(r.back.as_ref(), |of| of.median)
        })
        .json("back.median")
        .title("back after")
        .sorted("median")
        .fixed(11)
        .priority(1)
        .basis(|r| Basis::of(r.count, "ping-pongs"))
        .term("back after"),
        Column::new("filter", |r| Value::Text(r.filter.to_string().into()))
            .left(Align::Text)
            .unsorted()
            .only(&[Table, Json])
            .when_on(&[Table], |features| features.extra),
    ],
    pane: &[],
    table: &[],
    json: &[],
    orders: &["count", "cases", "median", "a", "b"],
    chosen: None,
};

impl List for PingPongQuery {
    type Row = PingPongRow;

    fn schema() -> &'static Schema<PingPongRow> {
        &PING_PONGS
    }

    fn rows(answer: &PingPongs) -> &Rows<PingPongRow> {
        &answer.rows
    }
}

impl Comparable for PingPongQuery {
    const COMPARED: Compared = Compared {
        many: "ping-pongs",
        names: &["a", "b", "filter"],
        title: "between",
        time: "",
        heads: ["", ""],
        of_times: false,
    };

    fn of(&self, listing: Listing) -> Self {
        PingPongQuery {
            by: self.by.clone(),
            listing,
        }
    }

    fn listing(&self) -> &Listing {
        &self.listing
    }

    fn cases(row: &PingPongRow) -> Option<u64> {
        Some(row.cases)
    }

    fn name(row: &PingPongRow) -> String {
        name(row)
    }
}

fn name(row: &PingPongRow) -> String {
    format!("{} <> {}", row.a, row.b)
}

impl Query for PingPongQuery {
    type Answer = PingPongs;
    const SMALL_GROUPS: SmallGroups = SmallGroups::LeftOut;

    fn run(&self, context: &Context<'_>) -> Result<PingPongs, AskError> {
        let selected = context.selected()?;
        let known = known(&selected, &self.by, context)?;
        let back = known.returned(&selected, context)?;
        let row = |(([a, b], count, cases), back): (Found<'_>, &Option<Stats>)| PingPongRow {
            filter: Expr::ping_pong(self.by.clone(), a, b),
            a: Arc::clone(a),
            b: Arc::clone(b),
            count,
            cases,
            back: *back,
        };
        let mut rows: Vec<PingPongRow> = known.ping_pongs().zip(back).map(row).collect();
        // Rows of equal figures stay in the order of their names.
        rows.sort_by(|x, y| (&x.a, &x.b).cmp(&(&y.a, &y.b)));
        Ok(PingPongs {
            steps: known.steps(),
            rows: Self::select(&rows, &self.listing, context, name)?,
        })
    }
}
