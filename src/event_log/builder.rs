//! From blocks of rows in file order to a log sorted by case and time. Blocks may be made in
//! parallel; they are pushed in file order, so the log does not depend on where they were cut.

use super::codes::with_codes;
use super::interner::Interner;
use super::numbers::with_numbers;
use super::{
    Cancelled, Codes, Column, ColumnData, ColumnKind, EventLog, Level, NO_INSTANT, NOT_ENDED,
    Numbers, PerRole, Progress, Roles, Stage,
};
use rayon::prelude::*;

/// One attribute column of the log to be built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnSpec {
    /// Column name.
    pub name: String,
    /// Type of the values.
    pub kind: ColumnKind,
}

/// The columns of the log to be built.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Schema {
    /// Attribute columns: all but those of case, activity, time and start.
    pub columns: Vec<ColumnSpec>,
    /// Which of them has each of `Role::ATTRIBUTES`; `None` for other roles.
    pub role_columns: PerRole<Option<usize>>,
    /// True if rows bear the start of their activity instance.
    pub has_start: bool,
    /// Where the roles came from.
    pub roles: Roles,
}

/// Interns the texts of one column of one block, in order of first appearance. Code 0 is missing.
#[derive(Debug, Clone, Default)]
pub struct TextBuilder {
    codes: Vec<u32>,
    interner: Interner,
}

impl TextBuilder {
    /// A builder with room for `n_rows` rows.
    pub fn with_capacity(n_rows: usize) -> Self {
        TextBuilder {
            codes: Vec::with_capacity(n_rows),
            interner: Interner::default(),
        }
    }

    /// Adds a row with this text (UTF-8, or bytes that are shown as `\xHH` where they are not).
    #[inline]
    pub fn push(&mut self, text: &[u8]) {
        self.codes.push(self.interner.intern(text) + 1);
    }

    /// Adds a row with a piece of `bytes`, quicker than its text alone is added.
    ///
    /// # Panics
    /// When the piece is not within the bytes.
    #[inline]
    pub fn push_within(&mut self, bytes: &[u8], piece: std::ops::Range<usize>) {
        let code = self.interner.intern_within(bytes, piece);
        self.codes.push(code + 1);
    }

    /// The code of a text, for [`TextBuilder::push_code`]. Adds no row: where none follows, the text
    /// is one of the column all the same.
    #[inline]
    pub fn code_of(&mut self, text: &[u8]) -> u32 {
        self.interner.intern(text) + 1
    }

    /// Adds a row with a code that [`TextBuilder::code_of`] gave; 0 is no value.
    #[inline]
    pub fn push_code(&mut self, code: u32) {
        debug_assert!(code as usize <= self.interner.len(), "codes are given here");
        self.codes.push(code);
    }

    /// Adds a row without a value.
    #[inline]
    pub fn push_missing(&mut self) {
        self.codes.push(0);
    }

    /// Adds `n` rows with the same text.
    pub fn push_run(&mut self, text: &[u8], n: usize) {
        if n > 0 {
            let code = self.interner.intern(text) + 1;
            self.codes.resize(self.codes.len() + n, code);
        }
    }

    /// Adds rows without a value until there are `n_rows`.
    #[cold]
    pub fn pad(&mut self, n_rows: usize) {
        if self.codes.len() < n_rows {
            self.codes.resize(n_rows, 0);
        }
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.codes.len()
    }

    /// Returns `true` when the block has no rows.
    pub fn is_empty(&self) -> bool {
        self.codes.is_empty()
    }

    /// The distinct texts so far, in order of first appearance.
    pub fn distinct(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        (0..self.interner.len() as u32).map(|i| self.interner.get(i))
    }
}

/// Rows of one piece of the input, in file order. All columns have the same number of rows.
#[derive(Debug, Clone)]
pub struct RowBlock {
    /// Case id of each row; never missing.
    pub case: TextBuilder,
    /// Activity of each row; never missing.
    pub activity: TextBuilder,
    /// Timestamp of each row, microseconds since 1970-01-01T00:00Z.
    pub time: Vec<i64>,
    /// Start of each row, [`NO_INSTANT`] where unknown, [`NOT_ENDED`] where there is no completion; only
    /// where the schema has starts.
    pub start: Option<Vec<i64>>,
    /// The attribute columns, as in the schema.
    pub columns: Vec<BlockColumn>,
}

/// One attribute column of a block.
#[derive(Debug, Clone)]
pub enum BlockColumn {
    /// Texts.
    Text(TextBuilder),
    /// Numbers, NaN where missing.
    Number(Vec<f64>),
    /// Instants, [`NO_INSTANT`] where missing.
    Instant(Vec<i64>),
}

impl RowBlock {
    /// An empty block with room for `n_rows` rows.
    pub fn new(schema: &Schema, n_rows: usize) -> Self {
        RowBlock {
            case: TextBuilder::with_capacity(n_rows),
            activity: TextBuilder::with_capacity(n_rows),
            time: Vec::with_capacity(n_rows),
            start: schema.has_start.then(|| Vec::with_capacity(n_rows)),
            columns: schema
                .columns
                .iter()
                .map(|c| match c.kind {
                    ColumnKind::Text => BlockColumn::Text(TextBuilder::with_capacity(n_rows)),
                    ColumnKind::Number => BlockColumn::Number(Vec::with_capacity(n_rows)),
                    ColumnKind::Instant => BlockColumn::Instant(Vec::with_capacity(n_rows)),
                })
                .collect(),
        }
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.time.len()
    }

    /// Returns `true` when the block has no rows.
    pub fn is_empty(&self) -> bool {
        self.time.is_empty()
    }
}

/// A text column over all blocks pushed so far.
#[derive(Default)]
struct TextColumn {
    interner: Interner,
    blocks: Vec<Codes>,
}

impl TextColumn {
    /// Takes a block's codes over; `base` is 1 where code 0 stands for missing.
    fn push(&mut self, block: &TextBuilder, base: u32) {
        let known = block.distinct();
        let known = known.map(|text| self.interner.intern(text) + base);
        let map: Vec<u32> = std::iter::once(0).chain(known).collect();
        // Each block is as wide as the codes so far need; the column gets one width in the end.
        let n_codes = self.interner.len() + base as usize;
        let codes = block.codes.iter().map(|&code| map[code as usize]);
        self.blocks.push(Codes::pack(codes, n_codes));
    }
}

enum PendingColumn {
    Text(TextColumn),
    Number(Vec<Numbers>),
    Instant(Vec<Vec<i64>>),
}

/// Collects blocks and makes the log of them.
pub struct LogBuilder {
    schema: Schema,
    case: TextColumn,
    activity: TextColumn,
    time: Vec<Vec<i64>>,
    start: Vec<Vec<i64>>,
    /// Rows that have begun and not ended.
    running: Vec<usize>,
    columns: Vec<PendingColumn>,
    n_rows: usize,
}

/// Facts about the input that the builder noticed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BuildFacts {
    /// Cases whose events did not stand in the order of time in the file, ascending; of several logs one
    /// after the other, each with the numbers of its own log.
    pub out_of_order_cases: Vec<u32>,
}

impl LogBuilder {
    /// A builder without rows.
    pub fn new(schema: Schema) -> Self {
        let columns = schema.columns.iter().map(|c| match c.kind {
            ColumnKind::Text => PendingColumn::Text(TextColumn::default()),
            ColumnKind::Number => PendingColumn::Number(Vec::new()),
            ColumnKind::Instant => PendingColumn::Instant(Vec::new()),
        });
        let columns = columns.collect();
        LogBuilder {
            schema,
            case: TextColumn::default(),
            activity: TextColumn::default(),
            time: Vec::new(),
            start: Vec::new(),
            running: Vec::new(),
            columns,
            n_rows: 0,
        }
    }

    /// Number of rows so far.
    pub fn n_rows(&self) -> usize {
        self.n_rows
    }

    /// Adds a column of texts that no row so far has; blocks bear it from now on. For formats that
    /// tell their columns only as they come.
    pub fn add_text_column(&mut self, name: &str) {
        self.schema.columns.push(ColumnSpec {
            name: name.to_owned(),
            kind: ColumnKind::Text,
        });
        self.columns.push(PendingColumn::Text(TextColumn {
            // Code 0 is missing: no row so far has the column.
            blocks: vec![Codes::zeroed(self.n_rows, 1)],
            ..TextColumn::default()
        }));
    }

    /// The columns so far, with the roles that some of them have.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// Like `schema`, but mutable: for roles that are known only as columns come.
    pub fn schema_mut(&mut self) -> &mut Schema {
        &mut self.schema
    }

    /// Adds a block, which follows all pushed before in the file.
    pub fn push(&mut self, mut block: RowBlock) {
        for (row, start) in block.start.iter_mut().flatten().enumerate() {
            if *start == NOT_ENDED {
                *start = NO_INSTANT;
                self.running.push(self.n_rows + row);
            }
        }
        self.n_rows += block.len();
        // Case and activity are never missing, so that their codes begin at 0.
        self.case.push(&block.case, 0);
        self.activity.push(&block.activity, 0);
        self.time.push(block.time);
        self.start.extend(block.start);
        for (pending, column) in self.columns.iter_mut().zip(block.columns) {
            match (pending, column) {
                (PendingColumn::Text(text), BlockColumn::Text(block)) => text.push(&block, 1),
                // Packed at once: as floats, two columns of amounts were 160 of 453 MB of ten million events.
                (PendingColumn::Number(all), BlockColumn::Number(block)) => {
                    all.push(Numbers::pack(block));
                }
                (PendingColumn::Instant(all), BlockColumn::Instant(block)) => all.push(block),
                _ => debug_assert!(false, "a block's columns are those of the schema"),
            }
        }
    }

    /// Sorts the rows by case and time and makes the log.
    pub fn finish(self, progress: &Progress) -> Result<(EventLog, BuildFacts), Cancelled> {
        progress.enter(Stage::Sorting);
        let n_cases = self.case.interner.len();
        // A counting sort by case: rows of a case keep the order of the file, and nothing is
        // compared.
        let mut case_offsets = vec![0u32; n_cases + 1];
        for block in &self.case.blocks {
            with_codes!(block, v => for &c in v { case_offsets[c as usize + 1] += 1; });
        }
        for case in 0..n_cases {
            case_offsets[case + 1] += case_offsets[case];
        }
        let mut row_of = Vec::with_capacity(self.n_rows);
        let mut next = case_offsets.clone();
        for block in &self.case.blocks {
            with_codes!(block, v => row_of.extend(v.iter().map(|&c| {
                let next = &mut next[c as usize];
                *next += 1;
                *next - 1
            })));
        }
        drop(next);
        progress.check()?;
        let start = self.schema.has_start.then_some(self.start.as_slice());
        let (facts, time) = order_cases(
            &case_offsets,
            &self.case.blocks,
            &self.time,
            start,
            &mut row_of,
        );
        progress.check()?;
        let start = start.map(|blocks| scatter(blocks, &row_of, NO_INSTANT));
        // What is in its place need not be held as blocks, too, while the columns are made.
        drop((self.time, self.start, self.case.blocks));
        let running = (!self.running.is_empty()).then(|| marked(&self.running, &row_of).into());
        let n_activities = self.activity.interner.len();
        let activity = scatter_codes(&self.activity.blocks, &row_of, n_activities);
        drop(self.activity.blocks);
        progress.check()?;
        let names = self.schema.columns.into_iter().map(|c| c.name);
        let pending: Vec<(String, PendingColumn)> = names.zip(self.columns).collect();
        let columns = pending
            .into_par_iter()
            .map(|(name, column)| {
                progress.check()?;
                let data = match column {
                    PendingColumn::Text(text) => ColumnData::Text(
                        scatter_codes(&text.blocks, &row_of, text.interner.len() + 1),
                        text.interner.into_dictionary(true),
                    ),
                    PendingColumn::Number(blocks) => {
                        ColumnData::Number(Numbers::scatter(&blocks, &row_of))
                    }
                    PendingColumn::Instant(blocks) => {
                        ColumnData::Instant(scatter(&blocks, &row_of, NO_INSTANT).into())
                    }
                };
                Ok(by_case_if_constant(
                    Column {
                        name,
                        level: Level::Event,
                        data,
                    },
                    &case_offsets,
                ))
            })
            .collect::<Result<Vec<_>, Cancelled>>()?;
        let log = EventLog {
            case_ids: self.case.interner.into_dictionary(false),
            case_offsets: case_offsets.into(),
            activities: self.activity.interner.into_dictionary(false),
            activity,
            time: time.into(),
            start: start.map(Into::into),
            running,
            columns,
            role_columns: self.schema.role_columns,
            roles: self.schema.roles,
            ..EventLog::default()
        };
        Ok((log, facts))
    }
}

/// `out[row_of[i]] = 1` for each of some rows, else 0.
fn marked(rows: &[usize], row_of: &[u32]) -> Vec<u8> {
    let mut out = vec![0; row_of.len()];
    for &row in rows {
        out[row_of[row] as usize] = 1;
    }
    out
}

/// `out[row_of[i]] = values[i]`, the blocks taken as one.
fn scatter<T: Copy>(blocks: &[Vec<T>], row_of: &[u32], empty: T) -> Vec<T> {
    let mut out = vec![empty; row_of.len()];
    for (value, &row) in blocks.iter().flatten().zip(row_of) {
        out[row as usize] = *value;
    }
    out
}

/// Scatters codes into rows, in the narrowest width that fits `n_codes`.
fn scatter_codes(blocks: &[Codes], row_of: &[u32], n_codes: usize) -> Codes {
    macro_rules! scattered {
        ($T:ty) => {{
            let mut out = vec![0; row_of.len()];
            let mut base = 0;
            for block in blocks {
                let rows = &row_of[base..base + block.len()];
                base += block.len();
                with_codes!(block, v => for (&c, &row) in v.iter().zip(rows) {
                    out[row as usize] = c as $T;
                });
            }
            out.into()
        }};
    }
    match Codes::zeroed(0, n_codes) {
        Codes::U8(_) => Codes::U8(scattered!(u8)),
        Codes::U16(_) => Codes::U16(scattered!(u16)),
        Codes::U32(_) => Codes::U32(scattered!(u32)),
    }
}

/// Changes `row_of` so that within each case rows ascend by (begin, time), ties in file order; gives the times in
/// that order, too.
fn order_cases(
    case_offsets: &[u32],
    cases: &[Codes],
    time: &[Vec<i64>],
    start: Option<&[Vec<i64>]>,
    row_of: &mut [u32],
) -> (BuildFacts, Vec<i64>) {
    // Comparing needs the times by case, where those of a case stand together.
    let sorted_time = scatter(time, row_of, 0);
    let begin: Vec<i64> = match start {
        None => Vec::new(),
        Some(blocks) => {
            let mut begin = scatter(blocks, row_of, NO_INSTANT);
            for (b, &t) in begin.iter_mut().zip(&sorted_time) {
                if *b == NO_INSTANT {
                    *b = t;
                }
            }
            begin
        }
    };
    let key = |row: usize| {
        (
            begin.get(row).copied().unwrap_or(sorted_time[row]),
            sorted_time[row],
        )
    };
    let unsorted: Vec<bool> = case_offsets
        .par_windows(2)
        .map(|w| !(w[0] as usize..w[1] as usize).is_sorted_by_key(key))
        .collect();
    let facts = BuildFacts {
        out_of_order_cases: (0..unsorted.len() as u32)
            .filter(|&case| unsorted[case as usize])
            .collect(),
    };
    // Most files are in the order of time: nothing is moved then.
    if facts.out_of_order_cases.is_empty() {
        return (facts, sorted_time);
    }
    // Within a case the rows given so far ascend in file order, so a stable sort keeps ties so.
    let n_rows = row_of.len();
    let mut moved = vec![u32::MAX; n_rows];
    let mut order = Vec::new();
    for (case, w) in case_offsets.windows(2).enumerate() {
        if unsorted[case] {
            order.clear();
            order.extend(w[0]..w[1]);
            order.sort_by_key(|&row| key(row as usize));
            for (i, &row) in order.iter().enumerate() {
                moved[row as usize] = w[0] + i as u32;
            }
        }
    }
    let mut i = 0;
    for block in cases {
        with_codes!(block, v => for &c in v {
            if unsorted[c as usize] {
                row_of[i] = moved[row_of[i] as usize];
            }
            i += 1;
        });
    }
    let time = scatter(time, row_of, 0);
    (facts, time)
}

/// A column whose value never changes within a case is kept once a case.
pub(super) fn by_case_if_constant(column: Column, case_offsets: &[u32]) -> Column {
    fn constant<T: Sync>(v: &[T], offsets: &[u32], same: impl Fn(&T, &T) -> bool + Sync) -> bool {
        offsets.par_windows(2).all(|w| {
            let values = &v[w[0] as usize..w[1] as usize];
            values.windows(2).all(|p| same(&p[0], &p[1]))
        })
    }
    let constant = match &column.data {
        ColumnData::Text(codes, _) => {
            with_codes!(codes, v => constant(v, case_offsets, |a, b| a == b))
        }
        ColumnData::Number(v) => with_numbers!(v, (rows, value) => {
            // By bits, so that a missing number (NaN) equals another one.
            constant(rows, case_offsets, |&a, &b| value(a).to_bits() == value(b).to_bits())
        }),
        ColumnData::Instant(v) => constant(v, case_offsets, |a, b| a == b),
    };
    if !constant {
        return column;
    }
    let firsts = &case_offsets[..case_offsets.len().saturating_sub(1)];
    Column {
        level: Level::Case,
        ..column.gather(firsts)
    }
}
