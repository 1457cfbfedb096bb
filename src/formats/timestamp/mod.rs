//! From the text of a timestamp to an instant in microseconds. How a column writes its timestamps
//! is learned from samples (`learn`), then every value is read by a `TimeReader`.

pub mod civil;
mod coded;
mod format;
mod joined;
mod learn;
mod names;
mod pattern;
mod scan;
mod shape;
mod warn;
mod zone;
mod zone_name;

pub use format::{EpochUnit, Style, TimeFormat};
pub use joined::{Joined, are_clocks};
pub use learn::{Learned, described, learn, time_readings, with_a_year};
pub use warn::{warn_of_order, warn_of_tally};

use crate::formats::{DateOrder, Reason};
use crate::text::time::DAY;
use scan::Clock;
use shape::{Digits, Shape};
use zone::Zone;
use zone_name::ZoneName;

/// A timestamp before zones are applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    days: i64,
    clock: Clock,
    /// The zone that is named where no offset is given.
    zone: Option<ZoneName>,
    two_digits: bool,
}

/// Why a text is no timestamp.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeFault {
    /// There is nothing but blanks.
    Empty,
    /// It is none, or none that exists.
    Bad,
    /// It is a count of another unit than its column.
    EpochUnit,
    /// The name of its zone is unknown, or that of several zones.
    Zone,
}

impl TimeFault {
    /// The reason for which the event is rejected.
    pub fn reason(self) -> Reason {
        match self {
            TimeFault::Empty => Reason::EmptyTime,
            TimeFault::Bad => Reason::BadTime,
            TimeFault::EpochUnit => Reason::EpochUnit,
            TimeFault::Zone => Reason::UnknownZone,
        }
    }
}

/// Counts gathered while timestamps were read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Timestamps with an offset, or counts since 1970.
    pub aware: u64,
    /// Timestamps without offset.
    pub naive: u64,
    /// Years of two digits.
    pub two_digits: u64,
    /// Years of two digits in a date without time: may be a version number.
    pub bare_short_dates: u64,
    /// Wall-clock times that the clock skipped.
    pub gaps: u64,
    /// Wall-clock times that the clock showed twice.
    pub folds: u64,
    /// Dates that can only be day, month, year.
    pub day_first: u64,
    /// Dates that can only be month, day, year.
    pub month_first: u64,
    /// Dates that can be either.
    pub either_way: u64,
    /// Dates that can only be year, day, month; not counted where they repeat.
    pub year_day: u64,
    /// Dates that can only be year, month, day; not counted where they repeat.
    pub year_month: u64,
    /// Dates without a time of day.
    pub dates_alone: u64,
}

impl Tally {
    /// Adds what another reader saw.
    pub fn add(&mut self, other: &Tally) {
        self.aware += other.aware;
        self.naive += other.naive;
        self.two_digits += other.two_digits;
        self.bare_short_dates += other.bare_short_dates;
        self.gaps += other.gaps;
        self.folds += other.folds;
        self.day_first += other.day_first;
        self.month_first += other.month_first;
        self.either_way += other.either_way;
        self.year_day += other.year_day;
        self.year_month += other.year_month;
        self.dates_alone += other.dates_alone;
    }

    /// True if an order that nobody gave is a guess: no date decides between day and month, or all fit
    /// year, day, month only, which is hardly ever meant.
    pub fn is_guess(&self, order: DateOrder) -> bool {
        self.either_way > 0 && self.order().is_none() || order == DateOrder::Ydm
    }

    /// The order that most dates speak for, year, day, month only where no date speaks against it;
    /// `None` where none says anything.
    pub fn order(&self) -> Option<DateOrder> {
        match (self.day_first, self.month_first) {
            (0, 0) if self.either_way == 0 && self.year_day > 0 && self.year_month == 0 => {
                Some(DateOrder::Ydm)
            }
            (0, 0) => None,
            (d, m) if m > d => Some(DateOrder::Mdy),
            _ => Some(DateOrder::Dmy),
        }
    }

    fn count(&mut self, traits: scan::Traits) {
        self.two_digits += u64::from(traits & scan::TWO_DIGITS != 0);
        self.day_first += u64::from(traits & scan::DAY_FIRST != 0);
        self.month_first += u64::from(traits & scan::MONTH_FIRST != 0);
        self.either_way += u64::from(traits & scan::EITHER_WAY != 0);
    }

    /// Counts what a date in digits that was found to have this month and day says about the order.
    fn count_digits(&mut self, digits: Digits, order: DateOrder, month: u32, day: u32) {
        let (first, second) = match order {
            DateOrder::Dmy | DateOrder::Ydm => (day, month),
            DateOrder::Mdy | DateOrder::Ymd => (month, day),
        };
        match digits {
            Digits::Clear => {}
            Digits::YearLast => self.count(scan::order_of(first, second)),
            Digits::YearFirst => {
                self.year_day += u64::from(first > 12);
                self.year_month += u64::from(second > 12);
            }
        }
    }
}

/// The date that was read last: most columns repeat it. Its text is kept as its first and last
/// eight bytes, which may overlap.
#[derive(Debug, Clone, Copy)]
struct LastDate {
    first: [u8; 8],
    last: [u8; 8],
    date: scan::Date,
}

impl LastDate {
    /// Dates of other lengths are not kept.
    // Two pieces of eight bytes cover eight to sixteen bytes.
    const LENGTHS: std::ops::RangeInclusive<usize> = 8..=16;

    fn new(text: &[u8], date: scan::Date) -> Option<Self> {
        let text = &text[..date.len];
        Some(LastDate {
            first: *text.first_chunk()?,
            last: *text.last_chunk()?,
            date,
        })
        .filter(|_| Self::LENGTHS.contains(&date.len))
    }

    /// Returns whether `text` begins with this date, and goes on with something else.
    #[inline]
    fn begins(&self, text: &[u8]) -> bool {
        let n = self.date.len;
        let Some(date) = text.get(..n) else {
            return false;
        };
        // Comparing two words of eight bytes needs no loop.
        date.first_chunk() == Some(&self.first)
            && date.last_chunk() == Some(&self.last)
            && !text.get(n).is_some_and(u8::is_ascii_digit)
    }
}

/// 1600-01-01. What seems older in a free writing is a time of day without a year, as `12 Mar 0930`.
const OLDEST: i64 = -135_140;

/// Reads the timestamps of one column.
#[derive(Debug, Clone)]
pub struct TimeReader {
    format: TimeFormat,
    zone: Option<Zone>,
    last: Option<LastDate>,
    /// The writing that was read last, where `scan` does not read it: most columns have one.
    shape: Option<Box<Shape>>,
    /// The zone that was named last.
    named_zone: Option<Box<Zone>>,
    /// Counts so far.
    pub tally: Tally,
}

impl TimeReader {
    /// A reader; timestamps without offset are in `tz`, or in UTC.
    pub fn new(format: TimeFormat, tz: Option<chrono_tz::Tz>) -> Self {
        // In UTC no wall clock is looked up at all.
        let zone = tz.filter(|&tz| tz != chrono_tz::UTC).map(Zone::new);
        TimeReader {
            format,
            zone,
            last: None,
            shape: None,
            named_zone: None,
            tally: Tally::default(),
        }
    }

    /// The instant that `text` stands for, in microseconds since 1970-01-01T00:00Z. Blanks around
    /// it do not matter.
    #[inline]
    pub fn read(&mut self, text: &[u8]) -> Result<i64, TimeFault> {
        let text = trim(text);
        if text.is_empty() {
            return Err(TimeFault::Empty);
        }
        match &self.format.style {
            Style::Calendar { compact } => self.calendar(text, *compact),
            Style::Epoch { unit, guessed } => self.epoch(text, *unit, *guessed),
            Style::ExcelDays => {
                self.tally.naive += 1;
                excel_days(text)
            }
            Style::Array => self.moment(coded::array(text).ok_or(TimeFault::Bad)?),
            Style::DotNet => self.dot_net(text),
            Style::Given(pattern) => self.moment(pattern.read(text).ok_or(TimeFault::Bad)?),
        }
    }

    /// The instant of a count of microseconds since 1970: in UTC where `aware`, else what a clock on
    /// the wall showed.
    pub fn count(&mut self, micros: i64, aware: bool) -> Result<i64, TimeFault> {
        let micros = in_range(micros)?;
        if aware {
            self.tally.aware += 1;
            return Ok(micros);
        }
        let clock = Clock {
            micros: micros.rem_euclid(DAY),
            offset: None,
            given: true,
        };
        self.instant(micros.div_euclid(DAY), clock)
    }

    /// Counts what `text` says about the order of day and month, though its event is not used.
    pub fn count_order(&mut self, text: &[u8]) {
        let before = self.tally;
        // Only the order counts; offsets and odd times are said of rows that are used.
        // Whether it can be read does not matter here.
        let _ = self.read(text);
        self.tally = Tally {
            day_first: self.tally.day_first,
            month_first: self.tally.month_first,
            either_way: self.tally.either_way,
            year_day: self.tally.year_day,
            year_month: self.tally.year_month,
            ..before
        };
    }

    #[inline]
    fn calendar(&mut self, text: &[u8], compact: bool) -> Result<i64, TimeFault> {
        match self.plain(text, compact) {
            Some(read) => read,
            None => self.shaped(text, compact),
        }
    }

    /// A timestamp that `scan` reads; `None` where its writing is none of those.
    #[inline]
    fn plain(&mut self, text: &[u8], compact: bool) -> Option<Result<i64, TimeFault>> {
        let date = match self.date(text, compact) {
            Ok(date) => date,
            Err(none) => {
                let date = none.len > 0 && scan::clock(&text[none.len..], compact).is_some();
                // 02/13/2024 is no date day first, but says that the column is month first.
                if date {
                    self.tally.count(none.traits);
                }
                return date.then_some(Err(TimeFault::Bad));
            }
        };
        let rest = &text[date.len..];
        let clock = if compact && date.len == 8 && rest.len() >= 4 && rest[0].is_ascii_digit() {
            // 20240131101500: a blank is put between, which only this rare form pays for.
            let spaced = [b" ", rest].concat();
            scan::clock(&spaced, true)
        } else {
            scan::clock(rest, compact)
        };
        let clock = clock?;
        if date.traits != 0 {
            self.tally.count(date.traits);
        }
        if !clock.given {
            self.tally.dates_alone += 1;
            self.tally.bare_short_dates += u64::from(date.traits & scan::TWO_DIGITS != 0);
        }
        Some(self.instant(date.days, clock))
    }

    #[inline]
    fn date(&mut self, text: &[u8], compact: bool) -> Result<scan::Date, scan::NoDate> {
        // Rows in order of time repeat their date, which then is not read again.
        if let Some(last) = self.last.filter(|last| last.begins(text)) {
            return Ok(last.date);
        }
        let date = scan::date(text, self.format.order, compact);
        let traits = date.map_or_else(|none| none.traits, |date| date.traits);
        self.tally.year_day += u64::from(traits & scan::YEAR_DAY != 0);
        self.tally.year_month += u64::from(traits & scan::YEAR_MONTH != 0);
        let date = scan::Date {
            traits: traits & !(scan::YEAR_DAY | scan::YEAR_MONTH),
            ..date?
        };
        self.last = LastDate::new(text, date);
        Ok(date)
    }

    /// A timestamp of any other writing.
    fn shaped(&mut self, text: &[u8], compact: bool) -> Result<i64, TimeFault> {
        match text.first() {
            Some(b'[') => return self.moment(coded::array(text).ok_or(TimeFault::Bad)?),
            Some(b'/') => return self.dot_net(text),
            _ => {}
        }
        let order = self.format.order;
        // A column mostly keeps its writing, so that it need not be found anew for each value.
        let seen = self.shape.as_ref();
        let parts = if let Some(parts) = seen.and_then(|seen| pattern::parse(&seen.steps, text)) {
            parts
        } else {
            let shape = shape::shape(text, order, compact).ok_or(TimeFault::Bad)?;
            let parts = pattern::parse(&shape.steps, text).ok_or(TimeFault::Bad)?;
            self.shape = Some(Box::new(shape));
            parts
        };
        let shape = self.shape.as_ref();
        let digits = shape.map_or(Digits::Clear, |shape| shape.digits);
        self.tally
            .count_digits(digits, order, parts.month, parts.day);
        let moment = parts.moment().filter(|moment| moment.days >= OLDEST);
        self.moment(moment.ok_or(TimeFault::Bad)?)
    }

    fn dot_net(&mut self, text: &[u8]) -> Result<i64, TimeFault> {
        let micros = coded::dot_net(text).ok_or(TimeFault::Bad)?;
        self.tally.aware += 1;
        in_range(micros)
    }

    /// The instant of a moment, its named zone applied.
    fn moment(&mut self, moment: Moment) -> Result<i64, TimeFault> {
        self.tally.two_digits += u64::from(moment.two_digits);
        if !moment.clock.given {
            self.tally.dates_alone += 1;
            self.tally.bare_short_dates += u64::from(moment.two_digits);
        }
        let Some(name) = moment.zone else {
            return self.instant(moment.days, moment.clock);
        };
        let local = moment.days * DAY + moment.clock.micros;
        let minutes = match name {
            ZoneName::At(minutes) => minutes,
            ZoneName::Doubtful(name) => {
                let tz = self.zone.as_ref().map(Zone::tz);
                let minutes = tz.and_then(|tz| ZoneName::offset_in(name, tz, local));
                minutes.ok_or(TimeFault::Zone)?
            }
            ZoneName::In(tz) => {
                // Taken out while it is used, as the tally is lent with it.
                let known = self.named_zone.take().filter(|zone| zone.tz() == tz);
                let mut zone = known.unwrap_or_else(|| Box::new(Zone::new(tz)));
                let utc = zone.count_utc_of(moment.days, moment.clock.micros, &mut self.tally);
                self.named_zone = Some(zone);
                self.tally.aware += 1;
                return in_range(utc);
            }
        };
        let clock = Clock {
            offset: Some(minutes),
            ..moment.clock
        };
        self.instant(moment.days, clock)
    }

    #[inline]
    fn instant(&mut self, days: i64, clock: Clock) -> Result<i64, TimeFault> {
        let local = days * DAY + clock.micros;
        let utc = match (clock.offset, &mut self.zone) {
            (Some(minutes), _) => {
                self.tally.aware += 1;
                local - i64::from(minutes) * 60_000_000
            }
            (None, None) => {
                self.tally.naive += 1;
                local
            }
            (None, Some(zone)) => {
                self.tally.naive += 1;
                zone.count_utc_of(days, clock.micros, &mut self.tally)
            }
        };
        in_range(utc)
    }

    fn epoch(&mut self, text: &[u8], unit: EpochUnit, guessed: bool) -> Result<i64, TimeFault> {
        let whole = text.iter().take_while(|b| b.is_ascii_digit()).count();
        if guessed {
            // 31.01.2024 begins with digits and a point, too, but with fewer of them.
            let count = whole == text.len() || text[whole] == b'.' && whole > 8;
            if !count {
                return self.calendar(text, false);
            }
            if EpochUnit::of_digits(whole) != Some(unit) {
                return Err(TimeFault::EpochUnit);
            }
        }
        let micros = decimal(text, unit.places()).ok_or(TimeFault::Bad)?;
        self.tally.aware += 1;
        in_range(micros)
    }
}

fn in_range(micros: i64) -> Result<i64, TimeFault> {
    if civil::RANGE.contains(&micros) {
        Ok(micros)
    } else {
        Err(TimeFault::Bad)
    }
}

/// The instant of a count of days in Excel, of which 25,569 is 1970-01-01.
fn excel_days(text: &[u8]) -> Result<i64, TimeFault> {
    let billionths = decimal(text, 9).ok_or(TimeFault::Bad)?;
    // In i128, as billionths of a day times a day in microseconds go beyond i64.
    let since_1970 = i128::from(billionths) - 25_569_000_000_000;
    let micros = since_1970 * i128::from(DAY) / 1_000_000_000;
    in_range(i64::try_from(micros).map_err(|_| TimeFault::Bad)?)
}

/// A decimal number times ten to the `places`, digits beyond cut off.
fn decimal(text: &[u8], places: i32) -> Option<i64> {
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    let whole_len = digits.iter().take_while(|b| b.is_ascii_digit()).count();
    let (whole, rest) = digits.split_at(whole_len);
    if whole.is_empty() || !(rest.is_empty() || rest.starts_with(b".")) {
        return None;
    }
    let fraction = rest.get(1..).unwrap_or(b"");
    let mut value: i64 = 0;
    for b in whole {
        // A count that overflows is no timestamp of the years 1 to 9999.
        value = value.checked_mul(10)?.checked_add(i64::from(b - b'0'))?;
    }
    if !fraction.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let kept = fraction.len().min(places.max(0) as usize);
    for b in &fraction[..kept] {
        value = value.checked_mul(10)?.checked_add(i64::from(b - b'0'))?;
    }
    for _ in (kept as i32)..places {
        value = value.checked_mul(10)?;
    }
    for _ in places..0 {
        value = value.div_euclid(10);
    }
    Some(if negative { -value } else { value })
}

/// Without blanks, tabs and no-break spaces around.
#[inline]
pub fn trim(mut text: &[u8]) -> &[u8] {
    loop {
        match text {
            [b' ' | b'\t', rest @ ..]
            | [rest @ .., b' ' | b'\t']
            | [0xc2, 0xa0, rest @ ..]
            | [rest @ .., 0xc2, 0xa0] => text = rest,
            _ => return text,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(micros: i64) -> String {
        let time = chrono::DateTime::from_timestamp_micros(micros).unwrap();
        time.format("%Y-%m-%dT%H:%M:%S%.fZ").to_string()
    }

    fn read(order: DateOrder, text: &str) -> Result<String, TimeFault> {
        let mut reader = TimeReader::new(TimeFormat::calendar(order), None);
        reader.read(text.as_bytes()).map(shown)
    }

    #[test]
    fn calendar_dates_of_every_form_are_read() {
        let cases = [
            ("2024-01-01T10:00:00Z", "2024-01-01T10:00:00Z"),
            ("2024-01-01 10:00:00.5+05:30", "2024-01-01T04:30:00.500Z"),
            (
                "2024-01-01t10:00:00,123456789z",
                "2024-01-01T10:00:00.123456Z",
            ),
            ("2024-01-01 01:30:00-0530", "2024-01-01T07:00:00Z"),
            ("2024-01-01T10:30:00 +03", "2024-01-01T07:30:00Z"),
            ("2012/10/09 14:50:17.000", "2012-10-09T14:50:17Z"),
            ("2024-1-5 9:05", "2024-01-05T09:05:00Z"),
            ("2024-01-05", "2024-01-05T00:00:00Z"),
            ("9.3.10 8:05", "2010-03-09T08:05:00Z"),
            ("31.12.99 23:59", "1999-12-31T23:59:00Z"),
            ("5/3/2016 01:16", "2016-03-05T01:16:00Z"),
            ("01/02/2024 3:05:10 PM", "2024-02-01T15:05:10Z"),
            ("01/02/2024 12:05 am", "2024-02-01T00:05:00Z"),
            ("9 Mar 2010 08:05", "2010-03-09T08:05:00Z"),
            ("09-Sep-10", "2010-09-09T00:00:00Z"),
            ("Mar 9, 2010 8:05:01 AM", "2010-03-09T08:05:01Z"),
            ("Tue, 9 March 2010 08:05:01 GMT", "2010-03-09T08:05:01Z"),
            ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"),
            ("2024-01-01T24:00:00Z", "2024-01-02T00:00:00Z"),
            ("\u{a0}2024-01-01 \t", "2024-01-01T00:00:00Z"),
            ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
        ];
        for (text, want) in cases {
            assert_eq!(read(DateOrder::Dmy, text), Ok(want.to_string()), "{text}");
        }
        assert_eq!(
            read(DateOrder::Mdy, "02/13/2024 10:00").unwrap(),
            "2024-02-13T10:00:00Z"
        );
        assert_eq!(
            read(DateOrder::Ymd, "24/02/13").unwrap(),
            "2024-02-13T00:00:00Z"
        );
    }

    #[test]
    fn what_is_no_timestamp_is_bad() {
        let cases = [
            "yesterday",
            "NaT",
            "2023-02-29T10:00:00Z",
            "2024-13-01 10:00:00",
            "2.9.1",
            "2024-01-01 25:00:00",
            "2024-01-01T10:00:00+25:00",
            "0000-00-00 00:00:00",
            "10000-01-01 00:00:00",
            "02/13/2024",
            "2024-01-01T10:00:00Zx",
            "4.0.0-beta",
            "2024-01-01T24:00:01Z",
            "13:00",
            "20240101",
            "1704103200",
            "2024",
            "2024-01",
            "01/02/2024 13:05 PM",
            "2024-01-01T10",
            "2024-01-01T10:00,5",
            "Tue Wed 9 Mar 2010",
            "45292.5",
            "-",
            "1-",
        ];
        for text in cases {
            assert_eq!(read(DateOrder::Dmy, text), Err(TimeFault::Bad), "{text}");
        }
        assert_eq!(read(DateOrder::Dmy, " \u{a0}"), Err(TimeFault::Empty));
    }

    #[test]
    fn the_last_date_is_kept_only_for_itself() {
        let mut reader = TimeReader::new(TimeFormat::calendar(DateOrder::Dmy), None);
        let mut day = |text: &str| reader.read(text.as_bytes()).map(|t| t / DAY);
        assert_eq!(day("1/1/1970"), Ok(0));
        assert_eq!(day("1/1/19701"), Err(TimeFault::Bad));
        assert_eq!(day("2/1/1970"), Ok(1));
        assert_eq!(day("2/1/1970 10:00"), Ok(1));
        assert_eq!(day("2/1/1971"), Ok(366));
        assert_eq!(reader.tally.either_way, 4);
    }

    #[test]
    fn counts_and_given_formats_are_read() {
        let given = |format: &str, text: &str| {
            let format = TimeFormat::given(format, None).unwrap();
            TimeReader::new(format, None)
                .read(text.as_bytes())
                .map(shown)
        };
        let ten = Ok("2024-01-01T10:00:00Z".to_string());
        assert_eq!(given("epoch_s", "1704103200"), ten);
        assert_eq!(given("epoch_ms", "1704103200000"), ten);
        assert_eq!(given("epoch_ns", "1704103200000000999"), ten);
        assert_eq!(
            given("epoch_s", "-0.25"),
            Ok("1969-12-31T23:59:59.750Z".to_string())
        );
        assert_eq!(
            given("excel", "45292.5"),
            Ok("2024-01-01T12:00:00Z".to_string())
        );
        assert_eq!(
            given("epoch_s", "99999999999999999999"),
            Err(TimeFault::Bad)
        );
        assert_eq!(given("%d.%m.%Y", "2024-01-01"), Err(TimeFault::Bad));
        assert!(TimeFormat::given("%d.%m", None).is_err());
    }
}
