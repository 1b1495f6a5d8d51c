//! Small pieces of English: counts, lists, spans of time.

use std::fmt::Display;
use std::time::Duration;

/// A count with its noun: `1 node`, `3 nodes`.
pub(crate) fn count(number: u32, noun: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{ending}")
}

/// A list: `a`, `a and b`, `a, b and c`.
pub(crate) fn list<T: Display>(items: impl IntoIterator<Item = T>) -> String {
    let mut items: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    match items.pop() {
        None => String::new(),
        Some(last) if items.is_empty() => last,
        Some(last) => format!("{} and {last}", items.join(", ")),
    }
}

/// A span of time in whole seconds or minutes, whichever is exact: `90 s`, `15 min`.
pub(crate) fn span(time: Duration) -> String {
    match time.as_secs() {
        0 if !time.is_zero() => format!("{} ms", time.as_millis()),
        seconds if seconds >= 120 && seconds % 60 == 0 => format!("{} min", seconds / 60),
        seconds => format!("{seconds} s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_as_english() {
        assert_eq!([count(0, "node"), count(1, "node")], ["0 nodes", "1 node"]);
        assert_eq!(list([0; 0]), "");
        assert_eq!(list(["a"]), "a");
        assert_eq!(list(["a", "b", "c"]), "a, b and c");
        let spans = [0, 300, 60_000, 90_000, 120_000, 900_000, 901_000];
        assert_eq!(
            spans.map(|millis| span(Duration::from_millis(millis))),
            ["0 s", "300 ms", "60 s", "90 s", "2 min", "15 min", "901 s"]
        );
    }
}
