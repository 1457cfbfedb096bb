//! Why a call ends without its report, and the exit codes. A failure is one message for a person;
//! it holds no error types of other layers.

use crate::engine::{AskError, DefinitionError, FilterError};
use crate::text::{self, escape_line};
use crate::ui::fit;
use std::ops::Range;

/// Exit codes, as users may rely on them.
pub mod code {
    /// Done.
    pub const DONE: u8 = 0;
    /// A rule that was checked is broken.
    pub const BROKEN: u8 = 1;
    /// The call is wrong.
    pub const USAGE: u8 = 2;
    /// The input is refused.
    pub const REFUSED: u8 = 3;
    /// `--strict`, and something of the input was rejected or guessed.
    pub const STRICT: u8 = 4;
    /// Loaded, but the input is incomplete.
    pub const INCOMPLETE: u8 = 5;
    /// The output could not be written.
    pub const OUTPUT: u8 = 6;
    /// More memory would be needed than allowed.
    pub const MEMORY: u8 = 7;
    /// To be added to the number of a signal that ended the program.
    pub const SIGNAL: u8 = 128;
    /// A defect of this program.
    pub const DEFECT: u8 = 70;
}

/// Why a call ends without its report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Exit code, one of [`code`].
    pub code: u8,
    /// Error message, safe to print, without the program name; empty if there is nothing to print.
    pub message: String,
}

impl Failure {
    /// A failure with this message, which must be safe to print.
    pub fn new(code: u8, message: impl Into<String>) -> Self {
        Failure {
            code,
            message: message.into(),
        }
    }

    /// The call is wrong.
    pub fn usage(message: impl Into<String>) -> Self {
        Failure::new(code::USAGE, message)
    }

    /// Nobody reads the output any more: the end, without a word.
    pub fn closed_pipe() -> Self {
        // Who closes a pipe early, as `head` does, has what was wanted.
        Failure::new(code::DONE, "")
    }
}

impl From<AskError> for Failure {
    fn from(error: AskError) -> Self {
        match error {
            AskError::Filter(error) => Failure::usage(pointed_out("filter", &error)),
            AskError::UnknownCase(id) => Failure::usage(format!(
                "no case \"{}\" in the log (`casetrail cases` lists the ids)",
                text::safe(&id)
            )),
            error @ (AskError::SmallGroups(_) | AskError::FewCases(_)) => {
                Failure::usage(error.to_string())
            }
            error @ AskError::NotThere(_) => Failure::usage(escape_line(&format!(
                "{error}; `casetrail fetch` gets the events of the cases that filters leave, and a file of them \
                 answers everything"
            ))),
            AskError::Engine(why) | AskError::Model(why) => {
                Failure::new(code::REFUSED, escape_line(&why))
            }
            AskError::Name(why) => Failure::usage(escape_line(&why)),
            AskError::Memory(error) => Failure::new(code::MEMORY, escape_line(&error.to_string())),
            error @ (AskError::Cancelled | AskError::Pattern(_) | AskError::Internal(_)) => {
                Failure::new(code::DEFECT, escape_line(&error.to_string()))
            }
        }
    }
}

impl From<DefinitionError> for Failure {
    fn from(error: DefinitionError) -> Self {
        match error {
            DefinitionError::Name(why) => Failure::usage(escape_line(&why)),
            DefinitionError::Condition(error) => AskError::Filter(error).into(),
        }
    }
}

/// The message with what it is about, and the text below it with carets under the place that is wrong.
pub fn pointed_out(what: &str, error: &FilterError) -> String {
    let message = escape_line(&error.message);
    format!("{what}: {message}{}", place(&error.text, &error.span))
}

/// Two lines, each after a line feed: a text, and carets under a place of it.
pub fn place(text: &str, span: &Range<usize>) -> String {
    // The span counts bytes of the raw text; what is shown may be longer, where it is made safe.
    let floor = |at: usize| {
        let mut at = at.min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let (start, end) = (floor(span.start), floor(span.end));
    let shown_width = |part: &str| fit::width(&text::safe(part));
    let before = shown_width(&text[..start]);
    // The end of the text has no width, but needs a caret.
    let carets = shown_width(&text[start..end.max(start)]).max(1);
    format!(
        "\n  {}\n  {:before$}{}",
        text::safe(text),
        "",
        "^".repeat(carets)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter_error(text: &str, span: std::ops::Range<usize>) -> String {
        let error = FilterError {
            text: text.to_owned(),
            span,
            message: "wrong".to_owned(),
        };
        Failure::from(AskError::Filter(error)).message
    }

    #[test]
    fn carets_stand_under_the_place() {
        assert_eq!(
            filter_error("events >> 3", 7..9),
            "filter: wrong\n  events >> 3\n         ^^"
        );
        // Wide characters and escapes take more columns than characters.
        assert_eq!(
            filter_error("\"漢\u{1b}\" x", 7..8),
            "filter: wrong\n  \"漢\\u{1b}\" x\n             ^"
        );
    }

    #[test]
    fn a_place_at_the_end_or_beyond_gets_one_caret() {
        let end = "filter: wrong\n  a\n   ^";
        assert_eq!(filter_error("a", 1..1), end);
        assert_eq!(filter_error("a", 7..9), end);
    }
}
