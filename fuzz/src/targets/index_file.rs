//! Files of the index whose checksums are right although nobody wrote such data: an error or a log,
//! never more. The input is a change to a good file: pairs of a place and a byte, or a file as it is.
use casetrail::event_log::Progress;
use casetrail::formats::{ReadOptions, read};
use casetrail::index::Index;
use casetrail::store::{data_of, read_forged};
use std::sync::OnceLock;

const LOG: &[u8] = b"case,activity,timestamp,cost,resource\n\
    c1,A,2024-01-01,1.5,ann\nc1,B,2024-01-02,,bob\nc2,A,2024-01-03,2,\n";

fn good() -> &'static [u8] {
    static GOOD: OnceLock<Vec<u8>> = OnceLock::new();
    GOOD.get_or_init(|| {
        let progress = Progress::default();
        let (log, report) = read(&[LOG], &ReadOptions::default(), &progress).expect("a log");
        let index = Index::build(&log, &progress).expect("nobody cancels");
        data_of(&log, &index, &report).expect("memory takes it")
    })
}

pub fn index_file(data: &[u8]) {
    let mut bytes = good().to_vec();
    let Some((&how, changes)) = data.split_first() else {
        return;
    };
    if how == 0 {
        bytes = changes.to_vec();
    }
    for change in changes.chunks_exact(3).filter(|_| how != 0) {
        let at = usize::from(u16::from_le_bytes([change[0], change[1]])) % bytes.len();
        bytes[at] = change[2];
    }
    if how == 1 {
        bytes.truncate(changes.len() * 64);
    }
    read_forged(&bytes);
}
