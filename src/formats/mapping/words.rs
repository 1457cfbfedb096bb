//! Evidence for the role of a column from its name, in ten languages. A score of 100 is a name
//! that can mean nothing else, 0 says nothing. Nothing here looks at values.

use crate::event_log::Role;
use hashbrown::HashSet;
use std::sync::LazyLock;

/// The words of a column's name, in lower case: split at anything but letters and digits, where
/// a small letter is followed by a capital, and where known words are written together.
pub fn words(name: &str) -> Vec<String> {
    let mut name = name;
    while let Some((first, rest)) = name.split_once('.')
        && ENVELOPES.contains(&first)
        && !rest.is_empty()
    {
        name = rest;
    }
    let spaced = spaced_words(name);
    spaced.into_iter().flat_map(|word| parts(&word)).collect()
}

fn spaced_words(name: &str) -> Vec<String> {
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

/// Keys around the records of exports: what they hold is called by what is inside.
const ENVELOPES: &[&str] = &[
    "_source",
    "attributes",
    "body",
    "data",
    "detail",
    "fields",
    "payload",
    "properties",
    "record",
];

/// Every word of the tables below.
static KNOWN: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    let scored = [ACTIVITIES, TIMES, RESOURCES, DONE_BY]
        .into_iter()
        .flatten();
    let plain = [
        OBJECTS,
        IDENTIFIERS,
        PARTIES,
        ENDS,
        STARTS,
        CHANGES,
        CASE_DATES,
        ATTRIBUTES,
        OLD,
        NEW,
    ];
    let plain = plain.into_iter().flat_map(str::split_ascii_whitespace);
    scored.map(|(word, _)| *word).chain(plain).collect()
});

/// Identifiers that are often written together with what they identify; other parts of a compound
/// have three letters at least.
const SHORT_ENDS: &[&str] = &["id", "nr", "no", "ts"];

/// The known words of which a word is made without spaces, as `eventtime`, `Auftragsnummer` (an s
/// may join them) and all names in Chinese and Japanese; the word itself where it is not made so.
fn parts(word: &str) -> Vec<String> {
    /// Longer words are no names: a broken file may have one of megabytes.
    const LONGEST_WORD: usize = 100;
    if word.len() > LONGEST_WORD || KNOWN.contains(word) {
        return vec![word.to_owned()];
    }
    if word.chars().any(is_ideograph) {
        return segments(word);
    }
    let stem = |stem: &str| {
        let plain = stem.strip_suffix('s').unwrap_or(stem);
        let known = [stem, plain].into_iter().find(|s| KNOWN.contains(s));
        known.filter(|s| s.chars().count() > 2).map(str::to_owned)
    };
    for (at, _) in word.char_indices().skip(3) {
        let (first, second) = word.split_at(at);
        let long = second.chars().count() > 2 || SHORT_ENDS.contains(&second);
        if let (true, true, Some(first)) = (long, KNOWN.contains(second), stem(first)) {
            return vec![first, second.to_owned()];
        }
    }
    vec![word.to_owned()]
}

fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}')
}

/// Cuts a text without spaces into known words, the longest first, and what is between them.
fn segments(text: &str) -> Vec<String> {
    // No known word of these scripts is longer.
    const LONGEST: usize = 8;
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let end_of = |i: usize| chars.get(i).map_or(text.len(), |c| c.0);
    let (mut found, mut unknown) = (Vec::new(), String::new());
    let mut i = 0;
    while i < chars.len() {
        let known = (i + 1..=chars.len().min(i + LONGEST))
            .rev()
            .find(|&j| KNOWN.contains(&text[chars[i].0..end_of(j)]));
        let Some(j) = known else {
            unknown.push(chars[i].1);
            i += 1;
            continue;
        };
        found.extend((!unknown.is_empty()).then(|| std::mem::take(&mut unknown)));
        found.push(text[chars[i].0..end_of(j)].to_owned());
        i = j;
    }
    found.extend((!unknown.is_empty()).then_some(unknown));
    found
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
    (Role::Case, "proc inst id", 97),
    (Role::Case, "process id", 90),
    (Role::Case, "execution id", 85),
    (Role::Case, "case key", 98),
    (Role::Case, "correlation id", 80),
    (Role::Case, "objectid", 80),
    (Role::Case, "object id", 80),
    (Role::Case, "vbeln", 90),
    (Role::Case, "ebeln", 90),
    (Role::Case, "belnr", 88),
    (Role::Case, "aufnr", 88),
    (Role::Case, "banfn", 88),
    (Role::Case, "objnr", 70),
    (Role::Activity, "act name", 94),
    (Role::Activity, "task name", 92),
    (Role::Activity, "activity en", 96),
    (Role::Activity, "tcode", 80),
    (Role::Activity, "transaction code", 80),
    (Role::Activity, "aktivität", 100),
    (Role::Activity, "activité", 100),
    (Role::Activity, "actividad", 100),
    (Role::Activity, "attività", 100),
    (Role::Activity, "atividade", 100),
    (Role::Activity, "czynność", 100),
    (Role::Activity, "aktywność", 98),
    (Role::Activity, "活动", 100),
    (Role::Activity, "活动 名称", 100),
    (Role::Activity, "アクティビティ", 100),
    (Role::Activity, "ereignis", 88),
    (Role::Activity, "événement", 88),
    (Role::Activity, "evento", 88),
    (Role::Activity, "zdarzenie", 88),
    (Role::Time, "zeitstempel", 95),
    (Role::Time, "horodatage", 95),
    (Role::Time, "znacznik czasu", 95),
    (Role::Time, "时间 戳", 95),
    (Role::Time, "タイムスタンプ", 95),
    (Role::Resource, "username", 80),
    (Role::Resource, "user name", 80),
    (Role::Resource, "usnam", 80),
    (Role::Resource, "ernam", 55),
];

/// Things that a process is about: their identifier names a case.
const OBJECTS: &str = "\
    case trace ticket incident order invoice request application claim session service \
    patient contract document loan offer process instance shipment delivery purchase po \
    issue visit encounter admission episode bug defect policy booking reservation complaint \
    lead deal opportunity candidate batch lot workorder transaction кейс кейса дело дела \
    случай случая заявка заявки обращение обращения заказ заказа инцидент инцидента договор \
    договора документ документа пациент пациента процесс процесса экземпляр экземпляра \
    сессия сессии счет счета счёт счёта запрос запроса тикет тикета сделка сделки поставка \
    поставки vorgang fall auftrag bestellung rechnung anfrage antrag störung vertrag schaden \
    lieferung dossier demande commande facture affaire incidente caso pedido solicitud \
    factura expediente contrato pratica ordine richiesta fattura processo encomenda fatura \
    solicitação chamado sprawa sprawy zamówienie zamówienia zgłoszenie zgłoszenia faktura \
    faktury wniosek wniosku zlecenie zlecenia 工单 订单 案例 案件 流程 流程实例 实例 单据 合同 申请 请求 事件单 案件 注文 \
    受注 チケット ケース 依頼 申請 契約 伝票";

const IDENTIFIERS: &str = "\
    id ids no nr num number key identifier guid uuid ref № номер ид идентификатор код nummer \
    kennung numéro numero número identifiant identificador identificativo numer 编号 号 号码 标识 \
    番号";

/// Words of people and things that take part: an identifier of theirs is a poor case.
const PARTIES: &str = "\
    user customer client member account device machine клиент клиента пользователь \
    пользователя kunde benutzer utilisateur cliente usuario utente usuário klient klienta \
    użytkownik użytkownika 客户 用户 顧客 ユーザー";

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
    ("aktivität", 96),
    ("tätigkeit", 90),
    ("vorgangsschritt", 86),
    ("schritt", 82),
    ("aktion", 84),
    ("aufgabe", 80),
    ("ereignis", 80),
    ("zustand", 64),
    ("activité", 96),
    ("étape", 82),
    ("tâche", 82),
    ("événement", 80),
    ("opération", 84),
    ("statut", 66),
    ("état", 64),
    ("actividad", 96),
    ("tarea", 82),
    ("evento", 80),
    ("etapa", 78),
    ("paso", 82),
    ("operación", 84),
    ("estado", 64),
    ("acción", 84),
    ("attività", 96),
    ("fase", 70),
    ("azione", 84),
    ("stato", 64),
    ("passo", 82),
    ("atividade", 96),
    ("tarefa", 82),
    ("ação", 84),
    ("operação", 84),
    ("situação", 64),
    ("czynność", 96),
    ("aktywność", 92),
    ("zdarzenie", 80),
    ("etap", 78),
    ("krok", 82),
    ("operacja", 84),
    ("zadanie", 80),
    ("stan", 60),
    ("活动", 96),
    ("事件", 80),
    ("操作", 84),
    ("步骤", 82),
    ("环节", 82),
    ("节点", 74),
    ("任务", 80),
    ("状态", 66),
    ("阶段", 74),
    ("工序", 84),
    ("アクティビティ", 96),
    ("作業", 86),
    ("イベント", 82),
    ("工程", 82),
    ("ステップ", 82),
    ("ステータス", 66),
    ("状態", 64),
    ("処理", 74),
];

/// Words for the value before a change: where another column has the value after it, that one is
/// the activity.
const OLD: &str = "\
    from old previous prev prior before was alt alter bisher vorher ancien ancienne anterior \
    precedente poprzedni poprzednia старый старое предыдущий прежний из 原 旧 变更前 変更前";

/// Words for the value after a change.
const NEW: &str = "\
    to new next after current neu neuer nouveau nouvelle nuevo novo nuovo nowy nowa новый \
    новое 新 变更后 変更後";

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
    ("zeitpunkt", 82),
    ("zeitstempel", 82),
    ("zeit", 75),
    ("uhrzeit", 60),
    ("datum", 65),
    ("horodatage", 82),
    ("heure", 70),
    ("fecha", 65),
    ("hora", 70),
    ("instante", 60),
    ("data", 45),
    ("ora", 60),
    ("orario", 65),
    ("czas", 75),
    ("godzina", 60),
    ("kiedy", 50),
    ("时间", 75),
    ("日期", 65),
    ("时刻", 70),
    ("日時", 80),
    ("時刻", 70),
    ("日付", 65),
    ("時間", 60),
    // The dates and times of day of SAP.
    ("udate", 75),
    ("utime", 60),
    ("erdat", 50),
    ("erzet", 45),
    ("cpudt", 50),
    ("cputm", 45),
    ("uzeit", 45),
];

const ENDS: &str = "\
    complete completed completion end ended finish finished stop stopped окончание окончания \
    завершение завершения конец конца ende beendet abgeschlossen fin terminé fine término \
    koniec zakończenie zakończenia 结束 完成 終了 完了";

const STARTS: &str = "\
    start started begin began beginning начало начала старт старта beginn gestartet anfang \
    début inicio início inizio początek rozpoczęcie rozpoczęcia 开始 開始";

/// Words for the subject of an event's timestamp.
const CHANGES: &str = "\
    event activity action operation step status state change changed update updated modified \
    log logged событие события операции изменения действия статуса этапа änderung geändert \
    modification modificación modifica alteração zmiana zmiany 更新 修改 变更 変更";

/// Words for the subject of a timestamp of a whole case.
const CASE_DATES: &str = "\
    create created creation open opened close closed closing resolved due deadline birth \
    birthday expected planned target valid создания создан открытия закрытия срок рождения \
    плановая плановое план erstellt angelegt fällig frist création creado creación \
    vencimiento creazione criado criação prazo utworzenia termin 创建 截止 作成 期限";

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
    ("bearbeiter", 88),
    ("mitarbeiter", 88),
    ("zuständig", 75),
    ("ressource", 90),
    ("benutzer", 60),
    ("responsable", 78),
    ("intervenant", 78),
    ("utilisateur", 60),
    ("employé", 80),
    ("recurso", 90),
    ("usuario", 60),
    ("empleado", 80),
    ("risorsa", 90),
    ("operatore", 78),
    ("utente", 60),
    ("responsabile", 78),
    ("responsável", 80),
    ("usuário", 60),
    ("funcionário", 80),
    ("wykonawca", 90),
    ("pracownik", 88),
    ("zasób", 88),
    ("użytkownik", 60),
    ("处理人", 90),
    ("经办人", 88),
    ("执行人", 90),
    ("操作员", 82),
    ("操作人", 82),
    ("负责人", 75),
    ("员工", 78),
    ("担当者", 88),
    ("担当", 80),
    ("作業者", 88),
    ("実行者", 88),
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
const ATTRIBUTES: &str = "\
    type count position level cost amount price duration index version category priority \
    variant lifecycle transition cohort reason тип количество стоимость сумма приоритет \
    длительность важность priorität menge betrag kosten typ kategorie priorité montant \
    prioridad importe prioridade valor priorytet kwota 优先级 类型 金额 数量 优先度 種類";

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
        Role::Lifecycle if any(words, "lifecycle transition") => 70,
        Role::Start | Role::Instance | Role::Lifecycle | Role::Milestone => 0,
    }
}

fn any(words: &[String], of: &str) -> bool {
    let mut of = of.split_ascii_whitespace();
    of.any(|word| words.iter().any(|w| w == word))
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
    // These two say when only as the last word, as in `created at`.
    let last_at = words.last().is_some_and(|w| w == "at" || w == "on");
    // The data of an English name, and a date in Italian, Portuguese and Polish.
    let is_date = !any(words, IDENTIFIERS);
    let times = TIMES.iter().filter(|(w, _)| match *w {
        "at" | "on" => false,
        "data" => is_date,
        _ => true,
    });
    last_at && words.len() > 1 || times.into_iter().any(|(t, _)| words.iter().any(|w| w == t))
}

fn case(words: &[String]) -> i32 {
    let other_role = ACTIVITIES.iter().any(|(a, _)| words.iter().any(|w| w == a));
    if any(words, ATTRIBUTES) || other_role || is_time(words) || any(words, "by group name") {
        return 0;
    }
    let id = any(words, IDENTIFIERS);
    match (any(words, OBJECTS), any(words, PARTIES)) {
        // Each further word makes it less sure.
        (true, _) if id => 84 - 2 * words.len() as i32,
        (true, _) if words.len() == 1 => 65,
        (true, _) => 22,
        (_, true) if id => 25,
        _ if id => 20,
        _ => 0,
    }
}

fn activity(words: &[String]) -> i32 {
    let other_role = any(words, IDENTIFIERS) || is_time(words) || any(words, "by group");
    if any(words, ATTRIBUTES) || other_role || best(words, RESOURCES) > 0 {
        return 0;
    }
    let old = any(words, OLD) && !any(words, NEW);
    (best(words, ACTIVITIES) - if old { 25 } else { 0 }).max(0)
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
        // An event has the time of its completion.
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
    fn words_written_together_are_split() {
        assert_eq!(words("EVENTTIME"), ["event", "time"]);
        assert_eq!(words("Auftragsnummer"), ["auftrag", "nummer"]);
        assert_eq!(words("工单编号"), ["工单", "编号"]);
        assert_eq!(words("_source.case"), ["case"]);
        assert_eq!(words("casino"), ["casino"]);
        // In time that grows with its length: no test of 4 MB would end otherwise.
        assert_eq!(words(&"eventtime".repeat(500_000)).len(), 1);
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
