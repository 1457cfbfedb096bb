//! Tokens that the grammar accepts at a place of an unfinished text, found by a lenient reading of
//! the text before it, without the log.

use crate::filter::ast::{Field, Op, Relation, Spanned};
use crate::filter::lex::Scanner;

/// Kinds of tokens accepted at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Want {
    /// A condition.
    Condition,
    /// `with`
    With,
    /// The activity that a case starts or ends with.
    Anchor,
    /// An arrow, `and`, `or`, after an activity.
    Arrow,
    /// The second activity of a path.
    Second,
    /// `within`, `after`, a relation to a range of time, `and`, `or`, after a path or a limit of it.
    Limit,
    /// A duration.
    Duration,
    /// A range of time, or one more time of it.
    Time,
    /// `and`, `or`, after a condition.
    Junction,
    /// The activity that waited, or `resource`.
    Queued,
    /// The resource that was waited for.
    QueuedResource,
    /// The parenthesis after `count`.
    CountOpen,
    /// The activity that is counted.
    Counted,
    /// The parenthesis after it.
    CountClose(String),
    /// An operator after a field.
    Operator(Field),
    /// The value after an operator.
    Value(Field),
    /// The parenthesis after `in`.
    ListOpen(Field),
    /// A value of a list.
    Item(Field),
    /// A comma or the parenthesis after it.
    ItemEnd(Field),
    /// Nothing that could be said: the text left the grammar.
    Nothing,
}

/// Text of the piece at the cursor so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Partial<'a> {
    /// A word, perhaps without a letter.
    Word(&'a str),
    /// Text after an open double quote.
    Quoted(&'a str),
    /// Text after an open backtick.
    Backticked(&'a str),
}

impl<'a> Partial<'a> {
    /// The letters so far.
    pub fn pattern(self) -> &'a str {
        match self {
            Partial::Word(text) | Partial::Quoted(text) | Partial::Backticked(text) => text,
        }
    }
}

/// One piece of the text.
enum Piece<'a> {
    Quoted(String),
    Backticked(String),
    Word(&'a str),
    Symbol(&'static str),
    Unknown,
}

impl Piece<'_> {
    fn is(&self, text: &str) -> bool {
        matches!(self, Piece::Word(word) if *word == text)
            || matches!(self, Piece::Symbol(symbol) if *symbol == text)
    }

    fn is_value(&self) -> bool {
        matches!(self, Piece::Quoted(_) | Piece::Word(_))
    }

    fn is_of_range(&self) -> bool {
        matches!(self, Piece::Word(_) | Piece::Symbol(".." | "..="))
    }
}

/// Returns the kinds accepted at the end of `text`, the piece written so far, and its start.
pub(super) fn at_end(text: &str) -> (Want, Partial<'_>, usize) {
    let mut scan = Scanner::new(text);
    let mut want = Want::Condition;
    while scan.peek().is_some() {
        let start = scan.at();
        let piece = match piece(&mut scan) {
            Ok(Piece::Word(word)) if scan.at() == text.len() => {
                return (want, Partial::Word(word), start);
            }
            Ok(piece) => piece,
            Err(partial) => return (want, partial, start),
        };
        want = after(want, piece);
    }
    (want, Partial::Word(""), text.len())
}

/// The next piece; an error where it is not closed.
fn piece<'a>(scan: &mut Scanner<'a>) -> Result<Piece<'a>, Partial<'a>> {
    const SYMBOLS: [&str; 7] = ["(", ")", ",", "->", "~>", "..=", ".."];
    match scan.peek() {
        Some('"' | '\'') => {
            let rest = scan.rest();
            let string = scan.string().map_err(|_| Partial::Quoted(&rest[1..]))?;
            return Ok(Piece::Quoted(string.node));
        }
        Some('`') => {
            let rest = scan.rest();
            let name = scan
                .backticked()
                .map_err(|_| Partial::Backticked(&rest[1..]))?;
            return Ok(Piece::Backticked(name.node));
        }
        _ => {}
    }
    let operators = Op::ALL.into_iter().map(Op::symbol);
    if let Some(symbol) = SYMBOLS.into_iter().chain(operators).find(|s| scan.eat(s)) {
        return Ok(Piece::Symbol(symbol));
    }
    match scan.literal().node {
        "" => {
            scan.skip_char();
            Ok(Piece::Unknown)
        }
        word => Ok(Piece::Word(word)),
    }
}

/// Kinds accepted after a piece at a place of kind `want`.
fn after(want: Want, piece: Piece<'_>) -> Want {
    match want {
        Want::Condition => after_start(piece),
        Want::With if piece.is("with") => Want::Anchor,
        Want::Arrow if piece.is("->") || piece.is("~>") => Want::Second,
        Want::Limit | Want::Operator(Field::Time) if piece.is("within") || piece.is("after") => {
            Want::Duration
        }
        Want::Limit if is_relation(&piece) => Want::Time,
        Want::Arrow | Want::Limit | Want::Junction | Want::Time
            if piece.is("and") || piece.is("or") =>
        {
            Want::Condition
        }
        Want::Arrow | Want::Limit | Want::Junction | Want::Time if piece.is(")") => Want::Junction,
        Want::Time | Want::ListOpen(Field::Time) if piece.is_of_range() => Want::Time,
        Want::Queued if piece.is("resource") => Want::QueuedResource,
        Want::Queued | Want::QueuedResource if piece.is_value() => Want::Time,
        Want::Second | Want::Duration if piece.is_value() => Want::Limit,
        Want::Anchor | Want::Value(_) if piece.is_value() => Want::Junction,
        Want::CountOpen if piece.is("(") => Want::Counted,
        Want::CountClose(activity) if piece.is(")") => {
            let span = 0..0;
            let activity = Spanned {
                node: activity,
                span,
            };
            Want::Operator(Field::Count(activity))
        }
        Want::Operator(field) if piece.is("in") => Want::ListOpen(field),
        Want::Operator(field) if Op::ALL.iter().any(|op| piece.is(op.symbol())) => {
            Want::Value(field)
        }
        Want::ListOpen(field) if piece.is("(") => Want::Item(field),
        Want::ItemEnd(field) if piece.is(",") => Want::Item(field),
        Want::ItemEnd(_) if piece.is(")") => Want::Junction,
        Want::Item(field) if piece.is_value() => Want::ItemEnd(field),
        Want::Counted => match piece {
            Piece::Quoted(activity) => Want::CountClose(activity),
            _ => Want::Nothing,
        },
        _ => Want::Nothing,
    }
}

fn is_relation(piece: &Piece<'_>) -> bool {
    matches!(piece, Piece::Word(word) if Relation::of_word(word).is_some())
}

/// Kinds accepted after the first piece of a condition.
fn after_start(piece: Piece<'_>) -> Want {
    match piece {
        Piece::Word("not") | Piece::Symbol("(") => Want::Condition,
        Piece::Quoted(_) => Want::Arrow,
        Piece::Word(word) => after_word(word),
        Piece::Backticked(name) => Want::Operator(Field::Column(name)),
        _ => Want::Nothing,
    }
}

/// Kinds accepted after a word that begins a condition.
fn after_word(word: &str) -> Want {
    match word {
        "starts" | "ends" => Want::With,
        "count" => Want::CountOpen,
        "queued" => Want::Queued,
        word if Relation::of_word(word).is_some() => Want::Time,
        word => Want::Operator(Field::of_word(word)),
    }
}
