//! A reading that is stopped keeps whole rows, and says so.

use super::*;
use std::sync::atomic::Ordering::Relaxed;

/// An input whose reader is asked to stop when so many bytes were read.
struct Stopping<'a> {
    name: &'a str,
    bytes: &'a [u8],
    after: u64,
    progress: &'a Progress,
}

impl Bytes for Stopping<'_> {
    fn name(&self) -> &str {
        self.name
    }

    fn len(&self) -> u64 {
        self.bytes.len() as u64
    }

    fn read_at(&self, offset: u64, out: &mut [u8]) -> io::Result<usize> {
        // In small pieces, as the log is small; rows are counted by pieces that are larger.
        let some = out.len().min(100);
        let n = self.bytes.read_at(offset, &mut out[..some])?;
        self.progress.rows.fetch_max(1, Relaxed);
        let read = self.progress.bytes.load(Relaxed);
        if read >= self.after && !self.progress.is_stopping() {
            assert!(self.progress.stop());
        }
        Ok(n)
    }

    fn changed(&self) -> io::Result<bool> {
        Ok(false)
    }
}

/// A log of so many rows in each format that is read in order.
fn in_formats(n: usize) -> Vec<(&'static str, Vec<u8>)> {
    let (mut csv, mut jsonl, mut xes) = (
        "case_id,activity,timestamp\n".to_owned(),
        String::new(),
        "<?xml version=\"1.0\"?><log>".to_owned(),
    );
    for i in 0..n {
        let time = format!("2024-01-01T{:02}:{:02}:00Z", i / 60, i % 60);
        csv.extend([format!("case-{i},Activity {i},{time}\n")]);
        jsonl.extend([format!(
            "{{\"case_id\":\"case-{i}\",\"activity\":\"Activity {i}\",\"timestamp\":\"{time}\"}}\n"
        )]);
        xes.extend([format!(
            "<trace><string key=\"concept:name\" value=\"case-{i}\"/><event>\
             <string key=\"concept:name\" value=\"Activity {i}\"/>\
             <date key=\"time:timestamp\" value=\"{time}\"/></event></trace>\n"
        )]);
    }
    xes += "</log>\n";
    let array = format!("[{}]", jsonl.trim_end().replace('\n', ",\n"));
    let names = ["log.csv", "log.jsonl", "log.json", "log.xes"];
    let texts = [csv, jsonl, array, xes].map(String::into_bytes);
    names.into_iter().zip(texts).collect()
}

#[test]
fn a_reading_that_is_stopped_keeps_whole_rows() {
    for (name, bytes) in in_formats(600) {
        for (name, bytes) in [
            (name.to_owned(), bytes.clone()),
            (format!("{name}.gz"), gzip(&bytes)),
        ] {
            let whole = plain(&bytes).0;
            let mut most = 0;
            for part in (1..38).step_by(3) {
                let progress = Progress::default();
                let after = bytes.len() as u64 * part / 40;
                let input = Stopping {
                    name: &name,
                    bytes: &bytes,
                    after,
                    progress: &progress,
                };
                let Ok((log, report)) = read(&[input], &ReadOptions::default(), &progress) else {
                    // Of a compressed log nothing may be there yet.
                    assert!(name.contains(".gz") && part < 8, "{name} {part}");
                    continue;
                };
                assert!(report.incomplete, "{name} {part}");
                assert!(
                    report.warnings.contains_key(&Warning::Stopped),
                    "{name} {part}"
                );
                assert!(
                    !report.warnings.contains_key(&Warning::Incomplete),
                    "{name} {part}"
                );
                // XES says where the document was left.
                let cut = |reject: &Reject| reject.reason == Reason::Truncated;
                assert!(report.rejects.iter().all(cut), "{name} {part}");
                assert!(
                    name.starts_with("log.xes") || report.n_rejected == 0,
                    "{name} {part}"
                );
                let n = log.n_events();
                assert!(n < 600 && n >= most, "{name} {part}: {n}");
                most = n;
                // What is there is what the whole log begins with.
                assert_eq!(log.time[..], whole.time[..n], "{name} {part}");
            }
            assert!(most > 400, "{name}: {most}");
        }
    }
}
