//! The last period of a selection and the one before, which figures are compared between.

/// Fewer cases than this have no periods.
pub const FEWEST: usize = 20;

/// Two periods of equal length, the second right after the first: the last two quarters of the time in which
/// 98 % of the cases start. A log often goes on after that, with slow cases only, or begins with a few
/// old ones: neither says how the process changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Periods {
    /// First instant of the period before, microseconds.
    pub before: i64,
    /// First instant of the last period.
    pub last: i64,
    /// First instant after it.
    pub end: i64,
}

impl Periods {
    /// Returns the periods of cases that start at these instants, in any order; `None` for fewer than
    /// [`FEWEST`] cases, or where they start at one time.
    pub fn of(mut starts: Vec<i64>) -> Option<Periods> {
        let n = starts.len();
        if n < FEWEST {
            return None;
        }
        let one_in_hundred = n / 100;
        let first = *starts.select_nth_unstable(one_in_hundred).1;
        let last = *starts.select_nth_unstable(n - 1 - one_in_hundred).1;
        let quarter = last.saturating_sub(first) / 4;
        (quarter > 0).then(|| Periods {
            before: last - 2 * quarter,
            last: last - quarter,
            end: last.saturating_add(1),
        })
    }

    /// The period that an instant is in: 0 for the one before, 1 for the last one.
    #[inline]
    pub fn place(&self, instant: i64) -> Option<usize> {
        let inside = self.before <= instant && instant < self.end;
        inside.then(|| usize::from(instant >= self.last))
    }

    /// Length of the last period in weeks.
    pub fn weeks(&self) -> f64 {
        const WEEK: f64 = 7.0 * 86_400e6;
        (self.end - self.last) as f64 / WEEK
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_quarters_of_the_time_in_which_cases_start() {
        let periods = Periods::of((0..=40).rev().collect()).unwrap();
        assert_eq!((periods.before, periods.last, periods.end), (20, 30, 41));
        let places = [19, 20, 29, 30, 40, 41].map(|at| periods.place(at));
        let wanted = [None, Some(0), Some(0), Some(1), Some(1), None];
        assert_eq!(places, wanted);
        assert_eq!(Periods::of(vec![5; 100]), None);
        assert_eq!(Periods::of((0..19).collect()), None);
    }

    #[test]
    fn one_case_in_a_hundred_on_either_side_does_not_count() {
        let starts = (0..198).map(|i| i * 10).chain([1_000_000, -900_000]);
        let periods = Periods::of(starts.collect()).unwrap();
        assert!(periods.end <= 1971 && periods.before >= 900, "{periods:?}");
    }
}
