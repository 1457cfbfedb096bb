//! Which columns of a table bear case, activity and time, and how their timestamps are written:
//! what formats with named columns share once they have samples. Knows nothing of how rows are read.

use super::mapping::{self, Mapping, Names};
use super::table::Table;
use super::timestamp::{
    Learned, Style, Tally, TimeFormat, TimeReader, learn, trim, warn_of_order, warn_of_tally,
};
use super::{DateOrder, ImportError, ImportReport, ReadOptions, Warning};
use crate::event_log::{Role, Roles};

/// The columns of a table that have a role.
#[derive(Debug, Clone)]
pub struct Keys {
    /// Names of all columns.
    pub names: Vec<String>,
    /// Which column is what.
    pub mapping: Mapping,
    /// Format of the timestamp, where it is a text or a number.
    pub time: Learned,
    /// Format of the start.
    pub start: Learned,
    /// Sentences about guessed columns that another fits as well.
    pub doubts: Vec<String>,
}

impl Keys {
    /// The columns that the user named, the others guessed.
    pub fn guess(
        names: Vec<String>,
        samples: &Table,
        options: &ReadOptions,
    ) -> Result<Self, ImportError> {
        Self::named(names, Names::Keys, samples, options)
    }

    /// Like [`Keys::guess`], of columns whose names come from elsewhere than the data.
    pub fn named(
        names: Vec<String>,
        from: Names,
        samples: &Table,
        options: &ReadOptions,
    ) -> Result<Self, ImportError> {
        let (mapping, doubts) = mapping::guess(&names, samples, options)
            .map_err(|missing| mapping::refusal(&missing, &names, from))?;
        let time_column = mapping[Role::Time][0];
        let start_column = mapping[Role::Start].first().copied();
        let time = time_format(samples, time_column, options)?;
        let start = time_format(samples, start_column.unwrap_or(time_column), options)?;
        Ok(Keys {
            names,
            mapping,
            time,
            start,
            doubts,
        })
    }

    /// Returns whether a column alone is the case id, the activity, the timestamp or the start. The parts
    /// of a joined case id or activity stay columns of the log.
    pub fn is_key(&self, column: usize) -> bool {
        let alone = |role: &Role| self.mapping[*role] == [column];
        let mut roles = Role::ALL.into_iter().filter(alone).peekable();
        roles.peek().is_some() && roles.all(|role| !Role::ATTRIBUTES.contains(&role))
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
            let matters = tally.day_first + tally.month_first + tally.either_way > 0;
            let free = options.date_order.is_none() && calendar;
            if free && matters && order != learned.format.order {
                learned.format.order = order;
                learned.text = swap_day_and_month(&learned.text);
                wrong = true;
            }
        }
        wrong
    }

    /// Names of the columns by role.
    pub fn roles(&self) -> Roles {
        mapping::names(&self.mapping, &self.names)
    }

    /// Role and column for the report, with the writing of timestamps where it is known.
    pub fn describe(&self, options: &ReadOptions) -> Vec<(String, String)> {
        let mut pairs = describe_roles(&self.roles());
        if !self.time.text.is_empty() {
            pairs.push(("time format".into(), self.time.text.clone()));
        }
        let zone = options.tz.map_or("UTC", chrono_tz::Tz::name);
        pairs.push(("time zone".into(), zone.into()));
        pairs
    }

    /// Warns of what is odd in timestamps and starts, and of an order that is a guess; notes the
    /// order that they tell.
    pub fn warn(&self, seen: &[Tally; 2], options: &ReadOptions, report: &mut ImportReport) {
        if !self.doubts.is_empty() {
            report.warn(Warning::DoubtfulMapping, self.doubts.join(" "));
        }
        let [told, _] = orders(seen);
        report.date_order = told;
        let known = options.date_order.or(options.date_hint).or(told);
        let roles = self.roles();
        let columns = [
            (Role::Time, &self.time, &seen[0]),
            (Role::Start, &self.start, &seen[1]),
        ];
        for (role, learned, tally) in columns {
            if let (Some(name), true) =
                (roles[role].first(), known.is_none() && tally.either_way > 0)
            {
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

/// Format of a column of timestamps: as the user says, or as the samples show.
pub fn time_format(
    samples: &Table,
    column: usize,
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
    let mut learned = learn(samples.column(column), order).unwrap_or_else(unread);
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
        let columns = roles[role].join(" - ");
        let shown = !columns.is_empty() || Role::NEEDED.contains(&role);
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
