//! A document as one HTML file: no script, no other file, and nothing of it can load one. Texts of the log and of the
//! user are escaped wherever they stand.

use super::sections::{Content, Made};
use super::{Document, left_out, lines};
use crate::cli::chart;
use crate::cli::table::{Table, anchor, in_html, message_in_html};
use crate::text::count;
use std::fmt::Write;

/// Bytes of the tables and images of all sections; head and definitions come on top.
const ROOM: usize = 800_000;
/// Rows from which on a table below a chart is folded.
const FOLDED: usize = 25;

/// Nothing may be loaded, run or sent.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

const STYLE: &str = "\
:root{color-scheme:light dark;--paper:#fff;--ink:#1b1f24;--soft:#57606a;--line:#d5dae0;--wash:#f4f6f8;--a:#1f6fb2;--b:#b4500c;--c:#2e7d32;--bad:#b42318}
@media (prefers-color-scheme:dark){:root{--paper:#14171a;--ink:#e6e9ec;--soft:#a3acb5;--line:#363d44;--wash:#1d2126;--a:#6cb2f0;--b:#f0a25f;--c:#7fcf85;--bad:#ff8a80}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
main{max-width:1100px;margin:0 auto;padding:24px 20px 60px}
h1{font-size:26px;line-height:1.25;margin:0 0 12px;overflow-wrap:anywhere}
h2{font-size:19px;margin:40px 0 8px;padding-top:14px;border-top:1px solid var(--line);overflow-wrap:anywhere}
a{color:var(--a)}
dl.facts{display:grid;grid-template-columns:max-content 1fr;gap:2px 18px;margin:14px 0}
dl.facts dt{color:var(--soft)}dl.facts dd{margin:0;overflow-wrap:anywhere}
nav ol{columns:2;padding-left:24px;margin:14px 0}
p.n,p.cut{color:var(--soft);margin:6px 0}
p.change{margin:6px 0;font-weight:600}
p.failed{color:var(--bad);font-weight:600}
pre{background:var(--wash);border:1px solid var(--line);border-radius:4px;padding:8px 10px;margin:8px 0;white-space:pre-wrap;overflow-wrap:anywhere;font:13px/1.4 ui-monospace,monospace}
.wide{overflow-x:auto;margin:10px 0}
table{border-collapse:collapse;font-size:13.5px;font-variant-numeric:tabular-nums}
th,td{padding:3px 12px 3px 0;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}
th{color:var(--soft);font-weight:600;white-space:nowrap}
td{max-width:520px;overflow-wrap:break-word}
td.r,th.r{text-align:right;white-space:nowrap}
th a{color:inherit}
summary{cursor:pointer;color:var(--soft)}
.drawing{background:#fff;padding:6px;width:max-content}
#definitions dt{font-weight:600;margin-top:8px}#definitions dd{margin:0;color:var(--soft)}
dt:target{background:var(--wash)}
@media (max-width:600px){dl.facts{grid-template-columns:1fr}dl.facts dd{margin-bottom:6px}nav ol{columns:1}main{padding:16px 12px 40px}}
@media print{nav{display:none}.wide{overflow:visible}h2{break-after:avoid}tr,svg{break-inside:avoid}main{max-width:none;padding:0}a{color:inherit;text-decoration:none}}
";

/// The page.
pub fn page(document: &Document) -> String {
    let title = in_html(&document.title);
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n<title>{title}</title>\n\
         <style>\n{STYLE}{}</style>\n</head>\n<body>\n<main>\n<header>\n<h1>{title}</h1>\n",
        chart::STYLE
    );
    paragraphs(&mut out, &document.comment);
    out.push_str("<dl class=\"facts\">\n");
    for (name, value) in &document.facts {
        // Writing to a String cannot fail.
        let _ = writeln!(out, "<dt>{name}</dt><dd>{}</dd>", message_in_html(value));
    }
    out.push_str("</dl>\n</header>\n<nav aria-label=\"Sections\"><ol>\n");
    for (at, made) in document.sections.iter().enumerate() {
        let title = in_html(&made.title);
        let _ = writeln!(out, "<li><a href=\"#s{}\">{title}</a></li>", at + 1);
    }
    out.push_str("</ol></nav>\n");
    let limit = out.len() + ROOM;
    for (at, made) in document.sections.iter().enumerate() {
        // Twice its part, as many sections need little.
        let left = (document.sections.len() - at).div_ceil(2);
        let room = limit.saturating_sub(out.len()) / left;
        section(&mut out, at, made, room);
    }
    definitions(&mut out, document);
    out.push_str("</main>\n</body>\n</html>\n");
    out
}

fn section(out: &mut String, at: usize, made: &Made, room: usize) {
    let title = in_html(&made.title);
    let number = at + 1;
    let _ = writeln!(
        out,
        "<section id=\"s{number}\" aria-labelledby=\"h{number}\">\n<h2 id=\"h{number}\">{number}. {title}</h2>"
    );
    paragraphs(out, &made.comment);
    let _ = writeln!(
        out,
        "<pre><code>{}</code></pre>",
        message_in_html(&made.printed)
    );
    match &made.content {
        Ok(content) => write_content(out, number, content, room),
        Err(failure) => {
            let why = failure.message.lines().map(message_in_html);
            let why = why.collect::<Vec<_>>().join("<br>");
            let _ = writeln!(out, "<p class=\"failed\">Not made: {why}</p>");
        }
    }
    out.push_str("</section>\n");
}

fn write_content(out: &mut String, number: usize, content: &Content, room: usize) {
    let from = out.len();
    let heading = message_in_html(&content.report.heading());
    let _ = writeln!(out, "<p class=\"n\">{heading}</p>");
    if let Some(changes) = &content.changes {
        let words = message_in_html(&changes.in_words());
        let _ = writeln!(out, "<p class=\"change\">Change: {words}</p>");
        if let Some(table) = changes.table(content.wording) {
            out.push_str("<div class=\"wide\">\n");
            table.write_html(out, content.wording, table.n_rows, room);
            out.push_str("</div>\n");
        }
    }
    let mut drawn = false;
    for (at, chart) in content.charts.iter().enumerate() {
        let image = chart.svg(100 * number + at);
        let fits = |image: &String| out.len() - from + image.len() < room;
        if let Some(image) = image.filter(fits) {
            let _ = writeln!(out, "<div class=\"wide\">\n{image}</div>");
            drawn = true;
        }
    }
    if let Some(drawing) = &content.drawing {
        if out.len() - from + drawing.len() < room {
            let _ = writeln!(
                out,
                "<div class=\"wide\"><div class=\"drawing\">\n{drawing}</div></div>"
            );
        } else {
            out.push_str("<p class=\"cut\">The drawing is too large for the page</p>\n");
        }
    }
    for table in content.report.tables() {
        let left = room.saturating_sub(out.len() - from);
        write_table(out, &table, content, left, drawn && table.n_rows >= FOLDED);
    }
    if let Some(left) = left_out(content) {
        let _ = writeln!(out, "<p class=\"cut\">{left}</p>");
    }
}

fn write_table(out: &mut String, table: &Table<'_>, content: &Content, room: usize, folded: bool) {
    if folded {
        let rows = count(table.n_rows as u64);
        let _ = writeln!(out, "<details><summary>Table of {rows} rows</summary>");
    }
    out.push_str("<div class=\"wide\">\n");
    let written = table.write_html(out, content.wording, content.limit, room);
    out.push_str("</div>\n");
    if written < table.n_rows {
        let [written, all] = [written, table.n_rows].map(|n| count(n as u64));
        let _ = writeln!(out, "<p class=\"cut\">{written} of {all} rows</p>");
    }
    if folded {
        out.push_str("</details>\n");
    }
}

fn definitions(out: &mut String, document: &Document) {
    let terms = document.terms();
    if terms.is_empty() {
        return;
    }
    out.push_str("<section id=\"definitions\">\n<h2>Definitions</h2>\n<dl>\n");
    for term in terms {
        let [name, is, note] = [term.name, term.is, term.note].map(in_html);
        let id = anchor(term.name);
        let _ = writeln!(out, "<dt id=\"{id}\">{name}</dt><dd>{is} {note}</dd>");
    }
    out.push_str("</dl>\n</section>\n");
}

/// A text of the user; blank lines separate its paragraphs.
fn paragraphs(out: &mut String, text: &str) {
    let all: Vec<String> = lines(text).collect();
    for paragraph in all.split(|line| line.trim().is_empty()) {
        if !paragraph.is_empty() {
            let _ = writeln!(out, "<p>{}</p>", message_in_html(&paragraph.join(" ")));
        }
    }
}
