//! Evidence for the role of a column from its name, in English and Russian. A score of 100 is a name
//! that can mean nothing else, 0 says nothing. Nothing here looks at values.

use crate::event_log::Role;

/// The words of a column's name, in lower case: split at anything but letters and digits, and where
/// a small letter is followed by a capital.
pub fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut small = false;
    for c in name.chars() {
        if !c.is_alphanumeric() && c != '№' || small && c.is_uppercase() {
            words.push(String::new());
        }
        if c.is_alphanumeric() || c == '№' {
            let last = words.len() - 1;
            words[last].extend(c.to_lowercase());
        }
        small = c.is_lowercase();
    }
    words.retain(|w| !w.is_empty());
    words
}

/// Names that say it all, or nearly so.
const NAMES: &[(Role, &str, i32)] = &[
    (Role::Case, "case concept name", 100),
    (Role::Case, "case id", 100),
    (Role::Case, "caseid", 100),
    (Role::Case, "case", 96),
    (Role::Case, "trace id", 97),
    (Role::Case, "trace", 85),
    (Role::Case, "process instance id", 96),
    (Role::Case, "process instance", 92),
    (Role::Case, "number", 55),
    (Role::Case, "номер", 55),
    (Role::Case, "id", 50),
    (Role::Case, "ид", 50),
    (Role::Case, "key", 45),
    (Role::Activity, "concept name", 100),
    (Role::Activity, "activity", 100),
    (Role::Activity, "activity name", 99),
    (Role::Activity, "event name", 92),
    (Role::Activity, "event", 88),
    (Role::Activity, "event type", 82),
    (Role::Activity, "name", 25),
    (Role::Time, "time timestamp", 100),
    (Role::Time, "timestamp", 95),
    (Role::Start, "start timestamp", 100),
    (Role::Resource, "org resource", 100),
    (Role::Resource, "resource", 98),
    (Role::Resource, "org group", 60),
    (Role::Resource, "assigned to", 60),
    (Role::Resource, "назначено", 55),
    (Role::Lifecycle, "lifecycle transition", 100),
    (Role::Instance, "concept instance", 100),
    (Role::Instance, "activity instance", 95),
    (Role::Instance, "activity instance id", 95),
];

/// Things that a process is about: their identifier names a case.
const OBJECTS: &[&str] = &[
    "case",
    "trace",
    "ticket",
    "incident",
    "order",
    "invoice",
    "request",
    "application",
    "claim",
    "session",
    "service",
    "patient",
    "contract",
    "document",
    "loan",
    "offer",
    "process",
    "instance",
    "shipment",
    "delivery",
    "purchase",
    "po",
    "issue",
    "visit",
    "encounter",
    "admission",
    "episode",
    "bug",
    "defect",
    "policy",
    "booking",
    "reservation",
    "complaint",
    "lead",
    "deal",
    "opportunity",
    "candidate",
    "batch",
    "lot",
    "workorder",
    "transaction",
    "кейс",
    "кейса",
    "дело",
    "дела",
    "случай",
    "случая",
    "заявка",
    "заявки",
    "обращение",
    "обращения",
    "заказ",
    "заказа",
    "инцидент",
    "инцидента",
    "договор",
    "договора",
    "документ",
    "документа",
    "пациент",
    "пациента",
    "процесс",
    "процесса",
    "экземпляр",
    "экземпляра",
    "сессия",
    "сессии",
    "счет",
    "счета",
    "счёт",
    "счёта",
    "запрос",
    "запроса",
    "тикет",
    "тикета",
    "сделка",
    "сделки",
    "поставка",
    "поставки",
];

const IDENTIFIERS: &[&str] = &[
    "id",
    "ids",
    "no",
    "nr",
    "num",
    "number",
    "key",
    "identifier",
    "guid",
    "uuid",
    "ref",
    "№",
    "номер",
    "ид",
    "идентификатор",
    "код",
];

/// Words of people and things that take part: an identifier of theirs is a poor case.
const PARTIES: &[&str] = &[
    "user",
    "customer",
    "client",
    "member",
    "account",
    "device",
    "machine",
    "клиент",
    "клиента",
    "пользователь",
    "пользователя",
];

/// Words that say what happened.
const ACTIVITIES: &[(&str, i32)] = &[
    ("activity", 96),
    ("task", 86),
    ("action", 84),
    ("operation", 84),
    ("step", 82),
    ("event", 80),
    ("stage", 72),
    ("phase", 70),
    ("status", 66),
    ("state", 64),
    ("milestone", 60),
    ("handling", 55),
    ("procedure", 55),
    ("treatment", 50),
    ("активность", 96),
    ("операция", 86),
    ("операции", 76),
    ("действие", 86),
    ("событие", 86),
    ("события", 70),
    ("шаг", 82),
    ("задача", 80),
    ("этап", 78),
    ("стадия", 72),
    ("статус", 66),
    ("состояние", 64),
    ("работа", 60),
    ("процедура", 55),
];

/// Words that say when.
const TIMES: &[(&str, i32)] = &[
    ("timestamp", 82),
    ("datetime", 80),
    ("time", 75),
    ("date", 65),
    ("ts", 60),
    ("at", 55),
    ("on", 40),
    ("when", 50),
    ("время", 75),
    ("времени", 70),
    ("дата", 70),
    ("момент", 60),
];

const ENDS: &[&str] = &[
    "complete",
    "completed",
    "completion",
    "end",
    "ended",
    "finish",
    "finished",
    "stop",
    "stopped",
    "окончание",
    "окончания",
    "завершение",
    "завершения",
    "конец",
    "конца",
];

const STARTS: &[&str] = &[
    "start",
    "started",
    "begin",
    "began",
    "beginning",
    "начало",
    "начала",
    "старт",
    "старта",
];

/// Words for the subject of an event's timestamp.
const CHANGES: &[&str] = &[
    "event",
    "activity",
    "action",
    "operation",
    "step",
    "status",
    "state",
    "change",
    "changed",
    "update",
    "updated",
    "modified",
    "log",
    "logged",
    "событие",
    "события",
    "операции",
    "изменения",
    "действия",
    "статуса",
    "этапа",
];

/// Words for the subject of a timestamp of a whole case.
const CASE_DATES: &[&str] = &[
    "create",
    "created",
    "creation",
    "open",
    "opened",
    "close",
    "closed",
    "closing",
    "resolved",
    "due",
    "deadline",
    "birth",
    "birthday",
    "expected",
    "planned",
    "target",
    "valid",
    "создания",
    "создан",
    "открытия",
    "закрытия",
    "срок",
    "рождения",
    "плановая",
    "плановое",
    "план",
];

/// Words that say who.
const RESOURCES: &[(&str, i32)] = &[
    ("resource", 85),
    ("performer", 85),
    ("assignee", 82),
    ("employee", 80),
    ("agent", 78),
    ("worker", 78),
    ("operator", 75),
    ("processor", 72),
    ("staff", 72),
    ("handler", 70),
    ("originator", 60),
    ("user", 60),
    ("owner", 55),
    ("machine", 50),
    ("by", 35),
    ("group", 35),
    ("team", 35),
    ("исполнитель", 98),
    ("ресурс", 98),
    ("сотрудник", 88),
    ("работник", 80),
    ("ответственный", 80),
    ("оператор", 78),
    ("пользователь", 65),
    ("автор", 50),
];

/// Participles before "by" for what a resource does to an event, with their scores; others concern a case.
const DONE_BY: &[(&str, i32)] = &[
    ("performed", 85),
    ("executed", 85),
    ("done", 85),
    ("completed", 80),
    ("handled", 80),
    ("processed", 80),
    ("updated", 68),
    ("changed", 68),
    ("modified", 68),
];

/// Words of attributes: such a column is neither case nor activity nor resource.
const ATTRIBUTES: &[&str] = &[
    "type",
    "count",
    "position",
    "level",
    "cost",
    "amount",
    "price",
    "duration",
    "index",
    "version",
    "category",
    "priority",
    "variant",
    "lifecycle",
    "transition",
    "cohort",
    "reason",
    "тип",
    "количество",
    "стоимость",
    "сумма",
    "приоритет",
    "длительность",
    "важность",
];

/// Score of the words of a name for a role.
pub fn score(role: Role, words: &[String]) -> i32 {
    let name = words.join(" ");
    let known = NAMES.iter().find(|(r, n, _)| *r == role && *n == name);
    if let Some((_, _, score)) = known {
        return *score;
    }
    match role {
        Role::Case => case(words),
        Role::Activity => activity(words),
        Role::Time => time(words),
        Role::Start if any(words, STARTS) => time(words).max(70),
        Role::Resource => resource(words),
        Role::Lifecycle if any(words, &["lifecycle", "transition"]) => 70,
        Role::Start | Role::Instance | Role::Lifecycle => 0,
    }
}

fn any(words: &[String], of: &[&str]) -> bool {
    words.iter().any(|w| of.contains(&w.as_str()))
}

/// The best of the words, less for every further word.
fn best(words: &[String], of: &[(&str, i32)]) -> i32 {
    let scores = of
        .iter()
        .filter(|(word, _)| words.iter().any(|w| w == word));
    let best = scores.map(|(_, score)| *score).max();
    best.map_or(0, |score| (score - 4 * (words.len() as i32 - 1)).max(1))
}

/// Returns whether the words speak of a time.
pub fn is_time(words: &[String]) -> bool {
    let last_at = words.last().is_some_and(|w| w == "at" || w == "on");
    let times = TIMES.iter().filter(|(w, _)| !matches!(*w, "at" | "on"));
    last_at && words.len() > 1 || times.into_iter().any(|(t, _)| words.iter().any(|w| w == t))
}

fn case(words: &[String]) -> i32 {
    let other_role = ACTIVITIES.iter().any(|(a, _)| words.iter().any(|w| w == a));
    if any(words, ATTRIBUTES)
        || other_role
        || is_time(words)
        || any(words, &["by", "group", "name"])
    {
        return 0;
    }
    let id = any(words, IDENTIFIERS);
    match (any(words, OBJECTS), any(words, PARTIES)) {
        (true, _) if id => 84 - 2 * words.len() as i32,
        (true, _) if words.len() == 1 => 65,
        (true, _) => 22,
        (_, true) if id => 25,
        _ if id => 20,
        _ => 0,
    }
}

fn activity(words: &[String]) -> i32 {
    let other_role = any(words, IDENTIFIERS) || is_time(words) || any(words, &["by", "group"]);
    if any(words, ATTRIBUTES) || other_role || best(words, RESOURCES) > 0 {
        return 0;
    }
    best(words, ACTIVITIES)
}

fn time(words: &[String]) -> i32 {
    let base = if is_time(words) {
        best(words, TIMES)
    } else {
        0
    };
    let ends = any(words, ENDS);
    let base = match base {
        0 if ends && words.len() == 1 => 60,
        0 if any(words, STARTS) && words.len() == 1 => 50,
        0 => return 0,
        base => base,
    };
    let shift = |yes: bool, by: i32| if yes { by } else { 0 };
    let score = base
        + shift(ends, 16)
        + shift(any(words, CHANGES), 14)
        + shift(any(words, STARTS), -15)
        + shift(any(words, CASE_DATES), -30);
    score.clamp(1, 99)
}

fn resource(words: &[String]) -> i32 {
    if any(words, ATTRIBUTES) || is_time(words) {
        return 0;
    }
    if words.last().is_some_and(|w| w == "by") && words.len() > 1 {
        let done = DONE_BY.iter().find(|(d, _)| words.iter().any(|w| w == d));
        return done.map_or(35, |(_, score)| *score);
    }
    best(words, RESOURCES)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn role_of(name: &str) -> Option<Role> {
        let words = words(name);
        let roles = [
            Role::Case,
            Role::Activity,
            Role::Time,
            Role::Resource,
            Role::Lifecycle,
        ];
        let best = roles.into_iter().max_by_key(|&r| score(r, &words))?;
        (score(best, &words) >= 40).then_some(best)
    }

    #[test]
    fn names_are_split_into_words() {
        assert_eq!(words("case:concept:name"), ["case", "concept", "name"]);
        assert_eq!(words("CaseID"), ["case", "id"]);
        assert_eq!(words("sys_updated_at"), ["sys", "updated", "at"]);
        assert_eq!(words("Дата события"), ["дата", "события"]);
        assert!(words(" -- ").is_empty());
    }

    #[test]
    fn names_speak_for_roles() {
        let cases = [
            ("Case ID", Some(Role::Case)),
            ("ticket_number", Some(Role::Case)),
            ("Номер заявки", Some(Role::Case)),
            ("№ договора", Some(Role::Case)),
            ("Activity", Some(Role::Activity)),
            ("concept:name", Some(Role::Activity)),
            ("approval_status", Some(Role::Activity)),
            ("Наименование операции", Some(Role::Activity)),
            ("status_time", Some(Role::Time)),
            ("Complete Timestamp", Some(Role::Time)),
            ("Дата и время", Some(Role::Time)),
            ("updated_at", Some(Role::Time)),
            ("org:resource", Some(Role::Resource)),
            ("Исполнитель", Some(Role::Resource)),
            ("performed_by", Some(Role::Resource)),
            ("lifecycle:transition", Some(Role::Lifecycle)),
            ("Service Type", None),
            ("Agent Position", None),
            ("amount", None),
            ("foo", None),
            ("2024-01-01T10:00:00Z", None),
        ];
        for (name, role) in cases {
            assert_eq!(role_of(name), role, "{name}");
        }
    }
}
