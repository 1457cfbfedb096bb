//! Fits a sequence of activities into little room: repeats are collapsed, names are shortened but stay
//! distinct, the rest is counted; as text, and as spans to draw. Independent of panes.

use super::Look;
use crate::text::{head, safe};
use crate::ui::fit;
use crate::ui::fit::width;
use crate::ui::names::{Keep, apart};
use crate::ui::theme::Glyphs;
use crate::ui::theme::Theme;
use ratatui::text::Span;
use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// Names are not cut shorter than that.
const SHORTEST: usize = 5;
/// Names of that length are still read at a glance.
const READABLE: usize = 12;
/// Names are not shown longer than that.
const LONGEST: usize = 60;
/// Columns by which a name may be longer than the others, if that shows it whole: `Closed` is not cut
/// to `Close`.
const SPARED: usize = 1;
/// Runs of a sequence that can matter to the length of names; no screen shows more.
const LOOKED_AT: usize = 200;

/// An activity, and how often it occurs in a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Position in the sequence, from 1.
    pub first: usize,
    /// Activity name, as in the log.
    pub name: Arc<str>,
    /// Times.
    pub times: usize,
}

/// The runs of a sequence.
pub fn runs(activities: &[Arc<str>]) -> Vec<Run> {
    let mut first = 1;
    let runs = activities.chunk_by(|a, b| a == b).map(|run| {
        let found = Run {
            first,
            name: Arc::clone(&run[0]),
            times: run.len(),
        };
        first += run.len();
        found
    });
    runs.collect()
}

/// The whole sequence as safe text: `Open > Assign x2 > Close`.
pub fn text(activities: &[Arc<str>]) -> String {
    let runs = runs(activities);
    let texts = runs
        .iter()
        .map(|run| format!("{}{}", safe(&run.name), times(run)));
    texts.collect::<Vec<String>>().join(" > ")
}

/// As much of a name as a row can show, as safe text.
fn beginning(name: &str) -> Cow<'_, str> {
    // A character has at most four bytes.
    safe(head(name, 4 * LONGEST))
}

/// Suffix of the name of a run.
pub fn times(run: &Run) -> String {
    if run.times > 1 {
        format!(" x{}", run.times)
    } else {
        String::new()
    }
}

/// Short forms of names, each its own.
#[derive(Debug, Default)]
pub struct Names(HashMap<Arc<str>, String>);

impl Names {
    /// Short forms of `columns` at most for all names of these sequences.
    pub fn new(sequences: &[Vec<Run>], columns: usize, glyphs: &Glyphs) -> Names {
        let looked_at = sequences
            .iter()
            .flat_map(|runs| runs.iter().take(LOOKED_AT));
        let all: BTreeSet<&Arc<str>> = looked_at.map(|run| &run.name).collect();
        let safe_names: Vec<Cow<'_, str>> = all.iter().map(|name| beginning(name)).collect();
        let named: Vec<(&str, usize)> = safe_names
            .iter()
            .map(|name| (&**name, cut_to(width(name), columns)))
            .collect();
        let short = apart(&named, Keep::Beginning, glyphs.ellipsis);
        Names(all.into_iter().cloned().zip(short).collect())
    }

    /// The short form of a name.
    pub fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }
}

/// How long names may be on a page, so that most of its sequences fit: one length for all of them,
/// or the same activity would look different from row to row. `None` where names would have to be
/// shorter than `shortest`.
pub fn name_length(
    sequences: &[Vec<Run>],
    columns: usize,
    separator: usize,
    shortest: usize,
) -> Option<usize> {
    let widths = |run: &Run| (width(&beginning(&run.name)), width(&times(run)));
    let widths = |runs: &Vec<Run>| runs.iter().take(LOOKED_AT).map(widths).collect();
    let lengths: Vec<Vec<(usize, usize)>> = sequences.iter().map(widths).collect();
    let fits = |length: usize| {
        let total = |runs: &Vec<(usize, usize)>| {
            let names: usize = runs
                .iter()
                .map(|&(name, times)| cut_to(name, length) + times)
                .sum();
            names + runs.len().saturating_sub(1) * separator
        };
        let fitting = lengths.iter().filter(|runs| total(runs) <= columns).count();
        fitting * 4 >= lengths.len() * 3
    };
    let longest = lengths
        .iter()
        .flatten()
        .map(|&(name, _)| name)
        .max()
        .unwrap_or(0);
    (shortest..=longest.min(LONGEST).max(shortest))
        .rev()
        .find(|&n| fits(n))
}

/// Columns of a name where names are cut to `length`.
fn cut_to(name: usize, length: usize) -> usize {
    if name <= length + SPARED {
        name
    } else {
        length
    }
}

/// Returns the number of runs that fit, with room left for `+12` where not all do.
pub fn fitting(runs: &[Run], names: &Names, columns: usize, separator: usize) -> usize {
    let mut taken = 0;
    let mut found = 0;
    for (i, run) in runs.iter().enumerate() {
        let between = if i == 0 { 0 } else { separator };
        taken += between + width(names.get(&run.name)) + width(&times(run));
        let left = runs.len() - i - 1;
        let rest = if left == 0 {
            0
        } else {
            // Room for the `+` and its number.
            separator + 1 + left.to_string().len()
        };
        if taken + rest <= columns {
            found = i + 1;
        }
        if taken > columns {
            break;
        }
    }
    found
}

/// The names of a page, short enough for a column.
pub struct Shortened {
    names: Names,
    room: usize,
    separator: String,
}

impl Shortened {
    /// Names for a page of sequences in a column of `room` columns.
    pub fn new(sequences: &[Vec<Run>], room: usize, theme: &Theme) -> Shortened {
        let (wide, narrow) = (
            format!(" {} ", theme.glyphs.then),
            theme.glyphs.then.to_owned(),
        );
        // Blanks between names are given up before names become hard to read.
        let length = |separator: &str, shortest: usize| {
            name_length(sequences, room, fit::width(separator), shortest)
        };
        let (length, separator) = match length(&wide, READABLE) {
            Some(length) => (length, wide),
            None => (length(&narrow, SHORTEST).unwrap_or(SHORTEST), narrow),
        };
        Shortened {
            names: Names::new(sequences, length, &theme.glyphs),
            room,
            separator,
        }
    }

    /// One sequence: names, repeats as a count, and how many more there are.
    pub fn spans(&self, runs: &[Run], look: Look<'_>) -> Vec<Span<'static>> {
        let theme = look.theme;
        let shown = fitting(runs, &self.names, self.room, fit::width(&self.separator));
        // Where not even one fits, the beginning of the first is better than a number.
        let shown = shown.max(1).min(runs.len());
        let mut spans = Vec::with_capacity(shown * 2 + 1);
        for (i, run) in runs[..shown].iter().enumerate() {
            if i > 0 {
                spans.push(Span::styled(self.separator.clone(), theme.muted));
            }
            let style = kind(&run.name, look);
            spans.push(Span::styled(self.names.get(&run.name).to_owned(), style));
            if run.times > 1 {
                spans.push(Span::styled(times(run), theme.title));
            }
        }
        let left = runs.len() - shown;
        if left > 0 {
            let between = if shown == 0 {
                ""
            } else {
                self.separator.as_str()
            };
            spans.push(Span::styled(format!("{between}+{left}"), theme.muted));
        }
        spans
    }
}

/// The style of an activity: the same wherever it occurs.
pub fn kind(name: &Arc<str>, look: Look<'_>) -> ratatui::style::Style {
    // They stand by frequency: those that come after hundreds of others are rarely seen.
    let mut frequent = look.context.log.activities.iter().take(200);
    let position = frequent.position(|a| a == name);
    position.map_or(look.theme.text, |position| look.theme.kind(position))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sequence(names: &[&str]) -> Vec<Run> {
        let names: Vec<Arc<str>> = names.iter().map(|&n| n.into()).collect();
        runs(&names)
    }

    #[test]
    fn repeats_are_counted() {
        let names: Vec<Arc<str>> = ["a", "b", "b", "b", "a"].map(Into::into).to_vec();
        assert_eq!(text(&names), "a > b x3 > a");
        let firsts: Vec<usize> = runs(&names).iter().map(|run| run.first).collect();
        assert_eq!(firsts, [1, 2, 5]);
        assert_eq!(text(&[]), "");
        assert_eq!(text(&["x\x1b".into()]), "x\\u{1b}");
    }

    #[test]
    fn most_sequences_of_a_page_fit() {
        let page = [
            sequence(&["Assign seriousness", "Closed"]),
            sequence(&["Assign seriousness", "Take in charge ticket", "Closed"]),
            sequence(&["Closed"]),
            sequence(&[
                "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o",
            ]),
        ];
        assert_eq!(name_length(&page, 100, 3, 5), Some(21));
        assert_eq!(name_length(&page, 30, 3, 5), Some(9));
        assert_eq!(name_length(&page, 28, 1, 5), Some(10));
        assert_eq!(name_length(&page, 0, 3, 5), None);
        assert_eq!(name_length(&[], 10, 3, 5), Some(5));
    }

    #[test]
    fn the_rest_has_room_for_its_number() {
        let runs = sequence(&["aaaa", "bbbb", "cccc", "dddd"]);
        let names = Names::new(std::slice::from_ref(&runs), 4, &Glyphs::UNICODE);
        let found = [30, 25, 24, 16, 9, 8, 0].map(|columns| fitting(&runs, &names, columns, 3));
        assert_eq!(found, [4, 4, 3, 2, 1, 0, 0]);
    }
}
