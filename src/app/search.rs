//! Finding one of some dozens of short texts by a few letters. Lists of the log are searched by the
//! engine; this is for help, palette and menus.

/// How well `text` matches `query`, higher is better; `None` where it does not. Every word of the
/// query must be found: as the start of a word, inside one, or as letters in this order.
pub(super) fn score(query: &str, text: &str) -> Option<u32> {
    let text = text.to_lowercase();
    query
        .split_whitespace()
        .map(|word| score_word(&word.to_lowercase(), &text))
        .try_fold(0, |sum, score| Some(sum + score?))
}

fn score_word(word: &str, text: &str) -> Option<u32> {
    if text.starts_with(word) {
        return Some(5);
    }
    let starts_word = text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        before.is_none_or(|c| !c.is_alphanumeric())
    });
    if starts_word {
        return Some(4);
    }
    if text.contains(word) {
        return Some(3);
    }
    let mut rest = text.chars();
    let in_order = word.chars().all(|c| rest.any(|t| t == c));
    in_order.then_some(1)
}

/// Positions of the texts that match, best first, ties in their order.
pub(super) fn ranked<'a>(query: &str, texts: impl Iterator<Item = &'a str>) -> Vec<usize> {
    let mut found: Vec<(u32, usize)> = texts
        .enumerate()
        .filter_map(|(at, text)| Some((score(query, text)?, at)))
        .collect();
    found.sort_by_key(|&(score, at)| (std::cmp::Reverse(score), at));
    found.into_iter().map(|(_, at)| at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn better_matches_come_first() {
        let texts = [
            "previous-sort",
            "resort",
            "sort-menu",
            "scrap of text",
            "undo",
        ];
        let found = ranked("sort", texts.into_iter());
        assert_eq!(found, [2, 0, 1]);
        assert_eq!(ranked("", texts.into_iter()), [0, 1, 2, 3, 4]);
        assert_eq!(ranked("menu sort", texts.into_iter()), [2]);
        assert_eq!(ranked("pvs", texts.into_iter()), [0]);
        assert_eq!(ranked("É", ["é"].into_iter()), [0]);
    }
}
