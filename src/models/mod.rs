//! Models of a process: Petri nets read from PNML and BPMN files, alignments of sequences of labels
//! with them, and models discovered from sequences. Labels are numbers here: the caller says which
//! activity each is. Knows no log and no path.

mod align;
mod bpmn;
mod cuts;
mod diagram;
mod graph;
mod lazy;
mod miner;
mod net;
mod pnml;
mod reduce;
mod replay;
mod script;
mod tree;
mod write;
mod xml;

pub use align::{Aligner, Bound, Ending, Found, Limits, Move, Scratch, USUAL_STATES, Unusable};
pub use diagram::Diagram;
pub use miner::mine;
pub use net::{Net, Tokens, Transition};
pub use replay::{Replayed, replay};
pub use script::{Nearest, Pattern, script};
pub use tree::Tree;
pub use write::{bpmn, mermaid, pnml as write_pnml};

/// Places of the largest net.
pub const MAX_PLACES: usize = 100_000;
/// Transitions of the largest net.
pub const MAX_TRANSITIONS: usize = 200_000;
/// Tokens that a place may hold at most.
pub const MAX_TOKENS: u32 = 64;

/// Why a file is no model that can be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{message}", self.place())]
pub struct ModelError {
    /// Line of the file, from 1; `None` for a fault of the whole.
    pub line: Option<u64>,
    /// One line: the element with its id, what is wrong, what to do.
    pub message: String,
}

impl ModelError {
    fn at(line: u64, message: impl Into<String>) -> Self {
        ModelError {
            line: Some(line),
            message: message.into(),
        }
    }

    fn whole(message: impl Into<String>) -> Self {
        ModelError {
            line: None,
            message: message.into(),
        }
    }

    fn place(&self) -> String {
        let line = self.line.map(|line| format!("line {line}: "));
        line.unwrap_or_default()
    }
}

/// Reads a model in PNML or BPMN 2.0, whichever the bytes are.
///
/// # Errors
/// The bytes are neither, or hold something that is not supported: with the line and the id of the
/// element.
pub fn read(bytes: &[u8]) -> Result<Net, ModelError> {
    let root = xml::read(bytes)?;
    let net = match root.name.as_str() {
        "pnml" => pnml::read(&root)?,
        "definitions" => bpmn::read(&root)?,
        name => {
            let message = format!("<{name}> is neither PNML (<pnml>) nor BPMN (<definitions>)");
            return Err(ModelError::at(root.line, message));
        }
    };
    for (n, most, what) in [
        (net.places.len(), MAX_PLACES, "places"),
        (net.transitions.len(), MAX_TRANSITIONS, "transitions"),
    ] {
        if n > most {
            return Err(ModelError::whole(format!(
                "{n} {what}, at most {most} are supported"
            )));
        }
    }
    if !net.may_end() {
        return Err(ModelError::whole(
            "no run of the model reaches its final marking: check its arcs and its end",
        ));
    }
    Ok(net)
}
