//! Files of tags and notes: every line is a change or counted, and what is written of a change is read as it.
//! The order of the lines does not matter.
use casetrail::config::notes_file::{NotesText, line_of};
use casetrail::engine::NoteChange;

pub fn notes_file(data: &[u8]) {
    let found = NotesText::parse(data);
    let lines = data.split(|byte| *byte == b'\n');
    let written = lines.clone().filter(|line| !line.trim_ascii().is_empty()).count() as u64;
    assert!(found.faults <= written);
    assert_eq!(found.fault.is_some(), found.faults > 0);
    if let Some((line, why)) = &found.fault {
        assert!((1..=lines.count() as u64).contains(line));
        assert!(!why.contains('\n'));
    }
    let mut reversed: Vec<&[u8]> = data.split(|byte| *byte == b'\n').collect();
    reversed.reverse();
    assert_eq!(NotesText::parse(&reversed.join(&b'\n')).notes, found.notes);
    // All that holds, written anew.
    let cases: Vec<String> = found.notes.cases().map(str::to_owned).collect();
    let changes = cases.iter().flat_map(|case| {
        let remarks = found.notes.remarks(case).into_iter();
        remarks.map(|of| NoteChange {
            time: of.time,
            case: case.clone(),
            remark: of.remark,
            set: true,
            who: of.who,
        })
    });
    let text: String = changes.map(|change| line_of(&change)).collect();
    let again = NotesText::parse(text.as_bytes());
    assert_eq!(again.faults, 0);
    for case in &cases {
        assert_eq!(again.notes.remarks(case), found.notes.remarks(case));
    }
}
