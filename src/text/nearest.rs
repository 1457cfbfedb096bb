//! The names most like an unknown one: for filters, settings, keys, reports, object types.

/// Number of characters of a name that are compared.
const LONGEST: usize = 64;

/// The names most like `name`, best first, at most three: those that differ in letter case only, then
/// those that begin with it or contain it, then by edit distance. Empty only where `names` is.
///
/// ```
/// use casetrail::text::nearest;
///
/// let names = ["resource", "priority", "region"];
/// assert_eq!(nearest("prio", names.into_iter()), ["priority"]);
/// ```
pub fn nearest<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let wanted = folded(name);
    let mut best: Vec<(usize, &str)> = Vec::new();
    for candidate in names {
        let far = distance(&wanted, &folded(candidate));
        // Behind those as near, so that ties keep their order.
        let at = best.partition_point(|&(d, _)| d <= far);
        if at < 3 && best.iter().all(|(_, b)| *b != candidate) {
            best.insert(at, (far, candidate));
            best.truncate(3);
        }
    }
    // What is much further than the best is noise beside it.
    let limit = best.first().map_or(0, |&(d, _)| d + 2);
    best.into_iter()
        .take_while(|&(d, _)| d <= limit)
        .map(|(_, name)| name)
        .collect()
}

fn folded(name: &str) -> Vec<char> {
    name.chars()
        .take(LONGEST)
        .flat_map(char::to_lowercase)
        .collect()
}

/// 0 for equal names, 1 where one begins with the other, 2 where it contains it, else the number
/// of edits (insert, delete, replace) and at least 1.
fn distance(a: &[char], b: &[char]) -> usize {
    let edits = edits(a, b);
    let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
    // One or two letters are in nearly every name.
    if short.len() < 3 {
        edits
    } else if long.starts_with(short) {
        edits.min(1)
    } else if long.windows(short.len()).any(|w| w == short) {
        edits.min(2)
    } else {
        edits
    }
}

/// The edit distance of two texts.
fn edits(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replace = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = replace.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

/// End of a message about an unknown name, `; did you mean A, B or C?`; empty where there are no names.
/// `write` gives a name as the message shows it.
pub fn did_you_mean<'a>(
    name: &str,
    names: impl Iterator<Item = &'a str>,
    write: impl Fn(&str) -> String,
) -> String {
    let near: Vec<String> = nearest(name, names).into_iter().map(write).collect();
    match near.split_last() {
        None => String::new(),
        Some((last, [])) => format!("; did you mean {last}?"),
        Some((last, others)) => format!("; did you mean {} or {last}?", others.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_names_come_first() {
        let names = [
            "Assign",
            "Resolve",
            "Resolve again",
            "Close",
            "Reopen",
            "close",
        ];
        for (name, wanted) in [
            ("Asign", vec!["Assign"]),
            ("CLOSE", vec!["Close", "close"]),
            ("Reso", vec!["Resolve", "Resolve again"]),
            ("again", vec!["Resolve again"]),
        ] {
            let found = nearest(name, names.into_iter());
            assert_eq!(found[..wanted.len().min(found.len())], wanted, "{name}");
        }
        assert!(nearest("x", std::iter::empty()).is_empty());
        assert_eq!(nearest(&"x".repeat(100_000), names.into_iter()).len(), 3);
    }
}
