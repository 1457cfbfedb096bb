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

/// A count with its noun: `1 case`, `12,345 cases`.
pub fn counted(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(n), if n == 1 { one } else { many })
}

/// By which part something has grown: `+12%`, `-40%`, and from ten times on `x12`.
pub fn growth(growth: f64) -> String {
    if growth >= 9.0 {
        format!("x{}", count((growth + 1.0).round() as u64))
    } else {
        match (growth * 100.0).round() as i64 {
            0 => "0%".to_owned(),
            percent => format!("{percent:+}%"),
        }
    }
}

/// A share of one as percent: `0%`, `<0.1%`, `12.3%`, `>99.9%`, `100%`. Only none is `0%` and only
/// all is `100%`.
pub fn percent(share: f64) -> String {
    let tenths = (share * 1000.0).round();
    if share.is_nan() {
        "-".to_owned()
    } else if share <= 0.0 {
        "0%".to_owned()
    } else if share >= 1.0 {
        "100%".to_owned()
    } else if tenths < 1.0 {
        "<0.1%".to_owned()
    } else if tenths >= 1000.0 {
        ">99.9%".to_owned()
    } else {
        format!("{:.1}%", tenths / 10.0)
    }
}

/// A number as a person writes it: at most `decimals` after the point, none that are zero, and a
/// separator of thousands.
pub fn number(value: f64, decimals: usize) -> String {
    if !value.is_finite() || value.abs() >= 1e15 {
        return value.to_string();
    }
    let fixed = format!("{:.decimals$}", value.abs());
    let (whole, fraction) = fixed.split_once('.').unwrap_or((&fixed, ""));
    let fraction = fraction.trim_end_matches('0');
    let whole = whole.parse().map_or_else(|_| whole.to_owned(), count);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_is_a_percentage_or_a_factor() {
        let found = [0.124, -0.4, -0.001, 8.9, 9.0, 868.04].map(growth);
        assert_eq!(found, ["+12%", "-40%", "0%", "+890%", "x10", "x869"]);
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
        let numbers = [0.0, -0.001, 1234.5, -2.25, 1e20, f64::INFINITY].map(|v| number(v, 2));
        assert_eq!(
            numbers,
            ["0", "0", "1,234.5", "-2.25", "100000000000000000000", "inf"]
        );
    }
}
