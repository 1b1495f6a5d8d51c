//! Durations as Terraform users write them: `90s`, `10m`, `1h30m`.

use std::time::Duration;

use super::Check;
use crate::value::Value;

/// A duration, such as 90s, 10m or 1h30m.
pub fn duration() -> Check {
    Check::new(
        "a duration, such as \"90s\", \"10m\" or \"1h30m\"",
        |value| match value {
            Value::String(text) => parse_duration(text).is_some(),
            _ => true,
        },
    )
}

/// Reads a duration of Go's grammar, which is what every `timeouts` block of Terraform takes:
/// decimal numbers, each with a unit of `ns`, `us`, `ms`, `s`, `m` or `h`. `0` needs no unit.
/// Negative durations are none.
pub fn parse_duration(text: &str) -> Option<Duration> {
    if text == "0" {
        return Some(Duration::ZERO);
    }
    let mut total = Duration::ZERO;
    let mut rest = text;
    while !rest.is_empty() {
        let number_len = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, after) = rest.split_at(number_len);
        let unit_len = after
            .find(|c: char| c.is_ascii_digit() || c == '.')
            .unwrap_or(after.len());
        let (unit, next) = after.split_at(unit_len);
        let seconds = match unit {
            "h" => 3600.0,
            "m" => 60.0,
            "s" => 1.0,
            "ms" => 1e-3,
            "us" | "µs" => 1e-6,
            "ns" => 1e-9,
            _ => return None,
        };
        let part = Duration::try_from_secs_f64(number.parse::<f64>().ok()? * seconds).ok()?;
        total = total.checked_add(part)?;
        rest = next;
    }
    (!text.is_empty()).then_some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn go_durations_are_read() {
        for (text, millis) in [
            ("0", 0),
            ("0s", 0),
            ("90s", 90_000),
            ("1h30m", 5_400_000),
            ("1.5s", 1500),
            ("2ms", 2),
        ] {
            assert_eq!(
                parse_duration(text),
                Some(Duration::from_millis(millis)),
                "{text}"
            );
        }
    }

    #[test]
    fn other_text_is_no_duration() {
        for text in [
            "",
            "10",
            "m",
            "10 m",
            "10m ",
            "-1s",
            "1d",
            "1..5s",
            "1e9h",
            "9999999999999999999h",
        ] {
            assert_eq!(parse_duration(text), None, "{text}");
        }
    }
}
