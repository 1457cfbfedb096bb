//! Which columns of a table bear case, activity and time, and how their timestamps are written:
//! what formats with named columns share once they have samples. Knows nothing of how rows are read.

use super::mapping::{self, Mapping, Names};
use super::row_times::Stamp;
use super::table::Table;
use super::timestamp::{
    Learned, Style, Tally, TimeFormat, TimeReader, described, trim, warn_of_order, warn_of_tally,
};
use super::{DateOrder, ImportError, ImportReport, ReadOptions, Warning};
use crate::event_log::{Role, Roles};
use crate::formats::facts;

/// The columns of a table that have a role.
#[derive(Debug, Clone)]
pub struct Keys {
    /// Names of all columns.
    pub names: Vec<String>,
    /// Which column is what.
    pub mapping: Mapping,
    /// Activity of all rows, where no column has it.
    pub activity_name: Option<String>,
    /// Format of the timestamp, where it is a text or a number.
    pub time: Learned,
    /// Format of the start.
    pub start: Learned,
    /// The columns of the timestamp, or of the timestamps of the milestones of a row.
    pub stamps: Vec<Stamp>,
    /// The columns of the start; none in a log without starts.
    pub start_stamp: Stamp,
    /// Sentences about guessed columns that another fits as well.
    pub doubts: Vec<String>,
}

impl Keys {
    /// The columns that the user named, the others guessed. `from` is where the names come from.
    pub fn guess(
        names: Vec<String>,
        from: Names,
        samples: &Table,
        options: &ReadOptions,
    ) -> Result<Self, ImportError> {
        let (mapping, doubts) = mapping::guess(&names, samples, options)
            .map_err(|missing| mapping::refusal(&missing, &names, from))?;
        // Case and activity may be joined of any number of columns, a time only of a date and a
        // clock.
        for role in [Role::Time, Role::Start] {
            if mapping[role].len() > 2 {
                let message = format!(
                    "the {} has more than two columns: one of the date, one of the time of day",
                    role.name()
                );
                return Err(ImportError::Usage(message));
            }
        }
        let stamps = stamps(samples, &names, &mapping);
        let time = time_format(samples, &stamps, options)?;
        let start_stamp = Stamp::new(samples, mapping[Role::Start].clone());
        let start = match mapping[Role::Start].as_slice() {
            [] => time.clone(),
            _ => time_format(samples, std::slice::from_ref(&start_stamp), options)?,
        };
        Ok(Keys {
            names,
            mapping,
            activity_name: options.activity_name.clone(),
            time,
            start,
            stamps,
            start_stamp,
            doubts,
        })
    }

    /// Returns whether a column alone is the case id, the activity, a timestamp or the start. The parts
    /// of a joined case id or activity stay columns of the log.
    pub fn is_key(&self, column: usize) -> bool {
        let is_milestone = self.mapping[Role::Milestone].contains(&column);
        is_milestone || self.mapping.is_key(|columns| *columns == [column])
    }

    /// Returns whether a column holds names: those stay texts whatever they look like.
    pub fn is_name(&self, column: usize) -> bool {
        let mut roles = [Role::Resource, Role::Lifecycle].into_iter();
        roles.any(|role| self.mapping[role] == [column])
    }

    /// Readers of the timestamp and of the start.
    pub fn readers(&self, options: &ReadOptions) -> [TimeReader; 2] {
        [&self.time, &self.start].map(|l| TimeReader::new(l.format.clone(), options.tz))
    }

    /// Learns the order of day and month from all dates of timestamp and start; whether it is
    /// another than that by which they were read.
    pub fn correct(&mut self, seen: &[Tally; 2], options: &ReadOptions) -> bool {
        let mut wrong = false;
        let orders = orders(seen);
        let columns = [&mut self.time, &mut self.start].into_iter().zip(seen);
        for ((learned, tally), order) in columns.zip(orders) {
            let calendar = matches!(learned.format.style, Style::Calendar { .. });
            // Where nothing decides it is as in other logs, or day first, whatever rows that were
            // rejected suggest.
            let order = order.or(options.date_hint).unwrap_or(DateOrder::Dmy);
            // Without a single date of digits the order changes nothing, and nothing is read again
            // for it.
            let digits = tally.day_first + tally.month_first + tally.either_way;
            let matters = digits + tally.year_day > 0 || learned.format.order == DateOrder::Ydm;
            let free = options.date_order.is_none() && calendar;
            if free && matters && order != learned.format.order {
                learned.format.order = order;
                learned.text = swap_day_and_month(&learned.text);
                wrong = true;
            }
        }
        wrong
    }

    /// Name of the milestone at a position: of the column of its time or date.
    pub fn milestone(&self, at: usize) -> &str {
        &self.names[self.stamps[at].columns[0]]
    }

    /// The role whose columns hold the times of events.
    fn role_of_times(&self) -> Role {
        if self.mapping[Role::Milestone].is_empty() {
            Role::Time
        } else {
            Role::Milestone
        }
    }

    /// Names of the columns by role.
    pub fn roles(&self) -> Roles {
        mapping::names(&self.mapping, &self.names)
    }

    /// Role and column for the report, with the writing of timestamps where it is known.
    pub fn describe(&self, options: &ReadOptions) -> Vec<(String, String)> {
        let mut pairs = describe_roles(&self.roles());
        if let (Some(name), Some(activity)) = (
            &self.activity_name,
            pairs
                .iter_mut()
                .find(|(role, _)| role == Role::Activity.name()),
        ) {
            *activity = (facts::ACTIVITY_NAME.into(), name.clone());
        }
        if !self.time.text.is_empty() {
            pairs.push((facts::TIME_FORMAT.into(), self.time.text.clone()));
        }
        let zone = options.tz.map_or("UTC", chrono_tz::Tz::name);
        pairs.push((facts::TIME_ZONE.into(), zone.into()));
        pairs
    }

    /// Warns of what is odd in timestamps and starts, and of an order that is a guess; notes the
    /// order that they tell.
    pub fn warn(&self, seen: &[Tally; 2], options: &ReadOptions, report: &mut ImportReport) {
        if !self.doubts.is_empty() {
            report.warn(Warning::DoubtfulMapping, self.doubts.join(" "));
        }
        let [told, _] = orders(seen);
        // Year, day, month says nothing about dates whose year comes last, and those are in doubt.
        report.date_order = told.filter(|order| *order != DateOrder::Ydm);
        let known = options.date_order.or(options.date_hint).or(told);
        let roles = self.roles();
        let columns = [
            (self.role_of_times(), &self.time, &seen[0]),
            (Role::Start, &self.start, &seen[1]),
        ];
        for (role, learned, tally) in columns {
            let doubtful = known.is_none() && tally.either_way > 0
                || options.date_order.is_none() && learned.format.order == DateOrder::Ydm;
            if let (Some(name), true) = (roles[role].first(), doubtful) {
                warn_of_order(report, name, learned.format.order);
            }
        }
        let mut all = seen[0];
        all.add(&seen[1]);
        warn_of_tally(report, &all, options.tz);
    }
}

/// The orders of day and month that timestamp and start show: where one of them shows none, it is
/// that of the other.
fn orders(seen: &[Tally; 2]) -> [Option<DateOrder>; 2] {
    let [time, start] = [seen[0].order(), seen[1].order()];
    [time.or(start), start.or(time)]
}

/// The timestamps of a row: one, or one for each milestone. Behind the date of a milestone its time of
/// day may follow in a column of its own.
pub fn stamps(samples: &Table, names: &[String], mapping: &Mapping) -> Vec<Stamp> {
    let milestones = mapping[Role::Milestone].as_slice();
    if milestones.is_empty() {
        return vec![Stamp::new(samples, mapping[Role::Time].clone())];
    }
    let is_clock = |&column: &usize| mapping::is_clock(&names[column], samples.column(column));
    let of_one = |date: &usize, clock: &usize| is_clock(clock) && !is_clock(date);
    let stamps = milestones.chunk_by(of_one);
    let stamps = stamps.map(|columns| Stamp::new(samples, columns.to_vec()));
    stamps.collect()
}

/// Format of the timestamps of some columns, or of those joined of two: as the user says, or as the
/// samples show.
pub fn time_format(
    samples: &Table,
    stamps: &[Stamp],
    options: &ReadOptions,
) -> Result<Learned, ImportError> {
    if let Some(text) = &options.time_format {
        let format = TimeFormat::given(text, options.date_order)?;
        return Ok(Learned::given(format, text));
    }
    let order = options.date_order;
    let unread = || {
        let format = TimeFormat::calendar(order.unwrap_or(DateOrder::Dmy));
        Learned::given(format, "")
    };
    let joined = stamps.iter().any(|stamp| stamp.columns.len() > 1);
    let learned = if joined {
        let mut buffer = Vec::new();
        let mut texts: Vec<Vec<u8>> = Vec::new();
        for stamp in stamps {
            for row in 0..samples.len() {
                let text = |column: usize| samples.value(row, column);
                texts.push(stamp.text(text, &mut buffer).to_vec());
            }
        }
        described(texts.iter().map(Vec::as_slice), order)
    } else {
        let columns = stamps.iter().flat_map(|stamp| &stamp.columns);
        described(columns.flat_map(|&column| samples.column(column)), order)
    };
    let mut learned = learned.unwrap_or_else(unread);
    if let (None, None, Some(hint)) = (order, learned.tally.order(), options.date_hint)
        && hint != learned.format.order
    {
        learned.format.order = hint;
        learned.text = swap_day_and_month(&learned.text);
    }
    Ok(learned)
}

/// Role and column for the report.
pub fn describe_roles(roles: &Roles) -> Vec<(String, String)> {
    let named = Role::ALL.into_iter().filter_map(|role| {
        let mark = if role == Role::Milestone { ", " } else { " - " };
        let columns = roles[role].join(mark);
        let by_row = Role::NEEDED.contains(&role) && roles[Role::Milestone].is_empty();
        let shown = !columns.is_empty() || by_row;
        shown.then(|| (role.name().to_owned(), columns))
    });
    named.collect()
}

/// The format in the other order of day and month.
pub fn swap_day_and_month(format: &str) -> String {
    let swap = |specifier: &str| match specifier.as_bytes().first() {
        Some(b'd') => format!("m{}", &specifier[1..]),
        Some(b'm') => format!("d{}", &specifier[1..]),
        _ => specifier.to_string(),
    };
    format.split('%').map(swap).collect::<Vec<_>>().join("%")
}

/// Returns whether a case id or activity is blank.
pub fn is_blank(text: &[u8]) -> bool {
    let line_end = |b: &u8| *b == b'\r' || *b == b'\n';
    text.split(line_end).all(|line| trim(line).is_empty())
}

/// The case id or activity of several columns, joined; `None` where all of them are missing.
pub fn join<'a>(
    parts: impl Iterator<Item = Option<&'a [u8]>>,
    joined: &mut Vec<u8>,
) -> Option<&[u8]> {
    joined.clear();
    let mut missing = true;
    for (i, part) in parts.enumerate() {
        joined.extend_from_slice(if i == 0 { b"" } else { b" - " });
        if let Some(text) = part {
            missing &= is_blank(text);
            joined.extend_from_slice(text);
        }
    }
    (!missing).then_some(joined)
}
