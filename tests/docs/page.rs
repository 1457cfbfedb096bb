//! Parses the pages of the documentation: fenced blocks, tables, code spans and links.

use regex::Regex;
use std::fs;
use std::path::{Path, PathBuf};

/// A Markdown page of the repository.
pub struct Page {
    /// Path from the root of the repository.
    pub name: String,
    pub text: String,
}

/// A fenced block.
#[derive(Debug, PartialEq, Eq)]
pub struct Block {
    /// Text after the opening fence: `sh`, `console`, `text`, `toml rules`, `toml mapping`.
    pub kind: String,
    /// The HTML comment on the line before the fence, without its marks.
    pub comment: String,
    pub lines: Vec<String>,
}

/// A piece of a page.
#[derive(Debug, PartialEq, Eq)]
pub enum Piece {
    Line(String),
    Block(Block),
}

/// Rows of cells, the header first.
pub type Table = Vec<Vec<String>>;

pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Returns the README, CONTRIBUTING.md and every page in `docs`.
pub fn pages() -> Vec<Page> {
    let folder = fs::read_dir(root().join("docs")).expect("docs");
    let mut names: Vec<String> = folder
        .map(|entry| {
            let name = entry.expect("an entry").file_name();
            format!("docs/{}", name.to_str().expect("UTF-8"))
        })
        .collect();
    names.sort();
    names.splice(0..0, ["README.md", "CONTRIBUTING.md"].map(str::to_owned));
    names.iter().map(|name| Page::read(name)).collect()
}

impl Page {
    pub fn read(name: &str) -> Self {
        let text = fs::read_to_string(root().join(name));
        Page {
            name: name.to_owned(),
            text: text.unwrap_or_else(|error| panic!("{name}: {error}")),
        }
    }

    /// Returns the folder that relative links start from.
    fn folder(&self) -> PathBuf {
        let path = root().join(&self.name);
        path.parent().map(Path::to_path_buf).expect("a folder")
    }

    pub fn pieces(&self) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let mut lines = self.text.lines();
        let mut comment = String::new();
        while let Some(line) = lines.next() {
            let Some(kind) = line.strip_prefix("```") else {
                if !line.is_empty() {
                    let inner = line.strip_prefix("<!-- ");
                    let inner = inner.and_then(|line| line.strip_suffix(" -->"));
                    inner.unwrap_or_default().clone_into(&mut comment);
                }
                pieces.push(Piece::Line(line.to_owned()));
                continue;
            };
            let content = lines.by_ref().take_while(|line| *line != "```");
            pieces.push(Piece::Block(Block {
                kind: kind.to_owned(),
                comment: std::mem::take(&mut comment),
                lines: content.map(str::to_owned).collect(),
            }));
        }
        pieces
    }

    pub fn blocks(&self) -> Vec<Block> {
        let blocks = self.pieces().into_iter().filter_map(|piece| match piece {
            Piece::Block(block) => Some(block),
            Piece::Line(_) => None,
        });
        blocks.collect()
    }

    /// Returns the lines outside of fenced blocks.
    pub fn prose(&self) -> Vec<String> {
        let lines = self.pieces().into_iter().filter_map(|piece| match piece {
            Piece::Line(line) => Some(line),
            Piece::Block(_) => None,
        });
        lines.collect()
    }

    /// Returns the tables whose first column has this title.
    pub fn tables(&self, title: &str) -> Vec<Table> {
        let prose = self.prose();
        let tables = prose.split(|line| !line.starts_with('|'));
        let tables = tables.filter(|lines| lines.len() > 2).map(|lines| {
            let rows = lines.iter().enumerate().filter(|(at, _)| *at != 1);
            rows.map(|(_, line)| cells(line)).collect::<Table>()
        });
        tables.filter(|table| table[0][0] == title).collect()
    }

    /// Returns the code spans outside of fenced blocks. A span ends on the line it starts on.
    pub fn spans(&self) -> Vec<String> {
        self.prose().iter().flat_map(|line| spans(line)).collect()
    }

    /// Returns the relative links to missing files or missing headings.
    pub fn broken_links(&self) -> Vec<String> {
        let link = Regex::new(r"\]\(([^)\s]+)\)").expect("a pattern");
        let prose = self.prose().join("\n");
        let targets = link.captures_iter(&prose).map(|found| found[1].to_owned());
        let inside = targets.filter(|target| !target.starts_with("https://"));
        inside.filter(|target| !self.reaches(target)).collect()
    }

    fn reaches(&self, target: &str) -> bool {
        let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
        if anchor.is_empty() {
            return self.folder().join(path).exists();
        }
        let text = match path {
            "" => self.text.clone(),
            path => fs::read_to_string(self.folder().join(path)).unwrap_or_default(),
        };
        text.lines()
            .any(|line| line.starts_with('#') && anchor_of(line) == anchor)
    }
}

/// Splits a row into cells. A bar within a code span or after a backslash does not end a cell.
fn cells(row: &str) -> Vec<String> {
    let (mut cells, mut cell) = (Vec::new(), String::new());
    let mut rest = row.trim().trim_start_matches('|');
    while let Some(c) = rest.chars().next() {
        let taken = match c {
            '|' => {
                cells.push(std::mem::take(&mut cell).trim().to_owned());
                rest = &rest[1..];
                continue;
            }
            '`' => span_at(rest).map_or(1, |(_, length)| length),
            '\\' => rest.len().min(2),
            c => c.len_utf8(),
        };
        cell.push_str(&rest[..taken]);
        rest = &rest[taken..];
    }
    cells
}

/// Parses the code span, in one or two backticks, at the start of a line. Returns its text and its
/// length in bytes with the backticks.
fn span_at(line: &str) -> Option<(&str, usize)> {
    let fence = if line.starts_with("``") { "``" } else { "`" };
    let inner = line.strip_prefix(fence)?;
    let end = inner.find(fence)?;
    Some((inner[..end].trim(), end + 2 * fence.len()))
}

/// Returns the texts of the code spans of a line.
pub fn spans(line: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = line;
    while let Some(at) = rest.find('`') {
        let Some((text, length)) = span_at(&rest[at..]) else {
            break;
        };
        found.push(text.to_owned());
        rest = &rest[at + length..];
    }
    found
}

/// Returns the anchor that GitHub gives to a heading.
fn anchor_of(heading: &str) -> String {
    let kept = heading.trim_start_matches('#').trim().to_lowercase();
    let kept = kept
        .chars()
        .filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

#[test]
fn a_page_is_parsed() {
    let page = Page {
        name: "README.md".to_owned(),
        text: "# A b\n<!-- screen 8x2 -->\n\n```text\n| x\n```\n\n| `a|b` | c |\n| --- | --- |\n| ``d`e`` | [f](#a-b) [g](#no) |\n"
            .to_owned(),
    };
    assert_eq!(
        page.blocks(),
        [Block {
            kind: "text".to_owned(),
            comment: "screen 8x2".to_owned(),
            lines: vec!["| x".to_owned()],
        }]
    );
    let tables = page.tables("`a|b`");
    assert_eq!(tables[0][1][0], "``d`e``");
    assert_eq!(page.spans(), ["a|b", "d`e"]);
    assert_eq!(page.broken_links(), ["#no"]);
}
