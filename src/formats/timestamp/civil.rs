//! Days since 1970-01-01 in the proleptic Gregorian calendar. Pure arithmetic.

/// Days from 1970-01-01 to a date; `None` where there is no such date or the year is not 1 to 9999.
pub fn days(year: i64, month: u32, day: u32) -> Option<i64> {
    if !(1..=9999).contains(&year) || day == 0 || day > days_in_month(year, month)? {
        return None;
    }
    // Years that begin in March have the leap day at their end.
    let (year, month) = (year - i64::from(month <= 2), i64::from(month));
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    // From March on months have 31, 30, 31, 30, 31 days, 153 in five.
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + i64::from(day) - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    // 146,097 days are 400 years; 719,468 days are from 0000-03-01 to 1970-01-01.
    Some(era * 146_097 + day_of_era - 719_468)
}

/// Days from 1970-01-01 to a day of an ISO week, 1 to 7 from Monday; `None` where there is no such week.
pub fn days_of_week(year: u32, week: u32, day: u32) -> Option<i64> {
    let monday_of_first = |year: i64| {
        // The first ISO week is the one with 4 January.
        let fourth = days(year, 1, 4)?;
        // 1970-01-01 was a Thursday.
        Some(fourth - (fourth + 3).rem_euclid(7))
    };
    let year = i64::from(year);
    let monday = monday_of_first(year)? + i64::from(week) * 7 - 7;
    // Week 53 exists only where the next year does not begin with it.
    let exists = week > 0 && monday_of_first(year + 1).is_none_or(|next| monday < next);
    ((1..=7).contains(&day) && exists).then(|| monday + i64::from(day) - 1)
}

/// Days from 1970-01-01 to a day of a year, from 1.
pub fn days_of_year(year: i64, day: u32) -> Option<i64> {
    let length = days(year, 12, 31)? - days(year, 1, 1)? + 1;
    let day = i64::from(day);
    (1..=length)
        .contains(&day)
        .then_some(days(year, 1, 1)? + day - 1)
}

fn days_in_month(year: i64, month: u32) -> Option<u32> {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => Some(31),
        4 | 6 | 9 | 11 => Some(30),
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => Some(29),
        2 => Some(28),
        _ => None,
    }
}

/// First and last microsecond of the years 1 to 9999.
pub const RANGE: std::ops::RangeInclusive<i64> = -62_135_596_800_000_000..=253_402_300_799_999_999;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::time::DAY;

    #[test]
    fn days_agree_with_chrono() {
        use chrono::{Datelike, NaiveDate};
        let mut date = NaiveDate::from_ymd_opt(1, 1, 1).unwrap();
        while date.year() < 10_000 {
            let days = days(i64::from(date.year()), date.month(), date.day());
            let epoch = NaiveDate::from_ymd_opt(1970, 1, 1).unwrap();
            assert_eq!(days, Some((date - epoch).num_days()), "{date}");
            let week = date.iso_week();
            let day = date.weekday().number_from_monday();
            if week.year() > 0 {
                assert_eq!(days_of_week(week.year() as u32, week.week(), day), days);
            }
            assert_eq!(days_of_year(i64::from(date.year()), date.ordinal()), days);
            date += chrono::Duration::days(13);
        }
        for (y, m, d) in [
            (2023, 2, 29),
            (2024, 2, 30),
            (2024, 13, 1),
            (0, 1, 1),
            (2024, 1, 0),
        ] {
            assert_eq!(days(y, m, d), None);
        }
        assert_eq!(days(1, 1, 1).unwrap() * DAY, *RANGE.start());
        assert_eq!((days(9999, 12, 31).unwrap() + 1) * DAY - 1, *RANGE.end());
    }
}
