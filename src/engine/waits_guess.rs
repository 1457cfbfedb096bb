//! Guesses which waits the desk cannot shorten: from the names of the activities before and after them, in
//! the languages of the guessed milestones, and from their places in the cases.

use super::definitions::WaitClass;
use super::prepared::Prepared;
use super::ready_made::{
    ANSWER, ASKED, MACHINE, REOPENED, REQUESTER, SOLVED, begins, is_to, is_unspaced, words,
};

/// A step has the class of a place in the cases where at least this part of its occurrences is there.
const MOST: f64 = 0.9;

/// Beginnings of words that name the requester beside [`REQUESTER`].
const MORE_REQUESTERS: &[&str] = &[
    "requestor",
    "caller",
    "reporter",
    "buyer",
    "applicant",
    "claimant",
    "citizen",
    "benutzer",
    "anwender",
    "utilisateur",
    "demandeur",
    "usuari",
    "solicitant",
    "utente",
    "richiedente",
    "utilizador",
    "użytkownik",
    "gebruiker",
    "aanvrager",
    "用户",
    "利用者",
    "ユーザー",
    "お客",
];
/// Beginnings of words that name the requester in any grammatical case, also as the one who is written to.
const REQUESTER_IN_ANY_CASE: &[&str] = &["клиент", "заявител", "пользовател", "покупател"];
/// Words that name the requester as the one who acts.
const NOMINATIVE: &[&str] = &["клиент", "заявитель", "пользователь", "покупатель"];
/// Beginnings of words that name a vendor or another third party.
const VENDOR: &[&str] = &[
    "vendor",
    "supplier",
    "subcontract",
    "contractor",
    "manufactur",
    "thirdpart",
    "lieferant",
    "hersteller",
    "dienstleister",
    "fournisseur",
    "prestataire",
    "proveedor",
    "fornitor",
    "fornecedor",
    "dostawc",
    "leverancier",
    "поставщик",
    "вендор",
    "подрядчик",
    "производител",
    "供应商",
    "厂商",
    "ベンダ",
    "仕入先",
    "業者",
];
/// Beginnings of words of a state in which somebody is waited for.
const WAITING: &[&str] = &[
    "wait",
    "await",
    "pend",
    "hold",
    "ожида",
    "ждем",
    "ждём",
    "warte",
    "ausstehend",
    "attente",
    "espera",
    "attesa",
    "aguard",
    "oczek",
    "wachten",
    "wachtend",
    "afwacht",
    "等待",
    "待ち",
    "保留",
];
/// Beginnings of words of a question.
const ASKING: &[&str] = &[
    "ask",
    "quer",
    "question",
    "inquir",
    "request",
    "запро",
    "вопрос",
    "уточн",
    "rückfrage",
    "nachfrage",
    "angefragt",
    "angefordert",
    "demand",
    "pregunt",
    "solicit",
    "domand",
    "richiest",
    "pergunt",
    "zapyt",
    "pytani",
    "gevraagd",
    "vraag",
    "询问",
    "質問",
];
/// Beginnings of words of what is asked for.
const INFORMATION: &[&str] = &[
    "info",
    "detail",
    "document",
    "информац",
    "документ",
    "данны",
    "unterlage",
    "angaben",
    "renseign",
    "gegevens",
    "信息",
    "情報",
];
/// Beginnings of words of a reminder to the requester.
const REMINDER: &[&str] = &[
    "remind",
    "erinner",
    "напомин",
    "relance",
    "recordatori",
    "sollecit",
    "przypom",
    "herinner",
    "提醒",
    "催促",
];
/// Beginnings of words of a survey.
const SURVEY: &[&str] = &[
    "survey",
    "csat",
    "nps",
    "umfrage",
    "анкет",
    "опрос",
    "enquête",
    "encuesta",
    "ankiet",
    "调查",
];
/// Beginnings of words by which a third party is turned to.
const CONTACTED: &[&str] = &[
    "contact",
    "escalat",
    "sent",
    "send",
    "forward",
    "assign",
    "transfer",
    "refer",
    "inform",
    "notif",
    "order",
    "kontakt",
    "eskal",
    "weiterge",
    "gesendet",
    "beauftragt",
    "передан",
    "направл",
    "отправл",
    "эскал",
    "заказ",
    "envoy",
    "transmi",
    "enviad",
    "contatt",
    "inviat",
    "wysłan",
    "przekaz",
    "verstuurd",
    "联系",
    "連絡",
];
/// Beginnings of words of what a party does, beside its name or after "by".
const ACTED: &[&str] = &[
    "confirm",
    "approv",
    "accept",
    "reject",
    "declin",
    "provid",
    "submit",
    "sign",
    "upload",
    "return",
    "deliver",
    "ship",
    "fix",
    "creat",
    "issu",
    "подтверд",
    "прислал",
    "предостав",
    "соглас",
    "исправ",
    "достав",
    "bestätig",
    "geantwort",
    "geliefert",
    "conferm",
    "potwierdz",
    "bevestig",
    "确认",
    "確認",
];
/// Words before the one who does or sends something.
const BY: &[&str] = &[
    "by", "from", "von", "vom", "durch", "par", "de", "del", "da", "od", "van", "door", "от",
];

impl Prepared {
    /// Guess of the class of each step, by edge; made once, as no filter changes it.
    pub(super) fn guessed_waits(&self) -> &[WaitClass] {
        self.guessed_waits.get_or_init(|| of(self))
    }
}

fn of(prepared: &Prepared) -> Vec<WaitClass> {
    let (log, index) = (&prepared.log, &prepared.index);
    let names: Vec<Name> = log.activities.iter().map(Name::of).collect();
    let places = places(prepared, &names);
    let edges = index.edges.from.iter().zip(index.edges.to.iter());
    let guess = |((&from, &to), places): ((&u32, &u32), &Places)| {
        let most = |n: u64| n > 0 && n as f64 >= MOST * places.all as f64;
        if most(places.resolved) {
            return WaitClass::Resolved;
        }
        let (from, to) = (&names[from as usize], &names[to as usize]);
        // Whoever writes twice, or again before anybody has answered, is not waited for.
        let is_awaited = from.by != to.by && !most(places.begins);
        let by = to.by.filter(|_| is_awaited);
        by.or(from.waits_for).unwrap_or(WaitClass::Own)
    };
    edges.zip(&places).map(guess).collect()
}

/// Meaning of the name of an activity.
struct Name {
    /// The party whose turn it is after it.
    waits_for: Option<WaitClass>,
    /// The party, other than the desk, that does it.
    by: Option<WaitClass>,
    solved: bool,
    reopened: bool,
}

impl Name {
    fn of(name: &str) -> Self {
        let reopened = begins(name, REOPENED);
        let by = by(name);
        Name {
            waits_for: waits_for(name).filter(|_| by.is_none()),
            by,
            solved: begins(name, SOLVED) && !reopened,
            reopened,
        }
    }
}

/// Returns the party other than the desk that does something.
fn by(name: &str) -> Option<WaitClass> {
    if begins(name, MACHINE) || begins(name, WAITING) {
        return None;
    }
    let writes = begins(name, ANSWER) || begins(name, ASKED);
    let is_by = |party: &dyn Fn(&str) -> bool| {
        let is_there = words(name).iter().any(|word| party(word));
        is_there && (writes || acts(name, party))
    };
    let vendor = |word: &str| begins(word, VENDOR);
    if (is_by(&vendor) || is_third_party(name) && writes) && !is_to(name, VENDOR) {
        return Some(WaitClass::Vendor);
    }
    let requester = |word: &str| {
        begins(word, REQUESTER) || begins(word, MORE_REQUESTERS) || NOMINATIVE.contains(&word)
    };
    let to_requester = is_to(name, REQUESTER) || is_to(name, MORE_REQUESTERS);
    let survey = begins(name, SURVEY) && writes;
    (survey || is_by(&requester) && !to_requester).then_some(WaitClass::Customer)
}

/// Tests whether a party does something: beside its name, or by it.
fn acts(name: &str, party: &dyn Fn(&str) -> bool) -> bool {
    let words = words(name);
    let is_by = |at: usize| at > 0 && BY.contains(&words[at - 1].as_str());
    let acts = |(at, word): (usize, &String)| {
        let next = words.get(at + 1).is_some_and(|next| begins(next, ACTED));
        let any = words.iter().any(|word| begins(word, ACTED));
        party(word) && (next || any && (is_by(at) || is_unspaced(word)))
    };
    words.iter().enumerate().any(acts)
}

/// Returns the party that is waited for after an activity: in a state of waiting, after a question, a
/// reminder or a hand-over.
fn waits_for(name: &str) -> Option<WaitClass> {
    let asks = begins(name, ASKING);
    let is_vendor = begins(name, VENDOR) || is_third_party(name);
    if is_vendor {
        let turned = begins(name, WAITING) || begins(name, CONTACTED) || asks;
        return (turned || is_to(name, VENDOR)).then_some(WaitClass::Vendor);
    }
    let is_requester = |word: &String| {
        begins(word, REQUESTER)
            || begins(word, MORE_REQUESTERS)
            || begins(word, REQUESTER_IN_ANY_CASE)
    };
    let words = words(name);
    let requester = words.iter().position(is_requester);
    let waits = begins(name, WAITING) && requester.is_some();
    let asked = words.iter().position(|word| begins(word, ASKING));
    let is_asked = match (asked, requester) {
        // "Request from customer" is one of the customer, "Request info from customer" is not.
        (Some(asked), Some(requester)) if asked < requester || is_unspaced(&words[asked]) => {
            let is_by = requester > 0 && BY.contains(&words[requester - 1].as_str());
            !is_by || begins(name, INFORMATION)
        }
        // "Customer requests information" is a question to the desk.
        (Some(asked), Some(requester)) => asked > requester + 1 && begins(name, INFORMATION),
        (Some(_), None) => begins(name, INFORMATION),
        (None, _) => false,
    };
    let reminded = begins(name, REMINDER) || begins(name, SURVEY);
    (waits || is_asked || reminded).then_some(WaitClass::Customer)
}

/// Tests for a third party, which is two words.
fn is_third_party(name: &str) -> bool {
    let words = words(name);
    let mut pairs = words.windows(2);
    pairs.any(|pair| (pair[0] == "third" || pair[0] == "3rd") && pair[1].starts_with("part"))
}

/// Occurrences of a step in all cases of the log.
#[derive(Debug, Clone, Copy, Default)]
struct Places {
    all: u64,
    /// Those that begin at the resolution of their case or after it.
    resolved: u64,
    /// Those that begin with the first event of their case.
    begins: u64,
}

/// Counts the places of each step. A case is resolved from one of the activities by which a milestone is
/// recognised (in a log without them, from one that ends cases) until it is reopened; what is resolved again
/// without a word of that was worked on.
fn places(prepared: &Prepared, names: &[Name]) -> Vec<Places> {
    let (variants, ends) = (&prepared.index.variants, prepared.ends());
    let ends = |activity: u32| ends.activities.get(activity as usize) == Some(&true);
    let has_solved = names.iter().any(|name| name.solved);
    let solves = |activity: u32| {
        if has_solved {
            names[activity as usize].solved
        } else {
            ends(activity)
        }
    };
    let mut places = vec![Places::default(); prepared.index.edges.len()];
    // True where the case is resolved again after an event, before it is reopened.
    let mut again: Vec<bool> = Vec::new();
    for (variant, &n) in variants.n_cases.iter().enumerate() {
        let (sequence, n) = (variants.sequence(variant), u64::from(n));
        again.clear();
        let mut solved = false;
        for &activity in sequence.iter().rev() {
            again.push(solved);
            solved = solves(activity) || solved && !names[activity as usize].reopened;
        }
        again.reverse();
        let mut resolved = false;
        for (at, &edge) in variants.steps(variant).iter().enumerate() {
            let from = sequence[at];
            resolved = (resolved || solves(from)) && !names[from as usize].reopened;
            let places = &mut places[edge as usize];
            places.all += n;
            places.begins += if at == 0 { n } else { 0 };
            if resolved && !again[at] || solves(from) || ends(from) {
                places.resolved += n;
            }
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event_log::Progress;
    use crate::test_support::log;

    /// What is read from a name: by whom, and who is waited for.
    #[test]
    fn names_say_whose_turn_it_is() {
        for (name, by, waits_for) in [
            ("Waiting for customer", "", "customer"),
            ("Awaiting User Info", "", "customer"),
            ("On hold: pending caller", "", "customer"),
            ("Wait", "", ""),
            ("Customer replied", "customer", ""),
            ("Customer confirmed", "customer", ""),
            ("Approved by customer", "customer", ""),
            ("Reply from customer", "customer", ""),
            ("Reply to customer", "", ""),
            ("Customer contacted", "", ""),
            ("Customer asked", "", ""),
            ("Asked the customer", "", "customer"),
            ("Request info from customer", "", "customer"),
            ("Request from customer", "", ""),
            ("Customer requests information", "", ""),
            ("Information requested", "", "customer"),
            ("Reminder sent", "", "customer"),
            ("Survey sent", "", "customer"),
            ("Survey answered", "customer", ""),
            ("Customer auto-reply", "", ""),
            ("Vendor contacted", "", "vendor"),
            ("Vendor replied", "vendor", ""),
            ("Vendor creates invoice", "vendor", ""),
            ("Supplier invoice received", "", ""),
            ("Escalated to third party", "", "vendor"),
            ("Reply to vendor", "", "vendor"),
            ("First response", "", ""),
            ("Ожидание ответа клиента", "", "customer"),
            ("Запрос информации у клиента", "", "customer"),
            ("Клиент ответил", "customer", ""),
            ("Ответ клиенту", "", ""),
            ("Ответ поставщика", "vendor", ""),
            ("Передано подрядчику", "", "vendor"),
            ("Warten auf Kunden", "", "customer"),
            ("Rückfrage an Kunden", "", "customer"),
            ("Antwort vom Kunden", "customer", ""),
            ("Antwort an Kunden", "", ""),
            ("Lieferant kontaktiert", "", "vendor"),
            ("En attente du client", "", "customer"),
            ("Réponse du fournisseur", "vendor", ""),
            ("Esperando al cliente", "", "customer"),
            ("In attesa del cliente", "", "customer"),
            ("Aguardando cliente", "", "customer"),
            ("Oczekiwanie na klienta", "", "customer"),
            ("Wachten op klant", "", "customer"),
            ("等待客户", "", "customer"),
            ("客户回复", "customer", ""),
            ("顧客待ち", "", "customer"),
        ] {
            let word = |class: Option<WaitClass>| class.map_or("", WaitClass::word);
            let read = Name::of(name);
            assert_eq!(
                (word(read.by), word(read.waits_for)),
                (by, waits_for),
                "{name}"
            );
        }
    }

    /// The classes of steps of a log that are not own: `From > To class`.
    fn found(text: &str) -> Vec<String> {
        // Activities of this notation have no blanks.
        let log = log(text);
        let prepared = Prepared::new(log, &Progress::default()).expect("nobody cancels this");
        let edges = &prepared.index.edges;
        let name = |code: u32| prepared.log.activities.get(code).replace('_', " ");
        let classes = of(&prepared);
        let line = |(edge, class): (usize, &WaitClass)| {
            let (from, to) = (name(edges.from[edge]), name(edges.to[edge]));
            (*class != WaitClass::Own).then(|| format!("{from} > {to} {}", class.word()))
        };
        let mut found: Vec<String> = classes.iter().enumerate().filter_map(line).collect();
        found.sort();
        found
    }

    #[test]
    fn what_comes_after_the_resolution_is_not_waited_for_by_the_desk() {
        let text = "a: Open Work Resolved Note Closed; b: Open Work Resolved Reopened Work Resolved Closed";
        assert_eq!(
            found(text),
            [
                "Note > Closed resolved",
                "Resolved > Closed resolved",
                "Resolved > Note resolved",
                "Resolved > Reopened resolved",
            ]
        );
        // So is the survey of a case that is reopened later.
        let survey = "a: Open Work Resolved Survey Reopened Work Resolved Closed";
        assert_eq!(
            found(survey),
            [
                "Resolved > Closed resolved",
                "Resolved > Survey resolved",
                "Survey > Reopened resolved",
            ]
        );
        // Without a word for it, what is worked on again was not resolved.
        let again = "a: Open Resolved Work Check Resolved; b: Open Work Check Resolved";
        assert_eq!(found(again), ["Resolved > Work resolved"]);
    }

    #[test]
    fn who_acts_next_is_waited_for_unless_nobody_has_answered() {
        let text = "a: Created Customer_replied First_response Customer_replied Customer_replied \
                    Waiting_for_customer Reminder_sent Vendor_contacted Customer_replied; \
                    b: Created First_response Vendor_contacted Vendor_replied Work Done";
        assert_eq!(
            found(text),
            [
                "First response > Customer replied customer",
                "Reminder sent > Vendor contacted customer",
                "Vendor contacted > Customer replied customer",
                "Vendor contacted > Vendor replied vendor",
                "Waiting for customer > Reminder sent customer",
            ]
        );
    }

    #[test]
    fn a_class_of_a_place_needs_most_occurrences() {
        let after = |n: usize| (0..n).map(|i| format!("r{i}: In Resolved Note Close; "));
        let before = |n: usize| (0..n).map(|i| format!("b{i}: In Note Close Resolved; "));
        let log = |r: usize, b: usize| after(r).chain(before(b)).collect::<String>();
        let step = "Note > Close resolved".to_owned();
        assert!(found(&log(9, 1)).contains(&step));
        assert!(!found(&log(8, 2)).contains(&step));
    }
}
