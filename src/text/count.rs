//! Counts, shares and numbers as text, with separators of thousands.

/// A count with separators of thousands: `12,345`.
pub fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A count in at most `columns` characters: `12,345,678`, else `12.3M`, `12M`; rounded down.
pub fn short_count(n: u64, columns: usize) -> String {
    let whole = count(n);
    if whole.len() <= columns {
        return whole;
    }
    let units = [
        (1_000, 'K'),
        (1_000_000, 'M'),
        (1_000_000_000, 'G'),
        (1_000_000_000_000, 'T'),
    ];
    let unit = units.iter().rev().find(|(unit, _)| n >= *unit);
    let Some((unit, letter)) = unit else {
        return whole;
    };
    // Rounded down, so that a short count never says more than there are.
    let tenths = (n - n % (unit / 10)) / (unit / 10);
    let exact = format!("{}.{}{letter}", tenths / 10, tenths % 10);
    if exact.len() <= columns {
        exact
    } else {
        format!("{}{letter}", tenths / 10)
    }
}

/// A count with its noun: `1 case`, `12,345 cases`.
pub fn counted(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(n), if n == 1 { one } else { many })
}

/// A relative change as percent, always with its sign: `+12%`, `-6.9%`, `+1,140%`, and `x101` from a
/// hundred times on.
pub fn growth(growth: f64) -> String {
    let percent = growth * 100.0;
    if growth.is_nan() {
        "-".to_owned()
    } else if percent.abs() < 0.05 {
        "0%".to_owned()
    } else if percent.abs() < 9.95 {
        // Below what would be rounded to 10.0, which is written without a decimal.
        format!("{percent:+.1}%")
    } else if growth >= 99.0 {
        format!("x{}", number(growth + 1.0, 0))
    } else {
        let sign = if growth < 0.0 { "-" } else { "+" };
        format!("{sign}{}%", number(percent.abs(), 0))
    }
}

/// A difference of two shares in percentage points, with its sign: `+12.5 pp`, `-0.3 pp`, `0 pp`.
pub fn points(difference: f64) -> String {
    if difference.is_nan() {
        "-".to_owned()
    } else if difference.abs() < 0.0005 {
        "0 pp".to_owned()
    } else {
        format!("{:+.1} pp", difference * 100.0)
    }
}

/// A probability: `0.05`, `3e-9`, `< 1e-300`.
pub fn probability(p: f64) -> String {
    match p {
        p if p < 1e-300 => "< 1e-300".to_owned(),
        p if p < 0.001 => format!("{p:.0e}"),
        p => number(p, 3),
    }
}

/// A share of one as percent: `0%`, `<0.1%`, `12.3%`, `>99.9%`, `100%`. Only none is `0%` and only
/// all is `100%`; more than all is `112.3%`, less than none `-6.9%` or `>-0.1%`.
pub fn percent(share: f64) -> String {
    // Sums of shares miss a whole by their rounding.
    const ROUNDING: f64 = 1e-9;
    let tenths = (share.abs() * 1000.0).round();
    if share.is_nan() {
        "-".to_owned()
    } else if share.abs() <= ROUNDING {
        "0%".to_owned()
    } else if share < 0.0 && tenths < 1.0 {
        ">-0.1%".to_owned()
    } else if share < 0.0 {
        format!("-{:.1}%", tenths / 10.0)
    } else if (share - 1.0).abs() <= ROUNDING {
        "100%".to_owned()
    } else if share > 1.0 {
        format!("{}%", number(share * 100.0, 1))
    } else if tenths < 1.0 {
        "<0.1%".to_owned()
    } else if tenths >= 1000.0 {
        ">99.9%".to_owned()
    } else {
        format!("{:.1}%", tenths / 10.0)
    }
}

/// An amount of memory: "590 MB".
pub fn megabytes(bytes: u64) -> String {
    format!("{} MB", number(bytes as f64 / 1e6, 0))
}

/// A number as a person writes it: at most `decimals` after the point, none that are zero, and a
/// separator of thousands.
pub fn number(value: f64, decimals: usize) -> String {
    // From here on a float has no decimals left, and whole numbers may be off.
    if !value.is_finite() || value.abs() >= 1e15 {
        return value.to_string();
    }
    let fixed = format!("{:.decimals$}", value.abs());
    let (whole, fraction) = fixed.split_once('.').unwrap_or((&fixed, ""));
    let fraction = fraction.trim_end_matches('0');
    let whole = whole.parse().map_or_else(|_| whole.to_owned(), count);
    // A value that rounds to 0 has no sign.
    let sign = if value < 0.0 && fixed.bytes().any(|b| (b'1'..=b'9').contains(&b)) {
        "-"
    } else {
        ""
    };
    if fraction.is_empty() {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{fraction}")
    }
}

/// A mean of numbers with two decimals.
pub fn mean(value: f64) -> String {
    let text = number(value, 2);
    format!("{text}{}", missing_decimals(value, &text))
}

/// An amount of money with two decimals, more for less than a hundredth; `>=` before a lower bound.
pub fn money(amount: f64, at_least: bool) -> String {
    let sign = if at_least { ">= " } else { "" };
    if amount != 0.0 && amount.abs() < 0.01 {
        return format!("{sign}{}", number(amount, 6));
    }
    // Cents are written in full, as people write prices.
    format!("{sign}{}", mean(amount))
}

/// What a number with at most two decimals lacks to have two.
fn missing_decimals(value: f64, text: &str) -> &'static str {
    match text.split_once('.') {
        _ if value.abs() >= 1e15 || !value.is_finite() => "",
        None => ".00",
        Some((_, decimals)) if decimals.len() == 1 => "0",
        Some(_) => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_has_cents() {
        assert_eq!(money(1379.35, false), "1,379.35");
        assert_eq!(money(1379.3, true), ">= 1,379.30");
        assert_eq!(money(5.0, false), "5.00");
        assert_eq!(money(0.0, true), ">= 0.00");
        assert_eq!(money(-0.5, false), "-0.50");
        assert_eq!(money(0.0042, false), "0.0042");
    }

    #[test]
    fn counts_get_shorter() {
        assert_eq!(short_count(12_345, 6), "12,345");
        assert_eq!(short_count(12_345_678, 9), "12.3M");
        assert_eq!(short_count(12_345_678, 4), "12M");
        assert_eq!(short_count(999_999, 6), "999.9K");
        assert_eq!(short_count(u64::MAX, 8), "18446744T");
        assert_eq!(short_count(7, 0), "7");
    }

    #[test]
    fn a_change_keeps_its_sign() {
        let found = [0.124, -0.4, -0.001, 0.0, 8.9, 11.4, 868.04, -1.5].map(growth);
        let wanted = [
            "+12%", "-40%", "-0.1%", "0%", "+890%", "+1,140%", "x869", "-150%",
        ];
        assert_eq!(found, wanted);
        assert_eq!(growth(f64::NAN), "-");
        let found = [0.125, -0.003, 0.0, -1.0].map(points);
        assert_eq!(found, ["+12.5 pp", "-0.3 pp", "0 pp", "-100.0 pp"]);
    }

    #[test]
    fn figures() {
        assert_eq!(count(0), "0");
        assert_eq!(count(999), "999");
        assert_eq!(count(12345), "12,345");
        assert_eq!(count(u64::MAX), "18,446,744,073,709,551,615");
        assert_eq!(counted(1, "case", "cases"), "1 case");
        assert_eq!(counted(1200, "case", "cases"), "1,200 cases");
        let shares = [0.0, 0.0001, 0.001, 0.1234, 0.9999, 1.0, f64::NAN].map(percent);
        assert_eq!(
            shares,
            ["0%", "<0.1%", "0.1%", "12.3%", ">99.9%", "100%", "-"]
        );
        let beyond = [-0.069, -0.0004, 1.123, 25.0, 1.0 + 1e-12, -1e-12].map(percent);
        assert_eq!(
            beyond,
            ["-6.9%", ">-0.1%", "112.3%", "2,500%", "100%", "0%"]
        );
        let numbers = [0.0, -0.001, 1234.5, -2.25, 1e20, f64::INFINITY].map(|v| number(v, 2));
        assert_eq!(
            numbers,
            ["0", "0", "1,234.5", "-2.25", "100000000000000000000", "inf"]
        );
    }
}
