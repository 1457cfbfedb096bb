//! Fields of the filter language in lists of cases: their values for the cases of a page, which are made of the
//! events of these, and the order of all cases by one of them.

use crate::engine::{AskError, FieldValues, field_values};
use crate::event_log::{
    Codes, Column, ColumnData, ColumnKind, Dictionary, EventLog, NO_INSTANT, Numbers, WallClock,
};
use crate::filter::{Anchor, Field, Source};
use crate::remote::RemoteError;
use crate::remote::clock;
use crate::remote::frame::{Frame, Parts};
use crate::remote::grouping::number;
use crate::remote::log::RemoteLog;
use crate::remote::rows::Rows;
use std::collections::{BTreeSet, HashMap};

/// Cases whose events are asked for, at most.
const MOST_CASES: usize = 10_000;

/// Columns before those of the table.
const BEFORE: usize = 3;

/// Values of fields in the cases of these ids, one entry for each field. `ranks` are those of their variants.
pub(super) fn chosen(
    log: &RemoteLog,
    frame: &Frame<'_>,
    fields: &[Field],
    ids: &[&str],
    ranks: &[u32],
) -> Result<Vec<Vec<FieldValues>>, AskError> {
    if fields.is_empty() || ids.is_empty() {
        return Ok(vec![Vec::new(); ids.len()]);
    }
    if ids.len() > MOST_CASES {
        let why = format!("chosen columns of more than {MOST_CASES} cases at once");
        return Err(RemoteError::refused(why).into());
    }
    let names = log.skeleton();
    let mut columns = BTreeSet::new();
    for field in fields {
        columns.extend(column_of(log, field, &names)?);
    }
    let columns: Vec<usize> = columns.into_iter().collect();
    let mut frame = frame.clone();
    frame.needs.columns.extend(&columns);
    let values = columns.iter().map(|at| format!(", c{at}"));
    let select = format!(
        "SELECT case_id, activity, t{} FROM e WHERE {} ORDER BY case_id, pos",
        values.collect::<String>(),
        log.dialect.one_of("case_id", ids.iter().copied())
    );
    let answer = log.ask(&frame, Parts::Events, &[], &select)?;
    let events = events(log, names, &answer, &columns)?;
    let values = field_values(
        &events,
        log.info.zone,
        fields,
        &of_cases(&events, ids, ranks),
    )?;
    let order = events.case_ids.iter().map(str::to_owned);
    let mut values: HashMap<String, Vec<FieldValues>> = order.zip(values).collect();
    let of = |id: &&str| values.remove(*id).unwrap_or_default();
    Ok(ids.iter().map(of).collect())
}

/// The ranks in the order in which the log has the cases.
fn of_cases(log: &EventLog, ids: &[&str], ranks: &[u32]) -> Vec<u32> {
    let ranks: HashMap<&str, u32> = ids.iter().copied().zip(ranks.iter().copied()).collect();
    let of = |id| ranks.get(id).copied().unwrap_or_default();
    log.case_ids.iter().map(of).collect()
}

/// The column of the table that a field has its values from, if it is one.
fn column_of(log: &RemoteLog, field: &Field, names: &EventLog) -> Result<Option<usize>, AskError> {
    let field = match field {
        Field::At(_, inner) => &inner.node,
        field => field,
    };
    Ok(match source(field, names)? {
        Some(Source::Column(column)) => Some(log.table.attribute(column)?),
        _ => None,
    })
}

/// Where the values of a field come from; `None` for one of the case itself.
fn source(field: &Field, names: &EventLog) -> Result<Option<Source>, AskError> {
    match field {
        Field::Duration
        | Field::Events
        | Field::Variant
        | Field::Start
        | Field::End
        | Field::Clock(..)
        | Field::Count(_) => Ok(None),
        field => Source::named(field, names)
            .map(Some)
            .map_err(AskError::Name),
    }
}

/// A log of the events that came, with these columns of the table.
fn events(
    log: &RemoteLog,
    names: EventLog,
    answer: &Rows,
    columns: &[usize],
) -> Result<EventLog, RemoteError> {
    let (mut ids, mut offsets) = (Dictionary::default(), Vec::new());
    let (mut activities, mut times) = (Vec::new(), Vec::new());
    let codes = (0u32..).zip(names.activities.iter());
    let codes: HashMap<&str, u32> = codes.map(|(code, name)| (name, code)).collect();
    let mut last = None;
    for row in answer.iter() {
        let id = row.name(0)?;
        if last != Some(id) {
            offsets.push(times.len() as u32);
            ids.push(id);
            last = Some(id);
        }
        let unknown = || RemoteError::engine("the engine gave an activity that it did not have");
        activities.push(*codes.get(row.name(1)?).ok_or_else(unknown)?);
        times.push(row.known(2)?);
    }
    offsets.push(times.len() as u32);
    let n_activities = names.activities.len();
    let mut log_columns = names.columns;
    for (at, &column) in columns.iter().enumerate() {
        let place = log.table.attributes().position(|of| of == column);
        if let Some(of) = place.and_then(|place| log_columns.get_mut(place)) {
            of.data = data(answer, BEFORE + at, of)?;
        }
    }
    Ok(EventLog {
        case_ids: ids,
        case_offsets: offsets.into(),
        activity: Codes::pack(activities.into_iter(), n_activities),
        time: times.into(),
        columns: log_columns,
        activities: names.activities,
        roles: names.roles,
        role_columns: names.role_columns,
        ..EventLog::default()
    })
}

/// The values of a column of an answer.
fn data(answer: &Rows, at: usize, of: &Column) -> Result<ColumnData, RemoteError> {
    Ok(match of.kind() {
        ColumnKind::Number => {
            let values = answer
                .iter()
                .map(|row| Ok(row.double(at)?.unwrap_or(f64::NAN)));
            let values: Vec<f64> = values.collect::<Result<_, RemoteError>>()?;
            ColumnData::Number(Numbers::F64(values.into()))
        }
        ColumnKind::Instant => {
            let values = answer
                .iter()
                .map(|row| Ok(row.int(at)?.unwrap_or(NO_INSTANT)));
            let values: Vec<i64> = values.collect::<Result<_, RemoteError>>()?;
            ColumnData::Instant(values.into())
        }
        ColumnKind::Text => {
            let (mut texts, mut known) = (Dictionary::default(), HashMap::new());
            // Code 0 is a missing value.
            texts.push("");
            let mut codes = Vec::new();
            for row in answer.iter() {
                let code = row.text(at)?.map(|text| {
                    let new = || texts.push(text);
                    *known.entry(text).or_insert_with(new)
                });
                codes.push(code.unwrap_or(0));
            }
            ColumnData::Text(Codes::pack(codes.into_iter(), texts.len()), texts)
        }
    })
}

/// The value of each case that a list is sorted by.
pub(super) struct OrderValue {
    /// Tables that it needs, and how they are joined to the cases.
    pub table: Option<(&'static str, String)>,
    pub join: &'static str,
    /// The value, as SQL.
    pub value: String,
}

/// The first value of a field in each case.
pub(super) fn by_field(
    log: &RemoteLog,
    frame: &mut Frame<'_>,
    field: &Field,
) -> Result<OrderValue, AskError> {
    let of_case = |value: &str| OrderValue {
        table: None,
        join: "",
        value: value.to_owned(),
    };
    let of_events = |table: String| OrderValue {
        table: Some(("firsts", table)),
        join: " JOIN firsts ON case_id = first_case",
        value: "x".to_owned(),
    };
    let (inner, anchor) = match field {
        Field::At(anchor, inner) => (&inner.node, Some(*anchor)),
        field => (field, None),
    };
    let names = log.skeleton();
    Ok(match inner {
        Field::Duration => of_case("d"),
        Field::Events => of_case("n"),
        Field::Variant => of_case("place"),
        Field::Start => of_case("t0"),
        Field::End => of_case("t1"),
        Field::Clock(anchor, dial) => {
            let (first, last) = log.span(frame)?.unwrap_or_default();
            let clock = WallClock::over(log.info.zone, first, last);
            let at = match anchor {
                Anchor::Starts => "t0",
                Anchor::Ends => "t1",
            };
            of_case(&clock::shown(log.dialect, at, *dial, &clock))
        }
        Field::Count(activity) => {
            let is = log.dialect.one_of("activity", [activity.node.as_str()]);
            of_events(format!(
                "SELECT case_id AS first_case, sum(CASE WHEN {is} THEN 1 ELSE 0 END) AS x FROM e GROUP BY case_id"
            ))
        }
        inner => {
            let value = match Source::named(inner, &names).map_err(AskError::Name)? {
                Source::Case => return Ok(of_case("case_id")),
                Source::Activity => "activity".to_owned(),
                Source::Time => "t".to_owned(),
                Source::Column(column) => {
                    let at = log.table.attribute(column)?;
                    frame.needs.columns.insert(at);
                    match log.table.columns[at].kind {
                        ColumnKind::Number => number(log.dialect, at),
                        _ => format!("c{at}"),
                    }
                }
                Source::Start | Source::CaseTime(_) => {
                    return Err(RemoteError::refused(format!("the order by {field}")).into());
                }
            };
            let at = match anchor {
                Some(Anchor::Starts) => "pos = 1",
                Some(Anchor::Ends) => "na IS NULL",
                None => "pos = first_pos",
            };
            of_events(format!(
                "SELECT case_id AS first_case, max(CASE WHEN {at} THEN x END) AS x FROM (SELECT case_id, pos, na, \
                 {value} AS x, min(CASE WHEN {value} IS NOT NULL THEN pos END) OVER (PARTITION BY case_id) AS first_pos \
                 FROM e) AS seen GROUP BY case_id"
            ))
        }
    })
}
