//! Words of the names of columns in nineteen languages: what they speak for, and how clearly, from 0
//! to 100. Tables only; how they are weighed is in `words`.

use crate::event_log::Role;

/// Keys around the records of exports: what they hold is called by what is inside.
pub const ENVELOPES: &[&str] = &[
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

/// Names that say it all, or nearly so.
pub const NAMES: &[(Role, &str, i32)] = &[
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
    (Role::Start, "isdd", 90),
    (Role::Time, "iedd", 85),
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
    (Role::Case, "qmnum", 90),
    (Role::Case, "task id", 22),
    (Role::Activity, "act name", 94),
    (Role::Activity, "task name", 92),
    (Role::Activity, "activity en", 96),
    (Role::Activity, "tcode", 80),
    (Role::Activity, "ltxa1", 70),
    (Role::Activity, "history type", 76),
    (Role::Activity, "newvalue", 62),
    (Role::Activity, "new value", 62),
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
pub const OBJECTS: &str = "\
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
    受注 チケット ケース 依頼 申請 契約 伝票 \
    zaak aanvraag melding bestelling opdracht ärende beställning sag sak dosya başvuru \
    sipariş talep dava případ případu zakázka zakázky žádost objednávka ügy rendelés tilaus \
    asia hakemus 주문 접수 민원 사건 요청 계약 طلب الطلب القضية المعاملة справа справи protocolo";

pub const IDENTIFIERS: &str = "\
    id ids no nr num number key identifier guid uuid ref № номер ид идентификатор код nummer \
    kennung numéro numero número identifiant identificador identificativo numer 编号 号 号码 标识 \
    番号 \
    reference référence referenz szám száma numarası číslo 번호 رقم";

/// Words of people and things that take part: an identifier of theirs is a poor case.
pub const PARTIES: &str = "\
    user customer client member account device machine клиент клиента пользователь \
    пользователя kunde benutzer utilisateur cliente usuario utente usuário klient klienta \
    użytkownik użytkownika 客户 用户 顧客 ユーザー \
    klant kund asiakas müşteri zákazník ügyfél 고객 العميل клієнт клієнта";

/// Words that say what happened.
pub const ACTIVITIES: &[(&str, i32)] = &[
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
    ("activiteit", 96),
    ("gebeurtenis", 80),
    ("handeling", 84),
    ("stap", 82),
    ("taak", 80),
    ("aktivitet", 96),
    ("händelse", 86),
    ("åtgärd", 84),
    ("steg", 82),
    ("faaliyet", 96),
    ("işlem", 84),
    ("olay", 80),
    ("adım", 82),
    ("aşama", 78),
    ("durum", 66),
    ("činnost", 96),
    ("událost", 80),
    ("operace", 84),
    ("stav", 64),
    ("tevékenység", 96),
    ("esemény", 80),
    ("művelet", 84),
    ("lépés", 82),
    ("állapot", 64),
    ("tapahtuma", 84),
    ("toiminto", 84),
    ("vaihe", 82),
    ("tila", 60),
    ("활동", 96),
    ("이벤트", 80),
    ("작업", 84),
    ("단계", 82),
    ("상태", 66),
    ("النشاط", 96),
    ("الإجراء", 84),
    ("الحدث", 80),
    ("الخطوة", 82),
    ("الحالة", 66),
    ("дія", 86),
    ("подія", 86),
    ("крок", 82),
    ("етап", 78),
    ("стан", 64),
    ("trámite", 82),
];

/// Words for the value before a change: where another column has the value after it, that one is
/// the activity.
pub const OLD: &str = "\
    from old previous prev prior before was alt alter bisher vorher ancien ancienne anterior \
    precedente poprzedni poprzednia старый старое предыдущий прежний из 原 旧 变更前 変更前";

/// Words for the value after a change.
pub const NEW: &str = "\
    to new next after current neu neuer nouveau nouvelle nuevo novo nuovo nowy nowa новый \
    новое 新 变更后 変更後";

/// Words that say when.
pub const TIMES: &[(&str, i32)] = &[
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
    ("tijdstip", 82),
    ("tijd", 75),
    ("tidpunkt", 82),
    ("tid", 75),
    ("klockslag", 60),
    ("zaman", 75),
    ("tarih", 65),
    ("saat", 60),
    ("čas", 75),
    ("időpont", 80),
    ("idő", 75),
    ("dátum", 65),
    ("aikaleima", 82),
    ("aika", 75),
    ("päivämäärä", 65),
    ("kellonaika", 60),
    ("일시", 80),
    ("시간", 75),
    ("시각", 70),
    ("날짜", 65),
    ("일자", 65),
    ("الوقت", 75),
    ("التاريخ", 65),
    ("час", 75),
];

pub const ENDS: &str = "\
    complete completed completion end ended finish finished stop stopped окончание окончания \
    завершение завершения конец конца ende beendet abgeschlossen fin terminé fine término \
    koniec zakończenie zakończenia 结束 完成 終了 完了";

pub const STARTS: &str = "\
    start started begin began beginning начало начала старт старта beginn gestartet anfang \
    début inicio início inizio początek rozpoczęcie rozpoczęcia 开始 開始";

/// Words for the subject of an event's timestamp.
pub const CHANGES: &str = "\
    event activity action operation step status state change changed update updated modified \
    log logged событие события операции изменения действия статуса этапа änderung geändert \
    modification modificación modifica alteração zmiana zmiany 更新 修改 变更 変更";

/// Words for the subject of a timestamp of a whole case.
pub const CASE_DATES: &str = "\
    create created creation open opened close closed closing resolved due deadline birth \
    birthday expected planned target valid создания создан открытия закрытия срок рождения \
    плановая плановое план erstellt angelegt fällig frist création creado creación \
    vencimiento creazione criado criação prazo utworzenia termin 创建 截止 作成 期限";

/// Words that say who.
pub const RESOURCES: &[(&str, i32)] = &[
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
    ("medewerker", 88),
    ("behandelaar", 85),
    ("handläggare", 88),
    ("görevli", 85),
    ("personel", 80),
    ("řešitel", 88),
    ("pracovník", 85),
    ("ügyintéző", 88),
    ("käsittelijä", 88),
    ("työntekijä", 85),
    ("담당자", 88),
    ("직원", 80),
    ("الموظف", 85),
    ("виконавець", 95),
];

/// Participles before "by" for what a resource does to an event, with their scores; others concern a case.
pub const DONE_BY: &[(&str, i32)] = &[
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
pub const ATTRIBUTES: &str = "\
    type count position level cost amount price duration index version category priority \
    variant lifecycle transition cohort reason тип количество стоимость сумма приоритет \
    длительность важность priorität menge betrag kosten typ kategorie priorité montant \
    prioridad importe prioridade valor priorytet kwota 优先级 类型 金额 数量 优先度 種類";
