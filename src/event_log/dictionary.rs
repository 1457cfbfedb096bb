//! Distinct texts by code, in one arena. Knows nothing of rows.

use rayon::prelude::*;

/// Texts by code, in order of first appearance.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dictionary {
    text: String,
    ends: Vec<u64>,
}

impl Dictionary {
    /// The dictionary of these texts, one after the other, each of which ends there; `None` where
    /// that is no division of the whole.
    pub fn from_parts(text: String, ends: Vec<u64>) -> Option<Self> {
        let whole = ends.last().copied().unwrap_or(0) == text.len() as u64;
        let pieces =
            ends.is_sorted() && ends.iter().all(|&end| text.is_char_boundary(end as usize));
        (whole && pieces).then_some(Dictionary { text, ends })
    }

    /// Number of texts.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Returns `true` when there are no texts.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The text of a code.
    ///
    /// # Panics
    /// When the code is not below [`Dictionary::len`].
    #[inline]
    pub fn get(&self, code: u32) -> &str {
        let i = code as usize;
        let start = if i == 0 { 0 } else { self.ends[i - 1] as usize };
        &self.text[start..self.ends[i] as usize]
    }

    /// Adds a text, even one already there, and returns its code.
    pub fn push(&mut self, text: &str) -> u32 {
        self.text.push_str(text);
        self.ends.push(self.text.len() as u64);
        self.ends.len() as u32 - 1
    }

    /// All texts, one after the other.
    pub fn all(&self) -> &str {
        &self.text
    }

    /// Where each text ends in [`Dictionary::all`].
    pub fn ends(&self) -> &[u64] {
        &self.ends
    }

    /// All texts in order of their codes.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        (0..self.len() as u32).map(|c| self.get(c))
    }

    /// The code of a text, by a scan of all of them.
    pub fn find(&self, text: &str) -> Option<u32> {
        (0..self.len() as u32).find(|&c| self.get(c) == text)
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        self.text.len() + self.ends.len() * 8
    }

    /// Codes sorted by their text (code points), as `order[position] = code`.
    pub fn sorted(&self) -> Vec<u32> {
        let mut order: Vec<u32> = (0..self.len() as u32).collect();
        order.par_sort_by(|&a, &b| self.get(a).cmp(self.get(b)).then(a.cmp(&b)));
        order
    }
}

impl<'a> FromIterator<&'a str> for Dictionary {
    fn from_iter<I: IntoIterator<Item = &'a str>>(texts: I) -> Self {
        let mut dictionary = Dictionary::default();
        for text in texts {
            dictionary.push(text);
        }
        dictionary
    }
}
