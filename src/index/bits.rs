//! Bits of values, 64 a word, lowest first: columns are tested without a branch a value, and
//! segments of them (the events of a case, the activities of a variant) by a few words.

use rayon::prelude::*;

/// Words that one task makes at least.
const WORDS_PER_TASK: usize = 64;

/// Which of `0..n` pass.
pub fn of_range(n: usize, passes: impl Fn(usize) -> bool + Sync) -> Vec<u64> {
    // The last word has fewer values.
    let word = |w: usize| {
        let in_word = (w * 64..n.min(w * 64 + 64)).enumerate();
        in_word.fold(0, |word, (bit, i)| word | u64::from(passes(i)) << bit)
    };
    let words = (0..n.div_ceil(64)).into_par_iter();
    words.with_min_len(WORDS_PER_TASK).map(word).collect()
}

/// In which segments some bit is set. Segment `i` is the bits `offsets[i]..offsets[i + 1]`.
pub fn of_spans(offsets: &[u32], bits: &[u64]) -> Vec<u64> {
    let n = offsets.len().saturating_sub(1);
    of_range(n, |i| {
        any(bits, offsets[i] as usize, offsets[i + 1] as usize)
    })
}

/// Which of the values pass.
pub fn of_values<T: Copy + Sync>(values: &[T], passes: impl Fn(T) -> bool + Sync) -> Vec<u64> {
    let words = values.par_chunks(64).with_min_len(WORDS_PER_TASK);
    words.map(|chunk| word(chunk, &passes)).collect()
}

/// In which segments some value passes. Segment `i` is `values[offsets[i]..offsets[i + 1]]`.
pub fn of_segments<T: Copy + Sync>(
    offsets: &[u32],
    values: &[T],
    passes: impl Fn(T) -> bool + Sync,
) -> Vec<u64> {
    let n = offsets.len().saturating_sub(1);
    let words = (0..n.div_ceil(64))
        .into_par_iter()
        .with_min_len(WORDS_PER_TASK);
    words
        .map_init(Vec::new, |bits, w| {
            let offsets = &offsets[w * 64..=n.min(w * 64 + 64)];
            let base = offsets[0] as usize;
            let values = &values[base..offsets[offsets.len() - 1] as usize];
            bits.clear();
            bits.extend(values.chunks(64).map(|chunk| word(chunk, &passes)));
            let segments = offsets.windows(2).enumerate();
            segments.fold(0, |word, (bit, ends)| {
                let some = any(bits, ends[0] as usize - base, ends[1] as usize - base);
                word | u64::from(some) << bit
            })
        })
        .collect()
}

/// The bits of at most 64 values. The flags are made in a loop of their own, and for a full word of
/// a known length, which the compiler turns into vector instructions.
#[inline]
fn word<T: Copy>(chunk: &[T], passes: &impl Fn(T) -> bool) -> u64 {
    let mut flags = [0u8; 64];
    if let Ok(chunk) = <&[T; 64]>::try_from(chunk) {
        for (flag, &value) in flags.iter_mut().zip(chunk) {
            *flag = u8::from(passes(value));
        }
    } else {
        for (flag, &value) in flags.iter_mut().zip(chunk) {
            *flag = u8::from(passes(value));
        }
    }
    let (bytes, _) = flags.as_chunks::<8>();
    let packed = bytes.iter().enumerate();
    packed.fold(0, |word, (i, &flags)| word | pack(flags) << (8 * i))
}

/// Eight flags as eight bits: the product has flag `i` at bit `56 + i`, and no two of its terms
/// meet.
#[inline]
fn pack(flags: [u8; 8]) -> u64 {
    u64::from_le_bytes(flags).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

/// True if one of the bits `from..to` is set.
#[inline]
fn any(words: &[u64], from: usize, to: usize) -> bool {
    if from >= to {
        return false;
    }
    let (first, last) = (from / 64, (to - 1) / 64);
    // Bits before the first and behind the last belong to other segments.
    let (above, below) = (u64::MAX << (from % 64), u64::MAX >> (63 - (to - 1) % 64));
    if first == last {
        return words[first] & above & below != 0;
    }
    (words[first] & above) | (words[last] & below) != 0
        || words[first + 1..last].iter().any(|&w| w != 0)
}

/// Makes bit `j` of word `i` bit `i` of word `j` (Warren, Hacker's Delight, 7-3).
pub fn transpose(words: &mut [u64; 64]) {
    let (mut width, mut mask) = (32, 0xffff_ffff_u64);
    while width != 0 {
        let mut at = 0;
        while at < 64 {
            let swapped = ((words[at] >> width) ^ words[at + width]) & mask;
            words[at] ^= swapped << width;
            words[at + width] ^= swapped;
            at = (at + width + 1) & !width;
        }
        width /= 2;
        mask ^= mask << width;
    }
}

/// True if bit `i` is set.
#[inline]
pub fn contains(words: &[u64], i: usize) -> bool {
    words[i / 64] >> (i % 64) & 1 != 0
}

/// The places of the bits that are set, ascending.
pub fn places(words: &[u64]) -> Vec<u32> {
    let n = words.iter().map(|w| w.count_ones() as usize).sum();
    let mut places = Vec::with_capacity(n);
    for (w, &word) in words.iter().enumerate() {
        let mut rest = word;
        while rest != 0 {
            places.push(w as u32 * 64 + rest.trailing_zeros());
            // Clears the lowest bit that is set.
            rest &= rest - 1;
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_bits_become_columns() {
        let mut words = [0u64; 64];
        for (i, word) in (0..).zip(&mut words) {
            *word = (i as u64 + 1)
                .wrapping_mul(0x9e37_79b9_7f4a_7c15)
                .rotate_left(i);
        }
        let before = words;
        transpose(&mut words);
        for (i, word) in words.iter().enumerate() {
            let expected = (0..64).fold(0, |bits, j| bits | (before[j] >> i & 1) << j);
            assert_eq!(*word, expected, "{i}");
        }
    }

    #[test]
    fn segments_of_any_length_are_exact() {
        // Lengths around the width of a word, empty ones among them; a single value passes.
        let lengths = [0, 1, 63, 64, 65, 0, 200, 2, 128, 1, 0, 7, 64];
        let lengths: Vec<usize> = lengths.iter().copied().cycle().take(130).collect();
        let mut offsets = vec![0u32];
        for length in &lengths {
            offsets.push(offsets[offsets.len() - 1] + *length as u32);
        }
        let n = offsets[lengths.len()] as usize;
        let values: Vec<usize> = (0..n).collect();
        for wanted in (0..n).step_by(7).chain([n - 1]) {
            let words = of_segments(&offsets, &values, |v| v == wanted);
            assert_eq!(words.len(), 130usize.div_ceil(64));
            let found = places(&words);
            let segment = offsets
                .windows(2)
                .position(|w| wanted < w[1] as usize)
                .unwrap();
            assert_eq!(found, [segment as u32], "{wanted}");
            assert!(contains(&words, segment));
        }
        assert!(of_segments(&[], &values, |_| true).is_empty());
        assert_eq!(
            places(&of_values(&values[..70], |v| v % 23 == 0)),
            [0, 23, 46, 69]
        );
        assert_eq!(places(&of_range(70, |v| v % 23 == 0)), [0, 23, 46, 69]);
    }
}
