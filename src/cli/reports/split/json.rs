//! JSON of groups of cases.

use crate::cli::json::{Instant, Json, Number, Pairs, list};
use crate::cli::reports::list::{SuppressedJson, suppressed_json};
use crate::engine::{
    Amounts, Kept, LogRank, Measure, PARTS, Rate, Scores, Split, SplitRow, TimeTo, mean_change,
    median_change, rate, rate_change,
};
use serde::{Serialize, Serializer};

/// The object of the report.
pub(super) fn of<'a>(by: &'a [String], split: &'a Split) -> Box<dyn Json + 'a> {
    let times = || {
        split.time_to.iter().map(|(name, time, test)| {
            let json = TimeToJson {
                logrank: serde_json::to_value(test.as_ref().map(log_rank_json)).ok(),
                ..time_to_json(time, None)
            };
            (name.as_str(), json)
        })
    };
    Box::new(SplitJson {
        by,
        cases: split.cases,
        open: split.open,
        overlap: split.overlap,
        starts: split.span.map(|(from, to)| StartsJson {
            from: Instant(from),
            to: Instant(to),
            parts: PARTS,
        }),
        suppressed: suppressed_json(split.rows.suppressed),
        all: split.all.as_deref().map(|all| self::row(all, None)),
        rows: list(&split.rows.rows, |row| self::row(row, split.all.as_deref())),
        time_to: (!split.time_to.is_empty()).then_some(Pairs(times)),
    })
}

#[derive(Serialize)]
struct SplitJson<'a, R, T> {
    by: &'a [String],
    cases: u64,
    open: u64,
    overlap: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    starts: Option<StartsJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    suppressed: Option<SuppressedJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    all: Option<RowJson<'a>>,
    rows: R,
    #[serde(skip_serializing_if = "Option::is_none")]
    time_to: Option<T>,
}

/// A group.
#[derive(Serialize)]
pub(super) struct RowJson<'a> {
    values: Vec<Option<&'a str>>,
    filter: Option<String>,
    cases: u64,
    share: f64,
    events: u64,
    variants: u64,
    rework_cases: u64,
    open: u64,
    starts: &'a [u64],
    #[serde(skip_serializing_if = "Option::is_none")]
    duration: Option<MeasureJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rework: Option<RateJson>,
    #[serde(skip_serializing_if = "Named::is_empty")]
    outcomes: Named<'a, RateJson>,
    #[serde(skip_serializing_if = "Named::is_empty")]
    rules: Named<'a, KeptJson>,
    #[serde(skip_serializing_if = "Named::is_empty")]
    milestones: Named<'a, MeasureJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cost: Option<CostJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    score: Option<ScoreJson>,
    #[serde(skip_serializing_if = "Named::is_empty")]
    time_to: Named<'a, TimeToJson>,
    #[serde(rename = "return", skip_serializing_if = "Option::is_none")]
    returns: Option<Vec<ReturnJson>>,
}

/// Equal parts of the time in which the starts of cases are counted.
#[derive(Serialize)]
struct StartsJson {
    from: Instant,
    to: Instant,
    parts: usize,
}

/// Values by name, as an object.
struct Named<'a, T>(Vec<(&'a str, T)>);

impl<T> Named<'_, T> {
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'a, T> Named<'a, T> {
    /// Figures of a group beside the same ones of all cases.
    fn of<U>(
        named: &'a [(String, U)],
        all: Option<&[(String, U)]>,
        json: impl Fn(&U, Option<&U>) -> T,
    ) -> Self {
        let pairs = named.iter().enumerate().map(|(at, (name, value))| {
            let of_all = all.and_then(|all| all.get(at)).map(|(_, value)| value);
            (name.as_str(), json(value, of_all))
        });
        Named(pairs.collect())
    }
}

impl<T: Serialize> Serialize for Named<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

#[derive(Serialize)]
struct MeasureJson {
    cases: u64,
    mean: Option<Number>,
    median: Option<Number>,
    p90: Option<Number>,
    q: Option<f64>,
    change: Option<Number>,
}

#[derive(Serialize)]
struct CostJson {
    lower_bound_cases: u64,
    total: Option<Number>,
    #[serde(flatten)]
    measure: MeasureJson,
}

#[derive(Serialize)]
struct ScoreJson {
    n: u64,
    mean: Option<Number>,
    low: Option<Number>,
    high: Option<Number>,
    median: Option<Number>,
    q: Option<f64>,
    change: Option<Number>,
}

#[derive(Serialize)]
struct RateJson {
    cases: u64,
    of: u64,
    rate: Option<f64>,
    low: Option<f64>,
    high: Option<f64>,
    q: Option<f64>,
    change: Option<f64>,
}

#[derive(Serialize)]
struct KeptJson {
    kept: u64,
    broken: u64,
    open: u64,
    missed: u64,
    q: Option<f64>,
    change: Option<f64>,
}

#[derive(Serialize)]
struct TimeToJson {
    cases: u64,
    reached: u64,
    median: Option<Number>,
    shares: Vec<ShareJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    logrank: Option<serde_json::Value>,
}

#[derive(Serialize)]
struct ShareJson {
    after: Number,
    share: Option<f64>,
}

#[derive(Serialize)]
struct LogRankJson {
    chi2: f64,
    df: u32,
    p: f64,
}

#[derive(Serialize)]
struct ReturnJson {
    after: Number,
    cases: u64,
    share: f64,
}

fn measure_json(measure: &Measure, all: Option<&Measure>) -> MeasureJson {
    let stats = measure.stats.as_ref();
    MeasureJson {
        cases: stats.map_or(0, |stats| stats.n),
        mean: stats.map(|stats| Number(stats.mean)),
        median: stats.map(|stats| Number(stats.median)),
        p90: stats.map(|stats| Number(stats.p90)),
        q: measure.q,
        change: median_change(stats, all.and_then(|all| all.stats.as_ref())).map(Number),
    }
}

fn cost_json(of: &Amounts, all: Option<&Amounts>) -> CostJson {
    let stats = of.measure.stats.as_ref();
    CostJson {
        lower_bound_cases: of.lower_bounds,
        total: stats.map(|stats| Number(stats.total)),
        measure: measure_json(&of.measure, all.map(|all| &all.measure)),
    }
}

fn score_json(of: &Scores, all: Option<&Scores>) -> ScoreJson {
    let stats = of.measure.stats.as_ref();
    ScoreJson {
        n: stats.map_or(0, |stats| stats.n),
        mean: stats.map(|stats| Number(stats.mean)),
        low: of.interval.map(|of| Number(of.low)),
        high: of.interval.map(|of| Number(of.high)),
        median: stats.map(|stats| Number(stats.median)),
        q: of.measure.q,
        change: mean_change(stats, all.and_then(|all| all.measure.stats.as_ref())).map(Number),
    }
}

fn rate_json(of: &Rate, all: Option<&Rate>) -> RateJson {
    let share = rate(of);
    RateJson {
        cases: of.cases,
        of: of.of,
        rate: share.map(|(rate, ..)| rate),
        low: share.map(|(_, low, _)| low),
        high: share.map(|(.., high)| high),
        q: of.q,
        change: rate_change(Some(*of), all.copied()),
    }
}

fn kept_json(kept: &Kept, all: Option<&Kept>) -> KeptJson {
    KeptJson {
        kept: kept.kept,
        broken: kept.broken,
        open: kept.open,
        missed: kept.missed,
        q: kept.q,
        change: rate_change(Some(kept.rate()), all.map(Kept::rate)),
    }
}

fn time_to_json(time: &TimeTo, _: Option<&TimeTo>) -> TimeToJson {
    let share = |&(after, share): &(f64, Option<f64>)| ShareJson {
        after: Number(after),
        share,
    };
    TimeToJson {
        cases: time.cases,
        reached: time.reached,
        median: time.median.map(Number),
        shares: time.shares.iter().map(share).collect(),
        logrank: None,
    }
}

fn log_rank_json(test: &LogRank) -> LogRankJson {
    LogRankJson {
        chi2: test.chi_square,
        df: test.freedom,
        p: test.p,
    }
}

/// A group as JSON, beside all cases.
pub(super) fn row<'a>(row: &'a SplitRow, all: Option<&SplitRow>) -> RowJson<'a> {
    let returns = row.returns.as_ref().map(|returns| {
        let json = returns.iter().map(|of| ReturnJson {
            after: Number(of.after),
            cases: of.cases,
            share: of.share,
        });
        json.collect()
    });
    RowJson {
        values: row.values.iter().map(Option::as_deref).collect(),
        filter: row.filter.as_ref().map(ToString::to_string),
        cases: row.counts.cases,
        share: row.share,
        events: row.counts.events,
        variants: row.counts.variants,
        rework_cases: row.counts.rework,
        open: row.counts.open,
        starts: &row.starts,
        duration: (row.duration.as_ref())
            .map(|of| measure_json(of, all.and_then(|all| all.duration.as_ref()))),
        rework: (row.rework.as_ref())
            .map(|of| rate_json(of, all.and_then(|all| all.rework.as_ref()))),
        outcomes: Named::of(&row.outcomes, all.map(|all| &all.outcomes[..]), rate_json),
        rules: Named::of(&row.rules, all.map(|all| &all.rules[..]), kept_json),
        milestones: Named::of(
            &row.milestones,
            all.map(|all| &all.milestones[..]),
            measure_json,
        ),
        cost: (row.costs.as_ref()).map(|of| cost_json(of, all.and_then(|all| all.costs.as_ref()))),
        score: (row.scores.as_ref())
            .map(|of| score_json(of, all.and_then(|all| all.scores.as_ref()))),
        time_to: Named::of(&row.time_to, None, time_to_json),
        returns,
    }
}
