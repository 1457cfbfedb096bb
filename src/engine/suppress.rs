//! Small groups: rows of fewer cases than wanted are left out of lists, and their number and sum is said.

use crate::text::{count, counted};
use std::fmt;

/// Rows that a list leaves out because they, or others that could be computed from them, are of few cases.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Suppressed {
    /// Number of rows.
    pub rows: u64,
    /// Sum of their cases.
    pub cases: u64,
    /// Fewest cases of a row that is shown.
    pub least: u64,
}

impl Suppressed {
    /// Rows of two lists.
    #[must_use]
    pub fn and(self, other: Suppressed) -> Self {
        Suppressed {
            rows: self.rows + other.rows,
            cases: self.cases + other.cases,
            least: self.least.max(other.least),
        }
    }

    /// Returns the number of rows and their sum in short; `None` where no row is left out.
    pub fn short(&self) -> Option<String> {
        let rows = counted(self.rows, "row", "rows");
        let cases = counted(self.cases, "case", "cases");
        (self.rows > 0).then(|| format!("{rows} left out ({cases})"))
    }

    /// Returns a sentence without a full stop; `None` where no row is left out.
    pub fn sentence(&self) -> Option<String> {
        let rows = counted(self.rows, "row", "rows");
        let cases = counted(self.cases, "case", "cases");
        let sentence = format!(
            "{rows} left out, {cases} in sum, so that no row of fewer than {} cases shows",
            self.least
        );
        (self.rows > 0).then_some(sentence)
    }
}

/// Number of cases, unless it is small and not to be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CaseCount {
    /// This many.
    Exactly(u64),
    /// One or more, and fewer than this.
    FewerThan(u64),
}

impl CaseCount {
    /// A count where groups of fewer than `least` cases are not shown.
    pub fn of(cases: u64, least: u64) -> Self {
        if is_few(cases, least) {
            CaseCount::FewerThan(least)
        } else {
            CaseCount::Exactly(cases)
        }
    }
}

impl fmt::Display for CaseCount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CaseCount::Exactly(cases) => f.write_str(&count(*cases)),
            CaseCount::FewerThan(least) => write!(f, "fewer than {least}"),
        }
    }
}

/// True for a group of cases that is too small to be shown; a group without cases is of nobody.
pub fn is_few(cases: u64, least: u64) -> bool {
    cases > 0 && cases < least
}

/// GroupSize of a row.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct GroupSize {
    /// Number of its cases.
    pub cases: u64,
    /// True where it must not be shown.
    pub few: bool,
}

/// Returns the numbers of the rows to show, ascending, and what is left out. A single row that is left out could be
/// computed from a total, and so could several that are few in sum: then the smallest of the others are left out too.
pub fn kept(sizes: &[GroupSize], least: u64) -> (Vec<usize>, Suppressed) {
    let mut hidden: Vec<bool> = sizes.iter().map(|size| size.few).collect();
    let mut suppressed = Suppressed {
        least,
        ..Suppressed::default()
    };
    for size in sizes.iter().filter(|size| size.few) {
        suppressed.rows += 1;
        suppressed.cases += size.cases;
    }
    if suppressed.rows > 0 {
        let mut others: Vec<usize> = (0..sizes.len())
            .filter(|row| !hidden[*row] && sizes[*row].cases > 0)
            .collect();
        others.sort_by_key(|row| sizes[*row].cases);
        for row in others {
            if suppressed.rows > 1 && suppressed.cases >= least {
                break;
            }
            hidden[row] = true;
            suppressed.rows += 1;
            suppressed.cases += sizes[row].cases;
        }
    }
    let shown = (0..sizes.len()).filter(|row| !hidden[*row]);
    (shown.collect(), suppressed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(cases: &[u64], least: u64) -> (Vec<u64>, u64, u64) {
        let size = |cases: &u64| GroupSize {
            cases: *cases,
            few: is_few(*cases, least),
        };
        let sizes: Vec<GroupSize> = cases.iter().map(size).collect();
        let (rows, suppressed) = kept(&sizes, least);
        let rows = rows.into_iter().map(|row| cases[row]).collect();
        (rows, suppressed.rows, suppressed.cases)
    }

    #[test]
    fn no_row_that_is_left_out_can_be_computed() {
        for (cases, least, rows, n, sum) in [
            (&[9, 8, 7][..], 5, &[9, 8, 7][..], 0, 0),
            (&[9, 4, 3, 7], 5, &[9, 7], 2, 7),
            // One alone is the difference to the total.
            (&[9, 4, 7], 5, &[9], 2, 11),
            // Two rows of two cases in sum have one case each.
            (&[9, 1, 1, 7], 5, &[9], 3, 9),
            (&[9, 1, 0], 5, &[0], 2, 10),
            (&[3], 5, &[], 1, 3),
            (&[0, 0, 9], 5, &[0, 0, 9], 0, 0),
            (&[1, 2], 0, &[1, 2], 0, 0),
        ] {
            let wanted = (rows.to_vec(), n, sum);
            assert_eq!(shown(cases, least), wanted, "{cases:?}");
        }
    }

    #[test]
    fn what_is_left_out_is_said() {
        let suppressed = Suppressed {
            rows: 3,
            cases: 7,
            least: 5,
        };
        let sentence =
            "3 rows left out, 7 cases in sum, so that no row of fewer than 5 cases shows";
        assert_eq!(suppressed.sentence().as_deref(), Some(sentence));
        assert_eq!(Suppressed::default().sentence(), None);
        let counts = [0, 4, 1234].map(|cases| CaseCount::of(cases, 5).to_string());
        assert_eq!(counts, ["0", "fewer than 5", "1,234"]);
    }
}
