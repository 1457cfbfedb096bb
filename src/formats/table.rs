//! Sample rows of a table, to guess from: what the columns are and how they are written.

/// Some rows; each has as many values as there are columns.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    bytes: Vec<u8>,
    ends: Vec<usize>,
    width: usize,
    head_rows: usize,
}

impl Table {
    /// An empty table.
    pub fn new(width: usize) -> Self {
        Table {
            width,
            ..Table::default()
        }
    }

    /// Adds a row; missing values are empty, further ones are left out.
    pub fn push<'a>(&mut self, values: impl Iterator<Item = &'a [u8]>) {
        let mut n = 0;
        for value in values.take(self.width) {
            self.bytes.extend_from_slice(value);
            self.ends.push(self.bytes.len());
            n += 1;
        }
        for _ in n..self.width {
            self.ends.push(self.bytes.len());
        }
    }

    /// Says that the rows so far stand together, at the beginning of the log.
    pub fn end_of_head(&mut self) {
        self.head_rows = self.len();
    }

    /// Number of rows that stand together.
    pub fn head_rows(&self) -> usize {
        self.head_rows
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.ends.len().checked_div(self.width).unwrap_or(0)
    }

    /// Bytes of all values.
    pub fn bytes(&self) -> usize {
        self.bytes.len() + self.ends.len() * size_of::<usize>()
    }

    /// Number of columns.
    pub fn width(&self) -> usize {
        self.width
    }

    /// The value of a row and column.
    pub fn value(&self, row: usize, column: usize) -> &[u8] {
        let i = row * self.width + column;
        let start = if i == 0 { 0 } else { self.ends[i - 1] };
        &self.bytes[start..self.ends[i]]
    }

    /// All values of a column.
    pub fn column(&self, column: usize) -> impl Iterator<Item = &[u8]> + Clone {
        (0..self.len()).map(move |row| self.value(row, column))
    }
}
