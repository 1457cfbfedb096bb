//! Random numbers in integers only, so that a seed gives the same bytes on every machine: no float,
//! no logarithm at run time. The shapes of waiting times are tables of quantiles.

/// A stream of random numbers (splitmix64).
pub struct Random(u64);

impl Random {
    /// The stream of a seed.
    pub fn new(seed: u64) -> Self {
        Random(seed)
    }

    /// The next 64 bits.
    #[inline]
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number in `0..n`; `n` must not be 0.
    #[inline]
    pub fn below(&mut self, n: u64) -> u64 {
        ((u128::from(self.bits()) * u128::from(n)) >> 64) as u64
    }

    /// True `percent` times of a hundred.
    #[inline]
    pub fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// A position in `weights`, chosen by weight; their sum must not be 0.
    pub fn pick(&mut self, weights: &[u64]) -> usize {
        let mut left = self.below(weights.iter().sum());
        for (i, &weight) in weights.iter().enumerate() {
            if left < weight {
                return i;
            }
            left -= weight;
        }
        unreachable!("the number drawn is below the sum of the weights")
    }

    /// A number around 1000, of the given shape.
    #[inline]
    pub fn spread(&mut self, spread: Spread) -> u64 {
        let table = match spread {
            Spread::Exact => return 1000,
            Spread::Exponential => &EXPONENTIAL,
            Spread::Narrow => &NARROW,
            Spread::Wide => &WIDE,
        };
        let bits = self.bits();
        let (i, part) = ((bits >> 58) as usize, bits >> 38 & 0xF_FFFF);
        let (low, high) = (u64::from(table[i]), u64::from(table[i + 1]));
        low + (((high - low) * part) >> 20)
    }
}

/// How a quantity varies around 1000.
#[derive(Debug, Clone, Copy)]
pub enum Spread {
    /// Not at all.
    Exact,
    /// Exponential with mean 1000: gaps between arrivals.
    Exponential,
    /// Log-normal with median 1000 and sigma 0.35: routine.
    Narrow,
    /// Log-normal with median 1000 and sigma 1.1: a heavy tail.
    Wide,
}

/// Quantiles 0/64 to 64/64 (the last one cut) of an exponential distribution with mean 1000.
const EXPONENTIAL: [u32; 65] = [
    0, 16, 32, 48, 65, 81, 98, 116, 134, 152, 170, 189, 208, 227, 247, 267, 288, 309, 330, 352,
    375, 398, 421, 445, 470, 495, 521, 548, 575, 604, 633, 662, 693, 725, 758, 792, 827, 863, 901,
    940, 981, 1023, 1068, 1114, 1163, 1214, 1269, 1326, 1386, 1451, 1520, 1594, 1674, 1761, 1856,
    1962, 2079, 2213, 2367, 2549, 2773, 3060, 3466, 4159, 7625,
];

/// Quantiles of `1000 * exp(0.35 * z)`, `z` standard normal, the ends cut.
const NARROW: [u32; 65] = [
    295, 471, 521, 556, 585, 609, 630, 650, 669, 686, 702, 718, 733, 748, 762, 776, 790, 803, 817,
    830, 843, 856, 869, 882, 894, 907, 920, 933, 946, 960, 973, 986, 1000, 1014, 1028, 1042, 1057,
    1071, 1087, 1102, 1118, 1134, 1151, 1169, 1187, 1205, 1225, 1245, 1266, 1289, 1312, 1337, 1364,
    1393, 1424, 1458, 1496, 1538, 1586, 1643, 1711, 1798, 1919, 2125, 3389,
];

/// Quantiles of `1000 * exp(1.1 * z)`, `z` standard normal, the ends cut.
const WIDE: [u32; 65] = [
    22, 94, 129, 158, 185, 210, 235, 259, 282, 306, 329, 353, 377, 401, 426, 451, 476, 502, 529,
    556, 584, 613, 642, 673, 704, 737, 770, 805, 841, 878, 917, 958, 1000, 1044, 1090, 1138, 1189,
    1242, 1298, 1357, 1420, 1486, 1557, 1632, 1712, 1798, 1891, 1991, 2100, 2219, 2349, 2493, 2653,
    2833, 3037, 3272, 3544, 3868, 4262, 4757, 5406, 6319, 7760, 10690, 46331,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stream_is_splitmix64() {
        // First outputs of the reference implementation for the seed 1234567.
        let mut random = Random::new(1234567);
        assert_eq!(random.bits(), 6457827717110365317);
        assert_eq!(random.bits(), 3203168211198807973);
    }

    #[test]
    fn spreads_have_their_center() {
        let mut random = Random::new(1);
        let mut draw = |spread| -> Vec<u64> {
            let mut values: Vec<u64> = (0..20_001).map(|_| random.spread(spread)).collect();
            values.sort_unstable();
            values
        };
        let mean = draw(Spread::Exponential).iter().sum::<u64>() / 20_001;
        assert!((950..1100).contains(&mean), "{mean}");
        assert!((980..1020).contains(&draw(Spread::Narrow)[10_000]));
        let wide = draw(Spread::Wide);
        assert!((950..1050).contains(&wide[10_000]) && wide[20_000] > 20_000);
    }

    #[test]
    fn picks_follow_the_weights() {
        let mut random = Random::new(2);
        let mut counts = [0; 3];
        (0..10_000).for_each(|_| counts[random.pick(&[10, 0, 30])] += 1);
        assert!(
            counts[1] == 0 && (2300..2700).contains(&counts[0]),
            "{counts:?}"
        );
    }
}
