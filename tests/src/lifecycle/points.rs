//! Which of the moments at which something can happen a run tries.

/// How many moments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Points {
    /// Each of them.
    All,
    /// So many, spread evenly, away from both ends; all of them if `KUBEHA_ALL_POINTS` is set. If that
    /// is a number, then so many, whatever the test says.
    Spread(usize),
}

impl Points {
    /// The chosen ones of all.
    #[must_use]
    pub fn of<T>(self, all: Vec<T>) -> Vec<T> {
        let count = all.len();
        let wanted = match self {
            Self::Spread(wanted) if !all_are_asked_for() => wanted,
            Self::All | Self::Spread(_) => so_many_are_asked_for().unwrap_or(count),
        };
        match wanted {
            wanted if wanted < count => {
                // The middle of each of so many equal parts.
                let middles: Vec<_> = (0..wanted)
                    .map(|part| (2 * part + 1) * count / (2 * wanted))
                    .collect();
                let pairs = all.into_iter().enumerate();
                pairs
                    .filter(|(at, _)| middles.contains(at))
                    .map(|(_, one)| one)
                    .collect()
            }
            _ => all,
        }
    }
}

/// Whether a run is to try everything, however long it takes.
pub(super) fn all_are_asked_for() -> bool {
    std::env::var_os("KUBEHA_ALL_POINTS").is_some()
}

/// How many are to be tried, if a number is asked for.
fn so_many_are_asked_for() -> Option<usize> {
    let asked = std::env::var("KUBEHA_ALL_POINTS").ok()?;
    asked.parse().ok().filter(|count| *count > 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spread_is_even_and_away_from_both_ends() {
        assert_eq!(Points::All.of(vec![1, 2, 3]), [1, 2, 3]);
        if !all_are_asked_for() {
            assert_eq!(Points::Spread(3).of((1..=9).collect()), [2, 5, 8]);
            assert_eq!(Points::Spread(2).of((1..=5).collect()), [2, 4]);
        }
        assert_eq!(Points::Spread(4).of(vec![1, 2]), [1, 2]);
    }
}
