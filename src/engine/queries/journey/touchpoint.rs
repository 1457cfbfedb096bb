//! A touchpoint, and the columns of the list of touchpoints.

use crate::engine::basis::Basis;
use crate::engine::schema::{Align, Features, Schema, Surface, Tone, Value};
use crate::filter::Expr;
use crate::metrics::scores::{NetPromoters, ScoreFigures};
use crate::metrics::stats::{FourFold, Ratio};
use std::sync::Arc;

/// A touchpoint.
#[derive(Debug, Clone, PartialEq)]
pub struct TouchpointRow {
    /// Its values, joined.
    pub name: Arc<str>,
    /// Filter of the cases with it.
    pub filter: Option<Expr>,
    /// Number of its events.
    pub events: u64,
    /// Cases with it.
    pub cases: u64,
    /// Cases that begin with it.
    pub first: u64,
    /// Scores; `None` without a column of them.
    pub score: Option<TouchpointScore>,
    /// Expected mean score.
    pub expect: Option<f64>,
    /// Mean score minus the expected one.
    pub gap: Option<f64>,
    /// True if the interval of the mean of five scores or more leaves out the expected one.
    pub flagged: bool,
    /// Net promoter score; `None` without an answer.
    pub nps: Option<NetPromoters>,
    /// Effect on the outcome; `None` without an outcome, and where it makes the outcome true itself.
    pub effect: Option<Effect>,
    /// Median time from the start of a case to its first event there, seconds.
    pub reached: Option<f64>,
}

/// Scores at a touchpoint.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct TouchpointScore {
    /// Their figures; `None` without a score.
    pub figures: Option<ScoreFigures>,
    /// True if all scores of the log are from 1 to 5: 4 and 5 are then the best two.
    pub of_five: bool,
}

/// Effect of a touchpoint on an outcome.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Effect {
    /// Cases with and without the touchpoint, and those of them with the outcome.
    pub table: FourFold,
    /// Risk ratio; `None` without cases on one side.
    pub ratio: Option<Ratio>,
    /// Probability of such a difference by chance, corrected for the number of touchpoints; `None` without
    /// cases on one side.
    pub q: Option<f64>,
    /// Cases with the outcome whose first event of the touchpoint comes after the event that makes it true.
    pub after: u64,
}

impl TouchpointRow {
    fn scores(&self) -> Option<ScoreFigures> {
        self.score?.figures
    }

    /// Share of the scores that are the best two.
    pub fn best(&self) -> Option<f64> {
        let score = self.score.filter(|score| score.of_five)?;
        score.figures.map(|figures| figures.best)
    }
}

impl Effect {
    /// Share of the cases with the touchpoint that have the outcome; `None` for no cases.
    pub fn with(&self) -> Option<f64> {
        (self.table.with > 0).then(|| self.table.rate_with())
    }

    /// True if the touchpoint comes after the outcome in more cases than before it: then it looks as if it kept
    /// cases from it, as those with the outcome count up to it only.
    pub fn is_mostly_after(&self) -> bool {
        self.after > self.table.selected_with
    }

    /// The same of the cases without it.
    pub fn without(&self) -> Option<f64> {
        (self.table.without > 0).then(|| self.table.rate_without())
    }
}

type Column = crate::engine::schema::Column<TouchpointRow>;

/// Surfaces to be read.
const READ: &[Surface] = &[Surface::Pane, Surface::Table];

/// A column that is data: in JSON, and in tables where all columns are wanted.
const fn data(
    name: &'static str,
    value: for<'a> fn(&'a TouchpointRow) -> Value<'a>,
    shown: fn(&Features) -> bool,
) -> Column {
    let column = Column::new(name, value).only(&[Surface::Table, Surface::Json]);
    column.when_on(&[Surface::Table], shown).unsorted()
}

fn score(
    row: &TouchpointRow,
    value: fn(&ScoreFigures) -> Option<Value<'static>>,
) -> Value<'static> {
    let figures = row.scores();
    figures.as_ref().and_then(value).unwrap_or(Value::Missing)
}

fn nps(row: &TouchpointRow, value: fn(&NetPromoters) -> Option<f64>) -> Value<'static> {
    number(row.nps.as_ref().and_then(value))
}

fn effect(row: &TouchpointRow, value: fn(&Effect) -> Value<'static>) -> Value<'static> {
    row.effect.as_ref().map_or(Value::Missing, value)
}

fn ratio(row: &TouchpointRow, value: fn(&Ratio) -> f64) -> Value<'static> {
    let of = row.effect.and_then(|effect| effect.ratio);
    number(of.as_ref().map(value))
}

fn number(number: Option<f64>) -> Value<'static> {
    number.map_or(Value::Missing, Value::Number)
}

pub(in crate::engine::queries) fn share(share: Option<f64>) -> Value<'static> {
    share.map_or(Value::Missing, Value::Share)
}

/// The filter of a row as a text.
pub(in crate::engine::queries) fn filter_text(filter: Option<&Expr>) -> Value<'static> {
    filter.map_or(Value::Missing, |filter| {
        Value::Text(filter.to_string().into())
    })
}

/// Columns of the touchpoints.
pub static TOUCHPOINTS: Schema<TouchpointRow> = Schema {
    name: "touchpoints",
    key: |r| r.name.to_string(),
    columns: &[
        Column::as_made("order"),
        Column::new("touchpoint", |r| Value::text(&r.name))
            .left(Align::Text)
            .flex(20, 4, 60)
            .ascending()
            .term("touchpoint"),
        data("filter", |r| filter_text(r.filter.as_ref()), |f| f.extra).left(Align::Text),
        Column::new("events", |r| Value::Count(r.events))
            .fixed(8)
            .priority(6)
            .term("events"),
        Column::new("cases", |r| Value::Count(r.cases))
            .fixed(7)
            .priority(1)
            .term("cases"),
        Column::new("first", |r| Value::Count(r.first))
            .fixed(7)
            .priority(3)
            .term("first touchpoint"),
        data(
            "score_n",
            |r| {
                r.score.map_or(Value::Missing, |of| {
                    Value::Count(of.figures.map_or(0, |of| of.n))
                })
            },
            |f| f.journey.score,
        )
        .json("score.n"),
        Column::new("score_mean", |r| score(r, |of| Some(Value::Mean(of.mean))))
            .json("score.mean")
            .title("score")
            .fixed(12)
            .when_on(READ, |f| f.journey.score)
            .basis(|r| Basis::of(r.scores().map_or(0, |of| of.n), "scores"))
            .term("touchpoint score"),
        data(
            "score_low",
            |r| score(r, |of| Some(Value::Mean(of.interval?.low))),
            |f| f.extra && f.journey.score,
        )
        .json("score.low"),
        data(
            "score_high",
            |r| score(r, |of| Some(Value::Mean(of.interval?.high))),
            |f| f.extra && f.journey.score,
        )
        .json("score.high"),
        data(
            "score_median",
            |r| score(r, |of| Some(Value::Mean(of.median))),
            |f| f.extra && f.journey.score,
        )
        .json("score.median"),
        data(
            "score_top2",
            |r| share(r.best()),
            |f| f.extra && f.journey.score,
        )
        .json("score.top2"),
        Column::new("expect", |r| r.expect.map_or(Value::Missing, Value::Mean))
            .title("expected")
            .fixed(8)
            .priority(4)
            .when_on(READ, |f| f.journey.expect)
            .unsorted()
            .term("expected"),
        Column::new("gap", |r| number(r.gap))
            .fixed(9)
            .ascending()
            .when_on(READ, |f| f.journey.expect)
            .tone(|r| match r.gap {
                Some(gap) if r.flagged && gap < 0.0 => Tone::Bad,
                _ => Tone::Plain,
            })
            .basis(|r| Basis::of(r.scores().map_or(0, |of| of.n), "scores"))
            .term("gap"),
        data("flagged", |r| Value::Flag(r.flagged), |f| f.journey.expect),
        data(
            "nps_n",
            |r| r.nps.map_or(Value::Missing, |of| Value::Count(of.n)),
            |f| f.extra && f.journey.nps,
        )
        .json("nps.n"),
        Column::new("nps_value", |r| nps(r, |of| Some(of.value)))
            .json("nps.value")
            .title("NPS")
            .sorted("nps")
            .fixed(6)
            .priority(5)
            .when_on(READ, |f| f.journey.nps)
            .basis(|r| Basis::of(r.nps.map_or(0, |of| of.n), "answers"))
            .term("NPS"),
        data(
            "nps_low",
            |r| nps(r, |of| Some(of.interval?.low)),
            |f| f.extra && f.journey.nps,
        )
        .json("nps.low"),
        data(
            "nps_high",
            |r| nps(r, |of| Some(of.interval?.high)),
            |f| f.extra && f.journey.nps,
        )
        .json("nps.high"),
        Column::new("outcome_with", |r| effect(r, |of| share(of.with())))
            .json("outcome.with")
            .title("with it")
            .sorted("with")
            .fixed(8)
            .priority(2)
            .when(|f| f.journey.outcome)
            .basis(|r| Basis::of(r.effect.map_or(0, |of| of.table.with), "cases with it"))
            .term("outcome with, without"),
        Column::new("outcome_without", |r| effect(r, |of| share(of.without())))
            .json("outcome.without")
            .title("without")
            .fixed(8)
            .priority(2)
            .unsorted()
            .when(|f| f.journey.outcome)
            .basis(|r| {
                Basis::of(
                    r.effect.map_or(0, |of| of.table.without),
                    "cases without it",
                )
            }),
        Column::new("outcome_risk_ratio", |r| ratio(r, |of| of.ratio))
            .json("outcome.risk_ratio")
            .title("ratio")
            .sorted("ratio")
            .fixed(7)
            .priority(1)
            .ascending()
            .when(|f| f.journey.outcome)
            .term("effect"),
        data(
            "outcome_low",
            |r| ratio(r, |of| of.interval.low),
            |f| f.extra,
        )
        .json("outcome.low")
        .when_on(&[Surface::Table, Surface::Json], |f| {
            f.extra && f.journey.outcome
        }),
        data(
            "outcome_high",
            |r| ratio(r, |of| of.interval.high),
            |f| f.extra,
        )
        .json("outcome.high")
        .when_on(&[Surface::Table, Surface::Json], |f| {
            f.extra && f.journey.outcome
        }),
        data(
            "outcome_q",
            |r| number(r.effect.and_then(|of| of.q)),
            |f| f.extra,
        )
        .json("outcome.q")
        .when_on(&[Surface::Table, Surface::Json], |f| f.journey.outcome),
        data(
            "outcome_after",
            |r| effect(r, |of| Value::Count(of.after)),
            |f| f.journey.outcome,
        )
        .json("outcome.after")
        .when_on(&[Surface::Table, Surface::Json], |f| f.journey.outcome),
        Column::new("reached_median", |r| {
            r.reached.map_or(Value::Missing, Value::Seconds)
        })
        .json("reached.median")
        .title("reached")
        .sorted("reached")
        .fixed(9)
        .priority(6)
        .ascending()
        .basis(|r| Basis::of(r.cases, "cases with it"))
        .term("reached"),
    ],
    pane: &[],
    table: &[],
    json: &[],
    orders: &["order"],
    chosen: None,
};
