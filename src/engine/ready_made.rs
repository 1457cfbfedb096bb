//! Milestones of a support desk that are found by the names of activities, in English and Russian.
//! Definitions after Zendesk: first and next reply time, first and full resolution time, and
//! reopening.

use super::definitions::NamedMilestone;
use crate::event_log::Dictionary;
use crate::filter::{Milestone, Point, Spanned};

/// Beginnings of words that tell an answer of the desk.
const ANSWER: &[&str] = &["respon", "repl", "answer", "ответ"];
/// Beginnings of words that tell that a machine, the requester or another party wrote it.
const NOT_THE_DESK: &[&str] = &[
    "auto",
    "bot",
    "customer",
    "requester",
    "client",
    "user",
    "vendor",
    "supplier",
    "survey",
    "авто",
    "бот",
    "клиент",
    "заявител",
    "пользовател",
];
/// Beginnings of words that tell that the requester wrote something; in Russian the genitive, as an
/// answer may be one to the client.
const REQUESTER: &[&str] = &[
    "customer",
    "requester",
    "client",
    "user",
    "клиента",
    "заявителя",
    "пользователя",
];
const ASKED: &[&str] = &[
    "repl",
    "respon",
    "answer",
    "messag",
    "comment",
    "ответ",
    "сообщен",
];
const SOLVED: &[&str] = &["resolv", "solv", "решен", "решён", "решить"];
const REOPENED: &[&str] = &["reopen", "переоткр", "возобнов"];

/// Those whose activities a log has.
pub fn of(activities: &Dictionary) -> Vec<NamedMilestone> {
    let named = |words: &[&str], without: &[&str]| {
        let meant = |name: &&str| begins(name, words) && !begins(name, without);
        let names = activities.iter().filter(meant);
        let set = names.map(|name| Spanned {
            node: name.to_owned(),
            span: 0..0,
        });
        set.collect::<Vec<_>>()
    };
    let answers = named(ANSWER, NOT_THE_DESK);
    // "First response" is a milestone of its own; later responses are not.
    let is_first = |name: &str| begins(name, &["first", "перв"]);
    let first: Vec<_> = answers
        .iter()
        .filter(|a| is_first(&a.node))
        .cloned()
        .collect();
    let answers = if first.is_empty() { answers } else { first };
    let all_answers = named(ANSWER, NOT_THE_DESK);
    let mut asked = named(ASKED, &["auto", "bot", "авто", "бот"]);
    asked.retain(|a| begins(&a.node, REQUESTER));
    let (solved, reopened) = (named(SOLVED, REOPENED), named(REOPENED, &[]));
    let all = [
        ("first_response", Point::First(answers), Point::Start),
        (
            "first_resolution",
            Point::First(solved.clone()),
            Point::Start,
        ),
        ("full_resolution", Point::Last(solved.clone()), Point::Start),
        ("reopened", Point::First(reopened), Point::First(solved)),
        ("next_reply", Point::First(all_answers), Point::Each(asked)),
    ];
    let found = all.into_iter().filter(|(_, to, from)| {
        let there = |point: &Point| *point == Point::Start || !point.activities().is_empty();
        there(to) && there(from)
    });
    found
        .map(|(name, to, from)| NamedMilestone {
            name: name.to_owned(),
            milestone: Milestone { from, to },
            calendar: None,
        })
        .collect()
}

/// Tests whether a word of a name has one of these beginnings.
fn begins(name: &str, words: &[&str]) -> bool {
    let name = name.to_lowercase().replace("re-open", "reopen");
    let mut parts = name.split(|c: char| !c.is_alphanumeric());
    parts.any(|part| words.iter().any(|word| part.starts_with(word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(activities: &[&str]) -> Vec<String> {
        let milestones = of(&activities.iter().copied().collect());
        let line = |m: &NamedMilestone| format!("{} = {}", m.name, m.milestone);
        milestones.iter().map(line).collect()
    }

    #[test]
    fn desks_of_both_languages_are_understood() {
        assert_eq!(
            found(&[
                "Created",
                "Auto-reply",
                "Customer replied",
                "First response",
                "Reply sent",
                "Resolved",
                "Re-opened"
            ]),
            [
                "first_response = first \"First response\" after start",
                "first_resolution = first \"Resolved\" after start",
                "full_resolution = last \"Resolved\" after start",
                "reopened = first \"Re-opened\" after first \"Resolved\"",
                "next_reply = first (\"First response\", \"Reply sent\") after each \"Customer replied\"",
            ]
        );
        assert_eq!(
            found(&[
                "Регистрация",
                "Ответ клиенту",
                "Ответ специалиста",
                "Решено"
            ])[0],
            "first_response = first \"Ответ специалиста\" after start"
        );
        assert_eq!(found(&["Reopened", "Paid"]), [""; 0]);
    }
}
