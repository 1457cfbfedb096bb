//! How many cases satisfy a template of Declare by chance: what is left of a rule beyond that says
//! something about the process.
//!
//! - Templates of the order of events: the events of every case come in any order, each as likely.
//! - `responded`, `coexist` and `not_coexist`: a case has the one activity however likely it has the other.
//! - `existence`, `absence` and `exactly`: the activity is any of those of the selection.

use super::Selection;
use super::relations::{Alphabet, Candidate};
use crate::event_log::{Cancel, Cancelled, Template};
use std::collections::HashMap;

/// Variants between two looks at whether to go on.
const STRIDE: usize = 1 << 8;

/// Events of an activity and of another one in a case, and all events of it.
type Numbers = (u32, u32, u32);

/// Logarithms of factorials.
struct Factorials(Vec<f64>);

impl Factorials {
    fn up_to(n: usize) -> Self {
        let mut sum = 0.0;
        let all = (0..=n).map(|k| {
            sum += (k.max(1) as f64).ln();
            sum
        });
        Factorials(all.collect())
    }

    /// Logarithm of the factorial of `n`.
    fn of(&self, n: u32) -> f64 {
        self.0[n as usize]
    }

    /// Logarithm of the number of choices of `k` out of `n`.
    fn choices(&self, n: u32, k: u32) -> f64 {
        self.of(n) - self.of(k) - self.of(n - k)
    }

    /// Probability that a case with `a` events of A, `b` of B and `n` in all satisfies a template of two
    /// activities, if its events come in any order.
    fn of_order(&self, template: Template, (a, b, n): Numbers) -> f64 {
        let (one, other, both) = (f64::from(a), f64::from(b), f64::from(a + b));
        match template {
            // The last one of both is a B.
            Template::Response => other / both,
            // The first one of both is an A.
            Template::Precedence => one / both,
            Template::Succession => one * other / (both * (both - 1.0)),
            // Each A with a B behind it is one piece among the other B.
            Template::AltResponse if b >= a => (self.choices(b, a) - self.choices(a + b, a)).exp(),
            Template::AltPrecedence if a >= b => {
                (self.choices(a, b) - self.choices(a + b, b)).exp()
            }
            Template::AltSuccession if a == b => (-self.choices(a + b, a)).exp(),
            // The same among all events.
            Template::ChainResponse if b >= a => {
                (self.of(n - a) + self.of(b) - self.of(b - a) - self.of(n)).exp()
            }
            Template::ChainPrecedence if a >= b => {
                (self.of(n - b) + self.of(a) - self.of(a - b) - self.of(n)).exp()
            }
            Template::ChainSuccession if a == b => (self.of(n - a) + self.of(a) - self.of(n)).exp(),
            Template::NotSuccession => (-self.choices(a + b, a)).exp(),
            // Every B is in a place that is not behind an A.
            Template::NotChain => (self.choices(n - a, b) - self.choices(n, b)).exp(),
            _ => 0.0,
        }
    }
}

/// Returns the share of the activated cases that satisfy each of some rules by chance, 0 to 1.
///
/// # Errors
/// The answer is not wanted any more.
pub fn by_chance(
    selection: &Selection<'_>,
    alphabet: &Alphabet,
    rules: &[Candidate],
    has: &[u64],
    cancel: &Cancel,
) -> Result<Vec<f64>, Cancelled> {
    let ordered = Ordered::count(selection, alphabet, rules, cancel)?;
    let cases = selection.n_cases as f64;
    let rate = |activity: usize| has[activity] as f64 / cases;
    let mean = |of: &dyn Fn(usize) -> f64| {
        let n = alphabet.len();
        (0..n).map(of).sum::<f64>() / n.max(1) as f64
    };
    let usual = mean(&rate);
    let chance = |(at, rule): (usize, &Candidate)| {
        let activated = rule.activated as f64;
        let (sum, both) = (ordered.sums[at], ordered.both[at] as f64);
        match (rule.template, rule.b) {
            (Template::Existence, _) => usual,
            (Template::Absence, _) => 1.0 - usual,
            (Template::Exactly, _) => ordered.once / alphabet.len().max(1) as f64 / cases,
            (Template::Init | Template::End, _) => sum / activated,
            (Template::Responded, Some(b)) => rate(b),
            (Template::Coexist | Template::NotCoexist, Some(b)) => {
                let (one, other) = (rate(rule.a), rate(b));
                let together = one * other / (one + other - one * other);
                match rule.template {
                    Template::Coexist => together,
                    _ => 1.0 - together,
                }
            }
            // Cases with one of them alone satisfy what is forbidden of both.
            (template, Some(_)) if template.forbids_pairs() => (activated - both + sum) / activated,
            _ => sum / activated,
        }
    };
    Ok(rules.iter().enumerate().map(chance).collect())
}

/// Sums over the cases that have what rules are about.
struct Ordered {
    /// Of the probabilities that they satisfy each rule.
    sums: Vec<f64>,
    /// Cases with both activities of each rule.
    both: Vec<u64>,
    /// Pairs of a case and an activity that it has once.
    once: f64,
}

impl Ordered {
    fn count(
        selection: &Selection<'_>,
        alphabet: &Alphabet,
        rules: &[Candidate],
        cancel: &Cancel,
    ) -> Result<Self, Cancelled> {
        let mut by_pair: HashMap<(usize, Option<usize>), Vec<usize>> = HashMap::new();
        for (at, rule) in rules.iter().enumerate() {
            by_pair.entry((rule.a, rule.b)).or_default().push(at);
        }
        let variants = &selection.index.variants;
        let longest = selection.variants().map(|of| variants.sequence(of).len());
        let factorials = Factorials::up_to(longest.max().unwrap_or(0));
        let mut known: HashMap<(Template, Numbers), f64> = HashMap::new();
        let mut found = Ordered {
            sums: vec![0.0; rules.len()],
            both: vec![0; rules.len()],
            once: 0.0,
        };
        let (mut sequence, mut counts) = (Vec::new(), vec![0_u32; alphabet.len()]);
        for (at, variant) in selection.variants().enumerate() {
            if at.is_multiple_of(STRIDE) {
                cancel.check()?;
            }
            alphabet.sequence(variants.sequence(variant), &mut sequence);
            let cases = u64::from(selection.variant_cases[variant]);
            let mut present = Vec::new();
            for &activity in &sequence {
                if counts[activity] == 0 {
                    present.push(activity);
                }
                counts[activity] += 1;
            }
            let n = sequence.len() as u32;
            for &a in &present {
                let times = counts[a];
                found.once += if times == 1 { cases as f64 } else { 0.0 };
                for &rule in by_pair.get(&(a, None)).into_iter().flatten() {
                    // The first event, or the last, is any of all.
                    found.sums[rule] += cases as f64 * f64::from(times) / f64::from(n);
                }
                for &b in present.iter().filter(|&&b| b != a) {
                    let numbers = (times, counts[b], n);
                    for &rule in by_pair.get(&(a, Some(b))).into_iter().flatten() {
                        let template = rules[rule].template;
                        let chance = *known
                            .entry((template, numbers))
                            .or_insert_with(|| factorials.of_order(template, numbers));
                        found.sums[rule] += cases as f64 * chance;
                        found.both[rule] += cases;
                    }
                }
            }
            for &activity in &present {
                counts[activity] = 0;
            }
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::relations::counts;
    use crate::metrics::testing::Logged;
    use crate::test_support::log;

    /// All orders of some letters, each once for each way to it.
    fn orders(letters: &str) -> Vec<String> {
        if letters.is_empty() {
            return vec![String::new()];
        }
        let rest = |at: usize| format!("{}{}", &letters[..at], &letters[at + 1..]);
        let each = (0..letters.len()).flat_map(|at| {
            let first = &letters[at..=at];
            orders(&rest(at))
                .into_iter()
                .map(move |rest| format!("{first}{rest}"))
        });
        each.collect()
    }

    /// Shares of all orders, and by chance, of every template of two activities.
    #[test]
    fn chances_are_those_of_all_orders() {
        for letters in ["ab", "aab", "abb", "abc", "aabb", "abbc", "aabbc", "abccd"] {
            let all = orders(letters);
            let text = all.iter().enumerate().map(|(case, order)| {
                let events: Vec<String> = order.chars().map(String::from).collect();
                format!("{case}: {}", events.join(" "))
            });
            let cases = Logged::of(log(&text.collect::<Vec<_>>().join("; ")), None);
            let selection = cases.selection();
            let alphabet = Alphabet::of(&selection);
            let never = Cancel::never();
            let counted = counts(&selection, &alphabet, &never).unwrap();
            let mut rules = Vec::new();
            counted.each(&never, |rule| rules.push(rule)).unwrap();
            let found = by_chance(&selection, &alphabet, &rules, &counted.has(), &never).unwrap();
            for (rule, chance) in rules.iter().zip(found) {
                use Template::{Absence, Exactly, Existence};
                if matches!(rule.template, Existence | Absence | Exactly) || rule.activated == 0 {
                    continue;
                }
                let share = rule.satisfied as f64 / rule.activated as f64;
                assert!(
                    (share - chance).abs() < 1e-9,
                    "{letters} {rule:?}: {chance}"
                );
            }
        }
    }

    #[test]
    fn what_all_cases_have_says_nothing_about_the_others() {
        let cases = Logged::of(log("1: a b c; 2: a c; 3: a b; 4: a"), None);
        let selection = cases.selection();
        let alphabet = Alphabet::of(&selection);
        let never = Cancel::never();
        let has = counts(&selection, &alphabet, &never).unwrap().has();
        assert_eq!(has, [4, 2, 2]);
        let rule = |template, a, b| Candidate {
            template,
            a,
            b: Some(b),
            activated: 4,
            satisfied: 4,
        };
        let rules = [
            rule(Template::Responded, 1, 0),
            rule(Template::Responded, 0, 1),
            rule(Template::Coexist, 1, 2),
        ];
        let found = by_chance(&selection, &alphabet, &rules, &has, &never).unwrap();
        assert_eq!(found[..2], [1.0, 0.5]);
        assert!((found[2] - 1.0 / 3.0).abs() < 1e-12);
    }
}
