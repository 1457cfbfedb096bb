//! Rules files and files of expected scores: errors are one line with its number in the text; a definition that
//! is added to a file is read from it, and the rest of the file as before.
use casetrail::config::rules;
use casetrail::engine::NamedMilestone;

pub fn rules_file(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    if let Err(error) = rules::targets(text) {
        super::assert_in(text, &error);
    }
    let before = match rules::parse(text) {
        Ok(before) => before,
        Err(error) => return super::assert_in(text, &error),
    };
    let milestone = NamedMilestone::parse("added by hand = last \"A\"").expect("a milestone");
    if let Ok(more) = rules::with_definitions(text, std::slice::from_ref(&milestone), &[]) {
        let after = rules::parse(&more).expect("what was written can be read");
        let names = after.milestones.iter().map(|of| &of.name);
        assert_eq!(names.filter(|name| **name == milestone.name).count(), 1);
        assert_eq!(after.rules.len(), before.rules.len());
        assert_eq!(after.conform_rules.len(), before.conform_rules.len());
    }
}
