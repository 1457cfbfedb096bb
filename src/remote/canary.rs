//! A log of a dozen rows that an engine is asked about before any other: times that tie, NULL, quotes, backslashes,
//! letters beyond ASCII, an event before 1970. An engine that gives another answer than the known one is refused,
//! as its figures would be wrong without a sign.

use super::dialects::Dialect;
use super::frame::{Frame, Parts, activities};
use super::rows;
use super::table::Table;
use super::{Connection, RemoteError, Stop};
use crate::event_log::{PerRole, Role, Roles};
use arrow_schema::{DataType, Field, Schema, TimeUnit};

/// A row: case id, activity, microseconds, order.
type Row = (Option<&'static str>, Option<&'static str>, Option<i64>, i64);

/// 2024-01-01T00:00Z.
const AT: i64 = 1_704_067_200_000_000;

/// The rows, in no order.
const ROWS: [Row; 12] = [
    (Some("tie"), Some("b"), Some(AT), 2),
    (Some("tie"), Some("a"), Some(AT), 1),
    (Some("tie"), Some("c"), Some(AT), 3),
    (Some("old"), Some("n"), Some(-3_000_000), 5),
    (Some("old"), Some("m"), Some(-5_000_000), 4),
    (Some("odd"), Some("it's"), Some(AT), 6),
    (Some("odd"), Some("back\\slash"), Some(AT + 1), 7),
    (Some("odd"), Some("né → 漢"), Some(AT + 2_500_000), 8),
    (None, Some("no case"), Some(AT), 9),
    (Some("odd"), None, Some(AT), 10),
    (Some("odd"), Some("no time"), None, 11),
    (Some(" "), Some("blank"), Some(AT), 12),
];

/// Case, activities in order, microseconds from the first to the last.
const SEQUENCES: [(&str, &[&str], i64); 3] = [
    ("odd", &["it's", "back\\slash", "né → 漢"], 2_500_000),
    ("old", &["m", "n"], 2_000_000),
    ("tie", &["a", "b", "c"], 0),
];

/// Asks the engine about the rows.
///
/// # Errors
/// It fails, or its answer is not the known one.
pub(super) fn check(
    connection: &dyn Connection,
    dialect: &'static Dialect,
    stop: Stop<'_>,
) -> Result<(), RemoteError> {
    let table = table(dialect)?;
    let mut frame = Frame::whole(dialect, &table);
    let names = SEQUENCES
        .iter()
        .flat_map(|(_, names, _)| names.iter().copied());
    // Literals must be what they say: a condition that all events meet leaves all of them.
    frame.events.push(dialect.one_of("activity", names));
    let more = [(
        "durations",
        "SELECT case_id AS of_case, max(t) - min(t) AS d, sum(CASE WHEN na IS NOT NULL THEN nt - t ELSE 0 END) AS steps \
         FROM e GROUP BY case_id"
            .to_owned(),
    )];
    let select = "SELECT of_case, v, d, CAST(steps AS BIGINT) FROM seqs JOIN durations ON case_id = of_case \
        ORDER BY of_case";
    let sql = frame.statement(Parts::Sequences, &more, select);
    let answer = rows::ask(connection, &sql, stop)?;
    let mut found = Vec::new();
    for row in answer.iter() {
        let names: Vec<String> = activities(row.name(1)?).map(str::to_owned).collect();
        found.push((row.name(0)?.to_owned(), names, row.known(2)?, row.known(3)?));
    }
    let is_known =
        |((case, names, duration, steps), known): (&(String, Vec<String>, i64, i64), _)| {
            let (known_case, known_names, known_duration): &(&str, &[&str], i64) = known;
            case == known_case
                && names == known_names
                && duration == known_duration
                && steps == known_duration
        };
    if found.len() != SEQUENCES.len() || !found.iter().zip(&SEQUENCES).all(is_known) {
        return Err(RemoteError::engine(format!(
            "the engine answers a small log of known sequences otherwise, so that its figures would be wrong; \
             its dialect may be another one than {}",
            dialect.name
        )));
    }
    Ok(())
}

/// The rows as a table of the dialect.
fn table(dialect: &'static Dialect) -> Result<Table, RemoteError> {
    let text = |text: Option<&str>| match text {
        Some(text) => (dialect.literal)(text),
        None => dialect.text("NULL"),
    };
    let row = |&(case, activity, at, order): &Row| {
        let at = match at {
            Some(at) => (dialect.timestamp)(at),
            None => "CAST(NULL AS TIMESTAMP)".to_owned(),
        };
        format!(
            "SELECT {} AS case_name, {} AS step, {at} AS moment, {order} AS line",
            text(case),
            text(activity)
        )
    };
    let rows: Vec<String> = ROWS.iter().map(row).collect();
    let schema = Schema::new(vec![
        Field::new("case_name", DataType::Utf8, true),
        Field::new("step", DataType::Utf8, true),
        Field::new(
            "moment",
            DataType::Timestamp(TimeUnit::Microsecond, None),
            true,
        ),
        Field::new("line", DataType::Int32, true),
    ]);
    let mut roles: Roles = PerRole::of(|_| Vec::new());
    for (role, name) in [
        (Role::Case, "case_name"),
        (Role::Activity, "step"),
        (Role::Time, "moment"),
    ] {
        roles[role].push(name.to_owned());
    }
    let relation = format!("({}) AS canary", rows.join(" UNION ALL "));
    Table::new(relation, &schema, &roles, Some("line"))
}
