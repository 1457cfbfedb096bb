//! Where cases wait, ranked: steps, activities and resources by total wait, by growth, by the deadlines
//! broken there; and one of them in depth, with what a shorter wait would gain.

use crate::engine::axis::{DurationBin, Timeline, distribution, timeline};
use crate::engine::basis::Basis;
use crate::engine::definitions::WaitClass;
use crate::engine::joined::{Comparable, Compared, Times};
use crate::engine::list::{List, Listing, Rows};
use crate::engine::query::{Context, Query, SmallGroups};
use crate::engine::schema::Surface::{Json, Pane, Table};
use crate::engine::schema::{Align, Schema, Tone, Value};
use crate::engine::selected::Selected;
use crate::engine::stats::seconds;
use crate::engine::view::AskError;
use crate::metrics::bins::{self, TimeAxis};
use crate::metrics::bottlenecks::{self, Wait};
use crate::metrics::quantile::type7;
use crate::metrics::{Scan, edges, summary};
use ranking::{BottleneckFigures, ranked, set_apart};
use std::cmp::Reverse;

mod ranking;

pub use crate::metrics::bottlenecks::Kind;
pub use ranking::{ApartClass, BottleneckRow, Gain, Ranking, SetApart};
pub(super) use ranking::{target, waits, waits_by_name};

/// Maximum number of longest waits that are named.
const LONGEST: usize = 100;

/// A page of the bottlenecks of a kind.
#[derive(Debug, Clone, PartialEq)]
pub struct BottlenecksQuery {
    /// What is ranked.
    pub ranking: Ranking,
    /// Order, search and page.
    pub listing: Listing,
    /// Computes the gain of shorter waits for each row, which costs a walk over its waits.
    pub gains: bool,
}

/// Bottlenecks, and what the desk cannot change.
#[derive(Debug, Clone, PartialEq)]
pub struct Bottlenecks {
    /// The rows of the page.
    pub rows: Rows<BottleneckRow>,
    /// Waits that the desk cannot change.
    pub apart: SetApart,
}

/// One bottleneck in depth.
#[derive(Debug, Clone, PartialEq)]
pub struct BottleneckDetail {
    /// As in the list; `None` where no selected case waits for it.
    pub row: Option<BottleneckRow>,
    /// When in the log's life its waits ended, with their lengths.
    pub timeline: Timeline,
    /// Distribution of the waits.
    pub durations: Vec<DurationBin>,
    /// The longest waits: case id and seconds, longest first, at most 100.
    pub longest: Vec<(String, f64)>,
    /// Gain of shorter waits.
    pub gain: Option<Gain>,
}

/// A bottleneck by name.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct BottleneckQuery {
    /// The ranking that it is a row of.
    pub ranking: Ranking,
    /// Names of the row, as in [`BottleneckRow::names`].
    pub names: Vec<String>,
    /// Bins of the time axis, at most.
    pub time_bins: usize,
    /// Bins of the distribution, at most.
    pub duration_bins: usize,
}

type Column = crate::engine::schema::Column<BottleneckRow>;

/// Waits of the row.
fn ended(row: &BottleneckRow) -> Basis {
    Basis::of(row.wait.n, "waits that ended").without(row.first, "first events of their case")
}

/// Columns of the bottlenecks.
pub static BOTTLENECKS: Schema<BottleneckRow> = Schema {
    name: "bottlenecks",
    key: |r| r.names.join("\0"),
    columns: &[
        Column::new("from", |r| name(r, 0))
            .left(Align::Text)
            .sorted("name")
            .flex(12, 2, u16::MAX)
            .ascending()
            .order(|r| Value::Names(&r.names))
            .when(|f| f.by == Kind::Step.word()),
        Column::new("to", |r| name(r, 1))
            .left(Align::Text)
            .flex(12, 2, u16::MAX)
            .ascending()
            .order(second_first)
            .when(|f| f.by == Kind::Step.word()),
        Column::new("activity", |r| name(r, 0))
            .left(Align::Text)
            .title("waited for")
            .sorted("name")
            .flex(16, 3, u16::MAX)
            .unsorted()
            .when(|f| f.by == Kind::Activity.word()),
        Column::new("resource", |r| name(r, 0))
            .left(Align::Text)
            .title("waited for")
            .sorted("name")
            .flex(16, 3, u16::MAX)
            .unsorted()
            .when(|f| f.by == Kind::Resource.word()),
        Column::new("class", |r| Value::text(class(r)))
            .left(Align::Fixed)
            .fixed(9)
            .priority(1)
            .only(&[Table, Json])
            .term("class")
            .unsorted()
            .when(|f| f.classes),
        Column::new("guessed", |r| {
            Value::Flag(r.class.is_some_and(|class| class.guessed))
        })
        .json("class_guessed")
        .left(Align::Fixed)
        .only(&[Table, Json])
        .term("class")
        .unsorted()
        .when(|f| f.classes),
        Column::new("marked class", |r| Value::Text(marked_class(r).into()))
            .title("class")
            .left(Align::Fixed)
            .fixed(9)
            .priority(2)
            .only(&[Pane])
            .term("class")
            .unsorted()
            .when(|f| f.classes),
        Column::new("count", |r| Value::Count(r.wait.n))
            .basis(ended)
            .fixed(7)
            .priority(4),
        Column::new("cases", |r| Value::Count(r.cases))
            .fixed(7)
            .priority(5)
            .basis(|r| Basis::of(r.cases, "cases that waited"))
            .term("cases")
            .only(&[Pane, Json]),
        Column::new("share", |r| Value::Share(r.share))
            .basis(ended)
            .flex(7, 1, 18)
            .bar(5)
            .unsorted()
            .term("share"),
        Column::new("growth", |r| r.growth.map_or(Value::Missing, Value::Growth))
            .fixed(7)
            .priority(3)
            .tone(growth_tone)
            .term("growth"),
        Column::new("breaches", |r| Value::Count(r.breaches))
            .fixed(9)
            .priority(2)
            .when_on(&[Pane], |f| f.deadlines)
            .term("breaches"),
        Column::new("mean", |r| Value::Seconds(r.wait.mean))
            .basis(ended)
            .json("wait.mean")
            .priority(6)
            .term("mean"),
        Column::new("median", |r| Value::Seconds(r.wait.median))
            .basis(ended)
            .json("wait.median")
            .term("median"),
        Column::new("p90", |r| Value::Seconds(r.wait.p90))
            .basis(ended)
            .json("wait.p90")
            .priority(1)
            .term("p90"),
        Column::new("p99", |r| Value::Seconds(r.wait.p99))
            .json("wait.p99")
            .unsorted()
            .only(&[Json]),
        Column::new("total", |r| Value::Seconds(r.wait.total))
            .basis(ended)
            .json("wait.total")
            .title("total wait")
            .sorted("total")
            .fixed(11)
            .term("total wait"),
        Column::new("p25", |r| {
            r.gain
                .as_ref()
                .map_or(Value::Missing, |g| Value::Seconds(g.p25))
        })
        .json("gain.p25")
        .omitted()
        .unsorted()
        .when(|f| f.extra)
        .only(&[Table, Json]),
        Column::new("median case", |r| {
            r.gain
                .as_ref()
                .map_or(Value::Missing, |g| Value::Seconds(g.median))
        })
        .json("gain.median_duration")
        .omitted()
        .unsorted()
        .when(|f| f.extra)
        .only(&[Table, Json]),
        Column::new("then", |r| {
            r.gain
                .as_ref()
                .map_or(Value::Missing, |g| Value::Seconds(g.cut))
        })
        .json("gain.median_duration_then")
        .omitted()
        .unsorted()
        .when(|f| f.extra)
        .only(&[Table, Json]),
        Column::new("shorter", |r| {
            r.gain
                .as_ref()
                .map_or(Value::Missing, |g| Value::Count(g.cases))
        })
        .json("gain.cases")
        .omitted()
        .unsorted()
        .when(|f| f.extra)
        .only(&[Json]),
        Column::new("saved", |r| {
            r.gain
                .as_ref()
                .map_or(Value::Missing, |g| Value::Seconds(g.saved))
        })
        .json("gain.saved")
        .omitted()
        .unsorted()
        .when(|f| f.extra)
        .only(&[Json]),
    ],
    pane: &[
        "from",
        "to",
        "activity",
        "resource",
        "total",
        "share",
        "marked class",
        "median",
        "p90",
        "growth",
        "breaches",
        "count",
        "mean",
        "cases",
    ],
    table: &[
        "from", "to", "activity", "resource", "count", "mean", "median", "p90", "total", "share",
        "growth", "breaches", "class", "guessed",
    ],
    json: &[],
    orders: &[
        "total", "median", "p90", "mean", "growth", "breaches", "count", "cases", "from", "to",
    ],
    chosen: None,
};

fn name(row: &BottleneckRow, at: usize) -> Value<'_> {
    row.names
        .get(at)
        .map_or(Value::Missing, |name| Value::text(name))
}

/// Sorts steps by their second activity, then by the first.
fn second_first(row: &BottleneckRow) -> Value<'_> {
    // NUL comes before all characters, so that a name comes before those that begin with it.
    let names: Vec<&str> = row.names.iter().rev().map(|name| &**name).collect();
    Value::Text(names.join("\u{0}").into())
}

/// The word of the class of a row; that of several is "mixed".
fn class(row: &BottleneckRow) -> &'static str {
    let class = row.class.map(|class| class.class);
    class.map_or("", |class| class.map_or("mixed", WaitClass::word))
}

/// The word of the class of a row, with ? for a guess; nothing for own waits that nobody classed.
fn marked_class(row: &BottleneckRow) -> String {
    let guessed = row.class.is_some_and(|of| of.guessed);
    match class(row) {
        word if !guessed || word.is_empty() => word.to_owned(),
        word if word == WaitClass::Own.word() => String::new(),
        word => format!("{word}?"),
    }
}

fn growth_tone(row: &BottleneckRow) -> Tone {
    match row.growth {
        Some(growth) if growth >= 0.25 => Tone::Warn,
        _ => Tone::Plain,
    }
}

impl List for BottlenecksQuery {
    type Row = BottleneckRow;

    fn schema() -> &'static Schema<BottleneckRow> {
        &BOTTLENECKS
    }

    fn rows(answer: &Bottlenecks) -> &Rows<BottleneckRow> {
        &answer.rows
    }
}

impl Comparable for BottlenecksQuery {
    const COMPARED: Compared = Compared {
        many: "waits",
        names: &["from", "to", "activity", "resource"],
        title: "waited for",
        time: "wait",
        heads: ["A wait", "B wait"],
        of_times: false,
    };

    fn of(&self, listing: Listing) -> Self {
        BottlenecksQuery {
            listing,
            ..self.clone()
        }
    }

    fn listing(&self) -> &Listing {
        &self.listing
    }

    fn cases(row: &BottleneckRow) -> Option<u64> {
        Some(row.cases)
    }

    fn name(row: &BottleneckRow) -> String {
        row.names.join(" > ")
    }

    fn times(&self, selected: &Selected, _: &Context<'_>) -> Result<Times, AskError> {
        Ok(waits_by_name(selected, self.ranking))
    }
}

impl Query for BottlenecksQuery {
    type Answer = Bottlenecks;
    const SMALL_GROUPS: SmallGroups = SmallGroups::LeftOut;

    fn run(&self, context: &Context<'_>) -> Result<Bottlenecks, AskError> {
        let selected = context.selected()?;
        let figures = selected.figures.get_or_init(BottleneckFigures::default);
        let all = &ranked(&figures, &selected, self.ranking, context)?.rows;
        let text = |row: &BottleneckRow| row.names.join(" > ");
        let mut rows = Self::select(all, &self.listing, context, text)?;
        // Only for the rows of the page, as each gain is a walk over all waits of its row.
        for row in rows.rows.iter_mut().filter(|_| self.gains) {
            let query = BottleneckQuery {
                ranking: self.ranking,
                names: row.names.iter().map(ToString::to_string).collect(),
                time_bins: 1,
                duration_bins: 1,
            };
            row.gain = detail(&selected, &query, context)?.gain;
        }
        Ok(Bottlenecks {
            rows,
            apart: set_apart(&selected),
        })
    }
}

impl Query for BottleneckQuery {
    type Answer = BottleneckDetail;

    fn run(&self, context: &Context<'_>) -> Result<BottleneckDetail, AskError> {
        detail(&*context.selected()?, self, context)
    }
}

fn detail(
    selected: &Selected,
    query: &BottleneckQuery,
    context: &Context<'_>,
) -> Result<BottleneckDetail, AskError> {
    let selection = selected.selection();
    let figures = selected.figures.get_or_init(BottleneckFigures::default);
    let ranked = ranked(&figures, selected, query.ranking, context)?;
    let named = |row: &BottleneckRow| {
        let names = row.names.iter().map(|name| &**name);
        names.eq(query.names.iter().map(String::as_str))
    };
    let found = ranked.rows.iter().position(named);
    let row = found.map(|at| ranked.rows[at].clone());
    let number = found.map(|at| ranked.numbers[at] as usize);
    let waits = match (number, target(selected, &selection, query.ranking)) {
        (Some(number), Some(target)) => {
            // The index has the occurrences of an edge; with starts known, a wait begins elsewhere.
            if query.ranking.kind == Kind::Step && !selection.log.has_instances() {
                edges::waits(&selection, number)
            } else {
                bottlenecks::waits(&selection, &target, number)
            }
        }
        _ => Vec::new(),
    };
    context.cancel.check()?;
    let (first, last) = summary::span(&selection).unwrap_or((0, 0));
    let axis = TimeAxis::over(first, last, query.time_bins, context.analysis.zone());
    let ended: Vec<(i64, i64)> = waits.iter().map(|w| (w.ended, w.length)).collect();
    let (lengths, cases): (Vec<i64>, Vec<u32>) = waits.iter().map(|w| (w.length, w.case)).unzip();
    let total = lengths.iter().map(|&length| i128::from(length)).sum();
    let scan = Scan::new(&lengths, &cases, None, total);
    let id = |case: u32| selection.log.case_ids.get(case).to_owned();
    Ok(BottleneckDetail {
        row,
        timeline: timeline(&axis, &bins::occurrences(&ended, &axis)),
        durations: distribution(&scan, query.duration_bins),
        longest: longest(&scan, selected)
            .into_iter()
            .map(|(length, case)| (id(case), seconds(length)))
            .collect(),
        gain: gain(selected, &waits),
    })
}

/// The longest waits with their cases, longest first. Ties are by case id, as the order of the rows of the
/// file must not matter.
fn longest(scan: &Scan<'_>, selected: &Selected) -> Vec<(i64, u32)> {
    let mut found: Vec<(i64, u32)> = Vec::new();
    for (length, case) in scan.largest() {
        if found.len() >= LONGEST && found.last().is_some_and(|last| length < last.0) {
            break;
        }
        found.push((length, case));
    }
    let rank = selected.prepared.case_rank();
    found.sort_unstable_by_key(|&(length, case)| (Reverse(length), rank[case as usize]));
    found.truncate(LONGEST);
    found
}

/// Returns the gain of capping all waits at their 25th percentile.
fn gain(selected: &Selected, waits: &[Wait]) -> Option<Gain> {
    let n = (!waits.is_empty()).then_some(waits.len() as u64)?;
    let p25 = type7(n, 0.25, |k| waits[k as usize].length);
    // Rounded down, so that a wait at the percentile is not cut by a fraction.
    let gain = bottlenecks::gain(&selected.selection(), waits, p25.floor() as i64)?;
    Some(Gain {
        p25: p25 / 1e6,
        median: gain.median / 1e6,
        cut: gain.cut / 1e6,
        cases: gain.cases,
        saved: gain.saved as f64 / 1e6,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::analysis::Analysis;
    use crate::engine::view::View;
    use crate::event_log::Cancel;
    use crate::event_log::Progress;
    use crate::formats::ImportReport;
    use crate::test_support::log;

    #[test]
    fn equal_waits_are_in_the_order_of_their_cases_whatever_the_file() {
        for text in [
            "b: x y @0 60; a: x y @0 60; c: x y @0 90",
            "c: x y @0 90; a: x y @0 60; b: x y @0 60",
        ] {
            let (report, progress) = (ImportReport::default(), Progress::default());
            let analysis =
                Analysis::new("log".into(), log(text), report, chrono_tz::UTC, &progress);
            let query = BottleneckQuery {
                ranking: Ranking::default(),
                names: ["x", "y"].map(String::from).to_vec(),
                time_bins: 4,
                duration_bins: 4,
            };
            let analysis = analysis.expect("not cancelled");
            let found = analysis.ask(&View::default(), &query, &Cancel::never());
            let longest = found.expect("an answer").longest;
            let ids: Vec<&str> = longest.iter().map(|(case, _)| case.as_str()).collect();
            assert_eq!(ids, ["c", "a", "b"], "{text}");
        }
    }
}
