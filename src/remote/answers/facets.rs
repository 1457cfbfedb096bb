//! The attributes with what they hold, and the figures of one of numbers.

use super::{ranked, summary::n_variants};
use crate::engine::{
    AskError, FACETS, FacetRow, FacetsQuery, GroupBy, NumberFigures, NumbersQuery, Rows,
};
use crate::event_log::{Cancel, ColumnKind, EventLog, Level, WallClock};
use crate::filter::{Anchor, Dial, Source};
use crate::metrics::attributes::{Held, MOST_DISTINCT};
use crate::remote::RemoteError;
use crate::remote::clock::{self, bin_of};
use crate::remote::frame::{Frame, Parts};
use crate::remote::grouping::{number, one_truth};
use crate::remote::log::RemoteLog;
use crate::text::steps::Step;

/// Returns a page of the attributes.
pub(in crate::remote) fn facets(
    log: &RemoteLog,
    frame: &Frame<'_>,
    query: &FacetsQuery,
    cancel: &Cancel,
) -> Result<Rows<FacetRow>, AskError> {
    let names = leveled(log, cancel)?;
    let all = GroupBy::all(&log.info.columns, log.info.resource, std::iter::empty());
    let held = Holdings::of(log, frame)?;
    let defined = |_: usize| None;
    let mut rows = Vec::with_capacity(all.len());
    for by in all {
        let held = held.of_property(&by, &names, query.numbers)?;
        let mut row = FacetRow::new(&names, by, &defined, held.0, held.1)?;
        if query.numbers {
            row.numbers = figures(log, frame, &row.by, &names)?;
        }
        rows.push(row);
    }
    FACETS.select(&rows, &query.listing, cancel, |row| row.name.to_string())
}

/// Returns the figures of an attribute of numbers; `None` for one of other values.
pub(in crate::remote) fn numbers(
    log: &RemoteLog,
    frame: &Frame<'_>,
    query: &NumbersQuery,
    cancel: &Cancel,
) -> Result<Option<NumberFigures>, AskError> {
    figures(log, frame, &query.by, &leveled(log, cancel)?)
}

/// The names of the log, with the levels of its attributes.
fn leveled(log: &RemoteLog, cancel: &Cancel) -> Result<EventLog, RemoteError> {
    let mut names = log.skeleton();
    let levels = log.levels(cancel)?;
    for (column, level) in names.columns.iter_mut().zip(levels.iter()) {
        column.level = *level;
    }
    Ok(names)
}

/// Numbers of cases with a value, and of different values.
struct Holdings {
    cases: u64,
    variants: u64,
    /// Cases with a value and different values of each attribute of the table.
    columns: Vec<[u64; 2]>,
    /// Different activities: all, first ones and last ones.
    activities: [u64; 3],
    /// Different weekdays, hours and months of starts.
    starts: [u64; 3],
}

impl Holdings {
    fn of(log: &RemoteLog, frame: &Frame<'_>) -> Result<Self, RemoteError> {
        let mut frame = frame.clone();
        let attributes: Vec<usize> = log.table.attributes().collect();
        frame.needs.columns.extend(&attributes);
        let (first, last) = log.span(&frame)?.unwrap_or_default();
        let (clock, zone) = (WallClock::over(log.info.zone, first, last), log.info.zone);
        let months = Step::Months(1).bounds(first, last, usize::MAX, zone);
        let months = bin_of(
            "t0",
            months.unwrap_or_default().get(1..).unwrap_or_default(),
        );
        let dial = |dial| clock::shown(log.dialect, "t0", dial, &clock);
        let has = attributes
            .iter()
            .map(|at| format!(", max(CASE WHEN c{at} IS NOT NULL THEN 1 ELSE 0 END) AS h{at}"));
        let has: String = has.collect();
        let cases = format!("SELECT case_id, min(t) AS t0{has} FROM e GROUP BY case_id");
        let with = attributes.iter();
        let with = with.map(|at| format!(", CAST(coalesce(sum(h{at}), 0) AS BIGINT)"));
        let with: String = with.collect();
        let select = format!(
            "SELECT count(*), count(DISTINCT {}), count(DISTINCT {}), count(DISTINCT {months}){with} FROM having_some",
            dial(Dial::Weekday),
            dial(Dial::Hour)
        );
        let more = [("having_some", cases)];
        let of_cases = log.ask(&frame, Parts::Events, &more, &select)?;
        let of_cases = of_cases.only()?;
        let different = attributes.iter().map(|&at| {
            let value = match log.table.columns[at].kind {
                ColumnKind::Text => one_truth(&format!("c{at}")),
                ColumnKind::Number => number(log.dialect, at),
                ColumnKind::Instant => format!("c{at}"),
            };
            format!(", count(DISTINCT {value})")
        });
        let different: String = different.collect();
        let select = format!(
            "SELECT count(DISTINCT activity), count(DISTINCT CASE WHEN pos = 1 THEN activity END), \
             count(DISTINCT CASE WHEN na IS NULL THEN activity END){different} FROM e"
        );
        let of_events = log.ask(&frame, Parts::Events, &[], &select)?;
        let of_events = of_events.only()?;
        let columns =
            (0..attributes.len()).map(|at| Ok([of_cases.count(4 + at)?, of_events.count(3 + at)?]));
        let three =
            |row: &dyn Fn(usize) -> Result<u64, RemoteError>| Ok([row(0)?, row(1)?, row(2)?]);
        Ok(Holdings {
            cases: of_cases.count(0)?,
            variants: n_variants(log, &frame)?,
            columns: columns.collect::<Result<_, RemoteError>>()?,
            activities: three(&|at| of_events.count(at))?,
            starts: three(&|at| of_cases.count(1 + at))?,
        })
    }

    /// Values of a property, and the number of all cases. Without `all` counting ends as it does in any log.
    fn of_property(
        &self,
        by: &GroupBy,
        names: &EventLog,
        all: bool,
    ) -> Result<(Held, u64), AskError> {
        let (mut cases, mut more) = (self.cases, false);
        let values = match by {
            GroupBy::Column(field) => match Source::named(field, names).map_err(AskError::Name)? {
                Source::Column(at) => {
                    let values;
                    [cases, values] = self.columns[at];
                    let is_text = names.columns[at].kind() == ColumnKind::Text;
                    more = !is_text && !all && values > MOST_DISTINCT as u64;
                    if more { MOST_DISTINCT as u64 } else { values }
                }
                Source::Activity => self.activities[0],
                _ => {
                    return Err(RemoteError::refused(format!("the attribute {field}")).into());
                }
            },
            GroupBy::Activity(Anchor::Starts) => self.activities[1],
            GroupBy::Activity(Anchor::Ends) => self.activities[2],
            GroupBy::Variant => self.variants,
            GroupBy::Weekday => self.starts[0],
            GroupBy::Hour => self.starts[1],
            GroupBy::Month => self.starts[2],
            GroupBy::At(..) => {
                return Err(RemoteError::refused(format!("the attribute {by}")).into());
            }
        };
        let values = if self.cases == 0 { 0 } else { values };
        Ok((
            Held {
                values,
                more,
                cases,
            },
            self.cases,
        ))
    }
}

/// Figures of the numbers of an attribute: one of each event, or of each case.
fn figures(
    log: &RemoteLog,
    frame: &Frame<'_>,
    by: &GroupBy,
    names: &EventLog,
) -> Result<Option<NumberFigures>, AskError> {
    let GroupBy::Column(field) = by else {
        return Ok(None);
    };
    let Source::Column(column) = Source::named(field, names).map_err(AskError::Name)? else {
        return Ok(None);
    };
    let at = log.table.attribute(column)?;
    if log.table.columns[at].kind != ColumnKind::Number {
        return Ok(None);
    }
    let mut frame = frame.clone();
    frame.needs.columns.insert(at);
    let value = number(log.dialect, at);
    let rows = match names.columns[column].level {
        Level::Event => format!("SELECT {value} AS x FROM e"),
        Level::Case => format!("SELECT {value} AS x FROM e WHERE pos = 1"),
    };
    let missing = "SELECT count(*) - count(x) FROM numbers";
    let tables = [
        ("numbers", rows),
        (
            "present",
            "SELECT x FROM numbers WHERE x IS NOT NULL".to_owned(),
        ),
        ("ranked", ranked("x", "x", "", "present")),
    ];
    let answer = log.ask(&frame, Parts::Events, &tables[..1], missing)?;
    let missing = answer.only()?.count(0)?;
    let middle = |of: &str| {
        let rank = (log.dialect.div)(of, "2");
        format!("max(CASE WHEN r = {rank} THEN x END)")
    };
    let select = format!(
        "SELECT count(*), sum(x), {}, {} FROM ranked",
        middle("(m + 1)"),
        middle("(m + 2)")
    );
    let answer = log.ask(&frame, Parts::Events, &tables, &select)?;
    let row = answer.only()?;
    let n = row.count(0)?;
    let values = [row.double(1)?, row.double(2)?, row.double(3)?];
    let [Some(sum), Some(low), Some(high)] = values else {
        return Ok(None);
    };
    Ok(Some(NumberFigures {
        n,
        missing,
        mean: sum / n as f64,
        median: f64::midpoint(low, high),
        sum,
    }))
}
