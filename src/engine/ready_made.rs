//! Guesses milestones from the names of activities: those of a support desk, a shop and a pipeline, in
//! the words of eleven languages. Definitions of the desk after Zendesk: first and next reply time, first
//! and full resolution time, and reopening.

use super::definitions::NamedMilestone;
use crate::event_log::Dictionary;
use crate::filter::{Activity, Milestone, Point, Spanned};

/// Beginnings of words of an answer by the desk.
pub(super) const ANSWER: &[&str] = &[
    "respon",
    "repl",
    "answer",
    "ответ",
    "antwort",
    "beantwort",
    "répon",
    "repon",
    "respuesta",
    "risp",
    "resposta",
    "odpowied",
    "antwoord",
    "beantwoord",
    "回复",
    "答复",
    "返信",
    "回答",
];
/// Beginnings of words of an answer by a machine, the requester or another party, and of words that
/// begin like an answer.
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
    "responsib",
    "responsab",
    "responsáv",
    "авто",
    "бот",
    "клиент",
    "заявител",
    "пользовател",
    "kunde",
    "umfrage",
    "lieferant",
    "proveedor",
    "fornitor",
    "fornecedor",
    "fournisseur",
    "klient",
    "klant",
    "leverancier",
    "客户",
    "自动",
    "顧客",
    "自動",
];
/// Beginnings of words that name the requester as the one who wrote; in Russian the genitive, as an
/// answer may be one to the client.
pub(super) const REQUESTER: &[&str] = &[
    "customer",
    "requester",
    "client",
    "user",
    "клиента",
    "заявителя",
    "пользователя",
    "kunde",
    "klant",
    "klient",
    "客户",
    "顧客",
];
pub(super) const ASKED: &[&str] = &[
    "repl",
    "respon",
    "answer",
    "messag",
    "comment",
    "ответ",
    "сообщен",
    "antwort",
    "répon",
    "respuesta",
    "risp",
    "resposta",
    "odpowied",
    "antwoord",
    "回复",
    "返信",
];
/// Words between an answer and the requester who gets it.
const TO: &[&str] = &["to", "an", "aan", "au", "al"];
const FIRST: &[&str] = &[
    "first", "перв", "erste", "premier", "premièr", "primera", "primeira",
];
pub(super) const MACHINE: &[&str] = &["auto", "bot", "авто", "бот", "自动", "自動"];
pub(super) const SOLVED: &[&str] = &[
    "resolv",
    "solv",
    "решен",
    "решён",
    "решить",
    "gelöst",
    "lösung",
    "behoben",
    "erledigt",
    "résol",
    "resuelt",
    "risolt",
    "risoluzione",
    "rozwiąz",
    "opgelost",
    "oplossing",
    "解决",
    "解決",
];
pub(super) const REOPENED: &[&str] = &[
    "reopen",
    "переоткр",
    "возобнов",
    "wiedereröff",
    "wiedergeöff",
    "rouver",
    "réouver",
    "reabiert",
    "reapert",
    "riapert",
    "reabert",
    "heropen",
    "重新打开",
    "再オープン",
];

/// Words of what a shop does, where it is done.
const PURCHASED: &[&str] = &[
    "purchase",
    "purchased",
    "bought",
    "kauf",
    "gekauft",
    "achat",
    "acheté",
    "compra",
    "comprado",
    "acquisto",
    "acquistato",
    "zakup",
    "aankoop",
    "gekocht",
    "покупка",
    "купл",
    "购买",
    "購入",
];
const PAID: &[&str] = &[
    "paid",
    "payment",
    "bezahl",
    "zahlungseingang",
    "payé",
    "paiement",
    "pagado",
    "pagada",
    "pago",
    "pagato",
    "pagamento",
    "opłacon",
    "zapłac",
    "betaald",
    "betaling",
    "оплач",
    "оплата",
    "支付",
    "支払",
];
const SHIPPED: &[&str] = &[
    "shipped",
    "versandt",
    "verschickt",
    "expédié",
    "enviado",
    "spedito",
    "wysłan",
    "verzonden",
    "отгружен",
    "отгрузка",
    "发货",
    "出荷",
];
const DELIVERED: &[&str] = &[
    "delivered",
    "geliefert",
    "zugestellt",
    "livré",
    "entregado",
    "entregue",
    "consegnato",
    "dostarczon",
    "geleverd",
    "bezorgd",
    "доставлен",
    "签收",
    "配達済",
];
const REFUNDED: &[&str] = &[
    "refunded",
    "refund",
    "erstattet",
    "remboursé",
    "reembolsado",
    "rimborsato",
    "zwrócon",
    "terugbetaald",
    "退款",
    "返金",
];
/// Beginnings of words by which one of these is only asked for, prepared, or failed.
const NOT_DONE: &[&str] = &[
    "request",
    "requir",
    "remind",
    "fail",
    "declin",
    "reject",
    "pend",
    "cancel",
    "await",
    "wait",
    "schedul",
    "plan",
    "creat",
    "approv",
    "review",
    "method",
    "due",
    "init",
    "start",
    "add",
    "view",
    "angefordert",
    "fehlgeschlagen",
    "abgelehnt",
    "erinnerung",
    "refusé",
    "demand",
    "rechazad",
    "requis",
    "block",
    "remov",
    "set",
    "chang",
    "term",
    "info",
    "detail",
    "solicit",
    "rifiutat",
    "richiest",
    "отклон",
    "ожида",
    "запрос",
    "напомин",
];

const MERGED: &[&str] = &["merged", "merge"];
const DEPLOYED: &[&str] = &["deployed", "deploy", "deployment"];
const RELEASED: &[&str] = &["released", "release"];
/// Words of a log about code: without them, a merge is one of tickets, and what is deployed is a fix.
const CODE: &[&str] = &[
    "commit",
    "committed",
    "build",
    "built",
    "pipeline",
    "pull",
    "push",
    "pushed",
];

/// Guesses the milestones whose activities a log has.
pub fn of(activities: &Dictionary) -> Vec<NamedMilestone> {
    let named = |words: &[&str], without: fn(&str) -> bool| -> Vec<Activity> {
        let meant = |name: &&str| begins(name, words) && !without(name);
        set(activities.iter().filter(meant))
    };
    let done = |words: &[&str]| -> Vec<Activity> {
        let meant = |name: &&str| has(name, words) && !begins(name, NOT_DONE);
        set(activities.iter().filter(meant))
    };
    let all_answers = named(ANSWER, |name| {
        begins(name, NOT_THE_DESK) && (begins(name, MACHINE) || !is_to_requester(name))
    });
    // "First response" is a milestone of its own; later responses are not.
    let is_first = |a: &&Activity| begins(&a.node, FIRST);
    let first: Vec<Activity> = all_answers.iter().filter(is_first).cloned().collect();
    let answers = if first.is_empty() {
        all_answers.clone()
    } else {
        first
    };
    let asked = named(ASKED, |name| {
        begins(name, MACHINE) || !begins(name, REQUESTER) || is_to_requester(name)
    });
    let solved = named(SOLVED, |name| begins(name, REOPENED));
    let reopened = named(REOPENED, |_| false);
    let is_code = activities.iter().any(|name| has(name, CODE));
    let of_code = |words: &[&str]| if is_code { done(words) } else { Vec::new() };
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
        ("purchase", Point::First(done(PURCHASED)), Point::Start),
        ("payment", Point::First(done(PAID)), Point::Start),
        ("shipment", Point::First(done(SHIPPED)), Point::Start),
        ("delivery", Point::First(done(DELIVERED)), Point::Start),
        ("refund", Point::First(done(REFUNDED)), Point::Start),
        ("merge", Point::First(of_code(MERGED)), Point::Start),
        ("deployment", Point::First(of_code(DEPLOYED)), Point::Start),
        ("release", Point::First(of_code(RELEASED)), Point::Start),
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
            guessed: true,
        })
        .collect()
}

/// Codes of the activities that are purchases, else of those that are payments.
pub fn purchases(activities: &Dictionary) -> Vec<u32> {
    let done = |words: &[&str]| {
        let meant = |(_, name): &(u32, &str)| has(name, words) && !begins(name, NOT_DONE);
        let codes = (0..).zip(activities.iter()).filter(meant);
        codes.map(|(code, _)| code).collect::<Vec<u32>>()
    };
    let purchases = done(PURCHASED);
    if purchases.is_empty() {
        done(PAID)
    } else {
        purchases
    }
}

/// Activities as a milestone names them.
fn set<'a>(names: impl Iterator<Item = &'a str>) -> Vec<Activity> {
    let activity = |name: &str| Spanned {
        node: name.to_owned(),
        span: 0..0,
    };
    names.map(activity).collect()
}

/// The words of a name in lower case.
pub(super) fn words(name: &str) -> Vec<String> {
    let name = name.to_lowercase().replace("re-open", "reopen");
    let parts = name.split(|c: char| !c.is_alphanumeric());
    parts.map(str::to_owned).collect()
}

/// Tests whether a name is of something sent to the requester: `Reply to customer`.
fn is_to_requester(name: &str) -> bool {
    is_to(name, REQUESTER)
}

/// Tests whether a name is of something sent to a party, given by beginnings of its words.
pub(super) fn is_to(name: &str, party: &[&str]) -> bool {
    let words = words(name);
    let to = words.iter().position(|word| TO.contains(&word.as_str()));
    to.is_some_and(|to| words[to..].iter().any(|word| begins(word, party)))
}

/// True for a script without spaces, in which a word of a name may begin anywhere.
pub(super) fn is_unspaced(word: &str) -> bool {
    word.chars().any(|c| c >= '\u{2e80}')
}

/// Tests whether a word of a name has one of these beginnings.
pub(super) fn begins(name: &str, beginnings: &[&str]) -> bool {
    let is_meant = |part: &String, word: &str| {
        part.starts_with(word) || is_unspaced(word) && part.contains(word)
    };
    let parts = words(name);
    let mut parts = parts.iter();
    parts.any(|part| beginnings.iter().any(|word| is_meant(part, word)))
}

/// Tests whether a name has one of these words whole; longer ones also as beginnings of words that only
/// differ in their ending.
fn has(name: &str, whole: &[&str]) -> bool {
    /// Letters of an ending: `оплачен` of `оплач`, `bezahlt` of `bezahl`.
    const ENDING: usize = 3;
    let is_meant = |part: &String, word: &str| {
        let ending = part.strip_prefix(word).map(|rest| rest.chars().count());
        let ascii = word.is_ascii();
        let few = if ascii { 1 } else { ENDING };
        ending.is_some_and(|n| n <= few) || is_unspaced(word) && part.contains(word)
    };
    let parts = words(name);
    let mut parts = parts.iter();
    parts.any(|part| whole.iter().any(|word| is_meant(part, word)))
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
    fn shops_and_pipelines_have_milestones_of_their_own() {
        let shop = found(&[
            "Visit",
            "add_payment_info",
            "Purchase",
            "Payment request sent",
            "Payment received",
            "Set Payment Block",
            "Order shipped",
            "Delivered",
            "Refund rejected",
        ]);
        assert_eq!(
            shop,
            [
                "purchase = first \"Purchase\" after start",
                "payment = first \"Payment received\" after start",
                "shipment = first \"Order shipped\" after start",
                "delivery = first \"Delivered\" after start",
            ]
        );
        let pipeline = found(&["Commit pushed", "Build", "Merged", "Deployed to production"]);
        assert_eq!(
            pipeline,
            [
                "merge = first \"Merged\" after start",
                "deployment = first \"Deployed to production\" after start",
            ]
        );
        // A desk merges tickets and deploys fixes.
        assert_eq!(
            found(&["Merged into another case", "Fix deployed"]),
            [""; 0]
        );
    }

    #[test]
    fn an_answer_to_the_customer_is_one_of_the_desk() {
        assert_eq!(
            found(&[
                "Reply to customer",
                "Reply from customer",
                "Responsible assigned"
            ]),
            [
                "first_response = first \"Reply to customer\" after start",
                "next_reply = first \"Reply to customer\" after each \"Reply from customer\"",
            ]
        );
        let german = found(&["Erstellt", "Antwort an Kunden", "Gelöst", "Wiedereröffnet"]);
        assert_eq!(
            german[0],
            "first_response = first \"Antwort an Kunden\" after start"
        );
        assert_eq!(
            german[3],
            "reopened = first \"Wiedereröffnet\" after first \"Gelöst\""
        );
        let chinese = found(&["创建", "首次回复", "已解决"]);
        assert_eq!(
            chinese[0],
            "first_response = first \"首次回复\" after start"
        );
        assert_eq!(chinese.len(), 3);
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
        assert_eq!(found(&["Reopened", "Created"]), [""; 0]);
    }
}
