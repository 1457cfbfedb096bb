//! Models in PNML and BPMN: a net or an error; what was read is the same when it was written and read
//! again, and a small one is aligned within its bounds.
use casetrail::event_log::Cancel;
use casetrail::models::{Aligner, Ending, Limits, Scratch, read, write_pnml};

pub fn model_read(data: &[u8]) {
    let Ok(net) = read(data) else {
        return;
    };
    let has_ids = net.places.iter().all(|id| !id.is_empty());
    let unique: std::collections::HashSet<&String> = net
        .places
        .iter()
        .chain(net.transitions.iter().map(|t| &t.id))
        .collect();
    if has_ids && unique.len() == net.places.len() + net.transitions.len() {
        let again = read(write_pnml(&net).as_bytes());
        // A net of BPMN may end without a token, which PNML cannot always say.
        if let Ok(again) = again {
            assert_eq!(again.places.len(), net.places.len());
            assert_eq!(again.transitions.len(), net.transitions.len());
        }
    }
    if net.places.len() > 20 || net.transitions.len() > 20 {
        return;
    }
    let labels: Vec<Option<u32>> = (net.transitions.iter().enumerate())
        .map(|(at, t)| t.label.as_ref().map(|_| at as u32))
        .collect();
    if let Ok(aligner) = Aligner::new(net, &labels, &Cancel::never()) {
        let limits = Limits {
            states: 1_000,
            ..Limits::default()
        };
        let mut scratch = Scratch::default();
        for ending in [Ending::Final, Ending::Open] {
            let found = aligner.align(&[0, 1, 2], ending, &limits, &mut scratch, &Cancel::never());
            assert!(found.is_ok());
        }
    }
}
