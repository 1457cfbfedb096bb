//! Templates of Declare: what a rule asks of the order of the events of a case. Where a rule was written
//! it has names, for a log it has codes; the templates are the same.

/// A template of Declare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Template {
    /// At least a number of events of A.
    Existence,
    /// Fewer events of A than a number.
    Absence,
    /// Exactly a number of events of A.
    Exactly,
    /// The first event is of A.
    Init,
    /// The last event is of A.
    End,
    /// Where A is, B is, before or after it.
    Responded,
    /// Where one of them is, the other is.
    Coexist,
    /// Each A is followed by a B.
    Response,
    /// Each B comes after an A.
    Precedence,
    /// Response and precedence.
    Succession,
    /// Each A is followed by a B before the next A.
    AltResponse,
    /// Each B comes after an A that comes after the B before.
    AltPrecedence,
    /// Both of these.
    AltSuccession,
    /// Each A is followed by B directly.
    ChainResponse,
    /// Each B comes directly after an A.
    ChainPrecedence,
    /// Both of these.
    ChainSuccession,
    /// A and B are never in one case.
    NotCoexist,
    /// No B comes after an A.
    NotSuccession,
    /// No B comes directly after an A.
    NotChain,
    /// No A and B of one case have the same value of a column.
    NotSame,
}

impl Template {
    /// All of them, those of one activity first.
    pub const ALL: [Template; 20] = [
        Template::Existence,
        Template::Absence,
        Template::Exactly,
        Template::Init,
        Template::End,
        Template::Responded,
        Template::Coexist,
        Template::Response,
        Template::Precedence,
        Template::Succession,
        Template::AltResponse,
        Template::AltPrecedence,
        Template::AltSuccession,
        Template::ChainResponse,
        Template::ChainPrecedence,
        Template::ChainSuccession,
        Template::NotCoexist,
        Template::NotSuccession,
        Template::NotChain,
        Template::NotSame,
    ];

    /// Name in the text of a rule.
    pub const fn word(self) -> &'static str {
        match self {
            Template::Existence => "existence",
            Template::Absence => "absence",
            Template::Exactly => "exactly",
            Template::Init => "init",
            Template::End => "end",
            Template::Responded => "responded",
            Template::Coexist => "coexist",
            Template::Response => "response",
            Template::Precedence => "precedence",
            Template::Succession => "succession",
            Template::AltResponse => "alt_response",
            Template::AltPrecedence => "alt_precedence",
            Template::AltSuccession => "alt_succession",
            Template::ChainResponse => "chain_response",
            Template::ChainPrecedence => "chain_precedence",
            Template::ChainSuccession => "chain_succession",
            Template::NotCoexist => "not_coexist",
            Template::NotSuccession => "not_succession",
            Template::NotChain => "not_chain",
            Template::NotSame => "not_same",
        }
    }

    /// True if it is about one activity alone.
    pub const fn is_unary(self) -> bool {
        use Template::*;
        matches!(self, Existence | Absence | Exactly | Init | End)
    }

    /// True if it forbids pairs of events.
    pub const fn forbids_pairs(self) -> bool {
        use Template::*;
        matches!(self, NotCoexist | NotSuccession | NotChain | NotSame)
    }

    /// True if it counts the events of its activity.
    pub const fn counts(self) -> bool {
        use Template::*;
        matches!(self, Existence | Absence | Exactly)
    }

    /// The templates that every case satisfies that satisfies this one, for the same A and B. Those of B
    /// and A in exchanged roles are `responded` of `coexist` and of the precedences.
    pub const fn implies(self) -> &'static [Template] {
        use Template::*;
        match self {
            Exactly | Init | End => &[Existence],
            Coexist | Response => &[Responded],
            Succession => &[Response, Precedence, Coexist, Responded],
            AltResponse => &[Response, Responded],
            AltPrecedence => &[Precedence],
            AltSuccession => &[
                AltResponse,
                AltPrecedence,
                Succession,
                Response,
                Precedence,
                Coexist,
                Responded,
            ],
            ChainResponse => &[AltResponse, Response, Responded],
            ChainPrecedence => &[AltPrecedence, Precedence],
            ChainSuccession => &[
                ChainResponse,
                ChainPrecedence,
                AltSuccession,
                AltResponse,
                AltPrecedence,
                Succession,
                Response,
                Precedence,
                Coexist,
                Responded,
            ],
            NotCoexist => &[NotSuccession, NotChain, NotSame],
            NotSuccession => &[NotChain],
            Existence | Absence | Responded | Precedence | NotChain | NotSame => &[],
        }
    }

    /// True if every case that satisfies it satisfies `responded` of B and A.
    pub const fn implies_responded_back(self) -> bool {
        use Template::*;
        matches!(
            self,
            Coexist
                | Precedence
                | Succession
                | AltPrecedence
                | AltSuccession
                | ChainPrecedence
                | ChainSuccession
        )
    }
}
