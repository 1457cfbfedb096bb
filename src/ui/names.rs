//! Short forms of names that stay apart: in a sequence of activities, in the boxes of a map. One place for
//! all, so that an activity looks the same wherever it is cut alike.

use super::fit::{grapheme_width, truncate_end, truncate_middle, width};
use std::collections::{BTreeMap, BTreeSet};
use unicode_segmentation::UnicodeSegmentation;

/// Part of a name that a short form keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// What is read best among other names: whole words of its beginning, its beginning, the beginnings of
    /// its words, then both of its ends.
    Beginning,
    /// Both ends, with an ellipsis in the middle, so that it is seen that something is missing.
    Ends,
}

/// A short form of a safe name: name, columns, ellipsis.
type Form = fn(&str, usize, &str) -> String;

/// Short forms, the one that is read best first.
const OF_BEGINNING: [Form; 4] = [
    whole_words,
    |name, columns, _| cut(name, columns).to_owned(),
    by_words,
    |name, columns, ellipsis| truncate_middle(name, columns, ellipsis).into_owned(),
];
const OF_ENDS: [Form; 2] = [
    |name, columns, ellipsis| truncate_middle(name, columns, ellipsis).into_owned(),
    by_words,
];

/// Short forms of safe names, each with the columns that it may take: the name itself where it fits, else
/// the first form that is unique among all, else one that shows the place where it differs, else one with a
/// number. Equal names have equal forms.
pub fn apart(names: &[(&str, usize)], keep: Keep, ellipsis: &str) -> Vec<String> {
    let forms: &[Form] = match keep {
        Keep::Beginning => &OF_BEGINNING,
        Keep::Ends => &OF_ENDS,
    };
    let distinct: BTreeMap<&str, usize> = names.iter().copied().collect();
    let made: Vec<Vec<String>> = forms
        .iter()
        .map(|form| {
            let all = distinct.iter();
            all.map(|(name, &columns)| form(name, columns, ellipsis))
                .collect()
        })
        .collect();
    let counts: Vec<BTreeMap<&str, usize>> = made.iter().map(|made| counted(made)).collect();
    let fitting = distinct
        .iter()
        .filter(|(name, columns)| width(name) <= **columns);
    let mut chosen: BTreeMap<&str, String> =
        fitting.map(|(&name, _)| (name, name.to_owned())).collect();
    let mut taken: BTreeSet<String> = chosen.values().cloned().collect();
    let mut rest = Vec::new();
    for (at, (&name, &columns)) in distinct.iter().enumerate() {
        if chosen.contains_key(name) {
            continue;
        }
        let is_unique = |form: &usize| counts[*form][made[*form][at].as_str()] == 1;
        let mut unique = (0..forms.len()).filter(is_unique);
        // A form of one kind may be that of another name of another kind.
        let form = unique.find(|&form| !taken.contains(&made[form][at]));
        match form.map(|form| made[form][at].clone()) {
            Some(form) => {
                taken.insert(form.clone());
                chosen.insert(name, form);
            }
            None => rest.push((name, columns)),
        }
    }
    for (name, columns) in rest {
        let mut others = splits(name, columns, ellipsis).chain(numbered(name, columns, ellipsis));
        let form = others.find(|form| !taken.contains(form));
        let form = form.unwrap_or_default();
        taken.insert(form.clone());
        chosen.insert(name, form);
    }
    let form = |(name, _): &(&str, usize)| chosen.get(name).cloned().unwrap_or_default();
    names.iter().map(form).collect()
}

fn counted(forms: &[String]) -> BTreeMap<&str, usize> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for form in forms {
        *counts.entry(form).or_default() += 1;
    }
    counts
}

/// A name with the ellipsis in other places than the middle, those near the middle first.
fn splits<'a>(
    name: &'a str,
    columns: usize,
    ellipsis: &'a str,
) -> impl Iterator<Item = String> + 'a {
    let room = columns.saturating_sub(width(ellipsis));
    let middle = room / 2;
    let places = (1..=room).flat_map(move |away| {
        let before = middle.checked_sub(away);
        let after = Some(middle + away).filter(|&after| after <= room);
        before.into_iter().chain(after)
    });
    places.map(move |first| {
        let start = truncate_end(name, first, "").len();
        let mut end = name.len();
        let mut taken = 0;
        for (at, grapheme) in name.grapheme_indices(true).rev() {
            taken += grapheme_width(grapheme);
            if taken > room - first || at < start {
                break;
            }
            end = at;
        }
        format!("{}{ellipsis}{}", &name[..start], &name[end..])
    })
}

/// A name with a number at its end.
fn numbered<'a>(
    name: &'a str,
    columns: usize,
    ellipsis: &'a str,
) -> impl Iterator<Item = String> + 'a {
    (1..).map(move |number: u64| {
        let number = format!("#{number}");
        let room = columns.saturating_sub(number.len());
        format!("{}{number}", truncate_middle(name, room, ellipsis))
    })
}

/// The beginning of a name, without blanks and punctuation where it is cut.
fn cut(name: &str, columns: usize) -> &str {
    let end = truncate_end(name, columns, "").len();
    if end == name.len() {
        return name;
    }
    let short = name[..end].trim_end_matches(|c: char| !c.is_alphanumeric());
    if short.is_empty() {
        &name[..end]
    } else {
        short
    }
}

/// `Take in charge ticket` as `Take in`: what fits of it without its last words, where that is half
/// of the room at least.
fn whole_words(name: &str, columns: usize, _ellipsis: &str) -> String {
    let end = truncate_end(name, columns, "").len();
    if end == name.len() || name[end..].starts_with(' ') {
        return cut(name, columns).to_owned();
    }
    let words = name[..end].rfind(' ').map(|end| &name[..end]);
    match words.filter(|words| width(words) * 2 >= columns) {
        Some(words) => cut(name, width(words)).to_owned(),
        None => cut(name, columns).to_owned(),
    }
}

/// `Take in charge ticket` as `Tak in ch tic`: every word loses its end, the longest first.
fn by_words(name: &str, columns: usize, ellipsis: &str) -> String {
    let words: Vec<Vec<&str>> = name
        .split(' ')
        .map(|w| w.graphemes(true).collect())
        .collect();
    let mut kept: Vec<usize> = words.iter().map(Vec::len).collect();
    let part = |i: usize, n: usize| {
        words[i][..n]
            .iter()
            .map(|g| grapheme_width(g))
            .sum::<usize>()
    };
    // `split` gives one word at least.
    let mut total = (0..words.len()).map(|i| part(i, kept[i])).sum::<usize>() + words.len() - 1;
    while total > columns {
        // Of equally long words the last.
        let longest = (0..words.len()).max_by_key(|&i| (kept[i], i)).unwrap_or(0);
        if kept[longest] <= 1 {
            return truncate_end(name, columns, ellipsis).into_owned();
        }
        kept[longest] -= 1;
        total -= grapheme_width(words[longest][kept[longest]]);
    }
    let short = words.iter().zip(&kept).map(|(word, &n)| word[..n].concat());
    short.collect::<Vec<String>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::safe;
    use proptest::prelude::*;

    fn forms(names: &[&str], columns: usize, keep: Keep) -> Vec<String> {
        let names: Vec<(&str, usize)> = names.iter().map(|name| (*name, columns)).collect();
        apart(&names, keep, "…")
    }

    #[test]
    fn short_names_can_be_told_apart() {
        let names = [
            "Take in charge ticket",
            "Take in charge call",
            "Assign",
            "Invoice received 2023",
            "Invoice received 2024",
        ];
        let wanted = [
            "Tak in ch ti",
            "Tak in ch ca",
            "Assign",
            "Invoi…d 2023",
            "Invoi…d 2024",
        ];
        assert_eq!(forms(&names, 12, Keep::Beginning), wanted);
        let ends = [
            "Take …ticket",
            "Take …e call",
            "Assign",
            "Invoi…d 2023",
            "Invoi…d 2024",
        ];
        assert_eq!(forms(&names, 12, Keep::Ends), ends);
    }

    #[test]
    fn names_that_differ_in_one_place_show_it() {
        // Both ends are alike, and so are the beginnings of the words.
        let names = ["aaaaaaaa1aaaaaaaaaa", "aaaaaaaa2aaaaaaaaaa"];
        let forms = forms(&names, 11, Keep::Ends);
        assert_ne!(forms[0], forms[1]);
        assert!(forms.iter().all(|form| width(form) <= 11), "{forms:?}");
        // In less room than it takes, a number is left.
        let names = [
            "aaaaaaaaaaaaaaaa1aaaaaaaaaaaaaaa",
            "aaaaaaaaaaaaaaaa2aaaaaaaaaaaaaaa",
        ];
        assert_eq!(
            apart(&[(names[0], 5), (names[1], 5)], Keep::Ends, "~"),
            ["a~aaa", "aaa~a"]
        );
    }

    proptest! {
        #[test]
        fn different_names_have_different_forms(
            names in prop::collection::btree_set("[ab]{6,9}|[a-c ]{1,12}|日[a-b]{8}", 1..12),
            columns in 6_usize..12,
        ) {
            let names: Vec<String> = names.iter().map(|name| safe(name).into_owned()).collect();
            let names: Vec<(&str, usize)> = names.iter().map(|name| (name.as_str(), columns)).collect();
            for keep in [Keep::Beginning, Keep::Ends] {
                let forms = apart(&names, keep, "…");
                prop_assert!(forms.iter().all(|form| width(form) <= columns), "{:?}", forms);
                let distinct: BTreeSet<&String> = forms.iter().collect();
                prop_assert_eq!(distinct.len(), names.len(), "{:?}", forms);
            }
        }
    }
}
