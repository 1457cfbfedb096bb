//! Which column plays which role: those the user named, and for the others a guess from the words
//! of the names and from sample values. There is no table of known files here, and no guess by
//! position: case and activity need a name that speaks for them.

mod values;
mod words;

use super::table::Table;
use super::text::shown;
use super::timestamp::{Learned, TimeFormat, TimeReader, learn};
use super::{ImportError, Lifecycle, ReadOptions};
use values::Changes;

/// What a column can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The case id.
    Case,
    /// The activity.
    Activity,
    /// The timestamp.
    Time,
    /// The start of an activity instance.
    Start,
    /// Who or what did it.
    Resource,
    /// The lifecycle transition.
    Lifecycle,
    /// The activity instance.
    Instance,
}

/// Columns by role, counted from 0.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mapping {
    /// Parts of the case id.
    pub case: Vec<usize>,
    /// Parts of the activity.
    pub activity: Vec<usize>,
    /// The timestamp.
    pub time: usize,
    /// The start of an activity instance.
    pub start: Option<usize>,
    /// The resource.
    pub resource: Option<usize>,
    /// The lifecycle transition.
    pub lifecycle: Option<usize>,
    /// The activity instance.
    pub instance: Option<usize>,
}

/// Roles that could be given to no column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// Names that were given, but that no column has.
    pub unknown: Vec<String>,
    /// Roles for which there is no name that speaks for them.
    pub unguessed: Vec<Role>,
}

/// The least score of a name for the roles that every log has.
const LEAST_CASE: i32 = 20;
const LEAST_ACTIVITY: i32 = 25;
const LEAST_TIME: i32 = 30;
/// And for those it may lack.
const LEAST_RESOURCE: i32 = 45;

/// Values of which one at least must be a timestamp before all are looked at.
const SOME_VALUES: usize = 50;

/// The columns that were named, by role; several only of case and activity.
#[derive(Debug, Clone, Default)]
struct Named {
    case: Vec<usize>,
    activity: Vec<usize>,
    time: Option<usize>,
    start: Option<usize>,
    resource: Option<usize>,
    lifecycle: Option<usize>,
    instance: Option<usize>,
}

/// The column of that name: exactly so, else but for letter case, if only one is.
fn find(names: &[String], wanted: &str) -> Option<usize> {
    let exact = names.iter().position(|n| n == wanted);
    let wanted = wanted.trim().to_lowercase();
    exact.or_else(|| {
        let alike = |n: &String| n.to_lowercase() == wanted;
        let first = names.iter().position(alike)?;
        (!names[first + 1..].iter().any(alike)).then_some(first)
    })
}

/// Finds the columns that the user named; `Err` lists those that are not there.
fn named(names: &[String], options: &ReadOptions) -> Result<Named, Vec<String>> {
    let mut unknown = Vec::new();
    let mut one = |wanted: &String| {
        let found = find(names, wanted);
        if found.is_none() {
            unknown.push(wanted.clone());
        }
        found
    };
    let named = Named {
        case: options.case.iter().filter_map(&mut one).collect(),
        activity: options.activity.iter().filter_map(&mut one).collect(),
        time: options.time.as_ref().and_then(&mut one),
        start: options.start.as_ref().and_then(&mut one),
        resource: options.resource.as_ref().and_then(&mut one),
        lifecycle: options.lifecycle_column.as_ref().and_then(&mut one),
        instance: options.instance.as_ref().and_then(&mut one),
    };
    if unknown.is_empty() {
        Ok(named)
    } else {
        Err(unknown)
    }
}

/// Whether a row can be the header: it has the columns that were named, and a name for each of
/// case, activity and time.
pub fn check_header(names: &[String], options: &ReadOptions) -> Result<(), Missing> {
    let named = named(names, options).map_err(|unknown| Missing {
        unknown,
        unguessed: Vec::new(),
    })?;
    let speaks = |role, least| {
        let mut scores = names.iter().map(|n| words::score(role, &words::words(n)));
        scores.any(|s| s >= least)
    };
    let mut unguessed = Vec::new();
    if named.case.is_empty() && !speaks(Role::Case, LEAST_CASE) {
        unguessed.push(Role::Case);
    }
    if named.activity.is_empty() && !speaks(Role::Activity, LEAST_ACTIVITY) {
        unguessed.push(Role::Activity);
    }
    if named.time.is_none() && !speaks(Role::Time, LEAST_TIME) {
        unguessed.push(Role::Time);
    }
    if unguessed.is_empty() {
        return Ok(());
    }
    Err(Missing {
        unknown: Vec::new(),
        unguessed,
    })
}

/// The mapping of a table whose header passed [`check_header`].
pub fn guess(names: &[String], table: &Table, options: &ReadOptions) -> Result<Mapping, Missing> {
    let named = named(names, options).map_err(|unknown| Missing {
        unknown,
        unguessed: Vec::new(),
    })?;
    let mut guess = Guess::new(names, table, options, named);
    let mut unguessed = Vec::new();
    let case = guess.case();
    let activity = guess.activity();
    if case.is_none() {
        unguessed.push(Role::Case);
    }
    if activity.is_none() {
        unguessed.push(Role::Activity);
    }
    let case = case.unwrap_or_default();
    let time = guess.time(&case);
    if time.is_none() {
        unguessed.push(Role::Time);
    }
    let (Some(activity), Some(time), true) = (activity, time, unguessed.is_empty()) else {
        return Err(Missing {
            unknown: Vec::new(),
            unguessed,
        });
    };
    let start = guess.start(&case, time);
    let lifecycle = guess.lifecycle();
    Ok(Mapping {
        start,
        lifecycle,
        instance: guess.instance(&activity, lifecycle),
        resource: guess.resource(&case, time),
        case,
        activity,
        time,
    })
}

/// The state of a guess: columns that have a role already are not taken again.
struct Guess<'a> {
    names: Vec<Vec<String>>,
    table: &'a Table,
    options: &'a ReadOptions,
    named: Named,
    times: Vec<Option<Learned>>,
    taken: Vec<bool>,
}

impl<'a> Guess<'a> {
    fn new(names: &[String], table: &'a Table, options: &'a ReadOptions, named: Named) -> Self {
        let mut taken = vec![false; names.len()];
        let single = [
            named.time,
            named.start,
            named.resource,
            named.lifecycle,
            named.instance,
        ];
        let several = named.case.iter().chain(&named.activity).copied();
        for column in several.chain(single.into_iter().flatten()) {
            taken[column] = true;
        }
        let times = (0..names.len()).map(|c| {
            // Most columns are plainly no times: some values tell.
            let some = table.column(c).filter(|v| !v.is_empty()).take(SOME_VALUES);
            learn(some, options.date_order)?;
            learn(table.column(c), options.date_order)
        });
        Guess {
            times: times.collect(),
            names: names.iter().map(|n| words::words(n)).collect(),
            table,
            options,
            named,
            taken,
        }
    }

    /// Share of the values of a column that are timestamps.
    fn time_share(&self, column: usize) -> f64 {
        let given = self.options.time_format.as_deref();
        if let Some(Ok(format)) = given.map(|text| TimeFormat::given(text, None)) {
            let mut reader = TimeReader::new(format, None);
            let values = self.table.column(column).filter(|v| !v.is_empty());
            let (n, good) = values.fold((0u32, 0u32), |(n, good), v| {
                (n + 1, good + u32::from(reader.read(v).is_ok()))
            });
            return f64::from(good) / f64::from(n.max(1));
        }
        self.times[column].as_ref().map_or(0.0, |l| l.share)
    }

    /// The free column with the highest score of at least `least`, the first of equals.
    fn best(&mut self, least: i32, score: impl Fn(&Self, usize) -> i32) -> Option<usize> {
        let free = (0..self.names.len()).rev().filter(|&c| !self.taken[c]);
        let scored = free.map(|c| (score(self, c), c));
        let (_, column) = scored
            .filter(|(s, _)| *s >= least)
            .max_by_key(|(s, _)| *s)?;
        self.taken[column] = true;
        Some(column)
    }

    fn case(&mut self) -> Option<Vec<usize>> {
        if !self.named.case.is_empty() {
            return Some(self.named.case.clone());
        }
        let best = self.best(LEAST_CASE, |g, c| {
            let score = words::score(Role::Case, &g.names[c]);
            if score == 0 {
                return 0;
            }
            let facts = values::facts(g.table, c);
            let many = facts.n > 50;
            match score {
                // One value in all rows, or another in every row, tells no cases apart.
                _ if many && facts.distinct == 1 => (score - 30).max(LEAST_CASE),
                _ if many && facts.distinct == facts.n => (score - 15).max(LEAST_CASE),
                _ => score,
            }
        });
        best.map(|c| vec![c])
    }

    fn activity(&mut self) -> Option<Vec<usize>> {
        if !self.named.activity.is_empty() {
            return Some(self.named.activity.clone());
        }
        let best = self.best(LEAST_ACTIVITY, |g, c| {
            let score = words::score(Role::Activity, &g.names[c]);
            if score == 0 {
                return 0;
            }
            let facts = values::facts(g.table, c);
            let transitions = values::transitions(g.table, c).is_some_and(|t| t.both);
            let prose = facts.n > 100 && facts.distinct * 2 > facts.n;
            match score {
                _ if transitions || g.time_share(c) > 0.5 => 0,
                _ if prose => (score - 30).max(LEAST_ACTIVITY),
                _ => score,
            }
        });
        best.map(|c| vec![c])
    }

    fn time(&mut self, case: &[usize]) -> Option<usize> {
        if self.named.time.is_some() {
            return self.named.time;
        }
        self.best(LEAST_TIME, |g, c| {
            let score = words::score(Role::Time, &g.names[c]);
            let share = g.time_share(c);
            // Values alone make a time only where nothing else in the table is one.
            let score = if score == 0 && share > 0.9 {
                LEAST_TIME
            } else {
                score
            };
            if score == 0 {
                return 0;
            }
            let constant = values::changes(g.table, case, c) == Changes::Never;
            let values = if share < 0.5 { 0 } else { 100 };
            (score + values - if constant { 25 } else { 0 }).max(LEAST_TIME)
        })
    }

    /// A start is guessed only where it may be used: as a second timestamp that is not later.
    fn start(&mut self, case: &[usize], time: usize) -> Option<usize> {
        if self.named.start.is_some() {
            return self.named.start;
        }
        let wanted = matches!(self.options.lifecycle, Lifecycle::Auto | Lifecycle::Pairs);
        if !wanted {
            return None;
        }
        self.best(70, |g, c| {
            let score = words::score(Role::Start, &g.names[c]);
            let good = score > 0
                && g.time_share(c) > 0.9
                && values::changes(g.table, case, c) != Changes::Never
                && g.is_before(c, time);
            if good { score } else { 0 }
        })
    }

    /// Whether nearly all values of a column are instants not after those of another.
    fn is_before(&self, column: usize, later: usize) -> bool {
        let reader = |c: usize| {
            let format = self.times[c].as_ref()?.format.clone();
            Some(TimeReader::new(format, None))
        };
        let (Some(mut a), Some(mut b)) = (reader(column), reader(later)) else {
            return false;
        };
        let pairs = self.table.column(column).zip(self.table.column(later));
        let mut n = 0;
        let mut before = 0;
        for (a_text, b_text) in pairs {
            if let (Ok(start), Ok(end)) = (a.read(a_text), b.read(b_text)) {
                n += 1;
                before += u32::from(start <= end);
            }
        }
        n > 0 && before * 10 >= n * 9
    }

    fn lifecycle(&mut self) -> Option<usize> {
        if self.named.lifecycle.is_some() {
            return self.named.lifecycle;
        }
        self.best(50, |g, c| {
            let score = words::score(Role::Lifecycle, &g.names[c]);
            match values::transitions(g.table, c) {
                None => 0,
                Some(t) if t.both => score.max(60),
                Some(_) => score,
            }
        })
    }

    /// The instance: by its name, or as an identifier that bears the name of the activity. It is of
    /// use only with transitions.
    fn instance(&mut self, activity: &[usize], lifecycle: Option<usize>) -> Option<usize> {
        if self.named.instance.is_some() || lifecycle.is_none() {
            return self.named.instance;
        }
        let [activity] = activity else { return None };
        let activity = self.names[*activity].clone();
        self.best(80, |g, c| {
            let score = words::score(Role::Instance, &g.names[c]);
            let own_id = g.names[c].len() == activity.len() + 1
                && g.names[c].starts_with(&activity)
                && g.names[c].last().is_some_and(|w| w == "id");
            if !own_id {
                return score;
            }
            let facts = values::facts(g.table, c);
            if facts.distinct * 5 > facts.n {
                score.max(80)
            } else {
                score
            }
        })
    }

    fn resource(&mut self, case: &[usize], time: usize) -> Option<usize> {
        if self.named.resource.is_some() {
            return self.named.resource;
        }
        let time = self.names[time].clone();
        self.best(LEAST_RESOURCE, |g, c| {
            let score = words::score(Role::Resource, &g.names[c]);
            let name = &g.names[c];
            // "updated by" stands beside "updated at".
            let twin = name.len() > 1
                && name.len() == time.len()
                && name[..name.len() - 1] == time[..time.len() - 1];
            if score == 0 {
                return 0;
            }
            let constant = score < 90 && values::changes(g.table, case, c) == Changes::Never;
            match score {
                _ if values::facts(g.table, c).n == 0 && g.table.len() > 0 => 0,
                _ => score + if twin { 15 } else { 0 } - if constant { 40 } else { 0 },
            }
        })
    }
}

/// The error for a table whose columns could not be given their roles.
pub fn refusal(missing: &Missing, names: &[String], no_header: bool) -> ImportError {
    let columns = list(names);
    if let Some(unknown) = missing.unknown.first() {
        let name = shown(unknown);
        return ImportError::Usage(if no_header {
            format!(
                "there is no column {name}; without a header columns are called 1 to {}",
                names.len()
            )
        } else {
            format!("the column {name} is not in the header; columns found: {columns}")
        });
    }
    let role = |r: &Role| match r {
        Role::Case => "case (--case)",
        Role::Activity => "activity (--activity)",
        _ => "timestamp (--time)",
    };
    let roles: Vec<&str> = missing.unguessed.iter().map(role).collect();
    let hint = if no_header {
        "name them by position"
    } else {
        "name them with these options, and give --no-header if the first row is data"
    };
    ImportError::Refused {
        line: None,
        message: format!(
            "no header that tells which column is {}; columns found: {columns}; {hint}",
            roles.join(", ")
        ),
    }
}

/// The first names of a list, safe to print.
fn list(names: &[String]) -> String {
    const MOST: usize = 12;
    let mut text: Vec<String> = names.iter().take(MOST).map(|n| shown(n)).collect();
    if names.len() > MOST {
        text.push(format!("and {} more", names.len() - MOST));
    }
    text.join(", ")
}
