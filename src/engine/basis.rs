//! The values that a figure is made of, for whoever asks how it came about.

use crate::text::count;

/// The values that a figure is made of: their number, and how many are left out for which reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Basis {
    /// Number of values.
    pub n: u64,
    /// Plural noun of the values: "waits".
    pub values: &'static str,
    /// Number of values that are left out, and what they are; those of number 0 are not mentioned.
    pub left_out: Vec<(u64, &'static str)>,
}

impl Basis {
    /// Values of which none is left out.
    pub fn of(n: u64, values: &'static str) -> Self {
        Basis {
            n,
            values,
            left_out: Vec::new(),
        }
    }

    /// Leaves out that many values.
    pub fn without(mut self, n: u64, what: &'static str) -> Self {
        self.left_out.push((n, what));
        self
    }

    /// As words: "n = 380 waits; left out: 40 first events".
    pub fn in_words(&self) -> String {
        let left_out = self.left_out.iter().filter(|(n, _)| *n > 0);
        let left_out = left_out.map(|(n, what)| format!("{} {what}", count(*n)));
        let left_out: Vec<String> = left_out.collect();
        let n = format!("n = {} {}", count(self.n), self.values);
        if left_out.is_empty() {
            return format!("{n}, none left out");
        }
        format!("{n}; left out: {}", left_out.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_is_said_with_its_number() {
        let basis = Basis::of(1380, "waits").without(0, "unknown");
        assert_eq!(basis.in_words(), "n = 1,380 waits, none left out");
        let basis = basis.without(4, "first events").without(1, "open case");
        assert_eq!(
            basis.in_words(),
            "n = 1,380 waits; left out: 4 first events, 1 open case"
        );
    }
}
