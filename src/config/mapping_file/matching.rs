//! Which of some entries is for a log, by its path, the end of its path, or a pattern.

use std::cmp::Reverse;

/// Rank of an entry's match, lower is better: exact, then the end of the path (more parts are
/// better), then a pattern (more literal characters are better).
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    Path,
    End(Reverse<usize>),
    Pattern(Reverse<usize>),
}

/// Positions of the entries that match the log of that name best: several if nothing shows
/// which is meant.
pub fn best<'a>(name: &str, files: impl Iterator<Item = &'a str>) -> Vec<usize> {
    let mut best: Vec<usize> = Vec::new();
    let mut best_fit: Option<Fit> = None;
    for (i, file) in files.enumerate() {
        let Some(fit) = fit(name, file) else { continue };
        if best_fit.as_ref().is_none_or(|b| fit < *b) {
            best_fit = Some(fit);
            best.clear();
            best.push(i);
        } else if best_fit.as_ref() == Some(&fit) {
            best.push(i);
        }
    }
    best
}

fn fit(name: &str, file: &str) -> Option<Fit> {
    if name == file {
        return Some(Fit::Path);
    }
    let (of_name, of_file) = (parts(name), parts(file));
    if of_name == of_file {
        return Some(Fit::Path);
    }
    // From the end, as the same log may be named from different folders.
    let pairs = of_name.iter().rev().zip(of_file.iter().rev());
    let same = pairs.take_while(|(a, b)| a == b).count();
    if same > 0 {
        return Some(Fit::End(Reverse(same)));
    }
    if !file.contains('*') {
        return None;
    }
    // A pattern without folders is one of names.
    let whole = of_name.join("/");
    let pattern = of_file.join("/");
    let text = if of_file.len() == 1 {
        of_name.last().copied().unwrap_or_default()
    } else {
        &whole
    };
    let written = pattern.bytes().filter(|&b| b != b'*').count();
    fits(&pattern, text).then_some(Fit::Pattern(Reverse(written)))
}

/// The parts of a path, without those that lead nowhere.
fn parts(path: &str) -> Vec<&str> {
    let parts = path.split('/').enumerate();
    let real = parts.filter(|(i, part)| !(*part == "." || part.is_empty() && *i > 0));
    real.map(|(_, part)| part).collect()
}

/// True if a text matches the pattern, in which each `*` stands for any text or none.
fn fits(pattern: &str, text: &str) -> bool {
    let mut pieces = pattern.split('*');
    let Some(mut rest) = text.strip_prefix(pieces.next().unwrap_or_default()) else {
        return false;
    };
    let Some(last) = pieces.next_back() else {
        return rest.is_empty();
    };
    // The first place that a piece fits leaves the most for those after it.
    for piece in pieces {
        match rest.find(piece) {
            Some(at) => rest = &rest[at + piece.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stand_for_anything() {
        for (pattern, text, good) in [
            ("*.csv", "a.csv", true),
            ("*.csv", ".csv", true),
            ("*.csv", "a.csv.gz", false),
            ("crm*.csv*", "crm-2024.csv.gz", true),
            ("a*b*c", "a--b--b--c", true),
            ("a*b*c", "a--c--b", false),
            ("a*a", "a", false),
            ("*", "", true),
            ("**", "x", true),
        ] {
            assert_eq!(fits(pattern, text), good, "{pattern} {text}");
        }
    }

    #[test]
    fn the_nearest_entry_is_taken() {
        let files = [
            "2023/t.csv",
            "2024/t.csv",
            "*.csv",
            "crm-*.csv",
            "-",
            "/a/x.csv",
        ];
        let best = |name: &str| best(name, files.into_iter());
        assert_eq!(best("2024/t.csv"), [1]);
        assert_eq!(best("./2024/t.csv"), [1]);
        assert_eq!(best("/data/2023/t.csv"), [0]);
        assert_eq!(best("t.csv"), [0, 1]);
        assert_eq!(best("crm-1.csv"), [3]);
        assert_eq!(best("/elsewhere/web.csv"), [2]);
        assert_eq!(best("-"), [4]);
        assert_eq!(best("x.csv"), [5]);
        assert!(best("x.xes").is_empty());
    }
}
