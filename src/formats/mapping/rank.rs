//! Certainty of a guess, for someone who may be asked: the score of every column for every role, which
//! roles are in doubt, and a proposal for those for which no name speaks. Reading takes the doubts only.

use super::guess::{Guess, least};
use super::{named, values};
use crate::event_log::{PerRole, Role, Roles};
use crate::formats::ReadOptions;
use crate::formats::number::{self, NumberStyle};
use crate::formats::table::Table;
use crate::formats::text::shown;
use hashbrown::HashMap;

/// Columns of a table, ranked for each role.
pub struct Ranking {
    /// The columns of each role: named or guessed.
    pub columns: PerRole<Vec<usize>>,
    /// Columns of each role, including those found by their values alone.
    pub proposed: PerRole<Vec<usize>>,
    /// Score of each column for each role, 0 to 100: one row a column.
    pub scores: Vec<PerRole<u8>>,
    /// Roles that a user should decide on.
    pub doubts: Vec<Doubt>,
}

/// Why a user should say which column a role is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Doubt {
    /// No column's name speaks for the role.
    Missing(Role),
    /// Another column fits it about as well.
    Rival(Role, usize),
    /// A column was named that is not there.
    Unknown(String),
}

/// So much better must the column of a role fit than any other, or the guess is in doubt.
const MARGIN: i32 = 6;

/// Weighs the columns of a table.
///
/// A guess is certain when case, activity and time each were named by the user or have a column whose
/// name speaks for it, and no other column fits within [`MARGIN`] points of it. Columns that have
/// another of these roles are no rivals, nor are those that hold the same values.
pub fn rank_columns(names: &[String], table: &Table, options: &ReadOptions) -> Ranking {
    let (known, unknown) = named(names, options);
    let given = known.clone();
    let guess = Guess::new(names, table, options, known).all();
    let unknown = unknown.into_iter().map(Doubt::Unknown);
    let doubts: Vec<Doubt> = unknown
        .chain(doubts(&guess, names, table, &given))
        .collect();
    let columns = guess.columns.clone();
    let mut proposed = columns.clone();
    let mut scores = scores(&guess, names.len());
    if doubts
        .iter()
        .any(|doubt| matches!(doubt, Doubt::Missing(_)))
    {
        propose(&guess, table, (&mut proposed, &mut scores));
    }
    Ranking {
        columns,
        proposed,
        scores,
        doubts,
    }
}

/// The doubts of a guess about the roles that were not `given`.
pub fn doubts(
    guess: &Guess<'_>,
    names: &[String],
    table: &Table,
    given: &PerRole<Vec<usize>>,
) -> Vec<Doubt> {
    let mut doubts = Vec::new();
    for role in Role::NEEDED
        .into_iter()
        .filter(|&role| guess.options.needs(role))
    {
        match guess.columns[role].as_slice() {
            // What the user named is in no doubt.
            [] => doubts.push(Doubt::Missing(role)),
            _ if !given[role].is_empty() => {}
            &[column, ..] => doubts.extend(
                rival(guess, names, table, role, column).map(|rival| Doubt::Rival(role, rival)),
            ),
        }
    }
    doubts
}

/// Doubts in words; roles without a column share one sentence. `roles` has the columns of each
/// role, `columns` all names.
pub fn sentences(doubts: &[Doubt], roles: &Roles, columns: &[String]) -> Vec<String> {
    let mut missing = Vec::new();
    let mut sentences = Vec::new();
    for doubt in doubts {
        match doubt {
            Doubt::Missing(role) => missing.push(role.name()),
            Doubt::Unknown(name) => {
                sentences.push(format!("There is no column {}.", shown(name)));
            }
            Doubt::Rival(role, other) => {
                let taken = roles[*role].first();
                let taken = taken.map(|name| shown(name)).unwrap_or_default();
                let other = shown(&columns[*other]);
                let role = role.name();
                sentences.push(format!("The {role} may be {taken} or {other}."));
            }
        }
    }
    if !missing.is_empty() {
        let roles = missing.join(", the ");
        sentences.push(format!("No name says which column is the {roles}."));
    }
    sentences
}

fn scores(guess: &Guess<'_>, width: usize) -> Vec<PerRole<u8>> {
    let score = |role: Role, column: usize| {
        let score = guess.score(role, column);
        // Half of a time's score is for its values.
        let score = if role == Role::Time { score / 2 } else { score };
        score.clamp(0, 100) as u8
    };
    (0..width)
        .map(|column| PerRole::of(|role| score(role, column)))
        .collect()
}

/// The column that fits a role about as well as the one that has it.
fn rival(
    guess: &Guess<'_>,
    names: &[String],
    table: &Table,
    role: Role,
    column: usize,
) -> Option<usize> {
    let best = guess.score(role, column);
    let others = Role::NEEDED.into_iter().filter(|other| *other != role);
    let elsewhere: Vec<usize> = others
        .flat_map(|other| guess.columns[other].clone())
        .collect();
    // Equal dates with other times of day are other times.
    let same_clock = |other: usize| match guess.clock_of(other) {
        None => true,
        Some(clock) => {
            let own = guess.columns[role].get(1);
            own.is_some_and(|&own| table.column(own).eq(table.column(clock)))
        }
    };
    let same_values =
        |other: usize| table.column(other).eq(table.column(column)) && same_clock(other);
    (0..names.len()).find(|&other| {
        let score = guess.score(role, other);
        other != column
            && names[other] != names[column]
            && !elsewhere.contains(&other)
            && score >= least(role)
            && score + MARGIN > best
            // Two columns of equal values make the same log, whichever is taken.
            && !same_values(other)
    })
}

/// The highest score of a column whose values alone speak for a role: far below that of any name.
const BY_VALUES: f64 = 15.0;

/// The columns of each role, and the scores of each column.
type Found<'a> = (&'a mut PerRole<Vec<usize>>, &'a mut [PerRole<u8>]);

/// Puts columns to the roles that have none, by their values alone: most values of a time are
/// timestamps, cases are short beside the whole log, an activity is a text of few different values
/// that changes from event to event.
fn propose(guess: &Guess<'_>, table: &Table, (columns, scores): Found<'_>) {
    let is_time = |c: usize| guess.time_share(c) > 0.5;
    let time = |c: usize| if is_time(c) { guess.time_share(c) } else { 0.0 };
    if guess.options.needs(Role::Time) {
        give(Role::Time, time, (columns, scores));
    }
    let times = columns[Role::Time].first();
    let Some(times) = times.and_then(|&time| guess.instants(time)) else {
        return;
    };
    let case = |c: usize| {
        if is_time(c) {
            0.0
        } else {
            compactness(table, c, &times)
        }
    };
    give(Role::Case, case, (columns, scores));
    let Some(&case) = columns[Role::Case]
        .first()
        .filter(|_| guess.options.needs(Role::Activity))
    else {
        return;
    };
    let activity = |c: usize| {
        let facts = values::facts(table, c);
        let few = 1.0 - facts.distinct as f64 / facts.n.max(1) as f64;
        let mut texts = table.column(c).filter(|v| !v.is_empty());
        let is_number = texts.all(|v| number::parse(v, NumberStyle::Point).is_some());
        let plain = facts.distinct > 1 && !is_time(c) && !is_number;
        if plain {
            few.sqrt() * change(table, case, c)
        } else {
            0.0
        }
    };
    give(Role::Activity, activity, (columns, scores));
}

/// Gives a role that has no column the one with the highest score, 0 to 1.
fn give(role: Role, score: impl Fn(usize) -> f64, (columns, scores): Found<'_>) {
    if !columns[role].is_empty() {
        return;
    }
    let mut best: Option<(u8, usize)> = None;
    for (column, scores) in scores.iter_mut().enumerate() {
        let taken = columns.iter().any(|(_, of)| of.contains(&column));
        let points = (score(column) * BY_VALUES).round().clamp(0.0, BY_VALUES) as u8;
        scores[role] = scores[role].max(points);
        // Strictly more, so that the first of equals is taken.
        if !taken && points > 0 && best.is_none_or(|(most, _)| points > most) {
            best = Some((points, column));
        }
    }
    columns[role].extend(best.map(|(_, column)| column));
}

/// Share of the rows following another of their case that have another value than that.
fn change(table: &Table, case: usize, column: usize) -> f64 {
    let mut last: HashMap<&[u8], &[u8]> = HashMap::new();
    let (mut followers, mut changed) = (0u32, 0u32);
    for row in 0..table.head_rows() {
        let value = table.value(row, column);
        if let Some(before) = last.insert(table.value(row, case), value) {
            followers += 1;
            changed += u32::from(before != value && !value.is_empty());
        }
    }
    f64::from(changed) / f64::from(followers.max(1))
}

/// Measures how much shorter than the whole log the rows of one value are on average, 0 to 1, times the share
/// of rows whose value is not theirs alone.
fn compactness(table: &Table, column: usize, times: &[Option<i64>]) -> f64 {
    let mut spans: HashMap<&[u8], (i64, i64, u32)> = HashMap::new();
    let mut whole: Option<(i64, i64)> = None;
    let values = table.column(column).zip(times);
    // Only rows that stand together: of others it is not known what lies between them.
    for (value, time) in values.take(table.head_rows()) {
        let (Some(time), false) = (*time, value.is_empty()) else {
            continue;
        };
        let span = spans.entry(value).or_insert((time, time, 0));
        *span = (span.0.min(time), span.1.max(time), span.2 + 1);
        let (first, last) = whole.unwrap_or((time, time));
        whole = Some((first.min(time), last.max(time)));
    }
    let Some((first, last)) = whole.filter(|(first, last)| first < last) else {
        return 0.0;
    };
    let rows: u32 = spans.values().map(|s| s.2).sum();
    let repeated: Vec<_> = spans.values().filter(|s| s.2 > 1).collect();
    if repeated.is_empty() || spans.len() < 2 {
        return 0.0;
    }
    let length = |s: &&(i64, i64, u32)| (s.1 - s.0) as f64 / (last - first) as f64;
    let mean = repeated.iter().map(length).sum::<f64>() / repeated.len() as f64;
    let shared = repeated.iter().map(|s| s.2).sum::<u32>();
    (1.0 - mean) * f64::from(shared) / f64::from(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: &[&str]) -> Table {
        let mut table = Table::new(rows[0].split(',').count());
        for row in rows {
            table.push(row.split(',').map(str::as_bytes));
        }
        table.end_of_head();
        table
    }

    fn ranking(names: &str, rows: &[&str], options: &ReadOptions) -> Ranking {
        let names: Vec<String> = names.split(',').map(String::from).collect();
        rank_columns(&names, &table(rows), options)
    }

    const ROWS: &[&str] = &[
        "c1,A,2024-01-01T10:00:00Z,x",
        "c1,B,2024-01-01T11:00:00Z,y",
        "c2,A,2024-01-02T10:00:00Z,x",
        "c2,C,2024-01-02T12:00:00Z,z",
    ];

    #[test]
    fn clear_names_are_certain() {
        let found = ranking(
            "case_id,activity,timestamp,status",
            ROWS,
            &ReadOptions::default(),
        );
        assert_eq!(found.doubts, []);
        assert_eq!(
            Role::NEEDED.map(|role| found.columns[role].clone()),
            [vec![0], vec![1], vec![2]]
        );
        assert_eq!(found.scores[0][Role::Case], 100);
        assert!(found.scores[2][Role::Time] > 90);
        assert!(found.scores[3][Role::Activity] > 50);
    }

    #[test]
    fn equal_dates_with_other_times_of_day_are_another_time() {
        let rows: &[&str] = &[
            "c1,A,20240305,73000,20240305,83000",
            "c1,B,20240305,81500,20240305,91500",
            "c2,A,20240306,120500,20240306,130500",
        ];
        let options = ReadOptions::default();
        let found = ranking("case_id,activity,xbd,xbt,yed,yet", rows, &options);
        assert_eq!(found.columns[Role::Time], [2, 3]);
        assert_eq!(found.doubts, [Doubt::Rival(Role::Time, 4)]);
    }

    #[test]
    fn two_columns_that_fit_alike_are_in_doubt() {
        let names = "case_id,status,timestamp,state";
        let found = ranking(names, ROWS, &ReadOptions::default());
        assert_eq!(found.doubts, [Doubt::Rival(Role::Activity, 3)]);
        // Named, it is certain.
        let options = ReadOptions {
            columns: [(Role::Activity, vec!["state".into()])].into(),
            ..ReadOptions::default()
        };
        assert_eq!(ranking(names, ROWS, &options).doubts, []);
        // The same values are no other choice.
        let rows: Vec<String> = ROWS.iter().map(|r| r[..r.len() - 1].to_owned()).collect();
        let doubled: Vec<String> = rows
            .iter()
            .map(|r| format!("{r}{}", r.split(',').nth(1).unwrap()))
            .collect();
        let doubled: Vec<&str> = doubled.iter().map(String::as_str).collect();
        assert_eq!(ranking(names, &doubled, &ReadOptions::default()).doubts, []);
    }

    /// Headers of real logs with two rows each: all are to be opened without a question.
    #[test]
    fn real_headers_are_certain() {
        let logs = [
            "Case ID,Activity,Resource,Complete Timestamp,Variant,seriousness,workgroup",
            "case:concept:name,concept:name,org:resource,time:timestamp,Costs,case:creator",
            "Service ID,Operation,Agent,Start Date,End Date,Agent Position,Customer ID,Product",
            "handling_id,handling,employee,time,patient,registration_type",
            "session_id,event,platform,timestamp,user_id,acquisition_channel,user_cohort",
            "invoice_id,approval_status,processor_id,status_time",
            "number,incident_state,sys_updated_by,sys_updated_at,active,caller_id,opened_by,category",
            "Номер обращения,Статус,Исполнитель,Дата события,Важность,Стоимость",
        ];
        for names in logs {
            let row = |n: usize| {
                let value = |(i, name): (usize, &str)| match name.to_lowercase() {
                    name if name.contains("time") || name.contains("date") => {
                        format!("2024-01-0{} 10:0{i}", n + 1)
                    }
                    name if name.ends_with("_at") || name.contains("дата") => {
                        format!("2024-01-0{} 11:00", n + 1)
                    }
                    _ => format!("{i}-{n}"),
                };
                names
                    .split(',')
                    .enumerate()
                    .map(value)
                    .collect::<Vec<_>>()
                    .join(",")
            };
            let rows = [row(1), row(2)];
            let found = ranking(names, &[&rows[0], &rows[1]], &ReadOptions::default());
            assert_eq!(found.doubts, [], "{names}");
        }
    }

    #[test]
    fn values_propose_what_no_name_speaks_for() {
        let found = ranking("foo,bar,baz,qux", ROWS, &ReadOptions::default());
        assert_eq!(
            found.doubts,
            [Doubt::Missing(Role::Case), Doubt::Missing(Role::Activity)]
        );
        assert_eq!(
            Role::NEEDED.map(|role| found.columns[role].clone()),
            [vec![], vec![], vec![2]]
        );
        assert_eq!(
            Role::NEEDED.map(|role| found.proposed[role].clone()),
            [vec![0], vec![1], vec![2]]
        );
        assert!(
            found.scores[0][Role::Case] <= 15
                && found.scores[0][Role::Case] > found.scores[1][Role::Case]
        );
    }

    #[test]
    fn a_column_that_is_not_there_is_a_doubt() {
        let options = ReadOptions {
            columns: [(Role::Case, vec!["nr".into()])].into(),
            ..ReadOptions::default()
        };
        let found = ranking("case_id,activity,timestamp,x", ROWS, &options);
        assert_eq!(found.doubts, [Doubt::Unknown("nr".into())]);
        assert_eq!(found.columns[Role::Case], [0]);
    }

    #[test]
    fn an_empty_name_means_no_column() {
        let names = "case_id,activity,timestamp,resource";
        let guessed = ranking(names, ROWS, &ReadOptions::default());
        assert_eq!(guessed.columns[Role::Resource], [3]);
        let options = ReadOptions {
            columns: [(Role::Resource, vec![String::new()])].into(),
            ..ReadOptions::default()
        };
        let none = ranking(names, ROWS, &options);
        assert!(none.columns[Role::Resource].is_empty());
    }
}
